"""The live progress of a run: reports done, pages a second, time left, failures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from recount.pipeline.runner import Outcome


@contextmanager
def live_progress(total: int, console: Console) -> Iterator[Callable[[Outcome], None]]:
    """Shows a bar while the run lasts, if the console is a terminal; yields what every outcome is told to."""
    bar = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("reports"),
        TextColumn("{task.fields[pace]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[failures]}", style="red"),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=total, pace="", failures="")
        pages = failures = 0

        def advance(outcome: Outcome) -> None:
            nonlocal pages, failures
            pages += 0 if outcome.unchanged else outcome.attempt.pages
            failures += outcome.failed
            seconds = bar.tasks[0].elapsed or 0.0
            bar.update(
                task,
                advance=1,
                pace=f"{pages / seconds:.0f} pages/s" if seconds else "",
                failures=f"{failures} failed" if failures else "",
            )

        yield advance
