"""What stands in a report's figure fields: a reference to a token, or a figure that was resolved from one.

`Report[Ref]` is what a mapper fills: it points, and never writes a number. `Report[Figure]` is what the
verifier works on. Both come from one schema definition, generic in its figure type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue

F = TypeVar("F")
"""The figure type of a report: Ref while it is mapped, Figure while it is verified, Decimal in the result."""


class Kind(StrEnum):
    """What a figure field counts in; it decides the units that fit and how exactly the figure is printed."""

    MONEY = "money"  # 万元, rounded at its printed decimals
    PERCENT = "percent"  # the number before the sign, rounded at its printed decimals
    COUNT = "count"  # people, cars, groups: exact
    AREA = "area"  # square metres, rounded at its printed decimals
    SCORE = "score"  # weights and scores: a whole number is exact, decimals are rounded
    YEAR = "year"  # exact
    ANY = "any"  # a figure without a key: as printed


_EXACT = frozenset({Kind.COUNT, Kind.YEAR})
_NOTHING, _HALF = Decimal(0), Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Ref:
    """A pointer to a number token of the document.

    token: the token's index. negative: the words beside it (减少, 下降 …) make it negative.
    """

    token: int
    negative: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A number with its place in the report and its place on the page.

    value: in the field's own unit (万元, %, a count), signed. quantum: the value of one unit in the last
    printed decimal (0.01 for 1955.06; after a conversion from 元, 0.000001). pointer: JSON pointer of the field.
    token: index of the token it was read from. whole: an amount that was never rounded. half: how far rounding for
    print may have moved it (half_of).
    Compared by identity: two equal values are two figures.
    """

    pointer: str
    value: Decimal
    quantum: Decimal
    kind: Kind
    token: int
    whole: bool = False
    half: Decimal = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "half", half_of(self.kind, self.quantum, whole=self.whole))


def half_of(kind: Kind, quantum: Decimal, *, whole: bool = False) -> Decimal:
    """How far rounding for print may have moved a figure: half a unit in its last place.

    Counts and years are exact, and whole amounts of money; so is a score without decimals (a 10 among scores such as
    9.55).
    """
    exact = kind in _EXACT or (kind is Kind.SCORE and quantum >= 1) or (kind is Kind.MONEY and whole)
    return _NOTHING if exact else quantum * _HALF


UP = r"增加|增长|上升|提高|增幅|上涨|增多|多支出|多出|多了|高出"
DOWN = r"减少|下降|降低|减幅|降幅|下跌|少支出|少了|节约|节支|压减|缩减|回落"
"""The words that say a change's direction."""


@dataclass(frozen=True, slots=True)
class Phrasing:
    """How running text says the figures of a part, whatever the part is of; rules are regular expressions.

    before: by figure, the words right before it, by which a reader knows it. basis: by figure, what its sentence
    compares with, where the same words are said of both. also_own: the figures that name the very amount once more
    that the part is of. of_class: the name of a row that is a class of expenditure by function.

    of_unit: the figures that are of the whole unit, whose name may stand before them; before a part of a sum it may be
    another's. The first figure where it is None. beside: what the text speaks of that has no field, with its words.
    instead: by field, what says it where its own words do not. units: by figure, what it is counted in, where not all
    that can be counted is meant; under "" for all others. after: by figure, the one whose number it may follow without
    words of its own. heard: by figure, what it is called anywhere before its number, without brackets and marks, where
    its own words are not all of that.
    """

    before: Mapping[str, str] = field(default_factory=dict)
    basis: Mapping[str, str] = field(default_factory=dict)
    also_own: tuple[str, ...] = ()
    of_class: str | None = None
    of_unit: tuple[str, ...] | None = None
    beside: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    units: Mapping[str, frozenset[str]] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    heard: Mapping[str, str] = field(default_factory=dict)


class Model(BaseModel):
    """Base of every schema model: frozen, no unknown keys. phrasing: how running text says its figures. named_by: the
    text field without which nobody can tell whose its figures are; "" for none. name_words: what such a name has one of
    (a pattern): a scan's that has none is misread; "" where a name may be anything."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)
    phrasing: ClassVar[Phrasing] = Phrasing()
    named_by: ClassVar[str] = ""
    name_words: ClassVar[str] = ""


def figure(kind: Kind, title: str, words: str | None = None, labels: Sequence[str] = ()) -> Any:
    """A figure field of a kind, under its official Chinese title.

    words, here and below: a regular expression for the folded words that stand before the figure, or over its column;
    without it they are the title. In them {own} stands for the name of what the section is of, if it is said; {named}
    for the same where no heading says it; {alone} for the same where one does. labels: what stands there instead of the
    title, where that is another.
    """
    return Field(default=None, title=title, json_schema_extra={"kind": kind.value, **labelled(words, labels)})


def labelled(words: str | None, labels: Sequence[str] = ()) -> dict[str, JsonValue]:
    """The notes of a field that say by what it is known."""
    return {**({"words": words} if words is not None else {}), **({"labels": list(labels)} if labels else {})}


def money(title: str, words: str | None = None) -> Any:
    """An amount in 万元."""
    return figure(Kind.MONEY, title, words)


def percent(title: str, words: str | None = None) -> Any:
    """A percentage: the number before the sign."""
    return figure(Kind.PERCENT, title, words)


def count(title: str, words: str | None = None) -> Any:
    """A whole number of things."""
    return figure(Kind.COUNT, title, words)


def score(title: str, words: str | None = None) -> Any:
    """A weight (分值) or score (得分)."""
    return figure(Kind.SCORE, title, words)


def area(title: str, words: str | None = None) -> Any:
    """Square metres."""
    return figure(Kind.AREA, title, words)


def year(title: str) -> Any:
    """A fiscal year."""
    return figure(Kind.YEAR, title)


def text(title: str, words: str | None = None, labels: Sequence[str] = ()) -> Any:
    """A text field, null where the report does not say it."""
    return Field(default=None, title=title, json_schema_extra=labelled(words, labels))


def rows(title: str, words: str | None = None, labels: Sequence[str] = ()) -> Any:
    """A list field, empty where the report does not have it."""
    return Field(default_factory=tuple, title=title, json_schema_extra=labelled(words, labels))


def part(title: str, words: str | None = None) -> Any:
    """A nested model, null where the report does not have it."""
    return Field(default=None, title=title, json_schema_extra=labelled(words))
