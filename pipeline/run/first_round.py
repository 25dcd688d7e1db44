"""The questions that a run would ask first, before it begins: their cost estimated, or submitted as a batch.

With --dry-run a plan says what they would take, and nothing is sent; with --batch they go to the endpoint as a batch,
and the same command begins the run once that is answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from recount.pipeline.archive.files import add_attached, snapshot
from recount.pipeline.archive.locations import Place
from recount.pipeline.archive.sources import Attached, Source
from recount.pipeline.errors import DocumentError, Offline, UsageError
from recount.pipeline.model.ask.loose import choices_in
from recount.pipeline.model.ask.question import Asker, Question, Reply
from recount.pipeline.model.gguf import served
from recount.pipeline.model.transport.batch import collect, submit, submitted
from recount.pipeline.model.transport.client import asker
from recount.pipeline.model.transport.spending import cost, estimate
from recount.pipeline.model.transport.store import STORE_FILE
from recount.pipeline.settings import ModelSettings, Settings
from recount.pipeline.structure import structures
from recount.pipeline.usage import NOTHING, Plan

_PER_FIELD = 12
"""Tokens of an answer for each field that is asked for, about: its key and what is in it."""


def plan_of(questions: Sequence[Question], settings: ModelSettings, who: Asker) -> Plan:
    """What questions would take; an answer that is kept takes nothing."""
    new = [question for question in questions if not who.known(question)]
    tokens = sum(estimate(question.system) + estimate(question.user) for question in new)
    answers = sum(min(question.user.count("\n- ") * _PER_FIELD, settings.max_output_tokens) for question in new)
    return Plan(len(new), len(questions) - len(new), tokens, answers, cost(settings, tokens, answers))


@dataclass(frozen=True, slots=True)
class FirstRound:
    """What a run would ask first. model: whom it would ask; who: answers from what is kept alone."""

    settings: Settings
    model: ModelSettings
    who: Asker

    def plan(self, sources: Sequence[Source]) -> Mapping[str, Plan]:
        """What each report would take in the first round, by its name; one that cannot be read takes nothing."""
        return {source.name: plan_of(self._questions(source, whole=True), self.model, self.who) for source in sources}

    def submit_batch(self, sources: Sequence[Source]) -> str | None:
        """Submits the questions of the first round as a batch, or asks for the status of those submitted before.

        Returns what there is to wait for, in words; None when the run may begin, for all that can be is answered.
        Raises a ModelError if the endpoint takes no batch or the budget does not reach, and UsageError for too many
        questions.
        """
        model = replace(self.model, offline=False)
        for batch in submitted(model):
            state = collect(model, batch)
            if not state.done:
                return f"batch {batch} is {state.status}; the same command goes on once it is answered"
        new = submit(model, [question for source in sources for question in self._questions(source, whole=False)])
        return f"batch {new} is handed in; the same command goes on once it is answered" if new else None

    def _questions(self, source: Source, whole: bool) -> list[Question]:
        """The questions about a report, and about those that are attached to it. whole: with those that are asked about
        passages once it is known what they speak of."""
        heard, attached = _Heard(self.who, whole), list[Attached]()
        with suppress(DocumentError), snapshot(source, None) as file:  # the run will say why it failed
            add_attached(source, file.path, attached)
            structures(file.path, settings=self.settings, sha256=file.sha256, who=heard)
        reports = [report.source(source) for report in attached if report.member]
        return heard.questions + [question for report in reports for question in self._questions(report, whole)]


class _Heard:
    """Hears what is asked. whole: answers what is kept, and takes passages to speak of all parts that they may speak
    of, for what is asked then is the longest; else nothing is answered."""

    def __init__(self, who: Asker, whole: bool) -> None:
        self._who, self._whole = who, whole
        self.questions: list[Question] = []

    def ask(self, question: Question) -> Reply:
        """Returns an answer. Raises Offline where there is none."""
        self.questions.append(question)
        if not self._whole:
            raise Offline("it is not asked yet")
        if question.purpose == "parts" and not self.known(question):
            return Reply(question.response(parts=choices_in(question.response)), NOTHING)
        return self._who.ask(question)

    def known(self, question: Question) -> bool:
        """Whether the outcome of a question is kept."""
        return self._who.known(question)


@contextmanager
def first_round(settings: Settings, out: Place, ledger: Path | None) -> Iterator[FirstRound]:
    """The first round of a run that is not begun. out, ledger: as of `run`.

    Raises UsageError if no model is named, or no folder of this machine can keep the answers.
    """
    if settings.asked is None:
        raise UsageError("no model would be asked: --model names one")
    folder = ledger or (out if isinstance(out, Path) else None)
    if folder is None:
        raise UsageError(f"{out} is no folder of this machine: --ledger names one that keeps the answers")
    folder.mkdir(parents=True, exist_ok=True)
    model = replace(settings.asked, store=settings.asked.store or folder / STORE_FILE, offline=True)
    with served(model) as served_model, asker(served_model) as who:
        # One question after the other, in an order of their own.
        yield FirstRound(replace(settings, model=replace(served_model, concurrency=1)), served_model, who)
