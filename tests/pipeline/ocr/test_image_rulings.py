"""Ruling lines from images: whole, broken, faint and double ones, under seals, and what is none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from recount.pipeline.document import Box, Page, Ruling
from recount.pipeline.ocr.image.prepare import prepare, skew_of
from recount.pipeline.ocr.image.ruling_lines import as_long, broken_off, find_rulings
from recount.pipeline.ocr.text.cells import sheet_of
from recount.pipeline.split.lattice import page_grids
from recount.tests.pipeline.ocr.scans import HEIGHT, TOP, XS, Image, Typeset, skewed, speckled


def shape(image: Image) -> list[tuple[int, int, int]]:
    """Columns, rows and cells of each table."""
    prepared = prepare(image, 200)
    rulings = find_rulings(prepared.image, prepared.dpi)
    page = Page(1, 420, 300, (), rulings)
    return [(len(table.xs) - 1, len(table.ys) - 1, len(table.cells)) for table in page_grids(page).tables]


def pixels(points: float) -> int:
    return round(points * 200 / 72)


FULL = [(4, 4, 16)]


def test_a_clean_table() -> None:
    assert shape(Typeset().table().drawn()) == FULL


@pytest.mark.parametrize("degrees", [2.5, -0.3])
def test_a_skewed_and_speckled_table(degrees: float) -> None:
    assert shape(speckled(skewed(Typeset().table().drawn(), degrees))) == FULL


def test_a_broken_line_is_led_on() -> None:
    image = Typeset().table().drawn()
    y = pixels(TOP + 2 * HEIGHT)
    for x in range(pixels(XS[0]) + 30, pixels(XS[2]), 25):
        image[y - 4 : y + 5, x : x + 6] = 255
    assert shape(image) == FULL


def test_faint_lines() -> None:
    image = Typeset().table().drawn()
    faint = np.clip(255 - (255 - image.astype(np.int16)) // 4, 0, 255).astype(np.uint8)
    assert shape(faint) == FULL


def test_a_double_line_is_one() -> None:
    typeset = Typeset().table()
    y = TOP + 2.0
    typeset.page.draw_line((XS[0], y), (XS[-1], y), width=0.6)
    assert shape(typeset.drawn()) == FULL


@pytest.mark.parametrize("row", [0, 3])
def test_a_speck_on_a_line_does_not_end_it_at_the_row_before(row: int) -> None:
    typeset = Typeset()
    for index in range(5):
        typeset.page.draw_line((XS[0], TOP + 18 * index), (XS[-1], TOP + 18 * index), width=0.5)
    for x in XS:
        typeset.page.draw_line((x, TOP), (x, TOP + 72), width=0.5)
    image = typeset.drawn()
    cv2.circle(image, (pixels(XS[1]) - 1, pixels(TOP + 18 * row + 7)), 4, (20, 20, 20), -1)
    assert shape(image) == FULL


@pytest.mark.parametrize("gap", [1.8, 2.6])
def test_a_double_frame_is_one_frame_and_its_inner_line_no_text(gap: float) -> None:
    typeset = Typeset()
    typeset.page.draw_rect((XS[0] - gap, TOP - gap, XS[-1] + gap, TOP + 4 * HEIGHT + gap), width=0.6)
    image = typeset.table().drawn()
    assert shape(image) == FULL
    prepared = prepare(image, 200)
    sheet = sheet_of(prepared.image, prepared.dpi, find_rulings(prepared.image, prepared.dpi))
    unit = 200 / 72
    first, last = sheet.cells[0], sheet.cells[-1]
    assert first[0] > (XS[0] + 0.3) * unit  # inside of the inner line
    assert last[2] < (XS[-1] - 0.3) * unit
    assert last[3] < (TOP + 4 * HEIGHT - 0.3) * unit


def test_lines_under_a_grey_seal() -> None:
    image = Typeset().table().drawn()
    seal = image.copy()
    cv2.circle(seal, (pixels(220), pixels(110)), 90, (150, 150, 150), 14)
    assert shape(np.minimum(image, seal)) == FULL


def test_text_makes_no_table() -> None:
    typeset = Typeset().text(60, 60, "昌吉回族自治州部门决算公开目录", 16)
    for index in range(8):
        typeset.text(40, 90 + 16 * index, "三、关于二〇二二年度收入支出决算情况的说明固定田国四目日口十")
    assert shape(typeset.drawn()) == []


def test_skew_is_measured() -> None:
    grey = cv2.cvtColor(Typeset().table().drawn(), cv2.COLOR_RGB2GRAY)
    assert skew_of(grey) == 0
    assert skew_of(skewed(grey, 1.3)) == pytest.approx(1.3, abs=0.08)


def test_a_line_is_as_long_as_the_look_that_sees_it_whole() -> None:
    """The last piece of an upright, which a speck beside it hid, comes back; lines of another look alone do not."""
    level = [(10.0, 0.0, 100.0), (30.0, 0.0, 100.0), (48.0, 0.0, 100.0)]
    best = level, [(0.0, 10.0, 48.0), (50.0, 10.0, 30.0), (100.0, 10.0, 48.0)]
    other = level, [(0.0, 10.0, 48.0), (50.4, 10.0, 48.5), (75.0, 10.0, 48.0), (100.0, 10.0, 48.0)]
    assert as_long(best, [other], 1) == [(0.0, 10.0, 48.0), (50.0, 10.0, 48.0), (100.0, 10.0, 48.0)]
    assert as_long(best, [], 1) == best[1]
    apart = level, [(50.0, 31.0, 48.0)]  # no more of the same line, but another one below it
    assert as_long(best, [apart], 1) == best[1]
    aside = level, [(52.0, 10.0, 48.0)]
    assert as_long(best, [aside], 1) == best[1]
    nowhere = level, [(50.0, 10.0, 40.0)]  # no line across, where it ends
    assert as_long(best, [nowhere], 1) == best[1]
    blind = [level[0], level[2]], [(50.0, 10.0, 48.0)]  # over the line at which it ends, which it did not see
    assert as_long(best, [blind], 1) == best[1]


# --- strokes of characters that stand where a ruling line ends


def named() -> Image:
    """A row for a name over two columns, whose middle line ends below it; rows are 14 and 30 points high."""
    typeset = Typeset()
    for y in (60.0, 74.0, 104.0, 134.0):
        typeset.page.draw_line((40, y), (240, y), width=0.7)
    for x in (40.0, 240.0):
        typeset.page.draw_line((x, 60), (x, 134), width=0.7)
    typeset.page.draw_line((140, 74), (140, 134), width=0.7)
    return typeset.drawn()


def cells(image: Image, *text: Box) -> int:
    """How many cells the table has. text: the boxes of its lines, in points."""
    boxes = [(x0 * 200 / 72, y0 * 200 / 72, x1 * 200 / 72, y1 * 200 / 72) for x0, y0, x1, y1 in text]
    grey = np.ascontiguousarray(image[:, :, 0])
    page = Page(1, 420, 300, (), find_rulings(grey, 200, boxes))
    return sum(len(table.cells) for table in page_grids(page).tables)


def stroked(image: Image, x: float, top: float, foot: float, level: int) -> Image:
    """The image with a stroke of a grey level, a point wide."""
    part = image[pixels(top) : pixels(foot), pixels(x) - 1 : pixels(x) + 2]
    part[:] = np.minimum(part, level)
    return image


def test_two_strokes_side_by_side_are_no_double_line() -> None:
    image = stroked(stroked(named(), 140, 61, 70.8, 0), 141.6, 61, 70.8, 0)
    assert cells(image) == 5


@pytest.mark.parametrize(("top", "foot"), [(60, 74), (74, 104)])
def test_the_rim_of_a_stroke_leads_no_line_on(top: float, foot: float) -> None:
    """What is faint is a broken line where there is only paper, and of a character where there is text."""
    image = named()
    text = 120.0, top + 1, 160.0, foot - 1
    image[pixels(top) + 3 : pixels(foot) - 2, pixels(140) - 4 : pixels(140) + 5] = 255
    stroked(image, 140, top, foot, 231)
    whole, merged = (6, 5) if top == 60 else (5, 4)
    assert cells(image) == whole
    assert cells(image, text) == merged
    assert cells(image, (150.0, top + 1, 190.0, foot - 1)) == whole, "text beside it"


def test_what_is_inked_of_a_way_leads_not_over_what_is_blank() -> None:
    """A line that ends in mid-air goes on to the next one across only where it leads there itself."""
    typeset = Typeset()
    for start, y in ((40.0, 60.0), (110.0, 104.0), (40.0, 134.0)):
        typeset.page.draw_line((start, y), (240, y), width=0.7)
    for x in (40.0, 200.0, 240.0):
        typeset.page.draw_line((x, 60), (x, 134), width=0.7)
    image = typeset.drawn()
    assert cells(image) == 3
    rulings = find_rulings(np.ascontiguousarray(image[:, :, 0]), 200)
    tables = [table.box for table in page_grids(Page(1, 420, 300, (), rulings)).tables]
    assert broken_off(rulings, tables) == tables, "and it is said"


def test_lines_that_end_at_the_sides_of_a_table_do_not_break_off() -> None:
    level = [Ruling(40, y, 240, y) for y in (60, 104, 134)]
    upright = [Ruling(x, 60, x, 134) for x in (90, 190)]
    open_sides = [table.box for table in page_grids(Page(1, 420, 300, (), (*level, *upright))).tables]
    assert len(open_sides) == 1
    assert broken_off([*level, *upright], open_sides) == []
    assert broken_off([*level, *upright, Ruling(140, 60, 140, 90)], open_sides) == open_sides


def test_strokes_of_a_line_that_touch_one_another_are_no_ruling_line() -> None:
    """As far as the detector saw a line there, of whose height they are the middle; a longer one parts two cells."""
    typeset = Typeset()
    for y in (60.0, 104.0, 134.0):
        typeset.page.draw_line((40, y), (240, y), width=0.7)
    for x in (40.0, 140.0, 188.0, 240.0):
        typeset.page.draw_line((x, 60), (x, 134), width=0.7)
    line, elsewhere, below, shorter = (
        (142.0, 72.0, 186.0, 90.0),
        (142.0, 110.0, 186.0, 128.0),
        (142.0, 79.0, 186.0, 97.0),
        (142.0, 72.0, 164.0, 90.0),
    )
    for text, parted in ((line, 6), (elsewhere, 7), (below, 7), (shorter, 7)):
        image = typeset.drawn()
        image[pixels(82) - 1 : pixels(82) + 2, pixels(141) : pixels(176)] = 0
        assert cells(image, text) == parted, text


@pytest.mark.parametrize(("strokes", "parted"), [(True, 6), (False, 7)])
def test_two_lines_of_a_cell_that_touch_one_another_are_parted_by_no_line(strokes: bool, parted: int) -> None:
    """However long it is, where it does not reach the sides of the cell."""
    typeset = Typeset()
    for y in (60.0, 104.0, 134.0):
        typeset.page.draw_line((40, y), (240, y), width=0.7)
    for x in (40.0, 140.0, 208.0, 240.0):
        typeset.page.draw_line((x, 60), (x, 134), width=0.7)
    image = typeset.drawn()
    image[pixels(82) - 1 : pixels(82) + 2, pixels(142.6) : pixels(205.4)] = 0
    for x in range(144, 204, 4) if strokes else ():
        image[pixels(74) : pixels(82), pixels(x) : pixels(x + 2)] = 0
    assert cells(image, (142.0, 72.0, 206.0, 90.0)) == parted


@pytest.mark.parametrize("speck", [False, True])
def test_a_line_between_two_cells_that_were_seen_as_one_text_parts_them(speck: bool) -> None:
    """As long as it is bare: characters have more strokes than one."""
    typeset = Typeset()
    for y in (60.0, 90.0, 108.0):
        typeset.page.draw_line((40, y), (240, y), width=0.7)
    for x in (40.0, 140.0, 240.0):
        typeset.page.draw_line((x, 60), (x, 108), width=0.7)
    image = typeset.drawn()
    if speck:
        image[pixels(98) : pixels(100), pixels(140) - 8 : pixels(140) + 8] = 0
    assert cells(image, (118.0, 91.0, 164.0, 107.0)) == (3 if speck else 4)
