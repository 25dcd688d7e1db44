"""项目支出绩效目标（申报）表: what a project is given and what it is to reach, by the labels of its cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from recount.pipeline.document import Grid
from recount.pipeline.map.evaluations.evaluations import head_values, name_right_of
from recount.pipeline.map.evaluations.indicators import read_indicators
from recount.pipeline.map.evaluations.table import (
    Mark,
    MarkRow,
    fields_in,
    figure,
    joined,
    right_of,
    rows_of,
    said,
    value_text,
)
from recount.schemas.common import evaluations as words
from recount.schemas.department_budget.targets import ProjectTarget, TargetIndicator
from recount.schemas.figures import Ref

_TITLE = "绩效目标"
_OF_WHICH = ("其中:", "其中", ":")


@dataclass(slots=True)
class _Table:
    """The rows of one project's table, over the grids that it runs over."""

    rows: list[MarkRow] = field(default_factory=list)

    @property
    def header(self) -> int:
        """Where the indicators begin; behind the last row if there are none."""
        return next((index for index, row in enumerate(self.rows) if _is_header(row)), len(self.rows))


def map_targets(grids: Sequence[Grid]) -> tuple[ProjectTarget[Ref], ...]:
    """The tables of targets among the grids, in order."""
    found: list[_Table] = []
    last = -1
    for index, grid in enumerate(grids):
        rows = rows_of(grid, index)
        if _opens(grid, rows):
            found.append(_Table(list(rows)))
        elif found and last == index - 1 and not grid.caption and grid.columns == found[-1].rows[-1].width:
            found[-1].rows.extend(rows)
        else:
            continue
        last = index
    return tuple(map(_target, found))


def _opens(grid: Grid, rows: Sequence[MarkRow]) -> bool:
    """项目名称 above, indicators that are only aimed at, and 绩效目标 in the title or above the goals."""
    if not any(mark.label in words.PROJECT_NAME for row in rows for mark in row.filled):
        return False
    titled = any(_TITLE in "".join(line.text.folded.split()) for line in grid.caption)
    labels = {mark.label for row in rows for mark in row.filled}
    reached = any(words.INDICATOR_COLUMNS.get(label) in ("actual", "score") for label in labels)
    return not reached and (titled or not labels.isdisjoint(words.TARGET_YEAR | set(words.TARGET_GOALS)))


def _is_header(row: MarkRow) -> bool:
    return {"level3", "target"} <= fields_in(row, words.INDICATOR_COLUMNS)


def _target(table: _Table) -> ProjectTarget[Ref]:
    above, below = table.rows[: table.header], table.rows[table.header :]
    indicators = read_indicators(below[0], below[1:])[0] if below else ()
    return ProjectTarget[Ref](
        name=name_right_of(above, words.PROJECT_NAME),
        **head_values(above),
        **_dates(above),
        **_funds(above),
        **_goals(above),
        indicators=tuple(
            TargetIndicator[Ref](
                level1=indicator.level1,
                level2=indicator.level2,
                level3=indicator.level3,
                target=indicator.target,
                weight=indicator.weight,
            )
            for indicator in indicators
        ),
    )


def _labelled(rows: Sequence[MarkRow]) -> Iterator[tuple[MarkRow, Mark, str]]:
    """Every label with its row, without 其中."""
    for row in rows:
        for mark in row.filled:
            name = mark.label
            for prefix in _OF_WHICH:
                name = name.removeprefix(prefix)
            if name:
                yield row, mark, name


def _dates(rows: Sequence[MarkRow]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row, mark, name in _labelled(rows):
        if name in words.TARGET_DATES:
            found.setdefault(words.TARGET_DATES[name], value_text(right_of(row, mark)))
    return found


def _funds(rows: Sequence[MarkRow]) -> dict[str, Any]:
    """The amounts right of their labels. A label is of the total above it, or left of it, that is nearest.

    What is said twice stays open.
    """
    heads: list[tuple[int, int, str]] = []
    found: dict[str, list[Ref | None]] = {}
    for row, mark, name in _labelled(rows):
        side = "total" if name in words.TARGET_WHOLE else "annual" if name in words.TARGET_YEAR else None
        if side is not None:
            heads.append((mark.start, row.number, side))
            found.setdefault(side, []).append(_amount(row, mark))
        elif name in words.TARGET_FUNDS:
            above = [head for head in heads if head[0] <= mark.start and head[1] <= row.number]
            if above:
                found.setdefault(f"{max(above)[2]}_{words.TARGET_FUNDS[name]}", []).append(_amount(row, mark))
    kept = ProjectTarget.model_fields
    return {key: refs[0] for key, refs in found.items() if len(refs) == 1 and key in kept}


def _amount(row: MarkRow, label: Mark) -> Ref | None:
    """The amount right of a label; blank cells between are the label's, where a text says not how far it reaches."""
    return figure(next((mark for mark in row.marks if mark.start >= label.end and mark.cell.words), None))


def _goals(rows: Sequence[MarkRow]) -> dict[str, Any]:
    """The texts right of, or below, the labels of the goals."""
    found: dict[str, str | None] = {}
    for row, mark, name in _labelled(rows):
        key = words.TARGET_GOALS.get(name)
        if key is None or key in found:
            continue
        beside = right_of(row, mark)
        if beside is not None and beside.words and not _has_goal_label(beside.label):
            found[key] = said(beside)
            continue
        lower_rows = [lower for lower in rows if lower.number > row.number and lower.grid == row.grid]
        texts = [
            said(cell)
            for lower in lower_rows
            for cell in lower.filled
            if cell.start >= mark.start and cell.end <= mark.end and cell.label not in words.TARGET_GOALS
        ]
        found[key] = joined(texts)
    return found


def _has_goal_label(printed: str) -> bool:
    return printed in words.WHOLE_GOAL or printed in words.EXPECTED_GOAL or printed in words.TARGET_GOALS
