"""The results in an output folder, and the models that they are written by."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from recount.pipeline.errors import UsageError
from recount.schemas.family import Family
from recount.schemas.registry import FAMILIES

_SHOWN = 5
"""So many names are listed where a fragment fits several results."""


def find_result(path: Path, fragment: str | None = None) -> Path:
    """The result file at a path, or the one in an output folder whose name holds the fragment.

    Raises UsageError if there is none, or more than one.
    """
    if not path.is_dir():
        return path
    folder = path / "reports" if (path / "reports").is_dir() else path
    names = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.json"))
    fitting = [name for name in names if fragment is None or fragment in name]
    exact = [name for name in fitting if fragment in (name, name.removesuffix(".json"))]
    if exact or len(fitting) == 1:
        return folder / (exact or fitting)[0]
    if not fitting:
        raise UsageError(f"no result in {path}" + (f" has {fragment} in its name" if fragment else ""))
    listed = ", ".join(fitting[:_SHOWN]) + (", …" if len(fitting) > _SHOWN else "")
    raise UsageError(f"{len(fitting)} results in {path} fit, name one of them: {listed}")


def report_model(contract: str, own: Family | None = None) -> type[BaseModel]:
    """The model of the reports of a contract, in the figure type of result files.

    own: a family of the user's. Raises UsageError for a contract that this version does not know.
    """
    for family in (own, *FAMILIES) if own else FAMILIES:
        if family.contract == contract:
            model: type[BaseModel] = family.report_of(Decimal)
            return model
    raise UsageError(f"this version of Recount does not know results of {contract}; name their family with --family")


class _AsWritten(GenerateJsonSchema):
    """The schema of what result files hold: there a Decimal is a number, with its printed digits."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:  # noqa: ARG002
        return {"type": "number"}


def json_schema(family: Family | None = None) -> str:
    """The JSON Schema of the `report` of a result file of a family, by default of the final accounts, as JSON."""
    chosen = family or FAMILIES[0]
    model = report_model(chosen.contract, chosen)
    schema = model.model_json_schema(mode="serialization", schema_generator=_AsWritten)
    words = json.dumps({"$schema": GenerateJsonSchema.schema_dialect, **schema}, ensure_ascii=False, indent=2)
    # The models are generic in their figure type; to a reader of results Portion[Decimal] is just Portion.
    return words.replace("_Decimal_", "").replace("[Decimal]", "")
