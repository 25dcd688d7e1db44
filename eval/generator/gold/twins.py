"""Figures that a form prints once and that fill two keys (one sentence for income and expenditure, and the like)."""

from __future__ import annotations

import copy
from typing import Any

from recount.eval.generator.case import Form
from recount.eval.generator.gold.shape import Json

Pair = tuple[str, str]  # the pointer that is printed, the one that it fills as well

_SECTIONS = ("income_expenditure", "fiscal_appropriation", "government_funds", "state_capital")


def twins(form: Form, gold: Json) -> list[Pair]:
    """The pairs of pointers of a form."""
    pairs: list[Pair] = []
    if form in (Form.X2023, Form.S2024, Form.N):
        for section in _SECTIONS:
            for what in ("change", "budget"):
                pairs.append((f"/{section}/income_{what}", f"/{section}/expenditure_{what}"))
    if form in (Form.S2024, Form.N):
        pairs += [(f"/{s}/income_total", f"/{s}/expenditure_total") for s in _SECTIONS[:2]]
        items = (gold["general_public_budget"] or {"items": []})["items"]
        pairs += [
            (f"/general_public_budget/items/{i}/budget/final", f"/general_public_budget/items/{i}/amount")
            for i in range(len(items))
        ]
        at = "/three_public"
        pairs += [(f"{at}/{part}/amount", f"{at}/{part}_budget/final") for part in ("overseas", "reception")]
        pairs.append((f"{at}/total", f"{at}/budget/final"))
    if form is Form.N:
        kinds = ("vehicle_purchase", "vehicle_running")
        pairs += [(f"/three_public/{kind}", f"/three_public/{kind}_budget/final") for kind in kinds]
    return [pair for pair in pairs if _at(gold, pair[0]) is not None and _at(gold, pair[1]) is not None]


def align(gold: Json, pairs: list[Pair]) -> None:
    """Give every second pointer what its first one prints."""
    for source, twin in pairs:
        parent, _, key = twin.rpartition("/")
        _at(gold, parent)[key] = copy.deepcopy(_at(gold, source))


def doubled(figures: list[tuple[str, str]], pairs: list[Pair]) -> list[tuple[str, str]]:
    """The printed figures, those of the second pointers added."""
    out = list(figures)
    for source, twin in pairs:
        out += [
            (twin + pointer[len(source) :], raw)
            for pointer, raw in figures
            if pointer == source or pointer.startswith(source + "/")
        ]
    return out


def _at(node: Any, pointer: str) -> Any:
    """The value at a pointer, or None where something on the way is null."""
    for key in pointer.split("/")[1:]:
        if node is None:
            return None
        node = node[int(key)] if isinstance(node, list) else node.get(key)
    return node
