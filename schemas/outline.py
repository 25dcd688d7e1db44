"""How a report family says which part of a report is which: its headings, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a report family.

    key: the section that it opens. level: 1 第一部分, 2 一、, 3 （一）. title: a regular expression for its
    folded words without ordinal and spaces. within: the keys of the sections that it may stand in (any if empty).
    also: another level that some forms give it. closed: it has no headings inside, whatever its ordinals number
    (名词解释). lists: ordinals inside may number a list; only headings of the outline end it (主要职能).
    """

    key: str
    level: int
    title: str
    within: tuple[str, ...] = ()
    also: int | None = None
    closed: bool = False
    lists: bool = False
