"""The gold set that the repository carries."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recount.eval.cases import GOLD, TAGS, Case, find_cases
from recount.eval.generator import Form
from recount.eval.generator.plant import value_at
from recount.eval.goldset.budgets import Layout
from recount.eval.goldset.build import orders
from recount.eval.goldset.generated import write
from recount.eval.score.harness import evaluate
from recount.pipeline.run.worker import structure_report

LARGEST = 8_500_000
MOST_SCANNED = 50
"""Pages; each takes seconds."""
BUDGETS = [case for case in find_cases(GOLD) if case.form in {layout.value for layout in Layout}]


def test_the_gold_set_is_what_its_recipe_says() -> None:
    assert {case.name for case in find_cases(GOLD)} == {order.name for order in orders()}


def test_it_holds_every_kind_of_case() -> None:
    cases = find_cases(GOLD)
    forms = {form.value for form in (*Form, *Layout)}
    assert {case.form for case in cases if case.scan == "digital"} == forms
    for level in ("good", "fair", "poor"):
        assert {case.form for case in cases if case.scan == level} == {form.value for form in Form}
    assert {case.scan for case in cases} == {"digital", "good", "fair", "poor", "fax"}
    assert sum(int(case.tags["pages"]) for case in cases if case.scan != "digital") < MOST_SCANNED
    assert any(len(case.planted or ()) > 2 for case in cases)
    assert all(case.gold_places() for case in cases)


def test_it_is_small_enough_to_carry() -> None:
    assert sum(path.stat().st_size for path in GOLD.rglob("*") if path.is_file()) < LARGEST


@pytest.mark.parametrize(
    "name", ["digital/x2021-clean", "fair/x2021", "digital/budget-district", "digital/budget-discrepancies"]
)
def test_made_again_it_is_the_same(name: str, tmp_path: Path) -> None:
    order = next(order for order in orders() if order.name == name)
    one, two = write(order, tmp_path / "one"), write(order, tmp_path / "two")
    for path in one.iterdir():
        assert path.read_bytes() == (two / path.name).read_bytes()


@pytest.mark.parametrize("case", BUDGETS, ids=lambda case: case.name)
def test_a_budget_is_scored_and_right(case: Case, tmp_path: Path) -> None:
    """All of its figures are found where they stand, and what is planted in it is blamed, and nothing else."""
    (found,) = evaluate([case], structure_report, tmp_path, jobs=1).scores
    assert (found.fate, found.figure_errors, found.text_errors, found.discrepancy_errors) == ("scored", (), (), ())
    assert found.discrepancies.found == len(case.planted or ())
    assert found.places.box == found.places.known > 30


def test_a_planted_budget_prints_what_its_tags_say() -> None:
    (case,) = [case for case in BUDGETS if case.planted]
    discrepancies = json.loads((case.expected.parent / TAGS).read_text(encoding="utf-8"))["discrepancies"]
    assert len({each["rule"] for each in discrepancies}) == len(discrepancies) == 6
    for planted in discrepancies:
        assert float(value_at(case.gold(), planted["pointer"])) == planted["printed"] > planted["consistent"]
