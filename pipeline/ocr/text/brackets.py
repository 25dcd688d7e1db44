"""Brackets that were lost: a cell of a table that opens more of them than it closes is looked at again.

A bracket is a thin stroke at the end of a line: the detector's box ends before it, the median takes it away. It is put
back only where it is read.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from recount.pipeline.document import Box
from recount.pipeline.ocr.image.prepare import Grey, Prepared
from recount.pipeline.ocr.network.engine import Engine
from recount.pipeline.ocr.network.reading import Decoded
from recount.pipeline.ocr.text.lines import OcrLine, crop_of, without

# Numbers with a decimal point too many: the recogniser sometimes makes 11.9.20 of 119.20 within a long line.


# Dates (2021.12.31) begin with a year; 1.092.13 has separators that lost their tails, which `hygiene` puts right.
_NO_NUMBER = re.compile(r"(?<![\d.,，．])\d{1,3}(?:[,，]\d{3})*[.．]\d{1,2}[.．]\d{1,2}(?=万?元|%|％)")
_WITHIN = re.compile(r"[\u3400-\u9fff].*[.．]\d\d$")  # no ordinal stands right behind a word
_GROUPED = re.compile(r"\d{1,3}(?:[,，]\d{3})+[.．]\d[.．]\d$")  # behind thousands there is the point
_BESIDE = 0.1  # heights of the line by which the number is cut out wider than it is
_SIGNS = frozenset("0123456789.,")  # what a number is read again with


def whole_numbers(line: OcrLine, image: Grey, engine: Engine) -> OcrLine:
    """The line as read from the image, without the points that its numbers have too many."""
    dropped: set[int] = set()
    for match in _NO_NUMBER.finditer(line.text):
        start, end = match.span()
        more = _BESIDE * (line.box[3] - line.box[1])
        box = line.boxes[start][0] - more, line.box[1], line.boxes[end - 1][2] + more, line.box[3]
        read = engine.alternatives([crop_of(image, box)], _SIGNS)[0][0].text.strip()
        points = [at for at in range(start, end) if line.text[at] in ".．"]
        dropped.update(at for at in points if line.text[start:at] + line.text[at + 1 : end] == read)
        # The sign behind it, cut in two, may look like a digit.
        if read[: len(match[0])] == match[0] and _WITHIN.match(
            line.text, start - 1, end
        ):  # a speck, for it is seen each time
            dropped.update(points[:-1])
        elif read[: len(match[0])] == match[0] and _GROUPED.match(match[0]):
            dropped.update(points[1:])
    return without(line, dropped)


_WIDER = (0.0, 0.4, 0.8)  # heights of the line by which its box is led on
_OPENING, _CLOSING = "(（", ")）"  # of either width: which one is printed, the reading says


@dataclass(frozen=True, slots=True)
class InCell:
    """A line as read: its box in pixels, what it says, the cell in which it stands (None for none)."""

    box: Box
    line: Decoded
    home: int | None


def balanced(prepared: Prepared, read: Sequence[InCell], cells: Sequence[Box], engine: Engine) -> list[InCell]:
    """The lines, with the brackets that their cells lack where a line, read again with more around it, has them."""
    whole = list(read)
    homes: dict[int, list[int]] = defaultdict(list)
    for index, read_line in enumerate(read):
        if read_line.home is not None:
            homes[read_line.home].append(index)
    for home, indices in homes.items():
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
