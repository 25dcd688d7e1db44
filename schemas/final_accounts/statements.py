"""The nine final-account statements (公开01表–09表). A blank cell is null; a printed 0.00 is 0.00."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic

from recount.schemas.arithmetic import Identity, equal, printed, same
from recount.schemas.common.codes import CodedRow, NamedLine, label, lines_sum, sums_by_code
from recount.schemas.figures import F, Figure, Model, money, part, rows, text
from recount.schemas.final_accounts.statement_identities import (
    between,
    fiscal_expenditure,
    personnel_and_public,
)


class NamedAmount(NamedLine[F], Generic[F]):
    """A line of 收入支出决算总表."""

    amount: F | None = money("决算数")


class FundSplit(Model, Generic[F]):
    """An amount and its split over the three budgets."""

    total: F | None = money("合计")
    general: F | None = money("一般公共预算财政拨款")
    funds: F | None = money("政府性基金预算财政拨款")
    capital: F | None = money("国有资本经营预算财政拨款")

    def identities(self: FundSplit[Figure]) -> Iterator[Identity]:
        name = getattr(self, "name", None) or "支出"
        yield equal(
            f"{name}·合计 = 一般公共预算 + 政府性基金预算 + 国有资本经营预算",
            self.total,
            printed(self.general, self.funds, self.capital),
        )


class NamedSplit(FundSplit[F], Generic[F]):
    """A line of the expenditure half of 财政拨款收入支出决算总表."""

    name: str | None = text("项目")


class IncomeRow(CodedRow[F], Generic[F]):
    """A line of 收入决算表."""

    total: F | None = money("本年收入合计")
    fiscal_appropriation: F | None = money("财政拨款收入")
    superior_subsidy: F | None = money("上级补助收入")
    institutional: F | None = money("事业收入")
    business: F | None = money("经营收入")
    affiliate_remittance: F | None = money("附属单位上缴收入")
    other: F | None = money("其他收入")

    def identities(self: IncomeRow[Figure]) -> Iterator[Identity]:
        yield equal(
            f"{label(self)}·本年收入合计 = 各项收入之和",
            self.total,
            printed(
                self.fiscal_appropriation,
                self.superior_subsidy,
                self.institutional,
                self.business,
                self.affiliate_remittance,
                self.other,
            ),
        )


class ExpenditureRow(CodedRow[F], Generic[F]):
    """A line of 支出决算表."""

    total: F | None = money("本年支出合计")
    basic: F | None = money("基本支出")
    project: F | None = money("项目支出")
    remitted_to_superior: F | None = money("上缴上级支出")
    business: F | None = money("经营支出")
    affiliate_subsidy: F | None = money("对附属单位补助支出")

    def identities(self: ExpenditureRow[Figure]) -> Iterator[Identity]:
        yield equal(
            f"{label(self)}·本年支出合计 = 各项支出之和",
            self.total,
            printed(
                self.basic,
                self.project,
                self.remitted_to_superior,
                self.business,
                self.affiliate_subsidy,
            ),
        )


class GeneralRow(CodedRow[F], Generic[F]):
    """A line of 一般公共预算财政拨款支出决算表."""

    total: F | None = money("小计")
    basic: F | None = money("基本支出")
    project: F | None = money("项目支出")

    def identities(self: GeneralRow[Figure]) -> Iterator[Identity]:
        yield equal(f"{label(self)}·小计 = 基本支出 + 项目支出", self.total, printed(self.basic, self.project))


class EconomicRow(CodedRow[F], Generic[F]):
    """A line of 一般公共预算财政拨款基本支出决算表 (economic classification)."""

    amount: F | None = money("决算数")


class FundBudgetRow(CodedRow[F], Generic[F]):
    """A line of 政府性基金预算 or 国有资本经营预算财政拨款收入支出决算表."""

    opening: F | None = money("年初结转和结余")
    income: F | None = money("本年收入")
    total: F | None = money("本年支出小计")
    basic: F | None = money("基本支出")
    project: F | None = money("项目支出")
    closing: F | None = money("年末结转和结余")

    def identities(self: FundBudgetRow[Figure]) -> Iterator[Identity]:
        name = label(self)
        yield equal(f"{name}·本年支出小计 = 基本支出 + 项目支出", self.total, printed(self.basic, self.project))
        available = printed(self.opening, self.income)
        if self.closing is None:
            yield equal(f"{name}·本年支出 = 年初结转和结余 + 本年收入（年末无结余）", self.total, available)
        else:
            left = available - self.total if self.total is not None else available
            yield equal(f"{name}·年末结转和结余 = 年初结转和结余 + 本年收入 − 本年支出", self.closing, left)


class IncomeExpenditureStatement(Model, Generic[F]):
    """收入支出决算总表 (公开01表)."""

    income: tuple[NamedAmount[F], ...] = rows("收入")
    expenditure: tuple[NamedAmount[F], ...] = rows("支出")
    income_current_year: F | None = money("本年收入合计")
    expenditure_current_year: F | None = money("本年支出合计")
    nonfiscal_surplus_used: F | None = money("使用非财政拨款结余")
    surplus_distribution: F | None = money("结余分配")
    opening_carryover: F | None = money("年初结转和结余")
    closing_carryover: F | None = money("年末结转和结余")
    income_total: F | None = money("收入总计", r"总计")
    expenditure_total: F | None = money("支出总计", r"总计")

    def identities(self: IncomeExpenditureStatement[Figure]) -> Iterator[Identity]:
        yield equal("本年收入合计 = 各项收入之和", self.income_current_year, lines_sum(self.income))
        lines = lines_sum(self.expenditure)
        yield equal("本年支出合计 = 各项支出之和", self.expenditure_current_year, lines)
        yield equal(
            "收入总计 = 本年收入合计 + 使用非财政拨款结余 + 年初结转和结余",
            self.income_total,
            printed(self.income_current_year, self.nonfiscal_surplus_used, self.opening_carryover),
        )
        yield equal(
            "支出总计 = 本年支出合计 + 结余分配 + 年末结转和结余",
            self.expenditure_total,
            printed(self.expenditure_current_year, self.surplus_distribution, self.closing_carryover),
        )
        yield same("收入总计 = 支出总计", self.income_total, self.expenditure_total)


class IncomeStatement(Model, Generic[F]):
    """收入决算表 (公开02表)."""

    rows: tuple[IncomeRow[F], ...] = rows("科目")

    def identities(self: IncomeStatement[Figure]) -> Iterator[Identity]:
        yield from sums_by_code(self.rows)


class ExpenditureStatement(Model, Generic[F]):
    """支出决算表 (公开03表)."""

    rows: tuple[ExpenditureRow[F], ...] = rows("科目")

    def identities(self: ExpenditureStatement[Figure]) -> Iterator[Identity]:
        yield from sums_by_code(self.rows)


class FiscalAppropriationStatement(Model, Generic[F]):
    """财政拨款收入支出决算总表 (公开04表)."""

    income: tuple[NamedAmount[F], ...] = rows("收入")
    expenditure: tuple[NamedSplit[F], ...] = rows("支出")
    income_current_year: F | None = money("本年收入合计")
    opening_carryover: F | None = money("年初财政拨款结转和结余")
    opening_general: F | None = money("年初一般公共预算财政拨款结转和结余")
    opening_funds: F | None = money("年初政府性基金预算财政拨款结转和结余")
    opening_capital: F | None = money("年初国有资本经营预算财政拨款结转和结余")
    income_total: F | None = money("收入总计", r"总计")
    expenditure_current_year: FundSplit[F] | None = part("本年支出合计")
    closing_carryover: FundSplit[F] | None = part("年末财政拨款结转和结余")
    expenditure_total: FundSplit[F] | None = part("支出总计", r"总计")

    def identities(self: FiscalAppropriationStatement[Figure]) -> Iterator[Identity]:
        yield equal("本年收入合计 = 各项收入之和", self.income_current_year, lines_sum(self.income))
        yield equal(
            "年初财政拨款结转和结余 = 一般公共预算 + 政府性基金预算 + 国有资本经营预算",
            self.opening_carryover,
            printed(self.opening_general, self.opening_funds, self.opening_capital),
        )
        yield equal(
            "收入总计 = 本年收入合计 + 年初财政拨款结转和结余",
            self.income_total,
            printed(self.income_current_year, self.opening_carryover),
        )
        yield from fiscal_expenditure(self)


class GeneralStatement(Model, Generic[F]):
    """一般公共预算财政拨款支出决算表 (公开05表)."""

    rows: tuple[GeneralRow[F], ...] = rows("科目")

    def identities(self: GeneralStatement[Figure]) -> Iterator[Identity]:
        yield from sums_by_code(self.rows)


class BasicStatement(Model, Generic[F]):
    """一般公共预算财政拨款基本支出决算表 (公开06表): both halves, the left column first."""

    rows: tuple[EconomicRow[F], ...] = rows("科目")
    personnel_total: F | None = money("人员经费合计")
    public_total: F | None = money("公用经费合计")

    def identities(self: BasicStatement[Figure]) -> Iterator[Identity]:
        yield from sums_by_code(self.rows)
        yield from personnel_and_public(self)


class ThreePublicRow(Model, Generic[F]):
    """预算数 or 决算数 of the “三公” expenses."""

    total: F | None = money("合计")
    overseas: F | None = money("因公出国（境）费")
    vehicles: F | None = money("公务用车购置及运行费小计")
    vehicle_purchase: F | None = money("公务用车购置费")
    vehicle_running: F | None = money("公务用车运行费")
    reception: F | None = money("公务接待费")

    def identities(self: ThreePublicRow[Figure]) -> Iterator[Identity]:
        yield equal(
            "“三公”经费合计 = 因公出国（境）费 + 公务用车购置及运行费 + 公务接待费",
            self.total,
            printed(self.overseas, self.vehicles, self.reception),
        )
        yield equal(
            "公务用车购置及运行费 = 购置费 + 运行费",
            self.vehicles,
            printed(self.vehicle_purchase, self.vehicle_running),
        )


class ThreePublicStatement(Model, Generic[F]):
    """财政拨款“三公”经费支出决算表 (公开07表)."""

    budget: ThreePublicRow[F] | None = part("预算数")
    final: ThreePublicRow[F] | None = part("决算数")


class FundBudgetStatement(Model, Generic[F]):
    """政府性基金预算 (公开08表) and 国有资本经营预算财政拨款收入支出决算表 (公开09表)."""

    rows: tuple[FundBudgetRow[F], ...] = rows("科目")
    note: str | None = text("注")

    def identities(self: FundBudgetStatement[Figure]) -> Iterator[Identity]:
        yield from sums_by_code(self.rows)


class Statements(Model, Generic[F]):
    """第二/四部分 部门决算报表: each null where the report does not carry it."""

    income_expenditure: IncomeExpenditureStatement[F] | None = part("收入支出决算总表")
    income: IncomeStatement[F] | None = part("收入决算表")
    expenditure: ExpenditureStatement[F] | None = part("支出决算表")
    fiscal_appropriation: FiscalAppropriationStatement[F] | None = part("财政拨款收入支出决算总表")
    general_public_budget: GeneralStatement[F] | None = part("一般公共预算财政拨款支出决算表")
    basic_expenditure: BasicStatement[F] | None = part("一般公共预算财政拨款基本支出决算表")
    three_public: ThreePublicStatement[F] | None = part("财政拨款“三公”经费支出决算表")
    government_funds: FundBudgetStatement[F] | None = part("政府性基金预算财政拨款收入支出决算表")
    state_capital: FundBudgetStatement[F] | None = part("国有资本经营预算财政拨款收入支出决算表")

    def identities(self: Statements[Figure]) -> Iterator[Identity]:
        yield from between(self)
