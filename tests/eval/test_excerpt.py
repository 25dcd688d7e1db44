"""Short reports for scans: what is cut from the pages is cut from the gold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest

from recount.eval.cases import find_cases
from recount.eval.generator import Form, Options, generate
from recount.eval.goldset.generated import Order, write
from recount.eval.score.harness import evaluate
from recount.eval.score.results import totals
from recount.pipeline.run.worker import structure_report

SECTIONS = ("income_expenditure", "income", "expenditure", "fiscal_appropriation", "basic_expenditure")
SHORT = Options(projects=1, size="small", cover=True, summary=False, overall=False, style="plain", sections=SECTIONS)


@pytest.mark.parametrize("form", [Form.X2022, Form.X2023, Form.S2024, Form.N])
def test_an_excerpt_is_read_as_its_gold_says(form: Form, tmp_path: Path) -> None:
    tables = ("general_public_budget",) if form in (Form.S2024, Form.N) else None
    write(Order(form, 77, replace(SHORT, statements=tables), name="one"), tmp_path / "gold")
    (case,) = find_cases(tmp_path / "gold")
    gold = case.gold()
    assert {key for key, value in gold.items() if value} - {"statements"} == {"unit_name", "fiscal_year", *SECTIONS}
    assert {key for key, value in (gold["statements"] or {}).items() if value} == set(tables or ())
    with pymupdf.open(case.source) as document:
        assert len(document) <= 4
        assert "名词解释" not in "".join(page.get_text() for page in document)
    figures = totals(evaluate([case], structure_report, tmp_path / "out", jobs=1).scores).figures
    assert figures.right == figures.gold > 20
    assert not figures.invented


def test_without_the_wish_a_report_is_whole() -> None:
    case = generate(Form.S2024, 3, options=Options(size="small"))
    assert all(case.gold["statements"].values())
    assert case.gold["glossary"]
