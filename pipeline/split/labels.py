"""Labels of tables in Latin script: which of them only look like figures, and which lines go on with the one above.

A label is broken where its column is full, and what is left of it stands below, set in or not, near or as far as the
next row is. What goes on cannot be told by the distance alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, median_low

from recount.pipeline.document import Line
from recount.pipeline.split.folding import fold

_FEWEST = 3  # labels that say where labels begin
_MORE = 2  # times as many rows with a label as without one
_SET_IN = 12.0  # heights of a line by which labels may be set in
_HANGS = 2.0  # and their further lines against the first
_MARGIN = 2.0  # points
_ALIKE = 1.2  # points by which lines that are set in alike may differ
_REACH = 1.7  # heights of a line from one line of a label to the next, at most
_TIGHT = 0.93  # of the distance of the rows: nearer lines are of one cell
_WIDER = 2.0  # heights of a line by which one line reaches farther than all others: it may be no broken one
_SMALL = re.compile(r"\s*[a-z]{2}")
_AMID, _NUMBER = re.compile(r"\s*(?:[a-z]{2}|\d{1,3}(?:,\d{3})+(?![.\d]))"), re.compile(r"\d")
_ASIDE = re.compile(r"\(.*\)")
_UNFINISHED = re.compile(
    r"(?:[,/&–—-]|(?<![a-z])(?:and|or|of|to|for|in|on|at|by|from|with|the|than|per|its|as))$", re.IGNORECASE
)


def zone_of(starts: Sequence[float], others: int, height: float) -> float | None:
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
        steps = [low.line.box[1] - top.line.box[1] for top, low in pairwise(labels) if top.figured and low.figured]
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
        step, height = line.line.box[1] - above.box[1], above.box[3] - above.box[1]
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


def _blank(line: Line) -> float:
    """The width of a blank in a line, about."""
    return median(box[2] - box[0] for box in line.boxes) / 2
