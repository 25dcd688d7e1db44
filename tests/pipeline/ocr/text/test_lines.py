"""Where the signs of a line stand, and how large they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from recount.pipeline.ocr.network.reading import Decoded
from recount.pipeline.ocr.text.lines import LINE, placed

TEXT = "甲乙丙丁戊己庚辛壬癸"
STEP = 10.0  # pixels from one step of the network to the next


def em_of(middles: Sequence[float]) -> float:
    """The width of the signs of a line 44 pixels high, in an image as wide as 600, by where they were read."""
    image = np.full((50, 600), 255, np.uint8)
    image[5:45, 10:590:4] = 0
    line = Decoded(TEXT[: len(middles)], tuple(middle / 600 for middle in middles), (0.9,) * len(middles))
    found = placed(image, (0.0, 3.0, 600.0, 47.0), line)
    return (found.box[3] - found.box[1]) / LINE


@pytest.mark.parametrize("em", [38.0, 43.0, 46.0])
def test_signs_are_as_wide_as_they_are_apart_on_the_mean(em: float) -> None:
    """The network says where they stand in whole steps."""
    middles = [STEP * round((20 + at * em) / STEP) for at in range(len(TEXT))]
    assert em_of(middles) == pytest.approx(em, rel=0.03)


def test_signs_that_are_set_apart_do_not_tell_how_wide_they_are() -> None:
    near = [20.0 + at * 40 for at in range(6)]
    assert em_of([*near, 320, 440]) == pytest.approx(40)
    assert em_of([20, 60, 160, 260]) < 60
