"""Departmental budgets (部门预算公开) with known figures: as the nation, Shanghai's districts and provinces word them.

`generate_budget(seed)`, `generate_district_budget(seed)` and `generate_provincial_budget(seed)` make one; the same seed
gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from recount.eval.generator.accounts.classification import TRADES
from recount.eval.generator.case import Discrepancy
from recount.eval.generator.forms.budget_district import document
from recount.eval.generator.forms.budget_national import Words, narrative
from recount.eval.generator.forms.budget_provincial import Provincial, Tables
from recount.eval.generator.forms.budget_tables import tables
from recount.eval.generator.gold.budget_district import DistrictBudget
from recount.eval.generator.gold.budget_national import NationalBudget
from recount.eval.generator.gold.budget_prints import Prints
from recount.eval.generator.gold.budget_provincial import ProvincialBudget
from recount.eval.generator.gold.shape import Json
from recount.eval.generator.typeset.blocks import Block
from recount.eval.generator.typeset.compose import Manuscript, typeset
from recount.eval.generator.typeset.style import draw_style
from recount.eval.generator.words.units import Unit, draw_unit


@dataclass(frozen=True)
class BudgetCase:
    """A generated budget, or accounts (annual, enterprise): what it says, its PDF, what that was set from, what it is
    like, what was planted, and how each figure was printed."""

    name: str
    gold: Json
    pdf: bytes
    manuscript: Manuscript
    tags: Mapping[str, Any] = field(default_factory=dict)
    discrepancies: tuple[Discrepancy, ...] = ()
    figures: tuple[tuple[str, str], ...] = ()


def put_all(gold: Json, printed: Mapping[str, Decimal | str] | None) -> None:
    """Prints other values in place of what stands at some JSON pointers."""
    for pointer, value in (printed or {}).items():
        *way, last = pointer.strip("/").split("/")
        node: Any = gold
        for step in way:
            node = node[int(step)] if isinstance(node, list) else node[step]
        assert node[last] is not None, pointer
        node[last] = value


def set_pages(
    name: str, gold: Json, blocks: Sequence[Block], rng: Random, style: str | None, prints: Prints, unit: str = "万元"
) -> BudgetCase:
    """The case with its pages. style: a name of `typeset.style`, or any. prints: what was printed on them. unit: of the
    tables."""
    drawn = draw_style(rng, style)
    manuscript = Manuscript(tuple(blocks), drawn, gold["unit_name"])
    printed = typeset(manuscript.blocks, drawn, manuscript.unit)
    tags = {
        "unit": unit,
        "style": drawn.name,
        "rules": drawn.rules,
        "pages": printed.pages,
        "tables_across_pages": printed.broken_tables,
        "slips": 0.0,
        "projects": len(gold.get("project_targets", ())),
        "fund_budget": not (gold["government_funds"] or {"none": True})["none"],
        "capital_budget": False,
        "split_rows": drawn.split_rows,
        "repeat_header": drawn.repeat_header,
    }
    return BudgetCase(name, gold, printed.pdf, manuscript, tags, figures=tuple(prints.figures))


def generate_budget(
    seed: int, printed: Mapping[str, Decimal | str] | None = None, style: str | None = None
) -> BudgetCase:
    """One budget. printed: by JSON pointer, what is printed in place of what would be right."""
    rng, unit, gold = _drawn("budget", NationalBudget, seed, printed)
    prints = Prints()
    said = prints.noting(gold)
    blocks = narrative(rng, unit, tables(rng, said), Words(said))
    return set_pages(f"budget-{seed:05d}", gold, blocks, rng, style, prints)


def draft_budget(seed: int, printed: Mapping[str, Decimal | str] | None = None) -> Json:
    """The gold of `generate_budget`, without typesetting (much faster)."""
    return _drawn("budget", NationalBudget, seed, printed)[2]


def generate_district_budget(
    seed: int, printed: Mapping[str, Decimal | str] | None = None, style: str | None = None
) -> BudgetCase:
    """One budget. printed: by JSON pointer, what is printed (in 万元) in place of what would be right."""
    rng, unit, gold = _drawn("district", DistrictBudget, seed, printed, 0.5)
    prints = Prints()
    blocks = document(rng, prints.noting(gold), unit)
    return set_pages(f"district-{seed:05d}", gold, blocks, rng, style, prints, "元")


def draft_district_budget(seed: int, printed: Mapping[str, Decimal | str] | None = None) -> Json:
    """The gold of `generate_district_budget`, without typesetting (much faster)."""
    return _drawn("district", DistrictBudget, seed, printed, 0.5)[2]


def generate_provincial_budget(
    seed: int, printed: Mapping[str, Decimal | str] | None = None, style: str | None = None
) -> BudgetCase:
    """One budget. printed: by JSON pointer, what is printed (in 万元) in place of what would be right."""
    rng, unit, gold = _drawn("provincial", ProvincialBudget, seed, printed)
    prints = Prints()
    said = prints.noting(gold)
    sheets = Tables(rng, said)
    blocks = narrative(rng, unit, sheets.blocks(), Provincial(said))
    return set_pages(f"provincial-{seed:05d}", gold, blocks, rng, style, prints, "元" if sheets.yuan else "万元")


def draft_provincial_budget(seed: int, printed: Mapping[str, Decimal | str] | None = None) -> Json:
    """The gold of `generate_provincial_budget`, without typesetting (much faster)."""
    return _drawn("provincial", ProvincialBudget, seed, printed)[2]


def _drawn(
    form: str,
    maker: type[NationalBudget | DistrictBudget],
    seed: int,
    printed: Mapping[str, Decimal | str] | None,
    below: float = 0.0,
) -> tuple[Random, Unit, Json]:
    """The gold, whose it is, and what the words are drawn with. below: how likely the unit has others below it."""
    rng = Random(f"{form}/{seed}")
    trade = rng.choice(sorted(TRADES))
    unit = draw_unit(rng, trade, summary=below > 0 and rng.random() < below)
    gold = maker(rng, trade, unit).report()
    put_all(gold, printed)
    return rng, unit, gold
