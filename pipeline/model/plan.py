"""What a run would ask, before anything is sent: calls, tokens and price of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from recount.pipeline.document import Document
from recount.pipeline.model.cascade import open_pieces
from recount.pipeline.model.mapper import Mapper, parts_of
from recount.pipeline.model.pieces import Piece, pieces_of
from recount.pipeline.model.question import Asker, Question
from recount.pipeline.model.settings import ModelSettings
from recount.pipeline.model.transport.price import cost, estimate
from recount.pipeline.template.registry import map_document
from recount.pipeline.verify import verify
from recount.schemas.family import Family

_PER_FIELD = 12
"""Tokens of an answer for each field that is asked for, about: its key and what is in it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a report would take in the first round. calls: questions; kept: those of them whose answer is kept."""

    calls: int = 0
    kept: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)

    def __add__(self, other: Plan) -> Plan:
        return Plan(
            self.calls + other.calls,
            self.kept + other.kept,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cost + other.cost,
        )


def questions_of(document: Document, family: Family, who: Asker, *, alone: bool, sha256: str = "") -> list[Question]:
    """The questions of the first round about a document. alone: the model maps all of it."""
    mapper = Mapper(who, family, sha256)
    pieces = pieces_of(document, family)
    asked: Sequence[Piece] = pieces.asked
    template = None if alone else map_document(document, family)
    if template is not None and template.found:
        verified = verify(template.report, document.tokens, template.mapper)
        asked = open_pieces(pieces, template.report, verified)
    return [mapper.question(piece, part)[2] for piece in asked for part in parts_of(piece)]


def plan_of(questions: Sequence[Question], settings: ModelSettings, who: Asker) -> Plan:
    """What questions would take; an answer that is kept takes nothing."""
    new = [question for question in questions if not who.known(question)]
    tokens = sum(estimate(question.system) + estimate(question.user) for question in new)
    answers = sum(min(question.user.count("\n- ") * _PER_FIELD, settings.max_output_tokens) for question in new)
    return Plan(len(new), len(questions) - len(new), tokens, answers, cost(settings, tokens, answers))
