"""A model that errs everywhere: what of it is delivered, with one reader and with two."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from recount.eval.models.ceiling import known_in
from recount.eval.models.noisy import Noisy, main, read
from recount.pipeline.model.ask.loose import loose_pieces
from recount.pipeline.model.mapper import Mapper, parts_of
from recount.pipeline.recognise import family_of
from recount.pipeline.structure import document_of

FAMILY = family_of("final_accounts")
TEXT = """石桥市档案馆往来说明
一、全年往来
2022年度本年收入合计900.00万元，其中：财政拨款收入880.00万元，占97.78%；其他收入20.00万元，占2.22%。
二、养护
东门围栏1道，漆面7.50万元，占养护费的30.00%，比上年增加2.00万元。“花木”项目安排资金9.00万元。
"""
GOLD = {
    "/income/total": 900.00,
    "/income/fiscal_appropriation/amount": 880.00,
    "/income/fiscal_appropriation/percent": 97.78,
    "/income/other/amount": 20.00,
    "/income/other/percent": 2.22,
    "optional": [],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    case = tmp_path / "cases" / "a"
    case.mkdir(parents=True)
    (case / "report.txt").write_text(TEXT, encoding="utf-8")
    (case / "gold.json").write_text(json.dumps(GOLD), encoding="utf-8")
    return case.parent


def test_of_what_it_invents_hardly_anything_is_taken(folder: Path) -> None:
    (case,) = known_in(folder)
    lines = [read(case, FAMILY, "auto", 0.5, seed, None) for seed in range(6)]
    assert sum(line.silent for line in lines) == 0
    assert sum(line.wrong + line.extra for line in lines) <= sum(line.right for line in lines) // 20


def test_two_models_of_other_seeds_err_otherwise(folder: Path) -> None:
    (case,) = known_in(folder)
    asked: list[list[object]] = []
    for seed in (1, 2):
        model = Noisy(case.gold, FAMILY, 0.5, seed)
        again = Noisy(case.gold, FAMILY, 0.5, seed)
        question = _question(case.source)
        asked.append([model.ask(question).value, again.ask(question).value])
    assert asked[0][0] == asked[0][1]
    assert asked[0][0] != asked[1][0]


def _question(source: Path) -> Any:
    document, _ = document_of(source, FAMILY)
    (piece, *_) = [p for p in loose_pieces(document, FAMILY, FAMILY.report_of(None)(), set()) if p.wanted]
    mapper = Mapper(Noisy({}, FAMILY, 0.5), FAMILY)
    return mapper.question(piece, parts_of(piece)[0])[2]


def test_the_command_prints_a_line_for_each_way_of_reading(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder), "--seeds", "1"]) == 0
    printed = [line.split()[:2] for line in capsys.readouterr().out.splitlines()[1:]]
    assert [words[0] for words in printed] == ["model", "model", "model", "auto", "auto"]
    assert [words[1] for words in printed[1:3]] == ["another", "template"]
