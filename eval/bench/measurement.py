"""What a benchmark measured, held against its target."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured, with its unit, and whether it is as wanted; without a target it always is."""

    what: str
    measured: str
    target: str = ""
    met: bool = True

    def line(self) -> str:
        """As a line of a table."""
        verdict = "ok" if self.met else "MISSED"
        return f"{verdict:6}  {self.measured:>9}  (target {self.target or 'none':>8})  {self.what}"


def printed(measurements: Iterable[Measurement]) -> int:
    """Prints a line each; returns the exit status: 0 if every target is met, 1 if one is missed."""
    missed = 0
    for measurement in measurements:
        print(measurement.line())
        missed |= not measurement.met
    return missed


def pages_in(reports: Iterable[Path]) -> int:
    """The pages of some PDFs."""
    import pymupdf

    total = 0
    for path in reports:
        with pymupdf.open(path) as document:  # type: ignore[no-untyped-call]
            total += len(document)
    return total


def environment() -> dict[str, str]:
    """What a measured process of Python is started with: it finds the package where this process does.

    That may be a folder on this process's path alone, such as a checkout's .dev.
    """
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
