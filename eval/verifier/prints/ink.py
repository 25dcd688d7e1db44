"""Faults of ink: the text layer says a number, and a reader of the page sees none, or another."""

# mypy: disable-error-code="no-untyped-call"
# (pymupdf ships no type information for these calls)
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from random import Random
from typing import Literal

import pymupdf

from recount.eval.verifier.prints.base import Figure
from recount.eval.verifier.prints.draft import Draft, Kind, Made, Make, Spot, other
from recount.eval.verifier.prints.makers import picture
from recount.eval.verifier.prints.sheets import BLACK, WHITE, Box, Fill, Form, Item, Page, Picture, Text

Instead = Literal["nothing", "a number drawn", "a number set"]
"""What a reader sees there: nothing, a number that is no text, or a number that is text as well."""
Cover = Callable[[Spot, tuple[Item, ...]], None]


def _room(box: Box, margin: float = 0.5) -> Box:
    return box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin


def drawn(run: Text) -> Picture:
    """A run as a picture."""
    box = _room(run.box)
    return Picture(box, picture([Page(box[2] + 9, box[3] + 9, [Fill(box), run])], 0, box, 300))


def _seen(spot: Spot, instead: Instead, rng: Random) -> tuple[str | None, tuple[Item, ...]]:
    """What is to be seen, and how it is painted."""
    if instead == "nothing":
        return None, ()
    raw = other(spot.run.text, rng)
    run = replace(spot.run, text=raw)
    return raw, (run,) if instead == "a number set" else (drawn(run),)


def _unseen(change: Callable[[Text], Text], instead: Instead, words: str) -> Make:
    """A figure that is painted so that nobody sees it."""

    def make(draft: Draft, figure: Figure | None, rng: Random) -> Made | None:
        spot = draft.spot(figure) if figure else None
        if spot is None:
            return None
        raw, shown = _seen(spot, instead, rng)
        # The number that is to be seen lies above: what is white must not hide it.
        spot.put(change(spot.run), *shown)
        return spot.prints(f"{spot.run.text} {words}, {raw or 'nothing'} to be seen", raw)

    return make


def _covered(cover: Callable[[Spot, tuple[Item, ...]], None], instead: Instead, words: str) -> Make:
    """A figure that something is laid over."""

    def make(draft: Draft, figure: Figure | None, rng: Random) -> Made | None:
        spot = draft.spot(figure) if figure else None
        if spot is None:
            return None
        raw, shown = _seen(spot, instead, rng)
        cover(spot, shown)
        return spot.prints(f"{spot.run.text} under {words}, {raw or 'nothing'} to be seen", raw)

    return make


def _fill(spot: Spot, shown: tuple[Item, ...], colour: tuple[float, float, float] = WHITE) -> None:
    spot.over(Fill(_room(spot.run.box), colour), *shown)


def _picture(spot: Spot, shown: tuple[Item, ...]) -> None:
    box = _room(spot.run.box)
    spot.over(Picture(box, picture([Page(box[2] + 9, box[3] + 9, [])], 0, box)), *shown)


def _form(spot: Spot, shown: tuple[Item, ...]) -> None:
    box = _room(spot.run.box)
    spot.over(Form(box, (Fill(box), *(item for item in shown if isinstance(item, Text)))))


def _annotation(kind: str, spot: Spot, shown: tuple[Item, ...]) -> None:
    """An annotation whose appearance covers the figure, with the number that is to be seen."""
    box, at = pymupdf.Rect(_room(spot.run.box)), spot.figure.page
    text = "".join(item.text for item in shown if isinstance(item, Text))
    size = spot.run.size

    def after(document: pymupdf.Document) -> None:
        page = document[at]
        if kind == "FreeText":
            wide = (box.x0 - 2, box.y0 - 2, box.x1 + 8, box.y1 + 3)
            page.add_freetext_annot(wide, text, fontsize=size, fontname="tiro", fill_color=WHITE)
        else:
            annotation = page.add_rect_annot(box)
            annotation.set_colors(stroke=WHITE, fill=WHITE)
            annotation.update()

    spot.draft.after.append(after)


def _whole(under: bool, instead: Instead, words: str) -> Make:
    """A page that is a picture, with all of its text unseen: painted invisibly, or under the picture."""

    def make(draft: Draft, figure: Figure | None, rng: Random) -> Made | None:
        spot = draft.spot(figure) if figure else None
        if spot is None or any(isinstance(item, Picture) for item in spot.page.items):
            return None
        raw, _ = _seen(spot, instead, rng)
        page = spot.page
        visible = [replace(spot.run, text=raw) if item is spot.run and raw else item for item in page.items]
        visible = [item for item in visible if raw or item is not spot.run]
        box = (0.0, 0.0, page.width, page.height)
        shown = Picture(box, picture([Page(page.width, page.height, visible)], 0, box, 150))
        below = [item for item in page.items if isinstance(item, Text)]
        page.items[:] = [*below, shown] if under else [shown, *(replace(item, invisible=True) for item in below)]
        return spot.prints(f"{spot.run.text} {words}, {raw or 'nothing'} in the picture", raw)

    return make


def _off(spot: Spot) -> Text:
    return replace(spot.run, x=spot.page.width + 12)


def _moved(draft: Draft, figure: Figure | None, rng: Random) -> Made | None:
    """A figure painted beside the page."""
    del rng
    spot = draft.spot(figure) if figure else None
    if spot is None:
        return None
    spot.put(_off(spot))
    return spot.prints(f"{spot.run.text} beside the page", None)


def _cropped(draft: Draft, figure: Figure | None, rng: Random) -> Made | None:
    """A crop box that ends before a figure that is the last of its line."""
    spot = draft.spot(figure) if figure else None
    if spot is None or spot.neighbour() is not None or draft.after:
        return None
    edge = spot.run.x + rng.choice((-1, 0.4)) * spot.run.size
    at = spot.figure.page
    outside = [
        other
        for other in draft.base.figures
        if other.page == at and other.box[2] > edge
    ]  # fmt: skip

    def after(document: pymupdf.Document) -> None:
        page = document[at]
        page.set_cropbox(pymupdf.Rect(0, 0, edge, page.mediabox.height))

    draft.after.append(after)
    truth = {pointer: None for hit in outside for pointer in hit.pointers}
    return Made(f"the page cropped before or in {spot.run.text}", truth)


def _clipped(run: Text) -> Text:
    return replace(run, clip=(1, 1, 3, 3))


def _tiny(run: Text, size: float) -> Text:
    return replace(run, size=size)


def _unseen_kinds() -> Iterator[tuple[str, str, Callable[[Text], Text], str]]:
    yield "hidden", "invisible", partial(replace, invisible=True), "invisible"
    yield "white", "white", partial(replace, colour=WHITE), "plain"
    yield "white", "nearly white", partial(replace, colour=(0.98, 0.98, 0.98)), "plain"
    yield "white", "transparent", partial(replace, opacity=0.01), "opacity"
    yield "tiny", "of 0.2 points", partial(_tiny, size=0.2), "plain"
    yield "tiny", "of 2 points clipped", lambda run: _clipped(_tiny(run, 2)), "clip"
    yield "clipped", "clipped away", _clipped, "clip"
    yield "layer off", "on a layer that is off", partial(replace, hidden=True), "layer"


def _kinds() -> Iterator[Kind]:
    for group, words, change, paint in _unseen_kinds():
        for instead in _INSTEAD[:2]:
            yield Kind(group, f"{words}, {instead}", _unseen(change, instead, words), frozenset({paint}))
    for words, cover in _COVERS.items():
        for instead in _INSTEAD:
            if not (words == _FORM and instead == "a number drawn"):
                paints = frozenset({"form" if words == _FORM else "plain"})
                yield Kind("covered", f"under {words}, {instead}", _covered(cover, instead, words), paints)
    yield Kind("covered", "under a black bar", _covered(partial(_fill, colour=BLACK), "nothing", "a black bar"))
    note = _covered(partial(_annotation, "FreeText"), "a number set", "an annotation (FreeText)")
    yield Kind("covered", "under an annotation (FreeText)", note)
    square = _covered(partial(_annotation, "Square"), "nothing", "an annotation (Square)")
    yield Kind("covered", "under an annotation (Square)", square)
    for under in (False, True):
        words = "under a picture of the page" if under else "invisible over a picture of the page"
        for instead in _INSTEAD[:2]:
            paints = frozenset({"plain" if under else "invisible"})
            yield Kind("hidden", f"{words}, {instead}", _whole(under, instead, words), paints)
    yield Kind("off the page box", "beside the page", _moved)
    yield Kind("off the page box", "cropped", _cropped)


_INSTEAD: tuple[Instead, ...] = ("nothing", "a number drawn", "a number set")
_FORM = "a form XObject"
_COVERS: dict[str, Cover] = {"a white rectangle": _fill, "a white picture": _picture, _FORM: _form}
INK = tuple(_kinds())
