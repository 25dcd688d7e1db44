"""Texts: characters of one or more lines put together as they read.

The printed characters stay as they are; what goes are line breaks and the spaces that typesetting put in. A folded
copy of the same length has full-width forms made half-width, so that rules are written once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from recount.pipeline.document import Box, Line, Text
from recount.pipeline.split.contiguity import Joint, Side, across_space, in_one_row, over_rows

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
_RUN_BEFORE = re.compile(r"[\d.,]+$")
_RUN_AFTER = re.compile(r"[\d.,]*\d")
_LONGEST_RUN = 24  # characters
_LATIN = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A line (or the part of it that stands in a cell) on its page.

    room: by how many points it might have been longer where it stands; 0 where that is not known.
    """

    page: int
    line: Line
    room: float = 0.0


@dataclass(frozen=True, slots=True)
class Composed:
    """A text with the way back from its characters to the page.

    text: the composed text. kept: pairs (index in the text, index in the raw characters), one a run of kept
    characters. starts: where each piece begins in the raw characters. open: the places in the text (index of the
    character behind) where the page does not tell whether what stands on both sides is one number.
    """

    text: Text
    raw: str
    pieces: Sequence[Piece]
    kept: Sequence[tuple[int, int]]
    starts: Sequence[int]
    open: frozenset[int] = frozenset()

    def raw_index(self, index: int) -> int:
        """The index in the raw characters of a character of the text."""
        run = bisect_right(self.kept, (index, len(self.raw))) - 1
        composed, raw = self.kept[run]
        return raw + index - composed

    def piece_at(self, raw_index: int) -> tuple[Piece, int]:
        """The piece that a raw character belongs to, and its offset in it."""
        number = bisect_right(self.starts, raw_index) - 1
        return self.pieces[number], raw_index - self.starts[number]

    def is_close(self, index: int) -> bool:
        """Whether no white space was printed between a character of the text and the next."""
        return self.raw_index(index + 1) == self.raw_index(index) + 1

    def box_at(self, raw_index: int) -> Box | None:
        """The box of a raw character on its page; None for a line end."""
        piece, offset = self.piece_at(raw_index)
        return piece.line.boxes[offset] if offset < len(piece.line.boxes) else None


def compose(pieces: Sequence[Piece], *, join_digits: bool) -> Composed:
    """Put lines together as one text with the way back to them.

    pieces: the lines, in reading order. join_digits: of running text, where digits that a narrow space separates are
    one number wherever they make one; in a table cell they are left apart (contiguity.py).
    """
    raw = "\n".join(piece.line.text for piece in pieces)
    starts, position = [], 0
    for piece in pieces:
        starts.append(position)
        position += len(piece.line.text) + 1
    bare = Composed(Text("", ""), raw, pieces, (), starts)
    folded = raw.translate(FOLD)
    parts: list[tuple[int, int]] = []
    kept: list[tuple[int, int]] = []
    in_doubt: list[int] = []
    length = begin = 0
    for space in _SPACE.finditer(raw):
        start, end = space.span()
        joint = _joint(bare, folded, start, end, join_digits)
        if start > begin:
            kept.append((length, begin))
            parts.append((begin, start))
            length += start - begin
        if joint is Joint.APART:
            kept.append((length, start))
            parts.append((start, start + 1))
            length += 1
        elif joint is Joint.OPEN:
            in_doubt.append(length)
        begin = end
    if begin < len(raw):
        kept.append((length, begin))
        parts.append((begin, len(raw)))
    printed = "".join(raw[a:b] if b - a > 1 or not raw[a].isspace() else " " for a, b in parts)
    return replace(bare, text=Text(printed, printed.translate(FOLD)), kept=kept, open=frozenset(in_doubt))


def _joint(bare: Composed, folded: str, start: int, end: int, join_digits: bool) -> Joint:
    """What the white space start..end of the raw characters is; what is APART keeps one space."""
    if start == 0 or end == len(folded):
        return Joint.ONE
    before = _RUN_BEFORE.search(folded, max(0, start - _LONGEST_RUN), start)
    after = _RUN_AFTER.match(folded, end)
    if before is None or after is None:
        return Joint.APART if _LATIN.match(folded[start - 1]) and _LATIN.match(folded[end]) else Joint.ONE
    one, other = bare.box_at(start - 1), bare.box_at(end)
    if one is None or other is None or not any(sign.isdigit() for sign in before[0]):
        return Joint.ONE
    left, right = Side(one, before[0]), Side(other, after[0])
    (above, _), (below, _) = bare.piece_at(start - 1), bare.piece_at(end)
    if above.page == below.page and in_one_row(one, other):
        return across_space(left, right, folded[start:end], running=join_digits)
    prose = len(above.line.text) > len(before[0])  # a cell of sentences
    return over_rows(left, right, above.room, running=join_digits or prose)


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
