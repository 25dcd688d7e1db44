"""Text cases: the reports of the gold set's forms once more, in the kinds of mess that text has, and clean.

They are written from their seeds when they are needed and not kept: twenty reports in each kind of mess, and one of
each form as Markdown, as a web page and as a PDF whose tables have no lines. Some are typed with slips, and some print
figures that contradict each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from recount.eval.cases import Case, find_cases
from recount.eval.generator import Form, Options
from recount.eval.generator.texts import KINDS
from recount.eval.generator.texts.written import MESSY, Kind
from recount.eval.goldset.budgets import BudgetOrder, Layout
from recount.eval.goldset.generated import Order, write_text

_SEED = 31_000
"""Far from the seeds of the gold set and of the faults in print."""
_EACH = {Layout.DISTRICT: 1, Layout.PROVINCIAL: 1}
"""How many reports of a form; three of any other."""


def orders() -> Iterator[Order | BudgetOrder]:
    """The reports, form by form; the first of each is clean."""
    for form in Form:
        for at in range(3):
            options = Options(projects=2, size="small", slips=(0.0, 0.0, 0.3)[at], plant=(0, 2, 0)[at])
            yield Order(form, _SEED + at, options)
    for layout in Layout:
        for at in range(_EACH.get(layout, 3)):
            yield BudgetOrder(layout, _SEED + at)


def write_texts(out: Path, kinds: Sequence[Kind] = KINDS) -> list[Case]:
    """Writes the text cases of some kinds into a folder, KIND/FORM-NUMBER; returns them."""
    names = set()
    for order in orders():
        wanted = [kind for kind in kinds if kind in MESSY or order.seed == _SEED]
        case = order.case() if wanted else None
        for kind in wanted:
            assert case is not None
            name = f"{kind}/{order.form.value}-{order.seed - _SEED + 1}"
            write_text(case, kind, order.seed, out, name)
            names.add(name)
    return [case for case in find_cases(out) if case.name in names]
