"""Files that hold more than one report, from the PDF to the results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from recount.eval.generator import Case, Form, Options, generate
from recount.eval.models.oracle import Oracle, perfect_answers
from recount.pipeline.errors import SeveralReports
from recount.pipeline.map.registry import map_document
from recount.pipeline.model.mapper import Mapper
from recount.pipeline.result import Result, read_result, write_result
from recount.pipeline.settings import ModelSettings, Settings
from recount.pipeline.structure import document_of, documents_of, structure, structures
from recount.tests.pipeline.test_structure import numbers, silent_errors

SHORT = Options(
    projects=0,
    size="small",
    style="plain",
    funds=False,
    capital=False,
    summary=False,
    overall=False,
    statements=("income_expenditure", "general_public_budget"),
)


@cache
def a_case(seed: int) -> Case:
    return generate(Form("n"), seed, options=SHORT)


def in_one_file(path: Path, *parts: tuple[bytes, Sequence[int] | None]) -> Path:
    """A PDF of some pages (1-based; None is all) of some PDFs, in this order."""
    with pymupdf.open() as whole:
        for pdf, pages in parts:
            with pymupdf.open(stream=pdf) as part:
                for number in pages or range(1, len(part) + 1):
                    whole.insert_pdf(part, from_page=number - 1, to_page=number - 1)
        whole.save(path)
    return path


def first_table(pdf: bytes) -> int:
    with pymupdf.open(stream=pdf) as document:
        return next(page.number + 1 for page in document if "公开" in page.get_text())


def length(pdf: bytes) -> int:
    with pymupdf.open(stream=pdf) as document:
        return len(document)


def side_by_side(path: Path, pdf: bytes, pages: Iterable[int]) -> Path:
    """A PDF with two pages of another on each sheet, as programs print them to save paper."""
    numbers_of_pages = list(pages)
    with pymupdf.open() as sheets, pymupdf.open(stream=pdf) as part:
        for first in range(0, len(numbers_of_pages), 2):
            sheet = sheets.new_page(width=842, height=595)
            for place, number in enumerate(numbers_of_pages[first : first + 2]):
                sheet.show_pdf_page(pymupdf.Rect(421 * place, 0, 421 * place + 421, 595), part, number - 1)
        sheets.save(path)
    return path


def kinds(result: Result) -> list[tuple[str, int]]:
    return [(remark.kind, remark.page) for remark in result.summary.remarks]


def test_a_department_and_its_unit(tmp_path: Path) -> None:
    one, other = a_case(3), a_case(4)
    path = in_one_file(tmp_path / "a.pdf", (one.pdf, None), (other.pdf, None))
    results = structures(path)
    assert [result.source.file for result in results] == ["a.pdf#1", "a.pdf#2"]
    seam, pages = length(one.pdf), length(one.pdf) + length(other.pdf)
    assert [result.source.report_pages for result in results] == [[*range(1, seam + 1)], [*range(seam + 1, pages + 1)]]
    assert {result.source.pages for result in results} == {pages}
    for result, case in zip(results, (one, other), strict=True):
        assert numbers(result.report) == numbers(case.gold)
        assert not silent_errors(result, case.gold)
        assert {figure.page for figure in result.figures.values()} <= set(result.source.report_pages or ())
    write_result(tmp_path / "a.json", results[1])
    assert read_result(tmp_path / "a.json").source.report_pages == results[1].source.report_pages


def test_one_result_is_asked_for(tmp_path: Path) -> None:
    path = in_one_file(tmp_path / "a.pdf", (a_case(3).pdf, None), (a_case(4).pdf, None))
    with pytest.raises(SeveralReports, match="it holds 2 reports, where one was asked for"):
        structure(path)
    with pytest.raises(SeveralReports):
        document_of(path)
    assert [len(document.tokens) > 100 for document, _ in documents_of(path)] == [True, True]


def test_a_model_is_asked_about_each(tmp_path: Path) -> None:
    path = in_one_file(tmp_path / "a.pdf", (a_case(3).pdf, None), (a_case(4).pdf, None))
    answers: dict[str, Any] = {}
    for document, family in documents_of(path):
        template = map_document(document, family)
        answers |= perfect_answers(document, Mapper(Oracle({}), family), template.report)
    asked = ModelSettings("scripted", base_url="http://localhost:9")
    results = structures(path, settings=Settings(mapper="model", model=asked, rounds=1), who=Oracle(answers))
    assert [result.summary.mapper.name for result in results] == ["model:scripted"] * 2
    for result, case in zip(results, (a_case(3), a_case(4)), strict=True):
        assert numbers(result.report, "/income_expenditure") == numbers(case.gold, "/income_expenditure")


def test_every_page_twice_and_a_stray_one(tmp_path: Path) -> None:
    """The tables run on over the pages that are left out, and places are those of the file."""
    case = a_case(3)
    pages = range(1, length(case.pdf) + 1)
    twice = [number for number in pages for _ in range(2)]
    tables = in_one_file(tmp_path / "b.pdf", (case.pdf, twice), (a_case(4).pdf, [first_table(a_case(4).pdf)]))
    (result,) = structures(tables)
    assert result.source.file == "b.pdf"
    assert numbers(result.report) == numbers(case.gold)
    assert result.source.report_pages == [2 * number - 1 for number in pages]
    assert kinds(result) == [*(("repeated page", 2 * number) for number in pages), ("other report", 2 * len(pages) + 1)]
    alone = structure(in_one_file(tmp_path / "c.pdf", (case.pdf, None)))
    assert alone.source.report_pages is None
    assert {p: (f.value, f.status) for p, f in result.figures.items()} == {
        p: (f.value, f.status) for p, f in alone.figures.items()
    }


def test_pages_without_a_report_between_reports(tmp_path: Path) -> None:
    with pymupdf.open() as letter:
        for words in (("2023年度", "某单位部门决算"), ("关于会议的通知，请各部门参加。",)):
            page = letter.new_page()
            for row, text in enumerate(words):
                page.insert_text((100, 200 + 30 * row), text, fontname="china-s")
        pdf = letter.tobytes()
    case = a_case(3)
    (result,) = structures(in_one_file(tmp_path / "a.pdf", (case.pdf, None), (pdf, None)))
    assert numbers(result.report) == numbers(case.gold)
    last = length(case.pdf)
    assert kinds(result) == [("no report", last + 1)]
    assert result.source.report_pages == [*range(1, last + 1)]


def test_two_pages_on_a_sheet(tmp_path: Path) -> None:
    """They are two as read; page and box of a figure are where the file shows it."""
    case = a_case(3)
    upright = [number for number in range(1, length(case.pdf) + 1) if _is_upright(case.pdf, number)]
    alone = structure(in_one_file(tmp_path / "a.pdf", (case.pdf, upright)))
    result = structure(side_by_side(tmp_path / "b.pdf", case.pdf, upright))
    assert {p: f.value for p, f in result.figures.items()} == {p: f.value for p, f in alone.figures.items()}
    assert result.source.pages == (len(upright) + 1) // 2
    with pymupdf.open(tmp_path / "b.pdf") as sheets:
        characters = [_characters(sheet) for sheet in sheets]
        for pointer, figure in result.figures.items():
            assert figure.page == (alone.figures[pointer].page + 1) // 2
            around = _around(figure.bbox)
            shown = [sign for sign, middle in characters[figure.page - 1] if middle in around]
            assert figure.raw.rstrip("万元") in "".join("".join(shown).split())


def _is_upright(pdf: bytes, number: int) -> bool:
    with pymupdf.open(stream=pdf) as document:
        return bool(document[number - 1].rect.width < document[number - 1].rect.height)


def _characters(page: pymupdf.Page) -> list[tuple[str, pymupdf.Point]]:
    """What a page shows, in its order, each character with the middle of its box."""
    blocks = page.get_text("rawdict")["blocks"]
    spans = [span for block in blocks for line in block.get("lines", ()) for span in line["spans"]]
    boxes = [(each["c"], pymupdf.Rect(each["bbox"])) for span in spans for each in span["chars"]]
    return [(sign, (box.tl + box.br) / 2) for sign, box in boxes]


def _around(box: Sequence[float]) -> pymupdf.Rect:
    x0, y0, x1, y1 = map(float, box)
    return pymupdf.Rect(x0 - 1, y0 - 1, x1 + 1, y1 + 1)
