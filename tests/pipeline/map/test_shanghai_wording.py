"""Form S in the words of several publishers: what varies is read, what is not certain is left open."""

from __future__ import annotations

from typing import Any

from recount.pipeline.map.final_accounts import narrative
from recount.pipeline.map.final_accounts.statements import map_statements
from recount.pipeline.map.grammar.passage import Passage
from recount.tests.pipeline.helpers import Sheet, reader_of
from recount.tests.pipeline.map.grids import Span, grid, plain


def items(*texts: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The items of 五（三）, and the numbers that found no key, without ordinals."""
    sheet = Sheet()
    empty, passage = sheet.passage(""), sheet.passage(*texts)
    found, _ = narrative.general_public_budget(empty, empty, passage)
    return list(sheet.shown(found).get("items", ())), sheet.left(passage, found)


def three_public(*texts: str) -> tuple[dict[str, Any], list[str]]:
    sheet = Sheet()
    passage: Passage = sheet.passage(*texts)
    found = reader_of("three_public")(passage)
    return sheet.shown(found), sheet.left(passage, found)


def test_an_item_in_quotation_marks_with_its_amount_at_once() -> None:
    found, left = items(
        "1.“一般公共服务（类）统计信息事务（款）统计业务（项）”20.04万元，主要用于：抽样调查。年初预算为77.59万元，"
        "支出决算为20.04万元，完成年初预算的25.83%。决算数小于预算数的主要原因：年中调减项目经费50万元。",
        "“一般公共服务（类）统计信息事务（款）统计管理（项）”3.39万元，主要用于：基础统计。年初预算为3.84万元，"
        "支出决算为3.39万元，完成年初预算的88.28%。决算数小于预算数的主要原因：延迟支付。",
    )
    assert [(each["class_name"], each["item_name"], each["amount"]) for each in found] == [
        ("一般公共服务", "统计业务", "20.04"),
        ("一般公共服务", "统计管理", "3.39"),
    ]
    assert found[0]["budget"] == {
        "budget": "77.59",
        "final": "20.04",
        "completion_percent": "25.83",
        "reason": "年中调减项目经费50万元",
    }
    assert left == []


def test_two_amounts_of_one_item_are_both_kept() -> None:
    found, left = items(
        "1.“社会保障和就业支出（类）行政事业单位养老支出（款）职业年金缴费支出（项）”257.14万元，主要用于：职业年金。"
        "年初预算为274.82万元，支出决算为245.53万元，完成年初预算的93.57%。"
    )
    assert found[0]["amount"] == "257.14"
    assert found[0]["budget"]["final"] == "245.53"
    assert left == []


def test_the_amount_of_another_year_is_not_the_items() -> None:
    found, left = items(
        "1、社会保障和就业支出（208类）行政事业单位养老支出（05款）行政单位离退休（01项）56.12万元。"
        "2024年决算数为57.43万元，2025年支出决算为56.12万元，比2024年决算数减少2.28%。"
    )
    assert found[0]["class_name"] == "社会保障和就业支出"
    assert found[0]["amount"] == "56.12"
    assert "57.43" in left


def test_a_budget_of_nothing_without_a_unit_is_left_open() -> None:
    found, left = items(
        "1.“节能环保支出（类）污染减排（款）减排专项支出（项）”150万元，主要用于：垃圾分类。年初预算为0，支出决算为150万元。"
    )
    assert found == [
        {
            "class_name": "节能环保支出",
            "section_name": "污染减排",
            "item_name": "减排专项支出",
            "amount": "150",
            "purpose": "垃圾分类。",
        }
    ]
    assert left == ["150"]  # the amount, said again


def test_classes_in_quotation_marks() -> None:
    sheet = Sheet()
    passage = sheet.passage(
        "一般公共预算财政拨款支出400.00万元，主要用于以下方面：",
        "1.“一般公共服务”306.90万元，占76.72%；",
        "2.“教育支出”93.10万元，占23.28%。",
    )
    classes = narrative.by_class(passage)
    assert sheet.shown(classes) == (
        {"class_name": "一般公共服务", "amount": "306.90", "percent": "76.72"},
        {"class_name": "教育支出", "amount": "93.10", "percent": "23.28"},
    )
    assert sheet.left(passage, list(classes)) == ["400.00"]


def test_three_public_in_detail() -> None:
    found, left = three_public(
        "“三公”经费财政拨款支出年初预算为53.93万元，支出决算为37.75万元，完成预算的70.00%，其中：因公出国（境）费决算为0万元，"
        "完成预算的0%；公务用车购置及运行维护费支出决算为37.35万元，完成预算的71.28%；公务接待费支出决算为0.40万元，完成预算的26.14%。",
        "2025年度“三公”经费财政拨款支出决算数比2024年度减增加21.90万元，增长141.75%，其中：因公出国（境）费支出决算0万元；"
        "公务用车购置及运行维护费支出决算增加21.90万元，增长141.75%；公务接待费支出决算0.40万元。因公出国（境）费支出与2024年持平。",
        "1、因公出国（境）费支出0万元。全年安排因公出国（境）团组0个、累计0人次。",
        "2、公务用车购置及运行维护费支出37.35万元。其中：公务用车购置支出为25万元。主要用于新购一辆公车。"
        "公务用车运行维护支出12.35万元。2025年，所属各预算单位开支财政拨款的公务用车保有量为8辆。",
        "3、公务接待费支出0.40万元。其中：国内公务接待支出0.40万（含外宾接待支出0万元）。公务接待2批次、24人次，"
        "其中：接待外宾0批次、0人次。",
    )
    assert (found["total"], found["vehicle_purchase"], found["vehicle_running"]) == ("37.75", "25", "12.35")
    assert (found["vehicles_owned"], found["reception_batches"], found["reception_visits"]) == ("8", "2", "24")
    assert found["vehicles"]["change"] == {"amount": "21.90", "percent": "141.75"}
    assert "0.40" in left, "万 that lost its 元 is of no unit that is certain"


def test_a_total_that_stands_in_the_last_row_of_the_header() -> None:
    table = grid(
        [
            [
                Span("项目", 2), Span("年初结转和结余", 1, 2), Span("本年收入", 1, 2), Span("本年支出", 3),
                Span("年末结转和结余", 1, 2),
            ],
            ["功能分类科目编码", "科目名称", "", "", ""],
            [Span("合计", 2), "0", "5.80", "合计", "基本支出", "项目支出", "0"],
            ["207", "文化旅游体育与传媒支出", "0", "2.80", "2.80", "", "2.80", "0"],
            ["212", "城乡社区支出", "0", "3.00", "3.00", "1.00", "2.00", "0"],
        ],
        "政府性基金预算财政拨款收入支出决算表",
        "单位：万元",
    )  # fmt: skip
    shown = plain(map_statements([table])[0])
    assert isinstance(shown, dict)
    assert shown["government_funds"]["rows"] == [
        {"name": "合计", "opening": 0.0, "income": 5.8, "closing": 0.0},
        {
            "code": "207", "name": "文化旅游体育与传媒支出",
            "opening": 0.0, "income": 2.8, "total": 2.8, "project": 2.8, "closing": 0.0,
        },
        {
            "code": "212", "name": "城乡社区支出",
            "opening": 0.0, "income": 3.0, "total": 3.0, "basic": 1.0, "project": 2.0, "closing": 0.0,
        },
    ]  # fmt: skip
