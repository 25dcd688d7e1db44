"""A question put to an endpoint until it is answered, with all that surrounds a request: pace, budget, ledger."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from recount.pipeline.errors import ModelError, NotToSchema
from recount.pipeline.model.ask.question import Messages, Question, Reply
from recount.pipeline.model.settings import ModelSettings, ModeName
from recount.pipeline.model.transport.calls import Call, cost, reckoned, record, reserved, wait_for_turn
from recount.pipeline.model.transport.endpoint import Endpoint
from recount.pipeline.model.transport.outcomes import Sent
from recount.pipeline.model.transport.store import Kept, Store, keep, key_of
from recount.pipeline.usage import Usage

if TYPE_CHECKING:
    from tenacity import RetryCallState


# A request again and again, until it is answered or there is no sense in it.


_LEAST = 0.05


@dataclass(slots=True)
class Patience:
    """How long a question may still wait for the endpoint. left: seconds. Waiting for one's own turn is not counted."""

    left: float


def until_answered(settings: ModelSettings, patience: Patience, attempt: Callable[[float], Sent]) -> Sent:
    """Sends until there is an answer, and returns what became of the last request.

    attempt: sends one request that may take so many seconds. Between requests: as long as the endpoint asks to wait,
    else pauses that grow, with jitter. A pause that would outlast the deadline is not begun.
    """
    from tenacity import Retrying, retry_if_result, stop_after_attempt, stop_any, wait_exponential, wait_random
    from tenacity.stop import stop_base

    first, most = settings.backoff
    growing = wait_exponential(multiplier=first, max=most) + wait_random(0, first)

    def once() -> Sent:
        sent = attempt(max(min(settings.timeout, patience.left), _LEAST))
        patience.left -= sent.seconds
        return sent

    def pause(state: RetryCallState) -> float:
        asked = _result(state).pause
        # A little more than was asked for, so that not all come back at the same moment.
        return growing(state) if asked is None else asked + random.uniform(0, min(first, 1.0))

    class TooLate(stop_base):
        def __call__(self, retry_state: RetryCallState) -> bool:
            return retry_state.upcoming_sleep >= patience.left

    def sleep(seconds: float) -> None:
        patience.left -= seconds
        time.sleep(seconds)

    retrying = Retrying(
        retry=retry_if_result(lambda sent: sent.again),
        stop=stop_any(TooLate(), stop_after_attempt(settings.attempts)),
        wait=pause,
        sleep=sleep,
        retry_error_callback=_result,
    )
    return retrying(once)


def _result(state: RetryCallState) -> Sent:
    assert state.outcome is not None
    sent = state.outcome.result()
    assert isinstance(sent, Sent)
    return sent


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
