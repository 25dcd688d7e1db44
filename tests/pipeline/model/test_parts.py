"""The questions that a piece takes: none so long that its answer would be cut off."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from recount.pipeline.model.ask.pieces import Piece
from recount.pipeline.model.mapper import FEW, MOST, Part, parts_of
from recount.tests.pipeline.helpers import Sheet


def piece_of(sizes: list[int]) -> Piece:
    """A piece of paragraphs with so many figures each."""
    sheet = Sheet()
    return Piece("income", "收入决算情况", {}, tuple(sheet.paragraph("某项1.00万元，" * size) for size in sizes))


def figures_in(part: Part) -> int:
    return sum(len(each.numbers) for each in part.paragraphs)


def paragraphs_with_figures(part: Part) -> int:
    return sum(bool(each.numbers) for each in part.paragraphs)


@given(st.lists(st.integers(0, 70), min_size=1, max_size=12), st.sampled_from([None, FEW]))
@settings(derandomize=True, deadline=None)
def test_parts_are_the_whole_in_order_and_none_is_too_long(sizes: list[int], figures: int | None) -> None:
    piece = piece_of(sizes)
    parts = parts_of(piece, figures)
    assert tuple(paragraph for part in parts for paragraph in part.paragraphs) == piece.paragraphs
    assert all(figures_in(part) <= (figures or MOST) or paragraphs_with_figures(part) == 1 for part in parts)


def test_a_section_whose_answer_fits_is_asked_about_at_once() -> None:
    assert len(parts_of(piece_of([MOST - 1, 1]))) == 1
    assert len(parts_of(piece_of([MOST, 1]))) == 2


def test_a_paragraph_is_not_cut_however_long() -> None:
    assert len(parts_of(piece_of([MOST + 1]))) == 1


def test_a_part_that_begins_in_the_middle_is_told_under_which_heading() -> None:
    sheet = Sheet()
    lines = ["总额1.00万元。", "（一）结构情况", "教育2.00万元。", "（二）具体情况", *["小学3.00万元。" * 30] * 4]
    piece = Piece("income", "收入决算情况", {}, tuple(sheet.paragraph(each) for each in lines))
    for parts in (parts_of(piece), parts_of(piece, FEW)):
        said = [[each.text.printed[:7] for each in part.paragraphs] for part in parts]
        assert said[0][0] == "总额1.00万"
        assert all(each[0] == "（二）具体情况" for each in said[1:])
        assert sum(each.count("小学3.00万") for each in said) == 4
