"""一般公共预算财政拨款基本支出决算表: the economic classification in two or three blocks side by side.

Each block has codes, names and amounts; the left one is read wholly, then the next. 人员经费合计 and
公用经费合计 stand at the foot. A form in one block has 合计, 人员经费 and 公用经费 as columns instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from recount.pipeline.document import Cell
from recount.pipeline.map.tables.coded import (
    TOTAL,
    Labels,
    code_and_name,
    heads_code,
    label_columns,
)
from recount.pipeline.map.tables.sheet import (
    SUM_WORDS,
    VALUE_WORDS,
    Columns,
    Table,
    amount_in,
    by_content,
    heading,
    is_nearly,
    label,
    only_number,
)
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.statements import BasicStatement, EconomicRow

FOOT = (
    ("personnel_total", re.compile(r"人员经费(?:支出)?(?:合计|小计|总计)"), "人员经费合计"),
    ("public_total", re.compile(r"(?:日常)?公用经费(?:支出)?(?:合计|小计|总计)"), "公用经费合计"),
)
"""The lines at the foot of the blocks: key, wording, and the usual one, to know it if misread."""
BY_PURPOSE = (
    ("personnel_total", re.compile(r"人员经费(?:支出)?")),
    ("public_total", re.compile(r"(?:日常)?公用经费(?:支出)?")),
)
"""The columns of a form in one block."""
NOT_THE_FINAL_FIGURE = re.compile(r"预算数|上年")


@dataclass(frozen=True, slots=True)
class Block:
    """Columns side by side that make one list, up to end: what a line is, and its amounts by what they count."""

    labels: Labels
    amounts: Columns
    end: int


def basic_statement(table: Table) -> BasicStatement[Ref] | None:
    """一般公共预算财政拨款基本支出决算表; None where no columns of it are a block."""
    blocks = list(_blocks(table))
    if not blocks:
        return None
    foot = _foot(table)
    taken = {id(cell) for cell in foot.values() if cell is not None}
    rows = tuple(row for block in blocks for row in _rows(table, block, taken))
    totals = {key: amount_in(cell) for key, cell in foot.items()}
    for key, amount in _totals_by_column(table, blocks):
        totals.setdefault(key, amount)
    return BasicStatement[Ref](rows=rows, **totals)


def _blocks(table: Table) -> Iterator[Block]:
    """The blocks, left to right, each with its labels and its amounts."""
    kinds = [_kind(table, column) for column in range(table.grid.columns)]
    starts = [column for column in range(table.grid.columns) if column == 0 or _begins(kinds, column)]
    for start, end in pairwise([*starts, table.grid.columns]):
        amounts = {column: kind for column in range(start, end) if (kind := kinds[column]) not in (None, "code")}
        rest = [column for column in range(start, end) if column not in amounts]
        labels = label_columns(table, rest)
        found = _by_key(table, amounts) or _unheaded(table, rest, labels)
        if found and (labels.codes or labels.names):
            yield Block(labels, found, end)


def _kind(table: Table, column: int) -> str | None:
    """What a column holds by its heading: "code", the key of its amounts, or None."""
    return "code" if heads_code(table.path(column)) else _counts(table, column)


def _begins(kinds: Sequence[str | None], column: int) -> bool:
    """Whether a block begins at a column: with its codes, or with its names after the amounts of another."""
    before, kind = kinds[column - 1], kinds[column]
    if kind == "code":
        return before != "code"
    return kind is None and before not in (None, "code")


def _unheaded(table: Table, columns: Sequence[int], labels: Labels) -> Columns:
    """The one column of figures in a block whose amounts have lost their heading."""
    free = [column for column in columns if column not in labels.codes + labels.names]
    found = by_content(table, free, only_number)
    return {"amount": found} if len(found) == 1 else {}


def _counts(table: Table, column: int) -> str | None:
    """What the amounts of a column count: all, 人员经费 or 公用经费; None for any other column."""
    path = table.path(column)
    if not path or any(NOT_THE_FINAL_FIGURE.search(words) for words in path):
        return None
    words = path[-1]
    if VALUE_WORDS.fullmatch(words) or words in SUM_WORDS:
        return "amount"
    return next((key for key, pattern in BY_PURPOSE if pattern.fullmatch(words)), None)


def _by_key(table: Table, amounts: dict[int, str]) -> Columns:
    """The columns of each key; where two headings claim a key, it has none."""
    found: Columns = {}
    for key in dict.fromkeys(amounts.values()):
        columns = tuple(column for column, counted in amounts.items() if counted == key)
        if len({heading(table, column) for column in columns}) == 1:
            found[key] = columns
    return found


def _rows(table: Table, block: Block, taken: set[int]) -> Iterator[EconomicRow[Ref]]:
    """The lines of a block; its blank rows are left out, and lines that go on into the next block or the foot."""
    above = ""
    others = {*block.labels.codes, *block.labels.names}
    others.update(column for mine in block.amounts.values() for column in mine)
    for row in table.body_rows():
        labels = table.cells(row, block.labels.codes + block.labels.names)
        if any(_foot_key(table, cell) or cell.column_end > block.end for cell in labels):
            continue
        code, name = code_and_name(table, row, block.labels, above)
        amounts = {
            key: table.amount(row, mine, others)
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
    present = [amount for amount in amounts if amount is not None]
    return present[0] if len(present) == 1 else None


def _foot_key(table: Table, cell: Cell) -> str | None:
    """Which line of the foot a cell names."""
    words = label(cell)
    for key, pattern, usual in FOOT:
        if pattern.fullmatch(words) or (table.scanned and is_nearly(words, usual)):
            return key
    return None


def _foot(table: Table) -> dict[str, Cell | None]:
    """The cells of 人员经费合计 and 公用经费合计: the next that says something, right of the label."""
    found: dict[str, Cell | None] = {}
    for cell in table.grid.cells:
        key = _foot_key(table, cell) if cell.row >= table.body else None
        if key is not None:
            beside = table.cells(cell.row, range(cell.column_end, table.grid.columns))
            # Named twice: neither is taken.
            found[key] = beside[0] if beside and key not in found else None
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
