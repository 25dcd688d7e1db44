"""The reports of an archive: which files they are, and what each is called in the output."""

from __future__ import annotations

import glob
import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

from recount.pipeline.errors import UsageError
from recount.pipeline.ocr import IMAGE_SUFFIXES
from recount.pipeline.zipped import ZipProblem, reports_in_zip

SUFFIXES = frozenset({".pdf", ".tif", ".tiff"})
"""What a report's file is called, in any case. A file that is named outright is taken whatever its name."""

PAGE_SUFFIXES = IMAGE_SUFFIXES - SUFFIXES
"""What the images of single pages are called. A folder of them, and of no report's file, is one report."""

ZIP_SUFFIXES = frozenset({".zip"})

_NOT_REPORTS = frozenset({"__MACOSX"})
"""Folders in which archivers keep what is no file of the user's."""


@dataclass(frozen=True, slots=True)
class Source:
    """A report's file. name: its path below the archive (posix), which also names its result.

    member: its number in the zip archive at path, None where path is the file itself. size: its bytes, as far as
    known before it is read: the largest are done first.
    """

    path: Path
    name: str
    member: str | None = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """A folder or zip archive that gave no reports, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Archive:
    """The reports found, in the order of their names, and the folders that gave none."""

    sources: tuple[Source, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A report's file, and the archive (folder) in which it was found. inside: its path within a zip archive."""

    root: Path
    path: Path
    size: int
    member: str | None = None
    inside: PurePosixPath | None = None

    def name(self, depth: int) -> str:
        """The path below the archive, after the last `depth` names of the archive's own path."""
        above = self.root.parts[1:][-depth:] if depth else ()
        return printable(PurePosixPath(*above, *self.path.relative_to(self.root).parts, self.inside or ""))


def printable(path: PurePath) -> str:
    """A path as text to print, store and write to JSON: bytes that are no UTF-8 become \\xd6."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def read_list(path: Path) -> list[Path]:
    """The paths that a list file names, one a line, relative to the folder one works in.

    Raises UsageError if it cannot be read.
    """
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    return [Path(os.fsdecode(line.strip())) for line in lines if line.strip()]


def find_sources(paths: Sequence[Path]) -> Archive:
    """Finds the reports: files as given, folders and zip archives with all that is in them, each file once.

    A path with *, ? or [ that does not exist is a pattern (** for any depth). Hidden files and folders are left
    out; symbolic links are followed, each real folder once. A folder that cannot be read, or that was given and
    holds no reports, is a problem of the archive. Raises UsageError for a path that does not exist, and if there
    is no report at all.
    """
    found: dict[tuple[Path, str | None], _Found] = {}
    problems: list[Problem] = []
    for path in _expanded(paths):
        for each in _look(path, problems):
            found.setdefault((each.path, each.member), each)
    if not found:
        reasons = "; ".join(f"{problem.path} {problem.reason}" for problem in problems)
        raise UsageError(reasons or "no path was given")
    return Archive(tuple(_named(list(found.values()))), tuple(problems))


def _expanded(paths: Iterable[Path]) -> Iterator[Path]:
    """The paths, patterns replaced by what they match."""
    for path in paths:
        if os.path.lexists(path) or not glob.has_magic(str(path)):
            yield path
            continue
        matches = sorted(glob.glob(str(path), recursive=True))
        if not matches:
            raise UsageError(f"{path} matches no file or folder")
        yield from map(Path, matches)


def _look(path: Path, problems: list[Problem]) -> list[_Found]:
    """The reports at a path that the user gave."""
    absolute = Path(os.path.abspath(path))
    if not os.path.lexists(absolute):
        raise UsageError(f"{path}: no such file or folder")
    if not absolute.is_dir():
        return list(_reports_of(absolute.parent, absolute, problems))
    found = [
        each
        for file in _files_below(absolute, problems)
        for each in _reports_of(absolute.parent if file == absolute else absolute, file, problems)
    ]
    if not found and all(absolute not in (p.path, *p.path.parents) for p in problems):
        problems.append(Problem(path, "holds no reports (PDF files or page images)"))
    return found


def _reports_of(root: Path, file: Path, problems: list[Problem]) -> Iterator[_Found]:
    """A file that is a report; the reports of one that is a zip archive."""
    if file.suffix.lower() not in ZIP_SUFFIXES:
        yield _Found(root, file, _size(file))
        return
    try:
        members = [each for each in reports_in_zip(file) if _is_report(each.inside)]
    except ZipProblem as problem:
        problems.append(Problem(file, str(problem)))
        return
    if not members:
        problems.append(Problem(file, "holds no reports (PDF files or page images)"))
    yield from (_Found(root, file, each.size, each.member, each.inside) for each in members)


def _is_report(path: PurePosixPath) -> bool:
    """Whether a zip archive's member is one, by its name; hidden files and folders are none."""
    hidden = any(part.startswith(".") or part in _NOT_REPORTS for part in path.parts)
    return path.suffix.lower() in SUFFIXES and not hidden


def _size(path: Path) -> int:
    """The bytes of a file; 0 where nobody can say, which is found out when it is read."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


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
        files = [path for path in entries if not path.is_dir()]
        for path in entries:
            if path.is_dir():
                (linked if path.is_symlink() else folders).append(path)
        yield from _reports_among(folder, files)


def _reports_among(folder: Path, files: list[Path]) -> Iterator[Path]:
    """The report files of a folder, and its page images; the folder itself where it holds nothing but page images."""
    reports = [path for path in files if path.suffix.lower() in SUFFIXES | ZIP_SUFFIXES]
    pages = [path for path in files if path.suffix.lower() in PAGE_SUFFIXES]
    if len(pages) > 1 and not reports:
        yield folder
    else:
        yield from sorted(reports + pages)


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
            sources = (Source(f.path, name, f.member, f.size) for f, name in zip(found, names, strict=True))
            return sorted(sources, key=lambda source: source.name)
    twice = next(name for name, times in Counter(names).items() if times > 1)
    raise UsageError(f"two reports would share the result file {twice}.json; rename one of them")
