"""Identities as formulae, as family.toml has them: "assets = liabilities + equity".

A formula is read by the parser below, and every name in it is looked up when the file is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NoReturn

from recount.schemas.arithmetic import Identity
from recount.schemas.figures import Figure, Kind
from recount.schemas.terms import HUNDRED, ONE, Product, Rate, Sum


class FamilyError(ValueError):
    """What is wrong in a family.toml, with its line; a sentence for the person who wrote it."""


_TOKEN = re.compile(r"\s*(?:(?P<quoted>'[^']*')|(?P<sign>\.\.|<=|[≤=+−/*×()-])|(?P<name>\w+(?:\.(?!\.)\w+)*))")

Signed = tuple[tuple[int, str], ...]
"""Names with their signs."""
PREVIOUS = "previous "
"""Before a name: its figure in the period before."""
_IN = " in '"
"""Behind a name, before the head of a column: its figure there."""


@dataclass(frozen=True, slots=True)
class Formula:
    """An identity: a printed figure, what it is computed from, and for a percentage what it is of.

    rule: as written. at_most: it is no more than that (<=). factor: of a product, what the one term is multiplied by.
    Names are keys, or part.key between parts of a report; of the period before with PREVIOUS, of another column with
    its head (a in 'Budget').
    """

    rule: str
    stated: str
    terms: Signed
    whole: Signed = ()
    at_most: bool = False
    factor: str = ""

    @property
    def names(self) -> list[str]:
        """Every name in it."""
        factor = [self.factor] if self.factor else []
        return [self.stated, *(name for _, name in (*self.terms, *self.whole)), *factor]

    @property
    def looks_beside(self) -> bool:
        """Whether it speaks of another column of its statement, too: that of the period before, or of a head."""
        return any(name.startswith(PREVIOUS) or _IN in name for name in self.names)

    def identity(self, figures: Mapping[str, Said], rule: str, *, blank: bool) -> Identity:
        """The identity between figures. blank: what is not printed is nothing, as in a table; else it is missing."""
        stated, terms = figures.get(self.stated), _sum(self.terms, figures, blank=blank)
        computed: Sum | Rate | Product = terms
        if self.whole:
            computed = Rate(terms, _sum(self.whole, figures, blank=blank))
        elif self.factor:
            computed = _product(figures.get(self.terms[0][1]), figures.get(self.factor))
        return Identity(rule, stated if isinstance(stated, Figure) else None, computed, at_most=self.at_most)


Said = Figure | tuple[Figure, ...] | None
"""What a name stands for: a figure, None where it is not printed, or all figures of a column of a table."""


def _sum(terms: Signed, figures: Mapping[str, Said], *, blank: bool) -> Sum:
    said = [(sign, figures.get(name)) for sign, name in terms]
    found = tuple(
        (sign, own) for sign, one in said for own in (one if isinstance(one, tuple) else (one,)) if own is not None
    )
    return Sum(found, missing=not found or not (blank or all(one for _, one in said)))


def _product(one: Said, other: Said) -> Product:
    """A product; with a percentage it is that share."""
    left, right = (own if isinstance(own, Figure) else None for own in (one, other))
    is_share = any(own is not None and own.kind is Kind.PERCENT for own in (left, right))
    return Product(left, right, per=HUNDRED if is_share else ONE)


def formula_of(written: str, keys: Sequence[str], titles: Mapping[str, str]) -> Formula:
    """A formula. keys: the names that it may have, in the order of the form; titles: the same by their 'titles'.

    `a = b + c - d`, `a = b .. d` (all lines from b to d), `rate = part / whole` in percent, with brackets around sums,
    `amount = quantity * price`, and `a <= b`; `previous b` is b in the period before, `b in 'Budget'` in the column
    of that head. Raises FamilyError.
    """
    return _Parser(written, keys, titles).formula()


class _Parser:
    """Reads one formula from left to right."""

    def __init__(self, written: str, keys: Sequence[str], titles: Mapping[str, str]) -> None:
        self.written, self.keys, self.titles = written, keys, titles
        self.at, self.tokens = 0, self._tokens()

    def formula(self) -> Formula:
        stated = self._name()
        relation = self._take("=", "<=", "≤")
        terms = self._sum()
        whole = self._sum() if self._next() == "/" and self._take("/") else ()
        is_product = len(terms) == 1 and terms[0][0] > 0 and self._next() in {"*", "×"}
        factor = self._name() if is_product and self._take("*", "×") else ""
        if self._next():
            self._wrong(f"nothing is expected before {self._next()!r}")
        formula = Formula(self.written, stated, terms, whole, at_most=relation != "=", factor=factor)
        if stated in formula.names[1:]:
            self._wrong(f"{stated} stands on both sides")
        return formula

    def _tokens(self) -> list[str]:
        found, at = [], 0
        while at < len(self.written.rstrip()):
            match = _TOKEN.match(self.written, at)
            if match is None:
                self._wrong(f"{self.written[at:].strip()[:12]!r} is no part of a formula")
            found.append(match[0].strip())
            at = match.end()
        return found

    def _next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _take(self, *wanted: str) -> str:
        if self._next() not in wanted:
            self._wrong(f"{' or '.join(wanted)} is expected before {self._next()!r}")
        self.at += 1
        return self.tokens[self.at - 1]

    def _name(self) -> str:
        token = self._next()
        name = self.titles.get(token[1:-1], "") if token.startswith("'") else token
        if not token or not re.match(r"['\w]", token):
            self._wrong(f"a name is expected {f'before {token!r}' if token else 'at its end'}")
        if name not in self.keys:
            self._wrong(f"{token} is no name here{perhaps(token, self.keys)}")
        self.at += 1
        return name

    def _term(self) -> str:
        """A name, of this period or of the one before."""
        follows = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else ""
        if self._next() == PREVIOUS.strip() and re.match(r"['\w]", follows):
            self.at += 1
            return PREVIOUS + self._name()
        name = self._name()
        if self._next() != "in":
            return name
        self._take("in")
        if not self._next().startswith("'"):
            self._wrong("the head of a column is expected in 'single quotation marks'")
        return f"{name} in {self._take(self._next())}"

    def _sum(self) -> Signed:
        """Terms with their signs; brackets around some of them."""
        found: list[tuple[int, str]] = []
        sign = -1 if self._next() in {"-", "−"} and self._take("-", "−") else 1
        while True:
            if self._next() == "(":
                self._take("(")
                found += [(sign * own, name) for own, name in self._sum()]
                self._take(")")
            else:
                found += [(sign, name) for name in self._range()]
            if self._next() not in {"+", "-", "−"}:
                return tuple(found)
            sign = 1 if self._take("+", "-", "−") == "+" else -1

    def _range(self) -> Sequence[str]:
        first = self._term()
        if self._next() != ".." or first not in self.keys:
            return (first,)
        self._take("..")
        last = self._name()
        start, end = self.keys.index(first), self.keys.index(last)
        if start >= end:
            self._wrong(f"{last} does not stand below {first}")
        return self.keys[start : end + 1]

    def _wrong(self, why: str) -> NoReturn:
        raise FamilyError(f"{self.written!r}: {why}")


def parted(name: str) -> tuple[str, str]:
    """A name without what it says of its column, and that: PREVIOUS, the head of one, or ""."""
    key, _, head = name.removeprefix(PREVIOUS).partition(_IN)
    return key, PREVIOUS if name.startswith(PREVIOUS) else head.removesuffix("'")


def in_column(key: str, head: str) -> str:
    """The name of a line in the column of a head."""
    return f"{key}{_IN}{head}'"


def perhaps(name: str, known: Iterable[str]) -> str:
    """The name that was probably meant."""
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), 1)
    return f" (perhaps {close[0]})" if close else ""


# --- written


def written(keys: Sequence[str], stated: int, terms: Terms, whole: Terms = (), factor: int | None = None) -> str:
    """A formula of the lines or columns with these keys, each by its number: the sum of terms with their signs, their
    share of a whole, or the product of the one term with a factor."""
    own = _said(keys, terms)
    if factor is not None:
        own = f"{keys[factor]} * {own}"
    elif whole:
        own = f"{_bracketed(own)} / {_bracketed(_said(keys, whole))}"
    return f"{keys[stated]} = {own}"


Terms = Sequence[tuple[int, int]]
"""Signs, and the numbers of lines."""


def _bracketed(words: str) -> str:
    return f"({words})" if " " in words else words


def _said(keys: Sequence[str], terms: Terms) -> str:
    """Lines with their signs: those that follow each other and are added as a range, `first .. last`."""
    places = sorted(terms, key=lambda term: term[1])
    runs = [list(run) for _, run in groupby(enumerate(places), lambda one: (one[1][0], one[1][1] - one[0]))]
    said: list[tuple[int, str]] = []
    for run in runs:
        own, sign = [keys[place] for _, (_, place) in run], run[0][1][0]
        is_range = len(own) > 2 and sign > 0
        said += [(sign, words) for words in ([f"{own[0]} .. {own[-1]}"] if is_range else own)]
    first = next(at for at, (sign, _) in enumerate(said) if sign > 0)
    said.insert(0, said.pop(first))
    return said[0][1] + "".join(f" {'+' if sign > 0 else '-'} {words}" for sign, words in said[1:])
