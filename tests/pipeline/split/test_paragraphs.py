"""Lines of running text joined to paragraphs: over line ends and page ends, and no further."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from recount.pipeline.document import Paragraph
from recount.pipeline.read.plain import items_of_text
from recount.pipeline.read.typewriter import typed
from recount.pipeline.split import split
from recount.pipeline.split.paragraphs import margins_of, paragraphs_of, rows_of
from recount.pipeline.split.tokens import TokenStore
from recount.schemas.registry import FAMILIES
from recount.tests.pipeline.helpers import COLUMNS, LEADING, flow, line, wrapped

SENTENCE = "本单位按照年初下达的预算安排各项资金并在年度内陆续完成了道路照明设施的维护以及相关人员的培训工作。"
OTHER = "其余款项用于购置办公设备和更新档案管理系统，年末没有剩余，也没有结转到下一个年度继续使用的资金。"


def texts(paragraphs: list[Paragraph]) -> list[str]:
    return [each.text.printed for each in paragraphs]


def indented(text: str, by: int = 2) -> list[tuple[str, float]]:
    """A paragraph whose first line is set in."""
    return [(each, by if at == 0 else 0) for at, each in enumerate(wrapped(text, first=by))]


def flush(text: str) -> list[tuple[str, float]]:
    """A paragraph that is not set in."""
    return [(each, 0) for each in wrapped(text)]


def hanging(text: str, by: int = 2) -> list[tuple[str, float]]:
    """A paragraph whose other lines are set in."""
    first, rest = text[:COLUMNS], text[COLUMNS:]
    return [(first, 0), *((each, by) for each in wrapped(rest, COLUMNS - by))]


def test_indented_paragraphs_are_told_apart() -> None:
    assert texts(flow(indented(SENTENCE) + indented(OTHER))) == [SENTENCE, OTHER]


def test_a_full_last_line_does_not_swallow_the_next_paragraph() -> None:
    full = (SENTENCE * 2)[: 2 * COLUMNS - 3] + "。"
    assert texts(flow(indented(full) + indented(OTHER))) == [full, OTHER]


def test_a_numbered_item_that_is_set_in_begins_below_a_full_line_that_a_comma_ends() -> None:
    full = f"{(SENTENCE * 2)[: 2 * COLUMNS - 5]}其中，"
    assert texts(flow(indented(full) + indented(f"1.{OTHER}"))) == [full, f"1.{OTHER}"]
    assert texts(flow(indented(full) + flush(f"1.{OTHER}"))) == [f"{full}1.{OTHER}"]


def test_paragraphs_without_indent_are_told_apart_by_their_short_last_line() -> None:
    assert texts(flow(flush(SENTENCE) + flush(OTHER))) == [SENTENCE, OTHER]


def test_a_paragraph_goes_on_over_a_page_end() -> None:
    lines = indented(SENTENCE * 2)
    (joined,) = flow(lines[:2], lines[2:])
    assert joined.text.printed == SENTENCE * 2
    assert joined.page == 1


def test_a_new_paragraph_on_a_new_page_stays_one() -> None:
    assert texts(flow(indented(SENTENCE), indented(OTHER))) == [SENTENCE, OTHER]


def test_a_hanging_paragraph_is_one() -> None:
    item = "1." + SENTENCE * 2
    assert texts(flow([*flush(OTHER), *hanging(item), *flush(OTHER)])) == [OTHER, item, OTHER]


def test_a_block_that_is_set_in_as_a_whole_is_one_paragraph() -> None:
    body = [(each, 4.0) for each in wrapped(SENTENCE * 2, COLUMNS - 4)]
    assert texts(flow([*flush(OTHER), *body])) == [OTHER, SENTENCE * 2]


def test_a_number_that_the_line_end_breaks_is_whole_again() -> None:
    text = "全年各项收入合计" + "和" * (COLUMNS - 12) + "1,234,567.89万元，其中财政拨款一项便占了绝大部分，其余很少。"
    rows = []
    for at, shown in enumerate([text[: COLUMNS - 1], text[COLUMNS - 1 :]]):
        rows += rows_of(1, [line(shown, y=100 + LEADING * at)])
    (joined,) = paragraphs_of(rows, margins_of(rows), TokenStore())
    assert [number.token.value for number in joined.numbers] == [Decimal("1234567.89")]


def test_an_ordinal_after_a_full_stop_begins_a_paragraph_also_below_a_full_line() -> None:
    full = (SENTENCE * 2)[: 2 * COLUMNS - 1] + "。"
    duty = "（二）负责辖区内公共设施的日常管理。"
    assert texts(flow(flush(full) + flush(duty))) == [full, duty]


def test_an_ordinal_inside_a_sentence_goes_on() -> None:
    text = (
        "根据安排，本单位承担的工作包括以下几类，第一类和第二类工作的要求见上级文件的"
        + "第二部分、第三部分所列的具体内容。"
    )
    broken = wrapped(text)
    assert texts(flow([(each, 0) for each in broken])) == [text]


def test_a_centred_title_stands_alone() -> None:
    title = "绩效自评结果"
    middle = (COLUMNS - len(title)) / 2
    found = flow([(title, middle), *indented(SENTENCE)])
    assert texts(found) == [title, SENTENCE]
    assert [each.centred for each in found] == [True, False]


def test_a_first_line_that_an_unbroken_number_leaves_short_is_no_title() -> None:
    """Set in by three characters, and three short of the margin, it stands in the middle."""
    first = f"{SENTENCE[: COLUMNS - 12]}，比上年下降"
    rest = f"{'1' * 10}.54%。{OTHER}"
    found = flow([(first, 3), *flush(rest), *indented(SENTENCE)])
    assert texts(found) == [first + rest, SENTENCE]


def test_a_larger_line_is_no_part_of_the_text_below() -> None:
    heading = line("一、收入支出情况" + "一" * 19, y=100, em=16)
    rows = rows_of(1, [heading, *(line(each, y=130 + 20 * at) for at, each in enumerate(wrapped(SENTENCE)))])
    assert texts(paragraphs_of(rows, margins_of(rows), TokenStore())) == [heading.text, SENTENCE]


@pytest.mark.parametrize(("rest", "is_one"), [("次7人次。", True), ("次共7人次。", False)])
def test_of_a_few_ideographs_nobody_knows_the_size(rest: str, is_one: bool) -> None:
    """A scan tells it by their ink: a full stop has next to none."""
    above = "全年共接待" + "一" * (COLUMNS - 6) + "批"
    rows = rows_of(1, [line(above, y=100, em=16), line(rest, y=120, em=12)])
    found = texts(paragraphs_of(rows, margins_of(rows), TokenStore()))
    assert found == ([above + rest] if is_one else [above, rest])


@pytest.mark.parametrize(("confidence", "is_one"), [(0.9, True), (None, False)])
def test_the_size_of_a_line_that_ocr_placed_is_told_from_end_to_end(confidence: float | None, is_one: bool) -> None:
    """As wide as its characters were cut out nobody knows."""
    first, second = wrapped("一" * (COLUMNS - 4) + "批次，共计" + "一" * 9 + "人次。")
    above, below = line(first, y=100, confidence=confidence), line(second, y=120, confidence=confidence)
    boxes = tuple((x0 + (x1 - x0) / 8, y0, x1 - (x1 - x0) / 8, y1) for x0, y0, x1, y1 in below.boxes)
    rows = rows_of(1, [above, replace(below, boxes=boxes)])
    found = texts(paragraphs_of(rows, margins_of(rows), TokenStore()))
    assert found == ([first + second] if is_one else [first, second])


def test_pieces_on_one_baseline_are_one_line_from_left_to_right() -> None:
    rows = rows_of(1, [line("万元。", x=200, y=101), line("合计", x=72, y=100), line("5.00", x=120, y=100.5)])
    (joined,) = paragraphs_of(rows, margins_of(rows), TokenStore())
    assert joined.text.printed == "合计5.00万元。"


def test_a_line_left_short_by_an_unbroken_number_goes_on() -> None:
    first = "二" * (COLUMNS - 4)
    lines = [("甲" * (COLUMNS - 2), 2.0), (first, 0.0), ("1,234,567.89元为本年度的全部支出。", 0.0)]
    assert texts(flow(lines)) == ["甲" * (COLUMNS - 2) + first + "1,234,567.89元为本年度的全部支出。"]


# --- text without print: its lines have no places of their own


def of_text(text: str) -> list[str]:
    """The paragraphs of a text as it is read."""
    blocks = split(typed(items_of_text(text)), *FAMILIES).blocks
    return [block.text.printed for block in blocks if isinstance(block, Paragraph)]


def unset(text: str, columns: int = 28) -> list[str]:
    """A paragraph as lines of text whose first line has lost what set it in."""
    return wrapped(text, columns, first=2)


def test_wrapped_lines_of_a_text_are_joined_though_nothing_sets_them_in() -> None:
    lines = [
        "一、收入情况说明",
        *unset(SENTENCE),
        *unset(OTHER),
        *unset(SENTENCE),
        "二、支出情况说明",
        *unset(OTHER),
    ]
    wanted = ["一、收入情况说明", SENTENCE, OTHER, SENTENCE, "二、支出情况说明", OTHER]
    for between in ("\n", "\n\n", "\r\n"):
        assert of_text(between.join(lines)) == wanted


def test_a_line_of_a_text_is_a_paragraph_where_nothing_is_wrapped() -> None:
    lines = [
        SENTENCE,
        OTHER,
        "一、收入决算情况说明",
        SENTENCE + OTHER,
        "（一）收入",
        "2.教育支出3.00万元，占2.00%。",
        "3.其他支出1.00万元。",
    ]
    assert of_text("\n\n".join(lines)) == lines


@pytest.mark.parametrize(
    ("torn", "rest"),
    [
        ("2022年度本年支出1,488.29万元，其中：基本支出", "770.07 万元，占 51.74%。"),
        ("1.教育支出(类)普通教育(款)小学教育(项):支出决算数为", "41.90 万元，比上年增加 1.00 万元。"),
        ("2022年度收入总计1,955.06", "万元，支出总计 1,955.06 万元。"),
        ("本年人员经费增加，主要原因是在职人员调资，补发", "津贴补贴。"),
        ("3.教育支出(类)普通教育(款)其他普通教育支出", "(项):支出决算数为 2.00 万元。"),
        ("3.教育支出(类)普通教育(款)小学教育(项)。", "年初预算为 2.00 万元。"),
        ("3.教育支出(类)普", "通教育(款)小学教育(项):支出决算数为 2.00 万元。"),
        ("3.教育支出(类)普通教育(款)小学教育(项):支出决", "算数为 2.00 万元，与上年持平。"),
        ("3.教育支", "出(类)2.00 万元，占 1.00%。"),
    ],
)
def test_a_sentence_that_was_torn_goes_on(torn: str, rest: str) -> None:
    lines = of_text("\n\n".join([SENTENCE, torn, rest, OTHER]))
    assert lines == [SENTENCE, torn + "".join(rest.split()), OTHER]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("部门：柳沟县水务局，2022年度", "收入支出决算总表"),
        ("收入12.00万元，支出", "（二）支出决算情况说明"),
        ("收入12.00万元，支出", "12"),
        ("收入12.00万元，支出", "合计\t12.00\t3.00"),
        ("收入12.00万元，支出", "- 其他说明"),
        ("基本支出12.00万元", "项目支出3.00万元"),
        ("1.教育支出(类)12.00万元", "其他支出(类)3.00万元"),
        ("1.教育支出(类)普通教育", "2.其他支出(类)其他支出(款)"),
        ("一、收入支出决算总体情况说明", "收入12.00万元，增长3.00%。"),
    ],
)
def test_what_begins_anew_is_not_joined(above: str, below: str) -> None:
    first, *_ = of_text(f"{SENTENCE}\n\n{above}\n\n{below}\n")[1:]
    assert first == above


def test_a_figure_at_the_end_of_a_short_line_is_not_put_together() -> None:
    blocks = split(typed(items_of_text("收入总计1,95\n5.06万元，支出总计3.00万元。\n")), *FAMILIES)
    assert [token.raw for token in blocks.tokens] == ["3.00"]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("2023年度北岭市", "水利局收入总计1.95万元，与上年持平。"),
        ("北岭市水利局2023年收入预", "算1.95万元，其中：财政拨款1.95万元。"),
        ("2.水利（类）水利工程（款）防汛（项）2023", "年预算数为1.95万元，比上年增加0.20万元。"),
        ("一般公共预算财政", "拨款支出1.95万元，占100.00%。"),
        ("7.“水利（", "类）水利工程（款）防汛（项）”1.95万元，用于修堤。"),
        ("经营收入：", "指从事经营活动取得的收入。"),
        ("水利局20", "23年部门预算"),
    ],
)
def test_a_sentence_that_is_cut_before_its_amount_goes_on(above: str, below: str) -> None:
    assert "".join(of_text(f"甲。\n\n{above}\n\n{below}\n")[-1].split()) == above + below


@pytest.mark.parametrize("title", ["2023年度部门决算说明", "一、2023年收入预算情况", "2023年部门预算", "（一）收入"])
def test_a_title_is_no_begun_sentence(title: str) -> None:
    assert of_text(f"甲。\n\n{title}\n\n支出预算1.95万元，与上年持平。\n")[-1] == "支出预算1.95万元，与上年持平。"


def test_a_note_ends_where_its_sentence_does() -> None:
    full = "".join(f"{line}\n" for line in unset("乙" * 200 + "，丙。"))
    note = "注：" + "丁" * 25 + "。"
    assert of_text(f"{full}\n{note}\n2023年部门一般公共预算\n")[-1] == "2023年部门一般公共预算"


def test_a_title_on_the_next_page_does_not_go_on_with_a_page_number_or_a_sentence() -> None:
    texts = [
        paragraph.text.printed
        for paragraph in flow(
            [("See the accompanying notes to the statements of the company and of its subsidiary,", 0), ("3", 0)],
            [("BALANCE SHEETS OF THE COMPANY AND OF ITS SUBSIDIARIES IN ALL THE COUNTRIES", 0)],
        )
    ]
    assert texts[-1] == "BALANCE SHEETS OF THE COMPANY AND OF ITS SUBSIDIARIES IN ALL THE COUNTRIES"


def test_a_sentence_in_latin_script_goes_on_in_a_small_letter_on_the_next_page() -> None:
    [whole] = flow(
        [("The company was founded in March and has sold ships and sails and ropes and many a", 0)],
        [("thing that sailors want, in all the countries of the world, and will go on doing so", 0)],
    )
    assert " many a thing that" in whole.text.printed.replace("\n", " ")
