"""A passage as the templates read it: every number is one sign, so that a rule is about words.

The shape of 收入总计 1,955.06 万元 is 收入总计▮万元. Years, months and days stay as they are: 2022年度 is a word.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from recount.pipeline.document import Number, Paragraph, Token
from recount.pipeline.split.text import plain

N = "▮"
"""Stands for a number in shapes and in the rules that match them."""

_DATE = re.compile(r"年|月|日|-\d+月")
TRAILING = "。;；,，、.:： "


@dataclass(frozen=True, slots=True)
class Passage:
    """Paragraphs put together, joined by line breaks.

    printed: the characters as printed. shape: the folded characters with every number as one sign. numbers: by the
    index of their sign in the shape. offsets: pairs (index in the shape, index in the printed text).
    """

    printed: str
    shape: str
    numbers: dict[int, Number]
    offsets: tuple[tuple[int, int], ...]

    def text(self, start: int, end: int) -> str:
        """The printed text between two indices of the shape, as the contract wants it."""
        return plain(self.printed[self._index(start) : self._index(end)].replace("\n", ""))

    def token(self, at: int) -> Token:
        """The number at an index of the shape."""
        return self.numbers[at].token

    def _index(self, at: int) -> int:
        shape, text = self.offsets[bisect_right(self.offsets, (at, len(self.printed))) - 1]
        return text + at - shape


def passage_of(paragraphs: Sequence[Paragraph]) -> Passage:
    """Paragraphs as one passage."""
    printed, shape = "", ""
    numbers: dict[int, Number] = {}
    offsets: list[tuple[int, int]] = [(0, 0)]
    for paragraph in paragraphs:
        if printed:
            printed, shape = printed + "\n", shape + "\n"
            offsets.append((len(shape), len(printed)))
        folded, done = paragraph.text.folded, 0
        for number in paragraph.numbers:
            if _DATE.match(folded, number.end):
                continue
            shape += folded[done : number.start]
            numbers[len(shape)] = number
            end = number.end - 1 if number.token.unit == "%" and folded[number.end - 1] == "%" else number.end
            shape += N
            offsets.append((len(shape), len(printed) + end))
            done = end
        shape += folded[done:]
        printed += paragraph.text.printed
    return Passage(printed, shape, numbers, tuple(offsets))


def clean(text: str) -> str:
    """A reason or a name without the punctuation around it."""
    return text.strip(TRAILING + "\n")


_SUB_HEADING = re.compile(r"(?:^|\n)(?P<heading>\([一二三四五六七八九十]{1,3}\)[^\n▮。]{2,40})。?(?=\n)")


def heading_above(passage: Passage, at: int) -> str | None:
    """The nearest sub-heading （一）… above an index, None where the passage has none above it."""
    start = at
    while start >= 0:
        start = passage.shape.rfind("\n(", 0, start)
        match = _SUB_HEADING.match(passage.shape, max(start, 0), at)
        if match:
            return passage.text(*match.span("heading"))
    return None
