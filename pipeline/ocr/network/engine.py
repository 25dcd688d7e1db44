"""The OCR engine: one a process, one inference thread, openvino or onnxruntime behind the same interface."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from recount.pipeline.document import Box
from recount.pipeline.ocr.image.prepare import Grey
from recount.pipeline.ocr.network.backends import Networks, load
from recount.pipeline.ocr.network.reading import Decoded, Recognised, alternatives, detect, recognise
from recount.pipeline.settings import OcrBackend


@dataclass(frozen=True, slots=True)
class Engine:
    """Reads images by two loaded networks. All images are grey, straight and upright; all boxes are in their pixels."""

    networks: Networks

    @property
    def name(self) -> str:
        """Backend, networks and versions."""
        return self.networks.name

    def detect(self, image: Grey) -> list[Box]:
        """The boxes of the text lines, from top to bottom."""
        return detect(self.networks.detector, image)

    def recognise(self, images: Sequence[Grey]) -> list[Decoded]:
        """The best reading of each image of a single line."""
        return recognise(self.networks, images)

    def recognise_line(self, image: Grey, allowed: Collection[str] | None = None) -> list[Recognised]:
        """What the image of one line may say, the most probable first; of the allowed characters only."""
        return alternatives(self.networks, image, allowed)


@cache
def engine(backend: OcrBackend = "openvino") -> Engine:
    """The process's engine on that backend; it is made once, which takes about a second.

    Raises UsageError where there is no such backend, or its package is not installed.
    """
    return Engine(load(backend))
