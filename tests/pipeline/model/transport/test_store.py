"""The store is shared by whoever comes, and says in words what is wrong with it."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from recount.pipeline.errors import UsageError
from recount.pipeline.model.ask.question import Reply
from recount.pipeline.model.transport.store import Database
from recount.tests.pipeline.model.server import scripted
from recount.tests.pipeline.model.transport.common import RIGHT, ask, calls, in_threads, question, settings_for
from recount.tests.pipeline.run.faulty import Fault, connecting


def test_many_open_a_new_store_at_once(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"

    def write(number: int) -> None:
        with closing(Database(path)) as store:
            for each in range(20):
                store.write("INSERT INTO modes VALUES (?, ?, 'json')", (str(number), str(each)))

    in_threads(12, write)
    with closing(Database(path)) as store:
        row = store.row("SELECT count(*) FROM modes")
    assert row is not None
    assert row[0] == 240


def _once(store: Database) -> None:
    store.write("INSERT INTO modes VALUES ('a', 'b', 'json')")


def _twice(store: Database) -> None:
    _once(store)
    _once(store)


def test_a_transaction_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "s.sqlite")) as store:
        with pytest.raises(UsageError), store.transaction():
            _twice(store)
        assert not store.rows("SELECT * FROM modes")
        with store.transaction():
            _once(store)
        assert store.rows("SELECT * FROM modes")


def test_what_is_written_is_there_for_others_at_once(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with closing(Database(path)) as one, closing(Database(path)) as other:
        _once(one)
        assert other.rows("SELECT * FROM modes")


def test_a_store_in_memory_is_its_opener_s_alone() -> None:
    with closing(Database(None)) as one, closing(Database(None)) as other:
        _once(one)
        assert not other.rows("SELECT * FROM modes")


def test_what_is_no_store_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database, but long enough to be looked into " * 20)
    with pytest.raises(UsageError, match=r"the store of answers .* cannot be used"):
        Database(tmp_path / "text")
    with pytest.raises(UsageError, match="cannot be used"):
        Database(tmp_path / "no folder" / "s.sqlite")


def test_a_store_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    Database(path).close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(UsageError, match="newer"):
        Database(path)


def test_whichever_statement_fails_no_request_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the endpoint was sent stands in the ledger, and the next run has every answer."""
    questions = question("一"), question("二")
    at, fault = 0, Fault()
    while fault.count >= at:
        at, fault = at + 1, Fault(at=at + 1)
        with scripted(RIGHT) as server:
            settings = settings_for(server, store=tmp_path / f"{at}.sqlite")
            with monkeypatch.context() as patch, suppress(UsageError):
                patch.setattr("recount.pipeline.model.transport.store.sqlite3.connect", connecting(fault))
                ask(settings, *questions)
            seen = len(server.requests)
            assert not seen or len(calls(settings)) >= seen
            assert all(isinstance(reply, Reply) for reply in ask(settings, *questions))
            assert len(calls(settings)) >= len(server.requests)
            assert len(server.requests) <= len(questions) + 1
    assert at > 10
    print(f"{at - 1} statements")
