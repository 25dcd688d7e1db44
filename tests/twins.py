"""Reports of our own that stand beside the samples: each is like one of them in what the tests ask, and always there.

A twin lies as a sample does, as NAME.pdf with NAME.gold.json. The generator makes it, the same bytes always; a figure
that contradicts the others is put into its gold before it is printed. A seed is chosen for what a twin must have (its
style of rules, a share that levelling moved): if the generator draws otherwise one day, another may have to be found.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from recount.eval.generator import Case, Form, Options, generate
from recount.eval.generator.files import plain
from recount.tests.samples import FOLDER

Json = dict[str, Any]
Change = tuple[str, Any]
"""Where, and what is printed there instead of the drawn value."""

LEFT_OUT = (0, 1, 5)
"""The tables of "tables" (and of s003) whose 总分 leaves out the score of the funds."""


def _totals_without_funds(gold: Json) -> Iterator[Change]:
    for at in LEFT_OUT:
        table = gold["project_evaluations"][at]
        yield f"/project_evaluations/{at}/total_score", table["total_score"] - table["funds"][0]["score"]


def _contradictions(gold: Json) -> Iterator[Change]:
    """四 with a total that is none, said to be that of last year; a share of 五 that is a little off."""
    level = f"与{gold['fiscal_year'] - 1}年度相比，财政拨款收入支出总计持平"
    unchanged = dict.fromkeys(gold["fiscal_appropriation"]["income_change"]) | {"reason": level}
    for side in ("income", "expenditure"):
        yield f"/fiscal_appropriation/{side}_total", Decimal("1.7")
        yield f"/fiscal_appropriation/{side}_change", unchanged
    percent = gold["general_public_budget"]["by_class"][0]["percent"]
    yield "/general_public_budget/by_class/0/percent", percent + Decimal("0.08")


@dataclass(frozen=True)
class Recipe:
    """What the generator is told, and what it then prints otherwise than drawn."""

    form: Form
    seed: int
    options: Options
    changes: Callable[[Json], Iterable[Change]] = lambda _: ()


TWINS = {
    "clean": Recipe(Form.X2022, 1, Options(projects=16, size="large", level=False, slips=0.2)),
    "levelled": Recipe(Form.X2022, 10, Options(projects=3, size="large", level=True)),
    "tables": Recipe(Form.X2021, 2, Options(projects=6, slips=0.2), _totals_without_funds),
    "shanghai": Recipe(Form.S2024, 1, Options(size="medium", yuan=False, level=False), _contradictions),
    "national": Recipe(Form.N, 3, Options(size="medium", yuan=False, level=False)),
}
"""The first four for s000, s002, s003 and r_czj; the fifth is of a form that no sample has."""


def file_of(name: str) -> Path:
    """The file of a twin or of a sample."""
    return (_made(name) if name in TWINS else FOLDER) / f"{name}.pdf"


def gold_of(name: str) -> Path:
    """The gold of a twin or of a sample."""
    return (_made(name) if name in TWINS else FOLDER) / f"{name}.gold.json"


@cache
def case_of(name: str) -> Case:
    """A twin as the generator made it."""
    recipe = TWINS[name]
    # the package gives the name `generate` to the function
    module = import_module("recount.eval.generator.generate")
    with patch.object(module, "plant", lambda _rng, gold, _count: (_changed(gold, recipe.changes(gold)), ())):
        return generate(recipe.form, recipe.seed, options=recipe.options)


def value_at(node: Any, pointer: str) -> Any:
    """The value at a JSON pointer."""
    for key in pointer.split("/")[1:]:
        node = node[int(key)] if isinstance(node, list) else node[key]
    return node


def _changed(gold: Json, changes: Iterable[Change]) -> Json:
    """The gold with other values in some places."""
    changed = copy.deepcopy(gold)
    for pointer, value in changes:
        place, _, key = pointer.rpartition("/")
        value_at(changed, place)[key] = value
    return changed


@cache
def _made(name: str) -> Path:
    """The folder in which a twin lies."""
    case, folder = case_of(name), Path(_folder().name)
    (folder / f"{name}.pdf").write_bytes(case.pdf)
    (folder / f"{name}.gold.json").write_text(json.dumps(plain(case.gold), ensure_ascii=False), encoding="utf-8")
    return folder


@cache
def _folder() -> TemporaryDirectory[str]:
    """Where all twins lie, until the run ends."""
    return TemporaryDirectory(prefix="recount-twins-")
