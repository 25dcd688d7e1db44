"""Recount: every identity of a report evaluated, and what that says of each figure.

A sum that lacks an amount which was not read fails whatever the source says: it is not held against the source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from enum import StrEnum
from typing import Any

from recount.pipeline.document import Token
from recount.pipeline.verify.place import ListRow, beside, key_of, list_of, lists_of
from recount.schemas.arithmetic import Evaluation, Identity, evaluate
from recount.schemas.common.parts import TABLED
from recount.schemas.describe import models_in, steps_of
from recount.schemas.figures import Figure
from recount.schemas.terms import Sum

LEFT_OPEN = "an amount of it was left open"


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


# --- sums that lack an amount

_Column = tuple[str, str]
"""A list by its pointer, and the key of a figure in its rows."""


def set_aside(
    report: Any, evaluations: Sequence[Evaluation], figures: Mapping[str, Figure], tokens: Sequence[Token]
) -> tuple[list[Evaluation], set[str]]:
    """The evaluations, those that fail for want of an amount not applicable; and the figures of the columns they sum.

    In words every row of a list has its amount. In a table a blank cell is nothing, unless a number was left open
    (Remark "torn") that may be its. The figures are by pointer: nothing tells that no row of the column is missing.
    """
    failing = {column for evaluation in evaluations if _may_lack(evaluation) for column in _columns(evaluation)}
    if not failing:
        return list(evaluations), set()
    read = {figure.token for figure in figures.values()}
    left = [token for token in tokens if token.index not in read and token.remark and token.remark.kind == "torn"]
    lists = lists_of(figures)
    wanting = {
        (at, key)
        for at, key in failing
        if (_lacks_open(lists[at], key, left, tokens) if _is_tabled(at) else _lacks_amount(report, at, key))
    }
    found = [
        Evaluation(evaluation.identity, "not_applicable", explanation=LEFT_OPEN)
        if _may_lack(evaluation) and _columns(evaluation) & wanting
        else evaluation
        for evaluation in evaluations
    ]
    return found, {pointer for pointer in figures if (list_of(pointer), key_of(pointer)) in wanting}


def _may_lack(evaluation: Evaluation) -> bool:
    """Whether a sum fails, and nothing explains it."""
    return evaluation.result == "fail" and evaluation.explanation is None and bool(_columns(evaluation))


def _columns(evaluation: Evaluation) -> set[_Column]:
    """The columns that a sum adds up."""
    computed = evaluation.identity.computed
    if not isinstance(computed, Sum):
        return set()
    places = ((list_of(operand.pointer), key_of(operand.pointer)) for operand in computed.operands)
    return {(at, key) for at, key in places if at is not None}


def _is_tabled(pointer: str) -> bool:
    return pointer.split("/")[1] in TABLED


def _lacks_amount(report: Any, at: str, key: str) -> bool:
    """Whether a row of a list has no figure at a key."""
    return any(_value_at(row, f"/{key}") is None for row in _value_at(report, at))


def _value_at(value: Any, pointer: str) -> Any:
    for step in steps_of(pointer):
        value = value[int(step)] if isinstance(value, tuple) else getattr(value, step, None)
    return value


def _lacks_open(rows: Sequence[ListRow], key: str, left: Iterable[Token], tokens: Sequence[Token]) -> bool:
    """Whether a number of a table was left open: in a row that has no figure at a key, or in a row that is no other."""
    of_rows = [(row, [tokens[figure.token] for figure in row.figures.values()]) for row in rows]
    own = [token for _, read in of_rows for token in read]
    for token in left:
        here = [row for row, read in of_rows if any(beside(other, token) for other in read)]
        if any(key not in row.figures for row in here) or (not here and _is_amid(token, own)):
            return True
    return False


def _is_amid(token: Token, own: Sequence[Token]) -> bool:
    """Whether a number stands in the table of some figures: by its seat, or between the first and the last."""
    if token.seat is not None:
        return any(other.seat is not None and other.seat[0] == token.seat[0] for other in own)
    return min(other.index for other in own) < token.index < max(other.index for other in own)
