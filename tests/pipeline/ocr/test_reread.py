"""A figure is looked at again."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from recount.pipeline.document import Ruling, Token
from recount.pipeline.ocr import reread
from recount.pipeline.ocr.image import images
from recount.pipeline.ocr.image.frame import Frame
from recount.pipeline.ocr.image.images import Picture
from recount.pipeline.ocr.network.engine import Engine
from recount.pipeline.ocr.reader import Scans, fill_scanned
from recount.pipeline.ocr.reread import FIGURE_SIGNS, ScanRereader, SecondReading, crop, forget, second_readings
from recount.pipeline.read import read_pdf
from recount.tests.pipeline.ocr.scans import Typeset, as_pdf, skewed

pytestmark = pytest.mark.usefixtures("reader")


def test_a_figure_is_read_again_from_its_crop(tmp_path: Path, reader: Engine) -> None:
    path = as_pdf(tmp_path / "a.pdf", skewed(Typeset().table().drawn(), 1.2))
    pages, scans = fill_scanned(read_pdf(path), path)
    line = next(line for line in pages.pages[0].lines if line.text == "1,844.31")
    image = crop(scans, 1, line.box)
    assert image is not None
    forget()  # it is the same, whether the picture was kept or is taken out of the file again
    again = crop(scans, 1, line.box)
    assert again is not None
    assert np.array_equal(image, again)
    best = second_readings([image], FIGURE_SIGNS, reader)[0][0]
    assert best.text == "1,844.31"
    assert best.support >= 5
    assert best.score > 0.9


def test_what_few_preparations_say_where_most_agree_is_a_slip_of_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for its points, which most of them lose."""
    said = (("40.01", 5), ("46.01", 2), ("10.01", 1), ("4001", 1), ("41.01", 0))
    ranked = tuple(SecondReading(text, support, 0.5) for text, support in said)
    monkeypatch.setattr(reread, "second_readings", lambda *_: [ranked])
    monkeypatch.setattr(ScanRereader, "_crops", lambda *_, **__: {0: np.zeros((9, 9), np.uint8)})
    token = Token(0, "40.01", Decimal("40.01"), 2, None, 1, (0, 0, 9, 9), "ocr", 0.9)
    [readings] = ScanRereader(Scans(Path("a.pdf"), {})).readings([token])
    assert readings == ("40.01", "46.01", "4001")


def test_a_page_that_was_not_scanned_has_no_crop(tmp_path: Path) -> None:
    path = as_pdf(tmp_path / "a.pdf", Typeset().table().drawn())
    _, scans = fill_scanned(read_pdf(path), path, "never")
    assert crop(scans, 1, (10, 10, 50, 20)) is None


def test_each_page_is_opened_once_and_the_readings_keep_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = [Typeset().text(60, 100, "363.45").drawn(), Typeset().text(60, 100, "78.20").drawn()]
    path = as_pdf(tmp_path / "a.pdf", *drawn)
    whole = (0.0, 1.0)
    frames = {page: Frame(page, 0, whole, (420.0, 300.0), (1, 0, 0, 0, 1, 0)) for page in (1, 2)}
    box = (58.0, 90.0, 100.0, 104.0)
    opened: list[int] = []
    picture = reread._picture

    def counted(path: Path, page: int) -> Picture:
        opened.append(page)
        return picture(path, page)

    monkeypatch.setattr(reread, "_picture", counted)
    tokens = [Token(at, "", Decimal(0), 0, None, page, box, "ocr") for at, page in enumerate((2, 1, 2, 1))]
    rereader = ScanRereader(Scans(path, frames))
    assert rereader.again(tokens) == ["78.20", "363.45", "78.20", "363.45"]
    assert [readings[0] for readings in rereader.readings(tokens)] == ["78.20", "363.45", "78.20", "363.45"]
    assert opened == [1, 2]
    forget()
    rereader.again(tokens[:1])
    assert opened == [1, 2, 2]
    forget()


def test_the_ruling_lines_of_its_cell_are_no_digits(tmp_path: Path) -> None:
    typeset = Typeset().text(60, 100, "15.0")
    sides = (58.8, 83.2)
    for x in sides:
        typeset.page.draw_line((x, 80), (x, 120), width=0.7)
    path = as_pdf(tmp_path / "a.pdf", typeset.text(87, 100, "7").drawn())
    frames = {1: Frame(1, 0, (0.0, 1.0), (420.0, 300.0), (1, 0, 0, 0, 1, 0))}
    token = Token(0, "", Decimal(0), 0, None, 1, (59.4, 91.0, 82.0, 103.6), "ocr")
    rulings = {1: [Ruling(x, 80, x, 120) for x in sides]}
    rereader = ScanRereader(Scans(path, frames, rulings=rulings))
    assert [rereader.again([token], beside) for beside in (0.0, 0.8)] == [["15.0"], ["15.0"]]
    unruled = ScanRereader(Scans(path, frames, rulings={1: [Ruling(70, 95, 70, 99), Ruling(58.8, 102, 58.8, 120)]}))
    assert unruled.again([token]) != ["15.0"], "lines within the figure, or beside less than half of it, are no sides"
    forget()


def test_a_picture_is_taken_out_of_the_file_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    whole = images.picture_of_page

    def counted(page: Any) -> Picture:
        taken.append(page.number)
        return whole(page)

    for module in (images, reread):
        monkeypatch.setattr(module, "picture_of_page", counted)
    path = as_pdf(tmp_path / "a.pdf", *[Typeset().text(60, 100, text).drawn() for text in ("363.45", "78.20")])
    _, scans = fill_scanned(read_pdf(path), path)
    tokens = [Token(at, "", Decimal(0), 0, None, at + 1, (58.0, 90.0, 100.0, 104.0), "ocr") for at in (0, 1)]
    assert ScanRereader(scans).again(tokens) == ["363.45", "78.20"]
    assert taken == [0, 1]
    reread._kept.clear()  # as at the end of a report
    as_pdf(path, Typeset().text(60, 100, "1.00").drawn())  # another file of the same name
    _, scans = fill_scanned(read_pdf(path), path)
    assert ScanRereader(scans).again(tokens[:1]) == ["1.00"]
    forget()
    assert ScanRereader(scans).again(tokens[:1]) == ["1.00"]
    assert taken == [0, 1, 0, 0]


def test_pictures_are_kept_as_far_as_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forget()
    monkeypatch.setattr(images, "_MOST_KEPT", 100)
    picture = Picture(np.zeros((8, 8), np.uint8), 200, 8, 8)
    for page in (1, 2):
        images.keep(tmp_path, page, picture)
    assert images.kept_picture(tmp_path, 1) is picture
    assert images.kept_picture(tmp_path, 2) is None
    forget()
    assert images.kept_picture(tmp_path, 1) is None


def test_what_a_seal_lies_on_is_read_without_it_as_well(reader: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """One form more, and that without specks: what is read where no seal lies is paid for as before."""
    colours = np.full((40, 120, 3), 255, np.uint8)
    colours[10:30, 20:100] = (200, 60, 70)
    lifted = np.full((40, 120), 255, np.uint8)
    shown: list[int] = []

    def counted(images: Any, _: Any) -> list[list[Any]]:
        shown.append(len(images))
        return [[] for _ in images]

    own = Engine(reader.name, reader.loaded)
    monkeypatch.setattr(Engine, "alternatives", lambda _, images, allowed: counted(images, allowed))
    for below in (None, [lifted], [np.ascontiguousarray(colours[:, :, 0])]):
        second_readings([colours], FIGURE_SIGNS, own, below)
    assert shown == [9, 11, 9]


def test_a_crop_may_be_of_what_is_below_a_seal(tmp_path: Path) -> None:
    """It is in one channel then, and of its own picture: the other is kept as it is."""
    image = Typeset().text(60, 100, "363.45").drawn()
    cv2.circle(image, (420, 280), 150, (205, 45, 55), 12)
    path = as_pdf(tmp_path / "a.pdf", image)
    scans = Scans(path, {1: Frame(1, 0, (0.0, 1.0), (420.0, 300.0), (1, 0, 0, 0, 1, 0))})
    rim = 198.0, 90.0, 212.0, 110.0
    seen, below, again = (crop(scans, 1, rim, below=is_below) for is_below in (False, True, False))
    assert seen is not None
    assert below is not None
    assert below.ndim == 2
    assert (below < 220).mean() < 0.4 * (seen[:, :, 0] < 220).mean()  # at its edges a shade is left
    assert np.array_equal(seen, again)
