"""A document of a labelled family: title page, sections in words, tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from recount.pipeline.document import Document, Grid, Paragraph
from recount.pipeline.map import Mapped
from recount.pipeline.map.grammar.passage import in_reading_order, passage_of, unmapped_in
from recount.pipeline.map.labelled.sections import read_section
from recount.pipeline.map.labelled.tables import grid_titled, read_lines, read_rows
from recount.pipeline.split.outline import Section, sections_of
from recount.pipeline.split.text import plain
from recount.pipeline.split.titles import front_lines
from recount.schemas.common.parts import UNMAPPED, UnmappedFigure
from recount.schemas.describe import Field, fields_of
from recount.schemas.family import Family
from recount.schemas.figures import Model, Ref

NAME = "template"


def map_labelled(document: Document, family: Family) -> Mapped:
    """Map a document by the labels of the family's models."""
    reader = _Reader(sections_of(document, family.outline), _grids(document))
    fields = fields_of(family.report_of(Ref))
    values = {key: value for key, field in fields.items() if (value := reader.field(field)) is not None}
    found = bool(values)
    values |= front_of(reader.sections["front"].paragraphs, family.front, fields)
    if UNMAPPED in fields:
        values[UNMAPPED] = in_reading_order(reader.unmapped)
    return Mapped(family.report_of(Ref)(**values), NAME, found)


def _grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


@dataclass(slots=True)
class _Reader:
    """Reads one field of the report after the other, and keeps the figures that have no key."""

    sections: Mapping[str, Section]
    grids: Sequence[Grid]
    unmapped: list[UnmappedFigure[Ref]] = field(default_factory=list)

    def field(self, field: Field) -> Any:
        """What the document says of a field: the section of its key, or the table of its title."""
        section = self.sections.get(field.key)
        if field.model is None:
            return _words(section) if section is not None and field.is_text else None
        grid = grid_titled(self.grids, field)
        if grid is None and section is not None and len(section.grids) == 1:
            grid = section.grids[0]
        if field.many:
            return (read_rows(field.model, grid) or None) if grid is not None else None
        said = self._section(field.model, section) if section is not None and section.paragraphs else None
        if said is None and grid is not None:
            said = read_lines(field.model, grid)
        return said

    def _section(self, model: type[Model], section: Section) -> Model | None:
        passage = passage_of(section.paragraphs)
        said, reading = read_section(model, passage)
        self.unmapped += unmapped_in(section.title, passage, reading)
        return said


def _words(section: Section) -> str | None:
    passage = passage_of(section.paragraphs)
    return passage.text(0, len(passage.shape)) or None


def front_of(paragraphs: Sequence[Paragraph], front: str, fields: Mapping[str, Field]) -> dict[str, Any]:
    """The fields of the title page: the named groups of the family's rule for it."""
    lines = front_lines(paragraphs)
    signs = [
        (folded, printed)
        for line in lines
        for folded, printed in zip(line.text.folded, line.text.printed, strict=True)
        if not folded.isspace()
    ]
    match = re.search(front, "".join(folded for folded, _ in signs))
    found: dict[str, Any] = {}
    for key, value in match.groupdict().items() if match else ():
        if value is None or key not in fields:
            continue
        if fields[key].is_text:
            found[key] = plain("".join(printed for _, printed in signs[slice(*match.span(key))])) if match else None
        elif (ref := _token(lines, value)) is not None:
            found[key] = ref
    return found


def _token(lines: Sequence[Paragraph], digits: str) -> Ref | None:
    """The number of some lines that is printed so."""
    numbers = [number for line in lines for number in line.numbers]
    return next((Ref(number.token.index) for number in numbers if str(number.token.value) == digits), None)
