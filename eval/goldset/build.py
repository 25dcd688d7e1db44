"""The gold set that the repository carries: small, made by the generator, the same whenever it is made again.

    python -m recount.eval.goldset.build [DIR]

makes it anew, after the generator or the degrader changed. It holds digital reports of every form, clean and with
slips; a large department; a file of tables only; one with planted discrepancies; and good, fair and poor scans of every
form and a fax, of reports cut so short that the whole set is read in five minutes and weighs a few megabytes. Beside
these final accounts it holds digital budgets of both layouts, one with planted discrepancies.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from recount.eval.cases import GOLD
from recount.eval.generator import Form, Options
from recount.eval.goldset.budgets import BudgetOrder, Layout, Plant
from recount.eval.goldset.generated import Order, Scan, write_cases
from recount.eval.scans.damage import LEVELS

_SEED = 20260
_PLAIN = Options(projects=2, size="small", cover=False)
_NARRATIVE = ("income_expenditure", "income", "expenditure", "fiscal_appropriation", "general_public_budget")
_SHORT = replace(
    _PLAIN, projects=1, style="plain", funds=False, capital=False, summary=False, overall=False, classified=False
)
_BRIEF = replace(_SHORT, cover=True, sections=(*_NARRATIVE, "basic_expenditure"))
_TABLED = replace(_SHORT, cover=True, sections=_NARRATIVE[:4])

_SCANS: tuple[tuple[Form, int, Options], ...] = (
    (Form.X2021, 9, _SHORT),
    (Form.X2022, 11, _BRIEF),
    (Form.X2023, 15, _BRIEF),
    (Form.S2024, 13, replace(_TABLED, statements=("general_public_budget", "three_public"))),
    (Form.N, 10, replace(_TABLED, statements=("general_public_budget", "basic_expenditure"))),
)
"""What is scanned at every level: the form, which seed (one that gives few pages), and how much of a report."""

_PLANTED = (
    Plant("/general_public_budget/by_class/0/percent", Decimal("1.37"), "share of the general public budget"),
    Plant("/general_public_budget/items/1/change/percent", Decimal("2.15"), "change against last year's amount"),
    Plant("/basic_expenditure/public", Decimal("20.40"), "basic = personnel + public, and its table"),
    Plant("/procurement/goods", Decimal("30.00"), "total = goods + works + services"),
    Plant("/three_public/vehicle_running/amount", Decimal("4.05"), "vehicles = bought + running, and its table"),
    Plant("/statements/expenditure/rows/3/basic", Decimal("63.00"), "a line is the sum of its columns and items"),
)


def orders() -> Iterator[Order | BudgetOrder]:
    """All cases, in a fixed order."""
    for form in Form:
        yield Order(form, _SEED, _PLAIN, name=f"digital/{form.value}-clean")
        yield Order(form, _SEED + 1, replace(_PLAIN, slips=0.4), name=f"digital/{form.value}-slips")
    large = Options(projects=16, size="large", funds=True, capital=True, summary=True, overall=True, classified=True)
    yield Order(Form.X2023, _SEED + 2, large, name="digital/large-department")
    yield Order(Form.X2021, _SEED + 3, Options(projects=6), name="digital/tables-only")
    yield Order(Form.X2022, _SEED + 4, replace(_PLAIN, plant=6), name="digital/discrepancies")
    for form, seed, options in _SCANS:
        for level in ("good", "fair", "poor"):
            yield Order(form, _SEED + seed, options, Scan(level, LEVELS[level]), name=f"{level}/{form.value}")
    yield Order(Form.X2022, _SEED + 11, _BRIEF, Scan("fax", LEVELS["fax"]), name="fax/x2022")
    yield BudgetOrder(Layout.NATIONAL, _SEED + 2, name="digital/budget-national")
    yield BudgetOrder(Layout.DISTRICT, _SEED + 12, name="digital/budget-district")
    yield BudgetOrder(Layout.PROVINCIAL, _SEED + 1, name="digital/budget-provincial")
    yield BudgetOrder(Layout.NATIONAL, _SEED + 20, _PLANTED, name="digital/budget-discrepancies")


def build(folder: Path) -> list[Path]:
    """Makes the gold set in a folder, in place of what is there; returns the cases' folders."""
    if folder.exists():
        shutil.rmtree(folder)
    return list(write_cases(list(orders()), folder))


if __name__ == "__main__":
    for case in build(Path(sys.argv[1]) if len(sys.argv) > 1 else GOLD):
        print(case)
