"""The nine final-account statements (公开01表–09表), each with its identities, and those between two of them.

A blank cell is null; a printed 0.00 is 0.00. In a table a blank cell is nothing, so sums are over what is printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic

from recount.schemas.arithmetic import Identity, equal, printed, same
from recount.schemas.common.codes import (
    PART_OF_ABOVE,
    CodedRow,
    NamedLine,
    doubtful,
    label,
    lines_sum,
    plain,
    sums_by_code,
    superior,
    total_row,
)
from recount.schemas.common.rows import (
    BUDGETS,
    ExpenditureStatement,
    FundSplit,
    GeneralRow,
    NamedSplit,
    ThreePublicRow,
    by_function,
    class_totals,
    coded_names,
)
from recount.schemas.figures import F, Figure, Model, money, part, rows, text


class NamedAmount(NamedLine[F], Generic[F]):
    """A line of 收入支出决算总表."""

    amount: F | None = money("决算数")


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
        yield from _fiscal_expenditure(self)


def _fiscal_expenditure(statement: FiscalAppropriationStatement[Figure]) -> Iterator[Identity]:
    """财政拨款收入支出决算总表, column by column: its lines, its totals, and each budget in balance."""
    current, closing = statement.expenditure_current_year, statement.closing_carryover
    whole = statement.expenditure_total
    lines = [line for line in statement.expenditure if not (line.name or "").startswith(PART_OF_ABOVE)]
    income = {plain(line.name).removesuffix("收入"): line.amount for line in statement.income}
    for column, title in BUDGETS.items():
        current_year = getattr(current, column, None)
        in_total = getattr(whole, column, None)
        parts = printed(*(getattr(line, column) for line in lines))
        yield equal(f"本年支出合计·{title} = 各项支出之和", current_year, parts)
        parts = printed(current_year, getattr(closing, column, None))
        yield equal(f"支出总计·{title} = 本年支出合计 + 年末财政拨款结转和结余", in_total, parts)
        if column == "total":
            yield same("收入总计 = 支出总计", statement.income_total, in_total)
        else:
            parts = printed(income.get(title), getattr(statement, f"opening_{column}"))
            yield equal(f"支出总计·{title} = 本年收入 + 年初财政拨款结转和结余", in_total, parts)


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
        yield from _personnel_and_public(self)


PERSONNEL_CLASSES = ("301", "303")
"""工资福利支出 and 对个人和家庭的补助 are 人员经费, every other class is 公用经费."""


def _personnel_and_public(statement: BasicStatement[Figure]) -> Iterator[Identity]:
    """人员经费合计 and 公用经费合计 of the basic-expenditure statement, from the highest codes it lists."""
    rows = statement.rows
    codes = [row.code for row in rows if row.code is not None]
    if None in doubtful(rows) or len(set(codes)) != len(codes):
        return
    highest = [row for row in rows if row.code is not None and superior(row.code, codes) is None]
    personnel = [row for row in highest if (row.code or "").startswith(PERSONNEL_CLASSES)]
    public = [row for row in highest if row not in personnel]
    for title, whole, parts in (
        ("人员经费合计", statement.personnel_total, personnel),
        ("公用经费合计", statement.public_total, public),
    ):
        names = " + ".join(label(row) for row in parts if row.amount is not None)
        yield equal(f"{title} = {names or '各类'}", whole, printed(*(row.amount for row in parts)))
    whole_row = total_row(rows)
    if whole_row is not None:
        parts_printed = printed(statement.personnel_total, statement.public_total)
        yield equal("合计 = 人员经费合计 + 公用经费合计", whole_row.amount, parts_printed)


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
        yield from _between(self)


# --- one quantity in two statements

FISCAL_INCOME = tuple(f"{title}收入" for column, title in BUDGETS.items() if column != "total")
"""The lines of 收入支出决算总表 that are one column, 财政拨款收入, in 收入决算表."""
OTHER_INCOME = {
    "上级补助收入": "superior_subsidy",
    "事业收入": "institutional",
    "经营收入": "business",
    "附属单位上缴收入": "affiliate_remittance",
    "其他收入": "other",
}
"""A line of 收入支出决算总表, and the column of 收入决算表 under the same name."""


def _between(statements: Statements[Figure]) -> Iterator[Identity]:
    """One quantity in two statements; and names of classes that contradict their codes."""
    yield from coded_names(statements)
    yield from _overview_and_rows(statements)
    yield from _overview_and_fiscal(statements)
    yield from _fiscal_and_general(statements)
    funds = {"funds": statements.government_funds, "capital": statements.state_capital}
    for budget, statement in funds.items():
        if statements.fiscal_appropriation is not None and statement is not None:
            yield from _fiscal_and_fund(budget, statements.fiscal_appropriation, statement)


def _overview_and_rows(statements: Statements[Figure]) -> Iterator[Identity]:
    """收入支出决算总表 against 收入决算表 and 支出决算表."""
    overview = statements.income_expenditure
    if overview is None:
        return
    income = total_row(statements.income.rows) if statements.income else None
    if income is not None:
        rule = "收入支出决算总表·本年收入合计 = 收入决算表·合计"
        yield same(rule, overview.income_current_year, income.total)
        lines = {plain(line.name): line.amount for line in overview.income}
        fiscal = [lines[name] for name in FISCAL_INCOME if name in lines]
        rule = "收入决算表·财政拨款收入 = 收入支出决算总表·各项财政拨款收入之和"
        yield equal(rule, income.fiscal_appropriation, printed(*fiscal))
        for name, column in OTHER_INCOME.items():
            rule = f"收入支出决算总表·{name} = 收入决算表·{name}"
            yield same(rule, lines.get(name), getattr(income, column))
    if statements.expenditure is not None:
        whole = total_row(statements.expenditure.rows)
        if whole is not None:
            rule = "收入支出决算总表·本年支出合计 = 支出决算表·合计"
            yield same(rule, overview.expenditure_current_year, whole.total)
        printed_lines = [(line.name, line.amount) for line in overview.expenditure]
        rows_below = class_totals(statements.expenditure.rows)
        yield from by_function("收入支出决算总表", printed_lines, "支出决算表", rows_below)


def _overview_and_fiscal(statements: Statements[Figure]) -> Iterator[Identity]:
    """收入支出决算总表 and 收入决算表 against 财政拨款收入支出决算总表."""
    overview, fiscal = statements.income_expenditure, statements.fiscal_appropriation
    if fiscal is None:
        return
    if overview is not None:
        lines = {plain(line.name).removesuffix("收入"): line.amount for line in overview.income}
        for line in fiscal.income:
            name = plain(line.name).removesuffix("收入")
            rule = f"收入支出决算总表·{name}收入 = 财政拨款收入支出决算总表·{name}"
            yield same(rule, lines.get(name), line.amount)
    income = total_row(statements.income.rows) if statements.income else None
    if income is not None:
        rule = "收入决算表·财政拨款收入合计 = 财政拨款收入支出决算总表·本年收入合计"
        yield same(rule, income.fiscal_appropriation, fiscal.income_current_year)


def _fiscal_and_general(statements: Statements[Figure]) -> Iterator[Identity]:
    """财政拨款收入支出决算总表 and the basic-expenditure statement against 一般公共预算财政拨款支出决算表."""
    fiscal, general = statements.fiscal_appropriation, statements.general_public_budget
    basic = statements.basic_expenditure
    if general is None:
        return
    whole = total_row(general.rows)
    if fiscal is not None:
        lines = [(line.name, line.general) for line in fiscal.expenditure]
        rows = class_totals(general.rows)
        yield from by_function("财政拨款收入支出决算总表", lines, "一般公共预算财政拨款支出决算表", rows)
        if whole is not None and fiscal.expenditure_current_year is not None:
            rule = "财政拨款收入支出决算总表·本年支出合计·一般公共预算 = 一般公共预算财政拨款支出决算表·合计"
            yield same(rule, fiscal.expenditure_current_year.general, whole.total)
    if whole is not None and basic is not None:
        rule = "一般公共预算财政拨款支出决算表·基本支出 = 人员经费合计 + 公用经费合计"
        yield equal(rule, whole.basic, printed(basic.personnel_total, basic.public_total))


def _fiscal_and_fund(
    budget: str, fiscal: FiscalAppropriationStatement[Figure], statement: FundBudgetStatement[Figure]
) -> Iterator[Identity]:
    """A fund's column of 财政拨款收入支出决算总表 against the fund's own statement."""
    title = BUDGETS[budget]
    whole = total_row(statement.rows)
    if whole is not None:
        income = [line.amount for line in fiscal.income if plain(line.name).removesuffix("收入") == title]
        pairs = (
            ("本年收入", income[0] if len(income) == 1 else None, whole.income),
            ("年初结转和结余", getattr(fiscal, f"opening_{budget}"), whole.opening),
            ("本年支出", getattr(fiscal.expenditure_current_year, budget, None), whole.total),
            ("年末结转和结余", getattr(fiscal.closing_carryover, budget, None), whole.closing),
        )
        for name, in_fiscal, in_fund in pairs:
            rule = f"财政拨款收入支出决算总表·{title}{name} = {title}决算表·合计·{name}"
            yield same(rule, in_fiscal, in_fund)
    lines = [(line.name, getattr(line, budget)) for line in fiscal.expenditure]
    rows = class_totals(statement.rows)
    yield from by_function("财政拨款收入支出决算总表", lines, f"{title}决算表", rows)
