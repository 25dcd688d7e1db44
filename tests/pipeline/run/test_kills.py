"""Killed at any moment and in any way, whatever it does: the next run ends as if nothing had been.

In the suite the trades that cost little; RECOUNT_KILLS=200 kills so often, in all of them: whole reports, questions to
a model, exports and evaluations too.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from recount.pipeline.result import decoded
from recount.pipeline.run.fates import Attempt
from recount.pipeline.run.ledger import Ledger
from recount.tests.pipeline.model.examples import NATIONAL, SHANGHAI, example, scripted_by
from recount.tests.pipeline.model.server import scripted
from recount.tests.pipeline.output.test_killed_exports import archive as results_in
from recount.tests.pipeline.output.test_killed_exports import leftovers

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")
TASKS = Path(__file__).parent.parent / "tasks"
BY_HAND = int(os.environ.get("RECOUNT_KILLS", "0"))
KILLS = BY_HAND or 20
WAYS = ("parent", "worker", "SIGTERM", "group", "SIGINT")
HEAD = (
    "import sys\nfrom pathlib import Path\nfrom report_tasks import by_content\n"
    "from recount.pipeline.archive.sources import find_sources\nfrom recount.pipeline.run.runner import run\n"
    "from recount.pipeline.run.status import to_retry\nif __name__ == '__main__':\n    "
)
COMMAND = "from recount.cli import main\nif __name__ == '__main__':\n    main()\n"
by_hand = pytest.mark.skipif(not BY_HAND, reason="by hand: RECOUNT_KILLS=200")

Check = Callable[[Path, Path], None]
"""Whether the output of disturbed runs, the first, is as that of an undisturbed one, the second."""


@dataclass(frozen=True)
class Trade:
    """What is done and killed. program: a script with arguments; {out} is the folder it works in. begin: makes that
    folder as it is before. bears: whether it goes on when one of its workers is killed."""

    program: Path
    arguments: Sequence[object]
    check: Check
    begin: Callable[[Path], object] = lambda out: out.mkdir()
    bears: bool = True

    def start(self, out: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, self.program, *(str(words).format(out=out) for words in self.arguments)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TASKS), *sys.path])},
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def survives(process: subprocess.Popen[bytes], way: str, chance: random.Random) -> None:
    """Kills a run, or one of its processes, and waits for its end."""
    if way == "worker":
        if children := workers_of(process.pid):
            with suppress(ProcessLookupError):
                os.kill(chance.choice(children), signal.SIGKILL)
    elif way == "group":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.send_signal(signal.SIGKILL if way == "parent" else signal.Signals[way])
    process.wait()


def workers_of(process: int) -> list[int]:
    """The processes that one started, and those that these did."""
    listed = [path.read_text() for path in Path(f"/proc/{process}/task").glob("*/children")]
    own = [int(child) for children in listed for child in children.split()]
    return own + [deeper for child in own for deeper in workers_of(child)]


def disturbed(trade: Trade, folder: Path, kills: int) -> None:
    """Kills a trade so often; after each kill it is begun again, till it ends, and then all is as undisturbed."""
    whole, out = folder / "undisturbed", folder / "out"
    trade.begin(whole)
    began = time.monotonic()
    assert trade.start(whole).wait() == 0
    length, chance, ends, done = time.monotonic() - began, random.Random(7), 0, 0
    while done < kills or not ends:
        if not out.exists():
            trade.begin(out)
        process, killed = trade.start(out), ""
        try:
            process.wait(chance.uniform(0.2, 1.0) * length if done < kills else None)
        except subprocess.TimeoutExpired:
            killed = WAYS[done % len(WAYS)]
            done += 1
            survives(process, killed, chance)
        must_end = not killed or (killed == "worker" and trade.bears)
        assert process.returncode == 0 or not must_end, f"{killed}: {process.returncode}"
        if process.returncode == 0:
            trade.check(out, whole)
            shutil.rmtree(out)
            ends += 1
    print(f"{done} kills, {ends} ends")


def script(folder: Path, words: str) -> Path:
    path = folder / "go.py"
    path.write_text(words)
    return path


def tree(out: Path) -> dict[str, bytes]:
    files = (path for path in (out / "reports").rglob("*") if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


def rows(out: Path) -> dict[str, Attempt]:
    """What the ledger says of every report, apart from times."""
    with Ledger(out / "ledger.sqlite") as ledger:
        return {name: replace(last, seconds=0.0, stages={}) for name, last in ledger.latest().items()}


def same_run(out: Path, whole: Path) -> None:
    assert tree(out) == tree(whole)
    assert rows(out) == rows(whole)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    root.mkdir()
    for number in range(40):
        (root / f"{number}.pdf").write_text(f"brief {number}")
    (root / "copy.pdf").write_text("brief 7")
    (root / "bad.pdf").write_text("encrypted")
    return root


def test_structuring(archive: Path, tmp_path: Path) -> None:
    go = "run(find_sources([Path(sys.argv[1])]).sources, Path(sys.argv[2]), jobs=2, task=by_content)\n"
    disturbed(Trade(script(tmp_path, HEAD + go), [archive, "{out}"], same_run), tmp_path, KILLS // 2)


def test_retrying(archive: Path, tmp_path: Path, tasks: Any) -> None:
    """A third of the reports failed, and are mended."""
    from recount.pipeline.archive.sources import find_sources
    from recount.pipeline.run.runner import run

    for number in range(0, 40, 3):
        (archive / f"{number}.pdf").write_text(f"encrypted {number}")
    run(find_sources([archive]).sources, tmp_path / "first", jobs=1, task=tasks.by_content)
    for number in range(0, 40, 3):
        (archive / f"{number}.pdf").write_text(f"brief {number}")
    go = "run(to_retry(Path(sys.argv[1]), failed=False), Path(sys.argv[1]), jobs=2, task=by_content)\n"
    begin = lambda out: shutil.copytree(tmp_path / "first", out)  # noqa: E731
    disturbed(Trade(script(tmp_path, HEAD + go), ["{out}"], same_run, begin), tmp_path, KILLS // 4)


def test_exporting(tmp_path: Path) -> None:
    results = results_in(tmp_path / "results", 110 if BY_HAND else 40)

    def same(out: Path, whole: Path) -> None:
        assert not leftovers(out)
        assert {file.name: file.read_bytes() for file in out.iterdir()} == {
            file.name: file.read_bytes() for file in whole.iterdir()
        }

    arguments = ["export", results, "--format", "csv", "-o", "{out}"]
    trade = Trade(script(tmp_path, COMMAND), arguments, same, bears=False)
    disturbed(trade, tmp_path, KILLS // 4)


def figures_of(out: Path) -> Mapping[str, Any]:
    """What results say, apart from what it took and how long."""
    told = {name: decoded(content) for name, content in tree(out).items()}
    for result in told.values():
        result["summary"].pop("seconds")
        for spent in ("calls", "input_tokens", "output_tokens", "cost", "seconds"):
            result["summary"]["mapper"].pop(spent, None)
    return told


@by_hand
def test_whole_reports(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    for path in (NATIONAL, SHANGHAI):
        shutil.copy(path, folder / path.name)

    def same(out: Path, whole: Path) -> None:
        assert figures_of(out) == figures_of(whole)
        assert len(rows(out)) == 2

    arguments = ["structure", folder, "--out", "{out}", "--jobs", 2]
    disturbed(Trade(script(tmp_path, COMMAND), arguments, same), tmp_path, KILLS // 8)


def timeless(told: Any) -> Any:
    """JSON without what it took."""
    if isinstance(told, dict):
        return {key: timeless(part) for key, part in told.items() if "seconds" not in key}
    return [timeless(part) for part in told] if isinstance(told, list) else told


@by_hand
def test_evaluating(tmp_path: Path) -> None:
    from recount.cli import main

    with pytest.raises(SystemExit):
        main(["eval", "generate", "--form", "x2021", "--count", "3", "--out", str(tmp_path / "gold")])

    def scores(out: Path) -> Any:
        return timeless(json.loads((out / "results.json").read_text()))

    def same(out: Path, whole: Path) -> None:
        assert figures_of(out) == figures_of(whole)
        assert scores(out) == scores(whole)

    arguments = ["eval", "--gold", tmp_path / "gold", "--out", "{out}", "--jobs", 2]
    disturbed(Trade(script(tmp_path, COMMAND), arguments, same), tmp_path, KILLS // 8)


@by_hand
def test_asking_a_model(tmp_path: Path) -> None:
    """What was answered is not asked twice; what was on its way is counted as paid."""
    lost = 0

    def same(out: Path, whole: Path) -> None:
        nonlocal lost
        assert figures_of(out) == figures_of(whole)
        with closing(sqlite3.connect(out / "model.sqlite")) as database:
            calls = database.execute("SELECT key, outcome, input_tokens FROM calls").fetchall()
            kept = {key for (key,) in database.execute("SELECT key FROM answers WHERE outcome = 'ok'")}
        assert {outcome for _, outcome, _ in calls} <= {"ok", "sent"}
        assert all(tokens > 0 for _, _, tokens in calls)
        answered = Counter(key for key, outcome, _ in calls if outcome == "ok")
        assert set(answered) == kept
        assert set(answered.values()) == {1}
        assert len(calls) >= len(server.requests) - seen[0]
        lost += sum(outcome == "sent" for _, outcome, _ in calls)
        seen[0] = len(server.requests)

    with scripted(scripted_by(example(NATIONAL)), delay=0.3) as server:
        seen = [0]
        model = ["--model", "scripted", "--base-url", server.base_url, "--model-mode", "json_schema"]
        arguments = ["structure", NATIONAL, "--out", "{out}", *model, "--mapper", "model", "--concurrency", 1]

        def begin(out: Path) -> None:
            out.mkdir()
            seen[0] = len(server.requests)

        disturbed(Trade(script(tmp_path, COMMAND), arguments, same, begin), tmp_path, KILLS // 8)
    print(f"{lost} questions were on their way when they were killed, and count as paid")
