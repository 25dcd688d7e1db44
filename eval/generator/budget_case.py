"""A generated budget (部门预算公开), and what every kind of it is made by: figures put otherwise, pages set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from recount.eval.generator.gold.shape import Json
from recount.eval.generator.typeset.blocks import Block
from recount.eval.generator.typeset.compose import typeset
from recount.eval.generator.typeset.style import draw_style


@dataclass(frozen=True)
class BudgetCase:
    """A generated budget: what it says, and its PDF."""

    name: str
    gold: Json
    pdf: bytes


def put_all(gold: Json, printed: Mapping[str, Decimal | str] | None) -> None:
    """Prints other values in place of what stands at some JSON pointers."""
    for pointer, value in (printed or {}).items():
        *way, last = pointer.strip("/").split("/")
        node: Any = gold
        for step in way:
            node = node[int(step)] if isinstance(node, list) else node[step]
        assert node[last] is not None, pointer
        node[last] = value


def set_pages(name: str, gold: Json, blocks: Sequence[Block], rng: Random, style: str | None) -> BudgetCase:
    """The case with its pages. style: a name of `typeset.style`, or any."""
    return BudgetCase(name, gold, typeset(list(blocks), draw_style(rng, style), gold["unit_name"]).pdf)
