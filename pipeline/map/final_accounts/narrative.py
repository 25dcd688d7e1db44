"""The narrative of forms X (docs/contract/forms.md): one function a section, subjects as data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from recount.pipeline.map.grammar.grammar import read
from recount.pipeline.map.grammar.items import Head, direct_amount, heads_in, unread
from recount.pipeline.map.grammar.passage import Fact, N, Passage, Reading, Subject, Versus, clean, names_in, open_in
from recount.schemas.common.codes import is_function_class
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.narrative import (
    BasicExpenditure,
    BudgetItem,
    Change,
    ClassAmount,
    Comparison,
    Expenditure,
    FiscalAppropriation,
    FundBudget,
    GeneralPublicBudget,
    Income,
    IncomeExpenditure,
    Portion,
    ThreePublic,
    ThreePublicItem,
)

COUNTED = frozenset({"个", "家", "人次", "人", "名", "批次", "批", "辆", "次", "台", "套"})


def change(versus: Versus | None) -> Change[Ref] | None:
    """A comparison with last year as the schema has it; None for none."""
    if versus is None:
        return None
    return Change[Ref](amount=versus.amount, percent=versus.rate, reason=versus.reason)


def comparison(versus: Versus | None) -> Comparison[Ref] | None:
    """A comparison with the budget as the schema has it; None for none."""
    if versus is None:
        return None
    return Comparison[Ref](
        budget=versus.budget,
        final=versus.final,
        variance_percent=versus.rate,
        completion_percent=versus.completion,
        reason=versus.reason,
    )


def portion(fact: Fact | None) -> Portion[Ref] | None:
    """A part of a total, with its share, as the schema has it; None for none. A share of 收入总计 is of another total:
    that holds what was carried over."""
    if fact is None:
        return None
    return Portion[Ref](amount=fact.amount, percent=fact.share if "收入总计" not in fact.share_of else None)


def settled(reading: Reading, key: str) -> Ref | None:
    """The amount of a subject, if there is one: as stated, or the 决算数 of its comparison with the budget."""
    fact = reading.facts.get(key)
    if fact is None:
        return None
    return fact.amount or (fact.comparison.final if fact.comparison else None)


def _change(reading: Reading, *keys: str) -> Change[Ref] | None:
    """The change of the first of some subjects that has one."""
    facts = (reading.facts.get(key) for key in keys)
    return next((change(fact.change) for fact in facts if fact and fact.change), None)


def _comparison(reading: Reading, *keys: str) -> Comparison[Ref] | None:
    """The comparison with the budget of the first of some subjects that has one."""
    facts = (reading.facts.get(key) for key in keys)
    return next((comparison(fact.comparison) for fact in facts if fact and fact.comparison), None)


def _one(reading: Reading, *keys: str) -> Ref | None:
    """The amount of the one of some subjects that is stated; None where none is, or several are parts of the whole."""
    stated = [ref for key in keys if (ref := reading.amount(key)) is not None]
    return stated[0] if len(stated) == 1 else None


# --- 一、收入支出决算总体情况说明

_BOTH_SIDES = (
    r"(?:总收入|收入(?:决算)?(?:总计|总额|合计)?)[、和与及]?(?:总支出|支出(?:决算)?(?:总体|总计|总额|合计|总决算)?)"
    r"|收、?支(?:决算)?(?:总决算|总计|总体|总额|合计)?|总收支"
)
_TOTALS = (
    Subject("both", _BOTH_SIDES, of_unit=True),
    Subject("income_current_year", r"本年(?:度)?收入(?:合计)?(?!总)", of_unit=True),
    Subject(
        "nonfiscal_surplus_used",
        r"使用非财政拨款(?:专用)?结余(?:\([^)]*\))?(?:和专用结余)?|(?:使?用)?事业基金弥补收支差额",
    ),
    Subject("opening_carryover", r"(?:年初|上年)结转(?:和|及|与)?结余", of_unit=True),
    Subject("carried_over", r"(?:年初|上年)结转(?!的)", of_unit=True),
    Subject("left_over", r"(?:年初|上年)结余(?!的)", of_unit=True),
    Subject("expenditure_current_year", r"本年(?:度)?支出(?:合计)?(?!总)", of_unit=True),
    Subject("surplus_distribution", r"结余分配"),
    Subject(
        "closing_carryover",
        r"(?:年|(?<=年))末(?:的)?(?:结转(?:和|及|与)?结余|结转|结余)|结转下年(?:的)?(?:结转)?(?:和|及|与)?(?:结余)?",
    ),
    Subject("income_total", r"(?:决算)?收入(?:决算)?(?:总计|总额)|(?:决算)?总收入|今年收入", of_unit=True),
    Subject("expenditure_total", r"(?:决算)?支出(?:决算)?(?:总计|总额)|(?:决算)?总支出|今年支出", of_unit=True),
)


def income_expenditure(passage: Passage) -> tuple[IncomeExpenditure[Ref], Reading]:
    """一、收入支出决算总体情况说明."""
    found = read(passage, _TOTALS, default="both")
    both = found.amount("both")
    return IncomeExpenditure[Ref](
        income_total=found.amount("income_total") or both,
        income_current_year=found.amount("income_current_year"),
        nonfiscal_surplus_used=found.amount("nonfiscal_surplus_used"),
        opening_carryover=found.amount("opening_carryover") or _one(found, "carried_over", "left_over"),
        expenditure_total=found.amount("expenditure_total") or both,
        expenditure_current_year=found.amount("expenditure_current_year"),
        surplus_distribution=found.amount("surplus_distribution"),
        closing_carryover=found.amount("closing_carryover"),
        income_change=_change(found, "income_total", "both"),
        expenditure_change=_change(found, "expenditure_total", "both"),
    ), found


# --- 二、收入决算情况说明; 三、支出决算情况说明

_INCOME = (
    Subject("total", r"本(?:年度?|单位|部门)收入(?:合计)?|收入合计", of_unit=True),
    Subject("general", r"一般公共预算(?:财政)?拨款收入"),
    Subject("funds", r"政府性基金(?:预算)?(?:财政)?(?:拨款)?收入"),
    Subject("capital", r"国有资本经营(?:预算)?(?:财政)?(?:拨款)?收入"),
    Subject("fiscal_appropriation", r"财政(?:补助|拨款)收入"),
    Subject("superior_subsidy", r"上级补助收入"),
    Subject("institutional", r"事业收入"),
    Subject("business", r"经营收入"),
    Subject("affiliate_remittance", r"附属单位(?:上缴|缴款)(?:收入)?"),
    Subject("other", r"其他收入"),
)
_BY_BUDGET = ("general", "funds", "capital")
"""财政拨款收入 by kind of budget: all of it is the general budget's, where the others are nothing."""
_EXPENDITURE = (
    Subject("total", r"本(?:年度?|单位|部门)支出(?:合计)?|支出合计", of_unit=True),
    Subject("basic", r"基本支出"),
    Subject("project", r"项目支出"),
    Subject("remitted_to_superior", r"上缴上级(?:支出)?"),
    Subject("business", r"经营支出"),
    Subject("affiliate_subsidy", r"对附属单位(?:的)?补助(?:支出)?"),
)


def income(passage: Passage) -> tuple[Income[Ref], Reading]:
    """二、收入决算情况说明."""
    found = read(passage, _INCOME, default="total")
    parts = {
        subject.key: portion(found.facts.get(subject.key)) for subject in _INCOME[1:] if subject.key not in _BY_BUDGET
    }
    general, *others = (found.facts.get(key) for key in _BY_BUDGET)
    said = {ref.token for fact in others if fact is not None for ref in fact.refs()}
    alone = not any(number.token.value for number in passage.numbers.values() if number.token.index in said)
    if alone and parts["fiscal_appropriation"] is None:
        parts["fiscal_appropriation"] = portion(general)
    return Income[Ref](total=found.amount("total"), **parts), found


def expenditure(passage: Passage) -> tuple[Expenditure[Ref], Reading]:
    """三、支出决算情况说明."""
    found = read(passage, _EXPENDITURE, default="total")
    parts = {subject.key: portion(found.facts.get(subject.key)) for subject in _EXPENDITURE[1:]}
    return Expenditure[Ref](total=found.amount("total"), **parts), found


# --- 四、财政拨款; 八、政府性基金预算; 九、国有资本经营预算


def _sides_of(fund: str, *, alone: bool = False) -> tuple[Subject, ...]:
    """What 四, 八 or 九 speaks of. fund: a rule for the budget's own name: in a label no other's may stand.

    alone: 〈fund〉收入 is this year's; elsewhere it may be a part of the whole unit's income.
    """
    own, came = rf"(?:{fund})?", rf"|(?:{fund})收入(?!总)(?:合计)?" if alone else ""
    return (
        Subject("both", rf"{own}(?:{_BOTH_SIDES})", of_unit=True),
        Subject("opening_carryover", rf"{own}年初{own}结转(?:和|及|与)?结余"),
        Subject("closing_carryover", rf"{own}年末{own}结转(?:和|及|与)?结余"),
        Subject("income_current_year", rf"本年{own}收入(?:合计)?|{own}本年收入{came}", of_unit=True),
        Subject("expenditure_current_year", rf"本年{own}支出(?:合计)?|{own}本年支出", of_unit=True),
        Subject("income_total", rf"{own}收入(?:决算)?(?:总计|总额)|{own}总收入", of_unit=True),
        Subject("expenditure_total", rf"{own}支出(?:决算)?(?:总计|总额)|{own}总支出", of_unit=True),
    )


GOVERNMENT_FUNDS = r"政府性基金(?:预算)?(?:财政拨款)?|财政拨款"
STATE_CAPITAL = r"国有资本经营(?:预算)?(?:财政拨款)?|财政拨款"
_NOTHING = re.compile(r"(?:无|没有|未发生|不涉及)[^。;]{0,40}(?:收入|支出|收支|拨款)|为空表|无数据")


def _sides(found: Reading) -> dict[str, object]:
    """What a section says of income and expenditure, by field."""
    both = found.amount("both")
    return {
        "income_total": found.amount("income_total") or both,
        "opening_carryover": found.amount("opening_carryover"),
        "income_current_year": found.amount("income_current_year"),
        "expenditure_total": found.amount("expenditure_total") or both,
        "closing_carryover": found.amount("closing_carryover"),
        "expenditure_current_year": found.amount("expenditure_current_year"),
        "income_change": _change(found, "income_total", "both"),
        "expenditure_change": _change(found, "expenditure_total", "both"),
        "income_budget": _comparison(found, "income_total", "both", "income_current_year"),
        "expenditure_budget": _comparison(
            found, "expenditure_total", "both", "expenditure_current_year", "expenditure"
        ),
    }


def fiscal_appropriation(passage: Passage) -> tuple[FiscalAppropriation[Ref], Reading]:
    """四、财政拨款收入支出决算总体情况说明."""
    one_side = Subject("expenditure", r"财政拨款支出", of_unit=True)
    found = read(passage, (*_sides_of("财政拨款", alone=passage.headed), one_side), default="both")
    said = _sides(found)
    if passage.headed and said["income_total"] is None and said["expenditure_total"] is None:
        # 财政拨款收入▮万元, 财政拨款支出▮万元 under the section's own heading: this year's
        said["expenditure_current_year"] = said["expenditure_current_year"] or settled(found, "expenditure")
    return FiscalAppropriation[Ref].model_validate(said), found


def fund_budget(fund: str, passage: Passage) -> tuple[FundBudget[Ref], Reading]:
    """八 or 九: none at all, or as 四 with items as 五（三）. fund: a rule for the name of its budget."""
    figures = [number for number in passage.numbers.values() if number.token.unit is not None]
    if _NOTHING.search(passage.shape) and not figures:  # the 08 of 公开08表 is none
        return FundBudget[Ref](none=True), Reading({}, (), ())
    starts = heads_in(passage)
    end = starts[0].start if starts else len(passage.shape)
    alone = "?" if passage.headed else ""
    spent = Subject("expenditure", rf"(?:{fund}){alone}支出(?:决算)?(?:合计)?", of_unit=True)
    found = read(passage, (*_sides_of(fund, alone=passage.headed), spent), default="both", end=end)
    items, unclaimed = budget_items(passage, starts)
    section = FundBudget[Ref].model_validate(
        {**_sides(found), "expenditure": settled(found, "expenditure"), "items": items}
    )
    return section, replace(found, unclaimed=(*found.unclaimed, *unclaimed))


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
_ITEM_SUBJECTS = (Subject("amount", r"支出决算(?:数)?|决算(?:数|支出)?|支出"),)
_GENERAL = (
    Subject(
        "total",
        r"一般公共预算(?:财政拨款(?:本年)?(?:支出)?|(?:本年)?支出)(?:决算)?(?:合计)?|财政拨款(?:本年)?支出(?:决算)?(?:合计)?",
        of_unit=True,
    ),
)
_PURPOSE = re.compile(r"主要用于:?(?P<purpose>.*?)(?:(?<=。)|(?=[,;]?完成(?:年初|全年)?预算|年初预算|支出决算|\n|$))")


def general_public_budget(
    overall: Passage, structure: Passage, items: Passage
) -> tuple[GeneralPublicBudget[Ref], list[tuple[Passage, Reading]]]:
    """五: （一）总体情况, （二）结构情况, （三）具体情况."""
    starts = heads_in(items)
    first = starts[0].start if starts else None
    found = read(overall, _GENERAL, default="total", end=first if overall is items else None)
    fact = found.facts.get("total")
    structure = structure if structure.shape else items  # some publishers list the classes under 具体情况
    classes, left = by_class(structure, alone=structure is not items)
    of_items, unclaimed = budget_items(items, starts)
    before = read(items, _GENERAL, default="total", end=first)
    compared = _comparison(found, "total") or _comparison(before, "total")
    section = GeneralPublicBudget[Ref](
        total=settled(found, "total") or settled(before, "total"),
        percent_of_expenditure=fact.share if fact else None,
        change=_change(found, "total") or _change(before, "total"),
        budget=compared,
        by_class=classes,
        items=of_items,
    )
    readings = [
        (overall, found),
        (structure, Reading({}, (), left)),
        (items, replace(before, unclaimed=(*before.unclaimed, *unclaimed))),
    ]
    return section, list(_once_each(readings))


def general_of_one(passage: Passage) -> tuple[GeneralPublicBudget[Ref], Reading]:
    """五 of a passage that may hold all of it; what is left of it is that of the first part."""
    section, readings = general_public_budget(passage, passage, passage)
    return section, readings[0][1]


def _once_each(readings: Sequence[tuple[Passage, Reading]]) -> Iterator[tuple[Passage, Reading]]:
    """Every passage once: of one that was read for several parts a number is open if none of them knows it."""
    passages = {id(read_from): read_from for read_from, _ in readings}
    for key, passage in passages.items():
        of_it = [reading for read_from, reading in readings if id(read_from) == key]
        facts = {
            f"{number}.{name}": fact for number, reading in enumerate(of_it) for name, fact in reading.facts.items()
        }
        left = set.intersection(*(set(reading.unclaimed) for reading in of_it))
        yield passage, Reading(facts, (), tuple(sorted(left)))


def by_class(passage: Passage, *, alone: bool = False) -> tuple[tuple[ClassAmount[Ref], ...], tuple[int, ...]]:
    """〈n〉.〈class〉(类)〈m〉万元,占〈p〉%: the classes, and the indices of the numbers that none of them holds.

    alone: the passage is of nothing but the classes, which then need no share to be known by.
    """
    classes: list[ClassAmount[Ref]] = []
    marked = list(_CLASS.finditer(passage.shape)) or list(_QUOTED_CLASS.finditer(passage.shape))
    listed = [
        class_match
        for class_match in _LISTED_CLASS.finditer(passage.shape)
        if is_function_class(class_match["class_name"]) and (alone or class_match["percent"])
    ]
    matches = sorted([*marked, *listed], key=lambda class_match: class_match.start("amount"))
    before = read(passage, _GENERAL, default="total", end=matches[0].start() if matches else 0)
    claimed = {at for at in passage.numbers if matches and at < matches[0].start()} - set(before.unclaimed)
    for match in matches:
        claimed |= set(range(match.start(), match.end()))
        classes.append(
            ClassAmount[Ref](
                class_name=clean(passage.text(*match.span("class_name"))),
                amount=ref_at(passage, match.start("amount")),
                percent=ref_at(passage, match.start("percent")) if match["percent"] else None,
            )
        )
    return tuple(classes), tuple(at for at in passage.numbers if at not in claimed)


def budget_items(passage: Passage, heads: Sequence[Head]) -> tuple[tuple[BudgetItem[Ref], ...], tuple[int, ...]]:
    """〈n〉.〈class〉(类)〈section〉(款)〈item〉(项):支出决算数为…, each up to the next.

    heads: where the items begin. Returns also the indices of the numbers that no field holds.
    """
    items: list[BudgetItem[Ref]] = []
    unclaimed: list[int] = []
    for head in heads:
        end = head.stop or len(passage.shape)
        items += [BudgetItem[Ref]() for _ in range(unread(passage, head, len(items)))]
        direct = direct_amount(passage, head.end)
        begin = head.end if direct is None else direct + 1 + len(passage.token(direct).unit or "")
        stated = ref_at(passage, direct) if direct is not None else None
        found = read(passage, _ITEM_SUBJECTS, default="amount", start=begin, end=end, stated=stated)
        fact = found.facts.get("amount")
        compared = comparison(fact.comparison) if fact else None
        purpose = _PURPOSE.search(passage.shape, head.end, end)
        amount = found.amount("amount") or (compared.final if compared else None)
        unclaimed += open_in(passage, found, [amount, change(fact.change) if fact else None, compared]).unclaimed
        items.append(
            BudgetItem[Ref](
                **head.names(passage),
                amount=amount,
                change=change(fact.change) if fact else None,
                budget=compared,
                purpose=passage.text(*purpose.span("purpose")) or None if purpose else None,
            )
        )
    return tuple(items), tuple(unclaimed)


def ref_at(passage: Passage, at: int) -> Ref:
    """The number at an index of the shape, as it stands."""
    return Ref(passage.token(at).index)


# --- 六、一般公共预算财政拨款基本支出决算情况说明

_BASIC = (
    Subject("total", r"(?:一般公共预算)?(?:财政拨款)?基本支出(?:决算)?(?:合计)?", of_unit=True),
    Subject("personnel", r"人员经费(?:支出)?"),
    Subject("public", r"(?:日常)?公用经费(?:支出)?"),
)
_LIST = re.compile(
    rf"(?P<what>人员经费|公用经费)[^。;▮]{{0,12}}{N}(?:万元|元|亿元)[,。]?(?:主要)?(?:包括|用于)[:]?(?P<list>[^▮]*?)(?=[。;\n]|$)"
)


def basic_expenditure(passage: Passage) -> tuple[BasicExpenditure[Ref], Reading]:
    """六、一般公共预算财政拨款基本支出决算情况说明."""
    found = read(passage, _BASIC, default="total")
    lists = {match["what"]: names_in(passage.text(*match.span("list"))) for match in _LIST.finditer(passage.shape)}
    return BasicExpenditure[Ref](
        total=found.amount("total"),
        personnel=found.amount("personnel"),
        personnel_items=lists.get("人员经费", ()),
        public=found.amount("public"),
        public_items=lists.get("公用经费", ()),
    ), found


# --- 七、财政拨款“三公”经费支出决算情况说明

_OVERSEAS = r"因公出国(?:\(境\))?(?:费用?|经费)?"
_CAR = r"(?:公务用?车|公车)"
_CARS = frozenset({"辆", "台"})
_RECEIVED = r"(?:共计?|累计|全年|合计)*(?:国内)?(?:公务)?接待(?:国内)?(?:公务)?(?:共计?|累计|合计)?"
_THREE_PUBLIC = (
    Subject(
        "total",
        r'(?:一般公共预算)?(?:财政拨款)?(?:安排)?(?:的)?"?三公"?经费"?(?:财政拨款)?(?:支出)?(?:决算)?',
        of_unit=True,
    ),
    Subject("overseas", rf"{_OVERSEAS}(?:支出)?"),
    Subject("vehicles", rf"{_CAR}购置费?(?:及|和|与)运行(?:维护)?(?:费用?|经费)?(?:支出)?"),
    Subject("vehicle_purchase", rf"{_CAR}购置(?:费用?|支出|经费)?"),
    Subject("vehicle_running", rf"{_CAR}运行(?:维护)?(?:费用?|支出|经费)?"),
    Subject("reception", r"(?:国内)?公务接待(?:费用?|支出|经费)?"),
    Subject(
        "overseas_groups",
        r"(?:因公)?出国(?:\(境\))?(?:的)?团组(?:数)?|团组|(?:因公)?出国(?:\(境\))?(?=共计?$)",
        COUNTED,
    ),
    Subject(
        "overseas_visits",
        r"(?:因公)?出国(?:\(境\))?(?:人次数?|人数)?|(?:因公出国\(境\))?累计|参加人次",
        frozenset({"人次", "人"}),
        "overseas_groups",
    ),
    Subject(
        "vehicles_bought",
        rf"(?:{_CAR}|车辆|按规定|更新|新)*\(?(?:购置|更新)\)?(?:数|{_CAR}|车辆)?(?:量)?",
        _CARS,
        of_unit=True,
    ),
    Subject("vehicles_owned", rf"(?:{_CAR}|车辆)?保有量?(?:为)?|共有公务用车", _CARS),
    Subject(
        "fixed_asset_vehicles",
        r"(?:国有资产占用情况中)?固定资产(?:中)?(?:的)?(?:公务)?(?:用)?车辆?",
        _CARS,
    ),
    Subject(
        "reception_batches",
        rf"{_RECEIVED}(?:批次数?)?|{_RECEIVED}(?:来访)?团组(?:数)?",
        frozenset({"批次", "批", "次", "个"}),
    ),
    Subject(
        "reception_visits",
        rf"{_RECEIVED}(?:人次数?|总?人数)?|来宾|来访人员|总?人[次数]",
        frozenset({"人次", "人"}),
        "reception_batches",
    ),
)


def three_public(passage: Passage) -> tuple[ThreePublic[Ref], Reading]:
    """七、财政拨款“三公”经费支出决算情况说明."""
    found = read(passage, _THREE_PUBLIC, default="total")

    def item(key: str) -> ThreePublicItem[Ref] | None:
        fact = found.facts.get(key)
        if fact is None or (settled(found, key) is None and fact.change is None and fact.share is None):
            return None
        return ThreePublicItem[Ref](amount=settled(found, key), percent=fact.share, change=change(fact.change))

    counts = {
        subject.key: found.amount(subject.key)
        for subject in _THREE_PUBLIC
        if subject.units is not _THREE_PUBLIC[0].units
    }
    return ThreePublic[Ref](
        total=settled(found, "total"),
        change=_change(found, "total"),
        overseas=item("overseas"),
        vehicles=item("vehicles"),
        reception=item("reception"),
        vehicle_purchase=settled(found, "vehicle_purchase"),
        vehicle_running=settled(found, "vehicle_running"),
        budget=_comparison(found, "total"),
        overseas_budget=_comparison(found, "overseas"),
        vehicle_purchase_budget=_comparison(found, "vehicle_purchase"),
        vehicle_running_budget=_comparison(found, "vehicle_running"),
        reception_budget=_comparison(found, "reception"),
        **counts,
    ), found
