"""The engine of all tests of OCR: making one takes about a second."""

from __future__ import annotations

import pytest

from recount.pipeline.ocr.network.engine import OcrEngine, engine


@pytest.fixture(scope="session")
def reader() -> OcrEngine:
    return engine("openvino")
