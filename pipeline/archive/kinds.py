"""What a file is, by its name and its first bytes: a report, a page of one, an archive, or something else."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath
from typing import Literal

Use = Literal["report", "page", "archive", "none"]

HEAD = 1024
"""So many first bytes tell what a file is; a PDF may have some junk before its own."""


@dataclass(frozen=True, slots=True)
class Kind:
    """use: what Recount does with such a file. words: what it is called where that is nothing."""

    use: Use
    words: str = ""


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
