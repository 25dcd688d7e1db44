"""A report structured again with what was decided about it, in a process beside: results on the disk stay as they are,
until a run writes them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from recount.pipeline.archive.files import snapshot
from recount.pipeline.archive.sources import Source, file_of, names_of
from recount.pipeline.errors import DocumentError, UsageError
from recount.pipeline.result import Result, encoded, plain, result_in
from recount.pipeline.review.decisions import Corrections
from recount.pipeline.run.pool import Bounds, Died, Pool
from recount.pipeline.run.worker import structure_report
from recount.pipeline.settings import Settings

_BOUNDS = Bounds(900.0, 4096 << 20)
"""What `recount structure` gives a report by default."""


@dataclass(frozen=True, slots=True)
class Again:
    """A file whose reports are to be recounted. name: of the one that is looked at; sha256: of the file that its result
    was made of. readings: the folder that keeps what OCR read."""

    source: Source
    name: str
    sha256: str
    corrections: Corrections
    settings: Settings
    readings: Path | None


@dataclass(frozen=True, slots=True)
class NotRecounted:
    """Why there is no recount, in words."""

    reason: str


def again(job: Again) -> bytes | NotRecounted:
    """The result of the report, as its file would hold it. What is heavy is imported in the process beside."""
    from recount.pipeline.structure import forget_families

    try:
        forget_families()  # one of the user's may have been edited since
        with snapshot(job.source, None) as copy:
            if copy.sha256 != job.sha256:
                return NotRecounted("its file was changed since: structure it again")
            return _result(job, copy.path)
    except (DocumentError, UsageError) as error:
        return NotRecounted(str(error))


def _result(job: Again, path: Path) -> bytes | NotRecounted:
    found = structure_report(path, job.sha256, job.settings, job.readings, job.corrections)
    named = dict(zip(names_of(file_of(job.name), len(found)), found, strict=True))
    if job.name not in named:
        return NotRecounted(f"its file holds {len(found)} reports now: structure it again")
    return encoded(plain(named[job.name].named(job.name)))


class Recounter:
    """Recounts one report after the other. Any thread may ask, and waits."""

    def __init__(self) -> None:
        self._pool: Pool[Again, bytes | NotRecounted] = Pool(again, 1, _BOUNDS)
        self._one = threading.Lock()

    def recount(self, job: Again) -> Result | NotRecounted:
        """The result with all decisions, or why there is none."""
        with self._one:
            answer = self._pool.once(job)
        if isinstance(answer, Died):
            return NotRecounted(answer.reason)
        return answer if isinstance(answer, NotRecounted) else result_in(answer, job.name)

    def stop(self) -> None:
        """Ends the process."""
        with self._one:
            self._pool.stop()
