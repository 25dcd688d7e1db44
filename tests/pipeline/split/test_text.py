"""Lines put together as they read: what goes, what stays, and the way back to the page."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recount.pipeline.document import Line, hull
from recount.pipeline.split.folding import FOLD, ORDINARY, fold, plain
from recount.pipeline.split.text import Composed, PagedLine, compose, evenly, far, in_one_row, together
from recount.tests.pipeline.helpers import EM, composed, line


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


def side_by_side(*parts: tuple[str, float], em: float = EM) -> Composed:
    """Lines of one row, each printed for itself, with a gap (in ems) before each."""
    pieces, x = [], 72.0
    for text, gap in parts:
        pieces.append(PagedLine(1, line(text, x + gap * EM, em=em)))
        x = pieces[-1].line.box[2]
    return compose(pieces, join_digits=True)


def test_two_columns_of_running_text_are_two_numbers() -> None:
    made = side_by_side(("合计812", 0), ("647", 4), ("万元", 0))
    assert made.text.printed == "合计812 647万元"
    assert not made.open


def test_a_point_does_not_join_two_columns() -> None:
    assert side_by_side(("812.", 0), ("64", 4)).text.printed == "812. 64"


@pytest.mark.parametrize("gap", [0.0, 0.2])
def test_whether_two_lines_that_meet_are_one_number_is_open(gap: float) -> None:
    made = side_by_side(("合计812", 0), ("64", gap))
    assert (made.text.printed, made.open) == ("合计81264", {5})


def test_ocr_finds_one_number_in_two_pieces() -> None:
    pieces = [PagedLine(1, line("合计812", confidence=0.9)), PagedLine(1, line(".64", x=72 + 3.5 * EM, confidence=0.9))]
    made = compose(pieces, join_digits=True)
    assert (made.text.printed, made.open) == ("合计812.64", frozenset())


def spaced(text: str, space: float) -> Line:
    """A line whose spaces are so many ems wide."""
    boxes, x = [], 72.0
    for sign in text:
        width = space * EM if sign.isspace() else EM if sign >= "\u2e80" else EM / 2
        boxes.append((x, 120.0, x + width, 120.0 + EM))
        x += width
    return Line(text, tuple(boxes), hull(boxes))


@pytest.mark.parametrize(
    ("text", "space", "printed", "in_doubt"),
    [
        ("共19 55.06", 0.25, "共1955.06", False),
        ("共19 55.06", 0.7, "共19 55.06", False),
        ("20 22年", 0.5, "2022年", False),
        ("812 647人", 0.25, "812647人", False),
        ("812 647人", 0.5, "812647人", True),
        ("812 647人", 0.7, "812 647人", False),
        ("12\u2009345\u2009678.90", 0.2, "12345678.90", False),
    ],
)
def test_a_space_within_a_number_is_narrower_than_a_digit(
    text: str, space: float, printed: str, in_doubt: bool
) -> None:
    made = compose([PagedLine(1, spaced(text, space))], join_digits=True)
    assert made.text.printed == printed
    assert bool(made.open) == in_doubt


def in_rows(one: str, other: str, room: float, *, join_digits: bool = False) -> Composed:
    pieces = [PagedLine(1, line(one), room), PagedLine(1, line(other, y=140))]
    return compose(pieces, join_digits=join_digits)


@pytest.mark.parametrize(
    ("one", "other", "room", "printed", "in_doubt"),
    [
        ("719", "282", 40.0, "719 282", False),  # there was room for another digit
        ("719", "282", 0.0, "719282", True),
        ("12,345.", "67", 0.0, "12,345.67", False),  # neither is a number, or only one
        ("1234567", ".89", 0.0, "1234567.89", False),
        ("1,234,5", "67.89", 0.0, "1,234,567.89", False),
        ("12345.6", "7", 0.0, "12345.67", False),  # broken within its decimals
        ("12345", "67.89", 0.0, "1234567.89", True),  # both are
        ("1.50", "2.75", 0.0, "1.50 2.75", False),  # together they are none
        ("12,345.", "67", 40.0, "12,345.67", True),
        ("12,345.", "67", 0.6 * EM, "12,345.67", False),  # the cell's wall wants some room
        ("12345.6", "7", 0.6 * EM, "12345.67", False),
        ("12,345", "67", 0.6 * EM, "12,345 67", False),
        ("12,3", "4", 0.0, "12,34", True),
    ],
)
def test_two_rows_of_a_cell_are_one_number_only_if_it_wraps(
    one: str, other: str, room: float, printed: str, in_doubt: bool
) -> None:
    made = in_rows(one, other, room)
    assert made.text.printed == printed
    assert bool(made.open) == in_doubt


@pytest.mark.parametrize(("gap", "room", "in_doubt"), [(0.4, 0.7, False), (0.4, 1.0, True), (0.0, 0.7, True)])
def test_a_figure_that_is_set_wide_wraps_where_no_sign_so_far_behind_has_room(
    gap: float, room: float, in_doubt: bool
) -> None:
    wide = spaced(" ".join("1,234,5"), gap)
    bare = [at for at, sign in enumerate(wide.text) if sign != " "]
    first = Line("1,234,5", tuple(wide.boxes[at] for at in bare), wide.box)
    made = compose([PagedLine(1, first, room * EM), PagedLine(1, line("67.89", y=140))], join_digits=False)
    assert (made.text.printed, bool(made.open)) == ("1,234,567.89", in_doubt)


def test_running_text_is_broken_only_at_the_margin() -> None:
    assert in_rows("共12", "34.56万元", 0.0, join_digits=True).open == frozenset()
    assert in_rows("共12", "34.56万元", 60.0, join_digits=True).open == {3}
    assert in_rows("在2022，", "35人", 60.0, join_digits=True).open == frozenset()


def test_a_cell_of_sentences_is_running_text() -> None:
    made = in_rows("计划在20", "22年完成", 0.0)
    assert (made.text.printed, made.open) == ("计划在2022年完成", frozenset())


DIGIT = (100.0, 100.0, 106.0, 112.0)


@pytest.mark.parametrize(
    ("box", "is_one"),
    [
        ((106.0, 100.0, 112.0, 112.0), True),
        ((106.0, 101.0, 112.0, 111.0), True),  # of another font
        ((106.0, 100.0, 109.0, 106.0), False),  # small and raised
        ((106.0, 106.0, 109.0, 112.0), False),  # small
        ((106.0, 96.0, 112.0, 108.0), False),  # raised
        ((103.0, 100.0, 109.0, 112.0), False),  # over the other
    ],
)
def test_digits_of_one_number_are_of_one_size_and_baseline(box: tuple[float, ...], is_one: bool) -> None:
    assert together(DIGIT, box) == is_one  # type: ignore[arg-type]


def test_digits_a_digit_apart_are_of_one_number() -> None:
    assert not far(DIGIT, (112.0, 100.0, 118.0, 112.0))
    assert far(DIGIT, (114.0, 100.0, 120.0, 112.0))


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


@given(st.text(st.sampled_from([*map(chr, FOLD), *"0aé一\n\U00020000\U0010ffff-]^"])))
@settings(derandomize=True)
def test_what_is_folded_is_what_the_tables_say(text: str) -> None:
    assert fold(text) == text.translate(FOLD)
    assert composed(text).raw == text.translate(ORDINARY)


@given(st.text())
@settings(derandomize=True)
def test_folding_keeps_the_length_and_every_number(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)
    for printed, folded in zip(text, fold(text), strict=True):
        assert unicodedata.decimal(printed, None) == unicodedata.decimal(folded, None)


def test_a_space_behind_the_point_does_not_hide_that_the_line_broke_within_the_decimals() -> None:
    """２，０９７． ０ | ０ in a narrow cell, as slipshod typing sets it: one amount."""
    upper, lower = line("２，０９７． ０", 60, 100), line("０", 60, 120)
    text = compose([PagedLine(1, upper, 0.0), PagedLine(1, lower, 0.0)], join_digits=False).text
    assert text.folded == "2,097.00"


SIDES = st.tuples(
    st.integers(-4, 9), st.integers(1, 6), st.sampled_from([0, 0, 0, 1]), st.sampled_from([10, 10, 10, 6])
)
"""Of a character: by how much it stands behind the one before, its width, how far down, and its height."""


@given(st.lists(SIDES, min_size=2, max_size=6))
def test_what_stands_evenly_is_together_and_not_far(sides: list[tuple[int, int, int, int]]) -> None:
    boxes, x = [], 0.0
    for gap, width, down, height in sides:
        boxes.append((x + gap, float(down), x + gap + width, float(down + height)))
        x += gap + width
    pairs = list(pairwise(boxes))
    close = [in_one_row(*pair) and together(*pair) and not far(*pair) for pair in pairs]
    assert not evenly(boxes) or all(close)
    alike = len({box[1:4:2] for box in boxes}) == 1
    assert (
        evenly(boxes)
        or not alike
        or any(abs(gap) > 0.3 * min(width for _, width, _, _ in sides) for gap, *_ in sides[1:])
    )
