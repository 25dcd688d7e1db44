"""What is printed beside, over or under the text of a page and is no part of it.

Footnote marks (raised and mostly small), watermarks that stand level (pale, or much larger than the text that they
cross), and second copies that some programs draw to make text bold. None of them may add a digit to a figure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from recount.pipeline.document import Box, Line

Boxes = npt.NDArray[np.float64]
"""A row for each: x0, y0, x1, y1."""
Places = npt.NDArray[np.intp]

_SHIFT = 1.6  # points by which the copy that makes bold may be shifted, across and down
_OF_WIDTH = 0.65  # and the share of its width: the next of two equal characters stands a whole width further
_OF_POINT = 0.95  # the same where characters of the line are known to be drawn twice: a point is narrow
_OF_HEIGHT = 0.12  # and of a line's height: a whole line that is drawn again may be shifted so far

_SMALL = 0.75  # of the text's size; a raised character up to it is a mark
_RAISED = 0.15  # of the text's size, by which a small character must be raised
_HIGH = 0.25  # by which one of full size must be
_ABUTS = 0.35  # of a mark's height: how near it stands to what it marks
_MARK = re.compile(r"[\[(（〔【]?(?:[0-9０-９]{1,2}|[*＊†‡]{1,3}|[a-z]|注[0-9]?)[\])）〕】]?")
_LONGEST_MARK = 5
_RAISED_ONES = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_SUPERSCRIPT = str.maketrans("0123456789０１２３４５６７８９", _RAISED_ONES * 2)
_POINTS = (".", ",", "．", "，")
_MARKED_FIGURE = re.compile(r"[0-9０-９][.．][0-9０-９]+$|[^0-9０-９.．,，A-Za-z]$")

_LONGEST_FIGURE = 12  # characters before a mark that are looked at

_PALE = 0.55  # lightness, 0 black to 1 white, from which text may be a watermark
_PALER = 0.25  # by how much it must be lighter than what it crosses
_LARGE = 1.8  # times the size of what it crosses
_CORE = 0.2  # of a line's height at its top and foot where no ink is
_CROSSES = 0.25  # of the lower core, and of a character's width
_SHORTEST = 4  # characters; a pale text that is as short may be a word of a form
_TILES = 3  # times that a pale text stands on a page to be a watermark, whatever it crosses


@dataclass(frozen=True, slots=True)
class Print:
    """A line as it is printed. size: of its characters, in points; lightness: 0 (black) to 1 (white)."""

    line: Line
    size: float
    lightness: float

    @property
    def style(self) -> tuple[int, int]:
        """Size and lightness, rounded: what is set alike has one."""
        return round(self.size), round(10 * self.lightness)


def lightness(span: dict[str, Any]) -> float:
    """How light MuPDF's span is on white paper: 0 black, 1 white; its opacity counts."""
    return _lightness(span.get("color", 0), span.get("alpha", 255))


@lru_cache
def _lightness(colour: int, alpha: int) -> float:
    red, green, blue = colour >> 16 & 255, colour >> 8 & 255, colour & 255
    return float(1 - alpha / 255 * (1 - (0.3 * red + 0.59 * green + 0.11 * blue) / 255))


def by_paleness(spans: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The spans of one line in groups of pale and dark ones: a watermark is no part of the text on its baseline."""
    if len(spans) == 1 or len({(span.get("color", 0), span.get("alpha", 255)) for span in spans}) == 1:
        return [[*spans]]
    groups: list[list[dict[str, Any]]] = []
    for span in spans:
        pale = lightness(span) > _PALE
        if groups and pale == (lightness(groups[-1][0]) > _PALE):
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups


# --- footnote marks


def unmarked(spans: Sequence[dict[str, Any]], direction: tuple[float, float]) -> list[dict[str, Any]]:
    """The characters of a line's spans without footnote marks; direction: in which the line runs, as MuPDF has it.

    A mark behind a word, or behind a figure with decimals, goes. Elsewhere (m², 35², at the head of a line) its digits
    become raised ones, which are no digits of a number. Decimals that are set small and high stay as they are.
    """
    if len(spans) == 1:
        own: list[dict[str, Any]] = spans[0]["chars"]
        return own
    chars: list[dict[str, Any]] = []
    if not direction[1] and len({span["origin"][1] for span in spans}) == 1:  # nothing is raised
        for span in spans:
            chars += span["chars"]
        return chars
    for index, span in enumerate(spans):
        base = _base(spans, index)
        if base is None or not _is_raised(span, base, direction):
            chars += span["chars"]
            continue
        before = "".join(char["c"] for char in chars[-_LONGEST_FIGURE:]).rstrip()
        if before.endswith(_POINTS):
            chars += span["chars"]
        elif not _MARKED_FIGURE.search(before):
            chars += [{**char, "c": char["c"].translate(_SUPERSCRIPT)} for char in span["chars"]]
    return chars


def _base(spans: Sequence[dict[str, Any]], index: int) -> dict[str, Any] | None:
    """The larger of the spans beside one."""
    beside = [spans[place] for place in (index - 1, index + 1) if 0 <= place < len(spans)]
    return max(beside, key=itemgetter("size"), default=None)


def _is_raised(span: dict[str, Any], base: dict[str, Any], direction: tuple[float, float]) -> bool:
    (x, y), (base_x, base_y) = span["origin"], base["origin"]
    raised = ((x - base_x) * direction[1] - (y - base_y) * direction[0]) / base["size"]
    if raised < (_RAISED if span["size"] <= _SMALL * base["size"] else _HIGH):
        return False
    return _MARK.fullmatch("".join(char["c"] for char in span["chars"]).strip()) is not None


def _without_marks(prints: Sequence[Print]) -> Iterator[Print]:
    """The lines without marks of the end of another: lines of their own, or the heads of those that go on behind."""
    lengths = [_marks_in(print_.line.text) for print_ in prints]
    if not any(lengths):
        yield from prints
        return
    tall = max(_height(print_.line.box) for print_ in prints)
    ends = np.array([print_.line.boxes[-1] for print_ in prints]).reshape(-1, 4)
    for print_, length in zip(prints, lengths, strict=True):
        line = print_.line
        if not length or _height(line.boxes[0]) > _SMALL * tall:
            yield print_
            continue
        marked = next((prints[at].line for at in np.flatnonzero(_is_mark_of(line.boxes[0], ends)).tolist()), None)
        if marked is None or marked.text.endswith(_POINTS):
            yield print_
        elif not _MARKED_FIGURE.search(marked.text):
            yield replace(
                print_, line=replace(line, text=line.text[:length].translate(_SUPERSCRIPT) + line.text[length:])
            )
        elif length < len(line.text):
            rest = line.boxes[length:]
            yield replace(print_, line=Line(line.text[length:], rest, (rest[0][0], *line.box[1:])))


def _marks_in(text: str) -> int:
    """How many characters at the head of a line may be a mark."""
    if len(text) <= _LONGEST_MARK and _MARK.fullmatch(text):
        return len(text)
    return len(text) - len(text.lstrip(_RAISED_ONES)) if text[0] in _RAISED_ONES else 0


def _is_mark_of(mark: Box, ends: Boxes) -> npt.NDArray[np.bool_]:
    """Behind which of the last characters of lines, larger ones, a character stands raised."""
    height, own = ends[:, 3] - ends[:, 1], _height(mark)
    gap = mark[0] - ends[:, 2]
    found: npt.NDArray[np.bool_] = (
        (own <= _SMALL * height)
        & (-0.1 * height < gap)
        & (gap < _ABUTS * own)
        & (ends[:, 3] - mark[3] > 0.2 * height)
        & (abs(mark[1] - ends[:, 1]) < 0.2 * height)
    )
    return found


def _height(box: Box) -> float:
    return box[3] - box[1]


# --- copies that make bold


def printed_once(chars: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A line's characters without the second of two equal ones that stand one on the other, a little shifted."""
    if not any(one["c"] == other["c"] and _repeats(other, one) for one, other in pairwise(chars)):
        return chars
    kept: list[dict[str, Any]] = []
    of_width = _OF_WIDTH
    for place, char in enumerate(chars):
        copied = place > 0 and _repeats(char, chars[place - 1], of_width)
        if not copied:
            kept.append(char)
        elif of_width == _OF_WIDTH:
            of_width = _OF_POINT
    return kept


def _repeats(char: dict[str, Any], before: dict[str, Any], of_width: float = _OF_WIDTH) -> bool:
    return bool(char["c"] == before["c"]) and _is_shifted(before["bbox"], char["bbox"], of_width)


def _is_shifted(one: Box, other: Box, of_width: float = _OF_WIDTH) -> bool:
    """Whether a character stands where another does, but for a shift."""
    reach = min(_SHIFT, of_width * (one[2] - one[0]))
    return abs(other[0] - one[0]) < reach and abs(other[1] - one[1]) < _SHIFT


def _is_copy(line: Line, other: Line) -> bool:
    """Whether a line repeats a part of another at its place, as bold words of a sentence do."""
    if line.text == other.text:
        reach = max(_SHIFT, _OF_HEIGHT * _height(line.box))
        return all(abs(one - two) < reach for one, two in zip(line.box[:2], other.box[:2], strict=True))
    if line.text not in other.text:
        return False
    start = other.text.find(line.text)
    while start >= 0:
        if all(map(_is_shifted, other.boxes[start : start + len(line.text)], line.boxes)):
            return True
        start = other.text.find(line.text, start + 1)
    return False


# --- the lines of a page


def plain_lines(prints: Sequence[Print]) -> tuple[Line, ...]:
    """The lines of a page, in the order in which they are drawn, without copies, watermarks and marks."""
    pairs = _crossing(prints)
    gone = {id(print_) for print_ in _watermarks(prints, pairs)}
    gone |= _copies(pair for pair in pairs if gone.isdisjoint(map(id, pair)))
    return tuple(print_.line for print_ in _without_marks([print_ for print_ in prints if id(print_) not in gone]))


def uncopied(prints: Sequence[Print]) -> tuple[Line, ...]:
    """The lines of a page in the order in which they are drawn, each once."""
    gone = _copies(_crossing(prints))
    return tuple(print_.line for print_ in prints if id(print_) not in gone)


def _copies(crossing: Iterable[tuple[Print, Print]]) -> set[int]:
    """The identities of those of some pairs that are copies of the other, or of a part of it."""
    return {
        id(pair[longest])
        for pair in crossing
        for longest in (0, 1)
        if _is_copy(pair[longest].line, pair[1 - longest].line) and (longest or pair[0].line.text != pair[1].line.text)
    }


def _watermarks(prints: Sequence[Print], crossing: Sequence[tuple[Print, Print]]) -> list[Print]:
    """The lines that are a level watermark: all that are set alike and say the same as one that crosses the text."""
    pale = [print_ for print_ in prints if print_.lightness > _PALE]
    if not pale and not crossing:
        return []
    found = set()
    main = _main_style(prints)
    for pair in crossing:
        for one, other in (pair, pair[::-1]):
            paler = one.lightness > _PALE and one.lightness > other.lightness + _PALER
            if one.style != main and (paler or one.size >= _LARGE * other.size):
                found.add((one.style, one.line.text))
    times: dict[tuple[tuple[int, int], str], int] = defaultdict(int)
    for print_ in pale:
        times[print_.style, print_.line.text] += print_.style != main
    found |= {look for look, count in times.items() if count >= _TILES and len(look[1]) > _SHORTEST}
    return [print_ for print_ in prints if (print_.style, print_.line.text) in found]


def _main_style(prints: Iterable[Print]) -> tuple[int, int] | None:
    """How most of the text is set; what is said again and again counts once, and alone it is no text of a report."""
    said: dict[tuple[int, int], set[str]] = defaultdict(set)
    for print_ in prints:
        said[print_.style].add(print_.line.text)
    characters = {style: sum(map(len, texts)) for style, texts in said.items() if len(texts) > 1}
    return max(characters, key=characters.__getitem__, default=None)


def _crossing(prints: Sequence[Print]) -> list[tuple[Print, Print]]:
    """Pairs of lines that stand one on the other, in the order in which they are drawn."""
    if len(prints) < 2:
        return []
    boxes = np.array([print_.line.box for print_ in prints])
    first, second = beside(boxes)
    across = np.minimum(boxes[first, 2], boxes[second, 2]) - np.maximum(boxes[first, 0], boxes[second, 0])
    over = across > 0
    if not over.any():
        return []
    first, second, across = first[over], second[over], across[over]
    height = boxes[:, 3] - boxes[:, 1]
    low = np.minimum(height[first], height[second])
    top, foot = boxes[:, 1] + _CORE * height, boxes[:, 3] - _CORE * height
    down = np.minimum(foot[first], foot[second]) - np.maximum(top[first], top[second])
    cross = (across > _CROSSES * low) & (down > _CROSSES * (1 - 2 * _CORE) * low)
    return [(prints[one], prints[other]) for one, other in zip(first[cross], second[cross], strict=True)]


def beside(boxes: Boxes) -> tuple[Places, Places]:
    """The pairs of boxes that share some height: the places of the first and of the second of each, ascending."""
    order = np.argsort(boxes[:, 1], kind="stable")
    tops, places = boxes[order, 1], np.arange(len(boxes))
    below = np.maximum(np.searchsorted(tops, boxes[order, 3]) - places - 1, 0)  # those that begin before one ends
    upper = np.repeat(places, below)
    lower = upper + 1 + np.arange(len(upper)) - np.repeat(np.cumsum(below) - below, below)
    return np.minimum(order[upper], order[lower]), np.maximum(order[upper], order[lower])
