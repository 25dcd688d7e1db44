"""What is asked of a model and what comes back: a question, the schema of its answer, its reply and its faults."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, create_model, model_validator

from recount.pipeline.usage import Usage
from recount.schemas.describe import fields_of, leaves_in
from recount.schemas.figures import Model

Messages = Sequence[Mapping[str, str]]
"""What is sent: each message with its role and content."""

Wanted = Mapping[str, "Wanted | None"]
"""The fields of a model that are asked for; None: a field with all that is in it."""

CHOICES = ("family", "parts", "between")
"""The purposes of questions that ask to choose, or for what there may not be: none may be the right answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a model. system, user: the rendered prompt. response: the pydantic model of the answer.

    purpose: the report field that it is about ("income"), for the ledger. document: sha256 of the file. round: 0 the
    first question, 1 and on after a contradiction of the verifier. in_english: else it is in Chinese.
    """

    system: str
    user: str
    response: type[BaseModel]
    purpose: str
    document: str = ""
    round: int = 0
    in_english: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. value: an instance of the question's response. usage: over all attempts, nothing if it was kept."""

    value: BaseModel
    usage: Usage


@dataclass(frozen=True, slots=True)
class Findings:
    """What the verifier found in an answer, for the next question. words: for the model, a line each.

    left_out: most figures that a question showed are in no field.
    """

    words: str
    left_out: bool = False


class Asker(Protocol):
    """Whom questions are put to; several threads may do so at once."""

    def ask(self, question: Question) -> Reply:
        """Returns the answer, kept or new. Raises a ModelError if there is none."""
        ...

    def known(self, question: Question) -> bool:
        """Whether the outcome of a question is kept, so that nothing would be sent."""
        ...


# --- the schema of an answer: the part of a report that is asked for

_DEEPEST = 12
"""So often what does not fit is taken out: where a field is lacking, what it belongs to is wrong next."""


class Answer(BaseModel):
    """Base of all answers. Every field is asked for by name, so that null has to be said and is easy to say.

    What does not fit in a field (null for yes or no, a list for a text) costs that field and no other, unless more of
    the answer does not fit than does: then it is none, and the question is asked again.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    most_rows: ClassVar[int | None] = None
    _built: ClassVar[tuple[int | None, str] | None] = None
    """The schema as JSON, and for which most_rows it was built."""

    @model_validator(mode="wrap")
    @classmethod
    def _as_far_as_it_fits(cls, said: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(said)
        except ValidationError as error:
            rest, wrong = deepcopy(said), error
            for _ in range(_DEEPEST):
                if not _without(rest, wrong) or _leaves(said) > 2 * _leaves(rest):
                    break
                try:
                    return handler(rest)
                except ValidationError as still:
                    wrong = still
            raise

    @classmethod
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
        """The schema without the notes that only mappers read, with every field required and every list bounded.

        It is asked for several times a question and takes long to build: once a class, of which each caller has a copy.
        """
        if args or options:
            return cls._schema(*args, **options)
        built: tuple[int | None, str] | None = vars(cls).get("_built")  # of this class: not what it is derived from
        if built is None or built[0] != cls.most_rows:
            cls._built = built = cls.most_rows, json.dumps(cls._schema(), ensure_ascii=False)
        schema: dict[str, Any] = json.loads(built[1])
        return schema

    @classmethod
    def _schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
        schema: dict[str, Any] = _for_a_model(super().model_json_schema(*args, **options), cls.most_rows)
        return schema


def _without(said: Any, error: ValidationError) -> bool:
    """Takes out of an answer what does not fit; whether there was anything to take out."""
    found = [_at(said, failure["loc"]) for failure in error.errors(include_url=False, include_context=False)]
    places = {(id(holder), key): (holder, key) for holder, key in found if holder is not None}
    for holder, key in sorted(places.values(), key=lambda place: -place[1] if isinstance(place[1], int) else 0):
        del holder[key]
    return bool(places)


def _at(said: Any, place: Sequence[int | str]) -> tuple[Any, Any]:
    """What holds the last step of a place that an answer has, and that step; of a lacking field, what lacks it."""
    holder, key, value = None, None, said
    for step in place:
        steps = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        if step not in steps:
            break
        holder, key, value = value, step, value[step]
    return holder, key


def _leaves(said: Any) -> int:
    """How much an answer says, null and nothing left out."""
    return sum(value is not None for _, value in leaves_in(said))


def answer_model(report: type[Model], figure: Any, wanted: Wanted, most_rows: int | None = None) -> type[Answer]:
    """The model of an answer: the wanted fields of a report, with a figure type of a protocol.

    most_rows: what a list of what is shown can have; a small model repeats a row until it is stopped.
    """
    restricted: type[Answer] = _restricted(report[figure], wanted, Answer)  # type: ignore[index]
    restricted.most_rows = most_rows
    return restricted


def _restricted(model: type[BaseModel], wanted: Wanted, base: type[BaseModel]) -> Any:
    fields: dict[str, Any] = {}
    for key, inside in wanted.items():
        fields[key] = (_annotation(model, key, inside), model.model_fields[key])
    return create_model(model.__name__.split("[")[0], __base__=base, **fields)


class _Part(Model):
    """Base of the parts of an answer of which only some fields are asked for."""


def _annotation(model: type[BaseModel], key: str, inside: Wanted | None) -> Any:
    inner = fields_of(model)[key].model
    if inside is None or inner is None:
        return model.model_fields[key].annotation
    return _restricted(inner, inside, _Part) | None


_NOTES = ("kind", "words", "default")


def _for_a_model(schema: Any, most_rows: int | None) -> Any:
    if isinstance(schema, list):
        return [_for_a_model(item, most_rows) for item in schema]
    if not isinstance(schema, dict):
        return schema
    cleaned = {key: _for_a_model(value, most_rows) for key, value in schema.items() if key not in _NOTES}
    if isinstance(schema.get("properties"), dict):  # its keys are names of fields, whatever they are called
        cleaned["properties"] = {key: _for_a_model(value, most_rows) for key, value in schema["properties"].items()}
        cleaned["required"] = list(cleaned["properties"])
    if most_rows is not None and schema.get("type") == "array":
        cleaned["maxItems"] = most_rows
    return cleaned
