"""One report from PDF to result: read → split → map → verify → result."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any

from recount.pipeline.errors import NeedsOcr, NotAReport
from recount.pipeline.families import known_families, recognise
from recount.pipeline.read import read_pdf
from recount.pipeline.result import Source, result_of
from recount.pipeline.split import split
from recount.pipeline.template.registry import map_document
from recount.pipeline.verify import verify
from recount.schemas.family import Family
from recount.schemas.registry import FAMILIES


def structure(path: Path, family: Family | None = None) -> dict[str, Any]:
    """The result of one report (contract/result.md), with Decimals for numbers.

    family: what it is a report of; recognised from the document if None. source.file is the bare file name. Raises a
    DocumentError where the file cannot be structured, and OSError where it cannot be read.
    """
    clock = _Clock()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    pages = read_pdf(path)
    if not any(page.readable for page in pages.pages):
        raise NeedsOcr("no page has a usable text layer: it is a scan")
    clock.lap("read")
    document = split(pages, *([family] if family else FAMILIES))
    clock.lap("split")
    chosen = family or recognise(document)
    mapped = map_document(document, chosen) if chosen else None
    if chosen is None or mapped is None or not mapped.found:
        if document.unreadable:
            raise NeedsOcr("the pages with a usable text layer hold no report, the others are scans")
        raise NotAReport(_no_report(family))
    clock.lap("map")
    verified = verify(mapped.report, document.tokens, mapped.mapper)
    clock.lap("verify")
    source = Source(path.name, digest, len(pages.pages), unread_pages=document.unreadable, ocr=pages.ocr)
    return result_of(source, verified, document.tokens, chosen.contract, clock.laps)


def _no_report(family: Family | None) -> str:
    """Why a file is no report, for the person who gave it."""
    if family is not None:
        return f"no part of a report of {known_families([family])} was found in it"
    return f"it is of no known family: no part of a report of {known_families()} was found in it"


class _Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """The stage that just ended."""
        now = time.perf_counter()
        self.laps[stage] = now - self._last
        self._last = now
