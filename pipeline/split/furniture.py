"""Running headers, footers, page numbers and line numbers: lines of the page, not of the report."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from recount.pipeline.document import Line, Page
from recount.pipeline.split.folding import fold
from recount.pipeline.split.text import in_one_row

# 一 is a dash, misread, and 二 one with a speck above it.
_PAGE_NUMBER = re.compile(
    r"[-—–~·.|一二\s]*(?:第\s*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*页)?(?:\s*[/,共]\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–~·.|一二\s]*",
    re.IGNORECASE,
)
_SPECKS = re.compile(r"^[^\w()]+|[^\w()%]+$")
_LINE_NUMBER = re.compile("[0-9]{1,3}")
_FEWEST = 5  # numbers that count on in the margin before they are those of the lines
_DIGITS = re.compile(r"\d+")
_AMOUNT = re.compile(r"\d{1,3}(?:,\d{3})+")  # no page of so many
_FIGURE = re.compile(r"[-(]?[\d,.]+[)%]*")
_ROW = 3  # other lines beside a number that is no page's
_FIGURED = 2  # the same where figures are among them
_HEAD = 0.085  # of the page height: above it stand running headers
_FOOT = 0.90  # below it stand footers and page numbers
_OFTEN = 3  # pages on which a running line stands at least
_SOME = 12  # pages whose lines are looked for on all others
_ALIKE = 0.75  # how much of a running line must be read right for it to be known


def without_furniture(page: Page, lines: Sequence[Line], running: frozenset[str]) -> list[Line]:
    """The lines of a page that belong to the report. running: the running_lines of its pages."""
    numbers = _line_numbers(page)
    return [line for line in lines if id(line) not in numbers and not _is_furniture(page, line, running)]


def _line_numbers(page: Page) -> frozenset[int]:
    """The identities of the numbers of the lines that stand in the margin: counted on from one to the next, outside of
    all the text."""
    counted = [line for line in page.lines if _LINE_NUMBER.fullmatch(line.text)]
    counted = [line for line in counted if not in_margin(page, line, wide=False)]
    if len(counted) < _FEWEST:
        return frozenset()
    text = [line for line in page.lines if not _LINE_NUMBER.fullmatch(line.text)]
    text = [line for line in text if not in_margin(page, line, wide=False)]
    if not text:
        return frozenset()
    first, last = min(line.box[0] for line in text), max(line.box[2] for line in text)
    left = [line for line in counted if line.box[2] < first]
    right = [line for line in counted if line.box[0] > last]
    return frozenset(
        id(line)
        for numbers, fewest in ((left, _FEWEST), (right, 2 * _FEWEST))
        if len(numbers) >= fewest and _count_on(numbers)
        for line in numbers
    )


def _count_on(numbers: Sequence[Line]) -> bool:
    """Whether numbers from top to bottom are each one more than the one above, or each five more."""
    ordered = sorted(numbers, key=lambda line: line.box[1])
    steps = {int(below.text) - int(above.text) for above, below in pairwise(ordered)}
    return steps in ({1}, {5})


def _is_furniture(page: Page, line: Line, running: frozenset[str]) -> bool:
    if not in_margin(page, line):
        return False
    pattern = _pattern_of(line)
    if pattern in running or (page.origin == "ocr" and any(_is_misread(pattern, known) for known in running)):
        return True
    if not in_margin(page, line, wide=False) or (pattern and page_number(line, specked=page.origin == "ocr") is None):
        return False
    return not _is_in_a_row(page, line, running)


def _is_in_a_row(page: Page, line: Line, running: frozenset[str]) -> bool:
    """Whether a line stands beside several others, as the figures of a table do whose last row is in the margin: on a
    scan, where specks are read as digits, beside amounts."""
    beside = [other for other in page.lines if other is not line and in_one_row(other.box, line.box)]
    words = ["".join(fold(other.text).split()) for other in beside if _pattern_of(other) not in running]
    form = _AMOUNT if page.origin == "ocr" else _FIGURE
    figured = any(map(form.fullmatch, words))
    return len(words) >= _FIGURED if figured else len(words) >= _ROW and page.origin != "ocr"


def page_number(line: Line, *, specked: bool = False) -> int | None:
    """The page number that a line in the margin is, 0 for one in Roman numerals; None if it is none.

    specked: it is of a scanned page, where specks stand around it (-5:).
    """
    text = fold(line.text).strip()
    if specked:
        text = _SPECKS.sub("", text)
    if _PAGE_NUMBER.fullmatch(text) is None or _AMOUNT.fullmatch(text):
        return None
    digits = _DIGITS.search(text)
    return int(digits[0]) if digits else 0


def _is_misread(pattern: str, running: str) -> bool:
    """Whether OCR may have made a line of a running one."""
    if abs(len(pattern) - len(running)) > 1 or min(len(pattern), len(running)) < 4:
        return False
    return SequenceMatcher(None, pattern, running, autojunk=False).ratio() >= _ALIKE


def running_lines(pages: Sequence[Page]) -> frozenset[str]:
    """What repeats in the margins of at least three pages and of at least half of them, numbers left aside; on scans
    what is nearly the same repeats, since a sign of it may be read in another way on each."""
    seen: dict[str, set[int]] = defaultdict(set)
    filled = [page for page in pages if page.lines]
    for at, page in enumerate(filled):
        for line in page.lines:
            if in_margin(page, line, wide=False) and (pattern := _pattern_of(line)):
                seen[pattern].add(at)
    some = {at for at in range(0, len(filled), 1 + len(filled) // _SOME) if filled[at].origin == "ocr"}
    often = {pattern: set(on) for pattern, on in seen.items()}
    for pattern, on in often.items():
        if not some.isdisjoint(on):  # what runs is on some of them
            on.update(*(seen[other] for other in seen if _is_misread(other, pattern)))
    return frozenset(pattern for pattern, on in often.items() if len(on) >= _OFTEN and 2 * len(on) >= len(filled))


def in_margin(page: Page, line: Line, *, wide: bool = True) -> bool:
    """Whether a line stands in the head or the foot of its page.

    wide: a page laid across has the margins of its sheet. There a line is the page's only if it is known to repeat from
    lines nearer to the edge: 公开01表 and 单位：元 stand high on such pages, and on all of them.
    """
    side = max(page.width, page.height) if wide else page.height
    return line.box[3] <= side * _HEAD or line.box[1] >= page.height - side * (1 - _FOOT)


def _pattern_of(line: Line) -> str:
    """The text of a line with # for every number."""
    return _DIGITS.sub("#", "".join(fold(line.text).split()))
