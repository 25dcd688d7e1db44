"""Whole reports: every figure as in the gold file, and none called verified that is not."""

from __future__ import annotations

import gc
import json
import unicodedata
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from recount.eval.generator import Case, Form, Options, generate
from recount.eval.score.leaves import leaves
from recount.pipeline.document import Pages
from recount.pipeline.errors import DocumentError, NeedsOcr, NotAReport
from recount.pipeline.ocr.reader import Scans
from recount.pipeline.result import Result
from recount.pipeline.settings import Settings
from recount.pipeline.structure import pages_of, structure
from recount.tests.samples import SAMPLES, of_sample
from recount.tests.twins import LEFT_OUT, TWINS, file_of, gold_of, value_at

SURE = ("verified", "repaired")


def numbers(report: Any, below: str = "") -> dict[str, Decimal]:
    return {
        pointer: Decimal(str(value))
        for pointer, value in leaves(report)
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and pointer.startswith(below)
    }


def words(report: Any) -> dict[str, str]:
    """The texts without spaces and width. A figure without a key is labelled as each reader sees fit."""
    return {
        pointer: "".join(unicodedata.normalize("NFKC", value).split())
        for pointer, value in leaves(report)
        if isinstance(value, str) and not (pointer.startswith("/unmapped_figures/") and pointer.endswith("/label"))
    }


@cache
def read(name: str) -> tuple[Result, Any]:
    """A twin or a sample: its result, and its gold file."""
    return structure(file_of(name)), json.loads(gold_of(name).read_text(encoding="utf-8"))


def silent_errors(result: Result, gold: Any) -> list[str]:
    """Figures called verified that are not what the report prints."""
    right, got = numbers(gold), numbers(result.report)
    return [
        pointer
        for pointer, figure in result.figures.items()
        if figure.status in SURE and right.get(pointer) != got[pointer]
    ]


def failures(result: Result) -> list[tuple[str, str | None, str]]:
    """The failed checks: severity, explanation, the printed side."""
    return [
        (each.severity, each.explanation and str(each.explanation), each.pointers[0])
        for each in result.checks
        if each.result == "fail"
    ]


WHOLE = (*TWINS, *SAMPLES)


@pytest.mark.parametrize(
    ("name", "below", "least"),
    [
        ("clean", "", 800),
        ("levelled", "", 250),
        ("tables", "", 230),
        ("shanghai", "/statements", 180),
        ("shanghai", "", 300),
        ("national", "", 300),
        of_sample("s000", "", 818),
        of_sample("s002", "", 551),
        of_sample("s003", "", 253),
        of_sample("r_czj", "/statements", 195),
        of_sample("r_czj", "", 313),
    ],
)
def test_every_figure_of_a_whole_report_is_read_as_in_its_gold_file(name: str, below: str, least: int) -> None:
    result, gold = read(name)
    right = numbers(gold, below)
    assert len(right) >= least
    assert numbers(result.report, below) == right


@pytest.mark.parametrize("name", WHOLE)
def test_no_figure_of_a_whole_report_is_a_silent_error(name: str) -> None:
    assert silent_errors(*read(name)) == []


@pytest.mark.parametrize(
    ("name", "below", "share"),
    [
        ("clean", "", 0.96),
        ("levelled", "", 0.93),
        ("tables", "", 0.98),
        ("shanghai", "/statements", 0.9),
        ("national", "", 0.95),
        of_sample("s000", "", 0.95),
        of_sample("s002", "", 0.95),
        of_sample("s003", "", 0.95),
        of_sample("r_czj", "/statements", 0.9),
    ],
)
def test_most_figures_of_a_whole_report_are_verified(name: str, below: str, share: float) -> None:
    result, gold = read(name)
    right = numbers(gold, below)
    sure = [pointer for pointer in right if result.figures[pointer].status in SURE]
    assert len(sure) >= share * len(right)


@pytest.mark.parametrize("name", WHOLE)
def test_every_text_of_a_whole_report_is_read_as_in_its_gold_file(name: str) -> None:
    result, gold = read(name)
    assert words(result.report) == words(gold)


@pytest.mark.parametrize("name", ["clean", "national", of_sample("s000")])
def test_a_report_that_adds_up_has_no_failed_check(name: str) -> None:
    assert failures(read(name)[0]) == []


@pytest.mark.parametrize("name", ["levelled", of_sample("s002")])
def test_a_levelled_share_is_the_one_failure_and_a_minor_one(name: str) -> None:
    result, _ = read(name)
    assert failures(result) == [("minor", "levelled", "/general_public_budget/by_class/4/percent")]
    assert result.figures["/general_public_budget/by_class/4/percent"].status in SURE


@pytest.mark.parametrize("name", ["tables", of_sample("s003")])
def test_the_totals_that_leave_out_the_funds_are_the_failures_and_alone_disputed(name: str) -> None:
    result, _ = read(name)
    totals = [f"/project_evaluations/{at}/total_score" for at in LEFT_OUT]
    assert [(severity, pointer) for severity, _, pointer in failures(result)] == [("error", each) for each in totals]
    assert [p for p, figure in result.figures.items() if figure.status == "disputed"] == totals


@pytest.mark.parametrize("name", ["shanghai", of_sample("r_czj")])
def test_the_contradictions_that_a_shanghai_report_prints_are_its_failures(name: str) -> None:
    result, gold = read(name)
    share = f"{gold['general_public_budget']['by_class'][0]['class_name']}·占比"
    named = {
        "/fiscal_appropriation/income_total": "财政拨款收入总计",
        "/fiscal_appropriation/expenditure_total": "财政拨款支出总计",
        "/general_public_budget/by_class/0/percent": share,
    }
    assert failures(result) == [
        ("error", f"most likely {words} {value_at(gold, pointer)}", pointer) for pointer, words in named.items()
    ]
    disputed = {pointer for pointer, figure in result.figures.items() if figure.status == "disputed"}
    assert disputed == {pointer for _, _, pointer in failures(result)}
    assert [check.suspects for check in result.failing] == [[pointer] for pointer in named]


@pytest.mark.parametrize("name", WHOLE)
def test_every_figure_stands_on_its_page(name: str) -> None:
    result, _ = read(name)
    for figure in result.figures.values():
        assert 1 <= figure.page <= result.source.pages
        x0, y0, x1, y1 = figure.bbox
        assert 0 <= x0 < x1
        assert 0 <= y0 < y1
        digits = unicodedata.normalize("NFKC", figure.raw).replace(",", "").replace(" ", "")
        assert abs(Decimal(digits)) == abs(Decimal(str(figure.value)))
    assert result.rejected == []


# --- generated reports: their gold is known to the last figure

MADE = {
    "tables only": (Form.X2021, 11, Options(projects=2, slips=0.4)),
    "2022": (Form.X2022, 12, Options(projects=2, size="small", funds=True)),
    "2022 with slips": (Form.X2022, 13, Options(projects=1, size="small", slips=0.4)),
    "2023 with slips": (Form.X2023, 14, Options(projects=2, size="small", slips=0.4, overall=True)),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("made")


def structured(case: Case, folder: Path) -> Result:
    path = folder / f"{case.name}.pdf"
    path.write_bytes(case.pdf)
    return structure(path)


@pytest.mark.parametrize("name", MADE)
def test_a_generated_report_is_read_as_it_was_made(name: str, folder: Path) -> None:
    form, seed, options = MADE[name]
    case = generate(form, seed, options=options)
    result = structured(case, folder)
    assert numbers(result.report) == numbers(case.gold)
    assert words(result.report) == words(case.gold)
    assert silent_errors(result, case.gold) == []
    assert [failed for failed in failures(result) if failed[0] == "error"] == []


def test_planted_errors_are_found_and_kept_as_printed(folder: Path) -> None:
    case = generate(Form.X2022, 15, options=Options(projects=2, size="small", plant=3))
    result = structured(case, folder)
    assert len(case.discrepancies) == 3
    assert numbers(result.report) == numbers(case.gold)
    failed = [each for each in result.checks if each.result == "fail" and each.severity == "error"]
    for planted in case.discrepancies:
        assert any(planted.pointer in each.pointers for each in failed), planted


def test_a_digital_report_makes_nothing_for_the_collector_which_rests_meanwhile(folder: Path) -> None:
    case = generate(Form.X2022, 16, options=Options(projects=2, size="small"))
    structured(case, folder)  # what is made once a process
    gc.collect()
    before = [generation["collections"] for generation in gc.get_stats()[1:]]
    structured(case, folder)
    assert [generation["collections"] for generation in gc.get_stats()[1:]] == before
    assert gc.isenabled()
    assert gc.collect() == 0


@pytest.mark.parametrize("scanned", [False, True])
def test_the_collector_works_while_scans_are_read(
    scanned: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pymupdf.open() as document:
        document.new_page().insert_text((60, 60), "Income 411.63, expenditure 330.75")
        if scanned:
            page = document.new_page()
            page.insert_image(page.rect, pixmap=pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 300, 400)))
        document.save(tmp_path / "report.pdf")
    worked: list[bool] = []

    def filled(pages: Pages, path: Path, *_: object) -> tuple[Pages, Scans]:
        worked.append(gc.isenabled())
        return pages, Scans(path, {})

    monkeypatch.setattr("recount.pipeline.structure.fill_scanned", filled)
    pages_of(tmp_path / "report.pdf")
    assert worked == [scanned]
    assert gc.isenabled()


# --- what is no report


def test_a_scan_is_left_for_ocr(tmp_path: Path) -> None:
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_image(page.rect, pixmap=pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 300, 400)))
        document.save(tmp_path / "scan.pdf")
    with pytest.raises(NeedsOcr):
        structure(tmp_path / "scan.pdf", settings=Settings(ocr="never"))


def test_a_damaged_page_is_not_read_from_its_picture(tmp_path: Path) -> None:
    with pymupdf.open() as document:
        for _ in range(2):
            document.new_page().insert_text((72, 100), "一、收入支出决算总体情况说明 " * 40, fontname="china-s")
        content = document.tobytes(deflate=True)
    broken = bytearray(content)
    at = content.index(b"stream", content.index(b"/FlateDecode")) + 20
    broken[at : at + 40] = b"\x00" * 40
    (tmp_path / "damaged.pdf").write_bytes(bytes(broken))
    with pytest.raises(DocumentError, match="damaged"):
        structure(tmp_path / "damaged.pdf")


def test_another_text_is_no_report(tmp_path: Path) -> None:
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 100), "今天天气很好，我们去公园散步，一共花了30元。", fontname="china-s")
        document.save(tmp_path / "letter.pdf")
    with pytest.raises(NotAReport):
        structure(tmp_path / "letter.pdf")


def test_a_portfolio_is_refused_by_the_names_of_what_is_attached(tmp_path: Path) -> None:
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 100), "Please open this portfolio in another viewer")
        for name, content in (("甲局决算.pdf", b"%PDF-"), ("说明.txt", b"1")):
            document.embfile_add(name, content, filename=name, ufilename=name)
        document.save(tmp_path / "portfolio.pdf")
    with pytest.raises(NotAReport, match=r"attached to it: 甲局决算\.pdf$"):
        structure(tmp_path / "portfolio.pdf")
