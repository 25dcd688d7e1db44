"""What was answered is not asked again: not by another run, not in another process, not after a kill."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import replace
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from recount.pipeline.errors import NotToSchema, Offline, Truncated
from recount.pipeline.model.ask.question import Question, Reply
from recount.pipeline.model.transport.client import asker
from recount.pipeline.model.transport.store import key_of
from recount.pipeline.settings import ModelSettings
from recount.pipeline.usage import NOTHING
from recount.tests.pipeline.model.server import Length, Status, scripted
from recount.tests.pipeline.model.transport.asking import heard, started
from recount.tests.pipeline.model.transport.common import RIGHT, Income, ask, in_threads, question, settings_for


def test_a_rerun_costs_nothing(tmp_path: Path) -> None:
    with scripted(RIGHT) as server:
        settings = settings_for(server, store=tmp_path / "s.sqlite")
        [first] = ask(settings)
    [again] = ask(replace(settings, run="2"))  # the server is gone by now
    assert isinstance(first, Reply)
    assert isinstance(again, Reply)
    assert (first.usage.calls, again.usage) == (1, NOTHING)
    assert again.value == first.value


def test_what_is_kept_is_known_and_serves_offline(tmp_path: Path) -> None:
    with scripted(RIGHT) as server:
        settings = settings_for(server, store=tmp_path / "s.sqlite", mode="auto")
        with asker(settings) as who:
            assert not who.known(question())
            assert not server.requests, "to know costs nothing"
        settings = replace(settings, mode="json")
        ask(settings)
        offline = replace(settings, offline=True)
        with asker(offline) as who:
            assert who.known(question())
            assert not who.known(question("其他"))
        kept, not_kept = ask(offline, question(), question("其他"))
        assert isinstance(kept, Reply)
        assert isinstance(not_kept, Offline)
        assert len(server.requests) == 1
        [unknown_mode] = ask(replace(offline, mode="auto"))
        assert isinstance(unknown_mode, Offline)


class Renamed(BaseModel):
    income: Annotated[str, Field(title="收入")]


BASE = ModelSettings("model", base_url="http://127.0.0.1:1/v1")
CHANGES: list[dict[str, Any]] = [
    {"name": "other"},
    {"base_url": "http://127.0.0.1:2/v1"},
    {"temperature": 0.5},
    {"seed": 1},
]
SAME: list[dict[str, Any]] = [
    {"max_output_tokens": 1},
    {"timeout": 1.0},
    {"run": "9"},
    {"base_url": "http://127.0.0.1:1/v1/"},
    {"budget_tokens": 1},
]


def test_the_key_holds_all_that_decides_an_answer() -> None:
    key = key_of(BASE, "json", question())
    assert all(key_of(replace(BASE, **change), "json", question()) != key for change in CHANGES)
    assert all(key_of(replace(BASE, **change), "json", question()) == key for change in SAME)
    assert key_of(BASE, "tools", question()) != key
    assert key_of(BASE, "json", question("其他")) != key
    assert key_of(BASE, "json", replace(question(), response=Renamed)) != key
    assert key_of(BASE, "json", replace(question(), purpose="other", document="", round=3)) == key


def test_a_server_that_moves_keeps_its_identity() -> None:
    here, there = (replace(BASE, base_url=f"http://127.0.0.1:{port}/v1", identity="gguf:ab") for port in (1, 2))
    assert key_of(here, "json", question()) == key_of(there, "json", question())


def test_what_was_cut_off_is_asked_again_under_a_wider_limit_only(tmp_path: Path) -> None:
    with scripted(RIGHT, faults=[Length()]) as server:
        settings = settings_for(server, store=tmp_path / "s.sqlite", max_output_tokens=100)
        first, second = ask(settings, question(), question())
        assert isinstance(first, Truncated)
        assert isinstance(second, Truncated)
        assert second.usage == NOTHING
        assert len(server.requests) == 1
        [wider] = ask(replace(settings, max_output_tokens=200))
        assert isinstance(wider, Reply)


def test_what_never_kept_to_the_schema_is_asked_again_with_more_reasks_only(tmp_path: Path) -> None:
    with scripted("no") as server:
        settings = settings_for(server, store=tmp_path / "s.sqlite", reasks=1)
        first, second = ask(settings, question(), question())
        assert isinstance(first, NotToSchema)
        assert isinstance(second, NotToSchema)
        assert (str(second), second.failure) == (str(first), first.failure)
        assert len(server.requests) == 2
        ask(replace(settings, reasks=2))
        assert len(server.requests) == 5


def test_what_may_pass_is_not_kept(tmp_path: Path) -> None:
    with scripted(RIGHT, faults=[Status(500), Status(400, code="context_length_exceeded")]) as server:
        settings = settings_for(server, store=tmp_path / "s.sqlite", attempts=1)
        outcomes = ask(settings, question(), question(), question())
    assert isinstance(outcomes[2], Reply)


def test_threads_that_ask_the_same_one_after_the_other_send_it_once() -> None:
    with scripted(RIGHT, delay=0.05) as server, asker(settings_for(server, concurrency=1)) as who:
        replies = in_threads(6, lambda _: who.ask(question()))
        assert len(server.requests) == 1
    assert sum(reply.usage != NOTHING for reply in replies) == 1


def test_no_more_requests_at_once_than_allowed() -> None:
    with scripted(RIGHT, delay=0.2) as server, asker(settings_for(server, concurrency=3)) as who:
        in_threads(12, lambda number: who.ask(question(f"问题{number}")))
        assert len(server.requests) == 12
        assert 1 < server.most_at_once <= 3


def test_several_processes_share_what_they_know(tmp_path: Path, processes: ForkServerContext) -> None:
    with scripted(RIGHT) as server:
        settings = settings_for(server, store=tmp_path / "s.sqlite")
        workers = [started(processes, settings, range(first, first + 12)) for first in (0, 12, 24)]
        assert sorted(number for _, told in workers for number in heard(told)) == list(range(36))
        assert len(server.requests) == 36
        assert all(
            isinstance(each, Reply) for each in ask(settings, *(question(f"问题{number}") for number in range(36)))
        )
        assert len(server.requests) == 36
        for process, _ in workers:
            process.join(10)
            assert process.exitcode == 0


def test_a_run_that_is_killed_again_and_again_asks_nothing_twice(tmp_path: Path, processes: ForkServerContext) -> None:
    """Whatever ask has returned for is never sent again; at most what was on its way when a process died is."""
    chance = random.Random(4)
    count, kills = 80, 5
    answered: set[int] = set()
    late: list[str] = []
    lock = threading.Lock()

    def answer(asked: Any) -> Any:
        with lock:
            if int(asked.user.removeprefix("问题")) in answered:
                late.append(asked.user)
        return RIGHT

    with scripted(answer, delay=0.03) as server:
        settings = settings_for(server, store=tmp_path / "s.sqlite", timeout=10.0)
        for _ in range(kills):
            process, told = started(processes, settings, range(count))
            told.poll(60)  # it has come as far as to answer
            time.sleep(chance.uniform(0.0, 0.06))
            process.kill()
            process.join(10)
            time.sleep(0.03)  # what it had sent has arrived
            with lock:
                answered.update(heard(told))
        assert 0 < len(answered) < count, "no kill came in between"
        process, told = started(processes, settings, range(count))
        assert sorted(heard(told)) == list(range(count))
        sent = Counter(each.user for each in server.requests)
    assert not late
    assert len(sent) == count
    assert sum(sent.values()) <= count + kills * 3, "more was sent twice than was on its way"


def test_an_answer_that_an_older_schema_took_is_not_forced_into_a_new_one(tmp_path: Path) -> None:
    """Two schemas of one name and different fields are two questions."""

    class Other(BaseModel):
        expenditure: str

    Other.__name__ = "Income"
    with scripted(lambda asked: {next(iter(asked.schema["properties"])): "1.00@1"}) as server:
        settings = settings_for(server, store=tmp_path / "s.sqlite")
        mine, other = ask(settings, question(), Question("照抄数字。", question().user, Other, "income"))
    assert isinstance(mine, Reply)
    assert isinstance(other, Reply)
    assert mine.value == Income(income="1.00@1")
    assert other.value == Other(expenditure="1.00@1")


@pytest.mark.parametrize("identity", [None, "gguf:x"])
def test_settings_cross_processes(identity: str | None) -> None:
    settings = replace(BASE, identity=identity)
    assert ModelSettings.of(settings.stored) == settings
