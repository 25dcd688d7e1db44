"""A real Ray cluster on this machine: two raylets, workers of which some are killed, the same bytes as without it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from recount.pipeline.errors import UsageError
from recount.pipeline.run.cluster import Cluster
from recount.pipeline.run.fates import Attempt
from recount.pipeline.run.ledger import Ledger
from recount.pipeline.run.pool import UNBOUNDED

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="it looks for its processes in /proc"),
    pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed: pip install 'recount-reports[ray]'"),
]

ROOT = Path(__file__).resolve().parents[3]
TASKS = Path(__file__).parent.parent / "tasks"
EXAMPLES = sorted((ROOT / "examples" / "archive").rglob("*.pdf"), key=lambda path: path.stat().st_size)[:2]
PATIENCE = 240
"""Seconds for anything that takes a few: the machine may have other things to do."""


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder behind bucket://…"""
    return tmp_path_factory.mktemp("bucket")


@pytest.fixture(scope="module")
def cluster(bucket: Path) -> Iterator[dict[str, str]]:
    """The environment of programs that work on a cluster of two raylets, each with one processor."""
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("RAY_")},
        "PYTHONPATH": os.pathsep.join([str(TASKS), str(ROOT / ".dev")]),
        "RECOUNT_TEST_BUCKET": str(bucket),
        "RAY_USAGE_STATS_ENABLED": "0",
    }
    script = (
        "import sys\nfrom ray.cluster_utils import Cluster\n"
        "about = {'num_cpus': 1, 'object_store_memory': 80 << 20}\n"
        "cluster = Cluster(initialize_head=True, head_node_args={**about, 'include_dashboard': False})\n"
        "cluster.add_node(**about)\n"
        "print('ready', cluster.address, flush=True)\n"
        "sys.stdin.read()\n"
        "cluster.shutdown()\n"
    )
    keeper = subprocess.Popen(
        [sys.executable, "-c", script],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    began: set[int] = set()
    try:
        ready = next((line for line in keeper.stdout if line.startswith("ready ")), None)
        assert ready is not None, "no cluster could be started"
        yield {**environment, "RAY_ADDRESS": ready.split()[1]}
        began = children_of(keeper.pid)
        assert len(began) >= 3
    finally:
        keeper.stdin.close()
        try:
            keeper.wait(PATIENCE)
        finally:
            for process in children_of(keeper.pid) | {keeper.pid}:
                end(process)
    wait_for(lambda: not any(map(lives, began)))


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children_of(process: int) -> set[int]:
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if parent_of(int(path.name)) == process:
                found |= {int(path.name)} | children_of(int(path.name))
        except OSError:
            continue
    return found


def end(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def wait_for(happens: Any) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if happens():
            return
        time.sleep(0.1)
    pytest.fail("it did not happen in time")


def start(
    script: Path, cluster: dict[str, str], workers: str, out: object, ledger: Path | None, seconds: float = 120.0
) -> Any:
    """Runs the archive beside the script by the task of the tests, in a process of its own."""
    script.write_text(
        "import sys\nfrom pathlib import Path\nfrom bucket_tasks import by_bucket\n"
        "from recount.pipeline.archive.sources import find_sources\n"
        "from recount.pipeline.archive.locations import place_of\n"
        "from recount.pipeline.run.pool import Bounds\nfrom recount.pipeline.run.runner import run\n"
        "if __name__ == '__main__':\n"
        "    archive, workers, out, ledger = sys.argv[1:5]\n"
        "    run(find_sources([place_of(archive)]).sources, place_of(out), ledger=Path(ledger) if ledger else None,\n"
        "        workers=workers, jobs=None if workers == 'ray' else 2, task=by_bucket,\n"
        "        bounds=Bounds(seconds=float(sys.argv[5])))\n"
    )
    where = "bucket://archive" if str(out).startswith("bucket:") else cluster["RECOUNT_TEST_BUCKET"] + "/archive"
    return subprocess.Popen(
        [sys.executable, script, where, workers, str(out), str(ledger or ""), str(seconds)],
        env=cluster,
        stderr=subprocess.PIPE,
        text=True,
    )


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.json")}


def rows(ledger: Path) -> dict[str, Attempt]:
    with Ledger(ledger / "ledger.sqlite") as opened:
        return {name: replace(each, seconds=0.0, stages={}) for name, each in opened.latest().items()}


def filled(bucket: Path) -> Path:
    """The archive of the bucket, of reports, a copy and two that fail; and where the largest says that it is begun."""
    archive, begun = bucket / "archive", bucket / "begun"
    for folder in (archive, bucket / "out"):
        shutil.rmtree(folder, ignore_errors=True)
    begun.unlink(missing_ok=True)
    archive.mkdir()
    for number in range(12):
        (archive / f"{number}.pdf").write_text(f"brief {number}")
    (archive / "copy.pdf").write_text("brief 7")
    (archive / "bad.pdf").write_text("encrypted")
    (archive / "odd.pdf").write_text("bug")
    (archive / "begun first, for it is the largest.pdf").write_text(f"pause {bucket} " + "x" * 100)
    return begun


@pytest.fixture(scope="module")
def undisturbed(cluster: dict[str, str], bucket: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of that archive without a cluster."""
    filled(bucket).touch()  # so that nothing pauses
    folder = tmp_path_factory.mktemp("local")
    local = start(folder / "go.py", cluster, "local", folder / "out", None)
    assert local.wait(PATIENCE) == 0, local.communicate()[1]
    return folder / "out"


@pytest.mark.parametrize("victim", ["Ray worker", "its child"])
@pytest.mark.parametrize("where", ["folder", "bucket"])
def test_a_killed_worker_loses_nothing(
    cluster: dict[str, str], bucket: Path, undisturbed: Path, tmp_path: Path, where: str, victim: str
) -> None:
    begun = filled(bucket)
    out, ledger = (tmp_path / "out", None) if where == "folder" else ("bucket://out", tmp_path / "ledger")
    process = start(tmp_path / "go.py", cluster, "ray", out, ledger)
    wait_for(lambda: (begun.exists() and begun.read_text().endswith("\n")) or process.poll() is not None)
    assert process.poll() is None, process.communicate()[1]
    child = int(begun.read_text())
    worker = parent_of(parent_of(child))  # between the two stands the server that forks
    assert "ray::" in Path(f"/proc/{worker}/cmdline").read_text()
    end(worker if victim == "Ray worker" else child)
    assert process.wait(PATIENCE) == 0, process.communicate()[1]
    assert not lives(child)
    results = tree((tmp_path if where == "folder" else bucket) / "out" / "reports")
    assert len(results) == 14
    assert results == tree(undisturbed / "reports")
    assert rows(ledger or tmp_path / "out") == rows(undisturbed)


def test_what_hangs_there_is_ended_there(cluster: dict[str, str], bucket: Path, tmp_path: Path) -> None:
    archive = bucket / "archive"
    shutil.rmtree(archive, ignore_errors=True)
    archive.mkdir()
    (archive / "hang.pdf").write_text("hang")
    process = start(tmp_path / "go.py", cluster, "ray", tmp_path / "out", None, seconds=2.0)
    assert process.wait(PATIENCE) == 0, process.communicate()[1]
    assert rows(tmp_path / "out")["hang.pdf"].reason == "it took longer than 2 seconds"


def test_real_reports_from_the_command_line_are_the_same_bytes(cluster: dict[str, str], tmp_path: Path) -> None:
    for engine in ("local", "ray"):
        command = [sys.executable, "-m", "recount.cli", "structure", *EXAMPLES, "--quiet", "--out", tmp_path / engine]
        done = subprocess.run(
            [*command, "--engine", engine], env=cluster, capture_output=True, text=True, timeout=PATIENCE
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
    local, ray = (
        {name: timeless(content) for name, content in tree(tmp_path / engine / "reports").items()}
        for engine in ("local", "ray")
    )
    assert local == ray  # in whatever order a folder tells its files
    again = subprocess.run(
        [sys.executable, "-m", "recount.cli", "structure", *EXAMPLES, "--out", tmp_path / "ray", "--engine", "ray"],
        env=cluster,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert ["unchanged", str(len(ray))] in [line.split() for line in again.stdout.splitlines()], again.stderr


def timeless(content: bytes) -> str:
    assert json.loads(content)["summary"]["seconds"]
    return re.sub(r'("seconds": \{)[^}]*', r"\1", content.decode())


def test_another_version_in_the_cluster_is_refused(cluster: dict[str, str], bucket: Path, tmp_path: Path) -> None:
    archive = bucket / "archive"
    shutil.rmtree(archive, ignore_errors=True)
    archive.mkdir()
    (archive / "good.pdf").write_text("good")
    start(tmp_path / "go.py", cluster, "local", tmp_path / "out", None).wait(PATIENCE)
    other = (
        (tmp_path / "go.py")
        .read_text()
        .replace(
            "if __name__",
            "import recount.pipeline.run.cluster as c\nc.program_version = lambda: 'other'\nif __name__",
            1,
        )
    )
    (tmp_path / "other.py").write_text(other)
    command = [sys.executable, tmp_path / "other.py", archive, "ray", tmp_path / "another", "", "60"]
    done = subprocess.run(command, env=cluster, capture_output=True, text=True, timeout=PATIENCE)
    assert "this machine other: results would differ" in done.stderr


def test_without_a_cluster_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    with pytest.raises(UsageError, match=r"no Ray cluster answers at 127.0.0.1:1 \(RAY_ADDRESS\)"):
        list(Cluster(str, None, UNBOUNDED).work([1]))

    def none(**_: object) -> None:
        raise ConnectionError("Could not find any running Ray instance.")

    monkeypatch.delenv("RAY_ADDRESS")
    monkeypatch.setattr("ray.init", none)
    with pytest.raises(UsageError, match="no Ray cluster was found; `ray start --head` begins one here"):
        list(Cluster(str, None, UNBOUNDED).work([1]))
    monkeypatch.setitem(sys.modules, "ray", None)
    hint = r"--engine ray needs the extra ray, which is not installed: pip install 'recount-reports\[ray"
    with pytest.raises(UsageError, match=hint):
        list(Cluster(str, None, UNBOUNDED).work([1]))
