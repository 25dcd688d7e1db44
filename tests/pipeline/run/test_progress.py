"""What is told of a run while it lasts: a bar with the model's calls and their price, a log, spans without any text."""

from __future__ import annotations

import io
import json
import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from recount.pipeline.archive.sources import Source, find_sources
from recount.pipeline.errors import UsageError
from recount.pipeline.model.transport.spending import watched
from recount.pipeline.run.fates import Attempt, Outcome, RunSummary
from recount.pipeline.run.pool import UNBOUNDED, Bounds
from recount.pipeline.run.progress import (
    DOES,
    CallSums,
    _Progress,
    attributes,
    fitted,
    in_words,
    in_work,
    live_progress,
    render_next,
    short_name,
    spread,
    watching,
)
from recount.pipeline.run.runner import run
from recount.pipeline.steps import Stage, Step
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


def sources(count: int) -> list[Source]:
    return [Source(Path(f"nowhere/{number}.pdf"), f"{number}.pdf", size=1000) for number in range(count)]


def outcome(file: str, **about: Any) -> Outcome:
    return Outcome(Attempt(file, "", **{"status": "ok", "pages": 10, "seconds": 1.0, **about}))


def test_a_terminal_shows_who_does_what_and_how_the_run_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recount.pipeline.run.progress._PAUSE", 0.05)
    shown = io.StringIO()
    with live_progress(sources(3), Console(file=shown, force_terminal=True, width=100, height=20)) as watch:
        assert watch.step is not None
        watch.step("0.pdf", Step("begin"))
        watch.step("0.pdf", Step("ocr", 3, 24))
        watch.step("\x1b[31m1.pdf", Step("begin"))
        watch.outcome(outcome("2.pdf", figures={"verified": 5, "disputed": 2}))
        watch.outcome(outcome("3.pdf", status="failed", reason="no PDF"))
        time.sleep(0.4)
    lines = shown.getvalue()
    assert "OCR page 3 of 24" in lines
    assert "\\x1b[31m1.pdf" in lines, "a name moves the terminal's cursor"
    for said in ("2/3 reports", "20 pages", "2 disputed", "1 failed", "left"):
        assert said in lines


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    console = Console(file=io.StringIO(), width=width, height=24)
    progress = _Progress(sources(2), console)
    for number in range(40):
        name = (
            f"决算/{number}北岭市水利局及所属单位二〇二二年度部门决算公开说明（含一般公共预算财政拨款支出决算情况）.pdf"
        )
        progress.step(name, Step("begin"))
        progress.step(name, Step("ask", 3, 9))
    for _ in range(20):
        progress.call(MADE)
        progress.outcome(outcome("a.pdf", figures={"disputed": 1}))
    console.print(progress.render())
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert max(map(cell_len, lines)) <= width
    assert len(lines) < 24
    assert "asks a model, question 3 of 9" in lines[4]
    assert "and 24 more" in lines[-1]


@pytest.mark.parametrize(
    ("name", "width", "shown"),
    [
        ("2022/水利局.pdf", 20, "2022/水利局.pdf"),
        ("2022/北岭/水利局.pdf", 16, "…/水利局.pdf"),
        ("2022/北岭/水利局.pdf", 17, "…/北岭/水利局.pdf"),
        ("2022/水利局决算公开说明.pdf", 16, "水利局决算….pdf"),
        ("水\u202e利.pdf", 40, "水\\u202e利.pdf"),
    ],
)
def test_a_name_is_cut_to_columns(name: str, width: int, shown: str) -> None:
    assert fitted(name, width) == shown


@given(st.text(min_size=1), st.integers(16, 90))
def test_a_cut_name_is_never_too_wide(name: str, width: int) -> None:
    assert cell_len(fitted(name, width)) <= width


def test_where_there_is_no_terminal_a_line_comes_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recount.pipeline.run.progress.EVERY", 0.2)
    written = io.StringIO()
    with live_progress(sources(3), Console(file=written, width=80)) as watch:
        assert watch.step is not None
        watch.step("2022/水利局.pdf", Step("begin"))
        watch.step("2022/水利局.pdf", Step("ocr", 3, 24))
        watch.outcome(outcome("2.pdf", figures={"disputed": 2}))
        time.sleep(0.5)
    first = written.getvalue().splitlines()[0]
    assert first.startswith("recount: 1/3 reports, ")
    assert first.endswith(" left, 2 disputed, 10 pages, at work: 2022/水利局.pdf (OCR page 3 of 24)")


def test_a_quiet_run_is_told_nothing() -> None:
    with live_progress(sources(1), Console(quiet=True)) as watch:
        assert watch.step is None, "workers would tell their steps for nothing"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(20, "less than a minute left"), (100, "about 2 min left"), (3500, "about 58 min left"),
     (3599, "about 1 h 00 min left"), (45_000, "about 12 h 30 min left")],
)  # fmt: skip
def test_the_time_left_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def test_every_stage_has_words() -> None:
    for stage in get_args(Stage):
        assert in_work(Step(stage, 2, 3)) == DOES[stage].format(at=2, of=3)
    assert in_work(Step("ocr", 2)) == "OCR page 2"


def test_files_of_every_size_are_looked_at_first() -> None:
    order = [source.name for source in spread(sources(8))]
    assert order == [f"{number}.pdf" for number in (0, 4, 2, 6, 1, 5, 3, 7)]
    assert len({source.name for source in spread(sources(1000))}) == 1000


def ended(*outcomes: Outcome, out: Path = Path("out")) -> str:
    console = Console(file=io.StringIO(), width=120)
    for part in render_next(RunSummary(outcomes), out):
        console.print(part)
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_the_end_says_what_is_worst_and_what_to_type() -> None:
    said = ended(
        outcome("2022/水利局2022年度.pdf", figures={"disputed": 1}, errors=1),
        outcome("2022/司法局2022年度.pdf", figures={"disputed": 7}, errors=2),
        outcome("2022/统计局2022年度.pdf", errors=3),
        outcome("2022/档案馆2022年度.pdf", figures={"verified": 7}, minor=2),
        outcome("copy.pdf", figures={"disputed": 7}, same_as="2022/司法局2022年度.pdf"),
        outcome("broken.pdf", status="failed", reason="no PDF"),
    )
    lines = [line.split() for line in said.splitlines() if line]
    assert lines[0] == ["Most", "in", "dispute"]
    assert [line[0] for line in lines[1:4]] == [
        "2022/司法局2022年度.pdf",
        "2022/水利局2022年度.pdf",
        "2022/统计局2022年度.pdf",
    ]
    assert lines[1][1:] == ["disputed", "7,", "error", "2"]
    assert [" ".join(line[:4]) for line in lines[5:]] == [
        "recount show out 司法局", "recount review out the", "recount retry out once",
    ]  # fmt: skip


def test_where_all_is_well_the_end_says_nothing() -> None:
    assert ended(outcome("a.pdf", figures={"verified": 7}, minor=1)) == ""


def test_more_than_a_few_are_listed() -> None:
    assert "recount list out" in ended(*(outcome(f"{number}.pdf", errors=1) for number in range(4)))


def test_what_is_typed_is_safe_and_names_one_result() -> None:
    names = ["a/水利局2021.pdf", "a/水利局2022.pdf", "b/水利局2022.pdf"]
    assert short_name(names[0], names) == "水利局2021"
    assert short_name(names[2], names) == "b/水利局2022.pdf"
    said = ended(outcome("$(rm).pdf", errors=1), out=Path("my out"))
    assert "recount show 'my out' '$(rm)'" in said
    assert "recount review 'my out'" in said


@pytest.mark.parametrize("bounds", [UNBOUNDED, Bounds(seconds=600)], ids=["this process", "a worker"])
def test_workers_tell_their_steps(tasks: ModuleType, tmp_path: Path, bounds: Bounds) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    for number in range(3):
        (archive / f"{number}.pdf").write_text(f"steps {number}")
    told: list[tuple[str, Step]] = []
    summary = run(
        find_sources([archive]).sources, tmp_path / "out", jobs=1, task=tasks.by_content, bounds=bounds,
        on_step=lambda name, step: told.append((name, step)),
    )  # fmt: skip
    assert not summary.failures
    steps = Step("begin"), Step("read", 1, 2), Step("map")
    assert sorted(told, key=lambda one: one[0]) == [(f"{number}.pdf", step) for number in range(3) for step in steps]


def test_a_bar_shows_the_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recount.pipeline.run.progress._PAUSE", 0.05)
    shown = io.StringIO()
    with watching(sources(2), Console(file=shown, force_terminal=True, width=200), None) as watch:
        watch.call(MADE)
        time.sleep(0.4)
    assert "1 calls, 1,200 tokens, cost 0.0125" in shown.getvalue()


def test_requests_of_a_run_are_told_of_once_and_logged(tmp_path: Path) -> None:
    told: list[Any] = []
    log = tmp_path / "log.jsonl"
    with scripted(RIGHT, faults=[Status(500)]) as server, watching(sources(1), Console(quiet=True), log) as watch:
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
    with watching(sources(1), Console(quiet=True), None, otel=True) as watch:
        watch.call(MADE)
    assert spans == [("chat qwen", 1_500_000_000, attributes(MADE)), "shut down"]


def test_what_spans_need_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk", None)
    with (
        pytest.raises(UsageError, match="recount-reports\\[otel\\]"),
        watching(sources(1), Console(quiet=True), None, otel=True),
    ):
        pass
