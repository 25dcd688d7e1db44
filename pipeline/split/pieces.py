"""What stands by itself in the rows of a page: pieces of its lines, and which of them are labels.

In Latin script a label may begin with a number, and is broken where its column is full; what is left of it stands
below, set in or not, near or as far as the next row is. What goes on cannot be told by the distance alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median, median_low

from recount.pipeline.document import Line, Ruling, hull
from recount.pipeline.split.abroad import amounts_begin, is_currency, is_figure_abroad, without_leaders
from recount.pipeline.split.columns import CLOSE, parts_of
from recount.pipeline.split.folding import fold
from recount.pipeline.split.seams import is_figure

_GAP = 1.1  # heights of a line: a wider gap parts two cells
_AMOUNT = re.compile(r"[.,]\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DASHES = re.compile("[-—–─－]+")
_CLOSING = (")", "%", ")%", "%)")
_FEWEST = 3  # labels that say where labels begin
_MORE = 2  # times as many rows with a label as without one
_SET_IN = 12.0  # heights of a line by which labels may be set in
_HANGS = 2.0  # and their further lines against the first
_MARGIN = 2.0  # points
_ALIKE = 1.2  # points by which lines that are set in alike may differ
_REACH = 1.7  # heights of a line from one line of a label to the next, at most
_TIGHT = 0.93  # of the distance of the rows: nearer lines are of one cell
_ABOVE, _BELOW = 0.3, 0.6  # heights of a line by which a ruling under a text is above its foot, or below
_WIDER = 2.0  # heights of a line by which one line reaches farther than all others: it may be no broken one
_SMALL = re.compile(r"\s*\(?[a-z]{2}")
_AMID, _NUMBER = re.compile(r"\s*(?:[a-z]{2}|\d{1,3}(?:,\d{3})+(?![.\d]))"), re.compile(r"\d")
_STRAY = re.compile("[\u3400-\u9fff]")  # in Latin script
_STROKE = re.compile("[IlL\u3400-\u9fff]")  # I may be the ordinal of a line
_NO_DIGIT = re.compile(r"\D")
_ASIDE = re.compile(r"\(.*\)")
_UNFINISHED = re.compile(
    r"(?:[,/&–—-]|(?<![a-z])(?:and|or|of|to|for|in|on|at|by|from|with|the|than|per|its|as))$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands by itself on a row: the line, or a part of it. source: the line that it is of. latin: of a page in
    Latin script. label: it stands where labels begin, and is no figure whatever it looks like. under: from where to
    where the ruling goes that is drawn under it alone."""

    page: int
    line: Line
    source: Line
    latin: bool = False
    label: bool = False
    under: tuple[float, float] | None = None

    @property
    def words(self) -> str:
        """Its text, folded, without white space."""
        return "".join(fold(self.line.text).split())

    @property
    def is_figure(self) -> bool:
        """Whether it is a number, or the dash that stands for none."""
        words = self.words
        if self.label:
            return False
        if self.latin:
            return is_figure_abroad(fold(self.line.text)) or _DASHES.fullmatch(words) is not None
        return (is_figure(words) and _YEAR.fullmatch(words) is None) or _DASHES.fullmatch(words) is not None

    def joined(self, other: Piece) -> Piece:
        """It and the one behind it as one."""
        text, boxes = self.line.text + other.line.text, self.line.boxes + other.line.boxes
        confidence = None if self.line.confidence is None else min(self.line.confidence, other.line.confidence or 0.0)
        return replace(self, line=Line(text, boxes, hull(boxes), confidence))

    @property
    def is_amount(self) -> bool:
        """Whether it is a number as only amounts and shares are printed."""
        return self.is_figure and _AMOUNT.search(self.words) is not None


Row = tuple[Piece, ...]


# --- the rows of a page


def pieces_of(page: int, row: Iterable[Line], *, latin: bool = False) -> Iterator[Piece]:
    """The lines of a row, cut at wide gaps, and in Latin script at dots that lead from a label to its figures; what a
    scan there has for a piece of a ruling, or for a sign of currency, is left out."""
    first = True
    for line in row:
        parts = without_leaders(line) if latin else (line,)
        for part in parts:
            for piece in _cut(Piece(page, part, line, latin), _GAP):
                if latin and line.confidence is not None and (_STRAY if first else _STROKE).fullmatch(piece.words):
                    continue
                yield piece
                first = False


def labelled(rows: Sequence[Row]) -> list[Row]:
    """The rows of a page in Latin script; what begins one where labels do is none of its figures: 12) of a broken
    label (Note 12), a street number."""
    figured = [row for row in rows if sum(piece.is_figure for piece in row) > row[0].is_figure]
    starts = [row[0].line.box[0] for row in figured if not (row[0].is_figure or is_currency(row[0].words))]
    zone = _zone_of(starts, sum(row[0].is_figure for row in figured), _height(rows[0][0].line)) if starts else None
    if zone is None:
        return list(rows)
    return [(replace(row[0], label=row[0].line.box[0] <= zone), *row[1:]) for row in rows]


def underlined(row: Row, rulings: Iterable[Ruling]) -> Row:
    """A row whose texts know the rulings under them: a head is over all columns that its ruling goes over."""
    level = [ruling for ruling in rulings if ruling.y0 == ruling.y1]
    found = []
    for piece in row:
        box, height = piece.line.box, _height(piece.line)
        near = (
            (ruling.x0, ruling.x1)
            for ruling in level
            if -_ABOVE * height < ruling.y0 - box[3] < _BELOW * height
            and ruling.x0 < box[0] + _MARGIN
            and ruling.x1 > box[2] - _MARGIN
        )
        under = None if piece.is_figure else next(near, None)
        alone = under and not any(
            under[0] < other.line.box[2] and other.line.box[0] < under[1] for other in row if other is not piece
        )
        found.append(replace(piece, under=under) if alone else piece)
    return tuple(found)


def closely(row: Row) -> Row:
    """The texts of a row of a table, cut also where two cells stand close: where no blank was printed between them, or
    one beside a figure."""
    parts = [part for piece in row for part in _cut(piece, CLOSE, close=True)]
    if row[0].latin:  # what OCR found twice overlaps
        return tuple(_with_signs(_once(sorted(parts, key=lambda part: part.line.box[0]))))
    return tuple(parts)


def _once(parts: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces of a row from left to right, one that OCR read twice at its place once: as it was surer of it."""
    before: Piece | None = None
    for part in parts:
        if before is not None and part.line.box[0] < _middle(before.line) and _are_one(before, part):
            before = max(before, part, key=lambda piece: piece.line.confidence or 0.0)
            continue
        if before is not None:
            yield before
        before = part
    if before is not None:
        yield before


def _are_one(one: Piece, other: Piece) -> bool:
    """Whether two pieces say the same: both the same words, or as figures the same digits."""
    figures = one.is_figure and other.is_figure
    return one.words == other.words or (figures and _NO_DIGIT.sub("", one.words) == _NO_DIGIT.sub("", other.words))


def _middle(line: Line) -> float:
    return (line.box[0] + line.box[2]) / 2


def _with_signs(row: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces of a row, a figure with the sign of its currency, its brackets and its percent sign, wherever set."""
    waiting: list[Piece] = []
    before: Piece | None = None
    for piece in row:
        if is_currency(piece.words) or piece.words == "(":
            waiting.append(piece)
        elif before is not None and not waiting and before.is_figure and piece.words in _CLOSING:
            before = before.joined(piece)
        else:
            if before is not None:
                yield before
            if waiting and not piece.is_figure:
                yield from waiting
                waiting = []
            *others, before = [*waiting, piece]
            for other in reversed(others):
                before = other.joined(before)
            waiting = []
    yield from (*([before] if before else ()), *waiting)


def _cut(piece: Piece, gap: float, *, close: bool = False) -> Iterator[Piece]:
    """A piece, cut as parts_of does."""
    label = piece.label
    for part in parts_of(piece.line, gap, close=close, begin=amounts_begin if piece.latin else None):
        yield replace(piece, line=part, label=label)
        label = False


# --- labels


def _zone_of(starts: Sequence[float], others: int, height: float) -> float | None:
    """Up to where labels begin across the page; None where too few say it.

    starts: where the texts begin that are first in a row with figures. others: how many such rows begin with a figure.
    height: of a line.
    """
    if len(starts) < _FEWEST or len(starts) < _MORE * others:
        return None
    first = min(starts)
    return max(start for start in starts if start <= first + _SET_IN * height) + _HANGS * height


@dataclass(frozen=True, slots=True)
class Label:
    """A line of a label. figured: figures stand beside it."""

    line: Line
    figured: bool


@dataclass(frozen=True, slots=True)
class LabelColumn:
    """The column of the labels of a table.

    right: up to where its lines reach, the two that reach farthest. pitch: the distance of the rows, in points. insets:
    how far lines that surely go on are set in, against the first of their label. at_top, at_foot: whether the figures
    of such stand beside the first line, or the last.
    """

    right: tuple[float, float]
    pitch: float
    insets: tuple[float, ...]
    at_top: bool
    at_foot: bool

    @classmethod
    def of(cls, labels: Sequence[Label], pitch: float) -> LabelColumn:
        """The column of some lines, from top to bottom. pitch: of all rows, where no two lines tell it that both have
        figures."""
        steps = [_step(top.line, low.line) for top, low in pairwise(labels) if top.figured and low.figured]
        pitch = median_low(steps) if steps else pitch
        ends = sorted(label.line.box[2] for label in labels)
        first, insets, top, foot = 0, [], False, False
        for at, (above, label) in enumerate(pairwise(labels), 1):
            both = above.figured and label.figured
            if both or not (_is_near(above.line, label.line) and _surely(above.line, label.line)):
                first = at
                continue
            insets.append(label.line.box[0] - labels[first].line.box[0])
            top, foot = top or above.figured, foot or label.figured
        return cls((ends[-1], ends[-2]) if len(ends) > 1 else (0.0, 0.0), pitch, tuple(insets), top, foot)

    def goes_on(self, label: Sequence[Label], line: Label) -> bool:
        """Whether a line goes on with a label. label: its lines so far."""
        above = label[-1].line
        figured = any(other.figured for other in label)
        if (figured and line.figured) or not _is_near(above, line.line):
            return False
        if _surely(above, line.line):
            return True
        if figured and fold(line.line.text).rstrip().endswith(":"):  # a heading of the lines below
            return False
        step, height = _step(above, line.line), above.box[3] - above.box[1]
        if step <= _TIGHT * self.pitch:
            return line.line.box[0] >= above.box[0] - _MARGIN and self._is_full(above, line.line, height)
        inset = line.line.box[0] - label[0].line.box[0]
        usual = any(abs(inset - other) < _ALIKE for other in self.insets) and step <= self.pitch * 1.05
        beside = self.at_top and not self.at_foot if figured else self.at_foot or not line.figured
        return usual and beside and self._is_full(above, line.line, height)

    def _is_full(self, above: Line, line: Line, height: float) -> bool:
        """Whether the first word of a line had no room behind the one above, which is not the only one to reach so
        far."""
        word = line.text.split()[0]
        at = line.text.index(word)
        width = line.boxes[at + len(word) - 1][2] - line.boxes[at][0]
        end = above.box[2]
        right = self.right[1] if end == self.right[0] else self.right[0]
        return end + _blank(above) + width > right > end - _WIDER * height


def _step(above: Line, line: Line) -> float:
    """How far below another a line stands: by their tops, on a scan, where these are not exact, by their middles."""
    tops, feet = line.box[1] - above.box[1], line.box[3] - above.box[3]
    return tops if line.confidence is None else (tops + feet) / 2


def _is_near(above: Line, line: Line) -> bool:
    """Whether a line stands right below another, which does not head it, nor says the unit of the table."""
    reach, words = _REACH * (above.box[3] - above.box[1]), fold(above.text).strip()
    ended = (words.endswith(":") and not _is_amid(words, line)) or _ASIDE.fullmatch(words)
    return 1.0 < line.box[1] - above.box[1] <= reach and not ended


def _is_amid(words: str, line: Line) -> bool:
    """Whether a label with a number in it goes on behind a colon: par value $0.01: 50,400,000 shares authorized."""
    return words.endswith(":") and _NUMBER.search(words) is not None and _AMID.match(line.text) is not None


def _surely(above: Line, line: Line) -> bool:
    """Whether the words of two lines say that the second goes on with the first."""
    words = fold(above.text).strip()
    return (
        _SMALL.match(line.text) is not None
        or _is_amid(words, line)
        or _UNFINISHED.search(words) is not None
        or words.count("(") > words.count(")")
    )


def _height(line: Line) -> float:
    return line.box[3] - line.box[1]


def _blank(line: Line) -> float:
    """The width of a blank in a line, about."""
    return median(box[2] - box[0] for box in line.boxes) / 2
