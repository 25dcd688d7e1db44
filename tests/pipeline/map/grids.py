"""Grids built by hand: rows of texts, as one would write an HTML table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from recount.pipeline.document import Cell, Grid, Number, Origin, Paragraph, Text, Token
from recount.pipeline.map.final_accounts.statements import map_statements
from recount.schemas.figures import Model, Ref

_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?%?")
_FOLD = str.maketrans("（）：，．％“”０１２３４５６７８９", '():,.%""0123456789')


@dataclass(frozen=True)
class Span:
    """A merged cell."""

    text: str
    columns: int = 1
    rows: int = 1


Rows = Sequence[Sequence[str | Span]]


def text_of(words: str) -> Text:
    return Text(words, words.translate(_FOLD))


def numbers_of(text: Text, origin: Origin = "text") -> tuple[Number, ...]:
    return tuple(
        Number(match.start(), match.end(), _token(match[0], origin)) for match in _NUMBER.finditer(text.folded)
    )


def _token(raw: str, origin: Origin) -> Token:
    """A token whose index says its value, so that a reference can be read back: 12.50 is 1250."""
    value = Decimal(raw.replace(",", "").rstrip("%"))
    decimals = len(raw.partition(".")[2].rstrip("%"))
    return Token(int(value * 100), raw, value, decimals, "%" if "%" in raw else None, 1, (0, 0, 0, 0), origin)


def paragraph(words: str) -> Paragraph:
    return Paragraph(text_of(words), numbers_of(text_of(words)), 1, 0.0)


def grid(rows: Rows, *caption: str, note: str | None = None, origin: Origin = "text") -> Grid:
    """A grid: a merged cell takes its places in the rows below, as in HTML."""
    taken: set[tuple[int, int]] = set()
    cells = []
    for row, specs in enumerate(rows):
        column = 0
        for spec in specs:
            span = spec if isinstance(spec, Span) else Span(spec)
            while (row, column) in taken:
                column += 1
            right, below = column + span.columns, row + span.rows
            taken |= {(r, c) for r in range(row, below) for c in range(column, right)}
            words = text_of(span.text)
            cells.append(Cell(row, column, below, right, words, numbers_of(words, origin)))
            column = right
    columns = max(cell.column_end for cell in cells)
    lines = tuple(paragraph(each) for each in caption)
    return Grid(len(rows), columns, tuple(cells), lines, paragraph(note) if note else None, (1,))


def plain(value: object) -> object:
    """A mapped model as plain values: a reference as the number that it points at, nulls left out."""
    if isinstance(value, Model):
        fields = {key: plain(getattr(value, key)) for key in type(value).model_fields}
        return {key: each for key, each in fields.items() if each is not None}
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if isinstance(value, Ref):
        return value.token / 100
    return value


def only_statement(table: Grid, key: str) -> Any:
    """The one statement that a grid maps to, as plain values."""
    statements, consumed = map_statements([table])
    assert statements is not None
    assert consumed == {0}
    mapped = plain(statements)
    assert isinstance(mapped, dict)
    assert list(mapped) == [key]
    return mapped[key]
