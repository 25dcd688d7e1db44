"""`python -m recount.eval.bench.regions --count 20 --out DIR`: how well every generated region's reports are read.

Every second report has planted discrepancies. Prints a table by region, and with --show what is not right.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from recount.eval.cases import find_cases
from recount.eval.generator.case import Options
from recount.eval.generator.forms.regional import regions
from recount.eval.goldset.generated import Order, write_cases
from recount.eval.score.harness import evaluate
from recount.eval.score.metrics import DiscrepancyTally, Tally, tally
from recount.eval.score.scores import CaseScore
from recount.pipeline.run.worker import structure_report

PLANTED = 2
"""In each report of an odd seed."""
_HEAD = "| region | figures | right | wrong | missing | invented | silent | planted | found | false |"


def measure(names: Sequence[str], seeds: Iterable[int], out: Path, jobs: int = 1) -> list[CaseScore]:
    """The scores of the reports of some regions, made and structured below `out`."""
    forms = regions()
    orders = [Order(forms[name], seed, Options(plant=PLANTED * (seed % 2))) for name in names for seed in seeds]
    for _ in write_cases(orders, out / "cases", jobs):
        pass
    return list(evaluate(find_cases(out / "cases"), structure_report, out, jobs=jobs).scores)


def table(scores: Sequence[CaseScore]) -> list[str]:
    """The lines of the table, the last of all regions together."""
    names = list(dict.fromkeys(str(score.tags["form"]) for score in scores))
    rows = [_row(name, [score for score in scores if score.tags["form"] == name]) for name in names]
    return [_HEAD, "|---|" + "--:|" * 9, *rows, _row("all", scores)]


def _row(name: str, scores: Sequence[CaseScore]) -> str:
    figures = sum((tally(score.cells) for score in scores), Tally())
    found = sum((score.discrepancies for score in scores), DiscrepancyTally())
    right = f"{figures.accuracy:.4f}" if figures.accuracy is not None else "–"
    numbers = (figures.wrong, figures.missing, figures.invented, figures.silent)
    told = (found.planted, found.found, found.false)
    return " | ".join((f"| {name}", str(figures.gold), right, *map(str, numbers), *map(str, told))) + " |"


def shown(scores: Sequence[CaseScore]) -> list[str]:
    """What is not right, by kind of field and region, the most frequent first, each with an example."""
    kinds: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str, str], str] = {}
    for score in scores:
        region = str(score.tags["form"])
        failures = [(e.outcome + "!" * e.silent, e.pointer, f"{e.gold} {e.got}") for e in score.figure_errors]
        failures += [(e.kind, e.pointers[0] if e.pointers else "", e.rule) for e in score.discrepancy_errors]
        for what, pointer, example in failures:
            kind = (region, what, re.sub(r"/\d+", "/*", pointer))
            kinds[kind] += 1
            examples.setdefault(kind, f"{score.name}: {example}")
    return [f"{count:4} {' '.join(kind)}   ({examples[kind]})" for kind, count in kinds.most_common()]


def main() -> None:
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(prog="recount.eval.bench.regions", description="Measure the regions' reports.")
    parser.add_argument("--count", type=int, default=2, help="reports of each region")
    parser.add_argument("--seed", type=int, default=0, help="of the first")
    parser.add_argument("--only", help="names of regions, with a comma between them")
    parser.add_argument("--out", type=Path, required=True, help="a new folder")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="list what is not right")
    args = parser.parse_args()
    names = args.only.split(",") if args.only else list(regions())
    scores = measure(names, range(args.seed, args.seed + args.count), args.out, args.jobs)
    print("\n".join([*table(scores), *(shown(scores) if args.show else ())]))


if __name__ == "__main__":
    main()
