"""What a peer is given credit for."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from recount.eval.peers.readers import installed
from recount.eval.peers.recovery import gold_rows, recovered

GOLD: dict[str, Any] = {
    "income": {"total": Decimal("3.00")},
    "project_evaluations": [
        {
            "name": "维修项目",
            "fiscal_year": 2022,
            "total_score": 98,
            "funds": [{"source": "年度资金总额", "initial_budget": Decimal("1200.50"), "executed": 7, "score": None}],
            "indicators": [{"level3": "维修面积", "weight": 10, "score": Decimal("9.5")}],
        }
    ],
    "statements": {"income": {"rows": [{"code": "201", "name": "一般公共服务支出", "total": 5, "other": 5}]}},
}


def test_rows_of_the_gold() -> None:
    assert [(row.name, row.pointers) for row in gold_rows(GOLD)] == [
        ("年度资金总额", ("/project_evaluations/0/funds/0/initial_budget", "/project_evaluations/0/funds/0/executed")),
        ("维修面积", ("/project_evaluations/0/indicators/0/weight", "/project_evaluations/0/indicators/0/score")),
        ("一般公共服务支出", ("/statements/income/rows/0/total", "/statements/income/rows/0/other")),
    ]


@pytest.mark.parametrize(
    ("cells", "count"),
    [
        (["项目资金", "年度资金\n总额", "1,200.50", "", "7", "—"], 2),
        (["年度资金总额", "7", "1200.50"], 1),  # in the wrong order: only one of them is in place
        (["年度资金总额", "1200.50 7"], 0),  # two figures in one cell
        (["1200.50", "7", "年度资金总额"], 0),  # before the name
        (["维修面积", "10", "9.50分"], 2),
        (["维修", "面积", "10", "9.5"], 0),  # the name is cut
        (["一般公共服务支出", "5"], 1),
    ],
)
def test_credit(cells: list[str], count: int) -> None:
    assert recovered(gold_rows(GOLD), [cells]) == count


def test_a_row_is_used_once() -> None:
    gold = {"statements": {"income": {"rows": [{"name": "其他支出", "total": 5}, {"name": "其他支出", "total": 5}]}}}
    assert recovered(gold_rows(gold), [["其他支出", "5"]]) == 1
    assert recovered(gold_rows(gold), [["其他支出", "5"]] * 2) == 2


def test_every_peer_reads_a_ruled_table(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    for x in (50, 150, 250):
        page.draw_line((x, 50), (x, 90))
    for y in (50, 70, 90):
        page.draw_line((50, y), (250, y))
    for row, (name, amount) in enumerate((("total", "5.00"), ("other", "1.25"))):
        page.insert_text((55, 64 + 20 * row), name)
        page.insert_text((155, 64 + 20 * row), amount)
    document.save(tmp_path / "a.pdf")
    gold = {"statements": {"a": [{"name": "total", "b": 5}, {"name": "other", "b": Decimal("1.25")}]}}
    for name, reader in installed().items():
        assert recovered(gold_rows(gold), reader(tmp_path / "a.pdf")) == 2, name
