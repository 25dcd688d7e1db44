"""The numbers that the benchmark of scans makes of what was read."""

from __future__ import annotations

import pytest

from recount.eval.bench.scans import HEAD, ScanScore, main, orders, total
from recount.eval.scans.damage import TRIALS
from recount.eval.score.metrics import RepairTally, Tally
from recount.eval.score.rows import RowError, RowsRight

ONE = ScanScore(
    "poor/n",
    Tally(right=9, wrong=1, missing=2, trusted=7),
    RepairTally(repaired=3, right=2, right_before=0),
    RowsRight(4, (RowError("/a/0", "missing", "合计", None),)),
    2.0,
)
OTHER = ScanScore("fax/n", Tally(right=5, silent=1, trusted=5), RepairTally(), RowsRight(2, ()), 1.0)


def test_what_repair_added_is_taken_off_again() -> None:
    assert ONE.right_before == 7
    assert ONE.wrong_repairs == 1


def test_readings_add_up() -> None:
    whole = total([ONE, OTHER])
    assert (whole.figures.gold, whole.figures.right, whole.right_before) == (17, 14, 12)
    assert (whole.wrong_repairs, whole.figures.silent, whole.seconds) == (1, 1, 3.0)
    assert (whole.rows.right, whole.rows.gold) == (5, 6)


def test_a_reading_is_a_row_of_the_table() -> None:
    assert ONE.line() == "| poor/n | 12 | 7 | 9 | 3 | 1 | 0 | 7 | 3/4 | 2 |"
    assert {line.count("|") for line in (*HEAD.splitlines(), ONE.line())} == {11}


def test_scans_are_made_of_every_form_under_every_damage() -> None:
    made = list(orders(["n", "x2022"], ["sealed", "fax"], [1, 2]))
    assert [each.name for each in made][:3] == ["sealed/n-1", "sealed/n-2", "sealed/x2022-1"]
    assert len(made) == 8
    assert made[0].scan is not None
    assert made[0].scan.damage == TRIALS["sealed"]


def test_without_scans_there_is_nothing_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([])
    assert "gold folder" in capsys.readouterr().err
