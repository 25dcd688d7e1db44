"""A result on a terminal: what a person reads of its figures."""

from __future__ import annotations

from decimal import Decimal

from rich.console import Console

from recount.pipeline.output.show import render_result
from recount.pipeline.result import typed
from recount.schemas.final_accounts.report import Report


def test_an_amount_is_shown_in_the_unit_of_its_value() -> None:
    """1,234元 is 0.1234万元, and never 0.1234元; as it is of a file whose unit was the printed one."""
    figure = {"raw": "1,234", "value": Decimal("0.1234"), "page": 1, "bbox": [0, 0, 1, 1], "status": "verified"}
    for units in ({"unit": "万元", "printed_unit": "元"}, {"unit": "元"}):
        content = {
            "contract": "final-accounts/1",
            "source": {"file": "a.pdf", "sha256": "", "pages": 1},
            "report": {"procurement": {"total": Decimal("0.1234")}},
            "figures": {"/procurement/total": {**figure, **units}},
            "checks": [],
        }
        console = Console(width=120)
        with console.capture() as capture:
            console.print(*render_result(typed(content), Report))
        [line] = [line.split() for line in capture.get().splitlines() if "0.1234" in line]
        assert line[-5:-1] == ["0.1234", "万元", "✓", "p."]


def test_what_a_reader_of_the_pages_sees_is_told_and_why_a_figure_is_disputed() -> None:
    struck = {"kind": "struck out", "page": 3, "bbox": [0, 0, 9, 9], "words": "struck out by a line"}
    figure = {"raw": "411.63", "value": Decimal("411.63"), "page": 3, "bbox": [0, 0, 9, 9], "status": "disputed"}
    content = {
        "contract": "final-accounts/1",
        "source": {"file": "a.pdf", "sha256": "", "pages": 3},
        "report": {"procurement": {"total": Decimal("411.63")}},
        "figures": {"/procurement/total": {**figure, "remark": "struck out by a line"}},
        "checks": [],
        "summary": {"remarks": [struck, {**struck, "words": "another"}]},
    }
    console = Console(width=120)
    with console.capture() as capture:
        console.print(*render_result(typed(content), Report))
    shown = capture.get()
    assert "Remarks on pages: 2" in shown
    assert "page 3, struck out: struck out by a line (1 more)" in shown
    assert "no check is named" not in shown


def test_one_fault_is_one_discrepancy_with_what_follows_from_it() -> None:
    check = {"rule": "甲 = 乙", "expression": "1.00 = 2.00", "result": "fail", "severity": "error", "pointers": []}
    content = {
        "contract": "final-accounts/1",
        "source": {"file": "a.pdf", "sha256": "", "pages": 1},
        "report": {},
        "figures": {},
        "checks": [{"id": "c1", **check}, {"id": "c2", **check, "rule": "甲 = 丙", "follows": "c1"}],
    }
    console = Console(width=120)
    with console.capture() as capture:
        console.print(*render_result(typed(content), Report))
    lines = [line.strip() for line in capture.get().splitlines()]
    assert "Source discrepancies: 1, and 1 that follow from them" in lines
    assert "follows from it: 甲 = 丙: 1.00 = 2.00" in lines


def test_a_broken_sum_is_told_once_with_its_suspect_before_what_is_remarked() -> None:
    keys = ("income_total", "income_current_year", "opening_carryover")
    pointers = [f"/income_expenditure/{key}" for key in keys]
    figure = {"raw": "1.00", "value": Decimal("1.00"), "page": 1, "bbox": [0, 0, 1, 1], "checks": ["c1"]}
    check = {"id": "c1", "rule": "甲 = 乙 + 丙", "expression": "1.00 = 2.00", "result": "fail", "severity": "error"}
    content = {
        "contract": "final-accounts/1",
        "source": {"file": "a.pdf", "sha256": "", "pages": 1},
        "report": {"income_expenditure": dict.fromkeys(keys, Decimal("1.00"))},
        "figures": {pointer: {**figure, "status": "disputed"} for pointer in pointers},
        "checks": [{**check, "pointers": pointers, "suspects": pointers[:1]}],
        "summary": {"remarks": [{"kind": "damaged", "page": 1, "bbox": None, "words": "torn"}]},
    }
    console = Console(width=120)
    with console.capture() as capture:
        console.print(*render_result(typed(content), Report))
    shown = capture.get()
    assert shown.count("does not fit: 甲 = 乙 + 丙") == 1
    assert "  most suspect: " in shown
    assert shown.index("Source discrepancies") < shown.index("Disputed figures: 3") < shown.index("Remarks on pages")
