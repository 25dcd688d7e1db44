"""Every mode is asked for in its own shape, and the first that an endpoint understands is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from recount.pipeline.errors import ModelMisconfigured, Offline, Unreachable
from recount.pipeline.model.ask.question import Reply
from recount.pipeline.model.transport.client import RIGHT as COPIED
from recount.pipeline.model.transport.client import asker, probe
from recount.pipeline.model.transport.store import MODES
from recount.pipeline.settings import ModelSettings, ModeName
from recount.tests.pipeline.model.server import Asked, Status, Words, scripted
from recount.tests.pipeline.model.transport.common import RIGHT, Income, ask, calls, question, settings_for


def to_both(asked: Asked) -> Any:
    return COPIED if "财政拨款收入" in asked.user else RIGHT


@pytest.mark.parametrize("mode", MODES)
def test_an_answer_comes_in_every_mode(mode: ModeName) -> None:
    with scripted(RIGHT, usage={"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}) as server:
        [reply] = ask(settings_for(server, mode=mode, seed=5))
    assert isinstance(reply, Reply)
    assert type(reply.value) is Income
    assert reply.value == Income(income="1.00@1")
    assert (reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.calls) == (7, 5, 1)
    [asked] = server.requests
    assert (asked.mode, asked.user) == (mode, question().user)
    assert asked.body["model"] == "model"
    assert (asked.body["temperature"], asked.body["max_tokens"], asked.body["seed"]) == (0.0, 4096, 5)


def test_the_schema_is_in_the_prompt_in_json_mode_alone() -> None:
    for mode in MODES:
        with scripted(RIGHT) as server:
            ask(settings_for(server, mode=mode))
        assert ("properties" in server.requests[0].system) == (mode == "json")


def test_a_provider_of_instructor_is_asked_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(RIGHT, faults=[Status(500)]) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("RECOUNT_API_KEY", "k")
        settings = replace(settings_for(server), name="openai/some/model", base_url=None)
        [reply] = ask(settings)
    assert isinstance(reply, Reply)
    assert reply.value == Income(income="1.00@1")
    assert reply.usage.calls == len(server.requests) == 2, "its own retries are off"
    assert server.requests[0].body["model"] == "some/model"
    assert reply.usage.input_tokens > 0


@pytest.mark.parametrize("name", ["nobody/model", "mistral/model"])
def test_a_provider_that_is_not_there_is_said_so(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOUNT_API_KEY", "very-secret")
    [error] = ask(ModelSettings(name, mode="json"))
    assert isinstance(error, ModelMisconfigured)
    assert str(error).startswith(f"cannot ask {name}: ")
    assert "very-secret" not in str(error)


def test_what_a_report_says_is_not_taken_for_a_template() -> None:
    hostile = "{{ 7 * 7 }} {% for x in y %} {income} $income"
    with scripted(RIGHT) as server:
        ask(settings_for(server), question(hostile))
    assert server.requests[0].user == hostile


@pytest.mark.parametrize("understood", MODES)
def test_auto_takes_the_first_mode_that_works_and_remembers_it(understood: ModeName, tmp_path: Path) -> None:
    with scripted(to_both, modes=[understood]) as server:
        settings = settings_for(server, mode="auto", store=tmp_path / "s.sqlite")
        [reply] = ask(settings)
        assert isinstance(reply, Reply)
        assert [each.mode for each in server.requests] == [*MODES[: MODES.index(understood) + 1], understood]
        before = len(server.requests)
        ask(settings, question("其他"))
        assert [each.mode for each in server.requests[before:]] == [understood]


def test_an_endpoint_that_ignores_the_mode_is_found_out() -> None:
    """It answers, but whoever was not shown the schema cannot name its fields."""

    def answer(asked: Asked) -> Any:
        return to_both(asked) if asked.mode == "json" else Words('{"收入合计": "1,955.06@1"}')

    with scripted(answer) as server, asker(settings_for(server, mode="auto", reasks=0)) as who:
        assert who.ask(question()).value == Income(income="1.00@1")
        assert [each.mode for each in server.requests] == ["json_schema", "tools", "json", "json"]


def test_the_probe_tells_of_every_mode(tmp_path: Path) -> None:
    with scripted(to_both, modes=["json", "tools"], faults=[Status(429, retry_after="0")]) as server:
        settings = settings_for(server, mode="auto", store=tmp_path / "s.sqlite")
        results = {each.mode: each for each in probe(settings)}
    assert {mode: each.works for mode, each in results.items()} == {"json_schema": False, "tools": True, "json": True}
    assert results["tools"].right
    assert results["tools"].usage.calls == 1
    assert results["json_schema"].usage.calls == 2
    assert "json_schema is not supported" in results["json_schema"].why
    assert [each[0] for each in calls(settings)] == ["http 429", "http 400", "ok", "ok"]


@pytest.mark.parametrize("stumbles", ["json_schema", "tools", "json"])
def test_an_endpoint_that_breaks_down_over_a_mode_may_understand_another(stumbles: str) -> None:
    """As llama.cpp does over the tool that it is told to call: with HTTP 500, not 400."""
    with scripted(lambda asked: Status(500) if asked.mode == stumbles else COPIED) as server:
        results = {each.mode: each.works for each in probe(settings_for(server, mode="auto"))}
    assert results == {mode: mode != stumbles for mode in MODES}


def test_the_probe_tells_right_figures_from_an_answer_in_the_right_form() -> None:
    with scripted({"total_income": "1,950.38@2", "fiscal_appropriation_income": None}) as server:
        [result] = probe(settings_for(server))
    assert result.works
    assert not result.right


def test_where_no_mode_works_nothing_is_asked() -> None:
    with scripted(to_both, modes=[]) as server:
        [outcome] = ask(settings_for(server, mode="auto"))
    assert isinstance(outcome, ModelMisconfigured)
    assert all(f"{mode}: " in str(outcome) for mode in MODES)
    assert outcome.usage is not None
    assert outcome.usage.calls == 3


def test_an_endpoint_that_is_not_there_is_not_tried_in_every_mode() -> None:
    with scripted() as server:
        gone = settings_for(server, mode="auto", attempts=2)
    with pytest.raises(Unreachable, match="no connection"):
        probe(gone)
    with pytest.raises(Offline):
        probe(replace(gone, offline=True))
