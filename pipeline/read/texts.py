"""Files of text: which they are, and in what characters."""

from __future__ import annotations

from pathlib import Path

from recount.pipeline.document import Pages
from recount.pipeline.read.plain import rows_of_text
from recount.pipeline.read.typewriter import typed

SUFFIXES = frozenset({".txt", ".text"})


def is_text(path: Path) -> bool:
    """Whether a path is a file of text, by its name: to be read with read_text."""
    return path.suffix.lower() in SUFFIXES


def read_text(path: Path) -> Pages:
    """The pages of a text. Raises OSError."""
    return typed(rows_of_text(path.read_bytes().decode("utf-8-sig")))
