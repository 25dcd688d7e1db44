"""A model that answers perfectly: what it should copy is taken from a mapped report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from recount.pipeline.document import Document
from recount.pipeline.model.ask.pieces import Piece, pieces_of
from recount.pipeline.model.ask.question import Question, Reply
from recount.pipeline.model.ask.shown import Shown
from recount.pipeline.model.mapper import Mapper, parts_of
from recount.pipeline.split.folding import fold
from recount.pipeline.usage import NOTHING
from recount.schemas.describe import fields_of, leaves_in
from recount.schemas.figures import Model, Ref

Answers = Mapping[str, Mapping[str, Any]]
"""By the user's part of a prompt: the values of the answer."""


class Oracle:
    """An asker that knows all answers, and how they are worded. asked: what it was asked, in order."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.asked: list[Question] = []

    def ask(self, question: Question) -> Reply:
        """The perfect answer; to a question that is asked again, the same, cut down to what is asked for now."""
        self.asked.append(question)
        values = _narrowed(self.values(question.user), question.response)
        return Reply(question.response.model_validate(values), NOTHING)

    def known(self, question: Question) -> bool:
        """Everything is known."""
        return bool(question.user)

    def knows(self, prompt: str) -> bool:
        """Whether the words that a prompt shows are those of a first question."""
        return any(_printed(known) == _printed(prompt) for known in self._answers)

    def values(self, prompt: str) -> Mapping[str, Any]:
        """The values of the answer to a prompt, or to a narrower one about the same words; none to any other, such as
        those about figures that the report has no field for."""
        text = _printed(prompt)
        return next((values for known, values in self._answers.items() if _printed(known) == text), {})


def _printed(prompt: str) -> str:
    """What a prompt shows of the report: prompts for fewer fields show the same."""
    return prompt.partition("<<<")[2].partition(">>>")[0] + prompt.partition("“")[2].partition("”")[0]


def _narrowed(values: Mapping[str, Any], response: type[BaseModel]) -> dict[str, Any]:
    found = {}
    for name, field in fields_of(response).items():
        value = values.get(name)
        value = [] if value is None and field.many else value
        found[name] = _narrowed(value, field.part) if field.part is not None and isinstance(value, Mapping) else value
    return found


def perfect_answers(document: Document, mapper: Mapper, report: Model) -> dict[str, dict[str, Any]]:
    """The perfect answer to every first question about a document. report: Report[Ref], mapped from it."""
    found = {}
    for piece in pieces_of(document, mapper.family).asked:
        for part in parts_of(piece):
            shown, prompt, _ = mapper.question(piece, part)
            found[prompt.user] = _Copier(shown).answer(piece, report)
    return found


class _Copier:
    """Copies out of what was shown, as a careful reader would."""

    def __init__(self, shown: Shown) -> None:
        self._words = fold("".join(shown.words.split()))
        self._marks = {mark.token.index: mark.printed.lstrip("-") for mark in shown.marks}

    def answer(self, piece: Piece, report: Model) -> dict[str, Any]:
        values = self._fields(report, piece.wanted)
        if piece.item is not None:
            (name,) = piece.wanted
            values[name] = [self._fields(getattr(report, name)[piece.item], None)]
        return values

    def _fields(self, model: Model, wanted: Mapping[str, Any] | None) -> dict[str, Any]:
        names = wanted if wanted is not None else fields_of(type(model))
        return {
            name: self._value(type(model), name, getattr(model, name), wanted[name] if wanted else None)
            for name in names
        }

    def _value(self, model: type[Model], name: str, value: Any, wanted: Mapping[str, Any] | None) -> Any:
        if isinstance(value, Ref):
            return self._marks.get(value.token)
        if isinstance(value, Model):
            return self._fields(value, wanted)
        if fields_of(model)[name].many:
            return [row for entry in value if (row := self._row(entry)) is not None]
        if isinstance(value, str) and name not in _NOT_QUOTED and not self._says(value):
            return None
        return value

    def _row(self, row: Any) -> Any:
        """A row that is shown, whole or in part; None for one of another block."""
        if not isinstance(row, Model):
            return row if self._says(row) else None
        values, tokens = self._fields(row, None), [leaf.token for _, leaf in leaves_in(row) if isinstance(leaf, Ref)]
        if tokens:
            return values if any(token in self._marks for token in tokens) else None
        texts = [text for name in fields_of(type(row)) if isinstance(text := getattr(row, name), str)]
        return values if texts and all(map(self._says, texts)) else None

    def _says(self, text: str) -> bool:
        return fold("".join(text.split())) in self._words


_NOT_QUOTED = ("unit_kind", "as_of")
"""Texts that are no quotations: words of the schema, a date in the contract's form."""
