"""Tables and figures that have no title over them: rows under a head, wherever in a table it stands, and figures beside
their labels. An invoice has both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

from recount.pipeline.document import Cell, Grid, Number, Token
from recount.pipeline.map.statements import figure_of
from recount.pipeline.map.tables.sheet import bare, is_blank, table_of, without_ordinal
from recount.pipeline.split.folding import fold
from recount.schemas.describe import Field, fields_of
from recount.schemas.figures import Kind, Model, Ref

M = TypeVar("M", bound=Model)

ANYWHERE = ""
"""The words of a part that has no title."""


def head_of(field: Field) -> str:
    """A rule for a field's words as the head of a column or a line: brackets and quotation marks do not count there."""
    return field.words or "|".join(re.escape(bare(fold(label))) for label in field.called)


# --- rows under a head


@dataclass(frozen=True, slots=True)
class Headed:
    """A head within a table, and the rows under it. heads: the cells of the head. last: the last row of the table that
    is theirs. rows: the cells of each row, by the head that they stand below."""

    heads: tuple[Cell, ...]
    last: int
    rows: tuple[tuple[tuple[Cell, ...], ...], ...]


def headed(grid: Grid) -> Iterator[Headed]:
    """The heads of a table with the rows under each, top to bottom. A head is a row of several words and no number; its
    rows end where words stand in a column of figures."""
    at = table_of(grid).at
    above = -1
    for number, row in enumerate(at):
        heads = tuple(_begun(row, number))
        if number <= above or len(heads) < _HEADS or any(cell.numbers for cell in heads):
            continue
        rows = list(_below(at, number, heads))
        figures = {place for cells in rows for place, mine in enumerate(cells) if any(map(figure_of, mine))}
        at_once = rows and any(map(figure_of, chain(*rows[0])))
        if at_once and len(figures) >= _HEADS:
            above = number + len(rows)
            yield Headed(
                heads, above, tuple(cells for cells in rows if any(figure_of(own) for mine in cells for own in mine))
            )


_HEADS = 2
"""Columns that a head is over, at least, and columns of figures."""


def _below(
    at: Sequence[Sequence[Cell | None]], head: int, heads: Sequence[Cell]
) -> Iterator[tuple[tuple[Cell, ...], ...]]:
    figures: set[int] = set()
    for number in range(head + 1, len(at)):
        own = _begun(at[number], number)
        cells = tuple(tuple(cell for cell in own if _is_under(cell, over)) for over in heads)
        if any(cell.numbers == () for place in figures for cell in cells[place]):
            return
        figures |= {place for place, mine in enumerate(cells) if any(figure_of(cell) is not None for cell in mine)}
        yield cells


def _begun(row: Iterable[Cell | None], number: int) -> list[Cell]:
    """The cells that begin in a row and say something."""
    return [cell for cell in _filled(row) if cell.row == number]


def _filled(row: Iterable[Cell | None]) -> list[Cell]:
    return [cell for cell in dict.fromkeys(row) if cell is not None and not is_blank(cell)]


def _is_under(cell: Cell, head: Cell) -> bool:
    return head.column <= cell.column < head.column_end


def read_headed(model: type[M], grids: Iterable[Grid]) -> tuple[M, ...]:
    """The rows of the first table whose head says every column of figures of a model, a field a column."""
    fields = fields_of(model)
    for table in (table for grid in grids for table in headed(grid)):
        places = {key: _place(field, table.heads) for key, field in fields.items()}
        if all(places[key] is not None for key, field in fields.items() if field.kind is not None):
            told = [_row(fields, cells, places) for cells in table.rows]
            return tuple(model(**values) for values in told if any(value is not None for value in values.values()))
    return ()


def _place(field: Field, heads: Sequence[Cell]) -> int | None:
    rule = re.compile(head_of(field), re.IGNORECASE)
    mine = [place for place, head in enumerate(heads) if rule.fullmatch(bare(head.words))]
    return mine[0] if len(mine) == 1 else None


def _row(
    fields: Mapping[str, Field], cells: Sequence[Sequence[Cell]], places: Mapping[str, int | None]
) -> dict[str, Any]:
    return {key: said_in(cells[place], fields[key].kind) for key, place in places.items() if place is not None}


def said_in(cells: Sequence[Cell], kind: Kind | None) -> Ref | str | None:
    """What the cells below a head say of a field: the one number that fits its kind, or their words."""
    if kind is None:
        return " ".join(word for cell in cells for word in cell.text.printed.split()) or None
    found = [number for cell in cells for number in cell.numbers if may_be(number, kind)]
    return Ref(found[0].token.index) if len(found) == 1 else None


def may_be(number: Number, kind: Kind) -> bool:
    """Whether a number of a row may be of a kind: percentages have their sign, counts are whole."""
    is_percent = number.token.unit == "%"
    return is_percent == (kind is Kind.PERCENT) and not (kind is Kind.COUNT and number.token.decimals)


# --- figures beside their labels


def labelled(grid: Grid) -> Iterator[tuple[Cell, Token]]:
    """Each figure of a table that stands alone right of its label in a row, behind that; not one of several periods."""
    for row in table_of(grid).at:
        cells = _filled(row)
        for cell, beside, after in zip(cells, cells[1:], [*cells[2:], None], strict=False):
            alone = figure_of(cell) is None and figure_of(after) is None
            if alone and figure_of(beside) is not None and cell.row == beside.row:
                yield cell, beside.numbers[0].token


def read_labelled(model: type[M], grids: Iterable[Grid]) -> M | None:
    """A part from figures beside their labels, wherever they stand; a label beside two other numbers says neither."""
    claims: dict[str, list[Token]] = {}
    for cell, token in (found for grid in grids for found in labelled(grid)):
        name = bare(without_ordinal(cell.words))
        for key, field in fields_of(model).items():
            if field.kind is not None and re.fullmatch(head_of(field), name, re.IGNORECASE):
                claims.setdefault(key, []).append(token)
    told = {key: Ref(said[0].index) for key, said in claims.items() if len({token.value for token in said}) == 1}
    return model(**told) if told else None
