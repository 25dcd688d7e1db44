"""Texts: characters of one or more lines put together as they read.

The printed characters stay as they are, by the codes that such glyphs ordinarily have; what goes are line breaks and
the spaces that typesetting put in. A folded copy of the same length has full-width forms made half-width and
traditional characters simplified, so that rules are written once.

A number is never put together from pieces that do not stand together: its characters are of one size, on one baseline
and side by side. A space within it is narrow (letter-spaced print, a thin space before thousands); one wider than a
digit parts two columns. Two rows are one number only where the first had no room for another digit. Where the page
leaves that open there is no number at all.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import isinf
from operator import sub

from recount.pipeline.document import Box, Line, Text
from recount.pipeline.split.folding import fold, ordinary

_GAP = 0.6  # share of the height: as wide as a character, in fonts that are set high
_SPACE = re.compile(r"\s+")
_RUN_BEFORE = re.compile(r"[\d.,]+$")
_RUN_AFTER = re.compile(r"[\d.,]*\d")
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")
_LONGEST_RUN = 24  # characters
_LATIN = re.compile(r"[A-Za-z]")

# --- which characters stand together

_SIZE = 0.7  # characters of less than this share of another's height are of another size; fonts differ in theirs
_BASELINE = 0.2  # share of the height by which the feet of two characters of one line may differ
_OVER = 0.35  # share of a character's width by which the next may reach over it
_CLOSE = 0.3  # share of the narrowest of some characters: what is not further apart is neither over another nor far
_WIDE = 1.2  # digits' widths: a wider space parts two numbers
_LOOSE = 0.75  # digits' widths: a wider space leaves two whole numbers in doubt
_NARROW_DIGIT = 0.3  # of the height: no digit is taken for narrower
_ROOM = 1.5  # of the height: a line of running text with more room than this was not broken for want of it
_BESIDE_WALL = 1.3  # characters that a cell leaves empty at most where a number goes on in its next line
_MONEY = 2  # decimals of an amount

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|[1-9]\d*(?:\.\d+)?|0(?:\.\d+)?")
_DECIMALS = re.compile(r"(?<=\.)\d+$")
_THOUSANDS = re.compile(r"\d{3}(?!\d)(?:\.\d)?")
_THIN = re.compile("[\u2006-\u200a\u202f]")
_BEGINS_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})*$|(?<![\d.,])\d{4,}$")
_POINT = re.compile(r"[.,]\d")
_ENDS_THOUSANDS = re.compile(r"\d{3}(?!\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")


class Joint(Enum):
    """What stands between two figures' characters: nothing, the end of the first, or something that cannot be told."""

    ONE = "one"
    APART = "apart"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of white space. box: of the character there; run: the digits, points and commas up to it, folded."""

    box: Box
    run: str

    @property
    def digit(self) -> float:
        """The width that a digit has here, in points."""
        return _digit_at(self.box)


def _digit_at(box: Box) -> float:
    return max(box[2] - box[0], _NARROW_DIGIT * (box[3] - box[1]))


def together(one: Box, other: Box) -> bool:
    """Whether two neighbouring characters (boxes in points) can be of one number: alike, and neither over the other."""
    return alike(one, other) and not over(one, other)


def alike(one: Box, other: Box) -> bool:
    """Whether two characters of a row are of one size and on one baseline."""
    low, high = one[3] - one[1], other[3] - other[1]
    if low > high:
        low, high = high, low
    return low >= _SIZE * high and abs(one[3] - other[3]) <= _BASELINE * high


def over(one: Box, other: Box) -> bool:
    """Whether a character reaches over the one before it."""
    return other[0] - one[2] < -_OVER * min(one[2] - one[0], other[2] - other[0])


def far(one: Box, other: Box) -> bool:
    """Whether two characters of one row are so far apart that they are of two columns."""
    return other[0] - one[2] > _WIDE * max(_digit_at(one), _digit_at(other))


def evenly(boxes: Sequence[Box]) -> bool:
    """Whether characters of one size stand on one baseline and close to each other, so that each is together with the
    next, and not far from it: what nearly all numbers are, told at once."""
    lefts, tops, rights, feet = zip(*boxes, strict=True)
    gap = _CLOSE * min(map(sub, rights, lefts))
    return (
        tops.count(tops[0]) == feet.count(feet[0]) == len(boxes)
        and tops[0] < feet[0]
        and gap > 0
        and all(-gap <= left - right <= gap for left, right in zip(lefts[1:], rights, strict=False))
    )


def in_one_row(one: Box, other: Box) -> bool:
    """Whether the second of two boxes stands beside the first, not below it."""
    overlap = min(one[3], other[3]) - max(one[1], other[1])
    return overlap > 0.5 * min(one[3] - one[1], other[3] - other[1])


def _across_space(before: _Side, after: _Side, space: str, *, running: bool) -> Joint:
    """What stands between two parts of one row.

    space: the white space there, none between two lines that were printed each for itself. running: of running text,
    where two whole numbers seldom stand with only a space between.
    """
    if far(before.box, after.box) or not together(before.box, after.box):
        return Joint.APART
    if not space:
        return Joint.OPEN
    if not (before.run[-1].isdigit() and after.run[0].isdigit()):
        return Joint.ONE
    thin = _THIN.fullmatch(space) is not None and _THOUSANDS.match(after.run) is not None
    if not (running or thin or re.match(r"\d{3}[.,]\d", after.run)):
        return Joint.APART
    made = before.run + after.run
    if not thin and _NUMBER.fullmatch(made) is None:
        return Joint.APART
    whole = made.isdigit() and _YEAR.fullmatch(made) is None
    loose = after.box[0] - before.box[2] > _LOOSE * max(before.digit, after.digit)
    return Joint.OPEN if whole and loose and not thin else Joint.ONE


def _over_rows(before: _Side, after: _Side, room: float, step: float, *, running: bool) -> Joint:
    """What the end of a line is between two parts.

    room: by how many points the line might have been longer; without end where it stands in a column of its own. step:
    by how many its last character stands behind the one before it.
    """
    if isinf(room):
        return Joint.APART
    made = before.run + after.run
    both = before.run[-1].isdigit() and after.run[0].isdigit()
    if _NUMBER.fullmatch(made) is None:
        return _two_numbers(before.run, after.run) if both and not running else Joint.OPEN if both else Joint.ONE
    if running:
        return Joint.ONE if room <= _ROOM * (before.box[3] - before.box[1]) else Joint.OPEN
    broken = before.run[-1] in ".," or _lacks_decimals(before.run, made)
    if room >= (_BESIDE_WALL if broken else 1.0) * max(before.digit, step):
        return _two_numbers(before.run, after.run)
    return Joint.ONE if broken or _two_numbers(before.run, after.run) is Joint.OPEN else Joint.OPEN


def _two_numbers(before: str, after: str) -> Joint:
    """Two parts that do not make one number: each is one, or nobody can tell."""
    return Joint.APART if _NUMBER.fullmatch(before) and _NUMBER.fullmatch(after) else Joint.OPEN


def _lacks_decimals(before: str, made: str) -> bool:
    """Whether an amount was broken within its decimals."""
    own, whole = (_DECIMALS.search(run) for run in (before, made))
    return own is not None and whole is not None and len(own[0]) < len(whole[0]) == _MONEY


# --- lines put together


@dataclass(frozen=True, slots=True)
class PagedLine:
    """A line (or the part of it that stands in a cell) on its page.

    room: by how many points it might have been longer where it stands; 0 where that is not known.
    """

    page: int
    line: Line
    room: float = 0.0


@dataclass(frozen=True, slots=True)
class Composed:
    """A text with the way back from its characters to the page.

    text: the composed text. kept: pairs (index in the text, index in the raw characters), one a run of kept
    characters. starts: where each piece begins in the raw characters. open: the places in the text (index of the
    character behind) where the page does not tell whether what stands on both sides is one number.
    """

    text: Text
    raw: str
    pieces: Sequence[PagedLine]
    kept: Sequence[tuple[int, int]]
    starts: Sequence[int]
    open: frozenset[int] = frozenset()

    def raw_index(self, index: int) -> int:
        """The index in the raw characters of a character of the text."""
        kept = self.kept
        composed, raw = kept[bisect_right(kept, (index, len(self.raw))) - 1 if len(kept) > 1 else 0]
        return raw + index - composed

    def piece_at(self, raw_index: int) -> tuple[PagedLine, int]:
        """The piece that a raw character belongs to, and its offset in it."""
        number = bisect_right(self.starts, raw_index) - 1
        return self.pieces[number], raw_index - self.starts[number]

    def apart(self, one: int, other: int) -> bool:
        """Whether a gap as wide as a character, or the end of a line, is between two characters of the text."""
        (above, at), (below, behind) = (self.piece_at(self.raw_index(index)) for index in (one, other))
        left, right = above.line.boxes[at], below.line.boxes[behind]
        beside = above.page == below.page and in_one_row(left, right)
        return not beside or right[0] - left[2] > _GAP * (right[3] - right[1])

    def is_close(self, index: int) -> bool:
        """Whether no white space was printed between a character of the text and the next."""
        return self.raw_index(index + 1) == self.raw_index(index) + 1

    def box_at(self, raw_index: int) -> Box | None:
        """The box of a raw character on its page; None for a line end."""
        piece, offset = self.piece_at(raw_index)
        return piece.line.boxes[offset] if offset < len(piece.line.boxes) else None


def compose(pieces: Sequence[PagedLine], *, join_digits: bool, spaced: bool = False, group: str = "") -> Composed:
    """Put lines together as one text with the way back to them.

    pieces: the lines, in reading order. join_digits: of running text, where digits that a narrow space separates are
    one number wherever they make one; in a table cell they are left apart. spaced: it is in Latin script, which parts
    words by spaces. group: " " where thousands are parted by a blank.
    """
    raw = ordinary("\n".join([piece.line.text for piece in pieces]))
    starts, position = [], 0
    for piece in pieces:
        starts.append(position)
        position += len(piece.line.text) + 1
    folded = fold(raw)
    if _SPACE.search(raw) is None:  # as most are
        return Composed(Text(raw, folded), raw, pieces, ((0, 0),) if raw else (), starts)
    bare = Composed(Text("", ""), raw, pieces, (), starts)
    parts: list[tuple[int, int]] = []
    kept: list[tuple[int, int]] = []
    in_doubt: list[int] = []
    length = begin = 0
    before = ""  # what stands before the space, put together so far
    for space in _SPACE.finditer(raw):
        start, end = space.span()
        before = (before + folded[begin:start])[-_LONGEST_RUN:]
        if spaced:
            joint = _joint_abroad(bare, folded, (start, end), before, group)
        else:
            joint = _joint(bare, folded, (start, end), before, join_digits)
        if start > begin:
            kept.append((length, begin))
            parts.append((begin, start))
            length += start - begin
        if joint is Joint.APART:
            kept.append((length, start))
            parts.append((start, start + 1))
            length += 1
            before += " "
        elif joint is Joint.OPEN:
            in_doubt.append(length)
        begin = end
    if begin < len(raw):
        kept.append((length, begin))
        parts.append((begin, len(raw)))
    printed, matched = (
        "".join([signs[a:b] if b - a > 1 or not raw[a].isspace() else " " for a, b in parts]) for signs in (raw, folded)
    )
    return Composed(Text(printed, matched), raw, pieces, kept, starts, frozenset(in_doubt))


def _joint(bare: Composed, folded: str, space: tuple[int, int], text: str, join_digits: bool) -> Joint:
    """What some white space of the raw characters is; what is APART keeps one space. text: what stands before it."""
    start, end = space
    if start == 0 or end == len(folded):
        return Joint.ONE
    before = _RUN_BEFORE.search(text)
    after = _RUN_AFTER.match(folded, end)
    if before is None or after is None:
        return Joint.APART if _LATIN.match(folded[start - 1]) and _LATIN.match(folded[end]) else Joint.ONE
    one, other = bare.box_at(start - 1), bare.box_at(end)
    if one is None or other is None or not any(sign.isdigit() for sign in before[0]):
        return Joint.ONE
    left, right = _Side(one, before[0]), _Side(other, after[0])
    (above, _), (below, _) = bare.piece_at(start - 1), bare.piece_at(end)
    if above.page == below.page and in_one_row(one, other):
        # OCR finds a line in pieces; what a program printed in two was not meant as one.
        between = folded[start:end] if above is below or above.line.confidence is not None else ""
        return _across_space(left, right, between, running=join_digits)
    prose = _IDEOGRAPH.search(above.line.text) is not None  # a cell of sentences
    return _over_rows(left, right, above.room, _step(bare, start - 1), running=join_digits or prose)


def _step(bare: Composed, index: int) -> float:
    """By how many points a raw character stands behind that of its number before it, spaces aside; 0 without one."""
    piece, offset = bare.piece_at(index)
    before = next((at for at in range(offset - 1, -1, -1) if not piece.line.text[at].isspace()), None)
    if before is None or _RUN_BEFORE.search(fold(piece.line.text[before])) is None:
        return 0.0
    one, other = piece.line.boxes[before], piece.line.boxes[offset]
    return 0.0 if far(one, other) else other[0] - one[0]


def _joint_abroad(bare: Composed, folded: str, space: tuple[int, int], text: str, group: str) -> Joint:
    """The same in Latin script: a space stays, but inside brackets and within a number: between thousands where a blank
    parts them, and before a point."""
    start, end = space
    if start == 0 or end == len(folded) or folded[start - 1] in "($£€" or folded[end] in ")%":
        return Joint.ONE
    one, other = bare.box_at(start - 1), bare.box_at(end)
    parts = _THIN.fullmatch(folded[start:end]) is not None or (group == " " and end == start + 1)
    thousands = parts and _BEGINS_THOUSANDS.search(text) and _ENDS_THOUSANDS.match(folded, end)
    within = thousands or (folded[start - 1].isdigit() and _POINT.match(folded, end))
    close = one is not None and other is not None and together(one, other) and not far(one, other)
    return Joint.ONE if within and close else Joint.APART
