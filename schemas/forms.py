"""Forms: how a statutory table is filled in, so that it is found again where its lines and columns are lost.

A table that was drawn from a file as text is a sequence of cells, or of pieces of cells. Its form says in which order
the labels stand and of what kind the cells between them are (docs/contract/forms.md); `pipeline/split` aligns the two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["level", "name", "target", "value", "points", "amount", "rate", "remark"]
"""What a column holds: a label that counts for the rows below, too; a text; what is to be reached (>=95%); what was
reached; a small number; an amount of money; a percentage; words that are often left out."""

FIGURES: frozenset[Kind] = frozenset({"points", "amount", "rate"})
"""Kinds whose cells are figures of the report."""


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Form:
    """A table of a form, from top to bottom: pairs of label and text, rows of money, two texts, rows, a total.

    starts: the labels that it begins with, those that leave the least doubt first. pairs: labels with a text right of
    each. above: the rows of money. goals: the labels of the two texts. rows: its main part. total: the labels of its
    last row. beside: labels that stand left of a whole part.

    Every column of points is one sum: those of all its rows, the first row of money included, are the total's.
    """

    starts: tuple[frozenset[str], ...]
    pairs: frozenset[str]
    above: Part
    goals: tuple[frozenset[str], frozenset[str]]
    rows: Part
    total: frozenset[str]
    beside: frozenset[str]


_BRACKETED = re.compile(r"[(（][^()（）]*[)）]")
_LONGEST_LABEL = 24


def label_of(printed: str) -> str:
    """Words as a label: without brackets and what they hold, without a colon at the end; "" for long text.

    printed: folded, without white space.
    """
    if len(printed) > _LONGEST_LABEL:
        return ""
    if "(" in printed or "（" in printed:
        printed = _BRACKETED.sub("", printed)
    return printed.rstrip(":：")
