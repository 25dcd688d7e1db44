"""The command line: each command parses its options, makes one call and prints.

Only typer is imported up here, so that `recount --help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

if __name__ == "__main__":
    if __spec__ is None:
        # `python cli.py` from a checkout. Python has put this folder first on the path, where `pipeline` and `eval`
        # would be importable under their bare names; .dev holds it under its own name instead, before any that is
        # installed.
        here = Path(__file__).resolve().parent
        sys.path[:] = [str(here / ".dev"), *(entry for entry in sys.path if Path(entry or ".").resolve() != here)]
    from recount.cli import main as installed_main

    installed_main()  # which ends this process: under this name nothing below is done

import typer

from recount.desk.cli import desk
from recount.desk.deciding import decisions
from recount.desk.helping import Commands
from recount.desk.manual import manual
from recount.desk.showing import showing
from recount.eval.cli import evaluation
from recount.options import (
    EndpointOptions,
    FamiliesOption,
    FamilyOption,
    LanguageOption,
    NamingOptions,
    OwnFamilyOption,
    RetryOptions,
    RunOptions,
    SettingsOptions,
    VerifyOptions,
    language_for,
    once,
    unfolded,
)
from recount.pipeline.language import _, speaking, told

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from recount.pipeline.archive.locations import Place
    from recount.pipeline.archive.sources import Other, Source
    from recount.pipeline.run.fates import RunSummary
    from recount.pipeline.run.pool import Bounds
    from recount.pipeline.settings import Settings

FAILED = 1
USAGE = 2
ENVIRONMENT = 3
INTERRUPTED = 130
"""The exit codes other than 0; the last is the shells' custom for Ctrl-C."""

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode=None,  # help in plain text: rich would double the time that it takes
    pretty_exceptions_enable=False,
    help="Turns archives of financial disclosure reports into typed JSON in which every figure is recounted.",
    epilog="Exit codes: 0 all is done, 1 something failed or stays open, 2 wrong usage, 3 the machine does not allow "
    "it (a library, a disk, a network or a permission is missing), 130 interrupted.",
)


def _print_version(asked: bool) -> None:
    if asked:
        from recount.desk.manual import versions

        print("\n".join(versions()))
        raise typer.Exit


models = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Language models that may be asked.",
    epilog="docs/models.md says what they are asked, and what it costs.",
)
app.add_typer(models, name="models")

app.add_typer(evaluation, name="eval")
app.add_typer(desk)
app.add_typer(decisions)
app.add_typer(showing)
app.add_typer(manual)


@app.callback()
def recount(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version and what is installed, and exit.",
        ),
    ] = False,
    lang: LanguageOption = None,
) -> None:
    """Holds the options that come before a command."""


@app.command(epilog="A second run does only what is new or changed, and what failed before.")
@unfolded
def structure(
    *,
    out: Annotated[
        str, typer.Option("--out", metavar="DIR", help="The folder for results and ledger; or a URL for results.")
    ],
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH...",
            help="Reports (PDF, images, .txt, .md, .html), patterns, or folders and zip archives with reports at any "
            "depth; URLs too (s3://…); - for a text on standard input.",
        ),
    ] = None,
    listed: Annotated[
        Path | None, once("--list", metavar="FILE", help="A file that names more of them, one a line.")
    ] = None,
    ledger: Annotated[
        Path | None, once("--ledger", metavar="DIR", help="If --out is a URL: the folder for the ledger.")
    ] = None,
    work: RunOptions,
    asked: SettingsOptions,
    dry_run: Annotated[
        bool, once("--dry-run", help="Print the calls, tokens and price of a run, and send nothing.")
    ] = False,
    batch: Annotated[
        bool, once("--batch", help="Hand all questions in at once, and go on when the batch is answered.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 also if a file was left out, for it is of another kind.")
    ] = False,
) -> None:
    """Structure reports: one JSON file each, DIR/reports/<path below the archive>.json.

    A file that holds several reports has a result for each: <path>#1.json, <path>#2.json …
    """
    from recount.pipeline.archive.locations import place_of
    from recount.pipeline.archive.sources import find_sources, read_list
    from recount.pipeline.archive.strangers import visible

    with _standard_input(paths or ()) as named:
        archive = find_sources([*map(place_of, named), *(read_list(listed) if listed else ())])
        settings = asked.settings
        if dry_run or batch:
            from recount.pipeline.run.first_round import first_round, render_plan

            with first_round(settings, place_of(out), ledger) as questions:
                if dry_run:
                    _print(render_plan(questions.plan(archive.sources)))
                    return
                waiting = questions.submit_batch(archive.sources)
            if waiting:
                print(visible(waiting))
                return
        summary = _run(archive.sources, place_of(out), ledger, settings, work, archive.others)
    _report(summary, work, place_of(out), ledger, strict=strict)


@contextmanager
def _standard_input(paths: Sequence[str]) -> Iterator[list[str]]:
    """The paths, with a file that has what stands on standard input in the place of -, for as long as it is needed."""
    if "-" not in paths:
        yield list(paths)
        return
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="recount-") as folder:
        content = sys.stdin.buffer.read()
        head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        suffix = "pdf" if b"%pdf-" in head else "html" if head.startswith((b"<!doctype html", b"<html")) else "txt"
        file = Path(folder, f"stdin.{suffix}")
        file.write_bytes(content)
        yield [str(file) if path == "-" else path for path in paths]


def _run(
    sources: Sequence[Source],
    out: Place,
    ledger: Path | None,
    settings: Settings,
    work: RunOptions,
    others: Sequence[Other] | None = None,
) -> RunSummary:
    """Runs an archive with its progress shown and logged; Ctrl-C is one line."""
    from rich.console import Console

    from recount.pipeline.run.progress import watching
    from recount.pipeline.run.runner import run

    console = Console(stderr=True, quiet=work.quiet)
    _say_who_is_asked(settings, console)
    try:
        with watching(sources, console, work.log_json, others, otel=work.otel) as watch:
            return run(
                sources,
                out,
                others=others,
                ledger=ledger,
                jobs=work.jobs,
                workers=work.workers,
                force=work.force,
                on_progress=watch.outcome,
                on_call=watch.call,
                on_step=watch.step,
                settings=settings,
                bounds=_bounds(work),
            )
    except KeyboardInterrupt:
        print(_("recount: interrupted; the same command goes on where this one stopped"), file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None


def _say_who_is_asked(
    settings: Settings, console: Console, asked: str = "recount: what is left open is asked of {model} at {endpoint}"
) -> None:
    """Says, before anything is sent, where words of reports may go. asked: of the model."""
    from recount.pipeline.archive.strangers import visible
    from recount.pipeline.model.gguf import is_local

    for model, words in (
        (settings.asked, asked),
        (settings.second, "recount: what no identity covers is asked of {model} at {endpoint}"),
    ):
        if model is not None and not model.offline and not is_local(model):
            where = visible(_(words, model=model.name, endpoint=model.endpoint or _("its provider")))
            console.print(where, markup=False, highlight=False, soft_wrap=True)


def _print(parts: Iterable[RenderableType], *, soft_wrap: bool | None = None) -> None:
    """Prints what is shown to a person, as it comes."""
    from recount.pipeline.run.progress import screen

    console = screen()
    for part in parts:
        console.print(part, soft_wrap=soft_wrap)


def _bounds(work: RunOptions) -> Bounds:
    """What a report may take, by the options --timeout and --memory."""
    from recount.pipeline.run.pool import Bounds

    return Bounds(work.timeout or None, work.memory << 20 or None)


def _report(summary: RunSummary, work: RunOptions, out: Place, ledger: Path | None, *, strict: bool = False) -> None:
    """Prints what a run did, what to type next and what failed, and exits with 1 if anything did, or if there are
    objections to the reports that were asked for; strict: or if a file was left out."""
    from rich.console import Console

    from recount.pipeline.output.show import render_run, render_troubles
    from recount.pipeline.run.progress import render_next

    if not work.quiet:
        _print((*render_run(summary), *render_next(summary, out, ledger)))
    errors = Console(stderr=True, soft_wrap=True)
    for line in render_troubles(summary, strict=strict):
        errors.print(line)
    objections = summary.objections(work.fail_on) if work.fail_on else None
    if objections:
        print(f"recount: --fail-on {work.fail_on}: {objections}", file=sys.stderr)
    if objections or not summary.well(strict=strict):
        raise typer.Exit(FAILED)


@app.command(epilog="It does so as the latest run did: the same family, the same OCR.")
@unfolded
def retry(
    *,
    out: Annotated[Path, typer.Argument(metavar="DIR", help="The output folder of a run, or that of its --ledger.")],
    failed: Annotated[
        bool,
        once("--failed", help="Only what failed or could not be read; else also what a run left undone."),
    ] = False,
    work: RetryOptions,
) -> None:
    """Do again what failed, or was not done, of the reports that an output folder knows."""
    from recount.pipeline.archive.strangers import visible
    from recount.pipeline.run.status import last_of, to_retry

    sources, last = to_retry(out, failed=failed), last_of(out)
    if not sources:
        nothing = (
            "no report of {out} has failed" if failed else "no report of {out} has failed, and none was left undone"
        )
        print(visible(_(nothing, out=out)))
        return
    _report(_run(sources, last.out, last.ledger, last.settings, work), work, last.out, last.ledger)


@app.command(epilog="The ledger, DIR/ledger.sqlite, holds every attempt; DIR/summary.json the latest run.")
def status(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="The output folder of a run, or that of its --ledger.")],
) -> None:
    """Show how an output folder stands: what is done, what failed and why, where the time went."""
    from recount.pipeline.output.show import render_status
    from recount.pipeline.run.status import status_of

    _print(render_status(status_of(out)))


@app.command(epilog="Exit codes: 0 all is as it was written, 1 something is not.")
@unfolded
def verify(
    *,
    out: Annotated[Path, typer.Argument(metavar="DIR", help="The output folder of a run, or that of its --ledger.")],
    quick: Annotated[bool, once("--quick", help="Check the files of the results alone; read no report again.")] = False,
    work: VerifyOptions,
) -> None:
    """Check that results are what Recount wrote, and that their reports, where they can be read, give the same."""
    from recount.pipeline.output.show import render_failures
    from recount.pipeline.run.proof import prove

    found = prove(out, quick=quick, bounds=_bounds(work))
    _print(render_failures(found.findings))
    counts = {"results": found.results, "reports": found.recounted, "findings": len(found.findings)}
    print(_("{results} results, {reports} reports read again, {findings} findings", **counts))
    if found.findings:
        raise typer.Exit(FAILED)


@app.command(
    epilog="Without --table, csv and parquet hold the figures, jsonl whole reports, xlsx and sqlite all tables."
)
def export(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="The output folder of a run.")],
    target: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The file; or a folder, for a file each table.")
    ],
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="FORMAT", help="jsonl, csv, parquet, xlsx or sqlite; else as FILE ends."),
    ] = None,
    status: Annotated[
        str | None,
        once("--status", metavar="LIST", help="Only figures of these statuses: verified,repaired."),
    ] = None,
    keys: Annotated[
        str, typer.Option("--keys", metavar="LANGUAGE", help="en: English names; zh: the official Chinese titles.")
    ] = "en",
    table: Annotated[
        str | None,
        once("--table", metavar="NAME", help="Only this table: figures, budget_items, discrepancies …"),
    ] = None,
    family: OwnFamilyOption = None,
    families: FamiliesOption = None,
) -> None:
    """Export results as tables: figures, rows of lists and statements, texts, discrepancies, checks, files."""
    from recount.desk.first_sheet import ToCheck
    from recount.pipeline.output.export import export as exported

    front = ToCheck(out, "zh" if keys == "zh" else "en")
    done = exported(out, target, format_, status=status, keys=keys, table=table, family=family or families, front=front)
    for name, rows in done.rows.items():
        print(f"{name}  {rows:,}")


@models.command(epilog="Exit codes: 0 it can be asked, 1 it cannot.")
@unfolded
def check(
    *,
    model: Annotated[
        str | None, typer.Argument(metavar="NAME", envvar="RECOUNT_MODEL", help="The model, or gguf:PATH.")
    ] = None,
    endpoint: EndpointOptions,
) -> None:
    """Ask a model about one tiny section, in every mode, and print what works and the options that ask it so."""
    from recount.pipeline.model.gguf import served
    from recount.pipeline.model.transport.client import examined
    from recount.pipeline.run.first_round import render_probe

    asked = replace(endpoint, model=model).settings.model
    if asked is None:
        raise typer.BadParameter("which model is to be asked: NAME, or a file of --settings that names one")
    with served(asked) as served_model:
        found = examined(served_model)
    _print(render_probe(served_model, found, asked), soft_wrap=True)
    if found.mode is None:
        raise typer.Exit(FAILED)


@app.command(epilog="The schema is JSON Schema 2020-12; titles are the official Chinese terms.")
def schema(family: FamilyOption = None, families: FamiliesOption = None) -> None:
    """Print the JSON Schema of a structured report."""
    from recount.pipeline.recognise import family_of, json_schema

    print(json_schema(None if family is None else family_of(family, families)))


@app.command(epilog="It works as it is; its README.md says what to change first.")
@unfolded
def init_family(
    *,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits and _, a letter first.")],
    more: Annotated[list[Path] | None, typer.Argument(metavar="FILE...", help="Further examples.")] = None,
    example: Annotated[
        Path | None, once("--from", metavar="FILE", help="A report to draft it from, and FILE... behind it.")
    ] = None,
    schema: Annotated[
        Path | None, once("--schema", metavar="JSON", help="A JSON Schema that says its fields; with --from, or alone.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where the folder NAME is made; else in --families.")
    ] = None,
    families: FamiliesOption = None,
    asked: NamingOptions,
) -> None:
    """Begin a report family of your own: drafted from your reports, or with models, outline and one example.

    With --from, a language model that is named (--model) gives names and proposes identities; it is shown no figure.
    """
    place = out or Path(families or "")
    if example is not None or schema is not None:
        from rich.console import Console

        from recount.pipeline.draft.drafted import draft

        settings = asked.settings if schema is None else replace(asked.settings, model=None)
        _say_who_is_asked(settings, Console(stderr=True), "recount: names are asked of {model} at {endpoint}")
        examples = [example, *(more or ())] if example is not None else []
        drafted = draft(name, examples, place, settings, schema)
        print(_("{folder} is ready: {found}", folder=drafted.folder, found=told(drafted.told)))
        for left in drafted.left:
            print(_("left out: {what}", what=told(left)))
        return
    if more:
        raise typer.BadParameter("further examples need a first one: --from FILE")
    from recount.pipeline.recognise import write_starter

    folder = write_starter(name, place)
    ready = "{folder} is ready: recount structure {example} --out out/ --family {folder}"
    print(_(ready, folder=folder, example=folder / "example"))


@app.command(epilog="Exit codes: 0 all years agree, 1 some contradict each other, or a result cannot be read.")
def chain(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="The output folder of a run.")],
) -> None:
    """Compare each report's closing with the next year's opening, where a folder holds both years of a unit."""
    from recount.pipeline.archive.strangers import visible
    from recount.pipeline.output.chain import chain as chained

    found = chained(out)
    for line in found.broken:
        print(f"recount: {visible(told(line))}", file=sys.stderr)
    for finding in found.findings:
        print(visible(str(finding)))
    counts = {"pairs": found.pairs, "figures": found.compared, "findings": len(found.findings)}
    print(_("{pairs} pairs of years, {figures} figures compared, {findings} contradictions", **counts))
    if found.findings or found.broken:
        raise typer.Exit(FAILED)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command line and exits; errors that were meant become one line on standard error."""
    _start_early(sys.argv[1:] if arguments is None else arguments)
    from recount.pipeline.archive.strangers import visible
    from recount.pipeline.errors import RecountError, of_the_machine

    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character shows its number; it is no reason to stop.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    with speaking(language_for(sys.argv[1:] if arguments is None else arguments)):
        try:
            app(arguments, prog_name="recount")
        except RecountError as error:
            print(f"recount: {visible(told(str(error)))}", file=sys.stderr)
            sys.exit(ENVIRONMENT if of_the_machine(error) else USAGE)
    sys.exit(USAGE)


def _start_early(arguments: Sequence[str]) -> None:
    """Has the server of workers started where a command will want them, as far as its first words tell: it imports what
    they need while this process reads the command line, which takes a quarter of a second."""
    if "structure" in arguments[:3] and "--help" not in arguments:  # --lang may stand before it
        from recount.pipeline.run.pool import start_server

        start_server()
