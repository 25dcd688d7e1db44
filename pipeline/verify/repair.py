"""Repair: a figure of a scanned page that breaks identities is read again, and so is one that nothing covers.

A number is never solved for. What is taken was read from the page image, it is the one reading that satisfies every
identity that the figure is part of, and it is marked as repaired with what was read first. Where no reading, or more
than one, satisfies them, the figure stays disputed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import combinations, islice, product
from typing import Protocol

from recount.pipeline.document import Token
from recount.pipeline.split.tokens import parse_number
from recount.pipeline.verify.recount import Status
from recount.pipeline.verify.verify import Verified, verify
from recount.schemas.arithmetic import Evaluation, evaluate
from recount.schemas.figures import Figure, Model
from recount.schemas.substitute import substituted

_MOST_SUSPECTS = 120  # read again at most so many figures of a report for what they break
_MOST_PAIRS = 400  # try at most so many pairs of readings that may be wrong together
_ROUNDS = 4
_BESIDE = (0.0, 1.1)


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
    bench = _Bench(list(tokens), rereader)
    for _ in range(_ROUNDS):
        if not bench.improve(verified):
            break
        verified = verify(report, bench.tokens, verified.mapper)
    confirmed, doubts = bench.second_reading(verified)
    verified = verify(report, bench.tokens, verified.mapper, confirmed=confirmed)
    statuses = dict(verified.statuses)
    for pointer, figure in verified.figures.items():
        status = statuses[pointer]
        if figure.token in bench.first and status is not Status.DISPUTED:
            statuses[pointer] = Status.REPAIRED
        elif figure.token in doubts and status is Status.GROUNDED:
            statuses[pointer] = Status.DISPUTED
    return Repaired(replace(verified, statuses=statuses), tuple(bench.tokens), dict(bench.first), doubts)


@dataclass(slots=True)
class _Bench:
    """The tokens while they are being repaired. read: by token, its other readings as tokens."""

    tokens: list[Token]
    rereader: Rereader
    first: dict[int, str] = field(default_factory=dict)
    read: dict[int, tuple[Token, ...]] = field(default_factory=dict)

    def improve(self, verified: Verified) -> bool:
        """Take every reading that settles what fails; whether there was one.

        Where two figures of one failing identity could each be read so that it holds, neither is taken.
        """
        touching = _by_token(verified.evaluations)
        suspects = self._suspects(verified, touching)
        self._reread(suspects)
        fitting = {
            index: readings
            for index in suspects
            if (readings := [each for each in self.read[index] if self._settles(touching, (each,))])
        }
        alone = [
            index
            for index, readings in fitting.items()
            if len({each.value for each in readings}) == 1 and not self._rivals(index, fitting, touching)
        ]
        for index in alone:
            self._take(fitting[index][0])
        return bool(alone) or self._improve_pair(touching, suspects)

    def _rivals(
        self, index: int, fitting: Mapping[int, Sequence[Token]], touching: Mapping[int, list[Evaluation]]
    ) -> bool:
        """Whether another figure of a failing identity could settle it too."""
        failing = [each for each in touching[index] if _fails(each)]
        return any(
            other != index and any(each is its for each in failing for its in touching[other]) for other in fitting
        )

    def _improve_pair(self, touching: Mapping[int, list[Evaluation]], suspects: Sequence[int]) -> bool:
        """Two figures of one identity that were misread together: one pair of readings, and only one, settles it."""
        for one, other in islice(combinations(suspects, 2), _MOST_PAIRS):
            common = [each for each in touching.get(one, ()) if _fails(each) and each in touching.get(other, ())]
            if not common:
                continue
            pairs = [pair for pair in product(self.read[one], self.read[other]) if self._settles(touching, pair)]
            if len({(a.value, b.value) for a, b in pairs}) == 1:
                for each in pairs[0]:
                    self._take(each)
                return True
        return False

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
        for token, readings in zip(tokens, self.rereader.readings(tokens), strict=True):
            best = next((each for each in readings if parse_number(each) is not None), None)
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
        fails = Counter(
            {
                index: sum(map(_fails, touching.get(index, ())))
                for index in disputed
                if self._is_scanned(index) and index not in self.first
            }
        )
        return [index for index, times in fails.most_common(_MOST_SUSPECTS) if times]

    def _is_scanned(self, index: int) -> bool:
        return self.tokens[index].origin == "ocr"

    def _reread(self, indices: Sequence[int]) -> None:
        new = [index for index in indices if index not in self.read]
        if not new:
            return
        for index, readings in zip(new, self.rereader.readings([self.tokens[i] for i in new]), strict=True):
            self.read[index] = tuple(_tokens_of(self.tokens[index], readings))

    def _settles(self, touching: Mapping[int, list[Evaluation]], others: Sequence[Token]) -> bool:
        """Whether with other readings every identity that they are part of holds."""
        swap = _Swap({each.index: each for each in others}, self.tokens)
        seen: set[int] = set()
        for other in others:
            for each in touching.get(other.index, ()):
                if id(each) in seen:
                    continue
                seen.add(id(each))
                if _fails(evaluate(substituted(each.identity, swap))):
                    return False
        return bool(seen)

    def _take(self, token: Token) -> None:
        self.first.setdefault(token.index, self.tokens[token.index].raw)
        self.tokens[token.index] = token


@dataclass(frozen=True, slots=True)
class _Swap:
    """Figures as other readings make them."""

    others: Mapping[int, Token]
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


def _by_token(evaluations: Iterable[Evaluation]) -> dict[int, list[Evaluation]]:
    touching: dict[int, list[Evaluation]] = defaultdict(list)
    for each in evaluations:
        if each.result != "not_applicable":
            for index in dict.fromkeys(operand.token for operand in each.operands):
                touching[index].append(each)
    return touching


def _fails(evaluation: Evaluation) -> bool:
    return evaluation.result == "fail" and evaluation.severity == "error"


def _number(token: Token) -> tuple[Decimal, int]:
    return token.value, token.decimals


def _tokens_of(token: Token, readings: Iterable[str]) -> Iterator[Token]:
    """Other readings of a token as tokens, each number once; what is no number, or the same one, is left out."""
    seen = {_number(token)}
    for raw in readings:
        parsed = parse_number(raw)
        if parsed is not None and parsed not in seen:
            seen.add(parsed)
            yield replace(token, raw=raw.strip("%％ "), value=parsed[0], decimals=parsed[1])
