"""Structures an archive: every new or changed report, in one process or several, every attempt in the ledger."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from recount.pipeline.archive.files import hash_of_source
from recount.pipeline.archive.locations import Place, Url, check_reachable
from recount.pipeline.archive.sources import Attached, Other, Source, file_of
from recount.pipeline.archive.zipped import is_attached
from recount.pipeline.errors import DocumentError, UsageError
from recount.pipeline.lasting import sweep
from recount.pipeline.review.decisions import decided_in
from recount.pipeline.run.fates import Attempt, FoundFile, Outcome, RunSummary
from recount.pipeline.run.ledger import LEDGER, Ledger
from recount.pipeline.run.pool import UNBOUNDED, Bounds, Died, Pool
from recount.pipeline.run.status import status_in, summary_of, write_summary
from recount.pipeline.run.store import Store, locked, store_at
from recount.pipeline.run.worker import Job, Task, attempt, copy_result, failed, is_known, structure_report
from recount.pipeline.settings import DEFAULTS, Settings, Workers
from recount.pipeline.steps import Step, heard
from recount.pipeline.version import program_version

Handle = Callable[[Job], Attempt | None]
"""Does one job: `attempt`, told everything but the job."""
OnStep = Callable[[str, Step], None]
"""Is told what is done with a report of this name."""

_UNPACKED = "unpacked"
"""The folder beside the ledger in which lie, while they are structured, copies of reports in zip archives."""
READINGS = "readings"
"""The folder beside the ledger in which lies what OCR read, by the content of the reports. It may be thrown away."""
_FEW = 2
"""Up to so many reports a second process costs more time to start than it saves."""


def variant_of(settings: Settings) -> str:
    """What tells results by these settings from results by others: "" for the defaults.

    Raises UsageError if the family, or one of the families that may be recognised, is unknown or broken.
    """
    if settings == DEFAULTS:
        return ""
    from recount.pipeline.recognise import families_in, fingerprint

    parts: list[str] = [settings.ocr, settings.ocr_backend]
    if settings.ocr_precision != DEFAULTS.ocr_precision:
        parts.append(settings.ocr_precision)
    if settings.ocr_device != DEFAULTS.ocr_device:
        parts.append(settings.ocr_device)
    if settings.family is not None:
        parts.append(fingerprint(settings.family, settings.families))
    elif settings.families is not None:
        parts += [f"{own.name}+{own.definition[:12]}" for own in families_in(settings.families)]
    if settings.asked is not None:
        parts.append(f"{settings.mapper}:{settings.asked.name}:{settings.asked.mode}:{settings.rounds}")
        manner = {"temperature": settings.asked.temperature, "seed": settings.asked.seed, **settings.asked.manner}
        if manner != {"temperature": 0.0, "seed": None}:
            parts.append(hashlib.sha256(json.dumps(manner).encode()).hexdigest()[:12])
        if settings.second_model is not None:
            parts.append(f"second:{settings.second_model.name}:{settings.second_model.endpoint}")
    return "/".join(parts)


def placed(settings: Settings) -> Settings:
    """With the folders of families as they are called from anywhere: workers may work in another."""
    if settings.families is not None:
        settings = replace(settings, families=os.path.abspath(settings.families))
    if settings.family is None:
        return settings
    from recount.schemas.registry import FAMILIES

    if any(settings.family == family.name for family in FAMILIES):
        return settings
    places = (settings.family, os.path.join(settings.families or "", settings.family))
    found = next((place for place in places if os.path.exists(place)), None)
    return replace(settings, family=os.path.abspath(found)) if found is not None else settings


def run(
    sources: Sequence[Source],
    out: Place,
    *,
    others: Sequence[Other] | None = None,
    ledger: Path | None = None,
    jobs: int | None = None,
    workers: Workers = "local",
    force: bool = False,
    on_progress: Callable[[Outcome], None] | None = None,
    on_call: Callable[[Mapping[str, Any]], None] | None = None,
    on_step: OnStep | None = None,
    settings: Settings = DEFAULTS,
    task: Task | None = None,
    bounds: Bounds = UNBOUNDED,
) -> RunSummary:
    """Structures the reports that are new or changed since the last run into the folder `out`, or below that URL.

    others: the other files that were found beside them; None if nobody looked for files. ledger: the folder of this
    machine that keeps the ledger of an output at a URL; a folder keeps its own. workers: "local" works on this
    machine, "ray" on the cluster that is found. jobs: worker processes; None is one for each core, or one if the
    reports are few. One without bounds is this process itself. force: do unchanged reports again. on_progress: called
    with each outcome as it comes. on_call: with each request to a model that has ended, by another thread. on_step:
    with the name of a report and what is done with it now, unless workers are on a cluster. settings: how reports are
    structured; with others than last time, all is done again. task: what structures one report instead of
    `structure_report`; with several processes it must be a function at the top of a module. bounds: what a report may
    take. The largest reports are begun first; of the same content only one is structured.
    Raises UsageError if `out` cannot be written to, there is no such family, or no cluster; OutputBusy if another run
    is at it.
    """
    began, settings = time.perf_counter(), placed(settings)
    version = " ".join(filter(None, (program_version(), variant_of(settings))))
    workplace = _workplace_at(out, ledger)
    with locked(workplace.folder), Ledger(workplace.folder / LEDGER) as open_ledger:
        workplace.sweep()
        told = {"reports": len(sources), "jobs": jobs, "force": force, "out": workplace.url, "workers": workers}
        number = open_ledger.start_run(version, {**told, **settings.stored})
        open_ledger.give(number, sources)
        if others is not None:
            open_ledger.find(sources, others)
        known = {} if force else _still_there(open_ledger.successes(version), workplace.store)
        books = _Books(open_ledger, number, version, known, {source.name: source for source in sources}, out)
        todo = list(map(books.job, sources))
        with ExitStack() as stack:
            asked = stack.enter_context(asking(settings, workplace.folder, str(number), on_call))
            work = task or partial(structure_report, settings=asked, readings=workplace.readings(workers))
            handle = partial(attempt, task=work, store=workplace.store, aside=workplace.copies_folder(workers))
            aloud = partial(_aloud, handle=handle, on_step=on_step)
            pool = _pool_for(workers, handle, jobs, len(todo), bounds, on_step)
            while todo:
                attempts = stack.enter_context(closing(_attempts(todo, known, aloud, pool, workplace.store)))
                todo = []
                for job, new in attempts:
                    todo += books.note(job, new, on_progress)
        workplace.clear()
        outcomes = _told_apart(books.outcomes, partial(open_ledger.record, number, version))
        summary = RunSummary(tuple(sorted(outcomes, key=lambda outcome: outcome.attempt.file)))
        found = _finish(summary, open_ledger, number, workplace.folder, time.perf_counter() - began)
    return summary if others is None else replace(summary, found=found)


class _Books:
    """What a run keeps of its reports. known: what need not be done again, unless people decided otherwise since;
    sources: of the run, by name; out: of the results, and the decisions."""

    def __init__(
        self,
        ledger: Ledger,
        run: int,
        version: str,
        known: Mapping[str, Attempt],
        sources: dict[str, Source],
        out: Place,
    ) -> None:
        self._ledger, self._run, self._version, self._known, self._sources = ledger, run, version, known, sources
        self._files = {file_of(name) for name in sources}
        self._latest, self._results = ledger.latest(), ledger.results()
        self._decided = decided_in(out)
        self._attached = Counter[Place]()
        self.outcomes: list[Outcome] = []

    def job(self, source: Source) -> Job:
        """The job that a report is."""
        known, last = self._known.get(source.name), self._results.get(source.name)
        corrections = self._decided(source.name)
        is_known = known is not None and known.corrections == corrections.sha256
        return Job(source, known.sha256 if known and is_known else None, last.written if last else {}, corrections)

    def note(self, job: Job, new: Attempt | None, tell: Callable[[Outcome], None] | None) -> list[Job]:
        """Records the attempt at a report, None if it is unchanged, and tells of it. Returns the jobs that the reports
        attached to it are."""
        outcome = Outcome(new) if new else Outcome(self._known[job.name], unchanged=True)
        attached: list[Source] = []
        if outcome.attempt.attached:
            files = tuple(self._admitted(job.source, file, attached) for file in outcome.attempt.attached)
            outcome = replace(outcome, attempt=replace(outcome.attempt, attached=files))
            self._ledger.attach(self._run, job.source, files)
        was_away = job.name in self._latest and self._latest[job.name].status == "unreachable"
        if not outcome.unchanged or was_away:
            self._ledger.record(self._run, self._version, outcome.attempt)
        self.outcomes.append(outcome)
        if tell is not None:
            tell(outcome)
        return list(map(self.job, attached))

    def _admitted(self, carrier: Source, file: Attached, attached: list[Source]) -> Attached:
        """A file that is attached to a report, as one that cannot be used if it would take another's place. attached:
        gets those reports that the run was not given before."""
        if file.member is None:
            return file
        source, problem = file.source(carrier), ""
        given = self._sources.get(source.name)
        self._attached[carrier.place] += 1
        if given is not None and (given.place, given.member) == (source.place, source.member):
            return file
        if self._attached[carrier.place] > _MOST_ATTACHED:
            problem = f"is one of more than {_MOST_ATTACHED:,} files that are attached to others in one"
        elif file_of(source.name) in self._files:
            problem = "would share its result with another report; rename one of them"
        if problem:
            return replace(file, member=None, fate="archive unreadable", reason=problem)
        self._sources[source.name] = source
        self._files.add(file_of(source.name))
        attached.append(source)
        return file


_MOST_ATTACHED = 10_000
"""So many files that are attached to files are taken out of one: PDFs may be attached to PDFs."""


def _finish(summary: RunSummary, ledger: Ledger, number: int, folder: Path, seconds: float) -> tuple[FoundFile, ...]:
    """Records that a run came to its end, and writes its summary into the folder of the ledger. Returns every file that
    was found, as the ledger has it."""
    counts = {"structured": summary.structured, "unchanged": summary.unchanged, "failed": len(summary.failures)}
    ledger.finish_run(number, **counts)
    status = status_in(ledger)
    write_summary(folder, summary_of(status, counts, seconds))
    return status.found


@contextmanager
def asking(
    settings: Settings, folder: Path, run: str, on_call: Callable[[Mapping[str, Any]], None] | None = None
) -> Generator[Settings]:
    """The settings of the workers of a run: with a model that is ready to be asked, if one may be asked.

    folder: of the ledger, beside which answers are kept. run: its number there. on_call: as of run. Raises UsageError,
    or a ModelError, if the model cannot be asked at all: before any report is begun.
    """
    if settings.asked is None:
        yield settings
        return
    from recount.pipeline.model.gguf import served
    from recount.pipeline.model.transport.client import prepare
    from recount.pipeline.model.transport.spending import watched
    from recount.pipeline.model.transport.store import STORE_FILE

    store = settings.asked.store or folder / STORE_FILE
    with ExitStack() as stack:
        model = stack.enter_context(served(replace(settings.asked, store=store, run=run)))
        prepare(model)
        ready = replace(settings, model=model)
        if settings.second is not None:
            second = stack.enter_context(served(replace(settings.second, store=store, run=run)))
            prepare(second)
            ready = replace(ready, second_model=second)
        if on_call is not None:
            stack.enter_context(watched(model, on_call))
        yield ready


@dataclass(frozen=True, slots=True)
class _Workplace:
    """Where a run works. folder: of the ledger and what goes with it, on this machine; store: takes the results.

    url: of the output, None where the folder is the output.
    """

    folder: Path
    store: Store
    url: str | None

    def copies_folder(self, workers: Workers) -> Path | None:
        """Where workers put copies of reports: into the folder, unless they may not see it."""
        return None if workers == "ray" and self.url is not None else self.folder / _UNPACKED

    def readings(self, workers: Workers) -> Path | None:
        """Where workers keep what OCR reads: in the folder, unless they may not see it."""
        return None if workers == "ray" and self.url is not None else self.folder / READINGS

    def sweep(self) -> None:
        """Removes what a killed run left behind. Only under the lock: nobody is writing now."""
        self.store.sweep()
        sweep(self.folder, deep=False)
        sweep(self.folder / READINGS, deep=False)
        self.clear()

    def clear(self) -> None:
        shutil.rmtree(self.folder / _UNPACKED, ignore_errors=True)


def _workplace_at(out: Place, ledger: Path | None) -> _Workplace:
    """Makes the folders that a run writes to. Raises UsageError if that cannot be done."""
    if isinstance(out, Url):
        if ledger is None:
            raise UsageError(f"{out} is no folder of this machine: --ledger names one that keeps the ledger")
        check_reachable(out)
        return _Workplace(_made(ledger, "--ledger"), store_at(out), str(out))
    if ledger is not None:
        raise UsageError(f"{out} keeps its own ledger; --ledger is for an output that is a URL")
    _made(out, "--out")
    _made(out / "reports", "--out")
    return _Workplace(out, store_at(Path(os.path.abspath(out))), None)


def _made(folder: Path, option: str) -> Path:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; {option} takes a folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror}") from error
    return Path(os.path.abspath(folder))


def _still_there(successes: Mapping[str, Attempt], store: Store) -> dict[str, Attempt]:
    """Those of the successes whose results nobody has taken away."""
    present = store.present([result for done in successes.values() for result in done.results])
    return {name: done for name, done in successes.items() if present.issuperset(done.results)}


class _WorkerPool(Protocol):
    """Worker processes that do the jobs: a Pool of this machine, or a Cluster."""

    def work(self, jobs: Iterable[Job]) -> Generator[tuple[Job, Attempt | Died | None], None, None]:
        """Every job with its answer, as they come."""


def _pool_for(
    workers: Workers, handle: Handle, jobs: int | None, reports: int, bounds: Bounds, on_step: OnStep | None
) -> _WorkerPool | None:
    """The worker processes that are worth their start, None if this one is to do the work.

    Only a process of its own can be stopped at its bounds.
    """
    if workers == "ray":
        from recount.pipeline.run.cluster import Cluster

        return Cluster(handle, jobs, bounds)
    if jobs is None:
        jobs = (os.cpu_count() or 1) if reports > _FEW else 1
    processes = min(jobs, reports)
    if processes == 1 and not bounds.any:
        return None
    return Pool(handle, processes, bounds, on_step=on_step and (lambda job, step: on_step(job.name, step)))


def _aloud(job: Job, *, handle: Handle, on_step: OnStep | None) -> Attempt | None:
    """A job done in this process, and what is done with it told."""
    if on_step is None:
        return handle(job)
    on_step(job.name, Step("begin"))
    with heard(partial(on_step, job.name)):
        return handle(job)


def _attempts(
    jobs: Sequence[Job], known: Mapping[str, Attempt], handle: Handle, pool: _WorkerPool | None, store: Store
) -> Generator[tuple[Job, Attempt | None], None, None]:
    """Every job with the attempt at it, None where it is unchanged; after each job its duplicates.

    A file that is no longer a duplicate when its turn comes is done for itself, after all others.
    """
    duplicates = _duplicates(jobs)
    duplicate_names = {job.source.name for group in duplicates.values() for job in group}
    parted: list[Job] = []
    originals = [job for job in jobs if job.source.name not in duplicate_names]
    # The largest first: begun last, one of them would keep a single worker busy when all the others are done.
    originals.sort(key=lambda job: -job.source.size)
    with closing(_original_attempts(originals, handle, pool, store)) as attempts:
        for job, new_attempt in attempts:
            yield job, new_attempt
            done = new_attempt or known[job.source.name]
            for duplicate in duplicates.get(job.source.name, ()):
                sha256 = _hash_now(duplicate)
                if sha256 is None or sha256 != done.sha256:
                    parted.append(duplicate)
                elif is_known(duplicate, sha256, store):
                    yield duplicate, None
                else:
                    yield duplicate, copy_result(duplicate, done, store)
    yield from _original_attempts(parted, handle, pool, store)


def _told_apart(outcomes: Sequence[Outcome], record: Callable[[Attempt], None]) -> list[Outcome]:
    """The outcomes of a run: of each content one is for itself, and the others are said to be the same as that one.

    Their marks may not say so, and are recorded anew then: a file could not be read when contents were compared, or
    has another by now. A mark that names a report which this run knows nothing of is left.
    """
    marks = _marks([outcome.attempt for outcome in outcomes])
    told = []
    for outcome in outcomes:
        done = outcome.attempt
        if done.file in marks and done.same_as != marks[done.file]:
            outcome = replace(outcome, attempt=replace(done, same_as=marks[done.file]))
            record(outcome.attempt)
        told.append(outcome)
    return told


def _marks(attempts: Sequence[Attempt]) -> dict[str, str | None]:
    """Which report each is the same as, None of one that is for itself; without those whose marks are to be left."""
    known = {done.file for done in attempts if done.status != "unreachable"}
    contents: dict[tuple[str, str], list[Attempt]] = {}
    for done in attempts:
        if done.status == "ok" and done.sha256 is not None:
            contents.setdefault((done.sha256, done.corrections), []).append(done)
    marks: dict[str, str | None] = {}
    for group in contents.values():
        free = [done for done in group if done.same_as is None] or [done for done in group if done.same_as in known]
        if free:
            first = min(done.file for done in free)
            marks |= {done.file: None if done.file == first else first for done in group}
    return marks


def _hash_now(job: Job) -> str | None:
    """The hash of a report's file as it is now, None if it cannot be read, or only out of a PDF: no time limit holds
    for this process."""
    try:
        if job.source.member is not None and is_attached(job.source.place, job.source.member):
            return None
        return hash_of_source(job.source)
    except DocumentError:
        return None


def _original_attempts(
    jobs: Sequence[Job], handle: Handle, pool: _WorkerPool | None, store: Store
) -> Generator[tuple[Job, Attempt | None], None, None]:
    """Every job with the attempt at it, None where it is unchanged, as they come."""
    if pool is None:
        yield from ((job, handle(job)) for job in jobs)
        return
    with closing(pool.work(jobs)) as answers:
        for job, answer in answers:
            yield job, _given_up(job, answer, store) if isinstance(answer, Died) else answer


def _duplicates(jobs: Sequence[Job]) -> dict[str, list[Job]]:
    """Jobs whose file has the content of an earlier one's, of which the same was decided, by the name of that one.

    Only files of one size are read for it; members of zip archives, and what lies elsewhere, too.
    """
    by_size: dict[int, list[Job]] = {}
    for job in jobs:
        if job.source.size:
            by_size.setdefault(job.source.size, []).append(job)
    duplicates: dict[str, list[Job]] = {}
    for group in by_size.values():
        originals: dict[tuple[str, str], str] = {}
        for job in group if len(group) > 1 else ():
            with suppress(DocumentError):  # it cannot be read: its own attempt will say why
                content = hash_of_source(job.source), job.corrections.sha256
                name = originals.setdefault(content, job.source.name)
                if name != job.source.name:
                    duplicates.setdefault(name, []).append(job)
    return duplicates


def _given_up(job: Job, died: Died, store: Store) -> Attempt:
    """The record of a report whose workers died."""
    return failed(job, store, _hash_now(job), str(died))
