"""A torn table, laid out as the ruled one would be, so that whatever reads tables reads it.

Figures whose column only sums told carry a remark, because what was used to choose proves nothing. Those that nothing
placed stand left of the columns, where nothing reads them as a figure of the report, with a remark too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

from recount.pipeline.document import Remark
from recount.pipeline.split.align import (
    REST,
    Alignment,
    Column,
    Placed,
    Reading,
    Way,
    decided,
    kind_of,
    value_in,
    ways_of,
)
from recount.pipeline.split.lattice import part_of
from recount.pipeline.split.sequence import NUMBER, Gap, Label, Piece, habits_of, is_number
from recount.pipeline.split.tables import JoinedCell, JoinedTable, table_of
from recount.pipeline.split.text import PagedLine
from recount.schemas.family import FIGURES, Form, Kind, Part
from recount.schemas.saying import Saying, say

_CHOSEN = say("column_by_sums")
_OPEN = say("cells_unknown")
_FIGURE = re.compile(r"\d[.,]\d")
_NO_AMOUNT = re.compile(r"元|万元|[-—–－―─/]+")
"""What may stand where an amount belongs, beside one or for none."""
_TURNED = say("row_cut")


@dataclass(frozen=True, slots=True)
class Torn:
    """Rows of text as the pieces of tables of a form. labels: by the piece that they begin with, the longest first."""

    form: Form
    pieces: Sequence[Piece]
    labels: Mapping[int, Sequence[Label]]

    def between(self, start: int, end: int) -> list[Label]:
        """The labels between two pieces, the longest where they overlap."""
        found: list[Label] = []
        for at in range(start, end):
            if not found or at >= found[-1].end:
                found += [label for label in self.labels.get(at, ()) if label.end <= end][:1]
        return found


@dataclass(frozen=True, slots=True)
class Head:
    """A head of labels: pieces start..end; the field and the pieces of each column.

    lost: by column, what a label says that has lost a character and is known by the others alone.
    """

    start: int
    end: int
    columns: tuple[tuple[str, range], ...]
    lost: Mapping[int, str] = field(default_factory=dict)

    def of_kind(self, part: Part, kind: Kind) -> list[int]:
        """The columns of a kind."""
        return [at for at, (name, _) in enumerate(self.columns) if part.kinds[name] == kind]


@dataclass(frozen=True, slots=True)
class Outline:
    """A table: pieces start..end; the head of its rows of money, that of its main part, the label of its last row."""

    start: int
    end: int
    money: Head | None
    head: Head
    total: Label | None


def laid_out(torn: Torn, outline: Outline) -> tuple[JoinedTable, Sequence[Remark]]:
    """The grid of a table, and what is to be said of its figures."""
    return _Table(torn, outline).build()


@dataclass(slots=True)
class _Sheet:
    """A grid while it is filled, row by row."""

    pieces: Sequence[Piece]
    width: int
    cells: list[JoinedCell] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    row: int = 0

    def put(self, column: int, end: int, numbers: Sequence[int], label: str | None = None) -> None:
        """Pieces into columns column..end of the row. label: what they say, where that is known otherwise."""
        self.cells.append(JoinedCell(self.row, column, self.row + 1, end, self._fragments(numbers), label))

    def close(self) -> None:
        """The row is complete, if anything stands in it."""
        self.row += any(cell.row == self.row for cell in self.cells)

    def leave(self, numbers: Sequence[int]) -> None:
        """Close the row, with pieces that stand in no column left of them all: the numbers each in a row by itself, so
        that it is one."""
        alone = [at for at in numbers if is_number(self.pieces[at].text)]
        words = [at for at in numbers if at not in alone]
        if words:
            self.put(0, 1, words)
        self.close()
        for at in alone:
            self.put(0, 1, [at])
            self.close()

    def remark(self, numbers: Sequence[int], words: Saying) -> None:
        """Something to be said of some pieces; nothing may confirm them."""
        for part in self._fragments(numbers):
            self.remarks.append(Remark("torn", part.page, part.line.box, words, touches=True))

    def _fragments(self, numbers: Sequence[int]) -> tuple[PagedLine, ...]:
        """The pieces; those that follow each other on a line are one."""
        runs: list[list[Piece]] = []
        for piece in (self.pieces[number] for number in numbers):
            if runs and runs[-1][-1].line is piece.line and piece.gap is Gap.SPACE:
                runs[-1].append(piece)
            else:
                runs.append([piece])
        parts = ((run[0].page, part_of(run[0].line, run[0].start, run[-1].end)) for run in runs)
        return tuple(PagedLine(page, line) for page, line in parts if line is not None)


class _Table:
    """A table while it is laid out."""

    def __init__(self, torn: Torn, outline: Outline) -> None:
        self.torn, self.outline = torn, outline
        self.form, self.pieces = torn.form, torn.pieces
        self.head, self.money = outline.head, outline.money
        money = 2 + len(self.money.columns) if self.money else 0
        width = max(1 + len(self.head.columns) + bool(self.form.money), money)
        self.sheet = _Sheet(torn.pieces, width)
        self.middle = width // 2 + 1
        labels = [label for label in torn.between(outline.start, outline.end) if label.exact]
        torn_by = [self.pieces[at].gap for label in labels for at in range(label.start + 1, label.end)]
        parted_by = [self.pieces[right.start].gap for left, right in pairwise(labels) if left.end == right.start]
        self.habits = habits_of(self.pieces[outline.start : outline.end], torn_by, parted_by)

    def build(self) -> tuple[JoinedTable, Sequence[Remark]]:
        """The table, from top to bottom."""
        goals, points = self._goal_labels(), self._points()
        columns = [Column.of(name, self.form.rows.kinds[name]) for name, _ in self.head.columns]
        self._pairs(goals)
        scored: Mapping[str | None, Decimal | None] = {}
        if self.money:
            scored = self._funds(self.money, goals[0].start if goals else self.head.start)
        self._goals(goals)
        end = self.outline.total.start if self.outline.total else self.outline.end
        ways = [
            ways_of(row, columns, self.pieces) for row in self._aligned(self.form.rows, columns, self.head.end, end)
        ]
        totals = {columns[cell.column or 0].field: value_in((cell,), cell.column or 0, self.pieces) for cell in points}
        rows = decided(ways, lambda chosen: self._come_to(chosen, columns, totals, scored))
        self._put_head(self.head, 1)
        whole = (self.form.rows.needs | self.form.rows.must) <= {column.field for column in columns}
        self._put_rows(rows, columns, range(1, 1 + len(columns)), whole=whole)
        self._put_total(points)
        parts = [(piece.page, piece.line.box) for piece in self.pieces[self.outline.start : self.outline.end]]
        return table_of(self.sheet.cells, self.sheet.row, self.sheet.width, parts), self.sheet.remarks

    # pairs of label and text

    def _pairs(self, goals: Sequence[Label]) -> None:
        """项目名称, 主管部门 …: each with its text in a row; labels with an amount in the half that they stand in."""
        end = (self.money or (goals[0] if goals else self.head)).start
        known = self.form.pairs.union(self.form.money, self.form.beside)
        marks = [label for label in self.torn.between(self.outline.start, end) if label.words in known]
        sides = self._sides(marks)
        if self.form.money:
            for label in (mark for mark in marks if mark.words in self.form.beside):
                self.sheet.put(0, 1, range(label.start, label.end))  # it may state the unit of the amounts
            self.sheet.close()
        for label, until in zip(marks, [*(mark.start for mark in marks[1:]), end], strict=True):
            if label.words in self.form.pairs:
                self.sheet.put(0, 2, range(label.start, label.end))
                self.sheet.put(2, self.sheet.width, range(label.end, until))
            elif label.words in self.form.money:
                self._put_money(label, range(label.end, until), sides.get(label.start))
            self.sheet.close()

    def _sides(self, marks: Sequence[Label]) -> dict[int, bool]:
        """Of labels with an amount, by the piece that they begin with, whether they stand in the right half; those are
        left out whose half cannot be told."""
        said: dict[str, list[Label]] = {}
        for label in marks:
            if label.words in self.form.money:
                said.setdefault(self.form.money[label.words], []).append(label)
        sums = said.get("sum", [])
        found: dict[int, bool] = {}
        for labels in said.values():
            lone = len(labels) == 1 and (len(sums) < 2 or labels[0].words in self.form.right)
            if lone or len(labels) == len(sums) == 2:
                found |= {label.start: len(sums) > 1 and (lone or at > 0) for at, label in enumerate(labels)}
        return found

    def _put_money(self, label: Label, amount: range, right: bool | None) -> None:
        """A label with its amount, in its half; open where that, or which number is the amount, cannot be told."""
        numbers = [at for at in amount if is_number(self.pieces[at].text)]
        rest = [at for at in amount if at not in numbers and _NO_AMOUNT.fullmatch(self.pieces[at].text) is None]
        first, behind = (self.middle, self.sheet.width - 1) if right else (0, 1)  # in columns of amounts alone
        if right is None or len(numbers) > 1 or rest:
            self.sheet.put(0, 1, range(label.start, amount.stop))  # in one cell, where it is no label
            self.sheet.remark(numbers, _OPEN)
            return
        self.sheet.put(first, behind, range(label.start, label.end))
        self.sheet.put(behind, behind + 1, amount)

    # rows of money

    def _funds(self, head: Head, end: int) -> Mapping[str | None, Decimal | None]:
        """The head and the rows of money; what the first of them has of points, by field."""
        part, first = self.form.above, self.sheet.width - len(head.columns)
        assert part is not None  # whose head it is
        beside = [
            label for label in self.torn.between(self.outline.start, head.start) if label.words in self.form.beside
        ]
        for column, label in enumerate(beside[-2:]):
            self.sheet.put(column, column + 1, range(label.start, label.end))
        self._put_head(head, first)
        columns = [Column.of(part.first, "name")]
        columns += [Column.of(name, part.kinds[name], seldom=part.kinds[name] != "amount") for name, _ in head.columns]
        ways = [ways_of(row, columns, self.pieces) for row in self._aligned(part, columns, head.end, end)]
        rows = decided(ways, lambda chosen: self._add_up(chosen, columns))
        others = self.torn.between(self.outline.start, head.start)
        whole = not any(label.words in part.heads for label in others)
        self._put_rows(rows, columns, [1, *range(first, self.sheet.width)], whole=whole)
        first_row = rows[0].cells if rows and not rows[0].doubtful else ()
        return {column.field: value_in(first_row, at, self.pieces) for at, column in enumerate(columns)}

    def _add_up(self, rows: Sequence[Way], columns: Sequence[Column]) -> bool:
        """Whether in every column of amounts the first row is the sum of the others."""
        amounts = [at for at, column in enumerate(columns) if column.kind == "amount"]
        values = [[value_in(row, at, self.pieces) for row in rows] for at in amounts]
        told = [[value for value in column if value is not None] for column in values]
        return len(rows) > 1 and all(len(column) == len(rows) and 2 * column[0] == sum(column) for column in told)

    # two texts side by side

    def _goal_labels(self) -> list[Label]:
        """The labels of the two texts, and before them the one beside, as far as they stand one after the other."""
        region = self.torn.between(self.money.end if self.money else self.outline.start, self.head.start)
        left, right = self.form.goals
        at = next((index for index, label in enumerate(region) if label.words in left), None)
        if at is None and self.form.money:  # the goal of the year alone
            at = next((index for index, label in enumerate(region) if label.words in right), None)
        if at is None:
            return []
        before = [label for label in region[:at] if label.end == region[at].start]
        beside = [label for label in before if label.words in self.form.beside]
        after = [label for label in region[at + 1 : at + 2] if label.words in right and label.start == region[at].end]
        return [*beside, region[at], *after]

    def _goals(self, labels: Sequence[Label]) -> None:
        """The labels of the two texts, and the texts below them."""
        if not labels:
            return
        left, right = self.form.goals
        places = {True: (1, self.middle), False: (0, 1)}
        for label in labels:
            columns = (self.middle, self.sheet.width) if label.words in right else places[label.words in left]
            self.sheet.put(*columns, range(label.start, label.end))
        self.sheet.close()
        start, end = labels[-1].end, self._end_of_goals(labels[-1].end)
        start = next((label.end for label in self.torn.labels.get(start, ()) if label.words in self.form.beside), start)
        both = any(label.words in left for label in labels)
        cut = (self._break(start, end) if both else start) if labels[-1].words in right else end
        if start < end:
            self.sheet.put(1, self.middle, range(start, cut))
            self.sheet.put(self.middle, self.sheet.width, range(cut, end))
            self.sheet.close()

    def _end_of_goals(self, start: int) -> int:
        """Where the texts end: before the labels that stand beside the next part."""
        end = self.head.start
        for label in reversed(self.torn.between(start, end)):
            if label.end == end and label.words in self.form.beside:
                end = label.start
        return end

    def _break(self, start: int, end: int) -> int:
        """Where the second of two texts begins that follow each other in lines."""
        borders = [at for at in range(start + 1, end) if self.pieces[at].gap is not Gap.SPACE]
        if not borders and end == start + 2 and not self.habits.sure:
            return start + 1  # both on one line
        cells = [at for at in borders if self.pieces[at].gap is Gap.CELL]
        if cells or not borders:
            return cells[0] if cells else end
        return min(
            borders,
            key=lambda at: _uneven(self.pieces[start:at]) + _uneven(self.pieces[at:end]) + self._abrupt(start, at),
        )

    def _abrupt(self, start: int, at: int) -> float:
        """What speaks against a break at a piece."""
        piece, above = self.pieces[at], self.pieces[at - 1]
        cost = self.habits.part[piece.gap] - self.habits.join[piece.gap]
        item = _ITEM.match(_words(self.pieces[at : at + 2]))
        cost += 4.0 * (item is not None and item["number"] not in ("1", "一"))
        cost -= 2.0 * (len(piece.text) > _ALIKE and self.pieces[start].text[:_ALIKE] == piece.text[:_ALIKE])
        return cost - 2.0 * (above.text[-1] in "。;!") + 1.0 * (above.text[-1] in ",、:")

    # the main part

    def _aligned(self, part: Part, columns: Sequence[Column], start: int, end: int) -> list[Way]:
        """The rows of pieces start..end."""
        if start >= end:
            return []
        labels = {
            at - start: [replace(label, start=at - start, end=label.end - start) for label in found if label.end <= end]
            for at, found in self.torn.labels.items()
            if start <= at < end
        }
        own = self.pieces[start:end]
        rows = Alignment(own, columns, labels, part.levels, self.form.beside, self.habits).rows()
        return [tuple(Placed(cell.column, cell.start + start, cell.end + start) for cell in row) for row in rows]

    def _come_to(
        self,
        rows: Sequence[Way],
        columns: Sequence[Column],
        totals: Mapping[str | None, Decimal | None],
        scored: Mapping[str | None, Decimal | None],
    ) -> bool:
        """Whether every column of points comes to its total, with the points of the money or without."""
        told = [(at, column.field) for at, column in enumerate(columns) if totals.get(column.field) is not None]
        for at, name in told:
            points = sum((value_in(row, at, self.pieces) or Decimal(0) for row in rows), Decimal(0))
            if totals[name] not in (points, points + (scored.get(name) or 0)):
                return False
        return bool(told)

    # laying out

    def _put_head(self, head: Head, first: int) -> None:
        for offset, (_, numbers) in enumerate(head.columns):
            self.sheet.put(first + offset, first + offset + 1, numbers, head.lost.get(offset))
        self.sheet.close()

    def _put_rows(
        self, rows: Sequence[Reading], columns: Sequence[Column], places: Sequence[int], *, whole: bool
    ) -> None:
        """Lay rows out. places: for each column that of the grid; the first may reach to the second. whole: whether
        the head has all its columns: one that lost some misplaces others."""
        rows = [Reading((), open=(*row.cells, *row.open)) if self._is_unnamed(row, columns) else row for row in rows]
        lost: list[Placed] = []
        for index, row in enumerate(rows):
            left = [cell for cell in row.cells if cell.column == REST]
            rest = [at for cell in left if self.pieces[cell.start].turn for at in cell.span]
            for cell in row.cells:
                if cell.column is not None and cell.column != REST:
                    until = places[1] if cell.column == 0 else places[cell.column] + 1
                    more = rest if columns[cell.column].kind == "name" else []
                    self.sheet.put(places[cell.column], until, [*cell.span, *more])
            strays = [cell for cell in row.cells if cell.column is None or (cell in left and not rest)]
            self.sheet.leave(sorted(at for cell in (*strays, *row.open) for at in cell.span))
            around = rows[max(index - 1, 0) : index + 2]
            lost, above = [cell for cell in strays if not self._is_beside(cell)], lost
            self.sheet.remark([at for cell in lost for at in cell.span if is_number(self.pieces[at].text)], _OPEN)
            amiss = (
                not whole
                or bool(left or lost or above)  # what is left over above may be the head of this row's name
                or self._is_misnamed(row, columns)
                or any(self._says_less(other, columns) for other in around if other is not row)
            )
            turned = amiss or any(self._may_go_on(*pair, columns) for pair in pairwise(around))
            self._remark(row, columns, turned=turned)

    def _says_less(self, row: Reading, columns: Sequence[Column]) -> bool:
        """Whether a row has words and no figure: it may be the rest of another."""
        kinds = {kind_of(cell, columns) for cell in row.cells} - {None}
        return not row.open and bool(kinds - {"level"}) and kinds.isdisjoint(FIGURES)

    def _is_misnamed(self, row: Reading, columns: Sequence[Column]) -> bool:
        """Whether a figure stands where the name of a row belongs."""
        names = [cell for cell in row.cells if kind_of(cell, columns) == "name"]
        return any(is_number(self.pieces[cell.start].text) for cell in names if len(cell.span) == 1)

    def _is_unnamed(self, row: Reading, columns: Sequence[Column]) -> bool:
        """Whether a figure stands in the place of a label: no label of money has one, whatever indicators may."""
        said = [self.pieces[at].text for cell in row.cells if cell.column == 0 for at in cell.span]
        return columns[0].kind == "name" and any(is_number(text) or _FIGURE.search(text) for text in said)

    def _is_beside(self, cell: Placed) -> bool:
        """Whether pieces are a label that stands beside the rows."""
        labels = self.torn.labels.get(cell.start, ())
        return any(label.words in self.form.beside and label.end == cell.end for label in labels)

    def _remark(self, row: Reading, columns: Sequence[Column], *, turned: bool) -> None:
        """What is to be said of a row's figures."""
        for cell in row.doubtful:
            self.sheet.remark(cell.span, _CHOSEN)
        for cell in row.open:
            self.sheet.remark(cell.span, _OPEN)
        for cell in row.cells if turned or row.open else ():  # where one cell is not told, none is sure of its column
            if kind_of(cell, columns) in FIGURES:
                self.sheet.remark(cell.span, _TURNED)

    def _may_go_on(self, row: Reading, below: Reading, columns: Sequence[Column]) -> bool:
        """Whether the name of a row may go on behind a page end, at the head of the next row's name."""
        names = [cell for cell in row.cells if kind_of(cell, columns) == "name"]
        first = below.cells[0] if below.cells else None
        if first is None or not names or not self.pieces[first.start].turn or self.habits.row[Gap.CELL] > _SURE:
            return False
        lines = [self.pieces[at].width for at in names[0].span if self.pieces[at].alone]
        return kind_of(first, columns) == "name" and bool(lines) and lines[-1] >= max(lines) - 1

    def _points(self) -> list[Placed]:
        """The figures of the last row, each in its column of the head; none where they do not tell."""
        total = self.outline.total
        columns = self.head.of_kind(self.form.rows, "points")
        behind = range(total.end, self.outline.end) if total else ()
        numbers = [at for at in behind if NUMBER.fullmatch(self.pieces[at].text)]
        if len(numbers) != len(columns):
            return []
        spans = pairwise([*numbers, self.outline.end])
        return [Placed(column, *span) for column, span in zip(columns, spans, strict=True)]

    def _put_total(self, points: Sequence[Placed]) -> None:
        """The last row; where its figures do not tell their columns, they stand in none."""
        total = self.outline.total
        if total is None:
            return
        first = 1 + self.head.of_kind(self.form.rows, "points")[0]
        self.sheet.put(0, first, range(total.start, total.end))
        for cell in points:
            self.sheet.put((cell.column or 0) + 1, (cell.column or 0) + 2, cell.span)
        if not points:
            self.sheet.leave(range(total.end, self.outline.end))
            self.sheet.remark(range(total.end, self.outline.end), _OPEN)
        self.sheet.close()


# --- texts in lines

_ITEM = re.compile(r"(?:目标:?|\(|其)?(?P<number>\d{1,2}|[一二三四五六七八九])(?:[、.)::,]|是)")
"""What begins an item of a list."""
_ALIKE = 4  # characters
_SURE = 3.0  # what a row must cost that begins amid a line where tabs part cells


def _words(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _uneven(pieces: Sequence[Piece]) -> float:
    """How far the lines of a text are from being full; the last one, and those above a new item, need not be."""
    lines: dict[int, list[Piece]] = {}
    for piece in pieces:
        lines.setdefault(piece.row, []).append(piece)
    full = max(line[0].width for line in lines.values())
    cost = 0.0
    for line, below in pairwise(lines.values()):
        ends = line[-1].text[-1] in "。;:!" or _ITEM.match(_words(below)) is not None
        cost += max(0.0, full - line[0].width - 1.5) * (0.2 if ends else 1.0)
    return cost
