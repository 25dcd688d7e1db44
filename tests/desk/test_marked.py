"""The marked copy of a report: its annotations lie on the figures, say why, and open everywhere; the report stays."""

from __future__ import annotations

import hashlib
import re
import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pdfplumber
import pymupdf
import pypdfium2
import pytest

from recount.cli import main
from recount.desk.cards import findings_of
from recount.desk.marked import AUTHOR, mark
from recount.desk.marks import Mark, marks_of
from recount.desk.sources import Whereabouts
from recount.pipeline.archive.files import hash_of
from recount.pipeline.archive.sources import Source
from recount.pipeline.document import Box
from recount.pipeline.errors import UsageError
from recount.pipeline.recognise import report_model
from recount.pipeline.result import PageRemark, Rejected, Result, write_result
from recount.pipeline.structure import structure
from recount.schemas.saying import quoted, say
from recount.tests.desk import made

mupdf: Any = pymupdf
_SCALE = 2.0
_COLOURED = 24
"""So many of 255 steps lie between the channels of a pixel that is in colour."""


def marks_in(result: Result) -> list[Mark]:
    return marks_of(findings_of(result, report_model(result.contract)), "zh")


def marked(result: Result, file: Path, target: Path) -> int:
    return mark(result, report_model(result.contract), Source(file, file.name), target, "zh")


def overlap(one: Box, other: Box) -> float:
    """What two boxes share, of what they cover together."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(across, 0.0) * max(down, 0.0)
    area = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return shared / (area - shared)


def painted(copy: Path, pages: int) -> list[list[Box]]:
    """Where PDFium, another program than the one that made them, shows the marks: by page, boxes in points. Nothing
    else of the report is in colour. pages: of the report; what stands before them is the summary."""
    shown = []
    with pypdfium2.PdfDocument(copy) as document:
        for page in list(document)[-pages:]:
            colours = np.asarray(page.render(scale=_SCALE).to_pil().convert("RGB"), np.int16)
            coloured = (np.ptp(colours, axis=2) > _COLOURED).astype(np.uint8)
            joined = cv2.morphologyEx(coloured, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
            _, _, stats, _ = cv2.connectedComponentsWithStats(joined)
            shown.append([(x / _SCALE, y / _SCALE, (x + w) / _SCALE, (y + h) / _SCALE) for x, y, w, h, _ in stats[1:]])
    return shown


def assert_on_figures(marks: Sequence[Mark], copy: Path, pages: int) -> None:
    shown = painted(copy, pages)
    for expected in marks:
        assert expected.box is not None
        best = max(overlap(expected.box, box) for box in shown[expected.page - 1])
        assert best >= 0.5, f"{expected.words}: {best}"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The report as it is, and its result."""
    path = tmp_path_factory.mktemp("plain") / "表.pdf"
    path.write_bytes(made.plain())
    return path, structure(path)


WAYS: dict[str, Callable[[], bytes]] = {
    "as it is": made.plain,
    "turned by 90": lambda: made.turned(1),
    "turned by 180": lambda: made.turned(2),
    "turned by 270": lambda: made.turned(3),
    "cropped": made.cropped,
    "two on a sheet": made.two_up,
    "scanned askew": made.skewed,
}


@pytest.mark.parametrize("way", WAYS)
def test_marks_lie_on_their_figures(way: str, tmp_path: Path) -> None:
    path, target = tmp_path / "表.pdf", tmp_path / "marked.pdf"
    path.write_bytes(WAYS[way]())
    result = structure(path)
    marks = marks_in(result)
    assert [mark.look for mark in marks].count("suspect") == 1
    assert marked(result, path, target) == len(marks) == 10
    assert_on_figures(marks, target, result.source.pages)


def test_each_mark_is_an_annotation_that_says_why(plain: tuple[Path, Result], tmp_path: Path) -> None:
    path, result = plain
    marked(result, path, tmp_path / "marked.pdf")
    with pdfplumber.open(tmp_path / "marked.pdf") as read:
        notes = [note["data"] for page in read.pages for note in page.annots if note["data"].get("T")]
        assert [page.annots[0]["data"]["Subtype"].name for page in read.pages[:1]] == ["Link"]
    assert {note["T"].decode("utf-16") if note["T"][:1] == b"\xfe" else note["T"].decode() for note in notes} == {
        AUTHOR
    }
    assert sorted(note["Subtype"].name for note in notes) == ["Highlight"] * 9 + ["Square"]
    words = [note["Contents"].decode("utf-16") for note in notes]
    assert all("90.00 = 8.00 + 8.00" in said and "差额 -1.75" in said for said in words)
    (suspect,) = [said for said in words if "本处最可疑" in said]
    assert "总分　90.00" in suspect
    assert "第1页" in suspect


def test_the_summary_stands_in_front_and_leads_to_the_pages(plain: tuple[Path, Result], tmp_path: Path) -> None:
    path, result = plain
    marked(result, path, tmp_path / "marked.pdf")
    with mupdf.open(tmp_path / "marked.pdf") as copy, mupdf.open(path) as source:
        front = copy.page_count - source.page_count
        said = "".join(copy[0].get_text().split())
        assert "核对意见" in said
        assert "总分=各指标得分之和+资金得分" in said
        assert {link["page"] - front + 1 for link in copy[0].get_links()} == {1, 2}
        assert [page.get_label() for page in copy] == ["Recount 1", "1", "2"]
        assert all(copy[front + at].get_text() == source[at].get_text() for at in range(source.page_count))


def test_the_report_is_never_written(plain: tuple[Path, Result], tmp_path: Path) -> None:
    path, result = plain
    before = path.read_bytes()
    marked(result, path, tmp_path / "marked.pdf")
    assert path.read_bytes() == before
    link = tmp_path / "other name.pdf"
    link.hardlink_to(path)
    for target in (path, link):
        with pytest.raises(UsageError, match="is the report itself, which is never written"):
            marked(result, path, target)
    assert path.read_bytes() == before


def test_a_report_that_has_changed_is_refused(plain: tuple[Path, Result], tmp_path: Path) -> None:
    _, result = plain
    path = tmp_path / "表.pdf"
    path.write_bytes(made.plain() + b"\n")
    with pytest.raises(UsageError, match="is not what its result was made of: structure it again"):
        marked(result, path, tmp_path / "marked.pdf")
    assert not (tmp_path / "marked.pdf").exists()


def test_a_text_is_refused_with_one_sentence(plain: tuple[Path, Result], tmp_path: Path) -> None:
    path = tmp_path / "表.txt"
    path.write_text("总分 90.00")
    result = as_of(plain[1], path)
    with pytest.raises(UsageError, match=r"表\.txt is a text, which has no pages to put marks on"):
        marked(result, path, tmp_path / "marked.pdf")


def as_of(result: Result, path: Path) -> Result:
    """A result as if it were of another file."""
    return replace(
        result, source=replace(result.source, file=path.name, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    )


def test_what_is_no_figure_is_marked_too(plain: tuple[Path, Result], tmp_path: Path) -> None:
    path, result = plain
    summary = replace(
        result.summary,
        unread_pages=(2,),
        remarks=(
            PageRemark("struck out", 1, [100.0, 200.0, 180.0, 212.0], say("struck_by_line")),
            PageRemark("correction", 1, None, say("corrects_itself", title="更正\u202e说明")),
        ),
    )
    refused = (Rejected("/project_evaluations/0/total_score", "91.75", "model:m", quoted("it is <b>nowhere</b>")),)
    result = replace(result, summary=summary, rejected=refused)
    assert marked(result, path, tmp_path / "marked.pdf") == 13
    with mupdf.open(tmp_path / "marked.pdf") as copy:
        front = "".join(copy[0].get_text().split())
        notes = [(note.type[1], note.info["content"]) for page in copy for note in page.annots() or ()]
    for said in ("本页未能识读", "已划掉：被横线划掉", "91.75", "<b>nowhere</b>", r"更正\u202e说明"):
        assert said in front
    assert ("Square", "已划掉：被横线划掉") in notes
    assert any(r"更正\u202e说明" in said for _, said in notes)
    assert sorted(kind for kind, _ in notes).count("Text") == 2


@pytest.mark.parametrize("quarters", range(4))
def test_a_note_on_a_page_stands_in_its_corner(quarters: int, tmp_path: Path) -> None:
    path, target = tmp_path / "表.pdf", tmp_path / "marked.pdf"
    path.write_bytes(made.turned(quarters))
    result = structure(path)
    result = replace(result, checks=(), figures={}, summary=replace(result.summary, unread_pages=(1,)))
    assert marked(result, path, target) == 1
    first, second = painted(target, 2)
    with mupdf.open(path) as document:
        width = document[0].rect.width
    assert first
    assert all(box[0] > width - 40 and box[3] < 40 for box in first), first
    assert not second


def test_it_opens_at_the_summary(tmp_path: Path) -> None:
    path, target = tmp_path / "表.pdf", tmp_path / "marked.pdf"
    with mupdf.open("pdf", made.plain()) as document:
        catalog = document.pdf_catalog()
        document.xref_set_key(catalog, "OpenAction", f"[{document[1].xref} 0 R /Fit]")
        document.set_page_labels([{"startpage": 0, "prefix": "A-", "style": "D", "firstpagenum": 7}])
        document.save(path)
    marked(structure(path), path, target)
    with mupdf.open(target) as copy:
        assert copy.xref_get_key(copy.pdf_catalog(), "OpenAction")[0] == "null"
        assert [page.get_label() for page in copy] == ["Recount 1", "1", "2"]


def test_a_protected_report_stays_protected(tmp_path: Path) -> None:
    path, target = tmp_path / "表.pdf", tmp_path / "marked.pdf"
    with mupdf.open("pdf", made.plain()) as document:
        document.save(path, encryption=mupdf.PDF_ENCRYPT_AES_256, owner_pw="owner", permissions=mupdf.PDF_PERM_PRINT)
    result = structure(path)
    marked(result, path, target)
    with mupdf.open(target) as copy:
        assert not copy.needs_pass
        assert copy.permissions & mupdf.PDF_PERM_MODIFY == 0
        assert "核对意见" in copy[0].get_text()
        assert sum(1 for page in copy for _ in page.annots()) == 10


def test_a_signed_report_is_told_to_be_a_copy(tmp_path: Path) -> None:
    path, target = tmp_path / "表.pdf", tmp_path / "marked.pdf"
    with mupdf.open("pdf", made.plain()) as document:
        field = document.get_new_xref()
        document.update_object(field, "<</FT/Sig/T(Signature1)/V<</Type/Sig/Filter/Adobe.PPKLite>>>>")
        document.xref_set_key(document.pdf_catalog(), "AcroForm", f"<</SigFlags 3/Fields[{field} 0 R]>>")
        path.write_bytes(document.tobytes())
    before = path.read_bytes()
    marked(structure(path), path, target)
    assert path.read_bytes() == before
    with mupdf.open(target) as copy:
        assert "签名在此不再有效" in "".join(copy[0].get_text().split())


@pytest.mark.parametrize("name", ["pages", "表.tif"])
def test_pictures_become_pages(name: str, tmp_path: Path, plain: tuple[Path, Result]) -> None:
    """The result is made up: what OCR reads of pictures is tested elsewhere. The boxes are those of the PDF."""
    make = made.as_tiff if name.endswith(".tif") else made.as_pictures
    file = make(made.plain(), tmp_path / name)
    result = replace(plain[1], source=replace(plain[1].source, file=name, sha256=hash_of(file)))
    target = tmp_path / "marked.pdf"
    assert marked(result, file, target) == 10
    assert_on_figures(marks_in(result), target, 2)
    with mupdf.open(target) as copy, mupdf.open(plain[0]) as source:
        for page, own in zip(list(copy)[-2:], source, strict=True):
            assert abs(page.rect.width - own.rect.width) < 1
            assert abs(page.rect.height - own.rect.height) < 1


class TestWhereTheReportLies:
    @pytest.fixture
    def run(self) -> Callable[..., None]:
        def run(*arguments: object) -> None:
            with pytest.raises(SystemExit) as left:
                main([str(argument) for argument in arguments])
            assert not left.value.code

        return run

    @pytest.mark.parametrize("kind", ["folder", "zip"])
    def test_the_ledger_knows_where(self, kind: str, tmp_path: Path, run: Callable[..., None]) -> None:
        name = "甲<script>\"'#1.pdf"
        archive = tmp_path / "archive"
        archive.mkdir()
        if kind == "zip":
            with zipfile.ZipFile(archive / "年.zip", "w") as packed:
                packed.writestr(name, made.plain())
        else:
            (archive / name).write_bytes(made.plain())
        run("structure", archive, "--out", tmp_path / "out", "--jobs", "1")
        run("mark", tmp_path / "out", "甲", "-o", tmp_path / "marked.pdf")
        with mupdf.open(tmp_path / "marked.pdf") as copy:
            assert re.search("script", copy[0].get_text())
        shutil.move(archive, tmp_path / "moved")
        run(
            "mark", tmp_path / "out", "甲", "-o", tmp_path / "again.pdf", "--source", tmp_path / "moved", "--lang", "en"
        )
        with mupdf.open(tmp_path / "again.pdf") as copy:
            assert "Review notes" in copy[0].get_text()

    def test_a_result_by_itself(self, plain: tuple[Path, Result], tmp_path: Path, run: Callable[..., None]) -> None:
        write_result(tmp_path / "one.json", plain[1])
        run("mark", tmp_path / "one.json", "--source", plain[0], "-o", tmp_path / "marked.pdf")
        assert painted(tmp_path / "marked.pdf", 2)[1]

    def test_nothing_says_where(self, plain: tuple[Path, Result], tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"nothing says where 表\.pdf lies: name it with --source"):
            Whereabouts(tmp_path / "result.json").of(plain[1])

    def test_an_archive_has_another_of_the_name(self, plain: tuple[Path, Result], tmp_path: Path) -> None:
        for folder in ("a", "b"):
            (tmp_path / folder).mkdir()
            (tmp_path / folder / "表.pdf").write_bytes(made.plain() + folder.encode())
        with pytest.raises(UsageError, match=r"has no 表\.pdf with the content that was structured"):
            Whereabouts(tmp_path / "result.json", tmp_path).of(plain[1])

    def test_it_is_no_longer_there(self, plain: tuple[Path, Result], tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"表\.pdf cannot be read: .*; where is it now\? \(--source\)"):
            marked(plain[1], tmp_path / "表.pdf", tmp_path / "marked.pdf")

    def test_of_several_reports_in_a_file_each_has_its_own_marks(
        self, tmp_path: Path, run: Callable[..., None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("RECOUNT_LANG", raising=False)  # which would be asked before the report
        other = next(made.EXAMPLE.parents[1].glob("2021/*.pdf"))
        with mupdf.open(other) as document, mupdf.open("pdf", made.plain()) as more:
            document.insert_pdf(more)
            document.save(tmp_path / "两份.pdf")
        run("structure", tmp_path / "两份.pdf", "--out", tmp_path / "out", "--jobs", "1")
        for number, marks in ((1, 0), (2, 10)):
            run("mark", tmp_path / "out", f"#{number}", "-o", tmp_path / "marked.pdf")
            with mupdf.open(tmp_path / "marked.pdf") as copy:
                pages = [page.number for page in copy for _ in page.annots() or ()]
                assert len(pages) == marks
                assert set(pages) == ({copy.page_count - 2, copy.page_count - 1} if marks else set())
                assert ("未发现勾稽不符" in copy[0].get_text()) == (not marks)

    def test_the_folder_of_page_images_is_not_added_to(self, plain: tuple[Path, Result], tmp_path: Path) -> None:
        folder = made.as_pictures(made.plain(), tmp_path / "pages")
        with pytest.raises(UsageError, match="is the report itself"):
            marked(plain[1], folder, folder / "marked.pdf")
