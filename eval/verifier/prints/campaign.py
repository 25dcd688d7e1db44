"""Faults of every kind in short reports of every form by every maker, structured as an archive, and what passed."""

# mypy: disable-error-code="no-untyped-call"
# (pymupdf ships no type information for these calls)
from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pymupdf

from recount.eval.score.harness import fate_of_failure
from recount.eval.verifier.prints.base import FORMS, Base, Report, base_of, report_of
from recount.eval.verifier.prints.characters import CHARACTERS
from recount.eval.verifier.prints.draft import Draft, Kind, Made
from recount.eval.verifier.prints.fonts import FONTS
from recount.eval.verifier.prints.ink import INK
from recount.eval.verifier.prints.judge import Fate, Verdict, Wrong, fate_of, is_elsewhere, printed, wrong_in
from recount.eval.verifier.prints.makers import MAKERS, Maker
from recount.eval.verifier.prints.papers import PAPERS
from recount.pipeline.archive.sources import Source
from recount.pipeline.result import Result, read_result
from recount.pipeline.run.fates import Attempt
from recount.pipeline.run.pool import Pool
from recount.pipeline.run.runner import run

_TRIES = 12
"""So often another figure is drawn where a fault found no room."""


def kinds(only: Sequence[str] = ()) -> tuple[Kind, ...]:
    """All kinds of faults, or those of some groups."""
    every = (*INK, *FONTS, *CHARACTERS, *PAPERS)
    return tuple(kind for kind in every if not only or kind.group in only)


@dataclass(frozen=True)
class Document:
    """A PDF with faults of one kind. golds: what its reports print now; several where it holds several."""

    name: str
    base: str
    kind: tuple[str, str]
    made: tuple[Made, ...]
    golds: tuple[dict[str, object], ...]


@dataclass
class Proof:
    """What was counted. without: silent errors in reports without any fault, by report. absent: makers not here."""

    verdicts: list[Verdict] = field(default_factory=list)
    without: dict[str, list[str]] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    makers: dict[str, int] = field(default_factory=dict)
    forms: dict[str, int] = field(default_factory=dict)
    documents: int = 0
    figures: int = 0
    seconds: float = 0.0

    def count(self, maker: str, form: str, faults: int) -> None:
        """So many faults more in what a maker made of a form."""
        for counts, key in ((self.makers, maker), (self.forms, form)):
            counts[key] = counts.get(key, 0) + faults


def prove(
    out: Path,
    *,
    each: int = 2,
    seed: int = 0,
    jobs: int | None = None,
    forms: Sequence[str] = FORMS,
    makers: Sequence[Maker] = MAKERS,
    only: Sequence[str] = (),
) -> Proof:
    """So many faults of every kind in a report of every form by every maker that is here. The same seed makes the same.

    out: an empty folder for the PDFs and the results, which are left there. only: groups of kinds, all if empty. Faults
    of one kind share a document where they are done to single figures; each is judged by its own.
    """
    started = time.perf_counter()
    proof = Proof(absent=[maker.name for maker in makers if not maker.able()])
    orders = [
        (form, seed * 100 + at, maker)
        for maker in makers
        if maker.able()
        for at, form in enumerate(FORMS)
        if form in forms
    ]
    reports = [_clean(order, out / "clean") for order in orders]
    found = structured(out / "clean", [_name(order) for order in orders], jobs)
    bases = [
        base_of(report, order[2], next(iter(found[_name(order)][0]), None))
        for report, order in zip(reports, orders, strict=True)
    ]
    proof.without = {base.name: sorted(base.wrong) for base in bases if base.wrong or not base.figures}
    work: list[Work] = [(base, tuple(only), each, out / "faults") for base in bases]
    (out / "faults").mkdir(parents=True, exist_ok=True)
    pool: Pool[Work, list[Document]] = Pool(_made, jobs or os.cpu_count() or 1)
    documents = [document for part in pool.answers(work) for document in part]
    outcomes = structured(out / "faults", [document.name for document in documents], jobs)
    for document in documents:
        proof.verdicts += _judged(document, *outcomes[document.name])
    _count(proof, bases, documents)
    proof.seconds = time.perf_counter() - started
    return proof


Order = tuple[str, int, Maker]


def _name(order: Order) -> str:
    return f"{order[0]}-{order[1]}-{order[2].name}.pdf"


def _clean(order: Order, folder: Path) -> Report:
    """A report without any fault, written by its maker."""
    form, seed, maker = order
    report = report_of(form, seed, maker.styles[seed % len(maker.styles)])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _name(order)).write_bytes(maker.make([report.pages])[0])
    return report


def structured(folder: Path, names: Sequence[str], jobs: int | None) -> dict[str, tuple[list[Result], Attempt]]:
    """The results of files: none where one failed, several where it holds several reports."""
    sources = [Source(folder / name, name) for name in names]
    summary = run(sources, folder, jobs=jobs, force=True)
    attempts = {outcome.attempt.file: outcome.attempt for outcome in summary.outcomes}
    reports = folder / "reports"
    return {
        name: ([read_result(path) for path in sorted(reports.glob(f"{name}*.json"))], attempts[name]) for name in names
    }


Work = tuple[Base, Sequence[str], int, Path]


def _made(work: Work) -> list[Document]:
    """The documents of one base, each with faults of one kind, written by its maker all at once."""
    base, only, each, folder = work
    pages = base.report.pages
    drafts: list[tuple[Kind, Draft]] = []
    for kind in kinds(only):
        if kind.fits(base) and base.figures:
            drafts += [(kind, draft) for draft in _drafts(base, kind, Draft.of(base, pages), each)]
    written = base.maker.make([draft.pages for _, draft in drafts]) if drafts else []
    documents = []
    for at, ((kind, draft), pdf) in enumerate(zip(drafts, written, strict=True)):
        name = f"{base.name}-{at:03}.pdf"
        (folder / name).write_bytes(finished(pdf, draft))
        golds = (printed(base.report.gold, draft.truth), *(other.gold for other in draft.others))
        documents.append(Document(name, base.name, (kind.group, kind.name), tuple(draft.faults), golds))
    return documents


def _drafts(base: Base, kind: Kind, draft: Draft, each: int) -> Iterator[Draft]:
    """Drafts with faults of one kind: one with several, where they are done to single figures, else one with one."""
    rng = Random(f"{base.name}/{kind.group}/{kind.name}")
    if kind.scope == "document":
        made = kind.make(draft, None, rng)
        draft.faults += [made] if made else []
    else:
        figures = rng.sample(base.figures, min(len(base.figures), each * _TRIES))
        for figure in figures:
            made = kind.make(draft, figure, rng) if len(draft.faults) < each else None
            draft.faults += [made] if made else []
    if draft.faults:
        yield draft


def finished(pdf: bytes, draft: Draft) -> bytes:
    """A maker's PDF with what is still to be done to it."""
    if not draft.after:
        return pdf
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        for change in draft.after:
            change(document)
        return bytes(document.tobytes(garbage=1, deflate=True, no_new_id=True))


def _judged(document: Document, results: list[Result], attempt: Attempt) -> Iterator[Verdict]:
    """What became of the faults of a document."""
    if not results:
        fate: Fate = fate_of_failure(attempt)
        for made in document.made:
            yield Verdict(document.kind, document.base, made.words, fate, document.name)
        return
    wrong = wrong_in(results, document.golds)
    own = {pointer for made in document.made for pointer in made.truth}
    stray = tuple(figure for figure in wrong if figure.pointer not in own)
    for at, made in enumerate(document.made):
        mine = tuple(figure for figure in wrong if figure.pointer in made.truth and not is_elsewhere(figure, made))
        passed: tuple[Wrong, ...] = mine + (stray if at == 0 else ())
        fate = "silent" if passed else fate_of(results, document.golds[0], list(made.truth))
        yield Verdict(document.kind, document.base, made.words, fate, document.name, passed, not mine)


def _count(proof: Proof, bases: Sequence[Base], documents: Sequence[Document]) -> None:
    by_name = {base.name: base for base in bases}
    for document in documents:
        base = by_name[document.base]
        proof.count(base.maker.name, base.report.form, len(document.made))
    proof.documents = len(documents)
    proof.figures = sum(len(base.figures) for base in bases)
