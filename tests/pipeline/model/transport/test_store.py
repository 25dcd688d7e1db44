"""The store is shared by whoever comes, and says in words what is wrong with it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from recount.pipeline.errors import UsageError
from recount.pipeline.model.transport.store import Store, opened
from recount.tests.pipeline.model.transport.common import in_threads


def test_many_open_a_new_store_at_once(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"

    def write(number: int) -> None:
        with opened(path) as store:
            for each in range(20):
                store.write("INSERT INTO modes VALUES (?, ?, 'json')", (str(number), str(each)))

    in_threads(12, write)
    with opened(path) as store:
        row = store.row("SELECT count(*) FROM modes")
    assert row is not None
    assert row[0] == 240


def _once(store: Store) -> None:
    store.write("INSERT INTO modes VALUES ('a', 'b', 'json')")


def _twice(store: Store) -> None:
    _once(store)
    _once(store)


def test_a_turn_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    with opened(tmp_path / "s.sqlite") as store:
        with pytest.raises(UsageError), store.turn():
            _twice(store)
        assert not store.rows("SELECT * FROM modes")
        with store.turn():
            _once(store)
        assert store.rows("SELECT * FROM modes")


def test_what_is_written_is_there_for_others_at_once(tmp_path: Path) -> None:
    with opened(tmp_path / "s.sqlite") as one, opened(tmp_path / "s.sqlite") as other:
        _once(one)
        assert other.rows("SELECT * FROM modes")


def test_a_store_in_memory_is_its_opener_s_alone() -> None:
    with opened(None) as one, opened(None) as other:
        _once(one)
        assert not other.rows("SELECT * FROM modes")


def test_what_is_no_store_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database, but long enough to be looked into " * 20)
    with pytest.raises(UsageError, match=r"the store of answers .* cannot be used"):
        Store(tmp_path / "text")
    with pytest.raises(UsageError, match="cannot be used"):
        Store(tmp_path / "no folder" / "s.sqlite")


def test_a_store_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    Store(path).close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(UsageError, match="newer"):
        Store(path)
