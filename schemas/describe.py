"""What a schema says: what a field is, what a place in a report is called, and how a report is walked.

Whoever has to know what a field is asks here, so that its annotation and its notes (schemas/figures.py) are read in one
place, and once for each model. A place is a JSON pointer (/income/total, /glossary/0/term).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from recount.schemas.figures import Kind, Model

# --- what a field is


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a model.

    title: the official one, its key where it has none. words: a regular expression for the folded words that it is
    known by, None where these are its title. kind: of a figure. model: of a part, or of the rows of a list. many: it is
    a list. choice: its text is one of a few words of the schema, and no quotation. shape: its type without `| None`; of
    a list, that of its rows. under: the words above a line of a statement, where its own stand there more than once.
    labels: what it is called in reports, the first that stands there; its title where none are said. of: of a
    percentage beside a line of a statement, the key of that line.
    """

    key: str
    title: str
    words: str | None
    kind: Kind | None
    model: type[Model] | None
    many: bool
    choice: bool
    shape: Any
    under: str | None = None
    labels: tuple[str, ...] = ()
    of: str | None = None

    @property
    def called(self) -> tuple[str, ...]:
        """What it is called in reports, the most usual first."""
        return self.labels or (self.title,)

    @property
    def part(self) -> type[Model] | None:
        """The model of a part; None for any other field."""
        return None if self.many else self.model

    @property
    def is_text(self) -> bool:
        """Whether it holds words alone (or says yes or no)."""
        return self.kind is None and self.model is None and not self.many


@cache
def fields_of(model: type[BaseModel]) -> Mapping[str, Field]:
    """The fields of a model, by key, in the order of the form."""
    return {key: _field(key, info) for key, info in model.model_fields.items()}


def _field(key: str, info: FieldInfo) -> Field:
    notes = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    words, kind = notes.get("words"), notes.get("kind")
    shape = _present(info.annotation)
    many = get_origin(shape) in (tuple, list)
    if many:
        shape = _present(get_args(shape)[0])
    return Field(
        key,
        info.title or key,
        str(words) if words is not None else None,
        Kind(str(kind)) if kind else None,
        shape if isinstance(shape, type) and issubclass(shape, Model) else None,
        many,
        _is_choice(info.annotation),
        shape,
        str(notes["under"]) if "under" in notes else None,
        tuple(map(str, labels)) if isinstance(labels := notes.get("labels"), list) else (),
        str(notes["of"]) if "of" in notes else None,
    )


def _present(annotation: Any) -> Any:
    """A type without its `| None`."""
    if get_origin(annotation) in (Union, UnionType):
        return next((inner for inner in get_args(annotation) if inner is not type(None)), None)
    return annotation


def _is_choice(annotation: Any) -> bool:
    return get_origin(annotation) is Literal or any(map(_is_choice, get_args(annotation)))


_SPOKEN_OF = re.compile(r"^(?P<of>.*?)_?(?:change|budget)$")


def spoken_of(model: type[BaseModel], key: str) -> str:
    """The amount that a change or a comparison is of, by its key: income_total of income_change, overseas of
    overseas_budget; "" where it is the section's own (change)."""
    match = _SPOKEN_OF.match(key)
    of = match["of"] if match else ""
    return next((name for name in (f"{of}_total", of) if name in model.model_fields), "")


_SIGNS = re.compile(r'\\\(\??|\\\)\??|"\??|、\??')
"""Brackets, quotation marks and 、 in a rule for folded words."""


@cache
def names_rule(model: type[BaseModel], key: str) -> str | None:
    """A rule for other names of a field than its title, on words without brackets and marks; None where it has none."""
    heard = model.phrasing.heard if issubclass(model, Model) else {}
    of = key if fields_of(model)[key].words else spoken_of(model, key) or key
    words = heard.get(of, fields_of(model)[of].words or "")
    for sign, rule in (("{own}", ""), ("{named}", "(?!)"), ("{alone}", "(?!)")):
        words = words.replace(sign, rule)
    return _SIGNS.sub("", words) or None


class Step(NamedTuple):
    """A step of the way to a field: a model, and the key of the field in it."""

    model: type[Model]
    key: str

    @property
    def field(self) -> Field:
        """What the field is."""
        return fields_of(self.model)[self.key]


Trail = tuple[Step, ...]
"""The way to a field, from the report down."""


@cache
def holds_figures(model: type[Model], key: str, kind: Kind | None = None) -> bool:
    """Whether a field is a figure, or holds one (of a kind)."""
    field = fields_of(model)[key]
    if field.kind is not None:
        return kind is None or field.kind is kind
    return field.model is not None and any(holds_figures(field.model, inner, kind) for inner in fields_of(field.model))


@cache
def names_of(model: type[Model]) -> tuple[str, ...]:
    """The texts of a row that come before its figures in the form: what the row is called."""
    names: list[str] = []
    for key, field in fields_of(model).items():
        if holds_figures(model, key):
            return tuple(names)
        if not field.choice:
            names.append(key)
    return ()


# --- how a schema is walked: to its lists of rows, and to the fields of a row

ROW = "*"
"""Stands for the number of a row in a way through a model."""

Way = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A field at the end of a way without lists on it. titles: those of the way."""

    way: Way
    titles: tuple[str, ...]
    field: Field

    @property
    def name(self) -> str:
        """Its keys in one word: change_percent."""
        return "_".join(self.way)

    @property
    def title(self) -> str:
        """Its titles in one line."""
        return JOINT.join(self.titles)


JOINT = " › "
"""Stands between two titles of a way."""


@dataclass(frozen=True, slots=True)
class RowList:
    """A list of rows in a report: the way to a row of it (it ends with ROW), and the model of its rows."""

    way: Way
    model: type[Model]


@cache
def leaves_of(model: type[BaseModel]) -> tuple[Leaf, ...]:
    """The fields of a row, those of its parts too; lists are left out."""
    found: list[Leaf] = []
    for key, field in fields_of(model).items():
        if field.part is not None:
            inside = leaves_of(field.part)
            found += [Leaf((key, *leaf.way), (field.title, *leaf.titles), leaf.field) for leaf in inside]
        elif not field.many:
            found.append(Leaf((key,), (field.title,), field))
    return tuple(found)


@cache
def row_lists(model: type[BaseModel]) -> tuple[RowList, ...]:
    """Every list of rows in a report, lists within rows too, in the order of the report."""
    found: list[RowList] = []
    for key, field in fields_of(model).items():
        if field.model is None:
            continue
        way = (key, ROW) if field.many else (key,)
        found += [RowList(way, field.model)] if field.many else []
        found += [RowList((*way, *rows.way), rows.model) for rows in row_lists(field.model)]
    return tuple(found)


# --- how a report is walked, whatever stands in its fields: references, figures, or the plain values of a result


def models_in(value: Any) -> list[Model]:
    """A model and all models in it, in the order of the report: each before those in it."""
    found: list[Model] = []
    _gather_models(value, found)
    return found


def _gather_models(value: Any, found: list[Model]) -> None:
    # A list that is handed down: generators in generators cost a third of all verifying.
    if isinstance(value, Model):
        found.append(value)
        value = [getattr(value, key) for key in fields_of(type(value))]
    for inner in value:
        if isinstance(inner, Model | tuple):
            _gather_models(inner, found)


def leaves_in(value: Any, pointer: str = "") -> list[tuple[str, Any]]:
    """What stands in a report, or in nested dicts and lists, with its pointer: neither parts nor lists."""
    found: list[tuple[str, Any]] = []
    _gather_leaves(value, pointer, found)
    return found


def _gather_leaves(value: Any, pointer: str, found: list[tuple[str, Any]]) -> None:
    form = _form_of(value.__class__)
    if form is None:
        found.append((pointer, value))
    elif form is BaseModel:
        for key in fields_of(value.__class__):
            _gather_leaves(getattr(value, key), f"{pointer}/{key}", found)
    elif form is Mapping:
        for key, inner in value.items():
            _gather_leaves(inner, f"{pointer}/{key}", found)
    else:
        for number, row in enumerate(value):
            _gather_leaves(row, f"{pointer}/{number}", found)


def nested(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """A report (or nested dicts and lists) as dicts and lists, with leaf(what stands there) at their ends."""
    form = _form_of(value.__class__)
    if form is None:
        return leaf(value)
    if form is BaseModel:
        return {key: nested(getattr(value, key), leaf) for key in fields_of(value.__class__)}
    if form is Mapping:
        return {key: nested(inner, leaf) for key, inner in value.items()}
    return [nested(row, leaf) for row in value]


@cache
def _form_of(kind: type) -> type | None:
    """Which of those that hold other values a type is; None for a leaf. To ask it of each value takes longer than the
    rest of the walk."""
    return next((form for form in (BaseModel, Mapping, tuple, list) if issubclass(kind, form)), None)


def rows_at(
    value: Any, way: Way, pointer: str = "", around: Mapping[str, Any] | None = None
) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any] | None]]:
    """Every row of a list of a result: its pointer, the row, and the row of the list around it, None if there is none.

    value: the report, or what stands at the pointer, from where the way leads on.
    """
    step, rest = way[0], way[1:]
    if step != ROW:
        if isinstance(value, Mapping) and value.get(step) is not None:
            yield from rows_at(value[step], rest, f"{pointer}/{step}", around)
    elif isinstance(value, Sequence):
        for number, row in enumerate(value):
            if not rest:
                yield f"{pointer}/{number}", row, around
            else:
                yield from rows_at(row, rest, f"{pointer}/{number}", row)


# --- what a place in a report is called

_ROW_NAMES = ("level3", "item_name", "name", "source", "class_name", "label", "period", "head")
"""The fields that say which row of a list this is; a row is called by the first of them that it fills."""
_ROW_NAMES_OR_KINDS = (*_ROW_NAMES, "unit_kind")
"""And a word of the schema that tells rows apart which have no printed name: for lists of places, not for sentences."""


@dataclass(frozen=True, slots=True)
class Spot:
    """What is said of a figure by its way alone. titles: from the section down; None where a row's name stands."""

    titles: tuple[str | None, ...]
    kind: Kind | None


@cache
def spot(model: type[BaseModel], way: Way) -> Spot:
    """What the model says of the place at the end of a way; unknown steps are called by their own words."""
    titles: list[str | None] = []
    shape: type[BaseModel] | None = model
    kind: Kind | None = None
    for step in way:
        if step == ROW:
            titles.append(None)
            continue
        field = fields_of(shape).get(step) if shape is not None else None
        titles.append(field.title if field is not None else step)
        shape, kind = (field.model, field.kind) if field is not None else (None, None)
    return Spot(tuple(titles), kind)


def steps_of(pointer: str) -> tuple[str, ...]:
    """The keys and numbers of a pointer."""
    steps = pointer.split("/")[1:]
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps) if "~" in pointer else tuple(steps)


def way_of(steps: Sequence[str]) -> Way:
    """The way of a pointer through the model: its steps without the numbers of rows."""
    return tuple(ROW if step.isdigit() else step for step in steps)


def titles(model: type[BaseModel], report: Mapping[str, Any], pointer: str) -> list[str]:
    """The titles from the section down to the figure; a row of a list is called by its number and its name.

    Where the model or the report does not know the way, the pointer's own words stand.
    """
    named = _along(model, report, pointer)
    return [f"{int(step) + 1} {row_name(value)}".rstrip() if title is None else title for step, title, value in named]


def title_of(report: Model, pointer: str) -> str:
    """The title of a place in a sentence: that of its field, after the name (or number) of the row that it is in."""
    title, row = "", ""
    for step, own, value in _along(type(report), report, pointer):
        if own is not None:
            title = own
        else:
            row = _first_of(_ROW_NAMES, value) or f"{int(step) + 1}"
    return f"{row}·{title}" if row else title


def row_name(row: object) -> str:
    """What a row of a list is called; "" if none of its fields says so."""
    return _first_of(_ROW_NAMES_OR_KINDS, row)


def _first_of(keys: Sequence[str], row: object) -> str:
    return next((str(value) for key in keys if (value := _child(row, key))), "")


def _along(model: type[BaseModel], report: object, pointer: str) -> Iterator[tuple[str, str | None, object]]:
    """Each step of a pointer, the title of its field (None: the number of a row), and what stands there."""
    steps, value = steps_of(pointer), report
    for step, title in zip(steps, spot(model, way_of(steps)).titles, strict=True):
        value = _child(value, step)
        yield step, title, value


def _child(value: object, step: str) -> object:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, Model):
        return getattr(value, step, None)
    if isinstance(value, Sequence) and not isinstance(value, str) and step.isdigit() and int(step) < len(value):
        return value[int(step)]
    return None
