"""The passages with figures that no field has, wherever they stand, and the fields that they may be figures of.

What is printed under a heading that the outline does not know, in a section with others, in a text without headings or
in a table of an unknown title is no part of a piece (`pieces`). It is asked about in two steps: which parts of the
report a passage speaks of, then the open fields of those. Fields that the words beside every figure of the passage
speak against are left out: they would be refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace
from typing import Any, Literal, get_args

from pydantic import BaseModel, Field, create_model

from recount.pipeline.document import Document, Paragraph, Text
from recount.pipeline.map.grammar.passage import keyless_in
from recount.pipeline.model.answer.evidence import Evidence, evidence_of, named
from recount.pipeline.model.answer.vouch import is_told_of, is_under, vouched
from recount.pipeline.model.ask.pieces import Piece
from recount.pipeline.model.ask.question import Answer, Wanted
from recount.pipeline.model.ask.shown import Mark, Place, blocks_of, heading_over, show
from recount.pipeline.split.folding import fold
from recount.pipeline.split.outline import Section, every_section
from recount.pipeline.verify.ground import fits
from recount.schemas.common.parts import TABLED, UNMAPPED
from recount.schemas.describe import Step, Trail, fields_of, holds_figures, leaves_in
from recount.schemas.family import Family
from recount.schemas.figures import Model

LOOSE = "loose"
LOOSE_TABLE = "loose_table"
MOST_FIGURES = 24
MOST_WORDS = 1500
"""How much is asked about at once: figures that no field has, and characters."""
_FEW = 3
"""So many parts need not be chosen from."""
_MOST_BETWEEN = 1  # paragraphs without such figures that do not end a passage
_SHORT = 40  # characters of a line that may head a paragraph


def loose_pieces(document: Document, family: Family, report: Model, used: Set[int]) -> list[Piece]:
    """The passages and the tables that hold figures of no field, in the order of the document; of one whose figures
    would be taken for no field nothing is wanted.

    report: what is known of it; used: the tokens of its figures.
    """
    every = every_section(document, family.outline)
    texts = dict(leaves_in(report))
    told = {figure.token.index: figure.told for figure in keyless_in(every, report)}
    said = {token for token, pointer in told.items() if pointer and _is_passage(texts[pointer])}
    left = {token for token, pointer in told.items() if token not in used and (pointer is None or token in said)}
    found = [piece for section in every for piece in _pieces(section, left, used)]
    found.sort(key=lambda piece: min(token.index for token in piece.tokens))
    pieces: list[Piece] = []
    for piece in found:
        wanted = _wanted(piece, family.report, report, left, said)
        free = sum(token.index in left or bool(piece.blocks) for token in piece.tokens)
        pieces.append(replace(piece, wanted=wanted, loose=len(pieces), left=free))
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


def choices_in(answer: type[BaseModel]) -> tuple[str, ...]:
    """The titles that an answer to the first step has to choose from."""
    titles, _ = get_args(answer.model_fields["parts"].annotation)
    return get_args(titles)


def chosen(piece: Piece, report: type[Model], titles: Sequence[str]) -> Piece:
    """The piece with the fields of the parts that were chosen."""
    wanted = {key: inside for key, inside in piece.wanted.items() if fields_of(report)[key].title in titles}
    return replace(piece, wanted=wanted, title="、".join(dict.fromkeys(titles)))


# --- the passages


def _is_passage(text: object) -> bool:
    """Whether it is a text of several sentences."""
    return isinstance(text, str) and "。" in text.rstrip("。")


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
    """Whether a paragraph says what the next is of: a short line, or one that ends with a colon."""
    return (not paragraph.numbers and len(paragraph.text) <= _SHORT) or paragraph.text.folded.rstrip().endswith(":")


def _left_in(paragraphs: Sequence[Paragraph], left: Set[int]) -> int:
    """How many figures of some paragraphs are in no field."""
    return sum(number.token.index in left for paragraph in paragraphs for number in paragraph.numbers)


# --- the fields


def _wanted(piece: Piece, model: type[Model], report: Model, left: Set[int], said: Set[int]) -> Wanted:
    """The open fields of a report that figures of a passage may be of, one in no field at least of each part.

    left: the tokens of figures in no field. said: those that stand in texts of several sentences: what is said there is
    no figure of a field, unless words speak for it, for such a text may have taken up too much.
    """
    marks = show(piece.paragraphs, piece.blocks, lambda digits, _: digits).marks
    tabled = piece.blocks or not any("。" in paragraph.text.folded for paragraph in piece.paragraphs)
    open_fields = {
        key: inside
        for key, inside in _open(model, report).items()
        if fields_of(model)[key].model is not None and key != UNMAPPED and (tabled or key not in TABLED)
    }
    own = [mark for mark in marks if piece.blocks or mark.token.index in left - said]
    own += [
        mark for mark in marks if mark.token.index in left & said and possible(model, open_fields, [mark], _is_named)
    ]
    heard = _is_not_refused if piece.blocks else _is_taken
    parts = [key for key, inside in open_fields.items() if possible(model, {key: inside}, own, heard)]
    headed = [key for key in parts if any(is_under(Step(model, key), mark.place) for mark in own)]
    others = {key: open_fields[key] for key in parts if key not in headed}
    if len(headed) == 1 and not any(
        possible(model, others, [mark], _is_named)
        and not possible(model, {headed[0]: open_fields[headed[0]]}, [mark], _is_named)
        for mark in own
    ):
        parts = headed  # the heading says it, and no words speak of another part alone
    return possible(model, {key: open_fields[key] for key in parts}, marks, heard)


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


def _is_not_refused(trail: Trail, place: Place) -> bool:
    return evidence_of(trail[1:], place) is not Evidence.AGAINST


def _is_named(trail: Trail, place: Place) -> bool:
    return named(trail[1:], place)


def _is_taken(trail: Trail, place: Place) -> bool:
    """Whether a figure of a passage would be taken for a field (mapper)."""
    return _is_not_refused(trail, place) and vouched(trail, place)


def possible(
    model: type[Model],
    wanted: Wanted,
    marks: Sequence[Mark],
    heard: Callable[[Trail, Place], bool] = _is_not_refused,
    trail: Trail = (),
) -> Wanted:
    """Those of the wanted fields that some figure may be of: the words beside all others would have it refused there.

    marks: the figures that are shown. heard: what their words must say; in rows, which have names, only nothing against
    it. The texts of a part are wanted with its figures.
    """
    found: dict[str, Wanted | None] = {}
    for key, inside in wanted.items():
        field, way = fields_of(model)[key], (*trail, Step(model, key))
        if field.kind is not None:
            kind = field.kind
            if any(fits(mark.token, kind) and heard(way, mark.place) for mark in marks):
                found[key] = None
        elif field.model is not None:
            fields = dict.fromkeys(fields_of(field.model)) if inside is None else inside
            within = possible(field.model, fields, marks, _in_row(heard) if field.many else heard, way)
            if within and trail and not field.many:  # what stands by a figure of its small part is taken with it
                within = possible(field.model, fields, marks, _is_not_refused, way)
            if within:
                found[key] = None if field.many else within
        elif inside is None:
            found[key] = None
    return found if any(holds_figures(model, key) for key in found) else {}


def _in_row(heard: Callable[[Trail, Place], bool]) -> Callable[[Trail, Place], bool]:
    return _is_of_list if heard is _is_taken else heard


def _is_of_list(trail: Trail, place: Place) -> bool:
    """Whether a figure of a passage would be taken for one of a row, if the row's name spoke for it."""
    rows = next(at for at, step in enumerate(trail, 1) if step.field.many)
    return _is_not_refused(trail, place) and (is_under(trail[0], place) or is_told_of(trail[:rows], place))
