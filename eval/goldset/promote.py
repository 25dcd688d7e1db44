"""A reviewed result becomes a case: what a user has checked is gold from then on."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

from recount.eval.cases import EXPECTED, PLACES, SOURCES, TAGS
from recount.pipeline.errors import UsageError
from recount.pipeline.result import Result, read_result, write_json

_NAMED = 3
"""So many disputed figures are named where a result is refused for them."""


def promote(result_path: Path, out: Path, source: Path | None = None, *, disputed: bool = False) -> Path:
    """Writes the case of a result into `out`/<name of its source>; returns that folder.

    source: the file that it was made of; by default the file that the result names, below the current folder. What is
    disputed must be decided by a reviewer (recount decide), or disputed: all of it is true as it was read. Raises
    UsageError for a result that leaves some of it open, if its source is not there or is another one, or if there is
    such a case already.
    """
    result = read_result(result_path)
    disputed_ones = {pointer: one for pointer, one in result.figures.items() if one.status == "disputed"}
    undecided = [pointer for pointer, one in disputed_ones.items() if one.reviewed is None]
    if undecided and not disputed:
        named = ", ".join(undecided[:_NAMED]) + (" …" if len(undecided) > _NAMED else "")
        raise UsageError(
            f"{result_path} has {len(undecided)} disputed figures ({named}) that nobody decided: look at each on its "
            "page; --disputed takes them for true as they were read"
        )
    named = result.source.file
    report = source or Path(named)
    if not report.is_file():
        raise UsageError(f"{report} is not there: name the report that {result_path} was made of with --source")
    with report.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != result.source.sha256:
            raise UsageError(f"{report} is not the report that {result_path} was made of")
    folder = out / Path(named).stem
    if folder.exists():
        raise UsageError(f"{folder} is there already")
    folder.mkdir(parents=True)
    shutil.copyfile(report, folder / f"report{report.suffix.lower()}")
    write_json(folder / EXPECTED, result.report)
    write_json(folder / TAGS, _tags(result))
    if places := _places(result):
        write_json(folder / PLACES, places)
    return folder


def _tags(result: Result) -> dict[str, Any]:
    """What the case is like, and the discrepancies that its review has let stand."""
    suffix = Path(result.source.file).suffix.lower()
    failing = [check for check in result.failing if check.severity != "minor"]
    return {
        "form": f"{result.report.get('fiscal_year') or '?'}",
        "promoted": True,
        "reviewed": {pointer: one.reviewed.verdict for pointer, one in result.figures.items() if one.reviewed},
        "pages": result.source.pages,
        "scan": "scan" if result.source.scanned_pages else None,
        "text": suffix[1:] if suffix in SOURCES[1:] else None,
        "discrepancies": [{"pointers": check.pointers, "rule": check.rule} for check in failing],
    }


def _places(result: Result) -> dict[str, Any]:
    """Where its figures stand; those of a text have no box."""
    return {
        pointer: [[figure.page, *figure.bbox]] for pointer, figure in result.figures.items() if figure.bbox is not None
    }
