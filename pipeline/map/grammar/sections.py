"""A section in words: what the grammar of the disclosure sentence reads of the fields of a model.

A field says by what words it is known (schemas/figures.py), and its model what else the section speaks of: what it says
of income and expenditure together, what is counted in what. What a label does not make certain is left open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from recount.pipeline.map.grammar.grammar import read
from recount.pipeline.map.grammar.items import Head, direct_amount, unread
from recount.pipeline.map.grammar.passage import (
    FINAL,
    MONEY,
    Fact,
    N,
    Passage,
    Subject,
    Versus,
    Wording,
    names_in,
    ref_at,
    refs_in,
)
from recount.pipeline.split.folding import fold
from recount.schemas.common.parts import Change, Comparison
from recount.schemas.describe import Field, fields_of, spoken_of
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
    Kind.AREA: frozenset({"平方米", "平米"}),
    Kind.SCORE: frozenset({"分"}),
}
_CHANGE, _BUDGET, _ITEMS = "change", "budget", "items"
"""What a field may hold of the subject whose key stands before it (income_change, personnel_items), or of the
section's own."""
_ALL_INCOME = "收入总计"
_LISTED = re.compile(rf"{N}(?:万元|元|亿元)[,、(。]?(?:主要)?(?:包括|用于)[:]?(?P<list>[^▮]*?)(?=[。;\n]|$)")


def words_of(field: Field) -> str:
    """A rule for the words of a field in running text: its own words, or what it is called."""
    called = [re.escape("".join(fold(label).split())) for label in field.called]
    return field.words or (f"(?:{'|'.join(called)})" if field.labels else called[0])


def read_section(
    model: type[M],
    passage: Passage,
    wording: Wording = FINAL,
    start: int = 0,
    end: int | None = None,
    *,
    own: str = "",
    stated: Ref | None = None,
) -> M | None:
    """A model filled from a passage, None where nothing of it is said.

    own: a rule for the name of what the section is of. stated: its first amount, where it stands before the start.
    """
    subjects = _subjects(model, own, passage.headed)
    return filled(model, read(passage, subjects, _own_of(model), start, end, wording, stated), passage)


def facts_of(model: type[Model], passage: Passage, own: str = "") -> Mapping[str, Fact]:
    """What a passage says of the figures of a model, and of what else its section speaks of, by their keys."""
    return read(passage, _subjects(model, own, passage.headed), _own_of(model))


def filled(model: type[M], facts: Mapping[str, Fact], passage: Passage) -> M | None:
    """A model with what was said of its fields, None where nothing was."""
    if not facts:
        return None
    section = _Section(model, facts, passage)
    values = {key: value for key in fields_of(model) if (value := section.value(key)) is not None}
    something = any(refs_in(values)) or _says(values)
    return model(**values) if something else None


@cache
def _subjects(model: type[Model], own: str, headed: bool) -> tuple[Subject, ...]:
    """What a section speaks of: what has no field of its own first, as it may speak of several fields."""
    told, fields = model.phrasing, fields_of(model).values()
    words = {**told.beside, **{field.key: words_of(field) for field in fields if _is_said(model, field)}}
    of_unit = told.of_unit if told.of_unit is not None else tuple(words)[:1]
    return tuple(
        Subject(key, _called(rule, own, headed), _units(model, key), told.after.get(key), key in of_unit)
        for key, rule in words.items()
    )


@cache
def _own_of(model: type[Model]) -> str:
    """What a comparison is of that names nothing: what the section is about."""
    amounts = [subject for subject in _subjects(model, "", True) if subject.units is MONEY]
    return next((subject.key for subject in (*(own for own in amounts if own.of_unit), *amounts)), "")


def _is_said(model: type[Model], field: Field) -> bool:
    """Whether a figure, or the amount of a part, has words before it; a share is said of an amount."""
    return (field.kind in UNITS and _share_of(model, field) is None) or bool(_portion_fields(field))


def _units(model: type[Model], key: str) -> frozenset[str]:
    field = fields_of(model).get(key)
    kind = (field and field.kind) or Kind.MONEY
    units = model.phrasing.units
    return units.get(key) or (units.get("") if kind is Kind.COUNT else None) or UNITS[kind]


def _called(words: str, own: str, headed: bool) -> str:
    """The words of a field in a section of some name."""
    named = f"(?:{own})" if own else ""
    for sign, rule in (
        ("{own}", f"{named}?" if named else ""),
        ("{named}", f"{named}?" if named and headed else named),
        ("{alone}", named if headed else "(?!)"),
    ):
        words = words.replace(sign, rule)
    return words


def _portion_fields(field: Field) -> Mapping[str, Field]:
    """The fields of a part that an amount with its share and comparisons fills; none of a comparison."""
    if field.part is None or issubclass(field.part, Change | Comparison):
        return {}
    fields = fields_of(field.part)
    return fields if "amount" in fields else {}


def _share_of(model: type[Model], field: Field) -> str | None:
    """The key of the amount that a share (占…的比例) is of: sme_amount of sme_percent; "" for the section's own."""
    if field.kind is not Kind.PERCENT or not field.title.startswith("占"):
        return None
    amount = field.key.removesuffix("percent") + "amount"
    return amount if amount in fields_of(model) else ""


@dataclass(frozen=True, slots=True)
class _Section:
    """What the facts of a passage say of the fields of a model."""

    model: type[Model]
    facts: Mapping[str, Fact]
    passage: Passage

    def value(self, key: str) -> Any:
        """What they say of a field."""
        field = fields_of(self.model)[key]
        if field.kind is not None:
            return self._figure(field)
        if field.many:
            return self._listed(key.removesuffix(_ITEMS).rstrip("_")) if field.model is None else None
        if field.part is None:
            return None
        spoken = [fact for name in self._spoken_of(key) if (fact := self.facts.get(name)) is not None]
        if issubclass(field.part, Change):
            return next((change(fact.change) for fact in spoken if fact.change), None)
        if issubclass(field.part, Comparison):
            return next((comparison(fact.comparison) for fact in spoken if fact.comparison), None)
        return self._portion(field, self.facts.get(key))

    def _spoken_of(self, key: str) -> Sequence[str]:
        """What a change or a comparison is of: its own subject, and what may say it instead."""
        instead = self.model.phrasing.instead
        subject = spoken_of(self.model, key) or _own_of(self.model)
        return (subject, *instead.get(subject, ()), *instead.get(key, ()))

    def _figure(self, field: Field) -> Ref | None:
        """An amount as stated, or the one of what may say it instead; none where several do, which are its parts."""
        share_of = _share_of(self.model, field)
        if share_of is not None:
            fact = self.facts.get(share_of or _own_of(self.model))
            return fact.share if fact else None
        stated = amount_of(self.facts.get(field.key))
        others = [amount_of(self.facts.get(name)) for name in self.model.phrasing.instead.get(field.key, ())]
        known = [ref for ref in others if ref is not None]
        return stated or (known[0] if len(known) == 1 else None)

    def _portion(self, field: Field, fact: Fact | None) -> Model | None:
        fields = _portion_fields(field)
        if fact is None or field.part is None or not fields:
            return None
        values = {
            "amount": amount_of(fact),
            "percent": fact.share if self._is_of_whole(fact.share_of) else None,
            _CHANGE: change(fact.change),
            _BUDGET: comparison(fact.comparison),
        }
        said = {key: value for key, value in values.items() if key in fields and value is not None}
        return field.part(**said) if said else None

    def _is_of_whole(self, share_of: str) -> bool:
        """Whether a share is of what the section is about: 收入总计 holds what was carried over, 本年收入 does not."""
        if _ALL_INCOME not in share_of:
            return True
        whole = next(own for own in _subjects(self.model, "", True) if own.key == _own_of(self.model))
        return re.search(f"(?:{whole.words})$", _ALL_INCOME) is not None

    def _listed(self, key: str) -> tuple[str, ...] | None:
        """What a sentence lists after an amount: 人员经费▮万元，主要包括：…。"""
        ref = amount_of(self.facts.get(key or _own_of(self.model)))
        for match in _LISTED.finditer(self.passage.shape) if ref else ():
            if ref is not None and self.passage.token(match.start()).index == ref.token:
                return names_in(self.passage.text(*match.span("list")))
        return None


def amount_of(fact: Fact | None) -> Ref | None:
    """The amount as stated, or the 决算数 of its comparison with the budget."""
    if fact is None:
        return None
    return fact.amount or (fact.comparison.final if fact.comparison else None)


def change(versus: Versus | None) -> Change[Ref] | None:
    """A comparison with last year as the schema has it; None for none."""
    return None if versus is None else Change[Ref](amount=versus.amount, percent=versus.rate, reason=versus.reason)


def comparison(versus: Versus | None) -> Comparison[Ref] | None:
    """A comparison with the budget as the schema has it; None for none."""
    if versus is None:
        return None
    return Comparison[Ref](
        budget=versus.budget,
        final=versus.final,
        variance_percent=versus.rate,
        completion_percent=versus.completion,
        reason=versus.reason,
    )


def _says(values: dict[str, Any]) -> bool:
    """Whether there are words to keep where there is no figure: the sentence that says 持平."""
    return any(isinstance(value, Change) and value.reason for value in values.values())


# --- the items of a list of expenditure


def items_of(
    model: type[M], passage: Passage, heads: Sequence[Head], purpose: re.Pattern[str], wording: Wording = FINAL
) -> tuple[M, ...]:
    """〈n〉.〈class〉(类)〈section〉(款)〈item〉(项):支出决算数为…, each up to the next.

    heads: where the items begin. purpose: a rule for what they are used for. An item that is counted and not read is
    an empty one.
    """
    items: list[M] = []
    for head in heads:
        items += [model() for _ in range(unread(passage, head, len(items)))]
        direct = direct_amount(passage, head.end)
        begin = head.end if direct is None else direct + 1 + len(passage.token(direct).unit or "")
        stated = None if direct is None else ref_at(passage, direct)
        said = read_section(model, passage, wording, begin, head.stop, stated=stated) or model()
        used = purpose.search(passage.shape, head.end, head.stop or len(passage.shape))
        words = {"purpose": passage.text(*used.span("purpose")) or None} if used else {}
        items.append(said.model_copy(update=head.names(passage) | words))
    return tuple(items)
