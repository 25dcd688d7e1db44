"""Tables that run over pages become one table; rows and merged cells cut by the page end are one again."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from recount.pipeline.document import Box, Line, hull
from recount.pipeline.split.lattice import PageTables, RawCell, RawTable
from recount.pipeline.split.seams import Strip, is_figure, is_one_cell, is_rest_of_row, pairs_of, words
from recount.pipeline.split.text import PagedLine

__all__ = ["JoinedCell", "JoinedTable", "PagedLine", "join_tables", "table_of"]

_SAME_EDGE = 2.5  # points between the column edges of two parts of one table, their left edges aligned
_SAME_WIDTH = 4.0  # points between the widths of two parts of one table
_COMMON = 0.6  # share of the inner column edges that two parts must have in common
_ALIKE = 0.8  # share of the signs of a head that are the same when it is read again
_CONTINUED = re.compile(r"[（(【]?(?:表?[（(]?续[）)]?|续[上前]?[页表]?|接上[页表])[）)】]?[:：]?")

_Said = Sequence[tuple[int, int, int, str]]
"""The cells of a row: each with its first column, the one behind its last, its height in rows, and its words."""


@dataclass(frozen=True, slots=True)
class JoinedCell:
    """A cell: rows row..row_end, columns column..column_end (exclusive), its lines in reading order.

    label: what it says where it is a label that has lost a character.
    """

    row: int
    column: int
    row_end: int
    column_end: int
    fragments: tuple[PagedLine, ...]
    label: str | None = None


@dataclass(frozen=True, slots=True)
class JoinedTable:
    """A table over one page or more. pages, boxes: where its parts stand, in order; cells: by row, column. parts: these
    with their edges, of a table that has such."""

    pages: tuple[int, ...]
    boxes: tuple[Box, ...]
    rows: int
    columns: int
    cells: tuple[JoinedCell, ...]
    parts: tuple[RawTable, ...] = ()

    @property
    def top(self) -> tuple[int, float]:
        """The page and y at which it begins."""
        return self.pages[0], self.boxes[0][1]

    @property
    def bottom(self) -> tuple[int, float]:
        """The page and y at which it ends."""
        return self.pages[-1], self.boxes[-1][3]


def table_of(cells: Iterable[JoinedCell], rows: int, columns: int, parts: Sequence[tuple[int, Box]]) -> JoinedTable:
    """The table of some cells, with blank ones where none stands. parts: page and box of each line of it, in order."""
    filled = list(cells)
    taken = {(cell.row, at) for cell in filled for at in range(cell.column, cell.column_end)}
    places = ((row, at) for row in range(rows) for at in range(columns))
    filled += [JoinedCell(row, at, row + 1, at + 1, ()) for row, at in places if (row, at) not in taken]
    filled.sort(key=lambda cell: (cell.row, cell.column))
    pages = tuple(dict.fromkeys(page for page, _ in parts))
    boxes = tuple(hull([box for of_page, box in parts if of_page == page]) for page in pages)
    return JoinedTable(pages, boxes, rows, columns, tuple(filled))


def join_tables(
    pages: Sequence[PageTables], *, labels: Collection[str], starts: Callable[[str], bool], unread: Collection[int] = ()
) -> tuple[JoinedTable, ...]:
    """The tables of a document, in reading order, each as a whole.

    pages: those that follow each other, their lines without running headers, footers and page numbers; a line that is
    left between two parts keeps them apart, and so does a page of unread, the numbers of those that could not be read.
    A number that is in neither is of a page that is no part of the report. labels: the words of cells that are complete
    as they stand (row labels such as 经济效益指标, column heads), without white space. starts: whether the words of a
    row, without white space, begin a new table even though nothing else keeps it from the part above.
    """
    chains: list[list[RawTable]] = []
    before: PageTables | None = None
    for page in pages:
        for index, table in enumerate(page.tables):
            follows = before and index == 0 and _is_next(before, page, unread)
            part = _as_wide_as_its_head(chains[-1][0], table) if follows else table
            if follows and _continues(chains[-1], part, starts):
                chains[-1].append(part)
            else:
                chains.append([table])
        before = page
    return tuple(_joined(chain, frozenset(labels)) for chain in chains)


def _is_next(before: PageTables, page: PageTables, unread: Collection[int]) -> bool:
    """Whether one page ends with a table and the next begins with one; a mere 续表 above does not count."""
    if not before.tables or any(before.page.number < number < page.page.number for number in unread):
        return False
    bottom, top = before.tables[-1].box[3], page.tables[0].box[1]
    above = [words([line]) for line in page.lines if _middle(line) < top]
    return not any(_middle(line) > bottom for line in before.lines) and all(map(_CONTINUED.fullmatch, above))


def _middle(line: Line) -> float:
    return (line.box[1] + line.box[3]) / 2


def _as_wide_as_its_head(head: RawTable, table: RawTable) -> RawTable:
    """A table with the column edges of a head that stands alone on the pages before, where they are the same, drawn to
    the width of another page; else the table as it is."""
    if len(table.xs) != len(head.xs) or not all(map(_may_be_head, map(_said, _rows(head, _spans(head, head.xs))))):
        return table
    scale = (head.xs[-1] - head.xs[0]) / (table.xs[-1] - table.xs[0])
    scaled = [head.xs[0] + (x - table.xs[0]) * scale for x in table.xs]
    alike = all(abs(x - edge) <= _SAME_EDGE for x, edge in zip(scaled, head.xs, strict=True))
    return replace(table, xs=head.xs) if alike else table


def _continues(chain: Sequence[RawTable], table: RawTable, starts: Callable[[str], bool]) -> bool:
    """Whether a table has the columns of the parts above it, and no words that begin a new one."""
    edges = _common_edges(chain)
    own_edges = _aligned(table, edges[0])
    if abs(own_edges[-1] - edges[-1]) > _SAME_WIDTH or not _share_columns(edges[1:-1], own_edges[1:-1]):
        return False
    first = words(fragment for cell in table.cells if cell.row == 0 for fragment in cell.fragments)
    return not starts(first) or _repeated_rows(chain[0], table, edges) > 0


def _share_columns(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether enough of the inner column edges of the part that has fewer stand in the other."""
    few, many = sorted((one, other), key=len)
    if not few:
        return True
    shared = sum(any(abs(edge - match) <= _SAME_EDGE for match in many) for edge in few)
    return shared >= _COMMON * len(few)


def _aligned(table: RawTable, left: float) -> list[float]:
    """The column edges of a part, moved so that its left edge is at left."""
    shift = left - table.xs[0]
    return [x + shift for x in table.xs]


def _common_edges(parts: Sequence[RawTable]) -> list[float]:
    """The column edges of all parts, each once."""
    edges = list(parts[0].xs)
    for part in parts[1:]:
        new = [x for x in _aligned(part, edges[0])[1:-1] if all(abs(x - edge) > _SAME_EDGE for edge in edges)]
        edges = sorted(edges + [x for x in new if x < edges[-1]])
    return edges


def _spans(table: RawTable, edges: Sequence[float]) -> list[tuple[int, int]]:
    """For each cell of a part, in their order, its columns in the joined table."""
    places = [_nearest(edges, x) for x in _aligned(table, edges[0])]
    places[-1] = len(edges) - 1
    return [(places[cell.column], places[cell.column_end]) for cell in table.cells]


def _nearest(edges: Sequence[float], x: float) -> int:
    after = bisect_left(edges, x)
    near = range(max(0, after - 1), min(len(edges), after + 1))
    return min(near, key=lambda index: abs(edges[index] - x))


def _joined(parts: Sequence[RawTable], labels: frozenset[str]) -> JoinedTable:
    edges = _common_edges(parts)
    strips: list[Strip] = []
    rows = 0
    for index, table in enumerate(parts):
        spans = _spans(table, edges)
        skipped = _repeated_rows(parts[0], table, edges) if index else 0
        placed = zip(table.cells, spans, strict=True)
        part = [Strip.of(cell, table.page, *span) for cell, span in placed if cell.row >= skipped]
        rows = _append(strips, rows, part, skipped, labels)
    strips.sort(key=lambda strip: (strip.row, strip.column))
    return JoinedTable(
        tuple(part.page for part in parts),
        tuple(part.box for part in parts),
        rows,
        len(edges) - 1,
        tuple(
            JoinedCell(strip.row, strip.column, strip.row_end, strip.column_end, tuple(strip.fragments))
            for strip in strips
        ),
        tuple(parts),
    )


def _repeated_rows(first: RawTable, table: RawTable, edges: Sequence[float]) -> int:
    """How many rows at the head of a part repeat the head of the first part, its header rows."""
    ours, theirs = (_rows(part, _spans(part, edges)) for part in (table, first))
    heads: list[list[tuple[int, int, int, str]]] = []
    complete = 0
    for own, other in zip(ours, theirs, strict=False):
        row = _said(own)
        head = _said(other)
        if not (row == head or (_is_read(own) and _is_misread(row, head))) or not _may_be_head(row):
            break
        heads.append(row)
        if all(cell.row_end <= len(heads) for cell in table.cells if cell.row < len(heads)):
            complete = len(heads)
    # Blank rows alone, or a lone word, repeat nothing.
    return complete if sum(1 for row in heads[:complete] for *_, text in row if text) > 1 else 0


def _is_misread(row: _Said, head: _Said) -> bool:
    """Whether OCR may have made a row of one of a head: in the same cells, but for one of them or a few signs."""
    if [place for *place, _ in row] != [place for *place, _ in head]:
        return False
    one, other = ([text for *_, text in said] for said in (row, head))
    same = sum(1 for text, usual in zip(one, other, strict=True) if text and text == usual)
    differ = sum(text != usual for text, usual in zip(one, other, strict=True))
    alike = SequenceMatcher(None, "".join(one), "".join(other), autojunk=False).ratio()
    return (differ == 1 and same > 0) or alike >= _ALIKE


def _is_read(row: Iterable[tuple[RawCell, tuple[int, int]]]) -> bool:
    """Whether a row was read by OCR."""
    return any(fragment.confidence is not None for cell, _ in row for fragment in cell.fragments)


def _may_be_head(row: _Said) -> bool:
    """Whether a row has no figures, as a head, except the numbers of the columns."""
    figures = [int(text) if text.isdecimal() else None for *_, text in row if is_figure(text)]
    return all(figure is not None and figure - (figures[0] or 0) == place for place, figure in enumerate(figures))


def _rows(table: RawTable, spans: Sequence[tuple[int, int]]) -> list[list[tuple[RawCell, tuple[int, int]]]]:
    """For each row the cells that begin in it, each with its columns."""
    rows: list[list[tuple[RawCell, tuple[int, int]]]] = [[] for _ in range(len(table.ys) - 1)]
    for cell, span in zip(table.cells, spans, strict=True):
        rows[cell.row].append((cell, span))
    return rows


def _said(row: Iterable[tuple[RawCell, tuple[int, int]]]) -> list[tuple[int, int, int, str]]:
    """The cells of a row as (column, column end, height, words)."""
    return [(*span, cell.row_end - cell.row, words(cell.fragments)) for cell, span in row]


def _append(strips: list[Strip], rows: int, part: list[Strip], skipped: int, labels: Collection[str]) -> int:
    """Add the cells of a part, whose first rows were skipped, below the rows there are.

    Returns the new number of rows.
    """
    if not part:
        return rows
    lower = [strip for strip in part if strip.row == skipped]
    upper = [strip for strip in strips if strip.row_end == rows]
    rest = bool(rows) and is_rest_of_row(upper, lower, strips, part, labels)
    for strip in part:
        strip.move(rows - skipped - rest)
    absorbed: set[int] = set()
    for above, below in pairs_of(upper, lower):
        if rest or is_one_cell(above, below, labels):
            # A label of several rows that was printed again counts once.
            above.absorb(below, again=above.words == below.words and (not rest or above.height > 1))
            absorbed.add(id(below))
    if rest and len(absorbed) < len(lower):  # a blank row of other columns: nothing of it is kept
        absorbed.update(id(strip) for strip in lower)
    strips += [strip for strip in part if id(strip) not in absorbed]
    return max(strip.row_end for strip in strips)
