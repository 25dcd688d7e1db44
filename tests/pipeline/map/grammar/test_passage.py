"""A passage: every number one sign, with the way back to the printed text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from recount.pipeline.map.grammar.passage import N, clean, passage_of
from recount.tests.pipeline.helpers import Sheet


def shape(*texts: str) -> str:
    return Sheet().passage(*texts).shape


def test_a_number_is_one_sign_however_it_is_set() -> None:
    for shown in ("1,955.06", "1，955.06", "１，９５５．０６", "0", "-3.4"):
        assert shape(f"总计{shown}万元，") == f"总计{N}万元,"


def test_the_percent_sign_stays_in_the_shape() -> None:
    assert shape("增长２５．３３％，占5%。") == f"增长{N}%,占{N}%。"


def test_a_sign_and_its_brackets_are_part_of_the_number() -> None:
    for sign in ("△3.46", "(3.46)", "（3.46）", "负3.46", "3.46-", "—3.46"):
        assert shape(f"增加{sign}万元，增长{sign}%，主要") == f"增加{N}万元,增长{N}%,主要"


def test_a_percent_sign_inside_the_brackets_stays_in_the_shape() -> None:
    passage = Sheet().passage("增长（3.46％），主要")
    assert passage.shape == f"增长{N}%,主要"
    assert passage.text(passage.shape.index(","), len(passage.shape)) == "，主要"


def test_dates_are_words() -> None:
    assert shape("2022年度共8.00万元") == f"2022年度共{N}万元"
    assert shape("截至2022年12月31日，8-11月共3人") == f"截至2022年12月31日,8-11月共{N}人"


def test_the_sign_stands_for_its_number() -> None:
    sheet = Sheet()
    passage = sheet.passage("甲1.00万元，乙2.00%。", "丙3人。")
    assert [passage.shape[at] for at in passage.numbers] == [N, N, N]
    assert [passage.token(at).raw for at in passage.numbers] == ["1.00", "2.00", "3"]


def test_paragraphs_are_joined_by_line_breaks_that_are_no_part_of_their_text() -> None:
    passage = Sheet().passage("甲１．００万元。", "乙２，０００．００万元。")
    assert passage.shape == f"甲{N}万元。\n乙{N}万元。"
    assert passage.text(0, len(passage.shape)) == "甲1.00万元。乙2,000.00万元。"


@given(st.lists(st.text("甲乙，。1２,.%％年月 ", max_size=20), max_size=4), st.data())
@settings(derandomize=True, deadline=None)
def test_any_cut_of_the_shape_is_the_same_cut_of_the_text(texts: list[str], data: st.DataObject) -> None:
    passage = Sheet().passage(*texts)
    middle = data.draw(st.integers(0, len(passage.shape)))
    whole = passage.printed.replace("\n", "")
    parts = [passage.printed[passage._index(0) : passage._index(middle)], passage.printed[passage._index(middle) :]]
    assert "".join(parts).replace("\n", "") == whole
    before = sum(1 for at in passage.numbers if at < middle)
    assert passage.shape[:middle].count(N) == before


def test_no_paragraph_is_an_empty_passage() -> None:
    passage = passage_of([])
    assert (passage.shape, passage.text(0, 0), passage.numbers) == ("", "", {})


def test_names_and_reasons_lose_the_punctuation_around_them() -> None:
    assert clean("：人员减少，压缩开支。\n") == "人员减少，压缩开支"
