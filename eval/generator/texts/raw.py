"""Raw order: a page's lines as they come out of a PDF, those of a cell under each other, all cells behind each other.

What stood on one line is parted by a blank, half a line up or down by a line's end, and all else by an empty line. So a
word that was wrapped in its cell is torn, and a cell that was empty leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from recount.eval.generator.texts.harm import with_loss
from recount.eval.generator.typeset.blocks import Para
from recount.eval.generator.typeset.compose import Manuscript
from recount.eval.generator.typeset.pages import Press

_SAME, _NEAR = 0.1, 0.8
"""In sizes: how far apart lines may stand to count as one, or as less than a line apart."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line on a page. fringe: above or below what the page is for, as its number. cell: of a table."""

    y: float
    size: float
    text: str
    fringe: bool
    cell: bool


class _Transcript(Press):
    """A press that keeps the lines that it prints, page by page."""

    def __init__(self, manuscript: Manuscript) -> None:
        self.leaves: list[list[_Line]] = []
        self._running = False
        super().__init__(manuscript.style, manuscript.unit)

    def text(self, x: float, y: float, text: str, size: float, *, bold: bool = False, extra: float = 0) -> None:
        """Print the line, and keep it."""
        super().text(x, y, text, size, bold=bold, extra=extra)
        fringe = not self.top < y < self.bottom + 1
        self.leaves[-1].append(_Line(y, size, text, fringe, not fringe and not self._running))

    def end(self) -> None:
        """Print the last page's foot."""
        self._finish()

    def _turn(self) -> None:
        self.leaves[len(self.doc) :] = [[]]
        super()._turn()

    def _paragraph(self, para: Para) -> None:
        self._running = True
        super()._paragraph(para)
        self._running = False


def raw(manuscript: Manuscript, rng: Random) -> str:
    """A document in raw order; what of its page numbers and running heads is left, and how pages part, is drawn."""
    press = _Transcript(manuscript)
    press.set(manuscript.blocks)
    press.end()
    fringe = rng.choice((0.0, 0.15, 0.4, 1.0))
    fragment = manuscript.unit if rng.random() < 0.3 else ""
    loss = rng.choice((0.0, 0.004))
    parting = rng.choice(("\n ", "\n ", "\n\f"))
    pages = []
    for leaf in press.leaves:
        lines = [line for line in leaf if not line.fringe or rng.random() < fringe]
        text = "".join(_joined(lines, rng, loss))
        if fragment and rng.random() < 0.15:
            text = f"{fragment[: rng.randrange(3, len(fragment) + 1)]}\n\n{text}"
        pages.append(text)
    return parting.join(pages) + "\n"


def _joined(lines: Sequence[_Line], rng: Random, loss: float) -> Iterator[str]:
    """The lines of a page, with what parts them."""
    before: _Line | None = None
    for line in lines:
        if before is not None:
            away = abs(line.y - before.y)
            yield " " if away < _SAME * line.size else "\n" if away < _NEAR * line.size else "\n\n"
        yield with_loss(rng, line.text, loss) if line.cell else line.text
        before = line
