"""Whatever a model answers: what does not fit in a field costs that field, and nothing is an internal error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from recount.pipeline.errors import NotToSchema
from recount.pipeline.model.answer.draft import merged
from recount.pipeline.model.answer.resolve import NO_NUMBER
from recount.pipeline.model.ask.protocol import PAIR
from recount.pipeline.model.ask.question import Question, Reply, answer_model
from recount.pipeline.model.cascade import map_by_model
from recount.pipeline.usage import NOTHING
from recount.pipeline.verify.recount import Status
from recount.schemas.describe import steps_of, way_of
from recount.schemas.final_accounts.report import Report
from recount.tests.pipeline.model.examples import NATIONAL, example
from recount.tests.pipeline.model.resolving import INCOME, refused, resolved

WORDS = st.text(max_size=8) | st.sampled_from(["0.00@1", "1,955.06@1万元", "@1", "无", "411.63", "是", "nan", "1e9@3"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


def fields(values: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in an answer, parts and lists too."""
    inner = values.items() if isinstance(values, Mapping) else enumerate(values) if isinstance(values, list) else ()
    return [path, *(place for key, value in inner for place in fields(value, (*path, key)))]


def with_other(values: dict[str, Any], place: tuple[Any, ...], other: Any) -> Any:
    """An answer with something else at a place."""
    if not place:
        return other
    changed = deepcopy(values)
    holder: Any = changed
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = other
    return changed


Change = tuple[int, int, Any]
"""Which question, which place of its answer (counted on from the first where there are fewer), what stands there."""


class Altered:
    """Answers perfectly but for some changes."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._oracle, self._changes = example(NATIONAL).oracle(), changes

    def ask(self, question: Question) -> Reply:
        number = len(self._oracle.asked)
        values = self._oracle.ask(question).value.model_dump(mode="json")
        for asked, place, other in self._changes:
            if asked == number:
                places = fields(values)
                values = with_other(values, places[place % len(places)], other)
        try:
            return Reply(question.response.model_validate(values), NOTHING)
        except ValidationError as error:
            raise NotToSchema("the model does not keep to the schema", NOTHING) from error

    def known(self, question: Question) -> bool:
        return question is None


PURPOSES = ("income_expenditure", "general_public_budget", "government_funds", "glossary")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 200), JSON), min_size=1, max_size=9))
def test_no_answer_is_an_internal_error_or_verifies_a_wrong_figure(changes: list[Change]) -> None:
    known = example(NATIONAL)
    mapper = replace(known.mapper(Altered(changes)), threads=1)
    verified = map_by_model(known.document, mapper, "altered", 0, PURPOSES).verified
    right = {(way_of(steps_of(at)), figure.token) for at, figure in known.verified.figures.items()}
    sure = [at for at, status in verified.statuses.items() if status is Status.VERIFIED]
    assert {(way_of(steps_of(at)), verified.figures[at].token) for at in sure} <= right


def answer(**values: Any) -> Any:
    wanted = dict.fromkeys(values)
    return answer_model(Report, PAIR.figure_type(()), wanted).model_validate(values)


def test_null_for_yes_or_no_is_not_said() -> None:
    found = answer(government_funds={"none": None, "income_total": "1.00@1", "items": None})
    assert found.government_funds.none is False
    assert found.government_funds.income_total == "1.00@1"
    assert found.government_funds.items == ()


def test_what_does_not_fit_costs_its_field_alone() -> None:
    rows = [{"term": "a", "definition": "b"}, "无", {"term": ["c"], "definition": "d"}]
    found = answer(unit_name="甲局", glossary=rows)
    assert [(row.term, row.definition) for row in found.glossary] == [("a", "b"), (None, "d")]
    assert found.unit_name == "甲局"


def test_an_answer_of_which_most_does_not_fit_is_none() -> None:
    with pytest.raises(ValidationError):
        answer(unit_name="甲局", glossary=["一", "二"])
    with pytest.raises(ValidationError):
        answer(government_funds="无")


def test_a_word_in_the_place_of_a_figure_is_refused_there_and_nowhere_else() -> None:
    found = resolved("income", {"total": "很多", "fiscal_appropriation": {"amount": "90.00@2", "percent": 90}}, INCOME)
    assert refused(found) == [("/income/total", NO_NUMBER)]
    assert found.values["income"]["fiscal_appropriation"]["amount"].mark.number == 2


def test_yes_or_no_that_half_of_an_answer_says_is_kept() -> None:
    assert merged({"none": False}, {"none": None}) == {"none": False}
    assert merged({"none": False}, {"none": True}) == {"none": True}
