"""Which table a statement is: by the titles over it and in its first rows, which say its period, too."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from recount.pipeline.document import Block, Grid, Paragraph
from recount.pipeline.map.tables.sheet import is_blank
from recount.pipeline.split.folding import fold
from recount.pipeline.split.titles import LONGEST_TITLE, titles_over
from recount.schemas.describe import Field
from recount.schemas.statements import Period, period_of

_TITLES = 5
"""Short lines above a table that may be its title."""
_MARKS = re.compile(r"[\W_]+")


def titled(blocks: Sequence[Block], rule: str) -> tuple[Grid, Period | None] | None:
    """The grid under a title, and the period that stands there; one whose title is that and no more before others.

    rule: for the words of the title without spaces, case aside.
    """
    pattern = re.compile(rule, re.IGNORECASE)
    found: list[tuple[bool, Grid, Period | None]] = []
    for at, block in enumerate(blocks):
        if isinstance(block, Grid):
            lines = _over(blocks, at)
            hits = [line for line in lines if pattern.search(line)]
            if hits:
                found.append((not any(map(pattern.fullmatch, hits)), block, _one_period(lines)))
    return min(found, key=lambda one: one[0])[1:] if found else None


_GOES_ON = re.compile(r"续表|[(（]续|\(?cont(?:inue|')d\b", re.IGNORECASE)


def continued(blocks: Sequence[Block], grid: Grid, rule: str) -> Iterator[Grid]:
    """The tables right behind one of a title whose title is that again, and says that they go on."""
    pattern = re.compile(rule, re.IGNORECASE)
    page = grid.pages[-1]
    for at in range(next(at for at, block in enumerate(blocks) if block is grid) + 1, len(blocks)):
        block = blocks[at]
        if isinstance(block, Grid):
            lines = _over(blocks, at)
            again = any(map(pattern.search, lines)) and any(map(_GOES_ON.search, lines))
            if not again or block.pages[0] > page + 1:
                return
            yield block
            page = block.pages[-1]


def _one_period(lines: Iterable[str]) -> Period | None:
    """The one period that lines say, folded; None where they say none, or several."""
    periods = {period.told: period for line in lines if (period := period_of(line)) is not None}
    return next(iter(periods.values())) if len(periods) == 1 else None


def _over(blocks: Sequence[Block], at: int) -> list[str]:
    """The lines that may be the title of a table: over it, and in its first rows; without spaces and marks."""
    grid = blocks[at]
    if not isinstance(grid, Grid):
        return []
    lines = [words for _, words in titles_over(grid)]
    lines += [cell.words for cell in grid.cells if cell.row < _TITLES and cell.column == 0 and not cell.numbers]
    lines += [paragraph.text.folded for paragraph in short_above(blocks, at, grid)]
    return ["".join(line.split()) for line in (*lines, *_beside_unit(lines))]


_WHOSE, _DATE = re.compile(r"单位[:：]"), re.compile(r"(?:19|20)\d\d年(?:度|\d\d?月(?:\d\d?日)?)?")


def _beside_unit(lines: Iterable[str]) -> Iterator[str]:
    """The dates in lines that say whose a table is, or its unit: 编制单位：…公司　2019年12月31日　单位：元."""
    for line in filter(_WHOSE.search, lines):
        yield from _DATE.findall("".join(line.split()))


def short_above(blocks: Sequence[Block], at: int, grid: Grid) -> Iterator[Paragraph]:
    """The short lines right above a table on its page, the nearest first."""
    for above in reversed(blocks[max(0, at - _TITLES) : at]):
        if not isinstance(above, Paragraph) or above.page != grid.pages[0] or len(above.text) > LONGEST_TITLE:
            return
        yield above


_NO_TITLE = re.compile(r"^\W*$|^\(.*\)$|单位:|币种:|编制|公开\d*表|^(?:部门|单位)名?称?:|^\W*\d+\W*$")
"""Lines above a table that are not its title: its unit, whose it is, (Unaudited)."""


def title_of(blocks: Sequence[Block], at: int) -> tuple[str, Period | None]:
    """The title of the grid at a place, as printed, "" for none, and the period that stands there."""
    grid = blocks[at]
    if not isinstance(grid, Grid):
        return "", None
    lines = [paragraph.text.printed for paragraph in (*reversed(grid.caption), *short_above(blocks, at, grid))]
    rows = Counter(cell.row for cell in grid.cells if not is_blank(cell))
    alone = (cell for cell in grid.cells if cell.row < _TITLES and rows[cell.row] == 1)
    lines += [cell.text.printed for cell in alone if cell.column_end == grid.columns]
    folded = [fold(line) for line in lines]
    told = [line for line, words in zip(lines, folded, strict=True) if may_be_title(words)]
    return (told[0].strip() if told else ""), _one_period((*folded, *_beside_unit(folded)))


def may_be_title(words: str) -> bool:
    """Whether folded words over a table may be its title: no unit, no period."""
    return not _NO_TITLE.search("".join(words.split())) and period_of(words) is None


def title_rule(field: Field) -> str:
    """The rule for the title of a statement: its words, or what it is called, without marks between its letters."""
    return field.words if field.words is not None else "|".join(map(_letters_rule, field.called))


def _letters_rule(title: str) -> str:
    letters = _YEAR.sub("\0", _MARKS.sub("", fold(title)))
    return r"[\W_]*".join(r"(?:19|20)\d\d" if sign == "\0" else re.escape(sign) for sign in letters) + r"[\W_]*"


_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
"""In a title: another report is of another."""
