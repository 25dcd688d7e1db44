"""Boxes and lines, as all stages pass them on."""

from __future__ import annotations

from recount.pipeline.document import Line, hull


def test_the_smallest_box_around_some_boxes() -> None:
    assert hull([(5, 5, 9, 9), (1, 6, 7, 12)]) == (1, 5, 9, 12)


def test_a_part_of_a_line_stands_where_its_characters_stand() -> None:
    boxes = ((0.0, 2.0, 5.0, 9.0), (5.0, 1.0, 10.0, 9.0), (10.0, 2.0, 15.0, 10.0))
    line = Line("1.5", boxes, (0.0, 1.0, 15.0, 10.0), 0.9)
    assert line.part(1, 3) == Line(".5", boxes[1:], (5.0, 1.0, 15.0, 10.0), 0.9)
