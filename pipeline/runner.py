"""Structures an archive: every new or changed report, in one process or several, each fate in the ledger."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from recount.pipeline.archive import Source
from recount.pipeline.content import hash_of
from recount.pipeline.errors import DocumentError, UsageError
from recount.pipeline.jsonfile import LEFTOVER
from recount.pipeline.ledger import LEDGER, STATUSES, Attempt, Ledger
from recount.pipeline.lock import locked
from recount.pipeline.pool import UNBOUNDED, Bounds, Died, Pool
from recount.pipeline.status import summary_of, write_summary
from recount.pipeline.version import program_version
from recount.pipeline.worker import (
    UNPACKED,
    Job,
    Task,
    attempt,
    copy_result,
    result_path,
    structure_report,
)

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
    bounds: Bounds = UNBOUNDED,
    settings: Mapping[str, object] | None = None,
) -> RunSummary:
    """Structures the reports that are new or changed since the last run into the folder `out`.

    jobs: worker processes; None is one for each core, or one if the reports are few. One without bounds is this
    process itself. force: do unchanged reports again. on_progress: called with each outcome as it comes. task: what
    structures one report; with several processes it must be a function at the top of a module. variant:
    what decides results beside program and file (the family that was asked for): with another one, all is done again.
    bounds: what a report may take. settings: what `recount retry` must know to do the same again. The largest
    reports are begun first; reports of the same content are structured once.
    Raises UsageError if `out` cannot be written to, OutputBusy if another run is at it.
    """
    began = time.perf_counter()
    _make_folder(out)
    version = " ".join(filter(None, (program_version(), variant)))
    with locked(out), Ledger(out / LEDGER) as ledger:
        _sweep(out)
        number = ledger.start_run(version, {"reports": len(sources), "jobs": jobs, "force": force, **(settings or {})})
        ledger.give(number, sources)
        known = {} if force else _still_there(ledger.successes(version), out)
        hashes = {name: done.sha256 for name, done in known.items()}
        todo = [Job(source, hashes.get(source.name)) for source in sources]
        outcomes: list[Outcome] = []
        with closing(_fates(todo, known, _crew(jobs, len(todo), bounds), task, out)) as fates:
            for job, fate in fates:
                outcome = Outcome(fate) if fate else Outcome(known[job.source.name], unchanged=True)
                if not outcome.unchanged:
                    ledger.record(number, version, outcome.attempt)
                outcomes.append(outcome)
                if on_progress is not None:
                    on_progress(outcome)
        shutil.rmtree(out / UNPACKED, ignore_errors=True)
        summary = RunSummary(tuple(sorted(outcomes, key=lambda outcome: outcome.attempt.file)))
        counts = {
            "structured": summary.structured,
            "unchanged": summary.unchanged,
            "failed": len(summary.failures),
        }
        ledger.finish_run(number, **counts)
        write_summary(out, summary_of(ledger, counts, time.perf_counter() - began))
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
    shutil.rmtree(out / UNPACKED, ignore_errors=True)


def _still_there(successes: Mapping[str, Attempt], out: Path) -> dict[str, Attempt]:
    """Those of the successes whose result file nobody has taken away."""
    return {name: done for name, done in successes.items() if result_path(out, name).is_file()}


@dataclass(frozen=True, slots=True)
class _Crew:
    """How many worker processes, and what each may take for a report; 0 is this process itself."""

    processes: int
    bounds: Bounds


def _crew(jobs: int | None, reports: int, bounds: Bounds) -> _Crew:
    """How many processes are worth their start. Only a process of its own can be stopped at its bounds."""
    if jobs is None:
        jobs = (os.cpu_count() or 1) if reports > _FEW else 1
    processes = min(jobs, reports)
    return _Crew(0 if processes == 1 and not bounds.any else processes, bounds)


def _fates(
    jobs: Sequence[Job], known: Mapping[str, Attempt], crew: _Crew, task: Task, out: Path
) -> Generator[tuple[Job, Attempt | None], None, None]:
    """Every job with what became of it, None where it is unchanged; after each, those of the same content."""
    followers = _followers(jobs)
    following = {job.source.name for group in followers.values() for job, _ in group}
    leaders = [job for job in jobs if job.source.name not in following]
    # The largest first: begun last, one of them would keep a single worker busy when all the others are done.
    leaders.sort(key=lambda job: -job.source.size)
    with closing(_answers(leaders, crew, task, out)) as answers:
        for job, fate in answers:
            yield job, fate
            for other, sha256 in followers.get(job.source.name, ()):
                unchanged = other.known == sha256
                yield other, None if unchanged else copy_result(other, fate or known[job.source.name], out)


def _answers(
    jobs: Sequence[Job], crew: _Crew, task: Task, out: Path
) -> Generator[tuple[Job, Attempt | None], None, None]:
    """Every job with what became of it, as they come."""
    handle = partial(attempt, task=task, out=out)
    if crew.processes == 0:
        yield from ((job, handle(job)) for job in jobs)
        return
    with closing(Pool(handle, crew.processes, crew.bounds).work(jobs)) as answers:
        for job, answer in answers:
            yield job, _post_mortem(job, answer, out) if isinstance(answer, Died) else answer


def _followers(jobs: Sequence[Job]) -> dict[str, list[tuple[Job, str]]]:
    """Jobs whose file has the content of an earlier one's, with its hash, by the name of that one.

    Only files of one size are read for it. Members of zip archives are left alone: they would have to be unpacked.
    """
    by_size: dict[int, list[Job]] = {}
    for job in jobs:
        if job.source.size and job.source.member is None:
            by_size.setdefault(job.source.size, []).append(job)
    followers: dict[str, list[tuple[Job, str]]] = {}
    for group in by_size.values():
        leaders: dict[str, str] = {}
        for job in group if len(group) > 1 else ():
            with suppress(DocumentError):  # it cannot be read: its own attempt will say why
                sha256 = hash_of(job.source.path)
                name = leaders.setdefault(sha256, job.source.name)
                if name != job.source.name:
                    followers.setdefault(name, []).append((job, sha256))
    return followers


def _post_mortem(job: Job, death: Died, out: Path) -> Attempt:
    """The record of a report whose workers died."""
    with suppress(OSError):  # no such file, or no such name
        result_path(out, job.source.name).unlink()
    return Attempt(job.source.name, None, "failed", f"{death.reason} (given up after two tries)")
