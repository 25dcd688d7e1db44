"""Faults of every kind in reports of every form in every kind of mess, structured as an archive, and what passed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from recount.eval.generator import Form, Options, generate
from recount.eval.generator.texts.written import MESSY, Kind, plain
from recount.eval.generator.typeset.compose import Manuscript
from recount.eval.score.align import fold
from recount.eval.score.harness import fate_of_failure
from recount.eval.score.metrics import TRUSTED
from recount.eval.verifier.prints.base import BUDGETS, FORMS
from recount.eval.verifier.prints.campaign import Proof, structured
from recount.eval.verifier.prints.judge import Fate, Verdict, Wrong, wrong_in
from recount.eval.verifier.texts.faults import FAULTS, Made, made
from recount.pipeline.result import Result
from recount.pipeline.run.fates import Attempt

_SEEDS = 40_000
"""Far from the seeds that anything was tuned on."""
_SMALL = Options(projects=2, size="small", summary=False)

Outcome = tuple[list[Result], Attempt]


@dataclass(frozen=True)
class _Base:
    """A report in one kind of mess, without a fault of ours. wrong: what is verified in it and not right."""

    name: str
    form: str
    kind: Kind
    gold: Mapping[str, Any]
    text: str
    verified: int
    wrong: frozenset[str]


@dataclass(frozen=True)
class _Faulty:
    """A text with one fault."""

    name: str
    base: _Base
    fault: str
    made: Made


def prove_texts(
    out: Path,
    *,
    each: int = 2,
    seed: int = 0,
    jobs: int | None = None,
    forms: Sequence[str] = FORMS,
    kinds: Sequence[Kind] = MESSY,
) -> Proof:
    """So many faults of every kind in a report of every form in every kind of mess. The same seed makes the same.

    out: an empty folder for the texts and the results, which are left there. In the proof, the makers are the kinds of
    mess, and without are the silent errors of texts that have no fault of ours.
    """
    started = time.perf_counter()
    proof = Proof()
    bases = list(_bases(out / "clean", seed, jobs, forms, kinds))
    proof.without = {base.name: sorted(base.wrong) for base in bases if base.wrong or not base.verified}
    (out / "faults").mkdir(parents=True, exist_ok=True)
    documents = [document for base in bases for document in _faulty(base, each, out / "faults")]
    outcomes = structured(out / "faults", [document.name for document in documents], jobs)
    for document in documents:
        proof.verdicts.append(_judged(document, *outcomes[document.name]))
        proof.count(document.base.kind, document.base.form, 1)
    proof.documents = len(documents)
    proof.figures = sum(base.verified for base in bases)
    proof.seconds = time.perf_counter() - started
    return proof


def _bases(folder: Path, seed: int, jobs: int | None, forms: Sequence[str], kinds: Sequence[Kind]) -> Iterator[_Base]:
    """The reports without a fault, structured once."""
    folder.mkdir(parents=True, exist_ok=True)
    texts: dict[str, tuple[str, Kind, Mapping[str, Any], str]] = {}
    for at, form in enumerate(FORMS):
        if form in forms:
            number = _SEEDS + seed * 100 + at
            gold, manuscript = _report(form, number)
            for kind in kinds:
                texts[f"{form}-{number}-{kind}.txt"] = (form, kind, gold, plain(manuscript, kind, number))
    for name, (_, _, _, text) in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    outcomes = structured(folder, list(texts), jobs)
    for name, (form, kind, gold, text) in texts.items():
        results, _ = outcomes[name]
        wrong = frozenset(figure.pointer for figure in wrong_in(results, [gold]))
        yield _Base(name, form, kind, gold, text, _verified(results), wrong)


def _report(form: str, number: int) -> tuple[Mapping[str, Any], Manuscript]:
    """A generated report: what it says, and what its texts are written from."""
    case = BUDGETS[form](number) if form in BUDGETS else generate(Form(form), number, options=_SMALL)
    return case.gold, case.manuscript


def _faulty(base: _Base, each: int, folder: Path) -> Iterator[_Faulty]:
    """The texts of one base with a fault each, written to a folder."""
    for fault in FAULTS:
        rng = Random(f"{base.name}/{fault}")
        for at, one in enumerate(made(base.text, fault, rng, each)):
            name = f"{base.name.removesuffix('.txt')}-{fault.replace(' ', '-')}-{at}.txt"
            (folder / name).write_text(one.text, encoding="utf-8")
            yield _Faulty(name, base, fault, one)


def _judged(document: _Faulty, results: list[Result], attempt: Attempt) -> Verdict:
    """What became of a fault; what was silent without it is not laid at it, and what the text says now is not wrong."""
    base, fault = document.base, document.made
    passed: tuple[Wrong, ...] = ()
    fate: Fate
    if not results:
        fate = fate_of_failure(attempt)
    else:
        passed = tuple(
            figure
            for figure in wrong_in(results, [base.gold])
            if figure.pointer not in base.wrong and fold(figure.raw) not in fault.moved
        )
        fate = "silent" if passed else "as printed" if _verified(results) >= base.verified else "left open"
    return Verdict((base.kind, document.fault), base.name, fault.words, fate, document.name, passed)


def _verified(results: Sequence[Result]) -> int:
    """How many figures are verified or repaired."""
    return sum(figure.status in TRUSTED for result in results for figure in result.figures.values())
