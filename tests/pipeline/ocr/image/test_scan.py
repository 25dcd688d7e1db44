"""Who says where lines stand on a page: the ink in the cells of sound tables, the detector elsewhere and in doubt."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest

from recount.pipeline.document import Box
from recount.pipeline.ocr.image.images import Picture, sized
from recount.pipeline.ocr.image.prepare import Grey
from recount.pipeline.ocr.image.scan import read_picture
from recount.pipeline.ocr.network.engine import Engine
from recount.pipeline.ocr.network.reading import Decoded, Recognised
from recount.tests.pipeline.ocr.scans import HEAD, HEIGHT, ROWS, TOP, Image, Typeset

TITLE, NOTE = "支出决算表", "注：本表反映部门本年支出情况。"


@dataclass
class Asked:
    """An engine that notes what its detector is asked: the boxes near which it looks, None for the whole page."""

    reader: Engine
    near: list[Sequence[Box] | None] = field(default_factory=list)

    def detect(self, image: Grey, near: Sequence[Box] | None = None) -> list[Box]:
        self.near.append(near)
        return self.reader.detect(image, near)

    def recognise(self, images: Sequence[Grey]) -> list[Decoded]:
        return self.reader.recognise(images)

    def alternatives(self, images: Sequence[Grey], allowed: Collection[str] | None = None) -> list[list[Recognised]]:
        return self.reader.alternatives(images, allowed)


def page() -> Image:
    return Typeset().text(40, 40, TITLE).table().text(40, 190, NOTE).drawn()


def read(picture: Picture, asked: Asked) -> list[str]:
    [(read_page, _)] = read_picture(picture, 1, 1, asked)  # type: ignore[arg-type]
    return [line.text for line in read_page.lines]


def test_the_detector_looks_beside_a_table_alone(reader: Engine) -> None:
    asked = Asked(reader)
    texts = read(sized(page(), 200), asked)
    assert sorted(texts) == sorted([TITLE, NOTE, *HEAD, *(text for row in ROWS for text in row)])
    [near] = asked.near
    assert near
    table = TOP * 200 / 72, (TOP + HEIGHT * 4) * 200 / 72
    assert all(y1 < table[0] or y0 > table[1] for _, y0, _, y1 in near)


def broken(_: Image) -> Image:
    """A table with a line that ends amid it."""
    typeset = Typeset().text(46, 80, "支出")
    for start, y in ((40.0, 60.0), (110.0, 104.0), (40.0, 134.0)):
        typeset.page.draw_line((start, y), (240, y), width=0.7)
    for x in (40.0, 200.0, 240.0):
        typeset.page.draw_line((x, 60), (x, 134), width=0.7)
    return typeset.drawn()


def sealed(image: Image) -> Image:
    cv2.circle(image, (900, 500), 150, (220, 60, 60), 8)
    return image


def coarse(image: Image) -> Image:
    return np.asarray(cv2.resize(image, None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize(("damaged", "dpi"), [(broken, 200), (sealed, 200), (coarse, 150)])
def test_in_doubt_the_detector_looks_at_all(damaged: object, dpi: int, reader: Engine) -> None:
    assert callable(damaged)
    asked = Asked(reader)
    read(sized(damaged(page()), dpi), asked)
    assert asked.near == [None]


def test_a_table_on_its_side_is_turned(reader: Engine) -> None:
    asked = Asked(reader)
    texts = read(sized(np.ascontiguousarray(np.rot90(page())), 200), asked)
    assert asked.near[0] is None
    assert {*HEAD, *(text for row in ROWS for text in row)} <= set(texts)
