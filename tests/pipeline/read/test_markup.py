"""HTML: what is seen of it, its tables with their spans, and where in the file everything stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.pipeline.document import Document, Grid, Paragraph
from recount.pipeline.read.markup import items_of_markup
from recount.pipeline.read.typewriter import Row, Table, typed
from recount.pipeline.split import split
from recount.schemas.registry import FAMILIES


def document(text: str) -> Document:
    return split(typed([items_of_markup(text)]), *FAMILIES)


def lines(text: str) -> list[str]:
    """What is seen, line by line; a table by its cells."""
    seen = []
    for item in items_of_markup(text):
        runs = item.runs if isinstance(item, Row) else [run for cell in item.cells for run in cell.lines]
        seen += [run.text for run in runs]
    return seen


def cells(text: str) -> list[tuple[int, int, int, int, str]]:
    (grid,) = [block for block in document(text).blocks if isinstance(block, Grid)]
    return [(cell.row, cell.column, cell.row_end, cell.column_end, cell.text.printed) for cell in grid.cells]


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>var total = '99.99';</script>",
        "<style>p {width: 99.99px}</style>",
        "<nav><a href='/'>首页 99.99</a></nav>",
        "<head><title>99.99</title></head>",
        "<!-- 99.99 -->",
        "<template><p>99.99</p></template>",
        "<select><option>99.99<option>99.98</select>",
        "<p hidden>99.99</p>",
        "<p style='color: red; Display: NONE'>99.99</p>",
        "<span style='visibility:hidden'>99.99</span>",
        "<i style='font-size: 0px'>99.99</i>",
        "<style>.off, #gone {display: none}</style><b class='x off'>99.99</b><b id=gone>99.99</b>",
    ],
)
def test_what_nobody_sees_is_not_read(hidden: str) -> None:
    assert lines(f"<p>收入{hidden}12.00万元</p>") in (["收入12.00万元"], ["收入", "12.00万元"])


def test_blocks_are_lines_and_blanks_are_one() -> None:
    assert lines("<div>一、收入\n  情况<p>收入&nbsp;12.00\n\t万元<br>支出 <b>3.</b>00 万元<li>其他</div>末") == [
        "一、收入 情况", "收入\xa012.00 万元", "支出 3.00 万元", "其他", "末",
    ]  # fmt: skip
    assert lines("<pre>收入\n支出</pre>") == ["收入", "支出"]


def test_cells_keep_their_spans() -> None:
    table = "<table><tr><th colspan=2>收入<th>支出<tr><td rowspan='2'>合计<td>1.00<td>2.00<tr><td>3.00</table>"
    assert cells(table) == [
        (0, 0, 1, 2, "收入"), (0, 2, 1, 3, "支出"),
        (1, 0, 3, 1, "合计"), (1, 1, 2, 2, "1.00"), (1, 2, 2, 3, "2.00"),
        (2, 1, 3, 2, "3.00"), (2, 2, 3, 3, ""),
    ]  # fmt: skip


def test_a_caption_stands_over_its_table() -> None:
    table = "<p>上文。</p><table><caption>收入决算表</caption><tr><td>合计<td>1.00<tr><td>教育<td>1.00</table>"
    (grid,) = [block for block in document(table).blocks if isinstance(block, Grid)]
    assert [line.text.printed for line in grid.caption] == ["收入决算表"]


def test_a_table_of_tables_arranges_the_page() -> None:
    page = "<table><tr><td>栏目<td><p>正文</p><table><tr><td>合计<td>1.00</table></table>"
    assert [type(item) for item in items_of_markup(page)] == [Row, Row, Table]
    assert lines(page) == ["栏目", "正文", "合计", "1.00"]


def test_what_is_struck_out_is_disputed() -> None:
    (old, new) = document("<p>支出<del>1,112.00</del>万元，改为1,121.00万元。</p>").tokens
    assert old.remark is not None
    assert old.remark.disputes
    assert new.remark is None


def test_a_raised_digit_is_no_digit_of_the_figure() -> None:
    assert "12.501" not in [token.raw for token in document("<p>收入12.50<sup>1</sup>，支出3.00</p>").tokens]


def test_columns_are_those_of_the_file() -> None:
    source = "<p>收入\n&#65;&nbsp;<b>1,955.06</b> 万元</p>"
    pages = typed([items_of_markup(source)])
    (token,) = split(pages, *FAMILIES).tokens
    assert pages.written is not None
    line, columns = pages.written.place(token.page, token.box)
    assert (line, columns) == (2, (15, 22))
    assert source.split("\n")[1][14:22] == "1,955.06"


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 3000 + "12.00",
        "<table><tr><td colspan=99999999 rowspan=99999999>1<td>2</table>",
        "</p></table><td>1<tr></div>",
    ],
)
def test_a_page_that_means_harm_does_none(page: str) -> None:
    assert lines(page)


SHAPES = st.lists(
    st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=4), min_size=1, max_size=4
)


@given(SHAPES)
def test_no_two_cells_share_a_place(shape: list[list[tuple[int, int]]]) -> None:
    rows = ["".join(f"<td rowspan={down} colspan={across}>词" for down, across in row) for row in shape]
    for item in items_of_markup(f"<table><tr>{'<tr>'.join(rows)}</table>"):
        if isinstance(item, Table):
            places = [
                (cell.row + down, cell.column + across)
                for cell in item.cells
                for down in range(cell.rows)
                for across in range(cell.columns)
            ]
            assert len(places) == len(set(places))
            assert sum(bool(cell.lines) for cell in item.cells) == sum(map(len, shape))


def test_paragraphs_of_a_page_stay_apart() -> None:
    blocks = document("<p>收入12.00万元，其中：</p><h2>二、支出情况</h2><p>支出3.00万元。</p>").blocks
    assert [block.text.printed for block in blocks if isinstance(block, Paragraph)] == [
        "收入12.00万元，其中：", "二、支出情况", "支出3.00万元。",
    ]  # fmt: skip
