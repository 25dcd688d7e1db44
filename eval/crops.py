"""What stands on the page where a figure was read, as a small picture."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pymupdf

_ASIDE, _ABOVE = 150, 26
"""Points of the page that are shown beside and above a figure."""

_ZOOM = 1.3
_MARGIN = 1.5
_RED = (0.85, 0.1, 0.1)


class Pages:
    """The pages of one source file."""

    def __init__(self, document: pymupdf.Document) -> None:
        self._document = document

    def crop(self, number: int, box: Sequence[float]) -> str | None:
        """A data URI of what lies about a box of a page (counted from 1), framed; None if there is no such place."""
        if not 1 <= number <= len(self._document):
            return None
        page = self._document[number - 1]
        frame = pymupdf.Rect(*box) + (-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
        clip = (frame + (-_ASIDE, -_ABOVE, _ASIDE, _ABOVE)) & page.rect
        if clip.is_empty or frame.is_infinite:
            return None
        page.draw_rect(frame * page.derotation_matrix, color=_RED, width=1)
        pixmap = page.get_pixmap(clip=clip, matrix=pymupdf.Matrix(_ZOOM, _ZOOM), alpha=False)
        # Print is smallest as PNG, the grain of a scan as JPEG.
        kind, content = min(
            (("png", pixmap.tobytes("png")), ("jpeg", pixmap.tobytes("jpeg", jpg_quality=50))),
            key=lambda each: len(each[1]),
        )
        # The page is drawn on, so the next crop of it must come from a fresh one.
        self._document.reload_page(page)
        return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


@contextmanager
def open_pages(source: Path) -> Iterator[Pages | None]:
    """The pages of a source file; None if it is no PDF that can be opened."""
    try:
        document = pymupdf.open(source)
    except (RuntimeError, OSError):  # PyMuPDF's errors for what is no document are RuntimeErrors
        yield None
        return
    with document:
        yield Pages(document)
