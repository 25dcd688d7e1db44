"""Runs a task over cases and scores what comes out. The task is handed in: the harness knows only results.

Every report is done in the boundary that archive runs have (`pipeline.run.runner`): a report that breaks the task, or
kills its process, is its own outcome and scores zero; the others go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from recount.eval.cases import Case
from recount.eval.score.scores import CaseScore, score, score_failure
from recount.pipeline.archive.sources import Source
from recount.pipeline.result import read_result
from recount.pipeline.run.fates import Attempt
from recount.pipeline.run.progress import Watch
from recount.pipeline.run.runner import run
from recount.pipeline.run.store import result_path
from recount.pipeline.run.worker import Task


@dataclass(frozen=True, slots=True)
class Scored:
    """The cases with their scores, in the order of their names."""

    cases: tuple[Case, ...]
    scores: tuple[CaseScore, ...]


def evaluate(
    cases: Sequence[Case],
    task: Task,
    out: Path,
    *,
    jobs: int | None = None,
    watch: Watch | None = None,
) -> Scored:
    """Structures every case by the task into out/reports, and scores the results.

    jobs: as of `pipeline.run.runner.run`; watch: is told of it. Raises UsageError if `out` cannot be written to.
    """
    ordered = sorted(cases, key=lambda case: case.name)
    # The largest first, so that no process is left alone with it in the end. The runner is not told the sizes: it would
    # structure sources of one content once, and here each case is to be done.
    largest = sorted(ordered, key=lambda case: -case.source.stat().st_size)
    sources = [Source(case.source, case.name) for case in largest]
    told, step = (watch.outcome, watch.step) if watch else (None, None)
    summary = run(sources, out, jobs=jobs, force=True, on_progress=told, on_step=step, task=task)
    attempts = {outcome.attempt.file: outcome.attempt for outcome in summary.outcomes}
    return Scored(tuple(ordered), tuple(scored(case, attempts[case.name], out) for case in ordered))


def scored(case: Case, attempt: Attempt, out: Path) -> CaseScore:
    """A case by what became of it."""
    if attempt.status == "failed":
        return score_failure(case, fate_of_failure(attempt), attempt.reason or "")
    if attempt.reports > 1:
        return score_failure(case, "refused", f"it was read as {attempt.reports} reports, and is one")
    return score(case, read_result(result_path(out, case.name)), attempt.seconds)


def fate_of_failure(attempt: Attempt) -> Literal["refused", "crashed"]:
    """What it means that an attempt has no result: a reason without a traceback is one that was given on purpose."""
    return "crashed" if attempt.traceback or attempt.sha256 is None else "refused"
