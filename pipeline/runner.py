"""Structures an archive: every new or changed report, in one process or several, each fate in the ledger."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from recount.pipeline.archive import Source
from recount.pipeline.errors import UsageError
from recount.pipeline.jsonfile import LEFTOVER
from recount.pipeline.ledger import STATUSES, Attempt, Ledger
from recount.pipeline.lock import locked
from recount.pipeline.pool import Died, Pool
from recount.pipeline.version import program_version
from recount.pipeline.worker import Job, Task, attempt, result_path, structure_report

LEDGER = "ledger.sqlite"

_FEW = 8
"""Up to so many reports a second process costs more time to start than it saves."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run has to say of a report. unchanged: it was not done again; attempt is the earlier one."""

    attempt: Attempt
    unchanged: bool = False

    @property
    def failed(self) -> bool:
        return self.attempt.status == "failed"


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What became of every report of a run, in the order of their names."""

    outcomes: tuple[Outcome, ...]

    @property
    def structured(self) -> int:
        return sum(not outcome.failed and not outcome.unchanged for outcome in self.outcomes)

    @property
    def unchanged(self) -> int:
        return sum(outcome.unchanged for outcome in self.outcomes)

    @property
    def failures(self) -> tuple[Attempt, ...]:
        return tuple(outcome.attempt for outcome in self.outcomes if outcome.failed)

    @property
    def pages(self) -> int:
        return sum(outcome.attempt.pages for outcome in self.outcomes)

    @property
    def figures(self) -> Mapping[str, int]:
        """How many figures of each status the results hold, those of unchanged reports too."""
        counts: Counter[str] = Counter()
        for outcome in self.outcomes:
            counts.update(outcome.attempt.figures)
        return {status: counts[status] for status in STATUSES}

    @property
    def errors(self) -> int:
        """Discrepancies that the source documents hold."""
        return sum(outcome.attempt.errors for outcome in self.outcomes)

    @property
    def minor(self) -> int:
        """Discrepancies that have an explanation: levelled, truncated, classified."""
        return sum(outcome.attempt.minor for outcome in self.outcomes)


def run(
    sources: Sequence[Source],
    out: Path,
    *,
    jobs: int | None = None,
    force: bool = False,
    on_progress: Callable[[Outcome], None] | None = None,
    task: Task = structure_report,
    variant: str = "",
) -> RunSummary:
    """Structures the reports that are new or changed since the last run into the folder `out`.

    jobs: worker processes; 1 works in this one; None is one for each core, or this one if the reports are
    few. force: do unchanged reports again. on_progress: called with each outcome as it comes. task: what
    structures one report; with several processes it must be a function at the top of a module. variant:
    what decides results beside program and file (the family that was asked for): with another one, all is done again.
    Raises UsageError if `out` cannot be written to, OutputBusy if another run is at it.
    """
    _make_folder(out)
    version = " ".join(filter(None, (program_version(), variant)))
    with locked(out), Ledger(out / LEDGER) as ledger:
        _sweep(out)
        number = ledger.start_run(version, {"reports": len(sources), "jobs": jobs, "force": force})
        known = {} if force else _still_there(ledger.successes(version), out)
        hashes = {name: done.sha256 for name, done in known.items()}
        todo = [Job(source, hashes.get(source.name)) for source in sources]
        outcomes: list[Outcome] = []
        with closing(_fates(todo, _processes(jobs, len(todo)), task, out)) as fates:
            for job, fate in fates:
                outcome = Outcome(fate) if fate else Outcome(known[job.source.name], unchanged=True)
                if not outcome.unchanged:
                    ledger.record(number, version, outcome.attempt)
                outcomes.append(outcome)
                if on_progress is not None:
                    on_progress(outcome)
        summary = RunSummary(tuple(sorted(outcomes, key=lambda outcome: outcome.attempt.file)))
        ledger.finish_run(
            number,
            structured=summary.structured,
            unchanged=summary.unchanged,
            failed=len(summary.failures),
        )
    return summary


def _make_folder(out: Path) -> None:
    """Makes the output folder, its own and that of the results."""
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; --out takes a folder")
    try:
        (out / "reports").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {error.strerror}") from error


def _sweep(out: Path) -> None:
    """Removes what a killed run left half-written. Only under the lock: nobody is writing now."""
    for leftover in (out / "reports").rglob(LEFTOVER):
        leftover.unlink(missing_ok=True)


def _still_there(successes: Mapping[str, Attempt], out: Path) -> dict[str, Attempt]:
    """Those of the successes whose result file nobody has taken away."""
    return {name: done for name, done in successes.items() if result_path(out, name).is_file()}


def _processes(jobs: int | None, reports: int) -> int:
    """How many processes are worth their start."""
    if jobs is None:
        jobs = 1 if reports <= _FEW else os.cpu_count() or 1
    return max(1, min(jobs, reports))


def _fates(
    jobs: Sequence[Job], processes: int, task: Task, out: Path
) -> Generator[tuple[Job, Attempt | None], None, None]:
    """Every job with what became of it, None where it is unchanged."""
    handle = partial(attempt, task=task, out=out)
    if processes == 1:
        yield from ((job, handle(job)) for job in jobs)
        return
    with closing(Pool(handle, processes).work(jobs)) as answers:
        for job, answer in answers:
            yield job, _post_mortem(job, answer, out) if isinstance(answer, Died) else answer


def _post_mortem(job: Job, death: Died, out: Path) -> Attempt:
    """The record of a report whose workers died."""
    result_path(out, job.source.name).unlink(missing_ok=True)
    return Attempt(job.source.name, None, "failed", f"{death.reason}, and so was a second one")
