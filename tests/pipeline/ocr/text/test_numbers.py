"""Numbers with a point too many are read again, alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pytest

from recount.pipeline.ocr.network.reading import Recognised
from recount.pipeline.ocr.text.looks import whole_numbers
from recount.tests.pipeline.ocr.text.test_hygiene import line
from recount.tests.pipeline.ocr.text.test_looks import Reader

PAGE = np.full((20, 600), 255, np.uint8)


@dataclass
class Alone(Reader):
    """What a number alone is read as."""

    def alternatives(self, images: object, allowed: Collection[str] | None = None) -> list[list[Recognised]]:  # noqa: ARG002
        first, _, second = self.text.partition("|")
        return [[Recognised(first, 0.5), Recognised(second, 0.4)] if second else [Recognised(first, 0.9)]]


@pytest.mark.parametrize(
    ("first", "alone", "meant"),
    [
        ("支出11.9.20万元，", "119.20", "支出119.20万元，"),
        ("5,760.0.0万元", "5,760.00", "5,760.00万元"),
        ("11.9.20万元", "118.20", "11.9.20万元"),  # another digit: not the same number
        ("11.9.20万元", "11.9.20", "11.9.20万元"),
        ("支出30.2.8万元，增加6.02万元", "30.2.8", "支出30.28万元，增加6.02万元"),  # as many decimals as the other
        ("支出30.2.8万元，增加6.0万元", "30.2.8", "支出30.2.8万元，增加6.0万元"),
        ("支出30.2.8万元", "30.2.8", "支出30.2.8万元"),
        ("119.20万元", "11.20", "119.20万元"),
        ("预算的1.17.47%，", "1.17.47", "预算的117.47%，"),  # seen twice: a speck
        ("预算的1.17.47%，", "1.17.479", "预算的117.47%，"),  # with a piece of the %
        ("1.17.47%", "1.17.47", "1.17.47%"),  # an ordinal may be before it
        ("预算的1.17.4%", "1.17.4", "预算的1.17.4%"),
        ("预算的1.17.47%，", "117.479", "预算的117.47%，"),
        ("预算的1.17.47元，", "117.479", "预算的1.17.47元，"),
        ("预算的1.17.47元，", "117.479|117.47", "预算的117.47元，"),  # which of the two, the line says
        ("收入1,531.7.7万元", "1,531.7.7", "收入1,531.77万元"),  # behind thousands there is the point
        ("收入1,531.7.7万元", "1,531.77.", "收入1,531.7.7万元"),
        ("收入11.9.20万", "119.20", "收入119.20万"),  # 元 is on the next line
        ("收入11.9.20万里", "119.20", "收入11.9.20万里"),
        ("至2021.12.31", "202112.31", "至2021.12.31"),
        ("为3,6.5万元", "3,65", "为3,65万元"),  # which is 3.65
        ("为3,6.5万元", "3.65", "为3,6.5万元"),
        ("为3,6.52万元", "3,6.52", "为36.52万元"),
        ("收入1,531.7.7万元", "1531.77", "收入1,531.7.7万元"),
        ("预算0，3.0万元", "0.3.0", "预算0.30万元"),  # no number begins with a 0 and goes on without its point
        ("预算0.3.8万元", "0.3.8", "预算0.38万元"),
        ("分别为0，3.8万元", "0,3.8", "分别为0，3.8万元"),  # two numbers
        ("预算10，3.0万元", "10.3.0", "预算10，3.0万元"),
    ],
)
def test_a_point_too_many_goes_where_the_number_alone_is_read_without_it(first: str, alone: str, meant: str) -> None:
    read = whole_numbers(line(first), PAGE, Alone(alone))
    assert read.text == meant
    assert len(read.boxes) == len(read.scores) == len(meant)


@pytest.mark.parametrize(
    ("text", "wide", "meant"),
    [
        ("支出310.4.8万元", 5, "支出310.48万元"),
        ("支出310.4.8万元", 8, "支出310.4.8万元"),  # both points have as much room
        ("支出310.4.82万元", 5, "支出310.4.82万元"),  # without it there are three decimals
    ],
)
def test_a_point_with_no_room_is_none_in_a_number_that_is_set_wide(text: str, wide: float, meant: str) -> None:
    """Its signs stand apart, each as far from the next, but for what stands between two of them."""
    last = text.rindex(".")
    read = line(text)
    boxes = tuple(
        (x0 - (10 - wide) * 2 * (at > last), y0, x1 - (10 - wide) * 2 * (at > last), y1)
        for at, (x0, y0, x1, y1) in enumerate(read.boxes)
    )
    assert whole_numbers(replace(read, boxes=boxes), PAGE, Alone("")).text == meant
