"""Two readers: what no identity covers is kept where both put it in one place, and left open where they do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from recount.pipeline.errors import Unreachable
from recount.pipeline.model.answer.draft import Reading
from recount.pipeline.model.answer.evidence import Evidence, Pick
from recount.pipeline.model.ask.question import Question, Reply
from recount.pipeline.model.ask.shown import Mark, Place
from recount.pipeline.model.cascade import PARTED
from recount.pipeline.result import FigureEntry, Result
from recount.pipeline.settings import ModelSettings, Settings
from recount.pipeline.structure import structure
from recount.pipeline.usage import NOTHING
from recount.schemas.describe import Step
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.narrative import BudgetItem, GeneralPublicBudget
from recount.schemas.final_accounts.report import Report
from recount.tests.pipeline.model.examples import NATIONAL, example


class Second:
    """A second reader: perfect, but for what is changed in its answers."""

    def __init__(self, change: Callable[[dict[str, Any]], Any] = lambda values: values) -> None:
        self._oracle, self._change = example(NATIONAL).oracle(), change
        self.asked: list[Question] = []

    def ask(self, question: Question) -> Reply:
        self.asked.append(question)
        values = self._oracle.ask(question).value.model_dump(mode="json")
        return Reply(question.response.model_validate(self._change(values)), NOTHING)

    def known(self, question: Question) -> bool:
        return question is None


def read(second: Any = None, name: str | None = "other") -> Result:
    again = ModelSettings(name) if name is not None else None
    settings = Settings(mapper="model", model=ModelSettings("one"), rounds=1, second_model=again)
    return structure(NATIONAL, settings=settings, who=example(NATIONAL).oracle(), second=second)


@pytest.fixture(scope="module")
def alone() -> Result:
    return read(name=None)


def uncovered(result: Result) -> set[str]:
    return {
        at
        for at, figure in result.figures.items()
        if figure.status == "grounded" and figure.mapper == "model:one" and not at.startswith("/unmapped_figures/")
    }


def place(figure: FigureEntry) -> object:
    return figure.page, tuple(figure.bbox or ())


def test_what_both_read_is_said_so_and_stays_as_sure_as_it_was(alone: Result) -> None:
    assert uncovered(alone)
    second = Second()
    result = read(second)
    assert {at: figure.status for at, figure in result.figures.items()} == {
        at: figure.status for at, figure in alone.figures.items()
    }
    assert {at for at, figure in result.figures.items() if figure.agreed == "model:other"} == uncovered(alone)
    assert result.summary.mapper.second == "model:other"
    assert {question.round for question in second.asked} == {0}
    assert alone.summary.mapper.second is None


def test_what_the_second_does_not_read_so_is_left_open_and_listed(alone: Result) -> None:
    gone = sorted(uncovered(alone))[0]
    section, *_ = gone.split("/")[1:]

    def silent(values: dict[str, Any]) -> dict[str, Any]:
        return {**values, section: [] if isinstance(values[section], list) else None} if section in values else values

    result = read(Second(silent))
    lost = {at for at in uncovered(alone) if at.startswith(f"/{section}/")}
    assert not lost & result.figures.keys()
    assert {one.pointer for one in result.rejected if one.reason == PARTED} == lost
    held = {
        place(figure) for figure in result.figures.values()
    }  # one printed number may fill two fields, and one 0.00 be said twice
    raws = {figure.raw for at in lost if place(figure := alone.figures[at]) not in held}
    assert raws - {"0.00"} <= {figure["raw"] for figure in result.report["unmapped_figures"]}
    sure = {at for at, figure in alone.figures.items() if figure.status == "verified"}
    assert {at for at in sure if result.figures[at].value != alone.figures[at].value} == set()


def test_a_second_reader_that_does_not_answer_leaves_it_open_and_is_asked_again() -> None:
    class Down(Second):
        def ask(self, question: Question) -> Reply:
            raise Unreachable(f"nobody is there to ask about {question.purpose}", NOTHING)

    result = read(Down())
    assert not uncovered(result)
    assert all("nobody is there" in str(reason) for reason in (result.summary.mapper.open or {}).values())
    assert result.summary.mapper.unanswered


def test_the_template_may_be_the_second_reader(alone: Result) -> None:
    result = read(name="template")
    agreed = {at for at, figure in result.figures.items() if figure.agreed == "template"}
    assert agreed == uncovered(result) <= uncovered(alone)
    assert {result.figures[at].status for at in agreed} == {"grounded"}


def test_a_figure_of_a_list_is_read_alike_in_a_row_of_the_same_name() -> None:
    trail = (
        Step(Report[Ref], "general_public_budget"),
        Step(GeneralPublicBudget[Ref], "items"),
        Step(BudgetItem[Ref], "amount"),
    )
    mark = Mark(1, "5.00@1", example(NATIONAL).document.tokens[0], Place(""), 0)
    pick = Pick(Ref(7), mark, Evidence.FOR, trail)
    row = {"class_name": "教育支出", "item_name": "小学教育", "amount": pick}
    other = {"class_name": None, "item_name": "初中教育", "amount": pick}

    def reads(*rows: dict[str, Any]) -> bool:
        reading = Reading([{"general_public_budget": {"items": list(rows)}}])
        return reading.has("/general_public_budget/items/0/amount", pick, row)

    assert reads(other, {**row, "class_name": None, "item_name": "小学 教育"})
    assert not reads(other)
    assert not reads({**row, "amount": Ref(8)})
    assert not reads({**row, "amount": None, "change": {"amount": pick}})
