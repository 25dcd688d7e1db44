"""Drawing the rules of a table the four ways that publishers' programs do."""

# mypy: disable-error-code="no-untyped-call"
# (pymupdf ships no type information for these calls)
from __future__ import annotations

from collections.abc import Callable, Iterable

import pymupdf

from recount.eval.generator.typeset.style import Style

Box = tuple[float, float, float, float]
Edge = tuple[bool, float, float, float]  # horizontal?, position across, from, to


def draw_rules(page: pymupdf.Page, boxes: list[Box], style: Style) -> None:
    """Draw the borders of the cells `boxes` of one table part on its page."""
    shape = page.new_shape()
    _DRAW[style.rules](shape, boxes, style.rule_width)
    _outer(shape, boxes, style)
    shape.commit()


def _edges(boxes: list[Box]) -> list[Edge]:
    """The four edges of every cell, each kept once."""
    edges: set[Edge] = set()
    for x0, y0, x1, y1 in boxes:
        edges |= {(True, y0, x0, x1), (True, y1, x0, x1), (False, x0, y0, y1), (False, x1, y0, y1)}
    return sorted(edges)


def _runs(edges: Iterable[Edge]) -> list[Edge]:
    """Collinear edges that touch or overlap, joined into one."""
    runs: list[Edge] = []
    for across, at, start, end in sorted(edges):
        if runs and runs[-1][:2] == (across, at) and start <= runs[-1][3] + 0.05:
            runs[-1] = (across, at, runs[-1][2], max(end, runs[-1][3]))
        else:
            runs.append((across, at, start, end))
    return runs


def _long(shape: pymupdf.Shape, boxes: list[Box], width: float) -> None:
    """Stroked lines as long as the table's grid allows (LibreOffice)."""
    for edge in _runs(_edges(boxes)):
        _line(shape, edge)
    shape.finish(width=width, color=(0, 0, 0))


def _segments(shape: pymupdf.Shape, boxes: list[Box], width: float) -> None:
    """One stroked segment for each side of each cell."""
    for edge in _edges(boxes):
        _line(shape, edge)
        shape.finish(width=width, color=(0, 0, 0))


def _filled(shape: pymupdf.Shape, boxes: list[Box], width: float) -> None:
    """Thin filled rectangles, cell by cell (Word, WPS)."""
    for across, at, start, end in _edges(boxes):
        half = width / 2
        box = (start, at - half, end, at + half) if across else (at - half, start, at + half, end)
        shape.draw_rect(pymupdf.Rect(box))
    shape.finish(fill=(0, 0, 0), color=None, width=0)


def _boxes(shape: pymupdf.Shape, boxes: list[Box], width: float) -> None:
    """One rectangle's outline for each cell."""
    for box in boxes:
        shape.draw_rect(pymupdf.Rect(box))
        shape.finish(width=width, color=(0, 0, 0))


_DRAW: dict[str, Callable[[pymupdf.Shape, list[Box], float], None]] = {
    "long": _long,
    "segments": _segments,
    "filled": _filled,
    "boxes": _boxes,
}


def _outer(shape: pymupdf.Shape, boxes: list[Box], style: Style) -> None:
    """The heavier border around the whole table part, where the style has one."""
    frame = pymupdf.Rect(
        min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
    )
    if style.outer == "thick":
        shape.draw_rect(frame)
        shape.finish(width=1.5, color=(0, 0, 0))
    elif style.outer == "double":
        shape.draw_rect(frame + (-2, -2, 2, 2))
        shape.finish(width=style.rule_width, color=(0, 0, 0))


def _line(shape: pymupdf.Shape, edge: Edge) -> None:
    """Add one edge to the path."""
    across, at, start, end = edge
    ends = ((start, at), (end, at)) if across else ((at, start), (at, end))
    shape.draw_line(*ends)
