"""Recount: every identity of a report evaluated, and what that says of each figure.

A sum that lacks an amount which was not read fails whatever the source says: it is not held against the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from recount.pipeline.document import Token
from recount.pipeline.verify.place import ListRow, beside, key_of, list_of, lists_of, row_of
from recount.schemas.arithmetic import Evaluation, Identity, evaluate
from recount.schemas.common.parts import TABLED, UNMAPPED, UnmappedFigure
from recount.schemas.describe import models_in, steps_of
from recount.schemas.figures import DOWN, Figure, Kind
from recount.schemas.saying import Saying, say
from recount.schemas.terms import Sum

LEFT_OPEN = say("amount_left_open")


class Status(StrEnum):
    """The status of a figure (docs/contract/result.md)."""

    VERIFIED = "verified"
    GROUNDED = "grounded"
    REPAIRED = "repaired"
    REVIEWED = "reviewed"
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
    return _by_steps([evaluate(identity) for identity in identities_of(report)])


_STEP = Decimal("0.5")
_FEWEST_STEPS = 2


def _by_steps(evaluations: list[Evaluation]) -> list[Evaluation]:
    """Many publishers score by steps (10 for 98%, 0 for 50%): where a report does, that is said once, and of nobody.

    Steps are whole or half points. It does if two scores at least are such and not what the rate earns, and no more are
    what it earns to the hundredth (9.84 for 98.4%).
    """
    scored = [e for e in evaluations if e.identity.custom and e.result != "not_applicable"]
    whole = {id(e) for e in scored if e.identity.printed is not None and not e.identity.printed.value % _STEP}
    steps = [e for e in scored if e.result == "fail" and id(e) in whole]
    earned = [e for e in scored if e.result == "pass" and id(e) not in whole]
    if len(steps) < _FEWEST_STEPS or len(steps) < len(earned):
        return evaluations
    first, *others = steps
    said = {id(e): Evaluation(e.identity, "not_applicable", explanation=say("scored_by_steps")) for e in others}
    explanation = say("scores_by_steps", steps=len(steps), scores=len(scored))
    said[id(first)] = replace(first, severity="minor", explanation=explanation, blamed=())
    return [said.get(id(e), e) for e in evaluations]


def statuses(
    figures: Iterable[str], cover: Mapping[str, int], disputed: Set[str], settled: Set[str] = frozenset()
) -> dict[str, Status]:
    """The status of every figure, by pointer. cover: how many identities cover it; disputed: where blame is laid;
    settled: what a person looked at."""
    otherwise = {pointer: Status.REVIEWED if pointer in settled else Status.GROUNDED for pointer in figures}
    return {
        pointer: Status.DISPUTED if pointer in disputed else Status.VERIFIED if cover.get(pointer) else uncovered
        for pointer, uncovered in otherwise.items()
    }


# --- identities that lack an amount

_Column = tuple[str, str]
"""A list by its pointer, and the key of a figure in its rows."""


def set_aside(
    report: Any, evaluations: Sequence[Evaluation], figures: Mapping[str, Figure], tokens: Sequence[Token]
) -> tuple[list[Evaluation], set[str]]:
    """The evaluations, those that fail for want of an amount not applicable; and the figures of the columns they sum.

    In words every row of a list says an amount. In a table a blank cell is nothing, unless a number was left open
    (Remark "torn") that may be its. An amount that was taken though its place is unsure may be another's as well. The
    figures are by pointer: nothing tells that no row of the column is missing. A sum that fails by just what stands
    among its terms and has no field is not applicable either: it says which term it lacks.
    """
    failing = [evaluation for evaluation in evaluations if evaluation.result == "fail" and not evaluation.explanation]
    if not failing:
        return list(evaluations), set()
    left = _left_open(figures, tokens)
    unsure = [e for e in failing if any(_is_torn(tokens[operand.token]) for operand in e.operands)]
    wanting = set(_wanting(report, failing, lists_of(figures), left, tokens)).union(*map(_columns, unsure))
    aside = {id(evaluation) for evaluation in unsure}
    aside |= {id(e) for e in failing if _columns(e) & wanting or _has_beside(e, left, tokens)}
    why = {id(e): LEFT_OPEN if id(e) in aside else _lacks_term(report, e) for e in failing}
    found = [
        Evaluation(evaluation.identity, "not_applicable", explanation=why[id(evaluation)])
        if why.get(id(evaluation))
        else evaluation
        for evaluation in evaluations
    ]
    return found, {pointer for pointer in figures if (list_of(pointer), key_of(pointer)) in wanting}


def _wanting(
    report: Any,
    failing: Iterable[Evaluation],
    lists: Mapping[str, Sequence[ListRow]],
    left: Sequence[Token],
    tokens: Sequence[Token],
) -> Iterator[_Column]:
    """The columns in which an amount may be missing, of those that failing sums add up."""
    for at, key in {column for evaluation in failing for column in _columns(evaluation)}:
        if _lacks_open(lists[at], key, left, tokens) or _says_nothing(report, at, lists[at]):
            yield at, key


def _is_torn(token: Token) -> bool:
    return token.remark is not None and token.remark.kind == "torn"


def _left_open(figures: Mapping[str, Figure], tokens: Sequence[Token]) -> list[Token]:
    """The numbers of torn tables that no figure was read from."""
    read = {figure.token for figure in figures.values()}
    return [token for token in tokens if _is_torn(token) and token.index not in read]


def _columns(evaluation: Evaluation) -> set[_Column]:
    """The columns that a sum over rows adds up."""
    stated, computed = evaluation.identity.printed, evaluation.identity.computed
    if stated is None or not isinstance(computed, Sum):
        return set()
    rows = [operand.pointer for operand in computed.operands if row_of(operand.pointer) != row_of(stated.pointer)]
    return {(at, key_of(pointer)) for pointer in rows if (at := list_of(pointer)) is not None}


def _has_beside(evaluation: Evaluation, left: Iterable[Token], tokens: Sequence[Token]) -> bool:
    """Whether a number was left open in the row that an identity is about."""
    own = [tokens[operand.token] for operand in evaluation.operands]
    of_row = len({row_of(operand.pointer) for operand in evaluation.operands} - {""}) == 1
    return of_row and any(beside(other, token) for token in left for other in own)


def _says_nothing(report: Any, at: str, rows: Sequence[ListRow]) -> bool:
    """Whether there is a row of a list from which no figure was read. rows: those from which some were."""
    return at.split("/")[1] not in TABLED and len(_value_at(report, at)) > len(rows)


def _value_at(value: Any, pointer: str) -> Any:
    for step in steps_of(pointer):
        value = value[int(step)] if isinstance(value, tuple) else getattr(value, step)
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


_FALLEN = re.compile(DOWN)
_BEHIND = 8  # numbers: so far behind the last term of a sum another may stand


def _lacks_term(report: Any, evaluation: Evaluation) -> Saying | None:
    """What a failing sum lacks: the figures without a field, one or all of those among its terms, that make it hold."""
    identity, residual = evaluation.identity, evaluation.residual
    if residual is None or not isinstance(identity.computed, Sum) or not _adds_up(evaluation):
        return None
    at = [operand.token for operand in evaluation.operands]
    rows = [row for row in getattr(report, UNMAPPED, ()) if row.value is not None and _is_alike(row, identity)]
    beside = [row for row in rows if min(at) < row.value.token <= max(at) + _BEHIND]
    wanted = residual * identity.computed.terms[0][0]
    for missing in (*([row] for row in beside), beside):
        whole = sum((-row.value.value if _FALLEN.search(row.label or "") else row.value.value) for row in missing)
        slack = (evaluation.tolerance or 0) + sum(row.value.half for row in missing)
        if missing and abs(whole - wanted) <= slack:
            return say("term_without_field", figures=tuple(_named(row) for row in missing))
    return None


def _named(row: UnmappedFigure[Figure]) -> Saying:
    assert row.value is not None
    return say("figure", figure=row.value.pointer, title=row.label or "", value=row.value.value)


def _is_alike(row: UnmappedFigure[Figure], identity: Identity) -> bool:
    """Whether a figure without a field is an amount, a percent or a count, as the stated one is."""
    kinds = {"万元": Kind.MONEY, "%": Kind.PERCENT}
    return identity.printed is not None and identity.printed.kind is kinds.get(row.unit or "", Kind.COUNT)


def _adds_up(evaluation: Evaluation) -> bool:
    """Whether a sum adds up several amounts of one section, the rows of a list, or what is left to 100."""
    computed = evaluation.identity.computed
    if not isinstance(computed, Sum) or evaluation.identity.at_most:
        return False
    one_section = len({steps_of(operand.pointer)[0] for operand in evaluation.operands}) == 1
    several = len(computed.terms) > 1 or computed.constant is not None or bool(_columns(evaluation))
    return one_section and several and len({sign for sign, _ in computed.terms}) == 1


def _is_amid(token: Token, own: Sequence[Token]) -> bool:
    """Whether a number stands in the table of some figures: by its seat, or between the first and the last."""
    if token.seat is not None:
        return any(other.seat is not None and other.seat[0] == token.seat[0] for other in own)
    return min(other.index for other in own) < token.index < max(other.index for other in own)
