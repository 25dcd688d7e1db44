"""Whether words vouch for a figure of a passage: that it is of a part of the report that only the model named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from recount.pipeline.model.answer.evidence import Evidence, Pick
from recount.pipeline.model.answer.vouch import is_under, vouched, with_names
from recount.pipeline.model.ask.shown import Place, Words
from recount.pipeline.split.folding import fold
from recount.schemas.common.parts import Change, Portion
from recount.schemas.describe import Step, fields_of
from recount.schemas.figures import Model, Ref
from recount.schemas.final_accounts.narrative import BudgetItem, GeneralPublicBudget
from recount.schemas.final_accounts.report import Report
from recount.schemas.final_accounts.statements import IncomeRow
from recount.tests.pipeline.model.resolving import item, items, shown_of


@pytest.mark.parametrize(
    ("part", "field", "before", "taken"),
    [
        ("procurement", "goods", "全年政府采购货物支出", True),
        ("income", "total", "▮年收入合计", True),
        ("state_assets", "fixed_assets", "公用经费", False),
        ("performance", "project_count", "(三)预算绩效情况说明\n全年共有", True),
        ("performance", "project_count", "(三)国有资产占用情况说明\n全年共有", False),
        ("general_public_budget", "change", "三、帮扶\n发放助学金▮万元,比上年增加", False),
        ("general_public_budget", "change", "一般公共预算财政拨款支出▮万元,比上年增加", True),
        ("government_funds", "expenditure", "政府性基金预算财政拨款支出", True),
        ("government_funds", "expenditure", "一般公共预算财政拨款支出", False),  # another fund
        ("state_capital", "expenditure", "一、财政拨款支出情况\n国内外交流支出", False),  # named in another paragraph
        ("income_expenditure", "expenditure_current_year", "本年支出合计▮万元,其构成是:用于基本支出的有", False),
        ("expenditure", "basic", "本年支出合计▮万元,其构成是:用于基本支出的有", True),
        ("income_expenditure", "income_total", "一、收入支出决算总体情况说明\n收入总计", True),
        ("fiscal_appropriation", "income_total", "一、收入支出决算总体情况说明\n收入总计", False),
    ],
)
def test_of_a_passage_words_its_title_or_the_heading_vouch_for_a_figure(
    part: str, field: str, before: str, taken: bool
) -> None:
    model = fields_of(Report[Ref])[part].model
    assert model is not None
    inner = {"change": (Step(Change[Ref], "amount"),), "basic": (Step(Portion[Ref], "amount"),)}
    inside = inner.get(field, ())
    assert vouched((Step(Report[Ref], part), Step(model, field), *inside), Place(before)) is taken


ROWS = "2022年度一般公共预算财政拨款支出▮万元。\n文化旅游体育与传媒支出（类）体育（款）体育场馆（项）全年列支"
FUNDS = ROWS.replace("一般公共预算财政拨款支出", "政府性基金预算财政拨款支出")
CALLED = {"class_name": "文化旅游体育与传媒支出", "section_name": "体育", "item_name": "体育场馆"}


@pytest.mark.parametrize(
    ("before", "called", "taken"),
    [
        (ROWS, CALLED, True),
        (ROWS, {"item_name": "体育场馆"}, False),  # no class
        (ROWS, {}, False),
        (ROWS, {"class_name": "卫生健康支出"}, False),  # the paragraph does not say it
        (FUNDS, CALLED, False),  # the words before it say another list
        (ROWS.partition("\n")[2], CALLED, False),  # no words say which list
        ("三、帮扶\n“春蕾计划”资助女童▮名，发放助学金", {"item_name": "发放助学金"}, False),
        (
            "（三）一般公共预算财政拨款支出情况\n体育场馆列支",
            {"item_name": "体育场馆"},
            True,
        ),  # the heading is the part's
        (
            "（三）一般公共预算财政拨款支出情况\n外宾用餐列支",
            {"class_name": "外宾用餐"},
            False,
        ),  # there is no such class
    ],
)
def test_a_row_of_a_passage_is_vouched_for_by_its_name_and_by_the_words_of_its_list(
    before: str, called: Mapping[str, str], taken: bool
) -> None:
    trail = (
        Step(Report[Ref], "general_public_budget"),
        Step(GeneralPublicBudget[Ref], "items"),
        Step(BudgetItem[Ref], "amount"),
    )
    assert vouched(trail, Place(fold(before)), called) is taken


def test_a_row_of_a_table_is_vouched_for_by_the_heads_of_its_columns() -> None:
    trail: tuple[Step, ...] = ()
    model: type[Model] | None = Report[Ref]
    for key in ("statements", "income", "rows", "fiscal_appropriation"):
        assert model is not None
        trail, model = (*trail, Step(model, key)), fields_of(model)[key].model
    for heads, taken in (("财政拨款收入", True), ("北站", False)):
        assert vouched(trail, Place("", "体育场馆", heads, 0, 3), {"name": "体育场馆"}) is taken


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("七、一般公共预算财政拨款“三公”经费支出决算情况说明", "three_public"),
        ("九、一般公共预算拨款安排的“三公”经费、会议费和培训费支出情况说明", "three_public"),
        ("（一）一般公共预算财政拨款支出决算总体情况", "general_public_budget"),
        ("（四）预算绩效评价工作开展情况", "performance"),
        ("三、支出情况", None),
    ],
)
def test_of_a_heading_those_words_tell_that_few_titles_have(heading: str, part: str | None) -> None:
    place = Place(f"{fold(heading)}\n合计")
    parts = [key for key in fields_of(Report[Ref]) if is_under(Step(Report[Ref], key), place)]
    assert parts == ([part] if part else [])


# --- what rows are called

BUDGET = "教育支出（类）普通教育（款）小学教育（项）。年初预算为"
ITEM = f"{BUDGET}5.00万元，支出决算为6.00万元。"


def called(*texts: str, name: str | None = None, amount: str = "6.00", budget: str = "5.00") -> list[str | None]:
    """The names of an item that is answered with an amount and a budget; name: the one that it says itself."""
    marks = {mark.printed.partition("@")[0]: mark.printed for mark in shown_of(*texts).marks}
    compared = {"budget": marks[budget], "final": None, "variance_percent": None, "completion_percent": None}
    row = {**item(name or "", marks[amount]), "item_name": name, "budget": compared}
    found = items(row, printed=texts).values["general_public_budget"]["items"][0]
    return [found[key] for key in ("class_name", "section_name", "item_name")]


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        ((f"1.{ITEM}",), ["教育支出", "普通教育", "小学教育"]),
        ((f"其中：{ITEM}",), ["教育支出", "普通教育", "小学教育"]),
        (("（一）教育支出（类）", f"1.{ITEM[7:]}"), [None, "普通教育", "小学教育"]),
        (("教育支出（类）5.00万元，支出决算为6.00万元。",), [None, None, None]),  # a class, and no item of it
        ((f"用于{ITEM}",), [None, None, None]),  # 用于教育支出 is no class: nobody knows where the name begins
        (
            (f"1.{BUDGET}9.00万元。", f"2.{BUDGET}5.00万元，支出决算为6.00万元。"),
            ["教育支出", "普通教育", "小学教育"],
        ),
        ((f"1.{BUDGET}5.00万元。", "2.教育支出（类）普通教育（款）高中教育（项）6.00万元。"), [None, None, None]),
    ],
)
def test_a_row_without_names_is_called_what_all_its_figures_stand_behind(
    texts: tuple[str, ...], names: list[str | None]
) -> None:
    assert called(*texts) == names


def test_a_name_that_is_answered_gives_way_to_the_one_that_the_figures_stand_behind() -> None:
    whole = ["教育支出", "普通教育", "小学教育"]
    assert called(f"1.{ITEM}", name="小学教育") == whole
    assert called(f"1.{ITEM}", name="普通教育") == whole
    assert called("前言提到高中教育。", f"1.{ITEM}", name="高中教育") == whole
    part = f"1.{BUDGET}9.00万元，其中教师培训预算5.00万元，决算6.00万元。"
    assert called(part, name="教师培训")[0] is None  # a part of the item


def test_brackets_in_a_name_are_no_end_of_it() -> None:
    item = (
        "一般公共服务支出（类）政府办公厅（室）及相关机构事务（款）事业运行（项）。年初预算为5.00万元，决算6.00万元。"
    )
    assert called(f"1.{item}") == ["一般公共服务支出", "政府办公厅（室）及相关机构事务", "事业运行"]


def test_a_row_is_not_called_as_another_is() -> None:
    budget, amount = (mark.printed for mark in shown_of(f"1.{ITEM}").marks)
    compared = {"budget": budget, "final": None, "variance_percent": None, "completion_percent": None}
    again = {**item("", amount), "item_name": None, "amount": None, "budget": compared}
    found = items(item("小学教育", amount), again, printed=(f"1.{ITEM}",)).values["general_public_budget"]["items"]
    assert [row["class_name"] for row in found] == ["教育支出", None]


def test_a_line_of_a_table_is_called_what_stands_left_of_its_figures() -> None:
    trail = (Step(IncomeRow[Ref], "total"),)
    place = Place("", "教育支出", "合计", 0, 2)
    (mark,) = shown_of("教育支出5.00万元").marks
    pick = Pick(Ref(mark.token.index), replace(mark, place=place), Evidence.FOR, trail)
    words = Words("205教育支出5.00万元")
    row = {"code": "205", "name": None, "total": pick}
    assert with_names([row], IncomeRow[Ref], words)[0]["name"] == "教育支出"
    assert with_names([{**row, "code": None}], IncomeRow[Ref], words)[0] == {**row, "code": None}  # which is which?
    other = replace(pick, mark=replace(pick.mark, place=replace(place, line=3)))
    assert with_names([{**row, "fiscal_appropriation": other}], IncomeRow[Ref], words)[0]["name"] is None
