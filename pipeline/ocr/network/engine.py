"""The OCR engine: one a process, one inference thread, openvino or onnxruntime behind the same interface."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from recount.pipeline.document import Box
from recount.pipeline.ocr.image.prepare import Grey
from recount.pipeline.ocr.network.backends import Networks, load
from recount.pipeline.ocr.network.kept import asked
from recount.pipeline.ocr.network.reading import Decoded, Recognised, alternatives, detect, recognise
from recount.pipeline.settings import OcrBackend


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

        return asked(self.name, ["detect"], [image], lambda: detect(self.networks.detector, image), boxes)

    def recognise(self, images: Sequence[Grey]) -> list[Decoded]:
        """The best reading of each image of a single line."""

        def lines(said: Sequence[tuple[str, list[float], list[float]]]) -> list[Decoded]:
            return [Decoded(text, tuple(centres), tuple(scores)) for text, centres, scores in said]

        return asked(self.name, ["recognise"], images, lambda: recognise(self.networks, images), lines)

    def recognise_line(self, image: Grey, allowed: Collection[str] | None = None) -> list[Recognised]:
        """What the image of one line may say, the most probable first; of the allowed characters only."""

        def readings(said: Sequence[tuple[str, float]]) -> list[Recognised]:
            return [Recognised(text, score) for text, score in said]

        signs = None if allowed is None else sorted(allowed)
        return asked(self.name, ["line", signs], [image], lambda: alternatives(self.networks, image, allowed), readings)


@cache
def engine(backend: OcrBackend = "openvino") -> Engine:
    """The process's engine on that backend; it is made once, which takes about a second.

    Raises UsageError where there is no such backend, or its package is not installed.
    """
    return Engine(load(backend))
