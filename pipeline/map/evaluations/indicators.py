"""The indicators of a self-evaluation table and its 总分: columns by their header words, rows by their cells.

A row is read by the columns its cells stand under. Where cells have moved (a cell is missing and the others
stand further left, a level's label stands in another column) it is read in order, if it has as many cells as
the header asks for and a number where weight and score belong; otherwise its figures stay empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from recount.pipeline.map.evaluations.table import (
    FIGURE_FIELDS,
    Column,
    Mark,
    MarkRow,
    columns_of,
    fields_in,
    figure,
    joined,
    said,
    under,
    value_text,
)
from recount.schemas.common import evaluations as words
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.performance import Indicator

_COMPARISON = re.compile(r"[<>=≥≤]")
_POINTS = re.compile(r"[\d.]+分?[\d.]+分?")
_SPECKED = re.compile(r"[\d\s.,:;·'‘’`、]+")
_MOST_DIGITS = 4
_LEVEL_FIELDS = frozenset({"level1", "level2"})
_VALUE_FIELDS = ("target", "actual", "weight", "score")
_TEXT_FIELDS = ("level3", "target", "actual", "basis")


@dataclass(frozen=True, slots=True)
class Points:
    """What stands under the indicators: the total weight and the total score."""

    weight: Ref | None = None
    score: Ref | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """The header of the indicators: its columns, and the cells that stand in its row."""

    columns: tuple[Column, ...]
    marks: tuple[Mark, ...]
    width: int

    @property
    def fields(self) -> list[str | None]:
        """What the columns right of the levels hold, in order."""
        return [column.field for column in self.columns if column.field not in _LEVEL_FIELDS]

    def holds(self, row: MarkRow, mark: Mark) -> bool:
        """Whether a cell says something of its row.

        The header's own cells that reach down do not, nor does what stands in the margin: the label of the
        whole part, or its rest after a page end. A known level may have moved there.
        """
        if not mark.words or mark in self.marks:
            return False
        in_margin = row.width == self.width and mark.end <= self.columns[0].start
        return not in_margin or mark.label in words.LEVELS


@dataclass(frozen=True, slots=True)
class Levels:
    """The labels that rows without their own continue."""

    first: str | None = None
    second: str | None = None


def is_indicator_header(row: MarkRow) -> bool:
    """A row that names 三级指标 and at least two of target, actual value, weight and score."""
    fields = fields_in(row, words.INDICATOR_COLUMNS)
    return "level3" in fields and len(fields.intersection(_VALUE_FIELDS)) >= 2


def is_total(row: MarkRow) -> bool:
    """The row of 总分; beside 合计 or 总计 only numbers make it one."""
    filled = row.filled
    labels = [mark for mark in filled if mark.label in words.TOTAL]
    if len(labels) != 1:
        return False
    numbers_only = all(mark in labels or figure(mark) is not None for mark in filled)
    return numbers_only or labels[0].label in words.TOTAL_SCORE


def read_indicators(header: MarkRow, rows: Sequence[MarkRow]) -> tuple[tuple[Indicator[Ref], ...], Points]:
    """The indicators in the rows below their header, down to 总分, and what that row says."""
    head = Header(columns_of(header, words.INDICATOR_COLUMNS), header.marks, header.width)
    found: list[Indicator[Ref]] = []
    levels, above = Levels(), header
    for index, row in enumerate(rows):
        if is_total(row):
            return tuple(found), _points(head, row)
        if is_indicator_header(row):  # printed again at the top of the next page
            head = Header(columns_of(row, words.INDICATOR_COLUMNS), row.marks, row.width)
        elif row.filled:
            placed = _placed(head, row)
            rest = {field: mark for field, mark in (placed or {}).items() if row.begins(mark)}
            if found and _is_rest(rest, found[-1]) and _page_turns(above, rows[index:]):
                found[-1] = _with_rest(found[-1], rest)
                levels = Levels(found[-1].level1, found[-1].level2)
            else:
                levels, indicator = _indicator(head, row, placed, levels)
                found += [indicator] if indicator is not None else []
        above = row
    return tuple(found), Points()


def _indicator(
    head: Header, row: MarkRow, placed: Mapping[str, Mark] | None, levels: Levels
) -> tuple[Levels, Indicator[Ref] | None]:
    """A row's levels and its indicator; None where it holds none."""
    if placed is not None and not _has_moved(placed, row):
        levels = _levels_of(placed, row, levels)
        return levels, _built(levels, placed)
    below, cells = _leading_levels(head, row, levels)
    ordered = _in_order(head, cells)
    if ordered is not None:
        return below, _built(below, ordered)
    if placed is not None and _only_lacks_its_name(placed):
        levels = _levels_of(placed, row, levels)
        return levels, _built(levels, placed)
    return below, _without_figures(below, placed or {}, cells)


def _placed(head: Header, row: MarkRow) -> dict[str, Mark] | None:
    """The cells of a row by the header that they stand under; None where that is not one header each."""
    if row.width != head.width:
        return None
    found: dict[str, Mark] = {}
    for mark in row.marks:
        if not head.holds(row, mark):
            continue
        fields = [column.field for column in head.columns if column.over(mark)]
        if fields and _LEVEL_FIELDS.issuperset(fields):
            found.update({field: mark for field in fields if field is not None})
            continue
        if len(fields) != 1:
            return None
        field = fields[0]
        if field in found:
            return None
        if field is not None:
            found[field] = mark
    # A figure in a merged cell belongs to the row where the cell begins.
    return {field: mark for field, mark in found.items() if field not in FIGURE_FIELDS or row.begins(mark)}


def _has_moved(placed: Mapping[str, Mark], row: MarkRow) -> bool:
    """Whether the cells of a row cannot belong to the columns that they stand under."""
    first, second, third = placed.get("level1"), placed.get("level2"), placed.get("level3")
    if first is not None and first.label in words.LEVEL2_ONLY and row.begins(first):
        return True
    if second is not None and second.label in words.LEVEL1_ONLY and second is not first:
        return True
    if third is None:
        return any(field in placed for field in _VALUE_FIELDS)
    if third.label in words.LEVEL1_ONLY | words.LEVEL2_ONLY or _COMPARISON.match(third.words):
        return True
    return not _fits(placed)


def _fits(placed: Mapping[str, Mark]) -> bool:
    """Whether weight and score are numbers, or one of them a misread one, and none stands where they would have moved
    to."""
    said = [placed[field] for field in FIGURE_FIELDS if field in placed]
    unread = [mark for mark in said if figure(mark) is None]
    if unread and not (len(unread) < len(said) and all(map(_is_misread, unread))):
        return False
    if figure(placed.get("deviation")) is not None:
        return False
    return "score" in placed or "weight" not in placed or figure(placed.get("actual")) is None


def _is_misread(mark: Mark) -> bool:
    """Whether a cell has the digits of a weight or a score, but specks among them. A date has more digits."""
    return _SPECKED.fullmatch(mark.words) is not None and sum(map(str.isdigit, mark.words)) <= _MOST_DIGITS


def _only_lacks_its_name(placed: Mapping[str, Mark]) -> bool:
    """Whether a row without a third level is in order otherwise."""
    return "level3" not in placed and all(field in placed for field in FIGURE_FIELDS) and _fits(placed)


def _levels_of(placed: Mapping[str, Mark], row: MarkRow, levels: Levels) -> Levels:
    """The levels of a row: its own labels, merged ones included, else those of the row above.

    A blank second level does not continue one that stood under another first level.
    """
    first, second = placed.get("level1"), placed.get("level2")
    if first is not None and row.begins(first):
        levels = Levels(value_text(first), None)
    elif first is not None:
        levels = replace(levels, first=value_text(first))
    return levels if second is None else replace(levels, second=value_text(second))


def _built(levels: Levels, placed: Mapping[str, Mark]) -> Indicator[Ref] | None:
    """The indicator of the cells by field; None where there is no third level, nor anything in its place."""
    texts = {field: value_text(placed.get(field)) for field in _TEXT_FIELDS}
    if not (texts["level3"] or texts["target"] or texts["actual"]):
        return None
    return Indicator[Ref](
        level1=levels.first,
        level2=levels.second,
        level3=texts["level3"],
        target=texts["target"],
        actual=texts["actual"],
        weight=figure(placed.get("weight")),
        score=figure(placed.get("score")),
        deviation=_deviation(placed.get("deviation")),
        basis=texts["basis"],
    )


def _deviation(mark: Mark | None) -> str | None:
    printed = said(mark)
    return printed.removesuffix("。") or None if printed else None


def _leading_levels(head: Header, row: MarkRow, levels: Levels) -> tuple[Levels, list[Mark]]:
    """The known level labels at the head of a row whose cells moved, and the cells after them."""
    cells = [mark for mark in row.filled if head.holds(row, mark)]
    labels: list[Mark] = []
    while len(cells) > 1 and len(labels) < 2 and cells[0].label in words.LEVELS:
        labels.append(cells.pop(0))
    if len(labels) == 2:
        return Levels(value_text(labels[0]), value_text(labels[1])), cells
    if labels:
        label = labels[0]
        if _is_first_level(head, row, label):
            return Levels(value_text(label), None), cells
        return replace(levels, second=value_text(label)), cells
    return levels, cells


def _is_first_level(head: Header, row: MarkRow, label: Mark) -> bool:
    """Whether a lone level label is one of the first level: by its words, else by its column."""
    if label.label in words.LEVEL1_ONLY or label.label in words.LEVEL2_ONLY:
        return label.label in words.LEVEL1_ONLY
    return row.width == head.width and any(column.field == "level1" and column.over(label) for column in head.columns)


def _in_order(head: Header, cells: Sequence[Mark]) -> dict[str, Mark] | None:
    """The cells after the levels, one for each column; a missing last one is a blank deviation. Else None."""
    fields = head.fields
    if fields and fields[-1] == "deviation" and len(cells) == len(fields) - 1:
        fields = fields[:-1]
    if len(cells) != len(fields):
        return None
    ordered = {field: mark for field, mark in zip(fields, cells, strict=True) if field is not None}
    numbers = all(figure(ordered[field]) is not None for field in FIGURE_FIELDS if field in ordered)
    third = ordered.get("level3")
    named = third is not None and figure(third) is None and not _COMPARISON.match(third.words)
    return ordered if numbers and named else None


def _without_figures(levels: Levels, placed: Mapping[str, Mark], cells: Sequence[Mark]) -> Indicator[Ref] | None:
    """The texts of a row that cannot be read with certainty."""
    third = placed.get("level3")
    if third is None or third.label in words.LEVELS or _COMPARISON.match(third.words):
        texts = [mark for mark in cells if mark.label not in words.LEVELS and figure(mark) is None]
        return _built(levels, {"level3": texts[0]}) if texts else None
    return _built(levels, {field: mark for field, mark in placed.items() if field not in FIGURE_FIELDS})


def _page_turns(above: MarkRow, below: Sequence[MarkRow]) -> bool:
    """Whether a new grid or, as the numbers around tell, a new page begins after a row."""
    if below[0].grid != above.grid:
        return True
    last = max(_pages(above), default=None)
    first = next((page for row in below for page in _pages(row)), None)
    return last is not None and first is not None and first > last


def _pages(row: MarkRow) -> list[int]:
    """The pages of the numbers that begin in a row."""
    return [number.token.page for mark in row.filled for number in mark.cell.numbers]


def _is_rest(rest: Mapping[str, Mark], above: Indicator[Ref]) -> bool:
    """Whether the cells of a row are the rest of the row above, if a page end stands between them.

    Its figures stood on the page before; of its levels at most the end of a label is left.
    """
    if not rest or above.weight is None or any(field in rest for field in FIGURE_FIELDS):
        return False
    labels = ((getattr(above, field) or "") + rest[field].words for field in _LEVEL_FIELDS if field in rest)
    return all(label in words.LEVELS for label in labels)


def _with_rest(indicator: Indicator[Ref], rest: Mapping[str, Mark]) -> Indicator[Ref]:
    """The indicator with the rest of its texts."""
    texts = {field: _deviation(mark) if field == "deviation" else value_text(mark) for field, mark in rest.items()}
    return indicator.model_copy(
        update={field: joined([getattr(indicator, field), text]) for field, text in texts.items()}
    )


def _points(head: Header, row: MarkRow) -> Points:
    """The numbers of the 总分 row: two are weight and score in order, in one cell too; one is that of its column."""
    cells = [mark for mark in row.filled if figure(mark) is not None]
    order = [column.field or "" for column in head.columns if column.field in FIGURE_FIELDS]
    both = [mark for mark in row.filled if _POINTS.fullmatch(mark.words) and len(mark.cell.numbers) == len(order)]
    if not cells and len(both) == 1 and order == list(FIGURE_FIELDS):
        return Points(*(Ref(number.token.index) for number in both[0].cell.numbers))
    if len(cells) == len(order):
        found: dict[str, Mark] | None = dict(zip(order, cells, strict=True))
    else:
        found = under(head.columns, cells) if row.width == head.width else None
    if found is None:
        return Points()
    return Points(figure(found.get("weight")), figure(found.get("score")))
