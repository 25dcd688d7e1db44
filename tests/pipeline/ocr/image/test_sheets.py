"""Digital sheets with two pages side by side: which they are, what stands on each half, and where that lies."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from recount.pipeline.document import Box, Line, Page, Remark, Ruling
from recount.pipeline.ocr.image.frame import halves_of, numbered, two_page_sheets
from recount.schemas.saying import say

WIDTH, HEIGHT = 840.0, 595.0
MIDDLE = WIDTH / 2


def a_line(text: str, x: float, y: float, step: float = 10.0) -> Line:
    boxes = tuple((x + step * index, y, x + step * index + step, y + 12) for index in range(len(text)))
    return Line(text, boxes, (x, y, x + step * len(text), y + 12))


TEXT = "本年收入合计为十二万元，其中财政拨款收入十二万元。"


def a_sheet(*lines: Line, rulings: Sequence[Ruling] = (), numbers: Sequence[int] = (), width: float = WIDTH) -> Page:
    foot = [a_line(f"- {number} -", 190 + 420 * place, 560) for place, number in enumerate(numbers)]
    return Page(1, width, HEIGHT, (*lines, *foot), tuple(rulings))


def texts(count: int, *xs: float) -> list[Line]:
    return [a_line(TEXT, x, 60 + 20 * row) for x in xs for row in range(count)]


class TestWhichTheyAre:
    def test_two_page_numbers_that_follow_each_other(self) -> None:
        assert two_page_sheets([a_sheet(*texts(2, 60, 480), numbers=(3, 4))]) == {1}
        assert not two_page_sheets([a_sheet(*texts(2, 60, 480), numbers=(3, 5))])
        assert not two_page_sheets([a_sheet(*texts(2, 60, 480), numbers=(3,))])

    def test_running_text_on_both_halves(self) -> None:
        assert two_page_sheets([a_sheet(*texts(6, 60, 480))]) == {1}
        assert not two_page_sheets([a_sheet(*texts(6, 60))])

    def test_what_does_not_say_goes_with_those_of_its_size(self) -> None:
        told, silent, other = a_sheet(numbers=(3, 4)), a_sheet(*texts(1, 60)), a_sheet(*texts(1, 60), width=900)
        assert two_page_sheets([numbered(page, n) for n, page in enumerate((told, silent, other), 1)]) == {1, 2}

    @pytest.mark.parametrize(
        "crossing",
        [
            {"rulings": [Ruling(60, 80, 780, 80)]},
            {"lines": [a_line("收入支出决算总表及其说明", 360, 30)]},
        ],
    )
    def test_nothing_crosses_the_middle(self, crossing: dict[str, list[Line] | list[Ruling]]) -> None:
        wide = a_sheet(
            *texts(6, 60, 480), *crossing.get("lines", ()), rulings=crossing.get("rulings", ()), numbers=(3, 4)
        )  # type: ignore[arg-type]
        assert not two_page_sheets([wide])

    def test_an_upright_page_is_one(self) -> None:
        assert not two_page_sheets([Page(1, 595.0, 842.0, tuple(texts(6, 20, 310)), ())])


class TestWhatStandsOnThem:
    def test_lines_and_rulings_at_their_places(self) -> None:
        sheet = a_sheet(*texts(1, 60, 480), rulings=[Ruling(60, 80, 300, 80), Ruling(480, 90, 480, 200)])
        (left, first), (right, second) = halves_of(sheet, 5)
        assert (left.number, right.number, left.width, right.width) == (5, 6, MIDDLE, MIDDLE)
        assert [page.lines[0].box[0] for page in (left, right)] == [60, 480 - MIDDLE]
        assert (left.rulings, right.rulings) == ((Ruling(60, 80, 300, 80),), (Ruling(60, 90, 60, 200),))
        assert first.place(left.lines[0].box) == sheet.lines[0].box
        assert second.place(right.lines[0].box) == sheet.lines[1].box
        assert (first.page, second.page) == (1, 1)

    def test_a_line_over_the_gutter_is_two(self) -> None:
        """Spaces may make one line of what stands on one height."""
        left, right = (page for page, _ in halves_of(a_sheet(a_line("12.50" + " " * 20 + "7.10", 300, 60)), 1))
        assert [page.lines[0].text for page in (left, right)] == ["12.50", "7.10"]
        assert [page.lines[0].box for page in (left, right)] == [(300, 60, 350, 72), (130, 60, 170, 72)]

    def test_remarks_go_with_their_places(self) -> None:
        boxes: list[Box | None] = [(60, 60, 100, 72), (480, 60, 520, 72), None]
        sheet = a_sheet(*texts(1, 60, 480))
        marked = Page(
            1,
            WIDTH,
            HEIGHT,
            sheet.lines,
            (),
            remarks=tuple(Remark("covered", 1, box, say("unseen_text")) for box in boxes),
        )
        left, right = (page for page, _ in halves_of(marked, 5))
        assert [(remark.page, remark.box) for remark in left.remarks] == [(5, (60, 60, 100, 72)), (5, None)]
        assert [(remark.page, remark.box) for remark in right.remarks] == [(6, (60, 60, 100, 72)), (6, None)]
        assert [remark.page for remark in numbered(marked, 3).remarks] == [3, 3, 3]
