"""财政拨款“三公”经费支出决算表: six amounts as 预算数 and six as 决算数.

Publishers set them in pairs (合计: 预算数, 决算数; …), in two blocks (预算数: 合计 …; 决算数: 合计 …), or
downwards (a line each, 预算数 and 决算数 as columns). So an amount is known by all the words above it and
left of it, and columns that a publisher adds (机关运行经费, 会议费, 团组数 …) are known to be none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from recount.pipeline.document import Cell
from recount.pipeline.map.tables.sheet import (
    SUM_WORDS,
    Table,
    amount_in,
    bare,
    is_nearly,
    is_note,
    is_numbering,
    only_number,
    spoken,
    without_ordinal,
)
from recount.schemas.common.rows import ThreePublicRow
from recount.schemas.family import lost_one
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.statements import ThreePublicStatement

_YEAR = r"(?:全年|年初|本年度?|当年|\d{4}年度?)?"
BUDGET = re.compile(rf"{_YEAR}(?:支出)?预算数?")
FINAL = re.compile(rf"{_YEAR}(?:支出)?决算数?")
NOT_THESE = re.compile(r"上年|调整|增减|差异|完成|比|率")
"""Of columns of comparisons."""
VEHICLES = re.compile(r"公务用车购置[及和与、]?运行(?:维护)?费?(?:支出)?(?:合计|小计)?")
ITEMS = (
    ("overseas", re.compile(r"因公出国境?费?用?(?:支出)?")),
    ("vehicles", VEHICLES),
    ("vehicle_purchase", re.compile(r"(?:公务用车)?购置费?(?:支出)?")),
    ("vehicle_running", re.compile(r"(?:公务用车)?运行(?:维护)?费?(?:支出)?")),
    ("reception", re.compile(r"公务接待费?(?:支出)?")),
)
USUAL_NAMES = {
    "因公出国费": "overseas",
    "公务用车购置及运行费": "vehicles",
    "公务用车购置及运行维护费": "vehicles",
    "公务用车购置费": "vehicle_purchase",
    "公务用车运行费": "vehicle_running",
    "公务用车运行维护费": "vehicle_running",
    "公务接待费": "reception",
}
"""For names in which one character is misread."""
_SHORT_NAMES = lost_one(USUAL_NAMES)
WHOLE_GROUP = re.compile(r".*三公.*|支出|项目|金额")
"""What may stand over 合计 where it is the total of all."""
TOTAL_LINE = re.compile(r"(?:财政拨款)?三公经费(?:支出)?(?:合计|总计)?")
_OF_VEHICLES = frozenset({"vehicle_purchase", "vehicle_running"})
_ABOVE_VEHICLES = re.compile(rf"{VEHICLES.pattern}|{WHOLE_GROUP.pattern}|.*[合小总]计|购置费|运行(?:维护)?费")
"""What may stand over 购置费 and 运行费: of anything else (办公设备) they are no costs of cars."""
_PART_OF = re.compile(r"^其中[:：]?")

Place = tuple[str, str]
"""Which amount it is: budget or final, and the key in its row."""


def three_public_statement(table: Table) -> ThreePublicStatement[Ref]:
    """财政拨款“三公”经费支出决算表; an amount that two cells claim is left open."""
    claims: dict[Place, list[tuple[bool, Ref]]] = {}
    for row, cell in figures_of(table):
        ref = amount_in(cell)
        above = words_of(table.at[row_above][cell.column] for row_above in range(row))
        beside = words_of(table.at[row][column] for column in range(cell.column))
        side, key = _side(above + beside), _item(table, above, beside)
        if ref is not None and side is not None and key is not None:
            of_all_units = not SUM_WORDS.isdisjoint(beside)
            claims.setdefault((side, key), []).append((of_all_units, ref))
    chosen = {place: chosen_of(claimed) for place, claimed in claims.items()}
    return ThreePublicStatement[Ref](budget=_row(chosen, "budget"), final=_row(chosen, "final"))


def _item(table: Table, above: Sequence[str], beside: Sequence[str]) -> str | None:
    """The item that the words above an amount name, else those beside it."""
    return item_of(above, misread=table.scanned) or item_of(beside, lines=True, misread=table.scanned)


def _row(chosen: dict[Place, Ref | None], side: str) -> ThreePublicRow[Ref]:
    return ThreePublicRow[Ref](**{key: ref for (of_side, key), ref in chosen.items() if of_side == side})


def chosen_of(claims: Sequence[tuple[bool, Ref]]) -> Ref | None:
    """The one amount among those that claim a place; where the table has a line for each unit, that of their 合计.

    claims: whether an amount stands in the line of 合计, and the amount.
    """
    refs = [ref for _, ref in claims] if len(claims) == 1 else [ref for of_all_units, ref in claims if of_all_units]
    return refs[0] if len(refs) == 1 else None


def figures_of(table: Table) -> Iterator[tuple[int, Cell]]:
    """The cells that hold a number alone, without the rows of column numbers and the notes."""
    for row in range(table.grid.rows):
        cells = table.row(row)
        if cells and not is_note(cells[0]) and not is_numbering(cells):
            yield from ((row, cell) for cell in cells if only_number(cell))


def words_of(cells: Iterable[Cell | None]) -> list[str]:
    """What the cells say, outermost first, without ordinals and 其中."""
    said = [bare(without_ordinal(_PART_OF.sub("", without_ordinal(cell.words)))) for cell in spoken(cells)]
    return [words for words in said if words]


def _side(said: Sequence[str]) -> str | None:
    """Whether words say 预算数 or 决算数; None where they say neither, both, or a comparison of them."""
    budget = any(BUDGET.fullmatch(words) for words in said)
    final = any(FINAL.fullmatch(words) for words in said)
    if budget == final or any(NOT_THESE.search(words) for words in said):
        return None
    return "budget" if budget else "final"


def item_of(said: Sequence[str], *, lines: bool = False, misread: bool = False) -> str | None:
    """The item that the innermost words name; 小计 is that of its group, 合计 in no group the total.

    said: what the cells above or beside an amount say (words_of). lines: they are a line's own words, which may call
    the total “三公”经费. misread: one character of them may be, on a scan.
    """
    inner = [words for words in said if not BUDGET.fullmatch(words) and not FINAL.fullmatch(words)]
    if not inner:
        return None
    is_sum = inner[-1] in SUM_WORDS
    if is_sum and (len(inner) == 1 or WHOLE_GROUP.fullmatch(inner[-2])):
        return "total"
    named = inner[-2] if is_sum else inner[-1]
    if TOTAL_LINE.fullmatch(named) and (lines or named.endswith(tuple(SUM_WORDS))):
        return "total"
    key = next((key for key, pattern in ITEMS if pattern.fullmatch(named)), None)
    if key in _OF_VEHICLES and "公务用车" not in named and not all(map(_ABOVE_VEHICLES.fullmatch, inner[:-1])):
        return None
    key = key or _SHORT_NAMES.get(named)
    alike = {key for usual, key in USUAL_NAMES.items() if misread and is_nearly(named, usual)}
    return alike.pop() if key is None and len(alike) == 1 else key
