"""Rows face each other by their names, as well as can be."""

from __future__ import annotations

from itertools import permutations
from random import Random
from typing import Any

import pytest

from recount.eval.score.align import _hungarian, by_name, by_position


def row(name: str, amount: int | None = None) -> dict[str, Any]:
    return {"name": name, "amount": amount}


def test_equal_names_whatever_the_order() -> None:
    assert by_name([row("甲"), row("乙")], [row("乙"), row("甲")]) == [(0, 1), (1, 0)]


def test_spaces_and_width_are_no_other_name() -> None:
    assert by_name([row("ＡＢ（款）")], [row("AB (款)")]) == [(0, 0)]


def test_a_misread_name_is_still_the_row() -> None:
    gold = [row("行政运行"), row("一般行政管理事务"), row("机关服务")]
    got = [row("机关服务"), row("一股行政管理事务")]
    assert by_name(gold, got) == [(0, None), (1, 1), (2, 0)]


def test_rows_with_nothing_in_common_stay_apart() -> None:
    assert by_name([row("住房公积金")], [row("行政运行")]) == [(0, None), (None, 0)]


def test_a_row_of_a_repeated_name_is_found_by_its_figures() -> None:
    gold = [row("其他支出", 1), row("其他支出", 2), row("其他支出", 3)]
    assert by_name(gold, [row("其他支出", 2), row("其他支出", 3)]) == [(0, None), (1, 0), (2, 1)]


def test_repeated_names_in_their_order() -> None:
    rows = [row("其他支出", 1), row("其他支出", 2)]
    assert by_name(rows, list(reversed(rows))) == [(0, 0), (1, 1)]


def test_a_row_whose_code_was_not_read_is_still_the_row_of_its_name() -> None:
    gold = [{"code": "2010801", "name": "行政运行"}, {"code": "2010804", "name": "审计业务"}]
    got = [{"code": None, "name": "审计业务"}, {"code": None, "name": "行政运行"}]
    assert by_name(gold, got) == [(0, 1), (1, 0)]


def test_of_rows_that_lost_their_names_numbers_decide() -> None:
    gold = [row("行政运行", 1), row("审计业务", 2), row("信息化建设", 3)]
    got = [{"name": None, "amount": 3}, {"name": None, "amount": 1}]
    assert by_name(gold, got) == [(0, 1), (1, None), (2, 0)]


def test_texts_are_rows_too() -> None:
    assert by_name(["法制科", "办公室"], ["办公室", "法制科", "财务科"]) == [(0, 1), (1, 0), (None, 2)]


def test_by_position() -> None:
    assert by_position([1, 2], [1]) == [(0, 0), (1, None)]


@pytest.mark.parametrize("seed", range(20))
def test_the_assignment_is_optimal(seed: int) -> None:
    rng = Random(seed)
    rows, columns = rng.randint(1, 4), rng.randint(4, 5)
    weights = [[rng.random() for _ in range(columns)] for _ in range(rows)]
    best = max(sum(weights[i][j] for i, j in enumerate(each)) for each in permutations(range(columns), rows))
    pairs = _hungarian(weights)
    assert len(pairs) == rows
    assert sum(weights[i][j] for i, j in pairs) == pytest.approx(best)
