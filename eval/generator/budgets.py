"""A generated budget (部门预算公开), and what every kind of it is made by: figures put otherwise, pages set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from recount.eval.generator.case import Discrepancy
from recount.eval.generator.gold.budget_prints import Prints
from recount.eval.generator.gold.shape import Json
from recount.eval.generator.typeset.blocks import Block
from recount.eval.generator.typeset.compose import typeset
from recount.eval.generator.typeset.style import draw_style


@dataclass(frozen=True)
class BudgetCase:
    """A generated budget: what it says, its PDF, what it is like, what was planted, and how each figure was printed."""

    name: str
    gold: Json
    pdf: bytes
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
    name: str, gold: Json, blocks: Sequence[Block], rng: Random, style: str | None, prints: Prints
) -> BudgetCase:
    """The case with its pages. style: a name of `typeset.style`, or any. prints: what was printed on them."""
    drawn = draw_style(rng, style)
    printed = typeset(list(blocks), drawn, gold["unit_name"])
    tags = {
        "style": drawn.name,
        "rules": drawn.rules,
        "pages": printed.pages,
        "tables_across_pages": printed.broken_tables,
        "slips": 0.0,
        "projects": len(gold.get("project_targets", ())),
        "fund_budget": any(row["total"] for row in gold["statements"]["government_funds"]["rows"]),
        "capital_budget": False,
        "split_rows": drawn.split_rows,
        "repeat_header": drawn.repeat_header,
    }
    return BudgetCase(name, gold, printed.pdf, tags, figures=tuple(prints.figures))
