"""Small scans for the tests of OCR: pages typeset with PyMuPDF, drawn, and damaged."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pymupdf

Image = npt.NDArray[np.uint8]

HEAD = ("项目", "预算数", "决算数", "完成率")
ROWS = (
    ("一般公共服务支出", "1,955.06", "1,844.31", "94%"),
    ("住房保障支出", "100.00", "90.00", "90%"),
    ("其他支出", "5", "1", "20%"),
)
XS = (40.0, 170.0, 240.0, 310.0, 370.0)
TOP, HEIGHT = 60.0, 22.0


@dataclass
class Typeset:
    """A page that is being typeset, in points."""

    width: float = 420.0
    height: float = 300.0
    document: Any = field(default_factory=pymupdf.open)

    def __post_init__(self) -> None:
        self.page = self.document.new_page(width=self.width, height=self.height)

    def text(self, x: float, y: float, text: str, size: float = 10.5) -> Typeset:
        for run in re.findall(r"[ -~]+|[^ -~]+", text):
            font = "helv" if run.isascii() else "china-s"  # china-s sets digits as wide as ideographs
            self.page.insert_text((x, y), run, fontname=font, fontsize=size)
            x += pymupdf.get_text_length(run, fontname=font, fontsize=size)
        return self

    def table(self, left: float = 0.0) -> Typeset:
        """The table of HEAD and ROWS, ruled all over."""
        rows = (HEAD, *ROWS)
        bottom = TOP + HEIGHT * len(rows)
        for index in range(len(rows) + 1):
            y = TOP + HEIGHT * index
            self.page.draw_line((left + XS[0], y), (left + XS[-1], y), width=0.7)
        for x in XS:
            self.page.draw_line((left + x, TOP), (left + x, bottom), width=0.7)
        for index, row in enumerate(rows):
            for x, text in zip(XS, row, strict=False):
                self.text(left + x + 6, TOP + HEIGHT * index + 15, text)
        return self

    def drawn(self, dpi: int = 200) -> Image:
        pixmap = self.page.get_pixmap(dpi=dpi, alpha=False)
        return np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.width, 3).copy()


def skewed(image: Image, degrees: float) -> Image:
    """The image turned a little, falling to the right."""
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    white = (255, 255, 255)
    return np.asarray(cv2.warpAffine(image, matrix, (width, height), borderValue=white), np.uint8)


def speckled(image: Image, seed: int = 7) -> Image:
    """The image with noise and specks."""
    draw = np.random.default_rng(seed)
    noisy = image.astype(np.float32) * 0.9 + draw.normal(0, 8, image.shape)
    noisy[draw.random(image.shape[:2]) < 0.001] = 0
    return np.clip(noisy, 0, 255).astype(np.uint8)


def png(image: Image) -> bytes:
    """The image as a PNG file."""
    plane = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    return bytes(cv2.imencode(".png", plane)[1])


def as_pdf(path: Path, *images: Image, width: float = 420.0, height: float = 300.0, rotation: int = 0) -> Path:
    """A PDF with each image as a page."""
    document: Any = pymupdf.open()
    for image in images:
        page = document.new_page(width=width, height=height)
        page.insert_image(page.rect, stream=png(image))
        page.set_rotation(rotation)
    document.save(path)
    return path
