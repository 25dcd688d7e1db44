"""Grounding alone beside grounding and recounting: values that were taken from another field of the same report.

python -m recount.eval.peers.grounding REPORT.pdf… [--values 125] [--seed 0]

Each value stands on the page; it only is not the one that was asked for. paperpin is asked as its manual says (`ground`
with the extraction, fields under their official titles); Recount's verifier is given the same wrong references, one at
a time. Needs `pip install "paperpin[full]==0.2.1"`, in an environment of its own; without it Recount is measured alone.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

from recount.eval.verifier.base import Base, load, steps
from recount.eval.verifier.fault import Fault
from recount.eval.verifier.judge import Effect, judge
from recount.schemas.describe import title_of
from recount.schemas.figures import Kind

PEER = "paperpin"


def mistaken(base: Base, number: int, seed: int) -> dict[str, str]:
    """By pointer of a figure, the pointer of another of its kind and of another value that is taken for it."""
    rng = Random(f"{seed}/{base.name}")
    figures = {p: f for p, f in base.verified.figures.items() if f.kind in (Kind.MONEY, Kind.PERCENT)}
    found = {}
    for pointer in rng.sample(list(figures), min(number, len(figures))):
        mine = figures[pointer]
        others = [p for p, other in figures.items() if other.kind is mine.kind and other.value != mine.value]
        found[pointer] = rng.choice(others)
    return found


def of_recount(base: Base, wrong: dict[str, str]) -> Counter[str]:
    """What Recount says of each, with all other figures as they are."""
    verdicts: Counter[str] = Counter()
    for pointer, other in wrong.items():
        fault = Fault(
            "another field's figure",
            report={steps(pointer): base.refs[other]},
            wrong={pointer: base.verified.figures[pointer].value},
        )
        outcome = judge(base, fault).outcome
        verdicts["verified" if outcome in (Effect.SILENT, Effect.ROUNDING) else str(outcome)] += 1
    return verdicts


def of_peer(source: Path, base: Base, wrong: dict[str, str]) -> Counter[str]:
    """What the peer says of them, asked for all at once."""
    ground = importlib.import_module(PEER).ground
    extraction: dict[str, str] = {}
    for pointer, other in wrong.items():
        title = title_of(base.verified.report, pointer)
        name = title if title not in extraction else f"{title} {len(extraction)}"
        extraction[name] = base.tokens[base.refs[other].token].raw
    result = ground(str(source), extraction=extraction, use_cache=False)
    return Counter(str(getattr(result[name].status, "value", result[name].status)) for name in extraction)


def main(arguments: Sequence[str] | None = None) -> None:
    """Parses, measures and prints a table in Markdown."""
    parser = argparse.ArgumentParser(prog="recount.eval.peers.grounding", description="Grounding beside recounting.")
    parser.add_argument("reports", type=Path, nargs="+")
    parser.add_argument("--values", type=int, default=125, help="so many in each report")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    has_peer = importlib.util.find_spec(PEER) is not None
    print("| report | program | values of another field | come out as verified | as |\n|---|---|--:|--:|---|")
    for source in chosen.reports:
        base = load(source)
        wrong = mistaken(base, chosen.values, chosen.seed)
        standings = {"Recount": of_recount(base, wrong)}
        if has_peer:
            standings[PEER] = of_peer(source, base, wrong)
        for program, said in standings.items():
            told = ", ".join(f"{status} {times}" for status, times in said.most_common())
            print(f"| {base.name} | {program} | {len(wrong)} | {said['verified']} | {told} |")


if __name__ == "__main__":
    main()
