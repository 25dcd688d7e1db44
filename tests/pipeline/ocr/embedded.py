"""Page images as scanners and their programs put them into PDF files: every filter, every kind of pixel."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf
from PIL import Image as Pillow

from recount.tests.pipeline.ocr.scans import Image, png

_MARK = (1, 1)  # the size of the image that is put in first, to be replaced


def placed(
    path: Path, streams: Sequence[tuple[tuple[float, float, float, float], bytes]], size: tuple[float, float]
) -> Path:
    """A PDF of one page with images, each as the bytes of a file, in boxes (points)."""
    document: Any = pymupdf.open()
    page = document.new_page(width=size[0], height=size[1])
    for box, stream in streams:
        page.insert_image(pymupdf.Rect(*box), stream=stream, keep_proportion=False)
    document.save(path)
    return path


def embedded(
    path: Path, stream: bytes, keys: Mapping[str, str], pixels: tuple[int, int], size: tuple[float, float]
) -> Path:
    """A PDF of one page that is one image, whose stream and dictionary are given as they are to stand in the file."""
    document: Any = pymupdf.open()
    page = document.new_page(width=size[0], height=size[1])
    xref = page.insert_image(page.rect, stream=png(np.zeros(_MARK, np.uint8)), keep_proportion=False)
    document.update_stream(xref, stream, compress=False)
    wanted = {"Filter": "null", "DecodeParms": "null", "ColorSpace": "/DeviceGray", "BitsPerComponent": "8", **keys}
    for key, value in {"Width": str(pixels[0]), "Height": str(pixels[1]), **wanted}.items():
        document.xref_set_key(xref, key, value)
    document.save(path)
    return path


def grey(image: Image) -> Image:
    return np.asarray(Pillow.fromarray(image).convert("L"), np.uint8)


def file_of(image: Image, kind: str, mode: str = "RGB", **options: Any) -> bytes:
    """The image as a file of a kind (JPEG, TIFF, PNG …), in a mode of Pillow's."""
    content = io.BytesIO()
    Pillow.fromarray(image).convert(mode).save(content, kind, **options)
    return content.getvalue()


def group4(image: Image) -> bytes:
    """The image in black and white as CCITT group 4 (T.6) data; ink is 1."""
    content = io.BytesIO()
    inverted = Pillow.fromarray(np.where(grey(image) < 128, 0, 255).astype(np.uint8)).convert("1")
    inverted.save(content, "TIFF", compression="group4", strip_size=1 << 30)
    with Pillow.open(io.BytesIO(content.getvalue())) as tiff:
        tags = tiff.tag_v2  # type: ignore[attr-defined]
        assert tags[262] in (0, 1)  # PhotometricInterpretation
        (offset,), (length,) = tags[273], tags[279]
    return content.getvalue()[offset : offset + length]


def jbig2(image: Image) -> bytes:
    """The image as embedded JBIG2 (ISO 14492): a page and one generic region, coded as MMR, which is T.6."""
    height, width = image.shape[:2]
    region = struct.pack(">IIIIB", width, height, 0, 0, 0) + b"\x01" + group4(image)
    page = struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    return _segment(0, 48, page) + _segment(1, 38, region)


def _segment(number: int, kind: int, data: bytes) -> bytes:
    """A segment of JBIG2: its header (number, kind, no references, page 1, length) and its data."""
    return struct.pack(">IBBBI", number, kind, 0, 1, len(data)) + data
