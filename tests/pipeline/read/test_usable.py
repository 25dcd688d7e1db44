"""Which text layers can be used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from recount.pipeline.document import Page
from recount.pipeline.read import read_pdf
from recount.pipeline.read.pdf import is_garbage

SENTENCE = "2022年度收入总计1,955.06万元，其中：本年收入合计1,944.91万元，年初结转和结余10.16万元。"


def read(tmp_path: Path, draw: Callable[[Any], None]) -> Page:
    document = pymupdf.open()
    draw(document.new_page(width=400, height=600))
    document.save(tmp_path / "page.pdf")
    return read_pdf(tmp_path / "page.pdf").pages[0]


def put_picture(page: Any, *box: float) -> None:
    picture = pymupdf.Pixmap(pymupdf.csGRAY, (0, 0, 40, 60))
    picture.clear_with(230)
    page.insert_image(pymupdf.Rect(box or page.rect), pixmap=picture)


def put_text(page: Any, text: str = SENTENCE, y: float = 300, **options: Any) -> None:
    page.insert_text((20, y), text, fontname="china-s", fontsize=6, **options)


def test_a_blank_page_is_readable(tmp_path: Path) -> None:
    page = read(tmp_path, lambda page: page.clean_contents())
    assert page.readable
    assert page.lines == page.rulings == ()


def test_a_page_with_an_empty_table_is_readable(tmp_path: Path) -> None:
    page = read(tmp_path, lambda page: page.draw_rect((50, 50, 300, 70)))
    assert page.readable
    assert len(page.rulings) == 4


def test_a_seal_or_a_background_does_no_harm(tmp_path: Path) -> None:
    def draw(page: Any) -> None:
        put_picture(page)
        put_picture(page, 100, 100, 200, 200)
        put_text(page)

    page = read(tmp_path, draw)
    assert page.readable
    assert page.origin == "text"
    assert page.lines[0].text == SENTENCE


def test_a_picture_alone_is_a_scan(tmp_path: Path) -> None:
    assert not read(tmp_path, put_picture).readable


@pytest.mark.parametrize(("text", "y"), [("- 12 -", 300), ("新疆某某厅2022年度部门决算公开说明", 30)])
def test_a_stamped_scan_is_a_scan(tmp_path: Path, text: str, y: float) -> None:
    def draw(page: Any) -> None:
        put_picture(page)
        put_text(page, text, y)

    page = read(tmp_path, draw)
    assert not page.readable
    assert page.lines == ()


def test_invisible_text_over_a_picture_is_ocr(tmp_path: Path) -> None:
    def draw(page: Any) -> None:
        put_picture(page)
        put_text(page, render_mode=3)

    page = read(tmp_path, draw)
    assert page.readable
    assert page.origin == "ocr"
    assert page.lines[0].text == SENTENCE
    assert page.lines[0].confidence is None


def test_garbage_over_a_picture_is_not_readable(tmp_path: Path) -> None:
    def draw(page: Any) -> None:
        put_picture(page)
        put_text(page, "l1l |I", render_mode=3)

    assert not read(tmp_path, draw).readable


def test_letters_drawn_as_outlines_are_not_readable(tmp_path: Path) -> None:
    def draw(page: Any) -> None:
        for index in range(80):
            page.draw_circle((20 + 4 * index, 100), 2)

    assert not read(tmp_path, draw).readable


def test_a_page_set_sideways_is_not_readable(tmp_path: Path) -> None:
    """Better left to OCR than read without its table."""
    page = read(tmp_path, lambda page: page.insert_text((100, 500), "1,955.06 " * 10, rotate=90))
    assert not page.readable


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE[:20] + "\ue123\ue124\ue125",
        "收入总计\ufffd,\ufffd\ufffd\ufffd.\ufffd\ufffd万元",
        "(cid:12)(cid:13)(cid:14)",
        "ÖÐ¹úÈËÃñ 2022",
        "\x01\x02\x03\x04" + SENTENCE[:12],
    ],
)
def test_garbage(text: str) -> None:
    assert is_garbage(text)


@pytest.mark.parametrize("text", ["", SENTENCE, SENTENCE * 3 + "\uf06c", "Revenue 12.50 — café", "目标：≥98%，①②"])
def test_no_garbage(text: str) -> None:
    assert not is_garbage(text)
