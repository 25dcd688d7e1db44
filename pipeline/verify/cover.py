"""Which figures the satisfied identities cover: whether another number in the place of a figure would have failed one.

Which other numbers there might be depends on where the figure was read.

- A digital page prints what it prints. What can go wrong is that another of its numbers was taken, or the right one
  with the wrong sign. So a figure of a digital page is covered if every other number of the document, in either
  direction, would fail an identity (and, documents being short of numbers at times, one of them leaves it no more than
  its last digit or half a percent); and a figure of a row that stands in its place, if every other number of that row
  would (`place`). Two numbers that differ by less than ten in the last place are not told apart, nor is a figure
  from one that is printed with fewer decimals: an ordinal 14 in the place of 13.58 is not covered, but 13.58 is.
- A scanned page may be misread in any digit, also in the last one. So a figure that OCR read is covered only if the
  identities hold it to half a unit in its last place, against any number whatever. Where a second reading of its
  image, prepared otherwise, gave the same number (`confirmed`), two and a half units will do: what is left to chance
  is that both readings miss the same last digit, and by no more than two. Where a sum of one part differs
  from it, the two readings of both count as one: nothing is rounded there. A nothing is covered only if it was read
  twice: a sum with 0 says that the rest adds up, and a publisher's sum may well have left the figure out.

Both hold of the identities together: one may exclude this number, another that one. They are sharp: a wrong figure that
satisfies all identities which the right one satisfies is never covered, for the right one is among the others.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Self

from recount.pipeline.document import Token
from recount.pipeline.verify.ground import fits, shift_of
from recount.pipeline.verify.place import Places, Span
from recount.schemas.arithmetic import Evaluation
from recount.schemas.figures import Figure, Kind, half_of
from recount.schemas.terms import Interval

_CENT = Decimal("0.01")
"""The coarsest that a last place is taken to be: two decimals, as amounts are printed with.

A number of a scan with fewer may have lost them; an ordinal 14 of a digital page is held to more than its own digits.
"""
_HALF = Decimal("0.5")
"""Units of the last place that a figure of a scan may be left to either side: within them no other number has its
decimals, so that none of its digits can have been misread."""
_READ_TWICE = Decimal("2.5")
"""The same where a second reading gave the same number: two units and `_HALF`.

Left to chance is that both readings miss the same last digit, and by no more than two.
"""
_NEAR = Decimal(10)
"""Units of the last place from which on another number of a digital page is told apart from a figure.

What is nearer differs in that place alone: the promise excepts it ("inside rounding", docs/verification.md). Nor may
the tightest identity leave a figure more than that last digit, or `_SAME`.
"""
_SAME = Decimal("0.005")
"""Half a percent of a figure, which its tightest identity may leave it where that is more than the last digit.

Chosen, not derived: a bound of its own, for a document that has few numbers excludes few.
"""
_SHORT = {Kind.MONEY: (Decimal(0),), Kind.PERCENT: (Decimal(0), Decimal(100))}
"""What is printed without its decimals by habit, by kind."""
_SIGNED = frozenset({Kind.MONEY, Kind.PERCENT})
"""The kinds of figures that have a direction, so that each number may also stand for its negative."""

_Identity = tuple[str, str | None]
"""An identity by its rule and the pointer of its printed side."""


@dataclass(frozen=True, slots=True)
class Word:
    """What people said of a report's figures: it is believed, and it proves nothing.

    typed: by token, what was read where a person typed a number: it still is a number of the document, for whose place
    others may have been taken. kept: those tokens, and others that no other reading is taken of. settled: the
    figures, by pointer, that a person looked at. loosened: the identities that had an operand which a person took out:
    that they hold without it is a person's word.
    """

    typed: Mapping[int, Token] = field(default_factory=dict)
    kept: frozenset[int] = frozenset()
    settled: frozenset[str] = frozenset()
    loosened: frozenset[_Identity] = frozenset()

    def loosens(self, evaluation: Evaluation) -> bool:
        """Whether a figure of an identity was taken out."""
        return identity_of(evaluation) in self.loosened

    def rests(self, evaluation: Evaluation) -> bool:
        """Whether an identity rests on the word of a person: nothing is read otherwise for it."""
        return self.loosens(evaluation) or bool(self.typed_in(evaluation))

    def typed_in(self, evaluation: Evaluation) -> frozenset[int]:
        """The typed numbers among the operands of an identity."""
        return _tokens_of(evaluation).intersection(self.typed) if self.typed else frozenset()

    def borne_out(self, evaluations: Iterable[Evaluation]) -> Callable[[int, frozenset[int]], bool]:
        """Whether typed numbers may speak for another number: each is held by an identity that has neither that nor
        another typed one (and none for itself). To one identity alone a number may be typed so that it holds."""
        held: dict[int, list[frozenset[int]]] = defaultdict(list)
        for evaluation in evaluations if self.typed else ():
            typed = self.typed_in(evaluation)
            if evaluation.result == "pass" and evaluation.held and len(typed) == 1:
                held[next(iter(typed))].append(_tokens_of(evaluation))
        return lambda token, typed: all(any(token not in others for others in held[one]) for one in typed)


def identity_of(evaluation: Evaluation) -> _Identity:
    """What an identity is known by, whichever its operands are."""
    stated = evaluation.identity.printed
    return evaluation.identity.rule, stated.pointer if stated is not None else None


def _tokens_of(evaluation: Evaluation) -> frozenset[int]:
    return frozenset(operand.token for operand in evaluation.operands)


NO_WORD = Word()

Windows = tuple[Interval, ...]
"""What one identity leaves to a figure: it may have the values of any of these."""
Held = dict[str, list[Windows]]
"""By pointer, what each of its satisfied identities leaves to it."""
_Read = tuple[Decimal, Decimal]
"""A number and its half unit."""


@dataclass(slots=True)
class DocumentNumbers:
    """The numbers of a document, as figures of each kind could have been read from them.

    It remembers what it was asked, and may be kept while the report that is mapped from the document changes.
    """

    tokens: Sequence[Token]
    _read: dict[Kind, dict[int, _Read | None]] = field(default_factory=dict)
    _rows: dict[tuple[Span, Kind], _Sorted] = field(default_factory=dict)
    _documents: dict[Kind, _Sorted] = field(default_factory=dict)

    def with_tokens(self, changes: Mapping[int, Token]) -> DocumentNumbers:
        """The numbers with some of them read otherwise."""
        if not changes:
            return self
        tokens = list(self.tokens)
        for index, token in changes.items():
            tokens[index] = token
        read = {kind: {at: r for at, r in known.items() if at not in changes} for kind, known in self._read.items()}
        rows = {
            (span, kind): row
            for (span, kind), row in self._rows.items()
            if not any(span[0] <= index <= span[1] for index in changes)
        }
        return DocumentNumbers(tokens, read, rows)

    def in_span(self, span: Span, kind: Kind) -> _Sorted:
        """The numbers from one token to another."""
        known = self._rows.get((span, kind))
        if known is None:
            tokens = range(max(span[0], 0), min(span[1] + 1, len(self.tokens)))
            known = self._rows[span, kind] = _Sorted.of(self._reads(kind, tokens), kind)
        return known

    def in_document(self, kind: Kind) -> _Sorted:
        """All numbers."""
        known = self._documents.get(kind)
        if known is None:
            reads = self._reads(kind, range(len(self.tokens)))
            known = self._documents[kind] = _Sorted.of(reads, kind)
        return known

    def _reads(self, kind: Kind, tokens: range) -> Iterator[_Read]:
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
    shift = shift_of(token, kind)
    value = token.value.scaleb(shift) if shift else token.value
    return value, half_of(kind, Decimal(1).scaleb(shift - token.decimals), whole=token.whole)


@dataclass(frozen=True, slots=True)
class _Sorted:
    """DocumentNumbers with their half units, in the order of their values. widest: the largest half unit."""

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
        return (read for read in self.numbers[first:last] if low <= read[0] + read[1] and read[0] - read[1] <= high)


@dataclass(frozen=True, slots=True)
class Rivals:
    """The numbers that might stand in the place of each figure of a report.

    figures: by pointer. places: where they stand. confirmed: the tokens of scanned pages that a second reading read
    alike. doubtful: the figures that no identity may confirm. refused: where proposals were refused, by pointer. odd:
    those that have other decimals than their column, at its precision. word: what people said of them.
    """

    numbers: DocumentNumbers
    figures: Mapping[str, Figure]
    places: Places
    confirmed: Set[int] = frozenset()
    doubtful: Set[str] = frozenset()
    refused: Set[str] = frozenset()
    odd: Mapping[str, Figure] = field(default_factory=dict)
    word: Word = NO_WORD

    def cover(self, figure: Figure, held: Sequence[Windows]) -> int:
        """How many identities cover a figure, each for itself; 1 where only all of them together do."""
        if not held or figure.pointer in self.places.misplaced or figure.pointer in self.doubtful:
            return 0
        scanned, twice = self.numbers.tokens[figure.token].origin == "ocr", figure.token in self.confirmed
        if scanned and not figure.value and not twice:
            return 0
        if figure.pointer in self.odd:
            return self._cover_of_odd(figure, held, scanned=scanned)
        if scanned:
            # A number with fewer decimals than is usual may have lost them; both readings lose those of money alike.
            fine = figure.quantum if self._is_abroad(figure) else min(figure.quantum, _CENT)
            far = (fine if figure.kind is Kind.MONEY else figure.quantum) * _READ_TWICE if twice else fine * _HALF
            return _times_pinned(figure, held, far)
        if not any(map(_tight(figure), held)):
            return 0
        near, half, value = _NEAR * min(figure.quantum, _CENT), figure.half, figure.value
        others = self.of(figure)
        alone, left = 0, None
        for windows in held:
            fitting = {
                other
                for low, high in windows
                for other in others.meeting(low, high)
                if other[1] <= half and abs(other[0] - value) >= near
            }
            alone += not fitting
            left = fitting if left is None else left & fitting
        return alone or int(not left)

    def _is_abroad(self, figure: Figure) -> bool:
        """Whether a figure is money of a family with a unit of its own: whole thousands are as usual there as cents
        are; what has fewer decimals than its column is odd."""
        return figure.kind is Kind.MONEY and self.numbers.tokens[figure.token].into is not None

    def _cover_of_odd(self, figure: Figure, held: Sequence[Windows], *, scanned: bool) -> int:
        """As of cover, for a figure with other decimals than its column: it is confirmed to the finer of the two.

        A digital page prints 0 and 100% short by habit: there it will do that just this is what the others come to.
        """
        column = self.odd[figure.pointer].quantum
        if not scanned and abs(figure.value) in _SHORT.get(figure.kind, ()):
            return sum(all(_about(figure.value, window, column) for window in windows) for windows in held)
        return _times_pinned(figure, held, min(figure.quantum, column) * _HALF)

    def misread(self, figure: Figure) -> bool:
        """Whether OCR read a figure, and did not read it alike again as it did others."""
        read_twice = bool(self.confirmed) and figure.token not in self.confirmed
        return read_twice and self.numbers.tokens[figure.token].origin == "ocr"

    def of(self, figure: Figure) -> _Sorted:
        """What stands in the row of a figure, or else in the document."""
        span = self.places.spans.get(figure.pointer)
        return self.numbers.in_document(figure.kind) if span is None else self.numbers.in_span(span, figure.kind)

    def beside(self, figure: Figure, wanted: Interval) -> bool:
        """Whether another number of its row lies in an interval, were it in the place of a figure."""
        span = self.places.spans.get(figure.pointer)
        if span is None:
            return False
        return any(value != figure.value for value, _ in self.numbers.in_span(span, figure.kind).meeting(*wanted))


def _tight(figure: Figure) -> Callable[[Windows], bool]:
    """Whether an identity leaves a figure no more than its last digit, or half a percent."""
    far = max(_NEAR * figure.quantum, _SAME * abs(figure.value)) - figure.half
    low, high = figure.value - far, figure.value + far

    def holds(windows: Windows) -> bool:
        return all(
            low < window[0] and window[1] < high
            for window in windows
            if window[0] - figure.half <= figure.value <= window[1] + figure.half
        )

    return holds


def _about(value: Decimal, window: Interval, quantum: Decimal) -> bool:
    """Whether a window lies evenly about a value, and no further than another number may be near."""
    low, high = window[0] - value, window[1] - value
    return abs(low + high) <= quantum and max(-low, high) < _NEAR * quantum


def _times_pinned(figure: Figure, held: Sequence[Windows], far: Decimal) -> int:
    """How many identities hold a figure so far from its value, and no further; 1 where only all of them together do."""
    return sum(_pinned(figure, (windows,), far) for windows in held) or int(_pinned(figure, held, far))


def _pinned(figure: Figure, held: Iterable[Windows], far: Decimal) -> bool:
    """Whether identities hold a figure so far from its value, and no further."""
    low = max(min(window[0] for window in windows) for windows in held)
    high = min(max(window[1] for window in windows) for windows in held)
    return figure.value - far <= low and high <= figure.value + far


def windows_of(evaluation: Evaluation) -> dict[str, Windows]:
    """What an identity leaves to each of its figures, by pointer."""
    found: dict[str, Windows] = {}
    for operand, low, high in evaluation.held:
        found[operand.pointer] = (*found.get(operand.pointer, ()), (low, high))
    return found


def held_by(evaluations: Sequence[Evaluation], word: Word = NO_WORD) -> Held:
    """What the satisfied identities leave to each figure. word: those that rest on it alone leave it anything."""
    held: Held = defaultdict(list)
    borne_out = word.borne_out(evaluations)
    for evaluation in evaluations:
        typed = word.typed_in(evaluation)
        tokens = {operand.pointer: operand.token for operand, _, _ in evaluation.held} if typed else {}
        for pointer, left in windows_of(evaluation).items():
            if not typed or borne_out(tokens[pointer], typed):
                held[pointer].append(left)
    return held


def covered(rivals: Rivals, evaluations: Sequence[Evaluation]) -> dict[str, int]:
    """By pointer, how many identities cover a figure; one where only several of them together do."""
    if rivals.confirmed:  # of scans alone
        off = {operand.token for found in evaluations if _is_off_alone(found) for operand in found.operands}
        rivals = replace(rivals, confirmed=rivals.confirmed - off)
    held = held_by(evaluations, rivals.word)
    for one, other in printed_once(evaluations):
        held[one] = held[other] = held[one] + held[other]
    counts = {pointer: rivals.cover(rivals.figures[pointer], windows) for pointer, windows in held.items()}
    return {pointer: count for pointer, count in counts.items() if count}


def _is_off_alone(evaluation: Evaluation) -> bool:
    """Whether a sum of one part differs from it within rounding. Nothing is rounded there: either may be misread, and
    that it was read twice says no more."""
    if not evaluation.residual:
        return False
    counted = [operand for operand in evaluation.operands if operand.value]
    return (
        len(counted) == 2
        and counted[0].quantum == counted[1].quantum
        and abs(evaluation.computed or Decimal(0)) in [abs(operand.value) for operand in counted]
    )


def printed_once(evaluations: Iterable[Evaluation]) -> Iterator[tuple[str, str]]:
    """Two fields that are one quantity, filled from one printed number: what holds the one holds the other."""
    for evaluation in evaluations:
        stated, computed = evaluation.identity.printed, evaluation.identity.computed
        if evaluation.result != "not_applicable" or stated is None or computed.missing or evaluation.identity.at_most:
            continue
        if len(computed.operands) == 1 and computed.nominal() == stated.value:
            yield stated.pointer, computed.operands[0].pointer
