"""The numbers that are made of counts."""

from __future__ import annotations

from collections import Counter

import pytest

from recount.eval.report.page import percent
from recount.eval.score.metrics import Cell, Tally, interval, macro, tally


def test_wilson_interval() -> None:
    low, high = interval(90, 100)
    assert (low, high) == (pytest.approx(0.8256, abs=1e-4), pytest.approx(0.9448, abs=1e-4))
    assert interval(0, 0) == (0.0, 1.0)
    low, high = interval(1000, 1000)
    assert high == 1.0
    assert low == pytest.approx(0.99617, abs=1e-5)
    assert interval(0, 10)[0] == 0.0


def test_silent_errors_are_those_that_are_trusted() -> None:
    cells = {
        Cell("a", "verified", "right"): 5,
        Cell("a", "verified", "wrong"): 1,
        Cell("a", "repaired", "invented"): 2,
        Cell("a", "disputed", "wrong"): 4,
        Cell("a", "absent", "missing"): 3,
    }
    assert tally(Counter(cells)) == Tally(right=5, wrong=5, missing=3, invented=2, silent=3, trusted=8)


def test_macro_counts_each_document_the_same() -> None:
    assert macro([Tally(right=1), Tally(right=0, missing=1000), Tally()]) == 0.5
    assert macro([]) is None


def test_what_is_not_all_is_not_called_100_percent() -> None:
    assert percent(1.0) == "100.000 %"
    assert percent(0.9999999) == "99.99999 %"
    assert percent(0.5, 1) == "50.0 %"
    assert percent(None) == "–"
