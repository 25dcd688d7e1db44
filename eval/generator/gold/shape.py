"""The keys of every object of the contract (report.md), and blank objects of that shape."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

KEYS: dict[str, str] = {
    "report": "unit_name fiscal_year overview income_expenditure income expenditure fiscal_appropriation "
    "general_public_budget basic_expenditure three_public government_funds state_capital operating_costs procurement "
    "state_assets performance overall_evaluation project_evaluations other_notes glossary statements unmapped_figures",
    "overview": "functions staff_total staff_active staff_veteran_retired staff_retired office_count offices "
    "subordinate_units",
    "income_expenditure": "income_total income_current_year nonfiscal_surplus_used opening_carryover expenditure_total "
    "expenditure_current_year surplus_distribution closing_carryover income_change expenditure_change",
    "income": "total fiscal_appropriation superior_subsidy institutional business affiliate_remittance other",
    "expenditure": "total basic project remitted_to_superior business affiliate_subsidy",
    "fiscal_appropriation": "income_total opening_carryover income_current_year expenditure_total closing_carryover "
    "expenditure_current_year income_change expenditure_change income_budget expenditure_budget",
    "general_public_budget": "total percent_of_expenditure change budget by_class items",
    "class_share": "class_name amount percent",
    "item": "class_name section_name item_name amount change budget purpose",
    "basic_expenditure": "total personnel personnel_items public public_items",
    "three_public": "total change overseas vehicles reception overseas_groups overseas_visits vehicle_purchase "
    "vehicle_running vehicles_bought vehicles_owned fixed_asset_vehicles reception_batches reception_visits budget "
    "overseas_budget vehicle_purchase_budget vehicle_running_budget reception_budget",
    "part": "amount percent change",
    "fund_budget": "none income_total opening_carryover income_current_year expenditure_total closing_carryover "
    "expenditure_current_year income_change expenditure_change income_budget expenditure_budget expenditure items",
    "operating_cost": "unit_kind amount change",
    "procurement": "total goods works services sme_amount sme_percent micro_amount micro_percent",
    "state_assets": "as_of fixed_assets building_area_m2 building_value vehicle_count vehicle_value "
    "vehicles_ministerial vehicles_principal vehicles_confidential vehicles_emergency vehicles_enforcement "
    "vehicles_special vehicles_retired_cadre vehicles_other vehicles_other_note large_equipment",
    "performance": "overall_table_count overall_budget overall_executed project_count project_budget project_executed "
    "achievements problems improvements",
    "fund_row": "source initial_budget annual_budget executed weight execution_rate score",
    "indicator": "level1 level2 level3 target actual weight score deviation basis",
    "project_evaluation": "name department implementing_unit fiscal_year funds expected_goal actual_completion "
    "indicators total_weight total_score",
    "overall_evaluation": "unit_name fiscal_year funds expected_goal actual_completion indicators total_weight "
    "total_score",
    "change": "amount percent reason",
    "portion": "amount percent",
    "comparison": "budget final variance_percent completion_percent reason",
    "unmapped": "section label raw value unit",
    "statements": "income_expenditure income expenditure fiscal_appropriation general_public_budget basic_expenditure "
    "three_public government_funds state_capital",
}
_LISTS = {
    "functions",
    "offices",
    "subordinate_units",
    "by_class",
    "items",
    "personnel_items",
    "public_items",
    "operating_costs",
    "project_evaluations",
    "glossary",
    "unmapped_figures",
    "funds",
    "indicators",
}


def blank(kind: str, /, **values: Any) -> Json:
    """An object of the contract with `values` filled in; what is not given is null, or [] where it is a list."""
    keys = KEYS[kind].split()
    unknown = set(values) - set(keys)
    if unknown:
        raise KeyError(f"{kind} has no {sorted(unknown)}")
    return {key: values.get(key, [] if key in _LISTS else None) for key in keys}
