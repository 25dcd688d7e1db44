"""What a model is shown of a report: a section's words and tables, every number with its mark.

A mark is a small whole number, counted within what is shown; the protocol says how it is printed beside its number
(收入总计1,955.06@7万元). Dates and the ordinals of lists are words, and carry none.

The texts of an answer are quotations: they are found again in what was shown, or they are refused. A model may shorten
a long one to its beginning and its end (开头……结尾). Marks and white space in it are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from recount.pipeline.document import Cell, Grid, Number, Paragraph, Token
from recount.pipeline.split.folding import fold, plain
from recount.pipeline.split.outline import is_heading_inside

ROWS = 24
"""How many rows of a table are asked about at once."""
_DATE = re.compile(r"年|月|日|-\d+月")
_YEAR_WORDS = re.compile(r"年度?")
_ORDINAL_END = re.compile(r"[.、)．](?!\d)")
_THRESHOLD = re.compile(r"\s*[^\d\s,，。;；、]{0,3}?(?:\(含\)|以[上下])")
"""What makes a number part of a name: 单价100万元（含）以上设备."""
_UNSIGNED = re.compile(r"\d[\d,.，．]*")
_MOST_HEAD_ROWS = 4
_FEWEST_HEADS = 3
_LONGEST_HEAD = 30  # characters
_COLUMN_NUMBERS = ("栏次", "行次")
_MARKED = re.compile(r"(?<=\d)@\d+")
_ELISION = re.compile(r"…+|\.{3,}|⋯+")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_CLAUSE_END = re.compile("[。;]")
_SHORTEST_END = 2  # characters: of a shortened quotation

Print = Callable[[str, int], str]
"""How a number is printed with its mark: digits as printed, mark."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a shown number stands. before: the words before it in what is shown, folded, every number as ▮; of a
    number in a table those of its cell.

    unit: that of the number.
    row, heads: for a number in a table: the words of its row to the left of it, and those over its column.
    grid, line: which of the shown grids and which row of it; None in running text.
    """

    before: str
    row: str = ""
    heads: str = ""
    grid: int | None = None
    line: int | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A number that is shown: its mark, its token, its place.

    printed: as it is shown, with its mark, digits and their punctuation half-width. at: its index in the words, white
    space not counted.
    """

    number: int
    printed: str
    token: Token
    place: Place
    at: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown, as a prompt prints it, with what is needed to find an answer in it again.

    text: for the prompt. words: all printed characters in order, without marks: what a quotation must be found in.
    marks: by their numbers, from 1. lines: by (grid, row), the words of each row of a table that holds figures.
    """

    text: str
    words: str
    marks: tuple[Mark, ...]
    lines: Mapping[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a grid: first..last (exclusive), to be shown under the rows that head them."""

    grid: Grid
    first: int
    last: int


def show(paragraphs: Sequence[Paragraph], blocks: Sequence[Block], printed: Print, *, years: bool = False) -> Shown:
    """Paragraphs and tables as a model is shown them. years: whether years are numbers here (a title page)."""
    writer = _Writer(printed, years)
    for paragraph in paragraphs:
        writer.paragraph(paragraph)
    for index, block in enumerate(blocks):
        writer.table(index, block)
    return Shown(writer.text, writer.words, tuple(writer.marks), writer.lines)


def blocks_of(grid: Grid, most_rows: int = ROWS) -> list[Block]:
    """A grid in blocks of at most so many rows; one in two halves stays whole: its list runs down both in turn."""
    if _in_halves(grid):
        return [Block(grid, 0, grid.rows)]
    return [Block(grid, first, min(first + most_rows, grid.rows)) for first in range(0, grid.rows, most_rows)]


def _in_halves(grid: Grid) -> bool:
    """Whether the same words head several columns."""
    for row in range(min(grid.rows, _MOST_HEAD_ROWS)):
        words = [cell.words for cell in grid.cells if cell.row == row and cell.words]
        if _is_heading(grid, row) and len(set(words)) < len(words):
            return True
    return False


def _headings(grid: Grid, row: int) -> Iterator[range]:
    """The runs of rows above a row that hold words alone, the nearest first.

    A table may change its columns half-way down (funds above, indicators below).
    """
    end = row
    while end > 0:
        if not _is_heading(grid, end - 1):
            end -= 1
            continue
        start = end
        while start > 0 and _is_heading(grid, start - 1) and end - start < _MOST_HEAD_ROWS:
            start -= 1
        yield range(start, end)
        end = start


def _heading(grid: Grid, row: int) -> range:
    """The rows that head a row: the nearest run that begins words over half of the columns."""
    for run in _headings(grid, row):
        begun = sum(c.column_end - c.column for c in grid.cells if c.words and c.row in run and c.row == run.start)
        if begun * 2 >= grid.columns:
            return run
    return range(0)


def _over(grid: Grid, row: int, cell: Cell) -> str:
    """The words over a cell: of the nearest rows above that have some over its columns."""
    for run in _headings(grid, row):
        words = "".join(
            c.words for c in grid.cells if c.row in run and c.column < cell.column_end and cell.column < c.column_end
        )
        if words:
            return words
    return ""


@lru_cache(maxsize=4096)
def _is_heading(grid: Grid, row: int) -> bool:
    cells = [cell for cell in grid.cells if cell.row <= row < cell.row_end and cell.words]
    begun = [cell for cell in cells if cell.row == row]
    if not begun or len(cells) < _FEWEST_HEADS:
        return False
    if cells[0].words in _COLUMN_NUMBERS:
        return True
    return not any(_is_number(cell) or len(cell.words) > _LONGEST_HEAD for cell in cells)


def halves(paragraphs: Sequence[Paragraph]) -> tuple[tuple[Paragraph, ...], tuple[Paragraph, ...]]:
    """Paragraphs in two, for an answer that is cut off, the second with the heading that it is under once more; it is
    empty where there is but one paragraph, or one under a heading."""
    lead = 1 if paragraphs and is_heading_inside(paragraphs[0].text.folded) else 0
    middle = lead + (len(paragraphs) - lead + 1) // 2
    rest = tuple(paragraphs[middle:])
    return tuple(paragraphs[:middle]), (*heading_over(paragraphs, middle), *rest) if rest else ()


def heading_over(paragraphs: Sequence[Paragraph], at: int) -> tuple[Paragraph, ...]:
    """The heading that a paragraph is under, if it is none itself and one is above it."""
    if is_heading_inside(paragraphs[at].text.folded):
        return ()
    return next(((above,) for above in reversed(paragraphs[:at]) if is_heading_inside(above.text.folded)), ())


class _Writer:
    """Writes what is shown, and counts its marks."""

    def __init__(self, printed: Print, years: bool) -> None:
        self._printed, self._years = printed, years
        self._parts: list[str] = []
        self._words: list[str] = []
        self._length = 0
        self._known: dict[int, str] = {}
        self._before = ""
        self.marks: list[Mark] = []
        self.lines: dict[tuple[int, int], str] = {}

    @property
    def text(self) -> str:
        return "\n".join(self._parts)

    @property
    def words(self) -> str:
        return "".join(self._words)

    def paragraph(self, paragraph: Paragraph) -> None:
        folded = paragraph.text.folded
        numbers = [number for number in paragraph.numbers if self._is_figure(folded, number)]

        def place(number: Number) -> Place:
            before = self._before + _masked(folded, paragraph.numbers, number.start)
            return Place(before, unit=number.token.unit or "")

        self._parts.append(self._marked(paragraph.text.printed, numbers, place))
        self._before += _masked(folded, paragraph.numbers, len(folded)) + "\n"

    def table(self, index: int, block: Block) -> None:
        """Rows of a table, a line each, under the rows that head the first of them."""
        grid = block.grid
        for paragraph in grid.caption:
            self.paragraph(paragraph)
        for row in [*_heading(grid, block.first), *range(block.first, block.last)]:
            cells = sorted(
                (cell for cell in grid.cells if cell.row <= row < cell.row_end), key=lambda cell: cell.column
            )
            before = len(self.marks)
            self._parts.append("| " + " | ".join(self._cell(index, grid, row, cell, cells) for cell in cells) + " |")
            if row >= block.first and any(mark.place.line == row for mark in self.marks[before:]):
                self.lines[index, row] = "".join(cell.words for cell in cells)
        if grid.note is not None and block.last == grid.rows:
            self.paragraph(grid.note)

    def _cell(self, index: int, grid: Grid, row: int, cell: Cell, line: Sequence[Cell]) -> str:
        def place(number: Number) -> Place:
            left = "".join(other.words for other in line if other.column < cell.column and not _is_number(other))
            before = _masked(cell.text.folded, cell.numbers, number.start)
            return Place(before, left, _over(grid, row, cell), index, row)

        numbers = [number for number in cell.numbers if not _DATE.match(cell.text.folded, number.end) or self._years]
        return self._marked(cell.text.printed, numbers, place).replace("\n", "")

    def _marked(self, printed: str, numbers: Iterable[Number], place: Callable[[Number], Place]) -> str:
        shown, done = "", 0
        for number in numbers:
            digits = printed[number.start : number.end]
            percent = next((sign for sign in digits if sign in "%％﹪"), "")
            known = self._known.get(number.token.index)
            if known is None:
                count = len(self.marks) + 1
                known = self._printed(_signed(digits, number.token), count)
                self._known[number.token.index] = known
                at = self._length + len("".join(printed[: number.start].split()))
                self.marks.append(Mark(count, known, number.token, place(number), at))
            shown += printed[done : number.start] + known + percent
            done = number.end
        self._say(printed)
        return shown + printed[done:]

    def _say(self, printed: str) -> None:
        self._words.append(printed)
        self._length += len("".join(printed.split()))

    def _is_figure(self, folded: str, number: Number) -> bool:
        if _DATE.match(folded, number.end):
            return self._years and _YEAR_WORDS.match(folded, number.end) is not None
        if _THRESHOLD.match(folded, number.end):
            return False
        ordinal = number.token.unit is None and not number.token.decimals and _ORDINAL_END.match(folded, number.end)
        return not ((ordinal and not folded[: number.start].strip(" (")) or (ordinal and _starts(folded, number.start)))


def _signed(digits: str, token: Token) -> str:
    """A number with its sign as a model can answer it: △74.50 and (74.50) are -74.50."""
    (unsigned,) = _UNSIGNED.findall(plain(digits))
    return f"-{unsigned}" if token.value < 0 else str(unsigned)


def _starts(folded: str, at: int) -> bool:
    """Whether an item may begin here: after a line end, a full stop or a semicolon."""
    return folded[:at].rstrip(" (")[-1:] in ("", "\n", "。", ";", ":")


def _masked(folded: str, numbers: Sequence[Number], end: int) -> str:
    """The words up to an index, every number as one sign."""
    parts, done = [], 0
    for number in numbers:
        if number.end > end:
            break
        parts += [folded[done : number.start], "▮"]
        done = number.end
    return "".join([*parts, folded[done:end]])


def _is_number(cell: Cell) -> bool:
    """Whether a cell holds a figure and nothing else, but for its unit."""
    return len(cell.numbers) == 1 and len(cell.text) - (cell.numbers[0].end - cell.numbers[0].start) <= 2


# --- what an answer quotes of it


@dataclass(frozen=True, slots=True)
class Near:
    """Which of several places is meant: the last that ends before an index, or else the first after it."""

    at: int
    before: bool


@dataclass(frozen=True)
class Words:
    """The printed words of what was shown (`Shown.words`)."""

    printed: str

    @cached_property
    def _kept(self) -> list[int]:
        """The indices of the printed characters that are no white space."""
        return [at for at, character in enumerate(self.printed) if not character.isspace()]

    @cached_property
    def folded(self) -> str:
        """The same without white space, full-width forms made half-width."""
        return fold("".join(self.printed.split()))

    def find(self, quotation: str, near: Near | None = None) -> tuple[int, int] | None:
        """Where a quotation stands in `folded` (start, end), None where it does not."""
        wanted = _MARKED.sub("", fold("".join(quotation.split())))
        if not wanted:
            return None
        head, elision, tail = _halves(wanted)
        if not elision:
            start = self._place(wanted, near)
            return None if start < 0 else (start, start + len(wanted))
        start = self._place(head, near)
        end = self.folded.find(tail, start + len(head)) if start >= 0 else -1
        return None if end < 0 else (start, end + len(tail))

    def quoted(self, quotation: str, near: Near | None = None) -> str | None:
        """A quotation as it is printed (docs/contract/report.md); None where it is not in what was shown."""
        span = self.find(quotation, near)
        if span is not None:
            return plain(self.printed[self._kept[span[0]] : self._kept[span[1] - 1] + 1])
        return quotation if self._is_printed_date(quotation) else None

    def last_end(self, name: str, before: int) -> int:
        """Where the last of some words before an index ends; -1 where they do not stand before it."""
        wanted = fold("".join(name.split()))
        at = self.folded.rfind(wanted, 0, before)
        return at + len(wanted) if at >= 0 else -1

    def in_a_clause(self, one: int, other: int) -> bool:
        """Whether no clause ends between two indices."""
        start, end = sorted((one, other))
        return start >= 0 and _CLAUSE_END.search(self.folded, start, end) is None

    def _place(self, wanted: str, near: Near | None) -> int:
        if near is None:
            return self.folded.find(wanted)
        meant = self.folded.rfind(wanted, 0, near.at) if near.before else self.folded.find(wanted, near.at)
        return meant if meant >= 0 else self.folded.find(wanted)

    def _is_printed_date(self, quotation: str) -> bool:
        """2022-12-31 for 2022年12月31日: dates are given in one form (contract)."""
        match = _ISO_DATE.fullmatch(quotation.strip())
        if match is None:
            return False
        year, month, day = (int(number) for number in match.groups())
        return f"{year}年{month}月{day}日" in self.folded or f"{year}年{month:02}月{day:02}日" in self.folded


def _halves(wanted: str) -> tuple[str, bool, str]:
    """The beginning and the end of a shortened quotation."""
    parts = _ELISION.split(wanted)
    if len(parts) == 2 and all(len(part) >= _SHORTEST_END for part in parts):
        return parts[0], True, parts[1]
    return wanted, False, ""
