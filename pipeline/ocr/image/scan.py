"""A picture becomes the page or the two pages on it: turned upright, a spread parted, straightened, read."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import numpy as np

from recount.pipeline.document import Box, Page, Ruling
from recount.pipeline.ocr.image.frame import Frame, Share
from recount.pipeline.ocr.image.images import Picture, part_of, turned
from recount.pipeline.ocr.image.prepare import Prepared, prepare
from recount.pipeline.ocr.image.ruling_lines import find_rulings
from recount.pipeline.ocr.network.engine import Engine
from recount.pipeline.ocr.page import read_prepared
from recount.pipeline.ocr.text.lines import crop_of

_SAMPLE = 8  # lines that are read to find out which way up a page is
_LINE = 2.5  # a box this many times as long as high is a line of text
_UNSURE = 0.93  # median score of the lines below which a page may be upside down
_SURER = 1.15  # how much better the lines must read when turned
_SPREAD = (1.25, 1.65)  # width to height of two upright pages side by side
_GUTTER = (0.44, 0.56)  # shares of the width between which their gutter lies
_LEAST_LINES = 6  # that each page of a spread has
_WHOLE: Share = (0.0, 1.0)  # of the width of a picture that is one page


def read_picture(picture: Picture, number: int, page: int, engine: Engine) -> list[tuple[Page, Frame]]:
    """The pages on a picture, in reading order. number: of the first of them; page: of the picture in its file."""
    quarters = 0
    prepared = prepare(picture.image, picture.dpi)
    if prepared.blank:
        return [_blank(picture, prepared, number, page)]
    boxes = engine.detect(prepared.image)
    if _is_sideways(boxes):
        quarters = _better(prepared, boxes, (1, 3), engine)
        prepared = prepare(turned(picture, quarters).image, picture.dpi)
        boxes = engine.detect(prepared.image)
    gutter = _gutter(prepared, boxes)
    parts = [_WHOLE] if gutter is None else [(0.0, gutter), (gutter, 1.0)]
    pages = [
        _read_part(picture, quarters, part, number + index, page, engine, (prepared, boxes) if part == _WHOLE else None)
        for index, part in enumerate(parts)
    ]
    if _is_unsure([read for read, _ in pages], len(boxes)) and _better(prepared, boxes, (0, 2), engine) == 2:
        quarters = (quarters + 2) % 4
        parts = [(1 - end, 1 - start) for start, end in reversed(parts)]
        pages = [
            _read_part(picture, quarters, part, number + index, page, engine, None) for index, part in enumerate(parts)
        ]
    return pages


def prepared_part(picture: Picture, quarters: int, part: Share) -> tuple[Picture, Prepared]:
    """The turned part of a picture that is one page, and what is read of it."""
    taken = part_of(turned(picture, quarters), part)
    return taken, prepare(taken.image, taken.dpi)


def _read_part(
    picture: Picture,
    quarters: int,
    part: Share,
    number: int,
    page: int,
    engine: Engine,
    known: tuple[Prepared, list[Box]] | None,
) -> tuple[Page, Frame]:
    if known:
        prepared, boxes = known
    else:
        _, prepared = prepared_part(picture, quarters, part)
        boxes = engine.detect(prepared.image)
    return read_prepared(prepared, number, boxes, engine), _frame(picture, prepared, quarters, part, page)


def _blank(picture: Picture, prepared: Prepared, number: int, page: int) -> tuple[Page, Frame]:
    """A page on which nothing is to be read."""
    height, width = (side * 72 / prepared.dpi for side in prepared.image.shape)
    return Page(number, width, height, (), (), origin="ocr"), _frame(picture, prepared, 0, _WHOLE, page)


def _frame(picture: Picture, prepared: Prepared, quarters: int, part: Share, page: int) -> Frame:
    unit = 72 / picture.dpi
    scale = prepared.dpi / 72
    a, b, c, d, e, f = prepared.back
    matrix = (a * scale * unit, b * scale * unit, c * unit, d * scale * unit, e * scale * unit, f * unit)
    return Frame(page, quarters, part, (picture.width, picture.height), matrix)


def _is_unsure(pages: Sequence[Page], detected: int) -> bool:
    """Whether so much of what was detected was not read, or badly, that it may stand on its head."""
    scores = [line.confidence or 0.0 for page in pages for line in page.lines]
    scores += [0.0] * (detected - len(scores))
    return bool(scores) and median(scores) < _UNSURE


def _is_sideways(boxes: Sequence[Box]) -> bool:
    """Whether the lines of text run up or down the page."""
    upright = sum(1 for x0, y0, x1, y1 in boxes if y1 - y0 > _LINE * (x1 - x0))
    level = sum(1 for x0, y0, x1, y1 in boxes if x1 - x0 > _LINE * (y1 - y0))
    return upright >= 3 and upright > 2 * level


def _better(prepared: Prepared, boxes: Sequence[Box], turns: tuple[int, int], engine: Engine) -> int:
    """Which of two turns, in quarters counter-clockwise, lets the longest lines be read; the first if none does."""
    longest = sorted(boxes, key=lambda box: -max(box[2] - box[0], box[3] - box[1]))[:_SAMPLE]
    crops = [crop_of(prepared.image, box) for box in longest]
    scores = []
    for quarters in turns:
        lines = engine.recognise([np.ascontiguousarray(np.rot90(crop, quarters)) for crop in crops])
        # The score alone may be high for the few signs that look alike upside down.
        scores.append(sum(line.score * len(line.text) for line in lines))
    return turns[1] if scores[1] > _SURER * scores[0] else turns[0]


def _gutter(prepared: Prepared, boxes: Sequence[Box]) -> float | None:
    """Where the two pages of a spread meet, as a share of the width; None if this is one page."""
    height, width = prepared.image.shape
    if not _SPREAD[0] * height <= width <= _SPREAD[1] * height or len(boxes) < 2 * _LEAST_LINES:
        return None
    first, last = round(_GUTTER[0] * width), round(_GUTTER[1] * width)
    free = np.ones(last - first, bool)
    for x0, _, x1, _ in boxes:
        free[max(0, round(x0) - first) : max(0, round(x1) - first)] = False
    places = np.flatnonzero(free)
    if not len(places):
        return None
    middle = first + int(places[np.abs(places - len(free) / 2).argmin()])
    left = sum(1 for box in boxes if box[2] <= middle)
    if min(left, len(boxes) - left) < _LEAST_LINES or _is_crossed(prepared, boxes, middle):
        return None
    return float(middle) / float(width)


def _is_crossed(prepared: Prepared, boxes: Sequence[Box], column: int) -> bool:
    """Whether a table reaches over a column of the image."""
    rulings: tuple[Ruling, ...] = find_rulings(prepared.image, prepared.dpi, boxes)
    at = column * 72 / prepared.dpi
    return any(ruling.x0 < at - 3 and ruling.x1 > at + 3 for ruling in rulings)
