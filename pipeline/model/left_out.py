"""What a model passed over: figures that it was shown and put into no field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import groupby

from recount.pipeline.model.draft import Drafted
from recount.pipeline.model.fields import Wanted, is_list, kind_of, model_of
from recount.pipeline.model.labels import Trail, named
from recount.pipeline.model.pieces import Piece
from recount.pipeline.model.shown import Mark
from recount.pipeline.verify import Verified
from recount.pipeline.verify.resolve import fits
from recount.schemas.figures import Kind, Model


def left_out(drafted: Drafted, verified: Verified) -> list[str]:
    """The figures of a piece that are in no field, as they were shown.

    A few may well have none; told are those that are most of what one question showed, or most of a paragraph of which
    the words give some to a field that is open.
    """
    used = drafted.used | {figure.token for figure in verified.figures.values()}
    open_fields = list(_open_fields(type(verified.report), drafted.piece, verified))
    left: dict[str, None] = {}
    for each in drafted.shown:
        figures = [mark for mark in each.marks if mark.token.is_figure]
        out = _mostly_out(figures, used)
        for paragraph in _paragraphs(figures) if not out else ():
            lost = _mostly_out(paragraph, used)
            out += lost if any(_is_of(mark, trail) for mark in lost for trail in open_fields) else []
        left |= dict.fromkeys(mark.printed for mark in out)
    return list(left)


def _mostly_out(figures: Sequence[Mark], used: Set[int]) -> list[Mark]:
    """Those of some figures that are in no field, if they are most."""
    out = [mark for mark in figures if mark.token.index not in used]
    return out if len(out) * 2 > len(figures) else []


def _paragraphs(figures: Sequence[Mark]) -> Iterator[list[Mark]]:
    """The figures of running text by the paragraph that they are in."""
    running = (mark for mark in figures if mark.place.grid is None)
    return (list(marks) for _, marks in groupby(running, lambda mark: mark.place.before.count("\n")))


def _open_fields(model: type[Model], piece: Piece, verified: Verified) -> Iterator[Trail]:
    """The ways to the fields of a piece that no figure is in, rows of lists apart; without the steps that its place
    settles."""
    for pointer, trail in _ways(model, piece.wanted):
        if pointer not in verified.figures:
            yield trail[piece.depth :]


def _ways(
    model: type[Model], wanted: Wanted, pointer: str = "", trail: tuple[tuple[type[Model], str], ...] = ()
) -> Iterator[tuple[str, tuple[tuple[type[Model], str], ...]]]:
    """The wanted figure fields of a model, rows of lists apart: pointer and way."""
    for name, inside in wanted.items():
        inner, at, way = model_of(model, name), f"{pointer}/{name}", (*trail, (model, name))
        if kind_of(model, name) is not None:
            yield at, way
        elif inner is not None and not is_list(model, name):
            yield from _ways(inner, inside if inside is not None else dict.fromkeys(inner.model_fields), at, way)


def _is_of(mark: Mark, trail: Trail) -> bool:
    return bool(trail) and fits(mark.token, kind_of(*trail[-1]) or Kind.ANY) and named(trail, mark.place)
