"""部门预算编制说明: income and expenditure in one section, as some publishers (Shanghai) have it."""

from __future__ import annotations

import re
from typing import Generic

from recount.pipeline.template.budget.sections import budget_lines, spent_on
from recount.pipeline.template.facts import BUDGET, Reading
from recount.pipeline.template.labelled.sections import read_section
from recount.pipeline.template.passage import N, Passage, clean
from recount.schemas.department_budget.narrative import (
    BudgetPortion,
    Expenditure,
    FiscalAppropriation,
    FundBudget,
    GeneralPublicBudget,
    Income,
)
from recount.schemas.figures import F, Model, Ref, money, part
from recount.schemas.parts import Change

_SPENT = re.compile(rf"(?<!拨款)支出预算(?:总额|数)?(?:为)?{N}")
_WHY = re.compile(r"(?:^|\n)\s*财政拨款(?:收入、?)?支出[^。\n▮]{0,16}?主要原因(?:是|为|:)*(?P<reason>[^\n]*)")
_CONTENT = re.compile(r"主要内容(?:如下)?[:。]?\s*\n?")


class Spent(Model, Generic[F]):
    """The expenditure half: what it says belongs to four sections of the report."""

    total: F | None = money("支出预算")
    fiscal: BudgetPortion[F] | None = part("财政拨款支出", words=r"财政拨款(?:收入、?)?支出")
    general: BudgetPortion[F] | None = part("一般公共预算拨款支出", words=r"一般公共预算(?:财政)?拨款(?:支出)?")
    funds: BudgetPortion[F] | None = part("政府性基金拨款支出", words=r"政府性基金(?:预算)?(?:财政)?拨款(?:支出)?")
    capital: BudgetPortion[F] | None = part(
        "国有资本经营预算拨款支出", words=r"国有资本经营(?:预算)?(?:财政)?拨款(?:支出)?"
    )


def compilation(passage: Passage) -> tuple[dict[str, Model], Reading]:
    """What the section says, by the sections of the report that it belongs to; and the numbers that none has."""
    half = _SPENT.search(passage.shape)
    cut = passage.shape.rfind("\n", 0, half.start()) + 1 if half else len(passage.shape)
    content = _CONTENT.search(passage.shape, cut)
    end = content.end() if content else len(passage.shape)
    why = _WHY.search(passage.shape, cut, end)
    income, first = read_section(Income[Ref], passage, BUDGET, 0, cut)
    spent, second = read_section(Spent[Ref], passage, BUDGET, cut, why.start() if why else end)
    lines, of_lines = budget_lines(passage, end)
    classes, of_classes = spent_on(passage, end) if not lines else ((), set())
    claimed = of_lines | of_classes
    left = [at for at in passage.numbers if at >= end and at not in claimed]
    found: dict[str, Model | None] = {"income": income}
    if spent is not None:
        fiscal = {key: value.amount for key, value in spent if isinstance(value, BudgetPortion) and key != "fiscal"}
        found["expenditure"] = Expenditure[Ref](total=spent.total)
        found["fiscal_appropriation"] = FiscalAppropriation[Ref](
            total=spent.fiscal.amount if spent.fiscal else None,
            change=_with_reason(spent.fiscal.change, passage, why) if spent.fiscal else None,
            by_class=classes,
            items=lines,
            **fiscal,
        )
        found["general_public_budget"] = _budget(GeneralPublicBudget[Ref], spent.general)
        found["government_funds"] = _budget(FundBudget[Ref], spent.funds)
        found["state_capital"] = _budget(FundBudget[Ref], spent.capital)
    said = {key: value for key, value in found.items() if value is not None}
    return said, Reading({}, (), (*first.unclaimed, *second.unclaimed, *left))


def _with_reason(change: Change[Ref] | None, passage: Passage, why: re.Match[str] | None) -> Change[Ref] | None:
    """财政拨款收入支出增加的主要原因是…: of the change of the whole, which is stated further up."""
    if change is None or why is None or change.amount is None:
        return change
    return change.model_copy(update={"reason": clean(passage.text(*why.span("reason"))) or None})


def _budget(
    model: type[GeneralPublicBudget[Ref]] | type[FundBudget[Ref]], portion: BudgetPortion[Ref] | None
) -> Model | None:
    return model(total=portion.amount, change=portion.change) if portion is not None else None
