"""The mapper of families whose fields are labelled: it needs no code of the family's own.

A field says by what words it is known (schemas/figures.py); the grammar of the disclosure sentence and the readers of
tables do the rest. What a label does not make certain is left open.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

from recount.pipeline.document import Block, Cell, Document, Grid, Paragraph, Remark
from recount.pipeline.map import Mapped
from recount.pipeline.map.captions import continued, title_rule, titled
from recount.pipeline.map.grammar.passage import passage_of, unmapped_in
from recount.pipeline.map.grammar.sections import read_section
from recount.pipeline.map.headed import ANYWHERE, head_of, read_headed, read_labelled
from recount.pipeline.map.missed import columns_missed, lines_missed, one_a_page, section_missed, table_missed
from recount.pipeline.map.statements import claims, joined, lines_in, lines_of, rates_without, read_statement
from recount.pipeline.map.tables.coded import TOTAL, TOTALS
from recount.pipeline.map.tables.sheet import (
    Columns,
    Table,
    bare,
    heading,
    label,
    name_of,
    only_number,
    table_of,
    without_ordinal,
)
from recount.pipeline.map.worded import is_worded, read_worded, year_of
from recount.pipeline.split.folding import has_ideograph, plain
from recount.pipeline.split.outline import Section, all_sections
from recount.pipeline.split.titles import front_lines, titles_over
from recount.schemas.common.parts import UNMAPPED
from recount.schemas.describe import Field, fields_of
from recount.schemas.family import Family
from recount.schemas.figures import Kind, Model, Ref
from recount.schemas.saying import say
from recount.schemas.statements import Statement

M = TypeVar("M", bound=Model)

# --- tables: lists of rows by the heads of their columns, parts by the words of their lines


def grid_titled(grids: Iterable[Grid], wanted: Field) -> Grid | None:
    """The first grid under a title, or with it in its first rows."""
    title = re.compile(head_of(wanted))
    return next((grid for grid in grids if any(title.search(bare(line)) for _, line in titles_over(grid))), None)


def columns_in(model: type[Model], grid: Grid) -> tuple[Table, Columns]:
    """A table, and the columns of each field of its rows."""
    fields = fields_of(model)
    table = table_of(grid, _marks(grid, fields.values()))
    return table, _columns(table, fields)


def read_rows(model: type[M], table: Table, columns: Columns) -> tuple[M, ...]:
    """The lines of a table, one column a field. 合计 is a line as any other."""
    fields = fields_of(model)
    found = []
    for row in table.body_rows():
        values = {key: _in_row(table, row, columns, key, fields[key]) for key in columns}
        if any(value is not None for value in values.values()):
            found.append(model(**values))
    return tuple(found)


def _columns(table: Table, fields: Mapping[str, Field]) -> Columns:
    """The columns of each field, by their own words or by all that stand above them; two headings claim none."""
    found: Columns = {}
    for key, field in fields.items():
        head = head_of(field)
        paths = {column: table.path(column) for column in range(table.grid.columns)}
        mine = tuple(
            column
            for column, path in paths.items()
            if path and (re.fullmatch(head, path[-1]) or re.fullmatch(head, "".join(path)))
        )
        if mine and len({heading(table, column) for column in mine}) == 1:
            found[key] = mine
    return found


def read_lines(model: type[M], grid: Grid) -> M | None:
    """A part from a table that says in each line what its one figure is; a line that says it twice stays open."""
    table = table_of(grid)
    claims: dict[str, list[Ref]] = {}
    for row in range(grid.rows):
        cells = table.row(row)
        for cell, beside in pairwise(cells):
            ref = figure_in(beside)
            if ref is None or only_number(cell):
                continue
            words = bare(without_ordinal(cell.words))
            for key, field in fields_of(model).items():
                if field.kind is not None and re.fullmatch(head_of(field), words):
                    claims.setdefault(key, []).append(ref)
    values = {key: refs[0] for key, refs in claims.items() if len(refs) == 1}
    return model(**values) if values else None


def _marks(grid: Grid, fields: Iterable[Field]) -> frozenset[str]:
    """The words of a table that head its columns."""
    heads = re.compile("|".join(f"(?:{head_of(field)})" for field in fields))
    return frozenset(words for cell in grid.cells if heads.fullmatch(words := bare(cell.words)))


def _in_row(table: Table, row: int, columns: Columns, key: str, wanted: Field) -> Any:
    """What a line says of a field."""
    cells = [cell for cell in table.cells(row, columns[key]) if _mine(cell, columns) == key]
    if len(cells) != 1:
        return None
    if wanted.kind is None:
        words = label(cells[0])
        return TOTAL if TOTALS.fullmatch(words) else name_of(cells[0])
    return figure_in(cells[0], wanted.kind) if cells[0].row == row else None


def _mine(cell: Cell, columns: Columns) -> str | None:
    """The field that a cell belongs to: a 合计 that is merged over several columns, to the last of them."""
    over = range(cell.column, cell.column_end)
    covered = {mine[0]: key for key, mine in columns.items() if not set(mine).isdisjoint(over)}
    return covered[max(covered)] if covered else None


def figure_in(cell: Cell, kind: Kind = Kind.MONEY) -> Ref | None:
    """The figure of a cell that holds one and nothing else but its unit."""
    if len(cell.numbers) != 1:
        return None
    number, text = cell.numbers[0], cell.text.folded
    beside = "".join((text[: number.start] + text[number.end :]).split())
    unit = number.token.unit
    if beside not in ("", unit) or (unit == "%" and kind is not Kind.PERCENT):
        return None
    return Ref(number.token.index)


# --- a document: title page, sections in words, tables

NAME = "template"


def map_labelled(document: Document, family: Family) -> Mapped:
    """Map a document by the labels of the family's models."""
    sections, others = all_sections(document, family.outline)
    reader = _Reader(document.blocks, sections, _grids(document))
    fields = fields_of(family.report_of(Ref))
    values = {key: value for key, field in fields.items() if (value := reader.field(field)) is not None}
    found = bool(values)
    values |= front_of(reader.sections["front"].paragraphs, family.front, fields)
    report = family.report_of(Ref)(**values)
    every = *sections.values(), *others
    if UNMAPPED in fields:
        report = report.model_copy(update={UNMAPPED: unmapped_in(every, family.outline, report)})
    return Mapped(report, NAME, found, tuple(one_a_page(reader.remarks)), every)


def _grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


@dataclass(slots=True)
class _Reader:
    """Reads one field of the report after the other."""

    blocks: Sequence[Block]
    sections: Mapping[str, Section]
    grids: Sequence[Grid]
    remarks: list[Remark] = dataclasses.field(default_factory=list)

    def field(self, field: Field) -> Any:
        """What the document says of a field: the section of its key, or the table of its title."""
        if field.many and field.model is not None and issubclass(field.model, Statement):
            return self._statement(field, field.model)
        if field.model is not None and field.words == ANYWHERE:
            read = read_headed if field.many else read_labelled
            return read(field.model, self.grids) or None
        section = self.sections.get(field.key)
        if field.model is None:
            return _words(section) if section is not None and field.is_text else None
        grid = grid_titled(self.grids, field)
        if grid is None and section is not None and len(section.grids) == 1:
            grid = section.grids[0]
        if field.many:
            return self._rows(field, field.model, grid)
        said = self._said(field.model, section) if section and section.paragraphs else None
        if said is None and grid is not None:
            said = read_lines(field.model, grid)
        if section is None and grid is None:
            self.remarks.append(section_missed(self.blocks, field))
        return said

    def _said(self, model: type[M], section: Section) -> M | None:
        """What the words of a section say, in its script."""
        if is_worded(section.paragraphs):
            return read_worded(model, section.paragraphs, year_of(self.sections["front"].paragraphs))
        return read_section(model, passage_of(section.paragraphs))

    def _rows(self, field: Field, model: type[Model], grid: Grid | None) -> tuple[Model, ...] | None:
        """The lines of a table, and what is to be said of columns that it lacks."""
        if grid is None:
            self.remarks += [table_missed(self.blocks, field)] if field.key != UNMAPPED else []
            return None
        table, columns = columns_in(model, grid)
        missed = columns_missed(table, field, fields_of(model), columns)
        self.remarks += [missed] if missed is not None else []
        return read_rows(model, table, columns) or None

    def _statement(self, field: Field, model: type[Statement[Any]]) -> tuple[Statement[Any], ...] | None:
        """The columns of the table of a title, and what is to be said of those that were left out, and of lines that it
        lacks."""
        rule = title_rule(field)
        table = titled(self.blocks, rule)
        if table is None:
            self.remarks.append(table_missed(self.blocks, field))
            return None
        grid, over = table
        further = ((lines_of(part, over), said) for part, said in continued(self.blocks, grid, rule))
        lines = joined(lines_of(grid, over), further)
        without = (*lines.without, *rates_without(model, lines))
        if without:
            words = say("column_left_out", table=field.title, heads=tuple(head or "—" for head in without))
            self.remarks.append(Remark("column left out", grid.pages[0], None, words))
        wanted = lines_in(model)
        named = claims(wanted, lines)
        missing = [own for own in wanted if own.key not in named]
        missed = lines_missed(lines, grid, field, missing, named.values())
        self.remarks += [missed] if missed is not None else []
        return read_statement(model, lines, named) or None


def _words(section: Section) -> str | None:
    passage = passage_of(section.paragraphs)
    return passage.text(0, len(passage.shape)) or None


def front_of(paragraphs: Sequence[Paragraph], front: str, fields: Mapping[str, Field]) -> dict[str, Any]:
    """The fields of the title page: the named groups of the family's rule for it."""
    lines = front_lines(paragraphs)
    match = re.search(front, "".join("".join(line.text.folded.split()) for line in lines))
    found: dict[str, Any] = {}
    for key, value in match.groupdict().items() if match else ():
        if value is None or key not in fields:
            continue
        if fields[key].is_text:
            found[key] = plain(_as_printed(lines, *match.span(key))) if match else None
        elif (ref := _token(lines, value)) is not None:
            found[key] = ref
    return found


def _as_printed(lines: Sequence[Paragraph], start: int, end: int) -> str:
    """The signs of some lines from one to another, blanks not counted, with the blanks between words that are not
    Chinese."""
    printed, folded = "\n".join(line.text.printed for line in lines), "\n".join(line.text.folded for line in lines)
    places = [at for at, sign in enumerate(folded) if not sign.isspace()][start:end]
    words = printed[places[0] : places[-1] + 1] if places else ""
    return " ".join(words.split()) if not has_ideograph(words) else "".join(words.split())


def _token(lines: Sequence[Paragraph], digits: str) -> Ref | None:
    """The number of some lines that is printed so."""
    numbers = [number for line in lines for number in line.numbers]
    return next((Ref(number.token.index) for number in numbers if str(number.token.value) == digits), None)
