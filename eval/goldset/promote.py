"""A reviewed result becomes a case: what a user has checked is gold from then on."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

from recount.eval.cases import EXPECTED, PLACES, TAGS
from recount.pipeline.errors import UsageError
from recount.pipeline.result import Result, read_result, write_json


def promote(result_path: Path, out: Path, source: Path | None = None) -> Path:
    """Writes the case of a result into `out`/<name of its source>; returns that folder.

    source: the PDF that it was made of; by default the file that the result names, below the current folder. Raises
    UsageError if that is not there or is another one, or if there is such a case already.
    """
    result = read_result(result_path)
    named = result.source.file
    pdf = source or Path(named)
    if not pdf.is_file():
        raise UsageError(f"{pdf} is not there: name the report that {result_path} was made of with --source")
    with pdf.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != result.source.sha256:
            raise UsageError(f"{pdf} is not the report that {result_path} was made of")
    folder = out / Path(named).stem
    if folder.exists():
        raise UsageError(f"{folder} is there already")
    folder.mkdir(parents=True)
    shutil.copyfile(pdf, folder / "report.pdf")
    write_json(folder / EXPECTED, result.report)
    write_json(folder / TAGS, _tags(result))
    write_json(folder / PLACES, _places(result))
    return folder


def _tags(result: Result) -> dict[str, Any]:
    """What the case is like, and the discrepancies that its review has let stand."""
    failing = [check for check in result.failing if check.severity != "minor"]
    return {
        "form": f"{result.report.get('fiscal_year') or '?'}",
        "promoted": True,
        "pages": result.source.pages,
        "scan": "scan" if result.source.scanned_pages else None,
        "discrepancies": [{"pointers": check.pointers, "rule": check.rule} for check in failing],
    }


def _places(result: Result) -> dict[str, Any]:
    return {pointer: [[figure.page, *(figure.bbox or ())]] for pointer, figure in result.figures.items()}
