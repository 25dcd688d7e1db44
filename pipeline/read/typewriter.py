"""A typewriter's page: text without places is given some, so that what follows `read` asks nothing new.

A column is 6 points wide, an ideograph two columns, a line 12 points high. What stands in a cell of its own is a line
of its own; a tab is as wide as eight columns, so that a reader sees by the gap how many there were. A table whose cells
are sure is set in columns with rulings around the cells.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Literal

from recount.pipeline.document import Box, Line, Page, Pages, Remark, Ruling, Spot, Written
from recount.schemas.saying import say

COLUMN = 6.0
"""Points that a column is wide."""
TAB = 48.0
"""Points between the cells on both sides of a tab; as many more for each more tab."""
PITCH = 12.0
"""Points from line to line."""
_LEADING = 1.0  # points between a line's pitch and its characters, above and below
_WIDE = frozenset("WF")  # East Asian widths of two columns
_FREE = 0.2  # share of the larger side that stays free at head and foot: nothing of a text is in the margin there
_EDGE = 36.0  # points left free at the sides
_RAISED = 0.5  # of the height of a character that of a raised or lowered one

Mark = Literal["small", "struck", "bullet"]
_SAID: Mapping[Mark, Remark] = {
    "struck": Remark("struck out", 0, None, say("struck_in_text"), touches=True, disputes=True),
    "bullet": Remark("sign", 0, None, say("bullet_or_minus"), touches=True),
}


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that stand together. x: where they begin, in points. spots: where each stands in the file. marked:
    those that are set as ² or ₂ are (small), that the text takes back (struck), or that may have a minus before them
    or a bullet."""

    text: str
    spots: Sequence[Spot]
    x: float = 0.0
    marked: Mapping[int, Mark] = field(default_factory=dict)

    @property
    def width(self) -> float:
        """The points that they take."""
        return sum(map(width_of, self.text))


@dataclass(frozen=True, slots=True)
class Row:
    """A line of text, from left to right; a blank one has no runs."""

    runs: Sequence[Run] = ()


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell at a row and a column, over as many of both as it says. lines: what it holds, from top to bottom."""

    row: int
    column: int
    lines: Sequence[Run]
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose cells are sure: each place of its rows and columns is one cell's, or nobody's."""

    cells: Sequence[TableCell]


Item = Row | Table


def width_of(char: str) -> float:
    """The points that a character takes: one column, or two for an ideograph."""
    return COLUMN * (2 if unicodedata.east_asian_width(char) in _WIDE else 1)


def typed(sheets: Sequence[Sequence[Item]]) -> Pages:
    """The pages of a text. sheets: what stands on each; all pages are as large as the largest asks for."""
    papers = [_Paper() for _ in sheets]
    for paper, items in zip(papers, sheets, strict=True):
        for item in items:
            if isinstance(item, Row):
                paper.add_row(item)
            else:
                paper.add_table(item)
    width = max((paper.width for paper in papers), default=0.0) + 2 * _EDGE
    content = max((paper.height for paper in papers), default=0.0)
    free = _FREE * max(width, content)
    written = Written({}, {}, {})
    pages = [paper.page(number, (width, content + 2 * free), free, written) for number, paper in enumerate(papers, 1)]
    return Pages(tuple(pages), written=written)


@dataclass(slots=True)
class _Paper:
    """A page while it is written. placed: the runs with the points that they begin at."""

    placed: list[tuple[float, float, Run]] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0

    def add_row(self, row: Row) -> None:
        """A line of text below what stands there."""
        for run in row.runs:
            self._add(run, run.x, self.height)
        self.height += PITCH

    def add_table(self, table: Table) -> None:
        """A table below what stands there."""
        xs, ys = _columns(table.cells), _rows(table.cells)
        top = self.height + PITCH / 2
        for cell in table.cells:
            x0, x1 = xs[cell.column], xs[cell.column + cell.columns]
            y0, y1 = top + ys[cell.row], top + ys[cell.row + cell.rows]
            sides = ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1))
            self.rulings += [Ruling(*side) for side in sides]
            for at, run in enumerate(cell.lines):
                self._add(run, x0 + COLUMN, y0 + at * PITCH)
        self.width = max(self.width, xs[-1])
        self.height = top + ys[-1] + PITCH / 2

    def _add(self, run: Run, x: float, y: float) -> None:
        self.placed.append((x, y, run))
        self.width = max(self.width, x + run.width)

    def page(self, number: int, size: tuple[float, float], free: float, written: Written) -> Page:
        """The page, moved down by so many points as are left free at its head. written: takes where it stands."""
        lines, remarks = [], []
        for x, y, run in self.placed:
            line = _line(run, _EDGE + x, free + y)
            lines.append(line)
            written.add(number, line, run.spots)
            remarks += [replace(_SAID[mark], page=number, box=box) for mark, box in _said(run, line)]
        rulings = tuple(dict.fromkeys(_moved(ruling, _EDGE, free) for ruling in self.rulings))
        return Page(number, *size, tuple(lines), rulings, remarks=tuple(remarks), typed=True)


def _said(run: Run, line: Line) -> Iterator[tuple[Mark, Box]]:
    """What is to be said of characters of a run, with the box of those that stand together."""
    for mark, group in groupby(range(len(run.text)), key=lambda at: run.marked.get(at, "")):
        together = list(group)
        if mark and mark in _SAID:
            first, last = line.boxes[together[0]], line.boxes[together[-1]]
            yield mark, (first[0], line.box[1], last[2], line.box[3])


def _moved(ruling: Ruling, x: float, y: float) -> Ruling:
    return Ruling(ruling.x0 + x, ruling.y0 + y, ruling.x1 + x, ruling.y1 + y)


def _columns(cells: Sequence[TableCell]) -> list[float]:
    """The edges of the columns: each as wide as its widest cell asks for, those over several after the others."""
    widths = [2 * COLUMN] * max(cell.column + cell.columns for cell in cells)
    for cell in sorted(cells, key=lambda cell: cell.columns):
        asked = max((run.width for run in cell.lines), default=0.0) + 2 * COLUMN
        last = cell.column + cell.columns - 1
        widths[last] += max(0.0, asked - sum(widths[cell.column : last + 1]))
    return _edges(widths)


def _rows(cells: Sequence[TableCell]) -> list[float]:
    """The edges of the rows, likewise."""
    heights = [PITCH] * max(cell.row + cell.rows for cell in cells)
    for cell in sorted(cells, key=lambda cell: cell.rows):
        last = cell.row + cell.rows - 1
        heights[last] += max(0.0, PITCH * len(cell.lines) - sum(heights[cell.row : last + 1]))
    return _edges(heights)


def _edges(sizes: Iterable[float]) -> list[float]:
    edges = [0.0]
    for size in sizes:
        edges.append(edges[-1] + size)
    return edges


def _line(run: Run, x: float, top: float) -> Line:
    y0, y1 = top + _LEADING, top + PITCH - _LEADING
    boxes = tuple(_boxes(run, x, y0, y1))
    return Line(run.text, boxes, (boxes[0][0], y0, boxes[-1][2], y1))


def _boxes(run: Run, x: float, y0: float, y1: float) -> Iterator[Box]:
    for at, char in enumerate(run.text):
        wide = width_of(char)
        yield (x, y0, x + wide, y0 + _RAISED * (y1 - y0) if run.marked.get(at) == "small" else y1)
        x += wide
