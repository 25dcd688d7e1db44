"""A figure is confirmed to the decimals of its column, whatever it prints itself."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from recount.pipeline.document import Origin, Token
from recount.pipeline.verify import Verified, verify
from recount.pipeline.verify.precision import columns_of, odd_ones
from recount.pipeline.verify.recount import Status
from recount.schemas.figures import Ref
from recount.schemas.final_accounts.narrative import (
    BasicExpenditure,
    BudgetItem,
    Change,
    GeneralPublicBudget,
    Income,
    Portion,
)
from recount.schemas.final_accounts.report import Report
from recount.schemas.final_accounts.statements import IncomeRow, IncomeStatement, Statements

CENT = Decimal("0.01")
PARTS = ("fiscal_appropriation", "superior_subsidy", "institutional", "business", "affiliate_remittance", "other")
steady = settings(derandomize=True, deadline=None, max_examples=200)


def token(shown: str, index: int, unit: str | None = "万元", origin: Origin = "text", head: str | None = None) -> Token:
    value = Decimal(shown)
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    box = (0.0, 20.0 * index, 10.0, 20.0 * index + 10)
    return Token(index, shown, value, -exponent, unit, 1, box, origin, head=head)


def income(
    total: str, *parts: str, again: Sequence[str] = (), origin: Origin = "text", twice: bool = False
) -> Verified:
    """本年收入合计 and its parts; the same numbers once more (again) as 基本支出, with its parts."""
    tokens = [token(shown, index, origin=origin) for index, shown in enumerate((total, *parts, *again))]
    section = Income[Ref](
        total=Ref(0),
        **{key: Portion[Ref](amount=Ref(at)) for at, key in zip(range(1, len(parts) + 1), PARTS, strict=False)},
    )
    more = len(parts) + 1
    other = BasicExpenditure[Ref](
        **{key: Ref(more + at) for at, key in zip(range(len(again)), ("total", "personnel", "public"), strict=False)}
    )
    report = Report[Ref](income=section, basic_expenditure=other)
    return verify(report, tokens, "test", confirmed=frozenset(range(len(tokens))) if twice else frozenset())


def statuses(found: Verified) -> list[str]:
    return [status.value for pointer, status in found.statuses.items() if pointer.startswith("/income")]


def test_a_sum_that_holds_to_the_cent_confirms_its_figures() -> None:
    assert statuses(income("300.00", "84.53", "215.47")) == ["verified"] * 3


def test_a_figure_that_lost_its_decimals_is_confirmed_by_no_half_of_a_coarser_unit() -> None:
    """84.53 read as 84: half a unit of 84 would let the sum hold, and 84 with it."""
    found = income("300.00", "84", "215.47")
    assert statuses(found)[1] != "verified"
    found = income("300.00", "84.5", "215.47")  # and where only the last digit went
    assert "verified" not in statuses(found)


def test_a_check_comes_to_what_the_printed_decimals_say_all_the_same() -> None:
    found = income("300.00", "84", "215.97")
    assert {evaluation.result for evaluation in found.evaluations if evaluation.operands} == {"pass"}
    assert set(statuses(found)) == {"grounded"}


def test_a_third_decimal_is_confirmed_by_no_half_of_a_coarser_unit() -> None:
    """A footnote mark that was read as a digit: 84.53² ."""
    assert statuses(income("300.00", "84.532", "215.47")) == ["verified", "grounded", "verified"]


def test_what_is_printed_short_is_confirmed_where_it_is_held_to_its_column() -> None:
    """Two sums that leave 84.5 less than half a cent: the amount of another place, printed in full."""
    found = income("84.5", "84.50", again=["84.50", "50.25", "34.25"])
    assert statuses(found)[0] == "verified"


def test_a_nothing_may_be_printed_short_if_the_others_come_to_just_that() -> None:
    assert statuses(income("300.00", "84.53", "215.47", "0")) == ["verified"] * 4
    assert statuses(income("300.00", "84.53", "215.46", "0"))[3] == "grounded"  # 0.01 would do as well
    assert statuses(income("300.49", "84.53", "215.47", "0"))[3] != "verified"  # and this is 0.49


def test_a_nothing_of_a_scan_is_confirmed_to_the_cent_though_it_was_read_twice() -> None:
    for last in ("84.53", "84.04"):  # 0, and 0.49 read as 0
        found = income("300.00", last, "215.47", "0", origin="ocr", twice=True)
        assert statuses(found)[3] != "verified"
    assert statuses(income("300.00", "84.53", "215.47", "0.00", origin="ocr", twice=True))[3] == "verified"


def test_the_column_has_the_decimals_that_most_of_its_figures_have() -> None:
    found = income("300", "84", "216")
    assert statuses(found) == ["verified"] * 3  # all print whole numbers
    found = income("300", "84", "216", again=["1.00", "0.50", "0.50", "0.00"][:3])
    tokens = [token(shown, at) for at, shown in enumerate(("300", "84", "216", "1.00", "0.50", "0.50"))]
    assert set(columns_of(found.figures, tokens).values()) == {2}  # of two alike the finer


def test_a_rate_may_be_printed_short_only_where_its_amounts_hold_it_closely() -> None:
    for change, status in (("8.23", "verified"), ("1.00", "grounded")):
        tokens = [token(shown, at) for at, shown in enumerate(("0.00", change))]
        tokens += [token("100", 2, "%"), token("85.00", 3, "%"), token("85.00", 4, "%"), token("85.00", 5, "%")]
        gone = BudgetItem[Ref](
            amount=Ref(0), change=Change[Ref](amount=Ref(1, negative=True), percent=Ref(2, negative=True))
        )
        rest = tuple(BudgetItem[Ref](change=Change[Ref](percent=Ref(at))) for at in (3, 4, 5))
        report = Report[Ref](general_public_budget=GeneralPublicBudget[Ref](items=(gone, *rest)))
        found = verify(report, tokens, "test")
        assert found.statuses["/general_public_budget/items/0/change/percent"].value == status


def test_too_few_figures_of_a_key_have_the_decimals_of_their_table() -> None:
    shown = ("300.00", "0.53", "299.47", "300", "1")
    tokens = [token(number, at, None, head="万元") for at, number in enumerate(shown)]
    rows = tuple(
        IncomeRow[Ref](code=f"20{at}", name="项", total=Ref(at), fiscal_appropriation=Ref(at + 3) if at < 2 else None)
        for at in range(3)
    )
    report = Report[Ref](statements=Statements[Ref](income=IncomeStatement[Ref](rows=rows)))
    found = verify(report, tokens, "test")
    assert set(columns_of(found.figures, tokens).values()) == {2}


def test_a_bare_nothing_says_nothing_of_its_column() -> None:
    tokens = [token(shown, at) for at, shown in enumerate(("0.53", "0", "0", "0.53", "0", "0"))]
    found = income("0.53", "0", "0", "0.53", "0", "0")
    odd = odd_ones(found.figures, tokens, columns_of(found.figures, tokens))
    assert {figure.quantum for figure in odd.values()} == {CENT}
    assert len(odd) == 4


@steady
@given(st.lists(st.integers(1, 99_999), min_size=2, max_size=6), st.data())
def test_no_figure_that_lost_decimals_or_caught_some_is_ever_verified(cents: list[int], data: st.DataObject) -> None:
    """Whatever its column says else: what stands there is another number than the one that satisfies the sum."""
    right = [Decimal(number).scaleb(-2) for number in (sum(cents), *cents)]
    place = data.draw(st.integers(0, len(cents)))
    spoiled = data.draw(
        st.sampled_from([f"{right[place]}"[:-1], f"{right[place]}"[:-3], f"{right[place]}2", f"{right[place]}75"])
    )
    if Decimal(spoiled) == right[place]:
        return
    shown = [f"{value}" for value in right]
    shown[place] = spoiled
    again = ["900.00", "100.00", "800.00"]
    assert statuses(income(*shown, again=again))[place] != Status.VERIFIED.value
