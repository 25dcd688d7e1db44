"""The result has the shape of docs/contract/result.md."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from recount.pipeline import assemble
from recount.pipeline.assemble import Readings
from recount.pipeline.document import Token
from recount.pipeline.result import Source, plain
from recount.pipeline.verify import verify
from recount.schemas.common.parts import Change, Overview, Portion, StateAssets
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.narrative import Income, IncomeExpenditure
from recount.schemas.final_accounts.performance import FundRow, ProjectEvaluation
from recount.schemas.final_accounts.report import Report
from recount.schemas.final_accounts.sections import Procurement
from recount.tests.pipeline.helpers import Sheet, reader_of

SOURCE = Source("甲.pdf", "ab" * 32, 3, [2], "engine 1.0")
SECONDS = {"read": 0.123456, "split": 0.1, "map": 0.1, "verify": 0.1}
TEXT = (
    "收入总计8.00万元，其中：本年收入合计7.00万元，使用非财政拨款结余0.00万元，年初结转和结余0万元。"
    "收入总计与上年相比，减少2.00万元，下降20.00%，主要原因是：节约。"
)


def result_of(*verified: Any) -> dict[str, Any]:
    """A result as its file has it."""
    return plain(assemble.result_of(*verified))


@pytest.fixture
def result() -> dict[str, Any]:
    """一 that does not add up, a count, a year, and an amount that points at a percentage."""
    sheet = Sheet()
    section = reader_of("income_expenditure")(sheet.passage(TEXT))
    sheet.passage("实有人数5人，2022年，占9.50%")
    people, year, rate = (Ref(each.index) for each in sheet.tokens[-3:])
    report = Report[Ref](
        unit_name="某局",
        fiscal_year=year,
        overview=Overview[Ref](functions=("甲",), staff_total=people),
        income_expenditure=section,
        income=Income[Ref](total=rate),
    )
    verified = verify(report, sheet.tokens, "template")
    return result_of(SOURCE, verified, sheet.tokens, "final-accounts/1", SECONDS)


def check(result: dict[str, Any], rule: str) -> dict[str, Any]:
    (found,) = [each for each in result["checks"] if each["rule"].startswith(rule)]
    assert isinstance(found, dict)
    return found


def test_the_keys_of_the_file(result: dict[str, Any]) -> None:
    assert set(result) == {"contract", "source", "report", "figures", "checks", "rejected", "summary"}
    assert result["contract"] == "final-accounts/1"
    assert result["source"] == {
        "file": "甲.pdf",
        "sha256": "ab" * 32,
        "pages": 3,
        "scanned_pages": [2],
        "ocr": "engine 1.0",
    }


def test_a_figure_has_all_its_keys(result: dict[str, Any]) -> None:
    figure = result["figures"]["/income_expenditure/income_current_year"]
    bbox = figure.pop("bbox")
    checks = figure.pop("checks")
    assert figure == {
        "raw": "7.00",
        "value": Decimal("7.00"),
        "unit": "万元",
        "printed_unit": "万元",
        "page": 1,
        "origin": "text",
        "confidence": None,
        "mapper": "template",
        "status": "disputed",
    }
    assert len(bbox) == 4
    assert all(isinstance(each, float) for each in bbox)
    assert checks == [check(result, "收入总计 = 本年收入合计")["id"]]


def test_every_pointer_leads_to_its_value_in_the_report(result: dict[str, Any]) -> None:
    assert len(result["figures"]) == 8
    for pointer, figure in result["figures"].items():
        value: Any = result["report"]
        for key in pointer.strip("/").split("/"):
            value = value[int(key)] if isinstance(value, list) else value[key]
        assert (value, type(value)) == (figure["value"], type(figure["value"]))


def test_counts_and_years_are_whole_numbers_and_money_has_its_printed_decimals(result: dict[str, Any]) -> None:
    report = result["report"]
    assert type(report["overview"]["staff_total"]) is int
    assert (type(report["fiscal_year"]), report["fiscal_year"]) == (int, 2022)
    assert str(report["income_expenditure"]["income_total"]) == "8.00"
    assert str(report["income_expenditure"]["opening_carryover"]) == "0"
    assert str(report["income_expenditure"]["income_change"]["amount"]) == "-2.00"


def test_what_the_report_does_not_say_is_null_or_an_empty_list(result: dict[str, Any]) -> None:
    report = result["report"]
    assert (report["three_public"], report["statements"], report["operating_costs"]) == (None, None, [])
    assert (report["overview"]["functions"], report["overview"]["offices"]) == (["甲"], [])
    assert report["income_expenditure"]["expenditure_change"] is None


def test_a_failed_check_tells_both_sides(result: dict[str, Any]) -> None:
    found = check(result, "收入总计 = 本年收入合计")
    assert set(found) == {
        "id", "rule", "expression", "result", "computed", "printed", "residual", "tolerance", "severity",
        "explanation", "pointers",
    }  # fmt: skip
    assert found["expression"] == "8.00 = 7.00 + 0.00 + 0"
    assert (found["result"], found["severity"]) == ("fail", "error")
    assert found["explanation"] is None, "nothing tells the operands apart: nobody is named"
    assert (found["computed"], found["printed"], found["residual"]) == (7, Decimal("8.00"), 1)
    assert found["tolerance"] == Decimal("0.515")
    assert found["pointers"] == [
        "/income_expenditure/income_total",
        "/income_expenditure/income_current_year",
        "/income_expenditure/nonfiscal_surplus_used",
        "/income_expenditure/opening_carryover",
    ]


def test_a_satisfied_check_shows_the_recount(result: dict[str, Any]) -> None:
    found = check(result, "收入总计增减率")
    assert found["expression"] == "-20.00 = -2.00 ÷ (8.00 − (-2.00)) × 100"
    assert (found["result"], found["computed"], found["residual"], found["severity"]) == ("pass", -20, 0, None)


def test_a_check_that_cannot_be_made_says_so(result: dict[str, Any]) -> None:
    found = check(result, "支出总计 = 本年支出合计")
    assert (found["result"], found["pointers"]) == ("not_applicable", [])
    keys = ("expression", "computed", "residual", "tolerance", "severity", "explanation")
    assert [found[key] for key in keys] == [None] * 6


def test_ids_are_unique_and_lead_from_figures_to_checks_and_back(result: dict[str, Any]) -> None:
    by_id = {each["id"]: each for each in result["checks"]}
    assert len(by_id) == len(result["checks"])
    for pointer, figure in result["figures"].items():
        assert all(pointer in by_id[name]["pointers"] for name in figure["checks"])
    for each in result["checks"]:
        assert all(each["id"] in result["figures"][pointer]["checks"] for pointer in each["pointers"])


def test_a_refused_figure_is_told_and_null_in_the_report(result: dict[str, Any]) -> None:
    (refused,) = result["rejected"]
    assert set(refused) == {"pointer", "proposed", "mapper", "reason"}
    assert (refused["pointer"], refused["proposed"], refused["mapper"]) == ("/income/total", "9.50", "template")
    assert result["report"]["income"]["total"] is None
    assert "/income/total" not in result["figures"]


def test_the_summary_counts_what_the_file_holds(result: dict[str, Any]) -> None:
    summary = result["summary"]
    shown = [figure["status"] for figure in result["figures"].values()]
    assert summary["figures"] == {name: shown.count(name) for name in ("verified", "repaired", "grounded", "disputed")}
    results = [each["result"] for each in result["checks"]]
    assert summary["checks"] == {
        "pass": results.count("pass"),
        "fail": 1,
        "minor": 0,
        "not_applicable": results.count("not_applicable"),
    }
    assert summary["mapper"] == {
        "name": "template",
        "calls": 0,
        "input_tokens": 0,
        "output_tokens": 0,
        "cost": 0,
    }
    assert summary["rejected"] == 1
    assert set(summary["seconds"]) == set(SECONDS)


def test_a_minor_failure_is_counted_apart() -> None:
    sheet = Sheet()
    said = "本年支出9000.00万元，其中：基本支出3000.00万元，占33.34%；项目支出6000.00万元，占66.66%。"
    section = reader_of("expenditure")(sheet.passage(said))
    found = verify(Report[Ref](expenditure=section), sheet.tokens, "template")
    result = result_of(SOURCE, found, sheet.tokens, "final-accounts/1", {})
    assert (result["summary"]["checks"]["fail"], result["summary"]["checks"]["minor"]) == (0, 2)
    explained = [each["explanation"] for each in result["checks"] if each["result"] == "fail"]
    assert explained == [{"code": "levelled"}] * 2
    assert {figure["status"] for figure in result["figures"].values()} == {"verified"}


def test_of_what_fails_by_one_fault_the_first_check_tells_it() -> None:
    """支出 is in two identities, and another number in its place would satisfy both."""
    sheet = Sheet()
    said = "一般公共预算财政拨款支出9.00万元，比上年增加1.00万元，增长20.00%。教育（类）支出6.00万元，占100.00%。"
    section = reader_of("general_public_budget")(sheet.passage(said))
    found = verify(Report[Ref](general_public_budget=section), sheet.tokens, "template")
    found = result_of(SOURCE, found, sheet.tokens, "final-accounts/1", {})
    failing = [each for each in found["checks"] if each["result"] == "fail"]
    assert len(failing) > 1
    assert "follows" not in failing[0]
    assert {each.get("follows") for each in failing[1:]} == {failing[0]["id"]}


def test_a_figure_that_stays_disputed_after_it_was_read_again_says_both_readings() -> None:
    tokens = [
        Token(at, raw, Decimal(raw), 2, "万元", 1, (1.0, 2.0, 3.0, 4.0), "ocr")
        for at, raw in enumerate(("8.00", "7.00"))
    ]
    section = IncomeExpenditure[Ref](income_total=Ref(0), expenditure_total=Ref(1))
    found = verify(Report[Ref](income_expenditure=section), tokens, "template")
    read = Readings(first={1: "1.00"}, doubts={0: "9.00", 1: "2.00"})
    one, other = result_of(SOURCE, found, tokens, "final-accounts/1", {}, read)["figures"].values()
    assert (one["status"], other["status"]) == ("disputed", "disputed")
    assert (one["raw"], one.get("first_reading"), one.get("second_reading")) == ("8.00", None, "9.00")
    assert (other["raw"], other.get("first_reading"), other.get("second_reading")) == ("7.00", "1.00", None)


def test_the_unit_is_that_of_the_value_and_none_where_nothing_says_it() -> None:
    shown = (("12,340", "千元", None), ("5.00", None, None), ("3.00", "%", None), ("7", "辆", None))
    tokens = [
        Token(
            at, raw, Decimal(raw.replace(",", "")), len(raw.partition(".")[2]), unit, 1, (1.0, 2.0, 3.0, 4.0), head=head
        )
        for at, (raw, unit, head) in enumerate(shown)
    ]
    report = Report[Ref](
        procurement=Procurement[Ref](total=Ref(0)),
        income=Income[Ref](total=Ref(1), other=Portion[Ref](percent=Ref(2))),
        state_assets=StateAssets[Ref](vehicle_count=Ref(3)),
    )
    figures = result_of(SOURCE, verify(report, tokens, "template"), tokens, "final-accounts/1", {})["figures"].values()
    said = {figure["raw"]: (f"{figure['value']}", figure["unit"], figure["printed_unit"]) for figure in figures}
    assert said == {
        "12,340": ("1234.0", "万元", "千元"),
        "5.00": ("5.00", None, None),
        "3.00": ("3.00", "%", "%"),
        "7": ("7", "辆", "辆"),
    }


def test_money_printed_in_yuan_is_told_with_its_raw_characters_and_unit() -> None:
    tokens = [Token(0, "19,550,600.00", Decimal("19550600.00"), 2, None, 4, (1.0, 2.0, 3.0, 4.0), head="元")]
    found = verify(Report[Ref](procurement=Procurement[Ref](total=Ref(0))), tokens, "template")
    result = result_of(SOURCE, found, tokens, "final-accounts/1", {})
    figure = result["figures"]["/procurement/total"]
    assert (figure["raw"], figure["printed_unit"], figure["page"]) == ("19,550,600.00", "元", 4)
    assert figure["unit"] == "万元"
    assert figure["value"] == result["report"]["procurement"]["total"] == Decimal("1955.06")


def test_an_unbounded_tolerance_is_null() -> None:
    sheet = Sheet()
    sheet.passage("0.08万元、0.09万元、700.00%")
    change = Change[Ref](amount=Ref(0), percent=Ref(2))
    section = IncomeExpenditure[Ref](income_total=Ref(1), income_change=change)
    found = verify(Report[Ref](income_expenditure=section), sheet.tokens, "template")
    rate = check(result_of(SOURCE, found, sheet.tokens, "final-accounts/1", {}), "收入总计增减率")
    assert (rate["result"], rate["tolerance"]) == ("pass", None)


def test_a_whole_score_stays_whole_and_one_with_decimals_keeps_them() -> None:
    sheet = Sheet()
    sheet.passage("10、9.50、100%")
    row = FundRow[Ref](weight=Ref(0), score=Ref(1), execution_rate=Ref(2))
    report = Report[Ref](project_evaluations=(ProjectEvaluation[Ref](funds=(row,)),))
    found = verify(report, sheet.tokens, "template")
    shown = result_of(SOURCE, found, sheet.tokens, "final-accounts/1", {})["report"]["project_evaluations"][0]["funds"][
        0
    ]
    assert [str(shown[key]) for key in ("weight", "score", "execution_rate")] == ["10", "9.50", "100"]


def test_numbers_are_never_binary_fractions(result: dict[str, Any]) -> None:
    def refuse(value: object) -> str:
        assert isinstance(value, Decimal)
        return str(value)

    kept = {key: result[key] for key in ("report", "checks", "rejected")}
    assert all(
        not isinstance(each, float)
        for each in _leaves(kept) | _leaves([f["value"] for f in result["figures"].values()])
    )
    json.dumps(kept, default=refuse)


def _leaves(value: Any) -> set[Any]:
    if isinstance(value, dict):
        return {leaf for each in value.values() for leaf in _leaves(each)}
    if isinstance(value, list):
        return {leaf for each in value for leaf in _leaves(each)}
    return {value}
