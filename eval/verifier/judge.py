"""What came of a fault: was it refused, noticed, left open, or did a wrong figure pass as verified?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import repeat

from recount.eval.verifier.base import Base, changed
from recount.eval.verifier.fault import Fault
from recount.pipeline.verify import Verified, verify
from recount.pipeline.verify.blame import failing, most_suspect
from recount.pipeline.verify.doubt import tied
from recount.pipeline.verify.place import table_of
from recount.schemas.figures import Figure

_NEAR = 10


class Effect(StrEnum):
    """What came of a fault, the worst of its figures; the last is the silent error."""

    HARMLESS = "harmless"  # the value is the same
    REJECTED = "rejected"  # the figure is not in the report
    DISPUTED = "disputed"
    GROUNDED = "grounded"  # nothing claims that it is right
    SCALE = "uniform scale"  # verified, with all amounts of a table that nothing ties to amounts elsewhere
    ROUNDING = "inside rounding"  # verified, and less than ten in the last place from the right value
    SILENT = "silent"  # verified


_ORDER = list(Effect)


@dataclass(frozen=True, slots=True)
class Verdict:
    """outcome: of the worst figure. covered: the right figures were all under an identity. noticed: an identity fails
    that held before. place: of the wrong figure among the suspects, counted from 1; 0 if it is none of them; None
    where nothing fails. idle: as of the fault. pointers: the figures that passed as verified.
    """

    operator: str
    outcome: Effect
    covered: bool
    noticed: bool
    place: int | None
    idle: bool = False
    pointers: tuple[str, ...] = ()


def judge(base: Base, fault: Fault, *, alike: bool = False) -> Verdict:
    """Runs the verifier on a report with a fault. alike: what is misread was misread alike in a second reading."""
    numbers = base.numbers.with_tokens(fault.tokens)
    report = changed(base.report, fault.report) if fault.report else base.report
    confirmed = base.confirmed if alike else base.confirmed - fault.tokens.keys()
    found = verify(report, numbers.tokens, "fault", confirmed=confirmed, numbers=numbers)
    outcomes = {pointer: _outcome(found, pointer, right) for pointer, right in fault.wrong.items()}
    if len(fault.tokens) > 1 and not any(map(tied, base.verified.evaluations, repeat(table_of(next(iter(outcomes)))))):
        outcomes = {p: Effect.SCALE if outcome is Effect.SILENT else outcome for p, outcome in outcomes.items()}
    worst = max(outcomes.values(), key=_ORDER.index, default=Effect.HARMLESS)
    passed = tuple(p for p, outcome in outcomes.items() if outcome in (Effect.SILENT, Effect.ROUNDING))
    cover = base.verified.cover
    harmful = [p for p, outcome in outcomes.items() if outcome is not Effect.HARMLESS and p in found.figures]
    return Verdict(
        fault.operator,
        worst,
        covered=all(pointer in cover for pointer, outcome in outcomes.items() if outcome is not Effect.HARMLESS),
        noticed=_failing(found) - _failing(base.verified) != Counter() or _lost(found, base.verified, fault),
        place=_place(found, base.verified, harmful, fault.table),
        idle=fault.idle,
        pointers=passed,
    )


def _outcome(found: Verified, pointer: str, right: Decimal | None) -> Effect:
    figure = found.figures.get(pointer)
    if figure is None:
        return Effect.REJECTED
    if figure.value == right:
        return Effect.HARMLESS
    status = found.statuses[pointer]
    if status == "disputed":
        return Effect.DISPUTED
    if status == "grounded":
        return Effect.GROUNDED
    return Effect.ROUNDING if _is_near(figure, right) else Effect.SILENT


def _is_near(figure: Figure, right: Decimal | None) -> bool:
    return right is not None and abs(figure.value - right) < _NEAR * min(figure.quantum, Decimal("0.01"))


def _failing(found: Verified) -> Counter[str]:
    """The rules that fail, and how often; a report may fail some without any fault."""
    return Counter(evaluation.identity.rule for evaluation in failing(found.evaluations))


def _place(found: Verified, before: Verified, wrong: list[str], table: str | None) -> int | None:
    """The place of the first wrong figure among the suspects of what fails now.

    A table that is wrong as a whole must be named as such: then it is its place among the tables that are off scale.
    """
    known = _expected(before)
    new = {at: ranked for at, ranked in found.suspects.items() if _key(found, at) not in known}
    if not new or not wrong:
        return None
    if table is not None:
        return next((place for place, named in enumerate(found.off_scale, 1) if named == table), 0)
    order = [suspect.figure.pointer for suspect in most_suspect(new)]
    return next((place for place, pointer in enumerate(order, 1) if pointer in wrong), 0)


def _expected(before: Verified) -> set[tuple[str, tuple[str, ...]]]:
    return {_key(before, at) for at in before.suspects}


def _lost(found: Verified, before: Verified, fault: Fault) -> bool:
    """Whether a list with a changed row has lost figures that were verified: its rows are out of place."""
    lists = ["/" + "/".join(path) + "/" for path in fault.report]
    return any(
        status == "verified" and p in found.statuses and found.statuses[p] != status and p.startswith(tuple(lists))
        for p, status in before.statuses.items()
    )


def _key(found: Verified, at: int) -> tuple[str, tuple[str, ...]]:
    evaluation = found.evaluations[at]
    return evaluation.identity.rule, tuple(operand.pointer for operand in evaluation.operands)
