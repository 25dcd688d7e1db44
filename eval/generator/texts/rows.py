"""A grid as rows of slots: what stands in each place, and how a place without a text of its own came to have none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from recount.eval.generator.typeset.blocks import Cell, Grid

Origin = Literal["own", "across", "below"]
"""Whether a place has a cell of its own, or lies in one that begins left of it, or above it."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a row; its text is that of its own cell, else empty. cell: the one that covers it."""

    text: str
    origin: Origin
    cell: Cell


def rows_of(grid: Grid) -> list[list[Slot]]:
    """The rows of a grid, each with a slot for every column."""
    places = {
        (row, col): cell
        for cell in grid.cells
        for row in range(cell.row, cell.row + cell.rows)
        for col in range(cell.col, cell.col + cell.cols)
    }
    return [[_slot(places[row, col], row, col) for col in range(len(grid.columns))] for row in range(grid.height)]


def _slot(cell: Cell, row: int, col: int) -> Slot:
    if (cell.row, cell.col) == (row, col):
        return Slot(cell.text, "own", cell)
    return Slot("", "below" if row > cell.row else "across", cell)


def is_evaluation(grid: Grid) -> bool:
    """Whether it is a table of performance: by what its cells are, a reader knows where they belong."""
    return any(cell.text == "三级指标" for cell in grid.cells)


def texts_of(row: Sequence[Slot]) -> list[str]:
    """The texts of a row, a line each."""
    return [slot.text.replace("\n", " ") for slot in row]
