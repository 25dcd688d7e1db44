"""What answers took, known also of those that were kept from an earlier run."""

from __future__ import annotations

from dataclasses import dataclass, field

from recount.pipeline.model.ask.question import Asker, Question, Reply
from recount.pipeline.model.settings import ModelSettings
from recount.pipeline.model.transport.store import Store, key_of, mode_of


@dataclass(frozen=True, slots=True)
class Took:
    """Questions, tokens, and seconds of waiting for the endpoint, added up over all questions."""

    questions: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Metered:
    """An asker that remembers what it was asked. store: where the answers are kept."""

    asker: Asker
    settings: ModelSettings
    store: Store
    _keys: dict[str, None] = field(default_factory=dict)

    def ask(self, question: Question) -> Reply:
        """As of the asker."""
        try:
            return self.asker.ask(question)
        finally:
            mode = mode_of(self.store, self.settings)
            if mode is not None:
                self._keys[key_of(self.settings, mode, question)] = None

    def known(self, question: Question) -> bool:
        """As of the asker."""
        return self.asker.known(question)

    def took(self) -> Took:
        """What all questions so far took, when they were first asked."""
        rows = [
            self.store.row("SELECT input_tokens, output_tokens, seconds FROM answers WHERE key = ?", (key,))
            for key in self._keys
        ]
        known = [row for row in rows if row is not None]
        return Took(
            len(known),
            sum(row["input_tokens"] for row in known),
            sum(row["output_tokens"] for row in known),
            round(sum(row["seconds"] for row in known), 1),
        )
