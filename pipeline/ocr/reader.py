"""Scanned pages of a PDF, and image files, as pages of text lines and ruling lines.

The heavy modules are imported when the first page has to be read: most reports are digital and need none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from recount.pipeline.archive.sources import IMAGE_SUFFIXES
from recount.pipeline.document import Box, Page, Pages
from recount.pipeline.errors import DocumentError
from recount.pipeline.mupdf import MUPDF_ERRORS, mupdf
from recount.pipeline.ocr.image.frame import Frame
from recount.pipeline.settings import OcrBackend, OcrMode


@dataclass(frozen=True, slots=True)
class Scans:
    """The scanned pages of a report. path: its file or folder; frames: by the number of the page as read.

    Pages are numbered as they are read; behind a spread, which is two of them, that is not the number in the file.
    """

    path: Path
    frames: Mapping[int, Frame]

    @property
    def scanned(self) -> tuple[int, ...]:
        """The numbers, in the file, of the pages that were read by OCR."""
        return tuple(sorted({frame.page for frame in self.frames.values()}))

    def place(self, page: int, box: Box) -> tuple[int, Box]:
        """Where a box of a page as read stands in the file: the page's number there, and the box in its points."""
        frame = self.frames.get(page)
        if frame is not None:
            return frame.page, frame.place(box)
        return page - self._doubles_before(page), box

    def _doubles_before(self, page: int) -> int:
        """How many pages before this one are the second on their picture."""
        numbers = [frame.page for number, frame in self.frames.items() if number < page]
        return len(numbers) - len(set(numbers))


def is_image(path: Path) -> bool:
    """Whether a path is an image file or a folder, by its name: to be read with read_images."""
    return path.suffix.lower() in IMAGE_SUFFIXES or path.is_dir()


def fill_scanned(
    pages: Pages,
    path: Path,
    mode: OcrMode = "auto",
    backend: OcrBackend = "openvino",
) -> tuple[Pages, Scans]:
    """The pages of a PDF with those that have no usable text layer read by OCR.

    pages: as read_pdf gives them. mode: "auto" reads those that need it, and those whose text somebody else's OCR put
    over a picture (it lost the ruling lines, and nobody knows how sure it was); "always" all; "never" none. A page
    that cannot be drawn stays unreadable. Raises UsageError where the engine is not there.
    """
    wanted = {page.number for page in pages.pages if _is_wanted(page, mode)}
    if not wanted:
        return pages, Scans(path, {})
    from recount.pipeline.ocr.image.images import picture_of_page
    from recount.pipeline.ocr.image.scan import read_picture
    from recount.pipeline.ocr.network.engine import engine

    reader = engine(backend)
    done: list[Page] = []
    frames: dict[int, Frame] = {}
    with mupdf.open(path, filetype="pdf") as document:
        for page in pages.pages:
            number = len(done) + 1
            if page.number not in wanted:
                done.append(replace(page, number=number))
                continue
            try:
                picture = picture_of_page(document[page.number - 1])
            except (DocumentError, *MUPDF_ERRORS):
                done.append(replace(page, number=number))
                continue
            for read, frame in read_picture(picture, number, page.number, reader):
                done.append(read)
                frames[read.number] = frame
    return Pages(tuple(done), reader.name if frames else pages.ocr, pages.attached), Scans(path, frames)


def _is_wanted(page: Page, mode: OcrMode) -> bool:
    if page.damaged:
        return False
    return mode == "always" or (mode == "auto" and (not page.readable or page.origin == "ocr"))


def read_images(path: Path, backend: OcrBackend = "openvino") -> tuple[Pages, Scans]:
    """The pages of an image file (JPEG, PNG, TIFF of many pages) or of a folder of them, in the order of their names.

    Raises DocumentError for what is no image, NoPages for a folder without images, UsageError where the engine is not
    there.
    """
    from recount.pipeline.ocr.image.images import pictures_of_files
    from recount.pipeline.ocr.image.scan import read_picture
    from recount.pipeline.ocr.network.engine import engine

    reader = engine(backend)
    pages: list[Page] = []
    frames: dict[int, Frame] = {}
    for number, picture in enumerate(pictures_of_files(path), 1):
        for page, frame in read_picture(picture, len(pages) + 1, number, reader):
            pages.append(page)
            frames[page.number] = frame
    return Pages(tuple(pages), reader.name), Scans(path, frames)
