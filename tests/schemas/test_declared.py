"""A family as data: formulae are read strictly, and a typo is one sentence with its line."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.pipeline.errors import UsageError
from recount.pipeline.recognise import family_of, fingerprint
from recount.pipeline.verify.recount import identities_of
from recount.schemas.arithmetic import evaluate
from recount.schemas.declared import family_from, key_of
from recount.schemas.describe import fields_of
from recount.schemas.family import Money
from recount.schemas.figures import Figure, Kind
from recount.schemas.formulae import FamilyError, formula_of
from recount.schemas.statements import Statement

FAMILY = """
name = "accounts"
title = "Annual accounts"
front = '(?P<unit_name>[a-z]+)accounts(?P<fiscal_year>20\\d\\d)'
money = "USD thousands"
identities = ["income.surplus = balance.surplus"]

[[statement]]
key = "balance"
title = "Balance sheet"
lines = ["Cash", { title = "Other", under = "Assets" }, "Total assets", "Debt", { key = "surplus", title = "Surplus" }]
identities = ["total_assets = cash + other", "total_assets - surplus = debt"]

[[statement]]
key = "income"
title = "Income statement"
lines = ["Surplus"]

[[table]]
key = "grants"
title = "Grants"
total = "Total"
columns = [
  { title = "Name", kind = "text" }, "Asked", "Given",
  { title = "Share", kind = "percent" },
]
identities = ["share = given / asked"]

[[section]]
key = "staff"
title = "Staff"
fields = [{ key = "all", title = "Staff", kind = "count" }, { key = "paid", title = "Paid", kind = "count" }]
identities = ["paid <= all"]
"""
GOOD = FAMILY.replace("total_assets - surplus = debt", "total_assets = debt + surplus").replace(
    '"Asked", "Given"', '{ title = "Asked" }, { title = "Given" }'
)


SUM = "total_assets = cash + other"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "family.toml"
    path.write_text(text, encoding="utf-8")
    return path


def figure(value: str, pointer: str, kind: Kind = Kind.MONEY) -> Figure:
    number = Decimal(value)
    quantum = Decimal(1).scaleb(int(number.as_tuple().exponent))
    figure.tokens += 1  # type: ignore[attr-defined]
    return Figure(pointer, number, quantum, kind, figure.tokens)  # type: ignore[attr-defined]


figure.tokens = 0  # type: ignore[attr-defined]


def filled(model: Any, **values: str) -> Any:
    of = {key: figure(value, key, fields_of(model)[key].kind or Kind.MONEY) for key, value in values.items()}
    return model(**of)


def results(value: Any) -> dict[str, str]:
    return {identity.rule: evaluate(identity).result for identity in identities_of(value)}


def test_a_family_is_read(tmp_path: Path) -> None:
    family = family_from(written(tmp_path, GOOD))
    report = family.report_of(Figure)
    fields = fields_of(report)
    assert list(fields) == ["unit_name", "fiscal_year", "balance", "income", "grants", "staff"]
    assert (family.name, family.contract, family.labelled) == ("accounts", "accounts/1", True)
    assert family.money is not None
    assert family.money.name == "USD thousands"
    balance = fields["balance"].model
    assert balance is not None
    assert issubclass(balance, Statement)
    assert fields_of(balance)["other"].under == "Assets"


def test_identities_count_in_every_column_and_between_statements(tmp_path: Path) -> None:
    report = family_from(written(tmp_path, GOOD)).report_of(Figure)
    balance, income = fields_of(report)["balance"].model, fields_of(report)["income"].model
    this = filled(balance, cash="10", other="20", total_assets="30", debt="10", surplus="20")
    last = filled(balance, cash="50", total_assets="60", debt="10", surplus="50")
    columns = [
        column.model_copy(update={"period": period}) for column, period in ((this, "2024-12-31"), (last, "2023-12-31"))
    ]
    assert results(this) == {"total_assets = cash + other": "pass", "total_assets = debt + surplus": "pass"}
    assert results(last) == {"total_assets = cash + other": "fail", "total_assets = debt + surplus": "pass"}
    year = filled(income, surplus="20").model_copy(update={"period": "P12M/2024-12-31"})
    between = [
        found for found in identities_of(report(balance=tuple(columns), income=(year,))) if "income" in found.rule
    ]
    assert [evaluate(identity).result for identity in between] == ["pass"]
    assert [operand.value for operand in evaluate(between[0]).operands] == [20, 20]


@pytest.mark.parametrize(
    ("periods", "checked"),
    [
        (("2024", "2024-12-31"), 1),
        (("P12M/2024-03-31", "2024-03-31"), 1),
        (("2024-03-31", "2024"), 1),
        (("P3M/2024-03-31", "2024-12-31"), 0),  # two days of one year
        (("2024-Q1", "2024"), 0),
        (("2023", "2024-12-31"), 0),
        ((None, "2024"), 0),
    ],
)
def test_statements_meet_where_one_says_a_year_and_the_other_a_day_of_it(
    tmp_path: Path, periods: tuple[str | None, str], checked: int
) -> None:
    report = family_from(written(tmp_path, GOOD)).report_of(Figure)
    balance, income = fields_of(report)["balance"].model, fields_of(report)["income"].model
    one = filled(income, surplus="20").model_copy(update={"period": periods[0]})
    other = filled(balance, surplus="20").model_copy(update={"period": periods[1]})
    found = [rule for rule in identities_of(report(balance=(other,), income=(one,))) if "income" in rule.rule]
    assert len(found) == checked


def test_of_several_columns_of_one_period_the_total_is_held_against_another_statement(tmp_path: Path) -> None:
    report = family_from(written(tmp_path, GOOD)).report_of(Figure)
    balance, income = fields_of(report)["balance"].model, fields_of(report)["income"].model
    funds = [
        filled(income, surplus=surplus).model_copy(update={"period": "2024", "head": head})
        for surplus, head in (("5", "Restricted funds 2024"), ("15", "Unrestricted 2024"), ("20", "Total 2024"))
    ]
    other = filled(balance, surplus="20").model_copy(update={"period": "2024"})

    def stated(columns: list[Any]) -> list[Decimal]:
        found = identities_of(report(balance=(other,), income=tuple(columns)))
        return [rule.printed.value for rule in found if "income" in rule.rule and rule.printed is not None]

    assert stated(funds) == [20]
    assert stated(funds[:2]) == []
    assert stated([*funds, funds[2]]) == []  # two totals: which it is, nobody says
    assert stated(funds[:1]) == [5]


def test_a_line_that_is_blank_is_nothing_and_a_stated_one_is_needed(tmp_path: Path) -> None:
    balance: Any = fields_of(family_from(written(tmp_path, GOOD)).report_of(Figure))["balance"].model
    assert results(filled(balance, cash="3", total_assets="3"))["total_assets = cash + other"] == "pass"
    assert results(filled(balance, cash="3"))["total_assets = cash + other"] == "not_applicable"
    assert results(filled(balance, total_assets="3"))["total_assets = cash + other"] == "not_applicable"


def test_a_tables_columns_and_its_total(tmp_path: Path) -> None:
    report = family_from(written(tmp_path, GOOD)).report_of(Figure)
    grants: Any = fields_of(report)["grants"].model
    one, two = filled(grants, asked="40", given="10", share="25"), filled(grants, asked="60", given="20")
    last = filled(grants, asked="100", given="40").model_copy(update={"name": "Total"})
    found = results(report(grants=(one, two, last)))
    assert found["share = given / asked"] == "not_applicable"  # of the last row, which prints none
    assert (found["Total·Asked = the lines above"], found["Total·Given = the lines above"]) == ("pass", "fail")
    assert results(one) == {"share = given / asked": "pass"}


INVOICE = """
name = "invoice"
money = { name = "USD", whole = true }
identities = ["amounts.net = items.amount", "amounts.paid = amounts.net + amounts.vat"]

[[table]]
title = "Items"
words = ""
columns = [
  { title = "Number", kind = "count" }, { title = "Price" }, { title = "Amount" },
  { title = "VAT", kind = "percent" }, { title = "Tax" },
]
identities = ["amount = number * price", "tax = vat * amount"]

[[section]]
title = "Amounts"
heading = ""
fields = [{ title = "Net" }, { title = "VAT" }, { title = "Paid" }]
"""


def test_products_and_the_sums_of_columns(tmp_path: Path) -> None:
    family = family_from(written(tmp_path, INVOICE))
    assert family.money == Money("USD", whole=True)
    report = family.report_of(Figure)
    assert not family.outline  # what has no title has no heading either
    items: Any = fields_of(report)["items"].model
    one = filled(items, number="3", price="1.25", amount="3.75", vat="20", tax="0.75")
    two = filled(items, number="2", price="4.00", amount="8.50", vat="20")
    assert results(one) == {"amount = number * price": "pass", "tax = vat * amount": "pass"}
    assert results(two) == {"amount = number * price": "fail", "tax = vat * amount": "not_applicable"}
    amounts: Any = fields_of(report)["amounts"].model
    found = results(report(items=(one, two), amounts=filled(amounts, net="12.25", vat="2.45", paid="14.70")))
    assert (found["amounts.net = items.amount"], found["amounts.paid = amounts.net + amounts.vat"]) == ("pass", "pass")
    less = results(report(items=(one,), amounts=filled(amounts, net="12.25")))
    assert less["amounts.net = items.amount"] == "fail"


def test_a_section_may_only_bound(tmp_path: Path) -> None:
    staff: Any = fields_of(family_from(written(tmp_path, GOOD)).report_of(Figure))["staff"].model
    assert results(filled(staff, all="3", paid="2")) == {"paid <= all": "pass"}
    assert results(filled(staff, all="3", paid="4")) == {"paid <= all": "fail"}
    assert results(filled(staff, paid="4")) == {"paid <= all": "not_applicable"}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ((SUM, "debt = cahs + other"), "line 12: 'debt = cahs + other': cahs is no name here (perhaps cash)"),
        ((SUM, "total_assets = cash +"), "line 12: 'total_assets = cash +': a name is expected at its end"),
        ((SUM, "total_assets ="), "a name is expected at its end"),
        ((SUM, "cash + other = total_assets"), "= or <= or ≤ is expected before '+'"),
        ((SUM, "total_assets = cash ^ 2"), "'^ 2' is no part of a formula"),
        ((SUM, "total_assets = cash + other * debt"), "nothing is expected before '*'"),
        ((SUM, "total_assets = cash *"), "a name is expected at its end"),
        (("income.surplus = balance.surplus", "grants.given = balance.surplus"), "line 6: grants.given is a figure of"),
        ((SUM, "total_assets = total_assets"), "total_assets stands on both sides"),
        ((SUM, "total_assets = other .. cash"), "cash does not stand below other"),
        ((SUM, "total_assets = (cash + other"), ") is expected before ''"),
        ((SUM, "total_assets = cash other"), "nothing is expected before 'other'"),
        (("income.surplus = balance.surplus", "income.surplus = balance.sur"), "line 6"),
        (("lines = [\"Surplus\"]", "line = [\"Surplus\"]"), "line 17: a statement has no line (perhaps lines)"),
        (("lines = [\"Surplus\"]", "lines = [\"Surplus\", \"Surplus\"]"), "the line surplus stands twice"),
        (("title = \"Grants\"", ""), "a table needs a title"),
        (("kind = \"percent\"", "kind = \"per cent\""), "'per cent' is no kind: money, percent, count"),
        (("key = \"surplus\", ", "key = \"copy\", "), "'copy' is no key"),
        (("key = \"income\"", "key = \"balance\""), "balance stands twice"),
        (("(?P<unit_name>[a-z]+)", "(?P<unit_name>[a-z+)"), "is no regular expression"),
        (("name = \"accounts\"", "name = accounts"), "line 2"),
        (("money = \"USD thousands\"", "money = { unit = \"USD\" }"), "money has no unit"),
        (("money = \"USD thousands\"", "money = { name = \"USD\", whole = 1 }"), "whole is true or false"),
    ],
)  # fmt: skip
def test_a_typo_is_told_with_its_line(tmp_path: Path, wrong: tuple[str, str], told: str) -> None:
    assert wrong[0] in GOOD
    path = written(tmp_path, GOOD.replace(*wrong))
    with pytest.raises(FamilyError) as error:
        family_from(path)
    assert told in str(error.value)
    with pytest.raises(UsageError, match=r"is broken: family\.toml"):
        family_of(str(tmp_path))


def test_a_folder_or_its_file_is_a_family_and_each_state_another(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    assert family_of(str(tmp_path)).name == family_of(str(path)).name == "accounts"
    before = fingerprint(str(tmp_path))
    written(tmp_path, GOOD.replace("total_assets = cash + other", "total_assets = cash"))
    assert fingerprint(str(tmp_path)) != before


def computed(formula: str, values: Mapping[str, str]) -> Decimal | None:
    figures = {key: figure(value, key) for key, value in values.items()}
    return evaluate(formula_of(formula, [*values], {}).identity(figures, formula, blank=True)).computed


def test_formulae() -> None:
    values = {"a": "1", "b": "2", "c": "4", "d": "8"}
    assert computed("a = b + c - d", values) == -2
    assert computed("a = -b + (c - d)", values) == -6
    assert computed("a = d - (b - c)", values) == 10
    assert computed("a = b .. d", values) == 14
    assert computed("a=b..d", values) == 14
    assert computed("a = (d - c) / c", values) == 100
    assert computed("a = b − c", values) == -2
    assert formula_of("'Total' = b", ["a", "b"], {"Total": "a"}).stated == "a"


@given(st.text(alphabet="ab .=+-/()'<", max_size=12))
def test_whatever_is_written_is_a_formula_or_an_error(written: str) -> None:
    try:
        formula = formula_of(written, ["a", "b"], {})
    except FamilyError:
        return
    assert set(formula.names) <= {"a", "b"}
    assert formula.stated not in formula.names[1:]


@given(st.text(max_size=80))
def test_a_key_of_any_title_is_a_key(title: str) -> None:
    key = key_of(title)
    assert key.isidentifier()
    assert not key.startswith("_")
    assert key not in Statement.model_fields


def test_keys_of_titles() -> None:
    assert [key_of(title) for title in ("Total assets", "资产总计", "2024 plan", "Lines", "class")] == [
        "total_assets", "资产总计", "n_2024_plan", "lines_", "class_",
    ]  # fmt: skip


# --- two periods

FLOWS = """
name = "flows"
title = "Flows"

[[statement]]
key = "cash"
title = "Cash flows"
lines = [
  { key = "opening", title = "Opening" }, { key = "closing", title = "Closing" },
  { key = "growth", title = "Growth", kind = "percent" },
]
identities = ["opening = previous closing", "growth = (closing - previous closing) / previous 'Closing'"]

[[statement]]
key = "balance"
title = "Balance"
lines = ["Cash"]
"""
OPENING, GROWTH = "opening = previous closing", "growth = (closing - previous closing) / previous 'Closing'"


def columns_of(family: Any, key: str, *columns: tuple[str, str, Mapping[str, str]]) -> tuple[Any, ...]:
    model = fields_of(family.report_of(Figure))[key].model
    return tuple(
        filled(model, **values).model_copy(update={"period": period, "head": head}) for period, head, values in columns
    )


def test_a_formula_speaks_of_the_period_before(tmp_path: Path) -> None:
    family = family_from(written(tmp_path, FLOWS))
    this = ("2024", "2024", {"opening": "80.00", "closing": "100.00", "growth": "25.0"})
    last = ("2023", "2023", {"opening": "77.00", "closing": "80.00", "growth": "3.9"})
    report = family.report_of(Figure)(cash=columns_of(family, "cash", this, last))
    assert results(report) == {OPENING: "pass", GROWTH: "pass"}, "of the earlier year nothing can be said"
    wrong = (*this[:2], {**this[2], "opening": "81.00"})
    assert results(family.report_of(Figure)(cash=columns_of(family, "cash", wrong, last))) == {
        OPENING: "fail",
        GROWTH: "pass",
    }
    blank = ("2023", "2023", {"opening": "77.00"})
    said = results(family.report_of(Figure)(cash=columns_of(family, "cash", this, blank)))
    assert said == {OPENING: "not_applicable", GROWTH: "not_applicable"}, "what is not printed is not nothing"


def test_columns_of_several_funds_look_back_to_their_own(tmp_path: Path) -> None:
    family = family_from(written(tmp_path, FLOWS))
    columns = [
        ("2024", "Restricted 2024", {"opening": "80", "closing": "100"}),
        ("2024", "Total 2024", {"opening": "90", "closing": "120"}),
        ("2023", "Restricted 2023", {"opening": "77", "closing": "80"}),
        ("2023", "Total 2023", {"opening": "87", "closing": "90"}),
    ]
    report = family.report_of(Figure)(cash=columns_of(family, "cash", *columns))
    found = [evaluate(identity) for identity in identities_of(report) if identity.rule == OPENING]
    assert [(one.result, *(operand.value for operand in one.operands)) for one in found] == [
        ("pass", 80, 80),
        ("pass", 90, 90),
    ]


def test_between_statements_the_period_before_is_meant_too(tmp_path: Path) -> None:
    text = FLOWS.replace('title = "Flows"', 'title = "Flows"\nidentities = ["cash.opening = previous balance.cash"]')
    family = family_from(written(tmp_path, text))
    cash = columns_of(family, "cash", ("P12M/2024-12-31", "", {"opening": "80"}))
    balance = columns_of(family, "balance", ("2024-12-31", "", {"cash": "100"}), ("2023-12-31", "", {"cash": "80"}))
    (found,) = identities_of(family.report_of(Figure)(cash=cash, balance=balance))
    assert [operand.value for operand in evaluate(found).operands] == [80, 80]


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("opening = previous unknown", "unknown is no name here"),
        ("previous opening = closing", "previous is no name here"),
        ("opening = previous opening .. closing", "nothing is expected before '..'"),
    ],
)
def test_previous_stands_before_one_name_behind_the_equals_sign(tmp_path: Path, formula: str, why: str) -> None:
    with pytest.raises(FamilyError, match=why):
        family_from(written(tmp_path, FLOWS.replace(OPENING, formula)))


def test_previous_is_said_of_statements(tmp_path: Path) -> None:
    with pytest.raises(FamilyError, match="grants has one column: another is spoken of in statements"):
        family_from(written(tmp_path, GOOD.replace("share = given / asked", "share = given / previous asked")))
    with pytest.raises(FamilyError, match=r"staff\.all has one column"):
        family_from(
            written(tmp_path, GOOD.replace("income.surplus = balance", "income.surplus = previous staff.all + balance"))
        )


def test_a_formula_speaks_of_the_column_of_a_head(tmp_path: Path) -> None:
    text = FLOWS.replace(OPENING, "opening = closing in 'Plan'")
    family = family_from(written(tmp_path, text))
    columns = [
        ("2024", "Plan 2024", {"closing": "80.00"}),
        ("2024", "Done 2024", {"opening": "80.00", "closing": "90.00"}),
        ("2023", "Plan 2023", {"closing": "70.00"}),
        ("2023", "Done 2023", {"opening": "75.00"}),
    ]
    report = family.report_of(Figure)(cash=columns_of(family, "cash", *columns))
    found = [evaluate(own) for own in identities_of(report) if own.rule == "opening = closing in 'Plan'"]
    assert [(one.result, *(operand.value for operand in one.operands)) for one in found] == [
        ("pass", 80, 80),
        ("fail", 75, 70),
    ]


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("opening = closing in Budget", "the head of a column is expected in 'single quotation marks'"),
        ("opening = closing in", "the head of a column is expected"),
        ("opening in 'Budget' = closing", "= or <= or ≤ is expected before 'in'"),
    ],
)
def test_a_head_stands_in_quotation_marks_behind_a_name(tmp_path: Path, formula: str, why: str) -> None:
    with pytest.raises(FamilyError, match=why):
        family_from(written(tmp_path, FLOWS.replace(OPENING, formula)))


def test_a_column_is_named_within_its_statement(tmp_path: Path) -> None:
    between = 'title = "Flows"\nidentities = ["cash.opening = balance.cash in \'Budget\'"]'
    with pytest.raises(FamilyError, match="a column is named in the identities of its statement alone"):
        family_from(written(tmp_path, FLOWS.replace('title = "Flows"', between)))


# --- percentages beside lines

RATES = """
name = "shares"
title = "Shares"

[[statement]]
key = "income"
title = "Income"
lines = ["Gifts", "Fees", "Total", { title = "Margin", kind = "percent" }]
rates = [
  { key = "share", title = "% of total", is = "line / total" },
  { key = "growth", title = "Change", is = "(line - previous line) / previous line" },
]
"""


def test_a_rate_is_a_percentage_beside_each_line_of_amounts(tmp_path: Path) -> None:
    family = family_from(written(tmp_path, RATES))
    model = fields_of(family.report_of(Figure))["income"].model
    assert model is not None
    found = {key: own for key, own in fields_of(model).items() if own.of is not None}
    assert list(found) == [f"{key}_{rate}" for rate in ("share", "growth") for key in ("gifts", "fees", "total")]
    assert {own.kind for own in found.values()} == {Kind.PERCENT}
    assert found["gifts_share"].called == ("% of total",)
    this = {"gifts": "30.00", "total": "40.00", "gifts_share": "75.0", "gifts_growth": "20.0"}
    last = {"gifts": "25.00", "total": "50.00", "gifts_share": "55.0"}
    report = family.report_of(Figure)(
        income=columns_of(family, "income", ("2024", "2024", this), ("2023", "2023", last))
    )
    told = [(identity.rule, evaluate(identity).result) for identity in identities_of(report)]
    assert [result for rule, result in told if rule == "gifts_share = gifts / total"] == ["pass", "fail"]
    assert ("gifts_growth = (gifts - previous gifts) / previous gifts", "pass") in told


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ('is = "share / total"', "a formula in which line stands for each line"),
        ('is = "line / totals"', "totals is no name here"),
        ('is = "line / total", kind = "money"', "a rate has no kind"),
    ],
)
def test_a_rate_that_is_wrong_is_told_with_its_line(tmp_path: Path, wrong: str, why: str) -> None:
    with pytest.raises(FamilyError, match=why):
        family_from(written(tmp_path, RATES.replace('is = "line / total"', wrong)))
    taken = RATES.replace('"Total",', '"Total", { key = "gifts_share", title = "Share" },')
    with pytest.raises(FamilyError, match="the line gifts_share stands twice: give the rate another key"):
        family_from(written(tmp_path, taken))


def test_a_key_ends_with_a_word() -> None:
    assert (
        key_of("Change in cash and cash equivalents in the reporting period")
        == "change_in_cash_and_cash_equivalents_in_the"
    )
    assert key_of("x" * 60) == "x" * 48
    assert (
        key_of("Change in cash and cash equivalents in the years") == "change_in_cash_and_cash_equivalents_in_the_years"
    )
