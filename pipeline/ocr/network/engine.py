"""The OCR engine: one a process, one inference thread, openvino or onnxruntime behind the same interface."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache, partial

from recount.pipeline.document import Box
from recount.pipeline.ocr.image.prepare import Grey
from recount.pipeline.ocr.network.backends import Networks, load, name_by
from recount.pipeline.ocr.network.kept import asked
from recount.pipeline.ocr.network.reading import (
    Decoded,
    Recognised,
    alternatives,
    detect,
    recognise,
    recognise_once,
)
from recount.pipeline.settings import OcrBackend, OcrPrecision


@dataclass(frozen=True, slots=True)
class Engine:
    """Reads images by two networks. All images are grey, straight and upright; all boxes are in their pixels.

    What they say is taken from what is kept of an earlier reading, where something is (kept.py); so they are loaded
    for the first image that was not read before. name: backend, networks and versions; loaded: gives the networks.
    """

    name: str
    loaded: Callable[[], Networks]

    def detect(self, image: Grey) -> list[Box]:
        """The boxes of the text lines, from top to bottom."""

        def boxes(said: Sequence[Sequence[float]]) -> list[Box]:
            return [(left, top, right, bottom) for left, top, right, bottom in said]

        def said_of(images: Sequence[Grey]) -> list[list[Box]]:
            return [detect(self.loaded().detector, one) for one in images]

        return asked(self.name, ["detect"], [image], said_of, boxes)[0]

    def recognise(self, images: Sequence[Grey], *, once: bool = False) -> list[Decoded]:
        """The best reading of each image of a single line; what is not sure is looked at again, unless `once`."""

        def line(said: tuple[str, list[float], list[float]]) -> Decoded:
            text, centres, scores = said
            return Decoded(text, tuple(centres), tuple(scores))

        read, question = (recognise_once, ["recognise", "once"]) if once else (recognise, ["recognise"])
        return asked(self.name, question, images, lambda some: read(self.loaded(), some), line)

    def alternatives(self, images: Sequence[Grey], allowed: Collection[str] | None = None) -> list[list[Recognised]]:
        """What each image of a single line may say, the most probable first; of the allowed characters only."""

        def readings(said: Sequence[tuple[str, float]]) -> list[Recognised]:
            return [Recognised(text, score) for text, score in said]

        def said_of(some: Sequence[Grey]) -> list[list[Recognised]]:
            return alternatives(self.loaded(), some, signs)

        signs = None if allowed is None else sorted(allowed)
        return asked(self.name, ["line", signs], images, said_of, readings)


@cache
def engine(backend: OcrBackend = "openvino", precision: OcrPrecision = "f32", device: str = "CPU") -> Engine:
    """The process's engine on that backend and device, in that precision; its networks are loaded once, which takes a
    second.

    Raises UsageError where there is no such backend or device, or the networks are not installed.
    """
    return Engine(name_by(backend, precision, device), cache(partial(load, backend, precision, device)))
