"""Ruling lines from images: whole, broken, faint and double ones, under seals, and what is none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from recount.pipeline.document import Page
from recount.pipeline.ocr.image.prepare import prepare, skew_of
from recount.pipeline.ocr.image.ruling_lines import as_long, find_rulings
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
