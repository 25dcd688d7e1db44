"""The rows of the tables, out of one result; what every format does with them, and the results of an output folder."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from recount.pipeline.archive.sources import file_of
from recount.pipeline.errors import UsageError
from recount.pipeline.output.layout import Table
from recount.pipeline.result import FigureEntry, Result, read_result
from recount.pipeline.run.ledger import STATUSES
from recount.pipeline.run.store import report_model
from recount.schemas.describe import JOINT, RowList, leaves_of, row_name, rows_at, spot, steps_of, titles

# --- the rows that a result adds to a table


@dataclass(frozen=True, slots=True)
class Row:
    """Values, one a column of its table; disputed: which of them an identity contradicts."""

    values: tuple[Any, ...]
    disputed: tuple[int, ...] = ()


class OpenResult:
    """A result, its model, and the statuses that its figures must have to be exported (None: any)."""

    def __init__(self, result: Result, model: type[BaseModel], statuses: Collection[str] | None = None) -> None:
        self.result = result
        self.model = model
        self.report = result.report
        self.figures = result.figures
        self._statuses = frozenset(statuses) if statuses is not None else None

    @cached_property
    def about(self) -> tuple[Any, ...]:
        """The first columns of every table: which report this is."""
        return self.result.source.file, self.report.get("unit_name"), self.report.get("fiscal_year")

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
        return value if self.wanted(figure.status) else None


def rows_of(reading: OpenResult, table: Table) -> Iterator[Row]:
    """The rows that a result adds to a table."""
    maker = _MAKERS.get(table.name)
    return maker(reading) if maker else _listed(reading, table)


def _report(reading: OpenResult) -> Iterator[Row]:
    source = reading.result.source
    statuses = [figure.status for figure in reading.figures.values() if reading.wanted(figure.status)]
    severities = [check.severity for check in reading.result.failing]
    yield Row(
        (
            *reading.about,
            source.sha256,
            source.pages,
            len(source.scanned_pages),
            *(statuses.count(status) for status in STATUSES),
            severities.count("error"),
            severities.count("minor"),
        )
    )


def _figures(reading: OpenResult) -> Iterator[Row]:
    about, value_at = reading.about, len(reading.about) + 4
    for pointer, figure in reading.figures.items():
        status = figure.status
        if not reading.wanted(status):
            continue
        steps = steps_of(pointer)
        named = titles(reading.model, reading.report, pointer)
        value = figure.value
        yield Row(
            (
                *about,
                steps[0],
                named[0],
                pointer,
                JOINT.join(named[1:]) or named[0],
                value,
                figure.unit,
                status,
                figure.page,
                figure.raw,
                figure.printed_unit,
                _decimals(value),
                figure.origin,
                figure.line,
            ),
            (value_at,) if status == "disputed" else (),
        )


def _decimals(value: Decimal | int) -> int:
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _discrepancies(reading: OpenResult) -> Iterator[Row]:
    for check in sorted(reading.result.failing, key=lambda check: check.severity != "error"):
        operands = [reading.figures[pointer] for pointer in check.pointers if pointer in reading.figures]
        pages = list(dict.fromkeys(operand.page for operand in operands))
        yield Row(
            (
                *reading.about,
                check.id,
                check.severity,
                check.explanation,
                check.rule,
                check.expression,
                check.printed,
                check.computed,
                check.residual,
                check.tolerance,
                pages[0] if pages else None,
                " ".join(map(str, pages)),
                " ".join(check.pointers),
            )
        )


def _listed(reading: OpenResult, table: Table) -> Iterator[Row]:
    """The rows of a report's lists."""
    names = [column.name for column in table.columns]
    for listed in table.lists:
        columns = [names.index(leaf.name) for leaf in leaves_of(listed.model)]
        for pointer, row, around in rows_at(reading.report, listed.way):
            yield _listed_row(reading, listed, columns, len(names), pointer, row, around)


def _listed_row(
    reading: OpenResult,
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
    way = JOINT.join(title for title in place.titles[1:] if title is not None)
    number = int(pointer.rpartition("/")[2]) + 1
    head = (*reading.about, rows.way[0], place.titles[0], way or place.titles[0], row_name(around) or None, number)
    values[: len(head)] = head
    disputed: list[int] = []
    figures: list[FigureEntry] = []
    for column, leaf in zip(columns, leaves_of(rows.model), strict=True):
        at = f"{pointer}/{'/'.join(leaf.way)}"
        values[column] = reading.value_at(at, _inside(row, leaf.way))
        figure = reading.figures.get(at)
        if figure is not None and reading.wanted(figure.status):
            figures.append(figure)
            if figure.status == "disputed":
                disputed.append(column)
    statuses = [figure.status for figure in figures]
    values[-3:] = (
        figures[0].page if figures else None,
        max(statuses, key=STATUSES.index) if statuses else None,
        pointer,
    )
    return Row(tuple(values), tuple(disputed))


def _inside(row: Any, way: Sequence[str]) -> Any:
    for step in way:
        row = row.get(step) if isinstance(row, Mapping) else None
    return row


_MAKERS: Mapping[str, Callable[[OpenResult], Iterator[Row]]] = {
    "reports": _report,
    "figures": _figures,
    "discrepancies": _discrepancies,
}


# --- what all formats have in common: tables are opened, given rows report by report, and closed


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be written. folder: where; name: of the one file, None for a file each table. keys: en or zh."""

    folder: Path
    name: str | None
    tables: Sequence[Table]
    keys: str

    def path(self, table: Table, suffix: str) -> Path:
        """The file of a table, where every table has its own."""
        return self.folder / (self.name or f"{table.name}.{suffix}")


Prepare = Callable[[Table, Sequence[Row]], Any]
"""Makes of the rows that a report adds to a table what the sink takes. It runs in other processes: it is pickled."""


class Sink(ABC):
    """Takes the rows of all tables, as `prepare` makes them."""

    prepare: Prepare

    @abstractmethod
    def add(self, table: Table, prepared: Any) -> None:
        """What was prepared of the rows of one report; reports come in order."""

    @abstractmethod
    def close(self) -> None:
        """All rows were given: finishes the files."""

    @abstractmethod
    def abandon(self) -> None:
        """Something went wrong: lets go of the files, which nobody will look at."""


def plain(value: Any, type_: str) -> Any:
    """A value in the type of its column: whole numbers as int, whatever the result file had."""
    return int(value) if type_ == "integer" and value is not None else value


def utf8(text: str) -> str:
    """Text without lone surrogates, which only JSON can spell: \\udc80 in words."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


# --- the results of an output folder, one after the other, in the order of their names


def result_files(out: Path) -> list[Path]:
    """The result files of an output folder. Raises UsageError if it is none, or holds none."""
    folder = out / "reports"
    if not folder.is_dir():
        raise UsageError(f"{out} is no output folder of recount structure: it has no folder reports")
    files = sorted(folder.rglob("*.json"), key=lambda file: _order(file.relative_to(folder).as_posix()))
    if not files:
        raise UsageError(f"there is no result in {out}")
    return files


def _order(path: str) -> tuple[str, int]:
    """The place of a result among others: those of one file in its order, the tenth report behind the second."""
    name = path.removesuffix(".json")
    file = file_of(name)
    return f"{file}.json", int(name[len(file) + 1 :] or 0)


def readings(out: Path, statuses: Collection[str] | None = None) -> Iterator[OpenResult]:
    """Every result. Raises UsageError for a file that is none: nothing is left out in silence."""
    return (reading_of(file, statuses) for file in result_files(out))


def reading_of(file: Path, statuses: Collection[str] | None = None) -> OpenResult:
    """A result. Raises UsageError if the file is none."""
    result = read_result(file)
    return OpenResult(result, report_model(result.contract), statuses)


def statuses_named(words: str | None) -> list[str] | None:
    """The statuses of a list such as "verified,repaired"; None for all. Raises UsageError for unknown ones."""
    if words is None:
        return None
    named = [word.strip() for word in words.split(",") if word.strip()]
    unknown = [word for word in named if word not in STATUSES]
    if unknown or not named:
        raise UsageError(f"no status is called {', '.join(unknown or [words])}; there are {', '.join(STATUSES)}")
    return named
