"""The signs of a drafted family: lines that stand in all of its examples, and tell it from Recount's own families."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from recount.pipeline.document import Document, Grid, Pages
from recount.pipeline.map.statements import names_over
from recount.pipeline.recognise import short_lines
from recount.schemas.registry import FAMILIES

_LETTERS = 3
"""So many letters has a line that may be a sign."""
_MOST = 8
"""So many signs are written: each must stand in every report, and may be worded otherwise in another year's."""


def signs_in(pages: Sequence[Pages], documents: Sequence[Document]) -> tuple[str, ...]:
    """Regular expressions for the lines over the tables of some reports of one kind, and for the first line of them:
    whose they are, what they are called. None of them is a sign of a family that Recount has.

    pages, documents: of each report, as read and as split.
    """
    lines = [set(short_lines(report.pages)) for report in pages]
    shipped = re.compile("|".join(f"(?:{sign})" for family in FAMILIES for sign in family.signs))
    found: dict[str, None] = {}
    for words in _candidates(pages[0], documents[0]):
        sign = _sign_of(words)
        if len(re.findall(r"[^\W\d_]", words)) < _LETTERS or shipped.search(words):
            continue
        if all(any(re.search(sign, line, re.IGNORECASE) for line in own) for own in lines):
            found.setdefault(sign)
    return tuple(found)[:_MOST]


def _candidates(pages: Pages, document: Document) -> Iterator[str]:
    """The lines of a report that may be signs of its kind, without spaces; those without digits first."""
    first = next(iter(short_lines(pages.pages)), "")
    over = [line for line in _over_tables(document) if line != first]
    yield from sorted([first, *over], key=lambda line: re.search(r"\d", line) is not None)


def _over_tables(document: Document) -> Iterable[str]:
    for at, block in enumerate(document.blocks):
        if isinstance(block, Grid):
            yield from ("".join(name.split()).rstrip(":;,.") for name in names_over(document.blocks, at))


def _sign_of(words: str) -> str:
    """A rule for a whole line, with any number where it has one."""
    return "^" + re.sub(r"\d+", r"\\d+", re.escape(words).replace(r"\-", "-")) + "$"
