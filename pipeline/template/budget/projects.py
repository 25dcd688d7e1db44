"""项目支出表: a line for each project, a column for each source that pays for it."""

from __future__ import annotations

import re
from typing import Any

from recount.pipeline.template.statement_coded import TOTAL, TOTALS
from recount.pipeline.template.statement_table import Columns, Table, heading, label, name_of
from recount.schemas.department_budget.statements import ProjectRow, ProjectTable
from recount.schemas.figures import Ref

_BUDGETS = (("general", "一般公共预算"), ("funds", "政府性基金"), ("capital", "国有资本经营"))
_SOURCES = (
    ("special_account", re.compile(r"财政专户(?:管理)?(?:的)?资金(?:收入)?")),
    ("own", re.compile(r"单位资金|其他(?:资金|收入)|事业收入")),
    ("total", re.compile(r"合计|总计|小计|预算数|金额|预算金额")),
)
_WORDS = {
    "category": re.compile(r"(?:项目)?(?:类型|类别)"),
    "name": re.compile(r"项目(?:支出)?名称|项目"),
    "unit": re.compile(r"(?:项目|实施|预算)?单位(?:名称)?"),
}
_OTHERS = re.compile(r"上年(?!结转)|执行|决算|增减|增长|比")


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
    for key in {each for each in keys.values() if each is not None}:
        mine = tuple(column for column, own in keys.items() if own == key)
        if len({id(heading(table, column)) for column in mine}) == 1:
            found[key] = mine
    return found


def _word_of(path: tuple[str, ...]) -> str | None:
    return next((key for key, rule in _WORDS.items() if path and rule.fullmatch(path[-1])), None)


def _source_of(path: tuple[str, ...]) -> str | None:
    """Which amount stands below some heads: 一般公共预算 below 财政拨款结转结余 is none of this year's."""
    if not path or any(_OTHERS.search(each) for each in path) or _word_of(path):
        return None
    carried = any("结转" in each for each in path)
    for key, title in _BUDGETS:
        if path[-1].startswith(title):
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
