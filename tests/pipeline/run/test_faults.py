"""Whatever happens to a run, nothing is lost and nothing is wrong: kills, hangs, hunger, full disks, copies."""

from __future__ import annotations

import errno
import json
import random
import signal
import sqlite3
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pymupdf
import pytest

from recount.pipeline.archive.pdfs import Limits, check
from recount.pipeline.archive.sources import find_sources
from recount.pipeline.errors import TooLarge, UsageError
from recount.pipeline.result import Result, read_result
from recount.pipeline.run.fates import Attempt, RunSummary
from recount.pipeline.run.ledger import SCHEMA, Ledger
from recount.pipeline.run.pool import Bounds
from recount.pipeline.run.runner import run
from recount.pipeline.run.status import status_of, to_retry
from recount.pipeline.run.store import result_path

TASKS = Path(__file__).parent.parent / "tasks"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    root.mkdir()
    for number in range(4):
        (root / f"{number}.pdf").write_text(f"good {number}")
    return root


@pytest.fixture
def go(tasks: ModuleType, archive: Path, tmp_path: Path) -> Any:
    def go(**options: Any) -> RunSummary:
        sources = find_sources([archive]).sources
        return run(sources, tmp_path / "out", **{"jobs": 1, "task": tasks.by_content, **options})

    return go


def fates(summary: RunSummary) -> dict[str, str | None]:
    return {outcome.attempt.file: outcome.attempt.reason for outcome in summary.outcomes}


def tree(out: Path) -> dict[str, bytes]:
    files = (path for path in (out / "reports").rglob("*") if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


def rows(out: Path) -> dict[str, Attempt]:
    """What the ledger says of every report, apart from times."""
    with Ledger(out / "ledger.sqlite") as ledger:
        return {name: replace(each, seconds=0.0, stages={}) for name, each in ledger.latest().items()}


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is watched where there is /proc")
def test_hanging_and_hungry_reports_cost_the_others_nothing(go: Any, archive: Path) -> None:
    (archive / "hang.pdf").write_text("hang")  # for ever; the bound leaves a loaded machine time to start its workers
    assert fates(go(jobs=2, bounds=Bounds(seconds=6.0))) == {
        **{f"{number}.pdf": None for number in range(4)},
        "hang.pdf": "it took longer than 6 seconds",
    }
    (archive / "hang.pdf").write_text("hungry")
    summary = go(jobs=2, bounds=Bounds(seconds=30.0, memory=400 << 20))
    assert (summary.unchanged, fates(summary)["hang.pdf"]) == (
        4,
        "it needed more than 400 MB of memory",
    )


def test_a_single_process_is_bounded_too(go: Any, archive: Path) -> None:
    for path in archive.iterdir():
        path.unlink()
    (archive / "hang.pdf").write_text("hang")
    assert "longer than 0.5 seconds" in str(fates(go(jobs=None, bounds=Bounds(seconds=0.5))))


def test_the_largest_are_begun_first_and_named_in_order(go: Any, archive: Path) -> None:
    (archive / "2.pdf").write_text("good, and much larger than the others")
    seen: list[str] = []
    summary = go(on_progress=lambda outcome: seen.append(outcome.attempt.file))
    assert seen[0] == "2.pdf"
    assert list(fates(summary)) == ["0.pdf", "1.pdf", "2.pdf", "3.pdf"]


def test_the_same_content_is_structured_once(go: Any, archive: Path, tmp_path: Path, tasks: ModuleType) -> None:
    (archive / "copy.pdf").write_text("good 2")
    (archive / "bad.pdf").write_text("encrypted")
    (archive / "bad copy.pdf").write_text("encrypted")
    done: list[Path] = []

    def counted(path: Path, sha256: str) -> list[Result]:
        done.append(path)
        return tasks.by_content(path, sha256)  # type: ignore[no-any-return]

    summary = go(task=counted)
    assert len(done) == 5
    assert fates(summary)["bad.pdf"] == "same content as bad copy.pdf, which failed: needs a password"
    one, other = (read_result(result_path(tmp_path / "out", name)) for name in ("2.pdf", "copy.pdf"))
    assert (other.source.file, one.source.file) == ("copy.pdf", "2.pdf")
    assert one.named("copy.pdf") == other
    again = go(task=counted)
    assert (again.unchanged, len(done)) == (5, 6)
    result_path(tmp_path / "out", "copy.pdf").unlink()
    assert (go(task=counted).structured, len(done)) == (1, 7)


def test_what_lies_in_zip_archives_is_structured_once_too(
    go: Any, archive: Path, tmp_path: Path, tasks: ModuleType
) -> None:
    done: list[str] = []

    def counted(path: Path, sha256: str) -> list[Result]:
        done.append(path.name)
        return tasks.by_content(path, sha256)  # type: ignore[no-any-return]

    for name in ("one", "two"):
        with zipfile.ZipFile(archive / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("same.pdf", "good and zipped")
            packed.writestr("copy.pdf", "good 2")
            packed.writestr(f"{name}.pdf", f"good {name}, and no other")
    summary = go(task=counted)
    assert (summary.structured, len(done)) == (10, 7)
    attempts = {outcome.attempt.file: outcome.attempt for outcome in summary.outcomes}
    assert attempts["two.zip/same.pdf"].same_as == "one.zip/same.pdf"
    assert {attempts[f"{name}.zip/copy.pdf"].same_as for name in ("one", "two")} == {"2.pdf"}
    assert read_result(result_path(tmp_path / "out", "two.zip/same.pdf")).source.file == "two.zip/same.pdf"
    assert (go(task=counted).unchanged, len(done)) == (10, 7)


def test_a_full_disk_fails_a_report_with_the_reason(go: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "out").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr("recount.pipeline.lasting.os.fsync", full)
        with pytest.raises(UsageError, match=r"cannot write to .*: No space left"):  # the summary, at the end
            go()
    assert {each.reason for each in rows(tmp_path / "out").values()} == {
        "its result cannot be written: No space left on device"
    }
    assert not tree(tmp_path / "out")
    assert go().structured == 4


def test_an_output_that_may_only_be_read_is_one_sentence(go: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(UsageError, match=r"cannot write to .*: Read-only file system"):
        go()


def test_status_and_retry_know_what_is_left(go: Any, archive: Path, tmp_path: Path, tasks: ModuleType) -> None:
    out = tmp_path / "out"
    with pytest.raises(UsageError, match="has no ledger"):
        status_of(out)
    (archive / "3.pdf").write_text("interrupt me")
    (archive / "2.pdf").write_text("encrypted and larger")
    with pytest.raises(KeyboardInterrupt):
        go()
    status = status_of(out)
    assert (len(status.done), [each.file for each in status.failed], len(status.waiting)) == (0, ["2.pdf"], 3)
    assert status.run is not None
    assert status.run.finished is None
    assert [source.name for source in to_retry(out, failed=True)] == ["2.pdf"]
    (archive / "3.pdf").write_text("good now")
    assert run(to_retry(out, failed=False), out, jobs=1, task=tasks.by_content).structured == 3
    summary = json.loads((out / "summary.json").read_text())
    assert summary["reports"] == {"done": 3, "open": 0, "failed": 1, "waiting": 0}
    assert summary["failures"] == [{"file": "2.pdf", "reason": "needs a password"}]
    assert summary["run"]["structured"] == 3
    (archive / "2.pdf").write_text("good now")
    assert run(to_retry(out, failed=True), out, jobs=1, task=tasks.by_content).structured == 1
    assert to_retry(out, failed=True) == []


def test_a_ledger_of_the_first_layout_is_brought_up_to_date(go: Any, tmp_path: Path) -> None:
    go()
    old = tmp_path / "old.sqlite"
    database = sqlite3.connect(old)
    database.executescript(f"{SCHEMA} PRAGMA user_version = 1;")
    database.execute("INSERT INTO runs (started, version, arguments) VALUES ('t', '1', '{}')")
    database.execute(
        "INSERT INTO attempts VALUES (1, 1, 'a.pdf', 'ab', '1', 'ok', NULL, NULL, 3, 1, 0, 0, 0, 0, 0, 0.5)"
    )
    database.commit()
    database.close()
    with Ledger(old) as opened:
        assert opened.successes("1")["a.pdf"] == Attempt(
            "a.pdf",
            "ab",
            "ok",
            pages=3,
            figures={"verified": 1, "repaired": 0, "grounded": 0, "disputed": 0},
            seconds=0.5,
        )


def test_a_name_that_is_too_long_for_a_file_keeps_its_beginning(go: Any, archive: Path, tmp_path: Path) -> None:
    names = [f"{'局' * 83}{end}.pdf"[-255:] for end in "甲乙"]
    for name in names:
        short = name[:80] + name[-5:]  # 255 bytes: what this file system takes for the PDF leaves no room for .json
        (archive / short).write_text(f"good {name[-5]}")
    assert all(reason is None for reason in fates(go()).values())
    results = [path for path in tree(tmp_path / "out") if "局" in path]
    assert len(results) == 2
    assert all(len(Path(path).name.encode()) <= 255 for path in results)
    stored = {read_result(tmp_path / "out" / path).source.file for path in results}
    assert stored == {name[:80] + name[-5:] for name in names}


def pdf(path: Path, **about: Any) -> Path:
    """A PDF of one page; side: its length; zeros: unpacked bytes of a stream in it."""
    document = pymupdf.open()
    page = document.new_page(width=about.get("side", 595), height=842)
    page.insert_text((72, 72), "x")
    for _ in range(about.get("pages", 1) - 1):
        document.new_page()
    document.save(path)
    if "zeros" in about:
        bomb = zlib.compress(b" " * about["zeros"], 9)
        xref = document.get_new_xref()
        document.update_object(xref, "<<>>")
        document.update_stream(xref, b"x", compress=False)
        page.set_contents(xref)
        content = document.tobytes()
        old = b"/Length 1>>\nstream\nx\n"
        assert old in content, content[-900:]
        path.write_bytes(
            content.replace(old, b"/Filter/FlateDecode/Length %d>>\nstream\n%s\n" % (len(bomb), bomb)),
        )
    return path


def test_bombs_are_turned_away_with_the_reason(tmp_path: Path) -> None:
    few = Limits(pages=3, objects=50, unpacked=4 << 20)
    check(pdf(tmp_path / "good.pdf"), few)
    for about, words in [
        ({"pages": 4}, "has 4 pages; the limit is 3"),
        ({"side": 15_000}, "page 1 is 208 inches long; the limit is 200"),
        ({"zeros": 8 << 20}, "a stream in it unpacks to more than 4 MB"),
    ]:
        with pytest.raises(TooLarge, match=words):
            check(pdf(tmp_path / "bomb.pdf", **about), few)
    with pytest.raises(TooLarge, match=r"has \d+ objects; the limit is 3"):
        check(pdf(tmp_path / "good.pdf"), Limits(objects=3))
    (tmp_path / "text.pdf").write_text("no PDF: its reader says so")
    check(tmp_path / "text.pdf")
    assert Limits().pages > 1_000


@pytest.mark.parametrize("after", [b"", b"\n", b"\r\n", b"\nendstream endobj"])
def test_what_follows_the_end_of_a_stream_is_no_stream(tmp_path: Path, after: bytes) -> None:
    """Some writers count the line break before endstream; a repaired file's streams go on beyond their end."""
    path = tmp_path / "a.pdf"
    document = pymupdf.open()
    document.new_page()
    xref = document.get_new_xref()
    document.update_object(xref, "<<>>")
    document.update_stream(xref, b" ", compress=False)
    packed = zlib.compress(random.Random(0).randbytes(1 << 18)) + after
    document.update_stream(xref, packed, new=True, compress=False)
    document.xref_set_key(xref, "Filter", "/FlateDecode")
    document.save(path)
    check(path, Limits(unpacked=4 << 20))
    with pytest.raises(TooLarge, match="unpacks"):
        check(path, Limits(unpacked=1 << 17))


def test_signals_are_named() -> None:
    from recount.pipeline.run.pool import _cause

    assert _cause(-signal.SIGSEGV) == "its worker process was ended by SIGSEGV"
