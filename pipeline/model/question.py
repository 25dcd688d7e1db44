"""What is asked of a model, what comes back, and what it took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from pydantic import BaseModel

Messages = Sequence[Mapping[str, str]]
"""What is sent: each message with its role and content."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a model. system, user: the rendered prompt. response: the pydantic model of the answer.

    purpose: the report field that it is about ("income"), for the ledger. document: sha256 of the file. round: 0 the
    first question, 1 and on after a contradiction of the verifier.
    """

    system: str
    user: str
    response: type[BaseModel]
    purpose: str
    document: str = ""
    round: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    """What questions took: tokens, cost (currency of the user's prices, 0 where none are given), seconds of waiting
    for the endpoint, calls (HTTP requests sent). All 0 for an answer that was kept."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)
    seconds: float = 0.0
    calls: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cost + other.cost,
            self.seconds + other.seconds,
            self.calls + other.calls,
        )


NOTHING = Usage()
"""What a kept answer takes."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. value: an instance of the question's response. usage: over all attempts. cached: it was kept."""

    value: BaseModel
    usage: Usage
    cached: bool


class Asker(Protocol):
    """Whom questions are put to; several threads may do so at once."""

    def ask(self, question: Question) -> Reply:
        """Returns the answer, kept or new. Raises a ModelError if there is none."""
        ...

    def known(self, question: Question) -> bool:
        """Whether the outcome of a question is kept, so that nothing would be sent."""
        ...
