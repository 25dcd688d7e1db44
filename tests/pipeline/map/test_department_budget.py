"""Departmental budgets: read end to end, and in the wordings of several publishers."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from recount.eval.generator.budgets import BudgetCase, generate_budget
from recount.eval.score.leaves import leaves
from recount.pipeline.document import Document
from recount.pipeline.map.department_budget.sections import (
    compilation,
    fiscal_appropriation,
    fund_budget,
    general_public_budget,
)
from recount.pipeline.map.department_budget.statements import map_statements, title_of
from recount.pipeline.split.outline import sections_of
from recount.schemas.department_budget import narrative
from recount.schemas.department_budget.family import OUTLINE
from recount.tests.pipeline.helpers import Sheet
from recount.tests.pipeline.map.budgets import left_in, numbers, printed_at, said, structured
from recount.tests.pipeline.map.grids import Span, grid, plain


def words(report: Any) -> dict[str, str]:
    return {
        pointer: value
        for pointer, value in leaves(report)
        if isinstance(value, str) and not pointer.startswith("/overview")
    }


@pytest.mark.parametrize("seed", [1, 2, 9, 21])
def test_every_figure_of_a_budget_is_read_as_it_was_made(seed: int, tmp_path: Path) -> None:
    case = generate_budget(seed)
    result = structured(case, tmp_path)
    assert result.contract == "department-budget/1"
    assert numbers(result.report) == numbers(case.gold)
    assert words(result.report) == words(case.gold)
    assert [each.rule for each in result.checks if each.result == "fail"] == []
    by_status = result.summary.figures
    assert by_status["verified"] >= 0.95 * sum(by_status.values())


PLANTED = (
    "/totals/total",
    "/income/general/percent",
    "/expenditure/project/amount",
    "/general_public_budget/by_class/0/amount",
    "/general_public_budget/items/1/amount",
    "/general_public_budget/items/0/change/percent",
    "/basic_expenditure/public",
    "/three_public/reception/amount",
    "/procurement/goods",
    "/statements/income/rows/3/general",
    "/statements/fiscal_appropriation/expenditure/1/general",
    "/statements/general_public_budget/rows/2/total",
)


@cache
def sound() -> BudgetCase:
    return generate_budget(9)


@pytest.mark.parametrize("pointer", PLANTED)
def test_a_planted_error_is_found_and_kept_as_printed(pointer: str, tmp_path: Path) -> None:
    printed = printed_at(sound(), pointer) + Decimal("3.07")
    result = structured(generate_budget(9, {pointer: printed}), tmp_path)
    figure = result.figures[pointer]
    assert figure.value == printed
    assert figure.status == "disputed"
    assert any(pointer in each.pointers for each in result.checks if each.result == "fail")


def test_a_class_that_is_named_as_another_disputes_no_figure(tmp_path: Path) -> None:
    assert sound().gold["statements"]["expenditure"]["rows"][1]["code"] != "210"
    result = structured(generate_budget(9, {"/statements/expenditure/rows/1/name": "卫生健康支出"}), tmp_path)
    (failed,) = [each for each in result.checks if each.result == "fail"]
    assert (failed.severity, failed.pointers, failed.printed) == ("minor", [], None)
    assert failed.rule.startswith("支出预算表·2")
    assert str(failed.explanation).endswith("卫生健康支出 is 210")
    assert result.summary.figures["disputed"] == 0


# --- wordings of publishers


def test_income_where_each_source_is_compared_with_last_year() -> None:
    found, left = said(
        narrative.Income,
        "某局2025年收入预算1,200.00万元，其中：",
        "一般公共预算1,000.00万元，占83.33%，比上年减少20.00万元，下降1.96%，主要原因是压减一般性支出；",
        "事业收入200.00万元，占16.67%，比上年增加50.00万元，增长33.33%，主要原因是培训班次增加。",
    )
    assert found == {
        "total": "1,200.00",
        "general": {
            "amount": "1,000.00",
            "percent": "83.33",
            "change": {"amount": "−20.00", "percent": "−1.96", "reason": "压减一般性支出"},
        },
        "institutional": {
            "amount": "200.00",
            "percent": "16.67",
            "change": {"amount": "50.00", "percent": "33.33", "reason": "培训班次增加"},
        },
    }
    assert left == []


def test_three_public_compared_with_last_years_budget_part_by_part() -> None:
    found, left = said(
        narrative.ThreePublic,
        "某局2025年“三公”经费财政拨款预算数为12.00万元，其中：因公出国（境）费0.00万元，公务用车购置0.00万元，"
        "公务用车运行费10.00万元，公务接待费2.00万元。",
        "2025年“三公”经费财政拨款预算比上年减少1.00万元，其中：因公出国（境）费增加0.00万元；"
        "公务用车运行费减少0.50万元，主要原因是压减运行开支；公务接待费减少0.50万元，主要原因是接待减少。",
    )
    assert found["total"] == "12.00"
    assert found["change"]["amount"] == "−1.00"
    assert found["vehicle_running"] == {
        "amount": "10.00",
        "change": {"amount": "−0.50", "reason": "压减运行开支"},
    }
    assert found["reception"]["change"] == {"amount": "−0.50", "reason": "接待减少"}
    assert left == []


def test_an_operating_cost_as_last_years_budget() -> None:
    found, _ = said(narrative.OperatingCost, "2025年，某局机关运行经费财政拨款预算30.00万元，与2024年预算持平。")
    assert found == {"amount": "30.00", "change": {"reason": "与2024年预算持平"}}


def test_general_public_budget_without_sub_headings() -> None:
    sheet = Sheet()
    passage = sheet.passage(
        "2025年一般公共预算拨款支出预算900.00万元，比2024年执行数增加100.00万元，增长12.50%。",
        "一般公共服务（类）支出700.00万元，占77.78%；社会保障和就业（类）支出200.00万元，占22.22%。",
        "1.一般公共服务（类）财政事务（款）行政运行（项）：2025年预算数为700.00万元，比上年执行数减少5.00万元，下降0.71%，"
        "主要原因是人员减少。",
        "2.社会保障和就业（类）行政事业单位养老支出（款）行政单位离退休（项）：2025年预算200.00万元，与上年执行数持平。",
    )
    found = general_public_budget(passage, passage, passage)
    shown = sheet.shown(found)
    assert shown["total"] == "900.00"
    assert shown["change"] == {"amount": "100.00", "percent": "12.50"}
    assert [each["class_name"] for each in shown["by_class"]] == ["一般公共服务", "社会保障和就业"]
    assert [each["amount"] for each in shown["items"]] == ["700.00", "200.00"]
    assert shown["items"][0]["change"] == {"amount": "−5.00", "percent": "−0.71", "reason": "人员减少"}
    assert left_in(passage, found) == []


def test_financial_appropriation_by_class_with_shares() -> None:
    sheet = Sheet()
    passage = sheet.passage(
        "2025年财政拨款收支总预算950.00万元。收入全部为一般公共预算拨款。"
        "支出预算包括：一般公共服务支出800.00万元，主要用于日常运转；住房保障支出150.00万元，主要用于住房公积金。"
    )
    found = fiscal_appropriation(passage)
    shown = sheet.shown(found)
    assert shown["total"] == "950.00"
    assert [(each["class_name"], each["amount"]) for each in shown["by_class"]] == [
        ("一般公共服务支出", "800.00"),
        ("住房保障支出", "150.00"),
    ]
    assert left_in(passage, found) == []


@pytest.mark.parametrize(
    "text",
    [
        "某局2025年没有使用政府性基金预算拨款安排的支出，政府性基金预算支出情况表为空表。",
        "2025年本单位未安排政府性基金预算支出。",
    ],
)
def test_a_budget_that_is_none(text: str) -> None:
    found = fund_budget(Sheet().passage(text))
    assert found is not None
    assert found.none


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("一、关于某局2025年收支预算情况的总体说明", "totals"),
        ("一、收支预算总体情况说明", "totals"),
        ("二、关于某局2025年收入预算情况说明", "income"),
        ("三、某局2025年支出预算情况说明", "expenditure"),
        ("四、关于某局2025年财政拨款收支预算情况的总体说明", "fiscal_appropriation"),
        ("五、关于某局2025年一般公共预算当年拨款情况说明", "general_public_budget"),
        ("五、一般公共预算支出预算情况说明", "general_public_budget"),
        ("六、关于某局2025年一般公共预算基本支出情况说明", "basic_expenditure"),
        ("七、关于某局2025年项目支出情况说明", "project_expenditure"),
        ("八、关于某局2025年一般公共预算“三公”经费预算情况说明", "three_public"),
        ("九、关于某局2025年政府性基金预算拨款情况说明", "government_funds"),
        ("九、国有资本经营预算支出情况说明", "state_capital"),
        ("十一、其他重要事项的情况说明", "other_matters"),
        ("2025年部门预算编制说明", "compilation"),
        ("（一）机关运行经费情况", "operating_costs"),
        ("（二）政府采购情况", "procurement"),
        ("（三）国有资产占用使用情况", "state_assets"),
        ("（四）预算绩效的情况", "performance"),
    ],
)
def test_a_heading_opens_its_section(heading: str, key: str) -> None:
    sheet = Sheet()
    blocks = (sheet.paragraph(heading), sheet.paragraph("某局2025年预算12.00万元。"))
    assert set(sections_of(Document(blocks, tuple(sheet.tokens)), OUTLINE)) == {"front", key}


def test_income_and_expenditure_in_one_section() -> None:
    sheet = Sheet()
    passage = sheet.passage(
        "2025年，某局收入预算1,200.00万元，其中：财政拨款收入1,000.00万元，比2024年预算增加50.00万元；"
        "事业收入150.00万元；其他收入50.00万元。",
        "支出预算1,200.00万元，其中：财政拨款支出预算1,000.00万元，比2024年预算增加50.00万元。"
        "财政拨款支出预算中，一般公共预算拨款支出预算900.00万元，比2024年预算减少10.00万元；"
        "政府性基金拨款支出预算100.00万元，比2024年预算增加60.00万元。财政拨款支出主要内容如下：",
        "1. “一般公共服务支出”科目700.00万元，主要用于机关运转。",
        "2. “住房保障支出”科目300.00万元，主要用于住房公积金。",
    )
    found = compilation(passage)
    shown = {key: sheet.shown(value) for key, value in found.items()}
    assert shown["income"] == {
        "total": "1,200.00",
        "fiscal": {"amount": "1,000.00", "change": {"amount": "50.00"}},
        "institutional": {"amount": "150.00"},
        "other": {"amount": "50.00"},
    }
    assert shown["expenditure"] == {"total": "1,200.00"}
    assert shown["fiscal_appropriation"] == {
        "total": "1,000.00",
        "general": "900.00",
        "funds": "100.00",
        "by_class": (
            {"class_name": "一般公共服务支出", "amount": "700.00"},
            {"class_name": "住房保障支出", "amount": "300.00"},
        ),
        "change": {"amount": "50.00"},
    }
    assert shown["general_public_budget"] == {"total": "900.00", "change": {"amount": "−10.00"}}
    assert shown["government_funds"]["change"] == {"amount": "60.00"}
    assert left_in(passage, found) == []


# --- tables


def test_lines_below_a_line_are_its_parts() -> None:
    table = grid(
        [
            [Span("本年收入", 2), Span("本年支出", 2)],
            ["项目", "预算数", "项目", "预算数"],
            ["一、财政拨款收入", "100.00", "一、一般公共服务支出", "90.00"],
            ["1.一般公共预算资金", "80.00", "二、住房保障支出", "30.00"],
            ["2.政府性基金", "20.00", "", ""],
            ["二、事业收入", "20.00", "", ""],
            ["收入总计", "120.00", "支出总计", "120.00"],
        ],
        "2025年部门财务收支预算总表",
        "单位：万元",
    )
    tables, _ = map_statements([table], 2025)
    shown = plain(tables)
    assert isinstance(shown, dict)
    assert [each.get("part_of") for each in shown["income_expenditure"]["income"]] == [
        None, "财政拨款收入", "财政拨款收入", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("caption", "key"),
    [
        ("部门收支总体情况表", "income_expenditure"),
        ("2025年部门收支预算总表", "income_expenditure"),
        ("部门收入总表", "income"),
        ("支出预算总表", "expenditure"),
        ("财政拨款收支预算总体情况表", "fiscal_appropriation"),
        ("财政拨款收支总表", "fiscal_appropriation"),
        ("一般公共预算支出情况表", "general_public_budget"),
        ("一般公共预算基本支出情况表", "basic_expenditure"),
        ("一般公共预算“三公”经费支出情况表", "three_public"),
        ("政府性基金预算支出情况表", "government_funds"),
        ("2025年部门一般公共预算支出功能分类预算表", "general_public_budget"),
        ("2025年部门一般公共预算基本支出部门预算经济分类预算表", "basic_expenditure"),
        ("2025年部门“三公”经费和机关运行经费预算表", "three_public"),
        ("2025年部门财务收支预算总表", "income_expenditure"),
        ("国有资本经营预算支出表", "state_capital"),
        ("项目支出情况表", "projects"),
        ("项目支出绩效目标表", None),
        ("支出决算表", None),
    ],
)
def test_a_budget_table_is_known_by_its_title(caption: str, key: str | None) -> None:
    assert title_of(grid([["一"]], caption)) == key


def test_three_public_beside_last_years() -> None:
    table = grid(
        [
            [Span("2024年预算数", 3), Span("2025年预算数", 3)],
            ["合计", "公务用车运行费", "公务接待费", "合计", "公务用车运行费", "公务接待费"],
            ["9.00", "7.00", "2.00", "8.00", "6.50", "1.50"],
        ],
        "“三公”经费预算表",
        "单位：万元",
    )
    tables, _ = map_statements([table], 2025)
    assert plain(tables) == {"three_public": {"total": 8.0, "vehicle_running": 6.5, "reception": 1.5}}


def test_a_balance_without_totals_of_the_year() -> None:
    table = grid(
        [
            [Span("收入", 2), Span("支出", 2)],
            ["项目", "预算数", "功能分类", "预算数"],
            ["财政拨款（补助）", "90.00", "201 一般公共服务支出", "90.00"],
            ["事业收入", "10.00", "205 教育支出", "10.00"],
            ["收入总计", "100.00", "支出总计", "100.00"],
        ],
        "部门收支总体情况表",
        "单位：万元",
    )
    tables, _ = map_statements([table], 2025)
    shown = plain(tables)
    assert isinstance(shown, dict)
    assert shown["income_expenditure"]["income_total"] == 100.0
    assert [each["amount"] for each in shown["income_expenditure"]["expenditure"]] == [90.0, 10.0]


def test_the_same_seed_gives_the_same_budget() -> None:
    one, other = generate_budget(3), generate_budget(3)
    assert one.gold == other.gold
    assert one.pdf == other.pdf
