"""The one call of this package: blocks to PDF bytes."""

from __future__ import annotations

from collections.abc import Sequence

from recount.eval.generator.typeset.blocks import Block
from recount.eval.generator.typeset.pages import Press
from recount.eval.generator.typeset.style import Style


def typeset(blocks: Sequence[Block], style: Style, unit: str) -> tuple[bytes, int]:
    """Set `blocks` in `style`; `unit` is what a running header prints. Returns the PDF and its page count."""
    press = Press(style, unit)
    press.set(blocks)
    pages = len(press.doc)
    return press.pdf(), pages
