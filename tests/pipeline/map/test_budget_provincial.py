"""Budgets as provinces publish them: tables of units, heads over heads, what was carried over by its source."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from recount.eval.generator.budgets import BudgetCase, generate_provincial_budget
from recount.pipeline.document import Document
from recount.pipeline.map.department_budget.mapper import map_budget
from recount.pipeline.map.department_budget.sections import fiscal_appropriation, general_public_budget
from recount.pipeline.map.department_budget.statements import map_statements
from recount.pipeline.split.outline import sections_of
from recount.schemas.department_budget import narrative
from recount.schemas.department_budget.family import OUTLINE
from recount.tests.pipeline.helpers import Sheet
from recount.tests.pipeline.map.budgets import numbers, printed_at, said, structured
from recount.tests.pipeline.map.grids import Span, grid, plain


@pytest.mark.parametrize("seed", [2, 4, 6])
def test_every_figure_is_read_as_it_was_made(seed: int, tmp_path: Path) -> None:
    case = generate_provincial_budget(seed)
    result = structured(case, tmp_path)
    assert result.contract == "department-budget/1"
    assert numbers(result.report) == numbers(case.gold)
    assert [check.rule for check in result.checks if check.result == "fail"] == []
    by_status = result.summary.figures
    assert by_status["verified"] >= 0.93 * sum(by_status.values())


def test_the_generator_draws_both_kinds_of_either_table() -> None:
    drawn = [generate_provincial_budget(seed).gold["statements"] for seed in (2, 4)]
    assert {"current" in tables["income"]["rows"][0] for tables in drawn} == {True, False}
    assert {"personnel" in tables["general_public_budget"]["rows"][0] for tables in drawn} == {True, False}


@cache
def sound() -> BudgetCase:
    return generate_provincial_budget(4)


@pytest.mark.parametrize(
    "pointer",
    [
        "/statements/income/rows/1/current",
        "/statements/income/rows/2/general",
        "/statements/projects/rows/1/general",
        "/income/general/amount",
        "/three_public/vehicles/amount",
        "/project_targets/0/annual_fiscal",
    ],
)
def test_a_planted_error_is_found_and_kept_as_printed(pointer: str, tmp_path: Path) -> None:
    printed = printed_at(sound(), pointer) + Decimal("3.07")
    figure = structured(generate_provincial_budget(4, {pointer: printed}), tmp_path).figures[pointer]
    assert (figure.value, figure.status) == (printed, "disputed")


# --- wordings


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("一、收支总体情况说明", "totals"),
        ("二、收入总体情况说明", "income"),
        ("三、关于某局2025年支出总体情况的说明", "expenditure"),
        ("四、财政拨款收支总体情况说明", "fiscal_appropriation"),
        ("五、机关运行经费支出情况说明", "operating_costs"),
        ("六、政府采购支出情况", "procurement"),
        ("七、一般公共预算基本支出情况说明", "basic_expenditure"),
        ("八、项目支出情况说明", "project_expenditure"),
    ],
)
def test_a_heading_without_the_word_budget(heading: str, key: str) -> None:
    sheet = Sheet()
    blocks = tuple(
        sheet.paragraph(text) for text in ("第三部分 2025年部门预算情况说明", heading, "2025年共10.00万元。")
    )
    assert key in sections_of(Document(blocks, tuple(sheet.tokens)), OUTLINE)


def test_a_reason_ends_at_the_line_that_opens_a_list() -> None:
    sheet = Sheet()
    found = fiscal_appropriation(
        sheet.passage(
            "2025年财政拨款收支总预算90.00万元，与2024年预算相比，增加9.00万元。主要原因：项目增加。",
            "收入包括：一般公共预算拨款80.00万元、政府性基金预算拨款10.00万元。支出包括：教育支出90.00万元。",
        )
    )
    shown = sheet.shown(found)
    assert (shown["general"], shown["funds"]) == ("80.00", "10.00")
    assert shown["change"]["reason"] == "项目增加"


def test_a_budget_that_is_called_that_of_the_beginning_of_the_year() -> None:
    sheet = Sheet()
    passage = sheet.passage(
        "某局2025年一般公共预算支出年初预算为90.00万元，与2024年预算相比，减少10.00万元。主要原因：人员减少。",
        "主要用于以下方面：教育支出（类）支出90.00万元，占100.00%。",
    )
    found = general_public_budget(passage, passage, passage)
    shown = sheet.shown(found)
    assert (shown["total"], shown["change"]) == ("90.00", {"amount": "−10.00", "reason": "人员减少"})


def test_what_a_bracket_interrupts_is_what_is_compared_behind_it() -> None:
    found, left = said(
        narrative.ThreePublic,
        "“三公”经费预算20.00万元，其中：公务用车购置及运行费18.00万元（其中：公务用车购置费3.00万元，公务用车运行费"
        "15.00万元），比上年减少1.00万元，下降5.26%，主要原因是车辆减少；公务接待费2.00万元，与上年持平。",
    )
    assert found["vehicles"] == {
        "amount": "18.00",
        "change": {"amount": "−1.00", "percent": "−5.26", "reason": "车辆减少"},
    }
    assert "change" not in found["vehicle_running"]
    assert left == []


# --- in another section than the form's


def mapped(*lines: str) -> tuple[Any, list[str]]:
    """A budget of these paragraphs, each number as its characters; and the numbers that have no field."""
    sheet = Sheet()
    texts = ("南港市渔政局2025年部门预算", "第三部分 2025年部门预算情况说明", *lines)
    blocks = tuple(sheet.paragraph(text) for text in texts)
    shown = sheet.shown(map_budget(Document(blocks, tuple(sheet.tokens))).report)
    return shown, [figure["value"] for figure in shown.get("unmapped_figures", ())]


def test_income_and_expenditure_in_one_section() -> None:
    shown, left = mapped(
        "一、部门预算收支增减变化情况",
        "2025年收入预算90.00万元，比上年增加9.00万元，增长11.11%；支出预算90.00万元，比上年增加9.00万元，增长11.11%。",
    )
    assert shown["income"] == {"total": "90.00", "change": {"amount": "9.00", "percent": "11.11"}}
    assert shown["expenditure"] == shown["income"]
    assert left == []


def test_appropriations_by_class_under_a_smaller_heading() -> None:
    shown, left = mapped(
        "一、2025年部门预算收支情况说明",
        "（一）财政拨款支出情况",
        "2025年财政拨款支出预算总额80.00万元，比上年增加5.00万元。",
        "按支出功能科目划分：农林水支出60.00万元，占财政拨款支出的75.00%；住房保障支出20.00万元，占财政拨款支出的25.00%。",
    )
    fiscal = shown["fiscal_appropriation"]
    assert (fiscal["total"], fiscal["change"]) == ("80.00", {"amount": "5.00"})
    assert [(row["amount"], row["percent"]) for row in fiscal["by_class"]] == [("60.00", "75.00"), ("20.00", "25.00")]
    assert left == []


def test_amounts_of_another_budget_are_not_the_units_own() -> None:
    shown, left = mapped("一、重点工作情况", "一般公共预算收入预算70.00万元。")
    assert "income" not in shown
    assert left == ["70.00"]


# --- tables


def test_income_by_unit_with_what_was_carried_over() -> None:
    table = grid(
        [
            [
                Span("单位代码", 1, 3), Span("单位名称", 1, 3), Span("合计", 1, 3), Span("本年收入", 4),
                Span("上年结转结余", 3),
            ],
            [
                Span("小计", 1, 2), Span("一般公共预算", 1, 2), Span("单位资金", 2), Span("小计", 1, 2),
                Span("一般公共预算", 1, 2), Span("单位资金", 1, 2),
            ],
            ["小计", "事业收入"],
            ["", "合计", "110.00", "100.00", "60.00", "40.00", "40.00", "10.00", "4.00", "6.00"],
            ["118", "某局", "110.00", "100.00", "60.00", "40.00", "40.00", "10.00", "4.00", "6.00"],
            ["118001", "某局（本级）", "110.00", "100.00", "60.00", "40.00", "40.00", "10.00", "4.00", "6.00"],
        ],
        "部门收入总表",
        "单位：万元",
    )  # fmt: skip
    tables, _ = map_statements([table], 2025)
    shown = plain(tables)
    assert isinstance(shown, dict)
    assert shown["income"]["rows"][2] == {
        "code": "118001", "name": "某局（本级）", "total": 110.0, "current": 100.0, "general": 60.0, "own": 40.0,
        "institutional": 40.0, "opening": 10.0, "opening_general": 4.0, "opening_own": 6.0,
    }  # fmt: skip


def test_this_years_income_is_the_total_where_no_other_is_printed() -> None:
    rows = [["科目编码", "科目名称", "本年收入", "财政拨款收入"], ["", "合计", "9.00", "9.00"]]
    tables, _ = map_statements([grid(rows, "收入预算表", "单位：万元")], 2025)
    shown = plain(tables)
    assert isinstance(shown, dict)
    assert shown["income"]["rows"] == [{"name": "合计", "total": 9.0, "fiscal": 9.0}]


def test_basic_expenditure_in_its_two_parts() -> None:
    table = grid(
        [
            [
                Span("科目编码", 1, 2),
                Span("科目名称", 1, 2),
                Span("合计", 1, 2),
                Span("基本支出", 3),
                Span("项目支出", 1, 2),
            ],
            ["小计", "人员经费", "公用经费"],
            ["205", "教育支出", "30.00", "20.00", "15.00", "5.00", "10.00"],
        ],
        "一般公共预算支出表",
        "单位：万元",
    )
    tables, _ = map_statements([table], 2025)
    shown = plain(tables)
    assert isinstance(shown, dict)
    assert shown["general_public_budget"]["rows"] == [
        {
            "code": "205",
            "name": "教育支出",
            "total": 30.0,
            "basic": 20.0,
            "project": 10.0,
            "personnel": 15.0,
            "public": 5.0,
        }
    ]


def test_three_public_of_last_year_beside_this_years() -> None:
    table = grid(
        [
            [Span("2024年预算数", 3), Span("2025年预算数", 3)],
            ["“三公”经费合计", "因公出国（境）费", "公务接待费", "“三公”经费合计", "因公出国（境）费", "公务接待费"],
            ["8.00", "3.00", "5.00", "6.00", "2.00", "4.00"],
        ],
        "一般公共预算“三公”经费支出表",
        "单位：万元",
    )
    tables, _ = map_statements([table], 2025)
    shown = plain(tables)
    assert isinstance(shown, dict)
    assert shown["three_public"] == {"total": 6.0, "overseas": 2.0, "reception": 4.0}
