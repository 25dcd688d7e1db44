"""What must add up in the final-account statements: by classification code, and between statements.

The sums that concern one model alone stand beside it in `statements.py`; here is what several rows or several
statements have to do with each other. In a table a blank cell is nothing, so sums are over what is printed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from recount.schemas.arithmetic import Identity, equal, printed, same
from recount.schemas.figures import Figure

if TYPE_CHECKING:
    from recount.schemas.final_accounts.statements import (
        BasicStatement,
        CodedRow,
        FiscalAppropriationStatement,
        FundBudgetStatement,
        NamedAmount,
        Statements,
    )

Row = TypeVar("Row", bound="CodedRow[Figure]")

TOTAL = "合计"
CODE = re.compile(r"\d{3}(?:\d{2}){0,2}")  # 类, 款 or 项
LEVELS = {3: "类", 5: "款", 7: "项"}
PERSONNEL_CLASSES = ("301", "303")
"""工资福利支出 and 对个人和家庭的补助 are 人员经费, every other class is 公用经费."""
PART_OF_ABOVE = ("其中", "#")  # a line that repeats a part of the line above it

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


def label(row: CodedRow[Figure]) -> str:
    """A row as one would point at it: 2010601行政运行, 合计."""
    return (row.code or "") + (row.name or "") or "（无名行）"


def plain(name: str | None) -> str:
    """A line's name for comparing: without spaces, and without brackets, which not every form prints."""
    return re.sub(r"[（(][^）)]*[）)]|\s", "", name or "")


def lines_sum(lines: Iterable[NamedAmount[Figure]]) -> list[Figure | None]:
    """The amounts to add up: a line 其中：… is part of the one above it."""
    return [each.amount for each in lines if not (each.name or "").startswith(PART_OF_ABOVE)]


def amount_columns(row: CodedRow[Figure]) -> list[tuple[str, str]]:
    """The amount fields of a row, each with its title."""
    fields = type(row).model_fields
    return [(key, each.title or key) for key, each in fields.items() if key not in ("code", "name")]


def total_row(rows: Iterable[Row]) -> Row | None:
    """The 合计 row; None where there is none, or more than one."""
    found = [row for row in rows if row.name == TOTAL and row.code is None]
    return found[0] if len(found) == 1 else None


def class_rows(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows of a 类."""
    return (row for row in rows if row.code is not None and len(row.code) == 3)


def superior(code: str, listed: Iterable[str]) -> str | None:
    """The nearest code above it that the table lists: of 2010601, 20106, or 201 where that is not there."""
    above = [each for each in listed if len(each) < len(code) and code.startswith(each)]
    return max(above, key=len, default=None)


def families(rows: Sequence[Row]) -> Iterator[tuple[Row, list[Row]]]:
    """Each row that has rows below it in the classification, with them; 合计 with the highest ones.

    Left out is whatever is not certain: a family with a code that is listed twice, and one into which a row
    without a readable code may belong (the classification above the row that it follows).
    """
    coded = [row for row in rows if row.code is not None and CODE.fullmatch(row.code)]
    codes = [row.code for row in coded if row.code is not None]
    twice = {code for code, times in Counter(codes).items() if times > 1}
    parents = {code: superior(code, codes) for code in codes}
    doubtful = _doubtful(rows)
    whole = total_row(rows)
    below_total: list[tuple[str | None, Row | None]] = [(None, whole)]
    for code, row in [*below_total, *((row.code, row) for row in coded)]:
        children = [each for each in coded if parents[each.code or ""] == code]
        if row is None or not children or code in twice or code in doubtful:
            continue
        if not any(each.code in twice for each in children):
            yield row, children


def _doubtful(rows: Sequence[CodedRow[Figure]]) -> set[str | None]:
    """The codes (None: 合计) to which a row without a readable code may belong."""
    found: set[str | None] = set()
    last = ""
    for row in rows:
        if row.code is not None and CODE.fullmatch(row.code):
            last = row.code
        elif row.name != TOTAL:
            found |= {None, last[:3], last[:5], last}
    return found


def sums_by_code(rows: Sequence[CodedRow[Figure]]) -> Iterator[Identity]:
    """合计 = Σ 类, 类 = Σ 款, 款 = Σ 项, column by column; a level that is not printed is passed over."""
    for parent, children in families(rows):
        levels = {LEVELS[len(each.code or "")] for each in children}
        below = levels.pop() if len(levels) == 1 else "下级"
        for key, title in amount_columns(parent):
            yield equal(
                f"{label(parent)}·{title} = 所属各{below}之和",
                getattr(parent, key),
                printed(*(getattr(each, key) for each in children)),
            )


def personnel_and_public(statement: BasicStatement[Figure]) -> Iterator[Identity]:
    """人员经费合计 and 公用经费合计 of the basic-expenditure statement, from the highest codes it lists."""
    rows = statement.rows
    codes = [row.code for row in rows if row.code is not None]
    if None in _doubtful(rows) or len(set(codes)) != len(codes):
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
    """One quantity in two statements."""
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
        yield from _by_function("收入支出决算总表", printed_lines, "支出决算表", printed_rows)


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
        yield from _by_function("财政拨款收入支出决算总表", lines, "一般公共预算财政拨款支出决算表", rows)
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
    yield from _by_function("财政拨款收入支出决算总表", lines, f"{title}决算表", rows)


def _by_function(
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
