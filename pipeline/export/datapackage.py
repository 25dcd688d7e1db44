"""What the exported columns mean, as a Frictionless Data Package: a descriptor beside the data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from recount.pipeline.export.tables import Column, Table
from recount.pipeline.version import program_version

_FORMATS = {"csv": "csv", "jsonl": "jsonl", "parquet": "parquet", "xlsx": "xlsx", "sqlite": "sqlite"}


def descriptor(format_: str, name: str | None, tables: Sequence[Table], keys: str) -> bytes:
    """The descriptor of an export. name: the one file; None where every table has a file of its own."""
    package = {
        "name": "recount-export",
        "title": "部门决算 · departmental final accounts, recounted",
        "created_by": f"recount {program_version()}",
        "resources": [_resource(format_, name or f"{table.name}.{format_}", table, keys) for table in tables],
    }
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()


def _resource(format_: str, path: str, table: Table, keys: str) -> dict[str, Any]:
    columns = [column for column in table.columns if column.shown or format_ != "xlsx"]
    about: dict[str, Any] = {
        "name": table.name.replace("_", "-"),
        "title": table.title,
        "description": table.description,
        "path": path,
        "format": _FORMATS[format_],
    }
    if format_ in ("csv", "jsonl"):
        about["encoding"] = "utf-8"
    if format_ == "jsonl":
        about["dialect"] = {"json": {"keyed": True}}
    if format_ == "xlsx":
        about["dialect"] = {"excel": {"sheet": table.label(keys)}}
    if format_ == "sqlite":
        about["dialect"] = {"sql": {"table": table.label(keys)}}
    return {**about, "schema": {"fields": [_field(column, keys) for column in columns], "missingValues": [""]}}


def _field(column: Column, keys: str) -> dict[str, Any]:
    return {
        "name": column.title if keys == "zh" else column.name,
        "title": column.name if keys == "zh" else column.title,
        "type": column.type,
        "description": column.description,
    }
