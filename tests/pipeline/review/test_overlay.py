"""Decisions are applied to what they were about, and to nothing else; and a person's word proves nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Generic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recount.pipeline.document import Token
from recount.pipeline.review.decisions import Corrections, Decision, Place, Verdict, decide
from recount.pipeline.review.overlay import Overlaid, overlaid, places_of, shared_out
from recount.pipeline.split.tokens import parse_number
from recount.pipeline.verify.recount import Status
from recount.pipeline.verify.repair import repair
from recount.pipeline.verify.verify import verify
from recount.schemas.arithmetic import Identity, equal, share, total
from recount.schemas.figures import F, Figure, Model, Ref, count, money, percent, rows
from recount.schemas.saying import say

FILE = "f" * 64


class Item(Model, Generic[F]):
    """A row."""

    amount: F | None = money("金额")
    people: F | None = count("人数")


class Sums(Model, Generic[F]):
    """A total of two, of which each is a total again; and rows beside them."""

    whole: F | None = money("合计")
    first: F | None = money("甲")
    second: F | None = money("乙")
    first_one: F | None = money("甲一")
    first_two: F | None = money("甲二")
    first_again: F | None = money("甲，再说一次")
    items: tuple[Item[F], ...] = rows("项目")
    items_total: F | None = money("项目合计")

    def identities(self: Sums[Figure]) -> Iterator[Identity]:
        yield equal("合计 = 甲 + 乙", self.whole, total(self.first, self.second))
        yield equal("甲 = 甲一 + 甲二", self.first, total(self.first_one, self.first_two))
        yield equal("甲 = 甲，再说一次", self.first, total(self.first_again))
        if self.items:
            said = [item.amount for item in self.items if item.amount is not None]
            yield equal("项目合计 = 各项之和", self.items_total, total(*said))


def token(index: int, raw: str, *, read: bool = False, unit: str | None = "万元") -> Token:
    value, decimals = parse_number(raw) or (Decimal(0), 0)
    box = (10.0, 20.0 * index, 50.0, 20.0 * index + 10)
    return Token(index, raw, value, decimals, unit, 1, box, "ocr" if read else "text", 0.9 if read else None)


TRUE = ("962.50", "340.00", "622.50", "211.00", "129.00")
FIELDS = ("whole", "first", "second", "first_one", "first_two")


def tokens_of(*raws: str, scanned: Sequence[int] = (1,)) -> list[Token]:
    return [token(index, raw, read=index in scanned) for index, raw in enumerate(raws)]


def sums(parts: Sequence[str] = FIELDS) -> Sums[Ref]:
    return Sums[Ref](**{key: Ref(FIELDS.index(key)) for key in parts})


def on(index: int, pointer: str, verdict: Verdict, tokens: Sequence[Token], **more: Any) -> Decision:
    return decide("Wang", FILE, pointer, verdict, places_of(tokens, None)[index], **more)


def lay(report: Any, tokens: Sequence[Token], *decisions: Decision, sha256: str = FILE) -> Overlaid:
    shares = shared_out(Corrections(decisions, (), "x"), sha256, [places_of(tokens, None)])
    return overlaid(report, verify(report, tokens, "template"), tokens, shares[0])


def statuses(found: Overlaid) -> dict[str, str]:
    return {pointer: str(status) for pointer, status in found.verified.statuses.items()}


def reasons(found: Overlaid) -> list[str | None]:
    return [one.reason and str(one.reason) for one in found.told or ()]


def test_without_decisions_nothing_is_laid_over() -> None:
    tokens = tokens_of(*TRUE)
    report = sums()
    verified = verify(report, tokens, "template")
    assert overlaid(report, verified, tokens, None) == Overlaid(report, tuple(tokens), verified)
    assert lay(report, tokens).told is None


class NoReader:
    """Reads everything alike; None: as it was read before."""

    def __init__(self, reading: str | None) -> None:
        self.reading = reading

    def again(self, tokens: Sequence[Token], beside: float = 0.0) -> list[str]:  # noqa: ARG002 - as the protocol has it
        return [self.reading or token.raw for token in tokens]

    def readings(self, tokens: Sequence[Token], *, most: bool = False) -> list[tuple[str, ...]]:  # noqa: ARG002
        return [(reading,) for reading in self.again(tokens)]


# --- a reading that a person typed


def test_one_typed_reading_lets_its_identities_confirm_all_the_others() -> None:
    tokens = tokens_of("962.50", "840.00", "622.50", "211.00", "129.00")
    before = verify(sums(), tokens, "template")
    assert Counter(map(str, before.statuses.values())) == {"disputed": 1, "grounded": 4}
    found = lay(sums(), tokens, on(1, "/first", Verdict.MISREAD, tokens, value="340.00", note="3"))
    assert statuses(found) == {**dict.fromkeys(before.statuses, "verified"), "/first": "reviewed"}
    assert found.verified.figures["/first"].value == Decimal("340.00")
    assert (found.first, found.tokens[1].raw) == ({1: "840.00"}, "340.00")
    review = found.reviews["/first"]
    assert (review.by, review.verdict, review.first_value, review.note) == ("Wang", "misread", Decimal("840.00"), "3")
    assert found.told is not None
    assert [(one.state, one.pointer) for one in found.told] == [("applied", "/first")]


def test_what_only_a_typed_reading_confirms_is_not_verified() -> None:
    """One decision settles three disputes; but any total is right for somebody who types what is left of it."""
    parts = ("whole", "first", "second")
    tokens = tokens_of("962.50", "840.00", "622.50")
    assert set(map(str, verify(sums(parts), tokens, "template").statuses.values())) == {"disputed"}
    found = lay(sums(parts), tokens, on(1, "/first", Verdict.MISREAD, tokens, value="340.00"))
    assert statuses(found) == {"/whole": "grounded", "/first": "reviewed", "/second": "grounded"}


def test_a_typed_reading_is_never_verified_itself() -> None:
    tokens = tokens_of("962.50", "840.00", "622.50", "211.00", "129.00", "340.00")
    report = sums().model_copy(update={"first_again": Ref(5)})
    read = [*tokens[:1], token(1, "340.00", read=True), *tokens[2:]]
    assert verify(report, read, "template").statuses["/first"] is Status.VERIFIED
    found = lay(report, tokens, on(1, "/first", Verdict.MISREAD, tokens, value="340.00"))
    assert statuses(found)["/first"] == "reviewed"


class Share(Model, Generic[F]):
    """A part of a whole."""

    percent: F | None = percent("占比")
    part: F | None = money("部分")
    whole: F | None = money("全部")

    def identities(self: Share[Figure]) -> Iterator[Identity]:
        yield share("占比 = 部分 ÷ 全部", self.percent, total(self.part), total(self.whole))


def test_a_number_that_is_typed_over_might_still_have_been_the_right_one() -> None:
    """Of 1000.00, with 1000.20 on the page, nothing proves that it is the whole; nor once that was typed over."""
    tokens = [token(0, "20.00", unit="%"), token(1, "200.00"), token(2, "7.00", read=True), token(3, "1000.00")]
    report = Share[Ref](percent=Ref(0), part=Ref(1), whole=Ref(3))
    assert verify(report, tokens, "template").statuses["/whole"] is Status.VERIFIED
    tokens[2] = token(2, "1000.20", read=True)
    assert verify(report, tokens, "template").statuses["/whole"] is Status.GROUNDED
    found = lay(report, tokens, on(2, "/nothing", Verdict.MISREAD, tokens, value="7.00"))
    assert (reasons(found), statuses(found)["/whole"]) == ([None], "grounded")


def test_two_typed_readings_do_not_bear_each_other_out() -> None:
    tokens = tokens_of("962.50", "840.00", "622.50", "711.00", "129.00", scanned=(1, 3))
    typed = [on(1, "/first", Verdict.MISREAD, tokens, value="340.00")]
    typed.append(on(3, "/first_one", Verdict.MISREAD, tokens, value="211.00"))
    found = lay(sums(), tokens, *typed)
    assert set(statuses(found).values()) == {"grounded", "reviewed"}


def test_a_typed_reading_that_breaks_what_holds_is_disputed() -> None:
    tokens = tokens_of(*TRUE)
    found = lay(sums(), tokens, on(1, "/first", Verdict.MISREAD, tokens, value="341.00"))
    assert statuses(found)["/first"] == "disputed"
    assert found.reviews["/first"].verdict == "misread"


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from([0, 2, 3, 4]),
    st.decimals("0.00", "2000.00", places=2),
    st.decimals("0.00", "2000.00", places=2),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_no_word_of_a_person_makes_a_wrong_figure_verified(
    wrong: int, taken: Decimal, typed: Decimal, solved: bool, out: bool, scan: bool
) -> None:
    """One figure is wrong, of a scan twice alike, and somebody types, or takes out, whatever makes its sum hold."""
    raws = list(TRUE)
    raws[wrong] = f"{taken:.2f}"
    if solved:
        numbers = list(map(Decimal, raws))
        typed = abs(numbers[0] - numbers[2] if wrong in (0, 2) else numbers[3] + numbers[4])
    tokens = tokens_of(*raws, scanned=range(5) if scan else (1,))
    verdict = Verdict.NOT_A_FIGURE if out else Verdict.MISREAD
    found = lay(sums(), tokens, on(1, "/first", verdict, tokens, value=None if out else f"{typed:.2f}"))
    done = repair(found.report, found.verified, found.tokens, NoReader(None)).verified
    for pointer, figure in done.figures.items():
        if abs(figure.value - Decimal(TRUE[FIELDS.index(pointer[1:])])) >= Decimal("0.1"):  # beyond rounding
            assert done.statuses[pointer] not in (Status.VERIFIED, Status.REPAIRED)
    assert done.statuses.get("/first") is not Status.VERIFIED


def test_of_what_a_person_read_no_other_reading_is_taken_and_nothing_is_repaired_for_it() -> None:
    tokens = tokens_of("962.50", "840.00", "622.50", scanned=(0, 1, 2))
    found = lay(sums(FIELDS[:3]), tokens, on(1, "/first", Verdict.MISREAD, tokens, value="341.00"))
    done = repair(found.report, found.verified, found.tokens, NoReader("621.50"))  # with which the sum would hold
    assert not done.first
    seen = lay(sums(FIELDS[:3]), tokens, on(1, "/first", Verdict.AS_PRINTED, tokens))
    assert not repair(seen.report, seen.verified, seen.tokens, NoReader("340.00")).first
    alone = repair(sums(FIELDS[:3]), verify(sums(FIELDS[:3]), tokens, "template"), tokens, NoReader("122.50"))
    assert alone.first == {2: "622.50"}


def test_a_second_reading_still_confirms_what_a_person_saw() -> None:
    tokens = tokens_of("962.50", "340.00", "622.50", scanned=(0, 1, 2))
    report = sums(FIELDS[:3])
    plain = repair(report, verify(report, tokens, "template"), tokens, NoReader(None))
    assert set(plain.verified.statuses.values()) == {Status.VERIFIED}
    found = lay(report, tokens, on(1, "/first", Verdict.AS_PRINTED, tokens))
    done = repair(found.report, found.verified, found.tokens, NoReader(None))
    assert done.verified.statuses == plain.verified.statuses


def test_a_second_reading_says_nothing_against_what_a_person_saw() -> None:
    tokens = tokens_of("962.50", scanned=(0,))
    report = sums(("whole",))
    plain = repair(report, verify(report, tokens, "template"), tokens, NoReader("961.50"))
    assert plain.verified.statuses["/whole"] is Status.DISPUTED
    found = lay(report, tokens, on(0, "/whole", Verdict.AS_PRINTED, tokens))
    done = repair(found.report, found.verified, found.tokens, NoReader("961.50"))
    assert done.verified.statuses["/whole"] is Status.REVIEWED


@pytest.mark.parametrize(
    ("value", "reason"),
    [("abc", "what was typed is no number"), (None, "what was typed is no number"), ("1 and 2", "no number")],
)
def test_what_is_typed_must_be_a_number(value: str | None, reason: str) -> None:
    tokens = tokens_of(*TRUE)
    found = lay(sums(), tokens, on(1, "/first", Verdict.MISREAD, tokens, value=value))
    assert reason in str(reasons(found)[0])
    assert found.tokens == tuple(tokens)


def test_nothing_is_typed_over_a_digital_page() -> None:
    tokens = tokens_of(*TRUE)
    found = lay(sums(), tokens, on(0, "/whole", Verdict.MISREAD, tokens, value="1.00"))
    assert reasons(found) == ["only what OCR read may be read otherwise"]
    assert statuses(found)["/whole"] == "verified"


def test_a_reading_that_does_not_fit_its_field_is_not_taken() -> None:
    tokens = [token(0, "12", read=True, unit="人")]
    report = Sums[Ref](items=(Item[Ref](people=Ref(0)),))
    found = lay(report, tokens, on(0, "/items/0/people", Verdict.MISREAD, tokens, value="1.2"))
    assert "does not fit" in str(reasons(found)[0])
    assert found.verified.figures["/items/0/people"].value == 12


# --- as printed


def test_as_printed_a_contradiction_of_the_source_stays_and_is_decided() -> None:
    tokens = tokens_of("962.50", "340.00", "999.50", "211.00", "129.00")
    found = lay(sums(), tokens, on(2, "/second", Verdict.AS_PRINTED, tokens))
    assert statuses(found)["/second"] == "disputed"
    assert found.reviews["/second"].verdict == "as_printed"


def test_as_printed_what_nothing_covers_is_reviewed_and_what_is_verified_stays_so() -> None:
    tokens = tokens_of(*TRUE, scanned=())
    found = lay(sums(("whole",)), tokens, on(0, "/whole", Verdict.AS_PRINTED, tokens))
    assert statuses(found) == {"/whole": "reviewed"}
    found = lay(sums(), tokens, on(0, "/whole", Verdict.AS_PRINTED, tokens))
    assert statuses(found)["/whole"] == "verified"


def test_a_repaired_reading_that_is_as_printed_is_a_typed_one() -> None:
    tokens = tokens_of("962.50", "840.00", "622.50", "211.00", "129.00")
    found = lay(sums(), tokens, on(1, "/first", Verdict.AS_PRINTED, tokens, value="340.00"))
    assert statuses(found)["/first"] == "reviewed"
    assert found.first == {1: "840.00"}
    assert found.reviews["/first"].verdict == "as_printed"


# --- another number, or none


def test_a_field_that_is_pointed_at_the_right_number_is_verified_if_it_is_covered() -> None:
    tokens = [*tokens_of(*TRUE, scanned=()), token(5, "77.77")]
    report = sums().model_copy(update={"second": Ref(5)})
    there = places_of(tokens, None)[2]
    for target in (there, Place(1, (9.0, 39.0, 51.0, 51.0), "")):
        found = lay(report, tokens, on(5, "/second", Verdict.OTHER_TOKEN, tokens, target=target))
        assert set(statuses(found).values()) == {"verified"}
        assert found.verified.mapper_of("/second") == "reviewer"
        assert found.reviews["/second"].first_value == Decimal("77.77")
    alone = sums(("whole",))
    found = lay(alone, tokens, on(0, "/whole", Verdict.OTHER_TOKEN, tokens, target=there))
    assert statuses(found) == {"/whole": "reviewed"}


def test_no_words_are_asked_for_where_a_person_put_a_figure() -> None:
    tokens = [*tokens_of(*TRUE, scanned=()), token(5, "77.77")]
    report = sums().model_copy(update={"second": Ref(5)})
    made = on(5, "/second", Verdict.OTHER_TOKEN, tokens, target=places_of(tokens, None)[2])
    verified = verify(report, tokens, "model:m", unsure=frozenset({"/second", "/whole"}))
    (share,) = shared_out(Corrections((made,)), FILE, [places_of(tokens, None)])
    found = statuses(overlaid(report, verified, tokens, share))
    assert (found["/second"], found["/whole"]) == ("verified", "grounded")


def test_of_two_rows_with_one_number_the_one_that_was_looked_at_is_decided() -> None:
    tokens = [token(0, "12.00")]
    report = Sums[Ref](items=(Item[Ref](amount=Ref(0)), Item[Ref](amount=Ref(0))))
    found = lay(report, tokens, on(0, "/items/1/amount", Verdict.NOT_A_FIGURE, tokens))
    assert list(found.verified.figures) == ["/items/0/amount"]


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (None, "it names no other number"),
        (Place(1, (9.0, 0.0, 51.0, 51.0), ""), "more than one number stands"),
        (Place(1, (300.0, 0.0, 310.0, 51.0), ""), "no number stands where it points"),
        (Place(2, (10.0, 40.0, 50.0, 50.0), "622.50"), "no number stands there now"),
        (Place(1, (10.0, 100.0, 50.0, 110.0), "12"), "does not fit the field"),
    ],
)
def test_a_field_is_pointed_at_one_number_that_fits_it(target: Place | None, reason: str) -> None:
    tokens = [*tokens_of(*TRUE), token(5, "12", unit="人")]
    found = lay(sums(), tokens, on(0, "/whole", Verdict.OTHER_TOKEN, tokens, target=target))
    assert reason in str(reasons(found)[0])
    assert found.verified.figures["/whole"].value == Decimal("962.50")


def test_what_is_no_figure_is_in_no_field_and_its_sum_confirms_nothing_without_it() -> None:
    tokens = [token(0, "30.00"), token(1, "12.00"), token(2, "18.00"), token(3, "7.00")]
    items = tuple(Item[Ref](amount=Ref(index)) for index in (1, 2, 3))
    report = Sums[Ref](items=items, items_total=Ref(0))
    found = lay(report, tokens, on(3, "/items/2/amount", Verdict.NOT_A_FIGURE, tokens, note="页码"))
    assert "/items/2/amount" not in found.verified.figures
    assert [evaluation.result for evaluation in found.verified.evaluations][-1] == "pass"
    assert set(statuses(found).values()) == {"grounded"}
    assert [(one.pointer, one.proposed, str(one.reason)) for one in found.taken_out] == [
        ("/items/2/amount", "7.00", "Wang took it out: 页码")
    ]
    assert not found.reviews


# --- what a decision is about


def test_a_decision_finds_its_figure_in_another_row_and_within_a_point() -> None:
    tokens = [token(0, "12.00"), token(1, "18.00")]
    report = Sums[Ref](items=(Item[Ref](amount=Ref(0)), Item[Ref](amount=Ref(1))))
    made = on(1, "/items/0/amount", Verdict.AS_PRINTED, tokens)
    moved = replace(made.place, bbox=(10.5, 20.9, 49.2, 30.0))
    found = lay(report, tokens, replace(made, place=moved))
    assert list(found.reviews) == ["/items/1/amount"]
    assert found.told is not None
    assert found.told[0].pointer == "/items/1/amount"


def test_of_two_numbers_of_a_line_the_one_of_the_field_is_decided() -> None:
    """In a text, where columns are not known."""
    tokens = [token(0, "12.00"), token(1, "12.00")]
    report = Sums[Ref](whole=Ref(0), first=Ref(1))
    place = Place(1, None, "12.00", line=7)
    made = decide("Wang", FILE, "/first", Verdict.NOT_A_FIGURE, place)
    (share,) = shared_out(Corrections((made,)), FILE, [[place, place]])
    found = overlaid(report, verify(report, tokens, "template"), tokens, share)
    assert list(found.verified.figures) == ["/whole"]


def test_what_no_longer_fits_is_stale_and_told() -> None:
    tokens = tokens_of(*TRUE)
    made = on(1, "/first", Verdict.AS_PRINTED, tokens)
    assert reasons(lay(sums(), tokens, made, sha256="0" * 64)) == ["the file is another one now"]
    now = [*tokens[:1], token(1, "841.00", read=True), *tokens[2:]]
    assert reasons(lay(sums(), now, made)) == ["what stands there is read as 841.00 now"]
    assert reasons(lay(sums(), tokens[:1], made)) == ["no number stands there now"]
    assert reasons(lay(sums(("whole",)), tokens, made)) == ["its number fills no field now"]
    other = sums(("whole",)).model_copy(update={"second": Ref(1)})
    found = lay(other, tokens, made)
    assert reasons(found) == ["its number fills another field now"]
    assert found.told is not None
    assert (found.told[0].state, found.told[0].pointer, found.told[0].id) == ("stale", "/first", made.id)


def test_decisions_are_laid_one_over_the_other() -> None:
    tokens = [*tokens_of(*TRUE, scanned=()), token(5, "77.77")]
    report = sums().model_copy(update={"second": Ref(5)})
    places = places_of(tokens, None)
    moved = on(5, "/second", Verdict.OTHER_TOKEN, tokens, target=places[2])
    seen = on(2, "/second", Verdict.AS_PRINTED, tokens)
    found = lay(report, tokens, moved, seen)
    assert reasons(found) == [None, None]
    assert found.reviews["/second"].id == seen.id
    assert lay(report, tokens, moved, on(2, "/second", Verdict.NOT_A_FIGURE, tokens)).taken_out


def test_each_report_of_a_file_has_the_decisions_about_its_own_numbers() -> None:
    first, second = tokens_of("1.00"), [replace(token(1, "2.00"), page=2)]
    places = [places_of(tokens, None) for tokens in (first, second)]
    mine, other = on(0, "/whole", Verdict.AS_PRINTED, first), on(0, "/whole", Verdict.AS_PRINTED, second)
    away, lost = replace(other.place, bbox=(1.0, 1.0, 2.0, 2.0)), replace(other.place, page=9)
    gone = replace(other, place=away)
    nowhere = replace(other, place=lost)
    shares = shared_out(Corrections((other, gone, nowhere, mine), (say("cut_off"),), "x"), FILE, places)
    assert [share.decisions for share in shares] == [(nowhere, mine), (other, gone)]
    assert [share.broken for share in shares] == [(say("cut_off"),), ()]
    found = overlaid(sums(()), verify(sums(()), first, "template"), first, shares[0])
    assert found.told is not None
    assert (found.told[-1].state, found.told[-1].reason) == ("stale", say("cut_off"))
