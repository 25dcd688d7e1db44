"""A fault: what is changed in a report, and what its figures would be without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any, Literal

from recount.eval.verifier.base import Base, Steps
from recount.pipeline.document import Token

Group = Literal["off the page", "on the page", "rows", "pairs", "misread twice alike"]
Reading = Literal["text", "once", "otherwise", "alike"]


@dataclass(frozen=True)
class Fault:
    """Something done wrong to a report.

    tokens: numbers that are misread, by index. report: other values at some places. wrong: for every figure that is
    not what it should be, by its pointer in the changed report, the right value; None where there should be none.
    idle: a row that holds nothing but zeros, or is a table that no other section counts; no reader of the document can
    miss it, nor mind it twice. table: of a fault of a whole
    table, its pointer.
    """

    operator: str
    tokens: dict[int, Token] = field(default_factory=dict)
    report: dict[Steps, Any] = field(default_factory=dict)
    wrong: dict[str, Decimal | None] = field(default_factory=dict)
    idle: bool = False
    table: str | None = None

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

    reading: it happens to numbers of a digital page, or to numbers that OCR read: "once", "otherwise" (what is wrong
    came out otherwise in a second reading, all else alike) or "alike" (what is wrong was misread alike twice).
    """

    name: str
    group: Group
    make: Make
    reading: Reading = "text"
