"""The commands of the desk: each parses its options, makes one call and prints.

Only typer is imported up here: `recount --help` imports this module too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recount.options import FamiliesOption, OwnFamilyOption, once

desk = typer.Typer(rich_markup_mode=None)
"""They stand beside the other commands: `recount review`."""


@desk.command(epilog="Ctrl-C ends it. Nothing is written but DIR/corrections, and nothing leaves this machine.")
def review(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="The output folder of a run.")],
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A part of the name of the report to begin with.")
    ] = None,
    sources: Annotated[
        Path | None, typer.Option("--sources", metavar="DIR", help="Where the archive lies now, if it has moved.")
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Who decides; by default the user of the machine.")
    ] = None,
    gold: Annotated[
        Path | None, typer.Option("--gold", metavar="DIR", help="The gold set that reviewed reports may join (g p).")
    ] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, metavar="N", help="0: any that is free.")] = 0,
    read_only: Annotated[bool, once("--read-only", help="Show everything, decide nothing.")] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address and open no browser.")] = False,
    family: OwnFamilyOption = None,
    families: FamiliesOption = None,
) -> None:
    """Open the desk: see in the browser what is disputed, where it stands on its page, and decide it."""
    from recount.desk.words import Words
    from recount.pipeline.archive.strangers import visible
    from recount.pipeline.errors import needed
    from recount.pipeline.language import spoken

    for library in ("starlette", "uvicorn", "jinja2"):
        needed(library, "recount review", "review")
    from recount.desk.deciding import reviewer
    from recount.desk.serving import serve
    from recount.desk.session import Asked

    asked = Asked(out, sources, by or reviewer(), read_only=read_only, gold=gold, family=family or families)
    serve(asked, Words(spoken()), name=name, port=port, browser=not no_browser, say=lambda a: print(visible(a)))
