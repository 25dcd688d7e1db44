"""Text boxes and the cells of the page's tables: boxes cut at ruling lines, and ink that no box covers.

A detector knows no ruling lines: its boxes run over them, and it overlooks a lone digit in a small cell. Both are
put right here, before anything is recognised.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from recount.pipeline.document import Box, Page, Ruling
from recount.pipeline.ocr.image.prepare import Grey
from recount.pipeline.ocr.text.lines import NARROW, runs_of
from recount.pipeline.split.lattice import RawCell, RawTable, page_grids

_INSET = 0.9  # points between the middle of a ruling line and the inside of its cell
_TWIN_REACH = 3.6  # points between the two lines of a double line, and a little
_TWIN_LENGTH = 28.0  # points; no strokes of characters in a row make a line so long
_TWIN_SHARE = 0.7  # share of its length along which the other line must be inked
_LEAST_PIECE = 0.3  # share of a box's height that a piece of it must have
_READABLE = 6.0  # points; a piece this high is one in any case
_LEAST_SIGN = 3.4  # points; ink that is smaller both ways is speckle, a dot, a comma
_LEAST_INK = 1.0  # square points of a sign
_PAD = 1.6  # points around ink that a box of its own gets
_SAME_LINE = 0.3  # share of the height by which signs of one line must overlap
_WORD_GAP = 14.0  # points between signs that are still of one line
_HELD = 0.75  # share of a box inside another one from which it says the same again
_LONE = 1.6  # a box so many times as wide as high is of one sign
_CUT_OFF = 0.25  # share of its width by which such a one reaches into the line that it was cut off from
_HALF_SIGN = 0.5  # share of its height by which any other does: of the same ink both would tell
_DOUBLE_HEIGHT = 1.5  # a box this many times as high as usual may hold two lines
_SAME_ROW = 0.6  # share of the height by which boxes of different lines overlap at most
_FLAT = 3.0  # a dash is so many times as long as high
_THIN = 2.4  # points; and no thicker than this on average: one on a skewed page is higher
_SPECK = 0.25  # share of a dash's ink that may lie beside it, or on it
_ASIDE = 0.6  # share of a line that stands on its side of an edge at least
_FIGURE = re.compile(r"[-+]?\d[\d,，.．:：]*%?[\s:：.．·]*")
_AMOUNT_AND_WORDS = re.compile(r"([-+]?\d[\d,，]*[.．]\d\d)\s*([\u3400-\u9fff]{2,})")
_THICK = 4.0  # points; strokes that thick are of seals and blots

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page on which boxes are to be sorted out, in pixels. ink: dark pixels, ruling lines and blots left out;
    cells: the insides of the cells of its tables; unit: pixels a point; tables: the boxes of its tables, in points."""

    ink: Mask
    cells: tuple[Box, ...]
    unit: float
    tables: tuple[Box, ...] = ()


def sheet_of(image: Grey, dpi: float, rulings: Sequence[Ruling]) -> Sheet:
    """The ink and the cells of a straight page image with its ruling lines (in points)."""
    unit = dpi / 72
    size = round(14 * unit) | 1
    dark = np.asarray(
        cv2.adaptiveThreshold(image, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, size, 18), np.uint8
    )
    ruled = _ruled(dark, unit, rulings)
    page = Page(1, image.shape[1] / unit, image.shape[0] / unit, (), tuple(rulings))
    tables = page_grids(page).tables
    cells = tuple(_inside(cell.box, ruled, unit) for table in tables for cell in table.cells)
    thick = round(_THICK * unit)
    blots = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((thick, thick), np.uint8))
    dark[cv2.dilate(blots, np.ones((3, 3), np.uint8)) > 0] = 0
    return Sheet((dark > 0) & ~ruled, cells, unit, tuple(table.box for table in tables))


def missing_pieces(rulings: Sequence[Ruling]) -> list[Ruling]:
    """The pieces of lines that merged cells of one row or one column lack, where their tables have a line elsewhere."""
    return [
        piece
        for table in _tables(rulings)
        for cell in table.cells
        if cell.row_end - cell.row == 1 or cell.column_end - cell.column == 1
        for piece in (
            *(Ruling(x, cell.box[1], x, cell.box[3]) for x in table.xs[cell.column + 1 : cell.column_end]),
            *(Ruling(cell.box[0], y, cell.box[2], y) for y in table.ys[cell.row + 1 : cell.row_end]),
        )
    ]


def _tables(rulings: Sequence[Ruling]) -> Sequence[RawTable]:
    far = max((max(line.x1, line.y1) for line in rulings), default=0.0)
    return page_grids(Page(1, far, far, (), tuple(rulings))).tables


def hidden_walls(
    rulings: Sequence[Ruling], lines: Sequence[tuple[Box, str]], sealed: Callable[[Ruling], bool] = lambda _: False
) -> list[Ruling]:
    """The pieces of upright lines that a seal or a blot hides: between a figure and what else stands beside it in a
    row, where the row above or the one below has a line; under a seal also between words, and beside a figure alone
    where both have one.

    rulings: of a page. lines: what was read of it: boxes in points, and texts. sealed: whether a seal lies on a piece.
    """
    found = [
        (Ruling(table.xs[edge], cell.box[1], table.xs[edge], cell.box[3]), beside_figure)
        for table in _tables(rulings)
        for cell in table.cells
        if cell.column_end - cell.column > 1 and cell.row_end - cell.row == 1
        for edge, beside_figure in _edges_between(table, cell, lines)
    ]
    return [wall for wall, beside_figure in found if beside_figure or sealed(wall)]


def amount_and_words(box: Box, text: str) -> list[tuple[Box, str]]:
    """A line and where it stands; as two where an amount and words were seen as one: it is of one cell, they are of
    the next."""
    match = _AMOUNT_AND_WORDS.fullmatch(text)
    if match is None:
        return [(box, text)]
    amount, words = match.groups()
    first, rest = NARROW * len(amount), len(words)
    x = box[0] + (box[2] - box[0]) * first / (first + rest)
    return [((box[0], box[1], x, box[3]), amount), ((x, box[1], box[2], box[3]), words)]


def _edges_between(table: RawTable, cell: RawCell, lines: Sequence[tuple[Box, str]]) -> Iterator[tuple[int, bool]]:
    """The edges of columns in a merged cell on both sides of which lines stand, as far as a row above or below has
    them; and whether a figure stands right beside them. Those that have a figure on one side and nothing on the other,
    as far as both rows have them, are told as if there were none."""
    x0, y0, x1, y1 = cell.box
    own = [line for line in lines if x0 < line[0][0] and line[0][2] < x1 and y0 < (line[0][1] + line[0][3]) / 2 < y1]
    figures = {bisect_right(table.xs, _centre(box)) - 1 for box, text in own if _FIGURE.fullmatch(text)}
    above, below = (
        {edge for other in row for edge in (other.column, other.column_end)}
        for row in (
            [other for other in table.cells if other.row_end == cell.row],
            [other for other in table.cells if other.row == cell.row_end],
        )
    )
    for edge in range(cell.column + 1, cell.column_end):
        x = table.xs[edge]
        sides = {_centre(box) < x for box, _ in own}
        if edge not in above | below or not all(_share_beside(box, x) >= _ASIDE for box, _ in own):
            continue
        by_figure = not figures.isdisjoint((edge - 1, edge))
        if len(sides) == 2:
            yield edge, by_figure
        elif by_figure and edge in above & below:
            yield edge, False


def _centre(box: Box) -> float:
    return (box[0] + box[2]) / 2


def _share_beside(box: Box, x: float) -> float:
    """The share of its width by which a box lies on its side of an edge."""
    return max(min(box[2], x) - box[0], box[2] - max(box[0], x)) / (box[2] - box[0])


def _ruled(dark: npt.NDArray[np.uint8], unit: float, rulings: Sequence[Ruling]) -> Mask:
    """Where the ruling lines are, both lines of double ones and the paper between them."""
    ruled = np.zeros(dark.shape, bool)
    for ruling in rulings:
        x0, y0, x1, y1 = (round(place * unit) for place in (ruling.x0, ruling.y0, ruling.x1, ruling.y1))
        level = ruling.y0 == ruling.y1
        ink, canvas = (dark, ruled) if level else (dark.T, ruled.T)
        at, start, end = (y0, x0, x1) if level else (x0, y0, y1)
        before, after = _breadth(ink, at, start, end, unit)
        pad = _INSET * unit
        canvas[max(0, round(at - before - pad)) : round(at + after + pad) + 1, max(0, start) : end + 1] = True
    return ruled


def _breadth(ink: npt.NDArray[np.uint8], at: int, start: int, end: int, unit: float) -> tuple[int, int]:
    """How many pixels above and below a level line the other line of a double one lies; 0 where there is none."""
    reach = round(_TWIN_REACH * unit)
    top = max(0, at - reach)
    band = ink[top : at + reach + 1, max(0, start) : end]
    if end - start < _TWIN_LENGTH * unit or not band.size:
        return 0, 0
    # A faint line is broken: it counts where it is nearly there.
    near = cv2.dilate(np.ascontiguousarray(band), np.ones((1, round(unit) | 1), np.uint8))
    lines = np.flatnonzero(near.mean(axis=1) > _TWIN_SHARE) + top
    if not len(lines):
        return 0, 0
    return max(0, at - int(lines[0])), max(0, int(lines[-1]) - at)


def _inside(box: Box, ruled: Mask, unit: float) -> Box:
    """The inside of a cell, in pixels: between what is ruled on its four sides."""
    x0, y0, x1, y1 = (round(side * unit) for side in box)
    part = ruled[y0:y1, x0:x1]
    inset = _INSET * unit
    sides = []
    for lines, length in ((part.mean(axis=0), x1 - x0), (part.mean(axis=1), y1 - y0)):
        reach = min(round(2 * _TWIN_REACH * unit), length // 3)
        marked = lines > 0.5
        first = 0 if not reach or not marked[0] else int(np.argmin(np.append(marked[:reach], False)))
        last = 0 if not reach or not marked[-1] else int(np.argmin(np.append(marked[::-1][:reach], False)))
        # A line of its own covers the inset and a pixel of rounding; what goes on is the other line of a double one.
        sides.append(tuple(float(depth) if depth > inset + 2 else inset for depth in (first, last)))
    (left, right), (above, below) = sides
    return box[0] * unit + left, box[1] * unit + above, box[2] * unit - right, box[3] * unit - below


def fitted(boxes: Sequence[Box], sheet: Sheet) -> list[Box]:
    """The boxes, those in tables cut to the cells in which they have ink."""
    if not sheet.cells:
        return list(boxes)
    cells = np.array(sheet.cells)
    x0, y0 = cells[:, 0].min(), cells[:, 1].min()
    x1, y1 = cells[:, 2].max(), cells[:, 3].max()
    pieces: list[Box] = []
    for box in boxes:
        if not (x0 < box[2] and box[0] < x1 and y0 < (box[1] + box[3]) / 2 < y1):
            pieces.append(box)
            continue
        left, top = np.maximum(cells[:, 0], box[0]), np.maximum(cells[:, 1], box[1])
        right, bottom = np.minimum(cells[:, 2], box[2]), np.minimum(cells[:, 3], box[3])
        met = np.flatnonzero((right > left) & (bottom > top))
        own = [(float(left[i]), float(top[i]), float(right[i]), float(bottom[i])) for i in met]
        least = min(_READABLE * sheet.unit, _LEAST_PIECE * (box[3] - box[1]))
        kept = [piece for piece in own if piece[3] - piece[1] >= least and _has_sign(sheet, piece)]
        pieces += kept or ([] if own else [box])
    return pieces


def _has_sign(sheet: Sheet, box: Box) -> bool:
    """Whether a box has ink enough for a sign."""
    x0, y0, x1, y1 = (round(side) for side in box)
    part = sheet.ink[y0:y1, x0:x1]
    if part.sum() < _LEAST_INK * sheet.unit**2:
        return False
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    return bool(max(rows[-1] - rows[0], columns[-1] - columns[0]) >= 0.6 * _LEAST_SIGN * sheet.unit)


def untangled(boxes: Sequence[Box], sheet: Sheet) -> list[Box]:
    """The boxes with each line of text in one of them: boxes of several lines are split, boxes that reach into the
    line above or below end between the lines, boxes inside another one are left out."""
    if not boxes:
        return []
    usual = float(np.median([box[3] - box[1] for box in boxes]))
    single = sorted((piece for box in boxes for piece in _lines_in(box, sheet, usual)), key=_middle)
    kept: list[Box] = []
    for box in _rejoined(single):
        if not any(_holds(other, box) for other in kept):
            kept = [other for other in kept if not _holds(box, other)]
            kept.append(box)
    for index, box in enumerate(kept):
        for below in range(index + 1, len(kept)):
            if kept[below][1] > box[3] + usual:
                break
            kept[index], kept[below] = _parted(kept[index], kept[below], sheet)
    return kept


def _rejoined(boxes: Sequence[Box]) -> list[Box]:
    """The boxes, those of some signs joined to the lines that they were cut off from: they reach into each other."""
    whole = list(boxes)
    for piece in boxes:
        if piece not in whole:
            continue
        for index, box in enumerate(whole):
            if _is_cut_off(piece, box):
                whole[index] = (min(box[0], piece[0]), box[1], max(box[2], piece[2]), box[3])
                whole.remove(piece)
                break
    return whole


def _is_cut_off(piece: Box, box: Box) -> bool:
    """Whether a piece of a line reaches so far into a wider box beside it that it is of its line."""
    width, height = piece[2] - piece[0], piece[3] - piece[1]
    beside = box[0] < piece[0] < box[2] < piece[2] or piece[0] < box[0] < piece[2] < box[2]
    if not beside or width > box[2] - box[0]:
        return False
    overlap = min(box[2], piece[2]) - max(box[0], piece[0])
    level = min(box[3], piece[3]) - max(box[1], piece[1])
    least = _CUT_OFF * width if width <= _LONE * height else _HALF_SIGN * height
    return overlap > least and level > _HELD * height


def _middle(box: Box) -> float:
    return box[1] + box[3]


def _holds(outer: Box, inner: Box) -> bool:
    """Whether most of a box lies in another one that is larger."""
    if outer[3] <= inner[1] or inner[3] <= outer[1] or outer[2] <= inner[0] or inner[2] <= outer[0]:
        return False  # nearly all
    width = min(outer[2], inner[2]) - max(outer[0], inner[0])
    height = min(outer[3], inner[3]) - max(outer[1], inner[1])
    own = (inner[2] - inner[0]) * (inner[3] - inner[1])
    larger = (outer[2] - outer[0]) * (outer[3] - outer[1]) > own
    return larger and width * height > _HELD * own


def _lines_in(box: Box, sheet: Sheet, usual: float) -> list[Box]:
    """The box, or the boxes of the lines in it if it is too high for one line."""
    if box[3] - box[1] < _DOUBLE_HEIGHT * usual:
        return [box]
    x0, y0, x1, y1 = (round(side) for side in box)
    counts = sheet.ink[y0:y1, x0:x1].sum(axis=1)
    bands = runs_of(counts > 0.06 * max(counts.max(initial=0), 1))
    bands = [band for band in bands if band[1] - band[0] > 0.35 * usual]
    if len(bands) < 2:
        return [box]
    edges = [0.0, *((one[1] + other[0]) / 2 for one, other in pairwise(bands)), float(y1 - y0)]
    return [(box[0], y0 + top, box[2], y0 + bottom) for top, bottom in pairwise(edges)]


def _parted(upper: Box, lower: Box, sheet: Sheet) -> tuple[Box, Box]:
    """Two boxes one above the other that no longer overlap: they meet where there is least ink."""
    left, right = max(upper[0], lower[0]), min(upper[2], lower[2])
    top, bottom = round(lower[1]), round(upper[3])
    least = min(upper[3] - upper[1], lower[3] - lower[1])
    if right - left < 2 or bottom <= top or bottom - top > _SAME_ROW * least:
        return upper, lower
    counts = sheet.ink[top:bottom, round(left) : round(right)].sum(axis=1).astype(float)
    counts += np.abs(np.arange(len(counts)) - len(counts) / 2) * 0.01  # in a blank stretch, its middle
    cut = top + int(counts.argmin()) + 0.5
    return (upper[0], upper[1], upper[2], cut), (lower[0], cut, lower[2], lower[3])


def home_of(box: Box, sheet: Sheet) -> int | None:
    """The index of the cell in which a box stands; None for none."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return next((i for i, cell in enumerate(sheet.cells) if cell[0] < x < cell[2] and cell[1] < y < cell[3]), None)


def completed(boxes: Sequence[Box], found: Sequence[Box], sheet: Sheet, *, more: bool) -> list[Box]:
    """The boxes, led on over found ink right beside them on their line, but not into another cell.

    more: what is left of the ink is added as boxes of its own.
    """
    whole = list(boxes)
    for ink in found:
        for index, box in enumerate(whole):
            level = min(box[3], ink[3]) - max(box[1], ink[1])
            gap = max(box[0], ink[0]) - min(box[2], ink[2])
            close = level > 0.5 * min(box[3] - box[1], ink[3] - ink[1]) and gap < _WORD_GAP / 2 * sheet.unit
            if close and len({home_of(box, sheet), home_of(ink, sheet)} - {None}) < 2:
                whole[index] = (min(box[0], ink[0]), box[1], max(box[2], ink[2]), box[3])
                break
        else:
            if more:
                whole.append(ink)
    return whole


def overlooked(boxes: Sequence[Box], sheet: Sheet) -> tuple[list[Box], list[Box]]:
    """Boxes for the lines of ink that none of the boxes covers: those in the cells of tables, and all others."""
    left = sheet.ink.copy()
    pad = round(0.8 * sheet.unit)
    for box in boxes:
        x0, y0, x1, y1 = (round(side) for side in box)
        left[max(0, y0 - pad) : y1 + pad, max(0, x0 - pad) : x1 + pad] = False
    found: list[Box] = []
    for cell in sheet.cells:
        x0, y0, x1, y1 = (round(side) for side in cell)
        if left[y0:y1, x0:x1].any():
            found += [_padded(sign, cell, sheet.unit) for sign in _lines_of(left[y0:y1, x0:x1], cell, sheet.unit)]
            left[y0:y1, x0:x1] = False
    whole = (0.0, 0.0, float(left.shape[1]), float(left.shape[0]))
    return found, [_padded(sign, whole, sheet.unit) for sign in _lines_of(left, whole, sheet.unit)]


def is_dash(box: Box, sheet: Sheet) -> bool:
    """Whether the only ink in a box but a speck, on it or beside it, is a level stroke, as of a dash that says that
    there is no figure."""
    x0, y0, x1, y1 = (round(side) for side in box)
    marks = sheet.ink[y0:y1, x0:x1].astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(marks, connectivity=8)
    large = [which for which in range(1, count) if stats[which][4] >= _LEAST_INK * sheet.unit**2]
    *specks, stroke = sorted(large, key=lambda which: int(stats[which][4])) or [0]
    width, area = (int(value) for value in stats[stroke][[2, 4]])
    if not large or sum(int(stats[speck][4]) for speck in specks) > _SPECK * area:
        return False
    rows = np.sort(np.count_nonzero(labels == stroke, axis=1))[::-1].cumsum()
    height = 1 + int(np.searchsorted(rows, (1 - _SPECK) * area))
    return width >= max(_FLAT * height, _LEAST_SIGN * sheet.unit) and area <= _THIN * sheet.unit * width


def inked_height(box: Box, sheet: Sheet) -> int:
    """From the highest ink in a box to the lowest, in pixels; 0 where there is none."""
    x0, y0, x1, y1 = (round(side) for side in box)
    return cv2.boundingRect(sheet.ink[y0:y1, x0:x1].astype(np.uint8))[3]


def _lines_of(ink: Mask, cell: Box, unit: float) -> list[Box]:
    """The boxes of the lines that the signs in a cell make."""
    marks = ink.astype(np.uint8)
    # Of a page little is left: the rest need not be looked through.
    inked_left, inked_top, inked_width, inked_height = cv2.boundingRect(marks)
    left, top = max(0, inked_left - 1), max(0, inked_top - 1)
    part = marks[top : inked_top + inked_height + 1, left : inked_left + inked_width + 1]
    count, _, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(part, np.ones((3, 3), np.uint8)), connectivity=8)
    signs: list[Box] = []
    for index in range(1, count):
        x, y, width, height, area = (int(value) for value in stats[index] + (left, top, 0, 0, 0))
        spans = width > 0.9 * ink.shape[1] or (height > 0.9 * ink.shape[0] and height > 14 * unit)
        if max(width, height) - 2 < _LEAST_SIGN * unit or area < _LEAST_INK * unit**2 or spans:
            continue
        signs.append((cell[0] + x + 1, cell[1] + y + 1, cell[0] + x + width - 1, cell[1] + y + height - 1))
    lines: list[Box] = []
    for sign in sorted(signs):
        for index, line in enumerate(lines):
            if _is_beside(line, sign, unit):
                lines[index] = (line[0], min(line[1], sign[1]), max(line[2], sign[2]), max(line[3], sign[3]))
                break
        else:
            lines.append(sign)
    return lines


def _is_beside(line: Box, sign: Box, unit: float) -> bool:
    overlap = min(line[3], sign[3]) - max(line[1], sign[1])
    return overlap > _SAME_LINE * min(line[3] - line[1], sign[3] - sign[1]) and sign[0] - line[2] < _WORD_GAP * unit


def _padded(box: Box, cell: Box, unit: float) -> Box:
    """The box with paper around it, as far as its cell goes; at least as high as a line of small type."""
    pad = _PAD * unit
    more = max(0.0, (9.0 * unit - (box[3] - box[1])) / 2 - pad)
    return (
        max(cell[0], box[0] - pad),
        max(cell[1], box[1] - pad - more),
        min(cell[2], box[2] + pad),
        min(cell[3], box[3] + pad + more),
    )
