"""How lines are best shown to the recogniser: how many are read as they are printed, by the looks that are taken.

    python -m recount.eval.bench.lines --count 2 --seed 7100 [--precision f32] [--json FILE]

Makes so many scans of each level of damage, reads them, and then each image of a line that was asked about in other
ways too. It is read as printed if the same page as it was before the damage has such a line. Lines that were cut or
joined never are: what counts is the difference.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, get_args

from recount.eval.bench.ranges import Watched
from recount.eval.bench.scan_campaign import orders
from recount.eval.goldset.generated import Order, write
from recount.eval.scans.damage import LEVELS
from recount.pipeline.mupdf import mupdf
from recount.pipeline.ocr.image.images import picture_of_page
from recount.pipeline.ocr.image.prepare import Grey
from recount.pipeline.ocr.image.scan import read_picture
from recount.pipeline.ocr.network.backends import Networks, load
from recount.pipeline.ocr.network.engine import Engine
from recount.pipeline.ocr.network.reading import CLOSER, GLANCE, LOOK, Decoded, recognise, recognise_once
from recount.pipeline.ocr.network.steps import Floats
from recount.pipeline.read import read_pdf
from recount.pipeline.settings import OcrPrecision
from recount.pipeline.split.folding import fold

Read = Callable[[Networks, Sequence[Grey]], list[Decoded]]

WAYS: Mapping[str, Read] = {
    "once": recognise_once,
    "once, with paper": partial(recognise_once, look=CLOSER),
    "again if unsure": partial(recognise, first=LOOK),
    "squeezed at first": recognise,
    "all squeezed at first": partial(recognise, first=replace(GLANCE, short=1)),
    "more squeezed at first": partial(recognise, first=replace(GLANCE, share=0.5)),
}
"""What is tried. The one before the last two is what is done."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Images of lines of a page, and what is printed on it, folded, without blanks."""

    images: Sequence[Grey]
    printed: frozenset[str]


@dataclass(frozen=True)
class _Kept(Engine):
    """An engine that keeps the images of lines which it is asked about."""

    images: list[Grey] = field(default_factory=list)

    def recognise(self, images: Sequence[Grey], *, once: bool = False) -> list[Decoded]:
        self.images.extend(images)
        return super().recognise(images, once=once)


def lines_of(order: Order, networks: Networks, folder: Path) -> Iterator[Lines]:
    """The lines of a scan that is made, page by page. order: with a scan."""
    scan = write(order, folder / "scans") / "report.pdf"
    printed = read_pdf(write(replace(order, scan=None), folder / "printed") / "report.pdf")
    with mupdf.open(scan) as document:
        for page, at in zip(printed.pages, range(document.page_count), strict=True):
            reader = _Kept(networks.name, lambda: networks)
            read_picture(picture_of_page(document[at]), at + 1, at + 1, reader)
            yield Lines(reader.images, frozenset(_bare(line.text) for line in page.lines))


def _bare(text: str) -> str:
    return fold(text).replace(" ", "")


@dataclass(frozen=True, slots=True)
class Found:
    """What a way of looking found: lines read as printed; thousands of columns that the networks saw; CPU s."""

    right: int
    columns: int
    cpu: float


def look(read: Read, pages: Iterable[Lines], networks: Networks) -> Found:
    """What a way of looking finds on pages."""
    columns: list[int] = []

    def count(batch: Floats) -> None:
        columns.append(len(batch) * batch.shape[3])

    recogniser = Watched(networks.recogniser, count)
    exact = recogniser if networks.exact is networks.recogniser else Watched(networks.exact, count)
    watched = replace(networks, recogniser=recogniser, exact=exact)
    begin, right = time.process_time(), 0
    for page in pages:
        right += sum(_bare(line.text) in page.printed for line in read(watched, page.images))
    return Found(right, sum(columns) // 1000, round(time.process_time() - begin, 1))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="recount.eval.bench.lines", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=2, help="scans of each level (default: 2)")
    parser.add_argument("--seed", type=int, default=7100, help="of the first of them (default: 7100)")
    parser.add_argument("--precision", choices=get_args(OcrPrecision), default="f32", help="of the networks")
    parser.add_argument("--json", type=Path, help="a file to keep the figures in")
    options = parser.parse_args(arguments)
    networks = load("openvino", options.precision)
    with tempfile.TemporaryDirectory() as folder:
        chosen = orders(list(LEVELS), range(options.seed, options.seed + options.count))
        pages = [page for order in chosen for page in lines_of(order, networks, Path(folder))]
    total = sum(len(page.images) for page in pages)
    kept: dict[str, Any] = {"lines": total, "ways": {}}
    for name, read in WAYS.items():
        found = look(read, pages, networks)
        kept["ways"][name] = asdict(found)
        print(f"{name}: {found.right:,} of {total:,} as printed, {found.columns:,},000 columns, {found.cpu} CPU s")
    if options.json:
        options.json.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
