"""Decisions without the desk: `recount decide`, for scripts and for those who know the figure.

Only typer is imported up here: `recount --help` imports this module too.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recount.options import once

if TYPE_CHECKING:
    from recount.pipeline.review.decisions import Place

decisions = typer.Typer(rich_markup_mode=None)
"""It stands beside the other commands."""


class Said(StrEnum):
    """What may be decided of a figure; `Verdict` is imported when it is."""

    AS_PRINTED = "as_printed"
    MISREAD = "misread"
    OTHER_TOKEN = "other_token"
    NOT_A_FIGURE = "not_a_figure"


@decisions.command(epilog="It is kept in DIR/corrections, and applied when the report is structured again (retry).")
def decide(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="The output folder of a run.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="A part of the report's name.")],
    pointer: Annotated[
        str, typer.Argument(metavar="POINTER", help="The figure, as in its result; with --undo, or a decision's id.")
    ],
    verdict: Annotated[Said | None, typer.Argument(metavar="[VERDICT]", help="|".join(Said))] = None,
    value: Annotated[
        str | None, once("--value", metavar="NUMBER", help="misread: what the scanned page shows.")
    ] = None,
    to: Annotated[
        str | None,
        once("--to", metavar="POINTER", help="other_token: a figure printed there, or its PAGE,X0,Y0,X1,Y1 in points."),
    ] = None,
    note: Annotated[str, once("--note", metavar="WORDS", help="Why.")] = "",
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Who decides; by default the user of the machine.")
    ] = None,
    undo: Annotated[bool, once("--undo", help="Take the last decision about it back.")] = False,
) -> None:
    """Decide what a figure is: as printed, misread, another number of the page, or none; or take that back."""
    from recount.pipeline.archive.strangers import visible
    from recount.pipeline.language import _, named
    from recount.pipeline.output.folder import whole_result
    from recount.pipeline.review.decisions import Verdict, append, decision_on, last_about, read, withdrawal
    from recount.pipeline.run.store import find_result

    if (verdict is None) is not undo:
        raise typer.BadParameter("it takes a VERDICT, or --undo")
    result = whole_result(find_result(out, name))
    file, who = result.source.file, by or reviewer()
    if verdict is None:
        made = withdrawal(last_about(result, read(out, file), pointer), who, note)
    else:
        target = _place_in(to) if to is not None and not to.startswith("/") else to
        made = decision_on(result, pointer, Verdict(verdict), who, value=value, target=target, note=note)
    append(out, file, made)
    what = {"id": made.id, "verdict": named(made.verdict), "pointer": made.pointer, "file": file}
    print(visible(_("{id} {verdict} {pointer} of {file}", **what)))


def _place_in(words: str) -> Place:
    """The place that PAGE,X0,Y0,X1,Y1 say."""
    from recount.pipeline.review.decisions import Place

    try:
        page, *box = words.split(",")
        x0, y0, x1, y1 = map(float, box)
        return Place(int(page), (x0, y0, x1, y1), "")
    except ValueError:
        raise typer.BadParameter(f"{words} is neither a pointer nor PAGE,X0,Y0,X1,Y1", param_hint="--to") from None


def reviewer() -> str:
    """Who is at the machine."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # nobody says (before Python 3.13 in three ways)
        return "a reviewer"
