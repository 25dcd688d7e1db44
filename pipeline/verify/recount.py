"""Recount: every identity of a report evaluated, and what that says of each figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from enum import StrEnum
from typing import Any

from recount.schemas.arithmetic import Evaluation, Identity, evaluate
from recount.schemas.describe import models_in


class Status(StrEnum):
    """The status of a figure (docs/contract/result.md)."""

    VERIFIED = "verified"
    GROUNDED = "grounded"
    REPAIRED = "repaired"
    DISPUTED = "disputed"


def identities_of(value: Any) -> list[Identity]:
    """The identities of a model and of all models in it, in report order."""
    found: list[Identity] = []
    for model in models_in(value):
        declared = getattr(model, "identities", None)
        if declared is not None:
            found += declared()
    return found


def recount(report: Any) -> list[Evaluation]:
    """Every identity of a Report[Figure], evaluated, in report order."""
    return [evaluate(identity) for identity in identities_of(report)]


def statuses(figures: Iterable[str], cover: Mapping[str, int], disputed: Set[str]) -> dict[str, Status]:
    """The status of every figure, by pointer. cover: how many identities cover it; disputed: where blame is laid."""
    return {
        pointer: Status.DISPUTED if pointer in disputed else Status.VERIFIED if cover.get(pointer) else Status.GROUNDED
        for pointer in figures
    }
