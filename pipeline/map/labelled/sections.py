"""A section in words: what the grammar reads of the subjects that a model's labels name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeVar

from recount.pipeline.map.final_accounts.narrative import change, comparison, names_in
from recount.pipeline.map.grammar.grammar import read
from recount.pipeline.map.grammar.keyless import open_in, refs_in
from recount.pipeline.map.grammar.passage import FINAL, MONEY, Fact, N, Passage, Reading, Subject, Wording
from recount.pipeline.map.labelled.labels import Label, labels_of
from recount.schemas.common.parts import Change, Comparison
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


def read_section(
    model: type[M], passage: Passage, wording: Wording = FINAL, start: int = 0, end: int | None = None
) -> tuple[M | None, Reading]:
    """A model filled from a passage, None where nothing of it is said; and the numbers that found no place in it."""
    labels = labels_of(model)
    subjects = tuple(_subjects(labels))
    own = next((each.key for each in subjects if each.units is MONEY), "")
    found = read(passage, subjects, own, start, end, wording)
    values = {key: value for key, label in labels.items() if (value := _value(label, found, own, passage)) is not None}
    something = any(refs_in(values)) or _says(values)
    return (model(**values) if something else None), open_in(passage, found, values)


def _subjects(labels: dict[str, Label]) -> Iterator[Subject]:
    for label in labels.values():
        if label.kind in UNITS:
            yield Subject(label.key, label.words, UNITS[label.kind])
        elif label.model is not None and not label.many and _portion_fields(label):
            yield Subject(label.key, label.words, MONEY)


def _portion_fields(label: Label) -> dict[str, Label]:
    """The fields of a nested model that an amount with its share and comparisons fills; none of a comparison."""
    if label.model is None or issubclass(label.model, Change | Comparison):
        return {}
    fields = labels_of(label.model)
    return fields if "amount" in fields else {}


def _value(label: Label, found: Reading, own: str, passage: Passage) -> Any:
    """What the facts say of a field."""
    if label.kind is not None:
        return _amount(found.facts.get(label.key))
    if label.many:
        return _listed(found, _before(label.key, _ITEMS) or own, passage) if label.model is None else None
    if label.model is None:
        return None
    if issubclass(label.model, Change):
        fact = found.facts.get(_before(label.key, _CHANGE) or own)
        return change(fact.change) if fact else None
    if issubclass(label.model, Comparison):
        fact = found.facts.get(_before(label.key, _BUDGET) or own)
        return comparison(fact.comparison) if fact else None
    return _portion(label, found.facts.get(label.key))


def _before(key: str, ending: str) -> str:
    """The subject that a field such as total_change speaks of; "" for the section's own."""
    return key.removesuffix(ending).rstrip("_") if key.endswith(ending) else ""


def _amount(fact: Fact | None) -> Ref | None:
    """The amount as stated, or the 决算数 of its comparison with the budget."""
    if fact is None:
        return None
    return fact.amount or (fact.comparison.final if fact.comparison else None)


def _portion(label: Label, fact: Fact | None) -> Model | None:
    fields = _portion_fields(label)
    if fact is None or label.model is None or not fields:
        return None
    values = {
        "amount": _amount(fact),
        "percent": fact.share,
        _CHANGE: change(fact.change),
        _BUDGET: comparison(fact.comparison),
    }
    said = {key: value for key, value in values.items() if key in fields and value is not None}
    return label.model(**said) if said else None


def _listed(found: Reading, key: str, passage: Passage) -> tuple[str, ...] | None:
    """What a sentence lists after an amount: 人员经费▮万元，主要包括：…。"""
    ref = _amount(found.facts.get(key))
    for match in _LISTED.finditer(passage.shape) if ref else ():
        if ref is not None and passage.token(match.start()).index == ref.token:
            return names_in(passage.text(*match.span("list")))
    return None


def _says(values: dict[str, Any]) -> bool:
    """Whether there are words to keep where there is no figure: the sentence that says 持平."""
    return any(isinstance(each, Change) and each.reason for each in values.values())
