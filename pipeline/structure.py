"""The reports of a file from PDF to results: read → split → map → verify → result."""

from __future__ import annotations

import gc
import time
from collections.abc import Collection, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from recount.pipeline.archive.files import snapshot
from recount.pipeline.archive.kinds import is_text
from recount.pipeline.archive.sources import Source as Archived
from recount.pipeline.archive.sources import names_of
from recount.pipeline.assemble import Readings, result_of
from recount.pipeline.document import Definition, Document, ModelUse, Pages, Remark, Token
from recount.pipeline.errors import DocumentError, NeedsOcr, NotAPdf, NotAReport, SeveralReports
from recount.pipeline.map import Mapped
from recount.pipeline.map.grammar.passage import mentions_in
from recount.pipeline.map.missed import told_instead
from recount.pipeline.map.registry import map_document
from recount.pipeline.ocr.reader import Scans, fill_scanned, is_image, read_images, wanted_of
from recount.pipeline.ocr.witness import witnessed
from recount.pipeline.read import pages_and_file, read_text
from recount.pipeline.recognise import (
    families_in,
    family_of,
    is_recognised,
    known_families,
    nearest_of,
    own_family_of,
    recognise,
)
from recount.pipeline.result import Result, Source
from recount.pipeline.review.decisions import NONE as UNDECIDED
from recount.pipeline.review.decisions import Corrections
from recount.pipeline.review.overlay import Overlaid, Share, overlaid, places_of, shared_out
from recount.pipeline.settings import DEFAULTS, Settings
from recount.pipeline.split import Seen, split
from recount.pipeline.split.abroad import measured
from recount.pipeline.split.outline import every_section
from recount.pipeline.split.reports import reports_of
from recount.pipeline.steps import tell
from recount.pipeline.usage import NOTHING, Usage
from recount.pipeline.verify import Verified, verify
from recount.pipeline.verify.repair import Repaired, repair
from recount.schemas.family import Family
from recount.schemas.registry import FAMILIES
from recount.schemas.saying import say

if TYPE_CHECKING:
    from recount.pipeline.model.ask.question import Asker

_NOWHERE = (0.0, 0.0, 0.0, 0.0)


def structures(
    path: Path,
    family: Family | None = None,
    settings: Settings = DEFAULTS,
    *,
    sha256: str | None = None,
    who: Asker | None = None,
    second: Asker | None = None,
    corrections: Corrections = UNDECIDED,
) -> tuple[Result, ...]:
    """The results of the reports in a file, in its order (docs/contract/result.md).

    path: a PDF, an image file, or a folder of page images. family: what it is a report of, instead of what the
    settings name; recognised from each report if neither says. settings: how; unless they name a language model,
    nothing leaves the machine. sha256: of the file, if nobody else can write to it; else a copy is read. who, second:
    asked instead of the endpoints of the model and of the second one. corrections: what people decided about the file.
    source.file is the bare file name; of several reports with #1, #2 … behind it. Raises a DocumentError where the file
    cannot be structured, UsageError where the settings cannot be kept to, and OSError where it cannot be read.
    """
    if sha256 is None:
        with snapshot(Archived(path, path.name), None) as copy:
            again = partial(structures, copy.path, family, settings, sha256=copy.sha256)
            results = again(who=who, second=second, corrections=corrections)
        return tuple(map(Result.named, results, names_of(path.name, len(results))))
    with _paused() as paused:
        return _structured(path, family, settings, sha256, (who, second), corrections, paused)


def _structured(
    path: Path,
    family: Family | None,
    settings: Settings,
    sha256: str,
    who: tuple[Asker | None, Asker | None],
    corrections: Corrections,
    paused: ExitStack,
) -> tuple[Result, ...]:
    """As structures. who: the askers. paused: the collector, which works again where a report is not digital."""
    family = family or _family(settings.family, settings.families)
    drafts: list[_Draft] = []
    idle: list[Remark] = []
    missed: list[Remark] = []
    file = _file(path, family, settings, None, paused)
    if settings.asked is not None:
        paused.close()
    for pages, own, clock in file.reports:
        document, chosen = _split(pages, own, clock)
        asked = NOTHING
        if chosen is None and settings.asked is not None:
            chosen, asked = _asked(document, settings, sha256, who[0])
            if chosen is not None and chosen.definition:  # its words and numbers are its own
                document, chosen = _split(pages, chosen, clock)
        found = _mapped(document, chosen, settings, sha256, who, clock, asked) if chosen else None
        if chosen and found and found[0].found:
            drafts.append(_Draft(pages, document, chosen, *found, clock, [] if drafts else idle))
        else:
            (drafts[-1].remarks if drafts else idle).append(_idle(pages))
            missed += found[0].remarks if found else ()
    if not drafts:
        raise _nothing_found(file.pages, family, settings, missed)
    names, shares = names_of(path.name, len(drafts)), _shares(drafts, file, corrections, sha256)
    return tuple(
        _result(draft, name, sha256, file, settings, share)
        for draft, name, share in zip(drafts, names, shares, strict=True)
    )


def _paused() -> ExitStack:
    """Keeps Python's collector, until it is closed, from walking over a report's characters again and again, a fifth of
    the time: the stages of a digital report make no cycles, so that there is nothing to collect. What is held when it
    is closed is walked over once more."""
    paused = ExitStack()
    if gc.isenabled():
        gc.disable()
        paused.callback(gc.enable)
    return paused


def structure(
    path: Path,
    family: Family | None = None,
    settings: Settings = DEFAULTS,
    *,
    sha256: str | None = None,
    who: Asker | None = None,
    second: Asker | None = None,
) -> Result:
    """The result of the report in a file: arguments and errors as of structures.

    Raises SeveralReports if it holds more than one: no result of one of them is the file's.
    """
    return _only(structures(path, family, settings, sha256=sha256, who=who, second=second))


T = TypeVar("T")


def _only(reports: Sequence[T]) -> T:
    if len(reports) > 1:
        raise SeveralReports(f"it holds {len(reports)} reports, where one was asked for")
    return reports[0]


@dataclass(frozen=True, slots=True)
class _File:
    """A file as read. reports: the pages of each report in it, its family as far as that is known before they are
    split, and the time that they took so far."""

    pages: Pages
    scans: Scans
    reports: Sequence[tuple[Pages, Family | None, _Clock]]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A report that was mapped and verified. pages: of it alone. remarks: on pages beside it that hold no report."""

    pages: Pages
    document: Document
    family: Family
    mapped: Mapped
    verified: Verified
    used: ModelUse | None
    clock: _Clock
    remarks: list[Remark]


def _shares(drafts: Sequence[_Draft], file: _File, corrections: Corrections, sha256: str) -> Sequence[Share | None]:
    """What people decided about each report."""
    if not corrections.any:
        return [None] * len(drafts)
    written = file.pages.written
    places = [places_of(_in_file(draft.document.tokens, file.scans), written) for draft in drafts]
    return shared_out(corrections, sha256, places)


def _result(draft: _Draft, name: str, sha256: str, file: _File, settings: Settings, share: Share | None) -> Result:
    """The result of a report, as people decided about it; figures of its scanned pages are read again where the
    identities ask for it."""
    document, scans = draft.document, file.scans
    decided = overlaid(draft.mapped.report, draft.verified, document.tokens, share)
    repaired = Repaired(decided.verified, decided.tokens, {}, {})
    numbers = [page.number for page in draft.pages.pages]
    scanned = scans.scanned_among(numbers)
    if scanned:
        tell("again")
        repaired = _repair(decided, scans, settings)
        draft.clock.lap("repair")
    read = None if draft.pages is file.pages else sorted({scans.place(number, _NOWHERE)[0] for number in numbers})
    source = Source(name, sha256, _last_page(file.pages, scans), scanned, file.pages.ocr if scanned else None, read)
    tokens = _in_file(repaired.tokens, scans)
    readings = Readings({**repaired.first, **decided.first}, repaired.doubts, decided.reviews)
    verified = replace(repaired.verified, rejected=(*repaired.verified.rejected, *decided.taken_out))
    unread = _unread(document, scans)
    said = (*verified.remarks, *document.remarks, *draft.mapped.remarks, *draft.remarks)
    remarks = _placed(said, scans)
    outline = draft.family.outline
    sections = draft.mapped.sections
    every = every_section(document, outline) if sections is None else sections
    told = mentions_in(every, outline, verified.report)
    laps, contract, written = draft.clock.laps, draft.family.contract, file.pages.written
    result = result_of(
        source, verified, tokens, contract, laps, readings, draft.used, unread, remarks, written, told, decided.told
    )
    own = Definition(draft.family.name, draft.family.definition) if draft.family.definition else None
    return replace(result, family=own)


def _idle(pages: Pages) -> Remark:
    """What is said of pages between reports that hold none."""
    more = len(pages.pages) - 1
    words = say("no_reports", more=more) if more else say("no_report")
    return Remark("no report", pages.pages[0].number, None, words)


def _asked(document: Document, settings: Settings, sha256: str, who: Asker | None) -> tuple[Family | None, Usage]:
    """The family of a report that shows none, as a model says, and what asking took."""
    from recount.pipeline.model.cascade import family_by_model

    return family_by_model(document, (*FAMILIES, *_own_families(settings.families)), settings, sha256, who)


def _mapped(
    document: Document,
    family: Family,
    settings: Settings,
    sha256: str,
    who: tuple[Asker | None, Asker | None],
    clock: _Clock,
    asked: Usage = NOTHING,
) -> tuple[Mapped, Verified, ModelUse | None]:
    """The document mapped and verified: by the template mapper, and by a model if there is one to ask.

    who: asked instead of the endpoints of the model and of the second one. asked: what it took to have a model say the
    family.
    """
    template = None if settings.alone else map_document(document, family)
    if template is not None and settings.asked is None:
        clock.lap("map")
        tell("verify")
        verified = verify(template.report, document.tokens, template.mapper)
        clock.lap("verify")
        return template, verified, None
    # Imported when a model is asked: its libraries are heavy.
    from recount.pipeline.model.cascade import map_with_model

    asker, second = who
    again = map_document(document, family) if settings.by_template else second
    mapped, verified, used = map_with_model(document, family, template, settings, sha256, asker, again)
    clock.lap("map")
    return mapped, verified, replace(used, usage=used.usage + asked)


def _nothing_found(
    pages: Pages, family: Family | None, settings: Settings, missed: Sequence[Remark] = ()
) -> DocumentError:
    """Why a file gave no result. missed: what was looked for in it, and stands there instead."""
    if pages.attached:
        return NotAReport(f"its pages hold no report, but files are attached to it: {', '.join(pages.attached)}")
    if any(page.damaged for page in pages.pages):
        return NotAPdf("it is damaged: the pages of it that can be read hold no report")
    if not all(page.readable for page in pages.pages):
        return NeedsOcr("the pages with a usable text layer hold no report, the others are scans")
    own = _own_families(settings.families) if family is None else ()
    nearest = nearest_of(pages.pages, own)
    more = f"; nearest is {nearest[0].name}, without its sign {nearest[1]}" if nearest is not None else ""
    silent = ", ".join(family.name for family in own if not is_recognised(family))
    more += f"; {silent} says no signs, and is taken with --family alone" if silent else ""
    return NotAReport(_no_report(family, own, missed) + more)


@dataclass(frozen=True, slots=True)
class SplitReport:
    """A report as split. family: None where it shows none. scans: what its scanned pages were read from. seen: on the
    pages."""

    pages: Pages
    document: Document
    family: Family | None
    scans: Scans
    seen: Seen


def splits_of(
    path: Path, family: Family | None = None, settings: Settings = DEFAULTS, only: Collection[int] | None = None
) -> list[SplitReport]:
    """The reports in a file, read and split, of whatever family. only: the pages that are read by OCR if they need it;
    all if none are named. Other arguments as of structures, and errors of reading."""
    return _splits(path, family or _family(settings.family, settings.families), settings, only)[1]


def _splits(
    path: Path, family: Family | None, settings: Settings, only: Collection[int] | None = None
) -> tuple[_File, list[SplitReport]]:
    with _paused() as paused:
        file = _file(path, family, settings, only, paused)
    found = []
    for pages, own, clock in file.reports:
        document, chosen = _split(pages, own, clock, seen := Seen())
        found.append(SplitReport(pages, document, chosen, file.scans, seen))
    return file, found


def documents_of(
    path: Path, family: Family | None = None, settings: Settings = DEFAULTS
) -> list[tuple[Document, Family]]:
    """The reports in a file, read and split, and the family that each is of: what is mapped.

    Arguments and errors as of structures.
    """
    family = family or _family(settings.family, settings.families)
    file, split_up = _splits(path, family, settings)
    found = [(report.document, report.family) for report in split_up if report.family is not None]
    if not found:
        raise _nothing_found(file.pages, family, settings)
    return found


def document_of(path: Path, family: Family | None = None, settings: Settings = DEFAULTS) -> tuple[Document, Family]:
    """The one of documents_of. Raises SeveralReports if there are more."""
    return _only(documents_of(path, family, settings))


@cache
def _family(name: str | None, among: str | None = None) -> Family | None:
    """The family of a name, or of the user's folder, which is loaded once a process. among: as of family_of."""
    return None if name is None else family_of(name, among)


@cache
def _own_families(folder: str | None) -> tuple[Family, ...]:
    """The user's families that may be recognised."""
    return () if folder is None else families_in(folder)


def forget_families() -> None:
    """The user's families are read anew when they are next asked for; a run keeps to those that it began with."""
    _family.cache_clear()
    _own_families.cache_clear()


def _file(
    path: Path, family: Family | None, settings: Settings, only: Collection[int] | None, paused: ExitStack
) -> _File:
    clock = _Clock()
    pages, scans = _read(path, settings, only, paused)
    if not (pages.attached or any(page.readable for page in pages.pages)):
        if any(page.damaged for page in pages.pages):
            raise NotAPdf("it is damaged: no page of it can be read whole")
        if settings.ocr == "never":
            raise NeedsOcr("no page has a usable text layer: it is a scan")
        raise NeedsOcr("no page has a usable text layer, and no picture of a page can be read")
    own = () if family else _own_families(settings.families)
    reports = _parted(pages, family, own)
    clock.lap("read")
    return _File(pages, scans, [(report, whose, clock.shared(len(reports))) for report, whose in reports])


def _parted(pages: Pages, family: Family | None, own: Sequence[Family]) -> list[tuple[Pages, Family | None]]:
    """The pages of each report of a file, and its family where that is given, or one of the user's (own) that it shows.

    A file that shows one of these alone is cut as if that had been given: what it becomes does not depend on others.
    """
    reports = reports_of(pages, *([family] if family else FAMILIES))
    shown = [own_family_of(report.pages, own) if own else family for report in reports]
    alone = shown[0] if own and len(set(map(id, shown))) == 1 else None
    if alone is not None:
        return [(report, alone) for report in reports_of(pages, alone)]
    return list(zip(reports, shown, strict=True))


def _split(
    pages: Pages, family: Family | None, clock: _Clock, seen: Seen | None = None
) -> tuple[Document, Family | None]:
    """A report split, and its family: the one that is given, or that it shows. seen: as of split."""
    clock.start()
    tell("map")
    document = split(pages, *([family] if family else FAMILIES), seen=seen)
    chosen = family or recognise(document)
    clock.lap("split")
    return (measured(document, chosen.money) if chosen else document), chosen


def pages_of(path: Path, settings: Settings = DEFAULTS) -> Pages:
    """The pages of a file, read, with its scans recognised: what is split. Arguments and errors as of structures."""
    with _paused() as paused:
        return _read(path, settings, None, paused)[0]


def _read(path: Path, settings: Settings, only: Collection[int] | None, paused: ExitStack) -> tuple[Pages, Scans]:
    if is_image(path):
        paused.close()
        return read_images(path, *settings.ocr_by, only)
    if is_text(path):
        return read_text(path), Scans(path, {})
    with pages_and_file(path) as (pages, file):
        seen = witnessed(pages, file, settings.ocr, settings.ocr_backend)
    if wanted_of(seen, settings.ocr, only):
        paused.close()
    return fill_scanned(seen, path, settings.ocr, *settings.ocr_by, only)


def _last_page(pages: Pages, scans: Scans) -> int:
    """How many pages the file has: a scanned spread is one of them, though it is read as two."""
    return scans.place(len(pages.pages), _NOWHERE)[0]


def _unread(document: Document, scans: Scans) -> tuple[int, ...]:
    return tuple(scans.place(number, _NOWHERE)[0] for number in document.unreadable)


def _placed(remarks: Iterable[Remark], scans: Scans) -> list[Remark]:
    """The remarks at their places in the file."""
    placed = []
    for remark in remarks:
        page, box = scans.place(remark.page, remark.box or _NOWHERE)
        placed.append(replace(remark, page=page, box=remark.box and box))
    return placed


def _repair(decided: Overlaid, scans: Scans, settings: Settings) -> Repaired:
    # Imported when a page was scanned: the recogniser's libraries are heavy.
    from recount.pipeline.ocr.reread import ScanRereader, forget

    try:
        rereader = ScanRereader(scans, *settings.ocr_by)
        return repair(decided.report, decided.verified, decided.tokens, rereader)
    finally:
        forget()


def _in_file(tokens: Sequence[Token], scans: Scans) -> Sequence[Token]:
    """With the places of scanned figures as the file shows them: pages as read are straightened and turned."""
    if not (scans.frames or scans.halves):
        return tokens
    placed = []
    for token in tokens:
        page, box = scans.place(token.page, token.box)
        placed.append(replace(token, page=page, box=box))
    return placed


def _no_report(family: Family | None, own: Sequence[Family], missed: Sequence[Remark]) -> str:
    """Why a file is no report, for the person who gave it. own: the user's families that might have been recognised."""
    known = known_families([family] if family is not None else (*FAMILIES, *own))
    wanted, there = told_instead(missed)
    if wanted and there:
        return f"no part of a report of {known} was found in it: not {', '.join(wanted)}, but {', '.join(there)}"
    if family is not None:
        return f"no part of a report of {known} was found in it"
    return f"it is of no known family: no part of a report of {known} was found in it"


class _Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self.start()

    def start(self) -> None:
        """The next stage begins now."""
        self._last = time.perf_counter()

    def shared(self, reports: int) -> _Clock:
        """A clock for each of so many reports: what was spent for all of them is spent on each in part."""
        clock = _Clock()
        clock.laps = {stage: spent / reports for stage, spent in self.laps.items()}
        return clock

    def lap(self, stage: str) -> None:
        """The stage that just ended."""
        now = time.perf_counter()
        self.laps[stage] = now - self._last
        self._last = now
