"""The sections of a budget in words, each with its identities. Their words are the labels of the fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Generic

from recount.schemas.arithmetic import Identity, equal, shares_of, total
from recount.schemas.common.parts import Change, Portion, change_of
from recount.schemas.figures import F, Figure, Model, Phrasing, count, money, part, percent, rows, text

_TOTAL = r"(?:总?预算|合计|总计|总额)*"


class BudgetPortion(Model, Generic[F]):
    """A part of a total, and what it was the year before."""

    amount: F | None = money("预算数")
    percent: F | None = percent("占比")
    change: Change[F] | None = part("与上年相比")

    def identities(self: BudgetPortion[Figure]) -> Iterator[Identity]:
        yield from change_of("预算数", self.amount, self.change)


class BudgetClass(Model, Generic[F]):
    """支出功能分类的一类."""

    phrasing: ClassVar[Phrasing] = Phrasing(before=Portion.phrasing.before, of_class="class_name")
    class_name: str | None = text("类")
    amount: F | None = money("预算数")
    percent: F | None = percent("占比")


class BudgetLine(Model, Generic[F]):
    """一项支出: 类, 款, 项 without their marks. It is compared with last year's 执行数 or 预算数."""

    phrasing: ClassVar[Phrasing] = Phrasing(of_class="class_name")
    class_name: str | None = text("类")
    section_name: str | None = text("款")
    item_name: str | None = text("项")
    amount: F | None = money("预算数", words=r"预算数?|支出|安排|科目")
    change: Change[F] | None = part("与上年相比")
    purpose: str | None = text("主要用于")

    def identities(self: BudgetLine[Figure]) -> Iterator[Identity]:
        yield from change_of("预算数", self.amount, self.change)


class Totals(Model, Generic[F]):
    """一、收支预算总体情况: 收支总预算, or income and expenditure by themselves."""

    total: F | None = money("收支总预算", words=r"收(?:入)?、?支(?:出)?(?:总预算|预算总计|总计|预算总额)")
    income_total: F | None = money("收入预算总计", words=r"收入(?:总预算|预算总计|总计)")
    expenditure_total: F | None = money("支出预算总计", words=r"支出(?:总预算|预算总计|总计)")
    change: Change[F] | None = part("与上年相比")

    def identities(self: Totals[Figure]) -> Iterator[Identity]:
        yield equal("收入预算总计 = 支出预算总计", self.income_total, total(self.expenditure_total))
        yield from change_of("收支总预算", self.total or self.income_total, self.change)


class Income(Model, Generic[F]):
    """二、收入预算情况."""

    total: F | None = money("收入预算", words=rf"(?:本年|总)?收入{_TOTAL}")
    opening: BudgetPortion[F] | None = part("上年结转", words=r"上年结转(?:结余)?(?:和结余)?|使用结转结余")
    fiscal: BudgetPortion[F] | None = part("财政拨款收入")
    general: BudgetPortion[F] | None = part(
        "一般公共预算拨款收入", words=r"一般公共预算(?:当年|财政)?(?:拨款)?(?:收入)?"
    )
    funds: BudgetPortion[F] | None = part(
        "政府性基金预算拨款收入", words=r"政府性基金(?:预算)?(?:当年|财政)?(?:拨款)?(?:收入)?"
    )
    capital: BudgetPortion[F] | None = part(
        "国有资本经营预算拨款收入", words=r"国有资本经营(?:预算)?(?:当年|财政)?(?:拨款)?(?:收入)?"
    )
    special_account: BudgetPortion[F] | None = part(
        "财政专户管理资金收入", words=r"财政专户(?:管理)?(?:的)?资金(?:收入)?"
    )
    institutional: BudgetPortion[F] | None = part("事业收入")
    business: BudgetPortion[F] | None = part("事业单位经营收入", words=r"(?:事业单位)?经营收入")
    superior_subsidy: BudgetPortion[F] | None = part("上级补助收入")
    affiliate_remittance: BudgetPortion[F] | None = part("附属单位上缴收入", words=r"附属单位上缴(?:收入)?")
    other: BudgetPortion[F] | None = part("其他收入")
    change: Change[F] | None = part("与上年相比")

    def identities(self: Income[Figure]) -> Iterator[Identity]:
        budgets = [portion for portion in (self.general, self.funds, self.capital) if portion is not None]
        parts = [portion for portion in _parts(self) if self.fiscal is None or portion not in budgets]
        yield from _of_parts("收入预算", self.total, self.change, parts)
        if self.fiscal is not None and budgets:
            rule = "财政拨款收入 = 各预算拨款收入之和"
            yield equal(rule, self.fiscal.amount, total(*(portion.amount for portion in budgets)))


class Expenditure(Model, Generic[F]):
    """三、支出预算情况."""

    total: F | None = money("支出预算", words=rf"(?:本年|总)?支出{_TOTAL}")
    basic: BudgetPortion[F] | None = part("基本支出")
    project: BudgetPortion[F] | None = part("项目支出")
    remitted_to_superior: BudgetPortion[F] | None = part("上缴上级支出", words=r"上缴上级(?:支出)?")
    business: BudgetPortion[F] | None = part("事业单位经营支出", words=r"(?:事业单位)?经营支出")
    affiliate_subsidy: BudgetPortion[F] | None = part("对附属单位补助支出", words=r"对附属单位(?:的)?补助(?:支出)?")
    closing: BudgetPortion[F] | None = part("结转下年")
    change: Change[F] | None = part("与上年相比")

    def identities(self: Expenditure[Figure]) -> Iterator[Identity]:
        yield from _of_parts("支出预算", self.total, self.change, _parts(self))


class FiscalAppropriation(Model, Generic[F]):
    """四、财政拨款收支预算总体情况."""

    total: F | None = money(
        "财政拨款收支总预算", words=r"财政拨款(?:收(?:入)?、?支(?:出)?(?:总预算|预算总计|总计)|支出预算(?:总额|总计))"
    )
    general: F | None = money("一般公共预算拨款", words=r"一般公共预算(?:当年|财政)?(?:拨款)?(?:收入)?")
    funds: F | None = money("政府性基金预算拨款", words=r"政府性基金(?:预算)?(?:当年|财政)?(?:拨款)?(?:收入)?")
    capital: F | None = money("国有资本经营预算拨款", words=r"国有资本经营(?:预算)?(?:当年|财政)?(?:拨款)?(?:收入)?")
    opening: F | None = money("上年结转", words=r"上年结转(?:结余)?(?:收入)?")
    by_class: tuple[BudgetClass[F], ...] = rows("支出")
    items: tuple[BudgetLine[F], ...] = rows("支出主要内容")
    closing: F | None = money("结转下年")
    change: Change[F] | None = part("与上年相比")

    def identities(self: FiscalAppropriation[Figure]) -> Iterator[Identity]:
        income = [amount for amount in (self.general, self.funds, self.capital, self.opening) if amount is not None]
        if income:
            yield equal("财政拨款收支总预算 = 各项收入之和", self.total, total(*income))
        spent = [budget_class.amount for budget_class in self.by_class]
        if spent:
            left = [self.closing] if self.closing is not None else []
            yield equal("财政拨款收支总预算 = 各类支出之和", self.total, total(*spent, *left))
            shares = [(budget_class.amount, budget_class.percent) for budget_class in self.by_class]
            yield from shares_of("各类占财政拨款收支总预算的比例", self.total, shares)
        if self.items:
            yield equal("财政拨款支出预算 = 各项之和", self.total, total(*(item.amount for item in self.items)))
        yield from change_of("财政拨款收支总预算", self.total, self.change)


class GeneralPublicBudget(Model, Generic[F]):
    """五、一般公共预算当年拨款情况: 规模变化, 结构, 具体使用."""

    total: F | None = money("一般公共预算当年拨款", words=r"一般公共预算(?:当年|财政|支出|本年)*(?:拨款)?(?:支出)?")
    change: Change[F] | None = part("与上年相比")
    by_class: tuple[BudgetClass[F], ...] = rows("支出结构")
    items: tuple[BudgetLine[F], ...] = rows("支出项目")

    def identities(self: GeneralPublicBudget[Figure]) -> Iterator[Identity]:
        yield from change_of("一般公共预算当年拨款", self.total, self.change)
        yield from by_class_and_item("一般公共预算当年拨款", self.total, self.by_class, self.items)


class BasicExpenditure(Model, Generic[F]):
    """六、一般公共预算基本支出情况."""

    total: F | None = money("一般公共预算基本支出", words=r"(?:一般公共预算)?(?:财政)?(?:拨款)?基本支出")
    personnel: F | None = money("人员经费", words=r"人员经费(?:支出)?")
    personnel_items: tuple[str, ...] = rows("人员经费包括")
    public: F | None = money("公用经费", words=r"(?:日常)?公用经费(?:支出)?")
    public_items: tuple[str, ...] = rows("公用经费包括")

    def identities(self: BasicExpenditure[Figure]) -> Iterator[Identity]:
        yield equal("基本支出 = 人员经费 + 公用经费", self.total, total(self.personnel, self.public))


class ThreePublic(Model, Generic[F]):
    """七、“三公”经费预算情况."""

    total: F | None = money("“三公”经费预算", words=r'"?三公"?经费(?:财政拨款)?')
    overseas: BudgetPortion[F] | None = part("因公出国（境）费", words=r"因公出国(?:\(境\))?(?:费用?)?")
    vehicles: BudgetPortion[F] | None = part(
        "公务用车购置及运行费", words=r"公务用车购置(?:及|和|与)运行(?:维护)?(?:费用?|经费)?"
    )
    vehicle_purchase: BudgetPortion[F] | None = part("公务用车购置费", words=r"公务用车购置(?:费用?|支出|经费)?")
    vehicle_running: BudgetPortion[F] | None = part(
        "公务用车运行费", words=r"公务用车运行(?:维护)?(?:费用?|支出|经费)?"
    )
    reception: BudgetPortion[F] | None = part("公务接待费", words=r"公务接待(?:费用?|支出|经费)?")
    change: Change[F] | None = part("与上年相比")

    def identities(self: ThreePublic[Figure]) -> Iterator[Identity]:
        cars = [self.vehicles] if self.vehicles is not None else [self.vehicle_purchase, self.vehicle_running]
        parts = [portion.amount if portion else None for portion in (self.overseas, *cars, self.reception)]
        yield equal("“三公”经费 = 因公出国（境）费 + 公务用车购置及运行费 + 公务接待费", self.total, total(*parts))
        if self.vehicles is not None and self.vehicle_purchase is not None and self.vehicle_running is not None:
            both = total(self.vehicle_purchase.amount, self.vehicle_running.amount)
            yield equal("公务用车购置及运行费 = 购置费 + 运行费", self.vehicles.amount, both)
        yield from change_of("“三公”经费", self.total, self.change)


class FundBudget(Model, Generic[F]):
    """八、政府性基金预算 and 九、国有资本经营预算支出情况. none: the report says that there is no such budget."""

    none: bool = False
    total: F | None = money("预算支出", words=r"(?:政府性基金|国有资本经营)(?:预算)?(?:当年)?(?:拨款)?(?:支出)?")
    change: Change[F] | None = part("与上年相比")
    by_class: tuple[BudgetClass[F], ...] = rows("支出结构")
    items: tuple[BudgetLine[F], ...] = rows("支出项目")

    def identities(self: FundBudget[Figure]) -> Iterator[Identity]:
        yield from change_of("预算支出", self.total, self.change)
        yield from by_class_and_item("预算支出", self.total, self.by_class, self.items)


_OPERATING = (
    r"(?:(?:参公|参照公务员法管理)?(?:的)?(?:事业)?单位)?(?:财政拨款的?)?(?:机关运行经费(?:当年)?|(?:日常)?公用经费)"
)


class OperatingCost(Model, Generic[F]):
    """十（一）机关运行经费."""

    amount: F | None = money("机关运行经费", words=_OPERATING)
    change: Change[F] | None = part("与上年相比")

    def identities(self: OperatingCost[Figure]) -> Iterator[Identity]:
        yield from change_of("机关运行经费", self.amount, self.change)


class Procurement(Model, Generic[F]):
    """十（二）政府采购."""

    total: F | None = money("政府采购预算总额", words=r"政府采购(?:预算)?")
    goods: F | None = money("政府采购货物预算", words=r"(?:政府采购)?货物(?:类)?(?:采购)?")
    works: F | None = money("政府采购工程预算", words=r"(?:政府采购)?工程(?:类)?(?:采购)?")
    services: F | None = money("政府采购服务预算", words=r"(?:政府采购)?服务(?:类)?(?:采购)?")
    sme_amount: F | None = money("面向中小企业预留", words=r"面向中小企业(?:预留)?(?:的)?(?:政府采购)?(?:项目)?")
    micro_amount: F | None = money(
        "面向小微企业预留",
        words=r"(?:面向小微企业(?:预留)?|预留给小(?:微|型和?微型)企业)(?:的)?(?:政府采购)?(?:项目)?",
    )

    def identities(self: Procurement[Figure]) -> Iterator[Identity]:
        yield equal("政府采购预算总额 = 货物 + 工程 + 服务", self.total, total(self.goods, self.works, self.services))


class Performance(Model, Generic[F]):
    """十（四）绩效目标设置."""

    project_count: F | None = count(
        "实行绩效目标管理的项目", words=r"(?:纳入|列入|实行)?(?:预算)?(?:绩效|绩效目标)[^,。;]{0,8}项目(?:共|共计)?"
    )
    project_budget: F | None = money(
        "涉及预算", words=r"涉及(?:一般公共预算|项目)?(?:当年)?(?:预算|财政|拨款|资金|金额)*"
    )


def by_class_and_item(
    name: str,
    whole: Figure | None,
    classes: Sequence[BudgetClass[Figure]],
    items: Sequence[BudgetLine[Figure]],
) -> Iterator[Identity]:
    """An expenditure against its classes with their shares, and against its items; nothing where none are listed."""
    if classes:
        yield equal(f"{name} = 各类之和", whole, total(*(budget_class.amount for budget_class in classes)))
        yield from shares_of(
            f"各类占{name}的比例", whole, [(budget_class.amount, budget_class.percent) for budget_class in classes]
        )
    if items:
        yield equal(f"{name} = 各项之和", whole, total(*(item.amount for item in items)))


def _parts(section: Income[Figure] | Expenditure[Figure]) -> list[BudgetPortion[Figure]]:
    return [value for _, value in section if isinstance(value, BudgetPortion)]


def _of_parts(
    name: str, whole: Figure | None, change: Change[Figure] | None, parts: Sequence[BudgetPortion[Figure]]
) -> Iterator[Identity]:
    if parts:
        yield equal(f"{name} = 各项之和", whole, total(*(portion.amount for portion in parts)))
    yield from shares_of(f"占{name}的比例", whole, [(portion.amount, portion.percent) for portion in parts])
    yield from change_of(name, whole, change)
