"""Pages in Latin script: tables in line, numbers in their form, currencies, brackets, units."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.pipeline.document import Document, Grid, Line, Paragraph, Token
from recount.pipeline.split.abroad import (
    Shares,
    amounts_begin,
    combined,
    is_figure_abroad,
    is_latin,
    measured,
    numbers_of,
    of_a_share,
    power_of,
    sides_of,
    stated_abroad,
    stated_in_words,
)
from recount.pipeline.split.text import PagedLine
from recount.pipeline.split.tokens import TokenStore, Within
from recount.schemas.family import SCALES, Money, Numbers
from recount.schemas.registry import FAMILIES
from recount.tests.pipeline.helpers import line, page
from recount.tests.pipeline.split.paper import Paper, grids, shown, titles, values

IN_A_CELL, USUAL = Within(table=1), Numbers()
RIGHTS = (400.0, 520.0)


def tokens(shown: str, numbers: Numbers = USUAL, within: Within = IN_A_CELL) -> list[Token]:
    """The tokens of a text on a page in Latin script."""
    store = TokenStore(latin={1}, numbers=numbers)
    store.numbers_in(store.composed([PagedLine(1, line(shown))], join_digits=False), within)
    return store.tokens


def read(shown: str, numbers: Numbers = USUAL, within: Within = IN_A_CELL) -> list[str]:
    return [f"{token.value}?" if token.remark else str(token.value) for token in tokens(shown, numbers, within)]


# --- numbers


@pytest.mark.parametrize(("words", "figure"), [("£000", False), ("$'000", False), ("1,000", True), ("£1,000", True)])
def test_a_unit_over_a_column_is_no_figure(words: str, figure: bool) -> None:
    """So that it is of the head, and what stands over it is over all the columns that it is the middle of."""
    assert is_figure_abroad(words) is figure


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("3,114.8", ["3114.8"]),
        ("$3,114.8", ["3114.8"]),
        ("$ 3,114.8", ["3114.8"]),
        ("(91.1)", ["-91.1"]),
        ("(12)", ["-12"]),
        ("($91.1)", ["-91.1"]),
        ("$(91.1)", ["-91.1"]),
        ("-$91.1", ["-91.1"]),
        ("£-91.1", ["-91.1"]),
        ("( 91.1 )", ["-91.1"]),
        ("1,234-", ["-1234"]),
        ("△1,234", ["-1234"]),
        ("Rs.1,000", ["1000"]),
        ("US$1,000", ["1000"]),
        ("P 40,506", ["40506"]),
        ("1,23,456.78", ["123456.78"]),
        ("31.2%", ["31.2"]),
        ("—", []),
        ("- -", []),
        ("41,31", []),  # no list, and no number of this form
        ("12,3456", []),
        ("1234x", []),
        ("December 31, 2024", ["31", "2024"]),
        ("Note 14", ["14"]),
        ("1,234(1)", ["1234"]),
        ("(4,321)(1)", ["-4321"]),
        ("1,234*", ["1234"]),
        ("5,678\N{SUPERSCRIPT ONE}", ["5678"]),
        ("31.2% (b)", ["31.2"]),
        ("1,234 (12)", ["1234", "12"]),
        ("12,345.00 CR", ["12345.00?"]),
        ("2,300 Dr.", ["2300?"]),
        ("2,300 Drums", ["2300"]),
    ],
)
def test_a_number_is_read_with_its_sign_or_not_at_all(shown: str, found: list[str]) -> None:
    assert read(shown) == found


def test_a_currency_belongs_to_its_number_and_not_to_its_characters() -> None:
    store = TokenStore(latin={1})
    made = store.composed([PagedLine(1, line("($91.1)"))], join_digits=False)
    [number] = store.numbers_in(made, IN_A_CELL)
    assert made.text.printed[number.start : number.end] == number.token.raw == "($91.1)"
    made = store.composed([PagedLine(1, line("$ 3,114.8"))], join_digits=False)
    [number] = store.numbers_in(made, IN_A_CELL)
    assert (number.start, number.token.raw) == (0, "3,114.8")


COMMA, BLANK, APOSTROPHE = Numbers(".", ","), Numbers(" ", ","), Numbers("'", ".")


@pytest.mark.parametrize(
    ("shown", "numbers", "found"),
    [
        ("1.234,56", COMMA, ["1234.56"]),
        ("5.000", COMMA, ["5000"]),
        ("-1.000,10", COMMA, ["-1000.10"]),
        ("€399,00", COMMA, ["399.00"]),
        ("3.50", COMMA, []),
        ("1,234.56", COMMA, []),
        ("1 234 567,8", BLANK, ["1234567.8"]),
        ("(234 567,1)", BLANK, ["-234567.1"]),
        ("12 345", BLANK, ["12345"]),
        ("1.234", BLANK, []),
        ("1'234.50", APOSTROPHE, ["1234.50"]),
        ("1\N{RIGHT SINGLE QUOTATION MARK}234.50", APOSTROPHE, ["1234.50"]),
        ("1,234.50", APOSTROPHE, []),
        ("1'234.50", Numbers(), []),
    ],
)
def test_a_family_says_how_numbers_are_printed_and_no_other_is_read(
    shown: str, numbers: Numbers, found: list[str]
) -> None:
    assert read(shown, numbers) == found


@given(st.decimals(min_value=0, max_value=10**12, places=2), st.sampled_from([Numbers(), COMMA, BLANK, APOSTROPHE]))
def test_every_amount_is_read_back_in_the_form_in_which_it_was_printed(amount: Decimal, numbers: Numbers) -> None:
    printed = f"{amount:,.2f}".translate({ord(","): numbers.group, ord("."): numbers.decimal})
    assert read(printed, numbers) == [str(amount)]
    assert read(f"({printed})", numbers) == [str(-amount) if amount else read(f"({printed})", numbers)[0]]


def test_a_page_shows_how_its_numbers_are_printed() -> None:
    def form(*lines: str) -> Numbers:
        return numbers_of(FAMILIES, [page(1, *map(line, lines))])

    assert form("Total 1,234.56", "Cash 12.00") == Numbers()
    assert form("Summe 1.234,56", "Vorräte 12,00", "am 1.1.2024") == COMMA
    assert form("Summe 1.234,56", "Cash 12.00") == Numbers()  # nobody can tell
    assert form("Achats 1 234,5", "Ventes 12 345,6", "Stock 1 000,0") == BLANK
    assert form("Sales 2023 2022", "Cash 1,234 567") == Numbers()


# --- units


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("(In millions, except per share amounts)", "millions"),
        ("£000", "GBP thousands"),
        ("2023 £'000", "GBP thousands"),
        ("(in thousands of U.S. dollars)", "USD thousands"),
        ("US$ millions", "USD millions"),
        ("EUR m", "EUR millions"),
        ("€m", "EUR millions"),
        ("TEUR", "EUR thousands"),
        ("RMB'000", "CNY thousands"),
        ("Rs. in lakhs", "INR lakhs"),
        ("(₹ in crore)", "INR crores"),
        ("Expressed in Philippine Pesos", "PHP"),
        ("to the nearest £", "GBP"),
        ("Restated £", "GBP"),
        ("en milliers d'euros", "EUR thousands"),
        ("(dollars in thousands)", "thousands"),
        ("$ 11,000", None),
        ("Six Months Ended", None),
        ("December 31, 2024", None),
        ("Euro Trading Limited", None),
        ("thousands or millions", None),
    ],
)
def test_the_unit_is_read_off_a_caption(words: str, unit: str | None) -> None:
    assert stated_abroad(words) == unit


def test_one_line_may_name_the_currency_and_another_the_scale() -> None:
    assert combined(["PHP", None, "thousands"]) == "PHP thousands"
    assert combined([None]) is None


def test_amounts_per_share_are_in_no_thousands() -> None:
    assert (of_a_share("USD millions"), of_a_share("millions"), of_a_share("GBP")) == ("USD", "units", "GBP")
    shares = Shares()
    assert not shares.holds("Net income", ["963.2"])
    assert shares.holds("Basic earnings per share", ["2.36"])
    assert not shares.holds("Earnings per common share:", [])
    assert shares.holds("Basic", ["2.36", "2.14"])
    assert not shares.holds("Dividends", ["963.2"])
    assert not shares.holds("Weighted average", [])
    assert not shares.holds("Basic", ["407.62"])


@pytest.mark.parametrize(
    ("unit", "name", "power"),
    [
        ("USD millions", "USD millions", 6),
        ("thousands", "USD millions", 3),
        ("USD", "USD millions", 0),
        ("units", "USD", 0),
        ("EUR thousands", "USD", None),
        ("千元", "USD", None),
        ("千元", "新台币千元", 3),
        ("新台币千元", "新台币千元", 3),
        ("新台币元", "新台币千元", 0),
        ("百万美元", "美元", 6),
        ("美元", "千元", None),
        ("万元", "元", 4),
        ("lakh", "INR", 5),
    ],
)
def test_a_unit_is_a_power_of_ten_of_the_currency_or_not_understood(unit: str, name: str, power: int | None) -> None:
    assert power_of(unit, Money(name, {"lakh": 5})) == power


@given(st.sampled_from(sorted(SCALES)), st.sampled_from(sorted(SCALES)))
def test_tokens_know_what_they_are_in_the_unit_of_their_family(own: str, other: str) -> None:
    def unit(scale: str) -> str:
        return f"USD {scale}".strip()

    token = tokens("12.5")[0]
    document = Document((), (token,) if unit(other) == unit(own) else (token.__class__(**_fields(token, unit(other))),))
    [made] = measured(document, Money(unit(own))).tokens
    assert made.into == (unit(own), SCALES[other] - SCALES[own])
    assert measured(document, None) is document


@pytest.mark.parametrize(
    ("raw", "unit", "origin", "whole"),
    [
        ("28,038,109", None, "ocr", True),
        ("-69", None, "ocr", True),
        ("(1,204)", "USD", "ocr", True),
        ("28038109", None, "text", True),
        ("28038109", None, "ocr", False),
        ("28,038,1", None, "ocr", False),
        ("28,038.10", None, "text", True),
        ("28,038.10", None, "ocr", True),
        ("28,038.1", None, "text", False),
        ("28,038", "thousands", "text", False),
    ],
)
def test_an_amount_is_whole_in_its_familys_own_unit_where_no_point_was_lost(
    raw: str, unit: str | None, origin: Any, whole: bool
) -> None:
    decimals = len(raw.partition(".")[2])
    token = Token(0, raw, Decimal(1), decimals, None, 1, (0.0, 0.0, 9.0, 9.0), head=unit, origin=origin)
    for money, expected in ((Money("USD", whole=True), whole), (Money("USD"), False)):
        assert [own.whole for own in measured(Document((), (token,)), money).tokens] == [expected]


def _fields(token: Token, head: str) -> dict[str, object]:
    return {name: getattr(token, name) for name in Token.__slots__} | {"head": head}


# --- pages


def test_a_page_with_words_in_chinese_is_none_of_these() -> None:
    assert is_latin(page(1, line("Total assets and liabilities")))
    assert not is_latin(page(1, line("Total assets and liabilities 收入总计")))
    assert not is_latin(page(1, line("1,234.56")))


def statement(paper: Paper) -> None:
    """A statement of operations as filings print it: no rulings, signs of currency in columns of their own."""
    for at, text in enumerate(("NORTHWIND, INC.", "STATEMENTS OF OPERATIONS", "(In thousands, except per share data)")):
        paper.put(297, 60 + 13 * at, text, "^", 10)
    paper.put(430, 110, "Three Months Ended", "^")
    paper.put(430, 120, "September 30,", "^")
    for right, year in zip(RIGHTS, ("2024", "2023"), strict=True):
        paper.put(right, 134, year, ">")
    paper.rows(
        [
            ("Revenues:",),
            ("  Product", "12,345", "11,000"),
            ("Cost of revenues, including",),
            ("amounts paid to related parties", "9,876", "8,765"),
            ("Loss on extinguishment of debt", "(12", "—"),
            ("Net income per share", "0.45", "0.37"),
            ("Margin", "31.2", "29.9"),
        ],
        RIGHTS,
        150,
    )
    paper.put(RIGHTS[0] - 60, 164, "$")
    paper.put(RIGHTS[1] - 60, 164, "$")
    paper.put(RIGHTS[0] + 0.5, 206, ")")
    paper.put(RIGHTS[0] + 2, 234, "%")
    paper.put(RIGHTS[1] + 2, 234, "%")


def test_a_statement_without_rulings_is_a_table_under_its_titles(tmp_path: Path) -> None:
    paper = Paper()
    statement(paper)
    document = paper.read(tmp_path)
    [grid] = grids(document)
    assert (grid.rows, grid.columns, grid.unit) == (8, 3, "thousands")
    assert titles(grid) == ["NORTHWIND, INC.", "STATEMENTS OF OPERATIONS", "(In thousands, except per share data)"]
    assert shown(grid)[:2] == [["", "Three Months Ended September 30,"], ["", "2024", "2023"]]
    assert values(grid, "Product") == ["12345", "11000"]
    assert values(grid, "Cost of revenues, including amounts paid to related parties") == ["9876", "8765"]
    assert values(grid, "Loss on extinguishment of debt") == ["-12"]
    assert values(grid, "Margin") == ["31.2", "29.9"]
    heads = {token.raw: token.head for token in document.tokens}
    assert (heads["12,345"], heads["0.45"]) == ("thousands", "units")
    left = {cell.text.printed: cell.left for cell in grid.cells if cell.column == 0 and cell.left is not None}
    assert left["Product"] > left["Revenues:"]


def test_labels_are_as_long_as_they_are_and_dots_lead_to_figures(tmp_path: Path) -> None:
    paper = Paper()
    paper.put(RIGHTS[0], 100, "2024", ">")
    paper.put(RIGHTS[1], 100, "2023", ">")
    long = "Preferred stock, par value: authorized, none; issued at year end, none;"
    paper.rows(
        [
            ("Cash . . . . . . . . . . . .", "914", "12"),
            (long,),
            ("and outstanding", "33", "(7)"),
            ("Total", "947", "5"),
        ],
        RIGHTS,
        120,
        pitch=12,
    )
    paper.put(
        60, 220, "The notes are an integral part of these statements, and of what the management says in 2024 of it."
    )
    [grid] = grids(paper.read(tmp_path))
    assert values(grid, "Cash") == ["914", "12"]
    assert values(grid, f"{long} and outstanding") == ["33", "-7"]
    assert values(grid, "Total") == ["947", "5"]
    assert grid.rows == 4


def test_a_table_beside_running_text_is_one_of_its_own_column(tmp_path: Path) -> None:
    paper = Paper()
    for at in range(8):
        paper.put(50, 90 + 12 * at, "Our sales went on growing in 2023, by 12.5 per")
        paper.put(310, 90 + 12 * at, "cent, and this year began as the last one ended")
    paper.rows(
        [("", "2023", "2022"), ("Revenue", "1,234.5", "1,100.2"), ("EBIT", "-12.3", "45.6")], (200, 260), 200, left=50
    )
    for at in range(6):
        paper.put(310, 198 + 12 * at, "and the outlook for 2024 is good, all in all, so")
    [grid] = grids(paper.read(tmp_path))
    assert values(grid, "EBIT") == ["-12.3", "45.6"]
    assert grid.columns == 3


def test_a_table_stands_beside_a_ruled_one(tmp_path: Path) -> None:
    paper = Paper()
    for x in (60, 200, 300):
        paper.rule(x, 100, x, 140)
    for y in (100, 120, 140):
        paper.rule(60, y, 300, y)
    for at, text in enumerate(("Days", "12", "Hours", "34")):
        paper.put(70 + 140 * (at % 2), 114 + 20 * (at // 2), text)
    paper.rows([("Receipts", "1,200", "1,300"), ("Payments", "(400)", "(500)"), ("Surplus", "800", "800")], RIGHTS, 200)
    ruled, aligned = grids(paper.read(tmp_path))
    assert shown(ruled) == [["Days", "12"], ["Hours", "34"]]
    assert values(aligned, "Payments") == ["-400", "-500"]


def test_contents_and_running_text_are_no_tables(tmp_path: Path) -> None:
    paper = Paper()
    for at, text in enumerate(("Item 1. Financial Statements", "Item 2. Discussion", "Item 3. Disclosures")):
        paper.put(60, 100 + 14 * at, text + " " + "." * 40)
        paper.put(RIGHTS[1], 100 + 14 * at, str(3 + at), ">")
    for at in range(4):
        paper.put(
            60,
            200 + 12 * at,
            "In the quarter net sales rose by 12.5 percent to $ 1,234.5 million from $ 1,100.0 million",
        )
    document = paper.read(tmp_path)
    assert grids(document) == []
    units = {token.raw: token.unit for token in document.tokens}
    assert (units["1,234.5"], units["12.5"]) == ("millions", None)


def test_titles_are_lines_of_their_own_and_words_have_spaces(tmp_path: Path) -> None:
    paper = Paper()
    paper.put(297, 60, "Harbor Company and Subsidiaries", "^")
    paper.put(297, 72, "Notes to Consolidated Statements", "^")
    for at in range(3):
        paper.put(
            60,
            100 + 11 * at,
            "The company was founded in March 1987, in Utrecht (NL), and has sold ships, sails and ropes",
        )
    document = paper.read(tmp_path)
    texts = [block.text.printed for block in document.blocks if isinstance(block, Paragraph)]
    assert texts[:2] == ["Harbor Company and Subsidiaries", "Notes to Consolidated Statements"]
    assert texts[2].startswith("The company was founded in March 1987, in Utrecht (NL), and has")
    assert texts[2].count("founded") == 3


def test_what_is_found_on_a_scan_stands_in_line_too() -> None:
    from recount.pipeline.document import Page, Pages
    from recount.pipeline.split import split

    def scanned(text: str, x: float, y: float) -> Line:
        return line(text, x, y, confidence=0.99)

    rows = [
        ("Cash and equivalents", "1,234", "1,100"),
        ("Receivables, net", "(56)", "70"),
        ("Total assets", "1,178", "1,170"),
    ]
    lines = [
        scanned(text, x, 100.0 + 20 * at + shift)
        for at, row in enumerate(rows)
        for text, x, shift in zip(row, (60.0, 330.0, 450.0), (0.0, 1.5, -1.0), strict=True)
    ]
    document = split(Pages((Page(1, 595.0, 842.0, tuple(lines), (), "ocr"),)), *FAMILIES)
    [grid] = grids(document)
    assert values(grid, "Receivables, net") == ["-56", "70"]
    assert {token.origin for token in document.tokens} == {"ocr"}


def test_figures_in_brackets_are_negative_however_many_there_are(tmp_path: Path) -> None:
    paper = Paper()
    rows = [("Outflows", "2024", "2023"), *((f"Payments to {name}", "(1,234.5)", "(9.8)") for name in ("A", "B", "C"))]
    paper.rows([*rows, ("Receipts", "12.5", "(7)")], RIGHTS, 120)
    [grid] = grids(paper.read(tmp_path))
    assert values(grid, "Payments to C") == ["-1234.5", "-9.8"]
    assert values(grid, "Receipts") == ["12.5", "-7"]


def test_a_label_with_figures_of_its_own_goes_on_from_no_other(tmp_path: Path) -> None:
    paper = Paper()
    rows = [
        ("", "2024", "2023"),
        ("Expenses of the year", "1,500", "1,400"),
        ("of which personnel costs", "900", "800"),
    ]
    paper.rows(
        [*rows, ("and material costs,", "600", "600"), ("net of discounts",), ("Result", "(1,500)", "-")],
        RIGHTS,
        120,
        12,
    )
    [grid] = grids(paper.read(tmp_path))
    assert values(grid, "of which personnel costs") == ["900", "800"]
    assert values(grid, "and material costs, net of discounts") == ["600", "600"]
    assert values(grid, "Result") == ["-1500"]


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("1,660.8", True),
        ("$ (1,660.8 )", True),
        ("1 234 567,8", True),
        ("1,660.8 1,544.1", False),
        ("239.5 228.7", False),
        ("2024", False),
        ("31.12.2024", False),
        ("£ -", True),
        ("38\N{NARROW NO-BREAK SPACE}062", True),
        ("1,234(1)", True),
        ("(4,321)*", True),
        ("910 (a)", True),
        ("12,345.00 CR", True),
        ("2024(1)", False),
        ("30,", False),
        ("12 of 30", False),
    ],
)
def test_two_amounts_are_no_figure(text: str, figure: bool) -> None:
    assert is_figure_abroad(text) is figure


@pytest.mark.parametrize(
    ("line_of", "begun"),
    [
        ("(1,805) $ 19,521", [1]),
        ("1,234 € 5,678 €", [2]),
        ("$ 12 $ 34", [2]),
        ("$ 12", []),
        ("12 345", []),
        ("Note 12 3,456", [2]),
        ("stock - $0.001 par value", []),
        ("$46,048 $", [1]),
        ("Cash - 3,456", [2]),
    ],
)
def test_a_currency_is_of_the_amount_that_it_stands_before(line_of: str, begun: list[int]) -> None:
    assert list(amounts_begin(line_of.split())) == begun


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["Net income 38.062 75.826", "Taxes -12.147"], COMMA),
        (["Net income 38.062 75.826"], USUAL),  # two may be decimals
        (["Rates 38.062 75.826 12.147", "Beta 0.125"], USUAL),
        (["Income 38.062 75.826 12.147", "Tax 1,234.50", "Paid 2,000.10"], USUAL),
        (
            [
                "Result 1\N{RIGHT SINGLE QUOTATION MARK}142.50",
                "Taxes 2\N{RIGHT SINGLE QUOTATION MARK}275.18",
                "Net 1\N{RIGHT SINGLE QUOTATION MARK}000.00",
            ],
            APOSTROPHE,
        ),
        (
            [
                f"{label} {amount}\N{NARROW NO-BREAK SPACE}062,5"
                for label, amount in (("Cash", 38), ("Tax", 7), ("Net", 45))
            ],
            BLANK,
        ),
    ],
)
def test_the_pages_tell_how_thousands_are_parted(texts: list[str], numbers: Numbers) -> None:
    lines = [line(text, 60.0, 100.0 + 20 * at) for at, text in enumerate(texts)]
    assert numbers_of([], [page(1, *lines)]) == numbers


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("Inventories consist of the following (in millions):", "millions"),
        ("The table shows the result (in thousands, except percentages). Sales grew by $312 million.", "thousands"),
        ("All amounts below are in thousands of euros:", "EUR thousands"),
        ("Sales grew by $312 million (2 million more than last year), as follows:", None),
        ("Sales grew (by $312 million), as follows", None),
    ],
)
def test_the_sentence_before_a_table_states_its_unit(words: str, unit: str | None) -> None:
    assert stated_in_words(words) == unit


def test_a_table_is_in_the_unit_that_its_sentence_states(tmp_path: Path) -> None:
    paper = Paper()
    paper.put(60, 90, "Inventories consist of the following (in thousands):")
    paper.rows([("", "2024", "2023"), ("Goods", "1,200", "900"), ("Total", "1,200", "900")], RIGHTS, 115)
    [grid] = grids(paper.read(tmp_path))
    assert grid.unit == "thousands"
    assert {number.token.head for cell in grid.cells for number in cell.numbers} == {"thousands"}


def test_a_unit_in_long_brackets_is_of_the_table_below(tmp_path: Path) -> None:
    paper = Paper()
    paper.put(297, 80, "STATEMENTS OF OPERATIONS", "^")
    unit = "(In millions, except number of shares, which are reflected in thousands, and per-share amounts)"
    paper.put(297, 94, unit, "^")
    paper.rows([("", "2024", "2023"), ("Sales", "1,200", "900"), ("Total", "1,200", "900")], RIGHTS, 120)
    [grid] = grids(paper.read(tmp_path))
    assert (titles(grid), grid.unit) == (["STATEMENTS OF OPERATIONS", unit], "millions")


def test_a_title_in_the_middle_of_the_table_is_over_it_and_no_head(tmp_path: Path) -> None:
    paper = Paper()
    paper.put(290, 80, "BALANCE SHEET", "^")
    paper.put(290, 92, "AS AT 31 MARCH", "^")
    for at, (label, note, *figures) in enumerate(
        [
            ("", "Note", "2024", "2023"),
            ("Cash", "4", "1,200", "900"),
            ("Debt", "5", "(12)", "(9)"),
            ("Net", "", "1,188", "891"),
        ]
    ):
        paper.rows([(label, *figures)], RIGHTS, 110 + 12 * at)
        paper.put(230, 110 + 12 * at, note)
    [grid] = grids(paper.read(tmp_path))
    assert titles(grid) == ["BALANCE SHEET", "AS AT 31 MARCH"]
    assert shown(grid)[0] == ["", "Note", "2024", "2023"]


def test_years_stand_over_an_inner_and_an_outer_column_each(tmp_path: Path) -> None:
    paper = Paper()
    columns = (280.0, 350.0, 420.0, 490.0)
    for year, middle in (("2024", 285.0), ("2023", 425.0)):
        paper.put(middle, 100, year, "^")
    for right in columns:
        paper.put(right, 112, "£", ">")
    rows = [
        ("Fixed assets", "", "812,345", "", "799,000"),
        ("Debtors", "12,400", "", "9,800"),
        ("Cash", "2,100", "", "1,900"),
    ]
    paper.rows([*rows, ("Net assets", "", "826,845", "", "810,700")], columns, 130)
    [grid] = grids(paper.read(tmp_path))
    heads = {cell.text.printed: (cell.column, cell.column_end) for cell in grid.cells if cell.row == 0}
    assert (heads["2024"], heads["2023"]) == ((1, 3), (3, 5))


FOUR = (330.0, 390.0, 450.0, 510.0)


def spanning(paper: Paper, *heads: tuple[str, float, str]) -> None:
    """Four columns of years under heads, each with the x that it is set at and how."""
    for text, x, how in heads:
        paper.put(x, 100, text, how)
    for right, year in zip(FOUR, ("2024", "2023") * 2, strict=True):
        paper.put(right, 114, year, ">")
    rows = [("Sales", "1,200", "1,100", "3,400", "3,300"), ("Costs", "(700)", "(600)", "(900)", "(800)")]
    paper.rows([*rows, ("Net", "500", "500", "2,500", "2,500")], FOUR, 130)


def spans(grid: Grid) -> dict[str, tuple[int, int]]:
    return {cell.text.printed: (cell.column, cell.column_end) for cell in grid.cells if cell.row == 0}


def test_a_head_is_over_the_columns_that_the_ruling_under_it_goes_over(tmp_path: Path) -> None:
    paper = Paper()
    spanning(paper, ("Quarter", 332, ">"), ("Half-year", 450, ">"))
    for left, right in ((296, 390), (408, 510)):
        paper.rule(left, 103, right, 103)
    [grid] = grids(paper.read(tmp_path))
    assert (spans(grid)["Quarter"], spans(grid)["Half-year"]) == ((1, 3), (3, 5))


def test_a_ruling_says_over_which_columns_a_head_is_wherever_it_begins(tmp_path: Path) -> None:
    paper = Paper()
    for text, column, y in (("Additional", 1, 92), ("Total", 3, 92), ("paid-in", 1, 114), ("deficit", 2, 114)):
        right = FOUR[column]
        paper.put(right - 22, y, text, "^")
    paper.put(FOUR[0] - 22, 114, "Stock", "^")
    paper.put(FOUR[3] - 22, 114, "equity", "^")
    for right in FOUR:
        paper.rule(right - 46, 117, right, 117)
    for right in (FOUR[1], FOUR[3]):
        paper.rule(right - 46, 95, right, 95)
    rows = [("Sales", "1,200", "1,100", "3,400", "3,300"), ("Costs", "(700)", "(600)", "(900)", "(800)")]
    paper.rows([*rows, ("Net", "500", "500", "2,500", "2,500")], FOUR, 130)
    [grid] = grids(paper.read(tmp_path))
    assert (spans(grid)["Additional"], spans(grid)["Total"]) == ((2, 3), (4, 5))


def test_heads_with_one_foot_are_of_one_level(tmp_path: Path) -> None:
    paper = Paper()
    for text, column, lines in (("June 30", 0, 1), ("March 31,", 1, 2), ("June 30", 2, 1), ("March 31,", 3, 2)):
        for at, words in enumerate(text.split() if lines > 1 else [text]):
            paper.put(FOUR[column] - 20, 126 - 11 * (lines - at), words, "^")
        paper.put(FOUR[column] - 20, 126, "2024" if column < 2 else "2023", "^")
    paper.put((FOUR[0] + FOUR[3]) / 2 - 20, 88, "Quarters of the Year", "^")
    rows = [("Sales", "1,200", "1,100", "3,400", "3,300"), ("Costs", "(700)", "(600)", "(900)", "(800)")]
    paper.rows([*rows, ("Net", "500", "500", "2,500", "2,500")], FOUR, 144)
    [grid] = grids(paper.read(tmp_path))
    assert spans(grid)["Quarters of the Year"] == (1, 5)


def heads(grid: Grid) -> list[str]:
    return [cell.text.printed for cell in grid.cells if cell.row < 2 and cell.text.printed]


def test_a_head_that_reaches_far_over_the_labels_is_no_title(tmp_path: Path) -> None:
    figures = [("Sales", "1,200", "1,100"), ("Costs", "(700)", "(600)"), ("Net", "500", "500")]
    ruled, wrapped = Paper(), Paper()
    ruled.put(405, 100, "For the Nine Months That Ended on September 30,", "^")
    ruled.rule(300, 103, 510, 103)
    for paper in (ruled, wrapped):
        for right, year in ((390.0, "2024"), (500.0, "2023")):
            paper.put(right, 114 if paper is ruled else 126, year, ">")
        paper.rows(figures, (390.0, 500.0), 144)
    wrapped.put(375, 100, "Three Months to the End of September", "^")
    wrapped.put(375, 111, "30, unaudited", "^")
    wrapped.put(485, 111, "Nine Months", "^")
    assert heads(grids(ruled.read(tmp_path))[0])[0] == "For the Nine Months That Ended on September 30,"
    assert heads(grids(wrapped.read(tmp_path))[0])[0] == "Three Months to the End of September 30, unaudited"


def test_heads_that_end_where_the_last_of_their_columns_does_are_over_equal_shares(tmp_path: Path) -> None:
    paper = Paper()
    spanning(paper, ("Three months", FOUR[1], ">"), ("Six months", FOUR[3], ">"))
    [grid] = grids(paper.read(tmp_path))
    assert (spans(grid)["Three months"], spans(grid)["Six months"]) == ((1, 3), (3, 5))


def test_on_a_scan_three_decimals_may_be_thousands_and_are_no_number() -> None:
    for origin, found in (("ocr", ["12345"]), ("text", ["12.345", "12345"])):
        store = TokenStore(latin={1}, origins={1: origin})
        for text in ("12.345", "12,345"):
            store.numbers_in(store.composed([PagedLine(1, line(text, confidence=0.9))], join_digits=False), IN_A_CELL)
        assert [str(token.value) for token in store.tokens] == found


def test_dots_behind_a_label_are_none_of_it(tmp_path: Path) -> None:
    paper = Paper()
    paper.rows([("", "2024", "2023"), ("Cash .", "1,914", "1,012"), ("Debt . .", "(1,014)", "(9)")], RIGHTS, 120)
    paper.put(60, 220, "The notes are an integral part of these statements, and of what the management says of it.")
    [grid] = grids(paper.read(tmp_path))
    assert (values(grid, "Cash"), values(grid, "Debt")) == (["1914", "1012"], ["-1014", "-9"])


def test_figures_that_a_scan_gives_as_one_line_are_no_column_of_text() -> None:
    lines = [line("Receipts from the sale of ships, and", 60.0, 100.0 + 14 * at) for at in range(6)]
    figures = [line("25,328  29,854  20,869  21,145", 320.0, 100.0 + 14 * at) for at in range(6)]
    assert len(sides_of([*lines, *figures], 600.0)) == 1
    words = [line("and the outlook for 2024 is good, so", 320.0, 100.0 + 14 * at) for at in range(6)]
    assert len(sides_of([*lines, *words], 600.0)) == 2


def test_amounts_that_a_scan_gives_as_one_line_stand_in_columns(tmp_path: Path) -> None:
    paper = Paper()
    for at, (label, *figures) in enumerate(
        [("Costs of revenues", "376.1", "213.3"), ("Interest paid", "239.5", "228.7"), ("All", "100.0", "442.0")]
    ):
        paper.put(60, 120 + 14 * at, label)
        paper.put(400, 120 + 14 * at, " ".join(figures), ">")
    [grid] = grids(paper.read(tmp_path))
    assert values(grid, "Interest paid") == ["239.5", "228.7"]
    assert [len(cell.numbers) for cell in grid.cells if cell.column] == [1] * 6


def test_the_last_label_of_a_table_goes_on_below_its_figures(tmp_path: Path) -> None:
    paper = Paper()
    rows = [("", "2024", "2023"), ("Change in cash", "100", "80"), ("Cash at the beginning", "1,250", "1,170")]
    below = paper.rows([*rows, ("Cash and cash equivalents at the end of the", "1,350", "1,250")], RIGHTS, 120)
    paper.put(60, below, "reporting period")
    paper.put(60, below + 14, "The notes form part of these statements, and are to be read with them.")
    [grid] = grids(paper.read(tmp_path))
    assert values(grid, "Cash and cash equivalents at the end of the reporting period") == ["1350", "1250"]
    assert len(shown(grid)) == 4


def test_a_figure_glued_to_the_next_moves_no_columns(tmp_path: Path) -> None:
    """It is none, and all other figures stay under their heads."""
    paper = Paper()
    rows = [
        ("", "Restricted", "Total", "2023"),
        ("Legacies", "120", "8,450", "7,300"),
        ("Trading", "90", "1,250", "900"),
    ]
    paper.rows([*rows, ("Income", "210", "9,700", "8,200")], (340.0, 400.0, 460.0), 120)
    paper.put(60, 176, "Expenses")
    paper.put(400, 176, "11,90297,868", ">")
    paper.put(460, 176, "4,100", ">")
    [grid] = grids(paper.read(tmp_path))
    assert shown(grid)[0] == ["", "Restricted", "Total", "2023"]
    assert values(grid, "Income") == ["210", "9700", "8200"]
    assert is_figure_abroad("1,190,297,868")
    assert not is_figure_abroad("11,90297,868")


def test_a_heading_goes_on_with_no_label_that_has_figures(tmp_path: Path) -> None:
    """However near it stands, and however far that label reaches."""
    paper = Paper()
    rows = [
        ("", "2024", "2023"),
        ("Net cash provided by/(used in) operating activities", "786", "(158)"),
        ("Cash flows from investing activities:", "", ""),
        ("  Dividends and interest received", "563", "361"),
        ("  Purchase of plant", "(1,065)", "(1,492)"),
        ("Net cash provided by/(used in) investing activities", "(502)", "(1,131)"),
        ("Change in cash and cash equivalents in the", "284", "(1,289)"),
        ("reporting period", "", ""),
    ]
    paper.rows(rows, RIGHTS, 120, 12)
    [grid] = grids(paper.read(tmp_path))
    assert values(grid, "Net cash provided by/(used in) operating activities") == ["786", "-158"]
    assert values(grid, "Cash flows from investing activities:") == []
