"""An archive of files of all kinds, most of them no reports: what a run that is to account for every file is given."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pymupdf

COVER = "Please open this portfolio in another viewer"
GOOD = b"good and of no other content: "


@dataclass
class Tree:
    """A tree below root. files: how many there are in it, those in archives too. reports: how many of them are some."""

    root: Path
    files: int = 0
    reports: int = 0
    _names: count[int] = field(default_factory=count)

    def put(self, name: str, content: bytes, *, report: bool = False, pages: bool = False) -> Path:
        """A file; a report of its own, or a page of one."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.files += 1
        self.reports += report
        assert not (report and pages)
        return path

    def good(self) -> bytes:
        """The content of a report, unlike any other."""
        return GOOD + str(next(self._names)).encode()


def portfolio(
    files: Mapping[str, str | bytes], words: str = COVER, pages: int = 1, *, collection: bool = False
) -> bytes:
    """A PDF of so many pages with these words, to which files are attached."""
    with pymupdf.open() as document:
        for _ in range(pages):
            document.new_page().insert_text((72, 100), words)
        for at, (name, content) in enumerate(files.items()):
            raw = content.encode() if isinstance(content, str) else content
            document.embfile_add(f"{at:04}", raw, filename=name, ufilename=name)
        if collection:
            document.xref_set_key(document.pdf_catalog(), "Collection", "<</View/D>>")
        made: bytes = document.tobytes()
    return made


def packed(members: dict[str, bytes]) -> bytes:
    """A zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def hostile_tree(root: Path, least: int) -> Tree:
    """A tree of at least so many files."""
    tree, turn = Tree(root), count()
    while tree.files < least:
        number = next(turn)
        for grow in (_reports, _others, _hidden, _zipped, _linked, _images):
            grow(tree, f"{number}")
    return tree


def _reports(tree: Tree, at: str) -> None:
    tree.put(f"{at}/局.pdf", tree.good(), report=True)
    tree.put(f"{at}/同.pdf", GOOD + b"twice", report=True)
    tree.put(f"{at}/无后缀", b"%PDF- " + tree.good(), report=True)
    tree.put(f"{at}/决算.pdf_", b"\n\n%PDF-1.4 " + tree.good(), report=True)
    tree.put(f"{at}/决算.pdf;jsessionid=1", b"%PDF-1.4 " + tree.good(), report=True)
    tree.put(f"{at}/坏.pdf", b"encrypted " + at.encode(), report=True)
    tree.put(f"{at}/空.pdf", b"", report=True)


def _others(tree: Tree, at: str) -> None:
    for suffix in ("docx", "xls", "ofd", "doc", "wps", "exe", "mdb", "gif"):
        tree.put(f"{at}/其他/附件.{suffix}", b"x" + at.encode())
    tree.put(f"{at}/其他/nothing", b"")
    tree.put(f"{at}/其他/a.rar", b"Rar!\x1a\7\0")
    tree.put(f"{at}/其他/b.7z", b"7z\xbc\xaf\x27\x1c")
    tree.put(f"{at}/其他/坏.zip", b"PK\3\4 and no more")
    tree.put(f"{at}/其他/packed", gzip.compress(b"x"))
    tree.put(f"{at}/其他/\x1b[2J.dat", b"x")


def _hidden(tree: Tree, at: str) -> None:
    for name in (".DS_Store", "._局.pdf", ".git/config", ".git/objects/ab/cd", "__MACOSX/._a.pdf", "~$a.docx"):
        tree.put(f"{at}/{name}", b"x")


def _zipped(tree: Tree, at: str) -> None:
    inner = packed({"深.pdf": tree.good(), "a.txt.bak": b"x", "broken.zip": b"PK"})
    innermost = packed({"最深.pdf": tree.good()})
    three = packed({"three.zip": packed({"four.zip": packed({"never.pdf": b"x"}), "三.pdf": tree.good()})})
    members = {"外.pdf": tree.good(), "in/inner.zip": inner, "b.zip": innermost, "c.zip": three, "note.bin": b"x"}
    tree.put(f"{at}/zip/全.zip", packed(members))
    tree.files += 5 + 3 + 1 + 1 + 2
    tree.reports += 4
    pages = {f"scan/{page}.png": at.encode() for page in range(3)}
    tree.put(f"{at}/zip/pages.zip", packed({**pages, "scan/readme.bin": b"x"}))
    tree.files += 4
    tree.reports += 3


def _linked(tree: Tree, at: str) -> None:
    folder = tree.root / at / "linked"
    folder.mkdir(parents=True)
    (folder / "gone.pdf").symlink_to(folder / "nowhere.pdf")
    (folder / "gone").symlink_to(folder / "nowhere")
    (folder / "round").symlink_to(tree.root)
    (folder / "self").symlink_to(folder / "self")
    tree.files += 3  # a link to a folder is none
    tree.reports += 1
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe")
        os.mkfifo(folder / "pipe.pdf")
        tree.files += 2
        tree.reports += 1


def _images(tree: Tree, at: str) -> None:
    for page in range(4):
        tree.put(f"{at}/扫描/{page}.jpg", b"image " + at.encode(), pages=True)
    tree.reports += 4
    tree.put(f"{at}/扫描/目录.lst", b"x")
    tree.put(f"{at}/混合/a.pdf", tree.good(), report=True)
    tree.put(f"{at}/混合/lone.jpg", b"image of " + at.encode(), report=True)
