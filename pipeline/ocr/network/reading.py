"""Where text stands on an image (the detection network, DB), and what each line says (the recognition network, CTC).

The recogniser gives for every step along the line (8 pixels of 48) a probability for each sign, the blank among them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from recount.pipeline.document import Box
from recount.pipeline.ocr.image.prepare import Grey
from recount.pipeline.ocr.network.backends import Networks
from recount.pipeline.ocr.network.steps import Floats, Network, Recogniser, Signs

# --- boxes of text lines


LONGEST_SIDE = 1600  # pixels; the network sees the page at most this large
_STEP = 32  # the network halves the image five times
# The next three are as in the settings of rapidocr.
_TEXT = 0.3  # probability from which a pixel is of text
_BOX = 0.5  # mean probability from which a box is of text
_UNCLIP = 1.6  # the network marks the core of a line; its outline lies area / perimeter times this further out
_SMALLEST = 3  # pixels of the network's map
_LEVEL = 12.0  # degrees by which a long line may lean: the circular text of a seal is no line


def detect(network: Network, image: Grey) -> list[Box]:
    """The boxes of the text lines on the image, in its pixels, from top to bottom."""
    height, width = image.shape
    scale = min(1.0, LONGEST_SIDE / max(height, width))
    rows = max(_STEP, round(height * scale / _STEP) * _STEP)
    columns = max(_STEP, round(width * scale / _STEP) * _STEP)
    seen = cv2.resize(image, (columns, rows)).astype(np.float32) / 127.5 - 1.0
    probable = network(np.ascontiguousarray(np.broadcast_to(seen, (1, 3, rows, columns))))[0, 0]
    mask = cv2.dilate((probable > _TEXT).astype(np.uint8), np.ones((2, 2), np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes = []
    for outline in outlines:
        x, y, w, h = cv2.boundingRect(outline)
        if min(w, h) < _SMALLEST or _leans(outline):
            continue
        if probable[y : y + h, x : x + w].mean() < _BOX * _fill(outline, w, h):
            continue
        out = w * h * _UNCLIP / (2 * (w + h))
        boxes.append(
            (
                max(0.0, (x - out) * width / columns),
                max(0.0, (y - out) * height / rows),
                min(float(width), (x + w + out) * width / columns),
                min(float(height), (y + h + out) * height / rows),
            )
        )
    return sorted(boxes, key=lambda box: (box[1], box[0]))


def _fill(outline: cv2.typing.MatLike, width: int, height: int) -> float:
    """The share of its bounding rectangle that an outline covers, at most 1."""
    return min(1.0, (cv2.contourArea(outline) + width + height) / (width * height))


def _leans(outline: cv2.typing.MatLike) -> bool:
    """Whether a long thin outline is neither level nor upright."""
    _, (w, h), angle = cv2.minAreaRect(outline)
    if max(w, h) < 4 * min(w, h):
        return False
    off = abs((angle + 45.0) % 90.0 - 45.0)
    return bool(off > _LEVEL)


Doubles = npt.NDArray[np.float64]

_HEIGHT = 48  # pixels that the network wants
_BUCKET = 32  # widths are padded to multiples of this: engines prepare themselves anew for every size
_WIDEST = 3200  # pixels; a longer line is squeezed
_SHORT = 128  # pixels; a shorter line is not squeezed: the rest of a ruling behind a figure would become its digit
_BATCH = 6  # lines that are recognised together, as in the settings of rapidocr, or alone: every number is a new size
_ALONE = 320  # pixels; a wider line is work enough of its own
_SURE = 0.8  # probability of a sign below which more paper, or 32 bits instead of 16, may choose another one
_DOUBT = 0.005  # probability below which another sign at a step is no alternative
_BEAM = 12  # texts that are followed from step to step


@dataclass(frozen=True, slots=True)
class Decoded:
    """A line as read. centres: of the characters, as shares of the image's width; scores: one a character."""

    text: str
    centres: tuple[float, ...]
    scores: tuple[float, ...]

    @property
    def score(self) -> float:
        """The mean of the characters' scores, 0 for an empty text."""
        return sum(self.scores) / len(self.scores) if self.scores else 0.0


@dataclass(frozen=True, slots=True)
class Look:
    """How lines are shown to a network. most: at a time; least: pixels that they are padded to; share: what is left of
    the width of those of more than `short` pixels."""

    most: int
    least: int
    share: float = 1.0
    short: int = _SHORT

    def width(self, image: Grey) -> int:
        """The pixels of a line's image that is as high as the network wants it."""
        height, width = image.shape
        whole = _HEIGHT * width / height
        shown: float = min(_WIDEST, whole, max(self.short, self.share * whole))
        return math.ceil(shown)

    def padded(self, width: int) -> int:
        """The pixels that a line of so many is padded to."""
        step = _BUCKET if width <= _ALONE else 2 * _BUCKET
        return max(self.least, -(-width // step) * step)

    def sizes(self, image: Grey) -> tuple[int, int]:
        """The pixels of a line's image, and those that it is padded to."""
        width = self.width(image)
        return width, self.padded(width)


_PADDED = 96  # pixels
_LEARNT = 320  # pixels that lines were padded to at least when the network learnt, as in the settings of rapidocr
GLANCE = Look(_BATCH, _PADDED, share=0.75)
"""The first look at a line."""
LOOK = Look(_BATCH, _PADDED)
CLOSER = Look(1, _LEARNT)
"""How it is looked at again: one by one, for they are few."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A text that a line may say, with its probability under the network (0..1)."""

    text: str
    score: float


def recognise(networks: Networks, images: Sequence[Grey], first: Look = GLANCE) -> list[Decoded]:
    """The best reading of each image of a line; what is not sure of every sign is looked at again (`_surely`)."""
    return _surely(networks, images, first, _decoded(networks), lambda line: min(line.scores, default=0.0))


def recognise_once(networks: Networks, images: Sequence[Grey], look: Look = LOOK) -> list[Decoded]:
    """The best reading of each image of a line, sure or not, as one look has it."""
    return _decoded(networks)(networks.recogniser, images, look)


def _decoded(networks: Networks) -> Callable[[Recogniser, Sequence[Grey], Look], list[Decoded]]:
    """What gives the best reading of each image of a line by a network (`_each`)."""

    def best(network: Recogniser, batches: Iterable[Floats]) -> Iterator[Iterable[tuple[Signs, Floats]]]:
        return (zip(chosen, chances, strict=True) for chosen, chances in network.best(batches))

    def made(line: tuple[Signs, Floats], share: float) -> Decoded:
        return _best(*line, share, networks.signs)

    return partial(_each, best, made)


def alternatives(
    networks: Networks, images: Sequence[Grey], allowed: Collection[str] | None = None
) -> list[list[Recognised]]:
    """What each image of a line may say, the most probable first; what is not sure is looked at again (`_surely`).

    allowed: the only characters it may be of.
    """
    kept = None if allowed is None else [0, *sorted(networks.signs.index(sign, 1) for sign in set(allowed))]
    signs = networks.signs if kept is None else [networks.signs[index] for index in kept]

    def among(network: Recogniser, batches: Iterable[Floats]) -> Iterable[Iterable[Floats]]:
        return network.among(batches, kept)

    def made(line: Floats, _: float) -> list[Recognised]:
        return _beam(line.astype(np.float64), signs)

    return _surely(networks, images, LOOK, partial(_each, among, made), lambda readings: readings[0].score)


S = TypeVar("S")
T = TypeVar("T")


def _surely(
    networks: Networks,
    images: Sequence[Grey],
    first: Look,
    read: Callable[[Recogniser, Sequence[Grey], Look], list[T]],
    sure: Callable[[T], float],
) -> list[T]:
    """What is read of the images: by a first look, which costs least; where that is less sure than _SURE by a closer
    one, in their full width and with as much paper behind them as the networks learnt with, of which the surer counts;
    and by the exact network where it still is, but for long lines: those it reads no better.

    read: by a network that looks so.
    """
    found = read(networks.recogniser, images, first)

    def look_again(network: Recogniser, look: Look, tells: Callable[[Grey], bool]) -> None:
        unsure = [index for index, one in enumerate(found) if sure(one) < _SURE and tells(images[index])]
        for index, one in zip(unsure, read(network, [images[index] for index in unsure], look), strict=True):
            found[index] = max(one, found[index], key=sure)

    look_again(networks.recogniser, CLOSER, lambda image: first.sizes(image) != CLOSER.sizes(image))
    if networks.exact is not networks.recogniser:
        look_again(networks.exact, CLOSER, lambda image: CLOSER.width(image) <= _ALONE)
    return found


def _each(
    asked: Callable[[Recogniser, Iterable[Floats]], Iterable[Iterable[S]]],
    made: Callable[[S, float], T],
    network: Recogniser,
    images: Sequence[Grey],
    look: Look,
) -> list[T]:
    """What is made of each image: of what is asked about the steps of its line, and of the share of them that it
    covers."""
    lines = [_scaled(image, look.width(image)) for image in images]
    batches = list(_batches([line.shape[1] for line in lines], look))
    found: dict[int, T] = {}
    for batch, said in zip(batches, asked(network, (_filled(batch, lines) for batch in batches)), strict=True):
        for index, one in zip(batch.indices, said, strict=False):  # blank lines may follow
            found[index] = made(one, lines[index].shape[1] / batch.width)
    return [found[index] for index in range(len(images))]


@dataclass(frozen=True, slots=True)
class _Batch:
    """Lines that are recognised together, by their indices. size, width: of the batch, in lines and in pixels."""

    indices: Sequence[int]
    size: int
    width: int


def _batches(widths: Sequence[int], look: Look) -> Iterator[_Batch]:
    """Lines of so many pixels in batches, those of like width together.

    A batch is full, with blank lines in it where nearly as many are missing as are there, or a line alone: the engine
    makes itself ready for each size that it meets, which takes as long as some lines.
    """
    order = sorted(range(len(widths)), key=widths.__getitem__)
    start = 0
    while start < len(order):
        width = look.padded(widths[order[start]])
        size = look.most if width <= _ALONE else 1
        chosen = [index for index in order[start : start + size] if widths[index] <= width]
        if 2 * len(chosen) < size:
            chosen, size = chosen[:1], 1
        yield _Batch(chosen, size, width)
        start += len(chosen)


def _filled(batch: _Batch, lines: Sequence[Floats]) -> Floats:
    """What the network is shown of a batch."""
    shown = np.zeros((batch.size, 3, _HEIGHT, batch.width), np.float32)
    for row, index in enumerate(batch.indices):
        shown[row, :, :, : lines[index].shape[1]] = lines[index]
    return shown


def _scaled(image: Grey, width: int) -> Floats:
    return np.asarray(cv2.resize(image, (width, _HEIGHT)).astype(np.float32) / 127.5 - 1.0, np.float32)


def _best(chosen: Signs, chances: Floats, share: float, signs: Sequence[str]) -> Decoded:
    """The most probable sign of each step, repetitions and blanks left out. chances: of the chosen signs."""
    length = len(chosen)
    text: list[str] = []
    centres: list[float] = []
    scores: list[float] = []
    start = 0
    for index in range(1, length + 1):
        if index < length and chosen[index] == chosen[start]:
            continue
        if chosen[start]:
            peaks = chances[start:index]
            middle = float((peaks * np.arange(start, index)).sum() / peaks.sum())
            text.append(signs[chosen[start]])
            centres.append(min(1.0, (middle + 0.5) / length / share))
            scores.append(float(peaks.max()))
        start = index
    return Decoded("".join(text), tuple(centres), tuple(scores))


def _beam(steps: Doubles, signs: Sequence[str]) -> list[Recognised]:
    """Prefix beam search: texts with the probabilities of all their alignments added up."""
    beams: dict[tuple[int, ...], tuple[float, float]] = {(): (1.0, 0.0)}
    for step in steps:
        likely = [int(index) for index in np.flatnonzero(step > _DOUBT)] or [int(step.argmax())]
        grown: dict[tuple[int, ...], list[float]] = {}
        for prefix, (blank, other) in beams.items():
            for sign in likely:
                chance = float(step[sign])
                if sign == 0:
                    _add(grown, prefix, (blank + other) * chance, 0.0)
                elif prefix and prefix[-1] == sign:
                    _add(grown, prefix, 0.0, other * chance)
                    _add(grown, (*prefix, sign), 0.0, blank * chance)
                else:
                    _add(grown, (*prefix, sign), 0.0, (blank + other) * chance)
        ranked = sorted(grown.items(), key=lambda item: -sum(item[1]))[:_BEAM]
        beams = {prefix: (chances[0], chances[1]) for prefix, chances in ranked}
    return [Recognised("".join(signs[sign] for sign in prefix), sum(chances)) for prefix, chances in beams.items()]


def _add(grown: dict[tuple[int, ...], list[float]], prefix: tuple[int, ...], blank: float, other: float) -> None:
    chances = grown.setdefault(prefix, [0.0, 0.0])
    chances[0] += blank
    chances[1] += other
