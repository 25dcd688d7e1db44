"""The press: puts paragraphs and tables on pages and returns the PDF."""

# mypy: disable-error-code="no-untyped-call"
# (pymupdf ships no type information for these calls)
from __future__ import annotations

from collections.abc import Sequence

import pymupdf

from recount.eval.generator.typeset.blocks import Block, Break, Grid, Open, Para
from recount.eval.generator.typeset.lines import Face, code, font, wrap
from recount.eval.generator.typeset.open_tables import set_open
from recount.eval.generator.typeset.rules import Box, rule_ops
from recount.eval.generator.typeset.style import Style
from recount.eval.generator.typeset.tables import set_grid

A4 = (595.3, 841.9)
LOOSEST = 0.06  # the most, in ems, that justification puts between two characters

# (size relative to the body or absolute, align, space before, bold) by kind of paragraph
_KINDS: dict[str, tuple[float, str, float, bool]] = {
    "body": (1.0, "justify", 0, False),
    "flush": (1.0, "left", 0, False),
    "h1": (1.15, "center", 0.6, True),
    "h2": (1.0, "indent", 0.2, True),
    "h3": (1.0, "indent", 0.1, True),
    "cover": (1.8, "center", 1.0, True),
    "title": (1.5, "center", 0.2, True),
    "caption": (1.2, "center", 0.1, True),
    "toc": (0.9, "left", 0, False),
    "unit": (0.7, "right", 0.2, False),
    "note": (0.75, "left", 0.2, False),
}


class Press:
    """Sets blocks one after another; `pdf()` ends the work and returns the bytes."""

    def __init__(self, style: Style, unit: str) -> None:
        self.style = style
        self.unit = unit
        self.face = Face(style.digits)
        self.doc = pymupdf.open()
        self.landscape = False
        self.broken_tables = 0
        self._fonts: dict[str, int] = {}
        self._written = {self.face.latin}
        self._turn()

    @property
    def left(self) -> float:
        """The left edge of the text."""
        return self.style.margin[0]

    @property
    def width(self) -> float:
        """The width of the text."""
        return self.size[0] - self.style.margin[0] - self.style.margin[2]

    @property
    def bottom(self) -> float:
        """The lowest place that text may reach."""
        return self.size[1] - self.style.margin[3]

    @property
    def size(self) -> tuple[float, float]:
        """The width and height of the page."""
        return (A4[1], A4[0]) if self.landscape else A4

    def set(self, blocks: Sequence[Block]) -> None:
        """Set all blocks in order."""
        for block in blocks:
            if isinstance(block, Para):
                self._paragraph(block)
            elif isinstance(block, Grid):
                set_grid(self, block)
            elif isinstance(block, Open):
                set_open(self, block)
            elif isinstance(block, Break):
                self.break_page(block.landscape)

    def break_page(self, landscape: bool | None = None) -> None:
        """Begin a new page, unless this one is still empty and lies the right way."""
        wanted = self.landscape if landscape is None else landscape
        if self.y <= self.top and wanted == self.landscape:
            return
        fresh = self.y <= self.top
        self.landscape = wanted
        if fresh:
            self.doc.delete_page(-1)
        else:
            self._finish()
        self._turn()

    def text(self, x: float, y: float, text: str, size: float, *, bold: bool = False, extra: float = 0) -> None:
        """Write one line with its baseline at y; `extra` points go between characters."""
        for name, run in self.face.runs(text):
            self._written.add(name)
            codes = "".join([code(name, char) for char in run])
            heavy = (f"2 Tr {0.03 * size:.2f} w", "0 Tr") if bold else ("", "")
            place = f"1 0 0 1 {x:.2f} {self.size[1] - y:.2f} Tm"
            self._ops.append(f"BT /F{name} {size:g} Tf {extra:.3f} Tc {heavy[0]} {place} <{codes}> Tj {heavy[1]} ET")
            x += self.face.width(run) * size + extra * len(run)

    def draw(self, boxes: list[Box]) -> None:
        """Rule the cells of a table part on this page."""
        self._ops += rule_ops(boxes, self.style, self.size[1])

    def rule(self, x0: float, x1: float, y: float) -> None:
        """Draw a level line."""
        at = self.size[1] - y
        self._ops.append(f"{self.style.rule_width:g} w {x0:.2f} {at:.2f} m {x1:.2f} {at:.2f} l S")

    def pdf(self) -> bytes:
        """The finished document, its fonts reduced to the characters used."""
        self._finish()
        self.doc.set_metadata({})
        self.doc.subset_fonts()
        return bytes(self.doc.tobytes(garbage=4, deflate=True, no_new_id=True))

    def _turn(self) -> None:
        """Open a new page."""
        width, height = self.size
        self.page = self.doc.new_page(width=width, height=height)
        self._ops: list[str] = []
        self.top = self.style.margin[1]
        self.y = self.top
        if self.style.header:
            head = self.style.header.format(unit=self.unit)
            self.text(self.left, self.top - 24, head, 9)

    def _finish(self) -> None:
        """Write the page's text and its footer."""
        if self.style.footer:
            foot = self.style.footer.format(n=len(self.doc))
            x = self.left + (self.width - self.face.width(foot) * 10) / 2
            self.text(x, self.size[1] - 36, foot, 10)
        self._use_fonts()
        # one stream in reading order: a reader that takes the text as it comes must find it as it reads
        stream = "q\n" + "\n".join(self._ops) + "\nQ\n"
        pymupdf.TOOLS._insert_contents(self.page, stream.encode(), True)

    def _use_fonts(self) -> None:
        """Make the two fonts known to the page; each is embedded once, and where nothing is Chinese only the other."""
        for name in ("cjk", self.face.latin):
            if name in self._written and name not in self._fonts:
                self._fonts[name] = self.page.insert_font(fontname=f"F{name}", fontbuffer=font(name).buffer)
        fonts = "".join(f"/F{name} {xref} 0 R" for name, xref in self._fonts.items())
        self.doc.xref_set_key(self.page.xref, "Resources", f"<</Font<<{fonts}>>>>")

    def _paragraph(self, para: Para) -> None:
        """Set one paragraph, over as many pages as it needs."""
        scale, align, before, bold = _KINDS[para.kind]
        size = self.style.body_size * scale
        step = size * self.style.leading
        indent = 2 * size if align in ("justify", "indent") else 0
        lines = wrap(para.text, self.width, self.face, size, indent=indent, glue=self.style.keep_number_unit)
        if self.y > self.top:
            self.y += before * size
        if para.kind in ("h1", "h2", "title") and self.y + 2 * step > self.bottom:
            self.break_page()
        for number, line in enumerate(lines):
            if self.y + step > self.bottom:
                self.break_page()
            lead = indent if number == 0 else 0.0
            last = number == len(lines) - 1
            self._line(line, size, step, align, lead, bold and self.style.bold_heads, last)

    def _line(self, line: str, size: float, step: float, align: str, lead: float, bold: bool, last: bool) -> None:
        """Set one line of a paragraph at the present height."""
        length = self.face.width(line.rstrip()) * size
        x, extra = self.left + lead, 0.0
        if align == "center":
            x = self.left + (self.width - length) / 2
        elif align == "right":
            x = self.left + self.width - length
        elif align == "justify" and self.style.justify and not last and len(line) > 8:
            extra = (self.width - lead - length) / (len(line.rstrip()) - 1)
            extra = extra if 0 <= extra <= LOOSEST * size else 0.0
        self.text(x, self.y + step - (step - size) / 2 - 0.12 * size, line, size, bold=bold, extra=extra)
        self.y += step
