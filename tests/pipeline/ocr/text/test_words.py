"""Signs of running text that make no word are looked at again, and become what the second look reads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from recount.pipeline.ocr.text.words import REPORTS, whole_words
from recount.schemas.figures import Ref
from recount.schemas.registry import FAMILIES
from recount.tests.pipeline.ocr.text.test_hygiene import line
from recount.tests.pipeline.ocr.text.test_looks import PAGE, Looker, looker


def words(reader: Looker, *texts: str, score: float = 0.6) -> list[str]:
    """What lines of running text say after a second look, which sees so much of what; all signs have a score."""
    read = [line(text) for text in texts]
    lines = [replace(each, scores=(score,) * len(each.text)) for each in read]
    mended = whole_words(lines, [True] * len(lines), PAGE.image, reader)
    assert all(len(each.text) == len(each.boxes) == len(each.scores) for each in mended)
    return [each.text for each in mended]


@pytest.mark.parametrize(
    ("read", "seen", "meant"),
    [
        ("年未结转和结余5.00万元", "年末结", "年末结转和结余5.00万元"),
        ("年未公务用车保有量4辆", "年末公", "年末公务用车保有量4辆"),
        ("部门共仔车辆4辆", "共有车", "部门共有车辆4辆"),
        ("财救拨款支出", "财政拨", "财政拨款支出"),
        ("财救拨款支出", "财政", "财政拨款支出"),
        ("财救拨款支出", "政拨", "财政拨款支出"),
        ("用于因公，出国（境）费", "公出", "用于因公出国（境）费"),
        ("比上年增加，0.20万元，", "加0.20万", "比上年增加0.20万元，"),
        ("房屋价值:31.60万元。", "值31.60万", "房屋价值31.60万元。"),
        ("2021-年度收入", "2021年", "2021年度收入"),
        ("预算为3.10万元：支出决算为", "元，支", "预算为3.10万元，支出决算为"),
        ("预算为3.10万元:支出决算为", "元,支", "预算为3.10万元,支出决算为"),
        ("固定资产1.台", "产1台", "固定资产1台"),
        ("减少30、70万元", "少30.70万", "减少30.70万元"),
        ("基本支出3070万元", "出30.70万", "基本支出30.70万元"),
        ("增长l7.08%，", "长17.08%", "增长17.08%，"),
        ("比上年决，算减少3.10万元", "决算", "比上年决算减少3.10万元"),
        ("领导用车()辆、", "车0辆", "领导用车0辆、"),
        ("救护用车0)辆、", "车0辆", "救护用车0辆、"),
        ("救护用车)辆、", "车0辆", "救护用车0辆、"),
        ("支出决算().31万元", "算0.31万", "支出决算0.31万元"),
        ("领导用车（辆、", "车0辆", "领导用车0辆、"),
        ("支出决算C.31万元", "算0.31万", "支出决算0.31万元"),
        ("出让支出，31.50万元，", "出31.50万", "出让支出31.50万元，"),
        ("林业（教）护林（项）", "（款）", "林业（款）护林（项）"),
        ("林业（美）护林（款）", "（类）", "林业（类）护林（款）"),
        ("林业支出（美）8.40万元", "（类）", "林业支出（类）8.40万元"),
        ("（款）护林（顶）", "（项）", "（款）护林（项）"),
        ("占收入的3.1796；", "的3.17%；", "占收入的3.17%；"),
        ("完成预算的93.176。", "的93.17%。", "完成预算的93.17%。"),
        ("占收入的3.1796.", "的3.17%.", "占收入的3.17%."),
    ],
)
def test_signs_that_make_no_word_are_as_a_second_look_reads_them(read: str, seen: str, meant: str) -> None:
    assert words(looker(**{seen: 0.9}), read) == [meant]
    assert words(looker(**{seen: 0.04}), read) == [read], "it is not seen so"


@pytest.mark.parametrize("read", [
    "上年收入总计", "全年支出决算数", "本年未安排", "其他收入3.00万元", "公务接待费、差旅费", "增加5人，减少3.10万元",
    "单价（）元", "数量（辆）", "分别为0、20万元", "分别为3、20万元", "其中：公用经费8.40万元", "增长I类",
    "1、20万元", "（一）护林（项）", "人均占地3.1796亩", "使用财政拨款",
])  # fmt: skip
def test_what_is_printed_stays(read: str) -> None:
    """Also where it is near a word of the schema: 上年收入总计."""
    assert words(looker(**{"上年": 0.9, "，减": 0.9, read: 0.9}), read, score=0.9) == [read]


def test_a_word_goes_over_the_end_of_a_line() -> None:
    unit = looker(**{"出3.40方": 0.8, "出3.40万": 0.2})
    assert words(unit, "支出3.40方", "元，其中") == ["支出3.40万", "元，其中"]
    assert words(looker(), "支出3.40", "方元、其中", "方元、其中") == ["支出3.40", "万元、其中", "方元、其中"]
    assert words(looker(), "支出数，完.", "成年初预算") == ["支出数，完", "成年初预算"]
    assert words(looker(), "合计3.40万", ",元。", score=0.9) == ["合计3.40万", "元。"]
    assert words(looker(), "支出3.40万", "无，比上年", score=0.9) == ["支出3.40万", "元，比上年"]
    assert words(looker(), "比上年40:50", "万元减少", score=0.9) == ["比上年40.50", "万元减少"]
    assert words(looker(), "每天8:30", "开始", score=0.9) == ["每天8:30", "开始"]


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("出国（境）.0人次", "出国（境）0人次"),
        ("其他支出（类）.31.60万元", "其他支出（类）31.60万元"),
        ("（4）.2050299教育", "（4）2050299教育"),
        ("支出3.40万元，.其中", "支出3.40万元，其中"),
        ("完成年.初预算的", "完成年初预算的"),
        ("2021年度收：支总计3.40万元", "2021年度收、支总计3.40万元"),
        ("共计0.00）万元", "共计0.00万元"),
        ("支出86:00 万元", "支出86.00 万元"),
        ("面积63:22平方米", "面积63.22平方米"),
        ("医疗费补助、助学金公用经费8.40万元", "医疗费补助、助学金；公用经费8.40万元"),
        ("增长9.31%：公务接待费支出减少8.40万元", "增长9.31%；公务接待费支出减少8.40万元"),
        ("占9.31%住房保障支出（类）8.40万元", "占9.31%；住房保障支出（类）8.40万元"),
        ("占9.31%的住房保障支出8.40万元", "占9.31%的住房保障支出8.40万元"),
        ("医疗费补助、日常公用经费8.40万元", "医疗费补助、日常公用经费8.40万元"),
        ("其他支出（类）.支出8.40万元", "其他支出（类）支出8.40万元"),
        ("预算为4:6万元", "预算为4.6万元"),
        ("支出为2、44万元", "支出为2.44万元"),
        ("车辆购置支出0、31万元", "车辆购置支出0.31万元"),
        ("住房保障支出（类）31、08万元", "住房保障支出（类）31.08万元"),
        ("医疗费、助学金：公用经费8.40万元", "医疗费、助学金；公用经费8.40万元"),
        ("（上年为0.00）", "（上年为0.00）"),
        ("执法执勤用车（0）辆、", "执法执勤用车0辆、"),
        ("接待10批次、·80人次", "接待10批次、80人次"),
        ("接待10批次，.80人次", "接待10批次，80人次"),
    ],
)
def test_where_a_point_cannot_be_printed_there_is_no_second_look(read: str, meant: str) -> None:
    reader = looker()
    assert words(reader, read) == [meant]
    assert not reader.asked


@pytest.mark.parametrize(
    ("read", "room", "meant"),
    [
        ("对附单位补助支出5.00万元", 2, "对附属单位补助支出5.00万元"),
        ("对附单位补助支出5.00万元", 1, "对附单位补助支出5.00万元"),  # no room for it
        ("政性基金", 1, "政性基金"),
        ("对附属单位补助支出5.00万元", 2, "对附属单位补助支出5.00万元"),
        ("到附城单位工作5天", 2, "到附城单位工作5天"),
    ],
)
def test_a_sign_that_a_long_word_lacks_is_put_where_there_is_room_for_it(read: str, room: float, meant: str) -> None:
    """A seal may hide it from every look."""
    whole = line(read)
    moved = [(left + 10 * (room - 1), top, right + 10 * (room - 1), low) for left, top, right, low in whole.boxes[2:]]
    [mended] = whole_words([replace(whole, boxes=(*whole.boxes[:2], *moved))], [True], PAGE.image, looker())
    assert mended.text == meant
    assert len(mended.boxes) == len(mended.scores) == len(meant)


def test_a_number_changes_only_where_the_second_look_is_surer_than_of_a_word() -> None:
    assert words(looker(**{"少30、70万": 0.3, "少30.70万": 0.6}), "减少30、70万元") == ["减少30、70万元"]
    assert words(looker(年未结=0.7, 年末结=0.2), "年未结转和结余") == ["年末结转和结余"]


@pytest.mark.parametrize(("seen", "meant"), [(0.54, "增长17.08%"), (0.2, "增长i7.08%")])
def test_a_stroke_before_a_number_is_a_digit_if_half_is_seen_of_it(seen: float, meant: str) -> None:
    assert words(looker(**{"长i7.08%": 0.45, "长17.08%": seen, "长7.08%": 0.2}), "增长i7.08%") == [meant]


@pytest.mark.parametrize(("seen", "meant"), [(0.3, "领导用车0辆"), (0.1, "领导用车()辆")])
def test_a_zero_that_is_half_brackets_is_one(seen: float, meant: str) -> None:
    reader = looker(**{"车()辆": 0.5, "车0)辆": seen, "车(0辆": 0.1, "车0辆": 0.01})
    assert words(reader, "领导用车()辆") == [meant]


@pytest.mark.parametrize(("read", "meant"), [("收入0.02万元（0.01%）", None), ("占本年（0.01%，", "占本年0.01%，")])
def test_a_zero_in_brackets_that_are_closed_has_them(read: str, meant: str | None) -> None:
    reader = looker(**{"元（0.01%": 0.1, "元0.01%": 0.5, "年（0.01%": 0.1, "年0.01%": 0.5})
    assert words(reader, read) == [meant or read]


def test_one_sign_alone_is_no_piece_of_a_line() -> None:
    assert words(looker(算=0.9), "支出决箅") == ["支出决箅"]
    assert words(looker(决算=0.9), "支出决箅") == ["支出决算"]


def test_a_point_that_a_look_sees_before_a_number_is_a_speck() -> None:
    assert words(looker(**{"出.4.44万": 0.9, "出，4.44万": 0.1}), "经营支出，4.44万元") == ["经营支出4.44万元"]


def test_of_two_signs_that_make_a_word_one_must_be_seen() -> None:
    assert words(looker(年未结=0.2, 年末结=0.4, 年初结=0.3), "年未结转和结余") == ["年未结转和结余"]


def test_only_unsure_signs_of_running_text_are_looked_at() -> None:
    reader = looker(年末结=0.9)
    assert words(reader, "年未结转和结余", score=0.99) == ["年未结转和结余"]
    assert words(reader, "减少30、70万元，价值:31.60万元", score=0.9) == ["减少30、70万元，价值:31.60万元"]
    assert words(reader, "年末结转和结余") == ["年末结转和结余"], "it is a word, as 年初结转和结余 is"
    assert words(reader, "领导用车(", ")辆") == ["领导用车(", ")辆"], "one sign on either line"
    cell = [line("年未结转和结余")]
    assert whole_words(cell, [False], PAGE.image, reader) == cell
    assert not reader.asked


def test_the_words_of_every_family_are_known() -> None:
    assert set(REPORTS) == {family.report_of(Ref) for family in FAMILIES}
