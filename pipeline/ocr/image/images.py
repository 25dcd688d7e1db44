"""Pictures of pages: of the pages of a PDF, and of image files (JPEG, PNG, TIFF with many pages, folders of them).

A scanned page of a PDF is mostly one picture; that is taken out as it is, for drawing it anew would blur it. Any
other page (strips and tiles, masks, pictures turned or sheared) is drawn by MuPDF at the resolution of its pictures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from recount.pipeline.errors import DocumentError, NoPages
from recount.pipeline.mupdf import mupdf
from recount.pipeline.ocr.image.prepare import FINE, FINEST, Image

MOST_PIXELS = 120_000_000  # a page larger than this is refused: it is no page, or an attack
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp"})  # of the pages in a folder
_A4_SHORT = 595.3  # points
_A4_PIXELS = (900, 2100)  # a short side of so many pixels is A4 at 110–254 dpi, if the file does not say
_SAID = (100, 1200)  # dpi; screens and cameras write 72 or 96, which says nothing about paper
_COVERS = 0.97  # share of the page that its one picture must cover
_LARGER = 1.05  # and how many times the page it may be: what the page cuts off is not to be read
_DEEP = ("I", "F", "I;16", "I;16B", "I;16L")  # Pillow's modes of more than 8 bits a pixel
_SQUARE = 1.03  # how many times as long as wide a pixel may be that counts as square
_MOST_KEPT = 64 * 1024 * 1024  # bytes of pictures
_PAINTED = re.compile(rb"/([^\s/\[\]()<>{}%]+)\s+Do\b")
_INLINE = re.compile(rb"\bBI\b")


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of a page, upright as the file shows it. dpi: its pixels an inch; width, height: in points."""

    image: Image
    dpi: float
    width: float
    height: float


_kept: dict[tuple[Path, int], Picture] = {}
"""Pictures of pages of the PDF that is being read, by its path and their numbers: to decode them takes a while."""


def keep(path: Path, page: int, picture: Picture) -> None:
    """Keeps the picture of a page, if there is room, for when figures on it are read again."""
    if sum(other.image.nbytes for other in _kept.values()) + picture.image.nbytes <= _MOST_KEPT:
        _kept[path, page] = picture


def kept_picture(path: Path, page: int) -> Picture | None:
    """The picture of a page, if it is kept."""
    return _kept.get((path, page))


def forget() -> None:
    """Lets go of the pictures that are kept."""
    _kept.clear()


def picture_of_page(page: Any) -> Picture:
    """The picture of a page of an open PDF. Raises DocumentError where it is too large."""
    _, _, width, height = page.rect
    image = _lone_picture(page)
    if image is not None:
        return Picture(image, image.shape[1] * 72 / width, width, height)
    dpi = _drawing_dpi(page)
    if width * height * (dpi / 72) ** 2 > MOST_PIXELS:
        raise DocumentError(f"page {page.number + 1} is too large to be read: {width:.0f} × {height:.0f} points")
    return Picture(_array(page.get_pixmap(dpi=round(dpi), alpha=False)), float(round(dpi)), width, height)


def _lone_picture(page: Any) -> Image | None:
    """The page's picture as it is in the file, turned as the page shows it; None unless it is the whole page."""
    shown = page.get_image_info()
    xref = _lone_xref(page) if len(shown) == 1 else 0
    if not xref:
        return None
    info = shown[0]
    a, b, c, d, _, _ = info["transform"]
    whole, own = page.rect * page.derotation_matrix, mupdf.Rect(info["bbox"])
    is_level = a > 0 and d > 0 and abs(b) + abs(c) < 0.002 * (a + d)
    if not is_level or abs(whole & own) < _COVERS * abs(whole) or abs(own) > _LARGER * abs(whole):
        return None
    # Text in another layer is drawn over the picture; a mask has no colours of its own.
    if info.get("has-mask") or info.get("colorspace", 0) == 0 or info["width"] * info["height"] > MOST_PIXELS:
        return None
    image = _array(mupdf.Pixmap(page.parent, xref))
    image = _square(image, image.shape[1] / whole.width, image.shape[0] / whole.height)
    return np.ascontiguousarray(np.rot90(image, -(page.rotation // 90)))


def _lone_xref(page: Any) -> int:
    """The number of the object that the only picture shown on a page is; 0 where it is none.

    Where the page paints one thing, that is told by its name; else pictures are compared, and decoded for it.
    """
    content = page.read_contents()
    painted = _PAINTED.findall(content)
    if len(painted) == 1 and not _INLINE.search(content):
        for xref, *_, name, _, form in page.get_images(full=True):
            if not form and name.encode() == painted[0]:
                return int(xref)
    return int(page.get_image_info(xrefs=True)[0]["xref"])


def _square(image: Image, across: float, down: float) -> Image:
    """The image with pixels that are square, as those of a fax in standard resolution are not.

    across, down: its resolutions, in any unit. It is enlarged to the finer one.
    """
    if max(across, down) < _SQUARE * min(across, down):
        return image
    finer = max(across, down)
    size = round(image.shape[1] * finer / across), round(image.shape[0] * finer / down)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _drawing_dpi(page: Any) -> float:
    """200 to 300: the resolution of the finest picture on the page."""
    finest = 0.0
    for info in page.get_image_info():
        box = mupdf.Rect(info["bbox"])
        if box.width > 0 and box.height > 0:
            finest = max(finest, min(info["width"], info["height"]) * 72 / min(box.width, box.height))
    return min(FINEST, max(FINE, finest))


def _array(pixmap: Any) -> Image:
    """A pixmap as an image of one or three channels; CMYK and others are converted, transparent is white."""
    if pixmap.colorspace is None or pixmap.colorspace.n not in (1, 3):
        pixmap = mupdf.Pixmap(mupdf.csRGB if pixmap.colorspace else mupdf.csGRAY, pixmap)
    if pixmap.alpha:
        pixmap = mupdf.Pixmap(pixmap, 0)
    flat = np.frombuffer(pixmap.samples_mv, np.uint8).reshape(pixmap.height, pixmap.stride)
    image = flat[:, : pixmap.width * pixmap.n].reshape(pixmap.height, pixmap.width, pixmap.n)
    return np.array(image[:, :, 0] if pixmap.n == 1 or _is_grey(image) else image)


def _is_grey(image: Image) -> bool:
    """Whether an image of three channels has no colours."""
    first = image[:, :, 0]
    return all(np.array_equal(first, image[:, :, other]) for other in (1, 2))


def image_files(path: Path) -> tuple[Path, ...]:
    """The image files of a report: the file itself, or those in the folder, in the order of their names."""
    if not path.is_dir():
        return (path,)
    files = [file for file in path.iterdir() if file.suffix.lower() in SUFFIXES and not file.name.startswith(".")]
    return tuple(sorted(files, key=_natural))


def _natural(path: Path) -> tuple[tuple[int, str], ...]:
    """Names in the order in which people count: page2 before page10."""
    parts: list[tuple[int, str]] = []
    digits = ""
    for sign in f"{path.stem}\0":
        if sign.isascii() and sign.isdigit():
            digits += sign
            continue
        if digits:
            parts.append((int(digits), ""))
            digits = ""
        parts.append((-1, sign))
    return tuple(parts)


def pictures_of_files(path: Path) -> Iterator[Picture]:
    """The pictures of the pages in an image file or folder of them, in order.

    Raises DocumentError for a file that is no image or too large, NoPages for a folder without images.
    """
    files = image_files(path)
    if not files:
        raise NoPages(f"{path.name} has no images in it.")
    for file in files:
        with _opened(file) as frames:
            yield from frames


@contextmanager
def _opened(file: Path) -> Iterator[Iterator[Picture]]:
    from PIL import Image as Pillow
    from PIL import ImageOps, ImageSequence, UnidentifiedImageError

    try:
        with Pillow.open(file) as opened:

            def frames() -> Iterator[Picture]:
                for frame in ImageSequence.Iterator(opened):
                    if frame.width * frame.height > MOST_PIXELS:
                        raise DocumentError(f"an image in {file.name} is too large to be read")
                    across, down = (float(resolution) for resolution in frame.info.get("dpi", (0, 0)))
                    image = _pixels(ImageOps.exif_transpose(frame))
                    if min(across, down) > 0:
                        image = _square(image, across, down)
                    yield sized(image, max(across, down))

            yield frames()
    except (UnidentifiedImageError, Pillow.DecompressionBombError, SyntaxError, ValueError, EOFError) as error:
        raise DocumentError(f"{file.name} is no image that can be read") from error
    except OSError as error:
        if error.errno is not None:  # the system's: the file cannot be read
            raise
        raise DocumentError(f"{file.name} is a damaged image: {error}") from error


def _pixels(frame: Any) -> Image:
    """A Pillow image as an image of one or three channels; what is transparent is white, as paper is."""
    from PIL import Image as Pillow

    if frame.mode in _DEEP:
        # Scanners of 10 or 12 bits fill only the lower ones: paper is what is brightest.
        levels = np.asarray(frame, np.float32)
        return np.asarray(np.clip(levels * (255 / max(float(levels.max()), 1.0)), 0, 255), np.uint8)
    if "A" in frame.getbands() or "transparency" in frame.info:
        paper = Pillow.new("RGBA", frame.size, "white")
        return np.asarray(Pillow.alpha_composite(paper, frame.convert("RGBA")).convert("RGB"), np.uint8)
    return np.asarray(frame.convert("L" if frame.mode in ("1", "L") else "RGB"), np.uint8)


def sized(image: Image, dpi: float = 0.0) -> Picture:
    """The picture of a page from an image file. dpi: as the file says, 0 if it does not."""
    height, width = image.shape[:2]
    short = min(height, width)
    if not _SAID[0] <= dpi <= _SAID[1]:
        dpi = short * 72 / _A4_SHORT if _A4_PIXELS[0] <= short <= _A4_PIXELS[1] else FINE
    return Picture(image, dpi, width * 72 / dpi, height * 72 / dpi)


def turned(picture: Picture, quarters: int) -> Picture:
    """The picture turned counter-clockwise by so many quarters."""
    if quarters % 4 == 0:
        return picture
    image = np.ascontiguousarray(np.rot90(picture.image, quarters))
    width, height = (picture.height, picture.width) if quarters % 2 else (picture.width, picture.height)
    return Picture(image, picture.dpi, width, height)


def part_of(picture: Picture, part: tuple[float, float]) -> Picture:
    """The upright strip of a picture between two shares of its width."""
    if part == (0.0, 1.0):
        return picture
    first, last = (round(share * picture.image.shape[1]) for share in part)
    image = np.ascontiguousarray(picture.image[:, first:last])
    return Picture(image, picture.dpi, picture.width * (part[1] - part[0]), picture.height)
