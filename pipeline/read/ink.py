"""Ink: what of a page's text layer a reader sees on the page as it is shown.

A character counts as printed if there is contrast where it stands on the rendered page: white on white, tiny, clipped,
off the page, on a layer that is off, or under a bar, it has none, and is left out. What was painted over (a picture, a
form, the appearance of an annotation) may show another number than the text below it: such figures are `unsure`, and
so are faint ones, those with ink in a gap between their digits, and those with a letter or an unreadable sign among
them. They are read from the rendered page (`ocr.witness`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recount.pipeline.document import Box, Line, Remark, Ruling, hull
from recount.pipeline.mupdf import mupdf

_DPI = 100.0
_MOST_PIXELS = 6_000_000  # of the rendered page; a larger one is rendered more coarsely
_UNSEEN = 24  # levels of grey, of 255, between the darkest and the lightest point of a character that nobody sees
_FAINT = 64  # the same of one that a reader may miss
_ACROSS, _DOWN = 6, 9  # points of a character that are looked at
_INSET = (0.2, 0.15)  # shares of its width and height at its sides that are left out: neighbours and rulings
_NARROW = 0.7  # of its height: a wider character has room beside it
_SMALLEST = 0.0034  # of the page's shorter side: 2 points of A4; what is lower nobody reads
_PAINTED = 3.0  # points that a patch must have in both directions to hide a figure
_HIDES = 0.1  # share of a figure that must lie under a patch
_PAINT = frozenset({"fill-path", "fill-image", "fill-imgmask", "fill-shade"})
_TEXT = frozenset({"fill-text", "stroke-text"})
_LEAST_MISSING = 2  # characters; a lone sign that its font draws as nothing hides no text
_ODD = "OoIl|ZSB\ufffd"  # what stands for a digit in a text layer that is wrong
_FIGURE = re.compile(rf"[{_ODD}]*[0-9０-９](?:[0-9０-９.,，．·{_ODD}]|[ \u00a0\u2009\u202f](?=[0-9０-９]))*")
_EDGE = 0.5  # points; a digit that reaches nearer to the side of a page goes on beyond it
_CUT = "\ufffd"  # what stands for a character of which the page shows a part
_UPON = 0.5  # share of the smaller of two figures, in both directions, that must lie on the other
_BETWEEN = (0.3, 0.7)  # of the height of a figure: where a line that strikes it out runs
_STRIKES = 0.8  # share of a figure's width that it covers

Grey = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader sees. lines: without what nobody sees; unsure: the pieces of them that must be looked at."""

    lines: tuple[Line, ...]
    unsure: tuple[Line, ...]
    remarks: tuple[Remark, ...]


def look(page: Any, shown: Any, lines: Sequence[Line], rulings: Sequence[Ruling], *, doubted: bool = False) -> Seen:
    """What a reader sees of the lines of a page.

    page: of an open PDF; shown: its display list. lines: its text layer; rulings: its ruling lines. doubted: the file
    is damaged, so that every figure must be looked at.
    """
    number = page.number + 1
    if not lines:
        return Seen((), (), tuple(_annotated(page, number)))
    width, height = page.rect.width, page.rect.height
    scale = min(_DPI / 72, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    image = _grey(shown.get_pixmap(matrix=mupdf.Matrix(scale, scale), colorspace=mupdf.csGRAY, alpha=0))
    contrasts = _contrasts(image, scale, lines)
    uprights = [ruling for ruling in rulings if ruling.x0 == ruling.x1]
    patches = _patches(page)
    least = _SMALLEST * min(width, height)
    kept: list[Line] = []
    unsure: list[Line] = []
    missing: list[Box] = []
    start = 0
    for line in lines:
        own = contrasts[start : start + len(line.text)]
        start += len(line.text)
        for at, (char, box) in enumerate(zip(line.text, line.boxes, strict=True)):
            if own[at] < _UNSEEN and char.isalnum():
                own[at] = _contrast(image, scale, box, char)
        seen = [_is_seen(*both, least) for both in zip(line.boxes, own, strict=True)]
        whole, lost = _parted(_cut_at_edge(line, width, height), seen)
        missing += lost
        if whole is not None:
            kept.append(whole)
            levels = [level for level, is_seen in zip(own, seen, strict=True) if is_seen] if lost else own
            unsure += _unsure(whole, levels, patches, uprights, doubted=doubted or bool(lost))
    unsure += _upon_one_another(kept, unsure)
    unsure = [whole for piece in unsure if (whole := _without_cut(piece, width)) is not None]
    remarks = [
        *(
            Remark("unseen text", number, box, "the text layer has text here that the page does not show")
            for box in missing
        ),
        *(annotations := list(_annotated(page, number))),
        *_struck_out(number, kept, rulings, [remark.box for remark in annotations if remark.box]),
    ]
    return Seen(tuple(kept), tuple(unsure), tuple(remarks))


def _grey(pixmap: Any) -> Grey:
    return np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.h, pixmap.stride)[:, : pixmap.w]


def _contrasts(image: Grey, scale: float, lines: Iterable[Line]) -> list[int]:
    """For each character of the lines how far the lightest and the darkest point of it lie apart."""
    boxes = np.array([box for line in lines for box in line.boxes], np.float64) * scale
    across = _points(boxes[:, 0], boxes[:, 2], _INSET[0], _ACROSS, image.shape[1])
    down = _points(boxes[:, 1], boxes[:, 3], _INSET[1], _DOWN, image.shape[0])
    levels = image[down[:, :, None], across[:, None, :]].reshape(len(boxes), -1)
    found = levels.max(axis=1).astype(np.int16) - levels.min(axis=1)
    height, width = image.shape
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    found[(x < 0) | (x > width) | (y < 0) | (y > height)] = 0
    return [int(level) for level in found]


def _contrast(image: Grey, scale: float, box: Box, char: str) -> int:
    """The same of one character, every point of it looked at; a digit's neighbours stand closer than an ideograph's."""
    width = box[2] - box[0]
    inset = _INSET[0] * width if char < "\u2e80" and width < _NARROW * (box[3] - box[1]) else 0.0
    x0, x1 = (max(0, round(side * scale)) for side in (box[0] + inset, box[2] - inset))
    y0, y1 = (max(0, round(side * scale)) for side in (box[1], box[3]))
    piece = image[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
    return int(np.ptp(piece)) if piece.size else 0


def _cut_at_edge(line: Line, width: float, height: float) -> Line:
    """The line with a sign that nobody can read for every character that the edge of the page cuts: what is left of a
    figure there is none. Where a digit reaches to the side, the next may stand beyond, which MuPDF leaves out."""
    x0, y0, x1, y1 = line.box
    if x0 >= _EDGE and y0 >= 0 and x1 <= width - _EDGE and y1 <= height:
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
    boxes = piece.boxes[start:end]
    return piece if len(boxes) == len(piece.boxes) else Line(piece.text[start:end], boxes, hull(boxes))


def _points(first: Numbers, last: Numbers, inset: float, number: int, most: int) -> npt.NDArray[np.intp]:
    """So many pixels of each stretch, without its ends."""
    shares = np.linspace(inset, 1 - inset, number)
    return np.clip((first[:, None] + (last - first)[:, None] * shares).astype(np.intp), 0, most - 1)


def _is_seen(char: Box, contrast: int, least: float) -> bool:
    return contrast >= _UNSEEN and char[3] - char[1] >= least


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


def _unsure(
    line: Line, levels: Sequence[int], patches: Sequence[Patch], uprights: Sequence[Ruling], *, doubted: bool
) -> Iterator[Line]:
    """The figures of a line that must be looked at."""
    for match in _FIGURE.finditer(line.text):
        start, end = match.span()
        boxes = line.boxes[start:end]
        box = hull(boxes)
        odd = any(map(_is_odd, match[0], levels[start:end])) or _has_ink_between(
            match[0], boxes, levels[start:], uprights
        )
        if doubted or odd or any(patch.hides(box) for patch in patches):
            yield Line(match[0], boxes, box)


def _upon_one_another(lines: Iterable[Line], known: Iterable[Line]) -> list[Line]:
    """The figures that stand where another figure stands: the page shows one of them at most. known: left out."""
    met = {(piece.text, piece.boxes) for piece in known}
    pieces = [
        Line(match[0], line.boxes[match.start() : match.end()], hull(line.boxes[match.start() : match.end()]))
        for line in lines
        for match in _FIGURE.finditer(line.text)
    ]
    if len(pieces) < 2:
        return []
    boxes = np.array([piece.box for piece in pieces], np.float64)
    order = np.argsort(boxes[:, 1])
    x0, y0, x1, y1 = boxes[order].T
    found: set[int] = set()
    for step in range(1, len(order)):
        across = np.minimum(x1[step:], x1[:-step]) - np.maximum(x0[step:], x0[:-step])
        down = np.minimum(y1[step:], y1[:-step]) - np.maximum(y0[step:], y0[:-step])
        if not (y0[step:] < y1[:-step]).any():
            break
        less = np.minimum((x1 - x0)[step:], (x1 - x0)[:-step]), np.minimum((y1 - y0)[step:], (y1 - y0)[:-step])
        for at in np.flatnonzero((across > _UPON * less[0]) & (down > _UPON * less[1])):
            found |= {int(order[at]), int(order[at + step])}
    return [pieces[at] for at in sorted(found) if (pieces[at].text, pieces[at].boxes) not in met]


def _is_odd(char: str, level: int) -> bool:
    return char in _ODD or (char.isdigit() and level < _FAINT)


def _has_ink_between(text: str, boxes: Sequence[Box], levels: Sequence[int], uprights: Sequence[Ruling]) -> bool:
    """Whether a gap between digits is none, and not for a ruling line that runs through it."""
    inked = [boxes[at] for at, char in enumerate(text) if char.isspace() and levels[at] >= _FAINT]
    return any(not any(box[0] - 1 <= ruling.x0 <= box[2] + 1 for ruling in uprights) for box in inked)


# --- what was painted after the text


@dataclass(frozen=True, slots=True)
class Patch:
    """Something painted on the page. box: where; texts: where text stands that was set before it."""

    box: Box
    texts: tuple[Box, ...]

    def hides(self, figure: Box) -> bool:
        """Whether it may lie over a figure."""
        if _common(self.box, figure) <= _HIDES * (figure[2] - figure[0]) * (figure[3] - figure[1]):
            return False
        x, y = (figure[0] + figure[2]) / 2, (figure[1] + figure[3]) / 2
        return any(text[0] <= x <= text[2] and text[1] <= y <= text[3] for text in self.texts)


def _patches(page: Any) -> list[Patch]:
    """What was painted after text over which it lies, in points of the page as displayed."""
    turn = page.rotation_matrix if page.rotation else None
    texts: list[Box] = []
    found: list[Patch] = []
    for kind, *place in page.get_bboxlog():
        box = place[0]
        if kind in _TEXT:
            texts.append(_turned(box, turn))
        elif kind in _PAINT and texts and box[2] - box[0] > _PAINTED and box[3] - box[1] > _PAINTED:
            box = _turned(box, turn)
            under = tuple(text for text in texts if _common(text, box) > 0)
            if under:
                found.append(Patch(box, under))
    return found


def _turned(box: Box, turn: Any) -> Box:
    if turn is None:
        return box
    x0, y0, x1, y1 = mupdf.Rect(box) * turn
    return x0, y0, x1, y1


def _common(one: Box, other: Box) -> float:
    """The area of what two boxes share."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across * down if across > 0 and down > 0 else 0.0


# --- figures that the page itself takes back


_ANNOTATIONS = {
    "StrikeOut": ("struck out", "struck out by an annotation", True),
    "Redact": ("redaction", "marked for redaction", True),
    "FreeText": ("annotation", "a note was put on the page", False),
    "Stamp": ("annotation", "a stamp was put on the page", False),
    "Ink": ("annotation", "a drawing was put on the page", False),
}
"""By type: the kind and the words of the remark, and whether it disputes what it touches."""


def _annotated(page: Any, number: int) -> Iterator[Remark]:
    """The annotations that change what a page says."""
    for annotation in page.annots() or ():
        kind, words, disputes = _ANNOTATIONS.get(annotation.type[1], ("", "", False))
        if not kind:
            continue
        x0, y0, x1, y1 = annotation.rect * page.rotation_matrix if page.rotation else annotation.rect
        said = " ".join((annotation.info.get("content") or "").split())
        yield Remark(
            kind, number, (x0, y0, x1, y1), f"{words}: {said}" if said else words, touches=True, disputes=disputes
        )


def _struck_out(
    number: int, lines: Sequence[Line], rulings: Sequence[Ruling], annotations: Sequence[Box]
) -> Iterator[Remark]:
    """The figures through whose middle a line runs that is theirs: no border of a table, no part of an annotation."""
    level = [ruling for ruling in rulings if ruling.y0 == ruling.y1]
    for line in lines if level else ():
        crossing = [ruling for ruling in level if line.box[1] < ruling.y0 < line.box[3]]
        for match in _FIGURE.finditer(line.text) if crossing else ():
            box = hull(line.boxes[match.start() : match.end()])
            told = any(_common(box, annotation) for annotation in annotations)
            if not told and any(_strikes(ruling, box, line.box) for ruling in crossing):
                yield Remark("struck out", number, box, "struck out by a line", touches=True, disputes=True)


def _strikes(ruling: Ruling, figure: Box, line: Box) -> bool:
    height, width = figure[3] - figure[1], figure[2] - figure[0]
    if not figure[1] + _BETWEEN[0] * height < ruling.y0 < figure[1] + _BETWEEN[1] * height:
        return False
    covered = min(ruling.x1, figure[2]) - max(ruling.x0, figure[0])
    within = ruling.x0 > line[0] - height and ruling.x1 < line[2] + height
    return covered >= _STRIKES * width and within
