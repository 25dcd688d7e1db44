"""What must add up in the final-account statements: by classification code, and between statements.

The sums that concern one model alone stand beside it in `statements.py`; here is what several rows or several
statements have to do with each other. In a table a blank cell is nothing, so sums are over what is printed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from recount.schemas.arithmetic import Identity, equal, printed, same
from recount.schemas.common.codes import (
    PART_OF_ABOVE,
    class_rows,
    doubtful,
    label,
    named_as_coded,
    plain,
    superior,
    total_row,
)
from recount.schemas.figures import Figure

if TYPE_CHECKING:
    from recount.schemas.final_accounts.statements import (
        BasicStatement,
        FiscalAppropriationStatement,
        FundBudgetStatement,
        Statements,
    )

PERSONNEL_CLASSES = ("301", "303")
"""工资福利支出 and 对个人和家庭的补助 are 人员经费, every other class is 公用经费."""

BUDGETS = {
    "total": "合计",
    "general": "一般公共预算财政拨款",
    "funds": "政府性基金预算财政拨款",
    "capital": "国有资本经营预算财政拨款",
}
"""The columns of the expenditure half of 财政拨款收入支出决算总表; its income lines carry the same names."""
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


def personnel_and_public(statement: BasicStatement[Figure]) -> Iterator[Identity]:
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


def fiscal_expenditure(statement: FiscalAppropriationStatement[Figure]) -> Iterator[Identity]:
    """财政拨款收入支出决算总表, column by column: its lines, its totals, and each budget in balance."""
    current, closing = statement.expenditure_current_year, statement.closing_carryover
    whole = statement.expenditure_total
    lines = [each for each in statement.expenditure if not (each.name or "").startswith(PART_OF_ABOVE)]
    income = {plain(each.name).removesuffix("收入"): each.amount for each in statement.income}
    for column, title in BUDGETS.items():
        current_year = getattr(current, column, None)
        in_total = getattr(whole, column, None)
        parts = printed(*(getattr(each, column) for each in lines))
        yield equal(f"本年支出合计·{title} = 各项支出之和", current_year, parts)
        parts = printed(current_year, getattr(closing, column, None))
        yield equal(f"支出总计·{title} = 本年支出合计 + 年末财政拨款结转和结余", in_total, parts)
        if column == "total":
            yield same("收入总计 = 支出总计", statement.income_total, in_total)
        else:
            parts = printed(income.get(title), getattr(statement, f"opening_{column}"))
            yield equal(f"支出总计·{title} = 本年收入 + 年初财政拨款结转和结余", in_total, parts)


def between(statements: Statements[Figure]) -> Iterator[Identity]:
    """One quantity in two statements; and names of classes that contradict their codes."""
    for key, field in type(statements).model_fields.items():
        yield from named_as_coded(field.title or key, getattr(getattr(statements, key), "rows", ()))
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
        printed_rows = [(row.name, row.total) for row in class_rows(statements.expenditure.rows)]
        yield from by_function("收入支出决算总表", printed_lines, "支出决算表", printed_rows)


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
        rows = [(row.name, row.total) for row in class_rows(general.rows)]
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
    rows = [(row.name, row.total) for row in class_rows(statement.rows)]
    yield from by_function("财政拨款收入支出决算总表", lines, f"{title}决算表", rows)


def by_function(
    one: str,
    lines: Sequence[tuple[str | None, Figure | None]],
    other: str,
    rows: Sequence[tuple[str | None, Figure | None]],
) -> Iterator[Identity]:
    """Expenditure by function: the lines of one statement against the 类 rows of another, by their names."""
    names = Counter(plain(name) for name, _ in lines)
    names_below = Counter(plain(name) for name, _ in rows)
    amounts = {plain(name): amount for name, amount in rows}
    for name, amount in lines:
        bare = plain(name)
        if bare and names[bare] == 1 and names_below[bare] == 1:
            yield same(f"{one}·{bare} = {other}·{bare}", amount, amounts[bare])
