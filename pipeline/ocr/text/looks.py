"""Figures that are looked at again, since what was read cannot be what is printed: a piece of a line, cut out.

Points that a number has too many, amounts without one, letters for digits; and the brackets that a cell lacks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import replace

from recount.pipeline.document import Box
from recount.pipeline.ocr.image.prepare import Grey, Prepared
from recount.pipeline.ocr.network.engine import Engine
from recount.pipeline.ocr.text.hygiene import AS_DIGITS, is_amount, is_figure, times_in
from recount.pipeline.ocr.text.lines import (
    InCell,
    OcrLine,
    by_cell,
    crop_of,
    is_closer,
    larger,
    spelt,
    with_sign,
    without,
)

# Points too many: 11.9.20 for 119.20. Dates begin with a year; 1.092.13 has lost tails, which `hygiene` puts right.
_NO_NUMBER = re.compile(r"(?<![\d.,，．])\d{1,3}(?:[,，]\d{3})*[.．,，]\d{1,2}[.．]\d{1,2}(?=万?元|万$|%|％)")
_ANY_POINT = re.compile(r"[.．]|[,，](?!\d{3})")  # or what was read as a comma that parts no thousands
_WITHIN = re.compile(r"[\u3400-\u9fff].*[.．]\d\d$")  # no ordinal stands right behind a word
_GROUPED = re.compile(r"\d{1,3}(?:[,，]\d{3})+[.．]\d[.．]\d$")  # behind thousands there is the point
_BETWEEN = re.compile(r"\d+[.．]\d[.．]\d$")  # of two decimals, if all other amounts of the line have two
_BELOW_ONE = re.compile(r"0[.．,，]\d[.．]\d$")  # behind a 0 there is the point, if what was read as a comma is none
_DECIMALS = re.compile(r"(?<![\d.．])\d[\d,，]*[.．](\d+)(?![\d.．])")
_BESIDE = 0.1  # heights of the line by which the number is cut out wider than it is
_DIGITS = frozenset("0123456789")
SIGNS = _DIGITS | {".", ","}  # what a number is read again with


def whole_numbers(line: OcrLine, image: Grey, engine: Engine) -> OcrLine:
    """The line as read from the image, without the points that its numbers have too many."""
    dropped: set[int] = set()
    for match in _NO_NUMBER.finditer(line.text):
        start, end = match.span()
        points = [start + point.start() for point in _ANY_POINT.finditer(match[0])]
        first, *others = engine.alternatives([piece_of(line, start, end, image)], SIGNS)[0]
        read = first.text.strip()
        # The sign behind it, cut in two, may look like a digit.
        alone = {read, read[:-1]} if line.text[end : end + 1] in {"%", "％"} else {read}
        alone |= {other.text.strip() for other in others if other.score >= _LIKELY}
        dropped.update(at for at in points if line.text[start:at] + line.text[at + 1 : end] in alone)
        again = read.startswith(match[0])  # what is seen each time is a speck
        if _BELOW_ONE.match(match[0]) and read.startswith("0."):
            line = replace(line, text=f"{line.text[: points[0]]}.{line.text[points[0] + 1 :]}")
            dropped.add(points[1])
        elif again and _WITHIN.match(line.text, start - 1, end):
            dropped.update(points[:-1])
        elif again and (_GROUPED.match(match[0]) or (_BETWEEN.match(match[0]) and _has_amounts(line.text))):
            dropped.update(points[1:])
        elif dropped.isdisjoint(points) and _BETWEEN.match(match[0]) and is_closer(line, *points[::-1]):
            dropped.add(points[1])
    return without(line, dropped)


def _has_amounts(text: str) -> bool:
    """Whether the numbers of a line that have a point have two decimals, each of them."""
    return {len(decimals) for decimals in _DECIMALS.findall(text)} == {2}


_LOST = re.compile(r"\d{3,}|\d{1,3}(?:,\d{3})*\d\d")
# What may be an amount, signs of which are amiss: no bracket, dash, unit or comparison, which would say another one. A
# bracket that nothing closes may be a 1, one that nothing opens a 0.
_ANY = r"[^\u3400-\uffff(\[\]{}<>=≥≤≠~*+%‰\-‐-―_√"
_TORN = re.compile(rf"(?=.*\d)(?:[(（]?{_ANY})]{{3,}}|{_ANY}]{{3,}})")
# Letters that digits may be read as: those that look like them for certain, and others.
_LIKE = AS_DIGITS | str.maketrans(")QDUHTJL!(（ZzASsGbBgq", "000011111112245566899")
_POINTED_GAP = re.compile(r" +(?=[.,])|(?<=[.,]) +")  # with any other there may be two figures
_CENTS = re.compile(r"\d\.\d\d$")
_CORNER = re.compile(r"(\d*)L\.?(\d\d)")  # a 1 and the point that touches it
_FEW = 3  # letters; so many may be a word
_PRINTED = 0.85  # score of a letter from which it is taken as printed
_IN_GROUPS = re.compile(r"\d{1,3}(?:,\d{3})+\.\d\d")
_AROUND = 0.3  # as _BESIDE, for a line of which the first digit was cut
_WALL = 2.0  # points from the side of a cell within which its ruling line lies
_LIKELY = 0.4  # probability of a point; where none is printed it has 0.05 at most

Columns = Sequence[tuple[int, int] | None]
"""Of each line the sides, in points, of the column of a table in which it stands alone in its cell; None for others."""


def as_amounts(lines: Sequence[OcrLine], columns: Columns, prepared: Prepared, engine: Engine) -> list[OcrLine]:
    """The lines, with what was read of an amount in a column of them as a look sees it where it is none: without its
    point, which the median takes for speckle, or with a speck amid it, a digit that one made a letter of, a first digit
    that was cut, or one too few between two separators."""
    lost = [
        at
        for at in _in_amounts(lines, columns)
        if _LOST.fullmatch(lines[at].text) or _is_torn(lines[at]) or _lacks_digits(lines[at])
    ]
    boxes = [_shown(lines[at], columns[at], prepared.dpi / 72) for at in lost]
    whole = list(lines)
    for at, said in zip(lost, _two_looks(boxes, prepared, engine, SIGNS | {"-", "(", ")"}), strict=True):
        whole[at] = _whole_again(lines[at], said) if _lacks_digits(lines[at]) else _as_amount(lines[at], said)
    return whole


def _two_looks(boxes: Sequence[Box], prepared: Prepared, engine: Engine, signs: Set[str]) -> list[list[str]]:
    """What two looks see in each box, of some signs alone: as it is before the median, and larger; nothing where a look
    is not sure."""
    crops = [crop_of(prepared.plain, box) for box in boxes]
    seen = engine.alternatives([form for crop in crops for form in (crop, larger(crop))], signs) if crops else []
    sure = [look[0].text if look and look[0].score >= _LIKELY else "" for look in seen]
    return [sure[at : at + 2] for at in range(0, len(sure), 2)]


def _shown(line: OcrLine, column: tuple[int, int] | None, unit: float) -> Box:
    """The box of a line that a look sees; led on, but not to its cell's wall, if it begins with a bracket that it does
    not close: the stroke of a digit that was cut."""
    left, top, right, bottom = line.box
    if column is None or line.text[0] not in _OPENING or any(sign in line.text for sign in _CLOSING):
        return line.box
    more = _AROUND * (bottom - top)
    return min(left, max(left - more, (column[0] + _WALL) * unit)), top, right + more, bottom


def as_digits(lines: Sequence[OcrLine], columns: Columns, prepared: Prepared, engine: Engine) -> list[OcrLine]:
    """The lines, with the digits for which letters that look like them were read in a column of figures, not surely,
    where two looks see these: a weight A is 4."""
    figures, filled = times_in(lines, columns, is_figure), Counter(columns)
    meant = {
        at: digits
        for at, (line, column) in enumerate(zip(lines, columns, strict=True))
        if column and 2 * figures[column] > filled[column] and line.scores[0] < _PRINTED
        and (digits := _digits_of(line.text))
    }  # fmt: skip
    whole = list(lines)
    looks = _two_looks([lines[at].box for at in meant], prepared, engine, _DIGITS)
    for (at, digits), said in zip(meant.items(), looks, strict=True):
        if set(said) == {digits}:
            whole[at] = spelt(lines[at], digits)
    return whole


def _digits_of(text: str) -> str | None:
    """The one or two digits that letters alone look like, specks beside them left out; None for any other text."""
    letters = text.strip(".,'‘’`· ")
    digits = letters.translate(_LIKE)
    return digits if letters.isalpha() and digits.isascii() and digits.isdigit() and len(digits) < _FEW else None


def no_amounts(lines: Sequence[OcrLine], columns: Columns) -> list[OcrLine]:
    """The lines that are none though they stand in a column of amounts, and are digits for the most part: what they
    say nobody knows."""
    return [lines[at] for at in _in_amounts(lines, columns) if _is_torn(lines[at])]


def _in_amounts(lines: Sequence[OcrLine], columns: Columns) -> list[int]:
    """Which lines stand in a column of amounts, or end as one in a column without figures."""
    figures, amounts = times_in(lines, columns, is_figure), times_in(lines, columns, is_amount)
    return [
        at
        for at, (line, column) in enumerate(zip(lines, columns, strict=True))
        if column and (2 * amounts[column] > figures[column] or (not figures[column] and _CENTS.search(line.text)))
    ]


def _is_torn(line: OcrLine) -> bool:
    """Whether a line may be an amount, signs of which are amiss: half of them are digits, and it is no figure."""
    digits = sum(map(str.isdigit, line.text))
    return 2 * digits >= len(line.text) and _TORN.fullmatch(line.text) is not None and not is_figure(line)


def _lacks_digits(line: OcrLine) -> bool:
    """Whether an amount is parted in groups of which one has too few digits."""
    text = line.text.removeprefix("-")
    return is_amount(line) and "," in text and _IN_GROUPS.fullmatch(text) is None


def _whole_again(line: OcrLine, said: Sequence[str]) -> OcrLine:
    """The amount that both looks at a figure without some of its digits see, if it has all that were read."""
    amount = spelt(line, said[0]) if said[0] and len(set(said)) == 1 else line
    more = iter(amount.text)
    whole = is_amount(amount) and not _lacks_digits(amount) and all(sign in more for sign in line.text)
    return amount if whole else line


def _as_amount(line: OcrLine, said: Sequence[str]) -> OcrLine:
    """The amount that a line is by what the looks at it say. One is enough for the digits that were read if no other
    has more, or a sign; where a letter was read for one, all must say so.

    said: by each look; nothing by one that is not sure.
    """
    said = [each.replace(",", "") for each in said]
    text, plain = line.text, line.text.translate(_LIKE)
    if _LOST.fullmatch(text):
        meant = f"{text[:-2]}.{text[-2:]}".replace(",", "")
        return with_sign(line, len(text) - 2, ".") if meant in said else line
    if corner := _CORNER.fullmatch(text):
        meant = f"{corner[1]}1.{corner[2]}"
        return spelt(line, meant) if {each.replace(".", "") for each in said} == {meant.replace(".", "")} else line
    meant = "".join(sign for sign in _POINTED_GAP.sub("", plain) if sign.isalnum() or sign == " ")
    amounts = [amount for amount in (spelt(line, each) for each in said if each) if is_amount(amount)]
    agreed = {amount.text.replace(".", "") for amount in amounts} == {meant}
    return amounts[0] if agreed and (plain == text or len(amounts) == len(said)) else line


def piece_of(line: OcrLine, start: int, end: int, image: Grey) -> Grey:
    """The image of some signs of a line."""
    more = _BESIDE * (line.box[3] - line.box[1])
    return crop_of(image, (line.boxes[start][0] - more, line.box[1], line.boxes[end - 1][2] + more, line.box[3]))


# --- brackets that were lost: thin strokes at the end of a line, where the detector's box ends before them

_WIDER = (0.0, 0.4, 0.8)  # heights of the line by which its box is led on
_OPENING, _CLOSING = "(（", ")）"  # of either width: which one is printed, the reading says


def balanced(prepared: Prepared, read: Sequence[InCell], cells: Sequence[Box], engine: Engine) -> list[InCell]:
    """The lines, with the brackets that their cells lack where a line, read again with more around it, has them."""
    whole = list(read)
    for home, indices in by_cell([line.home for line in read]).items():
        text = "".join(read[index].line.text for index in indices)
        opened, closed = (sum(map(text.count, signs)) for signs in (_OPENING, _CLOSING))
        if abs(opened - closed) != 1:
            continue
        for index in indices:
            again = _with_bracket(prepared, read[index], cells[home], engine, closing=opened > closed)
            if again is not None:
                whole[index] = again
                break
    return whole


def _with_bracket(prepared: Prepared, known: InCell, cell: Box, engine: Engine, *, closing: bool) -> InCell | None:
    """The line with a bracket more at its end, or its beginning, if it is read so."""
    signs = _CLOSING if closing else _OPENING
    text = known.line.text.strip()
    wanted = {text + sign if closing else sign + text for sign in signs}
    boxes = [_wider(known.box, cell, share) for share in _WIDER]
    tried = [(box, crop_of(image, box)) for box in boxes for image in (prepared.image, prepared.plain)]
    lines = engine.recognise([crop for _, crop in tried])
    return next(
        (InCell(box, line, known.home) for (box, _), line in zip(tried, lines, strict=True) if line.text in wanted),
        None,
    )


def _wider(box: Box, cell: Box, share: float) -> Box:
    """The box led on to both sides, as far as the cell goes."""
    more = share * (box[3] - box[1])
    return max(min(box[0], cell[0]), box[0] - more), box[1], min(max(box[2], cell[2]), box[2] + more), box[3]
