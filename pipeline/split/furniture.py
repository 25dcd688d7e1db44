"""Running headers, footers and page numbers: lines of the page, not of the report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from recount.pipeline.document import Line, Page
from recount.pipeline.split.text import fold

_PAGE_NUMBER = re.compile(
    r"[-—–~·.|\s]*(?:第\s*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*页)?(?:\s*[/,共]\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–~·.|\s]*",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_HEAD = 0.085  # of the page height: above it stand running headers
_FOOT = 0.90  # below it stand footers and page numbers


def without_furniture(page: Page, lines: Sequence[Line], running: frozenset[str]) -> list[Line]:
    """The lines of a page that belong to the report."""
    return [line for line in lines if not _is_furniture(page, line, running)]


def _is_furniture(page: Page, line: Line, running: frozenset[str]) -> bool:
    if not _in_margin(page, line):
        return False
    key = _key(line)
    return key in running or not key or _PAGE_NUMBER.fullmatch(fold(line.text).strip()) is not None


def running_lines(pages: Sequence[Page]) -> frozenset[str]:
    """What repeats in the margins of at least three pages and of at least half of them, numbers left aside."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_key(line) for line in page.lines if _in_margin(page, line)})
    filled = sum(1 for page in pages if page.lines)
    return frozenset(key for key, times in seen.items() if key and times >= 3 and times * 2 >= filled)


def _in_margin(page: Page, line: Line) -> bool:
    return line.box[3] <= page.height * _HEAD or line.box[1] >= page.height * _FOOT


def _key(line: Line) -> str:
    return _DIGITS.sub("#", "".join(fold(line.text).split()))
