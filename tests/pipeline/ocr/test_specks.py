"""Specks in the cells of a table, seals over lines: what they make of print is put right where something tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import pytest

from recount.pipeline.document import Ruling
from recount.pipeline.ocr.image.prepare import Grey, Prepared, prepare
from recount.pipeline.ocr.network.engine import Engine
from recount.pipeline.ocr.network.reading import Decoded, Recognised
from recount.pipeline.ocr.page import read_prepared
from recount.tests.pipeline.ocr.scans import Image, Typeset

DPI = 200
FIGURES = ("12.50", "7.25", "15.00", "3.10")
LEFT, RIGHT, TOP, HEIGHT = 40.0, 140.0, 60.0, 24.0


def column(figures: Sequence[str] = FIGURES, height: float = HEIGHT) -> Image:
    """A table of one column of figures, ruled all over; each in rows so high, and in as many lines as it has."""
    typeset = Typeset()
    for row in range(len(figures) + 1):
        typeset.page.draw_line((LEFT, TOP + row * height), (RIGHT, TOP + row * height), width=0.7)
    for x in (LEFT, RIGHT):
        typeset.page.draw_line((x, TOP), (x, TOP + len(figures) * height), width=0.7)
    for row, figure in enumerate(figures):
        for at, text in enumerate(figure.split("\n")):
            typeset.text(LEFT + 8, TOP + row * height + 16 * (at + 1), text)
    return typeset.drawn()


@dataclass
class Specked:
    """Reads specks too, by what it would read without them; what is narrow is one, and read as a sign."""

    reader: Engine
    specks: Mapping[str, str]
    sign: str = "·"

    def recognise(self, images: Sequence[Grey]) -> list[Decoded]:
        return [
            self._specked(line) if image.shape[1] > 40 else Decoded(self.sign, (0.5,), (0.99,))
            for image, line in zip(images, self.reader.recognise(images), strict=True)
        ]

    def alternatives(self, images: Sequence[Grey], _: object) -> list[list[Recognised]]:
        return [[] for _ in images]  # a second look sees no more

    def _specked(self, line: Decoded) -> Decoded:
        text = self.specks.get(line.text, line.text)
        scores = (0.9,) * len(text)
        return replace(line, text=text, centres=tuple((at + 0.5) / len(text) for at in range(len(text))), scores=scores)


def figures(image: Image, reader: Engine, sign: str = "·", **specks: str) -> list[str]:
    prepared = prepare(image, DPI)
    said = {key.replace("_", ".").removeprefix("r"): text for key, text in specks.items()}
    specked: Any = Specked(reader, said, sign)
    return [line.text for line in read_prepared(prepared, 1, reader.detect(prepared.image), specked).lines]


def test_a_speck_above_a_point_and_one_beside_a_figure(reader: Engine) -> None:
    assert figures(column(), reader, r15_00="15:00", r3_10=". 3.10") == list(FIGURES)


def test_an_amount_that_goes_on_in_the_next_line_has_its_point_at_the_end_of_the_first(reader: Engine) -> None:
    image = column(("12.50", "872,962.\n02", "15.00"), height=40.0)
    read = figures(image, reader, **{"872,962_": "872.962"})
    assert read == ["12.50", "872,962.", "02", "15.00"]


@pytest.mark.parametrize("sign", ["·", ":", "一"])
def test_a_speck_apart_from_the_figure_is_no_second_line_of_its_cell(reader: Engine, sign: str) -> None:
    image = column()
    cv2.circle(image, (round((RIGHT - 20) * DPI / 72), round((TOP + 2.5 * HEIGHT) * DPI / 72)), 6, (0, 0, 0), -1)
    assert figures(image, reader, sign, r15_00="15:00") == list(FIGURES)


@pytest.mark.parametrize(("radius", "kept"), [(5, []), (7, ["28"])])
def test_what_is_lower_than_any_digit_is_none_however_surely_it_was_read(
    reader: Engine, radius: int, kept: list[str]
) -> None:
    image = column()
    cv2.circle(image, (round((RIGHT - 20) * DPI / 72), round((TOP + 2.5 * HEIGHT) * DPI / 72)), radius, (0, 0, 0), -1)
    assert [text for text in figures(image, reader, "28") if text not in FIGURES] == kept


@pytest.mark.parametrize(
    ("said", "unread"), [("1.5.0 0", 1), ("1).00", 1), ("(15).00", 0), ("15.00", 0), ("—", 0), ("无", 0), ("2024年", 0)]
)
def test_what_is_no_figure_where_such_stand_is_said(reader: Engine, said: str, unread: int) -> None:
    prepared = prepare(column(), DPI)
    specked: Any = Specked(reader, {"15.00": said})
    page = read_prepared(prepared, 1, reader.detect(prepared.image), specked)
    assert said in [line.text for line in page.lines]
    assert [remark.kind for remark in page.remarks] == ["unread"] * unread
    for remark in page.remarks:
        assert remark.box in [line.box for line in page.lines if line.text == said]


@dataclass
class Stamped:
    """Says how dark the darkest ink is that it sees; what the seal was lifted from is as sure as is said."""

    sure: float

    def recognise(self, images: Sequence[Grey]) -> list[Decoded]:
        return [
            Decoded("万元", (0.25, 0.75), (0.82,) * 2)
            if int(image.min()) < 50
            else Decoded("方元", (0.25, 0.75), (self.sure,) * 2)
            for image in images
        ]


def test_a_line_under_a_seal_is_read_with_it_and_without_it() -> None:
    paper = np.full((120, 300), 255, np.uint8)
    paper[20:40, 20:60] = paper[70:90, 20:60] = 100
    with_seal = paper.copy()
    with_seal[20:40, 20:60] = 20
    boxes = [(18.0, 16.0, 62.0, 44.0), (18.0, 66.0, 62.0, 94.0)]
    for sure, first in ((0.8, "万元"), (0.84, "方元"), (0.9, "方元")):
        prepared, engine = Prepared(paper, paper, DPI, (1, 0, 0, 0, 1, 0), stamped=with_seal), Stamped(sure)
        reader: Any = engine
        assert [line.text for line in read_prepared(prepared, 1, boxes, reader).lines] == [first, "方元"]


@dataclass
class Speckled:
    """Reads a stroke before a figure where a speck is, and another one where it was smoothed; none with the seal."""

    smoothed: str

    def recognise(self, images: Sequence[Grey]) -> list[Decoded]:
        said = {50: "= 8.63", 100: self.smoothed, 20: "8.63"}
        read = [said[int(image.min())] for image in images]
        return [
            Decoded(text, tuple(np.linspace(0.1, 0.9, len(text))), (0.9 + (text == "8.63") / 20,) * len(text))
            for text in read
        ]


@pytest.mark.parametrize(("smoothed", "read"), [("- 8.63", "8.63"), ("=8.63", "= 8.63")])
def test_where_a_speck_changes_what_is_read_below_a_seal_the_seal_may_tell(smoothed: str, read: str) -> None:
    """Where it changes nothing, what is below the seal is read, unless that is doubtful."""
    paper = np.full((120, 300), 255, np.uint8)
    paper[20:40, 20:60] = 100
    with_seal, speckled = paper.copy(), paper.copy()
    with_seal[20:40, 20:60], speckled[30, 30] = 20, 50
    reader: Any = Speckled(smoothed)
    prepared = Prepared(paper, speckled, DPI, (1, 0, 0, 0, 1, 0), stamped=with_seal)
    assert [line.text for line in read_prepared(prepared, 1, [(18.0, 16.0, 62.0, 44.0)], reader).lines] == [read]


@dataclass
class Lost:
    """Reads a figure in dark ink without its point, and more surely so."""

    read: str

    def recognise(self, images: Sequence[Grey]) -> list[Decoded]:
        centres = tuple((at + 0.5) / len(self.read) for at in range(len(self.read)))
        return [
            Decoded(self.read, centres, (0.99,) * len(self.read))
            if int(image.min()) < 50
            else Decoded("1.49", (0.2, 0.4, 0.6, 0.8), (0.9,) * 4)
            for image in images
        ]


@pytest.mark.parametrize("read", ["149", "1 49"])
def test_a_point_that_one_reading_under_a_seal_lacks_is_lost(read: str) -> None:
    paper = np.full((120, 300), 255, np.uint8)
    paper[20:40, 20:60] = 100
    with_seal = paper.copy()
    with_seal[20:40, 20:60] = 20
    reader: Any = Lost(read)
    prepared = Prepared(paper, paper, DPI, (1, 0, 0, 0, 1, 0), stamped=with_seal)
    assert [line.text for line in read_prepared(prepared, 1, [(18.0, 16.0, 62.0, 44.0)], reader).lines] == ["1.49"]


@dataclass
class Looks:
    """Says what is read of a line by how dark it is: where nothing is left of a seal, below it, with specks and
    without, and with it."""

    bare: tuple[str, float]
    below: tuple[str, float]
    smooth: tuple[str, float]
    stamped: tuple[str, float]

    def recognise(self, images: Sequence[Grey]) -> list[Decoded]:
        said = {100: self.bare, 50: self.below, 80: self.smooth, 20: self.stamped}
        read = [said[int(image.min())] for image in images]
        return [Decoded(text, tuple(np.linspace(0.1, 0.9, len(text))), (score,) * len(text)) for text, score in read]

    def lines(self) -> list[str]:
        """The lines of a page with a line of which this is read, on which a seal lies."""
        paper = np.full((120, 300), 255, np.uint8)
        below, with_seal = paper.copy(), paper.copy()
        paper[20:40, 20:60], below[20:40, 20:60], with_seal[20:40, 20:60] = 100, 80, 20
        below[30, 30] = 50
        prepared = Prepared(paper, below, DPI, (1, 0, 0, 0, 1, 0), stamped=with_seal)
        reader: Any = self
        return [line.text for line in read_prepared(prepared, 1, [(18.0, 16.0, 62.0, 44.0)], reader).lines]


@pytest.mark.parametrize(
    ("bare", "below", "smooth", "stamped", "read"),
    [
        (("6", 0.99), ("6", 0.98), ("6", 0.95), ("K", 0.6), ["6"]),
        (("6", 0.85), ("6", 0.98), ("6", 0.95), ("K", 0.6), []),
        (("1", 0.99), ("1", 0.98), ("1", 0.95), ("K", 0.6), []),  # as strokes are
        (("B", 0.4), ("6", 0.8), ("6", 0.7), ("6", 0.6), ["6"]),
        (("B", 0.4), ("6", 0.8), ("4", 0.7), ("6", 0.6), []),
        (("s", 0.6), ("5", 0.9), ("5", 0.95), ("S", 0.5), ["5"]),
    ],
)
def test_a_lone_digit_under_a_seal_is_one_where_enough_looks_say_so(
    bare: tuple[str, float], below: tuple[str, float], smooth: tuple[str, float], stamped: tuple[str, float],
    read: list[str],
) -> None:  # fmt: skip
    assert Looks(bare, below, smooth, stamped).lines() == read


@pytest.mark.parametrize(
    ("below", "smooth", "read"),
    [
        (("T2.38", 0.96), ("12.38", 0.88), ["12.38"]),
        (("T2.38", 0.96), ("12.38", 0.8), ["T2.38"]),
        (("72.38", 0.96), ("12.38", 0.88), ["72.38"]),
        (("支2.38", 0.96), ("12.38", 0.88), ["支2.38"]),
    ],
)
def test_of_two_readings_under_a_seal_the_amount_counts_where_the_other_has_letters_in_it(
    below: tuple[str, float], smooth: tuple[str, float], read: list[str]
) -> None:
    assert Looks(("", 0.0), below, smooth, ("", 0.0)).lines() == read


@dataclass
class Longer:
    """Reads an amount, and more where there is paper around it."""

    longer: str
    sure: float

    def recognise(self, images: Sequence[Grey]) -> list[Decoded]:
        read = ["12.38" if image.shape[1] < 100 else self.longer for image in images]
        return [Decoded(text, tuple(np.linspace(0.3, 0.9, len(text))), (self.sure,) * len(text)) for text in read]


@pytest.mark.parametrize(
    ("longer", "sure", "sealed", "read"),
    [
        ("712.38", 0.97, True, "712.38"),
        ("712.38", 0.99, True, "12.38"),  # what is beside it is the seal's
        ("712.38", 0.99, False, "712.38"),
        ("€12.38", 0.97, True, "12.38"),
        ("7>12.38", 0.99, False, "12.38"),
        ("共12.38", 0.99, False, "共12.38"),
    ],
)
def test_ink_beside_an_amount_is_more_of_it_or_a_word(longer: str, sure: float, sealed: bool, read: str) -> None:
    paper = np.full((120, 300), 255, np.uint8)
    paper[20:40, 20:100] = 100
    with_seal = paper.copy()
    with_seal[20:40, 20:100] = 20
    prepared = Prepared(paper, paper, DPI, (1, 0, 0, 0, 1, 0), stamped=with_seal if sealed else None)
    reader: Any = Longer(longer, sure)
    assert [line.text for line in read_prepared(prepared, 1, [(18.0, 16.0, 102.0, 44.0)], reader).lines] == [read]


@dataclass
class Rest:
    """Reads one sign: in dark ink this one, in pale ink that one."""

    dark: str
    pale: str

    def recognise(self, images: Sequence[Grey]) -> list[Decoded]:
        return [Decoded(self.dark if int(image.min()) < 50 else self.pale, (0.5,), (0.97,)) for image in images]


def test_a_lone_sign_under_a_seal_is_one_with_it_too() -> None:
    image = column()
    grey = cv2.cvtColor(np.maximum(image, 60), cv2.COLOR_RGB2GRAY)
    cell = np.s_[round((TOP + 3) * DPI / 72) : round((TOP + HEIGHT - 3) * DPI / 72), 120:380]
    grey[cell] = 255
    grey[round((TOP + 7) * DPI / 72) : round((TOP + 17) * DPI / 72), 200:206] = 100  # what is left of a stroke
    with_seal = grey.copy()
    with_seal[cell] -= np.where(grey[cell] < 255, 90, 40).astype(np.uint8)
    box = (190.0, (TOP + 4) * DPI / 72, 216.0, (TOP + HEIGHT - 4) * DPI / 72)
    for pale, read in (("1", ["1"]), ("7", [])):
        reader: Any = Rest("1", pale)
        prepared = Prepared(
            np.asarray(grey, np.uint8), np.asarray(grey, np.uint8), DPI, (1, 0, 0, 0, 1, 0), stamped=with_seal
        )
        page = read_prepared(prepared, 1, [box], reader)
        first = [line.text for line in page.lines if line.box[1] < TOP + HEIGHT]
        assert first == read
        assert ("unread" in {remark.kind for remark in page.remarks}) == (not read)


@pytest.mark.parametrize(("level", "read", "unread"), [(60, ["36"], False), (110, [], True), (170, [], False)])
def test_what_is_paler_below_a_seal_than_print_is_a_rest_of_it(level: int, read: list[str], unread: bool) -> None:
    """It is neither read nor told; print that cannot be read is told."""
    image = column()
    grey = cv2.cvtColor(np.maximum(image, 60), cv2.COLOR_RGB2GRAY)
    cell = np.s_[round((TOP + 3) * DPI / 72) : round((TOP + HEIGHT - 3) * DPI / 72), 120:380]
    grey[cell] = 255
    for left in (200, 214):
        grey[round((TOP + 7) * DPI / 72) : round((TOP + 17) * DPI / 72), left : left + 6] = level
    with_seal = grey.copy()
    with_seal[cell] -= 40
    figures = [(LEFT + 6, TOP + row * HEIGHT + 4, LEFT + 40, TOP + (row + 1) * HEIGHT - 4) for row in (1, 2, 3)]
    boxes = [tuple(side * DPI / 72 for side in figure) for figure in figures]
    box = (190.0, (TOP + 4) * DPI / 72, 230.0, (TOP + HEIGHT - 4) * DPI / 72)
    reader: Any = Dark()
    prepared = Prepared(
        np.asarray(grey, np.uint8), np.asarray(grey, np.uint8), DPI, (1, 0, 0, 0, 1, 0), stamped=with_seal
    )
    page = read_prepared(prepared, 1, [box, *boxes], reader)
    assert [line.text for line in page.lines if line.box[1] < TOP + HEIGHT] == read
    assert ("unread" in {remark.kind for remark in page.remarks}) == unread


@dataclass
class Dark:
    """Reads what is narrow as two digits, less surely the paler it is."""

    def recognise(self, images: Sequence[Grey]) -> list[Decoded]:
        return [
            Decoded("12.50", (0.1, 0.3, 0.5, 0.7, 0.9), (0.99,) * 5)
            if image.shape[1] > 60 and image.shape[0] < 60
            else Decoded("36", (0.3, 0.7), (0.99 if int(image.min()) < 70 else 0.3,) * 2)
            for image in images
        ]


def test_a_stroke_of_a_seal_beside_a_figure_is_no_second_figure_of_its_cell() -> None:
    """As long as a seal stood there: what is printed apart in a cell without one is read."""
    image = column()
    grey = cv2.cvtColor(np.maximum(image, 60), cv2.COLOR_RGB2GRAY)
    stroke = np.s_[round((TOP + 7) * DPI / 72) : round((TOP + 17) * DPI / 72), 310:316]
    grey[stroke] = 100
    with_seal = grey.copy()
    with_seal[stroke] = 60
    figure = ((LEFT + 6) * DPI / 72, (TOP + 4) * DPI / 72, (LEFT + 40) * DPI / 72, (TOP + HEIGHT - 4) * DPI / 72)
    reader: Any = Beside()
    for stamped, read in ((with_seal, ["12.50"]), (None, ["12.50", "1"])):
        prepared = Prepared(
            np.asarray(grey, np.uint8), np.asarray(grey, np.uint8), DPI, (1, 0, 0, 0, 1, 0), stamped=stamped
        )
        lines = read_prepared(prepared, 1, [figure], reader).lines
        assert [line.text for line in lines if line.box[1] < TOP + HEIGHT] == read


@dataclass
class Beside:
    """Reads what is wide as a figure, what is narrow as a lone sign."""

    def recognise(self, images: Sequence[Grey]) -> list[Decoded]:
        return [
            Decoded("12.50", (0.1, 0.3, 0.5, 0.7, 0.9), (0.99,) * 5)
            if image.shape[1] > 60
            else Decoded("1", (0.5,), (0.97,))
            for image in images
        ]


@pytest.mark.parametrize("printed", [True, False])
def test_a_wall_that_the_finder_left_out_between_rows_that_have_it_is_one_where_it_is_printed(
    reader: Engine, printed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As beside a figure that touches it."""
    image, wall = column(), (LEFT + RIGHT) / 2 + 10
    rows = [(TOP + row * HEIGHT, TOP + (row + 1) * HEIGHT) for row in range(len(FIGURES))]
    for top, bottom in rows if printed else rows[:2] + rows[3:]:
        ends = [(round(wall * DPI / 72), round(y * DPI / 72)) for y in (top, bottom)]
        cv2.line(image, *ends, (0, 0, 0), 2)
    frame = [Ruling(LEFT, y, RIGHT, y) for y in (rows[0][0], *(bottom for _, bottom in rows))]
    frame += [Ruling(x, TOP, x, rows[-1][1]) for x in (LEFT, RIGHT)]
    above, missing, below = (Ruling(wall, top, wall, bottom) for top, bottom in (rows[0], rows[2], rows[3]))
    found = (*frame, replace(above, y1=rows[1][1]), below)
    monkeypatch.setattr("recount.pipeline.ocr.page.find_rulings", lambda *_: found)
    prepared = prepare(image, DPI)
    page = read_prepared(prepared, 1, [], reader)
    assert page.rulings == ((*found, missing) if printed else found)


@dataclass
class Joined:
    """Reads a box by its width: a figure with words behind it, these, the figure."""

    words: str

    def recognise(self, images: Sequence[Grey]) -> list[Decoded]:
        widths = [one.shape[1] for one in images]
        read = ["12.50总计" if width > 230 else self.words if width > 110 else "12.50" for width in widths]
        return [Decoded(text, tuple(np.linspace(0.1, 0.9, len(text))), (0.99,) * len(text)) for text in read]


@pytest.mark.parametrize("behind", ["总计", ""])
def test_an_amount_and_the_words_behind_a_hidden_wall_that_were_seen_as_one_are_read_anew_each_in_its_cell(
    behind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall, ends, words = LEFT + 38, TOP + 3 * HEIGHT, Typeset()
    words.text(LEFT + 8, TOP + 3 * HEIGHT + 16, "12.50").text(wall + 4, TOP + 3 * HEIGHT + 16, "合计合计")
    frame = [Ruling(LEFT, TOP + row * HEIGHT, RIGHT, TOP + row * HEIGHT) for row in range(5)]
    frame += [Ruling(x, TOP, x, TOP + 4 * HEIGHT) for x in (LEFT, RIGHT)]
    monkeypatch.setattr("recount.pipeline.ocr.page.find_rulings", lambda *_: (*frame, Ruling(wall, TOP, wall, ends)))
    box = tuple(side * DPI / 72 for side in (LEFT + 6, ends + 4, RIGHT - 6, ends + HEIGHT - 4))
    reader: Any = Joined(behind)
    page = read_prepared(prepare(words.drawn(), DPI), 1, [box], reader)
    assert [(line.text, line.box[2] <= wall) for line in page.lines][:1] == [("12.50", True)]
    assert [line.text for line in page.lines if line.box[2] > wall] == ([behind] if behind else [])


@dataclass
class Low:
    """Reads what is low as digits, as surely as is said, and the rest as figures."""

    read: str
    score: float

    def recognise(self, images: Sequence[Grey]) -> list[Decoded]:
        figure = Decoded("12.50", (0.1, 0.3, 0.5, 0.7, 0.9), (0.99,) * 5)
        centres = tuple(np.linspace(0.4, 0.6, len(self.read)))
        speck = Decoded(self.read, centres, (self.score,) * len(self.read))
        return [speck if image.shape[0] < 20 else figure for image in images]


@pytest.mark.parametrize(("read", "score", "left"), [("1", 0.9, 3), ("25", 0.9, 3), ("1", 0.99, 4), ("无", 0.9, 4)])
def test_what_is_half_as_tall_as_other_lines_and_not_surely_digits_is_a_speck(
    read: str, score: float, left: int
) -> None:
    image = column()
    rows = [(TOP + row * HEIGHT + 4, TOP + (row + 1) * HEIGHT - 4) for row in range(4)]
    rows[1] = rows[1][0] + 5, rows[1][0] + 10.5  # low
    boxes = [tuple(side * DPI / 72 for side in (LEFT + 6, top, LEFT + 40, bottom)) for top, bottom in rows]
    prepared = prepare(image, DPI)
    reader: Any = Low(read, score)
    lines = read_prepared(prepared, 1, boxes, reader).lines
    assert len(lines) == left
