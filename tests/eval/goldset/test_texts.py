"""Text cases: written from their seeds, with the gold of their reports, less what a text does not tell."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from recount.cli import main
from recount.eval.cases import Case, find_cases
from recount.eval.generator import Form
from recount.eval.generator.texts.written import MESSY
from recount.eval.goldset.budgets import Layout
from recount.eval.goldset.generated import write_text
from recount.eval.goldset.texts import orders
from recount.eval.goldset.unplaced import unplaced
from recount.eval.score.results import tag_of
from recount.eval.score.scores import score_failure


def test_there_are_twenty_in_each_kind_of_mess_over_all_forms(cases: list[Case]) -> None:
    forms = {form.value for form in (*Form, *Layout)}
    often = Counter(case.text for case in cases)
    assert {kind: often[kind] for kind in MESSY} == dict.fromkeys(MESSY, 20)
    assert all({case.form for case in cases if case.text == kind} == forms for kind in often)
    assert set(often) == {*MESSY, "md", "html", "unruled"}
    assert {case.source.suffix for case in cases} == {".txt", ".md", ".html", ".pdf"}
    assert sum(len(case.planted or ()) for case in cases) > 10


def test_written_again_they_are_the_same(cases: list[Case], tmp_path: Path) -> None:
    order = next(order for order in orders() if order.form is Form.X2022)
    report = order.case()
    for case in (case for case in cases if case.name.endswith("/x2022-1")):
        again = write_text(report, case.text, order.seed, tmp_path, case.name)  # type: ignore[arg-type]
        for path in case.expected.parent.iterdir():
            assert path.read_bytes() == (again / path.name).read_bytes()


def test_a_text_shares_its_gold_with_the_others_of_its_report(cases: list[Case]) -> None:
    golds = {case.text: case.gold() for case in cases if case.name.endswith("/x2022-1")}
    assert len(golds) == 6
    assert all(gold == golds["raw"] for gold in golds.values())


def test_the_reports_are_as_many_as_their_names() -> None:
    made = list(orders())
    assert len({(order.form, order.seed) for order in made}) == len(made) == 20


def test_only_where_empty_cells_are_lost_amounts_need_not_be_placed(cases: list[Case]) -> None:
    for case in cases:
        if case.text in ("tabs", "md", "html", "unruled"):
            assert not case.unknowable
    raw = [case for case in cases if case.text == "raw" and case.form == "n"]
    assert all(case.unknowable for case in raw)


def test_what_nobody_could_place_is_missing_from_no_score(cases: list[Case]) -> None:
    by_text = {case.text: case for case in cases if case.name.endswith("/n-1")}
    demanded = {text: sum(score_failure(case, "refused", "").cells.values()) for text, case in by_text.items()}
    assert demanded["raw"] == demanded["html"] - len(by_text["raw"].unknowable) < demanded["html"]
    assert tag_of(score_failure(by_text["raw"], "refused", ""), "text") == "raw"


def test_a_full_row_can_be_placed_and_a_row_with_gaps_only_its_total() -> None:
    one = Decimal(1)
    rows = [
        {"code": "201", "name": "a", "total": one, "basic": one, "project": one},
        {"code": "202", "name": "b", "total": one, "basic": None, "project": one},
        {"code": None, "name": "c", "opening": one, "income": None},
    ]
    assert unplaced({"rows": rows}, "/s") == ["/s/rows/1/project", "/s/rows/2/opening"]


def test_budget_and_final_stand_in_one_row() -> None:
    full = {"total": Decimal(1), "overseas": Decimal(2)}
    assert unplaced({"budget": full, "final": full}, "") == []
    gap = full | {"overseas": None}
    assert unplaced({"budget": full, "final": gap}, "") == ["/budget/total", "/budget/overseas", "/final/total"]


def test_amounts_that_a_label_names_are_always_placed() -> None:
    statement = {"income": [{"name": "a", "amount": Decimal(1)}], "income_total": Decimal(1), "opening": None}
    assert unplaced(statement, "") == []


def test_texts_beside_a_gold_are_cases_too(cases: list[Case], tmp_path: Path) -> None:
    gold = cases[0].expected.read_bytes()
    (tmp_path / "a.gold.json").write_bytes(gold)
    for name in ("a.pdf", "a.txt", "text/a.md", "ab.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert {case.name: case.text for case in find_cases(tmp_path)} == {"a": "pdf", "a.txt": "txt", "text/a.md": "md"}


def test_a_text_is_made_from_the_command_line(tmp_path: Path) -> None:
    wanted = ["eval", "generate", "--form", "x2021", "--seed", "21", "--out", str(tmp_path)]
    with pytest.raises(SystemExit) as stop:
        main([*wanted, "--text", "raw"])
    assert not stop.value.code
    (case,) = find_cases(tmp_path)
    assert (case.name, case.source.name, case.text) == ("x2021-00021-raw", "report.txt", "raw")
    with pytest.raises(SystemExit) as stop:
        main([*wanted, "--text", "raw", "--scan", "fair"])
    assert stop.value.code == 2
