"""One run at a time on an output folder: a lock that dies with the process that holds it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recount.pipeline.errors import OutputBusy, UsageError


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Holds the output folder for this process.

    Raises OutputBusy, with the process id of the holder, if another run has it; UsageError if the folder
    cannot be written to. The lock file stays where it is: removing it would let two runs in.
    """
    try:
        descriptor = os.open(out / "ledger.lock", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise UsageError(f"cannot write to {out}: {error.strerror}") from error
    try:
        if not _take(descriptor):
            raise OutputBusy(f"another run is writing to {out} ({_holder(descriptor)})")
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)


def _holder(descriptor: int) -> str:
    """Who wrote its process id into the lock file."""
    number = os.read(descriptor, 32).decode("ascii", "replace").strip()
    return f"process {number}" if number else "it has just started"


if sys.platform == "win32":
    import msvcrt

    _FAR_AWAY = 1 << 30  # a locked byte cannot be read by others, and the process id shall be

    def _take(descriptor: int) -> bool:
        """Locks the file without waiting; False if another process has it."""
        os.lseek(descriptor, _FAR_AWAY, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _take(descriptor: int) -> bool:
        """Locks the file without waiting; False if another process has it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
