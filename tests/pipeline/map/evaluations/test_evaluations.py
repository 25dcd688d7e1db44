"""Self-evaluation tables: grids as they come out of split, to evaluations that point at tokens."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from recount.eval.generator.case import Form, Options
from recount.eval.generator.generate import generate
from recount.pipeline.document import Document, Grid, Origin
from recount.pipeline.map.evaluations.evaluations import map_evaluations
from recount.pipeline.read import read_pdf
from recount.pipeline.split import split
from recount.schemas.figures import Model, Ref
from recount.schemas.final_accounts.family import FINAL_ACCOUNTS
from recount.tests.pipeline.map.sheets import (
    CAPTION,
    COLUMNS,
    FUNDS,
    GOALS,
    HEAD,
    PLAIN,
    TOTAL,
    Sheet,
    Spec,
    funds,
    indicators,
    only,
    project_rows,
    values,
)


def test_a_project_table_is_read_by_its_labels() -> None:
    sheet = Sheet()
    table = only(sheet, project_rows())
    assert (table.name, table.department, table.implementing_unit) == (
        "河道巡护经费",
        "某县水利局",
        "某县水利局河道所",
    )
    assert sheet.value(table.fiscal_year) == 2022
    assert funds(sheet, table) == [
        ("年度资金总额", 60, 50, 40, 10, 80, 8),
        ("其中：当年财政拨款", 60, 50, 40, None, None, None),
        ("上年结转资金", 0, 0, 0, None, None, None),
        ("其他资金", None, None, None, None, None, None),
    ]
    assert table.expected_goal == "目标1：巡护河道12公里。"
    assert table.actual_completion == "巡护河道 12 公里"
    assert (sheet.value(table.total_weight), sheet.value(table.total_score)) == (100, 88)


@pytest.mark.parametrize(("cut", "name"), [("河", "河道巡护经费"), ("河道", "河道")])
def test_a_stroke_that_was_taken_for_a_ruling_cuts_no_first_sign_off_a_name(cut: str, name: str) -> None:
    rows = project_rows()
    rows[0] = [("项目名称", 2), (cut, 2), ("河道巡护经费".removeprefix(cut), 5)]
    assert only(Sheet(), rows).name == name


def test_indicators_carry_their_levels_and_drop_empty_lines() -> None:
    sheet = Sheet()
    assert values(sheet, only(sheet, project_rows())) == [
        ("产出指标", "数量指标", "巡护里程（公里）", ">=12公里", "12公里", 30, 30, None),
        ("产出指标", "数量指标", "巡护次数", "=24次", "20次", 20, 10, "汛期道路中断"),
        ("产出指标", "质量指标", "隐患处置率", "≥95%", "96.5%", 10, 10, "无偏差"),
        ("效益指标", "社会效益指标", "沿岸安全感", "有效提升", "有效提升", 20, 20, None),
        ("满意度指标", "满意度指标", "村民满意度", ">=90%", None, 10, 10, None),
    ]


@pytest.mark.parametrize(("name", "read", "origin", "known"), [
    ("年初预算数", "年初预算故", "ocr", True),
    ("年初预算数", "年初預算数", "ocr", True),
    ("年初预算数", "年初预算故", "text", False),
    ("年初预算数", "年末预算数", "ocr", False),
    ("年初预算数", "项目预算故", "ocr", False),
    ("年初预算数", "年初颁算故", "ocr", True),
    ("年初预算数", "年初颁算故", "text", False),
    ("年初预算数", "追加预算数", "ocr", False),
    ("分值", "权重分直", "ocr", True),  # short, but beside many others
    ("分值", "权里分值", "ocr", True),
    ("执行率", "执行宰", "ocr", True),  # no other is left that it may be
    ("分值", "分直", "ocr", False),
    ("分值", "权重分直", "text", False),
])  # fmt: skip
def test_a_misread_sign_in_the_head_of_a_scanned_table_loses_no_column(
    name: str, read: str, origin: Origin, *, known: bool
) -> None:
    sheet = Sheet(origin)
    head = [read if cell == name else cell for cell in FUNDS[0]]
    table = only(sheet, [*HEAD, head, *FUNDS[1:], *GOALS, *PLAIN, TOTAL])
    whole = ("年度资金总额", 60, 50, 40, 10, 80, 8)
    assert (funds(sheet, table)[:1] == [whole]) == known


def test_more_signs_of_a_head_may_be_misread_beside_many_others_alone() -> None:
    sheet = Sheet("ocr")
    odd = {"年初预算数": "年初颁算故", "分值": "甲", "执行率": "乙", "得分": "丙"}
    table = only(sheet, [*HEAD, [odd.get(str(cell), cell) for cell in FUNDS[0]], *FUNDS[1:], *GOALS, *PLAIN, TOTAL])
    assert all(fund[1] is None for fund in funds(sheet, table))


def test_a_long_misread_head_tells_what_a_short_one_may_be() -> None:
    sheet = Sheet("ocr")
    head = [{"执行率": "执行宰", "全年预算数": "全年预算致"}.get(str(cell), cell) for cell in FUNDS[0]]
    table = only(sheet, [*HEAD, head, *FUNDS[1:], *GOALS, *PLAIN, TOTAL])
    assert funds(sheet, table)[:1] == [("年度资金总额", 60, 50, 40, 10, 80, 8)]


@pytest.mark.parametrize(
    ("name", "read", "origin", "known"),
    [
        ("得分", "", "ocr", True),
        ("得分", "", "text", False),
        ("得分", "8分", "ocr", True),
        ("得分", "8分", "text", False),
        ("得分", "备注", "ocr", False),
        ("分值", "分直", "ocr", True),
        ("分值", "囗值", "ocr", True),
        ("分值", "分直", "text", False),
        ("分值", "备注", "ocr", False),
    ],
)
def test_what_is_unread_beside_the_weights_or_the_scores_of_a_scan_heads_the_other(
    name: str, read: str, origin: Origin, *, known: bool
) -> None:
    sheet, right = Sheet(origin), Sheet(origin)
    body = [list(row) for row in PLAIN]
    body[0] = [read if cell == name else cell for cell in body[0]]
    found = values(sheet, only(sheet, project_rows(body)))
    whole = values(right, only(right, project_rows()))
    assert (found == whole) is known


@pytest.mark.parametrize(
    "read",
    [
        ("一级指标", "二级指标", "一级指标"),
        ("一级指标", "二级指标", "二级指标"),
        ("-级指标", "二级指标", "三级指杯"),
        ("-级措标", "二级指标", "三级指标"),
        ("一级指标", "三级指标", "三级指标"),
    ],
)
def test_three_levels_side_by_side_are_what_they_are_in_their_order(read: tuple[str, ...]) -> None:
    """OCR loses strokes of 一, 二 and 三 in small print; a table must not be lost for one of them."""
    sheet, right = Sheet(), Sheet()
    body = [list(row) for row in PLAIN]
    body[0][1:4] = read
    table = only(sheet, project_rows(body))
    assert values(sheet, table) == values(right, only(right, project_rows()))


def test_a_blank_level_continues_the_one_above_but_not_across_a_new_first_level() -> None:
    sheet = Sheet()
    body = indicators(
        ["产出指标", "数量指标", "甲", "=1项", "1项", "45", "45", ""],
        ["", "", "乙", "=1项", "1项", "25", "25", ""],
        ["效益指标", "", "丙", "=1项", "1项", "20", "20", ""],
    )
    levels = [row[:3] for row in values(sheet, only(sheet, project_rows(body)))]
    assert levels == [
        ("产出指标", "数量指标", "甲"),
        ("产出指标", "数量指标", "乙"),
        ("效益指标", None, "丙"),
    ]


@pytest.mark.parametrize(
    "row",
    [
        # one cell further right, from the second level on
        ["", "", "质量指标", "合格率", "≥98%", "99%", "10", "9.5"],
        # the indicator in the column of the second level, its target where it belongs
        ["质量指标", "合格率", "", "≥98%", "99%", "10", "9.5", ""],
        # indicator and target one cell further left, the rest in place
        ["质量指标", "合格率", "≥98%", "", "99%", "10", "9.5", ""],
        # the missing first-level cell moves all others left
        ["质量指标", "合格率", "≥98%", "99%", "10", "9.5", "", ""],
        # both levels are there and the rest stands one cell further right
        ["产出指标", "质量指标", "", "合格率", "≥98%", "99%", "10", "9.5"],
    ],
)
def test_moved_cells_are_read_in_order(row: list[Spec]) -> None:
    sheet = Sheet()
    body = indicators(["产出指标", "数量指标", "甲", "=1项", "1项", "80", "80", ""], row)
    assert values(sheet, only(sheet, project_rows(body)))[1] == (
        "产出指标",
        "质量指标",
        "合格率",
        "≥98%",
        "99%",
        10,
        Decimal("9.5"),
        None,
    )


@given(st.integers(0, 7), st.booleans(), st.sampled_from(("12项", "12", "有效提升", "2022年12月31日")))
def test_no_single_moved_cell_makes_a_wrong_figure(at: int, gap: bool, actual: str) -> None:
    """One blank cell too many, or one cell lost: weight and score are the printed ones, or left open."""
    cells = ["产出指标", "质量指标", "合格率", "≥98项", actual, "10", "9", ""]
    # A lost weight or score cannot be seen in the row alone; the sums of the table tell.
    assume(gap or at not in (5, 6))
    row: list[Spec] = [*cells[:at], "", *cells[at:-1]] if gap else [*cells[:at], *cells[at + 1 :], ""]
    sheet = Sheet()
    read = values(sheet, only(sheet, project_rows(indicators(row))))
    assert len(read) == 1
    assert read[0][5] in (10, None)
    assert read[0][6] in (9, None)
    assert not gap or read[0][2:7] == ("合格率", "≥98项", actual, 10, 9)


def test_a_row_that_only_lacks_its_name_keeps_its_figures() -> None:
    sheet = Sheet()
    body = indicators(["满意度指标", "满意度指标", "", "≥90%", "95%", "10", "10", ""])
    assert values(sheet, only(sheet, project_rows(body))) == [
        ("满意度指标", "满意度指标", None, "≥90%", "95%", 10, 10, None)
    ]


def test_moved_cells_keep_their_deviation() -> None:
    sheet = Sheet()
    body = indicators(["产出指标", "", "质量指标", "合格率", "≥98%", "99%", "10", "9.5", "设备老化。"])
    assert values(sheet, only(sheet, project_rows(body)))[0][5:] == (10, Decimal("9.5"), "设备老化")


@pytest.mark.parametrize(
    "row",
    [
        # one cell is missing: which one, nobody can say
        ["产出指标", "", "质量指标", "合格率", "99%", "10", "9.5", ""],
        # two numbers in one cell
        ["产出指标", "质量指标", "合格率", "≥98%", "99%", "10 9.5", "", ""],
        # words where the score belongs, or a date
        ["产出指标", "质量指标", "合格率", "≥98%", "99%", "10", "满分", ""],
        ["产出指标", "质量指标", "合格率", "≥98%", "99%", "10", "2022.12.31", ""],
    ],
)
def test_an_uncertain_row_has_no_figures(row: list[Spec]) -> None:
    sheet = Sheet()
    read = values(sheet, only(sheet, project_rows(indicators(row))))[0]
    assert read[2] == "合格率"
    assert read[5:7] == (None, None)


@pytest.mark.parametrize(
    ("said", "points"), [((".10", "10"), (None, 10)), (("10", "9..5"), (10, None)), (("10", "·"), (10, None))]
)
def test_a_misread_weight_or_score_leaves_the_other(said: tuple[str, str], points: tuple[object, object]) -> None:
    sheet = Sheet()
    read = values(
        sheet, only(sheet, project_rows(indicators(["产出指标", "质量指标", "合格率", "≥98%", "99%", *said, ""])))
    )
    assert read[0][4:7] == ("99%", *points)


def test_a_merged_figure_counts_once() -> None:
    sheet = Sheet()
    body = indicators(
        ["产出指标", "数量指标", "甲", "=1项", "1项", ("90", 1, 2), ("80", 1, 2), ("同一事项", 1, 2)],
        ["", "", "乙", "=1项", "1项"],
    )
    assert [row[5:] for row in values(sheet, only(sheet, project_rows(body)))] == [
        (90, 80, "同一事项"),
        (None, None, "同一事项"),
    ]


def test_merged_levels_count_for_every_row() -> None:
    sheet = Sheet()
    body = indicators(
        [("满意度指标", 2, 2), "甲", "=1项", "1项", "45", "45", ""],
        ["乙", "=1项", "1项", "45", "45", ""],
    )
    levels = [row[:3] for row in values(sheet, only(sheet, project_rows(body)))]
    assert levels == [("满意度指标", "满意度指标", "甲"), ("满意度指标", "满意度指标", "乙")]


@pytest.mark.parametrize(
    ("total", "points"),
    [
        ([("总 分", 6), "100", "95.5", ""], (100, Decimal("95.5"))),
        (["", "总分", "", "", "", "", "", "100", "95.5"], (100, Decimal("95.5"))),
        ([("合计", 6), "100", "", ""], (100, None)),
        ([("总分", 6), "", "95.5分", ""], (None, Decimal("95.5"))),
        ([("总分", 6), "—", "—", ""], (None, None)),
        ([("总分", 6), "100", "95.5分", "优"], (100, Decimal("95.5"))),
        ([("总分", 6), ("100 95.5分", 2), ""], (100, Decimal("95.5"))),
        ([("总分", 6), ("100 95.5 80", 2), ""], (None, None)),
        ([("总分", 6), ("100比95.5", 2), ""], (None, None)),
    ],
)
def test_the_total_row(total: list[Spec], points: tuple[object, object]) -> None:
    sheet = Sheet()
    table = only(sheet, project_rows(total=total))
    assert (sheet.value(table.total_weight), sheet.value(table.total_score)) == points
    assert len(table.indicators) == 5


@pytest.mark.parametrize(
    ("label", "origin", "known"),
    [("息分", "ocr", True), ("总公", "ocr", True), ("息分", "text", False), ("备注", "ocr", False)],
)
def test_the_label_of_the_total_may_be_misread(label: str, origin: Origin, *, known: bool) -> None:
    sheet = Sheet(origin)
    table = only(sheet, project_rows(total=[(label, 6), "100", "95.5", ""]))
    assert (sheet.value(table.total_score) == Decimal("95.5")) == known


def test_what_follows_the_total_is_no_indicator() -> None:
    sheet = Sheet()
    rows = [*project_rows(), [("填表人：某人", 9)], [""] * 9]
    assert len(only(sheet, rows).indicators) == 5


def test_wider_cells_than_the_header_are_matched_by_their_span() -> None:
    sheet = Sheet()
    rows: list[list[Spec]] = [
        [("项目名称：", 2), ("绿化养护", 4)],
        [("项目主管部门", 2), ("某局", 2), "实施（主管）单位", "某中心"],
        ["年度预算执行情况（万元）", "", "年初预算", "全年执行数（B）", ("执行率（B/A）", 1), "自评得分"],
        ["", "年度资金总额", "1,200.50", "600.25", "50%", "5"],
        ["一级指标", "三级指标", "预期指标值", "实际完成指标值", "分值（权重）", "得分"],
        ["产出指标", "养护面积", "=３亩", "3亩", "90", "90分"],
        [("总分", 4), "100", "95"],
    ]
    table = only(sheet, rows, ())
    assert (table.name, table.department, table.implementing_unit) == ("绿化养护", "某局", "某中心")
    assert table.fiscal_year is None
    assert funds(sheet, table) == [("年度资金总额", Decimal("1200.50"), None, Decimal("600.25"), None, 50, 5)]
    assert values(sheet, table) == [("产出指标", None, "养护面积", "=3亩", "3亩", 90, 90, None)]


def test_moved_fund_cells_are_read_in_order_or_not_at_all() -> None:
    sheet = Sheet()
    rows = project_rows()
    rows[3] = [("年度资金总额", 2), "60.00", "50.00", "40.00", "10", ("80.00%", 1)]
    rows[4] = ["其中：当年财政拨款", "60.00", "50.00", "40.00", "—", ("—", 2)]
    read = funds(sheet, only(sheet, rows))
    assert read[0] == ("年度资金总额", None, None, None, None, None, None)
    assert read[1] == ("其中：当年财政拨款", 60, 50, 40, None, None, None)


def test_a_row_whose_label_is_a_number_is_none() -> None:
    """Its cells moved, so that nothing tells what its other figures are of."""
    sheet, right = Sheet(), Sheet()
    rows = project_rows()
    label = rows[4][0]
    rows[4] = ["40.0010" if isinstance(label, str) else ("40.0010", *label[1:]), *rows[4][1:]]
    labels = [row[0] for row in funds(right, only(right, project_rows()))]
    assert [row[0] for row in funds(sheet, only(sheet, rows))] == [labels[0], *labels[2:]]


def test_the_year_may_stand_in_the_table() -> None:
    sheet = Sheet()
    rows: list[list[Spec]] = [[("项目支出绩效自评表", 9)], [("（2021 年度）", 9)], *project_rows()]
    table = only(sheet, rows, ())
    assert sheet.value(table.fiscal_year) == 2021
    assert table.name == "河道巡护经费"


def test_two_tables_in_one_grid_are_two() -> None:
    sheet = Sheet()
    title: list[list[Spec]] = [[("项目支出绩效自评表", 9)], [("（2023年度）", 9)]]
    grid = sheet.grid([*project_rows(), *title, *project_rows()], CAPTION)
    projects, _, used = map_evaluations([grid])
    assert [sheet.value(each.fiscal_year) for each in projects] == [2022, 2023]
    assert [len(each.indicators) for each in projects] == [5, 5]
    assert used == {0}


def test_two_tables_in_one_grid_without_a_total_between() -> None:
    sheet = Sheet()
    projects, _, _ = map_evaluations([sheet.grid([*project_rows()[:-1], *project_rows()], CAPTION)])
    assert [len(each.indicators) for each in projects] == [5, 5]
    assert projects[0].total_score is None
    assert projects[1].total_score is not None


@pytest.mark.parametrize("cut", [2, 5, 7, 9, 10, 12, 14])
def test_a_table_that_was_cut_goes_on_in_the_next_grid(cut: int) -> None:
    sheet = Sheet()
    body = [
        ["", *COLUMNS],
        ["", "产出指标", "数量指标", "甲", "=1项", "1项", "30", "30", ""],
        ["", "", "", "乙", "=2项", "2项", "30", "20", "推迟"],
        ["", "", "质量指标", "丙", "=100%", "100%", "15", "15", ""],
        ["", "满意度指标", "满意度指标", "丁", "≥90%", "90%", "15", "15", ""],
    ]
    flat = [["项目资金", "", *[str(each) for each in FUNDS[0][1:]]], *[["", "", *row] for row in FUNDS[1:]]]
    goals: list[list[Spec]] = [["年度总体目标", *GOALS[0][1:]], ["", *GOALS[1]]]
    rows: list[list[Spec]] = [*HEAD, *flat, *goals, *body, TOTAL]  # type: ignore[list-item]
    whole = only(sheet, rows)
    grids = [sheet.grid(rows[:cut], CAPTION), sheet.grid(rows[cut:])]
    projects, _, used = map_evaluations(grids)
    assert used == {0, 1}
    assert len(projects) == 1
    assert values(sheet, projects[0]) == values(sheet, whole)
    assert sheet.value(projects[0].total_score) == 88


def test_a_row_that_the_page_end_cut_is_one_row() -> None:
    sheet = Sheet()
    body = indicators(["产出指标", "数量指标", "巡护里", ">=12公里", "12公里", "90", "78", "汛期道"])
    grids = [
        sheet.grid(project_rows(body)[:-1], CAPTION),
        sheet.grid([["", "", "", "程", "", "", "", "", "路中断。"], TOTAL]),
    ]
    projects, _, _ = map_evaluations(grids)
    assert values(sheet, projects[0]) == [
        ("产出指标", "数量指标", "巡护里程", ">=12公里", "12公里", 90, 78, "汛期道路中断")
    ]


def test_the_rest_of_the_label_in_the_margin_is_no_cell_of_a_row() -> None:
    sheet = Sheet()
    rest: list[Spec] = [("完成情况", 1, 2), "", "时效指标", "按时完成率", "=100%", "100%", "10", "10", ""]
    rows = [
        *project_rows()[:-1],
        rest,
        ["满意度指标", "满意度指标", "村民满意度", "≥90%", "95%", "5", "5", ""],
        TOTAL,
    ]
    assert [row[1:7] for row in values(sheet, only(sheet, rows))[-2:]] == [
        ("时效指标", "按时完成率", "=100%", "100%", 10, 10),
        ("满意度指标", "村民满意度", "≥90%", "95%", 5, 5),
    ]


def test_a_row_without_figures_is_a_rest_only_where_a_page_ends() -> None:
    body = indicators(
        [("产出指标", 1, 3), ("数量指标", 1, 3), "巡护里", ">=12公里", "12公里", "60", "50", "汛期道"],
        ["程", "", "", "", "", "路中断。"],
        ["巡护次数", "=2次", "2次", "30", "30", ""],
    )
    sheet = Sheet()
    rest = len(project_rows(body)) - 3
    projects, _, _ = map_evaluations([sheet.grid(project_rows(body), CAPTION, turn=rest)])
    assert [row[2] for row in values(sheet, projects[0])] == ["巡护里程", "巡护次数"]
    assert projects[0].indicators[0].deviation == "汛期道路中断"
    assert [row[2] for row in values(sheet, only(sheet, project_rows(body)))] == ["巡护里", "程", "巡护次数"]


def test_a_header_printed_again_on_the_next_page_is_no_indicator() -> None:
    sheet = Sheet()
    rows = project_rows()
    grids = [
        sheet.grid(rows[:-2], CAPTION),
        sheet.grid([["", *COLUMNS], ["", *PLAIN[-1]], TOTAL]),
    ]
    projects, _, _ = map_evaluations(grids)
    assert [each.level3 for each in projects[0].indicators][-1] == "村民满意度"
    assert len(projects[0].indicators) == 5


def test_a_closed_table_is_not_continued() -> None:
    sheet = Sheet()
    grids = [sheet.grid(project_rows(), CAPTION), sheet.grid([[str(n) for n in range(9)]])]
    assert map_evaluations(grids)[2] == {0}


OVERALL_COLUMNS = (
    "一级指标",
    "二级指标",
    "三级指标",
    "预期指标值",
    "指标值设定依据",
    "分值权重",
    "实际完成指标值",
    "得分",
)


def overall_rows() -> list[list[Spec]]:
    return [
        [("部门（单位）名称", 2), ("某州水利局", 7)],
        [
            ("年度资金（万元）", 2, 4),
            "资金来源",
            *[str(each) for each in FUNDS[0][2:5]],
            "分值权重",
            "执行率",
            "得分",
        ],
        ["合计", "100.00", "90.00", "45.00", "10", "50.00%", "5.00"],
        ["中央安排", "0.00", "0.00", "0.00", "—", "—", "—"],
        ["地（州、市）安排", "100.00", "90.00", "45.00", "—", "—", "—"],
        *GOALS,
        [("年度绩效指标完成情况", 1, 3), *OVERALL_COLUMNS],
        ["产出指标", "数量指标", "完成重点任务", ">=5项", "年初工作计划。", "60", "5项", "60"],
        ["满意度指标", "满意度指标", "服务对象满意度", ">=90%", "—", "30", "92%", "30"],
    ]


def test_the_overall_table() -> None:
    sheet = Sheet()
    caption = ("部门（单位）整体支出绩效目标自评表", "(2023 年度)")
    total: list[Spec] = [("总分", 6), "100", "", "95.00"]
    grids = [sheet.grid([*overall_rows(), total], caption), sheet.grid(project_rows(), CAPTION)]
    projects, overall, used = map_evaluations(grids)
    assert overall is not None
    assert len(projects) == 1
    assert used == {0, 1}
    assert overall.unit_name == "某州水利局"
    assert sheet.value(overall.fiscal_year) == 2023
    assert [row[0] for row in funds(sheet, overall)] == ["合计", "中央安排", "地（州、市）安排"]
    assert funds(sheet, overall)[0][1:] == (100, 90, 45, 10, 50, 5)
    assert values(sheet, overall) == [
        ("产出指标", "数量指标", "完成重点任务", ">=5项", "5项", 60, 60, None),
        ("满意度指标", "满意度指标", "服务对象满意度", ">=90%", "92%", 30, 30, None),
    ]
    assert [each.basis for each in overall.indicators] == ["年初工作计划。", None]
    assert (sheet.value(overall.total_weight), sheet.value(overall.total_score)) == (100, 95)


def test_the_overall_table_may_lack_its_total() -> None:
    sheet = Sheet()
    projects, overall, used = map_evaluations([sheet.grid(overall_rows()), sheet.grid(project_rows(), CAPTION)])
    assert overall is not None
    assert overall.total_weight is None
    assert len(overall.indicators) == 2
    assert (len(projects), used) == (1, {0, 1})


@pytest.mark.parametrize(
    "rows",
    [
        [["项目", "本年收入", "财政拨款收入"], ["合计", "10.00", "10.00"], ["教育支出", "10.00", "10.00"]],
        [["序号", "项目名称", "预算数", "决算数"], ["1", "道路维修", "10.00", "10.00"]],
        [["项目名称", "主管部门", "全年预算数", "得分"], ["道路维修", "某局", "10.00", "95"]],
        [["单位名称", "某局"], ["负责人", "某人"]],
        [["项目名称", "预算金额", "等级"], ["道路维修", "10.00", "优"]],
        # goals that are set, not evaluated
        [
            ["项目名称", "道路维修"],
            ["一级指标", "三级指标", "指标值", "分值"],
            ["产出指标", "里程", "5公里", "90"],
        ],
    ],
)
def test_other_tables_are_left_alone(rows: list[list[Spec]]) -> None:
    sheet = Sheet()
    assert map_evaluations([sheet.grid(rows)]) == ((), None, frozenset())


def test_a_list_of_projects_is_no_table_of_one() -> None:
    rows: list[list[Spec]] = [["项目名称", "预算金额", "等级"], ["道路维修", "10.00", "优"]]
    assert map_evaluations([Sheet().grid(rows, ("项目支出绩效自评情况汇总表",))]) == ((), None, frozenset())


def test_no_grids() -> None:
    assert map_evaluations([]) == ((), None, frozenset())


@pytest.mark.parametrize("form", [Form.X2021, Form.X2022, Form.X2023])
def test_generated_reports_are_read_as_they_were_written(form: Form, tmp_path: Path) -> None:
    case = generate(form, 11, options=Options(slips=0.5, projects=4, overall=form is Form.X2023))
    path = tmp_path / "report.pdf"
    path.write_bytes(case.pdf)
    document = split(read_pdf(path), FINAL_ACCOUNTS)
    projects, overall, _ = map_evaluations([block for block in document.blocks if isinstance(block, Grid)])
    assert _plain(projects, document) == case.gold["project_evaluations"]
    assert _plain(overall, document) == case.gold["overall_evaluation"]


def _plain(value: Any, document: Document) -> Any:
    """Models as the contract's JSON, with the values of the tokens they point at."""
    if isinstance(value, Ref):
        return document.tokens[value.token].value
    if isinstance(value, tuple):
        return [_plain(each, document) for each in value]
    if isinstance(value, Model):
        return {key: _plain(getattr(value, key), document) for key in type(value).model_fields}
    return value
