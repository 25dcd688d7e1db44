"""The schema of a report is the contract's: keys, titles, kinds, and the rules that its figures must satisfy."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import get_args

import pytest

from recount.schemas.arithmetic import evaluate
from recount.schemas.family import Family
from recount.schemas.figures import Figure, Kind, Model, Ref
from recount.schemas.final_accounts.family import FINAL_ACCOUNTS
from recount.schemas.final_accounts.report import Report
from recount.schemas.registry import FAMILIES
from recount.tests.schemas.gold import models
from recount.tests.schemas.rules import RULES, Full, identities_of, models_in, name_of, shown

CHANGE = "amount percent reason"
COMPARISON = "budget final variance_percent completion_percent reason"
PORTION = "amount percent"
FUND_BUDGET = (
    "none income_total opening_carryover income_current_year expenditure_total closing_carryover "
    "expenditure_current_year income_change expenditure_change income_budget expenditure_budget expenditure items"
)
THREE_PUBLIC_ROW = "total overseas vehicles vehicle_purchase vehicle_running reception"
KEYS = {
    "Report": "unit_name fiscal_year overview income_expenditure income expenditure fiscal_appropriation "
    "general_public_budget basic_expenditure three_public government_funds state_capital operating_costs procurement "
    "state_assets performance overall_evaluation project_evaluations other_notes glossary statements unmapped_figures",
    "GlossaryEntry": "term definition",
    "UnmappedFigure": "section label raw value unit",
    "Overview": "functions staff_total staff_active staff_veteran_retired staff_retired office_count offices "
    "subordinate_units",
    "IncomeExpenditure": "income_total income_current_year nonfiscal_surplus_used opening_carryover expenditure_total "
    "expenditure_current_year surplus_distribution closing_carryover income_change expenditure_change",
    "Income": "total fiscal_appropriation superior_subsidy institutional business affiliate_remittance other",
    "Expenditure": "total basic project remitted_to_superior business affiliate_subsidy",
    "FiscalAppropriation": "income_total opening_carryover income_current_year expenditure_total closing_carryover "
    "expenditure_current_year income_change expenditure_change income_budget expenditure_budget",
    "GeneralPublicBudget": "total percent_of_expenditure change budget by_class items",
    "ClassAmount": "class_name amount percent",
    "BudgetItem": "class_name section_name item_name amount change budget purpose",
    "BasicExpenditure": "total personnel personnel_items public public_items",
    "ThreePublic": "total change overseas vehicles reception overseas_groups overseas_visits vehicle_purchase "
    "vehicle_running vehicles_bought vehicles_owned fixed_asset_vehicles reception_batches reception_visits budget "
    "overseas_budget vehicle_purchase_budget vehicle_running_budget reception_budget",
    "ThreePublicItem": "amount percent change",
    "FundBudget": FUND_BUDGET,
    "OperatingCost": "unit_kind amount change",
    "Procurement": "total goods works services sme_amount sme_percent micro_amount micro_percent",
    "StateAssets": "as_of fixed_assets building_area_m2 building_value vehicle_count vehicle_value "
    "vehicles_ministerial vehicles_principal vehicles_confidential vehicles_emergency vehicles_enforcement "
    "vehicles_special vehicles_retired_cadre vehicles_other vehicles_other_note large_equipment",
    "Performance": "overall_table_count overall_budget overall_executed project_count project_budget "
    "project_executed achievements problems improvements",
    "FundRow": "source initial_budget annual_budget executed weight execution_rate score",
    "Indicator": "level1 level2 level3 target actual weight score deviation basis",
    "ProjectEvaluation": "name department implementing_unit fiscal_year funds expected_goal actual_completion "
    "indicators total_weight total_score",
    "OverallEvaluation": "unit_name fiscal_year funds expected_goal actual_completion indicators total_weight "
    "total_score",
    "Change": CHANGE,
    "Portion": PORTION,
    "Comparison": COMPARISON,
    "Statements": "income_expenditure income expenditure fiscal_appropriation general_public_budget "
    "basic_expenditure three_public government_funds state_capital",
    "IncomeExpenditureStatement": "income expenditure income_current_year expenditure_current_year "
    "nonfiscal_surplus_used surplus_distribution opening_carryover closing_carryover income_total expenditure_total",
    "NamedAmount": "name amount",
    "IncomeStatement": "rows",
    "IncomeRow": "code name total fiscal_appropriation superior_subsidy institutional business affiliate_remittance "
    "other",
    "ExpenditureStatement": "rows",
    "ExpenditureRow": "code name total basic project remitted_to_superior business affiliate_subsidy",
    "FiscalAppropriationStatement": "income expenditure income_current_year opening_carryover opening_general "
    "opening_funds opening_capital income_total expenditure_current_year closing_carryover expenditure_total",
    "NamedSplit": "name total general funds capital",
    "FundSplit": "total general funds capital",
    "GeneralStatement": "rows",
    "GeneralRow": "code name total basic project",
    "BasicStatement": "rows personnel_total public_total",
    "EconomicRow": "code name amount",
    "ThreePublicStatement": "budget final",
    "ThreePublicRow": THREE_PUBLIC_ROW,
    "FundBudgetStatement": "rows note",
    "FundBudgetRow": "code name opening income total basic project closing",
}


def all_models(model: type[Model]) -> dict[str, type[Model]]:
    """A model and every model below it, by name."""
    found = {name_of(model): model}
    for info in model.model_fields.values():
        for each in models_in(info.annotation):
            found |= all_models(each)
    return found


MODELS = all_models(Report[Decimal])


def test_the_models_are_those_of_the_contract() -> None:
    assert set(MODELS) == set(KEYS)


@pytest.mark.parametrize("name", KEYS)
def test_the_keys_of_a_model_are_those_of_the_contract(name: str) -> None:
    assert sorted(MODELS[name].model_fields) == sorted(KEYS[name].split())


def test_every_field_has_a_chinese_title() -> None:
    untitled = [
        f"{name}.{key}"
        for name, model in MODELS.items()
        for key, info in model.model_fields.items()
        if not re.search(r"[\u4e00-\u9fff]", info.title or "") and key != "none"
    ]
    assert untitled == []


def test_every_figure_has_a_kind_and_nothing_else_has() -> None:
    kinds = {kind.value for kind in Kind}
    for name, model in MODELS.items():
        for key, info in model.model_fields.items():
            extra = info.json_schema_extra
            kind = extra.get("kind") if isinstance(extra, dict) else None
            is_figure = Decimal in get_args(info.annotation)
            assert (kind in kinds) is is_figure, f"{name}.{key}"


@pytest.mark.parametrize(
    ("name", "key", "kind"),
    [
        ("Overview", "staff_total", "count"),
        ("StateAssets", "building_area_m2", "area"),
        ("StateAssets", "vehicle_count", "count"),
        ("StateAssets", "vehicle_value", "money"),
        ("ThreePublic", "reception_visits", "count"),
        ("FundRow", "execution_rate", "percent"),
        ("FundRow", "weight", "score"),
        ("ProjectEvaluation", "total_score", "score"),
        ("Report", "fiscal_year", "year"),
        ("UnmappedFigure", "value", "any"),
        ("Change", "percent", "percent"),
    ],
)
def test_a_figure_counts_in_what_its_title_says(name: str, key: str, kind: str) -> None:
    extra = MODELS[name].model_fields[key].json_schema_extra
    assert isinstance(extra, dict)
    assert extra["kind"] == kind


def test_percent_keys_are_percentages() -> None:
    for name, model in MODELS.items():
        for key, info in model.model_fields.items():
            extra = info.json_schema_extra
            if isinstance(extra, dict) and "kind" in extra:
                assert (extra["kind"] == "percent") is (key.endswith(("percent", "_rate")) or "percent" in key), name


def test_the_schema_can_be_published() -> None:
    schema = Report[Decimal].model_json_schema()
    assert list(schema["properties"]) == list(Report.model_fields)
    assert schema["properties"]["fiscal_year"]["kind"] == "year"
    assert FINAL_ACCOUNTS.report_of(Ref) is Report[Ref]
    assert FINAL_ACCOUNTS in FAMILIES


def test_a_key_that_the_contract_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="extra"):
        Report[Decimal].model_validate({"profit": 1})


def test_an_empty_report_satisfies_nothing() -> None:
    found = [evaluate(each) for model in models(Report[Figure]()) for each in identities_of(model)]
    assert [each.identity.rule for each in found if each.result != "not_applicable"] == []


def test_empty_sections_satisfy_nothing() -> None:
    empty = {
        key: next(models_in(info.annotation))()
        for key, info in Report[Figure].model_fields.items()
        if any(models_in(info.annotation)) and "tuple" not in str(info.annotation)
    }
    report = Report[Figure](**empty)
    found = [evaluate(each) for model in models(report) for each in identities_of(model)]
    assert found
    assert [each.identity.rule for each in found if each.result != "not_applicable"] == []


# --- the rules


def test_the_rules_are_those_that_are_pinned() -> None:
    """A rule that goes, or that forgets one of its figures, is noticed; one that comes is added to the list."""
    assert shown(FAMILIES).split("\n") == RULES.read_text(encoding="utf-8").split("\n")


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_rule_of_a_full_report_can_be_evaluated(family: Family) -> None:
    found = [evaluate(each) for model in models(Full(family).report()) for each in identities_of(model)]
    assert {each.identity.rule for each in found if each.result == "not_applicable"} == set()
