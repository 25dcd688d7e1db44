"""Numbers with a decimal point too many: the recogniser sometimes makes 11.9.20 of 119.20 within a long line.

The number alone, without the line around it, is read again. If that has the same digits and one point, it is taken.
"""

from __future__ import annotations

import re

from recount.pipeline.ocr.engine import OcrEngine
from recount.pipeline.ocr.lines import OcrLine, crop_of, without
from recount.pipeline.ocr.prepare import Grey

# Dates (2021.12.31) begin with a year; 1.092.13 has separators that lost their tails, which `hygiene` puts right.
_NO_NUMBER = re.compile(r"(?<![\d.,，．])\d{1,3}(?:[,，]\d{3})*[.．]\d{1,2}[.．]\d{1,2}(?=万?元|%|％)")
_BESIDE = 0.1  # heights of the line by which the number is cut out wider than it is
_SIGNS = frozenset("0123456789.,")


def whole_numbers(line: OcrLine, image: Grey, engine: OcrEngine) -> OcrLine:
    """The line as read from the image, without the points that its numbers have too many."""
    dropped: set[int] = set()
    for match in _NO_NUMBER.finditer(line.text):
        start, end = match.span()
        more = _BESIDE * (line.box[3] - line.box[1])
        box = line.boxes[start][0] - more, line.box[1], line.boxes[end - 1][2] + more, line.box[3]
        read = engine.recognise_line(crop_of(image, box), _SIGNS)[0].text.strip()
        points = [at for at in range(start, end) if line.text[at] in ".．"]
        dropped.update(at for at in points if line.text[start:at] + line.text[at + 1 : end] == read)
    return without(line, dropped)
