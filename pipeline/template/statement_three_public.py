"""财政拨款“三公”经费支出决算表: six amounts as 预算数 and six as 决算数.

Publishers set them in pairs (合计: 预算数, 决算数; …), in two blocks (预算数: 合计 …; 决算数: 合计 …), or downwards (a
line each, 预算数 and 决算数 as columns). So an amount is known by all the words above it and left of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from recount.pipeline.document import Cell
from recount.pipeline.template.statement_table import (
    Table,
    amount_in,
    is_blank,
    is_note,
    is_numbering,
    label,
    only_number,
    without_ordinal,
)
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.statements import ThreePublicRow, ThreePublicStatement

BUDGET = re.compile(r"(?:全年|年初|本年|\d{4}年度?)?预算数?")
FINAL = re.compile(r"(?:本年|\d{4}年度?)?(?:支出)?决算数?")
NOT_THIS = re.compile(r"上年|调整|增减|差异|完成|比")
"""Columns of comparisons that a publisher may add."""
VEHICLES = re.compile(r"公务用车购置(?:及|和|与|、)?运行(?:维护)?费?(?:支出)?(?:合计|小计)?")
SUMS = re.compile(r"合计|小计|总计")
ITEMS = (
    ("overseas", re.compile(r"因公出国费?用?(?:支出)?")),
    ("vehicle_purchase", re.compile(r"(?:公务用车)?购置费?(?:支出)?")),
    ("vehicle_running", re.compile(r"(?:公务用车)?运行(?:维护)?费?(?:支出)?")),
    ("reception", re.compile(r"公务接待费?(?:支出)?")),
)
PART = re.compile(r"^其中|^[(（]?\d[)）]?")
TOTAL = re.compile(r"(?:财政拨款)?(?:三公经费)?(?:支出)?(?:合计|小计|总计)|三公经费(?:支出)?")

Place = tuple[str, str]
"""Which amount it is: budget or final, and the key of the row."""


def three_public_statement(table: Table) -> ThreePublicStatement[Ref]:
    """财政拨款“三公”经费支出决算表; an amount that two cells claim is left open."""
    found: dict[Place, list[tuple[bool, Ref]]] = {}
    for row, cell in _amount_cells(table):
        ref = amount_in(cell)
        side, key, whole = _place(table, row, cell)
        if ref is not None and side is not None and key is not None:
            found.setdefault((side, key), []).append((whole, ref))
    chosen = {place: _chosen(claims) for place, claims in found.items()}
    return ThreePublicStatement[Ref](budget=_row(chosen, "budget"), final=_row(chosen, "final"))


def _row(chosen: dict[Place, Ref | None], side: str) -> ThreePublicRow[Ref]:
    return ThreePublicRow[Ref](**{key: ref for (of, key), ref in chosen.items() if of == side})


def _chosen(claims: list[tuple[bool, Ref]]) -> Ref | None:
    """The one amount; among the lines of several units, that of their 合计."""
    wholes = [ref for whole, ref in claims if whole]
    if len(claims) == 1:
        return claims[0][1]
    return wholes[0] if len(wholes) == 1 else None


def _amount_cells(table: Table) -> Iterator[tuple[int, Cell]]:
    """The cells with one number in them, without the rows of column numbers and notes."""
    for row in range(table.grid.rows):
        cells = table.row(row)
        if not cells or is_note(cells[0]) or is_numbering(cells):
            continue
        for cell in cells:
            if only_number(cell):
                yield row, cell


def _place(table: Table, row: int, cell: Cell) -> tuple[str | None, str | None, bool]:
    """Which amount a cell is, and whether its line is that of 合计."""
    above = _words(table.at[each][cell.column] for each in range(row))
    beside = _words(table.at[row][each] for each in range(cell.column))
    side = _side([*above, *beside])
    by_column = _item(above)
    if by_column is not None:
        return side, by_column, any(SUMS.fullmatch(words) for words in beside)
    return side, _item(beside), False


def _words(cells: Iterator[Cell | None]) -> list[str]:
    """What the cells say, each once, numbers and ordinals left out."""
    distinct = [cell for cell in dict.fromkeys(cells) if cell is not None and not is_blank(cell)]
    said = [label_without_ordinal(cell) for cell in distinct if not only_number(cell)]
    return [words for words in said if words]


def label_without_ordinal(cell: Cell) -> str:
    """A line's words without 1. or （1） or 其中：."""
    words = without_ordinal(cell.words)
    words = without_ordinal(re.sub(r"^其中[:：]?", "", words))
    return label_of(words)


def label_of(words: str) -> str:
    """Words for recognising."""
    from recount.pipeline.template.statement_table import bare

    return bare(words)


def _side(words: list[str]) -> str | None:
    if any(NOT_THIS.search(each) for each in words):
        return None
    budget = any(BUDGET.fullmatch(each) for each in words)
    final = any(FINAL.fullmatch(each) for each in words)
    if budget == final:
        return None
    return "budget" if budget else "final"


def _item(words: list[str]) -> str | None:
    """The item that header words or a line's words name: the innermost that names one.

    小计 under 公务用车购置及运行费 is that group's; 合计 under nothing is the total.
    """
    for each in reversed(words):
        for key, pattern in ITEMS:
            if pattern.fullmatch(each):
                return key
        if VEHICLES.fullmatch(each):
            return "vehicles"
    if any(TOTAL.fullmatch(each) for each in words):
        return "total"
    return None


_ = label
