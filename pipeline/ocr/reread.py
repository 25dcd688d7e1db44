"""A figure is looked at again: its piece of the page image, enlarged, and what it says under other preparations.

For the repair stage. A reading counts only if it was read; nothing is computed here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from recount.pipeline.document import Box, Ruling, Token
from recount.pipeline.mupdf import mupdf
from recount.pipeline.ocr.image import images
from recount.pipeline.ocr.image.frame import Frame
from recount.pipeline.ocr.image.images import (
    Picture,
    kept_picture,
    part_of,
    picture_of_page,
    pictures_of_files,
    turned,
)
from recount.pipeline.ocr.image.prepare import SEALED, Grey, Image, below_seals, median, red
from recount.pipeline.ocr.network.engine import Engine, engine
from recount.pipeline.ocr.network.reading import Recognised
from recount.pipeline.ocr.reader import Scans, is_image
from recount.pipeline.ocr.text.lines import dark_of, runs_of
from recount.pipeline.settings import OcrBackend, OcrPrecision

FIGURE_SIGNS = frozenset("0123456789.,-%")
"""What figures are printed with."""

_PAD = 0.12  # of the height of a box, around it; more would show the neighbours
_LEAST = 0.02  # probability below which an alternative reading is not worth mentioning
_SLIP = 3  # times as often as a slip a reading is the best one
_EDGE = 0.2  # share of a crop's side within which a ruling line may have come along
_INSET = 0.9  # points between the middle of a ruling line and the ink of its cell, as in text.cells
_OVER = 0.2  # heights of a box by which it may reach over a ruling line


@dataclass(frozen=True, slots=True)
class SecondReading:
    """A text that a crop may say. support: under how many preparations it was the best reading; score: the highest
    probability (0..1) that it had under any."""

    text: str
    support: int
    score: float


def crop(scans: Scans, page: int, box: Box, dpi: float = 350.0, *, below: bool = False) -> Image | None:
    """The piece of a scanned page in a box (points of the page as read), straight, at so many dpi.

    In its colours if it has any; below: in one channel, with seals lifted from what is printed below them. None for a
    page that was not scanned.
    """
    frame = scans.frames.get(page)
    if frame is None:
        return None
    picture = _part(scans.path, frame.page, frame.quarters, frame.part, below)
    return _cut(picture, frame, _around(box), dpi)


def _around(box: Box) -> Box:
    """What a crop of a box shows: a little more."""
    pad = _PAD * (box[3] - box[1])
    return box[0] - 2 * pad, box[1] - pad, box[2] + 2 * pad, box[3] + pad


def _cut(picture: Picture, frame: Frame, shown: Box, dpi: float) -> Image:
    x0, y0 = shown[:2]
    scale, fine = 72 / dpi, picture.dpi / 72
    a, b, c, d, e, f = frame.matrix
    matrix = np.array(
        [
            [a * scale * fine, b * scale * fine, (a * x0 + b * y0 + c) * fine],
            [d * scale * fine, e * scale * fine, (d * x0 + e * y0 + f) * fine],
        ]
    )
    size = max(4, round((shown[2] - x0) / scale)), max(4, round((shown[3] - y0) / scale))
    flags, border = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpAffine(picture.image, matrix, size, flags=flags, borderMode=border), np.uint8)


_MOST_KEPT = 128 * 1024 * 1024  # bytes of pictures

_kept: dict[tuple[Path, int, int, tuple[float, float], bool], Picture] = {}
"""Pictures of pages as read, but not yet straight: some are kept, for what is read again lies on the same pages."""


def _part(path: Path, page: int, quarters: int, part: tuple[float, float], below: bool) -> Picture:
    key = path, page, quarters, part, below
    if key not in _kept:
        if below:
            picture = _part(path, page, quarters, part, below=False)
            picture = replace(picture, image=below_seals(picture.image, picture.dpi))
        else:
            picture = part_of(turned(_picture(path, page), quarters), part)
        while _kept and sum(other.image.nbytes for other in _kept.values()) + picture.image.nbytes > _MOST_KEPT:
            del _kept[next(iter(_kept))]
        _kept[key] = picture
    return _kept[key]


def _picture(path: Path, page: int) -> Picture:
    known = kept_picture(path, page)
    if known is not None:
        return known
    if is_image(path):
        return next(picture for number, picture in enumerate(pictures_of_files(path), 1) if number == page)
    with mupdf.open(path, filetype="pdf") as document:
        return picture_of_page(document[page - 1])


def forget() -> None:
    """Lets go of the pictures that are kept."""
    _kept.clear()
    images.forget()


def second_readings(
    images: Sequence[Image], allowed: Collection[str], reader: Engine, below: Sequence[Image | None] | None = None
) -> list[tuple[SecondReading, ...]]:
    """What each crop says under all preparations, the best supported first.

    allowed: the only characters it may consist of, such as FIGURE_SIGNS. below: the same crops with seals lifted.
    """
    lifted = below or [None] * len(images)
    forms = [[*_preparations(image), *_below(image, other)] for image, other in zip(images, lifted, strict=True)]
    said = iter(reader.alternatives([form for own in forms for form in own], allowed))
    return [_ranked([next(said) for _ in own]) for own in forms]


def _ranked(said: Sequence[Sequence[Recognised]]) -> tuple[SecondReading, ...]:
    """What the forms of a crop say, each its readings, the most probable first."""
    support: dict[str, int] = defaultdict(int)
    scores: dict[str, float] = defaultdict(float)
    for readings in said:
        for index, reading in enumerate(readings):
            text = reading.text.strip()
            if not text or reading.score < _LEAST:
                continue
            support[text] += index == 0
            scores[text] = max(scores[text], reading.score)
    ranked = sorted(scores, key=lambda text: (-support[text], -scores[text]))
    return tuple(SecondReading(text, support[text], round(min(1.0, scores[text]), 4)) for text in ranked)


def _is_supported(reading: SecondReading, best: SecondReading) -> bool:
    """Whether a reading is more than the slip of a preparation. best: the best supported one."""
    alike = _digits(reading.text) == _digits(best.text)  # points are lost under most of them
    return reading.support > 0 and (alike or reading.support * _SLIP >= best.support)


def _digits(text: str) -> list[str]:
    return [sign for sign in text if sign.isdigit()]


def _preparations(image: Image) -> Iterator[Grey]:
    """The crop in several forms, each fit for the recogniser."""
    base = _without_edges(red(image))
    forms: list[Callable[[Grey], Grey]] = [
        lambda grey: grey,
        median,
        _sharp,
        _otsu,
        _adaptive,
        lambda grey: _scaled(median(grey), 0.5),
        lambda grey: _scaled(grey, 0.7),
    ]
    yield from (form(base) for form in forms)
    if image.ndim == 3:  # under a seal the other channels may show more
        colours = _without_edges(np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8))
        yield colours
        yield median(colours)


def _below(image: Image, lifted: Image | None) -> Iterator[Grey]:
    """More forms of a crop that a seal lies on. lifted: the same without the seal."""
    if lifted is not None and image.ndim == 3 and bool((cv2.absdiff(lifted, red(image)) > SEALED).any()):
        base = _without_edges(lifted)
        yield base
        yield median(base)


def _sharp(grey: Grey) -> Grey:
    soft = cv2.GaussianBlur(grey, (0, 0), 2.0)
    return np.asarray(cv2.addWeighted(grey, 1.8, soft, -0.8, 0), np.uint8)


def _otsu(grey: Grey) -> Grey:
    soft = cv2.GaussianBlur(grey, (3, 3), 0)
    return np.asarray(cv2.threshold(soft, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1], np.uint8)


def _adaptive(grey: Grey) -> Grey:
    size = max(11, grey.shape[0] // 2) | 1
    return np.asarray(
        cv2.adaptiveThreshold(median(grey), 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, size, 15), np.uint8
    )


def _scaled(grey: Grey, scale: float) -> Grey:
    size = max(4, round(grey.shape[1] * scale)), max(4, round(grey.shape[0] * scale))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _without_edges(grey: Grey) -> Grey:
    """The crop without ruling lines that came along at its edges: a | would be read as a 1."""
    clean = grey.copy()
    paper = int(np.percentile(grey, 75))
    dark = dark_of(grey)
    for turned_dark, turned_clean in ((dark, clean), (dark.T, clean.T)):
        length = turned_dark.shape[1]
        for start, end in runs_of(turned_dark.mean(axis=0) > 0.85):
            if end < _EDGE * length or start > (1 - _EDGE) * length:
                turned_clean[:, max(0, start - 1) : end + 1] = paper
    return clean


def _in_cell(image: Image, shown: Box, box: Box, rulings: Sequence[Ruling]) -> Image:
    """The image of what is shown around a box, with paper instead of the ruling lines at the sides of the box and what
    stands behind them."""
    clean = image.copy()
    paper = np.percentile(image, 75, axis=(0, 1))
    over = _OVER * (box[3] - box[1])
    for own, across, along in ((clean, 0, 1), (np.swapaxes(clean, 0, 1), 1, 0)):
        scale = own.shape[1] / (shown[across + 2] - shown[across])
        half = (box[along + 2] - box[along]) / 2
        lines = [((line.x0, line.y0), (line.x1, line.y1)) for line in rulings]
        sides = [
            start[across]
            for start, end in lines
            if start[across] == end[across] and min(end[along], box[along + 2]) - max(start[along], box[along]) > half
        ]
        first = max((at for at in sides if at <= box[across] + over), default=shown[across] - _INSET) + _INSET
        last = min((at for at in sides if at >= box[across + 2] - over), default=shown[across + 2] + _INSET) - _INSET
        own[:, : max(0, round((first - shown[across]) * scale))] = paper
        own[:, max(0, round((last - shown[across]) * scale)) :] = paper
    return clean


# Figures of scanned pages read again, for the repair stage (pipeline.verify.repair).


@dataclass(frozen=True, slots=True)
class ScanRereader:
    """Reads figures again from the images of their pages."""

    scans: Scans
    backend: OcrBackend = "openvino"
    precision: OcrPrecision = "f32"
    device: str = "CPU"

    def again(self, tokens: Sequence[Token], beside: float = 0.0) -> list[str]:
        """What each token's place says at 350 dpi without the median that the first reading had; "" for nothing.

        beside: how much of what stands left and right is to be seen too, in heights of the token: a neighbour that is
        cut in two looks like a digit.
        """
        crops = self._crops(tokens, beside)
        texts = [""] * len(tokens)
        greys = [np.ascontiguousarray(red(image)) for image in crops.values()]
        for index, line in zip(crops, engine(self.backend, self.precision, self.device).recognise(greys), strict=True):
            texts[index] = line.text
        return texts

    def readings(self, tokens: Sequence[Token]) -> list[tuple[str, ...]]:
        """What each token's place says under several preparations of its image, the best supported first.

        Only what was the best reading under one of them: a mere alternative of the recogniser proves nothing. Nor does
        one with other digits that is so under few of them, where most say the same.
        """
        crops = self._crops(tokens)
        below = self._crops(tokens, below=True, among={index for index, image in crops.items() if image.ndim == 3})
        found: list[tuple[str, ...]] = [()] * len(tokens)
        reader = engine(self.backend, self.precision, self.device)
        read = second_readings(list(crops.values()), FIGURE_SIGNS, reader, [below.get(index) for index in crops])
        for index, readings in zip(crops, read, strict=True):
            found[index] = tuple(reading.text for reading in readings if _is_supported(reading, readings[0]))
        return found

    def _crops(
        self, tokens: Sequence[Token], beside: float = 0.0, *, below: bool = False, among: Collection[int] | None = None
    ) -> dict[int, Image]:
        """The pieces of the pages by the position of their token, page by page, for a page's picture is large.

        among: only those of these positions.
        """
        crops: dict[int, Image] = {}
        wanted = range(len(tokens)) if among is None else among
        for index in sorted(wanted, key=lambda index: tokens[index].page):
            page, box = tokens[index].page, tokens[index].box
            wider = _wider(box, beside)
            image = crop(self.scans, page, wider, below=below)
            if image is not None:
                crops[index] = _in_cell(image, _around(wider), box, self.scans.rulings.get(page, ()))
        return crops


def _wider(box: Box, beside: float) -> Box:
    more = beside * (box[3] - box[1])
    return box[0] - more, box[1], box[2] + more, box[3]
