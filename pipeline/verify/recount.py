"""Recount: every identity of a report evaluated, and what that says of each figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from enum import StrEnum
from typing import Any

from recount.pipeline.verify.memo import Memo
from recount.schemas.arithmetic import Evaluation, Identity, evaluate
from recount.schemas.figures import Model


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


def recount(report: Any, memo: Memo | None = None) -> list[Evaluation]:
    """Every identity of a Report[Figure], evaluated, in report order. memo: what is known of the report."""
    if memo is None:
        return [evaluate(identity) for identity in identities_of(report)]
    return list(_evaluations(report, memo))


def _evaluations(value: Any, memo: Memo) -> Iterable[Evaluation]:
    if isinstance(value, Model):
        return memo.evaluations(value, lambda: _of_model(value, memo))
    if isinstance(value, tuple):
        return [evaluation for each in value for evaluation in _evaluations(each, memo)]
    return ()


def _of_model(model: Model, memo: Memo) -> list[Evaluation]:
    declared = getattr(model, "identities", None)
    found = [memo.evaluate(identity) for identity in declared()] if declared is not None else []
    for name in type(model).model_fields:
        found += _evaluations(getattr(model, name), memo)
    return found


def statuses(figures: Iterable[str], cover: Mapping[str, int], disputed: Set[str]) -> dict[str, Status]:
    """The status of every figure, by pointer. cover: how many identities cover it; disputed: where blame is laid."""
    return {
        pointer: Status.DISPUTED if pointer in disputed else Status.VERIFIED if cover.get(pointer) else Status.GROUNDED
        for pointer in figures
    }
