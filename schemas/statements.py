"""A statement: lines × periods, and the periods that the heads of its columns print.

A report has a statement as a list of columns, one a period, the latest first; a line is a field of a column. So what a
column says of itself (`assets = liabilities + equity`) is said once and counts in every one.
"""

from __future__ import annotations

import calendar
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, Optional, TypeAlias, TypeVar

from pydantic import Field

from recount.schemas.figures import F, Kind, Model, figure, labelled, money, rows, text

# --- what a schema says of a statement

Line: TypeAlias = Optional[F]  # noqa: UP045 - an alias in F: Line[F]
"""The figure of a line in one column: null where the cell is blank, or the line is not there."""


class FreeLine(Model, Generic[F]):
    """A line that no field of its statement names. level: how far its label is set in, 0 for those that are not; None
    where labels do not begin alike. other: its figure where that is no amount of money, as printed."""

    label: str | None = text("Line")
    level: int | None = text("Level")
    amount: F | None = money("Amount")
    other: F | None = figure(Kind.ANY, "Other figure")


class Statement(Model, Generic[F]):
    """One column of a statement; a report has a tuple of them: `balance: tuple[Balance[F], ...] = rows("…")`.

    period: what its head says (Period.told), None where that is no period. head: as printed. lines: those that no
    field names, in their order: all of them where a statement names none.
    """

    period: str | None = text("Period")
    head: str | None = text("Head")
    lines: tuple[FreeLine[F], ...] = rows("Lines")


def line(
    title: str,
    words: str | None = None,
    under: str | None = None,
    kind: Kind = Kind.MONEY,
    labels: Sequence[str] = (),
) -> Any:
    """A line of a statement, known by its title: spaces, case and marks aside, and an ordinal or 其中： before it.

    words: a regular expression for the whole label instead, in folded words without spaces, case aside. under: where
    such words stand more than once, those of a line or heading above it; it is the first below that. labels: what it is
    called in reports where that is not the title: the first of them that stands there.
    """
    notes = {"kind": kind.value, "under": under, **labelled(words, labels)}
    return Field(default=None, title=title, json_schema_extra={key: note for key, note in notes.items() if note})


def rate(title: str, of: str, labels: Sequence[str] = ()) -> Any:
    """A percentage that stands beside the amounts of a line, in a column of its own: its share, its growth.

    title: what it is called; its column is known by labels, or by that. of: the key of the line.
    """
    notes = {"kind": Kind.PERCENT.value, "of": of, **labelled(None, labels)}
    return Field(default=None, title=title, json_schema_extra=notes)


# --- the periods

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = {"three": 3, "six": 6, "nine": 9, "twelve": 12, "thirteen": 13, "twenty-six": 26, "thirty-nine": 39}
_NUMBERS |= {"fifty-two": 52, "fifty-three": 53, "一": 1, "二": 2, "三": 3, "四": 4}
_WORDED = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_FULL = r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
_YEAR = r"(?:19|20)\d\d"
_DAY = r"3[01]|[12]\d|0?[1-9]"
_MONTH = r"1[0-2]|0?[1-9]"
_OF = r"(?:度|末)?(?:累计)?(?:余额|金额|发生额|[预决]算[数额]|实际数|数)?"
_PIECE = re.compile(
    rf"(?P<iso>(?P<iy>{_YEAR})[-/.](?P<im>{_MONTH})[-/.](?P<id>{_DAY}))(?!\d)"
    rf"|(?P<dmy>(?P<dd>\d\d?)(?P<sep>[./])(?P<dm>\d\d?)(?P=sep)(?P<dy>{_YEAR}))(?!\d)"
    rf"|(?P<span>(?P<s1>{_YEAR})[-–—/](?P<s2>20\d\d|\d\d))(?![\d月])"
    rf"|(?P<range>0?1(?:月)?[-–—~至](?P<last>{_MONTH})月(?:份)?)"
    rf"|(?P<cn>(?P<cm>{_MONTH})月(?:(?P<cd>{_DAY})日|末)?)"
    rf"|fy(?P<fy>(?:20)?\d\d)(?!\d)"
    r"|(?P<roc>(?:中华)?民国(?P<ry>\d{2,3})年度?)"
    rf"|(?P<quarter>q(?P<q1>[1-4])|(?P<q2>[1-4])q|第?(?P<q3>[一二三四1-4])季度?)(?P<qy>\d\d(?!\d))?"
    rf"|(?P<nine>前三季度)|(?P<half>上半年度?|半年度?|half-?year(?:ly)?)"
    rf"|(?P<months>{_WORDED}|\d{{1,2}})-?months?|(?P<weeks>{_WORDED}|\d{{2}})-?weeks?|(?P<three>quarters?(?:ly)?)"
    rf"|(?P<year>{_YEAR})(?!\d)(?:年度?)?|(?P<name>{_FULL}|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
    rf"|(?P<twelve>(?:fiscal|financial)?years?)"
    rf"|(?P<current>(?:本|当)[年期]{_OF}|[期年]末{_OF}|(?:current|this)(?:year|period))"
    rf"|(?P<previous>(?:上|去)[年期](?:同期)?{_OF}|(?:previous|prior|last)(?:year|period))"
    rf"|(?P<opening>[期年]初{_OF}|opening)"
    rf"|(?P<day>{_DAY})(?:st|nd|rd|th)?(?=,|\.|{_YEAR}|$|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|asof|asat|at|on|for|the|ended|ending|end|periods?|and|unaudited|audited|(?:as)?restated|[$£€¥,.:;()']"
    r"|usd|us|eur|gbp|rmb|cny|hk|in|millions?|thousands?|0{3}s?|m(?![a-z])|k(?![a-z])|[百千]?万?元|人民币|币种|单位"
    r"|余额|金额|发生额|[预决]算[数额]|实际数|数(?!\d)|balances?|actuals?|budget|amounts?|截至|止|于|日|年|[-–—]"
)
"""A piece of a head that says of which period its column is, or nothing at all. What is none of them is no period."""
_TELLS = ("year", "span", "fy", "roc", "iso", "dmy", "current", "previous", "opening")
_RELATIVE = ("current", "previous", "opening")


@dataclass(frozen=True, slots=True)
class Period:
    """What a head says of the time of its column. end: year, month, day, as far as it says; empty where it is relative.

    length: how long it is, in the words of ISO 8601 (P3M), "" where that is not said. to: relative (current, previous,
    opening), "" where it is not.
    """

    end: tuple[int, ...] = ()
    length: str = ""
    to: str = ""
    quarter: int = 0

    @property
    def told(self) -> str:
        """As a result tells it: 2024-12-31; 2024; P3M/2024-12-31 (ISO 8601: how long, and its end); 2024-Q3; current,
        previous, opening where the page says no more."""
        if self.to:
            return self.to
        end = "-".join(f"{part:02}" for part in self.end) + (f"-Q{self.quarter}" if self.quarter else "")
        return f"{self.length}/{end}" if self.length else end

    @property
    def order(self) -> tuple[int, tuple[int, ...]]:
        """Shorter before longer, and the later first."""
        long = int(self.length[1:-1]) * (30 if self.length.endswith("M") else 7) if self.length else 0
        if self.to:
            return long, (_RELATIVE.index(self.to),)
        return long, tuple(-part for part in (*self.end, *(0,) * (3 - len(self.end)), self.quarter))


def period_of(head: str) -> Period | None:
    """The period that the words of a head say, top to bottom; None where they say none, or anything else besides.

    head: folded (traditional characters simplified). Of a day and a month in figures the order must be plain.
    """
    said = pieces_of(head)
    if not said or not any(said.get(name) for name in _TELLS):
        return None
    to = [name for name in _RELATIVE if said.get(name)]
    years = {int(said[name]) for name in ("year", "iy", "dy") if said.get(name)}
    years |= {2000 + int(said["fy"]) % 100} if said.get("fy") else set()
    years |= {1911 + int(said["ry"])} if said.get("roc") else set()
    if said.get("span"):
        return _span(said) if not (to or years) else None
    if len(to) + len(years) != 1:
        return None
    if to:
        return Period(to=to[0], length=_length(said))
    return _dated(years.pop(), said)


def period_in(head: str) -> tuple[Period | None, str]:
    """The period that a head says, and the words besides it, which say what else its column is of: Total funds 2024.

    head: folded, with spaces. (None, "") where it says no period for certain: words that compare (change from 2023), or
    another year.
    """
    whole = period_of(head)
    if whole is not None:
        return whole, ""
    words = head.split()
    for cut in range(1, len(words)):
        for own, rest in ((words[cut:], words[:cut]), (words[:-cut], words[-cut:])):
            period, besides = period_of(" ".join(own)), " ".join(rest)
            if period is not None and not _NO_PERIOD.search(besides):
                return period, besides
    return None, ""


def periods_in(heads: Sequence[str]) -> list[tuple[Period | None, str]]:
    """What the heads of a table say, each as of period_in. Where two say the same but for what their figures are, the
    budget of a year and what came of it, all say that too."""
    said = [period_in(head) for head in heads]
    bases = ["".join(_BASIS.findall(head)).casefold() for head in heads]
    of_one: dict[tuple[Period | None, str], set[str]] = defaultdict(set)
    for own, basis in zip(said, bases, strict=True):
        of_one[own].add(basis)
    if not any(own[0] is not None and len(found) > 1 and "" not in found for own, found in of_one.items()):
        return said
    return [
        (period, f"{rest} {basis}".strip() if period is not None else rest)
        for (period, rest), basis in zip(said, bases, strict=True)
    ]


_BASIS = re.compile(r"budget|actual|estimate|forecast|[预决]算(?=[数额]|$)|实际(?=数)", re.IGNORECASE)
_NO_PERIOD = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<![a-z])(?:chang|increas|decreas|varian|differ|versus|vs\b|over\b|than\b|from\b|since\b"
    r"|to\b|compar|notes?\b|due\b|matur|after\b|before\b|until\b|thereafter|remaining|through\b)|[增减比较差异附注]",
    re.IGNORECASE,
)
"""Beside a period: words by which it is no column of that period, or not of it alone."""


def frame_of(line: str) -> Period | None:
    """The period that a line over a table says of columns whose heads say the year alone, with the year 0: for the nine
    months ended September 30, 2024 and 2023. None where it does not say how many months or weeks, or says two things.

    line: folded.
    """
    said = pieces_of(_ANY_YEAR.sub("", line))
    if not said or not (said.get("months") or said.get("weeks") or said.get("three")):
        return None
    period = _dated(_LEAP, said) if any(said.get(name) for name in ("name", "cm")) else None
    return None if period is None else replace(period, end=(0, *period.end[1:]))


_ANY_YEAR = re.compile(rf"(?<!\d){_YEAR}(?!\d)年?")
_LEAP = 2024
"""A year that has all days."""


def in_frame(period: Period | None, frame: Period | None) -> Period | None:
    """A period whose head says the year alone, as long as what stands over its table; else as it is."""
    if period is None or frame is None or period.length or period.to or len(period.end) != 1:
        return period
    year, rest = period.end[0], frame.end[1:]
    last = calendar.monthrange(year, rest[0])[1] if rest else 0
    return replace(frame, end=(year, *rest[:1], *(min(day, last) for day in rest[1:])))


def says_time(line: str) -> bool:
    """Whether a line says periods or days and nothing else: December 31, 2024 and 2023. line: folded."""
    found = list(_pieces(_spaceless(line)))
    named = {name for match in found if match is not None for name, value in match.groupdict().items() if value}
    return None not in found and not named.isdisjoint((*_TELLS, "name", "months", "weeks", "cn"))


def halves_of_time(head: str) -> tuple[str, str] | None:
    """Two periods that stand in one line and say the same things of themselves: three months ended | nine months ended.
    None where there are no two."""
    words = head.split()
    for cut in reversed(range(1, len(words))):
        one, other = " ".join(words[:cut]), " ".join(words[cut:])
        said, also = ({name for name, value in (pieces_of(half) or {}).items() if value} for half in (one, other))
        if said and said == also and pieces_of(head) is None:
            return one, other
    return None


def pieces_of(head: str) -> dict[str, str] | None:
    """What the pieces of a head say, by their names; None where it has words that speak of no period, or says two
    things of one kind."""
    said: dict[str, str] = {}
    for match in _pieces(_spaceless(head)):
        if match is None:
            return None
        for name, value in match.groupdict().items():
            if value is not None and said.setdefault(name, value) != value:
                return None
    return said


def _pieces(words: str) -> Iterator[re.Match[str] | None]:
    """The pieces of words without spaces; ends with None where they speak of no period."""
    at = 0
    while at < len(words):
        match = _PIECE.match(words, at)
        yield match
        if match is None:
            return
        at = match.end()


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word]


def _span(said: Mapping[str, str]) -> Period | None:
    """A fiscal year over two calendar years (2023/24), by the year in which it ends."""
    first, last = int(said["s1"]), int(said["s2"])
    last += first // 100 * 100 if last < 100 else 0
    return Period((last,), _length(said)) if last == first + 1 else None


def _dated(year: int, said: Mapping[str, str]) -> Period | None:
    """The period that ends in a year."""
    quarter = next((_number(said[name]) for name in ("q1", "q2", "q3") if said.get(name)), 0)
    if said.get("dmy"):
        day, month = int(said["dd"]), int(said["dm"])
        if said["sep"] == "/" and day <= 12 and month <= 12 and day != month:  # 3/4/2024 is two days
            return None
        day, month = (month, day) if month > 12 else (day, month)
        end: tuple[int, ...] = (year, month, day)
    elif said.get("iso"):
        end = (year, int(said["im"]), int(said["id"]))
    else:
        end = _end(year, said)
    if len(end) == 3 and not (1 <= end[1] <= 12 and 1 <= end[2] <= calendar.monthrange(end[0], end[1])[1]):
        return None
    return Period(end, _length(said, day=len(end) == 3), quarter=quarter)


def _end(year: int, said: Mapping[str, str]) -> tuple[int, ...]:
    """The end that a year, a month and a day say, as far as they do."""
    if said.get("last") or said.get("nine") or said.get("half"):
        month = int(said["last"]) if said.get("last") else 9 if said.get("nine") else 6
        return year, month, calendar.monthrange(year, month)[1]
    named = said.get("name")
    month = _MONTHS.index(named[:3]) + 1 if named else int(said.get("cm", 0))
    day = said.get("cd") or said.get("day")
    if not month:
        return (year,)
    return (year, month, int(day)) if day else (year, month)


def _length(said: Mapping[str, str], *, day: bool = False) -> str:
    """How long a period is, as its head says. day: it ends on one that is said, so that a year is twelve months."""
    months = said.get("months") or said.get("last")
    if months:
        return f"P{_number(months)}M"
    if said.get("weeks"):
        return f"P{_number(said['weeks'])}W"
    found = [count for name, count in (("three", 3), ("half", 6), ("nine", 9), ("twelve", 12)) if said.get(name)]
    return f"P{found[0]}M" if found and (found[0] != 12 or day) else ""


def dated(periods: Iterable[Period], over: Period | None) -> list[Period]:
    """Periods with the relative ones dated, as far as that is certain: 期末 is the day that stands over the table or
    over another column, 期初 and 年初 the end of the year before, 上年同期 the same a year earlier.

    over: what the title of the table says. Raises nothing; what cannot be dated stays relative.
    """
    found = list(periods)
    absolute = [period for period in found if not period.to]
    base = over if over is not None and not over.to else absolute[0] if len(absolute) == 1 else None
    return [_dated_by(period, base) if period.to and base is not None else period for period in found]


def _dated_by(period: Period, base: Period) -> Period:
    if period.to == "current":
        return base
    if period.to == "previous":
        year, *rest = base.end
        last = calendar.monthrange(year - 1, rest[0])[1] if rest else 0
        return replace(base, end=(year - 1, *rest[:1], *(min(day, last) for day in rest[1:])))
    return Period((base.end[0] - 1, 12, 31)) if len(base.end) == 3 and not base.length else period


# --- columns of statements beside one another, and one after the other


_S = TypeVar("_S", bound=Statement[Any])
_TOTAL = re.compile(r"\btotals?\b|[合总]计", re.IGNORECASE)


def previous_of(column: _S, columns: Iterable[_S]) -> _S | None:
    """The column of a statement that is of the period before: as long, a year earlier, and of the same (of a fund, a
    segment). Where the page dates neither, the previous one, or the opening. None where there is none, or several.

    columns: all of the statement, this one among them.
    """
    besides = _besides(columns)
    [mine] = [words for own, words in besides if own is column]
    found = [own for own, words in besides if is_before(own.period, column.period) and words == mine]
    return found[0] if len(found) == 1 else None


def beside_of(column: _S, columns: Iterable[_S], head: str) -> _S | None:
    """The column of a statement that is of the same period and has a head, what it says of its period aside. None where
    there is none, or several. columns: as of previous_of."""
    words = _spaceless(head)
    found = [
        own
        for own, besides in _besides(columns)
        if own is not column and own.period == column.period and words in (besides, _spaceless(own.head or ""))
    ]
    return found[0] if len(found) == 1 else None


def _besides(columns: Iterable[_S]) -> list[tuple[_S, str]]:
    """The columns of a statement, with what their heads say besides a period."""
    all_ = list(columns)
    said = periods_in([column.head or "" for column in all_])
    return [(column, _spaceless(rest)) for column, (_, rest) in zip(all_, said, strict=True)]


def _spaceless(head: str) -> str:
    return "".join(head.split()).casefold()


def is_before(period: str | None, other: str | None) -> bool:
    """Whether a period, as told, is the one before another: as long, and a year earlier, or as many weeks."""
    if period is None or other is None:
        return False
    if other in _RELATIVE or period in _RELATIVE:
        return other == "current" and period in ("previous", "opening")
    (length, _, end), (its_length, _, its_end) = period.rpartition("/"), other.rpartition("/")
    if len(end) != len(its_end) or (length != its_length and not _is_of_weeks(length, its_length)):
        return False
    if len(end) != len("2024-12-31"):
        return int(end[:4]) + 1 == int(its_end[:4]) and end[4:] == its_end[4:]
    days = (date.fromisoformat(its_end) - date.fromisoformat(end)).days
    return _YEAR_OF_WEEKS <= days <= _YEAR_OF_WEEKS + 2 * 8


_YEAR_OF_WEEKS = 357  # days: of 52 or 53 weeks, which end on one weekday, and of a year that ends near them


def _is_of_weeks(*lengths: str) -> bool:
    """Whether lengths are years of 52 and of 53 weeks."""
    return all(length in ("P52W", "P53W") for length in lengths)


def wholes(columns: Sequence[_S]) -> tuple[_S, ...]:
    """The columns of a statement that stand for their period: alone, or as the total of others (of funds, segments)."""
    return tuple(columns[at] for at in standing_for([(column.period, column.head or "") for column in columns]))


def standing_for(columns: Sequence[tuple[str | None, str]]) -> list[int]:
    """The same of columns by their period and head, by number."""
    times = Counter(period for period, _ in columns)
    sums = Counter(period for period, head in columns if _TOTAL.search(head))
    return [
        at
        for at, (period, head) in enumerate(columns)
        if times[period] == 1 or (sums[period] == 1 and _TOTAL.search(head))
    ]
