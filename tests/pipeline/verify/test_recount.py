"""What satisfied and failed identities say of each figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from recount.pipeline.document import Origin, Token
from recount.pipeline.verify.blame import blamed
from recount.pipeline.verify.cover import DocumentNumbers, Rivals, covered
from recount.pipeline.verify.place import places_of
from recount.pipeline.verify.recount import Status, identities_of, recount
from recount.pipeline.verify.recount import statuses as statuses_of
from recount.schemas.arithmetic import Alternative, Evaluation, Identity, equal, evaluate, same, share, total
from recount.schemas.figures import Figure, Kind
from recount.schemas.final_accounts.narrative import BasicExpenditure, Expenditure, Portion
from recount.schemas.final_accounts.performance import FundRow, ProjectEvaluation
from recount.schemas.final_accounts.report import Report
from recount.schemas.final_accounts.sections import Procurement

tokens = count(100)


def printed_as(figures: Iterable[Figure], origin: Origin = "text") -> list[Token]:
    """The tokens that figures were read from."""
    by_index = {each.token: each for each in figures}
    blank = (0.0, 0.0, 0.0, 0.0)
    found = []
    for index in range(max(by_index, default=-1) + 1):
        figure = by_index.get(index)
        value, unit = (figure.value, None) if figure is not None else (Decimal(0), "页")
        exponent = value.as_tuple().exponent
        assert isinstance(exponent, int)
        found.append(Token(index, f"{value}", value, max(-exponent, 0), unit, 1, blank, origin))
    return found


def rivals_of(figures: Mapping[str, Figure], found: Sequence[Evaluation], origin: Origin = "text") -> Rivals:
    tokens = printed_as(figures.values(), origin)
    return Rivals(DocumentNumbers(tokens), figures, places_of(figures, tokens, found))


def statuses(figures: Mapping[str, Figure], found: Sequence[Evaluation], origin: Origin = "text") -> dict[str, Status]:
    cover = covered(rivals_of(figures, found, origin), found)
    return statuses_of(figures, cover, blamed(found, cover))


class Figures:
    """Figures by name, each of its own token: pointer /a, /b …"""

    def __init__(self) -> None:
        self.made: dict[str, Figure] = {}

    def __call__(self, name: str, shown: str, kind: Kind = Kind.MONEY) -> Figure:
        value = Decimal(shown)
        exponent = value.as_tuple().exponent
        assert isinstance(exponent, int)
        made = Figure(f"/{name}", value, Decimal(1).scaleb(exponent), kind, token=len(self.made))
        self.made[made.pointer] = made
        return made

    def statuses(self, *identities: Identity, origin: Origin = "text") -> dict[str, str]:
        found = [evaluate(each) for each in identities]
        return {pointer[1:]: each.value for pointer, each in statuses(self.made, found, origin).items()}


@pytest.fixture
def figures() -> Figures:
    return Figures()


def test_a_satisfied_identity_verifies_all_its_figures(figures: Figures) -> None:
    sum_ = equal("Σ", figures("whole", "8.00"), total(figures("one", "3.00"), figures("two", "5.00")))
    assert figures.statuses(sum_) == {"whole": "verified", "one": "verified", "two": "verified"}


def test_a_figure_of_no_identity_is_grounded(figures: Figures) -> None:
    figures("alone", "8.00")
    assert figures.statuses() == {"alone": "grounded"}


def test_an_identity_with_a_missing_operand_verifies_nothing(figures: Figures) -> None:
    sum_ = equal("Σ", figures("whole", "8.00"), total(figures("one", "8.00"), None))
    assert figures.statuses(sum_) == {"whole": "grounded", "one": "grounded"}


def test_a_failed_identity_disputes_all_of_whom_nothing_clears(figures: Figures) -> None:
    sum_ = equal("Σ", figures("whole", "9.00"), total(figures("one", "3.00"), figures("two", "5.00")))
    assert figures.statuses(sum_) == {"whole": "disputed", "one": "disputed", "two": "disputed"}


def test_blame_is_laid_at_the_figure_that_no_satisfied_identity_clears(figures: Figures) -> None:
    one, two, whole = figures("one", "3.00"), figures("two", "5.00"), figures("whole", "9.00")
    again = figures("one again", "3.00"), figures("two again", "5.00")
    found = figures.statuses(equal("Σ", whole, total(one, two)), same("一", one, again[0]), same("二", two, again[1]))
    assert found["whole"] == "disputed"
    assert (found["one"], found["two"]) == ("verified", "verified")


def test_where_all_are_cleared_it_is_laid_at_those_that_the_fewest_clear(figures: Figures) -> None:
    one, whole = figures("one", "3.00"), figures("whole", "9.00")
    copies = [figures(f"copy{n}", "3.00") for n in range(2)]
    other = figures("other", "9.00")
    found = figures.statuses(same("=", whole, one), same("≡", whole, other), *(same("c", one, each) for each in copies))
    assert (found["whole"], found["one"]) == ("disputed", "verified")


def test_where_all_are_cleared_alike_both_sides_are_disputed(figures: Figures) -> None:
    one, whole = figures("one", "3.00"), figures("whole", "9.00")
    found = figures.statuses(
        same("=", whole, one), same("≡", whole, figures("other", "9.00")), same("c", one, figures("copy", "3.00"))
    )
    assert (found["whole"], found["one"]) == ("disputed", "disputed")
    assert (found["other"], found["copy"]) == ("verified", "verified")


def test_a_minor_failure_disputes_nobody_and_confirms_the_share(figures: Figures) -> None:
    rate = figures("rate", "66.66", Kind.PERCENT)
    part, whole = figures("part", "2000.00"), figures("whole", "3000.00")
    found = figures.statuses(share("%", rate, part, of=whole))
    assert found == {"rate": "verified", "part": "grounded", "whole": "grounded"}


def test_an_explained_failure_disputes_the_printed_side_only(figures: Figures) -> None:
    stated, left_out = figures("stated", "90", Kind.SCORE), figures("left out", "10", Kind.SCORE)
    scores = [figures(f"score{n}", "45", Kind.SCORE) for n in range(2)]
    found = figures.statuses(equal("Σ", stated, total(*scores, left_out), Alternative("left out", total(*scores))))
    assert found["stated"] == "disputed"
    assert (found["score0"], found["score1"]) == ("verified", "verified")
    assert found["left out"] == "grounded"


def test_an_explained_failure_disputes_the_printed_side_although_others_clear_it(figures: Figures) -> None:
    stated, left_out = figures("stated", "90", Kind.SCORE), figures("left out", "10", Kind.SCORE)
    score = figures("score", "90", Kind.SCORE)
    found = figures.statuses(
        equal("Σ", stated, total(score, left_out), Alternative("left out", total(score))),
        same("=", figures("again", "90", Kind.SCORE), stated),
    )
    assert found["stated"] == "disputed"


def test_a_share_of_nothing_does_not_verify_the_whole(figures: Figures) -> None:
    rate, part, whole = figures("rate", "0.00", Kind.PERCENT), figures("part", "0.00"), figures("whole", "87.00")
    assert figures.statuses(share("%", rate, part, of=whole))["whole"] == "grounded"


def test_a_coarse_rate_does_not_verify_what_it_hardly_depends_on(figures: Figures) -> None:
    rate, part, whole = figures("rate", "1", Kind.PERCENT), figures("part", "1.02"), figures("whole", "100.00")
    found = figures.statuses(share("%", rate, part, of=whole))
    assert (found["part"], found["whole"]) == ("grounded", "grounded")


def test_a_small_part_of_a_coarse_sum_is_not_verified(figures: Figures) -> None:
    sum_ = equal("Σ", figures("whole", "800"), total(figures("one", "800.00"), figures("two", "0.31")))
    assert figures.statuses(sum_)["two"] == "grounded"


@pytest.mark.parametrize(
    ("other", "status"), [("1203.00", "grounded"), ("1200.05", "verified"), ("1300.00", "verified")]
)
def test_another_number_of_the_page_that_would_do_as_well_leaves_a_figure_open(
    figures: Figures, other: str, status: str
) -> None:
    """The part of such a share may be any number from 1195 to 1205."""
    rate, part = figures("rate", "1.20", Kind.PERCENT), figures("part", "1200.00")
    whole = figures("whole", "100000.00")
    figures("elsewhere", other)
    assert figures.statuses(share("%", rate, part, of=whole))["part"] == status


def test_what_is_printed_with_fewer_decimals_is_no_rival(figures: Figures) -> None:
    sum_ = equal("Σ", figures("whole", "18.58"), total(figures("one", "13.58"), figures("two", "5.00")))
    figures("ordinal", "14")
    assert figures.statuses(sum_)["one"] == "verified"


def test_what_ocr_read_is_verified_only_if_no_digit_of_it_could_be_another(figures: Figures) -> None:
    sum_ = equal("Σ", figures("whole", "18.58"), total(figures("one", "13.58"), figures("two", "5.00")))
    twice = same("=", figures("here", "7.10"), figures("there", "7.10"))
    found = figures.statuses(sum_, twice, origin="ocr")
    assert (found["whole"], found["one"]) == ("grounded", "grounded")
    assert (found["here"], found["there"]) == ("verified", "verified")


def test_what_ocr_read_twice_alike_counts_as_printed(figures: Figures) -> None:
    sum_ = equal("Σ", figures("whole", "18.58"), total(figures("one", "13.58"), figures("two", "5.00")))
    found = [evaluate(sum_)]
    rivals = replace(rivals_of(figures.made, found, "ocr"), confirmed=frozenset({figures.made["/one"].token}))
    assert set(covered(rivals, found)) == {"/one"}


def test_a_nothing_that_ocr_read_is_covered_only_if_it_was_read_twice(figures: Figures) -> None:
    """A publisher's sum may leave a figure out; misread as 0 it would make the sum hold."""
    found = [evaluate(equal("Σ", figures("whole", "5.00"), total(figures("one", "0.00"), figures("two", "5.00"))))]
    once = rivals_of(figures.made, found, "ocr")
    nothing = figures.made["/one"].token
    assert "/one" not in covered(once, found)
    assert "/one" in covered(replace(once, confirmed=frozenset({nothing})), found)


def test_money_without_its_decimals_is_held_to_cents_though_it_was_read_twice(figures: Figures) -> None:
    """Both readings lose the decimals of 0.32 alike, and 0 holds within half a unit of its own last place."""
    found = [evaluate(equal("Σ", figures("whole", "5.32"), total(figures("one", "0"), figures("two", "5.00"))))]
    assert found[0].result == "pass"
    twice = replace(rivals_of(figures.made, found, "ocr"), confirmed=frozenset({figures.made["/one"].token}))
    assert "/one" not in covered(twice, found)


def test_figures_in_doubt_are_not_covered(figures: Figures) -> None:
    found = [evaluate(same("=", figures("here", "7.10"), figures("there", "7.10")))]
    rivals = replace(rivals_of(figures.made, found), doubtful={"/here"})
    assert set(covered(rivals, found)) == {"/there"}


def read_twice(value: str, token: int) -> tuple[Figure, Figure]:
    quantum = Decimal("0.01")
    return (
        Figure("/one", Decimal(value), quantum, Kind.MONEY, token),
        Figure("/two", Decimal(value), quantum, Kind.MONEY, token),
    )


def test_a_number_does_not_confirm_itself() -> None:
    """One token in two fields: had it been another number, both would have been that, and the identity passed."""
    one, two = read_twice("8.00", token=7)
    found = [evaluate(same("收入总计 = 支出总计", one, two))]
    assert covered(rivals_of({"/one": one, "/two": two}, found), found) == {}


def test_a_number_in_two_fields_is_verified_by_another_number(figures: Figures) -> None:
    one, two = read_twice("8.00", token=7)
    parts = total(figures("a", "3.00"), figures("b", "5.00"))
    made = figures.made | {"/one": one, "/two": two}
    found = statuses(made, [evaluate(equal("Σ", one, parts)), evaluate(same("=", one, two))])
    assert (found["/one"], found["/two"]) == (Status.VERIFIED, Status.VERIFIED)


def test_counts_are_by_pointer(figures: Figures) -> None:
    one = figures("one", "3.00")
    found = [evaluate(same("=", one, figures(f"copy{n}", "3.00"))) for n in range(3)]
    cover = covered(rivals_of(figures.made, found), found)
    assert cover["/one"] == 3
    assert blamed(found, cover) == set()


def portion(at: str, amount: str, rate: str) -> Portion[Figure]:
    cent = Decimal("0.01")
    return Portion[Figure](
        amount=Figure(f"{at}/amount", Decimal(amount), cent, Kind.MONEY, token=next(tokens)),
        percent=Figure(f"{at}/percent", Decimal(rate), cent, Kind.PERCENT, token=next(tokens)),
    )


def test_the_identities_of_every_part_of_a_report_are_evaluated(figures: Figures) -> None:
    report: Any = Report[Figure](
        expenditure=Expenditure[Figure](
            total=figures("total", "45.00"),
            basic=portion("/basic", "30.00", "66.67"),
            project=portion("/project", "15.00", "33.33"),
        ),
        basic_expenditure=BasicExpenditure[Figure](total=figures("basic total", "30.00")),
        procurement=Procurement[Figure](),
    )
    found: list[Evaluation] = recount(report)
    results = [(each.identity.rule.split(" ")[0], each.result) for each in found]
    assert ("本年支出", "pass") in results
    assert [result for rule, result in results if rule == "占本年支出的比例"] == ["pass", "pass"]
    assert ("基本支出", "not_applicable") in results
    assert len(list(identities_of(report))) == len(found)


# --- a custom is no arithmetic


def scored(*rows: tuple[str, str, str]) -> Any:
    """Self-evaluations with a row of money each: executed of 100.00, its rate, and the score that it got of 10."""

    def row(at: int, executed: str, rate: str, score: str) -> ProjectEvaluation[Figure]:
        said = {"annual_budget": "100.00", "executed": executed, "execution_rate": rate, "weight": "10", "score": score}
        kinds = {"execution_rate": Kind.PERCENT, "weight": Kind.SCORE, "score": Kind.SCORE}
        made = {
            key: Figure(f"/project_evaluations/{at}/funds/0/{key}", Decimal(shown), QUANTUM[key], kind, next(tokens))
            for key, shown in said.items()
            for kind in (kinds.get(key, Kind.MONEY),)
        }
        return ProjectEvaluation[Figure](funds=(FundRow[Figure](**made),))

    return Report[Figure](project_evaluations=tuple(row(at, *shown) for at, shown in enumerate(rows)))


QUANTUM = dict.fromkeys(("annual_budget", "executed", "execution_rate", "score"), Decimal("0.01")) | {
    "weight": Decimal(1)
}
CUSTOM = "得分 = 分值 × 执行率"


def of_custom(report: Any) -> list[tuple[str, str | None, str | None]]:
    return [
        (e.result, e.severity, e.explanation and str(e.explanation))
        for e in recount(report)
        if e.identity.rule == CUSTOM
    ]


def test_scores_by_steps_are_told_once_and_blame_nobody() -> None:
    report = scored(("98.36", "98.36", "10.00"), ("49.87", "49.87", "0.00"), ("100.00", "100.00", "10.00"))
    said = ("fail", "minor", "scored by steps: 2 of 3 scores")
    assert of_custom(report) == [said, ("not_applicable", None, "scored by steps"), ("pass", None, None)]
    assert blamed(recount(report), {}) == set()


@pytest.mark.parametrize(
    "rows",
    [
        (("98.36", "98.36", "10.00"), ("80.00", "80.00", "8.00")),
        (("98.36", "98.36", "9.38"), ("49.87", "49.87", "4.78")),
        (
            ("98.36", "98.36", "10.00"),
            ("49.87", "49.87", "0.00"),
            *((each, each, f"{Decimal(each) / 10:.2f}") for each in ("61.20", "71.30", "81.40")),
        ),
    ],
    ids=["one alone", "no steps", "most by the rate"],
)
def test_scores_that_are_no_steps_fail(rows: tuple[tuple[str, str, str], ...]) -> None:
    assert ("fail", "error", None) in of_custom(scored(*rows))


def test_what_breaks_a_custom_is_never_its_rate() -> None:
    """98.36 is 98.36 ÷ 100.00, whatever it earned."""
    report = scored(("98.36", "98.36", "10.00"))
    found = recount(report)
    score = report.project_evaluations[0].funds[0].score.pointer
    assert blamed(found, {}) == {score}
    assert blamed(found, {score: 1}) == set()
