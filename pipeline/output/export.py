"""Exports an output folder: one pass over the results, in several processes where they are many, into one file or a
folder of files, which appear whole or not at all."""

from __future__ import annotations

import multiprocessing
import os
import secrets
import shutil
import signal
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

from recount.pipeline.errors import UsageError
from recount.pipeline.output.database import SqliteSink
from recount.pipeline.output.delimited import CsvSink, JsonLinesSink, descriptor, document, json_line
from recount.pipeline.output.frames import ParquetSink
from recount.pipeline.output.layout import FIGURES, Table, table_named, tables_of
from recount.pipeline.output.rows import Order, Prepare, Sink, reading_of, result_files, rows_of, statuses_named
from recount.pipeline.output.workbook import WorkbookSink
from recount.pipeline.run.ledger import pdf_paths
from recount.pipeline.run.store import report_model
from recount.schemas.registry import FAMILIES

Format = Literal["jsonl", "csv", "parquet", "xlsx", "sqlite"]
FORMATS: tuple[Format, ...] = ("jsonl", "csv", "parquet", "xlsx", "sqlite")
_ONE_FILE = ("xlsx", "sqlite")
"""Formats of which one file holds all tables."""

_FEW = 100
"""Up to so many files another process costs more time to start than it saves."""
_PIECE = 8
"""Files that a process is given at a time."""
_AHEAD = 4
"""Pieces of work that lie ready, or wait to be fetched, for each process: what bounds the memory."""

T = TypeVar("T")


# --- files that appear whole or not at all: written to a temporary folder, then moved into their places


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A new folder beside the files' places; when all went well, its files are moved into `folder`.

    A file that stood there is replaced. Raises UsageError if they cannot be written; nothing is left behind
    then, nor after Ctrl-C.
    """
    staging = folder / f".{secrets.token_hex(8)}.recount-tmp"
    try:
        staging.mkdir(parents=True)
        yield staging
        for file in sorted(staging.iterdir()):
            if file.is_file():
                _keep(file)
                os.replace(file, folder / file.name)
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _keep(file: Path) -> None:
    """Has the system write a file to the disk before it takes another's place."""
    with file.open("rb+") as open_file:
        os.fsync(open_file.fileno())


# --- the same done to many result files: in several processes where that is worth their start, answers in order


def of_each(files: Sequence[Path], work: Callable[[Path], T]) -> Iterator[T]:
    """What `work` makes of each file, in the order of the files.

    work: with more than a few files it must be importable by name (functools.partial of such a function will do).
    Raises what it raises, and UsageError if a process dies.
    """
    processes = os.cpu_count() or 1
    if len(files) <= _FEW or processes == 1:
        yield from map(work, files)
        return
    pieces = (files[at : at + _PIECE] for at in range(0, len(files), _PIECE))
    context = multiprocessing.get_context("spawn")
    # Ctrl-C is this process's to deal with.
    quiet = (signal.SIGINT, signal.SIG_IGN)
    with ProcessPoolExecutor(processes, mp_context=context, initializer=signal.signal, initargs=quiet) as pool:
        waiting: deque[Future[list[T]]] = deque()
        try:
            for piece in pieces:
                waiting.append(pool.submit(partial(_piece, work), piece))
                if len(waiting) > _AHEAD * processes:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        except BrokenProcessPool as error:
            raise UsageError("a process that read results was killed: is there enough memory?") from error
        finally:
            for future in waiting:
                future.cancel()


def _piece(work: Callable[[Path], T], files: Sequence[Path]) -> list[T]:
    return [work(file) for file in files]


# --- the export


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
    with staged(folder) as staging:
        rows = _fill(_sink(format_, Order(staging, name, chosen, keys), out), out, chosen, statuses)
        (staging / beside).write_bytes(descriptor(format_, name, chosen, keys))
        files = tuple(sorted(folder / file.name for file in staging.iterdir() if file.is_file()))
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
    with staged(target.parent) as staging, (staging / target.name).open("wb") as file:
        for line in of_each(result_files(out), partial(_whole_report, statuses, keys)):
            file.write(line)
            count += 1
        file.flush()
    return Exported((target,), {"reports": count})


def _whole_report(statuses: Collection[str] | None, keys: str, file: Path) -> bytes:
    return json_line(document(reading_of(file, statuses), keys))
