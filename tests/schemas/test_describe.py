"""What a schema says of its fields, of its places, and how a report is walked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from recount.schemas.common.parts import Change, Comparison, Portion
from recount.schemas.describe import (
    fields_of,
    holds_figures,
    leaves_in,
    leaves_of,
    models_in,
    names_of,
    nested,
    row_lists,
    row_name,
    rows_at,
    spot,
    title_of,
    titles,
)
from recount.schemas.figures import Figure, Kind, Model, Ref
from recount.schemas.final_accounts.narrative import BudgetItem, Income, ThreePublic
from recount.schemas.final_accounts.performance import FundRow, ProjectEvaluation
from recount.schemas.final_accounts.report import Report
from recount.schemas.final_accounts.sections import OperatingCost
from recount.schemas.registry import FAMILIES

REPORT = Report[Ref](
    fiscal_year=Ref(0),
    income=Income[Ref](total=Ref(1), fiscal_appropriation=Portion[Ref](amount=Ref(2), percent=Ref(3))),
    operating_costs=(OperatingCost[Ref](unit_kind="institution", amount=Ref(4)), OperatingCost[Ref](amount=Ref(5))),
    project_evaluations=(ProjectEvaluation[Ref](name="乙项目", funds=(FundRow[Ref](source="财政", executed=Ref(6)),)),),
)


# --- what a field is


def test_a_figure_field() -> None:
    field = fields_of(ThreePublic[Ref])["overseas_visits"]
    assert (field.key, field.title, field.kind) == ("overseas_visits", "因公出国（境）人次", Kind.COUNT)
    assert field.words is not None
    assert (field.model, field.part, field.many, field.is_text) == (None, None, False, False)


def test_a_part_and_a_list() -> None:
    part, rows = fields_of(Report[Ref])["income"], fields_of(Report[Ref])["project_evaluations"]
    assert (part.part, part.many, part.is_text) == (Income[Ref], False, False)
    assert (rows.part, rows.model, rows.many, rows.is_text) == (None, ProjectEvaluation[Ref], True, False)


def test_words_and_choices() -> None:
    fields = fields_of(OperatingCost[Ref])
    assert (fields["unit_kind"].is_text, fields["unit_kind"].choice) == (True, True)
    assert (fields_of(BudgetItem[Ref])["purpose"].is_text, fields_of(BudgetItem[Ref])["purpose"].choice) == (
        True,
        False,
    )


def test_a_list_of_words_has_no_model() -> None:
    field = fields_of(Report[Ref])["overview"]
    assert field.part is not None
    functions = fields_of(field.part)["functions"]
    assert (functions.many, functions.model, functions.is_text, functions.shape) == (True, None, False, str)


def test_a_field_without_a_title_is_called_by_its_key() -> None:
    class Bare(Model):
        number: int = 0

    assert fields_of(Bare)["number"].title == "number"


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_fields_are_the_same_whatever_stands_in_them(family: object) -> None:
    refs, figures = family.report_of(Ref), family.report_of(Figure)  # type: ignore[attr-defined]
    for key, field in fields_of(refs).items():
        other = fields_of(figures)[key]
        assert (field.title, field.words, field.kind, field.many) == (other.title, other.words, other.kind, other.many)


def test_what_holds_figures() -> None:
    assert holds_figures(Report[Ref], "project_evaluations", Kind.SCORE)
    assert not holds_figures(Report[Ref], "income", Kind.SCORE)
    assert not holds_figures(Report[Ref], "glossary")


def test_a_row_is_named_by_its_texts_before_its_figures() -> None:
    assert names_of(BudgetItem[Ref]) == ("class_name", "section_name", "item_name")
    assert names_of(OperatingCost[Ref]) == ()
    assert names_of(Change[Ref]) == ()


def test_every_phrasing_is_of_figures_of_its_part() -> None:
    for part in (Change, Portion, Comparison):
        keys = {*part.phrasing.before, *part.phrasing.basis, *part.phrasing.also_own}
        assert keys <= {key for key, field in fields_of(part).items() if field.kind is not None}
    assert Income.phrasing.before == {}


# --- how a report is walked


def test_leaves_have_their_pointers() -> None:
    found = {pointer: leaf.token for pointer, leaf in leaves_in(REPORT) if isinstance(leaf, Ref)}
    assert found == {
        "/fiscal_year": 0,
        "/income/total": 1,
        "/income/fiscal_appropriation/amount": 2,
        "/income/fiscal_appropriation/percent": 3,
        "/operating_costs/0/amount": 4,
        "/operating_costs/1/amount": 5,
        "/project_evaluations/0/funds/0/executed": 6,
    }


def test_leaves_of_dicts_and_lists() -> None:
    assert list(leaves_in({"a": [1, {"b": None}], "c": ()}, "/x")) == [("/x/a/0", 1), ("/x/a/1/b", None)]


def test_each_model_comes_before_those_in_it() -> None:
    names = [type(model).__name__ for model in models_in(REPORT)]
    assert names == [
        *("Report[Ref]", "Income[Ref]", "Portion[Ref]", "OperatingCost[Ref]", "OperatingCost[Ref]"),
        *("ProjectEvaluation[Ref]", "FundRow[Ref]"),
    ]


def test_a_report_as_dicts_and_lists() -> None:
    values = nested(REPORT, lambda leaf: leaf.token if isinstance(leaf, Ref) else leaf)
    assert values["income"]["fiscal_appropriation"] == {"amount": 2, "percent": 3}
    assert [row["unit_kind"] for row in values["operating_costs"]] == ["institution", None]
    assert list(values) == list(Report.model_fields)


def test_the_fields_of_a_row_and_of_its_parts() -> None:
    leaves = {leaf.name: leaf for leaf in leaves_of(BudgetItem[Decimal])}
    assert leaves["change_percent"].title == "与上年决算相比 › 增减率"
    assert leaves["change_percent"].field.kind is Kind.PERCENT
    assert leaves["amount"].field.shape is Decimal


def test_lists_within_rows() -> None:
    ways = ["/".join(rows.way) for rows in row_lists(Report[Decimal])]
    assert ways.index("project_evaluations/*") + 1 == ways.index("project_evaluations/*/funds/*")
    report = nested(REPORT, lambda leaf: leaf)
    ((pointer, row, around),) = rows_at(report, ("project_evaluations", "*", "funds", "*"))
    assert (pointer, row["source"]) == ("/project_evaluations/0/funds/0", "财政")
    assert around is not None
    assert around["name"] == "乙项目"


# --- what a place is called


def test_titles_lead_from_the_section_to_the_figure() -> None:
    report = nested(REPORT, lambda leaf: leaf)
    pointer = "/project_evaluations/0/funds/0/executed"
    assert titles(Report, report, pointer) == ["项目支出绩效自评表", "1 乙项目", "资金", "1 财政", "全年执行数"]
    assert titles(Report, report, "/operating_costs/0/amount")[1:] == ["1 institution", "机关运行经费/公用经费"]
    assert titles(Report, report, "/operating_costs/1/amount")[1:] == ["2", "机关运行经费/公用经费"]


def test_a_way_that_nobody_knows_is_called_by_its_own_words() -> None:
    assert titles(Report, {}, "/nothing/4/a~1b") == ["nothing", "5", "a/b"]


def test_a_sentence_names_the_row_and_the_field() -> None:
    assert title_of(REPORT, "/income/fiscal_appropriation/percent") == "占比"
    assert title_of(REPORT, "/project_evaluations/0/funds/0/executed") == "财政·全年执行数"
    assert title_of(REPORT, "/project_evaluations/0") == "乙项目·项目支出绩效自评表"


def test_a_sentence_does_not_name_a_row_by_a_word_of_the_schema() -> None:
    assert title_of(REPORT, "/operating_costs/0/amount") == "1·机关运行经费/公用经费"


def test_a_row_is_called_by_the_first_of_its_names() -> None:
    assert row_name({"class_name": "教育支出", "item_name": "小学教育"}) == "小学教育"
    assert row_name({"class_name": "教育支出", "item_name": None}) == "教育支出"
    assert row_name(None) == ""


def test_a_spot_knows_the_kind() -> None:
    assert spot(Report, ("project_evaluations", "*", "funds", "*", "execution_rate")).kind is Kind.PERCENT
    assert spot(Report, ("income", "nothing")).kind is None
