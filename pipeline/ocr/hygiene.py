"""What the recogniser certainly got wrong about the signs of a number, put right sign by sign.

Only where no other reading is possible: a letter O between digits is a zero. All else is left as read.
"""

from __future__ import annotations

import re
from dataclasses import replace

from recount.pipeline.ocr.lines import OcrLine

_ZERO = re.compile(r"(?<=[\d.,，．])[OoＯ](?=[\d.,%，．％]|$)|(?<![A-Za-z])[OoＯ](?=[.．]\d)")
_ONE = re.compile(r"(?<=\d)[lI|](?=[\d.,])|(?<=[\d.,])[lI|](?=\d)")
_POINT = re.compile(r"(?<=\d)[。·](?=\d{1,2}(?:\D|$))")
_GAP = re.compile(r"(?<=\d[,.，．]) (?=\d)|(?<=\d) (?=[,.，．]\d)")


def clean(line: OcrLine) -> OcrLine:
    """The line with its certain slips put right."""
    text = _ZERO.sub("0", line.text)
    text = _ONE.sub("1", text)
    text = _POINT.sub(".", text)
    kept = [index for index in range(len(text)) if not _GAP.match(text, index)]
    if text == line.text and len(kept) == len(text):
        return line
    return replace(
        line,
        text="".join(text[index] for index in kept),
        boxes=tuple(line.boxes[index] for index in kept),
        scores=tuple(line.scores[index] for index in kept),
    )
