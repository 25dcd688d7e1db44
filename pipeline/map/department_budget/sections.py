"""The sections of a budget that hold lists, of classes and of items by 类, 款 and 项; and 部门预算编制说明."""

from __future__ import annotations

import re
from typing import Generic, TypeVar

from recount.pipeline.map.grammar.items import heads_in
from recount.pipeline.map.grammar.passage import BUDGET, N, Passage, clean, ref_at
from recount.pipeline.map.grammar.sections import items_of, read_section
from recount.schemas.common.parts import Change
from recount.schemas.department_budget.narrative import (
    BudgetClass,
    BudgetLine,
    BudgetPortion,
    Expenditure,
    FiscalAppropriation,
    FundBudget,
    GeneralPublicBudget,
    Income,
)
from recount.schemas.figures import F, Model, Ref, money, part

_CLASS = re.compile(
    rf"(?:(?<=\n)|^|(?<=[。;:、,]))\s*(?:{N}[.、,)]\s*)?(?P<class_name>[^。;,、:\n{N}()]{{2,24}}?)\(类\)(?:支出)?"
    rf"(?:预算)?(?:数)?(?:为|是)?:?(?P<amount>{N})(?:万元|元|亿元)(?:[,、(]?(?:约)?占[^。;\n{N}]{{0,30}}?(?P<percent>{N})%)?"
)
_SPENT = re.compile(
    rf'(?:(?<=\n)|^|(?<=[。;:、,]))\s*(?:{N}[.、,)]\s*)?"?(?P<class_name>[^。;,、:\n{N}()"]{{2,24}}支出)"?'
    rf"(?:\(类\)|科目)?(?:预算)?(?:数)?"
    rf"(?:为|是)?:?(?P<amount>{N})(?:万元|元|亿元)(?:[,、(]?(?:约)?占[^。;\n{N}]{{0,30}}?(?P<percent>{N})%)?"
)
_NO_CLASS = re.compile(r"^(?:其中:?)?(?:基本|项目|本年|财政拨款|一般公共预算|政府性基金|国有资本)")
_SPENT_ON = re.compile(r"支出(?:预算)?(?:主要)?(?:包括|为)?:|按(?:支出)?功能(?:分类)?(?:科目)?(?:划分|分类|分)?[:,]")
_PURPOSE = re.compile(r"主要用于[:]?(?P<purpose>[^。\n]*?)[;,、:]*(?=[。\n]|$)")
_NOTHING = re.compile(r"(?:无|没有|未安排|未使用|不涉及)[^。;]{0,40}(?:支出|预算|拨款|资金)|为空表|无数据|未安排")

L = TypeVar("L", GeneralPublicBudget[Ref], FundBudget[Ref])


def fiscal_appropriation(passage: Passage) -> FiscalAppropriation[Ref] | None:
    """四、: the totals, then 支出包括：〈class〉支出▮万元、…."""
    said = read_section(FiscalAppropriation[Ref], passage, BUDGET)
    spent = _SPENT_ON.search(passage.shape)
    classes = _classes(_SPENT, passage, spent.end() - 1) if spent else ()
    if said is None and not classes:
        return None
    return (said or FiscalAppropriation[Ref]()).model_copy(update={"by_class": classes})


def general_public_budget(overall: Passage, structure: Passage, items: Passage) -> GeneralPublicBudget[Ref] | None:
    """五、: （一）规模变化, （二）结构, （三）具体使用; one passage where it has no such headings."""
    section: GeneralPublicBudget[Ref] | None = None
    for passage in {id(subsection): subsection for subsection in (overall, structure, items)}.values():
        unmarked = passage is structure and passage is not overall and not _CLASS.search(passage.shape)
        section = _with_lists(GeneralPublicBudget[Ref], passage, _SPENT if unmarked else _CLASS, section)
    return section


def general_of_one(passage: Passage) -> GeneralPublicBudget[Ref] | None:
    """五、 of one passage."""
    return _with_lists(GeneralPublicBudget[Ref], passage, _CLASS)


def fund_budget(passage: Passage) -> FundBudget[Ref] | None:
    """八、 or 九、: none, or its total, its classes and its items."""
    figures = [number for number in passage.numbers.values() if number.token.unit is not None]
    if _NOTHING.search(passage.shape) and not figures:
        return FundBudget[Ref](none=True)
    return _with_lists(FundBudget[Ref], passage, _CLASS)


def _with_lists(model: type[L], passage: Passage, rule: re.Pattern[str], above: L | None = None) -> L | None:
    """What a passage says before its lists, and the lists; added to what the passages above it say."""
    heads = heads_in(passage)
    starts = [match.start() for match in (rule.search(passage.shape),) if match]
    starts += [head.start for head in heads[:1]]
    begin = min(starts, default=None)
    said = read_section(model, passage, BUDGET, 0, begin)
    lists = {"by_class": _classes(rule, passage), "items": items_of(BudgetLine[Ref], passage, heads, _PURPOSE, BUDGET)}
    parts = {**(dict(said) if said else {}), **lists}
    new = {key: value for key, value in parts.items() if value and not getattr(above, key, None)}
    if not new:
        return above
    base: L = above if above is not None else model()
    return base.model_copy(update=new)


def _classes(rule: re.Pattern[str], passage: Passage, start: int = 0) -> tuple[BudgetClass[Ref], ...]:
    """The classes that a passage lists, from an index on, each with its share where it prints one."""
    classes: list[BudgetClass[Ref]] = []
    for match in rule.finditer(passage.shape, start):
        name = clean(passage.text(*match.span("class_name")))
        if _NO_CLASS.match(name):
            continue
        classes.append(
            BudgetClass[Ref](
                class_name=name,
                amount=ref_at(passage, match.start("amount")),
                percent=ref_at(passage, match.start("percent")) if match["percent"] else None,
            )
        )
    return tuple(classes)


# --- 部门预算编制说明: income and expenditure in one section, as some publishers (Shanghai) have it

_EXPENDITURE_HALF = re.compile(rf"(?<!拨款)支出预算(?:总额|数)?(?:为)?{N}")
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


def compilation(passage: Passage) -> dict[str, Model]:
    """What the section says, by the sections of the report that it belongs to."""
    half = _EXPENDITURE_HALF.search(passage.shape)
    cut = passage.shape.rfind("\n", 0, half.start()) + 1 if half else len(passage.shape)
    content = _CONTENT.search(passage.shape, cut)
    end = content.end() if content else len(passage.shape)
    why = _WHY.search(passage.shape, cut, end)
    income = read_section(Income[Ref], passage, BUDGET, 0, cut)
    spent = read_section(Spent[Ref], passage, BUDGET, cut, why.start() if why else end)
    lines = items_of(BudgetLine[Ref], passage, heads_in(passage, end), _PURPOSE, BUDGET)
    classes = _classes(_SPENT, passage, end) if not lines else ()
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
    return {key: value for key, value in found.items() if value is not None}


def _with_reason(change: Change[Ref] | None, passage: Passage, why: re.Match[str] | None) -> Change[Ref] | None:
    """财政拨款收入支出增加的主要原因是…: of the change of the whole, which is stated further up."""
    if change is None or why is None or change.amount is None:
        return change
    return change.model_copy(update={"reason": clean(passage.text(*why.span("reason"))) or None})


def _budget(
    model: type[GeneralPublicBudget[Ref]] | type[FundBudget[Ref]], portion: BudgetPortion[Ref] | None
) -> Model | None:
    return model(total=portion.amount, change=portion.change) if portion is not None else None
