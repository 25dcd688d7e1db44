"""The page of what the splitter sees: outlines where things stand, the text beside, and why digits were refused."""

from __future__ import annotations

import re
from pathlib import Path

import pymupdf
import pytest

from recount.cli import main
from recount.desk.splitting import LEGEND, page_of_split, pages_in
from recount.eval.generator import Form, Options, generate
from recount.pipeline.errors import DocumentError, UsageError
from recount.pipeline.settings import Settings
from recount.tests.desk.test_page import EVIL, Elements
from recount.tests.pipeline.draft.test_drafted import balance, typeset

TABLE = ["Balance Sheet", "(USD thousands)"], balance(("December 31, 2023", 41), ("December 31, 2022", 97))
ODD = [["", "Amount"], ["Paid on 1.2.2023", "1,200.00"], ["Ref", "12b40"], ["Rest", "900.00"]]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return typeset(tmp_path_factory.mktemp("split") / "report.pdf", TABLE, (["Payments"], ODD))


@pytest.fixture(scope="module")
def page(report: Path) -> Elements:
    return Elements(page_of_split(report))


def shapes(page: Elements, look: str) -> list[tuple[float, ...]]:
    sides = ("x", "y", "width", "height")
    return [tuple(float(one[side] or 0) for side in sides) for one in page.of("rect") if one["class"] == look]


def test_tables_cells_titles_and_numbers_are_outlined_where_they_stand(report: Path, page: Elements) -> None:
    with pymupdf.open(report) as document:
        words = document[0].search_for("1,118,662.78")[0]
        title = document[0].search_for("Balance Sheet")[0]
    assert len(shapes(page, "table")) == 2
    x, y, width, height = shapes(page, "table")[0]
    assert (x, y) == (35, pytest.approx(112, abs=1))
    assert (width, height) == (525, pytest.approx(14 * 18, abs=1))
    assert len(shapes(page, "cell")) + len(shapes(page, "blank")) == 14 * 3 + 4 * 2
    assert any(abs(x - words.x0) < 2 and abs(y - words.y0) < 4 for x, y, *_ in shapes(page, "number"))
    assert any(abs(x - title.x0) < 2 and abs(y - title.y0) < 4 for x, y, *_ in shapes(page, "title"))


def test_the_text_stands_beside_with_periods_and_unit(page: Elements) -> None:
    assert (
        "14 rows × 3 columns · amounts in USD thousands · periods of its columns: 2023-12-31, 2022-12-31" in page.text
    )
    numbers = {one["title"] for one in page.of("b") if one.get("class") == "number"}
    assert "1118662.78 [USD thousands]" in numbers
    links = {one["href"] for one in page.of("a")}
    assert links == {f"#{one['id']}" for one in page.of("article")}


def test_what_was_refused_is_told_with_the_reason(page: Elements) -> None:
    told = {(one["class"], one["title"]) for one in page.of("u")}
    assert told == {
        ("form", "it is not in the form of a number here (a date with points, a code)"),
        ("beside", "a letter or a sign stands at it that may be a part of it"),
    }
    assert len(shapes(page, "refused")) == 2  # 12 and 40
    assert "digits that were taken for none: 2" in page.text


def test_it_needs_nothing_beside_itself_and_obeys_no_report(tmp_path: Path) -> None:
    path = typeset(tmp_path / "<b>.pdf", ([EVIL[:60]], [["Label", "2024"], [EVIL[:40], "1.00"]]))
    page = Elements(page_of_split(path))
    assert not list(page.of("script"))
    assert all(str(one["src"]).startswith("data:image/") for one in page.of("img"))
    assert "<script>" in page.text


def test_pages_are_picked(report: Path) -> None:
    page = Elements(page_of_split(report, "2"))
    assert [one["id"] for one in page.of("section")] == ["p2"]
    assert "Balance Sheet" not in page.text
    assert pages_in("3-5, 8") == {3, 4, 5, 8}
    for said in ("", "0", "5-3", "a", "1,,2"):
        with pytest.raises(UsageError, match="--pages takes numbers of pages"):
            pages_in(said)
    with pytest.raises(UsageError, match="none of these pages"):
        page_of_split(report, "7")


def test_a_report_of_a_known_family_has_its_sections(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(generate(Form.X2023, 5, options=Options(size="small", projects=1, slips=0)).pdf)
    page = Elements(page_of_split(path, language="zh"))
    assert "报告类型：部门决算公开" in page.text
    assert "(income_expenditure)" in page.text
    assert shapes(page, "heading")
    assert not re.search(r"\b(?:rows|page|table)\b", page.text.partition("} 版面切分")[2])


def test_an_own_family_is_taken_and_its_unit_understood(report: Path, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "family.toml").write_text(
        'name = "own"\nmoney = "EUR"\n[[statement]]\ntitle = "Balance sheet"\n'
    )
    page = Elements(page_of_split(report, "1", Settings(str(tmp_path / "own"))))
    assert "family: own" in page.text
    assert "amounts of a table are in USD thousands, and were not taken" in page.text
    assert len(shapes(page, "unsure")) == 22 + 4  # the figures, and the days and years of the heads


def test_a_text_has_no_pictures_and_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("项目支出绩效自评表\n年度资金总额 12.50 万元\n", encoding="utf-8")
    page = Elements(page_of_split(path, language="zh"))
    assert "文本文件没有页面图像" in page.text
    assert not list(page.of("img"))
    (tmp_path / "broken.pdf").write_bytes(b"nothing")
    with pytest.raises(DocumentError):
        page_of_split(tmp_path / "broken.pdf")


def test_the_command_writes_the_page(report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["split", str(report), "--pages", "1", "--lang", "zh"])
    assert ended.value.code == 0
    content = (tmp_path / "report.split.html").read_text(encoding="utf-8")
    assert [look for look in LEGEND if f'class="key {look}"' not in content] == []
    assert "版面切分" in content
