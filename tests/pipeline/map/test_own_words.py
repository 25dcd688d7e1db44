"""A label decides where its figure goes; words before it that are not known leave the figure without a key."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.pipeline.document import Document
from recount.pipeline.map.final_accounts import narrative
from recount.pipeline.map.final_accounts.mapper import map_report
from recount.tests.pipeline.helpers import Sheet, reader_of
from recount.tests.pipeline.map.grids import Span, grid, only_statement

FUNDS = partial(narrative.fund_budget, narrative.GOVERNMENT_FUNDS)
STRANGE = (
    (narrative.state_assets, "共有车辆5辆，其中：厅局级领导用车2辆、执法执勤用车3辆。", "vehicles_ministerial"),
    (narrative.state_assets, "共有车辆5辆，其中：领导干部用车2辆、执法执勤用车3辆。", "vehicles_ministerial"),
    (narrative.income, "本年收入合计9.00万元，其中：非财政拨款收入9.00万元。", "fiscal_appropriation"),
    (narrative.income, "本年收入合计9.00万元，其中：其他事业收入9.00万元。", "institutional"),
    (reader_of("expenditure"), "本年支出合计9.00万元，其中：下属单位项目支出9.00万元。", "project"),
    (reader_of("basic_expenditure"), "基本支出9.00万元，其中：离退休人员经费9.00万元。", "personnel"),
    (reader_of("three_public"), "参加外地考察团组9个。", "overseas_groups"),
    (reader_of("three_public"), "外事公务接待9批次。", "reception_batches"),
    (narrative.procurement, "政府采购支出总额9.00万元，其中：授予中小微企业合同金额9.00万元。", "micro_amount"),
    (narrative.fiscal_appropriation, "政府性基金预算财政拨款收入总计9.00万元。", "income_total"),
    (FUNDS, "国有资本经营预算财政拨款收入总计9.00万元。", "income_total"),
    (reader_of("income_expenditure"), "上年末结转和结余9.00万元。", "closing_carryover"),
)


def read(mapping: Any, *texts: str) -> tuple[Any, list[str]]:
    """A section, each number as its characters, and what is left of its numbers."""
    sheet = Sheet()
    passage = sheet.passage(*texts)
    section = mapping(passage)
    return sheet.shown(section), sheet.left(passage, section)


@pytest.mark.parametrize(("mapping", "text", "key"), STRANGE, ids=[key for *_, key in STRANGE])
def test_a_label_with_another_word_before_it_is_not_the_fields(mapping: Any, text: str, key: str) -> None:
    shown, left = read(mapping, text)
    assert key not in shown
    assert set(left) & {"2", "9", "9.00"}


def test_of_staff_no_other_kind_is_taken_for_the_retired() -> None:
    sheet = Sheet()
    passage = sheet.passage("实有人数30人，其中：在职人员20人，离退休人员10人。")
    section = narrative.overview(None, passage, ())
    assert sheet.shown(section) == {"staff_total": "30", "staff_active": "20"}


def test_what_follows_an_unknown_label_is_read_by_its_own() -> None:
    text = "共有车辆5辆，其中：厅局级领导用车2辆、主要负责人用车1辆、机要通信用车2辆。"
    shown, left = read(narrative.state_assets, text)
    assert (shown["vehicles_principal"], shown["vehicles_confidential"], left) == ("1", "2", ["2"])


@pytest.mark.parametrize("rank", ["副部（省）级及以上", "部级", "省部级以上", "部（省）级（含）以上"])
def test_cars_of_ministers_by_the_words_of_their_rank(rank: str) -> None:
    shown, _ = read(narrative.state_assets, f"共有车辆2辆，其中：{rank}领导用车2辆。")
    assert shown["vehicles_ministerial"] == "2"


def test_of_labels_in_a_row_the_number_is_of_neither_unless_of_each() -> None:
    text = "政府采购支出总额9.00万元，其中：政府采购货物支出、政府采购工程支出{}9.00万元。"
    assert "works" not in read(narrative.procurement, text.format(""))[0]
    assert read(narrative.procurement, text.format("均为"))[0]["works"] == "9.00"


def test_a_unit_may_be_named_before_the_whole_and_not_before_a_part() -> None:
    shown, left = read(reader_of("expenditure"), "某市水利局本年支出合计9.00万元，其中：某市图书馆基本支出9.00万元。")
    assert (shown, left) == ({"total": "9.00"}, ["9.00"])


def test_what_is_said_of_an_item_is_not_said_of_the_section() -> None:
    sheet = Sheet()
    empty = sheet.passage()
    overall = sheet.passage(
        "1.档案事务（款）行政运行（项）。年初预算为650.00万元，支出决算为720.00万元，完成年初预算的110.77%。"
    )
    section, _ = narrative.general_public_budget(overall, empty, empty)
    assert "total" not in (sheet.shown(section) or {})


BEFORE = st.text(alphabet="厅局级非离其他下属代管区县镇乡村外另类", min_size=1, max_size=4)


@given(before=BEFORE, label=st.sampled_from(("事业收入", "经营收入", "其他收入", "上级补助收入")))
def test_no_foreign_word_before_a_part_of_the_income_names_it(before: str, label: str) -> None:
    shown, _ = read(narrative.income, f"本年收入合计9.00万元，其中：{before}{label}9.00万元。")
    assert shown == {"total": "9.00"}


def test_of_the_columns_of_a_group_that_is_something_else_none_is_read() -> None:
    head = [
        [Span("科目编码", 1, 2), Span("科目名称", 1, 2), Span("本年支出合计", 1, 2), Span("非财政拨款支出", 2)],
        ["基本支出", "项目支出"],
    ]
    table = grid([*head, ["201", "一般公共服务支出", "3.00", "1.00", "2.00"]], "支出决算表")
    (row,) = only_statement(table, "expenditure")["rows"]
    assert (row["total"], "basic" in row, "project" in row) == (3.0, False, False)


@pytest.mark.parametrize(("group", "known"), [("公务用车购置及运行费", True), ("办公设备", False)])
def test_purchases_are_of_cars_only_below_cars(group: str, known: bool) -> None:
    head = [[Span("决算数", 3)], [Span("合计", 1, 2), Span(group, 2)], ["购置费", "运行费"]]
    table = grid([*head, ["3.00", "1.00", "2.00"]], "财政拨款“三公”经费支出决算表")
    found = only_statement(table, "three_public")["final"]
    assert ("vehicle_purchase" in found, "vehicle_running" in found) == (known, known)


# --- a table that no reader knows is said


def test_a_known_table_of_an_unknown_shape_is_said_and_one_without_figures_is_not() -> None:
    strange = grid([["甲", "3.00"], ["乙", "4.00"]], "财政拨款“三公”经费支出决算表")
    empty = grid([["科目编码", "科目名称", "本年支出合计"], ["", "", ""]], "支出决算表")
    (remark,) = map_report(Document((strange, empty), ())).remarks
    assert (remark.kind, remark.page, remark.touches) == ("table left open", 1, False)
    assert "“三公”经费支出决算表" in str(remark.words)
