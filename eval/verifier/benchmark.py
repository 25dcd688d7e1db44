"""How fast the verifier is: one recount of a report, one verification, and 1,000 faults on two cores.

python -m recount.eval.verifier.benchmark REPORT.pdf… [--faults 1000]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from recount.eval.verifier.base import Base, load
from recount.eval.verifier.campaign import campaign, operators
from recount.pipeline.verify import verify
from recount.pipeline.verify.recount import recount

_TIMES = 7
_JOBS = 2


def fastest(work: Callable[[], object]) -> float:
    """The least time of several runs, in milliseconds."""
    spent = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        work()
        spent.append(time.perf_counter() - started)
    return 1000 * min(spent)


def paces(base: Base) -> tuple[float, float]:
    """Milliseconds for all identities of a report, and for its whole verification."""
    resolved = base.verified.report
    return fastest(lambda: recount(resolved)), fastest(lambda: verify(base.report, base.tokens, "benchmark"))


def main(arguments: Sequence[str] | None = None) -> None:
    """Parses, measures and prints a table in Markdown."""
    parser = argparse.ArgumentParser(prog="recount.eval.verifier.benchmark", description="The pace of the verifier.")
    parser.add_argument("reports", type=Path, nargs="+")
    parser.add_argument("--faults", type=int, default=1000, help="so many in each report, about")
    chosen = parser.parse_args(arguments)
    number = max(chosen.faults // len(operators()), 1)
    print("| report | figures | recount, ms | verification, ms | faults | seconds on two cores for 1,000 |")
    print("|---|--:|--:|--:|--:|--:|")
    for source in chosen.reports:
        base = load(source)
        identities, whole = paces(base)
        started = time.perf_counter()
        # Two processes with half of the faults each.
        tried = len(campaign([source] * _JOBS, each=max(number // _JOBS, 1), jobs=_JOBS).verdicts)
        pace = 1000 * (time.perf_counter() - started) / tried
        print(f"| {base.name} | {len(base.verified.figures)} | {identities:.1f} | {whole:.1f} | {tried} | {pace:.1f} |")


if __name__ == "__main__":
    main()
