"""Pages as pictures: the right ones, of the right size, of every kind of file; and of a text its lines."""

from __future__ import annotations

import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from recount.desk.pages import Book, Shot, around, kind_of_file, opened
from recount.pipeline.archive.files import hash_of
from recount.pipeline.archive.sources import Source, find_sources
from recount.pipeline.errors import DocumentError, SourceUnreachable
from recount.tests.desk import made


def picture(shot: Shot) -> np.ndarray:
    return np.asarray(cv2.imdecode(np.frombuffer(shot.content, np.uint8), cv2.IMREAD_GRAYSCALE))


def blots(path: Path) -> Path:
    """A PDF of two pages; on the second a black square at (100, 200), 50 points wide."""
    with made.mupdf.open() as document:
        document.new_page(width=300, height=400)
        document.new_page(width=400, height=300).draw_rect((100, 200, 150, 250), fill=(0, 0, 0))
        document.save(path)
    return path


def test_a_page_is_drawn_in_its_own_size_at_the_resolution_that_is_asked_for(tmp_path: Path) -> None:
    with opened(Source(blots(tmp_path / "a.pdf"), "a.pdf")) as book:
        assert [tuple(sheet) for sheet in book.sheets] == [(300, 400), (400, 300)]
        shot = book.picture(2, 144)
        assert (shot.kind, picture(shot).shape) == ("png", (600, 800))
        assert picture(shot)[420:480, 210:290].max() == 0
        assert kind_of_file(book) == "application/pdf"


def test_colour_stays_where_there_is_any(tmp_path: Path) -> None:
    with made.mupdf.open() as document:
        document.new_page(width=100, height=100).draw_rect((10, 10, 90, 90), fill=(1, 0, 0))
        document.save(tmp_path / "a.pdf")
    with opened(Source(tmp_path / "a.pdf", "a.pdf")) as book:
        shown = cv2.imdecode(np.frombuffer(book.picture(1, 72).content, np.uint8), cv2.IMREAD_UNCHANGED)
        assert shown is not None
        assert list(shown[50, 50]) == [0, 0, 255]


def test_a_crop_shows_what_lies_around_a_figure_and_no_more_than_the_page(tmp_path: Path) -> None:
    with opened(Source(blots(tmp_path / "a.pdf"), "a.pdf")) as book:
        box = (100.0, 200.0, 150.0, 250.0)
        x0, y0, x1, y1 = around(box)
        assert (x0, x1) == (-50, 300)
        shown = picture(book.crop(2, box, 72))
        assert shown.shape == (y1 - y0, 300)
        assert shown[30:70, 105:145].max() == 0


def test_an_image_file_and_a_folder_of_them_have_their_pages_in_points(tmp_path: Path) -> None:
    first, second = Image.new("L", (1000, 500), 255), Image.new("L", (400, 800), 255)
    first.paste(0, (100, 200, 300, 300))
    first.save(tmp_path / "a.tif", save_all=True, append_images=[second], dpi=(200, 200))
    with opened(Source(tmp_path / "a.tif", "a.tif")) as book:
        assert [tuple(sheet) for sheet in book.sheets] == [(360, 180), (144, 288)]
        shown = picture(book.picture(1, 100))
        assert shown.shape == (250, 500)
        assert shown[105:145, 55:145].max() < 40
        assert picture(book.picture(2, 100)).min() > 200
        assert kind_of_file(book) == "image/tiff"
    folder = made.as_pictures(made.plain(), tmp_path / "pages")
    with opened(Source(folder, "pages")) as book:
        assert len(book.sheets) == 2


def test_a_member_of_a_zip_archive_is_opened_as_itself(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
        packed.write(blots(tmp_path / "a.pdf"), "deep/a.pdf")
    (source,) = find_sources([tmp_path / "all.zip"]).sources
    with opened(source, hash_of(tmp_path / "a.pdf")) as book:
        assert len(book.sheets) == 2


def test_a_text_has_lines_as_results_count_them_and_no_picture(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("﻿一\r\n二 12.50\r三\n四".encode())
    with opened(Source(tmp_path / "a.txt", "a.txt")) as book:
        assert list(book.lines) == ["一", "二 12.50", "三", "四"]
        assert kind_of_file(book) == "text/plain; charset=utf-8"
        with pytest.raises(DocumentError):
            book.picture(1, 100)


@pytest.mark.parametrize(
    ("number", "box"), [(0, None), (3, None), (1, (400.0, 0.0, 500.0, 9.0)), (1, (5.0, 5.0, 5.0, 9.0))]
)
def test_where_there_is_no_page_there_is_no_picture(
    tmp_path: Path, number: int, box: tuple[float, float, float, float] | None
) -> None:
    with opened(Source(blots(tmp_path / "a.pdf"), "a.pdf")) as book, pytest.raises(DocumentError):
        book.picture(number, 100, box)


def test_no_picture_is_larger_than_memory_allows(tmp_path: Path) -> None:
    with made.mupdf.open() as document:
        document.new_page(width=14_000, height=14_000)
        document.save(tmp_path / "a.pdf")
    with opened(Source(tmp_path / "a.pdf", "a.pdf")) as book:
        assert picture(book.picture(1, 400)).size <= 31_000_000


def test_another_file_than_the_result_was_made_of_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreachable, match="changed"), opened(Source(blots(tmp_path / "a.pdf"), "a.pdf"), "0"):
        raise AssertionError("it was opened")


def test_a_file_that_changes_while_it_is_looked_at_troubles_nobody(tmp_path: Path) -> None:
    path = blots(tmp_path / "a.pdf")
    with opened(Source(path, "a.pdf")) as book:
        path.write_bytes(b"another")
        assert book.picture(1, 72).content


def test_a_file_that_is_none_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7 none")
    with pytest.raises(DocumentError, match="cannot be drawn"), opened(Source(tmp_path / "a.pdf", "a.pdf")):
        raise AssertionError("it was opened")


def test_a_page_with_a_picture_is_as_small_as_jpeg_makes_it() -> None:
    def draw(number: int, dpi: float, box: object) -> Shot:
        return Shot("jpeg", f"{number} {dpi:.0f} {box}".encode())

    from recount.desk.pages import Sheet

    book = Book(Path("x"), [Sheet(100, 100)], draw)
    assert book.picture(1, 50).content == b"1 50 (0.0, 0.0, 100, 100)"
