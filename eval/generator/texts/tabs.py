"""Rows with tabs, a row a line, as converters write a table: merged cells leave too few tabs or too many.

Where a page ended, a table lost its first column, and labels keep the blanks that the ends of their lines were. Rows of
statements keep their tabs where they have empty cells among their amounts: else nobody could tell whose these are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from recount.eval.generator.texts.harm import torn, with_blanks, with_loss
from recount.eval.generator.texts.rows import Slot, is_evaluation, rows_of, texts_of
from recount.eval.generator.typeset.blocks import Grid, Para
from recount.eval.generator.typeset.compose import Manuscript


@dataclass(frozen=True, slots=True)
class _Habits:
    """What goes wrong in one document, and how often."""

    bullets: bool
    bold: bool
    heads: bool
    tear: float
    shift: float
    loss: float
    split: float

    @classmethod
    def drawn(cls, rng: Random) -> _Habits:
        """The habits of one program on one document."""
        return cls(
            bullets=rng.random() < 0.5,
            bold=rng.random() < 0.5,
            heads=rng.random() < 0.2,
            tear=rng.choice((0.0, 0.08, 0.2)),
            shift=rng.choice((0.0, 0.06, 0.12)),
            loss=rng.choice((0.0, 0.005, 0.01)),
            split=rng.choice((0.0, 0.004, 0.01)),
        )


def tabs(manuscript: Manuscript, rng: Random) -> str:
    """A document with a paragraph or a row of a table a line."""
    habits = _Habits.drawn(rng)
    lines: list[str] = []
    for block in manuscript.blocks:
        if isinstance(block, Para):
            lines += _paragraph(block, habits, rng)
        elif isinstance(block, Grid):
            lines += [*_Rows(block, habits, rng).lines(), ""]
    return "\n".join(lines) + "\n"


def _paragraph(para: Para, habits: _Habits, rng: Random) -> Iterator[str]:
    """The lines of a paragraph, an empty one behind each; a title and the year under it stand together."""
    text = para.text
    if para.kind == "cover" and habits.bold and len(text) > 8:
        at = len(text) // 2 if rng.random() < 0.5 else len(text)
        yield f"**{text[:at]}" + ("**" if at == len(text) else "")
        if at < len(text):
            yield f"{text[at:]}**"
        yield ""
    elif para.kind == "title":
        yield text
    elif para.kind == "toc" and habits.bullets:
        yield f"- {text}"
    elif para.kind in ("h1", "h2", "h3"):
        yield ("#" * int(para.kind[1]) + " " if habits.heads else "") + text
        yield ""
    else:
        for part in torn(rng, text, habits.tear if para.kind == "body" else 0):
            yield part
            yield ""


class _Rows:
    """The rows of one table, as their lines come out."""

    def __init__(self, grid: Grid, habits: _Habits, rng: Random) -> None:
        self.rows, self.habits, self.rng = rows_of(grid), habits, rng
        self.evaluation = is_evaluation(grid)
        self.closing = rng.random() < 0.2  # a tab behind the last column of every row
        self.narrow = 0  # after a page's end: how many characters wide the labels' cells were
        self.lost = False  # after a page's end: whether the first column is gone

    def lines(self) -> Iterator[str]:
        """All lines; an empty one where a page ended or a row was torn."""
        room = self.rng.randint(10, 24)
        for row in self.rows:
            room -= 1
            if not room and self.evaluation:
                yield ""
                room = self.rng.randint(10, 24)
                self.narrow = self.rng.choice((0, 3, 4, 5))
                self.lost = self.rng.random() < 0.5
            yield from self._row(row)

    def _row(self, row: Sequence[Slot]) -> Iterator[str]:
        """The lines of one row."""
        texts = self._evaluation(row) if self.evaluation else self._statement(row)
        texts = [with_loss(self.rng, text, self.habits.loss) for text in texts]
        texts += [""] * self.closing
        places = [at for at in range(1, len(texts)) if texts[at - 1] and texts[at]]
        if places and self.rng.random() < self.habits.split:
            at = self.rng.choice(places)
            yield "\t".join(texts[:at])
            yield ""
            texts = texts[at:]
        yield "\t".join(texts)

    def _texts(self, row: Sequence[Slot]) -> list[str]:
        texts = texts_of(row)
        return [with_blanks(text, self.narrow) for text in texts] if self.narrow else texts

    def _statement(self, row: Sequence[Slot]) -> list[str]:
        """A statement's row: merged cells may leave too few tabs where no empty cell could be meant."""
        texts = self._texts(row)
        across = [at for at, slot in enumerate(row) if slot.origin == "across"]
        empty = any(slot.origin == "own" and not slot.text for slot in row)
        if across and not empty and self.rng.random() < 0.3:
            del texts[self.rng.choice(across)]
        elif texts and not texts[-1] and self.rng.random() < 0.2:
            while texts and not texts[-1]:
                texts.pop()
        return texts

    def _evaluation(self, row: Sequence[Slot]) -> list[str]:
        """A row of a performance table: what its cells are tells where they belong, wherever they stand."""
        texts, rng = self._texts(row), self.rng
        if self.lost and row[0].origin == "below":
            texts = [*texts[1:], ""] if rng.random() < 0.8 else texts[1:]
        if rng.random() >= self.habits.shift:
            return texts
        first = next((at for at, text in enumerate(texts) if text), 0)
        if first and rng.random() < 0.6:
            return _to_the_left(texts, first, rng)
        if rng.random() < 0.5:
            return ["", *(texts[:-1] if not texts[-1] else texts)]
        return [*texts, ""] if texts[-1] or rng.random() < 0.5 else texts[:-1]


def _to_the_left(texts: list[str], first: int, rng: Random) -> list[str]:
    """A row whose first label, or all that it has, stands a column too far to the left."""
    moved = [*texts[: first - 1], *texts[first:]]
    where = rng.random()
    if where < 0.5:
        moved.insert(first, "")
    elif where < 0.8:
        moved.append("")
    return moved
