"""The ruling lines of a page become tables of cells, and its text lines go into them.

Lines that touch are one component. Its vertical lines give the column edges, its horizontal ones the row
edges; neighbouring base cells that no line separates are one merged cell. Lines that frame no two cells
(underlines, a rule below the header, a box around a text) make no table.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from recount.pipeline.document import Box, Line, Page, Ruling
from recount.pipeline.split.text import together

# --- text lines: cut at column edges, put into reading order

_CLOSE = 0.05  # share of the height: characters nearer than this to each other were set as one word
_STRADDLES = 0.15  # share of its width by which a character must reach over an edge to stand on it
_NUMERIC = frozenset("0123456789.,，")
_SIGN_BEFORE = re.compile("[-−‐‑‒–—―﹣－\xad负△▲▽▼(（][ \u00a0]?(?=[0-9０-９])")
_SIGN_BEHIND = re.compile("(?<=[0-9０-９%])[ \u00a0]?[)）]")
_NEAR_SIGN = 0.6  # share of the height: a sign nearer than this to a figure is the figure's
_TWO_AMOUNTS = re.compile(r"([0-9]+(?:[,，][0-9]{3})*\.[0-9]{2})[0-9]+(?:[,，][0-9]{3})*(?:\.[0-9]{2})?")


def cut_line(line: Line, edges: Sequence[float]) -> Iterator[tuple[int, Line]]:
    """The pieces of a line between the edges (ascending x), with the number of their stretch.

    Stretch 0 lies before the first edge, len(edges) behind the last. A character belongs where its middle is;
    a word that runs over an edge without a gap (a figure too wide for its column) goes undivided where
    most of it is, unless it is the figures of two cells that met there.
    """
    text, boxes = line.text, line.boxes
    stretches = [bisect_right(edges, (box[0] + box[2]) / 2) for box in boxes]
    for index in range(1, len(text)):
        if stretches[index] != stretches[index - 1] and _runs_over(text, boxes, index, edges[stretches[index - 1]]):
            start, end = _word(text, boxes, index)
            seam = _seam(text, boxes, start, end, index, edges[stretches[index - 1]])
            if seam is None:
                stretch = _main_stretch(boxes[start:end], stretches[start:end])
                stretches[start:end] = [stretch] * (end - start)
            else:
                stretches[start:seam] = [stretches[start]] * (seam - start)
                stretches[seam:end] = [stretches[end - 1]] * (end - seam)
    _keep_signs(text, boxes, stretches)
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or stretches[index] != stretches[start]:
            piece = part_of(line, start, index)
            if piece:
                yield stretches[start], piece
            start = index


def _keep_signs(text: str, boxes: Sequence[Box], stretches: list[int]) -> None:
    """A sign close to a figure goes where the figure goes, also over an edge: -5.93 is not 5.93 beside a dash."""
    for match in _SIGN_BEFORE.finditer(text):
        sign, digit = match.start(), match.end()
        if boxes[digit][0] - boxes[sign][2] < _NEAR_SIGN * (boxes[digit][3] - boxes[digit][1]):
            stretches[sign:digit] = [stretches[digit]] * (digit - sign)
    for match in _SIGN_BEHIND.finditer(text):
        digit, sign = match.start() - 1, match.end() - 1
        if boxes[sign][0] - boxes[digit][2] < _NEAR_SIGN * (boxes[digit][3] - boxes[digit][1]):
            stretches[digit + 1 : sign + 1] = [stretches[digit]] * (sign - digit)


def part_of(line: Line, start: int, end: int) -> Line | None:
    """Characters start..end of the line, without white space at the ends; None if nothing is left."""
    while start < end and line.text[start].isspace():
        start += 1
    while start < end and line.text[end - 1].isspace():
        end -= 1
    return line.part(start, end) if start < end else None


def in_reading_order(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Lines by baseline, from top to bottom, and on one baseline from left to right."""
    if len(lines) < 2:
        return tuple(lines)
    ordered: list[Line] = []
    baseline: list[Line] = []
    for line in sorted(lines, key=_middle):
        if baseline and _middle(line) - _middle(baseline[0]) > _reach(baseline[0], line):
            ordered += sorted(baseline, key=_left)
            baseline = []
        baseline.append(line)
    return (*ordered, *sorted(baseline, key=_left))


def _middle(line: Line) -> float:
    return line.box[1] + line.box[3]


def _left(line: Line) -> float:
    return line.box[0]


def _reach(one: Line, other: Line) -> float:
    """How far the (doubled) middles of two lines of one baseline may differ: half the lower height each."""
    return 0.8 * min(one.box[3] - one.box[1], other.box[3] - other.box[1])


def _runs_over(text: str, boxes: Sequence[Box], index: int, edge: float) -> bool:
    """Whether the characters before and at index are of one word that runs over the edge."""
    left, right = boxes[index - 1], boxes[index]
    if not _joined(text, boxes, index):
        return False
    if text[index - 1] in _NUMERIC and text[index] in _NUMERIC:
        return True
    width = _STRADDLES * (right[2] - right[0])
    return left[2] > edge + width or right[0] < edge - width


def _joined(text: str, boxes: Sequence[Box], index: int) -> bool:
    """Whether no gap stands between the characters before and at index."""
    left, right = boxes[index - 1], boxes[index]
    if text[index].isspace() or text[index - 1].isspace():
        return False
    return right[0] - left[2] < _CLOSE * (right[3] - right[1])


def _word(text: str, boxes: Sequence[Box], index: int) -> tuple[int, int]:
    """The stretch of characters around index without a gap; of figures alone if it is a figure."""
    numeric = text[index] in _NUMERIC and text[index - 1] in _NUMERIC
    start, end = index - 1, index + 1
    while start > 0 and _joined(text, boxes, start) and (not numeric or text[start - 1] in _NUMERIC):
        start -= 1
    while end < len(text) and _joined(text, boxes, end) and (not numeric or text[end] in _NUMERIC):
        end += 1
    return start, end


def _seam(text: str, boxes: Sequence[Box], start: int, end: int, index: int, edge: float) -> int | None:
    """Where the word start..end, which runs over an edge before index, falls into the figures of two cells.

    Where one character stands over the other; else behind the decimals of an amount, if another figure follows; else at
    the edge, if no character of the whole number stands on it. None for one figure that is too wide.
    """
    word = text[start:end]
    if any(sign not in _NUMERIC for sign in word):
        return None
    over = [place for place in range(start + 1, end) if not together(boxes[place - 1], boxes[place])]
    if over:
        return over[0] if len(over) == 1 else index
    amounts = _TWO_AMOUNTS.fullmatch(word)
    if amounts:
        return start + amounts.end(1)
    left, right = boxes[index - 1], boxes[index]
    straddled = max(left[2] - edge, edge - right[0]) > _STRADDLES * (right[2] - right[0])
    return index if word.isdigit() and not straddled else None


def _main_stretch(boxes: Sequence[Box], stretches: Sequence[int]) -> int:
    """The stretch that holds most of the width of the boxes."""
    widths: dict[int, float] = {}
    for box, stretch in zip(boxes, stretches, strict=True):
        widths[stretch] = widths.get(stretch, 0.0) + box[2] - box[0]
    return max(widths, key=widths.__getitem__)


# --- ruling lines: components, frames, cells

TOUCH = 3.0  # points by which lines may miss each other and still meet
_OPEN = 6.0  # points by which lines must run past the outermost crossing line to leave a side open


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell: rows row..row_end, columns column..column_end (exclusive), its lines in reading order."""

    row: int
    column: int
    row_end: int
    column_end: int
    box: Box
    fragments: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table of one page. xs, ys: its column and row edges, ascending; cells: by row, then column."""

    page: int
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[RawCell, ...]

    @property
    def box(self) -> Box:
        """The box around all its cells."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]


@dataclass(frozen=True, slots=True)
class PageTables:
    """The tables of a page, from top to bottom, and the lines that stand in none, in reading order."""

    page: Page
    tables: tuple[RawTable, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """A ruling line seen along its own direction: at (across), from start to end (along)."""

    at: float
    start: float
    end: float


def page_grids(page: Page) -> PageTables:
    """The tables of a page with their text, and the lines outside of them.

    The page's ruling lines are maximal: pieces of one line have been joined, as `read` does.
    """
    frames = [frame for frame in map(_frame, _components(page.rulings)) if frame]
    frames.sort(key=lambda frame: (frame.ys[0], frame.xs[0]))
    outside = _share_out(page.lines, frames)
    return PageTables(page, tuple(frame.table(page.number) for frame in frames), in_reading_order(outside))


def _components(rulings: Iterable[Ruling]) -> list[tuple[list[_Run], list[_Run]]]:
    """Groups of lines that touch one another, horizontal and vertical; only those that can frame cells."""
    level = [_Run(ruling.y0, ruling.x0, ruling.x1) for ruling in rulings if ruling.y0 == ruling.y1]
    level.sort(key=_position)
    heights = [line.at for line in level]
    upright = [_Run(ruling.x0, ruling.y0, ruling.y1) for ruling in rulings if ruling.y0 != ruling.y1]
    parent = list(range(len(level) + len(upright)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = index = parent[parent[index]]
        return index

    for number, line in enumerate(upright, len(level)):
        left, right = line.at - TOUCH, line.at + TOUCH
        for index in range(bisect_left(heights, line.start - TOUCH), bisect_right(heights, line.end + TOUCH)):
            if level[index].start <= right and level[index].end >= left:
                parent[root(index)] = root(number)
    groups: dict[int, tuple[list[_Run], list[_Run]]] = {}
    for index, line in enumerate(level):
        groups.setdefault(root(index), ([], []))[0].append(line)
    for index, line in enumerate(upright, len(level)):
        groups.setdefault(root(index), ([], []))[1].append(line)
    return [group for group in groups.values() if group[0] and group[1] and len(group[0]) + len(group[1]) > 2]


def _position(line: _Run) -> float:
    return line.at


def _frame(lines: tuple[list[_Run], list[_Run]]) -> _Frame | None:
    """The frame of cells that a component's lines make, or None if they make fewer than two cells."""
    level, upright = lines
    # Open sides first: then a line that ends there ends at a line.
    upright = _closed(upright, level)
    level = _closed(level, upright)
    before = 0
    while before != len(level) + len(upright):  # what ended at a line that is gone goes too
        before = len(level) + len(upright)
        level, upright = _trimmed(level, upright), _trimmed(upright, level)
    xs, ys = _edges(upright), _edges(level)
    if len(xs) < 2 or len(ys) < 2:
        return None
    frame = _Frame(xs, ys, _walls(upright, xs, ys), _walls(level, ys, xs))
    return frame if len(frame.spans) > 1 else None


def _closed(lines: list[_Run], crossing: Sequence[_Run]) -> list[_Run]:
    """The lines and, where the crossing lines run past the outermost of them, one that closes that side."""
    first, last = min(line.at for line in lines), max(line.at for line in lines)
    before = [line for line in crossing if line.start < first - _OPEN]
    after = [line for line in crossing if line.end > last + _OPEN]
    closed = list(lines)
    if len(before) > 1:
        closed.append(_closing(min(line.start for line in before), before))
    if len(after) > 1:
        closed.append(_closing(max(line.end for line in after), after))
    return closed


def _closing(at: float, crossing: Sequence[_Run]) -> _Run:
    return _Run(at, min(line.at for line in crossing), max(line.at for line in crossing))


def _trimmed(lines: Sequence[_Run], crossing: Sequence[_Run]) -> list[_Run]:
    """The lines without those that end in the middle of a cell, as underlines do; loose ends are cut."""
    crossing = sorted(crossing, key=_position)
    positions = [other.at for other in crossing]
    kept = []
    for line in lines:
        near = range(bisect_left(positions, line.start - TOUCH), bisect_right(positions, line.end + TOUCH))
        low, high = line.at - TOUCH, line.at + TOUCH
        touched = [positions[index] for index in near if crossing[index].start <= high and crossing[index].end >= low]
        if touched and touched[-1] - touched[0] > TOUCH:
            kept.append(_Run(line.at, touched[0], touched[-1]))
    return kept


def _edges(lines: Iterable[_Run]) -> tuple[float, ...]:
    """The positions of the lines, those within TOUCH of each other as one: their mean."""
    groups: list[list[float]] = []
    for position in sorted(line.at for line in lines):
        if groups and position - groups[-1][0] <= TOUCH:
            groups[-1].append(position)
        else:
            groups.append([position])
    return tuple(sum(group) / len(group) for group in groups)


def _walls(lines: Iterable[_Run], across: Sequence[float], along: Sequence[float]) -> list[int]:
    """For each edge of `across`, the stretches of `along` that a line covers, as bits."""
    middles = [(one + other) / 2 for one, other in pairwise(along)]
    walls = [0] * len(across)
    for line in lines:
        edge = min(bisect_left(across, line.at), len(across) - 1)
        if edge and line.at - across[edge - 1] <= abs(across[edge] - line.at):
            edge -= 1
        first, last = bisect_right(middles, line.start), bisect_right(middles, line.end)
        walls[edge] |= (1 << last) - (1 << first)
    return walls


class _Frame:
    """The cells of one table while its text is being put into them.

    uprights[i]: bits of the rows in which a line stands at column edge i; levels[j]: bits of the columns in
    which a line lies at row edge j.
    """

    __slots__ = ("_grid", "_texts", "spans", "xs", "ys")

    def __init__(
        self, xs: tuple[float, ...], ys: tuple[float, ...], uprights: Sequence[int], levels: Sequence[int]
    ) -> None:
        self.xs, self.ys = xs, ys
        self._grid = [[-1] * (len(xs) - 1) for _ in range(len(ys) - 1)]
        self.spans: list[tuple[int, int, int, int]] = []
        for row in range(len(ys) - 1):
            for column in range(len(xs) - 1):
                if self._grid[row][column] < 0:
                    self._open_cell(row, column, uprights, levels)
        self._texts: list[list[Line]] = [[] for _ in self.spans]

    def _open_cell(self, row: int, column: int, uprights: Sequence[int], levels: Sequence[int]) -> None:
        """The merged cell that begins at (row, column): rightwards up to a line, then downwards up to one."""
        bit = 1 << row
        right = column + 1
        while right < len(self.xs) - 1 and not uprights[right] & bit and self._grid[row][right] < 0:
            right += 1
        span = (1 << right) - (1 << column)
        bottom = row + 1
        while bottom < len(self.ys) - 1 and not levels[bottom] & span:
            if not self._continues(bottom, column, right, uprights):
                break
            bottom += 1
        for cells in self._grid[row:bottom]:
            cells[column:right] = [len(self.spans)] * (right - column)
        self.spans.append((row, column, bottom, right))

    def _continues(self, row: int, left: int, right: int, uprights: Sequence[int]) -> bool:
        """Whether the columns left..right of the row are one free stretch between two lines."""
        bit = 1 << row
        return (
            (left == 0 or bool(uprights[left] & bit))
            and (right == len(self.xs) - 1 or bool(uprights[right] & bit))
            and not any(uprights[edge] & bit for edge in range(left + 1, right))
            and all(self._grid[row][column] < 0 for column in range(left, right))
        )

    @property
    def area(self) -> float:
        """What it covers, in square points."""
        return (self.xs[-1] - self.xs[0]) * (self.ys[-1] - self.ys[0])

    def holds(self, line: Line) -> bool:
        """Whether the middle of the line's height lies in the table and the line reaches into it."""
        x0, y0, x1, y1 = line.box
        xs, ys = self.xs, self.ys
        return ys[0] < (y0 + y1) / 2 < ys[-1] and x0 < xs[-1] and x1 > xs[0]

    def put(self, line: Line) -> tuple[Line, ...]:
        """Put the line into its cell or, cut at the edges, into its cells; pieces outside are returned."""
        row = self._grid[bisect_right(self.ys, (line.box[1] + line.box[3]) / 2) - 1]
        xs, boxes = self.xs, line.boxes
        first = bisect_right(xs, (boxes[0][0] + boxes[0][2]) / 2) - 1
        last = bisect_right(xs, (boxes[-1][0] + boxes[-1][2]) / 2) - 1
        if first >= 0 and last < len(row) and (first == last or row[first] == row[last]):
            self._texts[row[first]].append(line)
            return ()
        edges = [0, *(column for column in range(1, len(row)) if row[column] != row[column - 1]), len(row)]
        outside = []
        for stretch, piece in cut_line(line, [xs[edge] for edge in edges]):
            if 0 < stretch < len(edges):
                self._texts[row[edges[stretch - 1]]].append(piece)
            else:
                outside.append(piece)
        return tuple(outside)

    def table(self, page: int) -> RawTable:
        """The table of a page with the texts that were put into its cells."""
        cells = []
        for (row, column, row_end, column_end), lines in zip(self.spans, self._texts, strict=True):
            box = self.xs[column], self.ys[row], self.xs[column_end], self.ys[row_end]
            cells.append(RawCell(row, column, row_end, column_end, box, in_reading_order(lines)))
        return RawTable(page, self.xs, self.ys, tuple(cells))


def _share_out(lines: Iterable[Line], frames: Sequence[_Frame]) -> list[Line]:
    """Put each line into the innermost table that holds it; the lines of none are returned."""
    inner_first = sorted(frames, key=lambda frame: frame.area)
    outside: list[Line] = []
    for line in lines:
        for frame in inner_first:
            if frame.holds(line):
                outside += frame.put(line)
                break
        else:
            outside.append(line)
    return outside
