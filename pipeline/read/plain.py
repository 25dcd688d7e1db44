"""Plain text: the lines of a file, parted into cells at tabs and at runs of blanks; a form feed ends a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recount.pipeline.read.typewriter import TAB, Row, Run, width_of

_LINE_END = re.compile(r"\r\n|\n|\r")
_CELL = re.compile(r"[^\t\s]+(?:[^\S\t][^\t\s]+)*")
"""What stands together: words with no more than one blank between them, and no tab."""


def rows_of_text(text: str) -> list[list[Row]]:
    """The rows of a text, page by page."""
    sheets: list[list[Row]] = [[]]
    for number, line in enumerate(_LINE_END.split(text), 1):
        column = 1
        for part, sheet in enumerate(line.split("\f")):
            if part:
                sheets.append([])
            sheets[-1].append(Row(number, tuple(_runs(sheet, column))))
            column += len(sheet) + 1
    return [sheet for sheet in sheets if any(row.runs for row in sheet)]


def _runs(line: str, column: int) -> Iterator[Run]:
    """The cells of a line. column: of its first character."""
    x, end = 0.0, 0
    for cell in _CELL.finditer(line):
        x += sum(TAB if char == "\t" else width_of(char) for char in line[end : cell.start()])
        yield Run(cell[0], x, range(column + cell.start(), column + cell.end()))
        x += sum(map(width_of, cell[0]))
        end = cell.end()
