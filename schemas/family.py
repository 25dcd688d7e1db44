"""What the pipeline needs to know of a report family, as data: its headings, links between years, tables, signs.

Adding a family touches schemas/ and prompts/ only.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from recount.schemas.figures import Model

FILE = "family.toml"
"""A family as data, in its folder (declared.py)."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a report family.

    key: the section that it opens. level: 1 第一部分, 2 一、, 3 （一）. title: a regular expression for its
    folded words without ordinal and spaces. within: the keys of the sections that it may stand in (any if empty).
    also: another level that some forms give it. closed: it has no headings inside, whatever its ordinals number
    (名词解释). lists: ordinals inside may number a list; only headings of the outline end it (主要职能). aside: what
    stands under it is no narrative (目录, 附表).
    outside: the keys of the sections in which such words name a part of these (1.收入情况 of one kind of money).
    """

    key: str
    level: int
    title: str
    within: tuple[str, ...] = ()
    also: int | None = None
    closed: bool = False
    lists: bool = False
    aside: bool = False
    outside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class YearLink:
    """One amount in the reports of two years that follow each other.

    title: what it is called. earlier, later: where it stands in either report (pointers). change: where the later
    report says by how much it grew since; None where it says the amount itself: one's closing is the other's opening.
    """

    title: str
    earlier: str
    later: str
    change: str | None = None


@dataclass(frozen=True, slots=True)
class RowTable:
    """A table that rows of reports are exported as.

    rows: the model of its rows, wherever a report has a list of them; section: or else the key of the section whose
    lists of rows, whatever their models, make the table.
    """

    name: str
    title: str
    description: str
    rows: type[Model] | None = None
    section: str | None = None


# --- forms: how a statutory table is filled in, so that it is found again where its lines and columns are lost

Meaning = TypeVar("Meaning")

Kind = Literal["level", "name", "target", "value", "points", "amount", "rate", "remark"]
"""What a column holds: a label that counts for the rows below, too; a text; what is to be reached (>=95%); what was
reached; a small number; an amount of money; a percentage; words that are often left out."""

FIGURES: frozenset[Kind] = frozenset({"points", "amount", "rate"})
"""Kinds whose cells are figures of the report."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Rows under a head of labels.

    heads: the column that a label of the head names (labels as `label_of` gives them). kinds: by column. needs: at
    least two of these columns stand in the head, and must: all of these. first: the column of the rows' own labels,
    where the head has no label for it. levels: the labels of levels, with the columns that each may stand in.
    """

    heads: Mapping[str, str]
    kinds: Mapping[str, Kind]
    needs: frozenset[str]
    must: frozenset[str] = frozenset()
    first: str | None = None
    levels: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A table of a form, from top to bottom: pairs of label and text, rows of money, two texts, rows, a total.

    starts: the labels that it begins with, those that leave the least doubt first. pairs: labels with a text right of
    each. above: the rows of money. goals: the labels of the two texts. rows: its main part. total: the labels of its
    last row. beside: labels that stand left of a whole part. short: those of all these that have lost a character.

    money: labels with an amount right of each, by what that is. They may stand in two halves: what is said twice stands
    in the left one first, and the labels of right only ever in the other.

    Every column of points is one sum: those of all its rows, the first row of money included, are the total's.
    """

    starts: tuple[frozenset[str], ...]
    pairs: frozenset[str]
    goals: tuple[frozenset[str], frozenset[str]]
    rows: Part
    beside: frozenset[str]
    above: Part | None = None
    total: frozenset[str] = frozenset()
    money: Mapping[str, str] = field(default_factory=dict)
    right: frozenset[str] = frozenset()
    short: frozenset[str] = frozenset()


_BRACKETED = re.compile(r"[(（][^()（）]*[)）]")
_LONGEST_LABEL = 24


def label_of(printed: str) -> str:
    """Words as a label: without brackets and what they hold, a colon or specks at the end; "" for long text.

    printed: folded, without white space.
    """
    if len(printed) > _LONGEST_LABEL:
        return ""
    if "(" in printed or "（" in printed:
        printed = _BRACKETED.sub("", printed)
    return printed.rstrip(":：。.·,，、")


_KNOWN_WITHOUT_ONE = 4  # characters that a label needs to be known when it has lost one of them


def lost_one(labels: Mapping[str, Meaning]) -> dict[str, Meaning]:
    """What labels mean that have lost a character; those are left out that may be two labels of other meanings.

    labels: by their words. OCR engines and converters lose single characters of small print.
    """
    found: dict[str, set[Meaning]] = {}
    for label, meaning in labels.items():
        if len(label) >= _KNOWN_WITHOUT_ONE:
            for at in range(len(label)):
                found.setdefault(label[:at] + label[at + 1 :], set()).add(meaning)
    return {short: meanings.pop() for short, meanings in found.items() if len(meanings) == 1 and short not in labels}


def lost_among(printed: str, labels: Mapping[str, Meaning], others: Collection[Meaning]) -> str | None:
    """The label that words are that have lost a character, where all others of those that they may be stand beside
    them; None where that does not tell.

    labels: what they mean. others: the meanings that stand beside.
    """
    meant = {
        meaning: label
        for label, meaning in labels.items()
        if meaning not in others and len(label) == len(printed) + 1 and printed in lost_one({label: meaning})
    }
    return next(iter(meant.values())) if len(meant) == 1 else None


# --- numbers and money

SCALES: Mapping[str, int] = MappingProxyType(
    {"": 0, "units": 0, "hundreds": 2, "thousands": 3, "lakhs": 5, "millions": 6, "crores": 7, "billions": 9}
)
"""Behind the code of a currency (USD millions), or alone where no currency is printed: the powers of ten."""
AS_PRINTED = "units"
"""The unit of amounts that are as they are printed, where no page says what they are counted in."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """How numbers are printed. group, decimal: the signs between thousands (" " for a blank) and before the decimals.
    negative: "()" where brackets always make a number negative; "" where the page tells."""

    group: str = ","
    decimal: str = "."
    negative: str = ""


@dataclass(frozen=True, slots=True)
class Money:
    """Money of another kind than 万元. name: the unit of its values, and of amounts with none beside them or over their
    table: 千元, 新台币千元, USD, "USD millions" (SCALES). units: further units as they are printed over tables or
    beside amounts, each with the power of ten that it is of the currency's own unit. whole: amounts that are printed in
    this unit without decimals, or in the currency's own unit to the cent, were never rounded, so that a sum of them
    holds to the last unit."""

    name: str
    units: Mapping[str, int] = field(default_factory=dict)
    whole: bool = False


# --- the family


@dataclass(frozen=True, slots=True)
class Heads:
    """The labels in the heads of the tables of a family's statements, folded and without white space.

    amounts: of columns of amounts. over: labels over others, with those that may stand below them, in their order; one
    may have a year before it. values: of amounts, those that say only that they stand below. items: amounts of a table
    of one line alone. codes, names: of the columns that say what a line is. lines: the same of tables in two halves.
    others: that may stand in a head as well.
    """

    amounts: frozenset[str] = frozenset()
    over: tuple[tuple[str, tuple[str, ...]], ...] = ()
    values: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        """Every one of them."""
        over = [label for label, _ in self.over]
        return self.amounts.union(over, self.codes, self.names, self.lines, self.others)

    def below(self, label: str) -> tuple[str, ...]:
        """The labels that may stand below one, in their order; none where it stands over no others."""
        return next((below for over, below in self.over if over == label), ())


@dataclass(frozen=True, slots=True)
class Family:
    """A report family.

    name: what `--family` calls it. title: its official name. contract: the name of its result contract. report: its
    model, generic in the figure type. outline: its headings. row_labels: words that make a table row of their own,
    also right after a page end. table_starts: regular expression for the folded words of a row that begins a new
    table.

    How a report of it is recognised: front, a regular expression for the words of its title page, whose named groups
    are fields of the report; signs, regular expressions that are searched in its short lines (headings, titles and
    heads of tables) and in those of no other family; of a family that the user brings all of them must stand there, and
    the front, if it says one. All words are folded and without spaces.

    labelled: its fields say themselves by what words they are known (schemas/figures.py), so that it needs no
    template mapper of its own.

    links: what the reports of two years say alike. tables: what its rows are exported as. heads: by what the tables of
    its statements are known where they have no grid.

    forms: tables that are found by their form where they have no grid.

    numbers: how its numbers are printed; None for 1,234.56, unless a page in Latin script shows that it is otherwise.
    money: the unit of its amounts; None for 万元, with those of 元 understood.

    prompts: the folder of the prompts of a family that the user brings; those of Recount's own are in prompts/.
    definition: the SHA-256 of what defines a family that the user brings; "" of Recount's own.
    """

    name: str
    title: str
    contract: str
    report: type[Model]
    outline: tuple[Heading, ...]
    front: str
    signs: tuple[str, ...] = ()
    row_labels: frozenset[str] = frozenset({"合计", "总计"})
    table_starts: str = r"(?!)"
    labelled: bool = False
    links: tuple[YearLink, ...] = ()
    tables: tuple[RowTable, ...] = ()
    heads: Heads = Heads()
    forms: tuple[Form, ...] = ()
    numbers: Numbers | None = None
    money: Money | None = None
    prompts: Path | None = None
    definition: str = ""

    def report_of(self, figure: Any) -> Any:
        """The report model for a figure type: report_of(Ref), report_of(Decimal) …"""
        return self.report[figure]  # type: ignore[index]
