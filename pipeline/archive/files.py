"""A report as a file of this machine, wherever it lies (as it is, out of its zip archive, or fetched from its URL),
and the hash of what it holds."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from recount.pipeline.archive.locations import fetch, open_place
from recount.pipeline.archive.sources import Source
from recount.pipeline.archive.strangers import allowed
from recount.pipeline.archive.zipped import extract, hash_of_member
from recount.pipeline.errors import SourceUnreachable

_CHUNK = 1 << 20
_OF_NOTHING = hashlib.sha256().hexdigest()
_LONGEST_NAME = 120
"""Bytes of a file name that every file system takes, and that an error message can quote."""


# --- the hash of a file's content: the same content is structured once


def hash_of(path: Path) -> str:
    """The SHA-256 of a file's content, or of a folder's page images one after the other, by name.

    Raises SourceUnreachable if it cannot be read, or holds nothing.
    """
    try:
        if path.is_dir():
            digest = hashlib.sha256()
            for image in sorted(path.iterdir()):
                if image.is_file():
                    digest.update(image.read_bytes())
            return digest.hexdigest()
        if not stat.S_ISREG(path.stat().st_mode):
            raise SourceUnreachable("is no regular file")  # opening a pipe would wait for ever
        with path.open("rb") as file:
            content = hash_of_stream(file)
    except OSError as error:
        raise SourceUnreachable(f"cannot be read: {error.strerror}") from error
    if content == _OF_NOTHING:
        raise SourceUnreachable("is empty")
    return content


def hash_of_stream(stream: IO[bytes]) -> str:
    """The SHA-256 of what is left of a stream. Raises OSError."""
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


# --- the file of a report, and its hash, wherever it lies


@contextmanager
def local_file(source: Source, aside: Path | None) -> Iterator[Path]:
    """The file, or folder of page images, for as long as it is needed.

    aside: the folder below which a copy is made where one is needed, None for the system's own place for such files.
    Raises SourceUnreachable if the report cannot be fetched, DocumentError if its zip archive does not give it.
    """
    if source.member is None and isinstance(source.place, Path):
        yield source.place
        return
    if aside is not None:
        aside.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="recount-", dir=aside) as own:
        name = allowed(PurePosixPath(source.name).name).encode()[-_LONGEST_NAME:]
        file = Path(own, name.decode("utf-8", "ignore"))
        _copy(source, file)
        yield file


def _copy(source: Source, target: Path) -> None:
    if source.member is not None:
        extract(source.place, source.member, target)
    elif not isinstance(source.place, Path):
        try:
            fetch(source.place, target)
        except OSError as error:
            raise SourceUnreachable(f"cannot be fetched: {error.strerror}") from error


def hash_of_source(source: Source) -> str:
    """The SHA-256 that the report's file has, without a copy of it. Raises DocumentError if it cannot be read."""
    if source.member is not None:
        return hash_of_member(source.place, source.member)
    if isinstance(source.place, Path):
        return hash_of(source.place)
    try:
        with open_place(source.place) as stream:
            return hash_of_stream(stream)
    except OSError as error:
        raise SourceUnreachable(f"cannot be fetched: {error.strerror}") from error
