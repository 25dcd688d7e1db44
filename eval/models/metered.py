"""What answers took, known also of those that were kept from an earlier run."""

from __future__ import annotations

from dataclasses import dataclass, field

from recount.pipeline.model.ask.question import Asker, Question, Reply
from recount.pipeline.model.transport.store import AnswerStore


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
    store: AnswerStore
    _keys: dict[str, None] = field(default_factory=dict)

    def ask(self, question: Question) -> Reply:
        """As of the asker."""
        try:
            return self.asker.ask(question)
        finally:
            mode = self.store.mode()
            if mode is not None:
                self._keys[self.store.key(question, mode)] = None

    def known(self, question: Question) -> bool:
        """As of the asker."""
        return self.asker.known(question)

    def took(self) -> Took:
        """What all questions so far took, when they were first asked."""
        known = [usage for usage in map(self.store.usage, self._keys) if usage is not None]
        return Took(
            len(known),
            sum(usage.input_tokens for usage in known),
            sum(usage.output_tokens for usage in known),
            round(sum(usage.seconds for usage in known), 1),
        )
