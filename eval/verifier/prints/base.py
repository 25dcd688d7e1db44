"""The reports that faults are made in: generated, set by one of the makers, and read once without any fault."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import Any

from recount.eval.generator import Case, Form, Options, generate
from recount.eval.generator.budgets import (
    BudgetCase,
    generate_budget,
    generate_district_budget,
    generate_provincial_budget,
)
from recount.eval.score.align import by_name, fold
from recount.eval.score.leaves import Pair, face, is_number
from recount.eval.score.metrics import TRUSTED
from recount.eval.verifier.prints.makers import Maker
from recount.eval.verifier.prints.sheets import Box, Page, read
from recount.pipeline.result import FigureEntry, Result

BUDGETS: Mapping[str, Callable[..., BudgetCase]] = {
    "budget": generate_budget,
    "district": generate_district_budget,
    "provincial": generate_provincial_budget,
}
FORMS = (*(form.value for form in Form), *BUDGETS)
_SECTIONS = (
    "income_expenditure", "income", "expenditure", "fiscal_appropriation", "basic_expenditure",
    "general_public_budget", "three_public",
)  # fmt: skip
_STATEMENTS = ("general_public_budget", "fiscal_appropriation", "basic_expenditure")
_SEEDS = 20_000
"""Far from the seeds that anything was tuned on."""


@dataclass(frozen=True, eq=False)
class Report:
    """A generated report. printed: how each figure was printed, by pointers of the gold."""

    form: str
    seed: int
    gold: dict[str, Any]
    printed: tuple[tuple[str, str], ...]
    pdf: bytes

    @cached_property
    def pages(self) -> list[Page]:
        """What is painted on its pages."""
        return read(self.pdf)


@dataclass(frozen=True)
class Figure:
    """A printed number that comes out as verified, right, and at one place only.

    pointers: the fields that it fills, in the gold, with their right values. raw: as printed. page: from 0.
    """

    pointers: Mapping[str, Decimal]
    raw: str
    page: int
    box: Box
    unit: str | None

    @property
    def in_table(self) -> bool:
        """Whether it is an amount of a table."""
        return all(pointer.startswith(("/statements/", "/project_evaluations/")) for pointer in self.pointers)


@dataclass(frozen=True, eq=False)
class Base:
    """A report as one maker set it. wrong: what is verified and not right without any fault, by pointer."""

    report: Report
    maker: Maker
    figures: tuple[Figure, ...]
    wrong: frozenset[str]

    @property
    def name(self) -> str:
        """What it is called in lists and files."""
        return f"{self.report.form}-{self.report.seed}-{self.maker.name}"


def report_of(form: str, seed: int, style: str, *, sections: int = 3) -> Report:
    """A short report of a form: so many sections of the narrative and one statement, drawn by the seed."""
    rng = Random(f"{form}/{seed}/excerpt")
    case: Case | BudgetCase
    if form in BUDGETS:
        case = BUDGETS[form](_SEEDS + seed, style=style)
    else:
        options = Options(
            projects=3 if form == "x2021" else 1,
            size="small",
            summary=False,
            overall=False,
            cover=True,
            style=style,
            sections=None if form == "x2021" else tuple(rng.sample(_SECTIONS, sections)),
            statements=(rng.choice(_STATEMENTS),) if form in ("s2024", "n") else None,
            yuan=rng.random() < 0.5,
        )
        case = generate(Form(form), _SEEDS + seed, options=options)
    return Report(form, seed, case.gold, case.figures, case.pdf)


def base_of(report: Report, maker: Maker, result: Result | None) -> Base:
    """A report with what its faultless print came out as; None stands for a refusal, and no figure can be tried."""
    if result is None:
        return Base(report, maker, (), frozenset())
    often = Counter(pointer for pointer, _ in report.printed)
    prints: dict[tuple[int, tuple[float, ...]], list[tuple[Pair, FigureEntry]]] = defaultdict(list)
    for pair in face(report.gold, result.report, by_name).pairs:
        entry = result.figures.get(pair.got_pointer or "")
        if entry is not None and is_number(pair.got):
            prints[entry.page, tuple(map(float, entry.bbox or ()))].append((pair, entry))
    every = [(pair, entry) for fields in prints.values() for pair, entry in fields]
    wrong = frozenset(pair.pointer for pair, entry in every if entry.status in TRUSTED and pair.gold != pair.got)
    return Base(report, maker, tuple(filter(None, (_figure(fields, often) for fields in prints.values()))), wrong)


def _figure(fields: list[tuple[Pair, FigureEntry]], often: Counter[str]) -> Figure | None:
    """A print by the fields that it fills; None where one of them is open, wrong, 0 or printed elsewhere as well."""
    for pair, entry in fields:
        if entry.status not in TRUSTED or pair.gold != pair.got or not pair.gold or often[pair.pointer] != 1:
            return None
    entry = fields[0][1]
    x0, y0, x1, y1 = map(float, entry.bbox or ())
    values = {pair.pointer: Decimal(str(pair.gold)) for pair, _ in fields}
    return Figure(values, fold(entry.raw), entry.page - 1, (x0, y0, x1, y1), entry.unit)
