"""The results of an output folder, one after the other, in the order of their names."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from recount.pipeline.errors import UsageError
from recount.pipeline.export.rows import Reading
from recount.pipeline.jsonfile import read_result
from recount.pipeline.ledger import STATUSES
from recount.pipeline.lookup import report_model


def result_files(out: Path) -> list[Path]:
    """The result files of an output folder. Raises UsageError if it is none, or holds none."""
    folder = out / "reports"
    if not folder.is_dir():
        raise UsageError(f"{out} is no output folder of recount structure: it has no folder reports")
    files = sorted(folder.rglob("*.json"), key=lambda file: file.relative_to(folder).as_posix())
    if not files:
        raise UsageError(f"there is no result in {out}")
    return files


def readings(out: Path, statuses: Collection[str] | None = None) -> Iterator[Reading]:
    """Every result. Raises UsageError for a file that is none: nothing is left out in silence."""
    return (reading_of(file, statuses) for file in result_files(out))


def reading_of(file: Path, statuses: Collection[str] | None = None) -> Reading:
    """A result. Raises UsageError if the file is none."""
    result = read_result(file)
    return Reading(result, report_model(result["contract"]), statuses)


def statuses_named(words: str | None) -> list[str] | None:
    """The statuses of a list such as "verified,repaired"; None for all. Raises UsageError for unknown ones."""
    if words is None:
        return None
    named = [word.strip() for word in words.split(",") if word.strip()]
    unknown = [word for word in named if word not in STATUSES]
    if unknown or not named:
        raise UsageError(f"no status is called {', '.join(unknown or [words])}; there are {', '.join(STATUSES)}")
    return named
