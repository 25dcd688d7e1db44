"""Whether the results of an output are what Recount wrote, and what their reports give when they are read again."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from recount.pipeline.archive.files import snapshot
from recount.pipeline.archive.sources import Source
from recount.pipeline.errors import DocumentError, SourceUnreachable, UsageError
from recount.pipeline.recognise import families_in, family_of, report_model
from recount.pipeline.result import Result, encoded, plain, result_in
from recount.pipeline.review.decisions import Corrections, decided_in
from recount.pipeline.run.fates import Attempt
from recount.pipeline.run.ledger import LEDGER, Ledger
from recount.pipeline.run.pool import Bounds, Died, Pool
from recount.pipeline.run.status import Last, last_of
from recount.pipeline.run.store import Store, store_at
from recount.pipeline.run.worker import structure_report
from recount.pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Proof:
    """What a check found. results: how many were checked; recounted: how many reports were read again; findings: by the
    name of a result or report, what is wrong with it."""

    results: int
    recounted: int
    findings: tuple[tuple[str, str], ...]


def prove(out: Path, *, quick: bool = False, bounds: Bounds | None = None) -> Proof:
    """Checks all results of an output folder, or of that of its ledger.

    Each must be there, have the hash that it was written with, and fit its family's schema; no other may lie beside
    them. quick: no more than that; else each report whose file is at hand with the same content is read again, under
    the bounds, and must give the same figures. What a model took part in is not read again. Raises UsageError if there
    is no ledger.
    """
    last = last_of(out)
    store = store_at(last.out)
    with Ledger(out / LEDGER, only_read=True) as ledger:
        latest, results, sources = ledger.latest(), ledger.results(), ledger.given()
    standing = {name: done for name, done in results.items() if latest[name].status != "failed" and done.results}
    findings = list(_of_files(standing, store, last.settings))
    recounted = 0
    if not quick and last.settings.asked is None:
        wrong = {name for name, _ in findings}
        decided = decided_in(last.out)
        jobs = [
            _Again(source, standing[source.name], decided(source.name))
            for source in sources
            if source.name in standing and not wrong.intersection(standing[source.name].results)
        ]
        with closing(_recounts(jobs, last, store, bounds or Bounds())) as answers:
            for job, difference in answers:
                recounted += difference != _NOT_AT_HAND
                if difference not in ("", _NOT_AT_HAND):
                    findings.append((job.source.name, difference))
    return Proof(sum(len(done.results) for done in standing.values()), recounted, tuple(findings))


# --- files


def _of_files(standing: Mapping[str, Attempt], store: Store, settings: Settings) -> Iterator[tuple[str, str]]:
    """What is wrong with the files of results."""
    own = families_in(settings.families) if settings.families is not None else ()
    own = (family_of(settings.family, settings.families), *own) if settings.family is not None else own
    known = [name for done in standing.values() for name in done.results]
    present = store.present(known)
    for done in standing.values():
        changed = set(store.changed(done.written))
        for name in done.results:
            if name not in present:
                yield name, "its result is missing: structure it again"
            elif name in changed:
                yield name, "its result was changed since Recount wrote it: structure it again"
            else:
                try:
                    result = store.read(name)
                    report_model(result.contract, *own).model_validate(result.report)
                except (UsageError, ValidationError) as error:
                    yield name, f"its result does not fit its schema: {str(error).splitlines()[0]}"
    for name in store.strangers(known):
        yield name, "a result that the ledger does not know: nobody says where it is from"


# --- a recount from the page

_NOT_AT_HAND = "not at hand"


@dataclass(frozen=True, slots=True)
class _Again:
    """A report to be read again. corrections: what people decided about it."""

    source: Source
    done: Attempt
    corrections: Corrections


def _recounts(
    jobs: list[_Again], last: Last, store: Store, bounds: Bounds
) -> Generator[tuple[_Again, str], None, None]:
    """What is other in each report when it is read again: "" for nothing."""
    again = partial(_difference, settings=last.settings, store=store)
    if not bounds.any:
        yield from ((job, again(job)) for job in jobs)
        return
    pool: Pool[_Again, str] = Pool(again, 1, bounds)
    with closing(pool.work(jobs)) as answers:
        for job, answer in answers:
            yield job, f"cannot be read again: {answer.reason}" if isinstance(answer, Died) else answer


def _difference(job: _Again, settings: Settings, store: Store) -> str:
    if job.corrections.sha256 != job.done.corrections:
        return "other things are decided about it than were applied: structure it again"
    try:
        with snapshot(job.source, None) as file:
            if file.sha256 != job.done.sha256:
                return _NOT_AT_HAND
            again = structure_report(file.path, file.sha256, settings, corrections=job.corrections)
    except SourceUnreachable:
        return _NOT_AT_HAND
    except DocumentError as error:
        return f"cannot be read again: {error}"
    if len(again) != len(job.done.results):
        return f"holds {len(again)} reports now, and {len(job.done.results)} results"
    pairs = zip(job.done.results, again, strict=True)
    other = [pointer for name, result in pairs for pointer in _other_figures(store.read(name), result)]
    return f"{len(other)} figures are others when it is read again: {', '.join(other[:3])}" if other else ""


def _other_figures(kept: Result, now: Result) -> list[str]:
    """The pointers of figures that two results of a report have otherwise. now: as it would stand in its file."""
    now = result_in(encoded(plain(now)), now.source.file)
    places = dict.fromkeys([*kept.figures, *now.figures])
    return [pointer for pointer in places if kept.figures.get(pointer) != now.figures.get(pointer)]
