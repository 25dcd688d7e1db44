"""What is marked on the pages of a report, and what each mark says: like a colleague's remarks in the margin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from recount.desk.cards import Card, Figure, Findings
from recount.desk.told import word
from recount.pipeline.document import Box
from recount.pipeline.result import PageRemark
from recount.schemas.describe import JOINT
from recount.schemas.saying import Language, named

Look = Literal["suspect", "disputed", "operand", "repaired", "remark"]
"""What a mark is of; where there are several things to be said of one place it looks as the first of these."""
LOOKS: tuple[Look, ...] = ("suspect", "disputed", "operand", "repaired", "remark")

_HERE: Mapping[Look, str] = {"suspect": "suspect", "disputed": "disputed here", "operand": "here"}
_FEW_SUSPECTS = 3
_MOST_NAMED = 12
"""So many other figures of an identity are named in a note."""
_MOST_TOLD = 6
"""So many identities that fail at one figure are told in its note."""
_MOST_REMARKS = 60
"""So many places of a page are marked for its remarks; the others are counted in the page's note."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on a page as the file shows it, in points; box None: the page itself. words: what its note says."""

    page: int
    box: Box | None
    look: Look
    words: str


_Place = tuple[int, Box]


def marks_of(findings: Findings, language: Language) -> list[Mark]:
    """The marks of a report, by page: one at each figure, whatever is to be said of it. Figures of texts have none."""
    told: dict[_Place, list[tuple[Look, str]]] = defaultdict(list)
    for place, look, words in _of_figures(findings, language):
        told[place].append((look, words))
    marks = []
    for (page, box), notes in told.items():
        texts = list(dict.fromkeys(words for _, words in notes))
        if len(texts) > _MOST_TOLD:
            texts[_MOST_TOLD:] = [word(language, "and more", number=len(texts) - _MOST_TOLD)]
        look = min((look for look, _ in notes), key=LOOKS.index)
        marks.append(Mark(page, box, look, "\n\n".join(texts)))
    return sorted([*marks, *_of_pages(findings, language)], key=lambda mark: mark.page)


def _of_figures(findings: Findings, language: Language) -> Iterator[tuple[_Place, Look, str]]:
    """What is to be said at each figure."""
    numbers = numbers_of(findings)
    for card in findings.cards:
        for figure, look in looks_of(card):
            yield from _at(figure, look, "\n".join(_note(numbers, card, figure, look, language)))
    for figure in findings.disputed:
        yield from _at(figure, "disputed", "\n".join(_open(figure, language)))
    for figure in findings.repaired:
        yield from _at(figure, "repaired", again(figure, language))


def looks_of(card: Card) -> list[tuple[Figure, Look]]:
    """The figures of an identity that fails, the suspect ones first, and what each looks like. Where many are as
    suspect as each other nothing tells them apart: they are disputed, and none is the most suspect."""
    suspected = {figure.pointer for figure in card.suspects}
    told_apart = len(suspected) <= (_FEW_SUSPECTS if card.named else 1)
    first: Look = "suspect" if told_apart else "disputed"
    looks: dict[str, tuple[Figure, Look]] = {}
    for figure in (*card.suspects, *card.operands):
        other: Look = "disputed" if figure.entry.status == "disputed" else "operand"
        looks.setdefault(figure.pointer, (figure, first if figure.pointer in suspected else other))
    return list(looks.values())


def _at(figure: Figure, look: Look, words: str) -> Iterator[tuple[_Place, Look, str]]:
    if figure.entry.bbox is not None:
        x0, y0, x1, y1 = map(float, figure.entry.bbox)
        yield (figure.entry.page, (x0, y0, x1, y1)), look, words


def _note(numbers: Mapping[str, int], card: Card, figure: Figure, look: Look, language: Language) -> Iterator[str]:
    """What an identity that fails says at one of its figures."""
    yield word(language, "finding", number=numbers[card.id], severity=named(card.severity, language))
    if card.title:
        yield card.title
    yield from equation(card, language, numbers)
    yield word(language, _HERE[look], name=below(figure, card), raw=figure.entry.raw)
    yield from why(figure, language)
    others = [other for other in card.operands if other.pointer != figure.pointer]
    if others:
        yield word(language, "others")
    for other in others[:_MOST_NAMED]:
        yield word(language, "other", page=other.entry.page, name=below(other, card), raw=other.entry.raw)
    if len(others) > _MOST_NAMED:
        yield word(language, "and more", number=len(others) - _MOST_NAMED)


def below(figure: Figure, card: Card) -> str:
    """What a figure is called below what all figures of an identity share."""
    return figure.title.removeprefix(card.title).removeprefix(JOINT)


def numbers_of(findings: Findings) -> dict[str, int]:
    """The numbers that identities that fail are told by."""
    return {card.id: number for number, card in enumerate(findings.cards, 1)}


def equation(card: Card, language: Language, numbers: Mapping[str, int]) -> Iterator[str]:
    """An identity that fails: the rule, the equation, both sides with their difference, what explains it, and of which
    other it tells the same. numbers: of all."""
    yield card.rule
    if card.equation:
        yield card.equation
    if card.computed is not None and card.printed is not None:
        unit = word(language, "unit", unit=card.unit) if card.unit else ""
        sides = {side: amount(getattr(card, side)) for side in ("printed", "computed", "residual", "tolerance")}
        yield word(language, "sides", unit=unit, **sides)
    if card.explanation:
        yield card.explanation.told(language)
    if (first := numbers.get(card.follows or "")) is not None:
        yield word(language, "follows", number=first)


def amount(value: Decimal | int | None) -> str:
    """A number with its thousands apart; – where there is none."""
    return "–" if value is None else f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


def _open(figure: Figure, language: Language) -> Iterator[str]:
    """What a disputed figure says that no identity fails with."""
    yield word(language, "disputed here", name=figure.title, raw=figure.entry.raw)
    yield from why(figure, language)


def why(figure: Figure, language: Language) -> Iterator[str]:
    """What is known of a figure besides its identities: other readings, what touches it, what a person decided."""
    if figure.entry.second_reading:
        yield word(language, "second", reading=figure.entry.second_reading)
    if figure.entry.first_reading:
        yield word(language, "first", reading=figure.entry.first_reading)
    if figure.entry.remark:
        yield figure.entry.remark.told(language)
    if (review := figure.entry.reviewed) is not None:
        yield word(language, "reviewed", by=review.by, verdict=named(review.verdict, language), at=review.at[:10])
        yield from (review.note,) if review.note else ()


def again(figure: Figure, language: Language) -> str:
    """A figure that was read again, and what it was read as first."""
    return "\n".join((word(language, "repaired here", name=figure.title, raw=figure.entry.raw), *why(figure, language)))


def _of_pages(findings: Findings, language: Language) -> Iterator[Mark]:
    """What is to be said of places that are no figures, and of pages as a whole."""
    placed: dict[int, list[PageRemark]] = defaultdict(list)
    whole: dict[int, list[str]] = defaultdict(list)
    for page in findings.unread:
        whole[page].append(word(language, "unread page"))
    for line in findings.left_out:
        whole[line.page].append(word(language, "left out", numbers=" ".join(line.numbers)))
    for remark in findings.remarks:
        if remark.bbox is None:
            whole[remark.page].append(remarked([remark], language))
        else:
            placed[remark.page].append(remark)
    for page, remarks in placed.items():
        yield from (_beside(remark, language) for remark in remarks[:_MOST_REMARKS])
        if len(remarks) > _MOST_REMARKS:
            whole[page].append(word(language, "and more", number=len(remarks) - _MOST_REMARKS))
    for page, words in whole.items():
        yield Mark(page, None, "remark", "\n".join(dict.fromkeys(words)))


def _beside(remark: PageRemark, language: Language) -> Mark:
    assert remark.bbox is not None
    x0, y0, x1, y1 = map(float, remark.bbox)
    return Mark(remark.page, (x0, y0, x1, y1), "remark", remarked([remark], language))


def remarked(alike: Sequence[PageRemark], language: Language) -> str:
    """Remarks of one kind on one page: what is said of the first, and how many more there are."""
    joint = "：" if language == "zh" else ": "
    more = f" ({word(language, 'and more', number=len(alike) - 1)})" if len(alike) > 1 else ""
    return f"{named(alike[0].kind, language)}{joint}{alike[0].words.told(language)}{more}"


def together(remarks: Iterable[PageRemark]) -> dict[tuple[int, str], list[PageRemark]]:
    """The remarks by page and kind, in the order of the pages."""
    found: dict[tuple[int, str], list[PageRemark]] = defaultdict(list)
    for remark in sorted(remarks, key=lambda remark: remark.page):
        found[remark.page, remark.kind].append(remark)
    return found
