"""The sheet that an auditor works through: each fault once, the worst first, to be found on its page, in Chinese."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from recount.cli import main
from recount.desk import first_sheet
from recount.desk.first_sheet import Group, ToCheck, seen
from recount.pipeline.archive.sources import find_sources
from recount.pipeline.output.export import export
from recount.pipeline.output.rows import OpenResult
from recount.pipeline.result import PageRemark, Rejected, Result, Review, read_result, write_result
from recount.pipeline.run.runner import run
from recount.schemas.saying import say
from recount.tests.desk.made import EXAMPLE
from recount.tests.desk.test_cards import MODEL, check, figure

openpyxl: Any = pytest.importorskip("openpyxl")
TOTAL, PART, OTHER = (
    f"/income_expenditure/{key}" for key in ("income_total", "income_current_year", "expenditure_total")
)
LATIN = re.compile(r"[A-Za-z]{2,}")
NOT_ENGLISH = re.compile(r"=HYPERLINK.*|.*\.(?:pdf|pptx)", re.DOTALL)
"""Names of files, and links to them."""


@pytest.fixture(scope="module")
def structured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report that contradicts itself and a file that is none, under names with signs that links give a meaning."""
    folder = tmp_path_factory.mktemp("book")
    (folder / "src 1").mkdir()
    shutil.copy(EXAMPLE, folder / "src 1" / "甲 #1.pdf")
    (folder / "src 1" / "note.pptx").write_bytes(b"PK\3\4")
    found = find_sources([folder / "src 1"])
    run(found.sources, folder / "out", others=found.others, jobs=1)
    return folder


def groups(example: Result, figures: dict[str, object], checks: list[Any], same_as: str | None = None) -> list[Group]:
    result = replace(example, figures=figures, checks=checks)  # type: ignore[arg-type]
    return seen("zh", OpenResult(result, MODEL, same_as=same_as))


@pytest.fixture(scope="module")
def example(structured: Path) -> Result:
    return read_result(structured / "out" / "reports" / "甲 #1.pdf.json")


def test_the_sheet_leads_to_the_page_and_shows_it(structured: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["export", str(structured / "out"), "-o", str(structured / "x" / "all.xlsx"), "--keys", "zh"])
    assert not ended.value.code
    book = openpyxl.load_workbook(structured / "x" / "all.xlsx")
    assert book.sheetnames[:4] == ["待核", "文件", "报告", "数字"]
    sheet = book["待核"]
    heads = [cell.value for cell in sheet[1]]
    (row,) = [dict(zip(heads, [cell.value for cell in row], strict=True)) for row in sheet.iter_rows(min_row=2)]
    assert (row["程度"], row["年度"], row["差额"], row["说明"]) == ("勾稽不符", 2022, -1.75, "总分未计入资金执行得分")
    assert row["页"] == '=HYPERLINK("../src%201/甲%20%231.pdf#page=16",16)'
    assert (row["结论"], row["备注"]) == (None, None)
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("D2", "A1:O2", "$1:$1")
    assert [cell.value for cell in sheet[1] if cell.alignment.horizontal == "right"] == [
        "年度",
        "所载数",
        "应为数",
        "差额",
        "页",
    ]
    (picture,) = sheet._images
    assert picture.anchor._from.col == heads.index("截图")
    with Image.open(io.BytesIO(picture._data())) as image:
        colours = image.convert("RGB").getcolors(1 << 20)
    assert any(red > 150 and green < 80 for _, (red, green, _) in colours)  # the frame


def test_no_english_stands_in_a_chinese_workbook(structured: Path, example: Result, tmp_path: Path) -> None:
    out = Path(shutil.copytree(structured / "out", tmp_path / "out"))
    doubtful = {"remark": say("struck_by_line"), "second_reading": "8", "origin": "ocr"}
    review = Review("d1", "审计员", "2026-01-01T00:00:00Z", "misread", Decimal(3), "")
    result = replace(
        example,
        figures={TOTAL: figure("3", "3", "disputed", **doubtful), PART: figure("1", "1", "reviewed", reviewed=review)},
        checks=[
            check("c1", (TOTAL, PART), suspects=(TOTAL,))._replace(rule="收入总计 = 各项", explanation=say("levelled"))
        ],
        rejected=[Rejected(PART, "2", "template", say("not_seconded"))],
        summary=replace(example.summary, remarks=(PageRemark("struck out", 1, None, say("struck_by_line")),)),
        source=replace(example.source, file="b.pdf"),
    )
    write_result(out / "reports" / "b.pdf.json", result)
    export(out, tmp_path / "all.xlsx", keys="zh", front=ToCheck(out, "zh"))
    english = [
        f"{sheet.title}: {cell.value}"
        for sheet in openpyxl.load_workbook(tmp_path / "all.xlsx")
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and LATIN.search(NOT_ENGLISH.sub("", cell.value))
    ]
    assert not english


def test_the_worst_comes_first_and_what_follows_from_it_behind_it(example: Result) -> None:
    figures = {
        TOTAL: figure("3", "3", "disputed", ("c1", "c2", "c3")),
        PART: figure("1", "1", checks=("c1",)),
        OTHER: figure("2", "2", "disputed", ("c4",)),
    }
    checks = [
        check("c1", (PART,), "9.00", "minor"),
        check("c2", (TOTAL, PART), "1.00", suspects=(TOTAL,)),
        check("c3", (TOTAL,), "1.00", follows="c2"),
    ]
    found = sorted(groups(example, figures, checks), key=lambda group: group[0])
    assert [[row.severity for row in rows] for _, rows in found] == [["error", "error"], ["disputed"], ["minor"]]
    first, follower = found[0][1]
    assert str(first.cells["most suspect"]).endswith("　3")
    assert str(follower.cells["rule"]).startswith("↳ rule of c3")
    assert not groups(example, figures, checks, same_as="other.pdf")


def test_both_sides_have_the_printed_decimals_and_no_digit_is_cut(example: Result) -> None:
    sums = (("-1.5", "2.00", "3.5"), ("0.0082", "79.89", "79.8818"))
    failing = [
        check(f"c{at}", (TOTAL, PART), residual, printed=Decimal(printed), computed=Decimal(computed))
        for at, (residual, printed, computed) in enumerate(sums, 1)
    ]
    figures = {TOTAL: figure("3", "3", "disputed"), PART: figure("1", "1")}
    found = [row for _, rows in groups(example, figures, failing) for row in rows]
    told = [[str(row.cells[key]) for key in ("left", "right", "difference")] for row in found]
    assert told == [["2.00", "3.50", "-1.50"], ["79.89", "79.8818", "0.0082"]]


def test_what_was_decided_stands_in_its_columns(example: Result) -> None:
    review = Review("d1", "审计员", "2026-01-01T00:00:00Z", "as_printed", Decimal(3), "已问过单位")
    figures = {TOTAL: figure("3", "3", "disputed", reviewed=review), PART: figure("1", "1")}
    ((_, (row,)),) = groups(example, figures, [check("c1", (TOTAL, PART))])
    assert (row.cells["conclusion"], row.cells["note"]) == ("原件如此 (审计员)", "已问过单位")


def test_a_line_of_a_text_is_named_and_has_no_picture(example: Result) -> None:
    ((_, (row,)),) = groups(example, {TOTAL: figure("3", "3", "disputed", line=7, bbox=None)}, [check("c1", (TOTAL,))])
    assert (row.cells["page number"], row.page, row.box) == ("第7行", None, None)


def test_there_are_so_many_pictures(structured: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_sheet, "MOST_PICTURES", 0)
    export(structured / "out", tmp_path / "a.xlsx", front=ToCheck(structured / "out", "en"))
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["to check"]
    assert (sheet.max_row, sheet._images) == (2, [])


def test_a_report_that_has_moved_is_told_without_pictures(structured: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(structured / "out", tmp_path / "out"))
    source = structured / "src 1" / "甲 #1.pdf"
    before = source.read_bytes()
    try:
        source.write_bytes(before + b"\n")
        export(out, tmp_path / "a.xlsx", front=ToCheck(out, "zh"))
    finally:
        source.write_bytes(before)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["待核"]
    assert (sheet.max_row, sheet._images) == (2, [])


def test_nothing_to_check_is_said(example: Result, tmp_path: Path) -> None:
    write_result(tmp_path / "out" / "reports" / "a.pdf.json", replace(example, checks=[], figures={}))
    export(tmp_path / "out", tmp_path / "a.xlsx", front=ToCheck(tmp_path / "out", "zh"))
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["待核"]["A2"].value == "未发现勾稽不符，也没有存疑的数字。"


def test_a_workbook_is_few_pages_on_paper(structured: Path, tmp_path: Path) -> None:
    """Long tables are looked through, not printed."""
    export(structured / "out", tmp_path / "a.xlsx", keys="zh", front=ToCheck(structured / "out", "zh"))
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", True)
    printed = {sheet.title for sheet in book if not sheet.print_area or "$A$1" in sheet.print_area}
    assert printed == {"待核", "文件", "报告", "不一致"}
    office = shutil.which("soffice")
    if office is None:
        return
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "a.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    import pymupdf

    with pymupdf.open(tmp_path / "a.pdf") as document:  # type: ignore[no-untyped-call]
        assert len(document) == len(printed)
