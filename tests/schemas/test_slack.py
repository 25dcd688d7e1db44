"""Slack: how far an operand of an identity that holds could move before the identity fails."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from recount.schemas.arithmetic import (
    Identity,
    Rate,
    Sum,
    evaluate,
    growth,
    share,
    variance,
)
from recount.schemas.figures import Figure
from recount.tests.schemas.moves import moved
from recount.tests.schemas.printed import amounts, fig, pct, places, positive, rounded, steady


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
