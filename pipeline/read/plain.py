"""Text with few marks or none (.txt, .md): lines, cut into cells at tabs and runs of blanks; tables that are sure.

A form feed ends a page. Marks of Markdown that say how words look (**, #, bullets) go; its tables, and those of HTML in
it, have sure cells. So have lines of tabs that all have as many, and no line of another kind between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from recount.pipeline.read.markup import is_table, items_of_markup
from recount.pipeline.read.typewriter import TAB, Item, Mark, Row, Run, Table, TableCell, width_of

LINE_END = re.compile(r"\r\n|\n|\r")
"""What ends a line, as editors count them."""
_CELL = re.compile(r"[^\t\s]+(?:[^\S\t][^\t\s]+)*")
"""What stands together: words with no more than one blank between them, and no tab."""
# Marks of Markdown. A dash before a digit may be a minus, and stars between digits hide some.
_MARKS = re.compile(
    r"^\s*(?:>\s?)*#{1,6}\s+|\s#+\s*$|^\s*(?:>\s?)+|^\s*[-*+](?=\s+[^\s\d])"
    r"|(?<![*\d])\*\*(?!\*)|(?<!\*)\*\*(?![*\d])|\\(?=[#*_|.\-()\[\]])|^\s*```.*$"
)
_BULLET = re.compile(r"^\s*[-*+]\s+(?=(\d[\d,.]*))")
_PIPE = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*")
_FEWEST_ROWS = 3  # lines of as many tabs that are a table
_CAPTION = re.compile(r"表\s*$|单位\s*[:：]|公开\s*\d+\s*表|年度?\s*[)）]?\s*$|[。；;]\s*$")
"""The end of a line that stands between two tables, and is no part of either."""
_LOST = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufe00-\ufe0f\ufeff]")
"""What has no width in print, and parts no word."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the file, or what stands on one page of it. number, column: where it begins, 1-based."""

    text: str
    number: int
    column: int = 1


def items_of_text(text: str) -> list[list[Item]]:
    """What stands on each page of a text; pages on which nothing stands are left out."""
    sheets: list[list[_Line]] = [[]]
    for number, line in enumerate(LINE_END.split(text), 1):
        column = 1
        for part, sheet in enumerate(line.split("\f")):
            if part:
                sheets.append([])
            sheets[-1].append(_Line(sheet, number, column))
            column += len(sheet) + 1
    return [list(_items(sheet)) for sheet in sheets if any(line.text.strip() for line in sheet)]


def _items(lines: Sequence[_Line]) -> Iterator[Item]:
    """The lines of a page as rows and tables."""
    sure = dict(_tabbed(lines))
    at = 0
    while at < len(lines):
        for reader in (_markup, _piped):
            end, items = reader(lines, at)
            if items:
                break
        else:
            end = sure.get(at, at)
            items = [_table(list(map(_tab_cells, lines[at:end])))] if end > at else [Row(tuple(_runs(lines[at])))]
            end = max(end, at + 1)
        yield from items
        at = end


def _markup(lines: Sequence[_Line], at: int) -> tuple[int, list[Item]]:
    """The items of an HTML table that begins on a line, and the line behind it."""
    if "<table" not in lines[at].text.lower():
        return at, []
    depth = 0
    for end in range(at, len(lines)):
        low = lines[end].text.lower()
        depth += low.count("<table") - low.count("</table")
        if depth <= 0:
            break
    else:
        return at, []
    block = lines[at : end + 1]
    items = items_of_markup("\n".join(line.text for line in block), block[0].number)
    return (end + 1, items) if any(map(is_table, items)) else (at, [])


# --- tables of pipes


def _piped(lines: Sequence[_Line], at: int) -> tuple[int, list[Item]]:
    """The table of pipes that begins on a line, and the line behind it."""
    end = at
    while end < len(lines) and _PIPE.search(lines[end].text):
        end += 1
    block = lines[at:end]
    ruled = len(block) > 1 and _RULE.fullmatch(block[1].text) is not None
    framed = len(block) > 1 and all(re.fullmatch(r"\s*\|.*\|\s*", line.text) for line in block)
    if not (ruled or framed):
        return at, []
    rows = [_pipe_cells(line) for line in block if not _RULE.fullmatch(line.text)]
    most = len(rows[0])
    if not rows or any(len(row) > most for row in rows) or (not ruled and any(len(row) != most for row in rows)):
        return end, [Row(tuple(_set_apart(row))) for row in rows]
    return end, [_table(rows)]


def _pipe_cells(line: _Line) -> list[list[Run]]:
    """What stands between the pipes of a line."""
    text = line.text
    edges = [-1, *(pipe.start() for pipe in _PIPE.finditer(text)), len(text)]
    parts = list(pairwise(edges))
    if parts and not text[: edges[1]].strip():
        parts = parts[1:]
    if parts and not text[edges[-2] + 1 :].strip():
        parts = parts[:-1]
    return [list(_cell_lines(line, start + 1, end)) for start, end in parts]


def _cell_lines(line: _Line, start: int, end: int) -> Iterator[Run]:
    """The lines of a cell: <br> parts them."""
    for part in re.split(r"(<br\s*/?>)", line.text[start:end], flags=re.IGNORECASE):
        run = None if part.lower().startswith("<br") else _run(line, start, start + len(part))
        if run is not None:
            yield run
        start += len(part)


def _set_apart(cells: Iterable[Sequence[Run]]) -> Iterator[Run]:
    """Cells that are not sure, side by side as tabs set them."""
    x = 0.0
    for cell in cells:
        for run in cell:
            yield Run(run.text, run.spots, x)
            x += sum(map(width_of, run.text))
        x += TAB


# --- lines of tabs


def _tabbed(lines: Sequence[_Line]) -> Iterator[tuple[int, int]]:
    """The stretches of lines that have as many tabs each, as (first, behind the last)."""
    for stretch in _stretches(lines):
        rows = [at for at in stretch if "\t" in lines[at].text]
        counts = {lines[at].text.count("\t") for at in rows}
        whole = rows and rows[-1] - rows[0] + 1 == len(rows) == len(stretch)
        if whole and len(rows) >= _FEWEST_ROWS and len(counts) == 1:
            yield rows[0], rows[-1] + 1


def _stretches(lines: Sequence[_Line]) -> Iterator[list[int]]:
    """Lines that may be of one table: those with tabs, and the short ones between that are no captions."""
    stretch: list[int] = []
    for at, line in enumerate(lines):
        if "\t" in line.text:
            stretch.append(at)
        elif line.text.strip() and (_CAPTION.search(line.text) or len(line.text) > _LONGEST_CELL):
            yield stretch
            stretch = []
        elif line.text.strip() and stretch:
            stretch.append(at)
    yield stretch


_LONGEST_CELL = 40  # characters of a piece that may have been torn off a row


def _tab_cells(line: _Line) -> list[list[Run]]:
    cells, start = [], 0
    for part in line.text.split("\t"):
        run = _run(line, start, start + len(part))
        cells.append([run] if run is not None else [])
        start += len(part) + 1
    return cells


# --- what stands together


def _table(rows: Sequence[Sequence[Sequence[Run]]]) -> Table:
    """A table of rows of cells; a row that ends early has empty ones."""
    columns = max(map(len, rows))
    whole = [[*row, *([()] * (columns - len(row)))] for row in rows]
    return Table([TableCell(y, x, cell) for y, row in enumerate(whole) for x, cell in enumerate(row)])


def _run(line: _Line, start: int, end: int, x: float = 0.0) -> Run | None:
    """Characters of a line without the marks among them, and without blanks at the ends; None if none is left."""
    lost = {at for mark in (*_MARKS.finditer(line.text), *_LOST.finditer(line.text)) for at in range(*mark.span())}
    kept = [at for at in range(start, end) if at not in lost]
    while kept and line.text[kept[0]].isspace():
        kept.pop(0)
    while kept and line.text[kept[-1]].isspace():
        kept.pop()
    if not kept:
        return None
    spots = [(line.number, line.column + at) for at in kept]
    bullet = _BULLET.match(line.text)
    behind = range(*bullet.span(1)) if bullet else ()
    marked: dict[int, Mark] = {place: "bullet" for place, at in enumerate(kept) if at in behind}
    return Run("".join([line.text[at] for at in kept]), spots, x, marked)


def _runs(line: _Line) -> Iterator[Run]:
    """The cells of a line of text, each where tabs and blanks set it."""
    x, end = 0.0, 0
    for cell in _CELL.finditer(line.text):
        x += sum(TAB if char == "\t" else width_of(char) for char in line.text[end : cell.start()])
        run = _run(line, *cell.span(), x)
        if run is not None:
            yield run
            x += sum(map(width_of, run.text))
        end = cell.end()
