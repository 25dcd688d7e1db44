"""Which other readings settle a failing identity: the smallest sets with which everything that they touch holds.

One misread figure is mostly enough. But the same figure stands in the rows of 类, 款 and 项, and is misread in all of
them alike: then each of them, put right alone, breaks what held between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from recount.pipeline.document import Token
from recount.schemas.arithmetic import Evaluation, evaluate
from recount.schemas.figures import Figure
from recount.schemas.substitute import substituted

MOST_TOGETHER = 5  # readings of one set: 类, 款, 项, and the totals of a report with one 项
_MOST_TRIES = 1500  # sets that are tried for one identity; what needs more is left disputed

Change = Mapping[int, Token]
"""Other readings, by the index of their token."""


@dataclass(frozen=True, slots=True)
class Search:
    """tokens: as they are read now. touching: the evaluations by the tokens of their operands. readings: of tokens (by
    index), what else their places say; none for those that may not change."""

    tokens: Sequence[Token]
    touching: Mapping[int, Sequence[Evaluation]]
    readings: Callable[[Sequence[int]], Mapping[int, Sequence[Token]]]

    def settle(self, failing: Evaluation) -> Change | None:
        """The one set of readings that settles it; None where there is none, or more than one.

        Nor may there be another one for any other identity that it settles: then it is open which figure is misread.
        """
        found = self._sets(failing)
        if len(found) != 1:
            return None
        [change] = found
        others = {id(each): each for index in change for each in self.touching[index] if fails(each)}
        alike = all(_key(other) == _key(change) for each in others.values() for other in self._sets(each))
        return change if alike else None

    def _sets(self, failing: Evaluation) -> list[Change]:
        """The smallest sets of readings that settle an identity and break none."""
        trials = _Trials()
        found = {_key(each): each for each in self._grown(failing, {}, trials)}
        if trials.left < 0:
            return []
        return [each for key, each in found.items() if not any(other < key for other in found)]

    def _grown(self, broken: Evaluation, change: Change, trials: _Trials) -> Iterator[Change]:
        """The sets that hold this one and settle what is broken with it."""
        own = [index for index in dict.fromkeys(each.token for each in broken.operands) if index not in change]
        for index, readings in self.readings(own).items():
            for reading in readings:
                more = {**change, index: reading}
                if not self._is_likely(more) or not trials.another(more):
                    continue
                rest = self._broken(broken, more)
                if rest is None:
                    yield more
                elif len(more) < MOST_TOGETHER:
                    yield from self._grown(rest, more, trials)

    def _is_likely(self, change: Change) -> bool:
        """Whether figures may have been misread together: two at most, or more that are one number in several rows."""
        return len(change) <= 2 or len({(_number(self.tokens[index]), _number(change[index])) for index in change}) == 1

    def _broken(self, first: Evaluation, change: Change) -> Evaluation | None:
        """An identity that fails with other readings, of those that they touch and the one that is to be settled."""
        swap = _Swap(change, self.tokens)
        seen: set[int] = set()
        for each in (first, *(each for index in change for each in self.touching[index])):
            if id(each) not in seen:
                seen.add(id(each))
                if fails(evaluate(substituted(each.identity, swap))):
                    return each
        return None


@dataclass(slots=True)
class _Trials:
    """The sets that were tried for one identity. left: how many more may be."""

    left: int = _MOST_TRIES
    seen: set[frozenset[tuple[int, Decimal, int]]] = field(default_factory=set)

    def another(self, change: Change) -> bool:
        """Whether a set is new and may be tried."""
        key = _key(change)
        if key in self.seen or self.left < 0:
            return False
        self.seen.add(key)
        self.left -= 1
        return self.left >= 0


@dataclass(frozen=True, slots=True)
class _Swap:
    """Figures as other readings make them."""

    others: Change
    tokens: Sequence[Token]

    def __call__(self, figure: Figure) -> Figure:
        other = self.others.get(figure.token)
        if other is None:
            return figure
        printed = self.tokens[figure.token]
        # The direction and the unit of the field stay: what changes is what was read.
        shift = figure.quantum.adjusted() + printed.decimals
        turned = figure.value.is_signed() != printed.value.is_signed() and figure.value != 0
        value = (-other.value if turned else other.value).scaleb(shift)
        return replace(figure, value=value, quantum=Decimal(1).scaleb(shift - other.decimals))


def fails(evaluation: Evaluation) -> bool:
    """Whether an identity says that a figure is wrong."""
    return evaluation.result == "fail" and evaluation.severity == "error"


def _key(change: Change) -> frozenset[tuple[int, Decimal, int]]:
    return frozenset((index, *_number(token)) for index, token in change.items())


def _number(token: Token) -> tuple[Decimal, int]:
    return token.value, token.decimals
