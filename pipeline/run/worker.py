"""What is done with one report of an archive: structure it, write its result, say what became of it."""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path, PurePosixPath

from recount.pipeline.archive.files import add_attached, hash_of_source, snapshot
from recount.pipeline.archive.kinds import is_office, is_text
from recount.pipeline.archive.sources import Attached, Source, names_of
from recount.pipeline.errors import DocumentError, NotAReport, SourceUnreachable, UsageError
from recount.pipeline.lasting import encoded
from recount.pipeline.result import Result, plain
from recount.pipeline.review.decisions import NONE, Corrections
from recount.pipeline.run.fates import Attempt
from recount.pipeline.run.store import Store
from recount.pipeline.settings import DEFAULTS, Settings

Task = Callable[..., Sequence[Result]]
"""Structures the reports of a file, given it and its SHA-256, and as `corrections` what people decided about it, if
they did. Raises DocumentError if it cannot be structured."""

_USAGE = ("calls", "input_tokens", "output_tokens", "cost")


@dataclass(frozen=True, slots=True)
class Job:
    """A report to be done.

    known: the content hash it need not be done for again, None to do it anyway. written: the hashes of the results that
    it has from earlier, by name: one that has another now was changed by somebody else. corrections: what people
    decided about it.
    """

    source: Source
    known: str | None = None
    written: Mapping[str, str] = field(default_factory=dict)
    corrections: Corrections = NONE

    @property
    def name(self) -> str:
        return self.source.name


def structure_report(
    path: Path,
    sha256: str | None = None,
    settings: Settings = DEFAULTS,
    readings: Path | None = None,
    corrections: Corrections = NONE,
) -> Sequence[Result]:
    """The stages from read to results: the task of every run but those of tests.

    sha256: the file's hash, if it is known. readings: the folder that keeps what OCR reads. corrections: what people
    decided about the file. The imports are here because they are heavy, and a process that finds every report unchanged
    needs none of them.
    """
    from recount.pipeline.archive.pdfs import check
    from recount.pipeline.ocr.network.kept import keeping
    from recount.pipeline.structure import structures

    check(path)
    with keeping(readings if sha256 else None, sha256 or ""):
        return structures(path, settings=settings, sha256=sha256, corrections=corrections)


def attempt(job: Job, *, task: Task, store: Store, aside: Path | None) -> Attempt | None:
    """Structures the reports of a file and writes their results; None if the file is still as known.

    aside: the folder for copies of what lies in zip archives or elsewhere, None for the system's own.

    Nothing that a report does to the program gets out of here: any failure becomes its record. If its content could be
    read, no result of an earlier one is left, which would be taken for this one's.
    """
    attached: list[Attached] = []
    done = _tried(job, task, store, aside, attached)
    return replace(done, attached=tuple(attached)) if done else None


def _tried(job: Job, task: Task, store: Store, aside: Path | None, attached: list[Attached]) -> Attempt | None:
    """An attempt. attached: gets the files that are attached to a PDF."""
    started = time.perf_counter()
    sha256: str | None = None
    try:
        if is_unchanged(job, store):
            return None
        with snapshot(job.source, aside) as file:
            sha256 = file.sha256
            is_cover = add_attached(job.source, file.path, attached)
            decided = {"corrections": job.corrections} if job.corrections.any else {}
            results = task(file.path, sha256, **decided)
        writing = time.perf_counter()
        kept, hashes = _write(job, store, results)
        written = time.perf_counter() - writing
    except SourceUnreachable as error:
        attached.clear()
        return replace(failed(job, store, None, str(error), started), status="unreachable")
    except NotAReport as error:
        name = PurePosixPath(job.name)
        made = _left_out if is_cover or is_text(name) or is_office(name) else failed
        return made(job, store, sha256, str(error), started)
    except DocumentError as error:
        return failed(job, store, sha256, str(error), started)
    except Exception as error:  # noqa: BLE001 - the boundary: one report's bug must not cost the others theirs
        reason = f"internal error: {type(error).__name__}: {error}"
        return failed(job, store, sha256, reason, started, "".join(traceback.format_exception(error)))
    done = _succeeded(job.name, results, time.perf_counter() - started, written)
    return replace(done, hashes=tuple(hashes), aside=tuple(kept), corrections=job.corrections.sha256)


def is_unchanged(job: Job, store: Store) -> bool:
    """Whether a report's file is as known. One that cannot be read is not: its attempt says why."""
    if job.known is None:
        return False
    try:
        return is_known(job, hash_of_source(job.source), store)
    except DocumentError:
        return False


def is_known(job: Job, sha256: str, store: Store) -> bool:
    """Whether a report of this content need not be done again: it is done, and nobody changed its results."""
    return job.known is not None and sha256 == job.known and not store.changed(job.written)


def copy_result(job: Job, done: Attempt, store: Store) -> Attempt:
    """Gives a report of the same content as one that is done the same result under its own name, or its failure."""
    started = time.perf_counter()
    if done.status != "ok":
        reason = f"same content as {done.file}, which failed: {done.reason}"
        return replace(failed(job, store, done.sha256, reason, started), status=done.status)
    try:
        results = [store.read(result, done.written.get(result)) for result in done.results]
        kept, hashes = _write(job, store, results)
    except (DocumentError, UsageError) as error:
        return failed(job, store, done.sha256, str(error), started)
    seconds = time.perf_counter() - started
    copied = replace(done, file=job.name, seconds=seconds, stages={"write": round(seconds, 4)}, usage={})
    return replace(copied, same_as=done.file, hashes=tuple(hashes), aside=tuple(kept))


def _write(job: Job, store: Store, results: Sequence[Result]) -> tuple[list[str], list[str]]:
    """Writes results; what somebody changed of the earlier ones is kept. Returns the names of these, and the hashes."""
    try:
        kept = [store.set_aside(name) for name in store.changed(job.written) if not _is_there(name, results, store)]
        return kept, store.write(job.name, results)
    except OSError as error:
        raise DocumentError(f"its result cannot be written: {error.strerror}") from error


def _is_there(name: str, results: Sequence[Result], store: Store) -> bool:
    """Whether a result says what one of these says, apart from what that took: nobody changed it, but a run that was
    killed wrote it, and did not come to keep its hash."""
    try:
        there = store.read(name)
    except (UsageError, ValueError):
        return False
    said = (plain(replace(there, source=result.source, summary=result.summary)) for result in results)
    return any(encoded(own) == encoded(plain(result)) for own, result in zip(said, results, strict=True))


def _succeeded(name: str, results: Sequence[Result], seconds: float, written: float) -> Attempt:
    """The record of a file from the results of its reports."""
    laps = [result.summary.seconds for result in results]
    stages = {stage: sum(float(lap.get(stage, 0)) for lap in laps) for stage in dict.fromkeys(chain(*laps))}
    usage = {key: sum(float(getattr(result.summary.mapper, key)) for result in results) for key in _USAGE}
    failing = Counter(check.severity for result in results for check in result.failing)
    return Attempt(
        file=name,
        sha256=results[0].source.sha256,
        status="ok",
        pages=results[0].source.pages,
        figures=dict(Counter(figure.status for result in results for figure in result.figures.values())),
        errors=failing["error"],
        minor=failing["minor"],
        seconds=seconds,
        stages={**stages, "write": round(written, 4)},
        usage=usage if any(usage.values()) else {},
        unread=tuple(sorted({page for result in results for page in result.summary.unread_pages})),
        open=tuple(dict.fromkeys(part for result in results for part in result.summary.mapper.unanswered or ())),
        reports=len(results),
        decisions=_decided(results),
    )


def _decided(results: Sequence[Result]) -> dict[str, int]:
    """How many decisions of people came to what, and how many disputed figures they settle; empty without any."""
    states = Counter(one.state for result in results for one in result.summary.decisions or ())
    figures = [figure for result in results for figure in result.figures.values() if figure.reviewed is not None]
    settled = sum(figure.status == "disputed" for figure in figures)
    return {**states, "settled": settled} if states else {}


def _left_out(job: Job, store: Store, sha256: str | None, reason: str, started: float) -> Attempt:
    """The record of a file in which no report is, and that nobody takes for one: folders of reports have texts and
    Office files (README.txt), and portfolios covers."""
    if _stands(store, job.name, sha256):
        return failed(job, store, sha256, reason, started)
    return replace(failed(job, store, sha256, reason, started), status="ok", reports=0)


def failed(
    job: Job, store: Store, sha256: str | None, reason: str, started: float | None = None, trace: str | None = None
) -> Attempt:
    """The record of a report that failed. What is known to be a result of another content is removed.

    sha256: of the content that failed, None if it could not be read: then nothing speaks against an earlier result.
    """
    stands, kept = _stands(store, job.name, sha256), list[str]()
    if sha256 is not None and not stands:
        with suppress(OSError):
            kept = [store.set_aside(name) for name in store.changed(job.written)]
        store.remove(job.name)
    return Attempt(
        file=job.name,
        sha256=sha256,
        status="failed",
        reason=" ".join(reason.split()) + ("; the earlier result stands" if stands else ""),
        traceback=trace,
        seconds=time.perf_counter() - started if started else 0.0,
        aside=tuple(kept),
    )


def _stands(store: Store, name: str, sha256: str | None) -> bool:
    """Whether there is an earlier result of a file, of this content as far as that is known."""
    for own in (name, names_of(name, 2)[0]):
        with suppress(UsageError, ValueError):
            found = store.read(own).source.sha256
            return sha256 in (None, found)
    return False
