"""Relations that figures keep among themselves: which line is the sum of which others, or a share, in every column.

A relation is taken for no chance where the figures that it ties have more digits than it took guesses to find it: each
place where it holds counts the digits that another number in the place of the sum would have got wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, product
from math import log10

from recount.schemas.figures import Kind

MARGIN = 2.0
"""Digits beyond those that the guesses explain: one relation in a hundred may be chance."""
_MOST_TERMS = 40
_MOST_SIGNED = 7
"""So many lines of a block may each be added or taken off."""
_SHORT = 16
"""Lines without a sum of their own: up to so many, any two or three of them may make one."""

Value = tuple[Decimal, Decimal]
"""A figure and its half unit."""
Terms = tuple[tuple[int, int], ...]
"""Signs, and the numbers of lines."""


@dataclass(frozen=True, slots=True)
class Series:
    """A line of a table, or a figure of a section: what stands in each column of each example.

    kind: what it counts in. less: its label says that it is taken off. aside: it is part of the line above it (其中：).
    """

    kind: Kind
    values: tuple[Value | None, ...]
    less: bool = False
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """A line, and what it is the sum of; with a whole it is their share of that, in percent."""

    stated: int
    terms: Terms
    whole: Terms = ()


def relations(series: Sequence[Series]) -> list[Relation]:
    """The sums, equalities and shares that hold in all columns of all examples, by the number of their line."""
    search = _Search(series)
    found = [*search.sums(), *search.shares()]
    return sorted(found, key=lambda relation: relation.stated)


class _Search:
    """The figures of a table as whole numbers, in half units of the last place."""

    def __init__(self, series: Sequence[Series]) -> None:
        self.series = series
        finest = min((half for one in series for value in one.values if value for half in value[1:] if half), default=1)
        self.unit = Decimal(finest)
        self.values = [[self._whole(value, 0) for value in one.values] for one in series]
        self.halves = [[self._whole(value, 1) for value in one.values] for one in series]
        self.parts: set[int] = set()
        self.found: list[Relation] = []
        self.amounts = [at for at, one in enumerate(series) if one.kind is not Kind.PERCENT and any(self.values[at])]

    def _whole(self, value: Value | None, of: int) -> int:
        return int(value[of] / self.unit) if value is not None else 0

    def _printed(self, at: int, column: int) -> bool:
        return self.series[at].values[column] is not None

    # --- sums

    def sums(self) -> list[Relation]:
        """Sums of lines right above, right below, above with signs, and of any two or three lines that are left."""
        for at in self.amounts:
            self._take(at, self._above(at, signed=False))
        for at in reversed(self.amounts):
            if not self._terms_of(at):
                self._take(at, self._below(at))
        for at in self.amounts:
            if not self._terms_of(at, above=True):
                self._take(at, self._above(at, signed=True))
        for at in self.amounts:
            if at not in self.parts and not self._terms_of(at):
                self._take(at, self._few(at))
        self._alike()
        return self.found

    def _take(self, at: int, candidates: Iterable[Terms]) -> None:
        """Keeps the first candidate that holds and is no chance."""
        for tried, terms in enumerate(candidates, 1):
            digits = self._digits(at, terms)
            if digits is not None and digits >= MARGIN + log10(tried) and not self._idle(terms):
                self.found.append(Relation(at, terms))
                self.parts |= {term for _, term in terms}
                return

    def _idle(self, terms: Terms) -> bool:
        """Whether two of the terms are the same figures, one added and one taken off."""
        added = {tuple(self.values[term]) for sign, term in terms if sign > 0}
        return any(tuple(self.values[term]) in added for sign, term in terms if sign < 0)

    def _digits(self, at: int, terms: Terms) -> float | None:
        """The digits that a sum explains; None where it does not hold, or a term has never a figure."""
        digits, met = 0.0, set()
        for column, whole in enumerate(self.values[at]):
            filled = [(sign, term) for sign, term in terms if self.values[term][column]]
            rest = whole - sum(sign * self.values[term][column] for sign, term in filled)
            slack = self.halves[at][column] + sum(self.halves[term][column] for _, term in terms)
            if abs(rest) > slack and self._printed(at, column):
                return None
            met |= {term for _, term in filled} if self._printed(at, column) else set()
            if whole and (len(filled) > 1 or len(terms) == 1):
                digits += max(0.0, log10(abs(whole) / (2 * slack + 1)))
        return digits if len(met) == len(terms) else None

    def _open(self, places: Iterable[int], at: int) -> list[int]:
        """The lines that may be terms: of the same kind, of no other sum, no part of the line above."""
        mine = self.series[at].kind
        return [
            place
            for place in places
            if place not in self.parts and self.series[place].kind is mine and any(self.values[place])
            and not self.series[place].aside
        ]  # fmt: skip

    def _sign(self, place: int) -> int:
        return -1 if self.series[place].less else 1

    def _above(self, at: int, *, signed: bool) -> Iterator[Terms]:
        block = self._open(range(at - 1, -1, -1), at)[:_MOST_TERMS]
        for number in range(2, len(block) + 1):
            plain = tuple((self._sign(place), place) for place in block[:number])
            if not signed:
                yield plain
            elif number <= _MOST_SIGNED:
                for signs in product((1, -1), repeat=number):
                    yield tuple((sign, place) for sign, (_, place) in zip(signs, plain, strict=True))
            for left in range(number - 2, -1, -1) if signed and number > 2 else ():
                yield (*plain[:left], *plain[left + 1 :])

    def _below(self, at: int) -> Iterator[Terms]:
        block = self._open(range(at + 1, len(self.series)), at)[:_MOST_TERMS]
        aside = [place for place in range(at + 1, len(self.series)) if self.series[place].aside]
        if aside[:1] == [at + 1]:  # 其中：, each of those below
            block = [at + 1, *block]
        for number in range(2, len(block) + 1):
            yield tuple((self._sign(place), place) for place in block[:number])

    def _few(self, at: int) -> Iterator[Terms]:
        """Two or three of the lines that are parts of no sum, or are sums themselves."""
        left = [place for place in self._open(self.amounts, at) if place != at and at not in self._terms_of(place)]
        if len(left) > _SHORT:
            left = sorted(left, key=lambda place: abs(place - at))[:_SHORT]
        for number in (2, 3):
            for places in combinations(sorted(left), number):
                for signs in product((1, -1), repeat=number):
                    if 1 in signs:
                        yield tuple(zip(signs, places, strict=True))

    def _terms_of(self, at: int, *, above: bool = False) -> set[int]:
        """The lines that a line is made of, those of its parts too. above: of those right above it alone."""
        own = {term for relation in self.found if relation.stated == at for _, term in relation.terms}
        if above:
            return {term for term in own if term < at}
        return own.union(*(self._terms_of(term) for term in own)) if own else own

    def _alike(self) -> None:
        """Lines that print the same in every column: each is the first of them."""
        first: dict[tuple[int, ...], int] = {}
        for at in self.amounts:
            other = first.setdefault(tuple(self.values[at]), at)
            if other == at or self.series[other].kind is not self.series[at].kind:
                continue
            digits = self._digits(at, ((1, other),))
            if digits is None or digits < MARGIN + 2 * log10(len(self.amounts)):
                continue
            self.found.append(Relation(at, ((1, other),)))

    # --- shares and growth

    def shares(self) -> Iterator[Relation]:
        """Of each percentage, the two lines that it is the ratio, or the growth, of."""
        for at, one in enumerate(self.series):
            if one.kind is Kind.PERCENT and any(self.values[at]):
                yield from self._share(at)

    def _share(self, at: int) -> Iterator[Relation]:
        near = sorted(self.amounts, key=lambda place: (abs(place - at), place))
        for tried, (terms, whole) in enumerate(_ratios(near), 1):
            digits = self._digits_of_share(at, terms, whole)
            if digits is not None and digits >= MARGIN + log10(tried):
                yield Relation(at, terms, whole)
                return

    def _digits_of_share(self, at: int, terms: Terms, whole: Terms) -> float | None:
        digits = 0.0
        for column, value in enumerate(self.series[at].values):
            if value is None or not all(self._printed(term, column) for _, term in (*terms, *whole)):
                continue
            part, part_half = self._of(terms, column)
            base, base_half = self._of(whole, column)
            if not base:
                continue
            rate, half = 100 * part / base, value[1]
            slack = half + (100 * part_half + abs(rate) * base_half) / abs(base)
            if abs(rate - value[0]) > slack:
                return None
            if value[0] not in (0, 100, -100):
                digits += max(0.0, log10(Decimal(50) / slack))
        return digits or None

    def _of(self, terms: Terms, column: int) -> tuple[Decimal, Decimal]:
        values = (sign * self.values[term][column] for sign, term in terms)
        return Decimal(sum(values)), Decimal(sum(self.halves[term][column] for _, term in terms))


def _ratios(near: Sequence[int]) -> Iterator[tuple[Terms, Terms]]:
    """What a percentage may be, of lines the nearest first: a share; a change ÷ (this year − change); (one − other) ÷
    other."""
    for reach in range(2, len(near) + 1):
        last = near[reach - 1]
        for other in near[: reach - 1]:
            for one, base in ((other, last), (last, other)):
                yield ((1, one),), ((1, base),)
                yield ((1, one),), ((1, base), (-1, one))
                yield ((1, one), (-1, base)), ((1, base),)
