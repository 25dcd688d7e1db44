"""The sections of the narrative and the self-evaluation tables, and the identities between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import ClassVar, Generic, Literal

from recount.schemas.arithmetic import Addend, Identity, Sum, at_least, at_most, equal, printed, same, share, total
from recount.schemas.common.parts import Change, Overview, StateAssets, UnmappedFigure, change_of
from recount.schemas.figures import F, Figure, Model, Phrasing, money, part, percent, rows, text, year
from recount.schemas.final_accounts.narrative import (
    BasicExpenditure,
    Expenditure,
    FiscalAppropriation,
    FundBudget,
    GeneralPublicBudget,
    Income,
    IncomeExpenditure,
    Portion,
    ThreePublic,
)
from recount.schemas.final_accounts.performance import OverallEvaluation, Performance, ProjectEvaluation


class OperatingCost(Model, Generic[F]):
    """十（一）机关运行经费（行政单位和参公事业单位）或公用经费（事业单位）."""

    unit_kind: Literal["administrative", "institution"] | None = text("单位类型")
    amount: F | None = money("机关运行经费/公用经费", r"机[关构]运行经费(?:支出)?|(?:日常)?公用经费(?:支出)?")
    change: Change[F] | None = part("与上年相比")

    def identities(self: OperatingCost[Figure]) -> Iterator[Identity]:
        yield from change_of("机关运行经费/公用经费", self.amount, self.change)


class Procurement(Model, Generic[F]):
    """十（二）政府采购情况."""

    phrasing: ClassVar[Phrasing] = Phrasing(heard={"sme_amount": "", "micro_amount": ""})
    total: F | None = money("政府采购支出总额", r"政府采购(?:支出)?(?:总额|金额|支出)?")
    goods: F | None = money("政府采购货物支出", r"(?:政府采购)?货物(?:类)?(?:采购)?(?:支出|金额)?")
    works: F | None = money("政府采购工程支出", r"(?:政府采购)?工程(?:类)?(?:采购)?(?:支出|金额)?")
    services: F | None = money("政府采购服务支出", r"(?:政府采购)?服务(?:类)?(?:采购)?(?:支出|金额)?")
    sme_amount: F | None = money("授予中小企业合同金额", r"(?:政府采购)?(?:授予)?中小企业(?:的)?(?:合同)?")
    sme_percent: F | None = percent("占政府采购支出总额的比例")
    micro_amount: F | None = money("授予小微企业合同金额", r"(?:授予)?小微企业(?:的)?(?:合同)?")
    micro_percent: F | None = percent("占政府采购支出总额的比例")

    def identities(self: Procurement[Figure]) -> Iterator[Identity]:
        yield equal(
            "政府采购支出总额 = 货物 + 工程 + 服务",
            self.total,
            total(self.goods, self.works, self.services),
        )
        yield share("中小企业占政府采购支出总额", self.sme_percent, self.sme_amount, of=self.total)
        yield share("小微企业占政府采购支出总额", self.micro_percent, self.micro_amount, of=self.total)
        yield at_most("授予小微企业合同金额 ≤ 授予中小企业合同金额", self.micro_amount, self.sme_amount)
        yield at_most("小微企业占比 ≤ 中小企业占比", self.micro_percent, self.sme_percent)


class Sections(Model, Generic[F]):
    """What a report says in words, and in its self-evaluation tables: all but its statements."""

    unit_name: str | None = text("单位名称")
    fiscal_year: F | None = year("年度")
    overview: Overview[F] | None = part("单位/部门概况")
    income_expenditure: IncomeExpenditure[F] | None = part("收入支出决算总体情况说明")
    income: Income[F] | None = part("收入决算情况说明")
    expenditure: Expenditure[F] | None = part("支出决算情况说明")
    fiscal_appropriation: FiscalAppropriation[F] | None = part("财政拨款收入支出决算总体情况说明")
    general_public_budget: GeneralPublicBudget[F] | None = part("一般公共预算财政拨款支出决算情况说明")
    basic_expenditure: BasicExpenditure[F] | None = part("一般公共预算财政拨款基本支出决算情况说明")
    three_public: ThreePublic[F] | None = part("财政拨款“三公”经费支出决算情况说明")
    government_funds: FundBudget[F] | None = part("政府性基金预算财政拨款收入支出决算情况说明")
    state_capital: FundBudget[F] | None = part("国有资本经营预算财政拨款收入支出决算情况说明")
    operating_costs: tuple[OperatingCost[F], ...] = rows("机关运行经费支出情况")
    procurement: Procurement[F] | None = part("政府采购情况")
    state_assets: StateAssets[F] | None = part("国有资产占用情况说明")
    performance: Performance[F] | None = part("预算绩效的情况说明")
    overall_evaluation: OverallEvaluation[F] | None = part("部门（单位）整体支出绩效目标自评表")
    project_evaluations: tuple[ProjectEvaluation[F], ...] = rows("项目支出绩效自评表")
    other_notes: str | None = text("其他需说明的事项")


def between_sections(report: Sections[Figure]) -> Iterator[Identity]:
    """一 ↔ 二 ↔ 三 ↔ 四 ↔ 五 (+八 +九), 六 ↔ 十（一）, 七 ↔ 十（三）, and the years of the tables."""
    yield from _totals(report)
    yield from _fiscal(report)
    yield from _operating_costs(report)
    yield from _vehicles(report)
    yield from _parts_of_all(report)
    yield from _years(report)


def _parts_of_all(report: Sections[Figure]) -> Iterator[Identity]:
    """What is paid out of the fiscal appropriation (四, 六) is a part of all that is paid (一, 三)."""
    whole, fiscal = report.income_expenditure, report.fiscal_appropriation
    if whole is not None and fiscal is not None:
        rule = "四 年初财政拨款结转和结余 ≤ 一 年初结转和结余"
        yield at_most(rule, fiscal.opening_carryover, whole.opening_carryover)
        rule = "四 年末财政拨款结转和结余 ≤ 一 年末结转和结余"
        yield at_most(rule, fiscal.closing_carryover, whole.closing_carryover)
    planned = fiscal.expenditure_budget if fiscal is not None else None
    general = report.general_public_budget.budget if report.general_public_budget is not None else None
    if planned is not None and general is not None:
        yield at_most("五 年初预算数 ≤ 四 支出总计年初预算数", general.budget, planned.budget)
    basic, spent = report.basic_expenditure, report.expenditure
    if basic is not None and spent is not None and spent.basic is not None:
        yield at_most("六 基本支出 ≤ 三 基本支出", basic.total, spent.basic.amount)


def _years(report: Sections[Figure]) -> Iterator[Identity]:
    """A file of tables only has its year from a table: that one is not compared with itself."""
    stated = report.fiscal_year
    as_of = _YEAR.match(report.state_assets.as_of or "") if report.state_assets is not None else None
    if as_of is not None:
        yield equal("年度 = 十（三） 截止日的年度", stated, Sum(constant=Decimal(as_of[0])))
    for table in (*report.project_evaluations, report.overall_evaluation):
        year = table.fiscal_year if table is not None else None
        if year is not None and stated is not None and year.token != stated.token:
            yield same("自评表年度 = 年度", year, stated)


def _totals(report: Sections[Figure]) -> Iterator[Identity]:
    whole = report.income_expenditure
    if whole is not None and report.income is not None:
        yield same("二 本年收入 = 一 本年收入合计", report.income.total, whole.income_current_year)
        if report.income.total is None:
            yield from report.income.adds_up_to(whole.income_current_year, all_of_it=_lists_several(report.income))
    if whole is not None and report.expenditure is not None:
        yield same("三 本年支出 = 一 本年支出合计", report.expenditure.total, whole.expenditure_current_year)
        if report.expenditure.total is None:
            yield from report.expenditure.adds_up_to(
                whole.expenditure_current_year, all_of_it=_lists_several(report.expenditure)
            )
    general, spent = report.general_public_budget, report.expenditure
    if general is not None and spent is not None and general.percent_of_expenditure is not None:
        yield share(
            "占本年支出合计 = 五 一般公共预算财政拨款支出 ÷ 三 本年支出",
            general.percent_of_expenditure,
            general.total,
            of=spent.total,
        )


def _lists_several(section: Income[Figure] | Expenditure[Figure]) -> bool:
    """Whether kinds are listed: one that is named beside the total of another section is no list."""
    return sum(isinstance(kind, Portion) and kind.amount is not None for _, kind in section) > 1


def _fiscal(report: Sections[Figure]) -> Iterator[Identity]:
    fiscal = report.fiscal_appropriation
    if fiscal is None:
        return
    if report.income is not None and report.income.fiscal_appropriation is not None:
        yield same(
            "二 财政拨款收入 = 四 财政拨款本年收入",
            report.income.fiscal_appropriation.amount,
            fiscal.income_current_year,
        )
    funds, capital = report.government_funds, report.state_capital
    if report.general_public_budget is None or funds is None or capital is None:
        return
    spent: list[Addend] = [report.general_public_budget.total]
    spent += [_expenditure_of(fund) for fund in (funds, capital) if not fund.none]
    yield equal(
        "四 财政拨款本年支出 = 五 一般公共预算 + 八 政府性基金预算 + 九 国有资本经营预算",
        fiscal.expenditure_current_year,
        total(*spent),
    )


def _expenditure_of(section: FundBudget[Figure]) -> Figure | None:
    return section.expenditure or section.expenditure_current_year


def _operating_costs(report: Sections[Figure]) -> Iterator[Identity]:
    """公用经费 of 六 is what 十（一） reports, by kind of unit; and at least its 机关运行经费, where a department names
    no other: its institutions have some too."""
    if report.basic_expenditure is None or not report.operating_costs:
        return
    whole = any(cost.unit_kind == "institution" for cost in report.operating_costs)
    yield (equal if whole else at_least)(
        "六 公用经费 = 十（一） 机关运行经费与公用经费之和",
        report.basic_expenditure.public,
        printed(*(cost.amount for cost in report.operating_costs)),
    )


def _vehicles(report: Sections[Figure]) -> Iterator[Identity]:
    """Form X-2023 states the cars among the fixed assets, and why they are not those that 七 counts: the ones that run
    on appropriations, where 十（三） has all cars of the department and its institutions."""
    three, assets = report.three_public, report.state_assets
    if three is None or assets is None:
        return
    if three.fixed_asset_vehicles is not None:
        yield same("七 固定资产车辆 = 十（三） 车辆", three.fixed_asset_vehicles, assets.vehicle_count)
    else:
        yield at_least("十（三） 车辆 = 七 公务用车保有量", assets.vehicle_count, total(three.vehicles_owned))


# --- identities of figures that have no key: the words before them are the form's own (S-2024, 预算绩效管理情况)

_RATED = re.compile(r"评级为\W*(优|良|中|差|合格|不合格)\W*的?项目")
_FOUND, _MENDED, _IN_HAND = re.compile(r"共?发现问题$"), re.compile(r"完成整改的?$"), re.compile(r"正在整改的?$")


def keyless_identities(
    performance: Performance[Figure] | None, figures: Sequence[UnmappedFigure[Figure]]
) -> Iterator[Identity]:
    """The projects by rating against all that were evaluated; the problems that are dealt with against all found."""
    rated = [figure.value for figure in figures if _RATED.search(figure.label or "")]
    if performance is not None and len(rated) > 1:
        yield equal("绩效自评项目数 = 各评级项目数之和", performance.project_count, total(*rated))
    found, mended, in_hand = (_only(figures, words) for words in (_FOUND, _MENDED, _IN_HAND))
    if found is not None and mended is not None:
        yield at_most("已完成整改 ≤ 发现问题 − 正在整改", mended, total(found) - in_hand)


def _only(figures: Sequence[UnmappedFigure[Figure]], words: re.Pattern[str]) -> Figure | None:
    """The figure with these words before it; None where there is none, or more than one."""
    met = [figure.value for figure in figures if words.search(figure.label or "")]
    return met[0] if len(met) == 1 else None


_NUMBER = r"(\d+|[一二三四五六七八九十])个"
_YEAR = re.compile(r"(?:19|20)\d\d")
_CLASSIFIED = re.compile(
    rf"涉密(?:的)?项目[^。；\d一二三四五六七八九十]{{0,6}}{_NUMBER}|{_NUMBER}(?:项目)?[^。；]{{0,4}}涉密"
)


def classified_projects(notes: str | None) -> int | None:
    """How many classified projects (涉密项目) 十二 names: counted in 十一, without a table of their own."""
    match = _CLASSIFIED.search(notes or "")
    if match is None:
        return None
    number = match[1] or match[2]
    return int(number) if number.isdigit() else "一二三四五六七八九十".index(number) + 1
