"""What was found, on a terminal, on a page to be mailed, and on the pages of the report itself.

Only typer is imported up here: `recount --help` imports this module too.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recount.options import FamiliesOption, OwnFamilyOption, SplitOptions, once, unfolded
from recount.pipeline.language import _, spoken
from recount.schemas.saying import Language

if TYPE_CHECKING:
    from pydantic import BaseModel

    from recount.pipeline.result import Result

showing = typer.Typer(rich_markup_mode=None)
"""They stand beside the other commands: `recount show`, `recount list`, `recount mark`, `recount split`."""

ResultArgument = Annotated[Path, typer.Argument(metavar="RESULT", help="A result file, or the output folder of a run.")]


def _names(context: typer.Context, incomplete: str) -> list[str]:
    """What a shell completes the name of a report to: the results of the folder before it."""
    reports = Path(context.params.get("result") or "", "reports")
    names = (file.relative_to(reports).as_posix().removesuffix(".json") for file in reports.rglob("*.json"))
    return sorted(name for name in names if name.startswith(incomplete))


NameArgument = Annotated[
    str | None,
    typer.Argument(metavar="[NAME]", help="With an output folder: a part of the report's name.", autocompletion=_names),
]
SourceOption = Annotated[
    Path | None,
    once("--source", metavar="FILE", help="Where the report is now, or an archive that has it."),
]
LanguageOption = Annotated[
    Language | None, typer.Option("--lang", help="In Chinese or in English; by default as the report.")
]


def _read(result: Path, name: str | None, family: str | None) -> tuple[Path, Result, type[BaseModel]]:
    """A result, the file that it is in, and the model of its report."""
    from recount.pipeline.output.folder import model_near, whole_result
    from recount.pipeline.run.store import find_result

    file = find_result(result, name)
    content = whole_result(file)
    return file, content, model_near(file, content.contract, family)


@showing.command(epilog="Marks: ✓ verified, ✎ repaired, ◆ reviewed, ○ grounded, ✗ disputed.")
def show(
    result: ResultArgument,
    name: NameArgument = None,
    section: Annotated[
        str | None,
        once("--section", metavar="NAME", help="Only this section: (a part of) its key or its title."),
    ] = None,
    html: Annotated[
        Path | None,
        once("--html", metavar="FILE", help="Write a page with pictures instead; of a folder all disputes."),
    ] = None,
    source: SourceOption = None,
    language: LanguageOption = None,
    family: OwnFamilyOption = None,
    families: FamiliesOption = None,
) -> None:
    """Show a result: source discrepancies, disputed figures with the reason, then all figures by section."""
    if html is not None:
        _write(html, result, name, source, language, family or families)
        return
    from recount.pipeline.output.show import render_result
    from recount.pipeline.run.progress import screen

    _, content, model = _read(result, name, family or families)
    console = screen()
    for part in render_result(content, model, section):
        console.print(part)


@showing.command("list", epilog="Copies of a report are left out; recount show DIR NAME shows one.")
def list_(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="The output folder of a run.")],
    disputed: Annotated[
        bool,
        once("--disputed", help="Only reports in which something is in dispute."),
    ] = False,
    sort: Annotated[
        str, typer.Option("--sort", metavar="BY", help="disputed, money (the largest difference), unit or year.")
    ] = "disputed",
    limit: Annotated[int, typer.Option("--limit", min=0, metavar="N", help="So many at most; 0: all.")] = 50,
) -> None:
    """List the reports of a run: disputed figures, failing identities, money in dispute, unit and year."""
    from recount.desk.listing import listed, render_list
    from recount.desk.words import Words
    from recount.pipeline.run.progress import screen

    rows, console = listed(out, sort, disputed=disputed), screen()
    for part in render_list(rows, Words(spoken()), limit):
        console.print(part)


def _write(
    target: Path, result: Path, name: str | None, source: Path | None, language: Language | None, family: str | None
) -> None:
    """Writes what is in doubt in a result, or in all of an output folder, as a page."""
    from recount.desk.page import page_of_archive, page_of_report, write_page
    from recount.desk.sources import Whereabouts
    from recount.pipeline.archive.strangers import visible

    if name is None and (result / "reports").is_dir():
        page = page_of_archive(result, Whereabouts(result, source), language, family)
    else:
        file, content, model = _read(result, name, family)
        page = page_of_report(content, model, Whereabouts(file, source), language)
    write_page(page, target)
    print(visible(str(target)))


@showing.command(
    epilog="The report itself is never written. Its pages keep their numbers: the summary stands before them."
)
def mark(
    result: ResultArgument,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The PDF that is written.")],
    name: NameArgument = None,
    source: SourceOption = None,
    language: LanguageOption = None,
    family: OwnFamilyOption = None,
    families: FamiliesOption = None,
) -> None:
    """Mark a report: its PDF with what was found as notes on the pages, and a summary in front."""
    from recount.desk.marked import mark as marked
    from recount.desk.sources import Whereabouts
    from recount.desk.told import language_of
    from recount.pipeline.archive.strangers import visible

    file, content, model = _read(result, name, family or families)
    marks = marked(content, model, Whereabouts(file, source).of(content), output, language_of(content, language))
    print(visible(_("{file}: {number} marks", file=output, number=marks)))


@showing.command(epilog="It is the first thing to look at when something is missing. Nothing leaves this machine.")
@unfolded
def split(
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A report, of whatever kind.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The page that is written; else NAME.split.html here.")
    ] = None,
    pages: Annotated[
        str | None, once("--pages", metavar="PAGES", help="Only these pages: 3-5,8. By default the first 80.")
    ] = None,
    language: LanguageOption = None,
    asked: SplitOptions,
) -> None:
    """Show what the splitter sees: pages with their tables, cells, numbers, headings, and what was refused."""
    from recount.desk.page import write_page
    from recount.desk.splitting import page_of_split
    from recount.pipeline.archive.strangers import visible

    target = out or Path(f"{file.stem}.split.html")
    write_page(page_of_split(file, pages, asked.settings, language or spoken()), target)
    print(visible(str(target)))
