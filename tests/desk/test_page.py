"""The page to be mailed: it needs nothing beside itself, obeys no report, and frames the figures that it speaks of."""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from recount.cli import main
from recount.desk import page as pages
from recount.desk.page import page_of_archive, page_of_report, write_page
from recount.desk.sources import Whereabouts
from recount.pipeline.archive.files import hash_of
from recount.pipeline.errors import UsageError
from recount.pipeline.recognise import report_model
from recount.pipeline.result import PageRemark, Rejected, Result, Review
from recount.pipeline.structure import structure
from recount.schemas.saying import quoted, say
from recount.tests.desk import made

NAME = "<script>\"'#%.pdf"
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"


class Elements(HTMLParser):
    """The elements of a page, with their attributes; and its words."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def of(self, *tags: str) -> Iterator[dict[str, str | None]]:
        return (attributes for tag, attributes in self.found if tag in tags)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The report under a name that wants to be markup, and its result."""
    path = tmp_path_factory.mktemp("plain") / NAME
    path.write_bytes(made.plain())
    return path, structure(path)


def page(path: Path, result: Result, language: Any = None) -> str:
    return page_of_report(result, report_model(result.contract), Whereabouts(path, path), language)


def hostile(result: Result) -> Result:
    """A result all of whose words want to be markup."""
    checks = [replace_words(check) if check.result == "fail" else check for check in result.checks]
    summary = replace(
        result.summary,
        unread_pages=(2,),
        remarks=(PageRemark("correction", 1, None, say("corrects_itself", title=f"{EVIL}\u202e")),),
    )
    evaluations = [{**row, "project_name": EVIL} for row in result.report["project_evaluations"]]
    return replace(
        result,
        report={**result.report, "unit_name": EVIL, "project_evaluations": evaluations},
        checks=checks,
        rejected=(Rejected("/project_evaluations/0/total_score", EVIL, "model:m", quoted(EVIL)),),
        summary=summary,
    )


def replace_words(check: Any) -> Any:
    return check._replace(rule=f"{check.rule}{EVIL}", expression=EVIL, explanation=quoted(EVIL))


def test_no_word_of_a_report_is_markup(plain: tuple[Path, Result]) -> None:
    path, result = plain
    read = Elements(page(path, hostile(result)))
    assert not list(read.of("script", "iframe", "object", "embed", "link", "base", "form"))
    assert not [key for _, attributes in read.found for key in attributes if key.startswith("on")]
    assert read.text.count("alert(1)") > 5
    assert NAME in read.text
    assert r"\u202e" in read.text


def test_it_needs_nothing_beside_itself(plain: tuple[Path, Result]) -> None:
    path, result = plain
    content = page(path, hostile(result))
    read = Elements(content)
    sources = [attributes["src"] or "" for attributes in read.of("img")]
    assert sources
    assert all(source.startswith("data:image/") for source in sources)
    assert not [link for link in read.of("a") if not (link["href"] or "").startswith("#")]
    assert not re.search(r"https?://|@import|url\(", content)
    (policy,) = (meta for meta in read.of("meta") if meta.get("http-equiv"))
    assert (policy["content"] or "").startswith("default-src 'none'; img-src data:")


def test_frames_lie_on_the_figures(plain: tuple[Path, Result]) -> None:
    path, result = plain
    content = page(path, result)
    framed = 0
    for url, frames in re.findall(r'<img src="data:image/png;base64,([^"]+)"[^>]*>(.*?)</div>', content, re.DOTALL):
        picture = cv2.imdecode(np.frombuffer(base64.b64decode(url), np.uint8), cv2.IMREAD_GRAYSCALE)
        assert picture is not None
        height, width = picture.shape
        for sides in re.findall(r"left:([\d.]+)%;top:([\d.]+)%;width:([\d.]+)%;height:([\d.]+)%", frames):
            left, top, across, down = (float(side) / 100 for side in sides)
            x0, x1 = round(left * width), round((left + across) * width)
            y0, y1 = round(top * height), round((top + down) * height)
            ink = np.argwhere(picture[y0 - 2 : y1 + 2, x0 - 2 : x1 + 2] < 128)
            assert len(ink), "a frame around nothing"
            tall, wide = np.ptp(ink, axis=0) + 1
            assert wide >= 0.8 * (x1 - x0)
            assert tall >= 0.4 * (y1 - y0)  # the box of a figure is as tall as its line
            framed += 1
    assert framed == 10


def test_it_tells_both_sides_and_every_figure(plain: tuple[Path, Result]) -> None:
    path, result = plain
    said = Elements(page(path, result)).text
    for words in (
        "总分 = 各指标得分之和 + 资金得分",
        "90.00 = 8.00 + 8.00",
        "差额 -1.75分",
        "总分未计入资金执行得分",
        "第2页",
    ):
        assert words in said
    assert said.count("存疑") > 1
    assert f"全部数字（{len(result.figures)}个）" in said
    assert "Review notes" in Elements(page(path, result, "en")).text


def test_what_a_person_decided_is_told(plain: tuple[Path, Result]) -> None:
    path, result = plain
    pointer = "/project_evaluations/0/total_score"
    review = Review("1", "王敏", "2024-05-06T07:08:09Z", "as_printed", None, "已函询")
    figures = {**result.figures, pointer: result.figures[pointer]._replace(reviewed=review)}
    said = Elements(page(path, replace(result, figures=figures))).text
    assert "王敏 核定：原件如此（2024-05-06）" in said
    assert "已函询" in said


def test_of_a_text_the_line_is_shown(plain: tuple[Path, Result], tmp_path: Path) -> None:
    path = tmp_path / "表.txt"
    path.write_text("某某市\n| 总分 | 90.00分 |\n")
    pointer = "/project_evaluations/0/total_score"
    figure = plain[1].figures[pointer]._replace(bbox=None, line=2, columns=[8, 12])
    result = replace(
        plain[1], figures={**plain[1].figures, pointer: figure}, source=replace(plain[1].source, file=path.name)
    )
    result = replace(result, source=replace(result.source, sha256=hash_of(path)))
    content = page(path, only(result, pointer))
    assert "| 总分 | <mark>90.00</mark>分 |" in content
    assert "第2行" in content


def only(result: Result, pointer: str) -> Result:
    """A result with one figure, whose identity fails."""
    figures = {pointer: result.figures[pointer]}
    checks = [check._replace(pointers=[pointer]) for check in result.failing]
    return replace(result, figures=figures, checks=checks)


def test_a_report_that_is_away_has_no_pictures_and_says_so(plain: tuple[Path, Result], tmp_path: Path) -> None:
    path, result = plain
    said = page_of_report(result, report_model(result.contract), Whereabouts(tmp_path / "result.json"))
    assert "<img" not in said
    assert "无截图" in said
    assert "nothing says where" in said
    other = tmp_path / NAME
    other.write_bytes(path.read_bytes() + b"\n")
    assert "was changed since its result was made" in page(other, result)


class TestAnArchive:
    @pytest.fixture
    def out(self, tmp_path: Path) -> Path:
        """Two reports that contradict themselves, one of them twice, and one that does not."""
        archive = tmp_path / "archive"
        archive.mkdir()
        (archive / NAME).write_bytes(made.plain())
        shutil.copy(archive / NAME, archive / "同样.pdf")
        (archive / "另一.pdf").write_bytes(made.cropped())
        good = next(made.EXAMPLE.parents[1].glob("2021/*.pdf"))
        shutil.copy(good, archive / "好.pdf")
        with pytest.raises(SystemExit):
            main(["structure", str(archive), "--out", str(tmp_path / "out"), "--jobs", "1", "--quiet"])
        return tmp_path / "out"

    def test_the_worst_come_first_and_each_once(self, out: Path) -> None:
        read = Elements(page_of_archive(out, Whereabouts(out)))
        (table,) = re.findall(r'<table class="reports">.*?</table>', page_of_archive(out, Whereabouts(out)), re.DOTALL)
        assert [int(number) for number in re.findall(r'<td class="n[^"]*">(\d+)</td>', table)[1::5]] == [1, 1, 1, 0]
        assert [link["href"] for link in read.of("a")] == ["#r1", "#r2"]
        assert [section["id"] for section in read.of("section")] == ["r1", "r2"]
        assert "好.pdf" in read.text

    def test_what_is_cut_is_said(self, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pages, "MOST_PICTURES", 2)
        monkeypatch.setattr(pages, "MOST_REPORTS", 1)
        read = Elements(page_of_archive(out, Whereabouts(out)))
        assert len(list(read.of("img"))) == 2
        assert "本页最多附2幅截图，其余见页码。" in read.text
        assert "另有1份报告未在此列出。" in read.text

    def test_by_the_command_line(
        self, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("RECOUNT_LANG", raising=False)  # which would be asked before the report
        for words, title in (((), "核对意见汇总"), (("另一",), "核对意见 ")):
            with pytest.raises(SystemExit) as left:
                main(["show", str(out), *words, "--html", str(tmp_path / "page.html")])
            assert not left.value.code
            assert title in (tmp_path / "page.html").read_text(encoding="utf-8")
        assert capsys.readouterr().out.count("page.html") == 2


def test_where_it_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write_page("", tmp_path / "no folder" / "page.html")
