"""Which files of an archive are reports, and what they are called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from recount.pipeline.archive import find_sources
from recount.pipeline.errors import UsageError


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
        "notes.txt",
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
    root, empty = make(tmp_path / "archive", "a.pdf"), make(tmp_path / "empty", "notes.txt")
    archive = find_sources([root, empty])
    assert [(problem.path, problem.reason) for problem in archive.problems] == [(empty, "holds no reports (*.pdf)")]
    with pytest.raises(UsageError, match="empty holds no reports"):
        find_sources([empty])


def test_a_path_that_does_not_exist_stops_everything(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere: no such file or folder"):
        find_sources([make(tmp_path / "archive", "a.pdf"), tmp_path / "nowhere"])


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make(tmp_path / "archive", "a.pdf", "locked/b.pdf")
    listdir = os.listdir

    def guarded(path: Path) -> list[str]:
        if path == root / "locked":
            raise PermissionError(13, "Permission denied")
        return listdir(path)

    monkeypatch.setattr(os, "listdir", guarded)
    archive = find_sources([root])
    assert [source.name for source in archive.sources] == ["a.pdf"]
    assert [(problem.path, problem.reason) for problem in archive.problems] == [
        (root / "locked", "cannot be read: Permission denied")
    ]
