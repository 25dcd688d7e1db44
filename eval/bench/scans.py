"""What is read of damaged scans, and what repair adds: figures right before and after it, and none silently wrong.

    python -m recount.eval.bench.scans GOLD…
    python -m recount.eval.bench.scans --make --forms x2022,n --trials sealed,specked --seeds 1,2

reads the scans of gold folders, or makes its own: small reports of the generator under one kind of damage at a time
(`eval.scans.damage.TRIALS`, or a level). Exits with 1 if a figure is silently wrong or a repair is.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from recount.eval.cases import Case, find_cases
from recount.eval.generator import Form, Options
from recount.eval.goldset.generated import Order, Scan, write_cases
from recount.eval.scans.damage import LEVELS, TRIALS
from recount.eval.score.metrics import RepairTally, Tally, tally
from recount.eval.score.rows import RowsRight, rows_right
from recount.eval.score.scores import score
from recount.pipeline.structure import structure

SMALL = Options(
    projects=1, size="small", cover=False, funds=False, capital=False, summary=False, overall=False, classified=False
)


@dataclass(frozen=True, slots=True)
class ScanScore:
    """What was read of a scan: its figures after repair, the repairs, its rows, the seconds that it took."""

    name: str
    figures: Tally
    repairs: RepairTally
    rows: RowsRight
    seconds: float

    @property
    def right_before(self) -> int:
        """Figures that were right before repair: it changed none but those that it calls repaired."""
        return self.figures.right - self.repairs.right + self.repairs.right_before

    @property
    def wrong_repairs(self) -> int:
        return self.repairs.repaired - self.repairs.right

    def line(self) -> str:
        """As a row of a table."""
        figures, rows = self.figures, self.rows
        cells = (
            self.name,
            figures.gold,
            self.right_before,
            figures.right,
            self.repairs.repaired,
            self.wrong_repairs,
            figures.silent,
            figures.trusted,
            f"{rows.right}/{rows.gold}",
            f"{self.seconds:.0f}",
        )
        return "| " + " | ".join(map(str, cells)) + " |"


HEAD = (
    "| scan | figures | right before | right after repair | repairs | wrong ones | silent | trusted | rows | s |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def read(case: Case) -> ScanScore:
    """Structures a scan and holds it against its gold."""
    begin = time.perf_counter()
    result = structure(case.source)
    seconds = time.perf_counter() - begin
    scored = score(case, result, seconds)
    return ScanScore(case.name, tally(scored.cells), scored.repairs, rows_right(case.gold(), result.report), seconds)


def total(readings: Sequence[ScanScore]) -> ScanScore:
    """All readings as one."""
    figures, repairs, rows = Tally(), RepairTally(), 0
    for reading in readings:
        figures, repairs, rows = figures + reading.figures, repairs + reading.repairs, rows + reading.rows.gold
    errors = tuple(error for one in readings for error in one.rows.errors)
    return ScanScore("all", figures, repairs, RowsRight(rows, errors), sum(one.seconds for one in readings))


def orders(forms: Sequence[str], trials: Sequence[str], seeds: Sequence[int]) -> Iterator[Order]:
    """A small report of each form and seed under each kind of damage."""
    kinds = {**LEVELS, **TRIALS}
    for trial in trials:
        for form in forms:
            for seed in seeds:
                scan = Scan(trial, kinds[trial])
                yield Order(Form(form), seed, SMALL, scan, name=f"{trial}/{form}-{seed}")


def measure(cases: Sequence[Case]) -> list[ScanScore]:
    """Reads and prints one after another."""
    print(HEAD)
    readings = []
    for case in cases:
        readings.append(read(case))
        print(readings[-1].line(), flush=True)
    print(total(readings).line())
    return readings


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints; 1 if a figure or a repair is silently wrong."""
    parser = argparse.ArgumentParser(prog="recount.eval.bench.scans", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("gold", nargs="*", type=Path, help="folders with cases, of which the scans are read")
    parser.add_argument("--make", action="store_true", help="make scans instead")
    parser.add_argument("--forms", default="x2022,n", help="forms of --make (default: %(default)s)")
    parser.add_argument("--trials", default=",".join(TRIALS), help="kinds of damage of --make (default: all)")
    parser.add_argument("--seeds", default="1", help="seeds of --make (default: %(default)s)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        golds = list(options.gold)
        if options.make:
            seeds = [int(seed) for seed in options.seeds.split(",")]
            list(write_cases(list(orders(options.forms.split(","), options.trials.split(","), seeds)), Path(folder)))
            golds.append(Path(folder))
        if not golds:
            parser.error("name a gold folder, or --make")
        readings = measure([case for gold in golds for case in find_cases(gold) if case.scan != "digital"])
    bad = total(readings)
    return 1 if bad.figures.silent or bad.wrong_repairs else 0


if __name__ == "__main__":
    sys.exit(main())
