"""One report's closing against the next year's opening."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from recount.cli import main
from recount.pipeline.output.chain import Chain, chain


def report(
    folder: Path,
    period: int,
    values: dict[str, str],
    unit: str = "甲局（汇总）",
    name: str = "甲",
    year: object = None,
) -> None:
    """A result file; values are written as numbers with just these digits. year: what stands in the place of it."""
    path = folder / "reports" / str(period) / f"{name}.pdf.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    figures = {
        pointer: {"raw": shown, "value": f"@{shown}@", "page": 7, "bbox": [0, 0, 1, 1], "status": "verified"}
        for pointer, shown in values.items()
    }
    result: dict[str, Any] = {
        "contract": "final-accounts/1",
        "source": {"file": f"{period}/{name}.pdf", "sha256": "ab", "pages": 9},
        "report": {"unit_name": unit, "fiscal_year": period if year is None else f"@{year}@"},
        "figures": figures,
        "checks": [],
    }
    text = json.dumps(result, ensure_ascii=False).replace('"@', "").replace('@"', "")
    path.write_text(text, encoding="utf-8")


CLOSING, OPENING = "/income_expenditure/closing_carryover", "/income_expenditure/opening_carryover"
TOTAL, CHANGE = "/income_expenditure/income_total", "/income_expenditure/income_change/amount"


def found(folder: Path) -> tuple[int, int, int]:
    result: Chain = chain(folder)
    return result.pairs, result.compared, len(result.findings)


def test_a_closing_that_is_the_next_opening(tmp_path: Path) -> None:
    report(tmp_path, 2022, {CLOSING: "10.16"})
    report(tmp_path, 2023, {OPENING: "10.16"}, unit="甲局(汇总)")
    assert found(tmp_path) == (1, 1, 0)


def test_a_closing_that_is_another_is_told_with_file_page_and_pointer(tmp_path: Path) -> None:
    report(tmp_path, 2022, {CLOSING: "10.16"})
    report(tmp_path, 2023, {OPENING: "11.16"})
    (finding,) = chain(tmp_path).findings
    assert str(finding) == (
        "甲局（汇总）: 年末结转和结余 of 2022 is 10.16 (2022/甲.pdf, page 7, /income_expenditure/closing_carryover), "
        "but the report of 2023 says 11.16 (2023/甲.pdf, page 7, /income_expenditure/opening_carryover): "
        "difference -1.00, rounding explains up to 0.010"
    )


def test_a_total_is_what_the_next_year_says_that_it_was(tmp_path: Path) -> None:
    report(tmp_path, 2022, {TOTAL: "100.00"})
    report(tmp_path, 2023, {TOTAL: "130.00", CHANGE: "30.01"})
    assert found(tmp_path) == (1, 1, 0)
    report(tmp_path, 2023, {TOTAL: "130.00", CHANGE: "29.00"})
    assert found(tmp_path) == (1, 1, 1)


def test_years_that_do_not_follow_each_other_and_other_units_are_not_compared(tmp_path: Path) -> None:
    report(tmp_path, 2021, {CLOSING: "10.16"})
    report(tmp_path, 2023, {OPENING: "11.16"})
    report(tmp_path, 2022, {OPENING: "12.16"}, unit="乙局", name="乙")
    assert found(tmp_path) == (0, 0, 0)


def test_two_reports_of_one_year_say_nothing_certain(tmp_path: Path) -> None:
    report(tmp_path, 2022, {CLOSING: "10.16"})
    report(tmp_path, 2022, {CLOSING: "10.17"}, name="甲更正")
    report(tmp_path, 2023, {OPENING: "11.16"})
    assert found(tmp_path) == (0, 0, 0)


def test_what_is_printed_nowhere_is_not_compared(tmp_path: Path) -> None:
    report(tmp_path, 2022, {})
    report(tmp_path, 2023, {OPENING: "11.16"})
    assert found(tmp_path) == (1, 0, 0)


@pytest.mark.parametrize("content", [b"{", b"", b'{"contract": "final-accounts/1"}', b"\xff", b"[]", b"nul\0"])
def test_a_result_that_cannot_be_read_is_a_line_and_the_others_are_compared(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    report(tmp_path, 2022, {CLOSING: "10.16"})
    report(tmp_path, 2023, {OPENING: "10.16"})
    (tmp_path / "reports" / "broken.pdf.json").write_bytes(content)
    result = chain(tmp_path)
    assert (result.pairs, result.compared, len(result.findings)) == (1, 1, 0)
    (line,) = result.broken
    assert "broken.pdf.json is no result file" in line
    with pytest.raises(SystemExit) as exit:
        main(["chain", str(tmp_path)])
    assert exit.value.code == 1
    assert capsys.readouterr().err == f"recount: {line}\n"


@pytest.mark.parametrize(("shown", "year"), [('"many"', 2022), ("10.16", '"二〇二二"'), ("null", 2022), ("1e9", '"x"')])
def test_a_value_of_the_wrong_kind_is_a_line_too(tmp_path: Path, shown: str, year: object) -> None:
    report(tmp_path, 2022, {CLOSING: shown}, year=year)
    report(tmp_path, 2023, {OPENING: "10.16"})
    assert len(chain(tmp_path).broken) == 1


def test_what_is_no_output_folder_has_nothing_to_be_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit:
        main(["chain", str(tmp_path / "nosuch")])
    assert exit.value.code == 2
    assert "nosuch is no output folder of recount structure" in capsys.readouterr().err


# --- statements of a family of the user's


def statements(folder: Path, file: str, columns: list[tuple[str, dict[str, str]]], **about: Any) -> None:
    """A result with a balance sheet: of each column its period, and figures by line (a label in the free ones)."""
    figures: dict[str, Any] = {}
    balance = []
    for at, (period, values) in enumerate(columns):
        free = [label for label in values if " " in label]
        lines = [{"label": label, "amount": 1, "other": None} for label in free]
        balance.append(
            {"period": period, "head": period, "lines": lines} | {key: 1 for key in values if key not in free}
        )
        for line, shown in values.items():
            key = f"lines/{free.index(line)}/amount" if line in free else line
            entry = {"raw": shown, "value": f"@{shown}@", "unit": "USD", "page": 1, "bbox": [0, 0, 1, 1]}
            figures[f"/balance/{at}/{key}"] = {**entry, "status": "verified"}
    result = {
        "contract": "trust/1",
        "source": {"file": file, "sha256": file, "pages": 1},
        "report": {**about, "balance": balance},
        "figures": figures,
        "checks": [],
    }
    (folder / "reports").mkdir(exist_ok=True)
    text = json.dumps(result).replace('"@', "").replace('@"', "")
    (folder / "reports" / f"{file}.json").write_text(text, encoding="utf-8")


def test_the_column_of_last_year_is_what_the_report_of_last_year_had(tmp_path: Path) -> None:
    first = {"cash": "10.00", "Other assets": "5.00"}
    statements(tmp_path, "a.pdf", [("2022-12-31", first), ("2021-12-31", {"cash": "1.00"})])
    statements(
        tmp_path, "b.pdf", [("2023-12-31", {"cash": "12.00"}), ("2022-12-31", {**first, "Other assets": "5.50"})]
    )
    assert found(tmp_path) == (1, 2, 1)
    (finding,) = chain(tmp_path).findings
    assert str(finding) == (
        "trust: balance: Other assets of 2022-12-31 is 5.00 (a.pdf, page 1, /balance/0/lines/0/amount), but the report "
        "of 2023-12-31 says 5.50 (b.pdf, page 1, /balance/1/lines/0/amount): difference -0.50, rounding explains up to "
        "0.010"
    )


def test_columns_that_only_say_which_year_before_are_dated_by_the_report(tmp_path: Path) -> None:
    statements(tmp_path, "a.pdf", [("current", {"cash": "10.00"})], fiscal_year=2022)
    statements(tmp_path, "b.pdf", [("current", {"cash": "12"}), ("opening", {"cash": "11.00"})], fiscal_year=2023)
    assert found(tmp_path) == (1, 1, 1)


def test_reports_of_other_units_of_no_unit_or_of_one_end_are_not_compared(tmp_path: Path) -> None:
    columns = [("2022-12-31", {"cash": "10.00"})], [("2023-12-31", {"cash": "9"}), ("2022-12-31", {"cash": "11.00"})]
    statements(tmp_path, "a.pdf", columns[0], unit_name="Harbour")
    statements(tmp_path, "b.pdf", columns[1], unit_name="Lake")
    assert found(tmp_path) == (0, 0, 0)
    statements(tmp_path, "b.pdf", columns[1], unit_name=None)
    assert found(tmp_path) == (0, 0, 0)
    statements(tmp_path, "b.pdf", columns[1], unit_name="Harbour")
    assert found(tmp_path) == (1, 1, 1)
    statements(tmp_path, "c.pdf", columns[1], unit_name="Harbour")  # a correction: nobody says which counts
    assert found(tmp_path) == (0, 0, 0)


def test_a_line_that_stands_twice_and_a_period_that_nothing_dates_are_not_compared(tmp_path: Path) -> None:
    twice = [("2022-12-31", {"cash": "1.00"}), ("2022-12-31", {"cash": "2.00"})]
    statements(tmp_path, "a.pdf", [*twice, ("2021-12-31", {"cash": "7"})])
    statements(tmp_path, "b.pdf", [("2023-12-31", {"cash": "3.00"}), ("2022-12-31", {"cash": "9.00"})])
    statements(tmp_path, "c.pdf", [("2024-12-31", {"cash": "3.00"}), ("opening", {"cash": "9.00"})])
    assert found(tmp_path) == (0, 0, 0)
