"""Figures without a key that the form's own words tie to others."""

from __future__ import annotations

from decimal import Decimal
from itertools import count

import pytest

from recount.schemas.arithmetic import evaluate
from recount.schemas.common.parts import UnmappedFigure
from recount.schemas.figures import Figure, Kind
from recount.schemas.final_accounts.performance import Performance
from recount.schemas.final_accounts.sections import keyless_identities

tokens = count()


def figure(value: int) -> Figure:
    return Figure(f"/unmapped_figures/{value}", Decimal(value), Decimal(1), Kind.COUNT, next(tokens))


def results(projects: int | None, said: dict[str, int]) -> list[str]:
    figures = [UnmappedFigure[Figure](label=label, value=figure(value)) for label, value in said.items()]
    performance = Performance[Figure](project_count=figure(projects)) if projects is not None else None
    return [evaluate(each).result for each in keyless_identities(performance, figures)]


RATED = {
    "绩效评级为“优”的项目": 3,
    "绩效评级为“良”的项目": 1,
    "绩效评级为“合格”的项目": 0,
    "绩效评级为“不合格”的项目": 0,
}


@pytest.mark.parametrize(("projects", "expected"), [(4, ["pass"]), (5, ["fail"]), (None, [])])
def test_the_rated_projects_are_those_that_were_evaluated(projects: int | None, expected: list[str]) -> None:
    assert results(projects, RATED) == expected


def test_one_rating_alone_is_no_sum() -> None:
    assert results(4, {"绩效评级为“优”的项目": 3}) == []


@pytest.mark.parametrize(
    ("mended", "in_hand", "expected"), [(2, 1, ["pass"]), (0, 1, ["pass"]), (3, 1, ["fail"]), (4, 0, ["fail"])]
)
def test_no_more_problems_are_dealt_with_than_were_found(mended: int, in_hand: int, expected: list[str]) -> None:
    said = {"绩效自评中共发现问题": 3, "已经完成整改的": mended, "正在整改的": in_hand}
    assert results(4, said) == expected
    assert results(4, {"已经完成整改的": mended}) == []
