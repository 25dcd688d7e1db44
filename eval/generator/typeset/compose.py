"""The one call of this package: blocks to PDF bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from recount.eval.generator.typeset.blocks import Block
from recount.eval.generator.typeset.pages import Press
from recount.eval.generator.typeset.style import Style


@dataclass(frozen=True)
class Manuscript:
    """What is to be set: the blocks, in which style, and the unit that a running header names."""

    blocks: tuple[Block, ...]
    style: Style
    unit: str


@dataclass(frozen=True)
class Printed:
    """The PDF, its pages, and how many of its tables run over a page's end."""

    pdf: bytes
    pages: int
    broken_tables: int


def typeset(blocks: Sequence[Block], style: Style, unit: str) -> Printed:
    """Set `blocks` in `style`; `unit` is what a running header prints."""
    press = Press(style, unit)
    press.set(blocks)
    pages = len(press.doc)
    return Printed(press.pdf(), pages, press.broken_tables)


def unruled(manuscript: Manuscript) -> bytes:
    """The same pages without any line in or around their tables, as PDF."""
    style = replace(manuscript.style, rules="none", outer="same")
    return typeset(manuscript.blocks, style, manuscript.unit).pdf
