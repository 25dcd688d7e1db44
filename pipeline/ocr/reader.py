"""Pages as they are read: scanned ones as text lines and ruling lines, sheets with two pages side by side as two.

The heavy modules are imported when the first page has to be read: most reports are digital and need none of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recount.pipeline.archive.sources import IMAGE_SUFFIXES
from recount.pipeline.document import Box, Page, Pages, Remark, Ruling
from recount.pipeline.errors import DocumentError
from recount.pipeline.mupdf import MUPDF_ERRORS, mupdf, quiet_mupdf
from recount.pipeline.ocr.image.frame import Frame, halves_of, numbered, two_page_sheets
from recount.pipeline.settings import OcrBackend, OcrMode, OcrPrecision
from recount.pipeline.steps import Tally, tell

if TYPE_CHECKING:
    from recount.pipeline.ocr.image.images import Picture


@dataclass(frozen=True, slots=True)
class Scans:
    """Where the pages of a file were taken from, if that is not a page of it as it lies there.

    path: its file or folder. frames: of the pages read by OCR, by their numbers as read; rulings: their ruling lines;
    halves: of the digital pages that are half a sheet. Pages are numbered as they are read; behind a spread, which is
    two of them, that is not the number in the file.
    """

    path: Path
    frames: Mapping[int, Frame]
    halves: Mapping[int, Frame] = field(default_factory=dict)
    rulings: Mapping[int, Sequence[Ruling]] = field(default_factory=dict)

    def scanned_among(self, pages: Iterable[int]) -> tuple[int, ...]:
        """The numbers, in the file, of those of some pages as read that were read by OCR."""
        return tuple(sorted({self.frames[page].page for page in pages if page in self.frames}))

    def place(self, page: int, box: Box) -> tuple[int, Box]:
        """Where a box of a page as read stands in the file: the page's number there, and the box in its points."""
        frame = self.frames.get(page) or self.halves.get(page)
        if frame is not None:
            return frame.page, frame.place(box)
        return page - self._doubles_before(page), box

    def _doubles_before(self, page: int) -> int:
        """How many pages before this one are the second on their picture."""
        frames = (*self.frames.items(), *self.halves.items())
        numbers = [frame.page for number, frame in frames if number < page]
        return len(numbers) - len(set(numbers))


def is_image(path: Path) -> bool:
    """Whether a path is an image file or a folder, by its name: to be read with read_images."""
    return path.suffix.lower() in IMAGE_SUFFIXES or path.is_dir()


def wanted_of(pages: Pages, mode: OcrMode, only: Collection[int] | None = None) -> set[int]:
    """The numbers of the pages of a PDF that are to be read by OCR: arguments as of fill_scanned."""
    return {page.number for page in pages.pages if _is_wanted(page, mode) and (only is None or page.number in only)}


def fill_scanned(
    pages: Pages,
    path: Path,
    mode: OcrMode = "auto",
    backend: OcrBackend = "openvino",
    precision: OcrPrecision = "f32",
    device: str = "CPU",
    only: Collection[int] | None = None,
) -> tuple[Pages, Scans]:
    """The pages of a PDF with those that have no usable text layer read by OCR.

    pages: as read_pdf gives them. mode: "auto" reads those that need it, and those whose text somebody else's OCR put
    over a picture (it lost the ruling lines, and nobody knows how sure it was); "always" all; "never" none. only: of
    these pages. A page that cannot be drawn stays unreadable. Digital sheets with two pages are parted. Raises
    UsageError where the engine is not there.
    """
    wanted = wanted_of(pages, mode, only)
    sheets = two_page_sheets([page for page in pages.pages if page.number not in wanted])
    if not wanted:
        return _parted(pages, sheets, path)
    from recount.pipeline.ocr.image.images import forget, keep
    from recount.pipeline.ocr.image.scan import read_picture
    from recount.pipeline.ocr.network.engine import engine

    forget()  # another file may have had this path
    reader = engine(backend, precision, device)
    counted = Tally("ocr", of=len(wanted))
    done: list[Page] = []
    frames: dict[int, Frame] = {}
    halves: dict[int, Frame] = {}
    with mupdf.open(path, filetype="pdf") as document:
        for page in pages.pages:
            number = len(done) + 1
            if page.number not in wanted:
                _take(page, sheets, done, halves)
                continue
            counted.next()
            picture = _shown(document, page)
            if picture is None:
                _take(page, sheets, done, halves)
                continue
            keep(path, page.number, picture)
            parts = read_picture(picture, number, page.number, reader)
            for read, frame in parts:
                whole = len(parts) == 1 and frame.quarters == 0
                said = _told_again(page, read.number, whole=whole)
                done.append(replace(read, remarks=(*read.remarks, *said)))
                frames[read.number] = frame
    read_pages = replace(pages, pages=tuple(done), ocr=reader.name if frames else pages.ocr)
    return read_pages, Scans(path, frames, halves, _rulings(done, frames))


def _rulings(pages: Iterable[Page], frames: Collection[int]) -> dict[int, Sequence[Ruling]]:
    return {page.number: page.rulings for page in pages if page.number in frames}


def _shown(document: Any, page: Page) -> Picture | None:
    """The picture of a page of an open PDF; None where it cannot be drawn, or be decoded to its end."""
    from recount.pipeline.ocr.image.images import picture_of_page

    with quiet_mupdf():
        mupdf.TOOLS.reset_mupdf_warnings()
        try:
            picture = picture_of_page(document[page.number - 1])
        except (DocumentError, *MUPDF_ERRORS):
            return None
        return None if _IN_PART.search(mupdf.TOOLS.mupdf_warnings()) else picture


_IN_PART = re.compile("padding truncated image|cannot complete|read error|zlib error")
"""What MuPDF says of a picture that it could decode in part only, or not at all: nobody sees what is missing."""


def _told_again(page: Page, number: int, *, whole: bool) -> tuple[Remark, ...]:
    """The remarks on a page that was read from its picture instead. whole: its places are those of the picture."""
    if whole:
        return tuple(replace(remark, page=number) for remark in page.remarks)
    return tuple(
        replace(remark, page=number, box=None, touches=remark.touches or remark.disputes, disputes=False)
        for remark in page.remarks
    )


def _parted(pages: Pages, sheets: Collection[int], path: Path) -> tuple[Pages, Scans]:
    """Pages of which none is to be read by OCR. sheets: the numbers of those that are two."""
    if not sheets:
        return pages, Scans(path, {})
    done: list[Page] = []
    halves: dict[int, Frame] = {}
    for page in pages.pages:
        _take(page, sheets, done, halves)
    return replace(pages, pages=tuple(done)), Scans(path, {}, halves)


def _take(page: Page, sheets: Collection[int], done: list[Page], halves: dict[int, Frame]) -> None:
    """Puts a page, or the two on its sheet, behind those that are done, numbered as they are read."""
    if page.number not in sheets:
        done.append(numbered(page, len(done) + 1))
        return
    for half, frame in halves_of(page, len(done) + 1):
        done.append(half)
        halves[half.number] = frame


def _is_wanted(page: Page, mode: OcrMode) -> bool:
    if page.damaged:
        return False
    return mode == "always" or (mode == "auto" and (not page.readable or page.origin == "ocr"))


def read_images(
    path: Path,
    backend: OcrBackend = "openvino",
    precision: OcrPrecision = "f32",
    device: str = "CPU",
    only: Collection[int] | None = None,
) -> tuple[Pages, Scans]:
    """The pages of an image file (JPEG, PNG, TIFF of many pages) or of a folder of them, in the order of their names.
    only: these of them; the others are left out.

    Raises DocumentError for what is no image, NoPages for a folder without images, UsageError where the engine is not
    there.
    """
    from recount.pipeline.ocr.image.images import pictures_of_files
    from recount.pipeline.ocr.image.scan import read_picture
    from recount.pipeline.ocr.network.engine import engine

    reader = engine(backend, precision, device)
    pages: list[Page] = []
    frames: dict[int, Frame] = {}
    for number, picture in enumerate(pictures_of_files(path), 1):
        if only is not None and number not in only:
            continue
        tell("ocr", number)
        for page, frame in read_picture(picture, len(pages) + 1, number, reader):
            pages.append(page)
            frames[page.number] = frame
    return Pages(tuple(pages), reader.name), Scans(path, frames, rulings=_rulings(pages, frames))
