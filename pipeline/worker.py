"""What is done with one report of an archive: structure it, write its result, say what became of it."""

from __future__ import annotations

import hashlib
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from recount.pipeline.archive import Source
from recount.pipeline.content import hash_of
from recount.pipeline.errors import DocumentError, UsageError
from recount.pipeline.jsonfile import Result, read_result, write_result
from recount.pipeline.ledger import Attempt
from recount.pipeline.zipped import extracted

if TYPE_CHECKING:
    from recount.pipeline.ocr.reader import EngineName, Mode
    from recount.schemas.family import Family

Task = Callable[[Path], Result]
"""Structures one report. Raises DocumentError for a file that cannot be structured."""


_LONGEST_STEP = 250
_DIGEST = 16

_USAGE = ("calls", "input_tokens", "output_tokens", "cost")

UNPACKED = "unpacked"
"""The folder below the output folder in which members of zip archives lie while they are structured."""


@dataclass(frozen=True, slots=True)
class Job:
    """A report to be done. known: the content hash it need not be done for again, None to do it anyway."""

    source: Source
    known: str | None = None


def structure_report(path: Path) -> Result:
    """The stages from read to result: the task of every run but those of tests.

    The import is here because it is heavy, and a process that finds every report unchanged needs none of it.
    """
    from recount.pipeline.limits import check
    from recount.pipeline.structure import structure

    check(path)
    return structure(path)


def structure_as(path: Path, family: str | None, ocr: Mode = "auto", engine: EngineName = "openvino") -> Result:
    """As structure_report, for a family that is named, or that lies in a folder of the user's, and other OCR."""
    from recount.pipeline.limits import check
    from recount.pipeline.structure import Ocr, structure

    check(path)
    return structure(path, _family(family) if family else None, Ocr(ocr, engine))


@cache
def _family(name: str) -> Family:
    from recount.pipeline.own_family import family_of

    return family_of(name)


def result_path(out: Path, name: str) -> Path:
    """Where the result of a report lies below `out`. Raises ValueError for a name that leads out of there.

    A step that is too long for a file system keeps its beginning, and the hash of the whole tells it apart.
    """
    below = PurePosixPath(name)
    if below.is_absolute() or ".." in below.parts or not below.name:
        raise ValueError(f"{name} is no path below an archive")
    return Path(out, "reports", *(_fitting(step) for step in below.parent.parts), f"{_fitting(below.name)}.json")


def _fitting(step: str) -> str:
    """A step of a path that, with .json behind it, has no more than the 255 bytes that file systems take."""
    raw = step.encode("utf-8", "surrogateescape")
    if len(raw) <= _LONGEST_STEP:
        return step
    digest = hashlib.sha256(raw).hexdigest()[:_DIGEST]
    return f"{raw[: _LONGEST_STEP - _DIGEST - 1].decode('utf-8', 'ignore')}~{digest}"


def attempt(job: Job, *, task: Task, out: Path) -> Attempt | None:
    """Structures a report and writes its result; None if the file is still as known.

    Nothing that a report does to the program gets out of here: any failure becomes its record, and then there
    is no result file, for one of an earlier content would be taken for this one's.
    """
    started = time.perf_counter()
    name, target = job.source.name, result_path(out, job.source.name)
    sha256: str | None = None
    try:
        with _file_of(job.source, out) as path:
            sha256 = hash_of(path)
            if job.known is not None and sha256 == job.known:
                return None
            result = task(path)
        result["source"]["file"] = name
        writing = time.perf_counter()
        _write(target, result)
        written = time.perf_counter() - writing
    except DocumentError as error:
        return _failed(target, name, sha256, started, str(error))
    except Exception as error:  # noqa: BLE001 - the boundary: one report's bug must not cost the others theirs
        reason = f"internal error: {type(error).__name__}: {error}"
        return _failed(target, name, sha256, started, reason, "".join(traceback.format_exception(error)))
    return _succeeded(name, result, time.perf_counter() - started, written)


def copy_result(job: Job, done: Attempt, out: Path) -> Attempt:
    """Gives a report of the same content as one that is done the same result under its own name, or its failure."""
    started = time.perf_counter()
    name, target = job.source.name, result_path(out, job.source.name)
    if done.status == "failed":
        return _failed(target, name, done.sha256, started, f"same content as {done.file}, which failed: {done.reason}")
    try:
        result = read_result(result_path(out, done.file))
        result["source"]["file"] = name
        _write(target, result)
    except (DocumentError, UsageError) as error:
        return _failed(target, name, done.sha256, started, str(error))
    seconds = time.perf_counter() - started
    return replace(done, file=name, seconds=seconds, stages={"write": round(seconds, 4)}, usage={}, same_as=done.file)


def _file_of(source: Source, out: Path) -> AbstractContextManager[Path]:
    """The report as a file: itself, or what it is in its zip archive."""
    if source.member is None:
        return nullcontext(source.path)
    return extracted(source.path, source.member, source.name, out / UNPACKED)


def _write(target: Path, result: Result) -> None:
    try:
        write_result(target, result)
    except OSError as error:
        raise DocumentError(f"its result cannot be written: {error.strerror}") from error


def _succeeded(name: str, result: Result, seconds: float, written: float) -> Attempt:
    """The record of a report from its result."""
    summary = result["summary"]
    stages = {stage: float(spent) for stage, spent in summary.get("seconds", {}).items()}
    usage = {key: float(summary.get("mapper", {}).get(key, 0)) for key in _USAGE}
    failing = Counter(check["severity"] for check in result["checks"] if check["result"] == "fail")
    return Attempt(
        file=name,
        sha256=result["source"]["sha256"],
        status="ok",
        pages=result["source"]["pages"],
        figures=dict(Counter(str(figure["status"]) for figure in result["figures"].values())),
        errors=failing["error"],
        minor=failing["minor"],
        seconds=seconds,
        stages={**stages, "write": round(written, 4)},
        usage=usage if any(usage.values()) else {},
    )


def _failed(
    target: Path, name: str, sha256: str | None, started: float, reason: str, trace: str | None = None
) -> Attempt:
    """The record of a report that failed; its earlier result is removed."""
    with suppress(OSError):  # no such file, or no such name: then there is nothing to remove
        target.unlink()
    return Attempt(
        file=name,
        sha256=sha256,
        status="failed",
        reason=" ".join(reason.split()),
        traceback=trace,
        seconds=time.perf_counter() - started,
    )
