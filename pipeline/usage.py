"""What asking a model took, a failed question too, or would take."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Usage:
    """What questions took: tokens, cost (currency of the user's prices, 0 where none are given), seconds of waiting
    for the endpoint, calls (HTTP requests sent), cached_tokens (those of the input that the endpoint had kept from
    earlier prompts). All 0 for an answer that was kept."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)
    seconds: float = 0.0
    calls: int = 0
    cached_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cost + other.cost,
            self.seconds + other.seconds,
            self.calls + other.calls,
            self.cached_tokens + other.cached_tokens,
        )


NOTHING = Usage()
"""What a kept answer takes."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a report would take in the first round. calls: questions; kept: those of them whose answer is kept."""

    calls: int = 0
    kept: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)

    def __add__(self, other: Plan) -> Plan:
        return Plan(
            self.calls + other.calls,
            self.kept + other.kept,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cost + other.cost,
        )
