"""A self-evaluation table as rows of marked cells: what the readers of its parts look at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from recount.pipeline.document import Cell, Grid
from recount.pipeline.map.tables.sheet import SHORTEST_MISREAD, is_mostly, is_nearly, is_scanned
from recount.pipeline.split.folding import plain
from recount.schemas.common import evaluations as words
from recount.schemas.family import label_of, lost_among
from recount.schemas.figures import Ref

_MONEY_UNIT = re.compile(r"[(（]单?位?[:：]?万元[)）]")
_SPACE = re.compile(r"\s+")
_LEVEL = re.compile(r".?级.标|[一二三](?:级指|.指标).?")
_MANY = 3  # heads that tell what a short one beside them may be
FIGURE_FIELDS = ("weight", "score")
"""What a row of indicators, and the row of 总分, has in figures."""
_HEAD_OF_INDICATORS = {"level3", "target", "actual", *FIGURE_FIELDS}
_WEIGHT, _SCORE, _TOTAL = "分值", "得分", "总分"
_LEVELS = ("一级指标", "二级指标", "三级指标")


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """A cell with its words (folded, no spaces; empty for a dash) and what they are as a label.

    start, end: its columns.
    """

    cell: Cell
    words: str
    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A row of a grid: the cells over it from left to right, those that begin higher up included.

    grid, number: which grid of the report and which of its rows. width: how many columns the grid has.
    filled: the cells that begin in this row and say something.
    """

    grid: int
    number: int
    width: int
    marks: tuple[Mark, ...]
    filled: tuple[Mark, ...]

    def begins(self, mark: Mark) -> bool:
        """Whether a cell of the row begins in it; figures of a merged cell are read there, and only once."""
        return mark.cell.row == self.number


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a header: the field that it fills (None if none), and the grid columns below it."""

    field: str | None
    start: int
    end: int

    def over(self, mark: Mark) -> bool:
        """Whether a cell stands, at least in part, below the column."""
        return mark.start < self.end and self.start < mark.end


def rows_of(grid: Grid, index: int) -> tuple[MarkRow, ...]:
    """The rows of the grid with that index, top to bottom."""
    by_row: list[list[Mark]] = [[] for _ in range(grid.rows)]
    for cell in grid.cells:
        mark = _mark(cell)
        for row in range(cell.row, min(cell.row_end, grid.rows)):
            by_row[row].append(mark)
    heads = _levels(by_row) | (_misread(by_row) | _unread(by_row) | _totals(by_row) if is_scanned(grid) else {})
    marked = ([heads.get(mark, mark) for mark in marks] for marks in by_row)
    return tuple(_row(grid, index, number, marks) for number, marks in enumerate(marked))


def _levels(rows: Sequence[Sequence[Mark]]) -> dict[Mark, Mark]:
    """The heads of the three levels under their names: they stand side by side in their order in every form.

    In small print OCR loses strokes of 一, 二 and 三.
    """
    found: dict[Mark, Mark] = {}
    for marks in rows:
        heads = sorted((mark for mark in marks if _LEVEL.fullmatch(mark.label)), key=attrgetter("start"))
        if len(heads) == len(_LEVELS):
            found |= {mark: replace(mark, label=name) for mark, name in zip(heads, _LEVELS, strict=True)}
    return found


def _misread(rows: Sequence[Sequence[Mark]]) -> dict[Mark, Mark]:
    """The labels of which one sign was misread, under their names: beside two others of their head, a short one, or one
    with more signs misread, beside more, and where only one field that none of these fills may be meant. The longest
    are the surest, and tell what the others may be."""
    found: dict[Mark, Mark] = {}
    for marks in rows:
        for vocabulary in (words.FUND_COLUMNS, words.INDICATOR_COLUMNS):
            there = {vocabulary[mark.label] for mark in marks if mark.label in vocabulary}
            unknown = (mark for mark in marks if mark.label not in vocabulary) if len(there) > 1 else ()
            for mark in sorted(unknown, key=lambda mark: -len(mark.label)):
                shortest = SHORTEST_MISREAD - max(0, min(len(there) - _MANY, 2))
                others = {label: field for label, field in vocabulary.items() if field not in there}
                meant = {field: label for label, field in others.items() if is_nearly(mark.label, label, shortest)}
                if not meant and len(there) > _MANY:  # what is said of 预算数 stands first: 年初, 追加
                    begun = (label for label in others if mark.label[:2] == label[:2])
                    meant = {others[label]: label for label in begun if is_mostly(mark.label, label)}
                if len(meant) == 1:
                    found[mark] = replace(mark, label=next(iter(meant.values())))
                    there |= set(meant)
    return found


def _unread(rows: Sequence[Sequence[Mark]]) -> dict[Mark, Mark]:
    """The cells right of 分值 in heads of indicators, blank or with half of 得分, under that, and those left of 得分
    with half of 分值: every form has both, but a seal may hide one."""
    found: dict[Mark, Mark] = {}
    for marks in rows:
        by_field = {words.INDICATOR_COLUMNS.get(mark.label): mark for mark in marks}
        lacking = _HEAD_OF_INDICATORS - by_field.keys()
        if lacking == {"score"}:
            right = [mark for mark in marks if mark.start == by_field["weight"].end]
            beside = [mark for mark in right if not mark.words or is_nearly(mark.words, _SCORE, len(_SCORE))]
            found |= {mark: replace(mark, words=_SCORE, label=_SCORE) for mark in beside}
        elif lacking == {"weight"}:
            half = [mark for mark in marks if is_nearly(mark.words, _WEIGHT, len(_WEIGHT))]
            found |= {mark: replace(mark, label=_WEIGHT) for mark in half if len(half) == 1}
    return found


def _totals(rows: Sequence[Sequence[Mark]]) -> dict[Mark, Mark]:
    """The labels of which a sign is that of 总分, with its weight and score alone beside them, under that."""
    found: dict[Mark, Mark] = {}
    for number, marks in enumerate(rows):
        filled = sorted((mark for mark in marks if mark.words and mark.cell.row == number), key=attrgetter("start"))
        alone = len(filled) == 1 + len(FIGURE_FIELDS) and all(figure(mark) is not None for mark in filled[1:])
        if alone and is_nearly(filled[0].label, _TOTAL, len(_TOTAL)):
            found[filled[0]] = replace(filled[0], label=_TOTAL)
    return found


def _row(grid: Grid, index: int, number: int, marks: list[Mark]) -> MarkRow:
    marks.sort(key=attrgetter("start"))
    filled = tuple(mark for mark in marks if mark.words and mark.cell.row == number)
    return MarkRow(index, number, grid.columns, tuple(marks), filled)


def _mark(cell: Cell) -> Mark:
    printed = cell.words
    if not printed or words.DASHES.issuperset(printed):
        return Mark(cell, "", "", cell.column, cell.column_end)
    return Mark(cell, printed, label_of(printed), cell.column, cell.column_end)


def columns_of(header: MarkRow, vocabulary: Mapping[str, str]) -> tuple[Column, ...]:
    """The columns that a header row names, from the first that the vocabulary knows.

    A label that it lacks, or that comes again, keeps its column without a field. What stands left of the first
    is the margin.
    """
    found: list[Column] = []
    seen: set[str] = set()
    there = fields_in(header, vocabulary)
    for mark in header.marks:
        lost = lost_among(mark.label, vocabulary, there) if mark.label and mark.label not in vocabulary else None
        name = vocabulary.get(lost or mark.label)
        if mark.words:
            found.append(Column(None if name in seen else name, mark.start, mark.end))
        if name is not None:
            seen.add(name)
    first = next((index for index, column in enumerate(found) if column.field), len(found))
    return tuple(found[first:])


def fields_in(row: MarkRow, vocabulary: Mapping[str, str]) -> set[str]:
    """The fields whose labels stand in a row."""
    return {vocabulary[mark.label] for mark in row.filled if mark.label in vocabulary}


def under(columns: Sequence[Column], cells: Sequence[Mark]) -> dict[str, Mark] | None:
    """The cells by the column that they stand under; None where a cell stands under two, or two under one."""
    found: dict[str, Mark] = {}
    for mark in cells:
        if not mark.words:
            continue
        above = [column for column in columns if column.over(mark)]
        if len(above) > 1:
            return None
        field = above[0].field if above else None
        if field in found:
            return None
        if field is not None:
            found[field] = mark
    return found


def right_of(row: MarkRow, label: Mark) -> Mark | None:
    """The next cell right of a label."""
    return next((mark for mark in row.marks if mark.start >= label.end), None)


def figure(mark: Mark | None) -> Ref | None:
    """The one number that a cell holds, with at most 分 or a unit of money; None for all else."""
    if mark is None or mark.words.endswith("%"):
        return None
    return rate(mark)


def rate(mark: Mark | None) -> Ref | None:
    """The one number that a cell holds, as `figure` gives it, but it may be a percent."""
    if mark is None or not mark.words or len(mark.cell.numbers) != 1:
        return None
    number = mark.cell.numbers[0]
    folded = mark.cell.text.folded
    beside = folded[: number.start] + folded[number.end :]
    return Ref(number.token.index) if beside.strip(" %") in words.FIGURE_TAILS else None


def said(mark: Mark | None) -> str | None:
    """The text of a cell as the contract wants it; None for a blank or a dash."""
    if mark is None or not mark.words:
        return None
    return plain(mark.cell.text).strip() or None


def value_text(mark: Mark | None) -> str | None:
    """The text of a cell without any space: labels, targets, actual values."""
    printed = said(mark)
    return _SPACE.sub("", printed) if printed else None


def source_text(mark: Mark | None) -> str | None:
    """The label of a fund row: without spaces and （万元）."""
    printed = value_text(mark)
    return _MONEY_UNIT.sub("", printed) or None if printed else None


def joined(texts: Sequence[str | None]) -> str | None:
    """Texts of cells under one another, as one; None where there is none."""
    return "".join(text for text in texts if text) or None


def labels_in(rows: Sequence[MarkRow]) -> Iterator[str]:
    """The labels that begin in some rows."""
    for row in rows:
        for mark in row.filled:
            yield mark.label
