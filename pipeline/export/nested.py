"""A whole report as one JSON object, with the contract's English keys or with the official Chinese titles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from recount.pipeline.export.rows import Reading
from recount.pipeline.export.shape import nested_model, row_model

_KEYS = {
    "en": ("file", "sha256", "report"),
    "zh": ("文件", "文件散列", "报告"),
}


def document(reading: Reading, keys: str) -> dict[str, Any]:
    """The report of a result with where it comes from; figures of unwanted statuses are null."""
    source = reading.result["source"]
    content = _named(reading, reading.report, reading.model, "", keys)
    return dict(zip(_KEYS[keys], (source["file"], source["sha256"], content), strict=True))


def _named(
    reading: Reading, value: Mapping[str, Any], model: type[BaseModel] | None, pointer: str, keys: str
) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for key, each in value.items():
        field = model.model_fields.get(key) if model is not None else None
        title = (field.title if field is not None and keys == "zh" else None) or key
        shape = (nested_model(field.annotation) or row_model(field.annotation)) if field is not None else None
        named[title] = _content(reading, each, shape, f"{pointer}/{key}", keys)
    return named


def _content(reading: Reading, value: Any, shape: type[BaseModel] | None, pointer: str, keys: str) -> Any:
    if isinstance(value, Mapping):
        return _named(reading, value, shape, pointer, keys)
    if isinstance(value, list | tuple):
        return [_content(reading, each, shape, f"{pointer}/{at}", keys) for at, each in enumerate(value)]
    return reading.value_at(pointer, value)
