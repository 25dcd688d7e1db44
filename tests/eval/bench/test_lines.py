"""Lines are counted that are read as printed, by the ways in which they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recount.eval.bench.lines import WAYS, Found, Lines, lines_of, look
from recount.eval.bench.scan_campaign import orders
from recount.eval.bench.scans import SMALL
from recount.eval.generator import Form
from recount.pipeline.ocr.image.prepare import Grey
from recount.pipeline.ocr.network.backends import Networks, load
from recount.pipeline.ocr.network.reading import Decoded
from recount.pipeline.ocr.network.steps import Floats, Whole


@pytest.fixture(scope="module")
def networks() -> Networks:
    return load("openvino")


def test_what_is_read_is_held_against_what_is_printed_on_its_page(networks: Networks) -> None:
    """Folded, and without blanks."""

    def read(_: Networks, images: Sequence[Grey]) -> list[Decoded]:
        return [Decoded(text, (), ()) for text in ("（7）", "1 2", "3")[: len(images)]]

    image = np.zeros((48, 96), np.uint8)
    pages = [Lines([image] * 3, frozenset({"(7)", "12"})), Lines([image], frozenset({"3"}))]
    assert replace(look(read, pages, networks), cpu=0.0) == Found(2, 0, 0.0)


def test_columns_of_both_networks_are_counted(networks: Networks) -> None:
    def network(batch: Floats) -> Floats:
        return np.full((len(batch), 4, len(networks.signs)), 0.1, np.float32)

    fast = replace(networks, recogniser=Whole(network), exact=Whole(network))
    pages = [Lines([np.zeros((48, 640), np.uint8)] * 2, frozenset())]
    short = [Lines([np.zeros((48, 300), np.uint8)] * 4, frozenset())]
    assert look(WAYS["once"], pages, fast).columns == 2 * 640 // 1000
    assert look(WAYS["squeezed at first"], pages, fast).columns == 2 * (512 + 640) // 1000
    assert look(WAYS["squeezed at first"], short, fast).columns == (6 * 256 + 2 * 4 * 320) // 1000
    assert (
        look(WAYS["squeezed at first"], short, replace(fast, exact=fast.recogniser)).columns
        == (6 * 256 + 4 * 320) // 1000
    )


def test_the_lines_of_a_page_are_printed_on_what_it_was_made_of(networks: Networks, tmp_path: Path) -> None:
    order = replace(next(orders(("good",), [1])), form=Form("x2022"), options=SMALL)
    page = next(lines_of(order, networks, tmp_path))
    assert len(page.images) > 5
    assert look(WAYS["squeezed at first"], [page], networks).right > 0.8 * len(page.images)
