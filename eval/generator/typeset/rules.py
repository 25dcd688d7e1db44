"""Drawing the rules of a table the four ways that publishers' programs do, or not at all, as page content operators."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from recount.eval.generator.typeset.style import Style

Box = tuple[float, float, float, float]
Edge = tuple[bool, float, float, float]  # horizontal?, position across, from, to


def rule_ops(boxes: list[Box], style: Style, height: float) -> list[str]:
    """The operators that draw the borders of the cells `boxes`; `height` is the page's (its origin is below)."""
    flipped = [(x0, height - y1, x1, height - y0) for x0, y0, x1, y1 in boxes]
    ops = _DRAW[style.rules](flipped, style.rule_width)
    return ["0 G 0 g", *ops, *_outer(flipped, style)]


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


def _long(boxes: list[Box], width: float) -> list[str]:
    """Stroked lines as long as the table's grid allows (LibreOffice)."""
    return [f"{width:g} w", *(_line(edge) + " S" for edge in _runs(_edges(boxes)))]


def _segments(boxes: list[Box], width: float) -> list[str]:
    """One stroked segment for each side of each cell."""
    return [f"{width:g} w", *(_line(edge) + " S" for edge in _edges(boxes))]


def _filled(boxes: list[Box], width: float) -> list[str]:
    """Thin filled rectangles, cell by cell (Word, WPS)."""
    half, ops = width / 2, []
    for across, at, start, end in _edges(boxes):
        box = (start, at - half, end, at + half) if across else (at - half, start, at + half, end)
        ops.append(_rect(box) + " f")
    return ops


def _boxes(boxes: list[Box], width: float) -> list[str]:
    """One rectangle's outline for each cell."""
    return [f"{width:g} w", *(_rect(box) + " S" for box in boxes)]


_DRAW: dict[str, Callable[[list[Box], float], list[str]]] = {
    "long": _long,
    "segments": _segments,
    "filled": _filled,
    "boxes": _boxes,
    "none": lambda _boxes, _width: [],  # columns are told by the eye
}


def _outer(boxes: list[Box], style: Style) -> list[str]:
    """The heavier border around the whole table part, where the style has one."""
    grow = {"thick": 0.0, "double": 2.0}.get(style.outer)
    if grow is None:
        return []
    frame = (
        min(box[0] for box in boxes) - grow,
        min(box[1] for box in boxes) - grow,
        max(box[2] for box in boxes) + grow,
        max(box[3] for box in boxes) + grow,
    )
    width = 1.5 if style.outer == "thick" else style.rule_width
    return [f"{width:g} w {_rect(frame)} S"]


def _line(edge: Edge) -> str:
    """The path of one edge."""
    across, at, start, end = edge
    if across:
        return f"{start:.2f} {at:.2f} m {end:.2f} {at:.2f} l"
    return f"{at:.2f} {start:.2f} m {at:.2f} {end:.2f} l"


def _rect(box: Box) -> str:
    """The path of a rectangle."""
    return f"{box[0]:.2f} {box[1]:.2f} {box[2] - box[0]:.2f} {box[3] - box[1]:.2f} re"
