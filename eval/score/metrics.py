"""What is counted, and the numbers that are made of the counts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Literal, NamedTuple, Self

Outcome = Literal["right", "wrong", "missing", "invented"]
OUTCOMES: tuple[Outcome, ...] = ("right", "wrong", "missing", "invented")

TRUSTED = frozenset({"verified", "repaired"})
"""The statuses that promise that a figure is right: if it is not, that is a silent error."""

STATUSES = ("verified", "repaired", "grounded", "disputed", "unplaced")
"""What a delivered figure may be. unplaced: the report holds it, but `figures` has no entry: against the contract."""

ABSENT = "absent"
"""The status of a figure that was not delivered."""

_Z = 1.959963984540054
"""The normal quantile of a 95 % interval."""


class Cell(NamedTuple):
    """The place of a figure in every table: where it belongs, what the result says of it, what it is."""

    section: str
    status: str
    outcome: Outcome


Cells = Counter[Cell]


@dataclass(frozen=True, slots=True)
class _Sum:
    """Counts that can be added."""

    def __add__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def interval(part: int, whole: int) -> tuple[float, float]:
    """The Wilson interval of a share, at 95 %: where the true share lies, were the cases drawn at random."""
    if not whole:
        return 0.0, 1.0
    share, z2 = part / whole, _Z * _Z
    middle = share + z2 / (2 * whole)
    spread = _Z * math.sqrt(share * (1 - share) / whole + z2 / (4 * whole * whole))
    low, high = ((middle + sign * spread) / (1 + z2 / whole) for sign in (-1, 1))
    # Rounding must not put all or none outside their own interval.
    return (0.0 if not part else max(0.0, low)), (1.0 if part == whole else min(1.0, high))


def share(part: int | Decimal, whole: int | Decimal) -> float | None:
    """A part of a whole; None where there is no whole."""
    return float(part / whole) if whole else None


@dataclass(frozen=True, slots=True)
class Tally(_Sum):
    """Figures: right, wrong (another number), missing (not delivered), invented (the gold has null there).

    silent: those of the wrong and invented ones that are called verified or repaired. trusted: all that are.
    """

    right: int = 0
    wrong: int = 0
    missing: int = 0
    invented: int = 0
    silent: int = 0
    trusted: int = 0

    @property
    def gold(self) -> int:
        """Figures that the gold has."""
        return self.right + self.wrong + self.missing

    @property
    def delivered(self) -> int:
        """Figures that the result has."""
        return self.right + self.wrong + self.invented

    @property
    def accuracy(self) -> float | None:
        """The share of the gold's figures that are right."""
        return share(self.right, self.gold)

    @property
    def precision(self) -> float | None:
        """The share of the delivered figures that are right."""
        return share(self.right, self.delivered)

    @property
    def trust(self) -> float | None:
        """The verified share: that of the delivered figures which are called verified or repaired."""
        return share(self.trusted, self.delivered)

    @property
    def interval(self) -> tuple[float, float]:
        """Of the accuracy."""
        return interval(self.right, self.gold)


def tally(cells: Cells) -> Tally:
    """The figures in the cells."""
    outcomes: Counter[str] = Counter()
    silent = trusted = 0
    for cell, number in cells.items():
        outcomes[cell.outcome] += number
        trusted += number * (cell.status in TRUSTED)
        silent += number * (cell.status in TRUSTED and cell.outcome != "right")
    return Tally(
        outcomes["right"], outcomes["wrong"], outcomes["missing"], outcomes["invented"], silent=silent, trusted=trusted
    )


@dataclass(frozen=True, slots=True)
class TextTally(_Sum):
    """Texts: as printed; alike but for spaces and width; different; missing; invented.

    likeness: the sum of the similarities (0..1) of all texts of the gold.
    """

    exact: int = 0
    folded: int = 0
    different: int = 0
    missing: int = 0
    invented: int = 0
    likeness: float = 0.0

    @property
    def gold(self) -> int:
        return self.exact + self.folded + self.different + self.missing

    @property
    def accuracy(self) -> float | None:
        return share(self.exact, self.gold)

    @property
    def similarity(self) -> float | None:
        return self.likeness / self.gold if self.gold else None


@dataclass(frozen=True, slots=True)
class RowTally(_Sum):
    """Rows of lists: in the gold, in the result, found in each other."""

    gold: int = 0
    got: int = 0
    matched: int = 0

    @property
    def recall(self) -> float | None:
        return share(self.matched, self.gold)

    @property
    def precision(self) -> float | None:
        return share(self.matched, self.got)


@dataclass(frozen=True, slots=True)
class DiscrepancyTally(_Sum):
    """Discrepancies of the source: found as errors, explained away as minor, missed; and errors where there is none.

    minor: minor failures that lie at no discrepancy: publishers' habits, neither right nor wrong to report.
    """

    found: int = 0
    excused: int = 0
    missed: int = 0
    false: int = 0
    minor: int = 0

    @property
    def planted(self) -> int:
        return self.found + self.excused + self.missed


@dataclass(frozen=True, slots=True)
class PlaceTally(_Sum):
    """Delivered figures whose place is known: on the right page, and over the right word (IoU at least 0.5)."""

    known: int = 0
    page: int = 0
    box: int = 0


@dataclass(frozen=True, slots=True)
class RepairTally(_Sum):
    """What repair does to what OCR alone read.

    repaired, right, right_before: the repaired figures; those right now; those right as they were first read. ocr,
    ocr_right, ocr_right_before: the same of all figures that were read from pictures, repaired or not.
    """

    repaired: int = 0
    right: int = 0
    right_before: int = 0
    ocr: int = 0
    ocr_right: int = 0
    ocr_right_before: int = 0

    @property
    def alone(self) -> float | None:
        """The share of the figures read from pictures that OCR alone has right."""
        return share(self.ocr_right_before, self.ocr)

    @property
    def after(self) -> float | None:
        """The share of them that is right after repair."""
        return share(self.ocr_right, self.ocr)


@dataclass(frozen=True, slots=True)
class Spend(_Sum):
    """What it took. calls, tokens, cost (in its currency), model_seconds: of a language model, where one was asked."""

    pages: int = 0
    seconds: float = 0.0
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)
    model_seconds: float = 0.0

    @property
    def seconds_per_page(self) -> float | None:
        return self.seconds / self.pages if self.pages else None

    @property
    def calls_per_page(self) -> float | None:
        return self.calls / self.pages if self.pages else None

    @property
    def tokens_per_page(self) -> float | None:
        return (self.input_tokens + self.output_tokens) / self.pages if self.pages else None

    @property
    def cost_per_page(self) -> Decimal | None:
        return self.cost / self.pages if self.pages else None


def macro(tallies: Iterable[Tally]) -> float | None:
    """The mean accuracy of documents, each counting the same however long it is."""
    shares = [figures.accuracy for figures in tallies if figures.accuracy is not None]
    return math.fsum(shares) / len(shares) if shares else None
