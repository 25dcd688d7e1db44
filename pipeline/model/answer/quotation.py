"""Quotations: the texts of an answer are found again in what was shown, or they are refused.

A model may shorten a long quotation to its beginning and its end (开头……结尾). Marks and white space in it are dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from recount.pipeline.split.text import fold, plain

_MARK = re.compile(r"(?<=\d)@\d+")
_ELISION = re.compile(r"…+|\.{3,}|⋯+")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_CLAUSE_END = re.compile("[。;]")
_SHORTEST_END = 2  # characters: of a shortened quotation


@dataclass(frozen=True, slots=True)
class Near:
    """Which of several places is meant: the last that ends before an index, or else the first after it."""

    at: int
    before: bool


@dataclass(frozen=True)
class Words:
    """The printed words of what was shown (`Shown.words`)."""

    printed: str

    @cached_property
    def _kept(self) -> list[int]:
        """The indices of the printed characters that are no white space."""
        return [at for at, character in enumerate(self.printed) if not character.isspace()]

    @cached_property
    def folded(self) -> str:
        """The same without white space, full-width forms made half-width."""
        return fold("".join(self.printed.split()))

    def find(self, quotation: str, near: Near | None = None) -> tuple[int, int] | None:
        """Where a quotation stands in `folded` (start, end), None where it does not."""
        wanted = _MARK.sub("", fold("".join(quotation.split())))
        if not wanted:
            return None
        head, elision, tail = _halves(wanted)
        if not elision:
            start = self._place(wanted, near)
            return None if start < 0 else (start, start + len(wanted))
        start = self._place(head, near)
        end = self.folded.find(tail, start + len(head)) if start >= 0 else -1
        return None if end < 0 else (start, end + len(tail))

    def quoted(self, quotation: str, near: Near | None = None) -> str | None:
        """A quotation as it is printed (docs/contract/report.md); None where it is not in what was shown."""
        span = self.find(quotation, near)
        if span is not None:
            return plain(self.printed[self._kept[span[0]] : self._kept[span[1] - 1] + 1])
        return quotation if self._is_printed_date(quotation) else None

    def last_end(self, name: str, before: int) -> int:
        """Where the last of some words before an index ends; -1 where they do not stand before it."""
        wanted = fold("".join(name.split()))
        at = self.folded.rfind(wanted, 0, before)
        return at + len(wanted) if at >= 0 else -1

    def in_a_clause(self, one: int, other: int) -> bool:
        """Whether no clause ends between two indices."""
        start, end = sorted((one, other))
        return start >= 0 and _CLAUSE_END.search(self.folded, start, end) is None

    def _place(self, wanted: str, near: Near | None) -> int:
        if near is None:
            return self.folded.find(wanted)
        meant = self.folded.rfind(wanted, 0, near.at) if near.before else self.folded.find(wanted, near.at)
        return meant if meant >= 0 else self.folded.find(wanted)

    def _is_printed_date(self, quotation: str) -> bool:
        """2022-12-31 for 2022年12月31日: dates are given in one form (contract)."""
        match = _ISO_DATE.fullmatch(quotation.strip())
        if match is None:
            return False
        year, month, day = (int(number) for number in match.groups())
        return f"{year}年{month}月{day}日" in self.folded or f"{year}年{month:02}月{day:02}日" in self.folded


def _halves(wanted: str) -> tuple[str, bool, str]:
    """The beginning and the end of a shortened quotation."""
    parts = _ELISION.split(wanted)
    if len(parts) == 2 and all(len(part) >= _SHORTEST_END for part in parts):
        return parts[0], True, parts[1]
    return wanted, False, ""
