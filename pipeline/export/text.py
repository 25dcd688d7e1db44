"""Tables as text: CSV, and JSON with one row or one whole report a line. Decimals keep their printed digits."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

from recount.pipeline.export.rows import Row
from recount.pipeline.export.sink import Order, Sink, plain
from recount.pipeline.export.tables import Table
from recount.pipeline.jsonfile import encode


class CsvSink(Sink):
    """A CSV file each table: UTF-8, a head line, an empty field where there is nothing."""

    def __init__(self, order: Order) -> None:
        self._stack = ExitStack()
        self._writers = {}
        for table in order.tables:
            path = order.path(table, "csv")
            file = self._stack.enter_context(path.open("w", encoding="utf-8", errors="backslashreplace", newline=""))
            self._writers[table.name] = csv.writer(file, lineterminator="\n")
            self._writers[table.name].writerow(table.heads(order.keys))

    def add(self, table: Table, rows: Iterable[Row]) -> None:
        types = [column.type for column in table.columns]
        self._writers[table.name].writerows(
            [_digits(plain(value, type_)) for value, type_ in zip(row.values, types, strict=True)] for row in rows
        )

    def close(self) -> None:
        self._stack.close()

    abandon = close


def _digits(value: Any) -> Any:
    """A Decimal without an exponent, which str() gives to 0E-8."""
    return f"{value:f}" if isinstance(value, Decimal) else value


class JsonLinesSink(Sink):
    """A file each table, each row a JSON object on one line; numbers have the printed digits."""

    def __init__(self, order: Order) -> None:
        self._stack = ExitStack()
        self._heads = {table.name: table.heads(order.keys) for table in order.tables}
        self._files = {
            table.name: self._stack.enter_context(order.path(table, "jsonl").open("wb")) for table in order.tables
        }

    def add(self, table: Table, rows: Iterable[Row]) -> None:
        heads = self._heads[table.name]
        types = [column.type for column in table.columns]
        file = self._files[table.name]
        for row in rows:
            values = map(plain, row.values, types)
            file.write(json_line(dict(zip(heads, values, strict=True))))

    def close(self) -> None:
        self._stack.close()

    abandon = close


def json_line(value: object) -> bytes:
    """A value as one line of JSON; a lone surrogate becomes the escape that JSON has for it."""
    return encode(value).encode("utf-8", "backslashreplace") + b"\n"
