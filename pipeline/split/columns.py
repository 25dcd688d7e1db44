"""Columns without ruling lines: what the gaps between texts leave, and which of them each text of the head is over.

A column is where figures share a stretch of the page, or texts do where no figure stands. A text of the head stands in
the middle of the columns that it is over, and over at least one text below it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from recount.pipeline.document import Line
from recount.pipeline.split.folding import fold
from recount.pipeline.split.lattice import part_of
from recount.pipeline.split.seams import is_figure
from recount.pipeline.split.text import in_one_row

Stretch = tuple[float, float]
"""From where to where, in points across the page."""
Span = tuple[int, int]
"""First column and column end (exclusive)."""

_MEET = 0.5  # points by which stretches may reach over each other and still lie side by side
_ROOM = 4.0  # points of the outermost columns beside their texts
_UNUSED = 0.2  # what it costs a head to leave out a column beside it, in widths of a column
_MARGIN = 1.5  # points between the left edges of texts that begin alike
_ALIKE = 0.5  # share of the rows of an inner column that another year's fills as well
_BESIDE = 0.5  # share of the higher of two heads of one level that is beside the other
_LEVEL = 4.0  # points by which heads of one level may stand higher or lower


@dataclass(frozen=True, slots=True)
class Placed:
    """A text of a table: where it stands across the page and down it, and whether it is a figure.

    head: it stands above all figures. ruled: x is how far the ruling under it goes.
    """

    x: Stretch
    y: Stretch
    figure: bool
    head: bool
    ruled: bool = False

    @property
    def centre(self) -> float:
        """The middle of it, across."""
        return sum(self.x) / 2

    @property
    def middle(self) -> float:
        """The middle of it, down the page."""
        return sum(self.y) / 2

    def beside(self, other: Placed) -> bool:
        """Whether both are of one level: their middles stand on one line, or their tops, or most of each is beside the
        other."""
        shared = _shared(self.y, other.y) / max(self.y[1] - self.y[0], other.y[1] - other.y[0])
        level = abs(self.middle - other.middle) <= _LEVEL or abs(self.y[0] - other.y[0]) <= _MARGIN
        return level or shared > _BESIDE

    def above(self, other: Placed) -> bool:
        """Whether it ends where the other begins."""
        return self.y[1] <= other.y[0] + _LEVEL


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table: their edges, ascending, and the columns of each of its texts, in the order given."""

    edges: tuple[float, ...]
    spans: tuple[Span, ...]


def columns_of(texts: Sequence[Placed]) -> Columns:
    """The columns that some texts stand in, which are all texts of a table."""
    body = [text for text in texts if not text.head]
    bands = _bands(body)
    heads = sorted((text for text in texts if text.head), key=lambda text: -text.middle)
    bands = _with_heads(bands, heads)
    edges = _edges(bands, texts)
    over = _over_all(heads, bands, edges, _fills(body, bands))
    spans = tuple(over[id(text)] if text.head else _span(text, bands) for text in texts)
    return Columns(edges, spans)


# --- lines, by the gaps in them and the rows that they stand in

CLOSE = 0.35  # heights of a line: in a table a gap parts two cells where no blank was printed, or one beside a figure
_RUN = re.compile(r"\S+")


def parts_of(
    line: Line, gap: float = CLOSE, *, close: bool = True, begin: Callable[[Sequence[str]], Iterable[int]] | None = None
) -> Iterator[Line]:
    """A line, cut where it has a wider gap. gap: in heights. close: at no blanks but those beside a figure. begin:
    which of the texts between its blanks are to be cut off from the one before, however narrow the blank is."""
    wide = gap * (line.box[3] - line.box[1])
    runs = [(run.start(), run.end(), run[0]) for run in _RUN.finditer(fold(line.text))]
    printed = [index for start, end, _ in runs for index in range(start, end)]
    figures = {edge for start, end, run in runs if is_figure(run) for edge in (start, end)}
    apart = {runs[at][0] for at in begin([run for _, _, run in runs])} if begin else set()
    boxes = line.boxes
    cuts = [
        right
        for left, right in pairwise(printed)
        if right in apart
        or (
            boxes[right][0] - boxes[left][2] > wide
            and (not close or right == left + 1 or right in figures or left + 1 in figures)
        )
    ]
    for start, end in pairwise([0, *cuts, len(line.text)]):
        part = part_of(line, start, end)
        if part is not None:
            yield part


def baselines_of(lines: Iterable[Line]) -> list[list[Line]]:
    """Lines by the rows that they stand in, from top to bottom."""
    rows: list[list[Line]] = []
    for line in sorted((line for line in lines if line.text.strip()), key=lambda line: line.box[1] + line.box[3]):
        if rows and in_one_row(rows[-1][0].box, line.box):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.box[0]) for row in rows]


# --- bands: the stretches in which columns stand


def _bands(body: Sequence[Placed]) -> list[Stretch]:
    """The stretches of figures; and of texts, where they stand over no figures."""
    figures = _merged(text.x for text in body if text.figure)
    free = [text.x for text in body if not text.figure and not _touched(text.x, figures)]
    words = _merged(free)
    lone = [band for band in words if sum(_meet(band, x) for x in free) == 1] if len(free) > 4 else []
    return sorted(figures + [band for band in words if band not in lone or len(words) == 1])


def _merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if found and start < found[-1][1] - _MEET:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def _meet(one: Stretch, other: Stretch) -> bool:
    return min(one[1], other[1]) - max(one[0], other[0]) > _MEET


def _touched(x: Stretch, bands: Sequence[Stretch]) -> list[int]:
    """The bands that a stretch reaches into."""
    return [index for index, band in enumerate(bands) if _meet(x, band)]


def _with_heads(bands: list[Stretch], heads: Sequence[Placed]) -> list[Stretch]:
    """The bands, widened by heads that stand left of their figures, and those of columns that have a head and nothing
    below it. heads: the lowest first."""
    seen: list[Placed] = []
    for head in heads:
        if not _touched(head.x, bands) and not _has_below(head, bands, seen):
            right = next((band for band in bands if band[0] >= head.x[1] - _MEET), None)
            if right is not None and _is_left_of_its_own(head, right, heads):
                bands = [(head.x[0], band[1]) if band is right else band for band in bands]
            else:
                bands = sorted([*bands, head.x])
        seen.append(head)
    return bands


def _is_left_of_its_own(head: Placed, band: Stretch, heads: Sequence[Placed]) -> bool:
    """Whether the figures right of a head are its own: no other head that is over figures, and not over other heads,
    begins between its beginning and their end."""
    between = [other for other in heads if head.x[0] + _MARGIN < other.x[0] < band[1]]
    return all(any(other.above(lower) and _meet(other.x, lower.x) for lower in heads) for other in between)


def _has_below(head: Placed, bands: Sequence[Stretch], lower: Sequence[Placed]) -> bool:
    """Whether heads stand lower over the bands on both sides of one that stands between them."""
    left = [band for band in bands if band[1] <= head.x[0] + _MEET]
    right = [band for band in bands if band[0] >= head.x[1] - _MEET]
    if not left or not right:
        return False
    return all(any(head.above(text) and _meet(text.x, band) for text in lower) for band in (left[-1], right[0]))


def _edges(bands: Sequence[Stretch], texts: Sequence[Placed]) -> tuple[float, ...]:
    inner = [(one[1] + other[0]) / 2 for one, other in pairwise(bands)]
    first, last = min(text.x[0] for text in texts), max(text.x[1] for text in texts)
    return (min(first, bands[0][0]) - _ROOM, *inner, max(last, bands[-1][1]) + _ROOM)


def _span(text: Placed, bands: Sequence[Stretch]) -> Span:
    """The columns that a text of the body stands in: one, unless it reaches through several."""
    touched = _touched(text.x, bands)
    if not touched:
        nearest = min(range(len(bands)), key=lambda index: _distance(text.x, bands[index]))
        return nearest, nearest + 1
    if text.figure or len(touched) == 1:
        return touched[0], touched[0] + 1
    most = max(touched, key=lambda index: _shared(text.x, bands[index]))
    if _shared(text.x, bands[most]) > 0.6 * (text.x[1] - text.x[0]):
        return most, most + 1
    return touched[0], touched[-1] + 1


def _shared(one: Stretch, other: Stretch) -> float:
    return min(one[1], other[1]) - max(one[0], other[0])


def _distance(one: Stretch, other: Stretch) -> float:
    return -_shared(one, other)


# --- heads: what each is over


def _over_all(
    heads: Sequence[Placed], bands: Sequence[Stretch], edges: Sequence[float], fills: Sequence[frozenset[int]]
) -> dict[int, Span]:
    """The columns of each head (by its identity). heads: the lowest first. fills: by column, the rows with a figure."""
    over: dict[int, Span] = {}
    below: list[Placed | None] = [None] * len(bands)  # the nearest head below, by column
    lefts = _left_edges(heads, bands)
    starts = {id(head): start for head in heads if (start := _start(head, lefts)) is not None}
    left = list(heads)
    while left:
        level = sorted((head for head in left if head.beside(left[0])), key=lambda head: head.x)
        begun = {starts[id(head)] for head in left if id(head) in starts}
        for head, span in zip(level, _of_level(level, bands, edges, below, fills), strict=True):
            is_leaf = all(below[column] is None for column in range(*span))
            start = None if is_leaf else starts.get(id(head))
            over[id(head)] = span if start is None else (start, _end(start, begun, below))
        for head in level:
            below[slice(*over[id(head)])] = [head] * (over[id(head)][1] - over[id(head)][0])
        left = [head for head in left if id(head) not in over]
    return over


def _left_edges(heads: Sequence[Placed], bands: Sequence[Stretch]) -> dict[int, float]:
    """Where the lowest head of each column begins, if heads begin where what they are over begins; else nothing.

    heads: the lowest first. Rulings begin there always.
    """
    lefts: dict[int, Placed] = {}
    alike = others = 0
    for head in (head for head in heads if not head.ruled):
        span = _span(head, bands)
        if span[0] not in lefts and span[1] - span[0] == 1:
            lefts[span[0]] = head
            continue
        under = [leaf for leaf in lefts.values() if abs(leaf.x[0] - head.x[0]) <= _MARGIN]
        alike += any(abs(leaf.centre - head.centre) > _LEVEL for leaf in under)
        others += not under
    return {column: leaf.x[0] for column, leaf in lefts.items()} if alike > others else {}


def _start(head: Placed, lefts: dict[int, float]) -> int | None:
    """The column at whose left edge a head begins."""
    return (
        None
        if head.ruled
        else next((column for column, left in lefts.items() if abs(left - head.x[0]) <= _MARGIN), None)
    )


def _end(start: int, starts: set[int], below: Sequence[Placed | None]) -> int:
    """Up to which column a head goes that begins at one: to the next that begins, as far as heads stand below."""
    end = start + 1
    while end < len(below) and end not in starts and below[end] is not None:
        end += 1
    return end


def _of_level(
    level: Sequence[Placed],
    bands: Sequence[Stretch],
    edges: Sequence[float],
    below: Sequence[Placed | None],
    fills: Sequence[frozenset[int]],
) -> list[Span]:
    """The columns of the heads of one level, from left to right."""
    spans = [_span(head, bands) for head in level]
    leaves = {index for index, span in enumerate(spans) if all(below[column] is None for column in range(*span))}
    taken = {column for index in leaves for column in range(*spans[index])}
    groups: dict[Span, list[int]] = {}
    for index, span in enumerate(spans):
        under = _under(level[index], bands) if level[index].ruled else None
        if index not in leaves and under is not None and under[1] - under[0] > 1:
            spans[index] = under
        elif index not in leaves:
            groups.setdefault(_group(span, below, taken), []).append(index)
    middles = [sum(band) / 2 if head is None else head.centre for band, head in zip(bands, below, strict=True)]
    for group, members in groups.items():
        own = [level[index] for index in members]
        shared = _equal_shares(group, own, fills, below)
        alone = {} if shared else {index: _under(level[index], bands) for index in members if level[index].ruled}
        shared = shared or _shared_out(group, [head.centre for head in own], edges, middles)
        for index, span in zip(members, shared, strict=True):
            spans[index] = alone.get(index) or span
    return spans


def _under(head: Placed, bands: Sequence[Stretch]) -> Span | None:
    """The columns that the ruling under a head goes over: those of which it has the middle."""
    own = [index for index, band in enumerate(bands) if head.x[0] < sum(band) / 2 < head.x[1]]
    return (own[0], own[-1] + 1) if own else None


def _group(span: Span, below: Sequence[Placed | None], taken: set[int]) -> Span:
    """The columns around some whose nearest heads below stand on one level with theirs."""
    known = next(column for column in range(*span) if below[column] is not None)
    level = below[known]

    def fits(column: int) -> bool:
        other = below[column]
        return other is not None and level is not None and other.beside(level) and column not in taken

    start = end = known
    while start > 0 and fits(start - 1):
        start -= 1
    while end + 1 < len(below) and fits(end + 1):
        end += 1
    return start, end + 1


def _fills(body: Sequence[Placed], bands: Sequence[Stretch]) -> list[frozenset[int]]:
    """The rows in which each column has a figure, by how far down they stand."""
    levels: list[float] = []
    found: list[set[int]] = [set() for _ in bands]
    for text in sorted((text for text in body if text.figure), key=lambda text: text.middle):
        if not levels or text.middle - levels[-1] > _LEVEL:
            levels.append(text.middle)
        found[_span(text, bands)[0]].add(len(levels))
    return [frozenset(rows) for rows in found]


def _equal_shares(
    group: Span, heads: Sequence[Placed], fills: Sequence[frozenset[int]], below: Sequence[Placed | None]
) -> list[Span]:
    """Equal shares of a group of columns where heads do not stand in the middle of theirs, but end where the last of
    them does, or are of an inner and an outer column each; none where that is not so."""
    size, more = divmod(group[1] - group[0], len(heads))
    leaves = [leaf for leaf in below[slice(*group)] if leaf is not None]
    if more or size < 2 or (len(heads) == 1 and not all(_meet(heads[0].x, leaf.x) for leaf in leaves)):
        return []
    shares = [(start, start + size) for start in range(group[0], group[1], size)]
    lasts = [below[end - 1] for _, end in shares]
    flush = all(
        last is not None and abs(last.x[1] - head.x[1]) <= _MARGIN < abs(last.centre - head.centre)
        for last, head in zip(lasts, heads, strict=True)
    )
    return shares if flush or (size == 2 and len(heads) > 1 and _are_repeated(shares, fills)) else []


def _are_repeated(pairs: Sequence[Span], fills: Sequence[frozenset[int]]) -> bool:
    """Whether no row fills both columns of a pair, and those of each pair are filled in the same rows."""
    (inner, outer), *others = [(fills[start], fills[start + 1]) for start, _ in pairs]
    parted = all(one and other and not one & other for one, other in [(inner, outer), *others])
    return parted and all(_are_alike(inner, one) and _are_alike(outer, other) for one, other in others)


def _are_alike(one: frozenset[int], other: frozenset[int]) -> bool:
    return len(one & other) > _ALIKE * len(one | other)


def _shared_out(group: Span, centres: Sequence[float], edges: Sequence[float], middles: Sequence[float]) -> list[Span]:
    """A group of columns shared out among the heads over it, so that each stands as near as can be to the middle of its
    own. centres: of the heads, from left to right. middles: of the columns, or of what stands over them."""
    width = (edges[group[1]] - edges[group[0]]) / (group[1] - group[0])
    # best[column]: the least cost of the heads so far with all columns before that one used or left out
    best: dict[int, tuple[float, tuple[Span, ...]]] = {
        column: (_UNUSED * (column - group[0]), ()) for column in range(group[0], group[1] + 1)
    }
    for centre in centres:
        after: dict[int, tuple[float, tuple[Span, ...]]] = {}
        for start, (cost, spans) in best.items():
            for end in range(start + 1, group[1] + 1):
                halves = (edges[start] + edges[end]) / 2, (middles[start] + middles[end - 1]) / 2
                off = min(abs(half - centre) for half in halves) / width
                made = cost + off, (*spans, (start, end))
                for last in range(end, group[1] + 1):
                    option = made[0] + _UNUSED * (last - end), made[1]
                    if last not in after or option < after[last]:
                        after[last] = option
        best = after
    if group[1] not in best:  # more heads than columns
        return [group] * len(centres)
    return list(best[group[1]][1])
