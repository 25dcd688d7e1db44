"""The rows of a worksheet as a workbook file holds them (ECMA-376 part 1, 18.3.1.73: row and c elements).

XlsxWriter makes the workbook: sheets, heads, formats, filters, the file. Its rows go through some twenty function calls
a cell, which is minutes for a million figures; here a row is one string, made in the process that reads the result.

Excel counts in binary floating point, of which 15 digits are exact: a figure with more is written as text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from recount.pipeline.export.rows import Row
from recount.pipeline.export.sink import plain, utf8
from recount.pipeline.export.tables import Column, Table

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

Look = tuple[str, bool]
"""How a cell looks: its number format (or LINK), and whether it is disputed."""


def looks() -> list[Look]:
    """Every look that a cell may have."""
    decimals = ["." + "0" * places if places else "" for places in range(EXACT_DIGITS + 1)]
    patterns = [LINK, TEXT, *(head + each for head in ("0", "#,##0") for each in decimals)]
    return [(pattern, disputed) for pattern in patterns for disputed in (False, True)]


@dataclass(frozen=True, slots=True)
class Cells:
    """What writes rows. styles: the number of each look in the workbook; pdfs: where the PDF of each report lies."""

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
                cells.append(f"{head}{_inline(value)}")
            elif column.name == "page" and pdf is not None:
                style = self.styles[LINK, False]
                cells.append(f'{head} s="{style}"><f>{_link(pdf, int(value))}</f><v>{int(value)}</v></c>')
            elif column.type == "boolean":
                cells.append(f'{head} t="b"><v>{int(value)}</v></c>')
            else:
                cells.append(head + self._number(column, value, index in row.disputed))
        cells.append("</row>")
        return "".join(cells)

    def _number(self, column: Column, value: Decimal | int, disputed: bool) -> str:
        value = plain(value, column.type)
        _, digits, exponent = Decimal(value).as_tuple()
        style = self.styles.get((_pattern(column.type, int(exponent)), disputed))
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
def _pattern(type_: str, exponent: int) -> str:
    """As many decimals as printed; thousands apart, but not in years, pages and row numbers."""
    return ("0" if type_ == "integer" else "#,##0") + ("." + "0" * -exponent if exponent < 0 else "")


@lru_cache(256)
def _link(pdf: str, page: int) -> str:
    """The formula of a link to a page. A formula takes any number of them; a sheet has room for 65,530 hyperlinks."""
    target = f"{pdf}#page={page}"
    words = [target[at : at + _LONGEST_WORD].replace('"', '""') for at in range(0, len(target), _LONGEST_WORD)]
    return ("HYPERLINK(" + "&".join(f'"{word}"' for word in words) + f",{page})").translate(_XML)
