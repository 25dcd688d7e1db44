"""A run spends no more than it may, and asks no faster, however many threads and processes it has."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from recount.pipeline.errors import BudgetSpent, UsageError
from recount.pipeline.model.ask.question import Reply
from recount.pipeline.model.transport.client import asker
from recount.pipeline.model.transport.price import cost, estimate, reckoned
from recount.pipeline.model.transport.store import Database, opened
from recount.pipeline.settings import ModelSettings
from recount.pipeline.usage import Usage
from recount.tests.pipeline.model.server import Length, Scripted, Status, Words, scripted
from recount.tests.pipeline.model.transport.asking import heard, processes, started
from recount.tests.pipeline.model.transport.common import RIGHT, ask, in_threads, question, settings_for, usage_of

USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
PRICES = {"price_input": Decimal("2.5"), "price_output": Decimal(10)}


def run_of(server: Scripted, tmp_path: Path, **others: object) -> ModelSettings:
    return settings_for(server, store=tmp_path / "s.sqlite", run="r", **others)


def test_cost_is_tokens_by_price() -> None:
    settings = ModelSettings("m", price_input=Decimal("2.5"), price_output=Decimal(10))
    assert cost(settings, 1_000_000, 200_000) == Decimal("4.5")
    assert cost(ModelSettings("m"), 10**9, 10**9) == 0


def test_a_reply_tells_what_it_cost() -> None:
    with scripted(RIGHT, faults=[Words("no")], usage=USAGE) as server:
        [reply] = ask(settings_for(server, **PRICES))
    assert isinstance(reply, Reply)
    assert reply.usage.cost == 2 * (Decimal("0.00025") + Decimal("0.0002"))
    assert (reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.calls) == (200, 40, 2)


def test_the_ledger_adds_up_by_run_and_document(tmp_path: Path) -> None:
    with scripted(RIGHT, faults=[Status(500), Length()], usage=USAGE) as server:
        settings = run_of(server, tmp_path, **PRICES)
        outcomes = ask(settings, question("一"), replace(question("二"), document="cd" * 32))
        ask(replace(settings, run="other"), question("三"))
    took = sum((each.usage for each in outcomes if each.usage is not None), Usage())
    with closing(Database(settings.store)) as store:
        total = usage_of(store, "r")
        assert (total.calls, total.input_tokens, total.cost) == (3, 200, took.cost)
        assert total.seconds == pytest.approx(took.seconds)
        assert usage_of(store, "r", "cd" * 32).calls == 1
        row = store.row("SELECT * FROM calls WHERE outcome = 'truncated'")
        assert row is not None
        assert (row["run"], row["document"], row["purpose"], row["round"]) == ("r", "ab" * 32, "income", 0)
        assert row["model"] == "model"


@pytest.mark.parametrize("budget", [{"budget_tokens": 1000}, {"budget": Decimal("0.00375"), **PRICES}])
def test_a_budget_stops_asking(budget: dict[str, object], tmp_path: Path) -> None:
    with scripted(RIGHT, usage=USAGE) as server:
        settings = run_of(server, tmp_path, **budget)
        outcomes = ask(settings, *(question(f"问题{number}") for number in range(20)))
        replies = [each for each in outcomes if isinstance(each, Reply)]
        assert 5 <= len(replies) == len(server.requests) <= 8
        assert all(isinstance(each, BudgetSpent) for each in outcomes[len(replies) :])
        assert "budget of" in str(outcomes[-1])
        [kept] = ask(settings, question("问题0"))
        assert isinstance(kept, Reply), "what is kept costs nothing"
        [other] = ask(replace(settings, run="another"), question("另一"))
        assert isinstance(other, Reply), "the budget is a run's"


def test_a_budget_that_ends_between_attempts_tells_what_was_used(tmp_path: Path) -> None:
    with scripted("no", usage={"prompt_tokens": 900, "completion_tokens": 50, "total_tokens": 950}) as server:
        [error] = ask(run_of(server, tmp_path, budget_tokens=1000))
    assert isinstance(error, BudgetSpent)
    assert error.usage is not None
    assert (error.usage.calls, error.usage.input_tokens) == (1, 900)


def test_threads_and_processes_do_not_spend_a_budget_twice(tmp_path: Path) -> None:
    context = processes()
    reckoning = sum(reckoned(ModelSettings("m"), question("问题10")))
    usage = {"prompt_tokens": reckoning - 10, "completion_tokens": 10, "total_tokens": reckoning}
    budget = reckoning * 10 + 5
    with scripted(RIGHT, usage=usage, delay=0.02) as server:
        settings = run_of(server, tmp_path, budget_tokens=budget)
        workers = [started(context, settings, range(first, first + 15)) for first in (10, 25, 40)]
        told = [number for _, told in workers for number in heard(told)]
        for process, _ in workers:
            process.join(10)
        assert len(told) == 45
        assert len([number for number in told if number >= 0]) == len(server.requests) == 10
    with opened(settings) as store:
        assert sum(store.tokens()) <= budget
    with closing(Database(settings.store)) as database:
        assert not database.rows("SELECT * FROM flights")


def test_what_a_killed_process_had_set_aside_is_free_again(tmp_path: Path) -> None:
    with scripted(RIGHT) as server:
        settings = run_of(server, tmp_path, budget_tokens=1000)
        with closing(Database(settings.store)) as store:
            reserved = ("r", time.time() + 60, 900, 90)
            store.write("INSERT INTO flights (run, until, input_tokens, output_tokens) VALUES (?, ?, ?, ?)", reserved)
        assert isinstance(ask(settings)[0], BudgetSpent)
        with closing(Database(settings.store)) as store:
            store.write("UPDATE flights SET until = ?", (time.time() - 1,))
        assert isinstance(ask(settings)[0], Reply)


def test_requests_keep_their_distance_over_all_who_ask(tmp_path: Path) -> None:
    settings = ModelSettings("m", requests_per_minute=600, store=tmp_path / "s.sqlite")
    went: list[float] = []
    with opened(settings) as one, opened(settings) as other:

        def go(number: int) -> None:
            (one, other)[number % 2].wait_for_turn()
            went.append(time.monotonic())

        began = time.monotonic()
        in_threads(8, go)
    assert len(went) == 8
    assert max(went) - began >= 7 * 0.1 - 0.01
    assert min(went) - began < 7 * 0.1, "the first need not wait"


def test_every_request_waits_for_its_turn_the_second_attempt_too() -> None:
    with scripted(RIGHT, faults=[Status(500)]) as server:
        began = time.monotonic()
        ask(settings_for(server, requests_per_minute=60))
    assert server.times[1] - began >= 0.99


@pytest.mark.parametrize(
    "wrong",
    [
        {"budget": Decimal(1)},
        {"requests_per_minute": 0},
        {"concurrency": 0},
        {"attempts": 0},
        {"reasks": -1},
        {"base_url": "http://me:secret@127.0.0.1/v1"},
    ],
)
def test_settings_that_cannot_be_kept_to_are_turned_away(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError) as caught, asker(replace(ModelSettings("m"), **wrong)):  # type: ignore[arg-type]
        pass
    assert "secret" not in str(caught.value)


def test_the_estimate_grows_with_the_text() -> None:
    assert estimate("") == 1
    assert estimate("本年收入合计") == 6
    assert estimate("1,955.06@7") < estimate("本年收入合计1,955.06@7万元") < 25
    asked, given = reckoned(ModelSettings("m", max_output_tokens=5), question())
    assert asked > given == 5
