"""Rates of printed numbers: shares, growth and variance pass just where some unrounded numbers would."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from recount.schemas.arithmetic import (
    Identity,
    Product,
    Rate,
    equal,
    evaluate,
    growth,
    share,
    total,
    variance,
)
from recount.schemas.figures import Figure, Kind
from recount.tests.schemas.printed import amounts, fig, pct, places, positive, rounded, span, steady, ways

HUNDRED = Decimal(100)


# --- an oracle: the interval of the computed side by exact fractions at every corner


def reachable(operands: Iterable[Figure], computed: Callable[..., Fraction]) -> tuple[Fraction, Fraction]:
    values = [computed(*corner) for corner in product(*map(span, operands))]
    return min(values), max(values)


def meets(stated: Figure, low: Fraction, high: Fraction) -> bool:
    from_, to = span(stated)
    return from_ <= high and low <= to


# --- rates


@steady
@given(
    make=st.sampled_from([share, growth, variance]),
    part=amounts,
    base=positive,
    how=st.tuples(places, places, places),
    way=ways,
)
def test_a_rate_of_consistent_numbers_never_fails(
    make: Callable[..., Identity], part: Decimal, base: Decimal, how: tuple[int, int, int], way: str
) -> None:
    found = evaluate(consistent(make, part, base, how, way))
    assume(found.computed is not None)
    assert found.result == "pass"


@steady
@given(
    make=st.sampled_from([share, growth, variance]),
    part=st.integers(-40, 40).map(lambda yuan: Decimal(yuan).scaleb(-4)),
    base=st.integers(1, 40).map(lambda yuan: Decimal(yuan).scaleb(-4)),
    how=st.tuples(places, places, places),
)
def test_consistent_numbers_too_small_to_print_never_fail_and_prove_nothing(
    make: Callable[..., Identity], part: Decimal, base: Decimal, how: tuple[int, int, int]
) -> None:
    identity = consistent(make, part, base, how, ROUND_HALF_UP)
    found = evaluate(identity)
    assert found.result == "pass"
    assert identity.printed is not None
    if found.computed is None and identity.printed.value not in (0, 100, -100):
        assert found.slack == ()


def consistent(
    make: Callable[..., Identity], part: Decimal, base: Decimal, how: tuple[int, int, int], way: str
) -> Identity:
    """A rate over a base with every number rounded from its exact value.

    part: what is the share of the base, or what it grew by, or what was spent of it.
    """
    over = Fraction(part) - Fraction(base) if make is variance else Fraction(part)
    rate = pct(rounded(100 * over / Fraction(base), how[2], way))
    second = base + part if make is growth else base
    return make("%", rate, fig(rounded(part, how[0], way)), fig(rounded(second, how[1], way)))


@steady
@given(
    weight=st.integers(1, 100),
    rate=st.integers(0, 10**6).map(lambda each: Decimal(each).scaleb(-4)),
    how=st.tuples(places, st.integers(1, 2)),
    way=ways,
)
def test_a_score_earned_by_a_rate_never_fails(weight: int, rate: Decimal, how: tuple[int, int], way: str) -> None:
    earned = fig(rounded(weight * rate / HUNDRED, how[1], way), Kind.SCORE)
    factors = Product(fig(str(weight), Kind.SCORE), pct(rounded(rate, how[0], way)))
    assert evaluate(equal("得分", earned, factors)).result == "pass"


def test_a_score_that_the_rate_does_not_earn_fails() -> None:
    factors = Product(fig("10", Kind.SCORE), pct("78.43"))
    assert evaluate(equal("得分", fig("7.84", Kind.SCORE), factors)).result == "pass"
    assert evaluate(equal("得分", fig("7.86", Kind.SCORE), factors)).result == "fail"


shown_amounts = st.tuples(st.integers(-(10**6), 10**6), places).map(lambda each: Decimal(each[0]).scaleb(-each[1]))
shown_rates = st.tuples(st.integers(-30000, 30000), places).map(lambda each: Decimal(each[0]).scaleb(-each[1]))
near = st.one_of(st.none(), st.integers(-6, 6))


def near_the_truth(nominal: Fraction, rate: Decimal, units: int | None) -> Decimal:
    """A printed rate some units off what is computed, or any rate: so that passes and failures are met."""
    if units is None:
        return rate
    exponent = rate.as_tuple().exponent
    assert isinstance(exponent, int)
    return rounded(nominal, -exponent) + Decimal(units).scaleb(exponent)


@steady
@given(part=shown_amounts, whole=shown_amounts, rate=shown_rates, units=near)
def test_a_share_passes_just_where_some_unrounded_numbers_would(
    part: Decimal, whole: Decimal, rate: Decimal, units: int | None
) -> None:
    a, b = fig(part), fig(whole)
    assume(not span(b)[0] <= 0 <= span(b)[1])
    stated = pct(near_the_truth(100 * Fraction(part) / Fraction(whole), rate, units))
    expected = meets(stated, *reachable((a, b), lambda x, y: 100 * x / y))
    assert (evaluate(share("%", stated, a, b)).result == "pass") is expected


@steady
@given(change=shown_amounts, this=shown_amounts, rate=shown_rates, units=near)
@example(change=Decimal("-199.42"), this=Decimal("587.84"), rate=Decimal("0.00"), units=0)
@example(change=Decimal("-199.42"), this=Decimal("587.84"), rate=Decimal("0.00"), units=1)
def test_a_growth_rate_passes_just_where_some_unrounded_numbers_would(
    change: Decimal, this: Decimal, rate: Decimal, units: int | None
) -> None:
    a, b = fig(change), fig(this)
    low, high = reachable((a, b), lambda x, y: y - x)
    assume(not low <= 0 <= high)
    stated = pct(near_the_truth(100 * Fraction(change) / Fraction(this - change), rate, units))
    expected = meets(stated, *reachable((a, b), lambda x, y: 100 * x / (y - x)))
    assert (evaluate(growth("%", stated, a, b)).result == "pass") is expected


@steady
@given(final=shown_amounts, budget=shown_amounts, rate=shown_rates, units=near)
def test_a_variance_passes_just_where_some_unrounded_numbers_would(
    final: Decimal, budget: Decimal, rate: Decimal, units: int | None
) -> None:
    a, b = fig(final), fig(budget)
    assume(not span(b)[0] <= 0 <= span(b)[1])
    stated = pct(near_the_truth(100 * (Fraction(final) - Fraction(budget)) / Fraction(budget), rate, units))
    expected = meets(stated, *reachable((a, b), lambda x, y: 100 * (x - y) / y))
    assert (evaluate(variance("%", stated, a, b)).result == "pass") is expected


def test_a_rate_over_a_sum_shares_its_operands_with_the_part() -> None:
    # Taken apart, change and this year would allow 30.2%; together they do not.
    change, this = fig("3.0"), fig("13.0")
    assert evaluate(growth("%", pct("30.0"), change, this)).result == "pass"
    low, high = Rate(total(change), total(this) - change).interval()
    assert Decimal("29.20") < low < Decimal("29.21")  # 2.95 of 13.05, not of 12.95
    assert Decimal("30.80") < high < Decimal("30.81")


# --- a base of nothing


@pytest.mark.parametrize(
    ("rate", "change", "this", "result"),
    [
        ("100", "5.00", "5.00", "pass"),
        ("100.00", "5.00", "5.00", "pass"),
        ("0.00", "0.00", "0.00", "pass"),
        ("0.00", "5.00", "5.00", "pass"),  # the other convention
        ("50.00", "5.00", "5.00", "fail"),
        ("-50.00", "5.00", "5.00", "fail"),
    ],
)
def test_growth_from_nothing_is_100_or_0_by_convention(rate: str, change: str, this: str, result: str) -> None:
    assert evaluate(growth("%", pct(rate), fig(change), fig(this))).result == result


@pytest.mark.parametrize(
    "identity",
    [
        growth("252.50: 0.0141 after 0.0040", pct("252.50"), fig("0.01"), fig("0.01")),
        share("33.33: 10 yuan of 30 yuan", pct("33.33"), fig("0.00"), fig("0.00")),
        variance("-66.67: 10 yuan spent of 30 yuan", pct("-66.67"), fig("0.00"), fig("0.00")),
    ],
    ids=lambda each: each.rule,
)
def test_a_base_that_rounds_to_zero_passes_and_proves_nothing(identity: Identity) -> None:
    found = evaluate(identity)
    assert (found.result, found.slack) == ("pass", ())


def test_a_base_that_may_be_zero_proves_nothing() -> None:
    found = evaluate(growth("%", pct("700.00"), fig("0.08"), fig("0.09")))
    assert (found.result, found.slack) == ("pass", ())


@pytest.mark.parametrize("rate", ["0.00", "100.00"])
def test_nothing_against_nothing_leaves_the_base_open(rate: str) -> None:
    """0.00 and 0.00% hold of every base: had 587.84 been there for this year, nothing would have failed."""
    this = fig("0.00")
    found = evaluate(growth("%", pct(rate), fig("0.00"), this))
    assert found.result == "pass"
    if rate == "0.00":
        assert evaluate(growth("%", pct(rate), fig("0.00"), fig("587.84"))).result == "pass"
        assert this not in [operand for operand, _ in found.slack]


def test_no_part_of_a_whole_leaves_the_whole_open() -> None:
    whole = fig("0.00")
    found = evaluate(share("%", pct("0.00"), fig("0.00"), whole))
    assert found.result == "pass"
    assert whole not in [operand for operand, _ in found.slack]
