"""One report from PDF to result: read → split → map → verify → result."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any

from recount.pipeline.errors import NeedsOcr, NotAReport
from recount.pipeline.read import read_pdf
from recount.pipeline.result import Source, result_of
from recount.pipeline.split import split
from recount.pipeline.template.mapper import map_report
from recount.pipeline.verify import verify
from recount.schemas.registry import FAMILIES


def structure(path: Path) -> dict[str, Any]:
    """The result of one report (contract/result.md), with Decimals for numbers.

    source.file is the bare file name. Raises a DocumentError where the file cannot be structured, and OSError
    where it cannot be read.
    """
    family = FAMILIES[0]
    clock = _Clock()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    pages = read_pdf(path)
    if not any(page.readable for page in pages.pages):
        raise NeedsOcr("no page has a usable text layer: it is a scan")
    clock.lap("read")
    document = split(pages, family)
    clock.lap("split")
    mapped = map_report(document)
    if not mapped.found:
        if document.unreadable:
            raise NeedsOcr("the pages with a usable text layer hold no report, the others are scans")
        raise NotAReport("no part of a known report was found in it")
    clock.lap("map")
    verified = verify(mapped.report, document.tokens, mapped.mapper)
    clock.lap("verify")
    source = Source(path.name, digest, len(pages.pages), unread_pages=document.unreadable, ocr=pages.ocr)
    return result_of(source, verified, document.tokens, family.contract, clock.laps)


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
