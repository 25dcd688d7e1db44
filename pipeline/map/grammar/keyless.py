"""Figures of running text that have no key: their labels (the words that say what they are), and the list of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from recount.pipeline.map.grammar.passage import MONEY, Passage, Reading, clean, heading_above
from recount.schemas.common.parts import UnmappedFigure
from recount.schemas.figures import Model, Ref

# --- labels

_SHORT = 8  # characters: shorter words need those before them to say what they are of
_OPEN = re.compile(r"\((?![^()]*\))")  # a bracket that is still open
_ASIDE = re.compile(r"[（(][^（()）]*[)）]")
_OPENING = re.compile(r"^(?:其中|在(?=.*中)|(?:\d{4}年度?)?(?:本|我)(?:部门|单位|级)?)+")
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
    first = _words_before(passage, start, before[0], None) if _RELATIVE.match(clause) else ""
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
    joined = "".join(_OPENING.sub("", clause) for clause in clauses)
    label = clauses[-1] if len(clauses[-1]) >= _SHORT else joined
    return _COPULA.sub("", _OPENING.sub("", label))


# --- the list of them: nothing that is printed is lost (contract, report.md)


def open_in(passage: Passage, reading: Reading, section: object) -> Reading:
    """A reading with every number of it open that the section made of it has no field for.

    section: a model with references, or several in lists and dicts.
    """
    taken = {ref.token for ref in refs_in(section)}
    lost = {ref.token for fact in reading.facts.values() for ref in fact.refs()} - taken
    left = {*reading.unclaimed, *(at for at in passage.numbers if passage.token(at).index in lost)}
    return Reading(reading.facts, reading.repeats, tuple(sorted(left)))


def refs_in(values: object) -> Iterator[Ref]:
    """The references in a model, or in several in lists and dicts."""
    if isinstance(values, Ref):
        yield values
    elif isinstance(values, Model):
        for name in type(values).model_fields:
            yield from refs_in(getattr(values, name))
    elif isinstance(values, Mapping):
        for value in values.values():
            yield from refs_in(value)
    elif isinstance(values, list | tuple):
        for value in values:
            yield from refs_in(value)


def unmapped_in(title: str, passage: Passage, reading: Reading) -> list[UnmappedFigure[Ref]]:
    """The figures of a section that have no key, without ordinals and numbers inside names."""
    return [without_key(title, passage, at) for at in sorted(reading.unclaimed) if passage.token(at).is_figure]


def without_key(title: str, passage: Passage, at: int) -> UnmappedFigure[Ref]:
    """A figure of a passage as one that has no key. at: its index in the passage's shape; title: of its section."""
    token = passage.token(at)
    return UnmappedFigure[Ref](
        section=heading_above(passage, at) or title,
        label=label_before(passage, at),
        raw=token.raw,
        value=Ref(token.index),
        unit="万元" if token.unit in MONEY else token.unit,
    )


def in_reading_order(figures: list[UnmappedFigure[Ref]]) -> tuple[UnmappedFigure[Ref], ...]:
    """The figures as they stand in the report, which is the order of the tokens of running text."""
    return tuple(sorted(figures, key=lambda figure: figure.value.token if figure.value else -1))
