"""The rendered page as a witness: what it shows otherwise than the text layer says, and fonts that lie."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from recount.pipeline.document import Page, Pages
from recount.pipeline.mupdf import face_of, look_of
from recount.pipeline.ocr import witness
from recount.pipeline.ocr.witness import digits_of, own_looks, witnessed
from recount.pipeline.read import pages_and_file

FIGURES = ("411.63", "1,950.38", "726.04", "85.97", "330.75")


@pytest.fixture(autouse=True)
def _no_fonts_seen_before(monkeypatch: pytest.MonkeyPatch) -> None:
    witness._SEEN.clear()
    monkeypatch.setattr(witness, "own_looks", frozenset)


def sheet(figures: tuple[str, ...] = FIGURES, font: str = "helv") -> Any:
    """A document of one page with a figure a line."""
    document = pymupdf.open()
    page = document.new_page(width=400, height=300)
    for row, figure in enumerate(figures):
        page.insert_text((60, 60 + 30 * row), figure, fontname=font, fontsize=11)
    return document


def looked_at(document: Any, tmp_path: Path, mode: Any = "auto") -> Pages:
    path = tmp_path / "report.pdf"
    document.save(path)
    with pages_and_file(path) as (pages, file):
        return witnessed(pages, file, mode)


def texts(page: Page) -> list[str]:
    return [line.text for line in page.lines]


def patch(page: Any, row: int, drawn: str = "", paper: tuple[float, float, float] = (1, 1, 1)) -> None:
    """A picture over the figure of a row, with another number on it."""
    other = pymupdf.open()
    small = other.new_page(width=80, height=18)
    small.draw_rect(small.rect, color=None, fill=paper)
    small.insert_text((5, 13), drawn, fontname="helv", fontsize=11)
    y = 60 + 30 * row
    page.insert_image(pymupdf.Rect(55, y - 13, 135, y + 5), pixmap=small.get_pixmap(dpi=250))


def test_what_is_drawn_over_a_figure_is_what_is_printed(tmp_path: Path) -> None:
    document = sheet()
    patch(document[0], 1, "1,050.38")
    [page] = looked_at(document, tmp_path).pages
    assert texts(page) == ["411.63", "1,050.38", "726.04", "85.97", "330.75"]
    assert [line.confidence is None for line in page.lines] == [True, False, True, True, True]
    assert [remark.kind for remark in page.remarks] == ["other print"]


def test_the_same_figure_drawn_over_itself_stands(tmp_path: Path) -> None:
    document = sheet()
    patch(document[0], 1, "1,950.38")
    [page] = looked_at(document, tmp_path).pages
    assert texts(page) == list(FIGURES)
    assert page.remarks == page.unsure == ()


def test_a_figure_under_a_blank_picture_is_not_on_the_page(tmp_path: Path) -> None:
    document = sheet()
    patch(document[0], 1, paper=(0.8, 0.9, 1))
    [page] = looked_at(document, tmp_path).pages
    assert texts(page) == ["411.63", "726.04", "85.97", "330.75"]
    assert [remark.kind for remark in page.remarks] == ["unseen text"]


def test_of_two_figures_at_one_place_the_one_to_be_seen_stands(tmp_path: Path) -> None:
    document = sheet()
    page = document[0]
    page.draw_rect((55, 75, 135, 95), color=None, fill=(1, 1, 1), overlay=True)
    page.insert_text((60, 90), "2,976.24", fontname="helv", fontsize=11)
    [page] = looked_at(document, tmp_path).pages
    assert sorted(texts(page)) == sorted(["411.63", "2,976.24", "726.04", "85.97", "330.75"])
    assert [remark.kind for remark in page.remarks if remark.touches] == ["two figures", "two figures"]


def test_without_ocr_what_is_unsure_is_confirmed_by_nothing(tmp_path: Path) -> None:
    document = sheet()
    patch(document[0], 1, "1,050.38")
    [page] = looked_at(document, tmp_path, "never").pages
    assert texts(page) == list(FIGURES)
    [remark] = page.remarks
    assert (remark.kind, remark.touches) == ("not looked at", True)


def test_a_page_shown_otherwise_all_over_is_read_as_a_scan(tmp_path: Path) -> None:
    document = sheet()
    for row in range(5):
        patch(document[0], row, f"{row + 3}12.40")
    [page] = looked_at(document, tmp_path).pages
    assert not page.readable
    assert [remark.kind for remark in page.remarks][-1] == "text not believed"


def test_a_letter_that_the_page_shows_as_a_digit_is_one(tmp_path: Path) -> None:
    """A text layer with the letter l for 1, as OCR programs write it: the page decides."""
    document = sheet(("4l1.63", "85.97"))
    patch(document[0], 0, "411.63")
    [page] = looked_at(document, tmp_path).pages
    assert texts(page)[0] == "411.63"
    assert [(remark.kind, remark.touches) for remark in page.remarks] == [("other print", True)]


def test_a_code_with_letters_stays_what_it_is(tmp_path: Path) -> None:
    [page] = looked_at(sheet(("S2", "85.97")), tmp_path).pages
    assert texts(page) == ["S2", "85.97"]


# --- fonts


SIGNS = "0123456789.,"
TABLE = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def /CMapName /Own def
1 begincodespacerange <0000> <FFFF> endcodespacerange
{number} beginbfchar
{lines}
endbfchar endcmap CMapName currentdict /CMap defineresource pop end end"""


def embedded(change: Callable[[dict[str, str]], None]) -> Any:
    """A document whose font is embedded and has a table of its own. change: of the table, glyph codes to sign codes."""
    font = pymupdf.Font("tiro")
    pairs = {f"{font.has_glyph(ord(sign)):04x}": f"{ord(sign):04x}" for sign in SIGNS}
    change(pairs)
    document = pymupdf.open()
    page = document.new_page(width=400, height=300)
    page.insert_font(fontname="own", fontbuffer=font.buffer)
    for row, figure in enumerate(FIGURES):
        page.insert_text((60, 60 + 30 * row), figure, fontname="own", fontsize=11)
    [own] = [xref for xref, *_ in page.get_fonts()]
    kind, value = document.xref_get_key(own, "ToUnicode")
    assert kind == "xref"
    lines = "\n".join(f"<{glyph}> <{sign}>" for glyph, sign in pairs.items())
    document.update_stream(int(value.split()[0]), TABLE.format(number=len(pairs), lines=lines).encode())
    return document


def as_it_is(_: dict[str, str]) -> None:
    """An honest table."""


def told(sign: str, other: str) -> Callable[[dict[str, str]], None]:
    """Every glyph of a sign told as another."""

    def change(pairs: dict[str, str]) -> None:
        for glyph, code in pairs.items():
            if code == f"{ord(sign):04x}":
                pairs[glyph] = f"{ord(other):04x}"

    return change


def exchanged(one: str, other: str) -> Callable[[dict[str, str]], None]:
    def change(pairs: dict[str, str]) -> None:
        codes = {f"{ord(one):04x}": f"{ord(other):04x}", f"{ord(other):04x}": f"{ord(one):04x}"}
        pairs.update({glyph: codes.get(code, code) for glyph, code in pairs.items()})

    return change


def test_an_honest_font_is_believed(tmp_path: Path) -> None:
    [page] = looked_at(embedded(as_it_is), tmp_path).pages
    assert page.readable
    assert texts(page) == list(FIGURES)
    assert page.remarks == ()


@pytest.mark.parametrize(
    "change",
    [exchanged("3", "8"), exchanged("1", "7"), told("6", "5"), told(".", " "), told(".", "\u200b"), told(".", ",")],
)
def test_a_font_that_lies_is_not_believed(change: Callable[[dict[str, str]], None], tmp_path: Path) -> None:
    [page] = looked_at(embedded(change), tmp_path).pages
    assert not page.readable
    assert {remark.kind for remark in page.remarks} <= {"font not believed", "text not believed"}
    assert page.remarks


def test_a_font_that_is_no_object_of_its_own_is_looked_at_like_any_other(tmp_path: Path) -> None:
    for change, believed in ((as_it_is, True), (told("6", "5"), False)):
        document = embedded(change)
        [own] = [xref for xref, *_ in document[0].get_fonts()]
        resources = int(document.xref_get_key(document[0].xref, "Resources")[1].split()[0])
        document.update_object(resources, f"<</Font<</own {document.xref_object(own, compressed=True)}>>>>")
        document = pymupdf.open(stream=document.tobytes())
        assert [xref for xref, *_ in document[0].get_fonts()] == [0]
        [page] = looked_at(document, tmp_path).pages
        assert page.readable == believed


def test_a_font_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = embedded(as_it_is)
    looked_at(document, tmp_path)
    monkeypatch.setattr(witness._Eye, "read", lambda *_: pytest.fail("read again"))
    assert looked_at(document, tmp_path).pages[0].readable


def test_what_looks_the_same_is_read_once_whichever_report_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at(embedded(as_it_is), tmp_path)
    other = embedded(lambda pairs: pairs.update({"0060": "0041"}))
    monkeypatch.setattr(witness._Eye, "read", lambda *_: pytest.fail("read again"))
    assert looked_at(other, tmp_path).pages[0].readable


def test_a_font_that_the_library_brings_too_need_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness, "own_looks", own_looks)
    assert {sign for _, sign in own_looks()} == set("0123456789.")
    assert not looked_at(embedded(told("6", "5")), tmp_path).pages[0].readable
    monkeypatch.setattr(witness._Eye, "read", lambda *_: pytest.fail("read"))
    assert looked_at(embedded(as_it_is), tmp_path).pages[0].readable


def test_what_was_read_as_one_sign_is_none_that_another_report_says(tmp_path: Path) -> None:
    looked_at(embedded(as_it_is), tmp_path)
    [page] = looked_at(embedded(told("6", "5")), tmp_path).pages
    assert not page.readable


def test_of_fonts_that_look_the_same_those_that_lie_are_not_believed(tmp_path: Path) -> None:
    document = embedded(as_it_is)
    for change in (told("6", "5"), told("6", "5"), as_it_is):
        document.insert_pdf(pymupdf.open(stream=embedded(change).tobytes()))
    pages = looked_at(document, tmp_path).pages
    assert [page.readable for page in pages] == [True, False, False, True]


def test_glyphs_that_look_the_same_are_the_same_in_two_fonts() -> None:
    def looks(font: str) -> dict[str, bytes | None]:
        document = embedded(as_it_is) if font == "own" else sheet(font=font)
        [(xref, *_)] = document[0].get_fonts()
        [trace, *_] = document[0].get_texttrace()
        face = face_of(document, xref)
        return {chr(sign): look_of(face, glyph) for sign, glyph, *_ in trace["chars"]}

    assert None not in looks("own").values()
    assert looks("own") == looks("own")
    assert len(set(looks("own").values())) == len(looks("own"))
    assert looks("own")["4"] != looks("helv")["4"]
    assert look_of(None, 1) is None


def test_a_font_without_a_table_of_its_own_cannot_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness._Eye, "read", lambda *_: pytest.fail("read"))
    assert looked_at(sheet(), tmp_path).pages[0].readable


def test_digits_are_told_however_they_are_set() -> None:
    assert digits_of("（１，９５０．３８）") == "1950.38"
    assert digits_of("-4O1.63万元") == "401.63"
    assert digits_of("411.63.") == "411.63"


def test_readings_that_differ_confirm_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = sheet()
    patch(document[0], 1, "1,050.38")
    readings = {250: ("1,050.38", 0.9), 350: ("1,850.38", 0.9)}
    monkeypatch.setattr(witness._Eye, "read", lambda _, places, dpi: [readings[dpi]] * len(places))
    [page] = looked_at(document, tmp_path).pages
    assert texts(page) == list(FIGURES)
    [remark] = page.remarks
    assert (remark.kind, remark.touches) == ("unclear print", True)


@pytest.mark.parametrize("paint", [(0, 0, 0), (1, 1, 1), (0.6, 0.1, 0.1)])
def test_nothing_under_a_bar_is_published(paint: tuple[float, float, float], tmp_path: Path) -> None:
    """Also where the bar is no higher than the digits and leaves paper above and below."""
    document = sheet()
    document[0].draw_rect((57, 82, 110, 91), color=None, fill=paint, overlay=True)
    [page] = looked_at(document, tmp_path).pages
    assert texts(page) == ["411.63", "726.04", "85.97", "330.75"]
    assert {remark.kind for remark in page.remarks} == {"unseen text"}


def test_every_glyph_is_shown_however_many_figures_there_are() -> None:
    def run(at: int, text: str) -> witness._Run:
        glyphs = frozenset(((1,), int(sign), sign) for sign in text)
        return witness._Run(1, (float(at), 0.0, 1.0, 1.0), text, glyphs, frozenset())

    runs = [*(run(at, f"{at:04}".replace("9", "8")) for at in range(1500)), run(1500, "9")]
    chosen = witness._fewest(runs, attrgetter("glyphs"))
    assert {sign for one in chosen for *_, sign in one.glyphs} == set("0123456789")
    assert len(chosen) <= 5
