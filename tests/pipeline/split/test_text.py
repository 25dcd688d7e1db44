"""Lines put together as they read: what goes, what stays, and the way back to the page."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recount.pipeline.split.text import FOLD, compose, fold, plain, union
from recount.tests.pipeline.helpers import composed


@pytest.mark.parametrize(
    ("lines", "printed"),
    [
        (("预 算 单 位",), "预算单位"),
        (("  两端的空格  ",), "两端的空格"),
        (("上一行结束", "下一行开始"), "上一行结束下一行开始"),
        (("Word 与 Excel",), "Word与Excel"),
        (("使用 Open Office 软件",), "使用Open Office软件"),
        (("Open", "Office"), "Open Office"),
        (("2022 年度",), "2022年度"),
        (("全角　空格",), "全角空格"),
        ((), ""),
        (("   ",), ""),
    ],
)
def test_typesetting_spaces_and_line_ends_go_and_spaces_between_latin_words_stay(
    lines: tuple[str, ...], printed: str
) -> None:
    assert composed(*lines).text.printed == printed


@pytest.mark.parametrize(
    ("lines", "printed"),
    [
        (("共1,955. 06万元",), "共1,955.06万元"),
        (("共1 ,955.06万元",), "共1,955.06万元"),
        (("共1, 955.06万元",), "共1,955.06万元"),
        (("共 19 55.06 万元",), "共1955.06万元"),
        (("共1,95", "5.06万元"), "共1,955.06万元"),
        (("共1,955.0", "6万元"), "共1,955.06万元"),
        (("共1,955.06", "万元"), "共1,955.06万元"),
        (("占94.5", "6%。"), "占94.56%。"),
    ],
)
def test_a_number_that_spaces_or_a_line_end_cut_is_one(lines: tuple[str, ...], printed: str) -> None:
    assert composed(*lines).text.printed == printed


def test_two_whole_numbers_do_not_become_one() -> None:
    assert composed("1.50 2.75").text.printed == "1.50 2.75"
    assert composed("0 0").text.printed == "0 0"


def test_in_a_cell_numbers_beside_each_other_stay_apart() -> None:
    assert composed("10 10", join_digits=False).text.printed == "10 10"
    assert composed("12 345", join_digits=False).text.printed == "12 345"
    assert composed("95. 00", join_digits=False).text.printed == "95.00"


def test_in_a_cell_a_number_is_broken_only_by_the_end_of_its_line() -> None:
    assert composed("1,234,5", "67.89", join_digits=False).text.printed == "1,234,567.89"


def test_the_folded_text_has_half_width_forms_at_the_same_places() -> None:
    text = composed("共１，９５５．０６万元（其中：“三公”经费）").text
    assert text.folded == '共1,955.06万元(其中:"三公"经费)'
    assert len(text.printed) == len(text.folded) == len(text)


@given(st.text(max_size=60))
@settings(derandomize=True, deadline=None)
def test_folding_never_changes_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.lists(st.text("一二三 1234567890,.，．％abc　\t", max_size=14), max_size=5), st.booleans())
@settings(derandomize=True, deadline=None)
def test_every_character_finds_back_to_its_line(lines: list[str], join_digits: bool) -> None:
    made = composed(*lines, join_digits=join_digits)
    for index, sign in enumerate(made.text.printed):
        raw = made.raw_index(index)
        if sign != " ":
            assert made.raw[raw] == sign
            piece, offset = made.piece_at(raw)
            assert piece.line.text[offset] == sign


@given(st.text("一二三1234567890,.，．％", max_size=30), st.data())
@settings(derandomize=True, deadline=None)
def test_the_text_is_the_same_wherever_its_lines_end(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    assert composed(text[:at], text[at:]).text == composed(text).text


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("增加１，９５５．０６万元，增长２５．３３％。", "增加1,955.06万元，增长25.33%。"),
        ("（含税）：甲，乙；丙。", "（含税）：甲，乙；丙。"),
        ("Ａ４纸", "A4纸"),
        ("1，2，3号楼", "1，2，3号楼"),
        ("12，345元", "12,345元"),
        ("人数3，4567元", "人数3，4567元"),
    ],
)
def test_delivered_text_has_half_width_numbers_and_chinese_punctuation(printed: str, wanted: str) -> None:
    assert plain(printed) == wanted


def test_variants_of_signs_fold_to_the_one_that_rules_are_written_with() -> None:
    assert fold("－3﹪〔甲〕∶“乙”＞5") == '-3%(甲):"乙">5'
    assert all(len(chr(int(new)) if isinstance(new, int) else new) == 1 for new in FOLD.values())


def test_nothing_put_together_is_an_empty_text() -> None:
    assert len(compose([], join_digits=True).text) == 0


def test_the_smallest_box_around_some_boxes() -> None:
    assert union([(5, 5, 9, 9), (1, 6, 7, 12)]) == (1, 5, 9, 12)


# --- characters


@pytest.mark.parametrize(
    ("shown", "printed", "folded"),
    [
        ("⼀、收⼊⽀出", "一、收入支出", "一、收入支出"),
        ("部⻔⻋辆⻓⻚", "部门车辆长页", "部门车辆长页"),
        ("銀⾏帐⼾", "銀行帐户", "银行帐户"),
        ("年度\uf98e", "年度年", "年度年"),
        ("財政撥款收入總計", "財政撥款收入總計", "财政拨款收入总计"),
        ("經費１２．５０萬元", "經費１２．５０萬元", "经费12.50万元"),
        ("增加\xad5.00", "增加-5.00", "增加-5.00"),
        ("显著、乾坤", "显著、乾坤", "显著、乾坤"),
    ],
)
def test_a_wrong_code_is_mended_and_a_traditional_character_is_matched_as_simplified(
    shown: str, printed: str, folded: str
) -> None:
    text = composed(shown).text
    assert (text.printed, text.folded) == (printed, folded)
    assert plain(shown.replace("１２．５０", "")) == printed.replace("１２．５０", "")


def test_signs_that_are_no_digits_stay_what_they_are() -> None:
    assert fold("²①½Ⅷ㎡〇") == "²①½Ⅷ㎡〇"


def test_every_character_is_folded_to_one_and_once_and_for_all() -> None:
    for code, folded in FOLD.items():
        assert len(folded) == 1
        assert fold(folded) == folded
        assert chr(code).isdigit() == folded.isdigit()


@given(st.text())
@settings(derandomize=True)
def test_folding_keeps_the_length_and_every_number(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)
    for printed, folded in zip(text, fold(text), strict=True):
        assert unicodedata.decimal(printed, None) == unicodedata.decimal(folded, None)
