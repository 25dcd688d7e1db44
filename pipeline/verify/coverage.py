"""The coverage ledger: which identities were due in a report, which of them could be evaluated, and what they cover."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from recount.pipeline.verify.cover import printed_once
from recount.pipeline.verify.verify import Verified
from recount.schemas.arithmetic import Evaluation
from recount.schemas.saying import Saying, say


@dataclass(frozen=True, slots=True)
class Due:
    """An identity that the report's sections imply. missing: why it could not be evaluated; None where it was."""

    rule: str
    result: str
    missing: Saying | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the identities of a report say of its figures.

    due: every identity. figures: how many there are. under: of each figure, how many evaluated identities it takes
    part in, bounds (at most) among them; two fields that are one quantity and were read from one printed number are in
    each other's. cover: how many of them another number in its place would have failed.
    """

    due: tuple[Due, ...]
    figures: int
    under: dict[str, int] = field(default_factory=dict)
    cover: dict[str, int] = field(default_factory=dict)

    @property
    def uncovered(self) -> list[str]:
        """The figures that nothing covers, in report order."""
        return [pointer for pointer in self.under if not self.cover.get(pointer)]

    @property
    def under_none(self) -> list[str]:
        """The figures that no evaluated identity has in it, in report order."""
        return [pointer for pointer, number in self.under.items() if not number]

    def share(self, least: int) -> float:
        """The share of figures that take part in at least so many evaluated identities."""
        return sum(number >= least for number in self.under.values()) / self.figures if self.figures else 1.0

    def covered(self, least: int) -> float:
        """The share of figures that at least so many identities cover."""
        return sum(number >= least for number in self.cover.values()) / self.figures if self.figures else 1.0

    @property
    def not_evaluated(self) -> list[Due]:
        """The identities that were due and could not be evaluated."""
        return [due for due in self.due if due.missing is not None]


def coverage_of(verified: Verified) -> Coverage:
    """The ledger of a verified report."""
    under = _under(verified)
    return Coverage(
        due=tuple(_due(evaluation) for evaluation in verified.evaluations),
        figures=len(verified.figures),
        under={pointer: len(under[pointer]) for pointer in verified.figures},
        cover=dict(verified.cover),
    )


def _under(verified: Verified) -> dict[str, set[frozenset[int]]]:
    """By pointer, the evaluated identities of a figure: the printed numbers that each is between."""
    found: dict[str, set[frozenset[int]]] = defaultdict(set)
    for evaluation in verified.evaluations:
        numbers = frozenset(operand.token for operand in evaluation.operands)
        for operand in evaluation.operands:
            found[operand.pointer].add(numbers)
    for group in _one_quantity(printed_once(verified.evaluations)):
        together = set().union(*(found[pointer] for pointer in group))
        found.update(dict.fromkeys(group, together))
    return found


def _one_quantity(pairs: Iterable[tuple[str, str]]) -> Iterable[set[str]]:
    """Fields that are one quantity and were filled from one printed number, together."""
    groups: dict[str, set[str]] = {}
    for one, other in pairs:
        joined = groups.get(one, {one}) | groups.get(other, {other})
        groups.update(dict.fromkeys(joined, joined))
    return {id(group): group for group in groups.values()}.values()


def _due(evaluation: Evaluation) -> Due:
    identity = evaluation.identity
    why = None
    if evaluation.result == "not_applicable":
        if identity.printed is None:
            why = say("not_printed")
        elif identity.computed.missing:
            why = say("operand_not_printed")
        else:
            why = evaluation.explanation or say("not_computable")
    return Due(identity.rule, evaluation.result, why)
