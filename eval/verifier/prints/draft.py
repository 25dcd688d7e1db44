"""A report being changed: its pages, what they print now, and what is still to be done to the finished PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random
from typing import Literal

import pymupdf

from recount.eval.score.align import fold
from recount.eval.verifier.prints.base import Base, Figure, Report
from recount.eval.verifier.prints.sheets import Box, Item, Page, Text, runs_of

Printed = Decimal | None
"""What a page prints in a field; None: no number, or none that a reader could be sure of."""
_EDGE = 0.6
_RISE, _DROP = 0.8, 0.15  # of the size: above and below the line that a text stands on
_EXACT = Decimal("1e-9")


@dataclass(frozen=True)
class Made:
    """One fault. words: what was done. truth: of every field that it is judged by, what the page prints now.

    place: where it was done to one figure, its page (from 1) and box. What is still printed elsewhere stands there.
    """

    words: str
    truth: Mapping[str, Printed]
    place: tuple[int, Box] | None = None


@dataclass
class Draft:
    """A copy of a base's pages to put faults into. after: changes of the PDF that its maker made, in this order.

    others: reports that the same file holds as well.
    """

    base: Base
    pages: list[Page]
    faults: list[Made] = field(default_factory=list)
    after: list[Callable[[pymupdf.Document], object]] = field(default_factory=list)
    others: tuple[Report, ...] = ()

    @classmethod
    def of(cls, base: Base, pages: list[Page]) -> Draft:
        """A copy; the base's own pages stay as they are."""
        return cls(base, [Page(page.width, page.height, list(page.items)) for page in pages])

    @property
    def truth(self) -> dict[str, Printed]:
        """What all faults together make the pages print."""
        return {pointer: value for made in self.faults for pointer, value in made.truth.items()}

    def spot(self, figure: Figure) -> Spot | None:
        """A figure as a run of its own; None if it was not set in one go."""
        middle = (figure.box[1] + figure.box[3]) / 2
        for item in texts(self.pages[figure.page]):
            if item.y - _RISE * item.size < middle < item.y + _DROP * item.size:
                start, end = _span(item, figure)
                if fold(item.text[start:end]).strip("%") == figure.raw.strip("%") and figure.raw:
                    return self._isolated(figure, item, start, end)
        return None

    def _isolated(self, figure: Figure, item: Text, start: int, end: int) -> Spot:
        items = self.pages[figure.page].items
        parts = [part for part in (item.text[:start], item.text[start:end], item.text[end:]) if part]
        runs, x = [], item.x
        for part in parts:
            runs.append(Text(x, item.y, part, item.size, item.font))
            x += runs[-1].width
        at = items.index(item)
        items[at : at + 1] = runs
        return Spot(self, figure, runs[1 if start else 0])


def _span(item: Text, figure: Figure) -> tuple[int, int]:
    """Which characters of a run lie in a figure's box."""
    x, inside = item.x, []
    for at, char in enumerate(item.text):
        width = Text(0, 0, char, item.size, item.font).width
        if figure.box[0] - _EDGE <= x + width / 2 <= figure.box[2] + _EDGE:
            inside.append(at)
        x += width
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


@dataclass(frozen=True)
class Spot:
    """A figure that stands in a run of its own on a page of a draft."""

    draft: Draft
    figure: Figure
    run: Text

    @property
    def page(self) -> Page:
        """The page that it stands on."""
        return self.draft.pages[self.figure.page]

    def put(self, *items: Item) -> None:
        """Paints these in its place; what follows it on its line without a gap makes room."""
        at = self.page.items.index(self.run)
        self.page.items[at : at + 1] = items
        ends = [item.x + item.width for item in items if isinstance(item, Text) and abs(item.y - self.run.y) < 1]
        longer = max(ends, default=0.0) - self.end
        if longer > 0:
            self._push(items, longer)

    def set(self, text: str, x: float | None = None) -> bool:
        """Sets other characters in its place; False, and nothing is changed, if its maker has no glyph of one."""
        run = replace(self.run, text=text, x=self.run.x if x is None else x)
        runs = runs_of(run, self.draft.base.maker.fonts)
        if runs is not None:
            self.put(*runs)
        return runs is not None

    @property
    def end(self) -> float:
        """Where the figure ended."""
        return self.run.x + self.run.width

    def _push(self, own: tuple[Item, ...], by: float) -> None:
        end = self.end
        line = [
            item
            for item in texts(self.page)
            if item not in own and abs(item.y - self.run.y) < 1 and item.x > self.run.x
        ]
        for item in sorted(line, key=lambda item: item.x):
            if item.x - end > 0.3 * item.size:
                return
            end = item.x + item.width
            self.page.items[self.page.items.index(item)] = replace(item, x=item.x + by)

    def follows(self, text: str) -> float:
        """Where what is put before it, and the figure after that, begins: in its cell there is room to the left."""
        near = any(abs(item.x + item.width - self.run.x) < 0.3 * item.size for item in self._line())
        return self.run.x if near else self.run.x - replace(self.run, text=text or " ").width * bool(text)

    def is_clear(self, before: float, behind: float) -> bool:
        """Whether so much room on its line is empty but for what follows it without a gap and can be pushed on."""
        start, end = self.run.x - before, self.end
        for item in sorted(self._line(), key=lambda item: item.x):
            left, right = item.x, item.x + item.width
            if left >= end - 0.5 and left - end < 0.3 * item.size:
                end = right
            elif left < end + behind and right > start:
                return False
        return end + behind < self.page.width - 4

    def _line(self) -> list[Text]:
        return [item for item in texts(self.page) if item is not self.run and abs(item.y - self.run.y) < 4]

    def over(self, *items: Item) -> None:
        """Paints these over all that the page has."""
        self.page.items.extend(items)

    def prints(self, words: str, raw: str | None, factor: Decimal = Decimal(1)) -> Made:
        """That the page prints other characters here, in the same unit and direction times a factor; None: nothing."""
        truth = {pointer: self.value(pointer, raw, factor) for pointer in self.figure.pointers}
        return Made(words, truth, (self.figure.page + 1, self.figure.box))

    def value(self, pointer: str, raw: str | None, factor: Decimal = Decimal(1)) -> Printed:
        """The value of a field if these characters stood here."""
        if raw is None:
            return None
        return rescaled(self.figure.pointers[pointer] * factor, self.figure.raw, raw)

    def neighbour(self) -> Text | None:
        """The next run of digits to the right on its line."""
        line = [
            item
            for item in self.page.items
            if isinstance(item, Text) and abs(item.y - self.run.y) < 1 and item.x > self.end
        ]
        near = min(line, key=lambda item: item.x, default=None)
        return near if near is not None and near.text[:1].isdigit() else None


Scope = Literal["figure", "document"]
Make = Callable[[Draft, Figure | None, Random], Made | None]


@dataclass(frozen=True)
class Kind:
    """A kind of fault. group: of the table of results. make: puts one into a draft; None where there is no room for it.

    needs: what its maker must be able to paint. scope: whether it is done to one figure or to the whole document.
    """

    group: str
    name: str
    make: Make
    needs: frozenset[str] = frozenset()
    scope: Scope = "figure"

    def fits(self, base: Base) -> bool:
        """Whether the maker of a base can make it."""
        return self.needs <= base.maker.paints


def number(raw: str) -> Decimal:
    """The number that characters print."""
    return Decimal(fold(raw).replace(",", "").strip("%"))


def rescaled(value: Decimal, was: str, raw: str) -> Decimal:
    """What a field's value is with other characters in place of those that it was printed in; exact to nine places."""
    return (value * number(raw) / number(was)).quantize(_EXACT)


def other(raw: str, rng: Random) -> str:
    """The same characters with one digit another."""
    at = rng.choice([at for at, char in enumerate(raw) if char.isdigit()])
    digits = [digit for digit in "123456789" if digit != fold(raw[at])]
    return raw[:at] + rng.choice(digits) + raw[at + 1 :]


def texts(page: Page) -> Iterator[Text]:
    """The texts of a page."""
    return (item for item in page.items if isinstance(item, Text))
