"""Tables of lines by name and by classification code (科目编码), and what must add up in them.

In a table a blank cell is nothing, so sums are over what is printed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from recount.schemas.arithmetic import Identity, Sum, equal, nothing, printed
from recount.schemas.figures import F, Figure, Model, money, text

TOTAL = "合计"
CODE = re.compile(r"\d{3}(?:\d{2}){0,2}")  # 类, 款 or 项
LEVELS = {3: "类", 5: "款", 7: "项"}
_FEW = 3
"""Fewer than one in so many rows of a level have nothing below them by mistake."""


PART_OF_ABOVE = ("其中", "#")  # a line that repeats a part of the line above it


class NamedLine(Model, Generic[F]):
    """A line of a table in two halves, its ordinal (一、) dropped."""

    name: str | None = text("项目")
    amount: F | None = money("金额")


class CodedRow(Model, Generic[F]):
    """A line under a 科目编码: its 类/款/项 cells joined ("2010601"), null for 合计."""

    code: str | None = text("科目编码")
    name: str | None = text("科目名称")


Row = TypeVar("Row", bound=CodedRow[Any])


def label(row: CodedRow[Figure]) -> str:
    """A row as one would point at it: 2010601行政运行, 合计."""
    return (row.code or "") + (row.name or "") or "（无名行）"


def plain(name: str | None) -> str:
    """A line's name for comparing: without spaces, and without brackets, which not every form prints."""
    return re.sub(r"[（(][^）)]*[）)]|\s", "", name or "")


def added(lines: Iterable[NamedLine[Figure]]) -> list[Figure | None]:
    """The amounts to add up: a line 其中：… is part of the one above it."""
    return [each.amount for each in lines if not (each.name or "").startswith(PART_OF_ABOVE)]


def lines_sum(lines: Iterable[NamedLine[Figure]]) -> Sum:
    """The amounts of listed lines added up; where all of them are blank they come to nothing."""
    amounts = added(lines)
    return printed(*amounts) if any(amounts) or not amounts else nothing()


def amount_columns(row: CodedRow[Figure]) -> list[tuple[str, str]]:
    """The amount fields of a row, each with its title."""
    fields = type(row).model_fields
    return [(key, each.title or key) for key, each in fields.items() if key not in ("code", "name")]


def total_row(rows: Iterable[Row]) -> Row | None:
    """The 合计 row; None where there is none, or more than one."""
    found = [row for row in rows if row.name == TOTAL and row.code is None]
    return found[0] if len(found) == 1 else None


def class_rows(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows of a 类."""
    return (row for row in rows if row.code is not None and len(row.code) == 3)


def superior(code: str, listed: Iterable[str]) -> str | None:
    """The nearest code above it that the table lists: of 2010601, 20106, or 201 where that is not there."""
    above = [each for each in listed if len(each) < len(code) and code.startswith(each)]
    return max(above, key=len, default=None)


def families(rows: Sequence[Row]) -> Iterator[tuple[Row, list[Row]]]:
    """Each row with the rows below it in the classification; 合计 with the highest ones.

    A level that is not printed is passed over. A row without any below it is left out, but where the others of its
    level have some it has lost them: it is the sum of none. Left out is also whatever is not certain: a family with a
    code that is listed twice, and one into which a row without a readable code may belong (the classification above the
    row that it follows).
    """
    coded = [row for row in rows if row.code is not None and CODE.fullmatch(row.code)]
    codes = [row.code for row in coded if row.code is not None]
    twice = {code for code, times in Counter(codes).items() if times > 1}
    unsure = doubtful(rows)
    below: dict[str | None, list[Row]] = defaultdict(list)
    for row in coded:
        below[superior(row.code or "", codes)].append(row)
    lost = _without_rows(codes, {code for code, children in below.items() if code is not None and children})
    whole: list[tuple[str | None, Row | None]] = [(None, total_row(rows))]
    for code, parent in [*whole, *((row.code, row) for row in coded)]:
        children = below[code]
        if parent is None or code in twice or code in unsure or not (children or code in lost):
            continue
        if not any(each.code in twice for each in children):
            yield parent, children


def _without_rows(codes: Iterable[str], parents: Collection[str]) -> set[str]:
    """The codes without any below them, of the levels at which most others have some."""
    found = set()
    for level in list(LEVELS)[:-1]:
        here = {code for code in codes if len(code) == level}
        without = here - set(parents)
        if len(without) * _FEW < len(here):
            found |= without
    return found


def doubtful(rows: Sequence[CodedRow[Figure]]) -> set[str | None]:
    """The codes (None: 合计) to which a row without a readable code may belong."""
    found: set[str | None] = set()
    last = ""
    for row in rows:
        if row.code is not None and CODE.fullmatch(row.code):
            last = row.code
        elif row.name != TOTAL:
            found |= {None, last[:3], last[:5], last}
    return found


def sums_by_code(rows: Sequence[CodedRow[Figure]]) -> Iterator[Identity]:
    """合计 = Σ 类, 类 = Σ 款, 款 = Σ 项, column by column; a level that the table does not list is passed over."""
    for parent, children in families(rows):
        levels = {LEVELS[len(each.code or "")] for each in children}
        below = levels.pop() if len(levels) == 1 else "下级"
        for key, title in amount_columns(parent):
            parts = printed(*(getattr(each, key) for each in children)) if children else nothing()
            yield equal(f"{label(parent)}·{title} = 所属各{below}之和", getattr(parent, key), parts)
