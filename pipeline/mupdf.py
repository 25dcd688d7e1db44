"""MuPDF as the whole package uses it: without its types, its errors by one name, and its complaints kept quiet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymupdf

mupdf: Any = pymupdf
"""The library; only parts of it have types."""

MUPDF_ERRORS = (RuntimeError, ValueError, mupdf.mupdf.FzErrorBase)
"""What it raises for a file that it cannot read."""


@contextmanager
def quiet_mupdf() -> Iterator[None]:
    """MuPDF writes its complaints about a file to stderr; the file's errors are ours to report."""
    tools = mupdf.TOOLS
    errors, warnings = tools.mupdf_display_errors(), tools.mupdf_display_warnings()
    tools.mupdf_display_errors(False)
    tools.mupdf_display_warnings(False)
    try:
        yield
    finally:
        tools.mupdf_display_errors(errors)
        tools.mupdf_display_warnings(warnings)
