"""The evidence of the words: whether those beside a figure speak for the field that it was put in."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from recount.pipeline.model.answer.evidence import Evidence, evidence_of, falls, stands_by, subject_in
from recount.pipeline.model.ask.shown import Place
from recount.schemas.common.parts import Change, Comparison, Portion
from recount.schemas.common.rows import FundSplit
from recount.schemas.describe import Step
from recount.schemas.figures import Model, Ref
from recount.schemas.final_accounts.narrative import (
    BudgetItem,
    FiscalAppropriation,
    FundBudget,
    GeneralPublicBudget,
    Income,
    IncomeExpenditure,
    ThreePublic,
    ThreePublicItem,
)
from recount.schemas.final_accounts.sections import Procurement
from recount.schemas.final_accounts.statements import IncomeRow

INCOME = "本年收入▮万元,其中:财政拨款收入▮万元,占▮,其他收入"


def said(trail: Sequence[tuple[type[Model], str]], before: str, row: str = "", heads: str = "") -> Evidence:
    return evidence_of(tuple(Step(*step) for step in trail), Place(before, row, heads))


@pytest.mark.parametrize(
    ("field", "found"),
    [("other", Evidence.FOR), ("institutional", Evidence.AGAINST), ("fiscal_appropriation", Evidence.AGAINST)],
)
def test_the_subject_named_last_decides(field: str, found: Evidence) -> None:
    assert said(((Income[Ref], field), (Portion[Ref], "amount")), INCOME) is found


def test_a_total_is_told_from_its_parts() -> None:
    assert said(((Income[Ref], "total"),), "2022年度本年收入") is Evidence.FOR
    assert said(((Income[Ref], "total"),), INCOME) is Evidence.AGAINST


def test_words_that_name_nothing_speak_for_nothing() -> None:
    assert said(((Income[Ref], "other"), (Portion[Ref], "amount")), "合计为") is Evidence.SILENT


def test_an_increase_is_a_change_and_nothing_else() -> None:
    before = "收入总计▮万元。收入总计与上年相比,增加"
    assert said(((IncomeExpenditure[Ref], "income_change"), (Change[Ref], "amount")), before) is Evidence.FOR
    assert said(((IncomeExpenditure[Ref], "income_total"),), before) is Evidence.AGAINST


def test_one_sentence_for_both_sides_speaks_for_both() -> None:
    for field in ("income_total", "expenditure_total"):
        assert said(((IncomeExpenditure[Ref], field),), "2022年度收、支总计均为") is Evidence.FOR


@pytest.mark.parametrize(
    ("field", "before", "found"),
    [
        ("budget", "支出年初预算为", Evidence.FOR),
        ("final", "支出年初预算为", Evidence.AGAINST),
        ("final", "支出年初预算为▮万元,支出决算为", Evidence.FOR),
        ("budget", "支出年初预算为▮万元,支出决算为", Evidence.AGAINST),
        ("completion_percent", "支出决算为▮万元,完成年初预算的", Evidence.FOR),
        ("variance_percent", "决算数▮万元,预决算差异率", Evidence.FOR),
    ],
)
def test_the_words_before_a_figure_say_what_of_a_comparison_it_is(field: str, before: str, found: Evidence) -> None:
    assert said(((GeneralPublicBudget[Ref], "budget"), (Comparison[Ref], field)), before) is found


def test_the_change_of_the_whole_is_told_from_those_of_its_parts() -> None:
    """与上年相比 names nothing by itself: no title at all is like no other."""
    whole = '"三公"经费支出决算▮万元,比上年减少'
    part = f"{whole}▮万元。其中:因公出国(境)费支出▮万元,比上年减少"
    change = ((ThreePublic[Ref], "change"), (Change[Ref], "amount"))
    of_a_part = ((ThreePublic[Ref], "overseas"), (ThreePublicItem[Ref], "change"), (Change[Ref], "amount"))
    assert [said(change, each) for each in (whole, part)] == [Evidence.FOR, Evidence.AGAINST]
    assert [said(of_a_part, each) for each in (whole, part)] == [Evidence.AGAINST, Evidence.FOR]


@pytest.mark.parametrize(
    ("before", "of_the_change", "of_the_budget"),
    [
        ("一般公共预算支出▮万元,比上年增加▮万元,增长", Evidence.FOR, Evidence.AGAINST),
        ("支出决算▮万元,决算数比预算数增加▮万元,增长", Evidence.AGAINST, Evidence.FOR),
        ("支出比预算数增长▮,比▮年增长", Evidence.FOR, Evidence.AGAINST),
        ("支出增长", Evidence.FOR, Evidence.FOR),
    ],
)
def test_growth_is_of_what_the_sentence_compares_with(
    before: str, of_the_change: Evidence, of_the_budget: Evidence
) -> None:
    assert said(((GeneralPublicBudget[Ref], "change"), (Change[Ref], "percent")), before) is of_the_change
    assert said(((GeneralPublicBudget[Ref], "budget"), (Comparison[Ref], "variance_percent")), before) is of_the_budget


def test_a_budget_is_not_the_amount_that_it_is_compared_with() -> None:
    """A model took the budget for the amount, one cent away: rounding allowed it, and only the words told."""
    assert said(((ThreePublic[Ref], "total"),), '与全年预算相比,"三公"经费支出全年预算数') is Evidence.AGAINST
    assert said(((ThreePublic[Ref], "total"),), '"三公"经费支出决算') is Evidence.FOR
    budget = ((ThreePublic[Ref], "budget"), (Comparison[Ref], "budget"))
    assert said(budget, '与全年预算相比,"三公"经费支出全年预算数') is Evidence.FOR


def test_a_table_is_read_by_the_head_of_its_column() -> None:
    assert said(((IncomeRow[Ref], "other"),), "", row="教育支出", heads="其他收入") is Evidence.FOR
    assert said(((IncomeRow[Ref], "business"),), "", row="教育支出", heads="其他收入") is Evidence.AGAINST
    assert said(((FundSplit[Ref], "funds"),), "", row="合计", heads="政府性基金预算财政拨款") is Evidence.FOR


@pytest.mark.parametrize(
    ("before", "down"),
    [
        ("与上年相比,减少", True),
        ("与上年相比,下降了", True),
        ("与上年相比,增长", False),
        ("主要原因是减少支出,本年支出", None),
        ("减少▮万元,占", None),
        ("比上年多了", False),
        ("比上年少支出", True),
        ("较上年节约", True),
        ("较年初预算压减", True),
        ("增幅较上年回落", True),
        ("多数单位", None),
    ],
)
def test_directions_are_read_right_before_the_figure(before: str, down: bool | None) -> None:
    assert falls(Place(before)) is down


def test_a_title_says_what_a_figure_is_of() -> None:
    assert subject_in("收入总计与上年相比") == "收入总计"
    assert subject_in("占本年支出合计的比例") == "占本年支出合计"
    assert subject_in("因公出国（境）费") == "因公出国境费"
    assert subject_in("金额") == ""


def test_what_a_share_is_of_is_not_what_it_is_the_share_of() -> None:
    before = "公务接待费支出▮万元,占三公经费支出的"
    assert said(((ThreePublic[Ref], "reception"), (ThreePublicItem[Ref], "percent")), before) is Evidence.FOR
    assert said(((ThreePublic[Ref], "overseas"), (ThreePublicItem[Ref], "percent")), before) is Evidence.AGAINST


@pytest.mark.parametrize(
    ("field", "unit", "found"),
    [
        ("reception_visits", "人次", Evidence.FOR),
        ("reception_batches", "人次", Evidence.AGAINST),
        ("reception_batches", "批次", Evidence.FOR),
        ("overseas_visits", "批次", Evidence.AGAINST),
    ],
)
def test_what_is_counted_decides_between_counts(field: str, unit: str, found: Evidence) -> None:
    place = Place("国内公务接待费▮万元。全年共安排国内公务接待▮批次、", unit=unit)
    assert evidence_of((Step(ThreePublic[Ref], field),), place) is found


def test_two_that_are_named_together_are_both_meant() -> None:
    for field in ("income_total", "expenditure_total"):
        assert said(((IncomeExpenditure[Ref], field),), "2022年度收入总计、支出总计均为") is Evidence.FOR
    assert said(((IncomeExpenditure[Ref], "income_total"),), "2022年度收入总计、支出总计为") is Evidence.AGAINST


def test_a_comparison_of_an_amount_by_another_name_is_not_spoken_against() -> None:
    before = "政府性基金预算财政拨款支出年初预算为"
    assert said(((FundBudget[Ref], "expenditure_budget"), (Comparison[Ref], "budget")), before) is Evidence.SILENT
    assert said(((FundBudget[Ref], "expenditure_change"), (Change[Ref], "amount")), before) is Evidence.AGAINST


def test_a_share_of_something_else_than_its_title_says_is_not_a_fields() -> None:
    trail = ((Procurement[Ref], "micro_percent"),)
    assert said(trail, "授予小微企业合同金额▮万元，占授予中小企业合同金额的") is Evidence.AGAINST
    assert said(trail, "授予小微企业合同金额▮万元，占政府采购支出总额的") is not Evidence.AGAINST


def test_figures_stand_by_each_other_in_one_paragraph_or_one_line() -> None:
    assert stands_by(Place("甲▮万元,占"), Place("甲"))
    assert not stands_by(Place("甲▮万元。\n占"), Place("甲"))
    assert not stands_by(Place("甲▮万元。占"), Place("甲"), "。\n")
    assert stands_by(Place("", grid=0, line=2), Place("", grid=0, line=2))
    assert not stands_by(Place("", grid=0, line=2), Place("", grid=0, line=3))


@pytest.mark.parametrize(
    ("field", "before", "unit", "found"),
    [
        ("vehicles_bought", "购置公务用车", "辆", Evidence.FOR),
        ("vehicles_bought", "公务用车购置费▮万元,安排出国(境)团组", "个", Evidence.AGAINST),
        ("overseas_groups", "因公出国(境)团组", "辆", Evidence.AGAINST),
        ("reception_visits", "国内公务接待▮批次,单价▮万元以上设备", "台", Evidence.AGAINST),
        ("reception_batches", "全年共接待国内来访团组", "个", Evidence.FOR),  # by the second of two rules
        ("overseas_groups", "全年共接待国内来访团组", "个", Evidence.AGAINST),
        ("vehicles_owned", "2.公务用车保有情况\n年末公务用车保有量", "台", Evidence.FOR),
    ],
)
def test_a_unit_says_what_is_counted(field: str, before: str, unit: str, found: Evidence) -> None:
    assert evidence_of((Step(ThreePublic[Ref], field),), Place(before, unit=unit)) is found


@pytest.mark.parametrize(
    ("field", "before", "found"),
    [
        ("expenditure_current_year", "财政拨款本年收入▮万元,增加▮万元;本年支出", Evidence.FOR),
        ("income_current_year", "财政拨款本年收入▮万元,增加▮万元;本年支出", Evidence.AGAINST),
        ("expenditure_current_year", "财政拨款本年收入▮万元,增加▮万元;支出", Evidence.AGAINST),  # too short to tell
        ("closing_carryover", "年初财政拨款结转和结余▮万元;财政拨款结转和结余", Evidence.AGAINST),  # of two fields
    ],
)
def test_the_end_of_a_title_names_its_field_if_no_other_ends_so(field: str, before: str, found: Evidence) -> None:
    assert said(((FiscalAppropriation[Ref], field),), before) is found


@pytest.mark.parametrize(
    ("field", "before", "found"),
    [
        ("reception", "公务接待费支出▮万元。\n本单位培训费决算支出", Evidence.AGAINST),
        ("reception", "公务接待费支出▮万元。\n支出决算", Evidence.FOR),
        ("reception", "公务接待费支出▮万元,其中培训费", Evidence.AGAINST),
        ("reception", "公务接待费支出▮万元,扣除保险缴费", Evidence.FOR),
        ("vehicles", "公务用车购置及运行费支出", Evidence.FOR),
    ],
)
def test_a_thing_named_since_is_what_a_figure_is_of(field: str, before: str, found: Evidence) -> None:
    assert said(((ThreePublic[Ref], field), (ThreePublicItem[Ref], "amount")), before) is found


def test_receptions_of_foreigners_are_no_domestic_ones() -> None:
    for before, found in (("国内公务接待", Evidence.FOR), ("国内公务接待▮批次;外事接待", Evidence.AGAINST)):
        place = Place(before, unit="批次")
        assert evidence_of((Step(ThreePublic[Ref], "reception_batches"),), place) is found


def test_a_figure_behind_an_item_of_expenditure_is_of_no_field_outside_the_rows() -> None:
    before = "财政拨款支出年初预算为▮万元。\n教育支出(类)普通教育(款)小学教育(项)。年初预算为"
    budget = (Step(GeneralPublicBudget[Ref], "budget"), Step(Comparison[Ref], "budget"))
    of_a_row = (Step(GeneralPublicBudget[Ref], "items"), Step(BudgetItem[Ref], "budget"), budget[1])
    assert evidence_of(budget, Place(before)) is Evidence.AGAINST
    assert evidence_of(of_a_row, Place(before)) is not Evidence.AGAINST
    assert evidence_of(budget, Place(before.replace("\n", ""))) is Evidence.AGAINST
    assert evidence_of(budget, Place(before.partition("\n")[0])) is not Evidence.AGAINST


def test_what_moved_is_said_to_have_moved_and_a_budget_to_be_one() -> None:
    """Without such words a change has no direction: 多了 was taken for none, and 少了 came out as an increase."""
    change = ((IncomeExpenditure[Ref], "expenditure_change"), (Change[Ref], "amount"))
    assert said(change, "年度收入总计、支出总计均为") is Evidence.AGAINST
    assert said(change, "与上年相比,支出总计的差额为") is not Evidence.AGAINST
    budget = ((FundBudget[Ref], "expenditure_budget"), (Comparison[Ref], "budget"))
    assert said(budget, "财政拨款收入总计▮万元,支出总计") is Evidence.AGAINST
    assert said(budget, "全年列支▮万元,年初安排") is not Evidence.AGAINST


def test_of_two_fields_of_one_title_each_is_of_the_amount_before_it() -> None:
    one = "授予中小企业合同金额▮万元,占政府采购支出总额的"
    for before, sme, micro in (
        (one, Evidence.FOR, Evidence.AGAINST),
        (f"{one}▮,其中授予小微企业合同金额▮万元,占政府采购支出总额的", Evidence.AGAINST, Evidence.FOR),
    ):
        assert said(((Procurement[Ref], "sme_percent"),), before) is sme
        assert said(((Procurement[Ref], "micro_percent"),), before) is micro
