"""Ink: what of a page's text layer a reader sees on the page as it is shown.

A character counts as printed if there is contrast where it stands on the rendered page: white on white, tiny, clipped,
off the page, on a layer that is off, or under a bar, it has none, and is left out. What was painted over (a picture, a
form, the appearance of an annotation) may show another number than the text below it: such figures are `unsure`, and
so are faint ones, those with ink in a gap between their digits, and those with a letter or an unreadable sign among
them. They are read from the rendered page (`ocr.witness`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from math import ceil, floor
from typing import Any

import numpy as np
import numpy.typing as npt

from recount.pipeline.document import Box, Line, Remark, Ruling, hull
from recount.pipeline.mupdf import painted_on, picture_of
from recount.pipeline.read.overprint import beside
from recount.schemas.saying import say

_DPI = 100.0
_MOST_PIXELS = 6_000_000  # of the rendered page; a larger one is rendered more coarsely
_UNSEEN = 24  # levels of grey, of 255, between the darkest and the lightest point of a character that nobody sees
_FAINT = 64  # the same of one that a reader may miss
_MOST_STROKED = 8  # lines with digits whose outlines are drawn one by one; of more lines the whole page is
_ACROSS, _DOWN = 6, 9  # points of a character that are looked at
_INSET = (0.2, 0.15)  # shares of its width and height at its sides that are left out: neighbours and rulings
_NARROW = 0.7  # of its height: a wider character has room beside it
_SMALLEST = 0.0034  # of the page's shorter side: 2 points of A4; what is lower nobody reads
_PAINTED = 3.0  # points that a patch must have in both directions to hide a figure
_HIDES = 0.1  # share of a figure that must lie under a patch
_FILLED = "fill-path"
_PAINT = frozenset({_FILLED, "fill-image", "fill-imgmask", "fill-shade"})
_OUTLINED = "stroke-text"
_TEXT = frozenset({"fill-text", _OUTLINED})
_LEAST_MISSING = 2  # characters; a lone sign that its font draws as nothing hides no text
_ODD = "OoIl|ZSB\ufffd"  # what stands for a digit in a text layer that is wrong
_FIGURE = re.compile(rf"[{_ODD}]*[0-9０-９](?:[0-9０-９.,，．·{_ODD}]|[ \u00a0\u2009\u202f](?=[0-9０-９]))*")
_EDGE = 0.5  # points; a digit that reaches nearer to the side of a page goes on beyond it
_CUT = "\ufffd"  # what stands for a character of which the page shows a part
_UPON = 0.5  # share of the smaller of two figures, in both directions, that must lie on the other
_BETWEEN = (0.3, 0.7)  # of the height of a figure: where a line that strikes it out runs
_STRIKES = 0.8  # share of a figure's width that it covers

_NOWHERE = (0.0, 0.0, 0.0, 0.0)

Grey = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int16]
Flags = npt.NDArray[np.bool_]
Size = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader sees. lines: without what nobody sees; unsure: the pieces of them that must be looked at."""

    lines: tuple[Line, ...]
    unsure: tuple[Line, ...]
    remarks: tuple[Remark, ...]


def look(
    page: Any,
    shown: Any,
    lines: Sequence[Line],
    rulings: Sequence[Ruling],
    fills: Iterable[Box],
    *,
    doubted: bool = False,
) -> Seen:
    """What a reader sees of the lines of a page.

    page: of an open PDF; shown: its display list. lines: its text layer; rulings: its ruling lines; fills: the boxes of
    the paths that it fills. doubted: the file is damaged, so that every figure must be looked at.
    """
    number = page.number + 1
    if not lines:
        return Seen((), (), tuple(_annotated(page, number)))
    rect = page.rect
    size = rect.width, rect.height
    paints = painted_on(shown, paths=any(_can_hide(_FILLED, box) for box in fills))
    signs = _signs(lines)
    levels = _levels(shown, signs, size, [box for kind, box in paints if kind == _OUTLINED])
    signs, levels, missing, parted = _without_unseen(signs, levels, size)
    figures = _figures(signs)
    unsure = _are_odd(figures, levels, [ruling.x0 for ruling in rulings if ruling.x0 == ruling.x1])
    unsure |= _are_covered(figures.boxes, shown, paints)
    unsure |= np.array([doubted or signs.line_at(start) in parted for start, _ in figures.spans], np.bool_)
    pieces = (figures.piece(at) for at in _where(unsure) + _where(_upon_another(figures) & ~unsure))
    unseen = (Remark("unseen text", number, box, say("unseen_text")) for box in missing)
    annotations = list(_annotated(page, number))
    struck = _struck_out(number, figures, rulings, [remark.box for remark in annotations if remark.box])
    whole = (_without_cut(piece, size[0]) for piece in pieces)
    return Seen(tuple(signs.lines), tuple(filter(None, whole)), (*unseen, *annotations, *struck))


# --- characters


@dataclass(frozen=True, slots=True)
class _Signs:
    """The characters of lines, one after the other, with a line break behind each line.

    boxes: of each character, a row; of a line break, none. starts: where each line begins. kinds: the characters that
    there are, each once; kind: which of them each is.
    """

    lines: Sequence[Line]
    text: str
    boxes: Numbers
    starts: Sequence[int]
    kinds: Sequence[str]
    kind: npt.NDArray[np.intp]

    def line_at(self, at: int) -> int:
        """The index of the line of a character."""
        return bisect_right(self.starts, at) - 1

    def which(self, test: Callable[[str], bool]) -> Flags:
        """Of each character whether the test holds."""
        return np.fromiter(map(test, self.kinds), np.bool_, len(self.kinds))[self.kind]


def _signs(lines: Sequence[Line]) -> _Signs:
    text = "".join([line.text + "\n" for line in lines])
    places = chain.from_iterable(chain.from_iterable((line.boxes, (_NOWHERE,)) for line in lines))
    boxes = np.fromiter(chain.from_iterable(places), np.float64, 4 * len(text)).reshape(-1, 4)
    codes, kind = np.unique(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32), return_inverse=True)
    starts = [0, *accumulate(len(line.text) + 1 for line in lines[:-1])]
    return _Signs(lines, text, boxes, starts, [*map(chr, codes.tolist())], kind)


def _levels(shown: Any, signs: _Signs, size: Size, outlined: Sequence[Box]) -> Levels:
    """For each character how far the lightest and the darkest point of it lie apart.

    outlined: the boxes of text whose letters are stroked. To stroke letters takes most of the time of a page: it is
    left out where no digit is, as long as everything is seen without.
    """
    scale = min(_DPI / 72, (_MOST_PIXELS / max(1.0, size[0] * size[1])) ** 0.5)
    letters = signs.which(str.isalnum)
    stroked = _stroked(signs, outlined)
    for outlines in (True,) if not outlined or len(stroked) > _MOST_STROKED else (False, True):
        image = picture_of(shown, scale, outlines=outlines)
        for box in () if outlines else stroked:
            _stroke(image, shown, scale, box)
        levels = _contrasts(image, signs.boxes * scale)
        for at in _where(letters & (levels < _UNSEEN)):
            levels[at] = _contrast(image, scale, signs.boxes[at], signs.text[at])
        if not (letters & (levels < _UNSEEN)).any():
            break
    return levels


def _stroked(signs: _Signs, outlined: Sequence[Box]) -> list[Box]:
    """Where digits stand whose letters are stroked, line by line, without the sides that nothing looks at."""
    if not outlined:
        return []
    middles = _middles(signs.boxes)
    found = signs.which(str.isdigit) & np.any([_lie_in(middles, box) for box in outlined], axis=0)
    places: dict[int, list[Box]] = defaultdict(list)
    for at in _where(found):
        x0, y0, x1, y1 = signs.boxes[at].tolist()
        across, down = _INSET[0] * (x1 - x0), _INSET[1] * (y1 - y0)
        places[signs.line_at(at)].append((x0 + across, y0 + down, x1 - across, y1 - down))
    return [hull(boxes) for boxes in places.values()]


def _stroke(image: Grey, shown: Any, scale: float, box: Box) -> None:
    """Draws what stands in a box again, its outlines too."""
    x0, y0 = (max(0, floor(side * scale)) for side in box[:2])
    x1, y1 = (min(most, ceil(side * scale)) for side, most in zip(box[2:], image.shape[::-1], strict=True))
    if x0 < x1 and y0 < y1:
        piece = picture_of(shown, scale, (x0 / scale, y0 / scale, x1 / scale, y1 / scale))
        image[y0:y1, x0:x1] = piece[: y1 - y0, : x1 - x0]


def _where(flags: Flags) -> list[int]:
    found: list[int] = np.flatnonzero(flags).tolist()
    return found


def _middles(boxes: Numbers) -> Numbers:
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def _lie_in(points: Numbers, box: Box | Numbers) -> Flags:
    """Which points lie in a box; of boxes that are the last axis of an array, in each."""
    x, y = points[:, 0], points[:, 1]
    if isinstance(box, tuple):
        x0, y0, x1, y1 = box
    else:
        x0, y0, x1, y1 = np.moveaxis(box, -1, 0)
        x, y = x[:, None], y[:, None]
    inside: Flags = (x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1)
    return inside


def _contrasts(image: Grey, boxes: Numbers) -> Levels:
    """The levels of grey between the lightest and the darkest point of each box, some of which are looked at."""
    height, width = image.shape
    across = _points(boxes[:, 0], boxes[:, 2], _AT_ACROSS, width)
    down = _points(boxes[:, 1], boxes[:, 3], _AT_DOWN, height)
    levels = image.ravel().take((down[:, None] * width + across).reshape(-1, len(boxes)))  # a column for each
    found: Levels = levels.max(axis=0).astype(np.int16) - levels.min(axis=0)
    found[~_lie_in(_middles(boxes), (0, 0, width, height))] = 0
    return found


def _contrast(image: Grey, scale: float, box: Numbers, char: str) -> int:
    """The same of one character, every point of it looked at; a digit's neighbours stand closer than an ideograph's."""
    width = box[2] - box[0]
    inset = _INSET[0] * width if char < "\u2e80" and width < _NARROW * (box[3] - box[1]) else 0.0
    x0, x1 = (max(0, round(side * scale)) for side in (box[0] + inset, box[2] - inset))
    y0, y1 = (max(0, round(side * scale)) for side in (box[1], box[3]))
    piece = image[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
    return int(np.ptp(piece)) if piece.size else 0


def _without_unseen(signs: _Signs, levels: Levels, size: Size) -> tuple[_Signs, Levels, list[Box], set[int]]:
    """The characters and their contrasts without what nobody sees, where that stands, and the lines that lost some."""
    seen = (levels >= _UNSEEN) & (signs.boxes[:, 3] - signs.boxes[:, 1] >= _SMALLEST * min(size))
    doubtful = {signs.line_at(at) for at in _where(~seen & signs.which(str.isalnum))}
    if not doubtful and all(_is_inside(line.box, *size) for line in signs.lines):  # as on most pages
        return signs, levels, [], set()
    stays = np.ones(len(seen), np.bool_)
    kept: list[Line] = []
    missing: list[Box] = []
    parted: set[int] = set()
    for at, (line, start) in enumerate(zip(signs.lines, signs.starts, strict=True)):
        whole: Line | None = _cut_at_edge(line, *size)
        lost: list[Box] = []
        if whole is not None and at in doubtful:
            end = start + len(line.text)
            own: list[bool] = seen[start:end].tolist()
            whole, lost = _parted(whole, own)
            if lost:
                stays[start : end + 1] = *own, whole is not None
                missing += lost
        if whole is not None:
            parted |= {len(kept)} if lost else set()
            kept.append(whole)
    return (signs if tuple(kept) == tuple(signs.lines) else _signs(kept)), levels[stays], missing, parted


def _is_inside(box: Box, width: float, height: float) -> bool:
    """Whether a box on a page of that size does not reach to its sides."""
    return box[0] >= _EDGE and box[1] >= 0 and box[2] <= width - _EDGE and box[3] <= height


def _cut_at_edge(line: Line, width: float, height: float) -> Line:
    """The line with a sign that nobody can read for every character that the edge of the page cuts: what is left of a
    figure there is none. Where a digit reaches to the side, the next may stand beyond, which MuPDF leaves out."""
    if _is_inside(line.box, width, height):
        return line
    middles = [((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for box in line.boxes]
    shown = [0 <= x <= width and 0 <= y <= height for x, y in middles]
    signs = [char if inside or not char.isdigit() else _CUT for char, inside in zip(line.text, shown, strict=True)]
    for at, is_cut in ((0, line.boxes[0][0] < _EDGE), (-1, line.boxes[-1][2] > width - _EDGE)):
        if is_cut and signs[at].isdigit():
            signs[at] = _CUT
    return Line("".join(signs), line.boxes, line.box, line.confidence)


def _without_cut(piece: Line, width: float) -> Line | None:
    """A piece to be looked at without the figure that the side of the page cuts: nobody sees that one whole."""
    start, end = 0, len(piece.text)
    if piece.boxes[0][0] < _EDGE:
        start = piece.text.find(" ") + 1 or end
    if piece.boxes[-1][2] > width - _EDGE:
        end = max(piece.text.rfind(" "), 0)
    if start >= end:
        return None
    return piece.part(start, end) if (start, end) != (0, len(piece.text)) else piece


_AT_ACROSS, _AT_DOWN = (
    np.linspace(inset, 1 - inset, number)[:, None] for inset, number in zip(_INSET, (_ACROSS, _DOWN), strict=True)
)


def _points(first: Numbers, last: Numbers, shares: Numbers, most: int) -> npt.NDArray[np.intp]:
    """Pixels of each stretch, without its ends: a column for each."""
    points = (first + (last - first) * shares).astype(np.intp)
    return np.minimum(np.maximum(points, 0, out=points), most - 1, out=points)


def _parted(line: Line, seen: list[bool]) -> tuple[Line | None, list[Box]]:
    """A line without what nobody sees, and where that stands. Blanks and points have hardly any ink: they stay with
    what is beside them."""
    text = line.text
    marks = [not char.isalnum() for char in text]  # _CUT among them
    gone = [not is_seen and not mark for is_seen, mark in zip(seen, marks, strict=True)]
    if sum(gone) < _LEAST_MISSING and not any(text[at].isdigit() for at, is_gone in enumerate(gone) if is_gone):
        return line, []
    for at, mark in enumerate(marks):  # a sign between two that are gone is gone too, and so is one at their end
        before = gone[at - 1] if at else None
        after = next((gone[index] for index in range(at + 1, len(text)) if not marks[index]), None)
        gone[at] = gone[at] or (mark and not seen[at] and before is not False and after is not False)
    kept = [at for at, is_gone in enumerate(gone) if not is_gone]
    seen[:] = [not is_gone for is_gone in gone]
    lost = [hull([line.boxes[at] for at in run]) for run in _runs(gone)]
    if not any(not marks[at] for at in kept):
        seen[:] = [False] * len(text)
        return None, [hull(line.boxes)]
    boxes = tuple(line.boxes[at] for at in kept)
    return Line("".join(text[at] for at in kept), boxes, hull(boxes), line.confidence), lost


def _runs(gone: Sequence[bool]) -> Iterator[list[int]]:
    run: list[int] = []
    for at, is_gone in enumerate((*gone, False)):
        if is_gone:
            run.append(at)
        elif run:
            yield run
            run = []


# --- figures that must be looked at


@dataclass(frozen=True, slots=True)
class _Figures:
    """The figures among characters. spans: where each begins and ends; boxes: of each, a row."""

    signs: _Signs
    spans: Sequence[tuple[int, int]]
    boxes: Numbers

    def with_any(self, flags: Flags) -> Flags:
        """Which of them have a character with a flag."""
        ends = np.array(self.spans, np.intp).ravel()
        found: Flags = np.logical_or.reduceat(flags, ends)[::2] if len(ends) else np.zeros(0, np.bool_)
        return found

    def piece(self, at: int) -> Line:
        """One of them as a line."""
        start, end = self.spans[at]
        line = self.signs.line_at(start)
        first = self.signs.starts[line]
        return self.signs.lines[line].part(start - first, end - first)


def _figures(signs: _Signs) -> _Figures:
    spans = [match.span() for match in _FIGURE.finditer(signs.text)]
    if not spans:
        return _Figures(signs, (), np.zeros((0, 4)))
    ends = np.array(spans, np.intp).ravel()
    first = np.minimum.reduceat(signs.boxes[:, :2], ends)[::2]
    last = np.maximum.reduceat(signs.boxes[:, 2:], ends)[::2]
    return _Figures(signs, spans, np.hstack([first, last]))


def _are_odd(figures: _Figures, levels: Levels, uprights: Sequence[float]) -> Flags:
    """Which figures have a faint digit, a letter or a sign that nobody can read, or a gap between digits that is none.

    uprights: where the upright ruling lines stand: one that runs through a gap is no ink of the figure.
    """
    signs = figures.signs
    odd = figures.with_any(signs.which(_ODD.__contains__) | (signs.which(str.isdigit) & (levels < _FAINT)))
    inked = signs.which(str.isspace) & (levels >= _FAINT)
    for at in _where(figures.with_any(inked) & ~odd):
        start, end = figures.spans[at]
        gaps = signs.boxes[start:end][inked[start:end]]
        odd[at] = any(not any(gap[0] - 1 <= x <= gap[2] + 1 for x in uprights) for gap in gaps)
    return odd


def _upon_another(figures: _Figures) -> Flags:
    """Which figures stand where another figure stands: the page shows one of them at most."""
    boxes = figures.boxes
    first, second = beside(boxes)
    one, other = boxes[first], boxes[second]
    shared = np.minimum(one[:, 2:], other[:, 2:]) - np.maximum(one[:, :2], other[:, :2])
    least = np.minimum(one[:, 2:] - one[:, :2], other[:, 2:] - other[:, :2])
    upon = (shared > _UPON * least).all(axis=1)
    found = np.zeros(len(boxes), np.bool_)
    found[first[upon]] = found[second[upon]] = True
    return found


# --- what was painted after the text


def _are_covered(figures: Numbers, shown: Any, paints: Sequence[tuple[str, Box]]) -> Flags:
    """Which figures something may lie over that was painted after text at their place.

    paints: what is painted on the page, but for text; where nothing of it can hide a figure, text is not asked for.
    """
    found = np.zeros(len(figures), np.bool_)
    if not any(_can_hide(kind, box) for kind, box in paints):
        return found
    in_order = painted_on(shown, texts=True)
    texts = np.array([box for kind, box in in_order if kind in _TEXT]).reshape(-1, 4)
    middles, size = _middles(figures), (figures[:, 2] - figures[:, 0]) * (figures[:, 3] - figures[:, 1])
    before = 0
    for kind, box in in_order:
        if kind in _TEXT:
            before += 1
        elif _can_hide(kind, box):
            under = np.flatnonzero(_common(figures, box) > _HIDES * size)
            if len(under):
                found[under] |= _lie_in(middles[under], texts[:before][_common(texts[:before], box) > 0]).any(axis=1)
    return found


def _can_hide(kind: str, box: Box) -> bool:
    return kind in _PAINT and box[2] - box[0] > _PAINTED and box[3] - box[1] > _PAINTED


def _common(boxes: Numbers, box: Box) -> Numbers:
    """The area of what each of some boxes shares with one."""
    across = np.minimum(boxes[:, 2], box[2]) - np.maximum(boxes[:, 0], box[0])
    down = np.minimum(boxes[:, 3], box[3]) - np.maximum(boxes[:, 1], box[1])
    area: Numbers = np.maximum(across, 0) * np.maximum(down, 0)
    return area


# --- figures that the page itself takes back


_ANNOTATIONS = {
    "StrikeOut": ("struck out", say("struck_by_annotation"), True),
    "Redact": ("redaction", say("redaction"), True),
    "FreeText": ("annotation", say("note"), False),
    "Stamp": ("annotation", say("stamp"), False),
    "Ink": ("annotation", say("drawing"), False),
}
"""By type: the kind and the words of the remark, and whether it disputes what it touches."""


def _annotated(page: Any, number: int) -> Iterator[Remark]:
    """The annotations that change what a page says."""
    for annotation in page.annots() or ():
        if annotation.type[1] not in _ANNOTATIONS:
            continue
        kind, words, disputes = _ANNOTATIONS[annotation.type[1]]
        x0, y0, x1, y1 = annotation.rect * page.rotation_matrix if page.rotation else annotation.rect
        said = " ".join((annotation.info.get("content") or "").split())
        words = say("with_words", what=words, words=said) if said else words
        yield Remark(kind, number, (x0, y0, x1, y1), words, touches=True, disputes=disputes)


def _struck_out(
    number: int, figures: _Figures, rulings: Sequence[Ruling], annotations: Sequence[Box]
) -> Iterator[Remark]:
    """The figures through whose middle a line runs that is theirs: no border of a table, no part of an annotation."""
    level = [ruling for ruling in rulings if ruling.y0 == ruling.y1]
    height = figures.boxes[:, 3] - figures.boxes[:, 1]
    top, foot = (figures.boxes[:, 1] + share * height for share in _BETWEEN)
    at = np.array([ruling.y0 for ruling in level])
    crossed: Flags = (top[:, None] < at) & (at < foot[:, None])
    for index in np.flatnonzero(np.any(crossed, axis=1)).tolist():
        box = figures.piece(index).box
        line = figures.signs.lines[figures.signs.line_at(figures.spans[index][0])]
        if any(_common(np.array([box]), annotation)[0] for annotation in annotations):
            continue
        if any(_strikes(level[ruling], box, line.box) for ruling in np.flatnonzero(crossed[index]).tolist()):
            yield Remark("struck out", number, box, say("struck_by_line"), touches=True, disputes=True)


def _strikes(ruling: Ruling, figure: Box, line: Box) -> bool:
    """Whether a line that crosses a figure runs over it all, and not far beyond its line."""
    height, width = figure[3] - figure[1], figure[2] - figure[0]
    covered = min(ruling.x1, figure[2]) - max(ruling.x0, figure[0])
    within = ruling.x0 > line[0] - height and ruling.x1 < line[2] + height
    return covered >= _STRIKES * width and within
