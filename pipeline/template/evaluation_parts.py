"""The parts of a self-evaluation table above its indicators: names, year, funds, goals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from recount.pipeline.document import Number, Paragraph, Text
from recount.pipeline.template import evaluation_words as words
from recount.pipeline.template.evaluation_table import (
    Column,
    Mark,
    Row,
    columns_of,
    fields_in,
    figure,
    joined,
    rate,
    right_of,
    said,
    source_text,
    under,
)
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.performance import FundRow

_YEAR_ALONE = re.compile(r"\(?(?:19|20)\d\d年度?\)?")
_AMOUNTS = {"initial_budget", "annual_budget", "executed"}


def name_right_of(rows: Sequence[Row], labels: frozenset[str]) -> str | None:
    """The text right of the first of some labels (项目名称, 部门（单位）名称); None where it is blank."""
    for row in rows:
        for mark in row.filled:
            if mark.label in labels:
                return _value(row, mark)
    return None


def head_values(rows: Sequence[Row]) -> dict[str, Any]:
    """主管部门 and 实施单位: what stands right of their labels in the rows above the funds."""
    found: dict[str, str | None] = {}
    for row in rows:
        for mark in row.filled:
            field = words.HEAD.get(mark.label)
            if field and field not in found:
                found[field] = _value(row, mark)
    return found


def _value(row: Row, label: Mark) -> str | None:
    value = right_of(row, label)
    if value is None or value.label in words.HEAD or value.label in words.PROJECT_NAME:
        return None
    return said(value)


def year_of(rows: Sequence[Row], caption: Sequence[Paragraph]) -> Ref | None:
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
    return any(each in printed for each in words.TITLE_MARKS)


def _year_in(text: Text, numbers: Sequence[Number]) -> Ref | None:
    """The number that 年度 follows, or 年 where the text says nothing else."""
    alone = _YEAR_ALONE.fullmatch("".join(text.folded.split())) is not None
    for number in numbers:
        digits = text.folded[number.start : number.end]
        after = text.folded[number.end :].lstrip()
        if len(digits) == 4 and digits[:2] in ("19", "20") and (after.startswith("年度") or alone):
            return Ref(number.token.index)
    return None


def is_fund_header(row: Row) -> bool:
    """A row that names at least two of the three amounts, or one of them beside 执行率."""
    fields = fields_in(row, words.FUND_COLUMNS)
    return len(fields & _AMOUNTS) + ("execution_rate" in fields) >= 2


def fund_rows(header: Row, rows: Sequence[Row]) -> tuple[FundRow[Ref], ...]:
    """项目资金 or 资金来源: the rows between its header and the goals, each under its source label."""
    columns = columns_of(header, words.FUND_COLUMNS)
    found = (_fund_row(header, columns, row) for row in rows if not is_fund_header(row))
    return tuple(each for each in found if each is not None)


def _fund_row(header: Row, columns: Sequence[Column], row: Row) -> FundRow[Ref] | None:
    own = [mark for mark in row.marks if mark not in header.marks]
    source = _source(own, columns[0].start)
    cells = [mark for mark in own if row.begins(mark) and mark is not source]
    placed = under(columns, cells)
    if source is None or placed is None:
        source, placed = _in_order(columns, [mark for mark in own if row.begins(mark)])
    if not any(mark.words for mark in placed.values()) and (source is None or not source.label):
        return None
    return FundRow[Ref](
        source=source_text(source),
        **{field: _amount(field, mark) for field, mark in placed.items()},
    )


def _amount(field: str, mark: Mark) -> Ref | None:
    return rate(mark) if field == "execution_rate" else figure(mark)


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


def is_goal_row(row: Row) -> bool:
    """A row that holds 预期目标, 实际完成情况 or 年度总体目标, above the indicators."""
    return any(
        mark.label in words.EXPECTED_GOAL or mark.label in words.ACTUAL_COMPLETION or mark.label in words.WHOLE_GOAL
        for mark in row.filled
    )


def goals(rows: Sequence[Row]) -> tuple[str | None, str | None]:
    """预期目标 and 实际完成情况: the texts under (or right of) these labels, in the rows of the goals."""
    expected = _passage(rows, words.EXPECTED_GOAL)
    if expected is None:
        expected = _beside_whole_goal(rows)
    return expected, _passage(rows, words.ACTUAL_COMPLETION)


def _passage(rows: Sequence[Row], labels: frozenset[str]) -> str | None:
    for at, row in enumerate(rows):
        for mark in row.filled:
            if mark.label in labels:
                return _right_text(row, mark) or _text_below(rows[at + 1 :], mark)
    return None


def _right_text(row: Row, label: Mark) -> str | None:
    value = right_of(row, label)
    return said(value) if value is not None and not _is_goal_label(value) else None


def _text_below(rows: Sequence[Row], label: Mark) -> str | None:
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


def _beside_whole_goal(rows: Sequence[Row]) -> str | None:
    """The one text right of 年度总体目标 in a table that does not say 预期目标."""
    for row in rows:
        for mark in row.filled:
            if mark.label in words.WHOLE_GOAL:
                return _right_text(row, mark)
    return None


def _is_goal_label(mark: Mark) -> bool:
    return mark.label in words.EXPECTED_GOAL or mark.label in words.ACTUAL_COMPLETION or mark.label in words.WHOLE_GOAL
