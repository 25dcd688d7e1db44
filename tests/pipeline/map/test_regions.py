"""Reports in the forms of other regions: headings of any kind, merged sections, items in every style, other orders.

What is certain finds its field; what is not stays open and is listed. All sentences and figures are made up.
"""

from __future__ import annotations

from typing import Any

import pytest

from recount.pipeline.document import Block, Document
from recount.pipeline.map.final_accounts.mapper import map_report
from recount.pipeline.map.grammar.items import heads_in
from recount.tests.pipeline.helpers import Sheet

TITLE = "南港市渔政局2022年度部门决算"
PART = "第三部分 2022年度部门决算情况说明"


def mapped(*lines: str) -> dict[str, Any]:
    """A report of these paragraphs, each number as its characters; and `open`: the numbers that have no field."""
    sheet = Sheet()
    blocks: list[Block] = [sheet.paragraph(line) for line in (TITLE, PART, *lines)]
    shown = sheet.shown(map_report(Document(tuple(blocks), tuple(sheet.tokens))).report)
    return {**shown, "open": [figure["value"] for figure in shown.get("unmapped_figures", ())]}


def at(report: Any, pointer: str) -> Any:
    for step in pointer.split("/"):
        report = report[int(step)] if step.isdigit() else report.get(step, {})
    return report


# --- one wording each: the section's heading, a sentence, and what it says

UNIT = "一、收入支出决算总体情况说明"
FISCAL = "四、财政拨款收入支出决算总体情况说明"
GENERAL = "五、财政拨款支出决算情况说明"
THREE = "七、财政拨款“三公”经费支出决算情况说明"
FUNDS = "八、政府性基金预算财政拨款支出决算情况说明"
WORDINGS = (
    (UNIT, "全年总收入80.00万元，总支出80.00万元。", {"income_total": "80.00", "expenditure_total": "80.00"}),
    (
        UNIT,
        "收、支总计（含上年结转）均为80.00万元。与2021年度决算相比，收、支各增加8.00万元，增长11.11%。",
        {"income_total": "80.00", "income_change/amount": "8.00", "expenditure_change/percent": "11.11"},
    ),
    (
        UNIT,
        "收入总计80.00万元，支出总计80.00万元。与上年相比，收入总计、支出总计各减少8.00万元，下降9.09%。",
        {"income_change/amount": "−8.00", "expenditure_change/amount": "−8.00", "income_change/percent": "−9.09"},
    ),
    (UNIT, "收入总计80.00万元，比上年减少8.00万元（9.09%）。", {"income_change/percent": "−9.09"}),
    (UNIT, "收入总计80.00万元，比2021年度72.00万元增加8.00万元。", {"income_change/amount": "8.00"}),
    # the forms of 2013 to 2018
    (
        UNIT,
        "总收入80.00万元，其中：用事业基金弥补收支差额3.00万元，上年结转7.00万元；年末结余4.00万元。",
        {"nonfiscal_surplus_used": "3.00", "opening_carryover": "7.00", "closing_carryover": "4.00"},
    ),
    (UNIT, "收入总计80.00万元，其中年初结余7.00万元。", {"opening_carryover": "7.00"}),
    (UNIT, "收入总计80.00万元，其中年初结转4.00万元，年初结余3.00万元。", {"opening_carryover": {}}),
    # those of 2024
    (UNIT, "使用非财政拨款结余（含专用结余）3.00万元。", {"nonfiscal_surplus_used": "3.00"}),
    (UNIT, "使用非财政拨款专用结余3.00万元。", {"nonfiscal_surplus_used": "3.00"}),
    (UNIT, "使用专用结余3.00万元。", {"nonfiscal_surplus_used": {}}),
    (FISCAL, "财政拨款收、支总决算60.00万元。", {"income_total": "60.00", "expenditure_total": "60.00"}),
    (
        FISCAL,
        "财政拨款本年收入60.00万元，完成年初预算的120.00%。",
        {"income_current_year": "60.00", "income_budget/completion_percent": "120.00"},
    ),
    (
        GENERAL,
        "2022年财政拨款支出50.00万元，占本年支出合计的62.50%。",
        {"total": "50.00", "percent_of_expenditure": "62.50"},
    ),
    (
        GENERAL,
        "财政拨款支出50.00万元，较上年决算数增加9.00万元，增长21.95%，完成年初预算的98.00%。",
        {"change/percent": "21.95", "budget/completion_percent": "98.00"},
    ),
    (GENERAL, "与年初预算相比，2022年财政拨款支出完成年初预算的110.00%。", {"budget/completion_percent": "110.00"}),
    (
        FUNDS,
        "政府性基金预算财政拨款支出年初预算为10.00万元，支出决算为9.00万元，完成年初预算的90.00%。",
        {"expenditure": "9.00", "expenditure_budget/budget": "10.00", "expenditure_budget/completion_percent": "90.00"},
    ),
    (
        THREE,
        "“三公”经费支出7.00万元，年初预算为8.00万元。",
        {"total": "7.00", "budget/budget": "8.00", "budget/final": "7.00"},
    ),
    (
        THREE,
        "公务接待费支出2.00万元，主要用于检查。累计接待12批次、接待总人数98人次。",
        {"reception/amount": "2.00", "reception_batches": "12", "reception_visits": "98"},
    ),
    (
        THREE,
        "公务接待费支出2.00万元，共接待国内来访团组12个、来宾98人次。",
        {"reception_batches": "12", "reception_visits": "98", "overseas_groups": {}},
    ),
    (THREE, "因公出国（境）费3.00万元，出国（境）团组1批，4人次。", {"overseas_groups": "1", "overseas_visits": "4"}),
    (
        THREE,
        "公车购置及运行维护费支出5.00万元，其中公车购置费0.00万元，公车运行维护费5.00万元，公车保有量3辆。",
        {"vehicles/amount": "5.00", "vehicle_purchase": "0.00", "vehicle_running": "5.00", "vehicles_owned": "3"},
    ),
    (
        THREE,
        "“三公”经费支出中，因公出国（境）费占0%；公务用车购置及运行维护费占71.43%；公务接待费占28.57%。",
        {"overseas/percent": "0", "vehicles/percent": "71.43", "reception/percent": "28.57"},
    ),
    ("十、其他重要事项\n（一）机关运行经费情况", "机构运行经费支出决算6.00万元。", {"0/amount": "6.00"}),
    (
        "十、其他重要事项\n（一）机关运行经费情况",
        "机关运行经费预算为7.00万元，支出决算为6.00万元。",
        {"0/amount": "6.00"},
    ),
    (
        "十一、预算绩效管理工作开展情况",
        "组织对项目支出全面开展绩效自评，共涉及项目5个，资金44.00万元。",
        {"project_count": "5", "project_budget": "44.00"},
    ),
    (
        "十一、预算绩效管理工作开展情况",
        "本年5个项目开展了绩效自评价，涉及财政性资金合计44.00万元。",
        {"project_count": "5", "project_budget": "44.00"},
    ),
    (THREE, "“三公”经费支出7.00万元，比年初预算减少1.00万元，比上年减少2.00万元。", {"change/amount": "−2.00"}),
    (
        THREE,
        "“三公”经费支出7.00万元（其中：一般公共预算支出6.50万元；基金支出0.50万元）。与上年相比，增加2.00万元。",
        {"total": "7.00", "change/amount": "2.00"},
    ),
    (
        THREE,
        "公务用车购置及运行费5.00万元（其中：公务用车购置费1.00万元，公务用车运行费4.00万元），比上年增加2.00万元。",
        {"vehicles/change/amount": "2.00", "vehicle_running": "4.00"},
    ),
    (
        THREE,
        "财政拨款安排的“三公”经费支出预算为8.00万元，支出决算为7.00万元。",
        {"budget/budget": "8.00", "total": "7.00"},
    ),
    (
        THREE,
        "因公出国（境）费3.00万元。全年使用一般公共预算财政拨款涉及的出国（境）团组1个，累计4人次。",
        {"overseas_groups": "1", "overseas_visits": "4"},
    ),
    (THREE, "全年因公出国（境）共计1个团组，4人。", {"overseas_groups": "1", "overseas_visits": "4"}),
    (THREE, "公务接待费2.00万元，主要原因是来访减少。参加出国（境）团组1个，共4人次。", {"overseas_groups": "1"}),
    (
        THREE,
        "公务接待费2.00万元，比年初预算1.00万元增加1.00万元，完成预算的200.00%。",
        {"reception_budget/completion_percent": "200.00", "reception_budget/budget": "1.00"},
    ),
    (THREE, "更新（购置）公务用车2辆，年末公务用车保有3辆。", {"vehicles_bought": "2", "vehicles_owned": "3"}),
    (THREE, "本级及所属各单位开支财政拨款的公务用车保有量为3辆。", {"vehicles_owned": "3"}),
    (GENERAL, "一般公共预算支出50.00万元。与上年对比增加5.00万元。", {"change/amount": "5.00"}),
    (GENERAL, "一般公共预算支出50.00万元，占9.00%。比2021年度45.00万元增加5.00万元。", {"change/amount": "5.00"}),
    (
        GENERAL,
        "主要用于以下方面：农林水支出（类）支出30.00万元，占60.00%，其他支出（类）支出20.00万元，占40.00%。",
        {"by_class/0/amount": "30.00", "by_class/1/percent": "40.00"},
    ),
    (
        UNIT,
        "总收入80.00万元。收入包括本年收入70.00万元、用事业基金弥补收支差额4.00万元、上年结转6.00万元。",
        {"income_current_year": "70.00", "nonfiscal_surplus_used": "4.00", "opening_carryover": "6.00"},
    ),
    (UNIT, "2022年末结转和结余8.00万元。", {"closing_carryover": "8.00"}),
    (UNIT, "南港市渔政局年初结转和结余8.00万元。", {"opening_carryover": "8.00"}),
    (FUNDS, "政府性基金预算财政拨款收入10.00万元，用于渔港。", {"income_current_year": "10.00"}),
    (
        "十、其他重要事项\n（一）机关运行经费情况",
        "机关运行经费支出6.00万元（与基本支出中公用经费之和保持一致），比上年增加1.00万元。",
        {"0/change/amount": "1.00"},
    ),
    (
        "十、其他重要事项\n（一）机关运行经费情况",
        "维持日常运转而开支的机关运行经费合计6.00万元。",
        {"0/amount": "6.00"},
    ),
    (
        "十一、预算绩效管理工作开展情况",
        "对项目支出开展绩效自评，其中，项目5个，共涉及资金44.00万元。",
        {"project_count": "5", "project_budget": "44.00"},
    ),
    (
        "十一、预算绩效管理工作开展情况",
        "实施绩效评价，评价项目5个，涉及金额44.00万元。",
        {"project_count": "5", "project_budget": "44.00"},
    ),
)
KEYS = {
    UNIT: "income_expenditure",
    FISCAL: "fiscal_appropriation",
    GENERAL: "general_public_budget",
    THREE: "three_public",
    FUNDS: "government_funds",
    "十、其他重要事项\n（一）机关运行经费情况": "operating_costs",
    "十一、预算绩效管理工作开展情况": "performance",
}


@pytest.mark.parametrize(("heading", "sentence", "expected"), WORDINGS)
def test_a_wording(heading: str, sentence: str, expected: dict[str, Any]) -> None:
    report = mapped(*heading.split("\n"), sentence)
    assert {pointer: at(report, f"{KEYS[heading]}/{pointer}") for pointer in expected} == expected


def test_projects_that_were_all_evaluated() -> None:
    report = mapped("十三、预算绩效管理情况说明", "组织对二级项目5个全面开展绩效自评，共涉及资金40.00万元。")
    assert report["performance"] == {"project_count": "5", "project_budget": "40.00"}


def test_cars_of_the_units_below_as_well() -> None:
    report = mapped("十二、国有资产占用情况说明", "本部门机关及所属单位共有车辆5辆。")
    assert report["state_assets"] == {"vehicle_count": "5"}


def test_a_share_of_another_whole_is_no_share_of_the_section() -> None:
    report = mapped(
        "十、其他重要事项",
        "（二）政府采购支出情况",
        "政府采购支出总额10.00万元。授予中小企业合同金额8.00万元，占政府采购支出总额的80.00%，"
        "其中：授予小微企业合同金额4.00万元，占授予中小企业合同金额的50.00%。",
    )
    assert "micro_percent" not in report["procurement"]
    assert (report["procurement"]["sme_percent"], report["open"]) == ("80.00", ["50.00"])


def test_a_share_of_what_was_carried_over_as_well_is_listed() -> None:
    report = mapped("二、收入决算情况说明", "本年收入合计9.00万元，其中：事业收入9.00万元，占收入总计的75.00%。")
    assert report["income"] == {"total": "9.00", "institutional": {"amount": "9.00"}}
    assert report["open"] == ["75.00"]


def test_what_says_one_side_is_not_of_both() -> None:
    report = mapped(FISCAL, "财政拨款收、支总计60.00万元；财政拨款支出年初预算数50.00万元，完成年初预算的120.00%。")
    fiscal = report["fiscal_appropriation"]
    assert fiscal["expenditure_budget"] == {"budget": "50.00", "completion_percent": "120.00"}
    assert "income_budget" not in fiscal


def test_a_share_stands_in_brackets_behind_its_amount() -> None:
    report = mapped(
        "二、收入决算情况说明", "收入合计80.00万元，其中：事业收入60.00万元（75.00%）；其他收入20.00万元（25.00%）。"
    )
    assert report["income"]["other"] == {"amount": "20.00", "percent": "25.00"}


def test_who_pays_for_the_three_expenses_is_no_section() -> None:
    report = mapped(THREE, "“三公”经费支出7.00万元（其中：一般公共预算支出7.00万元；政府性基金预算支出0.00万元）。")
    assert not {"general_public_budget", "government_funds"} & set(report)
    assert report["open"] == ["7.00", "0.00"]


def test_heads_are_counted_under_any_heading() -> None:
    report = mapped(
        "一、基本情况",
        "年末实有人数9人，其中：在职6人，离休1人，退休2人。",
        "二、收入情况",
        "本年退休5人，人员经费减少。",
    )
    assert report["overview"] == {
        "staff_total": "9", "staff_active": "6", "staff_veteran_retired": "1", "staff_retired": "2"
    }  # fmt: skip


# --- headings


def test_income_below_one_kind_of_money_is_a_part_of_that() -> None:
    report = mapped(
        "（三）一般公共预算财政拨款收入支出决算情况说明",
        "1.收入情况。一般公共预算财政拨款收入与支出相当。",
        "2.支出情况。一般公共预算财政拨款支出50.00万元，比上年增加5.00万元。",
        "（1）农林水支出30.00万元，较年初预算数增加1.00万元，主要原因是新项目。",
        "（2）其他支出20.00万元，较年初预算数减少1.00万元，主要原因是项目完工。",
    )
    general = report["general_public_budget"]
    assert (general["total"], general["change"]["amount"]) == ("50.00", "5.00")
    assert [(row["class_name"], row["amount"]) for row in general["items"]] == [
        ("农林水支出", "30.00"), ("其他支出", "20.00")
    ]  # fmt: skip
    assert not {"income", "expenditure"} & set(report)


HEADINGS = (
    "二、收入决算情况说明",
    "（二）收入情况",
    "2.收入决算情况",
    "2、2022年度收入情况说明",
    "收入决算情况说明",
    "二、关于收入决算情况说明",
)


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_heading_is_known_by_what_it_says(heading: str) -> None:
    report = mapped(heading, "本年收入合计80.00万元，其中：事业收入80.00万元，占100.00%。")
    assert report["income"]["institutional"] == {"amount": "80.00", "percent": "100.00"}


def test_a_heading_runs_in() -> None:
    report = mapped("2.收入决算情况。本年收入合计80.00万元。", "3.支出决算情况。本年支出合计70.00万元。")
    assert (report["income"]["total"], report["expenditure"]["total"]) == ("80.00", "70.00")


def test_a_line_with_its_amount_is_no_heading() -> None:
    report = mapped(
        "六、财政拨款基本支出决算情况说明",
        "基本支出9.00万元，其中：",
        "（一）人员经费7.00万元。主要包括：基本工资、津贴补贴。",
        "（二）公用经费2.00万元。主要包括：办公费、水费。",
    )
    basic = report["basic_expenditure"]
    assert (basic["total"], basic["personnel"], basic["public"]) == ("9.00", "7.00", "2.00")
    assert basic["public_items"] == ("办公费", "水费")


def test_the_parts_of_a_section_are_not_taken_for_another_of_its_kind() -> None:
    report = mapped(
        "二、收入决算情况说明",
        "（一）收入决算结构情况",
        "本年收入合计80.00万元，其中：其他收入80.00万元，占100.00%。",
        "（二）收入决算具体情况",
        "其他收入80.00万元，与上年相比增加8.00万元，主要原因是利息增加，存款增加，其他收入因而增加不少。",
    )
    assert report["income"]["other"] == {"amount": "80.00", "percent": "100.00"}


def test_a_numbered_line_says_what_a_sentence_below_it_compares() -> None:
    report = mapped(
        THREE,
        "1.公务用车购置费支出情况说明",
        "2022年购置车辆0辆，预算为3.00万元，支出决算为0.00万元，完成预算的0%。",
        "2.公务接待费支出情况说明",
        "2022年公务接待12批次，98人次，预算为4.00万元，支出决算为1.00万元，完成预算的25.00%。",
    )
    three = report["three_public"]
    assert three["vehicle_purchase_budget"] == {"budget": "3.00", "final": "0.00", "completion_percent": "0"}
    assert three["reception_budget"] == {"budget": "4.00", "final": "1.00", "completion_percent": "25.00"}
    assert (three["reception_batches"], three["reception_visits"]) == ("12", "98")


def test_an_amount_without_a_subject_is_of_the_heading_right_above_it() -> None:
    report = mapped(THREE, "1.公务接待费。2022年决算数1.00万元，比2022年年初预算数4.00万元减少3.00万元。")
    assert report["three_public"]["reception"] == {"amount": "1.00"}
    assert report["three_public"]["reception_budget"] == {"budget": "4.00", "final": "1.00"}
    assert report["open"] == ["3.00"]


def test_an_amount_below_the_rest_of_a_torn_sentence_is_of_nothing() -> None:
    report = mapped(
        THREE,
        "“三公”经费支出预算为9.00万元，支出决算为8.00万元。",
        "（二）“三公”经费财政拨款支出决算具体情况说明",
        "出预算为4.00万元，支出决算为0.00万元。",
    )
    assert report["three_public"] == {"total": "8.00", "budget": {"budget": "9.00", "final": "8.00"}}
    assert report["open"] == ["4.00", "0.00"]


# --- merged sections

MERGED = (
    "一、收入支出决算总体情况说明",
    "（一）收入总计80.00万元，包括：",
    "1.财政拨款收入60.00万元，占收入总计的75.00%。",
    "2.其他收入12.00万元，占收入总计的15.00%。",
    "3.年初结转和结余8.00万元。",
    "与上年相比，今年收入增加5.00万元，增长6.67%，主要原因：项目增加。",
    "（二）支出总计72.00万元，包括：",
    "1.基本支出40.00万元，占支出总计的55.56%。主要是工资，其中：工资福利支出30.00万元。",
    "2.项目支出32.00万元，占支出总计的44.44%。",
)


def test_a_merged_section_speaks_of_several() -> None:
    report = mapped(*MERGED)
    whole, income, spent = report["income_expenditure"], report["income"], report["expenditure"]
    assert (whole["income_total"], whole["opening_carryover"]) == ("80.00", "8.00")
    assert whole["income_change"]["amount"] == "5.00"
    assert income == {"fiscal_appropriation": {"amount": "60.00"}, "other": {"amount": "12.00"}}
    assert spent["basic"] == {"amount": "40.00", "percent": "55.56"}
    assert spent["project"] == {"amount": "32.00", "percent": "44.44"}
    assert {"75.00", "15.00", "30.00"} <= set(report["open"])


def test_what_is_paid_from_appropriations_is_not_what_the_unit_pays() -> None:
    report = mapped(GENERAL, "2022年财政拨款支出50.00万元，其中：基本支出40.00万元，项目支出10.00万元。")
    assert "expenditure" not in report
    assert "basic_expenditure" not in report
    assert report["open"] == ["40.00", "10.00"]


def test_a_comparison_below_an_amount_that_nobody_knows_is_of_nothing() -> None:
    report = mapped(UNIT, "收入总计80.00万元。", "渔港维护收入6.00万元。较上年减少3.00万元，下降33.33%。")
    assert report["income_expenditure"] == {"income_total": "80.00"}
    assert report["open"] == ["6.00", "3.00", "33.33"]


def test_two_sections_that_know_as_much_of_a_sentence_leave_it_open() -> None:
    report = mapped("二、往来情况", "本年支出合计70.00万元。")
    assert report["open"] == ["70.00"]
    assert not {"income_expenditure", "expenditure"} & set(report)


def test_of_two_sections_that_know_as_much_the_one_that_was_spoken_of_has_it() -> None:
    report = mapped(
        "二、支出决算情况说明",
        "支出总计80.00万元，其中本年支出合计70.00万元，主要原因是人员增加；年末结转和结余10.00万元。",
    )
    assert report["income_expenditure"] == {"expenditure_total": "80.00", "closing_carryover": "10.00"}
    assert report["open"] == []


def test_under_a_heading_below_a_heading_a_budget_is_of_what_the_nearest_names() -> None:
    report = mapped(
        THREE,
        "（一）“三公”经费支出决算总体情况说明",
        "2022年财政拨款安排“三公”经费预算为9.00万元，支出决算为7.00万元，完成预算的77.78%。",
        "（二）“三公”经费支出决算具体情况说明",
        "1.因公出国（境）费支出情况说明。",
        "2022年因公出国（境）团组1个，3人次，预算为4.00万元，支出决算为2.00万元，完成预算的50.00%。",
    )["three_public"]
    assert report["budget"] == {"budget": "9.00", "final": "7.00", "completion_percent": "77.78"}
    assert report["overseas_budget"] == {"budget": "4.00", "final": "2.00", "completion_percent": "50.00"}


def test_a_reason_ends_where_the_next_line_begins() -> None:
    report = mapped(
        UNIT,
        "1.2022年收入总计80.00万元，较上年增加8.00万元，增长11.11%，主要原因是人员增加。",
        "2.2022年支出总计80.00万元，较上年增加8.00万元，增长11.11%，主要原因是人员增加。",
        "3.2022年收入合计75.00万元，其中：其他收入75.00万元，占100.00%。",
    )
    whole = report["income_expenditure"]
    assert (whole["expenditure_total"], whole["expenditure_change"]["amount"]) == ("80.00", "8.00")
    assert whole["income_change"]["reason"] == "人员增加"
    assert report["income"] == {"total": "75.00", "other": {"amount": "75.00", "percent": "100.00"}}


# --- items

BEHIND = "年初预算为5.00万元，支出决算为6.00万元，完成年初预算的120.00%。"
ITEMS = (
    ("1.农林水支出（类）农业农村（款）渔业发展（项）。" + BEHIND, "农林水支出", "农业农村", "渔业发展"),
    ("1.农林水支出（类）农业农村（款）。" + BEHIND, "农林水支出", "农业农村", None),
    ("1.农林水支出（类）。" + BEHIND, "农林水支出", None, None),
    ("（一）农林水支出（类）\n1.农业农村（款）渔业发展（项）。" + BEHIND, "农林水支出", "农业农村", "渔业发展"),
    ("1.农林水支出—农业农村—渔业发展。" + BEHIND, "农林水支出", "农业农村", "渔业发展"),
    ("（1）渔业发展（2130135）。" + BEHIND, None, None, "渔业发展"),
    ("2130135渔业发展支出决算为6.00万元。", None, None, "渔业发展"),
    ("213013渔业发展支出决算为6.00万元。", None, None, "渔业发展"),  # a digit is lost
    ("（一）农林水支出年初预算为5.00万元，决算数为6.00万元。", "农林水支出", None, None),
    (
        "1.“农林水支出”（类）决算6.00万元。其中：\n“农业农村”（款）2022年度决算6.00万元。",
        "农林水支出",
        "农业农村",
        None,
    ),
    ("1.农林水支出—农业农村—其他农业农村支出支出6.00万元。", "农林水支出", "农业农村", "其他农业农村支出"),
    ("1.农林水支出一农业农村—一般行政管理事务支出6.00万元。", "农林水支出", "农业农村", "一般行政管理事务"),
    ("1.一般公共服务支出一财政事务一一般行政管理事务6.00万元。", "一般公共服务支出", "财政事务", "一般行政管理事务"),
    ("1.渔业发展（2130135）。支出决算6.00万元，完成年初预算的120.00%（年初预算5.00万元）。", None, None, "渔业发展"),
)


@pytest.mark.parametrize(("text", "of_class", "section", "item"), ITEMS)
def test_an_item_is_named_in_many_ways(text: str, of_class: str | None, section: str | None, item: str | None) -> None:
    report = mapped(GENERAL, "财政拨款支出6.00万元。其中：", *text.split("\n"))
    [row] = report["general_public_budget"]["items"]
    assert (row.get("class_name"), row.get("section_name"), row.get("item_name")) == (of_class, section, item)
    assert row["amount"] == "6.00"
    assert not BEHIND.startswith(text[-20:]) or row["budget"]["completion_percent"] == "120.00"


def test_an_item_may_have_the_code_of_each_level_behind_its_name() -> None:
    text = "1.农林水支出（213）农业农村（21301）行政运行（2130101）：支出决算6.00万元，比上年增加1.00万元。"
    [row] = mapped(GENERAL, text)["general_public_budget"]["items"]
    assert [row[level] for level in ("class_name", "section_name", "item_name")] == [
        "农林水支出",
        "农业农村",
        "行政运行",
    ]
    assert (row["amount"], row["change"]["amount"]) == ("6.00", "1.00")


@pytest.mark.parametrize(
    "text", ["12345热线坐席项目已完工，本年支出6.00万元。", "9月起提高标准，支出6.00万元。", "2022年支出6.00万元。"]
)
def test_a_number_that_is_no_code_names_no_item(text: str) -> None:
    assert heads_in(Sheet().passage(text)) == []


def test_a_class_over_its_items_is_no_item_itself() -> None:
    report = mapped(
        GENERAL,
        "1.农林水支出（类）。年初预算为5.00万元，支出决算为6.00万元。",
        "（1）农业农村（款）渔业发展（项）。年初预算为5.00万元，支出决算为6.00万元。",
    )
    [row] = report["general_public_budget"]["items"]
    assert (row["class_name"], row["item_name"]) == ("农林水支出", "渔业发展")


def test_an_item_ends_where_the_next_class_begins_over_its_own() -> None:
    report = mapped(
        GENERAL,
        "1.农林水支出（类）：年初预算为5.00万元，支出决算为6.00万元，决算数大于年初预算数的主要原因是追加经费。",
        "（1）农业农村（款）渔业发展（项）：年初预算为5.00万元，支出决算为6.00万元。",
        "2.住房保障支出（类）：年初预算为3.00万元，支出决算为4.00万元，完成年初预算的133.33%。",
        "（1）住房改革支出（款）住房公积金（项）：年初预算为3.00万元，支出决算为4.00万元。",
    )
    first, second = report["general_public_budget"]["items"]
    assert (first["class_name"], first["amount"]) == ("农林水支出", "6.00")
    assert first["budget"] == {"budget": "5.00", "final": "6.00"}
    assert (second["class_name"], second["amount"]) == ("住房保障支出", "4.00")
    assert "133.33" in report["open"]


def test_income_and_expenditure_under_the_heading_of_appropriations_are_this_years() -> None:
    report = mapped(FISCAL, "2022年度财政拨款收入60.00万元，比上年增加2.00万元；财政拨款支出58.00万元。")
    section = report["fiscal_appropriation"]
    assert section == {"income_current_year": "60.00", "expenditure_current_year": "58.00"}
    assert report["open"] == ["2.00"]


def test_a_share_behind_what_income_is() -> None:
    report = mapped("二、收入决算情况说明", "其他收入6.00万元，为利息收入，占收入合计的7.50%。")
    assert report["income"]["other"] == {"amount": "6.00", "percent": "7.50"}


def test_a_class_is_compared_before_its_share() -> None:
    report = mapped(GENERAL, "1.农林水支出（类）支出6.00万元，完成年初预算的120.00%，占财政拨款支出的75.00%。")
    [row] = report["general_public_budget"]["by_class"]
    assert (row["amount"], row["percent"]) == ("6.00", "75.00")


def test_what_an_item_is_for_ends_before_its_budget() -> None:
    text = "农业农村（款）渔业发展（项）支出6.00万元，主要用于渔政执法，完成年初预算的120.00%。"
    [row] = mapped(GENERAL, text)["general_public_budget"]["items"]
    assert (row["purpose"], row["budget"]["completion_percent"]) == ("渔政执法", "120.00")


def test_a_rate_against_the_budget_that_is_not_called_its_difference_is_listed() -> None:
    said = "“三公”经费支出预算为8.00万元，支出决算为6.00万元，完成预算的75.00%，较预算减少2.00万元，降低25.00%。"
    report = mapped(THREE, said)
    assert report["three_public"]["budget"] == {"budget": "8.00", "final": "6.00", "completion_percent": "75.00"}
    assert report["open"] == ["2.00", "25.00"]


def test_what_is_unchanged_of_an_amount_that_nobody_knows_is_not_the_sections_own() -> None:
    report = mapped(FISCAL, "财政拨款收、支总计60.00万元。教育附加本年支出0万元，与上年持平。")
    assert report["fiscal_appropriation"] == {"income_total": "60.00", "expenditure_total": "60.00"}


def test_behind_a_semicolon_a_sentence_is_of_what_it_was_of_before() -> None:
    report = mapped("四、财政拨款收支对比情况", "政府性基金预算财政拨款本年收入5.00万元；本年支出4.00万元。")
    section = report["government_funds"]
    assert (section["income_current_year"], section["expenditure_current_year"]) == ("5.00", "4.00")


def test_expenditure_alone_under_the_heading_of_a_fund_is_the_funds() -> None:
    report = mapped(FUNDS, "2022年度政府性基金预算财政拨款收入5.00万元；支出4.00万元，其中项目支出4.00万元。")
    assert report["government_funds"]["expenditure"] == "4.00"


def test_a_comparison_with_its_rate_is_of_the_sentence_before() -> None:
    report = mapped("九、其他费用情况", "机关运行经费支出决算5.00万元。与上年相比，增加2.00万元，增长66.67%。")
    [cost] = report["operating_costs"]
    assert (cost["amount"], cost["change"]) == ("5.00", {"amount": "2.00", "percent": "66.67"})


def test_an_aside_between_a_budget_and_what_was_spent() -> None:
    said = "公务接待费支出预算2.00万元（其中：一般公共预算支出2.00万元），支出决算1.00万元，完成全年预算的50.00%。"
    compared = mapped(THREE, said)["three_public"]["reception_budget"]
    assert compared == {"budget": "2.00", "final": "1.00", "completion_percent": "50.00"}


def test_a_reason_ends_before_the_sentence_that_takes_it_apart() -> None:
    report = mapped(THREE, "公务接待费支出1.00万元，比上年减少1.00万元，主要原因是少接待。其中：外宾接待0.50万元。")
    assert report["three_public"]["reception"]["change"]["reason"] == "少接待"
    assert report["open"] == ["0.50"]


def test_parts_of_a_change_behind_its_reason() -> None:
    report = mapped(
        THREE,
        "“三公”经费支出3.00万元，其中：因公出国（境）费支出2.00万元；公务接待费支出1.00万元。",
        "“三公”经费支出比上年增加1.50万元，主要原因：任务增加。其中：因公出国（境）费支出决算增加1.00万元，增长100.00%；"
        "公务接待费支出决算增加0.50万元，增长100.00%。",
    )["three_public"]
    assert report["change"] == {"amount": "1.50", "reason": "任务增加"}
    assert report["overseas"]["change"] == {"amount": "1.00", "percent": "100.00"}
    assert report["reception"]["change"] == {"amount": "0.50", "percent": "100.00"}


def test_a_rate_behind_a_semicolon_is_of_the_sentence_before_it() -> None:
    report = mapped("二、支出决算情况说明", "支出总计80.00万元，较2021年减少8.00万元；下降9.09%，主要原因是人员减少。")
    assert report["income_expenditure"]["expenditure_change"]["percent"] == "−9.09"
    assert report["open"] == []
