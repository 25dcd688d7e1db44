"""A page image becomes a page: text lines with a box for each character, and ruling lines.

Coordinates are points of the page as it was read: upright and straight. `ocr.frame` leads back to the page as the
file shows it.
"""

from __future__ import annotations

from collections.abc import Sequence

from recount.pipeline.document import Box, Line, Page
from recount.pipeline.ocr.cells import completed, fitted, overlooked, sheet_of, untangled
from recount.pipeline.ocr.engine import OcrEngine
from recount.pipeline.ocr.hygiene import clean
from recount.pipeline.ocr.lines import OcrLine, crop_of, placed, split_tall
from recount.pipeline.ocr.prepare import Prepared
from recount.pipeline.ocr.recognise import Decoded
from recount.pipeline.ocr.rulings import find_rulings

_LEAST_SCORE = 0.5  # below this a line is noise: the rim of a seal, a blot
_DOUBTFUL = 0.85
_LEAST_SCORE_FOUND = 0.7  # the same for ink that the detector did not take for text


def read_prepared(prepared: Prepared, number: int, width: float, height: float, engine: OcrEngine) -> Page:
    """The page of a prepared image. width, height: of the page, in points."""
    lines, page = _recognised(prepared, number, width, height, engine)
    unit = prepared.dpi / 72
    return Page(
        number, width, height, tuple(_in_points(clean(line), unit) for line in lines), page.rulings, origin="ocr"
    )


def _recognised(
    prepared: Prepared, number: int, width: float, height: float, engine: OcrEngine
) -> tuple[list[OcrLine], Page]:
    image = prepared.image
    rulings = find_rulings(image, prepared.dpi)
    sheet = sheet_of(image, prepared.dpi, rulings)
    seen = [piece for box in engine.detect(image) for piece in split_tall(image, box)]
    seen = untangled(fitted(seen, sheet), sheet)
    boxes = completed(seen, overlooked(seen, sheet), sheet.unit)
    decoded = _read(prepared, boxes, engine)
    least = [_LEAST_SCORE] * len(seen) + [_LEAST_SCORE_FOUND] * (len(boxes) - len(seen))
    lines = [
        placed(image, box, line)
        for box, line, score in zip(boxes, decoded, least, strict=True)
        if line.text.strip() and line.score >= score
    ]
    return lines, Page(number, width, height, (), rulings, origin="ocr")


def _read(prepared: Prepared, boxes: Sequence[Box], engine: OcrEngine) -> list[Decoded]:
    """The best reading of each box: what is doubtful is read again from the image before the median."""
    decoded = engine.recognise([crop_of(prepared.image, box) for box in boxes])
    doubtful = [index for index, line in enumerate(decoded) if line.score < _DOUBTFUL]
    again = engine.recognise([crop_of(prepared.plain, boxes[index]) for index in doubtful])
    for index, line in zip(doubtful, again, strict=True):
        if line.score > decoded[index].score:
            decoded[index] = line
    return decoded


def _in_points(line: OcrLine, unit: float) -> Line:
    boxes = tuple((box[0] / unit, box[1] / unit, box[2] / unit, box[3] / unit) for box in line.boxes)
    x0, y0, x1, y1 = line.box
    return Line(line.text, boxes, (x0 / unit, y0 / unit, x1 / unit, y1 / unit), round(line.score, 4))
