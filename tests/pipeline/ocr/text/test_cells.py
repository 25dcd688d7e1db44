"""Lines of a table that are hidden in one row are known from the next, where figures stand under their columns."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from recount.pipeline.document import Box, Ruling
from recount.pipeline.ocr.text.cells import Sheet, amount_and_words, completed, hidden_walls, is_dash, untangled

XS, YS = (0.0, 60.0, 100.0, 140.0), (0.0, 20.0, 40.0, 60.0)


def rulings(*, above: bool = True) -> list[Ruling]:
    """A table of three columns whose inner lines are hidden in the middle row, or missing above and below as well."""
    level = [Ruling(XS[0], y, XS[-1], y) for y in YS]
    frame = [Ruling(x, YS[0], x, YS[-1]) for x in (XS[0], XS[-1])]
    inner = [Ruling(x, y, x, y + 20) for x in XS[1:-1] for y in (YS[0], YS[2])]
    return [*level, *frame, *(inner if above else ())]


def line(x0: float, x1: float, text: str) -> tuple[Box, str]:
    return (x0, 24.0, x1, 36.0), text


LABEL, FIRST, SECOND = line(4, 50, "其他资金"), line(64, 90, "0.00"), line(104, 130, "1,250.40")


def test_each_figure_has_a_cell_of_its_own() -> None:
    assert hidden_walls(rulings(), [LABEL, FIRST, SECOND]) == [Ruling(60, 20, 60, 40), Ruling(100, 20, 100, 40)]
    assert hidden_walls(rulings(), [FIRST, SECOND]) == [Ruling(100, 20, 100, 40)]
    assert hidden_walls(rulings(), [LABEL, line(54, 90, "0.00")])  # what hides the line was read as a sign


def test_under_a_seal_words_have_cells_of_their_own_too() -> None:
    words = [line(4, 50, "名称"), line(64, 90, "分值"), line(104, 130, "得分")]
    assert hidden_walls(rulings(), words) == []
    assert hidden_walls(rulings(), words, lambda wall: wall.x0 == 100) == [Ruling(100, 20, 100, 40)]
    assert hidden_walls(rulings(), [line(4, 130, "其他资金")], lambda _: True) == []


def test_under_a_seal_a_figure_alone_has_a_cell_of_its_own_between_rows_that_part_it() -> None:
    def found(table: list[Ruling]) -> list[Ruling]:
        return hidden_walls(table, [SECOND], lambda wall: wall.x0 == 100)

    assert hidden_walls(rulings(), [SECOND]) == []
    assert found(rulings()) == [Ruling(100, 20, 100, 40)]
    assert found([*rulings(above=False), Ruling(100, 0, 100, 20)]) == [], "the row below goes over both columns too"
    assert hidden_walls(rulings(), [line(104, 130, "得分")], lambda _: True) == []


def test_a_label_may_go_on_over_the_columns_behind_a_figure() -> None:
    wide = [*rulings(), *(Ruling(x, y, x, y + 20) for x in (80.0, 120.0) for y in (YS[0], YS[2]))]
    assert hidden_walls(wide, [line(10, 40, "72.82 :"), line(70, 130, "公用经费合计")]) == [Ruling(60, 20, 60, 40)]


@pytest.mark.parametrize(
    "lines",
    [
        [LABEL],
        [LABEL, line(64, 95, "万元")],  # no figure: a merged cell of words
        [line(4, 130, "目标1：完成全年任务"), FIRST],  # over several columns
        [LABEL, line(32, 90, "1,250.40")],  # under no column of its own
        [LABEL, ((64.0, 44.0, 90.0, 56.0), "0.00")],  # in the next row
    ],
)
def test_a_merged_cell_stays_one(lines: list[tuple[Box, str]]) -> None:
    assert hidden_walls(rulings(), lines) == []


def test_columns_that_no_row_beside_it_has_are_none() -> None:
    assert hidden_walls(rulings(above=False), [LABEL, FIRST, SECOND]) == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("9.02总计", ["9.02", "总计"]),
        ("1,009.02 本年支出合计", ["1,009.02", "本年支出合计"]),
        ("9.02元", ["9.02元"]),
        ("3总计", ["3总计"]),
        ("总计9.02", ["总计9.02"]),
    ],
)
def test_an_amount_and_words_that_were_seen_as_one_are_of_two_cells(text: str, parts: list[str]) -> None:
    found = amount_and_words((10, 20, 60, 40), text)
    assert [words for _, words in found] == parts
    assert found[0][0][0] == 10
    assert found[-1][0][2] == 60
    assert all(left[2] == right[0] for (left, _), (right, _) in pairwise(found))


# --- a level stroke for no figure

BOX = (0.0, 0.0, 90.0, 40.0)


def inked(*strokes: tuple[int, int, int, int]) -> Sheet:
    """A cell with strokes: x, y, width, height in pixels, of which there are 200 an inch."""
    ink = np.zeros((40, 90), bool)
    for x, y, width, height in strokes:
        ink[y : y + height, x : x + width] = True
    return Sheet(ink, (BOX,), 200 / 72)


@pytest.mark.parametrize("speck", [(), ((14, 26, 4, 3),), ((12, 10, 3, 3), (70, 30, 3, 3)), ((28, 22, 4, 5),)])
def test_a_dash_is_one_beside_a_speck(speck: tuple[tuple[int, int, int, int], ...]) -> None:
    assert is_dash(BOX, inked((20, 18, 26, 4), *speck))


def test_a_dash_on_a_skewed_page_is_one() -> None:
    assert is_dash(BOX, inked((20, 21, 9, 4), (28, 19, 9, 4), (36, 18, 9, 4)))
    assert not is_dash(BOX, inked((20, 18, 25, 8)))


@pytest.mark.parametrize(
    "strokes",
    [
        (),
        ((14, 26, 4, 3),),  # a speck alone
        ((20, 18, 10, 3), (40, 10, 4, 18)),  # -1
        ((20, 18, 18, 3), (38, 10, 4, 18)),  # the same, and they touch
        ((20, 18, 10, 3), (40, 10, 8, 3), (40, 24, 8, 3)),  # a minus and what is left of a figure
        ((20, 12, 26, 4), (20, 24, 26, 4)),
    ],
)
def test_what_has_more_ink_is_no_dash(strokes: tuple[tuple[int, int, int, int], ...]) -> None:
    assert not is_dash(BOX, inked(*strokes))


# --- boxes of one line

LINE = (190.0, 70.0, 420.0, 94.0)


@pytest.mark.parametrize(
    ("lone", "whole"),
    [
        ((170.0, 74.0, 198.0, 92.0), (170.0, 70.0, 420.0, 94.0)),  # the first sign, as 一
        ((412.0, 74.0, 440.0, 92.0), (190.0, 70.0, 440.0, 94.0)),
        ((170.0, 74.0, 194.0, 92.0), None),  # close to it: of another column
        ((170.0, 90.0, 198.0, 108.0), None),  # the line below
        ((100.0, 74.0, 198.0, 92.0), None),  # of many signs
        ((160.0, 74.0, 201.0, 92.0), (160.0, 70.0, 420.0, 94.0)),  # 三、 and half of what follows, or a speck before it
        ((409.0, 74.0, 450.0, 92.0), (190.0, 70.0, 450.0, 94.0)),
    ],
)
def test_a_sign_that_was_cut_off_from_its_line_is_of_it(lone: Box, whole: Box | None) -> None:
    blank = Sheet(np.zeros((200, 500), bool), (), 200 / 72)
    for boxes in ([LINE, lone], [lone, LINE]):
        found = untangled(boxes, blank)
        assert found == [whole] if whole else len(found) == 2


@pytest.mark.parametrize(
    ("ink", "boxes"),
    [
        ((170.0, 72.0, 186.0, 92.0), [(170.0, 70.0, 420.0, 94.0)]),  # its own first sign
        ((130.0, 72.0, 186.0, 92.0), [LINE, (130.0, 72.0, 186.0, 92.0)]),  # the only one of the cell beside it
    ],
)
def test_ink_of_another_cell_is_no_part_of_a_line(ink: Box, boxes: list[Box]) -> None:
    blank = Sheet(np.zeros((200, 500), bool), ((60.0, 60.0, 166.0, 104.0), (168.0, 60.0, 430.0, 104.0)), 200 / 72)
    assert completed([LINE], [ink], blank, more=True) == boxes
