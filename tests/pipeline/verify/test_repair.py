"""Repair takes what was read again, never what would fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Generic

import pytest

from recount.pipeline.document import Token
from recount.pipeline.split.tokens import parse_number
from recount.pipeline.verify.recount import Status
from recount.pipeline.verify.repair import Repaired, repair
from recount.pipeline.verify.verify import verify
from recount.schemas.arithmetic import Identity, at_most, equal, total
from recount.schemas.common.parts import StateAssets
from recount.schemas.common.rows import ExpenditureRow, ExpenditureStatement
from recount.schemas.figures import F, Figure, Model, Ref, money
from recount.schemas.final_accounts.narrative import Income, IncomeExpenditure, Portion
from recount.schemas.final_accounts.report import Report
from recount.schemas.final_accounts.statements import Statements


def scanned(raw: str, index: int, unit: str | None = "万元", confidence: float = 0.99) -> Token:
    value, decimals = parse_number(raw) or (Decimal(0), 0)
    return Token(index, raw, value, decimals, unit, 1, (0.0, float(index), 9.0, index + 1.0), "ocr", confidence)


class Second:
    """A second reading, given by what was read first."""

    def __init__(self, **readings: Sequence[str]) -> None:
        self.by_raw = {key.removeprefix("r").replace("_", "."): tuple(value) for key, value in readings.items()}
        self.asked: list[str] = []

    def again(self, tokens: Sequence[Token], beside: float = 0.0) -> list[str]:  # noqa: ARG002 - as the protocol has it
        return [readings[0] for readings in self.readings(tokens)]

    def readings(self, tokens: Sequence[Token]) -> list[tuple[str, ...]]:
        self.asked += [token.raw for token in tokens]
        return [self.by_raw.get(token.raw, (token.raw,)) for token in tokens]


def totals(*raws: str, second: Second, last: float = 0.99) -> Repaired:
    """收入总计 = 本年收入合计 + 使用非财政拨款结余 + 年初结转和结余, read as given. last: how surely the last was."""
    tokens = [scanned(raw, index) for index, raw in enumerate(raws)]
    tokens[-1] = scanned(raws[-1], len(raws) - 1, confidence=last)
    keys = ("income_total", "income_current_year", "nonfiscal_surplus_used", "opening_carryover")
    section = IncomeExpenditure[Ref](**{key: Ref(at) for at, key in enumerate(keys)})
    report = Report[Ref](income_expenditure=section)
    return repair(report, verify(report, tokens, "template"), tokens, second)


def values(found: Repaired) -> list[str]:
    return [str(figure.value) for figure in found.verified.figures.values()]


def test_the_one_reading_that_satisfies_the_identity_is_taken() -> None:
    found = totals("1955.06", "1950.88", "0.00", "4.68", second=Second(r1950_88=["1950.38", "1950.88"]))
    assert values(found) == ["1955.06", "1950.38", "0.00", "4.68"]
    assert found.first == {1: "1950.88"}
    assert found.verified.statuses["/income_expenditure/income_current_year"] is Status.REPAIRED
    assert all(each.result != "fail" for each in found.verified.evaluations)


def test_a_lost_separator_is_repaired_where_it_was_read_again() -> None:
    found = totals("195506", "1950.38", "0.00", "4.68", second=Second(r195506=["1,955.06"]))
    assert values(found)[0] == "1955.06"
    assert found.tokens[0].raw == "1,955.06"


def test_what_would_fit_but_was_not_read_is_not_taken() -> None:
    found = totals("1955.06", "1950.88", "0.00", "4.68", second=Second())
    assert values(found)[1] == "1950.88"
    assert not found.first
    assert found.verified.statuses["/income_expenditure/income_current_year"] is Status.DISPUTED


def test_two_readings_that_both_satisfy_leave_the_figure_disputed() -> None:
    second = Second(r1950_88=["1950.38", "1950.37"])  # within the rounding of four figures
    found = totals("1955.06", "1950.88", "0.00", "4.68", second=second)
    assert not found.first
    assert found.verified.statuses["/income_expenditure/income_current_year"] is Status.DISPUTED


def test_two_figures_that_could_each_settle_it_are_both_left() -> None:
    second = Second(r1950_88=["1950.38"], r1955_06=["1955.56"])
    found = totals("1955.06", "1950.88", "0.00", "4.68", second=second)
    assert not found.first


@pytest.mark.parametrize(("last", "sure", "taken"), [
    ("4.68", 0.9, False),  # as 4.18 it would settle it
    ("4.68", 0.995, True),
    ("4.38", 0.9, True),  # 3.88 has two other digits
])  # fmt: skip
def test_a_figure_read_less_surely_that_would_settle_it_with_another_digit_leaves_it_open(
    last: str, sure: float, taken: bool
) -> None:
    first = str(Decimal("1955.06") - Decimal(last) + Decimal("0.50"))
    second = Second(**{f"r{first.replace('.', '_')}": [str(Decimal(first) - Decimal("0.50"))]})
    found = totals("1955.06", first, "0.00", last, second=second, last=sure)
    assert bool(found.first) is taken
    assert values(found)[3] == last, "it is never taken: nobody read it so"


def test_two_figures_misread_together_are_repaired_by_their_one_pair() -> None:
    second = Second(r1950_88=["1950.38"], r4_63=["4.68"])
    found = totals("1955.06", "1950.88", "0.00", "4.63", second=second)
    assert values(found) == ["1955.06", "1950.38", "0.00", "4.68"]
    assert found.first == {1: "1950.88", 3: "4.63"}


def test_three_different_numbers_are_not_taken_together() -> None:
    """1955.06 = 1950.38 + 0.00 + 4.68: all three readings settle it, and no fewer do."""
    second = Second(r1950_88=["1950.38"], r3_00=["0.00"], r4_28=["4.68"])
    found = totals("1955.06", "1950.88", "3.00", "4.28", second=second)
    assert not found.first
    assert found.verified.statuses["/income_expenditure/income_current_year"] is Status.DISPUTED


def test_a_reading_that_breaks_another_identity_is_not_taken() -> None:
    tokens = [scanned(raw, at) for at, raw in enumerate(("80.00", "50.00", "40.00"))]
    tokens += [scanned("62.50", 3, "%"), scanned("37.50", 4, "%")]
    income = Income[Ref](
        total=Ref(0),
        fiscal_appropriation=Portion[Ref](amount=Ref(1), percent=Ref(3)),
        other=Portion[Ref](amount=Ref(2), percent=Ref(4)),
    )
    report = Report[Ref](income=income)
    # 90.00 settles the sum and breaks both shares; 30.00 settles all.
    second = Second(r80_00=["90.00"], r40_00=["30.00"])
    found = repair(report, verify(report, tokens, "template"), tokens, second)
    assert found.first == {2: "40.00"}


class Chain(Model, Generic[F]):
    """Two sums, and a figure between a part of the one and a part of the other."""

    lower_total: F | None = money("下合计")
    lower: F | None = money("下限")
    lower_rest: F | None = money("下其他")
    between: F | None = money("居中")
    upper_total: F | None = money("上合计")
    upper: F | None = money("上限")
    upper_rest: F | None = money("上其他")

    def identities(self: Chain[Figure]) -> Iterator[Identity]:
        yield equal("下合计 = 下限 + 下其他", self.lower_total, total(self.lower, self.lower_rest))
        yield at_most("下限 ≤ 居中", self.lower, self.between)
        yield at_most("居中 ≤ 上限", self.between, self.upper)
        yield equal("上合计 = 上限 + 上其他", self.upper_total, total(self.upper, self.upper_rest))


def chain(*raws: str, second: Second) -> Repaired:
    tokens = [scanned(raw, index) for index, raw in enumerate(raws)]
    report = Chain[Ref](**{key: Ref(at) for at, key in enumerate(Chain.model_fields)})
    return repair(report, verify(report, tokens, "template"), tokens, second)


UPPER = Second(r40_00=["20.00"], r25_00=["35.00", "15.00"])
LOWER = Second(r10_00=["30.00"], r25_00=["35.00", "15.00"])
BOTH = Second(r10_00=["30.00"], r40_00=["20.00"], r25_00=["35.00", "15.00"])


def test_of_two_sets_of_readings_that_contradict_each_other_none_is_taken() -> None:
    """Either settles its sum and breaks nothing, but of the figure between the sums each says another number."""
    lower = chain("31.00", "10.00", "1.00", "25.00", "41.00", "40.00", "1.00", second=LOWER)
    assert lower.first == {1: "10.00", 3: "25.00"}
    assert values(lower)[3] == "35.00"
    upper = chain("11.00", "10.00", "1.00", "25.00", "21.00", "40.00", "1.00", second=UPPER)
    assert upper.first == {3: "25.00", 5: "40.00"}
    assert values(upper)[3] == "15.00"
    found = chain("31.00", "10.00", "1.00", "25.00", "21.00", "40.00", "1.00", second=BOTH)
    assert not found.first
    broken = [evaluation.identity.rule for evaluation in found.verified.evaluations if evaluation.result == "fail"]
    assert broken == ["下合计 = 下限 + 下其他", "上合计 = 上限 + 上其他"]


def test_a_reading_is_left_where_another_identity_that_it_settles_could_be_settled_otherwise() -> None:
    """The sum takes 30.00 alone; 下限 ≤ 居中, which fails too, would hold as well with 95.00 between."""
    raws = ("31.00", "90.00", "1.00", "35.00", "97.00", "96.00", "1.00")
    assert chain(*raws, second=Second(r90_00=["30.00"])).first == {1: "90.00"}
    found = chain(*raws, second=Second(r90_00=["30.00"], r35_00=["95.00"]))
    assert not found.first
    assert found.verified.statuses["/lower"] is Status.DISPUTED


def test_what_breaks_an_identity_after_it_was_read_again_stays_disputed() -> None:
    """Each reading settles its own identity and breaks none alone; together they break 下限 ≤ 居中."""
    second = Second(r10_00=["30.00"], r45_00=["25.00"])
    found = chain("31.00", "10.00", "1.00", "45.00", "41.00", "40.00", "1.00", second=second)
    assert found.first == {1: "10.00", 3: "45.00"}
    broken = [evaluation.identity.rule for evaluation in found.verified.evaluations if evaluation.result == "fail"]
    assert broken == ["下限 ≤ 居中"]
    assert found.verified.statuses["/lower"] is Status.DISPUTED
    assert found.verified.statuses["/between"] is Status.DISPUTED


CARRIED = "/income_expenditure/opening_carryover"


def test_a_reading_without_its_decimals_is_taken_for_no_other_number() -> None:
    """0.49, read as 0.99 and then as 0: half a unit of a 0 would let the sum hold."""
    found = totals("300.00", "215.47", "84.04", "0.99", second=Second(r0_99=["0"]))
    assert (found.first, found.verified.statuses[CARRIED]) == ({}, Status.DISPUTED)
    found = totals("300.00", "215.47", "84.04", "0.99", second=Second(r0_99=["0", "0.49"]))
    assert (found.first, values(found)[3]) == ({3: "0.99"}, "0.49")
    assert found.verified.statuses[CARRIED] is Status.REPAIRED


def test_a_reading_with_other_decimals_than_its_column_is_repaired_only_if_it_is_confirmed_to_them() -> None:
    for reading, status in (("0.00", Status.REPAIRED), ("0", Status.DISPUTED)):
        found = totals("299.51", "215.47", "84.04", "0.99", second=Second(r0_99=[reading]))
        assert found.first == {3: "0.99"}
        assert found.verified.statuses[CARRIED] is status


def test_a_digit_behind_the_cents_is_the_sign_behind_them_cut_in_two() -> None:
    """0.20万元 read again as 0.207: it would settle an identity that something else breaks."""
    found = totals("299.71", "215.47", "84.04", "0.20", second=Second(r0_20=["0.203"]))
    assert (found.first, values(found)[3]) == ({}, "0.20")
    found = totals("299.51", "215.47", "84.04", "0.99", second=Second(r0_99=["0.003"]))
    assert (found.first, found.verified.statuses[CARRIED]) == ({}, Status.DISPUTED)
    found = totals("299.514", "215.470", "84.040", "0.994", second=Second(r0_994=["0.004"]))
    assert values(found)[3] == "0.004"


def test_a_zero_with_the_frame_beside_it_is_no_other_number() -> None:
    """A 0 read again as 01: it would settle an identity that something else breaks."""
    for reading in ("01", "01.00"):
        found = totals("300.51", "215.47", "84.04", "0", second=Second(r0=[reading]))
        assert (found.first, found.verified.statuses[CARRIED]) == ({}, Status.DISPUTED)
    found = totals("300.51", "215.47", "84.04", "0", second=Second(r0=["1.00"]))
    assert values(found)[3] == "1.00"


def counts(*raws: str, second: Second) -> Repaired:
    """Vehicles, those of two kinds, and five of each other kind, read as given."""
    tokens = [scanned(raw, index, "辆") for index, raw in enumerate((*raws, *["5"] * 6))]
    kinds = (
        "emergency",
        "enforcement",
        "ministerial",
        "principal",
        "confidential",
        "special",
        "retired_cadre",
        "other",
    )
    keys = ("vehicle_count", *(f"vehicles_{kind}" for kind in kinds))
    report = Report[Ref](state_assets=StateAssets[Ref](**{key: Ref(at) for at, key in enumerate(keys)}))
    return repair(report, verify(report, tokens, "template"), tokens, second)


def test_a_stroke_beside_a_count_is_none_of_its_digits() -> None:
    """0辆 read again as 01: it would settle an identity that the report itself breaks."""
    assert counts("34", "8", "1", second=Second(r8=["3"])).first == {1: "8"}
    for raws, read, again in (
        (("32", "0", "1"), "0", "01"),
        (("41", "0", "1"), "1", "11"),
        (("51", "0", "2"), "2", "21"),
        (("42", "0", "2"), "2", "12"),
    ):
        found = counts(*raws, second=Second(**{f"r{read}": [again]}))
        assert (found.first, found.verified.statuses["/state_assets/vehicle_count"]) == ({}, Status.DISPUTED), raws


def levels(*raws: str, second: Second) -> Repaired:
    """支出决算表: 合计, 类, 款 and 项, each with its total, 基本支出 and 项目支出, read as given."""
    tokens = [scanned(raw, index) for index, raw in enumerate(raws)]
    names = ((None, "合计"), ("208", "社会保障和就业支出"), ("20805", "养老支出"), ("2080505", "养老保险"))
    rows = tuple(
        ExpenditureRow[Ref](code=code, name=name, total=Ref(3 * at), basic=Ref(3 * at + 1), project=Ref(3 * at + 2))
        for at, (code, name) in enumerate(names)
    )
    statements = Statements[Ref](expenditure=ExpenditureStatement[Ref](rows=rows))
    report = Report[Ref](statements=statements)
    return repair(report, verify(report, tokens, "template"), tokens, second)


ROW = ("35.85", "33.52")


def test_one_number_misread_alike_in_the_rows_of_all_levels_is_repaired_in_all_of_them() -> None:
    misread = (*ROW, "2.33", *(*ROW, "233") * 3)
    found = levels(*misread, second=Second(r233=["2.33", "233"]))
    assert found.first == {5: "233", 8: "233", 11: "233"}
    assert values(found)[2::3] == ["2.33"] * 4
    assert all(each.result != "fail" for each in found.verified.evaluations)


def test_rows_misread_alike_stay_disputed_where_a_second_set_would_settle_them_too() -> None:
    misread = (*ROW, "2.33", *(*ROW, "233") * 3)
    found = levels(*misread, second=Second(r233=["2.33", "2.34"]))  # within the rounding of the sums
    assert Status.REPAIRED not in found.verified.statuses.values()
    assert values(found)[5] == "233"


def test_a_digital_figure_is_never_read_again() -> None:
    tokens = [Token(0, "3", Decimal(3), 0, "辆", 1, (0.0, 0.0, 9.0, 1.0)), scanned("2", 1, "辆")]
    section = StateAssets[Ref](vehicle_count=Ref(0), vehicles_other=Ref(1))
    report = Report[Ref](state_assets=section)
    second = Second(r3=["2"])
    repair(report, verify(report, tokens, "template"), tokens, second)
    assert set(second.asked) == {"2"}


def test_a_figure_that_nothing_covers_is_disputed_if_a_second_reading_differs() -> None:
    tokens = [scanned("6131.12", 0, "平方米"), scanned("107.79", 1)]
    section = StateAssets[Ref](building_area_m2=Ref(0), building_value=Ref(1))
    report = Report[Ref](state_assets=section)
    second = Second(r6131_12=["6131.12"], r107_79=["1079.79"])
    found = repair(report, verify(report, tokens, "template"), tokens, second)
    assert found.verified.statuses["/state_assets/building_area_m2"] is Status.GROUNDED
    assert found.verified.statuses["/state_assets/building_value"] is Status.DISPUTED
    assert found.doubts == {1: "1079.79"}
    assert values(found) == ["6131.12", "107.79"]
