"""How much of the tables of any report stands where it is printed, before anybody maps it.

    python -m recount.eval.in_line FOLDER [--misses]

FOLDER holds a folder a document, each with `document.pdf` and `gold.json`: {"tables": [{"title", "unit", "columns":
[…], "rows": [{"label", "values": ["905402299.44", null, …]}]}]}. A column is named as its head prints it, or by the
day on which it ends (2024-12-31, with 3m before it for three months). Said of each document, and of all:

- strange: number tokens that are no number of the page, as its characters stand;
- tokens: gold figures that are a token, with value and sign;
- in row: those that stand in a row of a grid with their label;
- in place: those of them in the column of their period, by what the head of the grid says.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from recount.pipeline.document import Cell, Document, Grid, Page
from recount.pipeline.settings import DEFAULTS
from recount.pipeline.split import split
from recount.pipeline.split.abroad import is_figure_abroad
from recount.pipeline.split.folding import fold
from recount.pipeline.structure import pages_of
from recount.schemas.registry import FAMILIES

_RUN = re.compile(r"\d[\d.,' \u00a0\u202f]*\d|\d")
_DAY = re.compile(r"(?:(\d+)m )?(\d{4})-(\d\d)-(\d\d)")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_COUNTED = {"3": "three", "6": "six", "9": "nine", "12": "twelve"}
_HEAD = 12  # rows above a figure in which the head of its column is looked for, at the top of its grid


@dataclass(slots=True)
class Count:
    """What became of the gold figures of a document. misses: what is to be told of those that are not in place."""

    gold: int = 0
    strange: int = 0
    tokens: int = 0
    in_row: int = 0
    in_place: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, other: Count) -> None:
        """Add another document's."""
        self.gold, self.strange = self.gold + other.gold, self.strange + other.strange
        self.tokens, self.in_row = self.tokens + other.tokens, self.in_row + other.in_row
        self.in_place += other.in_place

    def __str__(self) -> str:
        found = ", ".join(
            f"{name} {number} ({number / self.gold:.3f})" if self.gold else name
            for name, number in (("tokens", self.tokens), ("in row", self.in_row), ("in place", self.in_place))
        )
        return f"gold {self.gold}, {found}, strange {self.strange}"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure the documents of a folder; 0, or 2 where it holds none."""
    parser = argparse.ArgumentParser(prog="in_line", description="Measure the tables of any report.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--misses", action="store_true", help="tell each figure that is not in place")
    options = parser.parse_args(argv)
    whole = Count()
    folders = sorted(path.parent for path in options.folder.glob("*/document.pdf"))
    for folder in folders:
        count = count_of(folder)
        whole.add(count)
        print(f"{folder.name}: {count}", *(f"    {miss}" for miss in count.misses if options.misses), sep="\n")
    print(f"all: {whole}")
    return 0 if folders else 2


def count_of(folder: Path) -> Count:
    """What the split makes of a folder's document, against its gold."""
    pages = pages_of(folder / "document.pdf", DEFAULTS)
    document = split(pages, *FAMILIES)
    gold = json.loads((folder / "gold.json").read_text("utf-8"))
    count = Count(strange=sum(1 for _ in _strange(document, pages.pages)))
    for table in gold.get("tables", ()) if isinstance(gold, dict) else ():
        _count_table(count, document, table)
    return count


def _strange(document: Document, pages: Sequence[Page]) -> Iterator[str]:
    """The tokens whose digits are no run of digits of their page."""
    by_page = {page.number: {_digits(run[0]) for run in _runs(page)} for page in pages}
    for token in document.tokens:
        if _digits(token.raw) not in by_page[token.page]:
            yield token.raw


def _runs(page: Page) -> Iterator[re.Match[str]]:
    for line in page.lines:
        folded = fold(line.text)
        yield from _RUN.finditer(folded)
        yield from re.finditer(r"\d[\d.,]*", folded)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", fold(text))


def _count_table(count: Count, document: Document, table: Mapping[str, Any]) -> None:
    """Add the figures of a gold table."""
    grids = [block for block in document.blocks if isinstance(block, Grid)]
    values = Counter(token.value for token in document.tokens)
    for row in table["rows"]:
        own = [(grid, at) for grid in grids for at in _rows_of(grid, row["label"])]
        for column, printed in zip(table["columns"], row["values"], strict=True):
            if printed is None:
                continue
            value = Decimal(printed)
            held = [(grid, cell) for grid, at in own for cell in _cells_at(grid, at) if _holds(cell, value)]
            placed = any(_is_under(grid, cell, column) for grid, cell in held)
            count.gold += 1
            count.tokens += values[value] > 0
            count.in_row += bool(held)
            count.in_place += placed
            if not placed:
                count.misses.append(f"{row['label']} | {column} | {printed} | {'row' if held else values[value]}")


def _bare(words: str) -> str:
    """Words without spaces, signs and case."""
    return "".join(sign for sign in fold(words).lower() if sign.isalnum())


def _rows_of(grid: Grid, label: str) -> Iterator[int]:
    """The rows of a grid whose texts say a label; what else they say is a note, a code or the first of its lines."""
    wanted = _bare(label)
    for at in range(grid.rows):
        cells = (cell for cell in _cells_at(grid, at) if cell.column == 0 or not _is_figure(cell))
        words = _bare("".join(cell.text.printed for cell in cells))
        if wanted in words and len(wanted) >= min(len(words) / 3, 12):
            yield at


def _cells_at(grid: Grid, row: int) -> Iterator[Cell]:
    return (cell for cell in grid.cells if cell.row <= row < cell.row_end)


def _is_figure(cell: Cell) -> bool:
    return len(cell.numbers) == 1 and (is_figure_abroad(cell.text.folded) or not any(map(str.isalpha, cell.words)))


def _holds(cell: Cell, value: Decimal) -> bool:
    return len(cell.numbers) == 1 and cell.numbers[0].token.value == value


def _is_under(grid: Grid, cell: Cell, column: str) -> bool:
    """Whether the head over a cell says the column of the gold."""
    over = [
        other.words
        for other in grid.cells
        if other.row < min(cell.row, _HEAD) and other.column < cell.column_end and cell.column < other.column_end
    ]
    head = _bare(" ".join(over))
    day = _DAY.fullmatch(column)
    if day is None:
        return _bare(column) in head
    months, year, month, _ = day.groups()
    named = [name for name in _MONTHS if name in head]
    return (
        year in head
        and not (months and "months" in head and _COUNTED.get(months, months) not in head)
        and (not named or _MONTHS[int(month) - 1] in named)
    )


if __name__ == "__main__":
    sys.exit(main())
