"""Blame: which figure is named first, and what a failing identity says in words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from recount.pipeline.document import Token
from recount.pipeline.verify import Verified, verify
from recount.pipeline.verify.blame import Misreading, misreading_into, most_suspect
from recount.schemas.figures import Figure, Kind, Ref
from recount.schemas.final_accounts.narrative import (
    BasicExpenditure,
    BudgetItem,
    Change,
    ClassAmount,
    GeneralPublicBudget,
    Income,
)
from recount.schemas.final_accounts.performance import FundRow, ProjectEvaluation
from recount.schemas.final_accounts.report import Report
from recount.schemas.final_accounts.statements import NamedAmount

D = Decimal


class Page:
    """Numbers printed one after the other; calling it prints one and gives a reference to it."""

    def __init__(self) -> None:
        self.tokens: list[Token] = []

    def __call__(self, shown: str, head: str | None = "万元", unit: str | None = None) -> Ref:
        value = D(shown)
        exponent = value.as_tuple().exponent
        assert isinstance(exponent, int)
        box = (0.0, 20.0 * len(self.tokens), 10.0, 20.0 * len(self.tokens) + 10)
        self.tokens.append(Token(len(self.tokens), shown, value, -exponent, unit, 1, box, head=head))
        return Ref(len(self.tokens) - 1)

    def verify(self, **sections: Any) -> Verified:
        return verify(Report[Ref](**sections), self.tokens, "test")


def classes(page: Page, whole: str, *amounts: str) -> GeneralPublicBudget[Ref]:
    rows = tuple(ClassAmount[Ref](class_name=f"类{at}", amount=page(each)) for at, each in enumerate(amounts))
    return GeneralPublicBudget[Ref](total=page(whole), by_class=rows)


def words(found: Verified, rule: str) -> str | None:
    (check,) = [each for each in found.evaluations if each.result == "fail" and each.identity.rule.startswith(rule)]
    return check.explanation and str(check.explanation)


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
    named = {each.identity.rule: each.suspects for each in found.evaluations if each.result == "fail"}
    assert named["支出 = 各项之和"] == ("/general_public_budget/items/1/amount",)
    roots = [each.root for each in found.evaluations if each.result == "fail"]
    assert roots == ["/general_public_budget/items/1/amount"] * 2
    assert not any(each.suspects for each in found.evaluations if each.result == "pass")


def test_a_row_that_is_missing_takes_the_other_columns_of_its_list_with_it() -> None:
    page = Page()
    rows = tuple(
        ClassAmount[Ref](class_name=name, amount=page(amount), percent=page(rate))
        for name, amount, rate in (("甲", "40.17", "46.17"), ("乙", "12.93", "14.86"))
    )
    found = page.verify(general_public_budget=GeneralPublicBudget[Ref](total=page("87.00"), by_class=rows))
    assert "verified" not in {found.statuses[p] for p in found.figures if "by_class" in p}


def test_a_list_that_may_have_lost_a_row_confirms_nothing() -> None:
    """Each row agrees with its own rate, so that only the total would be to blame; but all may have shifted."""
    for whole, status in (("71.00", "verified"), ("93.00", "grounded")):
        page = Page()
        items = tuple(
            BudgetItem[Ref](amount=page(amount), change=Change[Ref](amount=page(change), percent=page(rate)))
            for amount, change, rate in (("30.00", "10.00", "50.00"), ("41.00", "1.00", "2.50"))
        )
        found = page.verify(general_public_budget=GeneralPublicBudget[Ref](total=page(whole), items=items))
        changes = [f"/general_public_budget/items/{at}/change/amount" for at in range(2)]
        assert [found.statuses[pointer] for pointer in changes] == [status] * 2


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
    ("printed", "wanted", "expected"),
    [
        ("5.00", "-5.00", Misreading.SIGN),
        ("195506.00", "1955.06", Misreading.SCALE),
        ("1955.06", "1595.06", Misreading.EXCHANGED),
        ("1955.06", "1956.06", Misreading.DIGIT),
        ("1955.06", "195.06", Misreading.LENGTH),
        ("25", "2550.64", Misreading.CUT),  # S for 5: what follows was no digit
        ("1955.06", "777.77", None),
    ],
)
def test_the_misreading_of_one_number_as_another(printed: str, wanted: str, expected: Misreading | None) -> None:
    figure = Figure("/x", D(printed), D("0.01") if "." in printed else D(1), Kind.MONEY, 0)
    found = misreading_into(figure, (D(wanted), D(wanted)))
    assert (found[0] if found else None) == expected


def test_a_table_that_is_off_by_a_power_of_ten_is_blamed_as_a_whole() -> None:
    page = Page()
    income = Income[Ref](total=page("87.00", unit="万元"))
    lines = tuple(NamedAmount[Ref](name=n, amount=page(a, "元")) for n, a in (("甲", "80.25"), ("乙", "6.75")))
    statement = {"income": lines, "income_current_year": page("87.00", "元")}
    found = page.verify(
        income_expenditure={"income_current_year": Ref(0)}, income=income, statements={"income_expenditure": statement}
    )
    assert dict(found.off_scale) == {"/statements/income_expenditure": 4}
    first = most_suspect(found.suspects)[0]
    assert first.figure.pointer.startswith("/statements/income_expenditure/")
    (says,) = {str(each.explanation) for each in found.evaluations if each.result == "fail"}
    assert says == "most likely the unit of 收入支出决算总表: all its amounts are off by a power of ten"
    for each in found.evaluations:
        assert all(pointer.startswith("/statements/income_expenditure/") for pointer in each.suspects)
        assert bool(each.suspects) == (each.result == "fail")


def test_two_figures_that_were_exchanged_are_named_first() -> None:
    page = Page()
    refs = [page(each) for each in ("10.00", "20.00", "30.00", "40.00")]
    refs[1], refs[3] = refs[3], refs[1]
    whole = page("100.00")
    names = ("甲", "甲", "乙", "乙")
    items = [
        BudgetItem[Ref](class_name=n, item_name=f"{at}", amount=r)
        for at, (n, r) in enumerate(zip(names, refs, strict=True))
    ]
    by_class = (
        ClassAmount[Ref](class_name="甲", amount=page("30.00")),
        ClassAmount[Ref](class_name="乙", amount=page("70.00")),
    )
    found = page.verify(
        general_public_budget=GeneralPublicBudget[Ref](total=whole, by_class=by_class, items=tuple(items))
    )
    first, second, *_ = most_suspect(found.suspects)
    assert {first.figure.pointer, second.figure.pointer} == {
        f"/general_public_budget/items/{at}/amount" for at in (1, 3)
    }


def test_a_row_that_has_lost_its_number_is_no_missing_row() -> None:
    """It is there; what it says was not read, and the sum without it says nothing of the source."""
    page = Page()
    rows = (*classes(page, "87.00", "40.17", "12.93").by_class, ClassAmount[Ref](class_name="丙"))
    found = page.verify(general_public_budget=GeneralPublicBudget[Ref](total=Ref(2), by_class=rows))
    [result] = [check.result for check in found.evaluations if check.identity.rule.startswith("支出 = 各类之和")]
    assert result == "not_applicable"


def test_a_figure_that_did_not_come_out_alike_is_named_first() -> None:
    """Of a scan, every part could be the wrong one; only the second was not read alike twice."""
    page = Page()
    basic = BasicExpenditure[Ref](total=page("30.00"), personnel=page("24.00"), public=page("5.00"))
    tokens = [replace(token, origin="ocr") for token in page.tokens]
    for odd in range(3):
        confirmed = frozenset(range(3)) - {odd}
        found = verify(Report[Ref](basic_expenditure=basic), tokens, "test", confirmed=confirmed)
        assert most_suspect(found.suspects)[0].figure.token == odd


def test_an_identity_that_holds_in_either_unit_speaks_for_neither() -> None:
    """The executed amount is so small that the sum over the projects holds without it: only the budget tells."""
    page = Page()
    tables = tuple(
        ProjectEvaluation[Ref](
            funds=(FundRow[Ref](source="年度资金总额", annual_budget=page(budget, head), executed=page(spent, head)),)
        )
        for budget, spent, head in (("900.0", "800.0", None), ("2.35", "0.04", "元"))
    )
    found = page.verify(
        performance={"project_budget": page("902.4"), "project_executed": page("800.0")}, project_evaluations=tables
    )
    assert dict(found.off_scale) == {"/project_evaluations/1": 4}
