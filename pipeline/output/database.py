"""All tables as one SQLite file.

SQLite has no decimals: numbers are text with the printed digits, and the view `<table>_real` beside every
table has them as floating point numbers, for sums and comparisons that need no last digit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from recount.pipeline.errors import UsageError
from recount.pipeline.output.layout import Table
from recount.pipeline.output.rows import Order, Row, Sink, plain, utf8

_TYPES = {"integer": "INTEGER", "boolean": "INTEGER", "number": "TEXT", "string": "TEXT"}


class SqliteSink(Sink):
    """A database with a table each."""

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
        described = ", ".join(f"{_quoted(head)} {_TYPES[type_]}" for head, type_ in columns)
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
