"""Setting a statement as printers abroad do: no rulings but the short ones above sums, figures in line by their last
digit, labels set in by level and wrapped where they are long."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from recount.eval.generator.typeset import tables
from recount.eval.generator.typeset.blocks import Open, OpenRow
from recount.eval.generator.typeset.lines import wrap

_SET_IN = 1.2
"""Sizes of a letter by which a level is set in."""
_SHORT = 0.9
"""The share of its column that a ruling above a sum takes."""
_APART = 1.2
"""Sizes of a letter between two columns, at least."""
_UNITS = ("£", "£000")
"""Heads that stand over each column for itself."""


class Press(tables.Press, Protocol):
    """What such a table needs of whoever sets the pages."""

    def rule(self, x0: float, x1: float, y: float) -> None:
        """Draw a level line."""


@dataclass(frozen=True)
class _Columns:
    """The right edges of the columns of figures, the width of one, and the room for labels."""

    rights: tuple[float, ...]
    width: float
    label: float


def set_open(press: Press, table: Open) -> None:
    """Set a statement at the press's present height, over as many pages as it needs."""
    size = press.style.table_size
    columns = _columns(press, table)
    for head in table.heads:
        _head(press, columns, head, size, joined=table.joined)
    press.y += 0.4 * size
    for row in table.rows:
        _row(press, columns, row, size, hanging=table.hanging, at_first=table.at_first)
    press.y += size


def _columns(press: Press, table: Open) -> _Columns:
    """The columns: as wide as their longest text asks, and together no less than the labels leave."""
    size, number = press.style.table_size, len(table.heads[0])
    texts = [cell for head in table.heads for cell in head] + [cell for row in table.rows for cell in row.cells]
    widest = max(press.face.width(text) for text in texts) * size + _APART * size
    width = max(press.width * (1 - table.label) / number, widest)
    right = press.left + press.width
    rights = tuple(right - width * (number - 1 - at) for at in range(number))
    return _Columns(rights, width, press.width - width * number - size)


def _head(press: Press, columns: _Columns, head: tuple[str, ...], size: float, *, joined: bool) -> None:
    """One line of heads. joined: the same words above neighbours stand once, in the middle of all."""
    baseline = press.y + size
    at = 0
    for _, alike in groupby(enumerate(head), lambda one: one[1] if joined and one[1] not in _UNITS else one):
        last = at + len(list(alike)) - 1
        length = press.face.width(head[at]) * size
        right = columns.rights[last]
        if last > at:
            left = columns.rights[at] - columns.width
            right = (left + right + length) / 2
        press.text(right - length, baseline, head[at], size, bold=True)
        at = last + 1
    press.y += size * press.style.table_leading


def _row(press: Press, columns: _Columns, row: OpenRow, size: float, *, hanging: bool, at_first: bool) -> None:
    step = size * press.style.table_leading
    indent = _SET_IN * size * row.level
    lines = wrap(row.label, columns.label - indent, press.face, size) if row.label else [""]
    if press.y + step * len(lines) + 2 > press.bottom:
        press.break_page()
    if row.ruled:
        for right, cell in zip(columns.rights, row.cells, strict=True):
            if any(sign.isdigit() for sign in cell):
                press.rule(right - _SHORT * columns.width, right, press.y + 1.5)
        press.y += 2.5
    for number, line in enumerate(lines):
        baseline = press.y + step - 0.2 * size
        press.text(press.left + indent, baseline, line.rstrip(), size, bold=row.bold)
        if number == (0 if at_first else len(lines) - 1):
            _figures(press, columns, row, size, baseline, hanging=hanging)
        press.y += step
    press.y += row.space * size


def _figures(press: Press, columns: _Columns, row: OpenRow, size: float, baseline: float, *, hanging: bool) -> None:
    """The figures of a row. hanging: the closing bracket stands beyond the edge."""
    for right, cell in zip(columns.rights, row.cells, strict=False):
        if cell:
            beyond = press.face.width(")") * size if hanging and cell.endswith(")") else 0.0
            press.text(right - press.face.width(cell) * size + beyond, baseline, cell, size, bold=row.bold)
