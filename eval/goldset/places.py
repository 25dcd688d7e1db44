"""Where the figures of a generated report stand on its pages: found from how they were printed, not by the pipeline.

The generator says which characters each figure was printed as, and about in which order. A figure's place is taken as
known only if there is no doubt: its characters occur once among the generator's figures and once among the numbers on
the pages, or it stands right beside such a figure.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pymupdf

from recount.eval.cases import Place
from recount.eval.generator import Case
from recount.eval.generator.budgets import BudgetCase
from recount.eval.generator.gold.twins import Pair, doubled
from recount.eval.score.align import fold

_NUMBER = re.compile(r"(?P<raw>[-－]?[0-9０-９]+(?:\s?[,，.．]\s?[0-9０-９]+)*)[%％]?")
_RISE, _DROP = 0.8, 0.1
"""What of the size of the letters lies above and below the line that they stand on."""


@dataclass(frozen=True, slots=True)
class _Print:
    """A number as it stands on a page."""

    raw: str
    place: Place


def places_of(case: Case | BudgetCase) -> dict[str, list[Place]]:
    """Where the figures of a case stand, as far as that is beyond doubt."""
    pairs = list(case.twins) if isinstance(case, Case) else []
    figures = _own(case.figures, pairs)
    with pymupdf.open(stream=case.pdf, filetype="pdf") as document:  # type: ignore[no-untyped-call]
        prints = [printed for page in document for printed in _prints(page)]
    # The figures of a budget were not taken down in the order of its pages: none can be found by its neighbour.
    found = _matched([fold(raw) for _, raw in figures], prints, ordered=isinstance(case, Case))
    by_pointer: dict[str, list[Place]] = defaultdict(list)
    for at, where in sorted(found.items()):
        by_pointer[figures[at][0]].append(prints[where].place)
    # A figure that is printed twice may be read at either place: both must be known.
    often = Counter(pointer for pointer, _ in figures)
    places = {pointer: own for pointer, own in by_pointer.items() if len(own) == often[pointer]}
    for source, twin in pairs:
        for pointer in [known for known in places if known == source or known.startswith(f"{source}/")]:
            other = twin + pointer[len(source) :]
            places[other] = places.get(other, []) + places[pointer]
    return places


def _own(printed: Sequence[tuple[str, str]], pairs: list[Pair]) -> list[tuple[str, str]]:
    """The figures that were printed, without those that only fill a second key; these come last in a case."""
    figures = list(printed)
    return figures[: bisect_left(range(len(figures)), len(figures), key=lambda n: len(doubled(figures[:n], pairs)))]


def _prints(page: pymupdf.Page) -> Iterator[_Print]:
    """The numbers on a page, in the order in which they were printed."""
    content = page.get_text("rawdict", flags=pymupdf.TEXT_PRESERVE_WHITESPACE)  # type: ignore[no-untyped-call]
    for block in content["blocks"]:
        for line in block["lines"]:
            glyphs = [(glyph, span["size"]) for span in line["spans"] for glyph in span["chars"]]
            text = "".join(glyph["c"] for glyph, _ in glyphs)
            for match in _NUMBER.finditer(text):
                yield _Print(fold(match["raw"]), (page.number + 1, _box(glyphs[match.start() : match.end()])))


def _box(glyphs: Sequence[tuple[dict[str, tuple[float, ...]], float]]) -> tuple[float, float, float, float]:
    """The box of characters on one line, as high as the letters and not as the font's leading."""
    base, size = glyphs[0][0]["origin"][1], max(size for _, size in glyphs)
    return glyphs[0][0]["bbox"][0], base - _RISE * size, glyphs[-1][0]["bbox"][2], base + _DROP * size


def _matched(figures: Sequence[str], prints: Sequence[_Print], *, ordered: bool) -> dict[int, int]:
    """Which print each figure is, by their positions. ordered: the figures are in the order of the prints."""
    ours, theirs = _once(figures), _once([printed.raw for printed in prints])
    found = {at: theirs[raw] for raw, at in ours.items() if raw in theirs}
    for step in (1, -1) if ordered else ():
        for at in sorted(found, reverse=step < 0):
            _spread(found, at, step, figures, prints)
    return found


def _once(raws: Sequence[str]) -> dict[str, int]:
    """The numbers that occur once, and where."""
    often = Counter(raws)
    return {raw: at for at, raw in enumerate(raws) if often[raw] == 1}


def _spread(found: dict[int, int], at: int, step: int, figures: Sequence[str], prints: Sequence[_Print]) -> None:
    """From a figure whose place is known to its neighbours on the page, as long as figures and prints agree.

    Only amounts are followed: a whole number may as well be an ordinal or the number of the page.
    """
    taken = set(found.values())
    page, where = prints[found[at]].place[0], found[at] + step
    at += step
    while 0 <= at < len(figures) and 0 <= where < len(prints) and "." in figures[at]:
        here = prints[where]
        if at in found or where in taken or figures[at] != here.raw or here.place[0] != page:
            return
        found[at] = where
        at, where = at + step, where + step
