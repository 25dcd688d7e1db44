"""Whichever write, fsync, rename or statement of a run fails, or is its last: the next run ends as if nothing had been.

RECOUNT_POINTS=1 tries every one; in the suite a share of them, other ones each time that a run has another length.
"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from recount.pipeline.archive.sources import find_sources
from recount.pipeline.result import read_result
from recount.pipeline.run.ledger import Ledger
from recount.pipeline.run.runner import run
from recount.tests.pipeline.archive.trees import portfolio
from recount.tests.pipeline.run.faulty import CRASHED, FINISHED, KILLED, SAID, Fault, disturbed

STEP = int(os.environ.get("RECOUNT_POINTS", "7"))
"""One of so many points is tried."""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="fork")


def fill(archive: Path) -> None:
    """A report, one with two in a file, a copy, a bad one, one in a zip archive, one to which files are attached."""
    (archive / "2023").mkdir(parents=True)
    (archive / "2023" / "a.pdf").write_text("good a")
    (archive / "b.pdf").write_text("several 2 b")
    (archive / "copy.pdf").write_text("good a")
    (archive / "bad.pdf").write_text("encrypted")
    with zipfile.ZipFile(archive / "z.zip", "w") as packed:
        packed.writestr("in/c.pdf", "good c")
    (archive / "p.pdf").write_bytes(portfolio({"d.pdf": "good d", "e.pdf": "encrypted", "f.xml": "<f/>"}))


def change(archive: Path) -> None:
    """As an archive changes between two runs: another content, fewer and more reports in a file, a failure, a cure."""
    (archive / "2023" / "a.pdf").write_text("several 3 a")
    (archive / "b.pdf").write_text("good b, alone now")
    (archive / "copy.pdf").write_text("encrypted")
    (archive / "bad.pdf").write_text("good now")
    (archive / "p.pdf").write_bytes(portfolio({"e.pdf": "good e", "g.pdf": "good g"}))


def stands(out: Path) -> dict[str, Any]:
    """All that an output folder holds, apart from times."""
    tree = {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted((out / "reports").rglob("*"))
        if path.is_file()
    }
    summary = json.loads((out / "summary.json").read_text())
    with Ledger(out / "ledger.sqlite") as ledger:
        latest = {name: replace(done, seconds=0.0, stages={}) for name, done in ledger.latest().items()}
    kept = {key: summary[key] for key in ("reports", "pages", "figures", "discrepancies", "failures")}
    others = sorted(path.name for path in out.iterdir() if not path.name.startswith("ledger"))
    return {"tree": tree, "latest": latest, "summary": kept, "others": others}


def whole(out: Path) -> None:
    """Nothing that bears the name of a result is half of one, whatever happened."""
    for path in (out / "reports").rglob("*.json"):
        if not path.name.startswith("."):
            read_result(path)


@pytest.mark.parametrize("kills", [False, True], ids=["fails", "kills"])
@pytest.mark.parametrize("second", [False, True], ids=["first", "changed"])
def test_the_next_run_ends_as_if_nothing_had_been(second: bool, kills: bool, tmp_path: Path, tasks: ModuleType) -> None:
    archive, before = tmp_path / "archive", tmp_path / "before"
    fill(archive)

    def go(out: Path) -> Callable[[], object]:
        return lambda: run(find_sources([archive]).sources, out, jobs=1, task=tasks.by_content)

    if second:
        go(before)()
        change(archive)
    else:
        before.mkdir()
    shutil.copytree(before, tmp_path / "right")
    go(tmp_path / "right")()
    right = stands(tmp_path / "right")
    shutil.copytree(before, tmp_path / "counted")
    code, points, _ = disturbed(go(tmp_path / "counted"), Fault(), tmp_path / "told")
    assert (code, stands(tmp_path / "counted")) == (FINISHED, right)
    ends: Counter[int] = Counter()
    for at in range(1 + points % STEP, points + 1, STEP):
        out = tmp_path / f"out {at}"
        shutil.copytree(before, out)
        code, _, last = disturbed(go(out), Fault(at, kills), tmp_path / "told")
        assert code != CRASHED, f"point {at}: {last}"
        assert code in ((KILLED,) if kills else (FINISHED, SAID)), (at, code)
        whole(out)
        assert disturbed(go(out), Fault(), tmp_path / "told")[0] == FINISHED, at
        assert stands(out) == right, at
        shutil.rmtree(out)
        ends[code] += 1
    print(f"{points} points, {sum(ends.values())} tried: {dict(ends)}")
