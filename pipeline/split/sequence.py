"""A table without lines as a sequence of pieces: words, what stands between them, the labels that they make.

What a gap means differs from table to table: where blanks part cells, lines may do so or not. The labels of the form
tell, for what stands inside of a label parts nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from recount.pipeline.document import Box, Line, hull
from recount.pipeline.split.columns import parts_of
from recount.pipeline.split.folding import fold
from recount.pipeline.split.paragraphs import TextRow
from recount.schemas.family import label_of

NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:分|元|万元)?")
RATE = re.compile(r"-?\d+(?:\.\d+)?%")


def is_number(text: str) -> bool:
    """Whether words are a number or a percentage, and nothing else."""
    return NUMBER.fullmatch(text) is not None or RATE.fullmatch(text) is not None


# --- pieces


class Gap(IntEnum):
    """What stands before a piece: a blank on its line, the border of a cell, a line end, an empty line."""

    SPACE = 0
    CELL = 1
    LINE = 2
    BLANK = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """Words without a blank: characters start..end of a line of a page.

    text: folded. row: number of its physical line. alone: it is all that stands there. width: of that line, in
    full-width characters. turn: a page begins with it.
    """

    text: str
    page: int
    line: Line
    start: int
    end: int
    row: int
    gap: Gap
    alone: bool
    width: float
    turn: bool = False


_WORDS = re.compile(
    r"\S+(?:(?:(?<=\d) (?=[.．]\d|[,，]\d{3}(?!\d))|(?<=\d[.．]) (?=\d)|(?<=\d[,，]) (?=\d{3}(?!\d)))\S+)*"
)
"""Words without a blank; one beside the point or a comma of a figure was put there by no writer."""
_CLOSE = frozenset("，。；：、“”（）《》！？")  # punctuation that is set closer than characters are
_EMPTY_LINE = 1.9  # heights from line to line beyond which something was left empty


def pieces_of(rows: Sequence[TextRow]) -> list[Piece]:
    """The pieces of physical lines, in their order, without the numbers of pages."""
    found: list[Piece] = []
    above: TextRow | None = None
    for number, row in enumerate(rows):
        found += _pieces(number, row, above)
        above = row
    return _without_page_numbers(found)


def _pieces(number: int, row: TextRow, above: TextRow | None) -> list[Piece]:
    width = sum(1.0 if char >= "\u2e80" and char not in _CLOSE else 0.5 for char in row.folded)
    turn = above is not None and above.page != row.page
    lines = [(number, part.line) for part in row.pieces]
    return _cut(row.page, lines, (_gap(above, row), Gap.CELL), width, turn=turn)


def _cut(
    page: int, lines: Sequence[tuple[int, Line]], gaps: tuple[Gap, Gap], width: float = 0.0, *, turn: bool
) -> list[Piece]:
    """The pieces of lines of a page, each with the number of its physical line. gaps: before the first piece, and
    before the first of a further line."""
    words = [(number, line, word) for number, line in lines for word in _WORDS.finditer(line.text)]
    found: list[Piece] = []
    for number, line, word in words:
        gap = gaps[0] if not found else Gap.SPACE if found[-1].line is line else gaps[1]
        text, alone, first = fold(word[0].replace(" ", "")), len(words) == 1, not found
        found.append(Piece(text, page, line, *word.span(), number, gap, alone, width, turn and first))
    return found


def _gap(above: TextRow | None, row: TextRow) -> Gap:
    if above is None or above.page != row.page:
        return Gap.BLANK
    height = min(above.box[3] - above.box[1], row.box[3] - row.box[1])
    return Gap.BLANK if row.box[1] - above.box[1] > _EMPTY_LINE * height else Gap.LINE


_PAGE_NUMBER = re.compile(r"-?(?:第)?(\d{1,3})(?:页)?-?")
_FAR = 4.0  # heights


def _without_page_numbers(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces without the numbers that stand alone at the ends of pages: as pages count, or far below all else."""
    shown = {index: _PAGE_NUMBER.fullmatch(piece.text) for index, piece in enumerate(pieces) if piece.alone}
    lone = {index: int(match[1]) for index, match in shown.items() if match}
    ahead = {index: number - pieces[index].page for index, number in lone.items() if _is_at_end(pieces, index)}
    usual = [by for by, times in Counter(ahead.values()).most_common(1) if times > 1]
    gone = {index for index, by in ahead.items() if by in usual}
    gone |= {index for index in lone if _is_apart(pieces, index)}
    return [
        replace(piece, turn=True) if index - 1 in gone else piece
        for index, piece in enumerate(pieces)
        if index not in gone
    ]


def _is_at_end(pieces: Sequence[Piece], index: int) -> bool:
    """Whether a piece is the first or the last of a page."""
    around = (pieces[at].page for at in (index - 1, index + 1) if 0 <= at < len(pieces))
    return any(page != pieces[index].page for page in around)


def _is_apart(pieces: Sequence[Piece], index: int) -> bool:
    """Whether a piece stands far below the one before, and not on the line right above the next."""
    if not 0 < index < len(pieces) - 1:
        return False
    above, piece, below = pieces[index - 1 : index + 2]
    height = piece.line.box[3] - piece.line.box[1]
    far = above.page == piece.page and piece.line.box[1] - above.line.box[1] > _FAR * height
    return far and below.gap is Gap.BLANK


# --- labels


@dataclass(frozen=True, slots=True)
class Label:
    """A label of the form at pieces start..end. exact: whether nothing of it is lost."""

    start: int
    end: int
    words: str
    exact: bool


_MOST_PIECES = 10  # of a label


class Lexicon:
    """The labels of a form, as they may stand in pieces, torn. short: those that have lost something."""

    def __init__(self, labels: Collection[str], short: Collection[str]) -> None:
        self._words, self._short = frozenset(labels), short
        self._beginnings = frozenset(word[:length] for word in labels for length in range(1, len(word) + 1))

    def at(self, pieces: Sequence[Piece], start: int) -> list[Label]:
        """The labels that begin with a piece, the longest first."""
        found: list[Label] = []
        text = ""
        for end in range(start, min(start + _MOST_PIECES, len(pieces))):
            text += pieces[end].text
            said = label_of(text)
            if said in self._words:
                found.append(Label(start, end + 1, said, said not in self._short))
            if not self._may_go_on(text, said):
                break
        return found[::-1]

    def _may_go_on(self, text: str, said: str) -> bool:
        """Whether more words may make a label of it; an open bracket may hold anything."""
        before, bracket, _ = text.partition("(")
        is_open = bracket and text.count("(") > text.count(")")
        return (before if is_open else said) in self._beginnings or bool(is_open and not before)


# --- what gaps mean


@dataclass(frozen=True, slots=True)
class Habits:
    """What gaps cost in a table, by gap. join, part: to read what stands on both sides as one cell, or as two.

    row: to begin a row there; stay: to go on in the row. sure: blanks never part cells.
    """

    join: tuple[float, float, float, float]
    part: tuple[float, float, float, float]
    row: tuple[float, float, float, float]
    stay: tuple[float, float, float, float]
    sure: bool


NEVER = 30.0
"""What costs as much is not done."""
_SEVERAL = 3  # numbers with mere blanks between, or labels, from which on blanks part cells
_FEW = 3  # gaps inside of labels that tell what does not part cells
_FREE, _DEAR = 0.2, 3.0


def habits_of(pieces: Sequence[Piece], torn: Sequence[Gap], parted: Sequence[Gap] = ()) -> Habits:
    """What gaps mean in a table, as far as its figures show, and its labels: torn are the gaps inside of these, parted
    those between labels that follow each other."""
    by_line, by_blank = (torn.count(gap) >= _FEW for gap in (Gap.LINE, Gap.BLANK))
    if _blanks_part(pieces) or parted.count(Gap.SPACE) >= _SEVERAL:
        line = _DEAR if by_blank and not by_line else _FREE
        blank = _DEAR if by_line and not by_blank else _FREE
        return Habits((0.3, 4.0, line, blank), (0.3, 0.0, 0.1, 0.1), (3.0, 2.0, 0.0, 0.0), (0.0,) * 4, sure=False)
    join = (0.0, 8.0, _FREE if by_line else _DEAR, _FREE if by_blank else _DEAR)
    if sum(piece.gap is Gap.CELL for piece in pieces) > sum(piece.gap > Gap.CELL for piece in pieces):
        return Habits(join, (NEVER, 0.0, 0.1, 0.0), (NEVER, 5.0, 0.0, 0.0), (0.0, 0.0, 1.5, 2.5), sure=True)
    return Habits(join, (NEVER, 0.0, 0.1, 0.0), (NEVER, 1.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.6), sure=True)


def _blanks_part(pieces: Sequence[Piece]) -> bool:
    """Whether mere blanks part cells: several numbers follow each other on a line."""
    run = 0
    for piece in pieces:
        run = 0 if not is_number(piece.text) else run + 1 if piece.gap is Gap.SPACE else 1
        if run >= _SEVERAL:
            return True
    return False


# --- print: the lines of a cell stand below each other, and those of its neighbours beside them


@dataclass(slots=True)
class _Block:
    """The lines of a cell, each with the number of its physical line. key: by what height it is put in order."""

    lines: list[tuple[int, Line]]
    box: Box
    key: float = 0.0

    @property
    def words(self) -> str:
        return "".join("".join(fold(line.text).split()) for _, line in self.lines)

    @property
    def middle(self) -> float:
        return (self.box[1] + self.box[3]) / 2

    @property
    def height(self) -> float:
        return self.lines[0][1].box[3] - self.lines[0][1].box[1]

    def add(self, number: int, line: Line) -> None:
        self.lines.append((number, line))
        self.box = hull([self.box, line.box])


_BELOW = 0.25  # heights between two lines of one cell at most
_BESIDE = 0.3  # heights by which the middles of the cells of a row differ at most
_OVERLAP = 0.5  # share of the narrower line under which the next of its cell stands
_CELLS = 3  # cells that make a row
_HEADS = 5  # cells without a figure that make a head


def pieces_in_print(rows: Sequence[TextRow], levels: Collection[str]) -> list[Piece]:
    """The pieces of printed lines, cell by cell; the numbers of pages are not among them any more (`furniture`).

    levels: labels that are merged over the rows they count for.
    """
    found: list[Piece] = []
    for page in sorted({row.page for row in rows}):
        on_page = [(at, piece.line) for at, row in enumerate(rows) if row.page == page for piece in row.pieces]
        lines = [(at, part) for at, line in on_page for part in parts_of(line)]
        blocks = _blocks(lines)
        grid = _in_rows(blocks, levels)
        for row in grid:
            for block in row:
                gap = Gap.LINE if block is row[0] else Gap.CELL
                turn = bool(found) and row is grid[0] and block is row[0]
                found += _cut(page, block.lines, (gap, Gap.SPACE), turn=turn)
    return found


def _blocks(lines: Sequence[tuple[int, Line]]) -> list[_Block]:
    """The cells of a page: lines that stand close below each other. No two figures are one cell."""
    found: list[_Block] = []
    for number, line in sorted(lines, key=lambda pair: pair[1].box[1]):
        above = next((block for block in reversed(found) if _goes_on(block, line)), None)
        if above is None:
            found.append(_Block([(number, line)], line.box))
        else:
            above.add(number, line)
    return found


def _goes_on(block: _Block, line: Line) -> bool:
    last = block.lines[-1][1]
    height = min(last.box[3] - last.box[1], line.box[3] - line.box[1])
    if not -0.5 * height <= line.box[1] - last.box[3] <= _BELOW * height:
        return False
    shared = min(block.box[2], line.box[2]) - max(block.box[0], line.box[0])
    if shared < _OVERLAP * min(block.box[2] - block.box[0], line.box[2] - line.box[0]):
        return False
    return not (is_number(fold(last.text).strip()) and is_number(fold(line.text).strip()))


def _in_rows(blocks: Sequence[_Block], levels: Collection[str]) -> list[list[_Block]]:
    """The cells by rows, from left to right; labels of levels where the rows begin that they count for."""
    high = _stand_high(blocks)
    merged = [block for block in blocks if not high and label_of(block.words) in levels]
    rows: list[list[_Block]] = []
    for block in blocks:
        block.key = block.box[1] if high else block.middle
    for block in sorted((block for block in blocks if block not in merged), key=lambda block: block.key):
        if rows and block.key - rows[-1][0].key <= _BESIDE * block.height:
            rows[-1].append(block)
        else:
            rows.append([block])
    for row in rows:
        for block in row:
            block.key = row[0].key
    _put_levels(merged, rows)
    ordered: dict[float, list[_Block]] = {}
    for block in sorted(blocks, key=lambda block: (block.key, block.box[0])):
        ordered.setdefault(block.key, []).append(block)
    return list(ordered.values())


def _stand_high(blocks: Sequence[_Block]) -> bool:
    """Whether cells stand at the top of their rows, not in the middle: those of several lines beside figures tell."""
    figures = [block for block in blocks if is_number(block.words)]
    long = [block for block in blocks if len(block.lines) > 1]
    top = sum(abs(one.box[1] - other.box[1]) <= _BESIDE * one.height for one in long for other in figures)
    middle = sum(abs(one.middle - other.middle) <= _BESIDE * one.height for one in long for other in figures)
    return top > middle


def _put_levels(merged: Sequence[_Block], rows: Sequence[Sequence[_Block]]) -> None:
    """Give labels the place of the first of their rows: they stand in the middle of these, from the right column on."""
    told = [(row, any(is_number(block.words) for block in row)) for row in rows]
    spans = [
        (hull([block.box for block in row]), row[0].key) for row, figures in told if figures and len(row) >= _CELLS
    ]
    heads = [row[0].key for row, figures in told if not figures and len(row) >= _HEADS]
    columns: list[list[_Block]] = []
    for block in sorted(merged, key=lambda block: -block.box[0]):
        if columns and block.box[2] > columns[-1][0].box[0]:
            columns[-1].append(block)
        else:
            columns.append([block])
    for column in columns:
        last = float("-inf")
        for block in sorted(column, key=lambda block: block.middle):
            head = max((key for key in heads if key < block.middle), default=last)
            after = sorted((box, key) for box, key in spans if key > max(last, head))
            fits = [
                (first[1], end[1])
                for at, first in enumerate(after)
                for end in after[at:]
                if abs((first[0][1] + end[0][3]) / 2 - block.middle) <= 0.6 * block.height
            ]
            block.key, last = min(fits, default=(block.middle, block.middle))
            if not fits:
                spans.append((block.box, block.key))
