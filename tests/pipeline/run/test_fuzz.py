"""Whatever bytes a reader is given, it reads them or says in words that it cannot: nothing else gets out.

A few rounds each in the suite; RECOUNT_FUZZ=900 gives each of the four a quarter of an hour. Seeds follow one another,
so a longer campaign begins with what a shorter one tried.
"""

from __future__ import annotations

import os
import sqlite3
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from rich.console import Console

from recount.pipeline.archive.sources import Source, find_sources
from recount.pipeline.archive.zipped import extract, files_in_zip, hash_of_member
from recount.pipeline.errors import DocumentError, UsageError, ZipProblem
from recount.pipeline.output.show import render_result, render_status
from recount.pipeline.recognise import report_model
from recount.pipeline.result import encoded, plain, result_in, write_result
from recount.pipeline.run.ledger import LEDGER
from recount.pipeline.run.pool import Bounds, Died, Pool
from recount.pipeline.run.runner import run
from recount.pipeline.run.status import last_of, status_of, to_retry
from recount.pipeline.run.store import FolderStore, result_path
from recount.pipeline.run.worker import Job, attempt, structure_report
from recount.pipeline.settings import Settings
from recount.tests.pipeline.tasks.report_tasks import by_content, sample_result

ROOT = Path(__file__).resolve().parents[3]
SECONDS = float(os.environ.get("RECOUNT_FUZZ", "0"))
EXAMPLE = min((ROOT / "examples" / "archive").rglob("*.pdf"), key=lambda path: path.stat().st_size)
NO_OCR = Settings(ocr="never")

Change = tuple[str, float, float, bytes]
"""How, where (as a share of the whole), how much of it (the same), and the bytes that come in."""

CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["put", "put in", "take out", "cut", "double", "flip", "exchange"]),
        st.floats(0, 1),
        st.floats(0, 0.05),
        st.binary(min_size=1, max_size=9)
        | st.sampled_from([b"-1", b"0", b"99999999999", b"/Length", b"null", b"\xff"]),
    ),
    min_size=1,
    max_size=6,
)


def changed(content: bytes, changes: list[Change]) -> bytes:
    for how, where, much, new in changes:
        at = round(where * len(content))
        end = at + max(1, round(much * len(content)))
        before, piece, after = content[:at], content[at:end], content[end:]
        if how == "put":
            content = before + new + content[at + len(new) :]
        elif how == "put in":
            content = before + new + content[at:]
        elif how == "take out":
            content = before + after
        elif how == "cut":
            content = before
        elif how == "double":
            content = before + piece * 2 + after
        elif how == "flip":
            content = before + bytes(byte ^ 1 << len(new) % 8 for byte in piece[:1]) + content[at + 1 :]
        elif before:
            content = after + piece + before
    return content


def fuzzed(content: bytes, check: Callable[[bytes], str], rounds: int) -> Counter[str]:
    """Gives a reader changed bytes for so many rounds, and until the time is over; how often it came to what."""
    until, ends, number = time.monotonic() + SECONDS, Counter[str](), 0
    while number < rounds or time.monotonic() < until:

        @seed(number)
        @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(CHANGES)
        def some(changes: list[Change]) -> None:
            ends[check(changed(content, changes))] += 1

        some()
        number += 1
    print(dict(ends))
    return ends


def test_zip_archives(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(3):
            packed.writestr(f"目录/{number}.pdf", f"good {number}" * 50)
    out = tmp_path / "out"

    def check(content: bytes) -> str:
        path.unlink()  # another file under this name, as it would be
        path.write_bytes(content)
        try:
            members = files_in_zip(path, lambda _: False).members
        except ZipProblem:
            return "refused"
        end = "read"
        for member in members:
            out.unlink(missing_ok=True)
            try:
                hash_of_member(path, member.member)
                extract(path, member.member, out)
            except DocumentError:
                end = "refused in part"
        return end

    assert {"read", "refused"} <= set(fuzzed(path.read_bytes(), check, 20))


def test_results(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_result(path, sample_result(Path("a.pdf"), "ab"))
    console = Console(file=(tmp_path / "shown").open("w", encoding="utf-8", errors="backslashreplace"), width=200)

    def check(content: bytes) -> str:
        try:
            result = result_in(content, "a.json")
            model = report_model(result.contract)
        except UsageError:
            return "refused"
        again = encoded(plain(result))
        assert encoded(plain(result_in(again, "again"))) == again
        for part in render_result(result, model):
            console.print(part)
        return "read"

    assert {"read", "refused"} <= set(fuzzed(path.read_bytes(), check, 20))


def test_ledgers(tmp_path: Path) -> None:
    archive, out = tmp_path / "archive", tmp_path / "out"
    archive.mkdir()
    for name, words in (("a", "good a"), ("b", "encrypted"), ("c", "several 2 c")):
        (archive / f"{name}.pdf").write_text(words)
    sources = find_sources([archive]).sources
    run(sources, out, jobs=1, task=by_content)
    path = out / LEDGER
    with closing(sqlite3.connect(path)) as database:  # all in one file
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("PRAGMA journal_mode = DELETE")
    results = {name: result_path(out, name).read_bytes() for name in ("a.pdf", "c.pdf#1", "c.pdf#2")}

    def check(content: bytes) -> str:
        for left in out.glob(f"{LEDGER}*"):
            left.unlink()
        path.write_bytes(content)
        ends = {read(partial(told, out)), read(partial(last_of, out)), read(partial(to_retry, out, failed=True))}
        ends.add(read(lambda: run(sources, out, jobs=1, task=by_content)))
        if "refused" not in ends:
            assert {name: result_path(out, name).read_bytes() for name in results} == results
        return " ".join(sorted(ends))

    def read(do: Callable[[], object]) -> str:
        try:
            do()
        except UsageError:
            return "refused"
        return "read"

    assert fuzzed(path.read_bytes(), check, 5)


def told(out: Path) -> list[Any]:
    return list(render_status(status_of(out)))


def test_reports(tmp_path: Path) -> None:
    """Whole PDFs, in a worker under bounds: what MuPDF may do to a process is the pool's to bear."""
    store = FolderStore(tmp_path / "out")
    handle = partial(attempt, task=partial(structure_report, settings=NO_OCR), store=store, aside=None)
    pool: Pool[Job, Any] = Pool(handle, 1, Bounds(60.0, 2 << 30))
    path = tmp_path / "a.pdf"

    def check(content: bytes) -> str:
        path.write_bytes(content)
        done = pool.once(Job(Source(path, "a.pdf")))
        if isinstance(done, Died):
            return done.reason
        if done is None or done.status == "ok":
            return "read"
        assert not done.reason.startswith("internal error"), f"{done.reason}\n{done.traceback}"
        return "refused"

    try:
        whole = carrying(EXAMPLE)
        assert (check(whole), check(b"%PDF-1.7 and no more")) == ("read", "refused")
        assert fuzzed(whole, check, 4)
    finally:
        pool.stop()


def carrying(path: Path) -> bytes:
    """A report to which files are attached, which are looked at with it."""
    with pymupdf.open(path) as document:
        for name, content in (("附表.pdf", b"good"), ("a.zip", b"PK\5\6" + bytes(18)), ("数据", b"<a/>")):
            document.embfile_add(name, content, filename=name, ufilename=name)
        made: bytes = document.tobytes()
    return made


@pytest.mark.parametrize("how", ["put", "put in", "take out", "cut", "double", "flip", "exchange"])
def test_changes_change(how: str) -> None:
    content = bytes(range(100))
    assert changed(content, [(how, 0.5, 0.05, b"xy")]) != content
