"""What became of a row at the page end: was it cut in two, or does a new row begin on the next page?

The page end draws a border below the first part of a cut row and above its second part, so both look like
rows. What tells them from rows is their text: a word breaks off at the end of a full line and goes on; what
complete rows have, their figures, is missing in one of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from recount.pipeline.document import Line
from recount.pipeline.split.folding import simplified
from recount.pipeline.split.lattice import RawCell
from recount.pipeline.split.text import PagedLine

_USUAL = 0.6  # share of the rows that have a figure in a column for it to be a column of figures
_FILLED = 0.9  # share of the rows that have words in a column for it to be never blank
_FEW = 2  # figures in a row that may as well be the rest of another
_PROSE = 40  # characters; a cell with more holds sentences, where a line may begin with an ordinal
_MOST_PADDING = 6.0  # points between a cell's border and its text; more is an indent or centring

_FIGURE = re.compile(
    r"[-+－−–—△▲▽▼负]?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:[.．]\d+)?[%％分]?-?|[(（][\d,，]+[.．]\d+[%％]?[)）]%?"
)
_DECIMALS = re.compile(r"^[^.．]*[.．]?|\D")  # all but the decimals
_ORDINAL = re.compile(r"[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)]|\d+[.．、](?=\D)")
_ITEM = re.compile(r"[一二三四五六七八九十]+、")
_UNBROKEN = re.compile(r"(?:[A-Za-z0-9０-９.,．%％<>=/:~～-]+|.)[，。；：、！？）》”,.;:!?)%％]*", re.DOTALL)
_SENTENCE_END = tuple("。；;！？!?")

Span = tuple[int, int]
"""First column and column end (exclusive)."""


@dataclass(slots=True)
class Strip:
    """A cell of a joined table while parts are being added. last: its cell in the last part that it has."""

    row: int
    column: int
    row_end: int
    column_end: int
    fragments: list[PagedLine]
    last: RawCell
    _words: str | None = None

    @classmethod
    def of(cls, cell: RawCell, page: int, column: int, column_end: int) -> Strip:
        """A cell of a page, at its columns in the joined table."""
        room = _room(cell) if cell.fragments else 0.0
        fragments = [PagedLine(page, line, room - (line.box[2] - line.box[0])) for line in cell.fragments]
        return cls(cell.row, column, cell.row_end, column_end, fragments, cell)

    @property
    def words(self) -> str:
        """Its text without white space."""
        if self._words is None:
            self._words = words(fragment.line for fragment in self.fragments)
        return self._words

    @property
    def height(self) -> int:
        """How many rows it covers."""
        return self.row_end - self.row

    @property
    def span(self) -> Span:
        """The columns that it covers."""
        return self.column, self.column_end

    def move(self, rows: int) -> None:
        """Move it down by some rows."""
        self.row += rows
        self.row_end += rows

    def absorb(self, below: Strip, *, again: bool) -> None:
        """Take over the rows and, unless they are the same text again, the lines of the second part."""
        self.row_end = max(self.row_end, below.row_end)
        if not again:
            self.fragments += below.fragments
            self._words = None
        self.last = below.last


Pair = tuple[Strip, Strip]
"""A cell of the upper row and the cell of the lower row that has the same columns."""


class _Evidence(Enum):
    """What the two halves of a column say for one row, or (below zero) for two."""

    BROKEN_LABEL = 2  # 满意度指 | 标: one text, though perhaps of several rows
    ONE = 1  # the text above ends with a full line
    NEUTRAL = 0
    SHORT = -1  # the text above ends with a line that had room for more
    TWO = -2  # both are texts in their own right


def _room(cell: RawCell) -> float:
    """The width that a cell has for its lines, in points, less the space between border and text."""
    return cell.box[2] - cell.box[0] - 2 * _padding(cell)


def words(lines: Iterable[Line]) -> str:
    """The text of lines without white space, for matching."""
    return simplified("".join("".join([line.text for line in lines]).split()))


def is_figure(text: str) -> bool:
    """Whether a text without white space is a figure and nothing else."""
    return _FIGURE.fullmatch(text) is not None


def pairs_of(upper: Iterable[Strip], lower: Iterable[Strip]) -> list[Pair]:
    """The cells of the last row and of the first row that have the same columns."""
    above = {strip.span: strip for strip in upper}
    return [(above[strip.span], strip) for strip in lower if strip.span in above]


def is_one_cell(above: Strip, below: Strip, labels: Collection[str]) -> bool:
    """Whether two cells of the same columns, with whole rows on both sides, are one cell merged downwards."""
    label, more = above.words, below.words
    if not label:
        return False
    if not more:
        merged = below.height > 1 or (above.height > 1 and above.column == 0)
        return label in labels or merged
    if more == label:
        return label in labels or (max(above.height, below.height) > 1 and not is_figure(label))
    return label + more in labels and label not in labels


def is_rest_of_row(
    upper: Sequence[Strip],
    lower: Sequence[Strip],
    above: Sequence[Strip],
    below: Sequence[Strip],
    labels: Collection[str],
) -> bool:
    """Whether the first row of a part (lower) is the rest of the last row of the part above (upper).

    above, below: all cells of the two parts, which tell what a complete row has.
    """
    spans = sorted(strip.span for strip in upper)
    if not any(strip.words for strip in lower) and all(strip.height == 1 for strip in lower):
        return True
    if spans != sorted(strip.span for strip in lower):
        return False
    if _is_below_a_head(lower, above):
        return False
    pairs = pairs_of(upper, lower)
    evidence = [_evidence(one, other, labels) for one, other in pairs]
    figures, filled = _habits((*above, *below), spans, (*upper, *lower))
    if _is_remainder(pairs, figures, filled, labels):
        return True
    if _Evidence.TWO in evidence:
        return False
    broken, full, short = (evidence.count(kind) for kind in (_Evidence.BROKEN_LABEL, _Evidence.ONE, _Evidence.SHORT))
    filled_below = sum(bool(strip.words) for strip in lower)
    if broken == filled_below or (full == filled_below and _goes_on_without_ordinal(pairs)):
        return True
    if _are_usual(upper, lower, above, below, bool(figures)):
        return False
    if short:  # a line can be short for many reasons: others may outvote it
        return broken + full > short and _lacks_figures(pairs, figures)
    return broken + full > 0 or _is_complement(pairs, figures)


def _is_below_a_head(lower: Sequence[Strip], above: Sequence[Strip]) -> bool:
    """Whether a row of nothing but figures stands below a part that has none: below a head alone."""
    filled = [strip.words for strip in lower if strip.words]
    return len(filled) > _FEW and all(map(is_figure, filled)) and not any(is_figure(strip.words) for strip in above)


def _goes_on_without_ordinal(pairs: Sequence[Pair]) -> bool:
    """Whether each text below lacks the ordinal that the one above has: 十四、资源勘探工业信息等支 | 出."""
    texts = [(one.words, other.words) for one, other in pairs if other.words]
    return all(_ITEM.match(one) and not _ITEM.match(more) for one, more in texts)


def _are_usual(
    upper: Sequence[Strip],
    lower: Sequence[Strip],
    above: Sequence[Strip],
    below: Sequence[Strip],
    of_figures: bool,
) -> bool:
    """Whether other rows have text in just the columns in which these two have it: then both are complete.

    Outside of tables of figures once is not enough: a head of two columns stands above the texts of goals.
    """
    excluded = {id(strip) for strip in (*upper, *lower)}
    counts = Counter(
        pattern
        for strips in (above, below)
        for pattern in _patterns(strip for strip in strips if id(strip) not in excluded)
    )
    (one,), (other,) = _patterns(upper, 0), _patterns(lower, 0)
    return min(counts[one], counts[other]) > 0 and (of_figures or counts[one] + counts[other] > 2)


def _patterns(strips: Iterable[Strip], row: int | None = None) -> list[frozenset[Span]]:
    """For each row the columns with text, cells of several rows left aside; row: take all cells as of this row."""
    rows: dict[int, set[Span]] = {} if row is None else {row: set()}
    for strip in strips:
        if strip.height == 1 and strip.words:
            rows.setdefault(strip.row if row is None else row, set()).add(strip.span)
    return [frozenset(spans) for spans in rows.values()]


def _lacks_figures(pairs: Sequence[Pair], figures: Collection[Span]) -> bool:
    """Whether the figures of a row all stand in the part above."""
    above = {one.span for one, _ in pairs if one.words}
    below = {other.span for _, other in pairs if is_figure(other.words)}
    return any(span in above for span in figures) and not any(span in below for span in figures)


def _is_remainder(
    pairs: Sequence[Pair], figures: Collection[Span], filled: Collection[Span], labels: Collection[str]
) -> bool:
    """Whether the lower row is too poor to be a row: without figures, without a text that every row has."""
    above = {one.span for one, _ in pairs if one.words}
    below = {other.span for _, other in pairs if other.words}
    return (
        _lacks_figures(pairs, figures)
        and any(span in above and span not in below and span not in figures for span in filled)
        and below <= above
        and not any(other.words in labels or _are_two_items(one.words, other.words) for one, other in pairs)
        and all(len(one.last.fragments) > 1 for one, other in pairs if other.words)
    )


def _is_complement(pairs: Sequence[Pair], figures: Collection[Span]) -> bool:
    """Whether two rows that say nothing for or against each other complete each other."""
    above = [one for one, _ in pairs if one.words]
    below = [other for _, other in pairs if other.words]
    shared = {one.span for one in above} & {other.span for other in below}
    if shared:  # paragraphs of goals that happen to end with the page; a table of figures has rows instead
        return not figures
    if all(is_figure(strip.words) for strip in below):
        return not any(is_figure(strip.words) for strip in above)
    return bool(above) and all(is_figure(strip.words) for strip in above)


def _evidence(above: Strip, below: Strip, labels: Collection[str]) -> _Evidence:
    """What a column says about the two rows."""
    one, more = above.words, below.words
    if not more:
        return _Evidence.NEUTRAL
    if not one:
        return _Evidence.TWO if more in labels else _Evidence.NEUTRAL
    if one not in labels and one + more in labels:
        return _Evidence.BROKEN_LABEL
    if one == more and above.height > 1:
        return _Evidence.NEUTRAL
    if one in labels or more in labels:
        return _Evidence.TWO
    if _are_two_items(one, more):
        return _Evidence.ONE if _is_cut_figure(above, below) else _Evidence.TWO
    if _is_full(above.last, below.last, _first_word_width(below.last.fragments[0])):
        return _Evidence.ONE
    return _Evidence.NEUTRAL if one.endswith(_SENTENCE_END) else _Evidence.SHORT


def _are_two_items(one: str, more: str) -> bool:
    """Whether both are figures, or the second begins with an ordinal as rows do."""
    if is_figure(one) and is_figure(more):
        return True
    if len(one) >= _PROSE:
        return False
    return bool(_ITEM.match(more) or (_ORDINAL.match(one) and _ORDINAL.match(more)))


def _is_cut_figure(above: Strip, below: Strip) -> bool:
    """Whether two figures are one that broke within its decimals: not even a digit more had room."""
    first = below.last.fragments[0].boxes[0]
    is_one_figure = is_figure(above.words + below.words)
    decimals = len(_DECIMALS.sub("", above.words)), len(_DECIMALS.sub("", above.words + below.words))
    return is_one_figure and decimals[0] < decimals[1] == 2 and _is_full(above.last, below.last, first[2] - first[0])


def _is_full(above: RawCell, below: RawCell, width: float) -> bool:
    """Whether what opens the cell below, of that width, had no room on the last line of the cell above."""
    last = above.fragments[-1]
    height = last.box[3] - last.box[1]
    baseline = [line for line in above.fragments if abs(line.box[3] - last.box[3]) < height / 2]
    used = max(line.box[2] for line in baseline) - min(line.box[0] for line in baseline)
    room = above.box[2] - above.box[0] - 2 * _padding(above, below) - used
    return room < width


def _first_word_width(line: Line) -> float:
    """The width of what must stay together at the head of a line."""
    unbroken = _UNBROKEN.match(line.text)
    end = unbroken.end() if unbroken else 1
    return line.boxes[end - 1][2] - line.boxes[0][0]


def _padding(*cells: RawCell) -> float:
    """The space between border and text, seen at the longest line."""
    gaps = [(line.box[0] - cell.box[0], cell.box[2] - line.box[2]) for cell in cells for line in cell.fragments]
    return max(0.0, min(_MOST_PADDING, *(min(gaps, key=sum) if len(gaps) > 1 else gaps[0])))


def _habits(strips: Sequence[Strip], spans: Sequence[Span], left_out: Sequence[Strip]) -> tuple[set[Span], set[Span]]:
    """The columns in which complete rows have a figure, and those that are never blank.

    Complete are the rows of the same columns in both parts except the two in question (left_out), of which
    the figures are taken if there are no others.
    """
    excluded = {id(strip) for strip in left_out}
    seen: Counter[Span] = Counter()
    figures: Counter[Span] = Counter()
    filled: Counter[Span] = Counter()
    for strip in strips:
        if id(strip) in excluded:
            continue
        text, span = strip.words, strip.span
        seen[span] += 1
        figures[span] += is_figure(text)
        filled[span] += bool(text)
    usual = {span for span in spans if figures[span] >= max(2, _USUAL * seen[span])}
    never_blank = {span for span in spans if seen[span] > 1 and filled[span] >= _FILLED * seen[span]}
    if not usual:
        usual = {strip.span for strip in left_out if is_figure(strip.words)}
    return usual, never_blank
