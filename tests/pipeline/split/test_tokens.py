"""Every printed number is a token: its characters, value, decimals, unit and place."""

from __future__ import annotations

from decimal import Decimal
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recount.pipeline.document import MONEY, Box, Line, Token, hull
from recount.pipeline.split.text import PagedLine, compose
from recount.pipeline.split.tokens import TokenStore, Within, has_odd_point, say_point, stated_unit
from recount.tests.pipeline.helpers import EM, composed, line


def tokens(*lines: str, join_digits: bool = True) -> list[Token]:
    store = TokenStore()
    store.numbers_in(composed(*lines, join_digits=join_digits))
    return store.tokens


def values(*lines: str, join_digits: bool = True) -> list[str]:
    return [str(each.value) for each in tokens(*lines, join_digits=join_digits)]


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("单位：千元", "千元"),
        ("单位：百万元", "百万元"),
        ("金额单位：人民币千元", "千元"),
        ("编制单位：某局 单位： 十 万 元", "十万元"),
        ("单位：元（保留两位小数）", "元"),
        ("单位：万元、%", "万元"),
        ("单位：萬元", "万元"),
        ("项目（万元）", "万元"),
        ("单价(元)", "元"),
        ("单位：美元", "美元"),
        ("单位：新臺幣千元", "新台币千元"),
        ("单位：万港元", "万港元"),
        ("单位：人民币元/万元", None),
        ("单位：元或万元", None),
        ("单位：万", None),
        ("单位：元江县财政局", None),
        ("单位：人", None),
        ("预算单位：某局", None),
        ("收支预算表（元旦）", None),
    ],
)
def test_the_words_of_a_head_state_a_unit_of_money(words: str, unit: str | None) -> None:
    assert stated_unit(words) == unit


@given(st.lists(st.sampled_from("十百千万亿"), max_size=3), st.sampled_from(["单位：", "金额单位:", "单位：人民币"]))
def test_a_unit_that_is_understood_is_the_product_of_its_words(words: list[str], before: str) -> None:
    unit = "".join(words) + "元"
    assert stated_unit(before + unit) == unit
    if unit in MONEY:
        assert 10 ** MONEY[unit] == prod({"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}[w] for w in words)


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
        ("12,340千元", "12340", 0, "千元"),
        ("3.20百万元", "3.20", 2, "百万元"),
        ("4.50萬圓", "4.50", 2, "万元"),
        ("12.30万美元", "12.30", 2, "万美元"),
        ("5港币", "5", 0, "港币"),
        ("3万人次", "3", 0, "万人次"),
        ("7.20‰", "7.20", 2, "‰"),
        ("1.50万", "1.50", 2, None),
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
    pieces = [PagedLine(4, line("共1,95", y=700)), PagedLine(5, line("5.06万元", y=90))]
    store = TokenStore()
    store.numbers_in(compose(pieces, join_digits=True))
    (token,) = store.tokens
    assert (token.page, token.value) == (4, Decimal("1955.06"))
    assert 690 < token.box[1] < token.box[3] < 720


def test_the_box_is_that_of_the_digits_and_the_sign() -> None:
    shown = line("占 -3.46%。", x=100, y=200, em=10)
    store = TokenStore()
    store.numbers_in(compose([PagedLine(3, shown)], join_digits=True))
    (token,) = store.tokens
    assert token.page == 3
    assert token.box == (115, 200, 145, 210)


def test_the_confidence_is_that_of_the_least_certain_line_and_none_for_digital_text() -> None:
    pieces = [PagedLine(1, line("共1,95", confidence=0.98)), PagedLine(1, line("5.06", y=140, confidence=0.71))]
    store = TokenStore(origins={1: "ocr"})
    store.numbers_in(compose(pieces, join_digits=True))
    assert (store.tokens[0].confidence, store.tokens[0].origin) == (0.71, "ocr")
    assert (tokens("5.06")[0].confidence, tokens("5.06")[0].origin) == (None, "text")


def test_tokens_are_numbered_on_from_text_to_text_and_keep_the_unit_of_their_table() -> None:
    store = TokenStore()
    (one,) = store.numbers_in(composed("甲5.00"))
    (two,) = store.numbers_in(composed("6.00", join_digits=False), Within("元"))
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


@pytest.mark.parametrize(
    "shown",
    [
        "共12\ufffd.50万元",
        "共12.\ufffd1万元",
        "共1,\ufffd55.06万元",
        "共\ufffd,955.06万元",
        "共373.5Z万元",
        "共65O.64万元",
        "共65〇.64万元",
        "共l2.50万元",
        "共12.S6万元",
        "共65\u041e.64万元",
        "共373..52万元",
        "共373·52万元",
        "共373’52万元",
        "共373。52万元",
        "共3?3.52万元",
        "共373.5?万元",
        "共373.-52万元",
        "共373.—52万元",
        "共1,955,06万元",
        "共1,55.06万元",
        "共12,34.56万元",
        "共1234,567.89万元",
        "共3\u0663.52万元",
        "共504⁸¹万元",
        "共12\ue012.50万元",
        "GB2312",
        "B2座",
    ],
)
def test_digits_beside_what_may_be_a_digit_are_no_number(shown: str) -> None:
    assert values(shown) == []


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("373.5万元", ["373.5"]),
        ("2022年", ["2022"]),
        ("3个", ["3"]),
        ("20%", ["20"]),
        ("35m2", ["35"]),
        ("120km", ["120"]),
        ("08-11", ["8", "11"]),
        ("2.05-3.10万元", ["2.05", "3.10"]),
        ("使用Word 2022软件", ["2022"]),
        ("504.81²", ["504.81"]),
        ("①12.50万元", ["12.50"]),
        ("2022,2023年", ["2022", "2023"]),
        ("分别为12.50,13.60万元", ["12.50", "13.60"]),
        ("支出12.50，增长5.00%", ["12.50", "5.00"]),
        ("接待0次。3、其他", ["0", "3"]),
        ("人数为35。2022年", ["35", "2022"]),
        ("人数为35。3.其他", ["35", "3"]),
    ],
)
def test_what_else_stands_beside_a_number_leaves_it_whole(shown: str, found: list[str]) -> None:
    assert values(shown) == found


def placed(text: str, boxes: list[Box]) -> list[str]:
    store = TokenStore()
    store.numbers_in(compose([PagedLine(1, Line(text, tuple(boxes), hull(boxes)))], join_digits=True))
    return [str(token.value) for token in store.tokens]


ODD_PLACES = {
    "small and raised": lambda box: (box[0], box[1], box[0] + 3, box[1] + 6),
    "small": lambda box: (box[0], box[3] - 6, box[0] + 3, box[3]),
    "raised": lambda box: (box[0], box[1] - 4, box[2], box[3] - 4),
    "over the one before": lambda box: (box[0] - 3, box[1], box[2] - 3, box[3]),
}


@given(
    st.decimals(min_value=0, max_value=10**9, places=2),
    st.sampled_from(["{:,}", "{}"]),
    st.sampled_from([*ODD_PLACES, "far off"]),
    st.data(),
)
@settings(derandomize=True, deadline=None)
def test_no_value_is_made_from_characters_that_do_not_stand_together(
    amount: Decimal, style: str, how: str, data: st.DataObject
) -> None:
    """One digit stands elsewhere: no token has a value that needs it and its neighbours."""
    text = style.format(amount)
    boxes = list(line(text).boxes)
    at = data.draw(st.sampled_from([place for place, sign in enumerate(text) if place and sign.isdigit()]))
    if how == "far off":
        boxes[at:] = [(box[0] + 20, box[1], box[2] + 20, box[3]) for box in boxes[at:]]
    else:
        boxes[at] = ODD_PLACES[how](boxes[at])
    whole = text.replace(",", "")
    assert whole not in placed(text, boxes)
    assert all(value in (text[:at].replace(",", ""), text[at:].replace(",", "")) for value in placed(text, boxes))


@given(
    st.lists(st.sampled_from(["812", "64", "0.50", "1,955.06", "7", "12."]), min_size=2, max_size=4),
    st.lists(st.floats(0.0, 3.0), min_size=4, max_size=4),
    st.booleans(),
)
@settings(derandomize=True, deadline=None)
def test_no_value_reaches_over_two_lines_of_one_row(parts: list[str], gaps: list[float], join_digits: bool) -> None:
    pieces, x = [], 72.0
    for text, gap in zip(parts, gaps, strict=False):
        pieces.append(PagedLine(1, line(text, x + gap * EM)))
        x = pieces[-1].line.box[2]
    store = TokenStore()
    store.numbers_in(compose(pieces, join_digits=join_digits))
    assert {str(token.value) for token in store.tokens} <= {part.strip(".").replace(",", "") for part in parts}


class TestOddPoints:
    @pytest.mark.parametrize("odd", ["373·52", "373。52", "373'52", "1,373·52"])
    def test_the_column_says_that_an_odd_sign_is_the_point(self, odd: str) -> None:
        column = ["金额", "1,204.81", odd, "12.30", "-", ""]
        assert has_odd_point(odd)
        assert say_point(column)
        store = TokenStore()
        store.numbers_in(composed(odd, join_digits=False), Within(pointed=True))
        (token,) = store.tokens
        assert (token.value, token.raw) == (Decimal(odd.replace(",", "")[:-3] + ".52"), odd)

    @pytest.mark.parametrize(
        "column",
        [
            ["373·52", "12.30"],  # one alone says nothing
            ["373·52", "412·30", "55·00"],
            ["373·52", "12", "55.00"],
            ["373·52", "12.5", "55.00"],
        ],
    )
    def test_a_column_that_does_not_say_so_leaves_it_open(self, column: list[str]) -> None:
        assert not say_point(column)

    @pytest.mark.parametrize("text", ["373·5", "373·521", "3·7·52", "共373·52", "373.52"])
    def test_only_an_amount_has_an_odd_point(self, text: str) -> None:
        assert not has_odd_point(text)
