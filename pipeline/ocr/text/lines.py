"""Lines of an image: cutting them out, cutting tall boxes into lines, and giving their characters boxes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from recount.pipeline.document import Box
from recount.pipeline.ocr.image.prepare import Grey
from recount.pipeline.ocr.network.reading import Decoded

_TALL = 1.5  # a box this many times as high as wide is one character, or characters below one another
_WIDE_SIGN = "\u2e80"  # from here on characters are as wide as high
NARROW = 0.52  # width of the others, in em
_LEFT_OVER = 0.4  # em of ink beside the text as read that may be a character
_FEW_STEPS = 3  # so few distances say less than the height: the network places signs to a fifth of an em
_STROKES = 0.08  # of a box's height: so far apart are the strokes of a character at most
_SPECKS = 0.15  # share of the ink of the line's strokes below which a band above or below it is none
_APART = 0.5  # of the usual distance of characters by which another one differs that tells nothing of their width
_ROOMIER = 1.3  # times as much room as two digits have that a point between them needs
LINE = 1.2  # height of a line's box, in em


@dataclass(frozen=True, slots=True)
class OcrLine:
    """A text line as recognised, in pixels. boxes, scores: one for each character."""

    text: str
    boxes: tuple[Box, ...]
    scores: tuple[float, ...]
    box: Box

    @property
    def score(self) -> float:
        """The mean of the characters' scores, 0..1."""
        return sum(self.scores) / len(self.scores) if self.scores else 0.0


@dataclass(frozen=True, slots=True)
class InCell:
    """A line as read: its box in pixels, what it says, the cell in which it stands (None for none)."""

    box: Box
    line: Decoded
    home: int | None


def by_cell(homes: Iterable[int | None]) -> dict[int, list[int]]:
    """By cell, which of some lines stand in it. homes: the cell of each line, None for none."""
    within: dict[int, list[int]] = defaultdict(list)
    for index, home in enumerate(homes):
        if home is not None:
            within[home].append(index)
    return within


def without(line: OcrLine, dropped: Collection[int]) -> OcrLine:
    """The line without some of its characters, by their indices."""
    if not dropped:
        return line
    kept = [index for index in range(len(line.text)) if index not in dropped]
    return replace(
        line,
        text="".join(line.text[index] for index in kept),
        boxes=tuple(line.boxes[index] for index in kept),
        scores=tuple(line.scores[index] for index in kept),
    )


def with_sign(line: OcrLine, at: int, sign: str) -> OcrLine:
    """The line with a character more before the one at an index, on the place between its neighbours."""
    after = line.boxes[at]
    left = line.boxes[at - 1][2] if at else after[0]
    place = (left, after[1], max(left, after[0]), after[3])
    return replace(
        line,
        text=line.text[:at] + sign + line.text[at:],
        boxes=(*line.boxes[:at], place, *line.boxes[at:]),
        scores=(*line.scores[:at], line.scores[at], *line.scores[at:]),
    )


def room_at(line: OcrLine, start: int, end: int) -> float:
    """How far the neighbours of the characters start..end are apart, from middle to middle, in em; where start is end,
    the character there and the one before it."""
    before, after = line.boxes[start - 1], line.boxes[end]
    em = (before[3] - before[1]) / LINE
    return (after[0] + after[2] - before[0] - before[2]) / 2 / em


def is_closer(line: OcrLine, at: int, other: int) -> bool:
    """Whether there is so much less room around a character than around another one that it may be none."""
    return room_at(line, at, at + 1) * _ROOMIER < room_at(line, other, other + 1)


def spelt(line: OcrLine, text: str) -> OcrLine:
    """The line with another text, the characters of which are as wide as one another."""
    x0, y0, x1, y1 = line.box
    step = (x1 - x0) / len(text)
    boxes = tuple((x0 + at * step, y0, x0 + (at + 1) * step, y1) for at in range(len(text)))
    return replace(line, text=text, boxes=boxes, scores=(line.score,) * len(text))


def crop_of(image: Grey, box: Box) -> Grey:
    """The part of the image in a box; at least one pixel."""
    height, width = image.shape
    x0, y0 = min(max(0, round(box[0])), width - 1), min(max(0, round(box[1])), height - 1)
    return image[y0 : max(y0 + 1, round(box[3])), x0 : max(x0 + 1, round(box[2]))]


def dark_of(image: Grey) -> npt.NDArray[np.bool_]:
    """Which pixels of a small image are ink (Otsu); none where there is no contrast."""
    if image.size == 0 or int(image.max()) - int(image.min()) < 40:
        return np.zeros(image.shape, bool)
    _, dark = cv2.threshold(image, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    return np.asarray(dark, bool)


def runs_of(marks: npt.ArrayLike, bridge: int = 0) -> list[tuple[int, int]]:
    """The stretches (start, end) of marks; those with at most bridge unmarked between them are one."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], np.asarray(marks, bool), [False])).astype(np.int8)))
    runs: list[tuple[int, int]] = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if runs and start - runs[-1][1] <= bridge:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


def split_tall(image: Grey, box: Box) -> Iterator[Box]:
    """The box itself; if it is tall, the boxes of the lines in it, for Chinese tables set labels vertically."""
    x0, y0, x1, y1 = box
    if y1 - y0 < _TALL * (x1 - x0):
        yield box
        return
    rows = dark_of(crop_of(image, box)).any(axis=1)
    width = x1 - x0
    pieces = [run for run in runs_of(rows, bridge=round(0.06 * width)) if run[1] - run[0] > 0.25 * width]
    if len(pieces) < 2:
        yield box
        return
    for start, end in pieces:
        pad = min(0.12 * width, 4.0)
        yield x0, max(y0, y0 + start - pad), x1, min(y1, y0 + end + pad)


def placed(image: Grey, box: Box, line: Decoded) -> OcrLine:
    """The line with boxes for its characters, laid out as type is: an em wide, 1.2 em high."""
    text, centres, scores = _trimmed(line)
    middles = [box[0] + share * (box[2] - box[0]) for share in centres]
    top, bottom, left, right = _inked(image, box)
    em = _em(text, middles, bottom - top, box[3] - box[1])
    top, bottom = (top + bottom - LINE * em) / 2, (top + bottom + LINE * em) / 2
    widths = [em * (1.0 if sign >= _WIDE_SIGN else NARROW) for sign in text]
    boxes = []
    for index, middle in enumerate(middles):
        start, end = middle - 0.6 * widths[index], middle + 0.6 * widths[index]
        start = max(start, _border(middles, widths, index) if index else min(left, middle))
        if index + 1 < len(middles):
            end = min(end, _border(middles, widths, index + 1))
        elif text[index] < _WIDE_SIGN:
            end = min(end, max(right, middle))
        else:  # the ink of 。 or ） does not fill its em
            end = max(start + widths[index], min(end, right))
        boxes.append((start, top, end, bottom))
    return OcrLine(text, tuple(boxes), scores, (boxes[0][0], top, boxes[-1][2], bottom))


def leaves_ink(image: Grey, box: Box, line: Decoded) -> bool:
    """Whether there is ink before the first or behind the last character as read, enough for another one."""
    text, centres, _ = _trimmed(line)
    if not text:
        return True
    first, last = (box[0] + share * (box[2] - box[0]) for share in (centres[0], centres[-1]))
    middles = [box[0] + share * (box[2] - box[0]) for share in centres]
    top, bottom, left, right = _inked(image, box)
    em = _em(text, middles, bottom - top, box[3] - box[1])
    start = first - em * (0.5 if text[0] >= _WIDE_SIGN else 0.5 * NARROW)
    end = last + em * (0.5 if text[-1] >= _WIDE_SIGN else 0.5 * NARROW)
    return start - left > _LEFT_OVER * em or right - end > _LEFT_OVER * em


def larger(crop: Grey) -> Grey:
    """A piece of the image at twice its size, with paper before and behind it."""
    size = 2 * crop.shape[1], 2 * crop.shape[0]
    return with_paper(np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_CUBIC), np.uint8))


def with_paper(crop: Grey) -> Grey:
    """A line's image with paper before and behind it."""
    paper = int(np.percentile(crop, 90))
    pad = max(2, crop.shape[0] // 2)
    return np.asarray(cv2.copyMakeBorder(crop, 0, 0, pad, pad, cv2.BORDER_CONSTANT, value=(paper,)), np.uint8)


def _border(middles: Sequence[float], widths: Sequence[float], index: int) -> float:
    """Where a character ends and the one at index begins."""
    before, after = widths[index - 1], widths[index]
    return middles[index - 1] + (middles[index] - middles[index - 1]) * before / (before + after)


def _trimmed(line: Decoded) -> tuple[str, tuple[float, ...], tuple[float, ...]]:
    """The line without white space at its ends."""
    start = len(line.text) - len(line.text.lstrip())
    end = len(line.text.rstrip())
    return line.text[start:end], line.centres[start:end], line.scores[start:end]


def _em(text: str, middles: Sequence[float], inked: float, boxed: float) -> float:
    """The width of a full-width character: the usual distance of two of them, else from the height of the ink.

    inked, boxed: the heights of the ink and of the line's box.
    """
    steps = [
        middles[index + 1] - middles[index]
        for index in range(len(text) - 1)
        if _is_ideograph(text[index]) and _is_ideograph(text[index + 1])
    ]
    from_height = max(inked / (0.92 if any(map(_is_ideograph, text)) else 0.7), 0.5 * boxed)
    if not steps:
        return from_height
    if len(steps) < _FEW_STEPS < len(text):  # the digits tell more
        widths = [1.0 if sign >= _WIDE_SIGN else NARROW for sign in text]
        return (middles[-1] - middles[0]) / (sum(widths) - (widths[0] + widths[-1]) / 2)
    # The mean, for they are whole steps of the network; but some characters are set apart, as in 合　计.
    usual = float(np.median(steps))
    near = [step for step in steps if abs(step - usual) < _APART * usual] or steps
    return min(float(np.mean(near)), 1.25 * from_height)


def _is_ideograph(sign: str) -> bool:
    return "\u3400" <= sign <= "\u9fff"


def _inked(image: Grey, box: Box) -> tuple[float, float, float, float]:
    """Top, bottom, left and right of the ink in a box; specks above or below the line left out."""
    dark = dark_of(crop_of(image, box))
    counts = dark.sum(axis=1)
    bands = [band for band in runs_of(counts > 1, bridge=round(_STROKES * len(counts))) if band[1] - band[0] > 2]
    if not bands:
        return box[1], box[3], box[0], box[2]
    inked = [int(counts[start:end].sum()) for start, end in bands]
    line = [band for band, ink in zip(bands, inked, strict=True) if ink >= _SPECKS * max(inked)]
    columns = np.flatnonzero(dark.any(axis=0))
    x, y = max(0, round(box[0])), max(0, round(box[1]))
    return y + float(line[0][0]), y + float(line[-1][1]), x + float(columns[0]), x + float(columns[-1]) + 1
