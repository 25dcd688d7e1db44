"""The formats that need no library: CSV, JSON with one row or one whole report a line, SQLite; and the descriptor of an
export of any format.

Decimals keep their printed digits: where a format has no place for them, they are text.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from pydantic import BaseModel

from recount.pipeline.archive.strangers import in_cell
from recount.pipeline.errors import UsageError
from recount.pipeline.output.layout import Column, Table
from recount.pipeline.output.rows import OpenResult, Order, Row, Sink, digits, plain, utf8
from recount.pipeline.result import encode
from recount.pipeline.version import program_version
from recount.schemas.describe import fields_of

_REPORT = (
    Column("file", "文件", "string", "Path of the report below its archive."),
    Column("sha256", "文件散列", "string", "SHA-256 of the file."),
    Column("same_as", "同于", "string", "The report of a file with the same content; count only those with null here."),
    Column("contract", "结果格式", "string", "Family of the report, and the version of its shape."),
    Column("report", "报告", "object", "The report; figures of statuses that were not asked for are null."),
    Column("statuses", "状态", "object", "How far each figure of the report may be believed, by JSON pointer into it."),
)
"""The keys of a whole report."""
_FORMATS = {"csv": "csv", "jsonl": "jsonl", "parquet": "parquet", "xlsx": "xlsx", "sqlite": "sqlite"}
"""What a descriptor calls the formats."""


# --- what the exported columns mean, as a Frictionless Data Package: a descriptor beside the data


def descriptor(format_: str, name: str | None, tables: Sequence[Table], keys: str) -> bytes:
    """The descriptor of an export. name: the one file; None where every table has a file of its own."""
    return _package([_resource(format_, name or f"{table.name}.{format_}", table, keys) for table in tables])


def descriptor_of_reports(name: str, keys: str) -> bytes:
    """The descriptor of a JSON Lines file of this name, of whole reports."""
    return _package([_resource("jsonl", name, Table("reports", "报告", "Whole reports, one a line.", _REPORT), keys)])


def _package(resources: Sequence[dict[str, Any]]) -> bytes:
    package = {
        "name": "recount-export",
        "title": "财务公开报告 · financial disclosure reports, recounted",
        "created_by": f"recount {program_version()}",
        "resources": resources,
    }
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()


def _resource(format_: str, path: str, table: Table, keys: str) -> dict[str, Any]:
    columns = [column for column in table.columns if column.shown or format_ != "xlsx"]
    about: dict[str, Any] = {
        "name": table.name.replace("_", "-"),
        "title": table.title,
        "description": table.description,
        "path": path,
        "format": _FORMATS[format_],
    }
    if format_ in ("csv", "jsonl"):
        about["encoding"] = "utf-8"
    if format_ == "jsonl":
        about["dialect"] = {"json": {"keyed": True}}
    if format_ == "xlsx":
        about["dialect"] = {"excel": {"sheet": table.label(keys)}}
    if format_ == "sqlite":
        about["dialect"] = {"sql": {"table": table.label(keys)}}
    return {**about, "schema": {"fields": [_field(column, keys) for column in columns], "missingValues": [""]}}


def _field(column: Column, keys: str) -> dict[str, Any]:
    return {
        "name": column.title if keys == "zh" else column.name,
        "title": column.name if keys == "zh" else column.title,
        "type": column.type,
        "description": column.description,
    }


# --- a whole report as one JSON object, with the contract's English keys or with the official Chinese titles


def document(reading: OpenResult, keys: str) -> dict[str, Any]:
    """The report of a result with where it comes from; figures of unwanted statuses are null."""
    source, statuses = reading.result.source, dict[str, str]()
    content = _Naming(reading, keys, statuses).object(reading.report, reading.model, "", "")
    values = (source.file, source.sha256, reading.same_as, reading.result.contract, content, statuses)
    return {column.title if keys == "zh" else column.name: value for column, value in zip(_REPORT, values, strict=True)}


@dataclass(frozen=True, slots=True)
class _Naming:
    """How a report is told. statuses: takes those of its figures, by the pointer in the report as it is told."""

    reading: OpenResult
    keys: str
    statuses: dict[str, str]

    def object(
        self, value: Mapping[str, Any], model: type[BaseModel] | None, pointer: str, told: str
    ) -> dict[str, Any]:
        """An object of the report. pointer: to it in the result; told: in what is told."""
        named: dict[str, Any] = {}
        for key, inner in value.items():
            field = fields_of(model).get(key) if model is not None else None
            wanted = field.title if field is not None and self.keys == "zh" else key
            title = wanted if wanted not in named else key
            shape = field.model if field is not None else None
            step = title.replace("~", "~0").replace("/", "~1")
            named[title] = self._content(inner, shape, f"{pointer}/{key}", f"{told}/{step}")
        return named

    def _content(self, value: Any, shape: type[BaseModel] | None, pointer: str, told: str) -> Any:
        if isinstance(value, Mapping):
            return self.object(value, shape, pointer, told)
        if isinstance(value, list | tuple):
            return [self._content(entry, shape, f"{pointer}/{at}", f"{told}/{at}") for at, entry in enumerate(value)]
        figure = self.reading.figures.get(pointer)
        if figure is not None and self.reading.wanted(figure.status):
            self.statuses[told] = figure.status
        return self.reading.value_at(pointer, value)


# --- tables as CSV, and as JSON with one row a line


class CsvSink(Sink):
    """A CSV file each table: UTF-8, a head line, an empty field where there is nothing, no text that is a formula."""

    def __init__(self, order: Order) -> None:
        self.prepare = _csv_lines
        self._stack = ExitStack()
        self._files = {}
        for table in order.tables:
            path = order.path(table, "csv")
            file = self._stack.enter_context(path.open("w", encoding="utf-8", errors="backslashreplace", newline=""))
            file.write(_csv([map(in_cell, table.heads(order.keys))]))
            self._files[table.name] = file

    def add(self, table: Table, prepared: str) -> None:
        self._files[table.name].write(prepared)

    def close(self) -> None:
        self._stack.close()

    abandon = close


def _csv_lines(table: Table, rows: Sequence[Row]) -> str:
    types = [column.type for column in table.columns]
    return _csv(map(_cell, row.values, types) for row in rows)


def _cell(value: Any, type_: str) -> str | int | None:
    """A value as it stands in a field."""
    value = plain(value, type_)
    if type_ == "string":
        return in_cell(value) if value is not None else None
    return digits(value) if isinstance(value, Decimal) else value


def _csv(rows: Iterable[Iterable[Any]]) -> str:
    # Only signs of the end of a line are quoted (Python below 3.13): with \n alone a \r would end a row for a reader.
    lines = _Lines()
    csv.writer(lines, lineterminator="\r\n").writerows(rows)
    return "".join(f"{line[:-2]}\n" for line in lines)


class _Lines(list[str]):
    """Takes the lines of a writer."""

    write = list.append


class JsonLinesSink(Sink):
    """A file each table, each row a JSON object on one line; numbers have the printed digits."""

    def __init__(self, order: Order) -> None:
        self.prepare = partial(_json_lines, order.keys)
        self._stack = ExitStack()
        self._files = {
            table.name: self._stack.enter_context(order.path(table, "jsonl").open("wb")) for table in order.tables
        }

    def add(self, table: Table, prepared: bytes) -> None:
        self._files[table.name].write(prepared)

    def close(self) -> None:
        self._stack.close()

    abandon = close


def _json_lines(keys: str, table: Table, rows: Sequence[Row]) -> bytes:
    heads, types = table.heads(keys), [column.type for column in table.columns]
    return b"".join(json_line(dict(zip(heads, map(plain, row.values, types), strict=True))) for row in rows)


def json_line(value: object) -> bytes:
    """A value as one line of JSON; a lone surrogate becomes the escape that JSON has for it."""
    return encode(value).encode("utf-8", "backslashreplace") + b"\n"


# --- all tables as one SQLite file

_SQL_TYPES = {"integer": "INTEGER", "boolean": "INTEGER", "number": "TEXT", "string": "TEXT"}


class SqliteSink(Sink):
    """A database with a table each. Beside every table the view `<table>_real` has its numbers as floating point
    numbers, for sums and comparisons that need no last digit: SQLite has no decimals."""

    def __init__(self, order: Order) -> None:
        assert order.name is not None
        self.prepare = _stored_rows
        self._keys = order.keys
        # The file is new and nobody reads it before it is whole: no journal is needed.
        self._database = sqlite3.connect(order.folder / order.name)
        self._database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        self._database.execute("BEGIN")
        self._tables = order.tables
        for table in order.tables:
            self._make(table)

    def _make(self, table: Table) -> None:
        name, heads = table.label(self._keys), table.heads(self._keys)
        columns = list(zip(heads, [column.type for column in table.columns], strict=True))
        described = ", ".join(f"{_quoted(head)} {_SQL_TYPES[type_]}" for head, type_ in columns)
        real = ", ".join(
            f"CAST({_quoted(head)} AS REAL) AS {_quoted(head)}" if type_ == "number" else _quoted(head)
            for head, type_ in columns
        )
        self._database.execute(f"CREATE TABLE {_quoted(name)} ({described})")
        self._database.execute(f"CREATE VIEW {_quoted(name + '_real')} AS SELECT {real} FROM {_quoted(name)}")

    def add(self, table: Table, prepared: list[list[Any]]) -> None:
        marks = ", ".join("?" * len(table.columns))
        try:
            self._database.executemany(f"INSERT INTO {_quoted(table.label(self._keys))} VALUES ({marks})", prepared)
        except sqlite3.Error as error:
            raise UsageError(f"the database cannot be written: {error}") from error

    def close(self) -> None:
        try:
            for table in self._tables:
                head = table.heads(self._keys)[0]
                index = _quoted(f"{table.name}_by_report")
                self._database.execute(f"CREATE INDEX {index} ON {_quoted(table.label(self._keys))} ({_quoted(head)})")
            self._database.commit()
        except sqlite3.Error as error:
            raise UsageError(f"the database cannot be written: {error}") from error
        finally:
            self._database.close()

    def abandon(self) -> None:
        self._database.close()


def _stored_rows(table: Table, rows: Sequence[Row]) -> list[list[Any]]:
    types = [column.type for column in table.columns]
    return [[_stored(plain(v, t), t) for v, t in zip(row.values, types, strict=True)] for row in rows]


def _stored(value: Any, type_: str) -> Any:
    if type_ == "number" and value is not None:
        return f"{Decimal(value):f}"
    return utf8(value) if isinstance(value, str) else value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
