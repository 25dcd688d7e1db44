"""Which figures the order of print has no room for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from recount.pipeline.document import Token
from recount.pipeline.verify.place import displaced, out_of_order
from recount.schemas.figures import Figure, Kind


def figure(pointer: str, at: int) -> Figure:
    return Figure(pointer, Decimal("1.00"), Decimal("0.01"), Kind.MONEY, at)


def unordered(where: dict[str, int], right: frozenset[int] = frozenset()) -> set[str]:
    tokens = [
        Token(at, "1.00", Decimal("1.00"), 2, None, 1, (100.0 * (at in right), 0.0, 100.0 * (at in right) + 9, 9.0))
        for at in range(100)
    ]
    return displaced({pointer: figure(pointer, at) for pointer, at in where.items()}, tokens)


@pytest.mark.parametrize(
    ("tokens", "out"),
    [
        ([1, 2, 3, 4], []),
        ([1, 2, 2, 3], []),
        ([4, 2, 3, 1], [0, 3]),  # exchanged
        ([1, 3, 2, 4], [1, 2]),
        ([1, 9, 2, 3], [1]),  # from elsewhere
        ([5, 6, 1, 7, 8], [2]),
        ([], []),
    ],
)
def test_the_fewest_figures_that_put_the_rest_in_order(tokens: list[int], out: list[int]) -> None:
    figures = [figure(f"/s/{at}", token) for at, token in enumerate(tokens)]
    assert out_of_order(figures) == [figures[at] for at in out]


def test_two_rows_that_exchanged_a_figure() -> None:
    where = {f"/rows/{row}/{key}": 10 * row + at for row in range(4) for at, key in enumerate("ab")}
    where |= {"/rows/1/a": 30, "/rows/3/a": 10}
    assert unordered(where) == {"/rows/1/a", "/rows/3/a"}


def test_two_cells_of_a_row_that_were_exchanged() -> None:
    where = {f"/rows/{row}/{key}": 10 * row + at for row in range(4) for at, key in enumerate("abc")}
    where |= {"/rows/2/a": 22, "/rows/2/c": 20}
    assert unordered(where) == {"/rows/2/a", "/rows/2/c"}


def test_a_form_that_prints_its_cells_in_another_order_is_in_order() -> None:
    assert unordered({f"/rows/{row}/{key}": 10 * row + at for row in range(3) for at, key in enumerate("ba")}) == set()


def test_a_second_half_to_the_right_begins_anew() -> None:
    where = {"/rows/0/a": 1, "/rows/1/a": 5, "/rows/2/a": 2, "/rows/3/a": 6}
    assert unordered(where, frozenset({2, 6})) == set()


def test_a_part_of_a_section_may_stand_elsewhere_as_a_whole() -> None:
    where = {"/s/a": 1, "/s/b": 2, "/s/c": 5, "/s/d": 6, "/s/e": 7, "/s/change/amount": 3, "/s/change/percent": 4}
    assert unordered(where) == set()
    assert unordered(where | {"/s/change/amount": 4, "/s/change/percent": 3}) != set()


def test_a_section_in_another_order_says_nothing() -> None:
    assert unordered({f"/s/{key}": token for key, token in zip("abcdef", (6, 5, 4, 3, 2, 1), strict=True)}) == set()
