"""Terms of identities: sums, rates and products of printed figures, with the interval that rounding allows them.

A printed 1955.06 stands for any value in [1955.055, 1955.065]. Money is Decimal throughout; bounds of quotients are
rounded outwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from itertools import product
from typing import Protocol

from recount.schemas.figures import Figure, Kind

ZERO = Decimal(0)
ONE = Decimal(1)
HALF = Decimal("0.5")
HUNDRED = Decimal(100)
INFINITE = Decimal("Infinity")
_DOWN = Context(prec=40, rounding=ROUND_FLOOR)
_UP = Context(prec=40, rounding=ROUND_CEILING)

Interval = tuple[Decimal, Decimal]


def half_unit(operand: Figure) -> Decimal:
    """How far rounding for print may have moved a figure: half a unit in its last place.

    Counts and years are exact; so is a score without decimals (a 10 among scores such as 9.55).
    """
    if operand.kind in (Kind.COUNT, Kind.YEAR):
        return ZERO
    if operand.kind is Kind.SCORE and operand.quantum >= 1:
        return ZERO
    return operand.quantum * HALF


def bounds(operand: Figure) -> Interval:
    """The values that the printed figure may stand for."""
    half = half_unit(operand)
    return operand.value - half, operand.value + half


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

    def reach(self, operand: Figure, target: Interval) -> Decimal:
        """How far an operand may move from its printed value while the term can still come to the target."""

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
        return sum((sign * operand.value for sign, operand in self.terms), self.constant or ZERO)

    def interval(self) -> Interval:
        middle = self.nominal()
        half = sum((half_unit(operand) for _, operand in self.terms), ZERO)
        return middle - half, middle + half

    def reach(self, operand: Figure, target: Interval) -> Decimal:
        factor = _factor(self, operand)
        low, high = self.interval()
        half = abs(factor) * half_unit(operand)
        others = (low + half - factor * operand.value, high - half - factor * operand.value)
        return _reach(operand, target, [(rest, factor, ONE, ZERO) for rest in others])

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
    turned = tuple((sign * each, operand) for each, operand in right.terms)
    constant = left.constant
    if right.constant is not None:
        constant = (constant or ZERO) + sign * right.constant
    return Sum(left.terms + turned, constant, left.missing or right.missing)


def total(*parts: Addend) -> Sum:
    """All parts added up; a part that is null makes the sum missing, never a zero."""
    result = Sum()
    for each in parts:
        result = _join(result, 1, each)
    return result if parts else Sum(missing=True)


def printed(*parts: Figure | None) -> Sum:
    """The parts that are printed, added up: for tables, in which a blank cell is nothing.

    Missing where no part at all is printed.
    """
    present = tuple((1, each) for each in parts if each is not None)
    return Sum(present, missing=not present)


def number_of(things: Iterable[object]) -> Sum:
    """How many there are: a counted constant, no figure of the report."""
    return Sum(constant=Decimal(sum(1 for _ in things)))


def _factor(linear: Sum, operand: Figure) -> Decimal:
    return Decimal(sum(sign for sign, other in linear.terms if other is operand))


def _reach(operand: Figure, target: Interval, cases: Iterable[tuple[Decimal, Decimal, Decimal, Decimal]]) -> Decimal:
    """How far x may move from its printed value while (a + bx) ÷ (c + dx) can still come to the target.

    cases: (a, b, c, d), one for each extreme of the other operands. Infinite where no bound holds x.
    """
    furthest = ZERO
    for a, b, c, d in cases:
        steps = [b - end * d for end in target]
        if min(steps) <= 0 <= max(steps):
            return INFINITE
        for end, step in zip(target, steps, strict=True):
            furthest = max(furthest, abs(_UP.divide(end * c - a, step) - operand.value))
    return furthest + half_unit(operand)


def _corners(operands: tuple[Figure, ...]) -> Iterable[dict[int, Decimal]]:
    ends = [set(bounds(operand)) for operand in operands]
    for choice in product(*ends):
        yield {id(operand): value for operand, value in zip(operands, choice, strict=True)}


def _at(linear: Sum, values: dict[int, Decimal]) -> Decimal:
    return sum((sign * values[id(operand)] for sign, operand in linear.terms), linear.constant or ZERO)


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
        corners = [(HUNDRED * _at(self.part, values), _at(self.whole, values)) for values in _corners(self.operands)]
        return min(_DOWN.divide(*each) for each in corners), max(_UP.divide(*each) for each in corners)

    def reach(self, operand: Figure, target: Interval) -> Decimal:
        others = tuple(each for each in self.operands if each is not operand)
        in_part, in_whole = _factor(self.part, operand), _factor(self.whole, operand)
        cases = []
        for values in _corners(others):
            values[id(operand)] = ZERO
            cases.append((HUNDRED * _at(self.part, values), HUNDRED * in_part, _at(self.whole, values), in_whole))
        return _reach(operand, target, cases)

    def render(self) -> str:
        part, whole = self.part.render(), self.whole.render()
        part = f"({part})" if len(self.part.terms) > 1 else part
        whole = f"({whole})" if len(self.whole.terms) > 1 else whole
        return f"{part} ÷ {whole} × 100"


@dataclass(frozen=True, slots=True)
class Product:
    """weight × rate ÷ 100: the score that an execution rate earns."""

    weight: Figure | None
    rate: Figure | None

    @property
    def operands(self) -> tuple[Figure, ...]:
        return tuple(each for each in (self.weight, self.rate) if each is not None)

    @property
    def missing(self) -> bool:
        return self.weight is None or self.rate is None

    def _factors(self) -> tuple[Figure, Figure]:
        if self.weight is None or self.rate is None:
            raise ValueError("a product with a missing factor has no value")
        return self.weight, self.rate

    def nominal(self) -> Decimal:
        weight, rate = self._factors()
        return weight.value * rate.value / HUNDRED

    def interval(self) -> Interval:
        weight, rate = self._factors()
        corners = [a * b / HUNDRED for a in bounds(weight) for b in bounds(rate)]
        return min(corners), max(corners)

    def reach(self, operand: Figure, target: Interval) -> Decimal:
        weight, rate = self._factors()
        other = rate if operand is weight else weight
        return _reach(operand, target, [(ZERO, value / HUNDRED, ONE, ZERO) for value in bounds(other)])

    def render(self) -> str:
        weight, rate = self._factors()
        return f"{weight.value} × {rate.value} ÷ 100"
