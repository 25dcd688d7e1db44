"""The promise of `verified`: whatever number is taken by mistake, if it satisfies all identities it is not covered."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from recount.pipeline.document import Origin, Token
from recount.pipeline.verify.blame import blamed
from recount.pipeline.verify.cover import DocumentNumbers, Rivals, Word, covered
from recount.pipeline.verify.place import Places, places_of
from recount.pipeline.verify.recount import Status, statuses
from recount.schemas.arithmetic import at_most, equal, evaluate, same, share, total
from recount.schemas.figures import Figure, Kind

steady = settings(derandomize=True, deadline=None, max_examples=300)
CENT = Decimal("0.01")
NOWHERE = Places(frozenset(), {})
amounts = st.integers(0, 99_999).map(lambda cents: Decimal(cents).scaleb(-2))


def printed(values: list[Decimal], origin: Origin) -> list[Token]:
    return [
        Token(index, f"{value}", value, 2, None, 1, (0.0, 0.0, 0.0, 0.0), origin) for index, value in enumerate(values)
    ]


def figures_of(values: list[Decimal], kinds: list[Kind]) -> list[Figure]:
    return [
        Figure(f"/{index}", value, CENT, kind, index)
        for index, (value, kind) in enumerate(zip(values, kinds, strict=True))
    ]


def judged(figures: list[Figure], tokens: list[Token]) -> dict[str, Status]:
    """A whole, two parts, their shares, and the whole once more."""
    whole, one, other, first, second, again = figures
    identities = [
        equal("Σ", whole, total(one, other)),
        share("1", first, one, of=whole),
        share("2", second, other, of=whole),
        same("=", again, whole),
    ]
    found = [evaluate(each) for each in identities]
    by_pointer = {each.pointer: each for each in figures}
    cover = covered(Rivals(DocumentNumbers(tokens), by_pointer, NOWHERE), found)
    return statuses(by_pointer, cover, blamed(found, cover))


KINDS = [Kind.MONEY] * 3 + [Kind.PERCENT] * 2 + [Kind.MONEY]


def consistent(one: Decimal, other: Decimal) -> list[Decimal]:
    whole = one + other
    shares = [(100 * part / whole).quantize(CENT) if whole else Decimal("0.00") for part in (one, other)]
    return [whole, one, other, *shares, whole]


@steady
@given(amounts, amounts, st.lists(amounts, min_size=1, max_size=8), st.integers(0, 5), st.data())
def test_another_number_of_the_page_is_never_verified(
    one: Decimal, other: Decimal, elsewhere: list[Decimal], place: int, data: st.DataObject
) -> None:
    right = consistent(one, other)
    values = right + elsewhere
    taken = data.draw(st.sampled_from(values))
    figures = figures_of(right, KINDS)
    figures[place] = replace(figures[place], value=taken, token=values.index(taken))
    found = judged(figures, printed(values, "text"))
    if abs(taken - right[place]) >= 10 * CENT:
        assert found[f"/{place}"] is not Status.VERIFIED


@steady
@given(amounts, amounts, st.integers(0, 5), amounts)
def test_a_misread_number_is_never_verified(one: Decimal, other: Decimal, place: int, read: Decimal) -> None:
    """Any number whatever, also one that differs in its last digit alone."""
    right = consistent(one, other)
    near = read if read % 2 else right[place] + CENT * (int(read) % 5 - 2)
    values = [*right[:place], near, *right[place + 1 :]]
    found = judged(figures_of(values, KINDS), printed(values, "ocr"))
    if near != right[place]:
        assert found[f"/{place}"] is not Status.VERIFIED


def test_consistent_numbers_are_verified() -> None:
    right = consistent(Decimal("33.90"), Decimal("66.20"))
    found = judged(figures_of(right, KINDS), printed(right, "text"))
    assert set(found.values()) == {Status.VERIFIED}


@steady
@given(amounts.filter(bool), amounts.filter(bool))
def test_a_sign_read_wrong_is_never_verified(one: Decimal, other: Decimal) -> None:
    values = consistent(one, other)
    figures = figures_of(values, KINDS)
    for place, figure in enumerate(figures):
        turned = [*figures[:place], replace(figure, value=-figure.value), *figures[place + 1 :]]
        if abs(figure.value) > 10 * CENT:
            assert judged(turned, printed(values, "text"))[figure.pointer] is not Status.VERIFIED


def test_a_figure_out_of_printed_order_is_not_covered() -> None:
    """A sum is the same whatever the order of its terms: two that were exchanged add up as well."""
    values = [Decimal("100.10"), Decimal("33.90"), Decimal("66.20")]
    tokens = printed(values, "text")
    whole, one, other = figures_of(values, KINDS[:3])
    exchanged = [replace(one, value=other.value, token=2), replace(other, value=one.value, token=1)]
    for parts, expected in (([one, other], {"/0", "/1", "/2"}), (exchanged, {"/0"})):
        found = [evaluate(equal("Σ", whole, total(*parts)))]
        by_pointer = {figure.pointer: figure for figure in (whole, *parts)}
        places = places_of(by_pointer, tokens, found)
        assert set(covered(Rivals(DocumentNumbers(tokens), by_pointer, places), found)) == expected


def test_a_nothing_that_ocr_read_once_is_not_covered() -> None:
    """Not even where another nothing holds it to half a unit; any other number is covered by that."""
    values = [Decimal("0.00"), Decimal("0.00"), Decimal("7.10"), Decimal("7.10")]
    figures = figures_of(values, [Kind.MONEY] * 4)
    found = [evaluate(same("=", figures[at], figures[at + 1])) for at in (0, 2)]
    by_pointer = {figure.pointer: figure for figure in figures}
    once = Rivals(DocumentNumbers(printed(values, "ocr")), by_pointer, NOWHERE)
    assert set(covered(once, found)) == {"/2", "/3"}
    assert set(covered(replace(once, confirmed=frozenset({0})), found)) == {"/0", "/2", "/3"}


def test_a_figure_that_ocr_read_twice_is_held_to_two_and_a_half_units() -> None:
    """So much does a sum of five leave to each of its figures; one of six leaves more."""
    for terms in (5, 6):
        values = [Decimal("7.10") * terms, *[Decimal("7.10")] * terms]
        whole, *parts = figures_of(values, [Kind.MONEY] * len(values))
        found = [evaluate(equal("Σ", whole, total(*parts)))]
        by_pointer = {figure.pointer: figure for figure in (whole, *parts)}
        confirmed = frozenset(range(len(values)))
        cover = covered(Rivals(DocumentNumbers(printed(values, "ocr")), by_pointer, NOWHERE, confirmed), found)
        assert set(cover) == (set(by_pointer) if terms == 5 else set())


def test_two_figures_of_which_a_sum_of_one_part_is_off_count_as_read_once() -> None:
    """18.36 read twice as 18.35: of one part nothing is rounded, though a sum of two may come to a cent more."""
    for shown, other, is_covered in (("18.35", "0.00", False), ("18.36", "0.00", True), ("10.18", "8.17", True)):
        values = [Decimal(value) for value in ("18.36", shown, other, "43.90", "25.54")]
        whole, one, rest, sum_, beside = figures_of(values, [Kind.MONEY] * 5)
        found = [evaluate(equal("Σ", whole, total(one, rest))), evaluate(equal("Σ", sum_, total(beside, one)))]
        by_pointer = {figure.pointer: figure for figure in (whole, one, rest, sum_, beside)}
        for origin in ("ocr", "text"):
            rivals = Rivals(DocumentNumbers(printed(values, origin)), by_pointer, NOWHERE, frozenset(range(5)))
            cover = covered(rivals, found)
            assert {"/0", "/1"} & set(cover) == ({"/0", "/1"} if is_covered or origin == "text" else set())


def test_a_figure_may_be_held_by_an_identity_that_explains_another() -> None:
    """It is no operand of that which it explains: one that fails holds what confirms it."""
    values = [Decimal("18.36"), Decimal("10.18"), Decimal("8.18"), Decimal("4.20"), Decimal("4.20")]
    whole, one, other, first, second = figures_of(values, [Kind.MONEY] * 5)
    found = evaluate(equal("Σ", whole, total(one, other)))
    explained = replace(found, held=(*found.held, *evaluate(same("=", first, second)).held))
    by_pointer = {figure.pointer: figure for figure in (whole, one, other, first, second)}
    numbers = DocumentNumbers(printed(values, "ocr"))
    for typed, left in (({}, set(by_pointer)), ({0: numbers.tokens[0]}, {"/3", "/4"})):
        rivals = Rivals(numbers, by_pointer, NOWHERE, frozenset(range(5)), word=Word(typed=typed))
        assert set(covered(rivals, [explained])) == left


def test_a_number_that_would_do_with_the_other_sign_is_a_rival() -> None:
    """The part of such a share may be any number from -1205 to -1195, and a page prints a decrease without sign."""
    for elsewhere, is_covered in (("1203.00", False), ("1300.00", True)):
        values = [Decimal(shown) for shown in ("-1.20", "-1200.00", "100000.00", elsewhere)]
        tokens = printed([abs(value) for value in values], "text")
        rate, part, whole = figures_of(values[:3], [Kind.PERCENT, Kind.MONEY, Kind.MONEY])
        found = [evaluate(share("%", rate, part, of=whole))]
        by_pointer = {figure.pointer: figure for figure in (rate, part, whole)}
        cover = covered(Rivals(DocumentNumbers(tokens), by_pointer, NOWHERE), found)
        assert (part.pointer in cover) is is_covered


def test_a_bound_does_not_make_one_quantity_of_two() -> None:
    """总分 that took the number of 总分值: the one may be no more than the other, but it is not the other."""
    values = [Decimal("100.00"), Decimal("90.00"), Decimal("90.00"), Decimal("60.00"), Decimal("40.00")]
    tokens = printed(values, "text")
    score, weight = (Figure(f"/{key}", values[0], CENT, Kind.SCORE, 0) for key in ("score", "weight"))
    parts = [Figure(f"/{at}", values[at], CENT, Kind.SCORE, at) for at in (3, 4)]
    found = [evaluate(at_most("≤", score, weight)), evaluate(equal("Σ", weight, total(*parts)))]
    by_pointer = {each.pointer: each for each in (score, weight, *parts)}
    cover = covered(Rivals(DocumentNumbers(tokens), by_pointer, NOWHERE), found)
    assert "/weight" in cover
    assert "/score" not in cover
