"""A page with a table becomes a grid whose numbers know the unit that its caption or its head states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from recount.pipeline.document import Document, Grid, Line, Page, Pages, Ruling
from recount.pipeline.split import split
from recount.pipeline.verify import verify
from recount.schemas.department_budget.family import DEPARTMENT_BUDGET
from recount.schemas.family import Money
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.family import FINAL_ACCOUNTS
from recount.schemas.final_accounts.report import Report
from recount.schemas.final_accounts.sections import Procurement
from recount.tests.pipeline.helpers import line

LEFT, WIDE, HIGH, TOP = 60.0, 150.0, 24.0, 160.0
HEAD = ("项目", "金额")
ROWS = (HEAD, ("货物", "12345.00"), ("服务", "500.00"))


def table(rows: Sequence[Sequence[str]]) -> tuple[list[Line], list[Ruling]]:
    """A ruled table, the words of its cells and its rulings."""
    right, bottom = LEFT + WIDE * len(rows[0]), TOP + HIGH * len(rows)
    lines = [
        line(text, LEFT + WIDE * column + 4, TOP + HIGH * row + 6)
        for row, cells in enumerate(rows)
        for column, text in enumerate(cells)
        if text
    ]
    level = [Ruling(LEFT, TOP + HIGH * row, right, TOP + HIGH * row) for row in range(len(rows) + 1)]
    upright = [Ruling(LEFT + WIDE * column, TOP, LEFT + WIDE * column, bottom) for column in range(len(rows[0]) + 1)]
    return lines, level + upright


def read(*captions: str, rows: Sequence[Sequence[str]] = ROWS) -> Document:
    """A page with some lines above a table."""
    lines, rulings = table(rows)
    above = [line(text, LEFT, TOP - 20.0 * (len(captions) - at)) for at, text in enumerate(captions)]
    page = Page(1, 595.0, 842.0, (*above, *lines), tuple(rulings))
    return split(Pages((page,)), FINAL_ACCOUNTS, DEPARTMENT_BUDGET)


def heads(document: Document) -> list[Any]:
    """The unit of the one table, and of its numbers."""
    [grid] = [block for block in document.blocks if isinstance(block, Grid)]
    return [grid.unit, *(number.token.head for cell in grid.cells for number in cell.numbers)]


@pytest.mark.parametrize("unit", ["元", "万元", "亿元"])
@pytest.mark.parametrize("before", ["单位：", "金额单位：", "单位:人民币", "单 位 ： "])
def test_the_caption_states_the_unit(before: str, unit: str) -> None:
    assert heads(read("政府采购表", before + unit)) == [unit, unit, unit]


@pytest.mark.parametrize("unit", ["元", "万元", "亿元"])
@pytest.mark.parametrize("head", ["金额（{}）", "项目资金（{}）", "金额({})"])
def test_the_head_states_the_unit(head: str, unit: str) -> None:
    rows = (("项目", head.format(unit)), *ROWS[1:])
    assert heads(read("政府采购表", rows=rows)) == [unit, unit, unit]


def test_where_heads_state_different_units_each_column_has_its_own() -> None:
    rows = (("项目", "单价（元）", "金额"), ("甲", "12.00", "3.40"))
    document = read("政府采购表", "单位：万元", rows=rows)
    assert [token.head for token in document.tokens] == ["元", "万元"]
    document = read(
        "政府采购表", rows=(("项目", "单价（元）", "金额（万元）", "其他"), ("甲", "12.00", "3.40", "1.00"))
    )
    assert [token.head for token in document.tokens] == ["元", "万元", None]


def test_a_table_in_another_currency_is_remarked_upon() -> None:
    document = read("政府采购表", "单位：千美元")
    assert heads(document) == ["千美元"] * 3
    [remark] = document.remarks
    assert (remark.kind, remark.page, remark.touches) == ("unit", 1, False)
    assert "千美元" in remark.words
    assert not read("政府采购表", "单位：千元").remarks


def test_where_nothing_states_a_unit_there_is_none() -> None:
    assert heads(read("政府采购表")) == [None, None, None]


@pytest.mark.parametrize(
    ("unit", "goods"),
    [("元", "1.2345"), ("千元", "1234.5"), ("万元", "12345"), ("百万元", "1234500"), ("亿元", "123450000")],
)
def test_an_amount_is_brought_to_wan_by_the_unit_of_its_table(unit: str, goods: str) -> None:
    """10⁴ between 元 and 万元, and again to 亿元: one table of another unit would still add up."""
    document = read("政府采购表", f"单位：{unit}")
    [goods_token] = [token for token in document.tokens if token.raw == "12345.00"]
    report = Report[Ref](procurement=Procurement[Ref](goods=Ref(goods_token.index)))
    found = verify(report, document.tokens, "template").figures["/procurement/goods"]
    assert found.value == Decimal(goods)


def printed(document: Document) -> list[str]:
    return [str(token.value) for token in document.tokens]


def unruled(rows: Sequence[Sequence[tuple[str, float]]]) -> Document:
    """Rows of texts at their places across, without ruling lines."""
    lines = [line(text, x, 100 + 24.0 * row) for row, texts in enumerate(rows) for text, x in texts]
    return split(Pages((Page(1, 595.0, 842.0, tuple(lines), ()),)), FINAL_ACCOUNTS, DEPARTMENT_BUDGET)


def test_two_columns_without_lines_between_are_never_one_number() -> None:
    found = unruled([[("本年收入", 72), ("812", 300), ("647", 420)], [("其他收入", 72), ("15.5", 300), ("9", 420)]])
    assert printed(found) == ["812", "647", "15.5", "9"]


def test_a_column_does_not_go_on_in_the_next_row() -> None:
    found = unruled([[("收入合计为全年", 72), ("812", 300), ("647", 400)], [("2023年的支出", 72)]])
    assert printed(found) == ["812", "647", "2023"]


def stacked(one: str, other: str, x: float = 4.0) -> Document:
    """A table with a cell of two rows of text."""
    lines, rulings = table((HEAD, ("货物", ""), ("服务", "500.00")))
    at = LEFT + WIDE + x
    both = (line(one, at, TOP + HIGH, em=9), line(other, at, TOP + HIGH + 11, em=9))
    page = Page(1, 595.0, 842.0, (*lines, *both), tuple(rulings))
    return split(Pages((page,)), FINAL_ACCOUNTS, DEPARTMENT_BUDGET)


def test_two_figures_in_a_cell_stay_two() -> None:
    assert printed(stacked("719", "282")) == ["719", "282", "500.00"]


def test_a_figure_that_wraps_in_a_narrow_cell_is_one_and_what_may_be_one_is_none() -> None:
    full = "1" + ",234" * 7  # as wide as its cell
    assert printed(stacked(full + ",5", "67.89")) == [full.replace(",", "") + "567.89", "500.00"]
    assert printed(stacked("1" * 31, "67.89")) == ["500.00"]


def test_an_odd_sign_is_the_point_where_the_column_says_so() -> None:
    rows = (HEAD, ("货物", "373·52"), ("服务", "500.00"), ("工程", "1,250.00"))
    assert printed(read(rows=rows)) == ["373.52", "500.00", "1250.00"]
    assert printed(read(rows=(*rows, ("其他", "7")))) == ["500.00", "1250.00", "7"]


def with_correction(*lines: str) -> Document:
    """Two pages: a sentence with two figures, and another page."""
    first = Page(1, 595.0, 842.0, (line("本年收入合计411.63万元，支出合计330.75万元。", 60, 200),), ())
    second = Page(2, 595.0, 842.0, tuple(line(text, 60, 200 + 40 * at) for at, text in enumerate(lines)), ())
    return split(Pages((first, second)), FINAL_ACCOUNTS)


def test_what_a_page_of_corrections_names_is_disputed() -> None:
    document = with_correction("更正说明", "第1页本年收入合计411.63万元有误，应为411.36万元。")
    told = {token.raw: token.remark for token in document.tokens if token.page == 1}
    remark = told["411.63"]
    assert remark is not None
    assert (remark.kind, remark.page, remark.disputes) == ("correction", 2, True)
    assert told["330.75"] is None
    assert [remark.kind for remark in document.remarks] == ["correction"]


def test_a_sentence_on_corrections_corrects_nothing() -> None:
    document = with_correction("本单位对会计差错作了更正，涉及411.63万元。")
    assert document.remarks == ()
    assert all(token.remark is None for token in document.tokens)


def test_a_figure_read_from_the_rendered_page_counts_as_read_by_ocr() -> None:
    told, read = line("本年收入合计411.63万元，", 60, 200), line("支出合计330.75万元。", 60, 240)
    page = Page(1, 595.0, 842.0, (told, Line(read.text, read.boxes, read.box, 0.98)), ())
    tokens = split(Pages((page,)), FINAL_ACCOUNTS).tokens
    assert [(token.raw, token.origin) for token in tokens] == [("411.63", "text"), ("330.75", "ocr")]


def two_tables(*titles: str) -> list[int | None]:
    """The tables that the tokens of two tables on two pages know, below their titles."""
    pages = []
    for number, title in enumerate(titles, 1):
        lines, rulings = table(ROWS)
        above = [line(text, LEFT, TOP - 20.0 * (2 - at)) for at, text in enumerate((title, "单位：元")) if text]
        pages.append(Page(number, 595.0, 842.0, (*above, *lines), tuple(rulings)))
    document = split(Pages(tuple(pages)), FINAL_ACCOUNTS)
    return [token.table for token in document.tokens if token.decimals]


def test_a_number_knows_its_table() -> None:
    first, second, *rest = two_tables("政府采购表", "国有资产表")
    assert first == second is not None
    assert set(rest) != {first}
    assert len(set(rest)) == 1


@pytest.mark.parametrize("title", ["政府采购表", "政府采购表（续）", "续表"])
def test_a_table_that_may_go_on_is_the_same(title: str) -> None:
    assert len(set(two_tables("政府采购表", title))) == 1


def test_an_amount_of_running_text_is_in_no_table() -> None:
    [token] = split(Pages((Page(1, 595.0, 842.0, (line("收入总计12.50万元。"),), ()),)), FINAL_ACCOUNTS).tokens
    assert token.table is None


def test_a_unit_that_a_family_understands_is_not_refused() -> None:
    lines, rulings = table(ROWS)
    page = Page(1, 595.0, 842.0, (line("单位：美元", LEFT, TOP - 20.0), *lines), tuple(rulings))
    in_dollars = replace(FINAL_ACCOUNTS, money=Money("百万美元"))
    assert [remark.kind for remark in split(Pages((page,)), FINAL_ACCOUNTS).remarks] == ["unit"]
    assert split(Pages((page,)), in_dollars).remarks == ()


def test_a_family_may_have_further_words_for_units() -> None:
    lines, rulings = table(ROWS)
    page = Page(1, 595.0, 842.0, (line("单位：千文", LEFT, TOP - 20.0), *lines), tuple(rulings))
    own = replace(FINAL_ACCOUNTS, money=Money("元", {"千文": 3}))
    assert heads(split(Pages((page,)), own))[0] == "千文"
