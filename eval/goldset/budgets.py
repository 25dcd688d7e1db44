"""Budgets as cases of a gold set: of which layout, which seed, and what is printed wrong in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from typing import Any

from recount.eval.generator.budgets import (
    BudgetCase,
    draft_budget,
    draft_district_budget,
    draft_provincial_budget,
    generate_budget,
    generate_district_budget,
    generate_provincial_budget,
)
from recount.eval.generator.case import Discrepancy
from recount.eval.generator.plant import value_at


class Layout(Enum):
    """How budgets look: the national form, that of Shanghai's districts, and that of provinces."""

    NATIONAL = "budget-national"
    DISTRICT = "budget-district"
    PROVINCIAL = "budget-provincial"


_MAKERS: Mapping[Layout, tuple[Callable[..., Any], Callable[..., BudgetCase]]] = {
    Layout.NATIONAL: (draft_budget, generate_budget),
    Layout.DISTRICT: (draft_district_budget, generate_district_budget),
    Layout.PROVINCIAL: (draft_provincial_budget, generate_provincial_budget),
}


@dataclass(frozen=True, slots=True)
class Plant:
    """A figure that is printed so much too large, and the rule that it breaks."""

    pointer: str
    by: Decimal
    rule: str


@dataclass(frozen=True, slots=True)
class BudgetOrder:
    """A digital budget to be made. name: of its folder; None leaves it to the generator."""

    form: Layout
    seed: int
    planted: tuple[Plant, ...] = ()
    name: str | None = None
    style: str | None = None
    scan: None = None
    text: None = None

    def case(self) -> BudgetCase:
        """The budget, with its tags and its planted discrepancies."""
        draft, make = _MAKERS[self.form]
        found = tuple(self._discrepancies(draft(self.seed)))
        case = make(self.seed, {discrepancy.pointer: discrepancy.printed for discrepancy in found}, self.style)
        tags = {
            "form": self.form.value,
            "seed": self.seed,
            **case.tags,
            "planted": len(found),
        }
        return replace(case, tags=tags, discrepancies=found)

    def _discrepancies(self, gold: Any) -> list[Discrepancy]:
        """What is planted, with what would be right."""
        right = {plant: value_at(gold, plant.pointer) for plant in self.planted}
        return [Discrepancy(plant.pointer, plant.rule, value + plant.by, value) for plant, value in right.items()]
