"""What may be a title: the lines of a title page, and what stands over a table or in its first rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from recount.pipeline.document import Grid, Paragraph

FRONT_LINES = 12
"""How many lines a title page has at most: unit, year, title, publisher, date, 目录."""
LONGEST_FRONT_LINE = 60
"""Characters of one of its lines; what is longer is running text, which may mention anything."""
TITLE_ROWS = 3
"""How many rows a table may begin with that hold its title, 公开01表 and 单位：万元."""
LONGEST_TITLE = 80
"""Characters of a line over a table that may be its title."""


def front_lines(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """The lines of a title page that may say what the report is, out of what stands before its first heading."""
    return [paragraph for paragraph in paragraphs[:FRONT_LINES] if len(paragraph.text) <= LONGEST_FRONT_LINE]


def titles_over(grid: Grid) -> Iterator[tuple[str, str]]:
    """The lines that may be the title of a table, folded, without white space; each with the line above it.

    The nearest line over the table comes first, for it counts most; a title may take two lines. Then the cells of its
    first rows that are wider than half of it. Sentences are none: they may mention any table.
    """
    lines = [paragraph.text.folded for paragraph in grid.caption if not _is_sentence(paragraph.text.folded)]
    yield from reversed(list(pairwise(["", *("".join(line.split()) for line in lines)])))
    for cell in grid.cells:
        if cell.row < TITLE_ROWS and cell.column_end - cell.column > grid.columns / 2:
            yield "", cell.words


def _is_sentence(line: str) -> bool:
    return "。" in line or len(line) > LONGEST_TITLE
