"""What stands on the page where a figure was read, as a small picture."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pymupdf

_ASIDE, _ABOVE = 150, 26
"""Points of the page that are shown beside and above a figure."""

_ZOOM = 1.3
_RED = (217, 26, 26)


class Pages:
    """The pages of one source file."""

    def __init__(self, document: pymupdf.Document) -> None:
        self._document = document

    def crop(self, number: int, box: Sequence[float]) -> str | None:
        """A data URI of what lies about a box of a page (counted from 1), framed; None if there is no such place."""
        if not 1 <= number <= len(self._document):
            return None
        page = self._document[number - 1]
        x0, y0, x1, y1 = (float(side) for side in box)
        around = (x0 - _ASIDE, y0 - _ABOVE, x1 + _ASIDE, y1 + _ABOVE)
        clip = pymupdf.Rect(*around) & page.rect  # type: ignore[no-untyped-call]
        if clip.is_empty:
            return None
        zoom = pymupdf.Matrix(_ZOOM, _ZOOM)  # type: ignore[no-untyped-call]
        pixmap = page.get_pixmap(clip=clip, matrix=zoom, colorspace=pymupdf.csRGB, alpha=False)
        _frame(pixmap, [side * _ZOOM for side in (x0, y0, x1, y1)])
        # Print is smallest as PNG, the grain of a scan as JPEG.
        kind, content = min(
            ((kind, pixmap.tobytes(kind, jpg_quality=50)) for kind in ("png", "jpeg")),  # type: ignore[no-untyped-call]
            key=lambda picture: len(picture[1]),
        )
        return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def _frame(pixmap: pymupdf.Pixmap, box: Sequence[float]) -> None:
    """Draws a frame about a box, in the picture's own points."""
    left, top, right, bottom = (
        math.floor(box[0]) - 3,
        math.floor(box[1]) - 3,
        math.ceil(box[2]) + 3,
        math.ceil(box[3]) + 3,
    )
    for side in (
        (left, top, right, top + 2),
        (left, bottom - 2, right, bottom),
        (left, top, left + 2, bottom),
        (right - 2, top, right, bottom),
    ):
        pixmap.set_rect(pymupdf.IRect(*side), _RED)  # type: ignore[no-untyped-call]


@contextmanager
def open_pages(source: Path) -> Iterator[Pages | None]:
    """The pages of a source file; None if it is no PDF that can be opened."""
    try:
        document = pymupdf.open(source)  # type: ignore[no-untyped-call]
    except (RuntimeError, OSError):  # PyMuPDF's errors for what is no document are RuntimeErrors
        yield None
        return
    with document:
        yield Pages(document)
