"""What page images are read as."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from recount.pipeline.ocr.image.prepare import is_bilevel, prepare
from recount.tests.pipeline.ocr.scans import Image, Typeset


def grey_page() -> Image:
    return np.asarray(cv2.cvtColor(Typeset().table().drawn(), cv2.COLOR_RGB2GRAY), np.uint8)


def test_black_and_white_is_told_from_grey() -> None:
    grey = grey_page()
    assert not is_bilevel(cv2.GaussianBlur(grey, (0, 0), 1.0))
    assert is_bilevel(np.where(grey < 128, 0, 255).astype(np.uint8))


def test_black_and_white_is_smoothed_and_keeps_what_a_median_would_take() -> None:
    paper = np.full((400, 400), 255, np.uint8)
    paper[100:102, 100:102] = 0  # a decimal point of small type
    assert prepare(paper, 200).image[100, 100] < 200
    shaded = paper - (np.arange(400) % 20).astype(np.uint8)  # a grey scan: what is so small there is dust
    assert prepare(shaded, 200).image[100, 100] > 220


@pytest.mark.parametrize(("dpi", "read_at"), [(100, 200), (150, 200), (200, 200), (300, 300), (600, 300)])
def test_pages_are_read_at_200_to_300_dpi(dpi: int, read_at: float) -> None:
    assert prepare(Typeset(120, 90).drawn(dpi), dpi).dpi == pytest.approx(read_at)


def test_a_page_is_blank_where_not_a_digit_is_seen() -> None:
    draw = np.random.default_rng(3)
    paper = np.clip(225 + draw.normal(0, 4, (1654, 1170)), 0, 255).astype(np.uint8)
    paper = np.asarray(cv2.GaussianBlur(paper, (0, 0), 0.7), np.uint8)
    assert prepare(paper, 200).blank
    for level in (0, 180):
        digit = cv2.putText(paper.copy(), "7", (900, 1500), cv2.FONT_HERSHEY_SIMPLEX, 0.8, level, 2)
        assert not prepare(np.asarray(digit, np.uint8), 200).blank
    assert not prepare(grey_page(), 200).blank
