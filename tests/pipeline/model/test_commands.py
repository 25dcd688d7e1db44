"""The command line with a model: a plan, a run over HTTP, nothing sent offline, a check, a batch."""

from __future__ import annotations

import json
import re
import shlex
import sqlite3
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import ModuleType, SimpleNamespace
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


HERE = ("--jobs", 1, "--timeout", 0, "--memory", 0)
"""Has a run do its work in this process: a worker loads all that asks a model anew, for a second and a half."""


def structured(call: Call, server: Any, out: Path, *more: object, where: tuple[object, ...] = HERE) -> Printed:
    model = ("--model", "scripted", "--base-url", server.base_url, "--model-mode", "json_schema", "--mapper", "model")
    return call("structure", NATIONAL, "--out", out, *model, *where, *more)


def test_a_run_with_a_model_and_the_same_again(call: Call, tmp_path: Path) -> None:
    """By a worker, as a run that nobody tells otherwise."""
    log = tmp_path / "log.jsonl"
    with scripted(answering) as server:
        assert structured(call, server, tmp_path, "--log-json", log, where=()).code == 0
        assert len({asked.system for asked in server.requests}) == 1, "endpoints keep what prompts begin with"
        events = [json.loads(line)["event"] for line in log.read_text(encoding="utf-8").splitlines()]
        assert events.count("call") == len(server.requests)
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


PASSAGES = """石桥市档案馆2022年度部门决算说明
一、全年往来
2022年度本年收入合计900.00万元，其中：财政拨款收入880.00万元，占97.78%；其他收入20.00万元，占2.22%。
馆内陈设整洁，读者往来不绝。
参观者甚众。
2022年度本年支出合计890.00万元，其中：基本支出600.00万元，项目支出290.00万元，政府采购支出总额45.00万元。
"""


def test_a_dry_run_tells_what_a_run_asks(call: Call, tmp_path: Path) -> None:
    """About passages of headings that nobody knows too: what they speak of, and then their figures."""

    def answer(asked: Asked) -> Any:
        inside = asked.schema["properties"]
        return {"parts": inside["parts"]["items"]["enum"]} if "parts" in inside else dict.fromkeys(inside)

    report = tmp_path / "r.txt"
    report.write_text(PASSAGES, encoding="utf-8")
    with scripted(answer) as server:
        model = ("--model", "scripted", "--base-url", server.base_url, "--model-mode", "json_schema")
        command = ("structure", report, "--family", "final_accounts", *model, *HERE, "--out", tmp_path / "out")
        told = call(*command, "--dry-run").out
        (planned,) = [line.split() for line in told.splitlines() if line.startswith("r.txt")]
        assert server.requests == []
        call(*command)
        again = call(*command, "--dry-run").out
    assert len(server.requests) == int(planned[1]) == 2
    assert {"parts" in asked.schema["properties"] for asked in server.requests} == {True, False}
    assert [line.split()[4:6] for line in again.splitlines() if line.startswith("0 of 1 reports")] == [["0", "2"]]


def test_a_second_reader_is_reckoned_asked_and_told_of(call: Call, tmp_path: Path) -> None:
    """A plan takes it to be asked all that is not answered yet, and knows it exactly where all is; it asks nobody."""

    def answer(asked: Asked) -> Any:
        inside = asked.schema["properties"]
        if "parts" in inside:
            return {"parts": inside["parts"]["items"]["enum"]}
        mark = re.search(r"900.00@\d+", asked.user)
        return {**dict.fromkeys(inside), **({"income": {"total": mark[0]}} if mark and "income" in inside else {})}

    def planned(*more: object) -> list[int]:
        lines = call(*command, "--dry-run", *more).out.splitlines()
        return [int(word) for line in lines if " of 1 reports" in line for word in line.split()[4:6]]

    report, log = tmp_path / "r.txt", tmp_path / "log.jsonl"
    report.write_text(PASSAGES, encoding="utf-8")
    with scripted(answer) as server:
        model = ("--model", "scripted", "--base-url", server.base_url, "--model-mode", "json_schema")
        told = (*model, "--mapper", "model", *HERE)
        command = ("structure", report, "--family", "final_accounts", *told, "--out", tmp_path)
        second = ("--second-model", "other")
        (alone, _) = planned()
        assert planned(*second) == [2 * alone, 0]
        call(*command)
        first = len(server.requests)
        (left, kept) = planned(*second)
        assert len(server.requests) == first, "a plan asks nobody"
        call(*command, *second, "--log-json", log)
        assert planned(*second) == [0, kept + left]
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert 0 < left == len(server.requests) - first
    assert [event["model"] for event in events if event["event"] == "call"] == ["other"] * left


def test_a_file_of_no_known_family_is_asked_about_in_a_plan(call: Call, tmp_path: Path) -> None:
    report = tmp_path / "r.txt"
    report.write_text(PASSAGES.replace("部门决算说明", "大事记"), encoding="utf-8")
    model = ("--model", "scripted", "--base-url", "http://127.0.0.1:9/v1", "--model-mode", "json_schema")
    told = call("structure", report, *model, "--out", tmp_path / "out", "--dry-run").out
    assert [line.split()[1:3] for line in told.splitlines() if line.startswith("r.txt")] == [["1", "0"]]


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
    assert str(result.summary.mapper.open["income"]).startswith("--offline")
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
    assert all("budget" in str(reason) for reason in summary.open.values())


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


def test_a_model_is_checked(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it printed can be put into a command."""
    table = ModuleType("genai_prices")
    vars(table).update(Usage=dict, calc_price=lambda taken, *_, **__: SimpleNamespace(total_price=Decimal(len(taken))))
    monkeypatch.setitem(sys.modules, "genai_prices", table)

    with scripted(answering, models={"/v1": [{"id": "scripted", "max_model_len": 8192}]}) as server:
        printed = call("models", "check", "scripted", "--base-url", server.base_url, "--model-param", "top_k=20")
        assert server.requests[-1].body["top_k"] == 20
    assert printed.code == 0
    assert "context: 8,192 tokens" in printed.out
    [line] = [line for line in printed.out.splitlines() if line.startswith("use: ")]
    options = shlex.split(line.removeprefix("use: "))
    assert options[:4] == ["--model", "scripted", "--model-mode", "json_schema"]
    assert options[4:6] == ["--base-url", server.base_url]
    assert options[7:12] == ["top_k=20", "--price-input", "1000", "--price-cached", "2000"]


def test_what_a_model_refuses_is_in_the_options_that_ask_it(call: Call, tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"

    def answer(asked: Asked) -> Any:
        refused = "seed" in asked.body and Status(422, message="body.seed: Extra inputs are not permitted")
        return refused or answering(asked)

    with scripted(answer) as server:
        settings.write_text(f'[model]\nname = "scripted"\nbase_url = "{server.base_url}"\nseed = 3\n')
        printed = call("models", "check", "--settings", settings)
    assert printed.code == 0
    assert "sent otherwise, as it wants: seed=null" in printed.out
    assert "--model-param seed=null" in printed.out
    assert call("models", "check").code == 2


def test_a_model_that_cannot_be_asked_is_told_with_what_may_help(call: Call) -> None:
    with scripted("about ten") as server:
        printed = call("models", "check", "scripted", "--base-url", server.base_url)
    assert printed.code == 1
    assert "it cannot be asked: another model may do" in printed.out


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
