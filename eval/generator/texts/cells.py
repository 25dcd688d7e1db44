"""A cell a line, as a table pasted into a text field comes out: no rows, or only empty lines between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from recount.eval.generator.texts.harm import torn
from recount.eval.generator.texts.rows import Slot, rows_of
from recount.eval.generator.typeset.blocks import Grid, Para
from recount.eval.generator.typeset.compose import Manuscript


@dataclass(frozen=True, slots=True)
class Layout:
    """How cells are told apart. mark: begins every line. empties: an empty cell has a line. rows: an empty line apart.

    repeats: a cell that is merged over rows is written again in each.
    """

    mark: str
    empties: bool
    rows: bool
    repeats: bool

    @classmethod
    def drawn(cls, rng: Random) -> Layout:
        """One of the three ways there are."""
        mark, empties, rows = rng.choice((("\t", True, True), ("\t", True, True), ("", True, False), ("", False, True)))
        return cls(mark, empties, rows, rng.random() < 0.3)


def cells(manuscript: Manuscript, rng: Random) -> tuple[str, bool]:
    """A document with a cell of a table a line, and whether its empty cells can be seen."""
    layout, tear = Layout.drawn(rng), rng.choice((0.0, 0.1))
    lines: list[str] = []
    for block in manuscript.blocks:
        if isinstance(block, Para):
            for part in torn(rng, block.text, tear if block.kind == "body" else 0):
                lines += [layout.mark + part, ""]
        elif isinstance(block, Grid):
            for row in rows_of(block):
                lines += _row(row, layout)
            lines += ["", ""]
    return "\n".join(lines) + "\n", layout.empties


def _row(row: Sequence[Slot], layout: Layout) -> Iterator[str]:
    """The lines of a row."""
    for slot in row:
        text = slot.cell.text if layout.repeats and slot.origin == "below" else slot.text
        if slot.origin == "across":
            continue
        if slot.origin == "below" and slot.cell.cols > 1 and slot is not _first(row, slot):
            continue  # merged both ways: one line a row
        if text or layout.empties:
            yield layout.mark + text.replace("\n", "\n\n")
    if layout.rows:
        yield ""


def _first(row: Sequence[Slot], slot: Slot) -> Slot:
    """The first slot of a row that the same cell covers."""
    return next(other for other in row if other.cell is slot.cell)
