"""Zip archives that are made to hold a machine up cost no more than their size."""

from __future__ import annotations

import random
import struct
import time
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from recount.pipeline.archive import zipped
from recount.pipeline.archive.files import hash_of, hash_of_source
from recount.pipeline.archive.sources import find_sources
from recount.pipeline.archive.zipped import Member, extract, files_in_zip, hash_of_member
from recount.pipeline.errors import DocumentError, ZipProblem

FEW = 2_000


def listed(path: Path) -> Sequence[Member]:
    return files_in_zip(path, lambda _: True).members


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_the_directory_of_an_archive_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read for every member it takes the square of their number."""
    path = packed(tmp_path / "a.zip", {f"{number}.pdf": b"x" * (number + 1) for number in range(FEW)})
    read: list[object] = []
    whole = zipped._read_directory
    monkeypatch.setattr(zipped, "_read_directory", lambda place, above: (read.append(place), whole(place, above))[1])
    members = listed(path)
    began = time.process_time()
    for member in members:
        extract(path, member.member, tmp_path / "out")
        assert hash_of_member(path, member.member) == hash_of(tmp_path / "out")
        (tmp_path / "out").unlink()
    assert read == [path]
    assert time.process_time() - began < 10.0


def test_an_archive_that_changed_is_read_again(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.pdf": b"one"})
    first = hash_of_member(path, "0")
    path.unlink()
    packed(path, {"a.pdf": b"another"})
    assert hash_of_member(path, "0") != first
    path.unlink()
    packed(path, {})
    with pytest.raises(DocumentError, match="no longer in its zip archive"):
        hash_of_member(path, "0")


def test_members_that_lie_one_in_another_are_turned_away(tmp_path: Path) -> None:
    """A thousand entries of the directory that all point to one packed megabyte (Fifield, A better zip bomb, 2019)."""
    path = packed(tmp_path / "a.zip", {"a.pdf": random.Random(1).randbytes(100_000)})
    content = path.read_bytes()
    entry = content.index(b"PK\1\2")
    end = content.index(b"PK\5\6")
    entries = content[entry:end] * 1000
    tail = b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 1000, 1000, len(entries), entry, 0)
    path.write_bytes(content[:entry] + entries + tail)
    with pytest.raises(ZipProblem, match="one in another"):
        listed(path)


def test_what_grows_absurdly_is_not_unpacked_to_be_compared(tmp_path: Path) -> None:
    """Before a run, in the process that nothing bounds, only what is about as large as its archive is looked at."""
    bomb = bytes(8 << 20)
    path = packed(tmp_path / "a.zip", {"a.pdf": b"1" + bomb, "b.pdf": b"2" + bomb, "c.pdf": b"small"})
    sources = find_sources([path]).sources
    for source in sources[:2]:
        with pytest.raises(DocumentError, match="bytes unpacked out of"):
            hash_of_source(source)
    assert hash_of_source(sources[2])


def test_what_grows_absurdly_is_not_unpacked_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipped, "_LARGE_MEMBER", 4 << 20)
    path = packed(tmp_path / "a.zip", {"a.pdf": bytes(8 << 20), "b.pdf": random.Random(1).randbytes(8 << 20)})
    with pytest.raises(DocumentError, match="larger than 4 MB unpacked"):
        extract(path, "0", tmp_path / "a")
    assert (tmp_path / "a").stat().st_size <= 4 << 20
    extract(path, "1", tmp_path / "b")
    assert zlib.crc32((tmp_path / "b").read_bytes()) == zipfile.ZipFile(path).infolist()[1].CRC
