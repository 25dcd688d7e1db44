"""A page image becomes a page: text lines with a box for each character, and ruling lines.

Coordinates are points of the page as it was read: upright and straight. `ocr.frame` leads back to the page as the
file shows it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import compress

import cv2
import numpy as np

from recount.pipeline.document import Box, Line, Page, Remark, Ruling
from recount.pipeline.ocr.image.prepare import SEALED, Grey, Prepared, median
from recount.pipeline.ocr.image.ruling_lines import broken_off, find_rulings, inked
from recount.pipeline.ocr.network.engine import Engine
from recount.pipeline.ocr.network.reading import Decoded
from recount.pipeline.ocr.text.cells import (
    Mask,
    Sheet,
    amount_and_words,
    completed,
    fitted,
    hidden_walls,
    home_of,
    inked_height,
    is_dash,
    missing_pieces,
    overlooked,
    sheet_of,
    untangled,
)
from recount.pipeline.ocr.text.hygiene import clean, in_columns, is_speck, over_line_ends, over_two_lines, rests
from recount.pipeline.ocr.text.lines import (
    InCell,
    OcrLine,
    by_cell,
    crop_of,
    larger,
    leaves_ink,
    placed,
    split_tall,
    with_paper,
)
from recount.pipeline.ocr.text.looks import (
    as_amounts,
    as_digits,
    balanced,
    no_amounts,
    whole_numbers,
)
from recount.pipeline.ocr.text.words import whole_words
from recount.schemas.saying import say

_LEAST_SCORE = 0.5  # below this a line is noise: the rim of a seal, a blot
_LEAST_SCORE_LONE = 0.8  # the same for a lone sign that is no figure: the rims of seals look like that
_LEAST_SCORE_SURE = 0.95  # the same for one of overlooked ink beside text, and for a letter: scribbles look like that
_LIKE_DIGITS = {**dict.fromkeys("Ss", "5"), **dict.fromkeys("Oo", "0"), **dict.fromkeys("Il|", "1")}
"""Lone signs that `hygiene` makes digits of."""
_FEW = 2  # signs that a speck is read as
_LOW = 0.6  # of the usual height of lines in cells; less has a speck that is read as a digit
_LOWEST = 0.3  # the same for its ink; digits have 0.39 and more
_SMALLEST = 4.0  # points; the ink of a digit of the smallest type is higher
_SURELY_READ = 0.98
_DOUBTFUL = 0.85  # below this a line is read again, otherwise prepared, and the best reading is taken
_SURELY_SEEN = 0.9  # score of a digit in every look below a seal from which it is none of its strokes
_STROKES = "17"  # but these look like one
_AMOUNT = re.compile(r"\d[\d,]*\.\d\d")
_LETTERED = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\d.,A-Za-z]+")
# What may stand beside an amount: more of it, or words.
_BESIDE_AMOUNT = re.compile(r"-?[\d,.]*[%％]?|[%％()（）<>=≥≤~+\-‐-―\u3400-\u9fff，。、；：\s]*")
_POINTLESS = str.maketrans("", "", ". ")
_NOTHING = Decoded("", (), ())
_IDEOGRAPHS = "\u3400"  # the first of them
_MOST_ROUNDS = 3
_WHOLE_LINE, _HALF_LINE = 0.85, 0.5  # shares of a line that are inked under a seal, with it and without it
_WHOLE_BARE = 0.95  # the same where there is no seal: of the edge of a merged cell its text covers four fifths at most
_BESIDE_WALL = 1.5  # points beside a line: a seal on it is seen there too
_UNDER_SEAL = 0.6  # share of a line on which a seal lies that hides it
_PRINTED = 0.55  # of the usual darkness of print; below a seal rests of it have less, print has 0.7 and more
_LEAST_SCORE_FOUND = 0.7  # the same as _LEAST_SCORE for ink that the detector did not take for text
_DASH = Decoded("—", (0.5,), (_LEAST_SCORE_LONE,))  # where a level stroke is all that a cell has


def read_prepared(prepared: Prepared, number: int, detected: Sequence[Box], engine: Engine) -> Page:
    """The page of a prepared image. number: its own; detected: the boxes that the engine detects on the image.

    What has ink in a cell of a table and could not be read is a remark, and so is a table with a line that breaks off.
    """
    image = prepared.image
    rulings = _with_missing(prepared, find_rulings(image, prepared.dpi, detected))
    sheet = sheet_of(image, prepared.dpi, rulings)
    read, unread = _in_boxes(prepared, detected, sheet, engine)
    seen = [(_scaled(line.box, sheet.unit), line.line.text.strip()) for line in read]
    words = [part for box, text in seen for part in amount_and_words(box, text)]
    hidden = hidden_walls(rulings, words, lambda wall: _lies_under_seal(prepared, wall))
    if hidden:
        rulings = (*rulings, *hidden)
        sheet = sheet_of(image, prepared.dpi, rulings)
        read = _at_home(prepared, read, sheet, engine)
    cleaned, torn = _cleaned(prepared, read, sheet, engine)
    lines = tuple(_in_points(line, sheet.unit) for line in cleaned)
    unread += [line.box for line in torn]
    height, width = (side / sheet.unit for side in image.shape)
    remarks = [Remark("unread", number, _scaled(box, sheet.unit), say("cell_unread")) for box in unread]
    remarks += [Remark("broken line", number, box, say("line_broken")) for box in broken_off(rulings, sheet.tables)]
    return Page(number, width, height, lines, rulings, origin="ocr", remarks=tuple(remarks))


def _in_boxes(
    prepared: Prepared, detected: Sequence[Box], sheet: Sheet, engine: Engine
) -> tuple[list[InCell], list[Box]]:
    """The lines as they are first read, and the cells whose ink could not be read."""
    found, seen = _boxes(prepared.image, detected, sheet)
    is_blank = _blank_below(prepared, found)
    printed = [not is_blank(box) for box in found]
    sure, boxes = sum(printed[:seen]), list(compress(found, printed))
    homes = [home_of(box, sheet) for box in boxes]
    taken = {home for home in homes[:sure] if home is not None}
    read = [
        InCell(box, line, home)
        for index, (box, line, home) in enumerate(zip(boxes, _read(prepared, boxes, engine), homes, strict=True))
        if line.text.strip()
        and line.score >= _least_score(line, found=index >= sure, beside=home in taken)
        and not (index >= sure and home in taken and _is_rest(prepared, line, box))
    ]
    again, unread = _in_empty_cells(prepared, read, sheet, engine, is_blank)
    return read + again, unread


def _cleaned(
    prepared: Prepared, read: Sequence[InCell], sheet: Sheet, engine: Engine
) -> tuple[list[OcrLine], list[OcrLine]]:
    """The lines with a place for each sign, and with what is certainly misread in them put right; and those that are no
    figures where such must be."""
    image, own = prepared.image, _without_rests(read, sheet)
    lodgers = Counter(read_line.home for read_line in own if not is_speck(read_line.line.text))
    lines: list[OcrLine] = []
    homes: list[int | None] = []
    for read_line in balanced(prepared, own, sheet.cells, engine):
        alone = read_line.home is not None and lodgers[read_line.home] == 1
        is_none = alone and len(read_line.line.text) < 3 and is_dash(read_line.box, sheet)
        shown = replace(_DASH, scores=(read_line.line.score,)) if is_none else read_line.line
        whole = whole_numbers(placed(image, read_line.box, shown), image, engine)
        cleaned = clean(whole, alone=alone, running=read_line.home is None)
        if cleaned is not None:
            lines.append(cleaned)
            homes.append(read_line.home)
    columns = [_column(home, sheet) if lodgers[home] == 1 else None for home in homes]
    running = [home is None for home in homes]
    mended = whole_words(over_line_ends(lines, running), running, image, engine)
    figures = over_two_lines(in_columns(mended, columns), columns, _twos(lines, homes, sheet))
    figures = as_amounts(figures, columns, prepared, engine)
    figures = as_digits(figures, columns, prepared, engine)
    return figures, no_amounts(figures, columns)


def _twos(
    lines: Sequence[OcrLine], homes: Sequence[int | None], sheet: Sheet
) -> Iterator[tuple[int, int, tuple[int, int] | None]]:
    """The lines that are two in a cell, the upper one first, and their column."""
    for home, own in by_cell(homes).items():
        if len(own) == 2:
            above, below = sorted(own, key=lambda at: lines[at].box[1])
            yield above, below, _column(home, sheet)


def _without_rests(read: Sequence[InCell], sheet: Sheet) -> list[InCell]:
    """The lines, without what is no line beside the one figure of a cell, and without specks in cells that were read as
    digits."""
    usual = float(np.median([_height(line) for line in read if line.home is not None] or [0.0]))
    left_out: set[int] = set()
    for indices in by_cell([line.home for line in read]).values():
        own = [index for index in indices if not is_speck(read[index].line.text)]
        specks = [at for at in own if _is_low(read[at], usual, sheet) and not is_dash(read[at].box, sheet)]
        own = [index for index in own if index not in specks]
        left_out.update(specks, (own[at] for at in rests([read[index].line.text for index in own])))
    return [line for index, line in enumerate(read) if index not in left_out]


def _is_low(read: InCell, usual: float, sheet: Sheet) -> bool:
    """Whether what was read as a digit or two is a speck: by its height, beside the usual one of lines in cells, if it
    was not surely read, or by that of its ink."""
    text = read.line.text.strip()
    if len(text) > _FEW or not all(sign.isdigit() or sign in _LIKE_DIGITS for sign in text):
        return False
    unsure = _height(read) < _LOW * usual and read.line.score < _SURELY_READ
    return unsure or inked_height(read.box, sheet) < min(_LOWEST * usual, _SMALLEST * sheet.unit)


def _height(read: InCell) -> float:
    return read.box[3] - read.box[1]


def _column(home: int | None, sheet: Sheet) -> tuple[int, int] | None:
    """What is the same for all cells of a column: their left and right sides, in points."""
    return (
        None if home is None else (round(sheet.cells[home][0] / sheet.unit), round(sheet.cells[home][2] / sheet.unit))
    )


def _at_home(prepared: Prepared, read: Sequence[InCell], sheet: Sheet, engine: Engine) -> list[InCell]:
    """The lines in the cells of a sheet of which more is known; those that reach over a line are read anew, each of
    their pieces in its cell. What was read before stays where none of them says anything."""
    homes = [home_of(line.box, sheet) for line in read]
    over = [at for at, home in enumerate(homes) if home is not None and _reaches_over(read[at].box, sheet.cells[home])]
    pieces = [(at, piece) for at in over for piece in fitted([read[at].box], sheet)]
    anew = _read(prepared, [piece for _, piece in pieces], engine)
    said = [
        (at, InCell(piece, line, home_of(piece, sheet)))
        for (at, piece), line in zip(pieces, anew, strict=True)
        if line.text.strip() and line.score >= _LEAST_SCORE
    ]
    told = {at for at, _ in said}
    kept = [replace(line, home=home) for at, (line, home) in enumerate(zip(read, homes, strict=True)) if at not in told]
    return kept + [line for _, line in said]


def _reaches_over(box: Box, cell: Box) -> bool:
    """Whether a box reaches over the sides of a cell."""
    return box[0] < cell[0] or cell[2] < box[2]


def _in_empty_cells(
    prepared: Prepared, read: Sequence[InCell], sheet: Sheet, engine: Engine, is_blank: Callable[[Box], bool]
) -> tuple[list[InCell], list[Box]]:
    """What a look at twice the size reads in the cells of which nothing was read though they have ink, and the cells
    in which it reads nothing either. is_blank: tells where there is nothing but a seal."""
    left, _ = overlooked([line.box for line in read], sheet)
    homed = [(box, home) for box in left if not is_blank(box) and (home := home_of(box, sheet)) is not None]
    filled = {home for _, home in homed if any(_reaches(line.box, sheet.cells[home]) for line in read)}
    empty = [(box, home) for box, home in homed if home not in filled]
    dashes = [is_dash(box, sheet) for box, _ in empty]
    words = [box for (box, _), dash in zip(empty, dashes, strict=True) if not dash]
    forms = [larger(crop_of(image, box)) for box in words for image in (prepared.plain, prepared.image)]
    said = engine.recognise(forms)
    looks = zip(said[::2], said[1::2], forms[::2], strict=True)
    again: list[InCell] = []
    for (box, home), dash in zip(empty, dashes, strict=True):
        line = _DASH if dash else _better(*next(looks))
        rest = len(line.text) == 1 and not dash and _is_sealed(prepared, box)
        if line.text.strip() and line.score >= _least_score(line, found=True, beside=False) and not rest:
            again.append(InCell(box, line, home))
    known = {line.home for line in again}
    return again, [sheet.cells[home] for home in dict.fromkeys(home for _, home in empty if home not in known)]


def _better(one: Decoded, other: Decoded, form: Grey) -> Decoded:
    """The surer of two readings of a form, without the paper around it."""
    return _without_paper(max(one, other, key=_score), form.shape[1], form.shape[0])


def _reaches(box: Box, cell: Box) -> bool:
    """Whether a line lies in a cell, or reaches into it from beside: a cell of which one sign is left is not empty."""
    return box[0] < cell[2] and cell[0] < box[2] and cell[1] < (box[1] + box[3]) / 2 < cell[3]


def _boxes(image: Grey, detected: Sequence[Box], sheet: Sheet) -> tuple[list[Box], int]:
    """The boxes of the lines, and how many of them the detector saw; those behind are ink that it overlooked."""
    seen = [piece for box in detected for piece in split_tall(image, box)]
    seen = untangled(fitted(seen, sheet), sheet)
    in_cells, elsewhere = overlooked(seen, sheet)
    boxes = completed(seen, elsewhere, sheet, more=False)
    return completed(boxes, in_cells, sheet, more=True), len(seen)


def _least_score(line: Decoded, *, found: bool, beside: bool) -> float:
    """Below which score a line is noise. A lone sign that is no figure needs more: rims of seals look like that;
    and a letter more yet, which nobody prints alone.

    found: the detector did not take it for text; beside: there is text in the same cell that it did see.
    """
    alone = len(line.text) == 1 and not line.text.isdigit() and line.text not in _LIKE_DIGITS
    if (found and beside and len(line.text) == 1) or (alone and line.text.isascii() and line.text.isalpha()):
        return _LEAST_SCORE_SURE
    if alone:
        return _LEAST_SCORE_LONE
    return _LEAST_SCORE_FOUND if found else _LEAST_SCORE


def _read(prepared: Prepared, boxes: Sequence[Box], engine: Engine) -> list[Decoded]:
    """The best reading of each box: what is doubtful is read again before the median, and with more paper."""
    sealed = [_is_sealed(prepared, box) for box in boxes]
    bare, under = ([index for index, one in enumerate(sealed) if one == which] for which in (False, True))
    read = engine.recognise([crop_of(prepared.image, boxes[index]) for index in bare])
    decoded = dict(zip(bare, read, strict=True))
    doubtful = [index for index, line in decoded.items() if line.score < _DOUBTFUL]
    again = engine.recognise([crop_of(prepared.plain, boxes[index]) for index in doubtful])
    padded = [with_paper(crop_of(prepared.image, boxes[index])) for index in doubtful]
    third = [
        _without_paper(line, crop.shape[1], crop.shape[0])
        for line, crop in zip(engine.recognise(padded), padded, strict=True)
    ]
    for index, *lines in zip(doubtful, again, third, strict=True):
        decoded[index] = max([decoded[index], *lines], key=_score)
    decoded |= zip(under, _read_under_seals(prepared, [boxes[index] for index in under], engine), strict=True)
    return _whole(prepared, boxes, [decoded[index] for index in range(len(boxes))], engine)


def _read_under_seals(prepared: Prepared, boxes: Sequence[Box], engine: Engine) -> list[Decoded]:
    """The best reading of each box from which a seal was taken out: of what is below it, before the median and behind
    it, and with the seal, with which some strokes are whole.

    What is read as one sign only may be a rest of the seal.
    """
    if prepared.stamped is None or not boxes:
        return []
    pictures = prepared.plain, median(prepared.plain), prepared.stamped
    read = [engine.recognise([crop_of(picture, box) for box in boxes]) for picture in pictures]
    found = []
    for plain, smooth, stamped in zip(*read, strict=True):
        best = _clearer(plain, smooth, 1.0)
        found.append(_clearer(best, stamped, _DOUBTFUL if _are_alike(plain, smooth) else 1.0))
    lone = [index for index, line in enumerate(found) if len(line.text) == 1]
    without = engine.recognise([crop_of(prepared.image, boxes[index]) for index in lone])
    for index, line in zip(lone, without, strict=True):
        found[index] = found[index] if _is_printed(line, *(looks[index] for looks in read)) else _NOTHING
    return found


def _is_printed(bare: Decoded, plain: Decoded, smooth: Decoded, stamped: Decoded) -> bool:
    """Whether a lone sign is no rest of a seal: it is read with the seal and without it; and a digit, but one that is a
    stroke, also where it is surely read wherever the seal is taken out, or the same with it and below it.

    bare: where nothing is left of the seal; the others as in `_read_under_seals`.
    """
    without, below, smoothed, whole = map(_digit_of, (bare, plain, smooth, stamped))
    if without == whole:
        return True
    sure = min(bare.score, plain.score, smooth.score) >= _SURELY_SEEN
    alike = below == smoothed and below in (whole, without if sure else whole)
    return alike and below.isdigit() and below not in _STROKES


def _digit_of(line: Decoded) -> str:
    """What a line says; the digit that a lone letter is meant as."""
    return _LIKE_DIGITS.get(line.text, line.text)


def _clearer(line: Decoded, other: Decoded, sure: float) -> Decoded:
    """The better of two readings of a line under a seal: the one with a point that the other has lost, the amount where
    the other has letters among its digits, else the surer, where the first is less than sure."""
    if _are_alike(line, other):
        return max(line, other, key=_points)
    if _AMOUNT.fullmatch(other.text) and _LETTERED.fullmatch(line.text) and other.score >= _DOUBTFUL:
        return other
    return other if _score(line) < min(sure, _score(other)) else line


def _are_alike(line: Decoded, other: Decoded) -> bool:
    """Whether two readings have the same signs, but for points and gaps."""
    return line.text.translate(_POINTLESS) == other.text.translate(_POINTLESS)


def _blank_below(prepared: Prepared, boxes: Sequence[Box]) -> Callable[[Box], bool]:
    """Tells whether there is nothing below a seal in a box: what is seen of it is paler than print is. boxes: of the
    lines of the page."""
    bare = [box for box in boxes if not _is_sealed(prepared, box)] if prepared.stamped is not None else []
    usual = [_darkness(prepared.plain, box) for box in bare]
    least = _PRINTED * float(np.median(usual)) if usual else 0.0
    return lambda box: _is_sealed(prepared, box) and _darkness(prepared.plain, box) < least


def _darkness(image: Grey, box: Box) -> float:
    """How much darker than its paper the darkest in a box is, specks of a pixel left aside; in grey levels."""
    crop = cv2.blur(crop_of(image, box), (3, 3))
    return float(np.median(crop) - np.percentile(crop, 1))


def _is_sealed(prepared: Prepared, box: Box) -> bool:
    """Whether a seal was taken out of a box."""
    return bool(_taken_out(prepared, box).any())


def _taken_out(prepared: Prepared, box: Box) -> Mask:
    """Where in a box a seal was taken out: nowhere where the page has none."""
    if prepared.stamped is None:
        return np.zeros((1, 1), bool)
    return np.asarray(cv2.absdiff(crop_of(prepared.stamped, box), crop_of(prepared.image, box)) > SEALED)


def _with_missing(prepared: Prepared, rulings: tuple[Ruling, ...]) -> tuple[Ruling, ...]:
    """The ruling lines, with the pieces that are inked, though the finder made no line of them: beside a figure that
    touches them, and under a seal, where they are whole only on the image with it."""
    pieces = missing_pieces(rulings)
    if not pieces:
        return rulings
    looks = [(prepared.image, _WHOLE_BARE)]
    if prepared.stamped is not None:
        looks = [(prepared.stamped, _WHOLE_LINE), (prepared.image, _HALF_LINE)]
    inks = [(inked(image, prepared.dpi), least) for image, least in looks]
    for _ in range(_MOST_ROUNDS):  # a piece more may part a cell of several rows
        found = [piece for piece in pieces if all(share(piece) >= least for share, least in inks)]
        if not found:
            break
        rulings = (*rulings, *found)
        pieces = missing_pieces(rulings)
    return rulings


def _lies_under_seal(prepared: Prepared, wall: Ruling) -> bool:
    """Whether most of an upright line is where a seal was taken out."""
    unit = prepared.dpi / 72
    band = (wall.x0 - _BESIDE_WALL) * unit, wall.y0 * unit, (wall.x0 + _BESIDE_WALL) * unit, wall.y1 * unit
    return bool(_taken_out(prepared, band).any(axis=1).mean() >= _UNDER_SEAL)


def _is_rest(prepared: Prepared, line: Decoded, box: Box) -> bool:
    """Whether a sign that the detector overlooked, apart from what stands in its cell, is what is left of a seal."""
    return len(line.text) == 1 and line.text < _IDEOGRAPHS and _is_sealed(prepared, box)


def _points(line: Decoded) -> int:
    """How many points were read: under a seal one is lost, or a gap is read instead of it, and none is found."""
    return line.text.count(".")


def _score(line: Decoded) -> float:
    return line.score if line.text.strip() else 0.0


def _whole(prepared: Prepared, boxes: Sequence[Box], decoded: list[Decoded], engine: Engine) -> list[Decoded]:
    """The readings, and instead of those that leave ink at their ends unread, longer ones where there are such."""
    short = [
        index
        for index, line in enumerate(decoded)
        if line.score >= _LEAST_SCORE and leaves_ink(prepared.image, boxes[index], line)
    ]
    for image in (prepared.image, prepared.plain):
        crops = [with_paper(crop_of(image, boxes[index])) for index in short]
        for index, crop, line in zip(short, crops, engine.recognise(crops), strict=True):
            if _is_more(prepared, boxes[index], decoded[index], line):
                decoded[index] = _without_paper(line, crop.shape[1], crop.shape[0])
    return decoded


def _is_more(prepared: Prepared, box: Box, known: Decoded, line: Decoded) -> bool:
    """Whether a reading of a box is what is known of it and more. Beside an amount that is only more of it, or words;
    and nothing beside a sure one under a seal, whose ink that is."""
    text = known.text.strip()
    if len(line.text.strip()) <= len(text) or text not in line.text or line.score < _LEAST_SCORE_FOUND:
        return False
    if not _AMOUNT.fullmatch(text):
        return True
    sure = known.score >= _SURELY_READ and _is_sealed(prepared, box)
    return not sure and _BESIDE_AMOUNT.fullmatch(line.text.replace(text, "", 1)) is not None


def _without_paper(line: Decoded, width: int, height: int) -> Decoded:
    """The reading of a line with_paper as one of the line itself; width, height: of the image that was read."""
    pad = max(2, height // 2) / width
    return Decoded(line.text, tuple((centre - pad) / (1 - 2 * pad) for centre in line.centres), line.scores)


def _in_points(line: OcrLine, unit: float) -> Line:
    boxes = tuple(_scaled(box, unit) for box in line.boxes)
    return Line(line.text, boxes, _scaled(line.box, unit), round(line.score, 4))


def _scaled(box: Box, unit: float) -> Box:
    return box[0] / unit, box[1] / unit, box[2] / unit, box[3] / unit
