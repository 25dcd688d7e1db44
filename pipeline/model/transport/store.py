"""The file that keeps what models answered and what every request took.

SQLite in WAL mode: several processes and threads use it at once, and what is committed outlives a process that is
killed. One connection per process, behind a lock.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast

from recount.pipeline.errors import UsageError
from recount.pipeline.model.ask.question import Question
from recount.pipeline.model.settings import ModelSettings, ModeName
from recount.pipeline.usage import Usage

_LAYOUT = 1
_TABLES = """
CREATE TABLE answers (
    key TEXT PRIMARY KEY,               -- see answers.py
    outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'invalid', 'truncated')),
    answer TEXT NOT NULL,               -- JSON; of an invalid one: what was wrong with it
    bound INTEGER NOT NULL,             -- the limit under which it failed: output tokens, or re-asks
    model TEXT NOT NULL, endpoint TEXT NOT NULL, mode TEXT NOT NULL,
    answered TEXT NOT NULL,             -- UTC, ISO 8601
    input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, cost TEXT NOT NULL,
    seconds REAL NOT NULL, calls INTEGER NOT NULL
);
CREATE TABLE calls (                    -- every request that was sent
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL, document TEXT NOT NULL, purpose TEXT NOT NULL, round INTEGER NOT NULL,
    key TEXT NOT NULL,                  -- of the answer
    model TEXT NOT NULL, endpoint TEXT NOT NULL,
    started TEXT NOT NULL,              -- UTC, ISO 8601
    seconds REAL NOT NULL,
    input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL,
    cost TEXT NOT NULL,                 -- decimal, in the currency of the user's prices
    outcome TEXT NOT NULL, detail TEXT NOT NULL
);
CREATE INDEX calls_by_run ON calls (run, input_tokens, output_tokens);
CREATE TABLE flights (                  -- requests on their way, with what they are reckoned to take
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL,
    until REAL NOT NULL,                -- seconds since 1970; past it the process was killed
    input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL
);
CREATE TABLE pace (
    endpoint TEXT PRIMARY KEY,
    next REAL NOT NULL                  -- when the next request may go, seconds since 1970
);
CREATE TABLE modes (                    -- the first mode that was found to work
    model TEXT NOT NULL, endpoint TEXT NOT NULL, mode TEXT NOT NULL,
    PRIMARY KEY (model, endpoint)
);
CREATE TABLE batches (
    id TEXT PRIMARY KEY,
    model TEXT NOT NULL, endpoint TEXT NOT NULL, mode TEXT NOT NULL,
    submitted TEXT NOT NULL,
    collected TEXT                      -- null: not yet
);
CREATE TABLE batch_questions (
    batch TEXT NOT NULL REFERENCES batches(id),
    key TEXT NOT NULL, purpose TEXT NOT NULL, document TEXT NOT NULL, round INTEGER NOT NULL,
    PRIMARY KEY (batch, key)
);
"""
_PATIENCE = 60.0
"""Seconds that a process waits for the others' turns."""


class Store:
    """The open file. Every method raises UsageError if it cannot be read or written."""

    def __init__(self, path: Path | None) -> None:
        """Opens the file, and makes it if there is none. None: a store in memory."""
        self._name = "in memory" if path is None else str(path)
        self._lock = threading.RLock()
        with self._guarded():
            self._database = sqlite3.connect(
                ":memory:" if path is None else path,
                isolation_level=None,
                timeout=_PATIENCE,
                check_same_thread=False,
            )
            self._database.row_factory = sqlite3.Row
            try:
                self._set_up()
            except BaseException:
                self._database.close()
                raise

    def _set_up(self) -> None:
        self._share()
        # A power cut may cost the latest answers, never the file.
        self._database.execute("PRAGMA synchronous = NORMAL")
        with self.turn():
            layout = self._database.execute("PRAGMA user_version").fetchone()[0]
            if layout > _LAYOUT:
                raise UsageError(f"{self._name} was written by a newer Recount")
            if layout < _LAYOUT:
                for statement in _TABLES.split(";\n"):
                    self._database.execute(statement)
                self._database.execute(f"PRAGMA user_version = {_LAYOUT}")

    def _share(self) -> None:
        """Into WAL mode. SQLite does not wait for its turn there, where processes begin at once."""
        patience = time.monotonic() + _PATIENCE
        while True:
            try:
                self._database.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                if time.monotonic() > patience:
                    raise
                time.sleep(0.01)
            else:
                return

    def rows(self, query: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """What a query finds."""
        with self._guarded():
            return self._database.execute(query, values).fetchall()

    def row(self, query: str, values: Sequence[object] = ()) -> sqlite3.Row | None:
        """The first that a query finds, if any."""
        return next(iter(self.rows(query, values)), None)

    def write(self, statement: str, values: Sequence[object] = ()) -> int:
        """Carries out a statement, and commits it unless within a turn; the id of a new row is returned."""
        with self._guarded():
            return self._database.execute(statement, values).lastrowid or 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Nobody else writes meanwhile, and all that is written within is written or none of it."""
        with self._guarded():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._database.execute("COMMIT")
            except BaseException:
                self._database.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._database.close()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """One thread at a time; says in words that the file is to blame."""
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise UsageError(f"the store of answers {self._name} cannot be used: {error}") from error


@contextmanager
def opened(path: Path | None) -> Iterator[Store]:
    """A store, closed in the end. Raises UsageError as Store does."""
    store = Store(path)
    try:
        yield store
    finally:
        store.close()


# Which mode an endpoint understands, as a probe has found it.


MODES: tuple[ModeName, ...] = ("json_schema", "tools", "json")
"""The modes in the order they are tried in: first the one in which endpoints hold the answer to the schema."""


def mode_of(store: Store, settings: ModelSettings) -> ModeName | None:
    """The mode that the settings ask for, or that has been found to work; None if none has."""
    if settings.mode != "auto":
        return settings.mode
    row = store.row("SELECT mode FROM modes WHERE model = ? AND endpoint = ?", (settings.name, settings.endpoint))
    return None if row is None else cast(ModeName, row["mode"])


def remember(store: Store, settings: ModelSettings, mode: ModeName) -> ModelSettings:
    """Keeps that a mode works; the settings with that mode are returned."""
    store.write("INSERT OR REPLACE INTO modes VALUES (?, ?, ?)", (settings.name, settings.endpoint, mode))
    return replace(settings, mode=mode)


# Answers that are kept, so that no question is paid for twice.


Outcome = Literal["ok", "invalid", "truncated"]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a question. answer: JSON; of an invalid answer what was wrong with it."""

    outcome: Outcome
    answer: str


def key_of(settings: ModelSettings, mode: ModeName, question: Question) -> str:
    """The key of a question's answer."""
    parts = {
        "model": settings.name,
        "endpoint": settings.endpoint,
        "mode": mode,
        "system": question.system,
        "user": question.user,
        "name": question.response.__name__,
        "schema": question.response.model_json_schema(),
        "temperature": settings.temperature,
        "seed": settings.seed,
    }
    # The order of a schema's fields is the order in which a model answers, so it is kept.
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def find(store: Store, settings: ModelSettings, key: str) -> Kept | None:
    """What is kept of a question; None if it is to be asked."""
    row = store.row("SELECT outcome, answer, bound FROM answers WHERE key = ?", (key,))
    if row is None:
        return None
    if row["outcome"] != "ok" and _limit(settings, row["outcome"]) > row["bound"]:
        return None
    return Kept(row["outcome"], row["answer"])


def keep(store: Store, settings: ModelSettings, mode: ModeName, key: str, kept: Kept, usage: Usage) -> None:
    """Keeps the outcome of a question. usage: what it took, over all attempts."""
    store.write(
        "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            key,
            kept.outcome,
            kept.answer,
            _limit(settings, kept.outcome),
            settings.name,
            settings.endpoint,
            mode,
            datetime.now(UTC).isoformat(timespec="seconds"),
            usage.input_tokens,
            usage.output_tokens,
            str(usage.cost),
            usage.seconds,
            usage.calls,
        ),
    )


def _limit(settings: ModelSettings, outcome: Outcome) -> int:
    return settings.reasks if outcome == "invalid" else settings.max_output_tokens
