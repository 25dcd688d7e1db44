"""What becomes of every file that a run finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

FATES = (
    "structured",
    "same as another",
    "open",
    "failed",
    "unreachable",
    "not begun",
    "skipped",
    "archive unreadable",
    "opened",
    "hidden",
)
"""What may become of a file that was found; each has one. Of archives that were opened the files have theirs too."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that a run found.

    fate: one of FATES, or "no reports" of a folder; reason: why. files: how many it is. report: whether it was taken
    for one.
    """

    file: str
    fate: str
    reason: str = ""
    files: int = 1
    report: bool = False

    @property
    def left_out(self) -> bool:
        """Whether it is no report, and nobody who gave it would expect that."""
        return not self.report and self.fate not in ("opened", "hidden")


def by_fate(found: Iterable[FoundFile]) -> dict[str, int]:
    """How many files have each fate; those that none has are left out."""
    counts: Counter[str] = Counter()
    for file in found:
        counts[file.fate] += file.files
    return {fate: counts[fate] for fate in FATES if counts[fate]}
