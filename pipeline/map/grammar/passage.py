"""A passage as the templates read it, and what they read from it.

In a passage's shape every number is one placeholder, so that a rule is about words.

The shape of 收入总计 1,955.06 万元 is 收入总计▮万元. Years, months and days stay as they are: 2022年度 is a word.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recount.pipeline.document import Number, Paragraph, Token
from recount.pipeline.split.text import plain
from recount.schemas.figures import Ref

# --- what is read: subjects, their amounts and shares, what they are compared with

MONEY = frozenset({"万元", "元", "亿元"})


@dataclass(frozen=True, slots=True)
class Wording:
    """How reports of a kind call what they speak of.

    amount: what may stand between a subject and its amount (决算数). base: what of last year is compared with.
    against_budget: 预算数 is what an amount is compared with; else it is the amount.
    """

    amount: str
    base: str
    against_budget: bool


FINAL = Wording(r"(?:决算|金额|执行)?(?:数|额)?", r"(?:决算数?|同期|支出)?(?:决算)?", against_budget=True)
BUDGET = Wording(
    r"(?:财政拨款|当年)?(?:预算|金额|安排|拨款|资金)*(?:数|额)?",
    r"(?:年初|当年|部门|财政拨款)?(?:预算|执行|决算)?(?:安排)?(?:数|额)?(?:同期|支出)?",
    against_budget=False,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that a section speaks of.

    key: the name that the section's mapping knows it by. words: a rule for the words right before its number.
    units: the units that its amount is printed in. after: the subject whose number it may follow without words of its
    own (▮批次，▮人次).
    """

    key: str
    words: str
    units: frozenset[str] = MONEY
    after: str | None = None


@dataclass(slots=True)
class Versus:
    """A comparison while it is read: with last year (amount, rate) or with the budget (budget, final, rates)."""

    amount: Ref | None = None
    rate: Ref | None = None
    budget: Ref | None = None
    final: Ref | None = None
    completion: Ref | None = None
    reason: str | None = None


@dataclass(slots=True)
class Fact:
    """What a section says of one subject."""

    key: str
    amount: Ref | None = None
    share: Ref | None = None
    change: Versus | None = None
    comparison: Versus | None = None

    def refs(self) -> Iterator[Ref]:
        """Every figure that was read."""
        refs = [self.amount, self.share]
        for versus in (self.change, self.comparison):
            if versus is not None:
                refs += [versus.amount, versus.rate, versus.budget, versus.final, versus.completion]
        yield from (ref for ref in refs if ref is not None)


@dataclass(frozen=True, slots=True)
class Reading:
    """The facts of a passage, by subject; the indices of its numbers that are repeats, and that nothing claims."""

    facts: dict[str, Fact]
    repeats: tuple[tuple[str, int], ...]
    unclaimed: tuple[int, ...]

    def amount(self, key: str) -> Ref | None:
        """The amount of a subject, if the passage states it."""
        fact = self.facts.get(key)
        return fact.amount if fact else None


# --- passages

N = "▮"
"""Stands for a number in shapes and in the rules that match them."""

_DATE = re.compile(r"年|月|日|-\d+月")
TRAILING = "。;；,，、.:： "


@dataclass(frozen=True, slots=True)
class Passage:
    """Paragraphs put together, joined by line breaks.

    printed: the characters as printed. shape: the folded characters with every number as one placeholder. numbers:
    by the index of their placeholder in the shape. offsets: pairs (index in the shape, index in the printed text).
    """

    printed: str
    shape: str
    numbers: dict[int, Number]
    offsets: tuple[tuple[int, int], ...]

    def text(self, start: int, end: int) -> str:
        """The printed text between two indices of the shape, as the contract wants it."""
        return plain(self.printed[self._index(start) : self._index(end)].replace("\n", ""))

    def token(self, at: int) -> Token:
        """The number at an index of the shape."""
        return self.numbers[at].token

    def _index(self, at: int) -> int:
        shape, printed = self.offsets[bisect_right(self.offsets, (at, len(self.printed))) - 1]
        return printed + at - shape


def passage_of(paragraphs: Sequence[Paragraph]) -> Passage:
    """Paragraphs as one passage; years, months and days in them are words."""
    printed, shape = "", ""
    numbers: dict[int, Number] = {}
    offsets: list[tuple[int, int]] = [(0, 0)]
    for paragraph in paragraphs:
        if printed:
            printed, shape = printed + "\n", shape + "\n"
            offsets.append((len(shape), len(printed)))
        folded, done = paragraph.text.folded, 0
        for number in paragraph.numbers:
            if _DATE.match(folded, number.end):
                continue
            shape += folded[done : number.start]
            numbers[len(shape)] = number
            end = number.end - 1 if number.token.unit == "%" and folded[number.end - 1] == "%" else number.end
            shape += N
            offsets.append((len(shape), len(printed) + end))
            done = end
        shape += folded[done:]
        printed += paragraph.text.printed
    return Passage(printed, shape, numbers, tuple(offsets))


def clean(text: str) -> str:
    """A reason or a name without the punctuation around it."""
    return text.strip(TRAILING + "\n")


_SUB_HEADING = re.compile(r"(?:^|\n)(?P<heading>\([一二三四五六七八九十]{1,3}\)[^\n▮。]{2,40})。?(?=\n)")


def heading_above(passage: Passage, at: int) -> str | None:
    """The nearest sub-heading （一）… above an index, None where the passage has none above it."""
    start = at
    while start >= 0:
        start = passage.shape.rfind("\n(", 0, start)
        match = _SUB_HEADING.match(passage.shape, max(start, 0), at)
        if match:
            return passage.text(*match.span("heading"))
    return None
