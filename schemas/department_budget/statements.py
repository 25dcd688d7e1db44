"""The budget tables (部门预算表), each with its identities, and those between two of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic

from recount.schemas.arithmetic import Identity, equal, printed, same
from recount.schemas.common.codes import (
    CLASSES,
    PART_OF_ABOVE,
    TOTAL,
    UNITS,
    CodedRow,
    NamedLine,
    added,
    label,
    sums_by_code,
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
from recount.schemas.describe import fields_of
from recount.schemas.figures import F, Figure, Model, money, part, rows, text


class BalanceLine(NamedLine[F], Generic[F]):
    """A line of a table in two halves. part_of: the line above of which it is a part (1. below 一、)."""

    part_of: str | None = text("属于")


def _sum_of(lines: Sequence[BalanceLine[Figure]]) -> list[Figure | None]:
    return added([line for line in lines if line.part_of is None])


def _parts_of_lines(lines: Sequence[BalanceLine[Figure]]) -> Iterator[Identity]:
    """A line that has parts below it is their sum."""
    for line in lines:
        parts = [other.amount for other in lines if other.part_of is not None and other.part_of == line.name]
        if line.part_of is None and any(amount is not None for amount in parts):
            yield equal(f"{line.name} = 其中各项之和", line.amount, printed(*parts))


class BalanceTable(Model, Generic[F]):
    """收支预算总表."""

    income: tuple[BalanceLine[F], ...] = rows("收入")
    income_current_year: F | None = money("本年收入合计")
    opening: F | None = money("上年结转")
    income_total: F | None = money("收入总计")
    expenditure: tuple[BalanceLine[F], ...] = rows("支出")
    expenditure_current_year: F | None = money("本年支出合计")
    closing: F | None = money("结转下年")
    expenditure_total: F | None = money("支出总计")

    def identities(self: BalanceTable[Figure]) -> Iterator[Identity]:
        yield from _parts_of_lines(self.income)
        yield from _parts_of_lines(self.expenditure)
        yield equal("本年收入合计 = 各项收入之和", self.income_current_year, printed(*_sum_of(self.income)))
        yield equal("本年支出合计 = 各项支出之和", self.expenditure_current_year, printed(*_sum_of(self.expenditure)))
        yield from _total("收入总计", self.income_total, self.income_current_year, self.opening, self.income)
        yield from _total(
            "支出总计", self.expenditure_total, self.expenditure_current_year, self.closing, self.expenditure
        )
        yield same("收入总计 = 支出总计", self.income_total, self.expenditure_total)


def _total(
    name: str,
    whole: Figure | None,
    current: Figure | None,
    carried: Figure | None,
    lines: Sequence[BalanceLine[Figure]],
) -> Iterator[Identity]:
    """A total from 本年合计 and what is carried over; from its lines, where the form has no 本年合计."""
    parts = [current] if current is not None else _sum_of(lines)
    yield equal(f"{name} = 本年合计 + 结转", whole, printed(*parts, carried))


class IncomeTableRow(CodedRow[F], Generic[F]):
    """A line of 收入预算表: of a 科目, or of a unit."""

    total: F | None = money("合计")
    current: F | None = money("本年收入")
    fiscal: F | None = money("财政拨款收入")
    general: F | None = money("一般公共预算拨款收入")
    funds: F | None = money("政府性基金预算拨款收入")
    capital: F | None = money("国有资本经营预算拨款收入")
    special_account: F | None = money("财政专户管理资金收入")
    own: F | None = money("单位资金收入")
    institutional: F | None = money("事业收入")
    business: F | None = money("事业单位经营收入")
    superior_subsidy: F | None = money("上级补助收入")
    affiliate_remittance: F | None = money("附属单位上缴收入")
    other: F | None = money("其他收入")
    opening: F | None = money("上年结转")
    opening_general: F | None = money("上年结转·一般公共预算拨款")
    opening_funds: F | None = money("上年结转·政府性基金预算拨款")
    opening_capital: F | None = money("上年结转·国有资本经营预算拨款")
    opening_special_account: F | None = money("上年结转·财政专户管理资金")
    opening_own: F | None = money("上年结转·单位资金")

    def identities(self: IncomeTableRow[Figure]) -> Iterator[Identity]:
        budgets, own, carried = (self.of(*keys) for keys in (_BUDGETS, _OWN_INCOME, _CARRIED))
        fiscal = budgets if self.fiscal is None else [self.fiscal]
        income = [*fiscal, self.special_account, *(own if self.own is None else [self.own])]
        opening = carried if self.opening is None else [self.opening]
        if self.current is not None:
            yield equal(f"{label(self)}·本年收入 = 各项收入之和", self.current, printed(*income))
            income = [self.current]
        yield equal(f"{label(self)}·合计 = 各项收入之和", self.total, printed(*income, *opening))
        for whole, title, parts in (
            (self.fiscal, "财政拨款收入 = 各预算之和", budgets),
            (self.own, "单位资金收入 = 其中各项之和", own),
            (self.opening, "上年结转 = 各项结转之和", carried),
        ):
            if whole is not None and any(amount is not None for amount in parts):
                yield equal(f"{label(self)}·{title}", whole, printed(*parts))

    def of(self: IncomeTableRow[Figure], *keys: str) -> list[Figure | None]:
        """The amounts under some keys."""
        return [getattr(self, key) for key in keys]


_BUDGETS = ("general", "funds", "capital")
_OWN_INCOME = ("institutional", "business", "superior_subsidy", "affiliate_remittance", "other")
_CARRIED = tuple(f"opening_{key}" for key in (*_BUDGETS, "special_account", "own"))


class IncomeTable(Model, Generic[F]):
    """收入预算表, by 科目 or by unit."""

    rows: tuple[IncomeTableRow[F], ...] = rows("科目")

    def identities(self: IncomeTable[Figure]) -> Iterator[Identity]:
        of_units = any(len(row.code or "") in (6, 9) for row in self.rows)
        yield from sums_by_code(self.rows, UNITS if of_units else CLASSES)


class FiscalTable(Model, Generic[F]):
    """财政拨款收支预算总表: the expenditure half is split over the three budgets."""

    income: tuple[BalanceLine[F], ...] = rows("本年收入")
    income_current_year: F | None = money("本年收入合计")
    opening: F | None = money("上年结转")
    opening_general: F | None = money("上年结转·一般公共预算拨款")
    opening_funds: F | None = money("上年结转·政府性基金预算拨款")
    opening_capital: F | None = money("上年结转·国有资本经营预算拨款")
    income_total: F | None = money("收入总计")
    expenditure: tuple[NamedSplit[F], ...] = rows("本年支出")
    expenditure_current_year: FundSplit[F] | None = part("本年支出合计")
    closing: FundSplit[F] | None = part("结转下年")
    expenditure_total: FundSplit[F] | None = part("支出总计")

    def identities(self: FiscalTable[Figure]) -> Iterator[Identity]:
        yield equal("本年收入 = 各项收入之和", self.income_current_year, printed(*_sum_of(self.income)))
        opening = printed(self.opening_general, self.opening_funds, self.opening_capital)
        yield equal("上年结转 = 各项结转之和", self.opening, opening)
        yield from _total("收入总计", self.income_total, self.income_current_year, self.opening, self.income)
        lines = [line for line in self.expenditure if not (line.name or "").startswith(PART_OF_ABOVE)]
        for column, title in BUDGETS.items():
            current, closing = (getattr(split, column, None) for split in (self.expenditure_current_year, self.closing))
            whole = getattr(self.expenditure_total, column, None)
            parts = [getattr(line, column) for line in lines]
            yield equal(f"本年支出·{title} = 各项支出之和", current, printed(*parts))
            spent = [current] if self.expenditure_current_year is not None else parts
            yield equal(f"支出总计·{title} = 本年支出 + 结转下年", whole, printed(*spent, closing))
        yield same("收入总计 = 支出总计", self.income_total, getattr(self.expenditure_total, "total", None))


class FunctionRow(GeneralRow[F], Generic[F]):
    """A line of a table of expenditure by function; some forms split 基本支出 there."""

    personnel: F | None = money("人员经费")
    public: F | None = money("公用经费")

    def identities(self: FunctionRow[Figure]) -> Iterator[Identity]:
        yield from super().identities()
        if self.personnel is not None or self.public is not None:
            rule = f"{label(self)}·基本支出 = 人员经费 + 公用经费"
            yield equal(rule, self.basic, printed(self.personnel, self.public))


class FunctionTable(Model, Generic[F]):
    """一般公共预算, 政府性基金预算 or 国有资本经营预算支出表."""

    rows: tuple[FunctionRow[F], ...] = rows("科目")

    def identities(self: FunctionTable[Figure]) -> Iterator[Identity]:
        yield from sums_by_code(self.rows)


class BasicRow(CodedRow[F], Generic[F]):
    """A line of 一般公共预算基本支出表 (economic classification)."""

    total: F | None = money("合计")
    personnel: F | None = money("人员经费")
    public: F | None = money("公用经费")

    def identities(self: BasicRow[Figure]) -> Iterator[Identity]:
        yield equal(f"{label(self)}·合计 = 人员经费 + 公用经费", self.total, printed(self.personnel, self.public))


class BasicTable(Model, Generic[F]):
    """一般公共预算基本支出表."""

    rows: tuple[BasicRow[F], ...] = rows("科目")

    def identities(self: BasicTable[Figure]) -> Iterator[Identity]:
        yield from sums_by_code(self.rows)


class ThreePublicBudget(ThreePublicRow[F], Generic[F]):
    """“三公”经费预算表; some publishers add 机关运行经费."""

    operating_cost: F | None = money("机关运行经费")


class ProjectRow(Model, Generic[F]):
    """A line of 项目支出表: a project with the sources that pay for it."""

    category: str | None = text("类型")
    name: str | None = text("项目名称")
    unit: str | None = text("项目单位")
    total: F | None = money("合计")
    general: F | None = money("一般公共预算")
    funds: F | None = money("政府性基金预算")
    capital: F | None = money("国有资本经营预算")
    carried_general: F | None = money("财政拨款结转结余·一般公共预算")
    carried_funds: F | None = money("财政拨款结转结余·政府性基金预算")
    carried_capital: F | None = money("财政拨款结转结余·国有资本经营预算")
    special_account: F | None = money("财政专户管理资金")
    own: F | None = money("单位资金")

    def identities(self: ProjectRow[Figure]) -> Iterator[Identity]:
        parts = [value for key, value in self if key not in ("category", "name", "unit", "total")]
        if any(amount is not None for amount in parts):
            yield equal(f"{self.name or TOTAL}·合计 = 各项资金之和", self.total, printed(*parts))


class ProjectTable(Model, Generic[F]):
    """项目支出表."""

    rows: tuple[ProjectRow[F], ...] = rows("项目")

    def identities(self: ProjectTable[Figure]) -> Iterator[Identity]:
        whole = [row for row in self.rows if row.name == TOTAL]
        rest = [row for row in self.rows if row.name != TOTAL]
        if len(whole) != 1 or not rest:
            return
        for key, field in fields_of(ProjectRow).items():
            if key not in ("category", "name", "unit"):
                column = [getattr(row, key) for row in rest]
                yield equal(f"合计·{field.title} = 各项目之和", getattr(whole[0], key), printed(*column))


class Statements(Model, Generic[F]):
    """部门预算表: each null where the report does not carry it."""

    income_expenditure: BalanceTable[F] | None = part("收支预算总表")
    income: IncomeTable[F] | None = part("收入预算表")
    expenditure: ExpenditureStatement[F] | None = part("支出预算表")
    fiscal_appropriation: FiscalTable[F] | None = part("财政拨款收支预算总表")
    general_public_budget: FunctionTable[F] | None = part("一般公共预算支出表")
    basic_expenditure: BasicTable[F] | None = part("一般公共预算基本支出表")
    three_public: ThreePublicBudget[F] | None = part("“三公”经费预算表")
    government_funds: FunctionTable[F] | None = part("政府性基金预算支出表")
    state_capital: FunctionTable[F] | None = part("国有资本经营预算支出表")
    projects: ProjectTable[F] | None = part("项目支出表")

    def identities(self: Statements[Figure]) -> Iterator[Identity]:
        yield from _between(self)


def _between(tables: Statements[Figure]) -> Iterator[Identity]:
    """收支预算总表 with the tables of income and expenditure, 财政拨款收支预算总表 with those of the budgets."""
    yield from coded_names(tables)
    whole, fiscal = tables.income_expenditure, tables.fiscal_appropriation
    if whole is not None:
        income = total_row(tables.income.rows) if tables.income else None
        spent = total_row(tables.expenditure.rows) if tables.expenditure else None
        yield same("收支预算总表·收入总计 = 收入预算表·合计", whole.income_total, getattr(income, "total", None))
        if whole.closing is None:
            rule = "收支预算总表·支出总计 = 支出预算表·合计"
            yield same(rule, whole.expenditure_total, getattr(spent, "total", None))
        lines = [(line.name, line.amount) for line in whole.expenditure]
        if tables.expenditure is not None:
            yield from by_function("收支预算总表", lines, "支出预算表", class_totals(tables.expenditure.rows))
    if fiscal is None:
        return
    for budget, title, table in (
        ("general", "一般公共预算", tables.general_public_budget),
        ("funds", "政府性基金预算", tables.government_funds),
        ("capital", "国有资本经营预算", tables.state_capital),
    ):
        if table is None:
            continue
        spent_in_all = getattr(fiscal.expenditure_current_year or fiscal.expenditure_total, budget, None)
        shown = getattr(total_row(table.rows), "total", None)
        yield same(f"财政拨款收支预算总表·{title} = {title}支出表·合计", spent_in_all, shown)
        lines = [(line.name, getattr(line, budget)) for line in fiscal.expenditure]
        yield from by_function("财政拨款收支预算总表", lines, f"{title}支出表", class_totals(table.rows))
    general, basic = tables.general_public_budget, tables.basic_expenditure
    if general is not None and basic is not None:
        one, other = total_row(general.rows), total_row(basic.rows)
        rule = "一般公共预算支出表·基本支出 = 一般公共预算基本支出表·合计"
        yield same(rule, getattr(one, "basic", None), getattr(other, "total", None))
