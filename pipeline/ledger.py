"""The ledger of an output folder: which runs there were, and what became of every report in each.

An SQLite file beside the results. Only the process that runs the archive writes to it; anyone may read it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Literal

from recount.pipeline.errors import UsageError

STATUSES = ("verified", "repaired", "grounded", "disputed")
"""The statuses of a figure, the surest first."""

_LAYOUT = 1
_SCHEMA = """
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
_WORDS = ("file", "sha256", "status", "reason", "traceback")
_COLUMNS = (*_WORDS, "pages", *STATUSES, "errors", "minor", "seconds")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one report.

    file: its path below the archive. sha256: of the file, None if it could not be read. reason: why it
    failed, one line; traceback: of an internal error only. figures: how many of each status. errors,
    minor: failing checks.
    """

    file: str
    sha256: str | None
    status: Literal["ok", "failed"]
    reason: str | None = None
    traceback: str | None = None
    pages: int = 0
    figures: Mapping[str, int] = field(default_factory=dict)
    errors: int = 0
    minor: int = 0
    seconds: float = 0.0


class Ledger:
    """The open ledger. Every method raises UsageError if the file cannot be read or written."""

    def __init__(self, path: Path) -> None:
        """Opens the ledger, and makes it if there is none."""
        self._path = path
        with self._guarded():
            # Every statement its own transaction: an attempt is kept as soon as it is recorded.
            self._database = sqlite3.connect(path, isolation_level=None)
            try:
                self._set_up()
            except BaseException:
                self._database.close()
                raise

    def _set_up(self) -> None:
        self._database.row_factory = sqlite3.Row
        layout = self._database.execute("PRAGMA user_version").fetchone()[0]
        if layout > _LAYOUT:
            raise UsageError(f"{self._path} was written by a newer Recount")
        self._database.execute("PRAGMA journal_mode = WAL")
        # A power cut may cost the latest rows, never the file: their reports are just done again.
        self._database.execute("PRAGMA synchronous = NORMAL")
        if layout < _LAYOUT:
            self._database.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_LAYOUT}; COMMIT;")

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
        values = [
            attempt.figures.get(column, 0) if column in STATUSES else _storable(getattr(attempt, column))
            for column in _COLUMNS
        ]
        marks = ", ".join("?" * (len(_COLUMNS) + 2))
        with self._guarded():
            self._database.execute(
                f"INSERT INTO attempts (run, version, {', '.join(_COLUMNS)}) VALUES ({marks})",
                (run, version, *values),
            )

    def successes(self, version: str) -> dict[str, Attempt]:
        """The reports whose latest attempt succeeded with this version of the program, by file."""
        with self._guarded():
            rows = self._database.execute(
                "SELECT * FROM files WHERE status = 'ok' AND version = ?", (version,)
            ).fetchall()
        return {row["file"]: _attempt(row) for row in rows}

    def attempts(self, file: str) -> Sequence[Attempt]:
        """Every attempt at a report, the oldest first."""
        with self._guarded():
            rows = self._database.execute("SELECT * FROM attempts WHERE file = ? ORDER BY id", (file,)).fetchall()
        return [_attempt(row) for row in rows]

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
    def _guarded(self) -> Iterator[None]:
        """Says in words that the ledger's file is to blame."""
        try:
            yield
        except sqlite3.Error as error:
            raise UsageError(f"the ledger {self._path} cannot be used: {error}") from error


def _attempt(row: sqlite3.Row) -> Attempt:
    figures = {status: row[status] for status in STATUSES}
    return Attempt(figures=figures, **{name: row[name] for name in _COLUMNS if name not in STATUSES})


def _storable(value: object) -> object:
    """A value that SQLite takes: a message may quote a file name that is no UTF-8."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def pdf_paths(out: Path) -> dict[str, str]:
    """Where the PDFs of an output folder's reports lay when they were structured, by file."""
    return {}
