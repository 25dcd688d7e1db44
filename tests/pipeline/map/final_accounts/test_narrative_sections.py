"""Title page, 第一部分, 十 to 十二 and the glossary, in the wording of forms X-2022 and X-2023."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from recount.pipeline.document import Grid
from recount.pipeline.map.final_accounts import narrative
from recount.pipeline.split.outline import Section
from recount.tests.pipeline.helpers import Sheet
from recount.tests.pipeline.map.grids import grid


def mapped(mapping: Callable[..., Any], *texts: str) -> Any:
    """A section, each number as its characters."""
    sheet = Sheet()
    return sheet.shown(mapping(sheet.passage(*texts)))


def left_over(mapping: Callable[..., Any], *texts: str) -> list[str]:
    sheet = Sheet()
    passage = sheet.passage(*texts)
    return sheet.left(passage, mapping(passage))


def section(*texts: str, grids: tuple[Grid, ...] = ()) -> Section:
    sheet = Sheet()
    return Section("", "", tuple(sheet.paragraph(each) for each in texts), grids)


# --- title page


@pytest.mark.parametrize(
    "lines",
    [
        ("某市水务局2022年度部门决算公开说明",),
        ("某市水务局", "2022年度部门决算公开说明"),
        ("2022年度部门决算公开说明", "某市水务局"),
        ("2022年度", "某市水务局", "部门决算公开说明"),
        ("某市水务局", "２０２２年度单位决算公开情况说明"),
        ("附件1", "某市水务局2022年度部门决算公开说明"),
        ("某市水务局2022年度部门决算公开说明", "2023年8月"),
        ("某市水务局2022年度部门决算公开说明", "目 录", "第一部分 单位概况"),
    ],
)
def test_unit_and_year_of_the_title_page(lines: tuple[str, ...]) -> None:
    sheet = Sheet()
    unit, year = narrative.title([sheet.paragraph(each) for each in lines])
    assert unit == "某市水务局"
    assert sheet.shown(year) in ("2022", "２０２２")


def test_what_stands_in_brackets_after_the_unit_belongs_to_it() -> None:
    sheet = Sheet()
    unit, _ = narrative.title([sheet.paragraph("某市水务局（汇总）2023年度部门决算公开说明")])
    assert unit == "某市水务局（汇总）"


def test_a_page_without_a_title_has_neither() -> None:
    assert narrative.title([Sheet().paragraph("项目支出绩效自评表"), Sheet().paragraph("（2021年度）")]) == (
        None,
        None,
    )


# --- 第一部分


def test_duties_are_told_apart_by_their_numbers_and_the_introduction_is_left_out() -> None:
    duties = section("主要职责如下：", "（一）编制规划，", "见文件第（四）款。", "（二）维护设施。（三）承办其他事项。")
    assert narrative.functions_of(duties) == ("编制规划，见文件第（四）款。", "维护设施。", "承办其他事项。")


def test_more_than_ten_duties_and_a_numeral_set_in_katakana() -> None:
    numerals = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十ー", "十二"]
    found = narrative.functions_of(section(*(f"（{each}）做第{each}类事。" for each in numerals)))
    assert len(found) == 12
    assert found[10] == "做第十ー类事。"


def test_duties_may_be_counted_by_digits() -> None:
    assert narrative.functions_of(section("1.负责供水，满足4.5万人。", "2．负责排水。")) == (
        "负责供水，满足4.5万人。",
        "负责排水。",
    )
    assert narrative.functions_of(section("1、供水。", "（注）另行规定。", "2、排水。")) == (
        "供水。（注）另行规定。",
        "排水。",
    )
    for other in (("1.供水。",), ("1.供水。", "3.排水。"), ("4.5万人用水。", "5.排水。")):
        assert narrative.functions_of(section(*other)) == ("".join(other),)


def test_one_text_without_numbers_is_one_duty() -> None:
    assert narrative.functions_of(section("负责供水，", "负责排水。")) == ("负责供水，负责排水。",)
    assert narrative.functions_of(None) == ()


@pytest.mark.parametrize("third", ["（大）管渠。", "管渠。", "（一）管渠。"])
def test_a_duty_whose_number_was_misread_does_not_end_the_list(third: str) -> None:
    duties = section("（一）供水。", "（二）排水，见第（四）款。", third, "（四）绿化。", "（五）照明。")
    own = ("供水。", "排水，见第（四）款。", "管渠。", "绿化。", "照明。")
    merged = ("供水。", f"排水，见第（四）款。{third}", "绿化。", "照明。")
    assert narrative.functions_of(duties) == (own if third.startswith("（大") else merged)


def test_what_is_no_number_of_a_duty_begins_none() -> None:
    assert narrative.functions_of(section("（一）供水。", "（注）另行规定。", "（二）排水。")) == (
        "供水。（注）另行规定。",
        "排水。",
    )
    assert narrative.functions_of(section("（大）供水。", "（二）排水。")) == ("供水。", "排水。")
    assert narrative.functions_of(section("负责供水。", "（二）排水。")) == ("负责供水。（二）排水。",)
    assert narrative.functions_of(section("（一）供水，（三）排水。")) == ("供水，（三）排水。",)


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("一", 1), ("九", 9), ("十", 10), ("十一", 11), ("十ー", 11), ("二十", 20), ("三十五", 35), ("甲", 0)],
)
def test_chinese_ordinals(numeral: str, value: int) -> None:
    assert narrative.ordinal(numeral) == value


def overview(*texts: str, units: tuple[str, ...] = ()) -> dict[str, Any]:
    sheet = Sheet()
    found = narrative.overview(None, sheet.passage(*texts), units)
    shown = sheet.shown(found)
    assert isinstance(shown, dict)
    return shown


def test_staff_and_offices() -> None:
    shown = overview(
        "某市水务局2022年度，实有人数59人，其中：在职人员41人，离休人员0人，退休人员18人。",
        "某市水务局无下属预算单位，下设3个处室，分别是：办公室（党办）、供水科、排水科。",
    )
    assert shown == {
        "staff_total": "59",
        "staff_active": "41",
        "staff_veteran_retired": "0",
        "staff_retired": "18",
        "office_count": "3",
        "offices": ("办公室（党办）", "供水科", "排水科"),
    }


def test_the_subordinate_units_of_a_department() -> None:
    shown = overview(
        "纳入某市水务局2023年度部门决算编制范围的下属预算单位包括：", "1.某市水务局本级", "2.某市排水管理处；"
    )
    assert shown["subordinate_units"] == ("某市水务局本级", "某市排水管理处")


def test_the_units_of_a_table() -> None:
    table = grid([["序号", "单位名称", "备注"], ["1", "某市水务局本级", ""], ["2", "某市排水管理处", "自收自支"]])
    assert narrative.units_in([table]) == ("某市水务局本级", "某市排水管理处")
    assert narrative.units_in([grid([["项目", "金额"], ["甲", "1.00"]])]) == ()


# --- 十


COST = "支出33.10万元，比上年减少1.20万元，下降3.50%，主要原因是：压减办公费2项。"
ADMINISTRATIVE = f"2022年度某市水务局（行政单位和参照公务员法管理事业单位）机关运行经费{COST}"
INSTITUTION = f"某市水务局（事业单位）公用经费{COST}".replace("33.10", "8.40").replace("1.20", "0.30")


def test_the_operating_costs_of_either_kind_of_unit() -> None:
    change = {"amount": "−1.20", "percent": "−3.50", "reason": "压减办公费2项"}
    (cost,) = mapped(narrative.operating_costs, ADMINISTRATIVE)
    assert cost == {"unit_kind": "administrative", "amount": "33.10", "change": change}
    (cost,) = mapped(narrative.operating_costs, INSTITUTION)
    assert (cost["unit_kind"], cost["amount"], cost["change"]["amount"]) == ("institution", "8.40", "−0.30")


@pytest.mark.parametrize("texts", [(ADMINISTRATIVE, INSTITUTION), (ADMINISTRATIVE + INSTITUTION,)])
def test_both_kinds_of_operating_costs(texts: tuple[str, ...]) -> None:
    costs = mapped(narrative.operating_costs, *texts)
    assert [(cost["unit_kind"], cost["amount"]) for cost in costs] == [
        ("administrative", "33.10"),
        ("institution", "8.40"),
    ]
    assert costs[0]["change"]["reason"] == "压减办公费2项"


def test_no_operating_costs_are_an_empty_list() -> None:
    assert mapped(narrative.operating_costs, "本单位没有机关运行经费。") == ()


@pytest.mark.parametrize("comma", ["、", "，"])
def test_procurement(comma: str) -> None:
    shown = mapped(
        narrative.procurement,
        f"2022年度政府采购支出总额20.00万元，其中：政府采购货物支出12.00万元{comma}政府采购工程支出0.00万元{comma}"
        "政府采购服务支出8.00万元。",
        "授予中小企业合同金额15.00万元，占政府采购支出总额的75.00%，其中：授予小微企业合同金额5.00万元，"
        "占政府采购支出总额的25.00%。",
    )
    assert shown == {
        "total": "20.00",
        "goods": "12.00",
        "works": "0.00",
        "services": "8.00",
        "sme_amount": "15.00",
        "sme_percent": "75.00",
        "micro_amount": "5.00",
        "micro_percent": "25.00",
    }


ASSETS_2022 = (
    "截止2022年12月31日，固定资产原值803.20万元，房屋3,280.50平方米，价值610.00万元。车辆4辆，价值62.40万元，其中："
    "副部（省）级及以上领导用车0辆、主要领导干部用车1辆、机要通信用车1辆、应急保障用车0辆、执法执勤用车1辆、"
    "特种专业技术用车0辆、离退休干部用车0辆、其他用车1辆，其他用车主要是：2吨洒水车、抢修车；"
    "单价100万元（含）以上设备（不含车辆）2台（套）。"
)


def test_state_assets_of_2022() -> None:
    assert mapped(narrative.state_assets, ASSETS_2022) == {
        "as_of": "2022-12-31",
        "fixed_assets": "803.20",
        "building_area_m2": "3,280.50",
        "building_value": "610.00",
        "vehicle_count": "4",
        "vehicle_value": "62.40",
        "vehicles_ministerial": "0",
        "vehicles_principal": "1",
        "vehicles_confidential": "1",
        "vehicles_emergency": "0",
        "vehicles_enforcement": "1",
        "vehicles_special": "0",
        "vehicles_retired_cadre": "0",
        "vehicles_other": "1",
        "vehicles_other_note": "2吨洒水车、抢修车",
        "large_equipment": "2",
    }


def test_state_assets_of_2023_read_the_same() -> None:
    text = (
        ASSETS_2022.replace("截止", "截至")
        .replace("主要领导干部", "主要负责人")
        .replace("离退休干部", "离退休干部服务")
    )
    assert mapped(narrative.state_assets, text) == mapped(narrative.state_assets, ASSETS_2022)


@pytest.mark.parametrize("sign", "；：")
@pytest.mark.parametrize("at", range(ASSETS_2022.count("，") - 1))  # the last one ends a note
def test_a_comma_of_the_assets_may_be_misread(at: int, sign: str) -> None:
    parts = ASSETS_2022.split("，")
    text = "，".join(parts[: at + 1]) + sign + "，".join(parts[at + 1 :])
    shown, usual = (mapped(narrative.state_assets, words) for words in (text, ASSETS_2022))
    assert {**shown, "vehicles_other_note": ""} == {**usual, "vehicles_other_note": ""}


@pytest.mark.parametrize("lost", ["（含", "含）", "（不", "辆）2"])
def test_a_bracket_of_the_equipment_may_be_lost(lost: str) -> None:
    text = ASSETS_2022.replace(lost, lost.strip("（") if "（" in lost else lost.replace("）", ""))
    assert mapped(narrative.state_assets, text)["large_equipment"] == "2"


def test_the_threshold_of_the_equipment_is_no_figure() -> None:
    assert "100" not in left_over(narrative.state_assets, ASSETS_2022)


def test_a_value_without_buildings_before_it_is_not_theirs() -> None:
    shown = mapped(narrative.state_assets, "截至2023年12月31日，固定资产原值8.00万元。车辆0辆，价值0.00万元。")
    assert "building_value" not in shown
    assert (shown["vehicle_value"], shown["as_of"]) == ("0.00", "2023-12-31")


# --- 十一


TEXTS = (
    "预算绩效管理取得的成效：一是完成率达95%，节约2.00万元。二是制度健全。",
    "发现的问题及原因：个别项目进度慢。",
    "下一步改进措施：加强培训，全年不少于3次。",
    "具体项目自评情况附项目支出绩效自评表。",
)


@pytest.mark.parametrize("sign", "，；：")
def test_performance_of_2022(sign: str) -> None:
    """Whatever a comma was read as."""
    shown = mapped(
        narrative.performance,
        f"本单位2022年度开展预算绩效评价项目3个，全年预算数120.00万元{sign}全年执行数119.50万元。" + TEXTS[0],
        *TEXTS[1:],
    )
    assert shown == {
        "project_count": "3",
        "project_budget": "120.00",
        "project_executed": "119.50",
        "achievements": "一是完成率达95%，节约2.00万元。二是制度健全。",
        "problems": "个别项目进度慢。",
        "improvements": "加强培训，全年不少于3次。",
    }


@pytest.mark.parametrize("comma", ["，", "；"])  # a speck on a scan
def test_performance_of_2023_counts_the_overall_table_too(comma: str) -> None:
    said = (
        f"形成部门预算绩效管理整体支出绩效自评表1个，全年预算总额900.00万元{comma}实际执行总额880.00万元；"
        "预算绩效评价项目3个，全年预算数120.00万元，全年执行数119.50万元。"
    )
    shown = mapped(narrative.performance, said, *TEXTS)
    keys = ("overall_table_count", "overall_budget", "overall_executed")
    assert [shown[key] for key in keys] == ["1", "900.00", "880.00"]
    keys = ("project_count", "project_budget", "project_executed")
    assert [shown[key] for key in keys] == ["3", "120.00", "119.50"]
    assert left_over(narrative.performance, said, *TEXTS) == []


@pytest.mark.parametrize("sign", "，；。")
def test_the_projects_behind_the_word_may_stand_in_a_clause_of_their_own(sign: str) -> None:
    shown = mapped(narrative.performance, f"组织项目支出绩效自评{sign}共涉及预算项目3个{sign}涉及资金120.00万元。")
    assert shown == {"project_count": "3", "project_budget": "120.00"}


def test_performance_without_texts_has_none() -> None:
    shown = mapped(narrative.performance, "开展预算绩效评价项目0个，全年预算数0.00万元，全年执行数0.00万元。")
    assert shown == {"project_count": "0", "project_budget": "0.00", "project_executed": "0.00"}


# --- 名词解释


def test_terms_and_definitions() -> None:
    found = narrative.glossary(
        section(
            "财政拨款收入：指从财政取得的资金。",
            "二、基本支出:指维持运转的支出，",
            "包括人员经费和公用经费。",
            "“三公”经费：指三项费用。其中：公务接待费指接待支出。",
        )
    )
    assert [(each.term, each.definition) for each in found] == [
        ("财政拨款收入", "指从财政取得的资金。"),
        ("基本支出", "指维持运转的支出，包括人员经费和公用经费。"),
        ("“三公”经费", "指三项费用。其中：公务接待费指接待支出。"),
    ]
    assert narrative.glossary(None) == ()
