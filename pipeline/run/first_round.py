"""The questions that a run would ask first, before it begins: their cost estimated, or submitted as a batch.

With --dry-run a plan says what they would take, and nothing is sent; with --batch they go to the endpoint as a batch,
and the same command begins the run once that is answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from recount.pipeline.archive.files import add_attached, snapshot
from recount.pipeline.archive.locations import Place
from recount.pipeline.archive.sources import Attached, Source
from recount.pipeline.archive.strangers import visible
from recount.pipeline.errors import DocumentError, Offline, UsageError
from recount.pipeline.language import _, told
from recount.pipeline.model.ask.loose import choices_in
from recount.pipeline.model.ask.question import Asker, Question, Reply
from recount.pipeline.model.gguf import served
from recount.pipeline.model.transport.batch import collect, submit, submitted
from recount.pipeline.model.transport.client import ADVICE, Examined, asker, pairs_of
from recount.pipeline.model.transport.spending import cost, estimate
from recount.pipeline.model.transport.store import STORE_FILE
from recount.pipeline.settings import ModelSettings, Settings
from recount.pipeline.structure import structures
from recount.pipeline.usage import NOTHING, Plan

_MOST_REPORTS = 50
"""So many reports of a plan have a line each."""
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
    """What a run would ask first. readers: whom it would ask, one or two, and who answers for each from what is kept
    alone."""

    settings: Settings
    readers: Sequence[tuple[ModelSettings, Asker]]

    def plan(self, sources: Sequence[Source]) -> Mapping[str, Plan]:
        """What each report would take in the first round, by its name; one that cannot be read takes nothing."""
        return {source.name: self._plan(source) for source in sources}

    def _plan(self, source: Source) -> Plan:
        """What a report would take. A second reader is taken to be asked all that the first has not answered yet."""
        (model, who), *others = self.readers
        first, again = self._questions(source, whole=True)
        plan = plan_of(first, model, who)
        unknown = [question for question in first if question.purpose != "family" and not who.known(question)]
        for model, who in others:
            plan += plan_of([*again, *(question for question in unknown if question not in again)], model, who)
        return plan

    def submit_batch(self, sources: Sequence[Source]) -> str | None:
        """Submits the questions of the first round as a batch, or asks for the status of those submitted before.

        Returns what there is to wait for, in words; None when the run may begin, for all that can be is answered.
        Raises a ModelError if the endpoint takes no batch or the budget does not reach, and UsageError for too many
        questions.
        """
        model = replace(self.readers[0][0], offline=False)
        for batch in submitted(model):
            state = collect(model, batch)
            if not state.done:
                words = "batch {batch} is {status}; the same command goes on once it is answered"
                return _(words, batch=batch, status=state.status)
        new = submit(model, [question for source in sources for question in self._questions(source, whole=False)[0]])
        words = "batch {batch} is handed in; the same command goes on once it is answered"
        return _(words, batch=new) if new else None

    def _questions(self, source: Source, whole: bool) -> tuple[list[Question], list[Question]]:
        """The questions about a report, and about those that are attached to it, to each of two readers. whole: with
        those that are asked about passages once it is known what they speak of."""
        first, again = (_Heard(who, whole) for _model, who in (self.readers[0], self.readers[-1]))
        attached = list[Attached]()
        with suppress(DocumentError), snapshot(source, None) as file:  # the run will say why it failed
            add_attached(source, file.path, attached)
            structures(file.path, settings=self.settings, sha256=file.sha256, who=first, second=again)
        for report in (report.source(source) for report in attached if report.member):
            more = self._questions(report, whole)
            first.questions += more[0]
            again.questions += more[1]
        return first.questions, again.questions


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
    store = settings.asked.store or folder / STORE_FILE
    with ExitStack() as stack:
        readers = []
        for named in (settings.asked, settings.second):
            if named is not None:
                model = stack.enter_context(served(replace(named, store=store, offline=True)))
                readers.append((model, stack.enter_context(asker(model))))
        # One question after the other, in an order of their own.
        first, *others = (replace(model, concurrency=1) for model, _who in readers)
        second = others[0] if others else settings.second_model
        yield FirstRound(replace(settings, model=first, second_model=second), readers)


def render_plan(plans: Mapping[str, Plan]) -> Iterator[RenderableType]:
    """What a run would take, on a terminal: a line for each report that would be asked about, and the sum."""
    asked = {name: plan for name, plan in plans.items() if plan.calls}
    table = Table(box=None, pad_edge=False)
    table.add_column(_("report"), overflow="fold")
    for heading in (_("calls"), _("kept"), _("tokens sent"), _("tokens back, about"), _("price")):
        table.add_column(heading, justify="right")
    for name, plan in list(asked.items())[:_MOST_REPORTS]:
        table.add_row(_text(name), *_cells(plan))
    if len(asked) > _MOST_REPORTS:
        table.add_row(_("… and {number:,} more", number=len(asked) - _MOST_REPORTS))
    table.add_row(
        _("{number} of {all} reports", number=len(asked), all=len(plans)), *_cells(sum(plans.values(), Plan()))
    )
    yield table
    yield _("Of the first round of questions; nothing was sent.")


def _cells(plan: Plan) -> tuple[str, ...]:
    price = f"{plan.cost:.4f}" if plan.cost else "—"
    return f"{plan.calls:,}", f"{plan.kept:,}", f"{plan.input_tokens:,}", f"{plan.output_tokens:,}", price


# --- a model's check


def render_probe(settings: ModelSettings, found: Examined, asked: ModelSettings) -> Iterator[RenderableType]:
    """What a model made of a tiny section, a line a mode; what else is known of its endpoint; what to put into a
    command. asked: the settings as the user gave them, of a file that was served."""
    table = Table(box=None, pad_edge=False)
    for heading in (_("mode"), _("works"), _("figures"), _("seconds"), _("tokens"), _("why not")):
        table.add_column(heading, overflow="fold")
    for result in found.results:
        usage = result.usage
        tokens = f"{usage.input_tokens} + {usage.output_tokens}"
        figures = (_("right") if result.right else _("wrong")) if result.works else ""
        works = _("yes") if result.works else _("no")
        table.add_row(result.mode, works, figures, f"{usage.seconds:.2f}", tokens, _text(told(result.why)))
    yield _text(_("{model} at {endpoint}", model=settings.name, endpoint=settings.endpoint or _("its provider")))
    yield table
    if found.learned:
        yield _text(_("sent otherwise, as it wants: {parameters}", parameters=", ".join(pairs_of(found.learned))))
    if found.context is not None:
        yield _text(_("context: {tokens:,} tokens", tokens=found.context))
    if found.prices is not None:
        sent, back = found.prices.input, found.prices.output
        yield _text(_("price of a million tokens, in USD: {sent:f} in, {back:f} out", sent=sent, back=back))
    words = "use: {command}" if found.mode else "it cannot be asked: {advice}"
    yield _text(_(words, command=found.command(asked), advice=told(ADVICE)))


def _text(words: str) -> Text:
    return Text(visible(words))
