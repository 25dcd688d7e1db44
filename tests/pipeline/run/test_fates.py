"""Every file that is found has one fate, and nothing is lost between the folder and what a run says of it."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from recount.cli import main
from recount.pipeline.archive.files import hash_of, hash_of_source, local_file
from recount.pipeline.archive.sources import Archive, find_sources
from recount.pipeline.archive.zipped import DEEPEST
from recount.pipeline.errors import UsageError
from recount.pipeline.run.fates import FATES, by_fate
from recount.pipeline.run.runner import run
from recount.pipeline.run.status import status_of, to_retry
from recount.tests.pipeline.archive.trees import hostile_tree, packed

OFFICE = "LibreOffice, which is not installed, turns it into a PDF"
FILES = int(os.environ.get("RECOUNT_TREE", "60"))
"""How many files the tree has at least; by hand it is given 500."""


pytestmark = pytest.mark.usefixtures("no_office")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], content_tasks: ModuleType) -> Callable[..., tuple[int, str, str]]:
    assert content_tasks

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as exit:
            main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return int(exit.value.code or 0), said.out, said.err

    return call


def fates(archive: Archive) -> dict[str, str]:
    """The fate of each file that is no report, by its name below the archive."""
    return {other.name.partition("archive/")[2]: other.fate for other in archive.others}


def test_the_fates_of_a_hostile_tree_add_up_to_its_files(tmp_path: Path, content_tasks: ModuleType) -> None:
    tree = hostile_tree(tmp_path / "archive", FILES)
    archive = find_sources([tree.root])
    assert sum(source.files for source in archive.sources) == tree.reports
    assert sum(source.files for source in archive.sources) + sum(other.files for other in archive.others) == tree.files
    summary = run(archive.sources, tmp_path / "out", others=archive.others, jobs=1, task=content_tasks.by_content)
    counts = by_fate(summary.found)
    assert sum(counts.values()) == tree.files
    assert set(counts) == set(FATES) - {"not begun", "open"}
    assert by_fate(status_of(tmp_path / "out").found) == counts
    said = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert said["files"] == counts
    skipped = [other for other in said["no_reports"] if other["fate"] == "skipped"]
    assert len(skipped) == counts["skipped"]
    assert all(other["reason"] for other in said["no_reports"])


class TestWhatIsAReport:
    def test_a_file_that_begins_as_a_pdf_is_one_whatever_it_is_called(self, tmp_path: Path) -> None:
        root = tmp_path / "archive"
        root.mkdir()
        for name in ("noext", "决算.pdf_", "报告.pdf;jsessionid=1", "报告.pdf.download", "a.docx"):
            (root / name).write_bytes(b"\r\n%PDF-1.4")
        (root / "b.docx").write_bytes(b"PK")
        archive = find_sources([root])
        assert len(archive.sources) == 5
        assert [(other.name.rpartition("/")[2], other.reason) for other in archive.others] == [
            ("b.docx", f"a Word document: {OFFICE}")
        ]

    def test_zips_in_zips_are_opened_so_deep_and_no_deeper(self, tmp_path: Path) -> None:
        content = packed({"0.pdf": b"good 0"})
        for level in range(1, DEEPEST + 1):
            content = packed({f"{level}.pdf": f"good {level}".encode(), "in.zip": content})
        root = tmp_path / "archive"
        root.mkdir()
        (root / "a.zip").write_bytes(content)
        archive = find_sources([root])
        assert [source.name for source in archive.sources] == [
            "a.zip/3.pdf",
            "a.zip/in.zip/2.pdf",
            "a.zip/in.zip/in.zip/1.pdf",
        ]
        assert fates(archive)["a.zip/in.zip/in.zip/in.zip"] == "archive unreadable"
        for source in archive.sources:
            with local_file(source, tmp_path) as file:
                assert file.read_text().startswith("good")
                assert hash_of(file) == hash_of_source(source)

    def test_an_archive_of_archives_is_bounded(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        inner = packed({"a.pdf": b"x" * 100})
        path = tmp_path / "archive" / "a.zip"
        path.parent.mkdir()
        path.write_bytes(packed({f"{number}.zip": inner for number in range(3)}))
        monkeypatch.setattr("recount.pipeline.archive.zipped._LARGEST_NESTED", 2 * len(inner))
        archive = find_sources([path])
        assert [source.name for source in archive.sources] == ["a.zip/0.zip/a.pdf", "a.zip/1.zip/a.pdf"]
        assert "of archives in an archive of more than" in archive.problems[0].reason

    def test_a_zip_of_page_images_is_a_report(self, tmp_path: Path) -> None:
        path = tmp_path / "archive" / "扫描.zip"
        path.parent.mkdir()
        path.write_bytes(packed({"p/10.png": b"ten", "p/2.png": b"two", "p/list.bin": b"x", "alone/1.jpg": b"one"}))
        alone, pages = find_sources([path.parent]).sources
        assert (alone.name, pages.name, pages.files) == ("扫描.zip/alone/1.jpg", "扫描.zip/p", 2)
        with local_file(pages, None) as folder:
            assert {image.name: image.read_bytes() for image in folder.iterdir()} == {"10.png": b"ten", "2.png": b"two"}
            assert hash_of(folder) == hash_of_source(pages)
        whole = tmp_path / "archive" / "flat.zip"
        whole.write_bytes(packed({"1.png": b"x", "2.png": b"y"}))
        assert [source.name for source in find_sources([whole]).sources] == ["flat.zip"]


class TestWhatIsSaid:
    @pytest.fixture
    def archive(self, tmp_path: Path) -> Path:
        root = tmp_path / "archive"
        root.mkdir()
        (root / "a.pdf").write_text("good one")
        (root / "坏.zip").write_bytes(b"PK\3\4")
        for number in range(9):
            (root / f"附件{number}.docx").write_bytes(b"PK")
        return root

    def test_a_broken_zip_is_told_everywhere(self, call: Any, archive: Path, tmp_path: Path) -> None:
        out, log = tmp_path / "out", tmp_path / "log"
        code, said, errors = call("structure", archive, "--out", out, "--log-json", log)
        assert (code, "坏.zip: is no zip archive that can be read" in errors) == (1, True)
        assert f"left out 9, a Word document: {OFFICE}: " in said
        assert "… and 1 more" in said
        assert ["Files", "found", "11"] in [line.split() for line in said.splitlines()]
        code, said, _ = call("status", out)
        assert "坏.zip: is no zip archive that can be read" in said
        assert "left out 9" in said
        summary = json.loads((out / "summary.json").read_text())
        assert summary["files"] == {"structured": 1, "skipped": 9, "archive unreadable": 1}
        assert "坏.zip" in (out / "summary.json").read_text()
        events = [json.loads(line) for line in log.read_text().splitlines()]
        assert [event["fate"] for event in events if event["event"] == "file"].count("skipped") == 9
        with pytest.raises(UsageError, match=r"1 archive or folder could not be read: structure it again"):
            to_retry(out, failed=True)

    def test_a_file_of_another_kind_is_no_failure_unless_asked_for(
        self, call: Any, archive: Path, tmp_path: Path
    ) -> None:
        (archive / "坏.zip").unlink()
        assert call("structure", archive, "--out", tmp_path / "out")[0] == 0
        code, _, errors = call("structure", archive, "--out", tmp_path / "out", "--strict")
        assert (code, errors.count("a Word document")) == (1, 9)
        code, said, _ = call("structure", archive / "a.pdf", "--out", tmp_path / "out", "--strict")
        assert (code, "Files found" in said) == (0, False)

    def test_where_there_is_no_report_the_files_are_named(self, archive: Path) -> None:
        (archive / "a.pdf").unlink()
        (archive / "坏.zip").unlink()
        with pytest.raises(UsageError, match=r"附件0\.docx is a Word document"):
            find_sources([archive])


def test_a_seven_zip_is_opened_where_its_library_is_there(tmp_path: Path) -> None:
    library = pytest.importorskip("py7zr")
    path = tmp_path / "archive" / "a.7z"
    path.parent.mkdir()
    with library.SevenZipFile(path, "w") as archive:
        archive.writestr(b"good", "报/甲.pdf")
        archive.writestr(b"x", "b.exe")
    archive = find_sources([path.parent])
    assert [source.name for source in archive.sources] == ["a.7z/报/甲.pdf"]
    with local_file(archive.sources[0], None) as file:
        assert file.read_bytes() == b"good"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UsageError, match="is no 7z archive that can be read"):
        find_sources([path])


def test_a_rar_is_opened_where_its_library_is_there(tmp_path: Path) -> None:
    pytest.importorskip("unrar.cffi")
    path = tmp_path / "archive" / "a.rar"
    path.parent.mkdir()
    path.write_bytes(rar({"b\\甲.pdf": b"good", "c.exe": b"x"}))
    archive = find_sources([path.parent])
    assert [source.name for source in archive.sources] == ["a.rar/b/甲.pdf"]
    with local_file(archive.sources[0], None) as file:
        assert file.read_bytes() == b"good"
    path.write_bytes(b"Rar!\x1a\7\0 and nothing")
    with pytest.raises(UsageError, match=r"is no RAR archive|holds no reports"):
        find_sources([path])


def test_a_library_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(module: str, purpose: str, extra: str) -> Any:
        raise UsageError(f"{purpose} needs {module}: {extra}")

    monkeypatch.setattr("recount.pipeline.archive.kinds.needed", missing)
    root = tmp_path / "archive"
    root.mkdir()
    (root / "a.pdf").write_text("good")
    (root / "b.RAR").write_bytes(b"Rar!")
    with zipfile.ZipFile(root / "c.zip", "w") as archive:
        archive.writestr("d.7z", b"7z")
        archive.writestr("e.pdf", b"good")
    found = find_sources([root])
    assert {other.name.rpartition("/")[2]: (other.fate, other.reason) for other in found.others} == {
        "b.RAR": ("skipped", "a RAR archive needs unrar.cffi.unrarlib: archives"),
        "c.zip": ("opened", ""),
        "d.7z": ("skipped", "a 7z archive needs py7zr: archives"),
    }


def rar(members: dict[str, bytes]) -> bytes:
    """A RAR archive (version 4, technote.txt) of files that are stored as they are."""
    import struct
    import zlib

    def block(kind: int, flags: int, body: bytes, more: int = 0) -> bytes:
        rest = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(rest) & 0xFFFF) + rest + b"" * more

    parts = [b"Rar!\x1a\7\0", block(0x73, 0, bytes(6))]
    for name, content in members.items():
        plain = name.encode("ascii", "replace")
        encoded = plain if name.isascii() else plain + b"\0" + _rar_name(name)
        head = struct.pack(
            "<IIBIIBBHI", len(content), len(content), 2, zlib.crc32(content), 0, 20, 0x30, len(encoded), 0x20
        )
        parts.append(block(0x74, 0x8000 | (0 if name.isascii() else 0x200), head + encoded) + content)
    return b"".join([*parts, block(0x7B, 0x4000, b"")])


def _rar_name(name: str) -> bytes:
    """A name in RAR's encoding: each character as two bytes."""
    encoded, characters = b"\0", [ord(sign) for sign in name]
    for start in range(0, len(characters), 4):
        group = characters[start : start + 4]
        flags = sum(2 << (6 - 2 * at) for at in range(len(group)))
        encoded += bytes([flags]) + b"".join(sign.to_bytes(2, "little") for sign in group)
    return encoded
