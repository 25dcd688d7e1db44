"""The outline: headings recognised, the report cut into sections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from recount.pipeline.document import Block, Document, Grid, Paragraph, Text
from recount.schemas.outline import Heading

_LEVELS = (
    (1, re.compile(r"第[一二三四五六七八九十]{1,2}(?:部分|章|篇)[、.:]?")),
    (2, re.compile(r"[一二三四五六七八九十]{1,3}[、.．]")),
    (3, re.compile(r"\([一二三四五六七八九十]{1,3}\)[、.]?")),
)
_PART_ALONE = re.compile(r"第[一二三四五六七八九十]{1,2}部分[、.:]?")
_SENTENCE = re.compile(r"[。;,]")
_LONGEST_HEADING = 48  # characters


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the report under one heading.

    key: the heading's key, None under a heading that the outline does not know. title: the heading as printed.
    """

    key: str | None
    title: str
    paragraphs: tuple[Paragraph, ...]
    grids: tuple[Grid, ...]

    @property
    def length(self) -> int:
        """How much stands in it, in characters; a grid counts as much as a page of text."""
        return sum(len(each.text) for each in self.paragraphs) + 500 * len(self.grids)


@dataclass(slots=True)
class _Open:
    """A section while it is filled."""

    key: str | None
    title: str
    level: int
    paragraphs: list[Paragraph] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)


def sections_of(document: Document, outline: Sequence[Heading]) -> dict[str, Section]:
    """The sections of a report by key. What stands before the first heading has the key "front".

    A heading that comes twice (table of contents) opens the section under which more stands. A section ends at the
    next heading of the outline, or at one of its own level or above that the outline does not know.
    """
    found: list[_Open] = [_Open("front", "", 1)]
    part = ""
    parents: dict[int, str] = {}
    for block in _with_whole_parts(document.blocks):
        if isinstance(block, Grid):
            found[-1].grids.append(block)
            continue
        heading = _heading(block, outline, part, parents, found[-1])
        if heading is None:
            found[-1].paragraphs.append(block)
            continue
        opened, rest = heading
        found.append(opened)
        if opened.key:
            parents = {level: key for level, key in parents.items() if level < opened.level}
            parents[opened.level] = opened.key
            part = parents.get(1, part)
        if rest is not None:
            opened.paragraphs.append(rest)
    return _fullest(found)


def _with_whole_parts(blocks: Sequence[Block]) -> list[Block]:
    """第一部分 on a line of its own and its title on the next are one heading."""
    whole: list[Block] = []
    for block in blocks:
        above = whole[-1] if whole else None
        if (
            isinstance(block, Paragraph)
            and isinstance(above, Paragraph)
            and _PART_ALONE.fullmatch(above.text.folded)
            and _looks_like_heading(block.text.folded)
        ):
            text = Text(above.text.printed + block.text.printed, above.text.folded + block.text.folded)
            whole[-1] = Paragraph(text, (), above.page, above.top, above.centred)
        else:
            whole.append(block)
    return whole


def _fullest(found: Sequence[_Open]) -> dict[str, Section]:
    sections: dict[str, Section] = {}
    for each in found:
        section = Section(each.key, each.title, tuple(each.paragraphs), tuple(each.grids))
        if each.key and (each.key not in sections or section.length > sections[each.key].length):
            sections[each.key] = section
    return sections


def _heading(
    paragraph: Paragraph, outline: Sequence[Heading], part: str, parents: dict[int, str], current: _Open
) -> tuple[_Open, Paragraph | None] | None:
    """The section that a paragraph opens, and the text that runs on after its title."""
    folded = paragraph.text.folded
    level, start = _level(folded)
    words = folded[start : start + 120]
    if part == "part.glossary" and level > 1:
        return None
    for each in outline:
        if level not in (each.level, each.also) and not (level == 0 and each.level > 1) and each.level != 0:
            continue
        if each.level == 0 and level != 0:
            continue
        if each.within and not set(each.within) & set(parents.values()):
            continue
        match = re.match(each.title, words.replace(" ", "") if each.level < 2 else words)
        if match is None:
            continue
        end = start + match.end()
        whole = len(folded) <= _LONGEST_HEADING and _SENTENCE.search(folded[start:].rstrip("。:;")) is None
        if whole and level:
            return _Open(each.key, paragraph.text.printed, each.level), None
        if level == 0 and end < len(folded.rstrip("。:; ")):
            continue  # a heading without an ordinal stands alone
        if level in (0, 1):
            return _Open(each.key, paragraph.text.printed, each.level), None
        return _Open(each.key, folded[:end], each.level), tail_of(paragraph, end)
    if level in (1, 2) and _looks_like_heading(folded) and current.level <= 3 and part != "part.overview":
        return _Open(None, paragraph.text.printed, level), None
    return None


def _level(folded: str) -> tuple[int, int]:
    for level, ordinal in _LEVELS:
        match = ordinal.match(folded)
        if match:
            return level, match.end()
    return 0, 0


def _looks_like_heading(folded: str) -> bool:
    return len(folded) <= _LONGEST_HEADING and _SENTENCE.search(folded) is None


def tail_of(paragraph: Paragraph, start: int) -> Paragraph | None:
    """What is left of a paragraph from an index on, without the punctuation it begins with; None if nothing."""
    folded = paragraph.text.folded
    while start < len(folded) and folded[start] in "。:;, ":
        start += 1
    if start >= len(folded):
        return None
    numbers = tuple(
        type(each)(each.start - start, each.end - start, each.token)
        for each in paragraph.numbers
        if each.start >= start
    )
    text = Text(paragraph.text.printed[start:], folded[start:])
    return Paragraph(text, numbers, paragraph.page, paragraph.top)
