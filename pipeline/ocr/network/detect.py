"""Where text stands on an image: boxes of text lines, by the detection network (DB).

The image is straight already, so the boxes are upright rectangles.
"""

from __future__ import annotations

import cv2
import numpy as np

from recount.pipeline.document import Box
from recount.pipeline.ocr.image.prepare import Grey
from recount.pipeline.ocr.network.backends import Network

LONGEST_SIDE = 1600  # pixels; the network sees the page at most this large
_STEP = 32  # the network halves the image five times
_TEXT = 0.3  # probability from which a pixel is of text
_BOX = 0.5  # mean probability from which a box is of text
_UNCLIP = 1.6  # the network marks the core of a line; its outline lies area / perimeter times this further out
_SMALLEST = 3  # pixels of the network's map
_LEVEL = 12.0  # degrees by which a long line may lean: the circular text of a seal is no line


def detect(network: Network, image: Grey) -> list[Box]:
    """The boxes of the text lines on the image, in its pixels, from top to bottom."""
    height, width = image.shape
    scale = min(1.0, LONGEST_SIDE / max(height, width))
    rows = max(_STEP, round(height * scale / _STEP) * _STEP)
    columns = max(_STEP, round(width * scale / _STEP) * _STEP)
    seen = cv2.resize(image, (columns, rows)).astype(np.float32) / 127.5 - 1.0
    probable = network(np.ascontiguousarray(np.broadcast_to(seen, (1, 3, rows, columns))))[0, 0]
    mask = cv2.dilate((probable > _TEXT).astype(np.uint8), np.ones((2, 2), np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes = []
    for outline in outlines:
        x, y, w, h = cv2.boundingRect(outline)
        if min(w, h) < _SMALLEST or _leans(outline):
            continue
        if probable[y : y + h, x : x + w].mean() < _BOX * _fill(outline, w, h):
            continue
        out = w * h * _UNCLIP / (2 * (w + h))
        boxes.append(
            (
                max(0.0, (x - out) * width / columns),
                max(0.0, (y - out) * height / rows),
                min(float(width), (x + w + out) * width / columns),
                min(float(height), (y + h + out) * height / rows),
            )
        )
    return sorted(boxes, key=lambda box: (box[1], box[0]))


def _fill(outline: cv2.typing.MatLike, width: int, height: int) -> float:
    """The share of its bounding rectangle that an outline covers, at most 1."""
    return min(1.0, (cv2.contourArea(outline) + width + height) / (width * height))


def _leans(outline: cv2.typing.MatLike) -> bool:
    """Whether a long thin outline is neither level nor upright."""
    _, (w, h), angle = cv2.minAreaRect(outline)
    if max(w, h) < 4 * min(w, h):
        return False
    off = abs((angle + 45.0) % 90.0 - 45.0)
    return bool(off > _LEVEL)
