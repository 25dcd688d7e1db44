"""The narrative of final accounts: its sections, each with the identities that its form implies.

First the parts that the sections share beside those of every family: a class, and a budget item.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Generic

from recount.schemas.arithmetic import (
    Alternative,
    Identity,
    at_most,
    equal,
    evaluate,
    printed,
    same,
    share,
    shares_of,
    total,
)
from recount.schemas.common.parts import CARS, Change, Comparison, Portion, change_of, changed_alike
from recount.schemas.figures import F, Figure, Model, Phrasing, count, money, part, percent, rows, text
from recount.schemas.saying import say
from recount.schemas.terms import ZERO

__all__ = ["BudgetItem", "Change", "ClassAmount", "Comparison", "Portion", "change_of", "changed_alike"]


class ClassAmount(Model, Generic[F]):
    """支出功能分类的一类."""

    phrasing: ClassVar[Phrasing] = Phrasing(before=Portion.phrasing.before, of_class="class_name")
    class_name: str | None = text("类")
    amount: F | None = money("支出决算")
    percent: F | None = percent("占比")


class BudgetItem(Model, Generic[F]):
    """一项支出: 类, 款, 项 without their marks."""

    phrasing: ClassVar[Phrasing] = Phrasing(of_class="class_name", of_unit=(), heard={"amount": ""})
    class_name: str | None = text("类")
    section_name: str | None = text("款")
    item_name: str | None = text("项")
    amount: F | None = money("支出决算", r"支出决算(?:数)?|决算(?:数|支出)?|支出")
    change: Change[F] | None = part("与上年决算相比")
    budget: Comparison[F] | None = part("与年初预算相比")
    purpose: str | None = text("主要用于")

    def identities(self: BudgetItem[Figure]) -> Iterator[Identity]:
        yield from change_of("支出决算", self.amount, self.change)


# --- the sections of the narrative (第一部分 and 第二部分)

_TOTALS_HEARD = {
    "income_total": r"收入支出(?:决算)?(?:总[计额体])?|收支(?:决算)?总[计额体]|收入(?:决算)?总[计额]",
    "expenditure_total": r"收入支出(?:决算)?(?:总[计额体])?|收支(?:决算)?总[计额体]|支出(?:决算)?总[计额]",
}
BOTH_SIDES = (
    r"(?:总收入|收入(?:决算)?(?:总计|总额|合计)?)[、和与及]?(?:总支出|支出(?:决算)?(?:总体|总计|总额|合计|总决算)?)"
    r"|收、?支(?:决算)?(?:总决算|总计|总体|总额|合计)?|总收支"
)
_IN_TOTAL, _OUT_TOTAL = r"收入(?:决算)?(?:总计|总额)", r"支出(?:决算)?(?:总计|总额)"
_CARRIED = r"结转(?:和|及|与)?结余"
_SIDES = ("income_total", "expenditure_total", "income_current_year", "expenditure_current_year")
_BOTH = {"income_total": ("both",), "expenditure_total": ("both",)}
_CALLED = r"三公经费(?:财政拨款)?(?:支出)?(?:决算|预算)?"
_CAR = r"(?:公务用?车|公车)"
_RECEIVED = r"(?:共计?|累计|全年|合计)*(?:国内)?(?:公务)?接待(?:国内)?(?:公务)?(?:共计?|累计|合计)?"
_PEOPLE = frozenset({"人次", "人"})


class IncomeExpenditure(Model, Generic[F]):
    """一、收入支出决算总体情况说明."""

    phrasing: ClassVar[Phrasing] = Phrasing(
        of_unit=(*_SIDES, "both", "opening_carryover", "carried_over", "left_over"),
        beside={
            "both": BOTH_SIDES,
            "carried_over": r"(?:年初|上年)结转(?!的)",
            "left_over": r"(?:年初|上年)结余(?!的)",
        },
        instead={**_BOTH, "opening_carryover": ("carried_over", "left_over")},
        heard=_TOTALS_HEARD,
    )
    income_total: F | None = money("收入总计", rf"(?:决算)?{_IN_TOTAL}|(?:决算)?总收入|今年收入")
    income_current_year: F | None = money("本年收入合计", r"本年(?:度)?收入(?:合计)?(?!总)")
    nonfiscal_surplus_used: F | None = money(
        "使用非财政拨款结余",
        r"使用非财政拨款(?:专用)?结余(?:\(含专用结余\))?(?:和专用结余)?|(?:使?用)?事业基金弥补收支差额",
    )
    opening_carryover: F | None = money("年初结转和结余", rf"(?:年初|上年){_CARRIED}")
    expenditure_total: F | None = money("支出总计", rf"(?:决算)?{_OUT_TOTAL}|(?:决算)?总支出|今年支出")
    expenditure_current_year: F | None = money("本年支出合计", r"本年(?:度)?支出(?:合计)?(?!总)")
    surplus_distribution: F | None = money("结余分配")
    closing_carryover: F | None = money(
        "年末结转和结余",
        rf"(?:年|(?<=年))末(?:的)?(?:{_CARRIED}|结转|结余)|结转下年(?:的)?(?:结转)?(?:和|及|与)?(?:结余)?",
    )
    income_change: Change[F] | None = part("收入总计与上年相比")
    expenditure_change: Change[F] | None = part("支出总计与上年相比")

    def identities(self: IncomeExpenditure[Figure]) -> Iterator[Identity]:
        yield equal(
            "收入总计 = 本年收入合计 + 使用非财政拨款结余 + 年初结转和结余",
            self.income_total,
            total(self.income_current_year, self.nonfiscal_surplus_used, self.opening_carryover),
        )
        yield equal(
            "支出总计 = 本年支出合计 + 结余分配 + 年末结转和结余",
            self.expenditure_total,
            total(self.expenditure_current_year, self.surplus_distribution, self.closing_carryover),
        )
        without_rest = Alternative(
            say("carryover_left_out"), total(self.expenditure_total, self.closing_carryover), minor=True
        )
        balance = equal("收入总计 = 支出总计", self.income_total, total(self.expenditure_total), without_rest)
        yield balance
        yield from change_of("收入总计", self.income_total, self.income_change)
        yield from change_of("支出总计", self.expenditure_total, self.expenditure_change)
        if evaluate(balance).severity != "minor":
            yield from changed_alike(self.income_change, self.expenditure_change)


class Income(Model, Generic[F]):
    """二、收入决算情况说明."""

    phrasing: ClassVar[Phrasing] = Phrasing(
        of_unit=("total",),
        beside={
            "general": r"一般公共预算(?:财政)?拨款收入",
            "funds": r"政府性基金(?:预算)?(?:财政)?(?:拨款)?收入",
            "capital": r"国有资本经营(?:预算)?(?:财政)?(?:拨款)?收入",
        },
    )
    total: F | None = money("本年收入", r"本(?:年度?|单位|部门)收入(?:合计)?|收入合计")
    fiscal_appropriation: Portion[F] | None = part("财政拨款收入", r"财政(?:补助|拨款)收入")
    superior_subsidy: Portion[F] | None = part("上级补助收入")
    institutional: Portion[F] | None = part("事业收入")
    business: Portion[F] | None = part("经营收入")
    affiliate_remittance: Portion[F] | None = part("附属单位上缴收入", r"附属单位(?:上缴|缴款)(?:收入)?")
    other: Portion[F] | None = part("其他收入")

    def identities(self: Income[Figure]) -> Iterator[Identity]:
        yield from self.adds_up_to(self.total)

    def adds_up_to(self: Income[Figure], whole: Figure | None, *, all_of_it: bool = True) -> Iterator[Identity]:
        """The kinds and their shares against a total, which may stand in another section. all_of_it: they are all."""
        yield from _parts_of_total(
            "本年收入",
            whole,
            self.fiscal_appropriation,
            self.superior_subsidy,
            self.institutional,
            self.business,
            self.affiliate_remittance,
            self.other,
            # Printed by kind of budget the appropriations have no key here, and the parts are not all.
            all_of_it=all_of_it and self.fiscal_appropriation is not None,
        )


class Expenditure(Model, Generic[F]):
    """三、支出决算情况说明."""

    total: F | None = money("本年支出", r"本(?:年度?|单位|部门)支出(?:合计)?|支出合计")
    basic: Portion[F] | None = part("基本支出")
    project: Portion[F] | None = part("项目支出")
    remitted_to_superior: Portion[F] | None = part("上缴上级支出", r"上缴上级(?:支出)?")
    business: Portion[F] | None = part("经营支出")
    affiliate_subsidy: Portion[F] | None = part("对附属单位补助支出", r"对附属单位(?:的)?补助(?:支出)?")

    def identities(self: Expenditure[Figure]) -> Iterator[Identity]:
        yield from self.adds_up_to(self.total)

    def adds_up_to(self: Expenditure[Figure], whole: Figure | None, *, all_of_it: bool = True) -> Iterator[Identity]:
        """The kinds and their shares against a total, which may stand in another section. all_of_it: they are all."""
        yield from _parts_of_total(
            "本年支出",
            whole,
            self.basic,
            self.project,
            self.remitted_to_superior,
            self.business,
            self.affiliate_subsidy,
            all_of_it=all_of_it,
        )


def _parts_of_total(
    name: str, whole: Figure | None, *parts: Portion[Figure] | None, all_of_it: bool = True
) -> Iterator[Identity]:
    """A form may list only the parts that are not 0: a part that is not printed is none. all_of_it: else some are."""
    listed = [(portion.amount, portion.percent) for portion in parts if portion is not None]
    amounts = [amount for amount, _ in listed]
    yield equal(f"{name} = 各项之和", whole, printed(*amounts) if all_of_it else total(None, *amounts))
    yield from shares_of(f"占{name}的比例", whole, listed if all_of_it else [*listed, (None, None)])


_OWN = {
    "income_total": rf"{{own}}{_IN_TOTAL}|{{own}}总收入",
    "expenditure_total": rf"{{own}}{_OUT_TOTAL}|{{own}}总支出",
    "income_current_year": r"本年{own}收入(?:合计)?|{own}本年收入|{alone}收入(?!总)(?:合计)?",
    "expenditure_current_year": r"本年{own}支出(?:合计)?|{own}本年支出",
    "opening_carryover": rf"{{own}}年初{{own}}{_CARRIED}",
    "closing_carryover": rf"{{own}}年末{{own}}{_CARRIED}",
}
"""What 四, 八 and 九 speak of: no label may name another budget. 〈fund〉收入 is this year's under the fund's heading;
elsewhere it may be a part of the whole unit's income."""
_COMPARED = {side: (side.replace("budget", "current_year"),) for side in ("income_budget", "expenditure_budget")}


class FiscalAppropriation(Model, Generic[F]):
    """四、财政拨款收入支出决算总体情况说明."""

    phrasing: ClassVar[Phrasing] = Phrasing(
        of_unit=(*_SIDES, "both", "spent"),
        beside={"both": rf"{{own}}(?:{BOTH_SIDES})", "spent": r"财政拨款支出(?!(?:决算)?总)"},
        instead={**_BOTH, **_COMPARED, "expenditure_budget": (*_COMPARED["expenditure_budget"], "spent")},
        heard={
            **_TOTALS_HEARD,
            "income_current_year": r"本年(?:度)?财政拨款收入",
            "expenditure_current_year": r"本年(?:度)?财政拨款支出",
        },
    )
    income_total: F | None = money("财政拨款收入总计", _OWN["income_total"])
    opening_carryover: F | None = money("年初财政拨款结转和结余", _OWN["opening_carryover"])
    income_current_year: F | None = money("财政拨款本年收入", _OWN["income_current_year"])
    expenditure_total: F | None = money("财政拨款支出总计", _OWN["expenditure_total"])
    closing_carryover: F | None = money("年末财政拨款结转和结余", _OWN["closing_carryover"])
    expenditure_current_year: F | None = money("财政拨款本年支出", _OWN["expenditure_current_year"])
    income_change: Change[F] | None = part("收入总计与上年相比")
    expenditure_change: Change[F] | None = part("支出总计与上年相比")
    income_budget: Comparison[F] | None = part("收入总计与年初预算相比")
    expenditure_budget: Comparison[F] | None = part("支出总计与年初预算相比")

    def identities(self: FiscalAppropriation[Figure]) -> Iterator[Identity]:
        yield from _carry_forward("财政拨款", self)


class FundBudget(Model, Generic[F]):
    """八、政府性基金预算 and 九、国有资本经营预算财政拨款收入支出决算情况说明."""

    phrasing: ClassVar[Phrasing] = Phrasing(
        of_unit=(*_SIDES, "both", "expenditure"),
        beside={"both": rf"{{own}}(?:{BOTH_SIDES})"},
        instead={**_BOTH, **_COMPARED, "expenditure_budget": (*_COMPARED["expenditure_budget"], "expenditure")},
        heard=_TOTALS_HEARD,
    )
    none: bool = False
    income_total: F | None = money("收入总计", _OWN["income_total"])
    opening_carryover: F | None = money("年初结转和结余", _OWN["opening_carryover"])
    income_current_year: F | None = money("本年收入", _OWN["income_current_year"])
    expenditure_total: F | None = money("支出总计", _OWN["expenditure_total"])
    closing_carryover: F | None = money("年末结转和结余", _OWN["closing_carryover"])
    expenditure_current_year: F | None = money("本年支出", _OWN["expenditure_current_year"])
    income_change: Change[F] | None = part("收入总计与上年相比")
    expenditure_change: Change[F] | None = part("支出总计与上年相比")
    income_budget: Comparison[F] | None = part("收入总计与年初预算相比")
    expenditure_budget: Comparison[F] | None = part("支出总计与年初预算相比")
    expenditure: F | None = money("财政拨款支出", r"{named}支出(?:决算)?(?:合计)?")
    items: tuple[BudgetItem[F], ...] = rows("支出项目")

    def identities(self: FundBudget[Figure]) -> Iterator[Identity]:
        yield from _carry_forward("预算财政拨款", self)
        yield same("财政拨款支出 = 本年支出", self.expenditure, self.expenditure_current_year)
        yield equal("财政拨款支出 = 各项之和", self.expenditure, printed(*(item.amount for item in self.items)))


def _carry_forward(name: str, section: FiscalAppropriation[Figure] | FundBudget[Figure]) -> Iterator[Identity]:
    """What 四, 八 and 九 have in common: totals, changes and comparisons of both sides."""
    yield equal(
        f"{name}收入总计 = 本年收入 + 年初结转和结余",
        section.income_total,
        total(section.income_current_year, section.opening_carryover),
    )
    yield equal(
        f"{name}支出总计 = 本年支出 + 年末结转和结余",
        section.expenditure_total,
        total(section.expenditure_current_year, section.closing_carryover),
    )
    yield same(f"{name}收入总计 = 支出总计", section.income_total, section.expenditure_total)
    yield from change_of(f"{name}收入总计", section.income_total, section.income_change)
    yield from change_of(f"{name}支出总计", section.expenditure_total, section.expenditure_change)
    yield from changed_alike(section.income_change, section.expenditure_change)
    income, expenditure = section.income_budget, section.expenditure_budget
    if income is not None:
        yield same("收入决算数 = 收入总计", income.final, section.income_total)
    if expenditure is not None:
        yield same("支出决算数 = 支出总计", expenditure.final, section.expenditure_total)
    if income is not None and expenditure is not None:
        # A budget is in balance, as its accounts are.
        yield same("收入总计年初预算数 = 支出总计年初预算数", income.budget, expenditure.budget)
        yield same("收入预决算差异率 = 支出预决算差异率", income.variance_percent, expenditure.variance_percent)


class GeneralPublicBudget(Model, Generic[F]):
    """五、一般公共预算财政拨款支出决算情况说明."""

    total: F | None = money(
        "一般公共预算财政拨款支出",
        r"一般公共预算(?:财政拨款(?:本年)?(?:支出)?|(?:本年)?支出)(?:决算)?(?:合计)?|财政拨款(?:本年)?支出(?:决算)?(?:合计)?",
    )
    percent_of_expenditure: F | None = percent("占本年支出合计的比例")
    change: Change[F] | None = part("与上年相比")
    budget: Comparison[F] | None = part("与年初预算相比")
    by_class: tuple[ClassAmount[F], ...] = rows("支出结构")
    items: tuple[BudgetItem[F], ...] = rows("支出项目")

    def identities(self: GeneralPublicBudget[Figure]) -> Iterator[Identity]:
        yield from change_of("一般公共预算财政拨款支出", self.total, self.change)
        yield equal("支出 = 各类之和", self.total, printed(*(class_amount.amount for class_amount in self.by_class)))
        yield from shares_of(
            "各类占支出的比例",
            self.total,
            [(class_amount.amount, class_amount.percent) for class_amount in self.by_class],
        )
        whole = self._lists_all()
        if whole:
            yield equal("支出 = 各项之和", self.total, printed(*(item.amount for item in self.items)))
        changes = [item.change.amount for item in self.items if item.change is not None]
        if self.change is not None and self.items and len(changes) == len(self.items) and whole:
            adds_up = equal("增减额 = 各项增减额之和", self.change.amount, total(*changes))
            if evaluate(adds_up).severity is None or not self._may_leave_out(changes):
                yield adds_up
        if self.budget is not None:
            yield same("决算数 = 支出", self.budget.final, self.total)
            if self.budget.final is None:
                yield share(
                    "完成预算的百分比 = 支出 ÷ 预算数",
                    self.budget.completion_percent,
                    self.total,
                    of=self.budget.budget,
                )
            budgets = [item.budget.budget for item in self.items if item.budget is not None]
            if self.items and len(budgets) == len(self.items) and whole:
                yield equal("年初预算数 = 各项年初预算之和", self.budget.budget, total(*budgets))
        for item in self.items:
            if item.budget is not None and item.budget.final is not item.amount:
                yield same("决算数 = 支出决算", item.budget.final, item.amount)
        yield from self._items_by_class()

    def _may_leave_out(self: GeneralPublicBudget[Figure], changes: Sequence[Figure | None]) -> bool:
        """Whether the whole has grown by less than the items listed: those that ended last year, now 0, may be missing.
        Not in a form that lists items of 0."""
        listed = sum((change.value for change in changes if change is not None), ZERO)
        grown = self.change.amount if self.change is not None else None
        ended = any(item.amount is not None and not item.amount.value for item in self.items)
        return grown is not None and grown.value < listed and not ended

    def _lists_all(self: GeneralPublicBudget[Figure]) -> bool:
        """Whether every class has an item: some publishers list the items of a few alone."""
        named = {item.class_name for item in self.items}
        return None in named or all(one.class_name in named for one in self.by_class)

    def _items_by_class(self: GeneralPublicBudget[Figure]) -> Iterator[Identity]:
        if not self.items:
            return
        for class_amount in self.by_class:
            of_class = [item.amount for item in self.items if item.class_name == class_amount.class_name]
            yield equal(f"{class_amount.class_name} = 该类各项之和", class_amount.amount, printed(*of_class))


class BasicExpenditure(Model, Generic[F]):
    """六、一般公共预算财政拨款基本支出决算情况说明."""

    total: F | None = money("基本支出", r"(?:一般公共预算)?(?:财政拨款)?基本支出(?:决算)?(?:合计)?")
    personnel: F | None = money("人员经费", r"人员经费(?:支出)?")
    personnel_items: tuple[str, ...] = rows("人员经费包括")
    public: F | None = money("公用经费", r"(?:日常)?公用经费(?:支出)?")
    public_items: tuple[str, ...] = rows("公用经费包括")

    def identities(self: BasicExpenditure[Figure]) -> Iterator[Identity]:
        yield equal("基本支出 = 人员经费 + 公用经费", self.total, total(self.personnel, self.public))


class ThreePublicItem(Model, Generic[F]):
    """“三公”经费的一项."""

    phrasing: ClassVar[Phrasing] = Portion.phrasing
    amount: F | None = money("支出决算")
    percent: F | None = percent("占比")
    change: Change[F] | None = part("与上年相比")

    def identities(self: ThreePublicItem[Figure]) -> Iterator[Identity]:
        yield from change_of("支出", self.amount, self.change)


class ThreePublic(Model, Generic[F]):
    """七、财政拨款“三公”经费支出决算情况说明."""

    phrasing: ClassVar[Phrasing] = Phrasing(
        of_unit=("total", "vehicles_bought"),
        units={
            "overseas_visits": _PEOPLE,
            "vehicles_bought": CARS,
            "vehicles_owned": CARS,
            "fixed_asset_vehicles": CARS,
            "reception_batches": frozenset({"批次", "批", "次", "个"}),
            "reception_visits": _PEOPLE,
        },
        after={"overseas_visits": "overseas_groups", "reception_visits": "reception_batches"},
        heard={"total": _CALLED, "budget": _CALLED},
    )
    total: F | None = money(
        "“三公”经费支出",
        r'(?:一般公共预算)?(?:财政拨款)?(?:安排)?(?:的)?"?三公"?经费"?(?:财政拨款)?(?:支出)?(?:决算)?',
    )
    change: Change[F] | None = part("与上年相比", _CALLED)
    overseas: ThreePublicItem[F] | None = part("因公出国（境）费", r"因公出国(?:\(境\))?(?:费用?|经费)?(?:支出)?")
    vehicles: ThreePublicItem[F] | None = part(
        "公务用车购置及运行维护费", rf"{_CAR}购置费?(?:及|和|与)运行(?:维护)?(?:费用?|经费)?(?:支出)?"
    )
    reception: ThreePublicItem[F] | None = part("公务接待费", r"(?:国内)?公务接待(?:费用?|支出|经费)?")
    overseas_groups: F | None = count(
        "因公出国（境）团组", r"(?:因公)?出国(?:\(境\))?(?:的)?团组(?:数)?|团组|(?:因公)?出国(?:\(境\))?(?=共计?$)"
    )
    overseas_visits: F | None = count(
        "因公出国（境）人次",
        r"(?:因公)?出国(?:\(境\))?(?:人次数?|人数)?|(?:因公出国\(境\))?累计|参加人次"
        r"|团组▮[个次](?:因公)?(?:出国\(境\)|累计)",
    )
    vehicle_purchase: F | None = money("公务用车购置费", rf"{_CAR}购置(?!及|和|与)(?:费用?|支出|经费)?")
    vehicle_running: F | None = money("公务用车运行维护费", rf"{_CAR}运行(?:维护)?(?:费用?|支出|经费)?")
    vehicles_bought: F | None = count(
        "公务用车购置数", rf"(?:{_CAR}|车辆|按规定|更新|新)*\(?(?:购置|更新)\)?(?:数|{_CAR}|车辆)?(?:量)?"
    )
    vehicles_owned: F | None = count("公务用车保有量", rf"(?:{_CAR}|车辆)?保有量?(?:为)?|共有公务用车")
    fixed_asset_vehicles: F | None = count(
        "国有资产占用情况中固定资产车辆", r"(?:国有资产占用情况中)?固定资产(?:中)?(?:的)?(?:公务)?(?:用)?车辆?"
    )
    reception_batches: F | None = count("国内公务接待批次", rf"{_RECEIVED}(?:批次数?)?|{_RECEIVED}(?:来访)?团组(?:数)?")
    reception_visits: F | None = count(
        "国内公务接待人次",
        rf"{_RECEIVED}(?:人次数?|总?人数)?|来宾|来访人员|总?人[次数]|国内公务接待▮批次?",
    )
    budget: Comparison[F] | None = part("“三公”经费与全年预算相比")
    overseas_budget: Comparison[F] | None = part("因公出国（境）费与全年预算相比")
    vehicle_purchase_budget: Comparison[F] | None = part("公务用车购置费与全年预算相比")
    vehicle_running_budget: Comparison[F] | None = part("公务用车运行维护费与全年预算相比")
    reception_budget: Comparison[F] | None = part("公务接待费与全年预算相比")

    def identities(self: ThreePublic[Figure]) -> Iterator[Identity]:
        parts = [portion for portion in (self.overseas, self.vehicles, self.reception) if portion is not None]
        yield from change_of("“三公”经费支出", self.total, self.change)
        if len(parts) == 3:
            yield equal("“三公”经费支出 = 三项之和", self.total, total(*(portion.amount for portion in parts)))
            changes = [portion.change.amount if portion.change else None for portion in parts]
            if self.change is not None:
                yield equal("增减额 = 三项增减额之和", self.change.amount, total(*changes))
        shares = [(portion.amount, portion.percent) for portion in parts]
        yield from shares_of("占“三公”经费的比例", self.total, shares if len(parts) == 3 else [*shares, (None, None)])
        if self.vehicles is not None:
            yield equal(
                "公务用车购置及运行维护费 = 购置费 + 运行维护费",
                self.vehicles.amount,
                total(self.vehicle_purchase, self.vehicle_running),
            )
        yield at_most("团组 ≤ 人次", self.overseas_groups, self.overseas_visits)
        yield at_most("接待批次 ≤ 接待人次", self.reception_batches, self.reception_visits)
        yield from self._budgets()

    def _budgets(self: ThreePublic[Figure]) -> Iterator[Identity]:
        compared = (
            ("“三公”经费", self.budget, self.total),
            ("因公出国（境）费", self.overseas_budget, self.overseas.amount if self.overseas else None),
            ("公务用车购置费", self.vehicle_purchase_budget, self.vehicle_purchase),
            ("公务用车运行维护费", self.vehicle_running_budget, self.vehicle_running),
            ("公务接待费", self.reception_budget, self.reception.amount if self.reception else None),
        )
        for name, comparison, final in compared:
            if comparison is not None and comparison.final is not final:
                yield same(f"{name}决算数 = {name}支出", comparison.final, final)
        whole, *parts = [comparison for _, comparison, _ in compared]
        if whole is not None:
            budgets = [of_part.budget if of_part else None for of_part in parts]
            yield equal("“三公”经费全年预算数 = 各项全年预算数之和", whole.budget, total(*budgets))
            finals = [of_part.final if of_part else None for of_part in parts]
            yield equal("“三公”经费决算数 = 各项决算数之和", whole.final, total(*finals))
