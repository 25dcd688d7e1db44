"""The reports of an output folder as a list on a terminal: where something is in dispute, and how much money."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from recount.desk.shelf import Row, Shelf, details_of
from recount.desk.words import Words
from recount.pipeline.archive.strangers import visible
from recount.pipeline.errors import UsageError
from recount.pipeline.output.folder import whole_result

_SORTS: Mapping[str, Callable[[Row], Any]] = {
    "disputed": lambda row: (-row.disputed, -row.errors, -off(row), row.name),
    "money": lambda row: (-off(row), -row.disputed, row.name),
    "unit": lambda row: (row.unit, row.year or 0, row.name),
    "year": lambda row: (-(row.year or 0), row.unit, row.name),
}


def off(row: Row) -> Decimal:
    """The largest difference of an identity of money that fails and that nothing explains, in 万元; 0 for none."""
    breaks = row.details.breaks if row.details is not None else ()
    return max((one.off for one in breaks if one.money and one.severity == "error"), default=Decimal(0))


def listed(out: Path, sort: str = "disputed", *, disputed: bool = False) -> list[Row]:
    """The reports of an output folder, sorted: "disputed" (most first), "money", "unit" or "year" (the latest first).

    Of those in which nothing fails the ledger knows enough, and the others are read. A copy is not listed beside the
    report that counts. disputed: only those with a disputed figure or an identity that fails without an explanation.
    Raises UsageError if there is no such order, or no result.
    """
    if sort not in _SORTS:
        raise UsageError(f"reports are sorted by {', '.join(_SORTS)}, not by {sort}")
    rows = [_counted(row) for row in Shelf(out).rows() if not row.failed and row.same_as is None]
    return sorted((row for row in rows if not disputed or row.disputed or row.errors), key=_SORTS[sort])


def _counted(row: Row) -> Row:
    assert row.path is not None
    if row.statuses is not None and not row.disputed and not row.errors:
        return row
    return replace(row, details=details_of(whole_result(row.path)))


def render_list(rows: list[Row], words: Words, limit: int) -> Iterator[RenderableType]:
    """A line a report, `limit` of them (0: all), and how many more there are."""
    table = Table(box=None, pad_edge=False)
    for key in ("disputed", "error", "minor", "difference", "year"):
        table.add_column(words(key), justify="right", no_wrap=True)
    table.add_column(words("unit"), overflow="fold")
    table.add_column(words("report"), overflow="fold", style="dim")
    shown = rows[:limit] if limit else rows
    for row in shown:
        money = f"{off(row):,f} 万元" if off(row) else ""
        numbers = (row.disputed, row.errors, row.minor, money, row.year)
        cells = [str(number) if number else "" for number in numbers]
        table.add_row(*cells, Text(visible(row.unit)), Text(visible(row.name)), style="bold" if row.disputed else "")
    yield table
    yield words("shown", first=min(1, len(shown)), last=len(shown), all=len(rows))
