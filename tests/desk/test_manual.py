"""Help on topics is what the documents say, the manual page has all of it, and the wheel carries the documents."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from recount.cli import main
from recount.desk.manual import IN_CHINESE, TOPICS, told
from recount.pipeline.version import __version__

ROOT = Path(__file__).resolve().parent.parent.parent


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert not ended.value.code
    return capsys.readouterr().out


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_a_section_of_a_document(topic: str, capsys: pytest.CaptureFixture[str]) -> None:
    file, heading = TOPICS[topic]
    text = told(topic)
    assert re.match(rf"#+ {re.escape(heading)}\n\n?\S", text)
    assert text.split("\n\n(From ")[0].strip().split("\n")[-1] in (ROOT / file).read_text(encoding="utf-8")
    assert len(re.findall(r"^#+ ", text, re.MULTILINE)) == 1
    assert heading in said(capsys, "help", topic)


def told_in(file: str, heading: str) -> str:
    """A section of a document."""
    return (ROOT / file).read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("topic", IN_CHINESE)
def test_in_chinese_a_topic_is_a_section_of_a_chinese_document(topic: str, capsys: pytest.CaptureFixture[str]) -> None:
    file, heading = IN_CHINESE[topic]
    assert topic in TOPICS
    assert f"## {heading}\n" in (ROOT / file).read_text(encoding="utf-8")
    shown = said(capsys, "--lang", "zh", "help", topic)
    assert heading in shown
    assert shown.count("…") == told_in(file, heading).count("…"), "a cell is cut"


def test_help_lists_its_topics_and_knows_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    listed = said(capsys, "help")
    assert all(topic in listed for topic in TOPICS)
    assert said(capsys, "help", "status") == said(capsys, "status", "--help")


def test_help_on_nothing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["help", "nonsense"])
    assert ended.value.code == 2
    assert "there is help on statuses, checks" in capsys.readouterr().err


def test_the_wheel_carries_the_documents() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    carried = project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    assert {name for name in carried if name.endswith(".md")} == {
        file for file, _ in (*TOPICS.values(), *IN_CHINESE.values())
    }


def test_the_manual_page_has_commands_and_topics(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = said(capsys, "help", "--man")
    assert page.startswith(f'.TH RECOUNT 1 "" "Recount {__version__}"')
    for heading in (".SS recount structure", ".SS recount models check", ".SH EXIT CODES", "\\-\\-ocr\\-precision"):
        assert heading in page
    assert not re.search(r"\*\*|^\|", page, re.MULTILINE), "marks of Markdown are left"
    if (mandoc := shutil.which("mandoc")) is not None:
        (tmp_path / "recount.1").write_text(page, encoding="utf-8")
        assert not subprocess.run([mandoc, "-Tlint", "-Werror", tmp_path / "recount.1"], capture_output=True).stdout
