"""A model that must say a figure for every field: the worst that a mapper can be, for what the verifier is worth.

Small models say null to everything that they do not understand. Forced to choose, they put figures of the page into
fields at random; none of those may come out as verified.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from recount.pipeline.model.ask.question import Asker, Question, Reply


@dataclass(frozen=True, slots=True)
class Forced:
    """An asker whose questions cannot be answered with null, but for texts: small models would write those for ever."""

    asker: Asker

    def ask(self, question: Question) -> Reply:
        """As of the asker."""
        return self.asker.ask(_forced(question))

    def known(self, question: Question) -> bool:
        """As of the asker."""
        return self.asker.known(_forced(question))


def _forced(question: Question) -> Question:
    class Response(question.response):  # type: ignore[misc, name-defined]
        """The same answer, by a schema without null."""

        @classmethod
        def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
            schema: dict[str, Any] = _without_null(super().model_json_schema(*args, **options))
            return schema

    Response.__name__ = question.response.__name__
    return replace(question, response=Response)


def _without_null(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_null(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    said = {key: _without_null(value) for key, value in schema.items()}
    choices = [choice for choice in said.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1 and choices != [{"type": "string"}]:
        said = {**{key: value for key, value in said.items() if key != "anyOf"}, **choices[0]}
    return said
