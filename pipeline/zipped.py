"""Reports inside zip archives: which there are, and one of them as a file of its own."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from recount.pipeline.errors import DocumentError

_MOST_MEMBERS = 200_000
_LARGEST_MEMBER = 1 << 30
_UTF8 = 0x800
_ENCRYPTED = 0x1
_CHUNK = 1 << 20
_LONGEST_NAME = 120
"""Bytes of a file name that every file system takes, and that an error message can quote."""


class ZipProblem(Exception):
    """A zip archive that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a zip archive. member: its number there, as text; inside: its path, which leads nowhere outside."""

    member: str
    inside: PurePosixPath
    size: int


def reports_in_zip(path: Path) -> list[Member]:
    """Every file in a zip archive. Raises ZipProblem if it cannot be read, or holds absurdly many."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
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
    for each in members:
        inside = each.inside
        if inside in seen:
            inside = inside.with_name(f"{inside.stem}~{each.member}{inside.suffix}")
        seen.add(inside)
        yield Member(each.member, inside, each.size)


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


@contextmanager
def extracted(path: Path, member: str, name: str, folder: Path) -> Iterator[Path]:
    """A member as a file below `folder`, for as long as it is needed; name: of the report, for its messages.

    Raises DocumentError if it cannot be read or is too large.
    """
    folder.mkdir(parents=True, exist_ok=True)
    short = PurePosixPath(name).name.encode()[-_LONGEST_NAME:].decode("utf-8", "ignore")
    with TemporaryDirectory(dir=folder) as own:
        file = Path(own) / short
        try:
            _extract(path, member, file)
        except OSError as error:
            raise DocumentError(f"cannot be taken out of its zip archive: {error.strerror or error}") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
            raise DocumentError(f"is damaged in its zip archive: {error}") from error
        yield file


def _extract(path: Path, member: str, target: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        if int(member) >= len(infos):
            raise DocumentError("is no longer in its zip archive")
        info = infos[int(member)]
        if info.flag_bits & _ENCRYPTED:
            raise DocumentError("needs a password to be taken out of its zip archive")
        written = 0
        with archive.open(info) as source, target.open("xb") as file:
            while chunk := source.read(_CHUNK):
                written += len(chunk)
                if written > _LARGEST_MEMBER:  # counted, for what the archive says of itself may be a lie
                    raise DocumentError(f"is larger than {_LARGEST_MEMBER >> 20:,} MB unpacked")
                file.write(chunk)
