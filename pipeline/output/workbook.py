"""All tables as one Excel workbook: a sheet each, fixed heads, filters, disputed cells coloured, links to pages."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache, partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import quote

from recount.pipeline.archive.locations import Place
from recount.pipeline.errors import UsageError, needed
from recount.pipeline.output.layout import Column, Table
from recount.pipeline.output.rows import Order, Row, Sink, plain, utf8

_LAST_ROW = 1_048_575
_WIDTHS = {"string": 24, "number": 14, "integer": 8, "boolean": 8}
_DISPUTED = "#FFC7CE"
_PACKED = 2
"""How hard a workbook is packed: a third of the time that the usual 6 takes, for a file that is a seventh larger."""

ROW = "\0"
"""Stands for the number of a row, which is known when it is added. No text holds it: control characters are escaped."""

LINK = "link"
TEXT = "@"
EXACT_DIGITS = 15
_LONGEST_TEXT = 32_767
_LONGEST_LINK = 2_000
_LONGEST_WORD = 250
"""A text in a formula may have 255 characters."""
_ESCAPES = re.compile(r"_x[0-9a-fA-F]{4}_|[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

_PATH = "/-._~()!,;@&=+$"
"""Signs, besides letters and digits, that an address keeps in its path; a first step with a colon would be a scheme."""
_ADDRESS = _PATH + ":"

Look = tuple[str, bool]
"""How a cell looks: its number format (or LINK), and whether it is disputed."""


# --- the rows of a worksheet as a workbook file holds them (ECMA-376 part 1, 18.3.1.73: row and c elements)


def looks() -> list[Look]:
    """Every look that a cell may have."""
    decimals = ["." + "0" * places if places else "" for places in range(EXACT_DIGITS + 1)]
    patterns = [LINK, TEXT, *(head + fraction for head in ("0", "#,##0") for fraction in decimals)]
    return [(pattern, disputed) for pattern in patterns for disputed in (False, True)]


@dataclass(frozen=True, slots=True)
class Cells:
    """What writes rows. styles: the number of each look in the workbook; pdfs: addresses of PDFs."""

    styles: Mapping[Look, int]
    pdfs: Mapping[str, str]

    def __call__(self, table: Table, rows: Sequence[Row]) -> list[str]:
        """Each row's element, ROW in the place of its number."""
        columns = [(index, column) for index, column in enumerate(table.columns) if column.shown]
        named = [(letters(at), index, column) for at, (index, column) in enumerate(columns)]
        pdf = self.pdfs.get(rows[0].values[0]) if rows else None
        if pdf is not None and len(pdf) >= _LONGEST_LINK:
            pdf = None
        return [self._row(named, row, pdf) for row in rows]

    def _row(self, columns: Sequence[tuple[str, int, Column]], row: Row, pdf: str | None) -> str:
        cells = [f'<row r="{ROW}">']
        for name, index, column in columns:
            value = row.values[index]
            if value is None:
                continue
            head = f'<c r="{name}{ROW}"'
            if column.type == "string":
                cells.append(f"{head}{_inline(plain(value, column.type))}")
            elif column.name == "page" and pdf is not None:
                style = self.styles[LINK, False]
                cells.append(f'{head} s="{style}"><f>{_link(pdf, int(value))}</f><v>{int(value)}</v></c>')
            elif column.type == "boolean":
                cells.append(f'{head} t="b"><v>{int(value)}</v></c>')
            else:
                grouped = column.type != "integer" and index not in row.years
                cells.append(head + self._number(plain(value, column.type), index in row.disputed, grouped=grouped))
        cells.append("</row>")
        return "".join(cells)

    def _number(self, value: Decimal | int, disputed: bool, *, grouped: bool) -> str:
        _, digits, exponent = Decimal(value).as_tuple()
        style = self.styles.get((_pattern(int(exponent), grouped=grouped), disputed))
        if style is None or len(digits) > EXACT_DIGITS:
            return f' s="{self.styles[TEXT, disputed]}"{_inline(f"{value:f}")}'
        return f' s="{style}"><v>{float(value)!r}</v></c>'


def letters(column: int) -> str:
    """What a spreadsheet calls a column, counted from 0."""
    name = ""
    column += 1
    while column:
        column, last = divmod(column - 1, 26)
        name = chr(ord("A") + last) + name
    return name


@lru_cache(4096)  # names, sections, units and statuses come back in every row
def _inline(text: str) -> str:
    """The rest of a cell with text, as it is: a text that begins with = is no formula."""
    text = utf8(text)[:_LONGEST_TEXT]
    if _ESCAPES.search(text):
        text = _ESCAPES.sub(_escaped, text)
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f' t="inlineStr"><is><t{space}>{text.translate(_XML)}</t></is></c>'


def _escaped(found: re.Match[str]) -> str:
    """_xHHHH_ for a character that XML has no place for; what looks like that already has its first _ escaped."""
    sign = found[0]
    return f"_x{ord(sign):04X}_" if len(sign) == 1 else f"_x005F{sign}"


@cache
def _pattern(exponent: int, *, grouped: bool) -> str:
    """As many decimals as printed; thousands apart (grouped), but not in years, pages and row numbers."""
    return ("#,##0" if grouped else "0") + ("." + "0" * -exponent if exponent < 0 else "")


@lru_cache(256)
def _link(pdf: str, page: int) -> str:
    """The formula of a link to a page. A formula takes any number of them; a sheet has room for 65,530 hyperlinks."""
    target = f"{pdf}#page={page}"
    words = [target[at : at + _LONGEST_WORD].replace('"', '""') for at in range(0, len(target), _LONGEST_WORD)]
    return ("HYPERLINK(" + "&".join(f'"{word}"' for word in words) + f",{page})").translate(_XML)


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


# --- the workbook: its sheets, which those rows are copied into


class WorkbookSink(Sink):
    """A workbook. pdfs: where the PDF of each report lies; pages of others are plain numbers."""

    def __init__(self, order: Order, pdfs: Mapping[str, str]) -> None:
        library: Any = needed("xlsxwriter", "the xlsx format", "export")
        assert order.name is not None
        self._library = library
        self._errors: Any = library.exceptions.XlsxWriterException
        # Rows go to the disk as they come; they are given in order.
        self._book = library.Workbook(
            str(order.folder / order.name),
            {"constant_memory": True, "tmpdir": str(order.folder), "strings_to_urls": False},
        )
        styles = {look: self._format(*look)._get_xf_index() for look in looks()}
        self.prepare = Cells(styles, pdfs)
        self._head = self._book.add_format({"bold": True, "bottom": 1, "bg_color": "#F2F2F2"})
        kind = _with_rows(library)
        self._sheets = {table.name: _Sheet(self._book, kind, table, order, self._head) for table in order.tables}

    def add(self, table: Table, prepared: list[str]) -> None:
        sheet = self._sheets[table.name]
        for row in prepared:
            sheet.add(row)

    def close(self) -> None:
        for sheet in self._sheets.values():
            sheet.finish()
        try:
            with _packed_fast(self._library):
                self._book.close()
        except self._errors as error:
            raise UsageError(f"the workbook cannot be written: {error}") from error
        if not all(sheet.is_whole for sheet in self._sheets.values()):
            raise UsageError("this version of xlsxwriter leaves rows out of the workbook: pip install 'xlsxwriter<4'")

    def abandon(self) -> None:
        """Nothing to let go of: its temporary files lie in the folder that is removed."""

    def _format(self, pattern: str, disputed: bool) -> Any:
        look: dict[str, Any] = {"font_color": "#0563C1", "underline": 1} if pattern == LINK else {"num_format": pattern}
        return self._book.add_format(look | ({"bg_color": _DISPUTED} if disputed else {}))


@contextmanager
def _packed_fast(library: Any) -> Iterator[None]:
    """XlsxWriter has no option for how hard its file is packed."""
    usual = library.workbook.ZipFile
    library.workbook.ZipFile = partial(usual, compresslevel=_PACKED)
    try:
        yield
    finally:
        library.workbook.ZipFile = usual


class _Sheet:
    """A table's sheet, and the next one when it is full."""

    def __init__(self, book: Any, kind: type, table: Table, order: Order, head: Any) -> None:
        self._book, self._kind, self._head = book, kind, head
        self._label = table.label(order.keys)
        self._heads = order.keys, table
        self._folder = order.folder
        self._all: list[Any] = []
        self._open()

    @property
    def is_whole(self) -> bool:
        """Whether all rows came into the file."""
        return all(sheet.rows_written for sheet in self._all)

    def _open(self) -> None:
        keys, table = self._heads
        more = f" {len(self._all) + 1}" if self._all else ""
        self._sheet = self._book.add_worksheet(f"{self._label}{more}", worksheet_class=self._kind)
        self._all.append(self._sheet)
        self._row = 0
        self._file = TemporaryFile("w+", encoding="utf-8", dir=self._folder)  # noqa: SIM115 - closed when it is copied
        self._sheet.freeze_panes(1, 1)
        shown = [at for at, column in enumerate(table.columns) if column.shown]
        for at, index in enumerate(shown):
            self._sheet.set_column(at, at, _WIDTHS[table.columns[index].type])
            self._sheet.write_string(0, at, table.heads(keys)[index], self._head)
        self._width = len(shown)

    def add(self, row: str) -> None:
        if self._row == _LAST_ROW:
            self.finish()
            self._open()
        self._row += 1
        self._file.write(row.replace(ROW, str(self._row + 1)))

    def finish(self) -> None:
        """Filters over all rows of the sheet."""
        self._sheet.autofilter(0, 0, self._row, self._width - 1)
        self._sheet.take(self._file, self._row)


def _with_rows(library: Any) -> type:
    """A worksheet whose rows, but for the head, were written to a file by others."""

    class Sheet(library.worksheet.Worksheet):  # type: ignore[misc]  # xlsxwriter is imported when it is needed
        rows_written = False

        def take(self, file: Any, last: int) -> None:
            self._file = file
            self.dim_rowmax = last

        def _write_optimized_sheet_data(self) -> None:
            """XlsxWriter's step that copies its own file of rows, the head's, into the sheet."""
            with self._file:
                self._file.seek(0)
                shutil.copyfileobj(self._file, self.row_data_fh, 1 << 20)
            super()._write_optimized_sheet_data()
            self.rows_written = True

    return Sheet
