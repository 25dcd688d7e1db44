"""What a perfect model could reach: it answers from gold by pointers, and nothing that is not printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from recount.eval.models.ceiling import Perfect, known_in, main, measured
from recount.pipeline.errors import NotAReport, UsageError
from recount.pipeline.recognise import family_of
from recount.pipeline.settings import ModelSettings, Settings
from recount.pipeline.structure import structure

FAMILY = family_of("final_accounts")
TEXT = """石桥市档案馆往来说明
一、全年往来
2022年度本年收入合计900.00万元，其中：财政拨款收入880.00万元，占97.78%；其他收入20.00万元，占2.22%。
二、采购
政府采购支出总额45.00万元，其中：政府采购货物支出25.00万元，政府采购服务支出20.00万元。
三、养护
东门围栏1道，漆面7.50万元。
"""
GOLD: dict[str, Any] = {
    "/income/total": 900.00,
    "/income/fiscal_appropriation/amount": 880.00,
    "/income/fiscal_appropriation/percent": 97.78,
    "/income/other/amount": 20.00,
    "/income/other/percent": 2.22,
    "/procurement/total": 45.00,
    "/procurement/goods": 25.00,
    "/procurement/services": 20.00,
    "optional": [],
    "any_of": [],
    "unmapped": [7.50],
}


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    folder = tmp_path / "cases" / "a"
    folder.mkdir(parents=True)
    (folder / "report.txt").write_text(TEXT, encoding="utf-8")
    (folder / "gold.json").write_text(json.dumps(GOLD), encoding="utf-8")
    return folder.parent


@pytest.mark.parametrize("mapper", ["model", "auto"])
def test_every_printed_figure_with_a_field_is_reached(cases: Path, mapper: Any) -> None:
    (case,) = known_in(cases)
    line = measured(case, FAMILY, mapper, None)
    assert (line.right, line.wrong, line.missing, line.extra, line.silent) == (8, 0, 0, 0, 0)


def test_of_a_passage_nothing_is_verified_that_only_the_model_places(cases: Path) -> None:
    (case,) = known_in(cases)
    settings = Settings(mapper="model", model=ModelSettings("gold"), family="final_accounts")
    result = structure(case.source, settings=settings, who=Perfect(case.gold, FAMILY))
    assert result.figures["/income/other/amount"].status == "grounded"
    assert [figure["raw"] for figure in result.report["unmapped_figures"]] == ["7.50"]


def test_a_file_that_shows_no_family_is_asked_about_once(cases: Path) -> None:
    (case,) = known_in(cases)
    perfect = Perfect(case.gold, FAMILY)
    with pytest.raises(NotAReport):
        structure(case.source)
    result = structure(case.source, settings=Settings(model=ModelSettings("gold")), who=perfect)
    assert [question.purpose for question in perfect.asked].count("family") == 1
    assert result.contract == FAMILY.contract
    assert "其他收入20.00万元" in perfect.asked[0].user


def test_a_family_that_is_named_is_not_asked_for(cases: Path) -> None:
    (case,) = known_in(cases)
    perfect = Perfect(case.gold, FAMILY)
    structure(case.source, settings=Settings(model=ModelSettings("gold"), family="final_accounts"), who=perfect)
    assert "family" not in [question.purpose for question in perfect.asked]


def test_the_command_prints_a_line_for_each_case(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(cases), "--mapper", "auto", "--errors"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[:4] for line in printed[1:]] == [["a", "auto", "8", "8"], ["all", "auto", "8", "8"]]


def test_a_folder_without_cases_is_said_to_be_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "no case in" in capsys.readouterr().err
    with pytest.raises(UsageError):
        known_in(tmp_path)
