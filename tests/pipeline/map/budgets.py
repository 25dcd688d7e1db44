"""Generated budgets for tests: structured, taken apart into figures, and sections of them in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from recount.eval.generator.budgets import BudgetCase
from recount.eval.score.leaves import is_number, leaves
from recount.pipeline.map.grammar.passage import BUDGET, Passage, refs_in
from recount.pipeline.map.grammar.sections import read_section
from recount.pipeline.result import Result
from recount.pipeline.structure import structure
from recount.schemas.figures import Ref
from recount.tests.pipeline.helpers import Sheet


def structured(case: BudgetCase, folder: Path) -> Result:
    """The result of a generated budget."""
    path = folder / f"{case.name}.pdf"
    path.write_bytes(case.pdf)
    return structure(path)


def numbers(report: Any, without: Sequence[str] = ()) -> dict[str, Any]:
    """The figures of a report by pointer. without: sections that are left out."""
    kept = {key: value for key, value in report.items() if key not in without}
    return {pointer: value for pointer, value in leaves(kept) if is_number(value)}


def printed_at(case: BudgetCase, pointer: str) -> Any:
    """What a budget prints at a JSON pointer."""
    return dict(leaves(case.gold))[pointer]


def left_in(passage: Passage, said: Any) -> list[str]:
    """The figures of a passage that nothing in what it says holds."""
    held = {ref.token for ref in refs_in(said)}
    tokens = [number.token for number in passage.numbers.values()]
    return [token.raw for token in tokens if token.is_figure and token.index not in held]


def said(model: Any, *texts: str) -> tuple[Any, list[str]]:
    """What a section says, and the numbers that found no key."""
    sheet = Sheet()
    passage = sheet.passage(*texts)
    found = read_section(model[Ref], passage, BUDGET)
    return sheet.shown(found), sheet.left(passage, found)
