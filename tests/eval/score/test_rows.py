"""Rows that are wholly right."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from recount.eval.score.rows import rows_right


def row(name: str, *amounts: str | None) -> dict[str, Any]:
    keys = ("total", "basic", "project")
    return {"name": name, **{key: Decimal(each) if each else None for key, each in zip(keys, amounts, strict=False)}}


def report(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"statements": {"expenditure": {"rows": list(rows)}}}


GOLD = report(
    row("行政运行", "80.00", "80.00", None),
    row("机关服务", "9.50", None, "9.50"),
    row("合计", "89.50", "80.00", "9.50"),
)
A, B, C = GOLD["statements"]["expenditure"]["rows"]


def faults(got: dict[str, Any]) -> list[tuple[str, str]]:
    found = rows_right(GOLD, got)
    assert found.gold == 3
    assert found.right == 3 - len(found.errors)
    return [(error.pointer.rpartition("/")[2], error.fault) for error in found.errors]


def test_a_report_is_right_against_itself() -> None:
    assert faults(GOLD) == []
    assert rows_right(GOLD, GOLD).share == 1.0


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([A, C], [("1", "missing")]),
        ([A, {**B, "total": Decimal("9.5")}, C], []),  # the same number
        ([A, {**B, "project": Decimal("9.60")}, C], [("1", "figures")]),
        ([A, {**B, "project": None}, C], [("1", "figures")]),
        ([A, {**B, "basic": Decimal("0.00")}, C], [("1", "figures")]),  # invented: the cell is blank
        ([A, {**B, "name": "机关服夯"}, C], [("1", "label")]),
        ([A, {**B, "name": "机关 服务"}, C], []),  # a line break in a cell
        ([A, B, row("其他", "1.00"), C], []),  # an invented row makes no other row wrong
    ],
)
def test_what_makes_a_row_wrong(rows: list[dict[str, Any]], wanted: list[tuple[str, str]]) -> None:
    assert faults(report(*rows)) == wanted


def test_the_fewest_rows_are_out_of_order() -> None:
    assert faults(report(C, A, B)) == [("2", "order")]


def test_rows_of_lists_in_lists_are_counted_and_their_texts_that_print_figures() -> None:
    indicator = {"level3": "完成率", "target": ">=95%", "actual": "95%", "weight": 10, "deviation": "略"}
    table = {"name": "项目", "indicators": [indicator], "total_weight": 100}
    gold = {"project_evaluations": [table], "glossary": [{"term": "基本支出", "definition": "指2 类"}]}
    assert rows_right(gold, gold).gold == 1
    got = {"project_evaluations": [{**table, "indicators": [{**indicator, "target": "95%"}]}]}
    [error] = rows_right(gold, got).errors
    assert (error.pointer, error.fault) == ("/project_evaluations/0/indicators/0", "figures")
    assert (error.gold, error.got) == ("/target >=95%", "/target 95%")


def test_without_rows_there_is_no_share() -> None:
    assert rows_right({"income": {"total": Decimal("1.00")}}, {}).share is None
    assert rows_right({"unmapped_figures": [{"label": "余额", "value": Decimal("1.00")}]}, {}).gold == 0
