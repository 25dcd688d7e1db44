"""Where files lie: on a path of this machine, or at a URL that fsspec knows (s3://bucket/folder).

The libraries behind fsspec raise errors of their own; here all of them become OSErrors with words in them, so that
callers have one kind of failure to handle.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from recount.pipeline.errors import SourceUnreachable, UsageError, needed

_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+://")
_LOCAL = ("file://", "local://")


@dataclass(frozen=True, slots=True)
class Url:
    """A file or folder that fsspec reaches. It is pickled for workers, on other machines too."""

    text: str

    def __str__(self) -> str:
        return self.text

    def __truediv__(self, step: str) -> Url:
        return Url(f"{self.text.rstrip('/')}/{step}")

    @property
    def steps(self) -> tuple[str, ...]:
        """The names on the way, from the first below the protocol."""
        return tuple(step for step in self.text.partition("://")[2].split("/") if step)

    @property
    def suffix(self) -> str:
        return PurePosixPath(*self.steps).suffix


Place = Path | Url


@dataclass(frozen=True, slots=True)
class Entry:
    """A file at or below a URL. url: its own, in the spelling that fsspec has for it. below: the names that lead to it
    from there, none of them a step out; empty if it is the file at the URL."""

    url: Url
    below: tuple[str, ...]
    size: int


def place_of(text: str) -> Place:
    """The place that a user's word means. file:// is a path like any other."""
    if not _URL.match(text):
        return Path(text)
    for head in _LOCAL:
        if text.startswith(head):
            return Path(text.removeprefix(head))
    return Url(text)


def check_reachable(url: Url) -> None:
    """Raises UsageError if there is no library that reaches a URL: said once, before any work is begun."""
    with _file_system(url):
        pass


def open_place(place: Place) -> IO[bytes]:
    """A file to read from, at any position. Raises OSError, and SourceUnreachable for a pipe, a socket or a device."""
    if isinstance(place, Path):
        kind = place.stat().st_mode
        if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):  # what a folder is, opening it says
            raise SourceUnreachable("is no regular file")  # opening a pipe would wait for ever
        return place.open("rb")
    with _file_system(place) as (system, path):
        file: IO[bytes] = system.open(path, "rb")
        return file


def files_at(url: Url) -> list[Entry]:
    """The file at a URL, or all files below it, at any depth. Raises OSError, FileNotFoundError if nothing is there."""
    with _file_system(url) as (system, path):
        system.invalidate_cache()
        about = system.info(path)
        if about["type"] != "directory":
            return [Entry(Url(system.unstrip_protocol(path)), (), about.get("size") or 0)]
        found = system.find(path, detail=True)
        return [
            Entry(Url(system.unstrip_protocol(at)), _below(path, at), info.get("size") or 0)
            for at, info in sorted(found.items())
        ]


def matches(url: Url) -> list[Url]:
    """What a URL with *, ? or [ in it stands for. Raises OSError."""
    with _file_system(url) as (system, path):
        return [Url(system.unstrip_protocol(at)) for at in sorted(system.glob(path))]


def fetch(url: Url, target: Path) -> None:
    """Copies a file to this machine; of a folder its files, into a new folder. Raises OSError."""
    with _file_system(url) as (system, path):
        if not system.isdir(path):
            system.get_file(path, str(target))
            return
        target.mkdir()
        for at in system.ls(path, detail=False):
            if system.isfile(at):
                system.get_file(at, str(target / PurePosixPath(at).name))


def put(url: Url, content: bytes) -> None:
    """Writes a file, in the place of one that was there. Raises OSError."""
    with _file_system(url) as (system, path):
        try:
            system.pipe_file(path, content)
        except FileNotFoundError:  # a file system that has folders, unlike a store of objects
            system.makedirs(system._parent(path), exist_ok=True)
            system.pipe_file(path, content)


def get(url: Url) -> bytes:
    """What a file holds. Raises OSError."""
    with _file_system(url) as (system, path):
        content: bytes = system.cat_file(path)
        return content


def remove(url: Url) -> None:
    """Removes a file. Raises OSError, FileNotFoundError if there is none."""
    with _file_system(url) as (system, path):
        system.rm_file(path)


def _below(root: str, path: str) -> tuple[str, ...]:
    steps = path.removeprefix(root).split("/")
    return tuple(step for step in steps if step not in ("", ".", ".."))


@contextmanager
def _file_system(url: Url) -> Iterator[tuple[Any, str]]:
    """The file system of a URL, and the path there. What goes wrong becomes an OSError."""
    library = needed("fsspec", str(url), "remote")
    try:
        system, path = library.url_to_fs(url.text)
    except (ValueError, ImportError) as error:
        raise UsageError(f"{url} cannot be reached: {error}") from error
    try:
        yield system, path
    except OSError as error:
        if error.strerror:
            raise
        if isinstance(error, FileNotFoundError):  # its message is but the path
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)) from error
        raise OSError(errno.EIO, str(error) or type(error).__name__) from error
    except Exception as error:  # the boundary: every store has errors of its own library
        raise OSError(errno.EIO, f"{type(error).__name__}: {error}") from error
