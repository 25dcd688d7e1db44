"""Reports inside zip archives: which there are, and what one of them holds."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from recount.pipeline.archive.locations import Place, open_place
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


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a zip archive. member: its number there, as text; inside: its path, which leads nowhere outside."""

    member: str
    inside: PurePosixPath
    size: int


def reports_in_zip(place: Place) -> list[Member]:
    """Every file in a zip archive. Raises ZipProblem if it cannot be read, or holds what no honest one does."""
    try:
        infos = _directory(place)
    except OSError as error:
        raise ZipProblem(f"cannot be read: {error.strerror or error}") from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise ZipProblem(f"is no zip archive that can be read: {error}") from error
    if len(infos) > _MOST_MEMBERS:
        raise ZipProblem(f"holds {len(infos):,} files; the limit is {_MOST_MEMBERS:,}")
    members = [Member(str(at), _inside(info), info.file_size) for at, info in enumerate(infos) if not info.is_dir()]
    return list(_distinct(members))


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
    parts = name.replace("\\", "/").split("/")
    kept = [part.replace("\0", "") for part in parts if part not in ("", ".", "..")]
    return PurePosixPath(*kept) if kept else PurePosixPath("unnamed")


def _decoded(name: str) -> str:
    raw = name.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def extract(place: Place, member: str, target: Path) -> None:
    """Writes a member to a file. Raises DocumentError if it cannot be read or is too large, or not be written."""
    with _as_document_errors(), target.open("xb") as file:
        for chunk in _chunks(place, member):
            file.write(chunk)


def hash_of_member(place: Place, member: str) -> str:
    """The SHA-256 of a member, as of the file that it would be.

    Raises DocumentError if it cannot be read, and for one that grows too much to be unpacked only to be compared.
    """
    digest = hashlib.sha256()
    with _as_document_errors():
        info = _info(place, member)
        if info.file_size > max(_SMALL_MEMBER, _USUAL_GROWTH * info.compress_size):
            raise DocumentError(f"is {info.file_size:,} bytes unpacked out of {info.compress_size:,}")
        for chunk in _chunks(place, member):
            digest.update(chunk)
    return digest.hexdigest()


def _chunks(place: Place, member: str) -> Iterator[bytes]:
    """What a member holds, piece by piece."""
    info = _info(place, member)
    if info.flag_bits & _ENCRYPTED:
        raise DocumentError("needs a password to be taken out of its zip archive")
    most = min(_LARGEST_MEMBER, max(_LARGE_MEMBER, _MOST_GROWTH * info.compress_size))
    unpacked = 0
    # The directory is not read again for every member, which would take the square of their number.
    with open_place(place) as file, zipfile.ZipFile(io.BytesIO(_NOTHING)) as archive:
        archive.fp = file
        with archive.open(info) as source:
            while chunk := source.read(_CHUNK):
                unpacked += len(chunk)
                if unpacked > most:  # counted, for what the archive says of itself may be a lie
                    raise DocumentError(f"is larger than {most >> 20:,} MB unpacked")
                yield chunk


# --- the directory of an archive: read once, and again when the file has changed


def _info(place: Place, member: str) -> zipfile.ZipInfo:
    infos = _directory(place)
    if int(member) >= len(infos):
        raise DocumentError("is no longer in its zip archive")
    return infos[int(member)]


def _directory(place: Place) -> list[zipfile.ZipInfo]:
    """What is in an archive. Raises OSError, ZipProblem for members that lie one in another, and what zipfile does."""
    if not isinstance(place, Path):
        return _read_directory(place)
    about = place.stat()
    return _kept_directory(place, about.st_size, about.st_mtime_ns, about.st_ino)


@lru_cache(maxsize=4)
def _kept_directory(path: Path, *_: int) -> list[zipfile.ZipInfo]:
    return _read_directory(path)


def _read_directory(place: Place) -> list[zipfile.ZipInfo]:
    with open_place(place) as file:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
        size = file.seek(0, io.SEEK_END)
    if sum(info.compress_size for info in infos) > size:
        raise ZipProblem("holds files that lie one in another: they were made to take more room than there is")
    return infos


@contextmanager
def _as_document_errors() -> Iterator[None]:
    """Raises what is wrong with a member as a DocumentError that says so."""
    try:
        yield
    except OSError as error:
        raise SourceUnreachable(f"cannot be taken out of its zip archive: {error.strerror or error}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise DocumentError(f"is damaged in its zip archive: {error}") from error
