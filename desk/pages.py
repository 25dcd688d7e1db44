"""The pages of a report's file as pictures: whole ones, and crops around a figure. Of a file of text its lines."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import cv2
import numpy as np

from recount.pipeline.archive.files import snapshot
from recount.pipeline.archive.kinds import is_text
from recount.pipeline.archive.sources import Source
from recount.pipeline.document import Box
from recount.pipeline.errors import DocumentError, SourceUnreachable
from recount.pipeline.mupdf import MUPDF_ERRORS, mupdf, quiet_mupdf
from recount.pipeline.ocr.image.images import MOST_PIXELS, Picture, pictures_of_files
from recount.pipeline.ocr.reader import is_image
from recount.pipeline.read.texts import decoded

_ASIDE, _ABOVE = 150.0, 26.0
"""Points of the page that a crop shows beside and above a figure."""
_POINT = 72.0
_LINE_ENDS = re.compile(r"\r\n|\r|\n")


class Sheet(NamedTuple):
    """A page of a file, as the file shows it, in points."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture in a file's bytes. kind: "png", or "jpeg" of what was scanned."""

    kind: str
    content: bytes


Draw = Callable[[int, float, Box], Shot]
"""Draws a part (in points) of a page, at so many pixels an inch. Raises DocumentError where it cannot."""


class Book:
    """The pages of one file, counted from 1. Any thread may ask; one at a time is answered.

    file: a copy of it, for as long as it is open. sheets: the sizes of its pages; none of a file of text, whose lines
    (docs/contract/result.md, Conventions) lines has.
    """

    def __init__(self, file: Path, sheets: Sequence[Sheet], draw: Draw, lines: Sequence[str] = ()) -> None:
        self.file, self.sheets, self.lines = file, sheets, lines
        self._draw, self._one = draw, Lock()

    def picture(self, number: int, dpi: float, box: Box | None = None) -> Shot:
        """A page, or what lies in a box of it (in points), at so many pixels an inch. Raises DocumentError if there is
        no such page, or if it cannot be drawn."""
        if not 1 <= number <= len(self.sheets):
            raise DocumentError(f"it has no page {number}")
        sheet = self.sheets[number - 1]
        x0, y0, x1, y1 = box or (0.0, 0.0, sheet.width, sheet.height)
        inside = max(x0, 0.0), max(y0, 0.0), min(x1, sheet.width), min(y1, sheet.height)
        if inside[2] - inside[0] < 1 or inside[3] - inside[1] < 1:
            raise DocumentError(f"nothing of page {number} lies there")
        with self._one:
            return self._draw(number, min(dpi, _finest(inside)), inside)

    def crop(self, number: int, box: Sequence[float], dpi: float) -> Shot:
        """What lies around a figure. Raises as picture does."""
        return self.picture(number, dpi, around(box))


def around(box: Sequence[float]) -> Box:
    """The part of a page, in points, that a crop around a figure shows; it may reach beyond the page."""
    x0, y0, x1, y1 = map(float, box)
    return x0 - _ASIDE, y0 - _ABOVE, x1 + _ASIDE, y1 + _ABOVE


def _finest(box: Box) -> float:
    """The resolution at which a picture of it is as large as any page that is read."""
    return float((MOST_PIXELS / 4 / ((box[2] - box[0]) * (box[3] - box[1]))) ** 0.5 * _POINT)


class _Print:
    """Draws the pages of an open PDF."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self.sheets = [Sheet(page.rect.width, page.rect.height) for page in document]

    def __call__(self, number: int, dpi: float, box: Box) -> Shot:
        try:
            with quiet_mupdf():
                page = self._document[number - 1]
                scale = mupdf.Matrix(dpi / _POINT, dpi / _POINT)
                drawn = page.get_pixmap(matrix=scale, clip=mupdf.Rect(*box), alpha=False)
                # Print is smallest as PNG, the grain of a scan as JPEG.
                if page.get_images():
                    return Shot("jpeg", drawn.tobytes("jpeg", jpg_quality=80))
                return Shot("png", _as_png(drawn))
        except MUPDF_ERRORS as error:
            raise DocumentError(f"page {number} cannot be drawn: {error}") from error


def _as_png(drawn: Any) -> bytes:
    """A picture of print. Most has no colour: with one channel it is half as large, and made in half the time."""
    pixels = np.frombuffer(drawn.samples_mv, np.uint8).reshape(drawn.h, drawn.stride)[:, : 3 * drawn.w]
    red, green, blue = (pixels[:, channel::3] for channel in range(3))
    if not (np.array_equal(red, green) and np.array_equal(green, blue)):
        return bytes(drawn.tobytes("png"))
    return cv2.imencode(".png", np.ascontiguousarray(red), [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()


class _Images:
    """Draws the pages of image files; the latest is kept, for the parts of a page are asked for together."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.sheets = [Sheet(picture.width, picture.height) for picture in pictures_of_files(path)]
        self._kept: tuple[int, Picture] | None = None

    def __call__(self, number: int, dpi: float, box: Box) -> Shot:
        if self._kept is None or self._kept[0] != number:
            self._kept = number, next(islice(pictures_of_files(self._path), number - 1, None))
        picture = self._kept[1]
        x0, y0, x1, y1 = (round(side * picture.dpi / _POINT) for side in box)
        part, scale = picture.image[y0:y1, x0:x1], min(dpi / picture.dpi, 1.0)
        size = max(round(part.shape[1] * scale), 1), max(round(part.shape[0] * scale), 1)
        small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
        shown = small if small.ndim == 2 else np.ascontiguousarray(small[:, :, ::-1])
        return Shot("jpeg", cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes())


def _no_print(number: int, dpi: float, box: Box) -> Shot:  # noqa: ARG001
    raise DocumentError(f"page {number} is a text's: it has no picture")


def kind_of_file(book: Book) -> str:
    """As what a browser may show a file: a PDF or a picture as such, anything else, a web page too, as plain text."""
    if book.lines:
        return "text/plain; charset=utf-8"
    return mimetypes.guess_type(book.file.name)[0] or "image/*" if is_image(book.file) else "application/pdf"


@contextmanager
def opened(source: Source, sha256: str | None = None, aside: Path | None = None) -> Iterator[Book]:
    """The pages of a report's file, wherever it lies, for as long as they are looked at.

    sha256: of the file that the result was made of, None for any. aside: as of snapshot. Raises DocumentError if the
    file cannot be read, or is another.
    """
    stack = ExitStack()
    try:
        copy = stack.enter_context(snapshot(source, aside))
        if sha256 not in (None, copy.sha256):
            raise SourceUnreachable("was changed since its result was made: structure it again")
        yield _book(copy.path, stack)
    finally:
        with suppress(SourceUnreachable):  # what was shown is what was hashed, whatever the file is by now
            stack.close()


def _book(path: Path, stack: ExitStack) -> Book:
    """The pages of a copy. stack: closes what is opened for them."""
    if is_image(path):
        images = _Images(path)
        return Book(path, images.sheets, images)
    if is_text(path):
        return Book(path, (), _no_print, _LINE_ENDS.split(decoded(path.read_bytes()) or ""))
    try:
        with quiet_mupdf():
            print_ = _Print(stack.enter_context(mupdf.open(path, filetype="pdf")))
        return Book(path, print_.sheets, print_)
    except MUPDF_ERRORS as error:
        raise DocumentError(f"cannot be drawn: {error}") from error
