"""Drawings become ruling lines, however they were drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pymupdf
import pytest

from recount.pipeline.read.rulings import merge_runs, read_rulings

Draw = Callable[[Any], None]


def rulings(draw: Draw) -> list[tuple[float, float, float, float]]:
    document = pymupdf.open()
    page = document.new_page(width=400, height=600)
    draw(page)
    page = pymupdf.open("pdf", document.tobytes())[0]
    found = read_rulings(page.get_cdrawings(extended=True), (400, 600))
    return [tuple(round(value, 1) for value in (each.x0, each.y0, each.x1, each.y1)) for each in found]  # type: ignore[misc]


def shape(*parts: Callable[[Any], Any], **finish: Any) -> Draw:
    def draw(page: Any) -> None:
        canvas = page.new_shape()
        for part in parts:
            part(canvas)
        canvas.finish(**finish)
        canvas.commit()

    return draw


def pieces(page: Any) -> None:
    for x in range(50, 150, 25):
        page.draw_line((x + 0.4, 100), (x + 24.6, 100.3))


def dashes(page: Any) -> None:
    for x in range(50, 150, 4):
        page.draw_line((x, 100), (x + 2, 100))


def dots(page: Any) -> None:
    for x in range(100):
        page.draw_rect((50 + x, 99.8, 50.5 + x, 100.2), color=None, fill=(0, 0, 0))


LEVEL: dict[str, Draw] = {
    "a stroke": lambda page: page.draw_line((50, 100), (150, 100)),
    "a stroke backwards": lambda page: page.draw_line((150, 100), (50, 100)),
    "a grey stroke": lambda page: page.draw_line((50, 100), (150, 100), color=(0.7, 0.7, 0.7)),
    "a dashed stroke": lambda page: page.draw_line((50, 100), (150, 100), dashes="[3 2] 0"),
    "a stroke for each cell": pieces,
    "short dashes": dashes,
    "dots": dots,
    "a thin filled rectangle": lambda page: page.draw_rect((50, 99.5, 150, 100.5), color=None, fill=(0, 0, 0)),
    "a thin stroked rectangle": lambda page: page.draw_rect((50, 99.5, 150, 100.5)),
    "a thin filled outline": shape(
        lambda s: s.draw_polyline([(50, 99), (150, 99), (150, 101), (50, 101), (50, 99)]), color=None, fill=(0, 0, 0)
    ),
    "a wide short stroke": lambda page: page.draw_line((100, 99.5), (100, 100.5), width=100),
    "a double line": lambda page: [page.draw_line((50, y), (150, y)) for y in (98.75, 101.25)],
    "a line drawn twice": lambda page: [page.draw_line((50, 100), (150, 100)) for _ in range(2)],
}


@pytest.mark.parametrize("style", LEVEL)
def test_one_line(style: str) -> None:
    [(x0, y0, x1, y1)] = rulings(LEVEL[style])
    assert y0 == y1 == pytest.approx(100, abs=0.3)
    assert (x0, x1) == pytest.approx((50, 150), abs=2.1)


@pytest.mark.parametrize(
    "draw",
    [
        lambda page: page.draw_line((50, 100), (150, 100), color=(1, 1, 1)),
        lambda page: page.draw_rect((50, 99.5, 150, 100.5), color=None, fill=(1, 1, 1)),
        lambda page: page.draw_line((50, 100), (150, 100), stroke_opacity=0),
        lambda page: page.draw_rect((50, 100, 150, 130), color=None, fill=(0.8, 0.8, 0.8)),
        lambda page: page.draw_line((50, 100), (150, 100), width=20),
        lambda page: page.draw_line((50, 100), (150, 140)),
        lambda page: page.draw_line((50, 100), (52, 100)),
        lambda page: page.draw_circle((100, 100), 30),
        lambda page: page.draw_rect((50, 50, 53, 53), color=None, fill=(0, 0, 0)),
    ],
)
def test_no_line(draw: Draw) -> None:
    assert rulings(draw) == []


@pytest.mark.parametrize("fill", [None, (0.8, 0.8, 0.8), (1, 1, 1)])
def test_a_stroked_rectangle_is_four_lines(fill: tuple[float, ...] | None) -> None:
    assert rulings(lambda page: page.draw_rect((50, 100, 150, 130), fill=fill)) == [
        (50, 100, 150, 100),
        (50, 130, 150, 130),
        (50, 100, 50, 130),
        (150, 100, 150, 130),
    ]


def test_a_polyline_is_its_sides() -> None:
    draw = shape(lambda s: s.draw_polyline([(50, 100), (150, 100), (150, 130)]), closePath=False)
    assert rulings(draw) == [(50, 100, 150, 100), (150, 100, 150, 130)]


def test_lines_apart_stay_apart() -> None:
    runs = [(100.0, 50.0, 150.0), (100.0, 160.0, 200.0), (108.0, 50.0, 150.0)]
    assert merge_runs(list(runs)) == runs


def test_an_underline_does_not_move_a_border() -> None:
    assert merge_runs([(100.0, 50.0, 350.0), (98.0, 60.0, 90.0)]) == [(100.0, 50.0, 350.0)]
