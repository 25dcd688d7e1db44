"""The verifier: ground, recount, blame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from recount.pipeline.document import Token
from recount.pipeline.verify.recount import Status, recount, statuses
from recount.pipeline.verify.resolve import Rejected, Resolver
from recount.schemas.arithmetic import Evaluation
from recount.schemas.figures import Figure, Model


@dataclass(frozen=True, slots=True)
class Verified:
    """A report with its figures, each grounded and with a status; the evaluated identities; refused proposals.

    report: Report[Figure]. figures, statuses: by JSON pointer. mapper: who proposed the figures.
    """

    report: Any
    figures: dict[str, Figure]
    statuses: dict[str, Status]
    evaluations: tuple[Evaluation, ...]
    rejected: tuple[Rejected, ...]
    mapper: str


def verify(report: Model, tokens: Sequence[Token], mapper: str) -> Verified:
    """Verify a mapped report (Report[Ref]) against the number tokens of its document."""
    resolver = Resolver(tokens, mapper)
    resolved = resolver.model(report)
    evaluations = tuple(recount(resolved))
    return Verified(
        resolved,
        resolver.figures,
        statuses(resolver.figures, evaluations),
        evaluations,
        tuple(resolver.rejected),
        mapper,
    )
