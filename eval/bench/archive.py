"""What a large archive costs: two workers against one, memory over the run, the share of ledger and writing, exports.

    python -m recount.eval.bench.archive FOLDER --out DIR

FOLDER holds digital reports (`recount eval generate` makes some). Rounds with one worker and with two take turns on
parts of the same size, so that a machine that slows down slows both; then all the rest is done by two. Wall time and
CPU time are printed: on a machine with other things to do the former says more of them than of Recount.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median

from recount.eval.bench.measurement import Measurement, printed
from recount.pipeline.archive.sources import Source, find_sources
from recount.pipeline.run.fates import Outcome
from recount.pipeline.run.pool import Bounds
from recount.pipeline.run.runner import run

TWO_LIMIT = 1.7
"""Two workers do at least so many times as much as one."""

GROWTH_LIMIT = 0.10
"""By so much may the memory of the workers differ between the first and the last quarter of a run."""

BOOKS_LIMIT = 0.05
"""The largest share of the time that ledger and writing may take."""

EXPORT_LIMIT = 60.0
"""Seconds in which 2,000 reports are exported to any format."""

_BOUNDS = Bounds(seconds=600.0, memory=4 << 30)
"""Workers of their own even where there is but one."""
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Cost:
    """What a run took. wall, parent, workers: seconds, the latter two of CPU; memory: MB of a worker after each report;
    spent, written: the workers' own wall seconds, all of them and those of writing results."""

    reports: int = 0
    pages: int = 0
    wall: float = 0.0
    parent: float = 0.0
    workers: float = 0.0
    spent: float = 0.0
    written: float = 0.0
    memory: list[float] = field(default_factory=list)

    def note(self, outcome: Outcome) -> None:
        """Adds what became of one report."""
        self.reports += 1
        self.pages += outcome.attempt.pages
        self.spent += outcome.attempt.seconds
        self.written += outcome.attempt.stages.get("write", 0.0)
        sizes = [_megabytes(child.pid) for child in multiprocessing.active_children()]
        self.memory.append(max(sizes, default=0.0))


def _megabytes(process: int | None) -> float:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE / (1 << 20)
    except OSError:
        return 0.0


def cost_of(sources: Sequence[Source], out: Path, jobs: int) -> Cost:
    """Structures reports by so many workers, and says what that took."""
    cost = Cost()
    wall, parent, workers = time.perf_counter(), time.process_time(), _of_children()
    run(sources, out, jobs=jobs, force=True, bounds=_BOUNDS, on_progress=cost.note)
    cost.wall = time.perf_counter() - wall
    cost.parent = time.process_time() - parent
    cost.workers = _of_children() - workers
    return cost


def _of_children() -> float:
    """CPU seconds of all processes that were started here and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def compare(sources: Sequence[Source], out: Path, rounds: int) -> list[Measurement]:
    """One worker against two, by turns, on equal parts: the medians of the rounds."""
    wall, work = [], []
    for turn in range(rounds):
        part = sources[turn :: 2 * rounds]
        one, two = (cost_of(part, out / f"round {turn} {jobs}", jobs) for jobs in (1, 2))
        wall.append(one.wall / two.wall)
        work.append(two.workers / one.workers)
    return [
        Measurement("two workers against one", f"{median(wall):.2f} ×", f"≥ {TWO_LIMIT} ×", median(wall) >= TWO_LIMIT),
        Measurement("CPU time of two workers for the work of one", f"{median(work):.2f} ×"),
    ]


def long_run(sources: Sequence[Source], out: Path) -> list[Measurement]:
    """Memory and the share of ledger and writing over one long run of two workers."""
    cost = cost_of(sources, out, 2)
    quarter = max(1, len(cost.memory) // 4)
    first, last = mean(cost.memory[:quarter]), mean(cost.memory[-quarter:])
    ledger, writing = cost.parent / (cost.parent + cost.workers), cost.written / cost.spent
    hours = 1_000_000 * (cost.workers + cost.parent) / cost.pages / 3600
    return [
        Measurement(
            f"memory of a worker, first and last quarter of {cost.reports:,} reports ({first:.0f}, {last:.0f} MB)",
            f"{last / first - 1:+.1%}",
            f"± {GROWTH_LIMIT:.0%}",
            abs(last / first - 1) <= GROWTH_LIMIT,
        ),
        Measurement(
            f"parent process: ledger, handing out, progress ({ledger:.2%}), and writing of results ({writing:.2%})",
            f"{ledger + writing:.1%}",
            f"< {BOOKS_LIMIT:.0%}",
            ledger + writing < BOOKS_LIMIT,
        ),
        Measurement(f"pages per CPU second ({cost.pages:,} pages)", f"{cost.pages / cost.workers:.1f}"),
        Measurement("core-hours for a million pages", f"{hours:.1f}"),
        Measurement(f"wall time of {cost.reports:,} reports", f"{cost.wall:.0f} s"),
    ]


FORMATS = ("jsonl", "csv", "parquet", "xlsx", "sqlite")


def exports(out: Path, folder: Path) -> list[Measurement]:
    """Each format once."""
    found = []
    for format_ in FORMATS:
        wall, cpu = time.perf_counter(), time.process_time() + _of_children()
        command = ["export", str(out), "--format", format_, "-o", str(folder / f"all.{format_}")]
        subprocess.run([sys.executable, "-m", "recount.cli", *command], check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - wall
        cpu = time.process_time() + _of_children() - cpu
        what = f"export to {format_} ({cpu:.0f} s of CPU)"
        found.append(Measurement(what, f"{seconds:.0f} s", f"< {EXPORT_LIMIT:.0f} s", seconds < EXPORT_LIMIT))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints; 0 if every target is met, 1 if one is missed."""
    parser = argparse.ArgumentParser(prog="recount.eval.bench.archive", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="digital reports")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="an empty folder for all that is made")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of one worker against two (default: 3)")
    options = parser.parse_args(arguments)
    sources = find_sources([options.folder]).sources
    measurements = compare(sources, options.out, options.rounds)
    measurements += long_run(sources, options.out / "all")
    measurements += exports(options.out / "all", options.out / "exports")
    return printed(measurements)


if __name__ == "__main__":
    sys.exit(main())
