"""The nine final-account statements (部门决算报表) from the grids of a report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Any

from recount.pipeline.document import Grid
from recount.pipeline.map.tables.balance import (
    fiscal_appropriation_statement,
    income_expenditure_statement,
)
from recount.pipeline.map.tables.coded import (
    expenditure_statement,
    fund_statement,
    general_statement,
    income_statement,
)
from recount.pipeline.map.tables.economic import basic_statement
from recount.pipeline.map.tables.sheet import Table, bare, is_nearly, is_scanned, table_of
from recount.pipeline.map.tables.three_public import three_public_statement
from recount.pipeline.split.titles import titles_over
from recount.schemas.describe import fields_of
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.statements import Statements

# --- which of the nine statements a grid is: by the title over it, or, where that is lost, by words of its own


class Title(StrEnum):
    """The nine statements, under their keys in the schema."""

    INCOME_EXPENDITURE = "income_expenditure"
    INCOME = "income"
    EXPENDITURE = "expenditure"
    FISCAL_APPROPRIATION = "fiscal_appropriation"
    GENERAL_PUBLIC_BUDGET = "general_public_budget"
    BASIC_EXPENDITURE = "basic_expenditure"
    THREE_PUBLIC = "three_public"
    GOVERNMENT_FUNDS = "government_funds"
    STATE_CAPITAL = "state_capital"


OF_ONE_BUDGET = frozenset("基金资本营公共预算")
OF_APPROPRIATION = frozenset("财拨款")
OF_ONE_PURPOSE = frozenset("三费项专购基本收")
TITLES: tuple[tuple[Title, str, frozenset[str]], ...] = (
    (Title.THREE_PUBLIC, r"三公经费[^表]{0,40}表", frozenset("基金资本营")),
    (Title.GOVERNMENT_FUNDS, r"政府性基金(?:预算)?(?:财政拨款)?(?:收入支出|支出|收支)决算(?:情况)?表", frozenset()),
    (Title.STATE_CAPITAL, r"国有资本经营(?:预算)?(?:财政拨款)?(?:收入支出|支出|收支)决算(?:情况)?表", frozenset()),
    (Title.BASIC_EXPENDITURE, r"一般公共预算(?:财政拨款)?基本支出决算(?:明细|情况)?表", frozenset()),
    (Title.GENERAL_PUBLIC_BUDGET, r"一般公共预算(?:财政拨款)?(?:收入支出|支出|收支)决算(?:情况)?表", frozenset()),
    (Title.FISCAL_APPROPRIATION, r"财政拨款(?:收入支出|收支)决算总?表", OF_ONE_BUDGET),
    (Title.INCOME_EXPENDITURE, r"(?:收入支出|收支)决算总?表", OF_ONE_BUDGET | OF_APPROPRIATION),
    (Title.INCOME, r"收入决算(?:情况)?总?表", OF_ONE_BUDGET | OF_APPROPRIATION),
    (Title.EXPENDITURE, r"支出决算(?:情况)?总?表", OF_ONE_BUDGET | OF_APPROPRIATION | OF_ONE_PURPOSE),
)
"""The titles, without spaces, brackets and quotation marks. One that contains another comes first.

With each the characters that do not stand before it: they are what is left of a longer title that is misread, or
that this schema does not have (项目支出决算表).
"""
BEFORE_A_TITLE = re.compile(r".*(?:年度?|部门|单位|表\d*)")
"""What may stand on the line before a title, and hold any characters: a unit's name and the year, 公开01表."""
JUST_BEFORE = 10  # characters

IDEOGRAPHS = re.compile("[\u3400-\u9fff]+")
MOST_MARKED = 2  # signs of a title that may be lost so
USUAL_TITLES = {
    "收入支出决算总表": Title.INCOME_EXPENDITURE,
    "收入决算表": Title.INCOME,
    "支出决算表": Title.EXPENDITURE,
    "财政拨款收入支出决算总表": Title.FISCAL_APPROPRIATION,
    "一般公共预算财政拨款支出决算表": Title.GENERAL_PUBLIC_BUDGET,
    "一般公共预算财政拨款基本支出决算表": Title.BASIC_EXPENDITURE,
    "一般公共预算财政拨款基本支出决算明细表": Title.BASIC_EXPENDITURE,
    "财政拨款三公经费支出决算表": Title.THREE_PUBLIC,
    "政府性基金预算财政拨款收入支出决算表": Title.GOVERNMENT_FUNDS,
    "国有资本经营预算财政拨款收入支出决算表": Title.STATE_CAPITAL,
    "国有资本经营预算财政拨款支出决算表": Title.STATE_CAPITAL,
}
"""For titles in which one character is misread."""

SIGNS = (
    (Title.THREE_PUBLIC, ("因公出国", "公务接待费", "公务用车购置及运行")),
    (Title.FISCAL_APPROPRIATION, ("本年收入合计", "本年支出合计", "年初财政拨款结转和结余")),
    (Title.INCOME_EXPENDITURE, ("本年收入合计", "本年支出合计", "结余分配")),
    (Title.BASIC_EXPENDITURE, ("人员经费合计", "公用经费合计", "工资福利支出")),
    (Title.INCOME, ("科目名称", "上级补助收入", "附属单位上缴收入")),
    (Title.EXPENDITURE, ("科目名称", "上缴上级支出", "对附属单位补助支出")),
)
"""Words that begin cells of one statement only. Those of the three single budgets are too much alike."""


def by_title(grid: Grid) -> Title | None:
    """The statement whose title stands over a grid, or in its first rows; of two titles the nearer one."""
    for above, line in _titles(grid):
        for title, pattern, not_before in TITLES:
            for match in re.finditer(pattern, above + line):
                before = BEFORE_A_TITLE.sub("", (above + line)[: match.start()])
                if match.end() > len(above) and not_before.isdisjoint(before[-JUST_BEFORE:]):
                    return title
    return None


def titles_of(grids: Sequence[Grid]) -> dict[int, str]:
    """The official titles of the grids that are statements by their title, by the grids' indices."""
    found = {index: by_title(grid) for index, grid in enumerate(grids)}
    return {index: fields_of(Statements)[title.value].title for index, title in found.items() if title is not None}


def by_misread_title(grid: Grid) -> Title | None:
    """The statement whose usual title stands over a scanned grid with one character misread, or with marks in the place
    of one or two."""
    if not is_scanned(grid):
        return None
    for _, line in _titles(grid):
        for usual, title in USUAL_TITLES.items():
            if is_nearly(line, usual) or _has_marks_in(line, usual):
                return title
    return None


def _has_marks_in(line: str, usual: str) -> bool:
    """Whether a line is a title with what is no ideograph in the place of one or two of its signs: --般公共预算."""
    left = "".join(IDEOGRAPHS.findall(line))
    kept = iter(usual)
    return left != line and 0 < len(usual) - len(left) <= MOST_MARKED and all(sign in kept for sign in left)


def by_signs(grid: Grid) -> Title | None:
    """The statement that has the grid's words, where its title is lost."""
    labels = "\n".join(["", *(bare(cell.words) for cell in grid.cells)])
    for title, signs in SIGNS:
        if all(f"\n{sign}" in labels for sign in signs):
            return title
    return None


def _titles(grid: Grid) -> Iterator[tuple[str, str]]:
    """The lines that may be its title, without brackets and quotation marks; each with the line above."""
    return ((bare(above), bare(line)) for above, line in titles_over(grid))


# --- the statements, each by its reader

READERS: dict[Title, Callable[[Table], Any]] = {
    Title.INCOME_EXPENDITURE: income_expenditure_statement,
    Title.INCOME: income_statement,
    Title.EXPENDITURE: expenditure_statement,
    Title.FISCAL_APPROPRIATION: fiscal_appropriation_statement,
    Title.GENERAL_PUBLIC_BUDGET: general_statement,
    Title.BASIC_EXPENDITURE: basic_statement,
    Title.THREE_PUBLIC: three_public_statement,
    Title.GOVERNMENT_FUNDS: fund_statement,
    Title.STATE_CAPITAL: fund_statement,
}


def map_statements(grids: Sequence[Grid]) -> tuple[Statements[Ref] | None, frozenset[int]]:
    """The statements among the grids, and which grids they are.

    A title counts for more than what a table looks like; of two grids with one title the first is taken. A
    statement that the report does not carry is null.
    """
    found: dict[str, Any] = {}
    taken: set[int] = set()
    for title_of in (by_title, by_misread_title, by_signs):
        for index, grid in enumerate(grids):
            title = title_of(grid) if index not in taken else None
            if title is None or title.value in found:
                continue
            statement = READERS[title](table_of(grid))
            if statement is not None:
                found[title.value] = statement
                taken.add(index)
    return (Statements[Ref](**found) if found else None), frozenset(taken)
