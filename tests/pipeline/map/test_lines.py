"""Statements: a line is known by its words and a column by the period of its head; nothing else is taken for one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from pydantic import create_model

from recount.pipeline.map.captions import continued, title_of, title_rule, titled
from recount.pipeline.map.statements import claims, joined, lines_in, lines_of, read_statement
from recount.schemas.describe import fields_of
from recount.schemas.figures import F, Kind, Model, Ref, rows
from recount.schemas.statements import Line, Statement, line, period_of, rate
from recount.tests.pipeline.map.grids import Rows, Span, grid, paragraph

BALANCE: Rows = [
    ["", "Note", "2024", "2023"],
    ["Current assets:", "", "", ""],
    ["Cash and cash equivalents", "3", "100.00", "80.00"],
    ["Other", "", "20.00", "30.00"],
    ["Total current assets", "", "120.00", "110.00"],
    ["Non-current assets:", "", "", ""],
    ["Other", "4", "5.00", "–"],
    ["Total assets", "", "125.00", "110.00"],
]


class Balance(Statement[F]):
    cash: Line[F] = line("Cash and Cash-Equivalents")
    other: Line[F] = line("Other", under="Current assets")
    other_fixed: Line[F] = line("Other", under="Non-current assets")
    assets: Line[F] = line("TOTAL ASSETS")


def read(model: Any, table: Rows, *caption: str, **options: Any) -> Sequence[Any]:
    over = next((period for words in caption if (period := period_of(words)) is not None), None)
    lines = lines_of(grid(table, *caption, **options), over)
    columns: Sequence[Any] = read_statement(model[Ref], lines, claims(lines_in(model[Ref]), lines))
    return columns


def value(ref: Ref | None) -> Decimal | None:
    return Decimal(ref.token) / 100 if ref is not None else None


def amounts(column: Any) -> list[Decimal | None]:
    return [value(getattr(column, key)) for key, field in fields_of(type(column)).items() if field.kind is not None]


def named(*titles: str) -> Any:
    fields: Any = {f"line_{at}": (F | None, line(title)) for at, title in enumerate(titles)}
    return create_model("Named", __base__=(Statement[F],), **fields)


def test_lines_by_words_and_columns_by_period() -> None:
    this, last = read(Balance, BALANCE)
    assert (this.period, last.period) == ("2024", "2023")
    assert amounts(this) == [100, 20, 5, 125]
    assert amounts(last) == [80, 30, None, 110]


def test_the_latest_comes_first_wherever_it_is_printed() -> None:
    turned = [[row[0], row[1], row[3], row[2]] for row in BALANCE]
    this, last = read(Balance, turned)
    assert (this.period, last.period) == ("2024", "2023")
    assert amounts(this) == [100, 20, 5, 125]
    assert amounts(last) == [80, 30, None, 110]


def test_what_no_field_names_is_delivered_with_its_label() -> None:
    this, last = read(Statement, BALANCE)
    assert [row.label for row in this.lines] == [
        "Cash and cash equivalents", "Other", "Total current assets", "Other", "Total assets",
    ]  # fmt: skip
    assert [value(row.amount) for row in last.lines] == [80, 30, 110, None, 110]
    rest = read(Balance, BALANCE)[0].lines
    assert [row.label for row in rest] == ["Total current assets"]


def test_what_is_no_amount_of_money_is_delivered_as_printed() -> None:
    (this,) = read(Statement, [["", "2024"], ["Profit", "10.00"], ["Earnings per share", "0.25"]])
    assert [(value(row.amount), value(row.other)) for row in this.lines] == [(10, None), (None, Decimal("0.25"))]


def test_a_line_that_is_not_there_is_not_the_one_under_the_next_heading() -> None:
    """Other is printed under the second heading alone: the first has none."""
    table = [row for row in BALANCE if row[2] != "20.00"]
    this, last = read(Balance, table)
    assert amounts(this) == [100, None, 5, 125]
    assert amounts(last) == [80, None, None, 110]


def test_words_that_two_lines_have_are_left_open_without_the_line_above() -> None:
    assert amounts(read(named("Other", "Total assets"), BALANCE)[0]) == [None, 125]


def test_a_year_that_two_columns_say_is_neither_ones() -> None:
    table: Rows = [
        ["", Span("Group", 2), Span("Company", 2)],
        ["", "2024", "2023", "2024", "2023"],
        ["Cash", "1.00", "2.00", "3.00", "4.00"],
    ]
    assert [(column.period, column.head, amounts(column)) for column in read(named("Cash"), table)] == [
        ("2024", "Group 2024", [1]), ("2024", "Company 2024", [3]),
        ("2023", "Group 2023", [2]), ("2023", "Company 2023", [4]),
    ]  # fmt: skip
    periods = [["", "2024", "2024", "2023"], ["Cash", "1.00", "2.00", "3.00"]]
    (only,) = read(named("Cash"), periods)
    assert (only.period, amounts(only)) == ("2023", [3])
    assert lines_of(grid(periods)).without == ("2024", "2024")


def test_an_inner_and_an_outer_column_of_a_year_are_one() -> None:
    table: Rows = [
        ["", Span("2024", 2), Span("2023", 2)],
        ["", "£", "£", "£", "£"],
        ["Fixed assets", "", "7.00", "", "6.00"],
        ["Cash", "2.00", "", "1.00", ""],
        ["Net assets", "", "9.00", "", "7.00"],
    ]
    columns = read(named("Fixed assets", "Cash", "Net assets"), table)
    assert [(column.period, amounts(column)) for column in columns] == [("2024", [7, 2, 9]), ("2023", [6, 1, 7])]
    table[3] = ["Cash", "2.00", "2.00", "1.00", ""]
    assert [column.period for column in read(named("Cash"), table)] == ["2023"]


def test_heads_that_say_a_period_and_more_are_told_apart_by_both() -> None:
    heads = ["", "Unrestricted funds 2024", "Total 2024", "Total 2023", "Change from 2023", "Share of total 2024 %"]
    columns = read(named("Income"), [heads, ["Income", "1.00", "3.00", "2.00", "1.00", "50.00"]])
    assert [(column.period, column.head, amounts(column)) for column in columns] == [
        ("2024", "Unrestricted funds 2024", [1]), ("2024", "Total 2024", [3]), ("2023", "Total 2023", [2]),
        (None, "Change from 2023", [1]),
    ]  # fmt: skip


def test_beside_columns_that_say_how_long_a_year_alone_is_none_of_them() -> None:
    heads = ["", "2024", "Year ended December 31, 2023", "FY2022"]
    columns = read(named("Sales"), [heads, ["Sales", "3.00", "2.00", "1.00"]])
    assert [(column.period, column.head) for column in columns] == [
        ("2022", "FY2022"), ("P12M/2023-12-31", "Year ended December 31, 2023"), (None, "2024"),
    ]  # fmt: skip
    heads[1] = "June 30, 2024"
    columns = read(named("Sales"), [heads, ["Sales", "3.00", "2.00", "1.00"]])
    assert (columns[-1].period, columns[-1].head) == (None, "June 30, 2024")


def test_a_table_goes_on_in_those_behind_it_that_say_so() -> None:
    report: Any = create_model("Report", __base__=Model, balance=(tuple[Statement[Ref], ...], rows("Balance Sheet")))
    rule = title_rule(fields_of(report)["balance"])
    first = grid([["", "2024"], ["Cash", "1.00"]], "Balance Sheet")
    second = grid([["", "2024"], ["Debt", "2.00"]], "Balance Sheet (continued)")
    other = grid([["", "2024"], ["Sales", "3.00"]], "Income Statement (continued)")
    assert list(continued([first, second, other], first, rule)) == [(second, True)]
    assert list(continued([first, other, second], first, rule)) == []
    both = joined(lines_of(first), [(lines_of(second), True)])
    assert [row.label for row in both.rows] == ["Cash", "Debt"]
    parent = lines_of(grid([["", "2023"], ["Debt", "2.00"]]))
    assert [row.label for row in joined(lines_of(first), [(parent, True)]).rows] == ["Cash"]


def test_a_table_goes_on_under_its_title_on_the_next_page_unless_it_says_the_same_again() -> None:
    first = grid([["", "2024"], ["Cash", "1.00"], ["Debt", "2.00"]], "Balance Sheet")
    rest = grid([["", "2024"], ["Equity", "3.00"]], "Balance Sheet")
    parents = grid([["", "2024"], ["Cash", "4.00"], ["Debt", "5.00"]], "Balance Sheet")
    assert list(continued([first, rest], first, "BalanceSheet")) == []  # on one page
    on_the_next = dataclasses.replace(rest, pages=(2,))
    assert list(continued([first, on_the_next], first, "BalanceSheet")) == [(on_the_next, False)]
    assert list(continued([first, on_the_next], first, "Balance")) == []
    found = joined(lines_of(first), [(lines_of(rest), False), (lines_of(parents), False)])
    assert [row.label for row in found.rows] == ["Cash", "Debt", "Equity"]
    funds = grid([["", "Own"], ["Cash", "1.00"]])
    assert len(joined(lines_of(funds), [(lines_of(grid([["", "Own"], ["Debt", "2.00"]])), False)]).rows) == 1


@pytest.mark.parametrize(
    ("over", "periods"),
    [
        ("For the nine months ended September 30, 2024 and 2023", ["P9M/2024-09-30", "P9M/2023-09-30"]),
        ("Nine Months Ended September 30,", ["P9M/2024-09-30", "P9M/2023-09-30"]),
        ("For the nine months ended September 30, 2024", ["P9M/2024-09-30", "P9M/2023-09-30"]),
        ("For the three and nine months ended September 30, 2024 and 2023", ["2024", "2023"]),
        ("For the year ended December 31, 2024", ["2024", "2023"]),
        ("As of September 30, 2024 and December 31, 2023", ["2024", "2023"]),
    ],
)
def test_what_stands_over_a_table_says_how_long_the_years_of_its_heads_are(over: str, periods: list[str]) -> None:
    table = grid([["", "2024", "2023"], ["Sales", "1.00", "2.00"]], "Income", over)
    found = titled([table], "Income")
    assert found is not None
    assert [column.period.told for column in lines_of(*found).columns if column.period is not None] == periods


def test_two_heads_that_a_scan_gives_as_one_are_each_of_its_half() -> None:
    months = Span("Three Months Ended Nine Months Ended", columns=4)
    years = ["", "June 30, 2024", "June 30, 2023", "June 30, 2024", "June 30, 2023"]
    lines = lines_of(grid([["", months], years, ["Sales", "1.00", "2.00", "3.00", "4.00"]], origin="ocr"))
    told = [column.period.told for column in lines.columns if column.period is not None]
    assert told == ["P3M/2024-06-30", "P3M/2023-06-30", "P9M/2024-06-30", "P9M/2023-06-30"]


def test_the_head_of_an_outer_column_is_that_of_the_inner_one_too() -> None:
    body: Rows = [
        ["Debtors", "2.00", "", "1.00", ""],
        ["Cash", "4.00", "", "3.00", ""],
        ["Net", "", "6.00", "", "4.00"],
    ]
    lines = lines_of(grid([["", "", "2024", "", "2023"], *body]))
    assert [row.figures.keys() for row in lines.rows] == [{0, 1}] * 3
    other: Rows = [["Debtors", "2.00", "5.00", "1.00", ""], *body[1:]]  # it has a figure in both
    assert all(len(row.figures) < 2 for row in lines_of(grid([["", "", "2024", "", "2023"], *other])).rows[1:2])


def test_a_year_where_labels_stand_is_a_label() -> None:
    rows: Rows = [["", "Leases", "Loans"], ["2025", "1.00", "2.00"], ["2026", "3.00", ""], ["Thereafter", "", "4.00"]]
    lines = lines_of(grid(rows))
    assert [column.head for column in lines.columns] == ["Leases", "Loans"]
    assert [row.label for row in lines.rows] == ["2025", "2026", "Thereafter"]


def test_days_and_the_name_of_the_company_are_no_title() -> None:
    days = "December 31, 2024 and 2023"
    blocks = [grid(BALANCE, title, "Harbor Inc.", days) for title in ("Balance Sheet", "Cash Flows")]
    assert [title_of(blocks, at)[0] for at in range(2)] == ["Balance Sheet", "Cash Flows"]
    assert title_of(blocks[:1], 0)[0] == "Harbor Inc."


def test_another_year_in_a_title_is_of_another_report() -> None:
    report: Any = create_model(
        "Report", __base__=Model, own=(tuple[Statement[Ref], ...], rows("Bilanz zum 31.12.2023"))
    )
    rule = title_rule(fields_of(report)["own"])
    assert titled([grid(BALANCE, "Bilanz zum 31.12.2024")], rule) is not None
    assert titled([grid(BALANCE, "Bilanz zum 30.06.2024")], rule) is None


def test_a_line_says_how_far_it_is_set_in() -> None:
    table = grid([["", "2024"], ["Assets", ""], ["Cash", "1.00"], ["Total", "1.00"], ["Other", "2.00"]])
    lefts = {"Assets": 60.0, "Cash": 72.0, "Total": 84.5, "Other": 71.0}
    cells = tuple(dataclasses.replace(cell, left=lefts.get(cell.text.printed)) for cell in table.cells)
    lines = lines_of(dataclasses.replace(table, cells=cells))
    assert [(row.label, row.level) for row in lines.rows] == [("Assets", 0), ("Cash", 1), ("Total", 2), ("Other", 1)]
    (column,) = read_statement(Statement[Ref], lines, claims(lines_in(Statement[Ref]), lines))
    assert [(row.label, row.level) for row in column.lines] == [("Cash", 1), ("Total", 2), ("Other", 1)]
    assert {row.level for row in lines_of(table).rows} == {None}


def test_labels_in_the_middle_of_their_column_have_no_level() -> None:
    table = grid([["", "2024"], *([f"Line {at}", "1.00"] for at in range(9))])
    cells = tuple(dataclasses.replace(cell, left=60.0 + 9 * cell.row) for cell in table.cells)
    assert {row.level for row in lines_of(dataclasses.replace(table, cells=cells)).rows} == {None}


def test_heads_over_several_columns_say_how_long() -> None:
    table: Rows = [
        ["", Span("Three Months Ended June 30,", 2), Span("Six Months Ended June 30,", 2)],
        ["", "2024", "2023", "2024", "2023"],
        ["Revenue", "3.00", "2.00", "7.00", "6.00"],
    ]
    columns = read(named("Revenue"), table)
    assert [(column.period, amounts(column)) for column in columns] == [
        ("P3M/2024-06-30", [3]), ("P3M/2023-06-30", [2]), ("P6M/2024-06-30", [7]), ("P6M/2023-06-30", [6]),
    ]  # fmt: skip


def test_a_table_in_two_halves_has_the_lines_of_both() -> None:
    table: Rows = [
        ["资产", "行次", "期末余额", "年初余额", "负债和所有者权益", "行次", "期末余额", "年初余额"],
        ["货币资金", "1", "10.00", "8.00", "短期借款", "4", "3.00", "2.00"],
        ["存货", "2", "5.00", "4.00", "实收资本", "5", "12.00", "10.00"],
        ["资产总计", "3", "15.00", "12.00", "负债和所有者权益总计", "6", "15.00", "12.00"],
    ]
    this, last = read(named("货币资金", "资产总计", "短期借款", "负债和所有者权益总计"), table, "2019年12月31日")
    assert (this.period, last.period) == ("2019-12-31", "2018-12-31")
    assert amounts(this) == [10, 15, 3, 15]
    assert amounts(last) == [8, 12, 2, 12]


def test_a_change_beside_two_years_is_behind_them_and_a_rate_is_left_out() -> None:
    table: Rows = [["项目", "增减额", "本年数", "上年数", "增减率"], ["收入", "2.00", "12.00", "10.00", "20.00"]]
    columns = read(named("收入"), table)
    heads = [(column.period, column.head, amounts(column)) for column in columns]
    assert heads == [("current", "本年数", [12]), ("previous", "上年数", [10]), (None, "增减额", [2])]


def test_columns_without_periods_are_told_by_their_heads() -> None:
    table: Rows = [["Group", "Gross days", "Value"], ["Police", "10.00", "200.00"], ["Total", "10.00", "200.00"]]
    columns = read(named("Police"), table)
    assert [(column.period, column.head) for column in columns] == [(None, "Gross days"), (None, "Value")]


def test_codes_before_the_names_are_no_figures() -> None:
    table: Rows = [["款", "名称", "本年度预算数", "上年度预算数"], ["01", "行政", "5.00", "4.00"]]
    this, last = read(named("行政"), table)
    assert amounts(this) == [5]
    assert amounts(last) == [4]


def test_ordinals_and_words_for_a_part_do_not_count_before_a_label() -> None:
    table: Rows = [["项目", "2019年"], ["一、营业收入", "9.00"], ["其中：利息收入", "1.00"], ["减：营业成本", "4.00"]]
    assert amounts(read(named("营业收入", "利息收入", "营业成本"), table)[0]) == [9, 1, 4]


def test_a_label_in_two_rows_is_one() -> None:
    table: Rows = [
        ["", "2024"],
        ["Total liabilities and", ""],
        ["shareholders' equity", "9.00"],
        ["Investments held", "4.00"],
        ["to maturity", ""],
    ]
    assert amounts(
        read(named("Total liabilities and shareholders' equity", "Investments held to maturity"), table)[0]
    ) == [9, 4]


def test_numbers_in_a_long_label_are_another_years() -> None:
    printed, known = (f"Common stock, $0.10 par value, {issued} shares issued" for issued in ("512.3", "498.0"))
    table: Rows = [["", "2024"], [printed, "9.00"], ["Local 245", "1.00"], ["Local 246", "2.00"]]
    assert amounts(read(named(known, "Local 246"), table)[0]) == [9, 2]


def test_numbers_in_a_short_label_tell_it_apart() -> None:
    assert amounts(read(named("Local 246"), [["", "2024"], ["Local 245", "1.00"]])[0]) == [None]


def test_on_a_scan_years_that_do_not_follow_each_other_are_misread() -> None:
    table: Rows = [["", "2024", "2028"], ["Cash", "1.00", "2.00"]]
    assert read(named("Cash"), table, origin="ocr") == ()
    assert lines_of(grid(table, origin="ocr")).without == ("2024", "2028")
    assert len(read(named("Cash"), table)) == 2
    assert len(read(named("Cash"), [["", "2024", "2023"], ["Cash", "1.00", "2.00"]], origin="ocr")) == 2


def test_a_scan_may_misread_a_letter_and_digital_text_may_not() -> None:
    table: Rows = [["", "2024"], ["Tota1 assets", "9.00"]]
    assert amounts(read(named("Total assets"), table, origin="ocr")[0]) == [9]
    assert amounts(read(named("Total assets"), table)[0]) == [None]


def test_a_line_of_years_is_no_head() -> None:
    table: Rows = [["", "2024", "2023"], ["Founded", "1990", "1990"], ["Cash", "1.00", "2.00"]]
    this, _ = read(named("Founded", "Cash"), table)
    assert amounts(this) == [1990, 1]


def test_figures_with_more_than_a_currency_beside_them_are_none() -> None:
    table: Rows = [["", "2024"], ["Cash", "$ 5.00"], ["Debt", "5.00 of which"]]
    assert amounts(read(named("Cash", "Debt"), table)[0]) == [5, None]


def test_the_table_of_a_title_is_the_one_that_says_no_more() -> None:
    own, other = grid([["", "2024"], ["Cash", "1.00"]]), grid([["", "2024"], ["Cash", "2.00"]])
    blocks = [
        paragraph("Consolidated Balance Sheet of the Parent"),
        other,
        paragraph("CONSOLIDATED  BALANCE SHEET"),
        own,
    ]
    report: Any = create_model(
        "Report", __base__=Model, balance=(tuple[Statement[Ref], ...], rows("Consolidated Balance Sheet"))
    )
    found = titled(blocks, title_rule(fields_of(report)["balance"]))
    assert found is not None
    assert found[0] is own


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("编制单位：青川供水有限公司　2023年12月31日　单位：元", "2023-12-31"),
        ("会企02表编制单位：青川供水有限公司2023年度单位：元", "2023"),
        ("编制单位：青川2018年供水有限公司2023年12月31日单位：元", None),  # two dates: which it is, nobody says
        ("青川供水有限公司2023年12月31日", None),
    ],
)
def test_the_date_beside_whose_a_statement_is_dates_its_columns(line: str, told: str | None) -> None:
    """The line of 会企01表: company, date and unit stand in one line over the table."""
    balance = grid([["资产", "期末余额", "年初余额"], ["货币资金", "1.00", "2.00"]])
    report: Any = create_model("Report", __base__=Model, balance=(tuple[Statement[Ref], ...], rows("资产负债表")))
    found = titled([paragraph("资产负债表"), paragraph(line), balance], title_rule(fields_of(report)["balance"]))
    assert found is not None
    assert (found[1].told if found[1] is not None else None) == told


def test_the_year_in_a_title_is_any_year() -> None:
    balance = grid([["", "2024"], ["Cash", "1.00"]])
    report: Any = create_model("Report", __base__=Model, balance=(tuple[Statement[Ref], ...], rows("Budget 2023")))
    assert titled([paragraph("Budget 2024"), balance], title_rule(fields_of(report)["balance"])) is not None


def test_a_line_says_its_kind() -> None:
    class Shares(Statement[F]):
        issued: Line[F] = line("Shares issued", kind=Kind.COUNT)

    assert fields_of(Shares[Ref])["issued"].kind is Kind.COUNT


# --- percentages beside amounts


def rates(*heads: str) -> list[tuple[str, int]]:
    """The columns of percentages of a table with these heads behind that of its labels: what they are called, and the
    place of the amounts that they are of."""
    row = [f"{at + 1}.00" for at, _ in enumerate(heads)]
    return [(own.head, own.place) for own in lines_of(grid([["", *heads], ["Cash", *row], ["Debt", *row]])).rates]


@pytest.mark.parametrize(
    ("heads", "found"),
    [
        (("2024", "2023", "Change %"), [("Change %", 0)]),
        (("2023", "2024", "Change %"), [("Change %", 0)]),  # of the latest, wherever that stands
        (("2024", "%", "2023", "%"), [("%", 0), ("%", 1)]),
        (("2024", "2024 % share", "2023", "2023 % share"), [("% share", 0), ("% share", 1)]),
        (("2024", "占比", "2023", "占比", "增减%"), [("占比", 0), ("占比", 1), ("增减%", 0)]),
        (("2024", "% of total"), [("% of total", 0)]),
        (("Budget", "Actual", "%"), [("%", 1)]),
        (("Budget", "Actual", "Variance %"), [("Variance %", 1)]),
        (("2024 Plan", "2024 Done", "%", "2023 Plan", "2023 Done", "%"), [("%", 1), ("%", 3)]),
        (("2024", "2023", "% of total"), []),  # of which year?
        (("% of total", "2024"), []),
        (
            ("Three months ended June 30, 2024", "Three months ended June 30, 2023", "Change %",
             "Six months ended June 30, 2024", "Six months ended June 30, 2023", "Change %"),
            [("Change %", 0), ("Change %", 2)],
        ),
    ],
)  # fmt: skip
def test_percentages_are_of_the_amounts_beside_them(heads: Sequence[str], found: list[tuple[str, int]]) -> None:
    assert rates(*heads) == found


def test_percentages_that_are_of_no_certain_amounts_are_left_out() -> None:
    lines = lines_of(grid([["", "2024", "2023", "% of total"], ["Cash", "1.00", "2.00", "3.00"]]))
    assert (lines.rates, lines.without) == ((), ("% of total",))


def test_figures_with_a_percent_sign_are_no_amounts_whatever_their_head() -> None:
    table = [["", "2024", "Weight"], ["Cash", "1.00", "2.00%"], ["Debt", "3.00", "4.00%"]]
    lines = lines_of(grid(table))
    assert [column.head for column in lines.columns] == ["2024"]
    assert [(own.head, own.place) for own in lines.rates] == [("Weight", 0)]


def test_a_percentage_is_read_beside_its_line() -> None:
    model = create_model(
        "Shared",
        __base__=(Statement[F],),
        cash=(F | None, line("Cash")),
        cash_share=(F | None, rate("Share", of="cash", labels=["% of total"])),
        debt_share=(F | None, rate("Share", of="debt")),
    )
    this, last = read(
        model, [["", "2024", "% of total", "2023", "% of total"], ["Cash", "1.00", "50.00", "2.00", "40.00"]]
    )
    assert amounts(this) == [Decimal("1.00"), Decimal("50.00"), None]
    assert amounts(last) == [Decimal("2.00"), Decimal("40.00"), None]


def test_nobody_misses_a_column_of_notes() -> None:
    assert lines_of(grid(BALANCE)).without == ()
    assert lines_of(grid([["项目", "附注编号", "2024", "2023"], ["现金", "3", "1.00", "2.00"]])).without == ()
