"""One report from PDF to result: read → split → map → verify → result."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from recount.pipeline.archive.files import hash_of
from recount.pipeline.assemble import Readings, result_of
from recount.pipeline.document import Document, Pages, Remark, Token
from recount.pipeline.errors import DocumentError, NeedsOcr, NotAPdf, NotAReport
from recount.pipeline.map import Mapped
from recount.pipeline.map.registry import map_document
from recount.pipeline.ocr.reader import Scans, fill_scanned, is_image, read_images
from recount.pipeline.ocr.witness import witnessed
from recount.pipeline.read import read_pdf
from recount.pipeline.recognise import family_of, known_families, recognise
from recount.pipeline.result import Result, Source
from recount.pipeline.settings import DEFAULTS, Settings
from recount.pipeline.split import split
from recount.pipeline.usage import ModelUse
from recount.pipeline.verify import Verified, verify
from recount.pipeline.verify.repair import Repaired, repair
from recount.schemas.family import Family
from recount.schemas.registry import FAMILIES

if TYPE_CHECKING:
    from recount.pipeline.model.ask.question import Asker

_NOWHERE = (0.0, 0.0, 0.0, 0.0)


def structure(
    path: Path,
    family: Family | None = None,
    settings: Settings = DEFAULTS,
    *,
    sha256: str | None = None,
    who: Asker | None = None,
) -> Result:
    """The result of one report (docs/contract/result.md).

    path: a PDF, an image file, or a folder of page images. family: what it is a report of, instead of what the
    settings name; recognised from the document if neither says. settings: how; unless they name a language model,
    nothing leaves the machine. sha256: of the file, if it is known already. who: asked instead of the model's endpoint.
    source.file is the bare file name. Raises a DocumentError where the file cannot be structured, UsageError where the
    settings cannot be kept to, and OSError where it cannot be read.
    """
    clock = _Clock()
    sha256 = sha256 or hash_of(path)
    family = family or _family(settings.family)
    pages, scans, document, chosen = _document(path, family, settings, clock)
    mapped, verified, used = _mapped(document, chosen, settings, sha256, who, clock)
    if not mapped.found:
        raise _nothing_found(pages, family)
    repaired = Repaired(verified, document.tokens, {}, {})
    if scans.frames:
        repaired = _repair(mapped, verified, document, scans, settings)
        clock.lap("repair")
    source = Source(path.name, sha256, _last_page(pages, scans), scans.scanned, pages.ocr)
    tokens = _in_file(repaired.tokens, scans)
    readings = Readings(repaired.first, repaired.doubts)
    unread = _unread(document, scans)
    remarks = _remarks((*document.remarks, *mapped.remarks), scans)
    return result_of(source, repaired.verified, tokens, chosen.contract, clock.laps, readings, used, unread, remarks)


def _mapped(
    document: Document, family: Family, settings: Settings, sha256: str, who: Asker | None, clock: _Clock
) -> tuple[Mapped, Verified, ModelUse | None]:
    """The document mapped and verified: by the template mapper, and by a model if there is one to ask."""
    template = None if settings.alone else map_document(document, family)
    if template is not None and settings.asked is None:
        clock.lap("map")
        verified = verify(template.report, document.tokens, template.mapper)
        clock.lap("verify")
        return template, verified, None
    # Imported when a model is asked: its libraries are heavy.
    from recount.pipeline.model.cascade import map_with_model

    mapped, verified, used = map_with_model(document, family, template, settings, sha256, who)
    clock.lap("map")
    return mapped, verified, used


def _nothing_found(pages: Pages, family: Family | None) -> DocumentError:
    if pages.attached:
        return NotAReport(f"its pages hold no report, but files are attached to it: {', '.join(pages.attached)}")
    if any(page.damaged for page in pages.pages):
        return NotAPdf("it is damaged: the pages of it that can be read hold no report")
    if not all(page.readable for page in pages.pages):
        return NeedsOcr("the pages with a usable text layer hold no report, the others are scans")
    return NotAReport(_no_report(family))


def document_of(path: Path, family: Family | None = None, settings: Settings = DEFAULTS) -> tuple[Document, Family]:
    """A report read and split, and the family that it is of: what is mapped. Arguments and errors as of structure."""
    _, _, document, chosen = _document(path, family or _family(settings.family), settings, _Clock())
    return document, chosen


@cache
def _family(name: str | None) -> Family | None:
    """The family of a name, or of the user's folder, which is loaded once a process."""
    return None if name is None else family_of(name)


def _document(
    path: Path, family: Family | None, settings: Settings, clock: _Clock
) -> tuple[Pages, Scans, Document, Family]:
    pages, scans = _read(path, settings)
    if not (pages.attached or any(page.readable for page in pages.pages)):
        if any(page.damaged for page in pages.pages):
            raise NotAPdf("it is damaged: no page of it can be read whole")
        raise NeedsOcr("no page has a usable text layer: it is a scan")
    clock.lap("read")
    document = split(pages, *([family] if family else FAMILIES))
    clock.lap("split")
    chosen = family or recognise(document)
    if chosen is None:
        raise _nothing_found(pages, family)
    return pages, scans, document, chosen


def _read(path: Path, settings: Settings) -> tuple[Pages, Scans]:
    if is_image(path):
        return read_images(path, settings.ocr_backend)
    seen = witnessed(read_pdf(path), path, settings.ocr, settings.ocr_backend)
    return fill_scanned(seen, path, settings.ocr, settings.ocr_backend)


def _last_page(pages: Pages, scans: Scans) -> int:
    """How many pages the file has: a scanned spread is one of them, though it is read as two."""
    return scans.place(len(pages.pages), _NOWHERE)[0]


def _unread(document: Document, scans: Scans) -> tuple[int, ...]:
    return tuple(scans.place(number, _NOWHERE)[0] for number in document.unreadable)


def _remarks(remarks: Sequence[Remark], scans: Scans) -> list[Remark]:
    """The remarks at their places in the file."""
    placed = []
    for remark in remarks:
        page, box = scans.place(remark.page, remark.box or _NOWHERE)
        placed.append(replace(remark, page=page, box=remark.box and box))
    return placed


def _repair(mapped: Mapped, verified: Verified, document: Document, scans: Scans, settings: Settings) -> Repaired:
    # Imported when a page was scanned: the recogniser's libraries are heavy.
    from recount.pipeline.ocr.reread import ScanRereader, forget

    try:
        return repair(mapped.report, verified, document.tokens, ScanRereader(scans, settings.ocr_backend))
    finally:
        forget()


def _in_file(tokens: Sequence[Token], scans: Scans) -> Sequence[Token]:
    """With the places of scanned figures as the file shows them: pages as read are straightened and turned."""
    if not scans.frames:
        return tokens
    placed = []
    for token in tokens:
        page, box = scans.place(token.page, token.box)
        placed.append(replace(token, page=page, box=box))
    return placed


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
