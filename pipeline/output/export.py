"""Exports an output folder: one pass over the results, in several processes where they are many, into one file or a
folder of files, which appear whole or not at all."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

from recount.pipeline.errors import RecountError, UsageError
from recount.pipeline.lasting import LEFTOVER, keep_folder, temporary_in
from recount.pipeline.output.folder import Entry, Kinds, Shelf, file_rows, pdf_paths, shelf_of
from recount.pipeline.output.formats import (
    CsvSink,
    JsonLinesSink,
    SqliteSink,
    descriptor,
    descriptor_of_reports,
    document,
    json_line,
)
from recount.pipeline.output.frames import ParquetSink
from recount.pipeline.output.layout import FIGURES, FILES, Table, named_in
from recount.pipeline.output.rows import Order, Prepare, See, Sink, in_chinese, rows_of, statuses_named
from recount.pipeline.output.workbook import Front, WorkbookSink, link_to
from recount.pipeline.run.pool import Died, Pool

Format = Literal["jsonl", "csv", "parquet", "xlsx", "sqlite"]
FORMATS: tuple[Format, ...] = ("jsonl", "csv", "parquet", "xlsx", "sqlite")
_ONE_FILE = ("xlsx", "sqlite")
"""Formats of which one file holds all tables."""

_FEW = 100
"""Up to so many files another process costs more time to start than it saves."""
_PIECE = 8
"""Files that a process is given at a time."""

_OLD = 24 * 3600
"""Seconds after which a temporary folder is nobody's, where that cannot be known."""

I = TypeVar("I")  # noqa: E741 - an item
T = TypeVar("T")


# --- files that appear whole or not at all: written to a temporary folder, then moved into their places


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A new folder beside the files' places; when all went well, its files are moved into `folder`.

    A file that stood there is replaced. Raises UsageError if they cannot be written; nothing is left behind
    then, nor after Ctrl-C or SIGTERM. What a killed export has left there is removed first.
    """
    staging, held = folder, None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        staging, held = _held(folder)
        with _stopped_by_signal():
            yield staging
            for file in sorted(staging.iterdir()):
                if file.is_file():
                    _keep(file)
                    os.replace(file, folder / file.name)
            keep_folder(folder)
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror or error}") from error
    finally:
        if staging != folder:
            shutil.rmtree(staging, ignore_errors=True)
        if held is not None:
            os.close(held)


def _held(folder: Path) -> tuple[Path, int | None]:
    """A new temporary folder, and the lock on it, which dies with this process: who can take it may sweep."""
    while True:
        staging = temporary_in(folder)
        staging.mkdir()
        with suppress(BlockingIOError):
            held = _lock(staging)
            if held is None or _is(staging, held):
                return staging, held
            os.close(held)
        # another process swept it before it was held


def _is(staging: Path, held: int) -> bool:
    """Whether a folder that is held is still the one of this name."""
    with suppress(OSError):
        return os.path.samestat(staging.stat(), os.fstat(held))
    return False


def _sweep(folder: Path) -> None:
    """Removes the temporary folders of exports that were killed."""
    for leftover in folder.glob(LEFTOVER):
        if not leftover.is_dir():
            continue
        with suppress(BlockingIOError):  # an export that works
            held = _lock(leftover)
            if held is not None or _is_old(leftover):
                shutil.rmtree(leftover, ignore_errors=True)
            if held is not None:
                os.close(held)


def _is_old(leftover: Path) -> bool:
    """Where folders cannot be locked: whether nobody can be at it any more."""
    with suppress(OSError):
        return time.time() - leftover.stat().st_mtime > _OLD
    return False


if sys.platform == "win32":

    def _lock(folder: Path) -> int | None:  # noqa: ARG001 - as below
        """Windows locks no folders."""
        return None

else:
    import fcntl

    def _lock(folder: Path) -> int | None:
        """A lock on a folder, None if its file system knows none. Raises BlockingIOError if another process has it."""
        held = None
        try:
            held = os.open(folder, os.O_RDONLY)
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if held is not None:
                os.close(held)
            if isinstance(error, BlockingIOError):
                raise
            return None
        return held


@contextmanager
def _stopped_by_signal() -> Iterator[None]:
    """Has SIGTERM end this process by way of an exception, so that what was begun is cleaned up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _keep(file: Path) -> None:
    """Has the system write a file to the disk before it takes another's place."""
    with file.open("rb+") as open_file:
        os.fsync(open_file.fileno())


# --- the same done to many result files: in several processes where that is worth their start, answers in order


def of_each(items: Sequence[I], work: Callable[[I], T], staging: Path | None = None) -> Iterator[T]:
    """What `work` makes of each item, in their order.

    work: with more than a few items it must be importable by name (functools.partial of such a function will do).
    staging: what the processes remove if this one is killed. Raises what work raises, and UsageError if processes die
    of a piece of it. One that is killed half-way through an answer holds up nothing: each has a connection of its own.
    """
    processes = os.cpu_count() or 1
    if len(items) <= _FEW or processes == 1:
        yield from map(work, items)
        return
    pieces = enumerate(items[at : at + _PIECE] for at in range(0, len(items), _PIECE))
    orphaned = None if staging is None else partial(shutil.rmtree, staging, ignore_errors=True)
    pool: Pool[tuple[int, Sequence[I]], list[T] | RecountError] = Pool(
        partial(_piece, work), processes, orphaned=orphaned
    )
    done: dict[int, list[T] | RecountError] = {}
    turn = 0
    with closing(pool.work(pieces)) as answers:
        for (number, _), answer in answers:
            if isinstance(answer, Died):
                raise UsageError(f"results cannot be read: {answer}; is there enough memory?")
            done[number] = answer
            while turn in done:
                yield from _or_raise(done.pop(turn))
                turn += 1


def _piece(work: Callable[[I], T], piece: tuple[int, Sequence[I]]) -> list[T] | RecountError:
    try:
        return [work(item) for item in piece[1]]
    except RecountError as error:
        return error


def _or_raise(answer: list[T] | RecountError) -> list[T]:
    if isinstance(answer, RecountError):
        raise answer
    return answer


# --- the export


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written. rows: how many of each table (of whole reports: "reports")."""

    files: tuple[Path, ...]
    rows: Mapping[str, int]


def export(
    out: Path,
    target: Path,
    format_: str | None = None,
    *,
    status: str | None = None,
    keys: str = "en",
    table: str | None = None,
    family: str | None = None,
    front: Front | None = None,
) -> Exported:
    """Writes the results of the output folder `out` to target, with a Frictionless descriptor beside.

    target: a file; or a folder (it exists, or has no suffix), which gets a file each table. format_: one of FORMATS,
    None where the target's suffix says it. status: only figures
    of these statuses, "verified,repaired". keys: "en" or "zh". table: only this one; without it a CSV or Parquet
    file has the figures, a JSON Lines file whole reports. family: the folder of one of the user's that results are of,
    where it is no longer where runs found it. front: the first sheet of a workbook of all tables. Raises UsageError.
    """
    format_ = format_ or _format_of(target)
    if format_ not in FORMATS:
        raise UsageError(f"no format is called {format_}; there are {', '.join(FORMATS)}")
    if keys not in ("en", "zh"):
        raise UsageError(f"keys are en or zh, not {keys}")
    statuses = statuses_named(status)
    is_folder = target.is_dir() or not target.suffix
    if is_folder and format_ in _ONE_FILE:
        raise UsageError(f"{format_} is one file with all tables: name it, as in -o {target / f'figures.{format_}'}")
    shelf = shelf_of(out, family)
    if format_ == "jsonl" and table is None and not is_folder:
        return _whole_reports(shelf, target, statuses, keys)
    chosen = _chosen(shelf.kinds.tables, table, alone=not is_folder and format_ not in _ONE_FILE)
    folder, name = (target, None) if is_folder else (target.parent, target.name)
    beside = "datapackage.json" if name is None else f"{name}.datapackage.json"
    with staged(folder) as staging:
        order = Order(staging, name, chosen, keys)
        sink = _sink(format_, order, out, folder, front if table is None else None)
        rows = _fill(sink, shelf, out, order, (statuses, keys == "zh"))
        (staging / beside).write_bytes(descriptor(format_, name, chosen, keys))
        files = tuple(sorted(folder / file.name for file in staging.iterdir() if file.is_file()))
    return Exported(files, rows)


def _chosen(tables: tuple[Table, ...], table: str | None, *, alone: bool) -> tuple[Table, ...]:
    """The tables to be written. alone: the file has room for one."""
    if table is not None:
        return (named_in(tables, table),)
    return (FIGURES,) if alone else tables


def _format_of(target: Path) -> str:
    """The format that a file's name asks for. Raises UsageError if it asks for none."""
    suffix = target.suffix.lower().lstrip(".")
    if suffix not in FORMATS:
        raise UsageError(f"{target.name} does not say which format is wanted: --format {', '.join(FORMATS)}")
    return suffix


def _sink(format_: str, order: Order, out: Path, folder: Path, front: Front | None) -> Sink:
    """What writes a format. folder: where the file will lie, which links lead from."""
    makers: Mapping[str, Callable[[], Sink]] = {
        "csv": lambda: CsvSink(order),
        "jsonl": lambda: JsonLinesSink(order),
        "parquet": lambda: ParquetSink(order),
        "sqlite": lambda: SqliteSink(order),
        "xlsx": lambda: WorkbookSink(
            order, {name: link_to(pdf, folder) for name, pdf in pdf_paths(out).items()}, front
        ),
    }
    return makers[format_]()


Wanted = tuple[Collection[str] | None, bool]
"""The statuses that figures must have (None: any), and whether rows are to be in Chinese."""


def _fill(sink: Sink, shelf: Shelf, out: Path, order: Order, wanted: Wanted) -> dict[str, int]:
    """Gives a sink the rows of every result; how many of each table is returned."""
    chinese = wanted[1]
    by_name = {table.name: table for table in order.tables}
    counts = dict.fromkeys(by_name, 0)
    done = False
    try:
        if FILES.name in by_name:
            rows = file_rows(out)
            counts[FILES.name] = len(rows)
            sink.add(FILES, sink.prepare(FILES, in_chinese(FILES, rows) if chinese else rows))
        work = partial(_parts, shelf.kinds, tuple(by_name), wanted, (sink.prepare, sink.see))
        for parts, what in of_each(shelf.entries, work, order.folder):
            for name, (number, prepared) in zip(by_name, parts, strict=True):
                counts[name] += number
                sink.add(by_name[name], prepared)
            if sink.see is not None:
                sink.seen(what)
        sink.close()
        done = True
    finally:
        if not done:
            sink.abandon()
    return counts


def _parts(
    kinds: Kinds,
    names: Sequence[str],
    wanted: Wanted,
    takes: tuple[Prepare, See | None],
    entry: Entry,
) -> tuple[list[tuple[int, Any]], Any]:
    """Of each table how many rows a result adds to it, and what the sink takes for them; and what it sees of it."""
    (statuses, chinese), (prepare, see) = wanted, takes
    reading = kinds.opened(entry, statuses)
    parts = []
    for name in names:
        table = named_in(kinds.tables, name)
        rows = list(rows_of(reading, table))
        parts.append((len(rows), prepare(table, in_chinese(table, rows) if chinese else rows)))
    return parts, see(reading) if see is not None else None


def _whole_reports(shelf: Shelf, target: Path, statuses: Collection[str] | None, keys: str) -> Exported:
    """A JSON Lines file with one whole report a line."""
    count = 0
    beside = f"{target.name}.datapackage.json"
    with staged(target.parent) as staging:
        with (staging / target.name).open("wb") as file:
            for line in of_each(shelf.entries, partial(_whole_report, shelf.kinds, statuses, keys), staging):
                file.write(line)
                count += 1
        (staging / beside).write_bytes(descriptor_of_reports(target.name, keys))
    return Exported((target, target.parent / beside), {"reports": count})


def _whole_report(kinds: Kinds, statuses: Collection[str] | None, keys: str, entry: Entry) -> bytes:
    return json_line(document(kinds.opened(entry, statuses), keys))
