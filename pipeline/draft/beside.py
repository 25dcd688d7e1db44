"""What figures say of those of the period before, and percentages of the amounts that they stand beside.

A relation is taken for no chance by the same measure as those of one column (relations.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log10

from recount.pipeline.draft.relations import MARGIN, Series, Value
from recount.schemas.figures import Kind

# --- of two periods


@dataclass(frozen=True, slots=True)
class Since:
    """A line that says of another what it was in the period before (opening), by how much (change), or by how many
    percent (growth) it has changed since."""

    stated: int
    of: int
    what: str


_OPENING = re.compile(r"beginning|opening|brought forward|\bb/f\b|\bat start|\b1 jan|[期年]初|上年结转", re.IGNORECASE)
_CLOSING = re.compile(r"\bend\b|closing|carried forward|\bc/f\b|\b31 dec|[期年]末|结转下年", re.IGNORECASE)
_CHANGE = re.compile(r"increase|decrease|change|movement|增[加减]|变动|减少", re.IGNORECASE)


def says(label: str) -> str:
    """Whether a label says an opening, a closing, or a change."""
    rules = (("opening", _OPENING), ("closing", _CLOSING), ("change", _CHANGE))
    return next((what for what, rule in rules if rule.search(label)), "")


def since(series: Sequence[Series], before: Sequence[int | None], says: Sequence[str]) -> list[Since]:
    """What lines say of two periods, in all columns of all examples. before: of each column, the one of the period
    before it. says: of each line whether its words are those of an opening, a closing or a change, "" for none."""
    columns = [(column, earlier) for column, earlier in enumerate(before) if earlier is not None]
    found = []
    for at, one in enumerate(series):
        what = "growth" if one.kind is Kind.PERCENT else says[at]
        others = [place for place, other in enumerate(series) if place != at and other.kind is not Kind.PERCENT]
        others.sort(key=lambda place: (what == "opening" and says[place] != "closing", abs(place - at)))
        for tried, place in enumerate(others if columns and what in _THEN else (), 1):
            digits = _digits_since(one, series[place], columns, what)
            if digits is not None and digits >= MARGIN + log10(tried):
                found.append(Since(at, place, what))
                break
    return found


_THEN = ("opening", "change", "growth")


def _digits_since(one: Series, other: Series, columns: Iterable[tuple[int, int]], what: str) -> float | None:
    """The digits that it explains; None where it does not hold. What has not changed explains none."""
    digits = 0.0
    for column, earlier in columns:
        said, now, then = one.values[column], other.values[column], other.values[earlier]
        if said is None or then is None or (what != "opening" and now is None):
            continue
        made, half = _since(what, now or then, then)
        if half is None:
            continue
        slack = said[1] + half
        if abs(said[0] - made) > slack:
            return None
        if said[0] and (now is None or now[0] != then[0]):
            digits += max(0.0, log10(abs(said[0]) / (2 * slack)))
    return digits or None


def _since(what: str, now: Value, then: Value) -> tuple[Decimal, Decimal | None]:
    """What a line is expected to say, with its half unit; None for that where nothing is."""
    if what == "opening":
        return then
    if what == "change":
        return now[0] - then[0], now[1] + then[1]
    return _percent((now[0] - then[0], now[1] + then[1]), then)


def _percent(part: Value, whole: Value) -> tuple[Decimal, Decimal | None]:
    """A part of a whole in percent, with its half unit; None for that where the whole is nothing."""
    if not whole[0]:
        return whole[0], None
    rate = 100 * part[0] / whole[0]
    return rate, (100 * part[1] + abs(rate) * whole[1]) / abs(whole[0])


# --- percentages beside amounts


@dataclass(frozen=True, slots=True)
class Beside:
    """What percentages are: the share of a line, by its number, or of the same line in another column, of a head or, as
    EARLIER, of the period before. growth: by how much more than that, instead."""

    whole: int | None = None
    head: str = ""
    growth: bool = False


EARLIER = ""
"""In the place of a head: the column of the period before."""
Others = Mapping[str, Sequence[int | None]]
"""By head, EARLIER among them: of each column, the other column with that head."""


def beside_of(amounts: Sequence[Series], rates: Sequence[Series], others: Others) -> Beside | None:
    """What the percentages beside the lines of a table are; None for what is not so in each line and column, or may be
    chance. rates: of each line."""
    columns = [Beside(head=head, growth=growth) for head in others for growth in (True, False)]
    tries = [*columns, *(Beside(whole) for whole in _wholes(amounts, rates))]
    for tried, way in enumerate(tries, 1):
        digits = 0.0
        for one, its in zip(amounts, rates, strict=True):
            of = amounts[way.whole].values if way.whole is not None else _elsewhere(one, others[way.head])
            own = _digits_beside(one, its, of, growth=way.growth)
            if own is None:
                break
            digits += own
        else:
            if digits >= MARGIN + log10(tried):
                return way
    return None


def _elsewhere(one: Series, columns: Sequence[int | None]) -> Sequence[Value | None]:
    return [one.values[other] if other is not None else None for other in columns]


_ALL = Decimal(100)


def _wholes(amounts: Sequence[Series], rates: Sequence[Series]) -> Iterator[int]:
    """The lines that others may be shares of: first those of which all is printed as 100 %."""
    said = [{value[0] for value in its.values if value is not None} for its in rates]
    filled = [at for at, one in enumerate(amounts) if any(value is not None and value[0] for value in one.values)]
    yield from sorted(filled, key=lambda at: (said[at] != {_ALL}, bool(said[at]), at))


def _digits_beside(one: Series, its: Series, of: Sequence[Value | None], *, growth: bool) -> float | None:
    """The digits that percentages of a line explain; None where one is not so. of: what they are of, in each column."""
    digits = 0.0
    for said, now, whole in zip(its.values, one.values, of, strict=True):
        if said is None or now is None or whole is None:
            continue
        made, half = _since("growth", now, whole) if growth else _percent(now, whole)
        if half is None:
            continue
        slack = said[1] + half
        if abs(said[0] - made) > slack:
            return None
        if made and abs(said[0]) != _ALL:
            digits += max(0.0, log10(abs(made) / (2 * slack)))
    return digits
