"""Frames that do not say where rows are: columns are ruled and rows are not, or each column has a frame of its own.

Figures below one another in several columns of one cell each are rows of their own: what stands beside them belongs to
them, by where it stands. A number that was broken over two lines fills its cell, and is left as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from recount.pipeline.document import Line
from recount.pipeline.split.abroad import is_figure_abroad
from recount.pipeline.split.columns import baselines_of
from recount.pipeline.split.folding import fold
from recount.pipeline.split.lattice import PageTables, RawCell, RawTable, in_reading_order
from recount.pipeline.split.text import in_one_row

_FEWEST_ROWS = 3
_FEWEST_COLUMNS = 2  # of figures
_NEXT = 1.4  # heights of a line from one line of a text to the next, at most
_DENSE = 1.3  # times the distance of the lines of labels: rows of figures that are no farther apart have a line each
_BESIDE = 0.5  # share of the height of the lower that two frames side by side have in common


def with_rows(page: PageTables, *, latin: bool) -> PageTables:
    """A page whose tables have a row for each row of figures.

    latin: it is in Latin script; there frames of one column say nothing that stand side by side, or around a table:
    their lines go back to the page.
    """
    tables = [
        table for table in page.tables if not (latin and len(table.xs) == 2 and _says_nothing(table, page.tables))
    ]
    if len(tables) < len(page.tables):
        free = [line for table in page.tables if table not in tables for cell in table.cells for line in cell.fragments]
        page = replace(page, lines=in_reading_order([*page.lines, *free]))
    opened = tuple(_opened(table) for table in tables)
    return page if opened == page.tables else replace(page, tables=opened)


def _says_nothing(table: RawTable, others: Iterable[RawTable]) -> bool:
    """Whether a frame of one column stands beside others, or texts stand beside one another in it."""
    if any(_are_beside(table, other) for other in others if other is not table):
        return True
    return any(len(row) > 1 for cell in table.cells for row in baselines_of(cell.fragments))


def _are_beside(one: RawTable, other: RawTable) -> bool:
    (left, top, right, foot), (left_, top_, right_, foot_) = one.box, other.box
    apart = left_ >= right or right_ <= left
    return apart and min(foot, foot_) - max(top, top_) > _BESIDE * min(foot - top, foot_ - top_)


# --- rows


@dataclass(frozen=True, slots=True)
class _Level:
    """A row to be: how far down its line of figures, or its label, begins and ends."""

    top: float
    foot: float

    def holds(self, line: Line) -> bool:
        """Whether a line stands on it."""
        return self.top < (line.box[1] + line.box[3]) / 2 < self.foot


def _opened(table: RawTable) -> RawTable:
    """A table whose rows with several rows of figures are as many rows."""
    rows = _by_row(table)
    for row in sorted(rows, reverse=True):
        cells = rows[row]
        levels = _levels(cells) if any(len(cell.fragments) > 1 for cell in cells) else []
        if levels:
            table = _parted(table, row, cells, levels)
            rows = _by_row(table)
    return table


def _by_row(table: RawTable) -> dict[int, list[RawCell]]:
    """The cells of one row, by the row."""
    rows: dict[int, list[RawCell]] = defaultdict(list)
    for cell in table.cells:
        if cell.row_end == cell.row + 1:
            rows[cell.row].append(cell)
    return rows


def _levels(cells: Sequence[RawCell]) -> list[_Level]:
    """The rows of figures in a row of cells, and of labels without any; none where it is one row."""
    columns = [cell for cell in cells if _holds_figures(cell)]
    rows = baselines_of(line for cell in columns for line in cell.fragments)
    full = sum(len(row) >= _FEWEST_COLUMNS for row in rows)
    if len(columns) < _FEWEST_COLUMNS or len(rows) < _FEWEST_ROWS or 2 * full <= len(rows):
        return []
    levels = [_level(row) for row in rows]
    labels = [
        line for cell in cells if cell.column < columns[-1].column and cell not in columns for line in cell.fragments
    ]
    alone = [_level([line]) for line in _lone(labels, levels)]
    return sorted([*levels, *alone], key=lambda level: level.top)


def _level(lines: Sequence[Line]) -> _Level:
    return _Level(min(line.box[1] for line in lines), max(line.box[3] for line in lines))


def _holds_figures(cell: RawCell) -> bool:
    """Whether a cell holds several lines, each a figure that leaves room for another digit."""
    if len(cell.fragments) < 2 or not all(is_figure_abroad(_words(line)) for line in cell.fragments):
        return False
    room = min(cell.box[2] - cell.box[0] - (line.box[2] - line.box[0]) for line in cell.fragments)
    return room > max(line.box[3] - line.box[1] for line in cell.fragments)


def _words(line: Line) -> str:
    return "".join(fold(line.text).split())


def _lone(labels: Sequence[Line], levels: Sequence[_Level]) -> list[Line]:
    """The first lines of labels that stand beside no figures: with a line a row each of them, else those of blocks."""
    steps = [lower.box[1] - upper.box[1] for upper, lower in pairwise(labels) if lower.box[1] > upper.box[1] + 1.0]
    apart = min(lower.top - upper.top for upper, lower in pairwise(levels))
    if steps and apart <= _DENSE * median(steps):
        free = [line for line in labels if not any(level.holds(line) for level in levels)]
        return [line for line in free if not any(in_one_row(line.box, other.box) for other in free[: free.index(line)])]
    return [block[0] for block in _blocks(labels) if not any(level.holds(line) for level in levels for line in block)]


def _blocks(lines: Iterable[Line]) -> list[list[Line]]:
    """Lines in reading order, those that follow each other closely together."""
    blocks: list[list[Line]] = []
    for line in lines:
        above = blocks[-1][-1] if blocks else None
        if above is not None and line.box[1] - above.box[1] <= _NEXT * (above.box[3] - above.box[1]):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _parted(table: RawTable, row: int, cells: Sequence[RawCell], levels: Sequence[_Level]) -> RawTable:
    """A table with one of its rows parted in several. cells: those of the row."""
    more = len(levels) - 1
    shares = [_shares(cell.fragments, levels) for cell in cells]
    starts = [
        min([level.top, *(share[at][0].box[1] for share in shares if share[at])]) for at, level in enumerate(levels)
    ]
    ys = (*table.ys[: row + 1], *starts[1:], *table.ys[row + 1 :])
    made = [
        RawCell(
            row + at,
            cell.column,
            row + at + 1,
            cell.column_end,
            (cell.box[0], ys[row + at], cell.box[2], ys[row + at + 1]),
            lines,
        )
        for cell, share in zip(cells, shares, strict=True)
        for at, lines in enumerate(share)
    ]
    others = [
        replace(cell, row=cell.row + more * (cell.row > row), row_end=cell.row_end + more * (cell.row_end > row))
        for cell in table.cells
        if cell not in cells
    ]
    return replace(table, ys=ys, cells=tuple(sorted([*others, *made], key=lambda cell: (cell.row, cell.column))))


def _shares(lines: Sequence[Line], levels: Sequence[_Level]) -> list[tuple[Line, ...]]:
    """The lines of a cell, shared out among rows: a block of lines is its row's, begins with one, or ends with it."""
    shares: list[list[Line]] = [[] for _ in levels]
    at = 0
    for block in _blocks(lines):
        on = [next((row for row, level in enumerate(levels) if level.holds(line)), None) for line in block]
        met = [row for row in on if row is not None]
        above = on[0] is None and len(met) > 0
        for index, (line, row) in enumerate(zip(block, on, strict=True)):
            if row is not None:
                at = row
            elif above:
                at = next((later for later in on[index:] if later is not None), at)
            elif not met:
                at = max((row for row, level in enumerate(levels) if level.top < line.box[3]), default=0)
            shares[at].append(line)
    return [tuple(share) for share in shares]
