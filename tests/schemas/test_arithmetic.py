"""Rounding for print never breaks an identity; anything beyond it always does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import count, product

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from recount.schemas.arithmetic import (
    Alternative,
    Evaluation,
    Identity,
    Product,
    Rate,
    Sum,
    at_most,
    equal,
    evaluate,
    growth,
    number_of,
    printed,
    same,
    share,
    shares_of,
    total,
    variance,
)
from recount.schemas.figures import Figure, Kind
from recount.tests.schemas.moves import moved

HUNDRED = Decimal(100)
tokens = count()
steady = settings(derandomize=True, deadline=None, max_examples=80)


def fig(shown: str | Decimal, kind: Kind = Kind.MONEY) -> Figure:
    """A figure as it is printed: 12.50 has two decimals."""
    value = Decimal(shown)
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return Figure(f"/{shown}", value, Decimal(1).scaleb(min(exponent, 0)), kind, token=next(tokens))


def pct(shown: str | Decimal) -> Figure:
    return fig(shown, Kind.PERCENT)


def rounded(exact: Fraction | Decimal, decimals: int, way: str = ROUND_HALF_UP) -> Decimal:
    """A number as rounded for print, from its exact value."""
    number = Fraction(exact)
    scaled = number * 10**decimals
    below = scaled.numerator // scaled.denominator
    rest = scaled - below
    if way == ROUND_DOWN:
        below += scaled < 0 and rest > 0
    elif rest > Fraction(1, 2) or (rest == Fraction(1, 2) and (way == ROUND_HALF_UP or below % 2)):
        below += 1
    return Decimal(int(below)).scaleb(-decimals)


# Exact money: cents of a yuan, in 万元; or whole cents of 万元.
amounts = st.one_of(
    st.integers(-(10**11), 10**11).map(lambda fen: Decimal(fen).scaleb(-6)),
    st.integers(-(10**7), 10**7).map(lambda cents: Decimal(cents).scaleb(-2)),
    st.integers(-300, 300).map(lambda fen: Decimal(fen).scaleb(-4)),
)
positive = amounts.map(abs).filter(bool)
places = st.integers(0, 2)
ways = st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN])


# --- an oracle: the interval of the computed side by exact fractions at every corner


def span(operand: Figure) -> tuple[Fraction, Fraction]:
    half = Fraction(0) if operand.kind in (Kind.COUNT, Kind.YEAR) else Fraction(operand.quantum) / 2
    return Fraction(operand.value) - half, Fraction(operand.value) + half


def reachable(operands: Iterable[Figure], computed: Callable[..., Fraction]) -> tuple[Fraction, Fraction]:
    values = [computed(*corner) for corner in product(*map(span, operands))]
    return min(values), max(values)


def meets(stated: Figure, low: Fraction, high: Fraction) -> bool:
    from_, to = span(stated)
    return from_ <= high and low <= to


# --- sums


@steady
@given(terms=st.lists(st.tuples(amounts, places), min_size=1, max_size=300), decimals=places, way=ways)
def test_a_sum_of_consistent_numbers_never_fails(terms: list[tuple[Decimal, int]], decimals: int, way: str) -> None:
    parts = [fig(rounded(exact, each, way)) for exact, each in terms]
    whole = fig(rounded(sum((exact for exact, _ in terms), Decimal(0)), decimals, way))
    assert evaluate(equal("Σ", whole, total(*parts))).result == "pass"


@steady
@given(
    terms=st.lists(st.tuples(amounts, places, st.sampled_from([1, -1])), min_size=1, max_size=40),
    decimals=places,
    beyond=st.integers(1, 10**6),
    side=st.sampled_from([1, -1]),
)
def test_a_sum_that_is_further_off_than_rounding_allows_fails(
    terms: list[tuple[Decimal, int, int]], decimals: int, beyond: int, side: int
) -> None:
    parts = [(sign, fig(rounded(exact, each))) for exact, each, sign in terms]
    nominal = sum((sign * each.value for sign, each in parts), Decimal(0))
    bound = sum((each.quantum for _, each in parts), Decimal(1).scaleb(-decimals)) / 2
    unit = Decimal(1).scaleb(-decimals)
    wrong = fig((nominal + side * (bound + beyond * unit)).quantize(unit))
    assume(abs(wrong.value - nominal) > bound)
    found = evaluate(Identity("Σ", wrong, Sum(tuple(parts))))
    assert (found.result, found.severity, found.slack) == ("fail", "error", ())


@steady
@given(terms=st.lists(amounts, min_size=1, max_size=40), way=ways)
def test_yuan_against_wan_never_fails(terms: list[Decimal], way: str) -> None:
    """The parts in 元 to the 分 (six decimals of 万元), the whole in 万元 with two."""
    parts = [fig(rounded(each, 6)) for each in terms]
    whole = sum((each.value for each in parts), Decimal(0))
    assert evaluate(equal("Σ", fig(rounded(whole, 2, way)), total(*parts))).result == "pass"
    off = fig(rounded(whole, 2, way) + Decimal("0.02"))
    assert evaluate(equal("Σ", off, total(*parts))).result == "fail"


@steady
@given(figure=amounts, bound=amounts, decimals=st.tuples(places, places))
def test_a_bound_holds_just_where_some_unrounded_numbers_do(
    figure: Decimal, bound: Decimal, decimals: tuple[int, int]
) -> None:
    one, other = (fig(rounded(each, at)) for each, at in zip((figure, bound), decimals, strict=True))
    found = evaluate(at_most("≤", one, other))
    assert (found.result == "pass") == (span(one)[0] <= span(other)[1])
    assert found.held == ()
    if figure <= bound:
        assert found.result == "pass"


def test_the_bound_is_tight() -> None:
    assert evaluate(same("two places", fig("326.71"), fig("326.72"))).result == "pass"
    assert evaluate(same("two places", fig("326.71"), fig("326.73"))).result == "fail"


@pytest.mark.parametrize(
    ("whole", "parts", "result"),
    [
        ("1955.06", ("1944.91", "0.00", "10.16"), "pass"),  # 0.01 off, four operands allow 0.02
        ("100.02", ("50.00", "50.00"), "fail"),  # 0.02 off, three operands allow 0.015
        ("100", ("50.26", "50.24"), "pass"),  # a total without decimals stands for half a unit
        ("101", ("50.26", "50.22"), "fail"),
        ("10.05", ("10", "0.5"), "pass"),  # the coarsest operand says how far
        ("-0.01", ("5.00", "-5.01"), "pass"),
        ("12.00", ("-3.00", "15.00"), "pass"),  # a carry-over below zero
        ("18.00", ("-3.00", "15.00"), "fail"),
    ],
)
def test_each_operand_widens_the_bound_by_half_its_last_place(whole: str, parts: tuple[str, ...], result: str) -> None:
    assert evaluate(equal("Σ", fig(whole), total(*map(fig, parts)))).result == result


def test_the_residual_and_the_tolerance_are_told() -> None:
    found = evaluate(equal("Σ", fig("9.00"), total(fig("4.00"), fig("3.5"))))
    assert (found.computed, found.residual, found.tolerance) == (
        Decimal("7.50"),
        Decimal("1.50"),
        Decimal("0.06"),
    )


@pytest.mark.parametrize("kind", [Kind.COUNT, Kind.YEAR, Kind.SCORE])
def test_counts_years_and_whole_scores_are_exact(kind: Kind) -> None:
    assert evaluate(equal("Σ", fig("21", kind), total(fig("8", kind), fig("13", kind)))).result == "pass"
    assert evaluate(equal("Σ", fig("22", kind), total(fig("8", kind), fig("13", kind)))).result == "fail"


def test_only_a_score_with_decimals_is_rounded() -> None:
    scores = [fig("10", Kind.SCORE), fig("9.55", Kind.SCORE)]
    assert evaluate(equal("Σ", fig("19.56", Kind.SCORE), total(*scores))).result == "pass"
    assert evaluate(equal("Σ", fig("19.57", Kind.SCORE), total(*scores))).result == "fail"


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


# --- what is missing


@pytest.mark.parametrize(
    "identity",
    [
        equal("Σ", None, total(fig("1"))),
        equal("Σ", fig("1"), total(fig("1"), None)),
        equal("Σ", fig("1"), total()),
        equal("Σ", fig("1"), total(fig("1")) - None),
        equal("Σ", fig("1"), total(fig("1")) + total(None)),
        equal("Σ", fig("0.00"), printed(None, None)),
        same("=", fig("1"), None),
        share("%", pct("50"), None, fig("2")),
        share("%", pct("50"), fig("1"), None),
        share("%", None, fig("1"), fig("2")),
        growth("%", pct("50"), fig("1"), None),
        growth("%", pct("50"), None, fig("3")),
        variance("%", pct("50"), fig("3"), None),
        equal("×", fig("10", Kind.SCORE), Product(fig("10", Kind.SCORE), None)),
        equal("×", fig("10", Kind.SCORE), Product(None, pct("100"))),
    ],
    ids=str,
)
def test_a_missing_operand_is_never_a_pass(identity: Identity) -> None:
    found = evaluate(identity)
    assert (found.result, found.slack, found.operands) == ("not_applicable", (), ())


def test_a_blank_cell_of_a_table_is_nothing() -> None:
    assert evaluate(equal("Σ", fig("5.00"), printed(fig("2.00"), None, fig("3.00")))).result == "pass"
    assert evaluate(equal("Σ", fig("6.00"), printed(fig("2.00"), None, fig("3.00")))).result == "fail"


def test_things_counted_are_exact() -> None:
    count = fig("3", Kind.COUNT)
    assert evaluate(equal("个数", count, number_of("abc"))).result == "pass"
    assert evaluate(equal("个数", count, number_of("abcd"))).result == "fail"
    assert evaluate(equal("个数", fig("0", Kind.COUNT), number_of([]))).result == "pass"


# --- slack: how far an operand could move


def just_beyond(slack: Decimal) -> int:
    return int(slack) + 1


@steady
@given(
    terms=st.lists(st.tuples(amounts, places, st.sampled_from([1, -1])), min_size=1, max_size=8),
    decimals=places,
    further=st.integers(0, 1000),
    side=st.sampled_from([1, -1]),
)
def test_moving_an_operand_of_a_sum_beyond_its_slack_fails(
    terms: list[tuple[Decimal, int, int]], decimals: int, further: int, side: int
) -> None:
    exact = sum((sign * each for each, _, sign in terms), Decimal(0))
    parts = tuple((sign, fig(rounded(each, how))) for each, how, sign in terms)
    identity = Identity("Σ", fig(rounded(exact, decimals)), Sum(parts))
    found = evaluate(identity)
    assert found.result == "pass"
    assert {id(operand) for operand, _ in found.slack} == {id(operand) for operand in found.operands}
    for operand, slack in found.slack:
        by = side * (just_beyond(slack) + further) * operand.quantum
        assert moved(identity, operand, by).result == "fail"


def far_from_zero(identity: Identity, operand: Figure, by: Decimal) -> bool:
    """Whether the base of a rate keeps its sign when an operand moves: near zero every rate is possible."""
    computed = identity.computed
    assert isinstance(computed, Rate)
    whole = computed.whole
    low, high = whole.interval()
    shift = sum(sign for sign, other in whole.terms if other is operand) * by
    return low > 0 < low + shift or high < 0 > high + shift


@pytest.mark.parametrize("role", ["stated", "part", "whole"])
@steady
@given(
    make=st.sampled_from([share, growth, variance]),
    one=positive,
    other=positive,
    how=st.tuples(places, places, places),
    further=st.integers(0, 1000),
    side=st.sampled_from([1, -1]),
)
@example(share, Decimal("0.01"), Decimal("3"), (2, 0, 0), 1000, 1)
@example(share, Decimal("0.13"), Decimal("1.00"), (2, 2, 0), 0, 1)
def test_moving_an_operand_of_a_rate_beyond_its_slack_fails(
    role: str,
    make: Callable[..., Identity],
    one: Decimal,
    other: Decimal,
    how: tuple[int, int, int],
    further: int,
    side: int,
) -> None:
    first, second = fig(rounded(one, how[0])), fig(rounded(other, how[1]))
    nominal = evaluate(make("%", pct("0"), first, second)).computed
    assume(nominal is not None)
    assert nominal is not None
    stated = pct(rounded(nominal, how[2]))
    identity = make("%", stated, first, second)
    operand = {"stated": stated, "part": first, "whole": second}[role]
    found = evaluate(identity)
    assert found.result == "pass"
    slack = next((each for other, each in found.slack if other is operand), None)
    assume(slack is not None)
    assert slack is not None
    by = side * (just_beyond(slack) + further) * operand.quantum
    assume(operand is stated or far_from_zero(identity, operand, by))
    assert moved(identity, operand, by).result == "fail"


def test_the_whole_of_a_share_of_nothing_has_no_slack_to_speak_of() -> None:
    whole = fig("87.00")
    found = evaluate(share("%", pct("0.00"), fig("0.00"), whole))
    assert found.result == "pass"
    assert whole not in [operand for operand, _ in found.slack]


# --- what explains a failure


def levelled(*shown: str) -> list[Evaluation]:
    whole, *rest = shown
    pairs = [(fig(amount), pct(rate)) for amount, rate in zip(rest[::2], rest[1::2], strict=True)]
    return [evaluate(each) for each in shares_of("占比", fig(whole), pairs)]


def test_a_share_that_was_levelled_is_minor_and_confirmed() -> None:
    found = levelled("9000.00", "3000.00", "33.34", "3000.00", "33.33", "3000.00", "33.33")
    first = found[0]
    assert (first.result, first.severity, first.explanation) == ("fail", "minor", "levelled")
    assert first.blamed == ()
    assert [operand for operand, _ in first.slack] == [first.identity.printed]
    assert [each.result for each in found[1:]] == ["pass", "pass", "pass"]


@pytest.mark.parametrize(
    ("shown", "result"),
    [
        (("9000.00", "3000.00", "33.33", "3000.00", "33.33", "3000.00", "33.33"), "pass"),
        (("9000.00", "3000.00", "33.33", "3000.00", "33.33", "2700.00", "30.00"), "fail"),  # one is missing
        (("300.00", "100.00", "33", "200.00", "67.0"), "pass"),
    ],
)
def test_the_shares_of_a_whole_add_to_a_hundred(shown: tuple[str, ...], result: str) -> None:
    whole = levelled(*shown)[-1]
    assert (whole.identity.rule, whole.result) == ("占比: 合计为100", result)


@pytest.mark.parametrize(
    "shown",
    [
        ("900.00", "6.00", "0.66", "6.00", "0.66", "888.00", "98.66"),  # cut: 99.98
        ("9000.00", "3000.00", "33.33", "3000.00", "33.33", "3000.00", "38.33"),  # the third fails by itself
        ("0.00", "0.00", "0.00", "0.00", "0.00"),  # of nothing
        ("9000.00", "9000.00", "100.00"),
    ],
)
def test_nothing_is_said_of_their_sum(shown: tuple[str, ...]) -> None:
    assert [each.identity.rule for each in levelled(*shown)] == ["占比"] * (len(shown) // 2)


def test_a_share_that_is_not_printed_leaves_their_sum_open() -> None:
    some = [(fig("1.00"), pct("50.00")), (fig("1.00"), None)]
    assert [each.rule for each in shares_of("占比", fig("2.00"), some)] == ["占比"]
    nothing = [(fig("1.00"), pct("50.00")), (fig("1.00"), pct("50.00")), (fig("0.00"), None)]
    assert [each.rule for each in shares_of("占比", fig("2.00"), nothing)] == ["占比", "占比", "占比: 合计为100"]


@pytest.mark.parametrize(
    "shown",
    [
        ("9000.00", "3000.00", "33.35", "3000.00", "33.33", "3000.00", "33.32"),  # two units off
        ("9000.00", "3000.00", "33.34", "3000.00", "33.33", "3000.00", "33.34"),  # 100.01 in all
        ("9000.00", "3000.00", "33.34"),
        ("9000.00", "8999.00", "100.00"),  # a single share is no levelling
    ],
)
def test_nothing_else_counts_as_levelled(shown: tuple[str, ...]) -> None:
    first = levelled(*shown)[0]
    assert (first.result, first.severity, first.explanation) == ("fail", "error", None)
    assert first.slack == ()


@pytest.mark.parametrize(
    ("rate", "part", "explanation"),
    [
        ("66.66", "2000.00", "truncated"),
        ("66.6", "2000.00", "truncated"),
        ("66.65", "2000.00", None),
        ("66.68", "2000.00", None),
        ("-66.66", "-2000.00", "truncated"),
    ],
)
def test_a_rate_that_was_cut_is_minor(rate: str, part: str, explanation: str | None) -> None:
    found = evaluate(share("%", pct(rate), fig(part), fig("3000.00")))
    assert (found.result, found.explanation) == ("fail", explanation)
    assert found.severity == ("minor" if explanation else "error")
    assert found.blamed == (() if explanation else None)


def test_an_alternative_explains_a_failure_and_blames_the_printed_side() -> None:
    scores = [fig("45", Kind.SCORE), fig("45", Kind.SCORE)]
    stated, fund = fig("90", Kind.SCORE), fig("10", Kind.SCORE)
    found = evaluate(equal("总分", stated, total(*scores, fund), Alternative("left out", total(*scores))))
    assert (found.result, found.severity, found.explanation) == ("fail", "error", "left out")
    assert found.blamed == (stated,)
    assert {id(operand) for operand, _ in found.slack} == {id(each) for each in scores}


def test_a_minor_alternative_blames_nobody() -> None:
    count = fig("19", Kind.COUNT)
    more = Alternative("classified", Sum(constant=Decimal(19)), minor=True)
    found = evaluate(equal("个数", count, number_of(range(16)), more))
    assert (found.result, found.severity, found.explanation) == ("fail", "minor", "classified")
    assert (found.blamed, [operand for operand, _ in found.slack]) == ((), [count])


def test_an_alternative_that_fails_or_misses_an_operand_explains_nothing() -> None:
    for other in (total(fig("7")), total(None)):
        found = evaluate(equal("Σ", fig("9.00"), total(fig("4.00")), Alternative("no", other)))
        assert (found.result, found.severity, found.explanation) == ("fail", "error", None)
        assert found.blamed is None


def test_an_alternative_is_not_asked_where_the_identity_holds() -> None:
    found = evaluate(equal("Σ", fig("4.00"), total(fig("4.00")), Alternative("no", total(fig("4.00")))))
    assert (found.result, found.explanation, found.severity) == ("pass", None, None)


# --- for people to read


@pytest.mark.parametrize(
    ("term", "shown"),
    [
        (total(fig("1.50"), fig("2.00")) - fig("0.5"), "1.50 + 2.00 − 0.5"),
        (total(fig("1.50"), fig("-2.00")), "1.50 + (-2.00)"),
        (Sum(constant=Decimal(100)) - total(fig("60"), fig("30")), "100 − 60 − 30"),
        (Rate(total(fig("3.00")), total(fig("13.00")) - fig("3.00")), "3.00 ÷ (13.00 − 3.00) × 100"),
        (Rate(total(fig("9.00")) - fig("8.00"), total(fig("8.00"))), "(9.00 − 8.00) ÷ 8.00 × 100"),
        (Product(fig("10", Kind.SCORE), pct("78.43")), "10 × 78.43 ÷ 100"),
    ],
)
def test_a_term_is_shown_with_its_printed_numbers(term: Sum | Rate | Product, shown: str) -> None:
    assert term.render() == shown
