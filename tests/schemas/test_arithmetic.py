"""Rounding for print never breaks an identity; anything beyond it always does."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from recount.schemas.arithmetic import (
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
    total,
    variance,
)
from recount.schemas.figures import Figure, Kind
from recount.schemas.terms import ONE
from recount.tests.schemas.printed import amounts, fig, pct, places, rounded, span, steady, ways

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
        (Product(fig("3", Kind.COUNT), fig("7.35"), per=ONE), "3 × 7.35"),
    ],
)
def test_a_term_is_shown_with_its_printed_numbers(term: Sum | Rate | Product, shown: str) -> None:
    assert term.render() == shown


def test_a_quantity_and_a_price_are_held_to_the_amount() -> None:
    found = evaluate(equal("×", fig("22.05"), Product(fig("3", Kind.COUNT), fig("7.35"), per=ONE)))
    assert (found.result, found.computed) == ("pass", Decimal("22.05"))
    held = {figure.value: (low, high) for figure, low, high in found.held}
    assert held[Decimal(3)][0] > Decimal("2.9")
    assert held[Decimal(3)][1] < Decimal("3.1")
    assert held[Decimal("7.35")][1] < Decimal("7.36")


def test_whole_amounts_were_never_rounded() -> None:
    parts = [replace(fig(shown), whole=True) for shown in ("28038109", "25310711", "97995")]
    whole = replace(fig("53446815"), whole=True)
    assert evaluate(equal("Σ", whole, total(*parts))).held[0][1:] == (whole.value, whole.value)
    assert evaluate(equal("Σ", replace(whole, value=whole.value + 1), total(*parts))).result == "fail"
    assert replace(fig("5", Kind.PERCENT), whole=True).half == Decimal("0.5")


def test_two_operands_that_are_one_printed_number_are_not_held() -> None:
    parts = [
        Figure(f"/{at}", Decimal("5.00"), Decimal("0.01"), Kind.MONEY, token) for at, token in enumerate((7, 7, 8))
    ]
    whole = Figure("/whole", Decimal("15.00"), Decimal("0.01"), Kind.MONEY, 9)
    held = {figure.pointer for figure, *_ in evaluate(equal("Σ", whole, total(*parts))).held}
    assert held == {"/whole", "/2"}
