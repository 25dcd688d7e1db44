"""What a PDF may ask for: files made to exhaust a machine are turned away with the reason before they are read.

Memory and time are limited from outside (run/pool.py), for a file may exhaust them in a way that is not known here.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recount.pipeline.archive.sources import is_text
from recount.pipeline.errors import TooLarge
from recount.pipeline.mupdf import MUPDF_ERRORS, mupdf, quiet_mupdf

_BEST_DEFLATE = 1000
"""No deflated stream grows by more when it is unpacked: shorter ones need no look."""
_CHUNK = 1 << 16


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
    """Whether a deflated stream is larger than the limit; it is unpacked piece by piece and not kept."""
    kind, length = document.xref_get_key(xref, "Length")
    if kind == "int" and int(length) * _BEST_DEFLATE < limit:
        return False
    raw = document.xref_stream_raw(xref)
    if raw is None or len(raw) * _BEST_DEFLATE < limit or "FlateDecode" not in document.xref_get_key(xref, "Filter")[1]:
        return False
    unpacker, size, waiting = zlib.decompressobj(), 0, raw
    try:
        while waiting and not unpacker.eof and size <= limit:  # after its end some writers leave a line break
            size += len(unpacker.decompress(waiting, _CHUNK))
            waiting = unpacker.unconsumed_tail
    except zlib.error:
        return False
    return size > limit
