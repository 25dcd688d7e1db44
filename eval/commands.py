"""What `recount eval` does: the only place that knows which task is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path

from recount.eval.cases import GOLD, find_cases
from recount.eval.goldset.texts import write_texts
from recount.eval.report.page import REPORT, percent, write_report
from recount.eval.score.compare import Comparison, compare
from recount.eval.score.harness import Scored, evaluate
from recount.eval.score.results import RESULTS, Json, Totals, fails_under, read_results, totals, write_results
from recount.pipeline.archive.sources import Source
from recount.pipeline.errors import UsageError
from recount.pipeline.language import _, named
from recount.pipeline.run.progress import Watch
from recount.pipeline.run.runner import READINGS, asking
from recount.pipeline.run.worker import structure_report
from recount.pipeline.settings import DEFAULTS, Settings
from recount.pipeline.version import program_version

TEXTS = "texts"
"""The folder of the text cases, within that of the results."""


@dataclass(frozen=True, slots=True)
class EvaluationRun:
    """An evaluation that was made: what it found, and where that can be read."""

    scored: Scored
    results: Json
    comparison: Comparison | None
    report: Path

    def verdict(self, least: Decimal | None) -> str | None:
        """Why it is not good enough; None if it is, or if nothing was asked."""
        return None if least is None else fails_under(self.results, least)


def run_evaluation(
    gold: Path | None,
    out: Path,
    *,
    jobs: int | None = None,
    other: Path | None = None,
    settings: Settings = DEFAULTS,
    on_start: Callable[[Sequence[Source]], Watch] | None = None,
) -> EvaluationRun:
    """Evaluates Recount on the cases of a gold folder; writes results and report to `out`.

    gold: None stands for the repository's, and texts of such reports, which are written into `out` first.
    other: an earlier run to compare with. settings: how the cases are structured. What a model answers and OCR reads is
    kept in `out`: a second evaluation there reads scans only where the code that reads is another.
    on_start: given the files of the cases, gives what is told of the run.
    Raises UsageError if there are no cases, or the other run cannot be read; a ModelError if a model cannot be asked.
    """
    if gold is None and not GOLD.is_dir():
        raise UsageError("this installation has no gold set of its own: name one with --gold")
    cases = find_cases(gold) if gold else [*find_cases(GOLD), *write_texts(out / TEXTS)]
    # Read before it can be written over: the other run may lie in the same folder.
    before = read_results(other) if other else None
    files = [Source(case.source, case.name, size=case.source.stat().st_size) for case in cases]
    watch = on_start(files) if on_start else None
    out.mkdir(parents=True, exist_ok=True)
    with asking(settings, out, "eval") as asked:
        task = partial(structure_report, settings=asked, readings=out / READINGS)
        scored = evaluate(cases, task, out, jobs=jobs, watch=watch)
    version = program_version()
    write_results(out / RESULTS, scored.scores, version)
    results = read_results(out)
    comparison = compare(before, results) if before else None
    write_report(out / REPORT, scored, version, comparison)
    return EvaluationRun(scored, results, comparison, out / REPORT)


def summary_lines(run: EvaluationRun) -> Iterator[str]:
    """What a run found, for a terminal."""
    sums = totals(run.scored.scores)
    figures, found = sums.figures, sums.discrepancies
    right = {"share": percent(figures.accuracy), "right": figures.right, "gold": figures.gold}
    yield _("silent errors        {number}", number=figures.silent)
    yield _("figures right        {share}  ({right:,} of {gold:,})", **right)
    yield _("wrong, missing, invented  {wrong}, {missing}, {invented}", **asdict(figures))
    yield _("verified share       {share}", share=percent(figures.trust, 1))
    yield _("rows found           {share}", share=percent(sums.rows.recall))
    yield _("texts as printed     {share}", share=percent(sums.texts.accuracy))
    yield _("discrepancies        {found} found, {missed} missed, {excused} excused, {false} false", **asdict(found))
    yield _("seconds a page       {seconds:.3f}", seconds=sums.spend.seconds_per_page or 0)
    yield from _failures(sums)
    if run.comparison:
        yield from _changes(run.comparison)
    yield _("report               {file}", file=run.report)


def _failures(sums: Totals) -> Iterator[str]:
    without = {fate: number for fate, number in sums.fates.items() if fate != "scored"}
    if without:
        fates = _(", ").join(f"{number} {named(fate)}" for fate, number in sorted(without.items()))
        yield _("without a result     {fates}", fates=fates)


def _changes(comparison: Comparison) -> Iterator[str]:
    kinds: dict[str, object] = {kind: len(comparison.of_kind(kind)) for kind in ("mended", "changed", "broken")}
    yield _(
        "against the other    {mended} mended, {changed} changed, {broken} broken; right {before:,} → {after:,}",
        before=comparison.before.right,
        after=comparison.after.right,
        **kinds,
    )
    yield from (f"  {name}: {was} → {now}" for name, was, now in comparison.fates)
