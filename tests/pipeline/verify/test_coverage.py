"""The coverage ledger."""

from __future__ import annotations

from recount.pipeline.template import narrative
from recount.pipeline.verify import verify
from recount.pipeline.verify.coverage import coverage_of
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.narrative import BasicExpenditure
from recount.schemas.final_accounts.report import Report
from recount.tests.pipeline.helpers import Sheet

TEXT = "基本支出30.00万元，其中：人员经费25.00万元；公用经费5.00万元。"


def test_what_was_due_what_was_evaluated_and_why_not() -> None:
    sheet = Sheet()
    section, _ = narrative.basic_expenditure(sheet.passage(TEXT))
    (whole,) = [
        each
        for each in coverage_of(verify(Report[Ref](basic_expenditure=section), sheet.tokens, "x")).due
        if each.rule.startswith("基本支出")
    ]
    assert (whole.result, whole.missing) == ("pass", None)
    partly = BasicExpenditure[Ref](total=section.total, personnel=section.personnel)
    found = coverage_of(verify(Report[Ref](basic_expenditure=partly), sheet.tokens, "x"))
    assert [each.missing for each in found.not_evaluated] == ["an operand is not printed"]
    assert found.uncovered == ["/basic_expenditure/total", "/basic_expenditure/personnel"]
    assert (found.share(1), found.covered(1)) == (0.0, 0.0)


def test_the_shares_of_figures() -> None:
    sheet = Sheet()
    section, _ = narrative.basic_expenditure(sheet.passage(TEXT))
    found = coverage_of(verify(Report[Ref](basic_expenditure=section), sheet.tokens, "x"))
    assert (found.share(1), found.share(2), found.covered(1), found.uncovered) == (1.0, 0.0, 1.0, [])
    assert set(found.under.values()) == {1}
