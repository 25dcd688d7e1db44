"""Pages as what is painted on them, one thing after another: read from a digital PDF, to be changed and set anew.

Lengths are in points, the origin is top left. A text stands with its first character's origin at (x, y).
"""

# mypy: disable-error-code="no-untyped-call"
# (pymupdf ships no type information for these calls)
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import pymupdf

Box = tuple[float, float, float, float]
Colour = tuple[float, float, float]
Font = Literal["cjk", "tiro", "helv"]
BLACK: Colour = (0.0, 0.0, 0.0)
WHITE: Colour = (1.0, 1.0, 1.0)
_FAMILIES: dict[str, Font] = {"Nimbus Roman": "tiro", "Nimbus Sans": "helv"}
_RISE, _DROP = 0.8, 0.15
"""What of the size of the letters lies above and below the line that they stand on."""
_DRIFT = 0.05
"""So far, in sizes, a character may stand from where the ones before it lead; else it begins a text of its own."""


@dataclass(frozen=True, eq=False)
class Text:
    """A run of characters. opacity: 0 to 1. invisible: painted with text render mode 3. clip: where alone it shows.

    hidden: it lies on a layer that is off.
    """

    x: float
    y: float
    text: str
    size: float
    font: Font = "cjk"
    colour: Colour = BLACK
    opacity: float = 1.0
    invisible: bool = False
    clip: Box | None = None
    hidden: bool = False

    @property
    def width(self) -> float:
        """How long the run is."""
        return length(self.text, self.font, self.size)

    @property
    def box(self) -> Box:
        """What the letters take up."""
        return self.x, self.y - _RISE * self.size, self.x + self.width, self.y + _DROP * self.size


@dataclass(frozen=True, eq=False)
class Rule:
    """A straight line, level or upright."""

    x0: float
    y0: float
    x1: float
    y1: float
    width: float


@dataclass(frozen=True, eq=False)
class Fill:
    """A rectangle of one colour."""

    box: Box
    colour: Colour = WHITE


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture (PNG) that fills a box."""

    box: Box
    png: bytes


@dataclass(frozen=True, eq=False)
class Form:
    """Things painted out of a form XObject."""

    box: Box
    items: tuple[Text | Fill, ...]


Item = Text | Rule | Fill | Picture | Form


@dataclass
class Page:
    """A page: its size, and what is painted on it in this order."""

    width: float
    height: float
    items: list[Item]


@cache
def face(name: Font) -> pymupdf.Font:
    """A font by its name, loaded once."""
    return pymupdf.Font(name)


def length(text: str, font: Font, size: float) -> float:
    """How long a text is, set in a font."""
    return sum(_advance(char, font) for char in text) * size


@cache
def _advance(char: str, font: Font) -> float:
    return float(face(font).glyph_advance(ord(char)))


@cache
def glyph(char: str, font: Font) -> int:
    """The number of a character's glyph in a font; 0 if it has none."""
    return int(face(font).has_glyph(ord(char)))


def runs_of(run: Text, fonts: Iterable[Font]) -> list[Text] | None:
    """A run as runs of fonts that have its characters, its own font first; None if one has no glyph in any of them."""
    runs: list[Text] = []
    x = run.x
    for char in run.text:
        font = next((font for font in (run.font, *fonts) if glyph(char, font)), None)
        if font is None:
            return None
        if runs and runs[-1].font == font:
            runs[-1] = replace(runs[-1], text=runs[-1].text + char)
        else:
            runs.append(replace(run, x=x, text=char, font=font))
        x = runs[-1].x + runs[-1].width
    return runs


def read(pdf: bytes) -> list[Page]:
    """The pages of a PDF of the generator, set in a style that does not space its letters out."""
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        return [Page(page.rect.width, page.rect.height, [*_rules(page), *_texts(page)]) for page in document]


def _texts(page: pymupdf.Page) -> Iterator[Text]:
    content = page.get_text("rawdict", flags=pymupdf.TEXT_PRESERVE_WHITESPACE)
    for block in content["blocks"]:
        for line in block["lines"]:
            for span in line["spans"]:
                yield from _runs(span)


def _runs(span: dict[str, Any]) -> Iterator[Text]:
    """The characters of a span, as runs that stand as they would if each were set in one go."""
    own = span["font"].rpartition("+")[2]  # without what tells a part of a font from another
    font: Font = next((name for family, name in _FAMILIES.items() if own.startswith(family)), "cjk")
    run: Text | None = None
    for glyph in span["chars"]:
        x, y = glyph["origin"]
        if run is not None and abs(run.x + run.width - x) < _DRIFT * run.size:
            run = Text(run.x, run.y, run.text + glyph["c"], run.size, run.font)
            continue
        if run is not None:
            yield run
        run = Text(x, y, glyph["c"], span["size"], font)
    if run is not None:
        yield run


def _rules(page: pymupdf.Page) -> Iterator[Item]:
    for drawing in page.get_drawings():
        width = drawing["width"] or 0.5
        for kind, *points in drawing["items"]:
            if kind == "l":
                (x0, y0), (x1, y1) = points
                yield Rule(x0, y0, x1, y1, width)
            elif kind == "re" and drawing["type"] == "f":
                yield Fill(tuple(points[0]), tuple(drawing["fill"]))
            elif kind == "re":
                x0, y0, x1, y1 = points[0]
                yield from (Rule(x0, y, x1, y, width) for y in (y0, y1))
                yield from (Rule(x, y0, x, y1, width) for x in (x0, x1))
