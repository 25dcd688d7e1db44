"""What an export says besides the figures: why, where, by whom, of which files; and nothing in it is obeyed."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import sqlite3
import xml.dom.minidom
import zipfile
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

import recount
from recount.cli import main
from recount.pipeline.archive.strangers import in_cell, out_of_cell
from recount.pipeline.errors import UsageError
from recount.pipeline.output.export import FORMATS, export
from recount.pipeline.output.workbook import link_to
from recount.pipeline.recognise import write_starter
from recount.pipeline.result import read_result, write_json

EXAMPLE = Path(__file__).resolve().parents[3] / "schemas" / "starter" / "example" / "report.pdf"
TOTAL, PART = "/income_expenditure/income_total", "/income_expenditure/income_current_year"


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as exit:
        main([str(each) for each in arguments])
    return int(exit.value.code or 0)


def figure(value: str, **more: Any) -> dict[str, Any]:
    return {
        "raw": value,
        "value": Decimal(value) if "." in value else int(value),
        "unit": "万元",
        "printed_unit": "万元",
        "page": 2,
        "bbox": [Decimal("1.5"), 2, 3, 4],
        "origin": "ocr",
        "confidence": Decimal("0.97"),
        "mapper": "template",
        "status": "verified",
        "checks": [],
        **more,
    }


def a_result(name: str, sha256: str = "ab", **report: Any) -> dict[str, Any]:
    """A result in which a sum fails, and a year stands."""
    year = figure("2022", unit="年", status="grounded", agreed="model:y")
    return {
        "contract": "final-accounts/1",
        "source": {"file": name, "sha256": sha256, "pages": 9},
        "report": {
            "unit_name": "甲局",
            "fiscal_year": 2022,
            "income_expenditure": {"income_total": Decimal("1955.06"), "income_current_year": Decimal("1855.06")},
            "overview": {"functions": ["=职能", "二"]},
            **report,
        },
        "figures": {
            "/fiscal_year": year,
            TOTAL: figure("1955.06", status="disputed", checks=["c1", "c2"], first_reading="1965.06"),
            PART: figure("1855.06", status="disputed", checks=["c1"], second_reading="1855.00", remark="stamp"),
        },
        "checks": [
            {"id": "c1", "rule": "收入总计 = 各项", "result": "fail", "severity": "error", "pointers": [TOTAL, PART],
             "printed": Decimal("1955.06"), "explanation": "most likely 收入总计 1955.06", "suspects": [TOTAL]},
            {"id": "c2", "rule": "年度", "result": "pass", "pointers": ["/fiscal_year"], "printed": 2022},
        ],
        "rejected": [{"pointer": PART, "proposed": "+1", "mapper": "model:x", "reason": "it is not on the page"}],
        "summary": {
            "coverage": {
                "identities": {"due": 2, "evaluated": 2}, "not_evaluated": {}, "under_one": 1, "under_two": 0,
                "covered": Decimal("0.5"), "under_none": [], "not_covered": [],
                "rows_left_out": [{"list": "/glossary", "page": 3, "numbers": ["1"]}],
            },
            "unread_pages": [4, 5],
            "remarks": [{"kind": "damaged", "page": 4, "bbox": None, "words": "the page is torn"}],
            "mentions": [{"pointer": PART, "raw": "3", "unit": "人", "page": 2, "bbox": [1, 2, 3, 4]}],
        },
    }  # fmt: skip


@pytest.fixture
def out(tmp_path: Path) -> Path:
    for name in ("a.pdf", "b.pdf"):
        write_json(tmp_path / "out" / "reports" / f"{name}.json", a_result(name))
    return tmp_path / "out"


def table(out: Path, tmp_path: Path, name: str) -> list[dict[str, str]]:
    """The rows of a table, by way of CSV."""
    export(out, tmp_path / f"{name}.csv", "csv", table=name)
    with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_figure_says_where_it_stands_why_it_is_disputed_and_by_whom_it_was_read(out: Path, tmp_path: Path) -> None:
    total, part = (row for row in table(out, tmp_path, "figures") if row["report"] == "a.pdf" and row["unit"] == "万元")
    assert [total[side] for side in ("x0", "y0", "x1", "y1")] == ["1.5", "2", "3", "4"]
    assert (total["confidence"], total["mapper"], total["first_reading"]) == ("0.97", "template", "1965.06")
    assert (total["checks"], total["suspects"]) == ("c1 c2", TOTAL)
    assert total["reason"] == "does not fit: 收入总计 = 各项"
    assert part["second_reading"] == "1855.00"
    assert next(row for row in table(out, tmp_path, "figures") if row["unit"] == "年")["agreed"] == "model:y"
    assert part["reason"] == "does not fit: 收入总计 = 各项; stamp; read otherwise a second time: 1855.00"


def test_checks_refused_proposals_remarks_and_what_was_left_out_have_their_rows(out: Path, tmp_path: Path) -> None:
    checks = table(out, tmp_path, "checks")
    assert [(row["check"], row["result"], row["suspects"]) for row in checks[:2]] == [
        ("c1", "fail", TOTAL),
        ("c2", "pass", ""),
    ]
    (refused, _) = table(out, tmp_path, "rejected")
    assert (refused["key"], refused["proposed"], refused["mapper"]) == (PART, "'+1", "model:x")
    (remark, _) = table(out, tmp_path, "remarks")
    assert (remark["page"], remark["kind"], remark["x0"]) == ("4", "damaged", "")
    (mention, _) = table(out, tmp_path, "mentions")
    assert (mention["key"], mention["raw"], mention["printed_unit"], mention["page"]) == (PART, "3", "人", "2")
    assert mention["section_title"]
    (about, _) = table(out, tmp_path, "reports")
    assert (about["unread_pages"], about["rows_left_out"], about["rejected"], about["covered"]) == (
        "4 5",
        "1",
        "1",
        "0.5",
    )


def test_rows_of_copies_are_marked_in_every_table(out: Path, tmp_path: Path) -> None:
    """Nobody shall count them twice; another report of the same file is none."""
    for name in ("c.pdf#1", "c.pdf#2", "d.pdf#1", "d.pdf#2"):
        write_json(out / "reports" / f"{name}.json", a_result(name, "cd"))
    export(out, tmp_path / "all", "csv")
    copies = {"a.pdf": "", "b.pdf": "a.pdf", "c.pdf#1": "", "c.pdf#2": "", "d.pdf#1": "c.pdf#1", "d.pdf#2": "c.pdf#2"}
    for name in ("reports", "figures", "texts", "checks", "discrepancies", "rejected", "remarks", "mentions"):
        with (tmp_path / "all" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert {row["report"]: row["same_as"] for row in csv.DictReader(file)} == copies, name
    opened = recount.open(out)
    assert {name: opened[name].same_as or "" for name in opened.names} == copies
    export(out, tmp_path / "all.jsonl", "jsonl")
    lines = map(json.loads, (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines())
    assert {line["file"]: line["same_as"] or "" for line in lines} == copies


def test_a_whole_report_says_how_far_each_figure_may_be_believed(out: Path, tmp_path: Path) -> None:
    export(out, tmp_path / "en.jsonl", "jsonl", status="disputed")
    export(out, tmp_path / "zh.jsonl", "jsonl", keys="zh")
    english, chinese = (
        json.loads((tmp_path / name).read_text(encoding="utf-8").splitlines()[0]) for name in ("en.jsonl", "zh.jsonl")
    )
    assert english["statuses"] == {TOTAL: "disputed", PART: "disputed"}
    assert english["report"]["fiscal_year"] is None
    assert chinese["状态"] == {
        "/年度": "grounded",
        "/收入支出决算总体情况说明/收入总计": "disputed",
        "/收入支出决算总体情况说明/本年收入合计": "disputed",
    }
    assert chinese["报告"]["收入支出决算总体情况说明"]["收入总计"] == 1955.06


@pytest.mark.parametrize("format_", FORMATS)
def test_every_export_has_its_data_package(out: Path, tmp_path: Path, format_: str) -> None:
    frictionless = pytest.importorskip("frictionless")
    done = export(out, tmp_path / f"a.{format_}", format_)
    beside = tmp_path / f"a.{format_}.datapackage.json"
    assert beside in done.files
    resources = json.loads(beside.read_text(encoding="utf-8"))["resources"]
    assert {resource["path"] for resource in resources} == {f"a.{format_}"}
    if format_ == "jsonl":
        report = frictionless.Package(str(beside)).validate()
        assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])


# --- nothing that a stranger wrote is obeyed


NAMES = [
    '=HYPERLINK("http://evil","x")',
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@sum(a1)",
    "\tx",
    "\rx",
    "＝1",
    "'quoted",
    "plain",
]


def test_no_text_of_a_csv_file_is_a_formula_and_every_text_comes_back(out: Path, tmp_path: Path) -> None:
    shutil.rmtree(out / "reports")
    for at, name in enumerate(NAMES):
        write_json(out / "reports" / f"{at}.json", a_result(name, str(at), unit_name=name))
    for name in ("figures", "texts", "reports", "rejected"):
        rows = table(out, tmp_path, name)
        for row in rows:
            risky = {key for key, cell in row.items() if re.match(r"[=+\-@\t\r＝＋－＠]", cell)}
            assert not risky, (name, {key: row[key] for key in risky})
        assert {out_of_cell(row["report"]) for row in rows} == set(NAMES)
    assert table(out, tmp_path, "figures")[1]["value"] == "1955.06"


@given(st.text())
def test_what_was_put_before_a_text_can_be_taken_away(words: str) -> None:
    assert out_of_cell(in_cell(words)) == words


def test_a_negative_number_is_no_formula(out: Path, tmp_path: Path) -> None:
    content = a_result("c.pdf", "c")
    content["figures"][TOTAL] |= {"value": Decimal("-3.40"), "raw": "-3.40"}
    write_json(out / "reports" / "c.pdf.json", content)
    row = [row for row in table(out, tmp_path, "figures") if row["report"] == "c.pdf"][1]
    assert (row["value"], row["raw"]) == ("-3.40", "'-3.40")


def sheets(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            if name.endswith((".xml", ".rels")):
                yield book.read(name).decode()


def test_control_characters_in_a_path_break_no_workbook(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("xlsxwriter")
    pdf = tmp_path / 'a\x1b[31m\x01\uffff<&"#%\u202e.pdf'
    monkeypatch.setattr("recount.pipeline.output.export.pdf_paths", lambda _: {"a.pdf": pdf, "e\x02\ufffe.pdf": pdf})
    write_json(out / "reports" / "e.json", a_result("e\x02\ufffe.pdf", "e", unit_name="\x1b]0;x\x07"))
    for keys in ("en", "zh"):
        export(out, tmp_path / "a.xlsx", "xlsx", keys=keys)
        for content in sheets(tmp_path / "a.xlsx"):
            xml.dom.minidom.parseString(content)


@given(st.text(st.characters(blacklist_characters="/\0"), min_size=1))
def test_a_link_is_a_way_from_the_workbook_in_which_nothing_has_a_meaning(name: str) -> None:
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return
    if name in (".", ".."):
        return
    link = link_to(Path("/档案/来源", name), Path("/档案/out"))
    assert link.startswith("../来源/")
    assert not re.search(
        r"""[#?%"'<>\\^`{|}:\x00-\x20\x7f-\xa0]""", re.sub(r"%[0-9A-F]{2}", "", link.removeprefix("../"))
    )
    assert unquote(link, errors="surrogateescape") == f"../来源/{name}"


def test_a_name_that_is_no_utf8_keeps_its_bytes_in_a_link() -> None:
    assert link_to(Path(os.fsdecode(b"/a/\xd6\xd0.pdf")), Path("/a/b")) == "../%D6%D0.pdf"


def test_years_have_no_comma_for_thousands(out: Path, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    export(out, tmp_path / "a.xlsx", "xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    heads = [cell.value for cell in book["figures"][1]]
    formats = {
        row[heads.index("unit")].value: row[heads.index("value")].number_format
        for row in book["figures"].iter_rows(min_row=2)
    }
    assert formats == {"年": "0", "万元": "#,##0.00"}
    heads = [cell.value for cell in book["checks"][1]]
    assert [row[heads.index("printed")].number_format for row in book["checks"].iter_rows(min_row=2, max_row=3)] == [
        "#,##0.00",
        "0",
    ]


# --- families of the user's, and the ledger


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a family of the user's, its example twice and a file that is none, and the results of these."""
    folder = tmp_path_factory.mktemp("own")
    mine = write_starter("charity", folder)
    (folder / "in").mkdir()
    for name in ("a.pdf", "b.pdf"):
        shutil.copy(EXAMPLE, folder / "in" / name)
    (folder / "in" / "c.pdf").write_bytes(b"no PDF")
    assert run("structure", folder / "in", "--out", folder / "out", "--family", mine, "--quiet") == 1
    return folder


def test_results_of_a_family_of_the_users_are_exported_and_opened(own: Path, tmp_path: Path) -> None:
    """The ledger knows where it lies; one that has moved is named."""
    rows = table(own / "out", tmp_path, "projects")
    assert rows[0]["list"] == "项目支出明细表"
    assert len(table(own / "out", tmp_path, "figures")) == 2 * len(read_result(own / "out/reports/a.pdf.json").figures)
    assert recount.open(own / "out")["a.pdf"].report.income.total > 0
    assert run("show", own / "out", "a.pdf") == 0
    moved = tmp_path / "moved"
    shutil.copytree(own / "charity", moved / "elsewhere")
    shutil.copytree(own / "out", moved / "out")
    with closing(sqlite3.connect(moved / "out" / "ledger.sqlite")) as ledger:
        ledger.execute("UPDATE runs SET arguments = json_set(arguments, '$.family', '/nowhere')")
        ledger.commit()
    with pytest.raises(UsageError, match=r"results of charity/1 are of a family that is not at hand: give"):
        export(moved / "out", tmp_path / "a.csv", "csv")
    assert (
        run("export", moved / "out", "--format", "csv", "-o", tmp_path / "a.csv", "--family", moved / "elsewhere") == 0
    )
    assert recount.open(moved / "out", family=moved / "elsewhere")["a.pdf"].report.income.total > 0


def test_a_family_that_came_with_the_results_is_no_program_to_be_run(own: Path, tmp_path: Path) -> None:
    shutil.copytree(own / "out", tmp_path / "mailed")
    shutil.copytree(own / "charity", tmp_path / "mailed" / "charity")
    (tmp_path / "mailed" / "charity" / "family.py").write_text("raise SystemExit('it ran')")
    with closing(sqlite3.connect(tmp_path / "mailed" / "ledger.sqlite")) as ledger:
        ledger.execute(
            "UPDATE runs SET arguments = json_set(arguments, '$.family', ?)", [str(tmp_path / "mailed/charity")]
        )
        ledger.commit()
    with pytest.raises(UsageError, match="are of a family that is not at hand"):
        export(tmp_path / "mailed", tmp_path / "a.csv", "csv")


def test_the_files_that_a_run_was_given_have_a_row_whatever_became_of_them(own: Path, tmp_path: Path) -> None:
    fates = {row["file"]: row for row in table(own / "out", tmp_path, "files")}
    assert [fates[name]["fate"] for name in ("a.pdf", "b.pdf", "c.pdf")] == ["structured", "same as another", "failed"]
    assert fates["b.pdf"]["same_as"] == "a.pdf"
    assert "is not a PDF" in fates["c.pdf"]["reason"]
    assert (fates["a.pdf"]["bytes"], fates["a.pdf"]["reports"]) == (str(EXAMPLE.stat().st_size), "1")
    assert {row["report"]: row["same_as"] for row in table(own / "out", tmp_path, "figures")} == {
        "a.pdf": "",
        "b.pdf": "a.pdf",
    }


def test_who_reads_an_output_folder_writes_nothing_there(own: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in (own / "out").rglob("*") if path.is_file()}
    for path in own.rglob("ledger.sqlite-*"):
        path.unlink()
        before.pop(path, None)
    for format_ in ("csv", "sqlite"):
        export(own / "out", tmp_path / f"a.{format_}", format_)
    assert run("status", own / "out") == 0
    assert {path: path.read_bytes() for path in (own / "out").rglob("*") if path.is_file()} == before
