"""Files that last: whole or not there at all, and after a power cut what they were before it."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path

LEFTOVER = ".*.recount-tmp"
"""Matches what a killed process leaves behind of a file that it was writing."""

_CANNOT_SYNC = (errno.EINVAL, errno.ENOTSUP)
"""What some network file systems say of a folder that is to be written to the disk."""


def replace_file(path: Path, content: bytes) -> None:
    """Writes a file, whole or not at all, so that it lasts: after a power cut too it is what it is from now on.

    Raises OSError if that cannot be done; nothing is left behind then.
    """
    temporary = path.parent / f".{secrets.token_hex(8)}.recount-tmp"
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:  # Ctrl-C too: the temporary file goes, whatever happened
        temporary.unlink(missing_ok=True)
        raise
    keep_folder(path.parent)


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
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in new:
        keep_folder(path.parent)
