"""The narrative of forms X (docs/contract/forms.md), where its words alone (schemas/final_accounts) do not say it."""

from __future__ import annotations

import re

from recount.pipeline.map.grammar.items import heads_in
from recount.pipeline.map.grammar.passage import N, Passage, clean, ref_at, refs_in
from recount.pipeline.map.grammar.sections import amount_of, facts_of, filled, items_of, read_section
from recount.schemas.common.codes import is_function_class
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.narrative import (
    BudgetItem,
    ClassAmount,
    FiscalAppropriation,
    FundBudget,
    GeneralPublicBudget,
    Income,
)

GOVERNMENT_FUNDS = r"政府性基金(?:预算)?(?:财政拨款)?|财政拨款"
STATE_CAPITAL = r"国有资本经营(?:预算)?(?:财政拨款)?|财政拨款"
"""What 八 and 九 are of."""


def income(passage: Passage) -> Income[Ref]:
    """二、收入决算情况说明. 财政拨款收入 by kind of budget: all is the general one's, where the others are nothing."""
    facts = dict(facts_of(Income[Ref], passage))
    general, *others = (facts.get(key) for key in ("general", "funds", "capital"))
    amounts = [fact.amount for fact in others if fact is not None and fact.amount is not None]
    if general is not None and not any(map(passage.value_of, amounts)):
        facts.setdefault("fiscal_appropriation", general)
    return filled(Income[Ref], facts, passage) or Income[Ref]()


def fiscal_appropriation(passage: Passage) -> FiscalAppropriation[Ref]:
    """四、财政拨款收入支出决算总体情况说明."""
    facts = facts_of(FiscalAppropriation[Ref], passage, own="财政拨款")
    said = filled(FiscalAppropriation[Ref], facts, passage) or FiscalAppropriation[Ref]()
    spent = amount_of(facts.get("spent"))
    if not passage.headed or any((said.income_total, said.expenditure_total, said.expenditure_current_year)):
        return said
    # 财政拨款收入▮万元, 财政拨款支出▮万元 under the section's own heading: this year's
    return said.model_copy(update={"expenditure_current_year": spent})


_NOTHING = re.compile(r"(?:无|没有|未发生|不涉及)[^。;]{0,40}(?:收入|支出|收支|拨款)|为空表|无数据")


def fund_budget(own: str, passage: Passage) -> FundBudget[Ref]:
    """八 or 九: none at all, or as 四 with items as 五（三）. own: a rule for the name of its budget."""
    figures = [number for number in passage.numbers.values() if number.token.unit is not None]
    if _NOTHING.search(passage.shape) and not figures:  # the 08 of 公开08表 is none
        return FundBudget[Ref](none=True)
    starts = heads_in(passage)
    said = read_section(FundBudget[Ref], passage, end=starts[0].start if starts else None, own=own)
    items = items_of(BudgetItem[Ref], passage, starts, _PURPOSE)
    return (said or FundBudget[Ref]()).model_copy(update={"items": items})


# --- 五、一般公共预算财政拨款支出决算情况说明

_CLASS = re.compile(
    rf"(?:(?<=\n)|^|(?<=[。;:,])|(?<=\d[.、]))\s*(?:\(?{N}\)?[.、,)]?|[①-⑳])?\s*"
    rf"(?P<class_name>[^。;,:\n▮]{{2,40}}?)\(类\)(?:支出)?(?:决算)?(?:为|是)?:?(?P<amount>{N})(?:万元|元|亿元)"
    rf"(?:,完成[^,。;\n▮]{{0,16}}{N}%(?=,占))?[,、]?(?:占[^。;\n▮]{{0,30}}?(?P<percent>{N})%)?"
)
_QUOTED_CLASS = re.compile(
    rf'(?:(?<=\n)|^|(?<=[。;:])|(?<=[.、]))\s*(?:\(?{N}\)?[.、,)]?|[①-⑳])?\s*"[.]?\s*'
    rf'(?P<class_name>[^。;,:\n▮"]{{2,40}})"(?:支出|科目)?(?:决算)?(?:为|是)?:?(?P<amount>{N})(?:万元|元|亿元)'
    rf"[,、]?(?:占[^。;\n▮]{{0,30}}?(?P<percent>{N})%)?"
)
"""“一般公共服务支出”▮万元，占▮%: a class without its mark."""
_LISTED_CLASS = re.compile(
    rf"(?:^|(?<=[。;,:、\n]))\s*(?:\(?{N}\)?[.、,)])?\s*(?P<class_name>[^。;,:、\n▮\"()]{{2,30}})"
    rf"(?:决算)?(?:为|是)?:?(?P<amount>{N})(?:万元|元|亿元)"
    rf"(?:[,、(]?占[^。;\n▮]{{0,30}}?(?P<percent>{N})%)?"
)
"""主要用于以下方面：教育支出▮万元，占▮%；…: a class known by its official name alone, also among marked ones."""
_PURPOSE = re.compile(r"主要用于:?(?P<purpose>.*?)(?:(?<=。)|(?=[,;]?完成(?:年初|全年)?预算|年初预算|支出决算|\n|$))")


def general_public_budget(
    overall: Passage, structure: Passage, items: Passage
) -> tuple[GeneralPublicBudget[Ref], frozenset[int]]:
    """五: （一）总体情况, （二）结构情况, （三）具体情况; and the tokens of what (二) says again of the whole."""
    section = GeneralPublicBudget[Ref]
    starts = heads_in(items)
    first = starts[0].start if starts else None
    said = read_section(section, overall, end=first if overall is items else None) or section()
    before = read_section(section, items, end=first) or section()
    structure = structure if structure.shape else items  # some publishers list the classes under 具体情况
    classes = by_class(structure, alone=structure is not items)
    listed = next((at for at in structure.numbers if classes and ref_at(structure, at) == classes[0].amount), 0)
    again = read_section(section, structure, end=listed)
    values = {key: getattr(said, key) or getattr(before, key) for key in ("total", "change", "budget")}
    values |= {"by_class": classes, "items": items_of(BudgetItem[Ref], items, starts, _PURPOSE)}
    return said.model_copy(update=values), frozenset(ref.token for ref in refs_in(again))


def general_of_one(passage: Passage) -> GeneralPublicBudget[Ref]:
    """五 of a passage that may hold all of it."""
    return general_public_budget(passage, passage, passage)[0]


def by_class(passage: Passage, *, alone: bool = False) -> tuple[ClassAmount[Ref], ...]:
    """〈n〉.〈class〉(类)〈m〉万元,占〈p〉%: the classes.

    alone: the passage is of nothing but the classes, which then need no share to be known by.
    """
    marked = list(_CLASS.finditer(passage.shape)) or list(_QUOTED_CLASS.finditer(passage.shape))
    listed = [
        match
        for match in _LISTED_CLASS.finditer(passage.shape)
        if is_function_class(match["class_name"]) and (alone or match["percent"])
    ]
    return tuple(
        ClassAmount[Ref](
            class_name=clean(passage.text(*match.span("class_name"))),
            amount=ref_at(passage, match.start("amount")),
            percent=ref_at(passage, match.start("percent")) if match["percent"] else None,
        )
        for match in sorted([*marked, *listed], key=lambda match: match.start("amount"))
    )
