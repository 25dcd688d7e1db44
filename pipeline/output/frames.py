"""Tables as polars frames, in memory or as Parquet files: decimals are exact, in columns of decimals."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recount.pipeline.errors import needed
from recount.pipeline.output.layout import Table
from recount.pipeline.output.rows import Order, Row, Sink, plain, utf8

if TYPE_CHECKING:
    import polars

_SCALE = 6
"""Decimals of a decimal column: 元 converted to 万元 has six. A figure that has more widens its column."""
_PRECISION = 38
_BATCH = 50_000
"""So many rows are held as Python values before they become a frame."""


def frame(table: Table, rows: Sequence[Sequence[Any]], heads: Sequence[str] | None = None) -> polars.DataFrame:
    """Rows as a frame, its columns called by their names or by `heads`."""
    pl = needed("polars", "a table of figures in Python", "export")
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(table.columns)
    return pl.DataFrame(  # type: ignore[no-any-return]  # polars is imported when it is needed
        [
            _series(pl, head, column.type, values)
            for head, column, values in zip(heads or table.heads("en"), table.columns, columns, strict=True)
        ]
    )


def joined(frames: Sequence[polars.DataFrame]) -> polars.DataFrame:
    """Frames of one table as one; decimals get as many places as the widest of them has."""
    pl = needed("polars", "a table of figures in Python", "export")
    return pl.concat(frames, how="vertical_relaxed")  # type: ignore[no-any-return]


def _series(pl: Any, name: str, type_: str, values: Sequence[Any]) -> Any:
    if type_ == "number":
        numbers = [value if value is None or isinstance(value, Decimal) else Decimal(value) for value in values]
        return pl.Series(name, numbers, dtype=pl.Decimal(_PRECISION, _scale(numbers)))
    types = {"integer": pl.Int64, "boolean": pl.Boolean, "string": pl.String}
    if type_ == "string":
        values = [value if value is None else utf8(plain(value, type_)) for value in values]
        return pl.Series(name, values, dtype=types[type_])
    return pl.Series(name, [plain(value, type_) for value in values], dtype=types[type_])


def _scale(numbers: Iterable[Decimal | None]) -> int:
    exponents = [int(number.as_tuple().exponent) for number in numbers if number is not None]
    return max(_SCALE, -min(exponents, default=0))


class ParquetSink(Sink):
    """A Parquet file each table; of rows that are many only a batch is ever in memory."""

    def __init__(self, order: Order) -> None:
        self._pl: Any = needed("polars", "the Parquet format", "export")
        self.prepare = _values
        self._order = order
        self._waiting: dict[str, list[Sequence[Any]]] = {table.name: [] for table in order.tables}
        self._parts: dict[str, list[Path]] = {table.name: [] for table in order.tables}
        self._aside = order.folder / "parts"
        self._aside.mkdir()

    def add(self, table: Table, prepared: list[Sequence[Any]]) -> None:
        waiting = self._waiting[table.name]
        waiting.extend(prepared)
        if len(waiting) >= _BATCH:
            self._write(table)

    def close(self) -> None:
        for table in self._order.tables:
            if self._waiting[table.name] or not self._parts[table.name]:
                self._write(table)
            parts = [self._pl.scan_parquet(part) for part in self._parts[table.name]]
            whole = self._pl.concat(parts, how="vertical_relaxed")
            whole.sink_parquet(self._order.path(table, "parquet"), compression="zstd")
        self.abandon()

    def abandon(self) -> None:
        shutil.rmtree(self._aside, ignore_errors=True)

    def _write(self, table: Table) -> None:
        """Puts the waiting rows into a file of their own."""
        parts = self._parts[table.name]
        parts.append(self._aside / f"{table.name}-{len(parts)}.parquet")
        frame(table, self._waiting[table.name], table.heads(self._order.keys)).write_parquet(parts[-1])
        self._waiting[table.name] = []


def _values(table: Table, rows: Sequence[Row]) -> list[Sequence[Any]]:  # noqa: ARG001 - the signature of a preparation
    return [row.values for row in rows]
