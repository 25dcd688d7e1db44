"""What the fields of a schema are (figures, texts, parts, lists), and the part of a schema that is asked for."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, ClassVar, Literal, Union

from pydantic import BaseModel, ConfigDict, create_model
from pydantic.fields import FieldInfo

from recount.schemas.figures import Kind, Model

Wanted = Mapping[str, "Wanted | None"]
"""The fields of a model that are asked for; None: a field with all that is in it."""


@cache
def kind_of(model: type[BaseModel], name: str) -> Kind | None:
    """The kind of a figure field; None for any other field."""
    extra = model.model_fields[name].json_schema_extra
    kind = extra.get("kind") if isinstance(extra, dict) else None
    return Kind(str(kind)) if kind else None


@cache
def model_of(model: type[BaseModel], name: str) -> type[Model] | None:
    """The model of a part, or of the rows of a list; None for any other field."""
    return next(_models(model.model_fields[name].annotation), None)


@cache
def is_list(model: type[BaseModel], name: str) -> bool:
    """Whether a field holds rows."""
    return _is_list(model.model_fields[name].annotation)


@cache
def carries_figures(model: type[BaseModel], name: str, kind: Kind | None = None) -> bool:
    """Whether a field is a figure, or holds one (of a kind)."""
    own = kind_of(model, name)
    if own is not None:
        return kind is None or own is kind
    inner = model_of(model, name)
    return inner is not None and any(carries_figures(inner, each, kind) for each in inner.model_fields)


@cache
def names_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The texts of a row that come before its figures in the form: what the row is called."""
    names = []
    for name, info in model.model_fields.items():
        if carries_figures(model, name):
            break
        if not is_choice(info.annotation):
            names.append(name)
    return tuple(names) if len(names) < len(model.model_fields) else ()


def is_choice(annotation: Any) -> bool:
    """Whether a text is one of a few words of the schema, and no quotation."""
    return typing.get_origin(annotation) is Literal or any(is_choice(each) for each in typing.get_args(annotation))


def _models(annotation: Any) -> Iterator[type[Model]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for each in typing.get_args(annotation):
        yield from _models(each)


def _is_list(annotation: Any) -> bool:
    origin = typing.get_origin(annotation)
    if origin is tuple:
        return True
    return origin in (Union, types.UnionType) and any(_is_list(each) for each in typing.get_args(annotation))


class Answer(BaseModel):
    """Base of all answers. Every field is asked for by name, so that null has to be said and is easy to say."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    most_rows: ClassVar[int | None] = None

    @classmethod
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
        """The schema without the notes that only mappers read, with every field required and every list bounded."""
        schema: dict[str, Any] = _for_a_model(super().model_json_schema(*args, **options), cls.most_rows)
        return schema


def answer_model(report: type[Model], figure: Any, wanted: Wanted, most_rows: int | None = None) -> type[Answer]:
    """The model of an answer: the wanted fields of a report, with a figure type of a protocol.

    most_rows: what a list of what is shown can have; a small model repeats a row until it is stopped.
    """
    restricted: type[Answer] = _restricted(report[figure], wanted, Answer)  # type: ignore[index]
    restricted.most_rows = most_rows
    return restricted


def _restricted(model: type[BaseModel], wanted: Wanted, base: type[BaseModel]) -> Any:
    fields: dict[str, Any] = {}
    for name, inside in wanted.items():
        info = model.model_fields[name]
        fields[name] = (_annotation(info, inside), info)
    return create_model(model.__name__.split("[")[0], __base__=base, **fields)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _annotation(info: FieldInfo, inside: Wanted | None) -> Any:
    inner = next(_models(info.annotation), None)
    if inside is None or inner is None:
        return info.annotation
    return _restricted(inner, inside, _Part) | None


_NOTES = ("kind", "words", "default")


def _for_a_model(schema: Any, most_rows: int | None) -> Any:
    if isinstance(schema, list):
        return [_for_a_model(each, most_rows) for each in schema]
    if not isinstance(schema, dict):
        return schema
    cleaned = {key: _for_a_model(value, most_rows) for key, value in schema.items() if key not in _NOTES}
    if isinstance(schema.get("properties"), dict):  # its keys are names of fields, whatever they are called
        cleaned["properties"] = {key: _for_a_model(value, most_rows) for key, value in schema["properties"].items()}
        cleaned["required"] = list(cleaned["properties"])
    if most_rows is not None and schema.get("type") == "array":
        cleaned["maxItems"] = most_rows
    return cleaned
