"""A question put to an endpoint until it is answered, with all that surrounds a request: pace, budget, ledger."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial

from recount.pipeline.errors import ModelError, NotToSchema
from recount.pipeline.model.question import Messages, Question, Reply, Usage
from recount.pipeline.model.settings import ModelSettings, ModeName
from recount.pipeline.model.transport.answers import Kept, keep, key_of
from recount.pipeline.model.transport.budget import reserved
from recount.pipeline.model.transport.calls import Call, record
from recount.pipeline.model.transport.endpoint import Endpoint
from recount.pipeline.model.transport.outcomes import Sent
from recount.pipeline.model.transport.pace import wait_for_turn
from recount.pipeline.model.transport.price import cost, reckoned
from recount.pipeline.model.transport.retrying import Patience, until_answered
from recount.pipeline.model.transport.store import Store

AGAIN = "上一次回答不符合要求：\n{problem}\n请改正，并重新给出完整的回答。"
"""What is added to a question whose answer did not keep to the schema. Only the last failure is shown."""


@dataclass(frozen=True, slots=True)
class Post:
    """What a question is sent with."""

    settings: ModelSettings
    store: Store
    endpoint: Endpoint


@dataclass(slots=True)
class _Exchange:
    post: Post
    question: Question
    mode: ModeName
    key: str
    patience: Patience
    usage: Usage = field(default_factory=Usage)

    def answered(self, keeps: bool) -> Reply:
        problem = ""
        for _ in range(self.post.settings.reasks + 1):
            sent = until_answered(self.post.settings, self.patience, partial(self._send, problem))
            if sent.answer is not None:
                self._keep(Kept("ok", sent.answer), keeps)
                return Reply(self.question.response.model_validate_json(sent.answer), self.usage, cached=False)
            if sent.error is not None:
                if sent.outcome == "truncated":
                    self._keep(Kept("truncated", str(sent.error)), keeps)
                raise sent.error
            problem = sent.problem
        self._keep(Kept("invalid", problem), keeps)
        raise NotToSchema(not_to_schema(problem), failure=problem)

    def _send(self, problem: str, timeout: float) -> Sent:
        settings, store = self.post.settings, self.post.store
        messages = messages_of(self.question, problem)
        self.post.endpoint.prepare(self.mode)
        wait_for_turn(store, settings)
        with reserved(store, settings, *reckoned(settings, self.question)):
            started = time.time()
            sent = self.post.endpoint.send(messages, self.question.response, self.mode, timeout)
            price = cost(settings, sent.input_tokens, sent.output_tokens)
            took = Usage(sent.input_tokens, sent.output_tokens, price, sent.seconds, 1)
            record(store, settings, self.question, self.key, Call(started, took, sent.outcome, sent.detail))
        self.usage += took
        return sent

    def _keep(self, kept: Kept, keeps: bool) -> None:
        if keeps:
            keep(self.post.store, self.post.settings, self.mode, self.key, kept, self.usage)


def put(post: Post, question: Question, mode: ModeName, *, keeps: bool = True) -> Reply:
    """Puts a question, whatever is kept of it. keeps: whether its outcome is kept, before this returns.

    Raises a ModelError, with what was used up on the question.
    """
    key = key_of(post.settings, mode, question)
    exchange = _Exchange(post, question, mode, key, Patience(post.settings.deadline))
    try:
        return exchange.answered(keeps)
    except ModelError as error:
        error.usage = exchange.usage
        raise


def messages_of(question: Question, problem: str = "") -> Messages:
    """What is sent of a question. problem: what was wrong with its last answer."""
    again = "\n\n" + AGAIN.format(problem=problem) if problem else ""
    return [{"role": "system", "content": question.system}, {"role": "user", "content": question.user + again}]


def not_to_schema(problem: str) -> str:
    """The sentence for a question that was never answered to the schema."""
    first = problem.partition("\n")[0]
    return f"the model does not keep to the schema: {first}"
