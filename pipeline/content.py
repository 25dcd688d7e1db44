"""What a report's file holds, as one number: the same content is structured once."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path
from typing import IO

from recount.pipeline.errors import DocumentError

_CHUNK = 1 << 20


def hash_of(path: Path) -> str:
    """The SHA-256 of a file's content, or of a folder's page images one after the other, by name.

    Raises DocumentError if it cannot be read.
    """
    try:
        if path.is_dir():
            digest = hashlib.sha256()
            for each in sorted(path.iterdir()):
                if each.is_file():
                    digest.update(each.read_bytes())
            return digest.hexdigest()
        if not stat.S_ISREG(path.stat().st_mode):
            raise DocumentError("is no regular file")  # opening a pipe would wait for ever
        with path.open("rb") as file:
            return hash_of_stream(file)
    except OSError as error:
        raise DocumentError(f"cannot be read: {error.strerror}") from error


def hash_of_stream(stream: IO[bytes]) -> str:
    """The SHA-256 of what is left of a stream. Raises OSError."""
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
