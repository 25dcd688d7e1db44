"""A cell with ink of which nothing was read is looked at again; what stays unread, or may be lost, is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from recount.pipeline.ocr.image.prepare import Grey, prepare
from recount.pipeline.ocr.network.engine import Engine
from recount.pipeline.ocr.network.reading import Decoded
from recount.pipeline.ocr.page import read_prepared
from recount.tests.pipeline.ocr.scans import HEIGHT, TOP, XS, Image, Typeset

DPI = 200
CELL = (XS[1], TOP + HEIGHT, XS[2], TOP + 2 * HEIGHT)
"""That of 1,955.06, in points."""


def pixels(points: float) -> int:
    return round(points * DPI / 72)


def emptied(image: Image) -> Image:
    """The table without its first figure."""
    x0, y0, x1, y1 = map(pixels, (CELL[0] + 1.2, CELL[1] + 1.2, CELL[2] - 1.2, CELL[3] - 1.2))
    image[y0:y1, x0:x1] = 255
    return image


def test_a_scribble_in_an_empty_cell_is_said(reader: Engine) -> None:
    image = emptied(Typeset().table().drawn())
    draw = np.random.default_rng(0)
    across = draw.uniform(pixels(CELL[0] + 8), pixels(CELL[0] + 30), 14)
    down = draw.uniform(pixels(CELL[1] + 3), pixels(CELL[3] - 3), 14)
    cv2.polylines(image, [np.stack([across, down], 1).astype(np.int32)], False, (60, 60, 60), 2)
    prepared = prepare(image, DPI)
    [remark] = read_prepared(prepared, 3, reader.detect(prepared.image), reader).remarks
    assert (remark.kind, remark.page, remark.touches) == ("unread", 3, False)
    assert remark.box is not None
    assert [abs(one - other) < 3 for one, other in zip(remark.box, CELL, strict=True)] == [True] * 4


def test_an_empty_cell_is_no_remark(reader: Engine) -> None:
    prepared = prepare(emptied(Typeset().table().drawn()), DPI)
    assert read_prepared(prepared, 1, reader.detect(prepared.image), reader).remarks == ()


@dataclass
class Weak:
    """Reads nothing but what is large."""

    least: int

    def recognise(self, images: Sequence[Grey]) -> list[Decoded]:
        return [Decoded("7", (0.5,), (0.9,)) if len(one) >= self.least else Decoded("", (), ()) for one in images]


def test_what_is_too_small_for_a_first_look_is_read_by_a_second() -> None:
    typeset = Typeset()
    for y in (60.0, 90.0):
        typeset.page.draw_line((40, y), (200, y), width=0.7)
    for x in (40.0, 120.0, 200.0):
        typeset.page.draw_line((x, 60), (x, 90), width=0.7)
    prepared = prepare(typeset.text(70, 78, "7").drawn(), DPI)
    weak: Any = Weak(40)
    page = read_prepared(prepared, 1, [], weak)
    assert ([line.text for line in page.lines], page.remarks) == (["7"], ())
    blind: Any = Weak(1000)
    page = read_prepared(prepared, 1, [], blind)
    assert ([line.text for line in page.lines], [remark.kind for remark in page.remarks]) == ([], ["unread"])


def test_a_table_with_a_line_that_breaks_off_is_said() -> None:
    typeset = Typeset()
    for start, y in ((40.0, 60.0), (110.0, 104.0), (40.0, 134.0)):
        typeset.page.draw_line((start, y), (240, y), width=0.7)
    for x in (40.0, 200.0, 240.0):
        typeset.page.draw_line((x, 60), (x, 134), width=0.7)
    blind: Any = Weak(1000)
    [remark] = read_prepared(prepare(typeset.drawn(), DPI), 2, [], blind).remarks
    assert (remark.kind, remark.page, remark.touches) == ("broken line", 2, False)
    assert remark.box is not None
    assert [abs(one - other) < 2 for one, other in zip(remark.box, (40, 60, 240, 134), strict=True)] == [True] * 4
