"""The reports of an archive: which files they are, and what each is called in the output."""

from __future__ import annotations

import glob
import os
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import TypeVar

from recount.pipeline.archive.locations import Entry, Place, Url, files_at, matches, place_of
from recount.pipeline.archive.zipped import reports_in_zip
from recount.pipeline.errors import UsageError, ZipProblem

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp"})
"""What files of page images are called, in any case. A TIFF may hold all pages of a report."""

TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml"})
"""What files of text are called, in any case. Many are no reports: one in which none is found is left out."""

SUFFIXES = frozenset({".pdf", ".tif", ".tiff"}) | TEXT_SUFFIXES
"""What a report's file is called, in any case. A file that is named outright is taken whatever its name."""

PAGE_SUFFIXES = IMAGE_SUFFIXES - SUFFIXES
"""What the images of single pages are called. A folder of them, and of no report's file, is one report."""

ZIP_SUFFIXES = frozenset({".zip"})

_NOT_REPORTS = frozenset({"__MACOSX"})
"""Folders in which archivers keep what is no file of the user's."""

_EMPTY = "holds no reports (PDF files, page images or files of text)"

_REPORT_NUMBER = re.compile(r"#[1-9]\d*$")

AnyPath = TypeVar("AnyPath", bound=PurePath)


@dataclass(frozen=True, slots=True)
class Source:
    """A report's file. name: its path below the archive (posix), which also names its result.

    member: its number in the zip archive at place, None where that is the file itself. size: its bytes, as far as
    known before it is read: the largest are done first.
    """

    place: Place
    name: str
    member: str | None = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """A folder or zip archive that gave no reports, and why."""

    place: Place
    reason: str


@dataclass(frozen=True, slots=True)
class Archive:
    """The reports found, in the order of their names, and the folders that gave none."""

    sources: tuple[Source, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A report's file. above: the names that lead to the archive (folder) where it was found; below: on from there."""

    place: Place
    above: tuple[str, ...]
    below: tuple[str, ...]
    size: int
    member: str | None = None

    def name(self, depth: int) -> str:
        """The path below the archive, after the last `depth` names of the archive's own path."""
        above = self.above[-depth:] if depth else ()
        return printable(PurePosixPath(*above, *self.below))


def printable(path: PurePath | str) -> str:
    """A path as text to print, store and write to JSON: bytes that are no UTF-8 become \\xd6."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def is_text(path: PurePath) -> bool:
    """Whether a path is a file of text, by its name."""
    return path.suffix.lower() in TEXT_SUFFIXES


def names_of(file: str, reports: int) -> list[str]:
    """What the results of a file are called: as the file, or file#1, file#2, … where it holds several reports."""
    return [file] if reports == 1 else [f"{file}#{number}" for number in range(1, reports + 1)]


def file_of(name: str) -> str:
    """The file that a result of this name may be of: without the number of a report in it."""
    return _REPORT_NUMBER.sub("", name)


def read_list(path: Path) -> list[Place]:
    """The paths and URLs that a list file names, one a line, relative to the folder one works in.

    Raises UsageError if it cannot be read.
    """
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    return [place_of(os.fsdecode(line.strip())) for line in lines if line.strip()]


def find_sources(places: Sequence[Place]) -> Archive:
    """Finds the reports: files as given, folders and zip archives with all that is in them, each file once.

    A path with *, ? or [ that does not exist is a pattern (** for any depth). Hidden files and folders are left
    out; symbolic links are followed, each real folder once. A folder that cannot be read, or that was given and
    holds no reports, is a problem of the archive. Raises UsageError for a path or URL where nothing is, and if there
    is no report at all.
    """
    found: dict[tuple[Place, str | None], _Found] = {}
    problems: list[Problem] = []
    for place in _expanded(places):
        reports = _reports_at_url(place, problems) if isinstance(place, Url) else _reports_at_path(place, problems)
        for report in reports:
            found.setdefault((report.place, report.member), report)
    if not found:
        reasons = "; ".join(f"{problem.place} {problem.reason}" for problem in problems)
        raise UsageError(reasons or "no path was given")
    return Archive(tuple(_named(list(found.values()))), tuple(problems))


def _expanded(places: Iterable[Place]) -> Iterator[Place]:
    """The places, patterns replaced by what they match."""
    for place in places:
        if not glob.has_magic(str(place)) or (isinstance(place, Path) and os.path.lexists(place)):
            yield place
            continue
        found = _matched(place)
        if not found:
            raise UsageError(f"{place} matches no file or folder")
        yield from found


def _matched(pattern: Place) -> Sequence[Place]:
    if isinstance(pattern, Path):
        return [Path(path) for path in sorted(glob.glob(str(pattern), recursive=True))]
    try:
        return matches(pattern)
    except OSError as error:
        raise UsageError(f"{pattern} cannot be read: {error.strerror}") from error


def _reports_at_path(path: Path, problems: list[Problem]) -> list[_Found]:
    """The reports at a path that the user gave."""
    absolute = Path(os.path.abspath(path))
    if not os.path.lexists(absolute):
        raise UsageError(f"{path}: no such file or folder")
    if not absolute.is_dir():
        return list(_reports_of(absolute.parent, absolute, problems))
    found = [
        report
        for file in _files_below(absolute, problems)
        for report in _reports_of(absolute.parent if file == absolute else absolute, file, problems)
    ]
    if not found and not any(_within(problem.place, absolute) for problem in problems):
        problems.append(Problem(path, _EMPTY))
    return found


def _within(place: Place, folder: Path) -> bool:
    return isinstance(place, Path) and folder in (place, *place.parents)


def _reports_of(root: Path, file: Path, problems: list[Problem]) -> Iterator[_Found]:
    """A file that is a report; the reports of one that is a zip archive."""
    found = _Found(file, root.parts[1:], file.relative_to(root).parts, _size(file))
    return _unzipped(found, problems) if file.suffix.lower() in ZIP_SUFFIXES else iter([found])


def _unzipped(file: _Found, problems: list[Problem]) -> Iterator[_Found]:
    """The reports in a zip archive."""
    try:
        members = [member for member in reports_in_zip(file.place) if _is_report(member.inside)]
    except ZipProblem as problem:
        problems.append(Problem(file.place, str(problem)))
        return
    if not members:
        problems.append(Problem(file.place, _EMPTY))
    for member in members:
        yield _Found(file.place, file.above, (*file.below, *member.inside.parts), member.size, member.member)


def _is_report(path: PurePosixPath) -> bool:
    """Whether a zip archive's member is one, by its name; hidden files and folders are none."""
    return path.suffix.lower() in SUFFIXES and not any(map(_is_hidden, path.parts))


def _is_hidden(name: str) -> bool:
    """Whether a file or folder is none of the user's (AppleDouble's ._name is one of them)."""
    return name.startswith(".") or name in _NOT_REPORTS


def _reports_at_url(url: Url, problems: list[Problem]) -> list[_Found]:
    """The reports at a URL that the user gave."""
    try:
        entries = files_at(url)
    except FileNotFoundError as error:
        raise UsageError(f"{url}: no such file or folder") from error
    except OSError as error:
        raise UsageError(f"{url} cannot be read: {error.strerror}") from error
    if entries and not entries[0].below:
        return list(_report_at(entries[0], url.steps[:-1], problems))
    folders: dict[tuple[str, ...], dict[PurePath, Entry]] = {}
    for entry in entries:
        if not any(map(_is_hidden, entry.below)):
            folders.setdefault(entry.below[:-1], {})[PurePosixPath(*entry.below)] = entry
    found: list[_Found] = []
    for way, files in folders.items():
        for path in _reports_among(PurePosixPath(*way), list(files)):
            if path in files:
                found += _report_at(files[path], url.steps, problems)
            else:  # the folder itself: its page images are one report
                found.append(_pages_at(url, way, sum(entry.size for entry in files.values())))
    if not found and not problems:
        problems.append(Problem(url, _EMPTY))
    return found


def _pages_at(url: Url, way: tuple[str, ...], size: int) -> _Found:
    """A folder of page images, at a URL or the given way below it."""
    if not way:
        return _Found(url, url.steps[:-1], url.steps[-1:], size)
    return _Found(url / "/".join(way), url.steps, way, size)


def _report_at(entry: Entry, above: tuple[str, ...], problems: list[Problem]) -> Iterator[_Found]:
    found = _Found(entry.url, above, entry.below or entry.url.steps[-1:], entry.size)
    return _unzipped(found, problems) if entry.url.suffix.lower() in ZIP_SUFFIXES else iter([found])


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


def _reports_among(folder: AnyPath, files: list[AnyPath]) -> Iterator[AnyPath]:
    """The report files of a folder, and its page images; the folder itself where it holds page images and besides
    them texts at most."""
    reports = [path for path in files if path.suffix.lower() in SUFFIXES | ZIP_SUFFIXES]
    pages = [path for path in files if path.suffix.lower() in PAGE_SUFFIXES]
    if len(pages) > 1 and all(map(is_text, reports)):
        yield folder
        yield from sorted(reports)
    else:
        yield from sorted(reports + pages)


def _entries(folder: Path) -> list[Path]:
    """What a folder holds, hidden names left out."""
    return [folder / name for name in sorted(os.listdir(folder)) if not _is_hidden(name)]


def _named(found: list[_Found]) -> list[Source]:
    """Names the reports; where two archives hold the same path, all names begin with their archive's."""
    deepest = max(len(report.above) for report in found)
    for depth in range(deepest + 1):
        names = [report.name(depth) for report in found]
        if len(set(names)) == len(names) == len(set(map(file_of, names))):
            sources = (
                Source(report.place, name, report.member, report.size)
                for report, name in zip(found, names, strict=True)
            )
            return sorted(sources, key=lambda source: source.name)
    twice = next(name for name, times in Counter(map(file_of, names)).items() if times > 1)
    raise UsageError(f"two reports would share the result file {twice}.json; rename one of them")
