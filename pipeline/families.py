"""Which family a report is of: what its title page, its headings and its tables say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from recount.pipeline.document import Document, Grid, Paragraph, Text
from recount.schemas.family import Family
from recount.schemas.registry import FAMILIES

_FRONT_LINES = 12
_LONGEST_LINE = 60  # characters; what is longer is running text, which may mention anything
_HEAD_ROWS = 6
_FRONT = 3  # a title page counts as much as so many headings


def recognise(document: Document, families: Sequence[Family] = FAMILIES) -> Family | None:
    """The family that most of a document's lines speak for, None where none does for any."""
    lines = list(_short_lines(document))
    front = "".join(lines[:_FRONT_LINES])
    evidence = {family.name: _evidence(family, front, lines) for family in families}
    best = max(families, key=lambda family: evidence[family.name])
    return best if evidence[best.name] else None


def known_families(families: Sequence[Family] = FAMILIES) -> str:
    """The families by name, for a message."""
    return ", ".join(f"{family.title} ({family.name})" for family in families)


def _evidence(family: Family, front: str, lines: Sequence[str]) -> int:
    """How many lines are signs of a family; its title page counts for several."""
    signs = re.compile("|".join(f"(?:{sign})" for sign in family.signs) or "(?!)")
    title = _FRONT if re.search(family.front, front) else 0
    return title + sum(signs.search(line) is not None for line in lines)


def _short_lines(document: Document) -> Iterator[str]:
    """Headings, titles and heads of tables, without spaces."""
    for block in document.blocks:
        if isinstance(block, Paragraph):
            yield from _line(block.text)
        elif isinstance(block, Grid):
            for paragraph in block.caption:
                yield from _line(paragraph.text)
            for cell in block.cells:
                if cell.row < _HEAD_ROWS:
                    yield from _line(cell.text)


def _line(text: Text) -> Iterator[str]:
    words = "".join(text.folded.split()).rstrip(":;,.")
    if words and len(words) <= _LONGEST_LINE and "。" not in words:
        yield words
