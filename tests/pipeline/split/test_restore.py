"""Tables without lines are found by the labels of their form, and read as the ruled ones are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recount.pipeline.document import Grid, Line, Pages, Paragraph, hull
from recount.pipeline.split import split
from recount.schemas.final_accounts.family import FINAL_ACCOUNTS
from recount.tests.pipeline.helpers import line, page
from recount.tests.pipeline.split.torn import (
    MONEY,
    ROWS,
    TITLE,
    TOTAL,
    Row,
    cells,
    document_of,
    figures_in,
    figures_of,
    raw,
    read,
    read_surely,
    tabs,
    wrapped,
)

Writer = Callable[[Sequence[Row]], list[str]]
WHOLE = figures_of(ROWS, MONEY, TOTAL)


def lines_with(lines: Sequence[str], old: str, new: str) -> list[str]:
    """Lines in which some words are replaced; they must be there."""
    assert any(old in line for line in lines)
    return [line.replace(old, new, 1) if old in line else line for line in lines]


@pytest.mark.parametrize("write", [tabs, cells, raw])
def test_a_table_is_read_in_every_kind_of_text(write: Writer) -> None:
    assert read(write(ROWS)) == WHOLE


@pytest.mark.parametrize("write", [tabs, cells, raw])
def test_what_is_sure_carries_no_remark(write: Writer) -> None:
    assert document_of(write(ROWS)).remarks == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\t\t\t安装路灯盏数", "\t\t\t\t安装路灯盏数"),
        ("\t\t质量指标", "\t质量指标"),
        ("\t30盏\t15", "\n\t30盏\t15"),
        ("修缮验收合格率\t", "修缮验收 合格率\t\t"),
        ("质量指标", "量指标"),
        ("年初预算数", "初预算数"),
        ("全年执行数", "全年 执行数"),
        ("实际完成值", "实际成值"),
        ("\t95.25", "\t95. 25"),
        ("60.00\t64.50", "60.00\t64 .50"),
        ("项目名称", "项目名"),
    ],
)
def test_a_row_of_tabs_may_be_shifted_torn_or_lose_a_character(old: str, new: str) -> None:
    lines = "\n".join(lines_with(tabs(ROWS), old, new)).split("\n")
    assert [row[0] for row in read(lines)] == [row[0] for row in WHOLE]
    assert [[cell.replace(" ", "") for cell in row] for row in read(lines)] == [list(row) for row in WHOLE]


def test_a_head_that_is_torn_and_lost_a_character_that_tells_it_from_another_is_known_by_the_others() -> None:
    lines = raw(ROWS)
    at = next(at for at, words in enumerate(lines) if "全年预算数" in words)
    assert (
        read([*lines[:at], *lines[at].replace("全年预算数", "年预算\n\n数\n").split("\n"), *lines[at + 1 :]]) == WHOLE
    )


@pytest.mark.parametrize("torn", ["其他资金0.00 4.50 4.50 —", "其他资金 0.004.50 4.50 —"])
def test_a_label_with_a_figure_in_it_is_no_label(torn: str) -> None:
    lines = lines_with(raw(ROWS), "0.00 4.50 4.50 — — —", "")
    document = document_of(lines_with(lines, "其他资金", torn))
    sources = {name for name, *_ in figures_in(document)}
    assert not any("." in name for name in sources)
    assert "其他资金" not in sources
    assert any("not taken" in str(remark.words) for remark in document.remarks)


def test_the_figures_below_words_that_fit_nowhere_are_remarked() -> None:
    """A row's name may begin on the line above, behind the cells of another."""
    lines = lines_with(raw(ROWS), "60.00 60.00 53.55 — — —", "60.00 60.00 53.55 — — — 其他")
    tokens = document_of(lines_with(lines, "其他资金", "资金")).tokens
    assert all(token.remark is not None for token in tokens if token.raw == "4.50")


def test_figures_below_a_head_that_lost_a_column_are_remarked() -> None:
    document = document_of(lines_with(raw(ROWS), "全年预算数", "今年拨付"))
    raws = [token.raw for token in document.tokens if token.remark is not None]
    assert {"64.50", "58.05"} <= set(raws)


def test_words_are_cut_anywhere() -> None:
    for width in (2, 3, 4, 6, 9):
        assert read(raw(ROWS, width)) == WHOLE


def test_lines_that_follow_without_an_empty_one_are_read_alike() -> None:
    assert read([line for line in raw(ROWS) if line]) == WHOLE


def test_page_numbers_between_rows_are_no_figures() -> None:
    lines = raw(ROWS)
    at = lines.index("质量指标")
    assert read([*lines[:at], "", "", "", "17", "", *lines[at:]]) == WHOLE


def test_a_name_goes_on_behind_a_page_end() -> None:
    row = Row("", "", "改善沿河两岸居民夜间出行的条件", "有效改善", "有效改善", "30", "30")
    lines = raw([*ROWS[:4], replace(ROWS[4], name=row.name[:5]), *ROWS[5:]], width=5)
    at = lines.index("有效改善 有效改善 30 30") + 1
    cut = [*lines[:at], "", "", "", "12", "", row.name[5:10], "", row.name[10:], "", *lines[at:]]
    found = {name: figures for name, *figures in read(cut)}
    assert found[row.name] == ["30", "30"]
    assert any("cut" in str(remark.words) for remark in document_of(cut).remarks)


def test_the_caption_of_a_table_is_its_title() -> None:
    grid = next(block for block in document_of(raw(ROWS)).blocks if isinstance(block, Grid))
    assert [line.text.printed for line in grid.caption] == list(TITLE)


def test_text_around_a_table_stays_text() -> None:
    lines = ["本年度开展绩效自评。", "", *raw(ROWS), "", "第三部分 名词解释", "", "财政拨款收入：指拨付的资金。"]
    printed = [block.text.printed for block in document_of(lines).blocks if isinstance(block, Paragraph)]
    assert printed[0] == "本年度开展绩效自评。"
    assert printed[-1].endswith("财政拨款收入：指拨付的资金。")


def test_two_tables_are_two() -> None:
    grids = [block for block in document_of([*raw(ROWS), "", *tabs(ROWS)]).blocks if isinstance(block, Grid)]
    assert len(grids) == 2


def test_a_table_without_its_title_and_names_begins_with_its_first_labels() -> None:
    lines = tabs(ROWS)
    assert read(lines[5:]) == WHOLE


def test_a_table_may_end_without_a_total() -> None:
    assert read([*tabs(ROWS)[:-1], "", "第三部分 名词解释", "", "1.基本支出：指支出。"]) == [*WHOLE[:-1], ("总分",)]


def in_print(rows: Sequence[Row]) -> Pages:
    """The table as it is printed without rules: cells in columns, their lines below each other."""
    lines = []
    y = 80.0
    for text in tabs(rows):
        parts = text.split("\t")
        cells = [
            (60.0 + 54 * at, [cell] if cell[0].isdecimal() else list(wrapped(cell, 4)))
            for at, cell in enumerate(parts)
            if cell
        ]
        if text in tabs(rows)[:9]:  # a name, a unit and a goal reach over several columns
            cells = [(60.0 + 54 * at, [cell]) for at, cell in enumerate(parts) if cell]
        high = max((len(words) for _, words in cells), default=0)
        for x, words in cells:
            offset = (high - len(words)) / 2
            lines += [line(word, x, y + 12 * (at + offset), 12.0) for at, word in enumerate(words)]
        y += 12 * high + 10
    return Pages((page(1, *lines),))


def test_a_printed_table_without_rules_is_read_by_its_places() -> None:
    assert figures_in(split(in_print(ROWS), FINAL_ACCOUNTS)) == WHOLE


def test_figures_below_two_labels_printed_as_one_confirm_nothing() -> None:
    """Of each row some cells cannot be told; those that can stand in columns that may be another's."""
    lines = in_print(ROWS).pages[0].lines
    first, second = (next(part for part in lines if part.text == label) for label in ("年初预算数", "全年预算数"))
    close = line(first.text + second.text, first.box[0], first.box[1], 9.0)
    printed = (close, *(part for part in lines if part not in (first, second)))
    document = split(Pages((page(1, *printed),)), FINAL_ACCOUNTS)
    money = {cell.rstrip("%") for _, *row in MONEY for cell in row if "." in cell}
    below = [token for token in document.tokens if token.raw in money]
    assert {token.raw for token in below} == money
    assert [token.raw for token in below if token.remark is None] == []


def test_labels_that_stand_close_are_two() -> None:
    """No blank was printed between them, and their line is one; the gap is narrow, but there."""
    lines = in_print(ROWS).pages[0].lines
    first, second = (next(part for part in lines if part.text == label) for label in ("年初预算数", "全年预算数"))
    left, right = (line(part.text, part.box[0], part.box[1], 9.0) for part in (first, second))
    close = Line(left.text + right.text, left.boxes + right.boxes, hull([left.box, right.box]))
    printed = (close, *(part for part in lines if part not in (first, second)))
    assert figures_in(split(Pages((page(1, *printed),)), FINAL_ACCOUNTS)) == WHOLE


def test_the_first_label_of_a_head_is_known_without_a_character_too() -> None:
    assert read(lines_with(tabs(ROWS), "年初预算数", "年预算数")) == WHOLE  # a table that is sure
    assert read(lines_with(raw(ROWS), "年初预算", "年预算")) == WHOLE


# --- what labels and kinds leave open

BLANK = (*ROWS[:2], Row("", "质量指标", "修缮验收合格率", "=100%", "", "15", "15"), *ROWS[3:])


@pytest.mark.parametrize("write", [cells, raw])
def test_what_sums_chose_is_remarked(write: Writer) -> None:
    lines = [line for line in write(BLANK) if line.strip()]
    assert read(lines) == WHOLE
    remarks = document_of(lines).remarks
    assert len(remarks) == 2
    assert all(remark.kind == "torn" and remark.touches and "sums" in str(remark.words) for remark in remarks)


def test_what_no_sum_tells_stays_open_and_is_said() -> None:
    lines = [line for line in raw(BLANK) if line.strip()]
    lines[-1] = "总分 100 90.00"
    found = {name: figures for name, *figures in read(lines)}
    assert found["修缮验收合格率"] == []
    document = document_of(lines)
    assert [str(remark.words) for remark in document.remarks if remark.kind == "torn"] == [
        "the cells of its row cannot be told apart, and it was not taken"
    ] * 2
    assert [token.value for token in document.tokens].count(Decimal(15)) == 3
    left = [cell.words for grid in document.blocks if isinstance(grid, Grid) for cell in grid.cells if not cell.column]
    assert left.count("15") == 2  # each is a number by itself


def test_a_row_of_money_that_lacks_an_amount_stays_open() -> None:
    lines = lines_with(raw(ROWS), "60.00 60.00 53.55", "60.00 53.55")
    found = {name: figures for name, *figures in read(lines)}
    assert found["其中：当年财政拨款"] == []
    assert found["年度资金总额"] == [*MONEY[0][1:5], "90.00", "9.00"]


# --- whatever happens to a text, no figure goes to another place

_NAMES = ("修缮河堤长度", "安装路灯盏数", "编写手册", "沿河居民出行条件改善程度", "走访户数（户）", "按时完成率")
_LEVELS = (
    ("产出指标", "数量指标"),
    ("", "质量指标"),
    ("", "时效指标"),
    ("", ""),
    ("效益指标", "社会效益指标"),
    ("", ""),
)
_VALUES = (("≥12公里", "12公里"), ("=40", "30"), ("有效改善", "有效改善"), ("100%", "95%"), ("<=3.5万元", "2.80万元"))


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    """The indicators of a table, whose weights are 90 with a column of points for the money."""
    count = draw(st.integers(2, len(_NAMES)))
    weights = draw(st.lists(st.integers(1, 12), min_size=count - 1, max_size=count - 1))
    weights = [*weights, 90 - sum(weights)]
    rows = []
    for name, (first, second), weight in zip(_NAMES, _LEVELS, weights, strict=False):
        target, actual = draw(st.sampled_from(_VALUES))
        score = draw(st.integers(0, weight))
        reason = draw(
            st.sampled_from(("进度推迟两月", "受暴雨影响，路段停工两个月")) if score < weight else st.just("")
        )
        rows.append(Row(first, second, name, target, actual, str(weight), str(score), reason))
    return rows


def total_of(rows: Sequence[Row]) -> tuple[str, ...]:
    return ("总分", "100", str(9 + sum(int(row.score) for row in rows)))


def written(write: Writer, rows: Sequence[Row]) -> list[str]:
    total = total_of(rows)
    lines = write(rows)
    return [line.replace(TOTAL[2], total[2]) for line in lines]


@settings(max_examples=40, deadline=None)
@given(tables(), st.sampled_from([tabs, cells, raw]))
def test_a_table_is_read_whatever_it_says(rows: list[Row], write: Writer) -> None:
    assert read(written(write, rows)) == figures_of(rows, MONEY, total_of(rows))


@settings(max_examples=120, deadline=None)
@given(tables(), st.sampled_from([tabs, cells, raw]), st.data())
def test_a_lost_or_torn_place_gives_no_other_figures(rows: list[Row], write: Writer, data: st.DataObject) -> None:
    lines = written(write, rows)
    begin = next(at for at, line in enumerate(lines) if rows[0].name[:4] in line)
    at = data.draw(st.integers(begin, len(lines) - 2))
    words = lines[at].split(" " if write is raw else "\t")
    harm = data.draw(st.sampled_from(["lost", "torn", "joined"]))
    place = data.draw(st.integers(0, len(words) - 1))
    if harm == "lost":
        lines[at] = (" " if write is raw else "\t").join((*words[:place], *words[place + 1 :]))
    elif harm == "torn":
        lines[at : at + 1] = ["\t".join(words[:place]), "", "\t".join(words[place:])]
    else:
        lines[at : at + 2] = [lines[at] + (" " if write is raw else "\t") + lines[at + 1]]
    printed = {row.name: (row.weight, row.score) for row in rows}
    for name, weight, score in read_surely(lines):
        if name in printed:
            assert weight in (None, printed[name][0]), lines
            assert score in (None, printed[name][1]), lines
