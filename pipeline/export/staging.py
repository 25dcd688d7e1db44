"""Files that appear whole or not at all: written aside, then moved into their places."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recount.pipeline.errors import UsageError


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A new folder beside the files' places; when all went well, its files are moved into `folder`.

    A file that stood there is replaced. Raises UsageError if they cannot be written; nothing is left behind
    then, nor after Ctrl-C.
    """
    aside = folder / f".{secrets.token_hex(8)}.recount-tmp"
    try:
        aside.mkdir(parents=True)
        yield aside
        for file in sorted(aside.iterdir()):
            if file.is_file():
                _keep(file)
                os.replace(file, folder / file.name)
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _keep(file: Path) -> None:
    """Has the system write a file to the disk before it takes another's place."""
    with file.open("rb+") as open_file:
        os.fsync(open_file.fileno())
