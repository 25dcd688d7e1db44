"""Whole narratives: what has no heading of its own, or one that no outline knows, is not lost."""

from __future__ import annotations

from typing import Any

from recount.pipeline.document import Block, Document
from recount.pipeline.map.final_accounts.mapper import map_report
from recount.tests.pipeline.helpers import Sheet


def mapped(*lines: str) -> dict[str, Any]:
    sheet = Sheet()
    blocks: list[Block] = [sheet.paragraph(each) for each in lines]
    return sheet.shown(map_report(Document(tuple(blocks), tuple(sheet.tokens))).report)


def test_figures_under_a_heading_that_no_outline_knows_are_listed() -> None:
    report = mapped(
        "某局2023年度部门决算",
        "第一部分 单位概况",
        "一、联系方式",
        "电话费每年3.00万元。",
        "第二部分 2023年度部门决算情况说明",
        "一、收入支出决算总体情况说明",
        "收入总计8.00万元。",
        "二、往来款项情况",
        "应收账款2.00万元，占25.00%。",
    )
    assert report["income_expenditure"]["income_total"] == "8.00"
    listed = [(each["section"], each["label"], each["value"]) for each in report["unmapped_figures"]]
    assert listed == [
        ("第一部分单位概况", "电话费每年", "3.00"),
        ("二、往来款项情况", "应收账款", "2.00"),
        ("二、往来款项情况", "应收账款占", "25.00"),
    ]


def test_a_report_without_parts_loses_no_figures() -> None:
    report = mapped(
        "某局2023年度部门决算",
        "三、2023年度部门决算情况说明",
        "（一）收入支出决算总体情况说明",
        "收入总计8.00万元。",
        "（二）往来款项情况",
        "（八）其他重要事项的情况说明",
        "会议费2.00万元。",
    )
    assert report["income_expenditure"]["income_total"] == "8.00"
    assert [each["value"] for each in report["unmapped_figures"]] == ["2.00"]


def test_a_heading_that_comes_again_loses_no_figures() -> None:
    report = mapped(
        "某局2023年度部门决算",
        "第二部分 部门决算情况说明",
        "七、财政拨款“三公”经费支出决算情况说明",
        "1.“三公”经费财政拨款支出决算总体情况说明",
        "“三公”经费支出决算为8.00万元。",
        "2.“三公”经费财政拨款支出决算具体情况说明",
        "公务接待费支出决算为8.00万元，占100.00%。",
        "七、财政拨款“三公”经费支出决算情况说明",
        "补充：会议费1.00万元。",
    )
    assert report["three_public"]["total"] == "8.00"
    assert report["three_public"]["reception"] == {"amount": "8.00", "percent": "100.00"}
    assert [each["value"] for each in report["unmapped_figures"]] == ["1.00"]


def test_a_section_without_its_sub_headings_is_read_once() -> None:
    report = mapped(
        "某局2023年度部门决算",
        "第二部分 部门决算情况说明",
        "二、2023年度一般公共预算财政拨款支出决算情况。",
        "一般公共预算财政拨款支出8.00万元，占本年支出合计的80.00%，另有备用金1.00万元。",
        "1.教育支出（类）普通教育（款）小学教育（项）：支出决算为8.00万元。",
    )
    section = report["general_public_budget"]
    assert (section["total"], section["percent_of_expenditure"]) == ("8.00", "80.00")
    assert section["items"][0]["amount"] == "8.00"
    assert [each["value"] for each in report["unmapped_figures"]] == ["1.00"]


def test_of_amounts_in_a_row_none_is_lost_though_only_the_last_has_a_unit() -> None:
    report = mapped(
        "某局2023年度部门决算",
        "第二部分 部门决算情况说明",
        "一、收入支出决算总体情况说明",
        "收入、支出总计分别为8.00,9.00万元。第1.1节、附表2的说明从略。",
    )
    assert report["income_expenditure"] == {}
    listed = [(each["value"], each.get("unit")) for each in report["unmapped_figures"]]
    assert listed == [("8.00", None), ("9.00", "万元")]
