"""Grounding: a reference becomes a figure only if its token is there and its unit fits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from recount.pipeline.document import Document, Token
from recount.pipeline.split.abroad import measured
from recount.pipeline.verify.ground import Resolver, own_unit
from recount.schemas.common.parts import Overview, StateAssets
from recount.schemas.family import Money
from recount.schemas.figures import Kind, Model, Ref
from recount.schemas.final_accounts.narrative import Change, Comparison, Expenditure
from recount.schemas.final_accounts.performance import FundRow, ProjectEvaluation
from recount.schemas.final_accounts.report import Report, UnmappedFigure
from recount.schemas.final_accounts.sections import Procurement


def token(shown: str, unit: str | None = None, head: str | None = None, index: int = 0) -> Token:
    value = Decimal(shown.replace(",", ""))
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return Token(index, shown, value, -exponent, unit, 1, (0.0, 0.0, 1.0, 1.0), head=head)


def resolved(model: Model, *tokens: Token) -> tuple[Any, Resolver]:
    resolver = Resolver(tokens, "template")
    return resolver.model(model), resolver


@pytest.mark.parametrize(
    ("shown", "unit", "head", "value", "quantum"),
    [
        ("1955.06", "万元", None, "1955.06", "0.01"),
        ("1955", "万元", None, "1955", "1"),
        ("19,550,600", "元", None, "1955.06", "0.0001"),
        ("19550600.05", "元", None, "1955.060005", "0.000001"),
        ("0.00", "元", None, "0", "0.000001"),
        ("1.5", "亿元", None, "15000", "1000"),
        ("12,345", "千元", None, "1234.5", "0.1"),
        ("12.3", None, "百万元", "1230", "10"),
        ("33.90", None, None, "33.90", "0.01"),
        ("339000.00", None, "元", "33.90", "0.000001"),
        ("33.90", "万元", "元", "33.90", "0.01"),  # its own unit goes before that of the table
    ],
)
def test_money_comes_in_wan_with_the_step_that_was_printed(
    shown: str, unit: str | None, head: str | None, value: str, quantum: str
) -> None:
    found, _ = resolved(Change[Ref](amount=Ref(0)), token(shown, unit, head))
    assert (found.amount.value, found.amount.quantum) == (Decimal(value), Decimal(quantum))
    assert "E" not in str(found.amount.value)


def test_the_words_make_a_figure_negative() -> None:
    tokens = token("1.20", "万元"), token("3.50", "%", index=1)
    found, _ = resolved(Change[Ref](amount=Ref(0, negative=True), percent=Ref(1, negative=True)), *tokens)
    assert (found.amount.value, found.percent.value) == (Decimal("-1.20"), Decimal("-3.50"))


@pytest.mark.parametrize(
    ("model", "shown"),
    [
        (Change[Ref](percent=Ref(0)), token("5.00", "万元")),
        (Change[Ref](amount=Ref(0)), token("5.00", "%")),
        (Change[Ref](amount=Ref(0)), token("5", "人")),
        (Overview[Ref](staff_total=Ref(0)), token("5.00", "万元")),
        (Overview[Ref](staff_total=Ref(0)), token("5", "%")),
        (Overview[Ref](staff_total=Ref(0)), token("5.5", "人")),
        (Overview[Ref](staff_total=Ref(0)), token("5", "万人")),
        (Overview[Ref](staff_total=Ref(0)), token("5", "千元")),
        (Overview[Ref](staff_total=Ref(0)), token("5", "美元")),
        (Change[Ref](amount=Ref(0)), token("5.00", "万美元")),
        (Change[Ref](amount=Ref(0)), token("5.00", head="港币")),
        (Change[Ref](percent=Ref(0)), token("5.00", "‰")),
        (StateAssets[Ref](building_area_m2=Ref(0)), token("5.00", "万平方米")),
        (StateAssets[Ref](building_area_m2=Ref(0)), token("5.00", "万元")),
        (ProjectEvaluation[Ref](total_score=Ref(0)), token("5.00", "%")),
        (ProjectEvaluation[Ref](fiscal_year=Ref(0)), token("5", "年")),
        (Report[Ref](fiscal_year=Ref(0)), token("2022", "万元")),
        (Report[Ref](fiscal_year=Ref(0)), token("12022", "年")),
    ],
)
def test_a_unit_that_does_not_fit_is_refused_and_the_report_holds_null(model: Model, shown: Token) -> None:
    found, resolver = resolved(model, shown)
    (pointer,) = (f"/{name}" for name in type(model).model_fields if isinstance(getattr(model, name), Ref))
    assert getattr(found, pointer[1:]) is None
    assert resolver.figures == {}
    (refused,) = resolver.rejected
    assert (refused.pointer, refused.proposed, refused.mapper) == (pointer, shown.raw, "template")
    assert refused.reason


@pytest.mark.parametrize("index", [-1, 1, 99])
def test_a_token_that_is_not_there_is_refused(index: int) -> None:
    found, resolver = resolved(Change[Ref](amount=Ref(index)), token("5.00", "万元"))
    assert found.amount is None
    assert [each.pointer for each in resolver.rejected] == ["/amount"]


@pytest.mark.parametrize(
    ("model", "shown"),
    [
        (Overview[Ref](staff_total=Ref(0)), token("5", "人")),
        (Overview[Ref](staff_total=Ref(0)), token("5")),
        (StateAssets[Ref](building_area_m2=Ref(0)), token("3,280.50", "平方米")),
        (ProjectEvaluation[Ref](total_score=Ref(0)), token("95.5", "分")),
        (ProjectEvaluation[Ref](fiscal_year=Ref(0)), token("2022", "年")),
        (Change[Ref](percent=Ref(0)), token("5.00")),
    ],
)
def test_a_unit_that_fits_or_is_not_printed_is_accepted(model: Model, shown: Token) -> None:
    _, resolver = resolved(model, shown)
    assert [figure.value for figure in resolver.figures.values()] == [shown.value]
    assert resolver.rejected == []


def test_a_figure_knows_its_pointer_in_lists_and_parts() -> None:
    project = ProjectEvaluation[Ref](funds=(FundRow[Ref](), FundRow[Ref](executed=Ref(0))))
    report = Report[Ref](project_evaluations=(project,), expenditure=Expenditure[Ref](total=Ref(1)))
    found, resolver = resolved(report, token("8.00"), token("9.00", index=1))
    assert set(resolver.figures) == {"/project_evaluations/0/funds/1/executed", "/expenditure/total"}
    row = found.project_evaluations[0].funds[1]
    assert row.executed is resolver.figures["/project_evaluations/0/funds/1/executed"]
    assert row.executed.pointer == "/project_evaluations/0/funds/1/executed"


def test_one_token_in_two_fields_is_two_figures_of_one_place() -> None:
    _, resolver = resolved(Comparison[Ref](budget=Ref(0), final=Ref(0)), token("8.00"))
    budget, final = resolver.figures["/budget"], resolver.figures["/final"]
    assert budget is not final
    assert budget.token == final.token == 0


def test_texts_and_lists_are_kept_as_they_are() -> None:
    found, _ = resolved(Overview[Ref](functions=("甲", "乙"), offices=()))
    assert (found.functions, found.offices) == (("甲", "乙"), ())
    found, _ = resolved(Change[Ref](reason="人员减少"))
    assert (found.reason, found.amount) == ("人员减少", None)


def test_a_whole_number_of_yuan_is_not_a_whole_number_of_wan() -> None:
    found, _ = resolved(Procurement[Ref](total=Ref(0)), token("339000", "元"))
    assert (str(found.total.value), found.total.quantum) == ("33.9000", Decimal("0.0001"))


def test_the_value_and_unit_of_a_figure_without_a_key_say_the_same_amount() -> None:
    row = UnmappedFigure[Ref](raw="500", value=Ref(0), unit="万元")  # as the mapper states it
    found, _ = resolved(row, token("500", "元"))
    assert (found.value.value, found.unit) == (Decimal("0.05"), "万元")


@pytest.mark.parametrize(
    ("unit", "head", "value", "quantum"),
    [
        (None, "USD thousands", "12.5", "0.1"),
        (None, "USD millions", "12500", "100"),
        (None, "USD", "0.0125", "0.0001"),
        ("billions", "USD thousands", "12500000", "100000"),
        (None, None, "12.5", "0.1"),
    ],
)
def test_money_comes_in_the_unit_of_its_family(unit: str | None, head: str | None, value: str, quantum: str) -> None:
    money = Money("USD thousands")
    [printed] = measured(Document((), (token("12.5", unit, head),)), money).tokens
    found, _ = resolved(Change[Ref](amount=Ref(0)), printed)
    assert (found.amount.value, found.amount.quantum) == (Decimal(value), Decimal(quantum))
    assert own_unit(printed, Kind.MONEY) == "USD thousands"


def test_what_is_printed_in_a_unit_that_the_family_does_not_understand_is_refused() -> None:
    for head in ("EUR thousands", "千元"):
        [printed] = measured(Document((), (token("12.5", None, head),)), Money("USD thousands")).tokens
        found, resolver = resolved(Change[Ref](amount=Ref(0)), printed)
        assert found.amount is None
        assert head in str(resolver.rejected[0].reason)
