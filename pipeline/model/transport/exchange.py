"""A question put to an endpoint until it is answered, with all that surrounds a request: pace, budget, ledger.

Two loops, one in the other: a request that failed is sent again within the attempts and the deadline (`_Retries`), and
an answer that does not keep to the schema is asked for again with what was wrong with it (`_Exchange`).
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from recount.pipeline.errors import ModelError, NotToSchema, Truncated
from recount.pipeline.model.ask.question import CHOICES, Messages, Question, Reply
from recount.pipeline.model.transport.endpoint import Endpoint
from recount.pipeline.model.transport.outcomes import CONTEXT, Dialect, Sent
from recount.pipeline.model.transport.spending import Call, Calls, Tokens, cost, counted, estimate, is_cut, reckoned
from recount.pipeline.model.transport.store import AnswerStore, Kept, opened
from recount.pipeline.settings import ModelSettings, ModeName, check
from recount.pipeline.usage import Usage

if TYPE_CHECKING:
    from tenacity import RetryCallState

_BRIEFLY = 3
_MOST_LESSONS = 12
"""So often at most an endpoint may tell how a request is to be."""
_SHORTEST_TIMEOUT = 0.05
"""Seconds of a request at least, however little of the deadline is left."""


@dataclass(frozen=True, slots=True)
class Connection:
    """What questions are put with."""

    settings: ModelSettings
    store: AnswerStore
    calls: Calls
    endpoint: Endpoint

    def put(self, question: Question, mode: ModeName, *, keeps: bool = True) -> Reply:
        """Puts a question, whatever is kept of it. keeps: whether its outcome is kept, before this returns.

        Raises a ModelError, with what was used up on the question.
        """
        deadline = Deadline(self.settings.deadline)
        exchange = _Exchange(self, question, mode, self.store.key(question, mode), deadline)
        try:
            return exchange.answered(keeps)
        except ModelError as error:
            error.usage = exchange.usage
            raise


@contextmanager
def connected(settings: ModelSettings) -> Iterator[Connection]:
    """The store opened, and the endpoint at hand; nothing is sent yet.

    Raises UsageError for settings that cannot be kept to, or if the store cannot be opened.
    """
    check(settings)
    with opened(settings) as store:
        dialect = Dialect(settings, store.learned(), store.keep_learned)
        yield Connection(settings, store, Calls(store.database, settings), Endpoint(settings, dialect))


def messages_of(question: Question, problem: str = "") -> Messages:
    """What is sent of a question. problem: what was wrong with its last answer; only the last failure is shown."""
    again = ""
    if problem:
        # Imported where it is needed: every command imports this module, and splitting takes long to import.
        from recount.pipeline.model.ask.prompting import mended

        again = "\n\n" + mended(problem, in_english=question.in_english)
    return [{"role": "system", "content": question.system}, {"role": "user", "content": question.user + again}]


def not_to_schema(problem: str) -> str:
    """The sentence for a question that was never answered to the schema."""
    first = problem.partition("\n")[0]
    return f"the model does not keep to the schema: {first}"


@dataclass(slots=True)
class Deadline:
    """How long a question may still wait for the endpoint. left: seconds. Waiting for one's own turn is not counted."""

    left: float


_SHORT_CONTEXT = 1_900
"""Tokens by our count: as many as the shortest context leaves that servers are started with unasked (2,048)."""


@dataclass(slots=True)
class _Exchange:
    """A question on its way. usage: what it took so far."""

    connection: Connection
    question: Question
    mode: ModeName
    key: str
    deadline: Deadline
    usage: Usage = field(default_factory=Usage)

    def answered(self, keeps: bool) -> Reply:
        problem = ""
        for _ in range(self.connection.settings.reasks + 1):
            send = partial(self._send, problem)
            sent = _Retries(self.connection.settings, self.deadline, send, brief=not keeps).last()
            if sent.answer is not None:
                self._keep(Kept("ok", sent.answer), keeps)
                return Reply(self.question.response.model_validate_json(sent.answer), self.usage)
            if sent.error is not None:
                if sent.outcome == "truncated":
                    self._keep(Kept("truncated", str(sent.error)), keeps)
                raise sent.error
            problem = sent.problem
        self._keep(Kept("invalid", problem), keeps)
        raise NotToSchema(not_to_schema(problem), failure=problem)

    def _send(self, problem: str, timeout: float) -> Sent:
        settings, calls, endpoint = self.connection.settings, self.connection.calls, self.connection.endpoint
        messages = messages_of(self.question, problem)
        endpoint.prepare(self.mode)
        self.connection.store.wait_for_turn()
        number, thought = calls.begin(self.key, self.question, reckoned(settings, self.question))
        started = time.time()
        own = sum(estimate(message["content"]) for message in messages)
        sent = endpoint.send(messages, self.question.response, self.mode, timeout)
        sent = _unless_cut(sent, own, none=self.question.purpose in CHOICES)
        counts = own, estimate(sent.said or "")
        tokens = _taken(sent, counts, thought)
        cached = min(sent.cached_tokens, tokens[0])
        took = Usage(*tokens, cost(settings, *tokens, cached), sent.seconds, 1, cached)
        told = sent.input_tokens, sent.output_tokens
        calls.finish(
            number, Call(started, took, sent.outcome, sent.detail, sent.request, sent.said or "", counts, told)
        )
        self.usage += took
        return sent

    def _keep(self, kept: Kept, keeps: bool) -> None:
        if keeps:
            self.connection.store.keep(self.key, self.mode, kept, self.usage)


def _unless_cut(sent: Sent, own: int, *, none: bool) -> Sent:
    """What was sent, unless the endpoint read a part of the prompt alone: then its answer is none.

    own: our count. none: whether none may be the right answer.
    """
    untold = (sent.input_tokens or 0) <= 0
    if sent.answer is not None and is_cut(sent.input_tokens, own):
        said = f"the endpoint read {sent.input_tokens:,} tokens of a prompt of about {own:,}, and cut off the rest"
    elif sent.answer and not none and own > _SHORT_CONTEXT and untold and _says_nothing(sent.answer):
        said = f"the answer is about nothing, and the endpoint does not say how many of about {own:,} tokens it read"
    else:
        return sent
    return replace(sent, outcome="cut", answer=None, error=Truncated(f"{said}: {CONTEXT}"))


def _says_nothing(answer: str) -> bool:
    """Whether an answer, JSON, says nothing at all."""
    waiting = [json.loads(answer)]
    for value in waiting:
        waiting += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(value in (None, "", [], {}) for value in waiting if not (isinstance(value, dict | list) and value))


def _taken(sent: Sent, own: Tokens, thought: Tokens) -> Tokens:
    """The tokens that a request took and gave; what it was thought to, where its fate is not known."""
    if sent.free:
        return 0, 0
    if sent.said is None:
        return thought
    return counted(sent.input_tokens, own[0]), counted(sent.output_tokens, own[1])


@dataclass(slots=True)
class _Retries:
    """A request that is sent again while there is sense in it. send: sends it, and may take so many seconds.

    Between requests: as long as the endpoint asks to wait, else pauses that grow, with jitter. A pause that would
    outlast the deadline is not begun. A refusal that told how to ask is no attempt.
    brief: a few attempts do, but where the endpoint has too much to do.
    """

    settings: ModelSettings
    deadline: Deadline
    send: Callable[[float], Sent]
    brief: bool = False
    _lessons: int = 0

    def last(self) -> Sent:
        """What became of the last request."""
        from tenacity import Retrying, retry_if_result, wait_exponential, wait_random

        first, most = self.settings.backoff
        growing = wait_exponential(multiplier=first, max=most) + wait_random(0, first)

        def pause(state: RetryCallState) -> float:
            asked = _result(state).pause
            # A little more than was asked for, so that not all come back at the same moment.
            return growing(state) if asked is None else asked + random.uniform(0, min(first, 1.0))

        retrying = Retrying(
            retry=retry_if_result(lambda sent: sent.again),
            stop=self._is_enough,
            wait=pause,
            sleep=self._sleep,
            retry_error_callback=_result,
        )
        return retrying(self._once)

    def _once(self) -> Sent:
        sent = self.send(max(min(self.settings.timeout, self.deadline.left), _SHORTEST_TIMEOUT))
        self.deadline.left -= sent.seconds
        self._lessons += sent.learned and self._lessons < _MOST_LESSONS
        return sent

    def _is_enough(self, state: RetryCallState) -> bool:
        attempts, most = state.attempt_number - self._lessons, self.settings.attempts
        if self.brief and _result(state).outcome != "http 429":
            most = min(most, _BRIEFLY)
        return state.upcoming_sleep >= self.deadline.left or attempts >= most

    def _sleep(self, seconds: float) -> None:
        self.deadline.left -= seconds
        time.sleep(seconds)


def _result(state: RetryCallState) -> Sent:
    assert state.outcome is not None
    sent = state.outcome.result()
    assert isinstance(sent, Sent)
    return sent
