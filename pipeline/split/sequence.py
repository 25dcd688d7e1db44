"""A sequence of pieces of cells, aligned with the columns of a form: which pieces are one cell, and of which column.

Where a table has lost its lines, its words still stand in an order. The alignment is the cheapest way to read them as
rows of the form (dynamic programming over pieces and columns). It costs something where a cell is not of its column's
kind, where one is missing, where words are joined over a gap that parts cells elsewhere in the table, and where they
are parted without one. What a cell says is never used: a figure is of a kind, whatever its value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from recount.pipeline.document import Line
from recount.pipeline.split.paragraphs import TextRow
from recount.pipeline.split.text import fold
from recount.schemas.forms import FIGURES, Kind, label_of

# --- pieces


class Gap(IntEnum):
    """What stands before a piece: a blank on its line, the border of a cell, a line end, an empty line."""

    SPACE = 0
    CELL = 1
    LINE = 2
    BLANK = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """Words without a blank: characters start..end of a line. text: folded. row: number of its physical line.

    alone: it is all that stands on that line. width: of that line, in full-width characters. turn: a page begins.
    """

    text: str
    page: int
    line: Line
    start: int
    end: int
    row: int
    gap: Gap
    alone: bool
    width: float
    turn: bool = False


_CLOSE = frozenset("，。；：、“”（）《》！？")
_WORDS = re.compile(r"\S+")
_EMPTY_LINE = 1.9  # heights from line to line beyond which something was left empty


def pieces_of(rows: Sequence[TextRow]) -> list[Piece]:
    """The pieces of physical lines, in their order."""
    found: list[Piece] = []
    above: TextRow | None = None
    for number, row in enumerate(rows):
        words = [
            (index, part.line, word)
            for index, part in enumerate(row.pieces)
            for word in _WORDS.finditer(part.line.text)
        ]
        width = _width(row.folded)
        last = -1
        for index, line, word in words:
            gap = _gap_of_rows(above, row) if last < 0 else Gap.SPACE if index == last else Gap.CELL
            text = fold(word[0])
            found.append(Piece(text, row.page, line, *word.span(), number, gap, len(words) == 1, width))
            last = index
        above = row
    return found


def _width(folded: str) -> float:
    """The width of a line in full-width characters; punctuation is often set closer."""
    return sum(1.0 if char >= "\u2e80" and char not in _CLOSE else 0.5 for char in folded)


def _gap_of_rows(above: TextRow | None, row: TextRow) -> Gap:
    if above is None or above.page != row.page:
        return Gap.BLANK
    height = min(above.box[3] - above.box[1], row.box[3] - row.box[1])
    return Gap.BLANK if row.box[1] - above.box[1] > _EMPTY_LINE * height else Gap.LINE


# --- labels


@dataclass(frozen=True, slots=True)
class Label:
    """A label of the form at pieces start..end. words: as the form has it; exact: whether nothing of it is lost."""

    start: int
    end: int
    words: str
    exact: bool


_MOST_PIECES = 10  # of a label
_LOSES_ONE = 4  # characters that a label needs to be known without one of them


class Lexicon:
    """The labels of forms, as they may stand in pieces: torn, with stray blanks, a character lost."""

    def __init__(self, labels: Collection[str]) -> None:
        self._words = {label: label for label in labels}
        self._near: dict[str, str | None] = {}
        for label in labels:
            if len(label) >= _LOSES_ONE:
                for at in range(len(label)):
                    short = label[:at] + label[at + 1 :]
                    self._near[short] = None if self._near.get(short, label) != label else label
        known = (*self._words, *self._near)
        self._beginnings = frozenset(word[:length] for word in known for length in range(1, len(word) + 1))

    def at(self, pieces: Sequence[Piece], start: int) -> list[Label]:
        """The labels that begin with a piece, the longest first."""
        found: list[Label] = []
        text = ""
        for end in range(start, min(start + _MOST_PIECES, len(pieces))):
            text += pieces[end].text
            said = label_of(text)
            exact = self._words.get(said)
            label = exact or self._near.get(said)
            if label is not None:
                found.append(Label(start, end + 1, label, exact is not None))
            if said not in self._beginnings and (said or "(" not in text):
                if text.count("(") <= text.count(")") or said.partition("(")[0] not in self._beginnings:
                    break
        return found[::-1]


# --- the habits of a table


@dataclass(frozen=True, slots=True)
class Habits:
    """What gaps cost in a table. join, part: by gap, to read what stands on both sides as one cell or as two.

    row: by gap, to begin a row there. stay: by gap, to go on in the row.
    """

    join: tuple[float, float, float, float]
    part: tuple[float, float, float, float]
    row: tuple[float, float, float, float]
    stay: tuple[float, float, float, float]


_NEVER = 30.0
_SEVERAL = 3  # numbers with mere blanks between, from which on blanks part cells
_FEW = 3  # torn labels that tell what does not part cells


def habits_of(pieces: Sequence[Piece], torn: Sequence[Gap]) -> Habits:
    """What gaps mean in a table, as far as its figures show, and its labels: torn are the gaps inside of these."""
    loose = _blanks_part(pieces)
    cells = sum(piece.gap is Gap.CELL for piece in pieces)
    lines = sum(piece.gap in (Gap.LINE, Gap.BLANK) for piece in pieces)
    if not loose:
        rows_tell = cells > lines
        stay = (0.0, 0.0, 1.5, 2.5) if rows_tell else (0.0, 0.0, 0.0, 0.6)
        row = (_NEVER, 5.0 if rows_tell else 1.0, 0.0, 0.0)
        by_line, by_blank = (0.2 if torn.count(gap) >= _FEW else 3.0 for gap in (Gap.LINE, Gap.BLANK))
        return Habits((0.0, 8.0, by_line, by_blank), (_NEVER, 0.0, 0.1, 0.0), row, stay)
    by_line, by_blank = torn.count(Gap.LINE), torn.count(Gap.BLANK)
    line = 0.2 if by_line >= _FEW or by_blank < _FEW else 3.0
    blank = 0.2 if by_blank >= _FEW or by_line < _FEW else 3.0
    return Habits((0.3, 4.0, line, blank), (0.3, 0.0, 0.1, 0.1), (3.0, 2.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0))


def _blanks_part(pieces: Sequence[Piece]) -> bool:
    """Whether mere blanks part cells: several numbers follow each other on a line."""
    run = 0
    for piece in pieces:
        is_number = NUMBER.fullmatch(piece.text) is not None or RATE.fullmatch(piece.text) is not None
        run = (run + 1 if piece.gap is Gap.SPACE and run else 1) if is_number else 0
        if run >= _SEVERAL:
            return True
    return False


# --- kinds

NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:分|元|万元)?")
RATE = re.compile(r"-?\d+(?:\.\d+)?%")
_DASH = re.compile(r"[-—–－―─/／*]+")
_TAIL = re.compile(r"分|元|万元")
_CUT_NUMBER = re.compile(r"-?[\d,]+[.,]")
_DIGITS = re.compile(r"\d+")
_TARGET = re.compile(r"[<>=≥≤≧≦]")
_BEGINS_NUMBER = re.compile(r"-?\d")
_MOST_POINTS = 100
_DECIMALS = re.compile(r"\d\.\d\d(?!\d)")


def _ends_of_figure(pieces: Sequence[Piece], start: int, kind: Kind) -> list[tuple[int, float]]:
    """Where a figure may end that begins with a piece, and what reading it as one of a kind costs."""
    text = pieces[start].text
    if _DASH.fullmatch(text):
        return [(start + 1, 0.5)]
    if RATE.fullmatch(text):
        return [(start + 1, 0.0)] if kind == "rate" else []
    end = start + 1
    after = pieces[end].text if end < len(pieces) else ""
    if _CUT_NUMBER.fullmatch(text) and _DIGITS.fullmatch(after):
        text, end = text + after, end + 1
        after = pieces[end].text if end < len(pieces) else ""
    if not NUMBER.fullmatch(text):
        return []
    cost = 1.5 if kind == "rate" else 0.0
    if kind == "points" and float(text.rstrip("分元万").replace(",", "")) > _MOST_POINTS:
        cost += 6.0
    if kind == "amount" and _DECIMALS.search(text):
        cost -= 0.2
    ends = [(end, cost)]
    if _TAIL.fullmatch(after):
        ends.insert(0, (end + 1, cost - 0.5))
    return ends


def begins(kind: Kind, text: str) -> float:
    """What it costs that a cell of words of a kind begins with a piece."""
    target, rate = _TARGET.match(text) is not None, RATE.fullmatch(text) is not None
    bare = NUMBER.fullmatch(text) is not None
    if kind == "target":
        return -3.0 if target else 1.0 if bare else 0.5
    if target:
        return 8.0
    if kind == "value":
        return 0.0 if _BEGINS_NUMBER.match(text) else 0.5
    if bare or rate:
        return 5.0
    return 0.5 if kind == "remark" else 0.0


def _is_number(text: str) -> bool:
    return NUMBER.fullmatch(text) is not None or RATE.fullmatch(text) is not None


def cost_of(kind: Kind, cell: Sequence[Piece]) -> float:
    """What it costs to read a whole cell as one of a kind."""
    if kind not in FIGURES:
        return 0.5 if _DASH.fullmatch(cell[0].text) else begins(kind, cell[0].text)
    return next((cost for end, cost in _ends_of_figure(cell, 0, kind) if end == len(cell)), _NEVER)


# --- the alignment


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the form. blank: what it costs to leave it out of a row that has others."""

    field: str | None
    kind: Kind
    blank: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell: pieces start..end in a column; None for pieces that stand in no column."""

    column: int | None
    start: int
    end: int


_BLANKS: Mapping[Kind, float] = {
    "level": 0.0, "name": 4.0, "target": 3.0, "value": 3.0, "points": 6.0, "amount": 4.0, "rate": 2.0, "remark": 0.2,
}  # fmt: skip
_NONE = -1
_STRAY = 7.0
_NEARLY = 1.0
_UNLABELLED = 5.0  # a label that is read as other words


def column_of(field: str | None, kind: Kind, *, optional: bool = False) -> Column:
    """A column; optional: many of its cells are empty."""
    return Column(field, kind, min(_BLANKS[kind], 0.3) if optional else _BLANKS[kind])


@dataclass(frozen=True, slots=True)
class _Step:
    """The cheapest way to have read the pieces up to a place. begun: where its last cell begins."""

    cost: float
    column: int
    begun: int
    row: bool
    before: _Step | None
    stray: bool = False


class Alignment:
    """Reads pieces as rows of columns. levels: by label, the columns that it may stand in; beside: labels of none."""

    def __init__(
        self,
        pieces: Sequence[Piece],
        columns: Sequence[Column],
        labels: Mapping[int, Sequence[Label]],
        levels: Mapping[str, frozenset[str]],
        beside: Collection[str],
        habits: Habits,
    ) -> None:
        self.pieces, self.columns, self.labels = pieces, columns, labels
        self.levels, self.beside, self.habits = levels, beside, habits
        self.echoes = _echoes(pieces)
        self.usual = _usual(pieces)
        self.ends = [self._left_blank(column) for column in range(len(columns))]

    def _left_blank(self, last: int) -> float:
        """What it costs that a row ends with a column; one that says no more than its level is usual."""
        if self.columns[last].kind == "level":
            return 1.0
        return sum(column.blank for column in self.columns[last + 1 :])

    def rows(self) -> list[list[Placed]]:
        """The rows, each its cells in order."""
        count = len(self.pieces)
        steps: list[dict[int, _Step]] = [{} for _ in range(count + 1)]
        steps[0][_NONE] = _Step(0.0, _NONE, 0, False, None, stray=True)
        for at in range(count):
            for step in self._next(at, steps[at]):
                self._keep(steps, *step)
        return self._traced(min(steps[count].values(), key=self._closed)) if count else []

    def _closed(self, step: _Step) -> float:
        return step.cost + (self.ends[step.column] if step.column >= 0 else 0.0)

    @staticmethod
    def _keep(steps: list[dict[int, _Step]], end: int, step: _Step) -> None:
        there = steps[end].get(step.column)
        if there is None or step.cost < there.cost:
            steps[end][step.column] = step

    def _next(self, at: int, steps: Mapping[int, _Step]) -> list[tuple[int, _Step]]:
        """The steps that lead on from a place, with where they lead."""
        piece, habits = self.pieces[at], self.habits
        found: list[tuple[int, _Step]] = []
        kinds = [(label, self.levels.get(label.words, frozenset())) for label in self.labels.get(at, ())]
        penalty = _UNLABELLED if any(fields for _, fields in kinds) else 0.0
        for column, step in steps.items():
            found += self._same_cell(at, column, step, penalty)
        reach: float | None = None
        origin: _Step | None = None
        above = min(steps.values(), key=self._closed) if steps else None
        opened = self._closed(above) + habits.row[piece.gap] * (at > 0) if above else None
        lead = 0.0
        for column, spec in enumerate(self.columns):
            ways: list[tuple[float, bool, _Step | None]] = []
            if reach is not None:
                ways.append((reach + habits.part[piece.gap] + habits.stay[piece.gap], False, origin))
            if opened is not None:
                ways.append((opened + lead, True, above))
            if ways:
                cost, new, before = min(ways, key=lambda way: way[0])
                repeated = self._repeats(at, before) if spec.kind == "value" and not new else 0.0
                for end, price in self._cells(at, column, kinds, penalty + repeated):
                    found.append((end, _Step(cost + price, column, at, new, before)))
            mine = steps.get(column)
            blank = 0.5 if spec.kind == "level" else spec.blank
            reach = None if reach is None else reach + blank
            if mine is not None and (reach is None or mine.cost < reach):
                reach, origin = mine.cost, mine
            lead += spec.blank
        return found

    def _same_cell(self, at: int, column: int, step: _Step, penalty: float) -> list[tuple[int, _Step]]:
        """The piece goes on in the cell before it, or stands in no cell, or is of a label beside the rows."""
        piece = self.pieces[at]
        found: list[tuple[int, _Step]] = []
        for label in self.labels.get(at, ()):
            if label.words in self.beside:
                found.append((label.end, _Step(step.cost + 0.2, column, at, False, step, stray=True)))
        found.append((at + 1, _Step(step.cost + _STRAY, column, at, False, step, stray=True)))
        if column < 0 or step.stray:
            return found
        kind = self.columns[column].kind
        if kind not in FIGURES and kind != "level":
            cost = self.habits.join[piece.gap] + self._goes_on(kind, at)
            cost += self._fullness(at) + penalty
            if at in self.echoes and kind in ("target", "name"):
                cost += 2.0
            found.append((at + 1, _Step(step.cost + cost, column, step.begun, step.row, step.before)))
        return found

    def _goes_on(self, kind: Kind, at: int) -> float:
        """What speaks against words of a kind that go on with a piece, apart from the gap."""
        piece = self.pieces[at]
        if piece.gap is Gap.SPACE and self.habits.part[Gap.SPACE] >= _NEVER:
            return 0.0
        if _TARGET.match(piece.text):
            return 8.0
        if not _is_number(piece.text):
            return 0.0
        if any(_is_number(other.text) for other in self.pieces[at - 1 : at + 2 : 2]):
            return 2.0
        return 0.5 if kind in ("name", "remark") else 0.0

    def _fullness(self, at: int) -> float:
        """What speaks against a cell that goes on here: the line above was not full."""
        piece, above = self.pieces[at], self.pieces[at - 1]
        if not (above.alone and piece.gap is not Gap.SPACE and piece.gap is not Gap.CELL):
            return 0.0
        cost = 0.0 if piece.alone else 0.7
        if piece.alone and piece.width > above.width + 1.6:
            cost += 1.0
        if at > 1:
            before = self.pieces[at - 2]
            if before.alone and above.gap is piece.gap and above.width + 0.9 < before.width:
                cost += 1.0
        return cost

    def _cells(
        self, at: int, column: int, kinds: Sequence[tuple[Label, frozenset[str]]], penalty: float
    ) -> list[tuple[int, float]]:
        """The cells of a column that begin with a piece, as far as their ends are known: where, and what they cost."""
        spec = self.columns[column]
        if spec.kind == "level":
            return [
                (label.end, (0.0 if label.exact else _NEARLY) + self._joins(label))
                for label, fields in kinds
                if spec.field in fields
            ]
        if spec.kind in FIGURES:
            return [(end, cost) for end, cost in _ends_of_figure(self.pieces, at, spec.kind)]
        text = self.pieces[at].text
        if _DASH.fullmatch(text):
            return [(at + 1, 0.5)]
        cost = begins(spec.kind, text) + penalty
        if spec.kind == "value":
            cost += self._after_unit(at)
        elif spec.kind == "target" and at in self.echoes.values():
            cost -= 2.0
        elif spec.kind == "remark":
            cost += self._explains(at)
        return [(at + 1, cost)]

    def _repeats(self, at: int, before: _Step | None) -> float:
        """What speaks for a value that says again what its target says, or how that ends (有效改善 改善)."""
        if before is None or self.columns[before.column].kind != "target":
            return 0.0
        if self.echoes.get(at) == before.begun:
            return -3.0
        text, target = self.pieces[at].text, self.pieces[at - 1].text
        return -1.5 if len(text) > 1 and at - 1 == before.begun and target.endswith(text) else 0.0

    def _joins(self, label: Label) -> float:
        """What it costs that a label is torn, next to cells that are not parted there."""
        return sum(
            0.1 * (self.pieces[at].gap > Gap.SPACE) + 6.0 * (self.pieces[at].gap is Gap.CELL)
            for at in range(label.start + 1, label.end)
        )

    def _after_unit(self, at: int) -> float:
        """A value that begins with a number where the words before end with none."""
        if not _BEGINS_NUMBER.match(self.pieces[at].text) or at == 0:
            return 0.0
        return -0.5 if not self.pieces[at - 1].text[-1].isdigit() else 0.0

    def _explains(self, at: int) -> float:
        """What is said behind two numbers: a score below its weight has a reason."""
        if at < 2 or self.pieces[at].gap in (Gap.SPACE, Gap.CELL):
            return 0.0
        if self.pieces[at].text in self.usual:
            return -1.0
        weight, score = (NUMBER.fullmatch(self.pieces[index].text) for index in (at - 2, at - 1))
        if not weight or not score:
            return 0.0
        return -1.5 if weight[0].rstrip("分") != score[0].rstrip("分") else 2.0

    def _traced(self, step: _Step) -> list[list[Placed]]:
        """The rows that led to a step."""
        cells: list[tuple[Placed, bool]] = []
        end = len(self.pieces)
        trace: _Step | None = step
        while trace is not None:
            cells.append((Placed(None if trace.stray else trace.column, trace.begun, end), trace.row))
            end, trace = trace.begun, trace.before
        rows: list[list[Placed]] = []
        for placed, new in reversed(cells):
            if placed.start == placed.end:
                continue
            if new or not rows:
                rows.append([])
            rows[-1].append(placed)
        return rows


_OFTEN = 3  # times


def _usual(pieces: Sequence[Piece]) -> frozenset[str]:
    """What often stands behind two numbers (无偏差): no name is said so often."""
    behind = Counter(
        pieces[at].text
        for at in range(2, len(pieces))
        if all(NUMBER.fullmatch(piece.text) for piece in pieces[at - 2 : at])
    )
    return frozenset(text for text, times in behind.items() if times >= _OFTEN and not _is_number(text))


_ECHO = 9  # pieces


def _echoes(pieces: Sequence[Piece]) -> dict[int, int]:
    """Where words are said again (有效提升 有效提升, >=90% 90%): by the piece where that begins, where it was said first."""
    found: dict[int, int] = {}
    texts = [piece.text for piece in pieces]
    for at in range(1, len(texts)):
        said = ""
        for start in range(at - 1, max(at - _ECHO, -1), -1):
            said = texts[start] + said
            bare = said.lstrip("<>=≥≤≧≦")
            if len(bare) > 1 and _says(texts, at, bare):
                found[at] = start
    return found


def _says(texts: Sequence[str], at: int, words: str) -> bool:
    """Whether some pieces say just these words."""
    text = ""
    for piece in texts[at : at + _ECHO]:
        text += piece
        if text == words:
            return True
        if not words.startswith(text):
            return False
    return False
