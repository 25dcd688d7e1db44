"""Answers resolved: the right pair, a wrong mark, an invention, a direction, a quotation, the name of a row."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from recount.pipeline.model.answer.evidence import Evidence, Pick
from recount.pipeline.model.answer.resolve import (
    NO_NAME,
    NOT_QUOTED,
    NOT_SHOWN,
    OF_ANOTHER_FIELD,
    OF_ANOTHER_KIND,
    OF_ANOTHER_ROW,
    OF_SEVERAL,
    SAID_ONCE,
    SEVERAL,
    Near,
    Resolved,
    Words,
    resolve,
)
from recount.pipeline.model.ask.protocol import PAIR, PROTOCOLS, Choice, Copied, MarkAlone, Plain
from recount.pipeline.model.ask.question import answer_model
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.report import Report
from recount.tests.pipeline.model.resolving import CHANGE, INCOME, ITEMS, item, items, refused, resolved, shown_of


def test_a_figure_with_its_mark_is_its_place() -> None:
    found = resolved("income", {"total": "100.00@1", "other": {"amount": "10.00@4", "percent": "10.00@5"}}, INCOME)
    other = found.values["income"]["other"]
    assert found.values["income"]["total"].ref == Ref(0)
    assert (other["amount"].ref, other["percent"].ref) == (Ref(3), Ref(4))
    assert other["amount"].evidence is Evidence.FOR
    assert not found.refused


def test_a_right_figure_with_a_wrong_mark_is_found_where_it_stands() -> None:
    found = resolved("income", {"total": "100.00@9"}, INCOME)
    assert found.values["income"]["total"].ref == Ref(0)


def test_a_figure_in_several_places_is_found_by_the_words_of_its_field_or_left_open() -> None:
    twice = "本年收入9.00万元，其中：财政拨款收入9.00万元，占100.00%。"
    found = resolved("income", {"fiscal_appropriation": {"amount": "9.00@7", "percent": None}}, twice)
    assert found.values["income"]["fiscal_appropriation"]["amount"].ref == Ref(1)
    lost = resolved("income", {"business": {"amount": "9.00@7", "percent": None}}, twice)
    assert refused(lost) == [("/income/business/amount", SEVERAL)]


def test_a_figure_in_several_places_that_all_speak_for_its_field_is_taken_where_it_is_first() -> None:
    twice = "本年收入9.00万元，比上年增加1.00万元。本年收入9.00万元，其中：财政拨款收入8.00万元，占88.89%。"
    found = resolved("income", {"total": "9.00@7"}, twice)
    assert found.values["income"]["total"].ref == Ref(0)
    assert not found.refused


def test_a_figure_in_another_unit_is_not_what_a_field_holds() -> None:
    change = {"amount": "16.67@3", "percent": None, "reason": None}
    found = resolved("income_expenditure", {"income_change": change}, CHANGE)
    assert refused(found) == [("/income_expenditure/income_change/amount", OF_ANOTHER_KIND)]
    both = "收入总计100.00万元。收入总计与上年相比，减少0.20万元，下降0.20%。"
    change = {"amount": "0.20@9", "percent": "0.20@9", "reason": None}
    values = resolved("income_expenditure", {"income_change": change}, both).values["income_expenditure"]
    assert [values["income_change"][name].ref.token for name in ("amount", "percent")] == [1, 2]


@pytest.mark.parametrize("figure", ["123.45@1", "1000.00@1", "100.01@1", "10000@1"])
def test_an_invention_is_refused(figure: str) -> None:
    found = resolved("income", {"total": figure}, INCOME)
    assert refused(found) == [("/income/total", NOT_SHOWN)]
    assert found.values["income"] is None


def test_a_direction_is_that_of_the_words_whatever_sign_the_model_gives() -> None:
    for sign in ("", "-"):
        change = {"amount": f"{sign}20.00@2", "percent": f"{sign}16.67@3", "reason": None}
        found = resolved("income_expenditure", {"income_change": change}, CHANGE)
        values = found.values["income_expenditure"]["income_change"]
        assert (values["amount"].ref, values["percent"].ref) == (Ref(1, negative=True), Ref(2, negative=True))


def test_a_figure_that_the_words_give_to_another_field_is_refused() -> None:
    found = resolved("income", {"business": {"amount": "10.00@4", "percent": None}}, INCOME)
    assert found.values["income"] is None
    assert refused(found) == [("/income/business/amount", OF_ANOTHER_FIELD)]


def test_a_figure_that_is_printed_twice_is_taken_where_the_words_speak_for_it() -> None:
    said = "本年收入90.00万元，其中：财政拨款收入90.00万元，占100.00%。"
    found = resolved("income", {"total": "90.00@2"}, said)
    assert found.values["income"]["total"].ref == Ref(0)
    assert not found.refused


def test_a_figure_is_of_one_field_where_no_words_give_it_to_several() -> None:
    said = "比重0%。公务接待费0.95万元，比重1.00%。"
    part = {"amount": None, "percent": "0@1", "change": None}
    reception = {"amount": "0.95@2", "percent": "1.00@3", "change": None}
    found = resolved("three_public", {"overseas": part, "vehicles": part, "reception": reception}, said)
    assert refused(found) == [
        ("/three_public/overseas/percent", OF_SEVERAL),
        ("/three_public/vehicles/percent", OF_SEVERAL),
    ]
    assert found.values["three_public"]["reception"]["percent"].ref == Ref(2)


def test_the_amount_of_a_comparison_may_be_that_of_its_part_too() -> None:
    """决算数 names the amount once more: where words give it to the one, a comparison in its sentence keeps it too."""
    said = "政府性基金预算财政拨款支出年初预算为500.00万元，支出决算为640.00万元，完成年初预算的128.00%。"
    compared = {"budget": "500.00@1", "final": "640.00@2", "variance_percent": None, "completion_percent": None}
    answer = {"expenditure": "640.00@2", "expenditure_budget": compared}
    kept = resolved("government_funds", answer, said)
    assert kept.values["government_funds"]["expenditure_budget"]["final"].ref == Ref(1)
    assert not kept.refused
    apart = resolved("government_funds", answer, said.replace("，支出决算", "。支出决算"))
    assert refused(apart) == [("/government_funds/expenditure_budget/final", OF_ANOTHER_FIELD)]


@pytest.mark.parametrize("name", ["支出", "增长", "合计"])
def test_a_word_for_any_figure_names_no_row(name: str) -> None:
    found = items(item(name, "5.00@1"), printed=(f"小学教育{name}5.00万元。",))
    assert ("/general_public_budget/items/0/item_name", NO_NAME) in refused(found)


def test_a_quotation_is_given_as_printed_and_one_of_its_own_is_refused() -> None:
    change = {"amount": "20.00@2", "percent": None, "reason": "项目减少"}
    good = resolved("income_expenditure", {"income_change": change}, CHANGE)
    assert good.values["income_expenditure"]["income_change"]["reason"] == "项目减少"
    change["reason"] = "人员增加"
    bad = resolved("income_expenditure", {"income_change": change}, CHANGE)
    assert bad.values["income_expenditure"]["income_change"]["reason"] is None
    assert refused(bad) == [("/income_expenditure/income_change/reason", NOT_QUOTED)]


def test_a_row_keeps_its_name() -> None:
    found = items(item("小学教育", "5.00@1"), item("行政运行", "7.00@4"))
    rows = found.values["general_public_budget"]["items"]
    assert [(row["item_name"], row["amount"].ref.token) for row in rows] == [
        ("小学教育", 1),
        ("行政运行", 5),
    ]  # 0 and 4 are ordinals
    assert not found.refused


def test_a_figure_from_before_the_row_is_refused() -> None:
    """Small models fill every row with the figure of the whole."""
    whole = "年初预算为20.00万元，支出决算为12.00万元，完成年初预算的60.00%。其中："
    rows = [
        {
            **item(name, amount),
            "budget": {"budget": None, "final": amount, "variance_percent": None, "completion_percent": "60.00@3"},
        }
        for name, amount in (("小学教育", "5.00@5"), ("初中教育", "7.00@7"))
    ]
    full = [{"change": None, "purpose": None, **row} for row in rows]
    found = resolved(
        "general_public_budget",
        {"items": full},
        whole,
        "1.教育支出（类）普通教育（款）小学教育（项）。支出决算为5.00万元。",
        "2.教育支出（类）普通教育（款）初中教育（项）。支出决算为7.00万元。",
    )
    kept = found.values["general_public_budget"]["items"]
    assert [(row["item_name"], row["amount"].mark.token.raw) for row in kept] == [
        ("小学教育", "5.00"),
        ("初中教育", "7.00"),
    ]
    assert all(row["budget"]["completion_percent"] is None for row in kept)
    assert {reason for _, reason in refused(found)} == {OF_ANOTHER_ROW}


@pytest.mark.parametrize("guess", [None, "5.00@1"])
def test_an_amount_alone_is_no_comparison_with_the_budget(guess: str | None) -> None:
    budget = {"budget": None, "final": "5.00@1", "variance_percent": guess, "completion_percent": None, "reason": None}
    found = items({**item("小学教育", "5.00@1"), "budget": budget})
    [row] = found.values["general_public_budget"]["items"]
    assert row["amount"].mark.token.raw == "5.00"
    assert row["budget"] is None
    assert ("/general_public_budget/items/0/budget/final", OF_ANOTHER_FIELD) in refused(found)


def test_a_figure_that_another_row_has_in_its_place_is_that_rows() -> None:
    found = items(item("小学教育", "7.00@4"), item("行政运行", "7.00@4"))
    rows = found.values["general_public_budget"]["items"]
    assert [(row["item_name"], row["amount"] and row["amount"].mark.token.raw) for row in rows] == [
        ("小学教育", "5.00"),  # the words put it right
        ("行政运行", "7.00"),
    ]
    assert refused(found) == [("/general_public_budget/items/0/amount", OF_ANOTHER_ROW)]


def test_a_row_is_said_once() -> None:
    found = items(item("小学教育", "5.00@1"), item("小学教育", "5.00@1"), item("行政运行", "7.00@4"))
    rows = found.values["general_public_budget"]["items"]
    assert [row["item_name"] for row in rows] == ["小学教育", "行政运行"]
    assert [reason for _, reason in refused(found)] == [SAID_ONCE]


def test_what_is_refused_of_a_row_that_is_not_taken_is_told_behind_the_last() -> None:
    """Its index would be that of the next row, which has figures: an invention would be hidden by them."""
    found = items(item("", "123.45@1"), item("小学教育", "5.01@1"), item("行政运行", "7.00@4"))
    rows = found.values["general_public_budget"]["items"]
    assert [row["item_name"] for row in rows] == ["小学教育", "行政运行"]
    assert refused(found) == [
        ("/general_public_budget/items/2/amount", NOT_SHOWN),
        ("/general_public_budget/items/0/amount", NOT_SHOWN),
    ]


def test_a_name_that_stands_by_the_figures_of_another_row_is_taken_out() -> None:
    found = items(item("小学教育", "7.00@4"), item("行政运行", "5.00@1"))
    rows = found.values["general_public_budget"]["items"]
    assert [row["item_name"] for row in rows] == [None, None]
    assert {pick.evidence for row in rows if isinstance(pick := row["amount"], Pick)} == {Evidence.AGAINST}
    assert {reason for _, reason in refused(found)} == {OF_ANOTHER_ROW}


def test_a_row_without_the_name_that_tells_rows_apart_is_unsure() -> None:
    """Its figures add up as well, but nobody is told of which item they are."""
    nameless = {**item("", "7.00@4"), "item_name": None, "class_name": "农林水支出"}
    unmarked = (re.sub("（[类款项]）", "", ITEMS),)
    rows = items(item("小学教育", "5.00@1"), nameless, printed=unmarked).values["general_public_budget"]["items"]
    assert [row["amount"].evidence for row in rows] == [Evidence.FOR, Evidence.AGAINST]
    [alone] = items(nameless, printed=unmarked).values["general_public_budget"]["items"]
    assert alone["amount"].evidence is Evidence.FOR  # no 项 is said of any row


def test_a_number_in_a_name_is_no_amount_and_an_amount_is_no_name() -> None:
    said = "1.教育支出（类）普通教育（款）12345热线（项）：支出决算数为5.00万元。"
    row = {**item("12345热线", "12345@1"), "class_name": "支出决算数为5.00万元", "change": None}
    found = items(row, printed=(said,))
    [kept] = found.values["general_public_budget"]["items"]
    assert (kept["item_name"], kept["class_name"]) == ("12345热线", None)
    assert kept["amount"].mark.token.raw == "5.00"
    assert {reason for _, reason in refused(found)} == {OF_ANOTHER_KIND, NO_NAME}


def test_quotations_may_be_shortened_and_are_found_near_their_figure() -> None:
    words = Words("甲：主要原因是项目减少。乙：主要原因是项目增加，人员经费也有增加。")
    assert words.quoted("主要原因……减少") == "主要原因是项目减少"
    assert words.quoted("主要 原因是") == "主要原因是"
    assert words.find("主要原因是", Near(14, before=False)) == (14, 19)
    assert words.find("主要原因是", Near(14, before=True)) == (2, 7)
    assert words.quoted("主要原因是没有") is None


def test_dates_are_given_in_the_form_of_the_contract_if_they_are_printed() -> None:
    words = Words("截止2022年12月31日，固定资产")
    assert words.quoted("2022-12-31") == "2022-12-31"
    assert words.quoted("2021-12-31") is None


@pytest.mark.parametrize(
    ("answer", "copied"),
    [
        ("1,955.06@7", Copied(Decimal("1955.06"), 7)),
        ("1，955.06 @ 7", Copied(Decimal("1955.06"), 7)),
        ("1955.06", Copied(Decimal("1955.06"), None)),
        ("很多", None),
    ],
)
def test_pairs_are_read_with_what_models_do_to_them(answer: str, copied: Copied | None) -> None:
    assert PAIR.copied(answer) == copied


def test_the_other_protocols_are_read_too() -> None:
    assert [each.name for each in PROTOCOLS] == ["pair", "plain", "enum", "mark"]
    assert Plain().copied("12.00") is not None
    assert Plain().printed("12.00", 3) == "12.00"
    assert MarkAlone().copied("7") == Copied(None, 7)
    assert Choice().figure_type(("1.00@1", "2.00@2")).__args__ == ("1.00@1", "2.00@2")


# --- a field that lost its figure gets the one that the words give to it, and none where they leave a choice

COMPARED = (
    "1、教育支出（类）普通教育（款）小学教育（项）。年初预算为6.00万元，支出决算为5.00万元，完成年初预算的83.33%。"
)
NEXT = "2、教育支出（类）普通教育（款）初中教育（项）。年初预算为8.00万元，支出决算为7.00万元，完成年初预算的87.50%。"


def compared(name: str, amount: str | None, **budget: str | None) -> dict[str, Any]:
    names = ("budget", "final", "variance_percent", "completion_percent", "reason")
    return {**item(name, amount or ""), "amount": amount, "budget": {**dict.fromkeys(names), **budget}}


def rows_of(found: Resolved) -> list[tuple[str | None, dict[str, str | None]]]:
    """The rows of an answer: amount and comparison as they are printed."""
    rows = []
    for row in found.values["general_public_budget"]["items"]:
        figures = {"amount": row["amount"], **(row["budget"] or {})}
        printed = {key: None if each is None else each.mark.token.raw for key, each in figures.items()}
        rows.append((row["item_name"], {key: each for key, each in printed.items() if each is not None}))
    return rows


def test_the_budget_copied_for_the_amount_gives_way_to_the_amount() -> None:
    row = compared("小学教育", "6.00@1", budget="6.00@1", completion_percent="83.33@3")
    found = items(row, printed=(COMPARED,))
    assert rows_of(found) == [("小学教育", {"amount": "5.00", "budget": "6.00", "completion_percent": "83.33"})]
    assert refused(found) == [("/general_public_budget/items/0/amount", OF_ANOTHER_FIELD)]
    assert found.values["general_public_budget"]["items"][0]["amount"].evidence is Evidence.FOR


def test_a_figure_of_the_page_in_the_wrong_field_leaves_its_place_to_the_right_one() -> None:
    parts = {"business": {"amount": "10.00@4", "percent": None}, "other": {"amount": "90.00@2", "percent": None}}
    found = resolved("income", parts, INCOME)
    income = found.values["income"]
    assert income["business"] is None
    assert income["other"]["amount"].mark.token.raw == "10.00"
    assert len(refused(found)) == len(parts)


def test_an_invention_gives_nothing() -> None:
    found = resolved("income", {"total": "1000.00@1", "other": {"amount": "10.00@4", "percent": None}}, INCOME)
    assert found.values["income"]["total"] is None
    assert refused(found) == [("/income/total", NOT_SHOWN)]


def test_where_the_words_leave_a_choice_the_field_stays_open() -> None:
    said = "其他收入10.00万元，占10.00%。财政拨款收入90.00万元。其他收入2.00万元。"
    found = resolved("income", {"other": {"amount": "90.00@3", "percent": "10.00@2"}}, said)
    assert found.values["income"]["other"]["amount"] is None


def test_a_figure_that_another_field_has_is_not_given_away() -> None:
    change = {"amount": "20.00@2", "percent": "16.67@3", "reason": None}
    found = resolved("income_expenditure", {"income_change": change, "expenditure_change": change}, CHANGE)
    values = found.values["income_expenditure"]
    assert values["income_change"]["amount"].mark.token.raw == "20.00"
    assert values["expenditure_change"] is None


@pytest.mark.parametrize("others", [(), (NEXT,)])
def test_a_row_is_not_given_the_figures_of_one_that_was_left_out(others: tuple[str, ...]) -> None:
    """小学教育 says no percentage here, and the percentage of 初中教育 follows."""
    said = COMPARED.replace("，完成年初预算的83.33%", "")
    row = compared("小学教育", "5.00@2", budget="6.00@1", completion_percent="6.00@1")
    found = items(row, printed=(said, *others))
    assert rows_of(found) == [("小学教育", {"amount": "5.00", "budget": "6.00"})]


def test_of_two_rows_each_is_given_its_own() -> None:
    rows = [
        compared(name, amount, budget=budget, completion_percent=percent)
        for name, amount, budget, percent in (
            ("小学教育", "6.00@1", "6.00@1", "83.33@3"),
            ("初中教育", "8.00@4", "8.00@4", "87.50@6"),
        )
    ]
    found = items(*rows, printed=(COMPARED, NEXT))
    assert [figures["amount"] for _, figures in rows_of(found)] == ["5.00", "7.00"]


def test_the_amount_alone_is_given_to_no_comparison() -> None:
    row = compared("小学教育", "5.00@1", final="25.00@3")
    said = "1、教育支出（类）普通教育（款）小学教育（项）。支出决算为5.00万元，比上年增加1.00万元，增长25.00%。"
    found = items(row, printed=(said,))
    assert found.values["general_public_budget"]["items"][0]["budget"] is None


def test_what_is_said_of_a_figure_names_no_row() -> None:
    said = "1.教育支出（类）普通教育（款）小学教育（项）：支出决算数为5.00万元，占一般公共预算支出的3.00%。"
    for name in ("支出决算数为", "占一般公共预算支出的"):
        found = items({**item(name, "5.00@1"), "class_name": "教育支出"}, printed=(said,))
        assert refused(found) == [("/general_public_budget/items/0/item_name", NO_NAME)]


def test_a_row_of_a_class_that_there_is_not_is_confirmed_by_nothing() -> None:
    """A sum holds as well with one more row that is 0."""
    rows = [{**item("小学教育", "5.00@1"), "class_name": name} for name in ("教育支出（类）", "普通教育")]
    for row, said in zip(rows, (Evidence.FOR, Evidence.AGAINST), strict=True):
        unmarked = re.sub("（[类款项]）", "", ITEMS)  # or else the words would put the class right
        called = {**row, "class_name": row["class_name"][:4]}
        [kept] = items(called, printed=(unmarked,)).values["general_public_budget"]["items"]
        assert kept["amount"].evidence is said


def test_a_field_left_null_stays_so_where_words_leave_a_choice_or_say_another() -> None:
    """占收入总计 is no share of 本年收入; two figures that are called alike are none."""
    said = "本年收入100.00万元，其中：财政拨款收入90.00万元，占收入总计的90.00%；其他收入10.00万元，其他收入9.00万元。"
    parts = {name: {"amount": None, "percent": None} for name in ("fiscal_appropriation", "other")}
    income = resolved("income", {"total": "100.00@1", **parts}, said).values["income"]
    assert income["total"].ref == Ref(0)
    assert (income["fiscal_appropriation"]["amount"].ref, income["fiscal_appropriation"]["percent"]) == (Ref(1), None)
    assert income["other"] is None
    assert resolved("income", {"total": None, **parts}, said).values["income"] is None  # nothing was said of it


def test_a_figure_that_a_class_and_an_item_of_it_have_is_the_items() -> None:
    said = "教育支出（类）普通教育（款）小学教育（项）列支5.00万元。"
    answer = answer_model(Report, PAIR.figure_type(()), {"general_public_budget": {"by_class": None, "items": None}})
    row = {**item("小学教育", "5.00@1"), "class_name": "教育支出", **dict.fromkeys(("change", "budget", "purpose"))}
    classes = [{"class_name": "教育支出", "amount": "5.00@1", "percent": None}]
    given = answer.model_validate({"general_public_budget": {"by_class": classes, "items": [row]}})
    values = resolve(given, Report, shown_of(said), PAIR, {}, depth=1).values["general_public_budget"]
    assert values["items"][0]["amount"].ref == Ref(0)
    assert [one["amount"] for one in values["by_class"]] == [None]


def test_a_row_without_any_name_is_confirmed_by_nothing() -> None:
    """The one class of a report is all of it: the total itself would hold as well."""
    said = "一般公共预算财政拨款支出424.00万元，其中：教育支出（类）小学教育（项）5.00万元。"
    [kept] = items(item("", "424.00@1"), printed=(said,)).values["general_public_budget"]["items"]
    assert kept["amount"].evidence is Evidence.AGAINST
