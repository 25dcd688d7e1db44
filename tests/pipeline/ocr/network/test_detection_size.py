"""A page is looked at as small as its print allows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from recount.pipeline.ocr.image.prepare import Grey, red
from recount.pipeline.ocr.network.reading import detect, height_of_print
from recount.tests.pipeline.ocr.scans import Typeset, speckled

Floats = npt.NDArray[np.float32]


def page(size: float, small: float = 0.0, width: float = 595.0, height: float = 842.0) -> Typeset:
    """An A4 page of figures; every third line of another size, if there is one."""
    typeset = Typeset(width, height)
    for line in range(40):
        typeset.text(60, 60 + 18 * line, "1,234.56 3,870.90 45.25", small if small and line % 3 == 0 else size)
    return typeset


def longest_side(image: Grey) -> int:
    """Of the picture that the network is shown."""
    shown: list[tuple[int, ...]] = []

    def network(batch: Floats) -> Floats:
        shown.append(batch.shape)
        return np.zeros((1, 1, *batch.shape[2:]), np.float32)

    assert detect(network, image) == []
    return max(shown[0])


@pytest.mark.parametrize(("size", "side"), [(12.0, 1184), (10.5, 1184), (9.0, 1184), (7.0, 1600), (5.0, 1600)])
def test_the_size_goes_by_the_print(size: float, side: int) -> None:
    assert longest_side(red(page(size).drawn())) == side


def test_small_print_among_large_is_looked_at_closely() -> None:
    assert longest_side(red(page(12.0, small=6.0).drawn())) == 1600


def test_specks_and_rulings_are_no_print() -> None:
    assert longest_side(red(speckled(page(10.5).drawn()))) == 1184
    ruled = Typeset(595, 842)
    for _ in range(5):
        ruled.table()
    assert longest_side(red(ruled.drawn())) == 1184


def test_a_page_without_print_is_looked_at_closely() -> None:
    blank = np.full((2339, 1654), 255, np.uint8)
    assert height_of_print(blank) == 0
    assert longest_side(blank) == 1600


def test_a_small_picture_is_not_enlarged() -> None:
    assert longest_side(red(page(10.5).drawn(dpi=72))) == 832
