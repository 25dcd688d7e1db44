"""What a family asks for and its report has not, and what stands there instead: the nearest titles, heads, labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import islice

from recount.pipeline.document import Block, Grid, Paragraph, Remark
from recount.pipeline.map.captions import title_of
from recount.pipeline.map.statements import Lines, Row, figure_of, known_as, spaceless
from recount.pipeline.map.tables.sheet import Table
from recount.schemas.describe import Field
from recount.schemas.saying import Saying, Value, say

_KIND = "not found"
_SHOWN = 6
"""So many titles or heads are told."""
_LINES = 12
"""So many lines."""
_NEAR = 0.5
"""Share of the characters that two labels have in common, in one order, to be called near."""
_LONGEST_HEADING = 40


def table_missed(blocks: Sequence[Block], wanted: Field) -> Remark:
    """What is said of a table that was not found: the titles of the tables with figures that there are."""
    titled = [
        (title, block.pages[0])
        for at, block in enumerate(blocks)
        if isinstance(block, Grid) and (title := title_of(blocks, at)[0]) and any(map(figure_of, block.cells))
    ]
    if not titled:
        return Remark(_KIND, _first_page(blocks), None, say("table_nowhere", title=wanted.title))
    titled.sort(key=lambda one: -_likeness(one[0], wanted.title))
    words = say("table_not_found", title=wanted.title, there=_some([_on_page(*one) for one in titled], _SHOWN))
    return Remark(_KIND, titled[0][1], None, words)


def section_missed(blocks: Sequence[Block], wanted: Field) -> Remark:
    """What is said of a section that was not found: the short lines that may be headings."""
    short = [block for block in blocks if isinstance(block, Paragraph) and _may_be_heading(block.text.folded)]
    there = [(block.text.printed.strip(), block.page) for block in short]
    there.sort(key=lambda one: -_likeness(one[0], wanted.title))
    words = say("section_not_found", title=wanted.title, there=_some([_on_page(*one) for one in there], _SHOWN))
    return Remark(_KIND, there[0][1] if there else _first_page(blocks), None, words)


def columns_missed(table: Table, wanted: Field, fields: Mapping[str, Field], found: Iterable[str]) -> Remark | None:
    """What is said of columns of rows that were not found: the heads that there are. None where all were."""
    there = set(found)
    missed = tuple(field.title for key, field in fields.items() if key not in there and not field.many)
    if not missed:
        return None
    words = say("columns_not_found", table=wanted.title, columns=missed, heads=_some(_heads(table), _SHOWN))
    return Remark(_KIND, table.grid.pages[0], None, words)


def _heads(table: Table) -> list[str]:
    """The words above each column, as printed; of a table without known heads those of its first row."""
    heads: dict[str, None] = {}
    for column in range(table.grid.columns):
        above = dict.fromkeys(row[column] for row in table.at[: max(table.body, 1)])
        mine = [cell for cell in above if cell is not None and cell.column_end - cell.column < table.grid.columns]
        heads.setdefault(" ".join(" ".join(cell.text.printed.split()) for cell in mine).strip())
    return [head for head in heads if head]


def lines_missed(
    lines: Lines, grid: Grid, wanted: Field, fields: Sequence[Field], rows: Iterable[int]
) -> Remark | None:
    """What is said of lines of a statement that were not found: the nearest labels that no field took. None where they
    stand there without a figure. fields: those without a row; rows: those that fields took."""
    taken = set(rows)
    free = [row for at, row in enumerate(lines.rows) if at not in taken and row.label]
    missed = [said for field in fields if (said := _missed(field, free)) is not None]
    if not missed:
        return None
    words = say("lines_not_found", table=wanted.title, lines=_some(missed, _LINES))
    return Remark(_KIND, grid.pages[0], None, words)


def _missed(field: Field, rows: Sequence[Row]) -> Saying | str | None:
    """What is said of a line that no row is: how many may be it, or the nearest; None for one that stands blank."""
    alike = [row for row in rows if known_as(row, field)]
    if any(not row.figures for row in alike):
        return None
    if len(alike) > 1:
        return say("line_several", line=field.title, times=len(alike))
    near = max(rows, key=lambda row: _likeness(row.label, field.title), default=None)
    if near is None or _likeness(near.label, field.title) < _NEAR:
        return field.title
    return say("line_near", line=field.title, near=near.label)


def one_a_page(remarks: Iterable[Remark]) -> list[Remark]:
    """Remarks, those of what was not found together, one a page: of several of a kind a reader is told the first."""
    found: list[Remark] = []
    missed: dict[int, list[Remark]] = defaultdict(list)
    for remark in remarks:
        (missed[remark.page] if remark.kind == _KIND else found).append(remark)
    for page, alike in missed.items():
        parts = tuple(remark.words for remark in alike)
        found.append(Remark(_KIND, page, None, say("together", parts=parts) if len(parts) > 1 else parts[0]))
    return found


def told_instead(remarks: Iterable[Remark]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was looked for, and the titles and heads that stand there instead, with pages as far as they are told."""
    wanted: dict[str, None] = {}
    there: dict[str, None] = {}
    for said in (dict(words.given) for remark in remarks if remark.kind == _KIND for words in _parts(remark.words)):
        wanted |= dict.fromkeys(_words(said.get("columns", said.get("title", ()))))
        there |= dict.fromkeys(_words(said.get("heads", said.get("there", ()))))
    return tuple(wanted), tuple(there)[:_SHOWN]


def _parts(words: Saying) -> list[Saying]:
    """What is said together, each by itself."""
    parts = words["parts"] if words.code == "together" else (words,)
    return [part for part in parts if isinstance(part, Saying)] if isinstance(parts, tuple) else []


def _words(said: Value) -> Iterator[str]:
    for one in said if isinstance(said, tuple) else (said,):
        if not isinstance(one, Saying):
            yield str(one)
        elif one.code == "on_page":
            yield f"{one['title']} (p. {one['page']})"


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, spaceless(one), spaceless(other), autojunk=False).ratio()


def _on_page(title: str, page: int) -> Saying:
    return say("on_page", title=title, page=page)


def _some(told: Sequence[Value], most: int) -> tuple[Value, ...]:
    """The first of several, and how many more there are."""
    rest = len(told) - most
    return (*islice(told, most), *([say("so_many_more", number=rest)] if rest > 0 else ()))


def _may_be_heading(words: str) -> bool:
    bare = "".join(words.split())
    return 2 <= len(bare) <= _LONGEST_HEADING and not any(sign in bare for sign in "。;,") and not bare.isdecimal()


def _first_page(blocks: Sequence[Block]) -> int:
    first = next(iter(blocks), None)
    return first.page if isinstance(first, Paragraph) else first.pages[0] if first is not None else 1
