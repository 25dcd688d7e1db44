"""Cases of a family of the user's: the expected.json of a draft, beside its examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from recount.eval.cases import find_cases
from recount.eval.commands import run_evaluation
from recount.eval.score.results import totals
from recount.pipeline.draft.drafted import draft
from recount.pipeline.errors import UsageError
from recount.pipeline.settings import Settings
from recount.tests.pipeline.draft.test_drafted import english


def test_what_a_draft_expects_of_its_examples_is_gold_once_they_lie_beside_it(tmp_path: Path) -> None:
    examples = [english(tmp_path / f"{year}.pdf", (f"December 31, {year}", year)) for year in (2022, 2023)]
    folder = draft("harbour", examples, tmp_path / "own").folder
    with pytest.raises(
        UsageError, match=r"expected\.json is of 2022\.pdf, 2023\.pdf, and none of these lies beside it"
    ):
        find_cases(folder)
    for example in examples:
        example.rename(folder / example.name)
    cases = find_cases(folder)
    assert [(case.name, case.within) for case in cases] == [("2022.pdf", "2022.pdf"), ("2023.pdf", "2023.pdf")]
    assert [case.gold()["balance_sheet"][0]["period"] for case in cases] == ["2022-12-31", "2023-12-31"]
    run = run_evaluation(folder, tmp_path / "out", jobs=1, settings=Settings(families=str(tmp_path / "own")))
    assert {score.fate for score in run.scored.scores} == {"scored"}
    sums = totals(run.scored.scores).figures
    assert (sums.right, sums.gold, sums.silent) == (22, 22, 0)
