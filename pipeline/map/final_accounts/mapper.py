"""The template mapper of departmental final accounts: sections and grids to Report[Ref]."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from recount.pipeline.document import Document, Grid
from recount.pipeline.map import Mapped
from recount.pipeline.map.evaluations.evaluations import map_evaluations
from recount.pipeline.map.final_accounts import narrative, narrative_other
from recount.pipeline.map.final_accounts.statements import map_statements, titles_of
from recount.pipeline.map.grammar.passage import Reading, in_reading_order, open_in, passage_of, unmapped_in
from recount.pipeline.map.tables.sheet import left_open
from recount.pipeline.split.outline import Section, all_sections
from recount.schemas.common.parts import UnmappedFigure
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.family import OUTLINE
from recount.schemas.final_accounts.performance import OverallEvaluation, ProjectEvaluation
from recount.schemas.final_accounts.report import Report

NAME = "template"
_UNMAPPED = ("part.narrative", "other_matters")
"""What stands right under these headings has no fields."""
_PARTS = frozenset({"contents", "part.overview", "part.statements", "part.glossary", "part.annex"})
"""The parts of a report that are no narrative; some reports have no parts."""
_SIMPLE = (
    ("income_expenditure", narrative.income_expenditure),
    ("income", narrative.income),
    ("expenditure", narrative.expenditure),
    ("fiscal_appropriation", narrative.fiscal_appropriation),
    ("basic_expenditure", narrative.basic_expenditure),
    ("three_public", narrative.three_public),
    ("government_funds", partial(narrative.fund_budget, narrative.GOVERNMENT_FUNDS)),
    ("state_capital", partial(narrative.fund_budget, narrative.STATE_CAPITAL)),
    ("operating_costs", narrative_other.operating_costs),
    ("procurement", narrative_other.procurement),
    ("state_assets", narrative_other.state_assets),
    ("performance", narrative_other.performance),
)


def map_report(document: Document) -> Mapped:
    """Map a split document. What the forms do not make certain is left open."""
    sections, others = all_sections(document, OUTLINE)
    grids = [block for block in document.blocks if isinstance(block, Grid)]
    projects, overall, _ = map_evaluations(grids)
    statements, _ = map_statements(grids)
    fields: dict[str, object] = {
        "project_evaluations": projects,
        "overall_evaluation": overall,
        "statements": statements,
    }
    unmapped: list[UnmappedFigure[Ref]] = []
    for key, mapping in _SIMPLE:
        section = sections.get(key)
        if section is None or not section.paragraphs:
            continue
        passage = passage_of(section.paragraphs)
        fields[key], reading = mapping(passage)
        unmapped += unmapped_in(section.title, passage, open_in(passage, reading, fields[key]))
    _map_general(sections, fields, unmapped)
    _map_overview(sections, fields, unmapped)
    for section in (*others, *(sections[key] for key in _UNMAPPED if key in sections)):
        if not any(key in _PARTS for key in (section.key, *section.within)):
            passage = passage_of(section.paragraphs)
            unmapped += unmapped_in(section.title, passage, Reading({}, (), tuple(passage.numbers)))
    notes = sections.get("other_notes")
    fields["other_notes"] = _text(notes) if notes else None
    fields["glossary"] = narrative_other.glossary(sections.get("part.glossary"))
    fields["unmapped_figures"] = in_reading_order(unmapped)
    fields["unit_name"], fields["fiscal_year"] = _identity(sections, projects, overall)
    report = Report[Ref].model_validate(fields)
    found = bool(statements or projects or overall or _has_narrative(fields))
    return Mapped(report, NAME, found, left_open(titles_of(grids), grids, report))


def _has_narrative(fields: dict[str, object]) -> bool:
    return any(fields.get(key) for key, _ in _SIMPLE) or bool(fields.get("general_public_budget"))


def _map_general(sections: dict[str, Section], fields: dict[str, object], unmapped: list[UnmappedFigure[Ref]]) -> None:
    """五、一般公共预算财政拨款支出, of one section or of three."""
    keys = ("general_public_budget.overall", "general_public_budget.structure", "general_public_budget.items")
    parts = [sections.get(key) for key in keys]
    whole = sections.get("general_public_budget")
    if not any(parts) and whole is None:
        return
    passages = [passage_of(part.paragraphs if part else ()) for part in parts]
    if whole is not None and whole.paragraphs:
        # Where a sub-heading is missing, its text stands under the heading of the section.
        all_of_it = passage_of(whole.paragraphs)
        passages = [of_part if part else all_of_it for of_part, part in zip(passages, parts, strict=True)]
    fields["general_public_budget"], readings = narrative.general_public_budget(*passages)
    title = whole.title if whole else ""
    for passage, reading in readings:
        unmapped += unmapped_in(title, passage, open_in(passage, reading, fields["general_public_budget"]))


def _map_overview(sections: dict[str, Section], fields: dict[str, object], unmapped: list[UnmappedFigure[Ref]]) -> None:
    """第一部分 概况."""
    functions, staff = sections.get("overview.functions"), sections.get("overview.staff")
    if functions is None and staff is None:
        return
    passage = passage_of(staff.paragraphs if staff else ())
    units = narrative_other.units_in(staff.grids) if staff else ()
    fields["overview"], reading = narrative_other.overview(functions, passage, units)
    unmapped += unmapped_in(staff.title if staff else "", passage, reading)  # how many units are listed is no figure


def _identity(
    sections: dict[str, Section],
    projects: Sequence[ProjectEvaluation[Ref]],
    overall: OverallEvaluation[Ref] | None,
) -> tuple[str | None, Ref | None]:
    """Unit and year: of the title page; of the tables where a file has nothing but tables."""
    front = [*sections["front"].paragraphs]
    unit, year = narrative_other.title(front)
    tables = [*projects, *([overall] if overall else [])]
    if year is None:
        year = next((table.fiscal_year for table in tables if table.fiscal_year), None)
    if unit is None:
        unit = next((name for project in projects if (name := project.department or project.implementing_unit)), None)
    return unit, year


def _text(section: Section) -> str | None:
    """The text of a section, None if it has none."""
    passage = passage_of(section.paragraphs)
    return passage.text(0, len(passage.shape)) or None
