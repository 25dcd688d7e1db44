"""Ground, recount, blame: from references to figures with a status."""

from __future__ import annotations

from functools import cache

import pytest

from recount.pipeline.map.final_accounts import narrative
from recount.pipeline.map.final_accounts.mapper import NAME, map_report
from recount.pipeline.read import read_pdf
from recount.pipeline.split import split
from recount.pipeline.verify import Verified, verify
from recount.schemas.arithmetic import Evaluation
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.family import FINAL_ACCOUNTS
from recount.schemas.final_accounts.narrative import BasicExpenditure, Income, IncomeExpenditure, Portion
from recount.schemas.final_accounts.performance import FundRow, Indicator, ProjectEvaluation
from recount.schemas.final_accounts.report import Report
from recount.tests.pipeline.helpers import Sheet, reader_of
from recount.tests.samples import SAMPLES
from recount.tests.schemas.moves import moved
from recount.tests.twins import TWINS, file_of


def verified(text: str, wrong: dict[str, int] | None = None) -> Verified:
    """六 as read; wrong: fields that point at another token."""
    sheet = Sheet()
    section = reader_of("basic_expenditure")(sheet.passage(text))
    section = section.model_copy(update={key: Ref(token) for key, token in (wrong or {}).items()})
    return verify(Report[Ref](basic_expenditure=section), sheet.tokens, NAME)


TEXT = "基本支出30.00万元，其中：人员经费25.00万元；公用经费5.00万元。上年27.00万元，增长11%。"


def statuses(found: Verified) -> dict[str, str]:
    return {pointer.rpartition("/")[2]: status.value for pointer, status in found.statuses.items()}


def test_figures_that_add_up_are_verified() -> None:
    found = verified(TEXT)
    assert statuses(found) == {"total": "verified", "personnel": "verified", "public": "verified"}
    assert list(found.figures) == [f"/basic_expenditure/{key}" for key in ("total", "personnel", "public")]
    assert [each.result for each in found.evaluations if each.operands] == ["pass"]


def test_a_figure_from_the_wrong_place_is_disputed_never_verified() -> None:
    assert "verified" not in statuses(verified(TEXT, {"total": 3})).values()


def test_a_figure_of_another_unit_is_refused_and_its_identity_not_applicable() -> None:
    found = verified(TEXT, {"total": 4})
    assert found.report.basic_expenditure.total is None
    assert statuses(found) == {"personnel": "grounded", "public": "grounded"}
    assert [(each.pointer, each.proposed) for each in found.rejected] == [("/basic_expenditure/total", "11")]
    assert {each.result for each in found.evaluations} == {"not_applicable"}


def test_a_printed_error_stays_as_printed() -> None:
    found = verified(TEXT.replace("30.00", "31.00"))
    assert str(found.report.basic_expenditure.total.value) == "31.00"
    assert set(statuses(found).values()) == {"disputed"}
    (failed,) = [each for each in found.evaluations if each.result == "fail"]
    assert (failed.severity, str(failed.residual)) == ("error", "1.00")


def test_one_number_for_both_totals_does_not_confirm_itself() -> None:
    sheet = Sheet()
    section = reader_of("income_expenditure")(sheet.passage("2022年度收、支总计均为45.00万元。"))
    found = verify(Report[Ref](income_expenditure=section), sheet.tokens, NAME)
    assert statuses(found) == {"income_total": "grounded", "expenditure_total": "grounded"}


def test_one_number_for_both_totals_is_verified_by_what_adds_up_to_it() -> None:
    sheet = Sheet()
    sheet.passage("45.00万元、40.00万元、0.00万元、5.00万元")
    section = IncomeExpenditure[Ref](
        income_total=Ref(0),
        expenditure_total=Ref(0),
        income_current_year=Ref(1),
        nonfiscal_surplus_used=Ref(2),
        opening_carryover=Ref(3),
    )
    found = statuses(verify(Report[Ref](income_expenditure=section), sheet.tokens, NAME))
    assert found["income_total"] == "verified"
    assert found["income_current_year"] == "verified"


def test_an_items_final_accounts_figure_does_not_confirm_the_amount_that_it_is() -> None:
    sheet = Sheet()
    passage = sheet.passage("1.教育支出（类）进修及培训（款）培训支出（项）。年初预算为5.00万元，支出决算为4.10万元。")
    section, _ = narrative.general_public_budget(sheet.passage(), sheet.passage(), passage)
    found = verify(Report[Ref](general_public_budget=section), sheet.tokens, NAME)
    item = found.report.general_public_budget.items[0]
    assert item.amount.token == item.budget.final.token
    assert "verified" not in statuses(found).values()


def test_a_total_that_leaves_out_the_funds_disputes_the_total_alone() -> None:
    sheet = Sheet()
    sheet.passage("分值10 得分10 甲45 得45 乙45 得45 总分值100 总分90")
    points = [Ref(each.index) for each in sheet.tokens]
    table = ProjectEvaluation[Ref](
        funds=(FundRow[Ref](source="年度资金总额", weight=points[0], score=points[1]),),
        indicators=tuple(Indicator[Ref](weight=points[at], score=points[at + 1]) for at in (2, 4)),
        total_weight=points[6],
        total_score=points[7],
    )
    found = verify(Report[Ref](project_evaluations=(table,)), sheet.tokens, NAME)
    disputed = {pointer for pointer, status in found.statuses.items() if status == "disputed"}
    assert disputed == {"/project_evaluations/0/total_score"}


def test_an_identity_that_holds_with_a_disputed_figure_confirms_nothing() -> None:
    """Two sections that add up and contradict each other: neither says of the rest of itself that it is right."""
    sheet = Sheet()
    sheet.passage("45.00万元、41.00万元、0.00万元、4.00万元、40.00万元、30.00万元、10.00万元")
    totals = ("income_total", "income_current_year", "nonfiscal_surplus_used", "opening_carryover")
    whole = IncomeExpenditure[Ref](**{key: Ref(token) for token, key in enumerate(totals)})
    fiscal, other = Portion[Ref](amount=Ref(5)), Portion[Ref](amount=Ref(6))
    income = Income[Ref](total=Ref(4), fiscal_appropriation=fiscal, other=other)
    found = verify(Report[Ref](income_expenditure=whole, income=income), sheet.tokens, NAME)
    (failed,) = [each for each in found.evaluations if each.result == "fail"]
    disputed = {"/income_expenditure/income_current_year", "/income/total"}
    assert {operand.pointer for operand in failed.operands} == disputed
    assert {p for p, status in found.statuses.items() if status == "disputed"} == disputed
    assert {status for p, status in found.statuses.items() if p not in disputed} == {"grounded"}
    agreeing = verify(Report[Ref](income_expenditure=whole), sheet.tokens, NAME)
    assert agreeing.statuses["/income_expenditure/income_total"] == "verified"


def test_a_figure_that_nothing_speaks_for_is_confirmed_by_no_identity() -> None:
    """It adds up with the others, which are verified; so would it have, had it been put in for that."""
    sheet = Sheet()
    section = reader_of("basic_expenditure")(sheet.passage(TEXT))
    report = Report[Ref](basic_expenditure=section)
    found = verify(report, sheet.tokens, NAME, unsure={"/basic_expenditure/personnel"})
    assert statuses(found) == {"total": "verified", "personnel": "grounded", "public": "verified"}


def test_nothing_mapped_is_nothing_verified() -> None:
    found = verify(Report[Ref](), [], NAME)
    assert (found.figures, found.statuses, found.rejected) == ({}, {}, ())
    assert all(each.result != "pass" for each in found.evaluations)


def test_the_mapper_is_told() -> None:
    found = verify(Report[Ref](basic_expenditure=BasicExpenditure[Ref](total=Ref(9))), [], "model:x")
    assert (found.mapper, found.rejected[0].mapper) == ("model:x", "model:x")


# --- whole reports: what "verified" promises (docs/contract/result.md)


@cache
def whole(name: str) -> Verified:
    document = split(read_pdf(file_of(name)), FINAL_ACCOUNTS)
    return verify(map_report(document).report, document.tokens, NAME)


def confirming(found: Verified) -> dict[int, list[Evaluation]]:
    """By token, the evaluations that speak for a figure."""
    by_token: dict[int, list[Evaluation]] = {}
    for each in found.evaluations:
        for token in {operand.token for operand, _, _ in each.held}:
            by_token.setdefault(token, []).append(each)
    return by_token


def holds(before: Evaluation, after: Evaluation) -> bool:
    """Whether a reader would see no difference."""
    return after.result == before.result and (after.result == "pass" or after.explanation is not None)


@pytest.mark.parametrize("name", [*TWINS, *SAMPLES])
def test_another_figure_of_the_report_in_the_place_of_a_verified_one_breaks_an_identity(name: str) -> None:
    """What goes wrong on a digital page is that another figure is taken."""
    found = whole(name)
    speaking = confirming(found)
    values = sorted({figure.value for figure in found.figures.values()})
    unseen = []
    for at, (pointer, figure) in enumerate(found.figures.items()):
        if found.statuses[pointer] != "verified":
            continue
        least = max(10 * figure.quantum, abs(figure.value) / 100)
        others = [value for value in values if abs(value - figure.value) > least]
        for step in range(4):
            other = others[(at * 7 + step * 53) % len(others)]
            if all(holds(each, moved(each.identity, figure, other - figure.value)) for each in speaking[figure.token]):
                unseen.append((pointer, figure.value, other))
    assert unseen == []


@pytest.mark.parametrize("name", [*TWINS, *SAMPLES])
def test_a_verified_figure_is_confirmed_by_another_place_or_by_a_count(name: str) -> None:
    found = whole(name)
    speaking = confirming(found)
    for pointer, status in found.statuses.items():
        if status == "verified":
            token = found.figures[pointer].token
            others = [{operand.token for operand in each.operands} - {token} for each in speaking[token]]
            counted = [getattr(each.identity.computed, "constant", None) is not None for each in speaking[token]]
            assert any(others) or any(counted), pointer
