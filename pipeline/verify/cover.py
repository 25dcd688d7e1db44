"""Which figures the satisfied identities cover: whether another number in the place of a figure would have failed one.

Which other numbers there might be depends on where the figure was read.

- A digital page prints what it prints. What can go wrong is that another of its numbers was taken, or the right one
  with the wrong sign. So a figure of a digital page is covered if every other number of the document, in either
  direction, would fail an identity; and a figure of a row that stands in its place, if every other number of that row
  would (`place`). Two numbers that differ by less than ten in the last place are not told apart, nor is a figure
  from one that is printed with fewer decimals: an ordinal 14 in the place of 13.58 is not covered, but 13.58 is.
- A scanned page may be misread in any digit, also in the last one. So a figure that OCR read is covered only if the
  identities hold it to half a unit in its last place, against any number whatever.

Both hold of the identities together: one may exclude this number, another that one. They are sharp: a wrong figure that
satisfies all identities which the right one satisfies is never covered, for the right one is among the others.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Self

from recount.pipeline.document import Token
from recount.pipeline.verify.place import Places, Span
from recount.pipeline.verify.resolve import figure_of, fits
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
_Read = tuple[Decimal, Decimal]
"""A number and its half unit."""


@dataclass(slots=True)
class Numbers:
    """The numbers of a document, as figures of each kind could have been read from them.

    tokens: all that is printed; figures: what was read, by pointer; places: where it stands.
    """

    tokens: Sequence[Token]
    figures: Mapping[str, Figure]
    places: Places
    _read: dict[Kind, dict[int, _Read | None]] = field(default_factory=dict)
    _rows: dict[tuple[Span, Kind], _Sorted] = field(default_factory=dict)
    _documents: dict[Kind, _Sorted] = field(default_factory=dict)

    def cover(self, figure: Figure, held: Sequence[Windows]) -> int:
        """How many identities cover a figure, each for itself; 1 where only all of them together do."""
        if not held or figure.pointer in self.places.misplaced:
            return 0
        if self.tokens and self.tokens[figure.token].origin == "ocr":
            return sum(_pinned(figure, (each,)) for each in held) or int(_pinned(figure, held))
        near, half, value = _NEAR * min(figure.quantum, _CENT), figure.half, figure.value
        others = self._in_row(figure) or self._in_document(figure.kind)
        alone, left = 0, None
        for windows in held:
            fitting = {
                each
                for low, high in windows
                for each in others.meeting(low, high)
                if each[1] <= half and abs(each[0] - value) >= near
            }
            alone += not fitting
            left = fitting if left is None else left & fitting
        return alone or int(not left)

    def beside(self, figure: Figure, wanted: Interval) -> Decimal | None:
        """Another number that stands in the row of a figure, or the document, and lies in an interval."""
        others = self._in_row(figure) or self._in_document(figure.kind)
        return next((value for value, _ in others.meeting(*wanted) if value != figure.value), None)

    def _in_row(self, figure: Figure) -> _Sorted | None:
        """What stands in the row of a figure; None if it is in none."""
        span = self.places.spans.get(figure.pointer)
        if span is None or not self.tokens:
            return None
        known = self._rows.get((span, figure.kind))
        if known is None:
            reads = self._reads(figure.kind, range(max(span[0], 0), min(span[1] + 1, len(self.tokens))))
            known = self._rows[span, figure.kind] = _Sorted.of(reads, figure.kind)
        return known

    def _in_document(self, kind: Kind) -> _Sorted:
        known = self._documents.get(kind)
        if known is None:
            known = self._documents[kind] = _Sorted.of(self._reads(kind, range(len(self.tokens))), kind)
        return known

    def _reads(self, kind: Kind, tokens: range) -> Iterator[_Read]:
        """The tokens that fit a field of this kind; without tokens (in tests), the figures themselves."""
        if not self.tokens:
            yield from ((each.value, each.half) for each in self.figures.values() if each.kind is kind)
            return
        known = self._read.setdefault(kind, {})
        for index in tokens:
            if index not in known:
                known[index] = _read_as(self.tokens[index], kind)
            read = known[index]
            if read is not None:
                yield read


def _read_as(token: Token, kind: Kind) -> _Read | None:
    if not fits(token, kind):
        return None
    figure = figure_of(token, "", kind)
    return figure.value, figure.half


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Numbers with their half units, in the order of their values. widest: the largest half unit."""

    numbers: list[_Read]
    values: list[Decimal]
    widest: Decimal

    @classmethod
    def of(cls, reads: Iterable[_Read], kind: Kind) -> Self:
        """The numbers that a field of a kind might hold, in either direction."""
        numbers = set(reads)
        if kind in _SIGNED:
            numbers |= {(-value, half) for value, half in numbers if value}
        ordered = sorted(numbers)
        return cls(ordered, [value for value, _ in ordered], max((half for _, half in ordered), default=Decimal(0)))

    def meeting(self, low: Decimal, high: Decimal) -> Iterator[_Read]:
        """The numbers whose rounding intervals meet an interval."""
        first = bisect_left(self.values, low - self.widest)
        last = bisect_right(self.values, high + self.widest, first)
        return (each for each in self.numbers[first:last] if low <= each[0] + each[1] and each[0] - each[1] <= high)


def _pinned(figure: Figure, held: Iterable[Windows]) -> bool:
    """Whether identities hold a figure to half a unit in its last place, or in the second decimal if that is finer.

    A number printed with fewer decimals than is usual may have lost one.
    """
    far = min(figure.quantum, _CENT) * _HALF
    low = max(min(window[0] for window in windows) for windows in held)
    high = min(max(window[1] for window in windows) for windows in held)
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


def covered(numbers: Numbers, evaluations: Sequence[Evaluation]) -> dict[str, int]:
    """By pointer, how many identities cover a figure; one where only several of them together do."""
    held = held_by(evaluations)
    for one, other in _printed_once(evaluations):
        held[one] = held[other] = held[one] + held[other]
    found = {pointer: numbers.cover(numbers.figures[pointer], windows) for pointer, windows in held.items()}
    return {pointer: count for pointer, count in found.items() if count}


def _printed_once(evaluations: Iterable[Evaluation]) -> Iterator[tuple[str, str]]:
    """Two fields that are one quantity, filled from one printed number: what holds the one holds the other."""
    for each in evaluations:
        stated, computed = each.identity.printed, each.identity.computed
        if each.result == "not_applicable" and stated is not None and not computed.missing:
            if len(computed.operands) == 1 and computed.nominal() == stated.value:
                yield stated.pointer, computed.operands[0].pointer
