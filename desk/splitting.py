"""What the splitter sees of a file, as one HTML page: the first thing to look at when something is missing.

Each page of the file as a picture, with tables, their cells, numbers, headings and titles outlined; beside it the text
of what begins on it. It has its pictures in it, and no script.
"""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from recount.desk.pages import Book, opened
from recount.desk.render import rendered, style
from recount.desk.told import word
from recount.pipeline.archive.sources import find_sources
from recount.pipeline.document import Box, Cell, Grid, Number, Paragraph, Remark, Token, hull
from recount.pipeline.errors import UsageError
from recount.pipeline.map.captions import title_of
from recount.pipeline.map.statements import lines_of
from recount.pipeline.settings import DEFAULTS, Settings
from recount.pipeline.split.outline import Section, all_sections
from recount.pipeline.split.tables import JoinedTable
from recount.pipeline.structure import SplitReport, splits_of
from recount.schemas.saying import Language, Saying

MOST_SHEETS = 80
"""So many pages are shown where none are asked for: with more a page is too large for some browsers."""
_DPI = 105.0
_OF_FAMILY = "unit"
"""The kind of remarks on units that no family understands."""
_SAME_LINE = 3.0  # points between the tops of one line
_PAGES = re.compile(r"\s*(\d+)\s*(?:[-–]\s*(\d+)\s*)?")

Look = Literal["table", "cell", "blank", "title", "heading", "number", "unsure", "refused", "remark"]
"""What is outlined on a page. number: one that is read; unsure: one that something touches, or whose unit is not
understood; refused: digits that are taken for no number."""
LEGEND: tuple[Look, ...] = ("table", "cell", "blank", "title", "heading", "number", "unsure", "refused", "remark")


# --- what a template shows


@dataclass(frozen=True, slots=True)
class Shape:
    """A box on a page, in its points. note: what it is, as a pair of the key of words and what they are given."""

    look: Look
    left: float
    top: float
    width: float
    height: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text. look: "number", "unsure", "refused", "" for words. note: of a number value and unit; of what
    was refused the key of the reason."""

    text: str
    look: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of a table. across, down: columns and rows that it covers."""

    parts: tuple[Part, ...]
    across: int
    down: int


@dataclass(frozen=True, slots=True)
class Told:
    """A paragraph or a table, as it is told beside the page on which it begins.

    anchor: in the page. title: of a table as printed, of a heading its words; level: of a heading, 0 for running text.
    parts: of a paragraph. rows: of a table. unit: of its amounts. periods: what its columns say; without: the heads of
    those that say none. pages: on which it stands.
    """

    anchor: str
    kind: Literal["table", "heading", "text"]
    pages: tuple[int, ...]
    title: str = ""
    level: int = 0
    parts: tuple[Part, ...] = ()
    caption: tuple[tuple[Part, ...], ...] = ()
    rows: tuple[tuple[Place, ...], ...] = ()
    unit: str | None = None
    periods: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    size: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class Sheet:
    """A page of the file. url: its picture, "" of a file of text. remarks: on it."""

    number: int
    width: float
    height: float
    url: str = ""
    shapes: list[Shape] = field(default_factory=list)
    blocks: list[Told] = field(default_factory=list)
    remarks: list[Saying] = field(default_factory=list)


def page_of_split(
    path: Path, pages: str | None = None, settings: Settings = DEFAULTS, language: Language = "en"
) -> str:
    """The page. path: the file, or an archive of it alone. pages: which of its pages ("3-5,8"), else the first
    MOST_SHEETS.

    Raises UsageError for pages that are none, and where there is no such file or several; a DocumentError where it
    cannot be read.
    """
    wanted = None if pages is None else pages_in(pages)
    sources = find_sources([path]).sources
    if len(sources) != 1:
        raise UsageError(f"{path} holds {len(sources)} reports: name one of them")
    with opened(sources[0]) as book:
        reports = splits_of(book.file, settings=settings, only=wanted)
        sheets = _sheets(book, reports, wanted, language)
    shown = sorted(sheets.values(), key=lambda sheet: sheet.number)
    return rendered(
        "split.html.j2",
        language,
        style=style("split.css"),
        file=path.name,
        families=[report.family.title if report.family is not None else None for report in reports],
        sheets=shown,
        contents=_contents(block for sheet in shown for block in sheet.blocks),
        counts=_counts(reports),
        legend=LEGEND,
        rest=max(0, len(book.sheets) - MOST_SHEETS) if wanted is None else 0,
    )


def pages_in(said: str) -> frozenset[int]:
    """The numbers that "3-5,8" names. Raises UsageError if it names none."""
    found: set[int] = set()
    for piece in said.split(","):
        match = _PAGES.fullmatch(piece)
        if match is None or int(match[1]) < 1 or int(match[2] or match[1]) < int(match[1]):
            raise UsageError(f"--pages takes numbers of pages, as 3-5,8, and {said} is none")
        found.update(range(int(match[1]), min(int(match[2] or match[1]), 100_000) + 1))
    return frozenset(found)


def _contents(blocks: Iterable[Told]) -> list[Told]:
    """The headings and tables; of a heading that stands in a table of contents too, the one below."""
    told = [block for block in blocks if block.kind != "text"]
    last = {block.title: block.anchor for block in told if block.kind == "heading"}
    return [block for block in told if block.kind == "table" or last[block.title] == block.anchor]


def _counts(reports: Iterable[SplitReport]) -> dict[str, int]:
    reports = list(reports)
    documents = [report.document for report in reports]
    return {
        "tables": sum(isinstance(block, Grid) for document in documents for block in document.blocks),
        "numbers": sum(len(document.tokens) for document in documents),
        "refused": sum(len(report.seen.refused) for report in reports),
    }


def _sheets(
    book: Book, reports: Sequence[SplitReport], wanted: frozenset[int] | None, language: Language
) -> dict[int, Sheet]:
    """The pages that are shown, with what stands on them."""
    sheets: dict[int, Sheet] = {}
    for report in reports:
        for page in report.pages.pages:
            number = report.scans.place(page.number, (0.0, 0.0, 0.0, 0.0))[0]
            if number not in sheets and (number in wanted if wanted is not None else len(sheets) < MOST_SHEETS):
                sheets[number] = _sheet(book, number, page.width, page.height)
    if not sheets:
        raise UsageError("none of these pages holds anything that is read")
    for at, report in enumerate(reports):
        _Viewer(report, sheets, f"r{at}", language).show()
    return sheets


def _sheet(book: Book, number: int, width: float, height: float) -> Sheet:
    if not 1 <= number <= len(book.sheets):
        return Sheet(number, width, height)
    size, shot = book.sheets[number - 1], book.picture(number, _DPI)
    url = f"data:image/{shot.kind};base64,{base64.b64encode(shot.content).decode()}"
    return Sheet(number, size.width, size.height, url)


class _Viewer:
    """Puts what a report was split into on the pages of its file."""

    def __init__(self, report: SplitReport, sheets: Mapping[int, Sheet], name: str, language: Language) -> None:
        self._report, self._sheets, self._name, self._language = report, sheets, name, language
        outline = report.family.outline if report.family is not None else ()
        known, others = all_sections(report.document, outline)
        self._headings: list[Section] = [section for section in (*known.values(), *others) if section.title]
        self._refused: dict[int, dict[str, str]] = defaultdict(dict)
        self._lines = {page.number: page.lines for page in report.pages.pages}

    def show(self) -> None:
        """All that it has, on the sheets that are shown."""
        for refused in self._report.seen.refused:
            self._refused[refused.page].setdefault(refused.raw, refused.why)
        tables = iter(self._report.seen.tables)
        blocks = self._report.document.blocks
        for at, block in enumerate(blocks):
            if isinstance(block, Grid):
                self._table(block, next(tables), title_of(blocks, at)[0], f"{self._name}b{at}")
            else:
                self._paragraph(block, f"{self._name}b{at}")
        for token in self._report.document.tokens:
            self._outline(
                "unsure" if _is_unsure(token) else "number", token.page, token.box, _told(token, self._language)
            )
        for refused in self._report.seen.refused:
            note = f"{refused.raw}: {word(self._language, 'why ' + refused.why)}"
            self._outline("refused", refused.page, refused.box, note)
        for remark in self._report.document.remarks:
            if self._report.family is not None or remark.kind != _OF_FAMILY:
                self._remark(remark)

    def _table(self, grid: Grid, table: JoinedTable, title: str, anchor: str) -> None:
        for page, box in zip(table.pages, table.boxes, strict=True):
            self._outline("table", page, box, title)
        for page, box, blank in _cells_of(table):
            self._outline("blank" if blank else "cell", page, box)
        for line in grid.caption:
            self._mark("title", line)
        lines = lines_of(grid)
        rows: list[list[Place]] = [[] for _ in range(grid.rows)]
        for cell in grid.cells:
            rows[cell.row].append(self._place(cell, grid.pages))
        seen = Told(
            anchor,
            "table",
            tuple(self._number(page) for page in grid.pages),
            title,
            caption=tuple(self._parts(line.text.printed, line.numbers, (line.page,)) for line in grid.caption),
            rows=tuple(map(tuple, rows)),
            unit=grid.unit,
            periods=tuple(column.period.told for column in lines.columns if column.period is not None),
            without=(*lines.without, *(column.head for column in lines.columns if column.period is None)),
            size=(grid.rows, grid.columns),
        )
        self._tell(seen)
        if grid.note is not None:
            self._paragraph(grid.note, f"{anchor}n")

    def _place(self, cell: Cell, pages: Sequence[int]) -> Place:
        parts = self._parts(cell.text.printed, cell.numbers, pages)
        return Place(parts, cell.column_end - cell.column, cell.row_end - cell.row)

    def _paragraph(self, paragraph: Paragraph, anchor: str) -> None:
        heads = (one for one in self._headings if paragraph.text.printed.startswith(one.title))
        heading = max(heads, key=lambda one: len(one.title), default=None)
        parts = self._parts(paragraph.text.printed, paragraph.numbers, (paragraph.page,))
        pages = (self._number(paragraph.page),)
        if heading is None:
            self._tell(Told(anchor, "text", pages, parts=parts))
            return
        self._mark("heading", paragraph)
        title = f"{heading.title} ({heading.key})" if heading.key else heading.title
        self._tell(Told(anchor, "heading", pages, title, len(heading.within) + 1, parts))

    def _tell(self, seen: Told) -> None:
        """Beside the first of its pages that is shown."""
        sheet = next((self._sheets[page] for page in seen.pages if page in self._sheets), None)
        if sheet is not None:
            sheet.blocks.append(seen)

    def _remark(self, remark: Remark) -> None:
        sheet = self._sheets.get(self._number(remark.page))
        if sheet is not None and remark.words not in sheet.remarks:
            sheet.remarks.append(remark.words)
        if remark.box is not None:
            self._outline("remark", remark.page, remark.box, remark.words.told(self._language))

    def _number(self, page: int) -> int:
        return self._report.scans.place(page, (0.0, 0.0, 0.0, 0.0))[0]

    def _outline(self, look: Look, page: int, box: Box, note: str = "") -> None:
        """A box of a page as read, where the file shows it."""
        number, (x0, y0, x1, y1) = self._report.scans.place(page, box)
        if number in self._sheets:
            sides = round(x0, 1), round(y0, 1), round(max(x1 - x0, 0.6), 1), round(max(y1 - y0, 0.6), 1)
            self._sheets[number].shapes.append(Shape(look, *sides, note))

    def _mark(self, look: Look, paragraph: Paragraph) -> None:
        """The first line of a paragraph."""
        words = "".join(paragraph.text.printed.split())
        boxes = [
            line.box
            for line in self._lines.get(paragraph.page, ())
            if abs(line.box[1] - paragraph.top) <= _SAME_LINE and (said := "".join(line.text.split())) and said in words
        ]
        if boxes:
            self._outline(look, paragraph.page, hull(boxes), paragraph.text.printed[:80])

    def _parts(self, printed: str, numbers: Sequence[Number], pages: Sequence[int]) -> tuple[Part, ...]:
        """A text in pieces: words, numbers, and digits that were taken for none."""
        found: list[Part] = []
        at = 0
        for number in sorted(numbers, key=lambda one: one.start):
            found += self._words(printed[at : number.start], pages)
            look = "unsure" if _is_unsure(number.token) else "number"
            found.append(Part(printed[number.start : number.end], look, _told(number.token, self._language)))
            at = number.end
        return tuple(part for part in (*found, *self._words(printed[at:], pages)) if part.text)

    def _words(self, words: str, pages: Sequence[int]) -> Iterator[Part]:
        at = 0
        for match in _DIGITS.finditer(words):
            why = next((self._refused[page][match[0]] for page in pages if match[0] in self._refused[page]), "form")
            yield Part(words[at : match.start()])
            yield Part(match[0], "refused", why)
            at = match.end()
        yield Part(words[at:])


_DIGITS = re.compile(r"[0-9０-９][0-9０-９.,，．]*(?<![.,，．])%?")


def _is_unsure(token: Token) -> bool:
    return token.remark is not None or (token.into is not None and token.into[1] is None)


def _told(token: Token, language: Language) -> str:
    """What a number is: its value, and its unit or that of its table; what touches it."""
    unit = token.unit or (token.head and f"[{token.head}]") or ""
    remark = f" · {token.remark.words.told(language)}" if token.remark is not None else ""
    return f"{token.value:f} {unit}".strip() + remark


def _cells_of(table: JoinedTable) -> Iterator[tuple[int, Box, bool]]:
    """The cells of a table as they lie on the pages, and whether they are blank: of one without edges where their text
    is."""
    for part in table.parts:
        yield from ((part.page, cell.box, not any(line.text.strip() for line in cell.fragments)) for cell in part.cells)
    if table.parts:
        return
    for cell in table.cells:
        for page in dict.fromkeys(line.page for line in cell.fragments):
            yield page, hull([line.line.box for line in cell.fragments if line.page == page]), False
