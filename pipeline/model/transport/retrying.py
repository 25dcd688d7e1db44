"""A request again and again, until it is answered or there is no sense in it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recount.pipeline.model.settings import ModelSettings
from recount.pipeline.model.transport.outcomes import Sent

if TYPE_CHECKING:
    from tenacity import RetryCallState

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
