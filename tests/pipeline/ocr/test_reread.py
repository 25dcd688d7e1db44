"""A figure is looked at again."""

from __future__ import annotations

from pathlib import Path

import pytest

from recount.pipeline.ocr.network.engine import Engine
from recount.pipeline.ocr.reader import fill_scanned
from recount.pipeline.ocr.reread import FIGURE_SIGNS, crop, second_readings
from recount.pipeline.read import read_pdf
from recount.tests.pipeline.ocr.scans import Typeset, as_pdf, skewed

pytestmark = pytest.mark.usefixtures("reader")


def test_a_figure_is_read_again_from_its_crop(tmp_path: Path, reader: Engine) -> None:
    path = as_pdf(tmp_path / "a.pdf", skewed(Typeset().table().drawn(), 1.2))
    pages, scans = fill_scanned(read_pdf(path), path)
    line = next(line for line in pages.pages[0].lines if line.text == "1,844.31")
    image = crop(scans, 1, line.box)
    assert image is not None
    best = second_readings([image], FIGURE_SIGNS, reader)[0][0]
    assert best.text == "1,844.31"
    assert best.support >= 5
    assert best.score > 0.9


def test_a_page_that_was_not_scanned_has_no_crop(tmp_path: Path) -> None:
    path = as_pdf(tmp_path / "a.pdf", Typeset().table().drawn())
    _, scans = fill_scanned(read_pdf(path), path, "never")
    assert crop(scans, 1, (10, 10, 50, 20)) is None
