"""What explains an identity that fails: shares that were levelled, rates that were cut, another way to add."""

from __future__ import annotations

from decimal import Decimal

import pytest

from recount.schemas.arithmetic import (
    Alternative,
    Evaluation,
    Sum,
    equal,
    evaluate,
    number_of,
    share,
    shares_of,
    total,
)
from recount.schemas.figures import Kind
from recount.schemas.saying import say
from recount.tests.schemas.printed import fig, pct


def levelled(*shown: str) -> list[Evaluation]:
    whole, *rest = shown
    pairs = [(fig(amount), pct(rate)) for amount, rate in zip(rest[::2], rest[1::2], strict=True)]
    return [evaluate(each) for each in shares_of("占比", fig(whole), pairs)]


def test_a_share_that_was_levelled_is_minor_and_confirmed() -> None:
    found = levelled("9000.00", "3000.00", "33.34", "3000.00", "33.33", "3000.00", "33.33")
    first = found[0]
    assert (first.result, first.severity, str(first.explanation)) == ("fail", "minor", "levelled")
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
    assert (found.result, found.explanation) == ("fail", explanation and say(explanation))
    assert found.severity == ("minor" if explanation else "error")
    assert found.blamed == (() if explanation else None)


def test_an_alternative_explains_a_failure_and_blames_the_printed_side() -> None:
    scores = [fig("45", Kind.SCORE), fig("45", Kind.SCORE)]
    stated, fund = fig("90", Kind.SCORE), fig("10", Kind.SCORE)
    found = evaluate(equal("总分", stated, total(*scores, fund), Alternative("left out", total(*scores))))
    assert (found.result, found.severity, str(found.explanation)) == ("fail", "error", "left out")
    assert found.blamed == (stated,)
    assert {id(operand) for operand, _ in found.slack} == {id(each) for each in scores}


def test_a_minor_alternative_blames_nobody() -> None:
    count = fig("19", Kind.COUNT)
    more = Alternative("classified", Sum(constant=Decimal(19)), minor=True)
    found = evaluate(equal("个数", count, number_of(range(16)), more))
    assert (found.result, found.severity, str(found.explanation)) == ("fail", "minor", "classified")
    assert (found.blamed, [operand for operand, _ in found.slack]) == ((), [count])


def test_an_alternative_that_fails_or_misses_an_operand_explains_nothing() -> None:
    for other in (total(fig("7")), total(None)):
        found = evaluate(equal("Σ", fig("9.00"), total(fig("4.00")), Alternative("no", other)))
        assert (found.result, found.severity, found.explanation) == ("fail", "error", None)
        assert found.blamed is None


def test_an_alternative_is_not_asked_where_the_identity_holds() -> None:
    found = evaluate(equal("Σ", fig("4.00"), total(fig("4.00")), Alternative("no", total(fig("4.00")))))
    assert (found.result, found.explanation, found.severity) == ("pass", None, None)
