"""What becomes of every file that a run finds, and of every report that it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from recount.pipeline.archive.sources import Attached, names_of
from recount.pipeline.language import _
from recount.pipeline.result import STATUSES
from recount.pipeline.settings import Severity

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


def by_status(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """How many figures have each status; "reviewed" only where people looked at some."""
    added: Counter[str] = Counter()
    for figures in counts:
        added.update(figures)
    return {status: added[status] for status in STATUSES if status != "reviewed" or added[status]}


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one file.

    file: its path below the archive. sha256: of the file, None if it could not be read. status: "unreachable" if its
    content could not be read, so that nothing is known of it. reason: why it failed, one line; traceback: of an
    internal error only. figures: how many of each status. errors,
    minor: failing checks. stages: seconds of each. usage: calls, tokens and cost of a model. same_as: the
    report with the same content that was structured instead. unread: the pages (1-based) that are not in the result,
    for they are damaged, or scanned and not to be read. reports: how many the file holds; what is counted here is
    counted over all of them. A file of text that holds none is none of the user's reports: 0, and reason says so.
    open: the parts that a model was to answer and did not: the report is done again. hashes: of each result file,
    SHA-256; empty for results of early versions. aside: the names of files that keep results which somebody had changed
    and which are no longer in their place. attached: the files that are attached to a PDF: each has a fate of its own.
    corrections: the SHA-256 of the decisions of people that were applied, "" if there were none. decisions: how many
    were "applied", how many are "stale", and how many figures are "settled": disputed still, and decided.
    """

    file: str
    sha256: str | None
    status: Literal["ok", "failed", "unreachable"]
    reason: str | None = None
    traceback: str | None = None
    pages: int = 0
    figures: Mapping[str, int] = field(default_factory=dict)
    errors: int = 0
    minor: int = 0
    seconds: float = 0.0
    stages: Mapping[str, float] = field(default_factory=dict)
    usage: Mapping[str, float] = field(default_factory=dict)
    same_as: str | None = None
    unread: Sequence[int] = ()
    reports: int = 1
    open: Sequence[str] = ()
    hashes: Sequence[str] = ()
    aside: Sequence[str] = ()
    attached: Sequence[Attached] = ()
    corrections: str = ""
    decisions: Mapping[str, int] = field(default_factory=dict)

    @property
    def results(self) -> list[str]:
        """The names of its results."""
        return names_of(self.file, self.reports) if self.status == "ok" else []

    @property
    def written(self) -> dict[str, str]:
        """The hash of each of its results, by name; empty for results of early versions."""
        return dict(zip(self.results, self.hashes, strict=False))

    @property
    def left_out(self) -> bool:
        """Whether it is a file of text that holds no report, or the cover of the reports that are attached to it."""
        return self.status == "ok" and not self.reports

    @property
    def fate(self) -> str:
        """What became of it, in a word or two: one of FATES."""
        if self.status != "ok":
            return self.status
        if self.left_out:
            return "opened" if self.attached else "skipped"
        if self.open:
            return "open"
        return "structured" if self.same_as is None else "same as another"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run has to say of a report. unchanged: it was not done again; attempt is the earlier one."""

    attempt: Attempt
    unchanged: bool = False

    @property
    def failed(self) -> bool:
        return self.attempt.status != "ok"


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What became of every report of a run, in the order of their names, and of every file that was found."""

    outcomes: tuple[Outcome, ...]
    found: tuple[FoundFile, ...] = ()

    @property
    def structured(self) -> int:
        done = (outcome for outcome in self._reports if not outcome.failed and not outcome.attempt.open)
        return sum(not outcome.unchanged for outcome in done)

    @property
    def unchanged(self) -> int:
        return sum(outcome.unchanged for outcome in self._reports)

    @property
    def left_out(self) -> tuple[Attempt, ...]:
        """The files that hold no report themselves, those that were found so in an earlier run too."""
        return tuple(outcome.attempt for outcome in self.outcomes if outcome.attempt.left_out)

    @property
    def _reports(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if not outcome.attempt.left_out]

    @property
    def failures(self) -> tuple[Attempt, ...]:
        return tuple(outcome.attempt for outcome in self.outcomes if outcome.failed)

    @property
    def nothing(self) -> bool:
        """Whether none of the files holds a report, though none failed."""
        return bool(self.left_out) and not self._reports

    def lost(self, *, strict: bool) -> list[FoundFile]:
        """The files and folders that may have held reports. strict: files of other kinds, too."""
        return [file for file in self.found if (strict if file.fate == "skipped" else file.left_out)]

    def well(self, *, strict: bool) -> bool:
        """Whether nothing failed and nothing is left to be done. strict: nor was a file left out."""
        return not (self.failures or self.open or self.nothing or self.lost(strict=strict))

    @property
    def open(self) -> tuple[Attempt, ...]:
        """Those that a model did not answer about."""
        return tuple(outcome.attempt for outcome in self.outcomes if outcome.attempt.open)

    @property
    def pages(self) -> int:
        return sum(outcome.attempt.pages for outcome in self.outcomes)

    @property
    def figures(self) -> Mapping[str, int]:
        """How many figures of each status the results hold, those of unchanged reports too."""
        return by_status(outcome.attempt.figures for outcome in self.outcomes)

    @property
    def errors(self) -> int:
        """Discrepancies that the source documents hold."""
        return sum(outcome.attempt.errors for outcome in self.outcomes)

    @property
    def minor(self) -> int:
        """Discrepancies that have an explanation: levelled, truncated, classified."""
        return sum(outcome.attempt.minor for outcome in self.outcomes)

    def objections(self, severity: Severity) -> str | None:
        """What speaks against publishing the reports, in words: checks that fail, of this severity or worse, disputed
        figures, and pages that were not read, so that nobody recounted them. None if nothing does."""
        counts = {
            _("discrepancies"): self.errors + (self.minor if severity == "minor" else 0),
            _("disputed figures"): self.figures["disputed"],
            _("pages not read"): sum(len(outcome.attempt.unread) for outcome in self.outcomes),
        }
        return _(", ").join(f"{what}{_(': ')}{number:,}" for what, number in counts.items() if number) or None


def not_read(pages: Sequence[int]) -> str:
    """Pages that could not be read, in words: their runs, 3, 7-9."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1][1:] = [page]
        else:
            runs.append([page])
    listed = ", ".join("-".join(map(str, run)) for run in runs)
    words = "pages {pages} could not be read" if len(pages) > 1 else "page {pages} could not be read"
    return _(words, pages=listed)
