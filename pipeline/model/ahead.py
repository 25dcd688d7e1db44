"""Looking ahead: what a run would ask, reckoned before anything is sent (--dry-run), or handed in at once (--batch)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from recount.pipeline.archive import Source
from recount.pipeline.content import hash_of
from recount.pipeline.errors import DocumentError, UsageError
from recount.pipeline.local import local_file
from recount.pipeline.model.local import served
from recount.pipeline.model.plan import Plan, plan_of, questions_of
from recount.pipeline.model.question import Asker, Question
from recount.pipeline.model.ready import STORE
from recount.pipeline.model.settings import ModelSettings
from recount.pipeline.model.transport.batch import collect, submit, submitted
from recount.pipeline.model.transport.client import asker
from recount.pipeline.own_family import family_of
from recount.pipeline.place import Place
from recount.pipeline.settings import Settings
from recount.pipeline.structure import Ocr, document_of


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
        family = family_of(self.settings.family) if self.settings.family else None
        try:
            with local_file(source, None) as path:
                document, chosen = document_of(path, family, Ocr(self.settings.ocr, self.settings.engine))
                alone = self.settings.mapper == "model"
                return questions_of(document, chosen, self.who, alone=alone, sha256=hash_of(path))
        except DocumentError:
            return []  # the run will say why it failed


@contextmanager
def ahead(settings: Settings, out: Place, ledger: Path | None) -> Iterator[Ahead]:
    """A run that is looked at before it is begun. out, ledger: as of `run`. Raises UsageError if no model is named."""
    if settings.model is None or not settings.asks:
        raise UsageError("no model would be asked: --model names one")
    folder = ledger or (out if isinstance(out, Path) else None)
    if folder is None:
        raise UsageError(f"{out} is no folder of this machine: --ledger names one that keeps the answers")
    folder.mkdir(parents=True, exist_ok=True)
    model = replace(settings.model, store=settings.model.store or folder / STORE, offline=True)
    with served(model) as at_hand, asker(at_hand) as who:
        yield Ahead(settings, at_hand, who)
