"""Reading PDF files: what opens, what is said of what does not, and where the characters stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pymupdf
import pytest

from recount.eval.cases import GOLD
from recount.pipeline.errors import Encrypted, NoPages, NotAPdf
from recount.pipeline.read import read_pdf
from recount.tests.pipeline.helpers import raw_pdf
from recount.tests.samples import FOLDER, SAMPLES, of_sample
from recount.tests.twins import TWINS, file_of


def new_page(width: float = 400, height: float = 600) -> tuple[Any, Any]:
    document = pymupdf.open()
    return document, document.new_page(width=width, height=height)


def saved(document: Any, path: Path, **options: Any) -> Path:
    document.save(path, **options)
    return path


SAME_CODES = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Same def"
    b" 1 begincodespacerange <0000> <FFFF> endcodespacerange"
    b" 1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end"
)
"""A ToUnicode map in which every code is its own character."""


def texts(path: Path, page: int = 0) -> list[str]:
    return [line.text for line in read_pdf(path).pages[page].lines]


def test_lines_have_a_box_for_each_character(tmp_path: Path) -> None:
    document, page = new_page()
    page.insert_text((50, 100), "  收入总计 1,955.06  ", fontname="china-s")
    [line] = read_pdf(saved(document, tmp_path / "a.pdf")).pages[0].lines
    assert line.text == "收入总计 1,955.06"
    assert len(line.text) == len(line.boxes)
    assert line.box[0] == pytest.approx(line.boxes[0][0])
    assert line.boxes[0][0] > 50  # the leading spaces are gone
    assert line.confidence is None


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_coordinates_are_as_displayed(tmp_path: Path, rotation: int) -> None:
    """A landscape table on a turned portrait page: text that reads level on the screen is read."""
    document, page = new_page()
    page.set_rotation(rotation)
    point = pymupdf.Point(30, 40) * page.derotation_matrix
    page.insert_text(point, "123", rotate=rotation)
    shape = page.new_shape()
    shape.draw_line(pymupdf.Point(20, 50) * page.derotation_matrix, pymupdf.Point(220, 50) * page.derotation_matrix)
    shape.finish()
    shape.commit()
    result = read_pdf(saved(document, tmp_path / "a.pdf")).pages[0]
    [line], [ruling] = result.lines, result.rulings
    assert (result.width, result.height) == ((400, 600) if rotation == 180 else (600, 400))
    assert line.text == "123"
    assert line.boxes[0][0] == pytest.approx(30, abs=0.5)
    assert line.boxes[0][0] < line.boxes[1][0] < line.boxes[2][0]
    assert line.box[1] < 40 < line.box[3]
    assert (ruling.x0, ruling.y0, ruling.x1, ruling.y1) == pytest.approx((20, 50, 220, 50))


def test_the_crop_box_is_the_page(tmp_path: Path) -> None:
    document, page = new_page()
    page.insert_text((150, 100), "123")
    page.insert_text((10, 10), "999")
    page.draw_line((120, 110), (300, 110))
    page.set_cropbox(pymupdf.Rect(100, 50, 400, 600))
    result = read_pdf(saved(document, tmp_path / "a.pdf")).pages[0]
    assert (result.width, result.height) == (300, 550)
    [line], [ruling] = result.lines, result.rulings
    assert line.box[0] == pytest.approx(50, abs=0.5)
    assert (ruling.x0, ruling.y0) == pytest.approx((20, 60))


def test_what_nobody_reads_on_the_page_is_left_out(tmp_path: Path) -> None:
    document, page = new_page()
    page.insert_text((50, 100), "visible 1")
    page.insert_text((50, 150), "hidden 2", render_mode=3)
    page.insert_text((50, 200), "transparent 3", fill_opacity=0)
    page.insert_text((200, 300), "watermark 4", morph=(pymupdf.Point(200, 300), pymupdf.Matrix(45)))
    page.insert_text((200, 500), "upright 5", rotate=90)
    page.insert_text((900, 500), "off the page 6")
    assert texts(saved(document, tmp_path / "a.pdf")) == ["visible 1"]


def test_text_drawn_twice_for_bold_counts_once(tmp_path: Path) -> None:
    document, page = new_page()
    for x in (50, 50, 50.3, 150):
        page.insert_text((x, 100), "1,955.06")
    assert texts(saved(document, tmp_path / "a.pdf")) == ["1,955.06", "1,955.06"]


def saying(words: str, printed: str, said: str, path: Path) -> Path:
    """A page of words on which the glyph of one character says others."""
    document, page = new_page()
    page.insert_htmlbox((50, 50, 350, 100), words)
    document = pymupdf.open("pdf", document.tobytes())
    glyph = pymupdf.Font("cjk").has_glyph(ord(printed))
    codes = said.encode("utf-16-be").hex().encode()
    for xref in range(1, document.xref_length()):
        if document.xref_is_stream(xref) and b"endcmap" in (content := document.xref_stream(xref)):
            map_of_it = b"1 beginbfchar\n<%04x> <%s>\nendbfchar\nendcmap" % (glyph, codes)
            document.update_stream(xref, content.replace(b"endcmap", map_of_it))
    return saved(document, path)


@pytest.mark.parametrize("said", ["年年", "⽉月"])
def test_a_glyph_that_says_an_ideograph_twice_says_it_once(said: str, tmp_path: Path) -> None:
    path = saying("收入年度决算", "年", said, tmp_path / "a.pdf")
    [line] = read_pdf(path).pages[0].lines
    assert line.text == f"收入{said[0]}度决算"
    assert len(line.boxes) == len(line.text)


def test_a_glyph_that_says_a_digit_twice_makes_no_number(tmp_path: Path) -> None:
    assert texts(saying("收入年度决算数", "年", "77", tmp_path / "a.pdf")) == ["收入7\ufffd度决算数"]


@pytest.mark.parametrize(
    ("drawn", "read"),
    [
        ("增加\xad38.20", "增加\xad38.20"),
        ("增加\xad 38.20", "增加\xad 38.20"),
        ("2021\xad2022", "2021\xad2022"),
        ("支出总计增加\xad", "支出总计增加\xad"),
        ("ac\xadcount", "account"),
        ("总收\xad入情况", "总收入情况"),
        ("收\ufe00入", "收入"),  # a variation selector
    ],
)
def test_a_soft_hyphen_stays_where_it_is_a_minus(drawn: str, read: str, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    show = b"BT /F1 12 Tf 50 250 Td <%s> Tj ET" % drawn.encode("utf-16-be").hex().encode()
    path.write_bytes(
        raw_pdf(
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
            b"<</Length %d>>stream\n%s\nendstream" % (len(show), show),
            b"<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 8 0 R>>",
            b"<</Type/Font/Subtype/CIDFontType0/BaseFont/SimSun/FontDescriptor 7 0 R/DW 600"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
            b"<</Type/FontDescriptor/FontName/SimSun/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 900"
            b"/Descent -200/CapHeight 700/StemV 80>>",
            b"<</Length %d>>stream\n%s\nendstream" % (len(SAME_CODES), SAME_CODES),
        )
    )
    assert texts(path) == [read]


def test_a_glyph_without_a_character_is_no_digit(tmp_path: Path) -> None:
    """MuPDF would pass the glyph number off as a character if it were asked to."""
    document, page = new_page()
    page.insert_text((50, 100), "12")
    font = page.get_fonts()[0][0]
    document.xref_set_key(font, "Encoding", "<</Type/Encoding/Differences[49/g001/g002]>>")
    result = read_pdf(saved(document, tmp_path / "a.pdf")).pages[0]
    assert not result.readable
    assert result.lines == ()


def test_a_rotated_page_keeps_its_pictures_apart_from_its_text(tmp_path: Path) -> None:
    document, page = new_page()
    page.insert_image(page.rect, pixmap=pymupdf.Pixmap(pymupdf.csGRAY, (0, 0, 40, 60)))
    page.set_rotation(90)
    assert not read_pdf(saved(document, tmp_path / "a.pdf")).pages[0].readable


def test_vertical_writing_is_read_character_by_character(tmp_path: Path) -> None:
    """Narrow label cells are set so."""
    path = tmp_path / "a.pdf"
    show = b"BT /F1 12 Tf 50 250 Td <5E745EA6> Tj ET"
    path.write_bytes(
        raw_pdf(
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
            b"<</Length %d>>stream\n%s\nendstream" % (len(show), show),
            b"<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/UniGB-UCS2-V/DescendantFonts[6 0 R]>>",
            b"<</Type/Font/Subtype/CIDFontType0/BaseFont/SimSun/FontDescriptor 7 0 R"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>>>",
            b"<</Type/FontDescriptor/FontName/SimSun/Flags 4/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 800"
            b"/Descent -200/CapHeight 700/StemV 80>>",
        )
    )
    upper, lower = read_pdf(path).pages[0].lines
    assert (upper.text, lower.text) == ("年", "度")
    assert upper.box[3] <= lower.box[1] + 0.1


class TestFilesThatCannotBeRead:
    def test_an_empty_file(self, tmp_path: Path) -> None:
        path = tmp_path / "empty.pdf"
        path.touch()
        with pytest.raises(NotAPdf, match=r"^empty\.pdf is empty\.$"):
            read_pdf(path)

    def test_another_format(self, tmp_path: Path) -> None:
        path = tmp_path / "letter.pdf"
        path.write_bytes(b"PK\x03\x04 a word document")
        with pytest.raises(NotAPdf, match=r"^letter\.pdf is not a PDF file\.$"):
            read_pdf(path)

    def test_a_header_alone(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        path = tmp_path / "cut.pdf"
        path.write_bytes(b"%PDF-1.7\n1 0 obj\n<<")
        with pytest.raises(NotAPdf, match=r"^cut\.pdf is damaged"):
            read_pdf(path)
        assert capfd.readouterr() == ("", "")

    def test_a_file_cut_short(self, tmp_path: Path) -> None:
        document, page = new_page()
        page.insert_text((50, 100), "1,955.06")
        whole = document.tobytes()
        path = tmp_path / "cut.pdf"
        for length in range(20, len(whole), 50):
            path.write_bytes(whole[:length])
            try:
                [page] = read_pdf(path).pages
            except NotAPdf:
                continue
            assert not page.readable or [line.text for line in page.lines] == ["1,955.06"]

    def test_a_damaged_page_is_not_half_read(self, tmp_path: Path) -> None:
        """MuPDF shows what it could decode, and nobody sees that the rest is missing."""
        document = pymupdf.open()
        for number in range(3):
            page = document.new_page()
            for line in range(60):
                page.insert_text((50, 20 + 12 * line), f"{number} {line} 1,955.06 {line * 7919 % 1000}")
        path = saved(document, tmp_path / "damaged.pdf", deflate=True)
        with pymupdf.open(path) as written:
            stream = written.xref_stream_raw(written[1].get_contents()[0])
        content = bytearray(path.read_bytes())
        content[content.index(stream) + len(stream) // 2] ^= 0xFF
        path.write_bytes(content)
        pages = read_pdf(path).pages
        assert [page.readable for page in pages] == [True, False, False]
        assert pages[1].lines == ()

    def test_a_password(self, tmp_path: Path) -> None:
        document, _ = new_page()
        options = {"encryption": pymupdf.PDF_ENCRYPT_AES_256, "owner_pw": "o"}
        with pytest.raises(Encrypted, match=r"^locked\.pdf is encrypted"):
            read_pdf(saved(document, tmp_path / "locked.pdf", user_pw="u", **options))
        assert read_pdf(saved(document, tmp_path / "open.pdf", user_pw="", **options)).pages

    def test_no_pages(self, tmp_path: Path) -> None:
        path = tmp_path / "none.pdf"
        path.write_bytes(raw_pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"))
        with pytest.raises(NoPages, match=r"^none\.pdf has no pages\.$"):
            read_pdf(path)

    def test_no_such_file(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            read_pdf(tmp_path / "missing.pdf")


@pytest.mark.parametrize("name", [*TWINS, *SAMPLES])
def test_reports_keep_every_character(name: str) -> None:
    """The characters are those of the text layer: none lost, none added."""
    pages = read_pdf(file_of(name)).pages
    assert all(page.readable and page.origin == "text" for page in pages)
    with pymupdf.open(file_of(name)) as document:
        assert [page.number for page in pages] == list(range(1, len(document) + 1))
        for page, source in zip(pages, document, strict=True):
            ours = "".join(line.text for line in page.lines)
            assert sorted(ours.replace(" ", "")) == sorted("".join(source.get_text().split()))


@pytest.mark.parametrize("level", ["good", "fair", "poor", "fax", of_sample("samples")])
def test_scans_are_not_readable(level: str) -> None:
    paths = list(FOLDER.glob("*-scan.pdf") if level == "samples" else (GOLD / level).glob("*/report.pdf"))
    assert paths
    for path in paths:
        assert not any(page.readable or page.lines for page in read_pdf(path).pages)
