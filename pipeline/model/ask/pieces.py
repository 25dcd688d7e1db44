"""The pieces of a report that are asked about: each a part of the schema with the words and tables that it is in.

A section of the outline belongs to the field of its name (`income`; `general_public_budget.items` to
general_public_budget; the title page to the fields of the report itself). A table that stands under no such section
belongs to the field whose official title stands over it. What no field is found for is not asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from recount.pipeline.document import Document, Grid, Paragraph, Text, Token
from recount.pipeline.model.answer.evidence import normal
from recount.pipeline.model.ask.question import Wanted
from recount.pipeline.model.ask.shown import Block
from recount.pipeline.split.folding import fold
from recount.pipeline.split.outline import Section, sections_of
from recount.pipeline.split.titles import titles_over
from recount.schemas.common.parts import UNMAPPED
from recount.schemas.describe import fields_of, holds_figures
from recount.schemas.family import Family
from recount.schemas.figures import Kind, Model

FRONT = "front"
Key = tuple[str, int | None]
"""A piece's purpose, and which of several tables it is."""
_Place = tuple[str, str, Wanted, bool]
"""A field that tables may be of: its purpose, its title, what is asked for, whether it has several tables."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a report's schema and where it is printed.

    purpose: the field, with dots (income, statements.income, project_evaluations): the name of its prompt. title: its
    official title. wanted: the fields of the report that are asked for. paragraphs, grids: where. item: for a list
    whose rows are tables of their own, which one. loose: the number of a passage with figures that no field has
    (`loose`), left: how many it has; blocks: what alone is asked about of a table.
    """

    purpose: str
    title: str
    wanted: Wanted
    paragraphs: tuple[Paragraph, ...] = ()
    grids: tuple[Grid, ...] = ()
    item: int | None = None
    heading: str = ""
    loose: int | None = None
    left: int = 0
    blocks: tuple[Block, ...] = ()

    @property
    def key(self) -> Key:
        """What tells it from the other pieces of a report."""
        return self.purpose, self.item if self.loose is None else self.loose

    @property
    def tokens(self) -> Iterator[Token]:
        """The numbers that stand in it."""
        yield from (number.token for paragraph in self.paragraphs for number in paragraph.numbers)
        yield from (number.token for grid in self.grids for cell in grid.cells for number in cell.numbers)

    @property
    def depth(self) -> int:
        """How many steps of a pointer into the report are settled by where the piece stands."""
        return self.purpose.count(".") + 1

    @property
    def years(self) -> bool:
        """Whether years are figures here."""
        return self.purpose == FRONT or not self.paragraphs


@dataclass(frozen=True, slots=True)
class Pieces:
    """All pieces of a report, and the texts that are whole sections: those are copied, nobody is asked."""

    asked: tuple[Piece, ...]
    copied: Mapping[str, Section]


def pieces_of(document: Document, family: Family) -> Pieces:
    """The pieces of a document of a family, in the order of its schema."""
    sections = sections_of(document, family.outline)
    asked: list[Piece] = []
    copied: dict[str, Section] = {}
    taken: set[int] = set()
    model = family.report
    places = list(_tabled(model))
    for name, field in fields_of(model).items():
        own = _sections_of_field(name, sections)
        if not own or name == UNMAPPED:
            continue
        if field.is_text:
            copied[name] = own[0]
            continue
        piece = _of_sections(name, field.title, own, places)
        if piece.paragraphs or piece.grids:
            asked.append(piece)
            taken |= {id(grid) for grid in piece.grids}
    front = _front(model, sections, [section.key for section in family.outline])
    tables = [grid for block in document.blocks if isinstance(grid := block, Grid) and id(grid) not in taken]
    return Pieces((*front, *asked, *_tables(places, tables)), copied)


def _sections_of_field(name: str, sections: Mapping[str, Section]) -> list[Section]:
    keys = [key for key in sections if key == name or key.startswith(f"{name}.") or key.endswith(f".{name}")]
    return [sections[key] for key in keys]


def _of_sections(name: str, title: str, sections: Sequence[Section], places: Sequence[_Place]) -> Piece:
    return Piece(
        name,
        title,
        {name: None},
        tuple(paragraph for section in sections for paragraph in _headed(section, sections[0])),
        tuple(grid for section in sections for grid in section.grids if _best(places, grid) is None),
        heading=sections[0].title,
    )


def _headed(section: Section, first: Section) -> tuple[Paragraph, ...]:
    """The paragraphs of a section, after its heading if it is a part of another: （二）… says what they are of."""
    if section is first or not section.paragraphs:
        return section.paragraphs
    above = section.paragraphs[0]
    return Paragraph(Text(section.title, fold(section.title)), (), above.page, above.top), *section.paragraphs


def _front(model: type[Model], sections: Mapping[str, Section], headings: Iterable[str]) -> Iterator[Piece]:
    """The fields of the report itself that no heading is of: its title page says them."""
    front = sections.get(FRONT)
    headed = {key.rpartition(".")[2] for key in headings} | {key.partition(".")[0] for key in headings}
    wanted = {
        name: None
        for name, field in fields_of(model).items()
        if name not in headed and (field.is_text or field.kind is Kind.YEAR)
    }
    if front is not None and front.paragraphs and wanted:
        yield Piece(FRONT, "封面", wanted, front.paragraphs)


# --- tables under no section


def _tables(places: Sequence[_Place], grids: Sequence[Grid]) -> Iterator[Piece]:
    """A piece for each table whose title is a field's; a field of several tables (a list) has a piece for each."""
    counts: dict[str, int] = {}
    seen: set[str] = set()
    for grid in grids:
        found = _best(places, grid)
        if found is None:
            continue
        purpose, title, wanted, many = found
        if many:
            counts[purpose] = counts.get(purpose, -1) + 1
            yield Piece(purpose, title, wanted, (), (grid,), counts[purpose])
        elif purpose not in seen:
            seen.add(purpose)
            yield Piece(purpose, title, wanted, (), (grid,))


def _tabled(model: type[Model]) -> Iterator[_Place]:
    """The fields that tables may be of: parts and lists of the report, and those of a part that holds nothing else."""
    for name, field in fields_of(model).items():
        if field.model is None or not holds_figures(model, name):
            continue
        inside = fields_of(field.model)
        if all(inner.part is not None for inner in inside.values()):
            for key, inner in inside.items():
                yield f"{name}.{key}", inner.title, {name: {key: None}}, False
        else:
            # A list whose rows hold lists themselves has a table for each row; else one table is the list.
            has_several = field.many and any(inner.many for inner in inside.values())
            yield name, field.title, {name: None}, has_several


def _best(places: Sequence[_Place], grid: Grid) -> _Place | None:
    """The field whose title is over a table, or in its first rows: the longest."""
    lines = [normal(line) for _, line in titles_over(grid)]
    found = [place for place in places if any(normal(place[1]) in line for line in lines)]
    return max(found, key=lambda place: len(normal(place[1])), default=None)
