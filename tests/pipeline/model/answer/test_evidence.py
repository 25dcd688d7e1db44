"""The evidence of the words: whether those beside a figure speak for the field that it was put in."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from recount.pipeline.model.answer.evidence import Evidence, evidence_of, falls, stands_by, subject_in, vouched
from recount.pipeline.model.ask.shown import Place
from recount.pipeline.split.text import fold
from recount.schemas.common.parts import Change, Comparison, Portion
from recount.schemas.common.rows import FundSplit
from recount.schemas.describe import Step, fields_of
from recount.schemas.figures import Model, Ref
from recount.schemas.final_accounts.narrative import (
    BudgetItem,
    FundBudget,
    GeneralPublicBudget,
    Income,
    IncomeExpenditure,
    ThreePublic,
    ThreePublicItem,
)
from recount.schemas.final_accounts.report import Report
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


@pytest.mark.parametrize(
    ("part", "field", "before", "taken"),
    [
        ("procurement", "goods", "全年政府采购货物支出", True),
        ("income", "total", "▮年收入合计", True),
        ("state_assets", "fixed_assets", "公用经费", False),
        ("performance", "project_count", "(三)预算绩效情况说明\n全年共有", True),
        ("performance", "project_count", "(三)国有资产占用情况说明\n全年共有", False),
        ("general_public_budget", "change", "三、帮扶\n发放助学金▮万元,比上年增加", False),
        ("general_public_budget", "change", "一般公共预算财政拨款支出▮万元,比上年增加", True),
    ],
)
def test_of_a_passage_words_its_title_or_the_heading_vouch_for_a_figure(
    part: str, field: str, before: str, taken: bool
) -> None:
    model = fields_of(Report[Ref])[part].model
    assert model is not None
    inside = (Step(Change[Ref], "amount"),) if field == "change" else ()
    assert vouched((Step(Report[Ref], part), Step(model, field), *inside), Place(before)) is taken


ROWS = "2022年度一般公共预算财政拨款支出▮万元。\n文化旅游体育与传媒支出（类）体育（款）体育场馆（项）全年列支"
FUNDS = ROWS.replace("一般公共预算财政拨款支出", "政府性基金预算财政拨款支出")
CALLED = ("文化旅游体育与传媒支出", "体育", "体育场馆")


@pytest.mark.parametrize(
    ("before", "called", "taken"),
    [
        (ROWS, CALLED, True),
        (ROWS, ("体育场馆",), False),  # no class
        (ROWS, (), False),
        (ROWS, ("卫生健康支出",), False),  # the paragraph does not say it
        (FUNDS, CALLED, False),  # the words before it say another list
        (ROWS.partition("\n")[2], CALLED, False),  # no words say which list
        ("三、帮扶\n“春蕾计划”资助女童▮名，发放助学金", ("发放助学金",), False),
        ("（三）一般公共预算财政拨款支出情况\n体育场馆列支", ("体育场馆",), True),  # the heading is the part's
    ],
)
def test_a_row_of_a_passage_is_vouched_for_by_its_name_and_by_the_words_of_its_list(
    before: str, called: tuple[str, ...], taken: bool
) -> None:
    trail = (
        Step(Report[Ref], "general_public_budget"),
        Step(GeneralPublicBudget[Ref], "items"),
        Step(BudgetItem[Ref], "amount"),
    )
    assert vouched(trail, Place(fold(before)), called) is taken


def test_a_row_of_a_table_is_vouched_for_by_the_heads_of_its_columns() -> None:
    trail: tuple[Step, ...] = ()
    model: type[Model] | None = Report[Ref]
    for key in ("statements", "income", "rows", "fiscal_appropriation"):
        assert model is not None
        trail, model = (*trail, Step(model, key)), fields_of(model)[key].model
    for heads, taken in (("财政拨款收入", True), ("北站", False)):
        assert vouched(trail, Place("", "体育场馆", heads, 0, 3), ("体育场馆",)) is taken


def test_a_share_of_something_else_than_its_title_says_is_not_a_fields() -> None:
    trail = ((Procurement[Ref], "micro_percent"),)
    assert said(trail, "授予小微企业合同金额▮万元，占授予中小企业合同金额的") is Evidence.AGAINST
    assert said(trail, "授予小微企业合同金额▮万元，占政府采购支出总额的") is not Evidence.AGAINST


def test_figures_stand_by_each_other_in_one_paragraph_or_one_line() -> None:
    assert stands_by(Place("甲▮万元,占"), Place("甲"))
    assert not stands_by(Place("甲▮万元。\n占"), Place("甲"))
    assert stands_by(Place("", grid=0, line=2), Place("", grid=0, line=2))
    assert not stands_by(Place("", grid=0, line=2), Place("", grid=0, line=3))
