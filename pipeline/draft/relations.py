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
_TELLS = 1.0
"""Digits that each term must tie, for a sum that is often one of them alone."""
_SEVERAL = 2
"""Figures in which a line and another agree, that are the same; in one alone, a sum agrees with its only part."""
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

    kind: what it counts in; one without any figure is a blank of the form, which another report fills in. less: its
    label says that it is taken off. aside: it is part of the line above it (其中：). heads: it is the first below a
    heading.
    role: what it is of the thing that it is of (its amount, the change of that), where one follows the other; the terms
    of a block are of one role.
    """

    kind: Kind
    values: tuple[Value | None, ...]
    less: bool = False
    aside: bool = False
    role: str = ""
    heads: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """A line, and what it is the sum of; with a whole it is their share of that, in percent; with a factor the product
    of the two."""

    stated: int
    terms: Terms
    whole: Terms = ()
    factor: int | None = None


def relations(series: Sequence[Series]) -> list[Relation]:
    """The sums, equalities, shares and products that hold in all columns of all examples, by their line."""
    search = _Search(series)
    found = [*search.products(), *search.sums(), *search.shares()]
    return sorted(found, key=lambda relation: relation.stated)


class _Search:
    """The figures of a table as whole numbers, in half units of the last place."""

    def __init__(self, series: Sequence[Series]) -> None:
        self.series = series
        finest = min((half for one in series for value in one.values if value for half in value[1:] if half), default=1)
        self.unit = Decimal(finest)
        self.values = [[self._whole(value, 0) for value in one.values] for one in series]
        self.halves = [[self._whole(value, 1) for value in one.values] for one in series]
        self.parts: set[tuple[int, str]] = set()
        self.found: list[Relation] = []
        self.made: set[int] = set()
        filled = [at for at, _ in enumerate(series) if any(self.values[at])]
        self.amounts = [at for at in filled if series[at].kind is not Kind.PERCENT]
        self.first = {at: at for at in filled}
        self._alike(filled)
        self.amounts.sort(key=lambda at: self.first[at] != at)

    def _whole(self, value: Value | None, of: int) -> int:
        return int(value[of] / self.unit) if value is not None else 0

    def _printed(self, at: int, column: int) -> bool:
        return self.series[at].values[column] is not None

    # --- sums

    def sums(self) -> list[Relation]:
        """Lines that print the same, and sums: of lines right above, right below, above with signs, and of any two or
        three lines that are left; what is printed twice is a total of two things, each a plain sum."""
        firsts = [at for at in self.amounts if self.first[at] == at]
        for some in (firsts, [at for at in self.amounts if self.first[at] != at]):
            for at in some:
                self._take(at, self._above(at, signed=False))
            for at in reversed(some):
                if not self._terms_of(at):
                    self._take(at, self._below(at))
        for at in self.amounts:
            if self._is_twice(at) and not self._terms_of(at):
                self._take(at, self._few(at, signs=(1,)))
        for at in self.amounts:
            if self.first[at] == at and not self._terms_of(at, above=True):
                self._take(at, self._above(at, signed=True))
        for at in self.amounts:
            if self._part(at) not in self.parts and not self._terms_of(at):
                self._take(at, self._few(at))
        stated = {relation.stated for relation in self.found}
        of_sums = [relation for relation in self.found if stated & {term for _, term in relation.terms}]
        simple = [self._fill(relation) for relation in self.found if relation not in of_sums]
        equal = list(self._equal())
        return [*simple, *map(self._fill, of_sums), *equal]

    def _is_twice(self, at: int) -> bool:
        return sum(first == self.first[at] for first in self.first.values()) > 1

    def _take(self, at: int, candidates: Iterable[Terms]) -> None:
        """Keeps the first candidate that holds and is no chance."""
        for tried, terms in enumerate(candidates, 1):
            digits = self._digits(at, terms)
            if digits is not None and digits >= MARGIN + log10(tried) and not self._idle(at, terms):
                self.parts |= {self._part(term) for _, term in terms}
                self.found.append(Relation(at, terms))
                return

    def _fill(self, relation: Relation) -> Relation:
        """A relation with the lines of nothing that belong to it, which are then of no other."""
        filled = Relation(relation.stated, self._with_nothings(relation.stated, relation.terms))
        self.parts |= {self._part(term) for _, term in filled.terms}
        return filled

    def _part(self, place: int) -> tuple[int, str]:
        """What is a part of one sum alone: a figure in a role, wherever it is printed again."""
        return self.first.get(place, place), self.series[place].role

    def _with_nothings(self, at: int, terms: Terms) -> Terms:
        """A sum of lines with the lines of 0 and the blank ones next to them: they add nothing here, and another report
        fills them in. Where signs are mixed, theirs is not known."""
        places = sorted(place for _, place in terms)
        if any(sign != self._sign(place) for sign, place in terms) or places[0] < at < places[-1]:
            return terms
        beside = {near for place in places for step in (1, -1) for near in self._beside(place, step, at)}
        return (*terms, *((self._sign(place), place) for place in sorted(beside)))

    def _beside(self, term: int, step: int, end: int) -> Iterator[int]:
        """The lines of nothing that follow a term, up to an end, over what is no amount of its kind and role."""
        place = term + step
        while 0 <= place < len(self.series) and place != end:
            heads = self.series[place if step > 0 else place - step].heads
            if heads or not (self._is_nothing(place, term) or self._is_passed(place, term)):
                return
            if self._is_nothing(place, term):
                yield place
            place += step

    def _is_passed(self, place: int, term: int) -> bool:
        """Whether a line is of another kind or role than a term, or a part of the line above it."""
        return self._is_other(place, term) or self.series[place].aside

    def _is_other(self, place: int, term: int) -> bool:
        """Whether a line is of another kind or role than a term, so that it is passed over."""
        one, other = self.series[place], self.series[term]
        return (one.kind, one.role) != (other.kind, other.role)

    def _is_nothing(self, place: int, term: int) -> bool:
        """Whether a line, alike a term, prints 0 wherever it prints something, or is blank, and is of no sum yet."""
        taken = self.series[place].aside or self._part(place) in self.parts
        return not (any(self.values[place]) or taken or self._is_other(place, term))

    def _idle(self, at: int, terms: Terms) -> bool:
        """Whether two of the terms are the same figures wherever the sum is printed, one added and one taken off."""
        columns = [column for column, whole in enumerate(self.values[at]) if whole]
        added = {tuple(self.values[term][column] for column in columns) for sign, term in terms if sign > 0}
        taken = {tuple(self.values[term][column] for column in columns) for sign, term in terms if sign < 0}
        return not added.isdisjoint(taken)

    def _digits(self, at: int, terms: Terms) -> float | None:
        """The digits that a sum explains; None where it does not hold, or a term never has a figure that tells."""
        digits, told = 0.0, dict.fromkeys((term for _, term in terms), 0.0)
        alone, met = 0.0, set()
        for column, whole in enumerate(self.values[at]):
            if not self._printed(at, column):
                continue
            filled = [(sign, term) for sign, term in terms if self.values[term][column]]
            rest = whole - sum(sign * self.values[term][column] for sign, term in filled)
            slack = self.halves[at][column] + sum(self.halves[term][column] for _, term in terms)
            if abs(rest) > slack:
                return None
            # a term within rounding would fit with either sign
            met |= {term for _, term in filled if abs(self.values[term][column]) > slack}
            own = max(0.0, log10(abs(whole) / (2 * slack + 1))) if whole else 0.0
            if len(filled) > 1 or len(terms) == 1:
                digits += own
            else:
                alone += own
            told |= {term: told[term] + own for _, term in filled}
        if len(met) < len(terms):
            return None
        return digits + alone if min(told.values()) >= _TELLS else digits

    def _open(self, places: Iterable[int], at: int) -> list[int]:
        """The lines that may be terms: of the same kind, of no other sum, no part of the line above."""
        mine = self.series[at].kind
        return [
            place
            for place in places
            if place in self.first and self.first[place] != self.first[at] and self._part(place) not in self.parts
            and self.series[place].kind is mine and not self.series[place].aside
        ]  # fmt: skip

    def _sign(self, place: int) -> int:
        return -1 if self.series[place].less else 1

    def _blocks(self, places: Iterable[int], at: int) -> list[list[int]]:
        """The lines that may be terms, in their order, each role for itself; of those that print the same one."""
        by_role: dict[str, dict[int, int]] = {}
        for place in self._open(places, at):
            by_role.setdefault(self.series[place].role, {}).setdefault(self.first[place], place)
        return [list(block.values())[:_MOST_TERMS] for block in by_role.values()]

    def _above(self, at: int, *, signed: bool) -> Iterator[Terms]:
        for block in self._blocks(range(at - 1, -1, -1), at):
            for number in range(2, len(block) + 1):
                plain = tuple((self._sign(place), place) for place in block[:number])
                if not signed:
                    yield plain
                elif self.series[block[0]].role == self.series[at].role:
                    yield from self._signed(plain)

    def _signed(self, plain: Terms) -> Iterator[Terms]:
        """A block with some of its lines taken off, or with one of them left out."""
        if len(plain) <= _MOST_SIGNED:
            for signs in product((1, -1), repeat=len(plain)):
                yield tuple((sign, place) for sign, (_, place) in zip(signs, plain, strict=True))
        for left in range(len(plain) - 2, -1, -1) if len(plain) > 2 else ():
            yield (*plain[:left], *plain[left + 1 :])

    def _below(self, at: int) -> Iterator[Terms]:
        below = range(at + 1, len(self.series))
        aside = [place for place in below if self.series[place].aside]
        for block in self._blocks(below, at):
            whole = [at + 1, *block] if aside[:1] == [at + 1] else block  # 其中：, each of those below
            for number in range(2, len(whole) + 1):
                yield tuple((self._sign(place), place) for place in whole[:number])

    def _few(self, at: int, signs: tuple[int, ...] = (1, -1)) -> Iterator[Terms]:
        """Two or three of the lines of one role that are parts of no sum, or are sums themselves."""
        left = [place for place in self.amounts if place != at and at not in self._terms_of(place)]
        for block in self._blocks(sorted(left, key=lambda place: abs(place - at)), at):
            for number in (2, 3):
                for places in combinations(sorted(block[:_SHORT]), number):
                    own_signs = signs if self.series[block[0]].role == self.series[at].role else (1,)
                    for own in product(own_signs, repeat=number):
                        if 1 in own:
                            yield tuple(zip(own, places, strict=True))

    def _terms_of(self, at: int, *, above: bool = False) -> set[int]:
        """The lines that a line is made of, those of its parts too. above: of those right above it alone."""
        own = {term for relation in self.found if relation.stated == at for _, term in relation.terms}
        if above:
            return {term for term in own if term < at}
        return own.union(*(self._terms_of(term) for term in own)) if own else own

    def _alike(self, filled: Sequence[int]) -> None:
        """Finds the lines that print the same in every column, to the last place, and are no chance: of each the first
        of them."""
        for place, at in enumerate(filled):
            for other in filled[:place]:
                same = self.first[other] == other and self.series[other].kind is self.series[at].kind
                digits = self._digits(at, ((1, other),)) if same and self._both(at, other) else None
                if digits is not None and digits >= MARGIN + 2 * log10(len(filled)):
                    self.first[at] = other
                    break

    def _both(self, at: int, other: int) -> bool:
        """Whether two lines have figures in the same columns."""
        return all(bool(one) == bool(its) for one, its in zip(self.values[at], self.values[other], strict=True))

    def _equal(self) -> Iterator[Relation]:
        """The lines that print the same as another. Where lines of nothing stand beside one, it and they are a sum that
        the other is, if they are next to each other, on the side that sums have here; else it is a figure twice."""
        side = self._side()
        for at, first in self.first.items():
            if at in self.made:
                continue
            alike = [other for other, its in self.first.items() if its == first and other < at]
            pairs = [(one, part) for other in alike for one, part in ((at, other), (other, at)) if (part > one) is side]
            sums = [Relation(one, ((1, part),)) for one, part in pairs if self._is_next(one, part)]
            filled = next((own for own in map(self._fill, sums) if len(own.terms) > 1), None)
            level = next((other for other in alike if self._is_level(at, other)), None)
            if filled is not None:
                yield filled
            elif level is not None:
                yield Relation(at, ((1, level),))

    def _side(self) -> bool | None:
        """Whether the parts of sums stand below them here; None where they stand on both sides, or there is no sum."""
        spans = [(one.stated, [place for _, place in one.terms]) for one in self.found]
        sides = {min(places) > at for at, places in spans if not min(places) < at < max(places)}
        return sides.pop() if len(sides) == 1 else None

    def _is_next(self, at: int, term: int) -> bool:
        """Whether nothing but lines of nothing, and what is no amount, stand between two lines."""
        kind = self.series[at].kind
        between = range(min(at, term) + 1, max(at, term))
        return all(self._is_nothing(place, term) or self.series[place].kind is not kind for place in between)

    def _is_level(self, at: int, other: int) -> bool:
        """Whether two lines that print the same are a figure twice: not one a sum of the other and what is nothing.
        In one column alone, both are sums."""
        sums = [bool(self._terms_of(own)) for own in (at, other)]
        if len({value for value in self.values[at] if value}) < _SEVERAL:
            return all(sums)
        if any(self._is_nothing(place, at) for place in range(other + 1, at)) and self._is_next(at, other):
            return False
        alike = [own for own, first in self.first.items() if first == self.first[at]]
        beside = {own: self._nothing_beside(own) for own in alike}
        return any(sums) or not (beside[at] or beside[other]) or all(own == beside[at] for own in beside.values())

    def _nothing_beside(self, at: int) -> set[bool]:
        """Of the next lines of its kind and role, above and below, that are nothing: whether they are of a sum."""
        found = set()
        for step in (1, -1):
            place = at + step
            while 0 <= place < len(self.series) and self._is_other(place, at):
                place += step
            if 0 <= place < len(self.series) and not any(self.values[place]):
                found.add(self._part(place) in self.parts)
        return found

    # --- products

    def products(self) -> Iterator[Relation]:
        """The amounts that are so many times another: a quantity and a price."""
        counts = [at for at, one in enumerate(self.series) if one.kind is Kind.COUNT and any(self.values[at])]
        tries = 0
        for at, price, count in product(reversed(self.amounts), self.amounts, counts):
            if at == price or self.series[at].kind is not Kind.MONEY or at in self.made or price in self.made:
                continue
            tries += 1
            digits = self._digits_of_product(at, price, count)
            if digits is not None and digits >= MARGIN + log10(tries):
                self.made.add(at)
                yield Relation(at, ((1, price),), factor=count)

    def _digits_of_product(self, at: int, price: int, count: int) -> float | None:
        digits = 0.0
        rows = zip(self.series[at].values, self.series[price].values, self.series[count].values, strict=True)
        for whole, single, times in rows:
            if whole is None or single is None or times is None:
                continue
            slack = whole[1] + abs(times[0]) * single[1]
            if abs(single[0] * times[0] - whole[0]) > slack:
                return None
            digits += max(0.0, log10(abs(whole[0]) / (2 * slack))) if whole[0] else 0.0
        return digits or None

    # --- shares and growth

    def shares(self) -> Iterator[Relation]:
        """Of each percentage, the two lines that it is the ratio, or the growth, of."""
        for at, one in enumerate(self.series):
            if one.kind is Kind.PERCENT and any(self.values[at]):
                yield from self._share(at)

    def _share(self, at: int) -> Iterator[Relation]:
        near = sorted(self.amounts, key=lambda place: (abs(place - at), place))
        met: set[int] = set()
        for tried, (terms, whole) in enumerate(_ratios(near), 1):
            places = {self.first[place] for _, place in (*terms, *whole)}
            digits = self._digits_of_share(at, terms, whole) if met.isdisjoint(places) else None
            if digits is not None and digits >= MARGIN + log10(tried):
                yield Relation(at, terms, whole)
                met |= places

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
                digits += max(0.0, log10(abs(rate) / (2 * slack))) if rate else 0.0
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
