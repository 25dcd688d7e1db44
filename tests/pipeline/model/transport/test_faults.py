"""What goes wrong on the way is tried again, or said in one sentence; none of it gets into a prompt."""

from __future__ import annotations

import pickle
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from recount.pipeline.errors import (
    ModelError,
    ModelMisconfigured,
    ModelRefused,
    NotToSchema,
    Truncated,
    Unreachable,
)
from recount.pipeline.model.ask.question import Reply
from recount.pipeline.model.transport.outcomes import seconds_to_wait
from recount.pipeline.usage import NOTHING
from recount.tests.pipeline.model.server import (
    Cut,
    Drip,
    Fault,
    Hang,
    Length,
    Raw,
    Refusal,
    Scripted,
    Status,
    Words,
    scripted,
)
from recount.tests.pipeline.model.transport.common import RIGHT, ask, calls, question, settings_for

PASSING: list[tuple[Fault, str]] = [
    (Status(429), "http 429"),
    (Status(500), "http 500"),
    (Status(503, retry_after="0.01"), "http 503"),
    (Status(408), "http 408"),
    (Hang(), "timeout"),
    (Drip(), "timeout"),
    (Cut(), "connection"),
    (Cut(part=0.5), "connection"),
    (Raw("<html>502 Bad Gateway</html>"), "connection"),
    (Raw("<html>", "application/json"), "connection"),
    (Raw('{"error": {"message": "overloaded"}}', "application/json"), "connection"),
    (Raw('{"choices": []}', "application/json"), "connection"),
]


@pytest.mark.parametrize(("fault", "outcome"), PASSING)
def test_what_passes_is_tried_again(fault: Fault, outcome: str, tmp_path: Path) -> None:
    with scripted(RIGHT, faults=[fault, fault]) as server:
        settings = settings_for(server, timeout=1.0 if outcome == "timeout" else 10.0, store=tmp_path / "s.sqlite")
        [reply] = ask(settings)
    assert isinstance(reply, Reply)
    assert reply.usage.calls == 3
    assert [each[0] for each in calls(settings)] == [outcome, outcome, "ok"]
    assert {each.user for each in server.requests} == {question().user}, "a transport error is in a prompt"


def test_after_the_last_attempt_the_reason_is_said() -> None:
    with scripted(RIGHT, faults=[Status(500)] * 3) as server:
        [error] = ask(settings_for(server, attempts=3))
    assert isinstance(error, Unreachable)
    assert str(error) == f"{server.base_url} is busy or out of order (HTTP 500): no; its own log says why"
    assert error.usage is not None
    assert error.usage.calls == len(server.requests) == 3


def test_the_deadline_holds_over_all_attempts() -> None:
    with scripted(RIGHT, faults=[Hang()] * 100) as server:
        [error] = ask(settings_for(server, attempts=100, timeout=0.5, deadline=1.6))
    assert isinstance(error, Unreachable)
    assert 2 <= len(server.requests) <= 4
    assert error.usage is not None
    assert error.usage.seconds < 10


def _pauses(server: Scripted) -> list[float]:
    return [later - earlier for earlier, later in zip(server.times, server.times[1:], strict=False)]


def test_retry_after_is_kept_to() -> None:
    with scripted(RIGHT, faults=[Status(429, retry_after="0.4")]) as server:
        ask(settings_for(server))
    assert _pauses(server)[0] >= 0.4


def test_retry_after_may_be_a_date() -> None:
    date = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=3)
    with scripted(RIGHT, faults=[Status(503, retry_after=format_datetime(date, usegmt=True))]) as server:
        ask(settings_for(server))
        arrived = time.time() - (time.monotonic() - server.times[1])
    assert arrived >= date.timestamp() - 0.01


def test_who_asks_for_a_longer_pause_than_the_deadline_leaves_is_not_waited_for() -> None:
    with scripted(RIGHT, faults=[Status(429, retry_after="3600")]) as server:
        [error] = ask(settings_for(server, deadline=10))
    assert isinstance(error, Unreachable)
    assert len(server.requests) == 1


def test_pauses_grow_up_to_the_longest() -> None:
    with scripted(RIGHT, faults=[Status(500)] * 4) as server:
        ask(settings_for(server, backoff=(0.05, 0.2)))
    assert all(pause >= least for pause, least in zip(_pauses(server), [0.05, 0.1, 0.2, 0.2], strict=True))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "inf"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert seconds_to_wait(headers) == seconds


FINAL: list[tuple[Fault, type[ModelError], str]] = [
    (Status(401), ModelMisconfigured, "does not accept the key"),
    (Status(403), ModelMisconfigured, "does not accept the key"),
    (Status(402), ModelMisconfigured, "no credit left"),
    (Status(429, code="insufficient_quota"), ModelMisconfigured, "no credit left"),
    (Status(404, message="no such model"), ModelMisconfigured, "knows no model 'model'"),
    (Status(400, message="what is this"), ModelRefused, "what is this"),
    (Status(422), ModelRefused, "turned the request down"),
    (Status(400, code="context_length_exceeded"), Truncated, "longer than the model's context"),
    (Status(400, message="the request exceeds the available context size"), Truncated, "longer than"),
    (Status(413), Truncated, "longer than"),
    (Length(), Truncated, "broke off at 4,096 tokens"),
    (Refusal(), ModelRefused, "refuses to answer"),
]


@pytest.mark.parametrize(("fault", "kind", "words"), FINAL)
@pytest.mark.parametrize("mode", ["json_schema", "tools", "json"])
def test_what_does_not_pass_is_asked_once(fault: Fault, kind: type[ModelError], words: str, mode: str) -> None:
    with scripted(RIGHT, faults=[fault]) as server:
        [error] = ask(settings_for(server, mode=mode))
    assert type(error) is kind
    assert words in str(error)
    assert "\n" not in str(error)
    assert error.usage is not None
    assert error.usage.calls == len(server.requests) == 1


def test_what_every_question_would_be_told_is_not_asked_for_again() -> None:
    with scripted(RIGHT, faults=[Status(401)]) as server:
        first, second = ask(settings_for(server), question(), question("其他"))
        assert isinstance(first, ModelMisconfigured)
        assert isinstance(second, ModelMisconfigured)
        assert str(first) == str(second)
        assert len(server.requests) == 1


WRONG: list[Any] = [
    "no JSON",
    "",
    '{"income": "1.00@1"',
    {"income": 1.0},
    {"income": "about 1"},
    {"other": "1.00@1"},
    Words("I would say 1.00"),
]


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("mode", ["json_schema", "tools", "json"])
def test_an_answer_not_to_the_schema_is_asked_for_again_with_the_reason(wrong: Any, mode: str, tmp_path: Path) -> None:
    answers = iter([wrong, RIGHT])
    with scripted(lambda _: next(answers)) as server:
        settings = settings_for(server, mode=mode, store=tmp_path / "s.sqlite")
        [reply] = ask(settings)
    assert isinstance(reply, Reply)
    assert reply.usage.calls == 2
    first, second = server.requests
    assert second.user.startswith(first.user)
    assert "不符合要求" in second.user
    assert [each[0] for each in calls(settings)] == ["invalid", "ok"]
    assert reply.usage.input_tokens == sum(each[2] for each in calls(settings)), "counted once for each request"


def test_only_the_last_failure_is_shown() -> None:
    answers = iter([{"income": "first"}, {"income": "second"}, {"income": "third"}])
    with scripted(lambda _: next(answers)) as server:
        [error] = ask(settings_for(server, reasks=2))
    assert isinstance(error, NotToSchema)
    assert "third" in error.failure
    assert "first" in server.requests[1].user
    assert "first" not in server.requests[2].user
    assert "second" in server.requests[2].user
    assert {len(each.body["messages"]) for each in server.requests} == {2}, "the history grows"


def test_a_long_failure_is_cut() -> None:
    with scripted({"income": "x" * 10_000}) as server:
        ask(settings_for(server))
    assert len(server.requests[1].user) < len(server.requests[0].user) + 400


def test_transport_and_schema_are_counted_apart() -> None:
    wrong = [Status(500), Words("no"), Status(500), Status(500)]
    with scripted(RIGHT, faults=wrong) as server:
        [reply] = ask(settings_for(server, attempts=3, reasks=1))
    assert isinstance(reply, Reply)
    assert reply.usage.calls == 5


@pytest.mark.parametrize(
    ("message", "dropped", "added"),
    [
        (
            "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
            "max_tokens",
            "max_completion_tokens",
        ),
        ("Unsupported value: 'temperature' does not support 0 with this model.", "temperature", None),
        ("seed is not supported", "seed", None),
    ],
)
def test_an_endpoint_that_calls_a_parameter_otherwise_is_understood(
    message: str, dropped: str, added: str | None
) -> None:
    with scripted(RIGHT, faults=[Status(400, message=message)]) as server:
        first, second = ask(settings_for(server, seed=1), question(), question("其他"))
    assert isinstance(first, Reply)
    assert isinstance(second, Reply)
    assert [dropped in each.body for each in server.requests] == [True, False, False]
    assert added is None or server.requests[1].body[added] == 4096


def test_an_endpoint_that_answers_nothing_is_left_alone() -> None:
    with scripted(RIGHT, faults=[Status(500)] * 3) as server:
        outcomes = ask(settings_for(server, attempts=1), *(question(f"问题{number}") for number in range(5)))
        assert len(server.requests) == 3
    assert [str(error).startswith("not asked: ") for error in outcomes] == [False, False, False, True, True]
    assert isinstance(outcomes[-1], Unreachable)
    assert outcomes[-1].usage == NOTHING


def test_an_answer_in_between_keeps_an_endpoint_asked() -> None:
    answers = iter([Status(500), Status(500), RIGHT, Status(500), Status(500), Status(500)])
    with scripted(lambda _: next(answers)) as server:
        outcomes = ask(settings_for(server, attempts=1), *(question(f"问题{number}") for number in range(8)))
        assert len(server.requests) == 6
    assert isinstance(outcomes[2], Reply)
    assert [str(error).startswith("not asked: ") for error in outcomes[6:]] == [True, True]


def test_errors_cross_processes_with_what_they_took() -> None:
    with scripted(faults=[Length()]) as server:
        [error] = ask(settings_for(server))
    assert isinstance(error, ModelError)
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.usage) == (str(error), error.usage)
