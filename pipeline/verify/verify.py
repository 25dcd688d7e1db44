"""The verifier: ground, recount, blame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from recount.pipeline.document import Token
from recount.pipeline.verify.blame import Suspect, blamed, explained, suspects_of
from recount.pipeline.verify.cover import Numbers, Rivals, covered
from recount.pipeline.verify.doubt import doubtful
from recount.pipeline.verify.place import places_of
from recount.pipeline.verify.recount import Status, recount, statuses
from recount.pipeline.verify.resolve import Rejected, Resolver
from recount.schemas.arithmetic import Evaluation
from recount.schemas.figures import Figure, Model


@dataclass(frozen=True, slots=True)
class Verified:
    """A report with its figures, each grounded and with a status; the evaluated identities; refused proposals.

    report: Report[Figure]. figures, statuses: by JSON pointer. cover: how many identities cover a figure. suspects:
    of each failing evaluation, by its position, the most suspect first. mapper: who proposed the figures.
    """

    report: Any
    figures: dict[str, Figure]
    statuses: dict[str, Status]
    evaluations: tuple[Evaluation, ...]
    rejected: tuple[Rejected, ...]
    mapper: str
    cover: Mapping[str, int] = field(default_factory=dict)
    suspects: Mapping[int, Sequence[Suspect]] = field(default_factory=dict)


def verify(
    report: Model,
    tokens: Sequence[Token],
    mapper: str,
    confirmed: Set[int] = frozenset(),
    numbers: Numbers | None = None,
) -> Verified:
    """Verify a mapped report (Report[Ref]) against the number tokens of its document.

    confirmed: tokens of scanned pages that a second reading read alike. numbers: what is known of the tokens from
    before, where reports that are mapped from them are verified more than once.
    """
    resolver = Resolver(tokens, mapper)
    resolved = resolver.model(report)
    figures = resolver.figures
    evaluations = recount(resolved)
    rivals = Rivals(numbers or Numbers(tokens), figures, places_of(figures, tokens, evaluations), confirmed)
    cover = covered(rivals, evaluations)
    suspects = suspects_of(evaluations, cover, rivals)
    doubts = doubtful(figures, tokens, evaluations, suspects)
    if doubts:
        rivals = replace(rivals, doubtful=doubts)
        cover = covered(rivals, evaluations)
        suspects = suspects_of(evaluations, cover, rivals)
    disputed = blamed(evaluations, cover)
    if disputed:
        cover = covered(rivals, _sound(evaluations, disputed))
    return Verified(
        resolved,
        figures,
        statuses(figures, cover, disputed),
        explained(resolved, evaluations, suspects),
        tuple(resolver.rejected),
        mapper,
        cover,
        suspects,
    )


def _sound(evaluations: Sequence[Evaluation], disputed: Set[str]) -> list[Evaluation]:
    """The evaluations without the identities that hold with a disputed figure: those confirm nothing."""
    return [
        each
        for each in evaluations
        if each.result != "pass" or not any(operand.pointer in disputed for operand in each.operands)
    ]
