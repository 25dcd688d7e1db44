"""Which of several readings of a row: those that labels and kinds leave open, and what sums make of them.

A row whose cells are all there can be read in one way only. Where one is missing, its neighbours may be in its place.
Sums may then choose among the readings (all weights add to their total); what they chose is not proved by them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, product

from recount.pipeline.split.sequence import Column, Piece, Placed, cost_of
from recount.schemas.forms import FIGURES

_NEAR = 3.2  # readings that cost at most so much more than the best are left open
_MOST = 300  # combinations of readings that are tried

Way = tuple[Placed, ...]
"""One reading of a row: its cells, each in a column."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A row as it is to be laid out. doubtful: of these cells sums alone told the column. open: of these nothing did."""

    cells: Way
    doubtful: tuple[Placed, ...] = ()
    open: tuple[Placed, ...] = ()


def ways_of(row: Sequence[Placed], columns: Sequence[Column], pieces: Sequence[Piece]) -> list[Way]:
    """The ways to read a row by labels and kinds, the best first: one, unless its figures may stand elsewhere."""
    fixed = [cell for cell in row if cell.column is None or columns[cell.column].kind == "level"]
    cells = [cell for cell in row if cell not in fixed]
    open_to = [at for at, column in enumerate(columns) if column.kind != "level"]
    if not any(_is_figure(cell, columns) for cell in cells) or len(cells) == len(open_to):
        return [tuple(row)]
    prices = {(cell, at): cost_of(columns[at].kind, pieces[cell.start : cell.end]) for cell in cells for at in open_to}
    found: list[tuple[float, Way]] = []
    for chosen in combinations(open_to, len(cells)):
        price = sum(prices[cell, at] for cell, at in zip(cells, chosen, strict=True))
        price += sum(columns[at].blank for at in open_to if at not in chosen)
        found.append((price, tuple(Placed(at, cell.start, cell.end) for cell, at in zip(cells, chosen, strict=True))))
    own = tuple(cells)
    least = min(price for price, _ in found)
    near = [way for price, way in sorted(found, key=lambda pair: (pair[0], pair[1] != own)) if price <= least + _NEAR]
    distinct: dict[Way, Way] = {}
    for way in [own, *near] if own in near else near:
        distinct.setdefault(tuple(cell for cell in way if _is_figure(cell, columns)), way)
    return [tuple(sorted((*fixed, *way), key=lambda cell: cell.start)) for way in distinct.values()]


def _is_figure(cell: Placed, columns: Sequence[Column]) -> bool:
    return cell.column is not None and columns[cell.column].kind in FIGURES


def decided(
    rows: Sequence[Sequence[Way]], columns: Sequence[Column], holds: Callable[[Sequence[Way]], bool]
) -> list[Reading]:
    """The rows as they are to be read. rows: the ways of each. holds: whether the sums come out, and there are any."""
    number = 1
    for ways in rows:
        number *= len(ways)
    chosen: Sequence[Way] | None = None
    if 1 < number <= _MOST:
        chosen = next((combination for combination in product(*rows) if holds(combination)), None)
    return [_reading(ways, None if chosen is None else chosen[index], columns) for index, ways in enumerate(rows)]


def _reading(ways: Sequence[Way], chosen: Way | None, columns: Sequence[Column]) -> Reading:
    if len(ways) == 1:
        return Reading(ways[0])
    moving = [cell for cell in ways[0] if any(cell not in way for way in ways[1:])]
    if chosen is not None:
        spans = {(cell.start, cell.end) for cell in moving}
        return Reading(chosen, doubtful=tuple(cell for cell in chosen if (cell.start, cell.end) in spans))
    return Reading(tuple(cell for cell in ways[0] if cell not in moving), open=tuple(moving))


def amount_of(cell: Placed, pieces: Sequence[Piece]) -> Decimal | None:
    """The number of a cell; None for a dash."""
    text = "".join(piece.text for piece in pieces[cell.start : cell.end]).rstrip("分元万%").replace(",", "")
    return Decimal(text) if text[-1:].isdigit() else None
