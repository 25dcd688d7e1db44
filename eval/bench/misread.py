"""What one misread sign costs: signs of generated reports are exchanged or dropped, one at a time, as by OCR.

    python -m recount.eval.bench.misread [--of marks|labels] [--reports 26] [--seed 42000] [--signs 60]

A scan shows one misreading in some hundred lines; here each sign has its turn, without OCR. The reports are digital, of
all forms and regions, and mapped as scans are. marks: the punctuation of running text becomes what it is read as, or
nothing; labels: an ideograph in a table becomes another, or nothing. Of every report so many signs are tried, by lot;
those are printed that cost figures, with how many come out no more. The second looks of OCR are not taken: some of
what is printed here they put right.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from recount.eval.bench.scan_campaign import orders
from recount.eval.goldset.generated import Order
from recount.pipeline.document import Line, Page, Pages
from recount.pipeline.map.registry import map_document
from recount.pipeline.ocr.text.hygiene import clean
from recount.pipeline.ocr.text.lines import OcrLine
from recount.pipeline.read.pdf import read_pdf
from recount.pipeline.split.split import split
from recount.schemas.common.parts import UNMAPPED
from recount.schemas.describe import leaves_in
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.family import FINAL_ACCOUNTS

READ_AS = {
    "，": "；：", "；": "：", "：": "；", "。": "，", "、": "，", "（": "", "）": "",
    ",": ";:", ";": ":", ":": ";", "(": "", ")": "",
}  # fmt: skip
"""What a sign of punctuation is read as; each is lost as well."""
_STRANGE = "囧"  # stands for whatever an ideograph is read as
_SURE = 0.99
_SHORTEST = 12  # signs of a line of running text
_LONGEST = 14  # signs of a label
_NEAR = 45.0  # points below a ruling line within which a label stands


@dataclass(frozen=True, slots=True)
class Slip:
    """A sign that is misread: of which page and line, the place in it, and what is read there."""

    page: int
    line: int
    at: int
    read: str


def scanned(order: Order) -> Pages:
    """A report, read as it was printed, whose pages count as scanned."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.pdf"
        path.write_bytes(order.case().pdf)
        pages = read_pdf(path)
    read = [
        replace(page, origin="ocr", lines=tuple(replace(line, confidence=_SURE) for line in page.lines))
        for page in pages.pages
    ]
    return replace(pages, pages=tuple(read))


def slips_of(pages: Pages, kind: str) -> Iterator[Slip]:
    """Every misreading of a kind that is tried."""
    for number, page in enumerate(pages.pages):
        for index, line in enumerate(page.lines):
            tabular = _in_table(page, line)
            if kind == "labels" and tabular and len(line.text) <= _LONGEST:
                signs = ((at, _STRANGE) for at, sign in enumerate(line.text) if "\u3400" <= sign <= "\u9fff")
            elif kind == "marks" and not tabular and len(line.text) >= _SHORTEST:
                signs = ((at, READ_AS[sign]) for at, sign in enumerate(line.text) if _is_mark(line.text, at))
            else:
                continue
            yield from (Slip(number, index, at, read) for at, others in signs for read in (*others, ""))


def _in_table(page: Page, line: Line) -> bool:
    """Whether a line stands right below a level ruling line."""
    return any(
        ruling.y0 == ruling.y1 and ruling.x0 - 2 < line.box[0] < ruling.x1 + 2 and abs(ruling.y0 - line.box[1]) < _NEAR
        for ruling in page.rulings
    )


def _is_mark(text: str, at: int) -> bool:
    """Whether a sign parts words, and not the digits of a number."""
    return text[at] in READ_AS and not (text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit())


def misread(pages: Pages, slip: Slip) -> Pages:
    """The report with a sign misread, and what is certainly misread put right again."""
    page = pages.pages[slip.page]
    line = page.lines[slip.line]
    text = line.text[: slip.at] + slip.read + line.text[slip.at + 1 :]
    boxes = line.boxes[: slip.at + len(slip.read)] + line.boxes[slip.at + 1 :]
    if not text:
        return pages
    alone = _in_table(page, line)
    read = clean(OcrLine(text, boxes, (_SURE,) * len(text), line.box), alone=alone, running=not alone)
    kept = () if read is None else (Line(read.text, read.boxes, line.box, _SURE),)
    lines = (*page.lines[: slip.line], *kept, *page.lines[slip.line + 1 :])
    own = (*pages.pages[: slip.page], replace(page, lines=lines), *pages.pages[slip.page + 1 :])
    return replace(pages, pages=own)


def figures(pages: Pages) -> Counter[Decimal]:
    """The values of the figures that a report has, each so many times; without those that no field has."""
    document = split(pages)
    report = map_document(document, FINAL_ACCOUNTS).report
    refs = [leaf for pointer, leaf in leaves_in(report) if isinstance(leaf, Ref) and UNMAPPED not in pointer]
    return Counter(document.tokens[ref.token].value * (-1 if ref.negative else 1) for ref in refs)


def told(pages: Pages, slip: Slip, lost: int) -> str:
    """A misreading that costs figures, for people."""
    text = pages.pages[slip.page].lines[slip.line].text
    before, after = text[max(0, slip.at - 12) : slip.at], text[slip.at + 1 : slip.at + 13]
    return f"{lost:3} {before}[{text[slip.at]}→{slip.read}]{after}"


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point: prints the misreadings that cost figures, and how many of those that were tried do."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--of", choices=("marks", "labels"), default="marks")
    parser.add_argument("--reports", type=int, default=26)
    parser.add_argument("--seed", type=int, default=42_000)
    parser.add_argument("--signs", type=int, default=60, help="misreadings that are tried of each report")
    options = parser.parse_args(argv)
    lot, tried, costly = random.Random(options.seed), 0, 0
    for order in orders(("good",), range(options.seed, options.seed + options.reports)):
        pages = scanned(order)
        usual, slips = figures(pages), list(slips_of(pages, options.of))
        for slip in lot.sample(slips, min(options.signs, len(slips))):
            lost = (usual - figures(misread(pages, slip))).total()
            tried, costly = tried + 1, costly + bool(lost)
            if lost:
                print(told(pages, slip, lost), flush=True)
    print(f"{costly} of {tried} misreadings cost figures")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
