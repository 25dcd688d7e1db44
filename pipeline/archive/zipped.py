"""Files inside zip archives, and inside archives in those: which there are, and what one of them holds.

A file is known by the numbers that lead to it: "7", or "2/7" for the seventh in an archive that is the second. Page
images that are one report have the numbers of all of them, "2/3+4+5". RAR and 7z archives, and PDFs with the files that
are attached to them, are read as the zip archive that holds the same.
"""

from __future__ import annotations

import hashlib
import io
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import IO

from recount.pipeline.archive.kinds import HEAD, OTHERS, as_zip, suffix_of, why_lost
from recount.pipeline.archive.locations import Place, open_place
from recount.pipeline.archive.strangers import fitting
from recount.pipeline.errors import DocumentError, SourceUnreachable, ZipProblem

_MOST_MEMBERS = 200_000
_LARGEST_MEMBER = 1 << 30
_LARGE_MEMBER, _MOST_GROWTH = 1 << 28, 100
"""A member beyond so many bytes may not grow by more when it is unpacked: of a PDF most is packed already."""
_SMALL_MEMBER, _USUAL_GROWTH = 1 << 20, 20
"""What is hashed before a run, where no --timeout holds: so many bytes, or no more than so often its size packed."""
_NOTHING = b"PK\5\6" + bytes(18)
"""A zip archive without members."""
_UTF8 = 0x800
_ENCRYPTED = 0x1
_CHUNK = 1 << 20
DEEPEST = 3
"""So deep archives in archives are opened."""
_LARGEST_NESTED = 1 << 30
"""Bytes of all archives in an archive, which must be unpacked before anybody can say what is in them."""
_ZIP = ".zip"
ARCHIVES = frozenset({_ZIP, *OTHERS})
"""What archives are called, in any case."""
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError)
"""What zipfile raises for an archive that is none, or damaged."""
Way = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a zip archive. member: the numbers that lead to it; inside: its path, which leads nowhere outside.

    head: its first bytes, if it has a name that does not tell what it is.
    """

    member: str
    inside: PurePosixPath
    size: int
    head: bytes = b""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a zip archive holds. opened: the archives in it, whose files are among its own; unopened: those that cannot
    be used, with the reason."""

    members: Sequence[Member]
    opened: Sequence[PurePosixPath] = ()
    unopened: Sequence[tuple[PurePosixPath, str]] = ()


def files_in_zip(place: Place, told: Callable[[str], bool], member: str | None = None) -> Contents:
    """Every file in a zip archive, and in archives in it.

    told: whether a name tells what a file is, so that nobody need look into it. member: of the one at the place that is
    meant instead of that. Raises ZipProblem if it cannot be read, lies too deep, or holds what no honest one does.
    """
    walk = _Walk(place, told)
    walk.into(_NOWHERE, _way(member) if member else ())
    return Contents(walk.members, walk.opened, walk.unopened)


_NOWHERE = PurePosixPath()


class _Walk:
    """A walk through an archive and those in it, whose bounds hold for all of them together."""

    def __init__(self, place: Place, told: Callable[[str], bool]) -> None:
        self._place, self._told = place, told
        self._left, self._room = _MOST_MEMBERS, _LARGEST_NESTED
        self.members: list[Member] = []
        self.opened: list[PurePosixPath] = []
        self.unopened: list[tuple[PurePosixPath, str]] = []

    def into(self, inside: PurePosixPath, above: Way) -> None:
        """Lists an archive. inside, above: the names and numbers that lead to it. Raises ZipProblem."""
        if len(above) >= DEEPEST:
            raise ZipProblem(f"lies in {len(above)} others; archives are opened {DEEPEST} deep")
        infos = _readable_directory(self._place, above)
        self._left -= len(infos)
        if self._left < 0:
            raise ZipProblem(f"holds {len(infos):,} files; the limit is {_MOST_MEMBERS:,}")
        files = ((at, info) for at, info in enumerate(infos) if not info.filename.endswith("/"))  # is_dir wants a name
        listed = [Member(str(at), _inside(info), info.file_size) for at, info in files]
        for member in _distinct(listed):
            at, where = "/".join((*above, member.member)), inside / member.inside
            if suffix_of(member.inside) in ARCHIVES:
                self._nested(where, (*above, member.member), member.size)
            else:
                head = b"" if self._told(member.inside.name) else _head(self._place, at)
                self.members.append(Member(at, where, member.size, head))

    def _nested(self, inside: PurePosixPath, above: Way, size: int) -> None:
        try:
            self._room -= size
            if self._room < 0:
                raise ZipProblem(f"is one of archives in an archive of more than {_LARGEST_NESTED >> 20:,} MB")
            self.into(inside, above)
            self.opened.append(inside)
        except ZipProblem as problem:
            self.unopened.append((inside, str(problem)))


def _readable_directory(place: Place, above: Way) -> list[zipfile.ZipInfo]:
    try:
        return _directory(place, above)
    except DocumentError as error:
        raise ZipProblem(str(error)) from error
    except OSError as error:
        raise ZipProblem(f"cannot be read: {error.strerror or error}") from error
    except _BROKEN as error:
        raise ZipProblem(f"is no zip archive that can be read: {error}") from error


def _head(place: Place, member: str) -> bytes:
    """The first bytes of a member, none if it cannot be read."""
    try:
        return next(_chunks(place, member, HEAD), b"")
    except (OSError, DocumentError, *_BROKEN):
        return b""


def _distinct(members: list[Member]) -> Iterator[Member]:
    """Members of one name are told apart by their numbers: a zip archive may hold a name twice."""
    seen: set[PurePosixPath] = set()
    for member in members:
        inside = member.inside
        if inside in seen:
            inside = inside.with_name(f"{inside.stem}~{member.member}{inside.suffix}")
        seen.add(inside)
        yield Member(member.member, inside, member.size)


def _inside(info: zipfile.ZipInfo) -> PurePosixPath:
    """A member's path; steps that would lead out of the archive are left out.

    A name without the mark of UTF-8 was read as code page 437; those of Chinese programs are UTF-8 or GB 18030.
    """
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        name = _decoded(name)
    parts = name.replace("\0", "").replace("\\", "/").split("/")
    kept = [part for part in parts if part not in ("", ".", "..")]
    return PurePosixPath(*kept) if kept else PurePosixPath("unnamed")


def _decoded(name: str) -> str:
    raw = name.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def together(members: Sequence[str]) -> str:
    """The member that several page images of one archive are."""
    above, _, _ = members[0].rpartition("/")
    numbers = "+".join(member.rpartition("/")[2] for member in members)
    return f"{above}/{numbers}" if above else numbers


def is_attached(place: Place, member: str) -> bool:
    """Whether a member lies in a PDF, which is opened to read it. Raises as `hash_of_member` does."""
    way, suffix = _way(member), suffix_of(str(place))
    with _as_document_errors():
        for depth in range(1, len(way)):
            if suffix not in ARCHIVES:
                break
            suffix = suffix_of(_inside(_info(place, "/".join(way[:depth]))))
    return suffix not in ARCHIVES


def extract(place: Place, member: str, target: Path) -> None:
    """Writes a member to a file, page images that are one report into a new folder.

    Raises DocumentError if it cannot be read or is too large, or not be written.
    """
    with _as_document_errors():
        if "+" not in member:
            _write(place, member, target)
            return
        target.mkdir()
        for one in _each(member):
            name = fitting(_inside(_info(place, one)).name)
            _write(place, one, target / (f"{one.rpartition('/')[2]}~{name}" if (target / name).exists() else name))


def _write(place: Place, member: str, target: Path) -> None:
    with target.open("xb") as file:
        for chunk in _chunks(place, member):
            file.write(chunk)


def _each(member: str) -> list[str]:
    """The single members that a member stands for."""
    above, slash, numbers = member.rpartition("/")
    return [f"{above}{slash}{number}" for number in numbers.split("+")]


def hash_of_member(place: Place, member: str) -> str:
    """The SHA-256 of a member, as of the file that it would be.

    Raises DocumentError if it cannot be read, and for one that grows too much to be unpacked only to be compared.
    """
    digest = hashlib.sha256()
    with _as_document_errors():
        for one in _each(member):
            info = _info(place, one)
            if info.file_size > max(_SMALL_MEMBER, _USUAL_GROWTH * info.compress_size):
                raise DocumentError(f"is {info.file_size:,} bytes unpacked out of {info.compress_size:,}")
            for chunk in _chunks(place, one):
                digest.update(chunk)
    return digest.hexdigest()


def _chunks(place: Place, member: str, size: int = _CHUNK) -> Iterator[bytes]:
    """What a member holds, piece by piece."""
    info = _info(place, member)
    if info.flag_bits & _ENCRYPTED:
        raise DocumentError("needs a password to be taken out of its zip archive")
    if lost := why_lost(info):
        raise DocumentError(lost)
    most = min(_LARGEST_MEMBER, max(_LARGE_MEMBER, _MOST_GROWTH * info.compress_size))
    unpacked = 0
    # The directory is not read again for every member, which would take the square of their number.
    with _opened(place, _way(member)[:-1]) as file, zipfile.ZipFile(io.BytesIO(_NOTHING)) as archive:
        archive.fp = file
        with archive.open(info) as source:
            while chunk := source.read(size):
                unpacked += len(chunk)
                if unpacked > most:  # counted, for what the archive says of itself may be a lie
                    raise DocumentError(f"is larger than {most >> 20:,} MB unpacked")
                yield chunk


# --- the directory of an archive, and archives that must be unpacked to be read: once, and again when the file changes


def _way(member: str) -> Way:
    return tuple(member.split("/"))


def _info(place: Place, member: str) -> zipfile.ZipInfo:
    *above, number = _way(member)
    infos = _directory(place, tuple(above))
    if int(number) >= len(infos):
        raise DocumentError("is no longer in its zip archive")
    return infos[int(number)]


def _directory(place: Place, above: Way = ()) -> list[zipfile.ZipInfo]:
    """What is in an archive. Raises OSError, ZipProblem for members that lie one in another, and what zipfile does."""
    return _kept_directory(place, above, *_state(place))


@lru_cache(maxsize=16)
def _kept_directory(place: Place, above: Way, *_: object) -> list[zipfile.ZipInfo]:
    return _read_directory(place, above)


def _read_directory(place: Place, above: Way) -> list[zipfile.ZipInfo]:
    with _opened(place, above) as file:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
        size = file.seek(0, io.SEEK_END)
    if sum(info.compress_size for info in infos) > size:
        raise ZipProblem("holds files that lie one in another: they were made to take more room than there is")
    return infos


def _state(place: Place) -> tuple[object, ...]:
    """What is other when a file has changed; what lies elsewhere is looked at anew."""
    if not isinstance(place, Path):
        return (object(),)
    about = place.stat()
    return about.st_size, about.st_mtime_ns, about.st_ino


@contextmanager
def _opened(place: Place, above: Way = ()) -> Iterator[IO[bytes]]:
    """A zip archive as a file. above: the numbers that lead to one in the archive at the place."""
    suffix = suffix_of(_inside(_info(place, "/".join(above))) if above else str(place))
    if above or suffix != _ZIP:
        yield _unpacked(place, above, suffix, *_state(place))
    else:
        with open_place(place) as file:
            yield file


@lru_cache(maxsize=8)
def _unpacked(place: Place, above: Way, suffix: str, *_: object) -> IO[bytes]:
    """An archive in another one, or of another kind, as a zip archive of its own, which goes when it is closed."""
    target = TemporaryFile(prefix="recount-")  # noqa: SIM115 - it is kept open, and closed when it is let go of
    if suffix == _ZIP:
        _pour(place, above, target)
    elif above:
        with TemporaryFile(prefix="recount-") as packed:
            _pour(place, above, packed)
            _made(packed, suffix, target)
    else:
        with open_place(place) as packed:
            _made(packed, suffix, target)
    return target


def _made(packed: IO[bytes], suffix: str, target: IO[bytes]) -> None:
    """Makes a zip archive of one of another kind: what is called like none is a PDF."""
    with warnings.catch_warnings(action="ignore"):  # of a name that is there twice: see _distinct
        if suffix in OTHERS:
            as_zip(packed, suffix, target)
            return
        # Imported where files are attached: MuPDF is heavy, and few have any.
        from recount.pipeline.archive.pdfs import attached_as_zip

        attached_as_zip(packed, target)


def _pour(place: Place, above: Way, target: IO[bytes]) -> None:
    for chunk in _chunks(place, "/".join(above)):
        target.write(chunk)
    target.seek(0)


@contextmanager
def _as_document_errors() -> Iterator[None]:
    """Raises what is wrong with a member as a DocumentError that says so."""
    try:
        yield
    except OSError as error:
        raise SourceUnreachable(f"cannot be taken out of its zip archive: {error.strerror or error}") from error
    except ZipProblem as error:
        raise DocumentError(f"cannot be taken out of its archive: it {error}") from error
    except _BROKEN as error:
        raise DocumentError(f"is damaged in its zip archive: {error}") from error
