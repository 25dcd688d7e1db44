"""Sections 一 to 九 in the wording of forms X-2022 and X-2023, with the slips that publishers make."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from recount.pipeline.map.final_accounts import narrative
from recount.tests.pipeline.helpers import Sheet, reader_of


def mapped(mapping: Callable[..., Any], *texts: str) -> dict[str, Any]:
    """A section, each number as its characters; what is left over under the key "unclaimed"."""
    sheet = Sheet()
    passage = sheet.passage(*texts)
    section = mapping(passage)
    shown = sheet.shown(section)
    assert isinstance(shown, dict)
    left = sheet.left(passage, section)
    return shown | ({"unclaimed": left} if left else {})


# --- 一

CARRY = "年初结转和结余0.00万元"
TOTALS_2022 = (
    f"2022年度收入总计910.20万元，其中：本年收入合计910.20万元，使用非财政拨款结余0.00万元，{CARRY}。",
    "收入总计与上年相比，减少40.10万元，下降4.22%，主要原因是：两名人员调出，工资性支出减少。",
    "2022年度支出总计910.20万元，其中：本年支出合计900.00万元，结余分配0.00万元，年末结转和结余10.20万元。",
    "支出总计与上年相比，增加1.20万元，增长0.13%，主要原因是：补缴8-11月社保0.5万元。",
)


def test_totals_of_2022_have_a_change_each() -> None:
    assert mapped(reader_of("income_expenditure"), *TOTALS_2022) == {
        "income_total": "910.20",
        "income_current_year": "910.20",
        "nonfiscal_surplus_used": "0.00",
        "opening_carryover": "0.00",
        "expenditure_total": "910.20",
        "expenditure_current_year": "900.00",
        "surplus_distribution": "0.00",
        "closing_carryover": "10.20",
        "income_change": {"amount": "−40.10", "percent": "−4.22", "reason": "两名人员调出，工资性支出减少"},
        "expenditure_change": {"amount": "1.20", "percent": "0.13", "reason": "补缴8-11月社保0.5万元"},
    }


def test_totals_on_one_line_read_the_same() -> None:
    apart = mapped(reader_of("income_expenditure"), *TOTALS_2022)
    assert mapped(reader_of("income_expenditure"), "".join(TOTALS_2022)) == apart


def test_bent_marks_and_full_width_digits_read_the_same() -> None:
    bent = [text.replace("，", ",").replace("：", ":").replace("910.20", "９１０．２０") for text in TOTALS_2022]
    shown = mapped(reader_of("income_expenditure"), *bent)
    assert shown["income_total"] == "９１０．２０"
    assert shown["income_change"]["percent"] == "−4.22"
    assert shown["closing_carryover"] == "10.20"


@pytest.mark.parametrize(
    "compared",
    [
        "收入支出总体与上年相比，减少5.00万元，下降10.00%，主要原因是：项目完工。",
        "收入支出总体与上年相比,减少5.00万元,下降10.00%,主要原因：项目完工。",
        "收入、支出总计比上年减少5.00万元，下降10.00%，主要原因是：项目完工。",
        "收支总体较上年减少5.00万元，下降10.00%，主要是：项目完工。",
    ],
)
def test_one_change_of_2023_fills_both_sides(compared: str) -> None:
    shown = mapped(
        reader_of("income_expenditure"), "2023年度收入总计45.00万元。", "2023年度支出总计45.00万元。", compared
    )
    expected = {"amount": "−5.00", "percent": "−10.00", "reason": "项目完工"}
    assert (shown["income_change"], shown["expenditure_change"]) == (expected, expected)


def test_one_total_of_both_sides_fills_both() -> None:
    shown = mapped(reader_of("income_expenditure"), "2022年度收、支总计均为45.00万元。")
    assert (shown["income_total"], shown["expenditure_total"]) == ("45.00", "45.00")


def test_what_a_section_does_not_say_is_null() -> None:
    assert mapped(reader_of("income_expenditure"), "2022年度收入总计45.00万元。") == {"income_total": "45.00"}


# --- 二, 三


def test_income_and_its_parts_with_their_shares() -> None:
    shown = mapped(
        narrative.income,
        "本年收入45.00万元，其中：财政拨款收入40.50万元，占90.00%；上级补助收入0.00万元，占0.00%；"
        "事业收入0.00万元，占0%；经营收入0.00万元，占0.00%；附属单位上缴收入0.00万元，占0.00%；"
        "其他收入4.50万元，占10.00%。",
    )
    assert shown == {
        "total": "45.00",
        "fiscal_appropriation": {"amount": "40.50", "percent": "90.00"},
        "superior_subsidy": {"amount": "0.00", "percent": "0.00"},
        "institutional": {"amount": "0.00", "percent": "0"},
        "business": {"amount": "0.00", "percent": "0.00"},
        "affiliate_remittance": {"amount": "0.00", "percent": "0.00"},
        "other": {"amount": "4.50", "percent": "10.00"},
    }


def test_expenditure_and_its_parts() -> None:
    shown = mapped(
        reader_of("expenditure"),
        "2022年度本年支出45.00万元，其中：基本支出30.00万元占66.67%，项目支出15.00万元,占33.33%；"
        "上缴上级支出0.00万元，占0.00%；经营支出0.00万元，占0.00%；对附属单位补助支出0.00万元，占0.00%。",
    )
    assert shown["total"] == "45.00"
    assert shown["basic"] == {"amount": "30.00", "percent": "66.67"}
    assert shown["project"] == {"amount": "15.00", "percent": "33.33"}
    assert shown["affiliate_subsidy"] == {"amount": "0.00", "percent": "0.00"}


def test_a_part_that_is_not_printed_is_null() -> None:
    shown = mapped(narrative.income, "本年收入45.00万元，其中：财政拨款收入45.00万元，占100.00%。")
    assert set(shown) == {"total", "fiscal_appropriation"}


def test_an_income_of_another_kind_is_not_lost() -> None:
    shown = mapped(narrative.income, "本年收入45.00万元，其中：财政拨款收入40.00万元；利息所得5.00万元。")
    assert shown["unclaimed"] == ["5.00"]


# --- 四


def test_fiscal_appropriation_of_2022() -> None:
    shown = mapped(
        narrative.fiscal_appropriation,
        "2022年度财政拨款收入总计40.50万元，其中：年初财政拨款结转和结余0.50万元，财政拨款本年收入40.00万元。"
        "财政拨款收入总计与上年相比，增加2.00万元，增长5.19%，主要原因是：新增项目1个。",
        "财政拨款支出总计40.50万元，其中：年末财政拨款结转和结余1.50万元，财政拨款本年支出39.00万元。"
        "财政拨款支出总计与上年相比，增加2.00万元，增长5.19%，主要原因是：新增项目1个。",
        "与年初预算数相比情况：财政拨款收入总计年初预算数38.00万元，决算数40.50万元，预决算差异率6.58%，"
        "主要原因是：追加经费。财政拨款支出总计年初预算数38.00万元，决算数40.50万元，预决算差异率6.58%，"
        "主要原因是：追加支出。",
    )
    change = {"amount": "2.00", "percent": "5.19", "reason": "新增项目1个"}
    compared = {"budget": "38.00", "final": "40.50", "variance_percent": "6.58"}
    assert shown == {
        "income_total": "40.50",
        "opening_carryover": "0.50",
        "income_current_year": "40.00",
        "expenditure_total": "40.50",
        "closing_carryover": "1.50",
        "expenditure_current_year": "39.00",
        "income_change": change,
        "expenditure_change": change,
        "income_budget": compared | {"reason": "追加经费"},
        "expenditure_budget": compared | {"reason": "追加支出"},
    }


def test_fiscal_appropriation_of_2023_compares_once_for_both() -> None:
    shown = mapped(
        narrative.fiscal_appropriation,
        "2023年度财政拨款收入总计40.50万元，其中：年初财政拨款结转和结余0.50万元，本年财政拨款收入40.00万元。",
        "财政拨款支出总计40.50万元，其中：年末财政拨款结转和结余1.50万元，本年财政拨款支出39.00万元。",
        "财政拨款收入支出总体与上年相比，减少2.00万元，下降4.71%，主要原因是：人员减少。"
        "与年初预算相比，年初预算数42.00万元，决算数40.50万元，预决算差异率-3.57%，主要原因是：厉行节约。",
    )
    change = {"amount": "−2.00", "percent": "−4.71", "reason": "人员减少"}
    compared = {"budget": "42.00", "final": "40.50", "variance_percent": "-3.57", "reason": "厉行节约"}
    assert (shown["income_current_year"], shown["expenditure_current_year"]) == ("40.00", "39.00")
    assert (shown["income_change"], shown["expenditure_change"]) == (change, change)
    assert (shown["income_budget"], shown["expenditure_budget"]) == (compared, compared)
    assert "unclaimed" not in shown


# --- 五

ITEM = (
    "1.一般公共服务支出(类)政府办公厅（室）及相关机构事务(款)行政运行(项):支出决算数为33.90万元，"
    "比上年决算增加3.10万元，增长10.06%,主要原因是:人员增加2人，工资上调。"
)
SECOND = (
    "2.社会保障和就业支出(类)行政事业单位养老支出(款)其他行政事业单位养老支出（含职业年金，补记）(项):"
    "支出决算数为0.00万元，比上年决算减少5.20万元，降低100%,主要原因是:本年未发生。"
)


def general(overall: str = "", structure: str = "", items: str = "") -> dict[str, Any]:
    sheet = Sheet()
    passages = [sheet.passage(*(each for each in text.split("\n") if each)) for text in (overall, structure, items)]
    section, _ = narrative.general_public_budget(*passages)
    shown = sheet.shown(section)
    assert isinstance(shown, dict)
    left = [raw for passage in passages for raw in sheet.left(passage, section)]
    return shown | {"unclaimed": left}


def test_the_general_budget_its_share_and_its_change() -> None:
    shown = general(
        "2022年度一般公共预算财政拨款支出39.00万元，占本年支出合计的86.67%，与上年相比，"
        "减少2.00万元，下降4.88%，主要原因是：会议减少。"
    )
    assert (shown["total"], shown["percent_of_expenditure"]) == ("39.00", "86.67")
    assert shown["change"] == {"amount": "−2.00", "percent": "−4.88", "reason": "会议减少"}


def test_the_general_budget_of_2023_compares_with_the_budget() -> None:
    shown = general(
        "2023年度一般公共预算财政拨款支出39.00万元，占本年支出合计的86.67%。与上年相比，增加2.00万元，"
        "增长5.41%，主要原因是：提标。与年初预算相比,年初预算数40.00万元，决算数39.00万元，预决算差异率-2.50%，"
        "主要原因是：压减。"
    )
    assert shown["change"] == {"amount": "2.00", "percent": "5.41", "reason": "提标"}
    assert shown["budget"] == {
        "budget": "40.00",
        "final": "39.00",
        "variance_percent": "-2.50",
        "reason": "压减",
    }


def test_the_structure_by_class() -> None:
    shown = general(
        structure="1.一般公共服务支出(类)33.90万元,占86.92%。\n2. 卫生健康支出（类）1,005.10 万元，占13.08％。"
    )
    assert shown["by_class"] == (
        {"class_name": "一般公共服务支出", "amount": "33.90", "percent": "86.92"},
        {"class_name": "卫生健康支出", "amount": "1,005.10", "percent": "13.08"},
    )


def test_the_share_of_a_class_stands_behind_any_sign() -> None:
    shown = general(structure="1.教育支出（类）3.00万元；占30.00%。\n2.住房保障支出（类）7.00万元：占70.00%。")
    assert [each["percent"] for each in shown["by_class"]] == ["30.00", "70.00"]


def test_classes_on_one_line_are_told_apart() -> None:
    shown = general(structure="1.住房保障支出(类)5.00万元,占50.00%。2.教育支出(类)5.00万元,占50.00%。")
    assert [each["class_name"] for each in shown["by_class"]] == ["住房保障支出", "教育支出"]


def test_items_with_their_names_and_changes() -> None:
    shown = general(items=f"{ITEM}\n{SECOND}")
    assert shown["items"] == (
        {
            "class_name": "一般公共服务支出",
            "section_name": "政府办公厅（室）及相关机构事务",
            "item_name": "行政运行",
            "amount": "33.90",
            "change": {"amount": "3.10", "percent": "10.06", "reason": "人员增加2人，工资上调"},
        },
        {
            "class_name": "社会保障和就业支出",
            "section_name": "行政事业单位养老支出",
            "item_name": "其他行政事业单位养老支出（含职业年金，补记）",
            "amount": "0.00",
            "change": {"amount": "−5.20", "percent": "−100", "reason": "本年未发生"},
        },
    )
    assert not {"33.90", "3.10", "10.06", "0.00", "5.20", "100"} & set(shown["unclaimed"])


@pytest.mark.parametrize(
    "bend",
    [
        ("支出决算数为", "支出决算为"),
        ("支出决算数为", "决算数为"),
        ("比上年决算", "比上年"),
        ("比上年决算", "较上年决算"),
        ("主要原因是:", "主要原因："),
        ("(", "（"),
        (")", "）"),
        (":", "："),
        (",", "，"),
        ("万元，", " 万元，"),
        ("1.", "1、"),
        ("1.", "（1）"),
        ("1.", "①"),
    ],
)
def test_an_item_with_bent_wording_reads_the_same(bend: tuple[str, str]) -> None:
    (item,) = general(items=ITEM.replace(*bend))["items"]
    assert (item["amount"], item["item_name"]) == ("33.90", "行政运行")
    assert item["change"] == {"amount": "3.10", "percent": "10.06", "reason": "人员增加2人，工资上调"}


def test_items_on_one_line_are_told_apart() -> None:
    shown = general(items=ITEM + SECOND)
    assert [each["amount"] for each in shown["items"]] == ["33.90", "0.00"]
    assert shown["items"][0]["change"]["reason"] == "人员增加2人，工资上调"


@pytest.mark.parametrize("sign", "，,；：:。、")
def test_the_national_item_compares_with_its_budget(sign: str) -> None:
    """Whatever stands between its amounts, typed or read."""
    (item,) = general(
        items=f"1.教育支出（类）进修及培训（款）培训支出（项）。年初预算为5.00万元{sign}支出决算为4.00万元{sign}"
        "完成年初预算的80.00%。决算数小于预算数的主要原因：培训改为线上。"
    )["items"]
    assert item["amount"] == "4.00"
    assert item["budget"] == {
        "budget": "5.00",
        "final": "4.00",
        "completion_percent": "80.00",
        "reason": "培训改为线上",
    }


# --- 六


def test_basic_expenditure_with_its_lists() -> None:
    shown = mapped(
        reader_of("basic_expenditure"),
        "2022年度一般公共预算财政拨款基本支出30.00万元，其中： 人员经费25.00万元，包括：基本工资、津贴补贴、"
        "其他对个人和家庭的补助（含遗属补助、抚恤金）等。",
        "公用经费5.00万元，包括：办公费、水费、邮电费。",
    )
    assert shown == {
        "total": "30.00",
        "personnel": "25.00",
        "personnel_items": ("基本工资", "津贴补贴", "其他对个人和家庭的补助（含遗属补助、抚恤金）"),
        "public": "5.00",
        "public_items": ("办公费", "水费", "邮电费"),
    }


# --- 七

THREE_2022 = (
    "2022年度“三公”经费支出决算4.80万元，比上年减少0.20万元，下降4.00%，主要原因是：减少下乡用车。其中：",
    "因公出国（境）费支出0.00万元，占0.00%，比上年增加0.00万元，增长0.00%，主要原因是：未安排；",
    "公务用车购置及运行维护费支出4.50万元，占93.75%，比上年减少0.10万元，下降2.17%，主要原因是：维修3次；",
    "公务接待费支出0.30万元，占6.25%，比上年减少0.10万元，下降25.00%，主要原因是：来访减少。",
    "具体情况如下：因公出国（境）费支出0.00万元，开支内容：无。单位全年安排的因公出国（境）团组0个，因公出国（境）0人次。",
    "公务用车购置及运行维护费4.50万元，其中：公务用车购置费0.00万元，公务用车运行维护费4.50万元。开支内容：油费。"
    "公务用车购置数0辆，公务用车保有量2辆。",
    "公务接待费0.30万元，开支内容：接待调研。单位全年安排的国内公务接待3批次，21人次。",
    "与全年预算数相比情况：“三公”经费支出全年预算数5.00万元，决算数4.80万元，预决算差异率-4.00%，主要原因是：节约。"
    "其中：因公出国（境）费全年预算数0.00万元，决算数0.00万元，预决算差异率0.00%，主要原因是：未安排；"
    "公务用车购置费全年预算数0.00万元，决算数0.00万元，预决算差异率0.00%，主要原因是：未购置；"
    "公务用车运行费全年预算数4.50万元，决算数4.50万元，预决算差异率0.00%，主要原因是：持平；"
    "公务接待费全年预算数0.50万元，决算数0.30万元，预决算差异率-40.00%，主要原因是：来访减少。",
)


def test_the_three_public_expenses_of_2022() -> None:
    shown = mapped(reader_of("three_public"), *THREE_2022)
    assert shown["total"] == "4.80"
    assert shown["change"] == {"amount": "−0.20", "percent": "−4.00", "reason": "减少下乡用车"}
    assert shown["overseas"] == {
        "amount": "0.00",
        "percent": "0.00",
        "change": {"amount": "0.00", "percent": "0.00", "reason": "未安排"},
    }
    assert shown["vehicles"] == {
        "amount": "4.50",
        "percent": "93.75",
        "change": {"amount": "−0.10", "percent": "−2.17", "reason": "维修3次"},
    }
    assert shown["reception"]["change"] == {"amount": "−0.10", "percent": "−25.00", "reason": "来访减少"}
    counts = ("overseas_groups", "overseas_visits", "vehicles_bought", "vehicles_owned")
    assert [shown[key] for key in counts] == ["0", "0", "0", "2"]
    assert (shown["reception_batches"], shown["reception_visits"]) == ("3", "21")
    assert (shown["vehicle_purchase"], shown["vehicle_running"]) == ("0.00", "4.50")
    assert "fixed_asset_vehicles" not in shown
    assert shown["unclaimed"] == ["3"]  # of 维修3次, too short a reason to tell it by


def test_the_three_public_expenses_against_the_budget() -> None:
    shown = mapped(reader_of("three_public"), *THREE_2022)
    keys = ("budget", "overseas_budget", "vehicle_purchase_budget", "vehicle_running_budget", "reception_budget")
    told = [(shown[key]["budget"], shown[key]["variance_percent"], shown[key]["reason"]) for key in keys]
    assert told == [
        ("5.00", "-4.00", "节约"),
        ("0.00", "0.00", "未安排"),
        ("0.00", "0.00", "未购置"),
        ("4.50", "0.00", "持平"),
        ("0.50", "-40.00", "来访减少"),
    ]


@pytest.mark.parametrize("quotes", ["“三公”", '"三公"', "”三公”", "三公"])
def test_the_quotation_marks_do_not_matter(quotes: str) -> None:
    shown = mapped(reader_of("three_public"), *(text.replace("“三公”", quotes) for text in THREE_2022))
    assert shown == mapped(reader_of("three_public"), *THREE_2022)


def test_the_cars_among_the_fixed_assets_of_2023() -> None:
    shown = mapped(
        reader_of("three_public"),
        "2023年度“三公”经费支出4.80万元，与上年相比，增加0.80万元，增长20.00%，主要原因是：恢复接待。",
        "公务用车购置数0辆，公务用车保有量2辆。国有资产占用情况中固定资产车辆3辆，与公务用车保有量差异原因是：1辆为执法车。",
        "与全年预算相比，财政拨款“三公”经费支出全年预算数5.00万元，决算数4.80万元，预决算差异率-4.00%，主要原因是：节约。",
    )
    assert (shown["vehicles_owned"], shown["fixed_asset_vehicles"]) == ("2", "3")
    assert shown["budget"] == {
        "budget": "5.00",
        "final": "4.80",
        "variance_percent": "-4.00",
        "reason": "节约",
    }


# --- 八, 九

government_funds = partial(narrative.fund_budget, narrative.GOVERNMENT_FUNDS)


@pytest.mark.parametrize(
    "said",
    [
        "我单位本年度无政府性基金预算财政拨款收入、支出及结转和结余，政府性基金预算财政拨款收入支出决算表为空表。",
        "本单位2022年度没有国有资本经营预算财政拨款收入支出，国有资本经营预算表为空表。",
        "本部门不涉及政府性基金预算收支。",
    ],
)
def test_a_fund_that_there_is_none_of(said: str) -> None:
    assert mapped(government_funds, said) == {"none": True}


def test_a_fund_of_2023_with_an_item() -> None:
    shown = mapped(
        government_funds,
        "2023年度政府性基金预算财政拨款收入总计60.00万元，其中：年初结转和结余0.00万元，本年收入60.00万元。",
        "政府性基金预算财政拨款支出总计60.00万元，其中：年末结转和结余10.00万元，本年支出50.00万元。",
        "政府性基金预算财政拨款收入支出与上年相比，增加60.00万元，增长100.00%，主要原因是：上年无此项。"
        "与年初预算相比，年初预算数0.00万元，决算数60.00万元，预决算差异率100.00%，主要原因是：年中追加。",
        "政府性基金预算财政拨款支出50.00万元。",
        "1.城乡社区支出(类)国有土地使用权出让收入安排的支出(款)征地和拆迁补偿支出(项):支出决算数为50.00万元，"
        "比上年决算增加50.00万元，增长100.00%,主要原因是:新项目。",
    )
    assert shown["none"] is False
    sides = ("income_total", "opening_carryover", "income_current_year")
    assert [shown[key] for key in sides] == ["60.00", "0.00", "60.00"]
    sides = ("expenditure_total", "closing_carryover", "expenditure_current_year", "expenditure")
    assert [shown[key] for key in sides] == ["60.00", "10.00", "50.00", "50.00"]
    assert shown["income_change"] == shown["expenditure_change"]
    assert shown["expenditure_budget"]["budget"] == "0.00"
    (item,) = shown["items"]
    assert (item["section_name"], item["amount"]) == ("国有土地使用权出让收入安排的支出", "50.00")


def test_a_fund_with_figures_is_not_none_though_it_says_so_of_something() -> None:
    shown = mapped(
        government_funds,
        "政府性基金预算财政拨款收入总计60.00万元，其中：年初结转和结余0.00万元，本年收入60.00万元。上年无此项收入。",
    )
    assert (shown["none"], shown["income_total"]) == (False, "60.00")
