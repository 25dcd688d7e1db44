"""The documents as a site: every one is listed, in both languages; nothing of it is fetched from elsewhere. And
llms.txt, which tells programs what there is."""

from __future__ import annotations

import http.server
import importlib.util
import json
import re
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer.main

from recount.cli import app
from recount.tests.desk.browser import browsing, needs_browser
from recount.tests.desk.tour import SLOW

ROOT = Path(__file__).resolve().parent.parent
ALL = {path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))}
NO_GENERATOR = "there is no generator of the site here (zensical)"


def script() -> ModuleType:
    """docs/site.py, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("documents_site", ROOT / "docs" / "site.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SITE = script()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_document_is_in_the_navigation_once(language: str) -> None:
    listed = [page for pages in SITE.NAVIGATION[language].values() for page in pages]
    assert sorted([SITE.HOME[language], *listed]) == sorted(ALL)
    assert set(SITE.documents()) == ALL


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_links_of_its_pages_lead_to_its_pages(tmp_path: Path, language: str) -> None:
    SITE.write_pages(tmp_path, SITE.HOME[language])
    assert len(list(tmp_path.rglob("*.md"))) == len(ALL)
    for page in tmp_path.rglob("*.md"):
        for link in SITE.LINK.findall(page.read_text(encoding="utf-8")):
            assert (page.parent / link).is_file(), f"{page.relative_to(tmp_path)} links to {link}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built."""
    if not importlib.util.find_spec("zensical"):
        pytest.skip(NO_GENERATOR)
    out = tmp_path_factory.mktemp("site") / "built"
    subprocess.run([sys.executable, ROOT / "docs" / "site.py", out], check=True, capture_output=True)
    return out


def test_nothing_of_the_site_is_fetched_from_elsewhere(site: Path) -> None:
    """What the browser would fetch by itself: a link that somebody may click is none."""
    pages = list(site.rglob("*.html"))
    assert len(pages) > 2 * len(ALL)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        prose = re.findall(r"<p>(.*?)</p>", text, flags=re.DOTALL)
        assert not [words for words in prose if re.search(r"\n(- |\|)", words)], f"{page}: a list, taken for prose"
        fetched = re.findall(r"<(?:link|script|img|iframe|source)\b[^>]*?(?:href|src)=[\"']?([^\"' >]+)", text)
        assert fetched
        assert not [address for address in fetched if re.match(r"(?:https?:)?//", address)], page
        assert '<pre class="mermaid"' not in text  # what draws those comes from elsewhere
    for style in site.rglob("*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//|@import", style.read_text(encoding="utf-8")), style


def test_both_languages_are_there_and_searched_in_their_own(site: Path) -> None:
    for folder, language, words in ((site, "en", "no silent error"), (site / "zh", "zh", "不出无声的错")):
        assert f'<html lang="{language}"' in (folder / "index.html").read_text(encoding="utf-8")
        index: dict[str, Any] = json.loads((folder / "search.json").read_text(encoding="utf-8"))
        assert index["config"]["lang"] == [language]
        assert any(words in item["text"] for item in index["items"] if item["location"].startswith("index.html"))


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@needs_browser
def test_a_chinese_word_is_found_within_a_sentence_and_nothing_is_asked_for_elsewhere(site: Path) -> None:
    """No blanks stand between the words there: the search parts them."""
    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=site)) as server,
        browsing() as browser,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page, asked = browser.new_page(), list[str]()
        page.on("request", lambda request: asked.append(request.url))
        here = f"http://127.0.0.1:{server.server_port}/"
        page.goto(f"{here}zh/index.html")
        page.keyboard.press("/")
        page.get_by_role("combobox").fill("误差")  # 四舍五入误差
        page.get_by_role("listbox").get_by_text("审计人员指南").first.wait_for(timeout=SLOW)
        assert not [address for address in asked if not address.startswith(here)]
        server.shutdown()


# --- llms.txt


def test_llms_names_every_command_and_every_document() -> None:
    text = (ROOT / "llms.txt").read_text(encoding="utf-8")
    group: Any = typer.main.get_command(app)
    assert {words.split()[0] for words in re.findall(r"^- `recount ([^`]+)`", text, flags=re.MULTILINE)} == set(
        group.commands
    )
    linked = set(re.findall(r"^- \[[^]]+\]\(([^)]+)\): \S", text, flags=re.MULTILINE))
    folders = {name for name in linked if (ROOT / name).is_dir()}
    assert linked - folders == {name for name in ALL if not name.startswith(tuple(f"{folder}/" for folder in folders))}
