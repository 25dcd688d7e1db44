"""The commands of the desk: each parses its options, makes one call and prints.

Only typer is imported up here: `recount --help` imports this module too.
"""

from __future__ import annotations

import typer

desk = typer.Typer(rich_markup_mode=None)
"""They stand beside the other commands: `recount review`."""
