"""A family of the user's own, as a new user would meet it; and one that is broken."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from recount.cli import main
from recount.eval.generator import starter
from recount.eval.models.oracle import Oracle, perfect_answers
from recount.pipeline.errors import NotAReport, UsageError
from recount.pipeline.map.registry import map_document
from recount.pipeline.model.mapper import Mapper
from recount.pipeline.recognise import family_of, fingerprint, write_starter
from recount.pipeline.result import read_result
from recount.pipeline.settings import ModelSettings, Settings
from recount.pipeline.structure import document_of, structure
from recount.schemas.family import Family


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as exit:
        main([str(each) for each in arguments])
    return int(exit.value.code or 0)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return write_starter("charity", tmp_path)


def as_json(report: Any) -> Any:
    return json.loads(json.dumps(report, default=float))


def test_a_new_user_begins_a_family(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("init-family", "charity", "--out", tmp_path) == 0
    folder, out = tmp_path / "charity", tmp_path / "out"
    assert {each.name for each in folder.iterdir()} == {
        "README.md", "__init__.py", "models.py", "outline.py", "family.py", "prompts", "example",
    }  # fmt: skip

    assert run("structure", folder / "example", "--out", out, "--family", folder) == 0
    result = read_result(out / "reports" / "report.pdf.json")
    assert result.contract == "charity/1"
    assert as_json(result.report) == json.loads((folder / "example" / "expected.json").read_text("utf-8"))
    checks = dict(result.summary.checks)
    assert checks.pop("pass") >= 15
    assert checks == {"fail": 0, "minor": 0, "not_applicable": 0}
    figures = result.summary.figures
    assert figures["verified"] == 26
    assert figures["grounded"] == 2  # the year, and a count that nothing adds up

    # Nothing has changed: nothing is done. The family has: all is done again.
    capsys.readouterr()
    assert run("structure", folder / "example", "--out", out, "--family", folder) == 0
    assert re.search(r"unchanged +1", capsys.readouterr().out)
    models = (folder / "models.py").read_text("utf-8")
    (folder / "models.py").write_text(models.replace('count("捐赠人次"', 'count("捐赠人数"'), "utf-8")
    assert run("structure", folder / "example", "--out", out, "--family", folder) == 0
    assert re.search(r"structured +1", capsys.readouterr().out)

    # A figure is broken: it is disputed.
    report = starter.gold()
    report["projects"][1]["spent"] = Decimal("66.00")
    (tmp_path / "broken.pdf").write_bytes(starter.pdf(report))
    assert run("structure", tmp_path / "broken.pdf", "--out", out, "--family", folder) == 0
    broken = read_result(out / "reports" / "broken.pdf.json")
    figure = broken.figures["/projects/1/spent"]
    assert (figure.raw, figure.status) == ("66.00", "disputed")
    capsys.readouterr()
    assert run("show", out, "broken", "--family", folder) == 0
    assert "项目合计·支出数 = 各项目之和" in capsys.readouterr().out


def test_the_shipped_example_is_what_its_generator_makes() -> None:
    expected = json.loads((starter.EXAMPLE / "expected.json").read_text("utf-8"))
    assert expected == as_json(starter.gold())


def test_several_processes_load_the_family_too(mine: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    for name in ("a.pdf", "b.pdf"):
        (archive / name).write_bytes((mine / "example" / "report.pdf").read_bytes())
    assert run("structure", archive, "--out", tmp_path / "out", "--family", mine, "--jobs", "2") == 0
    assert read_result(tmp_path / "out" / "reports" / "b.pdf.json").contract == "charity/1"


def test_what_no_field_claims_is_listed(mine: Path, tmp_path: Path) -> None:
    pdf = tmp_path / "more.pdf"
    pdf.write_bytes(starter.pdf(starter.gold(), more="另有受托代理资产7.77万元。"))
    result = structure(pdf, family_of(str(mine)))
    assert [(each["label"], each["value"]) for each in result.report["unmapped_figures"]] == [
        ("另有受托代理资产", Decimal("7.77"))
    ]


def test_another_report_is_none_of_the_family(mine: Path, tmp_path: Path) -> None:
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 100), "今天天气很好，我们一共花了30元。", fontname="china-s")
        document.save(tmp_path / "letter.pdf")
    with pytest.raises(NotAReport, match="charity"):
        structure(tmp_path / "letter.pdf", family_of(str(mine)))


def without_labels(mine: Path) -> Family:
    """The family as one that no template can read."""
    file = mine / FAMILY
    file.write_text(file.read_text("utf-8").replace("labelled=True", "labelled=False"), "utf-8")
    return family_of(str(mine))


def test_a_family_without_labels_needs_a_model(mine: Path) -> None:
    family = without_labels(mine)
    with pytest.raises(NotAReport):
        structure(mine / "example" / "report.pdf", family)


def test_with_a_model_any_report_with_a_schema_is_structured_and_recounted(mine: Path) -> None:
    path = mine / "example" / "report.pdf"
    document, labelled = document_of(path, family_of(str(mine)))
    mapped = map_document(document, labelled)
    answers = perfect_answers(document, Mapper(Oracle({}), labelled), mapped.report)
    wanted = structure(path, labelled)
    settings = Settings(model=ModelSettings("oracle"))
    result = structure(path, without_labels(mine), settings, who=Oracle(answers))
    assert result.report == wanted.report
    assert {each.mapper for each in result.figures.values()} == {"model:oracle"}
    assert result.summary.checks["fail"] == 0
    assert result.summary.figures["verified"] > 0


def test_the_prompts_of_an_own_family_are_its_own(mine: Path) -> None:
    assert family_of(str(mine)).prompts == mine / "prompts"


@pytest.mark.parametrize("name", ["", "A", "2024", "a-b", "../x", "final_accounts"])
def test_a_name_that_cannot_be(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        write_starter(name, tmp_path)


@pytest.mark.usefixtures("mine")
def test_a_folder_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="exists already"):
        write_starter("charity", tmp_path)


def test_a_family_by_its_name() -> None:
    assert family_of("final_accounts").contract == "final-accounts/1"
    assert fingerprint("department_budget") == "department_budget"
    with pytest.raises(UsageError, match="no known family"):
        family_of("nothing_of_the_kind")


FAMILY = "family.py"
BROKEN = {
    "no FAMILY": (FAMILY, "FAMILY = Family(", "OTHER = Family(", "family.py has no FAMILY"),
    "another type": (FAMILY, "FAMILY = Family(", "FAMILY = dict(", "FAMILY is a dict"),
    "syntax": ("models.py", "class Income(", "class Income((", "models.py, line"),
    "name": ("models.py", "class Income(Model, Generic[F])", "class Income(Modell, Generic[F])", "NameError"),
    "import": ("outline.py", "import Heading", "import Heeding", "outline.py, line"),
    "missing argument": (FAMILY, "    outline=OUTLINE,\n", "", "family.py, line"),
    "no outline": (FAMILY, "outline=OUTLINE", 'outline=("income",)', "tuple of Heading"),
    "no model": (FAMILY, "report=Report", "report=int", "no Model"),
    "no figure type": ("models.py", "class Report(Model, Generic[F])", "class Report(Model)", ""),
    "a contract that is taken": (FAMILY, '"charity/1"', '"final-accounts/1"', "that of another family"),
    "a rule": ("models.py", r"(?:全年)?共?接受捐赠", r"(?:全年?共?接受捐赠", "no regular expression"),
    "a title": ("outline.py", r"(?:年度)?收入情况", r"(?:年度?收入情况", "no regular expression"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_family_is_one_clear_sentence(what: str, mine: Path) -> None:
    file, old, new, message = BROKEN[what]
    words = (mine / file).read_text("utf-8")
    assert old in words
    (mine / file).write_text(words.replace(old, new), "utf-8")
    with pytest.raises(UsageError, match="is broken") as raised:
        family_of(str(mine))
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_schema_of_an_own_family(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema", "--family", mine) == 0
    assert "捐赠收入" in capsys.readouterr().out
