"""A result goes only when new content was read and failed; in doubt it stands, and the next run finds it again."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from recount.pipeline.archive.sources import Source, find_sources
from recount.pipeline.run.fates import Attempt, RunSummary
from recount.pipeline.run.ledger import Ledger
from recount.pipeline.run.pool import Bounds
from recount.pipeline.run.runner import run
from recount.pipeline.run.status import status_of, to_retry

STANDS = "; the earlier result stands"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    root.mkdir()
    (root / "a.pdf").write_text("good one")
    (root / "b.pdf").write_text("good two")
    (root / "c.pdf").write_text("several 2")
    return root


class Runs:
    """Runs of an archive, each in one of the ways in which a user has it done again."""

    def __init__(self, archive: Path, out: Path, task: Any) -> None:
        self.out, self._task = out, task
        self._sources = find_sources([archive]).sources

    def structure(self, **options: Any) -> RunSummary:
        return self._run(self._sources, **options)

    def retry(self, **options: Any) -> RunSummary:
        with Ledger(self.out / "ledger.sqlite") as ledger:
            return self._run(ledger.given(), **options)

    def force(self, **options: Any) -> RunSummary:
        return self._run(self._sources, force=True, **options)

    def _run(self, sources: Any, **options: Any) -> RunSummary:
        return run(sources, self.out, **{"jobs": 1, "task": self._task, **options})

    @property
    def results(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.out / "reports").rglob("*.json")}


@pytest.fixture
def runs(archive: Path, tmp_path: Path, tasks: ModuleType) -> Runs:
    runs = Runs(archive, tmp_path / "out", tasks.by_content)
    runs.structure()
    return runs


def missing(path: Path, _: pytest.MonkeyPatch) -> None:
    path.unlink()


def empty(path: Path, _: pytest.MonkeyPatch) -> None:
    path.write_bytes(b"")


def refused(number: int) -> Callable[[Path, pytest.MonkeyPatch], None]:
    def refuse(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        plain_open = Path.open

        def guarded(opened: Path, *arguments: Any, **options: Any) -> Any:
            if opened.name == path.name and opened.parent == path.parent:
                raise OSError(number, "it does not work")
            return plain_open(opened, *arguments, **options)

        monkeypatch.setattr(Path, "open", guarded)

    return refuse


@pytest.mark.parametrize("way", ["structure", "retry", "force"])
@pytest.mark.parametrize("lose", [missing, empty, refused(errno.EACCES), refused(errno.EIO)])
@pytest.mark.parametrize("name", ["b.pdf", "c.pdf"])
def test_what_cannot_be_read_keeps_its_result(
    runs: Runs, archive: Path, monkeypatch: pytest.MonkeyPatch, way: str, lose: Any, name: str
) -> None:
    before = runs.results
    with monkeypatch.context() as patch:
        lose(archive / name, patch)
        (failure,) = getattr(runs, way)().failures
    assert (failure.file, failure.status, failure.sha256) == (name, "unreachable", None)
    assert str(failure.reason).endswith(STANDS)
    assert runs.results.keys() == before.keys()
    if way != "force":
        assert runs.results == before


def test_new_content_that_fails_takes_its_result_along(runs: Runs, archive: Path) -> None:
    (archive / "b.pdf").write_text("encrypted")
    (archive / "c.pdf").write_text("bug")
    assert [failure.status for failure in runs.structure().failures] == ["failed", "failed"]
    assert runs.results.keys() == {"a.pdf.json"}


def test_the_same_content_that_fails_keeps_it(runs: Runs) -> None:
    before = runs.results

    def fail(*_: object) -> Any:
        raise ZeroDivisionError("a bug of this version")

    summary = runs.force(task=fail)
    assert {failure.status for failure in summary.failures} == {"failed"}
    assert all(str(failure.reason).endswith(STANDS) for failure in summary.failures)
    assert runs.results == before
    assert runs.structure().structured == 3  # a failure is tried again


@pytest.mark.parametrize(("words", "stands"), [("hang two", True), ("hang now", False)])
def test_a_report_that_takes_too_long_keeps_a_result_of_its_content(
    archive: Path, tmp_path: Path, tasks: ModuleType, words: str, stands: bool
) -> None:
    (archive / "b.pdf").write_text("hang two")
    runs = Runs(archive, tmp_path / "out", lambda path, sha256: [tasks.sample_result(path, sha256)])
    runs.structure()
    (archive / "b.pdf").write_text(words)
    sources = [Source(archive / "b.pdf", "b.pdf")]
    summary = run(sources, tmp_path / "out", jobs=1, force=True, task=tasks.by_content, bounds=Bounds(seconds=0.5))
    (failure,) = summary.failures
    assert str(failure.reason).endswith(STANDS) == stands
    assert ("b.pdf.json" in runs.results) == stands


def test_what_is_there_again_is_unchanged_and_no_failure(runs: Runs, archive: Path, tmp_path: Path) -> None:
    figures = status_of(runs.out).figures
    shutil.move(archive, tmp_path / "away")
    assert len(runs.structure().failures) == 3
    status = status_of(runs.out)
    assert (len(status.done), len(status.failed), status.figures) == (0, 3, figures)
    shutil.move(tmp_path / "away", archive)
    assert runs.structure().unchanged == 3
    assert [len(status_of(runs.out).failed), len(status_of(runs.out).done)] == [0, 3]


def test_retry_takes_what_failed_and_what_was_left_undone(runs: Runs, archive: Path, tasks: ModuleType) -> None:
    out = runs.out
    assert to_retry(out, failed=False) == []
    (archive / "b.pdf").write_text("encrypted")
    (archive / "a.pdf").write_text("interrupt me: I am the largest")
    runs = Runs(archive, out, tasks.by_content)
    with pytest.raises(KeyboardInterrupt):
        runs.structure()
    assert [source.name for source in to_retry(out, failed=False)] == ["a.pdf", "b.pdf", "c.pdf"]
    (archive / "a.pdf").write_text("good now")
    assert runs.structure().structured == 1
    assert [source.name for source in to_retry(out, failed=False)] == ["b.pdf"]
    assert [source.name for source in to_retry(out, failed=True)] == ["b.pdf"]


def test_a_result_that_nobody_can_read_is_left_when_nothing_is_known(runs: Runs, archive: Path) -> None:
    path = runs.out / "reports" / "b.pdf.json"
    path.write_bytes(path.read_bytes()[:100])
    (archive / "b.pdf").unlink()
    (failure,) = runs.structure().failures
    assert failure == Attempt("b.pdf", None, "unreachable", failure.reason, seconds=failure.seconds)
    assert path.exists()
