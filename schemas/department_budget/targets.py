"""项目支出绩效目标表: what a project is given, and what it is to reach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic

from recount.schemas.arithmetic import Identity, at_most, equal, printed
from recount.schemas.figures import F, Figure, Model, money, rows, score, text


class TargetIndicator(Model, Generic[F]):
    """One level-3 indicator: a merged level-1 or level-2 cell counts for every row it spans."""

    level1: str | None = text("一级指标")
    level2: str | None = text("二级指标")
    level3: str | None = text("三级指标")
    target: str | None = text("指标值")
    weight: F | None = score("分值权重")


class ProjectTarget(Model, Generic[F]):
    """项目支出绩效目标（申报）表 of one project: the year's funds, and of some publishers its whole funds too."""

    name: str | None = text("项目名称")
    department: str | None = text("主管部门")
    implementing_unit: str | None = text("实施单位")
    start_date: str | None = text("计划开始日期")
    end_date: str | None = text("计划完成日期")
    total: F | None = money("项目资金总额")
    total_fiscal: F | None = money("项目资金总额·财政资金")
    total_other: F | None = money("项目资金总额·其他资金")
    annual: F | None = money("年度资金总额")
    annual_fiscal: F | None = money("年度资金总额·当年财政拨款")
    annual_carried: F | None = money("年度资金总额·上年结转资金")
    annual_other: F | None = money("年度资金总额·其他资金")
    overall_goal: str | None = text("项目总体目标")
    annual_goal: str | None = text("年度总体目标")
    indicators: tuple[TargetIndicator[F], ...] = rows("绩效指标")

    def identities(self: ProjectTarget[Figure]) -> Iterator[Identity]:
        name = self.name or "项目"
        whole = printed(self.total_fiscal, self.total_other)
        year = printed(self.annual_fiscal, self.annual_carried, self.annual_other)
        if self.total_fiscal is not None:
            yield equal(f"{name}·项目资金总额 = 财政资金 + 其他资金", self.total, whole)
        if self.annual_fiscal is not None:
            yield equal(f"{name}·年度资金总额 = 各项资金之和", self.annual, year)
        if self.total is not None and self.annual is not None:
            yield at_most(f"{name}·年度资金总额 ≤ 项目资金总额", self.annual, self.total)
