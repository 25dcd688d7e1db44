"""项目支出绩效自评表 and 部门（单位）整体支出绩效自评表: grids to typed tables that point at tokens.

A table is read by its labels, never by positions (contract/forms.md, X). This module reads its parts above the
indicators, and finds the tables among a report's grids: several in one grid, or one over several.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from recount.pipeline.document import Grid, Number, Paragraph, Text
from recount.pipeline.map.evaluations.indicators import (
    Points,
    is_indicator_header,
    is_total,
    read_indicators,
)
from recount.pipeline.map.evaluations.table import (
    Column,
    Mark,
    MarkRow,
    columns_of,
    fields_in,
    figure,
    joined,
    labels_in,
    rate,
    right_of,
    rows_of,
    said,
    source_text,
    under,
)
from recount.pipeline.split.titles import TITLE_ROWS
from recount.schemas.common import evaluations as words
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.performance import FundRow, OverallEvaluation, ProjectEvaluation

# --- the parts of a table above its indicators: names, year, funds, goals

_YEAR_ALONE = re.compile(r"\(?(?:19|20)\d\d年度?\)?")
_AMOUNTS = frozenset({"initial_budget", "annual_budget", "executed"})


def name_right_of(rows: Sequence[MarkRow], labels: frozenset[str]) -> str | None:
    """The text right of the first of some labels (项目名称, 部门（单位）名称); None where it is blank."""
    for row in rows:
        for mark in row.filled:
            if mark.label in labels:
                return _value(row, mark)
    return None


def head_values(rows: Sequence[MarkRow]) -> dict[str, Any]:
    """主管部门 and 实施单位: what stands right of their labels in the rows above the funds."""
    found: dict[str, str | None] = {}
    for row in rows:
        for mark in row.filled:
            key = words.HEAD.get(mark.label)
            if key and key not in found:
                found[key] = _value(row, mark)
    return found


def _value(row: MarkRow, label: Mark) -> str | None:
    """What stands right of a label. No name is one sign: a stroke of the next, taken for a ruling, cut it off."""
    value = right_of(row, label)
    if value is None or value.label in words.HEAD or value.label in words.PROJECT_NAME:
        return None
    name = said(value)
    rest = right_of(row, value) if name is not None and len(name) == 1 else None
    more = said(rest) if rest is not None and rest.label not in words.HEAD else None
    return name + more if name is not None and more is not None else name


def year_of(rows: Sequence[MarkRow], caption: Sequence[Paragraph]) -> Ref | None:
    """The fiscal year, from a title row of the table itself or else from its caption (（2022年度）)."""
    for row in rows:
        mark = row.filled[0] if len(row.filled) == 1 else None
        if mark is not None and (_YEAR_ALONE.fullmatch(mark.words) or is_title(mark.words)):
            year = _year_in(mark.cell.text, mark.cell.numbers)
            if year is not None:
                return year
    # The line nearest to the table speaks for it.
    years = (_year_in(line.text, line.numbers) for line in reversed(caption))
    return next((year for year in years if year is not None), None)


def is_title(printed: str) -> bool:
    """Whether words (without spaces) are the title of a self-evaluation table."""
    return any(title_mark in printed for title_mark in words.TITLE_MARKS)


def _year_in(text: Text, numbers: Sequence[Number]) -> Ref | None:
    """The number that 年度 follows, or 年 where the text says nothing else."""
    alone = _YEAR_ALONE.fullmatch("".join(text.folded.split())) is not None
    for number in numbers:
        digits = text.folded[number.start : number.end]
        after = text.folded[number.end :].lstrip()
        if len(digits) == 4 and digits[:2] in ("19", "20") and (after.startswith("年度") or alone):
            return Ref(number.token.index)
    return None


_NUMBERS = re.compile(r"[\d.,%]+")
_FIGURE = re.compile(r"\d[.,]\d")


def is_fund_header(row: MarkRow) -> bool:
    """Whether a row names at least two of the three amounts, or one of them beside 执行率."""
    fields = fields_in(row, words.FUND_COLUMNS)
    return len(fields & _AMOUNTS) + ("execution_rate" in fields) >= 2


def fund_rows(header: MarkRow, rows: Sequence[MarkRow]) -> tuple[FundRow[Ref], ...]:
    """项目资金 or 资金来源: the rows between its header and the goals, each under its source label."""
    columns = columns_of(header, words.FUND_COLUMNS)
    found = (_fund_row(header, columns, row) for row in rows if not is_fund_header(row))
    return tuple(fund for fund in found if fund is not None)


def _fund_row(header: MarkRow, columns: Sequence[Column], row: MarkRow) -> FundRow[Ref] | None:
    marks = [mark for mark in row.marks if mark not in header.marks]
    source = _source(marks, columns[0].start)
    cells = [mark for mark in marks if row.begins(mark) and mark is not source]
    placed = under(columns, cells)
    if source is None or placed is None:
        source, placed = _in_order(columns, [mark for mark in marks if row.begins(mark)])
    if source is not None and _NUMBERS.fullmatch(source.words):
        return None  # its cells moved: what column its figures are of, nothing tells
    named = source is not None and source.label and not _FIGURE.search(source.words)  # else a row that was left open
    if not any(mark.words for mark in placed.values()) and not named:
        return None
    return FundRow[Ref](
        source=source_text(source),
        **{key: _amount(key, mark) for key, mark in placed.items()},
    )


def _amount(key: str, mark: Mark) -> Ref | None:
    return rate(mark) if key == "execution_rate" else figure(mark)


def _source(marks: Sequence[Mark], edge: int) -> Mark | None:
    """The label nearest to the figures, left of their first column."""
    return next((mark for mark in reversed(marks) if mark.words and mark.end <= edge), None)


def _in_order(columns: Sequence[Column], cells: Sequence[Mark]) -> tuple[Mark | None, dict[str, Mark]]:
    """A row whose cells moved: the source and one cell for each column, dashes counted, else no figure."""
    printed = [mark for mark in cells if mark.cell.words]
    if not printed or figure(printed[0]) is not None or not printed[0].words:
        return None, {}
    source, rest = printed[0], printed[1:]
    if len(rest) != len(columns):
        return source, {}
    return source, {column.field: mark for column, mark in zip(columns, rest, strict=True) if column.field is not None}


def is_goal_row(row: MarkRow) -> bool:
    """Whether a row, above the indicators, holds 预期目标, 实际完成情况 or 年度总体目标."""
    return any(map(_is_goal_label, row.filled))


def goals(rows: Sequence[MarkRow]) -> tuple[str | None, str | None]:
    """预期目标 and 实际完成情况: the texts under (or right of) these labels, in the rows of the goals."""
    expected = _goal_text(rows, words.EXPECTED_GOAL)
    if expected is None:
        expected = _beside_whole_goal(rows)
    return expected, _goal_text(rows, words.ACTUAL_COMPLETION)


def _goal_text(rows: Sequence[MarkRow], labels: frozenset[str]) -> str | None:
    for index, row in enumerate(rows):
        for mark in row.filled:
            if mark.label in labels:
                return _right_text(row, mark) or _text_below(rows[index + 1 :], mark)
    return None


def _right_text(row: MarkRow, label: Mark) -> str | None:
    value = right_of(row, label)
    return said(value) if value is not None and not _is_goal_label(value) else None


def _text_below(rows: Sequence[MarkRow], label: Mark) -> str | None:
    """The texts of the rows below a label, in its columns."""
    column = Column(None, label.start, label.end)
    return joined(
        [
            said(mark)
            for row in rows
            for mark in row.filled
            if column.over(mark) and mark.start >= label.start and not _is_goal_label(mark)
        ]
    )


def _beside_whole_goal(rows: Sequence[MarkRow]) -> str | None:
    """The one text right of 年度总体目标 in a table that does not say 预期目标."""
    for row in rows:
        for mark in row.filled:
            if mark.label in words.WHOLE_GOAL:
                return _right_text(row, mark)
    return None


def _is_goal_label(mark: Mark) -> bool:
    return mark.label in words.EXPECTED_GOAL or mark.label in words.ACTUAL_COMPLETION or mark.label in words.WHOLE_GOAL


# --- the tables among the grids of a report

Evaluations = tuple[tuple[ProjectEvaluation[Ref], ...], OverallEvaluation[Ref] | None, frozenset[int]]
"""The project tables, the overall table, and the indices of their grids."""
_Rows = Sequence[MarkRow]
_OTHER_LABELS = frozenset({*words.HEAD, *words.FUND_COLUMNS, *words.INDICATOR_COLUMNS})
"""What stands right of a name's label where the name is blank."""


@dataclass(slots=True)
class _Table:
    """A table while it is put together: its caption and its rows, over the grids that it runs over."""

    caption: tuple[Paragraph, ...]
    rows: list[MarkRow] = field(default_factory=list)

    @property
    def grids(self) -> set[int]:
        """The indices of the grids that it runs over."""
        return {row.grid for row in self.rows}

    @property
    def closed(self) -> bool:
        """Whether its 总分 has come. (A 合计 above the indicators is one of the funds.)"""
        header = next((index for index, row in enumerate(self.rows) if is_indicator_header(row)), len(self.rows))
        return any(map(is_total, self.rows[header:]))

    def titles(self) -> Iterator[str]:
        """The words of its caption, and of a title inside it."""
        yield from ("".join(line.text.folded.split()) for line in self.caption)
        yield from (mark.words for row in self.rows[:TITLE_ROWS] for mark in row.filled if is_title(mark.words))


def map_evaluations(grids: Sequence[Grid]) -> Evaluations:
    """The project tables in order, the overall table, and the indices of the grids that they stand in.

    A report has one overall table; were there more, the first counts and the others stay unread.
    """
    projects: list[ProjectEvaluation[Ref]] = []
    overall: OverallEvaluation[Ref] | None = None
    used: set[int] = set()
    for table in _tables(grids):
        if not _is_overall(table):
            projects.append(_project(table))
        elif overall is None:
            overall = _overall(table)
        else:
            continue
        used |= table.grids
    return tuple(projects), overall, frozenset(used)


def _tables(grids: Sequence[Grid]) -> list[_Table]:
    """The evaluation tables among the grids, each with all its rows."""
    found: list[_Table] = []
    for index, grid in enumerate(grids):
        rows = rows_of(grid, index)
        opened = found[-1] if found and index - 1 in found[-1].grids and not found[-1].closed else None
        starts = _starts(rows)
        head, tables = _cut(rows, starts, opened is not None)
        if not starts and _begins_unnamed(grid, head, opened):
            head, tables = [], [head]
        if opened is not None and _continues(grid, head, opened):
            opened.rows.extend(head)
        fresh = [_Table(grid.caption, list(table_rows)) for table_rows in tables]
        found.extend(table for table in fresh if _is_evaluation(table))
    return found


def _starts(rows: Sequence[MarkRow]) -> list[int]:
    """The rows that open a table: 项目名称 or 部门（单位）名称 first in the row, a value right of it.

    A second such label belongs to the same head until its funds or indicators have begun.
    """
    starts: list[int] = []
    begun = True
    for index, row in enumerate(rows):
        if begun and _opens(row):
            starts.append(index)
            begun = False
        elif is_fund_header(row) or is_indicator_header(row):
            begun = True
    return starts


def _opens(row: MarkRow) -> bool:
    filled = row.filled
    if not filled or filled[0].label not in words.PROJECT_NAME | words.UNIT_NAME:
        return False
    value = right_of(row, filled[0])
    return value is not None and value.label not in _OTHER_LABELS and figure(value) is None


def _cut(rows: Sequence[MarkRow], starts: Sequence[int], continuing: bool) -> tuple[list[MarkRow], list[list[MarkRow]]]:
    """The rows that continue the table before, and those of each table that opens.

    A table ends with its 总分; what stands between that and the next opening row is the next one's title.
    """
    if not starts:
        return list(rows), []
    first = _end_of_table(rows, 0, starts[0]) if continuing else 0
    begins = [first, *(_end_of_table(rows, a, b) for a, b in pairwise(starts))]
    ends = [*begins[1:], len(rows)]
    return list(rows[:first]), [list(rows[a:b]) for a, b in zip(begins, ends, strict=True)]


def _end_of_table(rows: Sequence[MarkRow], start: int, opening: int) -> int:
    """Where the table that begins at a row ends, the next one opening at another."""
    for index in range(opening - 1, start - 1, -1):
        if is_indicator_header(rows[index]):
            break
        if is_total(rows[index]):
            return index + 1
    end = opening
    while end > start and _is_title_row(rows[end - 1]):
        end -= 1
    return end


def _is_title_row(row: MarkRow) -> bool:
    return all(is_title(mark.words) or mark.words.strip("()").endswith("年度") for mark in row.filled)


def _begins_unnamed(grid: Grid, rows: Sequence[MarkRow], opened: _Table | None) -> bool:
    """Whether a grid without an opening row is a table of its own, and not the rest of the one before."""
    if not any(map(is_indicator_header, rows)):
        return False
    return opened is None or _has_title(grid)


def _continues(grid: Grid, rows: Sequence[MarkRow], opened: _Table) -> bool:
    """Whether rows without an opening row go on with the table before, which has not come to its 总分."""
    if not rows or _has_title(grid):
        return False
    labels = set(labels_in(rows))
    if any(map(is_indicator_header, rows)) or labels & (words.LEVELS | words.TOTAL_SCORE):
        return True
    return not grid.caption and grid.columns == opened.rows[-1].width


def _has_title(grid: Grid) -> bool:
    """Whether a grid has a head of its own (收入决算表, （2022年度）, 单位：万元), not 续表."""
    lines = [line.text.folded.strip() for line in grid.caption]
    return any(line.endswith(("表", "年度)", "万元")) and "续表" not in line for line in lines)


def _is_evaluation(table: _Table) -> bool:
    """Whether a table evaluates: it gives scores or actual values, or its title says 自评."""
    labels = set(labels_in(table.rows))
    headed = any(is_indicator_header(row) or is_fund_header(row) for row in table.rows)
    if not headed and labels.isdisjoint(words.HEAD):
        return False
    scored = any(words.INDICATOR_COLUMNS.get(label) in ("actual", "score") for label in labels)
    return (headed and scored) or any(map(is_title, table.titles()))


def _is_overall(table: _Table) -> bool:
    """A table of the whole department: no 项目名称, and a unit's name or 整体 in the title."""
    labels = set(labels_in(table.rows))
    if labels & words.PROJECT_NAME:
        return False
    return (
        any(words.OVERALL_MARK in title for title in table.titles())
        or not labels.isdisjoint(words.UNIT_NAME)
        or "资金来源" in labels
    )


def _project(table: _Table) -> ProjectEvaluation[Ref]:
    head = _parts(table.rows)[0]
    return ProjectEvaluation[Ref](
        name=name_right_of(head, words.PROJECT_NAME), **head_values(head), **_common_values(table)
    )


def _overall(table: _Table) -> OverallEvaluation[Ref]:
    head = _parts(table.rows)[0]
    return OverallEvaluation[Ref](unit_name=name_right_of(head, words.UNIT_NAME), **_common_values(table))


def _common_values(table: _Table) -> dict[str, Any]:
    """What the project table and the overall table both hold (schemas, Evaluation), by field."""
    head, funds, goal_rows, below = _parts(table.rows)
    expected, actual = goals(goal_rows)
    indicators, points = read_indicators(below[0], below[1:]) if below else ((), Points())
    return {
        "fiscal_year": year_of(head, table.caption),
        "funds": fund_rows(funds[0], funds[1:]) if funds else (),
        "expected_goal": expected,
        "actual_completion": actual,
        "indicators": indicators,
        "total_weight": points.weight,
        "total_score": points.score,
    }


def _parts(rows: Sequence[MarkRow]) -> tuple[_Rows, _Rows, _Rows, _Rows]:
    """The rows of head, funds, goals and indicators; each of the last three from its header on."""
    end = len(rows)
    indicators = next((index for index, row in enumerate(rows) if is_indicator_header(row)), end)
    funds = next((index for index, row in enumerate(rows[:indicators]) if is_fund_header(row)), end)
    goal_rows = next((index for index, row in enumerate(rows[:indicators]) if is_goal_row(row)), end)
    borders = sorted((funds, goal_rows, indicators, end))

    def part_from(start: int) -> _Rows:
        return rows[start : next((border for border in borders if border > start), end)]

    return rows[: borders[0]], part_from(funds), part_from(goal_rows), rows[indicators:]
