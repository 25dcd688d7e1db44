"""The rows of the tables, out of one result."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from recount.pipeline.export.shape import EACH, RowList, Spot, leaves, spot
from recount.pipeline.export.shape import rows_at as rows_of_list
from recount.pipeline.export.tables import Table
from recount.pipeline.jsonfile import Result
from recount.pipeline.ledger import STATUSES
from recount.pipeline.titles import row_name

_UNITS = {"money": "万元", "percent": "%", "area": "平方米"}
"""The unit of a value by the kind of its field (contract, report.md); the others have the printed one."""


@dataclass(frozen=True, slots=True)
class Row:
    """Values, one a column of its table; disputed: which of them an identity contradicts."""

    values: tuple[Any, ...]
    disputed: tuple[int, ...] = ()


class Reading:
    """A result, its model, and the statuses that its figures must have to be exported (None: any)."""

    def __init__(self, result: Result, model: type[BaseModel], statuses: Collection[str] | None = None) -> None:
        self.result = result
        self.model = model
        self.report: Mapping[str, Any] = result["report"]
        self.figures: Mapping[str, Mapping[str, Any]] = result["figures"]
        self._statuses = frozenset(statuses) if statuses is not None else None

    @cached_property
    def about(self) -> tuple[Any, ...]:
        """The first columns of every table: which report this is."""
        return self.result["source"]["file"], self.report.get("unit_name"), self.report.get("fiscal_year")

    def wanted(self, status: str) -> bool:
        return self._statuses is None or status in self._statuses

    def value_at(self, pointer: str, value: Any) -> Any:
        """A value of the report; None for a figure whose status is not wanted."""
        figure = self.figures.get(pointer)
        if figure is None:
            # A number that was never read from a page (a place of no figure) has no status to be wanted.
            return (
                None
                if isinstance(value, Decimal | int) and not isinstance(value, bool) and self._statuses is not None
                else value
            )
        return value if self.wanted(figure["status"]) else None


def rows_of(reading: Reading, table: Table) -> Iterator[Row]:
    """The rows that a result adds to a table."""
    maker = _MAKERS.get(table.name)
    return maker(reading) if maker else _listed(reading, table)


def _report(reading: Reading) -> Iterator[Row]:
    source = reading.result["source"]
    statuses = [figure["status"] for figure in reading.figures.values() if reading.wanted(figure["status"])]
    severities = [check["severity"] for check in reading.result["checks"] if check["result"] == "fail"]
    yield Row(
        (
            *reading.about,
            source["sha256"],
            source["pages"],
            len(source["scanned_pages"]),
            *(statuses.count(status) for status in STATUSES),
            severities.count("error"),
            severities.count("minor"),
        )
    )


def _figures(reading: Reading) -> Iterator[Row]:
    about, value_at = reading.about, len(reading.about) + 4
    for pointer, figure in reading.figures.items():
        status = figure["status"]
        if not reading.wanted(status):
            continue
        steps = pointer.split("/")[1:]
        place = spot(reading.model, tuple(EACH if step.isdigit() else step for step in steps))
        value = figure["value"]
        yield Row(
            (
                *about,
                steps[0],
                place.titles[0],
                pointer,
                _title(reading.report, steps, place) or place.titles[0],
                value,
                _UNITS.get(place.kind or "", figure["unit"]),
                status,
                figure["page"],
                figure["raw"],
                figure["unit"],
                _decimals(value),
                figure["origin"],
            ),
            (value_at,) if status == "disputed" else (),
        )


def _title(report: Mapping[str, Any], steps: Sequence[str], place: Spot) -> str:
    """The titles below the section; rows by their numbers and names."""
    names: list[str] = []
    value: Any = report
    for step, title in zip(steps, place.titles, strict=True):
        if title is None:
            rows = value if isinstance(value, Sequence) else ()
            value = rows[int(step)] if int(step) < len(rows) else None
            names.append(f"{int(step) + 1} {row_name(value)}".rstrip())
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
            names.append(title)
    return " › ".join(names[1:])


def _decimals(value: Decimal | int) -> int:
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _discrepancies(reading: Reading) -> Iterator[Row]:
    failing = [check for check in reading.result["checks"] if check["result"] == "fail"]
    for check in sorted(failing, key=lambda each: each["severity"] != "error"):
        pointers = check["pointers"]
        pages = list(dict.fromkeys(reading.figures[each]["page"] for each in pointers if each in reading.figures))
        yield Row(
            (
                *reading.about,
                check["id"],
                check["severity"],
                check["explanation"],
                check["rule"],
                check["expression"],
                check["printed"],
                check["computed"],
                check["residual"],
                check["tolerance"],
                pages[0] if pages else None,
                " ".join(map(str, pages)),
                " ".join(pointers),
            )
        )


def _listed(reading: Reading, table: Table) -> Iterator[Row]:
    """The rows of a report's lists."""
    names = [column.name for column in table.columns]
    for each in table.lists:
        columns = [names.index(leaf.name) for leaf in leaves(each.model)]
        for pointer, row, around in rows_of_list(reading.report, each.way):
            yield _listed_row(reading, each, columns, len(names), pointer, row, around)


def _listed_row(
    reading: Reading,
    rows: RowList,
    columns: Sequence[int],
    width: int,
    pointer: str,
    row: Mapping[str, Any],
    around: Mapping[str, Any] | None,
) -> Row:
    """A row: what it is about, its fields in their columns, its first page, its weakest status, its place."""
    values: list[Any] = [None] * width
    place = spot(reading.model, rows.way)
    way = " › ".join(title for title in place.titles[1:] if title is not None)
    number = int(pointer.rpartition("/")[2]) + 1
    head = (*reading.about, rows.way[0], place.titles[0], way or place.titles[0], row_name(around) or None, number)
    values[: len(head)] = head
    disputed: list[int] = []
    figures: list[Mapping[str, Any]] = []
    for column, leaf in zip(columns, leaves(rows.model), strict=True):
        at = f"{pointer}/{'/'.join(leaf.way)}"
        values[column] = reading.value_at(at, _inside(row, leaf.way))
        figure = reading.figures.get(at)
        if figure is not None and reading.wanted(figure["status"]):
            figures.append(figure)
            if figure["status"] == "disputed":
                disputed.append(column)
    statuses = [figure["status"] for figure in figures]
    values[-3:] = (
        figures[0]["page"] if figures else None,
        max(statuses, key=STATUSES.index) if statuses else None,
        pointer,
    )
    return Row(tuple(values), tuple(disputed))


def _inside(row: Any, way: Sequence[str]) -> Any:
    for step in way:
        row = row.get(step) if isinstance(row, Mapping) else None
    return row


_MAKERS: Mapping[str, Callable[[Reading], Iterator[Row]]] = {
    "reports": _report,
    "figures": _figures,
    "discrepancies": _discrepancies,
}
