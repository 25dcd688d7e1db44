"""Scans end to end: what a page says, where, and in which cell, whatever was done to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from recount.pipeline.document import Box, Page, Pages, Remark
from recount.pipeline.errors import DocumentError, NoPages
from recount.pipeline.ocr.image.prepare import prepare
from recount.pipeline.ocr.network.engine import Engine
from recount.pipeline.ocr.page import read_prepared
from recount.pipeline.ocr.reader import fill_scanned, is_image, read_images
from recount.pipeline.ocr.text.lines import crop_of
from recount.pipeline.read import read_pdf
from recount.pipeline.split.lattice import page_grids
from recount.pipeline.structure import splits_of
from recount.schemas.saying import say
from recount.tests.pipeline.ocr.scans import HEAD, HEIGHT, ROWS, TOP, XS, Image, Typeset, as_pdf, png, skewed, speckled

pytestmark = pytest.mark.usefixtures("reader")


def cells(page: Page) -> list[tuple[str, ...]]:
    """The only table of a page, row by row."""
    [table] = page_grids(page).tables
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        text = "".join(line.text for line in cell.fragments)
        rows.setdefault(cell.row, []).append("".join(text.split()))
    return [tuple(rows[index]) for index in sorted(rows)]


def scanned(path: Path) -> Pages:
    pages, _ = fill_scanned(read_pdf(path), path)
    return pages


WANTED = [HEAD, *ROWS]


@pytest.mark.parametrize("degrees", [0.0, 0.9, -1.4])
def test_a_table_is_read_cell_by_cell_also_askew_and_speckled(tmp_path: Path, degrees: float) -> None:
    path = as_pdf(tmp_path / "a.pdf", speckled(skewed(Typeset().table().drawn(), degrees)))
    pages = scanned(path)
    assert cells(pages.pages[0]) == WANTED
    assert pages.ocr is not None
    assert "openvino" in pages.ocr
    assert pages.pages[0].origin == "ocr"


def test_lines_that_are_hidden_in_one_row_are_known_from_the_next(tmp_path: Path) -> None:
    image = Typeset().table().drawn()
    unit = 200 / 72
    for x in XS[1:3]:  # as under the rim of a seal
        y = TOP + 2 * HEIGHT
        image[round((y + 1) * unit) : round((y + HEIGHT - 1) * unit), round((x - 2) * unit) : round((x + 2) * unit)] = (
            255
        )
    assert cells(scanned(as_pdf(tmp_path / "a.pdf", image)).pages[0]) == WANTED


@pytest.mark.parametrize("is_sealed", [True, False])
def test_a_line_between_words_is_known_where_a_seal_hides_it(tmp_path: Path, is_sealed: bool) -> None:
    image = Typeset().table().drawn()
    unit = 200 / 72
    x, y, radius = round(XS[2] * unit), round((TOP + HEIGHT / 2) * unit), round(58 * unit)
    image[y - round((HEIGHT / 2 - 1) * unit) : y + round((HEIGHT / 2 - 1) * unit), x - 5 : x + 5] = 255
    if is_sealed:
        seal = np.full_like(image, 255)
        cv2.circle(seal, (x - radius, y), radius, (205, 45, 55), round(4 * unit))
        image = np.minimum(image, seal)
    assert (cells(scanned(as_pdf(tmp_path / "a.pdf", image)).pages[0])[0] == HEAD) is is_sealed


@pytest.mark.parametrize(("left", "is_known"), [(0.7, True), (0.0, False)])
def test_a_line_that_is_whole_with_the_seal_and_in_pieces_without_it_is_one(
    reader: Engine, left: float, is_known: bool
) -> None:
    """Without any ink where the seal was, it is the seal's own stroke."""
    drawn = Typeset()
    for y in (60.0, 100.0, 140.0, 180.0):
        drawn.page.draw_line((40, y), (300, y), width=0.7)
    for x in (40.0, 170.0, 300.0):
        drawn.page.draw_line((x, 60), (x, 180), width=0.7)
    prepared = prepare(drawn.drawn(), 200)
    x, top, bottom = round(170 * 200 / 72), round(101 * 200 / 72), round(139 * 200 / 72)
    torn = prepared.image.copy()
    for y in range(top, bottom, 10):
        torn[y + round(10 * left) : y + 10, x - 4 : x + 5] = torn[20, 20]
        torn[y : y + 3, x + 4 : x + 9] = 60  # what is left of the seal beside it
    page = read_prepared(replace(prepared, image=torn, plain=torn, stamped=prepared.image), 1, [], reader)
    assert (len(page_grids(page).tables[0].cells) == 6) is is_known


def test_every_character_has_its_box_and_the_line_its_confidence(tmp_path: Path) -> None:
    path = as_pdf(tmp_path / "a.pdf", Typeset().text(60, 100, "本年收入合计1,372.79万元").drawn())
    [line] = scanned(path).pages[0].lines
    assert line.text == "本年收入合计1,372.79万元"
    assert len(line.boxes) == len(line.text)
    assert line.box[0] == pytest.approx(60, abs=3)
    assert line.boxes[6][0] == pytest.approx(60 + 6 * 10.5, abs=4)  # the first digit
    assert line.confidence is not None
    assert line.confidence > 0.9


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_scanned_sideways_or_upside_down_is_turned(tmp_path: Path, quarters: int) -> None:
    image = np.ascontiguousarray(np.rot90(Typeset().table().drawn(), quarters))
    height, width = image.shape[:2]
    path = as_pdf(tmp_path / "a.pdf", image, width=width * 0.36, height=height * 0.36)
    pages, scans = fill_scanned(read_pdf(path), path)
    assert cells(pages.pages[0]) == WANTED
    figure = next(line for line in pages.pages[0].lines if line.text == "1,955.06")
    page, shown = scans.place(1, figure.box)
    assert page == 1
    # The same figure on the upright page, turned as the page was.
    x, y = XY
    turned = {1: (y, 420 - x), 2: (420 - x, 300 - y), 3: (300 - y, x)}[quarters]
    assert ((shown[0] + shown[2]) / 2, (shown[1] + shown[3]) / 2) == pytest.approx(turned, abs=4)


XY = (197.0, 93.0)
"""About the middle of 1,955.06 on the typeset page."""


def test_the_rotation_of_a_pdf_page_is_applied(tmp_path: Path) -> None:
    image = np.ascontiguousarray(np.rot90(Typeset().table().drawn(), 1))
    path = as_pdf(tmp_path / "a.pdf", image, width=300, height=420, rotation=90)
    assert cells(scanned(path).pages[0]) == WANTED


def test_a_spread_is_two_pages_in_reading_order(tmp_path: Path) -> None:
    spread = Typeset(width=840, height=594)
    for side, words in ((40.0, "左"), (460.0, "右")):
        for index in range(6):
            spread.text(side, 80 + 40 * index, f"{words}页第{index + 1}行收入支出决算情况说明")
    path = as_pdf(tmp_path / "a.pdf", spread.drawn(150), Typeset().table().drawn(), width=840, height=594)
    pages, scans = fill_scanned(read_pdf(path), path)
    assert [page.number for page in pages.pages] == [1, 2, 3]
    assert [page.lines[0].text[0] for page in pages.pages[:2]] == ["左", "右"]
    assert [scans.place(page.number, (10, 10, 20, 20))[0] for page in pages.pages] == [1, 1, 2]
    assert scans.place(2, pages.pages[1].lines[0].box)[1][0] == pytest.approx(460, abs=5)


def test_in_a_mixed_file_only_the_scanned_pages_are_read(tmp_path: Path) -> None:
    mixed = Typeset().text(60, 100, "收入支出决算总表及其他文字说明十二个字以上")
    page = mixed.document.new_page(width=420, height=300)
    page.insert_image(page.rect, stream=png(Typeset().table().drawn()))
    mixed.document.save(tmp_path / "a.pdf")
    pages, scans = fill_scanned(read_pdf(tmp_path / "a.pdf"), tmp_path / "a.pdf")
    assert [page.origin for page in pages.pages] == ["text", "ocr"]
    assert scans.scanned_among(scans.frames) == (2,)


def test_of_some_pages_only_those_are_read(tmp_path: Path) -> None:
    pictures = [Typeset().text(60, 100, f"{words}决算表", 14).drawn() for words in ("收入", "支出")]
    path = as_pdf(tmp_path / "a.pdf", *pictures)
    pages, scans = fill_scanned(read_pdf(path), path, only={2})
    assert [page.readable for page in pages.pages] == [False, True]
    assert scans.scanned_among(scans.frames) == (2,)
    assert [report.document.unreadable for report in splits_of(path, only={2})] == [(1,)]
    (tmp_path / "images").mkdir()
    for number, picture in enumerate(pictures):
        (tmp_path / "images" / f"{number}.png").write_bytes(png(picture))
    pages, scans = read_images(tmp_path / "images", only={2})
    assert ([page.number for page in pages.pages], scans.scanned_among(scans.frames)) == ([1], (2,))


def test_never_leaves_scans_unread(tmp_path: Path) -> None:
    path = as_pdf(tmp_path / "a.pdf", Typeset().table().drawn())
    pages, scans = fill_scanned(read_pdf(path), path, "never")
    assert not pages.pages[0].readable
    assert pages.ocr is None
    assert not scans.frames


def test_always_reads_digital_pages_from_their_picture(tmp_path: Path) -> None:
    typeset = Typeset().table()
    typeset.document.save(tmp_path / "a.pdf")
    pages, _ = fill_scanned(read_pdf(tmp_path / "a.pdf"), tmp_path / "a.pdf", "always")
    assert pages.pages[0].origin == "ocr"
    assert cells(pages.pages[0]) == WANTED


def as_file(image: Image, path: Path) -> Path:
    from PIL import Image as Pillow

    Pillow.fromarray(image).save(path, dpi=(200, 200))
    return path


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
def test_image_files_are_read(tmp_path: Path, name: str) -> None:
    path = as_file(Typeset().table().drawn(), tmp_path / name)
    assert is_image(path)
    pages, _ = read_images(path)
    assert cells(pages.pages[0]) == WANTED
    assert pages.pages[0].width == pytest.approx(420, abs=2)


def test_a_fax_of_several_pages_is_read(tmp_path: Path) -> None:
    from PIL import Image as Pillow

    words = ("收入决算表", "支出决算表")
    fax = [Pillow.fromarray(Typeset().text(60, 100, each, 14).drawn()).convert("1") for each in words]
    fax[0].save(tmp_path / "a.tiff", save_all=True, append_images=fax[1:], compression="group4", dpi=(200, 200))
    pages, _ = read_images(tmp_path / "a.tiff")
    assert [page.lines[0].text for page in pages.pages] == list(words)


def test_the_images_of_a_folder_are_read_in_the_order_people_count(tmp_path: Path) -> None:
    for number in (10, 2, 1):
        cv2.imwrite(str(tmp_path / f"p{number}.png"), Typeset().text(60, 100, f"第{number}页决算").drawn())
    pages, scans = read_images(tmp_path)
    assert [page.lines[0].text for page in pages.pages] == ["第1页决算", "第2页决算", "第10页决算"]
    assert scans.scanned_among(scans.frames) == (1, 2, 3)


def test_what_is_no_image_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no image at all")
    with pytest.raises(DocumentError, match=r"a\.png"):
        read_images(tmp_path / "a.png")
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoPages):
        read_images(tmp_path / "empty")


def test_the_other_engine_reads_the_same(reader: Engine) -> None:
    image = cv2.cvtColor(Typeset().text(60, 100, "本年支出合计1,363.45万元").drawn(), cv2.COLOR_RGB2GRAY)
    from recount.pipeline.ocr.network.engine import engine

    other = engine("onnxruntime")
    assert reader.name != other.name
    for one in (reader, other):
        [line] = one.recognise([crop_of(image, box) for box in one.detect(image)])
        assert line.text == "本年支出合计1,363.45万元"


def test_what_was_said_of_a_page_is_said_of_its_scan(tmp_path: Path) -> None:
    """A page that is not believed is read from its picture; what a reader sees beside its figures stays true."""
    path = tmp_path / "page.pdf"
    Typeset().table().document.save(path)
    box = (10.0, 10.0, 60.0, 30.0)
    told = Remark("struck out", 1, box, say("struck_by_line"), touches=True, disputes=True)
    pages = Pages((Page(1, 420.0, 300.0, (), (), readable=False, remarks=(told,)),))
    [page] = fill_scanned(pages, path)[0].pages
    assert page.readable
    assert page.remarks == (told,)


def test_a_blank_page_is_a_page_without_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = as_pdf(tmp_path / "a.pdf", Typeset().drawn(), Typeset().table().drawn())
    seen: list[int] = []
    detect = Engine.detect

    def counted(self: Engine, image: Image) -> list[Box]:
        seen.append(1)
        return detect(self, image)

    monkeypatch.setattr(Engine, "detect", counted)
    pages, scans = fill_scanned(read_pdf(path), path)
    assert [(page.number, page.origin, bool(page.lines)) for page in pages.pages] == [
        (1, "ocr", False),
        (2, "ocr", True),
    ]
    assert (pages.pages[0].width, pages.pages[0].height) == pytest.approx((420, 300), abs=0.5)
    assert scans.place(1, (10, 20, 30, 40)) == (1, pytest.approx((10, 20, 30, 40)))
    assert len(seen) == 1
