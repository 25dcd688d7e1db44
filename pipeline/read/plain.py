"""Text with few marks or none (.txt, .md): lines, cut into cells at tabs and runs of blanks; tables that are sure.

A form feed ends a page. Marks of Markdown that say how words look (**, #, bullets) go; its tables, and those of HTML in
it, have sure cells. So have lines of tabs that all have as many, and no line of another kind between.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from recount.pipeline.read.markup import is_table, items_of_markup
from recount.pipeline.read.typewriter import TAB, Item, Mark, Row, Run, Table, TableCell, width_of

LINE_END = re.compile(r"\r\n|\n|\r")
"""What ends a line, as editors count them."""
_CELL = re.compile(r"[^\t\s]+(?:[^\S\t][^\t\s]+)*")
"""What stands together: words with no more than one blank between them, and no tab."""
# Marks of Markdown. A dash before a digit may be a minus, and stars between digits hide some.
_MARKS = re.compile(
    r"^\s*(?:>\s?)*#{1,6}\s+|\s#+\s*$|^\s*(?:>(?!\s*[=＝\d])\s?)+|^\s*[-*+](?=\s+[^\s\d])"
    r"|(?<![*\d])\*\*(?!\*)|(?<!\*)\*\*(?![*\d])|\\(?=[#*_|.\-()\[\]])|^\s*```.*$"
)
_ITEM = re.compile(r"^\s*[-*+](?=\s+[^\s\d])")
_SET_IN = 24.0  # points that an item of a list is set in by, whose bullet goes
_BULLET = re.compile(r"^\s*[-*+]\s+(?=(\d[\d,.]*))")
_PIPE = re.compile(r"(?<!\\)\|")
_FRAMED = re.compile(r"\s*\|.*\|\s*")
_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*")
_PAGE_NUMBER = re.compile(r"[-—–~·\s]*(?:第\s*)?(\d{1,4})(?:\s*页)?(?:\s*[/,，共]\s*共?\s*\d{1,4}\s*页?)?[-—–~·\s]*")
_DRESSED = re.compile(r"\s*[^\s\d].*[^\s\d]\s*")  # what no cell has on both sides of a number
_PAGE_BEGINS = re.compile(r" (?=\S)")  # tools that put pages together leave a blank where one begins
_FEW = 0.05  # share of the lines that begin with such a blank, where it is one
_NAME = re.compile("[\u4e00-\u9fff]{3,30}")
_FEWEST_PAGES = 3  # pages whose numbers count on
_FEWEST_LINES = 10  # lines from page number to page number; the cells of a column may count on, too
_NEAR = [near for near in range(-8, 9) if near]  # lines from a page number in which there is no other
_MOST_OF = 0.5  # share of the numbers that stand alone, or of the places of a running line, that must count on
_NUMBER = re.compile(r"[-−－(（]?[\d０-９][\d０-９,，.．]*[%％)）]?")
_FEWEST_ROWS = 3  # lines of as many tabs that are a table
_CAPTION = re.compile(r"表\s*$|单位\s*[:：]|公开\s*\d+\s*表|年度?\s*[)）]?\s*$|[。；;]\s*$")
"""The end of a line that stands between two tables, and is no part of either."""
_LOST = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufe00-\ufe0f\ufeff]")
"""What has no width in print, and parts no word."""


@dataclass(frozen=True)
class _Line:
    """A line of the file, or what stands on one page of it. number, column: where it begins, 1-based."""

    text: str
    number: int
    column: int = 1

    @cached_property
    def lost(self) -> frozenset[int]:
        """The places of its marks, and of what has no width."""
        marks = (*_MARKS.finditer(self.text), *_LOST.finditer(self.text))
        return frozenset(at for mark in marks for at in range(*mark.span()))


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
    edges = _edges_of_pages(sheets)
    sheets = [[line for line in sheet if line not in edges] for sheet in sheets]
    return [list(_items(sheet)) for sheet in sheets if any(line.text.strip() for line in sheet)]


def _items(lines: Sequence[_Line]) -> Iterator[Item]:
    """The lines of a page as rows and tables."""
    sure, marked_up, piped = dict(_tabbed(lines)), _tables_of_markup(lines), _stretches_of_pipes(lines)
    at = 0
    while at < len(lines):
        end, items = _markup(lines, at, marked_up)
        if not items:
            end, items = _piped(lines, at, *piped[at])
        if not items:
            end = sure.get(at, at)
            items = [_table(list(map(_tab_cells, lines[at:end])))] if end > at else [Row(tuple(_runs(lines[at])))]
            end = max(end, at + 1)
        yield from items
        at = end


def _tables_of_markup(lines: Sequence[_Line]) -> dict[int, int]:
    """The lines on which an HTML table begins, each with the line behind that on which it ends."""
    found: dict[int, int] = {}
    begun: list[tuple[int, int]] = []
    depth = 0
    for at, line in enumerate(lines):
        low = line.text.lower()
        if "<table" in low:
            begun.append((at, depth))
        depth += low.count("<table") - low.count("</table")
        while begun and depth <= begun[-1][1]:
            found[begun.pop()[0]] = at + 1
    return found


def _markup(lines: Sequence[_Line], at: int, ends: Mapping[int, int]) -> tuple[int, list[Item]]:
    """The items of an HTML table that begins on a line, and the line behind it. ends: as of _tables_of_markup."""
    if at not in ends:
        return at, []
    block = lines[at : ends[at]]
    items = items_of_markup("\n".join(line.text for line in block), block[0].number)
    return (ends[at], items) if any(map(is_table, items)) else (at, [])


# --- what stands at the head and the foot of pages


def _edges_of_pages(sheets: Sequence[Sequence[_Line]]) -> set[_Line]:
    """Page numbers, and the lines that repeat beside them, at the ends of pages or where pages were put together.

    A number that stands alone may be a cell: page numbers are only those that count on from page to page, among the
    others that are written alike, or that stand at the ends of pages.
    """
    filled = [[line for line in sheet if line.text.strip()] for sheet in sheets]
    lines = [line for sheet in filled for line in sheet]
    shown = {at: _PAGE_NUMBER.fullmatch(line.text) for at, line in enumerate(lines)}
    numbers = {at: int(match[1]) for at, match in shown.items() if match}
    turned = [at for at, line in enumerate(lines) if _PAGE_BEGINS.match(line.text)]
    begins = {*turned, *accumulate(map(len, filled))}
    found = {at for at in numbers if at + 1 in begins and _DRESSED.fullmatch(lines[at].text)}
    alone = {at for at in numbers if at + 1 in begins or not any(at + near in numbers for near in _NEAR)}
    begins |= {at + 1 for at in alone}
    pages = list(accumulate(at in begins for at in range(len(lines))))
    starts = [0, *accumulate(map(len, filled))] if len(filled) > 1 else []
    ends = ({at for at in starts if at in numbers}, {at - 1 for at in starts if at - 1 in numbers})
    dressed = [{at for at in alone if _bare(lines[at]) == said} for said in sorted({_bare(lines[at]) for at in alone})]
    for alike in (*dressed, *ends):
        counting = _counting([(at, numbers[at] - pages[at]) for at in sorted(alike)])
        found |= counting if len(counting) > _MOST_OF * len(alike) else set()
    for side in (-1, 1):
        found |= _running(lines, numbers, side)
    tops = [sheet[0] for sheet in filled if sheet]
    tops += [lines[at] for at in turned] if len(turned) <= _FEW * len(lines) else []
    return {lines[at] for at in found} | _repeated(filled) | _fragments(tops)


def _bare(line: _Line) -> str:
    """What stands around the number of a page: cells have none of it."""
    return re.sub(r"[\d\s]+", "", line.text)


def _running(lines: Sequence[_Line], numbers: Mapping[int, int], side: int) -> set[int]:
    """The places of the lines that repeat beside page numbers, on one side of them, and of these numbers."""
    often = Counter(line.text for line in lines)
    beside: dict[str, list[int]] = defaultdict(list)
    for at in numbers:
        if 0 <= at + side < len(lines) and at + side not in numbers and "\t" not in lines[at + side].text:
            beside[lines[at + side].text].append(at)
    found: set[int] = set()
    for text, group in beside.items():
        counting = _counting([(at, numbers[at] - place) for place, at in enumerate(group)])
        apart = all(below - above >= _FEWEST_LINES for above, below in pairwise(sorted(counting)))
        if apart and len(counting) > _MOST_OF * often[text]:
            found |= counting | {at + side for at in counting}
    return found


def _repeated(filled: Sequence[Sequence[_Line]]) -> set[_Line]:
    """The first and the last lines of pages that are those of most pages."""
    found: set[_Line] = set()
    for end in (0, -1):
        lines = [sheet[end] for sheet in filled if sheet]
        text, times = Counter(line.text for line in lines).most_common(1)[0] if lines else ("", 0)
        if times >= _FEWEST_PAGES and times > _MOST_OF * len(lines):
            found.update(line for line in lines if line.text == text)
    return found


def _fragments(tops: Sequence[_Line]) -> set[_Line]:
    """The first lines of pages that say the same name, some of them not to its end. Nothing of a name is a figure."""
    names = {line: line.text.strip() for line in tops if _NAME.fullmatch(line.text.strip())}
    for longest in sorted(set(names.values()), key=len, reverse=True):
        found = {line for line, name in names.items() if longest.startswith(name)}
        if len(found) >= _FEWEST_PAGES and len({names[line] for line in found}) > 1:
            return found
    return set()


def _counting(numbers: Sequence[tuple[int, int]]) -> set[int]:
    """The places of the numbers that count on; of each its place and how far it is ahead of the pages."""
    if not numbers:
        return set()
    ahead, times = Counter(far for _, far in numbers).most_common(1)[0]
    return {at for at, far in numbers if far == ahead} if times >= _FEWEST_PAGES else set()


# --- tables of pipes


def _stretches_of_pipes(lines: Sequence[_Line]) -> list[tuple[int, bool]]:
    """Of each line the first behind it that has no pipe, itself if it has none, and whether all until there begin and
    end with one."""
    found = [(at, True) for at in range(len(lines) + 1)]
    for at in reversed(range(len(lines))):
        if _PIPE.search(lines[at].text):
            end, framed = found[at + 1]
            found[at] = end, framed and _FRAMED.fullmatch(lines[at].text) is not None
    return found


def _piped(lines: Sequence[_Line], at: int, end: int, framed: bool) -> tuple[int, list[Item]]:
    """The table of pipes that begins on a line, and the line behind it. end, framed: as of _stretches_of_pipes."""
    ruled = end > at + 1 and _RULE.fullmatch(lines[at + 1].text) is not None
    if end <= at + 1 or not (ruled or framed):
        return at, []
    block = lines[at:end]
    rows = [_pipe_cells(line) for line in block if not _RULE.fullmatch(line.text)]
    if not rows:
        return at, []
    most = len(rows[0])
    if any(len(row) > most for row in rows) or (not ruled and any(len(row) != most for row in rows)):
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
            x += run.width
        x += TAB


# --- lines of tabs


def _tabbed(lines: Sequence[_Line]) -> Iterator[tuple[int, int]]:
    """The stretches of lines that have as many tabs each, as (first, behind the last)."""
    for stretch in _stretches(lines):
        rows = [at for at in stretch if "\t" in lines[at].text]
        counts = {lines[at].text.count("\t") for at in rows}
        whole = rows and rows[-1] - rows[0] + 1 == len(rows) == len(stretch)
        # Else a tab begins a cell, and parts none.
        several = sum(sum(map(bool, map(str.strip, lines[at].text.split("\t")))) > 1 for at in rows)
        if whole and len(rows) >= _FEWEST_ROWS and len(counts) == 1 and several > _MOST_OF * len(rows):
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
    """A table of rows of cells; a row that ends early has empty ones.

    Tabs and pipes say nothing of merged cells. In a head, an empty cell right of a label is the label's, unless another
    stands above it: that one reaches down.
    """
    columns = max(map(len, rows))
    whole = [[*row, *([()] * (columns - len(row)))] for row in rows]
    head = next((y for y, row in enumerate(whole) if any(map(_is_number, row))), 0)
    starts = [[0] * columns for _ in whole]  # where the cell begins that covers a place
    for y, row in enumerate(whole):
        for x in range(1, columns):
            left = starts[y][x - 1]
            alike = y == 0 or starts[y - 1][x] == starts[y - 1][left]
            starts[y][x] = left if y < head and not row[x] and row[left] and alike else x
    return Table(
        [
            TableCell(y, x, cell, columns=starts[y].count(x))
            for y, row in enumerate(whole)
            for x, cell in enumerate(row)
            if starts[y][x] == x
        ]
    )


def _is_number(cell: Sequence[Run]) -> bool:
    return _NUMBER.fullmatch("".join(run.text for run in cell)) is not None


def _run(line: _Line, start: int, end: int, x: float = 0.0) -> Run | None:
    """Characters of a line without the marks among them, and without blanks at the ends; None if none is left."""
    kept = [at for at in range(start, end) if at not in line.lost]
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
        run = _run(line, *cell.span(), x + (_SET_IN if not x and _ITEM.match(line.text) else 0.0))
        if run is not None:
            yield run
            x += run.width
        end = cell.end()
