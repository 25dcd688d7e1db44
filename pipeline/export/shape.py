"""What a report's model says of its places: titles, kinds of figures, and where its lists of rows are.

Everything here comes out of the model, so a field that a family gains is exported without a word here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from recount.pipeline.titles import present

EACH = "*"
"""Stands for the number of a row in a way through the model."""

Way = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A field at the end of a way, without lists on it. kind: what a figure counts in, None for text."""

    way: Way
    title: str
    kind: str | None
    type: str

    @property
    def name(self) -> str:
        return "_".join(self.way)


@dataclass(frozen=True, slots=True)
class RowList:
    """A list of rows in a report: the way to a row of it (it ends with EACH), and the model of its rows."""

    way: Way
    model: type[BaseModel]


@dataclass(frozen=True, slots=True)
class Spot:
    """What is said of a figure by its way alone. titles: from the section down; None where a row's name stands."""

    titles: tuple[str | None, ...]
    kind: str | None


def row_model(annotation: object) -> type[BaseModel] | None:
    """The model of a list's rows; None if it is no list of models."""
    shape = present(annotation)
    element = present(get_args(shape)[0]) if get_origin(shape) in (tuple, list) else None
    return element if isinstance(element, type) and issubclass(element, BaseModel) else None


def nested_model(annotation: object) -> type[BaseModel] | None:
    """The model of a part; None if the field is none."""
    shape = present(annotation)
    return shape if isinstance(shape, type) and issubclass(shape, BaseModel) else None


def kind_of(field: FieldInfo) -> str | None:
    """What a figure field counts in; None for a field of text."""
    extra = field.json_schema_extra
    kind = extra.get("kind") if isinstance(extra, dict) else None
    return kind if isinstance(kind, str) else None


@cache
def leaves(model: type[BaseModel]) -> tuple[Leaf, ...]:
    """The fields of a row, those of its parts too; lists are left out."""
    return tuple(_leaves(model, (), ()))


def _leaves(model: type[BaseModel], way: Way, titles: tuple[str, ...]) -> Iterator[Leaf]:
    for key, field in model.model_fields.items():
        title = field.title or key
        part = nested_model(field.annotation)
        if part is not None:
            yield from _leaves(part, (*way, key), (*titles, title))
        elif get_origin(present(field.annotation)) not in (tuple, list):
            yield Leaf((*way, key), " › ".join((*titles, title)), kind_of(field), _type(field))


def _type(field: FieldInfo) -> str:
    if present(field.annotation) is Decimal:
        return "integer" if kind_of(field) in ("count", "year") else "number"
    return "boolean" if present(field.annotation) is bool else "string"


@cache
def row_lists(model: type[BaseModel]) -> tuple[RowList, ...]:
    """Every list of rows in a report, lists within rows too, in the order of the report."""
    return tuple(_row_lists(model, ()))


def _row_lists(model: type[BaseModel], way: Way) -> Iterator[RowList]:
    for key, field in model.model_fields.items():
        part, row = nested_model(field.annotation), row_model(field.annotation)
        if part is not None:
            yield from _row_lists(part, (*way, key))
        elif row is not None:
            yield RowList((*way, key, EACH), row)
            yield from _row_lists(row, (*way, key, EACH))


@cache
def spot(model: type[BaseModel], way: Way) -> Spot:
    """What the model says of the place at the end of a way; unknown steps are called by their own words."""
    titles: list[str | None] = []
    shape: type[BaseModel] | None = model
    kind: str | None = None
    for step in way:
        if step == EACH:
            titles.append(None)
            continue
        field = shape.model_fields.get(step) if shape is not None else None
        if field is None:
            titles.append(step)
            shape, kind = None, None
        else:
            titles.append(field.title or step)
            shape, kind = nested_model(field.annotation) or row_model(field.annotation), kind_of(field)
    return Spot(tuple(titles), kind)


def rows_at(report: Mapping[str, Any], way: Way) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any] | None]]:
    """Every row of a list: its JSON pointer, the row, and the row of the list around it, None if there is none."""
    yield from _rows_at(report, way, "", None)


def _rows_at(
    value: Any, way: Way, pointer: str, around: Mapping[str, Any] | None
) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any] | None]]:
    step, rest = way[0], way[1:]
    if step != EACH:
        if isinstance(value, Mapping) and value.get(step) is not None:
            yield from _rows_at(value[step], rest, f"{pointer}/{step}", around)
        return
    if not isinstance(value, Sequence):
        return
    for number, row in enumerate(value):
        if not rest:
            yield f"{pointer}/{number}", row, around
        else:
            yield from _rows_at(row, rest, f"{pointer}/{number}", row)
