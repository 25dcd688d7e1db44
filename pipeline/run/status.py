"""How an output folder stands, from its ledger: what is done, what failed and why, where the time went."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from recount.pipeline.archive.locations import Place, place_of
from recount.pipeline.archive.sources import Source
from recount.pipeline.errors import UsageError
from recount.pipeline.lasting import replace_file
from recount.pipeline.review.decisions import decided_in, unclaimed
from recount.pipeline.run.fates import Attempt, FoundFile, by_fate, by_status
from recount.pipeline.run.ledger import LEDGER, Ledger, Run
from recount.pipeline.settings import Settings

SUMMARY = "summary.json"
"""The file in an output folder that says what its last run did."""


@dataclass(frozen=True, slots=True)
class Status:
    """The latest run, the latest attempt at every report by name, and the reports that no attempt was made at.

    away: the earlier attempts at reports that cannot be read now, whose results stand. found: every file that the
    latest run which looked for files found. broken: a line for each row of the ledger that cannot be understood.
    to_decide: the reports about which people decided something since, that the next run applies. unclaimed: the files
    of decisions about reports that nobody knows.
    """

    run: Run | None
    attempts: Mapping[str, Attempt]
    waiting: tuple[str, ...]
    away: tuple[Attempt, ...] = ()
    found: tuple[FoundFile, ...] = ()
    broken: tuple[str, ...] = ()
    to_decide: tuple[str, ...] = ()
    unclaimed: tuple[str, ...] = ()

    @property
    def done(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts.values() if attempt.status == "ok" and not attempt.left_out]

    @property
    def left_out(self) -> list[Attempt]:
        """The files of text that hold no report."""
        return [attempt for attempt in self.attempts.values() if attempt.left_out]

    @property
    def failed(self) -> list[Attempt]:
        """Those that failed, and those whose content could not be read."""
        return [attempt for attempt in self.attempts.values() if attempt.status != "ok"]

    @property
    def open(self) -> list[Attempt]:
        """Those that a model did not answer about."""
        return [attempt for attempt in self.done if attempt.open]

    @property
    def standing(self) -> list[Attempt]:
        """The attempts whose results there are."""
        return [*self.done, *self.away]

    @property
    def others(self) -> list[FoundFile]:
        """What was found and is no report: those that were left out, that cannot be read, that hold none."""
        return [file for file in self.found if file.left_out]

    @property
    def figures(self) -> dict[str, int]:
        """How many of each status."""
        return by_status(attempt.figures for attempt in self.standing)

    @property
    def decisions(self) -> dict[str, float]:
        """How many decisions of people are applied and how many stale; how many disputed figures they settle."""
        return _added(attempt.decisions for attempt in self.standing)

    @property
    def stages(self) -> dict[str, float]:
        """Seconds of worker time by stage, over all reports that are done."""
        return _added(attempt.stages for attempt in self.done)

    @property
    def usage(self) -> dict[str, float]:
        """What the model was used for: calls, tokens, cost."""
        return _added(attempt.usage for attempt in self.attempts.values())


def status_of(out: Path) -> Status:
    """How an output folder stands. Raises UsageError if it has no ledger."""
    with _opened(out) as ledger:
        status = status_in(ledger)
        known = [*status.attempts, *status.waiting]
        to_decide = tuple(_to_decide(ledger, out, status.attempts))
        return replace(status, to_decide=to_decide, unclaimed=tuple(unclaimed(out, known)))


def _to_decide(ledger: Ledger, folder: Path, latest: Mapping[str, Attempt]) -> list[str]:
    """The reports that other things are decided about than their results say. At a URL nothing can be decided."""
    run = ledger.last_run()
    if run is not None and (run.arguments or {}).get("out"):
        return []
    decided = decided_in(folder)
    done = {name: last for name, last in latest.items() if last.status == "ok" and not last.left_out}
    return [name for name, last in done.items() if decided(name).sha256 != last.corrections]


def to_retry(out: Path, *, failed: bool) -> list[Source]:
    """The reports of an output folder that are to be given to a run again.

    failed: only those whose latest attempt failed; otherwise also what no attempt was made at, or not by the run that
    was given it last and was interrupted, and what people decided about since. Raises UsageError if there is no ledger,
    or if all that is left to be done is to look for files again.
    """
    with _opened(out) as ledger:
        sources, latest = ledger.given(), ledger.latest()
        found = ledger.found(latest)
        undone = (
            set() if failed else {*(source.name for source in ledger.left_undone()), *_to_decide(ledger, out, latest)}
        )
    if not sources:
        raise UsageError(f"no run into {out} was given any report")
    undone |= {name for name, last in latest.items() if last.status != "ok" or last.open}
    chosen = [source for source in sources if source.name in undone or not (failed or source.name in latest)]
    unread = sum(file.left_out and file.fate != "skipped" for file in found)
    if unread and not chosen:
        left = f"{unread} archive or folder could not be read: structure it again"
        raise UsageError(f"no report of {out} has failed; {left}")
    return chosen


@dataclass(frozen=True, slots=True)
class Last:
    """How the latest run was told to work. out: where its results are; ledger: the folder of a ledger that is apart."""

    out: Place
    ledger: Path | None
    settings: Settings


def last_of(folder: Path) -> Last:
    """How the latest run of a ledger was told to work. Raises UsageError if the folder has no ledger."""
    with _opened(folder) as ledger:
        run = ledger.last_run()
    arguments = run.arguments if run is not None else {}
    if arguments is None:
        raise UsageError(f"the ledger of {folder} no longer says how its latest run was told to work: structure again")
    elsewhere = arguments.get("out")
    settings = Settings.of(arguments)
    return Last(place_of(elsewhere), folder, settings) if elsewhere else Last(folder, None, settings)


def summary_of(status: Status, counts: Mapping[str, int], seconds: float) -> dict[str, Any]:
    """The latest run and the whole output folder in numbers."""
    assert status.run is not None
    return {
        "run": {
            "started": status.run.started,
            "finished": status.run.finished,
            "version": status.run.version,
            "seconds": round(seconds, 3),
            **counts,
        },
        "reports": {
            "done": len(status.done),
            "open": len(status.open),
            "failed": len(status.failed),
            "waiting": len(status.waiting),
        },
        "pages": sum(attempt.pages for attempt in status.standing),
        "figures": status.figures,
        "decisions": status.decisions,
        "discrepancies": {
            "error": sum(attempt.errors for attempt in status.standing),
            "minor": sum(attempt.minor for attempt in status.standing),
        },
        "seconds_by_stage": {stage: round(spent, 3) for stage, spent in status.stages.items()},
        "model": status.usage,
        "unread_pages": {attempt.file: list(attempt.unread) for attempt in status.done if attempt.unread},
        "left_out": [attempt.file for attempt in status.left_out],
        "failures": [{"file": attempt.file, "reason": attempt.reason} for attempt in status.failed],
        "open": [{"file": attempt.file, "parts": list(attempt.open)} for attempt in status.open],
        "files": by_fate(status.found),
        "no_reports": [{"file": file.file, "fate": file.fate, "reason": file.reason} for file in status.others],
    }


def write_summary(out: Path, summary: Mapping[str, Any]) -> None:
    """Writes the summary into the output folder. Raises UsageError if that cannot be done."""
    try:
        content = json.dumps(summary, ensure_ascii=False, indent=2) + "\n"
        replace_file(out / SUMMARY, content.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {error.strerror}") from error


def _opened(out: Path) -> Ledger:
    path = out / LEDGER
    if not path.is_file():
        raise UsageError(f"{out} is no output folder of recount structure: it has no {LEDGER}")
    return Ledger(path, only_read=True)


def status_in(ledger: Ledger) -> Status:
    """How the output folder of an open ledger stands."""
    latest, results = ledger.latest(), ledger.results()
    away = tuple(results[name] for name, last in latest.items() if last.status == "unreachable" and name in results)
    waiting = tuple(source.name for source in ledger.given() if source.name not in latest)
    found = tuple(ledger.found(latest))
    return Status(ledger.last_run(), latest, waiting, away, found, tuple(ledger.broken))


def _added(parts: Any) -> dict[str, float]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return dict(total)
