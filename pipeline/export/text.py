"""Tables as text: CSV, and JSON with one row or one whole report a line. Decimals keep their printed digits."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from decimal import Decimal
from functools import partial
from typing import Any

from recount.pipeline.export.rows import Row
from recount.pipeline.export.sink import Order, Sink, plain
from recount.pipeline.export.tables import Table
from recount.pipeline.jsonfile import encode


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
