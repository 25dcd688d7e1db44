"""Where the results of a run are written: a folder, or below a URL."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from recount.pipeline.errors import UsageError
from recount.pipeline.jsonfile import LEFTOVER, Result, encoded, read_result, result_in, write_result
from recount.pipeline.place import Place, Url, files_at, get, put, remove

_RESULTS = "reports"
_LONGEST_STEP = 250
_DIGEST = 16


class Store(Protocol):
    """Takes results by the names of their reports. It is pickled for workers."""

    def write(self, name: str, result: Mapping[str, object]) -> None:
        """Keeps a result, whole or not at all, in the place of an earlier one. Raises OSError."""

    def read(self, name: str) -> Result:
        """A result. Raises UsageError if there is none that can be read."""

    def remove(self, name: str) -> None:
        """Takes a result away, if there is one."""

    def present(self, names: Collection[str]) -> set[str]:
        """Those of the names that there is a result of. Raises UsageError if nobody can say."""

    def sweep(self) -> None:
        """Removes what a killed run left half-written; nobody is writing now."""


@dataclass(frozen=True, slots=True)
class FolderStore:
    """Results below a folder, of this machine or one that all machines see."""

    out: Path

    def write(self, name: str, result: Mapping[str, object]) -> None:
        write_result(result_path(self.out, name), result)

    def read(self, name: str) -> Result:
        return read_result(result_path(self.out, name))

    def remove(self, name: str) -> None:
        with suppress(OSError):  # no such file, or no such name: then there is nothing to remove
            result_path(self.out, name).unlink()

    def present(self, names: Collection[str]) -> set[str]:
        return {name for name in names if result_path(self.out, name).is_file()}

    def sweep(self) -> None:
        for leftover in (self.out / _RESULTS).rglob(LEFTOVER):
            leftover.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class UrlStore:
    """Results below a URL. A store of objects shows a file whole or not at all; it leaves nothing to be swept."""

    out: Url

    def write(self, name: str, result: Mapping[str, object]) -> None:
        put(self._url(name), encoded(result))

    def read(self, name: str) -> Result:
        url = self._url(name)
        try:
            return result_in(get(url), str(url))
        except OSError as error:
            raise UsageError(f"{url} cannot be read: {error.strerror}") from error

    def remove(self, name: str) -> None:
        with suppress(OSError):
            remove(self._url(name))

    def present(self, names: Collection[str]) -> set[str]:
        if not names:
            return set()
        try:
            there = {entry.below for entry in files_at(self.out / _RESULTS)}
        except FileNotFoundError:
            return set()
        except OSError as error:
            raise UsageError(f"{self.out} cannot be read: {error.strerror}") from error
        return {name for name in names if _steps(name) in there}

    def sweep(self) -> None:
        pass

    def _url(self, name: str) -> Url:
        return self.out / "/".join((_RESULTS, *_steps(name)))


def store_at(out: Place) -> Store:
    """The results at a place."""
    return UrlStore(out) if isinstance(out, Url) else FolderStore(out)


def result_path(out: Path, name: str) -> Path:
    """Where the result of a report lies below `out`. Raises ValueError for a name that leads out of there."""
    return Path(out, _RESULTS, *_steps(name))


def _steps(name: str) -> tuple[str, ...]:
    """The way to a result. A step that is too long for a file system keeps its beginning, and the hash of the whole."""
    below = PurePosixPath(name)
    if below.is_absolute() or ".." in below.parts or not below.name:
        raise ValueError(f"{name} is no path below an archive")
    return (*(_fitting(step) for step in below.parent.parts), f"{_fitting(below.name)}.json")


def _fitting(step: str) -> str:
    """A step of a path that, with .json behind it, has no more than the 255 bytes that file systems take."""
    raw = step.encode("utf-8", "surrogateescape")
    if len(raw) <= _LONGEST_STEP:
        return step
    digest = hashlib.sha256(raw).hexdigest()[:_DIGEST]
    return f"{raw[: _LONGEST_STEP - _DIGEST - 1].decode('utf-8', 'ignore')}~{digest}"
