"""The OCR engine: one a process, one inference thread, openvino or onnxruntime behind the same interface."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, partial

from recount.pipeline.document import Box
from recount.pipeline.ocr.image.prepare import Grey
from recount.pipeline.ocr.network.backends import Networks, load
from recount.pipeline.ocr.network.kept import asked
from recount.pipeline.ocr.network.reading import Decoded, Recognised, alternatives, detect, recognise
from recount.pipeline.settings import OcrBackend, OcrPrecision


@dataclass(frozen=True, slots=True)
class Engine:
    """Reads images by two loaded networks. All images are grey, straight and upright; all boxes are in their pixels.

    What they say is taken from what is kept of an earlier reading, where something is (kept.py).
    """

    networks: Networks

    @property
    def name(self) -> str:
        """Backend, networks and versions."""
        return self.networks.name

    def detect(self, image: Grey) -> list[Box]:
        """The boxes of the text lines, from top to bottom."""

        def boxes(said: Sequence[Sequence[float]]) -> list[Box]:
            return [(left, top, right, bottom) for left, top, right, bottom in said]

        def said_of(images: Sequence[Grey]) -> list[list[Box]]:
            return [detect(self.networks.detector, one) for one in images]

        return asked(self.name, ["detect"], [image], said_of, boxes)[0]

    def recognise(self, images: Sequence[Grey]) -> list[Decoded]:
        """The best reading of each image of a single line."""

        def line(said: tuple[str, list[float], list[float]]) -> Decoded:
            text, centres, scores = said
            return Decoded(text, tuple(centres), tuple(scores))

        return asked(self.name, ["recognise"], images, partial(recognise, self.networks), line)

    def alternatives(self, images: Sequence[Grey], allowed: Collection[str] | None = None) -> list[list[Recognised]]:
        """What each image of a single line may say, the most probable first; of the allowed characters only."""

        def readings(said: Sequence[tuple[str, float]]) -> list[Recognised]:
            return [Recognised(text, score) for text, score in said]

        signs = None if allowed is None else sorted(allowed)
        return asked(self.name, ["line", signs], images, partial(alternatives, self.networks, allowed=signs), readings)


@cache
def engine(backend: OcrBackend = "openvino", precision: OcrPrecision = "f32") -> Engine:
    """The process's engine on that backend, in that precision; it is made once, which takes about a second.

    Raises UsageError where there is no such backend, or its package is not installed.
    """
    return Engine(load(backend, precision))
