"""The Report of a departmental final account (部门决算公开), and the identities between its sections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic

from recount.schemas.arithmetic import Identity
from recount.schemas.common.parts import GlossaryEntry, UnmappedFigure
from recount.schemas.figures import F, Figure, Model, part, rows, text, year
from recount.schemas.final_accounts.cross import narrative_against_statements
from recount.schemas.final_accounts.narrative import (
    BasicExpenditure,
    Expenditure,
    FiscalAppropriation,
    FundBudget,
    GeneralPublicBudget,
    Income,
    IncomeExpenditure,
    OperatingCost,
    Overview,
    Performance,
    Procurement,
    StateAssets,
    ThreePublic,
)
from recount.schemas.final_accounts.performance import (
    OverallEvaluation,
    ProjectEvaluation,
    performance_against_tables,
)
from recount.schemas.final_accounts.sections import between_sections, classified_projects, keyless_identities
from recount.schemas.final_accounts.statements import Statements

__all__ = ["GlossaryEntry", "Report", "UnmappedFigure"]


class Report(Model, Generic[F]):
    """部门决算公开说明 of one unit and year."""

    unit_name: str | None = text("单位名称")
    fiscal_year: F | None = year("年度")
    overview: Overview[F] | None = part("单位/部门概况")
    income_expenditure: IncomeExpenditure[F] | None = part("收入支出决算总体情况说明")
    income: Income[F] | None = part("收入决算情况说明")
    expenditure: Expenditure[F] | None = part("支出决算情况说明")
    fiscal_appropriation: FiscalAppropriation[F] | None = part("财政拨款收入支出决算总体情况说明")
    general_public_budget: GeneralPublicBudget[F] | None = part("一般公共预算财政拨款支出决算情况说明")
    basic_expenditure: BasicExpenditure[F] | None = part("一般公共预算财政拨款基本支出决算情况说明")
    three_public: ThreePublic[F] | None = part("财政拨款“三公”经费支出决算情况说明")
    government_funds: FundBudget[F] | None = part("政府性基金预算财政拨款收入支出决算情况说明")
    state_capital: FundBudget[F] | None = part("国有资本经营预算财政拨款收入支出决算情况说明")
    operating_costs: tuple[OperatingCost[F], ...] = rows("机关运行经费支出情况")
    procurement: Procurement[F] | None = part("政府采购情况")
    state_assets: StateAssets[F] | None = part("国有资产占用情况说明")
    performance: Performance[F] | None = part("预算绩效的情况说明")
    overall_evaluation: OverallEvaluation[F] | None = part("部门（单位）整体支出绩效目标自评表")
    project_evaluations: tuple[ProjectEvaluation[F], ...] = rows("项目支出绩效自评表")
    other_notes: str | None = text("其他需说明的事项")
    glossary: tuple[GlossaryEntry, ...] = rows("名词解释")
    statements: Statements[F] | None = part("部门决算报表")
    unmapped_figures: tuple[UnmappedFigure[F], ...] = rows("没有归属的数字")

    def identities(self: Report[Figure]) -> Iterator[Identity]:
        yield from between_sections(self)
        yield from narrative_against_statements(self)
        yield from performance_against_tables(
            self.performance,
            self.project_evaluations,
            self.overall_evaluation,
            classified_projects(self.other_notes),
        )
        yield from keyless_identities(self.performance, self.unmapped_figures)
