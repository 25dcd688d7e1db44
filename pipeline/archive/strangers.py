"""What others named and wrote, on its way to where it could do harm: a terminal, a spreadsheet, XML, a file system.

A report's file name, its name in a zip archive, and every word of it are a stranger's. Results and ledgers keep them
as they are; whatever hands them to a program that would obey them has them from here.
"""

from __future__ import annotations

import hashlib
import html
import os
import re
from pathlib import PurePosixPath

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"  # controls, line breaks, halves of characters
    "\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e007f]"  # what has no shape of its own, and turns or hides what stands beside it
)
"""Unicode's categories Cc, Cf, Cs, Zl and Zp (Unicode Standard, 4.5): what a terminal acts upon, or does not show."""
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What has no place in XML 1.0 (2.2, Char), not even as a reference."""
_FORMULA = re.compile(r"['=+\-@\t\r＝＋－＠]")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection), and the sign that says it is none."""

_LONGEST_STEP = 255
"""Bytes of a name that file systems take."""
_DIGEST = 16
_NOT_WINDOWS = re.compile(r'[\x00-\x1f<>:"|?*\\]|[. ]+$')
"""What no name of Windows holds or ends with; a colon leads to a drive or a stream (Microsoft, Naming Files)."""
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\xb9\xb2\xb3])(\.|$)", re.I)


def visible(text: str, keep: str = "") -> str:
    """A text that a terminal shows and does not obey, on one line: signs without a shape become \\x1b, \\n, \\u202e.

    keep: such signs that are the program's own.
    """
    return _UNSEEN.sub(lambda found: found[0] if found[0] in keep else _escape(found[0]), text)


def _escape(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")


def in_xml(text: str) -> str:
    """A text as it stands in XML or HTML, between tags or in a quoted attribute."""
    return html.escape(_NOT_XML.sub(lambda found: _escape(found[0]), text), quote=True)


def in_cell(text: str) -> str:
    """A text that a spreadsheet which opens a CSV file takes for text: a formula, and what begins with ' itself, gets
    a ' before it. `out_of_cell` takes it away again."""
    return f"'{text}" if _FORMULA.match(text) else text


def out_of_cell(text: str) -> str:
    """The text of a CSV file's cell."""
    return text.removeprefix("'")


def allowed(step: str, *, windows: bool = os.name == "nt") -> str:
    """A step of a path without what leads elsewhere on Windows: a drive, a stream, a device."""
    if not windows:
        return step
    kept = _NOT_WINDOWS.sub("_", step)
    return f"_{kept}" if _DEVICE.match(kept) else kept


def fitting(step: str, suffix: str = ".json", *, windows: bool = os.name == "nt") -> str:
    """A step of a path as a file system takes it: allowed, and with the suffix behind it of no more than 255 bytes. One
    that is changed for it keeps its beginning, and the hash of the whole."""
    kept, raw, room = (
        allowed(step, windows=windows),
        step.encode("utf-8", "surrogateescape"),
        _LONGEST_STEP - len(suffix),
    )
    if kept == step and len(raw) <= room:
        return step
    digest = hashlib.sha256(raw).hexdigest()[:_DIGEST]
    begins = kept.encode("utf-8", "surrogateescape")[: room - _DIGEST - 1]
    return f"{begins.decode('utf-8', 'ignore')}~{digest}"


def steps_below(name: str, suffix: str) -> tuple[str, ...]:
    """The way to the file that is kept for a report, from the folder for all of them. Raises ValueError for a name that
    leads out of there."""
    below = PurePosixPath(name)
    if below.is_absolute() or ".." in below.parts or not below.name:
        raise ValueError(f"{name} is no path below an archive")
    return (*(fitting(step) for step in below.parent.parts), f"{fitting(below.name, suffix)}{suffix}")
