"""The reports of an archive: which files they are, what each is called in the output, and what the other files are."""

from __future__ import annotations

import glob
import os
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePath, PurePosixPath
from typing import Literal

from recount.pipeline.archive.kinds import (
    HEAD,
    OFFICE,
    TEXT_SUFFIXES,
    Kind,
    Use,
    is_office,
    is_text,
    kind_of,
    needs,
    office,
    suffix_of,
)
from recount.pipeline.archive.locations import Place, Url, files_at, matches, open_place, place_of
from recount.pipeline.archive.zipped import ARCHIVES, Contents, Member, files_in_zip, together
from recount.pipeline.errors import SourceUnreachable, UsageError, ZipProblem

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp"})
"""What files of page images are called, in any case. A TIFF may hold all pages of a report."""

SUFFIXES = frozenset({".pdf", ".tif", ".tiff"}) | TEXT_SUFFIXES
"""What a report's file is called, in any case. A file that is named outright is taken whatever its name."""

PAGE_SUFFIXES = IMAGE_SUFFIXES - SUFFIXES
"""What the images of single pages are called. A folder of them, and of no report's file, is one report."""

_NOT_REPORTS = frozenset({"__MACOSX"})
"""Folders in which archivers keep what is no file of the user's."""

_EMPTY = "holds no reports (PDF files, page images or files of text)"

_NAMED = 5
"""So many files of other kinds are named where there is no report."""

_REPORT_NUMBER = re.compile(r"#[1-9]\d*$")

Fate = Literal["opened", "skipped", "hidden", "archive unreadable", "unreachable", "no reports"]
"""What became of what is no report: an archive whose files are told of one by one; a file of another kind; one that is
hidden; an archive that cannot be used; what cannot be read; a folder or archive that was given and holds no reports."""
LOST: tuple[Fate, ...] = ("archive unreadable", "unreachable", "no reports")
"""The fates of what may have held reports."""


@dataclass(frozen=True, slots=True)
class Source:
    """A report's file. name: its path below the archive (posix), which also names its result.

    member: what leads to it in the archive at place (zipped.py), None where that is the file itself. size: its bytes,
    as far as known before it is read: the largest are done first. files: how many it is, of page images.
    """

    place: Place
    name: str
    member: str | None = None
    size: int = 0
    files: int = 1


@dataclass(frozen=True, slots=True)
class Other:
    """What is no report: a file, an archive, or a folder that cannot be read or holds no reports.

    place: the file or folder; inside: the names that lead on in an archive. reason: why it has its fate, in words.
    files: 0 of a folder that cannot be read, for nobody knows how many it holds, and of a second word on an archive.
    """

    place: Place
    fate: Fate
    reason: str = ""
    inside: PurePosixPath | None = None
    files: int = 1

    @property
    def name(self) -> str:
        """What it is called for people."""
        place = printable(str(self.place))
        return place if self.inside is None else f"{place}/{printable(self.inside)}"


@dataclass(frozen=True, slots=True)
class Archive:
    """The reports found, in the order of their names, and what else there is: every file is in one of the two."""

    sources: tuple[Source, ...]
    others: tuple[Other, ...] = ()

    @property
    def problems(self) -> tuple[Other, ...]:
        """The others that may have held reports."""
        return tuple(other for other in self.others if other.fate in LOST)


@dataclass(frozen=True, slots=True)
class _Found:
    """A file. above: the names that lead to the archive (folder) where it was found; below: on from there."""

    place: Place
    above: tuple[str, ...]
    below: tuple[str, ...]
    size: int
    member: str | None = None
    files: int = 1
    inside: PurePosixPath | None = None

    def name(self, depth: int) -> str:
        """The path below the archive, after the last `depth` names of the archive's own path."""
        above = self.above[-depth:] if depth else ()
        return printable(PurePosixPath(*above, *self.below))


def printable(path: PurePath | str) -> str:
    """A path as text to print, store and write to JSON: bytes that are no UTF-8 become \\xd6."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


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
    """Finds the reports: files as given, folders and archives with all that is in them, each file once.

    A path with *, ? or [ that does not exist is a pattern (** for any depth). A file is a report by its suffix, or if
    it begins as a PDF does. Symbolic links are followed, each real folder once. Every file that is no report is one of
    the archive's others, with its fate; so is a folder that cannot be read, or that was given and holds no reports.
    Raises UsageError for a path or URL where nothing is, and if there is no report at all.
    """
    found: dict[tuple[Place, str | None], _Found] = {}
    others: dict[tuple[Place, PurePosixPath | None, int], Other] = {}
    for place in _expanded(places):
        look = _Look()
        look.at_url(place) if isinstance(place, Url) else look.at_path(place)
        for report in look.reports:
            found.setdefault((report.place, report.member), report)
        for other in look.others:
            others.setdefault((other.place, other.inside, other.files), other)
    given_outright = {(place, None, 1) for place, member in found if member is None}
    rest = tuple(other for key, other in others.items() if key not in given_outright)
    if not found:
        raise UsageError(_nothing(rest))
    return Archive(tuple(_named(list(found.values()))), rest)


def _nothing(others: Sequence[Other]) -> str:
    """Why there is no report."""
    problems = [other for other in others if other.fate in LOST]
    skipped = [other for other in others if other.fate == "skipped"]
    reasons = [f"{problem.place} {problem.reason}" for problem in problems]
    reasons += [f"{other.name} is {other.reason}" for other in skipped[:_NAMED]]
    return "; ".join(reasons) or "no path was given"


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


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that is attached to a PDF. name: its path below that; member: what leads to it from there, as of a Source,
    None if it is no report, and then fate and reason as of an Other. files: how many it is, of page images."""

    name: str
    member: str | None = None
    fate: Fate | None = None
    reason: str = ""
    files: int = 1

    def source(self, carrier: Source) -> Source:
        """The report. carrier: the PDF that it is attached to. No size is told: only its own worker opens the PDF."""
        member = f"{carrier.member}/{self.member}" if carrier.member else self.member
        return Source(carrier.place, f"{carrier.name}/{self.name}", member, files=self.files)


def files_attached(carrier: Source) -> list[Attached]:
    """The files that are attached to a PDF: reports, and others with their fates, as the members of an archive are."""
    try:
        contents = files_in_zip(carrier.place, _is_told, carrier.member)
    except ZipProblem as problem:
        return [Attached(_ALL, None, "archive unreadable", f"what is attached {problem}", files=0)]
    look = _Look()
    look.inside(_Found(carrier.place, (), (), 0, carrier.member), contents)
    above = f"{carrier.member}/" if carrier.member else ""
    reports = [
        Attached(report.name(0) if report.below else _ALL, str(report.member).removeprefix(above), files=report.files)
        for report in look.reports
    ]
    others = [
        Attached(printable(other.inside or _ALL), None, other.fate, other.reason, other.files) for other in look.others
    ]
    return reports + others


_ALL = "attached"
"""What all that is attached to a PDF is called together: its page images, or what nobody can tell apart."""


class _Look:
    """A look at one place: the reports there, and all other files."""

    def __init__(self) -> None:
        self.reports: list[_Found] = []
        self.others: list[Other] = []

    def at_path(self, path: Path) -> None:
        """At a path that the user gave: a folder, or a file that is taken whatever its name."""
        absolute = Path(os.path.abspath(path))
        if not os.path.lexists(absolute):
            raise UsageError(f"{path}: no such file or folder")
        if not os.path.isdir(absolute):
            file = _Found(absolute, absolute.parent.parts[1:], (absolute.name,), _size(absolute))
            self._archive(file) if suffix_of(absolute) in ARCHIVES else self.reports.append(file)
            return
        for folder, files in _files_below(absolute, self.others):
            whole = _Found(folder, *_apart(absolute, folder), 0)
            found = (_Found(file, *_apart(absolute, file), _size(file)) for file in files)
            self._take(whole, [(file, partial(_head_of, file.place)) for file in found])
        self._tell_if_empty(path)

    def at_url(self, url: Url) -> None:
        """At a URL that the user gave. What lies there is known by its name alone: a look into it costs a request."""
        try:
            entries = files_at(url)
        except FileNotFoundError as error:
            raise UsageError(f"{url}: no such file or folder") from error
        except OSError as error:
            raise UsageError(f"{url} cannot be read: {error.strerror}") from error
        if entries and not entries[0].below:
            file = _Found(entries[0].url, url.steps[:-1], entries[0].url.steps[-1:], entries[0].size)
            self._archive(file) if suffix_of(file.below[-1]) in ARCHIVES else self.reports.append(file)
            return
        folders: dict[tuple[str, ...], list[tuple[_Found, Head | None]]] = {}
        for entry in entries:
            if any(map(_is_hidden, entry.below)):
                self.others.append(Other(entry.url, "hidden"))
            else:
                file = _Found(entry.url, url.steps, entry.below, entry.size)
                folders.setdefault(entry.below[:-1], []).append((file, None))
        for way, files in folders.items():
            self._take(_folder_at(url, way), files)
        self._tell_if_empty(url)

    def _archive(self, file: _Found) -> None:
        """At an archive: its files, by its folders."""
        missing = needs(suffix_of(file.below[-1]))
        if missing:
            self.others.append(Other(file.place, "skipped", missing, file.inside))
            return
        try:
            contents = files_in_zip(file.place, _is_told)
        except ZipProblem as problem:
            self.others.append(Other(file.place, "archive unreadable", str(problem)))
            return
        before = len(self.reports)
        self.others.append(Other(file.place, "opened"))
        self.inside(file, contents)
        if len(self.reports) == before and not contents.unopened:
            self.others.append(Other(file.place, "no reports", _EMPTY, files=0))

    def inside(self, file: _Found, contents: Contents) -> None:
        """At what an archive, or a PDF with other files in it, holds."""
        self.others += [Other(file.place, "opened", inside=inside) for inside in contents.opened]
        for inside, reason in contents.unopened:
            missing = needs(suffix_of(inside))
            fate: Fate = "skipped" if missing else "archive unreadable"
            self.others.append(Other(file.place, fate, missing or reason, inside))
        folders: dict[PurePosixPath, list[Member]] = {}
        for member in contents.members:
            if any(map(_is_hidden, member.inside.parts)):
                self.others.append(Other(file.place, "hidden", inside=member.inside))
            else:
                folders.setdefault(member.inside.parent, []).append(member)
        for folder, members in folders.items():
            whole = _Found(file.place, file.above, (*file.below, *folder.parts), 0, "")
            self._take(whole, [(_member(file, member), _head_in(member)) for member in members])

    def _take(self, folder: _Found, files: Sequence[tuple[_Found, Head | None]]) -> None:
        """The files of one folder: page images, and besides them texts at most, are one report, the folder."""
        kinds = [(file, kind) for file, head in files if (kind := self._kind(file, head)) is not None]
        pages = [file for file, kind in kinds if kind.use == "page"]
        others = [file for file, kind in kinds if kind.use in ("report", "archive")]
        named = [PurePosixPath(file.below[-1]) for file in others]
        if len(pages) > 1 and all(is_text(name) or is_office(name) for name in named):
            self.reports.append(_of_pages(folder, pages))
            kinds = [(file, kind) for file, kind in kinds if kind.use != "page"]
        for file, kind in kinds:
            if kind.use == "archive":
                self._archive(file)
            elif kind.use == "none":
                missing = needs(suffix_of(file.below[-1]))
                words = f"{kind.words}: {missing}" if missing else kind.words
                self.others.append(Other(file.place, "skipped", words, file.inside))
            else:
                self.reports.append(file)

    def _kind(self, file: _Found, head: Head | None) -> Kind | None:
        try:
            return kind_of(file.below[-1], head, _use)
        except OSError as error:
            self.others.append(Other(file.place, "unreachable", f"cannot be read: {error.strerror}"))
        except SourceUnreachable as error:
            self.others.append(Other(file.place, "unreachable", str(error)))
        return None

    def _tell_if_empty(self, place: Place) -> None:
        if not self.reports and not any(other.fate in LOST for other in self.others):
            self.others.append(Other(place, "no reports", _EMPTY, files=0))


Head = Callable[[], bytes]


def _use(suffix: str) -> Use | None:
    """What is done with files of a suffix; None: that is for their content to say."""
    if suffix in SUFFIXES:
        return "report"
    if suffix in PAGE_SUFFIXES:
        return "page"
    if suffix in OFFICE and office() is not None:
        return "report"
    return "archive" if suffix in ARCHIVES else None


def _is_told(name: str) -> bool:
    """Whether a name says what a file is, so that nobody need look into it."""
    return _use(suffix_of(name)) is not None


def _apart(root: Path, path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names above and below an archive's folder; a folder of page images that was given is below its own."""
    return (root.parent.parts[1:], (root.name,)) if path == root else (root.parts[1:], path.relative_to(root).parts)


def _folder_at(url: Url, way: tuple[str, ...]) -> _Found:
    """A folder at a URL, or the given way below it."""
    if not way:
        return _Found(url, url.steps[:-1], url.steps[-1:], 0)
    return _Found(url / "/".join(way), url.steps, way, 0)


def _member(file: _Found, member: Member) -> _Found:
    below = (*file.below, *member.inside.parts)
    return _Found(file.place, file.above, below, member.size, member.member, inside=member.inside)


def _head_in(member: Member) -> Head | None:
    return (lambda: member.head) if member.head or not member.size else None


def _of_pages(folder: _Found, pages: Sequence[_Found]) -> _Found:
    """The report that the page images of a folder are."""
    size, member = sum(page.size for page in pages), folder.member
    if member is not None:
        ordered = sorted(pages, key=lambda page: page.below)
        member = together([str(page.member) for page in ordered])
    return replace(folder, size=size, files=len(pages), member=member)


def _head_of(path: Place) -> bytes:
    """The first bytes of a file. Raises as `open_place` does if they cannot be read."""
    with open_place(path) as file:
        return file.read(HEAD)


def _is_hidden(name: str) -> bool:
    """Whether a file or folder is none of the user's (AppleDouble's ._name is one of them)."""
    return name.startswith(".") or name in _NOT_REPORTS


def _size(path: Path) -> int:
    """The bytes of a file; 0 where nobody can say, which is found out when it is read."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _files_below(root: Path, others: list[Other]) -> Iterator[tuple[Path, list[Path]]]:
    """The folders at and below a folder, with their files; real ones before linked ones, so that a file has its own
    name. What is hidden, or cannot be read, is told to the others."""
    folders, linked, hidden, seen = [root], deque[Path](), list[Path](), set[str]()
    while folders or linked:
        folder = folders.pop() if folders else linked.popleft()
        real = os.path.realpath(folder)
        if real in seen:
            continue
        seen.add(real)
        try:
            entries = _entries(folder)
        except OSError as error:
            others.append(Other(folder, "unreachable", f"cannot be read: {error.strerror}", files=0))
            continue
        shown = [(entry, _is_folder(entry)) for entry in entries if not _is_hidden(entry.name)]
        hidden += [folder / entry.name for entry in entries if _is_hidden(entry.name)]
        below = [entry for entry, is_folder in shown if is_folder]
        folders += [folder / entry.name for entry in below if not entry.is_symlink()]
        linked += [folder / entry.name for entry in below if entry.is_symlink()]
        yield folder, [folder / entry.name for entry, is_folder in shown if not is_folder]
    for path in hidden:
        others += [Other(file, "hidden") for file in _all_below(path, seen)]


def _all_below(path: Path, seen: set[str]) -> Iterator[Path]:
    """A file, or all files below a folder that was not seen; links are not followed."""
    if not os.path.isdir(path):
        yield path
        return
    for folder, folders, files in os.walk(path):
        if os.path.realpath(folder) in seen:
            folders.clear()
            continue
        yield from (Path(folder, file) for file in files)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What a folder holds. Raises OSError."""
    with os.scandir(folder) as listed:
        return sorted(listed, key=lambda entry: entry.name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder, or leads to one; where nobody can say it is a file, and reading it says why."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _named(found: list[_Found]) -> list[Source]:
    """Names the reports; where two archives hold the same path, all names begin with their archive's."""
    deepest = max(len(report.above) for report in found)
    for depth in range(deepest + 1):
        names = [report.name(depth) for report in found]
        if len(set(names)) == len(names) == len(set(map(file_of, names))):
            sources = (
                Source(report.place, name, report.member, report.size, report.files)
                for report, name in zip(found, names, strict=True)
            )
            return sorted(sources, key=lambda source: source.name)
    twice = next(name for name, times in Counter(map(file_of, names)).items() if times > 1)
    raise UsageError(f"two reports would share the result file {twice}.json; rename one of them")
