"""The output of a run, a folder or below a URL: its lock, and the results in it."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path
from typing import Protocol

from recount.pipeline.archive.locations import Place, Url, files_at, get, put, remove
from recount.pipeline.archive.sources import names_of
from recount.pipeline.archive.strangers import steps_below
from recount.pipeline.errors import OutputBusy, UsageError
from recount.pipeline.lasting import sweep
from recount.pipeline.result import Result, encoded, plain, result_in, write_result

_RESULTS = "reports"
"""The folder of the results in an output."""
_SHOWN = 5
"""So many names are listed where a fragment fits several results."""


# --- one run at a time: a lock that dies with the process that holds it


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Holds the output folder for this process.

    Raises OutputBusy, with the process id of the holder, if another run has it; UsageError if the folder
    cannot be written to. The lock file stays where it is: removing it would let two runs in.
    """
    try:
        descriptor = os.open(out / "ledger.lock", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {error.strerror}") from error
    try:
        _sign(descriptor, out)
        yield
    finally:
        os.close(descriptor)


def _sign(descriptor: int, out: Path) -> None:
    """Takes the lock, and writes down who has it."""
    try:
        if not _take(descriptor):
            raise OutputBusy(f"another run is writing to {out} ({_holder(descriptor)})")
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {error.strerror}") from error


def _holder(descriptor: int) -> str:
    """The process that has the lock, by the id in the lock file."""
    number = os.read(descriptor, 32).decode("ascii", "replace").strip()
    return f"process {number}" if number else "it has just started"


if sys.platform == "win32":
    import msvcrt

    _FAR_AWAY = 1 << 30  # a locked byte cannot be read by others, and the process id shall be

    def _take(descriptor: int) -> bool:
        """Locks the file without waiting; False if another process has it."""
        os.lseek(descriptor, _FAR_AWAY, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _take(descriptor: int) -> bool:
        """Locks the file without waiting; False if another process has it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


# --- a result by a part of its name


def find_result(path: Path, fragment: str | None = None) -> Path:
    """The result file at a path, or the one in an output folder whose name holds the fragment.

    Raises UsageError if there is none, or more than one.
    """
    if not path.is_dir():
        return path
    folder = path / "reports" if (path / "reports").is_dir() else path
    names = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.json"))
    fitting = [name for name in names if fragment is None or fragment in name]
    exact = [name for name in fitting if fragment in (name, name.removesuffix(".json"))]
    if exact or len(fitting) == 1:
        return folder / (exact or fitting)[0]
    if not fitting:
        raise UsageError(f"no result in {path} has {fragment} in its name" if fragment else f"no result in {path}")
    listed = ", ".join(fitting[:_SHOWN]) + (", …" if len(fitting) > _SHOWN else "")
    raise UsageError(f"{len(fitting)} results in {path} fit, name one of them: {listed}")


# --- results by the names of their reports, in a folder or below a URL


def believed(path: Path, sha256: str | None) -> Result:
    """A result file. sha256: what it was written with, None if nobody knows.

    Raises UsageError if it cannot be read, is no result file, or has another hash.
    """
    try:
        return _believed(path.read_bytes(), str(path), sha256)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def _believed(content: bytes, where: str, sha256: str | None) -> Result:
    if sha256 not in (None, hashlib.sha256(content).hexdigest()):
        raise UsageError(f"{where} was changed since Recount wrote it: structure its report again")
    return result_in(content, where)


class Store(Protocol):
    """Takes results by the names of their files. It is pickled for workers."""

    def write(self, name: str, results: Sequence[Result]) -> list[str]:
        """Keeps the results of a file, one for each report in it, in the place of all earlier ones.

        The SHA-256 of each is returned. Raises OSError; then those that were there stand, or there are none: never some
        of both.
        """

    def read(self, name: str, sha256: str | None = None) -> Result:
        """A result. Raises UsageError if there is none that can be read, or if its file has not the hash."""

    def changed(self, written: Mapping[str, str]) -> list[str]:
        """The names of results that are there and have not the hash that they were written with."""

    def set_aside(self, name: str) -> str:
        """Keeps a result that somebody changed under another name, which is returned. Raises OSError."""

    def remove(self, name: str) -> None:
        """Takes away all results of a file, if there are any."""

    def present(self, names: Collection[str]) -> set[str]:
        """Those of the names that there is a result of. Raises UsageError if nobody can say."""

    def strangers(self, names: Collection[str]) -> list[str]:
        """What there is besides results of these names. Raises UsageError if nobody can say."""

    def sweep(self) -> None:
        """Removes what a killed run left half-written; nobody is writing now."""


@contextmanager
def _all_or_none(store: Store, name: str) -> Iterator[list[str]]:
    """Takes away results of a file of which some, that it was told of, were written, and others could not be."""
    begun: list[str] = []
    try:
        yield begun
    except OSError:
        if begun:
            store.remove(name)
        raise


@dataclass(frozen=True, slots=True)
class FolderStore:
    """Results below a folder, of this machine or one that all machines see."""

    out: Path

    def write(self, name: str, results: Sequence[Result]) -> list[str]:
        hashes = []
        with _all_or_none(self, name) as begun:
            for own, result in zip(names_of(name, len(results)), results, strict=True):
                content = write_result(result_path(self.out, own), result.named(own))
                hashes.append(hashlib.sha256(content).hexdigest())
                begun.append(own)
        self._clear(name, len(results))
        return hashes

    def read(self, name: str, sha256: str | None = None) -> Result:
        return believed(result_path(self.out, name), sha256)

    def changed(self, written: Mapping[str, str]) -> list[str]:
        found = []
        for name, sha256 in written.items():
            with suppress(OSError):
                if hashlib.sha256(result_path(self.out, name).read_bytes()).hexdigest() != sha256:
                    found.append(name)
        return found

    def set_aside(self, name: str) -> str:
        path = result_path(self.out, name)
        kept = path.with_name(_aside_name(path.name, path.read_bytes()))
        path.replace(kept)
        return kept.relative_to(self.out / _RESULTS).as_posix()

    def remove(self, name: str) -> None:
        # OSError: it stays, and its report is done again. ValueError: nothing was written under such a name.
        with suppress(OSError, ValueError):
            self._clear(name, 0)

    def _clear(self, name: str, kept: int) -> None:
        """Takes away what an earlier content of the file left: the last first, so that no gap hides another.

        Raises OSError: a report whose old figures stand beside its new ones is not done.
        """
        stale = list(takewhile(lambda own: os.path.isfile(result_path(self.out, own)), _numbered(name, kept)))
        for own in (*reversed(stale), *([name] if kept != 1 else ())):
            result_path(self.out, own).unlink(missing_ok=True)

    def present(self, names: Collection[str]) -> set[str]:
        return {name for name in names if os.path.isfile(result_path(self.out, name))}

    def strangers(self, names: Collection[str]) -> list[str]:
        folder = self.out / _RESULTS
        return _others([path.relative_to(folder).parts for path in folder.rglob("*.json")], names)

    def sweep(self) -> None:
        sweep(self.out / _RESULTS)


@dataclass(frozen=True, slots=True)
class UrlStore:
    """Results below a URL. A store of objects shows a file whole or not at all; it leaves nothing to be swept."""

    out: Url

    def write(self, name: str, results: Sequence[Result]) -> list[str]:
        hashes = []
        with _all_or_none(self, name) as begun:
            for own, result in zip(names_of(name, len(results)), results, strict=True):
                content = encoded(plain(result.named(own)))
                put(self._url(own), content)
                hashes.append(hashlib.sha256(content).hexdigest())
                begun.append(own)
        self._clear(name, len(results))
        return hashes

    def changed(self, written: Mapping[str, str]) -> list[str]:
        found = []
        for name, sha256 in written.items():
            with suppress(OSError):
                if hashlib.sha256(get(self._url(name))).hexdigest() != sha256:
                    found.append(name)
        return found

    def set_aside(self, name: str) -> str:
        *folders, last = _steps(name)
        content = get(self._url(name))
        kept = "/".join((*folders, _aside_name(last, content)))
        put(self.out / f"{_RESULTS}/{kept}", content)
        remove(self._url(name))
        return kept

    def read(self, name: str, sha256: str | None = None) -> Result:
        url = self._url(name)
        try:
            return _believed(get(url), str(url), sha256)
        except OSError as error:
            raise UsageError(f"{url} cannot be read: {error.strerror}") from error

    def remove(self, name: str) -> None:
        self._clear(name, 0)

    def _clear(self, name: str, kept: int) -> None:
        """As of a folder, in the order of the names: what is not there, or on this machine not reached, answers so."""
        with suppress(OSError, UsageError):
            if kept != 1:
                remove(self._url(name))
        with suppress(OSError, UsageError):
            for own in _numbered(name, kept):
                remove(self._url(own))

    def strangers(self, names: Collection[str]) -> list[str]:
        return _others([below for below in self._files() if below[-1].endswith(".json")], names)

    def present(self, names: Collection[str]) -> set[str]:
        there = self._files() if names else set()
        return {name for name in names if _steps(name) in there}

    def _files(self) -> set[tuple[str, ...]]:
        """The ways to all files below the results."""
        try:
            return {entry.below for entry in files_at(self.out / _RESULTS)}
        except FileNotFoundError:
            return set()
        except OSError as error:
            raise UsageError(f"{self.out} cannot be read: {error.strerror}") from error

    def sweep(self) -> None:
        pass

    def _url(self, name: str) -> Url:
        return self.out / "/".join((_RESULTS, *_steps(name)))


def _others(found: Iterable[tuple[str, ...]], names: Collection[str]) -> list[str]:
    known = set(map(_steps, names))
    return sorted("/".join(way).removesuffix(".json") for way in found if way not in known)


def _aside_name(file: str, content: bytes) -> str:
    """What a result that somebody changed is kept as: it is no longer a result, and two of them are two."""
    return f"{file}.changed-{hashlib.sha256(content).hexdigest()[:8]}"


def _numbered(name: str, kept: int) -> Iterator[str]:
    """The names that results of an earlier content of a file may have, where its first so many are kept."""
    return (f"{name}#{number}" for number in count(kept + 1 if kept > 1 else 1))


def store_at(out: Place) -> Store:
    """The results at a place."""
    return UrlStore(out) if isinstance(out, Url) else FolderStore(out)


def result_path(out: Path, name: str) -> Path:
    """Where the result of a report lies below `out`. Raises ValueError for a name that leads out of there."""
    return Path(out, _RESULTS, *_steps(name))


def _steps(name: str) -> tuple[str, ...]:
    """The way to a result."""
    return steps_below(name, ".json")
