"""Tables without ruling lines: a table is figures in line.

On a page where nothing is ruled, short texts stand in rows, and figures below one another. What the gaps between them
leave are columns; the texts above the first figure are their head. Nothing here knows a language: which lines are
titles is told by the caller. What is found is a table as `lattice` makes one from rulings: nobody behind asks which.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from statistics import median

from recount.pipeline.document import Box, Line, hull
from recount.pipeline.split.abroad import sides_of
from recount.pipeline.split.columns import Columns, Placed, Span, baselines_of, columns_of
from recount.pipeline.split.folding import fold
from recount.pipeline.split.lattice import PageTables, RawCell, RawTable, in_reading_order
from recount.pipeline.split.pieces import Label, LabelColumn, Piece, Row, closely, labelled, pieces_of, underlined
from recount.pipeline.split.tokens import stated_unit

_NO_GAP = 0.6  # the same, of pieces of one line
_LONGEST = 40  # characters of a cell; what is longer, or ends as sentences do, is running text
_SET_IN = 3.0  # heights of a line by which the first line of running text may be set in
_SENTENCE = re.compile(r"[。;!?]")
_WRAPPED = 1.2  # heights of a line between the lines of one cell, at most
_OF_PITCH = 0.8  # and of the distance of the rows
_GOES_ON = re.compile(r"\s*[a-z]{2}")  # in Latin script what does not begin as names and sentences do
_GOING_ON = 1.7  # heights of a line between two lines of which the second is such
_LEVEL = 0.4  # heights of a line by which cells of one row may stand higher or lower
_FAR = 10.0  # distances of rows: what is farther away is another table
_LARGER = 1.25  # times the usual height: a title's
_SAME_SIZE = 4.0  # points
_MIDDLE = 2.0  # points, twice what the middles of two lines of one head may be apart
_CENTRED = 10.0  # points by which the middle of a title is beside that of its table

IsTitle = Callable[[Sequence[str]], bool]


@dataclass(frozen=True, slots=True)
class _Run:
    """Rows of pieces that may be a table. first, last: nothing of the page stands above, or below. told: the line above
    says in what unit the amounts of a table are."""

    size: tuple[float, float]
    rows: tuple[Row, ...]
    first: bool
    last: bool
    told: bool

    @property
    def is_table(self) -> bool:
        """Whether amounts stand in two rows beside other texts, or several in one below a head; or it is told. In Latin
        script also where several figures without a comma stand in three rows."""
        if sum(len(row) > 2 and row[0].latin and sum(piece.is_figure for piece in row) > 1 for row in self.rows) > 2:
            return True
        beside = sum(len(row) > 1 and any(piece.is_amount for piece in row) for row in self.rows)
        several = any(sum(piece.is_amount for piece in row) > 1 for row in self.rows)
        return self.told or beside > 1 or (several and sum(len(row) > 1 for row in self.rows) > 1)


@dataclass(frozen=True, slots=True)
class _Cell:
    """The lines of one cell."""

    pieces: tuple[Piece, ...]
    head: bool = False

    @property
    def page(self) -> int:
        """The page that it stands on."""
        return self.pieces[0].page

    @property
    def box(self) -> Box:
        """The box around its lines."""
        return hull([piece.line.box for piece in self.pieces])

    @property
    def middle(self) -> float:
        """How far down its middle is."""
        return (self.box[1] + self.box[3]) / 2

    @property
    def words(self) -> str:
        """Its text, folded, without white space."""
        return "".join(piece.words for piece in self.pieces)

    @property
    def height(self) -> float:
        """The height of a line of it."""
        return self.pieces[0].line.box[3] - self.pieces[0].line.box[1]

    @property
    def is_figure(self) -> bool:
        """Whether it holds a figure alone."""
        return len(self.pieces) == 1 and self.pieces[0].is_figure

    def placed(self) -> Placed:
        """It, as its columns are told from."""
        x, under = (self.box[0], self.box[2]), self.pieces[-1].under if self.head else None
        if under is not None:
            x = min(x[0], under[0]), max(x[1], under[1])
        return Placed(x, (self.box[1], self.box[3]), self.is_figure, self.head, under is not None)


def with_aligned(
    pages: Sequence[PageTables], is_title: IsTitle, latin: Collection[int] = frozenset()
) -> list[PageTables]:
    """The pages, and on those on which nothing is ruled the tables that their lines make by standing in line.

    is_title: whether the texts of a row (folded, without spaces) are a title, a caption or a note, and no table's.
    latin: the pages in Latin script, on which what stands beside ruled tables is looked at too, and scans are.
    """
    found = {page.page.number: list(page.tables) for page in pages}
    taken: set[int] = set()
    for run in _blocks(pages, is_title, latin):
        if run.is_table:
            for table in _tables(run.rows):
                found[table.page].append(table)
            taken.update(id(piece.source) for row in run.rows for piece in row)
    return [
        replace(
            page,
            tables=tuple(sorted(found[page.page.number], key=lambda table: table.ys[0])),
            lines=tuple(line for line in page.lines if id(line) not in taken),
        )
        if len(found[page.page.number]) > len(page.tables)
        else page
        for page in pages
    ]


# --- where tables stand


def _blocks(pages: Sequence[PageTables], is_title: IsTitle, latin: Collection[int]) -> Iterator[_Run]:
    """The rows that may be tables; those that go on over the end of a page together."""
    above: _Run | None = None
    for page in pages:
        for run in _runs_abroad(page) if page.page.number in latin else _runs(page, is_title):
            if above is not None and run.first and _go_on(above, run):
                above = replace(run, rows=(*above.rows, *run.rows), first=above.first)
            else:
                if above is not None:
                    yield above
                above = run
            if not run.last:
                yield above
                above = None
    if above is not None:
        yield above


def _go_on(above: _Run, run: _Run) -> bool:
    """Whether rows at the top of a page stand in the columns of those at the end of the page before."""
    if any(abs(one - other) > _SAME_SIZE for one, other in zip(above.size, run.size, strict=True)):
        return False
    if run.rows[0][0].page != above.rows[-1][0].page + 1 or not above.is_table:
        return False
    together = _columns((*above.rows, *run.rows))[1]
    return len(together.edges) >= len(_columns(above.rows)[1].edges)


def _runs(page: PageTables, is_title: IsTitle) -> Iterator[_Run]:
    """The runs of short texts on a page on which nothing is ruled."""
    if page.tables or page.page.typed or page.page.origin != "text":
        return
    rows = [tuple(pieces_of(page.page.number, row)) for row in baselines_of(page.lines)]
    size = page.page.width, page.page.height
    far = _FAR * median([_top(below) - _top(above) for above, below in pairwise(rows)] or [0.0])
    left = min((row[0].line.box[0] for row in rows), default=0.0)
    start = 0
    for index in range(len(rows) + 1):
        ends = index == len(rows) or _is_text(rows[index], left, is_title)
        if ends or (index > start and _top(rows[index]) - _top(rows[index - 1]) > far):
            run = _without_title(rows[start:index])
            if any(len(row) > 1 for row in run):
                told = start > 0 and any(stated_unit(fold(piece.line.text)) for piece in rows[start - 1])
                yield _Run(size, tuple(run), run[0] is rows[0], index == len(rows), told)
            start = index + 1 if ends else index


def _runs_abroad(page: PageTables) -> Iterator[_Run]:
    """The same of a page in Latin script: labels are long, and what runs on into the columns of figures is text."""
    for lines in () if page.page.typed else sides_of(page.lines, page.page.width):
        rows = [tuple(pieces_of(page.page.number, row, latin=True)) for row in baselines_of(lines)]
        rows = [underlined(row, page.page.rulings) for row in rows]
        yield from _runs_in(labelled([row for row in rows if row]), page)


def _runs_in(rows: Sequence[Row], page: PageTables) -> Iterator[_Run]:
    size = page.page.width, page.page.height
    far = _FAR * median([_top(below) - _top(above) for above, below in pairwise(rows)] or [0.0])
    lefts = _lefts(rows)
    start = 0
    for index in range(len(rows) + 1):
        ends = index == len(rows) or _runs_on(rows[index], lefts[index])
        if ends or (index > start and _is_parted(rows[index - 1], rows[index], far, page.tables)):
            first, last = _within_titles(rows[start:index])
            run = rows[start + first : start + last]
            if any(len(row) > 1 for row in run):
                yield _Run(size, tuple(run), start + first == 0, start + last == len(rows), told=False)
            start = index + 1 if ends else index


def _lefts(rows: Sequence[Row]) -> list[float]:
    """By row, where the figures of the row that has some and is next to it begin; endless where none has."""
    own = [
        min((piece.line.box[0] for piece in row if piece.is_figure), default=inf) if len(row) > 1 else inf
        for row in rows
    ]
    below, found = inf, []
    for left in reversed(own):
        below = left if left < inf else below
        found.append(below)
    found.reverse()
    above = inf
    for index, left in enumerate(own):
        above = left if left < inf else above
        found[index] = min(found[index], above) if found[index] < inf else above
    return found


def _runs_on(row: Row, left: float) -> bool:
    """Whether a row of one text is as long as a line of a paragraph, and runs into the columns of figures."""
    return _is_one(row) and len("".join(piece.words for piece in row)) > _LONGEST and row[-1].line.box[2] > left


def _is_parted(above: Row, row: Row, far: float, tables: Iterable[RawTable]) -> bool:
    """Whether much room is between two rows, or a ruled table."""
    first, last = _top(above), _top(row)
    return last - first > far or any(first < table.ys[-1] and table.ys[0] < last for table in tables)


def _within_titles(rows: Sequence[Row]) -> tuple[int, int]:
    """From where to where some rows are a table: without the lines above its head, and those below its last figures."""
    figured = [index for index, row in enumerate(rows) if len(row) > 1 and any(piece.is_figure for piece in row)]
    if not figured:
        return 0, 0
    left = min(piece.line.box[0] for piece in rows[figured[0]] if piece.is_figure)
    label, begins = (min(row[0].line.box[0] for row in some) for some in (rows, [rows[index] for index in figured]))
    right = max(rows[index][-1].line.box[2] for index in figured)
    beside = min(rows[index][1].line.box[0] for index in figured)  # with the signs of their currency
    heads = [
        index
        for index in range(figured[0])
        if rows[index][-1].line.box[2] > left
        and (
            not _is_a_title(rows[index], left, beside, right)
            or _heads_columns(rows[index], rows[index + 1], (begins + left) / 2)
        )
    ]
    while len(heads) > 1 and _off_middle(rows[heads[0]], begins, right) < min(_CENTRED, (left - begins) / 6):
        del heads[0]  # a title in the middle of the table, and not of its figures
    first = heads[0] if heads else figured[0]
    while not heads and first and rows[first - 1][0].line.box[0] < label + _SET_IN * _height(rows[first - 1]):
        first -= 1
    last = figured[-1]
    while last + 1 < len(rows) and _is_left_over(rows[last + 1], rows[last], left):
        last += 1
    return first, last + 1


def _is_left_over(row: Row, above: Row, left: float) -> bool:
    """Whether a row of one text may be what is left of the label above it: it is near, begins in a small letter where
    that does or further in, and ends before the columns of figures."""
    line, over = row[0].line, above[0].line
    near = _top(row) - _top(above) <= _GOING_ON * _height(row)
    return near and _is_one(row) and _GOES_ON.match(line.text) is not None and over.box[0] <= line.box[0] + 1 <= left


def _off_middle(row: Row, left: float, right: float) -> float:
    """How far the middle of a row of one text is from that of a stretch; endless for one of several texts."""
    return abs(row[0].line.box[0] + row[-1].line.box[2] - left - right) / 2 if _is_one(row) else inf


def _is_a_title(row: Row, left: float, beside: float, right: float) -> bool:
    """Whether a row of one text begins left of the columns of figures, reaches into them and does not stand in their
    middle: it is over the whole. left: where the first figure begins; beside: where what is right of labels does."""
    off = min(_off_middle(row, left, right), _off_middle(row, beside, right))
    return _is_one(row) and row[0].line.box[0] < left - _height(row) and off > _CENTRED


def _heads_columns(row: Row, below: Row, amid: float) -> bool:
    """Whether a row of one text is a head after all: the ruling under it begins right of the middle of the labels
    (amid), or it goes on in one of several texts below, right under its middle."""
    under = row[-1].under
    if under is not None and under[0] > amid:
        return True
    near = len(below) > 1 and _top(below) - _top(row) <= _WRAPPED * _height(row)
    middle = (row[0].line.box[0] + row[-1].line.box[2]) / 2
    return near and any(
        abs(piece.line.box[0] + piece.line.box[2] - 2 * middle) < _MIDDLE for piece in below if not piece.label
    )


def _top(row: Row) -> float:
    return row[0].line.box[1]


def _is_text(row: Row, left: float, is_title: IsTitle) -> bool:
    """Whether a row is no table's: running text, which begins at the left edge, or a title. A line of which figures
    were read from the page comes in several pieces, without gaps."""
    words = [piece.words for piece in row]
    alone = row[0].line.box[0] < left + _SET_IN * (row[0].line.box[3] - row[0].line.box[1]) and _is_one(row)
    is_long = len(row) > 1 or len(words[0]) > _LONGEST or _SENTENCE.search(words[0]) is not None
    return (alone and is_long) or is_title(words)


def _is_one(row: Row) -> bool:
    """Whether the pieces of a row leave no gap."""
    boxes = [piece.line.box for piece in row]
    return all(right[0] - left[2] <= _NO_GAP * (left[3] - left[1]) for left, right in pairwise(boxes))


def _without_title(rows: Sequence[Row]) -> Sequence[Row]:
    """Rows without the lines above them that are set larger."""
    usual = median([_height(row) for row in rows] or [0.0])
    first = 0
    while first < len(rows) and len(rows[first]) == 1 and _height(rows[first]) > _LARGER * usual:
        first += 1
    return rows[first:]


def _height(row: Row) -> float:
    return row[0].line.box[3] - row[0].line.box[1]


# --- cells, rows, tables


def _tables(rows: Sequence[Row]) -> Iterator[RawTable]:
    """The table that some rows are, in its parts a page."""
    cells, columns = _columns(rows)
    spans = dict(zip(map(id, cells), columns.spans, strict=True))
    for page in dict.fromkeys(cell.page for cell in cells):
        yield _table([cell for cell in cells if cell.page == page], spans, columns.edges)


def _columns(rows: Sequence[Row]) -> tuple[list[_Cell], Columns]:
    """The cells of some rows, and their columns."""
    cells: list[_Cell] = []
    for page in dict.fromkeys(row[0].page for row in rows):
        cells += _with_head(
            _cells([closely(row) for row in rows if row[0].page == page]), [cell for cell in cells if cell.head]
        )
    return cells, columns_of([cell.placed() for cell in cells])


def _with_head(cells: Sequence[_Cell], known: Sequence[_Cell]) -> list[_Cell]:
    """The cells of a page, those above its first figure marked as head. known: the head on the pages before, of which
    alone a further page may print cells again."""
    first = min((cell.middle for cell in cells if cell.is_figure), default=float("inf"))
    again = {cell.words for cell in known}
    return [
        replace(cell, head=cell.middle < first - _LEVEL * cell.height and (not known or cell.words in again))
        for cell in cells
    ]


def _cells(rows: Sequence[Row]) -> list[_Cell]:
    """The cells of the rows of a page, from top to bottom: lines that are near below one another are of one."""
    pieces = sorted((piece for row in rows for piece in row), key=lambda piece: (piece.line.box[1], piece.line.box[0]))
    figures = [piece for piece in pieces if piece.is_figure]
    steps = sorted(step for a, b in pairwise(figures) if (step := b.line.box[1] - a.line.box[1]) > 1.0)
    usual = steps[len(steps) // 4] if steps and pieces[0].latin else median(steps or [inf])  # there many rows are blank
    labels = {id(row[0]) for row in rows if len(row) > 1 and any(piece.is_figure for piece in row)}
    column = LabelColumn.of([Label(piece.line, id(piece) in labels) for piece in pieces if piece.label], usual)
    beside = {id(piece): row for row in rows for piece in row if piece.latin}
    groups: list[list[Piece]] = []
    for piece in pieces:
        own = labels if piece.latin and id(piece) in labels else ()
        near = (
            group
            for group in reversed(groups)
            if _goes_on(group, piece, column, labels) and not _is_over_several(group[-1], beside.get(id(piece), ()))
        )
        above = next(near, None)
        if above is None or any(id(other) in own for other in above):  # each has its figures
            groups.append([piece])
        else:
            above.append(piece)
    return [_Cell(tuple(group)) for group in groups]


def _is_over_several(above: Piece, row: Row) -> bool:
    """Whether a text stands over several of a row, as a head does over those of its columns."""
    one = above.line.box
    return sum(one[0] < (piece.line.box[0] + piece.line.box[2]) / 2 < one[2] for piece in row) > 1


def _goes_on(group: Sequence[Piece], piece: Piece, column: LabelColumn, labels: Collection[int]) -> bool:
    """Whether a line goes on with those above it, in one cell. column: of the labels. labels: those beside figures."""
    above = group[-1]
    if above.is_figure or piece.is_figure:
        return False
    if above.label or piece.label:
        lines = [Label(part.line, id(part) in labels) for part in (*group, piece)]
        return above.label and piece.label and column.goes_on(lines[:-1], lines[-1])
    one, other = above.line.box, piece.line.box
    reach = min(_WRAPPED * (one[3] - one[1]), _OF_PITCH * column.pitch)
    if piece.latin and _GOES_ON.match(piece.line.text) is not None:
        reach = _GOING_ON * (one[3] - one[1])
    shared = min(one[2], other[2]) - max(one[0], other[0])
    return 1.0 < other[1] - one[1] <= reach and shared > 0.5 * min(one[2] - one[0], other[2] - other[0])


def _table(cells: Sequence[_Cell], spans: dict[int, Span], xs: tuple[float, ...]) -> RawTable:
    """The cells of a page as a table."""
    levels = _levels(cells)
    at: dict[Span, list[Line]] = {}
    wide: dict[tuple[int, int], int] = {}
    for cell in cells:
        row = _row_of(cell, levels)
        start, end = spans[id(cell)]
        at.setdefault((row, start), []).extend(piece.line for piece in cell.pieces)
        wide[row, start] = max(end, wide.get((row, start), 0))
    ys = _row_edges(cells, levels)
    made = []
    for row in range(len(levels)):
        column = 0
        while column + 1 < len(xs):
            end = wide.get((row, column), column + 1)
            end = min([other for other in range(column + 1, end) if (row, other) in at] or [end])
            box = xs[column], ys[row], xs[end], ys[row + 1]
            made.append(RawCell(row, column, row + 1, end, box, in_reading_order(at.get((row, column), []))))
            column = end
    return RawTable(cells[0].page, xs, ys, tuple(made))


def _levels(cells: Sequence[_Cell]) -> list[float]:
    """How far down the middles of the rows are: those of the cells of one line, and of others that stand in no row."""
    levels: list[float] = []
    for cell in sorted(cells, key=lambda cell: (len(cell.pieces) > 1, cell.middle)):
        near = [level for level in levels if abs(level - cell.middle) <= _LEVEL * cell.height]
        if not near and (len(cell.pieces) == 1 or not _within(cell, levels)):
            levels.append(cell.middle)
    return sorted(levels)


def _within(cell: _Cell, levels: Sequence[float]) -> list[float]:
    """The rows whose middles lie beside a cell."""
    return [level for level in levels if cell.box[1] < level < cell.box[3]]


def _row_of(cell: _Cell, levels: Sequence[float]) -> int:
    """The row that a cell stands in: set in the middle of it, or at its top."""
    beside = _within(cell, levels) or levels
    first = cell.pieces[0].line.box
    top = (first[1] + first[3]) / 2

    def off(level: float) -> tuple[bool, float]:
        middle = abs(level - cell.middle)
        return middle > _LEVEL * cell.height, min(middle, abs(level - top))

    return levels.index(min(beside, key=off))


def _row_edges(cells: Sequence[_Cell], levels: Sequence[float]) -> tuple[float, ...]:
    inner = [(one + other) / 2 for one, other in pairwise(levels)]
    return (min(cell.box[1] for cell in cells), *inner, max(cell.box[3] for cell in cells))
