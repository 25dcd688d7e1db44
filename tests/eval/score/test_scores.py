"""A mistake that is planted in a result is counted in the right cell of every table, and in no other."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recount.eval.cases import Case, find_cases
from recount.eval.score.metrics import DiscrepancyTally, PlaceTally, RepairTally, RowTally, TextTally, tally
from recount.eval.score.results import by_section, by_status, by_tag, totals
from recount.eval.score.scores import CaseScore, overlap, score, score_failure
from recount.pipeline.result import typed
from recount.tests.eval.made import GOLD, check, one_case, put, result

FIGURES = 12


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return one_case(tmp_path / "gold")


def scored(case: Case, content: dict[str, Any]) -> CaseScore:
    return score(case, typed(content), seconds=1.5)


def section(found: CaseScore, name: str) -> Any:
    return by_section(found.cells)[name]


def test_a_right_result_is_all_right(case: Case) -> None:
    found = scored(case, result())
    figures = tally(found.cells)
    assert (figures.right, figures.gold, figures.delivered) == (FIGURES, FIGURES, FIGURES)
    assert figures.accuracy == figures.precision == figures.trust == 1
    assert not figures.silent
    assert not found.figure_errors
    assert not found.text_errors
    assert found.at_pointers == found.cells
    assert found.rows == RowTally(3, 3, 3)
    assert sum(found.texts.values(), TextTally()).exact == 6


def test_a_wrong_verified_figure_is_a_silent_error(case: Case) -> None:
    found = scored(case, put(result(), "/income/total", Decimal("105.5")))
    assert section(found, "income").wrong == section(found, "income").silent == 1
    assert section(found, "income").right == 2
    assert section(found, "general_public_budget").wrong == 0
    assert by_status(found.cells)["verified"].wrong == 1
    (error,) = found.figure_errors
    assert (error.pointer, error.outcome, error.silent) == ("/income/total", "wrong", True)
    assert (error.gold, error.got) == (Decimal("100.5"), Decimal("105.5"))
    assert tally(found.at_pointers).wrong == 1


@pytest.mark.parametrize("status", ["grounded", "disputed"])
def test_a_wrong_figure_that_promises_nothing_is_loud(case: Case, status: str) -> None:
    found = scored(case, put(result(total=status), "/income/total", 7))
    assert tally(found.cells).wrong == 1
    assert not tally(found.cells).silent
    assert by_status(found.cells)[status].wrong == 1


def test_a_repaired_figure_that_is_wrong_is_silent_too(case: Case) -> None:
    found = scored(case, put(result(total="repaired"), "/income/total", 7))
    assert tally(found.cells).silent == by_status(found.cells)["repaired"].wrong == 1


def test_no_credit_for_being_near(case: Case) -> None:
    assert tally(scored(case, put(result(), "/income/total", Decimal("100.51"))).cells).wrong == 1
    assert tally(scored(case, put(result(), "/income/total", Decimal("-100.5"))).cells).wrong == 1
    assert tally(scored(case, put(result(), "/income/total", Decimal("100.50"))).cells).wrong == 0


def test_a_figure_that_is_not_delivered_is_missing(case: Case) -> None:
    found = scored(case, put(result(), "/statements/three_public/final/total", None))
    assert section(found, "statements/three_public").missing == 1
    assert section(found, "statements/three_public").right == 1
    assert tally(found.cells).delivered == FIGURES - 1
    assert found.figure_errors[0].outcome == "missing"


def test_a_figure_where_the_gold_has_null_is_invented(case: Case) -> None:
    found = scored(case, put(result(), "/income/other", {"amount": Decimal("9.5"), "percent": None}))
    assert section(found, "income").invented == 1
    assert tally(found.cells).gold == FIGURES
    assert by_status(found.cells)["unplaced"].invented == 1
    assert not tally(found.cells).silent
    verified = put(put(result(), "/income/other", {}), "/income/other/amount", Decimal("9.5"))
    assert tally(scored(case, verified).cells).silent == 1


def test_a_lost_row_costs_its_own_figures_only(case: Case) -> None:
    content = result()
    del content["report"]["general_public_budget"]["items"][0]
    found = scored(case, content)
    figures = section(found, "general_public_budget")
    assert (figures.right, figures.wrong, figures.missing, figures.invented) == (3, 0, 3, 0)
    assert found.rows == RowTally(gold=3, got=2, matched=2)
    assert found.rows.recall == pytest.approx(2 / 3)
    at_pointers = by_section(found.at_pointers)["general_public_budget"]
    assert (at_pointers.right, at_pointers.wrong, at_pointers.missing) == (2, 1, 3)


def test_an_invented_row_is_no_wrong_one(case: Case) -> None:
    content = result()
    content["report"]["general_public_budget"]["items"].insert(
        0, {"item_name": "住房公积金", "amount": 1, "change": None}
    )
    found = scored(case, content)
    assert section(found, "general_public_budget").invented == 1
    assert section(found, "general_public_budget").right == 6
    assert found.rows == RowTally(gold=3, got=4, matched=3)


def test_texts_are_counted_apart(case: Case) -> None:
    content = put(result(), "/other_notes", "无其他需说明的 事项。")
    content = put(content, "/unit_name", "青崮区司法")
    content = put(content, "/general_public_budget/items/0/change/reason", None)
    found = scored(case, content)
    texts = sum(found.texts.values(), TextTally())
    assert (texts.exact, texts.folded, texts.different, texts.missing) == (3, 1, 1, 1)
    assert found.texts["unit_name"].similarity == pytest.approx(10 / 11)
    assert [error.pointer for error in found.text_errors] == [
        "/unit_name",
        "/general_public_budget/items/0/change/reason",
    ]
    assert tally(found.cells).right == FIGURES


def test_what_the_gold_does_not_know_of_is_not_counted(case: Case) -> None:
    content = put(result(), "/unmapped_figures", [{"value": 3}])
    assert tally(scored(case, content).cells).invented == 0


def test_a_report_that_fails_scores_nothing(tmp_path: Path) -> None:
    case = one_case(tmp_path, discrepancies=[{"pointer": "/income/total"}])
    found = score_failure(case, "crashed", "internal error")
    assert tally(found.cells).missing == tally(found.cells).gold == FIGURES
    assert tally(found.cells).accuracy == 0
    assert found.discrepancies == DiscrepancyTally(missed=1)
    assert totals([found]).fates == {"crashed": 1}


def test_discrepancies_found_missed_excused_and_false(tmp_path: Path) -> None:
    planted = [{"pointer": pointer} for pointer in ("/income/total", "/general_public_budget/total", "/fiscal_year")]
    case = one_case(tmp_path, discrepancies=planted)
    content = result()
    content["checks"] = [
        check(["/income/total", "/income/fiscal_appropriation/amount"]),
        check(["/general_public_budget/total"], severity="minor"),
        check(["/statements/three_public/final/total"]),
        check(["/statements/three_public/budget/total"], severity="minor"),
        check(["/fiscal_year"], outcome="pass"),
    ]
    found = scored(case, content)
    assert found.discrepancies == DiscrepancyTally(found=1, excused=1, missed=1, false=1, minor=1)
    assert [(each.kind, each.pointers) for each in found.discrepancy_errors] == [
        ("excused", ("/general_public_budget/total",)),
        ("missed", ("/fiscal_year",)),
        ("false", ("/statements/three_public/final/total",)),
    ]


def test_a_discrepancy_is_found_by_any_figure_of_the_same_print(tmp_path: Path) -> None:
    case = one_case(tmp_path, discrepancies=[{"pointer": "/income/total"}])
    content = result()
    content["figures"]["/general_public_budget/total"]["bbox"] = content["figures"]["/income/total"]["bbox"]
    content["checks"] = [check(["/general_public_budget/total"])]
    assert scored(case, content).discrepancies == DiscrepancyTally(found=1)


def test_without_a_list_nothing_is_said_of_discrepancies(tmp_path: Path) -> None:
    case = one_case(tmp_path, discrepancies=None)
    content = result()
    content["checks"] = [check(["/income/total"])]
    assert scored(case, content).discrepancies == DiscrepancyTally()


def test_places(tmp_path: Path) -> None:
    one_case(tmp_path)
    places = {
        "/fiscal_year": [[2, 0, 0, 9, 9], [1, 70, 70, 110, 84]],
        "/income/total": [[1, 70, 90, 90, 104]],
        "/general_public_budget/total": [[2, 70, 50, 110, 64]],
    }
    (tmp_path / "one" / "places.json").write_text(json.dumps(places))
    (case,) = find_cases(tmp_path)
    content = result()
    for pointer, box in (("/fiscal_year", [70, 71, 110, 85]), ("/income/total", [71, 90, 200, 104])):
        content["figures"][pointer]["bbox"] = box
    assert scored(case, content).places == PlaceTally(known=3, page=2, box=1)


def test_overlap() -> None:
    assert overlap((0, 0, 10, 10), (0, 0, 10, 10)) == 1
    assert overlap((0, 0, 10, 10), (0, 5, 10, 15)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 10, 10), (10, 0, 20, 10)) == 0


def test_repairs_against_the_first_reading(case: Case) -> None:
    content = result(total="repaired")
    for pointer, first in (("/income/total", "１00.5"), ("/general_public_budget/total", "9O.5")):
        content["figures"][pointer]["first_reading"] = first
    spoilt = put(content, "/income/total", 7)
    found = scored(case, spoilt)
    assert found.repairs == RepairTally(repaired=4, right=3, right_before=1)
    assert totals([found]).before_repair == pytest.approx((FIGURES - 1 - 3 + 1) / FIGURES)


def test_ocr_alone_against_after_repair(case: Case) -> None:
    """Of three figures from a picture one was mended, one spoilt, and one is as it was read."""
    content = result()
    for pointer, status, first in (
        ("/income/total", "repaired", "106.5"),
        ("/general_public_budget/total", "repaired", "90.5"),
        ("/fiscal_year", "verified", None),
    ):
        content["figures"][pointer] |= {"origin": "ocr", "status": status}
        if first:
            content["figures"][pointer]["first_reading"] = first
    found = scored(case, put(content, "/general_public_budget/total", 7)).repairs
    assert (found.repaired, found.right, found.right_before) == (2, 1, 1)
    assert (found.ocr, found.ocr_right, found.ocr_right_before) == (3, 2, 2)
    assert found.alone == found.after == pytest.approx(2 / 3)
    assert RepairTally().alone is None


def test_what_a_model_took_is_counted_beside_it(case: Case) -> None:
    content = result()
    content["summary"] = {
        "model": {"calls": 3, "prompt_tokens": 500, "completion_tokens": 70, "price": "0.0125", "seconds": 2.5}
    }
    spend = scored(case, content).spend
    assert (spend.calls, spend.input_tokens, spend.output_tokens) == (3, 500, 70)
    assert (spend.cost, spend.model_seconds) == (Decimal("0.0125"), 2.5)
    assert (spend.calls_per_page, spend.tokens_per_page, spend.cost_per_page) == (3, 570, Decimal("0.0125"))
    content["summary"] = {
        "model": {"calls": 1, "prompt_tokens": 5, "completion_tokens": 1, "price": None, "seconds": 0}
    }
    assert scored(case, content).spend.cost == 0


def test_what_it_took(case: Case) -> None:
    spend = scored(case, result()).spend
    assert (spend.pages, spend.seconds, spend.calls, spend.input_tokens, spend.output_tokens) == (1, 1.5, 2, 30, 4)
    assert spend.cost == Decimal("0.05")
    assert spend.seconds_per_page == 1.5


def test_tables_by_tag(tmp_path: Path) -> None:
    good = scored(one_case(tmp_path / "a", scan="good"), result())
    poor = scored(one_case(tmp_path / "b", scan="poor"), put(result(), "/income/total", None))
    sums = {level: totals(group).figures for level, group in by_tag([good, poor], "scan").items()}
    assert (sums["good"].missing, sums["poor"].missing) == (0, 1)
    assert totals([good, poor]).macro == pytest.approx((1 + (FIGURES - 1) / FIGURES) / 2)


def test_the_gold_of_these_tests_has_so_many_figures() -> None:
    assert sum(isinstance(value, int | float) for value in _values(GOLD)) == FIGURES


def _values(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return [value for each in node.values() for value in _values(each)]
    if isinstance(node, list):
        return [value for each in node for value in _values(each)]
    return [node]
