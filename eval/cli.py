"""The commands of `recount eval`: each parses its options, makes one call and prints.

Only typer is imported up here: `recount --help` imports this module too.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from recount.options import EvalOptions, unfolded

FAILED = 1
"""The exit code of a measurement that is not as good as asked."""

evaluation = typer.Typer(
    rich_markup_mode=None,
    help="Measure how well reports are structured, against gold.",
    epilog="Exit codes: 0 as good as asked, 1 not as good, 2 wrong usage.",
)


@evaluation.callback(invoke_without_command=True)
@unfolded
def evaluate(
    *,
    context: typer.Context,
    gold: Annotated[
        Path | None,
        typer.Option("--gold", metavar="DIR", help="The folder of the cases; by default the repository's own."),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The folder for report.html, results.json and the results.")
    ] = Path("out/eval"),
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, metavar="N", help="Worker processes.")] = None,
    compare: Annotated[
        Path | None,
        typer.Option("--compare", metavar="RUN", help="An earlier run's --out: show what changed since."),
    ] = None,
    asked: EvalOptions,
    fail_under: Annotated[
        str | None,
        typer.Option(
            "--fail-under",
            metavar="SHARE",
            help="Exit with 1 if fewer of the figures are right (0.999), or an error is silent.",
        ),
    ] = None,
) -> None:
    """Structure the cases of a gold set, count what is right, and write a report of it."""
    if context.invoked_subcommand is not None:
        return
    from contextlib import ExitStack
    from decimal import Decimal, InvalidOperation

    from rich.console import Console

    from recount.eval.commands import run_evaluation, summary_lines
    from recount.pipeline.archive.strangers import visible
    from recount.pipeline.language import told
    from recount.pipeline.run.progress import live_progress

    settings = asked.settings
    try:
        least = Decimal(fail_under) if fail_under is not None else None
    except InvalidOperation:
        raise typer.BadParameter(f"{fail_under} is no number", param_hint="--fail-under") from None
    with ExitStack() as stack:
        console = Console(stderr=True)
        run = run_evaluation(
            gold,
            out,
            jobs=jobs,
            other=compare,
            settings=settings,
            on_start=lambda sources: stack.enter_context(live_progress(sources, console)),
        )
    for line in summary_lines(run):
        print(visible(line))
    if problem := run.verdict(least):
        print(f"recount: {visible(told(problem))}", file=sys.stderr)
        raise typer.Exit(FAILED)


@evaluation.command(
    epilog="Forms: x2021, x2022, x2023, s2024, n, charity, enterprise, or a region. Levels: good, fair, poor, fax. "
    "Texts: raw, tabs, cells, md, html, unruled."
)
def generate(
    form: Annotated[str, typer.Option("--form", metavar="FORM", help="The form of the reports.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder for the cases.")],
    count: Annotated[int, typer.Option("--count", min=1, metavar="N", help="How many.")] = 1,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Of the first; the next has one more.")] = 0,
    slips: Annotated[float, typer.Option("--slips", min=0, max=1, help="0 for clean typing, 1 for many slips.")] = 0,
    plant: Annotated[int, typer.Option("--plant", min=0, metavar="N", help="Discrepancies to plant in each.")] = 0,
    scan: Annotated[str | None, typer.Option("--scan", metavar="LEVEL", help="Make scans of this damage.")] = None,
    damage: Annotated[
        list[str] | None,
        typer.Option("--damage", metavar="KNOB=VALUE", help="One kind of damage other than at that level: skew=1.5."),
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="KIND", help="Write them as texts of this kind.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, metavar="N", help="Worker processes.")] = 1,
) -> None:
    """Make reports whose every figure is known, each a case."""
    from recount.eval.goldset.generated import orders_of, scan_of, write_cases

    seeds, scanned = range(seed, seed + count), scan_of(scan, damage or ())
    orders = orders_of(form, seeds, slips=slips, plant=plant, scan=scanned, text=text)
    for folder in write_cases(orders, out, jobs):
        print(folder)


@evaluation.command(epilog="Check the result against its pages first: what it says is taken for true from then on.")
def promote(
    result: Annotated[Path, typer.Argument(metavar="RESULT", help="A result file that was reviewed.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder of the gold set that it joins.")],
    source: Annotated[
        Path | None, typer.Option("--source", metavar="PDF", help="The report; by default the file that it names.")
    ] = None,
    disputed: Annotated[
        bool, typer.Option("--disputed", help="Take disputed figures for true as they were read: you looked at each.")
    ] = False,
) -> None:
    """Turn a reviewed result into a case. One with disputed figures is refused, unless they were looked at."""
    from recount.eval.goldset.promote import promote as promoted
    from recount.pipeline.archive.strangers import visible

    print(visible(str(promoted(result, out, source, disputed=disputed))))


@evaluation.command(epilog="Without PATH it takes the reports of the gold set that are no scans.")
def verifier(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="Digital reports that the verifier is tried on.")
    ] = None,
    each: Annotated[
        int | None,
        typer.Option(
            "--each", min=1, metavar="N", help="Faults of each kind in each report: 20, of --prints and --texts 2."
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The same seed makes the same faults.")] = 0,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, metavar="N", help="Worker processes.")] = None,
    prints: Annotated[
        Path | None,
        typer.Option("--prints", metavar="DIR", help="Faults made in PDFs instead, of generated reports; kept in DIR."),
    ] = None,
    texts: Annotated[
        Path | None,
        typer.Option("--texts", metavar="DIR", help="Faults made in texts instead, of generated reports; kept in DIR."),
    ] = None,
    family: Annotated[
        str | None,
        typer.Option(
            "--family",
            metavar="NAME|FOLDER",
            help="Faults made in the characters of reports of any family: PATH, or those in its folder.",
        ),
    ] = None,
) -> None:
    """Try the verifier: faults put into reports that are right, and what gets through."""
    if family is not None:
        if prints or texts:
            raise typer.BadParameter("the reports of --prints and of --texts are generated: they have no --family")
        _try_family(paths, family, each or 20, seed, jobs)
        return
    out = prints or texts
    if out is not None:
        if paths or (prints and texts):
            raise typer.BadParameter("the reports of --prints and of --texts are generated: name one of the two")
        _prove(out, each or 2, seed, jobs, texts=texts is not None)
        return
    from recount.eval.cases import GOLD, find_cases
    from recount.eval.verifier import campaign, render

    sources = paths or [case.source for case in find_cases(GOLD) if case.scan == "digital"]
    print(render(campaign(sources, each=each or 20, seed=seed, jobs=jobs)), end="")


def _try_family(paths: list[Path] | None, family: str, each: int, seed: int, jobs: int | None) -> None:
    """Faults in reports of any family; prints what was counted."""
    from recount.eval.verifier.any_family import any_family, examples_of, render_family
    from recount.pipeline.archive.strangers import visible

    found = any_family(paths or examples_of(family), family, each=each, seed=seed, jobs=jobs)
    print("\n".join(visible(line) for line in render_family(found).splitlines()))
    if found.silent:
        raise typer.Exit(FAILED)


def _prove(out: Path, each: int, seed: int, jobs: int | None, *, texts: bool) -> None:
    """The faults in print or in texts: files and results into a folder, what was counted beside them; prints tables."""
    import json

    from recount.eval.verifier.prints import counts, prove, render
    from recount.eval.verifier.texts import prove_texts

    if out.is_dir() and any(out.iterdir()):
        raise typer.BadParameter(f"{out} is not empty", param_hint="--texts" if texts else "--prints")
    found = (prove_texts if texts else prove)(out, each=each, seed=seed, jobs=jobs)
    (out / "counts.json").write_text(json.dumps(counts(found), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(render(found, "texts" if texts else "print"), end="")
    if any(verdict.fate == "silent" for verdict in found.verdicts):
        raise typer.Exit(FAILED)
