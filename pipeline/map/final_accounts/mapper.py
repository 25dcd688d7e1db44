"""The template mapper of departmental final accounts: sections and grids to Report[Ref]."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from recount.pipeline.document import Document, Grid
from recount.pipeline.map import Mapped
from recount.pipeline.map.evaluations.evaluations import map_evaluations
from recount.pipeline.map.final_accounts import narrative
from recount.pipeline.map.final_accounts.elsewhere import (
    Left,
    Speaker,
    read_sections,
    settle,
    tells_sections,
)
from recount.pipeline.map.final_accounts.statements import map_statements, titles_of
from recount.pipeline.map.grammar.passage import Passage, passage_of, unmapped_in
from recount.pipeline.map.grammar.sections import read_section
from recount.pipeline.map.tables.sheet import left_open
from recount.pipeline.split.outline import Section, all_sections
from recount.schemas.common.parts import UNMAPPED
from recount.schemas.figures import Model, Ref
from recount.schemas.final_accounts.family import OUTLINE
from recount.schemas.final_accounts.narrative import BasicExpenditure, Expenditure, IncomeExpenditure, ThreePublic
from recount.schemas.final_accounts.performance import OverallEvaluation, ProjectEvaluation
from recount.schemas.final_accounts.report import Report

NAME = "template"
_NO_FIELDS = ("part.narrative", "other_matters")
"""What stands right under these headings has no fields."""
_WHOLE = re.compile(r"财政拨款支出|财政拨款收入?、?支|三公")
"""Where this is what is spoken of, income and expenditure are not those of the whole unit."""
_TRIPS = re.compile("三公")
"""What pays for these expenses is said among them as well; it is no budget's whole expenditure."""


def _labelled(model: type[Model]) -> Callable[[Passage], Model]:
    """The reader of a section that its labels alone read."""
    return lambda passage: read_section(model, passage) or model()


SPEAKERS = (
    Speaker("overview", narrative.staff, re.compile("实有|在编|人员编制|编制人数|年末[^。;]{0,6}人数")),
    Speaker("income_expenditure", _labelled(IncomeExpenditure[Ref]), but=_WHOLE),
    Speaker("income", narrative.income, but=_WHOLE),
    Speaker("expenditure", _labelled(Expenditure[Ref]), but=_WHOLE),
    Speaker("fiscal_appropriation", narrative.fiscal_appropriation, re.compile("财政拨款")),
    Speaker(
        "general_public_budget",
        narrative.general_of_one,
        re.compile("财政拨款|一般公共预算"),
        _TRIPS,
    ),
    Speaker(
        "basic_expenditure",
        _labelled(BasicExpenditure[Ref]),
        re.compile("财政拨款基本支出|基本支出决?算?情况|人员经费"),
    ),
    Speaker("three_public", _labelled(ThreePublic[Ref])),
    Speaker(
        "government_funds",
        partial(narrative.fund_budget, narrative.GOVERNMENT_FUNDS),
        re.compile("政府性基金"),
        _TRIPS,
    ),
    Speaker(
        "state_capital",
        partial(narrative.fund_budget, narrative.STATE_CAPITAL),
        re.compile("国有资本经营"),
        _TRIPS,
    ),
    Speaker("operating_costs", narrative.operating_costs, re.compile("机[关构]运行")),
    Speaker("procurement", narrative.procurement, re.compile("采购")),
    Speaker("state_assets", narrative.state_assets, re.compile("资产|车辆")),
    Speaker("performance", narrative.performance, re.compile("绩效")),
)
"""The sections that are read of one passage; each may be spoken of in another as well."""


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
    left = read_sections(sections, SPEAKERS, narrative.general_public_budget, fields)
    left += _map_overview(sections, fields)
    for section in (*others, *(sections[key] for key in _NO_FIELDS if key in sections)):
        if section.key == "overview.staff" or tells_sections(section):
            left.append(Left.unread(section))
    notes = sections.get("other_notes")
    fields["other_notes"] = _text(notes) if notes else None
    fields["glossary"] = narrative.glossary(sections.get("part.glossary"))
    settle(left, SPEAKERS, fields)
    fields["unit_name"], fields["fiscal_year"] = _identity(sections, projects, overall)
    report = Report[Ref].model_validate(fields)
    every = *sections.values(), *others
    report = report.model_copy(update={UNMAPPED: unmapped_in(every, OUTLINE, report)})
    found = bool(statements or projects or overall or _has_narrative(fields))
    return Mapped(report, NAME, found, left_open(titles_of(grids), grids, report), every)


def _has_narrative(fields: dict[str, object]) -> bool:
    return any(fields.get(speaker.key) for speaker in SPEAKERS)


def _map_overview(sections: Mapping[str, Section], fields: dict[str, object]) -> Iterator[Left]:
    """第一部分 概况."""
    overview, passage = narrative.overview_of(sections)
    if overview is not None:
        fields["overview"] = overview
        yield Left.of(sections.get("overview.staff"), passage, overview)


def _identity(
    sections: dict[str, Section],
    projects: Sequence[ProjectEvaluation[Ref]],
    overall: OverallEvaluation[Ref] | None,
) -> tuple[str | None, Ref | None]:
    """Unit and year: of the title page; of the tables where a file has nothing but tables."""
    front = [*sections["front"].paragraphs]
    unit, year = narrative.title(front)
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
