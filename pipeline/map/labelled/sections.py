"""A section in words: what the grammar reads of the subjects that a model's labels name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from recount.pipeline.map.final_accounts.narrative import change, comparison, names_in
from recount.pipeline.map.grammar.grammar import read
from recount.pipeline.map.grammar.passage import (
    FINAL,
    MONEY,
    Fact,
    N,
    Passage,
    Reading,
    Subject,
    Wording,
    open_in,
    refs_in,
)
from recount.pipeline.split.text import fold
from recount.schemas.common.parts import Change, Comparison
from recount.schemas.describe import Field, fields_of
from recount.schemas.figures import Kind, Model, Ref

M = TypeVar("M", bound=Model)

_COUNTED = frozenset(
    {
        "人次", "人", "名", "辆", "批次", "批", "公里", "台", "套", "个", "次", "家", "户", "件", "笔", "份", "场",
        "期", "项", "条", "所", "亩", "吨",
    }
)  # fmt: skip
UNITS: dict[Kind, frozenset[str]] = {
    Kind.MONEY: MONEY,
    Kind.PERCENT: frozenset({"%"}),
    Kind.COUNT: _COUNTED,
    Kind.AREA: frozenset({"平方米"}),
    Kind.SCORE: frozenset({"分"}),
}
_CHANGE, _BUDGET, _ITEMS = "change", "budget", "items"
"""What a field may hold of the subject whose key stands before it (total_change), or of the section's own."""
_LISTED = re.compile(rf"{N}(?:万元|元|亿元)[,、(]?(?:主要)?(?:包括|用于)[:]?(?P<list>[^▮]*?)(?=[。;\n]|$)")


def words_of(field: Field) -> str:
    """A rule for the words of a field in running text: its own words, or its title."""
    return field.words or re.escape("".join(fold(field.title).split()))


def read_section(
    model: type[M], passage: Passage, wording: Wording = FINAL, start: int = 0, end: int | None = None
) -> tuple[M | None, Reading]:
    """A model filled from a passage, None where nothing of it is said; and the numbers that found no place in it."""
    fields = fields_of(model)
    subjects = tuple(_subjects(fields))
    subjects = tuple(replace(subject, of_unit=subject is subjects[0]) for subject in subjects)
    own = next((subject.key for subject in subjects if subject.units is MONEY), "")
    found = read(passage, subjects, own, start, end, wording)
    values = {key: value for key, field in fields.items() if (value := _value(field, found, own, passage)) is not None}
    something = any(refs_in(values)) or _says(values)
    return (model(**values) if something else None), open_in(passage, found, values)


def _subjects(fields: Mapping[str, Field]) -> Iterator[Subject]:
    for field in fields.values():
        if field.kind in UNITS:
            yield Subject(field.key, words_of(field), UNITS[field.kind])
        elif _portion_fields(field):
            yield Subject(field.key, words_of(field), MONEY)


def _portion_fields(field: Field) -> Mapping[str, Field]:
    """The fields of a part that an amount with its share and comparisons fills; none of a comparison."""
    if field.part is None or issubclass(field.part, Change | Comparison):
        return {}
    fields = fields_of(field.part)
    return fields if "amount" in fields else {}


def _value(field: Field, found: Reading, own: str, passage: Passage) -> Any:
    """What the facts say of a field."""
    if field.kind is not None:
        return _amount(found.facts.get(field.key))
    if field.many:
        return _listed(found, _before(field.key, _ITEMS) or own, passage) if field.model is None else None
    if field.part is None:
        return None
    if issubclass(field.part, Change):
        fact = found.facts.get(_before(field.key, _CHANGE) or own)
        return change(fact.change) if fact else None
    if issubclass(field.part, Comparison):
        fact = found.facts.get(_before(field.key, _BUDGET) or own)
        return comparison(fact.comparison) if fact else None
    return _portion(field, found.facts.get(field.key))


def _before(key: str, ending: str) -> str:
    """The subject that a field such as total_change speaks of; "" for the section's own."""
    return key.removesuffix(ending).rstrip("_") if key.endswith(ending) else ""


def _amount(fact: Fact | None) -> Ref | None:
    """The amount as stated, or the 决算数 of its comparison with the budget."""
    if fact is None:
        return None
    return fact.amount or (fact.comparison.final if fact.comparison else None)


def _portion(field: Field, fact: Fact | None) -> Model | None:
    fields = _portion_fields(field)
    if fact is None or field.part is None or not fields:
        return None
    values = {
        "amount": _amount(fact),
        "percent": fact.share,
        _CHANGE: change(fact.change),
        _BUDGET: comparison(fact.comparison),
    }
    said = {key: value for key, value in values.items() if key in fields and value is not None}
    return field.part(**said) if said else None


def _listed(found: Reading, key: str, passage: Passage) -> tuple[str, ...] | None:
    """What a sentence lists after an amount: 人员经费▮万元，主要包括：…。"""
    ref = _amount(found.facts.get(key))
    for match in _LISTED.finditer(passage.shape) if ref else ():
        if ref is not None and passage.token(match.start()).index == ref.token:
            return names_in(passage.text(*match.span("list")))
    return None


def _says(values: dict[str, Any]) -> bool:
    """Whether there are words to keep where there is no figure: the sentence that says 持平."""
    return any(isinstance(value, Change) and value.reason for value in values.values())
