"""The ledger keeps every attempt and knows which reports are done."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from recount.pipeline.errors import UsageError
from recount.pipeline.output.show import render_status
from recount.pipeline.run.fates import Attempt
from recount.pipeline.run.ledger import LEDGER, SCHEMA, Ledger
from recount.pipeline.run.status import last_of, status_of

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


@pytest.mark.parametrize(
    ("column", "cell"),
    [("stages", "{"), ("usage", "[1]"), ("unread", "{}"), ("stages", b"\xff"), ("pages", "many"), ("verified", "x")],
)
def test_a_broken_row_is_a_line_and_its_report_done_again(tmp_path: Path, column: str, cell: object) -> None:
    path = tmp_path / LEDGER
    other = replace(DONE, file="乙.pdf")
    with Ledger(path) as ledger:
        run = ledger.start_run("1", {"family": "charity"})
        for attempt in (DONE, other):
            ledger.record(run, "1", attempt)
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"UPDATE attempts SET {column} = ? WHERE file = ?", (cell, DONE.file))
        database.commit()
    with Ledger(path) as ledger:
        assert ledger.successes("1") == {other.file: other}
        assert ledger.families() == ["charity"]
    status = status_of(tmp_path)
    assert status.attempts == {other.file: other}
    (line,) = status.broken
    assert line.startswith(f"a row of '{DONE.file}' is broken: ")
    shown = Console(width=200, record=True, file=io.StringIO())
    for part in render_status(status):
        shown.print(part)
    assert line in shown.export_text()


def test_a_run_whose_row_is_broken_is_not_done_again_by_guess(tmp_path: Path) -> None:
    with Ledger(tmp_path / LEDGER) as ledger:
        ledger.start_run("1", {"ocr": "never"})
    with closing(sqlite3.connect(tmp_path / LEDGER)) as database:
        database.execute("UPDATE runs SET arguments = '{'")
        database.commit()
    assert status_of(tmp_path).broken
    with Ledger(tmp_path / LEDGER) as ledger:
        assert ledger.families() == []
    with pytest.raises(UsageError, match="no longer says how its latest run was told to work: structure again"):
        last_of(tmp_path)


def test_a_ledger_that_is_only_read_is_not_written_to(tmp_path: Path) -> None:
    """What a run that still works has written beside the file is seen; an early layout is read as it is now."""
    with Ledger(tmp_path / LEDGER) as ledger:
        ledger.record(ledger.start_run("1", {}), "1", DONE)
        with Ledger(tmp_path / LEDGER, only_read=True) as copy:
            assert copy.latest() == {DONE.file: DONE}
            copy.record(1, "1", FAILED)
        assert ledger.latest() == {DONE.file: DONE}
    early = tmp_path / "early.sqlite"
    with closing(sqlite3.connect(early)) as database:
        database.executescript(f"{SCHEMA} PRAGMA user_version = 1;")
    before = early.read_bytes()
    with Ledger(early, only_read=True) as ledger:
        assert ledger.latest() == {}
    assert early.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {LEDGER, "early.sqlite"}


def test_a_damaged_schema_that_is_quoted_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / LEDGER
    Ledger(path).close()
    content = path.read_bytes()
    assert content.count(b"tablerunsruns") == 1
    path.write_bytes(
        content.replace(b"tablerunsruns", b"table\x80unsruns").replace(b"CREATE TABLE runs", b"CREATX TABLE runs")
    )
    with pytest.raises(UsageError, match="cannot be used"):
        Ledger(path)
