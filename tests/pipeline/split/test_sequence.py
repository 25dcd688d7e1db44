"""Text as pieces: what parts them, the labels that they make, and what gaps mean in a table."""

from __future__ import annotations

import pytest

from recount.pipeline.read.plain import items_of_text
from recount.pipeline.read.typewriter import typed
from recount.pipeline.split.paragraphs import rows_of
from recount.pipeline.split.sequence import Gap, Lexicon, Piece, habits_of, pieces_in_print, pieces_of
from recount.schemas.family import label_of, lost_among, lost_one
from recount.tests.pipeline.helpers import line


def pieces(text: str) -> list[Piece]:
    """The pieces of a text."""
    return pieces_of([row for page in typed(items_of_text(text)).pages for row in rows_of(page.number, page.lines)])


def texts(text: str) -> list[str]:
    return [piece.text for piece in pieces(text)]


def test_pieces_know_what_stands_before_them() -> None:
    found = pieces("合计 12.50\t3\n其中\n\n结余")
    assert [(piece.text, piece.gap) for piece in found[1:]] == [
        ("12.50", Gap.SPACE),
        ("3", Gap.CELL),
        ("其中", Gap.LINE),
        ("结余", Gap.BLANK),
    ]


def test_a_blank_beside_the_point_of_a_figure_parts_nothing() -> None:
    assert texts("94 ．66 100. 00 5 .5") == ["94.66", "100.00", "5.5"]


def test_a_number_far_below_all_else_is_a_pages() -> None:
    assert texts("河堤 5 5\n\n\n\n\n17\n\n路灯") == ["河堤", "5", "5", "路灯"]
    assert pieces("河堤 5 5\n\n\n\n\n17\n\n路灯")[-1].turn
    assert texts("河堤 5\n17\n路灯") == ["河堤", "5", "17", "路灯"]


@pytest.mark.parametrize("text", ["执行率", "执行率（B/A）", "执 行 率：", "执行\n\n率", "执行率（\nB/A）"])
def test_a_label_may_be_torn_and_hold_brackets(text: str) -> None:
    found = Lexicon({"执行率"}, ()).at(pieces(text), 0)
    assert [(label.words, label.end) for label in found][:1] == [("执行率", len(texts(text)))]


def test_the_longest_label_comes_first() -> None:
    found = Lexicon({"满意度", "满意度指标"}, {"满意度"}).at(pieces("满意度\n指标"), 0)
    assert [(label.words, label.exact) for label in found] == [("满意度指标", True), ("满意度", False)]


def test_words_that_go_on_as_no_label_does_are_none() -> None:
    assert Lexicon({"执行率"}, ()).at(pieces("执行 情况"), 0) == []


def test_a_label_is_known_without_one_character_unless_it_may_be_two() -> None:
    short = lost_one({"年初预算数": "initial", "全年预算数": "annual", "分值": "weight"})
    assert short["初预算数"] == "initial"
    assert "年预算数" not in lost_one({"年初预算数": "initial", "年度预算数": "annual"})
    assert "分" not in short


def test_a_label_that_lost_a_character_is_known_by_those_beside_it() -> None:
    labels = {"年初预算数": "initial", "全年预算数": "annual", "执行数": "executed"}
    assert lost_among("年预算数", labels, {"annual"}) == "年初预算数"
    assert lost_among("年预算数", labels, {"initial"}) == "全年预算数"
    assert lost_among("年预算数", labels, {"executed"}) is None
    assert lost_among("预算", labels, {"annual"}) is None


def test_labels_that_mere_blanks_part_tell_that_blanks_part_cells() -> None:
    assert not habits_of(pieces("项目名称 修堤"), (), [Gap.SPACE] * 3).sure
    assert habits_of(pieces("项目名称 修堤"), (), [Gap.SPACE, Gap.CELL, Gap.CELL]).sure


def test_a_label_is_said_without_brackets() -> None:
    assert label_of("项目资金（万元）：") == "项目资金"
    assert label_of("全年执行数，") == "全年执行数"
    assert label_of("全年执行数。") == "全年执行数", "a scan's speck"
    assert label_of("一" * 25) == ""


def test_where_numbers_follow_each_other_blanks_part_cells() -> None:
    assert not habits_of(pieces("资金 13.58 13.58 10"), ()).sure
    assert habits_of(pieces("资金\t13.58\t13.58\t10 分"), ()).sure


def test_what_stands_inside_of_labels_parts_nothing() -> None:
    loose = pieces("资金 13.58 13.58 10")
    by_blank = habits_of(loose, [Gap.BLANK] * 3)
    assert by_blank.join[Gap.BLANK] < by_blank.join[Gap.LINE]
    by_line = habits_of(loose, [Gap.LINE] * 3)
    assert by_line.join[Gap.LINE] < by_line.join[Gap.BLANK]


# --- print


def printed(cells: list[tuple[float, float, str]]) -> list[list[str]]:
    """Lines at x and y, as the cells of rows."""
    rows = rows_of(1, [line(words, x, y) for x, y, words in cells])
    found: list[list[str]] = []
    for piece in pieces_in_print(rows, {"数量指标"}):
        if piece.gap is Gap.LINE:
            found.append([piece.text])
        elif piece.gap is Gap.CELL:
            found[-1].append(piece.text)
        else:
            found[-1][-1] += piece.text
    return found


PITCH = 11.0


def table(*, high: bool) -> list[tuple[float, float, str]]:
    """Two rows of a name in two lines and two figures, at the top of the row or in its middle, and their level."""
    cells = []
    for row, (one, other) in enumerate((("修缮河堤", "长度"), ("安装路灯", "盏数"))):
        top = 100.0 + 40 * row
        beside = top if high else top + PITCH / 2
        cells += [(100, top, one), (100, top + PITCH, other), (200, beside, "12.5"), (260, beside, "10")]
    return [(40, 100.0 if high else 125.5, "数量指标"), *cells]


@pytest.mark.parametrize("high", [True, False])
def test_lines_of_a_printed_cell_are_put_together_row_by_row(high: bool) -> None:
    assert printed(table(high=high)) == [["数量指标", "修缮河堤长度", "12.5", "10"], ["安装路灯盏数", "12.5", "10"]]


def test_two_figures_below_each_other_are_two_cells() -> None:
    cells = [(40, 100 + PITCH * row, name) for row, name in enumerate(("河堤", "路灯"))]
    figures = [(100, 100 + PITCH * row, "5") for row in range(2)]
    assert sum(row.count("5") for row in printed([*cells, *figures])) == 2
