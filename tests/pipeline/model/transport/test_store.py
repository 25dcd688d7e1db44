"""The store is shared by whoever comes, and says in words what is wrong with it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from recount.pipeline.errors import UsageError
from recount.pipeline.model.transport.store import Database
from recount.tests.pipeline.model.transport.common import in_threads


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
