"""Terms of identities: sums, rates and products of printed figures, with the interval that rounding allows them.

A printed 1955.06 stands for any value in [1955.055, 1955.065]. Money is Decimal throughout; bounds of quotients are
rounded outwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Protocol

from recount.schemas.figures import Figure

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
INFINITE = Decimal("Infinity")
_DOWN = Context(prec=40, rounding=ROUND_FLOOR)
_UP = Context(prec=40, rounding=ROUND_CEILING)

Interval = tuple[Decimal, Decimal]
Window = tuple[Figure, Decimal, Decimal]
"""An operand, and the least and the greatest value that it may have without the identity failing: another printed
number in its place would satisfy the identity just where its own rounding interval meets this one."""


def bounds(operand: Figure) -> Interval:
    """The values that the printed figure may stand for."""
    return operand.value - operand.half, operand.value + operand.half


class Term(Protocol):
    """The computed side of an identity."""

    @property
    def operands(self) -> tuple[Figure, ...]:
        """The printed figures in it."""

    @property
    def missing(self) -> bool:
        """True where an operand that the identity needs is null."""

    def nominal(self) -> Decimal | None:
        """Its value with the figures as printed; None where it is undefined (division by zero)."""

    def interval(self) -> Interval:
        """The values that it may have, given the rounding of its operands."""

    def windows(self, target: Interval) -> Iterator[Window]:
        """Each operand with the values that it may have, the others as printed, if the term comes to the target.

        An operand that nothing holds (any number would do) is left out.
        """

    def render(self) -> str:
        """The term with the printed numbers filled in."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Signed figures and a constant, added up."""

    terms: tuple[tuple[int, Figure], ...] = ()
    constant: Decimal | None = None
    missing: bool = False

    @property
    def operands(self) -> tuple[Figure, ...]:
        return tuple(operand for _, operand in self.terms)

    def nominal(self) -> Decimal:
        whole = self.constant or ZERO
        for sign, operand in self.terms:
            whole = whole + operand.value if sign > 0 else whole - operand.value
        return whole

    def interval(self) -> Interval:
        middle, half = self.nominal(), ZERO
        for _, operand in self.terms:
            half += operand.half
        return middle - half, middle + half

    def windows(self, target: Interval) -> Iterator[Window]:
        low, high = self.interval()
        # With x among the terms, x = target − (the others); what x itself adds to the interval is taken out again.
        above, below = target[1] - low, target[0] - high
        for sign, operand in self.terms:
            half = operand.half
            if sign > 0:
                yield operand, below + operand.value + half, above + operand.value - half
            else:
                yield operand, operand.value + half - above, operand.value - half - below

    def render(self) -> str:
        shown = "" if self.constant is None else f"{self.constant}"
        for sign, operand in self.terms:
            joint = (" + " if sign > 0 else " − ") if shown else ("" if sign > 0 else "−")
            value = f"({operand.value})" if operand.value < 0 and shown else f"{operand.value}"
            shown += joint + value
        return shown

    def __add__(self, other: Figure | Sum | None) -> Sum:
        return _join(self, 1, other)

    def __sub__(self, other: Figure | Sum | None) -> Sum:
        return _join(self, -1, other)


Addend = Figure | Sum | None


def _join(left: Sum, sign: int, right: Addend) -> Sum:
    if right is None:
        return Sum(left.terms, left.constant, missing=True)
    if isinstance(right, Figure):
        return Sum((*left.terms, (sign, right)), left.constant, left.missing)
    turned = tuple((sign * own, operand) for own, operand in right.terms)
    constant = left.constant
    if right.constant is not None:
        constant = (constant or ZERO) + sign * right.constant
    return Sum(left.terms + turned, constant, left.missing or right.missing)


def total(*parts: Addend) -> Sum:
    """All parts added up; a part that is null makes the sum missing, never a zero."""
    result = Sum()
    for part in parts:
        result = _join(result, 1, part)
    return result if parts else Sum(missing=True)


def printed(*parts: Figure | None) -> Sum:
    """The parts that are printed, added up: for tables, in which a blank cell is nothing.

    Missing where no part at all is printed.
    """
    present = tuple((1, part) for part in parts if part is not None)
    return Sum(present, missing=not present)


def nothing() -> Sum:
    """What rows add up to of which none has an amount: a blank cell is nothing."""
    return Sum(constant=ZERO)


def number_of(things: Iterable[object]) -> Sum:
    """How many there are: a counted constant, no figure of the report."""
    return Sum(constant=Decimal(sum(1 for _ in things)))


_Linear = tuple[Decimal, Decimal]
"""What a figure counts for in the part and in the whole of a rate."""


def _window(cases: Iterable[tuple[Decimal, Decimal]], by: _Linear, target: Interval) -> Interval | None:
    """The values of x with which (part + x·by[0]) ÷ (whole + x·by[1]) comes to the target; None if any does.

    cases: (part, whole) of the other operands, at each of their extremes.
    """
    low, high = INFINITE, -INFINITE
    steps = [(end, by[0] - end * by[1]) for end in target]
    if min(steps[0][1], steps[1][1]) <= 0 <= max(steps[0][1], steps[1][1]):
        return None
    for part, whole in cases:
        for end, step in steps:
            rest = end * whole - part
            low, high = min(low, _DOWN.divide(rest, step)), max(high, _UP.divide(rest, step))
    return low, high


@dataclass(frozen=True, slots=True)
class Rate:
    """100 × part / whole: a share, a growth rate, an execution rate, in percent.

    Part and whole are sums and may share operands (the base of a growth rate is this year − change). A quotient
    of sums is monotone in each operand, so its bounds are found at the corners.
    """

    part: Sum
    whole: Sum

    @property
    def operands(self) -> tuple[Figure, ...]:
        return tuple(dict.fromkeys(self.part.operands + self.whole.operands))

    @property
    def missing(self) -> bool:
        return self.part.missing or self.whole.missing

    def nominal(self) -> Decimal | None:
        whole = self.whole.nominal()
        return None if whole == 0 else HUNDRED * self.part.nominal() / whole

    def interval(self) -> Interval:
        low, high = self.whole.interval()
        if low <= 0 <= high:
            return -INFINITE, INFINITE
        least, most = INFINITE, -INFINITE
        for part, whole in self._corners(self._weights()):
            least, most = min(least, _DOWN.divide(part, whole)), max(most, _UP.divide(part, whole))
        return least, most

    def windows(self, target: Interval) -> Iterator[Window]:
        weights = self._weights()
        for operand, by in weights.items():
            others = {other: weight for other, weight in weights.items() if other is not operand}
            held = _window(self._corners(others), by, target)
            if held is not None:
                yield operand, *held

    def _weights(self) -> dict[Figure, _Linear]:
        """What each operand counts for in 100 × part and in whole."""
        found = {operand: (HUNDRED if sign > 0 else -HUNDRED, ZERO) for sign, operand in self.part.terms}
        for sign, operand in self.whole.terms:
            found[operand] = found.get(operand, (ZERO, ZERO))[0], ONE if sign > 0 else -ONE
        return found

    def _corners(self, weights: dict[Figure, _Linear]) -> list[tuple[Decimal, Decimal]]:
        """(100 × part, whole) with the operands of these weights at each of their extremes."""
        corners = [(HUNDRED * (self.part.constant or ZERO), self.whole.constant or ZERO)]
        for operand, (in_part, in_whole) in weights.items():
            ends = (operand.value - operand.half, operand.value + operand.half)
            corners = [(p + in_part * end, w + in_whole * end) for p, w in corners for end in ends]
        return corners

    def render(self) -> str:
        part, whole = self.part.render(), self.whole.render()
        part = f"({part})" if len(self.part.terms) > 1 else part
        whole = f"({whole})" if len(self.whole.terms) > 1 else whole
        return f"{part} ÷ {whole} × 100"


@dataclass(frozen=True, slots=True)
class Product:
    """weight × rate ÷ 100: the score that an execution rate earns. rounded: by how much its printing may have rounded
    it beyond its decimals (0.5 where a broken score is printed whole). per: what it is divided by; 1 for a quantity and
    a price."""

    weight: Figure | None
    rate: Figure | None
    rounded: Decimal = ZERO
    per: Decimal = HUNDRED

    @property
    def operands(self) -> tuple[Figure, ...]:
        return tuple(factor for factor in (self.weight, self.rate) if factor is not None)

    @property
    def missing(self) -> bool:
        return self.weight is None or self.rate is None

    def _factors(self) -> tuple[Figure, Figure]:
        if self.weight is None or self.rate is None:
            raise ValueError("a product with a missing factor has no value")
        return self.weight, self.rate

    def nominal(self) -> Decimal:
        weight, rate = self._factors()
        return weight.value * rate.value / self.per

    def interval(self) -> Interval:
        weight, rate = self._factors()
        corners = [a * b / self.per for a in bounds(weight) for b in bounds(rate)]
        return min(corners) - self.rounded, max(corners) + self.rounded

    def windows(self, target: Interval) -> Iterator[Window]:
        weight, rate = self._factors()
        target = target[0] - self.rounded, target[1] + self.rounded
        for operand, other in ((weight, rate), (rate, weight)):
            least, most = bounds(other)
            if least > 0:
                ends = [(end, divisor) for end in target for divisor in (least, most)]
                low = min(_DOWN.divide(self.per * end, divisor) for end, divisor in ends)
                yield operand, low, max(_UP.divide(self.per * end, divisor) for end, divisor in ends)

    def render(self) -> str:
        weight, rate = self._factors()
        return f"{weight.value} × {rate.value}{' ÷ 100' if self.per == HUNDRED else ''}"
