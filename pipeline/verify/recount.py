"""Recount: every identity of a report evaluated, and what that says of each figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

from recount.schemas.arithmetic import Evaluation, Identity, evaluate
from recount.schemas.figures import Figure, Model

_LAST_DIGIT = Decimal(10)
"""Slack in units of the last place below which a change of any other digit fails the identity."""
_SAME_FIGURE = Decimal("0.005")
"""Slack relative to the figure below which another figure of the report fails the identity."""


def covers(operand: Figure, slack: Decimal) -> bool:
    """Whether a satisfied identity covers an operand: another number in its place would have failed it.

    slack: how far the operand could move, in units of its last printed place. A digital page prints what it prints:
    what can go wrong is that another figure was taken, so an identity covers that leaves the figure half a percent,
    or its last digit.
    """
    return slack < _LAST_DIGIT or slack * operand.quantum <= _SAME_FIGURE * abs(operand.value)


class Status(StrEnum):
    """The status of a figure (contract, result.md)."""

    VERIFIED = "verified"
    GROUNDED = "grounded"
    REPAIRED = "repaired"
    DISPUTED = "disputed"


def identities_of(value: Any) -> Iterator[Identity]:
    """The identities of a model and of all models in it, in report order."""
    if isinstance(value, Model):
        declared = getattr(value, "identities", None)
        if declared is not None:
            yield from declared()
        for name in type(value).model_fields:
            yield from identities_of(getattr(value, name))
    elif isinstance(value, tuple):
        for each in value:
            yield from identities_of(each)


def recount(report: Any) -> list[Evaluation]:
    """Every identity of a Report[Figure], evaluated."""
    return [evaluate(identity) for identity in identities_of(report)]


def covered(evaluations: Iterable[Evaluation]) -> dict[str, int]:
    """By pointer, how many identities cover a figure: another number would have failed them."""
    count: dict[str, int] = defaultdict(int)
    for each in evaluations:
        for operand, slack in each.slack:
            if covers(operand, slack):
                count[operand.pointer] += 1
    return count


def blamed(evaluations: Iterable[Evaluation], cover: dict[str, int]) -> set[str]:
    """The figures at which failed identities are laid: the operands that no satisfied identity clears.

    Where every operand is cleared by others, two halves of the report contradict each other: then it is laid at
    the operands that the fewest identities cover.
    """
    found: set[str] = set()
    for each in evaluations:
        if each.result != "fail" or each.severity != "error":
            continue
        suspects: Sequence[Figure] = each.operands if each.blamed is None else each.blamed
        fewest = min((cover.get(operand.pointer, 0) for operand in suspects), default=0)
        found |= {operand.pointer for operand in suspects if cover.get(operand.pointer, 0) == fewest}
    return found


def statuses(figures: Iterable[str], evaluations: Sequence[Evaluation]) -> dict[str, Status]:
    """The status of every figure, by pointer."""
    cover = covered(evaluations)
    disputed = blamed(evaluations, cover)
    return {
        pointer: Status.DISPUTED
        if pointer in disputed
        else Status.VERIFIED
        if cover.get(pointer)
        else Status.GROUNDED
        for pointer in figures
    }
