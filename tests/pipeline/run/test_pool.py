"""Worker processes: what they begin with, and that one server forks them all."""

from __future__ import annotations

import importlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from recount.cli import main
from recount.pipeline.run.pool import Died, Pool, end_server, start_server
from recount.tests.pipeline.run.forked import seen

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only on Linux are workers forked")


@pytest.fixture
def pool() -> Iterator[Pool[str, object]]:
    made: Pool[str, object] = Pool(seen, 1)
    yield made
    made.stop()


def server_of(pool: Pool[str, object]) -> int:
    server = pool.once("server")
    assert isinstance(server, int)
    return server


def test_a_worker_has_what_it_needs_and_nothing_of_what_reads_scans(pool: Pool[str, object]) -> None:
    modules = pool.once("modules")
    assert isinstance(modules, list)
    assert "recount.pipeline.structure" in modules
    assert not {"openvino", "onnxruntime", "cv2", "typer", "rich"} & set(modules)


def test_a_worker_collects_what_it_no_longer_needs(pool: Pool[str, object]) -> None:
    assert pool.once("collector")  # which was off while its server imported


def test_a_process_that_forks_has_no_threads(pool: Pool[str, object]) -> None:
    assert len(list(Path(f"/proc/{server_of(pool)}/task").iterdir())) == 1


def test_whoever_else_imports_what_the_server_does_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["-c"])  # of a worker of pytest's, too
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    sys.modules.pop("recount.pipeline.run.ready", None)
    importlib.import_module("recount.pipeline.run.ready")
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers


def test_one_server_forks_the_workers_of_all_pools(pool: Pool[str, object]) -> None:
    other: Pool[str, object] = Pool(seen, 1)
    try:
        assert server_of(pool) == server_of(other) != os.getpid()
    finally:
        other.stop()


def test_a_worker_has_the_environment_of_its_parent_at_its_start(
    pool: Pool[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    start_server()
    monkeypatch.setenv("RECOUNT_TOLD_LATER", "yes")
    monkeypatch.delenv("PATH")
    assert pool.once("RECOUNT_TOLD_LATER") == "yes"
    assert pool.once("PATH") is None


def test_no_worker_waits_for_what_is_done_with_an_answer(pool: Pool[str, object], tmp_path: Path) -> None:
    for _ in pool.work([str(tmp_path / "first"), str(tmp_path / "second")]):
        until = time.monotonic() + 60
        while not (tmp_path / "second").exists():
            assert time.monotonic() < until
            time.sleep(0.01)


def test_the_server_is_started_before_the_command_line_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[str] = []
    monkeypatch.setattr("recount.pipeline.run.pool.start_server", lambda: happened.append("server"))
    monkeypatch.setattr("recount.cli.app", lambda *_, **__: happened.append("read"))
    for line in ("structure a.pdf --out b", "--lang zh structure a.pdf", "structure --help", "status structure.d"):
        with pytest.raises(SystemExit):
            main(line.split())
    assert happened == ["server", "read"] * 2 + ["read"] * 2


def test_a_server_that_dies_takes_its_workers_with_it_and_another_takes_its_place(pool: Pool[str, object]) -> None:
    server = server_of(pool)
    assert isinstance(pool.once("kill the server"), Died)
    assert server_of(pool) != server


SCRIPT = """
import sys
from recount.cli import main
from recount.pipeline.run.pool import Pool

print("run as", __name__, flush=True)

def own(job):
    return job * 2

if __name__ == "__main__":
    pool = Pool({handle}, 1)
    print("answer", pool.once({job}), flush=True)
    pool.stop()
"""


@pytest.mark.parametrize(
    ("handle", "job", "printed"),
    [
        ("len", "'four'", ["run as __main__", "answer 4"]),
        ("own", "2", ["run as __main__", "run as __mp_main__", "answer 4"]),
    ],
)
def test_a_worker_imports_what_began_the_run_only_if_it_is_to_do_something_of_it(
    handle: str, job: str, printed: list[str], tmp_path: Path
) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(handle=handle, job=job))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, script], env=environment, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines() == printed


def test_what_workers_took_counts_as_taken_here_once_the_server_has_ended(pool: Pool[str, object]) -> None:
    pool.once("work")
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    pool.stop()
    end_server()
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before > 0.15
    assert isinstance(pool.once("server"), int)
