"""The ledger of an output folder: which runs there were, and what became of every report in each.

An SQLite file beside the results. Only the process that runs the archive writes to it; anyone may read it.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from recount.pipeline.archive.locations import Place, place_of
from recount.pipeline.archive.sources import Attached, Other, Source
from recount.pipeline.errors import UsageError
from recount.pipeline.result import STATUSES
from recount.pipeline.run.fates import Attempt, FoundFile

LEDGER = "ledger.sqlite"
"""What the ledger of an output folder is called."""

SCHEMA = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    started TEXT NOT NULL,              -- UTC, ISO 8601
    finished TEXT,                      -- null: interrupted
    version TEXT NOT NULL,              -- the program version
    arguments TEXT NOT NULL,            -- a JSON object
    structured INTEGER, unchanged INTEGER, failed INTEGER
);
CREATE TABLE attempts (                 -- every report that a run tried, the failed ones too
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs(id),
    file TEXT NOT NULL,                 -- path below the archive
    sha256 TEXT,                        -- of the file; null: it could not be read
    version TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('ok', 'failed')),
    reason TEXT,                        -- why it failed, in one line
    traceback TEXT,                     -- of an internal error
    pages INTEGER NOT NULL,
    verified INTEGER NOT NULL, repaired INTEGER NOT NULL,
    grounded INTEGER NOT NULL, disputed INTEGER NOT NULL,
    errors INTEGER NOT NULL,            -- failing checks by severity
    minor INTEGER NOT NULL,
    seconds REAL NOT NULL
);
CREATE INDEX attempts_by_file ON attempts (file, id);
CREATE VIEW files AS                    -- where every report stands now: its latest attempt
    SELECT * FROM attempts WHERE id IN (SELECT max(id) FROM attempts GROUP BY file);
"""
_SECOND = """
ALTER TABLE attempts ADD COLUMN stages TEXT NOT NULL DEFAULT '{}';  -- JSON: seconds by stage
ALTER TABLE attempts ADD COLUMN usage TEXT NOT NULL DEFAULT '{}';   -- JSON: calls, tokens and cost of a model
ALTER TABLE attempts ADD COLUMN same_as TEXT;                       -- the report of this content that was structured
CREATE INDEX attempts_by_content ON attempts (sha256);
CREATE TABLE sources (                  -- every report that a run was given, done or not
    file TEXT PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs(id),   -- the latest that was given it
    path TEXT NOT NULL,                 -- or a URL; a blob where it is no UTF-8
    member TEXT,                        -- within the zip archive at path
    bytes INTEGER NOT NULL
);
DROP VIEW files;
CREATE VIEW files AS
    SELECT * FROM attempts WHERE id IN (SELECT max(id) FROM attempts GROUP BY file);
"""
_THIRD = """
ALTER TABLE attempts ADD COLUMN unread TEXT NOT NULL DEFAULT '[]';  -- JSON: the pages that could not be read
DROP VIEW files;
CREATE VIEW files AS
    SELECT * FROM attempts WHERE id IN (SELECT max(id) FROM attempts GROUP BY file);
"""
_FOURTH = """
ALTER TABLE attempts ADD COLUMN reports INTEGER NOT NULL DEFAULT 1;  -- how many the file holds: each has its result
DROP VIEW files;
CREATE VIEW files AS
    SELECT * FROM attempts WHERE id IN (SELECT max(id) FROM attempts GROUP BY file);
"""
_FIFTH = """
CREATE TABLE attempts_now (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs(id),
    file TEXT NOT NULL,
    sha256 TEXT,                        -- of the file; null: it could not be read
    version TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('ok', 'failed', 'unreachable')),
    reason TEXT, traceback TEXT,
    pages INTEGER NOT NULL,
    verified INTEGER NOT NULL, repaired INTEGER NOT NULL,
    grounded INTEGER NOT NULL, disputed INTEGER NOT NULL,
    errors INTEGER NOT NULL, minor INTEGER NOT NULL,
    seconds REAL NOT NULL, stages TEXT NOT NULL, usage TEXT NOT NULL, same_as TEXT, unread TEXT NOT NULL,
    reports INTEGER NOT NULL,
    open TEXT NOT NULL DEFAULT '[]',    -- JSON: the parts that a model was to answer, and did not
    hashes TEXT NOT NULL DEFAULT '[]',  -- JSON: the SHA-256 of each result file, in the order of the reports
    aside TEXT NOT NULL DEFAULT '[]'    -- JSON: results that somebody had changed, by the names of the files kept
);
INSERT INTO attempts_now SELECT id, run, file, sha256, version, status, reason, traceback, pages, verified, repaired,
    grounded, disputed, errors, minor, seconds, stages, usage, same_as, unread, reports, '[]', '[]', '[]' FROM attempts;
DROP VIEW files;
DROP TABLE attempts;
ALTER TABLE attempts_now RENAME TO attempts;
CREATE INDEX attempts_by_file ON attempts (file, id);
CREATE INDEX attempts_by_content ON attempts (sha256);
CREATE TABLE found (                    -- every file that the latest run which looked for files found
    file TEXT NOT NULL,                 -- a report's path below the archive, the whole path of another file
    fate TEXT,                          -- null: it is a report, and its latest attempt says what became of it
    reason TEXT NOT NULL,
    files INTEGER NOT NULL              -- how many: of page images that are one report; 0 where nobody can say
);
"""
_VIEWS = """
CREATE VIEW files AS                    -- where every report stands now: its latest attempt
    SELECT * FROM attempts WHERE id IN (SELECT max(id) FROM attempts GROUP BY file);
CREATE VIEW read AS                     -- the latest attempt that read it: whose result, or failure, is there
    SELECT * FROM attempts WHERE id IN
        (SELECT max(id) FROM attempts WHERE status <> 'unreachable' GROUP BY file);
CREATE VIEW results AS                  -- the latest attempt that wrote results, which may stand still
    SELECT * FROM attempts WHERE id IN (SELECT max(id) FROM attempts WHERE status = 'ok' GROUP BY file);
"""
_ANEW = f"DROP VIEW files; DROP VIEW read; DROP VIEW results; {_VIEWS}"
_SIXTH = f"""
ALTER TABLE attempts ADD COLUMN attached TEXT NOT NULL DEFAULT '[]';  -- JSON: the files that are attached to a PDF
{_ANEW}"""
_SEVENTH = f"""
ALTER TABLE attempts ADD COLUMN reviewed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN corrections TEXT NOT NULL DEFAULT '';  -- SHA-256 of the decisions that were applied
ALTER TABLE attempts ADD COLUMN decisions TEXT NOT NULL DEFAULT '{{}}';  -- JSON: how many came to what
{_ANEW}"""
CHANGES = (SCHEMA, _SECOND, _THIRD, _FOURTH, f"{_FIFTH}{_VIEWS}", _SIXTH, _SEVENTH)
"""What makes each layout out of the one before."""
_LAYOUT = len(CHANGES)

_WORDS = ("file", "sha256", "status", "reason", "traceback")
_COLUMNS = (
    *_WORDS,
    "pages",
    *STATUSES,
    "errors",
    "minor",
    "seconds",
    "stages",
    "usage",
    "same_as",
    "unread",
    "reports",
    "open",
    "hashes",
    "aside",
    "attached",
    "corrections",
    "decisions",
)
_LISTS = ("unread", "open", "hashes", "aside", "attached")
_OBJECTS = ("stages", "usage", "decisions", *_LISTS)
_NUMBERS = ("pages", "errors", "minor", "seconds", "reports")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Run:
    """A run: when it was (UTC, ISO 8601; finished is None while it works or if it was interrupted), what it did.

    arguments: how it was told to work; None where the ledger's row is broken.
    """

    id: int
    started: str
    finished: str | None
    version: str
    arguments: Mapping[str, Any] | None
    structured: int | None
    unchanged: int | None
    failed: int | None


class Ledger:
    """The open ledger. Every method raises UsageError if the file cannot be read or written.

    broken: a line for each row that was met and cannot be understood. It counts as not there: what it told of is done
    again, or told without it.
    """

    def __init__(self, path: Path, *, only_read: bool = False) -> None:
        """Opens the ledger, and makes it if there is none. only_read: a copy in memory, whatever the folder allows."""
        self._path = path
        self.broken: list[str] = []
        with self._guarded():
            # Every statement its own transaction: an attempt is kept as soon as it is recorded.
            self._database = _in_memory(path) if only_read else sqlite3.connect(path, isolation_level=None)
            try:
                self._set_up()
            except BaseException:
                self._database.close()
                raise

    def _set_up(self) -> None:
        self._database.row_factory = sqlite3.Row
        self._database.text_factory = _text
        layout = self._database.execute("PRAGMA user_version").fetchone()[0]
        if layout > _LAYOUT:
            raise UsageError(f"{self._path} was written by a newer Recount")
        self._database.execute("PRAGMA journal_mode = WAL")
        # A power cut may cost the latest rows, never the file: their reports are just done again.
        self._database.execute("PRAGMA synchronous = NORMAL")
        if layout < _LAYOUT:
            changes = "".join(CHANGES[layout:])
            self._database.executescript(f"BEGIN; {changes} PRAGMA user_version = {_LAYOUT}; COMMIT;")
        if missing := _columns_of_a_ledger() - _columns_of(self._database):
            table, column = min(missing)
            raise UsageError(f"the ledger {self._path} cannot be used: its {table} have no {column}")

    def start_run(self, version: str, arguments: Mapping[str, object]) -> int:
        """Records that a run begins; its number is returned."""
        with self._guarded():
            row = self._database.execute(
                "INSERT INTO runs (started, version, arguments) VALUES (?, ?, ?)",
                (_now(), version, json.dumps(arguments, ensure_ascii=False)),
            )
        assert row.lastrowid is not None
        return row.lastrowid

    def finish_run(self, run: int, *, structured: int, unchanged: int, failed: int) -> None:
        """Records that a run came to its end."""
        with self._guarded():
            self._database.execute(
                "UPDATE runs SET finished = ?, structured = ?, unchanged = ?, failed = ? WHERE id = ?",
                (_now(), structured, unchanged, failed, run),
            )

    def record(self, run: int, version: str, attempt: Attempt) -> None:
        """Keeps an attempt."""
        values = [_stored(attempt, column) for column in _COLUMNS]
        marks = ", ".join("?" * (len(_COLUMNS) + 2))
        with self._guarded():
            self._database.execute(
                f"INSERT INTO attempts (run, version, {', '.join(_COLUMNS)}) VALUES ({marks})",
                (run, version, *values),
            )

    def give(self, run: int, sources: Sequence[Source]) -> None:
        """Records which reports a run was given, and where they lie."""
        with self._transaction():
            self._give(run, sources)

    def _give(self, run: int, sources: Sequence[Source]) -> None:
        rows = [(s.name, run, _path_stored(s.place), s.member, s.size) for s in sources]
        self._database.executemany("INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?)", rows)

    def find(self, sources: Sequence[Source], others: Sequence[Other]) -> None:
        """Records which files there are, in the place of those that an earlier run found."""
        named: list[tuple[object, ...]] = [(source.name, None, "", source.files) for source in sources]
        named += [(other.name, other.fate, other.reason, other.files) for other in others]
        with self._transaction():
            self._database.execute("DELETE FROM found")
            self._find(named)

    def attach(self, run: int, carrier: Source, files: Sequence[Attached]) -> None:
        """Records which files are attached to a PDF: found by the run that structured it, which is given the reports.

        Before its attempt: a run that is killed in between does it again.
        """
        rows = [
            (_utf8(f"{carrier.name}/{file.name}"), None if file.member else file.fate, file.reason, file.files)
            for file in files
        ]
        with self._transaction():
            self._give(run, [file.source(carrier) for file in files if file.member])
            self._database.executemany("DELETE FROM found WHERE file = ? AND fate IS ?", [row[:2] for row in rows])
            self._find(rows)

    def _find(self, rows: Iterable[tuple[object, ...]]) -> None:
        """Keeps files: the name of each, its fate (None of a report), the reason, how many it is."""
        kept = [tuple(_utf8(value) for value in row) for row in rows]
        self._database.executemany("INSERT INTO found VALUES (?, ?, ?, ?)", kept)

    def found(self, latest: Mapping[str, Attempt]) -> list[FoundFile]:
        """Every file that the latest run which looked for files found, with what became of it up to now.

        latest: as of the method of this name.
        """
        with self._guarded():
            rows = self._database.execute("SELECT * FROM found ORDER BY fate, file").fetchall()
        return [_found(row, latest.get(row["file"])) for row in rows]

    def given(self) -> list[Source]:
        """Every report that a run was given, by name."""
        with self._guarded():
            rows = self._database.execute("SELECT * FROM sources ORDER BY file").fetchall()
        return list(self._understood(rows, _source).values())

    def left_undone(self) -> list[Source]:
        """The reports that were given to a run and that it did not come to: it was interrupted, or works still."""
        with self._guarded():
            rows = self._database.execute(
                "SELECT sources.* FROM sources JOIN runs ON runs.id = sources.run WHERE finished IS NULL AND NOT EXISTS"
                " (SELECT 1 FROM attempts WHERE attempts.run = sources.run AND attempts.file = sources.file)"
                " ORDER BY file"
            ).fetchall()
        return list(self._understood(rows, _source).values())

    def latest(self) -> dict[str, Attempt]:
        """The latest attempt at every report, by file."""
        return self._attempts("SELECT * FROM files ORDER BY file")

    def results(self) -> dict[str, Attempt]:
        """The latest attempt at every report that wrote results, by file: these stand where nothing replaced them."""
        return self._attempts("SELECT * FROM results ORDER BY file")

    def _attempts(self, question: str, *values: str) -> dict[str, Attempt]:
        with self._guarded():
            rows = self._database.execute(question, values).fetchall()
        return self._understood(rows, _attempt)

    def last_run(self) -> Run | None:
        """The latest run, None if there was none."""
        with self._guarded():
            row = self._database.execute("SELECT * FROM runs ORDER BY id DESC LIMIT 1").fetchone()
        if row is None:
            return None
        try:
            arguments = _object(row["arguments"], dict)
        except (ValueError, TypeError) as error:
            self.broken.append(f"the arguments of run {row['id']} are broken: {error}")
            arguments = None
        return Run(**{**row, "arguments": arguments})

    def families(self) -> list[str]:
        """The families that runs were told of, by name or folder, and the folders of many; the latest first."""
        told = [f"json_extract(arguments, '$.{name}') AS {name}" for name in ("family", "families")]
        query = f"SELECT {', '.join(told)} FROM runs WHERE json_valid(arguments) ORDER BY id"
        with self._guarded():
            rows = self._database.execute(query).fetchall()
        named = dict.fromkeys(family for row in reversed(rows) for family in row)
        return [family for family in named if isinstance(family, str)]

    def successes(self, version: str) -> dict[str, Attempt]:
        """The reports that this version of the program structured when it could last read them, by file.

        One that a model did not answer about is none of them: it is to be asked again.
        """
        return self._attempts("SELECT * FROM read WHERE status = 'ok' AND open = '[]' AND version = ?", version)

    def _understood(self, rows: Sequence[sqlite3.Row], make: Callable[[sqlite3.Row], T]) -> dict[str, T]:
        """What rows say, by file."""
        found = {}
        for row in rows:
            try:
                found[str(row["file"])] = make(row)
            except (ValueError, TypeError) as error:
                line = f"a row of {row['file']!r} is broken: {error}"
                self.broken += [line] if line not in self.broken else []
        return found

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All that is kept within is kept or none of it."""
        with self._guarded():
            self._database.execute("BEGIN")
            yield
            self._database.execute("COMMIT")

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Says in words that the ledger's file is to blame."""
        try:
            yield
        except (sqlite3.Error, UnicodeError) as error:  # the latter where a damaged schema is quoted as what is wrong
            raise UsageError(f"the ledger {self._path} cannot be used: {error}") from error


def _text(raw: bytes) -> str:
    """A text as it is kept; of a damaged one what is no UTF-8 becomes words."""
    return raw.decode("utf-8", "backslashreplace")


def _columns_of(database: sqlite3.Connection) -> set[tuple[str, str]]:
    """The names of the tables and views with those of their columns."""
    tables = "sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type IN ('table', 'view')"
    return {(table, column) for table, column in database.execute(f"SELECT m.name, c.name FROM {tables}")}


@cache
def _columns_of_a_ledger() -> set[tuple[str, str]]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript("".join(CHANGES))
        return _columns_of(database)


def _in_memory(path: Path) -> sqlite3.Connection:
    """A copy of a ledger. Neither the file nor its folder is written to, as opening it would: a folder may be
    somebody else's, or lie on a disk that takes nothing."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    address = Path(os.path.abspath(path)).as_uri()
    aside = path.with_name(f"{path.name}-wal")
    whole = not aside.exists() or not aside.stat().st_size
    try:
        with closing(sqlite3.connect(f"{address}?{'immutable=1' if whole else 'mode=ro'}", uri=True)) as file:
            file.backup(copy)
    except sqlite3.OperationalError:
        # What a killed run has not put into the file itself cannot be read without writing beside it.
        with closing(sqlite3.connect(f"{address}?immutable=1", uri=True)) as file:
            file.backup(copy)
    return copy


def _attempt(row: sqlite3.Row) -> Attempt:
    """An attempt. Raises ValueError or TypeError for a row that is none: a database takes any value in any column."""
    values = {name: row[name] for name in _COLUMNS if name not in STATUSES}
    values |= {name: _object(values[name], list if name in _LISTS else dict) for name in _OBJECTS}
    values |= {name: tuple(values[name]) for name in _LISTS}
    values["attached"] = tuple(Attached(*about) for about in values["attached"])
    figures = {status: row[status] for status in STATUSES if status != "reviewed" or row[status]}
    for name, number in {**{name: values[name] for name in _NUMBERS}, **figures}.items():
        if not isinstance(number, int | float):
            raise TypeError(f"{name} is {number!r}")
    return Attempt(figures=figures, **values)


def _source(row: sqlite3.Row) -> Source:
    """A report that a run was given. Raises as `_attempt` does."""
    if not isinstance(row["bytes"], int):
        raise TypeError(f"bytes is {row['bytes']!r}")
    return Source(_path_of(row["path"]), row["file"], row["member"], row["bytes"])


def _object(cell: object, kind: type) -> Any:
    """What a cell of JSON holds. Raises ValueError or TypeError if that is nothing of the kind."""
    if not isinstance(cell, str | bytes):
        raise TypeError(f"{cell!r} is no JSON")
    found = json.loads(cell)
    if not isinstance(found, kind):
        raise TypeError(f"{cell!r} is no {kind.__name__}")
    return found


def _found(row: sqlite3.Row, attempt: Attempt | None) -> FoundFile:
    if row["fate"] is not None:
        return FoundFile(**row)
    if attempt is None:
        return FoundFile(row["file"], "not begun", "", row["files"], report=True)
    return FoundFile(row["file"], attempt.fate, attempt.reason or "", row["files"], report=True)


def _stored(attempt: Attempt, column: str) -> object:
    """What a column keeps of an attempt."""
    if column in STATUSES:
        return attempt.figures.get(column, 0)
    value = getattr(attempt, column)
    if column in _OBJECTS:
        return json.dumps(value, default=astuple)
    return _utf8(value)


def _utf8(value: object) -> object:
    """A message may quote a file name that is no UTF-8."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _path_stored(place: Place) -> str | bytes:
    name = os.fsencode(str(place))
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name


def _path_of(stored: str | bytes) -> Place:
    return place_of(os.fsdecode(stored))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
