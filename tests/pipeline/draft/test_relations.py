"""Which line is the sum of which: found where the figures leave no room for chance, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from recount.pipeline.draft.beside import EARLIER, Beside, Since, beside_of, since
from recount.pipeline.draft.relations import Relation, Series, relations
from recount.schemas.figures import Kind


def series(*values: str | None, kind: Kind = Kind.MONEY, less: bool = False, aside: bool = False) -> Series:
    found = []
    for value in values:
        number = Decimal(value) if value is not None else None
        found.append((number, Decimal(1).scaleb(int(number.as_tuple().exponent)) / 2) if number is not None else None)
    return Series(kind, tuple(found), less, aside)


def said(lines: Sequence[Series]) -> list[tuple[int, set[tuple[int, int]]]]:
    return [(relation.stated, set(relation.terms)) for relation in relations(lines)]


def test_sums_right_above_and_sums_of_sums() -> None:
    lines = [
        series("1520.31", "877.10"), series("204.02", None), series("1724.33", "877.10"), series("88.71", "90.12"),
        series("13.94", "20.00"), series("102.65", "110.12"), series("1826.98", "987.22"),
    ]  # fmt: skip
    assert (5, {(1, 3), (1, 4)}) in said(lines)
    assert (6, {(1, 2), (1, 5)}) in said(lines)
    assert (2, {(1, 0), (1, 1)}) in said(lines)
    assert len(relations(lines)) == 3


def test_a_sum_above_its_parts() -> None:
    lines = [series("1724.33", "921.17"), series("1520.31", "877.10"), series("204.02", "44.07")]
    assert said(lines) == [(0, {(1, 1), (1, 2)})]


def test_lines_that_are_taken_off() -> None:
    lines = [series("5120.44", "4630.18"), series("3317.02", "3002.11", less=True), series("1803.42", "1628.07")]
    assert said(lines) == [(2, {(1, 0), (-1, 1)})]
    plain = [series("5120.44", "4630.18"), series("3317.02", "3002.11"), series("1803.42", "1628.07")]
    assert said(plain)[0][1] in ({(1, 1), (1, 2)}, {(1, 0), (-1, 1)})


def test_a_part_of_the_line_above_is_no_term() -> None:
    lines = [
        series("700.10", "650.33"), series("120.00", "99.00", aside=True), series("55.55", "44.44"),
        series("755.65", "694.77"),
    ]  # fmt: skip
    assert said(lines) == [(3, {(1, 0), (1, 2)})]


def test_small_numbers_that_add_up_by_chance_are_no_sum() -> None:
    assert relations([series("1"), series("2"), series("3")]) == []
    assert relations([series("12"), series("30"), series("42")]) == []


def test_a_sum_that_fails_in_one_column_is_none() -> None:
    assert relations([series("1520.31", "877.10"), series("204.02", "11.00"), series("1724.33", "889.10")]) == []


def test_lines_that_print_the_same() -> None:
    lines = [series("9120.44", "8301.55"), series("17.00", "23.00"), series("9120.44", "8301.55")]
    assert said(lines) == [(2, {(1, 0)})]


def test_a_line_of_nothing_and_a_blank_one_are_terms_of_the_sum_that_they_stand_in() -> None:
    lines = [series("1520.31", "877.10"), series("0.00", None), series("204.02", "11.00"), series("1724.33", "888.10")]
    assert said(lines) == [(3, {(1, 0), (1, 1), (1, 2)})]
    lines[1] = NOTHING
    assert said(lines) == [(3, {(1, 0), (1, 1), (1, 2)})]
    other = series("9.99", "4.10")
    above = [series("888.10", "1724.33"), other, NOTHING, series("877.10", "1520.31"), series("11.00", "204.02")]
    assert said(above) == [(0, {(1, 2), (1, 3), (1, 4)})]
    above[2], above[1] = above[1], above[2]  # what stands between is of something else
    assert said(above) == [(0, {(1, 3), (1, 4)})]
    headed = [NOTHING, replace(lines[0], heads=True), *lines[2:]]
    assert said(headed) == [(3, {(1, 1), (1, 2)})]


NOTHING = series(None, None)


def test_a_line_of_nothing_is_part_of_one_sum_alone() -> None:
    lines = [
        series("1520.31", "877.10"), series("204.02", "11.00"), series("1724.33", "888.10"), NOTHING,
        series("77.05", "66.02"), series("14.44", "13.13"), series("91.49", "79.15"), series("1815.82", "967.25"),
    ]  # fmt: skip
    assert said(lines) == [(2, {(1, 0), (1, 1)}), (6, {(1, 3), (1, 4), (1, 5)}), (7, {(1, 2), (1, 6)})]


def test_the_sign_of_a_line_of_nothing_is_not_known_among_mixed_ones() -> None:
    lines = [
        series("5120.44", "4630.18"), NOTHING, series("3317.02", "3002.11"), series("88.20", "3.17"),
        series("1891.62", "1631.24"),
    ]  # fmt: skip
    assert said(lines) == [(4, {(1, 0), (-1, 2), (1, 3)})]


def test_a_total_of_one_part_is_no_figure_twice() -> None:
    lines = [
        series("1520.31", "877.10"), series("1316.29", "866.10"), series("204.02", "11.00"),
        series("55.10", "70.12"), NOTHING, series("55.10", "70.12"),
    ]  # fmt: skip
    assert said(lines) == [(0, {(1, 1), (1, 2)}), (3, {(1, 4), (1, 5)})]  # as sums stand above their parts here
    assert said(lines[3:]) == []
    apart = [series("9120.44", "8301.55"), series("17.00", "23.00"), series("9120.44", "8301.55"), NOTHING]
    assert said(apart) == []


def test_one_figure_alone_that_is_printed_twice_may_be_a_total_and_its_part() -> None:
    assert said([series("9120.44"), series("17.00"), series("9120.44")]) == []
    lines = [series("9120.44"), series("17.00"), series("9137.44"), series("8100.21"), series("1037.23")]
    assert (5, {(1, 2)}) in said([*lines, series("9137.44")]) or (5, {(1, 3), (1, 4)}) in said(
        [*lines, series("9137.44")]
    )


def test_a_figure_that_is_blank_where_the_other_is_not_is_another() -> None:
    lines = [series("9120.44", "8301.55", "3.71"), series("17.00", "23.00", "1.10"), series("9120.44", "8301.55", None)]
    assert said(lines) == []


def test_a_total_that_is_often_one_part_alone() -> None:
    lines = [
        series("9120.44", "8301.55", "3.71"), series(None, None, "3.71"), series("9120.44", "8301.55", None),
        series("17.00", "23.00", "1.10"),
    ]  # fmt: skip
    assert said(lines) == [(0, {(1, 1), (1, 2)})]


def test_what_is_printed_twice_is_the_total_of_two_things() -> None:
    lines = [
        series("1520.31", "877.10"), series("1700.00", "801.11"), series("204.02", "11.00"), series("24.33", "86.99"),
        series("1724.33", "888.10"), series("1724.33", "888.10"),
    ]  # fmt: skip
    found = said(lines)
    assert [sorted(terms) for _, terms in found[:2]] in (
        [[(1, 0), (1, 2)], [(1, 1), (1, 3)]],
        [[(1, 1), (1, 3)], [(1, 0), (1, 2)]],
    )
    assert not any(sign < 0 for _, terms in found for sign, _ in terms)


def test_terms_are_of_one_role() -> None:
    of = [("1724.33", ""), ("1520.31", "amount"), ("4.19", "change"), ("204.02", "amount"), ("7.50", "change")]
    lines = [Series(Kind.MONEY, series(value, value).values, role=role) for value, role in of]
    assert said(lines) == [(0, {(1, 1), (1, 3)})]


def test_shares_and_growth() -> None:
    lines = [
        series("1520.31", "877.10"), series("1000.11", "410.22"), series("65.78", "46.77", kind=Kind.PERCENT),
        series("61.20", "-33.00"), series("4.19", "-3.63", kind=Kind.PERCENT),
    ]  # fmt: skip
    found = relations(lines)
    assert Relation(2, ((1, 1),), ((1, 0),)) in found
    assert Relation(4, ((1, 3),), ((1, 0), (-1, 3))) in found
    assert relations([lines[0], lines[1], series("65.78", "50.00", kind=Kind.PERCENT)]) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(1000, 10**7), min_size=2, max_size=2), min_size=3, max_size=9), st.data())
def test_whatever_is_found_holds_in_every_column(figures: list[list[int]], data: st.DataObject) -> None:
    parts = data.draw(st.integers(2, len(figures)))
    total = [sum(row[column] for row in figures[-parts:]) for column in range(2)]
    whole = [*figures, total]
    lines = [series(*(f"{Decimal(value) / 100:.2f}" for value in row)) for row in whole]
    found = relations(lines)
    for relation in found:
        for column in range(2):
            added = sum(sign * whole[term][column] for sign, term in relation.terms)
            assert abs(added - whole[relation.stated][column]) <= (len(relation.terms) + 1) // 2


# --- two periods

BEFORE = (1, None)
"""Of this year's column last year's; of that none."""


def test_an_opening_is_the_closing_of_the_period_before() -> None:
    lines = [series("8120.44", "7003.17"), series("55.10", "1117.27"), series("8175.54", "8120.44")]
    assert since(lines, BEFORE, ("opening", "change", "closing")) == [Since(0, 2, "opening"), Since(1, 2, "change")]
    assert since(lines, (None, None), ("opening", "change", "closing")) == []
    wrong = [series("8120.54", "7003.17"), *lines[1:]]
    assert Since(0, 2, "opening") not in since(wrong, BEFORE, ("opening", "change", "closing"))


def test_what_has_not_changed_is_no_opening() -> None:
    lines = [series("5000.00", "5000.00"), series("5000.00", "5000.00"), series("17.00", "23.00")]
    assert since(lines, BEFORE, ("opening", "", "closing")) == []


def test_a_line_that_does_not_say_so_is_no_opening() -> None:
    lines = [series("8120.44", "7003.17"), series("8175.54", "8120.44")]
    assert since(lines, BEFORE, ("", "")) == []


def test_growth_against_the_period_before() -> None:
    lines = [
        series("8175.54", "8120.44"), series("1520.31", "1377.10"), series("10.40", "3.11", kind=Kind.PERCENT),
    ]  # fmt: skip
    assert since(lines, BEFORE, ("", "", "")) == [Since(2, 1, "growth")]
    assert since([*lines[:2], series("10.41", "3.11", kind=Kind.PERCENT)], BEFORE, ("", "", "")) == []
    few = [*lines[:2], series("10", "3", kind=Kind.PERCENT)]
    assert since(few, BEFORE, ("", "", "")) == [], "a percentage of two digits is met by chance"
    assert since([lines[0], series("1520.31", "0.00"), lines[2]], BEFORE, ("", "", "")) == []


# --- percentages beside amounts

AMOUNTS = [series("1520.31", "877.10"), series("204.02", "310.55"), series("1724.33", "1187.65")]


def percent(*values: str | None) -> Series:
    return series(*values, kind=Kind.PERCENT)


def test_percentages_are_shares_of_a_line() -> None:
    shares = [percent("88.17", "73.85"), percent("11.83", "26.15"), percent("100.00", "100.00")]
    assert beside_of(AMOUNTS, shares, {EARLIER: BEFORE}) == Beside(2)
    assert beside_of(AMOUNTS, [percent("88.17", "73.86"), *shares[1:]], {EARLIER: BEFORE}) is None
    assert beside_of(AMOUNTS, [percent(None, None), percent("12", None), percent("100", None)], {}) is None


def test_percentages_are_growth_since_the_period_before_or_what_it_has_become() -> None:
    growth = [percent("73.33", None), percent("-34.30", None), percent("45.19", None)]
    assert beside_of(AMOUNTS, growth, {EARLIER: BEFORE}) == Beside(growth=True)
    assert beside_of(AMOUNTS, growth, {EARLIER: (None, None)}) is None
    assert beside_of(AMOUNTS, [growth[0], percent("34.30", None), growth[2]], {EARLIER: BEFORE}) is None
    become = [percent("173.33", None), percent("65.70", None), percent("145.19", None)]
    assert beside_of(AMOUNTS, become, {EARLIER: BEFORE}) == Beside()


def test_percentages_are_of_another_column() -> None:
    done = [percent("173.33", None), percent("65.70", None), percent("145.19", None)]
    assert beside_of(AMOUNTS, done, {"Budget": (1, None)}) == Beside(head="Budget")
