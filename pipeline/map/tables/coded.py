"""The statements by 科目编码: of income, expenditure, the general public budget and the two funds.

One line a classification code, in one cell ("2010601") or in three (类, 款, 项), and 合计 first or last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from recount.pipeline.map.tables.sheet import (
    CODE_LEVELS,
    Field,
    Table,
    by_content,
    columns_by_header,
    has_chinese,
    is_note,
    label,
    name_of,
)
from recount.schemas.common.codes import UNITS, CodedRow
from recount.schemas.common.rows import ExpenditureRow, ExpenditureStatement, GeneralRow
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.statements import (
    FundBudgetRow,
    FundBudgetStatement,
    GeneralStatement,
    IncomeRow,
    IncomeStatement,
)

ROW = TypeVar("ROW", bound=CodedRow[Any])

TOTAL = "合计"
TOTALS = re.compile(r"合计|总计")
MISREAD_TOTAL = re.compile(r"合.|[台含舍]计")
"""合计 with one character misread; no line of the classification is called so."""
OF_ANOTHER_YEAR_OR_SIDE = r"上年|预算数|年初|年末|收入"

INCOME = (
    Field("total", r"(?:本年)?收入(?:合计|总计)|合计|总计|本年收入", ("本年收入合计",)),
    Field("fiscal_appropriation", r"财政拨款收入|财政拨款", ("财政拨款收入",)),
    Field("superior_subsidy", r"上级补助收入", ("上级补助收入",)),
    Field("institutional", r"事业收入", ("事业收入",)),
    Field("business", r"经营收入", ("经营收入",)),
    Field("affiliate_remittance", r"附属单位上?缴款?(?:收入)?", ("附属单位上缴收入",)),
    Field("other", r"其他收入", ("其他收入",)),
)
EXPENDITURE = (
    Field("total", r"(?:本年)?支出(?:合计|总计)|合计|总计|本年支出", ("本年支出合计",)),
    Field("basic", r"基本支出", ("基本支出",), OF_ANOTHER_YEAR_OR_SIDE),
    Field("project", r"项目支出", ("项目支出",), OF_ANOTHER_YEAR_OR_SIDE),
    Field("remitted_to_superior", r"上缴上级支出", ("上缴上级支出",)),
    Field("business", r"经营支出", ("经营支出",)),
    Field("affiliate_subsidy", r"对?附属单位补助(?:支出)?", ("对附属单位补助支出",)),
)
GENERAL = (
    Field(
        "total",
        r"(?:本年)?支出(?:合计|总计|小计)?|合计|总计|小计|本年支出|一般公共预算财政拨款(?:支出)?",
        ("本年支出合计",),
        OF_ANOTHER_YEAR_OR_SIDE,
    ),
    Field("basic", r"基本支出", ("基本支出",), OF_ANOTHER_YEAR_OR_SIDE),
    Field("project", r"项目支出", ("项目支出",), OF_ANOTHER_YEAR_OR_SIDE),
)
FUND = (
    Field("opening", r"(?:年初|上年)(?:财政拨款)?结转和?结余", ("年初结转和结余",), r"预算数"),
    Field("income", r"本年收入", ("本年收入",)),
    Field("total", r"(?:本年)?支出(?:合计|小计)?|合计|小计", ("本年支出",), OF_ANOTHER_YEAR_OR_SIDE),
    Field("basic", r"基本支出", ("基本支出",), OF_ANOTHER_YEAR_OR_SIDE),
    Field("project", r"项目支出", ("项目支出",), OF_ANOTHER_YEAR_OR_SIDE),
    Field("closing", r"年末(?:财政拨款)?结转和?结余", ("年末结转和结余",), r"上年|预算数"),
)
OF_CODES = re.compile(r"[编码]")
OF_NAMES = re.compile(r"[名称]")
"""科目编码 and 科目名称, one character of which may be misread."""
NAME_HEADINGS = frozenset({"项目", "科目", "支出功能分类", "功能分类", "经济分类", "支出项目"})
_CODE = re.compile(r"\d{3}(?:\d{2}){0,2}")
_OF_UNITS = re.compile(r"(?:单位|部门)(?:代码|编码)")
_CODE_BEFORE_NAME = re.compile(r"(\d{3}(?:\d{2}){0,2})(?=\D)")
_LEVEL_ENDS = (0, 3, 5)  # where the 类, 款 and 项 part of a code begin


@dataclass(frozen=True, slots=True)
class Labels:
    """The columns that say what a line is: of its code, and of its name (one may be both). of_units: the codes are
    those of units (单位代码), not of the classification."""

    codes: tuple[int, ...]
    names: tuple[int, ...]
    of_units: bool = False


def income_statement(table: Table) -> IncomeStatement[Ref]:
    """收入决算表, its lines in order."""
    return IncomeStatement[Ref](rows=tuple(coded_rows(table, INCOME, IncomeRow[Ref])))


def expenditure_statement(table: Table) -> ExpenditureStatement[Ref]:
    """支出决算表, its lines in order."""
    return ExpenditureStatement[Ref](rows=tuple(coded_rows(table, EXPENDITURE, ExpenditureRow[Ref])))


def general_statement(table: Table) -> GeneralStatement[Ref]:
    """一般公共预算财政拨款支出决算表, its lines in order."""
    return GeneralStatement[Ref](rows=tuple(coded_rows(table, GENERAL, GeneralRow[Ref])))


def fund_statement(table: Table) -> FundBudgetStatement[Ref]:
    """政府性基金预算 or 国有资本经营预算财政拨款收入支出决算表, its lines in order, with its 注."""
    rows = tuple(coded_rows(table, FUND, FundBudgetRow[Ref]))
    return FundBudgetStatement[Ref](rows=rows, note=note_of(table))


def note_of(table: Table) -> str | None:
    """The 注：… line below a table, or in its last rows, as printed."""
    if table.grid.note is not None:
        return table.grid.note.text.printed
    notes = [cell for cell in table.grid.cells if cell.row >= table.body and is_note(cell)]
    return notes[-1].text.printed if notes else None


def coded_rows(table: Table, fields: Sequence[Field], model: type[ROW]) -> Iterator[ROW]:
    """The lines of a statement: every row that says something, with what its columns hold."""
    labels = label_columns(table, range(table.grid.columns))
    free = [column for column in range(table.grid.columns) if column not in labels.codes + labels.names]
    columns = columns_by_header(table, fields, free)
    others = {*labels.codes, *labels.names, *(column for mine in columns.values() for column in mine)}
    above = ""
    for row in table.body_rows():
        code, name = code_and_name(table, row, labels, above)
        amounts = {key: table.amount(row, mine, others) for key, mine in columns.items()}
        if code is None and name is None and not any(amounts.values()):
            continue
        above = code or above
        yield model(code=code, name=name, **amounts)


def label_columns(table: Table, columns: Sequence[int]) -> Labels:
    """The columns of the codes and of the names, by their headings, or by what they hold."""
    paths = {column: table.path(column) for column in columns}
    codes = [column for column, path in paths.items() if heads_code(path)]
    names = [column for column, path in paths.items() if any(map(OF_NAMES.search, path))]
    if not names:
        names = [column for column, path in paths.items() if column not in codes and path and path[-1] in NAME_HEADINGS]
    if not names:
        names = list(by_content(table, [column for column in columns if column not in codes], has_chinese))[:1]
    if not codes and names:
        left = [column for column in columns if column < names[0]]
        codes = list(by_content(table, left, lambda cell: _CODE.fullmatch(cell.words) is not None))
    of_units = any(_OF_UNITS.search(words) for column in codes for words in paths[column])
    return Labels(tuple(codes), tuple(names), of_units)


def heads_code(path: Sequence[str]) -> bool:
    """Whether a heading says that codes stand below it."""
    return any(OF_CODES.search(words) or words in CODE_LEVELS for words in path)


def code_and_name(table: Table, row: int, labels: Labels, above: str = "") -> tuple[str | None, str | None]:
    """What a line is. 合计 has no code; a code printed before the name in one cell is taken off it.

    above: the code of the line above, for a form that prints only the last level of a code.
    """
    cells = [cell for cell in table.cells(row, labels.codes + labels.names) if label(cell) not in CODE_LEVELS]
    words = [label(cell) for cell in cells if cell.row == row]
    if any(map(TOTALS.fullmatch, words)) or (table.scanned and len(words) == 1 and MISREAD_TOTAL.fullmatch(words[0])):
        return None, TOTAL
    code = _unit_code(table, row, labels) if labels.of_units else _joined(table, row, labels.codes, above)
    names = [cell for cell in table.cells(row, labels.names) if cell.row == row and has_chinese(cell)]
    if len(names) != 1:
        return code, None
    name = name_of(names[0])
    before = _CODE_BEFORE_NAME.match("".join(names[0].text.folded.split()))
    if before is not None and code in (None, before[1]):
        code, name = before[1], name[before.end() :]
    return code, name


def _unit_code(table: Table, row: int, labels: Labels) -> str | None:
    """The code of a unit, which is printed whole; None where it is none."""
    words = [cell.words for cell in table.cells(row, labels.codes)]
    return words[0] if len(words) == 1 and UNITS.reads(words[0]) else None


def _joined(table: Table, row: int, columns: Sequence[int], above: str) -> str | None:
    """The code of a line from its 类, 款 and 项 cells, each of which may hold its level or all down to it.

    A cell that holds anything but digits makes the whole code unreadable, not a shorter one.
    """
    code = ""
    for cell in table.cells(row, columns):
        digits = cell.words
        if label(cell) in CODE_LEVELS or has_chinese(cell):
            continue  # the header's last row; a code and name in one cell
        if not digits.isascii() or not digits.isdigit():
            return None
        if len(digits) >= 3:
            code = digits  # all levels down to this one
        elif code:
            code += digits
        elif cell.column in columns:
            code = _prefix(columns.index(cell.column), len(columns), above) + digits
        else:  # it begins before the codes: which level it is, nothing tells
            return None
    return code if _CODE.fullmatch(code) else None


def _prefix(place: int, levels: int, above: str) -> str:
    """The levels that a line leaves out, from the line above: its own level is told by its column."""
    return above[: _LEVEL_ENDS[place]] if levels == len(_LEVEL_ENDS) and place else ""
