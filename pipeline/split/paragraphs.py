"""Paragraphs: the lines of running text joined over line ends and page ends."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from recount.pipeline.document import Box, Line, Paragraph, hull
from recount.pipeline.split.folding import fold
from recount.pipeline.split.text import PagedLine
from recount.pipeline.split.tokens import TokenStore

_ORDINAL = re.compile(
    r"\s*(?:第[一二三四五六七八九十]+部分|[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十]{1,3}\))"
)
_SENTENCE_END = re.compile(r'[。:;!?]["」』)]?\s*$')
# A line of a table of contents.
_LEADER = re.compile(r"(?:[.·…]\s?){3,}\s*\d{0,4}$")
_MANY = 8  # signs of a line that is measured from end to end
_HALF = 0.52  # full-width characters that a digit, a letter or a half-width sign is wide
_COLUMN_GAP = 2.0  # full-width characters between the pieces of a row from which the second is a column of its own
_TELLING = 4  # ideographs that a row needs for its size to be known
_GOES_ON_BELOW = 0.55  # of the page height: text that ends above this does not go on on the next page
# What a line end does not break: digits, Latin letters and what is set close to them.
_UNBROKEN = re.compile(r'[\d.,%A-Za-z()<>=/+\-"]*[、。,;:)]?')
# Of text without print:
_ITEM = re.compile(r"\s*(?:\d{1,2}[.、](?!\d)|[-*+•·●■◆○▪]\s)")
_COMMA = re.compile(r"[,;。](?!\d{3})")  # what has one is a sentence, and no title and no cell
_TEXT_ENDS = 3.0  # full-width characters by which wrapped lines differ, and a first line that lost what set it in
_PROSE = 12  # full-width characters that a line of prose has at the least
_LONG = 22  # and one without a comma
_WRAPPED = 0.4  # share of the lines of prose without an end of a sentence that end alike where lines are wrapped
_TAB = 48.0  # points that a tab is wide
_FEW = 0.05  # share of lines of several pieces that a text has without a table, too
_CELLS = 2  # pieces that may stand on a line that is none of a table's
_FEWEST_BROKEN = 4  # such lines
_BEYOND = 0.1  # share of the lines of prose that may be longer all the same
# What begins no sentence: a unit, a closing sign, an amount with a comma behind it.
_MIDST = re.compile(
    r"\s*(?:[百千万亿]?元|%|[,;。:、)]|指[^南导标数]|\([^一二三四五六七八九十\d]{1,2}\)|-?[\d,.]+\s*(?:[百千万亿]?元|%|人次?|辆|个|台|平方米)[^,;。:]{0,6}[,;。])"
)
_TITLE = re.compile(r"\s*[^,;。:]{2,40}表(?:\([^()]{1,8}\))?\s*|.{0,30}(?:单位:.{1,8}元|公开\d+表)\s*")
_CLASS = re.compile(r"\([类款项]\)[。:,]?\s*$")  # a budget item's name: what follows says how much
_CLASS_WITHIN = re.compile(r"\([类款项]\)")
_BEGUN = re.compile(r"\s*\d{1,2}[.、][^,;。\d]*")  # an item that has named no amount yet
_NAME_GOES_ON = re.compile(r"[^,;。:()\d]{1,24}\([类款项]\)")
# A line that is no title and has told no amount yet, and one that tells it.
_BEGUN_YEAR = re.compile(r"20\d\d\s?(?:年|$)")
_TITLE_ENDS = re.compile(r"(?:说明|情况|[预决]算|公开|概况|报告|表|(?<!境)\))$")
_BEGINS_AMID = re.compile(r"\s*(?:支出|拨款|预算|决算)[^,;。]{0,16}\d")
_DIGITS_LAST, _YEAR_FIRST = re.compile(r"\d{1,4}$"), re.compile(r"(\d{0,3})年")
_TELLS = re.compile(r".*\d\s*(?:[万亿]?元|%|辆|人|个|台|平方米).*[,;。]")
_LATIN, _IDEOGRAPH = re.compile(r"[A-Za-z]{3}"), re.compile("[\u3400-\u9fff]")
_BRACKETED = re.compile(r"\s*\(.*\)\s*")
_FAR = 1.6  # heights of a line from one to the next: no paragraph is set so widely
_NOTE = re.compile(r"\s*备?注[:.]")
_ONLY_NUMBER = re.compile(r"\s*\d{1,3}\s*")


@dataclass(frozen=True, slots=True)
class TextRow:
    """A physical line: the pieces on one baseline of a page, from left to right.

    em: the width of a full-width character. folded: its text, folded.
    """

    page: int
    pieces: tuple[PagedLine, ...]
    box: Box
    em: float
    folded: str


@dataclass(frozen=True, slots=True)
class Margins:
    """Where the lines of running text begin and end (points).

    indented: first lines of paragraphs are set in. height: of the page. typed: of a text without print; wrapped: its
    lines of prose are broken where they are full, else a line is a paragraph.
    """

    left: float
    right: float
    indented: bool = False
    height: float = 0.0
    typed: bool = False
    wrapped: bool = True


def rows_of(page: int, lines: Iterable[Line]) -> list[TextRow]:
    """The physical lines of a page, from top to bottom."""
    ordered = sorted((line for line in lines if line.text.strip()), key=lambda line: line.box[1] + line.box[3])
    clusters: list[list[Line]] = []
    for line in ordered:
        if clusters and _on_one_baseline(clusters[-1][0], line):
            clusters[-1].append(line)
        else:
            clusters.append([line])
    return [_row(page, sorted(cluster, key=lambda line: line.box[0])) for cluster in clusters]


def is_aligned(rows: Sequence[TextRow]) -> bool:
    """Whether blanks keep the cells of a text as far apart as they were printed: tabs are all equally wide (`read`)."""
    several = [row for row in rows if len(row.pieces) > _CELLS]
    gaps = [right.line.box[0] - left.line.box[2] for row in several for left, right in pairwise(row.pieces)]
    blanks = sum(abs(gap - _TAB * round(gap / _TAB)) > 1.0 for gap in gaps)
    return len(several) > max(2, _FEW * len(rows)) and blanks > len(gaps) / 2


def _on_one_baseline(one: Line, other: Line) -> bool:
    overlap = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    return overlap > 0.5 * min(one.box[3] - one.box[1], other.box[3] - other.box[1])


def _row(page: int, lines: Sequence[Line]) -> TextRow:
    pieces = tuple(PagedLine(page, line) for line in lines)
    return TextRow(
        page,
        pieces,
        hull([_printed_box(line) for line in lines]),
        _em(lines),
        fold(" ".join(line.text for line in lines)).strip(),
    )


def _em(lines: Sequence[Line]) -> float:
    """The width of a full-width character; from the height where there is none. Fonts differ in their heights.

    Where OCR has placed them, to a fifth of a character each, all along the line tells it better than any of them.
    """
    longest = max(lines, key=lambda line: len(line.text))
    if longest.confidence is not None and len(longest.text) >= _MANY:
        return _em_along(longest)
    widths = [
        box[2] - box[0]
        for line in lines
        for char, box in zip(line.text[:24], line.boxes, strict=False)
        if char >= "\u2e80"
    ]
    return median(widths) if widths else 0.8 * median(line.box[3] - line.box[1] for line in lines)


def _em_along(line: Line) -> float:
    """The width of a full-width character by the way from the middle of the first sign of a line to that of the last,
    which is as many of them as there are signs between, half-width ones counted as half."""
    first, last = (sum(line.boxes[at][0::2]) / 2 for at in (0, -1))
    wide = [1.0 if char >= "\u2e80" else _HALF for char in line.text]
    return (last - first) / (sum(wide) - (wide[0] + wide[-1]) / 2)


def _printed_box(line: Line) -> Box:
    """The box of a line without the white space at its ends."""
    text = line.text
    first = len(text) - len(text.lstrip())
    last = len(text.rstrip()) - 1
    return (line.boxes[first][0], line.box[1], line.boxes[last][2], line.box[3])


def margins_of(rows: Sequence[TextRow], height: float = 0.0) -> Margins:
    """The margins of a group of rows: where most lines begin, and as far right as lines commonly go.

    height: of their page.
    """
    if not rows:
        return Margins(0.0, 0.0, height=height)
    starts = Counter(round(row.box[0] / 2) for row in rows)
    usual = max(starts.values())
    left = 2.0 * min(start for start, times in starts.items() if times * 5 >= usual)
    ends = sorted(row.box[2] for row in rows)
    right = ends[int(len(ends) * 0.95)] if len(ends) > 3 else ends[-1]
    set_in = sum(1 for row in rows if 1.5 * row.em <= row.box[0] - left <= 2.6 * row.em)
    return Margins(left, right, indented=set_in * 8 >= len(rows), height=height)


def margins_of_text(rows: Sequence[TextRow], height: float = 0.0) -> Margins:
    """The margins of a text without print: its tables have lines as well, and only lines of prose tell where it ends.

    height: of its pages.
    """
    usual = margins_of(rows, height)
    prose = [row for row in rows if _is_prose(row)]
    broken = sorted(row.box[2] for row in prose if not _SENTENCE_END.search(row.folded))
    reach = _TEXT_ENDS * _usual_em(rows)
    alike = {end: bisect_right(broken, end) - bisect_left(broken, end - reach) for end in broken}
    right = max(alike, key=lambda end: (alike[end], -end), default=0.0)
    beyond = sum(row.box[2] > right + reach for row in prose)
    wrapped = alike.get(right, 0) >= max(_FEWEST_BROKEN, _WRAPPED * len(broken)) and beyond <= _BEYOND * len(prose)
    far = max((row.box[2] for row in rows), default=0.0)
    return replace(usual, right=right if wrapped else far, typed=True, wrapped=wrapped)


def _usual_em(rows: Sequence[TextRow]) -> float:
    return median(row.em for row in rows) if rows else 0.0


def _is_prose(row: TextRow) -> bool:
    """Whether a row is of sentences: by its commas, or longer than a cell and without the blanks that part cells."""
    ems = (row.box[2] - row.box[0]) / row.em
    if ems < _PROSE or _has_columns(row):
        return False
    return _COMMA.search(row.folded) is not None or (ems >= _LONG and " " not in row.folded)


def paragraphs_of(rows: Sequence[TextRow], margins: Margins, store: TokenStore) -> list[Paragraph]:
    """Rows of one flow of text (over pages, no table between) joined to paragraphs, in order."""
    groups: list[list[TextRow]] = []
    for row in rows:
        if groups and _continues(groups[-1], row, margins):
            groups[-1].append(row)
        else:
            groups.append([row])
    return [_paragraph(group, margins, store) for group in groups]


def _continues(group: Sequence[TextRow], row: TextRow, margins: Margins) -> bool:
    """Whether a row goes on with the paragraph above it."""
    above = group[-1]
    if margins.typed:
        return _continues_text(group, row, margins)
    if _differ_in_size(above, row) or _is_centred(above, margins) or _is_centred(row, margins):
        return False
    if _LEADER.search(above.folded) or _is_apart_abroad(above, row):
        return False
    if row.page != above.page and above.box[3] < _GOES_ON_BELOW * margins.height:
        return False
    em = above.em
    full = _is_full(above, row, margins)
    ended = _SENTENCE_END.search(above.folded) is not None
    set_in = row.box[0] > margins.left + 1.2 * em
    if _ORDINAL.match(row.folded) and (ended or set_in or not full):
        return False
    if set_in and row.box[0] > group[0].box[0] - 0.5 * em:
        # Set in as first lines are; a block that is set in as a whole, or hangs, goes on at its own left edge.
        hangs = len(group) > 1 and abs(row.box[0] - above.box[0]) < 0.6 * em
        begins = ended or _ITEM.match(row.folded) is not None  # 其中， / 1.教育支出（类）
        return full and (hangs or not begins)
    # Where first lines are set in, a line at the margin goes on, also below a line that a long word left short.
    goes_on = margins.indented and row.box[0] < margins.left + 0.8 * em and not ended
    return full or goes_on


def _is_apart_abroad(above: TextRow, row: TextRow) -> bool:
    """Whether two lines in Latin script, of which either may be as long as a line of a paragraph, are titles, each for
    itself: set around one middle, much room between them, or the lower in brackets, as units are. On the next page a
    sentence goes on in a small letter."""
    if not _LATIN.search(row.folded) or _IDEOGRAPH.search(above.folded) or _IDEOGRAPH.search(row.folded):
        return False
    if row.page != above.page:
        return _ONLY_NUMBER.fullmatch(above.folded) is not None or not row.folded[:1].islower()
    if not _LATIN.search(above.folded):
        return False
    left, middle = row.box[0] - above.box[0], sum(row.box[0::2]) / 2 - sum(above.box[0::2]) / 2
    far = row.box[1] - above.box[1] > _FAR * (above.box[3] - above.box[1])
    return far or (abs(middle) < 0.2 * abs(left)) or _BRACKETED.fullmatch(row.folded) is not None


def _continues_text(group: Sequence[TextRow], row: TextRow, margins: Margins) -> bool:
    """The same of a text without print: what the words say counts for more than where a line ends."""
    above = group[-1]
    if _has_columns(above) or _has_columns(row) or _LEADER.search(above.folded) or _ONLY_NUMBER.fullmatch(row.folded):
        return False
    ended = _SENTENCE_END.search(above.folded) is not None
    set_in = row.box[0] > above.box[0] + 1.2 * row.em
    if set_in and (margins.indented or ended or not margins.wrapped or not _is_full(above, row, margins)):
        return False
    if _ORDINAL.match(row.folded) or _ITEM.match(row.folded) or _TITLE.fullmatch(row.folded):
        return not ended and _is_full(above, row, margins) and margins.wrapped
    if _MIDST.match(row.folded) or _CLASS.search(above.folded) or _is_cut_name(above, row):
        return True
    if _is_cut_year(above.folded, row.folded) or above.folded.count("(") > above.folded.count(")"):
        return True
    if not ended and not _TITLE_ENDS.search(above.folded) and _TELLS.match(row.folded):
        amid = _BEGINS_AMID.match(row.folded) and not _ORDINAL.match(above.folded)
        if amid or _BEGUN_YEAR.search(above.folded):
            return True
    if margins.wrapped and _is_full(above, row, margins) and not (ended and _NOTE.match(above.folded)):
        return True
    if ended:
        return False
    is_title = _ORDINAL.match(above.folded) and not _COMMA.search(above.folded)
    nearly = margins.wrapped and _is_full(above, row, replace(margins, right=margins.right - _TEXT_ENDS * above.em))
    return bool(_COMMA.search("".join(part.folded for part in group))) or (nearly and not is_title)


def _is_cut_year(above: str, row: str) -> bool:
    """Whether a year is cut between two lines, or from its 年."""
    tail, head = _DIGITS_LAST.search(above), _YEAR_FIRST.match(row)
    return tail is not None and head is not None and re.fullmatch(r"20\d\d", tail[0] + head[1]) is not None


def _is_cut_name(above: TextRow, row: TextRow) -> bool:
    """Whether the name of a budget item (类, 款, 项) is cut between two lines: only the lower part says how much."""
    named = _CLASS_WITHIN.search(above.folded) is not None
    return _BEGUN.fullmatch(above.folded) is not None and (named or _NAME_GOES_ON.match(row.folded) is not None)


def _has_columns(row: TextRow) -> bool:
    """Whether pieces of a row stand so far apart that they are cells."""
    return any(right.line.box[0] - left.line.box[2] > _COLUMN_GAP * row.em for left, right in pairwise(row.pieces))


def _differ_in_size(one: TextRow, other: TextRow) -> bool:
    """Whether two rows are set in different sizes; a few ideographs do not tell."""
    if 0.8 * one.em <= other.em <= 1.25 * one.em:
        return False
    return all(len(_IDEOGRAPH.findall(row.folded)) >= _TELLING for row in (one, other))


def _is_full(above: TextRow, row: TextRow, margins: Margins) -> bool:
    """Whether the line above ends because the next word did not fit."""
    unbroken = _UNBROKEN.match(row.folded)
    width = (len(unbroken[0]) if unbroken else 0) * 0.6 * row.em
    return above.box[2] + max(width, row.em) >= margins.right - 0.8 * row.em


def _is_centred(row: TextRow, margins: Margins) -> bool:
    before, after = row.box[0] - margins.left, margins.right - row.box[2]
    wide = before + after < row.box[2] - row.box[0]
    if wide and _COMMA.search(row.folded) and _IDEOGRAPH.search(row.folded):
        return False  # a first line that is set in, and left short by a number that did not fit
    return before > 2.6 * row.em and after > 2.6 * row.em and abs(before - after) < 1.5 * row.em


def _paragraph(group: Sequence[TextRow], margins: Margins, store: TokenStore) -> Paragraph:
    composed = store.composed([piece for row in group for piece in _placed(row, margins)], join_digits=True)
    return Paragraph(
        text=composed.text,
        numbers=store.numbers_in(composed),
        page=group[0].page,
        top=group[0].box[1],
        centred=len(group) == 1 and not margins.typed and _is_centred(group[0], margins),
    )


def _placed(row: TextRow, margins: Margins) -> list[PagedLine]:
    """The pieces of a row; the last knows what room it leaves. One that stands in a column of its own is not broken."""
    *others, last = row.pieces
    alone = others and last.line.box[0] - others[-1].line.box[2] > _COLUMN_GAP * row.em
    return [*others, replace(last, room=float("inf") if alone else margins.right - row.box[2])]
