"""Nothing that a report says is lost in an export: every leaf of every result stands in just one row."""

from __future__ import annotations

import csv
import sqlite3
from collections import Counter
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Generic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from recount.pipeline.output.export import export
from recount.pipeline.output.folder import Entry, Kinds
from recount.pipeline.output.layout import Table, tables_of
from recount.pipeline.output.rows import OpenResult, rows_of
from recount.pipeline.recognise import family_of, write_starter
from recount.pipeline.result import typed, write_json
from recount.schemas.describe import fields_of, leaves_in
from recount.schemas.family import Family, RowTable
from recount.schemas.figures import F, Kind, Model, figure, money, part, rows, text
from recount.schemas.registry import FAMILIES

TEXTS = ("水利局", "=1+1", 'a,b\n"c"', " ", "-3.40", "'", "行政运行", "true", "2022")
TABLES: dict[str, tuple[Table, ...]] = {}
FIXED = ("reports", "figures", "texts", "discrepancies", "checks", "rejected", "remarks", "mentions", "files")
"""The tables that are no lists of rows."""


class Inner(Model, Generic[F]):
    """A part of a row, in which there is a list again."""

    amount: F | None = money("金额")
    words: tuple[str, ...] = rows("说明")


class OddRow(Model, Generic[F]):
    """A row whose fields are called as columns that every table has, or alike but for the size of a letter."""

    status: str | None = text("状态")
    page: F | None = figure(Kind.ANY, "页")
    key: str | None = text("位置")
    Key: str | None = text("位置")
    inner: Inner[F] | None = part("其中")


class OtherRow(Model, Generic[F]):
    """A row that has a number where another has text."""

    status: F | None = money("状态")
    true: bool | None = text("是否")


class OddReport(Model, Generic[F]):
    """A report whose lists are called as tables that every export has."""

    fiscal_year: str | None = text("年度")
    figures: tuple[OddRow[F], ...] = rows("数字")
    other: tuple[OtherRow[F], ...] = rows("其他:/?*[]与一个长得没有一张工作表能叫的名字")


ODD = Family(
    name="odd",
    title="odd",
    contract="odd/1",
    report=OddReport,
    outline=(),
    front="(?!)",
    labelled=True,
    tables=(RowTable("figures", "数字", "One row of each.", OddRow), RowTable("figures", "数字", "", OtherRow)),
)


def made(model: type[BaseModel], random: Random, depth: int = 0) -> dict[str, Any]:
    """Plain values of a report of a model: any field may be missing, lists have up to three rows."""
    found: dict[str, Any] = {}
    for key, field in fields_of(model).items():
        if random.random() < (0.1 if depth == 0 else 0.3):
            found[key] = [] if field.many else None
        elif field.model is not None and field.many:
            found[key] = [made(field.model, random, depth + 1) for _ in range(random.randint(0, 3))]
        elif field.model is not None:
            found[key] = made(field.model, random, depth + 1)
        elif field.many:
            found[key] = [leaf(field, random) for _ in range(random.randint(0, 3))]
        else:
            found[key] = leaf(field, random)
    return found


def leaf(field: Any, random: Random) -> Any:
    if field.kind in (Kind.COUNT, Kind.YEAR):
        return random.randint(0, 2030)
    if field.kind is not None or field.shape is Decimal:
        return Decimal(random.randint(-(10**9), 10**9)).scaleb(-random.randint(0, 6))
    return random.random() < 0.5 if field.shape is bool else random.choice(TEXTS)


def a_result(family: Family, seed: int, name: str = "甲.pdf") -> dict[str, Any]:
    random = Random(seed)
    report = made(family.report_of(Decimal), random)
    numbers = [(p, v) for p, v in leaves_in(report) if isinstance(v, Decimal | int) and not isinstance(v, bool)]
    return {
        "contract": family.contract,
        "source": {"file": name, "sha256": f"{seed}", "pages": 3},
        "report": report,
        "figures": {
            pointer: {
                "raw": str(value),
                "value": value,
                "page": 1,
                "bbox": [1, 2, 3, 4],
                "status": random.choice(["verified", "grounded", "disputed"]),
            }
            for pointer, value in numbers
        },
        "checks": [],
    }


def row_of(pointer: str) -> tuple[str, str] | None:
    """The innermost row of a list of rows that a place is in, and the field's name there; None where there is none."""
    steps = pointer.split("/")
    at = max((number for number, step in enumerate(steps) if step.isdigit()), default=None)
    if at is None or at == len(steps) - 1:  # the last: an entry of a list of words
        return None
    return "/".join(steps[: at + 1]), "_".join(steps[at + 1 :])


def own_family(folder: Path) -> Family:
    """One that `recount init-family` begins."""
    return family_of(str(write_starter("charity", folder)))


@pytest.fixture(scope="module", params=[*(family.name for family in FAMILIES), "init-family", "odd"])
def family(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Family:
    known = {family.name: family for family in FAMILIES}
    if request.param in known:
        return known[request.param]
    return own_family(tmp_path_factory.mktemp("own")) if request.param == "init-family" else ODD


def tables_with(family: Family) -> tuple[Table, ...]:
    """The tables of a folder that has results of a family among those of Recount's own."""
    if family.name not in TABLES:
        TABLES[family.name] = tables_of(*FAMILIES, family)
    return TABLES[family.name]


@given(seed=st.integers(0, 10**9))
@settings(max_examples=40, deadline=None)
def test_every_leaf_of_every_result_stands_in_just_one_row(family: Family, seed: int) -> None:
    content = a_result(family, seed)
    reading = OpenResult(typed(content), family.report_of(Decimal))
    tables = {table.name: table for table in tables_with(family)}
    rows = {
        name: [dict(zip(table.heads("en"), row.values, strict=True)) for row in rows_of(reading, table)]
        for name, table in tables.items()
    }
    in_figures = Counter(row["key"] for row in rows["figures"])
    in_texts = Counter(row["key"] for row in rows["texts"])
    of_lists = {name: {row["key"]: row for row in found} for name, found in rows.items() if name not in FIXED}
    cells = Counter[str]()
    for pointer, value in leaves_in(content["report"]):
        where = row_of(pointer)
        holding = [found[where[0]] for found in of_lists.values() if where is not None and where[0] in found]
        if where is not None and value is not None:
            (row,) = holding
            own = [row[name] for name in (f"{where[1]}_3", f"{where[1]}_2", where[1]) if name in row]
            assert own[0] == value, pointer
            cells[pointer] += 1
    told = in_texts + cells + Counter({p: n for p, n in in_figures.items() if p not in cells})
    assert told == Counter(pointer for pointer, value in leaves_in(content["report"]) if value is not None)
    assert in_figures == Counter(content["figures"].keys())


def test_a_folder_of_all_families_is_exported_as_one(tmp_path: Path) -> None:
    """Columns of one name are shared; a database and a sheet for each table take them all."""
    own = write_starter("charity", tmp_path)
    families = [*FAMILIES, family_of(str(own))]
    wanted = 0
    for seed, one in enumerate(families):
        content = a_result(one, 40 + seed, f"{seed}.pdf")
        wanted += len(content["figures"])
        write_json(tmp_path / "out" / "reports" / f"{seed}.pdf.json", content)
    done = export(tmp_path / "out", tmp_path / "all.sqlite", "sqlite", family=str(own))
    assert done.rows["figures"] == wanted
    assert done.rows["projects"] > 0
    with closing(sqlite3.connect(tmp_path / "all.sqlite")) as database:
        units = {row[0] for row in database.execute("SELECT report FROM statement_rows")}
        assert units == {"0.pdf", "1.pdf"}
    assert export(tmp_path / "out", tmp_path / "zh.sqlite", "sqlite", keys="zh", family=str(own)).rows == done.rows
    assert export(tmp_path / "out", tmp_path / "all", "csv", family=str(own)).rows == done.rows
    with (tmp_path / "all" / "projects.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == done.rows["projects"]
    pytest.importorskip("xlsxwriter")
    assert export(tmp_path / "out", tmp_path / "all.xlsx", "xlsx", keys="zh", family=str(own)).rows == done.rows


def test_a_field_that_is_called_as_a_shared_column_has_a_column_of_its_own() -> None:
    content = {
        **a_result(ODD, 1),
        "report": {"figures": [{"status": "好", "page": Decimal("7"), "Key": "a", "key": "b"}]},
    }
    content["figures"] = {}
    reading = OpenResult(typed(content), ODD.report_of(Decimal))
    (table,) = [table for table in tables_of(ODD) if table.lists]
    (row,) = [dict(zip(table.heads("en"), row.values, strict=True)) for row in rows_of(reading, table)]
    assert table.name == "figures_2"
    assert (row["status_2"], row["page_2"], row["key_2"], row["Key_3"]) == ("好", 7, "b", "a")
    assert (row["status"], row["page"], row["key"]) == (None, None, "/figures/0")


def test_an_opened_entry_knows_what_it_is_a_copy_of(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", a_result(FAMILIES[0], 5))
    reading = Kinds((FAMILIES[0].contract,)).opened(Entry(tmp_path / "a.json", "b.pdf"))
    assert {row.values[-1] for table in tables_of(FAMILIES[0]) for row in rows_of(reading, table)} == {"b.pdf"}
