"""一般公共预算财政拨款基本支出决算表: the economic classification in two or three blocks side by side.

Each block has codes, names and amounts; the left one is read wholly, then the next. 人员经费合计 and
公用经费合计 stand at the foot. A form in one block has 合计, 人员经费 and 公用经费 as columns instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recount.pipeline.document import Cell
from recount.pipeline.template.statement_coded import (
    TOTAL,
    Labels,
    code_and_name,
    label_columns,
)
from recount.pipeline.template.statement_table import (
    SUM_WORDS,
    VALUE_WORDS,
    Columns,
    Table,
    amount_in,
    heading,
    is_blank,
    label,
)
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.statements import BasicStatement, EconomicRow

FOOT = (
    ("personnel_total", re.compile(r"人员经费(?:支出)?(?:合计|小计|总计)")),
    ("public_total", re.compile(r"(?:日常)?公用经费(?:支出)?(?:合计|小计|总计)")),
)
"""The lines at the foot of the blocks."""
BY_PURPOSE = (
    ("personnel_total", re.compile(r"人员经费(?:支出)?")),
    ("public_total", re.compile(r"(?:日常)?公用经费(?:支出)?")),
)
"""The columns of a form in one block."""
NOT_THE_FINAL_FIGURE = re.compile(r"预算数|上年")


@dataclass(frozen=True, slots=True)
class Block:
    """Columns side by side that make one list: what a line is, and its amounts by what they count."""

    labels: Labels
    amounts: Columns


def basic_statement(table: Table) -> BasicStatement[Ref] | None:
    """一般公共预算财政拨款基本支出决算表."""
    blocks = list(_blocks(table))
    if not blocks:
        return None
    foot = _foot(table, blocks)
    taken = {id(cell) for cell in foot.values() if cell is not None}
    rows = tuple(row for block in blocks for row in _rows(table, block, taken))
    totals = {key: amount_in(cell) for key, cell in foot.items()}
    for key, amount in _totals_by_column(table, blocks):
        totals.setdefault(key, amount)
    return BasicStatement[Ref](rows=rows, **totals)


def _blocks(table: Table) -> Iterator[Block]:
    """The blocks, left to right: a new one begins where a label column follows an amount column."""
    columns = range(table.grid.columns)
    amounts = {each: key for each in columns if (key := _counts(table, each)) is not None}
    start = 0
    for column in columns:
        last = column + 1 == table.grid.columns
        if column in amounts and (last or column + 1 not in amounts):
            span = range(start, column + 1)
            mine = _by_key(table, {each: amounts[each] for each in span if each in amounts})
            labels = label_columns(table, [each for each in span if each not in amounts])
            if labels.codes or labels.names:
                yield Block(labels, mine)
            start = column + 1


def _counts(table: Table, column: int) -> str | None:
    """What the amounts of a column count: all, 人员经费 or 公用经费; None for any other column."""
    path = table.path(column)
    if not path or any(NOT_THE_FINAL_FIGURE.search(words) for words in path):
        return None
    heading = path[-1]
    if VALUE_WORDS.fullmatch(heading) or heading in SUM_WORDS:
        return "amount"
    return next((key for key, pattern in BY_PURPOSE if pattern.fullmatch(heading)), None)


def _by_key(table: Table, amounts: dict[int, str]) -> Columns:
    """The columns of each key; where two headings claim a key, it has none."""
    found: Columns = {}
    for key in dict.fromkeys(amounts.values()):
        columns = tuple(each for each, other in amounts.items() if other == key)
        if len({heading(table, each) for each in columns}) == 1:
            found[key] = columns
    return found


def _rows(table: Table, block: Block, taken: set[int]) -> Iterator[EconomicRow[Ref]]:
    """The lines of a block; its blank rows and the foot are left out."""
    above = ""
    every = {*block.labels.codes, *block.labels.names, *(c for mine in block.amounts.values() for c in mine)}
    for row in table.body_rows():
        if _is_foot(table, row, block):
            continue
        code, name = code_and_name(table, row, block.labels, above)
        amounts = {
            key: table.amount(row, mine, every)
            for key, mine in block.amounts.items()
            if not any(id(cell) in taken for cell in table.cells(row, mine))
        }
        amount = amounts.get("amount") if "amount" in block.amounts else _only(list(amounts.values()))
        if code is None and name is None and amount is None:
            continue
        above = code or above
        yield EconomicRow[Ref](code=code, name=name, amount=amount)


def _only(amounts: Sequence[Ref | None]) -> Ref | None:
    """The one amount that is printed; None where there are two."""
    present = [each for each in amounts if each is not None]
    return present[0] if len(present) == 1 else None


def _is_foot(table: Table, row: int, block: Block) -> bool:
    cells = table.cells(row, block.labels.codes + block.labels.names)
    return any(pattern.fullmatch(label(cell)) for cell in cells for _, pattern in FOOT)


def _foot(table: Table, blocks: Sequence[Block]) -> dict[str, Cell | None]:
    """The cells of 人员经费合计 and 公用经费合计: in the first amount column right of the label."""
    amounts = sorted({each for block in blocks for mine in block.amounts.values() for each in mine})
    found: dict[str, Cell | None] = {}
    for cell in table.grid.cells:
        for key, pattern in FOOT:
            if cell.row >= table.body and pattern.fullmatch(label(cell)):
                right = next((each for each in amounts if each >= cell.column_end), None)
                beside = table.at[cell.row][right] if right is not None else None
                # Named twice: neither is taken.
                found[key] = None if key in found or is_blank(beside) else beside
    return found


def _totals_by_column(table: Table, blocks: Sequence[Block]) -> Iterator[tuple[str, Ref | None]]:
    """人员经费 and 公用经费 in the 合计 row of a form that has them as columns."""
    for block in blocks:
        for row in table.body_rows():
            if code_and_name(table, row, block.labels)[1] != TOTAL:
                continue
            for key, _ in BY_PURPOSE:
                if key in block.amounts:
                    yield key, table.amount(row, block.amounts[key])
