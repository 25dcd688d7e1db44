"""The version of the program: what the package is called, and what its results were made by."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

__version__ = "0.1.0"

_PACKAGE = Path(__file__).resolve().parent.parent
_PARTS = ("pipeline", "prompts", "schemas")
"""The folders whose content decides what a result says; all their files count, for prompts are text files."""


@cache
def program_version() -> str:
    """The version that a result was made by: "0.1.0+1f3a5c7e9b0d".

    The part after the plus is a hash over the program's own source and the version of the library that
    reads the PDFs: whenever one of them may have changed a figure, the result is made again.
    """
    digest = hashlib.sha256(f"pymupdf {version('pymupdf')}\n".encode())
    for file in _own_files():
        digest.update(f"{file.relative_to(_PACKAGE).as_posix()}\n".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return f"{__version__}+{digest.hexdigest()[:12]}"


def _own_files() -> list[Path]:
    """The files of the package that take part in making a result, in a fixed order."""
    found = (file for part in _PARTS for file in (_PACKAGE / part).rglob("*"))
    return sorted(file for file in found if file.is_file() and "__pycache__" not in file.parts)
