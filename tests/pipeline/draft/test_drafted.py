"""A family drafted from examples: it structures them, and the report of another year, without a word of ours."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pymupdf
import pytest

from recount.pipeline.draft.drafted import draft
from recount.pipeline.errors import UsageError
from recount.pipeline.recognise import family_of
from recount.pipeline.result import Result
from recount.pipeline.structure import structure
from recount.schemas.declared import family_from
from recount.tests.pipeline.test_own_family import run

Table = Sequence[Sequence[str]]
LABELS = (
    "Current assets:", "Cash and cash equivalents", "Trade receivables", "Total current assets", "Fixed assets:",
    "Plant and equipment", "Goodwill", "Total fixed assets", "Total assets", "Borrowings", "Trade payables",
    "Total liabilities", "Net assets",
)  # fmt: skip


def amounts(seed: int) -> list[str]:
    """The figures of a balance sheet that adds up."""
    cash, receivables, plant, goodwill, loans, payables = ((seed * number) % 98_765_431 + 1_000 for number in _PRIMES)
    current, fixed, owed = cash + receivables, plant + goodwill, loans + payables
    found = [cash, receivables, current, None, plant, goodwill, fixed, current + fixed, loans, payables, owed]
    whole = [None, *found, current + fixed - owed]
    return [f"{Decimal(value) / 100:,.2f}" if value is not None else "" for value in whole]


_PRIMES = (7_368_787, 2_750_159, 9_576_890_767, 8_010_007, 1_500_450_271, 3_367_900_313)


def balance(*columns: tuple[str, int]) -> Table:
    figures = [amounts(seed) for _, seed in columns]
    return [
        ["", *(head for head, _ in columns)],
        *([label, *row] for label, row in zip(LABELS, zip(*figures, strict=True), strict=True)),
    ]


def typeset(path: Path, *tables: tuple[Sequence[str], Table], font: str = "helv") -> Path:
    """A PDF of ruled tables, each on a page with its title lines above."""
    document = pymupdf.open()
    for caption, rows in tables:
        page = document.new_page()
        for at, words in enumerate(caption):
            left = (page.rect.width - pymupdf.get_text_length(words, fontname=font, fontsize=11)) / 2
            page.insert_text((left, 60 + 26 * at), words, fontname=font, fontsize=11)
        top, widths = 60 + 26 * len(caption), [525 - 115 * (len(rows[0]) - 1), *[115] * (len(rows[0]) - 1)]
        lefts = [35 + sum(widths[:at]) for at in range(len(widths) + 1)]
        for at in range(len(rows) + 1):
            page.draw_line((lefts[0], top + 18 * at), (lefts[-1], top + 18 * at))
        for left in lefts:
            page.draw_line((left, top), (left, top + 18 * len(rows)))
        for at, row in enumerate(rows):
            for left, words in zip(lefts, row, strict=False):
                page.insert_text((left + 4, top + 18 * at + 13), words, fontname=font, fontsize=9)
        for at in range(2):
            page.insert_text((35, top + 18 * len(rows) + 30 + 14 * at), _BELOW, fontname=font, fontsize=10.5)
    document.save(path)
    return path


_BELOW = (
    "The notes form part of these statements. The trustees approved them, and the auditors have seen and signed all."
)


def english(path: Path, *columns: tuple[str, int]) -> Path:
    return typeset(path, (["Harbour Trust plc", "Balance Sheet", "(USD thousands)"], balance(*columns)))


@pytest.fixture
def example(tmp_path: Path) -> Path:
    return english(tmp_path / "a.pdf", ("December 31, 2023", 41), ("December 31, 2022", 97))


def structured(folder: Path, path: Path) -> Result:
    return structure(path, family_of(str(folder)))


def test_what_was_found_is_written_out_to_be_read(tmp_path: Path, example: Path) -> None:
    drafted = draft("trust", [example], tmp_path)
    text = (drafted.folder / "family.toml").read_text("utf-8")
    for identity in (
        '"total_current_assets = cash_and_cash_equivalents + trade_receivables"',
        '"total_fixed_assets = plant_and_equipment + goodwill"',
        '"total_assets = total_current_assets + total_fixed_assets"',
        '"total_liabilities = borrowings + trade_payables"',
        '"net_assets = total_assets - total_liabilities"',
    ):
        assert identity in text
    assert 'money = "USD thousands"' in text
    assert drafted.told == "22 figures, 10 identities, 22 verified; 0 of 1 tables have none"
    read = json.loads((drafted.folder / "expected.json").read_text("utf-8"), parse_float=Decimal)
    this, last = read["a.pdf"]["balance_sheet"]
    assert (this["period"], last["period"]) == ("2023-12-31", "2022-12-31")
    assert f"{this['goodwill']:,.2f}" == amounts(41)[6]


@pytest.mark.parametrize("again", ["Balance Sheet (Continued)", "Balance Sheet"])
def test_a_table_that_goes_on_overleaf_is_one_statement(tmp_path: Path, again: str) -> None:
    head, *rows = balance(("December 31, 2023", 41), ("December 31, 2022", 97))
    first, second = (
        ["Harbour Trust plc", "Balance Sheet", "(USD thousands)"],
        ["Harbour Trust plc", again, "(USD thousands)"],
    )
    path = typeset(tmp_path / "a.pdf", (first, [head, *rows[:8]]), (second, [head, *rows[8:]]))
    drafted = draft("trust", [path], tmp_path)
    assert drafted.told == "22 figures, 10 identities, 22 verified; 0 of 1 tables have none"
    assert "Continued" not in (drafted.folder / "family.toml").read_text("utf-8")


def test_the_budget_of_a_year_and_what_came_of_it_are_two_columns(tmp_path: Path) -> None:
    heads = (("2024 Budget", 41), ("2024 Actual", 97), ("2023 Actual", 53))
    folder = draft("town", [english(tmp_path / "a.pdf", *heads)], tmp_path).folder
    after = english(tmp_path / "b.pdf", *((head.replace("2024", "2025"), seed + 7) for head, seed in heads[:2]))
    columns = structured(folder, after).report["balance_sheet"]
    assert [(column["period"], column["head"]) for column in columns] == [
        ("2025", "2025 Budget"),
        ("2025", "2025 Actual"),
    ]
    assert [f"{column['goodwill']:,.2f}" for column in columns] == [amounts(48)[6], amounts(104)[6]]


def test_another_year_needs_no_change_and_its_columns_may_be_turned(tmp_path: Path, example: Path) -> None:
    folder = draft("trust", [example], tmp_path).folder
    for columns in (
        (("December 31, 2024", 55), ("December 31, 2023", 41)),
        (("December 31, 2023", 41), ("December 31, 2024", 55)),
    ):
        result = structured(folder, english(tmp_path / "b.pdf", *columns))
        assert result.summary.figures["verified"] == 22
        this, last = result.report["balance_sheet"]
        assert (this["period"], last["period"]) == ("2024-12-31", "2023-12-31")
        assert f"{this['goodwill']:,.2f}" == amounts(55)[6]
        assert f"{last['goodwill']:,.2f}" == amounts(41)[6]


def test_a_figure_that_does_not_add_up_is_not_verified(tmp_path: Path, example: Path) -> None:
    folder = draft("trust", [example], tmp_path).folder
    rows = [list(row) for row in balance(("December 31, 2024", 55), ("December 31, 2023", 41))]
    rows[2][1] = "1,234,567.89"
    wrong = typeset(tmp_path / "c.pdf", (["Balance Sheet", "(USD thousands)"], rows))
    result = structured(folder, wrong)
    assert result.figures["/balance_sheet/0/cash_and_cash_equivalents"].status == "disputed"
    assert result.summary.checks["fail"] == 1


def test_a_table_in_another_unit_is_brought_to_the_familys(tmp_path: Path, example: Path) -> None:
    folder = draft("trust", [example], tmp_path).folder
    table = (["Balance Sheet", "(USD millions)"], balance(("December 31, 2024", 55)))
    (only,) = structured(folder, typeset(tmp_path / "m.pdf", table)).report["balance_sheet"]
    assert f"{only['goodwill'] / 1000:,.2f}" == amounts(55)[6]


def test_several_examples_strike_what_holds_in_one_by_chance(tmp_path: Path) -> None:
    def of_year(path: Path, year: int, seed: int, minority: str) -> Path:
        rows = [list(row) for row in balance((f"December 31, {year}", seed))]
        rows += [["Minority interests", minority], ["Equity of owners", rows[-1][1]]]
        return typeset(path, (["Balance Sheet", "(USD thousands)"], rows))

    first = of_year(tmp_path / "1.pdf", 2022, 41, "5,120.33")
    second = of_year(tmp_path / "2.pdf", 2023, 55, "6,777.01")
    text = (draft("two", [first, second], tmp_path).folder / "family.toml").read_text("utf-8")
    assert "minority_interests =" not in text
    assert '"equity_of_owners = net_assets"' in text


def test_a_chinese_statement_has_keys_of_its_own_words(tmp_path: Path) -> None:
    rows = [
        ["项目", "附注", "2023年12月31日", "2022年12月31日"],
        ["流动资产：", "", "", ""],
        ["货币资金", "五、1", "905,402,299.44", "627,041,535.44"],
        ["应收票据", "", "", ""],
        ["存货", "五、2", "637,768,124.78", "601,968,438.28"],
        ["流动资产合计", "", "1,543,170,424.22", "1,229,009,973.72"],
    ]
    path = typeset(tmp_path / "z.pdf", (["远山科技股份有限公司", "合并资产负债表", "单位：元"], rows), font="china-s")
    drafted = draft("zichan", [path], tmp_path)
    text = (drafted.folder / "family.toml").read_text("utf-8")
    assert '"流动资产合计 = 货币资金 .. 存货"' in text  # a blank line of the form may be filled another year
    assert drafted.told.startswith("6 figures, 2 identities, 6 verified")
    assert structured(drafted.folder, path).report["合并资产负债表"][0]["货币资金"] == Decimal("905402299.44")


def test_lines_of_the_same_words_are_told_apart(tmp_path: Path) -> None:
    rows = [
        ["", "2023"],
        ["Gain on swaps", "55.20"],
        ["Tax effect", "11.04"],
        ["Gain on bonds", "40.10"],
        ["Tax effect", "8.02"],
    ]
    folder = draft("tax", [typeset(tmp_path / "t.pdf", (["Other income", "(USD thousands)"], rows))], tmp_path).folder
    (only,) = structured(folder, tmp_path / "t.pdf").report["other_income"]
    assert (only["tax_effect"], only["tax_effect_2"]) == (Decimal("11.04"), Decimal("8.02"))


def test_statements_that_print_the_same_are_tied(tmp_path: Path) -> None:
    income = [
        ["", "2023", "2022"],
        ["Revenue", "88,210.15", "80,117.20"],
        ["Net assets", amounts(41)[-1], amounts(97)[-1]],
    ]
    path = typeset(
        tmp_path / "t.pdf",
        (["Balance Sheet", "(USD thousands)"], balance(("2023", 41), ("2022", 97))),
        (["Income", "(USD thousands)"], income),
    )
    drafted = draft("tied", [path], tmp_path)
    assert '"income.net_assets = balance_sheet.net_assets"' in (drafted.folder / "family.toml").read_text("utf-8")
    assert structured(drafted.folder, path).figures["/income/0/net_assets"].status == "verified"


def test_the_command(tmp_path: Path, example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = english(tmp_path / "b.pdf", ("December 31, 2024", 55), ("December 31, 2023", 41))
    assert run("init-family", "trust", "--from", example, other, "--out", tmp_path) == 0
    assert "44 figures, 20 identities, 44 verified" in capsys.readouterr().out.replace("\n", " ")
    family_from(tmp_path / "trust" / "family.toml")
    assert run("init-family", "trust", "--from", example, "--out", tmp_path) != 0
    assert "exists already" in capsys.readouterr().err
    assert run("init-family", "more", example, "--out", tmp_path) != 0


def test_an_example_without_tables_is_refused(tmp_path: Path) -> None:
    document = pymupdf.open()
    document.new_page().insert_text((72, 72), "A letter, and no table in it.")
    document.save(tmp_path / "letter.pdf")
    with pytest.raises(UsageError, match=r"letter\.pdf: no table with figures was found"):
        draft("letters", [tmp_path / "letter.pdf"], tmp_path)
    assert not (tmp_path / "letters").exists()


# --- two periods


def flows(path: Path, *columns: tuple[str, int, int, int], opening: str = "") -> Path:
    """Cash flows: year, cash at the beginning, what came in, what went out. opening: is printed for the latest."""
    rows = [
        ["", *(year for year, *_ in columns)],
        ["Receipts", *(f"{came:,}" if came > 0 else f"({-came:,})" for _, _, came, _ in columns)],
        ["Payments", *(f"({went:,})" if went > 0 else f"{-went:,}" for *_, went in columns)],
        ["Net change in cash", *(f"{came - went:,}" for _, _, came, went in columns)],
        ["Cash at beginning of year", *(f"{first:,}" for _, first, _, _ in columns)],
        ["Cash at end of year", *(f"{first + came - went:,}" for _, first, came, went in columns)],
        ["Growth of receipts", *(_grown(columns, at) for at in range(len(columns)))],
    ]
    rows[4][1] = opening or rows[4][1]
    return typeset(path, (["Statement of Cash Flows", "(USD thousands)"], rows))


def _grown(columns: Sequence[tuple[str, int, int, int]], at: int) -> str:
    earlier = columns[at + 1][2] if at + 1 < len(columns) else 451_207
    return f"{Decimal(100 * (abs(columns[at][2]) - earlier)) / earlier:.2f}%"


THIS, LAST = ("2024", 871_230, 512_377, 498_104), ("2023", 866_911, 440_118, 435_799)


def test_an_opening_is_last_years_closing_and_growth_is_against_last_year(tmp_path: Path) -> None:
    drafted = draft("cash", [flows(tmp_path / "a.pdf", THIS, LAST)], tmp_path)
    text = (drafted.folder / "family.toml").read_text("utf-8")
    assert '"cash_at_beginning_of_year = previous cash_at_end_of_year"' in text
    assert '"growth_of_receipts = (receipts - previous receipts) / previous receipts"' in text
    later = (("2025", 885_503, 600_211, 533_004), THIS)
    result = structured(drafted.folder, flows(tmp_path / "b.pdf", *later))
    assert result.summary.checks["fail"] == 0
    assert result.figures["/statement_of_cash_flows/0/cash_at_beginning_of_year"].status == "verified"
    assert result.figures["/statement_of_cash_flows/0/growth_of_receipts"].status == "verified"


def test_an_opening_that_is_not_last_years_closing_is_disputed(tmp_path: Path) -> None:
    folder = draft("cash", [flows(tmp_path / "a.pdf", THIS, LAST)], tmp_path).folder
    result = structured(folder, flows(tmp_path / "b.pdf", THIS, LAST, opening="871,320"))
    assert result.figures["/statement_of_cash_flows/0/cash_at_beginning_of_year"].status == "disputed"
    assert {check.rule for check in result.failing} >= {"cash_at_beginning_of_year = previous cash_at_end_of_year"}


def test_of_several_columns_of_one_period_the_total_meets_other_statements(tmp_path: Path) -> None:
    unit = "(USD thousands)"
    funds = [
        ["", "Own 2023", "Given 2023", "Total 2023"],
        ["Income", "88,210.15", "17,002.40", "105,212.55"],
        [
            "Net assets",
            "1,000.25",
            f"{Decimal(amounts(41)[-1].replace(',', '')) - Decimal('1000.25'):,.2f}",
            amounts(41)[-1],
        ],
    ]
    path = typeset(tmp_path / "t.pdf", (["Balance Sheet", unit], balance(("2023", 41))), (["Of funds", unit], funds))
    folder = draft("funds", [path], tmp_path).folder
    assert '"of_funds.net_assets = balance_sheet.net_assets"' in (folder / "family.toml").read_text("utf-8")


def test_lines_that_were_exchanged_in_a_sum_are_not_verified_where_growth_says_so(tmp_path: Path) -> None:
    folder = draft("cash", [flows(tmp_path / "a.pdf", THIS, LAST)], tmp_path).folder
    year, first, came, went = THIS
    result = structured(folder, flows(tmp_path / "b.pdf", (year, first, -went, -came), LAST))
    assert result.summary.checks["fail"] == 1, "growth alone: payments in the line of receipts add up as they did"
    for line in ("receipts", "payments"):
        assert result.figures[f"/statement_of_cash_flows/0/{line}"].status != "verified"
