"""What is read from running text: subjects, their amounts and shares, what they are compared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from recount.schemas.figures import Ref

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
        versus = [each for each in (self.change, self.comparison) if each is not None]
        of_others = [ref for v in versus for ref in (v.amount, v.rate, v.budget, v.final, v.completion)]
        yield from (ref for ref in (self.amount, self.share, *of_others) if ref is not None)


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
