"""Recount and its peers side by side on the digital cases of a gold set.

python -m recount.eval.peers [--gold DIR]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recount.eval.cases import GOLD, Case, find_cases
from recount.eval.peers.readers import Reader, installed
from recount.eval.peers.recovery import gold_rows, recovered
from recount.eval.score.align import by_name
from recount.eval.score.leaves import face
from recount.pipeline.structure import structure


@dataclass(frozen=True, slots=True)
class Standing:
    """What a program recovered, and how long it took."""

    name: str
    figures: int
    seconds: float


def of_peer(name: str, reader: Reader, cases: Sequence[Case]) -> Standing:
    """A peer on all cases."""
    figures, seconds = 0, 0.0
    for case in cases:
        rows = gold_rows(case.gold())
        started = time.perf_counter()
        extracted = list(reader(case.source))
        seconds += time.perf_counter() - started
        figures += recovered(rows, extracted)
    return Standing(name, figures, seconds)


def of_recount(cases: Sequence[Case]) -> Standing:
    """Recount on all cases: the same figures, each at its JSON key."""
    figures, seconds = 0, 0.0
    for case in cases:
        started = time.perf_counter()
        report = structure(case.source).report
        seconds += time.perf_counter() - started
        figures += _right(case.gold(), report)
    return Standing("Recount", figures, seconds)


def _right(gold: Mapping[str, Any], report: Mapping[str, Any]) -> int:
    wanted = {pointer for row in gold_rows(gold) for pointer in row.pointers}
    pairs = face(gold, report, by_name).pairs
    return sum(pair.gold_pointer in wanted and pair.gold == pair.got for pair in pairs)


def main() -> None:
    """Parses, measures and prints a table in Markdown."""
    parser = argparse.ArgumentParser(prog="recount.eval.peers", description="Recount beside other readers of tables.")
    parser.add_argument("--gold", type=Path, default=GOLD)
    cases = [case for case in find_cases(parser.parse_args().gold) if case.scan == "digital"]
    whole = sum(len(row.pointers) for case in cases for row in gold_rows(case.gold()))
    pages = sum(int(case.tags.get("pages") or 0) for case in cases)
    print(f"{len(cases)} digital cases, {pages} pages, {whole:,} figures in tables\n")
    print("| program | figures in their places | share | seconds a page |\n|---|--:|--:|--:|")
    standings = [of_recount(cases), *(of_peer(name, reader, cases) for name, reader in installed().items())]
    for standing in standings:
        pace = f"{standing.seconds / pages:.3f}" if pages else f"{standing.seconds:.1f} s in all"
        print(f"| {standing.name} | {standing.figures:,} | {100 * standing.figures / whole:.2f} % | {pace} |")


if __name__ == "__main__":
    main()
