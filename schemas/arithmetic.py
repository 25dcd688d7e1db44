"""Identities between printed figures, evaluated with the interval that rounding for print allows.

A printed 1955.06 stands for any value in [1955.055, 1955.065]. An identity passes if some choice of values
within the intervals of its operands satisfies it; that bound, and nothing else, is the tolerance (as in XBRL
Calculations 1.1). Money is Decimal throughout; bounds of quotients are rounded outwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Context, Decimal
from itertools import product
from typing import Literal, Protocol

from recount.schemas.figures import Figure, Kind

ZERO = Decimal(0)
HALF = Decimal("0.5")
HUNDRED = Decimal(100)
INFINITE = Decimal("Infinity")
_DOWN = Context(prec=40, rounding=ROUND_FLOOR)
_UP = Context(prec=40, rounding=ROUND_CEILING)

Interval = tuple[Decimal, Decimal]
Slack = tuple[tuple[Figure, Decimal], ...]
"""Operands with how far each could move before the identity fails, in units of its last printed place."""


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

    def effect(self, operand: Figure) -> Decimal:
        """How much it changes for each unit that the operand changes (absolute)."""

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

    def effect(self, operand: Figure) -> Decimal:
        return Decimal(abs(sum(sign for sign, other in self.terms if other is operand)))

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
        corners = [
            (HUNDRED * _at(self.part, values), _at(self.whole, values)) for values in _corners(self.operands)
        ]
        return min(_DOWN.divide(*each) for each in corners), max(_UP.divide(*each) for each in corners)

    def effect(self, operand: Figure) -> Decimal:
        part, whole = self.part.nominal(), self.whole.nominal()
        if whole == 0:
            return ZERO
        in_part = sum(sign for sign, other in self.part.terms if other is operand)
        in_whole = sum(sign for sign, other in self.whole.terms if other is operand)
        return abs(HUNDRED * (in_part * whole - in_whole * part) / (whole * whole))

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

    def effect(self, operand: Figure) -> Decimal:
        weight, rate = self._factors()
        other = rate if operand is weight else weight
        return abs(other.value) / HUNDRED if operand in (weight, rate) else ZERO

    def render(self) -> str:
        weight, rate = self._factors()
        return f"{weight.value} × {rate.value} ÷ 100"


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another computed side that explains a failure: how the document came to print what it prints.

    If it satisfies the identity exactly, its operands are cleared and only the printed side is to blame;
    a minor one (classified projects) blames nobody.
    """

    explanation: str
    computed: Term
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """A printed figure must equal what is computed from others.

    rule: the identity in words. shares: the printed shares of the same whole, where publishers level them.
    """

    rule: str
    printed: Figure | None
    computed: Term
    alternatives: tuple[Alternative, ...] = ()
    shares: tuple[Figure, ...] = ()


Result = Literal["pass", "fail", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an identity came to.

    slack: the operands that it speaks for (see Slack); empty unless it passed, or failed in a way that confirms
    them. computed, residual, tolerance: in the unit of the printed figure; None where nothing was computed.
    blamed: None where any operand may be at fault, else the ones that the explanation names.
    """

    identity: Identity
    result: Result
    operands: tuple[Figure, ...] = ()
    computed: Decimal | None = None
    residual: Decimal | None = None
    tolerance: Decimal | None = None
    severity: Literal["error", "minor"] | None = None
    explanation: str | None = None
    slack: Slack = ()
    blamed: tuple[Figure, ...] | None = None


def equal(rule: str, printed: Figure | None, computed: Term, *alternatives: Alternative) -> Identity:
    """The printed figure equals the computed side."""
    return Identity(rule, printed, computed, alternatives)


def same(rule: str, one: Figure | None, other: Figure | None) -> Identity:
    """One quantity printed in two places."""
    return Identity(rule, one, total(other))


def share(rule: str, percent: Figure | None, part: Addend, of: Addend) -> Identity:
    """percent = part ÷ whole × 100."""
    return Identity(rule, percent, Rate(total(part), total(of)))


def growth(rule: str, percent: Figure | None, change: Addend, this_year: Addend) -> Identity:
    """percent = change ÷ (this year − change) × 100: the change against last year's figure."""
    return Identity(rule, percent, Rate(total(change), total(this_year) - total(change)))


def variance(rule: str, percent: Figure | None, final: Addend, budget: Addend) -> Identity:
    """percent = (final − budget) ÷ budget × 100."""
    return Identity(rule, percent, Rate(total(final) - total(budget), total(budget)))


def shares_of(
    rule: str, whole: Figure | None, parts: Iterable[tuple[Figure | None, Figure | None]]
) -> Iterable[Identity]:
    """One share identity for each (amount, percent) of a whole; together they know when they were levelled."""
    given = [(amount, percent) for amount, percent in parts if percent is not None]
    shares = tuple(percent for _, percent in given if percent is not None)
    for amount, percent in given:
        yield Identity(rule, percent, Rate(total(amount), total(whole)), shares=shares)


def evaluate(identity: Identity) -> Evaluation:
    """Recount one identity."""
    stated, computed = identity.printed, identity.computed
    if stated is None or computed.missing:
        return Evaluation(identity, "not_applicable")
    operands = tuple(dict.fromkeys((stated, *computed.operands)))
    nominal = computed.nominal()
    if nominal is None:
        return _on_zero_base(identity, stated, operands)
    low, high = computed.interval()
    stated_low, stated_high = bounds(stated)
    found = Evaluation(
        identity,
        "fail",
        operands,
        computed=nominal,
        residual=stated.value - nominal,
        tolerance=(high - low) * HALF + half_unit(stated),
        severity="error",
    )
    if stated_low <= high and low <= stated_high:
        return replace(found, result="pass", severity=None, slack=_slack(found, stated))
    return _explained(found, stated)


def _slack(found: Evaluation, stated: Figure) -> Slack:
    """How far each operand could move before the identity fails, in units of its last printed place."""
    if found.tolerance is None or found.residual is None or not found.tolerance.is_finite():
        return ()
    most = found.tolerance + abs(found.residual)
    slack = []
    for operand in found.operands:
        effect = found.identity.computed.effect(operand)
        if operand is stated:
            effect = abs(1 - effect)
        if effect > 0:
            slack.append((operand, most / effect / operand.quantum))
    return tuple(slack)


def _on_zero_base(identity: Identity, stated: Figure, operands: tuple[Figure, ...]) -> Evaluation:
    """A base of 0: the template prints 100% (0% for 0 against 0), by convention (contract, report.md)."""
    rate = identity.computed
    found = Evaluation(identity, "fail", operands, tolerance=ZERO, severity="error")
    if not isinstance(rate, Rate):
        return found
    convention = {ZERO, HUNDRED, -HUNDRED} if rate.part.nominal() != 0 else {ZERO, HUNDRED}
    if stated.value in convention:
        slack = tuple((operand, ZERO) for operand in operands)
        return replace(
            found, result="pass", severity=None, explanation="zero base, by convention", slack=slack
        )
    least_part = min(map(abs, rate.part.interval()))
    largest_base = max(map(abs, rate.whole.interval()))
    if abs(stated.value) * largest_base >= HUNDRED * least_part > 0:
        # The base was too small to print, not nothing: it passes, and proves nothing of its operands.
        return replace(found, result="pass", severity=None, explanation="the base rounds to 0")
    return replace(found, explanation="the base is 0, and the rate is neither 0 nor 100")


def _explained(found: Evaluation, stated: Figure) -> Evaluation:
    """A failure, with what explains it where something does (contract, result.md, severity)."""
    identity, computed = found.identity, found.computed
    confirmed: Slack = ((stated, ZERO),)
    if isinstance(identity.computed, Rate) and computed is not None:
        if _levelled(identity, stated, computed):
            return replace(found, severity="minor", explanation="levelled", slack=confirmed, blamed=())
        if computed.quantize(stated.quantum, ROUND_DOWN) == stated.value:
            return replace(found, severity="minor", explanation="truncated", slack=confirmed, blamed=())
    for alternative in identity.alternatives:
        if alternative.computed.missing:
            continue
        other = evaluate(Identity(identity.rule, stated, alternative.computed))
        if other.result != "pass":
            continue
        if alternative.minor:
            return replace(
                found, severity="minor", explanation=alternative.explanation, slack=other.slack, blamed=()
            )
        cleared = tuple(each for each in other.slack if each[0] is not stated)
        return replace(found, explanation=alternative.explanation, slack=cleared, blamed=(stated,))
    return found


def _levelled(identity: Identity, stated: Figure, computed: Decimal) -> bool:
    """One unit off in its last place, and the shares of the whole add to exactly 100 (contract, result.md)."""
    if len(identity.shares) < 2 or sum(each.value for each in identity.shares) != HUNDRED:
        return False
    return abs(stated.value - computed.quantize(stated.quantum)) == stated.quantum
