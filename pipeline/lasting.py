"""Files that last: whole or not there at all, and after a power cut what they were before it; and JSON in them."""

from __future__ import annotations

import errno
import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

LEFTOVER = ".*.recount-tmp"
"""Matches what a killed process leaves behind of a file that it was writing."""

_CANNOT_SYNC = (errno.EINVAL, errno.ENOTSUP)
"""What some network file systems say of a folder that is to be written to the disk."""


def temporary_in(folder: Path) -> Path:
    """A new name in a folder, for what is not whole yet: one that LEFTOVER matches."""
    return folder / f".{secrets.token_hex(8)}.recount-tmp"


def replace_file(path: Path, content: bytes) -> None:
    """Writes a file, whole or not at all, so that it lasts: after a power cut too it is what it is from now on.

    Raises OSError if that cannot be done; nothing is left behind then.
    """
    _put(path, content)
    keep_folder(path.parent)


def _put(path: Path, content: bytes) -> None:
    """Writes a file, whole or not at all; its name does not last yet."""
    temporary = temporary_in(path.parent)
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:  # Ctrl-C too: the temporary file goes, whatever happened
        temporary.unlink(missing_ok=True)
        raise


def keep_folder(folder: Path) -> None:
    """Has the system write a folder's names to the disk: only then does a rename in it outlive a power cut (fsync(2)).

    Raises OSError. Where folders cannot be opened (Windows), or synced (some network file systems), nothing is done.
    """
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise
    finally:
        os.close(descriptor)


def sweep(folder: Path, *, deep: bool = True) -> None:
    """Removes what killed processes left half-written in a folder, and below it. Nobody may be writing there now."""
    for leftover in folder.rglob(LEFTOVER) if deep else folder.glob(LEFTOVER):
        with suppress(OSError):  # it does no harm, and the next run tries again
            leftover.unlink()


def make_folder(folder: Path) -> None:
    """Makes a folder, and those above it, so that they last. Raises OSError."""
    _keep_folders([path.parent for path in _made(folder)])


def _made(folder: Path) -> list[Path]:
    """Makes a folder, and those above it; which are new."""
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return new


def _keep_folders(folders: Sequence[Path]) -> None:
    """Has the names of some folders written to the disk, at once: it is waited for as long as for about one of them."""
    if len(folders) < 2:
        for folder in folders:
            keep_folder(folder)
        return
    with ThreadPoolExecutor(len(folders)) as pool:
        list(pool.map(keep_folder, folders))


# --- JSON with the digits that numbers were printed with, one entry a line


def write_json(path: Path, content: Mapping[str, object]) -> bytes:
    """Writes an object of plain values to path, by way of a temporary file beside it; returns what the file holds.

    Whoever looks at path sees the file that was there before or the whole new one. Raises OSError if it cannot be
    written (nothing is left behind then), ValueError for a number that JSON does not have."""
    whole = encoded(content)
    new = _made(path.parent)
    _put(path, whole)
    _keep_folders([path.parent, *(folder.parent for folder in new)])
    return whole


def decoded(content: bytes) -> Any:
    """The plain values of a JSON file, decimals as printed. Raises ValueError if it is none."""
    return json.loads(content, parse_float=Decimal)


def encoded(content: Mapping[str, object]) -> bytes:
    """An object of plain values as the content of its file. Raises ValueError for a number that JSON does not have."""
    # A lone surrogate, which UTF-8 does not have, becomes \udc80: that is also how JSON spells it.
    return "".join(_layout(content)).encode("utf-8", "backslashreplace")


_MARK = secrets.token_hex(16)
_LINE_MARK = secrets.token_hex(16)
"""Drawn anew by every process, so that no text of a document can hold them."""


def encode(value: object) -> str:
    """A value as JSON on one line, Chinese unescaped, Decimals as numbers with their own digits."""
    return _bare(_LINE.encode(value))


def _layout(content: Mapping[str, object]) -> Iterator[str]:
    """The text of a file: the report indented, every other part with one entry a line."""
    separator = "{\n"
    for key, value in content.items():
        yield separator
        yield _bare(_INDENTED.encode({key: value})[2:-2]) if key == "report" else _part(key, value)
        separator = ",\n"
    yield "\n}\n"


def _part(key: str, value: object) -> str:
    """A top-level key with its value, one entry a line. The C encoder is called once for all entries, with marks where
    lines shall begin: half the time of a call for each."""
    name = f"  {encode(key)}: "
    if isinstance(value, dict) and value:
        text = encode({_LINE_MARK + entry: given for entry, given in value.items()})
        lines = text.replace(f' "{_LINE_MARK}', '\n    "').replace(f'"{_LINE_MARK}', '\n    "')
        return f"{name}{lines[:-1]}\n  }}"
    if isinstance(value, list | tuple) and value:
        text = encode([part for entry in value for part in (_LINE_MARK, entry)])
        lines = text.replace(f' "{_LINE_MARK}", ', "\n    ").replace(f'"{_LINE_MARK}", ', "\n    ")
        return f"{name}{lines[:-1]}\n  ]"
    return name + encode(value)


def _marked(value: object) -> str:
    """What the C encoder shall write for a Decimal: its digits as a marked string, to be bared later. It knows only
    its own number types, and a float would lose 115.50's last digit."""
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} has no place in a result file")
    if not value.is_finite():
        raise ValueError(f"{value} is no number that JSON has")
    return f"{_MARK}{value:f}{_MARK}"


def _bare(text: str) -> str:
    """Takes the quotes and marks off the marked numbers."""
    return text.replace(f'"{_MARK}', "").replace(f'{_MARK}"', "")


_LINE = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, default=_marked)
_INDENTED = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, default=_marked, indent=2)
