"""The documents as a site, in English and in Chinese: `python docs/site.py DIR` (`pip install -e '.[docs]'`).

DIR is opened in a browser from any server of files, or by a click on DIR/index.html (without the search then). Nothing
of it is fetched from elsewhere: fonts are the system's, and a diagram is shown as it is written.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
DECISIONS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "decisions").glob("*.md"))
CONTRACT = ["docs/contract/result.md", "docs/contract/report.md", "docs/contract/forms.md"]
USE = ["docs/checking.md", "docs/desk.md", "docs/exports.md", "docs/models.md", "docs/families.md", "docs/scaling.md"]
TRUST = ["docs/verification.md", "docs/evaluation.md"]
BUILT = ["docs/ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"]
USE += sorted({f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")} - {*USE, *TRUST, *BUILT})
CHINESE = ["docs/zh/auditor.md", "docs/zh/data.md"]
HOME = {"en": "README.md", "zh": "README.zh-CN.md"}
NAVIGATION: dict[str, dict[str, list[str]]] = {
    "en": {
        "Use it": USE,
        "How far to trust it": TRUST,
        "What the files hold": CONTRACT,
        "How it is built": BUILT,
        "Decisions": DECISIONS,
        "中文": [HOME["zh"], *CHINESE],
    },
    "zh": {
        "指南": CHINESE,
        "使用（英文）": USE,
        "可信程度（英文）": TRUST,
        "结果文件（英文）": CONTRACT,
        "程序结构（英文）": BUILT,
        "设计决定（英文）": DECISIONS,
        "English": [HOME["en"]],
    },
}
"""For each language what is listed beside its pages, under which heads; its home comes before them."""
FEATURES = ["navigation.sections", "navigation.footer", "navigation.top", "search.highlight", "content.code.copy"]
LISTED = re.compile(r"^(?![-|\s])(.*\S)\n(?=- )", flags=re.MULTILINE)
"""The line before a list that follows upon it, as GitHub reads it and the generator does not."""
LINK = re.compile(r"(?<=\]\()(?!https?:|#)([^)#\s]+)")


def documents() -> list[str]:
    """All documents, as paths within the repository."""
    return [*HOME.values(), *CHINESE, *USE, *TRUST, *CONTRACT, *BUILT, *DECISIONS]


def _shown(path: str, home: str) -> str:
    """Where a file of the repository lies on the site: the generator takes a README.md for the folder's index."""
    return "index.md" if path == home else path.replace("README.md", "README.en.md")


def _target(page: str, link: str, home: str) -> str:
    """Where a document's link leads on the site; a folder's is its first document. A file that is no document is
    taken along."""
    path = PurePosixPath(os.path.normpath(PurePosixPath(page).parent / link)).as_posix()
    if (ROOT / path).is_dir():
        path = next(name for name in documents() if name.startswith(f"{path}/"))
    return PurePosixPath(os.path.relpath(_shown(path, home), PurePosixPath(page).parent)).as_posix()


def write_pages(tree: Path, home: str) -> None:
    """Writes all documents below tree, home as index.md, and what they link to."""
    for page in documents():
        text = (ROOT / page).read_text(encoding="utf-8")
        for link in LINK.findall(text):
            beside = Path(os.path.normpath(ROOT / PurePosixPath(page).parent / link))
            if beside.is_file() and beside.suffix != ".md":
                taken = tree / beside.relative_to(ROOT)
                taken.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(beside, taken)
        text = LINK.sub(lambda found, page=page: _target(page, found[1], home), text)  # type: ignore[misc]
        target = tree / _shown(page, home)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = re.sub(r"<!--.*?-->\n?", "", text, flags=re.DOTALL)
        target.write_text(LISTED.sub(r"\1\n\n", text), encoding="utf-8")


def settings(language: str, tree: Path) -> dict[str, object]:
    """The generator's settings for one language."""
    other, where = ("zh", "./zh/index.html") if language == "en" else ("en", "../index.html")
    names = {"en": "English", "zh": "中文"}
    nav: list[object] = [
        "index.md",
        *({head: [_shown(page, HOME[language]) for page in pages]} for head, pages in NAVIGATION[language].items()),
    ]
    return {
        "site_name": "Recount",
        "docs_dir": tree.name,
        "site_dir": "site",
        "use_directory_urls": False,
        "nav": nav,
        "theme": {"language": language, "font": False, "features": FEATURES, "palette": {"scheme": "default"}},
        "extra": {
            "generator": False,
            "alternate": [
                {"name": names[language], "link": "./index.html", "lang": language},
                {"name": names[other], "link": where, "lang": other},
            ],
        },
        "markdown_extensions": {
            "tables": {},
            "toc": {"permalink": True},
            "pymdownx.superfences": {},
            "pymdownx.highlight": {},
            "md_in_html": {},
        },
    }


def build(out: Path) -> None:
    """Writes the site: English into out, Chinese into out/zh.

    Raises CalledProcessError where the generator refuses something.
    """
    for language, target in (("en", out), ("zh", out / "zh")):
        with TemporaryDirectory() as folder:
            tree = Path(folder, "pages")
            write_pages(tree, HOME[language])
            told = Path(folder, "mkdocs.yml")  # JSON is YAML
            told.write_text(json.dumps(settings(language, tree), ensure_ascii=False), encoding="utf-8")
            subprocess.run([sys.executable, "-m", "zensical", "build", "--config-file", told, "--clean"], check=True)
            shutil.copytree(Path(folder, "site"), target, dirs_exist_ok=True)


if __name__ == "__main__":
    build(Path(sys.argv[1]).resolve())
