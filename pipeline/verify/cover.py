"""Which figures the satisfied identities cover: whether another number in the place of a figure would have failed one.

Which other numbers there might be depends on where the figure was read.

- A digital page prints what it prints. What can go wrong is that another of its numbers was taken, or the right one
  with the wrong sign. So a figure of a digital page is covered if every other number of the document, in either
  direction, would fail an identity.
- A scanned page may be misread in any digit, also in the last one. So a figure that OCR read is covered only if the
  identities hold it to half a unit in its last place, against any number whatever.

Both hold of the identities together: one may exclude this number, another that one. They are sharp: a wrong figure that
satisfies all identities which the right one satisfies is never covered, for the right one is among the others.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from recount.pipeline.document import Token
from recount.pipeline.verify.resolve import fits, shift_of
from recount.schemas.arithmetic import Evaluation
from recount.schemas.figures import Figure, Kind
from recount.schemas.terms import Interval

_CENT = Decimal("0.01")
_HALF = Decimal("0.5")
_NEAR = Decimal(10)
_SIGNED = frozenset({Kind.MONEY, Kind.PERCENT})

Windows = tuple[Interval, ...]
"""What one identity leaves to a figure: it may have the values of any of these."""
Held = dict[str, list[Windows]]
"""By pointer, what each of its satisfied identities leaves to it."""


@dataclass(slots=True)
class Numbers:
    """The numbers of a document, as figures of each kind could have been read from them.

    tokens: all that is printed; without any (in tests) it is the figures themselves.
    """

    tokens: Sequence[Token]
    figures: Iterable[Figure] = ()
    _of_kind: dict[Kind, _Sorted] = field(default_factory=dict)

    def leaves_other(self, figure: Figure, held: Sequence[Windows]) -> bool:
        """Whether another number of the document satisfies all identities of a figure."""
        known = self._of_kind.get(figure.kind)
        if known is None:
            known = self._of_kind[figure.kind] = self._sorted(figure.kind)
        near = _NEAR * figure.quantum
        narrowest = min(held, key=_width)
        for low, high in narrowest:
            for value, half in known.within(low, high):
                if abs(value - figure.value) >= near and _satisfies(value, half, held):
                    return True
        return False

    def read_by_ocr(self, figure: Figure) -> bool:
        """Whether a figure was read from a scanned page."""
        return bool(self.tokens) and self.tokens[figure.token].origin == "ocr"

    def _sorted(self, kind: Kind) -> _Sorted:
        found = set()
        for token in self.tokens:
            if fits(token, kind):
                shift = shift_of(token, kind)
                value = token.value.scaleb(shift)
                half = Figure("", value, Decimal(1).scaleb(shift - token.decimals), kind, token.index).half
                found |= {(value, half), (-value, half)} if kind in _SIGNED else {(value, half)}
        if not self.tokens:
            found = {(sign * each.value, each.half) for each in self.figures if each.kind is kind for sign in (1, -1)}
        return _Sorted(sorted(found))


@dataclass(slots=True)
class _Sorted:
    """Numbers with their half units, in the order of their values."""

    numbers: list[Interval]
    values: list[Decimal] = field(init=False)
    widest: Decimal = field(init=False)

    def __post_init__(self) -> None:
        self.values = [value for value, _ in self.numbers]
        self.widest = max((half for _, half in self.numbers), default=Decimal(0))

    def within(self, low: Decimal, high: Decimal) -> Sequence[Interval]:
        """The numbers that may meet an interval, allowing for the coarsest of them."""
        first = bisect_left(self.values, low - self.widest)
        return self.numbers[first : bisect_right(self.values, high + self.widest, first)]


def _width(windows: Windows) -> Decimal:
    return sum((high - low for low, high in windows), Decimal(0))


def _satisfies(value: Decimal, half: Decimal, held: Iterable[Windows]) -> bool:
    """Whether a printed number would satisfy every identity."""
    for windows in held:
        if not any(low <= value + half and value - half <= high for low, high in windows):
            return False
    return True


def _pinned(figure: Figure, held: Iterable[Windows]) -> bool:
    """Whether identities hold a figure to half a unit in its last place, or in the second decimal if that is finer.

    A number printed with fewer decimals than is usual may have lost one.
    """
    far = min(figure.quantum, _CENT) * _HALF
    low = max((min(window[0] for window in windows) for windows in held), default=figure.value)
    high = min((max(window[1] for window in windows) for windows in held), default=figure.value)
    return figure.value - far <= low and high <= figure.value + far


def held_by(evaluations: Iterable[Evaluation]) -> Held:
    """What the satisfied identities leave to each figure."""
    held: Held = defaultdict(list)
    for each in evaluations:
        if len(each.held) == 1:
            operand, low, high = each.held[0]
            held[operand.pointer].append(((low, high),))
            continue
        windows: dict[str, Windows] = {}
        for operand, low, high in each.held:
            windows[operand.pointer] = (*windows.get(operand.pointer, ()), (low, high))
        for pointer, left in windows.items():
            held[pointer].append(left)
    return held


def covered(figures: Mapping[str, Figure], evaluations: Iterable[Evaluation], numbers: Numbers) -> dict[str, int]:
    """By pointer, how many identities cover a figure; one where only several of them together do."""
    count = {}
    for pointer, held in held_by(evaluations).items():
        figure = figures[pointer]
        alone = sum(_covers(figure, (windows,), numbers) for windows in held)
        if alone or (len(held) > 1 and _covers(figure, held, numbers)):
            count[pointer] = max(alone, 1)
    return count


def _covers(figure: Figure, held: Sequence[Windows], numbers: Numbers) -> bool:
    if numbers.read_by_ocr(figure) and not _pinned(figure, held):
        return False
    return not numbers.leaves_other(figure, held)
