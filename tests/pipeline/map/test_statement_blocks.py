"""Statements in blocks side by side, in pairs, by lines or blank: basic expenditure, 三公, funds, state capital."""

from __future__ import annotations

from recount.tests.pipeline.map.grids import Span, grid, only_statement


def test_basic_expenditure_in_three_blocks() -> None:
    block: list[str | Span] = ["科目编码", "科目名称", "决算数"]
    table = grid(
        [
            [Span("人员经费", 3), Span("公用经费", 6)],
            [*block, *block, *block],
            ["301", "工资福利支出", "30.00", "302", "商品和服务支出", "5.00", "310", "资本性支出", "1.00"],
            ["30101", "　基本工资", "30.00", "30201", "　办公费", "5.00", "31002", "　办公设备购置", "1.00"],
            ["303", "对个人和家庭的补助", "", "30202", "　印刷费", "", "", "", ""],
            [Span("人员经费合计", 2), "30.00", Span("公用经费合计", 5), "6.00"],
        ],
        "一般公共预算财政拨款基本支出决算明细表",
    )
    mapped = only_statement(table, "basic_expenditure")
    codes = [row["code"] for row in mapped["rows"]]
    assert codes == ["301", "30101", "303", "302", "30201", "30202", "310", "31002"]
    assert mapped["rows"][7] == {"code": "31002", "name": "办公设备购置", "amount": 1.0}
    assert (mapped["personnel_total"], mapped["public_total"]) == (30.0, 6.0)


def test_basic_expenditure_with_a_total_over_all_blocks() -> None:
    block: list[str | Span] = ["科目编码", "科目名称", "决算数"]
    table = grid(
        [
            [*block, *block],
            ["301", "工资福利支出", "30.00", "302", "商品和服务支出", "5.00"],
            [Span("合计", 5), "35.00"],
        ],
        "一般公共预算财政拨款基本支出决算表",
    )
    rows = only_statement(table, "basic_expenditure")["rows"]
    assert rows[1:] == [
        {"code": "302", "name": "商品和服务支出", "amount": 5.0},
        {"name": "合计", "amount": 35.0},
    ]


def test_a_title_that_is_ruled_in_with_the_table() -> None:
    table = grid(
        [
            [Span("收入支出决算总表", 6)],
            [Span("部门：某局", 3), Span("公开01表", 3)],
            [Span("", 3), Span("金额单位：万元", 3)],
            [Span("收入", 3), Span("支出", 3)],
            ["项目", "行次", "金额", "项目", "行次", "金额"],
            ["一、其他收入", "1", "7.00", "一、教育支出", "32", "6.00"],
            ["总计", "2", "7.00", "总计", "33", "6.00"],
        ]
    )
    mapped = only_statement(table, "income_expenditure")
    assert mapped["income"] == [{"name": "其他收入", "amount": 7.0}]
    assert mapped["expenditure_total"] == 6.0


def test_a_single_column_of_amounts() -> None:
    table = grid([["科目编码", "科目名称", "决算数"], ["205", "教育支出", "7.00"]], "支出决算表")
    assert only_statement(table, "expenditure")["rows"] == [{"code": "205", "name": "教育支出", "total": 7.0}]


def test_basic_expenditure_in_one_block() -> None:
    table = grid(
        [
            [Span("项目", 3), Span("合计", rows=3), Span("人员经费", rows=3), Span("公用经费", rows=3)],
            [Span("经济分类科目编码", 2), Span("科目名称", rows=2)],
            ["类", "款"],
            ["301", "", "工资福利支出", "30.00", "30.00", ""],
            ["302", "", "商品和服务支出", "5.00", "", "5.00"],
            ["302", "01", "办公费", "5.00", "", "5.00"],
            [Span("合计", 3), "35.00", "30.00", "5.00"],
        ],
        "一般公共预算财政拨款基本支出决算表",
    )
    mapped = only_statement(table, "basic_expenditure")
    assert mapped["rows"][2] == {"code": "30201", "name": "办公费", "amount": 5.0}
    assert mapped["rows"][3] == {"name": "合计", "amount": 35.0}
    assert (mapped["personnel_total"], mapped["public_total"]) == (30.0, 5.0)


THREE_PUBLIC = {
    "budget": {"total": 9.0, "vehicles": 7.0, "vehicle_running": 7.0, "reception": 2.0},
    "final": {
        "total": 5.0, "vehicles": 4.0, "vehicle_purchase": 0.0, "vehicle_running": 4.0, "reception": 1.0
    },
}  # fmt: skip
SIX = [Span("合计", rows=2), Span("因公出国（境）费", rows=2), Span("公务用车购置及运行维护费", 3),
       Span("公务接待费", rows=2)]  # fmt: skip
THREE = ["小计", "公务用车购置费", "公务用车运行维护费"]
TITLE = "财政拨款“三公”经费支出决算表"


def test_three_public_in_two_blocks() -> None:
    table = grid(
        [
            [Span("预算数", 6), Span("决算数", 6)],
            [*SIX, *SIX],
            [*THREE, *THREE],
            [str(number) for number in range(1, 13)],
            ["9.00", "", "7.00", "", "7.00", "2.00", "5.00", "", "4.00", "0.00", "4.00", "1.00"],
        ],
        TITLE,
    )
    assert only_statement(table, "three_public") == THREE_PUBLIC


def test_three_public_in_pairs_with_a_column_more() -> None:
    names = ["合计", "因公出国（境）费", "小计", "购置费", "运行费", "公务接待费", "机关运行经费"]
    table = grid(
        [
            [Span("财政拨款“三公”经费", 12), Span("机关运行经费", 2)],
            [*(Span(words, 2, 2) for words in names[:2]), Span("公务用车购置及运行费", 6),
             *(Span(words, 2, 2) for words in names[5:])],
            [Span(words, 2) for words in names[2:5]],
            ["预算数", "决算数"] * 7,
            ["9.00", "5.00", "", "", "7.00", "4.00", "", "0.00", "7.00", "4.00", "2.00", "1.00", "8.80", "7.70"],
        ],
        "财政拨款“三公”经费及机关运行经费支出决算表",
    )  # fmt: skip
    assert only_statement(table, "three_public") == THREE_PUBLIC


def test_three_public_downwards() -> None:
    table = grid(
        [
            ["项目", "行次", "预算数", "决算数"],
            ["栏次", "", "1", "2"],
            ["一、“三公”经费支出", "1", "—", "—"],
            ["合计", "2", "9.00", "5.00"],
            ["1．因公出国（境）费", "3", "", ""],
            ["2．公务用车购置及运行维护费", "4", "7.00", "4.00"],
            ["其中：（1）公务用车购置费", "5", "", "0.00"],
            ["（2）公务用车运行维护费", "6", "7.00", "4.00"],
            ["3．公务接待费", "7", "2.00", "1.00"],
            ["二、相关统计数", "8", "—", "—"],
            ["公务用车保有量（辆）", "9", "", "3"],
        ],
        TITLE,
    )
    assert only_statement(table, "three_public") == THREE_PUBLIC


def test_three_public_by_lines_of_budget_and_final() -> None:
    """As in Shaanxi: 预算数 and 决算数 are lines, 会议费 and 培训费 further columns."""
    group = [Span("小计", rows=2), Span("因公出国（境）费用", rows=2), Span("公务接待费", rows=2),
             Span("公务用车购置及运行维护费", 3)]  # fmt: skip
    table = grid(
        [
            [Span("项目", rows=3), Span("一般公共预算财政拨款安排的“三公”经费", 6), Span("培训费", rows=3)],
            group,
            ["小计", "公务用车购置费", "公务用车运行维护费"],
            ["栏次", "1", "2", "3", "4", "5", "6", "7"],
            ["预算数", "9.00", "", "2.00", "7.00", "", "7.00", "3.30"],
            ["决算数", "5.00", "", "1.00", "4.00", "0.00", "4.00", "4.40"],
        ],
        "一般公共预算财政拨款“三公”经费及会议费、培训费支出决算表",
    )
    assert only_statement(table, "three_public") == THREE_PUBLIC


def test_three_public_that_is_blank() -> None:
    table = grid([[Span("预算数", 6), Span("决算数", 6)], [*SIX, *SIX], [*THREE, *THREE], [""] * 12], TITLE)
    assert only_statement(table, "three_public") == {"budget": {}, "final": {}}


FUND_HEAD: list[list[str | Span]] = [
    [Span("项目", 2), Span("年初结转和结余", rows=2), Span("本年收入", rows=2), Span("本年支出", 3),
     Span("年末结转和结余", rows=2)],
    ["功能分类科目编码", "科目名称", "小计", "基本支出", "项目支出"],
]  # fmt: skip


def test_an_empty_fund_statement_keeps_its_total_and_its_note() -> None:
    note = "注：某局无政府性基金预算财政拨款支出，故本表无数据。"
    blank = [""] * 8
    table = grid(
        [*FUND_HEAD, blank, blank, [Span("合计", 2), *[""] * 6]],
        "政府性基金预算财政拨款收入支出决算表",
        note=note,
    )
    assert only_statement(table, "government_funds") == {"rows": [{"name": "合计"}], "note": note}


def test_a_note_in_the_last_row() -> None:
    note = "注：本表反映部门本年度国有资本经营预算财政拨款支出情况。"
    table = grid(
        [
            [Span("项目", 2), Span("本年支出", 3)],
            ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
            [Span("栏次", 2), "1", "2", "3"],
            [Span("合计", 2), "2.00", "", "2.00"],
            ["223", "国有资本经营预算支出", "2.00", "", "2.00"],
            [Span(note, 5)],
        ],
        "国有资本经营预算财政拨款支出决算表",
    )
    mapped = only_statement(table, "state_capital")
    assert mapped["note"] == note
    assert mapped["rows"][1] == {"code": "223", "name": "国有资本经营预算支出", "total": 2.0, "project": 2.0}


def test_fund_columns() -> None:
    table = grid(
        [
            *FUND_HEAD,
            [Span("栏次", 2), "1", "2", "3", "4", "5", "6"],
            [Span("合计", 2), "1.00", "5.00", "4.00", "", "4.00", "2.00"],
            ["2120803", "城市建设支出", "1.00", "5.00", "4.00", "", "4.00", "2.00"],
        ],
        "公开07表",
        "政府性基金预算财政拨款收入支出决算表",
    )
    row = only_statement(table, "government_funds")["rows"][1]
    amounts = {"opening": 1.0, "income": 5.0, "total": 4.0, "project": 4.0, "closing": 2.0}
    assert row == {"code": "2120803", "name": "城市建设支出", **amounts}
