"""Figures that stand in another section than the form puts them in: merged sections, and headings that nobody knows.

What a section's own reader left open is offered to the readers of all others, sentence by sentence: it goes to the one
that knows most of a sentence; where two know as much, to the one that the sentence before it went to, or to none. Only
fields that nothing is in are filled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Self

from recount.pipeline.document import Paragraph
from recount.pipeline.map.grammar.passage import Passage, heading_above, keyless_of, passage_of, refs_in
from recount.pipeline.split.outline import Section, piece_of
from recount.schemas.describe import fields_of
from recount.schemas.figures import DOWN, UP, Model, Ref

OF_PARTS = "general_public_budget"
"""The section that is read of up to three passages where it has its own heading."""
_PARTS = frozenset({"contents", "part.overview", "part.statements", "part.glossary", "part.annex"})
"""The parts of a report that tell of no section; some reports have no parts."""
_SENTENCE_END = re.compile(rf"[。;](?=.)(?!(?:{UP}|{DOWN})\d[\d,.]*%|占)")
"""A rate or a share is of the amount before it, whatever sign parts them."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """A section of the report, and what reads it.

    about: what a sentence or its heading must say for the section to be meant, where its own words say less than its
    title; but: what neither may say, since the same words then are of a part of the whole.
    """

    key: str
    read: Callable[[Passage], Any]
    about: re.Pattern[str] = re.compile("")
    but: re.Pattern[str] = re.compile("(?!)")


@dataclass(frozen=True, slots=True)
class Left:
    """A passage as its own section's reader left it. key, title: of that section; paragraphs: what it is made of; open:
    the tokens that no field of it has."""

    key: str | None
    title: str
    paragraphs: tuple[Paragraph, ...]
    passage: Passage
    open: frozenset[int]

    @classmethod
    def of(cls, section: Section | None, passage: Passage, said: object, whole: Section | None = None) -> Self:
        """What is open of a passage. said: what its section has from it. whole: of which section it is a part."""
        key, _, _ = ((section and section.key) or "").partition(".")
        title = next((named.title for named in (whole, section) if named), "")
        paragraphs = section.paragraphs if section else ()
        return cls(key or None, title, paragraphs, passage, keyless_of(paragraphs, passage, said))

    @classmethod
    def unread(cls, section: Section) -> Self:
        """A section that nothing read."""
        passage = passage_of(section.paragraphs)
        open_ = keyless_of(section.paragraphs, passage, None)
        return cls(section.key, section.title, section.paragraphs, passage, open_)


def tells_sections(section: Section) -> bool:
    """Whether a section stands where the sections of a report are told, by its own heading and those over it."""
    return _PARTS.isdisjoint((section.key, *section.within))


def read_sections(
    sections: Mapping[str, Section],
    speakers: Sequence[Speaker],
    parts: Callable[[Passage, Passage, Passage], tuple[Any, Set[int]]],
    fields: dict[str, Any],
) -> list[Left]:
    """Fills the fields of a report with what its sections say under their own headings; and what that leaves.

    parts: reads 五 of its three passages; it tells also the tokens that only say again what another of them says.
    """
    left: list[Left] = []
    for speaker in speakers:
        section = sections.get(speaker.key)
        if section is not None and section.paragraphs and speaker.key != OF_PARTS:
            passage = passage_of(section.paragraphs)
            fields[speaker.key] = speaker.read(passage)
            left.append(Left.of(section, passage, fields[speaker.key]))
    passages = _passages_of_parts(sections)
    if any(section for section, _ in passages):
        fields[OF_PARTS], again = parts(*(passage for _, passage in passages))
        for passage, section in {id(passage): (passage, section) for section, passage in passages}.values():
            found = Left.of(section, passage, fields[OF_PARTS], sections.get(OF_PARTS))
            left.append(replace(found, open=found.open - again))
    return left


def _passages_of_parts(sections: Mapping[str, Section]) -> list[tuple[Section | None, Passage]]:
    """五、一般公共预算…: its three parts; where a sub-heading is missing, its text stands under the section's own."""
    whole = sections.get(OF_PARTS)
    rest = whole, passage_of(whole.paragraphs if whole else ())
    parts = [sections.get(f"{OF_PARTS}.{part}") for part in ("overall", "structure", "items")]
    return [(part, passage_of(part.paragraphs)) if part else rest for part in parts]


def settle(passages: Sequence[Left], speakers: Sequence[Speaker], fields: dict[str, Any]) -> None:
    """Fills the fields of a report with what its passages say of other sections."""
    for left in passages:
        if left.open:
            _settle(left, speakers, fields)


def _settle(left: Left, speakers: Sequence[Speaker], fields: dict[str, Any]) -> None:
    taken: set[int] = set()
    sentences = list(_sentences(left))
    meant: list[str | None] = []
    said = ""
    for sentence in sentences:
        may = _meant(sentence, said, left, speakers, fields)
        said = said + sentence.text.folded if sentence.text.folded.rstrip().endswith(";") else ""
        before = meant[-1] if meant else None
        if not may and not _named(sentence) & left.open:  # 与上年相比，增加…: of what the sentence before it is about
            may = [before] if before else []
        meant.append(may[0] if len(may) == 1 else before if before in may else None)
    for key, run in groupby(range(len(sentences)), key=lambda number: meant[number]):
        speaker = next((other for other in speakers if other.key == key), None)
        if speaker is None:
            continue
        passage = replace(passage_of([sentences[number] for number in run]), headed=False)
        fields[speaker.key], found = _filled(fields.get(speaker.key), speaker.read(passage), left.open - taken)
        taken |= found


_COMPARES = re.compile(
    r"^[^▮]{0,24}?(?:上年|上一年|去年|\d{4}年度?|预算)[^▮]{0,16}(?:▮(?:万元|元)[,、]?(?:增长|下降|减少|增加|降低|上升)[^▮]{0,4})?$"
)
"""Before an amount, and before the rate behind it (增加▮万元，增长▮%)."""


def _named(sentence: Paragraph) -> set[int]:
    """The tokens of a sentence but for those that only compare what was said before it."""
    passage = passage_of([sentence])
    numbers = list(passage.numbers.items())
    return {number.token.index for at, number in numbers if not _COMPARES.match(passage.shape[:at])}


def _tokens(sentence: Paragraph) -> set[int]:
    return {number.token.index for number in sentence.numbers}


def _meant(
    sentence: Paragraph, before: str, left: Left, speakers: Sequence[Speaker], fields: Mapping[str, Any]
) -> list[str]:
    """The sections that know most of the open figures of a sentence, its own alone if it is one of them.

    before: what was said before a semicolon.
    """
    wanted = left.open & _tokens(sentence)
    if not wanted:
        return []
    passage = replace(passage_of([sentence]), headed=False)
    around = f"{left.title}\n{_heading(left, sentence)}\n{before}{passage.shape}"
    known = {
        speaker.key: len(_filled(fields.get(speaker.key), speaker.read(passage), wanted)[1])
        for speaker in speakers
        if speaker.about.search(around) and not speaker.but.search(around)
    }
    most = max(known.values(), default=0)
    best = [key for key, count in known.items() if count == most] if most else []
    return [left.key] if left.key in best else best


def _heading(left: Left, sentence: Paragraph) -> str:
    first = min((number.token.index for number in sentence.numbers), default=None)
    at = next((at for at, number in left.passage.numbers.items() if number.token.index == first), None)
    return heading_above(left.passage, at) or "" if at is not None else ""


def _sentences(left: Left) -> Iterator[Paragraph]:
    """The sentences of a passage, each as a paragraph of its own."""
    for paragraph in left.paragraphs:
        folded, start = paragraph.text.folded, 0
        ends = [match.end() for match in _SENTENCE_END.finditer(folded)]
        for end in (*ends, len(folded)):
            yield piece_of(paragraph, start, end)
            start = end


def _filled(old: Any, new: Any, allowed: frozenset[int] | set[int]) -> tuple[Any, set[int]]:
    """What is in a field, with what a reader says where nothing is; and the tokens of it that are new.

    Only what refers to allowed tokens is taken: the words of a part, and the names of a row, with their figures alone.
    """
    if isinstance(new, Ref):
        return (new, {new.token}) if old is None and new.token in allowed else (old, set())
    if isinstance(new, tuple):
        tokens = {ref.token for ref in refs_in(list(new))}
        return (new, tokens) if not old and tokens and tokens <= allowed else (old, set())
    if not isinstance(new, Model):
        return old, set()
    base = type(new)() if old is None else old
    values, found = _parts_filled(base, new, allowed)
    return (base.model_copy(update=values), found) if found else (old, set())


def _parts_filled(old: Model, new: Model, allowed: frozenset[int] | set[int]) -> tuple[dict[str, Any], set[int]]:
    values: dict[str, Any] = {}
    found: set[int] = set()
    for key in fields_of(type(new)):
        value, tokens = _filled(getattr(old, key), getattr(new, key), allowed)
        if tokens:
            values[key] = value
            found |= tokens
    if found:
        said = {key: getattr(new, key) for key, field in fields_of(type(new)).items() if field.is_text or field.many}
        values |= {key: value for key, value in said.items() if value and not getattr(old, key) and key not in values}
    return values, found
