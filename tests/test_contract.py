"""docs/contract says of every key of a result file, and of every field of a report, what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

from recount.pipeline.result import Decided, plain
from recount.pipeline.review.decisions import Decision, Place, Verdict
from recount.pipeline.structure import structure
from recount.pipeline.verify.recount import Status
from recount.schemas.family import Family
from recount.schemas.figures import Model
from recount.schemas.registry import FAMILIES
from recount.tests.sayings import listed

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = ROOT / "docs" / "contract"
ONLY_SOMETIMES = {
    "Figure": ("first_reading", "second_reading", "agreed", "reviewed"),
    "Check": ("suspects", "follows"),
    "Summary": ("prompts", "open", "second", "repair", "decisions"),
    "Decisions": tuple(field.name for kind in (Decision, Place, Decided) for field in fields(kind)),
}
"""Keys that the result below does not have: of repaired figures, of scans, of reports that a model was asked about, or
that people decided about; and those of decisions."""
PARTS = {"common": "Common", "final_accounts": "Final accounts", "department_budget": "Department budgets"}
"""By the package that defines a model, the part of report.md that tells of it."""


def parts_of(name: str) -> dict[str, str]:
    """A document of the contract by its headings of level 2; "" is what stands above the first."""
    above, *rest = re.split(r"^## ", (CONTRACT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {"": above, **dict(part.split("\n", 1) for part in rest)}


def named_in(text: str) -> set[str]:
    """The names in backticks; those of `{code, name}` one by one."""
    return {word for code in re.findall(r"`([^`\n]+)`", text) for word in re.findall(r"\w+", code)}


@cache
def result() -> dict[str, Any]:
    """The result of the smallest example, as its file has it."""
    path = min((ROOT / "examples" / "archive").rglob("*.pdf"), key=lambda each: each.stat().st_size)
    return plain(structure(path))


def keys_of_a_result() -> dict[str, set[str]]:
    """By the part of result.md that tells of them, the keys of a result file."""
    found = result()
    summary = found["summary"]
    nested = [each for key in ("figures", "checks", "mapper", "seconds", "coverage") for each in summary[key]]
    return {
        "": set(found),
        "Source": set(found["source"]),
        "Figure": {key for figure in found["figures"].values() for key in figure},
        "Status": {status.value for status in Status},
        "Check": {key for check in found["checks"] for key in check},
        "Rejected": {"pointer", "proposed", "mapper", "reason"},
        "Summary": {*summary, *nested, *summary["coverage"]["identities"]},
    }


def models_in(annotation: Any) -> Iterator[type[Model]]:
    """The models that a field may hold."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def all_models(model: type[Model]) -> set[type[Model]]:
    """A model, and those of its fields."""
    inside = [found for info in model.model_fields.values() for found in models_in(info.annotation)]
    return {model}.union(*map(all_models, inside))


def part_of(model: type[Model]) -> str:
    """The part of report.md that tells of a model."""
    return PARTS[model.__module__.split(".")[2]]


def missing(keys: Mapping[str, set[str]], parts: Mapping[str, str]) -> list[str]:
    return [
        f"{part or 'the top'}: {key}"
        for part, wanted in keys.items()
        for key in sorted(wanted - named_in(parts.get(part, "")))
    ]


def test_every_key_of_a_result_file_is_explained() -> None:
    keys = keys_of_a_result()
    assert all(keys.values())
    for part, more in ONLY_SOMETIMES.items():
        keys.setdefault(part, set()).update(more)
    keys["Decisions"].update(Verdict)
    assert not missing(keys, parts_of("result.md"))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_field_of_a_report_is_explained(family: Family) -> None:
    keys: set[str] = set()
    for model in all_models(family.report_of(Decimal)):
        keys.update(model.model_fields)
    parts = parts_of("report.md")
    own = part_of(family.report)
    # What families share is explained once for all, or where the family uses it.
    assert not missing({own: keys}, {own: parts["Common"] + parts[own]})


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_the_contract_of_every_family_is_named(family: Family) -> None:
    assert all(family.contract in (CONTRACT / name).read_text(encoding="utf-8") for name in ("report.md", "result.md"))


def test_a_key_that_nobody_explains_is_missed() -> None:
    assert missing({"Figure": {"raw", "page"}}, {"Figure": "`raw` is what is printed; page is not in backticks"}) == [
        "Figure: page"
    ]


def test_the_contract_lists_whatever_is_said() -> None:
    assert listed() in parts_of("result.md")["What is said"], "python -m recount.tests.sayings writes the table anew"


def test_links_lead_somewhere() -> None:
    for document in CONTRACT.glob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (CONTRACT / target).exists(), f"{document.name}: {target}"
