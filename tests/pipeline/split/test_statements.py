"""Statements in text: what has its column, what only gaps tell, and what is left open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recount.pipeline.document import Document, Grid, Token
from recount.pipeline.split.statements import _mended
from recount.pipeline.structure import document_of
from recount.schemas.final_accounts.family import FINAL_ACCOUNTS

TITLE = "一般公共预算财政拨款支出决算表\n公开05表\n\n部门：某局    2023年度    金额单位：万元\n\n"
HEAD = "项目\n\n合计 基本支出 项目支出\n\n支出功能分类科\n\n目编码\n\n科目名称\n\n类 款 项 栏次 1 2 3\n\n"
TABBED = "项目\t\t\t\t合计\t基本支出\t项目支出\n科目编码\t\t\t科目名称\n类\t款\t项\t栏次\t1\t2\t3\n"


def document(folder: Path, text: str) -> Document:
    path = folder / "report.txt"
    path.write_text(text, encoding="utf-8")
    return document_of(path, FINAL_ACCOUNTS)[0]


def grid_of(made: Document) -> Grid:
    [grid] = [block for block in made.blocks if isinstance(block, Grid)]
    return grid


def rows(grid: Grid) -> list[list[str]]:
    return [[cell.words for cell in grid.cells if cell.row == row] for row in range(grid.rows)]


def tokens(made: Document) -> Mapping[str, Token]:
    return {token.raw: token for token in made.tokens}


def test_full_lines_in_raw_order_and_one_with_a_gap(tmp_path: Path) -> None:
    body = "合计 30.00 10.00 20.00\n\n201 教育支\n\n出 30.00 10.00 20.00\n\n201 01 管理事务 10.50 10.50\n\n"
    made = document(tmp_path, TITLE + HEAD + body + "注：本表反映支出情况。\n")
    assert rows(grid_of(made)) == [
        ["支出功能分类科目编码", "科目名称", "合计", "基本支出", "项目支出", ""],
        ["", "合计", "30.00", "10.00", "20.00", ""],
        ["201", "教育支出", "30.00", "10.00", "20.00", ""],
        ["20101", "管理事务", "10.50", "", "", "10.50"],  # whose the second is cannot be told
    ]
    assert [remark.kind for remark in made.remarks] == ["torn"]
    assert tokens(made)["30.00"].remark is None


def test_a_name_that_holds_an_amount_names_no_line(tmp_path: Path) -> None:
    """Two lines came together: the amounts behind are of the second, whose name is within the first."""
    body = "201 教育支出 20.00 20.00 0.00\n\n201 01 普通教育 20.00 20.00 20.00合计 30.00 10.00 20.00\n\n"
    made = document(tmp_path, TITLE + HEAD + body + "注：本表反映支出情况。\n")
    assert rows(grid_of(made))[-1][2:] == ["", "", "", "30.00", "10.00", "20.00"]
    assert all(tokens(made)[raw].remark is not None for raw in ("30.00", "10.00"))


def test_tabs_tell_blank_cells_and_sums_that_they_are_right(tmp_path: Path) -> None:
    body = (
        "合计\t\t\t\t30.00\t10.00\t20.00\n201\t\t\t教育支出\t30.00\t10.00\t20.00\n"
        "201\t01\t\t管理事务\t10.00\t10.00\n201\t02\t\t普通教育\t20.00\t\t20.00\n"
    )
    made = document(tmp_path, TITLE + TABBED + body + "\n注：本表反映支出情况。\n")
    assert rows(grid_of(made))[-2:] == [
        ["20101", "管理事务", "10.00", "10.00", "", ""],
        ["20102", "普通教育", "20.00", "", "20.00", ""],
    ]
    assert all(token.remark is None for token in made.tokens)


def test_where_only_a_tab_tells_the_column_nothing_proves_it(tmp_path: Path) -> None:
    body = "合计\t\t\t\t30.00\t10.00\t20.00\n201\t\t\t教育支出\t30.00\t29.00\n"
    made = document(tmp_path, TITLE + TABBED + body + "\n注：本表反映支出情况。\n")
    shifted = tokens(made)["29.00"].remark
    assert shifted is not None
    assert shifted.touches


def test_a_cell_a_line(tmp_path: Path) -> None:
    head = ["项目", "合计", "基本支出", "项目支出", "", "科目编码", "科目名称", ""]
    body = ["合计", "30.00", "10.00", "20.00", "", "201", "", "教育支出", "30.00", "", "20.00", ""]
    made = document(tmp_path, TITLE + "\n".join(head + body) + "\n注：本表反映支出情况。\n")
    assert rows(grid_of(made))[-1] == ["201", "教育支出", "30.00", "", "20.00", ""]


def test_two_halves_line_by_line(tmp_path: Path) -> None:
    title = TITLE.replace("一般公共预算财政拨款支出决算表", "收入支出决算总表")
    head = "收入 支出\n\n项目 决算数 项目 决算数\n\n"
    body = (
        "一、财政拨款收\n\n入 5.00 一、教育支出 4.00\n\n二、事业收入 二、科学技术支出 1.00\n\n"
        "本年收入合计 5.00 本年支出合计 5.00\n\n总计 5.00 总计 5.00\n\n"
    )
    made = document(tmp_path, title + head + body + "12\n\n第三部分 说明\n")
    assert rows(grid_of(made))[2:] == [
        ["一、财政拨款收入", "5.00", "一、教育支出", "4.00", ""],
        ["二、事业收入", "", "二、科学技术支出", "1.00", ""],
        ["本年收入合计", "5.00", "本年支出合计", "5.00", ""],
        ["总计", "5.00", "总计", "5.00", ""],
    ]


def test_a_part_of_a_half_that_lost_a_character_is_known() -> None:
    assert [_mended(words) for words in ("二、年结转", "二、上年结转", "(一)本收入", "四、年初结转")] == [
        "二、上年结转", None, "(一)本年收入", None,
    ]  # fmt: skip


def test_a_table_whose_head_is_not_known_stays_text(tmp_path: Path) -> None:
    head = "某种栏目 另一栏目 从未有过的名称\n\n"
    made = document(tmp_path, TITLE + head + "201 教育支出 30.00 10.00\n\n注：本表反映支出情况。\n")
    assert not any(isinstance(block, Grid) for block in made.blocks)
    assert "30.00" in tokens(made)


Amounts = Sequence[Decimal | None]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(*[st.one_of(st.none(), st.decimals(1, 9999, places=2))] * 2), min_size=1, max_size=6),
    st.sampled_from([" ", "\t", "\n"]),
    st.booleans(),
)
def test_no_amount_comes_into_another_column(
    tmp_path: Path, parts: list[tuple[Decimal | None, Decimal | None]], parting: str, empty: bool
) -> None:
    """Torn in any of three ways, with traces of empty cells or none, an amount that an identity may prove stands in its
    column or in none."""
    lines, expected = [], {}
    for number, (basic, project) in enumerate(parts):
        total = (basic or Decimal(0)) + (project or Decimal(0))
        printed = [None if value is None else f"{value}" for value in (total, basic, project)]
        traces = empty and parting != " "
        cells = [p or "" for p in printed if p is not None or traces]
        lines.append(parting.join([f"2{number:02}", f"{'甲乙丙丁戊己'[number]}类支出", *cells]))
        expected[f"2{number:02}"] = printed
    made = document(tmp_path, TITLE + HEAD + "\n".join(lines) + "\n注：本表反映支出情况。\n")
    for grid in (block for block in made.blocks if isinstance(block, Grid)):
        if "合计" not in rows(grid)[0]:
            continue  # rows of as many tabs are a table of their own, and none of its columns has a head
        codes = {cell.row: cell.words for cell in grid.cells if cell.column == 0}
        for cell in grid.cells:
            if cell.row and 2 <= cell.column <= 4 and cell.words != expected[codes[cell.row]][cell.column - 2]:
                assert all(number.token.remark and number.token.remark.touches for number in cell.numbers)


def test_lines_tell_empty_cells_only_where_some_are_seen(tmp_path: Path) -> None:
    """Where no empty cell has left a line, two amounts below each other may stand in any two of the columns."""
    head = "项目\n合计\n基本支出\n项目支出\n科目编码\n科目名称\n类\n款\n项\n"
    full = "合计\n30.00\n10.00\n20.00\n201\n教育支出\n30.00\n10.00\n20.00\n"
    row = "201\n01\n管理事务\n20.00\n20.00\n"
    made = document(tmp_path, TITLE + head + full + row + "注：本表反映支出情况。\n")
    assert rows(grid_of(made))[-1] == ["20101", "管理事务", "20.00", "", "", "20.00"]
    seen = "201\n02\n普通教育\n10.00\n\n10.00\n"
    made = document(tmp_path, TITLE + head + full + row + seen + "注：本表反映支出情况。\n")
    assert rows(grid_of(made))[-2:] == [
        ["20101", "管理事务", "20.00", "20.00", "", ""],
        ["20102", "普通教育", "10.00", "", "10.00", ""],
    ]


def test_a_lone_number_amid_a_table_is_not_lost_without_a_word(tmp_path: Path) -> None:
    body = "合计 30.00 10.00 20.00\n\n201 教育支出 30.00 10.00 20.00\n\n17\n\n201 01 管理事务 30.00 10.00 20.00\n\n"
    made = document(tmp_path, TITLE + HEAD + body + "注：本表反映支出情况。\n")
    assert tokens(made)["17"].remark is not None
    assert len([remark for remark in made.remarks if "number of a page" in str(remark.words)]) == 1
    assert [row[2:5] for row in rows(grid_of(made))[1:4]] == [["30.00", "10.00", "20.00"]] * 3


def test_a_title_may_be_torn_within_its_word_and_a_row_above_a_title_is_none(tmp_path: Path) -> None:
    torn = TITLE.replace("支出决算表", "支出决\n\n算表")
    body = "合计 30.00 10.00 20.00\n\n201 教育支出 30.00 10.00\n\n"
    made = document(tmp_path, torn + HEAD + body + "2023年度决算数\n\n" + TITLE.replace("05", "06"))
    grids = [block for block in made.blocks if isinstance(block, Grid)]
    assert rows(grids[0])[1] == ["", "合计", "30.00", "10.00", "20.00", ""]


def test_a_blank_beside_a_comma_parts_no_amount(tmp_path: Path) -> None:
    body = "合计 3 ,030.00 1, 010.00 2,020.00\n\n201 教育支出 3,030.00 1,010.00 2,020.00\n\n"
    made = document(tmp_path, TITLE + HEAD + body + "注：本表反映支出情况。\n")
    assert [token.value for token in made.tokens if token.decimals] == [Decimal(n) for n in (3030, 1010, 2020)] * 2


def test_where_only_blanks_keep_columns_nothing_is_proved(tmp_path: Path) -> None:
    head = "   科目编码    科目名称       合计      基本支出   项目支出\n"
    total = "              合计           30.00     10.00     20.00\n"
    body = total + "   201        教育支出       30.00     10.00     20.00\n"
    made = document(tmp_path, TITLE + head + body + "注：本表反映支出情况。\n")
    assert all(token.remark is not None for token in made.tokens if token.decimals)
