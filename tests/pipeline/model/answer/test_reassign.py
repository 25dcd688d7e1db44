"""A field that lost its figure gets the one that the words give to it, and none where they leave a choice."""

from __future__ import annotations

from typing import Any

import pytest

from recount.pipeline.model.answer.evidence import Witness
from recount.pipeline.model.answer.resolve import NOT_SHOWN, OF_ANOTHER_FIELD, Resolved
from recount.tests.pipeline.model.resolving import CHANGE, INCOME, item, items, refused, resolved

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
    assert found.values["general_public_budget"]["items"][0]["amount"].witness is Witness.FOR


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
