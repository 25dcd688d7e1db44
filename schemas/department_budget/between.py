"""One quantity in two budget tables, and in the words and the tables of a budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from recount.schemas.arithmetic import Identity, same
from recount.schemas.common.codes import class_rows, named_as_coded, plain, total_row
from recount.schemas.figures import Figure
from recount.schemas.final_accounts.cross import items_against_rows
from recount.schemas.final_accounts.statement_identities import by_function

if TYPE_CHECKING:
    from recount.schemas.department_budget.narrative import Expenditure, FundBudget, GeneralPublicBudget, Income
    from recount.schemas.department_budget.report import Report
    from recount.schemas.department_budget.statements import FunctionTable, GeneralRow, Statements


def between(tables: Statements[Figure]) -> Iterator[Identity]:
    """收支预算总表 with the tables of income and expenditure, 财政拨款收支预算总表 with those of the budgets."""
    for key, field in type(tables).model_fields.items():
        yield from named_as_coded(field.title or key, getattr(getattr(tables, key), "rows", ()))
    whole, fiscal = tables.income_expenditure, tables.fiscal_appropriation
    if whole is not None:
        income = total_row(tables.income.rows) if tables.income else None
        spent = total_row(tables.expenditure.rows) if tables.expenditure else None
        yield same("收支预算总表·收入总计 = 收入预算表·合计", whole.income_total, getattr(income, "total", None))
        if whole.closing is None:
            rule = "收支预算总表·支出总计 = 支出预算表·合计"
            yield same(rule, whole.expenditure_total, getattr(spent, "total", None))
        lines = [(each.name, each.amount) for each in whole.expenditure]
        if tables.expenditure is not None:
            rows = [(row.name, row.total) for row in class_rows(tables.expenditure.rows)]
            yield from by_function("收支预算总表", lines, "支出预算表", rows)
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
        lines = [(each.name, getattr(each, budget)) for each in fiscal.expenditure]
        rows = [(row.name, row.total) for row in class_rows(table.rows)]
        yield from by_function("财政拨款收支预算总表", lines, f"{title}支出表", rows)
    general, basic = tables.general_public_budget, tables.basic_expenditure
    if general is not None and basic is not None:
        one, other = total_row(general.rows), total_row(basic.rows)
        rule = "一般公共预算支出表·基本支出 = 一般公共预算基本支出表·合计"
        yield same(rule, getattr(one, "basic", None), getattr(other, "total", None))


def narrative_against_tables(report: Report[Figure]) -> Iterator[Identity]:
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
        yield from _portions("二", report.income, "收入预算表", total_row(tables.income.rows))
    if report.expenditure is not None and tables.expenditure is not None:
        yield from _portions("三", report.expenditure, "支出预算表", total_row(tables.expenditure.rows))
    if report.fiscal_appropriation is not None and tables.fiscal_appropriation is not None:
        rule = "四、财政拨款收支总预算 = 财政拨款收支预算总表·收入总计"
        yield same(rule, report.fiscal_appropriation.total, tables.fiscal_appropriation.income_total)
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


def _portions(numeral: str, said: Income[Figure] | Expenditure[Figure], table: str, row: object) -> Iterator[Identity]:
    """A total and its portions against the columns of a row: both have the same keys."""
    for key, info in type(said).model_fields.items():
        value = getattr(said, key)
        amount = value if key == "total" else getattr(value, "amount", None)
        if key != "change":
            yield same(f"{numeral}、{info.title} = {table}·合计·{info.title}", amount, getattr(row, key, None))


def _by_function(
    numeral: str,
    said: GeneralPublicBudget[Figure] | FundBudget[Figure],
    name: str,
    table: FunctionTable[Figure],
) -> Iterator[Identity]:
    """The total, the classes and the items of a budget."""
    whole = total_row(table.rows)
    yield same(f"{numeral}、合计 = {name}·合计", said.total, getattr(whole, "total", None))
    stated = [(each.class_name, each.amount) for each in said.by_class]
    yield from by_function(numeral, stated, name, [(row.name, row.total) for row in class_rows(table.rows)])
    yield from items_against_rows(numeral, said.items, name, table.rows)


def _basic_and_three_public(report: Report[Figure], tables: Statements[Figure]) -> Iterator[Identity]:
    if report.basic_expenditure is not None and tables.basic_expenditure is not None:
        whole = total_row(tables.basic_expenditure.rows)
        for key, title in (("total", "合计"), ("personnel", "人员经费"), ("public", "公用经费")):
            rule = f"六、{title} = 一般公共预算基本支出表·{title}"
            yield same(rule, getattr(report.basic_expenditure, key), getattr(whole, key, None))
    if report.three_public is not None and tables.three_public is not None:
        for key, info in type(tables.three_public).model_fields.items():
            value = getattr(report.three_public, key, None)
            amount = value if key == "total" else getattr(value, "amount", None)
            rule = f"七、{info.title} = “三公”经费预算表·{info.title}"
            if key != "operating_cost":
                yield same(rule, amount, getattr(tables.three_public, key))
    if report.operating_costs is not None and tables.three_public is not None:
        rule = "机关运行经费 = “三公”经费和机关运行经费预算表·机关运行经费"
        yield same(rule, report.operating_costs.amount, tables.three_public.operating_cost)


def sections_agree(report: Report[Figure]) -> Iterator[Identity]:
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
        names = Counter(plain(each.class_name) for each in general.by_class)
        for each in general.by_class:
            of_class = [item.amount for item in general.items if plain(item.class_name) == plain(each.class_name)]
            if names[plain(each.class_name)] == 1 and len(of_class) == 1:
                yield same(f"五 {each.class_name} = 所属一项", each.amount, of_class[0])
