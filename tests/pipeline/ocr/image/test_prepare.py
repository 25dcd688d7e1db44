"""What page images are read as."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from recount.pipeline.ocr.image.prepare import below_seals, is_bilevel, prepare, without_seals
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


RED = (205, 45, 55)


def stamped(image: Image, radius: float = 60.0) -> Image:
    """The page with a seal over its table, as a JPEG of low quality keeps it. radius: in points."""
    seal = np.full_like(image, 255)
    middle, unit = (round(200 * 200 / 72), round(104 * 200 / 72)), 200 / 72
    cv2.circle(seal, middle, round((radius - 3) * unit), RED, round(4 * unit))
    cv2.circle(seal, middle, round(radius / 4 * unit), RED, -1)
    for turn in range(0, 360, 20):
        x, y = (middle[0] + 0.78 * radius * unit * np.cos(turn), middle[1] + 0.78 * radius * unit * np.sin(turn))
        cv2.line(seal, (round(x) - 12, round(y) - 12), (round(x) + 12, round(y) + 12), RED, 5)
    both = (image.astype(np.float32) * seal.astype(np.float32) / 255).astype(np.uint8)
    _, packed = cv2.imencode(".jpg", both[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 25])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)[:, :, ::-1]


Mask = npt.NDArray[np.bool_]


def ink(image: Image, deeper: int) -> Mask:
    """Where the red channel, which is read, is so much darker than paper."""
    return np.asarray(255 - image[:, :, 0].astype(int) > deeper)


def test_what_a_seal_leaves_in_the_red_channel_is_taken_out_and_the_print_below_stays() -> None:
    bare = Typeset().table().drawn()
    page = stamped(bare)
    clean = without_seals(page, 200)
    printed = cv2.dilate(ink(bare, 40).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    seal, left = (ink(one, 30)[~printed].sum() for one in (page, clean))
    assert seal > 5000
    assert left < 0.3 * seal
    strokes = ink(bare, 200)
    assert ink(clean, 80)[strokes].mean() > 0.97


def test_a_page_is_read_without_its_seal_and_kept_with_it() -> None:
    page = stamped(Typeset().table().drawn())
    prepared = prepare(page, 200)
    assert np.array_equal(prepared.image, cv2.medianBlur(np.ascontiguousarray(without_seals(page, 200)[:, :, 0]), 3))
    assert np.array_equal(prepared.plain, below_seals(page, 200))
    assert prepared.stamped is not None
    assert np.array_equal(prepared.stamped, cv2.medianBlur(np.ascontiguousarray(page[:, :, 0]), 3))
    assert prepare(grey_page(), 200).stamped is None


def test_print_below_a_seal_is_nearly_as_dark_as_beside_it() -> None:
    """Though in a JPEG of low quality only its shade has the strokes: its colours are coarser than they."""
    bare = Typeset().table().drawn()
    page = stamped(bare)
    seal = 255 - stamped(np.full_like(bare, 255))[:, :, 1] > 100
    covered = cv2.erode(seal.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    strokes, beside = ink(bare, 200), cv2.dilate(ink(bare, 40).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0

    def contrast(grey: Image, where: Mask) -> float:
        return float(grey[where & ~beside].mean() - grey[where & strokes].mean())

    lifted, red = below_seals(page, 200), page[:, :, 0]
    assert contrast(lifted, covered) > 1.15 * contrast(red, covered)
    assert contrast(lifted, covered) > 0.65 * contrast(lifted, ~covered)


def test_red_print_and_grey_pages_are_no_seals() -> None:
    red = Typeset().table().drawn()
    red[ink(red, 100)] = RED  # figures below zero, ruled and printed in red
    assert np.array_equal(without_seals(red, 200), red)
    framed = np.full((600, 600, 3), 255, np.uint8)
    cv2.rectangle(framed, (100, 100), (420, 420), RED, 4)
    cv2.putText(framed, "-16.42", (140, 260), cv2.FONT_HERSHEY_SIMPLEX, 1.5, RED, 3)
    assert np.array_equal(without_seals(framed, 200), framed)
    small = stamped(Typeset().table().drawn(), radius=20.0)
    assert np.array_equal(without_seals(small, 200), small)
    assert without_seals(grey_page(), 200).ndim == 2
