"""The narrative against the statements."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from recount.pipeline.verify.recount import identities_of
from recount.schemas.arithmetic import evaluate
from recount.schemas.figures import Figure
from recount.schemas.final_accounts.cross import narrative_against_statements
from recount.schemas.final_accounts.report import Report
from recount.schemas.final_accounts.sections import between_sections
from recount.tests.samples import of_sample
from recount.tests.schemas.gold import failures, fill, load
from recount.tests.twins import gold_of

D = Decimal


@pytest.mark.parametrize("name", ["shanghai", of_sample("r_czj")])
def test_a_whole_report_contradicts_itself_once(name: str) -> None:
    """Section 四 prints another total than its statement, on both sides."""
    report = load(gold_of(name))
    found = [evaluate(identity) for identity in narrative_against_statements(report, report.statements)]
    assert [failure.identity.rule for failure in found if failure.result == "fail"] == [
        "四、财政拨款收入总计 = 财政拨款收入支出决算总表·收入总计",
        "四、财政拨款支出总计 = 财政拨款收入支出决算总表·支出总计",
    ]
    assert sum(result.result == "pass" for result in found) > 25


def example() -> dict[str, Any]:
    """A report of our own, with every section once in words and once as a statement."""
    coded = [
        {"code": None, "name": "合计", "total": D("7.00"), "basic": D("5.00"), "project": D("2.00")},
        {"code": "205", "name": "教育支出", "total": D("7.00")},
        {"code": "20502", "name": "普通教育", "total": D("7.00")},
        {"code": "2050204", "name": "高中教育", "total": D("7.00")},
    ]
    item = {"class_name": "教育支出", "section_name": "普通教育", "item_name": "高中教育", "amount": D("7.00")}
    fund = {"code": None, "name": "合计", "opening": D("1.00"), "income": D("2.00"), "total": D("3.00")}
    overview = {"income_total": D("10.00"), "opening_carryover": D("1.00"), "expenditure_total": D("10.00")}
    return {
        "income_expenditure": overview,
        "income": {"total": D("9.00"), "institutional": {"amount": D("9.00"), "percent": D("100")}},
        "expenditure": {"total": D("7.00"), "basic": {"amount": D("5.00")}},
        "fiscal_appropriation": {"income_total": D("8.00"), "closing_carryover": D("1.00")},
        "general_public_budget": {
            "total": D("7.00"),
            "by_class": [{"class_name": "教育支出", "amount": D("7.00")}],
            "items": [item],
        },
        "basic_expenditure": {"total": D("5.00"), "personnel": D("4.00"), "public": D("1.00")},
        "three_public": {
            "total": D("2.00"),
            "reception": {"amount": D("2.00")},
            "budget": {"budget": D("3.00"), "final": D("2.00")},
        },
        "government_funds": {"income_total": D("3.00"), "expenditure": D("3.00")},
        "state_capital": {"none": True},
        "statements": {
            "income_expenditure": overview,
            "income": {"rows": [{"code": None, "name": "合计", "total": D("9.00"), "institutional": D("9.00")}]},
            "expenditure": {"rows": coded},
            "fiscal_appropriation": {"income_total": D("8.00"), "closing_carryover": {"total": D("1.00")}},
            "general_public_budget": {"rows": coded},
            "basic_expenditure": {"personnel_total": D("4.00"), "public_total": D("1.00")},
            "three_public": {
                "budget": {"total": D("3.00")},
                "final": {"total": D("2.00"), "reception": D("2.00")},
            },
            "government_funds": {"rows": [fund]},
            "state_capital": {"rows": [{"code": None, "name": "合计"}]},
        },
    }


def failing(data: dict[str, Any]) -> list[str]:
    report = fill(Report[Figure], data)
    return [failure.identity.rule for failure in failures(narrative_against_statements(report, report.statements))]


def test_a_report_that_agrees_with_itself() -> None:
    assert failing(example()) == []
    report = fill(Report[Figure], example())
    evaluated = map(evaluate, narrative_against_statements(report, report.statements))
    assert len([evaluation for evaluation in evaluated if evaluation.result == "pass"]) == 20


@pytest.mark.parametrize(
    ("path", "begins"),
    [
        ("income_expenditure income_total", "一、收入总计"),
        ("income institutional amount", "二、事业收入"),
        ("expenditure basic amount", "三、基本支出"),
        ("fiscal_appropriation closing_carryover", "四、财政拨款年末"),
        ("general_public_budget total", "五、一般公共预算财政拨款支出"),
        ("general_public_budget by_class 0 amount", "五、教育支出 = "),
        ("general_public_budget items 0 amount", "五、教育支出·普通教育·高中教育"),
        ("basic_expenditure personnel", "六、人员经费"),
        ("three_public reception amount", "七、公务接待费"),
        ("three_public budget budget", "七、“三公”经费支出预算数"),
        ("government_funds income_total", "八、政府性基金预算收入总计"),
    ],
)
def test_a_figure_that_differs_from_its_statement(path: str, begins: str) -> None:
    data = example()
    *keys, last = path.split()
    place: Any = data
    for key in keys:
        place = place[int(key)] if key.isdigit() else place[key]
    # The overview of the example is shared by both sides; only the narrative's copy changes.
    if keys == ["income_expenditure"]:
        data["income_expenditure"] = place = dict(place)
    place[last] += D("0.02")
    assert [rule.startswith(begins) for rule in failing(data)] == [True]


def test_items_of_the_same_name_are_not_taken_for_each_other() -> None:
    data = example()
    items = data["general_public_budget"]["items"]
    items.append({**items[0], "amount": D("1.00")})
    assert failing(data) == []


def test_without_statements_there_is_nothing_to_compare() -> None:
    data = example()
    del data["statements"]
    report = fill(Report[Figure], data)
    assert list(narrative_against_statements(report, report.statements)) == []


@pytest.mark.parametrize(("percent", "rules"), [("66.67", []), ("60.67", ["七、公务接待费完成预算的百分比"])])
def test_a_completion_without_its_budget_takes_it_from_the_statement(percent: str, rules: list[str]) -> None:
    data = example()
    data["three_public"]["reception_budget"] = {"final": D("2.00"), "completion_percent": D(percent)}
    data["statements"]["three_public"]["budget"]["reception"] = D("3.00")
    assert [rule.partition(" = ")[0] for rule in failing(data)] == rules


@pytest.mark.parametrize(("as_of", "failed"), [("2022-12-31", 0), ("2021-12-31", 1), ("", 0)])
def test_the_year_is_that_of_the_state_assets(as_of: str, failed: int) -> None:
    report = fill(Report[Figure], {"fiscal_year": D(2022), "state_assets": {"as_of": as_of}})
    assert len(failures(between_sections(report))) == failed


def test_what_is_paid_out_of_the_appropriation_is_a_part_of_all() -> None:
    data: dict[str, Any] = {
        "income_expenditure": {"opening_carryover": D("3.00"), "closing_carryover": D("1.00")},
        "fiscal_appropriation": {
            "opening_carryover": D("2.00"),
            "closing_carryover": D("1.00"),
            "expenditure_budget": {"budget": D("9.00")},
        },
        "expenditure": {"basic": {"amount": D("5.00")}},
        "basic_expenditure": {"total": D("5.00")},
        "general_public_budget": {"budget": {"budget": D("9.00")}},
    }
    assert failures(between_sections(fill(Report[Figure], data))) == []
    data["fiscal_appropriation"]["opening_carryover"] = D("3.02")
    data["basic_expenditure"]["total"] = D("5.02")
    data["general_public_budget"]["budget"]["budget"] = D("9.02")
    assert len(failures(between_sections(fill(Report[Figure], data)))) == 3


# --- what regions leave out of a section


def broken(data: dict[str, Any]) -> list[str]:
    """The rules that a report breaks, within its sections and between them."""
    report: Report[Figure] = fill(Report[Figure], data)
    return [failure.identity.rule for failure in failures(iter(identities_of(report)))]


def changed(whole: str, *items: tuple[str, str]) -> dict[str, Any]:
    listed = [{"item_name": str(at), "amount": D(a), "change": {"amount": D(c)}} for at, (a, c) in enumerate(items)]
    return {"general_public_budget": {"total": D("9.00"), "change": {"amount": D(whole)}, "items": listed}}


def test_items_that_ended_may_be_left_out_of_the_list() -> None:
    rule = "增减额 = 各项增减额之和"
    assert rule not in broken(changed("1.00", ("6.00", "2.00"), ("3.00", "1.00")))  # one of 2.00 ended
    assert rule in broken(changed("4.00", ("6.00", "2.00"), ("3.00", "1.00")))
    assert rule in broken(changed("1.00", ("9.00", "2.00"), ("0.00", "1.00")))  # this form lists what ended


def test_shares_are_of_the_total_that_another_section_prints() -> None:
    data: dict[str, Any] = {"expenditure": {"basic": {"amount": D("7.00"), "percent": D("50.00")}}}
    assert broken(data) == []
    data["income_expenditure"] = {"expenditure_current_year": D("7.00")}
    assert "占本年支出的比例" in " ".join(broken(data))
    income = {"income": {"other": {"amount": D("7.00"), "percent": D("50.00")}}}
    assert "占本年收入的比例" in " ".join(broken(income | {"income_expenditure": {"income_current_year": D("7.00")}}))


def test_classes_are_shares_of_the_statement_where_no_total_is_said() -> None:
    rows = [{"code": None, "name": "合计", "total": D("8.00")}]
    classes = [{"class_name": "教育支出", "amount": D("4.00"), "percent": D("40.00")}]
    data = {"general_public_budget": {"by_class": classes}, "statements": {"general_public_budget": {"rows": rows}}}
    assert "各类占支出的比例" in " ".join(broken(data))


def test_a_completion_is_of_the_total_where_no_final_is_said() -> None:
    budget = {"budget": D("10.00"), "completion_percent": D("80.00")}
    assert broken({"general_public_budget": {"total": D("9.00"), "budget": budget}}) == [
        "完成预算的百分比 = 支出 ÷ 预算数"
    ]
