"""What cannot be printed is looked at again, and becomes what the second look reads: amounts, digits, and the brackets
that a cell lacks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from recount.pipeline.document import Box
from recount.pipeline.ocr.image.prepare import Grey, Prepared
from recount.pipeline.ocr.network.reading import Decoded, Recognised
from recount.pipeline.ocr.text.lines import InCell
from recount.pipeline.ocr.text.looks import as_amounts, as_digits, balanced
from recount.tests.pipeline.ocr.text.test_hygiene import line

PAGE = Prepared(np.full((100, 200), 255, np.uint8), np.full((100, 200), 255, np.uint8), 200.0, (1, 0, 0, 0, 1, 0))
CELL: Box = (10.0, 10.0, 110.0, 60.0)


def decoded(text: str) -> Decoded:
    return Decoded(text, tuple((index + 0.5) / len(text) for index in range(len(text))), (0.9,) * len(text))


@dataclass
class Reader:
    """Says the same of every image; asked: how wide they were."""

    text: str
    name: str = "said"
    asked: list[int] = field(default_factory=list)

    def detect(self, image: Grey) -> list[Box]:
        raise NotImplementedError

    def recognise(self, images: Sequence[Grey]) -> list[Decoded]:
        self.asked += [image.shape[1] for image in images]
        return [decoded(self.text)] * len(images)

    def alternatives(self, images: Sequence[Grey], allowed: Collection[str] | None = None) -> list[list[Recognised]]:
        raise NotImplementedError


def lines(*texts: str, home: int | None = 0) -> list[InCell]:
    return [
        InCell((20.0, 10.0 + 20 * row, 80.0, 28.0 + 20 * row), decoded(text), home) for row, text in enumerate(texts)
    ]


def texts(read: Sequence[InCell], reader: Reader) -> list[str]:
    return [each.line.text for each in balanced(PAGE, read, [CELL], reader)]


def test_a_bracket_that_the_cell_lacks_is_put_back_where_it_is_read() -> None:
    assert texts(lines("培训费", "万元)"), Reader("(万元)")) == ["培训费", "(万元)"]
    assert texts(lines("县市(个", "数"), Reader("数)")) == ["县市(个", "数)"]


def test_it_is_looked_for_beside_the_line_but_not_beyond_the_cell() -> None:
    reader = Reader("(万元)")
    [read] = balanced(PAGE, [InCell((12.0, 10.0, 80.0, 28.0), decoded("万元)"), 0)], [CELL], reader)
    assert read.line.text == "(万元)"
    assert max(reader.asked) <= 110 - 10


def test_what_is_read_otherwise_is_left() -> None:
    assert texts(lines("培训费", "万元)"), Reader("(万无)")) == ["培训费", "万元)"]


def test_cells_with_both_brackets_and_running_text_are_not_looked_at() -> None:
    for read in (lines("培训费", "(万元)"), lines("万元)", home=None)):
        reader = Reader("")
        assert texts(read, reader) == [each.line.text for each in read]
        assert not reader.asked


# --- points of amounts


@pytest.mark.parametrize(
    ("read", "seen", "others", "meant"),
    [
        ("741", {"7.41": 0.9}, ["4.00", "81.55"], "7.41"),
        ("741", {"7.41": 0.3}, ["4.00", "81.55"], "741"),
        ("741", {"7.47": 0.9}, ["4.00", "81.55"], "741"),  # its digits stay
        ("741", {"74.1": 0.9}, ["4.00", "81.55"], "741"),
        ("1,23456", {"1,234.56": 0.9}, ["4.00", "81.55"], "1,234.56"),
        ("1,23456", {"1234.56": 0.9}, ["4.00", "81.55"], "1,234.56"),
        ("1,234", {"12.34": 0.9}, ["4.00", "81.55"], "1,234"),
        ("741", {"7.41": 0.9}, ["4", "81.55"], "741"),  # not of amounts
        ("3'6.15", {"36.15": 0.9}, ["4.00", "81.55"], "36.15"),
        ("3.60.15", {"360.15": 0.9}, ["4.00", "81.55"], "360.15"),
        ("3.60.15", {"360.15": 0.3}, ["4.00", "81.55"], "3.60.15"),
        ("3.60.15", {"36.15": 0.9}, ["4.00", "81.55"], "3.60.15"),
        ("Q.36", {"0.36": 0.9}, ["4.00", "81.55"], "0.36"),
        ("Q.36", {"9.36": 0.9}, ["4.00", "81.55"], "Q.36"),  # it is not read for a 9
        ("H3.60", {"13.60": 0.9}, ["4.00", "81.55"], "13.60"),
        ("H3.60", {"3.60": 0.9}, ["4.00", "81.55"], "H3.60"),  # it may be a digit
        ("W3.60", {"3.60": 0.9}, ["4.00", "81.55"], "W3.60"),
        ("W3.60", {"13.60": 0.9}, ["4.00", "81.55"], "W3.60"),
        ("Q.36", {"0.36": 0.9}, ["4", "81.55"], "Q.36"),
        ("(3'6.15)", {"36.15": 0.9}, ["4.00", "81.55"], "(3'6.15)"),  # less than nothing
        ("-3'6.15", {"36.15": 0.9}, ["4.00", "81.55"], "-3'6.15"),
        ("3'6.15", {"-36.15": 0.9}, ["4.00", "81.55"], "3'6.15"),
        ("36.15*", {"36.15": 0.9}, ["4.00", "81.55"], "36.15*"),
        ("36.15万", {"36.15": 0.9}, ["4.00", "81.55"], "36.15万"),
        ("(34.36", {"134.36": 0.9}, ["4.00", "81.55"], "134.36"),  # the first digit was cut
        ("(34.36", {"34.36": 0.9}, ["4.00", "81.55"], "(34.36"),
        ("(34.36", {"(34.36": 0.9}, ["4.00", "81.55"], "(34.36"),  # it may have lost the other bracket
        ("(34.36)", {"134.36": 0.9}, ["4.00", "81.55"], "(34.36)"),
        ("0.)0", {"0.00": 0.9}, ["4.00", "81.55"], "0.00"),
        ("i3.39", {"13.39": 0.9}, ["金额", "合计"], "13.39"),  # the only one of its column
        ("i3.39", {"3.39": 0.9}, ["金额", "合计"], "i3.39"),
        ("i339", {"13.39": 0.9}, ["金额", "合计"], "i339"),
        ("0.)0", {"0.60": 0.9}, ["4.00", "81.55"], "0.)0"),
        ("3 ..36", {"3.36": 0.9}, ["4.00", "81.55"], "3.36"),
        ("3 1.36", {"31.36": 0.9}, ["4.00", "81.55"], "3 1.36"),  # or two figures
        ("L36", {"136": 0.9}, ["4.00", "81.55"], "1.36"),  # the point touches the 1
        ("2L36", {"21.36": 0.9}, ["4.00", "81.55"], "21.36"),
        ("3,08,417.36", {"3,508,417.36": 0.9}, ["4.00", "81.55"], "3,508,417.36"),  # one was lost
        ("3,08,417.36", {"3,518,417.36": 0.9}, ["4.00", "81.55"], "3,08,417.36"),  # it lacks one that was read
        ("3,08,417.36", {"308,417.36": 0.9}, ["4.00", "81.55"], "3,08,417.36"),
        ("3,08,417.36", {"3,508,417.36": 0.3}, ["4.00", "81.55"], "3,08,417.36"),
        ("3,508,417.36", {"3,508,417.46": 0.9}, ["4.00", "81.55"], "3,508,417.36"),
        ("L.36", {"136": 0.9}, ["4.00", "81.55"], "1.36"),  # or lies beside it
        ("L36", {"436": 0.9}, ["4.00", "81.55"], "L36"),
        ("L36", {"136": 0.3}, ["4.00", "81.55"], "L36"),
        ("L36", {"136": 0.9}, ["4", "81.55"], "L36"),
    ],
)
def test_an_amount_is_as_a_look_sees_it_where_what_was_read_is_none(
    read: str, seen: dict[str, float], others: list[str], meant: str
) -> None:
    lines = [line(text) for text in (read, *others)]
    found = as_amounts(lines, [(10, 60)] * len(lines), PAGE, looker(**seen))
    assert [each.text for each in found] == [meant, *others]
    assert len(found[0].boxes) == len(found[0].scores) == len(meant)
    assert as_amounts(lines, [None] * len(lines), PAGE, looker(**seen)) == lines


@pytest.mark.parametrize(
    ("read", "other", "meant"),
    [
        ("Q.36", "0.3.6", "Q.36"),
        ("0'.36", "0.3.6", "0.36"),
        ("0'.36", "01.36", "0'.36"),  # it may be a digit
        ("0'.36", "-0.36", "0'.36"),  # or a sign
    ],
)
def test_of_two_looks_one_does_for_a_speck_and_not_for_a_letter(read: str, other: str, meant: str) -> None:
    reader = looker()
    seen = [[[Recognised(text, 0.9)] for text in ("0.36", other)]]
    reader.alternatives = lambda *_: seen.pop()  # type: ignore[method-assign]
    found = as_amounts([line(read), line("4.00")], [(10, 60)] * 2, PAGE, reader)
    assert found[0].text == meant


@pytest.mark.parametrize(("left", "wide"), [(10, 50), (48, 46)])
def test_a_line_whose_first_digit_was_cut_is_led_on_but_not_over_its_wall(left: int, wide: int) -> None:
    reader = looker()
    boxes = tuple((50 + 7.0 * at, 0.0, 57 + 7.0 * at, 12.0) for at in range(6))
    cut = replace(line("(34.36"), boxes=boxes, box=(50.0, 0.0, 92.0, 12.0))
    as_amounts([cut, line("4.00")], [(left, 110)] * 2, replace(PAGE, dpi=72.0), reader)
    assert reader.asked[0] == wide


@pytest.mark.parametrize(
    ("read", "seen", "others", "meant"),
    [
        ("A.", {"4": 0.9}, ["4", "5"], "4"),
        ("A.", {"4": 0.3}, ["4", "5"], "A."),
        ("A.", {"1": 0.9}, ["4", "5"], "A."),  # it does not look like one
        ("A.", {"4": 0.9}, ["甲", "乙"], "A."),  # not of figures
        ("Ab", {"46": 0.9}, ["4", "5"], "46"),
        ("4A", {"44": 0.9}, ["4", "5"], "4A"),
        ("ABB", {"488": 0.9}, ["4", "5"], "ABB"),
        ("R", {"4": 0.9}, ["4", "5"], "R"),
        ("—", {"1": 0.9}, ["4", "5"], "—"),
    ],
)
def test_a_letter_among_figures_is_the_digit_that_two_looks_see(
    read: str, seen: dict[str, float], others: list[str], meant: str
) -> None:
    unsure, *sure = (line(text) for text in (read, *others))
    lines = [replace(unsure, scores=(0.7,) * len(read)), *sure]
    found = as_digits(lines, [(10, 60)] * len(lines), PAGE, looker(**seen))
    assert [each.text for each in found] == [meant, *others]
    assert len(found[0].boxes) == len(found[0].scores) == len(meant)
    assert as_digits([unsure, *sure], [(10, 60)] * len(lines), PAGE, looker(**seen)) == [unsure, *sure]


# --- running text


@dataclass
class Looker(Reader):
    """Says of every piece of a line what it may be, of the signs asked about alone."""

    seen: tuple[Recognised, ...] = ()
    signs: list[frozenset[str]] = field(default_factory=list)

    def alternatives(self, images: Sequence[Grey], allowed: Collection[str] | None = None) -> list[list[Recognised]]:
        self.asked += [image.shape[1] for image in images]
        self.signs.append(frozenset(allowed or ()))
        return [[reading for reading in self.seen if set(reading.text) <= set(allowed or ())]] * len(images)


def looker(**chances: float) -> Looker:
    return Looker("", seen=tuple(Recognised(text, chance) for text, chance in chances.items()))
