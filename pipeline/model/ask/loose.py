"""The passages with figures that no field has, wherever they stand, and the fields that they may be figures of.

What is printed under a heading that the outline does not know, in a section with others, in a text without headings or
in a table of an unknown title is no part of a piece (`pieces`). It is asked about in two steps: which parts of the
report a passage speaks of, then the open fields of those. Fields that the words beside every figure of the passage
speak against are left out: they would be refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field, create_model

from recount.pipeline.document import Document, Paragraph, Text
from recount.pipeline.model.answer.draft import unmapped
from recount.pipeline.model.answer.evidence import Evidence, evidence_of
from recount.pipeline.model.ask.pieces import Piece
from recount.pipeline.model.ask.question import Answer, Wanted
from recount.pipeline.model.ask.shown import Mark, blocks_of, heading_over, show
from recount.pipeline.split.outline import Section, all_sections
from recount.pipeline.split.text import fold
from recount.pipeline.verify.ground import fits
from recount.schemas.common.parts import TABLED, UNMAPPED
from recount.schemas.describe import Step, Trail, fields_of, holds_figures, leaves_in
from recount.schemas.family import Family
from recount.schemas.figures import Kind, Model

LOOSE = "loose"
LOOSE_TABLE = "loose_table"
MOST_FIGURES = 24
MOST_WORDS = 1500
"""How much is asked about at once: figures that no field has, and characters."""
_FEW = 2
"""So many parts need not be chosen from."""
_MOST_BETWEEN = 1  # paragraphs without such figures that do not end a passage
_SHORTEST_QUOTED = 6  # characters; a name of fewer may stand anywhere
_SHORT = 40  # characters of a line that may head a paragraph


def loose_pieces(document: Document, family: Family, report: Model, used: Set[int]) -> list[Piece]:
    """The passages and the tables that hold figures of no field, in the order of the document.

    report: what is known of it; used: the tokens of its figures.
    """
    sections, others = all_sections(document, family.outline)
    every = [*sections.values(), *others]
    texts = {"".join(fold(text).split()) for at, text in leaves_in(report) if _is_quoted(at, text)}
    said = {token for section in every for token in _said_in(section.paragraphs, texts)}
    listed = [figure for section in every for figure in unmapped(section.paragraphs, section.title, {*used, *said})]
    left = {figure.value.token for figure in listed if figure.value is not None}
    found = [piece for section in every for piece in _pieces(section, left, used)]
    found.sort(key=lambda piece: min(token.index for token in piece.tokens))
    pieces: list[Piece] = []
    for piece in found:
        shown = show(piece.paragraphs, piece.blocks, lambda digits, _: digits)
        own = [mark for mark in shown.marks if mark.token.index in left or piece.blocks]
        wanted = dict(_parts(family.report, report, shown.marks, own, tabled=bool(piece.blocks)))
        pieces += [replace(piece, wanted=wanted, loose=len(pieces))] if wanted else []
    return pieces


def choice_of(piece: Piece, report: type[Model]) -> type[Answer] | None:
    """The answer to the first step: the titles of the parts that a passage speaks of; None where there are too few to
    choose from."""
    if len(piece.wanted) <= _FEW:
        return None
    titles = tuple(fields_of(report)[key].title for key in piece.wanted)
    chosen: Any = tuple[Literal[titles], ...]  # type: ignore[valid-type]
    response = create_model("Parts", __base__=Answer, parts=(chosen, Field(title="说到的部分")))
    response.most_rows = len(titles)
    return response


def chosen(piece: Piece, report: type[Model], titles: Sequence[str]) -> Piece:
    """The piece with the fields of the parts that were chosen."""
    wanted = {key: inside for key, inside in piece.wanted.items() if fields_of(report)[key].title in titles}
    return replace(piece, wanted=wanted, title="、".join(dict.fromkeys(titles)))


# --- the passages


def _is_quoted(pointer: str, text: object) -> bool:
    """Whether what stands in a field is a quotation. One of several sentences may have taken up too much."""
    if not isinstance(text, str) or pointer.startswith(f"/{UNMAPPED}/"):
        return False
    return len(text) >= _SHORTEST_QUOTED and "。" not in text.rstrip("。")


def _said_in(paragraphs: Sequence[Paragraph], texts: Set[str]) -> Iterator[int]:
    """The tokens of paragraphs that stand in a text of the report: they are said there, and are no figures of it."""
    words = "".join("".join(paragraph.text.folded.split()) for paragraph in paragraphs)
    spans = [(at, at + len(text)) for text in texts if (at := words.find(text)) >= 0]
    start = 0
    for paragraph in paragraphs:
        for number in paragraph.numbers:
            at = start + len("".join(paragraph.text.folded[: number.start].split()))
            if any(first <= at < end for first, end in spans):
                yield number.token.index
        start += len("".join(paragraph.text.folded.split()))


def _pieces(section: Section, left: Set[int], used: Set[int]) -> Iterator[Piece]:
    """The passages of a section, each under its headings, and its tables of which nothing is known."""
    title = section.title
    for paragraphs in _passages(section.paragraphs, left):
        above = _headings(section, paragraphs[0]) if title else ()
        yield Piece(LOOSE, title, {}, (*above, *paragraphs), heading=title)
    for grid in section.grids:
        tokens = [number.token for cell in grid.cells for number in cell.numbers]
        if any(token.is_figure for token in tokens) and not any(token.index in used for token in tokens):
            yield Piece(LOOSE_TABLE, title, {}, (), (grid,), heading=title, blocks=tuple(blocks_of(grid)))


def _headings(section: Section, first: Paragraph) -> tuple[Paragraph, ...]:
    """What heads a paragraph of a section: its title, and a heading inside."""
    title = Paragraph(Text(section.title, fold(section.title)), (), first.page, first.top)
    return title, *heading_over(section.paragraphs, section.paragraphs.index(first))


def _passages(paragraphs: Sequence[Paragraph], left: Set[int]) -> Iterator[tuple[Paragraph, ...]]:
    """Runs of paragraphs with figures of no field, with the line that heads each, none too long."""
    run: list[Paragraph] = []
    last = -1
    for at, paragraph in enumerate(paragraphs):
        if not _left_in([paragraph], left):
            continue
        between = paragraphs[last + 1 : at] if run else ()
        longer = [*run, *between, paragraph]
        words = sum(len(other.text) for other in longer)
        if run and (len(between) > _MOST_BETWEEN or _left_in(longer, left) > MOST_FIGURES or words > MOST_WORDS):
            yield tuple(run)
            longer = [paragraph]
        run = longer if run or not (at and _is_head(paragraphs[at - 1])) else [paragraphs[at - 1], paragraph]
        last = at
    if run:
        yield tuple(run)


def _is_head(paragraph: Paragraph) -> bool:
    return not paragraph.numbers and len(paragraph.text) <= _SHORT


def _left_in(paragraphs: Sequence[Paragraph], left: Set[int]) -> int:
    """How many figures of some paragraphs are in no field."""
    return sum(number.token.index in left for paragraph in paragraphs for number in paragraph.numbers)


# --- the fields


def _parts(
    model: type[Model], report: Model, marks: Sequence[Mark], own: Sequence[Mark], *, tabled: bool
) -> Iterator[tuple[str, Wanted | None]]:
    """The parts of a report with open fields that some figure may be of that is in none, and those fields.

    marks: all that are shown; own: those that are in no field. tabled: they stand in a table.
    """
    for key, inside in _open(model, report).items():
        if fields_of(model)[key].model is None or key == UNMAPPED or (key in TABLED and not tabled):
            continue
        if possible(model, {key: inside}, own):
            yield from possible(model, {key: inside}, marks).items()


def _open(model: type[Model], part: Model | None) -> Wanted:
    """The fields of a part that no figure is in; lists may have more rows."""
    wanted: dict[str, Wanted | None] = {}
    for key, field in fields_of(model).items():
        value = getattr(part, key, None)
        if (field.kind is not None and value is None) or (field.many and holds_figures(model, key)):
            wanted[key] = None
        elif field.part is not None and (inside := _open(field.part, value)):
            wanted[key] = inside
    return wanted


def possible(model: type[Model], wanted: Wanted, marks: Sequence[Mark], trail: Trail = ()) -> Wanted:
    """Those of the wanted fields that some figure may be of: the words beside all others would have it refused there.

    marks: the figures that are shown. The texts of a part are wanted with its figures.
    """
    found: dict[str, Wanted | None] = {}
    for key, inside in wanted.items():
        field, way = fields_of(model)[key], (*trail, Step(model, key))
        if field.kind is not None:
            if any(_may_be(way, mark) for mark in marks):
                found[key] = None
        elif field.model is not None:
            fields = dict.fromkeys(fields_of(field.model)) if inside is None else inside
            if within := possible(field.model, fields, marks, way):
                found[key] = None if field.many else within
        elif inside is None:
            found[key] = None
    return found if any(holds_figures(model, key) for key in found) else {}


def _may_be(trail: Trail, mark: Mark) -> bool:
    kind = trail[-1].field.kind or Kind.ANY
    return fits(mark.token, kind) and evidence_of(trail[1:], mark.place) is not Evidence.AGAINST
