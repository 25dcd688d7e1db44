"""Whatever shape a table has, no reader stumbles over it, and none makes a figure that is not in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.pipeline.document import Cell, Grid
from recount.pipeline.map.department_budget import statements as budget
from recount.pipeline.map.department_budget.targets import map_targets
from recount.pipeline.map.evaluations.evaluations import map_evaluations
from recount.pipeline.map.final_accounts.narrative import units_in
from recount.pipeline.map.final_accounts.statements import READERS
from recount.pipeline.map.grammar.passage import refs_in
from recount.pipeline.map.labelled import columns_in, read_lines, read_rows
from recount.pipeline.map.tables.coded import Labels, code_and_name
from recount.pipeline.map.tables.sheet import table_of
from recount.schemas.common.rows import GeneralRow
from recount.schemas.department_budget.statements import ThreePublicBudget
from recount.schemas.figures import Ref
from recount.tests.pipeline.map.grids import Span, grid
from recount.tests.pipeline.map.sheets import project_rows

Rows = list[list[str | Span]]
Reader = Callable[[Grid], Any]

BALANCE: Rows = [
    [Span("收入", 2), Span("支出", 5)],
    ["项目", "决算数", "项目", "合计", "一般公共预算财政拨款", "政府性基金预算财政拨款", "国有资本经营预算财政拨款"],
    ["栏次", "1", "栏次", "2", "3", "4", "5"],
    ["一、一般公共预算财政拨款", "9.00", "一、一般公共服务支出", "9.00", "8.00", "1.00", ""],
    ["二、政府性基金预算财政拨款", "1.00", "二、教育支出", "1.00", "1.00", "0.00", "—"],
    ["本年收入合计", "10.00", "本年支出合计", "10.00", "9.00", "1.00", ""],
    ["年初财政拨款结转和结余", "0.50", "年末财政拨款结转和结余", "0.50", "0.50", "", ""],
    ["一般公共预算财政拨款", "0.50", "", "", "", "", ""],
    ["总计", "10.50", "总计", "10.50", "9.50", "1.00", ""],
]
CODED: Rows = [
    [Span("项目", 4), Span("本年支出", 3)],
    [
        Span("功能分类科目编码", 3),
        Span("科目名称", 1, 2),
        Span("小计", 1, 2),
        Span("基本支出", 1, 2),
        Span("项目支出", 1, 2),
    ],
    ["类", "款", "项"],
    [Span("合计", 4), "3.00", "1.00", "2.00"],
    ["201", "", "", "一般公共服务支出", "3.00", "1.00", "2.00"],
    ["201", "06", "", "财政事务", "3.00", "1.00", "2.00"],
    ["201", "06", "01", "行政运行", "3.00", "1.00", "2.00"],
    [Span("注：本表反映支出情况。", 7)],
]
ECONOMIC: Rows = [
    [Span("人员经费", 3), Span("公用经费", 3)],
    ["科目编码", "科目名称", "决算数", "科目编码", "科目名称", "决算数"],
    ["301", "工资福利支出", "30.00", "302", "商品和服务支出", "5.00"],
    ["30101", "基本工资", "30.00", "30201", "办公费", "5.00"],
    [Span("人员经费合计", 2), "30.00", Span("公用经费合计", 2), "5.00"],
]
THREE_PUBLIC: Rows = [
    [Span("预算数", 6), Span("决算数", 6)],
    [
        *(Span("合计", 1, 2), Span("因公出国（境）费", 1, 2), Span("公务用车购置及运行费", 3), Span("公务接待费", 1, 2))
        * 2
    ],
    [*("小计", "公务用车购置费", "公务用车运行费") * 2],
    ["9.00", "1.00", "5.00", "2.00", "3.00", "3.00", "8.00", "1.00", "4.00", "1.00", "3.00", "3.00"],
]
PROJECTS: Rows = [
    [Span("类型", 1, 2), Span("项目名称", 1, 2), Span("合计", 1, 2), Span("本年拨款", 2), Span("单位资金", 1, 2)],
    ["一般公共预算", "政府性基金预算"],
    [Span("合计", 2), "5.00", "3.00", "1.00", "1.00"],
    ["其他运转类", "信息化运维", "5.00", "3.00", "1.00", "1.00"],
]
TARGETS: Rows = [
    [Span("项目名称", 2), Span("专项检查", 3)],
    [Span("主管部门", 2), "某局", "实施单位", "某中心"],
    [Span("项目资金（万元）", 1, 3), "年度资金总额", Span("40.00", 3)],
    ["其中：财政拨款", Span("35.00", 3)],
    ["其他资金", Span("5.00", 3)],
    ["一级指标", "二级指标", "三级指标", "指标值", "分值"],
    ["产出指标", "数量指标", "检查次数", "≥12次", "40"],
]
EVALUATION: Rows = [[Span(*cell) if isinstance(cell, tuple) else cell for cell in row] for row in project_rows()]
UNITS: Rows = [["序号", "单位名称", "备注"], ["1", "某局本级", ""], ["2", "某中心", ""]]
SHAPES = (BALANCE, CODED, ECONOMIC, THREE_PUBLIC, PROJECTS, TARGETS, EVALUATION, UNITS)

FINAL: dict[str, Reader] = {
    title.value: (lambda table, read=read: read(table_of(table)))  # type: ignore[misc]
    for title, read in READERS.items()
}
BUDGET: dict[str, Reader] = {
    f"budget {key}": (lambda table, read=read: read(table_of(table, budget.MARKS, budget.HEADS), 2025))  # type: ignore[misc]
    for key, read in budget._READERS.items()
}
OTHERS: dict[str, Reader] = {
    "evaluations": lambda table: map_evaluations([table])[:2],
    "evaluations over two grids": lambda table: map_evaluations([table, table])[:2],
    "targets": lambda table: map_targets([table]),
    "units": lambda table: units_in([table]),
    "labelled rows": lambda table: read_rows(GeneralRow[Ref], *columns_in(GeneralRow[Ref], table)),
    "labelled lines": lambda table: read_lines(ThreePublicBudget[Ref], table),
}
READ_BY = FINAL | BUDGET | OTHERS


@st.composite
def ragged(draw: st.DrawFn) -> Grid:
    """A table that lost rows, cells or words, was cut, or whose cells run over their neighbours."""
    rows: Rows = list(draw(st.sampled_from(SHAPES)))
    first = draw(st.integers(0, len(rows)))
    rows = rows[first : draw(st.integers(first, len(rows)))]  # the head alone, the body alone, nothing
    rows = [row for row in rows if draw(st.integers(0, 9))]
    table = grid([_ragged(draw, row) for row in rows] or [[""]], "决算表")
    return _shaken(draw, table)


def _ragged(draw: st.DrawFn, row: Sequence[str | Span]) -> list[str | Span]:
    cells = list(row)
    kind = draw(st.sampled_from(("", "", "", "short", "one", "blank", "merged", "doubled")))
    at = draw(st.integers(0, len(cells) - 1))
    if kind == "short":
        cells = cells[:at] or [""]
    elif kind == "one":
        cells = cells[at : at + 1]
    elif kind == "blank":
        cells = ["" if number >= at else cell for number, cell in enumerate(cells)]
    elif kind == "merged":
        words = "".join(cell.text if isinstance(cell, Span) else cell for cell in cells[at : at + 2])
        cells[at : at + 2] = [Span(words, 2, draw(st.integers(1, 3)))]
    elif kind == "doubled":
        cells.insert(at, cells[at])
    return cells


def _shaken(draw: st.DrawFn, table: Grid) -> Grid:
    """Cells left out altogether, and a grid with fewer rows or columns than its cells say."""
    cells: tuple[Cell, ...] = tuple(cell for cell in table.cells if draw(st.integers(0, 19)))
    rows, columns = (max(size - draw(st.sampled_from((0, 0, 0, 1))), 0) for size in (table.rows, table.columns))
    inside = tuple(cell for cell in cells if cell.row < rows and cell.column < columns)
    return replace(table, rows=rows, columns=columns, cells=inside)


@pytest.mark.parametrize("reader", READ_BY)
@given(table=ragged())
def test_a_ragged_table_is_read_as_far_as_it_goes(reader: str, table: Grid) -> None:
    printed = {number.token.index for cell in table.cells for number in cell.numbers}
    assert {ref.token for ref in refs_in([READ_BY[reader](table)])} <= printed


def test_a_code_that_begins_before_the_columns_of_codes_is_none() -> None:
    """What level it is of, its column would tell."""
    rows: Rows = [
        ["科目名称", "类", "款", "项", "决算数"],
        ["某支出", "201", "03", "01", "9.00"],
        [Span("06", 2), "", "", "9.00"],
    ]
    table = table_of(grid(rows, "决算表"))
    assert code_and_name(table, 2, Labels((1, 2, 3), (0,)), "2010301") == (None, None)
