"""Generated reports as text: the same figures as on the pages, whatever became of their words and places."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random

import pymupdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.eval.generator import Case, Form, Options, generate
from recount.eval.generator.budgets import BudgetCase, generate_budget, generate_district_budget
from recount.eval.generator.texts import KINDS, written
from recount.eval.generator.texts.harm import torn, with_blanks, with_loss
from recount.eval.generator.texts.rows import rows_of
from recount.eval.generator.texts.written import Kind, plain
from recount.eval.generator.typeset.blocks import Sheet
from recount.eval.generator.typeset.compose import Manuscript
from recount.pipeline.structure import document_of

PLAIN: tuple[Kind, ...] = ("raw", "tabs", "cells", "md", "html")
SMALL = Options(projects=2, size="small", slips=0.3)


def x2021(seed: int) -> Case:
    return generate(Form.X2021, seed, options=Options(projects=2, size="small"))


def s2024(seed: int) -> Case:
    return generate(Form.S2024, seed, options=Options(size="small"))


def decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeError:
        return data.decode("gb18030")


def squeezed(text: str) -> str:
    return re.sub(r"[\s　]|</?[a-z][^>]*>", "", text)


def manuscript(seed: int = 3) -> Manuscript:
    return generate(Form.X2022, seed, options=SMALL).manuscript


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_writes_the_same_bytes(kind: Kind) -> None:
    report = manuscript()
    assert written(report, kind, 5) == written(report, kind, 5)


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("kind", PLAIN)
def test_every_figure_stands_in_the_text(form: Form, kind: Kind) -> None:
    for seed in range(1, 3):
        case = generate(form, seed, options=SMALL)
        text = squeezed(decoded(written(case.manuscript, kind, seed).data))
        assert [(pointer, raw) for pointer, raw in case.figures if squeezed(raw) not in text] == []


def test_a_budget_is_written_too() -> None:
    case = generate_budget(3)
    for kind in PLAIN:
        text = squeezed(decoded(written(case.manuscript, kind, 3).data))
        assert [raw for _, raw in case.figures if squeezed(raw) not in text] == []


WORDS = st.text("本年收入合计（）万元减增1234567890.,% 占", min_size=0, max_size=60)


def figures(text: str) -> list[str]:
    return re.findall(r"[\d][\d.,]*%?", text)


@given(WORDS, st.integers())
def test_a_paragraph_is_torn_outside_its_figures(text: str, seed: int) -> None:
    parts = torn(Random(seed), text, 1.0)
    assert [figure for part in parts for figure in figures(part)] == figures(text)
    assert squeezed("".join(parts)) == squeezed(text)


@given(WORDS, st.integers())
def test_a_lost_character_is_none_of_a_figure_a_unit_or_a_sentence(text: str, seed: int) -> None:
    kept = with_loss(Random(seed), text, 1.0)
    if kept != text:
        assert len(kept) == len(text) - 1
        assert not figures(text)
        assert "元" not in text


@given(WORDS, st.integers(1, 6))
def test_blanks_are_put_into_words_alone(text: str, width: int) -> None:
    assert squeezed(with_blanks(text, width)) == squeezed(text)
    assert figures(with_blanks(text, width)) == figures(text)


def test_a_grid_has_a_slot_for_every_place() -> None:
    sheet = Sheet((1.0, 1.0, 1.0))
    sheet.put(0, 0, "a", rows=2)
    sheet.put(0, 1, "b", cols=2)
    sheet.put(1, 1, "c")
    rows = rows_of(sheet.grid())
    assert [[slot.text for slot in row] for row in rows] == [["a", "b", ""], ["", "c", ""]]
    assert [[slot.origin for slot in row] for row in rows] == [["own", "own", "across"], ["below", "own", "own"]]


def test_raw_order_tears_words_and_loses_empty_cells() -> None:
    text = plain(generate(Form.N, 3, options=SMALL).manuscript, "raw", 1)
    assert re.search(r"[\u4e00-\u9fff]\n\n[\u4e00-\u9fff]", text)
    assert re.search(r"[\u4e00-\u9fff] \d[\d,.]* \d[\d,.]*\n", text)
    assert "\t" not in text


def test_rows_with_tabs_have_too_few_and_too_many() -> None:
    rows = [
        line.count("\t")
        for seed in range(6)
        for line in plain(manuscript(seed), "tabs", seed).split("\n")
        if "\t" in line
    ]
    assert {7, 8, 9} < set(rows)


def test_a_cell_a_line_has_no_rows() -> None:
    texts = [plain(manuscript(), "cells", seed) for seed in range(12)]
    assert all("\t" not in line.strip("\t") for text in texts for line in text.split("\n"))
    assert {text.startswith("\t") for text in texts} == {True, False}


def test_texts_come_in_the_encodings_that_there_are() -> None:
    report = manuscript()
    files = [written(report, "cells", seed).data for seed in range(60)]
    assert any(data.startswith(codecs.BOM_UTF16_LE) for data in files)
    assert any(data.startswith(codecs.BOM_UTF8) for data in files)
    assert any("项目支出绩效自评表".encode("gb18030") in data for data in files)
    assert any("项目支出绩效自评表".encode() in data for data in files)
    assert any(b"\r\n" in data for data in files)


def test_a_pdf_without_rules_has_no_lines() -> None:
    with pymupdf.open(stream=written(manuscript(), "unruled", 1).data, filetype="pdf") as document:  # type: ignore[no-untyped-call]
        assert not [page for page in document if page.get_drawings()]


def test_a_web_page_says_what_is_none_of_the_report() -> None:
    page = decoded(written(manuscript(), "html", 1).data)
    assert all(mark in page for mark in ("<nav>", "<script>", "display:none", "rowspan=", "colspan="))


AMOUNT = re.compile(r"(?<![\d.,])\d[\d,]*\.\d\d(?![\d.])")


@pytest.mark.parametrize("kind", ["raw", "tabs", "cells"])
@pytest.mark.parametrize("make", [x2021, s2024, generate_budget, generate_district_budget])
def test_no_amount_of_a_text_is_lost_and_none_is_made(
    make: Callable[[int], Case | BudgetCase], kind: Kind, tmp_path: Path
) -> None:
    """Every amount that the file prints is one token, in a table, a sentence or what was left open."""
    for seed in (1, 2):
        text = plain(make(seed).manuscript, kind, seed)
        (tmp_path / "report.txt").write_text(text, encoding="utf-8")
        tokens = document_of(tmp_path / "report.txt")[0].tokens
        printed = Counter(Decimal(amount.replace(",", "")) for amount in AMOUNT.findall(text))
        assert Counter(abs(token.value) for token in tokens if token.decimals == 2) == printed
