"""Tables as text: CSV, and JSON with one row or one whole report a line; and the descriptor of an export of any format.

Decimals keep their printed digits.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from decimal import Decimal
from functools import partial
from typing import Any

from pydantic import BaseModel

from recount.pipeline.output.layout import Column, Table
from recount.pipeline.output.rows import OpenResult, Order, Row, Sink, plain
from recount.pipeline.result import encode
from recount.pipeline.version import program_version
from recount.schemas.describe import fields_of

_KEYS = {
    "en": ("file", "sha256", "report"),
    "zh": ("文件", "文件散列", "报告"),
}
_FORMATS = {"csv": "csv", "jsonl": "jsonl", "parquet": "parquet", "xlsx": "xlsx", "sqlite": "sqlite"}
"""What a descriptor calls the formats."""


# --- what the exported columns mean, as a Frictionless Data Package: a descriptor beside the data


def descriptor(format_: str, name: str | None, tables: Sequence[Table], keys: str) -> bytes:
    """The descriptor of an export. name: the one file; None where every table has a file of its own."""
    package = {
        "name": "recount-export",
        "title": "部门决算 · departmental final accounts, recounted",
        "created_by": f"recount {program_version()}",
        "resources": [_resource(format_, name or f"{table.name}.{format_}", table, keys) for table in tables],
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
    source = reading.result.source
    content = _named(reading, reading.report, reading.model, "", keys)
    return dict(zip(_KEYS[keys], (source.file, source.sha256, content), strict=True))


def _named(
    reading: OpenResult, value: Mapping[str, Any], model: type[BaseModel] | None, pointer: str, keys: str
) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for key, inner in value.items():
        field = fields_of(model).get(key) if model is not None else None
        title = field.title if field is not None and keys == "zh" else key
        named[title] = _content(reading, inner, field.model if field is not None else None, f"{pointer}/{key}", keys)
    return named


def _content(reading: OpenResult, value: Any, shape: type[BaseModel] | None, pointer: str, keys: str) -> Any:
    if isinstance(value, Mapping):
        return _named(reading, value, shape, pointer, keys)
    if isinstance(value, list | tuple):
        return [_content(reading, entry, shape, f"{pointer}/{at}", keys) for at, entry in enumerate(value)]
    return reading.value_at(pointer, value)


# --- tables as CSV, and as JSON with one row a line


class CsvSink(Sink):
    """A CSV file each table: UTF-8, a head line, an empty field where there is nothing."""

    def __init__(self, order: Order) -> None:
        self.prepare = _csv_lines
        self._stack = ExitStack()
        self._files = {}
        for table in order.tables:
            path = order.path(table, "csv")
            file = self._stack.enter_context(path.open("w", encoding="utf-8", errors="backslashreplace", newline=""))
            file.write(_csv([table.heads(order.keys)]))
            self._files[table.name] = file

    def add(self, table: Table, prepared: str) -> None:
        self._files[table.name].write(prepared)

    def close(self) -> None:
        self._stack.close()

    abandon = close


def _csv_lines(table: Table, rows: Sequence[Row]) -> str:
    types = [column.type for column in table.columns]
    return _csv([_digits(plain(value, type_)) for value, type_ in zip(row.values, types, strict=True)] for row in rows)


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _digits(value: Any) -> Any:
    """A Decimal without an exponent, which str() gives to 0E-8."""
    return f"{value:f}" if isinstance(value, Decimal) else value


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
