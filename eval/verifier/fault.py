"""A fault: what is changed in a report, and what its figures would be without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any, Literal

from recount.eval.verifier.base import Base, Steps
from recount.pipeline.document import Token

Group = Literal["off the page", "on the page", "rows", "pairs"]


@dataclass(frozen=True)
class Fault:
    """Something done wrong to a report.

    tokens: numbers that are misread, by index. report: other values at some places. wrong: for every figure that is
    not what it should be, by its pointer in the changed report, the right value; None where there should be none.
    idle: a row that holds nothing but zeros; no arithmetic can miss it, nor mind it twice.
    """

    operator: str
    tokens: dict[int, Token] = field(default_factory=dict)
    report: dict[Steps, Any] = field(default_factory=dict)
    wrong: dict[str, Decimal | None] = field(default_factory=dict)
    idle: bool = False

    def __or__(self, other: Fault) -> Fault:
        """Both faults at once."""
        return Fault(
            f"{self.operator} and {other.operator}",
            self.tokens | other.tokens,
            self.report | other.report,
            self.wrong | other.wrong,
        )


Make = Callable[[Random, Base], Fault | None]


@dataclass(frozen=True)
class Operator:
    """A kind of fault. make: one of them, None where the report has no room for the one that was drawn.

    scanned: it happens to numbers that OCR reads.
    """

    name: str
    group: Group
    make: Make
    scanned: bool = False
