"""How many of the gold's table figures stand where they belong in what a peer extracts.

A peer knows no schema, so it is asked less than Recount is: a figure counts as recovered if one extracted row has the
name of its row in a cell, and the row's figures after it, each in a cell of its own and in the order of the columns.
That the column is called right, the unit known and the table told from its neighbour is not asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from recount.eval.score.align import fold
from recount.eval.score.leaves import is_number

_TABLES = ("project_evaluations", "overall_evaluation", "statements")
_NAMES = ("level3", "source", "name")


@dataclass(frozen=True, slots=True)
class GoldRow:
    """A table row of the gold: what it is called, and its figures with their pointers, in the order of the columns."""

    name: str
    pointers: tuple[str, ...]
    figures: tuple[Decimal, ...]


def gold_rows(gold: Mapping[str, Any]) -> list[GoldRow]:
    """All rows of the gold's tables that have a name and a figure."""
    return [row for key in _TABLES for row in _rows(gold.get(key), f"/{key}")]


def _rows(node: Any, pointer: str) -> Iterator[GoldRow]:
    if isinstance(node, list):
        for at, value in enumerate(node):
            yield from _row(value, f"{pointer}/{at}")
            yield from _rows(value, f"{pointer}/{at}")
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield from _rows(value, f"{pointer}/{key}")


def _row(node: Any, pointer: str) -> Iterator[GoldRow]:
    name = next((str(node[key]) for key in _NAMES if node.get(key)), "") if isinstance(node, Mapping) else ""
    figures = [(key, value) for key, value in node.items() if is_number(value) and key != "fiscal_year"] if name else []
    # A project's own entry has a name too, but it is a table and no row of one.
    if figures and "funds" not in node:
        pointers = tuple(f"{pointer}/{key}" for key, _ in figures)
        yield GoldRow(fold(name), pointers, tuple(Decimal(value) for _, value in figures))


def recovered(rows: Sequence[GoldRow], extracted: Iterable[Sequence[str]]) -> int:
    """How many of the figures of the gold's rows are in their places; every extracted row is used once at most."""
    by_name: dict[str, list[list[Decimal | None]]] = defaultdict(list)
    for cells in extracted:
        folded = [fold(cell) for cell in cells]
        numbers = [_number(cell) for cell in folded]
        for at, cell in enumerate(folded):
            if cell:
                by_name[cell].append(numbers[at + 1 :])
    return sum(_best(row, by_name.get(row.name, [])) for row in rows)


def _best(row: GoldRow, candidates: list[list[Decimal | None]]) -> int:
    """The most figures of a row that stand in order in one of the candidates, which is taken."""
    if not candidates:
        return 0
    counts = [_in_order(row.figures, candidate) for candidate in candidates]
    best = max(counts)
    if best:
        candidates.pop(counts.index(best))
    return best


def _in_order(figures: Sequence[Decimal], cells: Sequence[Decimal | None]) -> int:
    """The length of the longest common subsequence."""
    lengths = [0] * (len(cells) + 1)
    for figure in figures:
        previous = 0
        for at, cell in enumerate(cells, 1):
            kept = lengths[at]
            lengths[at] = previous + 1 if cell == figure else max(kept, lengths[at - 1])
            previous = kept
    return lengths[-1]


def _number(cell: str) -> Decimal | None:
    """The number that a cell holds and nothing else, marks and units of the forms aside."""
    try:
        return Decimal(cell.replace(",", "").rstrip("%分"))
    except InvalidOperation:
        return None
