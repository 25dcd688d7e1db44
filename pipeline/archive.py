"""The reports of an archive: which files they are, and what each is called in the output."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

from recount.pipeline.errors import UsageError

SUFFIXES = frozenset({".pdf"})
"""What a report's file is called, in any case. A file that is named outright is taken whatever its name."""

_NOT_REPORTS = frozenset({"__MACOSX"})
"""Folders in which archivers keep what is no file of the user's."""


@dataclass(frozen=True, slots=True)
class Source:
    """A report's file. name: its path below the archive (posix), which also names its result."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A folder that gave no reports, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Archive:
    """The reports found, in the order of their names, and the folders that gave none."""

    sources: tuple[Source, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A report's file, and the archive (folder) in which it was found."""

    root: Path
    path: Path

    def name(self, depth: int) -> str:
        """The path below the archive, after the last `depth` names of the archive's own path."""
        above = self.root.parts[1:][-depth:] if depth else ()
        return printable(PurePosixPath(*above, *self.path.relative_to(self.root).parts))


def printable(path: PurePath) -> str:
    """A path as text to print, store and write to JSON: bytes that are no UTF-8 become \\xd6."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def find_sources(paths: Sequence[Path]) -> Archive:
    """Finds the reports: files as given, folders with all that is below them, each file once.

    Hidden files and folders are left out; symbolic links are followed, each real folder once. A folder
    that cannot be read, or that was given and holds no reports, is a problem of the archive. Raises
    UsageError for a path that does not exist, and if there is no report at all.
    """
    found: dict[Path, _Found] = {}
    problems: list[Problem] = []
    for path in paths:
        for each in _look(path, problems):
            found.setdefault(each.path, each)
    if not found:
        reasons = "; ".join(f"{problem.path} {problem.reason}" for problem in problems)
        raise UsageError(reasons or "no path was given")
    return Archive(tuple(_named(list(found.values()))), tuple(problems))


def _look(path: Path, problems: list[Problem]) -> list[_Found]:
    """The reports at a path that the user gave."""
    absolute = Path(os.path.abspath(path))
    if not os.path.lexists(absolute):
        raise UsageError(f"{path}: no such file or folder")
    if not absolute.is_dir():
        return [_Found(absolute.parent, absolute)]
    found = [_Found(absolute, file) for file in _files_below(absolute, problems)]
    if not found and all(absolute not in (p.path, *p.path.parents) for p in problems):
        problems.append(Problem(path, "holds no reports (*.pdf)"))
    return found


def _files_below(root: Path, problems: list[Problem]) -> Iterator[Path]:
    """All report files below a folder; real folders before linked ones, so that a file has its own name."""
    folders, linked, seen = [root], deque[Path](), set[str]()
    while folders or linked:
        folder = folders.pop() if folders else linked.popleft()
        real = os.path.realpath(folder)
        if real in seen:
            continue
        seen.add(real)
        try:
            entries = _entries(folder)
        except OSError as error:
            problems.append(Problem(folder, f"cannot be read: {error.strerror}"))
            continue
        for path in entries:
            if path.is_dir():
                (linked if path.is_symlink() else folders).append(path)
            elif path.suffix.lower() in SUFFIXES:
                yield path


def _entries(folder: Path) -> list[Path]:
    """What a folder holds, hidden names left out (AppleDouble's ._name is one of them)."""
    names = sorted(os.listdir(folder))
    return [folder / name for name in names if not name.startswith(".") and name not in _NOT_REPORTS]


def _named(found: list[_Found]) -> list[Source]:
    """Names the reports; where two archives hold the same path, all names begin with their archive's."""
    deepest = max(len(each.root.parts) for each in found)
    for depth in range(deepest):
        names = [each.name(depth) for each in found]
        if len(set(names)) == len(names):
            sources = (Source(each.path, name) for each, name in zip(found, names, strict=True))
            return sorted(sources, key=lambda source: source.name)
    twice = next(name for name, times in Counter(names).items() if times > 1)
    raise UsageError(f"two reports would share the result file {twice}.json; rename one of them")
