"""The live progress of a run: on the terminal, and as a log for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from recount.pipeline.archive.sources import Other
from recount.pipeline.errors import UsageError
from recount.pipeline.run.fates import Outcome


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
                total=max(total, bar.tasks[0].completed + 1),  # what is attached to reports nobody knew of
                pace=f"{pages / seconds:.0f} pages/s" if seconds else "",
                failures=f"{failures} failed" if failures else "",
            )

        yield advance


@contextmanager
def json_log(
    path: Path | None, total: int, others: Sequence[Other] | None = None
) -> Iterator[Callable[[Outcome], None]]:
    """Adds a line of JSON to a log for every outcome, as it comes; yields what every outcome is told to.

    path: None logs nothing. others: files that were found and are no reports: a line for each. Raises UsageError if
    the log cannot be written.
    """
    if path is None:
        yield lambda _: None
        return
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace", buffering=1) as file:

            def log(event: str, **about: Any) -> None:
                now = datetime.now(UTC).isoformat(timespec="milliseconds")
                file.write(json.dumps({"time": now, "event": event, **about}, ensure_ascii=False) + "\n")

            log("begin", reports=total)
            for other in others or ():
                log("file", file=other.name, fate=other.fate, reason=other.reason)

            def tell(outcome: Outcome) -> None:
                log("report", **_logged(outcome))
                for file in outcome.attempt.attached:
                    if file.member is None:
                        log("file", file=f"{outcome.attempt.file}/{file.name}", fate=file.fate, reason=file.reason)

            yield tell
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
