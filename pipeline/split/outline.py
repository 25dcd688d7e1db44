"""The outline: what may be a title, headings recognised, the report cut into sections."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache

from recount.pipeline.document import Block, Document, Grid, Number, Paragraph, Text
from recount.schemas.family import Heading

_LEVELS = (
    (1, re.compile(r"第[一二三四五六七八九十]{1,2}(?:部分|章|篇)[、.:]?")),
    (2, re.compile(r"[一二三四五六七八九十]{1,3}[、.．]")),
    (3, re.compile(r"\([一二三四五六七八九十]{1,3}\)[、.)]*")),
)
_ALL_LEVELS = (
    *_LEVELS,
    (4, re.compile(r"\d{1,2}[、.．](?!\d)")),
    (5, re.compile(r"\(\d{1,2}\)[、.)]*")),
)
"""With the ordinals of lists, which number headings in some forms: only a known title tells."""
_LEADER = re.compile(r"[.·…]{4,}\s*\d{0,4}$")
_PART_ALONE = re.compile(r"第[一二三四五六七八九十]{1,2}部分[、.:]?")
_SENTENCE = re.compile(r"[。;,]")
# What may stand behind a title that is alone on its line; but for the first three signs it is a speck of a scan.
_BEHIND = "。:;,.、· "
_TITLE_ENDS = re.compile(r"(?:情况|说明|事项)$")
_AMOUNT = re.compile(r"\d[\d,.]*(?:[万亿]?元|%)")
ITEM = re.compile(r"\([类款项]\)")
"""Marks what is named as an item of a list: what follows is not said of the section, and it is no heading."""
_LONGEST_HEADING = 48  # characters
_LONGEST_ABROAD = 90  # the same of one that is written with blanks between words
_ABROAD = re.compile(
    r"(?P<kind>(?:note|section|part|chapter|item|article|annex|schedule)\s+)?"
    r"(?P<ordinal>\d{1,2}(?:\.\d{1,2}){0,3}|[ivx]{1,5}|[a-z])(?:[.):]+(?!\d)\s*|\s*[-–—]\s*|(?<=\d)\s+|(?<=[ivx])\s+)",
    re.IGNORECASE,
)
"""What numbers a heading in Latin script: 3. 3.1 IV. A) Note 5 – Section 2:"""
_IDEOGRAPH = re.compile("[一-鿿]")
_MOST_TITLES = 1_000  # of all families together
_SHORTEST_MISREAD = 6  # characters; in a shorter title one wrong character may make it another


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the report under one heading.

    key: the heading's key, None under a heading that the outline does not know. title: the heading as printed.
    within: the keys of the headings that are open above it, the highest first.
    """

    key: str | None
    title: str
    paragraphs: tuple[Paragraph, ...]
    grids: tuple[Grid, ...]
    within: tuple[str, ...] = ()

    @property
    def length(self) -> int:
        """How much stands in it, in characters; a grid counts as much as a page of text."""
        return sum(len(paragraph.text) for paragraph in self.paragraphs) + 500 * len(self.grids)


@dataclass(slots=True)
class _Open:
    """A section while it is filled. counted: how its heading in Latin script is numbered, "" for no number."""

    key: str | None
    title: str
    within: tuple[str, ...] = ()
    counted: str = ""
    paragraphs: list[Paragraph] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)

    def closed(self) -> Section:
        """The section, filled."""
        return Section(self.key, self.title, tuple(self.paragraphs), tuple(self.grids), self.within)


def sections_of(document: Document, outline: Sequence[Heading]) -> dict[str, Section]:
    """The sections of a report by key. What stands before the first heading has the key "front".

    A heading that comes twice (table of contents) opens the section under which more stands. A section ends at the
    next heading of the outline, or at one of level 1 or 2 that the outline does not know.
    """
    return all_sections(document, outline)[0]


def every_section(document: Document, outline: Sequence[Heading]) -> list[Section]:
    """The sections of all_sections, those that have a key first."""
    sections, others = all_sections(document, outline)
    return [*sections.values(), *others]


def all_sections(document: Document, outline: Sequence[Heading]) -> tuple[dict[str, Section], list[Section]]:
    """The sections of sections_of, and the others in the order of the report.

    Others are those under headings that the outline does not know, and the shorter of two of a kind.
    """
    cutter = _Cutter(outline)
    for block in _with_whole_parts(document.blocks):
        cutter.add(block)
    found = [opened.closed() for opened in cutter.found]
    sections: dict[str, Section] = {}
    for section in found:
        if section.key and (section.key not in sections or section.length > sections[section.key].length):
            sections[section.key] = section
    return sections, [other for other in found if other.key is None or other is not sections[other.key]]


@dataclass(slots=True)
class _Cutter:
    """Cuts blocks into sections. above: the headings that are open, by level."""

    outline: Sequence[Heading]
    found: list[_Open] = field(default_factory=lambda: [_Open("front", "")])
    above: dict[int, Heading] = field(default_factory=dict)

    def add(self, block: Block) -> None:
        """The next block: a heading, or more of the section that is open."""
        if isinstance(block, Grid):
            self.found[-1].grids.append(block)
            return
        folded = block.text.folded
        if _LEADER.search(folded):
            self.found.append(_Open(None, ""))  # a line of a table of contents
            return
        if self._abroad(block):
            return
        level, start = _level(folded, _ALL_LEVELS)
        closed = min((upper.level for upper in self.above.values() if upper.closed), default=None)
        above = {upper.key for depth, upper in self.above.items() if depth < level or not level}
        for heading in self.outline if closed is None or level in (0, 1) else ():
            if closed is not None and level == 0 and heading.level > closed:
                continue
            end = self._end_of_title(heading, above, folded, level, start)
            if end is not None:
                self._open(heading, block, end, level)
                return
        misread = self._misread(folded, level, start) if closed is None else None
        if misread is not None:
            self._open(misread, block, len(folded), level)
        elif closed is None and self._ends_section(folded, level):
            self.above = {depth: upper for depth, upper in self.above.items() if depth < level}
            within = tuple(upper.key for _, upper in sorted(self.above.items()))
            self.found.append(_Open(None, block.text.printed, within))
        elif closed is not None and level == 1 and _looks_like_heading(folded):
            self.found.append(_Open(None, block.text.printed, ()))
        else:
            self.found[-1].paragraphs.append(block)

    def _abroad(self, block: Paragraph) -> bool:
        """Whether a paragraph is a heading in Latin script, which stands alone: of the outline, or one that the outline
        does not know and that is numbered as the open section's is, or higher."""
        words = " ".join(block.text.folded.split()).rstrip(".:; ")
        if len(words) > _LONGEST_ABROAD or _IDEOGRAPH.search(words) or _AMOUNT.search(words):
            return False
        number = _ABROAD.match(words)
        counted = _how_counted(number)
        said = (words, words[number.end() :] if number else "")
        for heading in self.outline:
            if _ideographs_of(heading.title):
                continue
            if any(_title(heading.title, re.IGNORECASE).fullmatch(part) for part in said) and self._may_open(heading):
                self._open(heading, block, len(block.text.folded), heading.level)
                self.found[-1].counted = counted
                return True
        own = next((opened.counted for opened in reversed(self.found) if opened.key), "")
        if not counted or not (own == counted or own.startswith(f"{counted}.")):
            return False
        self.found.append(_Open(None, block.text.printed, counted=counted))
        return True

    def _may_open(self, heading: Heading) -> bool:
        return not heading.within or any(upper.key in heading.within for upper in self.above.values())

    def _ends_section(self, folded: str, level: int) -> bool:
        """Whether a line is a heading that the outline does not know and that is no part of the section above it."""
        if not _looks_like_heading(folded) or any(upper.lists for upper in self.above.values()):
            return False
        if ITEM.search(folded):  # （一）一般公共服务支出（类）: a line of a list
            return False
        return level in (1, 2) or (level == 3 and any(depth >= level for depth in self.above))

    def _end_of_title(self, heading: Heading, above: Set[str], folded: str, level: int, start: int) -> int | None:
        """Where the title of a heading ends in a paragraph, None if the paragraph does not open it. above: the keys of
        the open headings that are over one of the paragraph's level."""
        if (heading.level == 1) != (level == 1) and not (heading.level == 1 and level == heading.also):
            return None
        if level != heading.level and heading.key in above:
            return None  # （一）“三公”经费…总体情况 under 七、“三公”经费: a part of that section
        if not self._may_open(heading):
            return None
        if not above.isdisjoint(heading.outside):
            return None
        match = _title(heading.title).match(folded[start:])
        if match is None:
            return None
        end = start + match.end()
        if end >= len(folded.rstrip(_BEHIND)):
            return len(folded)
        usual = level in (heading.level, heading.also)
        if usual and _looks_like_heading(folded.rstrip(_BEHIND)):
            return len(folded)
        # Without an ordinal, or as a part, a heading stands alone; run in it ends before its text begins.
        named = usual and _TITLE_ENDS.search(folded, start, end) is not None
        return end if level > 1 and (named or folded[end] in "。:;") else None

    def _misread(self, folded: str, level: int, start: int) -> Heading | None:
        """The heading that a line with an ordinal is, but for one character misread, as on a scan (财政援款)."""
        title = folded[start:].strip(_BEHIND)
        if not level or len(title) < _SHORTEST_MISREAD or not _looks_like_heading(title):
            return None
        for heading in self.outline:
            fits = level in (heading.level, heading.also) and all(up.key != heading.key for up in self.above.values())
            inside = not heading.within or any(upper.key in heading.within for upper in self.above.values())
            if fits and inside and _is_nearly(heading.title, title):
                return heading
        return None

    def _open(self, heading: Heading, block: Paragraph, end: int, level: int) -> None:
        level = level or heading.level
        if level:
            self.above = {depth: upper for depth, upper in self.above.items() if depth < level}
            self.above[level] = heading
        within = tuple(upper.key for _, upper in sorted(self.above.items()) if upper is not heading)
        self.found.append(_Open(heading.key, block.text.printed[:end], within))
        rest = tail_of(block, end)
        if rest is not None:
            self.found[-1].paragraphs.append(rest)


def _with_whole_parts(blocks: Sequence[Block]) -> list[Block]:
    """第一部分 on a line of its own and its title on the next are one heading."""
    joined: list[Block] = []
    for block in blocks:
        above = joined[-1] if joined else None
        if (
            isinstance(block, Paragraph)
            and isinstance(above, Paragraph)
            and _PART_ALONE.fullmatch(above.text.folded)
            and _looks_like_heading(block.text.folded)
        ):
            text = Text(above.text.printed + block.text.printed, above.text.folded + block.text.folded)
            joined[-1] = Paragraph(text, (), above.page, above.top, above.centred)
        else:
            joined.append(block)
    return joined


def heading_abroad(block: Paragraph) -> str:
    """The words of a paragraph in Latin script that may be a heading, without its number; "" for one that is none: a
    sentence, an amount, a long line."""
    words = " ".join(block.text.folded.split())
    if (
        len(words) > _LONGEST_ABROAD
        or words.endswith((".", ",", ";"))
        or _IDEOGRAPH.search(words)
        or _AMOUNT.search(words)
    ):
        return ""
    number = _ABROAD.match(words)
    return words[number.end() if number else 0 :].rstrip(":; ")


def _how_counted(number: re.Match[str] | None) -> str:
    """How a heading is numbered: "1" for 3., "1.1" for 3.2, "note 1" for Note 5, "I" for IV., "A" for B)."""
    if number is None:
        return ""
    ordinal = re.sub(r"\d+", "1", number["ordinal"].upper())
    style = ordinal if ordinal[0] == "1" else "I" if set(ordinal) <= set("IVX") else "A"
    return f"{number['kind'] or ''}{style}".lower()


def _level(folded: str, levels: Sequence[tuple[int, re.Pattern[str]]] = _LEVELS) -> tuple[int, int]:
    """The level that a line's ordinal says, 0 for none, and where the ordinal (and 关于) ends."""
    for level, ordinal in levels:
        match = ordinal.match(folded)
        if match:
            return level, match.end() + len("关于") * folded.startswith("关于", match.end())
    return 0, 0


@lru_cache(_MOST_TITLES)
def _title(words: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(words, flags)


@lru_cache(_MOST_TITLES)
def _ideographs_of(title: str) -> frozenset[str]:
    """The Chinese characters that a title may have."""
    return frozenset(_IDEOGRAPH.findall(title))


def _is_nearly(title: str, words: str) -> bool:
    """Whether words are a title but for one character that no such title has."""
    known = _ideographs_of(title)
    strange = [index for index, char in enumerate(words) if char not in known and "一" <= char <= "鿿"]
    if len(strange) != 1:
        return False
    before, after = words[: strange[0]], words[strange[0] + 1 :]
    return any(_title(title).fullmatch(before + char + after) for char in known)


def is_heading_inside(folded: str) -> bool:
    """Whether a paragraph is a heading below the parts of a report: 三、 or （二） and a title, whatever it says."""
    return _level(folded)[0] > 1 and _looks_like_heading(folded.rstrip(_BEHIND))


def _looks_like_heading(folded: str) -> bool:
    return len(folded) <= _LONGEST_HEADING and not (_SENTENCE.search(folded) or _AMOUNT.search(folded))


def tail_of(paragraph: Paragraph, start: int) -> Paragraph | None:
    """What is left of a paragraph from an index on, without the punctuation it begins with; None if nothing."""
    folded = paragraph.text.folded
    while start < len(folded) and folded[start] in "。:;, ":
        start += 1
    return piece_of(paragraph, start, len(folded)) if start < len(folded) else None


def piece_of(paragraph: Paragraph, start: int, end: int) -> Paragraph:
    """Characters start..end (exclusive) of a paragraph, with the numbers that lie in them."""
    numbers = tuple(
        Number(number.start - start, number.end - start, number.token)
        for number in paragraph.numbers
        if start <= number.start and number.end <= end
    )
    text = Text(paragraph.text.printed[start:end], paragraph.text.folded[start:end])
    return Paragraph(text, numbers, paragraph.page, paragraph.top)
