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


def clipped(box: tuple[float, float, float, float], drawn: str) -> Draw:
    """Drawing operators within a clip, in points from the top of the page."""

    def draw(page: Any) -> None:
        x0, y0, x1, y1 = box
        content = f"1 0 0 -1 0 600 cm q {x0} {y0} {x1 - x0} {y1 - y0} re W n {drawn} Q"
        xref = page.parent.get_new_xref()
        page.parent.update_object(xref, "<<>>")
        page.parent.update_stream(xref, content.encode())
        page.set_contents(xref)

    return draw


def test_of_a_line_beyond_its_clip_the_part_within_is_seen() -> None:
    assert rulings(clipped((80, 50, 120, 200), "50 100 m 150 100 l S")) == [(80, 100, 120, 100)]
    assert rulings(clipped((80, 50, 120, 200), "50 300 m 150 300 l S")) == []
    assert rulings(clipped((0, 0, 0.001, 0.001), "50 100 m 150 100 l S")) == []


def test_a_clip_ends_where_its_state_does_and_one_in_another_is_narrower() -> None:
    drawn = "q 50 50 50 50 re W n 0 80 m 400 80 l S Q 0 90 m 400 90 l S Q q 0 95 m 400 95 l S"
    assert rulings(clipped((80, 50, 120, 200), drawn)) == [(80, 80, 100, 80), (80, 90, 120, 90), (0, 95, 400, 95)]


def test_a_line_on_the_border_of_its_clip_is_seen() -> None:
    assert rulings(clipped((50, 100, 150, 130), "50 100 m 150 100 l S")) == [(50, 100, 150, 100)]


def test_lines_off_the_page_are_none() -> None:
    def draw(page: Any) -> None:
        page.draw_line((-300, 100), (-10, 100))
        page.draw_line((50, 700), (150, 700))
        page.draw_line((-50, 200), (150, 200))

    assert rulings(draw) == [(0, 200, 150, 200)]


def grid(page: Any) -> None:
    for y in range(100, 200, 20):
        page.draw_line((80, y), (380, y))
    for x in (80, 180, 280, 380):
        page.draw_line((x, 100), (x, 180))


@pytest.mark.parametrize(
    "box",
    [
        (218, 125, 252, 137),
        (218, 121.5, 252, 138.5),  # close to the lines of its row
        (160, 123, 270, 137),  # over the line of a column
        (170, 115, 290, 145),
    ],
)
def test_a_box_around_a_figure_of_a_table_is_no_part_of_it(box: tuple[float, ...]) -> None:
    def draw(page: Any) -> None:
        grid(page)
        page.draw_rect(box)

    assert rulings(draw) == rulings(grid)


def test_boxes_that_make_the_table_stay() -> None:
    def cells(page: Any) -> None:
        for row in range(3):
            for column in range(3):
                x, y = 80 + 104 * column, 100 + 24 * row
                page.draw_rect((x, y, x + 100, y + 20))

    def rows(page: Any) -> None:
        page.draw_rect((80, 100, 380, 130))
        for x in (180, 280):
            page.draw_line((x, 100), (x, 130))

    assert len(rulings(cells)) >= 24
    assert len(rulings(rows)) == 6
