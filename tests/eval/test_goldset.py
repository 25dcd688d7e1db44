"""The gold set that the repository carries."""

from __future__ import annotations

from pathlib import Path

import pytest

from recount.eval.cases import find_cases
from recount.eval.commands import GOLD
from recount.eval.generate import write
from recount.eval.generator import Form
from recount.eval.goldset import orders

LARGEST = 8_500_000
MOST_SCANNED = 50
"""Pages; each takes seconds."""


def test_the_gold_set_is_what_its_recipe_says() -> None:
    assert {case.name for case in find_cases(GOLD)} == {order.name for order in orders()}


def test_it_holds_every_kind_of_case() -> None:
    cases = find_cases(GOLD)
    assert {case.form for case in cases if case.scan == "digital"} == {form.value for form in Form}
    for level in ("good", "fair", "poor"):
        assert {case.form for case in cases if case.scan == level} == {form.value for form in Form}
    assert {case.scan for case in cases} == {"digital", "good", "fair", "poor", "fax"}
    assert sum(int(case.tags["pages"]) for case in cases if case.scan != "digital") < MOST_SCANNED
    assert any(len(case.planted or ()) > 2 for case in cases)
    assert all(case.gold_places() for case in cases)


def test_it_is_small_enough_to_carry() -> None:
    assert sum(path.stat().st_size for path in GOLD.rglob("*") if path.is_file()) < LARGEST


@pytest.mark.parametrize("name", ["digital/x2021-clean", "fair/x2021"])
def test_made_again_it_is_the_same(name: str, tmp_path: Path) -> None:
    order = next(order for order in orders() if order.name == name)
    one, two = write(order, tmp_path / "one"), write(order, tmp_path / "two")
    for path in one.iterdir():
        assert path.read_bytes() == (two / path.name).read_bytes()
