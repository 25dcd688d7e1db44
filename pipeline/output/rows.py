"""The rows of the tables, out of one result, and what every format does with them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from recount.pipeline.errors import UsageError
from recount.pipeline.language import told
from recount.pipeline.output.layout import Listed, Table
from recount.pipeline.result import STATUSES, Check, FigureEntry, Result
from recount.schemas.describe import (
    JOINT,
    leaves_in,
    leaves_of,
    row_lists,
    row_name,
    rows_at,
    spot,
    steps_of,
    titles,
    way_of,
)
from recount.schemas.saying import Saying, named, say, with_values

_YEAR = "年"
NO_BOX = (None,) * 4

# --- the rows that a result adds to a table


@dataclass(frozen=True, slots=True)
class Row:
    """Values, one a column of its table.

    disputed: which of them an identity contradicts, and why (None where a column says it). years: which are years,
    whose thousands nobody sets apart.
    """

    values: tuple[Any, ...]
    disputed: tuple[tuple[int, Saying | str | None], ...] = ()
    years: tuple[int, ...] = ()


class OpenResult:
    """A result, its model, and what an export wants of it.

    statuses: those that its figures must have to be exported (None: any). same_as: the report that is made of the same
    content, None for the first of those.
    """

    def __init__(
        self,
        result: Result,
        model: type[BaseModel],
        statuses: Collection[str] | None = None,
        same_as: str | None = None,
    ) -> None:
        self.result = result
        self.model = model
        self.report = result.report
        self.figures = result.figures
        self.same_as = same_as
        self._statuses = frozenset(statuses) if statuses is not None else None

    @cached_property
    def about(self) -> tuple[Any, ...]:
        """The first columns of every table: which report this is. A family of the user's may call a text its year."""
        unit, year = self.report.get("unit_name"), self.report.get("fiscal_year")
        is_year = isinstance(year, Decimal | int) and year == int(year)
        return self.result.source.file, unit if isinstance(unit, str) else None, year if is_year else None

    @cached_property
    def broken(self) -> Mapping[str, Check]:
        """The checks that fail, by their ids."""
        return {check.id: check for check in self.result.failing}

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

    def place(self, pointer: str) -> tuple[str, str, str, str]:
        """Key and title of the section, the pointer, and the titles below the section: columns of many tables."""
        named = titles(self.model, self.report, pointer)
        return steps_of(pointer)[0], named[0], pointer, JOINT.join(named[1:]) or named[0]


def rows_of(reading: OpenResult, table: Table) -> Iterator[Row]:
    """The rows that a result adds to a table."""
    maker = _MAKERS.get(table.name)
    return maker(reading) if maker else _listed(reading, table)


def why(figure: FigureEntry, broken: Mapping[str, Check]) -> list[Saying]:
    """Why a figure is disputed, or may not be verified. broken: the failing checks of its result, by their ids."""
    rules = [broken[check].rule for check in figure.checks if check in broken] if figure.status == "disputed" else []
    reasons = [say("does_not_fit", rules=tuple(dict.fromkeys(rules)))] if rules else []
    reasons += [figure.remark] if figure.remark else []
    reasons += [say("read_otherwise", reading=figure.second_reading)] if figure.second_reading else []
    return reasons


def _together(reasons: Sequence[Saying]) -> Saying | None:
    """Several reasons as one."""
    return say("together", parts=tuple(reasons)) if reasons else None


def _report(reading: OpenResult) -> Iterator[Row]:
    source, summary = reading.result.source, reading.result.summary
    statuses = [figure.status for figure in reading.figures.values() if reading.wanted(figure.status)]
    severities = [check.severity for check in reading.result.failing]
    reach = summary.coverage
    yield Row(
        (
            *reading.about,
            source.sha256,
            source.pages,
            len(source.scanned_pages),
            *(statuses.count(status) for status in STATUSES),
            severities.count("error"),
            severities.count("minor"),
            _words(summary.unread_pages),
            len(reach.rows_left_out) if reach is not None else None,
            len(reading.result.rejected),
            reach.covered if reach is not None else None,
            reading.result.contract,
            reading.same_as,
        )
    )


def _words(parts: Sequence[object]) -> str | None:
    """Words or numbers with spaces between them; None for none."""
    return " ".join(map(str, parts)) or None


def _figures(reading: OpenResult) -> Iterator[Row]:
    about, value_at = reading.about, len(reading.about) + 4
    for pointer, figure in reading.figures.items():
        status = figure.status
        if not reading.wanted(status):
            continue
        value = figure.value
        suspects = [
            suspect
            for check in (figure.checks if status == "disputed" else ())
            if check in reading.broken
            for suspect in reading.broken[check].suspects or ()
        ]
        yield Row(
            (
                *about,
                *reading.place(pointer),
                value,
                figure.unit,
                status,
                figure.page,
                figure.raw,
                figure.printed_unit,
                _decimals(value),
                figure.origin,
                figure.line,
                _words(figure.columns or ()),
                *(figure.bbox or NO_BOX),
                figure.confidence,
                figure.mapper,
                figure.agreed,
                _together(why(figure, reading.broken)),
                _words(figure.checks),
                _words(list(dict.fromkeys(suspects))),
                figure.first_reading,
                figure.second_reading,
                *_review(figure),
                reading.same_as,
            ),
            ((value_at, None),) if status == "disputed" else (),
            (value_at,) if figure.unit == _YEAR else (),
        )


def _review(figure: FigureEntry) -> tuple[Any, ...]:
    review = figure.reviewed
    if review is None:
        return (None,) * 4
    return review.by, review.verdict, review.first_value, review.note or None


def _decimals(value: Decimal | int) -> int:
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _texts(reading: OpenResult) -> Iterator[Row]:
    """What is no figure and stands in no cell of the tables of rows."""
    cells = _cells(reading.model)
    for pointer, value in leaves_in(reading.report):
        known = value is None or pointer in reading.figures or reading.value_at(pointer, value) is None
        if known or way_of(steps_of(pointer)) in cells:
            continue
        yield Row((*reading.about, *reading.place(pointer), plain(value, "string"), reading.same_as))


@cache
def _cells(model: type[BaseModel]) -> frozenset[tuple[str, ...]]:
    """The ways to all fields that are cells of tables of rows."""
    return frozenset((*rows.way, *leaf.way) for rows in row_lists(model) for leaf in leaves_of(rows.model))


def _discrepancies(reading: OpenResult) -> Iterator[Row]:
    for check in sorted(reading.result.failing, key=lambda check: check.severity != "error"):
        yield _check(reading, check, ())


def _checks(reading: OpenResult) -> Iterator[Row]:
    for check in reading.result.checks:
        yield _check(reading, check, (check.result,))


def _check(reading: OpenResult, check: Check, before: tuple[str, ...]) -> Row:
    """A check. before: what stands before the columns that it has wherever it is listed."""
    operands = [reading.figures[pointer] for pointer in check.pointers if pointer in reading.figures]
    pages = list(dict.fromkeys(operand.page for operand in operands))
    head = (*reading.about, *before, check.id, check.severity, check.explanation, check.rule, check.expression)
    numbers = (check.printed, check.computed, check.residual, check.tolerance)
    values = (
        *head,
        *numbers,
        pages[0] if pages else None,
        _words(pages),
        _words(check.pointers),
        _words(check.suspects or ()),
        reading.same_as,
    )
    are_years = bool(operands) and all(operand.unit == _YEAR for operand in operands)
    return Row(values, years=tuple(range(len(head), len(head) + len(numbers))) if are_years else ())


def _rejected(reading: OpenResult) -> Iterator[Row]:
    for refused in reading.result.rejected:
        where = reading.place(refused.pointer) if refused.pointer else (None, None, "", None)
        yield Row((*reading.about, *where, refused.proposed, refused.mapper, refused.reason, reading.same_as))


def _remarks(reading: OpenResult) -> Iterator[Row]:
    for remark in reading.result.summary.remarks:
        yield Row(
            (
                *reading.about,
                remark.page,
                remark.line,
                remark.kind,
                remark.words,
                *(remark.bbox or NO_BOX),
                reading.same_as,
            )
        )


def _mentions(reading: OpenResult) -> Iterator[Row]:
    for mention in reading.result.summary.mentions:
        said = mention.raw, mention.unit, mention.page, mention.line, *(mention.bbox or NO_BOX)
        yield Row((*reading.about, *reading.place(mention.pointer), *said, reading.same_as))


def _listed(reading: OpenResult, table: Table) -> Iterator[Row]:
    """The rows of a report's lists."""
    for listed in table.lists:
        if listed.contract == reading.result.contract:
            for pointer, row, around in rows_at(reading.report, listed.rows.way):
                yield _listed_row(reading, listed, table, pointer, row, around)


def _listed_row(
    reading: OpenResult,
    listed: Listed,
    table: Table,
    pointer: str,
    row: Mapping[str, Any],
    around: Mapping[str, Any] | None,
) -> Row:
    """A row: what it is about, its fields in their columns, its first page, its weakest status, its place."""
    values: list[Any] = [None] * len(table.columns)
    way = listed.rows.way
    place = spot(reading.model, way)
    below = JOINT.join(title for title in place.titles[1:] if title is not None)
    number = int(pointer.rpartition("/")[2]) + 1
    head = (*reading.about, way[0], place.titles[0], below or place.titles[0], row_name(around) or None, number)
    values[: len(head)] = head
    disputed: list[tuple[int, Saying | None]] = []
    figures: list[FigureEntry] = []
    for column, leaf in zip(listed.columns, leaves_of(listed.rows.model), strict=True):
        at = f"{pointer}/{'/'.join(leaf.way)}"
        values[column] = reading.value_at(at, _inside(row, leaf.way))
        figure = reading.figures.get(at)
        if figure is not None and reading.wanted(figure.status):
            figures.append(figure)
            if figure.status == "disputed":
                disputed.append((column, _together(why(figure, reading.broken))))
    statuses = [figure.status for figure in figures]
    values[-4:] = (
        figures[0].page if figures else None,
        max(statuses, key=STATUSES.index) if statuses else None,
        pointer,
        reading.same_as,
    )
    return Row(tuple(values), tuple(disputed))


def _inside(row: Any, way: Sequence[str]) -> Any:
    for step in way:
        row = row.get(step) if isinstance(row, Mapping) else None
    return row


# --- rows in Chinese

_NAMED = frozenset({"status", "severity", "result", "fate", "kind", "verdict", "mapper", "agreed", "origin"})
"""The columns that hold a word of results."""
_TITLED = frozenset({"title", "list_of", "unit_kind"})
"""And those that may hold a key, or a word of a schema."""


def in_chinese(table: Table, rows: Iterable[Row]) -> list[Row]:
    """Rows of a table that say in Chinese what results and the ledger say; what a document says stays as it is."""
    names = [column.name if column.type == "string" else "" for column in table.columns]
    return [
        replace(
            row,
            values=tuple(map(_in_chinese, names, row.values)),
            disputed=tuple((at, _in_chinese("", reason)) for at, reason in row.disputed),
        )
        for row in rows
    ]


def _in_chinese(name: str, value: Any) -> Any:
    """A value of a column. name: of the column; "" where it holds no words."""
    if isinstance(value, Saying):
        return value.told("zh")
    if not name or not isinstance(value, str | bool):
        return value
    if name in _NAMED:
        return named(str(value), "zh")
    if name == "reason":
        return told(str(value), "zh")
    text = plain(value, "string")
    return with_values(text, "zh") if name in _TITLED or text in ("true", "false") else text


_MAKERS: Mapping[str, Callable[[OpenResult], Iterator[Row]]] = {
    "reports": _report,
    "figures": _figures,
    "texts": _texts,
    "discrepancies": _discrepancies,
    "checks": _checks,
    "rejected": _rejected,
    "remarks": _remarks,
    "mentions": _mentions,
    "files": lambda _: iter(()),  # of the folder, not of a result
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

See = Callable[[OpenResult], Any]
"""Makes of a result what a sink takes besides rows. It runs in other processes, too."""


class Sink(ABC):
    """Takes the rows of all tables, as `prepare` makes them.

    see: makes of a result what `seen` takes, in other processes, as prepare; None: nothing.
    """

    prepare: Prepare
    see: See | None = None

    @abstractmethod
    def add(self, table: Table, prepared: Any) -> None:
        """What was prepared of the rows of one report; reports come in order."""

    def seen(self, what: Any) -> None:  # noqa: B027 - most have nothing to see
        """What was seen of a result, after its rows."""

    @abstractmethod
    def close(self) -> None:
        """All rows were given: finishes the files."""

    @abstractmethod
    def abandon(self) -> None:
        """Something went wrong: lets go of the files, which nobody will look at."""


def plain(value: Any, type_: str) -> Any:
    """A value in the type of its column: whole numbers as int, and anything in a column of text in words."""
    if value is None or (type_ == "string" and isinstance(value, str)):
        return value
    if type_ == "string":
        return str(value).lower() if isinstance(value, bool) else digits(value)
    return int(value) if type_ == "integer" else value


def digits(value: Any) -> str:
    """A value in words; a Decimal without an exponent, which str() gives to 0E-8."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def utf8(text: str) -> str:
    """Text without lone surrogates, which only JSON can spell: \\udc80 in words."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


# --- the statuses of figures that are wanted


def statuses_named(words: str | None) -> list[str] | None:
    """The statuses of a list such as "verified,repaired"; None for all. Raises UsageError for unknown ones."""
    if words is None:
        return None
    named = [word.strip() for word in words.split(",") if word.strip()]
    unknown = [word for word in named if word not in STATUSES]
    if unknown or not named:
        raise UsageError(f"no status is called {', '.join(unknown or [words])}; there are {', '.join(STATUSES)}")
    return named
