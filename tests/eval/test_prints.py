"""Faults made in PDFs: each is really there, what it makes the page print is known, and what passes is counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

import pymupdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from recount.cli import app
from recount.eval.verifier.prints import counts, prove, render
from recount.eval.verifier.prints.base import Base, base_of, report_of
from recount.eval.verifier.prints.campaign import finished, kinds
from recount.eval.verifier.prints.characters import CHARACTERS
from recount.eval.verifier.prints.draft import Draft, Kind, Made, other, rescaled, texts
from recount.eval.verifier.prints.fonts import FONTS, parsed, written
from recount.eval.verifier.prints.ink import INK
from recount.eval.verifier.prints.judge import Wrong, is_elsewhere, printed, wrong_in
from recount.eval.verifier.prints.makers import MUPDF, OFFICE, REPORTLAB, Maker
from recount.eval.verifier.prints.papers import PAPERS
from recount.pipeline.result import Result
from recount.pipeline.structure import structure

FORMS = ("x2022", "s2024", "n")
"""One that speaks of 万元 in its sentences, one with a table in 元, and one with a table in 万元."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Maker], Base]:
    """Bases by form and maker, each made once."""

    @cache
    def made(form: str, maker: Maker) -> Base:
        path = tmp_path_factory.mktemp("clean") / "report.pdf"
        report = report_of(form, 4, maker.styles[0])
        path.write_bytes(maker.make([report.pages])[0])
        return base_of(report, maker, structure(path))

    return made


@cache
def clean(base: Base) -> bytes:
    return base.maker.make([base.report.pages])[0]


def with_fault(kind: Kind, base: Base) -> tuple[Made, Draft, bytes] | None:
    """One fault of a kind, and the PDF with it; None if the base has no room for it."""
    for at, figure in enumerate(base.figures if kind.scope == "figure" else (None,)):
        draft = Draft.of(base, base.report.pages)
        made = kind.make(draft, figure, Random(at))
        if made is not None:
            draft.faults.append(made)
            return made, draft, finished(base.maker.make([draft.pages])[0], draft)
    return None


def in_any(kind: Kind, base: Callable[[str, Maker], Base]) -> tuple[Made, Draft, bytes]:
    found = next(filter(None, (with_fault(kind, base(form, MUPDF)) for form in FORMS)), None)
    assert found is not None, "no report has room for it"
    return found


def shown(pdf: bytes, page: int, box: tuple[float, ...], inset: float = 2) -> pymupdf.Pixmap:
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        x0, y0, x1, y1 = box
        return document[page].get_pixmap(dpi=144, clip=pymupdf.Rect(x0 + 1, y0 + inset, x1 - 1, y1 - inset))


def text_of(pdf: bytes) -> str:
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        return "".join(page.get_text() for page in document)


def name(kind: Kind) -> str:
    return f"{kind.group}, {kind.name}"


@pytest.mark.parametrize("form", FORMS)
def test_a_report_set_anew_is_read_as_it_was(form: str, base: Callable[[str, Maker], Base]) -> None:
    made = base(form, MUPDF)
    assert not made.wrong
    assert len(made.figures) > 20
    with pymupdf.open(stream=made.report.pdf, filetype="pdf") as first, pymupdf.open(stream=clean(made)) as second:
        for page, again in zip(first, second, strict=True):
            assert Counter(page.get_text()) == Counter(again.get_text())


@pytest.mark.parametrize("kind", [kind for kind in INK if kind.name != "cropped"], ids=name)
def test_ink_is_what_the_fault_says(kind: Kind, base: Callable[[str, Maker], Base]) -> None:
    made, draft, pdf = in_any(kind, base)
    assert made.place is not None
    page, box = made.place
    before, after = (shown(file, page - 1, box, (box[3] - box[1]) / 4) for file in (clean(draft.base), pdf))
    assert after.samples != before.samples
    assert (set(made.truth.values()) == {None}) == (after.is_unicolor or _is_pale(after))


def _is_pale(picture: pymupdf.Pixmap) -> bool:
    """Whether a reader sees nothing: no two points differ by more than a twentieth of black and white."""
    return max(picture.samples) - min(picture.samples) < 13


def test_what_lies_outside_the_crop_box_is_not_on_the_page(base: Callable[[str, Maker], Base]) -> None:
    (kind,) = (kind for kind in INK if kind.name == "cropped")
    made, draft, pdf = in_any(kind, base)
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        widths = [(page.rect.width, sheet.width) for page, sheet in zip(document, draft.pages, strict=True)]
    assert sum(now < was for now, was in widths) == 1
    assert set(made.truth.values()) == {None}


@pytest.mark.parametrize("kind", FONTS, ids=name)
def test_a_font_lies_in_the_text_and_not_on_the_page(kind: Kind, base: Callable[[str, Maker], Base]) -> None:
    made, draft, pdf = in_any(kind, base)
    whole = (0, 0, draft.pages[0].width, draft.pages[0].height)
    pictures = [
        [shown(file, page, whole).samples for page in range(len(draft.pages))] for file in (clean(draft.base), pdf)
    ]
    adds_up = kind.name == "two digits, the text adds up"
    assert (text_of(pdf) == text_of(clean(draft.base))) == adds_up
    assert (pictures[0] == pictures[1]) != adds_up
    right = {pointer: value for figure in draft.base.figures for pointer, value in figure.pointers.items()}
    assert all(made.truth[pointer] == value for pointer, value in right.items()) != adds_up
    if adds_up:  # what is printed at several places, or is not verified, is printed otherwise as well
        assert made.truth.keys() > right.keys()


@pytest.mark.parametrize("kind", CHARACTERS, ids=name)
def test_characters_stand_there_as_the_fault_says(kind: Kind, base: Callable[[str, Maker], Base]) -> None:
    made, draft, pdf = in_any(kind, base)
    assert made.place is not None
    page, box = made.place
    wide = (box[0] - 40, box[1] - 8, box[2] + 60, box[3] + 8)
    assert shown(pdf, page - 1, wide).samples != shown(clean(draft.base), page - 1, wide).samples
    if match := re.search(r" printed (\S+)$", made.words):
        assert match[1].replace("٫", "‚") in "".join(item.text for item in texts(draft.pages[page - 1]))


@pytest.mark.parametrize("kind", PAPERS, ids=name)
def test_papers_are_changed_as_the_fault_says(kind: Kind, base: Callable[[str, Maker], Base]) -> None:
    made, draft, pdf = in_any(kind, base)
    assert made.truth
    if kind.group in ("two reports", "page twice"):
        assert len(draft.pages) > len(draft.base.report.pages)
        assert text_of(pdf) != text_of(clean(draft.base))
    elif made.place is not None:
        page, (x0, y0, x1, y1) = made.place
        wide = (x0 - 3, y0 - 3, x1 + 30, y1 + 3)
        assert shown(pdf, page - 1, wide).samples != shown(clean(draft.base), page - 1, wide).samples
    else:
        assert text_of(pdf) != text_of(clean(draft.base))


def test_what_follows_a_longer_number_makes_room(base: Callable[[str, Maker], Base]) -> None:
    (kind,) = (kind for kind in CHARACTERS if kind.name == "373.50�1")
    _, draft, _ = in_any(kind, base)
    for page in draft.pages:
        runs = sorted(texts(page), key=lambda run: (run.y, run.x))
        overlaps = [
            (run.text, after.text)
            for run, after in pairwise(runs)
            if run.y == after.y and after.x < run.x + run.width - 0.3 * run.size
        ]
        assert not overlaps


@pytest.mark.parametrize("maker", [REPORTLAB, OFFICE], ids=lambda maker: maker.name)
def test_other_makers_print_the_same(maker: Maker, base: Callable[[str, Maker], Base]) -> None:
    if not maker.able():
        pytest.skip(f"{maker.name} is not installed")
    made = base("x2022", maker)
    assert not made.wrong
    assert len(made.figures) > 20
    assert "ToUnicode" in "".join(_objects(clean(made)))


def _objects(pdf: bytes) -> list[str]:
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        return [document.xref_object(xref) for xref in range(1, document.xref_length())]


# --- what is printed, and what is held against it


@given(st.dictionaries(st.integers(0, 65_535), st.text(st.characters(exclude_categories=["Cs"]), min_size=1)))
def test_a_map_is_read_as_it_was_written(codes: dict[int, str]) -> None:
    by_code = {f"{code:04x}": text for code, text in codes.items()}
    assert not by_code or parsed(written(by_code)) == by_code


def test_ranges_of_a_map_are_read_code_by_code() -> None:
    told = "1 beginbfrange\n<0003> <0005> <0030>\nendbfrange\n1 beginbfrange\n<09> <0a> [<0041> <00420043>]\nendbfrange"
    assert parsed(told) == {"0003": "0", "0004": "1", "0005": "2", "09": "A", "0a": "BC"}


@given(st.decimals(min_value="0.01", max_value="99999", places=2), st.integers(0, 1000))
def test_another_number_differs_in_one_digit(value: Decimal, seed: int) -> None:
    raw = f"{value:,}"
    changed = other(raw, Random(seed))
    assert sum(one != two for one, two in zip(raw, changed, strict=True)) == 1
    assert rescaled(-value / 10_000, raw, changed) == -Decimal(changed.replace(",", "")) / 10_000


def _result(base: Base, tmp_path: Path) -> Result:
    path = tmp_path / "report.pdf"
    path.write_bytes(clean(base))
    return structure(path)


def test_what_is_verified_and_not_printed_is_found(base: Callable[[str, Maker], Base], tmp_path: Path) -> None:
    made = base("x2022", MUPDF)
    result = _result(made, tmp_path)
    pointer, value = next(iter(made.figures[0].pointers.items()))
    gold = made.report.gold
    assert wrong_in([result], [gold]) == []
    for now, told in ((None, "nothing"), (value + 1, str(value + 1))):
        (wrong,) = wrong_in([result], [printed(gold, {pointer: now})])
        assert (wrong.pointer, wrong.printed, Decimal(wrong.delivered)) == (pointer, told, value)
    # Of several reports of a file it is held against the one that it is of.
    assert wrong_in([result], [base("s2024", MUPDF).report.gold, gold]) == []


def test_what_is_still_printed_elsewhere_may_be_read_there() -> None:
    made = Made("covered", {"/a": None}, (2, (10, 10, 50, 20)))
    wrong = Wrong("/a", "nothing", "1.02", "1.02", 2, (12, 11, 40, 19))
    assert not is_elsewhere(wrong, made)
    assert is_elsewhere(replace(wrong, page=3), made)
    assert is_elsewhere(replace(wrong, box=(60, 10, 90, 20)), made)
    assert not is_elsewhere(replace(wrong, page=3), replace(made, truth={"/a": Decimal(3)}))


def test_every_kind_is_of_its_own_name() -> None:
    assert max(Counter(map(name, kinds())).values()) == 1
    assert {kind.group for kind in kinds(["cut", "unit"])} == {"cut", "unit"}


def test_a_few_faults_are_counted(tmp_path: Path) -> None:
    found = prove(tmp_path, each=1, jobs=1, forms=["x2022"], makers=[MUPDF], only=["layer off", "page twice"])
    assert len(found.verdicts) == 5
    assert found.forms == {"x2022": 5}
    assert not found.without
    assert not [verdict for verdict in found.verdicts if verdict.fate in ("silent", "crashed")]
    told, counted = render(found), counts(found)
    assert "| page twice | every page | 1 |" in told
    assert counted["summary"]["faults"] == 5
    assert counted["groups"]["layer_off"]["faults"] == 2
    assert len(list((tmp_path / "faults").glob("*.pdf"))) == 5


@pytest.mark.parametrize("words", [["some.pdf", "--prints", "new"], ["--prints", "."]])
def test_wrong_usage_is_said(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["eval", "verifier", *words]).exit_code == 2
