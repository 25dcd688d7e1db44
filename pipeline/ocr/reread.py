"""Figures of scanned pages read again, for the repair stage (pipeline.verify.repair)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recount.pipeline.document import Box, Token
from recount.pipeline.ocr.backends import EngineName
from recount.pipeline.ocr.crops import FIGURE_SIGNS, crop, second_reading
from recount.pipeline.ocr.engine import engine
from recount.pipeline.ocr.prepare import red
from recount.pipeline.ocr.reader import Scans


@dataclass(frozen=True, slots=True)
class ScanRereader:
    """Reads figures again from the images of their pages."""

    scans: Scans
    engine_name: EngineName = "openvino"

    def again(self, tokens: Sequence[Token], beside: float = 0.0) -> list[str]:
        """What each token's place says at 350 dpi without the median that the first reading had; "" for nothing.

        beside: how much of what stands left and right is to be seen too, in heights of the token: a neighbour that is
        cut in two looks like a digit.
        """
        images = [crop(self.scans, token.page, _wider(token.box, beside)) for token in tokens]
        there = [index for index, image in enumerate(images) if image is not None]
        greys = [np.ascontiguousarray(red(image)) for image in images if image is not None]
        texts = [""] * len(tokens)
        for index, line in zip(there, engine(self.engine_name).recognise(greys), strict=True):
            texts[index] = line.text
        return texts

    def readings(self, tokens: Sequence[Token]) -> list[tuple[str, ...]]:
        """What each token's place says under several preparations of its image, the best supported first.

        Only what was the best reading under one of them: a mere alternative of the recogniser proves nothing.
        """
        return [self._readings(token) for token in tokens]

    def _readings(self, token: Token) -> tuple[str, ...]:
        image = crop(self.scans, token.page, token.box)
        if image is None:
            return ()
        found = second_reading(image, FIGURE_SIGNS, (self.engine_name,))
        return tuple(each.text for each in found if each.support)


def _wider(box: Box, beside: float) -> Box:
    more = beside * (box[3] - box[1])
    return box[0] - more, box[1], box[2] + more, box[3]
