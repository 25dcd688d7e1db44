"""The command line: each command parses its options, makes one call and prints.

Only typer is imported up here, so that `recount --help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from recount.pipeline.archive import Problem, Source
    from recount.pipeline.runner import RunSummary
    from recount.schemas.family import Family

FAILED = 1
USAGE = 2
INTERRUPTED = 130
"""The exit codes other than 0; the last is the shells' custom for Ctrl-C."""


class OcrMode(StrEnum):
    """Which pages are read by OCR."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class OcrEngine(StrEnum):
    """What runs the recogniser's networks."""

    OPENVINO = "openvino"
    ONNXRUNTIME = "onnxruntime"


FamilyOption = Annotated[
    str | None,
    typer.Option(
        "--family", metavar="NAME|PATH", help="The report family, or the folder of one of your own; else recognised."
    ),
]

JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs", min=1, metavar="N", help="Worker processes; by default one a core if there are many reports."
    ),
]
TimeoutOption = Annotated[
    float,
    typer.Option("--timeout", min=0, metavar="SECONDS", help="Give a report up after this time; 0 for no limit."),
]
MemoryOption = Annotated[
    int,
    typer.Option("--memory", min=0, metavar="MB", help="Give a report up that needs more memory; 0 for no limit."),
]
LogOption = Annotated[
    Path | None, typer.Option("--log-json", metavar="FILE", help="Add a line of JSON for every report to this log.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print nothing but failures.")]
TIMEOUT, MEMORY = 900.0, 4096

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,  # help in plain text: rich would double the time that it takes
    pretty_exceptions_enable=False,
    help="Turns archives of financial disclosure reports into typed JSON in which every figure is recounted.",
    epilog="Exit codes: 0 all reports structured, 1 some failed, 2 wrong usage.",
)


def _print_version(asked: bool) -> None:
    if asked:
        from recount.pipeline.version import __version__

        print(f"recount {__version__}")
        raise typer.Exit


evaluation = typer.Typer(
    rich_markup_mode=None,
    help="Measure how well reports are structured, against gold.",
    epilog="Exit codes: 0 as good as asked, 1 not as good, 2 wrong usage.",
)
app.add_typer(evaluation, name="eval")


@app.callback()
def recount(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Holds the options that come before a command."""


@app.command(epilog="A second run does only what is new or changed, and what failed before.")
def structure(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder for results and ledger.")],
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH...", help="Reports (PDF), patterns, or folders and zip archives with reports at any depth."
        ),
    ] = None,
    listed: Annotated[
        Path | None, typer.Option("--list", metavar="FILE", help="A file that names more of them, one a line.")
    ] = None,
    jobs: JobsOption = None,
    force: Annotated[bool, typer.Option("--force", help="Do unchanged reports again.")] = False,
    quiet: QuietOption = False,
    timeout: TimeoutOption = TIMEOUT,
    memory: MemoryOption = MEMORY,
    log_json: LogOption = None,
    family: FamilyOption = None,
    ocr: Annotated[
        OcrMode, typer.Option("--ocr", help="Read pages by OCR: those that need it, all of them, or none.")
    ] = OcrMode.AUTO,
    ocr_engine: Annotated[
        OcrEngine, typer.Option("--ocr-engine", help="What runs the recogniser's networks.")
    ] = OcrEngine.OPENVINO,
) -> None:
    """Structure reports: one JSON file each, DIR/reports/<path below the archive>.json."""
    from recount.pipeline.archive import find_sources, read_list

    archive = find_sources([*(paths or ()), *(read_list(listed) if listed else ())])
    settings = {"family": family, "ocr": ocr.value, "engine": ocr_engine.value}
    summary = _run(archive.sources, out, jobs, force, quiet, timeout, memory, log_json, settings)
    if not quiet:
        _print_summary(summary)
    if _print_failures(summary, archive.problems):
        raise typer.Exit(FAILED)


def _run(
    sources: Sequence[Source],
    out: Path,
    jobs: int | None,
    force: bool,
    quiet: bool,
    timeout: float,
    memory: int,
    log_json: Path | None,
    settings: Mapping[str, Any],
) -> RunSummary:
    """Runs an archive under the eyes of its user; Ctrl-C is one line."""
    from rich.console import Console

    from recount.pipeline.pool import Bounds
    from recount.pipeline.progress import json_log, live_progress
    from recount.pipeline.runner import Outcome, run

    task = _task_of(settings.get("family"), OcrMode(settings["ocr"]), OcrEngine(settings["engine"]))
    console = Console(stderr=True, quiet=quiet)
    try:
        with live_progress(len(sources), console) as show_progress, json_log(log_json, len(sources)) as log:

            def tell(outcome: Outcome) -> None:
                show_progress(outcome)
                log(outcome)

            bounds = Bounds(timeout or None, memory << 20 or None)
            return run(sources, out, jobs=jobs, force=force, on_progress=tell, bounds=bounds, settings=settings, **task)
    except KeyboardInterrupt:
        print("recount: interrupted; the same command goes on where this one stopped", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None


def _task_of(family: str | None, ocr: OcrMode, engine: OcrEngine) -> dict[str, Any]:
    """What `run` does with a report: as the family that is asked for, which must be there and sound."""
    if family is None and (ocr, engine) == (OcrMode.AUTO, OcrEngine.OPENVINO):
        return {}
    from functools import partial

    from recount.pipeline.own_family import family_of, fingerprint
    from recount.pipeline.worker import structure_as

    variant = f"{ocr}/{engine}"
    if family is not None:
        family_of(family)
        variant += "/" + fingerprint(family)
    return {"task": partial(structure_as, family=family, ocr=ocr.value, engine=engine.value), "variant": variant}


def _print_summary(summary: RunSummary) -> None:
    """What a run did, on standard output."""
    from recount.pipeline.show import render_summary

    _console().print(
        render_summary(
            reports={
                "structured": summary.structured,
                "unchanged": summary.unchanged,
                "failed": len(summary.failures),
            },
            figures=summary.figures,
            discrepancies={"error": summary.errors, "minor": summary.minor},
        )
    )


def _print_failures(summary: RunSummary, problems: Sequence[Problem] = ()) -> bool:
    """What failed, and why, on standard error; True if anything did."""
    from rich.console import Console

    from recount.pipeline.show import reason_of, render_failures

    failures = [(str(problem.path), problem.reason) for problem in problems]
    failures += [reason_of(failure) for failure in summary.failures]
    console = Console(stderr=True, soft_wrap=True)
    for line in render_failures(failures):
        console.print(line)
    return bool(failures)


@app.command(epilog="It does so as the latest run did: the same family, the same OCR.")
def retry(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="The output folder of a run.")],
    failed: Annotated[
        bool, typer.Option("--failed", help="Only what failed; else also what an interrupted run left undone.")
    ] = False,
    jobs: JobsOption = None,
    quiet: QuietOption = False,
    timeout: TimeoutOption = TIMEOUT,
    memory: MemoryOption = MEMORY,
    log_json: LogOption = None,
) -> None:
    """Do again what failed, or was not done, of the reports that an output folder knows."""
    from recount.pipeline.status import settings_of, to_retry

    sources = to_retry(out, failed=failed)
    summary = _run(sources, out, jobs, False, quiet, timeout, memory, log_json, settings_of(out))
    if not quiet:
        _print_summary(summary)
    if _print_failures(summary):
        raise typer.Exit(FAILED)


@app.command(epilog="The ledger, DIR/ledger.sqlite, holds every attempt; DIR/summary.json the latest run.")
def status(out: Annotated[Path, typer.Argument(metavar="DIR", help="The output folder of a run.")]) -> None:
    """Show how an output folder stands: what is done, what failed and why, where the time went."""
    from recount.pipeline.show import render_status
    from recount.pipeline.status import status_of

    console = _console()
    for part in render_status(status_of(out)):
        console.print(part)


@app.command(epilog="Marks: ✓ verified, ✎ repaired, ○ grounded, ✗ disputed.")
def show(
    result: Annotated[Path, typer.Argument(metavar="RESULT", help="A result file, or the output folder of a run.")],
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="With an output folder: a part of the report's name."),
    ] = None,
    section: Annotated[
        str | None,
        typer.Option("--section", metavar="NAME", help="Only this section: (a part of) its key or its title."),
    ] = None,
    family: FamilyOption = None,
) -> None:
    """Show a result: source discrepancies, disputed figures with the reason, then all figures by section."""
    from recount.pipeline.jsonfile import read_result
    from recount.pipeline.lookup import find_result, report_model
    from recount.pipeline.show import render_result

    content = read_result(find_result(result, name))
    console = _console()
    for part in render_result(content, report_model(content["contract"], _family(family)), section):
        console.print(part)


@app.command(
    epilog="Without --table, csv and parquet hold the figures, jsonl whole reports, xlsx and sqlite all tables."
)
def export(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="The output folder of a run.")],
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help="jsonl, csv, parquet, xlsx or sqlite.")],
    target: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The file; or a folder, for a file each table.")
    ],
    status: Annotated[
        str | None,
        typer.Option("--status", metavar="LIST", help="Only figures of these statuses: verified,repaired."),
    ] = None,
    keys: Annotated[
        str, typer.Option("--keys", metavar="LANGUAGE", help="en: English names; zh: the official Chinese titles.")
    ] = "en",
    table: Annotated[
        str | None,
        typer.Option("--table", metavar="NAME", help="Only this table: figures, budget_items, discrepancies …"),
    ] = None,
) -> None:
    """Export results as tables: figures, budget items, indicators, funds, statements, discrepancies."""
    from recount.pipeline.export.export import export as exported

    done = exported(out, target, format_, status=status, keys=keys, table=table)
    for name, rows in done.rows.items():
        print(f"{name}  {rows:,}")


@app.command(epilog="The schema is JSON Schema 2020-12; titles are the official Chinese terms.")
def schema(family: FamilyOption = None) -> None:
    """Print the JSON Schema of a structured report."""
    from recount.pipeline.lookup import json_schema

    print(json_schema(_family(family)))


@app.command(epilog="It works as it is; its README.md says what to change first.")
def init_family(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits and _, a letter first.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the folder NAME is made.")] = Path(),
) -> None:
    """Begin a report family of your own: a folder with models, outline, identities and one example."""
    from recount.pipeline.own_family import write_starter

    folder = write_starter(name, out)
    print(f"{folder} is ready: recount structure {folder / 'example'} --out out/ --family {folder}")


def _family(name: str | None) -> Family | None:
    """The family that an option names."""
    if name is None:
        return None
    from recount.pipeline.own_family import family_of

    return family_of(name)


@evaluation.callback(invoke_without_command=True)
def evaluate(
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
    from recount.pipeline.progress import live_progress

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
            on_start=lambda total: stack.enter_context(live_progress(total, console)),
        )
    for line in summary_lines(run):
        print(line)
    if problem := run.verdict(least):
        print(f"recount: {problem}", file=sys.stderr)
        raise typer.Exit(FAILED)


@evaluation.command(epilog="Forms: x2021, x2022, x2023, s2024, n. Levels: good, fair, poor, fax.")
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
    jobs: Annotated[int, typer.Option("--jobs", min=1, metavar="N", help="Worker processes.")] = 1,
) -> None:
    """Make reports whose every figure is known, each a case."""
    from recount.eval.generate import orders_of, scan_of, write_cases

    orders = orders_of(form, range(seed, seed + count), slips=slips, plant=plant, scan=scan_of(scan, damage or ()))
    for folder in write_cases(orders, out, jobs):
        print(folder)


@evaluation.command(epilog="Check the result against its pages first: what it says is taken for true from then on.")
def promote(
    result: Annotated[Path, typer.Argument(metavar="RESULT", help="A result file that was reviewed.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder of the gold set that it joins.")],
    source: Annotated[
        Path | None, typer.Option("--source", metavar="PDF", help="The report; by default the file that it names.")
    ] = None,
) -> None:
    """Turn a reviewed result into a case."""
    from recount.eval.promote import promote as promoted

    print(promoted(result, out, source))


@evaluation.command(epilog="Without PATH it takes the reports of the gold set that are no scans.")
def verifier(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="Digital reports that the verifier is tried on.")
    ] = None,
    each: Annotated[int, typer.Option("--each", min=1, metavar="N", help="Faults of each kind in each report.")] = 20,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The same seed makes the same faults.")] = 0,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, metavar="N", help="Worker processes.")] = None,
) -> None:
    """Try the verifier: faults put into reports that are right, and what gets through."""
    from recount.eval.cases import find_cases
    from recount.eval.commands import GOLD
    from recount.eval.verifier import campaign, render

    sources = paths or [case.source for case in find_cases(GOLD) if case.scan == "digital"]
    print(render(campaign(sources, each=each, seed=seed, jobs=jobs)), end="")


@app.command(epilog="Exit codes: 0 all years agree, 1 some contradict each other.")
def chain(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="The output folder of a run.")],
) -> None:
    """Compare each report's closing with the next year's opening, where a folder holds both years of a unit."""
    from recount.pipeline.chain import chain as chained

    found = chained(out)
    for finding in found.findings:
        print(finding)
    print(f"{found.pairs} pairs of years, {found.compared} figures compared, {len(found.findings)} contradictions")
    if found.findings:
        raise typer.Exit(FAILED)


def _console() -> Console:
    """Standard output: as wide as the terminal, or wide enough for any line where it is none."""
    from rich.console import Console

    console = Console()
    return console if console.is_terminal else Console(width=160)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command line and exits; errors that were meant become one line on standard error."""
    from recount.pipeline.errors import RecountError

    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character shows its number; it is no reason to stop.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        app(arguments, prog_name="recount")
    except RecountError as error:
        print(f"recount: {error}", file=sys.stderr)
    sys.exit(USAGE)


if __name__ == "__main__":
    if __spec__ is None:
        # `python cli.py` from a checkout. Python has put this folder first on the path, where `pipeline` and
        # `eval` would be importable under their bare names; .dev holds it under its own name instead.
        here = Path(__file__).resolve().parent
        sys.path[:] = [
            str(here / ".dev"),
            *(entry for entry in sys.path if Path(entry or ".").resolve() != here),
        ]
    from recount.cli import main as installed_main

    installed_main()
