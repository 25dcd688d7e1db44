"""A sum that lacks an amount which was left open is not held against the source; one that lacks none is."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from recount.pipeline.document import Remark, Token
from recount.pipeline.verify import Verified, verify
from recount.pipeline.verify.recount import LEFT_OPEN
from recount.schemas.arithmetic import Evaluation
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.narrative import BudgetItem, GeneralPublicBudget
from recount.schemas.final_accounts.report import Report
from recount.schemas.saying import say

TORN = Remark("torn", 1, None, say("column_unknown"), touches=True)
ROWS = (  # code, name, 小计, 基本支出, 项目支出
    (None, "合计", "30.00", "12.00", "18.00"),
    ("201", "一般公共服务支出", "10.00", "5.00", "5.00"),
    ("208", "社会保障和就业支出", "20.00", "7.00", "13.00"),
)


class Page:
    """The numbers of a table, row by row, and of words around it; calling it prints one and gives its reference."""

    def __init__(self) -> None:
        self.tokens: list[Token] = []

    def __call__(self, shown: str, row: int | None = None, remark: Remark | None = None) -> Ref:
        index, seat = len(self.tokens), None if row is None else (1, row, index_of(shown), index_of(shown) + 1)
        box = (10.0 * index, 10.0, 10.0 * index + 8, 18.0) if row is None else (0.0, 20.0 * row, 8.0, 20.0 * row + 8)
        self.tokens.append(
            Token(index, shown, Decimal(shown), 2, None if row is not None else "万元", 1, box, head="万元",
                  remark=remark, seat=seat)
        )  # fmt: skip
        return Ref(index)


def index_of(shown: str) -> int:
    """Some column: no test of these is about columns."""
    return len(shown)


def table(page: Page, rows: Sequence[Sequence[str | None]], open_in: dict[int, str] | None = None) -> dict[str, Any]:
    """The table of the general public budget. open_in: by row, a number of it that was left open."""
    lines = []
    for at, (code, name, *amounts) in enumerate(rows):
        cells = [page(amount, at) if amount else None for amount in amounts]
        if open_in and at in open_in:
            page(open_in[at], at, TORN)
        lines.append({"code": code, "name": name, **dict(zip(("total", "basic", "project"), cells, strict=True))})
    return {"general_public_budget": {"rows": tuple(lines)}}


def judged(rows: Sequence[Sequence[str | None]], open_in: dict[int, str] | None = None) -> Verified:
    page = Page()
    statements = table(page, rows, open_in)
    return verify(Report[Ref](statements=statements), page.tokens, "test")


def outcome(found: Verified, rule: str) -> Evaluation:
    return next(evaluation for evaluation in found.evaluations if evaluation.identity.rule.startswith(rule))


def test_a_sum_whose_row_has_an_amount_left_open_is_not_evaluated() -> None:
    rows = (*ROWS[:2], (*ROWS[2][:3], None, None))
    found = judged(rows, {2: "7.00"})
    for column in ("基本支出", "项目支出"):
        assert (outcome(found, f"合计·{column}").result, outcome(found, f"合计·{column}").explanation) == (
            "not_applicable",
            LEFT_OPEN,
        )
    assert outcome(found, "合计·小计").result == "pass"
    assert "disputed" not in set(found.statuses.values())
    assert found.statuses["/statements/general_public_budget/rows/2/total"].value == "verified"


def test_a_blank_cell_is_nothing_where_nothing_was_left_open() -> None:
    found = judged((*ROWS[:2], (*ROWS[2][:3], None, "13.00")))
    assert outcome(found, "合计·基本支出").result == "fail"
    assert "disputed" in set(found.statuses.values())


def test_a_column_in_which_every_row_has_its_amount_is_held_to_its_sum() -> None:
    rows = (ROWS[0], ROWS[1], ("208", "社会保障和就业支出", "21.00", None, None))
    found = judged(rows, {2: "7.00"})
    assert outcome(found, "合计·小计").result == "fail"
    assert outcome(found, "合计·基本支出").result == "not_applicable"


def test_a_row_that_was_left_open_as_a_whole_may_be_what_a_sum_lacks() -> None:
    page = Page()
    statements = table(page, ROWS[:2])
    page("20.00", 2, TORN)
    found = verify(Report[Ref](statements=statements), page.tokens, "test")
    assert outcome(found, "合计·小计").result == "not_applicable"


def test_what_was_left_open_in_another_table_excuses_nothing() -> None:
    page = Page()
    statements = table(page, ROWS[:2])
    page("20.00", None, TORN)
    found = verify(Report[Ref](statements=statements), page.tokens, "test")
    assert outcome(found, "合计·小计").result == "fail"


def test_an_identity_of_a_row_with_a_number_left_open_is_not_evaluated() -> None:
    rows = (ROWS[0], ROWS[1], ("208", "社会保障和就业支出", "20.00", "7.00", None))
    assert outcome(judged(rows, {2: "13.00"}), "208社会保障和就业支出·小计").result == "not_applicable"
    assert outcome(judged(rows), "208社会保障和就业支出·小计").result == "fail"


@pytest.mark.parametrize(("said", "result"), [(True, "fail"), (False, "not_applicable")])
def test_in_words_a_row_that_says_no_amount_was_not_read(said: bool, result: str) -> None:
    page = Page()
    items = [
        BudgetItem[Ref](class_name="教育支出", item_name=name, amount=page(amount) if amount else None)
        for name, amount in (("小学教育", "10.00"), ("初中教育", "5.00" if said else None), ("高中教育", "7.00"))
    ]
    section = GeneralPublicBudget[Ref](total=page("30.00"), items=tuple(items))
    found = verify(Report[Ref](general_public_budget=section), page.tokens, "test")
    assert outcome(found, "支出 = 各项之和").result == result
    assert ("disputed" in set(found.statuses.values())) is said


def test_an_amount_whose_place_is_unsure_is_not_held_against_the_source() -> None:
    page = Page()
    statements = table(page, ROWS)
    wrong = next(at for at, token in enumerate(page.tokens) if token.raw == "7.00")
    page.tokens[wrong] = Token(
        wrong, "8.00", Decimal("8.00"), 2, None, 1, page.tokens[wrong].box, head="万元", remark=TORN,
        seat=page.tokens[wrong].seat,
    )  # fmt: skip
    found = verify(Report[Ref](statements=statements), page.tokens, "test")
    assert outcome(found, "合计·基本支出").result == "not_applicable"
    assert "disputed" not in set(found.statuses.values())
