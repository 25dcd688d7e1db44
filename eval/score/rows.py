"""Rows of lists that are wholly right: found, in order, under their names, with every figure.

What a reader of tables asks. A figure may be right and its row not: a label of another row, one column of seven lost,
a row torn apart where a page ends. Only rows with figures count; a list's own totals are figures, not rows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from recount.eval.score.align import NAMES, by_name, fold
from recount.eval.score.leaves import escape, is_number, leaves

Fault = Literal["missing", "order", "label", "figures"]
"""Why a row is not right, the gravest first: not there; not where the gold has it; misnamed; a figure is not right."""

_VALUES = ("target", "actual")
"""Cells that the contract keeps as text and that print a figure nevertheless: ">=95%"."""

_NO_ROWS = frozenset({"/unmapped_figures"})
"""Lists whose rows are not printed as rows."""


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that is not right. pointer: in the gold; gold, got: what differs, the row's name if it is missing."""

    pointer: str
    fault: Fault
    gold: str
    got: str | None


@dataclass(frozen=True, slots=True)
class RowsRight:
    """How many rows of the gold there are, and those that are not right."""

    gold: int
    errors: tuple[RowError, ...]

    @property
    def right(self) -> int:
        return self.gold - len(self.errors)

    @property
    def share(self) -> float | None:
        """The share of rows that are right; None where the gold has none."""
        return self.right / self.gold if self.gold else None


def rows_right(gold: Mapping[str, Any], got: Mapping[str, Any]) -> RowsRight:
    """The rows of a gold report, judged by what a result's report has in their place."""
    judged = [fault for pointer, ours, theirs in _lists(gold, got) for fault in _judged(pointer, ours, theirs)]
    return RowsRight(len(judged), tuple(error for error in judged if error is not None))


def _lists(gold: Any, got: Any, pointer: str = "") -> Iterator[tuple[str, Sequence[Any], Sequence[Any]]]:
    """Every list of the gold that holds rows, with what the result has there."""
    if isinstance(gold, Mapping):
        for key, value in gold.items():
            yield from _lists(value, got.get(key) if isinstance(got, Mapping) else None, f"{pointer}/{escape(key)}")
    elif isinstance(gold, list) and pointer not in _NO_ROWS:
        theirs = got if isinstance(got, list) else []
        if any(_is_row(entry) for entry in gold):
            yield pointer, gold, theirs
            return
        for ours, its in by_name(gold, theirs):
            if ours is not None:
                yield from _lists(gold[ours], None if its is None else theirs[its], f"{pointer}/{ours}")


def _is_row(value: Any) -> bool:
    """Whether a value is a row with figures: no part with lists of its own, as a whole performance table is."""
    return (
        isinstance(value, Mapping)
        and not any(isinstance(part, list) for part in value.values())
        and bool(_figures(value))
    )


def _judged(pointer: str, gold: Sequence[Any], got: Sequence[Any]) -> Iterator[RowError | None]:
    """Each row of a list that has figures: what is wrong with it, None if nothing is."""
    pairs = [(ours, its) for ours, its in by_name(gold, got) if ours is not None]
    ordered = _in_order([its for _, its in pairs])
    for ours, its in pairs:
        if not _is_row(gold[ours]):
            continue
        row = None if its is None else got[its]
        error = _fault(gold[ours], row, in_order=its in ordered)
        yield None if error is None else RowError(f"{pointer}/{ours}", *error)


def _fault(gold: Any, got: Any, *, in_order: bool) -> tuple[Fault, str, str | None] | None:
    """What is wrong with a row, and on both sides what differs."""
    name = _name(gold)
    if got is None:
        return "missing", name, None
    if not in_order:
        return "order", name, _name(got)
    if name != _name(got):
        return "label", name, _name(got)
    ours, theirs = _figures(gold), _figures(got)
    if ours == theirs:
        return None
    keys = [key for key in dict.fromkeys((*ours, *theirs)) if ours.get(key) != theirs.get(key)]
    return "figures", _shown(ours, keys), _shown(theirs, keys)


def _name(row: Mapping[str, Any]) -> str:
    return "/".join(fold(str(row[key])) for key in NAMES if row.get(key) is not None)


def _figures(row: Mapping[str, Any]) -> dict[str, int | Decimal | str]:
    """Every figure of a row by its pointer in it, and the figures that stay text, without spaces."""
    figures: dict[str, int | Decimal | str] = {
        pointer: value for pointer, value in leaves(row) if is_number(value) and isinstance(value, int | Decimal)
    }
    figures |= {f"/{key}": fold(row[key]) for key in _VALUES if isinstance(row.get(key), str)}
    return figures


def _shown(figures: Mapping[str, object], keys: Sequence[str]) -> str:
    return ", ".join(f"{key} {figures.get(key, '—')}" for key in keys)


def _in_order(places: Sequence[int | None]) -> set[int]:
    """The most places that ascend: rows that were moved are the fewest that had to be."""
    tails: list[int] = []
    ends: list[int] = []  # by length, the index in `found` of the best end
    found: list[tuple[int, int | None]] = []
    for place in places:
        if place is None:
            continue
        at = bisect_left(tails, place)
        found.append((place, ends[at - 1] if at else None))
        tails[at : at + 1] = [place]
        ends[at : at + 1] = [len(found) - 1]
    ordered: set[int] = set()
    index = ends[-1] if ends else None
    while index is not None:
        place, index = found[index]
        ordered.add(place)
    return ordered
