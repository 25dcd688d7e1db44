"""The narrative against the statements: one quantity that a report prints in its words and in its tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from recount.schemas.arithmetic import Identity, equal, printed, same, share
from recount.schemas.common.codes import class_rows, plain, total_row
from recount.schemas.figures import Figure

if TYPE_CHECKING:
    from recount.schemas.final_accounts.narrative import (
        Expenditure,
        FundBudget,
        GeneralPublicBudget,
        Income,
        ThreePublic,
    )
    from recount.schemas.final_accounts.report import Report
    from recount.schemas.final_accounts.statements import (
        ExpenditureStatement,
        FundBudgetRow,
        FundBudgetStatement,
        GeneralRow,
        GeneralStatement,
        IncomeStatement,
        Statements,
        ThreePublicStatement,
    )


class Item(Protocol):
    """An expenditure that is named by 类, 款 and 项."""

    @property
    def class_name(self) -> str | None: ...
    @property
    def section_name(self) -> str | None: ...
    @property
    def item_name(self) -> str | None: ...
    @property
    def amount(self) -> Figure | None: ...


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


def narrative_against_statements(report: Report[Figure]) -> Iterator[Identity]:
    """Sections 一 to 九 of a report, each against its statement; nothing where it has only one of them."""
    statements = report.statements
    if statements is None:
        return
    yield from _overview(report, statements)
    if report.income is not None and statements.income is not None:
        yield from _income(report.income, statements.income)
    if report.expenditure is not None and statements.expenditure is not None:
        yield from _expenditure(report.expenditure, statements.expenditure)
    yield from _fiscal_appropriation(report, statements)
    if report.general_public_budget is not None and statements.general_public_budget is not None:
        yield from _general(report.general_public_budget, statements.general_public_budget)
    yield from _basic(report, statements)
    if report.three_public is not None and statements.three_public is not None:
        yield from _three_public(report.three_public, statements.three_public)
    if report.government_funds is not None and statements.government_funds is not None:
        yield from _fund("八、政府性基金预算", report.government_funds, statements.government_funds)
    if report.state_capital is not None and statements.state_capital is not None:
        yield from _fund("九、国有资本经营预算", report.state_capital, statements.state_capital)


def _overview(report: Report[Figure], statements: Statements[Figure]) -> Iterator[Identity]:
    """一 and 收入支出决算总表."""
    for key, title in OVERVIEW.items():
        narrative = getattr(report.income_expenditure, key, None)
        statement = getattr(statements.income_expenditure, key, None)
        yield same(f"一、{title} = 收入支出决算总表·{title}", narrative, statement)


def _income(narrative: Income[Figure], statement: IncomeStatement[Figure]) -> Iterator[Identity]:
    """二 and the 合计 row of 收入决算表."""
    yield from _portions("二", narrative, "收入决算表", total_row(statement.rows))


def _expenditure(narrative: Expenditure[Figure], statement: ExpenditureStatement[Figure]) -> Iterator[Identity]:
    """三 and the 合计 row of 支出决算表."""
    yield from _portions("三", narrative, "支出决算表", total_row(statement.rows))


def _portions(
    numeral: str, narrative: Income[Figure] | Expenditure[Figure], table: str, row: object
) -> Iterator[Identity]:
    """A total and its portions against the columns of a row: both have the same keys."""
    for key, field in type(narrative).model_fields.items():
        said = getattr(narrative, key)
        amount = said if key == "total" else getattr(said, "amount", None)
        yield same(f"{numeral}、{field.title} = {table}·合计·{field.title}", amount, getattr(row, key, None))


def _fiscal_appropriation(report: Report[Figure], statements: Statements[Figure]) -> Iterator[Identity]:
    """四 and 财政拨款收入支出决算总表."""
    narrative, statement = report.fiscal_appropriation, statements.fiscal_appropriation
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
    classes = [(plain(row.name), row.total) for row in class_rows(statement.rows)]
    times = Counter(name for name, _ in classes)
    said_times = Counter(plain(each.class_name) for each in narrative.by_class)
    shown = dict(classes)
    for each in narrative.by_class:
        name = plain(each.class_name)
        if times[name] == 1 and said_times[name] == 1:
            yield same(f"五、{name} = {table}·{name}", each.amount, shown[name])
    yield from items_against_rows("五", narrative.items, table, statement.rows)


def items_against_rows(
    numeral: str,
    items: Iterable[Item],
    table: str,
    rows: Sequence[GeneralRow[Figure] | FundBudgetRow[Figure]],
) -> Iterator[Identity]:
    """The items of a narrative and the 项 rows of a statement: the same 类, 款 and 项 names."""
    names = {row.code: plain(row.name) for row in rows if row.code is not None}
    paths = []
    for row in rows:
        if row.code is not None and len(row.code) == 7 and row.code[:5] in names and row.code[:3] in names:
            paths.append(((names[row.code[:3]], names[row.code[:5]], plain(row.name)), row.total))
    times = Counter(path for path, _ in paths)
    said = [((plain(item.class_name), plain(item.section_name), plain(item.item_name)), item) for item in items]
    said_times = Counter(path for path, _ in said)
    shown = dict(paths)
    for path, item in said:
        if times[path] == 1 and said_times[path] == 1:
            yield same(f"{numeral}、{'·'.join(path)} = {table}·{path[-1]}", item.amount, shown[path])


def _basic(report: Report[Figure], statements: Statements[Figure]) -> Iterator[Identity]:
    """六 and 一般公共预算财政拨款基本支出决算表."""
    narrative, statement = report.basic_expenditure, statements.basic_expenditure
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
