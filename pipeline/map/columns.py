"""The columns of a statement: which periods the heads over figures say, which columns of a grid are one, and which have
percentages of the amounts beside them.

A head may say a period alone (2024), a period and what else the column is of (Total funds 2024), or no period at all.
What is not certain is left out: two columns that say the same.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import pairwise

from recount.schemas.statements import Period, dated, in_frame, period_in, periods_in

_NO_AMOUNTS = re.compile(r"%|percent|[率比]$|比[例重]|[增变]幅|增长|note|附注|序号|行次", re.IGNORECASE)
"""Of the head of a column: no figures that a sum adds up."""
_NOTES = re.compile(r"(?:notes?|附注|序号|行次|no\.?)(?:no\.?|numbers?|s|编?号)?", re.IGNORECASE)
"""The head of a column in which no figures are: nobody misses it."""
_RATES = re.compile(r"%|percent|[率比]$|比[例重]|[增变]幅", re.IGNORECASE)
"""Of the head of a column: its figures are percentages of amounts beside it."""
_OF_CHANGE = re.compile(
    r"chang|increas|decreas|varian|growth|over|versus|vs|yoy|[增减变升降]|同比|与上年", re.IGNORECASE
)
"""Of such a head: they say by how many percent the amounts have changed since the period before."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEARS = "P12M"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures. head: as printed. period: that it says. of: what its head says besides, folded. numbers: its
    columns of the grid: one of each half of a table in two halves, or several of which a row fills one (inner and outer
    ones)."""

    head: str
    period: Period | None
    numbers: tuple[int, ...]
    of: str = ""


@dataclass(frozen=True, slots=True)
class Rates:
    """A column of percentages. head: what it says besides a period, as printed. number: its column of the grid. place:
    of the column of amounts that they are of, among those of a statement."""

    head: str
    number: int
    place: int


def rates_of(
    heads: Mapping[int, tuple[str, str]],
    columns: Sequence[Column],
    labels: Sequence[int],
    percent: Container[int],
) -> tuple[Rates, ...]:
    """The columns of percentages, each with the amounts that it is of: those right before it, if they are of the period
    that its head says, or if all left of it, behind the one before it, are of one period; of several, a change is of
    the latest.

    heads, labels: as of columns_of. percent: the columns of which most figures are printed with a percent sign.
    """
    amounts = {number: place for place, column in enumerate(columns) for number in column.numbers}
    wanted = [
        number
        for number in sorted(heads)
        if number not in amounts and (number in percent or _RATES.search("".join(heads[number][0].split())))
    ]
    found: list[Rates] = []
    for number in wanted:
        half = {own: place for own, place in amounts.items() if half_of(own, labels) == half_of(number, labels)}
        alike = [one for one in wanted if _words(heads[one]) == _words(heads[number])]
        place = _amounts_of(number, heads, half, alike)
        period, rest = period_in(heads[number][0])
        if place is not None:
            head = heads[number][1] if period is None else rest
            found.append(Rates(" ".join(head.split()), number, place))
    return tuple(found)


def _amounts_of(
    number: int, heads: Mapping[int, tuple[str, str]], half: Mapping[int, int], alike: Sequence[int]
) -> int | None:
    """The place of the column of amounts that a column of percentages is of; None where that is not certain. half: the
    places of the columns of amounts in its half; alike: the columns of percentages of the same head."""
    period = period_in(heads[number][0])[0]
    of_change = _OF_CHANGE.search(heads[number][0]) is not None
    before = max((one for one in alike if one < number), default=-1)
    left = [own for own in half if before < own < number]
    if period is not None and not of_change:
        left = [own for own in half if own < number and period_in(heads[own][0])[0] == period]
    if len({period_in(heads[own][0])[0] for own in left}) == 1:
        return half[max(left)]
    return min((half[own] for own in left), default=None) if of_change else None


def half_of(column: int, labels: Sequence[int]) -> int:
    """In which half of a table a column stands, by number. labels: the columns of labels."""
    return sum(label < column for label in labels)


def _words(head: tuple[str, str]) -> str:
    """What a head says besides a period."""
    period, rest = period_in(head[0])
    return "".join((rest if period is not None else head[0]).split()).casefold()


def columns_of(
    heads: Mapping[int, tuple[str, str]],
    labels: Sequence[int],
    filled: Mapping[int, AbstractSet[int]],
    over: Period | None,
) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    """The columns, the latest first, and the heads of those left out.

    heads: by column of the grid, the words over it, folded and as printed. labels: the columns of labels. filled: by
    column, the rows in which it has a figure. over: the period that the title says, with the year 0 where heads say it.

    Beside columns that say how long they are, a year or a day alone is no period. Where some say a period, another is
    taken only if its figures may be added up as theirs are (本年与上年比较), and stands behind them. What two columns
    of one half say is neither's, unless no row has a figure in both.
    """
    said = dict(zip(heads, periods_in([folded for folded, _ in heads.values()]), strict=True))
    if over is not None and over.length not in ("", _YEARS):
        said = {column: (in_frame(period, over), rest) for column, (period, rest) in said.items()}
    over = None if over is not None and over.end[:1] == (0,) else over
    outer = _outer(heads, said, filled)
    heads = {column: heads[outer.get(column, column)] for column in heads}
    said = {column: said[outer.get(column, column)] for column in said}
    if over is not None and len(heads) == len(labels) == 1 and not any(period for period, _ in said.values()):
        said = dict.fromkeys(heads, (over, ""))
    if any(period is not None and period.length for period, _ in said.values()):
        said |= {
            column: (None, "") for column, (period, _) in said.items() if _lost_its_length(heads[column][0], period)
        }
    found, without = _together(heads, said, labels, filled)
    with_period = [column for column in found if column.period is not None]
    dates = dated([column.period for column in with_period if column.period is not None], over)
    with_period = [replace(column, period=date) for column, date in zip(with_period, dates, strict=True)]
    if len({bool(date.to) for date in dates}) > 1:  # nothing says which is the later
        return (), tuple(printed for _, printed in heads.values())
    times = Counter((column.period, column.of) for column in with_period)
    without += tuple(column.head for column in with_period if times[column.period, column.of] > 1)  # 2024年末, 期末余额
    with_period = [column for column in with_period if times[column.period, column.of] == 1]
    with_period.sort(key=lambda column: column.period.order if column.period is not None else (0, ()))
    return (*with_period, *(column for column in found if column.period is None)), without


def _outer(
    heads: Mapping[int, tuple[str, str]],
    said: Mapping[int, tuple[Period | None, str]],
    filled: Mapping[int, AbstractSet[int]],
) -> dict[int, int]:
    """By inner column, the outer one on its right whose head is that of both: no inner one has a head, in no row have
    both a figure, and all inner ones are filled in the same rows."""
    order = sorted(heads)
    pairs = [(left, right) for left, right in pairwise(order) if not heads[left][1] and said[right][0] is not None]
    periods = sum(period is not None for period, _ in said.values())
    parted = all(filled[left] and not filled[left] & filled[right] for left, right in pairs)
    if len(pairs) < _FEWEST_PAIRS or len(pairs) != periods or not parted:
        return {}
    first = filled[pairs[0][0]]
    alike = all(2 * len(first & filled[left]) > len(first | filled[left]) for left, _ in pairs)
    return dict(pairs) if alike else {}


_FEWEST_PAIRS = 2


def _lost_its_length(head: str, period: Period | None) -> bool:
    """Whether a head says a year or a day alone: how long its column is may stand in a head that is not over it."""
    if period is None or period.length:
        return False
    return len(period.end) == 3 or _YEAR.fullmatch(head.strip()) is not None


def _together(
    heads: Mapping[int, tuple[str, str]],
    said: Mapping[int, tuple[Period | None, str]],
    labels: Sequence[int],
    filled: Mapping[int, AbstractSet[int]],
) -> tuple[list[Column], tuple[str, ...]]:
    """The columns of the grid that say the same, each group as one; and the heads of those that are not taken."""
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for column, (folded, printed) in heads.items():
        period, rest = said[column]
        words = "".join(folded.split())
        if period is not None and not (rest and _NO_AMOUNTS.search(words)):
            alike[period.told, "".join(rest.split())].append(column)
        elif period is None and printed and not _NO_AMOUNTS.search(words):
            alike["", printed].append(column)
    sure = [columns for columns in alike.values() if _are_one(columns, labels, filled)]
    told = {column for columns in sure for column in columns}
    found = [Column(heads[columns[0]][1], said[columns[0]][0], tuple(columns), said[columns[0]][1]) for columns in sure]
    without = {column: head for column, head in heads.items() if column not in told and not _is_of_notes(head[0])}
    return found, tuple(printed for _, printed in without.values())


def _is_of_notes(head: str) -> bool:
    return _NOTES.fullmatch("".join(head.split())) is not None


def _are_one(columns: Sequence[int], labels: Sequence[int], filled: Mapping[int, AbstractSet[int]]) -> bool:
    """Whether those of some columns that are of one half have no row in which two of them have a figure."""
    halves: dict[int, list[int]] = defaultdict(list)
    for column in columns:
        halves[half_of(column, labels)].append(column)
    return all(
        len(set().union(*(filled[column] for column in own))) == sum(len(filled[column]) for column in own)
        for own in halves.values()
    )
