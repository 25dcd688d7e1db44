"""All tables as one Excel workbook: a sheet each, fixed heads, filters, disputed cells coloured, links to pages.

Excel counts in binary floating point, of which 15 digits are exact: a figure with more is written as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from recount.pipeline.errors import UsageError
from recount.pipeline.export.rows import Row
from recount.pipeline.export.sink import Order, Sink, needed, plain, utf8
from recount.pipeline.export.tables import Column, Table

_LAST_ROW = 1_048_575
_EXACT_DIGITS = 15
_LONGEST_TEXT = 32_767
_LONGEST_LINK = 2_000
_LONGEST_WORD = 250
"""A text in a formula may have 255 characters."""
_WIDTHS = {"string": 24, "number": 14, "integer": 8, "boolean": 8}
_DISPUTED = "#FFC7CE"


class WorkbookSink(Sink):
    """A workbook. pdfs: where the PDF of each report lies; pages of others are plain numbers."""

    def __init__(self, order: Order, pdfs: Mapping[str, str]) -> None:
        library: Any = needed("xlsxwriter", "the xlsx format")
        assert order.name is not None
        self._errors: Any = library.exceptions.XlsxWriterException
        # Rows go to the disk as they come; they are given in order.
        self._book = library.Workbook(
            str(order.folder / order.name),
            {"constant_memory": True, "tmpdir": str(order.folder), "strings_to_urls": False},
        )
        self._formats: dict[tuple[str, bool], Any] = {}
        self._head = self._book.add_format({"bold": True, "bottom": 1, "bg_color": "#F2F2F2"})
        self._sheets = [_Sheet(self._book, table, order.keys, self._head) for table in order.tables]
        self._by_name = {sheet.table.name: sheet for sheet in self._sheets}
        self._pdfs = pdfs

    def add(self, table: Table, rows: Iterable[Row]) -> None:
        sheet = self._by_name[table.name]
        for row in rows:
            self._row(sheet, sheet.next_row(), row)

    def close(self) -> None:
        for sheet in self._sheets:
            sheet.finish()
        try:
            self._book.close()
        except self._errors as error:
            raise UsageError(f"the workbook cannot be written: {error}") from error

    def abandon(self) -> None:
        """Nothing to let go of: its temporary files lie in the folder that is removed."""

    def _row(self, sheet: _Sheet, number: int, row: Row) -> None:
        write_text, write_number = sheet.sheet.write_string, sheet.sheet.write_number
        pdf = self._pdfs.get(row.values[0])
        for at, (index, column) in enumerate(sheet.columns):
            value = plain(row.values[index], column.type)
            disputed = index in row.disputed
            if value is None:
                continue
            if column.name == "page" and pdf is not None and len(pdf) < _LONGEST_LINK:
                sheet.sheet.write_formula(number, at, _link(pdf, value), self._format("link", False), value)
            elif column.type == "string":
                write_text(number, at, utf8(value)[:_LONGEST_TEXT])
            elif column.type == "boolean":
                sheet.sheet.write_boolean(number, at, value)
            elif _is_exact(value):
                write_number(number, at, float(value), self._format(_number_format(column, value), disputed))
            else:
                write_text(number, at, f"{value:f}", self._format("@", disputed))

    def _format(self, pattern: str, disputed: bool) -> Any:
        """The format of a cell: one object for all cells that look the same."""
        key = (pattern, disputed)
        if key not in self._formats:
            look: dict[str, Any] = (
                {"font_color": "#0563C1", "underline": 1} if pattern == "link" else {"num_format": pattern}
            )
            self._formats[key] = self._book.add_format(look | ({"bg_color": _DISPUTED} if disputed else {}))
        return self._formats[key]


class _Sheet:
    """A table's sheet, and the next one when it is full."""

    def __init__(self, book: Any, table: Table, keys: str, head: Any) -> None:
        self.table = table
        self.columns = [(at, column) for at, column in enumerate(table.columns) if column.shown]
        self._book, self._keys, self._head = book, keys, head
        self._number = 0
        self._open()

    def _open(self) -> None:
        self._number += 1
        self._row = 0
        more = f" {self._number}" if self._number > 1 else ""
        self.sheet = self._book.add_worksheet(f"{self.table.label(self._keys)}{more}")
        heads = self.table.heads(self._keys)
        self.sheet.freeze_panes(1, 1)
        for at, (index, column) in enumerate(self.columns):
            self.sheet.set_column(at, at, _WIDTHS[column.type])
            self.sheet.write_string(0, at, heads[index], self._head)

    def next_row(self) -> int:
        if self._row == _LAST_ROW:
            self.finish()
            self._open()
        self._row += 1
        return self._row

    def finish(self) -> None:
        """Filters over all rows of the sheet."""
        self.sheet.autofilter(0, 0, self._row, len(self.columns) - 1)


def _is_exact(value: Decimal | int) -> bool:
    return len(Decimal(value).as_tuple().digits) <= _EXACT_DIGITS


def _number_format(column: Column, value: Decimal | int) -> str:
    """As many decimals as printed; thousands apart, but not in years, pages and row numbers."""
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    decimals = max(0, -int(exponent))
    return ("0" if column.type == "integer" else "#,##0") + ("." + "0" * decimals if decimals else "")


def _link(pdf: str, page: int) -> str:
    """The formula of a link to a page. A formula takes any number of them, hyperlinks proper are few per sheet."""
    target = f"{pdf}#page={page}"
    words = [target[at : at + _LONGEST_WORD].replace('"', '""') for at in range(0, len(target), _LONGEST_WORD)]
    return "=HYPERLINK(" + "&".join(f'"{word}"' for word in words) + f",{page})"
