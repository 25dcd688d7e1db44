"""The nine statements in the layouts of several publishers."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.pipeline.document import Document, Grid, Origin
from recount.pipeline.map.final_accounts.statements import Title, by_title, map_statements
from recount.pipeline.map.tables.sheet import without_ordinal
from recount.pipeline.read import read_pdf
from recount.pipeline.split import split
from recount.schemas.figures import Model, Ref
from recount.schemas.final_accounts.family import FINAL_ACCOUNTS
from recount.schemas.final_accounts.statements import IncomeRow
from recount.tests.pipeline.map.grids import Span, grid, only_statement, plain
from recount.tests.samples import of_sample
from recount.tests.twins import file_of, gold_of

UNIT = "单位：万元"


@pytest.mark.parametrize(
    ("caption", "title"),
    [
        (["收 入 支 出 决 算 总 表", "单位：元"], Title.INCOME_EXPENDITURE),
        (["收入支出决算总表（公开01表）"], Title.INCOME_EXPENDITURE),
        (["公开04表", "财政拨款收入支出决算总表", "部门：某局", UNIT], Title.FISCAL_APPROPRIATION),
        (["二、收入决算表"], Title.INCOME),
        (["支出决算表", UNIT], Title.EXPENDITURE),
        (["一般公共预算财政拨款支出决算表"], Title.GENERAL_PUBLIC_BUDGET),
        (["一般公共预算财政拨款基本支出决算明细表"], Title.BASIC_EXPENDITURE),
        (["一般公共预算财政拨款", "基本支出决算表"], Title.BASIC_EXPENDITURE),
        (["某局2024年度财政拨款", "收入支出决算总表", UNIT], Title.FISCAL_APPROPRIATION),
        (["项目支出决算表"], None),
        (["一般公共预算财政拨款项目支出决算表"], None),
        (["一般公共预算财政拨款支出决算明细表"], None),
        (["政府性基金预算财政拨款“三公”经费支出决算表"], None),
        (["收入决算总表"], Title.INCOME),
        (["某市财政局2024年度支出决算表"], Title.EXPENDITURE),
        (["公开08表", "政府性基金予算财政拨款收入支出决算表"], None),
        (["一般公共预算财政拨款“三公”经费支出决算表"], Title.THREE_PUBLIC),
        (["财政拨款“三公”经费及机关运行经费支出决算表"], Title.THREE_PUBLIC),
        (["政府性基金预算财政拨款收入支出决算表"], Title.GOVERNMENT_FUNDS),
        (["国有资本经营预算财政拨款支出决算表"], Title.STATE_CAPITAL),
        (["收入支出决算总表", "支出决算表"], Title.EXPENDITURE),  # the nearest counts
        (["各项支出见支出决算表。", "项目支出绩效自评表"], None),
        (["部门整体支出绩效自评表"], None),
    ],
)
def test_a_statement_is_known_by_its_title(caption: list[str], title: Title | None) -> None:
    assert by_title(grid([["一"]], *caption)) is title


@pytest.mark.parametrize(
    ("caption", "key"),
    [
        ("收人支出决算总表", "income_expenditure"),
        ("财政拔款收入支出决算总表", "fiscal_appropriation"),
        ("一般公共预算财政拨款支岀决算表", "general_public_budget"),
        ("政府性基金予算财政拨款收入支出决算表", "government_funds"),
        ("一般公共预算财政拨款墓本支出决算表", "basic_expenditure"),
        ("--般公共预算财政拨款支出决算表", "general_public_budget"),
        ("一般公共预算财政拨款支出决_表", "general_public_budget"),
    ],
)
def test_a_title_with_one_misread_character(caption: str, key: str) -> None:
    head = ["科目编码", "科目名称", "决算数", "项目", "决算数"]
    table = grid([head, ["301", "工资福利支出", "1.00", "一、教育支出", "1.00"]], caption, origin="ocr")
    statements, _ = map_statements([table])
    assert list(plain(statements)) == [key]  # type: ignore[call-overload]


def test_a_misread_title_is_taken_for_no_other() -> None:
    rows: list[list[str]] = [["科目编码", "科目名称", "合计"], ["212", "城乡社区支出", "1.00"]]
    for title in ("政付性基金予算财政拨款收入支出决算表", "财政拨款支出决算总表", "3财政拨款项目支出决算表"):
        assert map_statements([grid(rows, title)]) == (None, frozenset())
        assert map_statements([grid(rows, title, origin="ocr")]) == (None, frozenset())


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("一、一般公共服务支出", "一般公共服务支出"),
        ("十一、城乡社区支出", "城乡社区支出"),
        ("（二）政府性基金", "政府性基金"),
        ("一般公共预算财政拨款", "一般公共预算财政拨款"),
        ("2.公务接待费", "公务接待费"),
        ("—、教育支出", "教育支出"),  # 一 as OCR likes to read it
    ],
)
def test_ordinals_are_dropped(printed: str, name: str) -> None:
    assert without_ordinal(printed) == name


def test_overview_of_the_national_form() -> None:
    table = grid(
        [
            [Span("收入", 3), Span("支出", 3)],
            ["项目", "行次", "金额", "项目（按功能分类）", "行次", "金额"],
            ["栏次", "", "1", "栏次", "", "2"],
            ["一、一般公共预算财政拨款收入", "1", "", "一、一般公共服务支出", "32", "80.00"],
            ["二、政府性基金预算财政拨款收入", "2", "", "二、外交支出", "33", ""],
            ["八、其他收入", "8", "100.50", "", "34", ""],
            ["本年收入合计", "27", "100.50", "本年支出合计", "58", "80.00"],
            ["　使用非财政拨款结余（含专用结余）", "28", "1.00", "结余分配", "59", "-"],
            ["年初结转和结余", "29", "8.50", "年末结转和结余", "60", "30.00"],
            ["", "30", "", "", "61", ""],
            ["总计", "31", "110.00", "总计", "62", "110.00"],
        ],
        "收入支出决算总表",
        "公开01表",
        UNIT,
    )
    assert only_statement(table, "income_expenditure") == {
        "income": [
            {"name": "一般公共预算财政拨款收入"},
            {"name": "政府性基金预算财政拨款收入"},
            {"name": "其他收入", "amount": 100.5},
        ],
        "expenditure": [{"name": "一般公共服务支出", "amount": 80.0}, {"name": "外交支出"}],
        "income_current_year": 100.5,
        "expenditure_current_year": 80.0,
        "nonfiscal_surplus_used": 1.0,
        "opening_carryover": 8.5,
        "closing_carryover": 30.0,
        "income_total": 110.0,
        "expenditure_total": 110.0,
    }


def test_a_name_that_the_page_end_cut_in_two() -> None:
    table = grid(
        [
            ["收入项目", "决算数", "支出项目", "决算数"],
            ["一、其他收入", "7.00", "二十一、国有资本经营预算", ""],
            ["", "", "支出", "2.00"],
            ["", "", "二十二、其他支出", "5.00"],
            ["本年收入合计", "7.00", "本年支出合计", "7.00"],
        ],
        "收入支出决算总表",
    )
    assert only_statement(table, "income_expenditure")["expenditure"] == [
        {"name": "国有资本经营预算支出", "amount": 2.0},
        {"name": "其他支出", "amount": 5.0},
    ]


def test_a_line_without_its_ordinal_is_not_added_to_the_line_above() -> None:
    table = grid(
        [
            ["收入项目", "决算数", "支出项目", "决算数"],
            ["一、其他收入", "7.00", "一、教育支山", ""],
            ["", "", "国防支出", "7.00"],
            ["本年收入合计", "7.00", "本年支出合计", "7.00"],
        ],
        "收入支出决算总表",
    )
    assert only_statement(table, "income_expenditure")["expenditure"] == [
        {"name": "教育支山"},
        {"name": "国防支出", "amount": 7.0},
    ]


@pytest.mark.parametrize(("mark", "speck"), [("、", "."), ("", ""), ("", "."), (",", "")])
def test_two_lines_of_a_scan_stay_two(mark: str, speck: str) -> None:
    """Behind a name there may be a speck, and the mark behind its ordinal may have been read as a gap."""
    table = grid(
        [
            ["收入项目", "决算数", "支出项目", "决算数"],
            [f"一、一般公共预算财政拨款收入{speck}", "7.00", "九、住房保障支出", ""],
            [f"二{mark}政府性基金预算财政拨款收入", "", f"十{mark}援助支出", "7.00"],
            ["三事业收入", "", f"十一{mark}粮油支出", ""],
            ["本年收入合计", "7.00", "本年支出合计", "7.00"],
        ],
        "收入支出决算总表",
        origin="ocr",
    )
    mapped = only_statement(table, "income_expenditure")
    assert mapped["income"] == [
        {"name": f"一般公共预算财政拨款收入{speck}", "amount": 7.0},
        {"name": "政府性基金预算财政拨款收入"},
        {"name": "事业收入"},
    ]
    assert [row["name"] for row in mapped["expenditure"]] == ["住房保障支出", "援助支出", "粮油支出"]


def test_the_final_figures_are_taken_from_among_budgets() -> None:
    table = grid(
        [
            [Span("收入", 3), Span("支出", 3)],
            ["项目", "年初预算数", "决算数", "项目", "年初预算数", "决算数"],
            ["一、事业收入", "9.00", "7.00", "一、教育支出", "9.00", "7.00"],
            ["本年收入合计", "9.00", "7.00", "本年支出合计", "9.00", "7.00"],
            ["总计", "9.00", "7.00", "总计", "9.00", "7.00"],
        ],
        "收入支出决算总表",
    )
    mapped = only_statement(table, "income_expenditure")
    assert mapped["income"] == [{"name": "事业收入", "amount": 7.0}]
    assert mapped["expenditure_total"] == 7.0


def test_an_overview_without_a_title_is_known_by_its_lines() -> None:
    table = grid(
        [
            ["收入", "决算数", "支出", "决算数"],
            ["一、其他收入", "7.00", "一、教育支出", "6.00"],
            ["本年收入合计", "7.00", "本年支出合计", "6.00"],
            ["", "", "结余分配", "1.00"],
            ["合计", "7.00", "合计", "7.00"],
        ]
    )
    mapped = only_statement(table, "income_expenditure")
    assert (mapped["income_total"], mapped["expenditure_total"]) == (7.0, 7.0)
    assert mapped["surplus_distribution"] == 1.0


FISCAL_HEAD: list[list[str | Span]] = [
    [Span("收 入", 3), Span("支 出", 6)],
    ["项目", "行次", "金额", "项目", "行次", "合计", "一般公共预算财政拨款", "政府性基金预算财政拨款",
     "国有资本经营预算财政拨款"],
    ["栏次", "", "1", "栏次", "", "2", "3", "4", "5"],
]  # fmt: skip


def test_fiscal_appropriation_of_the_national_form() -> None:
    table = grid(
        [
            *FISCAL_HEAD,
            ["一、一般公共预算财政拨款", "1", "50.00", "一、教育支出", "33", "45.00", "45.00", "", ""],
            ["二、政府性基金预算财政拨款", "2", "6.00", "二、外交支出", "34", "", "", "", ""],
            ["", "3", "", "三、城乡社区支出", "35", "7.00", "", "7.00", ""],
            ["本年收入合计", "27", "56.00", "本年支出合计", "59", "52.00", "45.00", "7.00", ""],
            ["年初财政拨款结转和结余", "28", "3.00", "年末财政拨款结转和结余", "60", "7.00", "7.00", "", ""],
            ["　一般公共预算财政拨款", "29", "2.00", "", "61", "", "", "", ""],
            ["　政府性基金预算财政拨款", "30", "1.00", "", "62", "", "", "", ""],
            ["　国有资本经营预算财政拨款", "31", "", "", "63", "", "", "", ""],
            ["总计", "32", "59.00", "总计", "64", "59.00", "52.00", "7.00", ""],
        ],
        "财政拨款收入支出决算总表",
    )
    mapped = only_statement(table, "fiscal_appropriation")
    assert mapped["income"] == [
        {"name": "一般公共预算财政拨款", "amount": 50.0},
        {"name": "政府性基金预算财政拨款", "amount": 6.0},
    ]
    assert [line["name"] for line in mapped["expenditure"]] == ["教育支出", "外交支出", "城乡社区支出"]
    assert mapped["expenditure"][2] == {"name": "城乡社区支出", "total": 7.0, "funds": 7.0}
    opening = {key: amount for key, amount in mapped.items() if key.startswith("opening")}
    assert opening == {"opening_carryover": 3.0, "opening_general": 2.0, "opening_funds": 1.0}
    assert mapped["closing_carryover"] == {"total": 7.0, "general": 7.0}
    assert mapped["expenditure_total"] == {"total": 59.0, "general": 52.0, "funds": 7.0}
    assert mapped["income_total"] == 59.0


@pytest.mark.parametrize(
    ("read", "origin", "known"),
    [
        ("支囗", "ocr", True),
        ("廾出", "ocr", True),
        ("囗廾", "ocr", False),
        ("支付", "ocr", False),
        ("支囗", "text", False),
    ],
)
def test_the_head_of_a_half_may_be_misread(read: str, origin: Origin, known: bool) -> None:
    head: list[list[str | Span]] = [[Span("收 入", 3), Span(read, 6)]]
    rows = [
        ["一、一般公共预算财政拨款", "1", "50.00", "一、教育支出", "33", "45.00", "45.00", "", ""],
        ["本年收入合计", "27", "50.00", "本年支出合计", "59", "45.00", "45.00", "", ""],
    ]
    table = grid([*head, *FISCAL_HEAD[1:], *rows], "财政拨款收入支出决算总表", origin=origin)
    first = only_statement(table, "fiscal_appropriation")["expenditure"][0]
    assert (first == {"name": "教育支出", "total": 45.0, "general": 45.0}) is known


INCOME_WORDS = [
    "本年收入合计", "财政拨款收入", "上级补助收入", "事业收入", "经营收入", "附属单位上缴收入", "其他收入"
]  # fmt: skip


def test_income_of_the_national_form_with_one_code_cell() -> None:
    table = grid(
        [
            [Span("项目", 2), *(Span(words, rows=2) for words in INCOME_WORDS)],
            ["功能分类科目编码", "科目名称"],
            [Span("栏次", 2), "1", "2", "3", "4", "5", "6", "7"],
            [Span("合计", 2), "10.00", "9.00", "", "", "", "", "1.00"],
            ["201", "一般公共服务支出", "10.00", "9.00", "", "", "", "", "1.00"],
            ["20106", "　财政事务", "10.00", "9.00", "", "", "", "", "1.00"],
            ["2010601", "　　行政运行", "10.00", "9.00", "0.00", "", "", "", "1.00"],
            [Span("注：本表反映部门本年度取得的各项收入情况。", 9)],
        ],
        "收入决算表",
        UNIT,
    )
    rows = only_statement(table, "income")["rows"]
    assert rows[0] == {"name": "合计", "total": 10.0, "fiscal_appropriation": 9.0, "other": 1.0}
    assert [row.get("code") for row in rows] == [None, "201", "20106", "2010601"]
    assert rows[3]["name"] == "行政运行"
    assert rows[3]["superior_subsidy"] == 0.0


def test_columns_are_known_by_their_words_in_any_order() -> None:
    table = grid(
        [
            ["序号", Span("科目编码", 3), "科目名称", "其他收入", "财政拨款收入", "本年收入合计"],
            ["1", "205", "", "", "教育支出", "1.00", "2.00", "3.00"],
            ["2", "205", "02", "", "普通教育", "1.00", "2.00", "3.00"],
            ["3", "205", "02", "04", "高中教育", "1.00", "2.00", "3.00"],
            ["", "", "", "", "合计", "1.00", "2.00", "3.00"],
        ],
        "收入决算表",
    )
    rows = only_statement(table, "income")["rows"]
    assert rows[2] == {
        "code": "2050204", "name": "高中教育", "total": 3.0, "fiscal_appropriation": 2.0, "other": 1.0
    }  # fmt: skip
    assert rows[3]["name"] == "合计"


@given(st.permutations(range(7)), st.sets(st.integers(0, 6)))
def test_income_columns_in_every_order_and_with_any_left_out(order: list[int], left_out: set[int]) -> None:
    shown = [column for column in order if column not in left_out]
    table = grid(
        [
            ["科目编码", "科目名称", *(INCOME_WORDS[column] for column in shown)],
            ["205", "教育支出", *(f"{column}.25" for column in shown)],
        ],
        "收入决算表",
    )
    row = only_statement(table, "income")["rows"][0]
    keys = list(IncomeRow.model_fields)[2:]
    assert {key: row.get(key) for key in keys} == {
        key: None if column in left_out else column + 0.25 for column, key in enumerate(keys)
    }


def test_part_of_a_column_is_no_column() -> None:
    table = grid(
        [
            [Span("科目编码", rows=2), Span("科目名称", rows=2), Span("本年收入合计", rows=2),
             Span("事业收入", 2), Span("其他收入", rows=2)],
            ["小计", "其中：教育收费"],
            ["205", "教育支出", "9.00", "8.00", "7.00", "1.00"],
        ],
        "收入决算表",
    )  # fmt: skip
    row = only_statement(table, "income")["rows"][0]
    assert row == {"code": "205", "name": "教育支出", "total": 9.0, "institutional": 8.0, "other": 1.0}


def test_total_beside_the_last_row_of_the_header() -> None:
    table = grid(
        [
            [Span("项目", 4), *(Span(words, rows=2) for words in ("本年支出合计", "基本支出", "项目支出"))],
            [Span("科目编码", 3), "科目名称"],
            ["类", "款", "项", "合计", "3.00", "1.00", "2.00"],
            ["201", "", "", "一般公共服务支出", "3.00", "1.00", "2.00"],
        ],
        "支出决算表",
    )
    rows = only_statement(table, "expenditure")["rows"]
    assert rows[0] == {"name": "合计", "total": 3.0, "basic": 1.0, "project": 2.0}
    assert rows[1]["code"] == "201"


def test_misread_headings_are_known_by_likeness_and_only_where_that_is_clear() -> None:
    table = grid(
        [
            ["科目编码", "名称", "本年支出台计", "基本支岀", "顶目支出", "经营支出", "对附属单位朴助支出"],
            ["201", "一般公共服务支出", "10.00", "1.00", "2.00", "3.00", "4.00"],
        ],
        "支出决算表",
        origin="ocr",
    )
    row = only_statement(table, "expenditure")["rows"][0]
    assert (row["total"], row["project"], row["business"], row["affiliate_subsidy"]) == (10.0, 2.0, 3.0, 4.0)
    assert row["basic"] == 1.0


def test_the_one_heading_left_may_be_misread_a_little_more() -> None:
    """Of ten characters three are misread; but not where another column may be meant, nor in digital text."""
    for third, fourth, origin, is_known in (
        ("政府性基金预算财政拨款", "国有资本经营预算财政拨款", "ocr", True),
        ("政府性基金预算财政拨款", "资本支出", "ocr", False),
        ("政府性基金预算财政拨款", "国有资本经营预算财政拨款", "text", False),
    ):
        head = ["项目", "决算数", "项目", "合计", "-敢么共预算财政拨款", third, fourth]
        rows = [
            ["一、一般公共预算财政拨款", "3.00", "一、教育支出", "3.00", "3.00", "", ""],
            ["本年收入合计", "3.00", "本年支出合计", "3.00", "3.00", "", ""],
        ]
        table = grid([head, *rows], "财政拨款收入支出决算总表", origin=origin)
        assert ("general" in only_statement(table, "fiscal_appropriation")["expenditure"][0]) is is_known


@pytest.mark.parametrize(
    ("head", "origin", "known"),
    [("计", "ocr", True), ("合廿", "ocr", True), ("台", "ocr", False), ("计", "text", False), ("合计数", "ocr", False)],
)
def test_half_of_a_total_heads_the_one_column_that_is_left(head: str, origin: Origin, known: bool) -> None:
    table = grid(
        [["科目编码", "科目名称", head, "基本支出", "项目支出"], ["201", "一般公共服务支出", "3.00", "1.00", "2.00"]],
        "一般公共预算财政拨款支出决算表",
        origin=origin,
    )
    row = only_statement(table, "general_public_budget")["rows"][0]
    assert ("total" in row) is known
    assert (row["basic"], row["project"]) == (1.0, 2.0)


def a_balance(*below: str, origin: Origin) -> dict[str, Any]:
    """What is read of a 收入支出决算总表 with lines of the income of some names at its foot; each is 3.00."""
    foot = [[name, "3.00", other, "3.00"] for name, other in zip(below, ("本年支出合计", "总计", ""), strict=False)]
    head = [["收入", "", "支出", ""], ["项目", "决算数", "项目", "决算数"]]
    table = [*head, ["一、事业收入", "3.00", "一、教育支出", "3.00"], *foot]
    return only_statement(grid(table, "收入支出决算总表", origin=origin), "income_expenditure")


@pytest.mark.parametrize(
    ("name", "origin", "keys"),
    [
        ("本年收合计", "ocr", {"income_current_year"}),
        ("本年收合计", "text", set()),
        ("收入合", "ocr", set()),
        ("年收入计", "ocr", set()),
        ("使用非财拨款结余", "ocr", {"nonfiscal_surplus_used"}),
        ("使用财政拨款结余", "ocr", set()),  # a line of its own
        ("年结转和结余", "ocr", set()),  # at its beginning, or at its end
    ],
)
def test_a_line_of_a_balance_may_have_lost_a_sign(name: str, origin: Origin, keys: set[str]) -> None:
    others = {"income", "expenditure", "expenditure_current_year"}
    assert a_balance(name, origin=origin).keys() - others == keys


@pytest.mark.parametrize(
    ("names", "origin", "keys"),
    [
        (("本年收入合计", "年末结传利结系"), "ocr", set()),  # 年末 tells another
        (("本年收入合计", "午切结传利结余"), "ocr", set()),  # most of it misread
        (("本年收入合计", "午初结传利结余"), "ocr", {"opening_carryover"}),
        (("本年收入合计", "午初结传利结余"), "text", set()),
        (("午初结传利结余", "本年收入合计"), "ocr", set()),  # a line of the list above
        (("本年收入合计", "午初结传利结余", "年初结转和结余"), "ocr", {"opening_carryover"}),
        (("本年收入合计", "午初结传利结余", "年切结传和结余"), "ocr", set()),  # which of the two, nothing tells
    ],
)
def test_a_line_at_the_foot_of_a_scanned_balance_may_be_half_misread(
    names: tuple[str, ...], origin: Origin, keys: set[str]
) -> None:
    """Where no other can be meant."""
    known = {"income", "expenditure", "expenditure_current_year", "expenditure_total", "income_current_year"}
    assert a_balance(*names, origin=origin).keys() - known == keys


def test_misread_labels() -> None:
    table = grid(
        [
            ["类", "款", "科目名弥", "己算数", "类", "末", "科目名称", "决算数"],
            ["301", "", "工资福利支出", "30.00", "302", "", "商品和服务支出", "5.00"],
            ["301", "O1", "基本工资", "30.00", "302", "01", "办公费", "5.00"],
            [Span("人员经费台计", 3), "30.00", Span("公用经赀合计", 3), "5.00"],
        ],
        "一般公共预算财政拨款基本支出决算表",
        origin="ocr",
    )
    mapped = only_statement(table, "basic_expenditure")
    codes = [row.get("code") for row in mapped["rows"]]
    assert codes[:2] == ["301", None]  # a code with a character misread is no shorter code
    assert (mapped["personnel_total"], mapped["public_total"]) == (30.0, 5.0)


@pytest.mark.parametrize(
    ("name", "origin", "is_total"), [("总价", "ocr", True), ("总价", "text", False), ("息计", "ocr", False)]
)
def test_no_other_line_of_a_scanned_balance_begins_as_the_total_does(name: str, origin: Origin, is_total: bool) -> None:
    assert ("income_total" in a_balance("本年收入合计", name, origin=origin)) is is_total


def test_what_is_printed_is_not_misread() -> None:
    """资本支出 is no misread 基本支出, 上年收入合计 no misread 本年收入合计, and a budget has another title."""
    head = ["科目编码", "科目名称", "本年支出合计", "资本支出", "项目支出"]
    table = grid([head, ["201", "一般公共服务支出", "3.00", "1.00", "2.00"]], "支出决算表")
    row = only_statement(table, "expenditure")["rows"][0]
    assert "basic" not in row
    for origin in get_args(Origin):
        assert "income_current_year" not in a_balance("上年收入合计", origin=origin)
    budgeted = grid([head, ["201", "一般公共服务支出", "3.00", "1.00", "2.00"]], "收入支出预算总表", origin="ocr")
    assert map_statements([budgeted]) == (None, frozenset())


def test_column_numbers_are_no_figures_even_where_their_label_is_misread() -> None:
    table = grid(
        [
            ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
            ["", "拦次", "1", "2", "3"],
            ["", "合计", "9.00", "4.00", "5.00"],
        ],
        "一般公共预算财政拨款支出决算表",
    )
    rows = only_statement(table, "general_public_budget")["rows"]
    assert rows == [{"name": "合计", "total": 9.0, "basic": 4.0, "project": 5.0}]


def test_the_halves_are_not_taken_for_each_other() -> None:
    table = grid(
        [
            [Span("收入", 2), Span("支山", 2)],
            ["项目", "决算薮", "顶目", "决算数"],
            ["一、其他收入", "7.00", "一、教育支出", "6.00"],
            ["本年收入合计", "7.00", "本年支出合计", "6.00"],
            ["总计", "7.00", "总计", "8.00"],
        ],
        "收入支出决算总表",
    )
    mapped = only_statement(table, "income_expenditure")
    assert (mapped["income_total"], mapped["expenditure_total"]) == (7.0, 8.0)


def test_what_is_not_one_figure_is_left_open() -> None:
    table = grid(
        [
            ["科目编码", "科目名称", "本年支出合计", "基本支出", "项目支出"],
            ["201", "一般公共服务支出", "12.00 3.00", "约1.00", "50.00%"],
            ["202", "外交支出", Span("5.00", 2), ""],
            ["203", "国防支出", "—", "（1.00）", "2.00"],
        ],
        "支出决算表",
    )
    rows = only_statement(table, "expenditure")["rows"]
    assert rows == [
        {"code": "201", "name": "一般公共服务支出"},
        {"code": "202", "name": "外交支出"},
        {"code": "203", "name": "国防支出", "project": 2.0},
    ]


def test_general_budget_in_the_long_form() -> None:
    table = grid(
        [
            [*(Span(words, rows=2) for words in ("科目编码", "科目名称", "本年收入")), Span("本年支出", 3)],
            ["小计", "基本支出", "项目支出"],
            [Span("合计", 2), "4.00", "3.00", "1.00", "2.00"],
            [Span("201 一般公共服务支出", 2), "4.00", "3.00", "1.00", "2.00"],
        ],
        "一般公共预算财政拨款支出决算表",
    )
    rows = only_statement(table, "general_public_budget")["rows"]
    assert rows == [
        {"name": "合计", "total": 3.0, "basic": 1.0, "project": 2.0},
        {"code": "201", "name": "一般公共服务支出", "total": 3.0, "basic": 1.0, "project": 2.0},
    ]


def test_codes_that_print_their_own_level_only() -> None:
    table = grid(
        [
            [Span("支出功能分类科目编码", 3), Span("科目名称", rows=2), Span("合计", rows=2)],
            ["类", "款", "项"],
            ["201", "", "", "一般公共服务支出", "1.00"],
            ["", "06", "", "财政事务", "1.00"],
            ["", "", "01", "行政运行", "1.00"],
        ],
        "一般公共预算财政拨款支出决算表",
    )
    codes = [row["code"] for row in only_statement(table, "general_public_budget")["rows"]]
    assert codes == ["201", "20106", "2010601"]


def test_other_tables_are_left_alone() -> None:
    table = grid([["项目名称", "某项目"], ["预算数", "5.00"]], "项目支出绩效自评表")
    assert map_statements([table]) == (None, frozenset())


def _json(value: object, document: Document) -> object:
    if isinstance(value, Model):
        return {key: _json(getattr(value, key), document) for key in type(value).model_fields}
    if isinstance(value, tuple):
        return [_json(each, document) for each in value]
    return document.tokens[value.token].value if isinstance(value, Ref) else value


@pytest.mark.parametrize("name", ["shanghai", "national", of_sample("r_czj")])
def test_the_nine_of_a_whole_report(name: str) -> None:
    document = split(read_pdf(file_of(name)), FINAL_ACCOUNTS)
    statements, consumed = map_statements([each for each in document.blocks if isinstance(each, Grid)])
    text = gold_of(name).read_text(encoding="utf-8")
    gold = json.loads(text, parse_float=Decimal, parse_int=Decimal)["statements"]
    assert _json(statements, document) == gold
    assert len(consumed) == 9
