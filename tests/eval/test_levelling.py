"""Shares that a publisher levelled: one of them is moved, by a unit of its last place and no more."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from recount.eval.generator import Form, Options, draft
from recount.eval.generator.files import plain
from recount.eval.generator.money import level
from recount.schemas.figures import Figure
from recount.schemas.final_accounts.report import Report
from recount.tests.schemas.gold import failures, fill, identities


def decimals(*shown: str) -> list[Decimal]:
    return [Decimal(each) for each in shown]


@pytest.mark.parametrize(
    ("shown", "moved"),
    [
        (("33.33", "33.33", "33.33"), ("33.34", "33.33", "33.33")),
        (("30.00", "50.01", "20.00"), ("30.00", "50.00", "20.00")),
    ],
)
def test_the_largest_share_is_moved(shown: tuple[str, ...], moved: tuple[str, ...]) -> None:
    assert level(decimals(*shown), decimals(*shown)) == decimals(*moved)


def test_a_share_is_not_moved_two_units_from_what_its_printed_amounts_say() -> None:
    """40.565 % of the exact amounts was rounded down, of the printed ones up: another is moved."""
    exact, printed = decimals("40.56", "30.00", "29.45"), decimals("40.57", "30.00", "29.45")
    assert level(exact, printed) == decimals("40.56", "29.99", "29.45")


def test_where_no_share_can_be_moved_by_a_unit_all_stay() -> None:
    """99.99 is not moved two units from 99.98, and nothing has no share at all."""
    exact, printed = decimals("99.99", "0.00"), decimals("99.98", "0.00")
    assert level(exact, printed) == exact


@pytest.mark.parametrize("shown", [("33.00", "33.00", "33.00"), ("60.00", "40.00"), ("0.00", "0.00")])
def test_what_is_further_off_or_adds_up_already_stays(shown: tuple[str, ...]) -> None:
    shares = decimals(*shown)
    assert level(shares, shares) == shares


@pytest.mark.parametrize("form", [Form.X2022, Form.X2023, Form.S2024, Form.N])
def test_levelling_is_never_an_error(form: Form) -> None:
    """Seed 97 of the 2023 form has a class of which the exact amounts and the printed ones round otherwise."""
    for seed in (0, 1, 2, 97):
        gold, _ = draft(form, seed, options=Options(projects=1, level=True))
        report = fill(Report[Figure], json.loads(json.dumps(plain(gold)), parse_float=Decimal, parse_int=Decimal))
        shares = [each for each in failures(identities(report)) if each.identity.shares]
        assert [(seed, each.identity.rule) for each in shares if each.severity == "error"] == []
