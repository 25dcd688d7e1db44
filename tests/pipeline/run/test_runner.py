"""Every report has one fate, in the ledger and as a result file, whatever the others do."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from recount.pipeline.archive.files import hash_of
from recount.pipeline.archive.sources import Source, find_sources
from recount.pipeline.errors import OutputBusy, UsageError
from recount.pipeline.result import Result, read_result, write_result
from recount.pipeline.run import runner
from recount.pipeline.run.fates import RunSummary
from recount.pipeline.run.ledger import Ledger
from recount.pipeline.run.runner import placed, run, variant_of
from recount.pipeline.run.store import locked, result_path
from recount.pipeline.settings import ModelSettings, Settings

TASKS = Path(__file__).parent.parent / "tasks"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    (root / "2022").mkdir(parents=True)
    (root / "2022" / "a.pdf").write_text("good one")
    (root / "b.pdf").write_text("good two")
    return root


@pytest.fixture
def go(tasks: ModuleType, archive: Path, tmp_path: Path) -> Any:
    """Runs the archive into tmp_path/out."""

    def go(**options: Any) -> RunSummary:
        sources = find_sources([archive]).sources
        return run(sources, tmp_path / "out", **{"jobs": 1, "task": tasks.by_content, **options})

    return go


def results(out: Path) -> list[str]:
    return sorted(path.relative_to(out / "reports").as_posix() for path in (out / "reports").rglob("[!.]*.*"))


def fates(summary: RunSummary) -> dict[str, str | None]:
    return {outcome.attempt.file: outcome.attempt.reason for outcome in summary.outcomes}


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_report_has_a_result_and_a_row(go: Any, tmp_path: Path, jobs: int) -> None:
    seen: list[str] = []
    summary = go(jobs=jobs, on_progress=lambda outcome: seen.append(outcome.attempt.file))
    assert (summary.structured, summary.unchanged, summary.failures) == (2, 0, ())
    assert (summary.pages, summary.errors, summary.minor) == (14, 2, 0)
    assert summary.figures == {"verified": 4, "repaired": 0, "grounded": 2, "disputed": 4}
    assert sorted(seen) == ["2022/a.pdf", "b.pdf"]
    assert results(tmp_path / "out") == ["2022/a.pdf.json", "b.pdf.json"]
    assert read_result(tmp_path / "out/reports/2022/a.pdf.json").source.file == "2022/a.pdf"
    with Ledger(tmp_path / "out" / "ledger.sqlite") as ledger:
        assert ledger.latest()["2022/a.pdf"].status == "ok"


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_second_run_does_only_what_is_new_changed_or_gone(
    go: Any, archive: Path, tmp_path: Path, jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    go()
    (archive / "c.pdf").write_text("new")
    (archive / "b.pdf").write_text("changed")
    again = go(jobs=jobs)
    assert [outcome.attempt.file for outcome in again.outcomes if outcome.unchanged] == ["2022/a.pdf"]
    assert again.structured == 2
    assert again.figures["verified"] == 6  # those of the unchanged report too
    (tmp_path / "out/reports/b.pdf.json").unlink()
    assert (go().structured, go().structured, go(force=True).structured) == (1, 0, 3)
    monkeypatch.setattr(runner, "program_version", lambda: "other")
    assert go().structured == 3


def test_a_copy_that_could_not_be_read_when_contents_were_compared_is_told_by_the_next_run(
    go: Any, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(archive / "b.pdf", archive / "copy.pdf")
    with monkeypatch.context() as patched:
        patched.setattr(runner, "_duplicates", lambda _: {})
        patched.setattr(runner, "_told_apart", lambda outcomes, _: outcomes)  # as if the run had been killed
        go()
    again = go()
    assert [outcome.attempt.same_as for outcome in again.outcomes] == [None, None, "b.pdf"]
    with Ledger(tmp_path / "out" / "ledger.sqlite") as ledger:
        assert {name: done.fate for name, done in ledger.latest().items()} == {
            "2022/a.pdf": "structured",
            "b.pdf": "structured",
            "copy.pdf": "same as another",
        }
    assert [outcome.attempt.same_as for outcome in go().outcomes] == [None, None, "b.pdf"]


def test_a_copy_of_what_has_other_content_now_is_for_itself(go: Any, archive: Path, tmp_path: Path) -> None:
    shutil.copy(archive / "b.pdf", archive / "copy.pdf")
    assert go().outcomes[2].attempt.same_as == "b.pdf"
    sources = find_sources([archive]).sources
    alone = run([sources[2]], tmp_path / "out", jobs=1)
    assert alone.outcomes[0].attempt.same_as == "b.pdf"  # of which that run knows nothing
    (archive / "b.pdf").write_text("changed")
    again = go()
    assert [(outcome.attempt.same_as, outcome.unchanged) for outcome in again.outcomes][1:] == [
        (None, False),
        (None, True),
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_bad_report_costs_the_others_nothing(go: Any, archive: Path, tmp_path: Path, jobs: int) -> None:
    (archive / "locked.pdf").write_text("encrypted")
    (archive / "odd.pdf").write_text("bug")
    (archive / "gone.pdf").symlink_to(archive / "nowhere.pdf")
    os.mkfifo(archive / "pipe.pdf")
    summary = go(jobs=jobs)
    assert fates(summary) == {
        "2022/a.pdf": None,
        "b.pdf": None,
        "gone.pdf": "cannot be read: No such file or directory",
        "locked.pdf": "needs a password",
        "odd.pdf": "internal error: ZeroDivisionError: a bug in the program",
        "pipe.pdf": "is no regular file",
    }
    assert results(tmp_path / "out") == ["2022/a.pdf.json", "b.pdf.json"]
    with Ledger(tmp_path / "out" / "ledger.sqlite") as ledger:
        trace = ledger.latest()["odd.pdf"].traceback
        assert trace is not None
        assert "by_content" in trace
    (archive / "locked.pdf").write_text("unlocked now")
    assert go(jobs=jobs).structured == 1


def test_a_file_that_may_not_be_read_is_named_with_the_reason(go: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plain_open = Path.open

    def guarded(path: Path, *arguments: Any, **options: Any) -> Any:
        if path.name == "b.pdf":
            raise PermissionError(13, "Permission denied")
        return plain_open(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", guarded)
    assert fates(go()) == {"2022/a.pdf": None, "b.pdf": "cannot be read: Permission denied"}


def test_a_report_that_fails_now_has_no_result_of_its_earlier_content(go: Any, archive: Path, tmp_path: Path) -> None:
    go()
    (archive / "b.pdf").write_text("encrypted")
    assert len(go().failures) == 1
    assert results(tmp_path / "out") == ["2022/a.pdf.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_worker_that_dies_is_given_a_second_chance_and_no_third(go: Any, archive: Path, tmp_path: Path) -> None:
    (archive / "deadly.pdf").write_text("die")
    (archive / "shaky.pdf").write_text(f"once {tmp_path}")
    summary = go(jobs=2)
    assert fates(summary) == {
        "2022/a.pdf": None,
        "b.pdf": None,
        "deadly.pdf": "its worker process was ended by SIGKILL (given up after two tries)",
        "shaky.pdf": None,
    }
    assert results(tmp_path / "out") == ["2022/a.pdf.json", "b.pdf.json", "shaky.pdf.json"]


def test_ctrl_c_leaves_nothing_half_written_and_the_next_run_goes_on(go: Any, archive: Path, tmp_path: Path) -> None:
    (archive / "2022" / "a.pdf").write_text("good, and begun first, for it is larger")
    (archive / "b.pdf").write_text("interrupt")
    with pytest.raises(KeyboardInterrupt):
        go()
    assert results(tmp_path / "out") == ["2022/a.pdf.json"]
    (archive / "b.pdf").write_text("good now")
    summary = go()
    assert (summary.structured, summary.unchanged) == (1, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_workers_go_when_their_run_is_stopped(archive: Path, tmp_path: Path, number: int) -> None:
    begun = tmp_path / "begun"
    (archive / "slow.pdf").write_text(f"slow {begun}")
    script = tmp_path / "go.py"
    script.write_text(
        "import signal, sys\nfrom pathlib import Path\nfrom report_tasks import by_content\n"
        "from recount.pipeline.archive.sources import find_sources\nfrom recount.pipeline.run.runner import run\n"
        # A shell has what it starts in the background ignore Ctrl-C, this suite too.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "if __name__ == '__main__':\n"
        "    run(find_sources([Path(sys.argv[1])]).sources, Path(sys.argv[2]), jobs=2, task=by_content)\n"
    )
    out = tmp_path / "out"
    path = os.pathsep.join([str(TASKS), *sys.path])
    process = subprocess.Popen(
        [sys.executable, script, archive, out],
        env={**os.environ, "PYTHONPATH": path},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for(lambda: begun.exists() and begun.read_text() and len(results(out)) == 2)
    worker = int(begun.read_text())
    os.kill(process.pid, number)
    process.wait(60)
    with locked(out):
        assert results(out) == ["2022/a.pdf.json", "b.pdf.json"]
    wait_for(lambda: is_gone(worker))


def is_gone(process: int) -> bool:
    """Whether a process has ended; one that nobody has buried yet has."""
    try:
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True


def wait_for(happens: Any) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if happens():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen within two minutes")


def test_half_written_files_of_a_killed_run_are_swept_away(go: Any, tmp_path: Path) -> None:
    go()
    leftover = tmp_path / "out/reports/2022/.0a1b.recount-tmp"
    leftover.write_text("{")
    go()
    assert not leftover.exists()


def test_two_runs_do_not_share_an_output(go: Any, tmp_path: Path) -> None:
    go()
    with locked(tmp_path / "out"), pytest.raises(OutputBusy, match=rf"out \(process {os.getpid()}\)"):
        go()
    assert go().unchanged == 2


def test_an_output_that_cannot_be_written_is_one_clear_error(tasks: ModuleType, archive: Path, tmp_path: Path) -> None:
    sources = find_sources([archive]).sources
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(UsageError, match="file is a file; --out takes a folder"):
        run(sources, file, task=tasks.by_content)
    with pytest.raises(UsageError, match=r"cannot write to .*: Not a directory"):
        run(sources, file / "out", task=tasks.by_content)


def test_a_result_that_cannot_be_written_fails_its_report_only(go: Any, tmp_path: Path) -> None:
    (tmp_path / "out/reports").mkdir(parents=True)
    (tmp_path / "out/reports/2022").write_text("a file where a folder should be")
    assert fates(go()) == {"2022/a.pdf": "its result cannot be written: File exists", "b.pdf": None}


@pytest.mark.parametrize("name", ["../a.pdf", "/etc/a.pdf", "2022/../../a.pdf", "", "."])
def test_no_name_leads_out_of_the_output(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no path below an archive"):
        result_path(tmp_path, name)


def test_one_job_and_many_write_the_same(go: Any, archive: Path, tmp_path: Path) -> None:
    for number in range(6):
        (archive / f"{number}.pdf").write_text(f"good {number}")
    one = go(jobs=1)
    before = {path: path.read_bytes() for path in (tmp_path / "out/reports").rglob("*.json")}
    many = go(jobs=3, force=True)
    assert {path: path.read_bytes() for path in (tmp_path / "out/reports").rglob("*.json")} == before
    assert [replace(o.attempt, seconds=0.0, stages={}) for o in one.outcomes] == [
        replace(o.attempt, seconds=0.0, stages={}) for o in many.outcomes
    ]
    assert all(json.loads(content)["contract"] for content in before.values())


def test_sources_need_no_archive(tasks: ModuleType, archive: Path, tmp_path: Path) -> None:
    summary = run(
        [Source(archive / "b.pdf", "任意/名.pdf")],
        tmp_path / "out",
        task=lambda path, sha256: [tasks.sample_result(path, sha256)],
    )
    assert summary.structured == 1
    assert results(tmp_path / "out") == ["任意/名.pdf.json"]


def test_settings_are_the_same_out_of_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(ocr="never", ocr_backend="onnxruntime")
    assert Settings.of({"reports": 3, **settings.stored}) == settings
    assert Settings.of({}) == Settings()
    assert (variant_of(Settings()), variant_of(settings)) == ("", "never/onnxruntime")
    assert variant_of(Settings(ocr_precision="f32")) == "auto/openvino/f32"
    assert variant_of(Settings(ocr_device="GPU")) == "auto/openvino/GPU"
    (tmp_path / "mine").mkdir()
    (tmp_path / "final_accounts").mkdir()
    monkeypatch.chdir(tmp_path)
    assert placed(Settings("mine")).family == str(tmp_path / "mine")
    assert [placed(Settings(name)).family for name in (None, "final_accounts", "nowhere")] == [
        None, "final_accounts", "nowhere",
    ]  # fmt: skip
    with pytest.raises(UsageError, match="nowhere is no known family"):
        run([], tmp_path / "out", settings=Settings("nowhere"))
    assert not (tmp_path / "out").exists()


def test_a_file_is_copied_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = sorted((Path(__file__).parents[3] / "examples" / "archive").rglob("*.pdf"))[0]
    copied: list[Path] = []

    def counted(place: Path, target: Path) -> None:
        copied.append(place)
        shutil.copyfile(place, target)

    monkeypatch.setattr("recount.pipeline.archive.files._copy_file", counted)
    assert run([Source(report, "a.pdf")], tmp_path, jobs=1).structured == 1
    assert copied == [report]
    assert read_result(result_path(tmp_path, "a.pdf")).source.sha256 == hash_of(report)


class TestAFileWithSeveralReports:
    def test_each_has_a_result_and_the_file_one_row(self, go: Any, archive: Path, tmp_path: Path) -> None:
        (archive / "b.pdf").write_text("several 2")
        summary = go()
        assert results(tmp_path / "out") == ["2022/a.pdf.json", "b.pdf#1.json", "b.pdf#2.json"]
        files = [read_result(result_path(tmp_path / "out", name)).source.file for name in ("b.pdf#1", "b.pdf#2")]
        assert files == ["b.pdf#1", "b.pdf#2"]
        one, two = (outcome.attempt for outcome in summary.outcomes)
        assert (two.file, two.reports, two.results) == ("b.pdf", 2, files)
        assert two.figures == {status: 2 * number for status, number in one.figures.items()}
        assert (two.pages, two.errors) == (one.pages, 2 * one.errors)

    def test_it_is_unchanged_while_all_of_them_are_there(self, go: Any, archive: Path, tmp_path: Path) -> None:
        (archive / "b.pdf").write_text("several 2")
        go()
        assert go().unchanged == 2
        result_path(tmp_path / "out", "b.pdf#2").unlink()
        assert (go().structured, go().unchanged) == (1, 2)

    @pytest.mark.parametrize(
        ("before", "after", "names"),
        [
            ("several 3", "good", ["b.pdf.json"]),
            ("several 3", "several 2", ["b.pdf#1.json", "b.pdf#2.json"]),
            ("good", "several 2", ["b.pdf#1.json", "b.pdf#2.json"]),
            ("several 3", "bug", []),
        ],
    )
    def test_what_an_earlier_content_left_goes(
        self, go: Any, archive: Path, tmp_path: Path, before: str, after: str, names: list[str]
    ) -> None:
        (archive / "b.pdf").write_text(f"{before} ")
        go()
        (archive / "b.pdf").write_text(f"{after} ")
        go()
        assert results(tmp_path / "out") == ["2022/a.pdf.json", *names]

    def test_a_copy_of_it_gets_all_of_them(self, go: Any, archive: Path, tmp_path: Path) -> None:
        for name in ("b.pdf", "c.pdf"):
            (archive / name).write_text("several 2")
        summary = go()
        assert summary.outcomes[-1].attempt.same_as == "b.pdf"
        assert results(tmp_path / "out")[1:] == ["b.pdf#1.json", "b.pdf#2.json", "c.pdf#1.json", "c.pdf#2.json"]
        assert read_result(result_path(tmp_path / "out", "c.pdf#2")).source.file == "c.pdf#2"

    def test_one_that_cannot_be_written_leaves_none(
        self, go: Any, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (archive / "b.pdf").write_text("several 2")

        def write(path: Path, result: Result) -> bytes:
            if path.name == "b.pdf#2.json":
                raise OSError(28, "No space left on device")
            return write_result(path, result)

        monkeypatch.setattr("recount.pipeline.run.store.write_result", write)
        assert len(go().failures) == 1
        assert results(tmp_path / "out") == ["2022/a.pdf.json"]

    def test_a_file_of_the_name_of_a_result_is_refused(self, archive: Path) -> None:
        (archive / "b.pdf#2").write_text("good")
        with pytest.raises(UsageError, match=r"b\.pdf\.json"):
            find_sources([archive / "b.pdf", archive / "b.pdf#2"])
        assert [source.name for source in find_sources([archive / "b.pdf#2"]).sources] == ["b.pdf#2"]


@pytest.mark.parametrize(
    "change",
    [{"temperature": 0.5}, {"seed": 1}, {"thinking": False}, {"parameters": {"top_k": 1}}, {"headers": {"A": "b"}}],
)
def test_results_of_a_model_that_is_asked_otherwise_are_others(change: dict[str, Any]) -> None:
    asked = ModelSettings("m")
    assert variant_of(Settings(model=replace(asked, **change))) != variant_of(Settings(model=asked))
    assert variant_of(Settings(model=replace(asked, concurrency=9))) == variant_of(Settings(model=asked))
