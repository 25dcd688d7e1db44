"""Names and places that a file system allows and a program trips over: one line each, and the run goes on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pymupdf
import pytest

from recount.cli import main
from recount.pipeline.archive.sources import find_sources
from recount.pipeline.errors import DocumentError
from recount.pipeline.run.runner import run
from recount.pipeline.structure import structure

pytestmark = pytest.mark.usefixtures("no_office")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    root.mkdir()
    (root / "a.pdf").write_text("good one")
    return root


@pytest.fixture
def deep(archive: Path) -> Iterator[None]:
    """A way down of more than 4,095 bytes, with reports on it and at its end."""
    descriptor = os.open(archive, os.O_RDONLY)
    for _ in range(20):
        try:
            os.mkdir("d" * 240, dir_fd=descriptor)
        except OSError:
            pytest.skip("this file system takes no path of this length")
        inner = os.open("d" * 240, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
        report = os.open("deep.pdf", os.O_CREAT | os.O_WRONLY, dir_fd=descriptor)
        os.write(report, b"good and deep")
        os.close(report)
    os.close(descriptor)
    yield
    shutil.rmtree(archive)


@pytest.mark.usefixtures("deep")
def test_a_path_that_is_too_long_is_one_line(archive: Path, tmp_path: Path, content_tasks: ModuleType) -> None:
    found = find_sources([archive])
    assert any("File name too long" in problem.reason for problem in found.problems)
    assert len(found.problems) == 1
    summary = run(found.sources, tmp_path / "out", others=found.others, jobs=1, task=content_tasks.by_content)
    assert summary.structured > 10
    assert all("File name too long" in str(failure.reason) for failure in summary.failures)


def test_names_with_control_characters_are_lines_of_their_own(
    archive: Path, tmp_path: Path, content_tasks: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert content_tasks
    for number, name in enumerate(("a\nrecount: all is well.pdf", "\x1b[2J.pdf", "b\u202efdp.pdf", "c\r.docx")):
        (archive / name).write_text(f"encrypted {number}")
    with pytest.raises(SystemExit) as exit:
        main(["structure", str(archive), "--out", str(tmp_path / "out"), "--jobs", "1"])
    said = capsys.readouterr()
    assert exit.value.code == 1
    assert sorted(line.rpartition(": ")[2] for line in said.err.splitlines()) == ["needs a password"] * 3
    assert not set("\x1b\r\u202e") & set(said.out + said.err)


def test_a_folder_that_may_be_listed_and_not_entered_ends_nothing(
    archive: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content_tasks: ModuleType
) -> None:
    locked = archive / "locked"
    (locked / "in").mkdir(parents=True)
    (locked / "b.pdf").write_text("good two")
    (locked / "c").write_text("%PDF- good three")
    plain_open, plain_stat, plain_scan = Path.open, Path.stat, os.scandir

    def guarded(whole: Any) -> Any:
        def call(path: Any, *arguments: Any, **options: Any) -> Any:
            if not isinstance(path, int) and locked in Path(path).parents:
                raise PermissionError(13, "Permission denied")
            return whole(path, *arguments, **options)

        return call

    monkeypatch.setattr(Path, "open", guarded(plain_open))
    monkeypatch.setattr(Path, "stat", guarded(plain_stat))
    monkeypatch.setattr(os, "scandir", guarded(plain_scan))
    found = find_sources([archive])
    summary = run(found.sources, tmp_path / "out", others=found.others, jobs=1, task=content_tasks.by_content)
    reasons = {outcome.attempt.file: outcome.attempt.reason for outcome in summary.outcomes}
    assert reasons == {"a.pdf": None, "locked/b.pdf": "cannot be read: Permission denied"}
    assert {Path(file.file).name: file.reason for file in summary.lost(strict=False)} == dict.fromkeys(
        ("in", "c"), "cannot be read: Permission denied"
    )


class TestImages:
    def test_a_picture_that_is_cut_is_damaged(self, tmp_path: Path) -> None:
        pixels = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 400, 400), False)
        path = tmp_path / "照片.jpg"
        path.write_bytes(pixels.tobytes("jpeg")[:-900])
        with pytest.raises(DocumentError, match=r"照片\.jpg is a damaged image"):
            structure(path)

    def test_a_page_whose_picture_cannot_be_decoded_is_said_to_be_that(self, tmp_path: Path) -> None:
        document = pymupdf.open()
        page = document.new_page()
        pixels = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 800, 1000), False)
        page.insert_image(page.rect, pixmap=pixels)
        xref = page.get_images()[0][0]
        document.update_stream(xref, b"nothing of the kind", compress=False)
        document.xref_set_key(xref, "Filter", "/JBIG2Decode")
        document.save(tmp_path / "a.pdf")
        with pytest.raises(DocumentError, match="no picture of a page can be read"):
            structure(tmp_path / "a.pdf")
