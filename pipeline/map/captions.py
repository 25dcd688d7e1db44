"""Which table a statement is: by the titles over it and in its first rows, which say its period, too."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from recount.pipeline.document import Block, Grid, Paragraph
from recount.pipeline.map.tables.sheet import is_blank
from recount.pipeline.split.folding import fold
from recount.pipeline.split.titles import LONGEST_TITLE, titles_over
from recount.schemas.describe import Field
from recount.schemas.statements import Period, frame_of, period_of, says_time

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


GOES_ON = re.compile(r"续表|[(（]续|\(?cont(?:inue|')d\b", re.IGNORECASE)
"""In the title of a table: it goes on with the one before."""


def continued(blocks: Sequence[Block], grid: Grid, rule: str) -> Iterator[tuple[Grid, bool]]:
    """The tables right behind one of a title that has that title again, and whether it says that they go on; of those
    that do not say so, such as begin the next page."""
    pattern = re.compile(rule, re.IGNORECASE)
    page = grid.pages[-1]
    for at in range(next(at for at, block in enumerate(blocks) if block is grid) + 1, len(blocks)):
        block = blocks[at]
        if isinstance(block, Grid):
            lines = _over(blocks, at)
            said = any(map(GOES_ON.search, lines))
            if not any(map(pattern.search, lines)) or block.pages[0] > page + 1:
                return
            if not said and (block.pages[0] == page or not any(map(pattern.fullmatch, lines))):
                return
            yield block, said
            page = block.pages[-1]


def _one_period(lines: Iterable[str]) -> Period | None:
    """The one period that lines say, folded; None where they say none, or several. One with the year 0 is of columns
    whose heads say their year."""
    told = list(lines)
    for rule in (period_of, frame_of):
        periods = {period: None for line in told if (period := rule(line)) is not None}
        if periods:
            return next(iter(periods)) if len(periods) == 1 else None
    return None


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
    told = [line.strip() for line, words in zip(lines, folded, strict=True) if may_be_title(words)]
    if len(told) > 1:
        told.sort(key=partial(_times_over, blocks))
    return (told[0] if told else ""), _one_period((*folded, *_beside_unit(folded)))


def _times_over(blocks: Sequence[Block], line: str) -> int:
    """Over how many tables a line stands: the name of a company is over all of them, and the title of one. A paragraph
    above one, which is in no caption, is over that."""
    grids = (block for block in blocks if isinstance(block, Grid))
    return max(1, sum(any(line == above.text.printed.strip() for above in grid.caption) for grid in grids))


def may_be_title(words: str) -> bool:
    """Whether folded words over a table may be its title: no unit, no periods."""
    return not _NO_TITLE.search("".join(words.split())) and not says_time(words)


def title_rule(field: Field) -> str:
    """The rule for the title of a statement: its words, or what it is called, without marks between its letters."""
    return field.words if field.words is not None else "|".join(map(letters_rule, field.called))


def letters_rule(title: str) -> str:
    """The rule for what a table is called: its letters, whatever stands between them, of any year."""
    signs: list[str] = []
    for words in re.split(f"({_YEAR})", fold(title)):
        signs += [_YEAR] if re.fullmatch(_YEAR, words) else map(re.escape, _MARKS.sub("", words))
    return r"[\W_]*".join(signs) + r"[\W_]*"


_YEAR = r"(?<!\d)(?:19|20)\d\d(?!\d)"
"""In a title: another report is of another."""
