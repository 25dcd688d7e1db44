"""The signs of a drafted family: lines that stand in all of its examples, and tell it from Recount's own families."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from recount.pipeline.document import Document, Grid, Pages
from recount.pipeline.errors import TwoFamilies, UsageError
from recount.pipeline.map.captions import GOES_ON, may_be_title, short_above
from recount.pipeline.recognise import families_in, own_family_of, short_lines, shown_of_shipped
from recount.schemas.registry import FAMILIES

_LETTERS = 3
"""So many letters has a line that may be a sign."""
_MOST = 8
"""So many signs are written: each must stand in every report, and may be worded otherwise in another year's."""


def signs_in(pages: Sequence[Pages], documents: Sequence[Document]) -> tuple[str, ...]:
    """Regular expressions for the lines over the tables of some reports of one kind, and for the first line of them:
    whose they are, what they are called. None of them is a sign of a family that Recount has; where they show such a
    one, labels of the tables join them, so that twice as much speaks for the new one.

    pages, documents: of each report, as read and as split.
    """
    lines = [list(short_lines(report.pages)) for report in pages]
    found: dict[str, None] = {}
    enough = min(_MOST, 2 * max(map(shown_of_shipped, lines)))
    for candidates, most in ((_candidates(lines[0], documents[0]), _MOST), (_labels(documents[0]), enough)):
        for words in candidates:
            if len(found) < most and _may_be_sign(words) and all(_stands_in(_sign_of(words), own) for own in lines):
                found.setdefault(_sign_of(words))
    return tuple(found)


_SHIPPED = re.compile("|".join(f"(?:{sign})" for family in FAMILIES for sign in family.signs))


def _may_be_sign(words: str) -> bool:
    """Whether a line may be a sign: what goes on in one report may end on its page in another."""
    letters = len(re.findall(r"[^\W\d_]", words))
    return letters >= _LETTERS and ":" not in words and not GOES_ON.search(words) and _SHIPPED.search(words) is None


def _stands_in(sign: str, lines: Iterable[str]) -> bool:
    return any(re.search(sign, line, re.IGNORECASE) for line in lines)


def told_apart(pages: Sequence[Pages], families: Path) -> str:
    """Why the reports that a family was drafted from would not be recognised as its own, in a sentence; "" if they are.

    families: the folder that the family lies in, with others perhaps.
    """
    try:
        own = families_in(str(families))
        shown = [own_family_of(report.pages, own) for report in pages]
    except (TwoFamilies, UsageError) as error:
        return str(error)
    return "" if all(shown) else "no line over its tables is a sign of its own: --family alone has it taken"


def _candidates(lines: Sequence[str], document: Document) -> Iterator[str]:
    """The lines of a report that may be signs of its kind, without spaces; those without digits first."""
    first = next(iter(lines), "")
    over = [line for line in _over_tables(document) if line != first]
    yield from sorted([first, *over], key=lambda line: re.search(r"\d", line) is not None)


def _labels(document: Document) -> Iterator[str]:
    """The labels and heads of its tables."""
    for block in document.blocks:
        for cell in block.cells if isinstance(block, Grid) else ():
            if not cell.numbers:
                yield cell.words


def _over_tables(document: Document) -> Iterator[str]:
    """The lines over its tables that may name them, or whose they are, the nearest first."""
    for at, block in enumerate(document.blocks):
        if isinstance(block, Grid):
            over = (*reversed(block.caption), *short_above(document.blocks, at, block))
            names = (line.text.folded for line in over if may_be_title(line.text.folded))
            yield from ("".join(name.split()).rstrip(":;,.") for name in names)


def _sign_of(words: str) -> str:
    """A rule for a whole line, with any number where it has one."""
    return "^" + re.sub(r"\d+", r"\\d+", re.escape(words).replace(r"\-", "-")) + "$"
