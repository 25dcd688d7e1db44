"""What of a text layer a reader sees: nothing that is white, tiny, covered, clipped, off the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from recount.pipeline.document import Page
from recount.pipeline.read import read_pdf

Draw = Callable[[Any], object]


def read(tmp_path: Path, *draw: Draw, width: float = 400) -> Page:
    document = pymupdf.open()
    page = document.new_page(width=width, height=300)
    for step in draw:
        step(page)
    document.save(tmp_path / "page.pdf")
    [found] = read_pdf(tmp_path / "page.pdf").pages
    return found


def put(text: str = "411.63", x: float = 50, y: float = 100, **options: Any) -> Draw:
    return lambda page: page.insert_text((x, y), text, fontname="helv", **options)


def over(text_box: tuple[float, float, float, float] = (45, 85, 120, 108), **options: Any) -> Draw:
    return lambda page: page.draw_rect(text_box, overlay=True, **options)


def picture(page: Any, box: tuple[float, float, float, float], drawn: str = "") -> None:
    """A white picture with a number drawn on it."""
    other = pymupdf.open()
    sheet = other.new_page(width=box[2] - box[0], height=box[3] - box[1])
    if drawn:
        sheet.insert_text((5, 15), drawn, fontname="helv")
    page.insert_image(pymupdf.Rect(box), pixmap=sheet.get_pixmap(dpi=200))


def form(page: Any, data: bytes) -> None:
    """Content behind what the page has."""
    document = page.parent
    xref = document.get_new_xref()
    document.update_object(xref, "<<>>")
    document.update_stream(xref, data)
    contents = " ".join(f"{own} 0 R" for own in (*page.get_contents(), xref))
    document.xref_set_key(page.xref, "Contents", f"[{contents}]")


def texts(page: Page) -> list[str]:
    return [line.text for line in page.lines]


UNSEEN: dict[str, list[Draw]] = {
    "white": [put(color=(1, 1, 1))],
    "nearly white": [put(color=(0.97, 0.97, 0.97))],
    "transparent": [put(fill_opacity=0.03, stroke_opacity=0.03)],
    "tiny": [put(fontsize=0.5)],
    "under a white rectangle": [put(), over(color=None, fill=(1, 1, 1))],
    "under a black bar": [put(), over(color=None, fill=(0, 0, 0))],
    "black on black": [over(color=None, fill=(0, 0, 0)), put()],
    "off the page": [put(x=-80)],
    "under an annotation": [put(), lambda page: page.add_rect_annot((40, 80, 130, 110)).update(fill_color=(1, 1, 1))],
}


@pytest.mark.parametrize("how", UNSEEN)
def test_what_nobody_sees_is_not_read(how: str, tmp_path: Path) -> None:
    page = read(tmp_path, put("80.88", y=200), *UNSEEN[how])
    assert texts(page) == ["80.88"]
    assert page.unsure == ()


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    [remark] = read(tmp_path, put(color=(1, 1, 1)), put(y=200)).remarks
    assert (remark.kind, remark.page) == ("unseen text", 1)
    assert remark.box is not None
    assert 45 < remark.box[0] < 55


def test_what_a_clip_hides_is_not_read(tmp_path: Path) -> None:
    page = read(
        tmp_path,
        put("80.88", y=200),
        lambda page: form(page, b"q 0 0 1 1 re W n BT /helv 12 Tf 50 200 Td (411.63) Tj ET Q"),
    )
    assert texts(page) == ["80.88"]


def test_white_on_dark_is_seen(tmp_path: Path) -> None:
    page = read(tmp_path, over(color=None, fill=(0, 0, 0.4)), put(color=(1, 1, 1)))
    assert texts(page) == ["411.63"]
    assert page.remarks == page.unsure == ()


def test_letters_of_which_only_the_outline_is_drawn_are_seen(tmp_path: Path) -> None:
    page = read(tmp_path, put("Total", y=60, render_mode=1), put("411.63", render_mode=1))
    assert texts(page) == ["Total", "411.63"]
    assert not page.remarks


def test_a_figure_that_its_own_outline_hides_is_not_read(tmp_path: Path) -> None:
    hidden = put("411.63", render_mode=2, fill=(0, 0, 0), color=(1, 1, 1), border_width=0.5)
    assert texts(read(tmp_path, put("Total", y=60, render_mode=2), hidden)) == ["Total"]


def test_many_lines_of_bold_figures_are_seen(tmp_path: Path) -> None:
    lines = [put(f"{at}11.63", y=30 + 15 * at, render_mode=2) for at in range(1, 12)]
    page = read(tmp_path, *lines)
    assert len(texts(page)) == 11
    assert not page.unsure


def test_a_white_digit_before_a_figure_is_none_of_it(tmp_path: Path) -> None:
    page = read(
        tmp_path, put("8", x=50 - pymupdf.get_text_length("8", fontname="helv", fontsize=11), color=(1, 1, 1)), put()
    )
    assert texts(page) == ["411.63"]


def test_what_is_left_of_a_figure_is_looked_at(tmp_path: Path) -> None:
    width = pymupdf.get_text_length("8", fontname="helv", fontsize=11)
    page = read(tmp_path, over((50, 85, 120, 108), fill=(0, 0, 0)), put("8411.63", x=50 - width, color=(1, 1, 1)))
    assert texts(page) == ["411.63"]
    assert [piece.text for piece in page.unsure] == ["411.63"]


@pytest.mark.parametrize("size", [5, 8, 14, 30])
@pytest.mark.parametrize("text", ["一三工丁", "1,170.01", "卜1", "i.l"])
def test_thin_characters_are_seen(text: str, size: float, tmp_path: Path) -> None:
    page = read(tmp_path, lambda page: page.insert_text((50.3, 100.7), text, fontname="china-s", fontsize=size))
    assert "".join(texts(page)) == text
    assert page.remarks == ()


def test_a_figure_that_the_edge_cuts_is_none(tmp_path: Path) -> None:
    page = read(tmp_path, put("17639.44", x=370, fontsize=12))
    assert not any("17639" in text and "\ufffd" not in text for text in texts(page))


# --- what has to be looked at


def test_what_a_picture_covers_is_unsure(tmp_path: Path) -> None:
    page = read(tmp_path, put(), put(y=200), lambda page: picture(page, (45, 85, 120, 110), "511.63"))
    assert [(piece.text, piece.box[3] < 150) for piece in page.unsure] == [("411.63", True)]


GLASS: dict[str, Any] = {"fill": (0.8, 0.8, 1), "fill_opacity": 0.5}


@pytest.mark.parametrize(
    "draw",
    [
        over(color=None, **GLASS),
        over(color=(0, 0, 0), width=0.1, **GLASS),
        lambda page: page.draw_oval((45, 85, 120, 108), color=None, **GLASS),
    ],
)
def test_what_a_filled_path_covers_is_unsure(draw: Draw, tmp_path: Path) -> None:
    assert [piece.text for piece in read(tmp_path, put(), put(y=200), draw).unsure] == ["411.63"]


def test_what_was_painted_before_covers_nothing(tmp_path: Path) -> None:
    page = read(tmp_path, lambda page: picture(page, (45, 85, 120, 110)), put())
    assert texts(page) == ["411.63"]
    assert page.unsure == ()


def test_faint_figures_are_unsure(tmp_path: Path) -> None:
    assert [piece.text for piece in read(tmp_path, put(color=(0.85, 0.85, 0.85))).unsure] == ["411.63"]


def test_one_figure_upon_another_is_unsure(tmp_path: Path) -> None:
    assert sorted(piece.text for piece in read(tmp_path, put(), put("976.25", x=51)).unsure) == ["411.63", "976.25"]


@pytest.mark.parametrize("text", ["41l.63", "4O1.63", "411.6S"])
def test_a_letter_among_digits_is_unsure(text: str, tmp_path: Path) -> None:
    assert [piece.text for piece in read(tmp_path, put(text)).unsure] == [text]


@pytest.mark.parametrize("harm", [b" xyzzy ", b" /Fm9 Do ", b" /GS9 gs "])
def test_a_page_that_only_looks_damaged_is_read_and_looked_at(harm: bytes, tmp_path: Path) -> None:
    page = read(tmp_path, put(), lambda page: form(page, harm))
    assert page.readable
    assert [piece.text for piece in page.unsure] == ["411.63"]
    assert [remark.kind for remark in page.remarks] == ["damaged"]


def test_a_wrong_checksum_harms_no_page(tmp_path: Path) -> None:
    document = pymupdf.open()
    for _ in range(3):
        document.new_page().insert_text((50, 100), "411.63 " * 30)
    content = bytearray(document.tobytes(deflate=True))
    at = -1
    while (at := content.find(b"endstream", at + 1)) > 0:  # the checksum is the end of a stream
        end = at - 1 if content[at - 1 : at] == b"\n" else at
        content[end - 1] ^= 0xFF
    path = tmp_path / "sums.pdf"
    path.write_bytes(content)
    pages = read_pdf(path).pages
    assert [page.readable for page in pages] == [True] * 3
    assert all(page.unsure and [remark.kind for remark in page.remarks] == ["damaged"] for page in pages)


def test_a_figure_that_the_side_of_the_page_cuts_is_not_looked_at(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page(width=400, height=600)
    page.insert_text((366, 100), "411.63", fontsize=12)
    page.insert_text((300, 200), "330.75 80.88 12.50", fontsize=12)
    document.save(tmp_path / "cut.pdf")
    page = read_pdf(tmp_path / "cut.pdf").pages[0]
    assert page.lines[0].text[-1] == "\ufffd"
    assert all(piece.box[2] < 400 and "411" not in piece.text for piece in page.unsure)


# --- figures that the page takes back


def test_a_line_through_a_figure_strikes_it_out(tmp_path: Path) -> None:
    page = read(tmp_path, put(), put(y=200), lambda page: page.draw_line((50, 96), (88, 96)))
    [remark] = page.remarks
    assert (remark.kind, remark.disputes) == ("struck out", True)


@pytest.mark.parametrize(("start", "end"), [((10, 96), (390, 96)), ((50, 103), (88, 103)), ((50, 86), (88, 86))])
def test_borders_and_underlines_strike_nothing_out(
    start: tuple[float, float], end: tuple[float, float], tmp_path: Path
) -> None:
    assert read(tmp_path, put(), lambda page: page.draw_line(start, end)).remarks == ()


@pytest.mark.parametrize(
    ("add", "kind", "disputes"),
    [
        (lambda page: page.add_strikeout_annot(pymupdf.Rect(50, 90, 90, 104)), "struck out", True),
        (lambda page: page.add_freetext_annot(pymupdf.Rect(150, 80, 250, 110), "see page 3"), "annotation", False),
        (lambda page: page.add_redact_annot(pymupdf.Rect(45, 85, 120, 108)), "redaction", True),
    ],
)
def test_annotations_are_told(add: Draw, kind: str, disputes: bool, tmp_path: Path) -> None:
    remarks = [remark for remark in read(tmp_path, put(), add).remarks if remark.kind != "unseen text"]
    assert [(remark.kind, remark.touches, remark.disputes) for remark in remarks] == [(kind, True, disputes)]


@pytest.mark.parametrize(("size", "seen"), [(1.3, ["80.88"]), (4, ["888.88", "80.88"])])
def test_a_dark_smudge_of_print_is_no_figure(size: float, seen: list[str], tmp_path: Path) -> None:
    """Print that is lower than two points of an A4 page leaves ink, and nobody reads it."""
    document = pymupdf.open()
    page = document.new_page()
    put("888.88", fontsize=size)(page)
    put("80.88", y=200)(page)
    document.save(tmp_path / "page.pdf")
    assert texts(read_pdf(tmp_path / "page.pdf").pages[0]) == seen
