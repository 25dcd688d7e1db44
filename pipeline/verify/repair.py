"""Repair: a figure of a scanned page that breaks identities is read again, and so is one that nothing covers.

A number is never solved for. What is taken was read from the page image, it is the one reading that satisfies every
identity that the figure is part of, and it is marked as repaired with what was read first. Where no reading, or more
than one, satisfies them, the figure stays disputed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Protocol

from recount.pipeline.document import Token
from recount.pipeline.split.tokens import parse_number
from recount.pipeline.verify.precision import columns_of, odd_ones
from recount.pipeline.verify.recount import Status
from recount.pipeline.verify.verify import Verified, verify
from recount.schemas.arithmetic import Evaluation, evaluate, substituted
from recount.schemas.figures import Figure, Model

# --- which other readings settle a failing identity: the smallest sets with which everything that they touch holds.


MOST_TOGETHER = 5  # readings of one set: 类, 款, 项, and the totals of a report with one 项
_MOST_TRIES = 1500  # sets that are tried for one identity; what needs more is left disputed

Change = Mapping[int, Token]
"""Other readings, by the index of their token."""


@dataclass(frozen=True, slots=True)
class Search:
    """tokens: as they are read now. touching: the evaluations by the tokens of their operands. readings: of tokens (by
    index), what else their places say; none for those that may not change. columns: the decimals of the figures'. sure:
    tokens that are as a person, or a repair, read them.
    """

    tokens: Sequence[Token]
    touching: Mapping[int, Sequence[Evaluation]]
    readings: Callable[[Sequence[int]], Mapping[int, Sequence[Token]]]
    columns: Mapping[str, int]
    sure: Set[int] = frozenset()

    def settle(self, failing: Evaluation) -> Change | None:
        """The one set of readings that settles it; None where there is none, or more than one.

        Nor may there be another one for any other identity that it settles, or a figure that was read less surely and
        would settle it with one digit otherwise: then it is open which figure is misread.
        """
        found = self._sets(failing)
        if len(found) != 1:
            return None
        [change] = found
        others = {id(touched): touched for index in change for touched in self.touching[index] if fails(touched)}
        alike = all(_key(rival) == _key(change) for other in others.values() for rival in self._sets(other))
        return change if alike and not self._has_rival(failing, change) else None

    def _has_rival(self, failing: Evaluation, change: Change) -> bool:
        """Whether a figure that was read less surely than those of a set would settle an identity with one digit
        otherwise. It is never taken, for nobody read it so."""
        least = min(_sureness(self.tokens[index]) for index in change)
        others = {operand.token for operand in failing.operands} - self.sure - change.keys()
        doubtful = [index for index in others if _sureness(self.tokens[index]) < least]
        return any(
            self._broken(failing, {index: other}) is None
            for index in doubtful
            for other in _with_another_digit(self.tokens[index])
        )

    def _sets(self, failing: Evaluation) -> list[Change]:
        """The smallest sets of readings that settle an identity and break none."""
        trials = _Trials()
        found = {_key(change): change for change in self._grown(failing, {}, trials)}
        if trials.left < 0:
            return []
        return [change for key, change in found.items() if not any(other < key for other in found)]

    def _grown(self, broken: Evaluation, change: Change, trials: _Trials) -> Iterator[Change]:
        """The sets that hold this one and settle what is broken with it."""
        own = [index for index in dict.fromkeys(operand.token for operand in broken.operands) if index not in change]
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
        swap = _Swap(change, self.tokens, self.columns)
        seen: set[int] = set()
        for evaluation in (first, *(touched for index in change for touched in self.touching[index])):
            if id(evaluation) not in seen:
                seen.add(id(evaluation))
                if fails(evaluate(substituted(evaluation.identity, swap))):
                    return evaluation
        return None


def _sureness(token: Token) -> float:
    """How surely a figure was read, 0 to 1."""
    return 1.0 if token.confidence is None else token.confidence


def _with_another_digit(token: Token) -> Iterator[Token]:
    """A figure as it would be with one of its digits otherwise."""
    for at, sign in enumerate(token.raw):
        for digit in "0123456789" if sign.isdigit() else "":
            raw = f"{token.raw[:at]}{digit}{token.raw[at + 1 :]}"
            parsed = parse_number(raw) if digit != sign else None
            if parsed is not None:
                yield replace(token, raw=raw, value=parsed[0], decimals=parsed[1])


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
    """Figures as other readings make them, each held to the decimals of its column: a 0 is no 0.49 of cents."""

    others: Change
    tokens: Sequence[Token]
    columns: Mapping[str, int]

    def __call__(self, figure: Figure) -> Figure:
        other = self.others.get(figure.token)
        if other is None:
            return figure
        printed = self.tokens[figure.token]
        # The direction and the unit of the field stay: what changes is what was read.
        shift = figure.quantum.adjusted() + printed.decimals
        turned = figure.value.is_signed() != printed.value.is_signed() and figure.value != 0
        value = (-other.value if turned else other.value).scaleb(shift)
        decimals = self.columns.get(figure.pointer, other.decimals)
        return replace(figure, value=value, quantum=Decimal(1).scaleb(shift - decimals))


def fails(evaluation: Evaluation) -> bool:
    """Whether an identity says that a figure is wrong."""
    return evaluation.result == "fail" and evaluation.severity == "error"


def _key(change: Change) -> frozenset[tuple[int, Decimal, int]]:
    return frozenset((index, *_number(token)) for index, token in change.items())


_MOST_SUSPECTS = 120  # read again at most so many figures of a report for what they break
_MOST_READ = 160  # and so many with those that stand in an identity with them
_ROUNDS = 4  # of reading again and verifying: what one settles may show what else fails
_CENTS = 2  # decimals
_BESIDE = (0.0, 1.1)  # heights of a token seen beside it: none, then more: a neighbour cut in two looks like a digit


class Rereader(Protocol):
    """Reads figures of scanned pages again."""

    def again(self, tokens: Sequence[Token], beside: float = 0.0) -> list[str]:
        """For each token what a second reading of its place says; "" for nothing. beside: how much of what stands left
        and right of it is seen too, in heights of the token."""

    def readings(self, tokens: Sequence[Token]) -> list[tuple[str, ...]]:
        """For each token what its place says under several preparations of the page image, the best supported first."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """A verified report after repair.

    tokens: with the readings that were taken. first: by token, what was read first. doubts: by token, another reading
    of a figure that stays as it was read.
    """

    verified: Verified
    tokens: tuple[Token, ...]
    first: Mapping[int, str]
    doubts: Mapping[int, str]


def repair(report: Model, verified: Verified, tokens: Sequence[Token], rereader: Rereader) -> Repaired:
    """Repair what OCR misread, as far as the page image and the identities allow it.

    report: Report[Ref], as mapped. verified: what `verify` made of it with these tokens.
    """
    bench = _Bench(list(tokens), rereader, verified.word.kept)
    for _ in range(_ROUNDS):
        if not bench.improve(verified):
            break
        verified = _verified(report, bench.tokens, verified)
    confirmed, doubts = bench.second_reading(verified)
    verified = _verified(report, bench.tokens, verified, confirmed)
    statuses = dict(verified.statuses)
    odd = odd_ones(verified.figures, bench.tokens, columns_of(verified.figures, bench.tokens))
    for pointer, figure in verified.figures.items():
        status = statuses[pointer]
        if figure.token in bench.first:
            statuses[pointer] = _status_of_taken(status, odd=pointer in odd)
        elif figure.token in doubts and status is Status.GROUNDED:
            statuses[pointer] = Status.DISPUTED
    return Repaired(replace(verified, statuses=statuses), tuple(bench.tokens), dict(bench.first), doubts)


def _status_of_taken(status: Status, *, odd: bool) -> Status:
    """Of a figure for which another reading was taken. odd: that has other decimals than its column, and must be
    confirmed to them."""
    wanted = {Status.VERIFIED} if odd else {Status.VERIFIED, Status.GROUNDED}
    return Status.REPAIRED if status in wanted else Status.DISPUTED


@dataclass(slots=True)
class _Bench:
    """The tokens while they are being repaired. kept: those that stay as they are, for a person read them. said: by
    token, all that its place says; read: what else, as tokens."""

    tokens: list[Token]
    rereader: Rereader
    kept: Set[int] = frozenset()
    first: dict[int, str] = field(default_factory=dict)
    said: dict[int, tuple[str, ...]] = field(default_factory=dict)
    read: dict[int, tuple[Token, ...]] = field(default_factory=dict)

    def improve(self, verified: Verified) -> bool:
        """Take every set of readings that settles what fails; whether there was one.

        Where more than one set would settle an identity, none is taken; nor are two that say different numbers of one
        place.
        """
        touching = _by_token(verified.evaluations)
        self._reread(self._suspects(verified, touching))
        columns = columns_of(verified.figures, self.tokens)
        search = Search(self.tokens, touching, self._others, columns, self.kept | self.first.keys())
        failing = [one for one in verified.evaluations if fails(one) and not verified.word.rests(one)]
        changes = [change for change in map(search.settle, failing) if change]
        said: dict[int, set[tuple[Decimal, int]]] = defaultdict(set)
        for change in changes:
            for index, token in change.items():
                said[index].add(_number(token))
        contradicted = {index for index, numbers in said.items() if len(numbers) > 1}
        agreed = [change for change in changes if contradicted.isdisjoint(change)]
        taken = {index: token for change in agreed for index, token in change.items()}
        for token in taken.values():
            self._take(token)
        return bool(taken)

    def second_reading(self, verified: Verified) -> tuple[frozenset[int], dict[int, str]]:
        """The scanned figures that are not verified, read again: the tokens that a second reading confirms, and those
        that it reads otherwise, with what it reads. Where it finds no number it says nothing."""
        unsure = sorted(
            {
                figure.token
                for pointer, figure in verified.figures.items()
                if verified.statuses[pointer] is not Status.VERIFIED and self._is_scanned(figure.token)
            }
            - set(self.first)
        )
        confirmed: set[int] = set()
        said: dict[int, set[tuple[Decimal, int]]] = defaultdict(set)
        for beside in _BESIDE:
            tokens = [self.tokens[index] for index in unsure if index not in confirmed]
            for token, text in zip(tokens, self.rereader.again(tokens, beside), strict=True):
                number = parse_number(text)
                if number == _number(token):
                    confirmed.add(token.index)
                elif number is not None:
                    said[token.index].add(number)
        left = [self.tokens[index] for index in unsure if index not in confirmed]
        return self._doubts(left, said, confirmed)

    def _doubts(
        self,
        tokens: Sequence[Token],
        said: Mapping[int, set[tuple[Decimal, int]]],
        confirmed: set[int],
    ) -> tuple[frozenset[int], dict[int, str]]:
        """What most preparations of the image say decides; it raises a doubt if another reading has said it too."""
        doubts: dict[int, str] = {}
        self._say([token.index for token in tokens])
        for token in tokens:
            best = next((reading for reading in self.said[token.index] if parse_number(reading) is not None), None)
            number = parse_number(best) if best else None
            if number == _number(token):
                confirmed.add(token.index)
            elif best is not None and number in said[token.index]:
                doubts[token.index] = best
        return frozenset(confirmed), doubts

    def _suspects(self, verified: Verified, touching: Mapping[int, list[Evaluation]]) -> list[int]:
        """The scanned tokens of disputed figures, those in most failing identities first."""
        disputed = {
            figure.token
            for pointer, figure in verified.figures.items()
            if verified.statuses[pointer] is Status.DISPUTED
        }
        failing = Counter(
            {index: sum(map(fails, touching.get(index, ()))) for index in disputed if self._may_change(index)}
        )
        return [index for index, times in failing.most_common(_MOST_SUSPECTS) if times]

    def _is_scanned(self, index: int) -> bool:
        return self.tokens[index].origin == "ocr"

    def _may_change(self, index: int) -> bool:
        return self._is_scanned(index) and index not in self.first and index not in self.kept

    def _reread(self, indices: Sequence[int]) -> None:
        new = [index for index in indices if index not in self.read][: max(0, _MOST_READ - len(self.read))]
        self._say(new)
        for index in new:
            self.read[index] = tuple(_tokens_of(self.tokens[index], self.said[index]))

    def _say(self, indices: Sequence[int]) -> None:
        """Has the places of tokens read under several preparations, those that were not: it is costly."""
        new = [index for index in indices if index not in self.said]
        if new:
            self.said.update(zip(new, self.rereader.readings([self.tokens[index] for index in new]), strict=True))

    def _others(self, indices: Sequence[int]) -> dict[int, tuple[Token, ...]]:
        """What else the places of figures say, those first that are suspected; nothing for what may not change."""
        open_ = [index for index in indices if self._may_change(index)]
        self._reread(sorted(open_))
        return {index: self.read[index] for index in open_ if self.read.get(index)}

    def _take(self, token: Token) -> None:
        self.first.setdefault(token.index, self.tokens[token.index].raw)
        self.tokens[token.index] = token


def _by_token(evaluations: Iterable[Evaluation]) -> dict[int, list[Evaluation]]:
    touching: dict[int, list[Evaluation]] = defaultdict(list)
    for evaluation in evaluations:
        if evaluation.result != "not_applicable":
            for index in dict.fromkeys(operand.token for operand in evaluation.operands):
                touching[index].append(evaluation)
    return touching


def _number(token: Token) -> tuple[Decimal, int]:
    return token.value, token.decimals


_ZERO_BEFORE = re.compile(r"\D*0\d")


def _tokens_of(token: Token, readings: Iterable[str]) -> Iterator[Token]:
    """Other readings of a token as tokens, each number once; what is no number, or the same one, is left out.

    The sign beside a figure, cut in two, looks like a digit: so is what has more decimals than the figure and than
    cents, begins with a 0 too many, or has a 1 more before it or behind.
    """
    seen = {_number(token)}
    for raw in readings:
        parsed = parse_number(raw)
        if _ZERO_BEFORE.match(raw) or raw in (f"1{token.raw}", f"{token.raw}1"):
            continue
        if parsed is not None and parsed not in seen and parsed[1] <= max(token.decimals, _CENTS):
            seen.add(parsed)
            yield replace(token, raw=raw.strip("%％ "), value=parsed[0], decimals=parsed[1])


def _verified(report: Model, tokens: Sequence[Token], before: Verified, confirmed: Set[int] = frozenset()) -> Verified:
    """A report verified again, by whom it was mapped before."""
    known = before.mappers, before.unsure, before.word
    return verify(report, tokens, before.mapper, confirmed, None, *known)
