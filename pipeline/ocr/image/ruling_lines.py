"""Ruling lines from a page image: long thin dark runs, straightened, joined, and checked to make a table.

A table's lines end at lines. An end in mid-air means that a piece was not seen (a faint or broken line, a seal
over it) or that something else was taken for a line. So each way of looking is judged by its loose ends, the best
is taken, and a loose end is led on to the next line where there is at least some ink on the way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from recount.pipeline.document import Box, Ruling
from recount.pipeline.ocr.image.prepare import Grey
from recount.pipeline.ocr.image.prepare import median as without_specks
from recount.pipeline.ocr.text.lines import runs_of
from recount.pipeline.read.rulings import Run, merge_runs

_THICKEST = 3.5  # points; what is thicker is shading, a seal's ring, a picture
_SHORTEST = 9.0  # points; the height of the lowest rows
_LONG = 28.0  # points; no stroke of a character is this long: a line in its own right
_VERY_LONG = 45.0  # points; no characters in a row touch one another so far
_BRIDGE = 1.2  # points over which ink is averaged along a line
_MARGIN = 1.6  # points beside a line; a line is thin, on one side of it at least there is paper
_CROWDED = 0.3  # share of a line along which there is ink beside it
_CROWDED_SHORT = 0.12  # the same for a line that is not _LONG, where one side is enough
_TWIN = 0.8  # share of a long run that the other line of a double one inks beside it; characters never do
_SPECK = 3.5  # points; no longer is a speck on a line
_TALLER = 13.0  # points; more than the strokes of characters of running text
_WHOLE = 0.95  # share of a short line that must be inked
_MOSTLY = 0.75  # the same for a short stretch that goes on as a long line
_BROKEN = 0.7  # share of a long stretch at the end of a line that must be inked
_BESIDE = 0.22  # share of a faint stretch along which there may be ink beside it
_WITHIN = 0.45  # of its height: so far from its ends a stroke is within a text box
_RIM = 0.25  # of its height: so far a text box reaches beyond its characters, over a ruling line maybe
_LOST = 25.0  # points of line that a loose end counts for
_BESIDE_ITSELF = (0.0, -1.2, 1.2)  # points from a line at which its ink may be
_EXACT = 1.5  # points by which a short line may miss the lines at its ends
_TOUCH = 3.0  # points by which lines may miss each other and still meet, as in split.lattice
_LEAST_TABLE = (40.0, 12.0)  # points; signs of a large type make smaller frames
_AMID = 6.0  # points; nearer to the side of a table lines may end that are drawn past it, or a table that is open there
_FAINT = 0.55  # share of the way to the next line that must be inked for a loose end to be led on

Mask = npt.NDArray[np.uint8]
Lines = tuple[list[Run], list[Run]]
"""Horizontal runs (y, x0, x1) and vertical ones (x, y0, y1), in points."""


class _Ink:
    """Where a page has thin ink, asked along level lines.

    depth: darkness against the paper; contrast: that of ink; text: boxes of text lines that stand across the lines;
    level: the same of those that run along them.
    """

    def __init__(
        self, depth: Grey, dpi: float, contrast: float, text: Sequence[Box] = (), level: Sequence[Box] = ()
    ) -> None:
        self.text, self.level = text, level
        # Noise is averaged along the line, so that a faint line is still whole.
        self.dark: Mask = (cv2.blur(depth, (max(3, round(_BRIDGE * dpi / 72)), 1)) > contrast).astype(np.uint8)
        self.scale = dpi / 72

    def along(self, run: Run) -> float:
        """The share of a run that is inked, on it or beside it where the lines of a double one lie."""
        row, first, last = self._pixels(run)
        if last <= first:
            return 1.0
        places = [row + round(off * self.scale) for off in _BESIDE_ITSELF]
        bands = [self.dark[max(0, place - 1) : max(0, place + 2), first:last] for place in places]
        return max(float(band.max(axis=0).mean()) if band.size else 0.0 for band in bands)

    def parts_text(self, run: Run) -> bool:
        """Whether a run is so short and stands so that it is a stroke within a text."""
        if run[2] - run[1] >= _LONG:
            return False
        return any(
            top + _WITHIN * (right - left) < run[0] < bottom - _WITHIN * (right - left)
            and run[1] - _TOUCH < (left + right) / 2 < run[2] + _TOUCH
            for left, top, right, bottom in self.text
        )

    def meets_text(self, run: Run) -> bool:
        """Whether a run leads through a line of text, be it through its first or last character."""
        return any(
            top + _RIM * (right - left) < run[0] < bottom - _RIM * (right - left)
            and min(right, run[2]) - max(left, run[1]) > (right - left) / 2
            for left, top, right, bottom in self.text
        )

    def is_of_text(self, run: Run) -> bool:
        """Whether a run is of characters, by the ink beside it or by where they stand."""
        return self.is_crowded(run) or self.underlies_text(run)

    def underlies_text(self, run: Run) -> bool:
        """Whether a run is what the characters of a line make that touch one another: amid it, and no longer."""
        return any(
            top + _RIM * (bottom - top) < run[0] < bottom - _RIM * (bottom - top)
            and left - _TOUCH < run[1]
            and run[2] < right + _TOUCH
            for left, top, right, bottom in self.level
        )

    def beside(self, run: Run) -> tuple[float, float]:
        """The shares of a run along which there is ink on the one and the other side of it, the smaller first.

        Another line all along it, as double frames have, is no ink beside it.
        """
        row, first, last = self._pixels(run)
        off = max(2, round(_MARGIN * self.scale))
        cut = min(off, max(0, last - first - 1) // 4)  # at its ends there are the lines across
        rows = [beside for beside in (row - off, row + off) if 0 <= beside < self.dark.shape[0]]
        if len(rows) < 2 or last - first < 1:
            return 0.0, 0.0
        twin = _TWIN if run[2] - run[1] >= _LONG else _WHOLE  # characters have strokes side by side, but shorter ones
        shares = [float(self.dark[beside, first + cut : last - cut].mean()) for beside in rows]
        one, other = sorted(0.0 if share >= twin else share for share in shares)
        return one, other

    def is_crowded(self, run: Run) -> bool:
        """Whether there is ink beside a run as in characters: on both sides of a long one, on any of a short."""
        less, more = self.beside(run)
        return less > _CROWDED if run[2] - run[1] >= _LONG else more > _CROWDED_SHORT

    def is_specked(self, run: Run) -> bool:
        """Whether all ink beside a run is a speck on it: characters touch a line more than once, or for longer."""
        row, first, last = self._pixels(run)
        off = max(2, round(_MARGIN * self.scale))
        runs = [runs_of(self.dark[beside, first + off : last - off]) for beside in (row - off, row + off)]
        return all(len(own) <= 1 and all(end - start <= _SPECK * self.scale for start, end in own) for own in runs)

    def _pixels(self, run: Run) -> tuple[int, int, int]:
        return int(run[0] * self.scale), max(0, round(run[1] * self.scale)), round(run[2] * self.scale)


_LOOKS = ((45, False), (28, True), (70, False), (18, True))
"""The ways of looking for lines: the grey levels by which they stand out against the paper, and whether noise is taken
off first. In this order; from the second on, one that leaves no loose ends is the last."""


def find_rulings(image: Grey, dpi: float, text: Sequence[Box] = ()) -> tuple[Ruling, ...]:
    """The ruling lines of the tables on a straight page image, in points from its top left corner.

    text: the boxes of its text lines, in pixels; a stroke in the middle of one is no ruling line.
    """
    scale = dpi / 72
    lines = [(x0 / scale, y0 / scale, x1 / scale, y1 / scale) for x0, y0, x1, y1 in text]
    looks: list[Lines] = []
    for number, (contrast, median) in enumerate(_LOOKS):
        looks.append(_seen(_depth(image, dpi, median=median), dpi, contrast, lines))
        if number and not loose_ends(looks[-1]):
            break
    best = max(looks, key=_soundness)
    whole = [look for look in looks if look is not best and not loose_ends(look)]
    return as_rulings((as_long(best, whole, 0), as_long(best, whole, 1)))


def as_long(best: Lines, others: Sequence[Lines], own: int) -> list[Run]:
    """The lines of the best look, led on to where another one that leaves no loose ends leads them: a speck beside the
    last piece of a line, or a blot on it, hides it from one look and not from the next."""
    longer: list[Run] = []
    for at, start, end in best[own]:
        across = _across(best[1 - own], at)
        stops = _at(across, start) + _at(across, end)
        same = [
            run
            for other in others
            for run in other[own]
            if abs(run[0] - at) <= _EXACT and run[1] < end and run[2] > start
            # What has not seen the line at which this one ends has not looked at what lies beyond it.
            if all(_at(_across(other[1 - own], at), stop) for stop in stops)
        ]
        first = min((place for run in same for place in _at(across, run[1])), default=start)
        last = max((place for run in same for place in _at(across, run[2])), default=end)
        longer.append((at, first if first < start - _TOUCH else start, last if last > end + _TOUCH else end))
    return merge_runs(longer) if longer != best[own] else longer


def _across(lines: Sequence[Run], at: float) -> list[float]:
    """Where the lines lie that meet one across, or its way."""
    return [line[0] for line in lines if line[1] - _TOUCH <= at <= line[2] + _TOUCH]


def _at(places: Sequence[float], end: float) -> list[float]:
    """Those of the places at which a line ends."""
    return [place for place in places if abs(place - end) <= _TOUCH]


def _soundness(lines: Lines) -> float:
    """How good a table the lines make: their length, and what is missing where they end in mid-air."""
    return sum(end - start for runs in lines for _, start, end in runs) - _LOST * loose_ends(lines)


def _seen(depth: Grey, dpi: float, contrast: float, text: Sequence[Box]) -> Lines:
    """The lines of the tables that stand out by contrast. text: boxes of text lines, in points."""
    turned, across = np.ascontiguousarray(depth.T), [(y0, x0, y1, x1) for x0, y0, x1, y1 in text]
    inks = _Ink(depth, dpi, contrast, level=text), _Ink(turned, dpi, contrast, across)
    lines = _runs(inks[0]), _runs(inks[1])
    pieces = _grounded(lines, inks)
    lines = _in_tables(pieces)
    lines = _cut_back(lines[0], lines[1], inks[0]), _cut_back(lines[1], lines[0], inks[1])
    faint = _Ink(depth, dpi, contrast / 2), _Ink(turned, dpi, contrast / 2, across)
    ways = [_Ways(ink, pale, own) for ink, pale, own in zip(inks, faint, pieces, strict=True)]
    return _completed(lines, (ways[0], ways[1]))


def as_rulings(lines: Lines) -> tuple[Ruling, ...]:
    """The runs as ruling lines."""
    level, upright = lines
    return (
        *(Ruling(start, at, end, at) for at, start, end in level),
        *(Ruling(at, start, at, end) for at, start, end in upright),
    )


def inked(image: Grey, dpi: float) -> Callable[[Ruling], float]:
    """Tells the share of a line, in points, that has ink on a straight page image."""
    contrast, median = _LOOKS[1]
    depth = _depth(image, dpi, median=median)
    level, upright = _Ink(depth, dpi, contrast), _Ink(np.ascontiguousarray(depth.T), dpi, contrast)

    def share(line: Ruling) -> float:
        if line.y0 == line.y1:
            return level.along((line.y0, line.x0, line.x1))
        return upright.along((line.x0, line.y0, line.y1))

    return share


def loose_ends(lines: Lines) -> int:
    """How many ends of lines meet no line across."""
    level, upright = lines
    return sum(1 for _ in _loose(level, upright)) + sum(1 for _ in _loose(upright, level))


def broken_off(rulings: Sequence[Ruling], tables: Sequence[Box]) -> list[Box]:
    """Those of the tables (their boxes, in points) amid which a ruling line ends without meeting one across."""
    level = [(line.y0, line.x0, line.x1) for line in rulings if line.y0 == line.y1]
    upright = [(line.x0, line.y0, line.y1) for line in rulings if line.x0 == line.x1]
    ends = [(level[index][2 if far else 1], level[index][0]) for index, far in _loose(level, upright)]
    ends += [(upright[index][0], upright[index][2 if far else 1]) for index, far in _loose(upright, level)]
    return [
        (x0, y0, x1, y1)
        for x0, y0, x1, y1 in tables
        if any(x0 + _AMID < x < x1 - _AMID and y0 + _AMID < y < y1 - _AMID for x, y in ends)
    ]


def _depth(image: Grey, dpi: float, *, median: bool) -> Grey:
    """How much darker each pixel is than the paper around it; nothing for what is thick."""
    if median:
        image = without_specks(image)
    size = round(_THICKEST * dpi / 72) | 1
    return np.asarray(cv2.morphologyEx(image, cv2.MORPH_BLACKHAT, np.ones((size, size), np.uint8)), np.uint8)


def _runs(ink: _Ink) -> list[Run]:
    """The level runs of ink."""
    scale = ink.scale
    # A line that is not quite straight steps from row to row.
    wide = cv2.dilate(ink.dark, np.ones((3, 1), np.uint8))
    least = round(_SHORTEST * scale)
    long = cv2.morphologyEx(wide, cv2.MORPH_OPEN, np.ones((1, least), np.uint8))
    # A run is three pixels high and apart from the next: on a usual page their number needs 16 bits, in a third of the
    # time that 32 take.
    label = cv2.CV_16U if long.size < 4 * least * 0xFFFF else cv2.CV_32S
    count, labels, stats, centres = cv2.connectedComponentsWithStats(long, connectivity=8, ltype=label)
    runs: list[Run] = []
    for index in range(1, count):
        x, y, width, height, area = (int(value) for value in stats[index])
        if area / width - 2 > _THICKEST * scale:
            continue
        if height <= (_THICKEST + 1) * scale:
            found = [(_middle(ink.dark, x, y, width, height, float(centres[index][1])), float(x), float(x + width))]
        elif width > _LONG * scale:
            found = list(_pieces(labels[y : y + height, x : x + width] == index, x, y))
        else:
            continue
        runs += merge_runs([(at / scale, start / scale, end / scale) for at, start, end in found])
    return merge_runs([run for run in runs if run[2] - run[1] >= _VERY_LONG or not ink.is_of_text(run)])


def _middle(dark: Mask, x: int, y: int, width: int, height: int, centre: float) -> float:
    """Where a run lies: in its middle, or on the darker line of a double one, which has paper in its middle."""
    counts = dark[y : y + height, x : x + width].sum(axis=1)
    if counts[min(height - 1, round(centre) - y)] > counts.max() / 2:
        return centre + 0.5
    return y + float(counts.argmax()) + 0.5


def _pieces(mask: npt.NDArray[np.bool_], left: int, top: int) -> Iterator[Run]:
    """A component that is no straight line, in pieces: lines that a blot or a lean joined."""
    step = 16
    for start in range(0, mask.shape[1], step):
        part = mask[:, start : start + step]
        rows = np.flatnonzero(part.mean(axis=1) > 0.5)
        for group in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
            if len(group):
                yield top + float(group.mean()) + 0.5, left + start, left + min(start + step, mask.shape[1])


def _grounded(lines: Lines, inks: tuple[_Ink, _Ink]) -> Lines:
    """The long lines, and the short ones that run without a gap from line to line.

    In a low row a stroke of a character may do that too; there a line must stand where a long one stands.
    """
    kept: Lines = ([], [])
    short: Lines = ([], [])
    for runs, long, rest in zip(lines, kept, short, strict=True):
        for run in runs:
            (long if run[2] - run[1] >= _LONG else rest).append(run)
    places = [[run[0] for run in runs] for runs in kept]
    for _ in range(2):
        for own in (0, 1):
            for run in list(short[own]):
                aligned = run[2] - run[1] >= _TALLER or any(abs(run[0] - at) <= _EXACT for at in places[own])
                whole = inks[own].along(run) >= _WHOLE and not inks[own].parts_text(run)
                if aligned and whole and _spans(run, kept[1 - own]):
                    kept[own].append(run)
                    short[own].remove(run)
    return kept


def _spans(run: Run, crossing: Sequence[Run]) -> bool:
    """Whether both ends of a run lie on lines across."""
    return all(any(abs(place - end) <= _EXACT for place in _across(crossing, run[0])) for end in run[1:])


def _in_tables(lines: Lines) -> Lines:
    """The lines of components that are large enough for a table."""
    level, upright = lines
    owner = list(range(len(level) + len(upright)))

    def root(index: int) -> int:
        while owner[index] != index:
            owner[index] = index = owner[owner[index]]
        return index

    for number, line in enumerate(upright, len(level)):
        for index, other in enumerate(level):
            if _meet(line, other):
                owner[root(index)] = root(number)
    groups = defaultdict[int, Lines](lambda: ([], []))
    for index, line in enumerate((*level, *upright)):
        groups[root(index)][index >= len(level)].append(line)
    tables = [group for group in groups.values() if _is_table(group)]
    return [line for runs, _ in tables for line in runs], [line for _, runs in tables for line in runs]


def _is_table(group: Lines) -> bool:
    level, upright = group
    if not level or not upright or len(level) + len(upright) < 3:
        return False
    width = max(end for _, _, end in level) - min(start for _, start, _ in level)
    height = max(end for _, _, end in upright) - min(start for _, start, _ in upright)
    return width >= _LEAST_TABLE[0] and height >= _LEAST_TABLE[1]


def _meet(one: Run, other: Run) -> bool:
    """Whether a line meets one across."""
    return one[1] - _TOUCH <= other[0] <= one[2] + _TOUCH and other[1] - _TOUCH <= one[0] <= other[2] + _TOUCH


def _loose(lines: Sequence[Run], crossing: Sequence[Run]) -> Iterator[tuple[int, bool]]:
    """The ends of lines that meet no line across: index of the line, and whether it is its far end."""
    for index, (at, start, end) in enumerate(lines):
        across = _across(crossing, at)
        if not _at(across, start):
            yield index, False
        if not _at(across, end):
            yield index, True


def _cut_back(lines: Sequence[Run], crossing: Sequence[Run], ink: _Ink) -> list[Run]:
    """The lines without stretches at their ends that are strokes of characters in line with them."""
    cut: list[Run] = []
    for at, start, end in lines:
        stops = sorted(other[0] for other in crossing if _meet((at, start, end), other))
        while len(stops) > 2 and not _is_stretch(at, stops[0], stops[1], ink):
            stops.pop(0)
            start = stops[0]
        while len(stops) > 2 and not _is_stretch(at, stops[-2], stops[-1], ink):
            stops.pop()
            end = stops[-1]
        run = at, start, end
        if ink.underlies_text(run) and ink.beside(run)[1] > _CROWDED and not _spans(run, crossing):
            continue  # two lines of a cell touch there
        if end - start >= _LONG or len(stops) < 2 or _is_stretch(at, stops[0], stops[-1], ink):
            cut.append((at, start, end))
    return cut


def _is_stretch(at: float, start: float, end: float, ink: _Ink) -> bool:
    """Whether a stretch between two lines across is a line, and not what characters make of it."""
    run = at, start, end
    share = ink.along(run)
    if end - start < _LONG:
        bare = not ink.is_crowded(run) or (share >= _WHOLE and ink.is_specked(run))
        # A row is higher than its strokes: one that is bare from line to line parts two cells seen as one text.
        alone = end - start >= _TALLER and share >= _WHOLE and ink.beside(run) == (0.0, 0.0)
        return share >= _MOSTLY and bare and (alone or not ink.parts_text(run))
    return share >= _BROKEN and (share >= _WHOLE or end - start >= _VERY_LONG or not ink.is_crowded(run))


@dataclass(frozen=True, slots=True)
class _Ways:
    """The ink by which lines are led on: faint ink where there is no text, for that is faint at the rims of strokes.

    pieces: all lines that were seen, those too that meet none across.
    """

    ink: _Ink
    faint: _Ink
    pieces: Sequence[Run]

    def on(self, way: Run) -> _Ink:
        """The ink that tells whether a line goes on along a way."""
        return self.ink if self.faint.meets_text(way) else self.faint

    def in_pieces(self, way: Run) -> bool:
        """Whether most of a way was seen, in pieces that are too long for strokes of characters."""
        own = [piece for piece in self.pieces if abs(piece[0] - way[0]) <= _EXACT and piece[2] - piece[1] >= _LONG]
        seen = sum(max(0.0, min(end, way[2]) - max(start, way[1])) for _, start, end in own)
        return way[2] - way[1] >= _VERY_LONG and seen >= _FAINT * (way[2] - way[1])


def _completed(lines: Lines, ways: tuple[_Ways, _Ways]) -> Lines:
    """The lines with loose ends led on to the next line where ink leads there, else cut back."""
    level, upright = lines
    for _ in range(2):  # a line led on may be where another one ends
        level = _gone_on(_led_on(level, upright, ways[0]), upright, ways[0])
        upright = _gone_on(_led_on(upright, level, ways[1]), level, ways[1])
    return merge_runs(list(level)), merge_runs(list(upright))


def _led_on(lines: Sequence[Run], crossing: Sequence[Run], ways: _Ways) -> list[Run]:
    runs = [list(line) for line in lines]
    for index, far in list(_loose(lines, crossing)):
        at, start, end = lines[index]
        across = _across(crossing, at)
        inside = [place for place in across if start - _TOUCH <= place <= end + _TOUCH]
        if far:
            last, onward = end, min((place for place in across if place > end), default=None)
            back = max(inside, default=end)
        else:
            last, onward = start, max((place for place in across if place < start), default=None)
            back = min(inside, default=start)
        if onward is not None and _leads(_way(at, back, onward), _way(at, last, onward), ways):
            runs[index][2 if far else 1] = onward
        elif inside and abs(back - last) < _LONG:
            runs[index][2 if far else 1] = back
    return [(at, start, end) for at, start, end in runs if end > start]


def _way(at: float, one: float, other: float) -> Run:
    return at, min(one, other), max(one, other)


def _gone_on(lines: Sequence[Run], crossing: Sequence[Run], ways: _Ways) -> list[Run]:
    """The lines, led on over crossing lines at which they seem to end but behind which they are broken, not ended."""
    longer: list[Run] = []
    for at, start, end in lines:
        across = sorted(_across(crossing, at))
        for place in reversed([place for place in across if place < start - _TOUCH]):
            if not _is_broken_line((at, place, start), ways):
                break
            start = place
        for place in [place for place in across if place > end + _TOUCH]:
            if not _is_broken_line((at, end, place), ways):
                break
            end = place
        longer.append((at, start, end))
    return longer


def _is_broken_line(way: Run, ways: _Ways) -> bool:
    """Whether there is most of a line on the way, and nothing beside it that is no piece of it."""
    if ways.in_pieces(way):
        return True
    ink = ways.on(way)
    return ink.along(way) >= _BROKEN and ink.beside(way)[1] <= _CROWDED_SHORT and not ink.parts_text(way)


def _leads(way: Run, rest: Run, ways: _Ways) -> bool:
    """Whether there is a line on the way: a whole one, or a faint one with paper beside it.

    rest: of the way, where the line was not seen.
    """
    ink = ways.on(way)
    share = ink.along(way)
    if ink.parts_text(way) or (rest[2] - rest[1] >= _LONG and ink.along(rest) < _FAINT):
        return False
    if share >= _MOSTLY and way[2] - way[1] >= _VERY_LONG:
        return True
    return share >= _WHOLE or (share >= _FAINT and ink.beside(way)[1] <= _BESIDE)
