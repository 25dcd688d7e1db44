"""The styles ("publishers") in which a report can be set, and the drawing of one of them from a seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Literal

Rules = Literal["long", "segments", "filled", "boxes", "none"]
Outer = Literal["same", "thick", "double"]


@dataclass(frozen=True)
class Style:
    """One publisher's habits. Lengths are in points."""

    name: str
    rules: Rules
    outer: Outer = "same"
    digits: Literal["cjk", "tiro", "helv"] = "tiro"
    margin: tuple[float, float, float, float] = (72, 72, 72, 72)  # left, top, right, bottom
    body_size: float = 14
    leading: float = 1.7
    table_size: float = 9.5
    table_leading: float = 1.25
    pad: float = 3
    rule_width: float = 0.5
    cell_align: Literal["left", "center"] = "center"
    number_align: Literal["left", "center", "right"] = "center"
    valign: Literal["top", "middle"] = "middle"
    justify: bool = False
    autospace: bool = False
    split_rows: bool = True
    repeat_header: bool = False
    keep_number_unit: bool = False
    footer: str = "{n}"
    header: str = ""
    bold_heads: bool = True
    cover_page: bool = False
    tight_table: float = 1.0  # share of the text width that a table takes


OFFICE = Style("office", "long", autospace=True, valign="top", justify=True, body_size=15)
SEGMENTED = Style(
    "segmented",
    "segments",
    cell_align="left",
    number_align="right",
    footer="- {n} -",
    body_size=12,
    leading=1.6,
    table_size=9,
    repeat_header=True,
    cover_page=True,
    margin=(60, 64, 60, 60),
)
WORD = Style(
    "word",
    "filled",
    digits="cjk",
    footer="第{n}页",
    body_size=16,
    leading=1.75,
    table_size=10.5,
    rule_width=0.48,
    justify=True,
    margin=(79, 74, 74, 70),
)
BOXED = Style(
    "boxed",
    "boxes",
    digits="helv",
    outer="thick",
    body_size=13,
    table_size=10,
    split_rows=False,
    footer="— {n} —",
    bold_heads=False,
    pad=4,
)
LEDGER = Style(
    "ledger",
    "filled",
    outer="double",
    digits="tiro",
    number_align="right",
    body_size=14,
    table_size=9,
    header="{unit}",
    repeat_header=True,
    split_rows=False,
    footer="{n}",
    autospace=True,
    rule_width=0.75,
)
PLAIN = Style(
    "plain",
    "long",
    digits="cjk",
    cell_align="left",
    number_align="left",
    valign="top",
    body_size=10.5,
    leading=1.5,
    table_size=9,
    footer="",
    bold_heads=False,
    margin=(90, 72, 90, 72),
    tight_table=1.1,
)
STYLES = {style.name: style for style in (OFFICE, SEGMENTED, WORD, BOXED, LEDGER, PLAIN)}


def draw_style(rng: Random, name: str | None = None) -> Style:
    """A style by name (or any), with its measures moved a little so that no two documents are alike."""
    base = STYLES[name] if name else rng.choice(list(STYLES.values()))
    shift = rng.choice((-6, 0, 0, 8))
    left, top, right, bottom = base.margin
    return replace(
        base,
        margin=(left + shift, top, right + shift, bottom),
        body_size=base.body_size + rng.choice((-1, 0, 0, 0.5)),
        table_size=base.table_size + rng.choice((-0.5, 0, 0, 0.5)),
        pad=base.pad + rng.choice((0, 0, 1.5)),
        split_rows=base.split_rows if rng.random() < 0.7 else not base.split_rows,
    )
