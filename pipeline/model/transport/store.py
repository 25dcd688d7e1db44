"""The file that keeps what models answered and what every request took.

SQLite in WAL mode: several processes and threads use it at once, and what is committed outlives a process that is
killed. `Database` is the open file, `AnswerStore` what one run keeps in it for the model that it asks: answers, the
mode that works, the pace, and the batches that were handed in. Requests, and the budget, are in it too: `spending`.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import BaseModel

from recount.pipeline.errors import UsageError
from recount.pipeline.model.ask.question import Question
from recount.pipeline.settings import ModelSettings, ModeName
from recount.pipeline.usage import Usage

STORE_FILE = "model.sqlite"
"""What the file is called beside the ledger of a run, where the user names no other."""

MODES: tuple[ModeName, ...] = ("json_schema", "tools", "json")
"""The modes in the order they are tried in: first the one in which endpoints hold the answer to the schema."""

# SQLite keeps this text in every file, comments and all, so it stays as it is. `answers.key` is made by `key_of`.
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
_SECOND_LAYOUT = """
ALTER TABLE calls ADD COLUMN reckoned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pace ADD COLUMN written REAL NOT NULL DEFAULT 0;
DROP TABLE flights;
DROP INDEX calls_by_run;
CREATE INDEX calls_by_endpoint ON calls (model, endpoint, outcome, input_tokens, output_tokens, reckoned);
"""
_THIRD_LAYOUT = """
ALTER TABLE calls ADD COLUMN cached_tokens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN request TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN answer TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN own_input INTEGER;
ALTER TABLE calls ADD COLUMN own_output INTEGER;
ALTER TABLE calls ADD COLUMN told_input INTEGER;
ALTER TABLE calls ADD COLUMN told_output INTEGER;
CREATE TABLE dialects (model TEXT NOT NULL, endpoint TEXT NOT NULL, given TEXT NOT NULL, learned TEXT NOT NULL,
    PRIMARY KEY (model, endpoint, given));
"""
_FOURTH_LAYOUT = """
DROP INDEX calls_by_endpoint;
CREATE INDEX calls_by_endpoint ON calls (model, endpoint, outcome, input_tokens, output_tokens, reckoned,
    cached_tokens, cost);               -- all that budgets are reckoned from, while every other request waits
"""
_CHANGES = (_TABLES, _SECOND_LAYOUT, _THIRD_LAYOUT, _FOURTH_LAYOUT)
"""What makes each layout out of the one before. reckoned: tokens, before a request was sent. written: when, in seconds
since 1970. cached_tokens: those of input_tokens that the endpoint had kept. request: SHA-256 of what was sent. answer:
what came back. own_…, told_…: tokens by our count and by the endpoint's. learned: of an endpoint's refusals, JSON."""
_LAYOUT = len(_CHANGES)

_BUSY_TIMEOUT = 60.0
"""Seconds that a process waits for the others' transactions."""
_SET_BACK = 1.0
"""Seconds that a clock may be put right by without having been set back."""


# --- the file


class Database:
    """The open file: one connection per process, behind a lock. Every method raises UsageError if it cannot be used."""

    def __init__(self, path: Path | None) -> None:
        """Opens the file, and makes it if there is none. path: None for one in memory."""
        self._name = "in memory" if path is None else str(path)
        self._lock = threading.RLock()
        with self._guarded():
            self._connection = sqlite3.connect(
                ":memory:" if path is None else path,
                isolation_level=None,
                timeout=_BUSY_TIMEOUT,
                check_same_thread=False,
            )
            self._connection.row_factory = sqlite3.Row
            try:
                self._set_up()
            except BaseException:
                self._connection.close()
                raise

    def _set_up(self) -> None:
        self._enter_wal_mode()
        # What was written down before it was sent must be there after a power cut too.
        self._connection.execute("PRAGMA synchronous = FULL")
        with self.transaction():
            layout = self._connection.execute("PRAGMA user_version").fetchone()[0]
            if layout > _LAYOUT:
                raise UsageError(f"{self._name} was written by a newer Recount")
            if layout < _LAYOUT:
                for statement in "".join(_CHANGES[layout:]).split(";\n"):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version = {_LAYOUT}")

    def _enter_wal_mode(self) -> None:
        """SQLite's own timeout does not hold for this pragma, where processes begin at once."""
        give_up = time.monotonic() + _BUSY_TIMEOUT
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.01)
            else:
                return

    def rows(self, query: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """What a query finds."""
        with self._guarded():
            return self._connection.execute(query, values).fetchall()

    def row(self, query: str, values: Sequence[object] = ()) -> sqlite3.Row | None:
        """The first that a query finds, if any."""
        return next(iter(self.rows(query, values)), None)

    def write(self, statement: str, values: Sequence[object] = ()) -> int:
        """Carries out a statement, and commits it unless within a transaction; the id of a new row is returned."""
        with self._guarded():
            return self._connection.execute(statement, values).lastrowid or 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Nobody else writes meanwhile, and all that is written within is written or none of it."""
        with self._guarded():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """One thread at a time; says in words that the file is to blame."""
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise UsageError(f"the store of answers {self._name} cannot be used: {error}") from error


# --- what is kept in it


Outcome = Literal["ok", "invalid", "truncated"]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a question. answer: JSON; of an invalid answer what was wrong with it."""

    outcome: Outcome
    answer: str


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that was handed in. questions: by the key of the answer, as much of each as the ledger keeps."""

    mode: ModeName
    collected: bool
    questions: Mapping[str, Question]


def key_of(settings: ModelSettings, mode: ModeName, question: Question) -> str:
    """The key of a question's answer: a hash of all that decides what is answered."""
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
    parts |= settings.manner
    # The order of a schema's fields is the order in which a model answers, so it is kept.
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


@contextmanager
def opened(settings: ModelSettings) -> Iterator[AnswerStore]:
    """The store that settings name, closed in the end. Raises UsageError if it cannot be opened."""
    with closing(Database(settings.store)) as database:
        yield AnswerStore(database, settings)


class AnswerStore:
    """What a run keeps for the model that its settings name. Every method raises UsageError if the file fails."""

    def __init__(self, database: Database, settings: ModelSettings) -> None:
        self.database, self._settings = database, settings

    def transaction(self) -> AbstractContextManager[None]:
        """All that is kept within is kept or none of it."""
        return self.database.transaction()

    # --- which mode the endpoint understands

    def mode(self) -> ModeName | None:
        """The mode that the settings ask for, or that has been found to work; None if none has."""
        settings = self._settings
        if settings.mode != "auto":
            return settings.mode
        row = self.database.row(
            "SELECT mode FROM modes WHERE model = ? AND endpoint = ?", (settings.name, settings.endpoint)
        )
        return None if row is None else cast(ModeName, row["mode"])

    def keep_mode(self, mode: ModeName) -> None:
        """Keeps that a mode works."""
        values = (self._settings.name, self._settings.endpoint, mode)
        self.database.write("INSERT OR REPLACE INTO modes VALUES (?, ?, ?)", values)

    # --- what its refusals told of how it is asked

    def learned(self) -> dict[str, Any]:
        """What is known of how the endpoint is to be asked, for requests that are given the same parameters."""
        row = self.database.row(
            "SELECT learned FROM dialects WHERE model = ? AND endpoint = ? AND given = ?", self._given
        )
        return {} if row is None else dict(json.loads(row["learned"]))

    def keep_learned(self, learned: Mapping[str, Any]) -> None:
        """Keeps what the endpoint's refusals told."""
        values = (*self._given, json.dumps(learned))
        self.database.write("INSERT OR REPLACE INTO dialects VALUES (?, ?, ?, ?)", values)

    @property
    def _given(self) -> tuple[str, str, str]:
        settings = self._settings
        given = (settings.max_output_tokens, settings.temperature, settings.seed, settings.manner)
        return settings.name, settings.endpoint, json.dumps(given, ensure_ascii=False)

    # --- answers, so that no question is paid for twice

    def key(self, question: Question, mode: ModeName) -> str:
        """The key of a question's answer in a mode."""
        return key_of(self._settings, mode, question)

    def find(self, key: str) -> Kept | None:
        """What is kept of a question; None if it is to be asked."""
        row = self.database.row("SELECT outcome, answer, bound FROM answers WHERE key = ?", (key,))
        if row is None:
            return None
        if row["outcome"] != "ok" and self._limit(row["outcome"]) > row["bound"]:
            return None
        return Kept(row["outcome"], row["answer"])

    def usage(self, key: str) -> Usage | None:
        """What an answer took when it was first asked for, over all attempts; None if none is kept."""
        row = self.database.row(
            "SELECT input_tokens, output_tokens, cost, seconds, calls FROM answers WHERE key = ?", (key,)
        )
        if row is None:
            return None
        return Usage(row["input_tokens"], row["output_tokens"], Decimal(row["cost"]), row["seconds"], row["calls"])

    def keep(self, key: str, mode: ModeName, kept: Kept, usage: Usage) -> None:
        """Keeps the outcome of a question. usage: what it took, over all attempts."""
        self.database.write(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                key,
                kept.outcome,
                kept.answer,
                self._limit(kept.outcome),
                self._settings.name,
                self._settings.endpoint,
                mode,
                datetime.now(UTC).isoformat(timespec="seconds"),
                usage.input_tokens,
                usage.output_tokens,
                str(usage.cost),
                usage.seconds,
                usage.calls,
            ),
        )

    def _limit(self, outcome: Outcome) -> int:
        """The limit under which a question fails in this way: under a wider one it is asked again."""
        return self._settings.reasks if outcome == "invalid" else self._settings.max_output_tokens

    # --- the pace: no more requests a minute than allowed, over all processes that share the file

    def wait_for_turn(self) -> None:
        """Returns when the next request may go; they go at even distances."""
        if self._settings.requests_per_minute is None:
            return
        distance, endpoint = 60.0 / self._settings.requests_per_minute, self._settings.endpoint
        with self.database.transaction():
            now = time.time()
            row = self.database.row("SELECT next, written FROM pace WHERE endpoint = ?", (endpoint,))
            if row is None:
                mine = now
            elif now < row["written"] - _SET_BACK:  # the clock was: what it said before says nothing now
                mine = now + distance
            else:
                mine = max(now, row["next"])
            self.database.write("INSERT OR REPLACE INTO pace VALUES (?, ?, ?)", (endpoint, mine + distance, now))
        time.sleep(max(mine - now, 0.0))

    # --- batches that were handed in

    def keep_batch(self, batch: str, mode: ModeName, questions: Mapping[str, Question]) -> None:
        """Keeps that questions were handed in, within a transaction. questions: by the keys of their answers."""
        values = (batch, self._settings.name, self._settings.endpoint, mode, _now())
        self.database.write("INSERT INTO batches VALUES (?, ?, ?, ?, ?, NULL)", values)
        for key, question in questions.items():
            self.database.write(
                "INSERT INTO batch_questions VALUES (?, ?, ?, ?, ?)",
                (batch, key, question.purpose, question.document, question.round),
            )

    def open_batches(self) -> list[str]:
        """The ids of the batches that were not collected yet, the oldest first."""
        rows = self.database.rows("SELECT id FROM batches WHERE collected IS NULL ORDER BY submitted")
        return [row["id"] for row in rows]

    def keys_in_batches(self) -> set[str]:
        """The keys of the answers that batches are to bring."""
        rows = self.database.rows("SELECT key FROM batch_questions JOIN batches ON id = batch WHERE collected IS NULL")
        return {row["key"] for row in rows}

    def batch(self, batch: str) -> Batch | None:
        """A batch by its id; None if it was not handed in from here."""
        row = self.database.row("SELECT * FROM batches WHERE id = ?", (batch,))
        if row is None:
            return None
        asked = self.database.rows("SELECT * FROM batch_questions WHERE batch = ?", (batch,))
        return Batch(row["mode"], row["collected"] is not None, {line["key"]: _question(line) for line in asked})

    def close_batch(self, batch: str) -> None:
        """Keeps that a batch was collected."""
        self.database.write("UPDATE batches SET collected = ? WHERE id = ?", (_now(), batch))


def _question(row: sqlite3.Row) -> Question:
    """As much of a question as the ledger keeps."""
    return Question("", "", BaseModel, row["purpose"], row["document"], row["round"])


def _now() -> str:
    return moment(time.time())


def moment(seconds: float) -> str:
    """A moment (seconds since 1970) as the store keeps it: UTC, ISO 8601; later ones are greater as text too."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
