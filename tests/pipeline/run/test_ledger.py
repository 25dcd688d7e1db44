"""The ledger keeps every attempt and knows which reports are done."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from recount.pipeline.errors import UsageError
from recount.pipeline.run.ledger import Attempt, Ledger

DONE = Attempt(
    "2022/甲.pdf",
    "ab",
    "ok",
    pages=3,
    figures={"verified": 2, "repaired": 0, "grounded": 1, "disputed": 0},
    errors=1,
    minor=2,
    seconds=0.5,
)
FAILED = Attempt("2022/甲.pdf", None, "failed", "cannot be read", figures=dict.fromkeys(DONE.figures, 0))


def test_every_attempt_is_kept(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.sqlite") as ledger:
        run = ledger.start_run("1", {"reports": 1, "where": "年报"})
        ledger.record(run, "1", DONE)
        ledger.record(run, "1", FAILED)
        ledger.finish_run(run, structured=1, unchanged=0, failed=1)
    with Ledger(tmp_path / "l.sqlite") as ledger:
        assert ledger.latest() == {DONE.file: FAILED}
    kept = sqlite3.connect(tmp_path / "l.sqlite").execute("SELECT file, status, reason, verified FROM attempts")
    assert kept.fetchall() == [(DONE.file, "ok", None, 2), (DONE.file, "failed", "cannot be read", 0)]
    rows = sqlite3.connect(tmp_path / "l.sqlite").execute("SELECT version, arguments, failed FROM runs").fetchall()
    assert rows == [("1", '{"reports": 1, "where": "年报"}', 1)]


def test_how_many_reports_a_file_holds_is_kept(tmp_path: Path) -> None:
    several = replace(DONE, reports=2)
    assert several.results == ["2022/甲.pdf#1", "2022/甲.pdf#2"]
    assert replace(several, status="failed").results == []
    with Ledger(tmp_path / "l.sqlite") as ledger:
        ledger.record(ledger.start_run("1", {}), "1", several)
        assert ledger.latest() == {DONE.file: several}


def test_only_the_latest_attempt_with_this_version_counts(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.sqlite") as ledger:
        run = ledger.start_run("1", {})
        ledger.record(run, "1", DONE)
        assert ledger.successes("1") == {DONE.file: DONE}
        assert ledger.successes("2") == {}
        ledger.record(run, "1", FAILED)
        assert ledger.successes("1") == {}
        ledger.record(run, "1", DONE)
        assert ledger.successes("1") == {DONE.file: DONE}


def test_a_reason_that_quotes_a_strange_name_is_kept(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.sqlite") as ledger:
        ledger.record(ledger.start_run("1", {}), "1", Attempt("a", None, "failed", "no file \udcd6"))
        assert ledger.latest()["a"].reason == "no file \\udcd6"


def test_a_file_that_is_no_ledger_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    path.write_text("not a database, but long enough to be looked at as one " * 20)
    with pytest.raises(UsageError, match=r"the ledger .* cannot be used: file is not a database"):
        Ledger(path)
    with pytest.raises(UsageError, match="cannot be used: unable to open"):
        Ledger(tmp_path / "nowhere" / "l.sqlite")


def test_a_newer_ledger_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(UsageError, match="newer Recount"):
        Ledger(path)
