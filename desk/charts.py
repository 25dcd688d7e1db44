"""What people ask of an archive first, in numbers: status by year and unit, which identities fail most, the largest
contradictions. The templates draw them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from recount.desk.shelf import Break, Row
from recount.pipeline.result import STATUSES

_UNITS = 15
_RULES = 15
_LARGEST = 15


@dataclass(frozen=True, slots=True)
class Group:
    """Some reports together. name: of the unit or year; statuses: figures of each."""

    name: str
    reports: int
    statuses: Counter[str]

    @property
    def figures(self) -> int:
        return self.statuses.total()

    @property
    def disputed(self) -> int:
        return self.statuses["disputed"]

    def share(self, *statuses: str) -> float:
        """Of all figures, from 0 to 1."""
        return sum(self.statuses[status] for status in statuses) / self.figures if self.figures else 0.0


@dataclass(frozen=True, slots=True)
class Failing:
    """An identity that fails: in how many reports as an error, in how many with an explanation that excuses it."""

    rule: str
    errors: int
    minor: int


@dataclass(frozen=True, slots=True)
class Overview:
    """All charts. largest: in money, each with its report."""

    years: list[Group]
    units: list[Group]
    rules: list[Failing]
    largest: list[tuple[Row, Break]]

    @property
    def most_disputed(self) -> int:
        """Of any unit or year, for the length of bars; 1 at least."""
        return max([1, *(group.disputed for group in (*self.units, *self.years))])

    @property
    def most_failing(self) -> int:
        return max([1, *(rule.errors + rule.minor for rule in self.rules)])

    @property
    def most_money(self) -> Decimal:
        return max([Decimal("0.01"), *(broken.off for _, broken in self.largest)])


def overview_of(rows: Iterable[Row]) -> Overview:
    """The charts of some reports; copies of others are left out."""
    own = [row for row in rows if not row.failed and row.same_as is None]
    years = _grouped(own, lambda row: str(row.year) if row.year is not None else "")
    units = _grouped(own, lambda row: row.unit)
    found = [(row, broken) for row in own if row.details is not None for broken in row.details.breaks]
    money = sorted((one for one in found if one[1].money and one[1].severity == "error"), key=lambda one: -one[1].off)
    # What a number is off by breaks every identity that it is in: in a report it is one contradiction.
    once: dict[tuple[str, int], tuple[Row, Break]] = {}
    for row, broken in money:
        once.setdefault((row.key, round(broken.off)), (row, broken))
    return Overview(
        sorted(years, key=lambda group: group.name, reverse=True),
        sorted(units, key=lambda group: (-group.disputed, group.name))[:_UNITS],
        _failing(broken for _, broken in found)[:_RULES],
        list(once.values())[:_LARGEST],
    )


def rules_of(rows: Iterable[Row]) -> list[str]:
    """The identities that fail anywhere, those that fail most first."""
    return [failing.rule for failing in _failing(one for row in rows if row.details for one in row.details.breaks)]


def _failing(breaks: Iterable[Break]) -> list[Failing]:
    errors, minor = Counter[str](), Counter[str]()
    for broken in breaks:
        (minor if broken.severity == "minor" else errors)[broken.rule] += 1
    rules = dict.fromkeys((*errors, *minor))
    found = [Failing(rule, errors[rule], minor[rule]) for rule in rules]
    return sorted(found, key=lambda failing: (-failing.errors, -failing.minor, failing.rule))


def _grouped(rows: Sequence[Row], by: Callable[[Row], str]) -> list[Group]:
    reports, statuses = Counter[str](), dict[str, Counter[str]]()
    for row in rows:
        name = by(row)
        reports[name] += 1
        counts = statuses.setdefault(name, Counter(dict.fromkeys(STATUSES, 0)))
        counts.update(row.statuses or {})
    return [Group(name, reports[name], counts) for name, counts in statuses.items()]
