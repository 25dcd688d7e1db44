"""A run spends no more than it may, and asks no faster, however many threads and processes it has."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from recount.pipeline.errors import BudgetSpent, UsageError
from recount.pipeline.model.ask.question import Reply
from recount.pipeline.model.transport import store as store_module
from recount.pipeline.model.transport.client import asker
from recount.pipeline.model.transport.spending import Calls, cost, estimate, reckoned
from recount.pipeline.model.transport.store import Database, opened
from recount.pipeline.settings import ModelSettings
from recount.pipeline.usage import Usage
from recount.tests.pipeline.model.server import Cut, Fault, Length, Raw, Scripted, Status, Words, scripted
from recount.tests.pipeline.model.transport.asking import heard, started
from recount.tests.pipeline.model.transport.common import (
    RIGHT,
    ask,
    calls,
    in_threads,
    question,
    settings_for,
    usage_of,
)

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
        assert isinstance(other, BudgetSpent), "the budget is that of all runs"
        [more] = ask(replace(settings, run="another", budget=None, budget_tokens=None), question("另一"))
        assert isinstance(more, Reply)


def test_a_budget_that_ends_between_attempts_tells_what_was_used(tmp_path: Path) -> None:
    with scripted("no", usage={"prompt_tokens": 900, "completion_tokens": 50, "total_tokens": 950}) as server:
        [error] = ask(run_of(server, tmp_path, budget_tokens=1000))
    assert isinstance(error, BudgetSpent)
    assert error.usage is not None
    assert (error.usage.calls, error.usage.input_tokens) == (1, 900)


def test_threads_and_processes_do_not_spend_a_budget_twice(tmp_path: Path, processes: ForkServerContext) -> None:
    reckoning = sum(reckoned(ModelSettings("m"), question("问题10")))
    usage = {"prompt_tokens": reckoning - 10, "completion_tokens": 10, "total_tokens": reckoning}
    budget = reckoning * 10 + 5
    with scripted(RIGHT, usage=usage, delay=0.02) as server:
        settings = run_of(server, tmp_path, budget_tokens=budget)
        workers = [started(processes, settings, range(first, first + 15)) for first in (10, 25, 40)]
        told = [number for _, told in workers for number in heard(told)]
        for process, _ in workers:
            process.join(10)
        assert len(told) == 45
        assert len([number for number in told if number >= 0]) == len(server.requests) == 10
    with opened(settings) as store:
        assert sum(Calls(store.database, settings).tokens()) <= budget
    assert {line[0] for line in calls(settings)} == {"ok"}


def test_a_request_is_written_down_before_it_is_sent(tmp_path: Path) -> None:
    told: list[list[tuple[object, ...]]] = []

    def answer(_: object) -> dict[str, str]:
        told.append(calls(settings))
        return RIGHT

    with scripted(answer, usage=USAGE) as server:
        settings = run_of(server, tmp_path)
        ask(settings)
    assert [[(line[0], line[2] + line[3]) for line in lines] for lines in told] == [
        [("sent", sum(reckoned(settings, question())))]
    ]
    assert calls(settings) == [("ok", "", 100, 20)]


def test_what_a_killed_process_had_sent_is_paid_for(tmp_path: Path, processes: ForkServerContext) -> None:
    """Nobody knows what became of it, and the endpoint will have counted it."""
    with scripted(RIGHT, usage=USAGE, delay=5.0) as server:
        settings = run_of(server, tmp_path)
        process, _ = started(processes, settings, [1])
        while not server.requests:
            assert process.is_alive()
            time.sleep(0.01)
        process.kill()
        process.join()
        server.delay = 0.0
        reckoning = sum(reckoned(settings, question("问题1")))
        assert [(line[0], line[2] + line[3]) for line in calls(settings)] == [("sent", reckoning)]
        with closing(Database(settings.store)) as database:  # long ago, so that it is not waited for
            database.write("UPDATE calls SET started = '2020-01-01'")
        [error] = ask(replace(settings, run="next", budget_tokens=2 * reckoning - 1), question("问题1"))
        assert isinstance(error, BudgetSpent)
        assert "is spent but for" in str(error)


@pytest.mark.parametrize(
    ("usage", "kept"),
    [
        ({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}, None),
        ({"prompt_tokens": -1_000_000, "completion_tokens": -1, "total_tokens": -1}, None),
        ({"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}, None),
        ({"prompt_tokens": 10**30, "completion_tokens": 10**30, "total_tokens": 10**30}, 1 << 40),
        (USAGE, 100),
    ],
)
def test_an_endpoint_that_counts_nothing_is_counted_for(
    usage: dict[str, int], kept: int | None, tmp_path: Path
) -> None:
    asked = question("本年收入合计1.00@1万元。" * 20 if kept is None else "本年收入1.00@1万元。")
    with scripted(RIGHT, usage=usage) as server:
        settings = run_of(server, tmp_path)
        [reply] = ask(settings, asked)
    assert isinstance(reply, Reply)
    own = estimate(asked.system) + estimate(asked.user)
    assert reply.usage.input_tokens == (own if kept is None else kept)
    assert reply.usage.output_tokens > 0
    assert [line[2:] for line in calls(settings)] == [(reply.usage.input_tokens, reply.usage.output_tokens)]


@pytest.mark.parametrize(
    ("fault", "paid"),
    [
        (Cut(), True),
        (Cut(part=0.5), True),
        (Status(504), True),
        (Raw("<html>"), True),
        (Status(500), False),
        (Status(429), False),
        (Status(400, message="what"), False),
    ],
)
def test_a_request_whose_fate_is_unknown_counts_as_paid(fault: Fault, paid: bool, tmp_path: Path) -> None:
    with scripted(RIGHT, faults=[fault]) as server:
        settings = run_of(server, tmp_path, attempts=1)
        ask(settings)
    [line] = calls(settings)
    assert line[2:] == (reckoned(settings, question()) if paid else (0, 0))


def test_a_request_that_was_never_sent_costs_nothing(tmp_path: Path) -> None:
    with scripted(RIGHT) as server:
        settings = run_of(server, tmp_path, attempts=2)
    ask(settings)  # nobody listens any more
    assert [line[2:] for line in calls(settings)] == [(0, 0), (0, 0)]


def test_an_endpoint_that_counts_more_than_we_do_does_not_outspend_a_budget(tmp_path: Path) -> None:
    """The first answer tells; until then the others wait."""
    usage = {"prompt_tokens": 9_000, "completion_tokens": 1_000, "total_tokens": 10_000}
    with scripted(RIGHT, usage=usage, delay=0.05) as server:
        settings = run_of(server, tmp_path, budget_tokens=60_000)
        with asker(settings) as who:

            def put(number: int) -> bool:
                try:
                    return bool(who.ask(question(f"问题{number + 10}")))
                except BudgetSpent:
                    return False

            assert sum(in_threads(12, put)) == len(server.requests) <= 6
    assert sum(line[2] + line[3] for line in calls(settings)) <= 60_000


def test_the_budget_holds_over_endpoints_by_what_each_cost(tmp_path: Path) -> None:
    with scripted(RIGHT, usage=USAGE) as server:
        settings = run_of(server, tmp_path, **PRICES)
        ask(settings)
        other = replace(settings, name="cheaper", price_input=Decimal("0.1"), price_output=Decimal("0.1"))
        [error] = ask(replace(other, budget=Decimal("0.00045")), question("另一"))
        assert isinstance(error, BudgetSpent)
        [reply] = ask(replace(other, budget=Decimal("0.0005")), question("另一"))
        assert isinstance(reply, Reply)


def test_a_store_of_the_first_layout_is_brought_up_to_date(tmp_path: Path) -> None:
    from recount.pipeline.model.transport import store as module

    path = tmp_path / "s.sqlite"
    old = sqlite3.connect(path)
    old.executescript(f"{module._TABLES} PRAGMA user_version = 1;")
    old.execute(
        "INSERT INTO calls VALUES (1, 'r', 'ab', 'income', 0, 'k', 'model', 'e', 't', 1.0, 100, 20, '0.5', 'ok', '')"
    )
    old.execute("INSERT INTO pace VALUES ('e', 1.0)")
    old.commit()
    old.close()
    settings = ModelSettings("model", store=path, requests_per_minute=6000)
    with opened(settings) as kept:
        assert Calls(kept.database, settings).tokens() == (100, 20)
        kept.wait_for_turn()


def test_budgets_are_reckoned_from_an_index(tmp_path: Path) -> None:
    """Not from the calls themselves, which hold whole answers: all other requests wait for it."""
    settings = ModelSettings("model", store=tmp_path / "s.sqlite", budget=Decimal(1), budget_tokens=1)
    with opened(settings) as kept:
        asked: list[str] = []
        kept.database._connection.set_trace_callback(asked.append)
        calls = Calls(kept.database, settings)
        calls._told(), calls.tokens(), calls._cost()
        kept.database._connection.set_trace_callback(None)
        plans = [kept.database.rows(f"EXPLAIN QUERY PLAN {query}", ())[0]["detail"] for query in asked]
    assert len(plans) == 4
    assert [plan for plan in plans if "COVERING INDEX" not in plan] == []


def test_a_clock_that_is_set_back_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = ModelSettings("m", requests_per_minute=600, store=tmp_path / "s.sqlite")
    slept: list[float] = []
    now = 1_000_000.0
    monkeypatch.setattr(store_module.time, "time", lambda: now)
    monkeypatch.setattr(store_module.time, "sleep", slept.append)
    with opened(settings) as kept:
        for set_to in (1_000_000.0, 1_000_000.0, 1_000_000.0 - 3600, 1_000_000.0 - 3600, 1_000_000.0):
            now = set_to
            kept.wait_for_turn()
    assert slept == pytest.approx([0.0, 0.1, 0.1, 0.2, 0.0])


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
        {"base_url": "http://127.0.0.1/v1?key=secret"},
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
