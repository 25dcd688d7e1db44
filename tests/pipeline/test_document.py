"""Boxes and lines, as all stages pass them on."""

from __future__ import annotations

import pytest

from recount.pipeline.document import Cell, Grid, Line, Text, hull


def test_the_smallest_box_around_some_boxes() -> None:
    assert hull([(5, 5, 9, 9), (1, 6, 7, 12)]) == (1, 5, 9, 12)


def test_a_part_of_a_line_stands_where_its_characters_stand() -> None:
    boxes = ((0.0, 2.0, 5.0, 9.0), (5.0, 1.0, 10.0, 9.0), (10.0, 2.0, 15.0, 10.0))
    line = Line("1.5", boxes, (0.0, 1.0, 15.0, 10.0), 0.9)
    assert line.part(1, 3) == Line(".5", boxes[1:], (5.0, 1.0, 15.0, 10.0), 0.9)


def test_a_table_is_looked_up_without_a_walk_over_its_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[Cell] = []
    monkeypatch.setattr(Cell, "__hash__", lambda cell: hashed.append(cell) or 0)
    cells = tuple(Cell(row, 0, row + 1, 1, Text("收入", "收入"), ()) for row in range(9))
    grid, same, other = (Grid(9, 1, each, (), None, (1,)) for each in (cells, (*cells,), cells[:-1]))
    assert {grid: "found"}[same] == "found"
    assert other not in {grid}
    assert not hashed
