"""Blame: at which figure a failed identity is laid, and what it says in words.

A report is nearly right: one wrong figure, or one row that is missing or doubled, explains what fails. A suspect is
the likelier, the more of its failing identities another number in its place would satisfy without breaking those that
hold; if no other identity clears it; and if that number is one misreading from what was read or stands in its row.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import chain
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from recount.pipeline.verify.cover import Rivals
from recount.pipeline.verify.place import displaced, row_of, table_of
from recount.schemas.arithmetic import Evaluation
from recount.schemas.describe import title_of
from recount.schemas.figures import Figure, Kind
from recount.schemas.saying import Saying, say
from recount.schemas.terms import INFINITE, Interval, Sum, bounds

# --- misreadings: what one printed number is easily taken for.


_DIGITS = "0123456789"
_CENT = Decimal("0.01")
_POWERS = (1, 2, 3, 4, 8)


class Misreading(StrEnum):
    """How another number comes to stand in the place of the right one, in words."""

    SIGN = "its sign"
    SCALE = "its decimal point, or its unit"
    EXCHANGED = "two digits exchanged"
    DIGIT = "a digit"
    LENGTH = "a digit lost or doubled"
    CUT = "its end"


def misreading_into(figure: Figure, wanted: Interval) -> tuple[Misreading, Decimal] | None:
    """The misreading, and the number, by which a figure comes to lie where it should; None if no single one does."""
    low, high = wanted[0] - figure.half, wanted[1] + figure.half
    for misreading, value in _misreadings(figure):
        if low <= value <= high and value != figure.value:
            return misreading, value
    return _cut(figure, low, high)


def _cut(figure: Figure, low: Decimal, high: Decimal) -> tuple[Misreading, Decimal] | None:
    """A whole number may be the beginning of one with decimals: what follows it was read as a letter."""
    if figure.quantum < 1 or figure.kind in (Kind.COUNT, Kind.YEAR) or not (low.is_finite() and high.is_finite()):
        return None
    whole = ((low + high) / 2).quantize(_CENT)
    is_cut = abs(whole) > abs(figure.value) and f"{whole:f}".startswith(f"{figure.value:f}")
    return (Misreading.CUT, whole) if is_cut else None


def _misreadings(figure: Figure) -> Iterator[tuple[Misreading, Decimal]]:
    """The numbers that one misreading makes of a figure, the likeliest first."""
    value = figure.value
    yield Misreading.SIGN, -value
    for power in _POWERS:
        yield Misreading.SCALE, value.scaleb(power)
        yield Misreading.SCALE, value.scaleb(-power)
    sign = -1 if value < 0 else 1
    digits = str(int(abs(value) / figure.quantum))
    for misreading, changed in _edits(digits):
        yield misreading, sign * Decimal(changed) * figure.quantum


def _edits(digits: str) -> Iterator[tuple[Misreading, str]]:
    """Digits with one of them changed."""
    places = range(len(digits))
    for at in places[:-1]:
        yield Misreading.EXCHANGED, digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    for at in places:
        for new in _DIGITS:
            yield Misreading.DIGIT, digits[:at] + new + digits[at + 1 :]
    for at in places:
        yield Misreading.LENGTH, (digits[:at] + digits[at + 1 :]) or "0"
        for new in _DIGITS:
            yield Misreading.LENGTH, digits[:at] + new + digits[at:]


_NAMED = 3
"""So many suspects are named in words."""
_ALONE = 2
"""So many identities may fail with a row before the row as a whole is suspected."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """An operand of a failing identity.

    off_scale: its table as a whole may have been read in the wrong unit. displaced: it is out of the order of print.
    row: more fails with its row than with any one figure, or a proposal for a cell of it was refused: the whole row may
    be wrong. unsure: of the figures that OCR read twice, it is one that did not come out alike. fails: how many failing
    identities it is in. settles: whether another number in its place satisfies all of them and breaks none that hold;
    likely: 2 if that number is what it is most easily taken for, 1 if it may be. cleared: how many identities cover it;
    holds: how many that it is in are satisfied. total: it is the printed side.
    """

    figure: Figure
    fails: int
    settles: bool
    likely: int
    cleared: int
    total: bool
    off_scale: bool = False
    displaced: bool = False
    row: bool = False
    unsure: bool = False
    holds: int = 0

    @property
    def rank(self) -> tuple[bool, bool, bool, bool, bool, bool, int, int, int, bool]:
        """The least is the most suspect."""
        at_fault = not self.off_scale, not self.displaced, not self.row, not self.settles, not self.unsure
        return *at_fault, self.cleared > 0, -self.fails, -self.likely, self.holds, self.total


_NOBODY: Mapping[int, Sequence[Suspect]] = MappingProxyType({})


def blamed(
    evaluations: Sequence[Evaluation],
    cover: Mapping[str, int],
    suspects: Mapping[int, Sequence[Suspect]] = _NOBODY,
) -> set[str]:
    """The figures at which failed identities are laid: the operands that no satisfied identity clears.

    Where one figure, and no other, explains several that fail, it is laid at that one: the rest follows from it. Where
    every operand is cleared by others, two halves of the report contradict each other: then it is laid at the operands
    that the fewest identities cover. What breaks a custom is at most the figure that is reckoned by it.

    suspects: of each that fails, by its position.
    """
    found: set[str] = set()
    for at, evaluation in enumerate(evaluations):
        if not _has_failed(evaluation):
            continue
        root = _root(suspects.get(at, ()))
        if root is not None:
            found.add(root)
            continue
        operands: Sequence[Figure] = evaluation.operands if evaluation.blamed is None else evaluation.blamed
        if evaluation.identity.custom:
            operands = [operand for operand in operands[:1] if not cover.get(operand.pointer)]
        fewest = min((cover.get(operand.pointer, 0) for operand in operands), default=0)
        found |= {operand.pointer for operand in operands if cover.get(operand.pointer, 0) == fewest}
    return found


def _root(ranked: Sequence[Suspect]) -> str | None:
    """The one suspect in whose place another number satisfies several failing identities; None if none, or two, are."""
    settling = [suspect for suspect in ranked if suspect.settles and not suspect.cleared]
    most = max((suspect.fails for suspect in settling), default=0)
    roots = [suspect.figure.pointer for suspect in settling if suspect.fails == most]
    return roots[0] if most > 1 and len(roots) == 1 else None


def firm(evaluations: Sequence[Evaluation]) -> list[Evaluation]:
    """The evaluations without the loose sums of which a figure is in an identity that fails."""
    doubted = {operand.pointer for evaluation in failing(evaluations) for operand in evaluation.operands}
    return [
        evaluation
        for evaluation in evaluations
        if not (evaluation.identity.loose and doubted.intersection(own.pointer for own in evaluation.operands))
        or _has_failed(evaluation)
    ]


def failing(evaluations: Iterable[Evaluation]) -> list[Evaluation]:
    """The identities that fail and that nothing excuses."""
    return list(filter(_has_failed, evaluations))


def _has_failed(evaluation: Evaluation) -> bool:
    return evaluation.result == "fail" and evaluation.severity == "error"


def suspects_of(
    evaluations: Sequence[Evaluation], cover: Mapping[str, int], rivals: Rivals, off_scale: Set[str] = frozenset()
) -> dict[int, list[Suspect]]:
    """The suspects of each failing identity, the first the most suspect, by its place among the evaluations.

    off_scale: the figures, by pointer, of tables that may have been read in the wrong unit.
    """
    failed = {at: evaluation for at, evaluation in enumerate(evaluations) if _has_failed(evaluation)}
    if not failed:
        return {}
    involved = {operand.pointer for evaluation in failed.values() for operand in evaluation.operands}
    wanted = _wanted(evaluations, involved)
    fails = Counter(operand.pointer for evaluation in failed.values() for operand in evaluation.operands)
    holds = Counter(
        operand.pointer
        for evaluation in evaluations
        if evaluation.result == "pass" and evaluation.held
        for operand in evaluation.operands
    )
    found = {}
    out_of_order = displaced(rivals.figures, rivals.numbers.tokens)
    row = _row_at_fault(failed.values(), fails)
    rows = {row_of(pointer) for pointer in rivals.refused} - {""} | ({row} if row is not None else set())
    for at, evaluation in failed.items():
        blamed_here = {operand.pointer for operand in evaluation.blamed} if evaluation.blamed is not None else None
        ranked = [
            replace(
                _suspect(operand, fails, wanted, cover, rivals, total=operand is evaluation.identity.printed),
                holds=holds[operand.pointer],
                unsure=not cover.get(operand.pointer) and rivals.misread(operand),
                off_scale=operand.pointer in off_scale,
                displaced=operand.pointer in out_of_order,
                row=row_of(operand.pointer) in rows,
            )
            for operand in evaluation.operands
            if blamed_here is None or operand.pointer in blamed_here
        ]
        found[at] = sorted(ranked, key=lambda suspect: suspect.rank)
    return found


def _row_at_fault(failed: Iterable[Evaluation], fails: Mapping[str, int]) -> str | None:
    """The row of a list that takes part in more of what fails than any one figure, or any other row, does."""
    with_row: dict[str, list[Evaluation]] = defaultdict(list)
    for evaluation in failed:
        for row in {row_of(operand.pointer) for operand in evaluation.operands} - {""}:
            with_row[row].append(evaluation)
    whole = {
        row: len(found)
        for row, found in with_row.items()
        if len(found) > max(_ALONE, *(fails[figure.pointer] for evaluation in found for figure in evaluation.operands))
    }
    most = [row for row, number in whole.items() if number == max(whole.values())]
    return most[0] if len(most) == 1 else None


def most_suspect(suspects: Mapping[int, Sequence[Suspect]]) -> list[Suspect]:
    """The suspects of all failing identities together, the first the most suspect, each once."""
    best: dict[str, Suspect] = {}
    for suspect in sorted(chain.from_iterable(suspects.values()), key=attrgetter("rank")):
        best.setdefault(suspect.figure.pointer, suspect)
    return list(best.values())


def _suspect(
    operand: Figure,
    fails: Mapping[str, int],
    wanted: Mapping[str, Interval | None],
    cover: Mapping[str, int],
    rivals: Rivals,
    *,
    total: bool,
) -> Suspect:
    interval = wanted.get(operand.pointer)
    likely = 0
    if interval is not None:
        likely = _likely(operand, interval, rivals)
    cleared = cover.get(operand.pointer, 0)
    return Suspect(operand, fails[operand.pointer], interval is not None, likely, cleared, total)


def _likely(operand: Figure, wanted: Interval, rivals: Rivals) -> int:
    """How easily the right number came to be another: OCR misreads it, on a digital page the wrong one was taken."""
    read = rivals.numbers.tokens[operand.token].origin == "ocr"
    if not read and rivals.beside(operand, wanted):
        return 2
    if misreading_into(operand, wanted) is not None:
        return 2 if read else 1
    return int(read and rivals.beside(operand, wanted))


def _wanted(evaluations: Iterable[Evaluation], involved: set[str]) -> dict[str, Interval | None]:
    """What each figure would have to be to satisfy all its identities; None where no number does."""
    found: dict[str, Interval | None] = {}
    for evaluation in evaluations:
        if not any(operand.pointer in involved for operand in evaluation.operands):
            continue
        for operand, low, high in _windows(evaluation):
            known = found.get(operand.pointer, (low, high))
            if known is not None:
                low, high = max(known[0], low - operand.half), min(known[1], high + operand.half)
                found[operand.pointer] = (low, high) if low <= high else None
    return found


def _windows(evaluation: Evaluation) -> Iterable[tuple[Figure, Decimal, Decimal]]:
    """What an identity, holding or not, would leave to each operand if the others are right."""
    stated = evaluation.identity.printed
    if evaluation.identity.at_most and stated is not None:
        least, computed = bounds(stated)[0], evaluation.identity.computed
        return ((stated, -INFINITE, computed.interval()[1]), *computed.windows((least, INFINITE)))
    if evaluation.result == "pass" or evaluation.severity == "minor" or stated is None:
        return evaluation.held
    low, high = evaluation.identity.computed.interval()
    if not (low.is_finite() and high.is_finite()):
        return ()
    return ((stated, low, high), *evaluation.identity.computed.windows(bounds(stated)))


def explained(
    report: Any, evaluations: Sequence[Evaluation], suspects: Mapping[int, Sequence[Suspect]]
) -> tuple[Evaluation, ...]:
    """The evaluations, each failing one with what it says in words, where nothing better explains it, and of whom."""
    found = list(evaluations)
    for at, ranked in suspects.items():
        found[at] = replace(found[at], root=_root(ranked))
        if found[at].explanation is None:
            named = _named(ranked)
            words = _in_words(report, found[at], ranked, named)
            found[at] = replace(found[at], explanation=words, suspects=tuple(one.figure.pointer for one in named))
    return tuple(found)


def _named(ranked: Sequence[Suspect]) -> list[Suspect]:
    """Those at whom the failure is laid, the most suspect first; none where hardly anything tells them apart."""
    if ranked and ranked[0].off_scale:
        return [suspect for suspect in ranked if suspect.off_scale]
    tied = [suspect for suspect in ranked if suspect.rank[:-1] == ranked[0].rank[:-1]]
    return tied if len(tied) * 2 <= len(ranked) else []


def _in_words(
    report: Any, evaluation: Evaluation, ranked: Sequence[Suspect], named: Sequence[Suspect]
) -> Saying | None:
    if ranked and ranked[0].off_scale:
        return say("unit_suspect", table=title_of(report, table_of(ranked[0].figure.pointer)))
    row = row_at_fault(evaluation, ranked)
    if not named:
        return row
    figures = tuple(_told(report, one.figure) for one in named[:_NAMED])
    more = len(named) - len(figures)
    likely = say("most_likely_among", figures=figures, more=more) if more else say("most_likely", figures=figures)
    return say("or_else", first=row, second=likely) if row else likely


def _told(report: Any, figure: Figure) -> Saying:
    return say("figure", figure=figure.pointer, title=title_of(report, figure.pointer), value=figure.value)


def row_at_fault(evaluation: Evaluation, ranked: Sequence[Suspect]) -> Saying | None:
    """What a failing sum over rows says if no operand explains the amount by which it is off."""
    computed, residual = evaluation.identity.computed, evaluation.residual
    if not isinstance(computed, Sum) or residual is None or not is_over_rows(computed) or evaluation.explanation:
        return None
    if stands_out(ranked) or is_of_shares(evaluation):
        return None
    for sign, operand in computed.terms:
        if abs(residual + sign * operand.value) <= (evaluation.tolerance or 0) and operand.value:
            return say("row_doubled", amount=operand.value)
    return say("row_missing" if residual > 0 else "row_doubled_about", amount=abs(residual))


def stands_out(ranked: Sequence[Suspect]) -> bool:
    """Whether one suspect, and only one, is a single misreading from settling what fails."""
    likely = [suspect.likely for suspect in ranked if suspect.settles and not suspect.cleared]
    return bool(likely) and max(likely) > 0 and likely.count(max(likely)) == 1


def is_of_shares(evaluation: Evaluation) -> bool:
    """Whether an identity adds up percents: a row that is missing shows in the amounts."""
    stated = evaluation.identity.printed
    return stated is not None and stated.kind is Kind.PERCENT


def is_over_rows(computed: Sum) -> bool:
    """Whether a sum adds up the rows of a list: the same field of more than one."""
    keys = [tuple(step for step in term.pointer.split("/") if not step.isdigit()) for term in computed.operands]
    return len(keys) > len(set(keys))
