"""A section in words, in a script that has blanks between words: figures beside the words of their fields.

Before a figure stand the words of its field and what joins them (Total income was $1,250 thousand; Staff: 14), or
behind it (USD 70 thousand in interest; 14 staff). The words must be all that a clause calls it by: restricted donations
are no donations, and what is said of another year, of a budget or of a growth is not claimed. A field that two
different figures are claimed for stays open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TypeVar

from recount.pipeline.document import Number, Paragraph, Token
from recount.pipeline.split.abroad import behind_unit, power_of, says_its_unit
from recount.pipeline.split.folding import fold, has_ideograph
from recount.schemas.describe import Field, fields_of
from recount.schemas.family import Money
from recount.schemas.figures import Kind, Model, Ref

M = TypeVar("M", bound=Model)

_NUMBER = "▮"  # what stands for a number
_END = re.compile(r"[;:!?]?\n|;|[.!?](?=\s|$)")
_SPAN = rf"(?: (?:for|in|during) (?:the (?:year|period|quarter)|{_NUMBER}))?"
_SAYS = (
    r"(?: ?[:=]| ?[-–—]+| ?\.{2,}| (?:was|were|is|are|of|at)| amount(?:ed|ing|s) to| total(?:l?ed|l?ing|s)| stood at"
    r"| (?:came|comes|coming|rose|fell|grew|increased|decreased) to| reach(?:ed|ing|es))"
)
_JOINS = rf"{_SPAN}{_SAYS}? ?\(?"
_OPENS = r"(?:^|[,(:–—] ?|(?<![a-z])(?:the|our|its|their|this|and|of which|which|while|whose|had|with|from|including) )"
_CLOSES = (
    r"(?= ?(?:$|[,;.:()–—])| (?:and|or) ?$"
    r"| (?:while|but|which|was|were|is|are|came|in the (?:year|period|quarter))(?![a-z]))"
)
_BRINGS = r"^(?: ?\)?(?: (?:in|of|for|from|on|as)(?: the| our| its)?)?) "
_OTHERWISE = re.compile(
    r"(?<![a-z])(?:prior|previous|preceding|last|next|budget\w*|planned|forecast\w*|expected|target\w*|compared|against|than)"
    r"(?![a-z])"
)
"""What says that a clause is of another year, or of a plan."""
_DATES = re.compile(
    r" (?:in|for|during|at|of|on|as at)(?: the)?(?: (?:year|period|quarter)s?)?(?: end(?:ed|ing))?[a-z ]*"
)
_YEARS = range(1900, 2100)
_LETTER = re.compile(r"[^\W\d_]")


def is_worded(paragraphs: Sequence[Paragraph]) -> bool:
    """Whether paragraphs are written with blanks between words: they have letters, and no ideograph."""
    text = "".join(paragraph.text.folded for paragraph in paragraphs)
    return _LETTER.search(text) is not None and not has_ideograph(text)


def year_of(paragraphs: Sequence[Paragraph]) -> int | None:
    """The latest year that a title page says; None where it says none."""
    return max(
        (year for paragraph in paragraphs for number in paragraph.numbers if (year := _year(number))), default=None
    )


def read_worded(model: type[M], paragraphs: Sequence[Paragraph], year: int | None) -> M | None:
    """A model filled from the paragraphs of a section, None where nothing of it is said in them.

    year: that the report is of: what is said of another is not claimed; where it is not known, nothing that names one.
    """
    fields = {key: field for key, field in fields_of(model).items() if field.kind is not None}
    claims: dict[str, list[Token]] = {}
    for sentence in _sentences(paragraphs):
        for at, number in enumerate(sentence.numbers):
            mine = [key for key, field in fields.items() if _is_said(sentence, at, field)]
            if len(mine) == 1 and sentence.years(at) <= {year}:
                claims.setdefault(mine[0], []).append(number.token)
    values = {key: Ref(tokens[0].index) for key, tokens in claims.items() if _agree(tokens)}
    return model(**values) if values else None


_CALLED = r"[a-z][a-z'&/-]*(?: [a-z&][a-z'&/-]*){0,5}"
_JOINING = "in|of|for|to|by|from|with|at|on|as|a|an|the|and|or"
_NO_LABEL = re.compile(
    rf"^(?:{_JOINING}|it|its|we|they|this|there|these|those|no|not|all|only|about|some|over|under|nearly|more|less|up|down"
    r"|during|since|after|before|until|rule|section|article|note|page|part|item|form|act)(?![a-z])"
    rf"|(?<![a-z])(?:{_JOINING})$"
    r"|(?<![a-z])(?:was|were|is|are|has|have|had|will|be|been|which|who|that|than|years?|period|quarter|months?|weeks?|days?"
    r"|ended|ending|january|february|march|april|may|june|july|august|september|october|november|december)(?![a-z])"
)
"""What is no label of a figure, but more of a sentence, or the name of what is only numbered."""
_LABELLED = re.compile(rf"(?:.*{_OPENS}|^)(?P<words>{_CALLED}?){_SPAN}{_SAYS} ?\(? ?$")
"""Before a figure: its label, behind what begins it last, and what joins the two."""
_NUMBERED = re.compile(r" ?[-–/()▮]| (?:in|of|for|from|on|as|or)(?![a-z])")
"""Behind a whole number that numbers something: 405 of an act, 13 or 15(d), 555-1234."""
_BROUGHT = re.compile(rf"{_BRINGS}(?P<words>{_CALLED}?){_CLOSES}")


def labels_in(paragraphs: Sequence[Paragraph], year: int | None) -> Iterator[tuple[str, Kind, Token]]:
    """The labels that figures of a section have beside them, in small letters, with what each counts in: the words of
    fields by which read_worded would read them. year: as of it."""
    for sentence in _sentences(paragraphs):
        for at, number in enumerate(sentence.numbers):
            kind, before, behind = _kind_of(number), sentence.before(at), sentence.around[at + 1]
            found = _LABELLED.match(before) or _BROUGHT.match(behind)
            if kind is Kind.COUNT and _NUMBERED.match(behind):
                continue
            if kind is None or found is None or not sentence.years(at) <= {year}:
                continue
            if not _NO_LABEL.search(found["words"]) and not _OTHERWISE.search(_clause(before)):
                yield found["words"], kind, number.token


def _kind_of(number: Number) -> Kind | None:
    """What a number of running text counts in, as it is printed; None for a year, and for one in a unit of its own."""
    token = number.token
    if token.unit is None:
        return Kind.COUNT if token.decimals == 0 and _year(number) is None else None
    if token.unit == "%":
        return Kind.PERCENT
    return Kind.MONEY if power_of(token.unit, Money(token.unit)) is not None else None


def _agree(tokens: Sequence[Token]) -> bool:
    return len({(token.value, token.unit) for token in tokens}) == 1


# --- sentences


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence in small letters. around: what stands before its numbers, between them, and behind the last."""

    numbers: Sequence[Number]
    around: Sequence[str]

    def before(self, at: int) -> str:
        """The words of the sentence before a number, other numbers as signs."""
        return _NUMBER.join(self.around[: at + 1])

    def years(self, at: int) -> set[int]:
        """The years that a number is said of: those before it, and one right behind it (in 2024)."""
        behind = self.numbers[at + 1 :] if _DATES.fullmatch(self.around[at + 1]) else ()
        return {year for number in (*self.numbers[:at], *behind[:2]) if (year := _year(number))}


def _year(number: Number) -> int | None:
    """The year that a number is, if it is one."""
    token = number.token
    return int(token.value) if token.unit is None and token.raw.isdigit() and token.value in _YEARS else None


def _sentences(paragraphs: Sequence[Paragraph]) -> Iterator[_Sentence]:
    for paragraph in paragraphs:
        text = paragraph.text.folded
        inside = [(number.start, number.end) for number in paragraph.numbers]
        ends = [m.end() for m in _END.finditer(text) if not any(a < m.start() < b for a, b in inside)]
        for start, end in pairwise([0, *ends, len(text)]):
            numbers = [number for number in paragraph.numbers if start <= number.start < end]
            if numbers:
                ends_of = [behind_unit(text, number.end) for number in numbers]
                stretches = zip([start, *ends_of], [*(number.start for number in numbers), end], strict=True)
                first, *others = [_plain(text[begin:stop]) for begin, stop in stretches]
                yield _Sentence(numbers, [first.lstrip(), *others])


def _plain(text: str) -> str:
    return " ".join(f"|{text}|".lower().replace("’", "'").split()).strip("|")


# --- what a figure is of


def _is_said(sentence: _Sentence, at: int, field: Field) -> bool:
    """Whether the words beside a number are those of a field, whose kind it fits."""
    if not _fits(sentence.numbers[at].token, field.kind):
        return False
    before, (called, brought) = sentence.before(at), _rules(field)
    left = called.search(before)
    if left is not None:
        return _OTHERWISE.search(_clause(before[: left.start("words")])) is None
    return brought.match(sentence.around[at + 1]) is not None and _OTHERWISE.search(_clause(before)) is None


def _fits(token: Token, kind: Kind | None) -> bool:
    if kind is Kind.MONEY:
        return token.unit != "%" and says_its_unit(token)
    if kind is Kind.PERCENT:
        return token.unit == "%"
    return kind is Kind.COUNT and token.unit is None and token.decimals == 0


def _clause(before: str) -> str:
    return re.split(r"[,;(]", before)[-1]


@cache
def _rules(field: Field) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Rules for the words of a field before its figure, and behind it."""
    called = (r"\s+".join(map(re.escape, fold(label).lower().split())) for label in field.called)
    words = field.words or "|".join(called)
    left = rf"{_OPENS}(?P<words>{words}){_JOINS} ?$"
    return re.compile(left, re.IGNORECASE), re.compile(rf"{_BRINGS}(?:{words}){_CLOSES}", re.IGNORECASE)
