"""Families drafted of what has no titled table: invoices, whole amounts, sections in words, and a JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from recount.pipeline.draft.drafted import draft
from recount.pipeline.draft.imported import imported
from recount.pipeline.errors import UsageError
from recount.pipeline.recognise import family_of
from recount.pipeline.structure import structure
from recount.schemas.declared import family_from
from recount.tests.pipeline.draft.test_drafted import balance, english, structured, typeset
from recount.tests.pipeline.test_own_family import run

# --- an invoice


def invoice(path: Path, *items: tuple[str, int, str], wrong: str | None = None) -> Path:
    """An invoice with VAT of 20 %. wrong: what is printed for the amount of its first item."""
    amounts = [number * Decimal(price) for _, number, price in items]
    net = sum(amounts, Decimal(0))
    vat = (net / 5).quantize(Decimal("0.01"))
    printed = [f"{amount:,.2f}" for amount in amounts]
    rows = [
        ["Article", "Quantity", "Unit price", "Amount"],
        *([name, str(number), price, own] for (name, number, price), own in zip(items, printed, strict=True)),
        ["", "", "Net total", f"{net:,.2f}"],
        ["", "", "VAT 20%", f"{vat:,.2f}"],
        ["", "", "To be paid", f"{net + vat:,.2f}"],
    ]
    if wrong is not None:
        rows[1][3] = wrong
    return typeset(path, ([], rows))


FIRST = (("Oak shelf", 3, "141.25"), ("Brass hinge", 12, "7.35"), ("Delivery to the door", 1, "38.40"))
SECOND = (("Pine board", 7, "62.15"), ("Hinge of steel", 40, "3.05"))


@pytest.fixture
def invoices(tmp_path: Path) -> Path:
    examples = [invoice(tmp_path / "1.pdf", *FIRST), invoice(tmp_path / "2.pdf", *SECOND)]
    return draft("bill", examples, tmp_path).folder


def test_an_invoice_is_rows_under_a_head_and_amounts_beside_labels(invoices: Path) -> None:
    text = (invoices / "family.toml").read_text("utf-8")
    for identity in (
        "amount = quantity * unit_price",
        "to_be_paid = net_total + vat_20",
        "amounts.net_total = article.am",
    ):
        assert identity in text
    assert '{ title = "Quantity", kind = "count" }' in text
    assert '{ title = "Article", kind = "text" }' in text


def test_another_invoice_is_recounted(tmp_path: Path, invoices: Path) -> None:
    items = (("Ash stool", 4, "88.10"), ("Felt", 30, "1.95"), ("Wax", 2, "12.60"), ("Glue", 5, "9.99"))
    result = structured(invoices, invoice(tmp_path / "3.pdf", *items))
    assert [row["article"] for row in result.report["article"]] == [name for name, _, _ in items]
    assert result.report["amounts"]["net_total"] == Decimal("486.05")
    assert result.summary.figures["verified"] == len(result.figures) == 15
    wrong = structured(invoices, invoice(tmp_path / "4.pdf", *items, wrong="352.60"))
    assert wrong.figures["/article/0/amount"].status == "disputed"


@pytest.mark.parametrize(
    ("amounts", "labels"),
    [(("38.40", "88.20", "423.75"), ("550.35", "110.07")), (("423.75", "88.20", "38.40"), ("110.07", "550.35"))],
)
def test_two_figures_that_were_exchanged_in_a_sum_are_not_verified(
    tmp_path: Path, invoices: Path, amounts: Sequence[str], labels: Sequence[str]
) -> None:
    rows = [
        ["Article", "Quantity", "Unit price", "Amount"],
        *([name, str(number), price, amount] for (name, number, price), amount in zip(FIRST, amounts, strict=True)),
        ["", "", "Net total", labels[0]],
        ["", "", "VAT 20%", labels[1]],
        ["", "", "To be paid", "660.42"],
    ]
    figures = structured(invoices, typeset(tmp_path / "x.pdf", ([], rows))).figures
    wrong = {
        f"/article/{at}/amount": value for at, value in enumerate(amounts) if value != ("423.75", "88.20", "38.40")[at]
    }
    wrong |= {"/amounts/net_total": "", "/amounts/vat_20": ""} if labels[0] == "110.07" else {}
    assert not [pointer for pointer in wrong if figures[pointer].status == "verified"]


def test_a_label_beside_two_other_amounts_says_neither(tmp_path: Path, invoices: Path) -> None:
    path = invoice(tmp_path / "5.pdf", ("Oak shelf", 3, "141.25"), ("Nail", 20, "0.15"))
    rows = [["", "", "To be paid", "512.00"], ["", "", "Sum", "9.00"]]
    second = [["Article", "Quantity", "Unit price", "Amount"], ["Oak shelf", "3", "141.25", "423.75"], *rows]
    both = typeset(tmp_path / "6.pdf", ([], second), ([], [*second[:2], ["", "", "To be paid", "511.00"]]))
    assert structured(invoices, path).report["amounts"]["to_be_paid"] == Decimal("512.10")
    assert structured(invoices, both).report["amounts"] is None


def test_figures_of_several_periods_are_none_beside_a_label(tmp_path: Path, invoices: Path) -> None:
    rows = [["Article", "Quantity", "Unit price", "Amount"], ["Oak shelf", "3", "141.25", "423.75"]]
    years = [["", "", "", ""], ["", "To be paid", "400.00", "500.00"]]
    result = structured(invoices, typeset(tmp_path / "7.pdf", ([], [*rows, *years])))
    assert result.report["amounts"] is None


# --- whole amounts


def whole(path: Path, *, off: int = 0) -> Path:
    rows = [
        ["", "Days", "Value"],
        ["Police", "59,827", "28,038,109"],
        ["Fire", "79,259", "25,310,711"],
        ["Guards", "2,057", "97,995"],
        ["Totals", "141,143", f"{53_446_815 + off:,}"],
    ]
    return typeset(path, (["Absences"], rows))


def test_whole_amounts_that_all_add_up_are_said_to_be_whole(tmp_path: Path) -> None:
    drafted = draft("days", [whole(tmp_path / "a.pdf")], tmp_path)
    assert 'money = { name = "units", whole = true }' in (drafted.folder / "family.toml").read_text("utf-8")
    assert drafted.told == "8 figures, 2 identities, 8 verified; 0 of 1 tables have none"
    off_by_one = structured(drafted.folder, whole(tmp_path / "b.pdf", off=1))
    assert off_by_one.summary.checks["fail"] == 1


def test_amounts_of_which_one_sum_is_off_were_rounded(tmp_path: Path) -> None:
    folder = draft("days", [whole(tmp_path / "a.pdf", off=1)], tmp_path).folder
    assert 'money = "units"' in (folder / "family.toml").read_text("utf-8")


# --- sections in words


def told(path: Path, gifts: str, interest: str, members: int) -> Path:
    total = Decimal(gifts) + Decimal(interest)
    path.write_text(
        f"远山助学基金会年度报告\n\n一、收入情况\n\n本年收入合计{total}万元，其中：捐赠收入{gifts}万元，利息收入{interest}万元。\n\n"
        f"二、组织情况\n\n理事{members}人，监事3人，工作人员{members + 3}人。\n",
        encoding="utf-8",
    )
    return path


def test_sections_in_words_are_drafted_and_recounted(tmp_path: Path) -> None:
    examples = [told(tmp_path / "1.txt", "1120.35", "88.61", 11), told(tmp_path / "2.txt", "970.02", "105.40", 9)]
    folder = draft("words", examples, tmp_path).folder
    text = (folder / "family.toml").read_text("utf-8")
    assert '"本年收入合计 = 捐赠收入 + 利息收入"' in text
    result = structure(told(tmp_path / "3.txt", "1301.77", "91.05", 12), family_of(str(folder)))
    assert result.report["收入情况"]["捐赠收入"] == Decimal("1301.77")
    assert result.report["组织情况"]["理事"] == 12
    assert result.figures["/收入情况/利息收入"].status == "verified"


def test_what_one_report_in_several_says_is_no_field(tmp_path: Path) -> None:
    examples = [told(tmp_path / f"{at}.txt", f"11{at}0.35", "88.61", 11) for at in (1, 2)]
    text = examples[0].read_text("utf-8").replace("利息", "利息收入8.00万元，拍卖收入3.00万元，利息", 1)
    examples[0].write_text(text, encoding="utf-8")
    assert "拍卖收入" not in (draft("words", examples, tmp_path).folder / "family.toml").read_text("utf-8")


# --- rates in statements


def test_the_rate_of_two_lines_is_found(tmp_path: Path) -> None:
    rows = [
        ["", "2023", "2022"],
        ["Revenue", "88,210.15", "80,117.20"],
        ["Gross profit", "31,755.65", "26,438.68"],
        ["Gross margin %", "36.00", "33.00"],
    ]
    folder = draft("rates", [typeset(tmp_path / "r.pdf", (["Income", "(USD thousands)"], rows))], tmp_path).folder
    text = (folder / "family.toml").read_text("utf-8")
    assert '"gross_margin = gross_profit / revenue"' in text
    assert structured(folder, tmp_path / "r.pdf").figures["/income/0/gross_margin"].status == "verified"


# --- a JSON Schema

SCHEMA: Mapping[str, Any] = {
    "title": "Bill",
    "required": ["total"],
    "properties": {
        "billNumber": {"type": "string"},
        "total": {"type": ["number", "null"], "title": "To be paid", "minimum": 0},
        "net": {"anyOf": [{"type": "number"}, {"type": "null"}], "title": "Net total"},
        "vat": {"type": "number", "description": "VAT 20%"},
        "items": {"type": "array", "items": {"$ref": "#/$defs/Item"}},
        "payment": {"type": "object", "properties": {"paid": {"type": "number"}, "by": {"enum": ["card", "cash"]}}},
    },
    "$defs": {
        "Item": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "title": "Article"},
                "quantity": {"type": "integer"},
                "unitPrice": {"type": "number"},
                "amount": {"type": "number"},
                "tags": {"type": "array", "items": {"type": "string"}},
            },
        }
    },
}


def written(tmp_path: Path, schema: Any = SCHEMA) -> Path:
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(schema), encoding="utf-8")
    return path


def parts(said: Sequence[Mapping[str, Any]], fields: str) -> dict[str, list[str]]:
    return {part["key"]: [own["key"] for own in part[fields]] for part in said}


def test_a_schema_alone_is_a_family_and_what_it_has_no_words_for_is_told(tmp_path: Path) -> None:
    drafted = draft("bill", [], tmp_path, schema=written(tmp_path))
    assert drafted.told == "8 fields in 3 parts, no identities"
    assert drafted.left == (
        "bill.billNumber: string; only figures are read beside their labels",
        "bill.total: minimum is no identity, and is not kept",
        "bill.items.tags: a column is a number or words",
        "bill.payment.by: of no one type; only figures are read beside their labels",
    )
    found = imported(SCHEMA, "bill").said
    assert parts(found["table"], "columns") == {"items": ["name", "quantity", "unitPrice", "amount"]}
    assert parts(found["section"], "fields") == {"payment": ["paid"], "amounts": ["total", "net", "vat"]}
    family_from(drafted.folder / "family.toml")
    assert not (drafted.folder / "expected.json").exists()


def test_with_examples_the_identities_of_a_schema_are_searched(tmp_path: Path) -> None:
    examples = [invoice(tmp_path / "1.pdf", *FIRST), invoice(tmp_path / "2.pdf", *SECOND)]
    folder = draft("bill", examples, tmp_path, schema=written(tmp_path)).folder
    text = (folder / "family.toml").read_text("utf-8")
    for identity in ("amount = quantity * unitPrice", "total = net + vat", "amounts.net = items.amount"):
        assert f'"{identity}"' in text
    result = structured(folder, invoice(tmp_path / "3.pdf", ("Ash stool", 4, "88.10"), ("Felt", 30, "1.95")))
    assert result.report["items"][1] == {
        "name": "Felt",
        "quantity": 30,
        "unitPrice": Decimal("1.95"),
        "amount": Decimal("58.50"),
    }
    assert result.summary.figures["verified"] == len(result.figures) == 9


def test_an_object_that_a_titled_table_has_is_a_statement(tmp_path: Path) -> None:
    keys = ("cashAndCashEquivalents", "tradeReceivables", "totalCurrentAssets", "totalAssets", "goodwill")
    schema = {"properties": {"balance": {"type": "object", "properties": {key: {"type": "number"} for key in keys}}}}
    example = english(tmp_path / "a.pdf", ("December 31, 2023", 41), ("December 31, 2022", 97))
    folder = draft("trust", [example], tmp_path, schema=written(tmp_path, schema)).folder
    text = (folder / "family.toml").read_text("utf-8")
    assert "[[statement]]" in text
    assert '"totalCurrentAssets = cashAndCashEquivalents + tradeReceivables"' in text
    assert 'money = "USD thousands"' in text
    this, last = structured(folder, example).report["balance"]
    assert (this["period"], last["period"]) == ("2023-12-31", "2022-12-31")
    assert f"{this['goodwill']:,.2f}" == balance(("", 41))[7][1]


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"properties": {"name": {"type": "string"}}}, "no property that is a number"),
        ({"properties": {"a": {"$ref": "#/$defs/B"}}}, r"x\.a: the schema has no #/\$defs/B"),
        ([], "it is no object"),
    ],
)
def test_a_schema_that_says_no_figure_is_refused(tmp_path: Path, schema: Any, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        draft("x", [], tmp_path, schema=written(tmp_path, schema))
    assert not (tmp_path / "x").exists()


def test_an_object_within_itself_ends(tmp_path: Path) -> None:
    node = {"type": "object", "properties": {"amount": {"type": "number"}, "below": {"$ref": "#/$defs/Node"}}}
    drafted = draft("deep", [], tmp_path, schema=written(tmp_path, {**node, "$defs": {"Node": node}}))
    assert drafted.left[-1].endswith("too deep in others, or in itself")


def test_the_command_takes_a_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("init-family", "bill", "--schema", written(tmp_path), "--out", tmp_path) == 0
    said = capsys.readouterr().out.replace("\n", " ")
    assert "8 fields in 3 parts" in said
    assert "left out: bill.items.tags" in said
    (tmp_path / "none.json").write_text("{", encoding="utf-8")
    assert run("init-family", "more", "--schema", tmp_path / "none.json", "--out", tmp_path) != 0
    assert "is no JSON Schema that can be read" in capsys.readouterr().err.replace("\n", " ")


# --- columns of percentages


def incomes(path: Path, this: Sequence[int], last: Sequence[int], *, shares: bool, wrong: str = "") -> Path:
    """Income of two years: with the share of each line, or with its growth. wrong: for that of the second."""
    rows = [["", "2024", "% of total", "2023", "% of total"] if shares else ["", "2024", "2023", "Change"]]
    pairs = [*zip(this, last, strict=True), (sum(this), sum(last))]
    for label, (one, other) in zip(("Gifts", "Fees", "Rent", "Total"), pairs, strict=True):
        first, second = (f"{Decimal(100 * part) / sum(of):.2f}%" for part, of in ((one, this), (other, last)))
        growth = f"{Decimal(100 * (one - other)) / other:.2f}%"
        beside = [f"{one:,}", first, f"{other:,}", second] if shares else [f"{one:,}", f"{other:,}", growth]
        rows.append([label, *beside])
    at = 2 if shares else 3
    rows[2][at] = wrong or rows[2][at]
    return typeset(path, (["Of income", "(USD)"], rows))


@pytest.mark.parametrize(
    ("shares", "said", "key", "value"),
    [
        (True, 'title = "% of total", is = "line / total"', "fees_of_total", "21.32"),
        (False, 'title = "Change", is = "(line - previous line) / previous line"', "fees_change", "-7.21"),
    ],
)
def test_percentages_beside_amounts_are_percentages_and_are_recounted(
    tmp_path: Path, shares: bool, said: str, key: str, value: str
) -> None:
    example = incomes(tmp_path / "a.pdf", (88_210, 31_755, 4_102), (80_117, 26_438, 3_977), shares=shares)
    folder = draft("income", [example], tmp_path).folder
    assert said in (folder / "family.toml").read_text("utf-8")
    years = (101_733, 29_466, 7_015), (88_210, 31_755, 4_102)
    result = structured(folder, incomes(tmp_path / "b.pdf", *years, shares=shares))
    assert result.report["of_income"][0][key] == Decimal(value)
    assert result.summary.figures["verified"] == len(result.figures) == (16 if shares else 12)
    assert not result.summary.remarks
    wrong = structured(folder, incomes(tmp_path / "c.pdf", *years, shares=shares, wrong="23.12%"))
    assert wrong.figures[f"/of_income/0/{key}"].status == "disputed"


def test_years_that_were_exchanged_are_not_verified_where_growth_says_so(tmp_path: Path) -> None:
    """Each column adds up under whatever year."""
    example = incomes(tmp_path / "a.pdf", (88_210, 31_755, 4_102), (80_117, 26_438, 3_977), shares=False)
    folder = draft("income", [example], tmp_path).folder
    other = incomes(tmp_path / "b.pdf", (101_733, 29_466, 7_015), (88_210, 31_755, 4_102), shares=False)
    with pymupdf.open(other) as document:
        for old, new in (("2024", "2O23"), ("2023", "2024"), ("2O23", "2023")):
            (place,) = document[0].search_for(old)
            document[0].add_redact_annot(place, new, fontsize=9)
            document[0].apply_redactions()
        document.save(tmp_path / "c.pdf")
    result = structured(folder, tmp_path / "c.pdf")
    assert result.report["of_income"][0]["gifts"] == 88_210
    assert result.summary.figures["verified"] == 0


def test_a_line_may_be_called_as_the_percentage_of_another_is(tmp_path: Path) -> None:
    rows = [
        ["", "2024", "Share"],
        ["Gifts", "88,210", "94.17%"],
        ["Gifts share", "5,461", "5.83%"],
        ["Total", "93,671", "100.00%"],
    ]
    path = typeset(tmp_path / "a.pdf", (["Of income", "(USD)"], rows))
    figures = structured(draft("income", [path], tmp_path).folder, path).figures
    assert (figures["/of_income/0/gifts_share"].value, figures["/of_income/0/gifts_share_rate"].value) == (
        5461,
        Decimal("94.17"),
    )


def test_percentages_of_a_budget_are_of_that_column(tmp_path: Path) -> None:
    def executed(path: Path, seed: int, *, wrong: str = "") -> Path:
        pairs = [(seed * 7 + 88_210, seed * 5 + 80_117), (seed + 31_755, 2 * seed + 26_438)]
        pairs.append((sum(budget for budget, _ in pairs), sum(actual for _, actual in pairs)))
        rows = [
            [label, f"{budget:,}", f"{actual:,}", f"{Decimal(100 * actual) / budget:.2f}"]
            for label, (budget, actual) in zip(("Gifts", "Fees", "Total"), pairs, strict=True)
        ]
        rows[0][3] = wrong or rows[0][3]
        return typeset(path, (["Of the year", "(USD)"], [["", "Budget", "Actual", "% used"], *rows]))

    folder = draft("budget", [executed(tmp_path / "a.pdf", 313)], tmp_path).folder
    assert """is = "line / line in 'Budget'\"""" in (folder / "family.toml").read_text("utf-8")
    figures = structured(folder, executed(tmp_path / "b.pdf", 1_777)).figures
    assert [figures[f"/of_the_year/1/{key}_used"].status for key in ("gifts", "fees", "total")] == ["verified"] * 3
    wrong = structured(folder, executed(tmp_path / "c.pdf", 1_777, wrong="91.17"))
    assert wrong.figures["/of_the_year/1/gifts_used"].status == "disputed"


# --- sections in English words


BALANCE = """
3. Assets

Balance Sheet

| | 2024 |
|---|---|
| Cash | 1,204.15 |
| Debt | 977.10 |
"""


def said(path: Path, year: int, gifts: int, fees: int, staff: int, more: str = "") -> Path:
    text = f"""Harbour Trust
Annual report {year}

1. Income

Total income for {year} was USD {gifts + fees:,} thousand, of which donations were USD {gifts:,} thousand and fees
amounted to USD {fees:,} thousand, compared with USD 1,003 thousand in {year - 1}.

2. People

The trust has {staff} staff. Trustees: 7.
"""
    path.write_text(text + more, encoding="utf-8")
    return path


def test_sections_in_english_words_are_drafted_and_recounted(tmp_path: Path) -> None:
    examples = [said(tmp_path / "1.txt", 2023, 11_203, 886, 14), said(tmp_path / "2.txt", 2024, 9_702, 1_054, 15)]
    folder = draft("words", examples, tmp_path).folder
    text = (folder / "family.toml").read_text("utf-8")
    assert '"total_income = donations + fees"' in text
    assert 'money = "USD thousands"' in text
    result = structure(said(tmp_path / "3.txt", 2025, 13_017, 911, 17), family_of(str(folder)))
    assert result.report["income"]["donations"] == 13_017
    assert result.report["people"] == {"staff": 17, "trustees": 7}
    assert result.figures["/income/fees"].status == "verified"


def test_beside_titled_tables_a_section_in_english_words_must_add_up(tmp_path: Path) -> None:
    folder = draft("notes", [said(tmp_path / "1.md", 2024, 11_203, 886, 14, BALANCE)], tmp_path).folder
    text = (folder / "family.toml").read_text("utf-8")
    assert "[[statement]]" in text
    assert 'title = "Income"' in text
    assert 'title = "People"' not in text
