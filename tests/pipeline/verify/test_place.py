"""Figures that stand out of place: what a sum cannot tell."""

from __future__ import annotations

from decimal import Decimal

from recount.pipeline.document import Token
from recount.pipeline.verify.place import Places, list_of, places_of
from recount.schemas.arithmetic import Evaluation, equal, evaluate, total
from recount.schemas.figures import Figure, Kind

LEFT, RIGHT = (0.0, 0.0, 10.0, 10.0), (100.0, 0.0, 110.0, 10.0)


def figure(pointer: str, token: int) -> Figure:
    return Figure(pointer, Decimal("1.00"), Decimal("0.01"), Kind.MONEY, token)


def places(where: dict[str, int], found: list[Evaluation] | None = None, right: frozenset[int] = frozenset()) -> Places:
    figures = {pointer: figure(pointer, token) for pointer, token in where.items()}
    tokens = [Token(at, "1.00", Decimal("1.00"), 2, None, 1, RIGHT if at in right else LEFT) for at in range(100)]
    return places_of(figures, tokens, found or [])


def test_rows_in_printed_order_are_in_place() -> None:
    assert places({f"/rows/{at}/amount": 10 * at for at in range(4)}).misplaced == frozenset()


def test_two_rows_that_are_exchanged_are_out_of_place() -> None:
    found = places({"/rows/0/a": 1, "/rows/1/a": 9, "/rows/2/a": 5, "/rows/3/a": 12})
    assert found.misplaced == {"/rows/1/a", "/rows/2/a"}


def test_a_number_in_two_rows_is_out_of_place() -> None:
    assert places({"/rows/0/a": 1, "/rows/1/a": 1}).misplaced == {"/rows/0/a", "/rows/1/a"}


def test_a_second_half_to_the_right_begins_anew() -> None:
    where = {"/rows/0/a": 1, "/rows/1/a": 5, "/rows/2/a": 2, "/rows/3/a": 6}
    assert places(where, right=frozenset({2, 6})).misplaced == frozenset()
    assert places(where).misplaced == {"/rows/1/a", "/rows/2/a"}


def test_columns_that_are_exchanged_in_one_row_are_out_of_place() -> None:
    where = {f"/rows/{row}/{key}": 10 * row + at for row in range(3) for at, key in enumerate("ab")}
    where |= {"/rows/1/a": 11, "/rows/1/b": 10}
    assert places(where).misplaced == {"/rows/1/a", "/rows/1/b"}


def test_the_terms_of_a_sum_stand_in_the_order_of_the_form() -> None:
    for tokens, wrong in (((0, 1, 2), set()), ((0, 2, 1), {"/s/b", "/s/c"})):
        figures = {f"/s/{key}": figure(f"/s/{key}", token) for key, token in zip("abc", tokens, strict=True)}
        whole, *parts = figures.values()
        found = [evaluate(equal("Σ", whole, total(*parts)))]
        assert places_of(figures, [], found).misplaced == wrong


def test_a_figure_of_a_row_belongs_between_the_rows_around_it() -> None:
    spans = places({"/rows/0/a": 20, "/rows/1/a": 30, "/rows/1/b": 31, "/rows/2/a": 40}).spans
    assert spans["/rows/1/a"] == spans["/rows/1/b"] == (21, 39)


def test_the_innermost_list_counts() -> None:
    assert list_of("/projects/2/funds/0/executed") == "/projects/2/funds"
    assert list_of("/projects/2/total_score") == "/projects"
    assert list_of("/income/total") is None
