"""What is told of a run: on the terminal while it lasts and at its end, as a log for programs, and as spans for a
collector of traces."""

from __future__ import annotations

import json
import re
import shlex
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import urlsplit

from rich.cells import cell_len, set_cell_size
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from recount.pipeline.archive.locations import Place
from recount.pipeline.archive.sources import Other, Source
from recount.pipeline.archive.strangers import visible
from recount.pipeline.errors import UsageError, needed
from recount.pipeline.language import _
from recount.pipeline.run.estimate import Estimate, look
from recount.pipeline.run.fates import Attempt, Outcome, RunSummary
from recount.pipeline.steps import Stage, Step

Called = Mapping[str, Any]
"""A request to a model, as transport.spending.watched tells of it."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is told of a run. outcome: of every report. call: of every request to a model; by another thread. step: what
    is done with a report now; None if nobody wants to know."""

    outcome: Callable[[Outcome], None]
    call: Callable[[Called], None]
    step: Callable[[str, Step], None] | None = None


@contextmanager
def watching(
    sources: Sequence[Source],
    console: Console,
    log: Path | None,
    others: Sequence[Other] | None = None,
    *,
    otel: bool = False,
) -> Iterator[Watch]:
    """Shows what is done (see live_progress), writes a log (json_log), and gives spans away (spans), if they are asked
    for."""
    with (
        live_progress(sources, console) as shown,
        json_log(log, len(sources), others) as written,
        spans() if otel else nullcontext(lambda _: None) as spanned,
    ):

        def outcome(come: Outcome) -> None:
            shown.outcome(come)
            written.outcome(come)

        def call(made: Called) -> None:
            shown.call(made)
            written.call(made)
            spanned(made)

        yield Watch(outcome, call, shown.step)


# --- on the terminal

EVERY = 30.0
"""Seconds between two lines where there is no terminal."""
_PAUSE = 0.5
"""Seconds between two pictures of a terminal."""
_PATIENCE = 1.0
"""Seconds that a look at a file, on a disk that does not answer, may hold the end of a run up."""
_BEFORE_LOOKS = 0.5
_MOST_LOOKS = 2_000
"""So many files are looked at to tell how long all take; the others are taken to be as those of their size."""
_MOST_LINES = 16
_LEAST_NAME = 16
"""Columns."""

DOES: Mapping[Stage, str] = {
    "begin": "is opened",
    "read": "reads page {at} of {of}",
    "ocr": "OCR page {at} of {of}",
    "map": "finds its figures",
    "verify": "recounts",
    "again": "reads figures again",
    "ask": "asks a model, question {at} of {of}",
}
"""What is said of a report by the stage that it is in."""
UNCOUNTED: Mapping[Stage, str] = {"ocr": "OCR page {at}"}
"""The same where nobody knows of how many."""
STANDS = {
    "reports": "{done:,}/{total:,} reports",
    "pages": "{pages:,} pages",
    "disputed": "{disputed:,} disputed",
    "failed": "{failed:,} failed",
    "moment": "less than a minute left",
    "minutes": "about {minutes} min left",
    "hours": "about {hours} h {minutes:02} min left",
    "more": "and {more:,} more",
    "at work": "at work: {reports}",
    "at work on": "{name} ({does})",
}
"""What is said of the run; each stands for itself."""


@contextmanager
def live_progress(sources: Sequence[Source], console: Console) -> Iterator[Watch]:
    """Shows how far a run is while it lasts, on a terminal; elsewhere it says so in a line every half minute. A quiet
    console is left alone."""
    if console.quiet:
        yield Watch(lambda _: None, lambda _: None)
        return
    shown, ended = _Progress(sources, console), Event()
    threads = [Thread(target=shown.look_at, args=(sources, ended), daemon=True)]
    if not console.is_terminal:
        threads.append(Thread(target=shown.say, args=(ended,), daemon=True))
    live = Live(console=console, get_renderable=shown.render, refresh_per_second=1 / _PAUSE, transient=True)
    with live if console.is_terminal else nullcontext():
        for thread in threads:
            thread.start()
        try:
            yield Watch(shown.outcome, shown.call, shown.step)
        finally:
            ended.set()
            for thread in threads:
                thread.join(_PATIENCE)


class _Progress:
    """How far a run is. It is told by the thread that runs it, and shown by others."""

    def __init__(self, sources: Sequence[Source], console: Console) -> None:
        self._console, self._began = console, time.monotonic()
        self._estimate = Estimate(sources, self._began)
        self._total, self._calls = len(sources), CallSums()
        self._done = self._pages = self._disputed = self._failed = 0

    def outcome(self, come: Outcome) -> None:
        self._estimate.outcome(come, time.monotonic())
        self._done += 1
        self._total = max(self._total, self._done)  # what is attached to reports nobody knew of
        self._pages += 0 if come.unchanged else come.attempt.pages
        self._disputed += come.attempt.figures.get("disputed", 0)
        self._failed += come.failed

    def call(self, made: Called) -> None:
        self._calls.add(made)

    def step(self, name: str, step: Step) -> None:
        self._estimate.step(name, step, time.monotonic())

    def look_at(self, sources: Sequence[Source], ended: Event) -> None:
        """Looks at what files hold, some of every size first; most runs of few digital reports end before."""
        if ended.wait(_BEFORE_LOOKS):
            return
        for source in spread(sorted(sources, key=lambda source: source.size))[:_MOST_LOOKS]:
            if ended.is_set():
                return
            if (holds := look(source)) is not None:
                self._estimate.learn(source.name, holds)

    def say(self, ended: Event) -> None:
        """Says how far the run is, now and then."""
        while not ended.wait(EVERY):
            does = [_(STANDS["at work on"], name=fitted(name, 40), does=what) for name, what in self._at_work()]
            at_work = [_(STANDS["at work"], reports=_(", ").join(does))] if does else []
            standing = self._standing(self._estimate.left(time.monotonic()))
            self._console.print(f"recount: {_(', ').join([*standing, *at_work])}", **_PLAIN)

    def render(self) -> RenderableType:
        """The run in a line with a bar, and a line for each report that is being done."""
        now = time.monotonic()
        left, spent = self._estimate.left(now), now - self._began
        standing = Text(" · ".join(self._standing(left)), no_wrap=True, overflow="ellipsis")
        bar = ProgressBar(self._total, self._done) if left is None else ProgressBar(spent + left, spent)
        head = Table.grid(padding=(0, 1), expand=True)
        head.add_column(ratio=1, min_width=6)
        head.add_column(no_wrap=True)
        head.add_row(bar, standing)
        calls = [Text(str(self._calls), style="dim")] if self._calls.calls else []
        return Group(head, *calls, *self._lines())

    def _standing(self, left: float | None) -> list[str]:
        """How far the run is. left: the seconds that the rest takes, None if nobody knows."""
        counts = {"disputed": self._disputed, "failed": self._failed, "pages": self._pages}
        said = [_(STANDS["reports"], done=self._done, total=self._total)]
        said += [] if left is None else [in_words(left)]
        return said + [_(STANDS[what], **{what: number}) for what, number in counts.items() if number]

    def _at_work(self) -> list[tuple[str, str]]:
        """The reports that are being done, and what is done with each."""
        return [(name, in_work(step)) for name, step in self._estimate.begun.items()]

    def _lines(self) -> Iterator[Text]:
        at_work = self._at_work()
        most = max(1, min(_MOST_LINES, self._console.height - 4))
        room = self._console.width - 4 - max((cell_len(does) for _, does in at_work[:most]), default=0)
        for name, does in at_work[:most]:
            yield Text.assemble("  ", fitted(name, max(_LEAST_NAME, room)), "  ", (does, "dim"), no_wrap=True)
        if len(at_work) > most:
            yield Text(f"  {_(STANDS['more'], more=len(at_work) - most)}", style="dim")


_PLAIN: Any = {"markup": False, "highlight": False, "soft_wrap": True}


def spread(sources: Sequence[Source]) -> list[Source]:
    """Some in the order in which each next one halves what lies between others: a few of them stand for all."""
    bits = len(sources).bit_length()
    order = sorted(range(len(sources)), key=lambda at: f"{at:0{bits}b}"[::-1])
    return [sources[at] for at in order]


def in_work(step: Step) -> str:
    """What is done with a report."""
    template = DOES[step.stage] if step.of else UNCOUNTED.get(step.stage, DOES[step.stage])
    return _(template, at=step.at, of=step.of)


def in_words(seconds: float) -> str:
    """How long the rest takes."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return _(STANDS["moment"])
    if minutes < 60:
        return _(STANDS["minutes"], minutes=minutes)
    return _(STANDS["hours"], hours=minutes // 60, minutes=minutes % 60)


def fitted(name: str, width: int) -> str:
    """A report's name in so many columns: folders are left out first, then what stands in the middle."""
    whole = visible(name)
    steps = whole.split("/")
    for first in range(len(steps)):
        shorter = "/".join(steps[first:] if not first else ["…", *steps[first:]])
        if cell_len(shorter) <= width:
            return shorter
    last, tail = steps[-1], width // 3
    if cell_len(last) <= width:
        return last
    head = set_cell_size(last, width - tail - 1).rstrip()
    return f"{head}…{set_cell_size(last[::-1], tail).rstrip()[::-1]}"


# --- at the end

_WORST = 3
"""So many reports are named."""
_UNIT = re.compile(r"\D{2,}?(?=\d{4}|[（(]|$)")
"""What a report's name begins with: the unit, before the year."""
_PLAIN_WORDS = re.compile(r"[\w./+%@:,][\w./+%@:,=（）-]*")
ENDS = {
    "worst": "Most in dispute",
    "next": "What to type next",
    "disputed": "disputed {disputed:,}",
    "error": "error {errors:,}",
    "show": "what fails there, and who is suspected",
    "list": "all reports, those in dispute first",
    "review": "the disputed figures beside their pages",
    "retry": "once more what failed, or was left open",
}
"""What is said at the end of a run; each stands for itself."""


def render_next(summary: RunSummary, out: Place, ledger: Path | None = None) -> Iterator[RenderableType]:
    """Which reports of a run are most in dispute, and what to type next; nothing where nothing is left to be done.

    out: where the results are; ledger: the folder of a ledger that is apart.
    """
    worst = in_dispute(summary)
    again = [f"recount retry {_quoted(ledger or out)}"] if summary.failures or summary.open else []
    commands = [(command, _(ENDS["retry"])) for command in again]
    if worst:
        yield Text("\n" + _(ENDS["worst"]), style="bold")
        yield _columns([(visible(attempt.file), _in_dispute(attempt)) for attempt in worst[:_WORST]])
    if worst and isinstance(out, Path):
        folder = _quoted(out)
        name = _quoted(
            short_name(worst[0].results[0], [own for one in summary.outcomes for own in one.attempt.results])
        )
        looks = [(f"recount show {folder} {name}", "show"), (f"recount review {folder}", "review")]
        looks += [(f"recount list {folder}", "list")] if len(worst) > _WORST else []
        commands = [*((command, _(ENDS[what])) for command, what in looks), *commands]
    if commands:
        yield Text("\n" + _(ENDS["next"]), style="bold")
        yield _columns(commands)


def in_dispute(summary: RunSummary) -> list[Attempt]:
    """The reports with disputed figures, or errors that nothing explains, the worst first."""
    attempts = [one.attempt for one in summary.outcomes if one.attempt.same_as is None and one.attempt.results]
    found = [attempt for attempt in attempts if attempt.figures.get("disputed") or attempt.errors]
    return sorted(found, key=lambda attempt: (-attempt.figures.get("disputed", 0), -attempt.errors, attempt.file))


def _in_dispute(attempt: Attempt) -> str:
    counts = {"disputed": ("disputed", attempt.figures.get("disputed", 0)), "error": ("errors", attempt.errors)}
    return _(", ").join(_(ENDS[what], **{name: number}) for what, (name, number) in counts.items() if number)


def short_name(name: str, names: Collection[str]) -> str:
    """The shortest of a few pieces of a result's name that no other has; else all of it."""
    last = name.rpartition("/")[2]
    stem = last.rpartition(".")[0] or last
    unit = _UNIT.match(stem)
    pieces = [unit[0] if unit else stem, stem, last]
    return next((piece for piece in pieces if sum(piece in other for other in names) == 1), name)


def _quoted(words: object) -> str:
    """As a shell takes it; words without a sign that it would obey stay as they are."""
    return visible(str(words) if _PLAIN_WORDS.fullmatch(str(words)) else shlex.quote(str(words)))


def _columns(rows: Iterable[tuple[str, str]]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="fold")
    table.add_column(overflow="fold", style="dim")
    for first, second in rows:
        table.add_row(Text(f"  {first}"), Text(second))
    return table


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
        said = [_("{calls:,} calls, {tokens:,} tokens", calls=self.calls, tokens=self.tokens)]
        said += [_("cost {cost:.4f}", cost=self.cost)] if self.cost else []
        said += [_("{busy} told to wait", busy=self.busy)] if self.busy else []
        return _(", ").join(said)


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
