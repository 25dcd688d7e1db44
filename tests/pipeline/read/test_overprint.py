"""What is printed beside, over or under the text adds no digit to it: marks, watermarks, copies for bold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from recount.pipeline.read import read_pdf

SIZE = 12.0
GREY = (0.85, 0.85, 0.85)


def texts(tmp_path: Path, draw: Callable[[Any], None]) -> list[str]:
    document = pymupdf.open()
    draw(document.new_page(width=400, height=600))
    document.save(tmp_path / "page.pdf")
    return [line.text for line in read_pdf(tmp_path / "page.pdf").pages[0].lines]


def figure(page: Any, text: str = "731.46", x: float = 100.0, y: float = 100.0, **style: Any) -> float:
    """Prints a figure; returns where the next character would stand."""
    page.insert_text((x, y), text, **{"fontsize": SIZE, **style})
    return x + pymupdf.get_text_length(text, fontsize=style.get("fontsize", SIZE))


class TestFootnoteMarks:
    @pytest.mark.parametrize("mark", ["1", "12", "*", "[2]", "a"])
    @pytest.mark.parametrize(("size", "raised"), [(0.4, 0.45), (0.58, 0.33), (0.7, 0.25)])
    def test_a_raised_mark_behind_an_amount_goes(self, tmp_path: Path, mark: str, size: float, raised: float) -> None:
        def draw(page: Any) -> None:
            figure(page, mark, figure(page), 100 - raised * SIZE, fontsize=size * SIZE)

        assert texts(tmp_path, draw) == ["731.46"]

    def test_a_mark_that_is_printed_later_goes_too(self, tmp_path: Path) -> None:
        def draw(page: Any) -> None:
            end = figure(page)
            figure(page, "55.00", y=140)
            figure(page, "1", end + 0.5, 95, fontsize=6)

        assert texts(tmp_path, draw) == ["731.46", "55.00"]

    def test_the_mark_of_a_word_goes_and_its_words_stay(self, tmp_path: Path) -> None:
        def draw(page: Any) -> None:
            page.insert_text((100, 100), "其他收入", fontsize=SIZE, fontname="china-s")
            page.insert_text((148, 95), "2", fontsize=6)
            page.insert_text((152, 100), "合计", fontsize=SIZE, fontname="china-s")

        assert "".join(texts(tmp_path, draw)) == "其他收入合计"

    @pytest.mark.parametrize(("before", "after"), [("35m", "2"), ("35", "2")])
    def test_elsewhere_raised_digits_are_raised_digits(self, tmp_path: Path, before: str, after: str) -> None:
        def draw(page: Any) -> None:
            figure(page, after, figure(page, before), 95, fontsize=6)

        assert "".join(texts(tmp_path, draw)) == before + "²"

    def test_cents_that_are_set_small_and_high_are_no_mark(self, tmp_path: Path) -> None:
        def draw(page: Any) -> None:
            figure(page, "46", figure(page, "731."), 96, fontsize=7)

        assert "".join(texts(tmp_path, draw)) == "731.46"

    @pytest.mark.parametrize("rotation", [90, 180, 270])
    def test_on_a_turned_page_marks_are_raised_as_displayed(self, tmp_path: Path, rotation: int) -> None:
        def draw(page: Any) -> None:
            page.set_rotation(rotation)
            for text, x, y, size in (("731.46", 100, 100, SIZE), ("1", 137.5, 95, 6)):
                point = pymupdf.Point(x, y) * page.derotation_matrix
                page.insert_text(point, text, fontsize=size, rotate=rotation)

        assert texts(tmp_path, draw) == ["731.46"]

    def test_a_small_figure_beside_a_large_word_is_no_mark(self, tmp_path: Path) -> None:
        def draw(page: Any) -> None:
            figure(page, "12", figure(page, "Total", fontsize=20) + 8, 97, fontsize=9)

        assert texts(tmp_path, draw) == ["Total", "12"]


class TestWatermarks:
    def test_a_pale_one_that_crosses_the_text_goes(self, tmp_path: Path) -> None:
        def draw(page: Any) -> None:
            figure(page)
            page.insert_text((60, 108), "DRAFT 2023", fontsize=30, color=GREY)

        assert texts(tmp_path, draw) == ["731.46"]

    def test_a_large_one_goes_whatever_its_colour(self, tmp_path: Path) -> None:
        def draw(page: Any) -> None:
            page.insert_text((60, 108), "2023", fontsize=40)
            figure(page)
            figure(page, "a longer line of text, which is set as most is", y=160)

        assert texts(tmp_path, draw) == ["731.46", "a longer line of text, which is set as most is"]

    def test_tiles_go_also_where_they_cross_nothing(self, tmp_path: Path) -> None:
        def draw(page: Any) -> None:
            figure(page)
            for y in range(60, 500, 70):
                page.insert_text((150, y), "2023-10-18 09:41", fontsize=9, color=GREY)

        assert texts(tmp_path, draw) == ["731.46"]

    def test_a_transparent_one_is_pale(self, tmp_path: Path) -> None:
        def draw(page: Any) -> None:
            figure(page)
            page.insert_text((95, 103), "2023", fontsize=15, fill_opacity=0.2)

        assert texts(tmp_path, draw) == ["731.46"]

    def test_on_the_baseline_of_a_figure_it_is_a_line_of_its_own(self, tmp_path: Path) -> None:
        def draw(page: Any) -> None:
            figure(page, "2023", figure(page), color=GREY)

        assert texts(tmp_path, draw) == ["731.46", "2023"]

    @pytest.mark.parametrize("colour", [GREY, (1.0, 1.0, 1.0)])
    def test_pale_text_that_stands_by_itself_stays(self, tmp_path: Path, colour: tuple[float, ...]) -> None:
        def draw(page: Any) -> None:
            page.draw_rect((90, 85, 200, 105), color=None, fill=(0, 0, 0.4))
            figure(page, color=colour)
            figure(page, "55.00", y=140)

        assert texts(tmp_path, draw) == ["731.46", "55.00"]

    def test_a_pale_report_is_no_watermark_under_a_dark_stamp(self, tmp_path: Path) -> None:
        def draw(page: Any) -> None:
            for y in range(100, 300, 20):
                figure(page, f"a line of the report at {y}.00", y=y, color=(0.6, 0.6, 0.6))
            figure(page, "7", y=102)

        assert len(texts(tmp_path, draw)) >= 10


class TestCopiesForBold:
    @pytest.mark.parametrize("shift", [(0.3, 0), (1.0, 0), (1.5, 0), (0.5, 0.5), (1.2, 1.2)])
    def test_a_line_drawn_twice_counts_once(self, tmp_path: Path, shift: tuple[float, float]) -> None:
        def draw(page: Any) -> None:
            figure(page)
            figure(page, x=100 + shift[0], y=100 + shift[1])

        assert texts(tmp_path, draw) == ["731.46"]

    @pytest.mark.parametrize("shift", [0.3, 1.0, 1.5])
    @pytest.mark.parametrize("text", ["731.46", "1,111.11", "55.00"])
    def test_each_character_drawn_twice_counts_once(self, tmp_path: Path, shift: float, text: str) -> None:
        def draw(page: Any) -> None:
            x = 100.0
            for sign in text:
                figure(page, sign, x + shift)
                x = figure(page, sign, x)

        assert texts(tmp_path, draw) == [text]

    def test_a_part_of_a_line_drawn_again_counts_once(self, tmp_path: Path) -> None:
        def draw(page: Any) -> None:
            figure(page, "in all 731.46 of it")
            figure(page, x=100 + pymupdf.get_text_length("in all ", fontsize=SIZE) + 0.6)

        assert texts(tmp_path, draw) == ["in all 731.46 of it"]

    def test_equal_characters_side_by_side_are_as_many(self, tmp_path: Path) -> None:
        assert texts(tmp_path, lambda page: figure(page, "1111....")) == ["1111...."]
        assert texts(tmp_path, lambda page: figure(page, "111.11......", fontsize=5)) == ["111.11......"]


def test_what_the_side_of_the_page_cuts_is_not_read_as_a_digit(tmp_path: Path) -> None:
    assert texts(tmp_path, lambda page: figure(page, x=374)) == ["731.\ufffd"]
    assert texts(tmp_path, lambda page: figure(page, x=350)) == ["731.46"]
