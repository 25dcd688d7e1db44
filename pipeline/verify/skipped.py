"""Rows that a reader left out: printed numbers of a table that no figure was read from, in the columns of a list.

The rows of a table stand below one another in its columns. So a line of unread numbers that stand in the columns of a
list, between its rows or next to them, is a row of it that is not in the report; then nothing says that the names of
the rows still belong to their numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Self

from recount.pipeline.document import Token
from recount.schemas.figures import Figure

Cells = Mapping[str, Figure]
"""The figures of one row, by their keys in the row."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line of a table that no row of a list was read from. at: the list's JSON pointer. tokens: its numbers."""

    at: str
    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Column:
    """Where the figures of a key stand, with how many decimals and which units."""

    left: float
    right: float
    decimals: frozenset[int]
    units: frozenset[str | None]

    @classmethod
    def of(cls, cells: Sequence[Token]) -> Self:
        return cls(
            min(each.box[0] for each in cells),
            max(each.box[2] for each in cells),
            frozenset(each.decimals for each in cells),
            frozenset(each.unit for each in cells),
        )

    def holds(self, token: Token) -> bool:
        fits = token.decimals in self.decimals and token.unit in self.units
        return fits and self.left <= (token.box[0] + token.box[2]) / 2 <= self.right


def skipped_rows(lists: Mapping[str, Sequence[Cells]], tokens: Sequence[Token], read: Collection[int]) -> list[Skipped]:
    """The lines that were left out of the lists of a report. lists: by pointer, the rows in their order.

    read: the tokens that figures were read from.
    """
    parts = {at.rpartition("/")[0].rpartition("/")[0] for at in lists}
    return [line for at, rows in lists.items() if at not in parts for line in _lines(at, rows, tokens, read)]


def _lines(at: str, rows: Sequence[Cells], tokens: Sequence[Token], read: Collection[int]) -> Iterator[Skipped]:
    cells: dict[str, list[Token]] = defaultdict(list)
    for row in rows:
        for key, figure in row.items():
            cells[key].append(tokens[figure.token])
    if not all(map(_below_one_another, cells.values())):
        return
    figures = [each for column in cells.values() for each in column]
    first, last = min(each.index for each in figures), max(each.index for each in figures)
    inside = [index for index in range(first, last) if index not in read]
    above, below = _until_read(range(first - 1, -1, -1), read), _until_read(range(last + 1, len(tokens)), read)
    columns = [_Column.of(column) for column in cells.values()]
    unread = [tokens[index] for index in (*reversed(above), *inside, *below)]
    for line in _by_line(unread):
        met = [[column.holds(token) for token in line] for column in columns]
        hit = sum(map(any, met))
        if hit == 0 or any(_beside(line[0], each) for each in figures):
            continue
        between = first < line[0].index < last
        if hit >= (min(2, len(columns)) if between else 2) and _is_a_row(line, between=between):
            yield Skipped(at, tuple(token.index for token, *fits in zip(line, *met, strict=True) if any(fits)))


def _is_a_row(line: Sequence[Token], *, between: bool) -> bool:
    """Whether unread numbers may be amounts: next to a list, whole numbers alone are those of a head (1, 2, 3 …)."""
    return between or any(each.decimals for each in line)


def _until_read(indices: Iterable[int], read: Collection[int]) -> list[int]:
    """The unread tokens next to a list."""
    return list(takewhile(lambda index: index not in read, indices))


def _by_line(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Tokens in reading order, line by line."""
    line: list[Token] = []
    for token in tokens:
        if line and not _beside(line[0], token):
            yield line
            line = []
        line.append(token)
    if line:
        yield line


def _beside(one: Token, other: Token) -> bool:
    """Whether two tokens stand on one line: each one's middle within the other's height."""
    middle = (other.box[1] + other.box[3]) / 2
    return one.page == other.page and one.box[1] < middle < one.box[3]


def _below_one_another(column: Sequence[Token]) -> bool:
    """Whether the figures of a column overlap from side to side: those of running text do not."""
    return len(column) < 2 or max(each.box[0] for each in column) < min(each.box[2] for each in column)
