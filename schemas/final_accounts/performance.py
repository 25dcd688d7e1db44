"""The self-evaluation tables: 项目支出绩效自评表 and 部门（单位）整体支出绩效目标自评表."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import ClassVar, Generic

from recount.schemas.arithmetic import (
    HUNDRED,
    Alternative,
    Identity,
    Product,
    Sum,
    at_most,
    by_custom,
    equal,
    evaluate,
    number_of,
    printed,
    share,
    total,
)
from recount.schemas.figures import F, Figure, Model, count, money, percent, rows, score, text, year
from recount.schemas.saying import say
from recount.schemas.terms import ZERO

_TOTAL_MARKS = ("总额", "总资金", "合计", "总计", "资金总")
_OF_WHICH = "其中"
_HALF = Decimal("0.5")


class Performance(Model, Generic[F]):
    """十一、预算绩效的情况说明."""

    overall_table_count: F | None = count("整体支出绩效自评表数")
    overall_budget: F | None = money("整体支出全年预算总额", r"自评表▮[个张][^▮]{0,6}全年预算(?:数|总额)?")
    overall_executed: F | None = money("整体支出实际执行总额", r"实际执行(?:数|总额)")
    project_count: F | None = count("预算绩效评价项目数", r"绩效(?:评价|自评)[^▮。]{0,8}(?:▮年度)?项目")
    project_budget: F | None = money("项目全年预算数", r"项目▮个[^▮]{0,6}全年预算(?:数|总额)?|项目▮个涉及(?:预算)?金额")
    project_executed: F | None = money("项目全年执行数", r"全年执行(?:数|总额)?")
    achievements: str | None = text("预算绩效管理取得的成效")
    problems: str | None = text("发现的问题及原因")
    improvements: str | None = text("下一步改进措施")


class FundRow(Model, Generic[F]):
    """One row of 项目资金 or 资金来源."""

    named_by: ClassVar[str] = "source"
    name_words: ClassVar[str] = (
        r"[资费基现]金|经费|[拨补存贷]款|[总金余数]额|[合小总共]计|安排|结[转余]|收入|投入|自筹|补助|债|预算|其[他它中]|中央"
        r"|[省市县区州旗乡镇]|上级|本级|单位|财政|自有|专[户项]|非税|事业|经营|捐赠|利息"
    )
    source: str | None = text("资金来源")
    initial_budget: F | None = money("年初预算数")
    annual_budget: F | None = money("全年预算数")
    executed: F | None = money("全年执行数")
    weight: F | None = score("分值")
    execution_rate: F | None = percent("执行率")
    score: F | None = score("得分")

    def identities(self: FundRow[Figure]) -> Iterator[Identity]:
        if self.execution_rate is not None:
            yield share("执行率 = 全年执行数 ÷ 全年预算数", self.execution_rate, self.executed, of=self.annual_budget)
        if self.score is None:
            return
        if self.execution_rate is not None and self.execution_rate.value > HUNDRED:
            # An overspent budget earns no more than the weight.
            yield by_custom("得分 = 分值 (执行率超过100%)", self.score, total(self.weight))
        else:
            yield by_custom("得分 = 分值 × 执行率", self.score, self._earned(self.score))

    def _earned(self: FundRow[Figure], score: Figure) -> Product:
        """What the rate earns. Some print a broken score whole: 8 for 8.26, 0 for 0.001."""
        earned = Product(self.weight, self.execution_rate)
        broken = not earned.missing and earned.nominal() % 1 != 0
        return Product(self.weight, self.execution_rate, _HALF if broken and score.quantum >= 1 else ZERO)


class Indicator(Model, Generic[F]):
    """One level-3 indicator: a merged level-1 or level-2 cell counts for every row it spans."""

    level1: str | None = text("一级指标")
    level2: str | None = text("二级指标")
    level3: str | None = text("三级指标")
    target: str | None = text("年度指标值")
    actual: str | None = text("实际完成值")
    weight: F | None = score("分值")
    score: F | None = score("得分")
    deviation: str | None = text("偏差原因分析及改进措施")
    basis: str | None = text("指标值设定依据")

    def identities(self: Indicator[Figure]) -> Iterator[Identity]:
        if self.score is not None and self.weight is not None:
            yield at_most("得分 ≤ 分值", self.score, self.weight)


class SelfEvaluation(Model, Generic[F]):
    """What the project table and the overall table have in common."""

    fiscal_year: F | None = year("年度")
    funds: tuple[FundRow[F], ...] = rows("资金")
    expected_goal: str | None = text("预期目标")
    actual_completion: str | None = text("实际完成情况")
    indicators: tuple[Indicator[F], ...] = rows("绩效指标")
    total_weight: F | None = score("总分值")
    total_score: F | None = score("总分")

    def identities(self: SelfEvaluation[Figure]) -> Iterator[Identity]:
        yield from _fund_rows(self.funds)
        yield from _points(self)


def whole_row(funds: Sequence[FundRow[Figure]]) -> FundRow[Figure] | None:
    """年度资金总额 (年度总资金, 合计): the row that the others are sources of. None where no row says so."""
    return next((row for row in funds if any(mark in (row.source or "") for mark in _TOTAL_MARKS)), None)


def _fund_rows(funds: Sequence[FundRow[Figure]]) -> Iterator[Identity]:
    """年度资金总额 = 其中：当年财政拨款 + …: the rows but the total are its sources.

    A second 其中 opens a breakdown of a source; then nothing says which rows are the parts of the total.
    """
    whole = whole_row(funds)
    parts = [row for row in funds if row is not whole]
    if whole is None or not parts or any(_OF_WHICH in (row.source or "") for row in parts[1:]):
        return
    yield equal("年初预算数: 总额 = 各来源之和", whole.initial_budget, printed(*(p.initial_budget for p in parts)))
    yield equal("全年预算数: 总额 = 各来源之和", whole.annual_budget, printed(*(p.annual_budget for p in parts)))
    yield equal("全年执行数: 总额 = 各来源之和", whole.executed, printed(*(p.executed for p in parts)))


def _points(table: SelfEvaluation[Figure]) -> Iterator[Identity]:
    """总分 counts the indicators and the execution rate of the funds."""
    fund = _scored_row(table.funds)
    weights = printed(*(indicator.weight for indicator in table.indicators))
    scores = printed(*(indicator.score for indicator in table.indicators))
    if fund is None or fund.weight is None:
        yield equal("总分值 = 各指标分值之和", table.total_weight, weights)
    else:
        yield equal(
            "总分值 = 各指标分值之和 + 资金分值",
            table.total_weight,
            weights + fund.weight,
            Alternative(say("funds_weight_left_out"), weights),
        )
    if fund is None or fund.score is None:
        yield equal("总分 = 各指标得分之和", table.total_score, scores)
    else:
        yield equal(
            "总分 = 各指标得分之和 + 资金得分",
            table.total_score,
            scores + fund.score,
            Alternative(say("funds_score_left_out"), scores),
        )
    yield from _hundred_points(table, fund)
    if table.total_score is not None and table.total_weight is not None:
        left_out = fund is not None and fund.weight is not None and weights.nominal() == table.total_weight.value
        bound = total(table.total_weight, fund.weight) if left_out and fund is not None else total(table.total_weight)
        yield at_most("总分 ≤ 总分值", table.total_score, bound)


def _hundred_points(table: SelfEvaluation[Figure], fund: FundRow[Figure] | None) -> Iterator[Identity]:
    """A table has 100 points to give, those of the execution rate included, whether it prints their total or not."""
    if fund is None or fund.weight is None or not table.indicators:
        return
    others = printed(*(row.weight for row in table.indicators))
    if table.total_weight is None or (table.total_weight.value == HUNDRED and others.nominal() != HUNDRED):
        yield equal("各分值之和 = 100", fund.weight, Sum(constant=HUNDRED) - others)


def _scored_row(funds: Sequence[FundRow[Figure]]) -> FundRow[Figure] | None:
    """The fund row whose execution rate is scored: the total, or else the first that has one."""
    whole = whole_row(funds)
    if whole is not None and (whole.weight is not None or whole.score is not None):
        return whole
    return next((row for row in funds if row.weight is not None or row.score is not None), None)


class ProjectEvaluation(SelfEvaluation[F], Generic[F]):
    """项目支出绩效自评表."""

    named_by: ClassVar[str] = "name"
    name: str | None = text("项目名称")
    department: str | None = text("主管部门")
    implementing_unit: str | None = text("实施单位")


class OverallEvaluation(SelfEvaluation[F], Generic[F]):
    """部门（单位）整体支出绩效目标自评表."""

    unit_name: str | None = text("部门（单位）名称")


def performance_against_tables(
    performance: Performance[Figure] | None,
    projects: Sequence[ProjectEvaluation[Figure]],
    overall: OverallEvaluation[Figure] | None,
    classified: int | None = None,
) -> Iterator[Identity]:
    """十一、预算绩效的情况说明 against the tables that follow it.

    classified: how many projects 十二 names that are counted in 十一 but have no table. A report without
    any table (it was published elsewhere) says nothing of these figures.
    """
    if performance is None:
        return
    if projects:
        yield from _projects_counted(performance, projects, classified or 0)
    if overall is not None:
        whole = whole_row(overall.funds)
        yield equal("整体支出绩效自评表数 = 所附表数", performance.overall_table_count, number_of([overall]))
        yield equal(
            "整体支出全年预算总额 = 整体表全年预算数",
            performance.overall_budget,
            total(whole.annual_budget if whole else None),
        )
        yield equal(
            "整体支出实际执行总额 = 整体表全年执行数",
            performance.overall_executed,
            total(whole.executed if whole else None),
        )


def _projects_counted(
    performance: Performance[Figure], projects: Sequence[ProjectEvaluation[Figure]], classified: int
) -> Iterator[Identity]:
    tables = number_of(projects)
    with_classified = Alternative(say("classified"), Sum(constant=tables.nominal() + classified), minor=True)
    count = equal(
        "预算绩效评价项目数 = 项目自评表数",
        performance.project_count,
        tables,
        *([with_classified] if classified else []),
    )
    yield count
    wholes = [whole_row(project.funds) for project in projects]
    sums = (
        equal(
            "项目全年预算数 = 各项目年度资金总额全年预算数之和",
            performance.project_budget,
            total(*(row.annual_budget if row else None for row in wholes)),
        ),
        equal(
            "项目全年执行数 = 各项目年度资金总额全年执行数之和",
            performance.project_executed,
            total(*(row.executed if row else None for row in wholes)),
        ),
    )
    # The money of classified projects is printed nowhere: with them, sums may exceed the tables' by any amount.
    comparable = not classified or evaluate(count).result == "pass"
    for identity in sums:
        if comparable or evaluate(identity).result == "pass":
            yield identity
