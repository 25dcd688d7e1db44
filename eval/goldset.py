"""The gold set that the repository carries: small, made by the generator, the same whenever it is made again.

    python -m recount.eval.goldset [DIR]

makes it anew, after the generator or the degrader changed. It holds digital reports of every form, clean and with
slips; a large department; a file of tables only; one with planted discrepancies; and scans that are good, fair, poor
and faxed, short enough for the whole set to be read in five minutes.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from recount.eval.commands import GOLD
from recount.eval.damage import LEVELS
from recount.eval.generate import Order, Scan, write_cases
from recount.eval.generator import Form, Options

_SEED = 20260
_PLAIN = Options(projects=2, size="small", cover=False)
_SHORT = replace(_PLAIN, projects=1, funds=False, capital=False, summary=False, overall=False, classified=False)

_SCANS = (
    (Form.X2021, "good", "word"),
    (Form.X2021, "fair", "office"),
    (Form.X2021, "poor", "ledger"),
    (Form.X2022, "poor", "plain"),
    (Form.X2023, "fax", "ledger"),
    (Form.S2024, "fax", "plain"),
    (Form.N, "fax", "ledger"),
)
"""Which form is scanned how, and in which style it is set."""


def orders() -> Iterator[Order]:
    """All cases, in a fixed order."""
    for form in Form:
        yield Order(form, _SEED, _PLAIN, name=f"digital/{form.value}-clean")
        yield Order(form, _SEED + 1, replace(_PLAIN, slips=0.4), name=f"digital/{form.value}-slips")
    large = Options(projects=16, size="large", funds=True, capital=True, summary=True, overall=True, classified=True)
    yield Order(Form.X2023, _SEED + 2, large, name="digital/large-department")
    yield Order(Form.X2021, _SEED + 3, Options(projects=6), name="digital/tables-only")
    yield Order(Form.X2022, _SEED + 4, replace(_PLAIN, plant=6), name="digital/discrepancies")
    for form, level, style in _SCANS:
        options = replace(_SHORT, style=style)
        yield Order(form, _SEED + 5, options, Scan(level, LEVELS[level]), name=f"{level}/{form.value}")


def build(folder: Path) -> list[Path]:
    """Makes the gold set in a folder, in place of what is there; returns the cases' folders."""
    if folder.exists():
        shutil.rmtree(folder)
    return list(write_cases(list(orders()), folder))


if __name__ == "__main__":
    for case in build(Path(sys.argv[1]) if len(sys.argv) > 1 else GOLD):
        print(case)
