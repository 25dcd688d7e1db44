"""Plain text and Markdown: cells, marks, tables that are sure, and what stands at the ends of pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.pipeline.document import Grid, Pages, Paragraph
from recount.pipeline.read.plain import items_of_text
from recount.pipeline.read.typewriter import TAB, Row, Table, typed
from recount.pipeline.split import split
from recount.schemas.registry import FAMILIES


def pages(text: str) -> Pages:
    return typed(items_of_text(text))


def rows(text: str) -> list[list[str]]:
    """The cells of each line of a text without tables."""
    return [[run.text for run in item.runs] for item in items_of_text(text)[0] if isinstance(item, Row)]


def grids(text: str) -> list[list[list[str]]]:
    """The tables of a text, each as its rows of cells."""
    found = []
    for block in split(pages(text), *FAMILIES).blocks:
        if isinstance(block, Grid):
            found.append([[cell.text.printed for cell in block.cells if cell.row == row] for row in range(block.rows)])
    return found


def paragraphs(text: str) -> list[str]:
    return [block.text.printed for block in split(pages(text), *FAMILIES).blocks if isinstance(block, Paragraph)]


def test_cells_are_parted_by_tabs_and_by_two_blanks() -> None:
    assert rows("合计\t1,955.06\t\t4.68") == [["合计", "1,955.06", "4.68"]]
    assert rows("合计  1,955.06   4.68 万元") == [["合计", "1,955.06", "4.68 万元"]]


def test_the_gap_between_two_cells_says_how_many_tabs_are_there() -> None:
    (line,) = items_of_text("合计\t1.00\t\t4.68\n")[0][:1]
    assert isinstance(line, Row)
    total, one, other = line.runs
    assert one.x - total.x - 24 == TAB
    assert other.x - one.x - 24 == 2 * TAB


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("**柳沟县水务局2022年度**部门决算", "柳沟县水务局2022年度部门决算"),
        ("### 一、收入情况 ###", "一、收入情况"),
        ("> 收入**12.00**万元", "收入12.00万元"),
        ("- 收入12.00万元", "收入12.00万元"),
        (r"1\. 收入12.00万元", "1. 收入12.00万元"),
        ("卡号12**34", "卡号12**34"),
        ("-12.00", "-12.00"),
        ("收\u200b入12.00万元", "收入12.00万元"),
    ],
)
def test_marks_go_and_nothing_else(line: str, shown: str) -> None:
    assert rows(line) == [[shown]]


def test_a_dash_before_a_figure_may_be_a_bullet() -> None:
    tokens = split(pages("- 12.00 万元用于维修\n另有 3.00 万元"), *FAMILIES).tokens
    assert [token.remark and token.remark.touches for token in tokens] == [True, None]


def test_a_table_of_pipes_is_sure() -> None:
    text = "支出决算表\n\n| 项目 | 金额 |\n|:--|--:|\n| 教育支出 | **1.00** |\n| 合 计 |\n\n说明 2.00 万元"
    assert grids(text) == [[["项目", "金额"], ["教育支出", "1.00"], ["合计", ""]]]
    assert paragraphs(text) == ["说明2.00万元"]


def test_pipes_that_fit_no_table_are_lines() -> None:
    text = "| 项目 | 金额 |\n|---|---|\n| 教育 | 1.00 | 2.00 |\n"
    assert grids(text) == []
    assert rows(text) == [["项目", "金额"], ["教育", "1.00", "2.00"], []]


def test_rules_without_a_row_are_lines() -> None:
    rule = "|---|---|"
    assert rows(f"甲\n{rule}\n{rule}\n乙") == [["甲"], [rule], [rule], ["乙"]]


def test_a_table_of_html_may_stand_in_markdown() -> None:
    text = "前\n<table>\n<tr><td rowspan='2'>合计</td><td>1.00</td></tr>\n<tr><td>2.00</td></tr></table>\n后"
    assert grids(text) == [[["合计", "1.00"], ["2.00"]]]
    assert paragraphs(text) == ["前", "后"]


def test_lines_of_as_many_tabs_are_a_table() -> None:
    assert grids("支出表\n项目\t金额\t备注\n教育\t1.00\t\n合计\t1.00\t无\n") == [
        [["项目", "金额", "备注"], ["教育", "1.00", ""], ["合计", "1.00", "无"]]
    ]


@pytest.mark.parametrize(
    "text",
    [
        "项目\t金额\t备注\n教育\t1.00\n合计\t1.00\t无\n",  # a row lost a tab
        "项目\t金额\t备注\n教育\t1.00\t\n\n合计\t1.00\t无\n",  # an empty line between
        "项目\t金额\n教育\t1.00\n合计\t1.00\n支出\n其他\t2.00\n水\t3.00\n电\t4.00\n",  # a piece between
        "项目\t金额\n教育\t1.00\n",  # two lines
        "\t项目\n\t金额\n\t1.00\n\t2.00\n",  # a cell a line
    ],
)
def test_tabs_that_are_not_sure_make_no_table(text: str) -> None:
    assert grids(text) == []


def numbered(page: int, *lines: str) -> str:
    body = "\n".join(f"第{page}页上的第{at}行写着一些话，" for at in "一二三四五六七八九")
    return "\n".join([body, *lines])


@pytest.mark.parametrize(
    ("parts", "joint"),
    [
        ([numbered(page, str(page)) for page in (3, 4, 5, 6)], "\f"),
        ([numbered(page, f"- {page} -") for page in (3, 4, 5, 6)], "\n "),
        ([numbered(page, str(page), "柳沟县水务局") for page in (3, 4, 5, 6)], "\n"),
    ],
)
def test_page_numbers_and_running_lines_are_no_text(parts: list[str], joint: str) -> None:
    printed = "".join(paragraphs(joint.join(parts) + "\n完。"))
    assert "3" not in printed.replace("第3页", "")
    assert "柳沟县水务局" not in printed


@pytest.mark.parametrize(
    ("foot", "joint"),
    [("{}", "\f"), ("— {} —", "\n ")],  # they end pages; they are written as no cell is
)
def test_page_numbers_are_known_among_many_cells_that_are_numbers(foot: str, joint: str) -> None:
    wanted = ["7", "7", "2", "9", "30", "12", "4"]
    cells = "\n".join("\n".join([*(f"指标{at}{name}" for name in "甲乙丙丁戊己庚辛壬"), at]) for at in wanted)
    text = f"{cells}\n{joint.join(numbered(page, foot.format(page)) for page in (1, 2, 3, 4))}"
    assert [cell for row in rows(text) for cell in row if cell.strip("— ").isdecimal()] == wanted


def test_a_header_that_every_page_has_is_no_text() -> None:
    assert "柳沟县" not in "".join(paragraphs("\f".join(f"柳沟县水务局\n第{at}页的话，" for at in range(5))))


def test_a_target_that_begins_a_line_is_no_quotation() -> None:
    assert rows(">=95%\n> 摘自通知\n>90%") == [[">=95%"], ["摘自通知"], [">90%"]]


def test_cells_that_count_on_beside_the_same_words_are_no_page_numbers() -> None:
    text = "\n".join(f"{name}\n12公里\n{at}\n进度推迟" for at, name in enumerate(("河堤", "路灯", "手册", "桥梁"), 1))
    assert [cells[0] for cells in rows(text) if cells[0].isdigit()] == ["1", "2", "3", "4"]


def test_cells_that_stand_alone_are_no_page_numbers() -> None:
    cells = "\n\t".join(
        f"指标{name}\n\t{number}\n\t无偏差" for name, number in zip("甲乙丙丁戊己", (10, 1, 2, 10, 5, 3), strict=True)
    )
    assert [cell for row in rows(cells) for cell in row if cell.isdigit()] == ["10", "1", "2", "10", "5", "3"]


WORDS = st.text("收入支出合计项目", min_size=1, max_size=6) | st.from_regex(r"\A[1-9][0-9]{0,3}\.[0-9]{2}\Z")


@given(
    st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(WORDS, min_size=width, max_size=width), min_size=3, max_size=8)
    )
)
def test_a_sure_table_is_read_as_it_was_written(table: list[list[str]]) -> None:
    piped = "\n".join(f"| {' | '.join(row)} |" for row in table)
    assert grids(piped) == [table]
    assert grids("\n".join("\t".join(row) for row in table)) == [table]
    assert isinstance(items_of_text(piped)[0][0], Table)


def spans(text: str) -> list[list[tuple[str, int]]]:
    """The cells of the one table of a text, each with the number of its columns."""
    [grid] = [block for block in split(pages(text), *FAMILIES).blocks if isinstance(block, Grid)]
    cells = [[cell for cell in grid.cells if cell.row == row] for row in range(grid.rows)]
    return [[(cell.words, cell.column_end - cell.column) for cell in row] for row in cells]


def test_a_label_of_a_head_reaches_over_the_empty_cells_right_of_it() -> None:
    table = "项目\t合计\t\t接待费\t\n\t预算数\t决算数\t预算数\t决算数\n甲\t1.00\t\t0.50\t0.40\n"
    assert spans(table) == [
        [("项目", 1), ("合计", 2), ("接待费", 2)],
        [("", 1), ("预算数", 1), ("决算数", 1), ("预算数", 1), ("决算数", 1)],
        [("甲", 1), ("1.00", 1), ("", 1), ("0.50", 1), ("0.40", 1)],
    ]


def test_an_empty_cell_below_another_label_is_that_ones() -> None:
    table = "车费\t\t接待费\n购置\t运行\t\n1.00\t2.00\t3.00\n"
    assert spans(table)[1] == [("购置", 1), ("运行", 1), ("", 1)]


def headed(*names: str) -> list[str]:
    """The paragraphs of pages that begin with names."""
    pages = (f"{name}\n第{page}段有些话，说完了。\n" for page, name in enumerate(names, 1))
    return [line for line in paragraphs("\f".join(pages)) if not line.startswith("第")]


def test_names_at_the_heads_of_pages_are_no_text_though_they_are_cut() -> None:
    assert headed("某某县农业", "某某县", "某某县农业局") == []
    assert headed("合计一", "合计二", "合计一") == ["合计一", "合计二", "合计一"]


def test_a_number_between_dashes_at_the_end_of_a_page_is_the_pages() -> None:
    assert rows("权重\n5.00\n— 9 —\n\f得分\n4.80\n") == [["权重"], ["5.00"], []]
    assert rows("权重\n5.00\n-9\n\f得分\n4.80\n") == [["权重"], ["5.00"], ["-9"], []]
