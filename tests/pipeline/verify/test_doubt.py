"""Doubt: amounts without a unit, tables off by a power of ten, reports that contradict themselves."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from recount.pipeline.document import Token
from recount.pipeline.verify import Verified, verify
from recount.pipeline.verify.doubt import many_fail
from recount.schemas.family import AS_PRINTED
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.narrative import Income, IncomeExpenditure
from recount.schemas.final_accounts.performance import FundRow, ProjectEvaluation
from recount.schemas.final_accounts.report import Report
from recount.schemas.final_accounts.statements import NamedAmount


class Page:
    """Numbers printed one below the other; calling it prints one and gives a reference to it."""

    def __init__(self) -> None:
        self.tokens: list[Token] = []

    def __call__(self, shown: str, unit: str | None = "万元", head: str | None = None) -> Ref:
        value, index = Decimal(shown), len(self.tokens)
        exponent = value.as_tuple().exponent
        assert isinstance(exponent, int)
        box = (0.0, 20.0 * index, 10.0, 20.0 * index + 10)
        self.tokens.append(Token(index, shown, value, -exponent, unit, 1, box, head=head))
        return Ref(index)

    def table(self, total: str, *parts: str, head: str | None) -> dict[str, Any]:
        """收入支出决算总表: the amounts of the income side, and what they add up to."""
        lines = tuple(NamedAmount[Ref](name=f"{part}类", amount=self(part, None, head)) for part in parts)
        return {"income_expenditure": {"income": lines, "income_current_year": self(total, None, head)}}

    def verify(self, **sections: Any) -> Verified:
        return verify(Report[Ref](**sections), self.tokens, "test")


def judged(
    head: str | None, *parts: str, total: str, said: str | None, unit: str = "万元"
) -> tuple[Verified, set[str]]:
    """A table of a head's unit, and what a sentence says of its total; the statuses of the table's figures."""
    page = Page()
    narrative = (
        {} if said is None else {"income_expenditure": IncomeExpenditure[Ref](income_current_year=page(said, unit))}
    )
    found = page.verify(**narrative, statements=page.table(total, *parts, head=head))
    return found, {status.value for pointer, status in found.statuses.items() if "/statements/" in pointer}


def test_of_amounts_that_are_taken_as_they_are_printed_no_unit_is_wanted() -> None:
    for name, unitless in ((AS_PRINTED, 0), ("USD", 3)):
        page = Page()
        table = page.table("87.00", "80.25", "6.75", head=None)
        page.tokens = [replace(token, into=(name, 0)) for token in page.tokens]
        assert len(page.verify(statements=table).unitless) == unitless


def test_amounts_of_a_known_unit_are_verified_by_their_own_sum() -> None:
    found, table = judged("万元", "80.25", "6.75", total="87.00", said=None)
    assert (table, found.unitless, found.remarks) == ({"verified"}, frozenset(), ())


def test_a_table_that_prints_no_unit_has_nothing_verified() -> None:
    found, table = judged(None, "80.25", "6.75", total="87.00", said=None)
    assert table == {"grounded"}
    assert len(found.unitless) == 3
    [remark] = found.remarks
    assert (remark.kind, remark.page, remark.box) == ("unit", 1, None)
    assert "收入支出决算总表" in str(remark.words)


def test_a_sum_ties_a_table_without_a_unit_to_amounts_of_a_known_one() -> None:
    found, table = judged(None, "80.25", "6.75", total="87.00", said="87.00")
    assert (table, found.unitless, found.remarks) == ({"verified"}, frozenset(), ())


def test_nothing_is_no_tie() -> None:
    """0.00 is 0.00 in any unit."""
    found, table = judged(None, "80.25", "-80.25", total="0.00", said="0.00")
    assert table == {"grounded"}
    assert found.unitless


@pytest.mark.parametrize("power", [1, -1, 2, 3, 4, -4, 6])
@pytest.mark.parametrize("head", ["万元", None])
def test_where_a_table_and_a_sentence_differ_by_a_power_of_ten_neither_is_verified(
    power: int, head: str | None
) -> None:
    said = f"{Decimal('8700.00').scaleb(power):.2f}"
    found, table = judged(head, "8025.00", "675.00", total="8700.00", said=said)
    assert "verified" not in set(found.statuses.values())
    assert table & {"grounded", "disputed"} == table
    assert bool(found.off_scale) is (abs(power) == 4)  # else a misprinted figure may be all


def test_a_table_that_only_a_doubtful_one_ties_to_the_rest_is_in_doubt_as_well() -> None:
    """The units of two tables were changed alike: they agree with one another, and only one with the sentence not."""
    for said, status in (("87.00", "verified"), ("870000.00", "grounded")):
        page = Page()
        section = IncomeExpenditure[Ref](income_current_year=page(said))
        overall = page.table("87.00", "80.25", "6.75", head="万元")
        rows = tuple(
            {"code": code, "name": name, "total": page(amount, None, "万元")}
            for code, name, amount in ((None, "合计", "87.00"), ("208", "甲", "80.25"), ("210", "乙", "6.75"))
        )
        found = page.verify(income_expenditure=section, statements={**overall, "income": {"rows": rows}})
        inner = {found.statuses[f"/statements/income/rows/{at}/total"].value for at in (1, 2)}
        assert inner == {status}


def test_one_misprinted_figure_of_a_table_that_is_tied_elsewhere_is_no_other_unit() -> None:
    page = Page()
    section = IncomeExpenditure[Ref](income_total=page("870.00"), income_current_year=page("87.00"))
    table = page.table("87.00", "80.25", "6.75", head="万元")
    table["income_expenditure"]["income_total"] = page("87.00", None, "万元")
    found = page.verify(income_expenditure=section, statements=table)
    assert not found.off_scale
    assert found.statuses["/statements/income_expenditure/income/0/amount"].value == "verified"


@pytest.mark.parametrize(("table", "kept"), [("87.00", True), ("870000.00", False), ("870.00", False)])
def test_the_section_that_a_table_contradicts_by_a_power_of_ten_is_not_verified_by_its_own_sum(
    table: str, kept: bool
) -> None:
    page = Page()
    section = IncomeExpenditure[Ref](
        income_total=page("90.00"),
        income_current_year=page("87.00"),
        nonfiscal_surplus_used=page("1.00"),
        opening_carryover=page("2.00"),
    )
    found = page.verify(income_expenditure=section, statements=page.table(table, table, head="万元"))
    said = {pointer for pointer in found.statuses if pointer.startswith("/income_expenditure/")}
    assert {found.statuses[pointer].value == "verified" for pointer in said} == {kept}


def test_doubt_of_a_table_ends_at_those_that_sentences_tie() -> None:
    """It agrees with another table, and contradicts sentences twice; the other one agrees with a sentence."""
    page = Page()
    section = IncomeExpenditure[Ref](income_total=page("870001.00"), income_current_year=page("870000.00"))
    income = Income[Ref](total=page("87.00"))
    table = page.table("87.00", "80.25", "6.75", head="万元")
    table["income_expenditure"]["income_total"] = page("87.0001", None, "万元")
    rows = tuple(
        {"code": code, "name": name, "total": page(amount, None, "万元")}
        for code, name, amount in ((None, "合计", "87.00"), ("208", "甲", "80.25"), ("210", "乙", "6.75"))
    )
    found = page.verify(income_expenditure=section, income=income, statements={**table, "income": {"rows": rows}})
    assert dict(found.off_scale) == {"/statements/income_expenditure": 4}
    assert found.statuses["/statements/income_expenditure/income/1/amount"].value != "verified"
    assert found.statuses["/statements/income/rows/1/total"].value == "verified"


def prints(wrong: int) -> Verified:
    """Two sentences that print 本年收入合计, and a table with as many sums that fail as asked for."""
    page = Page()
    section, income = IncomeExpenditure[Ref](income_current_year=page("87.00")), Income[Ref](total=page("87.00"))
    rows = tuple(
        {"code": f"20{at + 1}{below}", "name": f"{at}{below}项", "total": page(amount, None, "万元")}
        for at in range(wrong)
        for below, amount in (("", "5.00"), ("01", "4.00"))
    )
    return page.verify(income_expenditure=section, income=income, statements={"income": {"rows": rows}})


@pytest.mark.parametrize("wrong", [0, 1, 2, 3, 4])
def test_where_many_identities_fail_two_equal_prints_confirm_nothing(wrong: int) -> None:
    found = prints(wrong)
    assert sum(evaluation.result == "fail" for evaluation in found.evaluations) == wrong
    assert (found.statuses["/income/total"].value == "verified") is (wrong < 3)
    assert bool(many_fail(found.evaluations)) is (wrong >= 3)
    said = [(remark.page, remark.box) for remark in found.remarks if remark.kind == "many identities fail"]
    assert said == ([(1, None)] if wrong >= 3 else [])


def test_few_failures_among_many_identities_are_slips() -> None:
    evaluations = prints(3).evaluations
    passing = [evaluation for evaluation in evaluations if evaluation.result == "pass"]
    assert many_fail(evaluations) == (3, 3 + len(passing))
    assert many_fail([*evaluations, *passing * 60]) is None


@pytest.mark.parametrize(
    ("name", "origin", "status", "said"),
    [(None, "ocr", "grounded", ["no name"]), ("维修", "ocr", "verified", []), (None, "text", "verified", [])],
)
def test_a_scanned_table_without_the_cell_that_names_it_is_open(
    name: str | None, origin: Any, status: str, said: list[str]
) -> None:
    page = Page()
    funds = (
        FundRow[Ref](source="年度资金总额", annual_budget=page("17.25")),
        FundRow[Ref](source="其中：财政拨款", annual_budget=page("13.70")),
        FundRow[Ref](source="其他资金", annual_budget=page("3.55")),
    )
    tokens = [replace(token, origin=origin) for token in page.tokens]
    report = Report[Ref](project_evaluations=(ProjectEvaluation[Ref](name=name, funds=funds),))
    found = verify(report, tokens, "test", confirmed=set(range(len(tokens))))
    assert {one.value for one in found.statuses.values()} == {status}
    assert [remark.kind for remark in found.remarks] == said


@pytest.mark.parametrize(
    ("source", "origin", "opened"),
    [("其也货釜", "ocr", 1), (None, "ocr", 1), ("其他资釜", "ocr", 0), ("其也货釜", "text", 0)],
)
def test_the_figures_of_a_scanned_row_whose_name_is_none_are_open(source: str | None, origin: Any, opened: int) -> None:
    page = Page()
    funds = (
        FundRow[Ref](source="年度资金总额", annual_budget=page("17.25")),
        FundRow[Ref](source="其中：财政拨款", annual_budget=page("13.70")),
        FundRow[Ref](source=source, annual_budget=page("3.55")),
    )
    tokens = [replace(token, origin=origin) for token in page.tokens]
    report = Report[Ref](project_evaluations=(ProjectEvaluation[Ref](name="维修", funds=funds),))
    found = verify(report, tokens, "test", confirmed=set(range(len(tokens))))
    assert [one.value for one in found.statuses.values()] == ["verified"] * (3 - opened) + ["grounded"] * opened
    assert [remark.kind for remark in found.remarks] == ["no name"] * opened
