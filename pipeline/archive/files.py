"""A report as a file of this machine, wherever it lies (as it is, out of its zip archive, or fetched from its URL),
and the hash of what it holds."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from recount.pipeline.archive.kinds import (
    GZIP,
    HEAD,
    OFD,
    OFFICE,
    PDF,
    as_pdf,
    copy_unpacked,
    is_office,
    kind_of,
    needs,
    suffix_of,
)
from recount.pipeline.archive.locations import fetch, open_place
from recount.pipeline.archive.sources import Attached, Source, files_attached, printable
from recount.pipeline.archive.strangers import allowed
from recount.pipeline.archive.zipped import extract, hash_of_member
from recount.pipeline.errors import DocumentError, SourceUnreachable

CONVERTED = "converted"
"""The folder beside the one for copies that keeps what Office files were turned into, by their content."""
_CHUNK = 1 << 20
_OF_NOTHING = hashlib.sha256().hexdigest()
_LONGEST_NAME = 120
"""Bytes of a file name that every file system takes, and that an error message can quote."""


# --- the hash of a file's content: the same content is structured once


def hash_of(path: Path) -> str:
    """The SHA-256 of a file's content, or of a folder's page images one after the other, by name.

    Raises SourceUnreachable if it cannot be read, or holds nothing.
    """
    try:
        if path.is_dir():
            digest = hashlib.sha256()
            for image in sorted(path.iterdir()):
                if image.is_file():
                    digest.update(image.read_bytes())
            return digest.hexdigest()
        with open_place(path) as file:
            content = hash_of_stream(file)
    except OSError as error:
        raise SourceUnreachable(f"cannot be read: {error.strerror}") from error
    if content == _OF_NOTHING:
        raise SourceUnreachable("is empty")
    return content


def hash_of_stream(stream: IO[bytes]) -> str:
    """The SHA-256 of what is left of a stream. Raises OSError."""
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


# --- the file of a report, and its hash, wherever it lies


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A report's file as it was at one moment.

    path: a copy of nobody else's, out of its gzip file; of an Office file the PDF that it is turned into. sha256: of
    the file as it lies there.
    """

    path: Path
    sha256: str


@contextmanager
def snapshot(source: Source, aside: Path | None) -> Iterator[Snapshot]:
    """The file, or folder of page images, as it is now: what is hashed, checked and read is one content.

    aside: as of local_file. Raises SourceUnreachable if the report cannot be read, and at the end if its file is no
    longer what was read: a copy that was made while somebody wrote is of no content that there ever was. Raises
    DocumentError if its archive does not give it.
    """
    before = _state(source)
    with local_file(source, aside) as file:
        sha256 = hash_of(file)
        kept = None if aside is None else aside.parent / CONVERTED / f"{sha256}.pdf"
        yield Snapshot(_converted(_out_of_gzip(file), kept), sha256)
    if isinstance(source.place, Path) and (before != _state(source) or source.member is None):
        with _as_it_was():
            if hash_of_source(source) != sha256:
                raise SourceUnreachable(_CHANGED)


_CHANGED = "changed while it was read; the next run reads it again"


@contextmanager
def _as_it_was() -> Iterator[None]:
    """A file that is no longer there has changed as well."""
    try:
        yield
    except DocumentError as error:
        raise SourceUnreachable(_CHANGED) from error


def _state(source: Source) -> tuple[int, ...] | None:
    """What is other when a file was written to; None for what lies elsewhere, and for what cannot be reached."""
    if not isinstance(source.place, Path):
        return None
    try:
        about = source.place.stat()
    except OSError:
        return None
    return about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino


def _out_of_gzip(file: Path) -> Path:
    """What a gzip file holds, as a file beside it; any other file as it is. Raises DocumentError if it is damaged."""
    if file.is_dir():
        return file
    with file.open("rb") as packed:
        if packed.read(2) != GZIP:
            return file
    inner = file.with_name(f"{file.name.removesuffix('.gz')}{'' if file.suffix == '.gz' else '.unpacked'}")
    with file.open("rb") as packed, inner.open("xb") as target:
        copy_unpacked(packed, target)
    return inner


def _converted(file: Path, kept: Path | None) -> Path:
    """The PDF that an Office file is turned into, any other file as it is.

    kept: where the PDF is kept, and taken from if it is there. Raises DocumentError if none can be made of it.
    """
    if suffix_of(file) not in OFFICE | {OFD} or _begins_as_pdf(file):
        return file
    missing = needs(suffix_of(file))
    if missing:
        raise DocumentError(f"is {kind_of(file.name, None, lambda _: None).words}: {missing}")
    if kept is not None and kept.is_file():
        return kept
    made = as_pdf(file, file.parent)
    if kept is None:
        return made
    kept.parent.mkdir(parents=True, exist_ok=True)
    os.replace(made, kept)
    return kept


def _begins_as_pdf(file: Path) -> bool:
    """Whether a file, or folder of page images, is a PDF by its first bytes. Raises OSError."""
    if file.is_dir():
        return False
    with file.open("rb") as opened:
        return PDF in opened.read(HEAD)


def add_attached(source: Source, file: Path, attached: list[Attached]) -> bool:
    """Adds the files that are attached to a PDF. file: the copy of it. Returns whether it may be no more than the cover
    of reports there."""
    if is_office(source.name) or not _begins_as_pdf(file):
        return False
    # Imported for PDFs: MuPDF is heavy, and tests of runs make do without.
    from recount.pipeline.archive.pdfs import carried_by

    carried = carried_by(file)
    attached += files_attached(source) if carried.files else ()
    return carried.is_cover and any(report.member for report in attached)


@contextmanager
def local_file(source: Source, aside: Path | None) -> Iterator[Path]:
    """A copy of the file, or folder of page images, for as long as it is needed; its name can be read by any library.

    aside: the folder below which the copy is made, None for the system's own place for such files. Raises
    SourceUnreachable if the report cannot be read, DocumentError if its archive does not give it.
    """
    if aside is not None:
        aside.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="recount-", dir=aside) as own:
        file = Path(own, allowed(_file_name(source)).encode()[-_LONGEST_NAME:].decode("utf-8", "ignore"))
        _copy(source, file)
        yield file


def _file_name(source: Source) -> str:
    """The name that tells what a file is: its own, whatever its report is called."""
    if source.member is None and isinstance(source.place, Path):
        return printable(source.place.name)
    return PurePosixPath(source.name).name


def _copy(source: Source, target: Path) -> None:
    if source.member is not None:
        extract(source.place, source.member, target)
        return
    try:
        if not isinstance(source.place, Path):
            fetch(source.place, target)
        elif source.place.is_dir():
            target.mkdir()
            for page in source.place.iterdir():
                if page.is_file():
                    shutil.copyfile(page, target / page.name)
        else:
            _copy_file(source.place, target)
    except OSError as error:
        words = "cannot be read" if isinstance(source.place, Path) else "cannot be fetched"
        raise SourceUnreachable(f"{words}: {error.strerror}") from error


def _copy_file(place: Path, target: Path) -> None:
    with open_place(place) as file, target.open("xb") as copy:
        shutil.copyfileobj(file, copy, _CHUNK)


def hash_of_source(source: Source) -> str:
    """The SHA-256 that the report's file has, without a copy of it. Raises DocumentError if it cannot be read."""
    if source.member is not None:
        return hash_of_member(source.place, source.member)
    if isinstance(source.place, Path):
        return hash_of(source.place)
    try:
        with open_place(source.place) as stream:
            return hash_of_stream(stream)
    except OSError as error:
        raise SourceUnreachable(f"cannot be fetched: {error.strerror}") from error
