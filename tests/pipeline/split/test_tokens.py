"""Every printed number is a token: its characters, value, decimals, unit and place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recount.pipeline.document import Token
from recount.pipeline.split.text import Piece, compose
from recount.pipeline.split.tokens import TokenStore
from recount.tests.pipeline.helpers import composed, line


def tokens(*lines: str, join_digits: bool = True) -> list[Token]:
    store = TokenStore()
    store.numbers_in(composed(*lines, join_digits=join_digits))
    return store.tokens


def values(*lines: str, join_digits: bool = True) -> list[str]:
    return [str(each.value) for each in tokens(*lines, join_digits=join_digits)]


@pytest.mark.parametrize(
    ("shown", "value", "decimals", "unit"),
    [
        ("收入总计1,955.06万元，", "1955.06", 2, "万元"),
        ("收入总计1955.06 万元", "1955.06", 2, "万元"),
        ("收入总计1,955. 06万元", "1955.06", 2, "万元"),
        ("收入总计１，９５５．０６万元", "1955.06", 2, "万元"),
        ("收入总计1，955.06万元", "1955.06", 2, "万元"),
        ("收入总计12,345,678.9元", "12345678.9", 1, "元"),
        ("下降25.33%。", "25.33", 2, "%"),
        ("下降２５．３３％", "25.33", 2, "%"),
        ("差异率-3.46%，", "-3.46", 2, "%"),
        ("差异率－3.46％，", "-3.46", 2, "%"),
        ("差异率：-3.46%", "-3.46", 2, "%"),
        ("增长100%", "100", 0, "%"),
        (">=90%", "90", 0, "%"),
        ("≥90%", "90", 0, "%"),
        ("得100.00 分", "100.00", 2, "分"),
        ("实有人数35人", "35", 0, "人"),
        ("接待12人次", "12", 0, "人次"),
        ("接待8批次", "8", 0, "批次"),
        ("3,280.50平方米", "3280.50", 2, "平方米"),
        ("设备2台（套）", "2", 0, "台"),
        ("1.5亿元", "1.5", 1, "亿元"),
        ("0.00", "0.00", 2, None),
    ],
)
def test_a_number_has_the_value_decimals_and_unit_that_are_printed(
    shown: str, value: str, decimals: int, unit: str | None
) -> None:
    (token,) = tokens(shown)
    assert (str(token.value), token.decimals, token.unit) == (value, decimals, unit)


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("8-11月", ["8", "11"]),  # a range
        ("2022-12-31", ["2022", "12", "31"]),
        ("A-3座", ["3"]),
        ("增减-5.00", ["-5.00"]),
        ("2022.12.31起", []),  # a date with points
        ("版本1.2.3", []),
        ("1，2，3号楼", ["1", "2", "3"]),
        ("甲3，乙4", ["3", "4"]),
        ("1,2345", []),  # no group of three: a damaged number
        ("12,345.6", ["12345.6"]),
        ("1.收入", ["1"]),
        ("3.5.", ["3.5"]),
        ("占50%、30%和20%", ["50", "30", "20"]),
        ("无数字", []),
    ],
)
def test_what_looks_like_a_number_is_one_only_where_it_reads_so(shown: str, found: list[str]) -> None:
    assert values(shown) == found


def test_numbers_side_by_side_in_a_cell_are_two() -> None:
    assert values("10 9.50", join_digits=False) == ["10", "9.50"]
    assert values("0 0", join_digits=False) == ["0", "0"]
    assert values("2010601 行政运行 33.90", join_digits=False) == ["2010601", "33.90"]


def test_the_raw_characters_are_those_of_the_page() -> None:
    (token,) = tokens("共１，９５５. 06％")
    assert token.raw == "１，９５５. 06"


def test_a_number_over_a_line_end_has_its_place_on_both_lines() -> None:
    (token,) = tokens("共1,95", "5.06万元")
    assert (token.raw, token.value, token.unit) == ("1,955.06", Decimal("1955.06"), "万元")
    (first,) = tokens("共1195")
    assert token.box[1] == first.box[1]
    assert token.box[3] > first.box[3]


def test_a_number_over_a_page_end_is_placed_where_it_begins() -> None:
    pieces = [Piece(4, line("共1,95", y=700)), Piece(5, line("5.06万元", y=90))]
    store = TokenStore()
    store.numbers_in(compose(pieces, join_digits=True))
    (token,) = store.tokens
    assert (token.page, token.value) == (4, Decimal("1955.06"))
    assert 690 < token.box[1] < token.box[3] < 720


def test_the_box_is_that_of_the_digits_and_the_sign() -> None:
    shown = line("占 -3.46%。", x=100, y=200, em=10)
    store = TokenStore()
    store.numbers_in(compose([Piece(3, shown)], join_digits=True))
    (token,) = store.tokens
    assert token.page == 3
    assert token.box == (115, 200, 145, 210)


def test_the_confidence_is_that_of_the_least_certain_line_and_none_for_digital_text() -> None:
    pieces = [Piece(1, line("共1,95", confidence=0.98)), Piece(1, line("5.06", y=140, confidence=0.71))]
    store = TokenStore(origins={1: "ocr"})
    store.numbers_in(compose(pieces, join_digits=True))
    assert (store.tokens[0].confidence, store.tokens[0].origin) == (0.71, "ocr")
    assert (tokens("5.06")[0].confidence, tokens("5.06")[0].origin) == (None, "text")


def test_tokens_are_numbered_on_from_text_to_text_and_keep_the_unit_of_their_table() -> None:
    store = TokenStore()
    (one,) = store.numbers_in(composed("甲5.00"))
    (two,) = store.numbers_in(composed("6.00", join_digits=False), head="元")
    assert [one.token.index, two.token.index] == [0, 1]
    assert store.tokens[1] is two.token
    assert (one.token.head, two.token.head) == (None, "元")


def test_a_number_knows_its_place_in_the_text_with_sign_and_percent() -> None:
    made = composed("差异率 -3.46%，其中")
    (number,) = TokenStore().numbers_in(made)
    assert made.text.printed[number.start : number.end] == "-3.46%"


@given(
    st.decimals(min_value=0, max_value=10**9, places=2),
    st.sampled_from(["{:,}", "{}"]),
    st.booleans(),
    st.data(),
)
@settings(derandomize=True, deadline=None)
def test_an_amount_is_read_however_it_is_set(amount: Decimal, style: str, wide: bool, data: st.DataObject) -> None:
    shown = style.format(amount)
    at = data.draw(st.integers(1, len(shown) - 1))
    if wide:
        shown = shown.translate(str.maketrans("0123456789,.", "０１２３４５６７８９，．"))
    (token,) = tokens("支出" + shown[:at], shown[at:] + "万元，")
    assert (token.value, token.decimals, token.unit, token.raw) == (amount, 2, "万元", shown)


def test_a_number_next_to_an_unread_character_is_no_number() -> None:
    assert TokenStore().numbers_in(composed("共12\ufffd.50万元")) == ()
