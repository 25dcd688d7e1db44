"""Ruling lines become cells, and text lines go into them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recount.pipeline.document import Line, Page, Ruling
from recount.pipeline.read import read_pdf
from recount.pipeline.read.rulings import read_rulings
from recount.pipeline.split.lattice import PageTables, RawTable, cut_line, in_reading_order, page_grids
from recount.tests.samples import of_sample
from recount.tests.twins import file_of

Span = tuple[int, int, int, int]
"""row, column, row end, column end."""
Segment = tuple[float, float, float, float]


def sides(xs: list[float], ys: list[float], spans: Iterable[Span]) -> Iterator[Segment]:
    """The four sides of each cell."""
    for row, column, row_end, column_end in spans:
        x0, y0, x1, y1 = xs[column], ys[row], xs[column_end], ys[row_end]
        yield from ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1))


def draw_segments(page: Any, segments: Iterable[Segment]) -> None:
    for x0, y0, x1, y1 in segments:
        page.draw_line((x0, y0), (x1, y1), width=0.5)


def draw_bars(page: Any, segments: Iterable[Segment]) -> None:
    for x0, y0, x1, y1 in segments:
        page.draw_rect((x0 - 0.3, y0 - 0.3, x1 + 0.3, y1 + 0.3), color=None, fill=(0, 0, 0))


def draw_inset(page: Any, segments: Iterable[Segment]) -> None:
    """Each side ends short of its corners, as ONLYOFFICE draws them."""
    for x0, y0, x1, y1 in segments:
        dx, dy = (0.4, 0) if y0 == y1 else (0, 0.4)
        page.draw_line((x0 + dx, y0 + dy), (x1 - dx, y1 - dy), width=0.75)


def draw_boxes(page: Any, segments: Iterable[Segment]) -> None:
    found = list(segments)
    for top, bottom in zip(found[::4], found[1::4], strict=True):
        page.draw_rect((*top[:2], *bottom[2:]), width=0.5)


STYLES: dict[str, Callable[[Any, Iterable[Segment]], None]] = {
    "a stroke for each side": draw_segments,
    "thin filled rectangles": draw_bars,
    "strokes short of the corners": draw_inset,
    "stroked rectangles": draw_boxes,
}


def lay_out(draw: Callable[[Any], None], tmp_path: Path) -> PageTables:
    document = pymupdf.open()
    draw(document.new_page(width=600, height=800))
    document.save(tmp_path / "page.pdf")
    return page_grids(read_pdf(tmp_path / "page.pdf").pages[0])


def spans_of(table: RawTable) -> list[Span]:
    return [(cell.row, cell.column, cell.row_end, cell.column_end) for cell in table.cells]


def cell_texts(table: RawTable) -> list[str]:
    return ["|".join(line.text for line in cell.fragments) for cell in table.cells]


def base_cells(rows: int, columns: int) -> list[Span]:
    return [(row, column, row + 1, column + 1) for row in range(rows) for column in range(columns)]


PERFORMANCE: list[Span] = [
    (0, 0, 1, 2), (0, 2, 1, 9),
    (1, 0, 3, 2), (1, 2, 2, 5), (1, 5, 2, 9), *((2, column, 3, column + 1) for column in range(2, 9)),
    (3, 0, 6, 1), (3, 1, 6, 2), (3, 2, 5, 3),
    *((row, column, row + 1, column + 1) for row in (3, 4) for column in range(3, 9)),
    *((5, column, 6, column + 1) for column in range(2, 9)),
]  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
def test_a_performance_table_is_one_table(tmp_path: Path, style: str) -> None:
    """Rows of 2, 5 and 9 columns below one another, with cells merged to the right and downwards."""
    xs, ys = [50 + 55.0 * index for index in range(10)], [100 + 20.0 * index for index in range(7)]
    [table] = lay_out(lambda page: STYLES[style](page, sides(xs, ys, PERFORMANCE)), tmp_path).tables
    assert sorted(spans_of(table)) == sorted(PERFORMANCE)
    assert spans_of(table) == sorted(spans_of(table))
    assert table.xs == pytest.approx(xs, abs=0.6)
    assert table.ys == pytest.approx(ys, abs=0.6)


@st.composite
def merged_grids(draw: st.DrawFn) -> tuple[list[float], list[float], list[Span]]:
    """Column edges, row edges, and cells that cover the grid, some of them merged."""
    gaps = st.integers(min_value=7, max_value=60)
    widths, heights = draw(st.lists(gaps, min_size=1, max_size=9)), draw(st.lists(gaps, min_size=1, max_size=12))
    xs, ys = [20.0], [20.0]
    for width in widths:
        xs.append(xs[-1] + width)
    for height in heights:
        ys.append(ys[-1] + height)
    chance = random.Random(draw(st.integers(0, 2**32)))
    free = {(row, column) for row in range(len(heights)) for column in range(len(widths))}
    spans: list[Span] = []
    while free:
        row, column = min(free)
        right = column + 1
        while (row, right) in free and chance.random() < 0.3:
            right += 1
        bottom = row + 1
        while all((bottom, each) in free for each in range(column, right)) and chance.random() < 0.3:
            bottom += 1
        free -= {(each, other) for each in range(row, bottom) for other in range(column, right)}
        spans.append((row, column, bottom, right))
    return xs, ys, spans


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(merged_grids(), st.sampled_from(sorted(STYLES)))
def test_any_grid_is_read_as_drawn(grid: tuple[list[float], list[float], list[Span]], style: str) -> None:
    xs, ys, spans = grid
    document = pymupdf.open()
    page = document.new_page(width=600, height=800)
    STYLES[style](page, sides(xs, ys, spans))
    tables = page_grids(Page(1, 600, 800, (), read_rulings(page.get_cdrawings(extended=True), (600, 800)))).tables
    drawn = sorted((xs[column], ys[row], xs[right], ys[bottom]) for row, column, bottom, right in spans)
    if len(spans) == 1:
        assert tables == ()
        return
    [table] = tables
    found = sorted(cell.box for cell in table.cells)
    assert len(found) == len(drawn)
    for ours, theirs in zip(found, drawn, strict=True):
        assert ours == pytest.approx(theirs, abs=0.6)


def grid_rulings(xs: list[float], ys: list[float]) -> list[Ruling]:
    level = [Ruling(xs[0], y, xs[-1], y) for y in ys]
    return level + [Ruling(x, ys[0], x, ys[-1]) for x in xs]


def grids_of(rulings: Iterable[Ruling], lines: Iterable[Line] = ()) -> PageTables:
    return page_grids(Page(3, 600, 800, tuple(lines), tuple(rulings)))


def a_line(text: str, x: float, y: float, width: float = 6, height: float = 10) -> Line:
    """Characters of equal width; a blank is as wide as a character."""
    boxes = tuple((x + width * index, y, x + width * (index + 1), y + height) for index in range(len(text)))
    return Line(text, boxes, (x, y, x + width * len(text), y + height))


class TestFrames:
    def test_open_sides_are_closed(self) -> None:
        rulings = [Ruling(50, y, 350, y) for y in (100, 120, 140)] + [Ruling(x, 100, x, 140) for x in (150, 250)]
        [table] = grids_of(rulings).tables
        assert table.xs == (50, 150, 250, 350)
        assert spans_of(table) == base_cells(2, 3)

    def test_a_missing_head_or_foot_is_closed(self) -> None:
        rulings = [Ruling(50, 120, 350, 120)] + [Ruling(x, 100, x, 140) for x in (50, 150, 350)]
        [table] = grids_of(rulings).tables
        assert table.ys == (100, 120, 140)
        assert spans_of(table) == base_cells(2, 2)

    def test_one_column_of_lines_needs_a_crossing(self) -> None:
        assert grids_of([Ruling(50, y, 350, y) for y in (100, 120, 140)]).tables == ()

    def test_underlines_and_header_rules_are_no_table(self) -> None:
        lone = [Ruling(50, 40, 550, 40), Ruling(100, 300, 180, 300), Ruling(300, 100, 300, 400)]
        assert grids_of(lone).tables == ()

    def test_a_box_around_text_is_no_table(self) -> None:
        line = a_line("说明", 60, 105)
        found = grids_of(grid_rulings([50, 350], [100, 140]), [line])
        assert found.tables == ()
        assert found.lines == (line,)

    def test_an_underline_in_a_cell_divides_nothing(self) -> None:
        rulings = [*grid_rulings([50, 200, 350], [100, 140, 180]), Ruling(80, 120, 150, 120), Ruling(50, 160, 120, 160)]
        [table] = grids_of(rulings).tables
        assert spans_of(table) == base_cells(2, 2)

    def test_edges_that_miss_each_other_a_little_are_one(self) -> None:
        rulings = [Ruling(50, y, 350, y) for y in (100, 120, 140)]
        rulings += [Ruling(50, 100, 50, 140), Ruling(350, 100, 350, 140)]
        rulings += [Ruling(150, 100, 150, 120), Ruling(152, 120, 152, 140)]
        [table] = grids_of(rulings).tables
        assert len(table.xs) == 3

    def test_tables_stand_from_top_to_bottom(self) -> None:
        lower, upper = grid_rulings([50, 200, 350], [300, 340]), grid_rulings([50, 200, 350], [100, 140])
        tables = grids_of(lower + upper).tables
        assert [table.ys[0] for table in tables] == [100, 300]
        assert all(table.page == 3 for table in tables)


class TestTexts:
    def test_a_line_over_narrow_cells_is_cut(self) -> None:
        rulings = grid_rulings([50, 72, 94, 116, 200], [100, 120])
        line = a_line("210 11  01", 52, 105)  # one line of MuPDF: gaps of 6 and 12 points
        found = grids_of(rulings, [line])
        assert cell_texts(found.tables[0]) == ["210", "11", "01", ""]
        assert found.lines == ()
        assert found.tables[0].cells[1].fragments[0].boxes == line.boxes[4:6]

    def test_a_figure_wider_than_its_cell_stays_whole(self) -> None:
        """Cut at the edge it would be two wrong figures."""
        found = grids_of(grid_rulings([50, 100, 140, 200], [100, 120]), [a_line("1,234,567.89", 92, 105, width=4)])
        assert cell_texts(found.tables[0]) == ["", "1,234,567.89", ""]

    def test_the_figures_of_two_cells_that_meet_are_two(self) -> None:
        """The amount runs over the edge; the code behind it begins on top of it, or right after it."""
        rulings = grid_rulings([50, 100, 140, 200], [100, 120])
        over = a_line("12717.01302", 57, 105, width=6)
        boxes = [*over.boxes[:8], *((x0 - 3, y0, x1 - 3, y1) for x0, y0, x1, y1 in over.boxes[8:])]
        for line in (over, Line(over.text, tuple(boxes), (57, 105, boxes[-1][2], 115))):
            assert cell_texts(grids_of(rulings, [line]).tables[0]) == ["12717.01", "302", ""]
        amounts = a_line("512.00436.12", 60, 105, width=6)
        assert cell_texts(grids_of(rulings, [amounts]).tables[0]) == ["512.00", "436.12", ""]

    def test_whole_numbers_that_meet_at_an_edge_are_two_and_one_that_crosses_it_is_one(self) -> None:
        rulings = grid_rulings([50, 100, 140, 200], [100, 120])
        assert cell_texts(grids_of(rulings, [a_line("512436", 82, 105, width=6)]).tables[0]) == ["512", "436", ""]
        assert cell_texts(grids_of(rulings, [a_line("512436", 79, 105, width=6)]).tables[0]) == ["512436", "", ""]

    def test_words_that_meet_at_an_edge_are_two(self) -> None:
        found = grids_of(grid_rulings([50, 98, 200], [100, 120]), [a_line("科目名称决算数", 50, 105, width=12)])
        assert cell_texts(found.tables[0]) == ["科目名称", "决算数"]

    def test_what_runs_out_of_the_table_by_a_gap_is_outside(self) -> None:
        found = grids_of(grid_rulings([50, 100, 150], [100, 120]), [a_line("名称  10   注", 52, 105, width=12)])
        assert cell_texts(found.tables[0]) == ["名称", "10"]
        assert [line.text for line in found.lines] == ["注"]

    def test_a_line_of_a_merged_cell_is_not_cut(self) -> None:
        rulings = [
            *(Ruling(50, y, 350, y) for y in (100, 120, 140)),
            *(Ruling(x, 100, x, 140) for x in (50, 350)),
            Ruling(200, 120, 200, 140),
        ]
        line = a_line("昌吉回族自治州住房和城乡建设局", 100, 105, width=12)
        [table] = grids_of(rulings, [line]).tables
        assert table.cells[0].fragments == (line,)

    def test_lines_of_a_cell_are_in_reading_order(self) -> None:
        lines = [a_line("三", 60, 128), a_line("二", 90, 112.5), a_line("一", 60, 110, height=13)]
        [table] = grids_of(grid_rulings([50, 200, 350], [100, 145]), lines).tables
        assert cell_texts(table)[0] == "一|二|三"

    def test_an_inner_table_has_its_own_text(self) -> None:
        rulings = grid_rulings([50, 300, 550], [100, 300]) + grid_rulings([350, 420, 500], [150, 200])
        outer, inner = grids_of(rulings, [a_line("内", 360, 170)]).tables
        assert cell_texts(outer) == ["", ""]
        assert cell_texts(inner) == ["内", ""]

    def test_no_character_is_lost(self) -> None:
        lines = [a_line("甲 乙丙 丁 戊己庚", 40 + 3 * index, 102 + 11 * index) for index in range(5)]
        found = grids_of(grid_rulings([50, 71, 95, 120], [100, 130, 160]), lines)
        kept = [line for table in found.tables for cell in table.cells for line in cell.fragments] + list(found.lines)
        assert sorted("".join(line.text for line in kept)) == sorted("甲乙丙丁戊己庚" * 5 + " " * _blanks(kept))


def _blanks(lines: Iterable[Line]) -> int:
    return sum(line.text.count(" ") for line in lines)


def test_reading_order_of_a_page() -> None:
    lines = [a_line("页", 300, 780), a_line("右", 300, 101), a_line("左", 50, 100), a_line("下", 50, 120)]
    assert [line.text for line in in_reading_order(lines)] == ["左", "右", "下", "页"]


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("clean", (13, 18)),
        ("levelled", (10, 15)),
        ("tables", (2, 10)),
        ("shanghai", (4, 6, 11, 13, 15)),
        ("national", (8, 13, 15)),
        of_sample("s000", (16, 21)),
        of_sample("s002", (12, 17)),
        of_sample("s003", (2, 4)),
        of_sample("r_czj", (6, 9, 13, 17, 18)),
    ],
)
def test_the_cells_are_those_of_pymupdf(name: str, numbers: tuple[int, ...]) -> None:
    pages = read_pdf(file_of(name)).pages
    with pymupdf.open(file_of(name)) as document:
        for number in numbers:
            ours = page_grids(pages[number - 1]).tables
            theirs = document[number - 1].find_tables().tables
            assert len(ours) == len(theirs) > 0
            for one, other in zip(ours, theirs, strict=True):
                assert len(one.cells) == len(other.cells)
                for cell, box in zip(sorted(cell.box for cell in one.cells), sorted(other.cells), strict=True):
                    assert cell == pytest.approx(box, abs=3)
                printed = "".join(text or "" for row in other.extract() for text in row)
                read = "".join(cell_texts(one)).replace("|", "")
                assert sorted("".join(read.split())) == sorted("".join(printed.split()))


@pytest.mark.parametrize("text", ["-5.93", "负5.93", "－5.93", "- 5.93", "△5.93", "(5.93)", "（5.93）"])
def test_a_sign_over_the_edge_of_a_cell_stays_with_its_figure(text: str) -> None:
    """The left side of a cell runs between the sign and the figure that it is of."""
    boxes = tuple((100.0 + 5 * at, 0.0, 105.0 + 5 * at, 10.0) for at in range(len(text)))
    line = Line(text, boxes, (100.0, 0.0, boxes[-1][2], 10.0))
    first = next(at for at, char in enumerate(text) if char.isdigit())
    assert [(stretch, piece.text) for stretch, piece in cut_line(line, (50.0, boxes[first][0], 200.0))] == [(2, text)]


def test_a_dash_in_a_cell_of_its_own_is_no_sign_of_its_neighbour() -> None:
    boxes = ((100.0, 0.0, 105.0, 10.0), *((120.0 + 5 * at, 0.0, 125.0 + 5 * at, 10.0) for at in range(4)))
    line = Line("—5.93", boxes, (100.0, 0.0, 140.0, 10.0))
    assert [(stretch, piece.text) for stretch, piece in cut_line(line, (50.0, 115.0, 200.0))] == [(1, "—"), (2, "5.93")]
