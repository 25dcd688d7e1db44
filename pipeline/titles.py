"""What a place in a report is called: the official titles along a JSON pointer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

_ROW_NAMES = ("level3", "item_name", "name", "source", "class_name", "label", "unit_kind")
"""The fields that say which row of a list this is; a row is called by the first of them that it fills."""


def section_titles(model: type[BaseModel]) -> dict[str, str]:
    """The sections of a report: key and official title."""
    return {key: field.title or key for key, field in model.model_fields.items()}


def titles(model: type[BaseModel], report: Mapping[str, Any], pointer: str) -> list[str]:
    """The titles from the section down to the figure; a row of a list is called by its number and its name.

    Where the model or the report does not know the way, the pointer's own words stand.
    """
    shape: object = model
    value: object = report
    named: list[str] = []
    for step in (part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]):
        value = _child(value, step)
        if step.isdigit():
            name = row_name(value)
            named.append(f"{int(step) + 1} {name}" if name else f"{int(step) + 1}")
            shape = _element(shape)
        else:
            title, shape = _field(shape, step)
            named.append(title)
    return named


def _child(value: object, step: str) -> object:
    """What lies one step down in the report; None where there is nothing."""
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, Sequence) and not isinstance(value, str) and step.isdigit() and int(step) < len(value):
        return value[int(step)]
    return None


def row_name(row: object) -> str:
    """What a row of a list is called; "" if none of its fields says so."""
    if not isinstance(row, Mapping):
        return ""
    return next((str(row[key]) for key in _ROW_NAMES if row.get(key)), "")


def _field(shape: object, key: str) -> tuple[str, object]:
    """The title of a model's field, and the type that lies behind it."""
    if isinstance(shape, type) and issubclass(shape, BaseModel) and key in shape.model_fields:
        field = shape.model_fields[key]
        return field.title or key, present(field.annotation)
    return key, None


def present(annotation: object) -> object:
    """A type without its `| None`."""
    if get_origin(annotation) in (Union, UnionType):
        return next((each for each in get_args(annotation) if each is not type(None)), None)
    return annotation


def _element(shape: object) -> object:
    """The type of a list's rows."""
    arguments = get_args(shape)
    return present(arguments[0]) if arguments else None
