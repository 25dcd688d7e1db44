"""What a document is made of before it is set: paragraphs, ruled grids and page breaks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ParaKind = Literal["body", "flush", "h1", "h2", "h3", "cover", "title", "caption", "toc", "unit", "note"]
Align = Literal["", "left", "center", "right"]


@dataclass(frozen=True)
class Para:
    """One paragraph; `kind` says how it is set (a body paragraph has a first-line indent)."""

    text: str
    kind: ParaKind = "body"


@dataclass(frozen=True)
class Cell:
    """One cell of a grid, merged over `rows` x `cols` grid places."""

    text: str
    row: int
    col: int
    rows: int = 1
    cols: int = 1
    align: Align = ""


@dataclass(frozen=True)
class Grid:
    """A ruled table: its cells cover every place of `height` x `len(columns)` exactly once."""

    cells: tuple[Cell, ...]
    height: int
    columns: tuple[float, ...]
    header: int = 0


@dataclass(frozen=True)
class Break:
    """A new page, upright or lying."""

    landscape: bool = False


@dataclass(frozen=True)
class OpenRow:
    """A line of an open table: its label, set in by `level`, and its cells; `ruled`: short lines above its figures;
    `space`: what is left free below it, in sizes of a letter."""

    label: str
    cells: tuple[str, ...] = ()
    level: int = 0
    bold: bool = False
    ruled: bool = False
    space: float = 0.0


@dataclass(frozen=True)
class Open:
    """A statement that is not ruled: lines of heads, a word for each column, and rows. `label`: the share of the width
    that its labels have; `joined`: one head stands over neighbours that say the same; `hanging`: a closing bracket
    stands beyond the last digits; `at_first`: the figures of a label of several lines stand beside its first one."""

    heads: tuple[tuple[str, ...], ...]
    rows: tuple[OpenRow, ...]
    label: float = 0.5
    joined: bool = True
    hanging: bool = False
    at_first: bool = False


Block = Para | Grid | Break | Open


@dataclass
class Sheet:
    """Collects the cells of a grid; places never written become empty cells."""

    columns: tuple[float, ...]
    header: int = 0
    cells: list[Cell] = field(default_factory=list)
    height: int = 0

    def put(self, row: int, col: int, text: str, *, rows: int = 1, cols: int = 1, align: Align = "") -> None:
        """Write one cell, merged over rows x cols places."""
        self.cells.append(Cell(text, row, col, rows, cols, align))
        self.height = max(self.height, row + rows)

    def row(self, texts: list[str], align: Align = "") -> None:
        """Append one row of plain cells below everything written so far."""
        at = self.height
        for col, text in enumerate(texts):
            self.put(at, col, text, align=align)

    def grid(self) -> Grid:
        """The finished grid."""
        taken = {
            (r, c)
            for cell in self.cells
            for r in range(cell.row, cell.row + cell.rows)
            for c in range(cell.col, cell.col + cell.cols)
        }
        blanks = [Cell("", r, c) for r in range(self.height) for c in range(len(self.columns)) if (r, c) not in taken]
        cells = sorted(self.cells + blanks, key=lambda cell: (cell.row, cell.col))
        return Grid(tuple(cells), self.height, self.columns, self.header)
