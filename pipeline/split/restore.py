"""Tables without lines, restored by their form: where one begins and ends among running text, and its grid.

A table is found by the labels of its heads. Its parts are read one after the other (`sequence`), and laid out as the
ruled table would be, so that whatever reads tables reads it. Which cell of a row is which is told by labels, kinds and
gaps alone. Where these allow more than one reading, sums may choose; a figure that was placed so carries a remark,
because what was used to choose proves nothing, and one that nothing places stays beside the columns, with a remark.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

from recount.pipeline.document import Remark
from recount.pipeline.split.choice import Reading, Way, amount_of, decided, ways_of
from recount.pipeline.split.lattice import part_of
from recount.pipeline.split.paragraphs import TextRow
from recount.pipeline.split.seams import PagedLine
from recount.pipeline.split.sequence import (
    NUMBER,
    Alignment,
    Column,
    Gap,
    Habits,
    Label,
    Lexicon,
    Piece,
    Placed,
    column_of,
    habits_of,
    pieces_of,
)
from recount.pipeline.split.tables import JoinedCell, JoinedTable
from recount.pipeline.split.text import union
from recount.schemas.forms import Form, Part

_TORN = "torn"
_CHOSEN = "its place among the cells of its row was told by sums alone"
_OPEN = "a row of a table without lines cannot be told apart: its figures were not taken"


@dataclass(frozen=True, slots=True)
class Restored:
    """Tables that were restored, the rows of running text that are left, by page, and what is to be said of them."""

    tables: tuple[JoinedTable, ...] = ()
    left: Mapping[int, list[TextRow]] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()


def restore(rows_on: Mapping[int, list[TextRow]], forms: Sequence[Form]) -> Restored:
    """The tables of some forms among rows of running text.

    rows_on: the physical lines outside of ruled tables, by page, in reading order.
    """
    rows = [row for page in sorted(rows_on) for row in rows_on[page]]
    tables: list[JoinedTable] = []
    remarks: list[Remark] = []
    taken: set[int] = set()
    for form in forms:
        reader = _Reader(form, rows)
        for found in reader.tables():
            tables.append(found.table)
            remarks += found.remarks
            taken |= found.rows
    if not taken:
        return Restored(left=rows_on)
    gone = {id(rows[number]) for number in taken}
    left = {page: [row for row in rows_on[page] if id(row) not in gone] for page in rows_on}
    return Restored(tuple(tables), left, tuple(remarks))


# --- finding


@dataclass(frozen=True, slots=True)
class _Head:
    """A head of labels: pieces start..end, and its columns with where each stands."""

    start: int
    end: int
    columns: tuple[tuple[str | None, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A table that was found. rows: the numbers of the physical lines that it takes."""

    table: JoinedTable
    rows: set[int]
    remarks: tuple[Remark, ...]


_LONE_NUMBER = 3  # digits of a page number
_MOST_OF_TITLE = 12  # pieces of an unknown head
_BEFORE = 60  # pieces before a head in which its table may begin


class _Reader:
    """Finds the tables of a form in some rows."""

    def __init__(self, form: Form, rows: Sequence[TextRow]) -> None:
        self.form = form
        self.pieces = _without_page_numbers(pieces_of(rows))
        words = {*form.above.heads, *form.rows.heads, *form.rows.levels, *form.pairs, *form.beside, *form.total}
        lexicon = Lexicon(words.union(*form.goals))
        self.labels = {at: found for at in range(len(self.pieces)) if (found := lexicon.at(self.pieces, at))}

    def tables(self) -> Iterator[_Found]:
        """The tables, in order."""
        heads = self._heads(self.form.rows)
        above = self._heads(self.form.above)
        done = 0
        for index, head in enumerate(heads):
            if head.start < done:
                continue
            limit = heads[index + 1].start if index + 1 < len(heads) else len(self.pieces)
            own = [other for other in above if done <= other.start < head.start]
            following = [other.start for other in above if other.start >= head.end]
            limit = min([limit, *following])
            start = self._start(done, own[-1].start if own else head.start)
            limit = self._start(head.end, limit) if limit < len(self.pieces) else limit
            end, total = self._end(head, limit)
            builder = _Builder(self, own[-1] if own else None, head)
            yield builder.build(start, end, total)
            done = end

    def _heads(self, part: Part) -> list[_Head]:
        """The heads of a part."""
        found: list[_Head] = []
        at = 0
        while at < len(self.pieces):
            head = self._head(part, at)
            if head is None:
                at += 1
            else:
                found.append(head)
                at = head.end
        return found

    def _head(self, part: Part, start: int) -> _Head | None:
        """The head that begins with a piece."""
        columns: list[tuple[str | None, int, int]] = []
        at = start
        while at < len(self.pieces):
            label = next((label for label in self.labels.get(at, ()) if label.words in part.heads), None)
            if label is None:
                break
            columns.append((part.heads[label.words], at, label.end))
            at = label.end
        fields = {name for name, *_ in columns}
        if len(fields & part.needs) < 2 or not part.must <= fields:
            return None
        return _Head(start, at, tuple(columns))

    def _start(self, done: int, before: int) -> int:
        """Where the table begins whose first head begins at a piece."""
        reach = range(max(done, before - _BEFORE), before)
        for names in self.form.starts:
            found = [at for at in reach for label in self.labels.get(at, ()) if label.words in names]
            if found:
                return found[-1]
        others = self.form.pairs | self.form.beside
        found = [at for at in reach for label in self.labels.get(at, ()) if label.words in others]
        return found[0] if found else before

    def _end(self, head: _Head, limit: int) -> tuple[int, Label | None]:
        """Where a table ends, and the label of its last row, if it has one."""
        for at in range(head.end, limit):
            for label in self.labels.get(at, ()):
                if label.words in self.form.total and self._is_total(label, limit):
                    return self._behind_figures(head, label.end, limit), label
        return self._last_figure(head, limit), None

    def _is_total(self, label: Label, limit: int) -> bool:
        """Whether a label of a total has its figures behind it."""
        return label.end < limit and NUMBER.fullmatch(self.pieces[label.end].text) is not None

    def _behind_figures(self, head: _Head, start: int, limit: int) -> int:
        """Behind the figures of a last row: as many as there are columns of points."""
        left = sum(self.form.rows.kinds.get(name or "") == "points" for name, *_ in head.columns)
        end = start
        while end < limit and (self.pieces[end].text == "分" or (left and NUMBER.fullmatch(self.pieces[end].text))):
            left -= self.pieces[end].text != "分"
            end += 1
        return end

    def _last_figure(self, head: _Head, limit: int) -> int:
        """Behind the last two numbers that follow each other before a limit."""
        end = head.end
        for at in range(head.end, limit - 1):
            if at - end > _BEFORE:
                break
            if all(NUMBER.fullmatch(self.pieces[index].text) for index in (at, at + 1)):
                end = at + 2
        return end


def _without_page_numbers(pieces: list[Piece]) -> list[Piece]:
    """Pieces without the numbers that stand alone at the ends of pages: far from what is above, or as pages count."""
    lone = [index for index, piece in enumerate(pieces) if piece.alone and piece.text.isdigit()]
    lone = [index for index in lone if len(pieces[index].text) <= _LONE_NUMBER]
    at_ends = [index for index in lone if _is_at_end(pieces, index)]
    ahead = Counter(int(pieces[index].text) - pieces[index].page for index in at_ends)
    usual = next((by for by, times in ahead.most_common(1) if times > 1), None)
    gone = {index for index in at_ends if int(pieces[index].text) - pieces[index].page == usual}
    gone |= {index for index in lone if _is_apart(pieces, index)}
    return [piece for index, piece in enumerate(pieces) if index not in gone]


def _is_at_end(pieces: Sequence[Piece], index: int) -> bool:
    """Whether a piece is the first or the last of a page."""
    around = (pieces[at].page for at in (index - 1, index + 1) if 0 <= at < len(pieces))
    return any(page != pieces[index].page for page in around)


def _is_apart(pieces: Sequence[Piece], index: int) -> bool:
    """Whether a piece stands far below the one before, and not on the line right above the next."""
    if not 0 < index < len(pieces) - 1:
        return False
    above, piece, below = pieces[index - 1 : index + 2]
    height = piece.line.box[3] - piece.line.box[1]
    far = above.page == piece.page and piece.line.box[1] - above.line.box[1] > _FAR * height
    return far and below.gap is Gap.BLANK


_FAR = 4.0  # heights


def _words(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


# --- laying out

_ITEM = re.compile(r"(?:目标[::]?|\(|其)?(?P<number>\d{1,2}|[一二三四五六七八九])(?:[、.)::,]|是)")
"""What begins an item of a list."""


@dataclass(slots=True)
class _Layout:
    """A grid while it is laid out: cells with their pieces, and remarks."""

    pieces: Sequence[Piece]
    width: int
    cells: list[JoinedCell] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    row: int = 0

    def put(self, column: int, end: int, first: int, last: int) -> None:
        """A cell of the row: columns column..end, pieces first..last."""
        self.add(column, end, range(first, last))

    def add(self, column: int, end: int, numbers: Sequence[int]) -> None:
        self.cells.append(JoinedCell(self.row, column, self.row + 1, end, self.fragments(numbers)))

    def close(self) -> None:
        """The row is full: what is left of it is blank."""
        mine = [cell for cell in self.cells if cell.row == self.row]
        covered = {column for cell in mine for column in range(cell.column, cell.column_end)}
        for column in range(self.width):
            if column not in covered:
                self.cells.append(JoinedCell(self.row, column, self.row + 1, column + 1, ()))
        if mine:
            self.row += 1
        else:
            self.cells = [cell for cell in self.cells if cell.row != self.row]

    def fragments(self, numbers: Sequence[int]) -> tuple[PagedLine, ...]:
        """The pieces, those that follow each other on a line as one."""
        found: list[tuple[Piece, int]] = []
        for piece in (self.pieces[number] for number in numbers):
            if found and found[-1][0].line is piece.line and piece.gap is Gap.SPACE:
                found[-1] = (found[-1][0], piece.end)
            else:
                found.append((piece, piece.end))
        parts = ((piece.page, part_of(piece.line, piece.start, end)) for piece, end in found)
        return tuple(PagedLine(page, line) for page, line in parts if line is not None)

    def remark(self, numbers: Sequence[int], words: str) -> None:
        """Something to be said of some pieces; nothing may confirm them."""
        for part in self.fragments(numbers):
            self.remarks.append(Remark(_TORN, part.page, part.line.box, words, touches=True))


class _Builder:
    """Builds the grid of one table."""

    def __init__(self, reader: _Reader, above: _Head | None, head: _Head) -> None:
        self.reader, self.form, self.pieces, self.labels = reader, reader.form, reader.pieces, reader.labels
        self.above, self.head = above, head
        self.width = max(1 + len(head.columns), 2 + len(above.columns) if above else 0)
        self.layout = _Layout(self.pieces, self.width)
        self.habits = Habits((0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0))

    def build(self, start: int, end: int, total: Label | None) -> _Found:
        """The table of pieces start..end."""
        labels = [label for label in self._labels_between(start, end) if label.exact]
        torn = [self.pieces[at].gap for label in labels for at in range(label.start + 1, label.end)]
        self.habits = habits_of(self.pieces[start:end], torn)
        self._pairs(start, self.above.start if self.above else self.head.start)
        goals = self._goal_labels()
        points = self._points(total, end) if total else []
        funds, rows = self._read(goals[0][0].start if goals else self.head.start, total.start if total else end, points)
        if self.above:
            self._funds(self.above, funds)
        if goals:
            self._goals(goals)
        self._indicators(rows)
        if total:
            self._total(total, points, end)
        return self._found(start, end)

    def _found(self, start: int, end: int) -> _Found:
        pieces, layout = self.pieces[start:end], self.layout
        pages = sorted({piece.page for piece in pieces})
        boxes = tuple(union([piece.line.box for piece in pieces if piece.page == page]) for page in pages)
        cells = sorted(layout.cells, key=lambda cell: (cell.row, cell.column))
        table = JoinedTable(tuple(pages), boxes, layout.row, self.width, tuple(cells))
        return _Found(table, {piece.row for piece in pieces}, tuple(layout.remarks))

    # pairs of label and text

    def _pairs(self, start: int, end: int) -> None:
        """项目名称, 主管部门 …: each with its text in a row."""
        marks = [
            label for label in self._labels_between(start, end) if label.words in self.form.pairs | self.form.beside
        ]
        bounds = [*(label.start for label in marks), end]
        for label, until in zip(marks, bounds[1:], strict=True):
            if label.words in self.form.beside:
                self.beside = label
                continue
            self.layout.put(0, 2, label.start, label.end)
            if until > label.end:
                self.layout.put(2, self.width, label.end, until)
            self.layout.close()

    def _labels_between(self, start: int, end: int) -> list[Label]:
        """The labels between two pieces, the longest first where they overlap."""
        found: list[Label] = []
        at = start
        while at < end:
            label = next((label for label in self.labels.get(at, ()) if label.end <= end), None)
            if label is None:
                at += 1
            else:
                found.append(label)
                at = label.end
        return found

    # rows of money

    def _funds(self, head: _Head, funds: Sequence[Reading]) -> None:
        """The head of the rows of money, and the rows."""
        first = self.width - len(head.columns)
        margin = [
            label
            for label in self._labels_between(max(0, head.start - 8), head.start)
            if label.words in self.form.beside
        ]
        for column, label in enumerate(margin[-2:]):
            self.layout.put(column, column + 1, label.start, label.end)
        for offset, (_, begin, until) in enumerate(head.columns):
            self.layout.put(first + offset, first + offset + 1, begin, until)
        self.layout.close()
        self._rows(funds, [1, *range(first, self.width)], first)

    # two texts side by side

    def _goal_labels(self) -> list[tuple[Label, int]]:
        """The labels of the goals: what stands beside them, the left one, the right one, with their columns."""
        begin = self.above.end if self.above else 0
        region = [label for label in self._labels_between(begin, self.head.start)]
        left, right = self.form.goals
        at = next((n for n, label in enumerate(region) if label.words in left), None)
        if at is None:
            return []
        found = [(region[at], 1)]
        if at and region[at - 1].words in self.form.beside:
            found.insert(0, (region[at - 1], 0))
        after = next((label for label in region[at + 1 :] if label.words in right), None)
        if after is not None and after.start == region[at].end:
            found.append((after, self.width // 2 + 1))
        return found

    def _goals(self, labels: Sequence[tuple[Label, int]]) -> None:
        middle = self.width // 2 + 1
        for label, column in labels:
            until = 1 if column == 0 else middle if column == 1 else self.width
            self.layout.put(column, until, label.start, label.end)
        self.layout.close()
        start, end = labels[-1][0].end, self.head.start
        while (label := self._last_label(start, end)) is not None:
            end = label.start
        if end > start:
            cut = self._break(start, end) if labels[-1][1] == middle else end
            self.layout.put(1, middle, start, cut)
            if cut < end:
                self.layout.put(middle, self.width, cut, end)
            self.layout.close()

    def _last_label(self, start: int, end: int) -> Label | None:
        """A label beside a part that ends the pieces."""
        return next(
            (
                label
                for at in range(start, end)
                for label in self.labels.get(at, ())
                if label.end == end and label.words in self.form.beside
            ),
            None,
        )

    def _break(self, start: int, end: int) -> int:
        """Where the second of two texts begins that follow each other in lines."""
        pieces = self.pieces
        borders = [at for at in range(start + 1, end) if pieces[at].gap is not Gap.SPACE]
        cells = [at for at in borders if pieces[at].gap is Gap.CELL]
        if cells:
            return cells[0]
        if not borders:
            return end
        return min(
            borders,
            key=lambda at: self._unevenness(start, at) + self._unevenness(at, end) + self._abruptness(start, at),
        )

    def _unevenness(self, start: int, end: int) -> float:
        """How far the lines of a text, but the last, are from being full."""
        lines: dict[int, list[Piece]] = {}
        for piece in self.pieces[start:end]:
            lines.setdefault(piece.row, []).append(piece)
        full = max(line[0].width for line in lines.values())
        cost = 0.0
        for line, below in pairwise(lines.values()):
            ends = line[-1].text[-1] in "。;:!" or _ITEM.match(_words(below))
            cost += max(0.0, full - line[0].width - 1.5) * (0.2 if ends else 1.0)
        return cost

    def _abruptness(self, start: int, at: int) -> float:
        """What speaks against a break at a piece."""
        piece, above = self.pieces[at], self.pieces[at - 1]
        cost = self.habits.part[piece.gap] - self.habits.join[piece.gap]
        same = len(piece.text) > 3 and self.pieces[start].text[:4] == piece.text[:4]
        item = _ITEM.match(_words(self.pieces[at : at + 2]))
        cost += 4.0 * (item is not None and item["number"] not in ("1", "一"))
        return cost - 2.0 * same - 2.0 * (above.text[-1] in "。;!") + 1.0 * (above.text[-1] in ",、:")

    # the main part

    def _indicators(self, rows: Sequence[Reading]) -> None:
        """The head of the main part, and its rows."""
        for offset, (_, begin, until) in enumerate(self.head.columns):
            self.layout.put(1 + offset, 2 + offset, begin, until)
        self.layout.close()
        self._rows(rows, range(1, 1 + len(self.head.columns)), 0)

    def _read(self, above_end: int, end: int, points: Sequence[Placed]) -> tuple[list[Reading], list[Reading]]:
        """The rows of money and those of the main part. points: the figures of the last row."""
        part, above = self.form.rows, self.form.above
        columns = [column_of(name, part.kinds[name or ""]) for name, *_ in self.head.columns]
        main = [ways_of(row, columns, self.pieces) for row in self._aligned(part, columns, self.head.end, end)]
        funds: list[Reading] = []
        money: list[Column] = []
        if self.above:
            money = [column_of(above.first, "name"), *map(self._money, self.above.columns)]
            rows = self._aligned(above, money, self.above.end, above_end)
            ways = [ways_of(row, money, self.pieces) for row in rows]
            funds = decided(ways, money, lambda chosen: self._adds_up(chosen, money))
        scored = self._scored(funds, money)
        totals = {columns[cell.column or 0].field: amount_of(cell, self.pieces) for cell in points}
        return funds, decided(main, columns, lambda chosen: self._comes_to(chosen, columns, totals, scored))

    def _money(self, column: tuple[str | None, int, int]) -> Column:
        kind = self.form.above.kinds[column[0] or ""]
        return column_of(column[0], kind, optional=kind != "amount")

    def _adds_up(self, rows: Sequence[Way], columns: Sequence[Column]) -> bool:
        """Whether in every column of amounts the first row is the sum of the others."""
        amounts = [at for at, column in enumerate(columns) if column.kind == "amount"]
        values = [[self._value(row, at) for row in rows] for at in amounts]
        return len(rows) > 1 and all(None not in column and column[0] == sum(column[1:]) for column in values)

    def _scored(self, funds: Sequence[Reading], columns: Sequence[Column]) -> dict[str | None, Decimal | None]:
        """The points of the first row of money, by field."""
        if not funds or funds[0].open or funds[0].doubtful:
            return {}
        return {
            column.field: self._value(funds[0].cells, at)
            for at, column in enumerate(columns)
            if column.kind == "points"
        }

    def _comes_to(
        self,
        rows: Sequence[Way],
        columns: Sequence[Column],
        totals: Mapping[str | None, Decimal | None],
        scored: Mapping[str | None, Decimal | None],
    ) -> bool:
        """Whether every column of points comes to its total, with the points of the money or without."""
        told = [(at, column.field) for at, column in enumerate(columns) if totals.get(column.field) is not None]
        for at, name in told:
            values = (self._value(row, at) for row in rows)
            points = sum((value for value in values if value is not None), Decimal(0))
            if totals[name] not in (points, points + (scored.get(name) or 0)):
                return False
        return bool(told)

    def _value(self, row: Way, column: int) -> Decimal | None:
        return next((amount_of(cell, self.pieces) for cell in row if cell.column == column), None)

    def _aligned(self, part: Part, columns: Sequence[Column], start: int, end: int) -> list[list[Placed]]:
        """The rows of a part, with the numbers of pieces of the whole."""
        own = self.pieces[start:end]
        labels = {
            at - start: [
                replace(label, start=label.start - start, end=label.end - start) for label in found if label.end <= end
            ]
            for at, found in self.labels.items()
            if start <= at < end
        }
        rows = Alignment(own, columns, labels, part.levels, self.form.beside, self.habits).rows()
        return [[Placed(cell.column, cell.start + start, cell.end + start) for cell in row] for row in rows]

    def _rows(self, rows: Sequence[Reading], places: Sequence[int], wide: int) -> None:
        """Lay rows out. places: the columns of the grid. wide: how far the first cell reaches, if it is not one."""
        for row in rows:
            strays = [at for cell in row.cells if cell.column is None for at in range(cell.start, cell.end)]
            for cell in row.cells:
                if cell.column is not None:
                    at = places[cell.column]
                    self.layout.put(at, wide if wide and cell.column == 0 else at + 1, cell.start, cell.end)
            for cell in row.doubtful:
                self.layout.remark(range(cell.start, cell.end), _CHOSEN)
            for cell in row.open:
                strays += range(cell.start, cell.end)
                self.layout.remark(range(cell.start, cell.end), _OPEN)
            if strays:
                self.layout.add(0, 1, sorted(strays))
            self.layout.close()

    def _points(self, label: Label, end: int) -> list[Placed]:
        """The figures of the last row, each in its column of the head; none where they do not tell."""
        kinds = [self.form.rows.kinds[name or ""] for name, *_ in self.head.columns]
        columns = [at for at, kind in enumerate(kinds) if kind == "points"]
        numbers = [at for at in range(label.end, end) if NUMBER.fullmatch(self.pieces[at].text)]
        if len(numbers) != len(columns):
            return []
        spans = pairwise([*numbers, end])
        return [Placed(column, *span) for column, span in zip(columns, spans, strict=True)]

    def _total(self, label: Label, points: Sequence[Placed], end: int) -> None:
        """The last row; what its figures are must be told by their number."""
        first = points[0].column or 0 if points else self.width - 2
        self.layout.put(0, first + 1, label.start, label.end)
        for cell in points:
            self.layout.put((cell.column or 0) + 1, (cell.column or 0) + 2, cell.start, cell.end)
        if not points and end > label.end:
            self.layout.put(first + 1, self.width, label.end, end)
            self.layout.remark(range(label.end, end), _OPEN)
        self.layout.close()
