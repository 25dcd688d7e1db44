"""The file that keeps what models answered and what every request took.

SQLite in WAL mode: several processes and threads use it at once, and what is committed outlives a process that is
killed. `Database` is the open file, `Store` what one run keeps in it for the model that it asks: answers, the mode that
works, the ledger of requests, the budget, the pace, and the batches that were handed in.
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
from typing import Literal, cast

from pydantic import BaseModel

from recount.pipeline.errors import BudgetSpent, UsageError
from recount.pipeline.model.ask.question import Question
from recount.pipeline.model.transport.price import cost
from recount.pipeline.settings import ModelSettings, ModeName
from recount.pipeline.usage import Usage

STORE_FILE = "model.sqlite"
"""What the file is called beside the ledger of a run, where the user names no other."""

MODES: tuple[ModeName, ...] = ("json_schema", "tools", "json")
"""The modes in the order they are tried in: first the one in which endpoints hold the answer to the schema."""

_LAYOUT = 1
# SQLite keeps this text in every file, comments and all, so it stays as it is. `flights` holds the reservations of the
# budget, `answers.key` is made by `key_of`.
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
_BUSY_TIMEOUT = 60.0
"""Seconds that a process waits for the others' transactions."""
_RESERVED_BEYOND = 60
"""Seconds past a request's timeout after which its process must have been killed."""


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
        # A power cut may cost the latest answers, never the file.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        with self.transaction():
            layout = self._connection.execute("PRAGMA user_version").fetchone()[0]
            if layout > _LAYOUT:
                raise UsageError(f"{self._name} was written by a newer Recount")
            if layout < _LAYOUT:
                for statement in _TABLES.split(";\n"):
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
class Call:
    """What became of one request. started: seconds since 1970.

    outcome: ok, http 429 (or another status), timeout, connection, invalid (not to the schema), truncated, refused.
    detail: a few words, without a secret and without the text of a prompt.
    """

    started: float
    usage: Usage
    outcome: str
    detail: str = ""


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
        self._database, self._settings = database, settings

    def transaction(self) -> AbstractContextManager[None]:
        """All that is kept within is kept or none of it."""
        return self._database.transaction()

    # --- which mode the endpoint understands

    def mode(self) -> ModeName | None:
        """The mode that the settings ask for, or that has been found to work; None if none has."""
        settings = self._settings
        if settings.mode != "auto":
            return settings.mode
        row = self._database.row(
            "SELECT mode FROM modes WHERE model = ? AND endpoint = ?", (settings.name, settings.endpoint)
        )
        return None if row is None else cast(ModeName, row["mode"])

    def keep_mode(self, mode: ModeName) -> None:
        """Keeps that a mode works."""
        values = (self._settings.name, self._settings.endpoint, mode)
        self._database.write("INSERT OR REPLACE INTO modes VALUES (?, ?, ?)", values)

    # --- answers, so that no question is paid for twice

    def key(self, question: Question, mode: ModeName) -> str:
        """The key of a question's answer in a mode."""
        return key_of(self._settings, mode, question)

    def find(self, key: str) -> Kept | None:
        """What is kept of a question; None if it is to be asked."""
        row = self._database.row("SELECT outcome, answer, bound FROM answers WHERE key = ?", (key,))
        if row is None:
            return None
        if row["outcome"] != "ok" and self._limit(row["outcome"]) > row["bound"]:
            return None
        return Kept(row["outcome"], row["answer"])

    def usage(self, key: str) -> Usage | None:
        """What an answer took when it was first asked for, over all attempts; None if none is kept."""
        row = self._database.row(
            "SELECT input_tokens, output_tokens, cost, seconds, calls FROM answers WHERE key = ?", (key,)
        )
        if row is None:
            return None
        return Usage(row["input_tokens"], row["output_tokens"], Decimal(row["cost"]), row["seconds"], row["calls"])

    def keep(self, key: str, mode: ModeName, kept: Kept, usage: Usage) -> None:
        """Keeps the outcome of a question. usage: what it took, over all attempts."""
        self._database.write(
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

    # --- the ledger: every request that was sent, what it took and what became of it

    def record(self, key: str, question: Question, call: Call) -> None:
        """Keeps a call. key: of the answer that was asked for."""
        started = datetime.fromtimestamp(call.started, UTC).isoformat(timespec="milliseconds")
        self._database.write(
            "INSERT INTO calls (run, document, purpose, round, key, model, endpoint, started, seconds, input_tokens,"
            " output_tokens, cost, outcome, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._settings.run,
                question.document,
                question.purpose,
                question.round,
                key,
                self._settings.name,
                self._settings.endpoint,
                started,
                call.usage.seconds,
                call.usage.input_tokens,
                call.usage.output_tokens,
                str(call.usage.cost),
                call.outcome,
                call.detail,
            ),
        )

    def tokens(self) -> tuple[int, int]:
        """Input and output tokens of all requests of the run."""
        return self._sums("calls WHERE run = ?", (self._settings.run,))

    def _sums(self, where: str, values: Sequence[object]) -> tuple[int, int]:
        row = self._database.row(
            f"SELECT coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0) FROM {where}", values
        )
        assert row is not None, "a sum has a row"
        return row[0], row[1]

    # --- the budget of the run, over all its processes

    @contextmanager
    def reserved(self, input_tokens: int, output_tokens: int) -> Iterator[None]:
        """Holds what a request is reckoned to take, until its call is recorded.

        Raises BudgetSpent if that is more than the rest of the budget.
        """
        if self._settings.budget is None and self._settings.budget_tokens is None:
            yield
            return
        reservation = self._reserve(input_tokens, output_tokens)
        try:
            yield
        finally:
            self._database.write("DELETE FROM flights WHERE id = ?", (reservation,))

    def _reserve(self, input_tokens: int, output_tokens: int) -> int:
        run, now = self._settings.run, time.time()
        with self._database.transaction():
            spent = self.tokens()
            in_flight = self._sums("flights WHERE run = ? AND until > ?", (run, now))
            self._check_budget(spent[0] + in_flight[0] + input_tokens, spent[1] + in_flight[1] + output_tokens)
            return self._database.write(
                "INSERT INTO flights (run, until, input_tokens, output_tokens) VALUES (?, ?, ?, ?)",
                (run, now + self._settings.timeout + _RESERVED_BEYOND, input_tokens, output_tokens),
            )

    def _check_budget(self, input_tokens: int, output_tokens: int) -> None:
        settings = self._settings
        if settings.budget_tokens is not None and input_tokens + output_tokens > settings.budget_tokens:
            raise BudgetSpent(f"the budget of {settings.budget_tokens:,} tokens is spent: the model is asked no more")
        if settings.budget is not None and cost(settings, input_tokens, output_tokens) > settings.budget:
            raise BudgetSpent(f"the budget of {settings.budget} is spent: the model is asked no more")

    # --- the pace: no more requests a minute than allowed, over all processes that share the file

    def wait_for_turn(self) -> None:
        """Returns when the next request may go; they go at even distances."""
        if self._settings.requests_per_minute is None:
            return
        distance, endpoint = 60.0 / self._settings.requests_per_minute, self._settings.endpoint
        with self._database.transaction():
            now = time.time()
            row = self._database.row("SELECT next FROM pace WHERE endpoint = ?", (endpoint,))
            mine = now if row is None else max(now, row["next"])
            self._database.write("INSERT OR REPLACE INTO pace VALUES (?, ?)", (endpoint, mine + distance))
        time.sleep(max(mine - now, 0.0))

    # --- batches that were handed in

    def keep_batch(self, batch: str, mode: ModeName, questions: Mapping[str, Question]) -> None:
        """Keeps that questions were handed in. questions: by the keys of their answers."""
        with self._database.transaction():
            values = (batch, self._settings.name, self._settings.endpoint, mode, _now())
            self._database.write("INSERT INTO batches VALUES (?, ?, ?, ?, ?, NULL)", values)
            for key, question in questions.items():
                self._database.write(
                    "INSERT INTO batch_questions VALUES (?, ?, ?, ?, ?)",
                    (batch, key, question.purpose, question.document, question.round),
                )

    def open_batches(self) -> list[str]:
        """The ids of the batches that were not collected yet, the oldest first."""
        rows = self._database.rows("SELECT id FROM batches WHERE collected IS NULL ORDER BY submitted")
        return [row["id"] for row in rows]

    def keys_in_batches(self) -> set[str]:
        """The keys of the answers that batches are to bring."""
        rows = self._database.rows("SELECT key FROM batch_questions JOIN batches ON id = batch WHERE collected IS NULL")
        return {row["key"] for row in rows}

    def batch(self, batch: str) -> Batch | None:
        """A batch by its id; None if it was not handed in from here."""
        row = self._database.row("SELECT * FROM batches WHERE id = ?", (batch,))
        if row is None:
            return None
        asked = self._database.rows("SELECT * FROM batch_questions WHERE batch = ?", (batch,))
        return Batch(row["mode"], row["collected"] is not None, {line["key"]: _question(line) for line in asked})

    def close_batch(self, batch: str) -> None:
        """Keeps that a batch was collected."""
        self._database.write("UPDATE batches SET collected = ? WHERE id = ?", (_now(), batch))


def _question(row: sqlite3.Row) -> Question:
    """As much of a question as the ledger keeps."""
    return Question("", "", BaseModel, row["purpose"], row["document"], row["round"])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
