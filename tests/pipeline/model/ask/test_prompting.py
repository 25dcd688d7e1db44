"""Prompts: rendered whole, with every placeholder filled, and told apart by their version."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest
from pydantic import BaseModel, create_model

from recount.pipeline.errors import UsageError
from recount.pipeline.model.ask.pieces import Piece
from recount.pipeline.model.ask.prompting import Prompt, again, render, sheet
from recount.pipeline.model.ask.protocol import PAIR
from recount.pipeline.model.ask.question import answer_model
from recount.schemas.final_accounts.family import FINAL_ACCOUNTS
from recount.tests.pipeline.model.golden import GOLDEN, rendered

PURPOSES = sorted(path.stem for path in GOLDEN.glob("*.txt"))


def test_each_prompt_file_has_its_whole_prompt_kept() -> None:
    files = resources.files("recount.prompts") / "final_accounts"
    assert {Path(each.name).stem for each in files.iterdir() if each.name.endswith(".txt")} == set(PURPOSES)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_whole_prompt_is_as_it_was(purpose: str) -> None:
    assert rendered()[purpose] == (GOLDEN / f"{purpose}.txt").read_text(encoding="utf-8")


def test_a_placeholder_that_nothing_fills_is_said(tmp_path: Path) -> None:
    (tmp_path / "income.txt").write_text("请摘录$nonsense", encoding="utf-8")
    family = replace(FINAL_ACCOUNTS, prompts=tmp_path)
    piece = Piece("income", "收入", {"income": None})
    answer = answer_model(family.report, PAIR.figure_type(()), piece.wanted)
    with pytest.raises(UsageError, match=r"income\.txt of final_accounts has a placeholder that nothing fills"):
        render(family, piece, answer, "本年收入1.00@1万元", PAIR)


def test_a_part_without_a_prompt_of_its_own_is_asked_for_in_common_words() -> None:
    piece = Piece("state_assets", "国有资产", {"state_assets": None})
    family = replace(FINAL_ACCOUNTS, name="unknown")
    answer = answer_model(family.report, PAIR.figure_type(()), piece.wanted)
    assert "下面是一份部门决算公开中的一张表" in render(family, piece, answer, "车辆6@1辆", PAIR).user


def test_a_version_is_of_the_text() -> None:
    one, other = Prompt("a", "b"), Prompt("a", "c")
    assert one.version != other.version
    assert again(FINAL_ACCOUNTS, one, "- 核对不符").user.startswith("b\n")


def test_the_sheet_names_every_field_with_its_official_title() -> None:
    answer = answer_model(FINAL_ACCOUNTS.report, PAIR.figure_type(()), {"income": {"total": None, "other": None}})
    assert sheet(answer) == (
        "- income：收入决算情况说明\n  - total：本年收入（金额）\n  - other：其他收入\n"
        "    - amount：金额（金额）\n    - percent：占比（百分数）"
    )


def test_a_list_ends() -> None:
    wanted = {"general_public_budget": {"items": None}}
    schema = answer_model(FINAL_ACCOUNTS.report, PAIR.figure_type(()), wanted, most_rows=7).model_json_schema()
    assert schema["$defs"]["GeneralPublicBudget"]["properties"]["items"]["maxItems"] == 7


def test_a_schema_is_built_once_and_belongs_to_who_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    built = []
    real = BaseModel.model_json_schema.__func__
    counted = classmethod(lambda cls, *args, **options: built.append(cls) or real(cls, *args, **options))
    monkeypatch.setattr(BaseModel, "model_json_schema", counted)
    answer = answer_model(FINAL_ACCOUNTS.report, PAIR.figure_type(()), {"income": {"total": None}}, most_rows=3)
    first = answer.model_json_schema()
    first["properties"].clear()  # as who writes a provider's own form of it might
    assert list(answer.model_json_schema()["properties"]) == ["income"]
    assert built == [answer]


def test_a_derived_answer_and_another_bound_of_rows_have_schemas_of_their_own() -> None:
    wanted = {"general_public_budget": {"items": None}}
    answer = answer_model(FINAL_ACCOUNTS.report, PAIR.figure_type(()), wanted, most_rows=7)
    before = answer.model_json_schema()
    derived = create_model("Derived", __base__=answer, more=(int, 0))
    assert list(derived.model_json_schema()["properties"]) == ["general_public_budget", "more"]
    answer.most_rows = 9
    bounds = [
        each["$defs"]["GeneralPublicBudget"]["properties"]["items"]["maxItems"]
        for each in (before, answer.model_json_schema(), derived.model_json_schema())
    ]
    assert bounds == [7, 9, 9]


def test_an_answer_has_to_say_null() -> None:
    answer = answer_model(FINAL_ACCOUNTS.report, PAIR.figure_type(()), {"income": {"total": None, "other": None}})
    schema = answer.model_json_schema()
    part = schema["$defs"]["Income"]
    assert part["required"] == ["total", "other"]
    assert "kind" not in str(schema)
