"""Lines of a table that no row was read from."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from recount.pipeline.document import Token
from recount.pipeline.verify.place import Skipped, skipped_rows
from recount.schemas.figures import Figure, Kind

COLUMNS = (100.0, 200.0, 300.0)
UNIT = None


def token(index: int, shown: str, column: int, line: float, page: int = 1, unit: str | None = UNIT) -> Token:
    decimals = len(shown.partition(".")[2])
    box = (COLUMNS[column], 20 * line, COLUMNS[column] + 30, 20 * line + 10)
    return Token(index, shown, Decimal(shown), decimals, unit, page, box)


def table(lines: int, columns: int = 2, *, page: int = 1) -> list[Token]:
    return [token(columns * row + at, f"{row + 1}.50", at, row, page) for row in range(lines) for at in range(columns)]


def rows(tokens: list[Token], columns: int, left_out: set[int]) -> list[dict[str, Figure]]:
    """A row of figures for every line but those that are left out."""
    found = []
    for line in range(len(tokens) // columns):
        cells = tokens[columns * line : columns * (line + 1)]
        if line not in left_out:
            found.append(
                {
                    "abc"[at]: Figure(
                        f"/t/{len(found)}/{'abc'[at]}", each.value, Decimal("0.01"), Kind.MONEY, each.index
                    )
                    for at, each in enumerate(cells)
                }
            )
    return found


def skipped(tokens: list[Token], columns: int, left_out: set[int]) -> list[Skipped]:
    cells = rows(tokens, columns, left_out)
    return skipped_rows({"/t": cells}, tokens, read_from(cells))


def read_from(cells: list[dict[str, Figure]]) -> dict[int, str]:
    return {figure.token: figure.pointer for row in cells for figure in row.values()}


def test_a_table_that_was_read_whole_has_none() -> None:
    assert skipped(table(5), 2, set()) == []


@pytest.mark.parametrize("line", [0, 2, 4])
def test_a_line_between_the_rows_or_next_to_them_was_left_out(line: int) -> None:
    assert skipped(table(5), 2, {line}) == [Skipped("/t", (2 * line, 2 * line + 1))]


def test_a_line_of_zeros_is_a_row_too() -> None:
    tokens = table(3)
    tokens[2:4] = [token(2, "0.00", 0, 1), token(3, "0.00", 1, 1)]
    assert skipped(tokens, 2, {1}) == [Skipped("/t", (2, 3))]


def test_a_single_column_says_so_only_between_its_rows() -> None:
    tokens = table(4, 1)
    assert skipped(tokens, 1, {1}) == [Skipped("/t", (1,))]
    assert skipped(tokens, 1, {0}) == skipped(tokens, 1, {3}) == []


def test_the_numbers_of_a_head_are_no_row() -> None:
    """栏次 1 2 stands in the columns, above the first row."""
    tokens = table(3)
    tokens[0:2] = [token(0, "1", 0, 0), token(1, "2", 1, 0)]
    assert skipped(tokens, 2, {0}) == []


@pytest.mark.parametrize("line", [0, 3])
def test_a_line_next_to_rows_in_whole_yuan_was_left_out_unless_it_counts_on(line: int) -> None:
    amounts = [token(2 * row + at, f"{1000 * (row + 1) + 7 * at}", at, row) for row in range(4) for at in range(2)]
    assert skipped(amounts, 2, {line}) == [Skipped("/t", (2 * line, 2 * line + 1))]
    amounts[2 * line : 2 * line + 2] = [token(2 * line, "3", 0, line), token(2 * line + 1, "4", 1, line)]
    assert skipped(amounts, 2, {line}) == []


def test_numbers_with_another_unit_beside_the_columns_or_in_a_row_are_none() -> None:
    for strange in (token(2, "2.50", 0, 1, unit="%"), token(2, "2.50", 2, 1), token(2, "2.50", 2, 0)):
        tokens = table(3)
        tokens[2:4] = [strange, token(3, "2.50", 2, 1)]


def test_the_rows_of_running_text_stand_in_no_columns() -> None:
    tokens = [token(0, "1.50", 0, 0), token(1, "2.50", 0, 1), token(2, "3.50", 2, 2)]
    assert skipped(tokens, 1, {1}) == []


def test_in_a_text_without_print_the_table_tells_rows_and_columns_and_not_the_places() -> None:
    """A cell a line: all cells begin at the same place, each on a line of its own."""
    tokens = [replace(token, box=(0, 20 * at, 40, 20 * at + 12)) for at, token in enumerate(table(3))]
    in_cells = [replace(token, seat=(7, at // 2, 2 + at % 2, 3 + at % 2)) for at, token in enumerate(tokens)]
    assert skipped(in_cells, 2, {1}) == [Skipped("/t", (2, 3))]
    in_a_wide_cell = [replace(token, seat=(7, 1, 0, 5)) if at in (2, 3) else token for at, token in enumerate(in_cells)]
    assert skipped(in_a_wide_cell, 2, {1}) == []


def test_last_years_amounts_of_the_table_below_are_no_line_of_this_one() -> None:
    """They stand, on the next page, in the columns of the list, and on one line with figures of their own table."""
    tokens = [*table(3), token(6, "7.50", 0, 0, 2), token(7, "8.50", 1, 0, 2), token(8, "9.50", 2, 0, 2)]
    cells = rows(tokens[:6], 2, set())
    read = read_from(cells)
    assert skipped_rows({"/t": cells}, tokens, read) == [Skipped("/t", (6, 7))]
    assert skipped_rows({"/t": cells}, tokens, {**read, 8: "/other/total"}) == []
    assert skipped_rows({"/t": cells}, tokens, {**read, 8: "/t/note"}) == [Skipped("/t", (6, 7))]


def test_what_another_table_prints_below_is_no_row_of_this_one() -> None:
    here = [replace(token, table=1 if token.index < 6 else 2) for token in table(5)]
    assert skipped(here, 2, {3, 4}) == []
    assert skipped(here, 2, {2, 3, 4}) == [Skipped("/t", (4, 5))]


def test_a_line_beside_a_table_that_is_in_none_may_be_its_row() -> None:
    here = [replace(token, table=1 if token.index < 8 else None) for token in table(5)]
    assert skipped(here, 2, {4}) == [Skipped("/t", (8, 9))]
