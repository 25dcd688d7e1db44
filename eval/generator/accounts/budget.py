"""What the budgets of all forms draw alike: items with their money, basic expenditure by economic classification."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import ClassVar

from recount.eval.generator.accounts.classification import (
    ECONOMIC,
    ECONOMIC_CLASSES,
    FUND_ITEMS,
    SOCIAL,
    TRADES,
)
from recount.eval.generator.gold.budget_rows import BudgetLine, economic_row, total_of
from recount.eval.generator.gold.shape import Json
from recount.eval.generator.words.units import Unit


class Draft(ABC):
    """Draws the lines of one budget: amounts in 万元, whole multiples of a grain, so that all sums are exact.

    general, funds: the lines that these two budgets pay; own: what the unit pays by itself.
    """

    grain: ClassVar[Decimal]
    likely: ClassVar[float]
    """How likely there are funds, and how likely income of the unit's own."""
    classes: ClassVar[Mapping[str, tuple[str, ...]]]
    """The economic classes that are 人员经费 (personnel) and 公用经费 (public)."""

    def __init__(self, rng: Random, trade: str, unit: Unit) -> None:
        self.rng, self.unit = rng, unit
        running, projects = TRADES[trade]
        codes = [(code, True) for code in running[:1]]
        codes += [(code, True) for code, _, chance in SOCIAL if rng.random() < chance]
        codes += [(code, False) for code in rng.sample(projects, min(len(projects), rng.randint(1, 3)))]
        self.general = [self.line(code, basic) for code, basic in sorted(dict(codes).items())]
        chosen = rng.sample(FUND_ITEMS, rng.randint(1, 2)) if rng.random() < self.likely else []
        self.funds = [self.line(code, False) for code in sorted(chosen)]
        self.own = self.line("2299999", False) if rng.random() < self.likely else None

    @property
    def fiscal(self) -> list[BudgetLine]:
        """What is paid by appropriations."""
        return [*self.general, *self.funds]

    @property
    def every(self) -> list[BudgetLine]:
        """All lines."""
        return [*self.fiscal, *([self.own] if self.own else [])]

    @abstractmethod
    def line(self, code: str, basic: bool) -> BudgetLine:
        """The budget of an item, of running costs or of a project."""

    @abstractmethod
    def cuts(self, whole: int, count: int) -> list[int]:
        """Where so many grains are cut so many times."""

    def amount(self, low: int, high: int) -> Decimal:
        """An amount between two in whole 万元."""
        grains = int(1 / self.grain)
        return Decimal(self.rng.randint(low * grains, high * grains)) * self.grain

    def basic_rows(self) -> tuple[Json, list[Json]]:
        """基本支出 by economic classification: its 合计, and the rows of 类 and 款 by code."""
        whole = total_of(line.basic for line in self.general)
        public = (whole * Decimal(self.rng.randint(8, 30)) / 100).quantize(self.grain)
        amounts = {"personnel": whole - public, "public": public}
        rows: list[Json] = []
        for column, classes in self.classes.items():
            codes = [code for parent in classes for code in self._codes(parent)]
            for code, part in zip(codes, self._split(amounts[column], len(codes)), strict=True):
                rows.append(economic_row(code, ECONOMIC[code], column, part))
            for class_code in classes:
                inside = total_of(row["total"] for row in rows if row["code"][:3] == class_code)
                rows.append(economic_row(class_code, ECONOMIC_CLASSES[class_code], column, inside))
        rows.sort(key=lambda row: str(row["code"]))
        return {"code": None, "name": "合计", "total": whole, **amounts}, rows

    def _codes(self, class_code: str) -> list[str]:
        codes = [code for code in ECONOMIC if code.startswith(class_code)]
        return sorted(self.rng.sample(codes, min(len(codes), self.rng.randint(2, 6))))

    def _split(self, amount: Decimal, count: int) -> list[Decimal]:
        whole = int(amount / self.grain)
        edges = [0, *sorted(self.cuts(whole, count - 1)), whole]
        return [Decimal(high - low) * self.grain for low, high in pairwise(edges)]
