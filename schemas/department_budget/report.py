"""The Report of a departmental budget (部门预算公开)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic

from recount.schemas.arithmetic import Identity
from recount.schemas.common.parts import GlossaryEntry, UnmappedFigure
from recount.schemas.department_budget.between import narrative_against_tables, sections_agree
from recount.schemas.department_budget.narrative import (
    BasicExpenditure,
    Expenditure,
    FiscalAppropriation,
    FundBudget,
    GeneralPublicBudget,
    Income,
    OperatingCost,
    Performance,
    Procurement,
    ThreePublic,
    Totals,
)
from recount.schemas.department_budget.statements import Statements
from recount.schemas.department_budget.targets import ProjectTarget
from recount.schemas.figures import F, Figure, Model, part, rows, text, year
from recount.schemas.final_accounts.narrative import Overview, StateAssets


class Report(Model, Generic[F]):
    """部门预算公开 of one unit and year."""

    unit_name: str | None = text("单位名称")
    fiscal_year: F | None = year("年度")
    overview: Overview[F] | None = part("单位/部门概况")
    totals: Totals[F] | None = part("收支预算总体情况")
    income: Income[F] | None = part("收入预算情况")
    expenditure: Expenditure[F] | None = part("支出预算情况")
    fiscal_appropriation: FiscalAppropriation[F] | None = part("财政拨款收支预算总体情况")
    general_public_budget: GeneralPublicBudget[F] | None = part("一般公共预算当年拨款情况")
    basic_expenditure: BasicExpenditure[F] | None = part("一般公共预算基本支出情况")
    three_public: ThreePublic[F] | None = part("“三公”经费预算情况")
    government_funds: FundBudget[F] | None = part("政府性基金预算支出情况")
    state_capital: FundBudget[F] | None = part("国有资本经营预算支出情况")
    operating_costs: OperatingCost[F] | None = part("机关运行经费")
    procurement: Procurement[F] | None = part("政府采购")
    state_assets: StateAssets[F] | None = part("国有资产占有使用情况")
    performance: Performance[F] | None = part("绩效目标设置")
    project_targets: tuple[ProjectTarget[F], ...] = rows("项目支出绩效目标表")
    glossary: tuple[GlossaryEntry, ...] = rows("名词解释")
    statements: Statements[F] | None = part("部门预算表")
    unmapped_figures: tuple[UnmappedFigure[F], ...] = rows("没有归属的数字")

    def identities(self: Report[Figure]) -> Iterator[Identity]:
        yield from sections_agree(self)
        yield from narrative_against_tables(self)
