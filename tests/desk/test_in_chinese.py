"""What results say is said in Chinese wherever Chinese is asked for: in tables of every format, on marks and pages."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from recount.desk.cards import findings_of
from recount.desk.first_sheet import ToCheck
from recount.desk.marks import marks_of
from recount.desk.page import page_of_report
from recount.desk.sources import Whereabouts
from recount.pipeline.output.export import export
from recount.pipeline.output.folder import shelf_of
from recount.pipeline.output.layout import Table
from recount.pipeline.recognise import report_model
from recount.pipeline.result import STATUSES, PageRemark, Rejected, Result, Review, read_result, write_result
from recount.pipeline.review.decisions import Verdict
from recount.schemas.saying import SAYINGS, Saying, Value, say
from recount.tests.desk.test_cards import check, figure
from recount.tests.sayings import kinds_of_remarks

openpyxl: Any = pytest.importorskip("openpyxl")
FIELDS = [f"/income_expenditure/{key}" for key in ("income_total", "income_current_year", "expenditure_total")]
LATIN = re.compile(r"[A-Za-z]{2,}")
NO_WORDS = re.compile(r"=HYPERLINK.*|OCR|\S*\.(?:pdf|zip|txt)\S*|/[\w/]*", re.DOTALL)
"""Names of files, links to them, pointers."""
CODES = {"section", "list", "sha256", "contract", "key", "keys", "check", "checks", "suspects", "place"}
"""Columns that hold codes and places, for programs."""
PARTS: dict[str, Value] = {
    "figures": (say("figure", figure=FIELDS[0], title="收入总计", value=Decimal("3.00")),) * 2,
    "rules": ("甲 = 乙", "丙 = 丁"),
    "parts": (say("note"), say("stamp")),
    **dict.fromkeys(("first", "second", "what"), say("row_missing", amount=Decimal("3.00"))),
    "kind": say("money"),
}


def sample(code: str) -> Saying:
    """Something that a code says, its parameters Chinese words and numbers."""
    names = (name for _, name, _, _ in Formatter().parse(SAYINGS[code][0]) if name)
    return say(code, **{name: PARTS.get(name, "甲") for name in names})


def saying_all(example: Result) -> Result:
    """A result in which everything is said that results may say: of checks, proposals, pages and figures."""
    said = [sample(code) for code in SAYINGS]
    outcomes = cycle((("fail", "error"), ("fail", "minor"), ("pass", None), ("not_applicable", None)))
    checks = [
        check(f"c{number}", FIELDS, suspects=FIELDS[:1])._replace(
            rule="甲 = 乙", result=result, severity=severity, explanation=one
        )
        for number, (one, (result, severity)) in enumerate(zip(said, outcomes, strict=False), 1)
    ]
    mappers = ("template", "reviewer", "model:甲")
    rejected = [Rejected(FIELDS[0], "7", mapper, one) for one, mapper in zip(said, cycle(mappers), strict=False)]
    remarks = [PageRemark(kind, 1, None, one) for one, kind in zip(said, cycle(kinds_of_remarks()), strict=False)]
    figures = {
        f"/unmapped_figures/{number}/value": figure(
            "3", "3", status, remark=one, second_reading="8", agreed=mapper, reviewed=review
        )._replace(mapper=mapper)
        for number, (one, status, mapper, review) in enumerate(
            zip(said, cycle(STATUSES), cycle(mappers), cycle(reviews()), strict=False)
        )
    }
    return replace(
        example,
        figures={field: figure("3", "3", "disputed", ("c1", "c2")) for field in FIELDS} | figures,
        checks=checks,
        rejected=rejected,
        summary=replace(example.summary, remarks=remarks),
        source=replace(example.source, file="b.pdf"),
    )


def reviews() -> Iterator[Review]:
    for verdict in Verdict:
        if verdict is not Verdict.WITHDRAWN:
            yield Review("d1", "审计员", "2026-01-01T00:00:00Z", verdict.value, Decimal(3), "")


@pytest.fixture(scope="module")
def out(structured: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a run, with a result that says everything beside."""
    folder = Path(shutil.copytree(structured / "out", tmp_path_factory.mktemp("zh") / "out"))
    write_result(folder / "reports" / "b.pdf.json", saying_all(read_result(folder / "reports" / "clean.pdf.json")))
    return folder


def english(words: Any) -> bool:
    return isinstance(words, str) and LATIN.search(NO_WORDS.sub("", words)) is not None


def in_rows(table: Table, rows: list[dict[str, Any]]) -> list[str]:
    """What is English in the rows of a table."""
    heads = {column.title: column for column in table.columns}
    return [
        f"{table.title}, {head}: {value}"
        for row in rows
        for head, value in row.items()
        if heads[head].name not in CODES and heads[head].type == "string" and english(value)
    ]


def rows_in(folder: Path, format_: str, table: Table) -> list[dict[str, Any]]:
    if format_ == "sqlite":
        with closing(sqlite3.connect(folder / "all.sqlite")) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(f'SELECT * FROM "{table.title}"')]
    with (folder / f"{table.name}.{format_}").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file)) if format_ == "csv" else [json.loads(line) for line in file]


@pytest.mark.parametrize("format_", ["csv", "jsonl", "sqlite"])
def test_no_english_stands_in_chinese_tables(out: Path, format_: str, tmp_path: Path) -> None:
    export(out, tmp_path / ("all.sqlite" if format_ == "sqlite" else ""), format_, keys="zh", front=ToCheck(out, "zh"))
    tables = shelf_of(out).kinds.tables
    found = {table.name: rows_in(tmp_path, format_, table) for table in tables}
    assert all(found[name] for name in ("figures", "checks", "discrepancies", "rejected", "remarks", "files"))
    assert not [words for table in tables for words in in_rows(table, found[table.name])]
    reasons = {row["原因"] for row in found["figures"]}
    assert any("勾稽不符：甲 = 乙" in str(reason) for reason in reasons)


def test_no_english_stands_in_a_chinese_workbook(out: Path, tmp_path: Path) -> None:
    export(out, tmp_path / "all.xlsx", keys="zh", front=ToCheck(out, "zh"))
    cells = [
        (sheet.title, cell)
        for sheet in openpyxl.load_workbook(tmp_path / "all.xlsx")
        for row in sheet.iter_rows()
        for cell in row
    ]
    notes = [(title, cell.comment.text) for title, cell in cells if cell.comment]
    assert not [(title, words) for title, words in [(t, c.value) for t, c in cells] + notes if english(words)]


def test_english_tables_are_english(out: Path, tmp_path: Path) -> None:
    export(out, tmp_path, "csv")
    with (tmp_path / "rejected.csv").open(encoding="utf-8", newline="") as file:
        assert {row["reason"] for row in csv.DictReader(file)} == {str(sample(code)) for code in SAYINGS}


def test_no_english_stands_on_chinese_marks_and_pages(out: Path) -> None:
    result = read_result(out / "reports" / "b.pdf.json")
    model = report_model(result.contract)
    assert not [mark.words for mark in marks_of(findings_of(result, model), "zh") if english(mark.words)]
    page = page_of_report(result, model, Whereabouts(out / "reports" / "b.pdf.json"), "zh")
    sentences = [words for words in map(str, map(sample, SAYINGS)) if english(words) and " " in words]
    assert not [words for words in sentences if words in page]
