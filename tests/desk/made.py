"""A small report that contradicts itself, set in the ways in which pages come: turned, cropped, two on a sheet."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pymupdf

from recount.eval.scans.damage import Damage
from recount.eval.scans.degrade import degrade

EXAMPLE = next((Path(__file__).resolve().parents[2] / "examples" / "archive" / "2022").glob("望垣*.pdf"))
PAGES = (14, 15)
"""Its self-evaluation, whose total leaves out a score: an identity with ten figures on two pages."""

mupdf: Any = pymupdf


@cache
def plain() -> bytes:
    """The pages as they are."""
    with mupdf.open(EXAMPLE) as document:
        document.select(PAGES)
        return bytes(document.tobytes(garbage=3, deflate=True, no_new_id=True))


def _each(set_up: Callable[[Any, Any, Any], None]) -> bytes:
    with mupdf.open("pdf", plain()) as source, mupdf.open() as made:
        for page in source:
            set_up(made, source, page)
        return bytes(made.tobytes(garbage=3, deflate=True, no_new_id=True))


def turned(quarters: int) -> bytes:
    """Pages that lie in the file turned, and are turned back when they are shown."""

    def one(made: Any, source: Any, page: Any) -> None:
        width, height = page.rect[2:] if quarters % 2 == 0 else (page.rect[3], page.rect[2])
        new = made.new_page(width=width, height=height)
        new.show_pdf_page(new.rect, source, page.number, rotate=90 * quarters)
        new.set_rotation(90 * quarters)

    return _each(one)


def cropped() -> bytes:
    """Pages of which a part is shown, on a sheet whose corner is not where counting begins."""

    def one(made: Any, source: Any, page: Any) -> None:
        width, height = page.rect[2:]
        new = made.new_page(width=width + 90, height=height + 70)
        new.show_pdf_page(mupdf.Rect(60, 20, 60 + width, 20 + height), source, page.number)
        made.xref_set_key(new.xref, "MediaBox", f"[-30 -40 {width + 90} {height + 70}]")
        made.xref_set_key(new.xref, "CropBox", f"[60 50 {60 + width} {50 + height}]")

    return _each(one)


def two_up() -> bytes:
    """Both pages on one sheet."""
    with mupdf.open("pdf", plain()) as source, mupdf.open() as made:
        width, height = source[0].rect[2:]
        sheet = made.new_page(width=2 * width, height=height)
        for page in source:
            left = width * page.number
            sheet.show_pdf_page(mupdf.Rect(left, 0, left + width, height), source, page.number)
        return bytes(made.tobytes(garbage=3, deflate=True, no_new_id=True))


def skewed() -> bytes:
    """A scan of the pages that lies askew."""
    return degrade(plain(), Damage(skew=1.5), seed=1).pdf


def as_pictures(pdf: bytes, folder: Path) -> Path:
    """The pages as the pictures in a folder."""
    folder.mkdir()
    with mupdf.open("pdf", pdf) as document:
        for page in document:
            (folder / f"{page.number + 1}.png").write_bytes(page.get_pixmap(dpi=200).tobytes("png"))
    return folder


def as_tiff(pdf: bytes, path: Path) -> Path:
    """The pages in a TIFF file, in black and white as a fax."""
    with mupdf.open("pdf", pdf) as document:
        first, *others = (page.get_pixmap(dpi=200).pil_image().convert("1") for page in document)
    first.save(path, save_all=True, append_images=others, compression="group4", dpi=(200, 200))
    return path
