"""A sequence of pieces, aligned with the columns of a form: which pieces are one cell, and of which column.

The alignment is the cheapest way to read the pieces as rows of the form (dynamic programming over pieces and columns).
It costs something where a cell is not of its column's kind, where one is missing, where words are joined over a gap
that parts cells elsewhere in the table, and where they are parted without one. How large a figure is, or what it adds
up to, is never asked. A row whose cells are all there can be read in one way. Where one is missing, its neighbours may
be in its place: then sums may choose, and what they chose is not proved by them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, product

from recount.pipeline.split.sequence import NEVER, NUMBER, RATE, Gap, Habits, Label, Piece, is_number
from recount.schemas.family import FIGURES, Kind

# --- kinds

_DASH = re.compile(r"[-—–－―─/／*]+")
_TAIL = re.compile(r"分|元|万元")
_CUT_NUMBER = re.compile(r"-?[\d,]+[.,]")
_DIGITS = re.compile(r"\d+")
_TARGET = re.compile(r"[<>=≥≤≧≦]")
_COMPARISONS = "<>=≥≤≧≦"
_BEGINS_NUMBER = re.compile(r"-?\d")
_MOST_POINTS = 100
_DECIMALS = re.compile(r"\d\.\d\d(?!\d)")


def _figure(pieces: Sequence[Piece], start: int, kind: Kind) -> list[tuple[int, float]]:
    """Where a figure may end that begins with a piece, and what reading it as one of a kind costs."""
    text = pieces[start].text
    if _DASH.fullmatch(text):
        return [(start + 1, 2.0 if kind == "amount" else 0.5)]
    if RATE.fullmatch(text):
        return [(start + 1, 0.0)] if kind == "rate" else []
    end = start + 1
    if _CUT_NUMBER.fullmatch(text) and end < len(pieces) and _DIGITS.fullmatch(pieces[end].text):
        text, end = text + pieces[end].text, end + 1
    if not NUMBER.fullmatch(text):
        return []
    cost = 1.5 if kind == "rate" else 0.0
    if kind == "points" and Decimal(_bare(text)) > _MOST_POINTS:
        cost += 6.0
    if kind == "amount" and _DECIMALS.search(text):
        cost -= 0.2
    has_tail = end < len(pieces) and _TAIL.fullmatch(pieces[end].text)
    return [(end + 1, cost - 0.5), (end, cost)] if has_tail else [(end, cost)]


def _bare(text: str) -> str:
    return text.rstrip("分元万%").replace(",", "")


def _begins(kind: Kind, text: str) -> float:
    """What it costs that a cell of words of a kind begins with a piece."""
    if kind == "target":
        return -3.0 if _TARGET.match(text) else 1.0 if NUMBER.fullmatch(text) else 0.5
    if _TARGET.match(text):
        return 8.0
    if kind == "value":
        return 0.0 if _BEGINS_NUMBER.match(text) else 0.5
    if is_number(text):
        return 5.0
    return 0.5 if kind == "remark" else 0.0


def _cost_of(kind: Kind, cell: Sequence[Piece]) -> float:
    """What it costs to read a whole cell as one of a kind."""
    if kind not in FIGURES:
        return 0.5 if _DASH.fullmatch(cell[0].text) else _begins(kind, cell[0].text)
    return next((cost for end, cost in _figure(cell, 0, kind) if end == len(cell)), NEVER)


# --- columns and cells

_BLANK: Mapping[Kind, float] = {
    "level": 0.0, "name": 4.0, "target": 3.0, "value": 3.0, "points": 6.0, "amount": 4.0, "rate": 2.0, "remark": 0.2,
}  # fmt: skip
_SELDOM = 0.3  # a column that has no figure in most rows


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the form. blank: what it costs to leave it out of a row that has others."""

    field: str | None
    kind: Kind
    blank: float

    @staticmethod
    def of(field: str | None, kind: Kind, *, seldom: bool = False) -> Column:
        """A column; seldom: most of its cells are empty."""
        return Column(field, kind, _SELDOM if seldom else _BLANK[kind])


REST = -2
"""The column of what is left of a row: of its name behind a page end, or lines of its cells below its figures."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell: pieces start..end in a column (or REST); None for pieces that stand in no column."""

    column: int | None
    start: int
    end: int

    @property
    def span(self) -> range:
        """The numbers of its pieces."""
        return range(self.start, self.end)


Way = tuple[Placed, ...]
"""One reading of a row: its cells, in order."""


def kind_of(cell: Placed, columns: Sequence[Column]) -> Kind | None:
    """The kind of the column that a cell stands in; None where it stands in none, or is what is left of a row."""
    return None if cell.column is None or cell.column == REST else columns[cell.column].kind


# --- the alignment

_NONE = -1
_STRAY = 7.0  # a piece that stands in no cell
_NEARLY = 1.0  # a label that has lost a character
_UNLABELLED = 5.0  # a label that is read as other words
_BESIDE = 1.0  # a label beside the rows
_TURNED = 0.5  # a name that goes on behind a page end
_MIXED = 3.0  # lines of the cells of a row that stand below its figures
_SHORTER, _WIDER = 0.9, 1.6  # characters by which a line is not full, or the next one could not have been


@dataclass(frozen=True, slots=True)
class _Step:
    """The cheapest way to have read the pieces up to a place.

    column, begun: its last cell, and where that begins. row: whether a row begins with it. before: the step to there.
    """

    cost: float
    column: int
    begun: int
    row: bool
    before: _Step | None
    stray: bool = False


_Labels = Mapping[int, Sequence[Label]]


class Alignment:
    """Reads pieces as rows of columns. levels: by label, the columns that it may stand in; beside: labels of none."""

    def __init__(
        self,
        pieces: Sequence[Piece],
        columns: Sequence[Column],
        labels: _Labels,
        levels: Mapping[str, frozenset[str]],
        beside: Collection[str],
        habits: Habits,
    ) -> None:
        self.pieces, self.labels, self.habits = pieces, labels, habits
        self.columns = (*columns, Column(None, "remark", 0.0))  # the last is REST
        self.levels, self.beside = levels, beside
        self.echoes, self.usual = _echoes(pieces), _usual(pieces, labels)
        self.ends = [self._left_blank(column) for column in range(len(self.columns))]

    def _left_blank(self, last: int) -> float:
        """What it costs that a row ends with a column; one that says no more than its level is usual."""
        if self.columns[last].kind == "level":
            return 1.0
        return sum(column.blank for column in self.columns[last + 1 :])

    def rows(self) -> list[Way]:
        """The rows, each its cells in order."""
        count = len(self.pieces)
        steps: list[dict[int, _Step]] = [{} for _ in range(count + 1)]
        steps[0][_NONE] = _Step(0.0, _NONE, 0, False, None, stray=True)
        for at in range(count):
            for end, step in (*self._same_cell(at, steps[at]), *self._next_cell(at, steps[at])):
                there = steps[end].get(step.column)
                if there is None or step.cost < there.cost:
                    steps[end][step.column] = step
        return self._traced(min(steps[count].values(), key=self._closed))

    def _closed(self, step: _Step) -> float:
        return step.cost + (self.ends[step.column] if step.column >= 0 else 0.0)

    def _traced(self, step: _Step) -> list[Way]:
        """The rows that led to a step."""
        rows: list[list[Placed]] = [[]]
        end = len(self.pieces)
        trace: _Step | None = step
        while trace is not None and end:
            column = None if trace.stray else REST if trace.column == len(self.columns) - 1 else trace.column
            rows[-1].append(Placed(column, trace.begun, end))
            if trace.row:
                rows.append([])
            end, trace = trace.begun, trace.before
        return [tuple(reversed(row)) for row in reversed(rows) if row]

    # a cell that goes on

    def _same_cell(self, at: int, steps: Mapping[int, _Step]) -> list[tuple[int, _Step]]:
        """The piece goes on in the cell before it, or stands in no cell, or begins a label beside the rows."""
        found: list[tuple[int, _Step]] = []
        costs: dict[Kind, float] = {}
        beside = [label.end for label in self.labels.get(at, ()) if label.words in self.beside]
        for column, step in steps.items():
            found += [(end, _Step(step.cost + _BESIDE, column, at, False, step, stray=True)) for end in beside]
            found.append((at + 1, _Step(step.cost + _STRAY, column, at, False, step, stray=True)))
            kind = self.columns[column].kind
            if not step.stray and kind not in (*FIGURES, "level"):
                if kind not in costs:
                    costs[kind] = self._goes_on(at, kind)
                cost = step.cost + costs[kind]
                found.append((at + 1, _Step(cost, column, step.begun, step.row, step.before)))
        return found

    def _goes_on(self, at: int, kind: Kind) -> float:
        """What it costs that a cell of words goes on with a piece."""
        piece = self.pieces[at]
        cost = self.habits.join[piece.gap]
        if piece.gap is Gap.SPACE and self.habits.sure:
            return cost
        cost += self._fullness(at) + self._is_label(at) * _UNLABELLED
        if at in self.echoes and kind in ("target", "name"):
            cost += 2.0
        if _TARGET.match(piece.text):
            return cost + 8.0
        if not is_number(piece.text):
            return cost
        if any(is_number(other.text) for other in self.pieces[at - 1 : at + 2 : 2]):
            return cost + 2.0
        return cost + (0.5 if kind in ("name", "remark") else 0.0)

    def _is_label(self, at: int) -> bool:
        return any(label.words in self.levels for label in self.labels.get(at, ()))

    def _fullness(self, at: int) -> float:
        """What speaks against a cell that goes on here: the line above was not full."""
        piece, above = self.pieces[at], self.pieces[at - 1]
        if not above.alone or piece.gap <= Gap.CELL:
            return 0.0
        cost = 0.7 * (not piece.alone) + (piece.alone and piece.width > above.width + _WIDER)
        before = self.pieces[at - 2] if at > 1 else above
        ended = before.alone and above.gap is piece.gap and above.width + _SHORTER < before.width
        return cost + ended

    # a cell that begins

    def _next_cell(self, at: int, steps: Mapping[int, _Step]) -> list[tuple[int, _Step]]:
        """The piece begins a cell, further right in the row or in a new one."""
        gap = self.pieces[at].gap
        above = min(steps.values(), key=self._closed)
        lead = self._closed(above) + self.habits.row[gap] * (at > 0)
        along = self.habits.part[gap] + self.habits.stay[gap]
        found: list[tuple[int, _Step]] = []
        reach, origin = NEVER * NEVER, above
        for column, spec in enumerate(self.columns):
            new = lead <= reach + along
            cost, before = (lead, above) if new else (reach + along, origin)
            for end, price in self._cells(at, column, None if new else before):
                found.append((end, _Step(cost + price, column, at, new, before)))
            lead += spec.blank
            reach += spec.blank or 0.5
            if column in steps and steps[column].cost < reach:
                reach, origin = steps[column].cost, steps[column]
        return found

    def _cells(self, at: int, column: int, before: _Step | None) -> list[tuple[int, float]]:
        """The cells of a column that begin with a piece, as far as their ends are known: where, and what they cost.

        before: the cell before in the row.
        """
        spec, text = self.columns[column], self.pieces[at].text
        if spec.kind == "level":
            labels = [label for label in self.labels.get(at, ()) if spec.field in self.levels.get(label.words, ())]
            return [(label.end, (not label.exact) * _NEARLY + self._torn(label)) for label in labels]
        if spec.kind in FIGURES:
            return _figure(self.pieces, at, spec.kind)
        penalty = self._is_label(at) * _UNLABELLED
        if column == len(self.columns) - 1:
            cost = _TURNED if self.pieces[at].turn else NEVER if self.habits.sure else _MIXED
            return [(at + 1, cost + penalty)]
        if _DASH.fullmatch(text):
            return [(at + 1, 0.5)]
        return [(at + 1, _begins(spec.kind, text) + penalty + self._fits(at, spec.kind, before))]

    def _torn(self, label: Label) -> float:
        """What it costs that a label is torn."""
        gaps = [self.pieces[at].gap for at in range(label.start + 1, label.end)]
        return sum(6.0 if gap is Gap.CELL else 0.1 * (gap > Gap.CELL) for gap in gaps)

    def _fits(self, at: int, kind: Kind, before: _Step | None) -> float:
        """What the pieces before say of a cell of words that begins here."""
        if kind == "target":
            return -2.0 * (at in self.echoes.values())
        if kind == "remark":
            return self._explains(at)
        if kind != "value" or before is None or at == 0:
            return 0.0
        text, above = self.pieces[at].text, self.pieces[at - 1].text
        cost = -0.5 * (_BEGINS_NUMBER.match(text) is not None and not above[-1].isdigit())
        if self.columns[before.column].kind != "target":
            return cost
        if self.echoes.get(at) == before.begun:
            return cost - 3.0
        return cost - 1.5 * (len(text) > 1 and at - 1 == before.begun and above.endswith(text))

    def _explains(self, at: int) -> float:
        """What is said behind two numbers: a score below its weight has a reason."""
        if at < 2 or self.pieces[at].gap <= Gap.CELL:
            return 0.0
        if self.pieces[at].text in self.usual:
            return -1.0
        weight, score = (NUMBER.fullmatch(self.pieces[index].text) for index in (at - 2, at - 1))
        if not weight or not score:
            return 0.0
        return 2.0 if _bare(weight[0]) == _bare(score[0]) else -0.2


_OFTEN = 3  # times


def _usual(pieces: Sequence[Piece], labels: _Labels) -> frozenset[str]:
    """What often stands behind two numbers, and sometimes all alone before a label (无偏差): the first words of names
    do not."""
    behind = [
        at
        for at in range(2, len(pieces))
        if all(NUMBER.fullmatch(piece.text) for piece in pieces[at - 2 : at]) and not is_number(pieces[at].text)
    ]
    alone = {pieces[at].text for at in behind if at + 1 in labels or at + 1 == len(pieces)}
    often = Counter(pieces[at].text for at in behind if at not in labels)
    return frozenset(text for text, times in often.items() if times >= _OFTEN and text in alone)


_ECHO = 9  # pieces


def _echoes(pieces: Sequence[Piece]) -> dict[int, int]:
    """Where words are said again (有效提升 有效提升, >=90% 90%): by the piece where that begins, where it stood."""
    found: dict[int, int] = {}
    texts = [piece.text for piece in pieces]
    for at in range(1, len(texts)):
        said = ""
        for start in range(at - 1, max(at - _ECHO, -1), -1):
            said = texts[start] + said
            bare = said.lstrip(_COMPARISONS)
            if len(bare) > 1 and _says(texts, at, bare):
                found[at] = start
    return found


def _says(texts: Sequence[str], at: int, words: str) -> bool:
    """Whether some pieces say just these words."""
    text = ""
    for piece in texts[at : at + _ECHO]:
        text += piece
        if text == words or not words.startswith(text):
            break
    return text == words


# --- readings

_NEAR = 3.2  # readings that cost at most so much more than the best are left open
_MOST = 300  # combinations of readings that are tried


@dataclass(frozen=True, slots=True)
class Reading:
    """A row as it is to be laid out. doubtful: cells whose column sums alone told. open: cells that nothing placed."""

    cells: Way
    doubtful: Way = ()
    open: Way = ()


def ways_of(row: Way, columns: Sequence[Column], pieces: Sequence[Piece]) -> list[Way]:
    """The ways to read a row by labels and kinds, the best first: one, unless its figures may stand elsewhere."""
    cells = [cell for cell in row if kind_of(cell, columns) not in (None, "level")]
    open_to = [at for at, column in enumerate(columns) if column.kind != "level"]
    if not any(kind_of(cell, columns) in FIGURES for cell in cells) or len(cells) == len(open_to):
        return [row]
    prices = {(cell, at): _cost_of(columns[at].kind, pieces[cell.start : cell.end]) for cell in cells for at in open_to}
    found: list[tuple[float, Way]] = []
    for chosen in combinations(open_to, len(cells)):
        price = sum(prices[pair] for pair in zip(cells, chosen, strict=True))
        price += sum(columns[at].blank for at in open_to if at not in chosen)
        found.append((price, tuple(Placed(at, cell.start, cell.end) for cell, at in zip(cells, chosen, strict=True))))
    least = min(price for price, _ in found)
    near = [way for price, way in sorted(found, key=lambda pair: pair[0]) if price <= least + _NEAR]
    others = [cell for cell in row if cell not in cells]
    distinct: dict[Way, Way] = {}
    for way in (tuple(cells), *near) if tuple(cells) in near else near:
        whole = tuple(sorted((*others, *way), key=lambda cell: cell.start))
        distinct.setdefault(tuple(cell for cell in way if kind_of(cell, columns) in FIGURES), whole)
    return list(distinct.values())


def decided(rows: Sequence[Sequence[Way]], holds: Callable[[Sequence[Way]], bool]) -> list[Reading]:
    """The rows as they are to be read. rows: the ways of each. holds: whether the sums come out, and there are any."""
    number = 1
    for ways in rows:
        number *= len(ways)
    chosen = next(filter(holds, product(*rows)), None) if 1 < number <= _MOST else None
    return [_reading(ways, None if chosen is None else chosen[index]) for index, ways in enumerate(rows)]


def _reading(ways: Sequence[Way], chosen: Way | None) -> Reading:
    if len(ways) == 1:
        return Reading(ways[0])
    moving = {cell.start for cell in ways[0] if any(cell not in way for way in ways[1:])}
    cells = chosen or ways[0]
    told = tuple(cell for cell in cells if cell.start in moving)
    if chosen is not None:
        return Reading(cells, doubtful=told)
    return Reading(tuple(cell for cell in cells if cell not in told), open=told)


def value_in(row: Way, column: int, pieces: Sequence[Piece]) -> Decimal | None:
    """The number that a reading has in a column; None for a dash, or no cell."""
    cell = next((cell for cell in row if cell.column == column), None)
    text = _bare("".join(piece.text for piece in pieces[cell.start : cell.end])) if cell else ""
    return Decimal(text) if NUMBER.fullmatch(text) else None
