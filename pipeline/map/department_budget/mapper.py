"""The template mapper of departmental budgets: sections and grids to Report[Ref]."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from recount.pipeline.document import Document, Grid, Paragraph
from recount.pipeline.map import Mapped
from recount.pipeline.map.department_budget.sections import (
    compilation,
    fiscal_appropriation,
    fund_budget,
    general_public_budget,
)
from recount.pipeline.map.department_budget.statements import map_statements, titles_of
from recount.pipeline.map.department_budget.targets import map_targets
from recount.pipeline.map.final_accounts import narrative_other
from recount.pipeline.map.grammar.passage import (
    BUDGET,
    Passage,
    passage_of,
    unmapped_in,
)
from recount.pipeline.map.labelled import read_section
from recount.pipeline.map.tables.sheet import left_open
from recount.pipeline.split.outline import Section, sections_of
from recount.pipeline.split.text import plain as plain_text
from recount.pipeline.split.titles import LONGEST_FRONT_LINE, front_lines
from recount.schemas.common.parts import UNMAPPED
from recount.schemas.department_budget.family import OUTLINE
from recount.schemas.department_budget.narrative import (
    BasicExpenditure,
    Expenditure,
    Income,
    OperatingCost,
    Performance,
    Procurement,
    ThreePublic,
    Totals,
)
from recount.schemas.department_budget.report import Report
from recount.schemas.figures import Model, Ref

NAME = "template"
Reader = Callable[[Passage], Model | None]


def _labelled(model: type[Model]) -> Reader:
    """The reader of a section that its labels alone read."""
    return lambda passage: read_section(model, passage, BUDGET)[0]


_READERS: dict[str, Reader] = {
    "totals": _labelled(Totals[Ref]),
    "income": _labelled(Income[Ref]),
    "expenditure": _labelled(Expenditure[Ref]),
    "fiscal_appropriation": fiscal_appropriation,
    "basic_expenditure": _labelled(BasicExpenditure[Ref]),
    "three_public": _labelled(ThreePublic[Ref]),
    "government_funds": fund_budget,
    "state_capital": fund_budget,
    "operating_costs": _labelled(OperatingCost[Ref]),
    "procurement": _labelled(Procurement[Ref]),
    "state_assets": lambda passage: narrative_other.state_assets(passage)[0],
    "performance": _labelled(Performance[Ref]),
}
_GENERAL = ("general_public_budget.overall", "general_public_budget.structure", "general_public_budget.items")
_TITLE = re.compile(
    r"^(?P<before>.*?)(?P<year>20\d\d)年?度?(?!\d*月)(?P<between>.*?)(?:部门|单位)?预算"
    r"(?:信息)?(?:公开)?(?:情况)?(?:的)?(?:说明|报告|文本)?(?:书)?(?P<after>.*)$"
)
_NAMED = re.compile(
    r"(?:预算(?:主管)?(?:部门|单位)|编制(?:部门|单位)|(?:部门|单位)名称)[:：]\s*(?P<name>\S.*?)\s*(?:$|目录|目次)"
)
"""预算主管部门：〈unit〉 on the title page, where its title names the district alone."""


def map_budget(document: Document) -> Mapped:
    """Map a split document. What the form does not make certain is left open."""
    sections = sections_of(document, OUTLINE)
    fields = _sections(sections)
    front = sections["front"].paragraphs
    unit, year = narrative_other.title([*front], _TITLE)
    unit = _named(front) or unit
    grids = [block for block in document.blocks if isinstance(block, Grid)]
    statements, _ = map_statements(grids, int(document.tokens[year.token].value) if year else None)
    targets = map_targets(grids)
    found = bool(fields or statements or targets)
    fields |= _overview(sections)
    fields["glossary"] = narrative_other.glossary(sections.get("part.glossary"))
    report = Report[Ref](
        unit_name=unit,
        fiscal_year=year,
        statements=statements,
        project_targets=targets,
        **fields,
    )
    report = report.model_copy(update={UNMAPPED: unmapped_in(document, OUTLINE, report)})
    return Mapped(report, NAME, found, left_open(titles_of(grids), grids, report))


def _named(front: Sequence[Paragraph]) -> str | None:
    """The unit that a line of the title page names as that whose budget it is."""
    lines = "".join(line.text.printed for line in front_lines(front))
    match = _NAMED.search(lines)
    return plain_text(match["name"]) if match and len(match["name"]) <= LONGEST_FRONT_LINE else None


def _sections(sections: Mapping[str, Section]) -> dict[str, Any]:
    """The sections of the narrative that say something."""
    fields: dict[str, Any] = {}
    for key, reader in _READERS.items():
        section = sections.get(key)
        if section is None or not section.paragraphs:
            continue
        said = reader(passage_of(section.paragraphs))
        if said is not None:
            fields[key] = said
    together = sections.get("compilation")
    if together is not None and together.paragraphs:
        fields = compilation(passage_of(together.paragraphs)) | fields
    general = general_public_budget(*_general_passages(sections))
    return fields | ({"general_public_budget": general} if general is not None else {})


def _general_passages(sections: Mapping[str, Section]) -> list[Passage]:
    """（一）, （二）, （三） of 五; where a sub-heading is missing, its text stands under the section's own."""
    whole = sections.get("general_public_budget")
    rest = passage_of(whole.paragraphs if whole else ())
    parts = [sections.get(key) for key in _GENERAL]
    return [passage_of(part.paragraphs) if part else rest for part in parts]


def _overview(sections: Mapping[str, Section]) -> dict[str, Any]:
    """第一部分, which budgets and final accounts word alike."""
    functions, staff = sections.get("overview.functions"), sections.get("overview.staff")
    if functions is None and staff is None:
        return {}
    passage = passage_of(staff.paragraphs if staff else ())
    units = narrative_other.units_in(staff.grids) if staff else ()
    overview, _ = narrative_other.overview(functions, passage, units)
    return {"overview": overview}
