"""Lines of text that are found by their ink, in the cells of a ruled table."""

from __future__ import annotations

import numpy as np
import pytest

from recount.pipeline.document import Box
from recount.pipeline.ocr.image.prepare import prepare
from recount.pipeline.ocr.image.ruling_lines import find_rulings
from recount.pipeline.ocr.text.cells import Sheet, sheet_of
from recount.pipeline.ocr.text.lines import lines_in_cells, strokes
from recount.tests.pipeline.ocr.scans import HEAD, HEIGHT, ROWS, TOP, XS, Image, Typeset, skewed, speckled

Cell = tuple[int, int]
WORDS = {
    (row, column): text for row, texts in enumerate((HEAD, *ROWS)) for column, text in enumerate(texts) if len(text) > 1
}
"""What stands in the cells of the table, by row and column; lone digits left out."""


def sheet(image: Image) -> Sheet:
    prepared = prepare(image, 200)
    found = find_rulings(prepared.image, prepared.dpi, strokes(prepared.image, prepared.dpi))
    return sheet_of(prepared.image, prepared.dpi, found)


def lines(image: Image) -> dict[Cell, list[Box]]:
    """The lines found in the cells of the table, by row and column, in points."""
    known = sheet(image)
    boxes: dict[Cell, list[Box]] = {}
    said = lines_in_cells(known.marks, known.cells, known.unit)
    assert said is not None
    for x0, y0, x1, y1 in said[0]:
        box = x0 / known.unit, y0 / known.unit, x1 / known.unit, y1 / known.unit
        cell = int(((box[1] + box[3]) / 2 - TOP) / HEIGHT), sum(x < (box[0] + box[2]) / 2 for x in XS) - 1
        boxes.setdefault(cell, []).append(box)
    return boxes


@pytest.mark.parametrize("damaged", [lambda image: image, lambda image: speckled(skewed(image, 1.2))])
def test_each_cell_with_a_word_has_its_line(damaged: object) -> None:
    assert callable(damaged)
    found = lines(damaged(Typeset().table().drawn()))
    assert {cell: len(boxes) for cell, boxes in found.items() if cell in WORDS} == dict.fromkeys(WORDS, 1)
    for (row, column), [(x0, y0, x1, y1)] in ((cell, found[cell]) for cell in WORDS):
        assert XS[column] < x0 < XS[column] + 6 < x1 < XS[column + 1]
        assert TOP + HEIGHT * row <= y0 < TOP + HEIGHT * row + 7
        assert TOP + HEIGHT * row + 15 < y1 <= TOP + HEIGHT * (row + 1)


def test_a_cell_with_more_than_one_line_is_left_to_the_detector() -> None:
    page = Typeset().table()
    page.page.draw_line((XS[0], 200), (XS[-1], 200), width=0.7)
    for x in XS:
        page.page.draw_line((x, 140), (x, 200), width=0.7)
    page.text(XS[0] + 6, 166, "农林水支出").text(XS[0] + 6, 178, "项目补助").text(XS[1] + 6, 172, "二三一")
    known = sheet(page.drawn())
    said = lines_in_cells(known.marks, known.cells, known.unit)
    assert said is not None
    below = [(round(x0 / known.unit), round(y0 / known.unit)) for x0, y0, _, _ in said[0] if y0 > 150 * known.unit]
    assert [abs(x - XS[1] - 3) < 3 for x, _ in below] == [True]
    [full] = said[1]
    assert [round(side / known.unit) for side in full] == [41, 149, 169, 199]


def test_points_at_the_ends_of_a_line_are_of_it() -> None:
    typeset = Typeset().table()
    typeset.page.draw_rect(
        (XS[2] + 3, TOP + HEIGHT + 2, XS[3] - 3, TOP + 2 * HEIGHT - 2), color=(1, 1, 1), fill=(1, 1, 1)
    )
    [box] = lines(typeset.text(XS[2] + 6, TOP + HEIGHT + 15, ".31.").drawn())[1, 2]
    assert box[0] < XS[2] + 7
    assert box[2] > XS[2] + 6 + 2 * 5.8 + 2 * 2.9 - 1


def test_specks_and_strokes_that_stand_alone_are_left_for_a_closer_look() -> None:
    image = Typeset().table().drawn()
    for (row, column), side in (((3, 1), 3), ((2, 0), 4)):
        x, y = round((XS[column + 1] - 12) * 200 / 72), round((TOP + HEIGHT * row + 11) * 200 / 72)
        image[y : y + side, x : x + side] = 0
    found = lines(image)
    assert [len(found[cell]) for cell in WORDS] == [1] * len(WORDS)
    assert (3, 2) not in found  # a 1


def test_a_figure_that_is_set_wide_is_in_one_line() -> None:
    """Its point is no larger than a speck: the digits beside it must not be taken for two figures."""
    marks = np.zeros((60, 300), bool)
    for x in (40, 78, 142, 180):  # a point stands between the second and the third
        marks[20:44, x : x + 14] = True
    marks[41:44, 116:119] = True
    found = lines_in_cells(marks, [(0.0, 0.0, 300.0, 60.0)], 200 / 72)
    assert found is not None
    [line], _ = found
    assert line[0] < 40
    assert line[2] > 194


def test_nothing_is_said_of_text_that_runs_up_the_page() -> None:
    known = sheet(np.ascontiguousarray(np.rot90(Typeset().table().drawn())))
    assert known.cells
    assert lines_in_cells(known.marks, known.cells, known.unit) is None


def test_strokes_of_text_are_no_ruling_lines() -> None:
    page = Typeset().table().text(40, 30, "支出决算总表").drawn()
    boxes = strokes(page[:, :, 0], 200)
    unit = 200 / 72
    assert any(x0 < 45 * unit and x1 > 98 * unit and y1 < 40 * unit for x0, _, x1, y1 in boxes)
    assert all(y1 - y0 < HEIGHT * unit for _, y0, _, y1 in boxes)
    assert len(boxes) >= len(WORDS)
