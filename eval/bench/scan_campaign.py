"""Many generated scanned reports, read one after another: figures right, wrong, silent, missing, by level of damage.

    python -m recount.eval.bench.scan_campaign OUT --count 50 --seed 7100

makes so many reports of each level, of all forms and regions in turn, and reads them in this process. What became of
each is kept in OUT/outcomes, so that it goes on where it was stopped; reports that are named with --again are done
anew, for which what the networks read is kept as well. What became of them at first, when nobody had seen them, stays
in OUT/first, and is summed up beside. Prints each figure that is not right. Exits with 1 if a level
falls short of what it must be.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import Any

from recount.eval.cases import find_cases
from recount.eval.generator import Form, Options
from recount.eval.generator.forms.regional import Region, regions
from recount.eval.goldset.generated import Order, Scan, write
from recount.eval.scans.damage import LEVELS
from recount.eval.score.metrics import TRUSTED, Tally, tally
from recount.eval.score.scores import CaseScore, FigureError, score, score_failure
from recount.pipeline.errors import RecountError
from recount.pipeline.ocr.network.kept import keeping
from recount.pipeline.result import Result, write_result
from recount.pipeline.structure import structure
from recount.schemas.common.parts import UNMAPPED

LEAST_RIGHT: Mapping[str, float] = {"good": 0.999, "fair": 0.997, "poor": 0.985, "fax": 0.95}
"""The share of right figures that each level must have."""
MOST_LOST = 2000
"""Of so many figures one may be lost with its cell."""

_TABLES = ("income_expenditure", "expenditure", "fiscal_appropriation", "general_public_budget", "basic_expenditure")
_SECTIONS = (
    "income_expenditure",
    "income",
    "expenditure",
    "fiscal_appropriation",
    "general_public_budget",
    "basic_expenditure",
    "three_public",
)
_STYLES = ("plain", "segmented", None, "plain")  # those that set most on a page, and any
_SLOPPY, _PLANTED = 3, 5  # every so many reports has slips of layout, or discrepancies


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a report. seconds: of processor time; lost: missing figures whose number came nowhere out;
    errors: the figures that are not right; remarks: how many of each
    kind; refused: why there is no result."""

    name: str
    level: str
    form: str
    pages: int
    seconds: float
    figures: Tally
    lost: int
    errors: tuple[Mapping[str, Any], ...] = ()
    remarks: Mapping[str, int] = field(default_factory=dict)
    refused: str | None = None

    @classmethod
    def read(cls, path: Path) -> Outcome:
        """An outcome that was kept."""
        told = json.loads(path.read_text(encoding="utf-8"))
        return cls(**told | {"figures": Tally(**told["figures"]), "errors": tuple(told["errors"])})

    def write(self, path: Path) -> None:
        """Keeps it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def orders(levels: Sequence[str], seeds: Iterable[int]) -> Iterator[Order]:
    """The reports: for each seed one of every level, each level another seed of its own and another form."""
    own = [Form.N, Form.S2024, Form.X2022, Form.X2023, Form.X2021]
    forms: list[Form | Region] = [kind for pair in zip(cycle(own), regions().values(), strict=False) for kind in pair]
    for at, seed in enumerate(seeds):
        for shift, level in enumerate(levels):
            # A level begins elsewhere in the list of forms, so that early failures are of many forms.
            form = forms[(at + 7 * shift) % len(forms)]
            number = seed * len(LEVELS) + list(LEVELS).index(level)
            yield Order(form, number, _options(form, at), Scan(level, LEVELS[level]), f"{level}-{form.value}-{number}")


def _options(form: Form | Region, at: int) -> Options:
    """What the report is like, so that it has some 300 figures on few pages."""
    every = Options(
        0.3 * (at % _SLOPPY == 0), 2 * (at % _PLANTED == 0), size="small", cover=False, style=_STYLES[at % 4]
    )
    if isinstance(form, Region):
        return replace(every, statements=_TABLES)
    if form in (Form.N, Form.S2024):
        return replace(every, projects=1, statements=_TABLES, sections=_SECTIONS)
    return replace(every, projects=7 if form is Form.X2021 else 3, summary=False)


def read(order: Order, out: Path) -> Outcome:
    """Makes a report, structures its scan and holds it against its gold; its result, and what OCR read, are kept."""
    case = find_cases(write(order, out / "cases"))[0]
    begin = time.process_time()
    result = None
    try:
        with keeping(out / "readings", hashlib.sha256(case.source.read_bytes()).hexdigest()):
            result = structure(case.source)
    except RecountError as error:
        scored = score_failure(case, "refused", str(error))
    seconds = time.process_time() - begin
    if result is not None:
        write_result(case.source.with_name("result.json"), result)
        scored = score(case, result, seconds)
    return Outcome(
        order.name or case.name,
        case.scan,
        case.form,
        int(case.tags["pages"]),
        round(seconds, 1),
        tally(scored.cells),
        lost(scored, case.gold(), result),
        tuple(map(_told, scored.figure_errors)),
        dict(Counter(remark.kind for remark in result.summary.remarks)) if result else {},
        scored.reason,
    )


def lost(scored: CaseScore, gold: Mapping[str, Any], result: Result | None) -> int:
    """Of the missing figures those whose number is not delivered without a key either, nor in a row left out.

    Its sign is not asked for: where words make it negative (减少0.03万元) it is printed without one.
    """
    missing = Counter(_size(str(error.gold)) for error in scored.figure_errors if error.outcome == "missing")
    missing -= Counter(_size(str(error.got)) for error in scored.figure_errors if error.outcome == "invented")
    if result is not None:
        # Not all golds list what has no key: then it is not scored.
        missing -= Counter(_keyless(result.report)) - Counter(_keyless(gold)) - _scored_keyless(scored)
        missing -= Counter(_elsewhere(result))
    return missing.total()


def _keyless(report: Mapping[str, Any]) -> Iterator[str]:
    """The numbers of a report that have no key."""
    yield from (_size(str(figure["value"])) for figure in report.get(UNMAPPED) or ())


def _scored_keyless(scored: CaseScore) -> Counter[str]:
    """Those of them that were scored, and are no gold's."""
    return Counter(_size(str(error.got)) for error in scored.figure_errors if error.pointer.startswith(f"/{UNMAPPED}"))


def _elsewhere(result: Result) -> Iterator[str]:
    """The numbers that a result tells where they are no figures: in a text, in a row that was left out."""
    yield from (_size(mention.raw) for mention in result.summary.mentions)
    rows = result.summary.coverage.rows_left_out if result.summary.coverage else ()
    yield from (_size(number) for row in rows for number in row.numbers)


def _size(number: str) -> str:
    """A number without its sign and its separators."""
    return number.replace(",", "").lstrip("-")


def _told(error: FigureError) -> dict[str, Any]:
    """A figure that is not right, for people: where, what is printed, what came out."""
    return {key: str(value) if isinstance(value, Decimal) else value for key, value in asdict(error).items()}


# --- what is made of the outcomes


def by_level(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    """The figures of each level, and of all together."""
    levels = [level for level in LEVELS if any(outcome.level == level for outcome in outcomes)]
    groups = {level: [outcome for outcome in outcomes if outcome.level == level] for level in levels}
    return {name: _summed(group) for name, group in {**groups, "all": list(outcomes)}.items()}


def _summed(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The outcomes of a level as one."""
    figures = sum((outcome.figures for outcome in outcomes), Tally())
    pages, seconds = sum(outcome.pages for outcome in outcomes), sum(outcome.seconds for outcome in outcomes)
    return {
        "reports": len(outcomes),
        "pages": pages,
        "seconds_per_page": round(seconds / pages, 2) if pages else None,
        "figures": figures.gold,
        "right": figures.right,
        "share": round(figures.accuracy or 0, 5),
        "wrong": figures.wrong,
        "silent": figures.silent,
        "missing": figures.missing,
        "lost": sum(outcome.lost for outcome in outcomes),
        "invented": figures.invented,
        "trusted": figures.trusted,
    }


def falls_short(levels: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What is not as it must be, in words."""
    found = [
        f"{level}: {levels[level]['share']} of the figures are right, and {least} must be"
        for level, least in LEAST_RIGHT.items()
        if level in levels and levels[level]["share"] < least
    ]
    found += [f"{level}: {own['silent']} silent" for level, own in levels.items() if own["silent"]]
    lost, figures = levels["all"]["lost"], levels["all"]["figures"]
    if lost * MOST_LOST > figures:
        found.append(f"{lost} of {figures} figures are lost with their cells, more than one in {MOST_LOST}")
    return found


def table(levels: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The figures of the levels as a table."""
    keys = list(levels["all"])
    head = f"| level | {' | '.join(key.replace('_', ' ') for key in keys)} |"
    rows = [f"| {level} | {' | '.join(str(own[key]) for key in keys)} |" for level, own in levels.items()]
    return [head, "|---|" + "--:|" * len(keys), *rows]


def listed(outcome: Outcome) -> Iterator[str]:
    """The figures of a report that are not right, a line each."""
    if outcome.refused:
        yield f"{outcome.name}: refused: {outcome.refused}"
        return
    for error in outcome.errors:
        silent = " SILENT" if error["status"] in TRUSTED else ""
        if error["outcome"] == "invented" and not silent and error["pointer"].startswith("/unmapped_figures"):
            continue  # of a section that is not in the gold, or without a key: said as such
        read_as = f"{error['got']} ({error['raw']!r}, {error['status']})" if error["got"] is not None else "nothing"
        place = f", page {error['page']} {error['bbox']}" if error["page"] else ""
        yield f"{outcome.name}: {error['outcome']}{silent} {error['pointer']}: {error['gold']}, read {read_as}{place}"


def campaign(orders: Iterable[Order], out: Path, again: Sequence[str]) -> Iterator[Outcome]:
    """The outcomes of the reports, those that are kept as they are."""
    for order in orders:
        kept = out / "outcomes" / f"{order.name}.json"
        known = Outcome.read(kept) if kept.is_file() else None
        if known is None or order.name in again:
            outcome = read(order, out)
            if known is not None and not _first(out, order).is_file():
                known.write(_first(out, order))
            # What is read again is taken from what is kept: it says nothing of how long a page takes.
            replace(outcome, seconds=known.seconds if known else outcome.seconds).write(kept)
        yield Outcome.read(kept)


def _first(out: Path, order: Order) -> Path:
    """Where it stands what became at first of a report that was read anew."""
    return out / "first" / f"{order.name}.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads and prints; 1 if a level falls short of what it must be."""
    parser = argparse.ArgumentParser(
        prog="recount.eval.bench.scan_campaign", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("out", type=Path, help="folder for the reports and what became of them")
    parser.add_argument("--levels", default=",".join(LEVELS), help="levels of damage (default: all)")
    parser.add_argument("--count", type=int, default=50, help="reports of each level (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=7100, help="of the first (default: %(default)s)")
    parser.add_argument("--again", default="", help="names of reports that are read anew")
    parser.add_argument("--json", type=Path, help="where the figures by level are written")
    options = parser.parse_args(arguments)
    wanted = list(orders(options.levels.split(","), range(options.seed, options.seed + options.count)))
    outcomes: list[Outcome] = []
    for outcome in campaign(wanted, options.out, options.again.split(",")):
        outcomes.append(outcome)
        print("\n".join([f"{outcome.name}: {outcome.pages} pages, {outcome.seconds} s", *listed(outcome)]), flush=True)
    levels = by_level(outcomes)
    kept = [(_first(options.out, order), outcome) for order, outcome in zip(wanted, outcomes, strict=True)]
    first = by_level([Outcome.read(path) if path.is_file() else outcome for path, outcome in kept])
    short = falls_short(levels)
    again = [] if first == levels else ["As read at first:", *table(first), "Those named read anew:"]
    print("\n".join([*again, *table(levels), *short]))
    if options.json:
        told = json.dumps({"first": first, "levels": levels}, indent=1)
        options.json.write_text(told + "\n", encoding="utf-8")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
