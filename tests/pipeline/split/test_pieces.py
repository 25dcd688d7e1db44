"""Labels in Latin script: a line goes on with the one above where its words, its inset and a full line say so."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.pipeline.document import Grid, Page, Pages
from recount.pipeline.split import split
from recount.pipeline.split.pieces import Label, LabelColumn
from recount.schemas.registry import FAMILIES
from recount.tests.pipeline.helpers import line
from recount.tests.pipeline.split.paper import Paper, grids, values

RIGHTS = (400.0, 520.0)
HEAD = ("", "2024", "2023")
ROWS = (("Cash", "1,200", "1,100"), ("Debt", "(300)", "(200)"), ("Net", "900", "900"))


def table(folder: Path, rows: Sequence[Sequence[str]], pitch: float = 12.0) -> Grid:
    """The table of some rows; two blanks before a label set it in by 12 points."""
    paper = Paper()
    paper.rows([HEAD, *rows], RIGHTS, 120, pitch)
    paper.put(60, 700, "The notes are an integral part of these statements, and of what the management says of it.")
    [grid] = grids(paper.read(folder))
    return grid


def labels(grid: Grid) -> list[str]:
    return [cell.text.printed for cell in grid.cells if cell.column == 0 and cell.text.printed]


def test_a_label_that_is_broken_before_a_capital_is_one(tmp_path: Path) -> None:
    rows = [
        *ROWS,
        ("Interest on loans that the company gave to",),
        ("  its suppliers and to others", "12", "11"),
        ("Net earnings that are attributable to North",),
        ("  Harbor and Company", "888", "889"),
    ]
    grid = table(tmp_path, rows)
    assert "Net earnings that are attributable to North Harbor and Company" in labels(grid)
    assert values(grid, "Net earnings that are attributable to North Harbor and Company") == ["888", "889"]


def test_a_label_goes_on_in_brackets_in_small_letters(tmp_path: Path) -> None:
    rows = [*ROWS, ("Other comprehensive income",), ("(loss), net of tax", "12", "11")]
    assert values(table(tmp_path, rows), "Other comprehensive income (loss), net of tax") == ["12", "11"]


def test_a_heading_is_no_line_of_the_label_below_it(tmp_path: Path) -> None:
    rows = [("Net sales:",), ("Products", "700", "600"), ("Cash flows from operating activities",), *ROWS]
    assert labels(table(tmp_path, rows, 11.0)) == [
        "Net sales:", "Products", "Cash flows from operating activities", "Cash", "Debt", "Net",
    ]  # fmt: skip


def test_below_a_line_with_figures_the_next_heading_begins(tmp_path: Path) -> None:
    rows = [
        ("Donations that were received without any",),
        ("conditions", "70", "60"),
        ("Net movement in all funds of the trust", "10", "20"),
        ("Reconciliation of funds",),
        *ROWS,
    ]
    found = labels(table(tmp_path, rows))
    assert found[:3] == [
        "Donations that were received without any conditions",
        "Net movement in all funds of the trust",
        "Reconciliation of funds",
    ]


def test_what_is_left_of_a_label_is_no_figure_and_no_column(tmp_path: Path) -> None:
    rows = [
        *ROWS,
        ("Commitments and contingencies (Note",),
        ("12)", "5", "6"),
        ("Accounts receivable, net of allowances of $104 and",),
        ("$98", "1,500", "1,400"),
        ("Shares, $0.01 par value:",),
        ("50,400,000 authorized", "7", "7"),
    ]
    grid = table(tmp_path, rows)
    assert grid.columns == 3
    assert values(grid, "Commitments and contingencies (Note 12)") == ["5", "6"]
    assert labels(grid)[-2:] == [
        "Accounts receivable, net of allowances of $104 and $98",
        "Shares, $0.01 par value: 50,400,000 authorized",
    ]


def test_figures_may_stand_beside_the_first_line_of_a_label(tmp_path: Path) -> None:
    rows = [
        ("Payments to the suppliers of goods and of", "70", "60"),
        ("  services",),
        ("Payments that were made to the Treasury", "10", "20"),
        ("  Department",),
        *ROWS,
    ]
    grid = table(tmp_path, rows)
    assert values(grid, "Payments that were made to the Treasury Department") == ["10", "20"]
    assert grid.rows == 6


def scan(*found: tuple[str, float, float]) -> Grid:
    """The table of texts and where they begin across and down the page, as OCR finds them."""
    lines = tuple(line(text, x, y, confidence=0.99) for text, x, y in found)
    [grid] = grids(split(Pages((Page(1, 595.0, 842.0, lines, (), "ocr"),)), *FAMILIES))
    return grid


BODY = [
    ("Dividends declared in it", 60.0, 160.0), ("1,200", 318.0, 160.0), ("1,300", 386.0, 160.0),
    ("Retained for the growth", 60.0, 180.0), ("11,778", 312.0, 180.0), ("15,566", 380.0, 180.0),
]  # fmt: skip


def test_pieces_of_rulings_that_ocr_reads_as_signs_are_nothing() -> None:
    grid = scan(("Receipts of the year", 60.0, 120.0), ("_ 18,428 _ 16,951", 300.0, 120.0), *BODY)
    assert values(grid, "Receipts of the year") == ["18428", "16951"]
    assert grid.columns == 3


def test_a_currency_that_ocr_finds_twice_parts_no_columns() -> None:
    first = [("$ 12,978 $", 300.0, 120.0), ("$", 300.0, 120.0), ("16,866", 380.0, 120.0)]
    grid = scan(("Net income of the year", 60.0, 120.0), *first, *BODY)
    assert grid.columns == 3
    assert values(grid, "Net income of the year") == ["12978", "16866"]


def test_what_a_scan_has_twice_or_for_a_stroke_is_there_once_or_not() -> None:
    twice = [("Receipts£18,428", 60.0, 120.0), ("18,428", 96.0, 120.0)]
    strays = [("I", 300.0, 120.0), ("二", 330.0, 120.0), ("16,951", 380.0, 120.0)]
    grid = scan(*twice, *strays, *BODY)
    assert [cell.text.printed for cell in grid.cells if cell.row == 0 and cell.text.printed][-1] == "16,951"
    assert grid.columns <= 4
    glued = scan(("Receipts of the year", 60.0, 120.0), ("18,428P16,951", 318.0, 120.0), *BODY)
    assert values(glued, "Receipts of the year") == ["18428", "16951"]
    led = scan(("Receipts of the year", 60.0, 120.0), ("$18,428 $", 300.0, 120.0), ("16,951", 380.0, 120.0), *BODY)
    assert values(led, "Receipts of the year") == ["18428", "16951"]


FORMS = [
    ("8.233,835.14", "8233835.14?"),
    ("102.135.153,60", "102135153.60?"),
    ("12,345.67", "12345.67"),
    ("1,23", "1.23?"),
]


@pytest.mark.parametrize(("shown", "value"), FORMS)
def test_a_number_of_a_scan_is_what_the_form_of_its_column_says_and_in_doubt(shown: str, value: str) -> None:
    others = [("53,735,336.53", 312.0, 160.0), ("1,202,910.05", 312.0, 180.0), ("98.40", 312.0, 200.0)]
    labels = [(text, 60.0, 160.0 + 20 * at) for at, text in enumerate(("Cash in all banks", "Stocks", "Rights"))]
    grid = scan(("Receipts of the year", 60.0, 140.0), (shown, 312.0, 140.0), *labels, *others)
    assert values(grid, "Receipts of the year") == [value]


@pytest.mark.parametrize("shown", ["8.233,835.1", "8.23,835.14", "12.345", "5.1a4"])
def test_what_has_another_form_than_its_column_is_no_number(shown: str) -> None:
    others = [("53,735,336.53", 312.0, 160.0), ("1,202,910.05", 312.0, 180.0)]
    labels = [(text, 60.0, 160.0 + 20 * at) for at, text in enumerate(("Cash in all banks", "Stocks in the house"))]
    grid = scan(("Receipts of the year", 60.0, 140.0), (shown, 312.0, 140.0), *labels, *others)
    assert values(grid, "Receipts of the year") == []


def test_thousands_behind_a_point_are_read_where_the_column_is_whole() -> None:
    others = [("53,735", 318.0, 160.0), ("1,202", 324.0, 180.0)]
    labels = [(text, 60.0, 160.0 + 20 * at) for at, text in enumerate(("Cash in all banks", "Stocks in the house"))]
    grid = scan(("Receipts of the year", 60.0, 140.0), ("12.345", 318.0, 140.0), *labels, *others)
    assert values(grid, "Receipts of the year") == ["12345?"]


def test_lines_of_a_scan_are_as_far_apart_as_their_middles() -> None:
    above = Label(line("Total current assets of the house", 60, 100.0, confidence=0.9), figured=True)
    lower = line("NON-CURRENT ASSETS AND ALL", 60, 113.0, confidence=0.9)
    lower = dataclasses.replace(lower, box=(lower.box[0], 111.0, lower.box[2], lower.box[3] + 2.0))
    column = LabelColumn((above.line.box[2], above.line.box[2]), 13.0, (), at_top=True, at_foot=True)
    assert not column.goes_on([above], Label(lower, figured=False))


def test_a_head_over_several_columns_is_none_of_theirs_however_near() -> None:
    heads = [("Three months ended in May", 290.0, 118.0), ("2024", 318.0, 128.0), ("2023", 386.0, 128.0)]
    grid = scan(*heads, *BODY)
    found = {cell.text.printed: (cell.column, cell.column_end) for cell in grid.cells}
    assert (found["Three months ended in May"], found["2024"], found["2023"]) == ((1, 3), (1, 2), (2, 3))


@given(st.lists(st.tuples(st.text("abc N,:(1", min_size=1, max_size=30), st.booleans()), min_size=1, max_size=8))
def test_two_lines_with_figures_are_never_one(texts: list[tuple[str, bool]]) -> None:
    rows = [Label(line(text or "a", 60.0, 100.0 + 11.0 * at), figured) for at, (text, figured) in enumerate(texts)]
    column = LabelColumn.of(rows, 11.0)
    for at in range(1, len(rows)):
        if rows[at].figured and any(row.figured for row in rows[:at]):
            assert not column.goes_on(rows[:at], rows[at])
