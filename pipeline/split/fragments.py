"""Text lines into pieces at column edges, and pieces into reading order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from recount.pipeline.document import Box, Line

_CLOSE = 0.05  # share of the height: characters nearer than this to each other were set as one word
_STRADDLES = 0.15  # share of its width by which a character must reach over an edge to stand on it
_NUMERIC = frozenset("0123456789.,，")


def cut_line(line: Line, edges: Sequence[float]) -> Iterator[tuple[int, Line]]:
    """The pieces of a line between the edges (ascending x), with the number of their stretch.

    Stretch 0 lies before the first edge, len(edges) behind the last. A character belongs where its middle is;
    a word that runs over an edge without a gap (a figure too wide for its column) goes undivided where
    most of it is.
    """
    text, boxes = line.text, line.boxes
    homes = [bisect_right(edges, (box[0] + box[2]) / 2) for box in boxes]
    for index in range(1, len(text)):
        if homes[index] != homes[index - 1] and _runs_over(text, boxes, index, edges[homes[index - 1]]):
            start, end = _word(text, boxes, index)
            home = _main_home(boxes[start:end], homes[start:end])
            homes[start:end] = [home] * (end - start)
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or homes[index] != homes[start]:
            piece = part_of(line, start, index)
            if piece:
                yield homes[start], piece
            start = index


def part_of(line: Line, start: int, end: int) -> Line | None:
    """Characters start..end of the line, without white space at the ends; None if nothing is left."""
    while start < end and line.text[start].isspace():
        start += 1
    while start < end and line.text[end - 1].isspace():
        end -= 1
    if start == end:
        return None
    boxes = line.boxes[start:end]
    box = boxes[0][0], min(each[1] for each in boxes), boxes[-1][2], max(each[3] for each in boxes)
    return Line(line.text[start:end], boxes, box, line.confidence)


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


def _main_home(boxes: Sequence[Box], homes: Sequence[int]) -> int:
    """The stretch that holds most of the width of the boxes."""
    widths: dict[int, float] = {}
    for box, home in zip(boxes, homes, strict=True):
        widths[home] = widths.get(home, 0.0) + box[2] - box[0]
    return max(widths, key=widths.__getitem__)
