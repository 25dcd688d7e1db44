"""Which printed characters stand together: a number is never put together from pieces that do not.

The characters of a number are of one size, on one baseline and side by side. A space within it is narrow (letter-spaced
print, a thin space before thousands); what is as wide as a digit parts two columns. Two rows are one number only where
the first had no room for another digit. Where the page leaves that open there is no number at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from recount.pipeline.document import Box

_SIZE = 0.7  # characters of less than this share of another's height are of another size; fonts differ in theirs
_BASELINE = 0.2  # share of the height by which the feet of two characters of one line may differ
_OVER = 0.35  # share of a character's width by which the next may reach over it
_WIDE = 1.2  # digits' widths: a wider space parts two numbers
_LOOSE = 0.75  # digits' widths: a wider space leaves two whole numbers in doubt
_NARROW_DIGIT = 0.3  # of the height: no digit is taken for narrower
_ROOM = 1.5  # of the height: a line of running text with more room than this was not broken for want of it
_MONEY = 2  # decimals of an amount

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|[1-9]\d*(?:\.\d+)?|0(?:\.\d+)?")
_DECIMALS = re.compile(r"(?<=\.)\d+$")
_THOUSANDS = re.compile(r"\d{3}(?!\d)(?:\.\d)?")
_THIN = re.compile("[\u2006-\u200a\u202f]")
_YEAR = re.compile(r"(?:19|20)\d\d")


class Joint(Enum):
    """What stands between two figures' characters: nothing, the end of the first, or something that cannot be told."""

    ONE = "one"
    APART = "apart"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of white space. box: of the character there; run: the digits, points and commas up to it, folded."""

    box: Box
    run: str

    @property
    def digit(self) -> float:
        """The width that a digit has here, in points."""
        return max(self.box[2] - self.box[0], _NARROW_DIGIT * (self.box[3] - self.box[1]))


def together(one: Box, other: Box) -> bool:
    """Whether two neighbouring characters (boxes in points) can be of one number: of one size, on one baseline, and
    neither over the other."""
    low, high = sorted((one[3] - one[1], other[3] - other[1]))
    if low < _SIZE * high or abs(one[3] - other[3]) > _BASELINE * high:
        return False
    return other[0] - one[2] >= -_OVER * min(one[2] - one[0], other[2] - other[0])


def far(one: Box, other: Box) -> bool:
    """Whether two characters of one row are so far apart that they are of two columns."""
    return other[0] - one[2] > _WIDE * max(Side(one, "").digit, Side(other, "").digit)


def in_one_row(one: Box, other: Box) -> bool:
    """Whether the second of two boxes stands beside the first, not below it."""
    overlap = min(one[3], other[3]) - max(one[1], other[1])
    return overlap > 0.5 * min(one[3] - one[1], other[3] - other[1])


def across_space(before: Side, after: Side, space: str, *, running: bool) -> Joint:
    """What the white space between two parts of one row is.

    space: its characters. running: of running text, where two whole numbers seldom stand with only a space between.
    """
    if far(before.box, after.box) or not together(before.box, after.box):
        return Joint.APART
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


def over_rows(before: Side, after: Side, room: float, *, running: bool) -> Joint:
    """What the end of a line is between two parts; room: by how many points the line might have been longer."""
    made = before.run + after.run
    both = before.run[-1].isdigit() and after.run[0].isdigit()
    if _NUMBER.fullmatch(made) is None:
        return _two_numbers(before.run, after.run) if both and not running else Joint.OPEN if both else Joint.ONE
    if running:
        return Joint.ONE if room <= _ROOM * (before.box[3] - before.box[1]) else Joint.OPEN
    if room >= before.digit:
        return _two_numbers(before.run, after.run)
    whole = _two_numbers(before.run, after.run) is Joint.APART and not _lacks_decimals(before.run, made)
    return Joint.OPEN if whole else Joint.ONE


def _two_numbers(before: str, after: str) -> Joint:
    """Two parts that do not make one number: each is one, or nobody can tell."""
    return Joint.APART if _NUMBER.fullmatch(before) and _NUMBER.fullmatch(after) else Joint.OPEN


def _lacks_decimals(before: str, made: str) -> bool:
    """Whether an amount was broken within its decimals."""
    own, whole = (_DECIMALS.search(run) for run in (before, made))
    return own is not None and whole is not None and len(own[0]) < len(whole[0]) == _MONEY
