"""Every kind of page image that scanners make is read: what a page says does not hang on how its picture is stored."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf
import pytest
from PIL import Image as Pillow

from recount.pipeline.ocr.image.images import picture_of_page
from recount.pipeline.ocr.reader import fill_scanned, read_images
from recount.pipeline.read import read_pdf
from recount.tests.pipeline.ocr.embedded import embedded, file_of, grey, group4, jbig2, placed
from recount.tests.pipeline.ocr.scans import Image, Typeset, as_pdf, png

pytestmark = pytest.mark.usefixtures("reader")

WORDS = "收入合计1,372.79万元"
SIZE = (240.0, 90.0)
DRAWN: Image = Typeset(*SIZE).text(30, 50, WORDS, 14).drawn()
HEIGHT, WIDTH = DRAWN.shape[:2]
BLACK_ON_WHITE = {"Filter": "/CCITTFaxDecode", "BitsPerComponent": "1"}


def said(path: Path) -> str:
    pages, scans = fill_scanned(read_pdf(path), path)
    assert scans.scanned_among(scans.frames) == (1,)
    return "".join(line.text for line in pages.pages[0].lines)


def fax_parameters(rows: int = HEIGHT) -> str:
    return f"<</K -1/Columns {WIDTH}/Rows {rows}/BlackIs1 true>>"


KINDS: dict[str, tuple[bytes, dict[str, str]]] = {
    "JPEG": (file_of(DRAWN, "JPEG"), {"Filter": "/DCTDecode", "ColorSpace": "/DeviceRGB"}),
    "CMYK JPEG": (
        file_of(DRAWN, "JPEG", "CMYK"),
        {"Filter": "/DCTDecode", "ColorSpace": "/DeviceCMYK", "Decode": "[1 0 1 0 1 0 1 0]"},
    ),
    "JPEG 2000": (file_of(DRAWN, "JPEG2000", "L"), {"Filter": "/JPXDecode"}),
    "CCITT group 4": (group4(DRAWN), {**BLACK_ON_WHITE, "DecodeParms": fax_parameters()}),
    "JBIG2": (jbig2(DRAWN), {"Filter": "/JBIG2Decode", "BitsPerComponent": "1"}),
    "black and white": (np.packbits(grey(DRAWN) >= 128, axis=1).tobytes(), {"BitsPerComponent": "1"}),
    "negative": (np.packbits(grey(DRAWN) < 128, axis=1).tobytes(), {"BitsPerComponent": "1", "Decode": "[1 0]"}),
    "16 bits": ((grey(DRAWN).astype(">u2") * 257).tobytes(), {"BitsPerComponent": "16"}),
    "palette": (
        (255 - grey(DRAWN)).tobytes(),
        {"ColorSpace": "[/Indexed/DeviceGray 255<" + bytes(range(255, -1, -1)).hex() + ">]"},
    ),
    "stencil": (
        np.packbits(grey(DRAWN) >= 128, axis=1).tobytes(),
        {"ImageMask": "true", "ColorSpace": "null", "BitsPerComponent": "1"},
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_embedded_picture_of_any_kind_is_read(tmp_path: Path, kind: str) -> None:
    stream, keys = KINDS[kind]
    assert said(embedded(tmp_path / "a.pdf", stream, keys, (WIDTH, HEIGHT), SIZE)) == WORDS


def test_a_page_in_strips_is_read_whole(tmp_path: Path) -> None:
    cuts = [0, HEIGHT // 3, 5 * HEIGHT // 9, HEIGHT]  # one goes through the text
    strips = [
        ((0.0, top * SIZE[1] / HEIGHT, SIZE[0], bottom * SIZE[1] / HEIGHT), png(DRAWN[top:bottom]))
        for top, bottom in itertools.pairwise(cuts)
    ]
    assert said(placed(tmp_path / "a.pdf", strips, SIZE)) == WORDS


def test_a_page_in_layers_is_read_as_it_is_shown(tmp_path: Path) -> None:
    """Mixed raster content: the paper as a coarse picture, the ink as a mask over it."""
    document: Any = pymupdf.open()
    page = document.new_page(width=SIZE[0], height=SIZE[1])
    page.insert_image(page.rect, stream=png(np.full((20, 50, 3), 225, np.uint8)), keep_proportion=False)
    ink = np.dstack([np.zeros_like(DRAWN), 255 - grey(DRAWN)])
    page.insert_image(page.rect, stream=_png_with_alpha(ink), keep_proportion=False)
    document.save(tmp_path / "a.pdf")
    assert said(tmp_path / "a.pdf") == WORDS


def _png_with_alpha(pixels: Image) -> bytes:
    import io

    content = io.BytesIO()
    Pillow.fromarray(pixels, "RGBA").save(content, "PNG")
    return content.getvalue()


def test_a_fax_in_standard_resolution_has_pixels_that_are_not_square(tmp_path: Path) -> None:
    coarse = np.asarray(Pillow.fromarray(DRAWN).resize((WIDTH, HEIGHT // 2), Pillow.Resampling.BOX), np.uint8)
    keys = {**BLACK_ON_WHITE, "DecodeParms": fax_parameters(HEIGHT // 2)}
    path = embedded(tmp_path / "a.pdf", group4(coarse), keys, (WIDTH, HEIGHT // 2), SIZE)
    assert said(path) == WORDS


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_page_that_is_shown_turned_is_read(tmp_path: Path, rotation: int) -> None:
    stored = np.ascontiguousarray(np.rot90(DRAWN, rotation // 90))
    width, height = (SIZE[1], SIZE[0]) if rotation != 180 else SIZE
    path = as_pdf(tmp_path / "a.pdf", stored, width=width, height=height, rotation=rotation)
    assert said(path) == WORDS


def test_what_another_program_s_ocr_left_under_the_picture_is_not_believed(tmp_path: Path) -> None:
    document: Any = pymupdf.open()
    page = document.new_page(width=SIZE[0], height=SIZE[1])
    page.insert_text((30, 50), "收人台计1.372.79万兀收人台计", fontname="china-s", fontsize=14, render_mode=3)
    page.insert_image(page.rect, stream=png(DRAWN))
    document.save(tmp_path / "a.pdf")
    assert said(tmp_path / "a.pdf") == WORDS


def transparent() -> Pillow.Image:
    """Black ink on nothing."""
    return Pillow.fromarray(np.dstack([np.zeros_like(DRAWN), 255 - grey(DRAWN)]), "RGBA")


def palette_with_hole() -> Pillow.Image:
    image = Pillow.fromarray(np.where(grey(DRAWN) < 128, 0, 1).astype(np.uint8), "P")
    image.putpalette([0, 0, 0, 0, 0, 0])  # the paper is black too, but transparent
    image.info["transparency"] = 1
    return image


FILES: dict[str, tuple[Pillow.Image, str]] = {
    "16 bits": (Pillow.fromarray(grey(DRAWN).astype(np.uint16) * 257), "a.png"),
    "16 bits in a TIFF": (Pillow.fromarray(grey(DRAWN).astype(np.uint16) * 257), "a.tif"),
    "12 of 16 bits": (Pillow.fromarray(grey(DRAWN).astype(np.uint16) * 16), "b.tif"),
    "CMYK": (Pillow.fromarray(DRAWN).convert("CMYK"), "a.jpg"),
    "palette": (Pillow.fromarray(DRAWN).convert("P"), "a.png"),
    "transparent": (transparent(), "a.png"),
    "transparent palette": (palette_with_hole(), "b.png"),
    "black and white": (Pillow.fromarray(DRAWN).convert("1"), "a.bmp"),
}


@pytest.mark.parametrize("kind", FILES)
def test_an_image_file_of_any_kind_is_read(tmp_path: Path, kind: str) -> None:
    image, name = FILES[kind]
    image.save(tmp_path / name, dpi=(200, 200))
    pages, _ = read_images(tmp_path / name)
    assert "".join(line.text for line in pages.pages[0].lines) == WORDS


def test_a_fax_file_says_that_its_pixels_are_not_square(tmp_path: Path) -> None:
    coarse = Pillow.fromarray(DRAWN).resize((WIDTH, HEIGHT // 2), Pillow.Resampling.BOX).convert("1")
    coarse.save(tmp_path / "a.tif", compression="group4", dpi=(200, 100))
    pages, _ = read_images(tmp_path / "a.tif")
    assert "".join(line.text for line in pages.pages[0].lines) == WORDS
    assert (pages.pages[0].width, pages.pages[0].height) == pytest.approx(SIZE, abs=2)


def test_a_picture_that_is_named_but_hidden_is_not_the_page(tmp_path: Path) -> None:
    """What a page paints in its own content, beside a picture on a layer that is off, is what is read."""
    with pymupdf.open() as document:
        page = document.new_page(width=200, height=300)
        layer = document.add_ocg("draft", on=False)
        page.insert_image(page.rect, stream=png(np.zeros((300, 200, 3), np.uint8)), oc=layer)
        [xref] = page.get_contents()
        shown = b"\nq 200 0 0 300 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \xc8 EI Q\n"
        document.update_stream(xref, document.xref_stream(xref) + shown)
        document.save(tmp_path / "a.pdf")
    with pymupdf.open(tmp_path / "a.pdf") as document:
        assert picture_of_page(document[0]).image.mean() == pytest.approx(200, abs=2)


def test_the_picture_of_a_page_is_decoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = as_pdf(tmp_path / "a.pdf", Typeset().table().drawn())
    compared = pymupdf.Page.get_image_info

    def counted(page: Any, **how: Any) -> Any:
        assert not how, "pictures are decoded to be compared"
        return compared(page)

    monkeypatch.setattr(pymupdf.Page, "get_image_info", counted)
    with pymupdf.open(path) as document:
        assert picture_of_page(document[0]).image.ndim == 2  # black on white: no colours are carried along
