"""A typewriter's page: text without places is given some, so that what follows `read` asks nothing new.

A column is 6 points wide, an ideograph two columns, a line 12 points high. What stands in a cell of its own is a line
of its own; a tab is as wide as eight columns, so that a reader sees by the gap how many there were.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from recount.pipeline.document import Box, Line, Page, Pages

COLUMN = 6.0
"""Points that a column is wide."""
TAB = 48.0
"""Points between the cells on both sides of a tab; one more for each more tab."""
PITCH = 12.0
"""Points from line to line."""
_LEADING = 1.0  # points between a line's pitch and its characters, above and below
_WIDE = frozenset("WF")  # East Asian widths of two columns
_FREE = 0.2  # share of the larger side that stays free at head and foot: nothing of a text is in the margin there
_EDGE = 36.0  # points left free at the sides


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that stand together on a line of the file.

    x: where they begin, in points. columns: of each character, its 1-based column in the line of the file.
    """

    text: str
    x: float
    columns: Sequence[int]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file. number: 1-based. runs: what stands on it, from left to right; none where it is blank."""

    number: int
    runs: Sequence[Run] = ()


def width_of(char: str) -> float:
    """The points that a character takes: one column, or two for an ideograph."""
    return COLUMN * (2 if unicodedata.east_asian_width(char) in _WIDE else 1)


def typed(sheets: Sequence[Sequence[Row]]) -> Pages:
    """The pages of a text. sheets: the rows of each; all pages are as large as the largest asks for."""
    width = max((_end(row) for rows in sheets for row in rows), default=0.0) + 2 * _EDGE
    content = PITCH * max((len(rows) for rows in sheets), default=0)
    free = _FREE * max(width, content)
    pages = []
    for number, rows in enumerate(sheets, 1):
        lines = [_line(run, free + at * PITCH) for at, row in enumerate(rows) for run in row.runs]
        pages.append(Page(number, width, content + 2 * free, tuple(lines), (), typed=True))
    return Pages(tuple(pages))


def _end(row: Row) -> float:
    return max((run.x + sum(map(width_of, run.text)) for run in row.runs), default=0.0)


def _line(run: Run, top: float) -> Line:
    boxes = tuple(_boxes(run.text, _EDGE + run.x, top + _LEADING, top + PITCH - _LEADING))
    return Line(run.text, boxes, (boxes[0][0], boxes[0][1], boxes[-1][2], boxes[0][3]))


def _boxes(text: Iterable[str], x: float, y0: float, y1: float) -> Iterator[Box]:
    for char in text:
        wide = width_of(char)
        yield (x, y0, x + wide, y1)
        x += wide
