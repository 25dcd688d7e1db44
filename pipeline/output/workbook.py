"""All tables as one Excel workbook: a sheet each, fixed heads, filters, disputed rows coloured, links to pages, set up
to be printed. Another sheet, which a person works through, may stand before them."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from recount.pipeline.archive.locations import Place
from recount.pipeline.errors import UsageError
from recount.pipeline.output.layout import FILES, REPORTS, Column, Table
from recount.pipeline.output.rows import OpenResult, Order, Row, Sink, plain, utf8

MOST_ROWS = 50_000
"""So many rows of a table a workbook shows; Parquet is for millions."""
_CUT = {
    "en": "The first {shown:,} of {all:,} rows; the others: recount export --format parquet",
    "zh": "只列前{shown:,}行，共{all:,}行；全部数据请导出为 parquet 或 csv 格式",
}
_WIDTHS = {"string": 24, "number": 14, "integer": 8, "boolean": 8}
_PATH_WIDTH = 52
"""Of the first column of a table that is printed: a report's path is to be read there."""
_PALE, _STRONG = "#FDECEA", "#FFC7CE"
"""Behind a row with a disputed figure, and behind that figure."""
_A4 = 9
_ON_PAPER = ("files", "reports", "discrepancies")
"""The tables that are printed with a workbook; of the others, long and wide, the area to be printed is empty: who wants
one on paper clears it."""

LINK = "link"
TEXT = "@"
EXACT_DIGITS = 15
_LONGEST_TEXT = 32_767
_LONGEST_LINK = 2_000
_LONGEST_WORD = 250
"""A text in a formula may have 255 characters."""

_PATH = "/-._~()!,;@&=+$"
"""Signs, besides letters and digits, that an address keeps in its path; a first step with a colon would be a scheme."""
_ADDRESS = _PATH + ":"

Look = tuple[str, str | None]
"""How a cell looks: its number format (or LINK), and the colour behind it."""
Cell = tuple[int, Any, Look]
"""A cell: its column, its value (a Decimal or int is a number; a Link, or a Noted value, is more), its look."""


@dataclass(frozen=True, slots=True)
class Link:
    """A page of a PDF at an address."""

    pdf: str
    page: int


@dataclass(frozen=True, slots=True)
class Noted:
    """A value, and the note at its cell."""

    value: Any
    note: str


class Front(ABC):
    """The sheet that stands before the tables: `see` makes of each result what it says of it, and runs in other
    processes; `add` takes that, in the order of the results; `write` fills the sheet."""

    title: str
    see: Callable[[OpenResult], Any]

    @abstractmethod
    def add(self, seen: Any) -> None:
        """What was seen of a result."""

    @abstractmethod
    def write(self, book: Book, sheet: Any, pdfs: Mapping[str, str]) -> None:
        """Fills an empty sheet. pdfs: the addresses of the reports' PDFs."""


# --- a workbook by the public calls of XlsxWriter


class Book:
    """A workbook that is written, its rows from the first to the last: they go to the disk as they come."""

    def __init__(self, path: Path, folder: Path) -> None:
        options = {"constant_memory": True, "tmpdir": str(folder), "strings_to_urls": False}
        self._book: Any = xlsxwriter.Workbook(str(path), options)
        self._looks: dict[tuple[Look, bool], Any] = {}
        head = {"bold": True, "bottom": 1, "bg_color": "#F2F2F2", "text_wrap": True, "valign": "top"}
        self._head, self._head_of_numbers = self.format(head), self.format(head | {"align": "right"})

    def head_of(self, *, number: bool) -> Any:
        """The format of a column's head: over numbers it stands to the right, as they do."""
        return self._head_of_numbers if number else self._head

    def format(self, properties: Mapping[str, Any]) -> Any:
        """A new format of cells, by XlsxWriter's names."""
        return self._book.add_format(dict(properties))

    def sheet(self, title: str, *, fixed: int = 1) -> Any:
        """A new sheet, set up to be printed: landscape, as wide as the paper, the head on every page. fixed: columns
        that stay in sight."""
        sheet = self._book.add_worksheet(title)
        sheet.freeze_panes(1, fixed)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&L&A&R&P / &N")
        return sheet

    def write(self, sheet: Any, row: int, cell: Cell, *, wrapped: bool = False) -> None:
        """Writes a cell: a text is never a formula, a number has the digits that are printed. wrapped: it has a border,
        and as many lines as it needs."""
        column, value, look = cell
        if isinstance(value, Noted):
            sheet.write_comment(row, column, text_of(value.note), {"x_scale": 2})
            value = value.value
        format_ = self._look(look, wrapped)
        if value is None:
            sheet.write_blank(row, column, None, format_)
        elif isinstance(value, Link):
            sheet.write_formula(row, column, link(value.pdf, value.page), format_, value.page)
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, format_)
        elif isinstance(value, str):
            sheet.write_string(row, column, text_of(value), format_)
        else:
            sheet.write_number(row, column, value, format_)

    def close(self) -> None:
        """Writes the file. Raises UsageError if it cannot be."""
        try:
            self._book.close()
        except XlsxWriterException as error:
            raise UsageError(f"the workbook cannot be written: {error}") from error

    def _look(self, look: Look, wrapped: bool) -> Any:
        if (look, wrapped) not in self._looks:
            pattern, colour = look
            blue = {"font_color": "#0563C1", "underline": 1}
            properties: dict[str, Any] = blue if pattern == LINK else {"num_format": pattern}
            lined = {"text_wrap": True, "valign": "top", "border": 4} if wrapped else {}
            self._looks[look, wrapped] = self.format(properties | lined | ({"bg_color": colour} if colour else {}))
        return self._looks[look, wrapped]


def text_of(text: str) -> str:
    """A text as a cell takes it. What XlsxWriter would copy as markup, `<r>…</r>`, gets a blank behind it."""
    text = utf8(text)[:_LONGEST_TEXT]
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def number_cell(column: int, value: Decimal | int, colour: str | None, *, grouped: bool) -> Cell:
    """A number with its printed decimals; as text where Excel would not hold all its digits."""
    _, digits, exponent = Decimal(value).as_tuple()
    if len(digits) > EXACT_DIGITS or not isinstance(exponent, int) or exponent < -EXACT_DIGITS:
        return column, f"{value:f}", (TEXT, colour)
    return column, value, (_pattern(exponent, grouped=grouped), colour)


@cache
def _pattern(exponent: int, *, grouped: bool) -> str:
    """As many decimals as printed; thousands apart (grouped), but not in years, pages and row numbers."""
    return ("#,##0" if grouped else "0") + ("." + "0" * -exponent if exponent < 0 else "")


@lru_cache(256)
def link(pdf: str, page: int) -> str:
    """The formula of a link to a page. A formula takes any number of them; a sheet has room for 65,530 hyperlinks."""
    target = f"{pdf}#page={page}"
    words = [target[at : at + _LONGEST_WORD].replace('"', '""') for at in range(0, len(target), _LONGEST_WORD)]
    return "=HYPERLINK(" + "&".join(f'"{word}"' for word in words) + f",{page})"


def link_to(place: Place, folder: Path) -> str:
    """The address of a file for a workbook in `folder`: the way from there, so that both may be moved together.

    What has a meaning in an address, and what is no letter of any language, is percent-encoded (RFC 3987); a name that
    is no UTF-8 keeps its bytes.
    """
    if not isinstance(place, Path):
        return quote(str(place), safe=_ADDRESS + "%?=&")
    try:
        way = os.path.relpath(place, folder)
    except ValueError:  # on another drive of Windows
        return place.resolve().as_uri()
    return "".join(_encoded(sign) for sign in way.replace(os.sep, "/"))


def _encoded(sign: str) -> str:
    return sign if not sign.isascii() and sign.isalnum() else quote(os.fsencode(sign), safe=_PATH)


# --- the sheets of the tables


@dataclass(frozen=True, slots=True)
class _Cells:
    """Makes cells of rows. pdfs: addresses of PDFs."""

    pdfs: Mapping[str, str]

    def __call__(self, table: Table, rows: Sequence[Row]) -> list[list[Cell]]:
        shown = [(index, column) for index, column in enumerate(table.columns) if column.shown]
        pdf = self.pdfs.get(rows[0].values[0]) if rows else None
        return [self._row(shown, row, pdf) for row in rows]

    def _row(self, shown: Sequence[tuple[int, Column]], row: Row, pdf: str | None) -> list[Cell]:
        why = dict(row.disputed)
        behind = _PALE if why else None
        cells = []
        for at, (index, column) in enumerate(shown):
            if not behind and row.values[index] is None:
                continue
            cell = self._cell(at, column, row, index, (_STRONG if index in why else behind, pdf))
            cells.append((at, Noted(cell[1], str(why[index])), cell[2]) if why.get(index) else cell)
        return cells

    def _cell(self, at: int, column: Column, row: Row, index: int, given: tuple[str | None, str | None]) -> Cell:
        colour, pdf = given
        value = plain(row.values[index], column.type)
        if value is None or column.type == "boolean":
            return at, value, ("0", colour)
        if column.type == "string":
            return at, value, ("General", colour)
        if column.name == "page" and pdf is not None:
            return at, Link(pdf, value), (LINK, colour)
        return number_cell(at, value, colour, grouped=column.type != "integer" and index not in row.years)


class WorkbookSink(Sink):
    """A workbook. pdfs: where the PDF of each report lies; pages of others are numbers. front: its first sheet."""

    def __init__(self, order: Order, pdfs: Mapping[str, str], front: Front | None = None) -> None:
        assert order.name is not None
        self._book = Book(order.folder / order.name, order.folder)
        self._pdfs = {name: pdf for name, pdf in pdfs.items() if len(pdf) < _LONGEST_LINK}
        self.prepare = _Cells(self._pdfs)
        self._front = front
        if front is not None:
            self.see = front.see
            self._first = self._book.sheet(front.title, fixed=3)
        inventory = [table for table in order.tables if table is FILES]
        tables = [*inventory, *(table for table in order.tables if table is not FILES)]
        self._sheets = {table.name: _Sheet(self._book, table, order.keys) for table in tables}

    def add(self, table: Table, prepared: list[list[Cell]]) -> None:
        self._sheets[table.name].add(prepared)

    def seen(self, what: Any) -> None:
        assert self._front is not None
        self._front.add(what)

    def close(self) -> None:
        if self._front is not None:
            self._front.write(self._book, self._first, self._pdfs)
        for number, sheet in enumerate(self._sheets.values()):
            sheet.finish(beside=number > 0 or self._front is not None)
        self._book.close()

    def abandon(self) -> None:
        """Nothing to let go of: its temporary files lie in the folder that is removed."""


class _Sheet:
    """A table's sheet."""

    def __init__(self, book: Book, table: Table, keys: str) -> None:
        self._book, self._name, self._keys = book, table.name, keys
        self._sheet = book.sheet(table.label(keys))
        self._rows = self._width = 0
        self._held: list[Sequence[Cell]] = []
        for column, head in zip(table.columns, table.heads(keys), strict=True):
            if column.shown:
                is_path = table.name in _ON_PAPER and self._width == 0
                self._sheet.set_column(self._width, self._width, _PATH_WIDTH if is_path else _WIDTHS[column.type])
                number = column.type in ("number", "integer")
                self._sheet.write_string(0, self._width, head, book.head_of(number=number))
                self._width += 1

    def add(self, rows: Sequence[Sequence[Cell]]) -> None:
        if self._name == REPORTS.name:
            self._held += rows
        else:
            self._write(rows)

    def _write(self, rows: Sequence[Sequence[Cell]]) -> None:
        for number, cells in enumerate(rows[: max(MOST_ROWS - self._rows, 0)], self._rows + 1):
            for cell in cells:
                self._book.write(self._sheet, number, cell)
        self._rows += len(rows)

    def finish(self, *, beside: bool) -> None:
        """Filters over all rows of the sheet; says below them that there are more. beside: others are in sight: then an
        empty one is not, and what is to be looked through is not printed."""
        self._write(sorted(self._held, key=_trouble, reverse=True))
        last = min(self._rows, MOST_ROWS)
        self._sheet.autofilter(0, 0, last, self._width - 1)
        if last < self._rows:
            self._sheet.write_string(last + 1, 0, _CUT[self._keys].format(shown=last, all=self._rows))
        if not self._rows and beside:
            self._sheet.hide()
        if beside and self._name not in _ON_PAPER:
            self._sheet.print_area(0, self._width + 1, 0, self._width + 1)


_TROUBLE = [
    [column.name for column in REPORTS.columns if column.shown].index(name) for name in ("disputed", "errors", "minor")
]


def _trouble(row: Sequence[Cell]) -> list[int]:
    """What is wrong with a report, by its row: disputed figures first, then identities that fail."""
    values = {column: value for column, value, _ in row}
    return [values.get(column) or 0 for column in _TROUBLE]
