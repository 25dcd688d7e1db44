"""How long a report takes, as ratios in one process on the same files.

    python -m recount.eval.bench.speed REPORT.pdf…

`structure` is compared with the least that any reader must do (PyMuPDF's words and drawings of every
page), and with what pdfplumber needs merely to extract words and tables. Rounds are interleaved, so that a
machine that slows down slows all of them down; medians are compared. Scanned reports are left out.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import pymupdf

from recount.eval.bench.measurement import Measurement, environment, printed
from recount.pipeline.errors import DocumentError
from recount.pipeline.structure import structure

BARE_LIMIT = 10.0
"""`structure` takes at most so many times as long as bare extraction."""

PDFPLUMBER_LIMIT = 5.0
"""`structure` is at least so many times faster than pdfplumber."""

HELP_LIMIT = 0.5
"""Seconds in which `recount --help` answers."""


def bare(path: Path) -> None:
    """The words and drawings of every page, and nothing made of them."""
    with pymupdf.open(path) as document:  # type: ignore[no-untyped-call]
        for page in document:
            page.get_text("words")
            page.get_cdrawings()


def with_pdfplumber(path: Path) -> None:
    """The words and tables of every page, by pdfplumber."""
    import pdfplumber  # a development dependency, and slow to import

    with pdfplumber.open(path) as document:
        for page in document.pages:
            page.extract_words()
            page.extract_tables()


def with_pdfium(path: Path) -> None:
    """The text and the objects of every page, by pypdfium2."""
    import pypdfium2  # comes with pdfplumber

    document = pypdfium2.PdfDocument(path)
    try:
        for page in document:
            page.get_textpage().get_text_range()
            for _ in page.get_objects():
                pass
    finally:
        document.close()


def medians(readers: Sequence[Callable[[Path], object]], paths: Sequence[Path], rounds: int) -> list[float]:
    """The median CPU seconds that each reader takes for all paths: a round to warm up, then interleaved ones."""
    taken: list[list[float]] = [[] for _ in readers]
    for turn in range(rounds + 1):
        for reader, seconds in zip(readers, taken, strict=True):
            started = time.process_time()
            for path in paths:
                reader(path)
            if turn:
                seconds.append(time.process_time() - started)
    return [median(seconds) for seconds in taken]


def help_seconds(rounds: int) -> float:
    """The median wall time of `recount --help`, the start of Python included."""
    command = [sys.executable, "-m", "recount.cli", "--help"]
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        subprocess.run(command, env=environment(), check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - started)
    return median(taken)


def measure(paths: Sequence[Path], rounds: int) -> list[Measurement]:
    """All measurements on these reports."""
    whole, least, plumber = medians([structure, bare, with_pdfplumber], paths, rounds)
    answer = help_seconds(max(rounds, 5))
    return [
        Measurement(
            f"structure ({whole:.2f} s) against bare words + drawings ({least:.2f} s)",
            f"{whole / least:.1f} ×",
            f"≤ {BARE_LIMIT:g} ×",
            whole <= BARE_LIMIT * least,
        ),
        Measurement(
            f"pdfplumber's words + tables ({plumber:.2f} s) against structure",
            f"{plumber / whole:.1f} ×",
            f"≥ {PDFPLUMBER_LIMIT:g} ×",
            plumber >= PDFPLUMBER_LIMIT * whole,
        ),
        Measurement("recount --help", f"{answer:.2f} s", f"< {HELP_LIMIT:g} s", answer < HELP_LIMIT),
    ]


def digital(paths: Sequence[Path]) -> list[Path]:
    """Those of the reports that can be structured; the others are named on standard error."""
    fit = []
    for path in paths:
        try:
            structure(path)
        except DocumentError as error:
            print(f"left out: {path}: {error}", file=sys.stderr)
        else:
            fit.append(path)
    return fit


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints; 0 if every target is met, 1 if one is missed, 2 if there is nothing to measure."""
    parser = argparse.ArgumentParser(prog="recount.eval.bench.speed", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", metavar="PDF", nargs="+", type=Path, help="digital reports")
    parser.add_argument("--rounds", type=int, default=5, help="measured rounds (default: 5)")
    options = parser.parse_args(arguments)
    paths = digital(options.paths)
    if not paths:
        print("no digital report to measure", file=sys.stderr)
        return 2
    return printed(measure(paths, options.rounds))


if __name__ == "__main__":
    sys.exit(main())
