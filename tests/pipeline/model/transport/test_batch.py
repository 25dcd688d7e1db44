"""Questions handed in all at once are answered once, and an ordinary run takes it from there."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from recount.pipeline.errors import BudgetSpent, ModelMisconfigured, Offline, Truncated, UsageError
from recount.pipeline.model.ask.question import Reply
from recount.pipeline.model.transport import batch as module
from recount.pipeline.model.transport.batch import Collected, collect, submit, submitted
from recount.pipeline.model.transport.store import MODES, Database
from recount.pipeline.settings import ModelSettings, ModeName
from recount.pipeline.usage import NOTHING
from recount.tests.pipeline.model.server import Asked, Length, Refusal, Status, Words, scripted
from recount.tests.pipeline.model.transport.common import RIGHT, Income, ask, calls, question, settings_for, usage_of

QUESTIONS = [question(f"问题{number}") for number in range(4)]
USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


@pytest.mark.parametrize("mode", MODES)
def test_a_batch_is_handed_in_left_and_collected(mode: ModeName, tmp_path: Path) -> None:
    with scripted(RIGHT, usage=USAGE, pending=1) as server:
        settings = settings_for(server, mode=mode, store=tmp_path / "s.sqlite", price_input=Decimal(1))
        batch = submit(settings, QUESTIONS)
        assert batch is not None
        assert submitted(settings) == [batch]
        assert collect(settings, batch) == Collected("in_progress", False, 0, 4)
        assert collect(settings, batch) == Collected("completed", True, 4, 0)
        assert submitted(settings) == []
        assert collect(settings, batch) == Collected("completed", True, 4, 0)
        replies = ask(settings, *QUESTIONS)
        assert all(isinstance(each, Reply) and each.usage == NOTHING and type(each.value) is Income for each in replies)
        assert not server.requests
    with closing(Database(settings.store)) as store:
        took = usage_of(store, settings.run)
    assert (took.calls, took.input_tokens, took.cost) == (4, 400, Decimal("0.0004"))


def test_an_answer_among_words_is_found_in_what_a_batch_brought(tmp_path: Path) -> None:
    with scripted(Words('<think>"9.99@9"?</think>```json\n{"income": "1.00@1"}\n```')) as server:
        settings = settings_for(server, mode="json", store=tmp_path / "s.sqlite")
        collect(settings, str(submit(settings, QUESTIONS[:1])))
        [reply] = ask(settings, QUESTIONS[0])
        assert not server.requests
    assert isinstance(reply, Reply)
    assert reply.value == Income(income="1.00@1")


@pytest.mark.parametrize("mode", MODES)
def test_a_batch_says_the_same_as_an_ordinary_question(mode: ModeName) -> None:
    with scripted(RIGHT) as server:
        settings = settings_for(server, mode=mode, seed=3)
        submit(settings, QUESTIONS[:1])
        ask(settings, QUESTIONS[0])
        [line] = next(iter(server.files.values())).decode().splitlines()
    assert json.loads(line)["body"] == server.requests[0].body


def test_nothing_is_handed_in_twice(tmp_path: Path) -> None:
    with scripted(RIGHT) as server:
        settings = settings_for(server, store=tmp_path / "s.sqlite")
        ask(settings, QUESTIONS[0])
        first = submit(settings, [*QUESTIONS[:3], QUESTIONS[1]])
        second = submit(settings, QUESTIONS)
        assert submit(settings, QUESTIONS) is None
        assert first is not None
        assert second is not None
        assert [len(each.splitlines()) for each in server.files.values()] == [2, 1]
        assert collect(settings, first).answers == 2
        assert collect(settings, second).answers == 1
        assert submit(settings, QUESTIONS) is None


def test_what_a_batch_leaves_an_ordinary_run_asks(tmp_path: Path) -> None:
    faults = [Length(), Status(500), Refusal()]
    with scripted(lambda asked: RIGHT if asked.headers else {"income": "none"}, faults=faults) as server:
        settings = settings_for(server, store=tmp_path / "s.sqlite")
        batch = submit(settings, QUESTIONS)
        assert batch is not None
        collected = collect(settings, batch)
        assert (collected.done, collected.left) == (True, 2)
        cut, failed, refused, wrong = ask(settings, *QUESTIONS)
        assert isinstance(cut, Truncated)
        for each in (failed, refused, wrong):
            assert isinstance(each, Reply)
            assert each.usage.calls
        assert len(server.requests) == 3
    assert sorted(each[0] for each in calls(settings)[:4]) == ["http 500", "ok", "refused", "truncated"]


def test_whatever_a_batch_brings_costs_one_question_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    messages = (
        {"content": [{"type": "text", "text": '{"income": "1.00@1"}'}]},
        {"content": "", "tool_calls": [{"function": {"arguments": {"income": "1.00@1"}}}]},
        {"tool_calls": [{"function": None}, 3]},
    )
    real = module._results

    def odd(client: object, batch: str) -> tuple[str, list[str]]:
        status, lines = real(client, batch)
        made = [json.loads(line) for line in lines]
        for line, message in zip(made, messages, strict=False):
            line["response"]["body"] = {"choices": [{"message": message}], "usage": [1]}
        return status, ["[1]", *map(json.dumps, made[:3]), json.dumps(made[3])[:-9]]

    monkeypatch.setattr(module, "_results", odd)
    with scripted(RIGHT) as server:
        settings = settings_for(server, store=tmp_path / "s.sqlite")
        assert collect(settings, str(submit(settings, QUESTIONS))) == Collected("completed", True, 2, 2)
        replies = ask(settings, *QUESTIONS)
        assert [reply.value for reply in replies if isinstance(reply, Reply)] == [Income(income="1.00@1")] * 4
        assert len(server.requests) == 2


def test_a_batch_that_fails_leaves_everything(tmp_path: Path) -> None:
    with scripted(RIGHT) as server:
        settings = settings_for(server, store=tmp_path / "s.sqlite")
        batch = submit(settings, QUESTIONS)
        assert batch is not None
        server.batches[batch]["status"] = "failed"
        assert collect(settings, batch) == Collected("failed", True, 0, 4)
        assert submit(settings, QUESTIONS) is not None


def test_a_batch_finds_the_mode_first(tmp_path: Path) -> None:
    def answer(asked: Asked) -> dict[str, str]:
        return {"total_income": "1.00@1", "fiscal_appropriation_income": "1.00@1"} if asked.headers else RIGHT

    with scripted(answer, modes=["tools"]) as server:
        settings = settings_for(server, mode="auto", store=tmp_path / "s.sqlite")
        batch = submit(settings, QUESTIONS)
        assert batch is not None
        assert collect(settings, batch).answers == 4
        assert [each.mode for each in server.requests] == ["json_schema", "tools"]


def test_what_a_batch_may_not() -> None:
    with scripted(RIGHT) as server:
        settings = settings_for(server)
        with pytest.raises(Offline):
            submit(replace(settings, offline=True), QUESTIONS)
        with pytest.raises(BudgetSpent):
            submit(replace(settings, budget_tokens=50), QUESTIONS)
        with pytest.raises(UsageError, match="no batch batch_9"):
            collect(settings, "batch_9")
        assert not server.batches
    with pytest.raises(UsageError, match="address"):
        submit(ModelSettings("openai/gpt", mode="json"), QUESTIONS)


def test_an_endpoint_without_batches_is_said_so() -> None:
    with scripted(RIGHT) as server:
        elsewhere = replace(settings_for(server), base_url=server.base_url.replace("/v1", "/other"), attempts=1)
        with pytest.raises(ModelMisconfigured):
            submit(elsewhere, QUESTIONS)
