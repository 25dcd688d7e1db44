"""Which files of an archive are reports, and what they are called."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from recount.pipeline.archive.files import hash_of_source, local_file
from recount.pipeline.archive.sources import find_sources, read_list
from recount.pipeline.errors import DocumentError, UsageError

pytestmark = pytest.mark.usefixtures("no_office")


def make(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return root


def names(*paths: Path) -> list[str]:
    return [source.name for source in find_sources(paths).sources]


def test_reports_are_found_at_any_depth_and_hidden_files_are_not(tmp_path: Path) -> None:
    root = make(
        tmp_path / "archive",
        "b.pdf",
        "2022/上 半/A.PDF",
        "notes.docx",
        ".x.pdf",
        "2022/._b.pdf",
        ".git/c.pdf",
        "__MACOSX/d.pdf",
        "2023/e.pdf.bak",
    )
    assert names(root) == ["2022/上 半/A.PDF", "b.pdf"]


def test_a_file_given_outright_is_taken_whatever_its_name(tmp_path: Path) -> None:
    root = make(tmp_path / "archive", "年报", "a.pdf")
    assert names(root / "年报", root / "a.pdf") == ["a.pdf", "年报"]


def test_a_file_found_twice_is_one_report(tmp_path: Path) -> None:
    root = make(tmp_path / "archive", "2022/a.pdf", "b.pdf")
    assert names(root, root / "2022", root / "b.pdf", tmp_path / "archive" / ".." / "archive") == [
        "2022/a.pdf",
        "b.pdf",
    ]


def test_archives_that_hold_the_same_path_keep_their_own_names(tmp_path: Path) -> None:
    one, two = make(tmp_path / "one", "a.pdf", "c.pdf"), make(tmp_path / "two", "a.pdf")
    assert names(one, two) == ["one/a.pdf", "one/c.pdf", "two/a.pdf"]
    assert names(one / "a.pdf", two / "a.pdf") == ["one/a.pdf", "two/a.pdf"]
    same = make(tmp_path / "x" / "2022", "a.pdf"), make(tmp_path / "y" / "2022", "a.pdf")
    assert names(*same) == ["x/2022/a.pdf", "y/2022/a.pdf"]


def test_symlinks_are_followed_and_loops_end(tmp_path: Path) -> None:
    root = make(tmp_path / "archive", "2022/a.pdf")
    make(tmp_path / "elsewhere", "c.pdf")
    (root / "2022" / "up").symlink_to(root)
    (root / "self").symlink_to(root / "self")
    (root / "0-same-folder").symlink_to(root / "2022")
    (root / "linked").symlink_to(tmp_path / "elsewhere")
    (root / "2022" / "gone.pdf").symlink_to(root / "nowhere.pdf")
    assert names(root) == ["2022/a.pdf", "2022/gone.pdf", "linked/c.pdf"]


def test_a_name_that_is_no_utf8_becomes_printable(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    root.mkdir()
    try:
        (root / os.fsdecode(b"\xd6\xd0.pdf")).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    assert names(root) == ["\\xd6\\xd0.pdf"]


def test_a_folder_without_reports_is_a_problem_of_its_own(tmp_path: Path) -> None:
    root, empty = make(tmp_path / "archive", "a.pdf"), make(tmp_path / "empty", "notes.docx")
    archive = find_sources([root, empty])
    reason = "holds no reports (PDF files, page images or files of text)"
    assert [(problem.place, problem.reason) for problem in archive.problems] == [(empty, reason)]
    with pytest.raises(UsageError, match="empty holds no reports"):
        find_sources([empty])


def test_a_path_that_does_not_exist_stops_everything(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere: no such file or folder"):
        find_sources([make(tmp_path / "archive", "a.pdf"), tmp_path / "nowhere"])


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make(tmp_path / "archive", "a.pdf", "locked/b.pdf")
    scandir = os.scandir

    def guarded(path: Path) -> Any:
        if path == root / "locked":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    archive = find_sources([root])
    assert [source.name for source in archive.sources] == ["a.pdf"]
    assert [(problem.place, problem.reason) for problem in archive.problems] == [
        (root / "locked", "cannot be read: Permission denied")
    ]


def test_a_pattern_is_what_it_matches(tmp_path: Path) -> None:
    root = make(tmp_path / "archive", "2022/a.pdf", "2023/b.pdf", "2023/c.docx", "x[1].pdf")
    assert names(root / "20*") == ["a.pdf", "b.pdf"]  # as where the shell replaces it: each match is an archive
    assert names(root / "**" / "*.pdf") == ["a.pdf", "b.pdf", "x[1].pdf"]
    assert names(root / "x[1].pdf") == ["x[1].pdf"]  # it exists: that is no pattern
    with pytest.raises(UsageError, match="matches no file or folder"):
        names(root / "1999*")


def test_a_list_file_names_paths(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(b"\xef\xbb\xbf2022/a.pdf\r\n\n \xe5\xb9\xb4 \xe6\x8a\xa5.pdf\n\xd6\xd0.pdf")
    assert read_list(file) == [Path("2022/a.pdf"), Path("年 报.pdf"), Path(os.fsdecode(b"\xd6\xd0.pdf"))]
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_list(tmp_path / "nowhere")


def zipped(path: Path, **members: bytes) -> Path:
    path.parent.mkdir(exist_ok=True, parents=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_reports_in_zip_archives_are_found_and_lead_nowhere_outside(tmp_path: Path) -> None:
    root = make(tmp_path / "archive", "b.pdf")
    members = [
        "2022/甲 报.pdf",
        "../../up.pdf",
        "/etc/abs.PDF",
        "a\\..\\back.pdf",
        ".hidden.pdf",
        "__MACOSX/x.pdf",
        "note.bin",
    ]
    file = zipped(root / "2022" / "all.zip", **{**dict.fromkeys(members, b"%PDF-"), "note.bin": b"note"})
    assert names(root) == [
        "2022/all.zip/2022/甲 报.pdf",
        "2022/all.zip/a/back.pdf",
        "2022/all.zip/etc/abs.PDF",
        "2022/all.zip/up.pdf",
        "b.pdf",
    ]
    first = find_sources([file]).sources[0]
    assert (first.name, first.member, first.size) == ("all.zip/2022/甲 报.pdf", "0", 5)


def test_names_of_chinese_zip_programs_are_read(tmp_path: Path) -> None:
    file = zipped(tmp_path / "gbk.zip", **{"AAAAAA.pdf": b"x"})
    file.write_bytes(file.read_bytes().replace(b"AAAAAA", "水利局".encode("gbk")))
    assert names(file) == ["gbk.zip/水利局.pdf"]


def test_zip_archives_that_cannot_be_read_are_problems(tmp_path: Path) -> None:
    root = make(tmp_path / "archive", "a.pdf", "broken.zip")
    zipped(root / "empty.zip", **{"a.docx": b""})
    reasons = {problem.place.name: problem.reason for problem in find_sources([root]).problems}
    assert reasons["empty.zip"] == "holds no reports (PDF files, page images or files of text)"
    assert reasons["broken.zip"].startswith("is no zip archive that can be read")


def test_a_pipe_is_waited_for_by_nobody_whatever_it_is_called(tmp_path: Path) -> None:
    root = make(tmp_path / "archive", "a.pdf")
    for name in ("pipe.zip", "pipe"):
        os.mkfifo(root / name)
    found = {(other.place.name, other.fate, other.reason) for other in find_sources([root]).others}
    assert found == {
        ("pipe.zip", "archive unreadable", "is no regular file"),
        ("pipe", "unreachable", "is no regular file"),
    }


def test_a_member_is_a_file_for_as_long_as_it_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = zipped(tmp_path / "a.zip", **{"甲.pdf": b"content" * 1000})
    (source,) = find_sources([file]).sources
    with local_file(source, tmp_path / "work") as path:
        assert (path.name, path.read_bytes()) == ("甲.pdf", b"content" * 1000)
    assert not list((tmp_path / "work").iterdir())
    with local_file(source, None) as path:
        assert not path.is_relative_to(tmp_path / "work")
    assert hash_of_source(source) == hashlib.sha256(b"content" * 1000).hexdigest()
    with monkeypatch.context() as patch:
        patch.setattr("recount.pipeline.archive.zipped._LARGEST_MEMBER", 1 << 10)
        with pytest.raises(DocumentError, match="larger than"), local_file(source, tmp_path / "work"):
            pass
        with pytest.raises(DocumentError, match="larger than"):
            hash_of_source(source)
    file.write_bytes(file.read_bytes().replace(b"\x07", b"\x08", 3)[:-30])
    with pytest.raises(DocumentError, match="damaged in its zip archive"), local_file(source, tmp_path / "work"):
        pass
    with pytest.raises(DocumentError, match="damaged in its zip archive"):
        hash_of_source(source)


def test_a_folder_of_page_images_is_one_report(tmp_path: Path) -> None:
    pages = tmp_path / "2021" / "scan"
    pages.mkdir(parents=True)
    for name in ("1.png", "2.png", "notes.docx"):
        (pages / name).write_bytes(b"x")
    (tmp_path / "2021" / "a.pdf").write_bytes(b"x")
    (tmp_path / "2021" / "lone.jpg").write_bytes(b"x")
    (tmp_path / "b.TIFF").write_bytes(b"x")
    found = find_sources([tmp_path]).sources
    assert [source.name for source in found] == ["2021/a.pdf", "2021/lone.jpg", "2021/scan", "b.TIFF"]
    assert [source.name for source in find_sources([pages]).sources] == ["scan"]


@pytest.mark.parametrize(("name", "told"), [(b"\0.pdf", ".pdf"), (b"\0\0\0\0\0", "unnamed"), (b".\0./\0", "unnamed")])
def test_a_member_without_a_name_is_a_file_like_any_other(tmp_path: Path, name: bytes, told: str) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("x.pdf", "good")
        packed.writestr("b.pdf", "good too")
    path.write_bytes(path.read_bytes().replace(b"x.pdf", name))  # zipfile takes it to end at the first NUL
    found = find_sources([path])
    assert [source.name for source in found.sources] == ["a.zip/b.pdf"]
    assert [other.name.partition("a.zip")[2] for other in found.others] == ["", f"/{told}"]
