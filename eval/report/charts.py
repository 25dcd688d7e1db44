"""Charts as inline SVG: bars that are made of parts. Every number of a chart also stands in a table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recount.eval.report.markup import Markup, element

COLOURS = {"right": "#4a8f6d", "wrong": "#c0392b", "missing": "#d9a441", "invented": "#8e5aa8"}

_WIDTH, _LABEL, _BAR, _GAP, _VALUE = 720, 150, 18, 8, 110
_LEAST = 1.5
"""A part that is not nothing is at least so many points wide: one wrong figure of ten thousand must be seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its label, how many there are of each outcome, and what is written behind it."""

    label: str
    parts: Sequence[tuple[str, int]]
    value: str


def bars(entries: Sequence[Bar], title: str) -> Markup:
    """Bars below each other, each as long as the others: shares, not amounts."""
    height = len(entries) * (_BAR + _GAP) + _GAP
    return element(
        "svg",
        element("title", title),
        [_bar(entry, _GAP + at * (_BAR + _GAP)) for at, entry in enumerate(entries)],
        viewBox=f"0 0 {_WIDTH} {height}",
        width=_WIDTH,
        height=height,
        role="img",
    )


def legend() -> Markup:
    """What the colours mean."""
    marks = [element("span", name, class_="mark", style=f"background:{colour}") for name, colour in COLOURS.items()]
    return element("p", [(mark, " ") for mark in marks])


def _bar(entry: Bar, top: int) -> list[Markup]:
    """The label, the parts and the value of a bar."""
    middle = top + _BAR - 5
    drawn = [element("text", entry.label, x=_LABEL - 8, y=middle, text_anchor="end")]
    left = float(_LABEL)
    for (colour, _), width in zip(entry.parts, _widths([number for _, number in entry.parts]), strict=True):
        if width:
            drawn.append(
                element("rect", x=f"{left:.2f}", y=top, width=f"{width:.2f}", height=_BAR, fill=COLOURS[colour])
            )
            left += width
    drawn.append(element("text", entry.value, x=_WIDTH - _VALUE + 8, y=middle))
    return drawn


def _widths(numbers: Sequence[int]) -> list[float]:
    """How wide each part is: in proportion, but none so narrow that it is not seen."""
    room, whole = float(_WIDTH - _LABEL - _VALUE), sum(numbers)
    if not whole:
        return [0.0] * len(numbers)
    widths = [max(room * number / whole, _LEAST) if number else 0.0 for number in numbers]
    longest = widths.index(max(widths))
    widths[longest] -= sum(widths) - room
    return widths
