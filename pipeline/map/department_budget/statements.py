"""The budget tables (部门预算表) from the grids of a report, by the readers of the final-account statements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from recount.pipeline.document import Grid
from recount.pipeline.map.tables.balance import (
    EXPENDITURE_ROLES,
    INCOME_ROLES,
    Lines,
    halves,
    lines_in,
)
from recount.pipeline.map.tables.coded import TOTAL, TOTALS, coded_rows
from recount.pipeline.map.tables.sheet import (
    HEADER_MARKS,
    Columns,
    Field,
    Heads,
    Table,
    amount_in,
    bare,
    heading,
    label,
    name_of,
    table_of,
)
from recount.pipeline.map.tables.three_public import figures_of, item_of, words_of
from recount.pipeline.split.titles import LONGEST_TITLE, titles_over
from recount.schemas.common.rows import ExpenditureRow, ExpenditureStatement, FundSplit, NamedSplit
from recount.schemas.department_budget.statements import (
    BalanceLine,
    BalanceTable,
    BasicRow,
    BasicTable,
    FiscalTable,
    FunctionRow,
    FunctionTable,
    IncomeTable,
    IncomeTableRow,
    ProjectRow,
    ProjectTable,
    Statements,
    ThreePublicBudget,
)
from recount.schemas.describe import fields_of
from recount.schemas.figures import Ref

_OTHERS = r"上年(?!结转)|执行|决算|增减|增长|比"
"""Of columns of another year, and of comparisons with it."""

# --- 项目支出表: a line for each project, a column for each source that pays for it

_BUDGETS = (("general", "一般公共预算"), ("funds", "政府性基金"), ("capital", "国有资本经营"))
_SOURCES = (
    ("special_account", re.compile(r"财政专户(?:管理)?(?:的)?资金(?:收入)?")),
    ("own", re.compile(r"单位资金|其他资金")),
    ("total", re.compile(r"合计|总计|小计|预算数|金额|预算金额")),
)
_WORDS = {
    "category": re.compile(r"(?:项目)?(?:类型|类别)"),
    "name": re.compile(r"项目(?:支出)?名称|项目"),
    "unit": re.compile(r"(?:项目|实施|预算)?单位(?:名称)?"),
}


def project_table(table: Table) -> ProjectTable[Ref] | None:
    """The lines of the table; None where no column is headed 项目名称, or no amount is."""
    paths = {column: table.path(column) for column in range(table.grid.columns)}
    words = _columns(table, {column: _word_of(path) for column, path in paths.items()})
    amounts = _columns(table, {column: _source_of(path) for column, path in paths.items()})
    if "name" not in words or not amounts:
        return None
    others = {column for mine in (*words.values(), *amounts.values()) for column in mine}
    rows = []
    for row in table.body_rows():
        texts: dict[str, Any] = {key: _text(table, row, mine) for key, mine in words.items()}
        figures: dict[str, Any] = {key: table.amount(row, mine, others) for key, mine in amounts.items()}
        if _is_total(table, row, words):
            texts = {"name": TOTAL}
        if any(texts.values()) or any(figures.values()):
            rows.append(ProjectRow[Ref](**texts, **figures))
    return ProjectTable[Ref](rows=tuple(rows))


def _columns(table: Table, keys: dict[int, str | None]) -> Columns:
    """The columns of each key; one that two headings claim has none."""
    found: Columns = {}
    for key in {field for field in keys.values() if field is not None}:
        mine = tuple(column for column, headed in keys.items() if headed == key)
        if len({id(heading(table, column)) for column in mine}) == 1:
            found[key] = mine
    return found


def _word_of(path: tuple[str, ...]) -> str | None:
    """Which words of a project stand below some heads."""
    return next((key for key, rule in _WORDS.items() if path and rule.fullmatch(path[-1])), None)


def _source_of(path: tuple[str, ...]) -> str | None:
    """Which amount stands below some heads: 一般公共预算 below 财政拨款结转结余 is none of this year's."""
    if not path or any(re.search(_OTHERS, words) for words in path) or _word_of(path):
        return None
    carried = any("结转" in words for words in path)
    for key, title in _BUDGETS:
        if re.fullmatch(rf"{title}(?:预算)?(?:财政)?(?:拨款)?(?:收入|支出|资金)?", path[-1]):
            return f"carried_{key}" if carried else key
    if carried:
        return None
    return next(
        (key for key, rule in _SOURCES if rule.fullmatch(path[-1]) and (key != "total" or len(path) == 1)), None
    )


def _text(table: Table, row: int, columns: tuple[int, ...]) -> str | None:
    """What a line says in words; a cell merged downwards counts for every line that it spans."""
    cells = table.cells(row, columns)
    return name_of(cells[0]) if len(cells) == 1 else None


def _is_total(table: Table, row: int, words: dict[str, Any]) -> bool:
    cells = table.cells(row, sorted({column for mine in words.values() for column in mine}))
    return bool(cells) and all(TOTALS.fullmatch(label(cell)) for cell in cells)


# --- the other tables: their titles, heads and columns

_YEAR = r"(?:本年度?|当年|\d{4}年度?)?"
HEADS = Heads(re.compile(rf"{_YEAR}(?:年初)?(?:部门)?(?:预算数|预算金额|金额|预算|安排数|预算支出)"), _OTHERS)
MARKS = HEADER_MARKS | {"预算数", "金额", "一般公共预算", "政府性基金预算", "国有资本经营预算"}

_END = r"(?:支出)?(?:部门预算)?(?:功能分类|经济分类)?(?:预算)?(?:总体)?(?:情况)?(?:明细)?总?表"
TITLES: tuple[tuple[str, str], ...] = (
    ("three_public", r"三公经费[^表]{0,24}表"),
    ("projects", r"项目支出(?:预算)?(?:情况|明细)?(?:总)?表"),
    ("government_funds", rf"政府性基金(?:预算)?(?:拨款|财政拨款)?{_END}"),
    ("state_capital", rf"国有资本经营(?:预算)?(?:拨款|财政拨款)?{_END}"),
    ("basic_expenditure", rf"一般公共预算(?:财政拨款|拨款)?基本{_END}"),
    ("general_public_budget", rf"一般公共预算(?:财政拨款|拨款|当年拨款)?{_END}"),
    ("fiscal_appropriation", r"财政拨款(?:收入支出|收支)(?:总)?(?:预算)?(?:总体)?(?:情况)?总?表"),
    ("income_expenditure", r"(?:收入支出|收支)(?:总)?(?:预算)?(?:总体)?(?:情况)?总?表"),
    ("income", r"(?<!基金)收入(?:总)?(?:预算)?(?:总体)?(?:情况)?总?表"),
    ("expenditure", r"(?<!项目)(?<!基本)(?<!基金)(?<!预算)支出(?:总)?(?:预算)?(?:总体)?(?:情况)?总?表"),
)
"""The titles, without spaces, brackets and quotation marks. One that contains another comes first."""

OPERATING = re.compile(r"机关运行(?:经费|费)(?:预算)?(?:数|金额)?")

_TOTAL = r"合计|总计|小计"
_BUDGET_OF = r"(?:一般公共预算|政府性基金(?:预算)?|国有资本经营(?:预算)?)(?:财政)?(?:拨款)?"
_OPENING = r"(?:使用)?上年结转(?:结余)?(?:和结余)?"
_OWN = r"单位资金(?:收入)?"
_PAID_FROM = (
    ("general", r"一般公共预算(?:财政)?(?:拨款)?(?:收入)?"),
    ("funds", r"政府性基金(?:预算)?(?:财政)?(?:拨款)?(?:收入)?"),
    ("capital", r"国有资本经营(?:预算)?(?:财政)?(?:拨款)?(?:收入)?"),
    ("special_account", r"财政专户(?:管理)?资金(?:收入)?"),
    ("own", _OWN),
)
INCOME = (
    Field("total", rf"{_TOTAL}|收入(?:预算)?(?:合计|总计)?", (), _OTHERS),
    Field("current", r"本年收入(?:预算)?(?:合计|小计|总计)?", (), _OTHERS),
    Field("opening", _OPENING, (), _OTHERS),
    *(Field(f"opening_{key}", leaf, (), _OTHERS, _OPENING) for key, leaf in _PAID_FROM),
    Field("fiscal", r"财政拨款(?:收入)?", (), _OTHERS),
    *(Field(key, leaf, (), _OTHERS) for key, leaf in _PAID_FROM),
    Field("institutional", r"事业收入", (), _OTHERS),
    Field("business", r"(?:事业)?(?:单位)?经营收入", (), _OTHERS),
    Field("superior_subsidy", r"上级补助收入", (), _OTHERS),
    Field("affiliate_remittance", r"附属单位上缴收入", (), _OTHERS),
    Field("other", r"其他收入", (), _OTHERS),
)
EXPENDITURE = (
    Field("total", rf"{_TOTAL}|(?:本年|{_BUDGET_OF})?支出(?:预算)?(?:合计|总计)?", (), _OTHERS),
    Field("basic", r"基本支出", (), _OTHERS),
    Field("project", r"项目支出", (), _OTHERS),
    Field("remitted_to_superior", r"上缴上级支出", (), _OTHERS),
    Field("business", r"(?:事业单位)?经营支出", (), _OTHERS),
    Field("affiliate_subsidy", r"对附属单位补助支出", (), _OTHERS),
)
_KINDS = (
    Field("personnel", r"人员经费(?:支出)?", (), _OTHERS),
    Field("public", r"(?:日常)?公用经费(?:支出)?", (), _OTHERS),
)
FUNCTION = (*EXPENDITURE[:3], *_KINDS)
BASIC = (Field("total", rf"{_TOTAL}|(?:本年)?(?:{_BUDGET_OF})?基本支出(?:预算)?(?:合计)?", (), _OTHERS), *_KINDS)
_OF_BUDGET = r"(?:预算)?(?:财政)?(?:拨款)?(?:支出)?"
SPLIT = (
    Field("total", rf"(?:财政拨款)?支出(?:预算)?|{_TOTAL}", (), _OTHERS),
    Field("general", rf"一般公共{_OF_BUDGET}", (), _OTHERS),
    Field("funds", rf"政府性基金{_OF_BUDGET}", (), _OTHERS),
    Field("capital", rf"国有资本经营{_OF_BUDGET}", (), _OTHERS),
)
_CARRIED = (("opening_carryover", r"上年结转(?:和|与|及)?(?:结余)?|使用结转结余"),)
_LEFT = (("closing_carryover", r"(?:年终|年末)?结转(?:和|与|及)?(?:结余)?(?:下年)?|结转下年支出"),)


# --- the tables, each by its reader


def map_statements(grids: Sequence[Grid], year: int | None) -> tuple[Statements[Ref] | None, frozenset[int]]:
    """The budget tables among the grids, and which grids they are. Of two under one title the first is taken.

    year: the fiscal year of the report, if it is known.
    """
    found: dict[str, Any] = {}
    taken: set[int] = set()
    for index, grid in enumerate(grids):
        key = title_of(grid)
        if key is None or key in found:
            continue
        table = _READERS[key](table_of(grid, MARKS, HEADS), year)
        if table is not None:
            found[key] = table
            taken.add(index)
    return (Statements[Ref](**found) if found else None), frozenset(taken)


def titles_of(grids: Sequence[Grid]) -> dict[int, str]:
    """The official titles of the grids that are budget tables, by the grids' indices."""
    keys = {index: key for index, grid in enumerate(grids) if (key := title_of(grid)) is not None}
    return {index: fields_of(Statements)[key].title for index, key in keys.items()}


def title_of(grid: Grid) -> str | None:
    """The table whose title stands over a grid or in its first rows; of two titles the nearer one."""
    for line in _title_lines(grid):
        for key, pattern in TITLES:
            if "决算" not in line and re.search(pattern, line):
                return key
    return None


def _title_lines(grid: Grid) -> Iterable[str]:
    # A title may take two lines: each counts alone, then with the one above it.
    for above, line in titles_over(grid):
        yield from (title for title in (bare(line), bare(above) + bare(line)) if len(title) <= LONGEST_TITLE)


def _balance(table: Table, _: int | None) -> BalanceTable[Ref] | None:
    left, right = _both(table, ())
    if not left.roles and not right.roles:
        return None
    return BalanceTable[Ref](
        income=_named(left),
        income_current_year=left.amount("income_current_year"),
        opening=left.amount("opening_carryover"),
        income_total=left.amount("income_total"),
        expenditure=_named(right),
        expenditure_current_year=right.amount("expenditure_current_year"),
        closing=right.amount("closing_carryover"),
        expenditure_total=right.amount("expenditure_total"),
    )


def _fiscal(table: Table, _: int | None) -> FiscalTable[Ref] | None:
    left, right = _both(table, SPLIT)
    if not left.roles and not right.roles:
        return None
    return FiscalTable[Ref](
        income=_named(left),
        income_current_year=left.amount("income_current_year"),
        opening=left.amount("opening_carryover"),
        opening_general=left.amount("opening_general"),
        opening_funds=left.amount("opening_funds"),
        opening_capital=left.amount("opening_capital"),
        income_total=left.amount("income_total"),
        expenditure=tuple(NamedSplit[Ref](name=name, **amounts) for name, amounts in right.listed),
        expenditure_current_year=_split(right, "expenditure_current_year"),
        closing=_split(right, "closing_carryover"),
        expenditure_total=_split(right, "expenditure_total"),
    )


def _both(table: Table, split: Sequence[Field]) -> tuple[Lines, Lines]:
    """The lines of the income and of the expenditure half."""
    income, expenditure = halves(table, split)
    return (
        lines_in(table, income, (*_reworded(INCOME_ROLES, _CARRIED),)),
        lines_in(table, expenditure, (*_reworded(EXPENDITURE_ROLES, _LEFT),)),
    )


def _reworded(roles: Sequence[tuple[str, str]], more: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Roles with other words for some of them, at their places."""
    instead = dict(more)
    return [(key, instead.get(key, pattern)) for key, pattern in roles]


def _named(lines: Lines) -> tuple[BalanceLine[Ref], ...]:
    """The lines; one with a lower ordinal (1. below 一、) is a part of the one above."""
    found = []
    above: dict[int, str] = {}
    for (name, amounts), level in zip(lines.listed, lines.levels, strict=True):
        above = {key: value for key, value in above.items() if key < level}
        whole = above[max(above)] if above else None
        found.append(BalanceLine[Ref](name=name, amount=amounts.get("total"), part_of=whole))
        if level:
            above[level] = name
    return tuple(found)


def _split(lines: Lines, key: str) -> FundSplit[Ref] | None:
    return FundSplit[Ref](**lines.role(key)) if key in lines.roles else None


def _income(table: Table, _: int | None) -> IncomeTable[Ref]:
    found = tuple(coded_rows(table, INCOME, IncomeTableRow[Ref]))
    if not any(row.total for row in found):  # 本年收入 is all that the form has
        found = tuple(row.model_copy(update={"total": row.current, "current": None}) for row in found)
    return IncomeTable[Ref](rows=found)


def _expenditure(table: Table, _: int | None) -> ExpenditureStatement[Ref]:
    return ExpenditureStatement[Ref](rows=tuple(coded_rows(table, EXPENDITURE, ExpenditureRow[Ref])))


def _function(table: Table, _: int | None) -> FunctionTable[Ref]:
    return FunctionTable[Ref](rows=tuple(coded_rows(table, FUNCTION, FunctionRow[Ref])))


def _basic(table: Table, _: int | None) -> BasicTable[Ref]:
    return BasicTable[Ref](rows=tuple(coded_rows(table, BASIC, BasicRow[Ref])))


def _projects(table: Table, _: int | None) -> ProjectTable[Ref] | None:
    return project_table(table)


def _three_public(table: Table, year: int | None) -> ThreePublicBudget[Ref] | None:
    """The amounts of this year; one that two cells claim is left open."""
    claims: dict[str, list[Ref]] = {}
    for row, cell in figures_of(table):
        ref = amount_in(cell)
        above = words_of(table.at[row_above][cell.column] for row_above in range(row))
        beside = words_of(table.at[row][column] for column in range(cell.column))
        named_above = [_without_value(words) for words in above]
        named_beside = [_without_value(words) for words in beside]
        key = (
            _operating((named_above, named_beside))
            or item_of([words for words in named_above if words], misread=table.scanned)
            or item_of([words for words in named_beside if words], lines=True, misread=table.scanned)
        )
        if ref is not None and key is not None and not _of_another_year(above + beside, year):
            claims.setdefault(key, []).append(ref)
    return ThreePublicBudget[Ref](**{key: refs[0] for key, refs in claims.items() if len(refs) == 1})


def _operating(paths: tuple[list[str], list[str]]) -> str | None:
    """Whether the innermost words above or beside an amount are 机关运行经费: the key of that, else None."""
    innermost = [next((words for words in reversed(path) if words), "") for path in paths]
    return "operating_cost" if any(OPERATING.fullmatch(words) for words in innermost) else None


def _without_value(words: str) -> str:
    """Nothing where words say only that amounts of a year stand there."""
    return "" if HEADS.values.fullmatch(words) else words


def _of_another_year(said: Sequence[str], year: int | None) -> bool:
    if any(re.search(_OTHERS, words) for words in said):
        return True
    years = {int(digits) for words in said for digits in re.findall(r"(20\d\d)年", words)}
    return bool(years) and year is not None and year not in years


_READERS: dict[str, Callable[[Table, int | None], Any]] = {
    "income_expenditure": _balance,
    "income": _income,
    "expenditure": _expenditure,
    "fiscal_appropriation": _fiscal,
    "general_public_budget": _function,
    "basic_expenditure": _basic,
    "three_public": _three_public,
    "government_funds": _function,
    "state_capital": _function,
    "projects": _projects,
}
