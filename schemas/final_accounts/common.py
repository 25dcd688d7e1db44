"""Parts that the sections of a final-accounts report share: beside those of every family, its budget items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic

from recount.schemas.arithmetic import Identity
from recount.schemas.figures import F, Figure, Model, money, part, percent, text
from recount.schemas.parts import Change, Comparison, Portion, change_of, changed_alike

__all__ = ["BudgetItem", "Change", "ClassAmount", "Comparison", "Portion", "change_of", "changed_alike"]


class ClassAmount(Model, Generic[F]):
    """支出功能分类的一类."""

    class_name: str | None = text("类")
    amount: F | None = money("支出决算")
    percent: F | None = percent("占比")


class BudgetItem(Model, Generic[F]):
    """一项支出: 类, 款, 项 without their marks."""

    class_name: str | None = text("类")
    section_name: str | None = text("款")
    item_name: str | None = text("项")
    amount: F | None = money("支出决算")
    change: Change[F] | None = part("与上年决算相比")
    budget: Comparison[F] | None = part("与年初预算相比")
    purpose: str | None = text("主要用于")

    def identities(self: BudgetItem[Figure]) -> Iterator[Identity]:
        yield from change_of("支出决算", self.amount, self.change)
