"""A digital PDF and its text give the same report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from recount.eval.cases import Case, find_cases
from recount.eval.generator import Form
from recount.eval.generator.texts.written import MESSY, Kind
from recount.eval.goldset.budgets import Layout
from recount.eval.goldset.generated import write
from recount.eval.goldset.promote import promote
from recount.eval.goldset.texts import orders
from recount.eval.score.harness import evaluate
from recount.eval.score.results import totals
from recount.pipeline.result import read_result, write_result
from recount.pipeline.run.worker import structure_report

CLEAN: tuple[Kind, ...] = ("md", "html")
LEAST_RIGHT = 0.97


@pytest.fixture(scope="module")
def clean(cases: list[Case]) -> list[Case]:
    return [case for case in cases if case.text in CLEAN]


def test_nothing_is_lost_in_markdown_and_web_pages(clean: list[Case], tmp_path: Path) -> None:
    """Every figure of every form, none wrong, none invented; rows found, nothing contradicts itself.

    A report is tried in one of the two kinds in turn, each form in both.
    """
    reports = sorted({(case.form, case.name.partition("/")[2]) for case in clean})
    alone = [form for form, often in Counter(form for form, _ in reports).items() if often == 1]
    tried = [
        case
        for at, (form, name) in enumerate(reports)
        for case in clean
        if case.name.endswith(f"/{name}") and (form in alone or case.text == CLEAN[at % 2])
    ]
    assert {(case.form, case.text) for case in tried} == {(form, kind) for form, _ in reports for kind in CLEAN}
    scored = evaluate(tried, structure_report, tmp_path, jobs=1)
    for score in scored.scores:
        assert (score.name, score.fate, score.figure_errors, score.discrepancy_errors) == (score.name, "scored", (), ())
        assert score.rows.matched == score.rows.gold


@pytest.mark.parametrize("form", [Form.X2022.value, Form.N.value, Layout.NATIONAL.value])
def test_the_pdf_and_its_texts_give_the_same_report(form: str, clean: list[Case], tmp_path: Path) -> None:
    order = next(order for order in orders() if order.form.value == form)
    pdf = write(order, tmp_path) / "report.pdf"
    files = [pdf, *(case.source for case in clean if case.form == form)]
    reports = [structure_report(path)[0].report for path in files]
    assert len(reports) == 3
    for report in reports[1:]:
        assert squeezed(report) == squeezed(reports[0])


def squeezed(value: Any) -> Any:
    """A report without the blanks of its texts: lines end otherwise."""
    if isinstance(value, str):
        return "".join(value.split())
    if isinstance(value, Mapping):
        return {key: squeezed(part) for key, part in value.items()}
    return [squeezed(part) for part in value] if isinstance(value, list) else value


def test_a_reviewed_text_becomes_a_case(clean: list[Case], tmp_path: Path) -> None:
    case = next(case for case in clean if case.name == "md/x2021-1")
    (result,) = structure_report(case.source)
    write_result(tmp_path / "a.json", result)
    folder = promote(tmp_path / "a.json", tmp_path / "mine", case.source)
    (mine,) = find_cases(tmp_path / "mine")
    assert (mine.source, mine.text, mine.gold_places()) == (folder / "report.md", "md", {})
    assert mine.gold() == read_result(tmp_path / "a.json").report


@pytest.mark.parametrize("kind", MESSY)
def test_in_a_mess_nearly_all_is_found_and_nothing_silently_wrong(
    kind: Kind, cases: list[Case], tmp_path: Path
) -> None:
    """Over all forms; what is planted in them is found, too."""
    messy = [case for case in cases if case.text == kind]
    scored = evaluate(messy, structure_report, tmp_path, jobs=1)
    figures = totals(scored.scores).figures
    assert [score.name for score in scored.scores if score.fate != "scored"] == []
    assert figures.silent == 0
    assert figures.right >= LEAST_RIGHT * figures.gold
    assert totals(scored.scores).discrepancies.missed == 0
