"""What must add up in the statements: the published example, small ones of our own, and random ones."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.schemas.arithmetic import evaluate
from recount.schemas.figures import Figure
from recount.schemas.final_accounts.statements import (
    BasicStatement,
    ExpenditureStatement,
    FiscalAppropriationStatement,
    FundBudgetRow,
    GeneralStatement,
    IncomeExpenditureStatement,
    Statements,
    ThreePublicRow,
)
from recount.tests.samples import of_sample
from recount.tests.schemas.gold import failures, fill, identities, load
from recount.tests.twins import gold_of

D = Decimal


def rules_that_fail(model: type[Any], data: dict[str, Any]) -> list[str]:
    return [failure.identity.rule for failure in failures(identities(fill(model, data)))]


def rules_that_pass(model: type[Any], data: dict[str, Any]) -> list[str]:
    results = map(evaluate, identities(fill(model, data)))
    return [each.identity.rule for each in results if each.result == "pass"]


@pytest.mark.parametrize("name", ["shanghai", "national", of_sample("r_czj")])
def test_a_whole_report_adds_up(name: str) -> None:
    """Sums that are one or two cents off by rounding are inside the bound."""
    results = [evaluate(identity) for identity in identities(load(gold_of(name)).statements)]
    assert [result.identity.rule for result in results if result.result == "fail"] == []
    passed = [result for result in results if result.result == "pass"]
    assert len(passed) > 150
    assert sum(result.residual != 0 for result in passed) > 2


def row(code: str | None, name: str, **amounts: str) -> dict[str, Any]:
    return {"code": code, "name": name, **{key: D(amount) for key, amount in amounts.items()}}


def test_each_level_is_the_sum_of_the_next() -> None:
    rows = [
        row(None, "合计", total="9.00", project="9.00"),
        row("204", "公共安全支出", total="5.00", project="5.00"),
        row("20402", "公安", total="5.00", project="5.00"),
        row("2040219", "信息化建设", total="2.00", project="2.00"),
        row("2040220", "执法办案", total="3.00", project="3.00"),
        row("212", "城乡社区支出", total="4.00", project="4.00"),
        row("2120101", "行政运行", total="4.00", project="4.00"),  # its 款 is not printed
    ]
    assert rules_that_fail(ExpenditureStatement[Figure], {"rows": rows}) == []
    passed = rules_that_pass(ExpenditureStatement[Figure], {"rows": rows})
    assert "合计·本年支出合计 = 所属各类之和" in passed
    assert "20402公安·项目支出 = 所属各项之和" in passed
    assert "212城乡社区支出·本年支出合计 = 所属各项之和" in passed
    rows[4] = row("2040220", "执法办案", total="3.50", project="3.50")
    assert rules_that_fail(ExpenditureStatement[Figure], {"rows": rows}) == [
        "20402公安·本年支出合计 = 所属各项之和",
        "20402公安·项目支出 = 所属各项之和",
    ]


def test_nothing_is_claimed_of_a_family_that_is_not_certain() -> None:
    twice = [
        row("204", "公共安全支出", total="5.00"),
        row("20402", "公安", total="5.00"),
        row("20402", "公安", total="5.00"),
    ]
    assert rules_that_fail(GeneralStatement[Figure], {"rows": twice}) == []
    unreadable = [
        row(None, "合计", total="9.00"),
        row("204", "公共安全支出", total="5.00"),
        row("20402", "公安", total="2.00"),
        row(None, "检察", total="3.00"),
        row("212", "城乡社区支出", total="4.00"),
        row("21201", "城乡社区管理事务", total="3.00"),
    ]
    assert rules_that_fail(GeneralStatement[Figure], {"rows": unreadable}) == ["212城乡社区支出·小计 = 所属各款之和"]


def test_blank_cells_are_nothing() -> None:
    overview = {
        "income": [{"name": "事业收入", "amount": D("8.00")}, {"name": "其中：教育收费", "amount": D("3.00")}],
        "income_current_year": D("8.00"),
        "opening_carryover": D("2.00"),
        "income_total": D("10.00"),
        "expenditure": [{"name": "教育支出", "amount": D("10.00")}, {"name": "国防支出", "amount": None}],
        "expenditure_current_year": D("10.00"),
        "expenditure_total": D("10.00"),
    }
    assert rules_that_fail(IncomeExpenditureStatement[Figure], overview) == []
    assert len(rules_that_pass(IncomeExpenditureStatement[Figure], overview)) == 5
    overview["expenditure_total"] = D("10.02")
    assert len(rules_that_fail(IncomeExpenditureStatement[Figure], overview)) == 2


def test_each_budget_of_the_fiscal_appropriation_balances() -> None:
    statement = {
        "income": [
            {"name": "一般公共预算财政拨款", "amount": D("50.00")},
            {"name": "政府性基金预算财政拨款", "amount": D("6.00")},
        ],
        "income_current_year": D("56.00"),
        "opening_carryover": D("3.00"),
        "opening_general": D("2.00"),
        "opening_funds": D("1.00"),
        "income_total": D("59.00"),
        "expenditure": [
            {"name": "教育支出", "total": D("45.00"), "general": D("45.00")},
            {"name": "城乡社区支出", "total": D("7.00"), "funds": D("7.00")},
        ],
        "expenditure_current_year": {"total": D("52.00"), "general": D("45.00"), "funds": D("7.00")},
        "closing_carryover": {"total": D("7.00"), "general": D("7.00")},
        "expenditure_total": {"total": D("59.00"), "general": D("52.00"), "funds": D("7.00")},
    }
    assert rules_that_fail(FiscalAppropriationStatement[Figure], statement) == []
    assert len(rules_that_pass(FiscalAppropriationStatement[Figure], statement)) == 17
    statement["opening_funds"], statement["opening_general"] = D("2.00"), D("1.00")
    assert rules_that_fail(FiscalAppropriationStatement[Figure], statement) == [
        "支出总计·一般公共预算财政拨款 = 本年收入 + 年初财政拨款结转和结余",
        "支出总计·政府性基金预算财政拨款 = 本年收入 + 年初财政拨款结转和结余",
    ]


def test_personnel_and_public_by_the_highest_codes() -> None:
    rows = [
        row("301", "工资福利支出", amount="30.00"),
        row("30101", "基本工资", amount="30.00"),
        row("30302", "退休费", amount="2.00"),  # its 类 is not printed
        row("302", "商品和服务支出", amount="5.00"),
        row("307", "债务利息及费用支出"),
        row("310", "资本性支出", amount="1.00"),
    ]
    statement = {"rows": rows, "personnel_total": D("32.00"), "public_total": D("6.00")}
    assert rules_that_fail(BasicStatement[Figure], statement) == []
    statement["public_total"] = D("5.00")
    assert rules_that_fail(BasicStatement[Figure], statement) == ["公用经费合计 = 302商品和服务支出 + 310资本性支出"]


@pytest.mark.parametrize(
    ("amounts", "fails"),
    [
        ({"opening": "1.00", "income": "5.00", "total": "4.00", "project": "4.00", "closing": "2.00"}, False),
        ({"opening": "1.00", "income": "5.00", "total": "4.00", "project": "4.00", "closing": "3.00"}, True),
        ({"income": "5.00", "total": "5.00", "project": "5.00"}, False),
        ({"income": "5.00", "total": "4.00", "project": "4.00"}, True),
        ({"opening": "1.00", "closing": "1.00"}, False),
        ({"total": "4.00", "basic": "1.00", "project": "3.00"}, False),  # a form without income
    ],
)
def test_a_fund_carries_forward(amounts: dict[str, str], fails: bool) -> None:
    assert bool(rules_that_fail(FundBudgetRow[Figure], row("2120803", "城市建设支出", **amounts))) is fails


def test_three_public() -> None:
    amounts = {"total": D("9.00"), "vehicles": D("7.00"), "vehicle_running": D("7.00"), "reception": D("2.00")}
    assert rules_that_fail(ThreePublicRow[Figure], amounts) == []
    amounts["vehicle_purchase"] = D("1.00")
    assert rules_that_fail(ThreePublicRow[Figure], amounts) == ["公务用车购置及运行费 = 购置费 + 运行费"]


def test_one_quantity_in_two_statements() -> None:
    statements: dict[str, Any] = {
        "income_expenditure": {
            "income": [
                {"name": "一般公共预算财政拨款收入", "amount": D("7.00")},
                {"name": "政府性基金预算财政拨款收入", "amount": D("2.00")},
                {"name": "其他收入", "amount": D("1.00")},
            ],
            "income_current_year": D("10.00"),
            "expenditure": [{"name": "教育支出", "amount": D("10.00")}],
            "expenditure_current_year": D("10.00"),
        },
        "income": {"rows": [row(None, "合计", total="10.00", fiscal_appropriation="9.00", other="1.00")]},
        "expenditure": {
            "rows": [row(None, "合计", total="10.00"), row("205", "教育支出", total="10.00")],
        },
        "fiscal_appropriation": {
            "income": [
                {"name": "一般公共预算财政拨款", "amount": D("7.00")},
                {"name": "政府性基金预算财政拨款", "amount": D("2.00")},
            ],
            "income_current_year": D("9.00"),
            "expenditure": [
                {"name": "教育支出", "total": D("9.00"), "general": D("7.00"), "funds": D("2.00")},
            ],
            "expenditure_current_year": {"total": D("9.00"), "general": D("7.00"), "funds": D("2.00")},
        },
        "general_public_budget": {
            "rows": [row(None, "合计", total="7.00", basic="7.00"), row("205", "教育支出", total="7.00")],
        },
        "basic_expenditure": {"rows": [], "personnel_total": D("6.00"), "public_total": D("1.00")},
        "government_funds": {
            "rows": [
                row(None, "合计", income="2.00", total="2.00"),
                row("205", "教育支出", income="2.00", total="2.00"),
            ],
        },
    }
    assert rules_that_fail(Statements[Figure], statements) == []
    between = [rule for rule in rules_that_pass(Statements[Figure], statements) if rule.count("表·") > 1]
    assert len(between) >= 12
    statements["basic_expenditure"]["public_total"] = D("1.50")
    assert rules_that_fail(Statements[Figure], statements) == [
        "一般公共预算财政拨款支出决算表·基本支出 = 人员经费合计 + 公用经费合计"
    ]


yuan = st.integers(min_value=0, max_value=10**10).map(lambda cents: D(cents) / 100)


def printed(amount: Decimal) -> Decimal:
    """An amount in 元 as it is printed in 万元."""
    return (amount / 10000).quantize(D("0.01"), ROUND_HALF_UP)


@st.composite
def expenditure_rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """支出决算表 of a random unit: exact amounts in 元, added up, and each printed in 万元."""
    amounts: dict[str | None, dict[str, Decimal]] = {}
    for class_code in draw(st.lists(st.sampled_from(["201", "205", "208"]), min_size=1, unique=True)):
        for section in draw(st.lists(st.sampled_from(["01", "05"]), min_size=1, unique=True)):
            for item in draw(st.lists(st.sampled_from(["01", "02", "99"]), min_size=1, unique=True)):
                basic, project = draw(yuan), draw(yuan)
                code = class_code + section + item
                for level in (None, code[:3], code[:5], code):
                    sums = amounts.setdefault(level, {"total": D(0), "basic": D(0), "project": D(0)})
                    for key, amount in (("basic", basic), ("project", project), ("total", basic + project)):
                        sums[key] += amount
    return [
        {"code": code, "name": code or "合计", **{key: printed(amount) for key, amount in sums.items()}}
        for code, sums in amounts.items()
    ]


@given(expenditure_rows())
def test_rounding_for_print_never_fails(rows: list[dict[str, Any]]) -> None:
    assert rules_that_fail(ExpenditureStatement[Figure], {"rows": rows}) == []


@given(expenditure_rows(), st.data())
def test_one_wrong_figure_never_passes(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    """A figure that is off by more than any bound in the table: half a unit for each of its figures."""
    wrong = data.draw(st.sampled_from(rows))
    key = data.draw(st.sampled_from(["total", "basic", "project"]))
    bound = D("0.005") * 3 * len(rows)
    wrong[key] += data.draw(st.sampled_from([1, -1])) * (2 * bound + D("0.01"))
    assert rules_that_fail(ExpenditureStatement[Figure], {"rows": rows}) != []


def test_a_row_that_has_lost_those_below_it_is_the_sum_of_nothing() -> None:
    rows = [row(None, "合计", total="14.00", project="14.00")]
    for at in range(5):
        code = f"2040{at}"
        rows.append(row(code, f"款{at}", total="2.80", project="2.80"))
        rows.append(row(f"{code}01", "行政运行", total="2.80", project="2.80"))
    whole = {"rows": rows}
    assert rules_that_fail(ExpenditureStatement[Figure], whole) == []
    without = {"rows": rows[:-1]}
    assert rules_that_fail(ExpenditureStatement[Figure], without) == [
        f"20404款4·{title} = 所属各下级之和" for title in ("本年支出合计", "项目支出")
    ]
    only_some = {"rows": [each for each in rows if not (each["code"] or "").endswith("101")]}
    assert rules_that_fail(ExpenditureStatement[Figure], only_some) != []
    hardly_any = {"rows": rows[:4] + [each for each in rows[4:] if len(each["code"] or "") == 5]}
    assert rules_that_fail(ExpenditureStatement[Figure], hardly_any) == []


def test_lines_without_any_amount_come_to_nothing() -> None:
    lines = [{"name": "一般公共预算财政拨款收入"}, {"name": "其他收入"}]
    printed = {"income": lines, "income_current_year": D("5.00")}
    assert rules_that_fail(IncomeExpenditureStatement[Figure], printed) == ["本年收入合计 = 各项收入之和"]
    assert rules_that_fail(IncomeExpenditureStatement[Figure], printed | {"income_current_year": D("0.00")}) == []
    assert rules_that_fail(IncomeExpenditureStatement[Figure], printed | {"income": []}) == []
