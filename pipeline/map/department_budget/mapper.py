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
    general_of_one,
    general_public_budget,
)
from recount.pipeline.map.department_budget.statements import map_statements, titles_of
from recount.pipeline.map.department_budget.targets import map_targets
from recount.pipeline.map.final_accounts import narrative
from recount.pipeline.map.final_accounts.elsewhere import (
    Left,
    Speaker,
    read_sections,
    settle,
    tells_sections,
)
from recount.pipeline.map.grammar.passage import (
    BUDGET,
    Passage,
    passage_of,
    unmapped_in,
)
from recount.pipeline.map.grammar.sections import read_section
from recount.pipeline.map.tables.sheet import left_open
from recount.pipeline.split.folding import plain as plain_text
from recount.pipeline.split.outline import Section, all_sections
from recount.pipeline.split.titles import LONGEST_FRONT_LINE, front_lines
from recount.schemas.common.parts import UNMAPPED
from recount.schemas.department_budget.family import OUTLINE
from recount.schemas.department_budget.narrative import (
    BasicExpenditure,
    Expenditure,
    GeneralPublicBudget,
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
    return lambda passage: read_section(model, passage, BUDGET)


_OF_A_PART = re.compile(r'财政拨款|一般公共|政府性基金|国有资本|基本支出|项目支出|"?三公')
"""Where this is what is spoken of, income and expenditure are not those of the whole unit."""
SPEAKERS = (
    Speaker("totals", _labelled(Totals[Ref]), but=_OF_A_PART),
    Speaker("income", _labelled(Income[Ref]), but=_OF_A_PART),
    Speaker("expenditure", _labelled(Expenditure[Ref]), but=_OF_A_PART),
    Speaker("fiscal_appropriation", fiscal_appropriation, re.compile("财政拨款")),
    Speaker("general_public_budget", general_of_one, re.compile("一般公共预算")),
    Speaker("basic_expenditure", _labelled(BasicExpenditure[Ref]), re.compile("一般公共预算[^。]*基本支出")),
    Speaker("three_public", _labelled(ThreePublic[Ref])),
    Speaker("government_funds", fund_budget, re.compile("政府性基金")),
    Speaker("state_capital", fund_budget, re.compile("国有资本经营")),
    Speaker("operating_costs", _labelled(OperatingCost[Ref]), re.compile("机[关构]运行|公用经费")),
    Speaker("procurement", _labelled(Procurement[Ref]), re.compile("采购")),
    Speaker("state_assets", narrative.state_assets, re.compile("资产|车辆")),
    Speaker("performance", _labelled(Performance[Ref]), re.compile("绩效")),
)
"""The sections, each read of one passage; each may be spoken of in another as well."""
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
    sections, others = all_sections(document, OUTLINE)
    fields = _narrative(sections, others)
    front = sections["front"].paragraphs
    unit, year = narrative.title([*front], _TITLE)
    unit = _named(front) or unit
    grids = [block for block in document.blocks if isinstance(block, Grid)]
    statements, _ = map_statements(grids, int(document.tokens[year.token].value) if year else None)
    targets = map_targets(grids)
    found = bool(fields or statements or targets)
    overview, _ = narrative.overview_of(sections)  # budgets and final accounts word it alike
    fields |= {"overview": overview} if overview is not None else {}
    fields["glossary"] = narrative.glossary(sections.get("part.glossary"))
    report = Report[Ref](
        unit_name=unit,
        fiscal_year=year,
        statements=statements,
        project_targets=targets,
        **fields,
    )
    every = *sections.values(), *others
    report = report.model_copy(update={UNMAPPED: unmapped_in(every, OUTLINE, report)})
    return Mapped(report, NAME, found, left_open(titles_of(grids), grids, report), every)


def _named(front: Sequence[Paragraph]) -> str | None:
    """The unit that a line of the title page names as that whose budget it is."""
    lines = "".join(line.text.printed for line in front_lines(front))
    match = _NAMED.search(lines)
    return plain_text(match["name"]) if match and len(match["name"]) <= LONGEST_FRONT_LINE else None


def _narrative(sections: Mapping[str, Section], others: Sequence[Section]) -> dict[str, Any]:
    """The sections of the narrative that say something, also of what other sections should have said."""
    fields: dict[str, Any] = {}
    left = read_sections(sections, SPEAKERS, _of_parts, fields)
    together = sections.get("compilation")
    if together is not None and together.paragraphs:
        passage = passage_of(together.paragraphs)
        parts = compilation(passage)
        fields = parts | {key: said for key, said in fields.items() if said is not None}
        left.append(Left.of(together, passage, parts))
    left += [Left.unread(other) for other in others if tells_sections(other)]
    settle(left, SPEAKERS, fields)
    return {key: said for key, said in fields.items() if said is not None}  # settle notes that it found nothing


def _of_parts(*passages: Passage) -> tuple[GeneralPublicBudget[Ref] | None, frozenset[int]]:
    return general_public_budget(*passages), frozenset()
