"""What a model is shown: numbers with their marks, tables row by row, and where each number stands."""

from __future__ import annotations

from recount.pipeline.document import Cell, Grid
from recount.pipeline.model.ask.protocol import PAIR
from recount.pipeline.model.ask.shown import Block, blocks_of, halves, show
from recount.tests.pipeline.helpers import Sheet, composed


def grid(sheet: Sheet, *rows: str) -> Grid:
    """A table, its cells separated by |; an empty cell after | spans nothing."""
    cells = []
    for at, row in enumerate(rows):
        for column, text in enumerate(row.split("|")):
            made = composed(text, join_digits=False)
            cells.append(Cell(at, column, at + 1, column + 1, made.text, sheet.store.numbers_in(made)))
    return Grid(len(rows), max(len(row.split("|")) for row in rows), tuple(cells), (), None, (1,))


def test_every_figure_carries_its_mark_and_dates_and_ordinals_do_not() -> None:
    sheet = Sheet()
    text = "1.2022年度本年收入1，955.06万元，其中：财政拨款收入1,950.38万元，占99.76%。2.截至12月31日车辆6辆。"
    shown = show([sheet.paragraph(text)], [], PAIR.printed)
    assert shown.text == (
        "1.2022年度本年收入1,955.06@1万元，其中：财政拨款收入1,950.38@2万元，占99.76@3%。2.截至12月31日车辆6@4辆。"
    )
    assert [mark.number for mark in shown.marks] == [1, 2, 3, 4]
    assert shown.words == text


def test_what_is_part_of_a_name_carries_no_mark() -> None:
    sheet = Sheet()
    text = "单价100万元（含）以上设备2台，单位价值50万元以上3台，在职30人以上，收入50.00万元。"
    shown = show([sheet.paragraph(text)], [], PAIR.printed)
    assert [mark.printed for mark in shown.marks] == ["2@1", "3@2", "50.00@3"]


def test_a_sign_is_shown_as_the_minus_that_a_model_can_answer() -> None:
    sheet = Sheet()
    text = "收入总计增加△1，955.06万元，增长（3.46％），减少－2.00万元。"
    shown = show([sheet.paragraph(text)], [], PAIR.printed)
    assert shown.text == "收入总计增加-1,955.06@1万元，增长-3.46@2％，减少-2.00@3万元。"


def test_years_are_figures_on_a_title_page() -> None:
    sheet = Sheet()
    assert show([sheet.paragraph("2022年度部门决算")], [], PAIR.printed, years=True).text == "2022@1年度部门决算"


def test_a_place_knows_the_words_before_it_those_of_earlier_paragraphs_too() -> None:
    sheet = Sheet()
    shown = show(
        [sheet.paragraph("本年收入10.00万元。"), sheet.paragraph("与上年相比，减少2.00万元")], [], PAIR.printed
    )
    assert shown.marks[1].place.before == "本年收入▮万元。\n与上年相比,减少"
    assert shown.marks[1].at == len("本年收入10.00万元。与上年相比，减少")


def test_a_table_is_shown_row_by_row_under_the_rows_that_head_it() -> None:
    sheet = Sheet()
    table = grid(sheet, "项目|本年收入|本年支出", "甲|1.00|2.00", "乙|3.00|4.00", "丙|5.00|6.00")
    shown = show([], [Block(table, 2, 4)], PAIR.printed)
    assert shown.text == "| 项目 | 本年收入 | 本年支出 |\n| 乙 | 3.00@1 | 4.00@2 |\n| 丙 | 5.00@3 | 6.00@4 |"
    place = shown.marks[3].place
    assert (place.row, place.heads, place.line) == ("丙", "本年支出", 3)
    assert shown.lines == {(0, 2): "乙3.004.00", (0, 3): "丙5.006.00"}


def test_a_table_that_changes_its_columns_half_way_down_has_two_heads() -> None:
    sheet = Sheet()
    table = grid(sheet, "资金|预算数|执行数", "总额|9.00|8.00", "指标|分值|得分", "数量|10|9", "质量||", "时效|5|4")
    shown = show([], [Block(table, 0, 6)], PAIR.printed)
    assert [mark.place.heads for mark in shown.marks] == ["预算数", "执行数", "分值", "得分", "分值", "得分"]


def test_long_tables_are_cut_into_blocks_but_not_those_in_two_halves() -> None:
    sheet = Sheet()
    long = grid(sheet, "项目|收入|支出", *(f"第{at}行|{at}.00|{at}.50" for at in range(1, 8)))
    assert [(block.first, block.last) for block in blocks_of(long, 3)] == [(0, 3), (3, 6), (6, 8)]
    halved = grid(sheet, "项目|决算数|项目|决算数", *(f"甲{at}|1.00|乙{at}|2.00" for at in range(6)))
    assert [(block.first, block.last) for block in blocks_of(halved, 3)] == [(0, 7)]


def test_paragraphs_are_parted_in_the_middle() -> None:
    sheet = Sheet()
    three = tuple(sheet.paragraph(text) for text in ("一", "二", "三"))
    assert halves(three) == (three[:2], three[2:])
    assert halves(three[:1]) == (three[:1], ())
