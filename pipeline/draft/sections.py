"""Sections in words of example reports: headings with labelled figures under them, in Chinese and in scripts that have
blanks between words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from recount.pipeline.document import MONEY, Document, Paragraph, Token
from recount.pipeline.draft.drawn import Table, free_key
from recount.pipeline.map.grammar.sections import UNITS
from recount.pipeline.map.tables.sheet import without_ordinal
from recount.pipeline.map.worded import is_worded, labels_in, year_of
from recount.pipeline.split.folding import fold
from recount.pipeline.split.outline import every_section, heading_abroad, sections_of
from recount.schemas.family import Heading
from recount.schemas.figures import Kind

Labelled = tuple[str, int, list[tuple[str, Kind, Token]]]
"""A section: its title, the level of its heading, and the labels of its figures with what they count in."""

_ORDINALS = (re.compile("第"), re.compile("[一二三四五六七八九十]+、"), re.compile(r"[(（]"))
"""How headings of the first, the second and the third level begin."""
_BEFORE = re.compile(r"(?:年?度|本年度|全年)?([一-鿿]{2,24}?)(?:为|是|共|共计|:)?$")
"""The label right before an amount of running text."""
_CHANGED = re.compile(r"[增减升降多少]|上年|原因|其中|截止|[月于在至达]$")
"""Of words before an amount: what has become of another, or no label."""
_FEWEST = 2
"""Labelled amounts that make a section one, at least."""


def worded(documents: Sequence[Document]) -> list[Table]:
    """The sections under headings, with the figures that running text says beside their labels."""
    found: dict[str, Table] = {}
    common = _common(
        [heading for document in documents for heading in dict.fromkeys(_headings(document))], len(documents)
    )
    for example, document in enumerate(documents):
        for title, level, said in (*_in_chinese(document), *_abroad(document, common)):
            if len({label for label, _, _ in said}) < _FEWEST:
                continue
            own = found.setdefault(
                title, Table(title, free_key(title, {table.key for table in found.values()}), level=level)
            )
            own.columns[example, 0] = None
            for label, kind, token in said:
                line = own.line_of(label, kind)
                if (example, 0) not in line.values:
                    line.add((example, 0), token)
                own.unit = own.unit or (token.unit if kind is Kind.MONEY and token.unit not in MONEY else None)
    for own in found.values():  # what one report in a few says is its own
        own.lines = [line for line in own.lines if 2 * len(line.values) > len(own.columns)]
        own.name_lines()
    return [own for own in found.values() if len(own.lines) >= _FEWEST]


# --- in Chinese


def _in_chinese(document: Document) -> Iterator[Labelled]:
    for section in every_section(document, ()):
        heading = "".join(fold(section.title).split())
        level = next((at for at, rule in enumerate(_ORDINALS, 1) if rule.match(heading)), 0)
        title = without_ordinal(heading).rstrip("。:")
        if level and title:
            said = _amounts_of(section.paragraphs)
            yield (
                title,
                level,
                [(label, Kind.MONEY if token.unit in MONEY else Kind.COUNT, token) for label, token in said],
            )


def _amounts_of(paragraphs: Iterable[Paragraph]) -> Iterator[tuple[str, Token]]:
    """The amounts and counts of paragraphs with a label right before them."""
    for paragraph in paragraphs:
        for number in paragraph.numbers:
            label = _BEFORE.search("".join(paragraph.text.folded[: number.start].split()))
            is_told = number.token.unit in MONEY or number.token.unit in UNITS[Kind.COUNT]
            if label is not None and is_told and not _CHANGED.search(label[1]):
                yield label[1], number.token


# --- in scripts with blanks between words

_LEVEL = 2
_MOST_WORDS = 8


def _abroad(document: Document, titles: Sequence[str]) -> Iterator[Labelled]:
    outline = [Heading(title, _LEVEL, re.escape(title)) for title in titles]
    sections = sections_of(document, outline) if outline else {}
    year = year_of(list(takewhile(_is_of_front, (block for block in document.blocks if isinstance(block, Paragraph)))))
    for title in titles:
        if title in sections and is_worded(sections[title].paragraphs):
            said = labels_in(sections[title].paragraphs, year)
            yield title, _LEVEL, [(label[:1].upper() + label[1:], kind, token) for label, kind, token in said]


def _is_of_front(paragraph: Paragraph) -> bool:
    """Whether a paragraph may be of the title page: no sentence."""
    return not paragraph.text.folded.rstrip().endswith(".")


def _headings(document: Document) -> Iterator[str]:
    """The lines that may be headings, without their numbers: a few words, no sentence and no figure."""
    for block in document.blocks:
        title = heading_abroad(block) if isinstance(block, Paragraph) else ""
        if title and title[0].isupper() and not re.search(r"\d", title) and len(title.split()) <= _MOST_WORDS:
            yield title


def _common(titles: Iterable[str], documents: int) -> list[str]:
    """Those of more than half of the documents."""
    return [title for title, times in Counter(titles).items() if 2 * times > documents]
