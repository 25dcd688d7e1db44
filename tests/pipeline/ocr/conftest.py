"""The engine of all tests of OCR: making one takes about a second."""

from __future__ import annotations

import pytest

from recount.pipeline.ocr.network.engine import Engine, engine


@pytest.fixture(scope="session")
def reader() -> Engine:
    return engine("openvino")
