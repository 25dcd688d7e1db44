"""From a digital PDF to a scan of it, at a stated damage: the same text, as pictures, worse.

    scan = degrade(pdf, LEVELS["fair"], seed=7)
    scan = degrade(pdf, replace(LEVELS["good"], seal=1.0), seed=7)

The same PDF, damage and seed give the same bytes. Needs numpy and Pillow (`pip install 'recount-reports[eval]'`).
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pymupdf
from PIL import Image

from recount.eval.cases import Place
from recount.eval.scans import effects, handling
from recount.eval.scans.bent import Bend, bend_of
from recount.eval.scans.damage import Damage


@dataclass(frozen=True, slots=True)
class Scan:
    """A scanned document, and by how many degrees each page lies askew (counter-clockwise), of what size it is, and how
    it is bent; none says that all are flat."""

    pdf: bytes
    angles: tuple[float, ...]
    sizes: tuple[tuple[float, float], ...]
    bends: tuple[Bend, ...] = ()

    def moved(self, place: Place) -> Place:
        """Where something lies in the scan that stood at a place of the digital page; boxes stay upright."""
        page, (x0, y0, x1, y1) = place[0], self._bent(place)
        angle = math.radians(self.angles[page - 1])
        width, height = self.sizes[page - 1]
        right, down = (x0 + x1 - width) / 2, (y0 + y1 - height) / 2
        x = width / 2 + right * math.cos(angle) + down * math.sin(angle)
        y = height / 2 - right * math.sin(angle) + down * math.cos(angle)
        half, tall = (x1 - x0) / 2, (y1 - y0) / 2
        return page, (x - half, y - tall, x + half, y + tall)

    def _bent(self, place: Place) -> tuple[float, float, float, float]:
        """The box around what is seen of a place of a page before it is laid askew."""
        page, (x0, y0, x1, y1) = place
        if not self.bends:
            return x0, y0, x1, y1
        width, height = self.sizes[page - 1]
        corners = [self.bends[page - 1].seen(x / width, y / height) for x in (x0, x1) for y in (y0, y1)]
        xs, ys = [x * width for x, _ in corners], [y * height for _, y in corners]
        return min(xs), min(ys), max(xs), max(ys)


def degrade(pdf: bytes, damage: Damage, seed: int) -> Scan:
    """A scan of a document."""
    angles: list[float] = []
    sizes: list[tuple[float, float]] = []
    bends: list[Bend] = []
    with pymupdf.open(stream=pdf, filetype="pdf") as document, pymupdf.open() as scan:  # type: ignore[no-untyped-call]
        for number, page in enumerate(document):
            rng = np.random.default_rng([seed, number])
            angle = float(rng.uniform(-damage.skew, damage.skew)) if damage.skew else 0.0
            bend = bend_of(damage.tilt, damage.fold, rng)
            image = _damaged(_render(page, damage.dpi), damage, angle, bend, rng)
            size = (float(page.rect.width), float(page.rect.height))
            _place(scan, image, damage, size)
            angles.append(angle)
            sizes.append(size)
            bends.append(bend)
        content: bytes = scan.tobytes(garbage=3, deflate=True, no_new_id=True)
    return Scan(content, tuple(angles), tuple(sizes), tuple(bends) if damage.tilt or damage.fold else ())


def moved_places(scan: Scan, places: Mapping[str, Sequence[Place]]) -> dict[str, list[Place]]:
    """Where the figures of the digital document lie in its scan."""
    return {pointer: [scan.moved(place) for place in own] for pointer, own in places.items()}


def _render(page: pymupdf.Page, dpi: int) -> Image.Image:
    """A page in shades of grey."""
    pixmap = page.get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY, alpha=False)
    return Image.frombytes("L", (pixmap.width, pixmap.height), pixmap.samples)


def _damaged(image: Image.Image, damage: Damage, angle: float, bend: Bend, rng: np.random.Generator) -> Image.Image:
    """All that happens to a page, in the order in which it does: printed, stamped, used, laid down, seen, copied."""
    image = effects.shone_through(image, damage.bleed)
    if rng.random() < damage.seal:
        image = effects.sealed(image, rng)
    image = effects.scrawled(image, damage.scrawl, rng)
    image = effects.punched(image, damage.holes)
    image = handling.noted(image, damage.notes, rng)
    image = handling.highlighted(image, damage.marked, rng)
    image = handling.stapled(image, damage.staples, rng)
    image = handling.doubled(image, damage.doubled)
    image = bend.of(image)
    image = effects.skewed(image, angle)
    image = effects.blurred(image, damage.blur)
    image = effects.faded(image, damage.contrast)
    image = effects.rastered(image, damage.raster, rng)
    image = effects.shaded(image, damage.shade, rng)
    image = effects.speckled(image, damage.speckle, rng)
    image = effects.noisy(image, damage.noise, rng)
    return effects.bilevel(image, rng) if damage.bilevel else image


def _place(scan: pymupdf.Document, image: Image.Image, damage: Damage, size: tuple[float, float]) -> None:
    """Adds a page that is nothing but a picture."""
    page = scan.new_page(width=size[0], height=size[1])
    content = io.BytesIO()
    if not damage.bilevel:
        image.save(content, "JPEG", quality=damage.quality, optimize=True, progressive=True)
        page.insert_image(page.rect, stream=content.getvalue())  # type: ignore[no-untyped-call]
        return
    # PyMuPDF would store the bits its own way; a fax is stored as its machine sent it.
    xref = page.insert_image(page.rect, stream=_png(image))  # type: ignore[no-untyped-call]
    scan.update_stream(xref, _group4(image), compress=False)  # type: ignore[no-untyped-call]
    for key, value in (
        ("Filter", "/CCITTFaxDecode"),
        ("DecodeParms", f"<</K -1/Columns {image.width}/Rows {image.height}/BlackIs1 true>>"),
        ("ColorSpace", "/DeviceGray"),
        ("BitsPerComponent", "1"),
    ):
        scan.xref_set_key(xref, key, value)  # type: ignore[no-untyped-call]


def _png(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


def _group4(image: Image.Image) -> bytes:
    """The bits of a black and white image as CCITT group 4, taken out of the TIFF that Pillow makes of it."""
    content = io.BytesIO()
    image.save(content, "TIFF", compression="group4", strip_size=1 << 30)
    with Image.open(io.BytesIO(content.getvalue())) as tiff:
        tags = tiff.tag_v2  # type: ignore[attr-defined]
        (offset,), (length,) = tags[273], tags[279]  # StripOffsets and StripByteCounts of the only strip
    return content.getvalue()[offset : offset + length]
