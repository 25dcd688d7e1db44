"""Scans: the same again, worse the worse they are meant to be, with boxes that follow the page."""

from __future__ import annotations

from dataclasses import replace

import pymupdf
import pytest

from recount.eval.scans.damage import LEVELS, Damage
from recount.eval.scans.degrade import Scan, degrade

SIZE = (300, 200)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    document = pymupdf.open()
    for text in ("1,955.06", "94.33%"):
        page = document.new_page(width=SIZE[0], height=SIZE[1])
        page.insert_text((200, 150), text, fontsize=20)
    content: bytes = document.tobytes(no_new_id=True)
    return content


@pytest.mark.parametrize("level", LEVELS)
def test_the_same_seed_gives_the_same_scan(pdf: bytes, level: str) -> None:
    scan = degrade(pdf, LEVELS[level], seed=3)
    assert scan == degrade(pdf, LEVELS[level], seed=3)
    assert scan.pdf != degrade(pdf, LEVELS[level], seed=4).pdf
    with pymupdf.open(stream=scan.pdf) as document:
        assert len(document) == 2
        for page in document:
            assert page.rect.width, page.rect.height == SIZE
            assert len(page.get_images()) == 1
            assert not page.get_text().strip()
            grey = page.get_pixmap(colorspace=pymupdf.csGRAY)
            assert sum(grey.samples) / len(grey.samples) > 128, "black on white, not white on black"


def test_a_fax_is_stored_as_a_fax(pdf: bytes) -> None:
    with pymupdf.open(stream=degrade(pdf, LEVELS["fax"], 1).pdf) as document:
        (image,) = document[0].get_images()
        assert image[8] == "CCITTFaxDecode"
        assert image[4] == 1


def dark(scan: Scan, page: int = 0) -> tuple[float, float, float, float]:
    """The box of what is black on a page."""
    with pymupdf.open(stream=scan.pdf) as document:
        pixmap = document[page].get_pixmap(colorspace=pymupdf.csGRAY)
    rows = [pixmap.samples[at * pixmap.stride : at * pixmap.stride + pixmap.width] for at in range(pixmap.height)]
    ys = [y for y, row in enumerate(rows) if min(row) < 100]
    xs = [x for x in range(pixmap.width) if min(row[x] for row in rows) < 100]
    return min(xs), min(ys), max(xs) + 1, max(ys) + 1


def test_boxes_follow_the_page(pdf: bytes) -> None:
    straight = dark(degrade(pdf, Damage(), 1))
    scan = next(scan for scan in (degrade(pdf, Damage(skew=8), seed) for seed in range(9)) if abs(scan.angles[0]) > 3)
    turned, (_, moved) = dark(scan), scan.moved((1, straight))
    middle = [(turned[at] + turned[at + 2]) / 2 for at in (0, 1)]
    assert [(moved[at] + moved[at + 2]) / 2 for at in (0, 1)] == [pytest.approx(each, abs=2) for each in middle]
    assert abs((straight[1] + straight[3]) / 2 - middle[1]) > 2, "the page did turn"


@pytest.mark.parametrize("bent", [Damage(tilt=0.06), Damage(fold=0.06), Damage(tilt=0.04, fold=0.04, skew=3)])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_boxes_follow_a_page_that_does_not_lie_flat(bent: Damage, seed: int) -> None:
    with pymupdf.open() as document:
        page = document.new_page(width=SIZE[0], height=SIZE[1])
        for x in (20, 150, 250):
            page.draw_rect((x, 40, x + 8, 48), fill=(0, 0, 0))
        pdf: bytes = document.tobytes(no_new_id=True)
    scan = degrade(pdf, bent, seed)
    for x in (20, 150, 250):
        _, (x0, y0, x1, y1) = scan.moved((1, (x, 40, x + 8, 48)))
        with pymupdf.open(stream=scan.pdf) as document:
            around = (x0 - 4, y0 - 4, x1 + 4, y1 + 4)
            pixmap = document[0].get_pixmap(dpi=216, colorspace=pymupdf.csGRAY, clip=around)
        rows = [pixmap.samples[at * pixmap.stride : at * pixmap.stride + pixmap.width] for at in range(pixmap.height)]
        ys = [pixmap.y + y for y, row in enumerate(rows) if min(row) < 100]
        xs = [pixmap.x + x for x in range(pixmap.width) if min(row[x] for row in rows) < 100]
        found = [side / 3 for side in (min(xs), min(ys), max(xs) + 1, max(ys) + 1)]
        assert found == [pytest.approx(side, abs=0.9) for side in (x0, y0, x1, y1)]


def test_a_fold_pulls_down_at_one_side_and_not_at_the_other(pdf: bytes) -> None:
    bends = [bend for seed in range(6) for bend in degrade(pdf, Damage(fold=0.05), seed).bends]
    assert {bend.right for bend in bends} == {True, False}
    for bend in bends:
        near, far = bend.seen(float(bend.right), 0.5), bend.seen(float(not bend.right), 0.5)
        assert near[1] - 0.5 > 0.02
        assert far[1] - 0.5 < 0.001
    assert degrade(pdf, Damage(skew=1), 1).bends == (), "flat pages are not said to be bent"


def test_every_knob_does_something(pdf: bytes) -> None:
    plain = degrade(pdf, Damage(), 1).pdf
    for knob, value in {
        "dpi": 100,
        "skew": 2.0,
        "noise": 5.0,
        "blur": 1.0,
        "quality": 30,
        "contrast": 0.6,
        "shade": 0.3,
        "speckle": 40,
        "seal": 1.0,
        "bleed": 0.3,
        "holes": 2,
        "scrawl": 3,
        "bilevel": True,
        "tilt": 0.03,
        "fold": 0.03,
        "raster": 0.3,
        "staples": 2,
        "marked": 3,
        "notes": 3,
        "doubled": 0.1,
    }.items():
        assert degrade(pdf, replace(Damage(), **{knob: value}), 1).pdf != plain, knob


def test_a_seal_is_red_and_can_be_read_through(pdf: bytes) -> None:
    with pymupdf.open(stream=degrade(pdf, Damage(seal=1), 1).pdf) as document:
        pixmap = document[0].get_pixmap()
    reds = [pixmap.pixel(x, y) for x in range(pixmap.width) for y in range(pixmap.height)]
    assert any(red > 150 and green < 120 and blue < 120 for red, green, blue in reds)
