"""The comparison of protocols: what it counts, and that a second run asks nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recount.eval.generator import Form, Options, generate
from recount.eval.generator.files import write_case
from recount.eval.models.protocols import ALONE, Count, compared, main, reading
from recount.eval.score.leaves import is_number, leaves
from recount.pipeline.errors import UsageError
from recount.pipeline.settings import ModelSettings
from recount.tests.pipeline.model.server import Asked, Fault, Script, Status, scripted

SECTIONS = ("income", "expenditure")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short report with its gold: two sections that say what adds up."""
    case = generate(Form.X2022, 5, options=Options(sections=SECTIONS, projects=0, cover=False))
    return write_case(case, tmp_path_factory.mktemp("case")) / "report.pdf"


def gold_of(report: Path) -> dict[str, Any]:
    return json.loads(report.with_name("expected.json").read_bytes(), parse_float=Decimal)


def figures_of(report: Path) -> int:
    gold = gold_of(report)
    return sum(is_number(value) for _, value in leaves({name: gold[name] for name in SECTIONS}))


def copier(report: Path) -> Script:
    """A model that answers as the gold says: with the prompt's pairs in their order, or plain where it has none."""
    gold = gold_of(report)

    def answer(asked: Asked) -> str:
        pairs: dict[Decimal, list[str]] = {}
        for pair, digits in re.findall(r"(([\d,.]+)@\d+)", asked.user):
            pairs.setdefault(Decimal(digits.replace(",", "")), []).append(pair)

        texts = "pattern" in json.dumps(asked.schema)

        def said(value: Any) -> Any:
            if isinstance(value, Mapping):
                return {key: said(each) for key, each in value.items()}
            if is_number(value):
                return pairs[abs(value)].pop(0) if pairs else str(abs(value)) if texts else float(value)
            return value

        return json.dumps({name: said(gold.get(name)) for name in asked.schema["properties"]}, ensure_ascii=False)

    return answer


def measured(report: Path, script: Script | Fault, folder: Path, *protocols: str, rounds: int = 0) -> list[Count]:
    with scripted(script if callable(script) else lambda _: script) as server:
        settings = ModelSettings(
            "any", server.base_url, "scripted", mode="json_schema", store=folder / "answers.sqlite", attempts=1
        )
        return list(compared([reading(report, SECTIONS)], settings, protocols, rounds))


def test_what_is_copied_rightly_is_right_and_what_adds_up_verified(report: Path, tmp_path: Path) -> None:
    (line,) = measured(report, copier(report), tmp_path, "pair")
    assert (line.right, line.wrong, line.missing, line.invented) == (figures_of(report), 0, 0, 0)
    assert line.verified > 0
    assert line.silent == 0
    assert line.took.questions == 2
    assert line.took.output_tokens > 0


def test_a_model_alone_is_measured_by_its_own_figures(report: Path, tmp_path: Path) -> None:
    (line,) = measured(report, copier(report), tmp_path, ALONE)
    assert (line.protocol, line.right, line.verified) == (ALONE, figures_of(report), 0)


def test_inventions_are_rejected_and_what_is_not_answered_is_missing(report: Path, tmp_path: Path) -> None:
    def inventor(asked: Asked) -> dict[str, Any]:
        """Nothing but one figure that no report has."""
        (name,) = asked.schema["properties"]
        part = next(each for each in asked.schema["$defs"].values() if "total" in each.get("properties", {}))
        return {name: {**dict.fromkeys(part["properties"]), "total": "987654321.01@1"}}

    (line,) = measured(report, inventor, tmp_path, "pair")
    assert (line.right, line.missing, line.rejected) == (0, figures_of(report), 2)


def test_a_second_run_asks_nothing_and_knows_what_the_first_took(report: Path, tmp_path: Path) -> None:
    first = measured(report, copier(report), tmp_path, "pair", "plain", ALONE)

    assert measured(report, Status(500), tmp_path, "pair", "plain", ALONE) == first


def test_rounds_are_measured_each(report: Path, tmp_path: Path) -> None:
    lines = measured(report, copier(report), tmp_path, "pair", rounds=1)
    assert [each.rounds for each in lines] == [0, 1]


def test_the_command_prints_a_table_and_writes_results(
    report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.json"
    with scripted(copier(report)) as server:
        options = ["--model", "any", "--base-url", server.base_url, "--protocol", "pair", "--rounds", "0"]
        assert main([str(report), "--sections", ",".join(SECTIONS), *options, "--out", str(out)]) == 0
    assert f"{figures_of(report)}" in capsys.readouterr().out
    (line,) = json.loads(out.read_bytes())["lines"]
    assert line["right"] == figures_of(report)


def test_a_section_that_is_not_there_is_named(report: Path) -> None:
    with pytest.raises(UsageError, match=r"none of the sections asked for; it has .*income"):
        reading(report, ["nothing"])


def test_forced_a_model_has_no_null_to_say_for_a_figure(report: Path, tmp_path: Path) -> None:
    schemas = []

    def refuse(asked: Asked) -> Status:
        schemas.append(json.dumps(asked.schema))
        return Status(400)

    with scripted(refuse) as server:
        settings = ModelSettings("any", server.base_url, mode="json_schema", store=tmp_path / "a.sqlite", attempts=1)
        (line,) = compared([reading(report, SECTIONS)], settings, ["enum"], 0, forced=True)
    assert set(line.open) == set(SECTIONS)
    assert schemas
    assert not [schema for schema in schemas if '"null"' in schema]
