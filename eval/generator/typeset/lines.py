"""Breaking text into lines by the rules of Chinese typesetting."""

# mypy: disable-error-code="no-untyped-call"
# (pymupdf ships no type information for these calls)
from __future__ import annotations

from functools import cache, lru_cache

import pymupdf

NO_START = frozenset("，。；：！？、）》〉】”’％%,.;:)]}．‰°」』")
NO_END = frozenset("（《〈【“‘([{「『")
NUMERIC = frozenset("0123456789.,０１２３４５６７８９．%％")


@lru_cache(maxsize=8)
def font(name: str) -> pymupdf.Font:
    """A font of pymupdf by name ("cjk", "tiro", "helv"), loaded once."""
    return pymupdf.Font(name)


@cache
def advance(name: str, char: str) -> float:
    """The width of a character in a font at size 1."""
    return float(font(name).glyph_advance(ord(char)))


@cache
def code(name: str, char: str) -> str:
    """How a character is written in a font: the number of its glyph."""
    return f"{font(name).has_glyph(ord(char)):04x}"


class Face:
    """The pair of fonts of a style: one for Chinese, one for Latin letters and digits."""

    def __init__(self, latin: str) -> None:
        self.latin = latin
        self._widths: dict[str, float] = {}

    def name(self, char: str) -> str:
        """The name of the font in which a character is set."""
        return self.latin if "!" <= char <= "~" or char in "£–’" else "cjk"

    def runs(self, text: str) -> list[tuple[str, str]]:
        """The text as (font name, characters) runs; a space stays with what stands before it."""
        runs: list[tuple[str, str]] = []
        begin, last = 0, ""
        for at, char in enumerate(text):
            name = last if char == " " and last else self.name(char)
            if last and name != last:
                runs.append((last, text[begin:at]))
                begin = at
            last = name
        return [*runs, (last, text[begin:])] if text else runs

    def width(self, text: str) -> float:
        """The width of a text at size 1; many are set again and again, as a character, or 0.00 in a table."""
        known = self._widths.get(text)
        if known is None:
            known = self._widths[text] = sum(advance(self.name(char), char) for char in text)
        return known


def atoms(text: str, glue_unit: bool = False) -> list[str]:
    """The pieces of a text between which a line may end.

    Runs of digits and Latin letters stay whole; closing marks cling to what stands before them and
    opening ones to what follows. With `glue_unit` a number also keeps its 万元 (most publishers do not).
    """
    pieces: list[str] = []
    for char in text:
        if pieces and (_clings(pieces[-1], char) or (glue_unit and char in "万元" and pieces[-1][-1] in NUMERIC)):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _clings(piece: str, char: str) -> bool:
    """Whether a character may not begin a line after `piece`."""
    last = piece[-1]
    if last in " ，":  # neither a stray space nor a full-width thousands separator parts a number
        within = last == "，" or char in ".,．，" or piece.rstrip()[-1] in ".,．，"
        inside = char in NUMERIC and piece.rstrip(" ，")[-1:] in NUMERIC and piece[0] in NUMERIC and within
        return inside or char in NO_START or char == " "
    return char in NO_START or char == " " or last in NO_END or (_latin(char) and _latin(last))


def _latin(char: str) -> bool:
    """Whether a character belongs to a run that is not broken (digits, letters, signs within numbers)."""
    return char in NUMERIC or char in "£–’" or ("!" <= char <= "~" and char not in ",;:()[]")


def wrap(text: str, width: float, face: Face, size: float, *, indent: float = 0, glue: bool = False) -> list[str]:
    """The lines of a text; `indent` narrows the first. An atom wider than the line is cut anywhere."""
    lines: list[str] = []
    line, length, room = "", 0.0, width - indent
    for atom in atoms(text, glue):
        long, full = face.width(atom.rstrip()) * size, face.width(atom) * size
        if line and length + long > room:
            lines.append(line)
            line, length, room = "", 0.0, width
        if long > room:
            *cut, atom = _cut(line + atom, room, face, size)
            lines += cut
            line, room = "", width if cut else room
            length, full = 0.0, face.width(atom) * size
        line += atom
        length += full
    return [*lines, line] if line or not lines else lines


def _cut(text: str, width: float, face: Face, size: float) -> list[str]:
    """A text cut into pieces that fit, wherever the width ends."""
    pieces, piece = [], ""
    for char in text:
        if piece and face.width(piece + char) * size > width:
            pieces.append(piece)
            piece = ""
        piece += char
    return [*pieces, piece]
