"""Pages that are typeset for a test: what stands where on a sheet, printed as a PDF and read again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pymupdf

from recount.pipeline.document import Document, Grid
from recount.pipeline.read import read_pdf
from recount.pipeline.split import split
from recount.schemas.family import Family
from recount.schemas.registry import FAMILIES

SIZE = 9.0


class Paper:
    """A PDF that is being typeset. font: helv, or china-t for Chinese words."""

    def __init__(self, font: str = "helv") -> None:
        self.pdf = pymupdf.open()
        self.font = font
        self.page = self.pdf.new_page()

    def put(self, x: float, y: float, text: str, how: str = "<", size: float = SIZE) -> None:
        """A text: from x on, up to it (">") or around it ("^")."""
        width = pymupdf.get_text_length(text, fontname=self.font, fontsize=size)
        x -= {"<": 0.0, ">": width, "^": width / 2}[how]
        self.page.insert_text((x, y), text, fontname=self.font, fontsize=size)

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A ruling line."""
        self.page.draw_line((x0, y0), (x1, y1), width=0.5)

    def frame(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A ruled frame."""
        self.page.draw_rect(pymupdf.Rect(x0, y0, x1, y1), width=0.5)

    def rows(
        self,
        rows: Sequence[Sequence[str]],
        rights: Sequence[float],
        top: float,
        pitch: float = 14.0,
        left: float = 60.0,
    ) -> float:
        """Rows of a label and its figures, which end at `rights`; returns where the next would be."""
        for label, *figures in rows:
            text = label.lstrip()
            self.put(left + 6.0 * (len(label) - len(text)), top, text)
            for right, figure in zip(rights, figures, strict=False):
                self.put(right, top, figure, ">")
            top += pitch
        return top

    def read(self, folder: Path, *families: Family) -> Document:
        """What the split makes of it."""
        path = folder / "document.pdf"
        self.pdf.save(path)
        return split(read_pdf(path), *(families or FAMILIES))


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def shown(grid: Grid) -> list[list[str]]:
    """The texts of a grid, row by row."""
    return [[cell.text.printed for cell in grid.cells if cell.row == row] for row in range(grid.rows)]


def values(grid: Grid, label: str) -> list[str]:
    """The numbers in the rows of a label, as their tokens have them."""
    [row] = {cell.row for cell in grid.cells if cell.column == 0 and cell.text.printed == label}
    found = (number.token for cell in grid.cells if cell.row == row and cell.column for number in cell.numbers)
    return [f"{token.value}?" if token.remark else str(token.value) for token in found]


def titles(grid: Grid) -> list[str]:
    return [paragraph.text.printed for paragraph in grid.caption]
