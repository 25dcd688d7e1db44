"""A gold JSON as Report[Figure]: what the verifier would see if every figure were read right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, get_args

from recount.schemas.arithmetic import Evaluation, Identity, evaluate
from recount.schemas.figures import Figure, Kind, Model
from recount.schemas.final_accounts.report import Report

_tokens = count()  # every figure is printed in a place of its own


def load(path: Path) -> Report[Figure]:
    """The gold file of a report. JSON drops closing zeros, so money and percents have two decimals at least."""
    data = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)
    report: Report[Figure] = fill(Report[Figure], data)
    return report


def fill(model: type[Any], data: dict[str, Any], pointer: str = "") -> Any:
    """A model from plain values: a number in a figure field becomes a Figure with its pointer."""
    values = {}
    for key, value in data.items():
        field = model.model_fields[key]
        extra = field.json_schema_extra
        kind = Kind(str(extra["kind"])) if isinstance(extra, dict) and "kind" in extra else None
        values[key] = _value(field.annotation, value, kind, f"{pointer}/{key}")
    return model(**values)


def _value(annotation: Any, value: Any, kind: Kind | None, pointer: str) -> Any:
    if isinstance(value, list):
        return tuple(_value(annotation, each, kind, f"{pointer}/{at}") for at, each in enumerate(value))
    if isinstance(value, dict):
        return fill(_model_in(annotation), value, pointer)
    if isinstance(value, Decimal) and kind is not None:
        return figure(value, pointer, kind)
    return value


def _model_in(annotation: Any) -> type[Any]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return annotation
    return next(each for each in map(_model_in_or_none, get_args(annotation)) if each is not None)


def _model_in_or_none(annotation: Any) -> type[Any] | None:
    try:
        return _model_in(annotation)
    except StopIteration:
        return None


def figure(value: Decimal, pointer: str, kind: Kind = Kind.MONEY) -> Figure:
    """A figure as printed: money and percents with two decimals or more."""
    exponent = value.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    if kind in (Kind.MONEY, Kind.PERCENT):
        places = max(places, 2)
    return Figure(pointer, value, Decimal(1).scaleb(-places), kind, token=next(_tokens))


def models(value: object) -> Iterator[Model]:
    """A model and every model in it."""
    if isinstance(value, Model):
        yield value
        for key in type(value).model_fields:
            yield from models(getattr(value, key))
    elif isinstance(value, tuple):
        for each in value:
            yield from models(each)


def identities(value: object) -> Iterator[Identity]:
    """The identities of a model and of every model in it."""
    for each in models(value):
        if hasattr(each, "identities"):
            yield from each.identities()


def failures(found: Iterator[Identity]) -> list[Evaluation]:
    """The identities that fail."""
    return [result for result in map(evaluate, found) if result.result == "fail"]
