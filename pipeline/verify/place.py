"""Where figures stand among their neighbours: what no sum can tell.

A sum is the same whatever the order of its terms. But tokens are numbered as they are printed, and the rows of a list
are in printed order too: so a figure that was taken from another row stands before the row above it or after the row
below it, and one from another column stands on the wrong side of the others of its row.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise, takewhile
from statistics import median
from typing import Self

from recount.pipeline.document import Seat, Token
from recount.schemas.arithmetic import Evaluation
from recount.schemas.common.parts import TABLED
from recount.schemas.figures import Figure
from recount.schemas.terms import Sum

# --- rows that a reader left out: printed numbers of a table that no figure was read from, in the columns of a list.


Cells = Mapping[str, Figure]
"""The figures of one row, by their keys in the row."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line of a table that no row of a list was read from. at: the list's JSON pointer. tokens: its numbers."""

    at: str
    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Column:
    """Where the figures of a key stand, with how many decimals and which units. seats: in a text without print."""

    left: float
    right: float
    decimals: frozenset[int]
    units: frozenset[str | None]
    seats: frozenset[Seat]

    @classmethod
    def of(cls, cells: Sequence[Token]) -> Self:
        return cls(
            min(cell.box[0] for cell in cells),
            max(cell.box[2] for cell in cells),
            frozenset(cell.decimals for cell in cells),
            frozenset(cell.unit for cell in cells),
            frozenset(cell.seat for cell in cells if cell.seat is not None),
        )

    def holds(self, token: Token) -> bool:
        """Whether a token may be one of its figures."""
        if token.decimals not in self.decimals or token.unit not in self.units:
            return False
        if token.seat is not None and self.seats:
            return any(map(partial(_is_below, token.seat), self.seats))
        return self.left <= (token.box[0] + token.box[2]) / 2 <= self.right


def skipped_rows(
    lists: Mapping[str, Sequence[Cells]], tokens: Sequence[Token], read: Mapping[int, str]
) -> list[Skipped]:
    """The lines that were left out of the lists of a report. lists: by pointer, the rows in their order.

    read: the tokens that figures were read from, with where those stand.
    """
    parts = {at.rpartition("/")[0].rpartition("/")[0] for at in lists}
    return [line for at, rows in lists.items() if at not in parts for line in _lines(at, rows, tokens, read)]


def _lines(at: str, rows: Sequence[Cells], tokens: Sequence[Token], read: Mapping[int, str]) -> Iterator[Skipped]:
    cells: dict[str, list[Token]] = defaultdict(list)
    for row in rows:
        for key, figure in row.items():
            cells[key].append(tokens[figure.token])
    if not all(map(_below_one_another, cells.values())):
        return
    figures = [token for column in cells.values() for token in column]
    first, last = min(token.index for token in figures), max(token.index for token in figures)
    inside = [index for index in range(first, last) if index not in read]
    above, below = _until_read(range(first - 1, -1, -1), read), _until_read(range(last + 1, len(tokens)), read)
    columns = [_Column.of(column) for column in cells.values()]
    tables = {None, *(token.table for token in figures)}
    outside = (tokens[index] for index in (*reversed(above), *inside, *below))
    unread = [token for token in outside if token.table in tables]  # what another table prints is no row of this one
    for line in _by_line(unread):
        met = [[column.holds(token) for token in line] for column in columns]
        hit = sum(map(any, met))
        between = first < line[0].index < last
        if hit == 0 or any(beside(line[0], token) for token in figures):
            continue
        if not between and _is_of_another(at, line, tokens, read):
            continue
        if hit >= (min(2, len(columns)) if between else 2) and _is_a_row(line, figures, between=between):
            yield Skipped(at, tuple(token.index for token, *fits in zip(line, *met, strict=True) if any(fits)))


def _is_of_another(at: str, line: Sequence[Token], tokens: Sequence[Token], read: Mapping[int, str]) -> bool:
    """Whether numbers beside a list are of another table: their line goes on in figures that were read there, as last
    year's amounts do in those of this year."""
    ends = (line[0].index - 1, line[-1].index + 1)
    others = [end for end in ends if end in read and table_of(read[end]) != table_of(at)]
    return any(beside(line[0], tokens[end]) for end in others)


def _is_below(seat: Seat, other: Seat) -> bool:
    """Whether a cell stands in the columns of another of its table."""
    return seat[0] == other[0] and other[2] <= seat[2] and seat[3] <= other[3]


def _is_a_row(line: Sequence[Token], figures: Sequence[Token], *, between: bool) -> bool:
    """Whether unread numbers may be amounts. Next to a list, whole numbers are those of a head (1, 2, 3 …), unless the
    list has no others (it is in whole 元) and they do not count on."""
    if between or any(token.decimals for token in line):
        return True
    counted = all(other.value - one.value == 1 for one, other in pairwise(line))
    return not counted and not any(figure.decimals for figure in figures)


def _until_read(indices: Iterable[int], read: Collection[int]) -> list[int]:
    """The unread tokens next to a list."""
    return list(takewhile(lambda index: index not in read, indices))


def _by_line(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Tokens in reading order, line by line."""
    line: list[Token] = []
    for token in tokens:
        if line and not beside(line[0], token):
            yield line
            line = []
        line.append(token)
    if line:
        yield line


def beside(one: Token, other: Token) -> bool:
    """Whether two tokens stand on one line: each one's middle within the other's height; or in one row of a table."""
    if one.seat is not None and other.seat is not None:
        return one.seat[:2] == other.seat[:2]
    middle = (other.box[1] + other.box[3]) / 2
    return one.page == other.page and one.box[1] < middle < one.box[3]


def _below_one_another(column: Sequence[Token]) -> bool:
    """Whether the figures of a column overlap from side to side: those of running text do not. Seats are in columns."""
    if all(token.seat is not None for token in column):
        return True
    return len(column) < 2 or max(token.box[0] for token in column) < min(token.box[2] for token in column)


_ROW = re.compile(r"(.*)/(\d+)/([^/].*?)")
_MARGIN = 12
"""So many numbers before the first row of a list, and after its last, may belong to it."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ListRow:
    """The figures of one row of a list, by their keys in the row."""

    figures: dict[str, Figure]

    @property
    def span(self) -> Span:
        """The first and the last token of the row."""
        tokens = [figure.token for figure in self.figures.values()]
        return min(tokens), max(tokens)


@dataclass(frozen=True, slots=True)
class Places:
    """By pointer: the figures that stand out of place, and the tokens among which a figure of a row belongs.

    skipped: the lines of tables from which no row was read; the rows of such a list are out of place.
    """

    misplaced: frozenset[str]
    spans: Mapping[str, Span]
    skipped: tuple[Skipped, ...] = ()


def places_of(figures: Mapping[str, Figure], tokens: Sequence[Token], evaluations: Iterable[Evaluation]) -> Places:
    """The places of all figures of a report."""
    misplaced: set[str] = set()
    spans: dict[str, Span] = {}
    lists = lists_of(figures)
    for rows in _as_printed(lists, tokens).values():
        misplaced.update(_out_of_column(rows, tokens), _out_of_row(rows))
        spans.update(_spans(rows))
    cells = {at: [row.figures for row in rows] for at, rows in lists.items()}
    skipped = skipped_rows(cells, tokens, {figure.token: pointer for pointer, figure in figures.items()})
    for line in skipped:
        misplaced.update(figure.pointer for row in cells[line.at] for figure in row.values())
    in_form = {pointer: at for at, pointer in enumerate(figures)}
    for evaluation in evaluations:
        if isinstance(evaluation.identity.computed, Sum) and len(evaluation.operands) > 2:
            terms = sorted(evaluation.identity.computed.operands, key=lambda term: in_form[term.pointer])
            misplaced.update(_out_of_order(terms))
    return Places(frozenset(misplaced), spans, tuple(skipped))


def lists_of(figures: Mapping[str, Figure]) -> dict[str, list[ListRow]]:
    """By pointer, the rows of every list; a figure belongs to the innermost."""
    found: dict[str, dict[int, ListRow]] = defaultdict(dict)
    for pointer, figure in figures.items():
        place = _in_list(pointer)
        if place is not None:
            row = found[place[0]].setdefault(place[1], ListRow({}))
            row.figures[place[2]] = figure
    return {name: [rows[at] for at in sorted(rows)] for name, rows in found.items()}


def _as_printed(lists: Mapping[str, list[ListRow]], tokens: Sequence[Token]) -> dict[str, list[ListRow]]:
    """The lists with their rows as lines of the page: those of a statement are its columns, and its lines their keys,
    whichever of its periods is printed first."""
    return {at: _turned(rows) if _are_columns(rows, tokens) else rows for at, rows in lists.items()}


_FEWEST_LINES = 3
"""Figures of so many keys stand on lines of their own where the rows of a list are the columns of a table."""


def _are_columns(rows: Sequence[ListRow], tokens: Sequence[Token]) -> bool:
    """Whether the figures of each key stand beside one another, and those of several keys on several lines."""
    keys: dict[str, list[Token]] = defaultdict(list)
    for row in rows:
        for key, figure in row.figures.items():
            keys[key].append(tokens[figure.token])
    several = [mine for mine in keys.values() if len(mine) > 1]
    lines = sum(not beside(one[0], other[0]) for one, other in pairwise(several))
    return lines + 1 >= _FEWEST_LINES and all(beside(mine[0], token) for mine in several for token in mine)


def columns_in(figures: Mapping[str, Figure], tokens: Sequence[Token]) -> dict[str, frozenset[str]]:
    """The statements among the lists, each with the pointers of its columns."""
    return {
        at: frozenset(row_of(figure.pointer) for row in rows for figure in row.figures.values())
        for at, rows in lists_of(figures).items()
        if _are_columns(rows, tokens)
    }


def _turned(rows: Sequence[ListRow]) -> list[ListRow]:
    lines: dict[str, dict[str, Figure]] = defaultdict(dict)
    for place, row in enumerate(rows):
        for key, figure in row.figures.items():
            lines[key][str(place)] = figure
    return sorted((ListRow(figures) for figures in lines.values()), key=lambda line: line.span)


@lru_cache(maxsize=1 << 16)
def _in_list(pointer: str) -> tuple[str, int, str] | None:
    """The innermost list that a figure stands in, the place of its row in it, and its key in the row."""
    match = _ROW.fullmatch(pointer)
    return (match[1], int(match[2]), match[3]) if match is not None else None


def list_of(pointer: str) -> str | None:
    """The innermost list that a figure stands in a row of."""
    place = _in_list(pointer)
    return place[0] if place is not None else None


def key_of(pointer: str) -> str:
    """The key of a figure in the row of a list that it stands in; empty where it is in none."""
    place = _in_list(pointer)
    return place[2] if place is not None else ""


def row_of(pointer: str) -> str:
    """The row of a list that a figure stands in; empty where it is in none."""
    place = _in_list(pointer)
    return f"{place[0]}/{place[1]}" if place is not None else ""


def table_of(pointer: str) -> str:
    """The table, or the section, that a figure stands in."""
    steps = pointer.split("/")
    return "/".join(steps[: 3 if steps[1] in TABLED else 2])


def _out_of_column(rows: Sequence[ListRow], tokens: Sequence[Token]) -> Iterable[str]:
    """The figures that do not stand below the one of the row before; a second half begins to the right of the first."""
    last: dict[str, Figure] = {}
    for row in rows:
        for key, figure in row.figures.items():
            above = last.get(key)
            if above is not None and above.token >= figure.token and not to_the_right(above, figure, tokens):
                yield from (above.pointer, figure.pointer)
            last[key] = figure


def to_the_right(one: Figure, other: Figure, tokens: Sequence[Token]) -> bool:
    if not tokens or one.token == other.token:
        return False
    return tokens[other.token].box[0] > tokens[one.token].box[2]


def _out_of_row(rows: Sequence[ListRow]) -> Iterable[str]:
    """The figures that stand on another side of their neighbour than in most rows."""
    turned: Counter[tuple[str, str]] = Counter()
    pairs = [
        ((one, other), row.figures[one], row.figures[other])
        for row in rows
        for one, other in zip(row.figures, list(row.figures)[1:], strict=False)
    ]
    for keys, one, other in pairs:
        turned[keys] += 1 if one.token <= other.token else -1
    for keys, one, other in pairs:
        # A percent or a budget may be the very token of its neighbour; alone, a row is in the order of its form.
        if one.token != other.token and (one.token < other.token) != (turned[keys] >= 0):
            yield from (one.pointer, other.pointer)


def _spans(rows: Sequence[ListRow]) -> Iterable[tuple[str, Span]]:
    """The tokens from the row above to the row below."""
    spans = [row.span for row in rows]
    for at, row in enumerate(rows):
        first = spans[at - 1][1] + 1 if at else spans[at][0] - _MARGIN
        last = spans[at + 1][0] - 1 if at + 1 < len(rows) else spans[at][1] + _MARGIN
        span = (min(first, spans[at][0]), max(last, spans[at][1]))
        yield from ((figure.pointer, span) for figure in row.figures.values())


def _out_of_order(terms: Sequence[Figure]) -> Iterable[str]:
    """The terms of a sum, all of one part of the report, that are not printed in the order of its form."""
    for one, other in pairwise(terms):
        if one.token >= other.token and _within_one_part(one, other):
            yield from (one.pointer, other.pointer)


def _within_one_part(one: Figure, other: Figure) -> bool:
    """Whether two terms belong to one model, or to two lists of one; the rows of a list are looked at as such."""
    lists = list_of(one.pointer), list_of(other.pointer)
    if lists == (None, None):
        return _parent(one.pointer) == _parent(other.pointer) or _are_alike(one.pointer, other.pointer)
    return lists[0] != lists[1] and None not in lists and _parent(lists[0] or "") == _parent(lists[1] or "")


def _are_alike(one: str, other: str) -> bool:
    """Whether two figures are the same key of two parts of one section: the amounts of its portions."""
    steps, others = one.split("/"), other.split("/")
    alike = len(steps) == len(others) and steps[-1] == others[-1] and steps[1] == others[1]
    return alike and sum(step != another for step, another in zip(steps, others, strict=True)) == 1


def _parent(pointer: str) -> str:
    return pointer.rpartition("/")[0]


# --- figures that the order of print has no room for: where a wrong figure was probably taken.


_FEW = 2
"""So many figures of a section may be out of order, however short it is, before its form is held to be another."""


def displaced(figures: Mapping[str, Figure], tokens: Sequence[Token]) -> set[str]:
    """The figures out of order, by pointer: of each list, or section, the fewest that put the others in order."""
    lists = _as_printed(lists_of(figures), tokens)
    found = {figure.pointer for rows in lists.values() for figure in _out_of_order_in_list(rows, tokens)}
    listed = {figure.pointer for rows in lists.values() for row in rows for figure in row.figures.values()}
    sections: dict[str, list[Figure]] = defaultdict(list)
    for pointer, figure in figures.items():
        if pointer not in listed:
            sections[table_of(pointer)].append(figure)
    return found.union(*({figure.pointer for figure in _in_section(section)} for section in sections.values()))


def _out_of_order_in_list(rows: Sequence[ListRow], tokens: Sequence[Token]) -> list[Figure]:
    """Out of the order of its column, or of the order that the cells of most rows have."""
    columns: dict[str, list[Figure]] = defaultdict(list)
    for row in rows:
        for key, figure in row.figures.items():
            columns[key].append(figure)
    out = [figure for column in columns.values() for half in _halves(column, tokens) for figure in out_of_order(half)]
    out_of_column = {figure.pointer for figure in out}
    usual = {key: median(row.figures[key].token - row.span[0] for row in rows if key in row.figures) for key in columns}
    for row in rows:
        cells = [row.figures[key] for key in sorted(row.figures, key=usual.__getitem__)]
        out += out_of_order([figure for figure in cells if figure.pointer not in out_of_column])
    return out


def _halves(column: Sequence[Figure], tokens: Sequence[Token]) -> Iterator[Sequence[Figure]]:
    """A column that goes on to the right of where it began is printed beside itself, line by line."""
    begin = 0
    for at in range(1, len(column)):
        if column[at].token < column[at - 1].token:
            right = max(tokens[figure.token].box[2] for figure in column[begin:at])
            if right < min(tokens[figure.token].box[0] for figure in column[at:]):
                yield column[begin:at]
                begin = at
    yield column[begin:]


def _in_section(figures: Sequence[Figure]) -> Iterator[Figure]:
    """Out of the order of its section; a part (an increase with its rate) may as a whole stand elsewhere."""
    parts: dict[str, list[Figure]] = defaultdict(list)
    met: set[tuple[int, str]] = set()
    once = []
    for figure in figures:
        parent, _, key = figure.pointer.rpartition("/")
        parts[parent].append(figure)
        if (figure.token, key) not in met:
            once.append(figure)
        met.add((figure.token, key))
    out = {figure.pointer for figure in out_of_order(once)}
    if len(out) > max(_FEW, len(once) // 4):  # the form prints them in another order
        return
    for part in parts.values():
        unordered = [figure for figure in part if figure.pointer in out]
        moved = 1 < len(unordered) == len(part) and not out_of_order(part)
        yield from () if moved else unordered


def out_of_order(figures: Sequence[Figure]) -> list[Figure]:
    """The fewest figures without which the tokens never go back; of two that were exchanged, both."""
    tokens = [figure.token for figure in figures]
    in_order = sorted(tokens)
    if tokens == in_order:
        return []
    moved = [figure for figure, token in zip(figures, in_order, strict=True) if figure.token != token]
    if len(moved) == 2:
        return moved
    kept = _longest_run(tokens)
    return [figure for at, figure in enumerate(figures) if at not in kept]


def _longest_run(tokens: Sequence[int]) -> set[int]:
    """The places of the longest run of numbers that never goes back."""
    ends: list[int] = []  # the least number that a run of each length ends with, and its place
    last: list[int] = []
    before: list[int | None] = []
    for at, token in enumerate(tokens):
        length = bisect_right(ends, token)
        before.append(last[length - 1] if length else None)
        ends[length : length + 1] = [token]
        last[length : length + 1] = [at]
    kept: set[int] = set()
    step = last[-1] if last else None
    while step is not None:
        kept.add(step)
        step = before[step]
    return kept
