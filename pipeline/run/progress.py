"""The live progress of a run: on the terminal, as a log for programs, and as spans for a collector of traces."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from recount.pipeline.archive.sources import Other
from recount.pipeline.errors import UsageError, needed
from recount.pipeline.run.fates import Outcome

Called = Mapping[str, Any]
"""A request to a model, as transport.spending.watched tells of it."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is told of a run. outcome: of every report. call: of every request to a model; by another thread."""

    outcome: Callable[[Outcome], None]
    call: Callable[[Called], None]


@contextmanager
def watching(
    total: int, console: Console, log: Path | None, others: Sequence[Other] | None = None, *, otel: bool = False
) -> Iterator[Watch]:
    """Shows a bar (see live_progress), writes a log (json_log), and gives spans away (spans), if they are asked for."""
    with (
        live_progress(total, console) as bar,
        json_log(log, total, others) as written,
        spans() if otel else nullcontext(lambda _: None) as spanned,
    ):

        def outcome(come: Outcome) -> None:
            bar.outcome(come)
            written.outcome(come)

        def call(made: Called) -> None:
            bar.call(made)
            written.call(made)
            spanned(made)

        yield Watch(outcome, call)


@contextmanager
def live_progress(total: int, console: Console) -> Iterator[Watch]:
    """Shows a bar while the run lasts, if the console is a terminal."""
    bar = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("reports"),
        TextColumn("{task.fields[pace]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[calls]}"),
        TextColumn("{task.fields[failures]}", style="red"),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=total, pace="", calls="", failures="")
        pages = failures = 0

        def advance(outcome: Outcome) -> None:
            nonlocal pages, failures
            pages += 0 if outcome.unchanged else outcome.attempt.pages
            failures += outcome.failed
            seconds = bar.tasks[0].elapsed or 0.0
            bar.update(
                task,
                advance=1,
                total=max(total, bar.tasks[0].completed + 1),  # what is attached to reports nobody knew of
                pace=f"{pages / seconds:.0f} pages/s" if seconds else "",
                failures=f"{failures} failed" if failures else "",
            )

        sums = CallSums()

        def add(made: Called) -> None:
            sums.add(made)
            bar.update(task, calls=str(sums))

        yield Watch(advance, add)


@dataclass(slots=True)
class CallSums:
    """What a run's requests to a model come to so far. busy: those that were told to wait."""

    calls: int = 0
    tokens: int = 0
    cost: Decimal = Decimal(0)
    busy: int = 0

    def add(self, made: Called) -> None:
        """One more."""
        self.calls += 1
        self.tokens += made["input_tokens"] + made["output_tokens"]
        self.cost += Decimal(made["cost"])
        self.busy += made["outcome"] == "http 429"

    def __str__(self) -> str:
        cost = f", cost {self.cost:.4f}" if self.cost else ""
        busy = f", {self.busy} told to wait" if self.busy else ""
        return f"{self.calls:,} calls, {self.tokens:,} tokens{cost}{busy}"


@contextmanager
def json_log(path: Path | None, total: int, others: Sequence[Other] | None = None) -> Iterator[Watch]:
    """Adds a line of JSON to a log for every outcome and every request to a model, as they come.

    path: None logs nothing. others: files that were found and are no reports: a line for each. Raises UsageError if
    the log cannot be written.
    """
    if path is None:
        yield Watch(lambda _: None, lambda _: None)
        return
    one = Lock()
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace", buffering=1) as file:

            def log(event: str, **about: Any) -> None:
                now = datetime.now(UTC).isoformat(timespec="milliseconds")
                with one:
                    file.write(json.dumps({"time": now, "event": event, **about}, ensure_ascii=False) + "\n")

            log("begin", reports=total)
            for other in others or ():
                log("file", file=other.name, fate=other.fate, reason=other.reason)

            def tell(outcome: Outcome) -> None:
                log("report", **_logged(outcome))
                for file in outcome.attempt.attached:
                    if file.member is None:
                        log("file", file=f"{outcome.attempt.file}/{file.name}", fate=file.fate, reason=file.reason)

            yield Watch(tell, lambda made: log("call", **made))
            log("end")
    except OSError as error:
        raise UsageError(f"the log {path} cannot be written: {error.strerror}") from error


def _logged(outcome: Outcome) -> dict[str, Any]:
    attempt = outcome.attempt
    return {
        "file": attempt.file,
        "status": "left out" if attempt.left_out else "unchanged" if outcome.unchanged else attempt.status,
        "reason": attempt.reason,
        "pages": attempt.pages,
        "seconds": round(attempt.seconds, 3),
        "figures": dict(attempt.figures),
        "errors": attempt.errors,
        "minor": attempt.minor,
        "same_as": attempt.same_as,
        "reports": attempt.reports,
    }


# --- spans, by the conventions of OpenTelemetry for generative AI


@contextmanager
def spans() -> Iterator[Callable[[Called], None]]:
    """Gives every request to a model away as a span, to where OpenTelemetry's own variables say; yields what they are
    told to. Nothing of a report is in them: no prompt, no answer, no name of a file.

    Raises UsageError if OpenTelemetry is not installed.
    """
    needed("opentelemetry.sdk", "--otel", "otel")
    exporters = needed("opentelemetry.exporter.otlp.proto.http.trace_exporter", "--otel", "otel")
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "recount"}))
    provider.add_span_processor(BatchSpanProcessor(exporters.OTLPSpanExporter()))
    tracer = provider.get_tracer("recount")

    def give(made: Called) -> None:
        began = datetime.fromisoformat(made["started"]).timestamp()
        span = tracer.start_span(f"chat {made['model']}", start_time=round(began * 1e9), attributes=attributes(made))
        span.end(round((began + made["seconds"]) * 1e9))

    try:
        yield give
    finally:
        provider.shutdown()


def attributes(made: Called) -> dict[str, str | int]:
    """A request by the names of the GenAI conventions; what has none there, by names of ours."""
    whole: dict[str, str | int] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": made["model"],
        "gen_ai.usage.input_tokens": made["input_tokens"],
        "gen_ai.usage.output_tokens": made["output_tokens"],
        "gen_ai.usage.cache_read.input_tokens": made["cached_tokens"],
        "server.address": urlsplit(made["endpoint"]).hostname or "",
        "recount.purpose": made["purpose"],
        "recount.outcome": made["outcome"],
        "recount.cost": made["cost"],
    }
    return whole if made["outcome"] == "ok" else {**whole, "error.type": made["outcome"]}


def screen() -> Console:
    """Standard output: as wide as the terminal, or wide enough for any line where it is none."""
    console = Console()
    return console if console.is_terminal else Console(width=160)
