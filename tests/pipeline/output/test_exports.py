"""Exports: every figure once, every digit as printed, whole files or none."""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
import zipfile
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from recount.pipeline.errors import UsageError
from recount.pipeline.output.export import export
from recount.pipeline.output.layout import tables_of
from recount.pipeline.recognise import report_model
from recount.pipeline.result import write_json, write_result
from recount.schemas.describe import leaves_of, row_lists
from recount.schemas.registry import FAMILIES
from recount.schemas.starter.family import FAMILY as STARTER

CONTRACT = "final-accounts/1"
VALUES = {
    "/income_expenditure/income_total": ("1955.06", "verified"),
    "/income_expenditure/opening_carryover": ("115.50", "disputed"),
    "/general_public_budget/items/0/amount": ("1234567.000001", "repaired"),
    "/general_public_budget/items/0/change/percent": ("-3.40", "grounded"),
    "/project_evaluations/1/funds/0/executed": ("0.10", "verified"),
    "/statements/income/rows/0/total": ("12345678901234567.89", "verified"),
}


def made_result(name: str) -> dict[str, Any]:
    """A result whose figures are VALUES, and one whole number."""
    figures = {
        pointer: {
            "raw": f" {digits}",
            "value": Decimal(digits),
            "unit": "元" if pointer.endswith("amount") else "%" if pointer.endswith("percent") else "万元",
            "page": page,
            "bbox": [0.0, 0.0, 1.0, 1.0],
            "origin": "text",
            "confidence": None,
            "mapper": "template",
            "status": status,
            "checks": [],
        }
        for page, (pointer, (digits, status)) in enumerate(VALUES.items(), 3)
    }
    figures["/overview/staff_total"] = {**figures["/income_expenditure/income_total"], "value": 88, "unit": "人"}
    number = {pointer: Decimal(digits) for pointer, (digits, _) in VALUES.items()}
    first, second, amount, rate, executed, total = number.values()
    return {
        "contract": CONTRACT,
        "source": {"file": name, "sha256": "ab", "pages": 9, "scanned_pages": [2], "ocr": None},
        "report": {
            "unit_name": '=某"局"\udcd6',
            "fiscal_year": 2022,
            "overview": {"staff_total": 88},
            "income_expenditure": {"income_total": first, "opening_carryover": second},
            "general_public_budget": {
                "items": [{"item_name": "行政运行", "amount": amount, "change": {"percent": rate}}]
            },
            "project_evaluations": [
                {"name": "甲"},
                {"name": "乙", "funds": [{"source": "合计", "executed": executed}]},
            ],
            "statements": {"income": {"rows": [{"code": None, "name": "合计", "total": total}]}},
        },
        "figures": figures,
        "checks": [
            {
                "id": "c1",
                "rule": "a = b",
                "expression": "1 = 2",
                "result": "fail",
                "computed": Decimal("1.0"),
                "printed": Decimal("2.00"),
                "residual": Decimal("1.0"),
                "tolerance": Decimal("0.005"),
                "severity": "error",
                "explanation": None,
                "pointers": list(VALUES)[:2],
            }
        ],
        "rejected": [],
        "summary": {},
    }


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    for name in ("2022/水利局 1.pdf", "b.pdf"):
        write_json(folder / "reports" / f"{name}.json", made_result(name))
    return folder


def exact(rows: list[tuple[str, str]]) -> None:
    """Each figure of both reports, with its own digits."""
    wanted = [(pointer, digits) for pointer, (digits, _) in VALUES.items()]
    assert sorted(rows) == sorted([*wanted, ("/overview/staff_total", "88")] * 2)


def test_csv_has_the_printed_digits(out: Path, tmp_path: Path) -> None:
    done = export(out, tmp_path / "figures.csv", "csv")
    rows = list(csv.DictReader((tmp_path / "figures.csv").open(encoding="utf-8")))
    exact([(row["key"], row["value"]) for row in rows])
    assert done.rows == {"figures": 14}
    assert [row["report"] for row in rows[::7]] == ["2022/水利局 1.pdf", "b.pdf"]
    named = {row["key"]: row for row in rows}
    change = named["/general_public_budget/items/0/change/percent"]
    assert change["title"] == "支出项目 › 1 行政运行 › 与上年决算相比 › 增减率"
    assert (change["section"], change["status"], change["page"], change["decimals"]) == (
        "general_public_budget",
        "grounded",
        "6",
        "2",
    )
    converted = named["/general_public_budget/items/0/amount"]
    assert (converted["unit"], converted["printed_unit"], converted["raw"]) == ("万元", "元", " 1234567.000001")


def test_json_lines_are_whole_reports_or_rows(out: Path, tmp_path: Path) -> None:
    export(out, tmp_path / "reports.jsonl", "jsonl")
    lines = [json.loads(line, parse_float=str) for line in (tmp_path / "reports.jsonl").open(encoding="utf-8")]
    assert [line["file"] for line in lines] == ["2022/水利局 1.pdf", "b.pdf"]
    assert lines[0]["report"]["income_expenditure"] == {"income_total": "1955.06", "opening_carryover": "115.50"}
    export(out, tmp_path / "reports.jsonl", "jsonl", keys="zh", status="verified")
    report = json.loads((tmp_path / "reports.jsonl").read_text().splitlines()[0], parse_float=str)["报告"]
    assert report["收入支出决算总体情况说明"] == {"收入总计": "1955.06", "年初结转和结余": None}
    assert report["项目支出绩效自评表"][1]["资金"][0]["全年执行数"] == "0.10"
    export(out, tmp_path / "figures.jsonl", "jsonl", table="figures")
    rows = [json.loads(line, parse_float=str) for line in (tmp_path / "figures.jsonl").open(encoding="utf-8")]
    exact([(row["key"], str(row["value"])) for row in rows])


def test_parquet_and_the_reader_are_exact(out: Path, tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    import recount

    export(out, tmp_path / "figures.parquet", "parquet")
    frame = polars.read_parquet(tmp_path / "figures.parquet")
    assert frame.schema["value"] == polars.Decimal(38, 6)
    assert frame.equals(recount.open(out).figures())
    places = [Decimal(1).scaleb(-each) for each in frame["decimals"]]
    exact([(k, str(v.quantize(p))) for k, v, p in zip(frame["key"], frame["value"], places, strict=True)])
    assert recount.open(out).figures(status=["repaired"]).height == 2
    assert recount.open(out).table("reports")["disputed"].to_list() == [1, 1]
    export(out, tmp_path / "all", "parquet")
    assert polars.read_parquet(tmp_path / "all" / "indicators.parquet").height == 0


def test_the_reader_gives_typed_reports(out: Path) -> None:
    import recount

    opened = recount.open(out)
    assert opened.names == ["2022/水利局 1.pdf", "b.pdf"]
    assert opened["b.pdf"].report.income_expenditure.opening_carryover == Decimal("115.50")
    assert [check.id for check in opened["b.pdf"].discrepancies] == ["c1"]
    assert [type(each.report) for each in opened.reports()] == [report_model(CONTRACT)] * 2
    with pytest.raises(KeyError):
        opened["c.pdf"]
    for number in (1, 2, 10):
        write_result(out / "reports" / f"c.pdf#{number}.json", opened["b.pdf"].result.named(f"c.pdf#{number}"))
    assert recount.open(out).names[-3:] == ["c.pdf#1", "c.pdf#2", "c.pdf#10"]
    with pytest.raises(KeyError, match=r"c\.pdf holds several reports: c\.pdf#1, c\.pdf#2"):
        opened["c.pdf"]
    with pytest.raises(UsageError, match="no output folder"):
        recount.open(out / "reports")


def test_sqlite_keeps_digits_as_text_and_has_views_to_count_with(out: Path, tmp_path: Path) -> None:
    export(out, tmp_path / "all.sqlite", "sqlite")
    database = sqlite3.connect(tmp_path / "all.sqlite")
    exact(database.execute("SELECT key, value FROM figures").fetchall())
    assert database.execute("SELECT sum(value) FROM figures_real WHERE unit = '%'").fetchone() == (-6.8,)
    row = database.execute('SELECT list_of, row, executed, page, status FROM "fund_rows"').fetchone()
    assert row == ("乙", 1, "0.10", 7, "verified")
    assert database.execute("SELECT printed, pages FROM discrepancies").fetchone() == ("2.00", "3 4")
    export(out, tmp_path / "zh.sqlite", "sqlite", keys="zh", status="grounded")
    zh = sqlite3.connect(tmp_path / "zh.sqlite").execute('SELECT "项", "支出决算", "状态" FROM "支出项目"').fetchone()
    assert zh == ("行政运行", None, "有出处")


def test_a_workbook_for_an_accountant(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    pdf = tmp_path / "档案 #1" / '"b" 100%.pdf'
    monkeypatch.setattr("recount.pipeline.output.export.pdf_paths", lambda _: {"b.pdf": pdf})
    export(out, tmp_path / "book.xlsx", "xlsx", keys="zh")
    export(out, tmp_path / "figures.csv", "csv")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert book.sheetnames[:7] == ["文件", "报告", "数字", "支出项目", "绩效指标", "项目资金", "决算报表"]
    assert book.sheetnames[-6:] == ["文字", "不一致", "勾稽", "被拒绝", "页面说明", "另述数字"]
    assert (book["绩效指标"].sheet_state, book["数字"].sheet_state) == ("hidden", "visible")  # nothing is in the first
    sheet = book["数字"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:R15")
    heads = {cell.value: at for at, cell in enumerate(sheet[1])}
    keys = [row[5] for row in csv.reader((tmp_path / "figures.csv").open(encoding="utf-8"))][1:]
    shown = zip(keys, sheet.iter_rows(min_row=2), strict=True)
    rows = {(row[heads["报告"]].value, key): row for key, row in shown}
    disputed = rows["b.pdf", "/income_expenditure/opening_carryover"]
    assert disputed[heads["数值"]].number_format == "#,##0.00"
    assert disputed[heads["数值"]].fill.fgColor.rgb == "FFFFC7CE"
    assert {cell.fill.fgColor.rgb for cell in disputed} == {"FFFFC7CE", "FFFDECEA"}  # the whole row
    assert disputed[heads["页"]].value == '=HYPERLINK("档案%20%231/%22b%22%20100%25.pdf#page=4",4)'
    assert unquote("档案%20%231/%22b%22%20100%25.pdf") == pdf.relative_to(tmp_path).as_posix()
    assert disputed[heads["单位"]].value.startswith("=某")
    assert disputed[heads["单位"]].data_type == "s"
    assert rows["2022/水利局 1.pdf", "/overview/staff_total"][heads["页"]].value == 3
    exact([(key, as_shown(row[heads["数值"]])) for (_, key), row in rows.items()])
    items = book["支出项目"]
    assert [cell.value for cell in items[1]].count("支出决算") == 1
    places = {cell.value: cell.alignment.horizontal for cell in book["报告"][1]}
    assert (places["报告"], places["存疑"]) == (None, "right")
    assert book["报告"].column_dimensions["A"].width > 2 * book["报告"].column_dimensions["B"].width  # a path is long


def test_a_workbook_shows_so_many_rows_and_says_so(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    monkeypatch.setattr("recount.pipeline.output.workbook.MOST_ROWS", 10)
    done = export(out, tmp_path / "exported" / "book.xlsx", table="figures", keys="zh")
    assert done.rows == {"figures": 14}
    sheet = openpyxl.load_workbook(tmp_path / "exported" / "book.xlsx")["数字"]
    assert (sheet.max_row, sheet.auto_filter.ref.rpartition("R")[2]) == (12, "11")
    assert sheet["A12"].value == "只列前10行，共14行；全部数据请导出为 parquet 或 csv 格式"
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.fitToHeight, sheet.print_title_rows, sheet.print_area) == (0, "$1:$1", "")
    assert sorted(path.name for path in (tmp_path / "exported").iterdir()) == [
        "book.xlsx",
        "book.xlsx.datapackage.json",
    ]


def test_the_reports_of_a_workbook_come_by_their_disputes(out: Path, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    worse = made_result("c.pdf")
    worse["figures"]["/income_expenditure/income_total"]["status"] = "disputed"
    write_json(out / "reports" / "c.pdf.json", worse)
    export(out, tmp_path / "book.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["reports"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["c.pdf", "2022/水利局 1.pdf", "b.pdf"]


def test_a_disputed_cell_of_a_list_says_why(out: Path, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    result = made_result("c.pdf")
    result["figures"]["/general_public_budget/items/0/amount"] |= {"status": "disputed", "remark": "struck out"}
    write_json(out / "reports" / "c.pdf.json", result)
    export(out, tmp_path / "book.xlsx", table="budget_items")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["budget_items"]
    notes = [cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment]
    assert notes == ["struck out"]


def test_any_text_comes_back_from_a_workbook(out: Path, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    texts = ["a<b>&c", " two  blanks ", "_x0041_", "bell\x07\x00", "line\nbreak\ttab", '=1+"2"', "\udc80𝔸", "<r>b</r>"]
    result = made_result("c.pdf")
    result["report"]["general_public_budget"]["items"] = [{"item_name": text} for text in texts]
    write_json(out / "reports" / "c.pdf.json", result)
    export(out, tmp_path / "book.xlsx", "xlsx", table="budget_items")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["budget_items"]
    column = [cell.value for cell in sheet[1]].index("item_name")
    read = [row[column].value for row in sheet.iter_rows(min_row=2) if row[0].value == "c.pdf"]
    # openpyxl leaves Excel's own escapes to whoever shows them.
    assert read == [
        "a<b>&c",
        " two  blanks ",
        "_x005F_x0041_",
        "bell_x0007__x0000_",
        *texts[4:6],
        r"\udc80𝔸",
        "<r>b</r> ",
    ]
    assert sheet.cell(2 + len(read), column + 1).data_type == "s"


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet", "xlsx", "sqlite"])
def test_several_processes_write_the_same(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    for number in range(20):
        write_json(out / "reports" / f"{number}.pdf.json", made_result(f"{number}.pdf"))
    done = []
    for few in (100, 0):
        monkeypatch.setattr("recount.pipeline.output.export._FEW", few)
        monkeypatch.setattr("recount.pipeline.output.export.os.cpu_count", lambda: 2)
        done.append(export(out, tmp_path / str(few) / f"a.{format_}", format_))
    one, other = (tmp_path / few / f"a.{format_}" for few in ("100", "0"))
    assert done[0].rows == done[1].rows
    assert content(one) == content(other)
    torn(out, "z.pdf")
    with pytest.raises(UsageError, match="is no result file"):
        export(out, tmp_path / "none" / f"a.{format_}", format_)


def torn(out: Path, name: str) -> Path:
    """A result file that begins as any other, and of which the end is missing."""
    path = out / "reports" / f"{name}.json"
    path.write_bytes((out / "reports" / "b.pdf.json").read_bytes()[:600])
    return path


def content(path: Path) -> Any:
    """What a file holds, without the time at which it was written."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return {name: book.read(name) for name in book.namelist() if name != "docProps/core.xml"}
    if path.suffix == ".parquet":
        return pytest.importorskip("polars").read_parquet(path).rows()
    if path.suffix == ".sqlite":
        with closing(sqlite3.connect(path)) as database:
            return list(database.iterdump())
    return path.read_bytes()


def as_shown(cell: Any) -> str:
    """A cell's number with the decimals that its format shows."""
    if cell.data_type == "s":
        return str(cell.value)
    places = len(cell.number_format.partition(".")[2])
    return str(Decimal(repr(cell.value)).quantize(Decimal(1).scaleb(-places)))


@pytest.mark.parametrize(("format_", "keys"), [("csv", "en"), ("csv", "zh"), ("xlsx", "zh")])
def test_columns_are_described_in_a_data_package(out: Path, tmp_path: Path, format_: str, keys: str) -> None:
    frictionless = pytest.importorskip("frictionless")
    target = tmp_path / "all" if format_ != "xlsx" else tmp_path / "all.xlsx"
    export(out, target, format_, keys=keys)
    package = tmp_path / "all" / "datapackage.json" if format_ != "xlsx" else tmp_path / "all.xlsx.datapackage.json"
    report = frictionless.Package(str(package)).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])
    described = json.loads(package.read_text())["resources"]
    assert all(field["description"] for each in described for field in each["schema"]["fields"])


@pytest.mark.parametrize("keys", ["en", "zh"])
def test_no_two_columns_or_keys_share_a_name(keys: str) -> None:
    model = report_model(CONTRACT)
    for table in tables_of(*FAMILIES, STARTER):
        assert len(set(table.heads(keys))) == len(table.columns), table.name
    for each in row_lists(model):
        assert len({leaf.title for leaf in leaves_of(each.model)}) == len(leaves_of(each.model)), each.way
    titles = [field.title for field in model.model_fields.values()]
    assert len(set(titles)) == len(titles)


def test_wrong_wishes_are_one_sentence(out: Path, tmp_path: Path) -> None:
    for arguments, options, words in [
        (("a.xls", "xls"), {}, "no format is called xls; there are jsonl, csv, parquet, xlsx, sqlite"),
        (("a.csv", "csv"), {"status": "sure"}, "no status is called sure"),
        (("a.csv", "csv"), {"table": "cars"}, "no table is called cars; there are reports, figures"),
        (("a.csv", "csv"), {"keys": "fr"}, "keys are en or zh"),
        (("folder", "xlsx"), {}, "one file with all tables"),
        (("a.xls", None), {}, "a.xls does not say which format is wanted"),
    ]:
        with pytest.raises(UsageError, match=words):
            export(out, tmp_path / arguments[0], arguments[1], **options)  # type: ignore[arg-type]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_a_missing_library_is_named_with_its_cure(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(UsageError, match=r"the extra export, which is not installed: pip install 'recount-"):
        export(out, tmp_path / "a.parquet", "parquet")
    export(out, tmp_path / "a.csv", "csv")


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet", "xlsx", "sqlite"])
def test_an_export_that_fails_leaves_the_earlier_file(out: Path, tmp_path: Path, format_: str) -> None:
    target = tmp_path / "exported" / f"a.{format_}"
    target.parent.mkdir()
    target.write_text("earlier")
    broken = torn(out, "c.pdf")
    with pytest.raises(UsageError, match="is no result file"):
        export(out, target, format_)
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert target.read_text() == "earlier"
    broken.unlink()
    with pytest.raises(UsageError, match="cannot write to"):
        export(out, target / f"b.{format_}", format_)
