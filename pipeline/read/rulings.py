"""The drawings of a page become ruling lines.

Programs draw the same table in many ways: long strokes, a stroke for each side of each cell, thin filled
rectangles (Word, WPS), stroked rectangles, rows of dots. Here all of them become the same few maximal lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from recount.pipeline.document import Box, Ruling

THIN = 3.0  # points; a filled rectangle up to this is a line, above it is shading
SKEW = 0.8  # points by which the two ends of a straight line may differ
COLLINEAR = 1.2  # points between two pieces of one line, across it
GAP = 3.0  # points between two pieces of one line, along it: dashes, dots, corners left open
DOUBLE = 3.0  # points between the two lines of a double line
LOW = 40.0  # points; a box that is higher than this was not drawn around a figure
FEW = 0.2  # share of all lines that such boxes may have; of more the table itself is made
MEETS = 0.8  # points between the end of a line and the side of a box at which it ends
BESIDE = 1.0  # points; a line that lies as near outside of its clip is seen by half its width
SHORTEST = 4.0  # points; shorter marks are no ruling lines
_WHITE = 0.97  # a colour whose darkest part is lighter than this leaves no mark
_INVISIBLE = 0.05  # opacity

Segment = tuple[float, float, float, float]
"""x0, y0, x1, y1 of a piece of a line, with x0 <= x1 and y0 <= y1, either x0 == x1 or y0 == y1."""
Point = tuple[float, float]
Run = tuple[float, float, float]
"""position across, start along, end along."""
Matrix = tuple[float, float, float, float, float, float]


def read_rulings(
    drawings: Iterable[Mapping[str, Any]], size: tuple[float, float], rotation: Matrix | None = None
) -> tuple[Ruling, ...]:
    """The ruling lines in MuPDF's cdrawings (extended: with their clips), merged; only what of them is to be seen.

    size: width and height of the page as displayed, in points. rotation: the page's, as a matrix, if it has one.
    """
    level: list[Run] = []
    upright: list[Run] = []
    for x0, y0, x1, y1 in _without_frames([*_seen(drawings, size, rotation)]):
        if x1 - x0 <= THIN and y1 - y0 <= THIN:  # a dot may belong to either
            level.append(((y0 + y1) / 2, x0, x1))
            upright.append(((x0 + x1) / 2, y0, y1))
        elif y0 == y1:
            level.append((y0, x0, x1))
        else:
            upright.append((x0, y0, y1))
    return (
        *(Ruling(start, at, end, at) for at, start, end in merge_runs(level)),
        *(Ruling(at, start, at, end) for at, start, end in merge_runs(upright)),
    )


def _seen(
    drawings: Iterable[Mapping[str, Any]], size: tuple[float, float], rotation: Matrix | None
) -> Iterator[Segment]:
    """The pieces of lines on a page, as displayed."""
    page = (0.0, 0.0, *size)
    for drawing, clip in _clipped(drawings):
        for segment in _segments(drawing):
            seen = segment if clip is None else _within(segment, clip)
            seen = seen and _within(_rotated(seen, rotation) if rotation else seen, page)
            if seen is not None:
                yield seen


def _without_frames(segments: list[Segment]) -> list[Segment]:
    """The segments without the low boxes that somebody drew around a figure of a table.

    There are few of them, and no line of the table ends at their sides, as the lines between its cells do.
    """
    boxes = [sides for index in range(len(segments) - 3) if _is_box(sides := segments[index : index + 4])]
    if not boxes or (len(boxes) > 1 and len(boxes) * 4 > FEW * len(segments)):
        return segments
    framed: set[Segment] = set()
    for sides in boxes:
        (x0, y0, _, _), (_, _, x1, y1) = sides[0], sides[1]
        others = [segment for segment in segments if segment not in sides]
        if y1 - y0 <= LOW and _lies_among((x0, y0, x1, y1), others):
            framed.update(() if any(_ends_at((x0, y0, x1, y1), segment) for segment in others) else sides)
    return [segment for segment in segments if segment not in framed] if framed else segments


def _is_box(sides: Sequence[Segment]) -> bool:
    """Whether four segments are the sides of a rectangle, as _sides has them."""
    top, foot, left, right = sides
    return (
        top[1] == top[3] == left[1] == right[1]
        and foot[1] == foot[3] == left[3] == right[3]
        and (left[0], right[0]) == (top[0], top[2]) == (foot[0], foot[2])
        and right[0] - left[0] > THIN < foot[1] - top[1]
    )


def _lies_among(box: Box, segments: Sequence[Segment]) -> bool:
    """Whether there are lines on all sides of the middle of a box."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    sides = [(side[0] < x, side[1] < y, side[2] > x, side[3] > y) for side in segments]
    return all(any(which) for which in zip(*sides, strict=True)) and bool(sides)


def _ends_at(box: Box, segment: Segment) -> bool:
    """Whether a segment ends at a side of a box."""
    x0, y0, x1, y1 = box
    return any(
        x0 - MEETS <= x <= x1 + MEETS and y0 - MEETS <= y <= y1 + MEETS and min(x - x0, x1 - x, y - y0, y1 - y) <= MEETS
        for x, y in (segment[:2], segment[2:])
    )


def painted(drawings: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """What of MuPDF's extended cdrawings paints, without clips and groups."""
    return (drawing for drawing, _ in _clipped(drawings))


def filled(drawings: Iterable[Mapping[str, Any]]) -> Iterator[Box]:
    """The boxes of the paths that are filled, in MuPDF's cdrawings."""
    return (drawing["rect"] for drawing in drawings if drawing["type"] in ("f", "fs"))


def _clipped(drawings: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Box | None]]:
    """What is painted, each with the box that it is clipped to; a group keeps the clip that it stands in."""
    clips: list[Box | None] = []
    for drawing in drawings:
        around = clips[: drawing.get("level", 0)]
        outer = around[-1] if around else None
        if drawing["type"] in ("clip", "group"):
            clips = [*around, drawing["scissor"] if drawing["type"] == "clip" else outer]
        else:
            yield drawing, outer


def _within(segment: Segment, box: Box) -> Segment | None:
    """The part of a segment that lies in a box, or as near to it as a line is wide."""
    if box[0] <= segment[0] and box[1] <= segment[1] and segment[2] <= box[2] and segment[3] <= box[3]:
        return segment
    x0, y0 = max(segment[0], box[0]), max(segment[1], box[1])
    x1, y1 = min(segment[2], box[2]), min(segment[3], box[3])
    if x0 > x1 + BESIDE or y0 > y1 + BESIDE:
        return None
    if segment[1] == segment[3]:
        return (x0, segment[1], x1, segment[1]) if x0 <= x1 else None
    return (segment[0], y0, segment[0], y1) if y0 <= y1 else None


def merge_runs(runs: list[Run]) -> list[Run]:
    """Maximal runs from pieces: collinear pieces joined, double lines made one, marks too short left out."""
    joined: list[Run] = []
    runs.sort()
    start = 0
    for index in range(1, len(runs) + 1):
        if index == len(runs) or runs[index][0] - runs[start][0] > COLLINEAR:
            joined += _joined(runs[start:index])
            start = index
    return [run for run in _without_doubles(joined) if run[2] - run[1] >= SHORTEST]


def _joined(runs: list[Run]) -> Iterator[Run]:
    """The runs of one position, joined where they touch."""
    if len(runs) == 1:
        yield runs[0]
        return
    runs.sort(key=_start)
    at, start, end = runs[0]
    longest = end - start
    for across, first, last in runs[1:]:
        if first > end + GAP:
            yield at, start, end
            at, start, end, longest = across, first, last, last - first
            continue
        end = max(end, last)
        if last - first > longest:  # the longest piece says where the line is
            at, longest = across, last - first
    yield at, start, end


def _start(run: Run) -> float:
    return run[1]


def _without_doubles(runs: list[Run]) -> list[Run]:
    """Two lines side by side over a common stretch are one: no row is as low as that."""
    kept: list[Run] = []
    for run in sorted(runs):
        twin = _twin(run, kept)
        if twin is None:
            kept.append(run)
            continue
        _, start, end = kept[twin]
        kept[twin] = _middle(kept[twin], run), min(start, run[1]), max(end, run[2])
    return kept


def _middle(one: Run, other: Run) -> float:
    """Where the line is that two runs side by side make: between them, or where a much longer one is."""
    length, second = one[2] - one[1], other[2] - other[1]
    if length > 2 * second or second > 2 * length:
        return one[0] if length > second else other[0]
    return (one[0] + other[0]) / 2


def _twin(run: Run, kept: Sequence[Run]) -> int | None:
    """The index of the kept run beside which this one lies, if any; kept is ascending."""
    for index in range(len(kept) - 1, -1, -1):
        at, start, end = kept[index]
        if run[0] - at > DOUBLE:
            return None
        if min(end, run[2]) - max(start, run[1]) > GAP:
            return index
    return None


def _segments(drawing: Mapping[str, Any]) -> Iterable[Segment]:
    kind = drawing["type"]
    if "s" in kind and _is_inked(drawing.get("color"), drawing.get("stroke_opacity")):
        return _stroked(drawing["items"], drawing.get("width") or 0.0)
    if "f" in kind and _is_inked(drawing.get("fill"), drawing.get("fill_opacity")):
        return _filled(drawing["items"])
    return ()


def _is_inked(colour: Sequence[float] | None, opacity: float | None) -> bool:
    """Whether a colour leaves a mark on white paper."""
    if colour is None or (opacity is not None and opacity < _INVISIBLE):
        return False
    return min(colour, default=0.0) < _WHITE


def _stroked(items: Iterable[Sequence[Any]], width: float) -> Iterator[Segment]:
    for item in items:
        kind = item[0]
        if kind == "l":
            yield from _stroke(item[1], item[2], width)
        elif kind == "re":
            yield from _sides(*item[1])
        elif kind == "qu":
            corners = item[1]
            for one, other in ((0, 1), (1, 3), (3, 2), (2, 0)):
                yield from _stroke(corners[one], corners[other], width)


def _stroke(start: Point, end: Point, width: float) -> Iterator[Segment]:
    (x0, y0), (x1, y1) = start, end
    across, along = abs(x1 - x0), abs(y1 - y0)
    if width > 2 * THIN:
        # A wide stroke is shading, unless it is so short that it is a line drawn the other way.
        if max(across, along) <= THIN:
            middle_x, middle_y, half = (x0 + x1) / 2, (y0 + y1) / 2, width / 2
            if across >= along:
                yield middle_x, middle_y - half, middle_x, middle_y + half
            else:
                yield middle_x - half, middle_y, middle_x + half, middle_y
    elif along <= SKEW and across >= along:
        middle = (y0 + y1) / 2
        yield min(x0, x1), middle, max(x0, x1), middle
    elif across <= SKEW:
        middle = (x0 + x1) / 2
        yield middle, min(y0, y1), middle, max(y0, y1)


def _sides(x0: float, y0: float, x1: float, y1: float) -> Iterator[Segment]:
    if x1 - x0 <= THIN or y1 - y0 <= THIN:
        yield from _bar(x0, y0, x1, y1)
        return
    yield x0, y0, x1, y0
    yield x0, y1, x1, y1
    yield x0, y0, x0, y1
    yield x1, y0, x1, y1


def _bar(x0: float, y0: float, x1: float, y1: float) -> Iterator[Segment]:
    """A thin rectangle as a line at its middle; nothing for a large one."""
    if y1 - y0 <= THIN and x1 - x0 >= y1 - y0:
        middle = (y0 + y1) / 2
        yield x0, middle, x1, middle
    elif x1 - x0 <= THIN:
        middle = (x0 + x1) / 2
        yield middle, y0, middle, y1


def _filled(items: Iterable[Sequence[Any]]) -> Iterator[Segment]:
    outline: list[Point] = []
    for item in items:
        kind = item[0]
        if kind == "l" and outline and outline[-1] == item[1]:
            outline.append(item[2])
            continue
        if outline:
            yield from _outlined(outline)
            outline = []
        if kind == "l":
            outline = [item[1], item[2]]
        elif kind == "re":
            yield from _bar(*item[1])
        elif kind == "qu":
            yield from _outlined(list(item[1]))
    yield from _outlined(outline)


def _outlined(points: list[Point]) -> Iterator[Segment]:
    """A filled outline as a line, if it is thin."""
    if len(points) >= 3:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        yield from _bar(min(xs), min(ys), max(xs), max(ys))


def _rotated(segment: Segment, rotation: Matrix) -> Segment:
    """The segment on the page as displayed."""
    a, b, c, d, e, f = rotation
    x0, y0 = a * segment[0] + c * segment[1] + e, b * segment[0] + d * segment[1] + f
    x1, y1 = a * segment[2] + c * segment[3] + e, b * segment[2] + d * segment[3] + f
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
