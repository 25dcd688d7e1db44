"""The identities of the self-evaluation tables, and of 十一 against them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain, count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.schemas.arithmetic import Evaluation, Identity, evaluate
from recount.schemas.figures import Figure, Kind
from recount.schemas.final_accounts.performance import (
    FundRow,
    Indicator,
    OverallEvaluation,
    Performance,
    ProjectEvaluation,
    performance_against_tables,
)
from recount.tests.samples import of_sample
from recount.tests.schemas.gold import failures, identities, load
from recount.tests.twins import LEFT_OUT, gold_of

_tokens = count()  # every figure is printed in a place of its own

CENT = Decimal("0.01")


def figure(value: str | Decimal | int, kind: Kind) -> Figure:
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    return Figure("", number, Decimal(1).scaleb(min(exponent, 0)), kind, token=next(_tokens))


def money(value: str | Decimal | int) -> Figure:
    return figure(value, Kind.MONEY)


def points(value: str | Decimal | int) -> Figure:
    return figure(value, Kind.SCORE)


def fund_row(source: str, amounts: Sequence[str | Decimal], rate: str = "", score: str = "") -> FundRow[Figure]:
    initial, annual, executed = map(money, amounts)
    return FundRow[Figure](
        source=source,
        initial_budget=initial,
        annual_budget=annual,
        executed=executed,
        weight=points(10) if score else None,
        execution_rate=figure(rate, Kind.PERCENT) if rate else None,
        score=points(score) if score else None,
    )


def indicator(weight: str | Decimal | int, score: str | Decimal | int) -> Indicator[Figure]:
    return Indicator[Figure](level3="某项", weight=points(weight), score=points(score))


def table(**changes: object) -> ProjectEvaluation[Figure]:
    """A table that adds up: 80.00% of 50.00 spent, 88.00 of 100 points."""
    whole = ProjectEvaluation[Figure](
        funds=(
            fund_row("年度资金总额", ("60.00", "50.00", "40.00"), "80.00", "8.00"),
            fund_row("其中：当年财政拨款", ("45.00", "35.00", "30.00")),
            fund_row("其他资金", ("15.00", "15.00", "10.00")),
        ),
        indicators=(indicator(60, "60"), indicator("30", "20.00")),
        total_weight=points(100),
        total_score=points("88.00"),
    )
    return whole.model_copy(update=changes)


def rules(found: Sequence[Evaluation]) -> list[str]:
    return [each.identity.rule for each in found]


def failing(value: object) -> list[str]:
    return rules(failures(identities(value)))


TOTALS = [f"/project_evaluations/{at}/total_score" for at in LEFT_OUT]


@pytest.mark.parametrize(
    ("name", "pointers"),
    [
        ("clean", []),
        ("levelled", []),
        ("tables", TOTALS),
        of_sample("s000", []),
        of_sample("s002", []),
        of_sample("s003", TOTALS),
    ],
)
def test_the_tables_fail_where_a_total_leaves_out_the_funds(name: str, pointers: list[str]) -> None:
    report = load(gold_of(name))
    found = [evaluate(each) for each in identities(report.project_evaluations)]
    found += map(evaluate, performance_against_tables(report.performance, report.project_evaluations, None))
    wrong = [each for each in found if each.result == "fail"]
    assert [each.blamed and each.blamed[0].pointer for each in wrong] == pointers
    assert {str(each.explanation) for each in wrong} <= {"总分 leaves out the score of the funds"}
    assert sum(each.result == "pass" for each in found) > 5 * len(report.project_evaluations)


def test_a_consistent_table() -> None:
    found = [evaluate(each) for each in identities(table())]
    assert {each.result for each in found} == {"pass"}
    assert len(found) == 11


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (fund_row("年度资金总额", ("0.00", "0.00", "0.00"), "0.00", "0.00"), []),
        (fund_row("年度资金总额", ("0.00", "0.00", "0.00"), "100.00", "10.00"), []),
        (fund_row("年度资金总额", ("0.00", "0.00", "0.00"), "0", "0"), []),
        (fund_row("年度资金总额", ("5.00", "0.00", "4.00"), "100", "10"), []),
        (fund_row("年度资金总额", ("5.00", "0.00", "4.00"), "80", "8"), ["执行率 = 全年执行数 ÷ 全年预算数"]),
        (fund_row("年度资金总额", ("6.20", "6.20", "4.69"), "75.65", "7.6"), []),
        (fund_row("年度资金总额", ("6.20", "6.20", "4.69"), "75.65", "7.56"), []),
        (fund_row("年度资金总额", ("6.20", "6.20", "4.69"), "75.65", "7.55"), ["得分 = 分值 × 执行率"]),
        (fund_row("年度资金总额", ("6.20", "6.20", "4.69"), "75.65", "8"), []),  # printed whole
        (fund_row("年度资金总额", ("6.20", "6.20", "4.69"), "75.65", "7"), ["得分 = 分值 × 执行率"]),
        (fund_row("年度资金总额", ("6.20", "6.20", "6.20"), "100.00", "9"), ["得分 = 分值 × 执行率"]),
        (fund_row("年度资金总额", ("5.00", "5.00", "6.00"), "120.00", "10.00"), []),
        (
            fund_row("年度资金总额", ("5.00", "5.00", "6.00"), "120.00", "12.00"),
            ["得分 = 分值 (执行率超过100%)"],
        ),
    ],
)
def test_the_execution_rate_and_its_score(row: FundRow[Figure], wrong: list[str]) -> None:
    assert failing(row) == wrong


def test_a_source_that_is_not_listed_is_missed() -> None:
    funds = table().funds
    assert failing(table(funds=funds[:2])) == [
        "年初预算数: 总额 = 各来源之和",
        "全年预算数: 总额 = 各来源之和",
        "全年执行数: 总额 = 各来源之和",
    ]


@pytest.mark.parametrize(
    "sources",
    [
        ("中央安排", "自治区安排", "其他资金"),  # no row says that it is the total
        ("年度资金总额", "财政拨款", "其中：上级补助"),  # a breakdown of a source, not of the total
    ],
)
def test_rows_that_are_no_parts_are_not_added(sources: Sequence[str]) -> None:
    funds = [row.model_copy(update={"source": name}) for row, name in zip(table().funds, sources, strict=True)]
    assert not any("各来源之和" in each.rule for each in table(funds=tuple(funds)).identities())


def test_a_total_that_leaves_out_the_funds_is_explained() -> None:
    (found,) = failures(identities(table(total_score=points("80.00"))))
    assert str(found.explanation) == "总分 leaves out the score of the funds"
    assert found.blamed == (found.identity.printed,)


def test_a_table_without_a_total_has_a_hundred_points() -> None:
    bare = table(total_weight=None, total_score=None)
    assert failing(bare) == []
    assert failing(bare.model_copy(update={"indicators": bare.indicators[:1]})) == ["各分值之和 = 100"]
    unweighted = tuple(row.model_copy(update={"weight": None, "score": None}) for row in bare.funds)
    assert failing(bare.model_copy(update={"funds": unweighted, "indicators": bare.indicators[:1]})) == []


# Random consistent tables, as a publisher computes and prints them.


@st.composite
def tables(draw: st.DrawFn) -> ProjectEvaluation[Figure]:
    """Amounts in 元 printed in 万元 with two decimals; scores that add to their printed total."""
    count = draw(st.integers(1, 4))
    columns = [draw(st.lists(st.integers(0, 10**9), min_size=count, max_size=count)) for _ in range(2)]
    annual = [amount + 100 for amount in columns[1]]
    executed = [draw(st.integers(0, amount)) for amount in annual]
    wholes = [sum(columns[0]), sum(annual), sum(executed)]
    ratio = Decimal(wholes[2]) / Decimal(wholes[1])
    rate, fund_score = (ratio * 100).quantize(CENT), (ratio * 10).quantize(CENT)
    rows = [fund_row("年度资金总额", [wan(each) for each in wholes], str(rate), str(fund_score))]
    for amounts in zip(columns[0], annual, executed, strict=True):
        rows.append(fund_row("某来源", [wan(each) for each in amounts]))
    cuts = sorted(draw(st.lists(st.integers(1, 89), min_size=1, max_size=8, unique=True)))
    weights = [b - a for a, b in zip([0, *cuts], [*cuts, 90], strict=True)]
    scores = [Decimal(draw(st.integers(0, weight * 100))) / 100 for weight in weights]
    return ProjectEvaluation[Figure](
        funds=tuple(rows),
        indicators=tuple(indicator(w, s.quantize(CENT)) for w, s in zip(weights, scores, strict=True)),
        total_weight=points(100),
        total_score=points((sum(scores, Decimal(0)) + fund_score).quantize(CENT)),
    )


def wan(yuan: int) -> Decimal:
    return (Decimal(yuan) / 10000).quantize(CENT)


@given(tables())
def test_a_consistent_table_never_fails(whole: ProjectEvaluation[Figure]) -> None:
    assert failing(whole) == []


@given(tables(), st.data())
def test_a_changed_figure_always_fails(whole: ProjectEvaluation[Figure], data: st.DataObject) -> None:
    """Every weight, score and amount is held by an identity: a change beyond rounding breaks one."""
    places = list(_places(whole))
    row, key, slack = data.draw(st.sampled_from(places))
    old: Figure = getattr(row, key)
    step = data.draw(st.integers(slack, 10**6)) * data.draw(st.sampled_from((1, -1)))
    changed = _with(whole, row, key, replace(old, value=old.value + step * old.quantum))
    assert failing(changed)


def _places(whole: ProjectEvaluation[Figure]) -> Iterator[tuple[object, str, int]]:
    """(row, field, how many last places a change must have so that no rounding explains it)."""
    count = len(whole.funds)
    for row in whole.funds:
        for key in ("initial_budget", "annual_budget", "executed"):
            yield row, key, count + 1
    yield whole.funds[0], "score", 2 * len(whole.indicators) + 4
    for each in whole.indicators:
        yield each, "weight", 1
        yield each, "score", 2 * len(whole.indicators) + 4
    yield whole, "total_weight", 1
    yield whole, "total_score", 2 * len(whole.indicators) + 4


def _with(whole: ProjectEvaluation[Figure], row: object, key: str, new: Figure) -> ProjectEvaluation[Figure]:
    if row is whole:
        return whole.model_copy(update={key: new})
    changed = {
        name: tuple(each.model_copy(update={key: new}) if each is row else each for each in getattr(whole, name))
        for name in ("funds", "indicators")
    }
    return whole.model_copy(update=changed)


# 十一 against the tables.


def against(
    performance: Performance[Figure],
    projects: Sequence[ProjectEvaluation[Figure]] = (),
    overall: OverallEvaluation[Figure] | None = None,
    classified: int | None = None,
) -> list[Evaluation]:
    return [evaluate(each) for each in performance_against_tables(performance, projects, overall, classified)]


def counted(projects: int, budget: str, executed: str) -> Performance[Figure]:
    return Performance[Figure](
        project_count=figure(projects, Kind.COUNT),
        project_budget=money(budget),
        project_executed=money(executed),
    )


def test_projects_add_up() -> None:
    assert [each.result for each in against(counted(2, "100.00", "80.00"), [table(), table()])] == ["pass"] * 3
    wrong = against(counted(3, "100.05", "80.05"), [table(), table()])
    assert [(each.result, each.severity) for each in wrong] == [("fail", "error")] * 3


def test_classified_projects_explain_the_count_and_leave_the_sums_open() -> None:
    (found,) = against(counted(4, "500.00", "400.00"), [table(), table()], classified=2)
    assert (found.result, found.severity, str(found.explanation), found.blamed) == (
        "fail",
        "minor",
        "classified",
        (),
    )
    found, *sums = against(counted(4, "100.00", "400.00"), [table(), table()], classified=2)
    assert [each.result for each in sums] == ["pass"]
    with_tables = against(counted(2, "100.00", "400.00"), [table(), table()], classified=1)
    assert [each.result for each in with_tables] == ["pass", "pass", "fail"]
    wrong = against(counted(4, "100.00", "400.00"), [table(), table()], classified=1)
    assert [(each.result, each.severity) for each in wrong] == [("fail", "error"), ("pass", None)]


def test_a_sum_with_an_unread_amount_is_not_compared() -> None:
    results = against(counted(2, "100.00", "80.00"), [table(), table(funds=())])
    assert [each.result for each in results] == ["pass", "not_applicable", "not_applicable"]


def test_a_report_without_tables_says_nothing_of_them() -> None:
    assert against(counted(5, "100.00", "80.00")) == []
    assert list(performance_against_tables(None, [table()], None)) == []


def test_the_overall_table() -> None:
    overall = OverallEvaluation[Figure](funds=table().funds)
    performance = Performance[Figure](
        overall_table_count=figure(1, Kind.COUNT),
        overall_budget=money("50.00"),
        overall_executed=money("40.00"),
    )
    assert [each.result for each in against(performance, overall=overall)] == ["pass"] * 3
    changed = performance.model_copy(update={"overall_executed": money("41.00")})
    assert rules([each for each in against(changed, overall=overall) if each.result == "fail"]) == [
        "整体支出实际执行总额 = 整体表全年执行数"
    ]


def test_every_identity_is_named() -> None:
    found: Iterator[Identity] = chain(
        identities(table()), performance_against_tables(counted(1, "1", "1"), [table()], None)
    )
    assert all(each.rule for each in found)
