"""Headings recognised, the report cut into sections."""

from __future__ import annotations

import pytest

from recount.pipeline.document import Block, Document, Grid
from recount.pipeline.split.outline import Section, sections_of
from recount.schemas.family import Heading
from recount.schemas.final_accounts.family import OUTLINE
from recount.tests.pipeline.helpers import Sheet

GRID = Grid(1, 1, (), (), None, (1,))


def sections(*shown: str | Grid) -> dict[str, Section]:
    sheet = Sheet()
    blocks: list[Block] = [each if isinstance(each, Grid) else sheet.paragraph(each) for each in shown]
    return sections_of(Document(tuple(blocks), tuple(sheet.tokens)), OUTLINE)


def body(section: Section) -> list[str]:
    return [each.text.printed for each in section.paragraphs]


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("一、收入支出决算总体情况说明", "income_expenditure"),
        ("一、 收入支出决算总体情况", "income_expenditure"),
        ("一、2021年度收入支出决算总体情况。", "income_expenditure"),
        ("（二）2021年度收入决算情况。", "income"),
        ("（一）部门收入支出决算总体情况说明", "income_expenditure"),
        ("（三）部门支出总体情况说明", "expenditure"),
        ("（一）财政拨款收支总体情况说明", "fiscal_appropriation"),
        ("三、2021 年度支出决算情况", "expenditure"),
        ("二、2021年度一般公共预算财政拨款支出决算情况。", "general_public_budget"),
        ("三、2021年一般公共预算财政拨款基本支出决算情况说明。", "basic_expenditure"),
        ("四、2021年度政府性基金预算支出决算情况。", "government_funds"),
        ("二、收入决算情况说明", "income"),
        ("三、支出决算情况说明", "expenditure"),
        ("四、财政拨款收入支出决算总体情况说明", "fiscal_appropriation"),
        ("五、一般公共预算财政拨款支出决算情况说明", "general_public_budget"),
        ("六、一般公共预算财政拨款基本支出决算情况说明", "basic_expenditure"),
        ("七、财政拨款“三公”经费支出决算情况说明", "three_public"),
        ("七、财政拨款三公经费支出决算情况说明", "three_public"),
        ("八、政府性基金预算财政拨款收入支出决算情况说明", "government_funds"),
        ("九、国有资本经营预算财政拨款收入支出决算情况说明", "state_capital"),
        ("十、其他重要事项的情况说明", "other_matters"),
        ("（一）机关运行经费支出情况", "operating_costs"),
        ("（二）政府采购情况", "procurement"),
        ("（三）国有资产占用情况说明", "state_assets"),
        ("十一、预算绩效的情况说明", "performance"),
        ("十二、其他需说明的事项", "other_notes"),
        ("第三部分 专业名词解释", "part.glossary"),
        ("第三部分　名词解释", "part.glossary"),
    ],
)
def test_the_headings_of_the_form_open_their_sections(heading: str, key: str) -> None:
    found = sections("第二部分 部门决算情况说明", heading, "正文在此，没有数字。")
    assert body(found[key]) == ["正文在此，没有数字。"]
    assert found[key].title == "".join(heading.split())


def test_text_that_runs_on_after_the_title_is_the_sections_first_paragraph() -> None:
    found = sections("（二）政府采购情况：本年采购总额5.25万元，其中货物5.25万元。")
    (paragraph,) = found["procurement"].paragraphs
    assert paragraph.text.printed == "本年采购总额5.25万元，其中货物5.25万元。"
    cut = [paragraph.text.folded[each.start : each.end] for each in paragraph.numbers]
    assert cut == ["5.25", "5.25"]


def test_a_table_of_contents_gives_way_to_the_headings_themselves() -> None:
    contents = [
        "目录",
        "第一部分 单位概况",
        "第二部分 部门决算情况说明",
        "一、收入支出决算总体情况说明",
        "二、收入决算情况说明",
    ]
    text = "本年共收入8.00万元，全部为财政拨款。"
    found = sections(*contents, *contents[1:4], "一共8.00万元。", contents[4], text)
    assert body(found["income"]) == [text]
    assert body(found["income_expenditure"]) == ["一共8.00万元。"]


def test_an_unknown_heading_ends_a_section() -> None:
    found = sections("二、收入决算情况说明", "本年收入8.00万元。", "三、另外一些事情", "无关的9.00万元。")
    assert body(found["income"]) == ["本年收入8.00万元。"]
    assert all("无关" not in text for section in found.values() for text in body(section))


def test_an_enumeration_inside_a_section_does_not_end_it() -> None:
    lines = ["本年收入8.00万元。", "1.财政拨款收入8.00万元，占100%。", "一是收入减少，二是支出增加。"]
    assert body(sections("二、收入决算情况说明", *lines)["income"]) == lines


def test_a_sentence_that_names_a_section_is_no_heading() -> None:
    said = "一、收入支出决算总体情况说明见下文，其中收入总计8.00万元，支出总计8.00万元。"
    found = sections("第二部分 部门决算情况说明", "前言。", said)
    assert "income_expenditure" not in found or "8.00" in "".join(body(found["income_expenditure"]))


def test_sub_sections_stand_only_under_their_own_section() -> None:
    sub = "（一）财政拨款支出决算总体情况说明"
    assert "general_public_budget.overall" not in sections("二、收入决算情况说明", sub, "甲。")
    found = sections("五、一般公共预算财政拨款支出决算情况说明", sub, "甲。")
    assert body(found["general_public_budget.overall"]) == ["甲。"]


def test_the_same_heading_means_functions_only_in_the_first_part() -> None:
    found = sections("第一部分 单位概况", "一、主要职能", "负责管理。", "二、机构设置情况", "实有人数5人。")
    assert body(found["overview.functions"]) == ["负责管理。"]
    assert body(found["overview.staff"]) == ["实有人数5人。"]
    assert "overview.functions" not in sections("第二部分 部门决算情况说明", "一、主要职能", "负责管理。")


def test_numbered_terms_of_the_glossary_open_no_sections() -> None:
    terms = [
        "一、财政拨款收入：指从财政取得的资金。",
        "二、收入决算情况说明：虚构的名词。",
        "三、基本支出：指维持运转的支出。",
    ]
    found = sections("第三部分 专业名词解释", *terms)
    assert body(found["part.glossary"]) == terms
    assert "income" not in found


def test_what_stands_before_the_first_heading_is_the_front() -> None:
    assert body(sections("某某局", "2022年度部门决算公开说明", "第一部分 单位概况")["front"]) == [
        "某某局",
        "2022年度部门决算公开说明",
    ]


def test_grids_belong_to_the_section_they_stand_in() -> None:
    found = sections("第一部分 单位概况", GRID, "二、收入决算情况说明", "甲。", GRID, GRID)
    assert len(found["income"].grids) == 2


MISREAD = (
    Heading("general", 2, r"一般公共预算财政拨款支出决算(?:情况)?(?:说明)?"),
    Heading("general.items", 3, r"一般公共预算财政拨款支出决算具体情况", ("general",)),
    Heading("basic", 2, r"一般公共预算财政拨款基本支出决算(?:情况)?(?:说明)?"),
    Heading("glossary", 2, r"名词解释", closed=True),
    Heading("notes", 2, r"其他相关情况说明"),
    Heading("cost", 3, r"机关运行经费", also=2),
)


def keys(*lines: str) -> list[str]:
    """The sections that lines open, in their order, without what stands before the first."""
    sheet = Sheet()
    blocks = tuple(sheet.paragraph(each) for each in lines)
    return [key for key in sections_of(Document(blocks, tuple(sheet.tokens)), MISREAD) if key != "front"]


def test_a_heading_with_one_character_misread_opens_its_section() -> None:
    assert keys("五、一般公共预算财政援款支出决算情况说明", "支出12.00万元。") == ["general"]
    assert keys("五、一般公共预算财政援款支出决笲情况说明", "支出12.00万元。") == [], "two characters are not right"
    assert keys("五、一般公共预算财政支出预算情况说明", "支出12.00万元。") == [], "another title of known characters"


@pytest.mark.parametrize("speck", [",", ".", "、", "·", "。", "；"])
@pytest.mark.parametrize("title", ["其他相关情况说明", "一般公共预算财政援款支出决算情况说明"])
def test_a_heading_with_a_speck_behind_it_opens_its_section(title: str, speck: str) -> None:
    assert len(keys(f"五、{title}{speck}", "支出12.00万元。")) == 1


def test_a_bracket_read_twice_belongs_to_the_ordinal() -> None:
    lines = (
        "五、一般公共预算财政拨款支出决算情况说明",
        "(三))一般公共预算财政拨款支出决算具体情况",
        "1.行政运行5.00万元。",
    )
    assert keys(*lines) == ["general", "general.items"]


def test_a_closed_section_without_a_part_ends_at_a_title_that_stands_alone() -> None:
    lines = (
        "名词解释",
        "(一)机关运行经费:指日常公用经费支出。",
        "其他相关情况说明",
        "一、机关运行经费",
        "预算5.00万元。",
    )
    assert keys(*lines) == ["glossary", "notes", "cost"]
