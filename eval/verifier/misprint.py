"""What can be read wrong on the pages of any report, whatever it is a report of: each fault gives other pages.

A fault is done to the characters before anything is split, so that the way from there to the result is the real one. It
knows nothing of a family but where its figures stand.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random

from recount.pipeline.document import Line, Page, Pages, Token, hull
from recount.pipeline.split.folding import fold

_DASHES = "-–—−－"
_OPEN, _CLOSE = "(（", ")）"
_UNITS: tuple[tuple[str, str], ...] = (
    ("£000", "£"),
    ("£m", "£000"),
    ("亿元", "万元"),
    ("千元", "元"),
    ("万元", "元"),
    ("元", "千元"),
    ("£", "£000"),
)
_UNITS += (("in thousands", "in millions"), ("In thousands", "In millions"), ("in millions", "in thousands"))
_UNITS += (("In millions", "In thousands"), ("THOUSANDS", "MILLIONS"), ("$000", "$"))
"""What is printed of a unit, and what may be read there; the first that a page has."""
_OF_MONEY = re.compile(r"单位|£|[$]000|thousand|million", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spot:
    """A figure on its page: the place of the page and of the line, the half-open range of its characters with its sign;
    key: which figure it is; column, row: of which of its table, each told from those beside and below it."""

    page: int
    line: int
    start: int
    end: int
    key: str = ""
    column: str = ""
    row: str = ""

    def of(self, pages: Pages) -> Line:
        """Its line."""
        return pages.pages[self.page].lines[self.line]

    def text(self, pages: Pages) -> str:
        """Its characters."""
        return self.of(pages).text[self.start : self.end]

    def edge(self, pages: Pages) -> tuple[float, float]:
        """Its left and its right edge."""
        boxes = self.of(pages).boxes[self.start : self.end]
        return boxes[0][0], boxes[-1][2]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The pages of a report, its figures, and the printed heads of the columns of its statements, by the key of a table
    the latest first."""

    pages: Pages
    spots: tuple[Spot, ...]
    heads: Mapping[str, Sequence[str]]


Misprint = Callable[[Random, Sheet], "Pages | None"]
"""A fault; None where the report has no room for the one that was drawn."""


def spot_of(pages: Pages, token: Token, key: str, column: str, row: str) -> Spot | None:
    """Where a number token stands on its pages, with the sign or the brackets around it; None where several lines
    share it."""
    at = next((number for number, page in enumerate(pages.pages) if page.number == token.page), None)
    if at is None:
        return None
    for number, line in enumerate(pages.pages[at].lines):
        inside = [place for place, box in enumerate(line.boxes) if _is_within(box, token.box)]
        if inside and any(line.text[place].isdigit() for place in inside):
            start, end = inside[0], inside[-1] + 1
            while start and line.text[start - 1] in _DASHES + _OPEN:
                start -= 1
            while end < len(line.text) and line.text[end] in _CLOSE:
                end += 1
            return Spot(at, number, start, end, key, column, row)
    return None


def _is_within(box: tuple[float, float, float, float], outer: tuple[float, float, float, float]) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


# --- changing pages


def with_lines(pages: Pages, at: int, changed: Mapping[int, Line | None], more: Sequence[Line] = ()) -> Pages:
    """The pages with other lines on one of them; None takes a line away."""
    page = pages.pages[at]
    lines = [changed.get(number, line) for number, line in enumerate(page.lines)]
    new = replace(page, lines=(*(line for line in lines if line is not None), *more), drawn=(), unsure=())
    return replace(pages, pages=(*pages.pages[:at], new, *pages.pages[at + 1 :]))


def spliced(line: Line, start: int, end: int, text: str, *, right: bool = True) -> Line | None:
    """A line with other characters in place of some, as wide as those. right: they end where those ended."""
    boxes = line.boxes[start:end] or line.boxes[max(start - 1, 0) : start] or line.boxes[:1]
    width = sum(box[2] - box[0] for box in boxes) / len(boxes)
    edge = boxes[-1][2] - width * len(text) if right else boxes[0][0]
    new = tuple((edge + width * at, boxes[0][1], edge + width * (at + 1), boxes[0][3]) for at in range(len(text)))
    whole = line.text[:start] + text + line.text[end:]
    every = line.boxes[:start] + new + line.boxes[end:]
    return Line(whole, every, hull(every), line.confidence) if whole.strip() else None


def _read_as(pages: Pages, spot: Spot, text: str) -> Pages:
    return with_lines(pages, spot.page, {spot.line: spliced(spot.of(pages), spot.start, spot.end, text)})


def _several(pages: Pages, texts: Mapping[Spot, str]) -> Pages:
    """The pages with several figures read otherwise; those of one line from its end on."""
    for spot in sorted(texts, key=lambda own: (own.page, own.line, own.start), reverse=True):
        line = spliced(spot.of(pages), spot.start, spot.end, texts[spot])
        # A line is kept, if blank, so that the others keep their places.
        blank = Line(" ", (spot.of(pages).boxes[0],), spot.of(pages).boxes[0])
        pages = with_lines(pages, spot.page, {spot.line: line or blank})
    return pages


# --- faults of one figure


def _characters(change: Callable[[Random, str], str | None]) -> Misprint:
    """A fault of the characters of one figure. change: others, None where it has none for it."""

    def make(rng: Random, sheet: Sheet) -> Pages | None:
        spot = rng.choice(sheet.spots)
        text = change(rng, spot.text(sheet.pages))
        return _read_as(sheet.pages, spot, text) if text is not None else None

    return make


def _place(rng: Random, text: str, wanted: str) -> int | None:
    places = [at for at, sign in enumerate(text) if sign in wanted]
    return rng.choice(places) if places else None


def _digit_changed(rng: Random, text: str) -> str | None:
    at = _place(rng, text, "0123456789")
    if at is None:
        return None
    return text[:at] + rng.choice([digit for digit in "0123456789" if digit != text[at]]) + text[at + 1 :]


def _digit_lost(rng: Random, text: str) -> str | None:
    at = _place(rng, text, "0123456789")
    rest = text[:at] + text[at + 1 :] if at is not None else ""
    return rest if any(sign.isdigit() for sign in rest) else None


def _comma_as_point(rng: Random, text: str) -> str | None:
    at = _place(rng, text, ",")
    return text[:at] + "." + text[at + 1 :] if at is not None else None


def _point_lost(_: Random, text: str) -> str | None:
    return text.replace(".", "") if "." in text else None


def _bracket_lost(rng: Random, text: str) -> str | None:
    at = _place(rng, text, _OPEN + _CLOSE)
    return text[:at] + text[at + 1 :] if at is not None else None


def _brackets_lost(_: Random, text: str) -> str | None:
    return text.strip(_OPEN + _CLOSE) if text[:1] in _OPEN and text[-1:] in _CLOSE else None


def _sign_lost(_: Random, text: str) -> str | None:
    return text.lstrip(_DASHES) if text[:1] in _DASHES else None


def _minus_read(_: Random, text: str) -> str | None:
    return f"-{text}" if text[:1].isdigit() else None


def _dash(_: Random, _text: str) -> str | None:
    return "–"


def _gone(_: Random, _text: str) -> str | None:
    return " "


# --- faults of several figures


def _rows(sheet: Sheet) -> list[list[Spot]]:
    """The figures of each row, left to right."""
    rows: dict[str, list[Spot]] = defaultdict(list)
    for spot in sheet.spots:
        rows[spot.row].append(spot)
    return [sorted(row, key=lambda own: own.edge(sheet.pages)) for row in rows.values() if row[0].row]


def _neighbours(sheet: Sheet) -> list[tuple[Spot, Spot]]:
    """Figures beside one another in a row."""
    return [(one, other) for row in _rows(sheet) for one, other in pairwise(row) if one.page == other.page]


def _glued(rng: Random, sheet: Sheet) -> Pages | None:
    """A figure and the one on its right as one."""
    pairs = _neighbours(sheet)
    if not pairs:
        return None
    one, other = rng.choice(pairs)
    return _several(sheet.pages, {other: one.text(sheet.pages) + other.text(sheet.pages), one: " "})


def _row_swapped(rng: Random, sheet: Sheet) -> Pages | None:
    """Two neighbours of one row exchanged: last year's for this."""
    pairs = [pair for pair in _neighbours(sheet) if pair[0].text(sheet.pages) != pair[1].text(sheet.pages)]
    if not pairs:
        return None
    one, other = rng.choice(pairs)
    return _several(sheet.pages, {one: other.text(sheet.pages), other: one.text(sheet.pages)})


def _dash_as_minus(rng: Random, sheet: Sheet) -> Pages | None:
    """A dash for nothing, read as the minus of the figure beside it."""
    found: list[tuple[Spot, int]] = []
    for spot in sheet.spots:
        left, _ = spot.edge(sheet.pages)
        for number, line in enumerate(sheet.pages.pages[spot.page].lines):
            alone = line.text.strip() in _DASHES and bool(line.text.strip())
            level = abs(line.box[1] - spot.of(sheet.pages).box[1]) < (line.box[3] - line.box[1]) / 2
            if alone and level and line.box[2] <= left:
                found.append((spot, number))
    if not found:
        return None
    spot, number = rng.choice(found)
    pages = _read_as(sheet.pages, spot, f"-{spot.text(sheet.pages)}")
    return with_lines(pages, spot.page, {number: None})


def _shifted(rng: Random, sheet: Sheet) -> Pages | None:
    """From a row on, every figure of a column stands a row lower; the last is gone."""
    columns: dict[str, list[Spot]] = defaultdict(list)
    for spot in sheet.spots:
        columns[spot.column].append(spot)
    long = [column for name, column in columns.items() if name and len(column) > 2]
    if not long:
        return None
    column = rng.choice(long)
    first = rng.randrange(len(column) - 1)
    texts = {below: above.text(sheet.pages) for above, below in pairwise(column[first:])}
    return _several(sheet.pages, {column[first]: " ", **texts})


def _rows_exchanged(rng: Random, sheet: Sheet) -> Pages | None:
    """The figures of two rows below one another, exchanged in all columns."""
    rows = [(one, other) for one, other in pairwise(_rows(sheet)) if len(one) == len(other) > 0]
    rows = [(one, other) for one, other in rows if one[0].row.rpartition("/")[0] == other[0].row.rpartition("/")[0]]
    if not rows:
        return None
    one, other = rng.choice(rows)
    pairs = list(zip(one, other, strict=True))
    down = {below: above.text(sheet.pages) for above, below in pairs}
    return _several(sheet.pages, {above: below.text(sheet.pages) for above, below in pairs} | down)


def _moved_aside(rng: Random, sheet: Sheet) -> Pages | None:
    """A figure alone in its row, in the column beside its own."""
    edges: dict[str, float] = defaultdict(float)
    for spot in sheet.spots:
        edges[spot.column] = max(edges[spot.column], spot.edge(sheet.pages)[1])
    alone = [row[0] for row in _rows(sheet) if len(row) == 1]
    if not alone:
        return None
    spot = rng.choice(alone)
    table = spot.column.partition("/")[0]
    others = [edge for name, edge in edges.items() if name.partition("/")[0] == table and name != spot.column]
    if not others:
        return None
    part = spot.of(sheet.pages).part(spot.start, spot.end)
    by = rng.choice(others) - part.box[2]
    boxes = tuple((x0 + by, y0, x1 + by, y1) for x0, y0, x1, y1 in part.boxes)
    pages = _several(sheet.pages, {spot: " "})
    return with_lines(pages, spot.page, {}, [Line(part.text, boxes, hull(boxes), part.confidence)])


# --- faults of a whole table


def _unit(rng: Random, sheet: Sheet) -> Pages | None:
    """The unit over the figures of a page read as another, wherever it stands on it."""
    page = sheet.pages.pages[rng.choice(sheet.spots).page]
    at = sheet.pages.pages.index(page)
    for was, read in _UNITS:
        mine = {number: line for number, line in enumerate(page.lines) if was in line.text and _says_unit(line, page)}
        if mine:
            return with_lines(sheet.pages, at, {number: _with_words(line, was, read) for number, line in mine.items()})
    return None


def _says_unit(line: Line, page: Page) -> bool:
    """Whether a line is over a table and says a unit: no words of running text."""
    return len(line.text) < page.width and _OF_MONEY.search(fold(line.text)) is not None and len(line.text) < 90


def _with_words(line: Line, was: str, read: str) -> Line | None:
    at = line.text.index(was)
    return spliced(line, at, at + len(was), read)


def _heads_swapped(rng: Random, sheet: Sheet) -> Pages | None:
    """The heads of two columns exchanged: this year's figures under last year's head, and the other way round."""
    tables = [name for name, heads in sheet.heads.items() if len(heads) > 1]
    if not tables:
        return None
    table = rng.choice(tables)
    one, other = sheet.heads[table][:2]
    mine = [spot for spot in sheet.spots if spot.column.partition("/")[0] == table]
    words = [(a, b) for a, b in zip(one.split(), other.split(), strict=False) if a != b]
    if not mine or not words:
        return None
    at = min(spot.page for spot in mine)
    top = min(spot.of(sheet.pages).box[1] for spot in mine if spot.page == at)
    changed: dict[int, Line | None] = {}
    for number, line in enumerate(sheet.pages.pages[at].lines):
        if line.box[1] < top and len(line.text) < _LONGEST_HEAD:
            text = _exchanged(line.text, dict([*words, *((b, a) for a, b in words)]))
            if text != line.text and len(text) == len(line.text):
                changed[number] = replace(line, text=text)
    return with_lines(sheet.pages, at, changed) if len(changed) > 1 or _holds_both(changed, words) else None


_LONGEST_HEAD = 60


def _exchanged(text: str, words: Mapping[str, str]) -> str:
    return re.sub("|".join(map(re.escape, sorted(words, key=len, reverse=True))), lambda own: words[own[0]], text)


def _holds_both(changed: Mapping[int, Line | None], words: Sequence[tuple[str, str]]) -> bool:
    return any(
        line is not None and all(a in line.text and b in line.text for a, b in words) for line in changed.values()
    )


MISPRINTS: Mapping[str, Misprint] = {
    "digit changed": _characters(_digit_changed),
    "digit lost": _characters(_digit_lost),
    "digits of neighbours glued": _glued,
    "comma read as point": _characters(_comma_as_point),
    "point lost": _characters(_point_lost),
    "one bracket lost": _characters(_bracket_lost),
    "brackets lost": _characters(_brackets_lost),
    "minus lost": _characters(_sign_lost),
    "minus read": _characters(_minus_read),
    "dash of a neighbour read as minus": _dash_as_minus,
    "figure read as a dash": _characters(_dash),
    "figure not seen": _characters(_gone),
    "neighbours of a row swapped": _row_swapped,
    "figure in the column beside": _moved_aside,
    "column a row lower": _shifted,
    "two rows swapped": _rows_exchanged,
    "unit read as another": _unit,
    "heads of two columns swapped": _heads_swapped,
}
"""The kinds, by their names."""
