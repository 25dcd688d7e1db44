"""What a PDF may ask for, and the files that are attached to it.

Files made to exhaust a machine are turned away with the reason before they are read.
Memory and time are limited from outside (run/pool.py), for a file may exhaust them in a way that is not known here.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from recount.pipeline.archive.kinds import is_text, mark_lost, member_named, on_disk
from recount.pipeline.errors import DocumentError, TooLarge, ZipProblem
from recount.pipeline.mupdf import MUPDF_ERRORS, attached_to, mupdf, quiet_mupdf

_MOST_GROWTH = 1_400
"""No filter makes a stream grow by more: LZW's longest word for twelve bits, where Deflate makes 1,032."""
_REFERENCE = re.compile(r"(\d+) \d+ R")
_FILTER = re.compile(r"/(\w+)")
_OF_PICTURES = re.compile(r"/(DCT|JPX|CCITTFax|JBIG2|CCF)(Decode)?\b")
_INDIRECT = 4
"""So many references to references are followed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """pages: how many. side: of a page, in points (the PDF standard's own limit is 14,400). objects: in the file.
    unpacked: bytes of one stream. text: bytes of a file of text."""

    pages: int = 5_000
    side: float = 14_400.0
    objects: int = 2_000_000
    unpacked: int = 1 << 28
    text: int = 1 << 26


def check(path: Path, limits: Limits | None = None) -> None:
    """Raises TooLarge for a file beyond the limits. What is wrong with it otherwise is for its reader to say."""
    limits = limits or Limits()
    if path.is_dir():
        return  # page images have limits of their own (ocr.images)
    if is_text(path):
        if path.stat().st_size > limits.text:
            raise TooLarge(f"is a text of more than {limits.text >> 20:,} MB")
        return
    with quiet_mupdf():
        try:
            with mupdf.open(path, filetype="pdf") as document:
                if document.is_pdf and not document.needs_pass:
                    _check(document, limits)
        except MUPDF_ERRORS:
            return


def _check(document: Any, limits: Limits) -> None:
    if document.page_count > limits.pages:
        raise TooLarge(f"has {document.page_count:,} pages; the limit is {limits.pages:,}")
    if document.xref_length() > limits.objects:
        raise TooLarge(f"has {document.xref_length():,} objects; the limit is {limits.objects:,}")
    for number in range(document.page_count):
        _, _, width, height = document.page_cropbox(number)
        if max(width, height) > limits.side:
            raise TooLarge(f"page {number + 1} is {max(width, height) / 72:,.0f} inches long; the limit is 200")
    for xref in range(1, document.xref_length()):
        if document.xref_is_stream(xref) and _unpacks_beyond(document, xref, limits.unpacked):
            raise TooLarge(f"a stream in it unpacks to more than {limits.unpacked >> 20:,} MB")


def _unpacks_beyond(document: Any, xref: int, limit: int) -> bool:
    """Whether a stream is larger than the limit once all its filters are undone; it is not kept.

    A picture's own filter is left out: how large the picture is says its frame, which its reader looks at.
    """
    filters = _direct(document, document.xref_get_key(xref, "Filter")[1])
    picture = _OF_PICTURES.search(filters)
    names = _FILTER.findall(filters[: picture.start()] if picture else filters)
    growth = limit // _MOST_GROWTH ** len(names)
    kind, length = document.xref_get_key(xref, "Length")
    if not names or (kind == "int" and int(length) < growth):
        return False
    raw = document.xref_stream_raw(xref)
    if raw is None or len(raw) < growth:
        return False
    if picture:
        document.xref_set_key(xref, "Filter", f"[{''.join(f'/{name}' for name in names)}]")
    stream = mupdf.mupdf.pdf_open_stream_number(mupdf.mupdf.pdf_specifics(document.this), xref)
    return bool(mupdf.mupdf.fz_skip(stream, limit + 1) > limit)


def _direct(document: Any, value: str) -> str:
    """A value of an object with the objects that it refers to in their places."""
    for _ in range(_INDIRECT):
        value, references = _REFERENCE.subn(lambda found: str(document.xref_object(int(found[1]))), value)
        if not references:
            break
    return value


# --- files that are attached to a PDF: what a portfolio is made of

_MOST_ATTACHED = 1_000
_LARGEST_ATTACHED = 1 << 30
"""Bytes of all files that are attached to a PDF."""
_LONGEST_NAME = 255
_CHECKSUM = "ignoring zlib error: incorrect data check"


@dataclass(frozen=True, slots=True)
class Carried:
    """What a PDF carries. files: how many are attached; is_cover: whether its pages may be no more than the cover of
    these: it has one at most, or says that it is a portfolio (ISO 32000, 7.11.6)."""

    files: int = 0
    is_cover: bool = False


def carried_by(path: Path) -> Carried:
    """What a PDF carries; nothing if it cannot be opened, which is for its reader to say."""
    with quiet_mupdf():
        try:
            with mupdf.open(path, filetype="pdf") as document:
                if not document.is_pdf or document.needs_pass:
                    return Carried()
                files = len(attached_to(document))
                named = document.xref_get_key(document.pdf_catalog(), "Collection")[0] != "null"
                return Carried(files, named or document.page_count <= 1) if files else Carried()
        except MUPDF_ERRORS:
            return Carried()


def attached_as_zip(packed: IO[bytes], target: IO[bytes]) -> None:
    """Writes the files that are attached to a PDF, out of its gzip file, into a zip archive. One that cannot be had, or
    is too large, is marked there as lost.

    Raises ZipProblem if they are too many, or the PDF cannot be read, and DocumentError for a damaged gzip file.
    """
    with on_disk(packed, ".pdf") as file, quiet_mupdf():
        try:
            with mupdf.open(file, filetype="pdf") as document, zipfile.ZipFile(target, "w") as archive:
                _write_attached(document, archive)
        except MUPDF_ERRORS as error:
            raise ZipProblem(f"cannot be read: {error}") from error


def _write_attached(document: Any, archive: zipfile.ZipFile) -> None:
    files, left = attached_to(document), _LARGEST_ATTACHED
    if len(files) > _MOST_ATTACHED:
        raise ZipProblem(f"is {len(files):,} files; the limit is {_MOST_ATTACHED:,}")
    for name, xref in files:
        info = member_named(name.encode("utf-8", "replace").decode()[-_LONGEST_NAME:])
        try:
            content = _content_of(document, xref, left)
            left -= len(content)
        except (DocumentError, *MUPDF_ERRORS) as error:
            mark_lost(info, f"cannot be taken out of the PDF that it is attached to: {error}")
            content = b" "  # an empty file would be said to be one
        archive.writestr(info, content)


def _content_of(document: Any, xref: int, most: int) -> bytes:
    """An attached file. most: bytes. Raises DocumentError if it is larger or not whole, and MUPDF_ERRORS."""
    if _unpacks_beyond(document, xref, Limits().unpacked):
        raise TooLarge(f"it unpacks to more than {Limits().unpacked >> 20:,} MB")
    mupdf.TOOLS.mupdf_warnings()  # what it holds back as a repetition is said now
    mupdf.TOOLS.reset_mupdf_warnings()
    content: bytes = document.xref_stream(xref) or b""
    complaint, _, _ = mupdf.TOOLS.mupdf_warnings().partition("\n")
    kind, size = document.xref_get_key(xref, "Params/Size")
    # Every viewer passes over a wrong checksum, but not over what is missing.
    if complaint and (_CHECKSUM not in complaint or (kind == "int" and len(content) < int(size))):
        raise DocumentError(f"it is damaged: {complaint}")
    if len(content) > most:
        raise TooLarge(f"the files that are attached there are more than {_LARGEST_ATTACHED >> 20:,} MB")
    return content
