"""The narrative against the statements: one quantity that a report prints in its words and in its tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from recount.schemas.arithmetic import Identity, equal, printed, same, share, shares_of
from recount.schemas.common.codes import class_rows, plain, total_row
from recount.schemas.common.rows import ExpenditureRow, items_against_rows, portions_against_row
from recount.schemas.figures import Figure
from recount.schemas.final_accounts.narrative import FundBudget, GeneralPublicBudget, ThreePublic
from recount.schemas.final_accounts.sections import Sections
from recount.schemas.final_accounts.statements import (
    FundBudgetStatement,
    GeneralStatement,
    IncomeRow,
    Statements,
    ThreePublicStatement,
)

OVERVIEW = {
    "income_total": "收入总计",
    "income_current_year": "本年收入合计",
    "nonfiscal_surplus_used": "使用非财政拨款结余",
    "opening_carryover": "年初结转和结余",
    "expenditure_total": "支出总计",
    "expenditure_current_year": "本年支出合计",
    "surplus_distribution": "结余分配",
    "closing_carryover": "年末结转和结余",
}
"""What 一 and 收入支出决算总表 have in common, under the same key."""
FISCAL_INCOME = {
    "income_total": "收入总计",
    "income_current_year": "本年收入",
    "opening_carryover": "年初财政拨款结转和结余",
}
FISCAL_EXPENDITURE = {
    "expenditure_total": "支出总计",
    "expenditure_current_year": "本年支出",
    "closing_carryover": "年末财政拨款结转和结余",
}
"""What 四 and 财政拨款收入支出决算总表 have in common, under the same key (expenditure: its 合计)."""


def narrative_against_statements(
    sections: Sections[Figure], statements: Statements[Figure] | None
) -> Iterator[Identity]:
    """Sections 一 to 九, each against its statement; nothing where a report has only one of them."""
    if statements is None:
        return
    yield from _overview(sections, statements)
    if sections.income is not None and statements.income is not None:
        yield from portions_against_row(
            "二", sections.income, "收入决算表", IncomeRow, total_row(statements.income.rows)
        )
    if sections.expenditure is not None and statements.expenditure is not None:
        whole = total_row(statements.expenditure.rows)
        yield from portions_against_row("三", sections.expenditure, "支出决算表", ExpenditureRow, whole)
    yield from _fiscal_appropriation(sections, statements)
    if sections.general_public_budget is not None and statements.general_public_budget is not None:
        yield from _general(sections.general_public_budget, statements.general_public_budget)
    yield from _basic(sections, statements)
    if sections.three_public is not None and statements.three_public is not None:
        yield from _three_public(sections.three_public, statements.three_public)
    if sections.government_funds is not None and statements.government_funds is not None:
        yield from _fund("八、政府性基金预算", sections.government_funds, statements.government_funds)
    if sections.state_capital is not None and statements.state_capital is not None:
        yield from _fund("九、国有资本经营预算", sections.state_capital, statements.state_capital)


def _overview(sections: Sections[Figure], statements: Statements[Figure]) -> Iterator[Identity]:
    """一 and 收入支出决算总表."""
    for key, title in OVERVIEW.items():
        narrative = getattr(sections.income_expenditure, key, None)
        statement = getattr(statements.income_expenditure, key, None)
        yield same(f"一、{title} = 收入支出决算总表·{title}", narrative, statement)


def _fiscal_appropriation(sections: Sections[Figure], statements: Statements[Figure]) -> Iterator[Identity]:
    """四 and 财政拨款收入支出决算总表."""
    narrative, statement = sections.fiscal_appropriation, statements.fiscal_appropriation
    table = "财政拨款收入支出决算总表"
    for key, title in FISCAL_INCOME.items():
        said, shown = getattr(narrative, key, None), getattr(statement, key, None)
        yield same(f"四、财政拨款{title} = {table}·{title}", said, shown)
    for key, title in FISCAL_EXPENDITURE.items():
        said = getattr(narrative, key, None)
        shown = getattr(getattr(statement, key, None), "total", None)
        yield same(f"四、财政拨款{title} = {table}·{title}", said, shown)


def _general(narrative: GeneralPublicBudget[Figure], statement: GeneralStatement[Figure]) -> Iterator[Identity]:
    """五 and 一般公共预算财政拨款支出决算表: the total, the classes and the items."""
    table = "一般公共预算财政拨款支出决算表"
    whole = total_row(statement.rows)
    if whole is not None:
        yield same(f"五、一般公共预算财政拨款支出 = {table}·合计", narrative.total, whole.total)
        if narrative.total is None:
            shares = [(class_amount.amount, class_amount.percent) for class_amount in narrative.by_class]
            yield from shares_of("各类占支出的比例", whole.total, shares)
    classes = [(plain(row.name), row.total) for row in class_rows(statement.rows)]
    times = Counter(name for name, _ in classes)
    said_times = Counter(plain(class_amount.class_name) for class_amount in narrative.by_class)
    shown = dict(classes)
    for class_amount in narrative.by_class:
        name = plain(class_amount.class_name)
        if times[name] == 1 and said_times[name] == 1:
            yield same(f"五、{name} = {table}·{name}", class_amount.amount, shown[name])
    yield from items_against_rows("五", narrative.items, table, statement.rows)


def _basic(sections: Sections[Figure], statements: Statements[Figure]) -> Iterator[Identity]:
    """六 and 一般公共预算财政拨款基本支出决算表."""
    narrative, statement = sections.basic_expenditure, statements.basic_expenditure
    if narrative is None or statement is None:
        return
    table = "一般公共预算财政拨款基本支出决算表"
    both = printed(statement.personnel_total, statement.public_total)
    yield equal(f"六、基本支出 = {table}·人员经费合计 + 公用经费合计", narrative.total, both)
    yield same(f"六、人员经费 = {table}·人员经费合计", narrative.personnel, statement.personnel_total)
    yield same(f"六、公用经费 = {table}·公用经费合计", narrative.public, statement.public_total)


def _three_public(narrative: ThreePublic[Figure], statement: ThreePublicStatement[Figure]) -> Iterator[Identity]:
    """七 and 财政拨款“三公”经费支出决算表: 决算数, and 全年预算数 where the narrative gives it."""
    table = "财政拨款“三公”经费支出决算表"
    said = narrative
    amounts = (
        ("“三公”经费支出", "total", said.total, said.budget),
        ("因公出国（境）费", "overseas", said.overseas, said.overseas_budget),
        ("公务用车购置及运行维护费", "vehicles", said.vehicles, None),
        ("公务用车购置费", "vehicle_purchase", said.vehicle_purchase, said.vehicle_purchase_budget),
        ("公务用车运行维护费", "vehicle_running", said.vehicle_running, said.vehicle_running_budget),
        ("公务接待费", "reception", said.reception, said.reception_budget),
    )
    for title, key, stated, comparison in amounts:
        final = stated if isinstance(stated, Figure) else getattr(stated, "amount", None)
        yield same(f"七、{title} = {table}·{title}·决算数", final, getattr(statement.final, key, None))
        if comparison is not None:
            budget = getattr(statement.budget, key, None)
            yield same(f"七、{title}预算数 = {table}·{title}·预算数", comparison.budget, budget)
            if comparison.budget is None and comparison.completion_percent is not None:
                rule = f"七、{title}完成预算的百分比 = 决算数 ÷ {table}·{title}·预算数"
                yield share(rule, comparison.completion_percent, comparison.final, of=budget)


def _fund(name: str, narrative: FundBudget[Figure], statement: FundBudgetStatement[Figure]) -> Iterator[Identity]:
    """八 or 九 and its statement, which has no 总计: 收入总计 is what came in and what was there."""
    whole = total_row(statement.rows)
    if whole is not None:
        available = printed(whole.opening, whole.income)
        yield equal(f"{name}收入总计 = 决算表·年初结转和结余 + 本年收入", narrative.income_total, available)
        for said, title, shown in (
            (narrative.opening_carryover, "年初结转和结余", whole.opening),
            (narrative.income_current_year, "本年收入", whole.income),
            (narrative.expenditure_current_year, "本年支出", whole.total),
            (narrative.expenditure, "财政拨款支出", whole.total),
            (narrative.closing_carryover, "年末结转和结余", whole.closing),
        ):
            yield same(f"{name}{title} = 决算表·合计", said, shown)
    yield from items_against_rows(name, narrative.items, f"{name}决算表", statement.rows)
