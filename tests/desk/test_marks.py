"""What is marked where: one mark a figure, however much is to be said of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.desk.cards import Card, Figure, Findings
from recount.desk.marks import LOOKS, looks_of, marks_of
from recount.pipeline.result import FigureEntry, LeftOut, PageRemark
from recount.schemas.saying import say

NONE = Findings((), (), (), (), (), (), (), ())


def figure(at: int, page: int = 1, **more: object) -> Figure:
    entry = FigureEntry(
        f"{at}.00", Decimal(at), "万元", "万元", page, [10.0 * at, 0.0, 10.0 * at + 5, 8.0], "text", None, "template",
        "verified", (),
    )  # fmt: skip
    return Figure(f"/items/{at}", ("表", f"{at} 行", "金额"), entry._replace(**more))


def card(number: int, operands: tuple[Figure, ...], suspects: tuple[Figure, ...]) -> Card:
    one = Decimal(number)
    return Card(
        f"c{number}",
        f"规则{number}",
        "表",
        f"{number} = 0",
        one,
        one,
        one,
        one,
        "元",
        "error",
        None,
        operands,
        suspects,
    )


def findings(**parts: object) -> Findings:
    return replace(NONE, **parts)  # type: ignore[arg-type]


def test_a_figure_of_two_identities_has_one_mark_that_looks_as_the_worse() -> None:
    first, second = figure(1), figure(2)
    cards = (card(1, (first, second), (second,)), card(2, (first, second), (first,)))
    marks = marks_of(findings(cards=cards), "zh")
    assert [(mark.box[0], mark.look) for mark in marks if mark.box] == [(20.0, "suspect"), (10.0, "suspect")]
    assert all("规则1" in mark.words and "规则2" in mark.words for mark in marks)


def test_two_fields_of_one_printed_number_have_one_mark() -> None:
    one = figure(1)
    other = Figure("/elsewhere", ("别处",), one.entry)
    marks = marks_of(findings(cards=(card(1, (one, other), (one,)),)), "zh")
    assert [mark.look for mark in marks] == ["suspect"]
    assert "别处" in marks[0].words


@pytest.mark.parametrize(
    ("suspects", "named", "look"),
    [(1, False, "suspect"), (2, False, "disputed"), (3, True, "suspect"), (4, True, "disputed")],
)
def test_where_many_are_as_suspect_none_is_the_most(suspects: int, named: bool, look: str) -> None:
    figures = tuple(map(figure, range(6)))
    looks = [found for _, found in looks_of(replace(card(1, figures, figures[:suspects]), named=named))]
    assert looks == [look] * suspects + ["operand"] * (6 - suspects)


def test_another_disputed_figure_of_an_identity_is_told_from_those_that_are_clear() -> None:
    figures = (figure(1, status="disputed"), figure(2, status="disputed"), figure(3))
    assert [look for _, look in looks_of(card(1, figures, figures[:1]))] == ["suspect", "disputed", "operand"]


@pytest.mark.parametrize(("language", "words"), [("zh", "与第1项出于同一个数字"), ("en", "this and finding 1")])
def test_of_a_fault_that_two_identities_tell_the_second_says_so(language: Any, words: str) -> None:
    one, two, three = figure(1), figure(2), figure(3)
    cards = (card(1, (one, two), (one,)), replace(card(2, (one, three), (one,)), follows="c1"))
    said = {mark.box: mark.words for mark in marks_of(findings(cards=cards), language)}
    assert [words in said[(10.0 * at, 0.0, 10.0 * at + 5, 8.0)] for at in (1, 2, 3)] == [True, False, True]


def test_a_note_tells_so_much_and_how_much_more_there_is() -> None:
    one, others = figure(1), tuple(map(figure, range(2, 40)))
    cards = tuple(card(number, (one, *others), (one,)) for number in range(20))
    mark = next(mark for mark in marks_of(findings(cards=cards), "en") if mark.look == "suspect")
    assert mark.words.count("Finding") == 6
    assert "and 14 more" in mark.words
    assert "and 26 more" in mark.words


def test_a_page_has_so_many_marks_for_remarks_and_counts_the_others() -> None:
    remarks = tuple(PageRemark("unseen text", 3, [0.0, at, 9.0, at + 1], say("unseen_text")) for at in range(75))
    marks = marks_of(findings(remarks=remarks), "en")
    assert (sum(mark.box is not None for mark in marks), marks[-1].words) == (60, "and 15 more")


def test_what_is_of_a_page_is_one_note_on_it() -> None:
    found = findings(unread=(2,), left_out=(LeftOut("/items", 2, ["1.00", "2.00"]),))
    (mark,) = marks_of(found, "zh")
    assert (mark.page, mark.box, mark.look) == (2, None, "remark")
    assert mark.words == "本页未能识读，其内容未经核对。\n本页有一行数字未能归入表格：1.00 2.00"


def test_figures_of_a_text_have_no_marks() -> None:
    one = figure(1, bbox=None, line=4)
    assert not marks_of(findings(cards=(card(1, (one,), (one,)),), disputed=(one,), repaired=(one,)), "zh")


@given(st.lists(st.tuples(st.lists(st.integers(0, 9), min_size=1, unique=True), st.integers(0, 9)), max_size=8))
def test_every_operand_is_marked_once_and_no_mark_is_of_anything_else(drawn: list[tuple[list[int], int]]) -> None:
    figures = [figure(at, page=at % 3 + 1) for at in range(10)]
    cards = tuple(
        card(number, tuple(figures[at] for at in operands), (figures[suspect],))
        for number, (operands, suspect) in enumerate(drawn)
    )
    marks = marks_of(findings(cards=cards), "zh")
    expected = {one.pointer for found in cards for one in (*found.operands, *found.suspects)}
    assert len(marks) == len(expected)
    assert {mark.look for mark in marks} <= set(LOOKS)
    assert [mark.page for mark in marks] == sorted(mark.page for mark in marks)
