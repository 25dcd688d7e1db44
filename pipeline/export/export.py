"""Exports an output folder: one pass over the results, into one file or a folder of files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from recount.pipeline.errors import UsageError
from recount.pipeline.export.database import SqliteSink
from recount.pipeline.export.datapackage import descriptor
from recount.pipeline.export.frames import ParquetSink
from recount.pipeline.export.many import of_each
from recount.pipeline.export.nested import document
from recount.pipeline.export.outputs import reading_of, result_files, statuses_named
from recount.pipeline.export.rows import rows_of
from recount.pipeline.export.sink import Order, Prepare, Sink
from recount.pipeline.export.staging import staged
from recount.pipeline.export.tables import FIGURES, Table, table_named, tables_of
from recount.pipeline.export.text import CsvSink, JsonLinesSink, json_line
from recount.pipeline.export.workbook import WorkbookSink
from recount.pipeline.ledger import pdf_paths
from recount.pipeline.lookup import report_model
from recount.schemas.registry import FAMILIES

Format = Literal["jsonl", "csv", "parquet", "xlsx", "sqlite"]
FORMATS: tuple[Format, ...] = ("jsonl", "csv", "parquet", "xlsx", "sqlite")
_ONE_FILE = ("xlsx", "sqlite")
"""Formats of which one file holds all tables."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written. rows: how many of each table (of whole reports: "reports")."""

    files: tuple[Path, ...]
    rows: Mapping[str, int]


def export(
    out: Path,
    target: Path,
    format_: str,
    *,
    status: str | None = None,
    keys: str = "en",
    table: str | None = None,
) -> Exported:
    """Writes the results of the output folder `out` to target, with a Frictionless descriptor beside.

    target: a file; or a folder (it exists, or has no suffix), which gets a file each table. status: only figures
    of these statuses, "verified,repaired". keys: "en" or "zh". table: only this one; without it a CSV or Parquet
    file has the figures, a JSON Lines file whole reports. Raises UsageError.
    """
    if format_ not in FORMATS:
        raise UsageError(f"no format is called {format_}; there are {', '.join(FORMATS)}")
    if keys not in ("en", "zh"):
        raise UsageError(f"keys are en or zh, not {keys}")
    statuses = statuses_named(status)
    is_folder = target.is_dir() or not target.suffix
    if is_folder and format_ in _ONE_FILE:
        raise UsageError(f"{format_} is one file with all tables: name it, as in -o {target / f'figures.{format_}'}")
    if format_ == "jsonl" and table is None and not is_folder:
        return _whole_reports(out, target, statuses, keys)
    chosen = _chosen(table, alone=not is_folder and format_ not in _ONE_FILE)
    folder, name = (target, None) if is_folder else (target.parent, target.name)
    beside = "datapackage.json" if name is None else f"{name}.datapackage.json"
    with staged(folder) as aside:
        rows = _fill(_sink(format_, Order(aside, name, chosen, keys), out), out, chosen, statuses)
        (aside / beside).write_bytes(descriptor(format_, name, chosen, keys))
        files = tuple(sorted(folder / each.name for each in aside.iterdir() if each.is_file()))
    return Exported(files, rows)


def _chosen(table: str | None, *, alone: bool) -> tuple[Table, ...]:
    """The tables to be written. alone: the file has room for one."""
    model = report_model(FAMILIES[0].contract)
    if table is not None:
        return (table_named(model, table),)
    return (FIGURES,) if alone else tables_of(model)


def _sink(format_: str, order: Order, out: Path) -> Sink:
    makers: Mapping[str, Callable[[], Sink]] = {
        "csv": lambda: CsvSink(order),
        "jsonl": lambda: JsonLinesSink(order),
        "parquet": lambda: ParquetSink(order),
        "sqlite": lambda: SqliteSink(order),
        "xlsx": lambda: WorkbookSink(order, pdf_paths(out)),
    }
    return makers[format_]()


def _fill(sink: Sink, out: Path, tables: Collection[Table], statuses: Collection[str] | None) -> dict[str, int]:
    """Gives a sink the rows of every result; how many of each table is returned."""
    by_name = {table.name: table for table in tables}
    counts = dict.fromkeys(by_name, 0)
    done = False
    try:
        for parts in of_each(result_files(out), partial(_parts, tuple(by_name), statuses, sink.prepare)):
            for name, (rows, prepared) in zip(by_name, parts, strict=True):
                counts[name] += rows
                sink.add(by_name[name], prepared)
        sink.close()
        done = True
    finally:
        if not done:
            sink.abandon()
    return counts


def _parts(
    names: Sequence[str], statuses: Collection[str] | None, prepare: Prepare, file: Path
) -> list[tuple[int, Any]]:
    """Of each table how many rows a result adds to it, and what the sink takes for them."""
    reading = reading_of(file, statuses)
    parts = []
    for name in names:
        table = table_named(report_model(FAMILIES[0].contract), name)
        rows = list(rows_of(reading, table))
        parts.append((len(rows), prepare(table, rows)))
    return parts


def _whole_reports(out: Path, target: Path, statuses: Collection[str] | None, keys: str) -> Exported:
    """A JSON Lines file with one whole report a line."""
    count = 0
    with staged(target.parent) as aside, (aside / target.name).open("wb") as file:
        for line in of_each(result_files(out), partial(_whole_report, statuses, keys)):
            file.write(line)
            count += 1
        file.flush()
    return Exported((target,), {"reports": count})


def _whole_report(statuses: Collection[str] | None, keys: str, file: Path) -> bytes:
    return json_line(document(reading_of(file, statuses), keys))
