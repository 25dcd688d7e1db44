"""The peers: each turns a PDF into the tables that it finds, as rows of cells of text.

All but PyMuPDF are optional (`pip install 'recount-reports[peers]'`), and each is imported only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import pymupdf

Row = list[str]
Reader = Callable[[Path], Iterator[Row]]


def with_pymupdf(path: Path) -> Iterator[Row]:
    """PyMuPDF's find_tables, as it comes."""
    with pymupdf.open(path) as document:  # type: ignore[no-untyped-call]
        for page in document:
            for table in page.find_tables():
                for row in table.extract():
                    yield [cell or "" for cell in row]


def with_pdfplumber(path: Path) -> Iterator[Row]:
    """pdfplumber's extract_tables, as it comes."""
    import pdfplumber

    with pdfplumber.open(path) as document:
        for page in document.pages:
            for table in page.extract_tables():
                for row in table:
                    yield [cell or "" for cell in row]


def with_pymupdf4llm(path: Path) -> Iterator[Row]:
    """The tables in the Markdown that pymupdf4llm writes for language models."""
    import pymupdf4llm

    for line in str(pymupdf4llm.to_markdown(str(path), show_progress=False)).splitlines():
        cells = line.strip()
        if cells.startswith("|") and cells.endswith("|"):
            yield [cell.replace("<br>", "").replace("**", "") for cell in cells[1:-1].split("|")]


_MODULES: Mapping[str, tuple[str, Reader]] = {
    "PyMuPDF find_tables": ("pymupdf", with_pymupdf),
    "pdfplumber": ("pdfplumber", with_pdfplumber),
    "pymupdf4llm": ("pymupdf4llm", with_pymupdf4llm),
}


def installed() -> dict[str, Reader]:
    """The peers that are there, by their names."""
    return {name: reader for name, (module, reader) in _MODULES.items() if find_spec(module) is not None}
