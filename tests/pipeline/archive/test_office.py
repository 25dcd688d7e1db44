"""Office files are read by way of LibreOffice, where it is installed; where it is not, what is missing is said."""

from __future__ import annotations

import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from recount.pipeline.archive import files, kinds
from recount.pipeline.archive.files import hash_of, snapshot
from recount.pipeline.archive.sources import Source, find_sources
from recount.pipeline.errors import DocumentError, NotAReport
from recount.pipeline.run.runner import run

TEXT = "application/vnd.oasis.opendocument.text"
MANIFEST = 'xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
SPACE = "urn:oasis:names:tc:opendocument:xmlns"
CONTENT = f'xmlns:o="{SPACE}:office:1.0" xmlns:t="{SPACE}:text:1.0"'
TASKS = Path(__file__).parent.parent / "tasks"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """As if LibreOffice were installed; what it was given."""
    given: list[Path] = []

    def made(file: Path, folder: Path) -> Path:
        given.append(file)
        if file.read_bytes() == b"broken":
            raise DocumentError("LibreOffice cannot turn it into a PDF")
        (folder / f"{file.stem}.pdf").write_bytes(b"%PDF-1.7 of " + file.read_bytes())
        return folder / f"{file.stem}.pdf"

    for module in ("kinds", "sources"):
        monkeypatch.setattr(f"recount.pipeline.archive.{module}.office", lambda: "soffice")
    monkeypatch.setattr(files, "as_pdf", made)
    return given


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    root.mkdir()
    (root / "决算.docx").write_bytes(b"words")
    (root / "a.pdf").write_text("good one")
    return root


def test_an_office_file_is_a_report_and_turned_into_a_pdf_once(here: list[Path], archive: Path, tmp_path: Path) -> None:
    found = find_sources([archive])
    assert ([source.name for source in found.sources], found.others) == (["a.pdf", "决算.docx"], ())
    for _ in range(2):
        with snapshot(found.sources[1], tmp_path / "out" / "unpacked") as file:
            assert file.path.read_bytes() == b"%PDF-1.7 of words"
            assert file.sha256 == hash_of(archive / "决算.docx")
    assert len(here) == 1
    with snapshot(found.sources[1], None) as file:
        assert file.path.suffix == ".pdf"
    assert len(here) == 2
    (archive / "决算.docx").write_bytes(b"%PDF-1.4 under another name")
    with snapshot(found.sources[1], None) as file:
        assert file.path.suffix == ".docx"
    assert len(here) == 2


def test_one_without_a_report_is_left_out_and_a_broken_one_failed(
    here: list[Path], archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(TASKS))
    tasks: ModuleType = __import__("report_tasks")
    (archive / "坏.xls").write_bytes(b"broken")

    def by_content(path: Path, sha256: str) -> Any:
        if path.read_bytes().startswith(b"%PDF"):
            raise NotAReport("no part of a report was found in it")
        return tasks.by_content(path, sha256)

    summary = run(find_sources([archive]).sources, tmp_path / "out", jobs=1, task=by_content)
    fates = {outcome.attempt.file: outcome.attempt.fate for outcome in summary.outcomes}
    assert fates == {"a.pdf": "structured", "决算.docx": "skipped", "坏.xls": "failed"}
    assert here


def test_without_libreoffice_what_is_missing_is_said(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("kinds", "sources"):
        monkeypatch.setattr(f"recount.pipeline.archive.{module}.office", lambda: None)
    found = find_sources([archive])
    words = "LibreOffice, which is not installed, turns it into a PDF"
    assert [(other.fate, other.reason) for other in found.others] == [("skipped", f"a Word document: {words}")]
    with (
        pytest.raises(DocumentError, match=f"is a Word document: {words}"),
        snapshot(Source(archive / "决算.docx", "决算.docx"), None),
    ):
        pass


@pytest.mark.skipif(kinds.office() is None, reason="LibreOffice is not installed")
def test_libreoffice_makes_a_pdf_of_words(tmp_path: Path) -> None:
    path = tmp_path / "决算.odt"
    with zipfile.ZipFile(path, "w") as document:
        document.writestr("mimetype", TEXT)
        entries = f'<m:file-entry m:full-path="/" m:media-type="{TEXT}"/><m:file-entry m:full-path="content.xml" '
        document.writestr(
            "META-INF/manifest.xml", f'<m:manifest {MANIFEST}>{entries}m:media-type="text/xml"/></m:manifest>'
        )
        words = "<o:body><o:text><t:p>收入总计1955.06万元</t:p></o:text></o:body>"
        document.writestr("content.xml", f"<o:document-content {CONTENT}>{words}</o:document-content>")
    with snapshot(Source(path, "决算.odt"), None) as file:
        assert file.path.read_bytes().startswith(b"%PDF-")
    bad = tmp_path / "坏.docx"
    bad.write_bytes(b"PK\3\4 and no more")
    with (
        pytest.raises(DocumentError, match="LibreOffice cannot turn it into a PDF"),
        snapshot(Source(bad, "坏.docx"), None),
    ):
        pass


def test_an_ofd_document_is_named_with_what_to_do(archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "决算.ofd"
    with zipfile.ZipFile(path, "w") as document:
        root = '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" DocType="OFD"><ofd:DocBody/></ofd:OFD>'
        document.writestr("OFD.xml", root)
    words = "an OFD document: save it as a PDF in the program that shows it"
    with pytest.raises(DocumentError, match=f"is {words}"), snapshot(Source(path, "决算.ofd"), None):
        pass
    path.rename(archive / path.name)
    others = {other.name.rpartition("/")[2]: (other.fate, other.reason) for other in find_sources([archive]).others}
    assert others["决算.ofd"] == ("skipped", words)
