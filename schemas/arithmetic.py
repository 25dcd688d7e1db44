"""Identities between printed figures, evaluated with the interval that rounding for print allows.

An identity passes if some choice of values within the intervals of its operands satisfies it; that bound, and nothing
else, is the tolerance (as in XBRL Calculations 1.1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from typing import Literal

from recount.schemas.figures import Figure
from recount.schemas.saying import Saying, quoted, say
from recount.schemas.terms import (
    HUNDRED,
    INFINITE,
    ZERO,
    Addend,
    Interval,
    Product,
    Rate,
    Sum,
    Term,
    Window,
    bounds,
    nothing,
    number_of,
    printed,
    total,
)

__all__ = [
    "HUNDRED",
    "Addend",
    "Alternative",
    "Evaluation",
    "Identity",
    "Product",
    "Rate",
    "Sum",
    "Term",
    "at_least",
    "at_most",
    "by_custom",
    "equal",
    "evaluate",
    "growth",
    "named_otherwise",
    "nothing",
    "number_of",
    "printed",
    "same",
    "share",
    "shares_of",
    "total",
    "variance",
]

Held = tuple[Window, ...]
"""The operands that an identity speaks for, each with the values that it may have, the others as printed.

An operand that stands here more than once may have the values of any of its windows.
"""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another computed side that explains a failure: how the document came to print what it prints.

    If it satisfies the identity exactly, its operands are cleared and only the printed side is to blame;
    a minor one (classified projects) blames nobody.
    """

    explanation: Saying | str
    computed: Term
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """A printed figure must equal what is computed from others.

    rule: the identity in words. shares: the printed shares of the same whole, where publishers level them.
    at_most: the printed figure may as well be less. Such a bound can fail, but it confirms no figure.
    at_least: it may as well be more, being of more than is computed; that they agree confirms both.
    words: of an identity between words, which has no figures: how they contradict each other.
    custom: no arithmetic, but how most reckon it: where it fails, nothing is said but of the printed figure.
    loose: its figures have no order of print by which two that were exchanged are known: it confirms none of them while
    one of them is in an identity that fails.
    """

    rule: str
    printed: Figure | None
    computed: Term
    alternatives: tuple[Alternative, ...] = ()
    shares: tuple[Figure, ...] = ()
    at_most: bool = False
    at_least: bool = False
    words: Saying | str | None = None
    custom: bool = False
    loose: bool = False


Result = Literal["pass", "fail", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an identity came to.

    held: the operands that it speaks for (see Held); empty unless it passed, or failed in a way that confirms
    them. computed, residual, tolerance: in the unit of the printed figure; None where nothing was computed.
    blamed: None where any operand may be at fault, else the ones that the explanation names. suspects: the pointers
    of the operands that the explanation lays it at, the most suspect first; empty where nothing tells them apart.
    root: the pointer of the one operand that explains this failure and others; None for none.
    """

    identity: Identity
    result: Result
    operands: tuple[Figure, ...] = ()
    computed: Decimal | None = None
    residual: Decimal | None = None
    tolerance: Decimal | None = None
    severity: Literal["error", "minor"] | None = None
    explanation: Saying | None = None
    held: Held = ()
    blamed: tuple[Figure, ...] | None = None
    suspects: tuple[str, ...] = ()
    root: str | None = None

    @property
    def slack(self) -> tuple[tuple[Figure, Decimal], ...]:
        """How far each operand that is held could move before it fails, in units of its last printed place.

        Of several windows only the one that holds the printed value counts.
        """
        return tuple(
            (operand, (max(high - operand.value, operand.value - low) + operand.half) / operand.quantum)
            for operand, low, high in self.held
            if low - operand.half <= operand.value <= high + operand.half
        )


def equal(rule: str, printed: Figure | None, computed: Term, *alternatives: Alternative) -> Identity:
    """The printed figure equals the computed side."""
    return Identity(rule, printed, computed, alternatives)


def by_custom(rule: str, printed: Figure | None, computed: Term) -> Identity:
    """The printed figure is reckoned as the computed side, as is the custom."""
    return Identity(rule, printed, computed, custom=True)


def same(rule: str, one: Figure | None, other: Figure | None) -> Identity:
    """One quantity printed in two places."""
    return Identity(rule, one, total(other))


def at_most(rule: str, figure: Figure | None, bound: Addend) -> Identity:
    """The figure is no more than the bound."""
    return Identity(rule, figure, total(bound), at_most=True)


def at_least(rule: str, figure: Figure | None, computed: Term) -> Identity:
    """The figure is of all that is computed, and perhaps of more: nothing is said of it where it is more."""
    return Identity(rule, figure, computed, at_least=True)


def share(rule: str, percent: Figure | None, part: Addend, of: Addend) -> Identity:
    """percent = part ÷ whole × 100."""
    return Identity(rule, percent, Rate(total(part), total(of)))


def growth(rule: str, percent: Figure | None, change: Addend, this_year: Addend) -> Identity:
    """percent = change ÷ (this year − change) × 100: the change against last year's figure."""
    return Identity(rule, percent, Rate(total(change), total(this_year) - total(change)))


def variance(rule: str, percent: Figure | None, final: Addend, budget: Addend) -> Identity:
    """percent = (final − budget) ÷ budget × 100."""
    return Identity(rule, percent, Rate(total(final) - total(budget), total(budget)))


def named_otherwise(rule: str, contradiction: Saying | str) -> Identity:
    """Words that contradict each other. It is minor: of no figure does it say that it is wrong."""
    return Identity(rule, None, Sum(), words=contradiction)


def shares_of(
    rule: str, whole: Figure | None, parts: Iterable[tuple[Figure | None, Figure | None]]
) -> Iterable[Identity]:
    """One share identity for each (amount, percent) of a whole; together they know when they were levelled."""
    listed = tuple(parts)
    given = [(amount, percent) for amount, percent in listed if percent is not None]
    shares = tuple(percent for _, percent in given)
    each_share = [
        Identity(rule, percent, Rate(total(amount), total(whole)), shares=shares) for amount, percent in given
    ]
    yield from each_share
    complete = all(percent is not None or (amount is not None and not amount.value) for amount, percent in listed)
    if complete and len(shares) > 1 and whole is not None and whole.value:
        yield from _adding_to_hundred(rule, shares, each_share)


def _adding_to_hundred(rule: str, shares: Sequence[Figure], each_share: Iterable[Identity]) -> Iterator[Identity]:
    """The shares of a whole add to 100. Where they do not, one that is no such share says so already (or was cut)."""
    first, *others = shares
    whole = equal(f"{rule}: 合计为100", first, Sum(constant=HUNDRED) - total(*others))
    if evaluate(whole).result == "pass" or all(evaluate(identity).result == "pass" for identity in each_share):
        yield whole


def evaluate(identity: Identity) -> Evaluation:
    """Recount one identity."""
    if identity.words is not None:
        return Evaluation(identity, "fail", severity="minor", explanation=quoted(identity.words))
    stated, computed = identity.printed, identity.computed
    if stated is None or computed.missing:
        return Evaluation(identity, "not_applicable")
    if any(operand.token == stated.token for operand in computed.operands):
        # One printed number that fills two fields: it would confirm itself.
        return Evaluation(identity, "not_applicable", explanation=say("printed_once"))
    operands = tuple(dict.fromkeys((stated, *computed.operands)))
    nominal = computed.nominal()
    if nominal is None:
        return _on_zero_base(identity, stated, operands)
    low, high = computed.interval()
    half = stated.half
    if identity.at_least and stated.value - half > high:
        return Evaluation(identity, "not_applicable", explanation=say("of_more"))
    passed = stated.value - half <= high and (identity.at_most or low <= stated.value + half)
    found = Evaluation(
        identity,
        "pass" if passed else "fail",
        operands,
        computed=nominal,
        residual=stated.value - nominal,
        tolerance=(high - low) / 2 + half,
        severity=None if passed else "error",
        held=_held(stated, computed, (low, high)) if passed and not identity.at_most else (),
    )
    return found if passed else _explained(found, stated)


def _held(stated: Figure, computed: Term, interval: Interval) -> Held:
    """What a satisfied identity leaves to each of its operands.

    Of two that were read from one printed number neither is held: another number would have changed both.
    """
    if interval[1] == INFINITE:  # the base may be 0: any rate is possible
        return ()
    tokens = [operand.token for operand in computed.operands]
    windows = computed.windows(bounds(stated))
    if len(set(tokens)) < len(tokens):
        windows = (window for window in windows if tokens.count(window[0].token) == 1)
    return ((stated, *interval), *windows)


def _exactly(operand: Figure) -> Window:
    """What holds an operand so that no other number would do."""
    return operand, operand.value, operand.value


_CONVENTIONS = (ZERO, HUNDRED)


def _on_zero_base(identity: Identity, stated: Figure, operands: tuple[Figure, ...]) -> Evaluation:
    """A base of 0: the template prints 100% or 0% by convention (docs/contract/report.md)."""
    rate = identity.computed
    found = Evaluation(identity, "fail", operands, tolerance=ZERO, severity="error")
    if not isinstance(rate, Rate):
        return found
    if abs(stated.value) in _CONVENTIONS:
        held = _held_by_convention(rate, stated, operands)
        return replace(found, result="pass", severity=None, explanation=say("zero_base"), held=held)
    low, high = rate.part.interval()
    least_part = ZERO if low <= 0 <= high else min(abs(low), abs(high))
    largest_base = max(map(abs, rate.whole.interval()))
    if largest_base > 0 and abs(stated.value) * largest_base >= HUNDRED * least_part:
        # The base was too small to print, not nothing: it passes, and proves nothing of its operands.
        return replace(found, result="pass", severity=None, explanation=say("base_rounds_to_zero"))
    return replace(found, explanation=say("rate_of_nothing"))


def _held_by_convention(rate: Rate, stated: Figure, operands: tuple[Figure, ...]) -> Held:
    """What 100% against a base of 0, or 0% of 0 against 0, leaves to each operand.

    A rate that is not the one of the form says nothing, and of 0 against 0 any rate is possible. A base may as well be
    what the rate would make of it, were it no convention.
    """
    part = rate.part.nominal()
    if stated.value != (HUNDRED.copy_sign(part) if part else ZERO):
        return ()
    fixed = [operand for operand in operands if _fixed(rate, operand, part)]
    otherwise = tuple(window for window in rate.windows(bounds(stated)) if window[0] in fixed)
    return (*((_exactly(stated),) if part else ()), *map(_exactly, fixed), *otherwise)


def _fixed(rate: Rate, operand: Figure, part: Decimal) -> bool:
    """Whether the convention holds an operand: another number in its place would make the base something.

    Of 0 against 0, another base alone would still give 0%; it must change the part as well.
    """
    in_part = any(operand is summand for summand in rate.part.operands)
    return any(operand is summand for summand in rate.whole.operands) and (part != 0 or in_part)


def _explained(found: Evaluation, stated: Figure) -> Evaluation:
    """A failure, with what explains it where something does (docs/contract/result.md, severity)."""
    identity, computed = found.identity, found.computed
    if isinstance(identity.computed, Rate) and computed is not None:
        low, high = identity.computed.interval()
        as_printed: Held = ((stated, min(low, stated.value), max(high, stated.value)),)
        if _levelled(identity, stated, computed):
            return replace(found, severity="minor", explanation=say("levelled"), held=as_printed, blamed=())
        if computed.quantize(stated.quantum, ROUND_DOWN) == stated.value:
            return replace(found, severity="minor", explanation=say("truncated"), held=as_printed, blamed=())
    for alternative in identity.alternatives:
        if alternative.computed.missing:
            continue
        other = evaluate(Identity(identity.rule, stated, alternative.computed))
        if other.result != "pass":
            continue
        # With another number in the place of an operand the identity itself might hold: that one fits as well.
        held = other.held + _held(stated, identity.computed, identity.computed.interval())
        explanation = quoted(alternative.explanation)
        if alternative.minor:
            return replace(found, severity="minor", explanation=explanation, held=held, blamed=())
        spoken_for = {window[0] for window in other.held if window[0] is not stated}
        cleared = tuple(window for window in held if window[0] in spoken_for)
        return replace(found, explanation=explanation, held=cleared, blamed=(stated,))
    return found


def _levelled(identity: Identity, stated: Figure, computed: Decimal) -> bool:
    """One unit off in its last place, and the shares of the whole add to exactly 100 (docs/contract/result.md)."""
    if len(identity.shares) < 2 or sum(percent.value for percent in identity.shares) != HUNDRED:
        return False
    return abs(stated.value - computed.quantize(stated.quantum)) == stated.quantum


# --- identities with other figures in the place of some: what would they say, had another number been read?

Swap = Callable[[Figure], Figure]


def substituted(identity: Identity, swap: Swap) -> Identity:
    """The identity with swap(figure) in the place of every figure."""
    return replace(
        identity,
        printed=swap(identity.printed) if identity.printed is not None else None,
        computed=_term(identity.computed, swap),
        alternatives=tuple(
            Alternative(alternative.explanation, _term(alternative.computed, swap), alternative.minor)
            for alternative in identity.alternatives
        ),
        shares=tuple(swap(percent) for percent in identity.shares),
    )


def _term(term: Term, swap: Swap) -> Term:
    if isinstance(term, Sum):
        return _sum(term, swap)
    if isinstance(term, Rate):
        return Rate(_sum(term.part, swap), _sum(term.whole, swap))
    if isinstance(term, Product):
        weight, rate = (swap(factor) if factor is not None else None for factor in (term.weight, term.rate))
        return Product(weight, rate, term.rounded, term.per)
    raise TypeError(f"no rule for terms of type {type(term).__name__}")


def _sum(linear: Sum, swap: Swap) -> Sum:
    return replace(linear, terms=tuple((sign, swap(operand)) for sign, operand in linear.terms))
