"""Which printed numbers are negative, which only look so, and which of the two cannot be told."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recount.pipeline.document import Token
from recount.pipeline.split.folding import fold
from recount.pipeline.split.signs import all_bracketed
from recount.pipeline.split.text import PagedLine, compose
from recount.pipeline.split.tokens import TokenStore, Within, parse_number
from recount.tests.pipeline.helpers import composed, line

CHANGED = "收入总计与上年相比，增加{}万元，"


def tokens(*lines: str, cell: bool = False) -> list[Token]:
    store = TokenStore()
    store.numbers_in(composed(*lines, join_digits=not cell))
    return store.tokens


def read(shown: str, *, cell: bool = False) -> tuple[str, bool]:
    """The one number of a text, and whether its sign is in doubt."""
    (token,) = tokens(shown, cell=cell)
    return str(token.value), token.remark is not None


@pytest.mark.parametrize(
    "shown",
    [
        "-38.20", "－38.20", "−38.20", "﹣38.20", "‐38.20", "‑38.20", "‒38.20", "–38.20", "—38.20", "―38.20",
        "\xad38.20", "- 38.20", "— 38.20", "(38.20)", "（38.20）", "〔38.20〕", "△38.20", "▽38.20", "▼38.20",
        "负38.20", "38.20-", "38.20－", "﹘38.20", "─38.20", "∆38.20",
    ],
)  # fmt: skip
def test_a_change_is_negative_in_whichever_way_that_is_printed(shown: str) -> None:
    assert read(CHANGED.format(shown)) == ("-38.20", False)
    assert read(f"增减额为：{shown}万元") == ("-38.20", False)


@pytest.mark.parametrize(
    "shown",
    ["-38.20", "—38.20", "（38.20）", "(3,820.00)", "△38.20", "负38.20", "38.20-", "-38.20元", "(38.20)万元"],
)
def test_a_cell_that_holds_nothing_else_is_negative(shown: str) -> None:
    value, doubtful = read(shown, cell=True)
    assert value.startswith("-")
    assert not doubtful


@pytest.mark.parametrize(
    ("shown", "unit"),
    [
        ("增长(3.46)%，", "%"),
        ("增长（3.46％），", "%"),
        ("增长3.46-%，", "%"),
        ("增加(38.20)万元", "万元"),
        ("减少(3)人", "人"),
    ],
)
def test_the_unit_may_stand_inside_and_outside(shown: str, unit: str) -> None:
    (token,) = tokens(shown)
    assert (token.value < 0, token.unit, token.remark) == (True, unit, None)


def test_brackets_and_marks_belong_to_the_number() -> None:
    made = composed("增长（3.46）％，其中")
    (number,) = TokenStore().numbers_in(made)
    assert made.text.printed[number.start : number.end] == "（3.46）％"


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("2021-2022年", ["2021", "2022"]),
        ("8—11月", ["8", "11"]),
        ("1月-12月", ["1", "12"]),
        ("第1-3页", ["1", "3"]),
        ("5人-8人", ["5", "8"]),
        ("10%–20%", ["10", "20"]),
        ("3万元—5万元", ["3", "5"]),
        ("12.50-13.80", ["12.50", "13.80"]),
        ("A-3座", ["3"]),
        ("（1）办公费", ["1"]),
        ("主要增加(1)办公费", ["1"]),
        ("增加38.20万元（3.46%）", ["38.20", "3.46"]),
        ("压减支出（12.50万元）", ["12.50"]),
        ("▲12345热线", ["12345"]),
        ("△3号楼", ["3"]),
        ("负1层", ["1"]),
        ("自负12.50万元", ["12.50"]),
        ("统一12.50万元", ["12.50"]),
        ("截至-2022年", ["2022"]),
    ],
)
def test_what_only_looks_like_a_sign_is_none(shown: str, found: list[str]) -> None:
    assert [str(token.value) for token in tokens(shown)] == found
    assert not any(token.remark for token in tokens(shown))


@pytest.mark.parametrize(
    ("shown", "cell"),
    [
        ("增加▲38.20万元", False),  # or risen
        ("▲38.20", True),
        ("↓3.46%", True),  # or a goal
        ("ー38.20", True),
        ("增加——38.20万元", False),
        ("--38.20", True),
        ("收入总计—38.20万元", False),  # a colon
        ("收入总计(38.20)万元", False),  # the blank of a form
        ("收入总计（1141.70）万元，增加（38.20）万元", False),
        ("(12)", True),  # the number of a column
        ("（38.20", True),  # the other bracket may stand in the next cell
        ("38.20)", True),
        ("-(38.20)", True),
        ("-38.20-", True),
        ("38.20—", True),
        ("收入总计38.20-万元", False),
        ("-12.50万元用于购置", False),  # an item's bullet
        ("增加一38.20万元", False),  # 一 or a minus that was misread
    ],
)
def test_what_can_be_taken_either_way_is_confirmed_by_nothing(shown: str, cell: bool) -> None:
    found = tokens(shown, cell=cell)
    assert found
    for token in found:
        assert token.remark is not None
        assert (token.remark.kind, token.remark.touches) == ("sign", True)


def beside(*shown: tuple[str, float], cell: bool = True) -> list[Token]:
    """The numbers of texts of one row at their x."""
    store = TokenStore()
    store.numbers_in(compose([PagedLine(1, line(text, x)) for text, x in shown], join_digits=not cell))
    return store.tokens


def test_a_dash_in_a_column_of_its_own_is_no_sign_of_its_neighbour() -> None:
    (left,) = beside(("办公费", 72), ("—", 150), ("38.20", 200), cell=False)
    assert left.value == Decimal("38.20")
    (right,) = beside(("38.20", 100), ("-", 180))
    assert (right.value, right.remark) == (Decimal("38.20"), None)
    one, other = beside(("12.50", 100), ("-38.20", 180))
    assert (one.value, other.value) == (Decimal("12.50"), Decimal("-38.20"))


def test_a_minus_far_before_its_number_is_in_doubt() -> None:
    (token,) = beside(("-", 100), ("38.20", 150))
    assert token.remark is not None
    (token,) = tokens("-", "38.20", cell=True)
    assert token.remark is not None


def test_brackets_around_most_figures_of_a_table_say_nothing_of_their_signs() -> None:
    habit = ["(1,200.00)", "(38.20)", "(0.00)", "（12.50）", "7.00", "科目", "(1)", "2"]
    habit = [fold(words) for words in habit]
    assert all_bracketed(habit)
    assert not all_bracketed([*habit, "1.00", "2.00", "3.00"])
    assert not all_bracketed(["(38.20)", "(1.20)", "（注）"])
    store = TokenStore()
    store.numbers_in(composed("(38.20)", join_digits=False), Within(blanks=True))
    (token,) = store.tokens
    assert (token.value, token.remark is not None) == (Decimal("38.20"), True)


def test_a_reading_of_one_number_has_its_sign() -> None:
    assert parse_number("（38.20）") == (Decimal("-38.20"), 2)
    assert parse_number("△38.20") == (Decimal("-38.20"), 2)
    assert parse_number("38.20") == (Decimal("38.20"), 2)


AMOUNTS = st.decimals(min_value=Decimal("0.01"), max_value=10**8, places=2)
SIGNS = ("-{}", "—{}", "({})", "（{}）", "△{}", "负{}", "{}-", "▲{}", "——{}", "{}—", "({}", "{}")


@given(
    AMOUNTS,
    st.sampled_from(SIGNS),
    st.sampled_from(["增加{}万元", "收入总计{}万元", "{}", "（{}）", "；{}元"]),
    st.booleans(),
)
@settings(derandomize=True, deadline=None)
def test_a_sign_changes_no_digit_and_is_in_doubt_or_as_printed(
    amount: Decimal, sign: str, around: str, cell: bool
) -> None:
    (token,) = tokens(around.format(sign.format(amount)), cell=cell)
    assert abs(token.value) == amount
    assert token.decimals == 2
    if sign == "{}" and around in ("{}", "增加{}万元", "收入总计{}万元"):
        assert (token.value, token.remark) == (amount, None)
    if sign in SIGNS[:7] and around == "增加{}万元":
        assert (token.value, token.remark) == (-amount, None)


@pytest.mark.parametrize("words", ["人员经费", "个人补助", "家庭补助"])
def test_an_ordinal_before_a_word_that_begins_like_a_unit_is_one(words: str) -> None:
    number, amount = tokens(f"其中：（1）{words}8.00万元")
    assert (str(number.value), number.remark, amount.unit) == ("1", None, "万元")
    assert not number.is_figure
