"""A report is of one content: what is hashed is what is read, whatever happens to its file meanwhile."""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from recount.pipeline.archive.files import Snapshot, hash_of, snapshot
from recount.pipeline.archive.sources import Source, find_sources
from recount.pipeline.errors import DocumentError, SourceUnreachable
from recount.pipeline.result import read_result
from recount.pipeline.run.runner import run
from recount.pipeline.run.store import result_path
from recount.pipeline.structure import structure
from recount.tests.pipeline.archive.trees import packed

EXAMPLE = sorted((Path(__file__).resolve().parents[3] / "examples" / "archive").rglob("*.pdf"))[0]


def rewritten(path: Path) -> None:
    path.write_text("good, but another")


def replaced(path: Path) -> None:
    other = path.with_suffix(".other")
    other.write_text("good, but another")
    other.replace(path)


def gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("change", [rewritten, replaced, gone])
def test_a_file_that_changes_while_it_is_read_is_of_no_content(
    tmp_path: Path, tasks: ModuleType, change: Callable[[Path], None]
) -> None:
    path = tmp_path / "a.pdf"
    path.write_text("good one")
    out = tmp_path / "out"
    sources = [Source(path, "a.pdf")]
    run(sources, out, jobs=1, task=tasks.by_content)
    before = result_path(out, "a.pdf").read_bytes()
    path.write_text("good two")

    def meanwhile(file: Path, sha256: str) -> Any:
        change(path)
        assert file.read_text() == "good two"
        assert hash_of(file) == sha256
        return tasks.by_content(file, sha256)

    (failure,) = run(sources, out, jobs=1, task=meanwhile).failures
    assert failure.status == "unreachable"
    assert str(failure.reason).startswith("changed while it was read; the next run reads it again")
    assert result_path(out, "a.pdf").read_bytes() == before


def test_a_file_that_was_only_touched_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_text("good one")
    with snapshot(Source(path, "a.pdf"), None) as file:
        os.utime(path, (0, 0))
    assert file.sha256 == hash_of(path)


def test_an_archive_that_changes_while_it_is_read_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(packed({"a.pdf": b"good one"}))
    (source,) = find_sources([path]).sources
    with pytest.raises(SourceUnreachable, match="changed while it was read"), snapshot(source, None):
        path.write_bytes(packed({"a.pdf": b"good two, and longer"}))


def test_a_copy_that_was_changed_meanwhile_is_done_for_itself(tmp_path: Path, tasks: ModuleType) -> None:
    root = tmp_path / "archive"
    root.mkdir()
    for name in ("a.pdf", "copy.pdf", "still.pdf"):
        (root / name).write_text("good one")

    def meanwhile(file: Path, sha256: str) -> Any:
        (root / "copy.pdf").write_text("good too, but another")
        return tasks.by_content(file, sha256)

    summary = run(find_sources([root]).sources, tmp_path / "out", jobs=1, task=meanwhile)
    attempts = {outcome.attempt.file: outcome.attempt for outcome in summary.outcomes}
    assert (attempts["copy.pdf"].same_as, attempts["still.pdf"].same_as) == (None, "a.pdf")
    for name, attempt in attempts.items():
        assert attempt.sha256 == hash_of(root / name)
        assert read_result(result_path(tmp_path / "out", name)).source.sha256 == attempt.sha256


def test_the_copies_of_one_that_changed_are_done(tmp_path: Path, tasks: ModuleType) -> None:
    """The first of them is given the figures of another file's content by nobody."""
    root = tmp_path / "archive"
    root.mkdir()
    for name in ("a.pdf", "copy.pdf"):
        (root / name).write_text("good one")

    def meanwhile(file: Path, sha256: str) -> Any:
        (root / "a.pdf").write_text("good, but another")
        return tasks.by_content(file, sha256)

    summary = run(find_sources([root]).sources, tmp_path / "out", jobs=1, task=meanwhile)
    first, copy = (outcome.attempt for outcome in summary.outcomes)
    assert (first.status, copy.status, copy.same_as, copy.sha256) == (
        "unreachable", "ok", None, hash_of(root / "copy.pdf"),
    )  # fmt: skip


def test_the_program_is_given_a_copy_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "甲.pdf"
    shutil.copy(EXAMPLE, path)
    taken: list[Snapshot] = []
    whole = snapshot

    class Taken:
        def __init__(self, *arguments: Any) -> None:
            self._inner = whole(*arguments)

        def __enter__(self) -> Snapshot:
            taken.append(self._inner.__enter__())
            path.write_bytes(b"nothing of the kind")
            return taken[0]

        def __exit__(self, *error: Any) -> Any:
            shutil.copy(EXAMPLE, path)
            return self._inner.__exit__(*error)

    monkeypatch.setattr("recount.pipeline.structure.snapshot", Taken)
    result = structure(path)
    assert (result.source.file, result.source.sha256) == ("甲.pdf", hash_of(EXAMPLE))
    assert not taken[0].path.exists()


class TestGzip:
    def test_a_packed_pdf_is_a_report_whatever_it_is_called(self, tmp_path: Path) -> None:
        content = gzip.compress(EXAMPLE.read_bytes())
        root = tmp_path / "archive"
        root.mkdir()
        for name in ("a.pdf.gz", "b.pdf", "c"):
            (root / name).write_bytes(content)
        (root / "d.gz").write_bytes(gzip.compress(b"something else"))
        archive = find_sources([root])
        assert [source.name for source in archive.sources] == ["a.pdf.gz", "b.pdf", "c"]
        for source in archive.sources:
            with snapshot(source, None) as file:
                assert file.path.read_bytes() == EXAMPLE.read_bytes()
                assert file.sha256 == hash_of(root / source.name)

    def test_a_bomb_is_turned_away(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "a.pdf"
        path.write_bytes(gzip.compress(bytes(3 << 20)))
        monkeypatch.setattr("recount.pipeline.archive.kinds._LARGEST_UNPACKED", 1 << 20)
        with pytest.raises(DocumentError, match="larger than 1 MB unpacked"), snapshot(Source(path, "a.pdf"), None):
            pass
        path.write_bytes(gzip.compress(b"x" * 100)[:-9])
        with pytest.raises(DocumentError, match="damaged gzip file"), snapshot(Source(path, "a.pdf"), None):
            pass


def test_a_name_in_gbk_is_read(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode("中文".encode("gbk") + b".pdf")
    try:
        shutil.copy(EXAMPLE, path)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    summary = run(find_sources([tmp_path]).sources, tmp_path / "out", jobs=1)
    assert (summary.structured, summary.figures["verified"] > 0) == (1, True)


def test_what_stands_before_the_head_of_a_pdf_does_not_hide_it(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"\r\n" * 2_000 + EXAMPLE.read_bytes())
    assert structure(path).report == structure(EXAMPLE).report
