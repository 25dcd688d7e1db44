"""A model that answers perfectly, over real HTTP: every figure gets through, and nothing is asked in vain."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from recount.eval.score.leaves import is_number, leaves
from recount.pipeline.result import Result, plain
from recount.pipeline.settings import ModelSettings, Settings
from recount.pipeline.structure import structure
from recount.tests.pipeline.model.examples import DEPARTMENT, NATIONAL, SHANGHAI, TABLES, example, scripted_by
from recount.tests.pipeline.model.server import Asked, scripted
from recount.tests.samples import of_sample
from recount.tests.twins import file_of, gold_of


def figures(values: Any) -> dict[str, Decimal]:
    """All numbers of a report, by pointer."""
    return {pointer: Decimal(value) for pointer, value in leaves(values) if is_number(value)}


def mapped(result: Result) -> dict[str, Decimal]:
    return {at: value for at, value in figures(result.report).items() if not at.startswith("/unmapped_figures")}


def unmapped(result: Result) -> Counter[tuple[str, str]]:
    return Counter((each["label"], each["raw"]) for each in result.report["unmapped_figures"])


def by_model(path: Path, server: Any, *, alone: bool, **settings: Any) -> Result:
    asked = ModelSettings("scripted", base_url=server.base_url, mode="json_schema", **settings)
    return structure(path, settings=Settings(mapper="model" if alone else "auto", model=asked, rounds=2))


@cache
def alone(path: Path) -> tuple[Result, list[Asked]]:
    """A report as a model alone reads it, and what that was asked."""
    with scripted(scripted_by(example(path))) as server:
        return by_model(path, server, alone=True), list(server.requests)


@pytest.mark.parametrize("path", [NATIONAL, SHANGHAI, TABLES, DEPARTMENT], ids=lambda path: path.stem)
def test_a_perfect_answer_gives_the_figures_of_the_template(path: Path) -> None:
    result, _ = alone(path)
    wanted = structure(path)
    assert mapped(result) == mapped(wanted)
    assert unmapped(result) >= unmapped(wanted)  # a figure that is printed twice may be listed once more
    assert result.summary.mapper.name == "model:scripted"
    assert {each.mapper for each in result.figures.values()} == {"model:scripted"}
    assert result.rejected == []


def test_rows_that_are_answered_without_names_get_those_that_stand_before_their_figures() -> None:
    """A 0.5B model leaves them empty; the figures say which items they are."""

    def answer(asked: Asked) -> Any:
        return unnamed(scripted_by(example(NATIONAL))(asked))

    def unnamed(value: Any) -> Any:
        if isinstance(value, list):
            return [unnamed(inner) for inner in value]
        kept = value.items() if isinstance(value, dict) else ()
        marked = any(key in value for key in MARKED) if isinstance(value, dict) else False
        return {key: None if marked and key in MARKED else unnamed(inner) for key, inner in kept} or value

    with scripted(answer) as server:
        result = by_model(NATIONAL, server, alone=True)
    named, wanted = (each.report["general_public_budget"] for each in (result, structure(NATIONAL)))
    for rows in ("by_class", "items"):
        assert [{key: row.get(key) for key in MARKED} for row in named[rows]] == [
            {key: row.get(key) for key in MARKED} for row in wanted[rows]
        ]


MARKED = ("class_name", "section_name", "item_name")


@pytest.mark.parametrize("name", ["levelled", "shanghai", of_sample("s002"), of_sample("r_czj")])
def test_whole_reports_get_their_gold_figures(name: str) -> None:
    result, _ = alone(file_of(name))
    gold = json.loads(gold_of(name).read_text(encoding="utf-8"), parse_float=Decimal)
    assert figures(result.report) == figures(gold)


def test_the_cascade_asks_nothing_where_the_template_leaves_nothing_open() -> None:
    with scripted(scripted_by(example(DEPARTMENT))) as server:
        result = by_model(DEPARTMENT, server, alone=False)
    assert server.requests == []
    assert plain(result)["summary"]["mapper"] == {
        "name": "template",
        "calls": 0,
        "input_tokens": 0,
        "output_tokens": 0,
        "cost": Decimal(0),
        "prompts": {},
        "open": {},
    }


@pytest.mark.parametrize(
    ("name", "share"), [("levelled", 0.0), ("shanghai", 1 / 3), of_sample("s002", 0.0), of_sample("r_czj", 1 / 3)]
)
def test_the_cascade_asks_little_of_whole_reports(name: str, share: float) -> None:
    path = file_of(name)
    with scripted(scripted_by(example(path))) as server:
        by_model(path, server, alone=False)
        few = list(server.requests)
    _, all_of_it = alone(path)
    assert bool(few) is bool(share)
    assert len(few) <= share * len(all_of_it)
    assert sum(len(each.user) for each in few) <= share * sum(len(each.user) for each in all_of_it)


def test_a_second_run_asks_nothing(tmp_path: Path) -> None:
    store = tmp_path / "model.sqlite"
    with scripted(scripted_by(example(NATIONAL))) as server:
        first = by_model(NATIONAL, server, alone=True, store=store)
        sent = len(server.requests)
        second = by_model(NATIONAL, server, alone=True, store=store)
        assert len(server.requests) == sent > 0
    assert second.report == first.report
    assert first.summary.mapper.calls == sent
    assert second.summary.mapper.calls == 0


def test_a_prompt_has_a_version_in_the_result() -> None:
    result, _ = alone(NATIONAL)
    prompts = result.summary.mapper.prompts
    assert len(prompts["income"]) == 1
    assert len(prompts["income"][0]) == 12
