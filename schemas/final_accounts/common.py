"""Parts that the sections of a final-accounts report share: portions, changes, comparisons, budget items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic

from recount.schemas.arithmetic import Identity, growth, share, variance
from recount.schemas.figures import F, Figure, Model, money, part, percent, text


class Change(Model, Generic[F]):
    """与上年相比: signed, 减少/下降/降低 are negative. 持平 has no figures and its sentence as reason."""

    amount: F | None = money("增减额")
    percent: F | None = percent("增减率")
    reason: str | None = text("主要原因")


class Portion(Model, Generic[F]):
    """A part of a total."""

    amount: F | None = money("金额")
    percent: F | None = percent("占比")


class Comparison(Model, Generic[F]):
    """预决算对比: variance_percent is 预决算差异率, completion_percent 完成预算的…%, each only where printed."""

    budget: F | None = money("预算数")
    final: F | None = money("决算数")
    variance_percent: F | None = percent("预决算差异率")
    completion_percent: F | None = percent("完成预算的百分比")
    reason: str | None = text("主要原因")

    def identities(self: Comparison[Figure]) -> Iterator[Identity]:
        yield variance(
            "预决算差异率 = (决算数 − 预算数) ÷ 预算数", self.variance_percent, self.final, self.budget
        )
        yield share("完成预算的百分比 = 决算数 ÷ 预算数", self.completion_percent, self.final, of=self.budget)


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


def change_of(name: str, this_year: Figure | None, change: Change[Figure] | None) -> Iterator[Identity]:
    """The growth rate of a change, against this year's figure − change. Yields nothing where none is printed."""
    if change is not None and change.percent is not None:
        yield growth(f"{name}增减率 = 增减额 ÷ (本年数 − 增减额)", change.percent, change.amount, this_year)
