"""Whether Recount still says what it said: a SHA-256 of every result over a fixed set of reports.

    python -m recount.eval.fingerprints [--write] [--first N] [--jobs N] [--only GROUP,…]

compares with the kept ones (docs/measurements/fingerprints.txt), and exits with 1 if one differs; `--write` keeps
new ones. The reports: the gold set, 100 generated reports of each form of final accounts, 40 generated budgets of each
layout, ten scans, and the starter family's example. `--first N` takes only N of each group: a look between two steps of
a change that is to change nothing. What is hashed is the result file as it is written, without its seconds. Scans
are read in 32 bits, and may still differ by a hair between processors; digital reports must not.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from recount.eval.cases import GOLD, find_cases
from recount.eval.generator import Form, Options, generate
from recount.eval.generator.budgets import generate_budget, generate_district_budget
from recount.eval.scans.damage import LEVELS
from recount.eval.scans.degrade import degrade
from recount.pipeline.errors import DocumentError
from recount.pipeline.recognise import family_of
from recount.pipeline.result import encoded, plain
from recount.pipeline.run.pool import Died, Pool
from recount.pipeline.settings import Settings
from recount.pipeline.structure import structure
from recount.schemas.family import Family

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "measurements" / "fingerprints.txt"
STARTER = ROOT / "schemas" / "starter"

_REPORTS, _BUDGETS, _SCANS = 100, 40, 10
_SLIPS = (0.0, 0.2, 0.5)
"""How carelessly the reports are typed, in turn."""
_SHORT = Options(
    projects=1, size="small", style="plain", cover=True, funds=False, capital=False, summary=False, overall=False
)

Job = tuple[str, Callable[[], bytes], Family | None]
"""The name of a report, what makes its PDF, and its family if it is not to be recognised."""


def jobs_of(first: int | None = None) -> Iterator[Job]:
    """All reports of the set, or so many of each group."""
    for case in find_cases(GOLD)[:first]:
        yield f"gold/{case.name}", case.source.read_bytes, None
    for form in Form:
        for seed in range(_REPORTS)[:first]:
            yield f"{form.value}/{seed}", partial(_report, form, seed), None
    for seed in range(_BUDGETS)[:first]:
        yield f"budget/{seed}", partial(_national_budget, seed), None
        yield f"district/{seed}", partial(_district_budget, seed), None
    for seed in range(_SCANS)[:first]:
        yield f"scan/{seed}", partial(_scan, seed), None
    yield "starter/example", (STARTER / "example" / "report.pdf").read_bytes, family_of(str(STARTER))


def _report(form: Form, seed: int) -> bytes:
    options = Options(slips=_SLIPS[seed % len(_SLIPS)], plant=seed % 4)
    return generate(form, 1000 + seed, options=options).pdf


def _national_budget(seed: int) -> bytes:
    return generate_budget(seed).pdf


def _district_budget(seed: int) -> bytes:
    return generate_district_budget(seed).pdf


def _scan(seed: int) -> bytes:
    form, level = list(Form)[seed % len(Form)], ("good", "fair")[seed // len(Form) % 2]
    short = replace(_SHORT, statements=("general_public_budget",))
    return degrade(generate(form, 2000 + seed, options=short).pdf, LEVELS[level], seed).pdf


def fingerprint(job: Job) -> str:
    """The SHA-256 of a report's result, or of why it has none."""
    _, pdf, family = job
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.pdf"
        path.write_bytes(pdf())
        try:
            result = structure(path, family, Settings(ocr_precision="f32"))
        except DocumentError as error:
            return hashlib.sha256(str(error).encode()).hexdigest()
    content = plain(result)
    del content["summary"]["seconds"]
    return hashlib.sha256(encoded(content)).hexdigest()


def fingerprints(jobs: Sequence[Job], processes: int) -> Iterator[tuple[str, str]]:
    """The name of each report and its fingerprint, as they are done."""
    if processes == 1:
        yield from ((job[0], fingerprint(job)) for job in jobs)
        return
    for job, answer in Pool(fingerprint, processes).work(jobs):
        yield job[0], f"died: {answer.reason}" if isinstance(answer, Died) else answer


def read_kept(path: Path = KEPT) -> dict[str, str]:
    """The kept fingerprints, by the name of the report."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return dict(line.split(" ", 1) for line in lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compares, or keeps; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="keep what is found")
    parser.add_argument("--first", type=int, metavar="N", help="only N of each group")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes")
    parser.add_argument("--only", metavar="GROUP,…", help="only these groups: gold, x2021 …, budget, district, scan")
    options = parser.parse_args(arguments)
    groups = options.only.split(",") if options.only else None
    jobs = [job for job in jobs_of(options.first) if groups is None or job[0].partition("/")[0] in groups]
    found: dict[str, str] = {}
    kept = read_kept()
    differ = 0
    for name, mark in fingerprints(jobs, options.jobs):
        found[name] = mark
        if not options.write and kept.get(name) != mark:
            differ += 1
            print(f"differs: {name}", flush=True)
    if options.write:
        lines = [f"{name} {mark}\n" for name, mark in sorted({**kept, **found}.items())]
        KEPT.write_text("".join(lines), encoding="utf-8")
    print(f"{len(found)} results, {differ} differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
