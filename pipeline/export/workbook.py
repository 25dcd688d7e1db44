"""All tables as one Excel workbook: a sheet each, fixed heads, filters, disputed cells coloured, links to pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from tempfile import TemporaryFile
from typing import Any

from recount.pipeline.errors import UsageError
from recount.pipeline.export.cells import LINK, ROW, Cells, looks
from recount.pipeline.export.sink import Order, Sink
from recount.pipeline.export.tables import Table
from recount.pipeline.extras import needed

_LAST_ROW = 1_048_575
_WIDTHS = {"string": 24, "number": 14, "integer": 8, "boolean": 8}
_DISPUTED = "#FFC7CE"
_PACKED = 2
"""How hard a workbook is packed: a third of the time that the usual 6 takes, for a file that is a seventh larger."""


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
