"""`recount eval` and its subcommands, from the command line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from recount.cli import main
from recount.eval import commands
from recount.eval.cases import find_cases
from recount.eval.generator import Form, Options, generate
from recount.eval.goldset.places import places_of
from recount.eval.goldset.texts import write_texts
from recount.eval.score.harness import evaluate
from recount.eval.score.metrics import tally
from recount.eval.score.results import read_results, totals
from recount.pipeline.result import Result
from recount.pipeline.run.worker import structure_report


def call(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(each) for each in arguments])
    return int(stop.value.code or 0)


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gold")
    assert call("eval", "generate", "--form", "x2021", "--seed", 21, "--plant", 1, "--out", folder) == 0
    return folder


def test_generated_cases_are_evaluated(gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert call("eval", "--gold", gold, "--out", out, "--fail-under", "0.9") == 0
    printed = capsys.readouterr()
    assert "silent errors        0" in printed.out
    results = read_results(out)
    assert results["summary"]["fates"] == {"scored": 1}
    assert results["summary"]["discrepancies"]["found"] == 1
    places = results["summary"]["places"]
    assert places["known"] == places["box"] > 20
    assert (out / "report.html").stat().st_size > 1000
    assert call("eval", "--gold", gold, "--out", tmp_path / "again", "--compare", out) == 0
    assert "0 mended, 0 changed, 0 broken" in capsys.readouterr().out


def test_not_good_enough(gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("eval", "--gold", gold, "--out", tmp_path, "--fail-under", "1.01") == 1
    assert "figures right, under 1.01" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        ["--gold", "nowhere"],
        ["--fail-under", "much"],
        ["generate", "--form", "x1999", "--out", "o"],
        ["generate", "--form", "n", "--scan", "awful", "--out", "o"],
        ["generate", "--form", "n", "--scan", "good", "--damage", "smell=1", "--out", "o"],
        ["generate", "--form", "n", "--scan", "good", "--damage", "skew=much", "--out", "o"],
        ["generate", "--form", "n", "--damage", "skew=1", "--out", "o"],
        ["promote", "nowhere.json", "--out", "o"],
    ],
)
def test_wrong_usage_is_one_line(
    wrong: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("eval", *wrong) == 2
    assert capsys.readouterr().err.strip()
    assert not any(tmp_path.iterdir())


def test_a_scan_is_tagged_and_its_boxes_moved(tmp_path: Path) -> None:
    wanted = ["--form", "x2021", "--seed", 21, "--scan", "fax", "--damage", "skew=0.5", "--damage", "dpi=60"]
    assert call("eval", "generate", *wanted, "--out", tmp_path) == 0
    (case,) = find_cases(tmp_path)
    assert (case.name, case.scan) == ("x2021-00021-fax", "fax")
    digital = places_of(generate(Form.X2021, 21, options=Options()))
    scanned = case.gold_places()
    assert digital.keys() == scanned.keys()
    assert any(digital[pointer][0][1] != pytest.approx(scanned[pointer][0][1], abs=0.2) for pointer in digital)


def test_a_reviewed_result_becomes_a_case(gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = next(gold.rglob("report.pdf"))
    assert call("structure", report, "--out", tmp_path / "out", "--quiet") == 0
    (result,) = (tmp_path / "out" / "reports").rglob("*.json")
    taken = ["eval", "promote", result, "--source", report, "--out", tmp_path / "mine"]
    assert call(*taken) == 2
    assert " disputed figures (/" in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()
    assert call(*taken, "--disputed") == 0
    (case,) = find_cases(tmp_path / "mine")
    scored = evaluate([case], structure_report, tmp_path / "run", jobs=1)
    sums = totals(scored.scores)
    assert sums.figures.right == sums.figures.gold == sums.places.box > 0
    assert sums.discrepancies.found == sums.discrepancies.planted > 0
    assert not scored.scores[0].text_errors
    capsys.readouterr()
    assert call(*taken, "--disputed") == 2
    assert "there already" in capsys.readouterr().err
    other = tmp_path / "other.pdf"
    other.write_bytes(b"%PDF-1.4")
    assert call("eval", "promote", result, "--source", other, "--out", tmp_path / "theirs", "--disputed") == 2
    assert "is not the report" in capsys.readouterr().err


def test_without_a_folder_the_gold_set_and_its_texts_are_evaluated(
    gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "GOLD", gold)
    monkeypatch.setattr(
        commands, "write_texts", lambda out: [case for case in write_texts(out, ("md",)) if "x20" in case.name]
    )
    assert call("eval", "--out", tmp_path, "--fail-under", "0.9") == 0
    results = read_results(tmp_path)
    assert {name: tag["cases"] for name, tag in results["tags"]["text"].items()} == {"pdf": 1, "md": 3}
    assert (tmp_path / "texts" / "md" / "x2022-1" / "report.md").is_file()


def test_what_ocr_reads_is_kept_in_the_folder_of_an_evaluation(
    gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path | None] = []

    def seen(path: Path, sha256: str, *, readings: Path | None = None, **settings: Any) -> Sequence[Result]:
        asked.append(readings)
        return structure_report(path, sha256, readings=readings, **settings)

    monkeypatch.setattr(commands, "structure_report", seen)
    commands.run_evaluation(gold, tmp_path, jobs=1)
    assert asked == [tmp_path / "readings"]


def test_the_task_is_handed_in(gold: Path, tmp_path: Path) -> None:
    """The harness scores whatever a task gives: here a report in which every amount is one too large."""

    def spoil(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: spoil(value) for key, value in node.items()}
        if isinstance(node, list):
            return [spoil(each) for each in node]
        return node if isinstance(node, str | bool) or node is None else node + 1

    def task(path: Path, sha256: str) -> list[Result]:
        return [replace(result, report=spoil(result.report)) for result in structure_report(path, sha256)]

    scored = evaluate(find_cases(gold), task, tmp_path, jobs=1)
    figures = tally(scored.scores[0].cells)
    assert figures.right == 0
    assert figures.wrong == figures.gold
    assert json.loads((tmp_path / "reports").glob("*.json").__next__().read_text())
