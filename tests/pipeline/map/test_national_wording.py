"""Form N in the words of several provinces: what varies is read, what is not certain is left open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from recount.pipeline.map.final_accounts import narrative
from recount.pipeline.map.grammar.passage import Passage
from recount.pipeline.verify import verify
from recount.schemas.figures import Model, Ref
from recount.schemas.final_accounts.report import Report
from recount.tests.pipeline.helpers import Sheet, reader_of

Section = Callable[[Passage], Model]


def mapped(section: Section, *texts: str) -> tuple[dict[str, Any], list[str]]:
    """A section's fields, and the numbers that found no key."""
    sheet = Sheet()
    passage = sheet.passage(*texts)
    found = section(passage)
    return sheet.shown(found), sheet.left(passage, found)


def general(overall: str = "", structure: str = "", items: str = "") -> tuple[dict[str, Any], list[str]]:
    sheet = Sheet()
    passages = sheet.passage(overall), sheet.passage(structure), sheet.passage(items)
    found, _ = narrative.general_public_budget(*passages)
    return sheet.shown(found), [raw for passage in passages for raw in sheet.left(passage, found)]


BY_BUDGET = (
    "本年收入合计50.00万元，其中：一般公共预算财政拨款收入30.00万元，占60.00%；"
    "政府性基金预算财政拨款收入{}万元，占{}%；其他收入{}万元，占{}%。"
)


def test_where_the_funds_gave_nothing_the_general_budget_is_all_of_the_appropriation() -> None:
    found, left = mapped(narrative.income, BY_BUDGET.format("0", "0", "20.00", "40.00"))
    assert found["fiscal_appropriation"] == {"amount": "30.00", "percent": "60.00"}
    assert left == ["0", "0"]


def test_a_part_of_the_appropriation_is_not_taken_for_the_whole() -> None:
    found, left = mapped(narrative.income, BY_BUDGET.format("15.00", "30.00", "5.00", "10.00"))
    assert "fiscal_appropriation" not in found
    assert found["other"] == {"amount": "5.00", "percent": "10.00"}
    assert left == ["30.00", "60.00", "15.00", "30.00"]


def test_parts_that_are_not_all_do_not_contradict_their_total() -> None:
    sheet = Sheet()
    section = narrative.income(sheet.passage(BY_BUDGET.format("15.00", "30.00", "5.00", "10.00")))
    found = verify(Report[Ref](income=section), sheet.tokens, "x")
    assert [each.identity.rule for each in found.evaluations if each.result == "fail"] == []
    assert found.statuses["/income/other/percent"] == "verified"


@pytest.mark.parametrize("of", ["年初预算的", "预算", "全年预算数的", "预算为"])
def test_a_completion_without_its_budget_is_of_the_amount_before_it(of: str) -> None:
    found, left = general(
        items=f"1.教育支出（类）普通教育（款）小学教育（项）：支出决算为8.00万元，完成{of}80.00%，"
        "决算数小于预算数的主要原因是学生减少。"
    )
    [item] = found["items"]
    assert item["amount"] == "8.00"
    assert item["budget"] == {"final": "8.00", "completion_percent": "80.00", "reason": "学生减少"}
    assert left == []


def test_the_change_of_the_general_budget_without_its_last_word() -> None:
    found, left = general(
        "2023年一般公共预算财政拨款支出8.00万元。与2022年相比，一般公共预算财政拨款增加2.00万元，增长33.33%。"
    )
    assert (found["total"], found["change"]) == ("8.00", {"amount": "2.00", "percent": "33.33"})
    assert left == []


def test_classes_in_running_text_are_known_by_their_official_names() -> None:
    found, left = general(
        structure="2023年一般公共预算财政拨款支出10.00万元，主要用于以下方面：教育（类）支出5.00万元，占50.00%；"
        "卫生健康支出3.00万元，占30.00%；培训中心支出2.00万元，占20.00%。"
    )
    assert [(each["class_name"], each["amount"]) for each in found["by_class"]] == [
        ("教育", "5.00"),
        ("卫生健康支出", "3.00"),
    ]
    assert left == ["10.00", "2.00", "20.00"]  # the first is the whole's, which its own part did not say


def test_of_two_numbers_in_one_place_none_is_taken() -> None:
    found, left = mapped(reader_of("income_expenditure"), "2023年度收、支总计各是12.50,13.60万元。")
    assert "income_total" not in found
    assert "expenditure_total" not in found
    assert left == ["12.50", "13.60"]


def test_journeys_cars_and_completions_of_the_three_public_expenses() -> None:
    found, left = mapped(
        reader_of("three_public"),
        "2023年“三公”经费财政拨款支出决算为5.00万元，完成预算90.00%。其中，因公出国（境）费支出决算1.00万元，占20.00%；"
        "公务接待费支出决算4.00万元，占80.00%。",
        "1.因公出国（境）经费支出1.00万元，完成预算50.00%。全年安排因公出国（境）团组1次，出国（境）2人。",
        "2.全年按规定更新购置公务用车0辆。截至2023年12月底，单位共有公务用车3辆。",
    )
    assert found["budget"] == {"final": "5.00", "completion_percent": "90.00"}
    assert found["overseas_budget"] == {"final": "1.00", "completion_percent": "50.00"}
    assert (found["overseas_groups"], found["overseas_visits"]) == ("1", "2")
    assert (found["vehicles_bought"], found["vehicles_owned"]) == ("0", "3")
    assert left == ["1.00"]  # said again in other words


def test_equipment_dearer_than_50_is_not_that_dearer_than_100() -> None:
    said = "单价50万元以上通用设备3台（套），单价100万元以上专用设备5台（套）。"
    found, left = mapped(narrative.state_assets, said)
    assert found["large_equipment"] == "5"
    assert left == ["3"]


def test_projects_are_counted_where_no_money_is_named() -> None:
    found, _ = mapped(narrative.performance, "本单位选取3个项目开展绩效监控，组织对4个项目开展绩效自评。")
    assert found["project_count"] == "4"


THREE = "2023年“三公”经费财政拨款支出"


def test_a_completion_names_its_budget() -> None:
    found, left = mapped(reader_of("three_public"), f"{THREE}决算为9.00万元，完成预算10.00万元的90.00%。")
    assert found["budget"] == {"budget": "10.00", "final": "9.00", "completion_percent": "90.00"}
    assert left == []


def test_two_reasons_in_a_row_go_where_their_words_say() -> None:
    found, _ = mapped(
        reader_of("three_public"),
        f"{THREE}预算为10.00万元，支出决算为9.00万元，完成预算的90.00%，较上年减少1.00万元，下降10.00%。"
        "决算数小于预算数的主要原因是压减接待。决算数较上年减少的主要原因是车辆减少。",
        f"{THREE}决算中，公务接待费支出决算9.00万元，占100.00%。",
    )
    assert found["budget"]["reason"] == "压减接待"
    assert found["change"]["reason"] == "车辆减少"


@pytest.mark.parametrize("said", ["同比", "按同口径同比", "较上年"])
def test_the_year_before_may_go_unnamed(said: str) -> None:
    found, left = mapped(reader_of("three_public"), f"{THREE}9.00万元，{said}减少1.00万元，下降10.00%。")
    assert found["change"] == {"amount": "−1.00", "percent": "−10.00"}
    assert left == []


def test_both_directions_left_standing_are_said_of_nothing_only() -> None:
    both = f"{THREE}9.00万元，较上年增加（减少）{{}}万元，增长（下降）{{}}%。"
    found, left = mapped(reader_of("three_public"), both.format("0", "0"))
    assert (found["change"], left) == ({"amount": "0", "percent": "0"}, [])
    found, left = mapped(reader_of("three_public"), both.format("1.00", "12.50"))
    assert "change" not in found
    assert left == ["1.00", "12.50"]


def test_counts_behind_other_words() -> None:
    found, left = mapped(
        reader_of("three_public"),
        "公务接待费为2.00万元，国内公务接待批次为41次，共计接待217人次。增加原因是任务增加。年末公务用车保有量为3辆。",
    )
    assert (found["reception_batches"], found["reception_visits"], found["vehicles_owned"]) == ("41", "217", "3")
    assert left == []


def test_the_total_of_a_section_may_be_a_sum_without_more_words() -> None:
    found, left = mapped(
        narrative.income, "某局2023年度收入合计50.00万元。其中：财政拨款收入50.00万元，占总收入的100.00%。"
    )
    assert (found["total"], found["fiscal_appropriation"]["percent"]) == ("50.00", "100.00")
    found, left = mapped(
        reader_of("expenditure"), "某局2023年度支出合计50.00万元。其中：基本支出50.00万元，占总支出的100.00%。"
    )
    assert (found["total"], left) == ("50.00", [])


def test_what_a_section_has_no_field_for_is_not_lost() -> None:
    changed = "与上年相比，收入合计增加5.00万元，增长11.11%"
    said = f"本年收入合计50.00万元，{changed}。其中：财政拨款收入50.00万元，增加4.00万元。"
    _, left = mapped(narrative.income, said)
    assert left == ["5.00", "11.11", "4.00"]


def test_classes_may_stand_where_the_items_do() -> None:
    found, _ = general(
        items="1.教育（类）支出5.00万元，占总支出的50.00%。主要用于小学；2.住房保障（类）支出5.00万元，占50.00%。"
    )
    assert [(each["class_name"], each["percent"]) for each in found["by_class"]] == [
        ("教育", "50.00"),
        ("住房保障", "50.00"),
    ]


def test_a_net_value_is_not_the_original_one() -> None:
    found, left = mapped(narrative.state_assets, "资产总额9.00万元，其中，固定资产4.00万元（净值）。")
    assert "fixed_assets" not in found
    assert left == ["9.00", "4.00"]


def test_each_of_two_totals_has_the_change_of_both() -> None:
    found, left = mapped(
        reader_of("income_expenditure"),
        "2023年度收入总计12.00万元，支出总计12.00万元，与2022年度相比，各增加2.00万元，增长20.00%。",
    )
    assert found["income_change"] == found["expenditure_change"] == {"amount": "2.00", "percent": "20.00"}
    assert left == []


@pytest.mark.parametrize("ordinal", ["（1）", "1.", "1、", ""])
def test_a_reason_ends_where_a_list_begins(ordinal: str) -> None:
    found, _ = mapped(
        reader_of("three_public"),
        f"{THREE}预算为10.00万元，支出决算为8.00万元，完成预算的80.00%，决算数小于预算数的主要原因是厉行节约。",
        "2.“三公”经费财政拨款支出决算具体情况说明",
        f"{ordinal}公务接待费支出决算为8.00万元，占100.00%。",
    )
    assert found["budget"]["reason"] == "厉行节约"
    assert found["reception"] == {"amount": "8.00", "percent": "100.00"}
