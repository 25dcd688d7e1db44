"""What people decided survives whatever runs do, and runs do again only what other things are decided about."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import recount
from recount.cli import main
from recount.pipeline.output.folder import shelf_of
from recount.pipeline.result import Result, read_result
from recount.pipeline.review.decisions import Verdict, append, decision_on, read
from recount.pipeline.run.proof import prove
from recount.pipeline.run.status import status_of

REPORT = """柳沟县水务局2022年度部门决算公开说明

第二部分 部门决算情况说明

一、收入支出决算总体情况说明

2022年度收入总计411.63万元，其中：本年收入合计330.75万元，使用非财政拨款结余0.00万元，年初结转和结余80.80万元。
收入总计与上年相比，增加11.63万元，增长2.91%。

支出总计411.63万元，其中：本年支出合计400.00万元，结余分配0.00万元，年末结转和结余11.63万元。
"""
"""80.80, where the sum wants 80.88."""
SECTION = "/income_expenditure"
CARRIED = f"{SECTION}/opening_carryover"


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., SimpleNamespace]:
    """Runs a command line in this process."""

    def call(*arguments: object) -> SimpleNamespace:
        here = ("--timeout", 0, "--memory", 0) if arguments[0] in ("structure", "retry") else ()  # in this process
        arguments = (*arguments, *here)
        with pytest.raises(SystemExit) as exit:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return SimpleNamespace(code=int(exit.value.code or 0), out=captured.out, err=captured.err)

    return call


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    root.mkdir()
    (root / "水务局.txt").write_text(REPORT, encoding="utf-8")
    (root / "卫生局.txt").write_text(REPORT.replace("水务局", "卫生局"), encoding="utf-8")
    return root


@pytest.fixture
def out(archive: Path, tmp_path: Path, call: Callable[..., SimpleNamespace]) -> Path:
    """A run's output, in which what is carried over to one unit is found to be as printed."""
    folder = tmp_path / "out"
    assert call("structure", archive, "--out", folder, "--quiet").code == 0
    assert result(folder).figures[CARRIED].status == "disputed"
    done = call("decide", folder, "水务", CARRIED, "as_printed", "--by", "王", "--note", "原文如此")
    assert (done.code, done.out.split()[1:3]) == (0, ["as_printed", CARRIED])
    return folder


def result(out: Path, name: str = "水务局.txt") -> Result:
    return read_result(out / "reports" / f"{name}.json")


def states(out: Path, name: str = "水务局.txt") -> list[tuple[str, str | None]]:
    return [(one.state, one.reason and str(one.reason)) for one in result(out, name).summary.decisions or ()]


def applied(out: Path) -> bool:
    review = result(out).figures[CARRIED].reviewed
    return review is not None and states(out) == [("applied", None)]


def test_the_next_run_applies_what_was_decided_and_does_nothing_else(out: Path, call: Any, archive: Path) -> None:
    before = (out / "reports" / "卫生局.txt.json").read_bytes()
    assert status_of(out).to_decide == ("水务局.txt",)
    assert "Decided since" in call("status", out).out
    assert "structured 1" in " ".join(call("structure", archive, "--out", out).out.split())
    assert applied(out)
    assert (out / "reports" / "卫生局.txt.json").read_bytes() == before
    assert "structured 0" in " ".join(call("structure", archive, "--out", out).out.split())
    review = result(out).figures[CARRIED].reviewed
    assert review is not None
    assert (review.by, review.verdict, review.note) == ("王", "as_printed", "原文如此")
    shown = call("show", out, "水务").out
    assert f"applied as_printed {CARRIED} 王" in shown
    assert "decided: as_printed (王)" in shown
    assert "Decisions: 1 applied, 1 settled" in call("status", out).out


@pytest.mark.parametrize("how", ["retry", "force", "version", "moved"])
def test_a_decision_survives(
    out: Path, call: Any, archive: Path, tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call("retry", out, "--quiet").code == 0
    assert applied(out)
    if how == "version":
        monkeypatch.setattr("recount.pipeline.run.runner.program_version", lambda: "another")
    if how == "moved":
        archive = archive.rename(tmp_path / "elsewhere")
        shutil.move(out, tmp_path / "results")
        out = tmp_path / "results"
    more = ["--force"] if how == "force" else []
    assert call("structure", archive, "--out", out, "--quiet", *more).code == 0
    assert applied(out)


def test_without_decisions_a_result_is_what_it_was(out: Path, call: Any) -> None:
    def without_seconds(folder: Path) -> Any:
        content = json.loads((folder / "reports" / "水务局.txt.json").read_bytes())
        del content["summary"]["seconds"]
        return content

    before = without_seconds(out)
    assert call("decide", out, "水务", CARRIED, "--undo").code == 0
    assert call("retry", out, "--quiet").code == 0
    assert without_seconds(out) == before
    assert "reviewed" not in json.dumps(before)
    assert len(read(out, "水务局.txt").decisions) == 2
    assert call("decide", out, "水务", CARRIED, "--undo").err.startswith("recount: nothing is decided about")


def test_a_changed_file_makes_it_stale_and_the_old_one_brings_it_back(out: Path, call: Any, archive: Path) -> None:
    file = archive / "水务局.txt"
    file.write_text(REPORT.replace("2.91%", "2.92%"), encoding="utf-8")
    call("structure", archive, "--out", out, "--quiet")
    assert states(out) == [("stale", "the file is another one now")]
    assert result(out).figures[CARRIED].reviewed is None
    assert f"stale as_printed {CARRIED} 王" in call("show", out, "水务").out
    assert "Stale decisions" in call("status", out).out
    file.write_text(REPORT, encoding="utf-8")
    call("structure", archive, "--out", out, "--quiet")
    assert applied(out)


def test_decisions_about_a_report_that_is_gone_are_listed(out: Path, call: Any) -> None:
    assert not status_of(out).unclaimed
    made = decision_on(result(out), CARRIED, Verdict.NOT_A_FIGURE, "李")
    append(out, "旧/水务局.pdf#2", made)
    assert status_of(out).unclaimed == ("旧/水务局.pdf.jsonl",)
    assert "corrections/旧/水务局.pdf.jsonl" in call("status", out).out


def test_a_line_that_is_none_is_told_by_the_result(out: Path, call: Any) -> None:
    with (out / "corrections" / "水务局.txt.jsonl").open("ab") as file:
        file.write(b'{"id": "torn')
    call("retry", out, "--quiet")
    assert [state for state, _ in states(out)] == ["applied", "stale"]
    assert "line 2 of the decisions is none" in str(states(out)[1][1])


def test_a_copy_is_reviewed_by_its_own_decisions(out: Path, call: Any, archive: Path) -> None:
    """Of the same content only one is structured; but not if other things are decided about it."""
    shutil.copy(archive / "水务局.txt", archive / "又水务局.txt")
    call("structure", archive, "--out", out, "--quiet")
    assert applied(out)
    assert not states(out, "又水务局.txt")
    assert {done.same_as for done in status_of(out).attempts.values()} == {None}
    copies = {entry.path.name: entry.same_as for entry in shelf_of(out).entries}
    assert (copies["水务局.txt.json"], copies["又水务局.txt.json"]) == (None, "水务局.txt")
    append(out, "又水务局.txt", decision_on(result(out, "又水务局.txt"), CARRIED, Verdict.NOT_A_FIGURE, "李"))
    call("structure", archive, "--out", out, "--quiet")
    assert CARRIED in result(out).figures
    assert CARRIED not in result(out, "又水务局.txt").figures
    assert not prove(out).findings


def test_results_are_proved_with_their_decisions(out: Path, call: Any) -> None:
    told = "other things are decided about it than were applied: structure it again"
    assert prove(out).findings == (("水务局.txt", told),)
    call("retry", out, "--quiet")
    assert not prove(out).findings


def test_a_field_is_pointed_at_another_number_of_the_text(out: Path, call: Any, archive: Path) -> None:
    """Nobody would: but the number is the document's, and no other would do."""
    wrong = archive / "水务局.txt"
    wrong.write_text(REPORT.replace("其中：本年收入合计330.75", "其中：本年收入合计330.83"), encoding="utf-8")
    call("structure", archive, "--out", out, "--quiet")
    spent = f"{SECTION}/expenditure_total"
    assert call("decide", out, "水务", CARRIED, "other_token", "--to", spent).code == 0
    call("retry", out, "--quiet")
    figure = result(out).figures[CARRIED]
    assert (str(figure.value), figure.mapper, figure.status) == ("411.63", "reviewer", "disputed")
    assert figure.reviewed is not None
    assert str(figure.reviewed.first_value) == "80.80"


def test_what_no_run_would_apply_is_refused(out: Path, call: Any) -> None:
    file = out / "corrections" / "水务局.txt.jsonl"
    before = file.read_bytes()
    for arguments, said in (
        ((CARRIED, "misread", "--value", "80.88"), "is no scanned figure"),
        ((CARRIED, "misread"), "misread takes the number"),
        ((CARRIED, "as_printed", "--value", "1"), "misread takes the number"),
        ((CARRIED, "other_token"), "misread takes the number"),
        ((CARRIED, "other_token", "--to", "/nowhere"), "has no figure /nowhere"),
        ((CARRIED, "other_token", "--to", "1,2"), "neither a pointer nor"),
        (("/nowhere", "as_printed"), "has no figure /nowhere"),
        ((CARRIED,), "VERDICT, or --undo"),
        ((CARRIED, "as_printed", "--undo"), "VERDICT, or --undo"),
    ):
        done = call("decide", out, "水务", *arguments)
        assert done.code == 2
        assert said in " ".join(done.err.split())
    assert file.read_bytes() == before


def test_exports_and_frames_say_who_decided_what(out: Path, call: Any, tmp_path: Path) -> None:
    call("decide", out, "水务", f"{SECTION}/income_change/percent", "not_a_figure", "--by", "李")
    call("retry", out, "--quiet")
    call("export", out, "--format", "jsonl", "--table", "figures", "-o", tmp_path / "f.jsonl")
    rows = (tmp_path / "f.jsonl").read_text(encoding="utf-8").splitlines()
    lines = [json.loads(row, parse_float=str) for row in rows]
    decided = [line for line in lines if line["reviewed_by"]]
    assert [(one["key"], one["verdict"], one["first_value"], one["note"]) for one in decided] == [
        (CARRIED, "as_printed", "80.80", "原文如此")
    ]
    (gone,) = result(out).rejected
    assert (gone.proposed, gone.mapper, str(gone.reason)) == ("2.91", "template", "李 took it out")
    assert not recount.open(out).figures(status=["reviewed"]).height


def test_what_was_decided_becomes_gold(out: Path, call: Any, archive: Path, tmp_path: Path) -> None:
    taken = ["eval", "promote", out / "reports" / "水务局.txt.json", "--source", archive / "水务局.txt"]
    assert "that nobody decided" in call(*taken, "--out", tmp_path / "gold").err
    call("retry", out, "--quiet")
    for pointer, figure in result(out).figures.items():
        if figure.status == "disputed" and figure.reviewed is None:
            call("decide", out, "水务", pointer, "as_printed")
    call("retry", out, "--quiet")
    assert call(*taken, "--out", tmp_path / "gold").code == 0
    tags = json.loads((tmp_path / "gold" / "水务局" / "tags.json").read_text(encoding="utf-8"))
    assert tags["reviewed"][CARRIED] == "as_printed"
