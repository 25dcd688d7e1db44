"""Setting a ruled table: column widths, row heights, rows and merged cells cut by the page's end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

from recount.eval.generator.typeset.blocks import Cell, Grid
from recount.eval.generator.typeset.lines import Face, atoms, wrap
from recount.eval.generator.typeset.rules import Box
from recount.eval.generator.typeset.style import Style


class Press(Protocol):
    """What a table needs of whoever sets the pages."""

    style: Style
    face: Face
    y: float
    top: float
    broken_tables: int

    @property
    def left(self) -> float:
        """The left edge of the text."""

    @property
    def width(self) -> float:
        """The width of the text."""

    @property
    def bottom(self) -> float:
        """The lowest place that text may reach."""

    def break_page(self, landscape: bool | None = None) -> None:
        """Go on on a new page."""

    def text(self, x: float, y: float, text: str, size: float, *, bold: bool = False, extra: float = 0) -> None:
        """Print a line."""

    def draw(self, boxes: list[Box]) -> None:
        """Draw rules."""


_NUMBER = re.compile(r"[-−－]?[\d０-９][\d０-９,，.．\s]*[%％]?\s?分?$")


@dataclass
class _Set:
    """A cell with the lines that are still to be printed."""

    cell: Cell
    lines: list[str]
    left: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Slice:
    """A row, or the part of one, on a page."""

    row: int
    top: float
    bottom: float


def set_grid(press: Press, grid: Grid) -> None:
    """Set a table at the press's present height, over as many pages as it needs."""
    _Table(press, grid).set()


class _Table:
    """One table being set."""

    def __init__(self, press: Press, grid: Grid) -> None:
        self.press, self.grid, self.style = press, grid, press.style
        self.size = self.style.table_size
        self.step = self.size * self.style.table_leading
        self.edges = self._columns()
        self.sets = [self._prepare(cell) for cell in grid.cells]
        self.heights = self._heights()
        self.broken = False

    def set(self) -> None:
        """Set the rows; a row that does not fit is cut or moved to the next page as the style wants."""
        part: list[_Slice] = []
        for row in range(self.grid.height):
            rest = self.heights[row]
            while rest > 0:
                room = self.press.bottom - self.press.y
                if rest <= room:
                    part.append(self._slice(row, rest))
                    break
                if self._may_cut(row, rest, room):
                    taken = self._whole_lines(room)
                    part.append(self._slice(row, taken))
                    rest = self._remaining(row, part[-1], rest - taken)
                elif not part and self.press.y <= self.press.top + 1:
                    part.append(self._slice(row, room))  # a row taller than a page
                    rest -= room
                self._flush(part)
                part = self._next_page(row)
        self._flush(part)
        self.press.broken_tables += self.broken
        self.press.y += self.step * 0.5

    def _columns(self) -> list[float]:
        """The x of every column edge; a column is as wide as its longest unbreakable text asks."""
        total = self.press.width * self.style.tight_table
        weights = sum(self.grid.columns)
        widths = [total * weight / weights for weight in self.grid.columns]
        floors = [self._floor(col) for col in range(len(widths))]
        lacking = sum(max(0.0, floor - width) for floor, width in zip(floors, widths, strict=True))
        spare = sum(max(0.0, width - floor) for floor, width in zip(floors, widths, strict=True))
        give = min(1.0, lacking / spare) if spare else 0.0
        widths = [max(f, w - max(0.0, w - f) * give) for f, w in zip(floors, widths, strict=True)]
        scale = total / sum(widths)
        edges = [self.press.left - (total - self.press.width) / 2]
        for width in widths:
            edges.append(edges[-1] + width * scale)
        return edges

    def _floor(self, col: int) -> float:
        """The least width of a column: its longest atom, but no more than a fifth of the table."""
        texts = [c.text for c in self.grid.cells if c.col == col and c.cols == 1 and c.text]
        longest = max(
            (self.press.face.width(atom.strip()) for text in texts for atom in atoms(text.replace("\n", ""))),
            default=1.0,
        )
        return min(longest * self.size + 2 * self.style.pad + 0.5, self.press.width / 5)

    def _prepare(self, cell: Cell) -> _Set:
        """Wrap a cell's text to its width."""
        width = self.edges[cell.col + cell.cols] - self.edges[cell.col] - 2 * self.style.pad
        parts = cell.text.split("\n") if cell.text else []
        lines = [line for part in parts for line in wrap(part, width, self.press.face, self.size)]
        return _Set(cell, lines, list(lines))

    def _heights(self) -> list[float]:
        """The height of every row; merged cells that need more give it to their last row."""
        blank = self.step + 2 * self.style.pad
        heights = [blank] * self.grid.height
        for item in sorted(self.sets, key=lambda s: s.cell.rows):
            rows = range(item.cell.row, item.cell.row + item.cell.rows)
            need = len(item.lines) * self.step + 2 * self.style.pad
            lack = need - sum(heights[row] for row in rows)
            if lack > 0:
                heights[rows[-1]] += lack
        return heights

    def _slice(self, row: int, height: float) -> _Slice:
        """Take the next part of the page for a row."""
        top = self.press.y
        self.press.y += height
        return _Slice(row, top, top + height)

    def _may_cut(self, row: int, rest: float, room: float) -> bool:
        """Whether a row is cut here: the style allows it and at least one line stands on either side."""
        blank = self.step + 2 * self.style.pad
        cuttable = any(len(s.left) > 1 for s in self.sets if s.cell.row == row and s.cell.rows == 1)
        return self.style.split_rows and cuttable and room >= blank and rest - self._whole_lines(room) > 0

    def _whole_lines(self, room: float) -> float:
        """The height, not more than `room`, that holds whole lines."""
        lines = int((room - 2 * self.style.pad) / self.step)
        return lines * self.step + 2 * self.style.pad

    def _remaining(self, row: int, part: _Slice, rest: float) -> float:
        """The height that the rest of a cut row needs on the next page."""
        fit = self._capacity(part.bottom - part.top)
        lines = max((len(s.lines) - fit for s in self.sets if s.cell.row == row and s.cell.rows == 1), default=0)
        return max(rest, max(lines, 1) * self.step + 2 * self.style.pad)

    def _capacity(self, height: float) -> int:
        """How many lines a box of this height holds."""
        return int((height - 2 * self.style.pad + 0.1) / self.step)

    def _next_page(self, row: int) -> list[_Slice]:
        """Turn the page; the header rows come again where the style repeats them."""
        self.broken = self.broken or row > 0
        self.press.break_page()
        part: list[_Slice] = []
        if self.style.repeat_header and row >= self.grid.header > 0:
            for head in range(self.grid.header):
                part.append(self._slice(head, self.heights[head]))
            for item in self.sets:
                if item.cell.row < self.grid.header:
                    item.left = list(item.lines)
        return part

    def _flush(self, part: list[_Slice]) -> None:
        """Print the cells of the rows that stand on this page."""
        if not part:
            return
        boxes = []
        for item in self.sets:
            cell = item.cell
            own = [s for s in part if cell.row <= s.row < cell.row + cell.rows]
            if own:
                box = (self.edges[cell.col], own[0].top, self.edges[cell.col + cell.cols], own[-1].bottom)
                boxes.append(box)
                self._print(item, box)
        self.press.draw(boxes)

    def _print(self, item: _Set, box: tuple[float, float, float, float]) -> None:
        """Print as many of a cell's lines as its box holds; the rest waits for the next page."""
        x0, y0, x1, y1 = box
        fit = self._capacity(y1 - y0)
        lines, item.left = item.left[:fit], item.left[fit:]
        if not lines:
            return
        y = y0 + self.style.pad
        if self.style.valign == "middle" and len(lines) == len(item.lines):
            y = (y0 + y1 - len(lines) * self.step) / 2
        for line in lines:
            length = self.press.face.width(line.strip()) * self.size
            x = {
                "left": x0 + self.style.pad,
                "center": (x0 + x1 - length) / 2,
                "right": x1 - self.style.pad - length,
            }[item.cell.align or self._align(item)]
            self.press.text(x, y + self.step - (self.step - self.size) / 2 - 0.14 * self.size, line.strip(), self.size)
            y += self.step

    def _align(self, item: _Set) -> str:
        """The alignment of a cell that asks for none: numbers and words as the style has them."""
        if _NUMBER.match(item.cell.text):
            return self.style.number_align
        return "left" if len(item.lines) > 4 else self.style.cell_align
