"""The coverage ledger."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from recount.pipeline.assemble import reach_of, result_of
from recount.pipeline.output.show import render_result
from recount.pipeline.result import Source, plain, typed
from recount.pipeline.verify import verify
from recount.pipeline.verify.coverage import coverage_of
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.narrative import BasicExpenditure, IncomeExpenditure
from recount.schemas.final_accounts.report import Report
from recount.schemas.saying import say
from recount.tests.pipeline.helpers import Sheet, reader_of

TEXT = "基本支出30.00万元，其中：人员经费25.00万元；公用经费5.00万元。"


def test_what_was_due_what_was_evaluated_and_why_not() -> None:
    sheet = Sheet()
    section = reader_of("basic_expenditure")(sheet.passage(TEXT))
    (whole,) = [
        each
        for each in coverage_of(verify(Report[Ref](basic_expenditure=section), sheet.tokens, "x")).due
        if each.rule.startswith("基本支出")
    ]
    assert (whole.result, whole.missing) == ("pass", None)
    partly = BasicExpenditure[Ref](total=section.total, personnel=section.personnel)
    found = coverage_of(verify(Report[Ref](basic_expenditure=partly), sheet.tokens, "x"))
    assert [each.missing for each in found.not_evaluated] == [say("operand_not_printed")]
    assert found.uncovered == ["/basic_expenditure/total", "/basic_expenditure/personnel"]
    assert (found.share(1), found.covered(1)) == (0.0, 0.0)


def test_the_shares_of_figures() -> None:
    sheet = Sheet()
    section = reader_of("basic_expenditure")(sheet.passage(TEXT))
    found = coverage_of(verify(Report[Ref](basic_expenditure=section), sheet.tokens, "x"))
    assert (found.share(1), found.share(2), found.covered(1), found.uncovered) == (1.0, 0.0, 1.0, [])
    assert set(found.under.values()) == {1}


def test_two_fields_of_one_number_are_under_each_others_identities() -> None:
    """支出总计 and 收入总计 are one printed number, and one quantity: what adds up to the one holds the other."""
    sheet = Sheet()
    sheet.passage("45.00万元、40.00万元、0.00万元、5.00万元")
    section = IncomeExpenditure[Ref](
        income_total=Ref(0),
        expenditure_total=Ref(0),
        income_current_year=Ref(1),
        nonfiscal_surplus_used=Ref(2),
        opening_carryover=Ref(3),
    )
    found = coverage_of(verify(Report[Ref](income_expenditure=section), sheet.tokens, "x"))
    assert set(found.under.values()) == {1}
    assert found.under_none == []


def test_the_ledger_of_a_result() -> None:
    sheet = Sheet()
    section = reader_of("basic_expenditure")(sheet.passage(TEXT))
    partly = BasicExpenditure[Ref](total=section.total, personnel=section.personnel)
    ledger = reach_of(verify(Report[Ref](basic_expenditure=partly), sheet.tokens, "x"), sheet.tokens)
    both = ["/basic_expenditure/total", "/basic_expenditure/personnel"]
    assert asdict(ledger) == {
        "identities": {"due": 1, "evaluated": 0},
        "not_evaluated": {"operand_not_printed": ["c1"]},
        "under_one": 0.0,
        "under_two": 0.0,
        "covered": 0.0,
        "under_none": both,
        "not_covered": both,
        "rows_left_out": [],
    }


def test_a_rule_that_goes_lowers_the_coverage(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = Sheet()
    section = reader_of("basic_expenditure")(sheet.passage(TEXT))
    report = Report[Ref](basic_expenditure=section)
    assert coverage_of(verify(report, sheet.tokens, "x")).share(1) == 1.0
    monkeypatch.setattr(BasicExpenditure, "identities", lambda _: iter(()))
    found = coverage_of(verify(report, sheet.tokens, "x"))
    assert (found.share(1), len(found.uncovered)) == (0.0, 3)


def shown(result: dict[str, Any]) -> str:
    console = Console(width=200, record=True, file=StringIO())
    for each in render_result(typed(result), Report[Decimal]):
        console.print(each)
    return console.export_text()


def test_a_result_names_the_checks_that_were_not_evaluated_and_shows_one_line_of_it() -> None:
    sheet = Sheet()
    section = reader_of("basic_expenditure")(sheet.passage(TEXT))
    partly = BasicExpenditure[Ref](total=section.total, personnel=section.personnel)
    found = verify(Report[Ref](basic_expenditure=partly), sheet.tokens, "x")
    result = plain(result_of(Source("a.pdf", "0", 1), found, sheet.tokens, "final-accounts/1", {}))
    coverage = result["summary"]["coverage"]
    without = [each["id"] for each in result["checks"] if each["result"] == "not_applicable"]
    assert [each for ids in coverage["not_evaluated"].values() for each in ids] == without
    line = "0 of 1 identities evaluated: 0.0 % of the figures under one, 0.0 % under two, 0.0 % covered"
    assert line in shown(result)
    coverage["rows_left_out"] = [{"list": "/x", "page": 3, "numbers": ["33.90", "1.20"]}]
    assert "no row was read from page 3: 33.90 1.20" in shown(result)
    del result["summary"]["coverage"]
    assert "identities evaluated" not in shown(result)
