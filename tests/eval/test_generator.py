"""The report generator: its gold adds up, its pages print its gold, its plants break what they list."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pymupdf
import pytest

from recount.eval.generator import Case, Form, Options, draft, generate
from recount.eval.generator.examples import ARCHIVE, build
from recount.eval.generator.files import plain
from recount.eval.generator.gold.shape import KEYS
from recount.eval.score.leaves import is_number, leaves
from recount.tests.eval.recheck import Recheck

XINJIANG = (Form.X2021, Form.X2022, Form.X2023)
FORMS = (*XINJIANG, Form.S2024, Form.N)
SMALL = {"projects": 2}
WIDE = str.maketrans("０１２３４５６７８９．％－", "0123456789.%-")


@pytest.mark.parametrize("form", FORMS)
def test_gold_adds_up(form: Form) -> None:
    for seed in range(40):
        options = Options(projects=1 + seed % 4, funds=seed % 3 == 0 or None, level=seed % 2 == 0)
        gold, planted = draft(form, seed, options=options)
        identities = list(Recheck(gold, levelled=seed % 2 == 0).all())
        assert len(identities) > (5 if form is Form.X2021 else 60)
        assert (seed, [i for i in identities if not i.holds], planted) == (seed, [], ())


def test_rounding_leaves_residuals_as_in_life() -> None:
    """Somewhere a printed sum differs from the printed parts by a unit in the last place."""
    residuals = 0
    for seed in range(10):
        node = draft(Form.X2022, seed)[0]["general_public_budget"]
        residuals += node["total"] != sum(item["amount"] for item in node["items"])
    assert residuals


@pytest.mark.parametrize("form", FORMS)
def test_same_seed_same_bytes(form: Form) -> None:
    options = Options(slips=0.5, plant=1, **SMALL)
    first, second = (generate(form, 3, options=options) for _ in range(2))
    assert first == second
    assert first.pdf != generate(form, 4, options=options).pdf


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("slips", [0.0, 0.6])
def test_every_figure_stands_on_the_pages(form: Form, slips: float) -> None:
    for seed in range(2):
        case = generate(form, seed, options=Options(slips=slips, **SMALL))
        text = page_text(case)
        missing = [(p, raw) for p, raw in case.figures if squeezed(raw) not in text]
        assert missing == []


@pytest.mark.parametrize("form", FORMS)
def test_every_gold_number_was_printed_as_it_is(form: Form) -> None:
    for seed in range(2):
        case = generate(form, seed, options=Options(slips=0.5, yuan=False, **SMALL))
        raws = dict(case.figures)
        for pointer, value in leaves(case.gold):
            if not is_number(value):
                continue
            if pointer in raws:
                assert abs(Decimal(squeezed(raws[pointer]))) == abs(value), pointer
            else:
                assert pointer.endswith("fiscal_year"), pointer


@pytest.mark.parametrize("form", FORMS)
def test_the_shape_is_the_contract(form: Form) -> None:
    gold = plain(generate(form, 1, options=Options(**SMALL)).gold)
    assert list(gold) == KEYS["report"].split()
    for section in ("overview", "income_expenditure", "three_public", "procurement", "state_assets", "performance"):
        if gold[section]:
            assert list(gold[section]) == KEYS[section].split()
    for table in gold["project_evaluations"]:
        assert list(table) == KEYS["project_evaluation"].split()
        assert all(list(row) == KEYS["indicator"].split() for row in table["indicators"])
        assert all(list(row) == KEYS["fund_row"].split() for row in table["funds"])


@pytest.mark.parametrize("form", [Form.S2024, Form.N])
def test_a_report_in_yuan_is_gold_in_wan(form: Form) -> None:
    case = generate(form, 5, options=Options(yuan=True, level=False))
    assert [i for i in Recheck(case.gold, levelled=False).all() if not i.holds] == []
    assert "单位：元" in page_text(case)
    raw = dict(case.figures)["/income/total"]
    assert Decimal(squeezed(raw)) / 10_000 == case.gold["income"]["total"]


def test_what_a_form_does_not_print_is_null() -> None:
    old = generate(Form.X2022, 2, options=Options(**SMALL)).gold
    assert old["general_public_budget"]["budget"] is None
    assert old["three_public"]["fixed_asset_vehicles"] is None
    assert old["overall_evaluation"] is None
    assert old["other_notes"] is None
    assert old["performance"]["overall_table_count"] is None
    bare = generate(Form.X2021, 2, options=Options(**SMALL)).gold
    assert [key for key, value in bare.items() if value] == ["unit_name", "fiscal_year", "project_evaluations"]


@pytest.mark.parametrize("form", FORMS)
def test_plants_break_exactly_what_they_list(form: Form) -> None:
    for seed in range(25):
        options = Options(plant=2, projects=3, classified=False, level=False)
        gold, discrepancies = draft(form, seed, options=options)
        planted = {d.pointer for d in discrepancies}
        broken = [i for i in Recheck(gold, levelled=False).all() if not i.holds]
        assert discrepancies
        assert [i for i in broken if not planted & set(i.pointers)] == []
        assert [p for p in planted if not any(p in i.pointers for i in broken)] == []
        assert all(d.printed != d.consistent for d in discrepancies)


@pytest.mark.parametrize("form", [Form.X2022, Form.X2023, Form.S2024, Form.N])
def test_every_text_of_the_narrative_stands_on_the_pages(form: Form) -> None:
    """In a style without page numbers no text is interrupted by a page's end."""
    case = generate(form, 2, options=Options(style="plain", **SMALL))
    text = page_text(case)
    skipped = ("project_evaluations", "overall_evaluation", "unmapped_figures", "statements")
    narrative = {key: value for key, value in case.gold.items() if key not in skipped}
    # the kind of unit is ours, and the date is printed in words
    strings = [v for p, v in leaves(narrative) if isinstance(v, str) and not p.endswith(("unit_kind", "as_of"))]
    assert [s for s in strings if squeezed(s) not in text] == []


def test_the_draft_is_what_generate_prints() -> None:
    options = Options(slips=0.5, plant=1, **SMALL)
    case = generate(Form.X2023, 6, options=options)
    gold, planted = draft(Form.X2023, 6, options=options)
    assert (case.gold["income"], case.discrepancies) == (gold["income"], planted)


def test_the_archive_of_examples_is_what_the_generator_makes(tmp_path: Path) -> None:
    built = build(tmp_path)
    kept = sorted(path.relative_to(ARCHIVE) for path in ARCHIVE.rglob("*.pdf"))
    assert sorted(path.relative_to(tmp_path) for path in built) == kept
    for path in built:  # their text: another release of pymupdf may pack the same pages in other bytes
        with pymupdf.open(path) as new, pymupdf.open(ARCHIVE / path.relative_to(tmp_path)) as old:
            assert [page.get_text() for page in new] == [page.get_text() for page in old]


def page_text(case: Case) -> str:
    with pymupdf.open(stream=case.pdf) as doc:
        return squeezed("".join(page.get_text() for page in doc))


def squeezed(text: str) -> str:
    return re.sub(r"[\s,，]", "", text.translate(WIDE))
