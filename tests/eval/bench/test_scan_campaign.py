"""What the campaign of scans orders, counts, and keeps."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from recount.eval.bench import scan_campaign
from recount.eval.bench.scan_campaign import Outcome, by_level, campaign, falls_short, listed, lost, main, orders, table
from recount.eval.generator import Form, Options, generate
from recount.eval.goldset.generated import Order
from recount.eval.scans.damage import LEVELS
from recount.eval.score.metrics import Tally
from recount.eval.score.scores import CaseScore, FigureError
from recount.tests.pipeline.tasks.report_tasks import sample_result

LOST = {
    "pointer": "/income/total",
    "outcome": "missing",
    "gold": "411.63",
    "got": None,
    "status": "absent",
    "raw": None,
    "page": None,
    "bbox": None,
}
SILENT = {
    "pointer": "/income/total",
    "outcome": "wrong",
    "gold": "411.63",
    "got": "411.68",
    "status": "verified",
    "raw": "411.68",
    "page": 2,
    "bbox": [1.0, 2.0, 3.0, 4.0],
}
GOOD = Outcome("good-n-1", "good", "n", 10, 20.0, Tally(right=1999, missing=1, trusted=1900), 1, (LOST,))
POOR = Outcome("poor-n-2", "poor", "n", 10, 30.0, Tally(right=980, wrong=20, silent=1, trusted=900), 0, (SILENT,))


def test_each_level_has_a_report_of_each_seed_and_all_differ() -> None:
    made = list(orders(list(LEVELS), range(3, 51)))
    assert len(made) == len({order.name for order in made}) == len({order.seed for order in made}) == 48 * len(LEVELS)
    assert {order.scan.level for order in made if order.scan} == set(LEVELS)
    assert {order.form.value for order in made} >= {"n", "s2024", "x2021", "x2022", "x2023", "hubei", "yunnan"}


def test_some_reports_are_sloppy_and_some_contradict_themselves() -> None:
    options = [order.options for order in orders(["fax"], range(15))]
    assert {bool(one.slips) for one in options} == {bool(one.plant) for one in options} == {True, False}


def test_a_region_carries_the_statements_that_are_wished_for_planted_or_not() -> None:
    wished = Options(plant=2, size="small", statements=("expenditure",))
    order = next(order for order in orders(["good"], range(30)) if order.form.value == "hubei")
    made = generate(order.form, 5, options=wished)
    assert [key for key, statement in made.gold["statements"].items() if statement] == ["expenditure"]
    assert made.discrepancies


def test_levels_add_up_and_are_held_against_what_they_must_be() -> None:
    levels = by_level([GOOD, POOR])
    assert list(levels) == ["good", "poor", "all"]
    assert (levels["all"]["figures"], levels["all"]["lost"], levels["all"]["seconds_per_page"]) == (3000, 1, 2.5)
    assert [line.partition(":")[0] for line in falls_short(levels)] == ["poor", "poor", "all"]
    assert not falls_short(by_level([GOOD]))


def test_more_than_one_lost_cell_in_two_thousand_is_too_many() -> None:
    assert "2 of 2000" in falls_short(by_level([replace(GOOD, lost=2)]))[0]


def test_the_table_has_a_column_for_each_key() -> None:
    lines = table(by_level([GOOD, POOR]))
    assert len({line.count("|") for line in lines}) == 1
    assert len(lines) == 5


def test_a_figure_is_lost_whose_number_stands_nowhere_else() -> None:
    """With a sign or without one, for words may make it negative; each number stands for one figure."""
    missing = FigureError("/income/change/amount", "missing", Decimal("-0.03"), None, "absent")
    keyless = FigureError("/unmapped_figures/0/value", "invented", None, Decimal("0.03"), "grounded")
    scored = CaseScore("fair-n-1", {}, "scored", figure_errors=(missing, keyless))
    assert lost(scored, {}, None) == 0
    assert lost(replace(scored, figure_errors=(missing, missing, keyless)), {}, None) == 1
    assert lost(replace(scored, figure_errors=(missing, replace(keyless, got=Decimal("0.3")))), {}, None) == 1


def test_a_number_without_a_key_is_not_lost_though_the_gold_lists_none(tmp_path: Path) -> None:
    result = replace(sample_result(tmp_path / "one.pdf"), report={"unmapped_figures": [{"value": Decimal("0.03")}]})
    missing = FigureError("/income/change/amount", "missing", Decimal("0.03"), None, "absent")
    keyless = FigureError("/unmapped_figures/0/value", "invented", None, Decimal("0.03"), "grounded")
    scored = CaseScore("fair-n-1", {}, "scored", figure_errors=(missing,))
    assert lost(scored, {"unmapped_figures": None}, result) == 0
    assert lost(scored, {"unmapped_figures": [{"value": Decimal("0.03")}]}, result) == 1, "it is that one"
    assert lost(replace(scored, figure_errors=(missing, missing, keyless)), {}, result) == 1, "one number, not two"


def test_each_failure_is_told_in_a_line() -> None:
    assert list(listed(POOR)) == [
        "poor-n-2: wrong SILENT /income/total: 411.63, read 411.68 ('411.68', verified), page 2 [1.0, 2.0, 3.0, 4.0]"
    ]
    keyless = {**SILENT, "pointer": "/unmapped_figures/0/value", "outcome": "invented", "status": "grounded"}
    assert list(listed(replace(GOOD, errors=(LOST, keyless)))) == [
        "good-n-1: missing /income/total: 411.63, read nothing"
    ]
    assert list(listed(replace(GOOD, refused="it is no report"))) == ["good-n-1: refused: it is no report"]


def test_an_outcome_is_kept_and_read_again_as_it_was(tmp_path: Path) -> None:
    POOR.write(tmp_path / "deep" / "one.json")
    assert Outcome.read(tmp_path / "deep" / "one.json") == POOR


def test_what_is_kept_is_not_read_anew_unless_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def reads(order: Order, _: Path) -> Outcome:
        assert order.name
        read.append(order.name)
        return replace(GOOD, name=order.name)

    monkeypatch.setattr(scan_campaign, "read", reads)
    wanted = list(orders(["good"], range(2)))
    first = [outcome.name for outcome in campaign(wanted, tmp_path, [])]
    assert read == first
    list(campaign(wanted, tmp_path, first[:1]))
    assert read == [*first, first[0]]


def test_what_is_read_anew_took_as_long_as_at_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter((20.0, 0.5))
    monkeypatch.setattr(scan_campaign, "read", lambda order, _: replace(POOR, name=order.name, seconds=next(times)))
    order = next(orders(["poor"], [1]))
    assert order.name
    assert [outcome.seconds for again in ([], [order.name]) for outcome in campaign([order], tmp_path, again)] == [
        20,
        20,
    ]


def test_a_report_is_made_read_and_scored(tmp_path: Path) -> None:
    options = Options(projects=1, size="small", cover=False, style="plain", sections=("income",), statements=())
    order = Order(Form.N, 1, options, name="digital-1")  # a digital page is read in no time
    outcome = scan_campaign.read(order, tmp_path)
    assert (outcome.name, outcome.refused, outcome.figures.missing) == ("digital-1", None, 0)
    assert outcome.figures.right > 0
    assert all(Decimal(error["got"]) for error in outcome.errors)
    assert (tmp_path / "cases" / "digital-1" / "result.json").is_file()
    outcome.write(tmp_path / "one.json")
    assert Outcome.read(tmp_path / "one.json") == outcome


def test_what_is_no_report_is_refused_with_all_its_figures(tmp_path: Path) -> None:
    options = Options(projects=1, size="small", cover=False, sections=(), statements=())
    outcome = scan_campaign.read(Order(Form.N, 1, options, name="empty"), tmp_path)
    assert outcome.refused
    assert (outcome.figures.right, outcome.lost) == (0, outcome.figures.missing)


def test_it_ends_with_the_figures_by_level_and_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scan_campaign, "read", lambda order, _: replace(GOOD, name=order.name))
    told = tmp_path / "levels.json"
    assert main([str(tmp_path), "--levels", "good", "--count", "1", "--json", str(told)]) == 0
    assert "| good | 1 |" in capsys.readouterr().out
    assert '"right": 1999' in told.read_text()
    monkeypatch.setattr(scan_campaign, "read", lambda order, _: replace(POOR, name=order.name))
    assert main([str(tmp_path / "other"), "--levels", "poor", "--count", "1"]) == 1


def test_what_became_of_a_report_at_first_is_told_beside_what_became_of_it_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    order, told = next(orders(["poor"], [1])), tmp_path / "levels.json"
    lost = iter((5, 3, 1))
    monkeypatch.setattr(scan_campaign, "read", lambda order, _: replace(GOOD, name=order.name, lost=next(lost)))
    for again in ("", order.name or "", order.name or ""):
        arguments = ["--levels", "poor", "--count", "1", "--seed", "1", "--again", again, "--json", str(told)]
        main([str(tmp_path), *arguments])
    kept = json.loads(told.read_text())
    assert (kept["first"]["all"]["lost"], kept["levels"]["all"]["lost"]) == (5, 1)
    assert capsys.readouterr().out.count("As read at first") == 2
