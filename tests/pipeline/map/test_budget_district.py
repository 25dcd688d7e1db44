"""Budgets as Shanghai's districts publish them: tables in 元, one section for both halves, targets of projects."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from recount.eval.generator.budgets import BudgetCase, generate_district_budget
from recount.pipeline.map.department_budget.sections import compilation
from recount.pipeline.map.department_budget.statements import map_statements, title_of
from recount.pipeline.map.department_budget.targets import map_targets
from recount.schemas.department_budget import narrative
from recount.tests.pipeline.helpers import Sheet
from recount.tests.pipeline.map.budgets import numbers, printed_at, said, structured
from recount.tests.pipeline.map.grids import Span, grid, plain

APART = ("overview", "unmapped_figures", "glossary")
"""What the generator does not describe."""


@pytest.mark.parametrize("seed", [1, 6])
def test_every_figure_is_read_as_it_was_made(seed: int, tmp_path: Path) -> None:
    case = generate_district_budget(seed)
    result = structured(case, tmp_path)
    assert result.contract == "department-budget/1"
    assert result.report["unit_name"] == case.gold["unit_name"]
    assert numbers(result.report, APART) == numbers(case.gold, APART)
    assert [each.rule for each in result.checks if each.result == "fail"] == []
    by_status = result.summary.figures
    assert by_status["verified"] >= 0.9 * sum(by_status.values())


@cache
def sound() -> BudgetCase:
    return generate_district_budget(6)


@pytest.mark.parametrize(
    "pointer",
    [
        "/fiscal_appropriation/items/1/amount",
        "/three_public/vehicle_running/amount",
        "/operating_costs/amount",
        "/project_targets/0/annual_fiscal",
        "/statements/income/rows/3/fiscal",
        "/statements/income_expenditure/income/1/amount",
        "/statements/basic_expenditure/rows/1/personnel",
    ],
)
def test_a_planted_error_is_found_and_kept_as_printed(pointer: str, tmp_path: Path) -> None:
    printed = printed_at(sound(), pointer) + Decimal("3.07")
    result = structured(generate_district_budget(6, {pointer: printed}), tmp_path)
    figure = result.figures[pointer]
    assert figure.value == printed
    assert figure.status == "disputed"


def test_the_targets_of_a_project_are_kept_with_their_levels(tmp_path: Path) -> None:
    case = generate_district_budget(1)
    (made,) = case.gold["project_targets"][:1]
    (read,) = structured(case, tmp_path).report["project_targets"][:1]
    texts = ("name", "department", "implementing_unit", "start_date", "end_date", "overall_goal", "annual_goal")
    assert {key: read[key] for key in texts} == {key: made[key] for key in texts}
    assert [{**each, "weight": None} for each in made["indicators"]] == [dict(each) for each in read["indicators"]]


# --- wordings


def test_items_by_their_three_names_in_quotation_marks() -> None:
    sheet = Sheet()
    passage = sheet.passage(
        "2026年，某局收入预算300.00万元，其中：财政拨款收入300.00万元，比2025年预算减少20.00万元。",
        "支出预算300.00万元，其中：财政拨款支出预算300.00万元，比2025年预算减少20.00万元。",
        "财政拨款收入支出减少的主要原因是项目减少3个、经费压减12.50万元。",
        "财政拨款支出主要内容如下：",
        "1. “城乡社区支出（类）城乡社区管理事务（款）城管执法（项）”科目200.00万元，主要用于日常执法。",
        "2.“住房保障支出（类）住房改革支出（款）住房公积金（项）”100.00万元，主要用于缴纳住房公积金。",
    )
    found = compilation(passage)
    fiscal = sheet.shown(found["fiscal_appropriation"])
    assert fiscal["change"] == {"amount": "−20.00", "reason": "项目减少3个、经费压减12.50万元"}
    assert fiscal["items"] == (
        {
            "class_name": "城乡社区支出",
            "section_name": "城乡社区管理事务",
            "item_name": "城管执法",
            "amount": "200.00",
            "purpose": "日常执法",
        },
        {
            "class_name": "住房保障支出",
            "section_name": "住房改革支出",
            "item_name": "住房公积金",
            "amount": "100.00",
            "purpose": "缴纳住房公积金",
        },
    )


def test_each_part_is_unchanged_by_itself() -> None:
    found, left = said(
        narrative.ThreePublic,
        "2026年“三公”经费预算数为40.00万元，比2025年预算增加5.00万元。其中：",
        "（一）因公出国（境）费0万元，与2025年预算持平。",
        "（二）公务用车购置及运行费38.00万元，比2025年预算增加5.00万元，主要原因是更新车辆3辆，比2025年增加1辆。其中："
        "公务用车购置费5.00万元，比2025年预算增加5.00万元，主要原因是更新车辆；公务用车运行费33.00万元，比2025年预算持平。",
        "（三）公务接待费2.00万元，比2025年预算持平。",
    )
    assert found["overseas"] == {"amount": "0", "change": {"reason": "与2025年预算持平"}}
    assert found["vehicles"]["change"]["reason"] == "更新车辆3辆，比2025年增加1辆"
    assert found["vehicle_purchase"]["change"]["amount"] == "5.00"
    assert found["vehicle_running"] == {"amount": "33.00", "change": {"reason": "比2025年预算持平"}}
    assert found["reception"] == {"amount": "2.00", "change": {"reason": "比2025年预算持平"}}
    assert [each for each in left if "." in each] == []


def test_a_share_for_small_firms_inside_a_larger_one() -> None:
    found, left = said(
        narrative.Procurement,
        "2026年本部门政府采购预算90.00万元，其中：政府采购货物预算10.00万元、政府采购工程预算0万元、政府采购服务预算80.00万元。",
        "2026年本部门面向中小企业预留政府采购项目预算金额50.00万元，其中，预留给小型和微型企业的政府采购项目预算为20.00万元。",
    )
    assert (found["total"], found["sme_amount"], found["micro_amount"]) == ("90.00", "50.00", "20.00")
    assert left == []


# --- tables


def test_a_title_over_two_lines_is_one() -> None:
    assert title_of(grid([["一"]], "2026年部门一般公共预算基本支出部门预算", "经济分类预算表")) == "basic_expenditure"
    assert title_of(grid([["一"]], "2026年部门政府性基金预算支出功能分类预", "算表")) == "government_funds"


def test_a_table_of_projects_by_source() -> None:
    table = grid(
        [
            [
                Span("类型", 1, 2), Span("项目名称", 1, 2), Span("项目单位", 1, 2), Span("合计", 1, 2),
                Span("本年拨款", 2), Span("财政拨款结转结余", 2), Span("单位资金", 1, 2),
            ],
            ["一般公共预算", "政府性基金预算", "一般公共预算", "政府性基金预算"],
            [Span("合计", 3), "100.00", "80.00", "", "15.00", "", "5.00"],
            ["其他运转类", "信息化运维", "某局", "60.00", "45.00", "", "15.00", "", ""],
            ["特定目标类", "专项检查", "某局", "40.00", "35.00", "", "", "", "5.00"],
        ],
        "项目支出表",
        "单位：万元",
    )  # fmt: skip
    tables, _ = map_statements([table], 2026)
    shown = plain(tables)
    assert isinstance(shown, dict)
    assert shown["projects"]["rows"] == [
        {"name": "合计", "total": 100.0, "general": 80.0, "carried_general": 15.0, "own": 5.0},
        {
            "category": "其他运转类", "name": "信息化运维", "unit": "某局",
            "total": 60.0, "general": 45.0, "carried_general": 15.0,
        },
        {
            "category": "特定目标类", "name": "专项检查", "unit": "某局",
            "total": 40.0, "general": 35.0, "own": 5.0,
        },
    ]  # fmt: skip


def test_targets_with_the_funds_below_each_other() -> None:
    table = grid(
        [
            [Span("项目名称", 2), Span("专项检查", 3)],
            [Span("主管部门及代码", 2), "某局", "实施单位", "某中心"],
            [Span("项目资金（万元）", 1, 3), "年度资金总额", Span("40.00", 3)],
            ["其中：财政拨款", Span("35.00", 3)],
            ["其他资金", Span("5.00", 3)],
            ["总体目标", Span("全年检查三次", 4)],
            ["绩效指标", "一级指标", "二级指标", "三级指标", "指标值"],
            ["", "产出指标", "数量指标", "检查次数", "≥3次"],
        ],
        "项目支出绩效目标表",
        "（2026年度）",
    )
    (target,) = map_targets([table])
    assert plain(target) == {
        "name": "专项检查",
        "department": "某局",
        "implementing_unit": "某中心",
        "annual": 40.0,
        "annual_fiscal": 35.0,
        "annual_other": 5.0,
        "overall_goal": "全年检查三次",
        "indicators": [{"level1": "产出指标", "level2": "数量指标", "level3": "检查次数", "target": "≥3次"}],
    }


def test_a_table_that_says_what_was_reached_is_no_table_of_targets() -> None:
    table = grid(
        [
            [Span("项目名称", 2), Span("专项检查", 3)],
            ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值"],
            ["产出指标", "数量指标", "检查次数", "≥3次", "4次"],
        ],
        "项目支出绩效目标完成情况表",
    )
    assert map_targets([table]) == ()
