"""The Report of a departmental budget (部门预算公开), and the identities between its sections and its tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Generic

from recount.schemas.arithmetic import Identity, same
from recount.schemas.common.codes import plain, total_row
from recount.schemas.common.parts import GlossaryEntry, Overview, StateAssets, UnmappedFigure
from recount.schemas.common.rows import (
    ExpenditureRow,
    GeneralRow,
    by_function,
    class_totals,
    items_against_rows,
    portions_against_row,
)
from recount.schemas.department_budget.narrative import (
    BasicExpenditure,
    Expenditure,
    FiscalAppropriation,
    FundBudget,
    GeneralPublicBudget,
    Income,
    OperatingCost,
    Performance,
    Procurement,
    ThreePublic,
    Totals,
)
from recount.schemas.department_budget.statements import FunctionTable, IncomeTableRow, Statements
from recount.schemas.department_budget.targets import ProjectTarget
from recount.schemas.describe import fields_of
from recount.schemas.figures import F, Figure, Model, part, rows, text, year


class Report(Model, Generic[F]):
    """部门预算公开 of one unit and year."""

    unit_name: str | None = text("单位名称")
    fiscal_year: F | None = year("年度")
    overview: Overview[F] | None = part("单位/部门概况")
    totals: Totals[F] | None = part("收支预算总体情况")
    income: Income[F] | None = part("收入预算情况")
    expenditure: Expenditure[F] | None = part("支出预算情况")
    fiscal_appropriation: FiscalAppropriation[F] | None = part("财政拨款收支预算总体情况")
    general_public_budget: GeneralPublicBudget[F] | None = part("一般公共预算当年拨款情况")
    basic_expenditure: BasicExpenditure[F] | None = part("一般公共预算基本支出情况")
    three_public: ThreePublic[F] | None = part("“三公”经费预算情况")
    government_funds: FundBudget[F] | None = part("政府性基金预算支出情况")
    state_capital: FundBudget[F] | None = part("国有资本经营预算支出情况")
    operating_costs: OperatingCost[F] | None = part("机关运行经费")
    procurement: Procurement[F] | None = part("政府采购")
    state_assets: StateAssets[F] | None = part("国有资产占有使用情况")
    performance: Performance[F] | None = part("绩效目标设置")
    project_targets: tuple[ProjectTarget[F], ...] = rows("项目支出绩效目标表")
    glossary: tuple[GlossaryEntry, ...] = rows("名词解释")
    statements: Statements[F] | None = part("部门预算表")
    unmapped_figures: tuple[UnmappedFigure[F], ...] = rows("没有归属的数字")

    def identities(self: Report[Figure]) -> Iterator[Identity]:
        yield from _sections_agree(self)
        yield from _narrative_against_tables(self)


def _narrative_against_tables(report: Report[Figure]) -> Iterator[Identity]:
    """Each section of a budget, with its table; nothing where it has only one of them."""
    tables = report.statements
    if tables is None:
        return
    if report.totals is not None and tables.income_expenditure is not None:
        said, shown = report.totals, tables.income_expenditure
        yield same("一、收支总预算 = 收支预算总表·收入总计", said.total, shown.income_total)
        yield same("一、收入预算总计 = 收支预算总表·收入总计", said.income_total, shown.income_total)
        yield same("一、支出预算总计 = 收支预算总表·支出总计", said.expenditure_total, shown.expenditure_total)
    if report.income is not None and tables.income is not None:
        row = total_row(tables.income.rows)
        yield from portions_against_row("二", report.income, "收入预算表", IncomeTableRow, row)
    if report.expenditure is not None and tables.expenditure is not None:
        spent = total_row(tables.expenditure.rows)
        yield from portions_against_row("三", report.expenditure, "支出预算表", ExpenditureRow, spent)
    if report.expenditure is not None and tables.income_expenditure is not None:
        left = report.expenditure.closing.amount if report.expenditure.closing is not None else None
        yield same("三、结转下年 = 收支预算总表·结转下年", left, tables.income_expenditure.closing)
    if report.fiscal_appropriation is not None and tables.fiscal_appropriation is not None:
        rule = "四、财政拨款收支总预算 = 财政拨款收支预算总表·收入总计"
        yield same(rule, report.fiscal_appropriation.total, tables.fiscal_appropriation.income_total)
        stated = [(line.class_name, line.amount) for line in report.fiscal_appropriation.by_class]
        lines = [(line.name, line.total) for line in tables.fiscal_appropriation.expenditure]
        yield from by_function("四", stated, "财政拨款收支预算总表", lines)
    yield from _fiscal_items(report, tables)
    for numeral, section, name, table in (
        ("五", report.general_public_budget, "一般公共预算支出表", tables.general_public_budget),
        ("八", report.government_funds, "政府性基金预算支出表", tables.government_funds),
        ("九", report.state_capital, "国有资本经营预算支出表", tables.state_capital),
    ):
        if section is not None and table is not None:
            yield from _by_function(numeral, section, name, table)
    yield from _basic_and_three_public(report, tables)


def _fiscal_items(report: Report[Figure], tables: Statements[Figure]) -> Iterator[Identity]:
    """财政拨款支出主要内容, item by item, with the tables of the three budgets that pay for them.

    Only where one table alone has the item: two may share it.
    """
    said = report.fiscal_appropriation
    if said is None or not said.items:
        return
    shown = [tables.general_public_budget, tables.government_funds, tables.state_capital]
    rows = [row for table in shown if table is not None for row in table.rows]
    yield from items_against_rows("四", said.items, "各预算支出表", _once(rows))


def _once(rows: Sequence[GeneralRow[Figure]]) -> list[GeneralRow[Figure]]:
    """The rows of several tables: of a 类 or 款 that two of them have, one; a 项 that two have counts for none."""
    found: dict[str, GeneralRow[Figure]] = {}
    often = Counter(row.code for row in rows)
    for row in rows:
        if row.code is not None and (len(row.code) < len("2010101") or often[row.code] == 1):
            found.setdefault(row.code, row)
    return list(found.values())


def _by_function(
    numeral: str,
    said: GeneralPublicBudget[Figure] | FundBudget[Figure],
    name: str,
    table: FunctionTable[Figure],
) -> Iterator[Identity]:
    """The total, the classes and the items of a budget."""
    whole = total_row(table.rows)
    yield same(f"{numeral}、合计 = {name}·合计", said.total, getattr(whole, "total", None))
    stated = [(line.class_name, line.amount) for line in said.by_class]
    yield from by_function(numeral, stated, name, class_totals(table.rows))
    yield from items_against_rows(numeral, said.items, name, table.rows)


def _basic_and_three_public(report: Report[Figure], tables: Statements[Figure]) -> Iterator[Identity]:
    if report.basic_expenditure is not None and tables.basic_expenditure is not None:
        whole = total_row(tables.basic_expenditure.rows)
        for key, title in (("total", "合计"), ("personnel", "人员经费"), ("public", "公用经费")):
            rule = f"六、{title} = 一般公共预算基本支出表·{title}"
            yield same(rule, getattr(report.basic_expenditure, key), getattr(whole, key, None))
    if report.three_public is not None and tables.three_public is not None:
        for key, field in fields_of(type(tables.three_public)).items():
            value = getattr(report.three_public, key, None)
            amount = value if key == "total" else getattr(value, "amount", None)
            rule = f"七、{field.title} = “三公”经费预算表·{field.title}"
            if key != "operating_cost":
                yield same(rule, amount, getattr(tables.three_public, key))
    if report.operating_costs is not None and tables.three_public is not None:
        rule = "机关运行经费 = “三公”经费和机关运行经费预算表·机关运行经费"
        yield same(rule, report.operating_costs.amount, tables.three_public.operating_cost)


def _sections_agree(report: Report[Figure]) -> Iterator[Identity]:
    """What two sections of the words say alike."""
    general, basic = report.general_public_budget, report.basic_expenditure
    fiscal, totals = report.fiscal_appropriation, report.totals
    if totals is not None and report.income is not None:
        yield same("二 收入预算 = 一 收支总预算", report.income.total, totals.total or totals.income_total)
    if totals is not None and report.expenditure is not None:
        yield same("三 支出预算 = 一 收支总预算", report.expenditure.total, totals.total or totals.expenditure_total)
    if general is not None and fiscal is not None and fiscal.general is not None:
        yield same("五 一般公共预算当年拨款 = 四 一般公共预算拨款", general.total, fiscal.general)
    if general is not None and basic is not None:
        names = Counter(plain(line.class_name) for line in general.by_class)
        for line in general.by_class:
            of_class = [item.amount for item in general.items if plain(item.class_name) == plain(line.class_name)]
            if names[plain(line.class_name)] == 1 and len(of_class) == 1:
                yield same(f"五 {line.class_name} = 所属一项", line.amount, of_class[0])
