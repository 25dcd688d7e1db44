"""Tables without rulings: columns by what stands in line, heads by what they stand over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from recount.pipeline.document import Line, Page, Ruling
from recount.pipeline.split.aligned import with_aligned
from recount.pipeline.split.lattice import PageTables, RawTable

SIZE = 10.0
PITCH = 20.0
Cell = tuple[str, float, str]
"""A text, the x that it is set at, and how: "<" from there, ">" up to there, "^" around it."""


def width(text: str) -> float:
    return sum(SIZE if char >= "\u2e80" else SIZE / 2 for char in text)


def line(text: str, x: float, y: float, how: str = "<") -> Line:
    x -= {"<": 0.0, ">": width(text), "^": width(text) / 2}[how]
    boxes = []
    for char in text:
        boxes.append((x, y, x + width(char), y + 1.25 * SIZE))
        x += width(char)
    return Line(text, tuple(boxes), (boxes[0][0], y, x, y + 1.25 * SIZE))


def page(rows: Iterable[Sequence[Cell]], number: int = 1, top: float = 100.0) -> PageTables:
    """A page of rows, a pitch apart."""
    lines = tuple(line(text, x, top + PITCH * at, how) for at, row in enumerate(rows) for text, x, how in row)
    return PageTables(Page(number, 600.0, 800.0, lines, ()), (), lines)


def is_title(texts: Sequence[str]) -> bool:
    return texts[0].startswith(("表", "单位", "注"))


def grid(table: RawTable) -> list[list[str]]:
    """What stands in each row, from left to right."""
    return [
        ["".join(part.text for part in cell.fragments) for cell in table.cells if cell.row == row]
        for row in range(len(table.ys) - 1)
    ]


def spans(table: RawTable) -> dict[str, tuple[int, int]]:
    found = {"".join(part.text for part in cell.fragments): (cell.column, cell.column_end) for cell in table.cells}
    return {words: span for words, span in found.items() if words}


CENTRED = (
    [("收入", 125.0, "^"), ("支出", 400.0, "^")],
    [("项目", 80.0, "^"), ("数额", 180.0, "^"), ("项目", 300.0, "^"), ("合计", 400.0, "^"), ("其中", 500.0, "^")],
    [("一、甲", 50.0, "<"), ("1,200.00", 180.0, "^"), ("一、丙", 270.0, "<"), ("900.50", 400.0, "^")],
    [("二、乙", 50.0, "<"), ("二、丁", 270.0, "<"), ("12.00", 400.0, "^"), ("12.00", 500.0, "^")],
)


def test_figures_in_line_are_columns_and_a_head_stands_in_the_middle_of_its_own() -> None:
    [found] = with_aligned([page(CENTRED)], is_title)
    [table] = found.tables
    assert found.lines == ()
    assert grid(table)[2] == ["一、甲", "1,200.00", "一、丙", "900.50", ""]
    assert grid(table)[3] == ["二、乙", "", "二、丁", "12.00", "12.00"]
    assert spans(table)["收入"] == (0, 2)
    assert spans(table)["支出"] == (2, 5)


def test_heads_that_begin_where_their_columns_begin() -> None:
    rows = (
        [("名称", 50.0, "<"), ("甲", 150.0, "<"), ("乙", 350.0, "<")],
        [("预算", 150.0, "<"), ("决算", 250.0, "<"), ("预算", 350.0, "<"), ("决算", 450.0, "<")],
        [("一", 50.0, "<"), ("1.10", 240.0, ">"), ("2.20", 340.0, ">"), ("3.30", 440.0, ">"), ("4.40", 540.0, ">")],
        [("二", 50.0, "<"), ("1.10", 240.0, ">"), ("4.40", 540.0, ">")],
    )
    [table] = with_aligned([page(rows)], is_title)[0].tables
    assert spans(table)["甲"] == (1, 3)
    assert spans(table)["乙"] == (3, 5)
    assert grid(table)[-1] == ["二", "1.10", "", "", "4.40"]


def test_a_column_without_a_figure_is_one_by_its_head() -> None:
    rows = (
        [("名称", 50.0, "<"), ("合计", 200.0, "^"), ("无此项", 300.0, "^"), ("其他", 400.0, "^")],
        [("一", 50.0, "<"), ("1.10", 200.0, "^"), ("1.10", 400.0, "^")],
        [("二", 50.0, "<"), ("2.20", 200.0, "^"), ("2.20", 400.0, "^")],
    )
    [table] = with_aligned([page(rows)], is_title)[0].tables
    assert grid(table)[1] == ["一", "1.10", "", "1.10"]


def test_lines_near_below_one_another_are_one_cell() -> None:
    made = page(CENTRED)
    wrapped = (line("三、很长的", 50.0, 184.0), line("名称", 50.0, 196.0), line("7.00", 180.0, 190.0, "^"))
    [found] = with_aligned([replace(made, lines=(*made.lines, *wrapped))], is_title)
    assert grid(found.tables[0])[-1] == ["三、很长的名称", "7.00", "", "", ""]


def test_cells_that_stand_close_are_cut() -> None:
    made = page(CENTRED)
    close = line("三、很长很长很 33,333,333.00", 215.0, 180.0, ">")
    [found] = with_aligned([replace(made, lines=(*made.lines, close))], is_title)
    assert grid(found.tables[0])[-1][:2] == ["三、很长很长很", "33,333,333.00"]


def test_a_table_goes_on_over_the_end_of_a_page_in_the_same_columns() -> None:
    below = page([[("三、戊", 50.0, "<"), ("4.00", 180.0, "^"), ("三、己", 270.0, "<")]], number=2)
    one, other = with_aligned([page(CENTRED), below], is_title)
    assert one.tables[0].xs == other.tables[0].xs
    assert grid(other.tables[0]) == [["三、戊", "4.00", "三、己", "", ""]]


def test_what_stands_below_a_title_on_the_next_page_is_a_table_of_its_own() -> None:
    below = page([[("表二", 300.0, "^")], *CENTRED], number=2)
    one, other = with_aligned([page(CENTRED), below], is_title)
    assert len(grid(one.tables[0])) == len(grid(other.tables[0])) == 4
    assert [kept.text for kept in other.lines] == ["表二"]


def test_running_text_and_contents_are_no_table() -> None:
    rows = (
        [("一、收入总计1,200.50万元，其中本年收入900.00万元。", 50.0, "<")],
        [("二、支出", 50.0, "<"), ("3", 500.0, ">")],
        [("三、结余", 50.0, "<"), ("12", 500.0, ">")],
    )
    made = page(rows)
    assert with_aligned([made], is_title) == [made]


def test_a_page_with_ruled_tables_is_left_as_it_is() -> None:
    made = page(CENTRED)
    ruled = RawTable(1, (0.0, 1.0), (0.0, 1.0), ())
    assert with_aligned([replace(made, tables=(ruled,))], is_title)[0].lines == made.lines
    scanned = replace(made, page=replace(made.page, origin="ocr", rulings=(Ruling(0, 0, 1, 0),)))
    assert with_aligned([scanned], is_title) == [scanned]


@given(
    st.lists(
        st.lists(st.one_of(st.none(), st.decimals(0, 99999, places=2)), min_size=3, max_size=3), min_size=2, max_size=12
    ),
    st.sampled_from("^>"),
)
def test_no_figure_comes_into_another_column_or_row(values: list[list[object]], how: str) -> None:
    xs = (250.0, 350.0, 450.0)
    rows: list[list[Cell]] = [[("名称", 50.0, "<"), *(("甲乙丙"[at] + "数额", x, how) for at, x in enumerate(xs))]]
    for number, row in enumerate(values):
        cells = [(f"{value:,}", x, how) for value, x in zip(row, xs, strict=True) if value is not None]
        rows.append([(f"{number}号", 50.0, "<"), *cells])
    for table in with_aligned([page(rows)], is_title)[0].tables:
        expected = [[f"{number}号", *("" if v is None else f"{v:,}" for v in row)] for number, row in enumerate(values)]
        assert grid(table)[1:] == expected


def test_a_line_of_text_that_comes_in_pieces_is_no_row() -> None:
    """Figures of a font that is not believed are read from the page: they are lines of their own, without a gap."""
    rows = [
        [("某年支出", 50, "<"), ("1,063.88", 90, "<"), ("万元，其中：基本支出", 130, "<")],
        [("967.56", 50, "<"), ("万元，项目支出", 80, "<"), ("96.32", 150, "<"), ("万元", 175, "<")],
    ]
    assert not with_aligned([page(rows)], is_title)[0].tables
