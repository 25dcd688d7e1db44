"""Blame: which figure is named first, and what a failing identity says in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from recount.pipeline.document import Token
from recount.pipeline.verify import Verified, verify
from recount.pipeline.verify.blame import most_suspect
from recount.pipeline.verify.slips import Slip, slip_into
from recount.schemas.figures import Figure, Kind, Ref
from recount.schemas.final_accounts.common import BudgetItem, Change, ClassAmount
from recount.schemas.final_accounts.narrative import BasicExpenditure, GeneralPublicBudget, Income
from recount.schemas.final_accounts.report import Report
from recount.schemas.final_accounts.statements import NamedAmount

D = Decimal


class Page:
    """Numbers printed one after the other; calling it prints one and gives a reference to it."""

    def __init__(self) -> None:
        self.tokens: list[Token] = []

    def __call__(self, shown: str, head: str | None = None) -> Ref:
        value = D(shown)
        exponent = value.as_tuple().exponent
        assert isinstance(exponent, int)
        box = (0.0, 20.0 * len(self.tokens), 10.0, 20.0 * len(self.tokens) + 10)
        self.tokens.append(Token(len(self.tokens), shown, value, -exponent, None, 1, box, head=head))
        return Ref(len(self.tokens) - 1)

    def verify(self, **sections: Any) -> Verified:
        return verify(Report[Ref](**sections), self.tokens, "test")


def classes(page: Page, whole: str, *amounts: str) -> GeneralPublicBudget[Ref]:
    rows = tuple(ClassAmount[Ref](class_name=f"类{at}", amount=page(each)) for at, each in enumerate(amounts))
    return GeneralPublicBudget[Ref](total=page(whole), by_class=rows)


def words(found: Verified, rule: str) -> str | None:
    (check,) = [each for each in found.evaluations if each.result == "fail" and each.identity.rule.startswith(rule)]
    return check.explanation


@pytest.mark.parametrize(
    ("amounts", "says"),
    [
        (("40.17", "12.93"), "a row of about 33.90 is missing"),
        (("33.90", "33.90", "40.17", "12.93"), "a row of 33.90 is doubled"),
    ],
)
def test_a_sum_over_rows_speaks_of_a_row_before_it_speaks_of_a_figure(amounts: tuple[str, ...], says: str) -> None:
    page = Page()
    found = page.verify(general_public_budget=classes(page, "87.00", *amounts))
    assert (words(found, "支出 = 各类之和") or "").startswith(says)


def test_the_figure_that_another_of_its_row_would_mend_is_named_first() -> None:
    """The second item has taken its change for its amount."""
    page = Page()
    items = []
    for at, (amount, change, rate) in enumerate((("30.00", "10.00", "50.00"), ("41.00", "1.00", "2.50"))):
        amount_ref, change_ref, rate_ref = page(amount), page(change), page(rate)
        taken = change_ref if at else amount_ref
        items.append(
            BudgetItem[Ref](item_name=f"项{at}", amount=taken, change=Change[Ref](amount=change_ref, percent=rate_ref))
        )
    section = GeneralPublicBudget[Ref](total=page("71.00"), items=tuple(items))
    found = page.verify(general_public_budget=section)
    first = most_suspect(found.suspects)[0].figure.pointer
    assert first == "/general_public_budget/items/1/amount"
    assert (words(found, "支出 = 各项之和") or "").startswith("most likely 项1·支出决算 1.00")


def test_a_row_that_is_missing_takes_the_other_columns_of_its_list_with_it() -> None:
    page = Page()
    rows = tuple(
        ClassAmount[Ref](class_name=name, amount=page(amount), percent=page(rate))
        for name, amount, rate in (("甲", "40.17", "46.17"), ("乙", "12.93", "14.86"))
    )
    found = page.verify(general_public_budget=GeneralPublicBudget[Ref](total=page("87.00"), by_class=rows))
    assert "verified" not in {found.statuses[p] for p in found.figures if "by_class" in p}


def test_a_table_whose_unit_was_read_wrong_confirms_nothing_of_itself() -> None:
    """The narrative says 万元; the head of the table was taken for 元."""
    for head, status in (("万元", "verified"), ("元", "grounded")):
        page = Page()
        income = Income[Ref](total=page("87.00", "万元"))
        lines = tuple(NamedAmount[Ref](name=n, amount=page(a, head)) for n, a in (("甲", "80.25"), ("乙", "6.75")))
        statement = {"income": lines, "income_current_year": page("87.00", head)}
        found = page.verify(
            income_expenditure={"income_current_year": Ref(0)},
            income=income,
            statements={"income_expenditure": statement},
        )
        assert found.statuses["/statements/income_expenditure/income/0/amount"] == status


def test_what_holds_with_a_disputed_figure_confirms_nothing() -> None:
    page = Page()
    basic = BasicExpenditure[Ref](total=page("31.00"), personnel=page("25.00"), public=page("5.00"))
    found = page.verify(basic_expenditure=basic)
    assert set(found.statuses.values()) == {"disputed"}


@pytest.mark.parametrize(
    ("printed", "wanted", "slip"),
    [
        ("5.00", "-5.00", Slip.SIGN),
        ("195506.00", "1955.06", Slip.SCALE),
        ("1955.06", "1595.06", Slip.EXCHANGED),
        ("1955.06", "1956.06", Slip.DIGIT),
        ("1955.06", "195.06", Slip.LENGTH),
        ("1955.06", "777.77", None),
    ],
)
def test_the_slip_that_makes_one_number_of_another(printed: str, wanted: str, slip: Slip | None) -> None:
    figure = Figure("/x", D(printed), D("0.01"), Kind.MONEY, 0)
    found = slip_into(figure, (D(wanted), D(wanted)))
    assert (found[0] if found else None) == slip
