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
from recount.pipeline.model.answer.evidence import Evidence, evidence_of
from recount.pipeline.model.ask.pieces import Piece
from recount.pipeline.model.ask.question import Answer, Wanted
from recount.pipeline.model.ask.shown import Block, Mark, blocks_of, heading_over, show
from recount.pipeline.split.outline import Section, all_sections
from recount.pipeline.split.text import fold
from recount.pipeline.verify.ground import fits
from recount.schemas.common.parts import TABLED, UNMAPPED
from recount.schemas.describe import Step, Trail, fields_of
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
_SHORT = 40  # characters of a line that may head a paragraph


def loose_pieces(document: Document, family: Family, report: Model | None, used: Set[int]) -> list[Piece]:
    """The passages and the rows of tables that hold figures of no field, in the order of the document.

    report: what is known of it; used: the tokens that it holds.
    """
    sections, others = all_sections(document, family.outline)
    found = [piece for section in (*sections.values(), *others) for piece in _pieces(section, used)]
    found.sort(key=lambda piece: min(token.index for token in piece.tokens))
    pieces = []
    for piece in found:
        shown = show(piece.paragraphs, piece.blocks, lambda digits, _: digits)
        wanted = dict(_parts(family.report, report, shown.marks, used, bool(piece.blocks)))
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


def _pieces(section: Section, used: Set[int]) -> Iterator[Piece]:
    """The passages of a section, each under its headings, and its tables."""
    title = section.title
    for paragraphs in _passages(section.paragraphs, used):
        above = _heading(section, paragraphs[0]) if title else ()
        yield Piece(LOOSE, title, {}, (*above, *paragraphs), heading=title)
    for grid in section.grids:
        blocks = tuple(block for block in blocks_of(grid) if _left_in_rows(block, used))
        if blocks:
            yield Piece(LOOSE_TABLE, title, {}, (), (grid,), heading=title, blocks=blocks)


def _heading(section: Section, first: Paragraph) -> tuple[Paragraph, ...]:
    title = Paragraph(Text(section.title, fold(section.title)), (), first.page, first.top)
    return title, *heading_over(section.paragraphs, section.paragraphs.index(first))


def _passages(paragraphs: Sequence[Paragraph], used: Set[int]) -> Iterator[tuple[Paragraph, ...]]:
    """Runs of paragraphs with figures of no field, with the line that heads each, none too long."""
    run: list[Paragraph] = []
    left, last = 0, -1
    for at, paragraph in enumerate(paragraphs):
        more = _left(paragraph, used)
        if not more:
            continue
        between = paragraphs[last + 1 : at] if run else ()
        words = sum(len(other.text) for other in (*run, *between, paragraph))
        if run and (len(between) > _MOST_BETWEEN or left + more > MOST_FIGURES or words > MOST_WORDS):
            yield tuple(run)
            run, left = [], 0
        if run:
            run += between
        elif at and _is_head(paragraphs[at - 1]):
            run.append(paragraphs[at - 1])
        run.append(paragraph)
        left, last = left + more, at
    if run:
        yield tuple(run)


def _is_head(paragraph: Paragraph) -> bool:
    return not paragraph.numbers and len(paragraph.text) <= _SHORT


def _left(paragraph: Paragraph, used: Set[int]) -> int:
    """How many figures of a paragraph are in no field."""
    shown = show([paragraph], [], lambda digits, _: digits)
    return sum(mark.token.is_figure and mark.token.index not in used for mark in shown.marks)


def _left_in_rows(block: Block, used: Set[int]) -> bool:
    cells = (cell for cell in block.grid.cells if block.first <= cell.row < block.last)
    tokens = (number.token for cell in cells for number in cell.numbers)
    return any(token.is_figure and token.index not in used for token in tokens)


# --- the fields


def _parts(
    model: type[Model], report: Model | None, marks: Sequence[Mark], used: Set[int], tabled: bool
) -> Iterator[tuple[str, Wanted | None]]:
    """The parts of a report with open fields that some figure of no field may be of, and those fields."""
    left = [mark for mark in marks if mark.token.is_figure and mark.token.index not in used]
    for key, field in fields_of(model).items():
        if field.model is None or key == UNMAPPED or (key in TABLED and not tabled):
            continue
        trail = (Step(model, key),)
        if field.many:
            if _may_be_row(field.model, trail, left):
                yield key, None
            continue
        inside = getattr(report, key, None)
        if _open(field.model, inside, trail, left) and (wanted := _open(field.model, inside, trail, marks)):
            yield key, wanted


def _open(model: type[Model], part: Model | None, trail: Trail, marks: Sequence[Mark]) -> Wanted:
    """The open fields of a part that some figure may be of."""
    wanted: dict[str, Wanted | None] = {}
    for key, field in fields_of(model).items():
        way, value = (*trail, Step(model, key)), getattr(part, key, None)
        if field.kind is not None:
            if value is None and any(_may_be(way, mark) for mark in marks):
                wanted[key] = None
        elif field.many and field.model is not None:
            if _may_be_row(field.model, way, marks):
                wanted[key] = None
        elif field.model is not None and (inside := _open(field.model, value, way, marks)):
            wanted[key] = inside
    return wanted


def _may_be_row(model: type[Model], trail: Trail, marks: Sequence[Mark]) -> bool:
    return bool(_open(model, None, trail, marks))


def _may_be(trail: Trail, mark: Mark) -> bool:
    kind = trail[-1].field.kind or Kind.ANY
    return fits(mark.token, kind) and evidence_of(trail[1:], mark.place) is not Evidence.AGAINST
