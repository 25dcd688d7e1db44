"""Brackets that a cell lacks are put back where they are read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from recount.pipeline.document import Box
from recount.pipeline.ocr.image.prepare import Grey, Prepared
from recount.pipeline.ocr.network.reading import Decoded, Recognised
from recount.pipeline.ocr.text.brackets import InCell, balanced

PAGE = Prepared(np.full((100, 200), 255, np.uint8), np.full((100, 200), 255, np.uint8), 200.0, (1, 0, 0, 0, 1, 0))
CELL: Box = (10.0, 10.0, 110.0, 60.0)


def decoded(text: str) -> Decoded:
    return Decoded(text, tuple((index + 0.5) / len(text) for index in range(len(text))), (0.9,) * len(text))


@dataclass
class Reader:
    """Says the same of every image; asked: how wide they were."""

    text: str
    name: str = "said"
    asked: list[int] = field(default_factory=list)

    def detect(self, image: Grey) -> list[Box]:
        raise NotImplementedError

    def recognise(self, images: Sequence[Grey]) -> list[Decoded]:
        self.asked += [image.shape[1] for image in images]
        return [decoded(self.text)] * len(images)

    def alternatives(self, images: Sequence[Grey], allowed: Collection[str] | None = None) -> list[list[Recognised]]:
        raise NotImplementedError


def lines(*texts: str, home: int | None = 0) -> list[InCell]:
    return [
        InCell((20.0, 10.0 + 20 * row, 80.0, 28.0 + 20 * row), decoded(text), home) for row, text in enumerate(texts)
    ]


def texts(read: Sequence[InCell], reader: Reader) -> list[str]:
    return [each.line.text for each in balanced(PAGE, read, [CELL], reader)]


def test_a_bracket_that_the_cell_lacks_is_put_back_where_it_is_read() -> None:
    assert texts(lines("培训费", "万元)"), Reader("(万元)")) == ["培训费", "(万元)"]
    assert texts(lines("县市(个", "数"), Reader("数)")) == ["县市(个", "数)"]


def test_it_is_looked_for_beside_the_line_but_not_beyond_the_cell() -> None:
    reader = Reader("(万元)")
    [read] = balanced(PAGE, [InCell((12.0, 10.0, 80.0, 28.0), decoded("万元)"), 0)], [CELL], reader)
    assert read.line.text == "(万元)"
    assert max(reader.asked) <= 110 - 10


def test_what_is_read_otherwise_is_left() -> None:
    assert texts(lines("培训费", "万元)"), Reader("(万无)")) == ["培训费", "万元)"]


def test_cells_with_both_brackets_and_running_text_are_not_looked_at() -> None:
    for read in (lines("培训费", "(万元)"), lines("万元)", home=None)):
        reader = Reader("")
        assert texts(read, reader) == [each.line.text for each in read]
        assert not reader.asked
