"""An export that is killed leaves no process behind, and no folder that the next one does not sweep."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from recount.pipeline.output.export import export, of_each, staged
from recount.pipeline.result import write_json

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
PATIENCE = 60.0


def archive(folder: Path, number: int) -> Path:
    """An output folder with so many results of 250 figures."""
    figure = {"raw": "1.00", "value": Decimal("1.00"), "page": 1, "bbox": [1, 2, 3, 4], "status": "verified"}
    items = [{"item_name": f"{at}", "amount": Decimal("1.00")} for at in range(250)]
    figures = {f"/general_public_budget/items/{at}/amount": figure for at in range(len(items))}
    for at in range(number):
        content = {
            "contract": "final-accounts/1",
            "source": {"file": f"{at}.pdf", "sha256": f"{at}", "pages": 3},
            "report": {"general_public_budget": {"items": items}},
            "figures": figures,
            "checks": [],
        }
        write_json(folder / "reports" / f"{at}.pdf.json", content)
    return folder


def begun(out: Path, target: Path) -> subprocess.Popen[bytes]:
    """An export in a process of its own, in two processes more where there are many results."""
    program = (
        "import os, signal; os.cpu_count = lambda: 2\n"
        # A shell has what it starts in the background ignore Ctrl-C, this suite too.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from pathlib import Path; from recount.pipeline.output.export import export\n"
        f"if __name__ == '__main__': export(Path({str(out)!r}), Path({str(target)!r}), 'sqlite')"
    )
    script = target.parent / "program.py"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(program)
    return subprocess.Popen([sys.executable, str(script)], start_new_session=True)


def processes(group: int) -> set[int]:
    """The processes of a session."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, process_group = path.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(process_group) == group and state != "Z":
            found.add(int(path.parent.name))
    return found


def until(what: Callable[[], object]) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return False


def leftovers(folder: Path) -> list[Path]:
    return list(folder.glob(".*.recount-tmp"))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive(tmp_path_factory.mktemp("many"), 110)


def working(running: subprocess.Popen[bytes], target: Path) -> bool:
    """Whether an export has begun to write."""
    assert running.poll() is None, "it was done before it could be killed"
    return any(file.stat().st_size > 0 for folder in leftovers(target.parent) for file in folder.glob(target.name))


def test_a_worker_that_is_killed_over_its_answer_costs_nothing(
    tmp_path: Path, tasks: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recount.pipeline.output.export._FEW", 0)
    monkeypatch.setattr("recount.pipeline.output.export.os.cpu_count", lambda: 2)
    answers = list(of_each(range(24), partial(tasks.large_answer, tmp_path / "killed")))
    assert (tmp_path / "killed").exists()
    assert answers == [b"x" * (1 << 20)] * 24


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_of_a_killed_export_nothing_is_left(many: Path, tmp_path: Path, how: signal.Signals) -> None:
    target = tmp_path / "made" / "a.sqlite"
    running = begun(many, target)
    assert until(lambda: working(running, target))
    os.kill(running.pid, how)
    assert running.wait(PATIENCE) != 0
    assert until(lambda: not processes(running.pid))
    assert not leftovers(target.parent)
    assert not target.exists()


def test_what_a_killed_session_leaves_is_swept_by_the_next_export(many: Path, tmp_path: Path) -> None:
    target = tmp_path / "made" / "a.sqlite"
    running = begun(many, target)
    assert until(lambda: working(running, target))
    os.killpg(running.pid, signal.SIGKILL)
    running.wait(PATIENCE)
    assert until(lambda: not processes(running.pid))
    assert len(leftovers(target.parent)) == 1
    export(archive(tmp_path / "few", 1), target.parent / "b.csv", "csv")
    assert not leftovers(target.parent)


def test_the_folder_of_an_export_that_works_is_left_alone(tmp_path: Path) -> None:
    with staged(tmp_path) as one:
        (one / "a").write_text("a")
        with staged(tmp_path) as other:
            (other / "b").write_text("b")
            assert {one, other} == set(leftovers(tmp_path))
        assert (one / "a").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_where_folders_cannot_be_locked_what_is_old_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr("fcntl.flock", unsupported)
    old, young = tmp_path / ".old.recount-tmp", tmp_path / ".young.recount-tmp"
    old.mkdir()
    young.mkdir()
    os.utime(old, (0, time.time() - 25 * 3600))
    with staged(tmp_path) as staging:
        assert {staging, young} == set(leftovers(tmp_path))
