"""The command line with a model: a plan, a run over HTTP, nothing sent offline, a check, a batch."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pymupdf
import pytest

from recount.cli import main
from recount.pipeline.result import read_result
from recount.pipeline.run.status import status_of, to_retry
from recount.tests.pipeline.model.examples import NATIONAL, example, scripted_by
from recount.tests.pipeline.model.server import Asked, Status, scripted


class Printed(NamedTuple):
    code: int
    out: str
    err: str


Call = Callable[..., Printed]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("RECOUNT_MODEL", raising=False)

    def call(*arguments: object) -> Printed:
        with pytest.raises(SystemExit) as exit:
            main([str(each) for each in arguments])
        printed = capsys.readouterr()
        return Printed(int(exit.value.code or 0), printed.out, printed.err)

    return call


def answering(asked: Asked) -> Any:
    """Perfect about the report; about the probe's tiny section too."""
    if "total_income" in json.dumps(asked.body):
        return {"total_income": "1,955.06@1", "fiscal_appropriation_income": "1,950.38@2"}
    return scripted_by(example(NATIONAL))(asked)


def structured(call: Call, server: Any, out: Path, *more: object) -> Printed:
    model = ("--model", "scripted", "--base-url", server.base_url, "--model-mode", "json_schema", "--mapper", "model")
    return call("structure", NATIONAL, "--out", out, *model, *more)


def test_a_run_with_a_model_and_the_same_again(call: Call, tmp_path: Path) -> None:
    with scripted(answering) as server:
        assert structured(call, server, tmp_path).code == 0
        sent = len(server.requests)
        assert structured(call, server, tmp_path, "--force").code == 0
        assert len(server.requests) == sent > 0
    result = read_result(next((tmp_path / "reports").glob("*.json")))
    assert result.summary.mapper.name == "model:scripted"
    assert result.summary.mapper.calls == 0  # the second run's: all answers were kept
    assert "model.sqlite" in {each.name for each in tmp_path.iterdir()}


def test_a_dry_run_sends_nothing(call: Call, tmp_path: Path) -> None:
    with scripted(answering) as server:
        printed = structured(call, server, tmp_path, "--dry-run", "--price-input", "2", "--price-output", "6")
        assert server.requests == []
    assert printed.code == 0
    assert "nothing was sent" in printed.out
    assert NATIONAL.name in printed.out.replace("\n", "")


def test_a_dry_run_reckons_what_is_attached(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "p.pdf"
    with pymupdf.open() as document:
        document.new_page()
        document.embfile_add("a.pdf", NATIONAL.read_bytes())
        document.save(path)
    model = ("--model", "scripted", "--base-url", "http://127.0.0.1:9/v1", "--model-mode", "json_schema")
    shown = [
        call("structure", file, "--out", tmp_path / "out", *model, "--mapper", "model", "--dry-run").out
        for file in (path, NATIONAL)
    ]
    assert [line.split()[1:] for line in shown[0].splitlines() if line.startswith("p.pdf")] == [
        line.split()[1:] for line in shown[1].splitlines() if line.startswith(NATIONAL.name)
    ]


def test_offline_sends_nothing_and_leaves_open_what_is_not_kept(call: Call, tmp_path: Path) -> None:
    with scripted(answering) as server:
        printed = structured(call, server, tmp_path, "--offline")
        assert (printed.code, "the next run asks again" in printed.err) == (1, True)
        assert server.requests == []
    result = read_result(next((tmp_path / "reports").glob("*.json")))
    assert result.summary.mapper.open["income"].startswith("--offline")
    assert result.report["income"] is None
    assert result.summary.figures["verified"] == 0


def test_a_budget_that_is_spent_ends_the_asking_and_not_the_run(call: Call, tmp_path: Path) -> None:
    with scripted(answering) as server:
        # Enough for some questions, not for all.
        printed = structured(call, server, tmp_path, "--budget-tokens", "9000", "--concurrency", "1")
    assert (printed.code, "the next run asks again" in printed.err) == (1, True)
    summary = read_result(next((tmp_path / "reports").glob("*.json"))).summary.mapper
    assert summary.calls > 0
    assert summary.open
    assert all("budget" in reason for reason in summary.open.values())


def test_a_report_that_stayed_open_is_asked_about_again(call: Call, tmp_path: Path) -> None:
    """The mode is kept from the first run: the second asks nothing before it begins."""
    with scripted(answering) as server:
        assert structured(call, server, tmp_path).code == 0
        reports = tmp_path / "reports"
        next(reports.glob("*.json")).unlink()
        sqlite3.connect(tmp_path / "model.sqlite").executescript("DELETE FROM answers;")
        server.faults += [Status(401, message="revoked")] * 99
        printed = structured(call, server, tmp_path)
        assert (printed.code, "the next run asks again" in printed.err) == (1, True)
        assert "  open           1" in printed.out
        assert [*status_of(tmp_path).open, *status_of(tmp_path).failed] == status_of(tmp_path).done
        assert json.loads((tmp_path / "summary.json").read_bytes())["open"][0]["parts"]
        server.faults.clear()
        assert [source.name for source in to_retry(tmp_path, failed=True)] == [NATIONAL.name]
        again = structured(call, server, tmp_path)
        assert (again.code, "  structured     1" in again.out) == (0, True)
        assert "  unchanged      1" in structured(call, server, tmp_path).out


def test_a_wrong_key_is_said_before_anything_is_begun(call: Call, tmp_path: Path) -> None:
    with scripted(answering, faults=[Status(401, message="bad key")] * 9) as server:
        model = ("--model", "scripted", "--base-url", server.base_url, "--mapper", "model")
        printed = call("structure", NATIONAL, "--out", tmp_path, *model)
    assert printed.code == 2
    told, reason = printed.err.strip().splitlines()
    assert told == f"recount: what is left open is asked of scripted at {server.base_url}"
    assert "does not accept the key" in reason


def test_a_model_is_checked(call: Call) -> None:
    with scripted(answering) as server:
        printed = call("models", "check", "scripted", "--base-url", server.base_url)
    assert printed.code == 0
    assert "json_schema" in printed.out


def test_a_mapper_without_a_model_is_wrong_usage(call: Call, tmp_path: Path) -> None:
    printed = call("structure", NATIONAL, "--out", tmp_path, "--mapper", "model")
    assert printed.code == 2
    assert "--model names it" in printed.err


def test_a_batch_is_handed_in_left_and_collected(call: Call, tmp_path: Path) -> None:
    with scripted(answering) as server:
        first = structured(call, server, tmp_path, "--batch")
        assert first.code == 0
        assert "is handed in" in first.out
        assert not list((tmp_path / "reports").glob("*.json")) if (tmp_path / "reports").exists() else True
        second = structured(call, server, tmp_path, "--batch")
    assert second.code == 0
    summary = read_result(next((tmp_path / "reports").glob("*.json"))).summary.mapper
    # What no batch can hold: the figures that its answers leave without a field are asked about when they are known.
    assert set(summary.prompts) - {name for name in summary.prompts if name.startswith("loose")}
    assert all(name.startswith("loose") for name in summary.open)
