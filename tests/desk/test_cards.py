"""Cards by failing identity: worst first, in the page's own unit, the prime suspect before the rest."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recount.desk.cards import Card, Figure, Findings, figures_of, findings_of, sections_of, to_decide
from recount.desk.view import card_decision
from recount.pipeline.recognise import report_model
from recount.pipeline.result import Check, FigureEntry, LeftOut, PageRemark, Rejected, Result, Source
from recount.pipeline.review.decisions import Place, Verdict, decide
from recount.pipeline.structure import structure
from recount.schemas.saying import say

MODEL = report_model("final-accounts/1")
EXAMPLE = next((Path(__file__).parents[2] / "examples" / "archive" / "2022").glob("望垣县*.pdf"))


def figure(raw: str, value: str, status: str = "grounded", checks: tuple[str, ...] = ("c1",), **more: object) -> Any:
    given = {"unit": "万元", "printed_unit": "万元", "page": 2, "bbox": [1, 2, 3, 4], "origin": "text", **more}
    return FigureEntry(raw, Decimal(value), confidence=None, mapper="template", status=status, checks=checks, **given)  # type: ignore[arg-type]


def check(
    own: str, pointers: tuple[str, ...], residual: str = "1.00", severity: str = "error", **more: object
) -> Check:
    given = {"expression": "3 = 1 + 1", "computed": Decimal(2), "printed": Decimal(3), **more}
    return Check(
        own,
        f"rule of {own}",
        residual=Decimal(residual),
        tolerance=Decimal("0.01"),
        severity=severity,
        result="fail",
        explanation=None,
        pointers=pointers,
        **given,  # type: ignore[arg-type]
    )


TOTAL, PART = "/income_expenditure/income_total", "/income_expenditure/income_current_year"


@pytest.fixture(scope="module")
def example() -> Result:
    return structure(EXAMPLE)


def made(example: Result, figures: dict[str, object], checks: list[Check]) -> Result:
    return replace(example, figures=figures, checks=checks)  # type: ignore[arg-type]


def found(result: Result) -> Findings:
    return findings_of(result, MODEL)


def test_a_report_that_contradicts_itself_has_a_card_with_its_suspect(example: Result) -> None:
    findings = found(example)
    (card,) = findings.cards
    assert card.suspect is not None
    assert (card.suspect.entry.status, card.suspect.entry.raw, card.residual) == ("disputed", "90.00", Decimal("-1.75"))
    assert card.suspect not in card.others
    assert len(card.others) == len(card.operands) - 1
    assert card.pages[0] == card.suspect.entry.page
    assert to_decide(example) == [(card.suspect.pointer,)]
    assert not findings.disputed


def test_what_nothing_explains_comes_first_and_then_the_largest_difference(example: Result) -> None:
    figures = {TOTAL: figure("3", "3", "disputed", ("c1", "c2", "c3", "c4")), PART: figure("1", "1")}
    checks = [
        check("c1", (PART,), "900", severity="minor"),
        check("c2", (TOTAL, PART), "-5"),
        check("c3", (TOTAL, PART), "70"),
        check("c4", (PART,), "800"),
    ]
    assert [card.id for card in found(made(example, figures, checks)).cards] == ["c3", "c2", "c4", "c1"]


def test_a_sum_is_told_in_the_unit_that_the_page_prints(example: Result) -> None:
    figures = {
        TOTAL: figure("30,000.50", "3.000050", "disputed", printed_unit="元"),
        PART: figure("10,000.00", "1.000000", printed_unit="元"),
    }
    sides = {"expression": "3.000050 = 1.000000", "printed": Decimal("3.000050"), "computed": Decimal("1.000000")}
    (card,) = found(made(example, figures, [check("c1", (TOTAL, PART), "2.000050", **sides)])).cards
    assert card.unit == "元"
    assert card.equation == "30000.50 = 10000.00"
    assert (card.printed, card.residual) == (Decimal("30000.50"), Decimal("20000.50"))
    assert card.tolerance == Decimal(100)


def test_an_equation_of_several_units_or_a_rate_stays_as_the_result_has_it(example: Result) -> None:
    figures = {TOTAL: figure("3元", "0.0003", printed_unit="元"), PART: figure("1", "1")}
    (card,) = found(made(example, figures, [check("c1", (TOTAL, PART))])).cards
    assert (card.equation, card.unit) == ("3 = 1 + 1", "元")
    figures[PART] = figure("1元", "0.0001", printed_unit="元")
    rate = check("c1", (TOTAL, PART), expression="3 = 1 ÷ 2 × 100")
    assert found(made(example, figures, [rate])).cards[0].equation == "3 = 1 ÷ 2 × 100"


def test_suspects_are_those_that_the_result_names_and_else_what_fails_most(example: Result) -> None:
    figures = {TOTAL: figure("3", "3", "disputed", ("c1",)), PART: figure("1", "1", "disputed", ("c1", "c2"))}
    checks = [check("c1", (TOTAL, PART)), check("c2", (PART,), "0.5")]
    card = found(made(example, figures, checks)).cards[0]
    assert ([suspect.pointer for suspect in card.suspects], card.named) == ([PART, TOTAL], False)
    named = [checks[0]._replace(suspects=[TOTAL]), checks[1]]
    card = found(made(example, figures, named)).cards[0]
    assert ([suspect.pointer for suspect in card.suspects], card.named) == ([TOTAL], True)


def test_what_clears_a_figure_is_told_by_its_rules(example: Result) -> None:
    figures = {TOTAL: figure("3", "3", "disputed", ("c1", "c2")), PART: figure("1", "1", checks=("c2",))}
    checks = [check("c1", (TOTAL,)), check("c2", (TOTAL, PART))._replace(result="pass", severity=None)]
    named = figures_of(made(example, figures, checks), MODEL)
    assert (named[TOTAL].fails, named[TOTAL].clears) == (("rule of c1",), ("rule of c2",))
    assert named[PART].clears == ("rule of c2",)


def test_a_check_between_words_has_a_card_without_figures(example: Result) -> None:
    words = check("c1", (), expression=None, printed=None, computed=None)._replace(residual=None, tolerance=None)
    (card,) = found(made(example, {}, [words])).cards
    assert (card.operands, card.suspect, card.equation, card.residual, card.pages) == ((), None, None, None, ())


def test_what_stands_beside_the_cards(example: Result) -> None:
    figures = {
        TOTAL: figure("3", "3", "disputed", (), second_reading="8"),
        PART: figure("1", "1", "repaired", (), first_reading="7"),
    }
    reach = example.summary.coverage
    assert reach is not None
    left_out, remark = LeftOut("/x", 3, ["1.00"]), PageRemark("torn", 3, None, say("row_cut"))
    summary = replace(
        example.summary, coverage=replace(reach, rows_left_out=[left_out]), unread_pages=[4], remarks=[remark]
    )
    refused = Rejected(TOTAL, "9", "model:m", "it is not on the page")
    result = replace(made(example, figures, []), rejected=[refused], summary=summary)
    findings = found(result)
    assert [one.pointer for one in findings.disputed] == [TOTAL]
    assert to_decide(result) == [(TOTAL,)]
    assert [one.entry.first_reading for one in findings.repaired] == ["7"]
    assert findings.rejected[0].proposal == refused
    assert findings.rejected[0].titles[0] == figures_of(result, MODEL)[TOTAL].titles[0]
    assert (findings.left_out, findings.unread, findings.remarks) == ((left_out,), (4,), (remark,))


def test_an_identity_is_decided_as_one_and_what_none_fails_with_by_itself(example: Result) -> None:
    figures = {TOTAL: figure("3", "3", "disputed"), PART: figure("1", "1"), "/x": figure("2", "2", "disputed", ())}
    checks = [check("c1", (TOTAL, PART)), check("c2", (PART,))]
    assert to_decide(made(example, figures, checks)) == [(TOTAL,), ("/x",)]


def test_sections_are_in_the_order_of_the_report_and_lose_no_figure(example: Result) -> None:
    figures = figures_of(example, MODEL)
    sections = sections_of(MODEL, figures)
    assert [own.pointer for _, section in sections for own in section] == list(figures)
    assert len({title for title, _ in sections}) == len(sections)


def test_a_result_of_another_kind_of_source_has_its_findings_too() -> None:
    from recount.pipeline.result import MapperUse, Summary

    result = Result("final-accounts/1", Source("a.txt", "0", 1), {}, {}, [], [], Summary({}, {}, 0, MapperUse("t"), {}))
    assert found(result) == Findings((), (), (), (), (), (), (), ())


def test_what_tells_the_same_fault_stands_behind_the_first_that_does(example: Result) -> None:
    figures = {TOTAL: figure("3", "3", "disputed"), PART: figure("1", "1", "disputed")}
    checks = [
        check("c1", (TOTAL,), "1.00"),
        check("c2", (TOTAL,), "9.00"),
        check("c3", (TOTAL,), "2.00", follows="c1"),
        check("c4", (TOTAL,), "3.00", follows="c0"),
    ]
    cards = found(made(example, figures, checks)).cards
    assert [(card.id, card.follows) for card in cards] == [("c2", None), ("c4", "c0"), ("c1", None), ("c3", "c1")]


def test_what_is_said_of_a_figure_that_nobody_doubts_does_not_settle_a_card_that_has_a_disputed_one() -> None:
    place = Place(1, (0.0, 0.0, 1.0, 1.0), "1.00")
    said = decide("甲", "0" * 64, "/b", Verdict.AS_PRINTED, place)

    def card(*statuses: str) -> Card:
        entries = [figure("1.00", "1.00", status) for status in statuses]
        figures = [Figure(f"/{name}", (name,), entry) for name, entry in zip("ab", entries, strict=True)]  # type: ignore[arg-type]
        return Card("1", "", "", None, None, None, None, None, None, "error", None, tuple(figures), (figures[0],), True)

    assert card_decision(card("disputed", "reviewed"), {"/b": said}) is None
    assert card_decision(card("disputed", "disputed"), {"/b": said}) is said
    assert card_decision(card("reviewed", "reviewed"), {"/b": said}) is said
    assert card_decision(card("disputed", "verified"), {"/a": said}) is said
