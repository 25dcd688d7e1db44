"""Texts: characters of one or more lines put together as they read.

The printed characters stay as they are; what goes are line breaks and the spaces that typesetting put in. A folded
copy of the same length has full-width forms made half-width, so that rules are written once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from recount.pipeline.document import Box, Line, Text

_FULL_WIDTH: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_VARIANTS = {
    "　": " ", " ": " ", "−": "-", "–": "-", "﹣": "-", "﹪": "%", "﹥": ">", "﹤": "<",
    "“": '"', "”": '"', "„": '"', "＂": '"', "〝": '"', "〞": '"',
    "﹐": ",", "‚": ",", "∶": ":", "﹕": ":", "﹔": ";", "〔": "(", "〕": ")", "﹙": "(", "﹚": ")",
}  # fmt: skip
FOLD: dict[int, int | str] = {**_FULL_WIDTH, **{ord(old): new for old, new in _VARIANTS.items()}}

_DIGITS_AND_LETTERS: dict[int, int | str] = {
    code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum() or chr(code - 0xFEE0) in "%."
}
_SPACE = re.compile(r"\s+")
_COMMA_IN_NUMBER = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|[1-9]\d*(?:\.\d+)?|0(?:\.\d+)?")
_DIGIT_RUN_LEFT = re.compile(r"[\d.,]+$")
_DIGIT_RUN_RIGHT = re.compile(r"[\d.,]*\d")
_LATIN = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A line (or the part of it that stands in a cell) on its page."""

    page: int
    line: Line


@dataclass(frozen=True, slots=True)
class Composed:
    """A text with the way back from its characters to the page.

    text: the composed text. kept: pairs (index in the text, index in the raw characters), one a run of kept
    characters. starts: where each piece begins in the raw characters.
    """

    text: Text
    raw: str
    pieces: Sequence[Piece]
    kept: Sequence[tuple[int, int]]
    starts: Sequence[int]

    def raw_index(self, index: int) -> int:
        """The index in the raw characters of a character of the text."""
        run = bisect_right(self.kept, (index, len(self.raw))) - 1
        composed, raw = self.kept[run]
        return raw + index - composed

    def piece_at(self, raw_index: int) -> tuple[Piece, int]:
        """The piece that a raw character belongs to, and its offset in it."""
        number = bisect_right(self.starts, raw_index) - 1
        return self.pieces[number], raw_index - self.starts[number]


def compose(pieces: Sequence[Piece], *, join_digits: bool) -> Composed:
    """Put lines together as one text with the way back to them.

    pieces: the lines, in reading order. join_digits: in running text two numbers never stand side by side with only a
    space between, so digits that a space separates are one number wherever they make one; in a table cell they are left
    apart.
    """
    raw = "\n".join(piece.line.text for piece in pieces)
    starts, position = [], 0
    for piece in pieces:
        starts.append(position)
        position += len(piece.line.text) + 1
    folded = raw.translate(FOLD)
    parts: list[tuple[int, int]] = []
    kept: list[tuple[int, int]] = []
    length = begin = 0
    for space in _SPACE.finditer(raw):
        start, end = space.span()
        joint = _joint(folded, start, end, join_digits)
        if start > begin:
            kept.append((length, begin))
            parts.append((begin, start))
            length += start - begin
        if joint:
            kept.append((length, start))
            parts.append((start, start + 1))
            length += 1
        begin = end
    if begin < len(raw):
        kept.append((length, begin))
        parts.append((begin, len(raw)))
    printed = "".join(raw[a:b] if b - a > 1 or not raw[a].isspace() else " " for a, b in parts)
    return Composed(Text(printed, printed.translate(FOLD)), raw, pieces, kept, starts)


def _joint(folded: str, start: int, end: int, join_digits: bool) -> bool:
    """Whether the white space between two characters stays (as one space)."""
    if start == 0 or end == len(folded):
        return False
    before, after = folded[start - 1], folded[end]
    if _LATIN.match(before) and _LATIN.match(after):
        return True
    if not (before.isdigit() and after.isdigit()):
        return False
    if "\n" in folded[start:end]:
        return False  # a number that the line end broke
    left = _DIGIT_RUN_LEFT.search(folded, max(0, start - 24), start)
    right = _DIGIT_RUN_RIGHT.match(folded, end)
    if left is None or right is None:
        return True
    if not join_digits and not re.match(r"\d{3}[.,]\d", right[0]):
        return True
    return _NUMBER.fullmatch(left[0] + right[0]) is None


def plain(text: Text | str) -> str:
    """Text as the contract wants it (report.md): Chinese punctuation as printed, digits, letters, % and .

    half-width; a full-width comma only inside a number.
    """
    printed = text if isinstance(text, str) else text.printed
    return _COMMA_IN_NUMBER.sub(",", printed.translate(_DIGITS_AND_LETTERS))


def fold(text: str) -> str:
    """Full-width forms made half-width, one character for one."""
    return text.translate(FOLD)


def union(boxes: Sequence[Box]) -> Box:
    """The smallest box around some boxes."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
