"""The Report of a departmental final account (部门决算公开): its sections, its statements, and all identities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic

from recount.schemas.arithmetic import Identity
from recount.schemas.common.parts import GlossaryEntry, UnmappedFigure
from recount.schemas.figures import F, Figure, part, rows
from recount.schemas.final_accounts.cross import narrative_against_statements
from recount.schemas.final_accounts.performance import performance_against_tables
from recount.schemas.final_accounts.sections import (
    Sections,
    between_sections,
    classified_projects,
    keyless_identities,
)
from recount.schemas.final_accounts.statements import Statements

__all__ = ["GlossaryEntry", "Report", "UnmappedFigure"]


class Report(Sections[F], Generic[F]):
    """部门决算公开说明 of one unit and year."""

    glossary: tuple[GlossaryEntry, ...] = rows("名词解释")
    statements: Statements[F] | None = part("部门决算报表")
    unmapped_figures: tuple[UnmappedFigure[F], ...] = rows("没有归属的数字")

    def identities(self: Report[Figure]) -> Iterator[Identity]:
        yield from between_sections(self)
        yield from narrative_against_statements(self, self.statements)
        yield from performance_against_tables(
            self.performance,
            self.project_evaluations,
            self.overall_evaluation,
            classified_projects(self.other_notes),
        )
        yield from keyless_identities(self.performance, self.unmapped_figures)
