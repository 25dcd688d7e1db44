"""What is told of a run while it lasts: a bar with the model's calls and their price, a log, spans without any text."""

from __future__ import annotations

import io
import json
import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from recount.pipeline.errors import UsageError
from recount.pipeline.model.transport.spending import watched
from recount.pipeline.run.progress import CallSums, attributes, watching
from recount.tests.pipeline.model.server import Status, scripted
from recount.tests.pipeline.model.transport.common import RIGHT, ask, question, settings_for

MADE: dict[str, Any] = {
    "model": "qwen", "endpoint": "https://models.example/v1", "purpose": "income", "outcome": "ok", "cost": "0.0125",
    "input_tokens": 1000, "output_tokens": 200, "cached_tokens": 800, "started": "2024-05-06T07:08:09.500+00:00",
    "seconds": 1.5, "document": "ab", "detail": "",
}  # fmt: skip


def test_calls_are_added_up() -> None:
    sums = CallSums()
    for outcome in ("ok", "http 429", "ok"):
        sums.add({**MADE, "outcome": outcome})
    assert str(sums) == "3 calls, 3,600 tokens, cost 0.0375, 1 told to wait"


def test_a_bar_shows_the_calls() -> None:
    shown = io.StringIO()
    with watching(2, Console(file=shown, force_terminal=True, width=200), None) as watch:
        watch.call(MADE)
        time.sleep(0.3)
    assert "1 calls, 1,200 tokens, cost 0.0125" in shown.getvalue()


def test_requests_of_a_run_are_told_of_once_and_logged(tmp_path: Path) -> None:
    told: list[Any] = []
    log = tmp_path / "log.jsonl"
    with scripted(RIGHT, faults=[Status(500)]) as server, watching(1, Console(quiet=True), log) as watch:
        settings = settings_for(server, store=tmp_path / "s.sqlite", run="7")
        ask(settings_for(server, store=tmp_path / "s.sqlite", run="6"), question("其他"))
        with watched(settings, lambda made: (told.append(made), watch.call(made))[0]):
            ask(settings)
            time.sleep(1.5)
            ask(settings, question("又"))
    assert [made["outcome"] for made in told] == ["ok", "ok"], "of this run, each once"
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [line["event"] for line in lines] == ["begin", "call", "call", "end"]
    assert lines[1]["purpose"] == "income"
    assert "1.00@1" not in log.read_text(encoding="utf-8"), "an answer is in the log"


def test_spans_hold_no_text_of_a_report() -> None:
    whole = attributes(MADE)
    assert (whole["gen_ai.usage.input_tokens"], whole["server.address"]) == (1000, "models.example")
    assert "error.type" not in whole
    assert attributes({**MADE, "outcome": "http 500"})["error.type"] == "http 500"
    assert not {"answer", "document"} & {name.rpartition(".")[2] for name in whole}


def test_spans_are_given_away_with_their_times(monkeypatch: pytest.MonkeyPatch) -> None:
    spans: list[Any] = []

    class Provider:
        def __init__(self, **_: Any) -> None:
            self.add_span_processor = lambda _: None
            self.shutdown = lambda: spans.append("shut down")

        def get_tracer(self, _: str) -> Any:
            return SimpleNamespace(start_span=self.start)

        def start(self, name: str, start_time: int, attributes: Any) -> Any:
            return SimpleNamespace(end=lambda until: spans.append((name, until - start_time, attributes)))

    played = {
        "sdk": {}, "sdk.resources": {"Resource": SimpleNamespace(create=lambda _: None)},
        "sdk.trace": {"TracerProvider": Provider}, "sdk.trace.export": {"BatchSpanProcessor": lambda _: None},
        "exporter.otlp.proto.http.trace_exporter": {"OTLPSpanExporter": lambda: None},
    }  # fmt: skip
    for name, holds in played.items():
        module = ModuleType(f"opentelemetry.{name}")
        vars(module).update(holds)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    with watching(1, Console(quiet=True), None, otel=True) as watch:
        watch.call(MADE)
    assert spans == [("chat qwen", 1_500_000_000, attributes(MADE)), "shut down"]


def test_what_spans_need_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk", None)
    with (
        pytest.raises(UsageError, match="recount-reports\\[otel\\]"),
        watching(1, Console(quiet=True), None, otel=True),
    ):
        pass
