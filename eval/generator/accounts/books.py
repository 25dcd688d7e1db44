"""What the books of a department hold: every amount in 分, this year's and last year's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from recount.eval.generator.accounts.classification import Subject

Source = Literal["general", "funds", "capital", "own"]


@dataclass(frozen=True)
class Entry:
    """Expenditure on one functional item from one source of money."""

    subject: Subject
    source: Source
    basic: int = 0
    project: int = 0
    business: int = 0
    remitted: int = 0
    affiliate: int = 0
    last: int = 0
    budget: int = 0

    @property
    def total(self) -> int:
        """All expenditure of the line."""
        return self.basic + self.project + self.business + self.remitted + self.affiliate


@dataclass(frozen=True)
class Pool:
    """One source's money through two years; last year's closing is this year's opening."""

    opening: int
    closing: int
    expenditure: int
    last_opening: int
    last_expenditure: int
    surplus_used: int = 0
    distribution: int = 0
    last_surplus_used: int = 0
    budget: int = 0

    @property
    def income(self) -> int:
        """This year's income: what makes the pool balance."""
        return self.expenditure + self.distribution + self.closing - self.opening - self.surplus_used

    @property
    def last_income(self) -> int:
        """Last year's income, in the same way."""
        return self.last_expenditure + self.opening - self.last_opening - self.last_surplus_used

    @property
    def total(self) -> int:
        """收入总计 = 支出总计 of this year."""
        return self.opening + self.income + self.surplus_used

    @property
    def last_total(self) -> int:
        """The same of last year."""
        return self.last_opening + self.last_income + self.last_surplus_used


@dataclass(frozen=True)
class Spending:
    """A figure with last year's and the budget's."""

    now: int
    last: int
    budget: int

    def __add__(self, other: Spending) -> Spending:
        """Two spendings as one."""
        return Spending(self.now + other.now, self.last + other.last, self.budget + other.budget)


@dataclass(frozen=True)
class Vehicles:
    """The fleet, and what else the asset section counts."""

    kinds: dict[str, int]
    bought: int
    value: int
    other_note: str | None

    @property
    def count(self) -> int:
        """All vehicles of the asset section."""
        return sum(self.kinds.values())


@dataclass(frozen=True)
class Assets:
    """State assets at the year's end; the area in hundredths of a square metre."""

    fixed: int
    area: int
    building: int
    equipment: int
    vehicles: Vehicles


@dataclass(frozen=True)
class Procurement:
    """Government procurement of the year."""

    goods: int
    works: int
    services: int
    sme: int
    micro: int

    @property
    def total(self) -> int:
        """All procurement."""
        return self.goods + self.works + self.services


@dataclass(frozen=True)
class Travel:
    """Counts that go with the three public expenses."""

    groups: int
    visits: int
    owned: int
    batches: int
    guests: int


@dataclass(frozen=True)
class Staff:
    """Head counts."""

    active: int
    veteran: int
    retired: int


@dataclass(frozen=True)
class Books:
    """All books of one department for one year."""

    trade: str
    year: int
    lines: tuple[Entry, ...]
    pools: dict[Source, Pool]
    own_income: dict[str, int]
    personnel: int
    public: int
    economic: dict[str, int]
    administrative: Spending | None
    institution: Spending | None
    overseas: Spending
    purchase: Spending
    running: Spending
    reception: Spending
    travel: Travel
    procurement: Procurement
    assets: Assets
    staff: Staff
    notes: dict[str, str] = field(default_factory=dict)

    def of(self, *sources: Source) -> list[Entry]:
        """The lines paid from some sources."""
        return [line for line in self.lines if line.source in sources]

    def sum(self, amount: Callable[[Entry], int], *sources: Source) -> int:
        """The sum of something over the lines of some sources (of all, if none is named)."""
        return sum(amount(line) for line in self.lines if not sources or line.source in sources)

    @property
    def fiscal(self) -> Pool:
        """The three fiscal pools as one."""
        pools = [self.pools[name] for name in ("general", "funds", "capital") if name in self.pools]
        return merge(pools)

    @property
    def whole(self) -> Pool:
        """All pools as one."""
        return merge(list(self.pools.values()))


def merge(pools: list[Pool]) -> Pool:
    """Several pools added up."""
    names = Pool.__dataclass_fields__
    return Pool(**{name: sum(getattr(pool, name) for pool in pools) for name in names})
