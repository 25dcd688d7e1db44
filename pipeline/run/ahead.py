"""Looking ahead: what a run would ask, reckoned before anything is sent (--dry-run), or handed in at once (--batch)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from recount.pipeline.archive.local import hash_of, local_file
from recount.pipeline.archive.place import Place
from recount.pipeline.archive.sources import Source
from recount.pipeline.document import Document
from recount.pipeline.errors import DocumentError, UsageError
from recount.pipeline.map.registry import map_document
from recount.pipeline.model.ask.pieces import Piece, pieces_of
from recount.pipeline.model.ask.question import Asker, Question
from recount.pipeline.model.cascade import open_pieces
from recount.pipeline.model.local import STORE, served
from recount.pipeline.model.mapper import Mapper, parts_of
from recount.pipeline.model.settings import ModelSettings
from recount.pipeline.model.transport.batch import collect, submit, submitted
from recount.pipeline.model.transport.calls import cost, estimate
from recount.pipeline.model.transport.client import asker
from recount.pipeline.settings import Settings
from recount.pipeline.structure import document_of
from recount.pipeline.verify import verify
from recount.schemas.family import Family

# What a run would ask, before anything is sent: calls, tokens and price of a report.


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


@dataclass(frozen=True, slots=True)
class Ahead:
    """A run that is looked at before it is begun. model: whom it would ask; who: answers from what is kept alone."""

    settings: Settings
    model: ModelSettings
    who: Asker

    def plan(self, sources: Sequence[Source]) -> Mapping[str, Plan]:
        """What each report would take in the first round, by its name; one that cannot be read takes nothing."""
        return {each.name: plan_of(self._questions(each), self.model, self.who) for each in sources}

    def hand_in(self, sources: Sequence[Source]) -> str | None:
        """Hands in the questions of the first round as a batch, or asks how those stand that are on their way.

        What there is to wait for, in words; None when the run may begin, for all that can be is answered.
        """
        model = replace(self.model, offline=False)
        for batch in submitted(model):
            state = collect(model, batch)
            if not state.done:
                return f"batch {batch} is {state.status}; the same command goes on once it is answered"
        new = submit(model, [question for each in sources for question in self._questions(each)])
        return f"batch {new} is handed in; the same command goes on once it is answered" if new else None

    def _questions(self, source: Source) -> list[Question]:
        try:
            with local_file(source, None) as path:
                document, chosen = document_of(path, settings=self.settings)
                return questions_of(document, chosen, self.who, alone=self.settings.alone, sha256=hash_of(path))
        except DocumentError:
            return []  # the run will say why it failed


@contextmanager
def ahead(settings: Settings, out: Place, ledger: Path | None) -> Iterator[Ahead]:
    """A run that is looked at before it is begun. out, ledger: as of `run`. Raises UsageError if no model is named."""
    if settings.asked is None:
        raise UsageError("no model would be asked: --model names one")
    folder = ledger or (out if isinstance(out, Path) else None)
    if folder is None:
        raise UsageError(f"{out} is no folder of this machine: --ledger names one that keeps the answers")
    folder.mkdir(parents=True, exist_ok=True)
    model = replace(settings.asked, store=settings.asked.store or folder / STORE, offline=True)
    with served(model) as at_hand, asker(at_hand) as who:
        yield Ahead(settings, at_hand, who)
