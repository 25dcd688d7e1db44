"""Faults of every kind in many reports, on several processes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from random import Random

from recount.eval.verifier.base import Base, load
from recount.eval.verifier.fault import Fault, Operator, Reading
from recount.eval.verifier.judge import Effect, Verdict, judge
from recount.eval.verifier.mismapped import MISMAPPED
from recount.eval.verifier.misread import MISREAD, OTHERWISE_READ
from recount.pipeline.run.pool import Pool
from recount.pipeline.verify.coverage import Coverage, coverage_of
from recount.schemas.figures import Ref

_TRIES = 4
"""So often a fault is drawn again where the report has no room for it."""


@dataclass(frozen=True)
class Miss:
    """A fault that came out as verified, or a row that nobody missed: in which report, what, where."""

    report: str
    fault: str
    verdict: Verdict


@dataclass
class Campaign:
    """What was counted. verdicts: of every fault, with the group of its operator. false_alarms: identities that fail in
    a report without any fault, by report. coverage: of every report.
    """

    operators: dict[str, str] = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)
    coverage: dict[str, Coverage] = field(default_factory=dict)
    failing: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0.0

    def add(self, part: Campaign) -> None:
        """Takes in what another process counted."""
        self.operators |= part.operators
        self.verdicts += part.verdicts
        self.misses += part.misses
        self.coverage |= part.coverage
        self.failing |= part.failing
        self.seconds += part.seconds


def campaign(sources: Sequence[Path], *, each: int, seed: int = 0, jobs: int | None = None) -> Campaign:
    """`each` faults of every operator, and of pairs, in every report. The same seed makes the same faults."""
    whole = Campaign()
    work = partial(measure, each=each, seed=seed)
    pool: Pool[Path, Campaign] = Pool(work, jobs or os.cpu_count() or 1)
    for part in pool.answers(sources):
        whole.add(part)
    return whole


def measure(source: Path, *, each: int, seed: int) -> Campaign:
    """One report."""
    base = load(source)
    once, twice = base.as_scanned(twice=False), base.as_scanned(twice=True)
    bases: dict[Reading, Base] = {"text": base, "once": once, "otherwise": twice, "alike": twice}
    found = Campaign(
        coverage={base.name: coverage_of(base.verified)},
        failing={
            base.name: [f"{e.severity} {e.identity.rule}" for e in base.verified.evaluations if e.result == "fail"]
        },
    )
    started = time.process_time()
    for operator in operators():
        found.operators[operator.name] = operator.group
        rng = Random(f"{seed}/{base.name}/{operator.name}")
        read = bases[operator.reading]
        for fault in _faults(operator, rng, read, each):
            verdict = replace(judge(read, fault, alike=operator.reading == "alike"), operator=operator.name)
            found.verdicts.append(verdict)
            if _is_miss(verdict, operator):
                found.misses.append(Miss(base.name, _words(base, fault), verdict))
    found.seconds = time.process_time() - started
    return found


def _words(base: Base, fault: Fault) -> str:
    """What was done, for the list of misses."""
    told = [f"{base.tokens[at].raw} read as {token.raw}" for at, token in fault.tokens.items()][:1]
    told += [f"/{'/'.join(path)} = {_shown(base, new)}" for path, new in fault.report.items()][:2]
    return f"{fault.operator}: {', '.join(told)}"


def _shown(base: Base, new: object) -> str:
    if isinstance(new, Ref):
        return ("−" if new.negative else "") + (base.tokens[new.token].raw if new.token < len(base.tokens) else "?")
    return "none" if new is None else "other rows"


def _is_miss(verdict: Verdict, operator: Operator) -> bool:
    unnoticed = operator.group == "rows" and not verdict.noticed and not verdict.idle
    return unnoticed or verdict.outcome in (Effect.SILENT, Effect.ROUNDING, Effect.SCALE)


def _faults(operator: Operator, rng: Random, base: Base, number: int) -> Iterator[Fault]:
    for _ in range(number):
        drawn = (operator.make(rng, base) for _ in range(_TRIES))
        fault = next((made for made in drawn if made is not None), None)
        if fault is not None:
            yield fault


@cache
def operators() -> tuple[Operator, ...]:
    """All kinds of faults, and two at once."""
    singles = (*MISREAD, *OTHERWISE_READ, *MISMAPPED)
    return (*singles, *_pairs("two misread", MISREAD), *_pairs("two mismapped", MISMAPPED[:6]))


def _pairs(name: str, operators: Iterable[Operator]) -> Iterator[Operator]:
    """Two faults of some operators at once."""
    choices = list(operators)

    def make(rng: Random, base: Base) -> Fault | None:
        one, other = (rng.choice(choices).make(rng, base) for _ in range(2))
        if one is None or other is None or one.wrong.keys() & other.wrong.keys():
            return None
        return one | other

    yield Operator(name, "pairs", make, choices[0].reading)
