"""What is asked of a model and what comes back: a question, its reply, and what was found in it to be put right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel

from recount.pipeline.usage import Usage

Messages = Sequence[Mapping[str, str]]
"""What is sent: each message with its role and content."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a model. system, user: the rendered prompt. response: the pydantic model of the answer.

    purpose: the report field that it is about ("income"), for the ledger. document: sha256 of the file. round: 0 the
    first question, 1 and on after a contradiction of the verifier.
    """

    system: str
    user: str
    response: type[BaseModel]
    purpose: str
    document: str = ""
    round: int = 0


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
