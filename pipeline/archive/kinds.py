"""What a file is, by its name and its first bytes, and files of other kinds as files that are read.

A RAR or 7z archive becomes a zip archive by libraries of the extra `archives`, an Office file a PDF by LibreOffice;
only who has such files needs them.
"""

from __future__ import annotations

import gzip
import os
import secrets
import shutil
import signal
import subprocess
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePath, PurePosixPath
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import IO, Any, Literal

from recount.pipeline.errors import DocumentError, UsageError, ZipProblem, needed

Use = Literal["report", "page", "archive", "none"]

HEAD = 1024
"""So many first bytes tell what a file is; a PDF may have some junk before its own."""


@dataclass(frozen=True, slots=True)
class Kind:
    """use: what Recount does with such a file. words: what it is called where that is nothing."""

    use: Use
    words: str = ""


TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml"})
"""What files of text are called, in any case. Many are no reports: one in which none is found is left out."""

GZIP = b"\x1f\x8b"
"""How a gzip file begins."""

_BY_NAME = {
    **dict.fromkeys((".doc", ".docx", ".rtf"), "a Word document"),
    **dict.fromkeys((".xls", ".xlsx", ".csv"), "a spreadsheet"),
    **dict.fromkeys((".wps", ".et"), "a WPS document"),
    **dict.fromkeys((".ppt", ".pptx"), "a presentation"),
    ".ofd": "an OFD document",
    **dict.fromkeys((".tar", ".tgz", ".gz", ".bz2", ".xz"), "a packed archive"),
    **dict.fromkeys((".gif", ".heic", ".jp2", ".svg"), "a picture of a kind that is not read"),
}
_BY_HEAD = (
    (b"PK\3\4", "a zip archive by its content, not by its name"),
    (b"Rar!", "a RAR archive by its content, not by its name"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive by its content, not by its name"),
    (GZIP, "a gzip file"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"%!PS", "a PostScript file"),
    (b"\xff\xd8\xff", "a picture by its content, not by its name"),
    (b"\x89PNG", "a picture by its content, not by its name"),
)
PDF = b"%PDF-"
"""How a PDF begins, after some junk at most."""
_LONGEST = 8


def suffix_of(name: PurePath | str) -> str:
    """The end of a file's name that says what it is, in small letters."""
    return PurePosixPath(name).suffix.lower()


def is_office(name: PurePath | str) -> bool:
    """Whether this is an Office file, by its name."""
    return suffix_of(name) in OFFICE


def is_text(name: PurePath | str) -> bool:
    """Whether this is a file of text, by its name."""
    return suffix_of(name) in TEXT_SUFFIXES


def kind_of(name: str, head: Callable[[], bytes] | None, known: Callable[[str], Use | None]) -> Kind:
    """What a file is. head: reads its first bytes; None where nobody looks. known: what is done with files of a suffix.

    A file that begins as a PDF does is a report whatever it is called. Raises what head does.
    """
    use = known(suffix_of(name))
    if use is not None:
        return Kind(use)
    begins = head() if head else None
    if begins is not None and PDF in _unpacked(begins):
        return Kind("report")
    if begins == b"":
        return Kind("none", "an empty file")
    return Kind("none", _BY_NAME.get(suffix_of(name)) or _by_head(begins or b"") or _unknown(name))


def _unpacked(begins: bytes) -> bytes:
    """The first bytes of what a gzip file holds; those of another file as they are."""
    if not begins.startswith(GZIP):
        return begins
    try:
        return zlib.decompressobj(wbits=31).decompress(begins, HEAD)
    except zlib.error:
        return begins


def _by_head(begins: bytes) -> str | None:
    if begins.lstrip(b"\xef\xbb\xbf \t\r\n")[:9].lower().startswith((b"<html", b"<!doctype")):
        return "a page of HTML"
    return next((words for start, words in _BY_HEAD if begins.startswith(start)), None)


def _unknown(name: str) -> str:
    suffix = suffix_of(name)
    is_short = 1 < len(suffix) <= _LONGEST and suffix.isascii() and suffix.isprintable()
    return f"a file of another kind ({suffix})" if is_short else "a file of no known kind"


# --- files of other kinds as files that are read

LARGEST = 1 << 32
"""Bytes that a RAR or 7z archive may hold, unpacked."""
OTHERS = frozenset({".rar", ".7z"})
"""What archives are called that a library must open, in small letters."""
OFFICE = frozenset({".doc", ".docx", ".xls", ".xlsx", ".wps", ".et", ".odt", ".ods", ".rtf"})
"""What Office files are called that LibreOffice turns into PDFs, in small letters."""
OFD = ".ofd"
"""What documents of GB/T 33190 are called: nothing turns them into PDFs here (docs/decisions/0012-ofd.md)."""
_OFFICE_SECONDS = 180.0
_UTF8 = 0x800
_PASSWORD = "needs a password"
_TOO_LARGE = f"holds more than {LARGEST >> 20:,} MB"


def needs(suffix: str) -> str | None:
    """What must be done before a file of this suffix can be read, in words; None if nothing need be."""
    if suffix == OFD:
        return "save it as a PDF in the program that shows it"
    if suffix in OFFICE and office() is None:
        return "LibreOffice, which is not installed, turns it into a PDF"
    try:
        if suffix in OTHERS:
            _library(suffix)
    except UsageError as error:
        return str(error)
    return None


def _library(suffix: str) -> Any:
    if suffix == ".rar":
        return needed("unrar.cffi.unrarlib", "a RAR archive", "archives")
    return needed("py7zr", "a 7z archive", "archives")


@cache
def office() -> str | None:
    """The program of LibreOffice; None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def as_pdf(file: Path, folder: Path) -> Path:
    """An Office file as a PDF in a folder. Raises DocumentError if LibreOffice does not make one of it, or not in time.

    It works under a profile of its own, for a profile serves one process; macros are not run under a new one.
    """
    program = office()
    assert program is not None, "asked for by needs"
    profile = f"-env:UserInstallation={(folder / 'profile').absolute().as_uri()}"
    command = [program, profile, "--headless", "--norestore", "--convert-to", "pdf", "--outdir", str(folder), str(file)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            process.wait(_OFFICE_SECONDS)
        except BaseException as error:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise DocumentError(f"LibreOffice took longer than {_OFFICE_SECONDS:g} seconds with it") from error
            raise
    made = folder / f"{file.stem}.pdf"
    if not made.is_file():
        raise DocumentError("LibreOffice cannot turn it into a PDF")
    return made


def as_zip(packed: IO[bytes], suffix: str, target: IO[bytes]) -> None:
    """Writes what a RAR or 7z archive holds into a zip archive, as it is.

    Raises ZipProblem if it cannot be read, holds too much or needs a password, and if the library is not installed.
    """
    try:
        library = _library(suffix)
    except UsageError as error:
        raise ZipProblem(str(error)) from error
    with zipfile.ZipFile(target, "w") as archive:
        (_rar if suffix == ".rar" else _seven)(library, packed, archive)


def _rar(library: Any, packed: IO[bytes], archive: zipfile.ZipFile) -> None:
    with on_disk(packed, ".rar") as file:
        try:
            with library.RarArchive.open_for_processing(str(file)) as rar:
                left = LARGEST
                for header in rar.iterate_headers():
                    if header.Flags & library.FLAGS_RHDF_DIRECTORY:
                        header.skip()
                        continue
                    left -= (header.UnpSizeHigh << 32) + header.UnpSize
                    if left < 0:
                        raise ZipProblem(_TOO_LARGE)
                    _rar_member(header, archive)
        except library.BadRarPassword as error:
            raise ZipProblem(_PASSWORD) from error
        except (library.BadRarFile, AttributeError) as error:  # the latter is its way to miss a password
            raise ZipProblem(f"is no RAR archive that can be read: {error}") from error


def _rar_member(header: Any, archive: zipfile.ZipFile) -> None:
    with archive.open(member_named(header.FileNameW), "w", force_zip64=True) as target:
        # Its library calls back from C, where no error gets through: nothing that can fail but the disk.
        header.test(target.write)


def _seven(library: Any, packed: IO[bytes], archive: zipfile.ZipFile) -> None:
    try:
        with library.SevenZipFile(packed) as seven, TemporaryDirectory(prefix="recount-") as folder:
            if seven.needs_password():
                raise ZipProblem(_PASSWORD)
            if seven.archiveinfo().uncompressed > LARGEST:
                raise ZipProblem(_TOO_LARGE)
            seven.extractall(folder)
            for file in sorted(Path(folder).rglob("*")):
                if file.is_file() and not file.is_symlink():
                    with archive.open(
                        member_named(file.relative_to(folder).as_posix()), "w", force_zip64=True
                    ) as target:
                        shutil.copyfileobj(file.open("rb"), target)
    except library.exceptions.PasswordRequired as error:
        raise ZipProblem(_PASSWORD) from error
    except (library.exceptions.ArchiveError, OSError, EOFError, ValueError) as error:
        raise ZipProblem(f"is no 7z archive that can be read: {error}") from error


def member_named(name: str) -> zipfile.ZipInfo:
    """A member of a zip archive that is made of something else."""
    info = zipfile.ZipInfo(name.replace("\\", "/").replace("\0", "") or "unnamed")
    info.flag_bits |= _UTF8
    return info


_LOST = secrets.token_bytes(16)
"""Drawn anew by every process, so that no archive of a stranger's can hold it."""


def mark_lost(info: zipfile.ZipInfo, reason: str) -> None:
    """Marks a member of a zip archive that is made of something else, where it could not be had, with the reason."""
    info.comment = _LOST + reason.encode()


def why_lost(info: zipfile.ZipInfo) -> str | None:
    """Why a member could not be had; None of any other."""
    return info.comment.removeprefix(_LOST).decode() if info.comment.startswith(_LOST) else None


_CHUNK = 1 << 20
_LARGEST_UNPACKED = 1 << 30


def copy_unpacked(content: IO[bytes], target: IO[bytes]) -> None:
    """Copies a file, of a gzip file what it holds. Raises DocumentError if that is damaged or too large."""
    begins = content.read(len(GZIP))
    content.seek(0)
    if begins != GZIP:
        shutil.copyfileobj(content, target)
        return
    written = 0
    try:
        with gzip.open(content) as packed:
            while chunk := packed.read(_CHUNK):
                written += len(chunk)
                if written > _LARGEST_UNPACKED:
                    raise DocumentError(f"is larger than {_LARGEST_UNPACKED >> 20:,} MB unpacked")
                target.write(chunk)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DocumentError(f"is a damaged gzip file: {error}") from error


@contextmanager
def on_disk(content: IO[bytes], suffix: str) -> Iterator[Path]:
    """A file with this content, out of its gzip file, for a library that opens files by their names. Raises as
    copy_unpacked does."""
    with NamedTemporaryFile(prefix="recount-", suffix=suffix, delete=False) as file:
        try:
            copy_unpacked(content, file)
            file.close()
            yield Path(file.name)
        finally:
            file.close()
            os.unlink(file.name)
