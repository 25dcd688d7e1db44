"""A passage as the templates read it, what they read from it, and the figures of it that have no key.

In a passage's shape every number is one placeholder, so that a rule is about words.

The shape of 收入总计 1,955.06 万元 is 收入总计▮万元. Years, months and days stay as they are: 2022年度 is a word.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import chain

from recount.pipeline.document import MONEY as AMOUNTS
from recount.pipeline.document import Number, Paragraph, Token
from recount.pipeline.split.folding import fold, plain, simplified
from recount.pipeline.split.outline import Section
from recount.schemas.common.parts import UNMAPPED, UnmappedFigure
from recount.schemas.describe import leaves_in
from recount.schemas.family import Heading
from recount.schemas.figures import Figure, Model, Ref

# --- what is read: subjects, their amounts and shares, what they are compared with

MONEY = frozenset(AMOUNTS)


@dataclass(frozen=True, slots=True)
class Wording:
    """How reports of a kind call what they speak of.

    amount: what may stand between a subject and its amount (决算数). base: what of last year is compared with.
    against_budget: 预算数 is what an amount is compared with; else it is the amount.
    """

    amount: str
    base: str
    against_budget: bool


FINAL = Wording(
    r"(?:决算支出|支出决算|决算|金额|执行)?(?:数|额)?", r"(?:决算数?|同期|支出)?(?:决算|数)?", against_budget=True
)
BUDGET = Wording(
    r"(?:财政拨款|当年|年初)?(?:预算|金额|安排|拨款|资金)*(?:数|额)?",
    r"(?:年初|当年|部门|财政拨款)?(?:预算|执行|决算)?(?:安排)?(?:数|额)?(?:同期|支出)?",
    against_budget=False,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that a section speaks of.

    key: the name that the section's mapping knows it by. words: a rule for the words right before its number.
    units: the units that its amount is printed in. after: the subject whose number it may follow without words of its
    own (▮批次，▮人次). of_unit: it is of the whole unit, whose name may stand before it; before a part of a sum that
    name may be another unit's.
    """

    key: str
    words: str
    units: frozenset[str] = MONEY
    after: str | None = None
    of_unit: bool = False


@dataclass(slots=True)
class Versus:
    """A comparison while it is read: with last year (amount, rate) or with the budget (budget, final, rates)."""

    amount: Ref | None = None
    rate: Ref | None = None
    budget: Ref | None = None
    final: Ref | None = None
    completion: Ref | None = None
    reason: str | None = None
    stated: Ref | None = None
    """The amount that is compared with a budget named after it: the 决算数, where no other is given."""


@dataclass(slots=True)
class Fact:
    """What a section says of one subject. share_of: the words that say what its share is of (占…)."""

    key: str
    amount: Ref | None = None
    share: Ref | None = None
    share_of: str = ""
    change: Versus | None = None
    comparison: Versus | None = None


# --- passages

N = "▮"
"""Stands for a number in shapes and in the rules that match them."""

_DATE = re.compile(r"年|月|日|-\d+月")
TRAILING = "。;；,，、.:： "


@dataclass(frozen=True, slots=True)
class Passage:
    """Paragraphs put together, joined by line breaks.

    printed: the characters as printed. shape: the folded characters with every number as one placeholder. numbers:
    by the index of their placeholder in the shape. offsets: pairs (index in the shape, index in the printed text).
    headed: it stands under the heading of the section that reads it: what names no subject is of the section's own.
    """

    printed: str
    shape: str
    numbers: dict[int, Number]
    offsets: tuple[tuple[int, int], ...]
    headed: bool = True

    def text(self, start: int, end: int) -> str:
        """The printed text between two indices of the shape, as the contract wants it."""
        return plain(self.printed[self._index(start) : self._index(end)].replace("\n", ""))

    def token(self, at: int) -> Token:
        """The number at an index of the shape."""
        return self.numbers[at].token

    def value_of(self, ref: Ref) -> Decimal:
        """The value of a number of the passage."""
        return next(number.token.value for number in self.numbers.values() if number.token.index == ref.token)

    def behind_number(self, start: int, at: int) -> int:
        """Where, from an index on, the words after the number before another begin, with its unit. An ordinal (1.) is
        one of the words."""
        last = self.shape.rfind(N, start, at)
        unit = self.token(last).unit if last >= 0 else None
        return last + 1 + len(unit) if unit else start

    def behind_colon(self, words: str, at: int) -> int:
        """Where, in the words before a number, the clause behind a colon begins that OCR may have made of ；; 0 where
        there is none, and in digital text."""
        return words.rfind(":") + 1 if self.token(at).origin == "ocr" else 0

    def is_just_before(self, number: int, at: int) -> bool:
        """Whether an amount stands in the sentence of an index, or in the one before it; sentences that only count
        (团组▮个，▮人次。) may stand between."""
        ends = [match.end() for match in re.finditer(r"[。\n]+", self.shape[number:at])]
        between = range(number + ends[0], number + ends[-1]) if len(ends) > 1 else range(0)
        units = {self.token(other).unit for other in self.numbers if other in between}
        return self.token(number).unit in MONEY and (not between or (bool(units) and units.isdisjoint(MONEY | {"%"})))

    def is_in_a_row(self, at: int, joined: str) -> bool:
        """Whether a number stands in a row (joined by one of some characters) of those that have one unit together."""
        before, after = self.numbers.get(at - 2), at + 2 in self.numbers
        if before is not None and before.token.unit is None and self.shape[at - 1] in joined:
            return True
        return self.token(at).unit is None and after and self.shape[at + 1] in joined

    def _index(self, at: int) -> int:
        shape, printed = self.offsets[bisect_right(self.offsets, (at, len(self.printed))) - 1]
        return printed + at - shape


def passage_of(paragraphs: Sequence[Paragraph]) -> Passage:
    """Paragraphs as one passage; years, months and days in them are words."""
    printed, shape = "", ""
    numbers: dict[int, Number] = {}
    offsets: list[tuple[int, int]] = [(0, 0)]
    for paragraph in paragraphs:
        if printed:
            printed, shape = printed + "\n", shape + "\n"
            offsets.append((len(shape), len(printed)))
        folded, done = paragraph.text.folded, 0
        for number in paragraph.numbers:
            if _DATE.match(folded, number.end):
                continue
            shape += folded[done : number.start]
            numbers[len(shape)] = number
            percent = number.token.unit == "%" and not folded.startswith("%", number.end)
            inside = percent and folded[number.end - 1] != "%"  # (6.13%)
            end = number.end - 1 if percent and not inside else number.end
            shape += N + "%" * inside
            offsets.append((len(shape), len(printed) + end))
            done = end
        shape += folded[done:]
        printed += paragraph.text.printed
    return Passage(printed, shape, numbers, tuple(offsets))


def clean(text: str) -> str:
    """A reason or a name without the punctuation around it."""
    return text.strip(TRAILING + "\n")


def names_in(text: str) -> tuple[str, ...]:
    """The names of a list set with 、; a 等 at its end is no part of the last."""
    names = [clean(name) for name in _split_list(text)]
    if names and len(names) > 1 and names[-1].endswith("等"):
        names[-1] = names[-1][:-1]
    return tuple(name for name in names if name)


def _split_list(text: str) -> list[str]:
    """Split at 、, and at ， or ； where the list uses them, but not inside brackets or quotation marks."""
    parts, depth, begin = [], 0, 0
    for index, char in enumerate(text):
        if char in "（(“《[":
            depth += 1
        elif char in "）)”》]":
            depth = max(0, depth - 1)
        elif depth == 0 and char in "、，,；;":
            parts.append(text[begin:index])
            begin = index + 1
    return [*parts, text[begin:]]


_SUB_HEADING = re.compile(r"(?:^|\n)(?P<heading>\([一二三四五六七八九十]{1,3}\)[^\n▮。]{2,40})。?(?=\n)")


def heading_above(passage: Passage, at: int) -> str | None:
    """The nearest sub-heading （一）… above an index, None where the passage has none above it."""
    start = at
    while start >= 0:
        start = passage.shape.rfind("\n(", 0, start)
        match = _SUB_HEADING.match(passage.shape, max(start, 0), at)
        if match:
            return passage.text(*match.span("heading"))
    return None


# --- figures that have no key: their labels (the words that say what they are), and the list of them


# --- labels

_SHORT = 8  # characters: shorter words need those before them to say what they are of
_OPEN = re.compile(r"\((?![^()]*\))")  # a bracket that is still open
_ASIDE = re.compile(r"[（(][^（()）]*[)）]")
_OPENING = re.compile(r"^(?:[)）]|其中|在(?=.*中)|(?:\d{4}年度?)?(?:本(?!年)|我)(?:部门|单位|级)?)+")
_YEAR = re.compile(r"\d{4}年度?")
_RELATIVE = re.compile(r"占|完成|比|较|同比|增|减|下降|上升")
_COPULA = re.compile(r"(?:分别)?为$")


def label_before(passage: Passage, at: int) -> str:
    """The words that a number of a passage belongs to. at: its index in the passage's shape.

    They are the clause before it. If that is short (完成预算的), the earlier clauses that have no number of their own
    come before it; and if these are none, the nearest label of the sentence that is long enough, or (before words such
    as 占) its first.
    """
    start = _start_of_sentence(passage.shape, at)
    before = [other for other in range(start, at) if other in passage.numbers]
    clause = _words_before(passage, start, at, before[-1] if before else None)
    if len(clause) >= _SHORT or not before:
        return clause
    pairs = reversed(list(zip([None, *before], before, strict=False)))
    said = (_words_before(passage, start, other, above) for above, other in pairs)
    first = _words_before(passage, start, before[0], None) if _RELATIVE.match(simplified(clause)) else ""
    earlier = next((words for words in said if len(words) >= _SHORT), first)
    return _YEAR.sub("", earlier) + clause


def _start_of_sentence(shape: str, at: int) -> int:
    """Where the sentence of an index begins; a bracket that is still open begins one."""
    start = max(shape.rfind(char, 0, at) for char in "。;:\n") + 1
    return max((match.end() for match in _OPEN.finditer(shape, start, at)), default=start)


def _words_before(passage: Passage, start: int, at: int, above: int | None) -> str:
    """The words between a number and the one above it in its sentence."""
    if above is not None:
        start = above + 1 + len(passage.token(above).unit or "")
    clauses = [clean(clause) for clause in re.split("[，,]", _ASIDE.sub("", passage.text(start, at)))]
    joined = "".join(_without(_OPENING, clause) for clause in clauses)
    label = clauses[-1] if len(clauses[-1]) >= _SHORT else joined
    return _without(_COPULA, _without(_OPENING, label))


def _without(pattern: re.Pattern[str], words: str) -> str:
    """Words as printed without what a pattern finds in them once they are simplified."""
    match = pattern.search(simplified(words))
    return words if match is None else words[: match.start()] + words[match.end() :]


# --- the list of them: nothing that is printed is lost (docs/contract/report.md)


def ref_at(passage: Passage, at: int) -> Ref:
    """The number at an index of the shape, as it stands."""
    return Ref(passage.token(at).index)


def refs_in(values: object) -> Iterator[Ref]:
    """The references in a model, or in several in lists and dicts."""
    return (leaf for _, leaf in leaves_in(values) if isinstance(leaf, Ref))


@dataclass(frozen=True, slots=True)
class Keyless:
    """A figure of running text that no field of a report has.

    section: where it stands; passage, at: the text of that section, and the figure's index in its shape. told: the
    pointer of the text of the report that tells it (a reason), or of the figure that it says again; None for neither.
    """

    section: Section
    passage: Passage
    at: int
    told: str | None

    @property
    def token(self) -> Token:
        """The printed number."""
        return self.passage.token(self.at)


_PRICE = re.compile(r"单[位台]?(?:价值|价)$")
_CODE = re.compile(rf"\({N}[类款项]\)")
"""What makes a number part of a name: 单价100万元以上设备, （01项）."""
_SHORTEST_TEXT = 6  # characters; a name of fewer may stand anywhere
_SHORTEST_NAME = 4  # characters: 支出 may be said of several things
_WHEN = re.compile(r"^[^的]*\d{4}年度?")
_FINAL = re.compile(r"(?:(?<=费)支出)?(?:决算|总额|金额|数|额)*$")


def keyless_in(sections: Iterable[Section], report: Model) -> Iterator[Keyless]:
    """The figures of running text that no field of a report has: nothing that is printed is lost.

    sections: all of the document. report: Report[Ref] or Report[Figure], its unmapped figures left aside. Ordinals,
    dates and the numbers of names are no figures.
    """
    every = [*sections]
    aside = f"/{UNMAPPED}/"
    leaves = [(pointer, leaf) for pointer, leaf in leaves_in(report) if not pointer.startswith(aside)]
    taken = {leaf.token: pointer for pointer, leaf in leaves if isinstance(leaf, (Ref, Figure))}
    left = [number for number, section in enumerate(every) if _has_left(section.paragraphs, taken)]
    texts = _texts_in(leaves) if left else []
    passages = cache(lambda number: passage_of(every[number].paragraphs))
    labels = _Labels(lambda: map(passages, range(len(every))), taken)
    for number in left:
        section, passage = every[number], passages(number)
        for at, told in _keyless(section.paragraphs, passage, texts, labels):
            yield Keyless(section, passage, at, told)


def _has_left(paragraphs: Iterable[Paragraph], taken: Collection[int]) -> bool:
    """Whether paragraphs have a figure that no field has, or a name with one: most are read whole."""
    return any(
        number.token.index not in taken
        and number.token.is_figure
        and not _DATE.match(paragraph.text.folded, number.end)
        for paragraph in paragraphs
        for number in paragraph.numbers
    )


def _texts_in(leaves: Iterable[tuple[str, object]]) -> list[tuple[str, str]]:
    """The texts of a report that may tell a figure, folded and without spaces, each with its pointer."""
    return [(pointer, _bare(fold(leaf))) for pointer, leaf in leaves if isinstance(leaf, str) and _tells(leaf)]


def keyless_of(paragraphs: Sequence[Paragraph], passage: Passage, said: object) -> frozenset[int]:
    """The tokens of a passage's figures that nothing made of it has a field for, or tells.

    paragraphs: what the passage is made of. said: a model with references, or several in lists and dicts.
    """
    leaves = list(leaves_in(said))
    taken = {leaf.token: pointer for pointer, leaf in leaves if isinstance(leaf, Ref)}
    found = _keyless(paragraphs, passage, _texts_in(leaves), _Labels(list, taken))
    return frozenset(passage.token(at).index for at, told in found if told is None)


def _keyless(
    paragraphs: Sequence[Paragraph], passage: Passage, texts: Sequence[tuple[str, str]], labels: _Labels
) -> Iterator[tuple[int, str | None]]:
    """The figures of a passage that no field has, by their indices; and what tells them. texts: of the report."""
    free = {at: number.token for at, number in passage.numbers.items() if number.token.index not in labels.taken}
    found = {at: token for at, token in free.items() if token.is_figure and not _in_name(passage.shape, at)}
    spans = _spans(paragraphs, texts) if found else []  # most passages are read whole
    for at, token in found.items():
        told = next((pointer for span, pointer in spans if token.index in span), None)
        yield at, told or labels.again(passage, at)


def unmapped_in(
    sections: Iterable[Section], outline: Sequence[Heading], report: Model
) -> tuple[UnmappedFigure[Ref], ...]:
    """The figures of the narrative that are told nowhere in a report, in the order of the document."""
    found = [figure for figure in _of_narrative(sections, outline, report) if figure.told is None]
    return tuple(_without_key(figure.section.title, figure.passage, figure.at) for figure in found)


def mentions_in(sections: Iterable[Section], outline: Sequence[Heading], report: Model) -> list[tuple[str, int]]:
    """The other figures of the narrative without a field: where the report tells each, and its token."""
    found = _of_narrative(sections, outline, report)
    return [(figure.told, figure.token.index) for figure in found if figure.told is not None]


def _of_narrative(sections: Iterable[Section], outline: Sequence[Heading], report: Model) -> list[Keyless]:
    aside = {heading.key for heading in outline if heading.aside} | {"front"}
    found = keyless_in(sections, report)
    inside = [figure for figure in found if aside.isdisjoint((figure.section.key, *figure.section.within))]
    return sorted(inside, key=lambda figure: figure.token.index)


def _in_name(shape: str, at: int) -> bool:
    return bool(_PRICE.search(shape, max(0, at - 5), at) or _CODE.match(shape, max(0, at - 1)))


def _bare(text: str) -> str:
    return "".join(text.split())


def _tells(text: str) -> bool:
    return len(text) >= _SHORTEST_TEXT and any(map(str.isdigit, text))


def _spans(paragraphs: Sequence[Paragraph], texts: Sequence[tuple[str, str]]) -> list[tuple[frozenset[int], str]]:
    """The texts that stand in some paragraphs, each as the tokens of the numbers in it, with its pointer."""
    words, places = "", {}
    for paragraph in paragraphs:
        for number in paragraph.numbers:
            places[number.token.index] = len(words) + len(_bare(paragraph.text.folded[: number.start]))
        words += _bare(paragraph.text.folded)
    return [
        (frozenset(token for token, at in places.items() if start <= at < start + len(text)), pointer)
        for pointer, text in texts
        for start in _places_of(text, words)
    ]


def _places_of(text: str, words: str) -> Iterator[int]:
    """Where a text stands in others, from the first on, none upon another."""
    start = words.find(text)
    while start >= 0:
        yield start
        start = words.find(text, start + len(text))


@dataclass(frozen=True, slots=True)
class _Labels:
    """The figures that have a field, by what is printed. passages: of the document, put together when they are asked
    for. taken: the pointers, by token."""

    passages: Callable[[], Iterable[Passage]]
    taken: Mapping[int, str]

    def again(self, passage: Passage, at: int) -> str | None:
        """The figure that a number says again: the same amount under the same words, best in the same passage."""
        token, label = passage.token(at), _words_of(label_before(passage, at))
        if len(label) < _SHORTEST_NAME:
            return None
        for other in chain([passage], self.passages()):
            for place, number in other.numbers.items():
                if number.token.unit != token.unit or number.token.value != token.value:
                    continue
                pointer = self.taken.get(number.token.index)
                if pointer and _words_of(label_before(other, place)) == label:
                    return pointer
        return None


def _words_of(label: str) -> str:
    """A label without what labels of one figure differ in: who and when, and that it is the final account's."""
    words = simplified(label)
    return _FINAL.sub("", _WHEN.sub("", words)) or words


def _without_key(title: str, passage: Passage, at: int) -> UnmappedFigure[Ref]:
    """A figure of a passage as one that has no key. at: its index in the passage's shape; title: of its section."""
    token = passage.token(at)
    return UnmappedFigure[Ref](
        section=heading_above(passage, at) or title,
        label=label_before(passage, at),
        raw=token.raw,
        value=Ref(token.index),
        unit="万元" if token.unit in MONEY else token.unit,
    )
