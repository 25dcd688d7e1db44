"""Text as pieces: what parts them, the labels that they make, and what gaps mean in a table."""

from __future__ import annotations

import pytest

from recount.pipeline.read.plain import items_of_text
from recount.pipeline.read.typewriter import typed
from recount.pipeline.split.paragraphs import rows_of
from recount.pipeline.split.sequence import Gap, Lexicon, Piece, habits_of, pieces_of
from recount.schemas.family import label_of, lost_one


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


def test_a_label_is_said_without_brackets() -> None:
    assert label_of("项目资金（万元）：") == "项目资金"
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
