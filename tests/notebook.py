"""The example notebook, run. `python -m recount.tests.notebook` writes its outputs anew: look at its charts then."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

NOTEBOOK = Path(__file__).resolve().parents[1] / "examples" / "figures.ipynb"
PATIENCE = 600
"""Seconds that a cell may take on a busy machine."""


def read() -> Any:
    """The notebook as it is committed."""
    import nbformat

    return nbformat.read(NOTEBOOK, as_version=4)


def executed(where: Path) -> Any:
    """The notebook, run in a folder that has the example archive's output as out/.

    Raises CellExecutionError where a cell fails.
    """
    from nbclient import NotebookClient

    book = read()
    path = os.pathsep.join(sys.path)  # the kernel imports the checkout that is tested
    client = NotebookClient(book, timeout=PATIENCE, record_timing=False, resources={"metadata": {"path": str(where)}})
    client.execute(env={**os.environ, "PYTHONPATH": path})
    return book


def told(book: Any) -> list[tuple[str, list[str]]]:
    """What the cells print, tables as text; of a chart only that it is one, for fonts are the machine's."""
    cells = [cell for cell in book.cells if cell.cell_type == "code"]
    return [(cell.source.splitlines()[0], [_text(output) for output in cell.outputs]) for cell in cells]


def _text(output: Any) -> str:
    if output.output_type == "stream":
        return str(output.text)
    return "chart" if "image/svg+xml" in output.data else str(output.data["text/plain"])


def main() -> None:
    """Runs the notebook over the example archive, and keeps what it shows."""
    import nbformat

    from recount.tests.desk.tour import structured_in

    with TemporaryDirectory() as folder:
        structured_in(Path(folder))
        book = executed(Path(folder))
    book.metadata.language_info = {"name": "python"}  # not the version that happened to run it
    nbformat.write(book, NOTEBOOK)


if __name__ == "__main__":
    main()
