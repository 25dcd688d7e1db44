"""Reports of the repository's examples, read and mapped once, with their perfect answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from recount.eval.models.oracle import Oracle, perfect_answers
from recount.pipeline.document import Document
from recount.pipeline.map import Mapped
from recount.pipeline.map.registry import map_document
from recount.pipeline.model.mapper import Mapper
from recount.pipeline.structure import document_of
from recount.pipeline.verify import Verified, verify
from recount.schemas.family import Family
from recount.tests.pipeline.model.server import Asked

ARCHIVE = Path(__file__).parents[3] / "examples" / "archive"
NATIONAL = next(ARCHIVE.glob("2022/北岭市*.pdf"))
SHANGHAI = next(ARCHIVE.glob("2024/*.pdf"))
TABLES = next(ARCHIVE.glob("2021/*.pdf"))
DEPARTMENT = next(ARCHIVE.glob("2023/青崮*.pdf"))


@dataclass(frozen=True)
class Example:
    """A report: as split, as the template maps it, as that verifies, and the perfect answers about it."""

    path: Path
    document: Document
    family: Family
    template: Mapped
    verified: Verified
    answers: Mapping[str, Mapping[str, Any]]

    def oracle(self) -> Oracle:
        return Oracle(self.answers)

    def mapper(self, asker: Any = None) -> Mapper:
        return Mapper(asker or self.oracle(), self.family)


@cache
def example(path: Path) -> Example:
    document, family = document_of(path)
    template = map_document(document, family)
    verified = verify(template.report, document.tokens, template.mapper)
    answers = perfect_answers(document, Mapper(Oracle({}), family), template.report)
    return Example(path, document, family, template, verified, answers)


def scripted_by(known: Example) -> Callable[[Asked], Mapping[str, Any]]:
    """The script of a server that answers perfectly about a report."""
    oracle = known.oracle()

    def answer(asked: Asked) -> Mapping[str, Any]:
        schema = asked.schema
        found: Mapping[str, Any] = _narrowed(oracle.values(asked.user), schema, schema.get("$defs", {}))
        return found

    return answer


def _narrowed(values: Any, schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Any:
    """Values with the fields that a schema asks for, and no others."""
    for part in (schema, *schema.get("anyOf", ())):
        named = defs[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        if isinstance(values, Mapping) and "properties" in named:
            return {key: _narrowed(values.get(key), each, defs) for key, each in named["properties"].items()}
    return values
